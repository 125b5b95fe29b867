//! `null` where the release takes no null.

use super::{Check, Rule, RuleInfo, Sink, Subject, schema};
use crate::openclaw::configuration::Instance;
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "null-value",
    summary: "A key is null, which the release refuses",
    consequence: Consequence::OpenclawRejects,
    explanation: "For OpenClaw, \"not set\" is an absent key: `null` is refused for nearly every key. The Home Manager module of nix-openclaw leaves null values \
out when it renders the file; the NixOS service, `builtins.toJSON` and an openclaw.json do not.",
    refused: &[r#"{
  services.openclaw-gateway = {
    enable = true;
    config.agents.defaults.model = null;
  };
}"#],
    accepted: &[r#"{
  services.openclaw-gateway = {
    enable = true;
    config.agents.defaults.model = "openai/gpt-5.5";
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    schema::report(INFO.id, subject, instance, sink);
}
