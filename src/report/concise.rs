//! `file:line:column: severity[rule] message`, one line each, the summary last.

use super::finding::Severity;
use super::printable::Printable;
use super::style::Style;
use super::{Options, sanitize, summary};

pub(super) fn render(printable: &Printable<'_>, options: &Options) -> String {
    let style = Style::new(options.color);
    let mut lines = Vec::new();
    for finding in &printable.findings {
        let place = finding.place.as_ref().map(summary::location);
        lines.push(line(
            style,
            place,
            finding.severity,
            finding.rule,
            &finding.message,
        ));
    }
    let unresolved_severity = if options.strict {
        Severity::Error
    } else {
        Severity::Note
    };
    if unresolved_severity >= options.min_severity && (options.strict || !options.quiet) {
        for value in &printable.unresolved {
            lines.push(line(
                style,
                value.place.as_ref().map(summary::location),
                unresolved_severity,
                "unresolved",
                &format!("{}: {}", value.path, value.reason),
            ));
        }
    }
    for failure in &printable.errors {
        lines.push(line(
            style,
            Some(failure.path.clone()),
            Severity::Error,
            "unreadable",
            &failure.message,
        ));
    }
    if !options.quiet {
        for release in summary::releases(printable) {
            lines.push(sanitize::defuse_commands(&release));
        }
        lines.push(format!(
            "{} ({})",
            summary::verdict(printable, options),
            summary::checked(printable)
        ));
    }
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn line(
    style: Style,
    place: Option<String>,
    severity: Severity,
    rule: &str,
    message: &str,
) -> String {
    let place = sanitize::defuse_commands(&place.unwrap_or_else(|| "-".to_string()));
    let tag = format!("{}[{rule}]", summary::severity(severity));
    format!(
        "{}: {} {}",
        style.bold(&place),
        style.severity(severity, &tag),
        sanitize::defuse_commands(message)
    )
}
