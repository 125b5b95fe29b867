//! Whether a configuration has the structure that a release demands, and what is wrong where it has not.
//!
//! [`check`] walks the tree and the schema of the release together. What the sources do not determine is
//! skipped, also inside unions: an issue is only reported when every way to fill the unknown would be
//! refused. Of a union that no branch of accepts the value, the branch that fits best explains why.

mod beyond;
mod environment;
mod issue;
mod pattern;
mod prepare;
mod scalar;
mod suggest;
mod tolerated;
mod union;

pub use environment::{Environment, Filled};
pub use issue::{Expected, Found, Issue, IssueKind, or_list};
pub use pattern::matches as pattern_matches;
pub use suggest::same_but_for_spelling;
pub use tolerated::{BINDINGS_REFUSED_SINCE, is_tolerated};

use super::path::{ConfigPath, Segment};
use super::tree::{List, Node, Object, Value};
use crate::openclaw::configuration::Instance;
use crate::releases::Release;
use crate::releases::schema::{ArrayRules, Kind, Node as SchemaNode, ObjectRules, Rest, Schema};
use std::rc::Rc;

/// Everything that `schema` refuses in the configuration `root`, in the order of the tree. `environment` says which
/// variables are known to fill placeholders.
pub fn check(root: &Node, schema: Schema, environment: &Environment) -> Vec<Issue> {
    let mut checker = Checker {
        environment,
        steps: Vec::new(),
        issues: Vec::new(),
    };
    checker.node(root, schema.root());
    checker.issues
}

/// A step of the present path; only an issue makes a [`ConfigPath`] of them.
#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

fn path_of(steps: &[Step<'_>]) -> ConfigPath {
    let segments = steps.iter().map(|step| match step {
        Step::Key(key) => Segment::Key((*key).to_string()),
        Step::Index(index) => Segment::Index(*index),
    });
    ConfigPath(segments.collect())
}

struct Checker<'a> {
    environment: &'a Environment,
    steps: Vec<Step<'a>>,
    issues: Vec<Issue>,
}

impl<'a> Checker<'a> {
    fn path(&self) -> ConfigPath {
        path_of(&self.steps)
    }

    /// Reports something about the value at the present path.
    fn report(&mut self, node: &Node, kind: IssueKind) {
        self.report_unless(node, kind, Vec::new());
    }

    fn report_unless(&mut self, node: &Node, kind: IssueKind, unless_set: Vec<String>) {
        self.issues.push(Issue {
            path: self.path(),
            kind,
            span: node.place.primary(),
            unless_set,
            doubt: None,
        });
    }

    /// The issues that `check` finds, apart from those found before.
    fn separately(&mut self, check: impl FnOnce(&mut Self)) -> Vec<Issue> {
        let before = std::mem::take(&mut self.issues);
        check(self);
        std::mem::replace(&mut self.issues, before)
    }

    fn node(&mut self, node: &'a Node, schema: SchemaNode) {
        match &node.value {
            Value::Unknown(_) | Value::Choice(..) | Value::Failed(_) => return,
            _ => {}
        }
        match schema.kind() {
            Kind::Any => {}
            Kind::Never => self.report(
                node,
                IssueKind::NotAllowed {
                    allowed: Vec::new(),
                    found: None,
                    similar: None,
                },
            ),
            Kind::Null | Kind::Boolean => self.plain(node, schema),
            Kind::Integer(rules) => self.number(node, schema, &rules, true),
            Kind::Number(rules) => self.number(node, schema, &rules, false),
            Kind::Text(rules) => self.text(node, schema, &rules),
            Kind::Enum(literals) => self.literal(node, &literals),
            Kind::Array(rules) => match &node.value {
                Value::List(list) => self.list(node, list, &rules),
                _ => self.wrong_type(node, schema),
            },
            Kind::Object(rules) => match &node.value {
                Value::Object(object) => self.object(node, object, &rules),
                _ => self.wrong_type(node, schema),
            },
            Kind::Union(branches) => self.union(node, schema, &branches),
            Kind::All(branches) => {
                for branch in branches.iter() {
                    let issues = self.separately(|checker| checker.node(node, branch));
                    for issue in issues {
                        if !self.issues.iter().any(|known| known.path == issue.path) {
                            self.issues.push(issue);
                        }
                    }
                }
            }
            Kind::Not(refused) => {
                if is_determined(node)
                    && self
                        .separately(|checker| checker.node(node, refused))
                        .is_empty()
                {
                    let path = self.path();
                    self.report(
                        node,
                        IssueKind::Malformed(format!(
                            "holds settings that exclude each other; see the documentation of `{path}`"
                        )),
                    );
                }
            }
            Kind::When { condition, then } => {
                if is_determined(node)
                    && self
                        .separately(|checker| checker.node(node, condition))
                        .is_empty()
                {
                    self.node(node, then);
                }
            }
        }
    }

