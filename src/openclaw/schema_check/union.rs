//! Unions: a value fits if a branch takes it; if none does, the branch that was meant says why.

use super::environment::Filled;
use super::issue::{Expected, Found, Issue, IssueKind, OBJECT};
use super::scalar::Literal;
use super::{Checker, Step};
use crate::openclaw::secret_providers::{is_exec_id, is_file_id};
use crate::openclaw::tree::{Node, Value};
use crate::releases::schema::{Branches, Kind, Literals, Node as SchemaNode};

impl<'a> Checker<'a> {
    pub(super) fn union(&mut self, node: &'a Node, schema: SchemaNode, branches: &Branches) {
        let fitting: Vec<SchemaNode> = branches
            .iter()
            .filter(|branch| may_take(*branch, node))
            .collect();
        if fitting.is_empty() {
            return self.no_branch_for_this_type(node, schema, branches);
        }
        if let Value::Object(_) = &node.value
            && let Some(discriminator) = branches
                .discriminator()
                .or_else(|| common_discriminator(&fitting))
            && self.by_discriminator(node, discriminator, &fitting)
        {
            return;
        }
        // Literal values of several branches are one list of allowed values.
        let mut literal_branches = Vec::new();
        let mut unless_set = Vec::new();
        let mut refused: Vec<Vec<Issue>> = Vec::new();
        for branch in fitting {
            if let Kind::Enum(literals) = branch.kind() {
                match self.is_literal(node, &literals) {
                    Literal::Yes | Literal::Unknown => return,
                    Literal::No(unless) => {
                        unless_set = unless;
                        literal_branches.push(literals);
                    }
                }
                continue;
            }
            let issues = self.separately(|checker| checker.node(node, branch));
            if issues.is_empty() {
                return;
            }
            refused.push(issues);
        }
        let depth = self.steps.len();
        if refused.is_empty() {
            let takes_boolean = branches
                .iter()
                .any(|branch| matches!(branch.kind(), Kind::Boolean));
            let booleans = ["true", "false"].iter().filter(|_| takes_boolean);
            let mut allowed: Vec<String> = booleans.map(|word| (*word).to_string()).collect();
            allowed.extend(values(&literal_branches));
            self.not_allowed(node, allowed, unless_set);
            return;
        }
        refused.sort_by_key(|issues| misfit(issues, depth));
        if let Some(best) = refused.into_iter().next() {
            self.issues.extend(best);
        }
    }

    fn no_branch_for_this_type(&mut self, node: &'a Node, schema: SchemaNode, branches: &Branches) {
        let literals: Vec<Literals> = branches
            .iter()
            .filter_map(|branch| match branch.kind() {
                Kind::Enum(literals) => Some(literals),
                _ => None,
            })
            .collect();
        if literals.len() == branches.iter().len() && !matches!(node.value, Value::Null) {
            self.not_allowed(node, values(&literals), Vec::new());
        } else if let Some((item, value)) = only_list_of(branches, node) {
            // One value where a list of such values is asked for.
            self.report(
                node,
                IssueKind::WrongType {
                    expected: expected(schema),
                    found: item,
                    instead: Some(value),
                },
            );
        } else {
            self.wrong_type(node, schema);
        }
    }

    /// The ids of files and programs have a form that the schema does not say; channels and plugins, which
    /// bring nothing but a schema, take any.
    fn secret_id(&mut self, node: &'a Node, source: &Node) {
        let unchecked = matches!(self.steps.first(), Some(Step::Key("channels" | "plugins")));
        let Some(id) = node.get("id").filter(|_| !unchecked) else {
            return;
        };
        let Some(known) = id.as_str() else {
            return;
        };
        let (text, unless) = match self.environment.fill(&known) {
            Filled::Known(text) => (text, Vec::new()),
            Filled::Unless(text, unless) => (text, unless),
            Filled::Unknown => return,
        };
        let clause = match source.as_str().as_deref() {
            Some("file") if !is_file_id(&text) => {
                "must be `value`, or a JSON pointer such as `/providers/openai/apiKey`"
            }
            Some("exec") if !is_exec_id(&text) => {
                "must have only letters, digits and `._:/#-`, a letter or digit first, and no `.` or `..` between slashes"
            }
            _ => return,
        };
        self.steps.push(Step::Key("id"));
        self.report_unless(id, IssueKind::Malformed(clause.to_string()), unless);
        self.steps.pop();
    }

