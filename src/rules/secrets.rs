//! What the rules on secrets have in common: the places where a secret may stand, and how to say what to do.

use super::Subject;
use super::shared::is_for_macos;
use crate::openclaw::configuration::{Instance, Language, Provision, Source, Variable};
use crate::openclaw::credentials::{self, Field, Role};
use crate::openclaw::secret_names::words;
use crate::openclaw::tree::Node;
use crate::releases::Era;
use crate::workspace::source::Span;

/// A place where a secret may stand.
pub struct Site<'a> {
    /// The value.
    pub node: &'a Node,
    /// What its field holds.
    pub role: Role,
    /// The field of the configuration; `None` for a variable that is provided outside of it.
    pub field: Option<&'a Field<'a>>,
    /// The variable; `None` for a field of the configuration.
    pub variable: Option<&'a Variable>,
}

impl Site<'_> {
    /// The path as people write it.
    pub fn path(&self) -> String {
        match (self.field, self.variable) {
            (Some(field), _) => field.path().to_string(),
            (None, Some(variable)) => variable.path(),
            (None, None) => String::new(),
        }
    }

    /// The name of the variable that it is, outside of the configuration or in it.
    pub fn variable_name(&self) -> Option<&str> {
        match (self.field, self.variable) {
            (Some(field), _) if matches!(self.role, Role::SecretVariable | Role::Variable) => {
                Some(field.key())
            }
            (None, Some(variable)) => variable.name.as_deref(),
            _ => None,
        }
    }

    /// Where to point.
    pub fn span(&self) -> Option<Span> {
        self.node
            .place
            .primary()
            .or(self.variable.and_then(|variable| variable.span))
    }

    /// Whether its value is read from the file whose path it is: what the wrapper of the Home Manager module does
    /// with each of its variables, unless the name ends in `_FILE`.
    pub fn is_read_from_file(&self, subject: Subject<'_>) -> bool {
        self.variable.is_some_and(|variable| {
            variable.provision == Provision::ModuleEnvironment
                && subject.configuration.source == Source::HomeManager
        })
    }

    /// Whether a server on this machine or in its own network takes the key, and so any text.
    pub fn is_local_key(&self) -> bool {
        self.field
            .is_some_and(|field| field.key() == "apiKey" && field.is_local())
    }

    /// How to name the field in a sentence.
    pub fn name(&self) -> String {
        match (self.field, self.variable) {
            (Some(field), _) => match (self.role, field.model_provider()) {
                (Role::SecretHeader | Role::Header, _) => {
                    format!("the header `{}`", field.key())
                }
                (Role::SecretVariable | Role::Variable, _) => {
                    format!("the variable `{}`", field.key())
                }
                (_, Some((provider, _))) => {
                    format!("`{}` of the provider `{provider}`", field.key())
                }
                _ => match field.command_option() {
                    Some(option) => format!("`{}`, behind `{option}`", field.path()),
                    None => format!("`{}`", field.path()),
                },
            },
            (None, Some(variable)) => {
                format!("the variable `{}`", variable.name.as_deref().unwrap_or("?"))
            }
            (None, None) => "this field".to_string(),
        }
    }

    /// A name for the variable that should carry the secret: `KIMI_API_KEY`, `TELEGRAM_BOT_TOKEN`.
    pub fn suggested_variable(&self) -> String {
        if let Some(name) = self.variable.and_then(|variable| variable.name.clone()) {
            return name;
        }
        let Some(field) = self.field else {
            return "SECRET".to_string();
        };
        let path = field.path().to_string();
        if path.starts_with("gateway.auth.") && field.meant_key() == "token" {
            return "OPENCLAW_GATEWAY_TOKEN".to_string();
        }
        if matches!(self.role, Role::SecretVariable) {
            return field.key().to_string();
        }
        let mut parts = Vec::new();
        match field.model_provider() {
            Some((provider, _)) => parts.extend(words(provider)),
            None => {
                let owner = match field.steps {
                    // The name of the server tells more than the word `servers`.
                    [credentials::Step::Key("mcp"), _, owner, ..] => Some(owner),
                    _ => field.steps.get(1),
                };
                if let Some(credentials::Step::Key(owner)) = owner {
                    parts.extend(words(owner));
                }
            }
        }
        if let Some(option) = field.command_option() {
            parts.extend(words(&option));
            return parts.join("_").to_ascii_uppercase();
        }
        if matches!(self.role, Role::SecretHeader) && field.model_provider().is_some() {
            parts.extend(["api".to_string(), "key".to_string()]);
        } else {
            parts.extend(words(field.meant_key()));
        }
        parts.join("_").to_ascii_uppercase()
    }

    /// How a secret gets there without being written out: a sentence for `help`.
    pub fn how_to_provide(&self, subject: Subject<'_>) -> String {
        let variable = self.suggested_variable();
        let escaped = placeholder(subject, &variable);
        if self.variable.is_some() || matches!(self.role, Role::SecretVariable) {
            return match subject.configuration.source {
                Source::HomeManager if has_environment_option(subject) => format!(
                    "keep it in a file outside of the store (sops-nix, agenix) and write the file's path: \
                     `programs.openclaw.environment.{variable} = \"/run/secrets/...\"` is read when the gateway starts"
                ),
                Source::HomeManager | Source::NixosService => format!(
                    "keep it outside of the store (sops-nix, agenix) and write `{variable}=...` into {}",
                    environment_file(subject)
                ),
                Source::RenderedFile => {
                    format!("set `{variable}` in the environment of the gateway instead")
                }
            };
        }
        let how = match subject.configuration.source {
            Source::HomeManager if has_environment_option(subject) => format!(
                "provide `{variable}` from a file outside of the store (for instance \
                 `programs.openclaw.environment.{variable} = \"/run/secrets/...\"`)"
            ),
            Source::HomeManager | Source::NixosService => {
                format!("provide `{variable}` in {}", environment_file(subject))
            }
            Source::RenderedFile => {
                format!("provide `{variable}` in the environment of the gateway")
            }
        };
        match self.file_sibling() {
            Some(sibling) => {
                format!("write `{escaped}` and {how}, or name the file in `{sibling}`")
            }
            None => format!("write `{escaped}` and {how}"),
        }
    }

    /// The field beside it that takes the path of a file with the secret.
    pub fn file_sibling(&self) -> Option<&'static str> {
        let field = self.field?;
        let credentials::Step::Key(channel) = field.steps.get(1)? else {
            return None;
        };
        if field.steps[0] != credentials::Step::Key("channels") {
            return None;
        }
        match (*channel, field.meant_key()) {
            ("telegram" | "zalo", "botToken") => Some("tokenFile"),
            ("irc", "password") => Some("passwordFile"),
            ("nextcloud-talk", "apiPassword") => Some("apiPasswordFile"),
            ("nextcloud-talk", "botSecret") => Some("botSecretFile"),
            ("qqbot", "clientSecret") => Some("clientSecretFile"),
            ("googlechat", "serviceAccount") => Some("serviceAccountFile"),
            _ => None,
        }
    }
}

