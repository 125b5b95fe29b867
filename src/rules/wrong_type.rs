//! A value of a type that the key does not take.

use super::{Check, Rule, RuleInfo, Sink, Subject, schema};
use crate::openclaw::configuration::Instance;
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "wrong-type",
    summary: "A value has a type that its key does not take",
    consequence: Consequence::NixRejects,
    explanation: "A number in quotes is not a number, a single name is not a list of names, and `\"true\"` is not `true`; OpenClaw converts nothing.\n\n\
A placeholder such as `${PORT}` is filled in as a string after the file was read, so it cannot stand where a number or a truth value is \
asked for.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      gateway.port = "18789";
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      gateway.port = 18789;
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    schema::report(INFO.id, subject, instance, sink);
}
