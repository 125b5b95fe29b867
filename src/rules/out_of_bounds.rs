//! A number, a length or a count that is too small or too large.

use super::{Check, Rule, RuleInfo, Sink, Subject, schema};
use crate::openclaw::configuration::Instance;
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "out-of-bounds",
    summary: "A number, a length or a count is too small or too large",
    consequence: Consequence::OpenclawRejects,
    explanation: "OpenClaw bounds numbers (a port is at least 1, a time limit more than 0), the length of texts (a base URL is not empty) and the number of \
entries. Nix's types do not hold these bounds, so the configuration evaluates and builds, and the gateway refuses to start.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      agents.defaults.bootstrapMaxChars = 0;
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      agents.defaults.bootstrapMaxChars = 20000;
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    schema::report(INFO.id, subject, instance, sink);
}
