//! A variable that the start script of the Home Manager module cannot set as it is written.

use super::consequence::absence;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Configuration, Instance, Provision, Source, Variable};
use crate::openclaw::environment::{Provided, provided};
use crate::openclaw::placeholders::is_variable_name;
use crate::openclaw::tree::{Node, Object, Place, Text, TextPart, Value};
use crate::report::finding::{Consequence, Edit, Finding, Fix};
use crate::workspace::source::Span;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "start-script",
    summary: "A variable does not come through the script that starts the gateway",
    consequence: Consequence::GatewayRefuses,
    explanation: "\
The Home Manager module writes a script for each instance that sets the variables of `environment` and of the plugins, with \
each value between double quotes, and then starts the gateway. It runs with `set -euo pipefail` (`config.nix` at 71b85a7). So

- a name that is none for a shell (`KIMI-API-KEY`) ends the script: \"not a valid identifier\";
- `$NAME` in a value is expanded, and ends the script where nothing sets `NAME`: \"unbound variable\". A placeholder that \
belongs into `config` does that here, as it names the variable itself;
- `~` and `%h` at the beginning of a path are not expanded: the file is not found, and the path becomes the value;
- a double quote in a value ends the text, so quotes are lost, and what stands behind a blank too. JSON does not survive it.

Write the path of a file; `$HOME` for the home directory works.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "\${KIMI_API_KEY}";
    config.models.providers.kimi.apiKey = "\${KIMI_API_KEY}";
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    environment = {
      KIMI-API-KEY = "/run/secrets/kimi-api-key";
      OPENROUTER_API_KEY = "~/.secrets/openrouter";
      PROXY_SETTINGS = "{\"port\": 8080}";
    };
  };
}
"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment = {
      KIMI_API_KEY = "/run/secrets/kimi-api-key";
      OPENROUTER_API_KEY = "$HOME/.secrets/openrouter";
    };
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    if subject.configuration.source != Source::HomeManager {
        return;
    }
    for variable in &instance.variables {
        let (Some(name), Provision::ModuleEnvironment) = (&variable.name, variable.provision)
        else {
            continue;
        };
        let found = if is_shell_name(name) {
            in_value(subject, instance, variable, name)
        } else {
            Some(invalid_name(name))
        };
        if let Some(finding) = found {
            let value = variable.value.as_ref();
            let place = value.and_then(|value| value.place.primary());
            let place = match is_shell_name(name) {
                true => place.or(variable.span),
                false => variable.span.or(place),
            };
            sink.findings.push(finding.at(place).path(variable.path()));
        }
    }
}

/// Whether a shell takes a name for that of a variable.
fn is_shell_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn invalid_name(name: &str) -> Finding {
    Finding::new(
        INFO.id,
        Consequence::GatewayRefuses,
        format!(
            "no shell takes `{name}` for the name of a variable, and the start script ends there"
        ),
    )
    .help("letters, digits and `_` make a name, and it does not begin with a digit")
}

fn in_value(
    subject: Subject<'_>,
    instance: &Instance,
    variable: &Variable,
    name: &str,
) -> Option<Finding> {
    let value = variable.value.as_ref()?;
    let Value::Text(text) = &value.value else {
        return None;
    };
    let start = text.known_prefix();
    for (sign, what) in [
        ("~/", "`~` between quotes"),
        ("%h/", "`%h`, which is systemd's"),
    ] {
        if start.starts_with(sign) {
            return Some(unexpanded(name, what, sign, text.locate(0..sign.len() - 1)));
        }
    }
    let pieces = known_pieces(text);
    let expanded: Vec<&str> = pieces.iter().flat_map(|piece| expansions(piece)).collect();
    if !expanded.is_empty() {
        let before = before_it(instance, name);
        let unset_name = expanded
            .into_iter()
            .find(|used| !may_be_set(subject.configuration, &before, used));
        if let Some(used) = unset_name {
            return Some(absence(subject, unset(name, used)));
        }
    }
    pieces
        .iter()
        .any(|piece| has_quote(piece))
        .then(|| quoted(name))
}

