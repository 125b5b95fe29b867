//! Files that import each other.

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
    id: "import-cycle",
    summary: "Files import each other in a circle",
    consequence: Consequence::NixRejects,
    explanation: "\
Nix never gets to the end of it: \"infinite recursion encountered\", or a stack overflow. Let one of the files go without \
the other, or move what both need into a third.",
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
    report(subject, &INFO, ProblemKind::ImportCycle, sink);
}
