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

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::{Delivery, Document, Presence};
    use crate::rules::testing::Case;
    use crate::workspace::source::{FileId, Span};

    fn with(documents: &[(&str, Delivery, Presence)]) -> Case {
        case("{}").home_manager(&[]).configuration(|configuration| {
            configuration.documents = documents
                .iter()
                .map(|(name, delivery, presence)| Document {
                    name: name.to_string(),
                    delivery: *delivery,
                    source: None,
                    written: format!("./documents/{name}"),
                    presence: presence.clone(),
                    span: Some(Span::new(FileId(0), 0, 2)),
                    option: format!("programs.openclaw.{name}"),
                })
                .collect();
        })
    }

    #[test]
    fn the_middle_of_a_long_document_is_lost() {
        let outcome = with(&[(
            "AGENTS.md",
            Delivery::BootstrapFiles,
            Presence::Present {
                characters: 20_500,
                bytes: 20_500,
                blank: false,
            },
        )])
        .run(&RULE);
        assert_eq!(
            outcome.only().message,
            "AGENTS.md has 20500 characters, of which 20000 reach the model: the middle is dropped"
        );
    }
}
