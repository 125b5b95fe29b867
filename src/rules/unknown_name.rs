//! A name of a channel, a plugin or the like that the release does not know.

use super::{Check, Rule, RuleInfo, Sink, Subject, schema};
use crate::openclaw::configuration::Instance;
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-name",
    summary: "A channel, a plugin or another thing is named that the release does not know",
    consequence: Consequence::OpenclawRejects,
    explanation: "Channels, the target of heartbeats, the provider of web search and the plugin that keeps the memory are named by their ids. OpenClaw knows which \
exist, those of installed plugins among them, and refuses a configuration that names another.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      agents.defaults.heartbeat.target = "telegramm";
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      agents.defaults.heartbeat.target = "telegram";
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    schema::report(INFO.id, subject, instance, sink);
}
