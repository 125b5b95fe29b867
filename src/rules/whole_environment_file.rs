//! A variable that is given a whole environment file.

use super::secrets::{environment_file, visit_sites};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Provision};
use crate::openclaw::credentials::Role;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "whole-environment-file",
    summary: "A variable is given a file that, by its name, holds several variables",
    consequence: Consequence::FailsInUse,
    explanation: "\
The Home Manager module reads the file that `environment.NAME` points to and takes its content for the value; `NAME=` at \
its beginning is left out, so a file that holds just `NAME=value` is fine whatever it is called. Of a file with several \
variables, the value becomes everything in it, with all further lines and names.

What is in the file is not known here. If it holds the one variable, nothing is wrong; where two variables are given the same \
file, at least one of them gets the wrong value.

Point to a file that holds the one secret, or give the whole file to the unit: \
`systemd.user.services.openclaw-gateway.Service.EnvironmentFile`, for the NixOS service \
`services.openclaw-gateway.environmentFiles`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/openclaw.env";
  };
}
"#],
    accepted: &[r#"{
  systemd.user.services.openclaw-gateway.Service.EnvironmentFile = "/run/secrets/openclaw.env";
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/kimi-api-key";
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    visit_sites(subject, instance, &mut |site| {
        // Where the path is taken as it is, that is the mistake, and another rule tells it.
        if site.role != Role::SecretVariable || !site.is_read_from_file(subject) {
            return;
        }
        let Some(text) = site.node.as_str() else {
            return;
        };
        let file = text.trim().rsplit('/').next().unwrap_or("");
        if !text.contains('/') || !(file.ends_with(".env") || matches!(file, "env" | "environment"))
        {
            return;
        }
        // A file begins with the name of one variable only.
        let shared = instance.variables.iter().any(|other| {
            other.provision == Provision::ModuleEnvironment
                && other.name != site.variable.and_then(|variable| variable.name.clone())
                && other.value.as_ref().and_then(|value| value.as_str()) == Some(text.clone())
        });
        let name = site.suggested_variable();
        let (message, severity) = if shared {
            (
                format!(
                    "{} is given all of `{file}`, and another variable too",
                    site.name()
                ),
                Severity::Warning,
            )
        } else {
            (
                format!(
                    "{} is given all of `{file}`, which is right only if nothing but its value, or `{name}=` and its value, is in it",
                    site.name()
                ),
                Severity::Note,
            )
        };
        let file = environment_file(subject);
        sink.findings.push(
            Finding::new(INFO.id, Consequence::FailsInUse, message)
                .at_most(severity)
                .at(site.span())
                .path(site.path())
                .help(format!(
                    "name a file that holds only this secret, or make the whole file {file}"
                )),
        );
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    #[test]
    fn one_variable_gets_one_secret() {
        let outcome = case("{}")
            .home_manager(&[])
            .variable_with(
                "KIMI_API_KEY",
                Provision::ModuleEnvironment,
                "/run/secrets/openclaw.env",
            )
            .variable_with(
                "OPENAI_API_KEY",
                Provision::ModuleEnvironment,
                "/run/secrets/openai",
            )
            .variable_with(
                "ENV_FILE",
                Provision::ModuleEnvironment,
                "/run/secrets/x.env",
            )
            .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["note programs.openclaw.environment.KIMI_API_KEY: /run/secrets/openclaw.env"]
        );
    }

    #[test]
    fn one_file_is_not_right_for_two_variables() {
        let file = "/run/secrets/openclaw.env";
        let outcome = case("{}")
            .home_manager(&[])
            .variable_with("KIMI_API_KEY", Provision::ModuleEnvironment, file)
            .variable_with("OPENAI_API_KEY", Provision::ModuleEnvironment, file)
            .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning programs.openclaw.environment.KIMI_API_KEY: /run/secrets/openclaw.env",
                "warning programs.openclaw.environment.OPENAI_API_KEY: /run/secrets/openclaw.env",
            ]
        );
    }
}
