//! A key that the release does not know.

use super::{Check, Rule, RuleInfo, Sink, Subject, schema};
use crate::openclaw::configuration::Instance;
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-key",
    summary: "The configuration has a key that the release does not know",
    consequence: Consequence::NixRejects,
    explanation: "OpenClaw knows every key of its configuration and refuses a file with any other one, whole: the gateway does not start. \
The Home Manager module of nix-openclaw is generated from the same schema and stops earlier, when the configuration is evaluated; \
the NixOS service and a rendered openclaw.json are only stopped by OpenClaw itself.\n\n\
Keys change from release to release, so what was right for an older release may be unknown to the pinned one.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      models.providers.kimi = {
        baseURL = "https://api.kimi.com/coding/v1";
        models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
      };
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      models.providers.kimi = {
        baseUrl = "https://api.kimi.com/coding/v1";
        models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
      };
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    schema::report(INFO.id, subject, instance, sink);
}
