//! What was probably meant.

use crate::nearest;
use crate::openclaw::path::{ConfigPath, Segment};
use crate::releases::schema::{Kind, Node as SchemaNode, Rest, Schema};
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// Where keys are that were looked for: below a place of the schema, the places with a key of that name.
#[derive(Default)]
pub(super) struct Elsewhere {
    found: HashMap<(Place, String), BTreeSet<Place>>,
    visited: usize,
}

/// Names of properties from the root of a schema on; `*` for any name, `[]` for any element.
type Place = Vec<String>;

impl Elsewhere {
    /// The places below one that have a key of that name. `nodes` are what the schema demands there; no more than `most`
    /// places and one are looked for.
    fn below(
        &mut self,
        place: &Place,
        nodes: &[SchemaNode],
        key: &str,
        most: usize,
    ) -> &BTreeSet<Place> {
        let asked = (place.clone(), key.to_string());
        let visited = &mut self.visited;
        self.found.entry(asked).or_insert_with(|| {
            let budget = BUDGET.min(TOTAL_BUDGET - *visited);
            let mut search = Search {
                key,
                place: place.clone(),
                found: BTreeSet::new(),
                met: 0,
                most,
                without: HashMap::new(),
                budget,
            };
            for node in nodes {
                search.node(*node);
            }
            *visited += budget - search.budget;
            search.found
        })
    }
}

/// Places of the schema that have a key of that name, of those that share most of `path`.
pub(super) fn elsewhere(
    known: &mut Elsewhere,
    schema: Schema,
    path: &ConfigPath,
    key: &str,
) -> Vec<String> {
    // What the schema demands at each place that the path goes through, the root first.
    let mut way: Vec<BTreeMap<Place, Vec<SchemaNode>>> =
        vec![BTreeMap::from([(Place::new(), vec![schema.root()])])];
    for segment in &path.0 {
        let mut next: BTreeMap<Place, Vec<SchemaNode>> = BTreeMap::new();
        for (place, nodes) in way.last().into_iter().flatten() {
            for node in nodes {
                step(*node, segment, &mut |name, child| {
                    let mut place = place.clone();
                    place.push(name.to_string());
                    let nodes = next.entry(place).or_default();
                    if !nodes.contains(&child) {
                        nodes.push(child);
                    }
                });
            }
        }
        if next.is_empty() {
            break;
        }
        way.push(next);
    }
    let mut nearest_first = way.iter().enumerate().rev();
    let found = nearest_first.find_map(|(shared, there)| {
        // A key that many unrelated places have says nothing about this one.
        let most = match shared {
            0 => 3 * PLACES,
            _ => usize::MAX,
        };
        let mut found: Vec<Place> = Vec::new();
        for (place, nodes) in there {
            found.extend(known.below(place, nodes, key, most).iter().cloned());
        }
        match found.len() {
            0 => None,
            count if count > most => Some(Vec::new()),
            _ => Some(found),
        }
    });
    let mut found = found.unwrap_or_default();
    found.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    found
        .iter()
        .take(PLACES)
        .map(|place| place.join(".").replace(".[]", "[]"))
        .collect()
}

/// What is demanded of the value that a segment of a path leads to, with the name that the schema has for the segment.
fn step(node: SchemaNode, segment: &Segment, found: &mut dyn FnMut(&str, SchemaNode)) {
    match (node.kind(), segment) {
        (Kind::Object(rules), Segment::Key(key)) => {
            if let Some(child) = rules.property(key) {
                found(key, child);
            }
            if let Rest::Each(child) = rules.rest() {
                found("*", child);
            }
        }
        (Kind::Array(rules), Segment::Index(_)) => found("[]", rules.items()),
        (Kind::Union(branches) | Kind::All(branches), _) => {
            for branch in branches.iter() {
                step(branch, segment, found);
            }
        }
        _ => {}
    }
}

struct Search<'k> {
    key: &'k str,
    place: Place,
    found: BTreeSet<Place>,
    /// How often a key of that name was met, at whichever place.
    met: usize,
    /// No more is looked for once more than these are found.
    most: usize,
    /// Nodes that have no such key below them, with how near to the root that was seen: many places share a node.
    without: HashMap<SchemaNode, usize>,
    budget: usize,
}

impl Search<'_> {
    fn node(&mut self, node: SchemaNode) {
        let depth = self.place.len();
        let is_known = self.without.get(&node).is_some_and(|seen| *seen <= depth);
        let is_enough = self.budget == 0 || self.found.len() > self.most;
        if depth > DEPTH || is_enough || is_known {
            return;
        }
        self.budget -= 1;
        let met = self.met;
        self.below(node);
        if self.met == met && self.budget > 0 {
            self.without.insert(node, depth);
        }
    }

    fn below(&mut self, node: SchemaNode) {
        match node.kind() {
            Kind::Object(rules) => {
                for (name, child) in rules.properties() {
                    self.place.push(name.to_string());
                    if name == self.key {
                        self.met += 1;
                        self.found.insert(self.place.clone());
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
