//! An assertion of the module that does not hold.

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
    id: "failed-assertion",
    summary: "An assertion of the module fails",
    consequence: Consequence::NixRejects,
    explanation: "\
The module checks what the types of its options cannot say, and stops the switch where it does not hold: names of files in \
`workspace.files`, duplicate skills, unknown runtime plugins, `skipBootstrap = false` beside `workspace.bootstrapFiles`.",
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
    report(subject, &INFO, ProblemKind::Assertion, sink);
}
