//! A variable of the process whose name is nearly one that OpenClaw reads.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::is_slip;
use crate::openclaw::configuration::{Instance, Provision};
use crate::openclaw::environment::{Provided, provided};
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "misspelt-variable",
    summary: "A variable has nearly the name of one that OpenClaw reads",
    consequence: Consequence::Degrades,
    explanation: "\
OpenClaw reads some variables by their names, without a placeholder: `OPENCLAW_GATEWAY_TOKEN` and `OPENCLAW_GATEWAY_PASSWORD`, and the tokens \
of channels. One with a slip of the pen in its name is set and never read: the gateway makes up a token of its own, or does not start, \
and a channel is left out.

Told where nothing provides the variable that was probably meant, and no placeholder names the one that is written.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENCLAW_GATEWAY_TOKN = "/run/secrets/openclaw-gateway-token";
    config.gateway.mode = "local";
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENCLAW_GATEWAY_TOKEN = "/run/secrets/openclaw-gateway-token";
    config.gateway.mode = "local";
  };
}
"#],
};

/// What OpenClaw reads by name: `src/gateway/credentials.ts` and the channels (see `unconfigured-channel`) of 2026.2.26 and 2026.6.11.
static READ: &[&str] = &[
    "OPENCLAW_GATEWAY_TOKEN",
    "OPENCLAW_GATEWAY_PASSWORD",
    "TELEGRAM_BOT_TOKEN",
    "DISCORD_BOT_TOKEN",
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
];

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    for variable in &instance.variables {
        let Some(name) = variable.name.as_deref() else {
            continue;
        };
        let is_of_process = matches!(
            variable.provision,
            Provision::ModuleEnvironment | Provision::ServiceEnvironment
        );
        if !is_of_process || READ.contains(&name) {
            continue;
        }
        // One of several has the name and more: `DISCORD_BOT_TOKEN_2`.
        let meant = READ
            .iter()
            .find(|read| !name.starts_with(**read) && is_slip(name, read));
        let Some(meant) = meant else { continue };
        let is_provided = !matches!(
            provided(subject.configuration, instance, meant),
            Provided::No | Provided::Empty(_) | Provided::SessionOnly(_) | Provided::Perhaps(..)
        );
        let references = subject.secret_references(instance);
        if is_provided || references.iter().any(|reference| reference.name == name) {
            continue;
        }
        sink.findings.push(
            Finding::new(
                INFO.id,
                Consequence::Degrades,
                format!("OpenClaw reads `{meant}`, and nothing reads `{name}`"),
            )
            .at_most(Severity::Warning)
            .at(variable.span)
            .path(variable.path())
            .help(format!("Write `{meant}`.")),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn a_slip_of_the_pen_and_what_is_none() {
        let run = |config: &str, names: &[&str]| {
            let case = case(config).home_manager(&[]);
            let case = names.iter().fold(case, |case, name| {
                case.variable_with(name, Provision::ModuleEnvironment, "/run/x")
            });
            case.run(&RULE).findings.len()
        };
        assert_eq!(run("{}", &["OPENCLAW_GATEWAY_TOKN"]), 1);
        assert_eq!(run("{}", &["TELEGRAM_BOTTOKEN"]), 1);
        assert_eq!(run("{}", &["OPENCLAW_GATEWAY_TOKEN"]), 0);
        assert_eq!(run("{}", &["DISCORD_BOT_TOKEN_2", "MY_TOKEN"]), 0);
        let both = ["OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_TOKN"];
        assert_eq!(run("{}", &both), 0);
        let named = r#"{gateway: {auth: {token: "${OPENCLAW_GATEWAY_TOKN}"}}}"#;
        assert_eq!(run(named, &["OPENCLAW_GATEWAY_TOKN"]), 0);
    }
}