/// Whether the module has an option `environment`, whose values it reads from files: that of Home Manager, since May 2026.
pub fn has_environment_option(subject: Subject<'_>) -> bool {
    subject.configuration.source == Source::HomeManager && subject.era >= Era::RuntimePackages
}

/// The file with the variables of the gateway's process, and what names it. launchd has no such files, and OpenClaw itself reads
/// one in its state directory (`.env`, docs/help/environment.md of the package openclaw@2026.6.11).
pub fn environment_file(subject: Subject<'_>) -> String {
    let configuration = subject.configuration;
    let program = configuration.option_root.rsplit('.').next();
    match (configuration.source, program) {
        (Source::HomeManager, _) if is_for_macos(configuration) => {
            "the file `.env` in OpenClaw's state directory (`~/.openclaw/.env`)".to_string()
        }
        (Source::HomeManager, Some(program)) => format!(
            "a file that `systemd.user.services.{program}-gateway.Service.EnvironmentFile` names"
        ),
        _ => "a file that `services.openclaw-gateway.environmentFiles` names".to_string(),
    }
}

/// A placeholder as it has to be written in the source, with the quotes around it.
pub fn placeholder(subject: Subject<'_>, variable: &str) -> String {
    match subject.configuration.language {
        Language::Nix => format!("\"\\${{{variable}}}\""),
        Language::Json => format!("\"${{{variable}}}\""),
        Language::JsonInIndentedString => format!("\"''${{{variable}}}\""),
        Language::JsonInString => format!("\\\"\\${{{variable}}}\\\""),
    }
}

/// Whether Nix makes the file that OpenClaw reads.
pub fn is_nix(subject: Subject<'_>) -> bool {
    subject.configuration.language != Language::Json
}

/// Calls `visit` for every value of the rendered configuration and for every variable that is provided around it,
/// but not for session variables.
pub fn visit_sites(subject: Subject<'_>, instance: &Instance, visit: &mut dyn FnMut(&Site<'_>)) {
    subject.visit_fields(instance, &mut |field| {
        visit(&Site {
            node: field.node(),
            role: field.role,
            field: Some(field),
            variable: None,
        });
    });
    let roles = subject.variable_roles(instance);
    for (variable, role) in instance.variables.iter().zip(roles.iter()) {
        if !matches!(
            variable.provision,
            Provision::ModuleEnvironment | Provision::ServiceEnvironment
        ) {
            continue;
        }
        let (Some(_), Some(value)) = (&variable.name, &variable.value) else {
            continue;
        };
        visit(&Site {
            node: value,
            role: *role,
            field: None,
            variable: Some(variable),
        });
    }
}
