//! What becomes of placeholders before a configuration is checked.

use crate::openclaw::configuration::{Instance, Provision};
use crate::openclaw::placeholders::{Form, scan};
use crate::openclaw::tree::{Node, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What is known of the variables that OpenClaw sees when it reads a configuration.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Variables that are there; with their value where it is known.
    named: BTreeMap<String, Option<String>>,
    /// Whether there may be others: a file of variables whose names are not known.
    open: bool,
}

/// A text with its placeholders filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Filled<'t> {
    /// What OpenClaw will see.
    Known(Cow<'t, str>),
    /// What OpenClaw will see if none of these variables is set: they stay in the text as they are.
    Unless(Cow<'t, str>, Vec<String>),
    /// A variable of unknown value fills a part of it.
    Unknown,
}

impl Environment {
    /// No variable is known.
    pub fn empty() -> Self {
        Environment::default()
    }

    /// The variables of an instance's process, with those that its configuration sets itself.
    pub fn of(instance: &Instance) -> Self {
        let mut environment = Environment::empty();
        for variable in &instance.variables {
            // Shells see these, the gateway's service does not.
            if variable.provision == Provision::SessionVariables {
                continue;
            }
            match &variable.name {
                Some(name) => {
                    // The value of a module's variable may be a path of a file that is read at start, and then
                    // it is not the text that stands there.
                    environment.named.insert(name.clone(), None);
                }
                // Nothing is known of the process that reads a file by itself: then what stays in the text if the
                // variable is not set is worth saying.
                None if variable.provision == Provision::ServiceEnvironment
                    && variable.span.is_none() => {}
                None => environment.open = true,
            }
        }
        environment.add_own(&instance.config);
        environment
    }

    /// Makes a variable known.
    pub fn set(&mut self, name: impl Into<String>, value: Option<String>) {
        self.named.insert(name.into(), value);
    }

    /// Adds what the configuration sets itself, in `env.vars` and `env`; the process's own variables win.
    pub fn add_own(&mut self, config: &Node) {
        let Some(block) = config.get("env").and_then(|env| env.as_object()) else {
            return;
        };
        let vars = block.entries.get("vars").and_then(|vars| vars.as_object());
        if block.open.is_some() || vars.is_some_and(|vars| vars.open.is_some()) {
            self.open = true;
        }
        let flat = block
            .entries
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "vars" | "shellEnv"));
        for (name, node) in vars.iter().flat_map(|vars| &vars.entries).chain(flat) {
            let value = match &node.value {
                Value::Text(text) => text.known(),
                _ => None,
            };
            // OpenClaw ignores blank values and those that hold a placeholder themselves.
            let ignored = value.as_ref().is_some_and(|value| {
                value.trim().is_empty()
                    || scan(value)
                        .iter()
                        .any(|placeholder| placeholder.form == Form::Replaced)
            });
            if !ignored {
                self.named.entry(name.clone()).or_insert(value);
            }
        }
    }

    /// What OpenClaw makes of a text.
    pub fn fill<'t>(&self, text: &'t str) -> Filled<'t> {
        if !text.contains("${") {
            return Filled::Known(Cow::Borrowed(text));
        }
        let mut filled = String::new();
        let mut unless = Vec::new();
        let mut from = 0;
        for placeholder in scan(text) {
            filled.push_str(&text[from..placeholder.range.start]);
            let written = &text[placeholder.range.clone()];
            match placeholder.form {
                Form::Replaced => match self.named.get(&placeholder.name) {
                    Some(Some(value)) if value.is_empty() => filled.push_str(written),
                    Some(Some(value)) => filled.push_str(value),
                    Some(None) => return Filled::Unknown,
                    None if self.open => return Filled::Unknown,
                    None => {
                        filled.push_str(written);
                        if !unless.contains(&placeholder.name) {
                            unless.push(placeholder.name);
                        }
                    }
                },
                Form::Escaped => filled.push_str(&written[1..]),
                Form::Ignored(_) => filled.push_str(written),
            }
            from = placeholder.range.end;
        }
        filled.push_str(&text[from..]);
        if unless.is_empty() {
            Filled::Known(Cow::Owned(filled))
        } else {
            Filled::Unless(Cow::Owned(filled), unless)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing::node;
    use serde_json::json;

    #[test]
    fn a_configuration_fills_its_own_placeholders_but_not_through_each_other() {
        let config = node(&json!({"env": {"vars": {"A": "x", "B": "${A}", "C": " "}, "D": "y"}}));
        let mut environment = Environment::empty();
        environment.add_own(&config);
        assert_eq!(environment.fill("${A}-${D}"), Filled::Known("x-y".into()));
        for name in ["B", "C"] {
            let text = format!("${{{name}}}");
            assert_eq!(
                environment.fill(&text),
                Filled::Unless(text.as_str().into(), vec![name.to_string()])
            );
        }
    }

    #[test]
    fn what_is_set_to_something_unknown_is_unknown_and_an_escape_is_text() {
        let mut environment = Environment::empty();
        environment.set("KEY", None);
        assert_eq!(environment.fill("x${KEY}"), Filled::Unknown);
        assert_eq!(environment.fill("$${KEY}"), Filled::Known("${KEY}".into()));
        assert_eq!(environment.fill("${key}"), Filled::Known("${key}".into()));
        assert_eq!(environment.fill("plain"), Filled::Known("plain".into()));
    }
}
