//! The types of the options of nix-openclaw's modules.
//!
//! Established by evaluating the modules of the commits at which the eras begin; no option changed its type. `config` is not
//! looked into: that is the schema of OpenClaw. Which options an era has is told by [`super::module_options`].

use super::tree::{Kind, Node, Unknown, Value};
use crate::workspace::source::Span;

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Type {
    Boolean,
    Text,
    Integer,
    /// A number from 0 to 65535.
    Port,
    Path,
    /// A path that may be that of a rendered file, of which the contents are seen.
    Contents,
    Texts,
    TextMap,
    PathMap,
    OneOf(&'static [&'static str]),
    Package,
    Packages,
    /// A set of options: only a set can be merged into it.
    Set,
    /// A module of its own, which may be given as a file or as a function as well.
    Module,
    /// A list of those.
    Modules,
    /// A set of those, by names of the user's own.
    ModuleMap,
}

/// One option: its path (`*` for any name, `[]` for an element) and its type.
type Declared = (&'static str, Type);

impl Type {
    /// What it takes, in words.
    fn phrase(self) -> &'static str {
        match self {
            Boolean => "`true` or `false`",
            Package => "a package",
            Packages => "a list of packages",
            Set | Type::Module => "an attribute set",
            Modules => "a list of attribute sets",
            ModuleMap => "an attribute set of attribute sets",
            Text | OneOf(_) => "a string",
            Integer | Port => "an integer",
            Path | Contents => "a path",
            Texts => "a list of strings",
            TextMap => "an attribute set of strings",
            PathMap => "an attribute set of paths",
        }
    }
}

use Type::{
    Boolean, Contents, Integer, ModuleMap, Modules, OneOf, Package, Packages, Path, PathMap, Port,
    Set, Text, TextMap, Texts,
};

