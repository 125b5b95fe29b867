//! `$${NAME}` in a credential field.

use super::secrets::{placeholder, visit_sites};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::environment::{Provided, provided};
use crate::openclaw::placeholders::{Form, scan};
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "escaped-placeholder",
    summary: "An escaped placeholder in a credential field",
    consequence: Consequence::GatewayRefuses,
    explanation: "\
For OpenClaw `$${NAME}` stands for the text `${NAME}`. In a credential field that text is read once more, as a \
reference to the variable: the escape has no effect, and without the variable the gateway does not start.

In Nix the two signs often come from a wrong escape: what keeps Nix from inserting a value is a backslash, \
`\"\\${NAME}\"`, or two quotes in an indented string.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.auth.token = "$${OPENCLAW_GATEWAY_TOKEN}";
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
        let Some(field) = site.field else { return };
        if !field.role.is_secret() {
            return;
        }
        let Some(text) = site.node.as_text() else {
            return;
        };
        if !text.contains('$') {
            return;
        }
        let shown = text.display();
        if !shown.contains("$${") {
            return;
        }
        let Some(escaped) = scan(&shown)
            .into_iter()
            .find(|found| found.form == Form::Escaped)
        else {
            return;
        };
        let name = &escaped.name;
        let whole = shown.trim().len() == escaped.range.len();
        let finding = if field.resolved_at_start && whole && !field.is_disabled() {
            match provided(subject.configuration, instance, name) {
                Provided::No | Provided::Empty(_) | Provided::Skipped(_) | Provided::SessionOnly(_) => Finding::new(
                    INFO.id,
                    Consequence::GatewayRefuses,
                    format!(
                        "`$${{{name}}}` is no escape in {}: OpenClaw takes it for a reference to `{name}`, which \
                         nothing provides",
                        site.name()
                    ),
                )
                .at_most(if subject.configuration.is_complete() {
                    Severity::Error
                } else {
                    Severity::Warning
                }),
                Provided::Yes | Provided::Perhaps(..) => Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!(
                        "`$${{{name}}}` is no escape in {}: OpenClaw takes it for a reference to `{name}`",
                        site.name()
                    ),
                ),
            }
        } else {
            Finding::new(
                INFO.id,
                Consequence::FailsInUse,
                format!(
                    "{} gets the text `${{{name}}}` instead of the value of the variable",
                    site.name()
                ),
            )
        };
        sink.findings.push(
            finding
                .at(text.locate(escaped.range.clone()).or(site.span()))
                .path(site.path())
                .help(format!("write `{}`", placeholder(subject, name))),
        );
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::Provision;

    #[test]
    fn no_escape_in_a_credential_field() {
        let text =
            r#"{gateway: {auth: {token: "$${TOKEN}"}}, agents: {defaults: {workspace: "$${X}"}}}"#;
        let outcome = case(text).home_manager(&[]).run(&RULE);
        assert_eq!(outcome.lines(), ["error gateway.auth.token: $${TOKEN}"]);
        assert_eq!(outcome.only().consequence, Consequence::GatewayRefuses);
        let provided = case(text)
            .home_manager(&[])
            .variable("TOKEN", Provision::ModuleEnvironment)
            .run(&RULE);
        assert_eq!(provided.only().severity, Severity::Warning);
    }
}