/// What is known of a text, in pieces between what is not: that may hold anything.
fn known_pieces(text: &Text) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for part in &text.parts {
        match (part, pieces.last_mut()) {
            (TextPart::Known { text, .. }, Some(piece)) => piece.push_str(text),
            _ => pieces.push(String::new()),
        }
    }
    pieces
}

/// A path of which the beginning stays as it is.
fn unexpanded(name: &str, what: &str, sign: &str, place: Option<Span>) -> Finding {
    let finding = Finding::new(
        INFO.id,
        Consequence::FailsInUse,
        format!("the start script does not expand {what}, so the path itself becomes the value of `{name}`"),
    )
    .help("write the whole path, or `$HOME` for the home directory, which the script expands");
    match place.filter(|place| place.len() as usize == sign.len() - 1) {
        Some(span) => finding.fix(Fix {
            title: "Write `$HOME`".into(),
            safe: false,
            edits: vec![Edit {
                span,
                text: "$HOME".into(),
            }],
        }),
        None => finding,
    }
}

fn unset(name: &str, used: &str) -> Finding {
    let what = match (used == name, is_variable_name(used)) {
        (true, _) => {
            format!("the start script sets `{name}` to its own value, and nothing gives it one")
        }
        (false, true) => format!(
            "the start script expands `{used}` in the value of `{name}`, and nothing sets it"
        ),
        // It may be a part of a secret.
        (false, false) => format!(
            "the start script takes what stands behind `$` in the value of `{name}` for a variable, and nothing sets it"
        ),
    };
    let help = match used == name {
        true => {
            "write the path of the file that holds the value; the placeholder belongs into `config`"
        }
        false => "write the path of a file that holds the value: what is in there is not expanded",
    };
    Finding::new(
        INFO.id,
        Consequence::GatewayRefuses,
        format!("{what}, so the gateway does not start"),
    )
    .help(help)
}

fn quoted(name: &str) -> Finding {
    Finding::new(
        INFO.id,
        Consequence::Degrades,
        format!("the start script loses the quotes in the value of `{name}`"),
    )
    .help("put the value into a file and write its path: what is in there stays as it is")
}

/// The instance as it is for the script when it sets `name`: without what OpenClaw's own configuration sets, and without what the
/// script itself sets to that name.
fn before_it(instance: &Instance, name: &str) -> Instance {
    let is_other = |variable: &&Variable| {
        variable.provision != Provision::ModuleEnvironment || variable.name.as_deref() != Some(name)
    };
    Instance {
        name: instance.name.clone(),
        config: Node::new(Value::Object(Object::default()), Place::default()),
        variables: instance
            .variables
            .iter()
            .filter(is_other)
            .cloned()
            .collect(),
        runtime_plugins: None,
    }
}

/// Whether a variable that is expanded in a value has one itself by then, or may have one.
fn may_be_set(configuration: &Configuration, before: &Instance, used: &str) -> bool {
    is_of_shell(used)
        || !matches!(
            provided(configuration, before, used),
            Provided::No | Provided::SessionOnly(_)
        )
}

/// Variables that a shell has by itself, or that a session of systemd or of macOS gives its services beside those of
/// [`provided`].
fn is_of_shell(name: &str) -> bool {
    name.starts_with("BASH")
        || name.starts_with("XDG_")
        || name.starts_with("DBUS_")
        || matches!(
            name,
            "_" | "EPOCHREALTIME"
                | "EPOCHSECONDS"
                | "EUID"
                | "GROUPS"
                | "HOSTTYPE"
                | "IFS"
                | "LINENO"
                | "MACHTYPE"
                | "OPTIND"
                | "OSTYPE"
                | "PPID"
                | "RANDOM"
                | "SECONDS"
                | "SHELLOPTS"
                | "SHLVL"
                | "SRANDOM"
                | "SSH_AUTH_SOCK"
                | "SYSTEMD_EXEC_PID"
                | "UID"
        )
}

