//! What `--diff` prints: the changes of the safe fixes as a patch.
//!
//! The edits are known, so nothing has to be compared: cost is linear in the size of the files. Secrets and control
//! characters in the lines around a change are written out as everywhere else; such a patch is for reading.

use super::redact::{REDACTED, Redactor};
use super::sanitize;
use crate::workspace::fix::Change;
use crate::workspace::source::Sources;
use std::ops::Range;

/// Lines around a change.
const CONTEXT: usize = 3;

/// A unified diff of all changes; empty for none.
pub fn render(changes: &[Change], sources: &Sources, redactor: &Redactor<'_>) -> String {
    let mut out = String::new();
    for change in changes {
        render_file(change, sources, redactor, &mut out);
    }
    out
}

/// A run of lines that changes.
struct Region {
    /// Lines of the old text, from 0.
    old: Range<usize>,
    /// What stands there now, line by line with its line break.
    before: Vec<String>,
    /// What comes in their place.
    after: Vec<String>,
}

fn render_file(change: &Change, sources: &Sources, redactor: &Redactor<'_>, out: &mut String) {
    let file = sources.get(change.file);
    let hidden = redactor.hidden(change.file);
    let text = Text {
        text: &file.text,
        hidden: &hidden,
        starts: std::iter::once(0)
            .chain(file.text.match_indices('\n').map(|(offset, _)| offset + 1))
            .chain(std::iter::once(file.text.len()))
            .collect(),
    };
    let regions = regions(change, &text, redactor);
    let name = sanitize::line(&redactor.text(&file.path));
    out.push_str(&format!("--- a/{name}\n+++ b/{name}\n"));
    let mut shift = 0_isize;
    let mut rest = regions.as_slice();
    while let Some(first) = rest.first() {
        // Regions whose context meets stand in one hunk.
        let mut count = 1;
        while count < rest.len() && rest[count].old.start <= rest[count - 1].old.end + 2 * CONTEXT {
            count += 1;
        }
        let (hunk, others) = rest.split_at(count);
        let last = &hunk[count - 1];
        let start = first.old.start.saturating_sub(CONTEXT);
        let end = (last.old.end + CONTEXT).min(text.line_count());
        let mut body = String::new();
        let mut line = start;
        let mut growth = 0_isize;
        for region in hunk {
            text.context(line..region.old.start, &mut body);
            region
                .before
                .iter()
                .for_each(|line| push('-', line, &mut body));
            region
                .after
                .iter()
                .for_each(|line| push('+', line, &mut body));
            growth += region.after.len() as isize - region.before.len() as isize;
            line = region.old.end;
        }
        text.context(line..end, &mut body);
        let old = end - start;
        let new = old.saturating_add_signed(growth);
        let new_start = start.saturating_add_signed(shift);
        out.push_str(&format!(
            "@@ -{} +{} @@\n{body}",
            place(start, old),
            place(new_start, new)
        ));
        shift += growth;
        rest = others;
    }
}

/// `12,3` as a hunk's head has it: a run of no lines is named by the line before it.
fn place(start: usize, count: usize) -> String {
    match count {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        _ => format!("{},{count}", start + 1),
    }
}

/// The lines that change, sorted.
fn regions(change: &Change, text: &Text<'_>, redactor: &Redactor<'_>) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut edits = change.edits.as_slice();
    while let Some(first) = edits.first() {
        let start = text.line_of(first.span.start as usize);
        let mut end = text.line_of(first.span.end as usize) + 1;
        let mut count = 1;
        while let Some(next) = edits.get(count)
            && text.line_of(next.span.start as usize) < end
        {
            end = end.max(text.line_of(next.span.end as usize) + 1);
            count += 1;
        }
        let end = end.min(text.line_count().max(start));
        let bytes = text.starts[start]..text.starts[end];
        let mut after = String::new();
        let mut position = bytes.start;
        for edit in &edits[..count] {
            after.push_str(&text.shown(position..edit.span.start as usize));
            after.push_str(&redactor.text(&edit.text));
            position = edit.span.end as usize;
        }
        after.push_str(&text.shown(position..bytes.end.max(position)));
        let mut before = lines(&text.shown(bytes));
        let mut after = lines(&after);
        // Lines that stay as they are belong to the context.
        let same = before
            .iter()
            .zip(&after)
            .take_while(|(before, after)| before == after)
            .count();
        before.drain(..same);
        after.drain(..same);
        let same_end = before
            .iter()
            .rev()
            .zip(after.iter().rev())
            .take_while(|(before, after)| before == after)
            .count();
        before.truncate(before.len() - same_end);
        after.truncate(after.len() - same_end);
        let old = start + same..start + same + before.len();
        if !before.is_empty() || !after.is_empty() {
            regions.push(Region { old, before, after });
        }
        edits = &edits[count..];
    }
    regions
}

/// A file's text as it may be shown.
struct Text<'a> {
    text: &'a str,
    hidden: &'a [Range<usize>],
    /// Where lines begin, and the end of the text.
    starts: Vec<usize>,
}