    /// Checks an object against the branch that its discriminator names. False when that says nothing.
    fn by_discriminator(
        &mut self,
        node: &'a Node,
        discriminator: &'static str,
        branches: &[SchemaNode],
    ) -> bool {
        let Some(object) = node.as_object() else {
            return false;
        };
        let literal_of = |branch: SchemaNode| match branch.kind() {
            Kind::Object(rules) => match rules.property(discriminator)?.kind() {
                Kind::Enum(literals) => Some(literals),
                _ => None,
            },
            _ => None,
        };
        let Some(value) = object.entries.get(discriminator) else {
            if object.open.is_none() {
                let allowed: Vec<Literals> =
                    branches.iter().copied().filter_map(literal_of).collect();
                self.steps.push(Step::Key(discriminator));
                let path = self.path();
                self.steps.pop();
                self.issues.push(Issue {
                    path,
                    span: node.place.key.or(node.place.primary()),
                    kind: IssueKind::MissingKey {
                        expected: Expected(literal_words(&allowed)),
                    },
                    unless_set: Vec::new(),
                    doubt: None,
                });
            }
            return true;
        };
        let mut allowed = Vec::new();
        let mut unless_set = Vec::new();
        let mut meant = Vec::new();
        for branch in branches.iter().copied() {
            let Some(literals) = literal_of(branch) else {
                continue;
            };
            match self.is_literal(value, &literals) {
                Literal::Yes => meant.push(branch),
                Literal::Unknown => return false,
                Literal::No(unless) => unless_set = unless,
            }
            allowed.push(literals);
        }
        match meant.as_slice() {
            [] => {}
            [branch] => {
                self.node(node, *branch);
                if discriminator == "source" {
                    self.secret_id(node, value);
                }
                return true;
            }
            // More than one branch has that literal: something else tells them apart.
            _ => return false,
        }
        self.steps.push(Step::Key(discriminator));
        self.not_allowed(value, values(&allowed), unless_set);
        self.steps.pop();
        true
    }
}

/// The key that every one of several object branches requires as a literal.
fn common_discriminator(branches: &[SchemaNode]) -> Option<&'static str> {
    let rules: Vec<_> = branches
        .iter()
        .filter_map(|branch| match branch.kind() {
            Kind::Object(rules) => Some(rules),
            _ => None,
        })
        .collect();
    let (first, rest) = rules.split_first()?;
    if rest.is_empty() || rules.len() != branches.len() {
        return None;
    }
    first.required().find(|name| {
        rules.iter().all(|rules| {
            rules.required().any(|required| required == *name)
                && rules
                    .property(name)
                    .is_some_and(|part| matches!(part.kind(), Kind::Enum(_)))
        })
    })
}

fn values(literals: &[Literals]) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for literal in literals.iter().copied().flat_map(Literals::values) {
        let text = literal.to_string();
        if !values.contains(&text) {
            values.push(text);
        }
    }
    values
}

fn literal_words(literals: &[Literals]) -> Vec<&'static str> {
    literals.iter().copied().flat_map(Literals::texts).collect()
}

/// The list that was meant, when the only thing wrong is that a single value stands where a list of texts must.
fn only_list_of(branches: &Branches, node: &Node) -> Option<(Found, String)> {
    let text = node.as_str()?;
    let mut lists = branches.iter().filter(|branch| {
        matches!(branch.kind(), Kind::Array(rules) if matches!(rules.items().kind(), Kind::Text(_)))
    });
    lists.next()?;
    (text.len() <= 40).then(|| {
        (
            Found::Text,
            format!("[ {} ]", serde_json::Value::String(text)),
        )
    })
}

