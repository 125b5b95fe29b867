//! A value that is none of those that the key takes.

use super::{Check, Rule, RuleInfo, Sink, Subject, schema};
use crate::openclaw::configuration::Instance;
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "invalid-value",
    summary: "A value is none of those that its key takes",
    consequence: Consequence::NixRejects,
    explanation: "Many keys take one of a few words. OpenClaw compares them exactly, with case, and refuses the file where none fits.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      gateway.bind = "0.0.0.0";
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      gateway.bind = "lan";
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    schema::report(INFO.id, subject, instance, sink);
}
