//! Comments that ignore findings.
//!
//! `# openclaw-check: ignore[rule-id, other-id] reason` ignores the findings of these rules that touch the
//! comment's line, or that begin on the line below. In JSON5 the comment begins with `//`. The ids are required, so
//! that nobody hides what he has not seen; a comment that ignores nothing is reported, so that none outlives its
//! reason.

use super::finding::{Consequence, Finding, Report};
use crate::rules::registry;
use crate::settings::unknown_rule_help;
use crate::workspace::source::{FileId, SourceFile, Sources, Span};
use std::collections::{HashMap, HashSet};

/// The rule for a comment that ignores nothing.
pub const UNUSED: &str = "unused-suppression";

/// The rule for a comment that is not understood.
pub const MALFORMED: &str = "malformed-suppression";

/// How a comment for us begins.
const MARK: &str = "openclaw-check:";

/// Above this many lines a finding is looked for by itself, and not once for each of its lines.
const MANY_LINES: u32 = 64;

/// Removes the findings that comments in `files` ignore, and reports the comments that are malformed or ignore
/// nothing. Comments about rules that are not `active` (they did not run) are let be. The order of the findings that
/// stay is kept; those about comments come after them.
///
/// ```
/// use openclaw_check::report::{finding::*, suppression};
/// use openclaw_check::workspace::source::*;
/// let sources = Sources::new();
/// let file = sources.add(SourceFile::new("a.nix", "# openclaw-check: ignore[unknown-provider] ours\n1"));
/// let finding = Finding::new("unknown-provider", Consequence::FailsInUse, "no such provider");
/// let mut report = Report {
///     findings: vec![finding.at(Some(Span::new(file, 48, 49)))],
///     ..Report::default()
/// };
/// suppression::apply(&sources, &[file], &mut report, |_| true);
/// assert!(report.findings.is_empty());
/// ```
pub fn apply(
    sources: &Sources,
    files: &[FileId],
    report: &mut Report,
    active: impl Fn(&str) -> bool,
) {
    let mut requests = Vec::new();
    let mut seen = HashSet::new();
    for id in files {
        if seen.insert(*id) {
            let file = sources.get(*id);
            if file.text.contains(MARK) {
                collect(*id, &file, &mut requests, &mut report.findings);
            }
        }
    }
    if requests.is_empty() {
        return;
    }
    // First what the rules found, then what that leaves unused, which can be ignored in turn.
    let (late, early): (Vec<Request>, Vec<Request>) = requests
        .into_iter()
        .partition(|request| request.rule == UNUSED);
    for requests in [early, late] {
        let index = Index::new(sources, &report.findings, &seen);
        let mut ignored = HashSet::new();
        let mut unused = Vec::new();
        for request in &requests {
            let mut found = index.at(request.span.file, &request.rule, request.line, false);
            if found.is_empty() || request.alone {
                found.extend(index.at(
                    request.span.file,
                    &request.rule,
                    request.next_line,
                    !request.alone,
                ));
            }
            if found.is_empty() && active(&request.rule) {
                unused.push(request.unused());
            }
            ignored.extend(found);
        }
        let mut position = 0;
        report.findings.retain(|_| {
            position += 1;
            !ignored.contains(&(position - 1))
        });
        report.findings.extend(unused);
    }
}

/// One rule that a comment ignores.
struct Request {
    rule: String,
    /// The id in the comment.
    span: Span,
    /// The comment's line, from 1.
    line: u32,
    /// The next line that holds more than comments.
    next_line: u32,
    /// Whether the line holds nothing but comments, so that the next one is meant.
    alone: bool,
}

impl Request {
    fn unused(&self) -> Finding {
        Finding::new(
            UNUSED,
            Consequence::Degrades,
            format!("there is no finding of `{}` to ignore here", self.rule),
        )
        .at(Some(self.span))
        .help("Remove the comment, or move it to the finding's line or the line above it.")
    }
}

/// A finding of many lines: first line, last line, position in the report's list.
type Long = (u32, u32, usize);

