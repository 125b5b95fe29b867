//! `$include` in an openclaw.json: other files that are merged in where it stands.
//!
//! `$include` names one file or several, relative to the file that names them, all inside the folder of the
//! configuration. Later files win over earlier ones and the keys beside `$include` over all of them: objects
//! merge key by key, lists follow each other, anything else is replaced.

use super::configuration::ProblemKind;
use super::tree::{List, Node, Object, Unknown, Value};
use super::updates::opened_below;
use crate::workspace::source::Span;
use std::rc::Rc;

/// How deeply files may include each other.
pub const MAX_DEPTH: usize = 10;
const KEY: &str = "$include";
const NOT_INCLUDED: &str = "what `$include` names could not be included";

/// Why OpenClaw refuses the configuration for what it includes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncludeProblem {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// In plain words.
    pub message: String,
    /// The name of the file where it is included.
    pub span: Option<Span>,
}

/// Reads a file that is included: its absolute, normalised path in, its tree out.
///
/// # Errors
/// Why it cannot be had, as a clause that follows the name of the file: "is not there".
pub type Read<'r> = dyn FnMut(&str) -> Result<Rc<Node>, String> + 'r;

/// The tree with everything included, and what went wrong. `file` is the absolute path of the configuration. What a file
/// that cannot be had would bring is unknown, so nothing is said of it.
pub fn follow(root: &Rc<Node>, file: &str, read: &mut Read<'_>) -> (Rc<Node>, Vec<IncludeProblem>) {
    let mut follower = Follower {
        folder: parent(file).to_string(),
        files: vec![file.to_string()],
        problems: Vec::new(),
        read,
    };
    let root = follower.node(root);
    (root, follower.problems)
}

/// The tree where it is not known in which folder it will lie, so that nothing can be included: the object that names other files,
/// and all that is in it, may hold more.
pub fn not_followed(node: &Rc<Node>) -> Rc<Node> {
    match &node.value {
        _ if !includes(node) => Rc::clone(node),
        Value::Object(object) => {
            let mut object = object.clone();
            let include = object.entries.remove(KEY);
            for child in object.entries.values_mut() {
                *child = not_followed(child);
            }
            let node = with_value(node, Value::Object(object));
            match include {
                Some(include) => opened_below(
                    &node,
                    &Unknown {
                        subject: None,
                        kind: None,
                        reason: "what `$include` brings is not known here".to_string(),
                        span: include.place.primary(),
                    },
                ),
                None => node,
            }
        }
        Value::List(list) => with_value(
            node,
            Value::List(List {
                items: list.items.iter().map(not_followed).collect(),
                open: list.open.clone(),
            }),
        ),
        _ => Rc::clone(node),
    }
}

/// Whether anything in it names other files.
fn includes(node: &Node) -> bool {
    match &node.value {
        Value::Object(object) => {
            object.entries.contains_key(KEY) || object.entries.values().any(|child| includes(child))
        }
        Value::List(list) => list.items.iter().any(|item| includes(item)),
        _ => false,
    }
}

struct Follower<'r, 'f> {
    /// The folder that includes may not leave.
    folder: String,
    /// The file that is being read, and those that include it.
    files: Vec<String>,
    problems: Vec<IncludeProblem>,
    read: &'r mut Read<'f>,
}

impl Follower<'_, '_> {
    fn node(&mut self, node: &Rc<Node>) -> Rc<Node> {
        match &node.value {
            Value::Object(object) => match object.entries.get(KEY) {
                Some(include) => self.include(node, object, include),
                None => {
                    let mut changed = false;
                    let entries = object
                        .entries
                        .iter()
                        .map(|(key, child)| {
                            let followed = self.node(child);
                            changed |= !Rc::ptr_eq(child, &followed);
                            (key.clone(), followed)
                        })
                        .collect();
                    if !changed {
                        return Rc::clone(node);
                    }
                    with_value(
                        node,
                        Value::Object(Object {
                            entries,
                            open: object.open.clone(),
                        }),
                    )
                }
            },
            Value::List(list) => {
                let items: Vec<Rc<Node>> = list.items.iter().map(|item| self.node(item)).collect();
                if items
                    .iter()
                    .zip(&list.items)
                    .all(|(new, old)| Rc::ptr_eq(new, old))
                {
                    return Rc::clone(node);
                }
                with_value(
                    node,
                    Value::List(List {
                        items,
                        open: list.open.clone(),
                    }),
                )
            }
            _ => Rc::clone(node),
        }
    }

