//! The types of the options that nix-openclaw's modules declare, era by era, and values that do not have them.
//!
//! `declared.tsv` is made by `releases/generate/module-options/generate.py` from the modules themselves. What lies
//! below `config` is OpenClaw's schema and not checked here.

use super::configuration::{Configuration, Problem, ProblemKind, Source};
use super::nearest::nearest;
use super::tree::{Node, Value};
use crate::releases::Era;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A declaration of an option for a run of eras.
struct Declared {
    kind: &'static str,
    first: Era,
    last: Era,
}

/// Declarations by path; `<>` stands for a name under `attrsOf` or an element of a list.
static DECLARED: LazyLock<BTreeMap<&'static str, Vec<Declared>>> = LazyLock::new(|| {
    let mut declared: BTreeMap<&'static str, Vec<Declared>> = BTreeMap::new();
    for line in include_str!("declared.tsv").lines() {
        let mut fields = line.split('\t');
        let (Some(path), Some(kind), Some(first), Some(last)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let era = |name: &str| Era::ALL.into_iter().find(|era| era.name() == name);
        if let (Some(first), Some(last)) = (era(first), era(last)) {
            declared
                .entry(path)
                .or_default()
                .push(Declared { kind, first, last });
        }
    }
    declared
});

/// Sets whose names are compared with `module_options`, which knows what became of those that are gone.
const NAMES_ELSEWHERE: &[&str] = &[
    "programs",
    "programs.instances.<>",
    "programs.workspace",
    "programs.workspace.bootstrapFiles.<>",
    "services",
];

/// What is wrong with the definitions of a configuration's options in an era.
pub fn problems(configuration: &Configuration, era: Era) -> Vec<Problem> {
    let (Some(options), true) = (
        &configuration.options,
        configuration.source != Source::RenderedFile,
    ) else {
        return Vec::new();
    };
    let root = match configuration.source {
        Source::NixosService => "services",
        _ => "programs",
    };
    // The gateway's module is known from the era on in which the plugin options were removed.
    if configuration.source == Source::NixosService && era < Era::PluginsRemoved {
        return Vec::new();
    }
    let mut checker = Checker {
        era,
        shown_root: &configuration.option_root,
        found: Vec::new(),
    };
    checker.set(options, root, "");
    checker.found
}

struct Checker<'a> {
    era: Era,
    shown_root: &'a str,
    found: Vec<Problem>,
}