    fn list(&mut self, node: &'a Node, list: &'a List, rules: &ArrayRules) {
        let count = list.items.len();
        let elements = |count: usize| match count {
            1 => "1 element".to_string(),
            _ => format!("{count} elements"),
        };
        if let Some(minimum) = rules.minimum_items()
            && count < minimum
            && list.open.is_none()
        {
            let clause = format!("must have at least {}", elements(minimum));
            self.report(node, IssueKind::OutOfBounds(clause));
        }
        if let Some(maximum) = rules.maximum_items()
            && count > maximum
        {
            let clause = format!("must have at most {}, not {count}", elements(maximum));
            self.report(node, IssueKind::OutOfBounds(clause));
        }
        // Where elements of unknown number may stand between them, an element's place in a tuple is not known.
        let tuple = rules.tuple().len() > 0;
        if tuple && list.open.is_some() {
            return;
        }
        let items = rules.items();
        for (index, item) in list.items.iter().enumerate() {
            let schema = if tuple {
                rules.item(index)
            } else {
                Some(items)
            };
            let Some(schema) = schema else {
                if rules.maximum_items().is_none() {
                    let clause = format!("must have at most {}", elements(index));
                    self.report(node, IssueKind::OutOfBounds(clause));
                }
                break;
            };
            self.steps.push(Step::Index(index));
            self.node(item, schema);
            self.steps.pop();
        }
        if rules.unique() {
            self.unique(list);
        }
    }

    fn unique(&mut self, list: &'a List) {
        let mut seen = std::collections::BTreeSet::new();
        for (index, item) in list.items.iter().enumerate() {
            if let Some(text) = item.as_str()
                && !seen.insert(text)
            {
                self.steps.push(Step::Index(index));
                self.report(
                    item,
                    IssueKind::Malformed("must not be the same as an earlier element".to_string()),
                );
                self.steps.pop();
            }
        }
    }

