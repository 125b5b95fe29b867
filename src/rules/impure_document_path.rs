//! A workspace document by an absolute path.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Presence;
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
    for document in &subject.configuration.documents {
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
