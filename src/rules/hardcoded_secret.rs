//! A key, token or password that is written out.

use super::secrets::{Site, visit_sites};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::credentials::{
    Role, Written, classify, hidden_texts, is_unknown_path, secret_spans,
};
use crate::openclaw::secret_patterns::{find, looks_generated, option_with_secret};
use crate::openclaw::tree::{Kind, TextPart, Value};
use crate::report::finding::{Consequence, Finding, Severity, Unresolved};
use crate::workspace::source::Span;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "hardcoded-secret",
    summary: "A key, token or password is written out",
    consequence: Consequence::LeaksSecret,
    explanation: "\
What stands in a Nix file ends up in the history of the repository and in the Nix store, which every user of the \
machine can read. OpenClaw's own `config validate` never complains, and neither does Nix.

Known formats (`sk-...`, `xoxb-...`, a Telegram bot token, a password in an address) are found in every text of the \
configuration; in a field that holds a credential any literal is a secret. Dummy keys of local servers \
(`ollama-local`, `not-needed`) are none.

Keep the secret in a file outside of the store (sops-nix, agenix), hand it over as an environment variable and write \
`\"\\${NAME}\"`. A secret that was written out once is known to others: replace it.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true;
    config = {
      gateway.auth.token = "b7e1c9d04f6a4a2f9c3e5d8812ab60f4";
      channels.telegram.botToken = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9";
    };
  };
}
"#,
        r#"let
  key = "xai-a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
in
{
  programs.openclaw = {
    enable = true;
    config.env.vars.XAI_API_KEY = key;
  };
}
"#,
    ],
    accepted: &[
        r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENCLAW_GATEWAY_TOKEN = "/run/secrets/openclaw-gateway-token";
    config = {
      gateway.auth.token = "\${OPENCLAW_GATEWAY_TOKEN}";
      channels.telegram.tokenFile = "/run/secrets/telegram-bot-token";
    };
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.local = {
      baseUrl = "http://127.0.0.1:11434/v1";
      api = "openai-completions";
      apiKey = "ollama-local";
      models = [ { id = "qwen3"; name = "Qwen 3"; } ];
    };
  };
}
"#,
    ],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    visit_sites(subject, instance, &mut |site| {
        if site.role.is_secret() {
            sink.secrets += 1;
        }
        if !site.is_local_key() {
            let steps = site.field.map_or(&[][..], |field| field.steps);
            sink.secret_texts
                .extend(hidden_texts(site.role, steps, site.node));
        }
        if super::secret_in_store::tells(site.role, site.node) {
            sink.secret_spans.extend(secret_spans(site.node));
        } else if let Some(finding) = finding(subject, site) {
            sink.secret_spans.extend(secret_spans(site.node));
            sink.findings.push(finding);
        } else if matches!(site.role, Role::Credential | Role::SecretHeader)
            && let Some(unknown) = unknown_of(site)
        {
            sink.unresolved.push(Unresolved {
                path: site.path(),
                reason: unknown.0,
                span: unknown.1,
                configurations: Vec::new(),
            });
        }
    });
}

fn unknown_of(site: &Site<'_>) -> Option<(String, Option<Span>)> {
    if is_unknown_path(site.node) {
        return None;
    }
    let unknown = match &site.node.value {
        Value::Unknown(unknown) => unknown,
        Value::Text(text) => text.unknown()?,
        _ => return None,
    };
    Some((
        unknown.reason.clone(),
        unknown.span.or(site.node.place.primary()),
    ))
}

fn finding(subject: Subject<'_>, site: &Site<'_>) -> Option<Finding> {
    let (what, severity) = match &site.node.value {
        Value::Unknown(unknown) if unknown.kind == Some(Kind::Secret) => {
            ("a secret".to_string(), Severity::Error)
        }
        Value::Text(text) => match text.whole() {
            Some(text) => of_known_text(site, &text)?,
            None => {
                // A format in one known part is a secret whatever the unknown parts hold.
                let found = text.parts.iter().find_map(|part| match part {
                    TextPart::Known { text, .. } => find(text),
                    TextPart::Unknown(_) => None,
                })?;
                (found.what.to_string(), Severity::Error)
            }
        },
        _ => return None,
    };
    let message = format!("{what} is written out in {}", site.name());
    Some(
        Finding::new(INFO.id, Consequence::LeaksSecret, message)
            .at_most(severity)
            .at(site.span())
            .path(site.path())
            .help(format!(
                "{}; then replace the secret, for it is known by now",
                site.how_to_provide(subject)
            )),
    )
}

