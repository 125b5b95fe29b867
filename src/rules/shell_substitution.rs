//! `$(...)` where no shell runs.

use super::secrets::visit_sites;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::credentials::Role;
use crate::openclaw::credentials::written::is_shell_substitution;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "shell-substitution",
    summary: "A command substitution stands where no shell runs",
    consequence: Consequence::FailsInUse,
    explanation: "\
`$(cat /run/secrets/key)` is a text like any other for OpenClaw and for systemd: the characters themselves become the \
key. Only a shell would run the command.

The one exception are the values of `programs.openclaw.environment`: they land in a shell script, which runs the \
command at every start of the gateway. That is a by-product of how the script is written; the module offers to read \
the file when its path is given, so this is a note.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.auth.token = "$(cat /run/secrets/openclaw-gateway-token)";
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
    visit_sites(subject, instance, &mut |site| {
        let Some(text) = site.node.as_text() else {
            return;
        };
        if !(text.contains('$') || text.contains('`') || text.contains('!')) {
            return;
        }
        // The command may be put together from parts that are not known; its form is seen in the known ones.
        if !is_shell_substitution(&text.display()) {
            return;
        }
        let prose = site.field.is_some_and(|field| field.is_prose());
        let expected = match site.role {
            Role::Other => site.field.is_some_and(|field| {
                matches!(field.key(), "baseUrl" | "url" | "workspace" | "path")
            }),
            _ => true,
        };
        if !expected || (prose && !site.role.is_secret()) {
            return;
        }
        let finding = if site.is_read_from_file(subject) {
            Finding::new(
                INFO.id,
                Consequence::Advice,
                format!(
                    "{} relies on the shell of the start script to run a command",
                    site.name()
                ),
            )
            .help("write the path of the file: the module reads it when the gateway starts")
        } else {
            Finding::new(
                INFO.id,
                Consequence::FailsInUse,
                format!(
                    "no shell runs the command in {}: its text is taken as it is",
                    site.name()
                ),
            )
            .help(site.how_to_provide(subject))
        };
        let certain =
            matches!(site.role, Role::Credential | Role::SecretHeader) || site.variable.is_some();
        sink.findings.push(
            finding
                .at_most(if certain {
                    Severity::Error
                } else {
                    Severity::Warning
                })
                .at(site.span())
                .path(site.path()),
        );
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::Provision;

    #[test]
    fn nobody_runs_the_command() {
        let outcome = case(
            r#"{gateway: {auth: {token: "$(cat /run/secrets/x)"}}, env: {vars: {KIMI_API_KEY: "$(pass kimi)"}},
                mcp: {servers: {a: {command: "sh", args: ["-c", "echo $(date)"]}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning env.vars.KIMI_API_KEY: \"$(pass kimi)\"",
                "error gateway.auth.token: \"$(cat /run/secrets/x)\"",
            ]
        );
    }

    #[test]
    fn the_start_script_of_the_home_manager_module_does() {
        let value = "$(cat /run/secrets/x)";
        let home = case("{}")
            .home_manager(&[])
            .variable_with("KIMI_API_KEY", Provision::ModuleEnvironment, value)
            .run(&RULE);
        assert_eq!(home.only().severity, Severity::Note);
        let service = case("{}")
            .nixos()
            .variable_with("KIMI_API_KEY", Provision::ModuleEnvironment, value)
            .run(&RULE);
        assert_eq!(service.only().severity, Severity::Error);
    }
}
