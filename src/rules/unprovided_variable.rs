//! A placeholder whose variable nothing provides.

use super::consequence::absence;
use super::secrets::{environment_file, has_environment_option, is_nix};
use super::variable_names::{misspelt, similar};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Source};
use crate::openclaw::environment::{Provided, provided};
use crate::openclaw::references::{Reference, refuses_everywhere};
use crate::report::finding::{Consequence, Finding, Severity, Unresolved};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unprovided-variable",
    summary: "A placeholder names a variable that nothing provides",
    consequence: Consequence::GatewayRefuses,
    explanation: "\
OpenClaw replaces `${NAME}` when it starts. In a field that holds a credential a missing or empty variable keeps the \
gateway from starting (\"required secrets are unavailable\"); elsewhere the text stays as it is and a warning is logged. \
`config validate` accepts both.

What counts is the environment of the gateway's process: `programs.openclaw.environment`, \
`services.openclaw-gateway.environment` and `environmentFiles`, `Environment` and `EnvironmentFile` of its unit, and \
`env.vars` of the configuration. With an environment file among them, whose content the sources do not show, nothing is \
reported; the file that OpenClaw reads from its state directory (`.env`) is not known here either: name its variables \
with `--env-file`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.auth.token = "\${OPENCLAW_GATEWAY_TOKEN}";
  };
}
"#],
    accepted: &[
        r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENCLAW_GATEWAY_TOKEN = "/run/secrets/openclaw-gateway-token";
    config.gateway.auth.token = "\${OPENCLAW_GATEWAY_TOKEN}";
  };
}
"#,
        r#"{
  systemd.user.services.openclaw-gateway.Service.EnvironmentFile = "/run/secrets/openclaw.env";
  programs.openclaw = {
    enable = true;
    config.gateway.auth.token = "\${OPENCLAW_GATEWAY_TOKEN}";
  };
}
"#,
    ],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    for reference in subject.secret_references(instance).iter() {
        if !reference.is_credential {
            sink.secrets += 1;
        }
        if reference.escaped || reference.is_inactive(subject.configuration, instance) {
            continue;
        }
        let name = &reference.name;
        let (message, related) = match provided(subject.configuration, instance, name) {
            Provided::Yes | Provided::SessionOnly(_) => continue,
            Provided::Perhaps(reason, span) => {
                sink.unresolved.push(Unresolved {
                    path: reference.path.to_string(),
                    reason: format!("whether `{name}` is provided cannot be told: {reason}"),
                    span: reference.span.or(span),
                    configurations: Vec::new(),
                });
                continue;
            }
            Provided::Empty(span) => (
                format!("`{name}` is set to an empty text, which OpenClaw takes for not set"),
                span.map(|span| (span, "set here")),
            ),
            Provided::Skipped(span) => (
                format!(
                    "`{name}` is set in `env.vars` to a text with a placeholder, and OpenClaw skips such an entry"
                ),
                span.map(|span| (span, "set here")),
            ),
            // Told where the wrong name is.
            Provided::No if misspelt(subject, instance, name).is_some() => continue,
            Provided::No => (format!("nothing provides the variable `{name}`"), None),
        };
        let mut finding = absence(
            subject,
            build(subject, reference, INFO.id, message).help(help(subject, name)),
        );
        if let Some((span, what)) = related {
            finding = finding.related(Some(span), what);
        } else if let Some(other) = similar(instance, name)
            && let Some(meant) = &other.name
        {
            finding = finding.related(other.span, format!("`{meant}`, which is nearly the name"));
        }
        sink.findings.push(finding);
    }
}

/// The finding for a variable that the process does not get: what happens depends on the field and on the release.
pub(super) fn build(
    subject: Subject<'_>,
    reference: &Reference,
    rule: &'static str,
    message: String,
) -> Finding {
    let refuses = reference.resolved_at_start
        || refuses_everywhere(subject.release, subject.configuration.source, subject.era);
    let (consequence, then) = if refuses && reference.perhaps_inactive {
        (
            Consequence::GatewayRefuses,
            "the gateway does not start where this is in use",
        )
    } else if refuses {
        (Consequence::GatewayRefuses, "the gateway does not start")
    } else {
        (Consequence::Degrades, "the text stays as it is")
    };
    let mut finding = Finding::new(rule, consequence, format!("{message}, so {then}"))
        .at(reference.span)
        .path(&reference.path);
    if subject.configuration.source == Source::RenderedFile
        || reference.perhaps_inactive
        || (!subject.release_is_certain && !reference.resolved_at_start)
    {
        finding = finding.at_most(Severity::Warning);
    }
    finding
}

