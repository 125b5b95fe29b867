//! A report in which every text is harmless and free of secrets, with lines and columns worked out.

use super::Options;
use super::finding::{Checked, Consequence, Finding, Fix, Report, Severity};
use super::redact::Redactor;
use super::sanitize;
use super::snippet::{self, Wanted, Window};
use crate::workspace::source::{FileId, Position, Sources, Span};

/// Bytes before and after a place's start that go into its fingerprint, within its line.
const FINGERPRINT_REACH: usize = 200;

/// A frame shows at most so many further places; a finding may have thousands.
pub(crate) const MOST_RELATED: usize = 12;

/// The longest text of a finding in bytes; a longer one is cut in its middle. Names and values of a configuration have
/// no limit of their own.
const LONGEST_TEXT: usize = 4096;

/// A place with its file's path, lines and columns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// The path as it is in the file system, without secrets; not harmless on a terminal.
    pub file: String,
    /// First byte.
    pub start: Position,
    /// One past the last byte.
    pub end: Position,
    span: Span,
}

impl Place {
    /// The path, harmless.
    pub fn shown_file(&self) -> String {
        sanitize::line(&self.file)
    }
}

/// A further place.
pub(crate) struct PrintableRelated {
    /// Where.
    pub place: Place,
    /// What is there.
    pub message: String,
}

/// An edit of a fix.
pub(crate) struct PrintableEdit {
    /// What is replaced.
    pub place: Place,
    /// The new text, exactly as it has to be written: only for formats that escape what they print.
    pub text: String,
}

/// A change that mends a finding.
pub(crate) struct PrintableFix {
    /// What it does.
    pub title: String,
    /// Whether `--fix` applies it.
    pub safe: bool,
    /// The edits.
    pub edits: Vec<PrintableEdit>,
}

/// A finding.
pub(crate) struct PrintableFinding {
    /// Id of the rule.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What happens when it is left.
    pub consequence: Consequence,
    /// What is wrong; one line.
    pub message: String,
    /// What to write instead; may have several lines.
    pub help: Option<String>,
    /// Where.
    pub place: Option<Place>,
    /// The path in the configuration; one line.
    pub path: Option<String>,
    /// Names of configurations.
    pub configurations: Vec<String>,
    /// Names of instances.
    pub instances: Vec<String>,
    /// Further places.
    pub related: Vec<PrintableRelated>,
    /// A change that mends it; `None` also where it would have to print a secret.
    pub fix: Option<PrintableFix>,
}

/// A value that could not be checked.
pub(crate) struct PrintableUnresolved {
    /// The path in the configuration.
    pub path: String,
    /// Why.
    pub reason: String,
    /// Where it became unknown.
    pub place: Option<Place>,
}

/// Something that could not be read.
pub(crate) struct PrintableFailure {
    /// The path as it was given.
    pub path: String,
    /// What happened.
    pub message: String,
}

/// A configuration that was checked.
pub(crate) struct PrintableConfiguration {
    /// Its name.
    pub name: String,
    /// Names of its instances.
    pub instances: Vec<String>,
    /// The release that was assumed.
    pub openclaw: String,
    /// The era that was assumed.
    pub era: String,
    /// Why.
    pub source: String,
    /// Further assumptions.
    pub assumptions: Vec<String>,
}

/// How many findings of each severity there are, whether shown or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

/// A report that may be printed.
pub(crate) struct Printable<'a> {
    /// What was checked.
    pub configurations: Vec<PrintableConfiguration>,
    /// The findings that are to be shown.
    pub findings: Vec<PrintableFinding>,
    /// What could not be checked.
    pub unresolved: Vec<PrintableUnresolved>,
    /// What could not be read.
    pub errors: Vec<PrintableFailure>,
    /// How much was looked at.
    pub checked: Checked,
    /// All findings, by severity.
    pub counts: Counts,
    sources: &'a Sources,
    redactor: Redactor<'a>,
}

