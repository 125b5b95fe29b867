//! What Nix evaluated (`--evaluated`): option values of configurations, laid over what the sources say.
//!
//! `nix/evaluate.nix` writes the document; docs/integration.md describes it. What it holds is known; the sources only
//! say where it was written. What it does not hold stays as the sources have it.

use super::blueprint::Blueprint;
use super::configuration::{Language, Problem, ProblemKind, Reach, Source};
use super::path::{ConfigPath, Segment};
use super::tree::{Kind, List, Node, Object, PathLiteral, Place, Step, Text, Unknown, Value};
use crate::report::finding::{Finding, Severity};
use crate::workspace::source::Span;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The version of the document that is understood.
pub const VERSION: u64 = 1;

/// How the message about a value that throws begins.
const STOPS: &str = "Nix stops with an error when it evaluates";

/// How the message about a whole configuration begins.
const FAILS: &str = "Nix stops with an error while it evaluates";

/// Drops what only says that Nix stops, where another finding says why: of a value one at its place, of a whole
/// configuration any. `findings` are those of one configuration.
pub fn drop_explained(findings: &mut Vec<Finding>) {
    let only_says = |finding: &Finding| {
        finding.message.starts_with(STOPS) || finding.message.starts_with(FAILS)
    };
    let errors: Vec<Option<Span>> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && !only_says(finding))
        .map(|finding| finding.span)
        .collect();
    findings.retain(|finding| {
        let explained = if finding.message.starts_with(FAILS) {
            !errors.is_empty()
        } else {
            only_says(finding)
                && finding.span.is_some_and(|span| {
                    errors
                        .iter()
                        .flatten()
                        .any(|other| span.contains(*other) || other.contains(span))
                })
        };
        !explained
    });
}

/// The whole document.
#[derive(Debug, Deserialize)]
pub struct Document {
    version: u64,
    /// One for each module of OpenClaw that a configuration imports.
    pub entries: Vec<Entry>,
}

/// The options of one module in one configuration.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// `homeConfigurations.alice`, `nixosConfigurations.desk: home-manager.users.alice`.
    pub configuration: String,
    /// Which module it is.
    pub module: Module,
    /// `programs.openclaw`; the default is the newest name of the module.
    #[serde(default)]
    pub option_root: Option<String>,
    /// The home directory of the user, where it is known.
    #[serde(default)]
    pub home_directory: Option<String>,
    /// The option values; absent where evaluating them failed.
    #[serde(default)]
    pub options: Option<serde_json::Map<String, Json>>,
    /// Why there are none.
    #[serde(default)]
    pub error: Option<String>,
}

/// The modules that configure OpenClaw.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Module {
    /// `programs.openclaw` and its older names.
    HomeManager,
    /// `services.openclaw-gateway`.
    Nixos,
}

impl Entry {
    fn root(&self) -> &str {
        match (&self.option_root, self.module) {
            (Some(root), _) => root,
            (None, Module::HomeManager) => "programs.openclaw",
            (None, Module::Nixos) => "services.openclaw-gateway",
        }
    }
}

/// Reads a document; the error is a clause that says what is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Document, String> {
    let document: Document = serde_json::from_slice(bytes).map_err(|error| {
        let text = error.to_string();
        // What was found instead is quoted, and may be a secret; what was expected is not.
        let said = match text.rfind(", expected ") {
            Some(at) if text.starts_with("invalid ") => &text[at + 2..],
            _ if text.starts_with("unknown variant") => "something unknown",
            _ => text.as_str(),
        };
        format!("this is not what Nix hands over: {said}")
    })?;
    if document.version == VERSION {
        Ok(document)
    } else {
        Err(format!(
            "version {} of what Nix hands over is not known here, only version {VERSION}",
            document.version
        ))
    }
}

/// Lays the entries over the blueprints of the same configurations. A configuration that the sources do not show
/// becomes a blueprint without places. `known` is what is wrong with the files themselves, `root` the root of the source
/// tree, absolute.
pub fn apply(document: &Document, blueprints: &mut Vec<Blueprint>, known: &[Problem], root: &str) {
    for entry in &document.entries {
        let mut seen = false;
        // An entry that failed may not know the module's name.
        let same = |one: &Blueprint| {
            one.name == entry.configuration
                && (one.option_root == entry.root() || entry.options.is_none())
        };
        for blueprint in blueprints.iter_mut().filter(|one| same(one)) {
            match &entry.options {
                Some(values) => {
                    overlay(values, blueprint, root);
                    blueprint.problems.retain(|problem| {
                        !problem.message.starts_with(STOPS)
                            || known.iter().all(|other| other.span != problem.span)
                    });
                }
                None if !seen => fail(entry, blueprint),
                None => {}
            }
            seen = true;
        }
        if !seen {
            blueprints.push(without_sources(entry, root));
        }
    }
}

