//! What was probably meant.

use crate::openclaw::nearest;
use crate::openclaw::path::{ConfigPath, Segment};
use crate::releases::schema::{Kind, Node as SchemaNode, Rest, Schema};
use std::collections::HashMap;

/// The name among `candidates` that was probably meant by `written`.
pub(super) fn nearest(
    written: &str,
    candidates: impl Iterator<Item = &'static str> + Clone,
) -> Option<&'static str> {
    candidates
        .clone()
        .find(|candidate| same_but_for_spelling(candidate, written))
        .or_else(|| {
            // One of a singular and a plural is the most frequent slip.
            candidates.clone().find(|candidate| {
                is_plural_of(candidate, written) || is_plural_of(written, candidate)
            })
        })
        .or_else(|| nearest::nearest(written, candidates))
}

/// Whether two names differ in nothing but capitals, `_` and `-`.
pub fn same_but_for_spelling(one: &str, other: &str) -> bool {
    normal(one).eq(normal(other))
}

/// Spelling without what people mix up: capitals, `_` and `-`.
fn normal(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|character| !matches!(character, '_' | '-'))
        .flat_map(char::to_lowercase)
}

fn is_plural_of(plural: &str, singular: &str) -> bool {
    normal(plural).eq(normal(singular).chain(['s']))
}

/// The value among `allowed` that was probably meant; all of them as they are written in JSON.
pub(super) fn nearest_value(written: &str, allowed: &[String]) -> Option<String> {
    let text = |json: &str| json.trim_matches('"').to_string();
    let wanted = text(written);
    let names: Vec<String> = allowed.iter().map(|value| text(value)).collect();
    let same = |name: &&String| same_but_for_spelling(name, &wanted);
    let found = names
        .iter()
        .find(same)
        .map(String::as_str)
        .or_else(|| nearest::nearest(&wanted, names.iter().map(String::as_str)))?;
    let position = names.iter().position(|name| name == found)?;
    allowed.get(position).cloned()
}

/// How many places are named.
const PLACES: usize = 3;
/// How deep the schema is searched.
const DEPTH: usize = 9;

/// How many nodes of the schema are looked at for one key.
const BUDGET: usize = 60_000;
/// How many of them for all keys of a configuration: of thousands of unknown keys the last ones get no such help.
const TOTAL_BUDGET: usize = 20 * BUDGET;

/// Where keys are that were looked for.
#[derive(Default)]
pub(super) struct Elsewhere {
    found: HashMap<String, Vec<Vec<String>>>,
    visited: usize,
}

impl Elsewhere {
    fn places(&mut self, schema: Schema, key: &str) -> &[Vec<String>] {
        if !self.found.contains_key(key) {
            let budget = BUDGET.min(TOTAL_BUDGET - self.visited);
            let mut search = Search {
                key,
                place: Vec::new(),
                found: Vec::new(),
                budget,
            };
            search.node(schema.root());
            self.visited += budget - search.budget;
            self.found.insert(key.to_string(), search.found);
        }
        self.found.get(key).map_or(&[], Vec::as_slice)
    }
}

/// Places of the schema that have a key of that name, those that share most of `path` first.
pub(super) fn elsewhere(
    known: &mut Elsewhere,
    schema: Schema,
    path: &ConfigPath,
    key: &str,
) -> Vec<String> {
    let mut found = known.places(schema, key).to_vec();
    let here: Vec<String> = path
        .0
        .iter()
        .map(|segment| match segment {
            Segment::Key(key) => key.clone(),
            Segment::Index(_) => "[]".to_string(),
        })
        .collect();
    let shared = |place: &[String]| {
        place
            .iter()
            .zip(&here)
            .take_while(|(there, here)| there == here || *there == "*")
            .count()
    };
    found.sort_by_key(|place| (std::cmp::Reverse(shared(place)), place.len(), place.clone()));
    found.dedup();
    // A key that many unrelated places have says nothing about this one.
    let best = found.first().map_or(0, |place| shared(place));
    let unrelated = best == 0 && found.len() > 3 * PLACES;
    if unrelated {
        return Vec::new();
    }
    found
        .iter()
        .take(PLACES)
        .filter(|place| shared(place) == best)
        .map(|place| place.join(".").replace(".[]", "[]"))
        .collect()
}

struct Search<'k> {
    key: &'k str,
    place: Vec<String>,
    found: Vec<Vec<String>>,
    budget: usize,
}

impl Search<'_> {
    fn node(&mut self, node: SchemaNode) {
        if self.place.len() > DEPTH || self.budget == 0 {
            return;
        }
        self.budget -= 1;
        match node.kind() {
            Kind::Object(rules) => {
                for (name, child) in rules.properties() {
                    self.place.push(name.to_string());
                    if name == self.key {
                        self.found.push(self.place.clone());
                    }
                    self.node(child);
                    self.place.pop();
                }
                if let Rest::Each(child) = rules.rest() {
                    self.place.push("*".to_string());
                    self.node(child);
                    self.place.pop();
                }
            }
            Kind::Array(rules) => {
                self.place.push("[]".to_string());
                self.node(rules.items());
                self.place.pop();
            }
            Kind::Union(branches) | Kind::All(branches) => {
                for branch in branches.iter() {
                    self.node(branch);
                }
            }
            _ => {}
        }
    }
}