/// What a known text is, and how sure that is.
fn of_known_text(site: &Site<'_>, text: &str) -> Option<(String, Severity)> {
    let literal = || {
        match site.role {
            Role::SecretHeader => "a secret",
            Role::SecretVariable | Role::Named => "what looks like a secret",
            _ if site.field.is_some_and(|field| {
                field.meant_key().to_ascii_lowercase().ends_with("password")
            }) =>
            {
                "a password"
            }
            _ if site
                .field
                .is_some_and(|field| field.meant_key().to_ascii_lowercase().ends_with("token")) =>
            {
                "a token"
            }
            _ if site
                .field
                .is_some_and(|field| field.meant_key() == "apiKey") =>
            {
                "an API key"
            }
            _ => "a secret",
        }
        .to_string()
    };
    if !site.role.is_secret() {
        return find(text).map(|found| (found.what.to_string(), Severity::Error));
    }
    let text = option_with_secret(text).map_or(text, |(_, value)| value);
    match classify(text) {
        Written::Known(what) => Some((what.to_string(), Severity::Error)),
        Written::Literal if site.is_local_key() => None,
        Written::Literal => match site.role {
            Role::Credential | Role::Misspelt { .. } | Role::SecretHeader => {
                Some((literal(), Severity::Error))
            }
            _ if looks_generated(text) => Some((literal(), Severity::Error)),
            _ if text.len() >= 6 && !text.contains(char::is_whitespace) => {
                Some((literal(), Severity::Warning))
            }
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::Provision;

    #[test]
    fn a_literal_in_a_credential_field_is_a_secret() {
        let outcome = case(
            r#"{gateway: {auth: {token: "b7e1c9d04f6a4a2f9c3e5d8812ab60f4"}}, hooks: {token: "hunter2x"}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error gateway.auth.token: \"b7e1c9d04f6a4a2f9c3e5d8812ab60f4\"",
                "error hooks.token: \"hunter2x\"",
            ]
        );
        assert!(!outcome.secret_spans.is_empty());
        for finding in &outcome.findings {
            let said = format!("{}{:?}", finding.message, finding.help);
            assert!(!said.contains("b7e1") && !said.contains("hunter"), "{said}");
        }
    }

    #[test]
    fn an_option_with_its_value_is_judged_like_the_two_of_them() {
        let run = |words: &str| {
            let config =
                format!(r#"{{mcp: {{servers: {{x: {{command: "x", args: [{words}]}}}}}}}}"#);
            case(&config).run(&RULE)
        };
        for value in [
            "BSADNBYjvsedonuSsddfrfifiUziXnF",
            "h/ImB/LK777pzNk8cL6j5",
            "plum:48",
            "hunter",
        ] {
            let told = |words: String| -> Vec<_> {
                let findings = run(&words).findings.into_iter();
                findings.map(|told| (told.severity, told.help)).collect()
            };
            let as_one = told(format!(r#""--api-key={value}""#));
            assert_eq!(as_one.len(), 1, "{value}");
            assert_eq!(as_one, told(format!(r#""--api-key", "{value}""#)));
        }
        for word in [
            "--api-key=${X_API_KEY}",
            "--api-key=/run/secrets/x",
            "--api-key=ollama",
            "--port=18789",
        ] {
            let outcome = run(&format!(r#""{word}""#));
            assert_eq!(outcome.lines(), [""; 0], "{word}");
        }
    }

    #[test]
    fn known_formats_are_found_in_every_text() {
        let outcome = case(
            r#"{env: {vars: {X: "xoxb-1234567890-abcdefGHIJ"}}, agents: {list: [{id: "main", workspace: "/w/ghp_0123456789abcdefGHIJKLMNOPqrstuvwxyz"}]},
                models: {providers: {kimi: {baseUrl: "https://u:s3cr3t9@proxy.example/v1"}}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.findings.len(), 3);
        assert!(
            outcome.findings[2].message.contains("Slack")
                || outcome.findings[1].message.contains("Slack")
        );
    }

    #[test]
    fn what_is_no_secret_is_left_alone() {
        let outcome = case(
            r#"{models: {providers: {
                    local: {baseUrl: "http://localhost:8080/v1", apiKey: "anything-goes-here1"},
                    ollama: {baseUrl: "http://nas:11434", apiKey: "ollama-local"},
                    kimi: {baseUrl: "https://api.kimi.com/coding/v1", apiKey: "${KIMI_API_KEY}", headers: {"X-Title": "My gateway 2026"}}}},
                gateway: {auth: {mode: "token", token: "$GATEWAY_TOKEN"}},
                channels: {telegram: {tokenFile: "/run/secrets/x", botToken: "<token>"}},
                auth: {profiles: {"kimi:default": {provider: "kimi", mode: "token"}}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn variables_are_secrets_by_their_names() {
        let outcome = case("{}")
            .home_manager(&[])
            .variable_with(
                "KIMI_API_KEY",
                Provision::ModuleEnvironment,
                "q8w7e6r5t4z3u2i1",
            )
            .variable_with(
                "OPENAI_API_KEY",
                Provision::ModuleEnvironment,
                "/run/secrets/openai",
            )
            .variable_with("TZ", Provision::ModuleEnvironment, "Europe/Berlin")
            .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error programs.openclaw.environment.KIMI_API_KEY: q8w7e6r5t4z3u2i1"]
        );
    }

    #[test]
    fn a_field_that_is_not_known_is_told() {
        let outcome = case(r#"{gateway: {auth: {token: {$unknown: "an argument"}}}}"#).run(&RULE);
        assert!(outcome.findings.is_empty());
        assert_eq!(outcome.unresolved[0].path, "gateway.auth.token");
    }
}