/// The Home Manager module, below `programs.openclaw` and its older names.
static HOME_MANAGER: &[Declared] = &[
    ("enable", Boolean),
    ("installApp", Boolean),
    ("stateDir", Text),
    ("workspaceDir", Text),
    ("toolNames", Texts),
    ("excludeTools", Texts),
    ("exposePluginPackages", Boolean),
    ("package", Package),
    ("appPackage", Package),
    ("runtimePackages", Packages),
    ("config", Type::Module),
    ("launchd", Set),
    ("launchd.enable", Boolean),
    ("launchd.label", Text),
    ("systemd", Set),
    ("systemd.enable", Boolean),
    ("systemd.unitName", Text),
    ("reloadScript", Set),
    ("reloadScript.enable", Boolean),
    ("skills", Modules),
    ("skills[].name", Text),
    ("skills[].description", Text),
    ("skills[].homepage", Text),
    ("skills[].body", Text),
    ("skills[].mode", OneOf(&["symlink", "copy", "inline"])),
    ("skills[].source", Text),
    ("skills[].openclaw", Set),
    ("bundledPlugins", Set),
    ("bundledPlugins.*", Set),
    ("bundledPlugins.*.enable", Boolean),
    ("bundledPlugins.*.config", Set),
    ("customPlugins", Modules),
    ("customPlugins[].source", Text),
    ("customPlugins[].config", Set),
    ("workspace", Set),
    ("workspace.pinAgentDefaults", Boolean),
    ("workspace.bootstrapFiles", Type::Module),
    ("workspace.bootstrapFiles.agents", Path),
    ("workspace.bootstrapFiles.soul", Path),
    ("workspace.bootstrapFiles.tools", Path),
    ("workspace.bootstrapFiles.identity", Path),
    ("workspace.bootstrapFiles.user", Path),
    ("workspace.bootstrapFiles.heartbeat", Path),
    ("workspace.files", PathMap),
    ("environment", TextMap),
    ("qmd", Set),
    ("qmd.prewarmModels.enable", Boolean),
    ("runtimePlugins", Texts),
    ("runtimePluginSources", Modules),
    ("runtimePluginSources[].id", Text),
    ("runtimePluginSources[].spec", Text),
    ("runtimePluginSources[].url", Text),
    ("runtimePluginSources[].hash", Text),
    ("runtimePluginSources[].npmDepsHash", Text),
    ("instances", ModuleMap),
    ("instances.*.enable", Boolean),
    ("instances.*.package", Package),
    ("instances.*.runtimePackages", Packages),
    ("instances.*.config", Type::Module),
    ("instances.*.plugins", Modules),
    ("instances.*.plugins[].source", Text),
    ("instances.*.plugins[].config", Set),
    ("instances.*.runtimePluginSources", Modules),
    ("instances.*.stateDir", Text),
    ("instances.*.workspaceDir", Text),
    ("instances.*.configPath", Text),
    ("instances.*.logPath", Text),
    ("instances.*.gatewayPort", Integer),
    ("instances.*.gatewayPath", Text),
    ("instances.*.gatewayPnpmDepsHash", Text),
    ("instances.*.launchd", Set),
    ("instances.*.launchd.enable", Boolean),
    ("instances.*.launchd.label", Text),
    ("instances.*.systemd", Set),
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
    ("package", Package),
    ("servicePath", Packages),
    ("config", Set),
    ("unitName", Text),
    ("port", Port),
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
        // Nearly all begin otherwise, which needs no taking apart.
        .filter(|(path, _)| path.starts_with(step) || path.starts_with('*'))
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
        // The module sees the text that is made of it.
        let is_text = node.place.is_rendered;
        let expected = match (kind, &node.value) {
            (
                Boolean | Text | Texts | Integer | Port | Packages | OneOf(_) | TextMap | Modules,
                Value::Unknown(unknown),
            ) if is_package(unknown) => Some(kind.phrase().to_string()),
            (_, Value::Unknown(_) | Value::Failed(_) | Value::Choice(..)) => None,
            (_, Value::Null) if takes_null(shown) => None,
            (Text | Contents, _) if is_text => None,
            (Text, Value::Path(path)) if path.is_string => None,
            (Path | Contents | Package, _) if node.place.is_file => None,
            (Type::Module, _) if node.place.is_file => None,
            (Boolean, Value::Boolean(_))
            | (Text, Value::Text(_))
            | (Integer, Value::Integer(_))
            | (Path | Contents, Value::Path(_))
            | (Contents, Value::Object(_) | Value::Text(_)) => None,
            (Path, Value::Text(text)) => {
                let is_relative = text.known().is_some_and(|text| !text.starts_with('/'));
                is_relative.then(|| "a path".to_string())
            }
            (OneOf(values), Value::Text(text)) => text
                .known()
                .filter(|text| !values.contains(&text.as_str()))
                .map(|_| {
                    let values: Vec<String> =
                        values.iter().map(|value| format!("\"{value}\"")).collect();
                    format!("one of {}", values.join(", "))
                }),
            (Texts | Packages, Value::List(list))
                if list.items.iter().any(|item| is_function(item)) =>
            {
                let function = list.items.iter().find(|item| is_function(item));
                self.issues.push(Issue {
                    path: shown.to_string(),
                    span: function.and_then(|item| item.place.primary()),
                    message: format!("`{shown}` has a function in it, and its arguments beside it"),
                    help: Some("Put the call in parentheses.".to_string()),
                });
                None
            }
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
            (Package, Value::Text(text)) => text
                .known()
                .filter(|text| is_name_of_package(text))
                .map(|_| "a package".to_string()),
            (Packages, Value::List(list)) => {
                for (index, item) in list.items.iter().enumerate() {
                    self.check_type(item, Package, &format!("{shown}[{index}]"));
                }
                None
            }
            // A derivation is a set as well, and a path leads to one in the store.
            (Package, Value::Object(_) | Value::Path(_)) if !is_text => None,
            (Set | Type::Module | ModuleMap, Value::Object(_)) if !is_text => None,
            // What is rendered may be a set in Nix.
            (Set, Value::Text(text)) if text.known().is_none() => None,
            (Type::Module, Value::Path(_)) => None,
            (Modules, Value::List(list)) => {
                for (index, item) in list.items.iter().enumerate() {
                    self.check_type(item, Type::Module, &format!("{shown}[{index}]"));
                }
                None
            }
            (Port, Value::Integer(number)) if (0..=65535).contains(number) => None,
            (Port, Value::Integer(_)) => Some("a port from 0 to 65535".to_string()),
            (kind, _) => Some(kind.phrase().to_string()),
        };
        let Some(expected) = expected else { return };
        let help = match (&node.value, expected.as_str()) {
            (Value::Integer(number), "a string") => Some(format!("Write `\"{number}\"`.")),
            (Value::Boolean(flag), "a string") => Some(format!("Write `\"{flag}\"`.")),
            (Value::Text(_), "a list of strings") => Some("Put brackets around it.".to_string()),
            (Value::Text(_), "a path") => Some("Write a path: `./documents/...`.".to_string()),
            (Value::Text(text), "a package") => text
                .known()
                .map(|name| format!("Write `pkgs.{name}`, without quotes.")),
            (Value::Text(_) | Value::Path(_), "a list of packages") => {
                Some("Put brackets around it.".to_string())
            }
            (Value::Unknown(_), "a list of packages") => {
                Some("Put brackets around it.".to_string())
            }
            (Value::Unknown(package), "a string") => package
                .subject
                .as_ref()
                .map(|package| format!("Its path in the store is `\"${{{package}}}\"`.")),
            (Value::Object(_), "a list of attribute sets") => {
                Some("Put brackets around it: a list has no names.".to_string())
            }
            (_, "an attribute set")
                if is_text || matches!(node.value, Value::Text(_)) && shown.ends_with("config") =>
            {
                Some("Write the set itself: the module makes JSON of it.".to_string())
            }
            (Value::Path(_), "a string") if shown.ends_with("source") => {
                Some("Write it as a string with the path in it: `\"${./...}\"`.".to_string())
            }
            (Value::Path(_), "a string") => {
                Some("Write a string; a path literal would be copied into the store.".to_string())
            }
            _ => None,
        };
        self.issues.push(Issue {
            message: format!(
                "`{shown}` takes {expected}, not {}",
                match is_text {
                    true => "the text that is made of this value",
                    false => name_of(&node.value),
                }
            ),
            path: shown.to_string(),
            span: node.place.primary().or(node.place.key),
            help,
        });
    }
}

