//! An option that the module does not have.

use super::consequence::by_release;
use super::problems::report_if;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{ProblemKind, Reach};
use crate::report::finding::{Consequence, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-option",
    summary: "An option is defined that does not exist",
    consequence: Consequence::NixRejects,
    explanation: "\
\"The option `programs.openclaw.settings` does not exist.\" Which options there are depends on the commit of nix-openclaw \
that flake.lock pins; what OpenClaw itself reads goes below `config`. `nix flake check` never notices, for it does not \
evaluate `homeConfigurations`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    settings.gateway.mode = "local";
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::UnknownOption,
        sink,
        &|_| true,
        &|problem, finding| {
            let mut finding = by_release(subject, finding);
            if subject.configuration.reach == Reach::Alone {
                finding = finding.at_most(Severity::Warning);
            }
            let workspace = problem
                .path
                .as_deref()
                .is_some_and(|path| path.contains(".workspace"));
            if workspace && finding.help.is_none() {
                finding = finding.help(
                    "this option set takes a folder instead: `documents = ./documents;` with AGENTS.md, SOUL.md and TOOLS.md",
                );
            }
            finding
        },
    );
}
