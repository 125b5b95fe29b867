//! A placeholder whose variable nothing provides.

use super::consequence::absence;
use super::secrets::is_nix;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Source};
use crate::openclaw::environment::{Provided, provided};
use crate::openclaw::references::{Reference, collect};
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
    for reference in collect(&instance.config) {
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
            Provided::No => (format!("nothing provides the variable `{name}`"), None),
        };
        let mut finding = absence(
            subject,
            build(subject, &reference, INFO.id, message).help(help(subject, name)),
        );
        if let Some((span, what)) = related {
            finding = finding.related(Some(span), what);
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
    let refuses = reference.resolved_at_start || reference.refuses_everywhere(subject.release);
    let (consequence, then) = if refuses {
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
        Source::HomeManager => format!(
            "add `programs.openclaw.environment.{name} = \"/run/secrets/...\"` (a file is read when the gateway starts), or \
             an `EnvironmentFile` to the unit"
        ),
        Source::NixosService => {
            format!("add a file with `{name}=...` to `services.openclaw-gateway.environmentFiles`")
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
