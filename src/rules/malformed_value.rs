//! A text that does not have the form that its key asks for.

use super::{Check, Rule, RuleInfo, Sink, Subject, schema};
use crate::openclaw::configuration::Instance;
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "malformed-value",
    summary: "A text does not have the form that its key asks for",
    consequence: Consequence::OpenclawRejects,
    explanation: "Some texts have a form: a name of a secret provider, a colour, a duration such as `10m`, an absolute path, a URL with its scheme. OpenClaw \
checks it when it reads the configuration; Nix does not.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      secrets.defaults.env = "My Provider";
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      secrets.defaults.env = "my-provider";
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    schema::report(INFO.id, subject, instance, sink);
}
