//! A value that its option does not take.

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
    id: "option-type",
    summary: "A value has a type that its option does not take",
    consequence: Consequence::NixRejects,
    explanation: "\
The options of the module are typed: \"A definition for option ... is not of type ...\". What stands in an untyped \
`config` is compared with OpenClaw's schema instead, by other rules.",
    refused: &[r#"{
  programs.openclaw = {
    enable = "yes";
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
    report(subject, &INFO, ProblemKind::OptionType, sink);
}
