//! A workspace document that git does not track.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Delivery, Presence};
use crate::openclaw::documents::{REQUIRED_DOCUMENTS, handed_over};
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "untracked-document",
    summary: "A workspace document is not tracked by git, so Nix does not see it",
    consequence: Consequence::NixRejects,
    explanation: "\
A flake in a git repository consists of the files that git tracks. A file that is only on the disk does not exist for \
Nix: `path '/nix/store/...-source/documents/USER.md' does not exist`, in newer versions \"is not tracked by Git\". \
Staging is enough: `git add documents/USER.md`.",
    refused: &[],
    accepted: &[],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    for document in handed_over(subject.configuration, subject.era) {
        if document.presence != Presence::Untracked {
            continue;
        }
        let required = document.delivery != Delivery::Documents
            || REQUIRED_DOCUMENTS.contains(&document.name.as_str());
        let written = &document.written;
        let add = written.trim_start_matches("./");
        let finding = if required {
            Finding::new(
                INFO.id,
                Consequence::NixRejects,
                format!("git does not track `{written}`, so Nix does not see it"),
            )
        } else {
            Finding::new(
                INFO.id,
                Consequence::Degrades,
                format!("git does not track `{written}`, so Nix leaves it out"),
            )
        };
        sink.findings.push(
            finding
                .at(document.span)
                .path(&document.option)
                .help(format!("run `git add {add}` (staged is enough)")),
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
    fn git_add_is_enough() {
        let outcome = with(&[
            ("USER.md", Delivery::BootstrapFiles, Presence::Untracked),
            ("IDENTITY.md", Delivery::Documents, Presence::Untracked),
        ])
        .era(crate::releases::Era::RuntimePlugins)
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error programs.openclaw.USER.md: {}",
                "warning programs.openclaw.IDENTITY.md: {}"
            ]
        );
        assert!(
            outcome.findings[0]
                .help
                .as_deref()
                .is_some_and(|help| help.contains("git add documents/USER.md"))
        );
    }
}
