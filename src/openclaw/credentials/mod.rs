//! Which fields of a configuration hold credentials, and what is written in them.
//!
//! [`visit`] walks over every value once and says what role its field has; rules decide from the role and from
//! [`classify`] which of them speaks, so that one mistake makes one finding.

pub mod fields;
pub mod hidden;
mod misspelt;
pub mod written;

pub use hidden::{
    hidden_texts, is_likely_secret, is_secret_below, is_secret_in_reference, secret_parts,
};
pub use written::{Written, bare, classify, variable_of_other_programs};

pub use super::secret_names::{
    is_secret_header, is_secret_name, is_secret_variable, names_a_secret, nearly_names_a_secret,
};

use super::endpoints::begins_with_local_address;
use super::path::{ConfigPath, Segment};
use super::secret_names::{self, words};
use super::secret_patterns::{is_secret_option, option_with_secret};
use super::tree::{Kind, Node, Object, Text, TextPart, Value};
use crate::workspace::source::Span;
use fields::{REFERENCE_FIELDS, TEXT_CREDENTIALS};

/// A step to a value, borrowed from the tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step<'a> {
    /// A key of an object.
    Key(&'a str),
    /// An element of a list.
    Index(usize),
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// A secret, by OpenClaw's own list or by its documentation.
    Credential,
    /// By its name a secret; OpenClaw's list does not have it (a plugin's field, a field of another program).
    Named,
    /// A field that OpenClaw does not have and whose name is nearly that of the credential beside which it would stand.
    Misspelt {
        /// The name of that credential.
        meant: &'static str,
    },
    /// A header that carries a secret by its name.
    SecretHeader,
    /// Another header.
    Header,
    /// A variable of a process that holds a secret by its name.
    SecretVariable,
    /// Another variable of a process.
    Variable,
    /// Anything else.
    Other,
}

impl Role {
    /// Whether a literal in such a field is a secret.
    pub fn is_secret(self) -> bool {
        matches!(
            self,
            Role::Credential
                | Role::Named
                | Role::Misspelt { .. }
                | Role::SecretHeader
                | Role::SecretVariable
        )
    }
}

/// A value on its field.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// The way from the root.
    pub steps: &'a [Step<'a>],
    /// The nodes on that way, the root first, this one last.
    pub nodes: &'a [&'a Node],
    /// What the field holds.
    pub role: Role,
    /// Whether OpenClaw resolves references to secrets in it when the gateway starts: then a missing variable
    /// keeps the gateway from starting.
    pub resolved_at_start: bool,
}

