//! Applying fixes.
//!
//! A fix is taken whole or not at all. Files are written only where they still hold what was read, only inside the
//! source tree, and in one step, so that nobody ever sees half a file.

use super::source::{FileId, Sources, Span};
use super::tree::{load_from_disk, plain};
use super::{Workspace, path};
use crate::report::finding::{Edit, Failure, Finding};
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What fixes make of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The file.
    pub file: FileId,
    /// Its absolute path.
    pub path: String,
    /// The edits, sorted; they do not overlap.
    pub edits: Vec<Edit>,
    /// How many fixes they come from.
    pub fixes: usize,
}

impl Change {
    /// The text of the file with the edits made.
    pub fn after(&self, sources: &Sources) -> String {
        let text = &sources.get(self.file).text;
        let mut after = String::with_capacity(text.len());
        let mut position = 0;
        for edit in &self.edits {
            after.push_str(&text[position..edit.span.start as usize]);
            after.push_str(&edit.text);
            position = edit.span.end as usize;
        }
        after.push_str(&text[position..]);
        after
    }
}

/// What came of applying changes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Applied {
    /// The files that were written, as they are shown, sorted.
    pub files: Vec<String>,
    /// How many fixes are in them.
    pub fixes: usize,
    /// Files that could not be written, and why.
    pub failures: Vec<Failure>,
}

/// Fixes that can be made together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// What they make of the files, sorted by path.
    pub changes: Vec<Change>,
    /// The findings whose fixes they are: positions, ascending.
    pub made: Vec<usize>,
}

/// Edits that do in one step what `first` and then `second` do, in places of the text before `first`. `after` is the text that
/// they lead to. Each of the lists is sorted, without overlaps, and of one file.
pub fn compose(first: &[Edit], second: &[Edit], after: &str) -> Vec<Edit> {
    let mut composed: Vec<Edit> = Vec::new();
    let (mut first, mut second) = (first.iter().peekable(), second.iter().peekable());
    // By how much what was looked at so far has grown: through the first edits, and through the second.
    let (mut growth, mut growth_of_second) = (0_i64, 0_i64);
    let between = |edit: &Edit, growth: i64| {
        let start = i64::from(edit.span.start) + growth;
        start..start + edit.text.len() as i64
    };
    loop {
        // What begins first in the text between the two begins a stretch.
        let at_first = first.peek().map(|edit| between(edit, growth).start);
        let at_second = second.peek().map(|edit| i64::from(edit.span.start));
        let Some(start) = [at_first, at_second].into_iter().flatten().min() else {
            break;
        };
        let (before, before_of_second) = (growth, growth_of_second);
        let mut end = start;
        let mut file = None;
        // All that touches it belongs to it.
        loop {
            if let Some(edit) = first.next_if(|edit| between(edit, growth).start <= end) {
                end = end.max(between(edit, growth).end);
                growth += edit.text.len() as i64 - i64::from(edit.span.len());
                file = Some(edit.span.file);
            } else if let Some(edit) = second.next_if(|edit| i64::from(edit.span.start) <= end) {
                end = end.max(i64::from(edit.span.end));
                growth_of_second += edit.text.len() as i64 - i64::from(edit.span.len());
                file = file.or(Some(edit.span.file));
            } else {
                break;
            }
        }
        let file = composed.first().map(|edit| edit.span.file).or(file);
        let text =
            after.get((start + before_of_second) as usize..(end + growth_of_second) as usize);
        let (Some(file), Some(text)) = (file, text) else {
            break;
        };
        composed.push(Edit {
            span: Span::new(file, (start - before) as u32, (end - growth) as u32),
            text: text.to_string(),
        });
    }
    composed
}

