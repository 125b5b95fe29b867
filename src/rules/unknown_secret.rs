//! A secret of sops-nix or agenix under a name that nothing declares.

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
    id: "unknown-secret",
    summary: "A secret of sops-nix or agenix is read that nothing declares",
    consequence: Consequence::NixRejects,
    explanation: "\
`config.sops.secrets.NAME.path`, `config.sops.placeholder.NAME` and `config.age.secrets.NAME.path` exist for the secrets \
that some module declares; for any other name Nix fails. Where modules that are not here may declare more, only a name that nearly is \
one of those declared here is told, as a warning; of a user's configuration in a system, those of the system are not asked.",
    refused: &[r#"{ config, ... }:
{
  age.secrets.openclaw-token.file = builtins.toFile "token.age" "";
  programs.openclaw.enable = true;
  programs.openclaw.environment.OPENCLAW_GATEWAY_TOKEN = config.age.secrets.openclaw-tokens.path;
}
"#],
    accepted: &[r#"{ config, ... }:
{
  age.secrets.openclaw-token.file = builtins.toFile "token.age" "";
  programs.openclaw.enable = true;
  programs.openclaw.environment.OPENCLAW_GATEWAY_TOKEN = config.age.secrets.openclaw-token.path;
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let is_certain = subject.configuration.is_complete();
    report_if(
        subject,
        &INFO,
        ProblemKind::UnknownSecret,
        sink,
        &|_| true,
        &|_, finding| match is_certain {
            true => finding,
            false => finding.at_most(Severity::Warning),
        },
    );
}
