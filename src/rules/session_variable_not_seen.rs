//! A variable that shells see and services do not.

use super::consequence::absence;
use super::secrets::{environment_file, has_environment_option};
use super::unprovided_variable::build;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Source};
use crate::openclaw::environment::{Provided, provided};
use crate::report::finding::Consequence;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "session-variable-not-seen",
    summary: "A placeholder names a variable that only shells get",
    consequence: Consequence::GatewayRefuses,
    explanation: "\
`home.sessionVariables` and `environment.variables` are set by the profile of a login shell. The gateway is a service: \
systemd and launchd start it without that profile, and it never sees them. They are also written to the \
world-readable store, so no secret belongs there.

Use `programs.openclaw.environment`, or an environment file of the unit.",
    refused: &[r#"{
  home.sessionVariables.OPENCLAW_GATEWAY_TOKEN = "$(cat /run/secrets/openclaw-gateway-token)";
  programs.openclaw = {
    enable = true;
    config.gateway.auth.token = "\${OPENCLAW_GATEWAY_TOKEN}";
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENCLAW_GATEWAY_TOKEN = "/run/secrets/openclaw-gateway-token";
    config.gateway.auth.token = "\${OPENCLAW_GATEWAY_TOKEN}";
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    for reference in subject.secret_references(instance).iter() {
        if reference.escaped || reference.is_inactive(subject.configuration, instance) {
            continue;
        }
        let name = &reference.name;
        let Provided::SessionOnly(variable) = provided(subject.configuration, instance, name)
        else {
            continue;
        };
        let better = match subject.configuration.source {
            Source::NixosService | Source::HomeManager if !has_environment_option(subject) => {
                environment_file(subject)
            }
            _ => format!("`programs.openclaw.environment.{name}`"),
        };
        let finding = build(
            subject,
            reference,
            INFO.id,
            format!("`{name}` is a session variable, which a service never sees"),
        )
        .help(format!("set it in {better} instead"))
        .related(variable.span, "set here, for shells only");
        sink.findings.push(absence(subject, finding));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::Provision;

    #[test]
    fn services_do_not_see_session_variables() {
        let text = r#"{gateway: {auth: {token: "${TOKEN}"}}}"#;
        let session =
            case(text)
                .home_manager(&[])
                .variable_with("TOKEN", Provision::SessionVariables, "x");
        assert_eq!(
            session.run(&RULE).lines(),
            ["error gateway.auth.token: \"${TOKEN}\""]
        );
        assert_eq!(
            session
                .run(&super::super::unprovided_variable::RULE)
                .lines(),
            [""; 0]
        );
        let both = case(text)
            .home_manager(&[])
            .variable("TOKEN", Provision::SessionVariables)
            .variable("TOKEN", Provision::ModuleEnvironment);
        assert_eq!(both.run(&RULE).lines(), [""; 0]);
    }
}
