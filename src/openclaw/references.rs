//! Every reference to an environment variable in a configuration: placeholders, their short form in credential
//! fields, and SecretRefs of the source `env`.

use super::configuration::{Configuration, Instance, Source};
use super::credentials::{self, Field, Roles, Step, Written, classify};
use super::environment::{Provided, provided};
use super::path::ConfigPath;
use super::placeholders::{Form, marker_reference, scan, whole_reference};
use super::tree::{Node, Value};
use crate::releases::{Era, Release, Version};
use crate::workspace::source::Span;

/// One reference.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The variable.
    pub name: String,
    /// The field.
    pub path: ConfigPath,
    /// Where it is written.
    pub span: Option<Span>,
    /// Whether the field holds a credential.
    pub is_credential: bool,
    /// Whether OpenClaw resolves the field as a reference to a secret when the gateway starts.
    pub resolved_at_start: bool,
    /// Written `$${NAME}`.
    pub escaped: bool,
    /// Whether what the field belongs to may turn out not to be active.
    pub perhaps_inactive: bool,
    /// Whether what it belongs to is switched off.
    disabled: bool,
}

impl Reference {
    /// Whether OpenClaw does not look at the reference at start: its channel, plugin or provider is switched off, or
    /// another kind of authentication wins.
    pub fn is_inactive(&self, configuration: &Configuration, instance: &Instance) -> bool {
        if self.disabled {
            return true;
        }
        let auth = instance
            .config
            .at_keys("gateway.auth.mode")
            .and_then(|mode| mode.as_str());
        let other_mode = |own: &str| auth.as_deref().is_some_and(|mode| mode != own);
        match self.path.to_string().as_str() {
            "gateway.auth.token" => {
                other_mode("token")
                    || (self.name != "OPENCLAW_GATEWAY_TOKEN"
                        && matches!(
                            provided(configuration, instance, "OPENCLAW_GATEWAY_TOKEN"),
                            Provided::Yes
                        ))
            }
            "gateway.auth.password" => other_mode("password"),
            _ => false,
        }
    }
}

/// Whether a release refuses to start for a missing variable in any field. Those before March 2026 did (2026.2.26 still
/// does, 2026.3.31 keeps the text and logs a warning); of an option set before 17 February only such releases were pinned.
pub fn refuses_everywhere(release: &Release, source: Source, era: Era) -> bool {
    release.version() < Version::new(2026, 3, 1)
        || (source == Source::HomeManager && era < Era::PluginsRemoved)
}

/// The references of a configuration, in its order; `roles` are those of its fields.
pub fn collect(config: &Node, roles: &Roles) -> Vec<Reference> {
    let mut references = Vec::new();
    credentials::visit_with(config, roles, &mut |field| {
        // `env.vars` are applied before placeholders are looked at: one in there makes OpenClaw skip the entry.
        if matches!(field.steps.first(), Some(Step::Key("env"))) {
            return;
        }
        match &field.node().value {
            Value::Text(text) => {
                let shown = text.display();
                if !(shown.contains('$') || field.resolved_at_start && shown.contains("env")) {
                    return;
                }
                let short = if field.resolved_at_start && text.unknown().is_none() {
                    whole_reference(&shown).or_else(|| marker_reference(&shown))
                } else {
                    None
                };
                if let Some(name) = short {
                    references.push(reference(
                        field,
                        name,
                        field.node().place.primary(),
                        true,
                        false,
                    ));
                    return;
                }
                for found in scan(&shown) {
                    if !matches!(found.form, Form::Replaced | Form::Escaped) {
                        continue;
                    }
                    let span = text
                        .locate(found.range.clone())
                        .or(field.node().place.primary());
                    // Inside of a longer text it is no reference to a secret, only a placeholder.
                    references.push(reference(
                        field,
                        &found.name,
                        span,
                        false,
                        found.form == Form::Escaped,
                    ));
                }
            }
            Value::Object(object) if field.resolved_at_start => {
                let text = |key: &str| object.entries.get(key).and_then(|value| value.as_str());
                if text("source").as_deref() != Some("env") {
                    return;
                }
                if let Some(id) = text("id")
                    && super::placeholders::is_reference_name(&id)
                {
                    let span = object.entries["id"].place.primary();
                    references.push(reference(field, &id, span, true, false));
                }
            }
            _ => {}
        }
    });
    references
}

fn reference(
    field: &Field<'_>,
    name: &str,
    span: Option<Span>,
    whole: bool,
    escaped: bool,
) -> Reference {
    Reference {
        name: name.to_string(),
        path: field.path(),
        span,
        is_credential: field.role.is_secret(),
        resolved_at_start: field.resolved_at_start && whole,
        escaped,
        perhaps_inactive: perhaps_inactive(field),
        disabled: field.is_disabled(),
    }
}

/// Fields whose feature is on only under conditions that are not looked into here. Providers of models, channels, skills
/// and the gateway's own authentication are on unless they say otherwise.
fn perhaps_inactive(field: &Field<'_>) -> bool {
    match field.steps {
        [Step::Key("models"), ..] | [Step::Key("skills"), ..] => false,
        [Step::Key("gateway"), Step::Key("auth"), ..] => false,
        // The credentials of the channel itself are only looked at where an account inherits them.
        [Step::Key("channels"), Step::Key(_), rest @ ..] => {
            !matches!(rest.first(), Some(Step::Key("accounts")))
                && field.nodes[2].get("accounts").is_some()
                || rest.len() > 1 && !matches!(rest.first(), Some(Step::Key("accounts")))
        }
        _ => field.resolved_at_start,
    }
}

/// Whether a text in a credential field is a reference, and so no secret.
pub fn is_reference(text: &str) -> bool {
    classify(text) == Written::Placeholder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing;
    use serde_json::json;

    #[test]
    fn every_form_is_found() {
        let config = testing::node(&json!({
            "gateway": {"auth": {"token": "$GATEWAY_TOKEN"}},
            "models": {"providers": {"kimi": {
                "apiKey": {"source": "env", "provider": "default", "id": "KIMI_API_KEY"},
                "baseUrl": "https://${HOST}/$${NOT}/${port}",
                "headers": {"Authorization": "Bearer ${TOKEN}"},
            }}},
            "channels": {"telegram": {"enabled": false, "botToken": "secretref-env:BOT"}},
            "env": {"vars": {"A": "${B}"}},
        }));
        let found: Vec<_> = collect(&config, &Roles::of(&config))
            .iter()
            .map(|reference| {
                format!(
                    "{} {}{}{}{}",
                    reference.name,
                    reference.path,
                    if reference.resolved_at_start {
                        " start"
                    } else {
                        ""
                    },
                    if reference.escaped { " escaped" } else { "" },
                    if reference.disabled { " off" } else { "" }
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                "BOT channels.telegram.botToken start off",
                "GATEWAY_TOKEN gateway.auth.token start",
                "KIMI_API_KEY models.providers.kimi.apiKey start",
                "HOST models.providers.kimi.baseUrl",
                "NOT models.providers.kimi.baseUrl escaped",
                "TOKEN models.providers.kimi.headers.Authorization",
            ]
        );
    }
}
