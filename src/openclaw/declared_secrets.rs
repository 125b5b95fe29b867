//! Secrets of sops-nix and agenix that are read under a name that no definition in sight has.
//!
//! Nix fails on such a read (`attribute 'x' missing`). Secrets may be declared in modules that are not here: where there are such, only a
//! name that nearly is that of a declared one is told.

use super::configuration::{Problem, ProblemKind};
use super::programs::names_program;
use super::tree::{Node, Text, TextPart, Unknown, Value};
use crate::nearest::{alternatives, nearest};
use crate::workspace::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What is read, and the option that declares it.
const READ: &[(&str, &str)] = &[
    ("sops.secrets", "sops.secrets"),
    ("sops.placeholder", "sops.secrets"),
    ("sops.templates", "sops.templates"),
    ("age.secrets", "age.secrets"),
];

/// How modules call the configurations that secrets are read from.
const CONFIGURATIONS: &[&str] = &["config", "osConfig", "nixosConfig", "darwinConfig"];

/// What is read of a secret.
const ATTRIBUTES: &[&str] = &["path", "name", "file", "content", "sopsFileHash"];

/// Units with these names run OpenClaw; what other units read is not looked at.
const UNITS: &[&str] = &[
    "systemd.services",
    "systemd.user.services",
    "launchd.agents",
];

/// The problems that `options` and what belongs to them around read secrets that seem misspelt. `declared` holds the
/// surroundings in all worlds; `is_complete` says that no module that may declare more is out of sight.
pub fn misspelt(
    options: &Node,
    around: &[(&'static str, Rc<Node>)],
    declared: &[(&'static str, Rc<Node>)],
    is_complete: bool,
) -> Vec<Problem> {
    let declared = Declared::new(declared);
    if declared.0.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut look = |node: &Node| {
        node.walk(&mut |_, node| {
            let mut read = |unknown: &Unknown, place: Option<Span>| {
                let problem = problem(unknown, place, &declared, is_complete);
                found.extend(problem.filter(|problem| !found.contains(problem)));
            };
            match &node.value {
                Value::Unknown(unknown) => read(unknown, node.place.primary()),
                Value::Text(text) => {
                    for (index, part) in text.parts.iter().enumerate() {
                        if let TextPart::Unknown(unknown) = part {
                            let place = interpolation(text, index);
                            read(unknown, place.or(node.place.primary()));
                        }
                    }
                }
                _ => {}
            }
        });
    };
    look(options);
    for (path, node) in around {
        if *path == "sops.templates" {
            look(node);
        }
        let units = node.as_object().filter(|_| UNITS.contains(path));
        for (name, unit) in units.iter().flat_map(|units| &units.entries) {
            if names_program(name) {
                look(unit);
            }
        }
    }
    found
}

/// The names that definitions give in any world, by the option; `None` where they are not all known.
struct Declared(BTreeMap<&'static str, Option<BTreeSet<String>>>);

impl Declared {
    fn new(surroundings: &[(&'static str, Rc<Node>)]) -> Self {
        let mut declared = BTreeMap::new();
        for (option, node) in surroundings {
            if READ.iter().any(|(_, declaring)| declaring == option) {
                let names = declared
                    .entry(*option)
                    .or_insert_with(|| Some(BTreeSet::new()));
                if !names.as_mut().is_some_and(|names| add_names(node, names)) {
                    *names = None;
                }
            }
        }
        Declared(declared)
    }
}

fn problem(
    unknown: &Unknown,
    place: Option<Span>,
    declared: &Declared,
    is_complete: bool,
) -> Option<Problem> {
    let (read, option, name) = secret(unknown.subject.as_deref()?)?;
    let names = declared.0.get(option)?.as_ref()?;
    if names.contains(name) {
        return None;
    }
    let near = nearest(name, names.iter().map(String::as_str));
    // A module that is not here may declare one of any name, and so may the system around a user.
    let is_own = unknown
        .subject
        .as_deref()
        .is_some_and(|subject| subject.starts_with("config."));
    if near.is_none() && !(is_complete && is_own) {
        return None;
    }
    let mut problem = Problem::new(
        ProblemKind::UnknownSecret,
        format!("`{read}.{name}` is read, and no definition of `{option}` here has that name"),
        unknown.span.or(place),
    );
    problem.help = Some(match near {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!(
            "Declare it, or read one of those that are declared: {}.",
            alternatives(names.iter().map(String::as_str))
        ),
    });
    problem.subject = Some(name.to_string());
    Some(problem)
}

/// The place of a part of a text between parts that are written there.
fn interpolation(text: &Text, index: usize) -> Option<Span> {
    let written = |part: Option<&TextPart>| match part {
        Some(TextPart::Known { span, .. }) => *span,
        _ => None,
    };
    let before = written(text.parts.get(index.checked_sub(1)?))?;
    let after = written(text.parts.get(index + 1))?;
    let is_between = before.file == after.file && before.end < after.start;
    is_between.then(|| Span::new(before.file, before.end, after.start))
}

/// The secret that an unknown value comes from: what is read, the option that declares it, and its name.
fn secret(subject: &str) -> Option<(&'static str, &'static str, &str)> {
    let (configuration, rest) = subject.split_once('.')?;
    if !CONFIGURATIONS.contains(&configuration) {
        return None;
    }
    READ.iter().find_map(|(read, option)| {
        let rest = rest.strip_prefix(read)?.strip_prefix('.')?;
        let name = match rest.rsplit_once('.') {
            Some((name, attribute)) if ATTRIBUTES.contains(&attribute) => name,
            _ => rest,
        };
        Some((*read, *option, name))
    })
}

/// Adds the names that a set has in any world; `false` where they are not all known.
fn add_names(node: &Node, names: &mut BTreeSet<String>) -> bool {
    match &node.value {
        Value::Object(object) => {
            names.extend(object.entries.keys().cloned());
            object.open.is_none()
        }
        Value::Choice(_, then, otherwise) => [then, otherwise]
            .into_iter()
            .flatten()
            .all(|branch| add_names(branch, names)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_secret_may_hold_dots_and_slashes() {
        let name = |subject| secret(subject).map(|(_, option, name)| (option, name));
        assert_eq!(
            name("config.sops.secrets.openclaw/a.b.path"),
            Some(("sops.secrets", "openclaw/a.b"))
        );
        assert_eq!(
            name("osConfig.age.secrets.key"),
            Some(("age.secrets", "key"))
        );
        assert_eq!(
            name("config.sops.placeholder.key"),
            Some(("sops.secrets", "key"))
        );
        for other in [
            "config.sops.secrets",
            "secrets.sops.secrets.key.path",
            "config.programs.x",
        ] {
            assert_eq!(name(other), None, "{other}");
        }
    }
}
