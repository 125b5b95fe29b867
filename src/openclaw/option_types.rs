//! The types of the options of nix-openclaw's modules.
//!
//! Established by evaluating the modules of the commits at which the eras begin; no option changed its type. `config` is not
//! looked into: that is the schema of OpenClaw. Which options an era has is told by [`super::module_options`].

use super::tree::{Node, Value};
use crate::workspace::source::Span;

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Type {
    Boolean,
    Text,
    Integer,
    Path,
    /// A path that may be that of a rendered file, of which the contents are seen.
    Contents,
    Texts,
    TextMap,
    PathMap,
    OneOf(&'static [&'static str]),
}

/// One option: its path (`*` for any name, `[]` for an element) and its type.
type Declared = (&'static str, Type);

use Type::{Boolean, Contents, Integer, OneOf, Path, PathMap, Text, TextMap, Texts};

/// The Home Manager module (packages and free attribute sets are not looked at), below `programs.openclaw` and its older names.
static HOME_MANAGER: &[Declared] = &[
    ("enable", Boolean),
    ("installApp", Boolean),
    ("stateDir", Text),
    ("workspaceDir", Text),
    ("toolNames", Texts),
    ("excludeTools", Texts),
    ("exposePluginPackages", Boolean),
    ("launchd.enable", Boolean),
    ("launchd.label", Text),
    ("systemd.enable", Boolean),
    ("systemd.unitName", Text),
    ("reloadScript.enable", Boolean),
    ("skills[].name", Text),
    ("skills[].description", Text),
    ("skills[].homepage", Text),
    ("skills[].body", Text),
    ("skills[].mode", OneOf(&["symlink", "copy", "inline"])),
    ("bundledPlugins.*.enable", Boolean),
    ("customPlugins[].source", Text),
    ("workspace.pinAgentDefaults", Boolean),
    ("workspace.bootstrapFiles.agents", Path),
    ("workspace.bootstrapFiles.soul", Path),
    ("workspace.bootstrapFiles.tools", Path),
    ("workspace.bootstrapFiles.identity", Path),
    ("workspace.bootstrapFiles.user", Path),
    ("workspace.bootstrapFiles.heartbeat", Path),
    ("workspace.files", PathMap),
    ("environment", TextMap),
    ("qmd.prewarmModels.enable", Boolean),
    ("runtimePlugins", Texts),
    ("runtimePluginSources[].id", Text),
    ("runtimePluginSources[].spec", Text),
    ("runtimePluginSources[].url", Text),
    ("runtimePluginSources[].hash", Text),
    ("runtimePluginSources[].npmDepsHash", Text),
    ("instances.*.enable", Boolean),
    ("instances.*.stateDir", Text),
    ("instances.*.workspaceDir", Text),
    ("instances.*.configPath", Text),
    ("instances.*.logPath", Text),
    ("instances.*.gatewayPort", Integer),
    ("instances.*.gatewayPath", Text),
    ("instances.*.gatewayPnpmDepsHash", Text),
    ("instances.*.launchd.enable", Boolean),
    ("instances.*.launchd.label", Text),
    ("instances.*.systemd.enable", Boolean),
    ("instances.*.systemd.unitName", Text),
    ("instances.*.app.install.enable", Boolean),
    ("instances.*.app.install.path", Text),
    ("instances.*.appDefaults.enable", Boolean),
    ("instances.*.appDefaults.attachExistingOnly", Boolean),
    ("instances.*.appDefaults.nixMode", Boolean),
    ("instances.*.environment", TextMap),
    ("instances.*.runtimePlugins", Texts),
];

/// The NixOS module, below `services.openclaw-gateway`.
static NIXOS: &[Declared] = &[
    ("enable", Boolean),
    ("unitName", Text),
    ("port", Integer),
    ("user", Text),
    ("group", Text),
    ("createUser", Boolean),
    ("stateDir", Text),
    ("workingDirectory", Text),
    ("configPath", Text),
    ("configFile", Contents),
    ("logPath", Text),
    ("environment", TextMap),
    ("environmentFiles", Texts),
    ("execStart", Text),
    ("execStartPre", Texts),
    ("restart", Text),
    ("restartSec", Integer),
];

/// A definition whose value the module refuses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issue {
    /// The option's path below the root.
    pub path: String,
    /// Where it is defined.
    pub span: Option<Span>,
    /// What is wrong, in plain words.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// Which module's options.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Module {
    /// The Home Manager module.
    HomeManager,
    /// The NixOS module.
    Nixos,
}

/// Compares the definitions below the module's root with the types of its options.
pub fn check(options: &Node, module: Module) -> Vec<Issue> {
    let mut checker = Checker { issues: Vec::new() };
    let table = match module {
        Module::HomeManager => HOME_MANAGER,
        Module::Nixos => NIXOS,
    };
    checker.walk(options, table, "");
    checker.issues
}

struct Checker {
    issues: Vec<Issue>,
}

/// The first step of a path, and the rest of it.
fn first_step(path: &'static str) -> (&'static str, &'static str) {
    if let Some(rest) = path.strip_prefix("[]") {
        return ("[]", rest.strip_prefix('.').unwrap_or(rest));
    }
    match path.find(['.', '[']) {
        Some(end) => (&path[..end], path[end..].trim_start_matches('.')),
        None => (path, ""),
    }
}