/// Where findings are: positions in the report's list by file, rule and line.
struct Index<'a> {
    lines: HashMap<(FileId, &'a str, u32), Vec<usize>>,
    /// Those of many lines.
    long: HashMap<(FileId, &'a str), Vec<Long>>,
    /// First lines, by position.
    first: HashMap<usize, u32>,
}

impl<'a> Index<'a> {
    fn new(sources: &Sources, findings: &'a [Finding], files: &HashSet<FileId>) -> Self {
        let mut index = Index {
            lines: HashMap::new(),
            long: HashMap::new(),
            first: HashMap::new(),
        };
        let mut texts = HashMap::new();
        for (position, finding) in findings.iter().enumerate() {
            let Some(span) = finding.span.filter(|span| files.contains(&span.file)) else {
                continue;
            };
            let file = texts
                .entry(span.file)
                .or_insert_with(|| sources.get(span.file));
            let first = file.position(span.start).line;
            let last = match span.is_empty() {
                true => first,
                false => file.position(span.end - 1).line,
            };
            index.first.insert(position, first);
            if last - first > MANY_LINES {
                index
                    .long
                    .entry((span.file, finding.rule))
                    .or_default()
                    .push((first, last, position));
            } else {
                for line in first..=last {
                    index
                        .lines
                        .entry((span.file, finding.rule, line))
                        .or_default()
                        .push(position);
                }
            }
        }
        index
    }

    /// Positions of the findings of a rule that touch a line, or only those that begin on it.
    fn at(&self, file: FileId, rule: &str, line: u32, beginning: bool) -> Vec<usize> {
        let mut found = self
            .lines
            .get(&(file, rule, line))
            .cloned()
            .unwrap_or_default();
        if let Some(long) = self.long.get(&(file, rule)) {
            found.extend(
                long.iter()
                    .filter(|(first, last, _)| *first <= line && line <= *last)
                    .map(|(_, _, position)| *position),
            );
        }
        if beginning {
            found.retain(|position| self.first.get(position) == Some(&line));
        }
        found
    }
}

/// Reads the comments of a file.
fn collect(
    id: FileId,
    file: &SourceFile,
    requests: &mut Vec<Request>,
    findings: &mut Vec<Finding>,
) {
    let comments = match is_json(&file.path) {
        true => json_comments(&file.text),
        false => nix_comments(&file.text),
    };
    let comment_lines = comment_lines(file, &comments);
    for comment in &comments {
        let text = &file.text[comment.clone()];
        // A comment over several lines may hold one of ours on each.
        let mut offset = comment.start;
        for part in text.split_inclusive('\n') {
            if let Some(start) = find_mark(part) {
                let line = file.position(offset as u32).line;
                let mut next_line = line + 1;
                while comment_lines.contains(&next_line) {
                    next_line += 1;
                }
                let place = Place {
                    file: id,
                    offset: offset + start,
                    line,
                    next_line,
                    alone: comment_lines.contains(&line),
                };
                let part = part[start..].trim_end();
                let part = part.strip_suffix("*/").unwrap_or(part).trim_end();
                read(part, &place, requests, findings);
            }
            offset += part.len();
        }
    }
}

/// Where a comment for us stands.
struct Place {
    file: FileId,
    /// Of its mark.
    offset: usize,
    line: u32,
    next_line: u32,
    alone: bool,
}

impl Place {
    fn span(&self, start: usize, length: usize) -> Span {
        let start = (self.offset + start) as u32;
        Span::new(self.file, start, start + length as u32)
    }
}

/// Reads `openclaw-check: ignore[...] ...`.
fn read(text: &str, place: &Place, requests: &mut Vec<Request>, findings: &mut Vec<Finding>) {
    let mut refuse = |span: Span, message: String, help: String| {
        findings.push(
            Finding::new(MALFORMED, Consequence::Degrades, message)
                .at(Some(span))
                .help(help),
        );
    };
    const HELP: &str = "Write `openclaw-check: ignore[rule-id] reason`.";
    let whole = place.span(0, text.len());
    let after_mark = &text[MARK.len()..];
    let verb = after_mark.trim_start();
    let Some(rest) = verb.strip_prefix("ignore") else {
        refuse(
            whole,
            "this comment says nothing that openclaw-check understands".to_string(),
            HELP.to_string(),
        );
        return;
    };
    let inside = rest.trim_start().strip_prefix('[');
    let Some((ids, _)) = inside.and_then(|inside| inside.split_once(']')) else {
        refuse(
            whole,
            "this comment names no rule to ignore".to_string(),
            HELP.to_string(),
        );
        return;
    };
    let mut offset = ids.as_ptr() as usize - text.as_ptr() as usize;
    for part in ids.split(',') {
        let rule = part.trim();
        let start = offset + (part.len() - part.trim_start().len());
        let span = place.span(start, rule.len());
        offset += part.len() + 1;
        if rule.is_empty() {
            refuse(
                whole,
                "this comment names no rule to ignore".to_string(),
                HELP.to_string(),
            );
        } else if rule == "*" {
            refuse(
                span,
                "this comment ignores all rules, also those that nobody thought of".to_string(),
                "Name the rules: `ignore[rule-id, other-id]`.".to_string(),
            );
        } else if registry::find(rule).is_none() {
            refuse(
                span,
                format!("there is no rule `{rule}`"),
                unknown_rule_help(rule),
            );
        } else {
            requests.push(Request {
                rule: rule.to_string(),
                span,
                line: place.line,
                next_line: place.next_line,
                alone: place.alone,
            });
        }
    }
}

/// Where our mark stands in a line of a comment: at its beginning, or after another comment sign, so that prose about
/// this program is no instruction to it.
fn find_mark(line: &str) -> Option<usize> {
    line.match_indices(MARK)
        .map(|(position, _)| position)
        .find(|position| {
            let before = line[..*position].trim_end();
            before.is_empty() || before.ends_with(['#', '*']) || before.ends_with("//")
        })
}

/// The lines that hold comments and nothing else.
fn comment_lines(file: &SourceFile, comments: &[std::ops::Range<usize>]) -> HashSet<u32> {
    let mut lines = HashSet::new();
    for comment in comments {
        let first = file.position(comment.start as u32).line;
        let last = file
            .position(comment.end.saturating_sub(1).max(comment.start) as u32)
            .line;
        for line in first..=last {
            let Some(range) = file.line_range(line) else {
                continue;
            };
            let before = &file.text[range.start..comment.start.max(range.start)];
            let after = &file.text[comment.end.min(range.end)..range.end];
            if before.trim().is_empty() && after.trim().is_empty() {
                lines.insert(line);
            }
        }
    }
    lines
}

fn is_json(path: &str) -> bool {
    [".json", ".json5", ".jsonc"]
        .iter()
        .any(|ending| path.to_ascii_lowercase().ends_with(ending))
}

/// Comments of Nix code, by rnix's own lexer, which knows strings from comments.
fn nix_comments(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut comments = Vec::new();
    let mut offset = 0;
    for (kind, token) in rnix::tokenize(text) {
        if kind == rnix::SyntaxKind::TOKEN_COMMENT {
            comments.push(offset..offset + token.len());
        }
        offset += token.len();
    }
    comments
}

/// Comments of JSON5: `//` to the end of the line and `/* */`, outside of strings.
fn json_comments(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut comments = Vec::new();
    let mut position = 0;
    while position < bytes.len() {
        match (bytes[position], bytes.get(position + 1)) {
            (quote @ (b'"' | b'\''), _) => {
                position += 1;
                // A string that is not closed ends with its line, so that one mistake hides no comment below.
                while position < bytes.len() && !matches!(bytes[position], b'\n') {
                    match bytes[position] {
                        b'\\' => position += 2,
                        byte => {
                            position += 1;
                            if byte == quote {
                                break;
                            }
                        }
                    }
                }
            }
            (b'/', Some(b'/')) => {
                let end = text[position..]
                    .find('\n')
                    .map_or(bytes.len(), |end| position + end);
                comments.push(position..end);
                position = end;
            }
            (b'/', Some(b'*')) => {
                let end = text[position + 2..]
                    .find("*/")
                    .map_or(bytes.len(), |end| position + end + 4);
                comments.push(position..end);
                position = end;
            }
            _ => position += 1,
        }
    }
    comments
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules of the findings that are left when a rule reports every place of `@` in the text.
    fn left(name: &str, text: &str) -> Vec<(&'static str, u32)> {
        left_when(name, text, |_| true)
    }

    fn left_when(
        name: &str,
        text: &str,
        active: impl Fn(&str) -> bool,
    ) -> Vec<(&'static str, u32)> {
        let sources = Sources::new();
        let file = sources.add(SourceFile::new(name, text));
        let findings =
            text.match_indices('@')
                .map(|(offset, _)| {
                    Finding::new("unknown-provider", Consequence::FailsInUse, "x")
                        .at(Some(Span::new(file, offset as u32, offset as u32 + 1)))
                })
                .collect();
        let mut report = Report {
            findings,
            ..Report::default()
        };
        apply(&sources, &[file], &mut report, active);
        report
            .findings
            .iter()
            .map(|finding| {
                let span = finding.span.unwrap();
                (finding.rule, sources.get(file).position(span.start).line)
            })
            .collect()
    }

    #[test]
    fn on_the_line_or_on_the_line_above() {
        assert_eq!(
            left(
                "a.nix",
                "x = @; # openclaw-check: ignore[unknown-provider] ours"
            ),
            []
        );
        assert_eq!(
            left(
                "a.nix",
                "# openclaw-check: ignore[unknown-provider]\nx = @;\ny = @;\n"
            ),
            [("unknown-provider", 3)]
        );
        assert_eq!(
            left(
                "a.nix",
                "x = {  # openclaw-check: ignore[unknown-provider]\n  y = @;\n}"
            ),
            [],
            "behind code, when there is nothing on the line itself"
        );
        assert_eq!(
            left(
                "a.nix",
                "x = @;  # openclaw-check: ignore[unknown-provider]\ny = @;\n"
            ),
            [("unknown-provider", 2)],
            "behind code, the next line is another matter"
        );
    }

    #[test]
    fn comments_can_be_stacked() {
        assert_eq!(
            left(
                "a.nix",
                "# openclaw-check: ignore[unknown-provider] ours\n# Why: it comes later.\nx = @;\n"
            ),
            []
        );
    }

    #[test]
    fn on_any_line_of_a_finding() {
        for lines in [3, 200] {
            let sources = Sources::new();
            let text = format!(
                "{{\n{}  # openclaw-check: ignore[unknown-provider]\n}}",
                "  a = 1;\n".repeat(lines)
            );
            let file = sources.add(SourceFile::new("a.nix", text.as_str()));
            let mut report = Report {
                findings: vec![
                    Finding::new("unknown-provider", Consequence::FailsInUse, "x")
                        .at(Some(Span::new(file, 0, text.len() as u32))),
                ],
                ..Report::default()
            };
            apply(&sources, &[file], &mut report, |_| true);
            assert_eq!(report.findings, []);
        }
    }

    #[test]
    fn an_ignore_of_nothing_is_reported_at_its_id() {
        assert_eq!(
            left(
                "a.nix",
                "\n# openclaw-check: ignore[unknown-provider]\n\nx = @;\n"
            ),
            [("unknown-provider", 4), (UNUSED, 2)]
        );
        assert_eq!(
            left_when(
                "a.nix",
                "# openclaw-check: ignore[unknown-provider]\n1",
                |_| false
            ),
            [],
            "but not when the rule did not run"
        );
        assert_eq!(
            left(
                "a.nix",
                "# openclaw-check: ignore[unknown-provider, unused-suppression] only on some hosts\n1"
            ),
            []
        );
    }

    #[test]
    fn what_is_not_understood_is_reported_and_ignores_nothing() {
        for comment in [
            "# openclaw-check: ignore",
            "# openclaw-check: ignore unknown-provider",
            "# openclaw-check: ignore[]",
            "# openclaw-check: ignore[*]",
            "# openclaw-check: ignore[unknown-provder]",
            "# openclaw-check: ignore[unknown-provider",
            "# openclaw-check: disable",
            "/* openclaw-check: ignore */",
        ] {
            assert_eq!(
                left("a.nix", &format!("{comment}\nx = @;")),
                [("unknown-provider", 2), (MALFORMED, 1)],
                "{comment}"
            );
        }
    }

    #[test]
    fn a_good_id_beside_a_bad_one_counts() {
        assert_eq!(
            left(
                "a.nix",
                "# openclaw-check: ignore[nope, unknown-provider]\n@"
            ),
            [(MALFORMED, 1)]
        );
    }

    #[test]
    fn text_and_prose_are_no_comments_for_us() {
        assert_eq!(
            left(
                "a.nix",
                "x = \"# openclaw-check: ignore[unknown-provider]\"; y = @;"
            ),
            [("unknown-provider", 1)]
        );
        assert_eq!(
            left(
                "a.nix",
                "x = ''\n  # openclaw-check: ignore[unknown-provider]\n  @'';"
            ),
            [("unknown-provider", 3)]
        );
        assert_eq!(
            left("a.nix", "# Read more about openclaw-check: it helps.\n1"),
            []
        );
    }

    #[test]
    fn block_comments_and_other_tools_beside() {
        assert_eq!(
            left(
                "a.nix",
                "/* openclaw-check: ignore[unknown-provider] ours */ @"
            ),
            []
        );
        assert_eq!(
            left(
                "a.nix",
                "/*\n * openclaw-check: ignore[unknown-provider]\n */\n@"
            ),
            []
        );
        assert_eq!(
            left(
                "a.nix",
                "@ # deadnix: skip # openclaw-check: ignore[unknown-provider]"
            ),
            []
        );
    }

    #[test]
    fn json5_has_its_own_comments() {
        assert_eq!(
            left(
                "openclaw.json",
                "{\n  // openclaw-check: ignore[unknown-provider] ours\n  \"a\": \"@\",\n  'b': '// @' }"
            ),
            [("unknown-provider", 4)]
        );
        assert_eq!(
            left(
                "x.json5",
                "{ a: \"it's // openclaw-check: ignore[unknown-provider]\", b: '@' }"
            ),
            [("unknown-provider", 1)]
        );
    }

    #[test]
    fn line_ends_of_windows_shift_nothing() {
        assert_eq!(
            left(
                "a.nix",
                "# openclaw-check: ignore[unknown-provider]\r\nx = @;\r\ny = @;\r\n"
            ),
            [("unknown-provider", 3)]
        );
    }
}