impl Workspace {
    /// What the safe fixes of the findings make of the files of this tree. Of fixes that overlap the first is taken;
    /// the others can be had in another round. Fixes that reach into other trees are left out.
    pub fn plan_fixes(&self, findings: &[&Finding]) -> Plan {
        let mut taken: BTreeMap<FileId, Change> = BTreeMap::new();
        let mut made = Vec::new();
        let safe = findings
            .iter()
            .enumerate()
            .filter_map(|(position, finding)| Some((position, finding.fix.as_ref()?)))
            .filter(|(_, fix)| fix.safe && !fix.edits.is_empty());
        for (finding, fix) in safe {
            let fits = fix.edits.iter().enumerate().all(|(position, edit)| {
                self.place_of(edit.span.file).is_some()
                    && self.is_sound(edit)
                    && !fix.edits[..position]
                        .iter()
                        .any(|other| overlap(edit, other))
                    && taken.get(&edit.span.file).is_none_or(|change| {
                        // The same edit twice is one edit.
                        change
                            .edits
                            .iter()
                            .all(|other| edit == other || !overlap(edit, other))
                    })
            });
            if !fits {
                continue;
            }
            made.push(finding);
            for (position, edit) in fix.edits.iter().enumerate() {
                let Some(path) = self.place_of(edit.span.file) else {
                    continue;
                };
                let change = taken.entry(edit.span.file).or_insert_with(|| Change {
                    file: edit.span.file,
                    path,
                    edits: Vec::new(),
                    fixes: 0,
                });
                if position == 0 {
                    change.fixes += 1;
                }
                if !change.edits.contains(edit) {
                    change.edits.push(edit.clone());
                }
            }
        }
        let mut changes: Vec<Change> = taken.into_values().collect();
        for change in &mut changes {
            change.edits.sort();
        }
        changes.sort_by(|left, right| left.path.cmp(&right.path));
        Plan { changes, made }
    }

    /// Writes the changes. All files are looked at before the first is written.
    pub fn apply_fixes(&self, changes: &[Change]) -> Applied {
        let mut applied = Applied::default();
        let mut ready = Vec::new();
        for change in changes {
            match self.writable(change) {
                Ok(relative) => ready.push((change, relative)),
                Err(message) => applied.failures.push(Failure {
                    path: self.relative(&change.path),
                    message: format!("not changed: {message}"),
                }),
            }
        }
        for (change, relative) in ready {
            match self.write(change, &relative) {
                Ok(()) => {
                    applied.files.push(self.relative(&change.path));
                    applied.fixes += change.fixes;
                }
                Err(message) => applied.failures.push(Failure {
                    path: self.relative(&change.path),
                    message: format!("not changed: {message}"),
                }),
            }
        }
        applied.files.sort();
        applied
    }

    /// Where a file of this tree lies; `None` for files of inputs and of other trees.
    fn place_of(&self, file: FileId) -> Option<String> {
        let places = self.places.borrow();
        let place = places.get(&file)?;
        (self.is_in_tree(place) && self.locate(place)?.0.text == self.tree.text)
            .then(|| place.clone())
    }

    /// Whether the edit fits its file's text.
    fn is_sound(&self, edit: &Edit) -> bool {
        let text = &self.sources.get(edit.span.file).text;
        text.get(edit.span.start as usize..edit.span.end as usize)
            .is_some()
    }

    /// Whether the file can be replaced; its path relative to the root.
    fn writable(&self, change: &Change) -> Result<String, String> {
        if self.is_standard_input(&change.path) {
            return Err("it came through standard input; `--diff` shows the change".to_string());
        }
        let relative = path::below(&self.tree.text, &change.path)
            .ok_or_else(|| "it lies outside of the source tree".to_string())?;
        if path::is_lossy(relative) {
            return Err("its name is not UTF-8".to_string());
        }
        let host = self.tree.host(relative);
        let metadata = host.symlink_metadata().map_err(|error| plain(&error))?;
        if !metadata.is_file() {
            return Err("it is not a regular file".to_string());
        }
        if metadata.permissions().readonly() {
            return Err("it is read-only".to_string());
        }
        let directory = host.parent().unwrap_or(Path::new("/"));
        let real = directory.canonicalize().map_err(|error| plain(&error))?;
        if !real.starts_with(&self.tree.root) {
            return Err("it lies outside of the source tree".to_string());
        }
        self.unchanged(change, &host)?;
        Ok(relative.to_string())
    }

    /// Refuses a file that does not hold what was read.
    fn unchanged(&self, change: &Change, host: &Path) -> Result<(), String> {
        let mut bytes = Vec::new();
        let text = &self.sources.get(change.file).text;
        match load_from_disk(host, self.limits.file_bytes, &mut bytes) {
            Ok(()) if bytes == text.as_bytes() => Ok(()),
            _ if self.is_staged() => Err("what is staged is not what is on disk".to_string()),
            _ => Err("it changed since it was read".to_string()),
        }
    }

