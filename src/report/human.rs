//! For people: what is wrong, the code it is in, what happens if it stays, what to write instead.
//!
//! miette draws the code frames; it never sees a file, only the few lines of a [`Window`], so that the
//! cost of a finding does not depend on the size of its file.

use super::finding::{Consequence, Severity};
use super::printable::{MOST_RELATED, Printable, PrintableFinding};
use super::snippet::Window;
use super::style::Style;
use super::{Options, documentation_url, sanitize, summary, wrap};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use std::fmt;

/// More than so many unresolved values are counted, not listed.
const LISTED_UNRESOLVED: usize = 10;

pub(super) fn render(printable: &Printable<'_>, options: &Options) -> String {
    let handler = handler(options);
    let style = Style::new(options.color);
    let mut text = String::new();
    for finding in &printable.findings {
        let frame = Frame::new(printable, finding, options.width.clamp(60, 120));
        // Writing to a string does not fail.
        let _ = handler.render_report(&mut text, &frame);
        text.push('\n');
    }
    unresolved(printable, options, style, &mut text);
    for failure in &printable.errors {
        text.push_str(&format!(
            "{} {}: {}\n",
            style.severity(Severity::Error, "error:"),
            style.bold(&sanitize::defuse_commands(&failure.path)),
            sanitize::defuse_commands(&failure.message)
        ));
    }
    if !printable.errors.is_empty() && !options.quiet {
        text.push('\n');
    }
    if !options.quiet {
        closing(printable, options, style, &mut text);
    }
    text
}

fn handler(options: &Options) -> GraphicalReportHandler {
    // The sixteen colours of the terminal's own palette, so that they can be read on any background.
    let styles = if options.color {
        ThemeStyles::ansi()
    } else {
        ThemeStyles::none()
    };
    let theme = GraphicalTheme {
        characters: ThemeCharacters::unicode(),
        styles,
    };
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(options.width)
        .with_wrap_lines(false)
}

fn unresolved(printable: &Printable<'_>, options: &Options, style: Style, text: &mut String) {
    let severity = if options.strict {
        Severity::Error
    } else {
        Severity::Note
    };
    let shown = severity >= options.min_severity && (options.strict || !options.quiet);
    if printable.unresolved.is_empty() || !shown {
        return;
    }
    text.push_str(&style.severity(severity, "could not be checked:"));
    text.push('\n');
    let limit = if options.strict {
        usize::MAX
    } else {
        LISTED_UNRESOLVED
    };
    for value in printable.unresolved.iter().take(limit) {
        let place = value.place.as_ref().map(summary::location);
        let place = place.map_or(String::new(), |place| format!(" ({place})"));
        text.push_str(&sanitize::defuse_commands(&format!(
            "  {}: {}{place}\n",
            value.path, value.reason
        )));
    }
    let rest = printable.unresolved.len().saturating_sub(limit);
    if rest > 0 {
        text.push_str(&format!("  and {rest} more (--format concise lists all)\n"));
    }
    text.push('\n');
}

fn closing(printable: &Printable<'_>, options: &Options, style: Style, text: &mut String) {
    for line in summary::releases(printable) {
        text.push_str(&style.dim(&sanitize::defuse_commands(&line)));
        text.push('\n');
    }
    let assumptions = summary::assumptions(printable);
    for assumption in assumptions.iter().take(LISTED_ASSUMPTIONS) {
        let line = format!("assumed: {}", sanitize::defuse_commands(assumption));
        text.push_str(&style.dim(&line));
        text.push('\n');
    }
    let rest = assumptions.len().saturating_sub(LISTED_ASSUMPTIONS);
    if rest > 0 {
        let line = format!("and {rest} further assumptions (`openclaw-check show` has all)");
        text.push_str(&style.dim(&line));
        text.push('\n');
    }
    text.push_str(&format!(
        "{} ({})\n",
        style.bold(&summary::verdict(printable, options)),
        summary::checked(printable)
    ));
}

/// More assumptions than this are counted, not listed.
const LISTED_ASSUMPTIONS: usize = 8;

/// A finding as miette wants it.
#[derive(Debug)]
struct Frame {
    severity: Severity,
    rule: &'static str,
    message: String,
    help: String,
    windows: Windows,
}

