//! What a release makes of a configuration before it looks at its structure.
//!
//! Later releases convert some of what earlier ones wrote: a list of agents becomes named entries, budgets of a
//! provider go to its models. What was converted keeps its places, so findings still point to what was written.

use super::beyond::SEPTEMBER;
use super::issue::{Issue, IssueKind};
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{List, Node, Object, Value};
use crate::releases::Release;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The configuration as the release reads it, and what it refuses on the way.
pub(super) fn prepare(config: &Rc<Node>, release: &Release) -> (Rc<Node>, Vec<Issue>) {
    let mut issues = Vec::new();
    if release.version() < SEPTEMBER {
        return (without(config, &["commands", "modelsWrite"]), issues);
    }
    let mut config = Rc::clone(config);
    config = without_budgets(&config);
    config = with_entries(&config, release, &mut issues);
    (config, issues)
}

fn with_object(node: &Node, object: Object) -> Rc<Node> {
    Rc::new(Node {
        value: Value::Object(object),
        place: node.place.clone(),
        conditional: node.conditional,
    })
}

/// The tree with one child replaced; the same tree where that child is not there or stays as it is.
fn map_child(node: &Rc<Node>, key: &str, map: impl FnOnce(&Rc<Node>) -> Rc<Node>) -> Rc<Node> {
    let Some(object) = node.as_object() else {
        return Rc::clone(node);
    };
    let Some(child) = object.entries.get(key) else {
        return Rc::clone(node);
    };
    let mapped = map(child);
    if Rc::ptr_eq(child, &mapped) {
        return Rc::clone(node);
    }
    let mut object = object.clone();
    object.entries.insert(key.to_string(), mapped);
    with_object(node, object)
}

/// The tree without the key at the end of a path.
fn without(node: &Rc<Node>, path: &[&str]) -> Rc<Node> {
    match path {
        [] => Rc::clone(node),
        [key] => {
            let Some(object) = node
                .as_object()
                .filter(|object| object.entries.contains_key(*key))
            else {
                return Rc::clone(node);
            };
            let mut object = object.clone();
            object.entries.remove(*key);
            with_object(node, object)
        }
        [key, rest @ ..] => map_child(node, key, |child| without(child, rest)),
    }
}

/// The tree with every entry of an object mapped.
fn map_entries(node: &Rc<Node>, map: impl Fn(&Rc<Node>) -> Rc<Node>) -> Rc<Node> {
    let Some(object) = node.as_object() else {
        return Rc::clone(node);
    };
    let entries: BTreeMap<String, Rc<Node>> = object
        .entries
        .iter()
        .map(|(key, child)| (key.clone(), map(child)))
        .collect();
    let same = entries
        .values()
        .zip(object.entries.values())
        .all(|(new, old)| Rc::ptr_eq(new, old));
    if same {
        return Rc::clone(node);
    }
    with_object(
        node,
        Object {
            entries,
            open: object.open.clone(),
        },
    )
}

/// Token budgets that moved from providers and agents to models.
fn without_budgets(config: &Rc<Node>) -> Rc<Node> {
    let config = map_child(config, "models", |models| {
        map_child(models, "providers", |providers| {
            map_entries(providers, |provider| {
                without(&without(provider, &["contextTokens"]), &["contextWindow"])
            })
        })
    });
    map_child(&config, "agents", |agents| {
        let agents = without(agents, &["defaults", "contextTokens"]);
        let agents = map_child(&agents, "entries", |entries| {
            map_entries(entries, |entry| without(entry, &["contextTokens"]))
        });
        map_child(&agents, "list", |list| {
            let Some(items) = list.as_list() else {
                return Rc::clone(list);
            };
            Rc::new(Node {
                value: Value::List(List {
                    items: items
                        .items
                        .iter()
                        .map(|item| without(item, &["contextTokens"]))
                        .collect(),
                    open: items.open.clone(),
                }),
                place: list.place.clone(),
                conditional: list.conditional,
            })
        })
    })
}

/// A list of agents as named entries, where every id is a proper one and none occurs twice.
fn with_entries(config: &Rc<Node>, release: &Release, issues: &mut Vec<Issue>) -> Rc<Node> {
    let Some(agents) = config.get("agents") else {
        return Rc::clone(config);
    };
    let Some(list) = agents
        .get("list")
        .filter(|_| agents.get("entries").is_none())
    else {
        return Rc::clone(config);
    };
    let Some(items) = list.as_list() else {
        if !matches!(list.value, Value::Unknown(_)) {
            issues.push(refused(list, release, "it is no list"));
        }
        return without(config, &["agents", "list"]);
    };
    let mut entries: BTreeMap<String, Rc<Node>> = BTreeMap::new();
    let mut open = items.open.clone();
    for item in &items.items {
        let id = match &item.value {
            Value::Object(object) => match object.entries.get("id").map(|id| &id.value) {
                Some(Value::Text(text)) => match text.known() {
                    Some(id) => id,
                    None => {
                        open = open.or_else(|| text.unknown().cloned());
                        continue;
                    }
                },
                Some(Value::Unknown(unknown)) => {
                    open.get_or_insert_with(|| unknown.clone());
                    continue;
                }
                None if object.open.is_some() => {
                    open = open.or_else(|| object.open.clone());
                    continue;
                }
                _ => {
                    issues.push(refused(list, release, "an agent has no `id`"));
                    return without(config, &["agents", "list"]);
                }
            },
            Value::Unknown(unknown) => {
                open.get_or_insert_with(|| unknown.clone());
                continue;
            }
            _ => {
                issues.push(refused(list, release, "an element is no attribute set"));
                return without(config, &["agents", "list"]);
            }
        };
        if !is_agent_id(&id) {
            let why = format!("`{id}` is no id: small letters, digits, `_` and `-`, at most 64");
            issues.push(refused(item.get("id").unwrap_or(item), release, &why));
            return without(config, &["agents", "list"]);
        }
        let why = format!("two agents have the id `{id}`");
        if entries.insert(id, without(item, &["id"])).is_some() {
            issues.push(refused(item.get("id").unwrap_or(item), release, &why));
            return without(config, &["agents", "list"]);
        }
    }
    let entries = Rc::new(Node {
        value: Value::Object(Object { entries, open }),
        place: list.place.clone(),
        conditional: list.conditional,
    });
    let agents = without(agents, &["list"]);
    let Some(object) = agents.as_object() else {
        return Rc::clone(config);
    };
    let mut object = object.clone();
    object.entries.insert("entries".to_string(), entries);
    let agents = with_object(&agents, object);
    map_child(config, "agents", |_| agents)
}

fn refused(node: &Node, release: &Release, why: &str) -> Issue {
    Issue {
        path: ConfigPath::keys("agents.entries"),
        span: node.place.primary(),
        kind: IssueKind::Rule {
            rule: "unknown-key",
            message: format!(
                "OpenClaw {} takes `agents.entries` in place of `agents.list`, and cannot convert this list: {why}",
                release.version()
            ),
            help: Some("Write `agents.entries.<id> = { ... };` for each agent.".to_string()),
        },
        unless_set: Vec::new(),
        doubt: None,
    }
}

fn is_agent_id(id: &str) -> bool {
    let mut characters = id.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first.is_ascii_digit() || first == '_')
        && id.len() <= 64
        && characters.all(|next| {
            next.is_ascii_lowercase() || next.is_ascii_digit() || matches!(next, '_' | '-')
        })
}
