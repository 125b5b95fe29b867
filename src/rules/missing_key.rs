//! A key that must be there and is not.

use super::{Check, Rule, RuleInfo, Sink, Subject, schema};
use crate::openclaw::configuration::Instance;
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "missing-key",
    summary: "A key that the release requires is missing",
    consequence: Consequence::NixRejects,
    explanation: "Most keys are optional; some parts of the configuration make no sense without one of theirs: a model without `id` and `name`, an \
authentication profile without `provider` and `mode`, a binding without the agent that it is for. OpenClaw refuses a file in which one \
is missing.\n\n\
The finding points to the name of the attribute set in which the key is missing.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      auth.profiles.work = { provider = "anthropic"; };
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      auth.profiles.work = { provider = "anthropic"; mode = "api_key"; };
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    schema::report(INFO.id, subject, instance, sink);
}