/// How badly a value misses a branch: the more severe and the nearer to the top, the worse.
fn misfit(issues: &[Issue], depth: usize) -> usize {
    issues
        .iter()
        .map(|issue| {
            let below = issue.path.0.len() - depth;
            let weight = match &issue.kind {
                IssueKind::UnknownKey { similar, .. } if similar.is_some() => 6,
                IssueKind::UnknownKey { .. } => 10,
                IssueKind::MissingKey { .. } => 9,
                IssueKind::WrongType { .. } | IssueKind::Null { .. } if below == 0 => 1000,
                IssueKind::WrongType { .. } | IssueKind::Null { .. } => 8,
                // A literal of one value is what tells branches apart.
                IssueKind::NotAllowed { allowed, .. } if allowed.len() == 1 => 30,
                _ => 5,
            };
            (weight * 8) >> below.saturating_sub(1).min(3)
        })
        .sum()
}

/// Whether a branch is for values of this type at all.
fn may_take(schema: SchemaNode, node: &Node) -> bool {
    match schema.kind() {
        Kind::Any => true,
        Kind::Never => false,
        Kind::Null => matches!(node.value, Value::Null),
        Kind::Boolean => matches!(node.value, Value::Boolean(_)),
        Kind::Integer(_) | Kind::Number(_) => {
            matches!(node.value, Value::Integer(_) | Value::Float(_))
        }
        Kind::Text(_) => matches!(node.value, Value::Text(_) | Value::Path(_)),
        Kind::Enum(literals) => match &node.value {
            Value::Text(_) => literals.texts().next().is_some(),
            Value::Boolean(_) => literals.values().any(|value| value.is_boolean()),
            Value::Integer(_) | Value::Float(_) => literals.values().any(|value| value.is_number()),
            Value::Null => literals.values().any(|value| value.is_null()),
            _ => false,
        },
        Kind::Array(_) => matches!(node.value, Value::List(_)),
        Kind::Object(_) => matches!(node.value, Value::Object(_)),
        Kind::Union(branches) => branches.iter().any(|branch| may_take(branch, node)),
        Kind::All(branches) => branches.iter().all(|branch| may_take(branch, node)),
        Kind::Not(_) | Kind::When { .. } => true,
    }
}

/// Whether null is allowed.
pub(super) fn accepts_null(schema: SchemaNode) -> bool {
    match schema.kind() {
        Kind::Any | Kind::Null => true,
        Kind::Enum(literals) => literals.values().any(|value| value.is_null()),
        Kind::Union(branches) => branches.iter().any(accepts_null),
        Kind::All(branches) => branches.iter().all(accepts_null),
        Kind::Not(_) | Kind::When { .. } => true,
        _ => false,
    }
}

/// What kind of value is allowed.
pub(super) fn expected(schema: SchemaNode) -> Expected {
    fn add(schema: SchemaNode, words: &mut Vec<&'static str>) {
        let word = match schema.kind() {
            Kind::Any | Kind::Not(_) | Kind::When { .. } => "any value",
            Kind::Never => return,
            Kind::Null => "null",
            Kind::Boolean => "true or false",
            Kind::Integer(_) => "a whole number",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "a string",
            Kind::Enum(literals) => {
                if literals.texts().next().is_some() {
                    "a string"
                } else if literals.values().any(|value| value == true) {
                    "true"
                } else if literals.values().any(|value| value == false) {
                    "false"
                } else {
                    "a number"
                }
            }
            Kind::Array(rules) => match rules.items().kind() {
                Kind::Text(_) => "a list of strings",
                Kind::Object(_) => "a list of attribute sets",
                _ => "a list",
            },
            Kind::Object(_) => OBJECT,
            Kind::Union(branches) => {
                for branch in branches.iter() {
                    add(branch, words);
                }
                return;
            }
            Kind::All(branches) => {
                if let Some(first) = branches.iter().next() {
                    add(first, words);
                }
                return;
            }
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let mut words = Vec::new();
    add(schema, &mut words);
    Expected(words)
}
