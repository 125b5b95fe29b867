//! A file that is nested beyond reason.

use super::problems::report;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::ProblemKind;
use crate::report::finding::Consequence;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "too-deeply-nested",
    summary: "A file is nested too deeply to be read",
    consequence: Consequence::NixRejects,
    explanation: "\
Brackets within brackets, or a chain of operators, beyond several hundred levels cannot be read within bounded time and \
memory, here or by Nix itself. Such files are generated; split the expression.",
    refused: &[],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report(subject, &INFO, ProblemKind::TooDeep, sink);
}
