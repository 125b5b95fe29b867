//! Applying fixes.
//!
//! A fix is taken whole or not at all. Files are written only where they still hold what was read, only inside the
//! source tree, and in one step, so that nobody ever sees half a file.

use super::source::{FileId, Sources};
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

impl Workspace {
    /// What the safe fixes of the findings make of the files of this tree. Of fixes that overlap the first is taken;
    /// the others can be had in another round. Fixes that reach into other trees are left out.
    pub fn plan_fixes(&self, findings: &[Finding]) -> Vec<Change> {
        let mut taken: BTreeMap<FileId, Change> = BTreeMap::new();
        let safe = findings
            .iter()
            .filter_map(|finding| finding.fix.as_ref())
            .filter(|fix| fix.safe && !fix.edits.is_empty());
        for fix in safe {
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
        changes
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
}