impl Frame {
    fn new(printable: &Printable<'_>, finding: &PrintableFinding, width: usize) -> Self {
        let mut message = finding.message.clone();
        let whereabouts = whereabouts(finding);
        if !whereabouts.is_empty() {
            message.push_str(&format!("\n{whereabouts}"));
        }
        // Advice has no consequence.
        if finding.consequence != Consequence::Advice {
            message.push_str(&format!(
                "\nIf you leave it: {}",
                summary::consequence_sentence(finding.consequence)
            ));
        }
        let unseen = finding.related.len().saturating_sub(MOST_RELATED);
        if unseen > 0 {
            message.push_str(&format!(
                "\n{} not shown (--format json has all)",
                summary::count(unseen, "further place is", "further places are")
            ));
        }
        let mut help = finding.help.clone().unwrap_or_default();
        match &finding.fix {
            Some(fix) if fix.safe => {
                if !help.is_empty() {
                    help.push('\n');
                }
                help.push_str(&format!("{} (--fix does it)", fix.title));
            }
            // What --fix does not do is said by the help already.
            Some(fix) if help.is_empty() => help.push_str(&fix.title),
            _ => {}
        }
        Frame {
            severity: finding.severity,
            rule: finding.rule,
            message: sanitize::defuse_commands(&wrap::wrap(&message, width - 4)),
            help: sanitize::defuse_commands(&wrap::wrap(&help, width - 8)),
            windows: Windows::new(printable.windows(finding)),
        }
    }
}

/// `at agents.defaults.model.primary in homeConfigurations.alice (instance default)`.
fn whereabouts(finding: &PrintableFinding) -> String {
    let mut text = String::new();
    if let Some(path) = &finding.path {
        text.push_str(&format!("at {path}"));
    }
    if let Some((first, rest)) = finding.configurations.split_first() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&format!("in {first}"));
        if !rest.is_empty() {
            text.push_str(&format!(" and {} more", rest.len()));
        }
    }
    if finding.instances.iter().any(|name| name != "default") {
        text.push_str(&format!(" (instance {})", finding.instances.join(", ")));
    }
    text
}

impl fmt::Display for Frame {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Frame {}

impl Diagnostic for Frame {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!(
            "{}[{}]",
            summary::severity(self.severity),
            self.rule
        )))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        if self.help.is_empty() {
            return None;
        }
        Some(Box::new(&self.help))
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(documentation_url(self.rule)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        if self.windows.windows.is_empty() {
            return None;
        }
        Some(&self.windows)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        if self.windows.windows.is_empty() {
            return None;
        }
        Some(Box::new(self.windows.labels()))
    }
}

/// Windows of several files behind one another, as if they were one source. Each keeps its own name and
/// line numbers; a span never reaches from one into the next.
#[derive(Debug)]
struct Windows {
    windows: Vec<(usize, Window)>,
}

impl Windows {
    fn new(windows: Vec<Window>) -> Self {
        let mut start = 0;
        let windows = windows
            .into_iter()
            .map(|mut window| {
                window.path = sanitize::defuse_commands(&window.path);
                let placed = (start, window);
                // One byte between two windows, so that an empty mark at an end belongs to one of them.
                start += placed.1.text.len() + 1;
                placed
            })
            .collect();
        Windows { windows }
    }

    fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.windows.iter().flat_map(|(start, window)| {
            window.marks.iter().map(move |mark| {
                let label = mark.label.as_deref().map(sanitize::defuse_commands);
                let span = SourceSpan::from((start + mark.range.start, mark.range.len()));
                if mark.primary {
                    LabeledSpan::new_primary_with_span(label, span)
                } else {
                    LabeledSpan::new_with_span(label, span)
                }
            })
        })
    }
}

impl SourceCode for Windows {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        _context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let index = self
            .windows
            .partition_point(|(start, _)| *start <= span.offset());
        let (start, window) = index
            .checked_sub(1)
            .and_then(|index| self.windows.get(index))
            .ok_or(MietteError::OutOfBounds)?;
        let inside = span.offset() - start..span.offset() - start + span.len();
        if inside.end > window.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        // Without context, miette asks where the mark itself is: that is said in the file's terms.
        if context_lines_before == 0 {
            let mark = window
                .marks
                .iter()
                .find(|mark| mark.range == inside)
                .ok_or(MietteError::OutOfBounds)?;
            return Ok(Box::new(MietteSpanContents::new_named(
                window.path.clone(),
                &window.text.as_bytes()[inside],
                *span,
                mark.line as usize - 1,
                mark.column as usize - 1,
                1,
            )));
        }
        Ok(Box::new(MietteSpanContents::new_named(
            window.path.clone(),
            window.text.as_bytes(),
            SourceSpan::from((*start, window.text.len())),
            window.first_line as usize - 1,
            0,
            window.text.matches('\n').count() + 1,
        )))
    }
}
