//! Definitions of an option that contradict each other.

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
    id: "conflicting-definitions",
    summary: "An option has definitions that contradict each other",
    consequence: Consequence::NixRejects,
    explanation: "\
Two modules define the same option with different values and the same priority: \"The option ... has conflicting definition \
values\". Drop one of them, or say which wins with `lib.mkForce` or `lib.mkDefault`.",
    refused: &[r#"{ lib, ... }:
{
  programs.openclaw = lib.mkMerge [
    { enable = true; config.gateway.mode = "local"; }
    { config.gateway.mode = "remote"; }
  ];
}
"#],
    accepted: &[r#"{ lib, ... }:
{
  programs.openclaw = lib.mkMerge [
    { enable = true; config.gateway.mode = lib.mkDefault "remote"; }
    { config.gateway.mode = "local"; }
  ];
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report(subject, &INFO, ProblemKind::ConflictingDefinitions, sink);
}
