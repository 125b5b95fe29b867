//! A variable that is given a whole environment file.

use super::secrets::visit_sites;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Source};
use crate::openclaw::credentials::Role;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "whole-environment-file",
    summary: "A variable is given a file that holds several variables",
    consequence: Consequence::FailsInUse,
    explanation: "\
The Home Manager module reads the file that `environment.NAME` points to and takes its content for the value; a file \
that holds just `NAME=value` is understood too. With a whole `.env` file, the value becomes everything in it, all \
lines and names included.

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
        let unit = match subject.configuration.source {
            Source::NixosService => "`services.openclaw-gateway.environmentFiles`",
            _ => "`systemd.user.services.openclaw-gateway.Service.EnvironmentFile`",
        };
        sink.findings.push(
            Finding::new(
                INFO.id,
                Consequence::FailsInUse,
                format!("{} becomes the whole content of `{file}`, with all its names and lines", site.name()),
            )
            // The file may hold this one variable.
            .at_most(Severity::Warning)
            .at(site.span())
            .path(site.path())
            .help(format!(
                "name a file that holds only this secret, or give the whole file to the unit with {unit}"
            )),
        );
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::Provision;

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
            ["warning programs.openclaw.environment.KIMI_API_KEY: /run/secrets/openclaw.env"]
        );
    }
}
