//! An expression that Nix fails to evaluate.

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
    id: "evaluation-error",
    summary: "Evaluation fails",
    consequence: Consequence::NixRejects,
    explanation: "\
An attribute that does not exist, a value of the wrong type, a `throw`, an assertion: Nix stops there. Reported is only what \
the configuration needs, as Nix is lazy.",
    refused: &[r#"let
  models = { fast = "kimi/kimi-k2p5"; };
in
{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model.primary = models.slow;
  };
}
"#],
    accepted: &[r#"let
  models = { fast = "kimi/kimi-k2p5"; };
in
{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model.primary = models.fast;
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report(subject, &INFO, ProblemKind::Evaluation, sink);
}
