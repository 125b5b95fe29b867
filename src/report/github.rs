//! Annotations in the log of a GitHub workflow.

use super::finding::Severity;
use super::printable::{MOST_RELATED, Place, Printable};
use super::{Options, sanitize, summary};

pub(super) fn render(printable: &Printable<'_>, options: &Options) -> String {
    let mut text = String::new();
    for finding in &printable.findings {
        let mut message = finding.message.clone();
        message.push('\n');
        message.push_str(summary::consequence_sentence(finding.consequence));
        if let Some(help) = &finding.help {
            message.push('\n');
            message.push_str(help);
        }
        for related in finding.related.iter().take(MOST_RELATED) {
            message.push_str(&format!(
                "\n{}: {}",
                summary::location(&related.place),
                related.message
            ));
        }
        annotation(
            &mut text,
            finding.severity,
            finding.place.as_ref(),
            finding.rule,
            &message,
        );
    }
    let unresolved = if options.strict {
        Severity::Error
    } else {
        Severity::Note
    };
    if unresolved >= options.min_severity {
        for value in &printable.unresolved {
            let message = format!("{} could not be checked: {}", value.path, value.reason);
            annotation(
                &mut text,
                unresolved,
                value.place.as_ref(),
                "unresolved",
                &message,
            );
        }
    }
    for failure in &printable.errors {
        let message = format!("{}: {}", failure.path, failure.message);
        annotation(&mut text, Severity::Error, None, "unreadable", &message);
    }
    if !options.quiet {
        text.push_str(&sanitize::defuse_commands(&summary::verdict(
            printable, options,
        )));
        text.push('\n');
    }
    text
}

fn annotation(
    text: &mut String,
    severity: Severity,
    place: Option<&Place>,
    rule: &str,
    message: &str,
) {
    let command = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = place {
        properties.push(format!("file={}", property(&place.shown_file())));
        properties.push(format!("line={}", place.start.line));
        // GitHub shows columns only within one line, and takes the last one as part of the range.
        if place.start.line == place.end.line {
            properties.push(format!("col={}", place.start.column));
            let last = place.end.column.saturating_sub(1).max(place.start.column);
            properties.push(format!("endColumn={last}"));
        } else {
            properties.push(format!("endLine={}", place.end.line));
        }
    }
    properties.push(format!("title=openclaw-check%3A {}", property(rule)));
    text.push_str(&format!(
        "::{command} {}::{}\n",
        properties.join(","),
        data(message)
    ));
}

/// Escapes the message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_github_reads_as_syntax_is_escaped() {
        assert_eq!(data("50% a\nb: c, d"), "50%25 a%0Ab: c, d");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
    }
}
