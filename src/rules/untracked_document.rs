//! A workspace document that git does not track.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Delivery, Document, Presence};
use crate::openclaw::documents::{REQUIRED_DOCUMENTS, handed_over};
use crate::openclaw::from_nix::SEE_SUBMODULES;
use crate::report::finding::{Consequence, Finding, Severity};
use crate::workspace::problem::ReadProblem;

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
Staging is enough: `git add documents/USER.md`.

Of a git submodule Nix sees nothing either, unless `inputs.self.submodules = true;` stands in flake.nix (Nix 2.27 or later) or it is \
called with `?submodules=1` behind the path of the flake.",
    refused: &[],
    accepted: &[],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    for document in handed_over(subject.configuration, subject.era) {
        if document.presence == Presence::InSubmodule {
            sink.findings.push(in_submodule(document));
            continue;
        }
        if document.presence != Presence::Untracked {
            continue;
        }
        // The folder itself, of which nothing is tracked, or what the module wants of it.
        let required = document.delivery != Delivery::Documents
            || document.name == "documents"
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

/// A document in a git submodule. Whoever calls Nix may tell it to look there, so that is a warning.
fn in_submodule(document: &Document) -> Finding {
    Finding::new(
        INFO.id,
        Consequence::NixRejects,
        format!("`{}` {}", document.written, ReadProblem::InSubmodule),
    )
    .at_most(Severity::Warning)
    .at(document.span)
    .path(&document.option)
    .help(SEE_SUBMODULES)
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
            ("documents", Delivery::Documents, Presence::Untracked),
        ])
        .era(crate::releases::Era::RuntimePlugins)
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error programs.openclaw.USER.md: {}",
                "warning programs.openclaw.IDENTITY.md: {}",
                "error programs.openclaw.documents: {}",
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