/// The options below one step of the way, with the rest of their paths.
fn below(options: &[Declared], step: &str) -> Vec<Declared> {
    options
        .iter()
        .filter_map(|(path, kind)| {
            let (first, rest) = first_step(path);
            let is_it = first == step || first == "*" && step != "[]";
            (is_it && !path.is_empty()).then_some((rest, *kind))
        })
        .collect()
}

impl Checker {
    /// Looks at a value that the options lead to: one of them may end here, the others are below.
    fn walk(&mut self, node: &Node, options: &[Declared], shown: &str) {
        if let Some((_, kind)) = options.iter().find(|(path, _)| path.is_empty()) {
            self.check_type(node, *kind, shown);
        }
        if options.iter().all(|(path, _)| path.is_empty()) {
            return;
        }
        match &node.value {
            Value::Object(object) => {
                for (key, child) in &object.entries {
                    let options = below(options, key);
                    if options.is_empty() {
                        continue;
                    }
                    let shown = if shown.is_empty() {
                        key.clone()
                    } else {
                        format!("{shown}.{key}")
                    };
                    self.walk(child, &options, &shown);
                }
            }
            Value::List(list) => {
                let options = below(options, "[]");
                if options.is_empty() {
                    return;
                }
                for (index, item) in list.items.iter().enumerate() {
                    self.walk(item, &options, &format!("{shown}[{index}]"));
                }
            }
            _ => {}
        }
    }

    fn check_type(&mut self, node: &Node, kind: Type, shown: &str) {
        let expected = match (kind, &node.value) {
            (_, Value::Unknown(_) | Value::Null | Value::Failed(_) | Value::Choice(..)) => None,
            (Boolean, Value::Boolean(_))
            | (Text, Value::Text(_))
            | (Integer, Value::Integer(_))
            | (Path | Contents, Value::Path(_))
            | (Contents, Value::Object(_) | Value::Text(_)) => None,
            (Path, Value::Text(text)) => {
                // The contents of a file that is rendered here are no path at all.
                let relative = text.known().is_some_and(|text| {
                    !text.starts_with('/')
                        && !text.is_empty()
                        && !text.contains(|character: char| character.is_whitespace())
                });
                relative.then(|| "a path".to_string())
            }
            (OneOf(values), Value::Text(text)) => text
                .known()
                .filter(|text| !values.contains(&text.as_str()))
                .map(|_| {
                    let values: Vec<String> =
                        values.iter().map(|value| format!("\"{value}\"")).collect();
                    format!("one of {}", values.join(", "))
                }),
            (Texts, Value::List(list)) => {
                for (index, item) in list.items.iter().enumerate() {
                    self.check_type(item, Text, &format!("{shown}[{index}]"));
                }
                None
            }
            (TextMap | PathMap, Value::Object(object)) => {
                let kind = if kind == TextMap { Text } else { Path };
                for (key, item) in &object.entries {
                    self.check_type(item, kind, &format!("{shown}.{key}"));
                }
                None
            }
            (Boolean, _) => Some("`true` or `false`".to_string()),
            (Text, _) => Some("a string".to_string()),
            (Integer, _) => Some("an integer".to_string()),
            (Path | Contents, _) => Some("a path".to_string()),
            (OneOf(_), _) => Some("a string".to_string()),
            (Texts, _) => Some("a list of strings".to_string()),
            (TextMap, _) => Some("an attribute set of strings".to_string()),
            (PathMap, _) => Some("an attribute set of paths".to_string()),
        };
        let Some(expected) = expected else { return };
        let help = match (&node.value, expected.as_str()) {
            (Value::Integer(number), "a string") => Some(format!("Write `\"{number}\"`.")),
            (Value::Boolean(flag), "a string") => Some(format!("Write `\"{flag}\"`.")),
            (Value::Text(_), "a list of strings") => Some("Put brackets around it.".to_string()),
            (Value::Text(_), "a path") => Some("Write a path: `./documents/...`.".to_string()),
            (Value::Path(_), "a string") => {
                Some("Write a string; a path literal would be copied into the store.".to_string())
            }
            _ => None,
        };
        self.issues.push(Issue {
            message: format!("`{shown}` takes {expected}, not {}", name_of(&node.value)),
            path: shown.to_string(),
            span: node.place.primary().or(node.place.key),
            help,
        });
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "`null`",
        Value::Boolean(_) => "a truth value",
        Value::Integer(_) => "an integer",
        Value::Float(_) => "a number",
        Value::Text(_) => "this string",
        Value::Path(_) => "a path",
        Value::List(_) => "a list",
        Value::Object(_) => "an attribute set",
        Value::Unknown(_) | Value::Choice(..) | Value::Failed(_) => "this value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing::node;
    use serde_json::json;

    #[test]
    fn types_are_those_of_the_options() {
        let options = node(&json!({
            "enable": "yes", "environment": {"PORT": 18789, "KEY": "/run/x"}, "runtimePlugins": "slack",
            "skills": [{"name": "a", "mode": "link"}], "config": {"anything": 1}, "stateDir": {"$unknown": "u"},
            "workspace": {"bootstrapFiles": {"agents": "documents/AGENTS.md", "soul": "/etc/SOUL.md"}},
            "instances": {"work": {"gatewayPort": "18789", "enable": true}}, "appPackage": null
        }));
        let found: Vec<String> = check(&options, Module::HomeManager)
            .into_iter()
            .map(|issue| issue.path)
            .collect();
        assert_eq!(
            found,
            [
                "enable",
                "environment.PORT",
                "instances.work.gatewayPort",
                "runtimePlugins",
                "skills[0].mode",
                "workspace.bootstrapFiles.agents"
            ]
        );
    }
}
