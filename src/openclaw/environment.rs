//! Which variables the process of an instance will have, and how sure that is.

use super::configuration::{Configuration, Instance, Provision, Source, Variable};
use super::placeholders;
use super::tree::{Lookup, Node, Value};
use crate::workspace::source::Span;

/// What the sources say about one variable.
#[derive(Clone, Debug)]
pub enum Provided<'a> {
    /// It is set, and not to nothing.
    Yes,
    /// It is set to nothing, which OpenClaw takes for not set.
    Empty(Option<Span>),
    /// `env.vars` sets it to a text with a placeholder, and OpenClaw skips such an entry.
    Skipped(Option<Span>),
    /// Only shells see it.
    SessionOnly(&'a Variable),
    /// Something that the sources do not show may set it: why, and where that is.
    Perhaps(String, Option<Span>),
    /// Nothing sets it.
    No,
}

impl Provided<'_> {
    /// How close it comes to a variable that is there.
    fn rank(&self) -> u8 {
        match self {
            Provided::Yes => 4,
            Provided::Perhaps(..) => 3,
            Provided::SessionOnly(_) => 2,
            Provided::Empty(_) | Provided::Skipped(_) => 1,
            Provided::No => 0,
        }
    }
}

/// Variables that every service has, or that nix-openclaw sets for it.
static ALWAYS: &[&str] = &[
    "HOME",
    "HOSTNAME",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LANG",
    "LOGNAME",
    "OPENCLAW_CONFIG_PATH",
    "OPENCLAW_HOME",
    "OPENCLAW_NIX_MODE",
    "OPENCLAW_STATE_DIR",
    "PATH",
    "PWD",
    "SHELL",
    "TERM",
    "TMPDIR",
    "USER",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_STATE_HOME",
];

/// Whether `name` will have a value when the gateway of `instance` starts.
pub fn provided<'a>(
    configuration: &'a Configuration,
    instance: &'a Instance,
    name: &str,
) -> Provided<'a> {
    if ALWAYS.contains(&name) {
        return Provided::Yes;
    }
    let mut weaker = None;
    for variable in &instance.variables {
        if variable.name.as_deref() != Some(name) {
            continue;
        }
        match variable.provision {
            Provision::SessionVariables => {
                weaker.get_or_insert(Provided::SessionOnly(variable));
            }
            // Read from the configuration itself, below.
            Provision::ConfigurationEnvironment => {}
            _ if is_blank(variable.value.as_deref()) => {
                weaker = Some(Provided::Empty(variable.span));
            }
            _ => return Provided::Yes,
        }
    }
    match in_configuration(&instance.config, name) {
        Some(Provided::Yes) => return Provided::Yes,
        Some(other) => weaker = Some(other),
        None => {}
    }
    if let Some(perhaps) = unknown_source(configuration, instance) {
        return perhaps;
    }
    weaker.unwrap_or(Provided::No)
}

/// What the sources say about variables of which one is enough: the best that they say about any.
pub fn provided_any<'a, 'n>(
    configuration: &'a Configuration,
    instance: &'a Instance,
    names: impl IntoIterator<Item = &'n str>,
) -> Provided<'a> {
    let mut best = Provided::No;
    for name in names {
        let one = provided(configuration, instance, name);
        if one.rank() > best.rank() {
            best = one;
        }
    }
    best
}

fn is_blank(value: Option<&Node>) -> bool {
    value.is_some_and(|value| match &value.value {
        Value::Null => true,
        Value::Text(text) => text.known().is_some_and(|text| text.trim().is_empty()),
        _ => false,
    })
}

/// What `env.vars.<name>` and `env.<name>` of the configuration do for it.
fn in_configuration(config: &Node, name: &str) -> Option<Provided<'static>> {
    let env = match config.lookup("env") {
        Lookup::Present(env) => env,
        Lookup::Absent => return None,
        Lookup::Unknown(unknown) => {
            return Some(Provided::Perhaps(
                format!(
                    "`env` of the configuration is not known here: {}",
                    unknown.reason
                ),
                unknown.span,
            ));
        }
    };
    let mut found = None;
    for holder in [env.get("vars"), Some(env)].into_iter().flatten() {
        match holder.lookup(name) {
            Lookup::Present(value) => {
                let Some(text) = value.as_text() else {
                    found = Some(Provided::Yes);
                    continue;
                };
                let known = text.known();
                found = Some(match known {
                    Some(text) if text.trim().is_empty() => Provided::Empty(value.place.primary()),
                    Some(text)
                        if placeholders::scan(&text)
                            .iter()
                            .any(|found| found.form == placeholders::Form::Replaced) =>
                    {
                        Provided::Skipped(value.place.primary())
                    }
                    _ => Provided::Yes,
                });
            }
            Lookup::Unknown(unknown) => {
                // A key that is there with a value that is not known counts as set.
                let there = holder.get(name).is_some();
                found = Some(if there {
                    Provided::Yes
                } else {
                    Provided::Perhaps(unknown.reason.clone(), unknown.span)
                });
            }
            Lookup::Absent => {}
        }
        if matches!(found, Some(Provided::Yes)) {
            break;
        }
    }
    // The login shell is asked only for what is not set otherwise.
    if env
        .at_keys("shellEnv.enabled")
        .and_then(|flag| flag.as_bool())
        == Some(true)
        && !matches!(found, Some(Provided::Yes))
    {
        return Some(Provided::Perhaps(
            "`env.shellEnv` takes over the variables of the login shell".to_string(),
            env.get("shellEnv").and_then(|shell| shell.place.primary()),
        ));
    }
    found
}

