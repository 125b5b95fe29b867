//! A workspace document of which only a part reaches the model.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::documents::{Cut, READ_LIMIT, cuts};
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "oversized-document",
    summary: "A workspace document is longer than what reaches the model",
    consequence: Consequence::Degrades,
    explanation: "\
Of each document OpenClaw hands over at most `agents.defaults.bootstrapMaxChars` characters, of all together at most \
`agents.defaults.bootstrapTotalMaxChars` (20000 and 60000 unless set; UTF-16 code units after the blanks at the end are \
dropped). Of a longer one the beginning and the end remain, and the middle is lost; a file above 2 MiB counts as \
missing. Shorten the document, move details into other files that the agent reads when it needs them, or raise the \
limits.",
    refused: &[],
    accepted: &[],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let mut told = Vec::new();
    for instance in &subject.configuration.instances {
        for (document, cut) in cuts(subject.release, subject.configuration, instance) {
            let (message, help) = match cut {
                Cut::NotRead { bytes } => (
                    format!(
                        "{} has {bytes} bytes; OpenClaw reads at most {READ_LIMIT} and takes it for missing",
                        document.name
                    ),
                    "shorten it".to_string(),
                ),
                Cut::Middle { length, limit } => (
                    format!(
                        "{} has {length} characters, of which {limit} reach the model: the middle is dropped",
                        document.name
                    ),
                    if document.name == "USER.md" {
                        "shorten it".to_string()
                    } else {
                        "shorten it, or raise `agents.defaults.bootstrapMaxChars`".to_string()
                    },
                ),
                Cut::Budget {
                    length,
                    left,
                    total,
                } => (
                    format!(
                        "{} has {length} characters, but the documents before it leave {left} of {total}",
                        document.name
                    ),
                    "shorten the documents, or raise `agents.defaults.bootstrapTotalMaxChars`"
                        .to_string(),
                ),
            };
            if told.contains(&message) {
                continue;
            }
            told.push(message.clone());
            sink.findings.push(
                Finding::new(INFO.id, Consequence::Degrades, message)
                    .at(document.span)
                    .path(&document.option)
                    .help(help),
            );
        }
    }
}
