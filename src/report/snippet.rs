//! The lines of source that are shown with a finding, without secrets and harmless.
//!
//! A [`Window`] holds a few lines only, so that the cost of a finding does not depend on the size of its
//! file. Offsets inside a window are offsets into what is shown, not into the file.

use super::redact::{REDACTED, Redactor};
use super::sanitize;
use crate::workspace::source::{SourceFile, Sources, Span};
use std::ops::Range;
use std::rc::Rc;

/// Lines shown before and after what is marked.
const CONTEXT_LINES: u32 = 1;

/// Places of one file that are at most this many lines apart share a window.
const JOIN_LINES: u32 = 3;

/// A place of more lines is marked on its first lines only.
const LONGEST_MARK: u32 = 8;

/// Longer lines are cut around what is marked; in bytes.
const LONGEST_LINE: usize = 240;

/// How much of a cut line is kept before and after what is marked; in bytes.
const KEPT_AROUND: usize = 60;

/// A mark in a window.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Mark {
    /// Bytes in the window's text.
    pub range: Range<usize>,
    /// What is said of it.
    pub label: Option<String>,
    /// Whether it is the finding's own place.
    pub primary: bool,
    /// Line in the file, from 1.
    pub line: u32,
    /// Column in the file, in bytes, from 1.
    pub column: u32,
}

/// A few lines of one file as they are shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Window {
    /// The file's path as it is shown.
    pub path: String,
    /// Number of the first line, from 1.
    pub first_line: u32,
    /// The lines, each but the last ended by a line feed.
    pub text: String,
    /// What is marked, in the order in which it was given.
    pub marks: Vec<Mark>,
}

/// A place to show.
pub(crate) struct Wanted<'a> {
    /// Where.
    pub span: Span,
    /// What is said of it.
    pub label: Option<&'a str>,
    /// Whether it is the finding's own place.
    pub primary: bool,
}

struct Group<'a> {
    file: Rc<SourceFile>,
    lines: Range<u32>,
    wanted: Vec<&'a Wanted<'a>>,
}

/// The windows that show all of `wanted`, in that order; near places of one file share one.
pub(crate) fn windows(
    sources: &Sources,
    redactor: &Redactor<'_>,
    wanted: &[Wanted<'_>],
) -> Vec<Window> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for place in wanted {
        let file = sources.get(place.span.file);
        let first = file.position(place.span.start).line;
        let last = last_line(&file, place.span).min(first + LONGEST_MARK - 1);
        let near = groups.iter_mut().find(|group| {
            Rc::ptr_eq(&group.file, &file)
                && first <= group.lines.end + JOIN_LINES
                && group.lines.start <= last + JOIN_LINES
        });
        match near {
            Some(group) => {
                group.lines = group.lines.start.min(first)..group.lines.end.max(last);
                group.wanted.push(place);
            }
            None => groups.push(Group {
                file,
                lines: first..last,
                wanted: vec![place],
            }),
        }
    }
    groups.iter().map(|group| window(redactor, group)).collect()
}

/// The line in which the last byte of a span lies.
fn last_line(file: &SourceFile, span: Span) -> u32 {
    let end = if span.end > span.start {
        span.end - 1
    } else {
        span.end
    };
    file.position(end).line
}

fn window(redactor: &Redactor<'_>, group: &Group<'_>) -> Window {
    let file = &group.file;
    let hidden = match group.wanted.first() {
        Some(place) => redactor.hidden(place.span.file),
        None => Rc::default(),
    };
    let first_line = group.lines.start.saturating_sub(CONTEXT_LINES).max(1);
    let last_line = (group.lines.end + CONTEXT_LINES).min(file.line_count());
    let mut text = String::new();
    let mut lines = Vec::new();
    for number in first_line..=last_line {
        let Some(range) = file.line_range(number) else {
            break;
        };
        // What is cut away is decided by the marks that begin or end in the line.
        let keep = group
            .wanted
            .iter()
            .map(|place| place.span.start as usize..place.span.end as usize)
            .filter(|span| span.start <= range.end && span.end >= range.start)
            .map(|span| span.start.max(range.start)..span.end.min(range.end))
            .reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
        if number > first_line {
            text.push('\n');
        }
        lines.push(Line::show(&file.text, range, &hidden, keep, &mut text));
    }
    let marks = group
        .wanted
        .iter()
        .map(|place| {
            let position = file.position(place.span.start);
            let start = shown_offset(&lines, place.span.start as usize, false);
            let end = shown_offset(&lines, place.span.end as usize, true);
            Mark {
                range: start..end.max(start),
                label: place.label.map(str::to_string),
                primary: place.primary,
                line: position.line,
                column: position.column,
            }
        })
        .collect();
    Window {
        path: sanitize::line(&redactor.text(&file.path)),
        first_line,
        text,
        marks,
    }
}