impl<'a> Field<'a> {
    /// The value.
    pub fn node(&self) -> &'a Node {
        self.nodes[self.nodes.len() - 1]
    }

    /// Its path.
    pub fn path(&self) -> ConfigPath {
        ConfigPath(
            self.steps
                .iter()
                .map(|step| match step {
                    Step::Key(key) => Segment::Key((*key).to_string()),
                    Step::Index(index) => Segment::Index(*index),
                })
                .collect(),
        )
    }

    /// The last key on the way.
    pub fn key(&self) -> &'a str {
        self.steps
            .iter()
            .rev()
            .find_map(|step| match step {
                Step::Key(key) => Some(*key),
                Step::Index(_) => None,
            })
            .unwrap_or("")
    }

    /// The name of the field, as it was meant where it is misspelt.
    pub fn meant_key(&self) -> &'a str {
        match self.role {
            Role::Misspelt { meant } => meant,
            _ => self.key(),
        }
    }

    /// The option of a command whose value it is or holds: `--token`, where that is a secret.
    pub fn command_option(&self) -> Option<String> {
        secret_option(self.steps, self.nodes)
    }

    /// Whether it lies on something that is switched off: a disabled channel, account, plugin, skill or
    /// provider. OpenClaw does not resolve references there.
    pub fn is_disabled(&self) -> bool {
        self.nodes[..self.nodes.len() - 1].iter().any(|node| {
            ["enabled", "enable"]
                .iter()
                .any(|key| node.get(key).and_then(|flag| flag.as_bool()) == Some(false))
        })
    }

    /// The provider below `models.providers` that it belongs to.
    pub fn model_provider(&self) -> Option<(&'a str, &'a Node)> {
        match self.steps {
            [
                Step::Key("models"),
                Step::Key("providers"),
                Step::Key(name),
                ..,
            ] => Some((name, self.nodes[3])),
            _ => None,
        }
    }

    /// Whether it belongs to a server on this machine or in its own network, where any text may stand as key.
    pub fn is_local(&self) -> bool {
        self.nodes.iter().rev().any(|node| {
            ["baseUrl", "url", "endpoint"].iter().any(|key| {
                node.get(key)
                    .and_then(|address| address.as_text())
                    .is_some_and(|address| begins_with_local_address(&address.known_prefix()))
            })
        })
    }

    /// Whether the secret is one that its owner makes up, such as the token of the gateway, instead of one that
    /// a service gave out.
    pub fn is_self_chosen(&self) -> bool {
        matches!(self.steps, [Step::Key("gateway" | "hooks" | "cron"), ..])
            || matches!(self.key(), "webhookSecret" | "webhookToken")
    }

    /// Whether it lies in text for people, models or shells, where `${...}` means something else: prompts,
    /// command lines, descriptions.
    pub fn is_prose(&self) -> bool {
        self.steps.iter().any(|step| {
            matches!(step, Step::Key(key) if PROSE_KEYS.contains(key) || ends_with_word(key, PROSE_WORDS))
        })
    }
}

static PROSE_KEYS: &[&str] = &[
    "args",
    "body",
    "command",
    "content",
    "description",
    "examples",
    "execStart",
    "instructions",
    "message",
    "passEnv",
    "run",
    "script",
    "systemPrompt",
    "template",
    "text",
    "theme",
];

static PROSE_WORDS: &[&str] = &["prompt", "template", "script", "message", "text", "hint"];

fn ends_with_word(key: &str, wanted: &[&str]) -> bool {
    words(key)
        .last()
        .is_some_and(|last| wanted.contains(&last.as_str()))
}