impl Text<'_> {
    /// Lines that hold something; what follows the last line break of a text counts only if it is not empty.
    fn line_count(&self) -> usize {
        let count = self.starts.len() - 1;
        match self.starts[count - 1] == self.text.len() {
            true => count - 1,
            false => count,
        }
    }

    /// The line of an offset, from 0.
    fn line_of(&self, offset: usize) -> usize {
        let lines = &self.starts[..self.starts.len() - 1];
        lines.partition_point(|start| *start <= offset) - 1
    }

    /// A part of the text without its secrets. Each line of a secret is one word, so that lines stay lines.
    fn shown(&self, part: Range<usize>) -> String {
        let mut shown = String::new();
        let mut position = part.start;
        let first = self
            .hidden
            .partition_point(|hidden| hidden.end <= part.start);
        for hidden in &self.hidden[first..] {
            if hidden.start >= part.end {
                break;
            }
            let start = hidden.start.max(position);
            let end = hidden.end.min(part.end);
            shown.push_str(&self.text[position..start]);
            for (number, _) in self.text[start..end].split('\n').enumerate() {
                if number > 0 {
                    shown.push('\n');
                }
                shown.push_str(REDACTED);
            }
            position = end;
        }
        shown.push_str(&self.text[position..part.end]);
        shown
    }

    fn context(&self, range: Range<usize>, out: &mut String) {
        if range.start < range.end {
            for line in lines(&self.shown(self.starts[range.start]..self.starts[range.end])) {
                push(' ', &line, out);
            }
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_string).collect()
}

/// One line of a hunk, with nothing in it that a terminal would obey.
fn push(sign: char, line: &str, out: &mut String) {
    out.push(sign);
    let (content, end) = match line.strip_suffix('\n') {
        Some(content) => (content, "\n"),
        None => (line, "\n\\ No newline at end of file\n"),
    };
    let (content, carriage_return) = match content.strip_suffix('\r') {
        Some(content) => (content, "\r"),
        None => (content, ""),
    };
    for character in content.chars() {
        if character != '\t' && sanitize::is_unsafe(character) {
            out.push_str(&sanitize::visible(character));
        } else {
            out.push(character);
        }
    }
    out.push_str(carriage_return);
    out.push_str(end);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::finding::Edit;
    use crate::workspace::source::SourceFile;
    use crate::workspace::source::Span;

    /// The patch of replacing each `(old, new)` in a text, and the changed text.
    fn patch(text: &str, edits: &[(&str, &str)], secret: &str) -> (String, String) {
        let sources = Sources::new();
        let file = sources.add(SourceFile::new("home.nix", text));
        let span = |part: &str| {
            let start = text.find(part).unwrap() as u32;
            Span::new(file, start, start + part.len() as u32)
        };
        let mut edits: Vec<Edit> = edits
            .iter()
            .map(|(old, new)| Edit {
                span: span(old),
                text: new.to_string(),
            })
            .collect();
        edits.sort();
        let change = Change {
            file,
            path: "/x/home.nix".into(),
            fixes: edits.len(),
            edits,
        };
        let secrets: Vec<Span> = match secret {
            "" => Vec::new(),
            secret => vec![span(secret)],
        };
        let after = change.after(&sources);
        let redactor = Redactor::new(&sources, &secrets);
        (render(&[change], &sources, &redactor), after)
    }

    #[test]
    fn a_change_with_the_lines_around_it() {
        let text = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
        let (patch, after) = patch(text, &[("five", "5")], "");
        assert_eq!(after, "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        assert_eq!(
            patch,
            "--- a/home.nix\n+++ b/home.nix\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-five\n+5\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn changes_far_apart_are_hunks_of_their_own_and_lines_are_counted_on() {
        let text = (1..=30)
            .map(|line| format!("line {line};\n"))
            .collect::<String>();
        let (patch, _) = patch(&text, &[("line 2;", "a\nb"), ("line 28;\n", "")], "");
        let heads: Vec<&str> = patch
            .lines()
            .filter(|line| line.starts_with("@@"))
            .collect();
        assert_eq!(heads, ["@@ -1,5 +1,6 @@", "@@ -25,6 +26,5 @@"]);
    }

    #[test]
    fn the_end_of_a_file_without_a_line_break() {
        let (patch, after) = patch("a\nb", &[("b", "c")], "");
        assert_eq!(after, "a\nc");
        assert_eq!(
            patch,
            "--- a/home.nix\n+++ b/home.nix\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn secrets_and_escapes_around_a_change_are_not_printed() {
        let (patch, after) = patch(
            "key = \"hunter2hunter2\";\n# \u{1b}[31m\nmodel = \"x\";\n",
            &[("\"x\"", "\"hunter2hunter2/x\"")],
            "hunter2hunter2",
        );
        assert!(after.contains("hunter2hunter2/x"));
        assert!(!patch.contains("hunter2"), "{patch}");
        assert!(!patch.contains('\u{1b}'), "{patch}");
        assert!(patch.contains("+model = \"[redacted]/x\";"), "{patch}");
    }

    #[test]
    fn git_applies_it() {
        for (text, edits) in [
            ("a\nb\nc\n", vec![("b\n", "")]),
            ("a\r\nb\r\nc\r\n", vec![("b", "x")]),
            ("a\nb\nc", vec![("c", "d\ne\n")]),
            ("only", vec![("only", "")]),
            (
                "a b c\n\n\n\n\n\n\n\n\nd",
                vec![("a", "1"), ("c", "3"), ("d", "4")],
            ),
        ] {
            let (patch, after) = patch(text, &edits, "");
            let directory = tempfile::tempdir().unwrap();
            std::fs::write(directory.path().join("home.nix"), text).unwrap();
            std::fs::write(directory.path().join("x.patch"), &patch).unwrap();
            let output = std::process::Command::new("git")
                .args(["-c", "core.autocrlf=false", "apply", "x.patch"])
                .current_dir(directory.path())
                .env(
                    "GIT_CEILING_DIRECTORIES",
                    directory.path().parent().unwrap(),
                )
                .env_remove("GIT_DIR")
                .env_remove("GIT_INDEX_FILE")
                .output()
                .expect("git is needed for this test");
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{text:?}: {message}\n{patch}");
            // git removes a file that becomes empty only if the patch says so.
            assert_eq!(
                std::fs::read_to_string(directory.path().join("home.nix")).unwrap(),
                after,
                "{patch}"
            );
        }
    }
}