impl Checker<'_> {
    /// The attributes of a set of options. `pattern` is its path in the declarations, `shown` its path below the root as written.
    fn set(&mut self, node: &Node, pattern: &str, shown: &str) {
        let Value::Object(object) = &node.value else {
            return;
        };
        for (name, child) in &object.entries {
            let path = format!("{pattern}.{name}");
            let shown = join(shown, name);
            match self.declaration(&path) {
                Some(kind) => self.option(child, kind, &path, &shown),
                None if self.has_below(&path, true) => self.set(child, &path, &shown),
                None => self.undeclared(child, &path, &shown, name, pattern),
            }
        }
    }

    /// The type of the option at a path in this era.
    fn declaration(&self, path: &str) -> Option<&'static str> {
        DECLARED
            .get(path)?
            .iter()
            .find(|declared| declared.first <= self.era && self.era <= declared.last)
            .map(|declared| declared.kind)
    }

    /// Whether options are declared below a path: in this era, or in any.
    fn has_below(&self, path: &str, in_this_era: bool) -> bool {
        let prefix = format!("{path}.");
        DECLARED
            .range(prefix.as_str()..)
            .take_while(|(known, _)| known.starts_with(&prefix))
            .any(|(_, declared)| {
                !in_this_era
                    || declared
                        .iter()
                        .any(|declared| declared.first <= self.era && self.era <= declared.last)
            })
    }

    fn option(&mut self, node: &Node, kind: &str, path: &str, shown: &str) {
        let kind = kind.trim_end_matches(" hidden");
        if path.ends_with(".config") {
            if matches!(accepts("attrs", node), Some(false)) {
                self.wrong_type(node, "a set", shown);
            }
            return;
        }
        if accepts(kind, node) == Some(false) {
            return self.wrong_type(node, &phrase(kind), shown);
        }
        let below = format!("{path}.<>");
        if !self.has_below(&below, true) {
            return;
        }
        match (&node.value, kind.contains("attrsOf"), kind.contains("listOf")) {
            (Value::Object(object), true, _) => {
                for (name, child) in &object.entries {
                    self.set(child, &below, &join(shown, name));
                }
            }
            (Value::List(list), _, true) => {
                for (index, child) in list.items.iter().enumerate() {
                    self.set(child, &below, &format!("{shown}[{index}]"));
                }
            }
            (Value::Object(_), false, false) => self.set(node, &below, shown),
            _ => {}
        }
    }

    fn undeclared(&mut self, node: &Node, path: &str, shown: &str, name: &str, parent: &str) {
        if NAMES_ELSEWHERE.contains(&parent) {
            return;
        }
        let prefix = format!("{parent}.");
        let siblings: Vec<&str> = DECLARED
            .range(prefix.as_str()..)
            .take_while(|(known, _)| known.starts_with(&prefix))
            .filter(|(_, declared)| {
                declared
                    .iter()
                    .any(|declared| declared.first <= self.era && self.era <= declared.last)
            })
            .filter_map(|(known, _)| known[prefix.len()..].split('.').next())
            .collect();
        let near = nearest(name, siblings);
        let removed = DECLARED.contains_key(path) || self.has_below(path, false);
        self.push(ProblemKind::UnknownOption, node, shown, |shown| {
            if removed {
                format!("the option `{shown}` does not exist in the nix-openclaw that is used here")
            } else {
                format!("the option `{shown}` does not exist")
            }
        });
        if let (Some(near), Some(last)) = (near, self.found.last_mut()) {
            last.help = Some(format!("did you mean `{near}`?"));
        }
    }

    fn wrong_type(&mut self, node: &Node, expected: &str, shown: &str) {
        let given = given(node);
        self.push(ProblemKind::OptionType, node, shown, |shown| {
            format!("the option `{shown}` takes {expected}, and {given} is given")
        });
    }

    fn push(
        &mut self,
        kind: ProblemKind,
        node: &Node,
        shown: &str,
        message: impl FnOnce(&str) -> String,
    ) {
        let shown = join(self.shown_root, shown);
        let span = match kind {
            ProblemKind::OptionType => node.place.primary(),
            _ => node.place.key.or(node.place.primary()),
        };
        let mut problem = Problem::new(kind, message(&shown), span);
        problem.path = Some(shown);
        self.found.push(problem);
    }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_string()
    } else if name.is_empty() {
        parent.to_string()
    } else {
        format!("{parent}.{name}")
    }
}

/// Whether a value is of a type, as far as that is known: `None` where it is not.
fn accepts(kind: &str, node: &Node) -> Option<bool> {
    if matches!(
        node.value,
        Value::Unknown(_) | Value::Failed(_) | Value::Choice(..)
    ) {
        return None;
    }
    if let Some(inner) = kind.strip_prefix("nullOr ") {
        if matches!(node.value, Value::Null) {
            return Some(true);
        }
        return accepts(inner, node);
    }
    if let Some(values) = kind.strip_prefix("enum ") {
        let text = node.as_str()?;
        return Some(values.contains(&format!("\"{text}\"")));
    }
    let elements = |inner: &str, nodes: &mut dyn Iterator<Item = &std::rc::Rc<Node>>| {
        let mut all = Some(true);
        for node in nodes {
            match accepts(inner, node) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => all = None,
            }
        }
        all
    };
    if let Some(inner) = kind
        .strip_prefix("listOf (")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return match &node.value {
            Value::List(list) => elements(inner, &mut list.items.iter()),
            _ => Some(false),
        };
    }
    if let Some(inner) = kind
        .strip_prefix("attrsOf (")
        .or_else(|| kind.strip_prefix("lazyAttrsOf ("))
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return match &node.value {
            Value::Object(object) => elements(inner, &mut object.entries.values()),
            _ => Some(false),
        };
    }
    Some(match kind {
        "bool" => matches!(node.value, Value::Boolean(_)),
        "int" => matches!(node.value, Value::Integer(_)),
        "unsignedInt16" => node
            .as_integer()
            .is_some_and(|number| (0..=65535).contains(&number)),
        // A path in a string is a string; a path literal is none.
        "str" => match &node.value {
            Value::Text(_) => true,
            // What is known as a place may have been a string with a store path.
            Value::Path(path) => path.written.is_empty(),
            _ => false,
        },
        "path" => match &node.value {
            Value::Path(_) => true,
            Value::Text(text) => match text.known() {
                Some(text) => text.starts_with('/'),
                None => return None,
            },
            _ => false,
        },
        "attrs" | "openclaw-config-attrs" | "submodule" => {
            matches!(node.value, Value::Object(_))
        }
        "package" => return None,
        _ => return None,
    })
}

