//! A workspace document with nothing in it.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Presence;
use crate::openclaw::documents::{BOOTSTRAP_FILES, handed_over};
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "empty-document",
    summary: "A workspace document is empty",
    consequence: Consequence::Degrades,
    explanation: "\
A document that holds only blanks contributes nothing: OpenClaw skips it, and the agent works without its instructions. \
An empty HEARTBEAT.md turns the heartbeat off, which may well be meant.",
    refused: &[],
    accepted: &[],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    for document in handed_over(subject.configuration, subject.era) {
        if !matches!(document.presence, Presence::Present { blank: true, .. })
            || !BOOTSTRAP_FILES.contains(&document.name.as_str())
        {
            continue;
        }
        let shown = if document.written.is_empty() {
            &document.name
        } else {
            &document.written
        };
        let heartbeat = document.name == "HEARTBEAT.md";
        let message = if heartbeat {
            format!("`{shown}` is empty, so no heartbeat runs")
        } else {
            format!("`{shown}` is empty, so the agent gets nothing from it")
        };
        sink.findings.push(
            Finding::new(INFO.id, Consequence::Degrades, message)
                .at_most(if heartbeat {
                    Severity::Note
                } else {
                    Severity::Warning
                })
                .at(document.span)
                .path(&document.option)
                .help(format!(
                    "write what the agent has to know into {}",
                    document.name
                )),
        );
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
    fn an_empty_heartbeat_may_be_meant() {
        let blank = Presence::Present {
            characters: 0,
            bytes: 1,
            blank: true,
        };
        let outcome = with(&[
            ("AGENTS.md", Delivery::BootstrapFiles, blank.clone()),
            ("HEARTBEAT.md", Delivery::BootstrapFiles, blank.clone()),
            ("notes.md", Delivery::WorkspaceFiles, blank),
        ])
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning programs.openclaw.AGENTS.md: {}",
                "note programs.openclaw.HEARTBEAT.md: {}"
            ]
        );
    }
}