    fn include(&mut self, node: &Rc<Node>, object: &Object, include: &Rc<Node>) -> Rc<Node> {
        let included = match &include.value {
            Value::Text(_) => self.file(include),
            Value::List(list) => {
                let mut merged: Option<Rc<Node>> = None;
                for item in &list.items {
                    let file = match &item.value {
                        Value::Text(_) => self.file(item),
                        Value::Unknown(unknown) => Err(unknown.clone()),
                        _ => Err(self.problem(
                            item,
                            ProblemKind::Evaluation,
                            "must name files as strings",
                        )),
                    };
                    let file = file.unwrap_or_else(|unknown| open_object(item, unknown));
                    merged = Some(match merged {
                        Some(merged) => merge(&merged, &file),
                        None => file,
                    });
                }
                Ok(merged.unwrap_or_else(|| with_value(include, Value::Object(Object::default()))))
            }
            Value::Unknown(unknown) => Err(unknown.clone()),
            _ => Err(self.problem(
                include,
                ProblemKind::Evaluation,
                "must be the name of a file or a list of names",
            )),
        };
        let included = included.unwrap_or_else(|unknown| open_object(include, unknown));
        let mut rest = object.clone();
        rest.entries.remove(KEY);
        if rest.entries.is_empty() && rest.open.is_none() {
            return Rc::new(Node {
                value: included.value.clone(),
                place: node.place.clone(),
                conditional: node.conditional,
            });
        }
        if !matches!(included.value, Value::Object(_)) {
            let unknown = self.problem(
                include,
                ProblemKind::Evaluation,
                "names no object, and has other keys beside it",
            );
            return open_object(node, unknown);
        }
        let rest = self.node(&with_value(node, Value::Object(rest)));
        let merged = merge(&included, &rest);
        Rc::new(Node {
            value: merged.value.clone(),
            place: node.place.clone(),
            conditional: node.conditional,
        })
    }

    fn file(&mut self, name: &Rc<Node>) -> Result<Rc<Node>, Unknown> {
        let Some(written) = name.as_str() else {
            return Err(Unknown {
                subject: None,
                kind: None,
                reason: "the name of an included file is not known here".to_string(),
                span: name.place.primary(),
            });
        };
        let base = self.files.last().map_or("/", String::as_str);
        let path = normalise(&if written.starts_with('/') {
            written.clone()
        } else {
            format!("{}/{written}", parent(base))
        });
        let inside = path == self.folder
            || path
                .strip_prefix(&self.folder)
                .is_some_and(|rest| rest.starts_with('/') || self.folder == "/");
        if !inside {
            return Err(self.problem(
                name,
                ProblemKind::MissingFile,
                &format!("names `{written}`, which lies outside of the configuration's folder"),
            ));
        }
        if self.files.contains(&path) {
            return Err(self.problem(
                name,
                ProblemKind::ImportCycle,
                &format!("names `{written}`, which is being included already: a circle"),
            ));
        }
        if self.files.len() > MAX_DEPTH {
            return Err(self.problem(
                name,
                ProblemKind::TooDeep,
                &format!("goes deeper than {MAX_DEPTH} files"),
            ));
        }
        match (self.read)(&path) {
            Ok(tree) => {
                self.files.push(path);
                let tree = self.node(&tree);
                self.files.pop();
                Ok(tree)
            }
            Err(why) => Err(self.problem(
                name,
                ProblemKind::MissingFile,
                &format!("names `{written}`, which {why}"),
            )),
        }
    }

    fn problem(&mut self, node: &Node, kind: ProblemKind, clause: &str) -> Unknown {
        let span = node.place.primary();
        self.problems.push(IncludeProblem {
            kind,
            message: format!("`$include` {clause}"),
            span,
        });
        Unknown {
            subject: None,
            kind: None,
            reason: NOT_INCLUDED.to_string(),
            span,
        }
    }
}

fn with_value(node: &Node, value: Value) -> Rc<Node> {
    Rc::new(Node {
        value,
        place: node.place.clone(),
        conditional: node.conditional,
    })
}

/// An object of which nothing is known.
fn open_object(node: &Node, unknown: Unknown) -> Rc<Node> {
    with_value(
        node,
        Value::Object(Object {
            open: Some(unknown),
            ..Object::default()
        }),
    )
}