/// A type in words.
fn phrase(kind: &str) -> String {
    if let Some(inner) = kind.strip_prefix("nullOr ") {
        return format!("{} or `null`", phrase(inner));
    }
    if let Some(values) = kind.strip_prefix("enum ") {
        let values: Vec<&str> = values
            .trim_matches(['[', ']'])
            .split(',')
            .collect();
        return format!("one of {}", values.join(", "));
    }
    if let Some(inner) = kind
        .strip_prefix("listOf (")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return format!("a list of {}", plural(inner));
    }
    if let Some(inner) = kind
        .strip_prefix("attrsOf (")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return format!("a set of {}", plural(inner));
    }
    match kind {
        "bool" => "`true` or `false`",
        "int" => "an integer",
        "unsignedInt16" => "an integer from 0 to 65535",
        "str" => "a string",
        "path" => "a path",
        "attrs" | "openclaw-config-attrs" | "submodule" => "a set",
        _ => "another type",
    }
    .to_string()
}

fn plural(kind: &str) -> &'static str {
    match kind {
        "str" => "strings",
        "int" => "integers",
        "path" => "paths",
        "package" => "packages",
        "submodule" => "sets",
        _ => "values of another type",
    }
}

fn given(node: &Node) -> &'static str {
    match &node.value {
        Value::Null => "`null`",
        Value::Boolean(_) => "a Boolean",
        Value::Integer(_) => "an integer",
        Value::Float(_) => "a float",
        Value::Text(_) => "a string",
        Value::Path(_) => "a path",
        Value::List(_) => "a list with other elements or in place of another type",
        Value::Object(_) => "a set with other values or in place of another type",
        _ => "another value",
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{configuration, node};
    use super::*;
    use serde_json::json;

    fn found(options: serde_json::Value, era: Era) -> Vec<(ProblemKind, String)> {
        let mut configuration = configuration(&json!({}));
        configuration.source = Source::HomeManager;
        configuration.option_root = "programs.openclaw".into();
        configuration.options = Some(node(&options));
        problems(&configuration, era)
            .into_iter()
            .map(|problem| (problem.kind, problem.path.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn unknown_options_and_wrong_types_are_found_below_the_first_level_too() {
        let options = json!({
            "instances": { "work": { "gatewayPort": "1", "config": { "anything": 1 } } },
            "environment": { "A": 1 },
            "systemd": { "enabel": true },
        });
        assert_eq!(
            found(options, Era::BootstrapFiles),
            vec![
                (
                    ProblemKind::OptionType,
                    "programs.openclaw.environment".to_string()
                ),
                (
                    ProblemKind::OptionType,
                    "programs.openclaw.instances.work.gatewayPort".to_string()
                ),
                (
                    ProblemKind::UnknownOption,
                    "programs.openclaw.systemd.enabel".to_string()
                ),
            ]
        );
    }

    #[test]
    fn each_era_has_its_types() {
        let options = json!({ "firstParty": { "sag": { "enable": 1 } } });
        assert_eq!(found(options.clone(), Era::SchemaConfig).len(), 1);
        assert!(found(options, Era::BootstrapFiles).is_empty());
    }
}