fn help(subject: Subject<'_>, name: &str) -> String {
    match subject.configuration.source {
        Source::HomeManager if has_environment_option(subject) => format!(
            "add `programs.openclaw.environment.{name} = \"/run/secrets/...\"` (a file is read when the gateway starts), or \
             an `EnvironmentFile` to the unit"
        ),
        Source::HomeManager | Source::NixosService => {
            format!("write `{name}=...` into {}", environment_file(subject))
        }
        Source::RenderedFile if is_nix(subject) => {
            format!("set `{name}` in the environment of the unit that runs the gateway")
        }
        Source::RenderedFile => {
            format!(
                "set `{name}` in the environment of the gateway, or name the file that does with `--env-file`"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::Provision;

    const TEXT: &str = r#"{gateway: {auth: {token: "${TOKEN}"}}, models: {providers: {kimi: {baseUrl: "${URL}",
        apiKey: {source: "env", provider: "default", id: "KEY"}, headers: {A: "${HOME}"}}}}}"#;

    #[test]
    fn what_nothing_provides() {
        let outcome = case(TEXT).home_manager(&[]).run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error gateway.auth.token: \"${TOKEN}\"",
                "error models.providers.kimi.apiKey: \"KEY\"",
                "warning models.providers.kimi.baseUrl: ${URL}",
            ]
        );
        assert_eq!(outcome.findings[0].consequence, Consequence::GatewayRefuses);
        assert_eq!(outcome.findings[2].consequence, Consequence::Degrades);
    }

    #[test]
    fn what_is_provided_is_fine() {
        let outcome = case(TEXT)
            .home_manager(&[])
            .variable("TOKEN", Provision::ModuleEnvironment)
            .variable("KEY", Provision::ServiceEnvironment)
            .variable("URL", Provision::CommandLine)
            .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn an_environment_file_may_provide_it() {
        let outcome = case(TEXT)
            .home_manager(&[])
            .variable("", Provision::ServiceEnvironmentFile)
            .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        assert_eq!(outcome.unresolved.len(), 3);
    }

    #[test]
    fn a_file_by_itself_is_not_accused() {
        let outcome = case(TEXT).run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        let named = case(TEXT)
            .variable("TOKEN", Provision::CommandLine)
            .variable("KEY", Provision::CommandLine)
            .run(&RULE);
        assert_eq!(named.only().severity, Severity::Warning);
    }

    #[test]
    fn what_is_switched_off_needs_nothing() {
        let outcome = case(
            r#"{channels: {telegram: {enabled: false, botToken: "${BOT}"}}, gateway: {auth: {mode: "password", token: "${TOKEN}"}}}"#,
        )
        .home_manager(&[])
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn empty_values_count_as_missing() {
        let outcome = case(
            r#"{env: {vars: {A: "", B: "${C}"}}, gateway: {auth: {token: "${A}"}}, models: {providers: {x: {apiKey: "$B"}}}}"#,
        )
        .home_manager(&[])
        .run(&RULE);
        assert_eq!(outcome.findings.len(), 2);
        assert!(outcome.findings[0].message.contains("empty"));
        assert!(outcome.findings[1].message.contains("skips"));
    }

    #[test]
    fn the_first_releases_refuse_every_missing_variable() {
        let text = r#"{gateway: {controlUi: {basePath: "${BASE}"}}}"#;
        let outcome = case(text)
            .home_manager(&[])
            .era(crate::releases::Era::BundledPlugins)
            .run(&RULE);
        assert_eq!(outcome.only().consequence, Consequence::GatewayRefuses);
        let outcome = case(text).home_manager(&[]).run(&RULE);
        assert_eq!(outcome.only().consequence, Consequence::Degrades);
    }

    #[test]
    fn checked_alone_it_is_a_warning() {
        let outcome = case(r#"{gateway: {auth: {token: "${TOKEN}"}}}"#)
            .home_manager(&[])
            .alone()
            .run(&RULE);
        assert_eq!(outcome.only().severity, Severity::Warning);
    }
}
