//! A key, token or password that is written out.

use super::secrets::{Site, visit_sites};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::credentials::{Role, Written, classify, is_unknown_path, secret_spans};
use crate::openclaw::secret_patterns::{find, looks_generated};
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
        Value::Text(text) => match text.known() {
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
            _ if site
                .field
                .is_some_and(|field| field.key().to_ascii_lowercase().ends_with("password")) =>
            {
                "a password"
            }
            _ if site
                .field
                .is_some_and(|field| field.key().to_ascii_lowercase().ends_with("token")) =>
            {
                "a token"
            }
            _ if site.field.is_some_and(|field| field.key() == "apiKey") => "an API key",
            _ => "a secret",
        }
        .to_string()
    };
    if !site.role.is_secret() {
        return find(text).map(|found| (found.what.to_string(), Severity::Error));
    }
    match classify(text) {
        Written::Known(what) => Some((what.to_string(), Severity::Error)),
        Written::Literal if site.is_local_key() => None,
        Written::Literal => match site.role {
            Role::Credential | Role::SecretHeader => Some((literal(), Severity::Error)),
            _ if looks_generated(text) => Some((literal(), Severity::Error)),
            _ if text.len() >= 6 && !text.contains(char::is_whitespace) => {
                Some((literal(), Severity::Warning))
            }
            _ => None,
        },
        _ => None,
    }
}
