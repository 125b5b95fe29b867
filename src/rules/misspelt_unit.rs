//! A unit of systemd or an agent of launchd with nearly the name of the one that runs OpenClaw.

use super::problems::report_if;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::ProblemKind;
use crate::report::finding::{Consequence, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "misspelt-unit",
    summary: "A unit has nearly the name of the one that runs OpenClaw, and no command",
    consequence: Consequence::Degrades,
    explanation: "\
What is set for the unit that nix-openclaw makes has to stand under its very name: `openclaw-gateway`, `openclaw-gateway-<instance>` or \
what `systemd.unitName` says; on macOS `com.steipete.openclaw.gateway` or what `launchd.label` says. Under another name it is a unit of its \
own without a command. systemd refuses to start it, and OpenClaw gets nothing of what it holds. Home Manager and NixOS add `.service` \
themselves.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
  systemd.user.services.openclaw-gatway.Service.EnvironmentFile = "/run/secrets/openclaw.env";
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
  systemd.user.services.openclaw-gateway.Service.EnvironmentFile = "/run/secrets/openclaw.env";
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::MisspeltUnit,
        sink,
        &|_| true,
        &|_, mut finding| {
            finding.consequence = Consequence::Degrades;
            finding.at_most(Severity::Warning)
        },
    );
}
