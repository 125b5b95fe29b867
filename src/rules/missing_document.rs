//! A workspace document that is not there.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::alternatives;
use crate::openclaw::configuration::{Delivery, Document, Presence};
use crate::openclaw::documents::{REQUIRED_DOCUMENTS, handed_over};
use crate::report::finding::{Consequence, Finding, Unresolved};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "missing-document",
    summary: "A workspace document does not exist",
    consequence: Consequence::NixRejects,
    explanation: "\
The paths of workspace documents are copied into the store when the configuration is built, so they have to exist in \
the source tree: `path '/nix/store/...-source/documents/AGENTS.md' does not exist`. A `documents` folder (until June \
2026) has to hold AGENTS.md, SOUL.md and TOOLS.md. Paths are relative to the file in which they are written, also after \
that file has moved.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    workspace.bootstrapFiles = {
      agents = ./no-such-folder/AGENTS.md;
      soul = ./no-such-folder/SOUL.md;
      tools = ./no-such-folder/TOOLS.md;
      identity = ./no-such-folder/IDENTITY.md;
      user = ./no-such-folder/USER.md;
    };
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw.enable = true;
  home.file.".openclaw/workspace/AGENTS.md".text = "Ask before anything leaves this machine.";
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let documents: Vec<&Document> = handed_over(subject.configuration, subject.era).collect();
    let mut told: Vec<&Document> = Vec::new();
    for &document in &documents {
        sink.documents += 1;
        match &document.presence {
            // Delivered by a script: there, as far as one can see.
            Presence::Unknown(_) if document.delivery == Delivery::Other => continue,
            Presence::Unknown(unknown) => {
                sink.unresolved.push(Unresolved {
                    path: document.option.clone(),
                    reason: unknown.reason.clone(),
                    span: unknown.span.or(document.span),
                    configurations: Vec::new(),
                });
                continue;
            }
            // No path at all: that is the type of the option.
            Presence::WrongKind if document.written.is_empty() => continue,
            Presence::Missing
            | Presence::MissingOrUntracked
            | Presence::WrongKind
            | Presence::Special(_) => {}
            _ => continue,
        }
        // A folder's further documents are optional.
        if document.delivery == Delivery::Documents
            && !REQUIRED_DOCUMENTS.contains(&document.name.as_str())
            && document.name != "documents"
            && !document.name.is_empty()
        {
            continue;
        }
        // What one folder lacks is one finding.
        if told.iter().any(|other| {
            document.delivery == Delivery::Documents
                && other.delivery == Delivery::Documents
                && other.span == document.span
                && other.presence == document.presence
        }) {
            continue;
        }
        told.push(document);
        let finding = if document.delivery == Delivery::Documents {
            of_folder(document, &documents)
        } else {
            of_file(document)
        };
        sink.findings
            .push(finding.at(document.span).path(&document.option));
    }
}

fn of_file(document: &Document) -> Finding {
    let written = &document.written;
    let (message, help) = match document.presence {
        Presence::WrongKind => (
            format!("`{written}` is a folder, but a file is needed"),
            format!(
                "name the file: `{}/{}`",
                written.trim_end_matches('/'),
                document.name
            ),
        ),
        Presence::Special(what) => (
            format!("`{written}` is {what}, but a file is needed"),
            "put a regular file in its place".to_string(),
        ),
        Presence::MissingOrUntracked => (
            format!("`{written}` does not exist, or git does not track it"),
            format!(
                "create it, and `git add {}`",
                written.trim_start_matches("./")
            ),
        ),
        _ => (
            format!("`{written}` does not exist"),
            "create it, or correct the path: it is relative to the file in which it is written"
                .to_string(),
        ),
    };
    Finding::new(INFO.id, Consequence::NixRejects, message).help(help)
}

fn of_folder(document: &Document, documents: &[&Document]) -> Finding {
    let lacking: Vec<&str> = documents
        .iter()
        .filter(|other| {
            other.delivery == Delivery::Documents
                && other.span == document.span
                && other.presence == document.presence
                && REQUIRED_DOCUMENTS.contains(&other.name.as_str())
        })
        .map(|other| other.name.as_str())
        .collect();
    // The folder without the document's name.
    let folder = document
        .written
        .strip_suffix(&document.name)
        .map_or(document.written.as_str(), |folder| {
            folder.trim_end_matches('/')
        });
    if lacking.len() == REQUIRED_DOCUMENTS.len() || lacking.is_empty() {
        let what = match document.presence {
            Presence::WrongKind | Presence::Special(_) => "is no folder",
            Presence::MissingOrUntracked => "does not exist, or git does not track it",
            _ if lacking.is_empty() => "does not exist",
            _ => "does not exist or holds none of AGENTS.md, SOUL.md and TOOLS.md",
        };
        return Finding::new(INFO.id, Consequence::NixRejects, format!("`{folder}` {what}"))
            .help("create the folder with AGENTS.md, SOUL.md and TOOLS.md, or correct the path: it is relative to the file in which it is written");
    }
    let names = alternatives(lacking.iter().copied()).replace(" or ", " and ");
    let suffix = if document.presence == Presence::MissingOrUntracked {
        ", or git does not track them"
    } else {
        ""
    };
    Finding::new(
        INFO.id,
        Consequence::NixRejects,
        format!("`{folder}` lacks {names}{suffix}"),
    )
    .help("the module requires AGENTS.md, SOUL.md and TOOLS.md in the `documents` folder")
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;
    use crate::releases::Era;

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
    fn files_that_are_not_there() {
        let outcome = with(&[
            ("AGENTS.md", Delivery::BootstrapFiles, Presence::Missing),
            (
                "SOUL.md",
                Delivery::BootstrapFiles,
                Presence::MissingOrUntracked,
            ),
            ("TOOLS.md", Delivery::BootstrapFiles, Presence::Untracked),
        ])
        .run(&RULE);
        let messages: Vec<_> = outcome
            .findings
            .iter()
            .map(|finding| finding.message.as_str())
            .collect();
        assert_eq!(
            messages,
            [
                "`./documents/AGENTS.md` does not exist",
                "`./documents/SOUL.md` does not exist, or git does not track it"
            ]
        );
    }

    #[test]
    fn a_folder_has_to_hold_three_documents() {
        let outcome = with(&[
            (
                "AGENTS.md",
                Delivery::Documents,
                Presence::Present {
                    characters: 1,
                    bytes: 1,
                    blank: false,
                },
            ),
            ("SOUL.md", Delivery::Documents, Presence::Missing),
            ("TOOLS.md", Delivery::Documents, Presence::Missing),
            ("IDENTITY.md", Delivery::Documents, Presence::Missing),
        ])
        .era(Era::RuntimePlugins)
        .run(&RULE);
        assert_eq!(
            outcome.only().message,
            "`./documents` lacks `SOUL.md` and `TOOLS.md`"
        );
        let folder = with(&[
            ("AGENTS.md", Delivery::Documents, Presence::Missing),
            ("SOUL.md", Delivery::Documents, Presence::Missing),
            ("TOOLS.md", Delivery::Documents, Presence::Missing),
        ])
        .era(Era::RuntimePlugins)
        .run(&RULE);
        assert!(
            folder
                .only()
                .message
                .starts_with("`./documents` does not exist")
        );
    }
}
