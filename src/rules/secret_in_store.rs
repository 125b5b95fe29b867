//! A secret that Nix copies into the store.

use super::problems::finding as of_problem;
use super::secrets::{environment_file, has_environment_option};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Problem, ProblemKind, Provision, Source, Variable};
use crate::openclaw::credentials::{
    self, Role, Written, classify, is_secret_variable, secret_spans,
};
use crate::openclaw::secret_patterns::looks_generated;
use crate::openclaw::tree::{Kind, Node, TextPart, Unknown, Value};
use crate::report::finding::{Consequence, Finding, Severity};
use crate::workspace::source::Span;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "secret-in-store",
    summary: "A secret is copied into the world-readable Nix store",
    consequence: Consequence::LeaksSecret,
    explanation: "\
Everything that Nix builds from is readable by every user of the machine. `builtins.readFile ./key` puts the content of \
the file into openclaw.json, and with it into the store; a path literal (`tokenFile = ./token;`) copies the file itself; \
session variables are written into a profile script in the store, and commands of services (`--token ...`) and scripts lie there as \
well, and so do the texts of files (`home.file.NAME.text`), of templates of sops-nix beside their placeholders, and of skills, which \
are searched for keys of known formats. `builtins.readFile config.sops.secrets.key.path` reads the \
decrypted file while Nix evaluates: in a flake Nix refuses to, and with `--impure` its content ends in the store.

Decrypt secrets on the machine (sops-nix, agenix) and write the path where they will lie as a text, `\"/run/secrets/key\"` or \
`config.sops.secrets.key.path`.",
    refused: &[
        r#"{
  home.sessionVariables.KIMI_API_KEY = "sk-kimi-Q4w8Zr1Tn6Yb3Xc9Vm2L";
  programs.openclaw.enable = true;
}
"#,
        r#"{ config, ... }:
{
  programs.openclaw = {
    enable = true;
    config.gateway.auth.token = builtins.readFile config.sops.secrets.gateway-token.path;
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "${./documents}/kimi-api-key";
  };
}
"#,
        r#"{
  home.file.".config/notes/env".text = "NOTES=ghp_0123456789abcdefGHIJKLMNOPqrstuvwxyz";
  programs.openclaw.enable = true;
}
"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/kimi-api-key";
    config.channels.telegram.tokenFile = "/run/secrets/telegram-bot-token";
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    for problem in &subject.configuration.problems {
        if problem.kind == ProblemKind::SecretInStore && !is_of_variable(problem, instance) {
            let mut finding = of_problem(subject, &INFO, problem);
            finding.consequence = Consequence::LeaksSecret;
            sink.secret_spans.extend(problem.span);
            sink.findings.push(finding);
        }
    }
    for variable in &instance.variables {
        if let Some(finding) = of_variable(subject, variable) {
            if let Some(value) = &variable.value {
                sink.secret_spans.extend(secret_spans(value));
            }
            sink.findings.push(finding);
        }
    }
    subject.visit_fields(instance, &mut |field| {
        let node = field.node();
        let read = is_read_from_file(node) && field.role.is_secret();
        if !(read || is_in_store(node) && is_secret_file(field.key(), field.steps)) {
            return;
        }
        let message = if read {
            format!(
                "the content of a file is copied into `{}`, and with it into the store",
                field.path()
            )
        } else {
            format!("the file for `{}` is copied into the store", field.path())
        };
        sink.findings.push(
            Finding::new(INFO.id, Consequence::LeaksSecret, message)
                .at(if read { used_at(node) } else { node.place.primary() })
                .path(field.path())
                .help(if read {
                    "provide it as a variable from a file outside of the store, and write a placeholder"
                } else {
                    "write the path as a text, where the secret will lie on the machine: `\"/run/secrets/...\"`"
                }),
        );
    });
}

/// Whether a secret stands in the value of a variable that a service has: of that `hardcoded-secret` tells.
fn is_of_variable(problem: &Problem, instance: &Instance) -> bool {
    let Some(span) = problem.span else {
        return false;
    };
    instance.variables.iter().any(|variable| {
        variable.provision == Provision::ServiceEnvironment
            && variable
                .value
                .as_ref()
                .and_then(|value| value.place.primary())
                .is_some_and(|value| {
                    value.file == span.file && value.start <= span.start && span.end <= value.end
                })
    })
}

/// Whether the text is the content of a file that Nix reads: known not to be seen here, or beginning at the very first byte of
/// a file, where a literal in a source would have its quote.
pub(super) fn is_read_from_file(node: &Node) -> bool {
    let of_file =
        |unknown: &Unknown| matches!(unknown.kind, Some(Kind::FileContent | Kind::FilePart));
    match &node.value {
        Value::Unknown(unknown) => of_file(unknown),
        Value::Text(text) => {
            text.parts.iter().any(|part| match part {
                TextPart::Known { text, span } => {
                    !text.is_empty() && span.is_some_and(|span| span.start == 0)
                }
                TextPart::Unknown(unknown) => of_file(unknown),
            })
            // What is made of a file may be something else: a path with a name out of it, a placeholder.
            && text.known().is_none_or(|known| {
                matches!(classify(&known), Written::Known(_) | Written::Literal)
            })
        }
        _ => false,
    }
}

/// Where the content of a file is used, instead of the file itself.
fn used_at(node: &Node) -> Option<Span> {
    node.place
        .definition
        .or(node.place.via.first().map(|step| step.span))
        .or(node.place.primary())
}