/// The variables that a shell expands in a text between double quotes and that have to be set: `$NAME` and `${NAME}`, but not
/// `${NAME:-default}`.
fn expansions(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '$']) {
        if rest[at..].starts_with('\\') {
            // What is escaped is no sign; a character may have several bytes.
            let escaped = rest[at + 1..].chars().next().map_or(0, char::len_utf8);
            rest = &rest[at + 1 + escaped..];
            continue;
        }
        rest = &rest[at + 1..];
        // A command is for the shell that runs it.
        if rest.starts_with('(') {
            break;
        }
        let braced = rest.strip_prefix('{');
        let from = braced.unwrap_or(rest);
        let length = from
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        let name = &from[..length];
        let has_default = braced.is_some() && !from[length..].starts_with('}');
        if is_shell_name(name) && !has_default {
            found.push(name);
        }
        rest = &from[length..];
    }
    found
}

/// Whether a text holds a double quote that ends the one around it.
fn has_quote(text: &str) -> bool {
    let mut is_escaped = false;
    text.bytes().any(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    }) && !text.contains("$(")
        && !text.contains('`')
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Outcome, case};
    use super::*;
    use crate::report::finding::Severity;

    fn set(name: &str, value: &str) -> Outcome {
        case("{}")
            .home_manager(&[])
            .variable_with(name, Provision::ModuleEnvironment, value)
            .run(&RULE)
    }

    #[test]
    fn names_that_a_shell_refuses() {
        assert_eq!(
            set("KIMI-API-KEY", "/run/secrets/kimi").only().consequence,
            Consequence::GatewayRefuses
        );
        assert!(set("9LIVES", "x").findings.len() == 1);
        assert!(set("_OK9", "x").findings.is_empty());
    }

    #[test]
    fn variables_that_nothing_sets() {
        for value in [
            "${KIMI_API_KEY}",
            "$KIMI_API_KEY",
            "pass$word",
            "a${OTHER}b",
        ] {
            assert_eq!(
                set("KIMI_API_KEY", value).only().consequence,
                Consequence::GatewayRefuses,
                "{value}"
            );
        }
        for value in [
            "$HOME/.secrets/kimi",
            "${XDG_RUNTIME_DIR}/kimi",
            "${OTHER:-default}",
            "costs 5$",
            "\\$OTHER",
            "$(cat $SECRET)",
            "$1",
        ] {
            assert!(set("KIMI_API_KEY", value).findings.is_empty(), "{value}");
        }
        let outcome = case("{}")
            .home_manager(&[])
            .variable("TOKEN", Provision::ServiceEnvironment)
            .variable_with("BOT_TOKEN", Provision::ModuleEnvironment, "$TOKEN")
            .run(&RULE);
        assert!(outcome.findings.is_empty());
        let from_file = case("{}")
            .home_manager(&[])
            .variable("", Provision::ServiceEnvironmentFile)
            .variable_with("TOKEN", Provision::ModuleEnvironment, "$TOKEN")
            .run(&RULE);
        assert!(from_file.findings.is_empty());
    }

    #[test]
    fn a_part_of_a_secret_is_not_named() {
        let outcome = set("KIMI_API_KEY", "Xk29$fqz81LmPd7w");
        assert!(!outcome.only().message.contains("fqz"));
    }

    #[test]
    fn beginnings_of_paths() {
        let outcome = set("KIMI_API_KEY", "~/.secrets/kimi");
        assert_eq!(outcome.only().consequence, Consequence::FailsInUse);
        assert!(outcome.fixed().ends_with("$HOME/.secrets/kimi"));
        assert_eq!(set("KIMI_API_KEY", "%h/kimi").findings.len(), 1);
        assert!(set("KIMI_API_KEY", "a~/b").findings.is_empty());
    }

    #[test]
    fn quotes() {
        let outcome = set("PROXY", r#"{"port": 1}"#);
        assert_eq!(outcome.only().severity, Severity::Warning);
        assert!(set("PROXY", r#"{\"port\": 1}"#).findings.is_empty());
    }

    #[test]
    fn the_nixos_service_has_no_script() {
        let outcome = case("{}")
            .nixos()
            .variable_with("A", Provision::ModuleEnvironment, "~/x")
            .run(&RULE);
        assert!(outcome.findings.is_empty());
    }
}