/// Packages that nixpkgs has had for years under these names, and that no overlay makes something else of. Any other attribute of `pkgs`
/// may be a function, a set or a list.
const PACKAGES: &[&str] = &[
    "bash",
    "chromium",
    "coreutils",
    "curl",
    "docker",
    "fd",
    "ffmpeg",
    "findutils",
    "gawk",
    "gh",
    "git",
    "gnugrep",
    "gnused",
    "gnutar",
    "go",
    "htop",
    "imagemagick",
    "jq",
    "neovim",
    "nix",
    "nodejs",
    "nodejs_20",
    "nodejs_22",
    "openclaw",
    "openclaw-gateway",
    "openssh",
    "openssl",
    "pandoc",
    "pnpm",
    "python3",
    "python311",
    "python312",
    "python313",
    "ripgrep",
    "rsync",
    "signal-cli",
    "sqlite",
    "tmux",
    "tree",
    "unzip",
    "uv",
    "vim",
    "wget",
    "yq",
    "yq-go",
    "yt-dlp",
    "zip",
];

/// Whether what is not known is surely a package: one of those, or an output for packages of a flake, which has nothing else there.
fn is_package(unknown: &Unknown) -> bool {
    let Some(subject) = &unknown.subject else {
        return false;
    };
    let names: Vec<&str> = subject.split('.').collect();
    match names.as_slice() {
        ["pkgs", name] => PACKAGES.contains(name),
        ["inputs", _, "packages", _, _] => true,
        _ => false,
    }
}

fn is_function(node: &Node) -> bool {
    matches!(&node.value, Value::Unknown(unknown) if unknown.kind == Some(Kind::Function))
}

/// Whether an option takes `null`, by its path below the root (`nullOr` in the modules, the same in all eras).
fn takes_null(path: &str) -> bool {
    let (above, last) = path.rsplit_once('.').unwrap_or(("", path));
    if above == "environment" || above.ends_with(".environment") {
        return false;
    }
    match last {
        "toolNames"
        | "appPackage"
        | "documents"
        | "bootstrapFiles"
        | "heartbeat"
        | "homepage"
        | "openclaw"
        | "spec"
        | "url"
        | "npmDepsHash"
        | "gatewayPath"
        | "gatewayPnpmDepsHash"
        | "configFile"
        | "execStart" => true,
        "source" => above.starts_with("skills["),
        "id" => !above.contains("runtimePluginSources["),
        _ => false,
    }
}

/// Whether a text can be nothing but the name of a package: what is rendered, and paths in the store, are no such names.
fn is_name_of_package(text: &str) -> bool {
    const LONGEST_NAME: usize = 60;
    text.len() <= LONGEST_NAME
        && !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte))
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
        Value::Unknown(_) => "a package",
        Value::Choice(..) | Value::Failed(_) => "this value",
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
            "workspaceDir": null, "instances": {"work": {"gatewayPort": "18789", "enable": true, "config": "{}"}}, "appPackage": null,
            "package": "openclaw", "runtimePackages": ["jq", "/nix/store/x", {"$unknown": "u"}], "bundledPlugins": ["summarize"],
            "customPlugins": ["github:acme/plugin"], "runtimePluginSources": {"a": {}}, "launchd": "off"
        }));
        let found: Vec<String> = check(&options, Module::HomeManager)
            .into_iter()
            .map(|issue| issue.path)
            .collect();
        assert_eq!(
            found,
            [
                "bundledPlugins",
                "customPlugins[0]",
                "enable",
                "environment.PORT",
                "instances.work.config",
                "instances.work.gatewayPort",
                "launchd",
                "package",
                "runtimePackages[0]",
                "runtimePluginSources",
                "runtimePlugins",
                "skills[0].mode",
                "workspace.bootstrapFiles.agents",
                "workspaceDir"
            ]
        );
    }
}
