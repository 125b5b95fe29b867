//! Settings that exclude each other, or of which one needs the other.

use super::{Check, Rule, RuleInfo, Sink, Subject, schema};
use crate::openclaw::configuration::Instance;
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "conflicting-settings",
    summary: "Settings exclude each other, or one needs another that is not there",
    consequence: Consequence::OpenclawRejects,
    explanation: "Beyond the form of single values OpenClaw checks how some of them go together: a list of tools is either replaced (`allow`) or extended \
(`alsoAllow`), a gateway behind Tailscale listens on the loopback interface only, thresholds rise. A configuration that breaks such a rule is \
refused whole; Nix notices nothing.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      tools = {
        allow = [ "read" ];
        alsoAllow = [ "write" ];
      };
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      tools.allow = [ "read" "write" ];
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    schema::report(INFO.id, subject, instance, sink);
}