    fn write(&self, change: &Change, relative: &str) -> Result<(), String> {
        let host = self.tree.host(relative);
        let failed = |error: std::io::Error| plain(&error);
        let metadata = host.symlink_metadata().map_err(failed)?;
        let directory = host.parent().unwrap_or(Path::new("/"));
        // Created anew under a name of its own, in the same directory, so that the rename is one step.
        let mut temporary = tempfile::Builder::new()
            .prefix(".openclaw-check-")
            .tempfile_in(directory)
            .map_err(failed)?;
        temporary
            .write_all(change.after(&self.sources).as_bytes())
            .map_err(failed)?;
        // Keeping the owner works for root only, and matters for root only.
        let own = temporary.as_file().metadata().map_err(failed)?;
        if own.uid() != metadata.uid() || own.gid() != metadata.gid() {
            let _ = std::os::unix::fs::fchown(
                temporary.as_file(),
                Some(metadata.uid()),
                Some(metadata.gid()),
            );
        }
        temporary
            .as_file()
            .set_permissions(metadata.permissions())
            .map_err(failed)?;
        temporary.as_file().sync_all().map_err(failed)?;
        self.unchanged(change, &host)?;
        temporary
            .persist(&host)
            .map_err(|error| plain(&error.error))?;
        Ok(())
    }
}

/// Whether two edits cannot both be made. Two that begin at the same place cannot: their order would decide.
fn overlap(left: &Edit, right: &Edit) -> bool {
    left.span.file == right.span.file
        && (left.span.start == right.span.start
            || left.span.start < right.span.end && right.span.start < left.span.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::source::Span;

    #[test]
    fn edits_that_touch_do_not_overlap() {
        let edit = |start, end| Edit {
            span: Span::new(FileId(0), start, end),
            text: String::new(),
        };
        assert!(overlap(&edit(0, 3), &edit(2, 4)));
        assert!(!overlap(&edit(0, 3), &edit(3, 4)));
        assert!(
            overlap(&edit(3, 3), &edit(3, 3)),
            "two insertions at one place"
        );
        assert!(overlap(&edit(0, 3), &edit(1, 1)), "an insertion inside");
        assert!(!overlap(&edit(0, 3), &edit(3, 3)));
    }

    /// Replaces each `old` with `new`.
    fn edits(text: &str, changes: &[(&str, &str)]) -> Vec<Edit> {
        let edit = |(old, new): &(&str, &str)| {
            let start = text.find(old).unwrap() as u32;
            Edit {
                span: Span::new(FileId(0), start, start + old.len() as u32),
                text: new.to_string(),
            }
        };
        let mut edits: Vec<Edit> = changes.iter().map(edit).collect();
        edits.sort();
        edits
    }

    fn edited(text: &str, edits: &[Edit]) -> String {
        let mut after = text.to_string();
        for edit in edits.iter().rev() {
            after.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        after
    }

    #[test]
    fn two_rounds_are_one_change() {
        type Changes<'a> = &'a [(&'a str, &'a str)];
        let cases: [(Changes<'_>, Changes<'_>, usize); 7] = [
            (&[("bc", "XYZ")], &[("g", "")], 2),
            (&[("g", "GGG")], &[("bc", "")], 2),
            (&[("bc", "XYZ")], &[("YZd", "-")], 1),
            (&[("bc", "")], &[("ad", "A")], 1),
            (&[("c", "")], &[("b", "BB"), ("d", "D")], 1),
            (&[("b", "1"), ("e", "5")], &[("1cd5", "")], 1),
            (
                &[("a", "XX"), ("d", "4"), ("h", "")],
                &[("XX", "Y"), ("f", "666")],
                4,
            ),
        ];
        for (first, second, number) in cases {
            let text = "abcdefgh";
            let first = edits(text, first);
            let between = edited(text, &first);
            let second = edits(&between, second);
            let after = edited(&between, &second);
            let composed = compose(&first, &second, &after);
            assert_eq!(edited(text, &composed), after, "{composed:?}");
            assert_eq!(composed.len(), number, "{composed:?}");
        }
    }
}
