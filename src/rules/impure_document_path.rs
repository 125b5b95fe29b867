//! A workspace document by an absolute path.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Presence;
use crate::openclaw::documents::handed_over;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "impure-document-path",
    summary: "A workspace document has an absolute path, which needs `--impure`",
    consequence: Consequence::NixRejects,
    explanation: "\
`/home/alice/AGENTS.md` and `~/AGENTS.md` depend on the machine. A flake is evaluated without access to them: \"access to \
absolute path is forbidden in pure evaluation mode\". They only work with `--impure`, and only where the file exists at \
that moment. Put the document into the repository and write its relative path.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    workspace.files."notes/today.md" = /home/alice/notes/today.md;
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
    for document in handed_over(subject.configuration, subject.era) {
        if document.presence != Presence::Impure {
            continue;
        }
        sink.findings.push(
            Finding::new(
                INFO.id,
                Consequence::NixRejects,
                format!("`{}` works only with `--impure`", document.written),
            )
            .at_most(Severity::Warning)
            .at(document.span)
            .path(&document.option)
            .help("put the document into the repository and write its relative path"),
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
    fn it_may_work_with_impure() {
        let outcome = with(&[("AGENTS.md", Delivery::BootstrapFiles, Presence::Impure)]).run(&RULE);
        assert_eq!(outcome.lines(), ["warning programs.openclaw.AGENTS.md: {}"]);
    }
}
