//! A workspace document outside of the source tree.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Presence;
use crate::openclaw::documents::handed_over;
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
    for document in handed_over(subject.configuration, subject.era) {
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
    fn nix_does_not_leave_the_tree() {
        let outcome =
            with(&[("AGENTS.md", Delivery::BootstrapFiles, Presence::OutsideTree)]).run(&RULE);
        assert_eq!(outcome.lines(), ["error programs.openclaw.AGENTS.md: {}"]);
    }
}