/// One line of a file and how its bytes were moved.
struct Line {
    original: Range<usize>,
    shown: Range<usize>,
    replaced: Vec<(Range<usize>, Range<usize>)>,
}

impl Line {
    /// Writes a line to `output` as it may be shown.
    fn show(
        text: &str,
        range: Range<usize>,
        hidden: &[Range<usize>],
        keep: Option<Range<usize>>,
        output: &mut String,
    ) -> Line {
        let visible = cut(text, &range, keep);
        let shown_start = output.len();
        let mut replaced = Vec::new();
        let mut replace = |output: &mut String, from: Range<usize>, by: &str| {
            let start = output.len();
            output.push_str(by);
            replaced.push((from, start..output.len()));
        };
        if visible.start > range.start {
            replace(output, range.start..visible.start, "…");
        }
        let mut position = visible.start;
        let first_hidden = hidden.partition_point(|secret| secret.end <= position);
        let mut secrets = hidden[first_hidden..].iter().peekable();
        while position < visible.end {
            if let Some(secret) = secrets.next_if(|secret| secret.start <= position) {
                let end = secret.end.min(visible.end);
                replace(output, position..end, REDACTED);
                position = end;
                continue;
            }
            let until = secrets
                .peek()
                .map_or(visible.end, |secret| secret.start.min(visible.end));
            let part = &text[position..until];
            let mut plain = 0;
            for (at, character) in part.char_indices() {
                let next = at + character.len_utf8();
                let command = character == '#'
                    && (part[at..].starts_with("##[") || part[at..].starts_with("##vso["));
                if command {
                    output.push_str(&part[plain..at]);
                    replace(output, position + at..position + next, "#\\");
                    plain = next;
                } else if character != '\t' && sanitize::is_unsafe(character) {
                    output.push_str(&part[plain..at]);
                    let by = sanitize::visible(character);
                    replace(output, position + at..position + next, &by);
                    plain = next;
                }
            }
            output.push_str(&part[plain..]);
            position = until;
        }
        if visible.end < range.end {
            replace(output, visible.end..range.end, "…");
        }
        Line {
            original: range,
            shown: shown_start..output.len(),
            replaced,
        }
    }

    /// Where an offset of the file is shown; `end` asks for the far side of what was replaced.
    fn offset(&self, original: usize, end: bool) -> usize {
        let original = original.clamp(self.original.start, self.original.end);
        let (mut from, mut to) = (self.original.start, self.shown.start);
        for (source, shown) in &self.replaced {
            let inside = if end {
                source.start < original && original <= source.end
            } else {
                source.start <= original && original < source.end
            };
            if inside {
                return if end { shown.end } else { shown.start };
            }
            if source.end > original || source.start >= original {
                break;
            }
            from = source.end;
            to = shown.end;
        }
        (to + (original - from)).min(self.shown.end)
    }
}

fn shown_offset(lines: &[Line], original: usize, end: bool) -> usize {
    let line = lines
        .iter()
        .find(|line| original <= line.original.end)
        .or(lines.last());
    line.map_or(0, |line| line.offset(original, end))
}

