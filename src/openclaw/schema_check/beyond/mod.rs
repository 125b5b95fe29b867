//! The rules that OpenClaw applies beside its schema: forms of single values, settings that belong together, and
//! names of things that must exist.
//!
//! Each is a fact of releases that were looked at; a rule says from which release on it holds, and nothing is
//! said of releases before.

mod forms;
mod names;
mod relations;
mod roster;
mod senders;

use super::environment::{Environment, Filled};
use super::issue::{Issue, IssueKind};
use super::{Step, path_of};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Node, Value};
use crate::releases::{Release, Version};
use crate::workspace::source::Span;

/// The first release that was asked about its rules: it and those up to June have nearly the same as 2026.6.11
/// (docs/conformance.md).
pub(super) const FEBRUARY: Version = Version::new(2026, 2, 9);
/// The release from which the rules are others.
pub(super) const SEPTEMBER: Version = Version::new(2026, 9, 6);

/// Adds what the rules beside the schema refuse in `config`, the configuration of `instance` as the release reads it.
pub(super) fn check(
    config: &Node,
    instance: &Instance,
    release: &Release,
    environment: &Environment,
    issues: &mut Vec<Issue>,
) {
    if release.version() < FEBRUARY {
        return;
    }
    let mut beyond = Beyond {
        config,
        instance,
        release,
        environment,
        issues: Vec::new(),
    };
    beyond.forms();
    beyond.relations();
    beyond.names();
    beyond.roster();
    beyond.senders();
    // What the schema refuses already is not told again.
    for issue in beyond.issues {
        if !issues.iter().any(|known| known.path == issue.path) {
            issues.push(issue);
        }
    }
}

struct Beyond<'a> {
    config: &'a Node,
    instance: &'a Instance,
    release: &'a Release,
    environment: &'a Environment,
    issues: Vec<Issue>,
}

impl<'a> Beyond<'a> {
    fn is_september(&self) -> bool {
        self.release.version() >= SEPTEMBER
    }

    /// Every node at a pattern of keys, `*` for any key and `[]` for any element: `agents.list[].heartbeat`.
    fn each(&self, pattern: &str) -> Vec<(ConfigPath, &'a Node)> {
        let mut found = Vec::new();
        descend(self.config, Some(pattern), &mut Vec::new(), &mut found);
        found
    }

    /// The text that OpenClaw sees, and the variables on whose absence that rests; `None` for what is no text or not known.
    fn text(&self, node: &Node) -> Option<(String, Vec<String>)> {
        let Value::Text(text) = &node.value else {
            return None;
        };
        let known = text.known()?;
        match self.environment.fill(&known) {
            Filled::Known(text) => Some((text.into_owned(), Vec::new())),
            Filled::Unless(text, unless) => Some((text.into_owned(), unless)),
            Filled::Unknown => None,
        }
    }

    /// The text of a key, where it is certain.
    fn certain(&self, node: &Node, key: &str) -> Option<String> {
        let (text, unless) = self.text(node.get(key)?)?;
        unless.is_empty().then_some(text)
    }

    fn malformed(&mut self, path: ConfigPath, node: &Node, clause: &str, unless: Vec<String>) {
        self.issues.push(Issue {
            path,
            kind: IssueKind::Malformed(clause.to_string()),
            span: node.place.primary(),
            unless_set: unless,
            doubt: None,
        });
    }

    fn conflict(
        &mut self,
        path: ConfigPath,
        span: Option<Span>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.rule(
            "conflicting-settings",
            path,
            span,
            message,
            Some(help.into()),
        );
    }

    fn rule(
        &mut self,
        rule: &'static str,
        path: ConfigPath,
        span: Option<Span>,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.issues.push(Issue {
            path,
            kind: IssueKind::Rule {
                rule,
                message: message.into(),
                help,
            },
            span,
            unless_set: Vec::new(),
            doubt: None,
        });
    }
}

/// Goes down from a node as the rest of a pattern says. Most patterns lead to nothing, so paths are made at their ends only.
fn descend<'a>(
    node: &'a Node,
    pattern: Option<&str>,
    steps: &mut Vec<Step<'a>>,
    found: &mut Vec<(ConfigPath, &'a Node)>,
) {
    let Some(pattern) = pattern else {
        return found.push((path_of(steps), node));
    };
    let Some(object) = node.as_object() else {
        return;
    };
    let (part, rest) = match pattern.split_once('.') {
        Some((part, rest)) => (part, Some(rest)),
        None => (pattern, None),
    };
    let (key, elements) = match part.strip_suffix("[]") {
        Some(key) => (key, true),
        None => (part, false),
    };
    let mut enter = |name: &'a str, child: &'a Node| {
        steps.push(Step::Key(name));
        match (elements, child.as_list()) {
            (false, _) => descend(child, rest, steps, found),
            (true, None) => {}
            (true, Some(list)) => {
                for (index, item) in list.items.iter().enumerate() {
                    steps.push(Step::Index(index));
                    descend(item, rest, steps, found);
                    steps.pop();
                }
            }
        }
        steps.pop();
    };
    if key == "*" {
        for (name, child) in &object.entries {
            enter(name, child);
        }
    } else if let Some((name, child)) = object.entries.get_key_value(key) {
        enter(name, child);
    }
}

/// Whether a key is there and certainly holds something.
fn is_set(node: &Node, key: &str) -> bool {
    node.get(key).is_some_and(|value| {
        !matches!(
            value.value,
            Value::Unknown(_) | Value::Choice(..) | Value::Failed(_) | Value::Null
        )
    })
}

/// Whether a key is certainly absent.
fn is_absent(node: &Node, key: &str) -> bool {
    node.as_object()
        .is_some_and(|object| object.open.is_none() && !object.entries.contains_key(key))
}

/// Where a key of an object stands, else the object's own name.
fn place(node: &Node, key: &str) -> Option<Span> {
    node.get(key)
        .and_then(|value| value.place.primary())
        .or(node.place.key)
        .or(node.place.primary())
}
