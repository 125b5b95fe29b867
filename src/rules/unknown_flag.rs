//! A command that starts the gateway with an option that it does not have.

use super::problems::report_if;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::ProblemKind;
use crate::report::finding::Consequence;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-flag",
    summary: "A unit starts the gateway with an option that `openclaw gateway` does not have",
    consequence: Consequence::GatewayRefuses,
    explanation: "\
`openclaw gateway` stops at an option that it does not know (\"OpenClaw does not recognize option\"), and `openclaw` at an unknown command, before \
it reads its configuration. There are no short options but `-h` and `-V`: it is `--token`, `--port`, `--bind`. The options of 2026.2.26, \
2026.6.11 and 2026.9.6 are known.",
    refused: &[r#"{ pkgs, lib, ... }:
{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
  systemd.user.services.openclaw-gateway.Service.ExecStart =
    lib.mkForce "${pkgs.openclaw}/bin/openclaw gateway -p 18789";
}
"#],
    accepted: &[r#"{ pkgs, lib, ... }:
{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
  systemd.user.services.openclaw-gateway.Service.ExecStart =
    lib.mkForce "${pkgs.openclaw}/bin/openclaw gateway --port 18789";
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::UnknownFlag,
        sink,
        &|_| true,
        &|_, mut finding| {
            finding.consequence = Consequence::GatewayRefuses;
            finding
        },
    );
}