/// Two trees merged as OpenClaw merges what it includes; the second wins.
fn merge(first: &Rc<Node>, second: &Rc<Node>) -> Rc<Node> {
    match (&first.value, &second.value) {
        (Value::List(one), Value::List(other)) => with_value(
            second,
            Value::List(List {
                items: one.items.iter().chain(&other.items).cloned().collect(),
                open: one.open.clone().or_else(|| other.open.clone()),
            }),
        ),
        (Value::Object(one), Value::Object(other)) => {
            let mut entries = one.entries.clone();
            for (key, child) in &other.entries {
                let merged = match entries.get(key) {
                    Some(known) => merge(known, child),
                    None => Rc::clone(child),
                };
                entries.insert(key.clone(), merged);
            }
            // What is not known of the second may replace what the first has.
            // A file that is not there replaces nothing, and what is known is worth checking.
            if let Some(unknown) = &other.open
                && unknown.reason != NOT_INCLUDED
            {
                for (key, child) in &mut entries {
                    if !other.entries.contains_key(key) {
                        *child = with_value(child, Value::Unknown(unknown.clone()));
                    }
                }
            }
            with_value(
                second,
                Value::Object(Object {
                    entries,
                    open: one.open.clone().or_else(|| other.open.clone()),
                }),
            )
        }
        _ => Rc::clone(second),
    }
}

/// The folder of a file.
fn parent(file: &str) -> &str {
    match file.rfind('/') {
        Some(0) | None => "/",
        Some(position) => &file[..position],
    }
}

/// An absolute path without `.`, `..` and empty parts.
fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing::node;
    use serde_json::{Value as Json, json};

    /// Follows the includes of `root` among `files` and gives the tree as JSON, with `$open` where it is open.
    fn followed(root: Json, files: &[(&str, Json)]) -> (Json, Vec<String>) {
        let (tree, problems) = follow(&node(&root), "/etc/claw/openclaw.json", &mut |path| {
            files
                .iter()
                .find(|(name, _)| *name == path)
                .map(|(_, tree)| node(tree))
                .ok_or_else(|| "is not there".to_string())
        });
        fn json_of(node: &Node) -> Json {
            match &node.value {
                Value::Object(object) => {
                    let mut json: serde_json::Map<String, Json> = object
                        .entries
                        .iter()
                        .map(|(key, child)| (key.clone(), json_of(child)))
                        .collect();
                    if object.open.is_some() {
                        json.insert("$open".to_string(), Json::Bool(true));
                    }
                    Json::Object(json)
                }
                Value::List(list) => list.items.iter().map(|item| json_of(item)).collect(),
                Value::Text(text) => Json::String(text.known().unwrap_or_default()),
                Value::Integer(integer) => (*integer).into(),
                Value::Unknown(_) => json!({"$unknown": true}),
                _ => Json::Null,
            }
        }
        let messages = problems
            .into_iter()
            .map(|problem| problem.message)
            .collect();
        (json_of(&tree), messages)
    }

    #[test]
    fn files_merge_in_order_and_the_keys_beside_win() {
        let (tree, problems) = followed(
            json!({"$include": ["./a.json", "sub/b.json"], "gateway": {"port": 3}, "list": [3]}),
            &[
                (
                    "/etc/claw/a.json",
                    json!({"gateway": {"port": 1, "mode": "local"}, "list": [1]}),
                ),
                (
                    "/etc/claw/sub/b.json",
                    json!({"gateway": {"port": 2, "bind": {"$include": "../c.json"}}, "list": [2]}),
                ),
                ("/etc/claw/c.json", json!("lan")),
            ],
        );
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(
            tree,
            json!({"gateway": {"port": 3, "mode": "local", "bind": "lan"}, "list": [1, 2, 3]})
        );
    }

    #[test]
    fn what_cannot_be_included_is_told_and_leaves_the_rest_open() {
        for (include, what) in [
            (json!("/etc/hostname"), "outside"),
            (json!("../x.json"), "outside"),
            (json!("nope.json"), "is not there"),
            (json!(5), "must be the name"),
            (json!(["a.json", 5]), "as strings"),
            (json!("openclaw.json"), "circle"),
        ] {
            let (tree, problems) = followed(
                json!({"models": {"$include": include}}),
                &[("/etc/claw/a.json", json!({}))],
            );
            assert_eq!(problems.len(), 1);
            assert!(problems[0].contains(what), "{}", problems[0]);
            assert_eq!(tree["models"]["$open"], true);
        }
    }

    #[test]
    fn a_circle_over_two_files_is_found() {
        let (_, problems) = followed(
            json!({"$include": "a.json"}),
            &[
                ("/etc/claw/a.json", json!({"x": {"$include": "b.json"}})),
                ("/etc/claw/b.json", json!({"$include": "./a.json"})),
            ],
        );
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("circle"));
    }

    #[test]
    fn a_file_whose_name_is_not_known_makes_no_claim() {
        let (tree, problems) = followed(
            json!({"$include": {"$unknown": "an argument"}, "gateway": {"port": 1}}),
            &[],
        );
        assert!(problems.is_empty());
        assert_eq!(tree, json!({"gateway": {"port": 1}, "$open": true}));
    }
}