impl<'a> Printable<'a> {
    /// Makes a report printable; leaves out the findings below the severity that is to be shown.
    pub fn new(report: &'a Report, sources: &'a Sources, options: &Options) -> Self {
        let redactor = Redactor::of_report(sources, report).without_random_words();
        let border = Border {
            sources,
            redactor: &redactor,
        };
        let mut counts = Counts::default();
        for finding in &report.findings {
            match finding.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Note => counts.notes += 1,
            }
        }
        Printable {
            configurations: report
                .configurations
                .iter()
                .map(|configuration| PrintableConfiguration {
                    name: border.line(&configuration.name),
                    instances: border.lines(&configuration.instances),
                    openclaw: border.line(&configuration.openclaw),
                    era: border.line(&configuration.era),
                    source: border.line(&configuration.source),
                    assumptions: border.lines(&configuration.assumptions),
                })
                .collect(),
            findings: report
                .findings
                .iter()
                .filter(|finding| finding.severity >= options.min_severity)
                .map(|finding| border.finding(finding))
                .collect(),
            unresolved: report
                .unresolved
                .iter()
                .map(|value| PrintableUnresolved {
                    path: border.line(&value.path),
                    reason: border.line(&value.reason),
                    place: border.place(value.span),
                })
                .collect(),
            errors: report
                .errors
                .iter()
                .map(|failure| PrintableFailure {
                    path: border.line(&failure.path),
                    message: border.line(&failure.message),
                })
                .collect(),
            checked: report.checked,
            counts,
            sources,
            redactor,
        }
    }

    /// The lines of source to show with a finding: its own place first, then the related ones.
    pub fn windows(&self, finding: &PrintableFinding) -> Vec<Window> {
        let own = finding.place.iter().map(|place| Wanted {
            span: place.span,
            label: None,
            primary: true,
        });
        let related = finding
            .related
            .iter()
            .take(MOST_RELATED)
            .map(|related| Wanted {
                span: related.place.span,
                label: Some(&related.message),
                primary: false,
            });
        let wanted: Vec<Wanted<'_>> = own.chain(related).collect();
        snippet::windows(self.sources, &self.redactor, &wanted)
    }

    /// A file for formats that show nothing without one: the first that was read.
    pub fn fallback_file(&self) -> Option<String> {
        if self.sources.is_empty() {
            return None;
        }
        Some(self.redactor.text(&self.sources.get(FileId(0)).path))
    }

    /// Columns of a place in characters, from 1: of the first and past the last.
    pub fn character_columns(&self, place: &Place) -> (u32, u32) {
        let file = self.sources.get(place.span.file);
        let column = |position: Position| {
            let line_start = (position.offset + 1 - position.column) as usize;
            let before = &file.text[line_start..position.offset as usize];
            before.chars().count() as u32 + 1
        };
        (column(place.start), column(place.end))
    }

    /// A text that stays the same when lines are added elsewhere in the file: the line of the finding
    /// without blanks and without secrets. For fingerprints.
    pub fn line_for_fingerprint(&self, finding: &PrintableFinding) -> String {
        let Some(place) = &finding.place else {
            return String::new();
        };
        let file = self.sources.get(place.span.file);
        let Some(line) = file.line_range(place.start.line) else {
            return String::new();
        };
        let near = |offset: usize| boundary(&file.text, offset as u32) as usize;
        let offset = place.span.start as usize;
        let line = near(offset.saturating_sub(FINGERPRINT_REACH)).max(line.start)
            ..near(offset + FINGERPRINT_REACH).min(line.end);
        let hidden = self.redactor.hidden(place.span.file);
        let first = hidden.partition_point(|secret| secret.end <= line.start);
        let mut text = String::new();
        let mut position = line.start;
        for secret in hidden[first..]
            .iter()
            .take_while(|secret| secret.start < line.end)
        {
            text.push_str(&file.text[position..secret.start.max(position)]);
            position = secret.end.min(line.end);
        }
        text.push_str(&file.text[position..line.end]);
        text.retain(|character| !character.is_whitespace());
        text
    }
}

/// Where texts of a run become texts that may be shown.
struct Border<'a, 'b> {
    sources: &'a Sources,
    redactor: &'b Redactor<'a>,
}

impl Border<'_, '_> {
    fn line(&self, text: &str) -> String {
        sanitize::line(&sanitize::spell_out_lookalikes(&shortened(
            self.redactor.text(text),
        )))
    }

    fn lines(&self, texts: &[String]) -> Vec<String> {
        texts.iter().map(|text| self.line(text)).collect()
    }

    fn block(&self, text: &str) -> String {
        sanitize::block(&sanitize::spell_out_lookalikes(&shortened(
            self.redactor.text(text),
        )))
    }

    /// The place of a span, moved onto character boundaries; `None` for a file that is not in this store.
    fn place(&self, span: Option<Span>) -> Option<Place> {
        let mut span = span?;
        if span.file.0 as usize >= self.sources.len() {
            return None;
        }
        let file = self.sources.get(span.file);
        span.start = boundary(&file.text, span.start);
        span.end = boundary(&file.text, span.end).max(span.start);
        Some(Place {
            file: self.redactor.text(&file.path),
            start: file.position(span.start),
            end: file.position(span.end),
            span,
        })
    }

    fn finding(&self, finding: &Finding) -> PrintableFinding {
        PrintableFinding {
            rule: finding.rule,
            severity: finding.severity,
            consequence: finding.consequence,
            message: self.line(&finding.message),
            help: finding.help.as_deref().map(|help| self.block(help)),
            place: self.place(finding.span),
            path: finding.path.as_deref().map(|path| self.line(path)),
            configurations: self.lines(&finding.configurations),
            instances: self.lines(&finding.instances),
            related: finding
                .related
                .iter()
                .filter_map(|related| {
                    Some(PrintableRelated {
                        place: self.place(Some(related.span))?,
                        message: self.line(&related.message),
                    })
                })
                .collect(),
            fix: finding.fix.as_ref().and_then(|fix| self.fix(fix)),
        }
    }

    /// A fix whose text holds a secret cannot be printed and cannot be applied redacted: there is none.
    fn fix(&self, fix: &Fix) -> Option<PrintableFix> {
        let edits = fix
            .edits
            .iter()
            .map(|edit| {
                if self.redactor.is_secret(&edit.text) {
                    return None;
                }
                Some(PrintableEdit {
                    place: self.place(Some(edit.span))?,
                    text: edit.text.clone(),
                })
            })
            .collect::<Option<Vec<_>>>()?;
        Some(PrintableFix {
            title: self.line(&fix.title),
            safe: fix.safe,
            edits,
        })
    }
}

/// Cuts the middle out of a text that is too long to be read. Secrets are out of it already.
fn shortened(text: String) -> String {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    let start = boundary(&text, LONGEST_TEXT as u32 / 2) as usize;
    let end = boundary(&text, (text.len() - LONGEST_TEXT / 2) as u32) as usize;
    let left_out = end - start;
    format!("{} … ({left_out} bytes) … {}", &text[..start], &text[end..])
}

fn boundary(text: &str, offset: u32) -> u32 {
    let mut offset = (offset as usize).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset as u32
}