/// A configuration of which only the evaluated values are known, or only that it fails.
fn without_sources(entry: &Entry, root: &str) -> Blueprint {
    let mut blueprint = Blueprint {
        name: entry.configuration.clone(),
        source: match entry.module {
            Module::HomeManager => Source::HomeManager,
            Module::Nixos => Source::NixosService,
        },
        language: Language::Nix,
        reach: Reach::Whole,
        unseen: Vec::new(),
        option_root: entry.root().to_string(),
        options: Node::new(Value::Object(Object::default()), Place::default()),
        surroundings: Vec::new(),
        unit: None,
        problems: Vec::new(),
        assumptions: Vec::new(),
    };
    match &entry.options {
        Some(values) => overlay(values, &mut blueprint, root),
        None => fail(entry, &mut blueprint),
    }
    blueprint
        .assumptions
        .push("the sources do not show where this configuration is written".into());
    blueprint
}

/// Says that Nix fails, unless the sources explain it better.
fn fail(entry: &Entry, blueprint: &mut Blueprint) {
    if !blueprint.problems.is_empty() {
        return;
    }
    let output = match entry.configuration.split_once(": ") {
        Some((host, _)) => format!("{host}.config.system.build.toplevel"),
        None if entry.configuration.starts_with("homeConfigurations.") => {
            format!("{}.activationPackage", entry.configuration)
        }
        None => format!("{}.config.system.build.toplevel", entry.configuration),
    };
    let place = &blueprint.options.place;
    blueprint.problems.push(Problem::new(
        ProblemKind::Evaluation,
        format!(
            "{}: `nix eval .#{output}` says why",
            entry
                .error
                .clone()
                .unwrap_or_else(|| format!("{FAILS} this configuration"))
        ),
        place.key.or(place.primary()),
    ));
}

fn overlay(values: &serde_json::Map<String, Json>, blueprint: &mut Blueprint, root: &str) {
    let mut over = Overlay {
        root,
        path: ConfigPath::root(),
        problems: Vec::new(),
    };
    let sources = alternatives(&blueprint.options);
    let mut entries = BTreeMap::new();
    // Options that are not handed over stay as they are.
    for object in sources.iter().filter_map(|source| source.as_object()) {
        for (name, node) in &object.entries {
            if !values.contains_key(name) {
                entries
                    .entry(name.clone())
                    .or_insert_with(|| Rc::clone(node));
            }
        }
    }
    for (name, value) in values {
        let below = children(&sources, name);
        // An option that nobody set says nothing that the renderer does not know.
        if below.is_empty() && is_nothing(value) {
            continue;
        }
        over.path.0.push(Segment::Key(name.clone()));
        let node = if below.is_empty() && is_thrown(value) {
            over.stops(blueprint.options.place.primary());
            None
        } else {
            over.node(&below, value)
        };
        over.path.0.pop();
        if let Some(node) = node {
            entries.insert(name.clone(), node);
        }
    }
    let place = blueprint.options.place.clone();
    let object = Object {
        entries,
        open: None,
    };
    blueprint.options = Node::new(Value::Object(object), place);
    for problem in over.problems {
        let explained = problem.span.is_some()
            && blueprint
                .problems
                .iter()
                .any(|known| known.span == problem.span);
        if !explained {
            blueprint.problems.push(problem);
        }
    }
    // Nix has seen every module.
    blueprint.unseen.clear();
    blueprint.assumptions = vec!["the values are those that Nix evaluated".into()];
}

/// Nothing that anybody wrote: `null`, `{ }`, `[ ]`, or only such values.
fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(object) => object.values().all(is_nothing),
        _ => false,
    }
}

fn is_thrown(value: &Json) -> bool {
    value
        .as_object()
        .and_then(single)
        .is_some_and(|(name, _)| name == "$thrown")
}

/// The nodes that a node may be, conditions aside.
fn alternatives(node: &Rc<Node>) -> Vec<Rc<Node>> {
    match &node.value {
        Value::Choice(_, then, otherwise) => [then, otherwise]
            .into_iter()
            .flatten()
            .flat_map(alternatives)
            .collect(),
        _ => vec![Rc::clone(node)],
    }
}

