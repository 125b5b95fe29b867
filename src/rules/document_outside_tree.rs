//! A workspace document outside of the source tree.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Presence;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "document-outside-tree",
    summary: "A workspace document lies outside of the source tree",
    consequence: Consequence::NixRejects,
    explanation: "\
Nix copies the source tree of a flake into the store (the top level of its git repository) and evaluates that copy. A \
path that leads out of it, `../AGENTS.md` at the top level, points to nothing: \"access to absolute path is forbidden in \
pure evaluation mode\". Move the file into the repository.",
    refused: &[],
    accepted: &[],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    for document in &subject.configuration.documents {
        if document.presence != Presence::OutsideTree {
            continue;
        }
        sink.findings.push(
            Finding::new(
                INFO.id,
                Consequence::NixRejects,
                format!(
                    "`{}` leads out of the source tree, which Nix does not leave",
                    document.written
                ),
            )
            .at(document.span)
            .path(&document.option)
            .help("move the document into the repository of the flake"),
        );
    }
}
