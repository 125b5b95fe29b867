//! A workspace document with nothing in it.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Presence;
use crate::openclaw::documents::BOOTSTRAP_FILES;
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
    for document in &subject.configuration.documents {
        if !matches!(document.presence, Presence::Present { blank: true, .. })
            || !BOOTSTRAP_FILES.contains(&document.name.as_str())
        {
            continue;
        }
        let heartbeat = document.name == "HEARTBEAT.md";
        let message = if heartbeat {
            format!("`{}` is empty, so no heartbeat runs", document.written)
        } else {
            format!(
                "`{}` is empty, so the agent gets nothing from it",
                document.written
            )
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