/// Whether a value is a path that Nix copies into the store.
fn is_in_store(node: &Node) -> bool {
    match &node.value {
        Value::Path(path) => {
            // What lies outside of the tree is told otherwise, or not copied.
            !path.absolute.starts_with("/run/") && !path.absolute.starts_with("/var/")
        }
        Value::Text(text) => {
            text.known_prefix().starts_with("/nix/store/")
                || matches!(
                    text.parts.first(),
                    Some(TextPart::Unknown(unknown))
                        if unknown.kind == Some(Kind::StorePath)
                )
        }
        _ => false,
    }
}

/// Whether a path is written as such, `./key`, and not inserted into a string, `"${./key}"`: only the latter is a string,
/// which an option of strings takes.
pub(super) fn is_path_literal(node: &Node) -> bool {
    match (&node.value, node.place.span) {
        (Value::Path(path), Some(span)) => span.len() as usize == path.written.len(),
        _ => false,
    }
}

/// Whether a field names a file with a secret in it.
fn is_secret_file(key: &str, steps: &[credentials::Step<'_>]) -> bool {
    use credentials::Step::Key;
    matches!(
        key,
        "tokenFile"
            | "botTokenFile"
            | "passwordFile"
            | "secretFile"
            | "apiPasswordFile"
            | "botSecretFile"
            | "clientSecretFile"
            | "serviceAccountFile"
            | "identityFile"
    ) || matches!(
        steps,
        [Key("secrets"), Key("providers"), Key(_), Key("path")]
    )
}

fn of_variable(subject: Subject<'_>, variable: &Variable) -> Option<Finding> {
    let value = variable.value.as_deref()?;
    let span = if is_read_from_file(value) {
        used_at(value).or(variable.span)
    } else {
        value.place.primary().or(variable.span)
    };
    match variable.provision {
        Provision::ServiceEnvironmentFile if is_in_store(value) => Some(
            Finding::new(
                INFO.id,
                Consequence::LeaksSecret,
                "the environment file is copied into the store, where everybody on the machine can read it",
            )
            // What is in it may be no secret.
            .at_most(Severity::Warning)
            .at(span)
            .path("environmentFiles")
            .help("write its path as a text, where it will lie on the machine: `\"/run/secrets/openclaw.env\"`"),
        ),
        Provision::ModuleEnvironment | Provision::ServiceEnvironment
            if is_read_from_file(value)
                && variable.name.as_deref().is_some_and(is_secret_variable) =>
        {
            let name = variable.name.as_deref().unwrap_or_default();
            Some(
                Finding::new(
                    INFO.id,
                    Consequence::LeaksSecret,
                    format!("the content of a file is copied into the variable `{name}`, and with it into the store"),
                )
                .at(span)
                .path(variable.path())
                .help(match subject.configuration.source {
                    Source::HomeManager => "write the path of the file: the module reads it when the gateway starts",
                    _ => "provide it in a file outside of the store that the unit reads as its environment",
                }),
            )
        }
        Provision::ModuleEnvironment | Provision::ServiceEnvironment
            if is_in_store(value)
                && !is_path_literal(value)
                && variable.name.as_deref().is_some_and(is_secret_variable) =>
        {
            let name = variable.name.as_deref().unwrap_or_default();
            Some(
                Finding::new(
                    INFO.id,
                    Consequence::LeaksSecret,
                    format!("the file for the variable `{name}` is copied into the store"),
                )
                .at(span)
                .path(variable.path())
                .help("write the path as a text, where the secret will lie on the machine: `\"/run/secrets/...\"`"),
            )
        }
        Provision::SessionVariables => {
            let name = variable.name.as_deref()?;
            if !is_secret_variable(name) {
                return None;
            }
            let text = value.as_str()?;
            let read = is_read_from_file(value);
            let severity = match classify(&text) {
                Written::Known(_) => Severity::Error,
                Written::Literal if read || looks_generated(&text) => Severity::Error,
                Written::Literal if text.len() >= 6 && !text.contains(char::is_whitespace) => Severity::Warning,
                _ => return None,
            };
            let option = match subject.configuration.source {
                Source::HomeManager => "home.sessionVariables",
                _ => "sessionVariables",
            };
            Some(
                Finding::new(
                    INFO.id,
                    Consequence::LeaksSecret,
                    format!("the session variable `{name}` holds a secret, and the store holds session variables"),
                )
                .at_most(severity)
                .at(span)
                .path(format!("{option}.{name}"))
                .help(match subject.configuration.source {
                    Source::NixosService | Source::HomeManager if !has_environment_option(subject) => {
                        format!("provide it in {}", environment_file(subject))
                    }
                    _ => format!(
                        "provide it from a file outside of the store: `programs.openclaw.environment.{name} = \"/run/secrets/...\"`"
                    ),
                }),
            )
        }
        _ => None,
    }
}

/// Whether another rule should leave a field to this one.
pub(super) fn tells(role: Role, node: &Node) -> bool {
    role.is_secret() && is_read_from_file(node)
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    #[test]
    fn session_variables_stand_in_the_store() {
        let outcome = case("{}")
            .home_manager(&[])
            .variable_with(
                "KIMI_API_KEY",
                Provision::SessionVariables,
                "q8w7e6r5t4z3u2i1",
            )
            .variable_with(
                "OPENAI_API_KEY",
                Provision::SessionVariables,
                "$(cat /run/secrets/x)",
            )
            .variable_with(
                "KIMI_API_KEY_FILE",
                Provision::SessionVariables,
                "/run/secrets/x",
            )
            .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error home.sessionVariables.KIMI_API_KEY: q8w7e6r5t4z3u2i1"]
        );
        assert_eq!(outcome.secret_spans.len(), 1);
    }
}