/// What the sources have under a key, in any of the alternatives.
fn children(sources: &[Rc<Node>], key: &str) -> Vec<Rc<Node>> {
    sources
        .iter()
        .filter_map(|source| source.get(key))
        .flat_map(alternatives)
        .collect()
}

struct Overlay<'a> {
    root: &'a str,
    path: ConfigPath,
    problems: Vec<Problem>,
}

impl Overlay<'_> {
    /// The evaluated value with the places of the sources; `None` for a null that nobody wrote.
    fn node(&mut self, sources: &[Rc<Node>], value: &Json) -> Option<Rc<Node>> {
        // The same value in the sources keeps everything that is known of its way.
        if let Some(same) = sources.iter().find(|source| says(source, value, self.root)) {
            return Some(Rc::clone(same));
        }
        let new = match value {
            Json::Null => return None,
            Json::Bool(truth) => Value::Boolean(*truth),
            Json::Number(number) => match number.as_i64() {
                Some(integer) => Value::Integer(integer),
                None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Value::Text(Text::plain(text.clone(), None)),
            Json::Array(items) => Value::List(self.list(sources, items)),
            Json::Object(object) => match self.marker(sources, object) {
                Some(value) => value,
                None => Value::Object(self.object(sources, object)),
            },
        };
        let place = sources.first().map(place_of).unwrap_or_default();
        Some(Node::new(new, place))
    }

    fn object(&mut self, sources: &[Rc<Node>], object: &serde_json::Map<String, Json>) -> Object {
        let mut entries = BTreeMap::new();
        for (key, value) in object {
            let below = or_unknown(children(sources, key), sources);
            self.path.0.push(Segment::Key(key.clone()));
            let node = if below.is_empty() && is_thrown(value) {
                // A value that nothing defines and something needs: rules on what is missing say more.
                let place = sources.first().map(|source| &source.place);
                self.stops(place.and_then(|place| place.key.or(place.primary())));
                None
            } else {
                self.node(&below, value)
            };
            self.path.0.pop();
            if let Some(node) = node {
                entries.insert(key.clone(), node);
            }
        }
        Object {
            entries,
            open: None,
        }
    }

    fn list(&mut self, sources: &[Rc<Node>], items: &[Json]) -> List {
        let lists: Vec<&List> = sources
            .iter()
            .filter_map(|source| source.as_list())
            .collect();
        // A list that the sources show whole gives each element its place by its index; in others an element is
        // found by what it says.
        let whole = lists
            .iter()
            .find(|list| list.open.is_none() && list.items.len() == items.len());
        let mut nodes = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let below: Vec<Rc<Node>> = match whole {
                Some(list) => alternatives(&list.items[index]),
                None => lists
                    .iter()
                    .flat_map(|list| &list.items)
                    .flat_map(alternatives)
                    .filter(|node| says(node, item, self.root) || has_same_id(node, item))
                    .collect(),
            };
            self.path.0.push(Segment::Index(index));
            let node = self
                .node(&or_unknown(below, sources), item)
                .unwrap_or_else(|| Node::new(Value::Null, Place::default()));
            self.path.0.pop();
            nodes.push(node);
        }
        List {
            items: nodes,
            open: None,
        }
    }

    /// Notes that Nix stops at the present path.
    fn stops(&mut self, span: Option<Span>) {
        let what = self.path.to_string();
        let message = format!("{STOPS} `{what}`");
        self.problems.push(Problem {
            help: Some(
                "evaluating the configuration with `nix eval` shows Nix's own message".into(),
            ),
            path: Some(what),
            ..Problem::new(ProblemKind::Evaluation, message, span)
        });
    }

    /// The value that a marker stands for; `None` for a plain attribute set.
    fn marker(
        &mut self,
        sources: &[Rc<Node>],
        object: &serde_json::Map<String, Json>,
    ) -> Option<Value> {
        let (name, content) = single(object)?;
        let span = sources.first().and_then(|source| source.place.primary());
        let unknown = |kind: Kind, reason: String| {
            Value::Unknown(Unknown {
                subject: None,
                kind: Some(kind),
                reason,
                span,
            })
        };
        Some(match name {
            "$function" => unknown(Kind::Function, "it is a function".into()),
            "$derivation" => unknown(
                Kind::Derivation,
                format!("it is the package `{}`", content.as_str().unwrap_or("?")),
            ),
            "$path" => {
                let written = sources.iter().find_map(|source| match &source.value {
                    Value::Path(path) => Some(path.written.clone()),
                    _ => None,
                });
                Value::Path(PathLiteral {
                    absolute: absolute(self.root, content.as_str()?),
                    written: written.unwrap_or_default(),
                    // What Nix evaluated is a string or a path; nothing tells which.
                    is_string: true,
                })
            }
            "$secret" => {
                // Where the sources show the literal, it is judged as any other.
                if let Some(literal) = sources.iter().find(|source| source.as_str().is_some()) {
                    return Some(literal.value.clone());
                }
                let length = content.get("length").and_then(Json::as_u64);
                unknown(
                    Kind::Secret,
                    match length {
                        Some(length) => format!("Nix kept back a literal of {length} characters"),
                        None => "Nix kept back a literal".into(),
                    },
                )
            }
            "$thrown" => {
                let what = self.path.to_string();
                let message = format!("{STOPS} `{what}`");
                // Where the sources fail in the same way, their problem says more.
                if let Some(failed) = sources
                    .iter()
                    .find(|source| matches!(source.value, Value::Failed(_)))
                {
                    return Some(failed.value.clone());
                }
                self.stops(span);
                // What the sources say may be what Nix does not accept; the rules know why.
                match sources {
                    [source] => source.value.clone(),
                    _ => Value::Failed(Rc::new(Problem::new(
                        ProblemKind::Evaluation,
                        message,
                        span,
                    ))),
                }
            }
            _ => return None,
        })
    }
}