/// Whether steps match a pattern such as `channels.*.accounts.*.token`.
fn matches(pattern: &str, steps: &[Step<'_>]) -> bool {
    let mut rest = steps.iter();
    for part in pattern.split('.') {
        let (name, index) = match part.strip_suffix("[]") {
            Some(name) => (name, true),
            None => (part, false),
        };
        match rest.next() {
            Some(Step::Key(key)) if name == "*" || name == *key => {}
            _ => return false,
        }
        if index && !matches!(rest.next(), Some(Step::Index(_))) {
            return false;
        }
    }
    rest.next().is_none()
}

/// A quick look before a pattern is taken apart: whether it may begin as the steps do. Most do not.
fn may_match(pattern: &str, steps: &[Step<'_>]) -> bool {
    let Some(Step::Key(key)) = steps.first() else {
        return false;
    };
    let first = pattern.as_bytes().first();
    first == Some(&b'*') || first == key.as_bytes().first() && pattern.starts_with(key)
}

fn in_any(patterns: &[&str], steps: &[Step<'_>], last: &str) -> bool {
    // A quick look at the end before the whole is compared.
    patterns.iter().any(|pattern| {
        may_match(pattern, steps)
            && (pattern.ends_with(last) || pattern.ends_with('*'))
            && matches(pattern, steps)
    })
}

/// The role of the field at the end of `steps`, and whether references are resolved in it at start.
fn role(steps: &[Step<'_>], nodes: &[&Node]) -> (Role, bool) {
    let Some(Step::Key(last)) = steps.last() else {
        // No list of a configuration holds credentials by its name, but the words of a command may.
        let role = match secret_option(steps, nodes) {
            Some(_) => Role::Named,
            None => Role::Other,
        };
        return (role, false);
    };
    let parent = steps.iter().rev().skip(1).find_map(|step| match step {
        Step::Key(key) => Some(*key),
        Step::Index(_) => None,
    });
    match parent {
        Some("headers") => {
            let resolved = in_any(REFERENCE_FIELDS, steps, last);
            let secret = is_secret_header(last);
            return (
                if secret {
                    Role::SecretHeader
                } else {
                    Role::Header
                },
                resolved,
            );
        }
        Some("env" | "vars" | "environment")
            if !matches!(*last, "vars" | "shellEnv") && steps.len() > 1 =>
        {
            // secrets.defaults.env and the like name aliases, not variables.
            if matches!(steps, [Step::Key("secrets"), Step::Key("defaults"), ..]) {
                return (Role::Other, false);
            }
            let resolved = in_any(REFERENCE_FIELDS, steps, last);
            let secret = is_secret_variable(last);
            return (
                if secret {
                    Role::SecretVariable
                } else {
                    Role::Variable
                },
                resolved,
            );
        }
        _ => {}
    }
    if !may_be_credential(last) {
        let role = match misspelt::credential_meant(steps, last) {
            Some(meant) => Role::Misspelt { meant },
            None => Role::Other,
        };
        return (role, false);
    }
    if in_any(REFERENCE_FIELDS, steps, last) {
        // Certificates are public; only keys and passphrases of TLS are secrets.
        return (
            if secret_names::is_public_part(last) {
                Role::Other
            } else {
                Role::Credential
            },
            true,
        );
    }
    if in_any(TEXT_CREDENTIALS, steps, last) {
        return (Role::Credential, false);
    }
    // What a SecretRef or the declaration of its provider says is no secret itself.
    if matches!(steps, [Step::Key("secrets" | "auth" | "bindings"), ..]) {
        return (Role::Other, false);
    }
    if is_secret_name(last) {
        return (Role::Named, false);
    }
    (Role::Other, false)
}

/// The option of a command before or in an element of a list, if its value is a secret: `--token` of `"--token" "..."` and of
/// `"--token=..."`.
fn secret_option(steps: &[Step<'_>], nodes: &[&Node]) -> Option<String> {
    let (Some(Step::Index(index)), [.., parent, word]) = (steps.last(), nodes) else {
        return None;
    };
    let whole = word.as_text().and_then(|text| text.whole());
    if let Some((option, _)) = whole.as_deref().and_then(option_with_secret) {
        return Some(option.to_string());
    }
    let before = parent.as_list()?.items.get(index.checked_sub(1)?)?;
    before.as_str().filter(|word| is_secret_option(word))
}

/// A quick look before the patterns are tried.
fn may_be_credential(key: &str) -> bool {
    matches!(
        key,
        "ca" | "cert" | "key" | "value" | "authTag" | "serviceAccount"
    ) || is_secret_name(key)
        || key.ends_with("Key")
        || key.ends_with("Token")
        || key.ends_with("Secret")
        || key.ends_with("Password")
}

/// Walks over every value of a configuration that is no list and no plain object, and over the objects in
/// fields that take references to secrets.
pub fn visit<'a>(config: &'a Node, visit: &mut dyn FnMut(&Field<'_>)) {
    let may_be_reference = &mut |object: &Object| object.entries.contains_key("source");
    Walk::over(config, may_be_reference, &mut |steps, nodes| {
        let (role, resolved_at_start) = role(steps, nodes);
        visit(&Field {
            steps,
            nodes,
            role,
            resolved_at_start,
        });
    });
}

/// What the fields of one configuration hold, for many visits of it.
#[derive(Clone, Debug)]
pub struct Roles {
    /// Of each value that is visited.
    fields: Vec<(Role, bool)>,
    /// Of each object whether it is visited.
    objects: Vec<bool>,
}

impl Roles {
    /// The roles of all fields, in the order in which they are visited.
    pub fn of(config: &Node) -> Roles {
        let (mut fields, mut objects) = (Vec::new(), Vec::new());
        let may_be_reference = &mut |object: &Object| {
            let is_visited = object.entries.contains_key("source");
            objects.push(is_visited);
            is_visited
        };
        Walk::over(config, may_be_reference, &mut |steps, nodes| {
            fields.push(role(steps, nodes));
        });
        Roles { fields, objects }
    }
}

/// The same walk as [`visit`] with the roles of this very configuration.
pub fn visit_with<'a>(config: &'a Node, roles: &Roles, visit: &mut dyn FnMut(&Field<'_>)) {
    let mut objects = roles.objects.iter();
    let mut fields = roles.fields.iter();
    let may_be_reference = &mut |_: &Object| objects.next() == Some(&true);
    Walk::over(config, may_be_reference, &mut |steps, nodes| {
        let Some((role, resolved_at_start)) = fields.next().copied() else {
            return;
        };
        visit(&Field {
            steps,
            nodes,
            role,
            resolved_at_start,
        });
    });
}

/// A walk over the values of a configuration.
struct Walk<'a, 'w> {
    /// The way to the present value.
    steps: Vec<Step<'a>>,
    /// The nodes on it.
    nodes: Vec<&'a Node>,
    /// Whether an object may be a reference to a secret, and so is a value of its own. Asked of each in turn.
    may_be_reference: &'w mut dyn FnMut(&Object) -> bool,
    /// Called for a value with the way to it.
    report: &'w mut dyn FnMut(&[Step<'_>], &[&Node]),
}

impl<'a, 'w> Walk<'a, 'w> {
    fn over(
        config: &'a Node,
        may_be_reference: &'w mut dyn FnMut(&Object) -> bool,
        report: &'w mut dyn FnMut(&[Step<'_>], &[&Node]),
    ) {
        let mut walk = Walk {
            steps: Vec::with_capacity(12),
            nodes: Vec::with_capacity(12),
            may_be_reference,
            report,
        };
        walk.go(config);
    }

    fn go(&mut self, node: &'a Node) {
        self.nodes.push(node);
        match &node.value {
            Value::Object(object) => {
                if (self.may_be_reference)(object) {
                    (self.report)(&self.steps, &self.nodes);
                }
                for (key, child) in &object.entries {
                    self.steps.push(Step::Key(key));
                    self.go(child);
                    self.steps.pop();
                }
            }
            Value::List(list) => {
                for (index, child) in list.items.iter().enumerate() {
                    self.steps.push(Step::Index(index));
                    self.go(child);
                    self.steps.pop();
                }
            }
            _ => (self.report)(&self.steps, &self.nodes),
        }
        self.nodes.pop();
    }
}

/// Whether a value that is not known is nevertheless known to be a path, so that it cannot be the secret itself.
pub fn is_unknown_path(node: &Node) -> bool {
    let kind = match &node.value {
        Value::Unknown(unknown) => unknown.kind,
        Value::Text(text) => match text.parts.as_slice() {
            [TextPart::Unknown(unknown)] => unknown.kind,
            _ => None,
        },
        _ => None,
    };
    matches!(kind, Some(Kind::SecretPath | Kind::Path | Kind::StorePath))
}

/// Every place in the sources that holds a part of this value, so that none of them is printed.
pub fn secret_spans(node: &Node) -> Vec<Span> {
    let mut spans: Vec<Span> = node.place.span.into_iter().collect();
    if let Value::Text(Text { parts }) = &node.value {
        spans.extend(parts.iter().filter_map(|part| match part {
            TextPart::Known { span, .. } => *span,
            TextPart::Unknown(_) => None,
        }));
    }
    // An expression that holds the literal and more (a call, a whole set) is not redacted as a whole when the
    // literal itself is known.
    if spans.is_empty() {
        spans.extend(node.place.primary());
    }
    spans.sort();
    spans.dedup();
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing;
    use serde_json::json;

    fn roles(json: serde_json::Value) -> Vec<(String, Role, bool)> {
        let config = testing::node(&json);
        let mut found = Vec::new();
        visit(&config, &mut |field| {
            if field.role != Role::Other || field.resolved_at_start {
                found.push((
                    field.path().to_string(),
                    field.role,
                    field.resolved_at_start,
                ));
            }
        });
        found
    }

    #[test]
    fn fields_of_the_matrix_are_credentials() {
        assert_eq!(
            roles(json!({
                "gateway": {"auth": {"mode": "token", "token": "x"}, "port": 1},
                "models": {"providers": {"kimi": {"apiKey": "x", "headers": {"X-Title": "x", "Authorization": "x"},
                    "request": {"tls": {"ca": "x", "key": "x"}}, "models": [{"id": "x", "maxTokens": 5}]}}},
                "channels": {"telegram": {"botToken": "x", "tokenFile": "/x"}},
                "plugins": {"entries": {"brave": {"config": {"webSearch": {"apiKey": "x"}}}}},
            })),
            [
                ("channels.telegram.botToken".into(), Role::Credential, true),
                ("gateway.auth.token".into(), Role::Credential, true),
                (
                    "models.providers.kimi.apiKey".into(),
                    Role::Credential,
                    true
                ),
                (
                    "models.providers.kimi.headers.Authorization".into(),
                    Role::SecretHeader,
                    true
                ),
                (
                    "models.providers.kimi.headers.X-Title".into(),
                    Role::Header,
                    true
                ),
                (
                    "models.providers.kimi.request.tls.ca".into(),
                    Role::Other,
                    true
                ),
                (
                    "models.providers.kimi.request.tls.key".into(),
                    Role::Credential,
                    true
                ),
                (
                    "plugins.entries.brave.config.webSearch.apiKey".into(),
                    Role::Credential,
                    true
                ),
            ]
        );
    }

    #[test]
    fn other_secrets_are_known_by_their_names() {
        assert_eq!(
            roles(json!({
                "hooks": {"token": "x"},
                "env": {"vars": {"KIMI_API_KEY": "x", "LANG": "x"}, "shellEnv": {"enabled": true}},
                "mcp": {"servers": {"git": {"env": {"GITHUB_TOKEN": "x", "TOKEN_FILE": "/x"}, "headers": {"X-Api-Key": "x"}}}},
                "plugins": {"entries": {"own": {"config": {"password": "x", "maxTokens": 1}}}},
                "auth": {"profiles": {"a": {"mode": "token"}}},
                "secrets": {"providers": {"vault": {"source": "file", "path": "/x"}}, "defaults": {"env": "vault"}},
            })),
            [
                ("env.vars.KIMI_API_KEY".into(), Role::SecretVariable, false),
                ("env.vars.LANG".into(), Role::Variable, false),
                ("hooks.token".into(), Role::Credential, false),
                (
                    "mcp.servers.git.env.GITHUB_TOKEN".into(),
                    Role::SecretVariable,
                    false
                ),
                (
                    "mcp.servers.git.env.TOKEN_FILE".into(),
                    Role::Variable,
                    false
                ),
                (
                    "mcp.servers.git.headers.X-Api-Key".into(),
                    Role::SecretHeader,
                    false
                ),
                (
                    "plugins.entries.own.config.password".into(),
                    Role::Named,
                    false
                ),
            ]
        );
    }

    #[test]
    fn what_is_switched_off_is_not_resolved() {
        let config = testing::node(
            &json!({"channels": {"telegram": {"enabled": false, "botToken": "${X}"}}}),
        );
        let mut disabled = None;
        visit(&config, &mut |field| {
            if field.role == Role::Credential {
                disabled = Some(field.is_disabled());
            }
        });
        assert_eq!(disabled, Some(true));
    }
}