    fn object(&mut self, node: &'a Node, object: &'a Object, rules: &ObjectRules) {
        let rest = rules.rest();
        let names = rules.names();
        let mut unknown: Vec<(&'a str, &'a Node)> = Vec::new();
        // A file that could not be followed from here may hold more.
        let includes = object.entries.contains_key("$include");
        for (key, child) in &object.entries {
            if key == "$include" {
                continue;
            }
            let schema = match (rules.property(key), rest) {
                (Some(schema), _) | (None, Rest::Each(schema)) => Some(schema),
                (None, Rest::Any) => None,
                (None, Rest::Forbidden) => {
                    unknown.push((key, child));
                    continue;
                }
            };
            self.steps.push(Step::Key(key));
            if let Some(names) = names {
                self.name(key, child, names);
            }
            if let Some(schema) = schema {
                if matches!(child.value, Value::Null) {
                    self.null(child, schema, !rules.required().any(|name| name == key));
                } else {
                    self.node(child, schema);
                }
            }
            self.steps.pop();
        }
        let mut missing: Vec<&'static str> = rules
            .required()
            .filter(|name| {
                object.open.is_none() && !includes && !object.entries.contains_key(*name)
            })
            // OpenClaw fills defaults in before it asks whether everything is there.
            .filter(|name| {
                rules
                    .property(name)
                    .is_none_or(|part| part.default().is_none())
            })
            .collect();
        if !unknown.is_empty() {
            let allowed: Rc<[&'static str]> = rules
                .properties()
                .filter(|(_, schema)| schema.kind() != Kind::Never)
                .map(|(name, _)| name)
                .collect();
            for (key, child) in unknown {
                self.unknown_key(key, child, object, &allowed, &mut missing);
            }
        }
        for name in missing {
            let expected = rules
                .property(name)
                .map(union::expected)
                .unwrap_or_default();
            self.steps.push(Step::Key(name));
            self.issues.push(Issue {
                path: self.path(),
                kind: IssueKind::MissingKey { expected },
                span: node.place.key.or(node.place.primary()),
                unless_set: Vec::new(),
                doubt: None,
            });
            self.steps.pop();
        }
        let count = object.entries.len();
        if let Some(minimum) = rules.minimum_entries()
            && count < minimum
            && object.open.is_none()
        {
            let clause = format!("must have at least {minimum} entries, not {count}");
            self.report(node, IssueKind::OutOfBounds(clause));
        }
        if let Some(maximum) = rules.maximum_entries()
            && count > maximum
        {
            let clause = format!("must have at most {maximum} entries, not {count}");
            self.report(node, IssueKind::OutOfBounds(clause));
        }
    }

    /// Checks the name of an entry of a map; the present path ends in it.
    fn name(&mut self, key: &str, child: &Node, names: SchemaNode) {
        let Kind::Text(rules) = names.kind() else {
            return;
        };
        if let Some(clause) = scalar::text_flaw(key, &rules) {
            self.issues.push(Issue {
                path: self.path(),
                kind: IssueKind::Malformed(format!("has a name that {clause}")),
                span: child.place.key.or(child.place.primary()),
                unless_set: Vec::new(),
                doubt: None,
            });
        }
    }

    fn null(&mut self, child: &'a Node, schema: SchemaNode, optional: bool) {
        if union::accepts_null(schema) {
            return;
        }
        self.report(
            child,
            IssueKind::Null {
                expected: union::expected(schema),
                optional,
            },
        );
    }

    fn unknown_key(
        &mut self,
        key: &'a str,
        child: &'a Node,
        object: &'a Object,
        allowed: &Rc<[&'static str]>,
        missing: &mut Vec<&'static str>,
    ) {
        let free = allowed
            .iter()
            .copied()
            .filter(|name| !object.entries.contains_key(*name));
        let similar = suggest::nearest(key, free);
        let position = similar.and_then(|similar| missing.iter().position(|name| *name == similar));
        let similar_is_missing = position.is_some();
        if let Some(position) = position {
            missing.remove(position);
        }
        let mut path = self.path();
        path.0.push(Segment::Key(match similar {
            Some(similar) if similar_is_missing => similar.to_string(),
            _ => key.to_string(),
        }));
        self.issues.push(Issue {
            path,
            span: child.place.key.or(child.place.primary()),
            kind: IssueKind::UnknownKey {
                written: key.to_string(),
                similar: similar.map(str::to_string),
                similar_is_missing,
                elsewhere: Vec::new(),
                allowed: Rc::clone(allowed),
                key_span: child.place.key,
            },
            unless_set: Vec::new(),
            doubt: None,
        });
    }
}

/// Whether everything in the tree is known.
fn is_determined(node: &Node) -> bool {
    match &node.value {
        Value::Unknown(_) | Value::Choice(..) | Value::Failed(_) | Value::Path(_) => false,
        Value::Text(text) => text.unknown().is_none(),
        Value::List(list) => {
            list.open.is_none() && list.items.iter().all(|item| is_determined(item))
        }
        Value::Object(object) => {
            object.open.is_none() && object.entries.values().all(|child| is_determined(child))
        }
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => true,
    }
}

/// Everything for which `release` calls the configuration of an instance invalid, in the order of the tree; nothing for a release
/// whose schema is not known.
pub fn refusals(instance: &Instance, release: &Release) -> Vec<Issue> {
    let Some(schema) = release.schema() else {
        return Vec::new();
    };
    let environment = Environment::of(instance);
    let (config, mut issues) = prepare::prepare(&instance.config, release);
    issues.extend(check(&config, schema, &environment));
    for issue in &mut issues {
        misspelled_requirement(issue, &config, release);
    }
    beyond::check(&config, instance, release, &environment, &mut issues);
    issues
}

/// Adds to unknown keys where the schema has keys of that name. It is looked for in all of the schema, so only for what is told.
pub fn look_elsewhere<'i>(issues: impl IntoIterator<Item = &'i mut Issue>, schema: Schema) {
    let mut known = suggest::Elsewhere::default();
    for issue in issues {
        let around = issue.path.parent().unwrap_or_default();
        if let IssueKind::UnknownKey {
            written,
            similar: None,
            elsewhere,
            ..
        } = &mut issue.kind
        {
            *elsewhere = suggest::elsewhere(&mut known, schema, &around, written);
        }
    }
}

/// A custom provider must have `baseUrl` and `models`, which the schema does not say: a misspelled one is both unknown and missing.
fn misspelled_requirement(issue: &mut Issue, config: &Node, release: &Release) {
    let IssueKind::UnknownKey {
        similar: Some(similar),
        similar_is_missing,
        ..
    } = &mut issue.kind
    else {
        return;
    };
    if !matches!(similar.as_str(), "baseUrl" | "models")
        || !issue.path.matches("models.providers.*.*")
    {
        return;
    }
    let Some(provider) = issue.path.parent() else {
        return;
    };
    let custom = provider
        .last_key()
        .is_some_and(|id| !release.is_overlay_provider(id));
    let absent = config
        .at(&provider)
        .and_then(|node| node.as_object())
        .is_some_and(|object| object.open.is_none() && !object.entries.contains_key(similar));
    if custom && absent {
        *similar_is_missing = true;
        issue.path = provider.key(similar.clone());
    }
}