/// Where an evaluated value stands. An unknown lies where it became unknown, in an argument of the module for
/// example; people look for the value where it is defined.
fn place_of(source: &Rc<Node>) -> Place {
    let mut place = source.place.clone();
    if matches!(source.value, Value::Unknown(_))
        && let Some(definition) = place.definition.or(place.key)
        && let Some(origin) = place.span.replace(definition)
        && origin != definition
    {
        place.via.insert(
            0,
            Step {
                span: origin,
                what: "only Nix knows this value".into(),
            },
        );
    }
    place
}

/// The only entry of an object whose name is that of a marker.
fn single(object: &serde_json::Map<String, Json>) -> Option<(&str, &Json)> {
    let mut entries = object.iter();
    let (name, content) = entries.next()?;
    (name.starts_with('$') && entries.next().is_none()).then_some((name.as_str(), content))
}

/// Something that the sources do not show stands at the unknown that holds it.
fn or_unknown(found: Vec<Rc<Node>>, sources: &[Rc<Node>]) -> Vec<Rc<Node>> {
    if !found.is_empty() {
        return found;
    }
    sources
        .iter()
        .filter(|source| matches!(source.value, Value::Unknown(_)))
        .cloned()
        .collect()
}

fn absolute(root: &str, path: &str) -> String {
    if path.starts_with('/') {
        path.to_string()
    } else if path == "." {
        root.to_string()
    } else {
        format!("{}/{path}", root.trim_end_matches('/'))
    }
}

/// Whether two elements of lists are the same thing by their `id`.
fn has_same_id(node: &Node, value: &Json) -> bool {
    match (node.get("id").and_then(|id| id.as_str()), value.get("id")) {
        (Some(id), Some(Json::String(other))) => id == *other,
        _ => false,
    }
}

/// Whether the sources already say exactly this.
fn says(node: &Node, value: &Json, root: &str) -> bool {
    match (&node.value, value) {
        (Value::Null, Json::Null) => true,
        (Value::Boolean(known), Json::Bool(truth)) => known == truth,
        (Value::Integer(known), Json::Number(number)) => number.as_i64() == Some(*known),
        (Value::Float(known), Json::Number(number)) => number.as_f64() == Some(*known),
        (Value::Text(known), Json::String(text)) => known.known().as_deref() == Some(text),
        (Value::Path(known), Json::Object(object)) => match single(object) {
            Some(("$path", Json::String(path))) => known.absolute == absolute(root, path),
            _ => false,
        },
        (Value::List(known), Json::Array(items)) => {
            known.open.is_none()
                && known.items.len() == items.len()
                && known
                    .items
                    .iter()
                    .zip(items)
                    .all(|(node, item)| says(node, item, root))
        }
        (Value::Object(known), Json::Object(object)) => {
            single(object).is_none()
                && known.open.is_none()
                // Keys that nobody set are null in typed options.
                && object.iter().all(|(key, value)| match known.entries.get(key) {
                    Some(node) => says(node, value, root),
                    None => value.is_null(),
                })
                && known.entries.keys().all(|key| object.contains_key(key))
        }
        _ => false,
    }
}

#[cfg(test)]
#[path = "evaluated_tests.rs"]
mod tests;