/// A source of variables whose names are not known.
fn unknown_source<'a>(configuration: &Configuration, instance: &Instance) -> Option<Provided<'a>> {
    // A file says nothing of the process that reads it, unless something else in the sources does.
    if configuration.source == Source::RenderedFile
        && !instance
            .variables
            .iter()
            .any(|variable| variable.name.is_none() && variable.span.is_some())
        && !instance.variables.iter().any(|variable| {
            variable.name.is_some()
                && matches!(
                    variable.provision,
                    Provision::ServiceEnvironment
                        | Provision::ModuleEnvironment
                        | Provision::CommandLine
                )
        })
    {
        return Some(Provided::Perhaps(
            "the environment of the process that reads this file is not described here (`--env-file` names its variables)"
                .to_string(),
            None,
        ));
    }
    if let Some(variable) = instance
        .variables
        .iter()
        .find(|variable| variable.name.is_none())
    {
        let what = match variable.provision {
            Provision::ServiceEnvironmentFile => {
                "the names of the variables in the environment file are not known here"
            }
            Provision::SessionVariables => return None,
            _ => "not all variables of the environment are known here",
        };
        return Some(Provided::Perhaps(what.to_string(), variable.span));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::configuration::Language;
    use crate::openclaw::testing;
    use serde_json::json;

    fn variable(name: Option<&str>, provision: Provision, value: &str) -> Variable {
        Variable {
            name: name.map(str::to_string),
            provision,
            option: None,
            value: Some(Node::text(value, None)),
            span: None,
        }
    }

    fn home(config: serde_json::Value, variables: Vec<Variable>) -> Configuration {
        let mut configuration = testing::configuration(&config);
        configuration.source = Source::HomeManager;
        configuration.language = Language::Nix;
        configuration.instances[0].variables = variables;
        configuration
    }

    fn ask(configuration: &Configuration, name: &str) -> String {
        let provided = provided(configuration, &configuration.instances[0], name);
        let text = format!("{provided:?}");
        text.split(['(', ' ']).next().unwrap().to_string()
    }

    #[test]
    fn what_provides_a_variable() {
        let configuration = home(
            json!({"env": {"vars": {"A": "1", "B": "", "C": "${A}"}, "D": "1"}}),
            vec![
                variable(Some("E"), Provision::ModuleEnvironment, "/run/secrets/e"),
                variable(Some("F"), Provision::SessionVariables, "x"),
                variable(Some("G"), Provision::ServiceEnvironment, ""),
            ],
        );
        for (name, expected) in [
            ("A", "Yes"),
            ("B", "Empty"),
            ("C", "Skipped"),
            ("D", "Yes"),
            ("E", "Yes"),
            ("F", "SessionOnly"),
            ("G", "Empty"),
            ("H", "No"),
            ("HOME", "Yes"),
        ] {
            assert_eq!(ask(&configuration, name), expected, "{name}");
        }
    }

    #[test]
    fn an_environment_file_may_hold_any_variable() {
        let configuration = home(
            json!({}),
            vec![variable(
                None,
                Provision::ServiceEnvironmentFile,
                "/run/openclaw.env",
            )],
        );
        assert_eq!(ask(&configuration, "X"), "Perhaps");
    }

    #[test]
    fn a_file_by_itself_says_nothing_of_its_process() {
        let mut configuration = testing::configuration(&json!({}));
        assert_eq!(ask(&configuration, "X"), "Perhaps");
        configuration.instances[0].variables =
            vec![variable(Some("Y"), Provision::CommandLine, "x")];
        assert_eq!(ask(&configuration, "X"), "No");
        let shell = home(json!({"env": {"shellEnv": {"enabled": true}}}), vec![]);
        assert_eq!(ask(&shell, "X"), "Perhaps");
    }
}