/// The part of a line that is shown.
fn cut(text: &str, line: &Range<usize>, keep: Option<Range<usize>>) -> Range<usize> {
    if line.len() <= LONGEST_LINE {
        return line.clone();
    }
    let keep = keep.unwrap_or(line.start..line.start);
    let mut start = keep.start.saturating_sub(KEPT_AROUND).max(line.start);
    let wanted_end = keep.end.min(start + LONGEST_LINE - KEPT_AROUND);
    let mut end = (wanted_end + KEPT_AROUND).min(line.end);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, spans: &[(u32, u32)], secrets: &[(u32, u32)]) -> Vec<Window> {
        let sources = Sources::new();
        let file = sources.add(SourceFile::new("home.nix", text));
        let secrets: Vec<Span> = secrets
            .iter()
            .map(|(start, end)| Span::new(file, *start, *end))
            .collect();
        let redactor = Redactor::new(&sources, &secrets);
        let wanted: Vec<Wanted<'_>> = spans
            .iter()
            .map(|(start, end)| Wanted {
                span: Span::new(file, *start, *end),
                label: None,
                primary: false,
            })
            .collect();
        windows(&sources, &redactor, &wanted)
    }

    fn marked(window: &Window) -> Vec<&str> {
        window
            .marks
            .iter()
            .map(|mark| &window.text[mark.range.clone()])
            .collect()
    }

    #[test]
    fn one_line_of_context_on_each_side() {
        let windows = show("a\nb\nc\nd\ne\n", &[(4, 5)], &[]);
        assert_eq!(windows[0].text, "b\nc\nd");
        assert_eq!(windows[0].first_line, 2);
        assert_eq!(marked(&windows[0]), ["c"]);
    }

    #[test]
    fn near_places_share_a_window_and_far_ones_do_not() {
        let text = "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        assert_eq!(show(text, &[(0, 1), (4, 5)], &[]).len(), 1);
        let windows = show(text, &[(18, 19), (0, 1)], &[]);
        assert_eq!(windows.len(), 2);
        assert_eq!(marked(&windows[0]), ["9"]);
        assert_eq!(marked(&windows[1]), ["0"]);
    }

    #[test]
    fn carriage_returns_are_not_shown_at_line_ends_and_do_not_shift() {
        let windows = show("ab\r\ncd\r\n", &[(4, 6)], &[]);
        assert_eq!(windows[0].text, "ab\ncd\n");
        assert_eq!(marked(&windows[0]), ["cd"]);
    }

    #[test]
    fn what_is_made_visible_moves_the_marks() {
        let windows = show("\u{1b}[31m bad \u{202e}x", &[(6, 9), (10, 14)], &[]);
        assert_eq!(windows[0].text, "\\u{1b}[31m bad \\u{202e}x");
        assert_eq!(marked(&windows[0]), ["bad", "\\u{202e}x"]);
    }

    #[test]
    fn a_secret_is_replaced_and_marks_around_it_stay() {
        let text = "key = \"hunter2-hunter2\"; url = \"x\";";
        let windows = show(text, &[(6, 23), (31, 34)], &[(6, 23)]);
        assert_eq!(windows[0].text, "key = [redacted]; url = \"x\";");
        assert_eq!(marked(&windows[0]), ["[redacted]", "\"x\""]);
    }

    #[test]
    fn a_secret_of_several_lines_is_replaced_on_each() {
        let text = "key = ''\n  one-secret\n  two-secret\n''; z\n";
        let windows = show(text, &[(0, 3), (37, 38)], &[(6, 37)]);
        assert_eq!(
            windows[0].text,
            "key = [redacted]\n[redacted]\n[redacted]\n[redacted]; z\n"
        );
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_mark() {
        let text = format!("{}MARK{}", "x".repeat(100_000), "y".repeat(100_000));
        let windows = show(&text, &[(100_000, 100_004)], &[]);
        assert!(windows[0].text.len() < 300);
        assert_eq!(marked(&windows[0]), ["MARK"]);
        assert_eq!(windows[0].marks[0].column, 100_001);
        assert!(windows[0].text.starts_with('…') && windows[0].text.ends_with('…'));
    }

    #[test]
    fn a_place_of_many_lines_shows_its_first_ones() {
        let text = "line\n".repeat(100);
        let windows = show(&text, &[(0, 500)], &[]);
        assert_eq!(windows[0].text.lines().count(), 9);
        assert!(windows[0].marks[0].range.end <= windows[0].text.len());
    }

    #[test]
    fn the_end_of_a_file_can_be_marked() {
        let windows = show("a\n", &[(2, 2)], &[]);
        assert_eq!(windows[0].marks[0].range, 2..2);
        assert_eq!(windows[0].marks[0].line, 2);
        let windows = show("", &[(0, 0)], &[]);
        assert_eq!(windows[0].marks[0].range, 0..0);
    }
}
