//! A value that needs itself.

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
    id: "infinite-recursion",
    summary: "A value depends on itself",
    consequence: Consequence::NixRejects,
    explanation: "\
Nix finds that a value needs itself before it has one: \"infinite recursion encountered\". In modules the usual cause are \
`imports` that depend on `config`.",
    refused: &[r#"let
  model = "${model}";
in
{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model.primary = model;
  };
}
"#],
    accepted: &[r#"let
  model = "openrouter/auto";
in
{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model.primary = model;
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report(subject, &INFO, ProblemKind::InfiniteRecursion, sink);
}
