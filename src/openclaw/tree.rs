//! The configuration tree that rules see: values with the place where each was written, without syntax.
//!
//! A tree comes from evaluated Nix, from an openclaw.json or from what Nix evaluated, and says the same in
//! each case. What the sources do not determine is [`Value::Unknown`]; what depends on a condition that they
//! do not determine is a [`Value::Choice`] until [`Node::in_world`] picks a world. Rules only ever see trees
//! without choices.

use super::path::{ConfigPath, Segment};
use super::problem::Problem;
pub use crate::nix::eval::unknown::{Equality, Kind};
use crate::workspace::source::Span;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A value that the sources do not determine.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Unknown {
    /// What it is known to be, if anything.
    pub kind: Option<Kind>,
    /// The option or argument that it is, as a path from where it is looked at, if it is one: `config.sops.secrets.x.path`.
    pub subject: Option<String>,
    /// Why it is not known: a clause in lower case, "argument `model` of the module is not known here".
    pub reason: String,
    /// Where it became unknown.
    pub span: Option<Span>,
}

/// A condition that the sources do not determine. Two conditions with the same `id` are the same condition.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Condition {
    /// Identity within a run.
    pub id: u64,
    /// As people would say it: "`config.services.matrix.enable` is true".
    pub text: String,
    /// Where it is read.
    pub span: Option<Span>,
    /// Set where it says that an unknown value is a certain one.
    pub equality: Option<Equality>,
}

impl Condition {
    /// As a part of a sentence: "if `x` is true", and where it does not hold "if `x` is false".
    pub fn phrase(&self, holds: bool) -> String {
        match (holds, self.text.strip_suffix(" is true")) {
            (true, _) => format!("if {}", self.text),
            (false, Some(subject)) => format!("if {subject} is false"),
            (false, None) => format!("unless {}", self.text),
        }
    }

    /// Whether both cannot hold.
    fn excludes(&self, other: &Condition) -> bool {
        match (&self.equality, &other.equality) {
            (Some(one), Some(other)) => one.excludes(other),
            _ => false,
        }
    }
}

/// A choice of truth values for conditions.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct World(pub BTreeMap<Condition, bool>);

impl World {
    /// The worlds that there may be, those in which more of the first conditions hold before the others. At most `most`: the
    /// conditions at the end are left out where they would make more.
    pub fn all(conditions: &[Condition], most: usize) -> Vec<World> {
        let mut worlds = vec![World::default()];
        for condition in conditions {
            let with = |world: &World, holds: bool| {
                let mut world = world.clone();
                world.0.insert(condition.clone(), holds);
                world
            };
            let holding = worlds.iter().filter(|world| world.allows(condition));
            let holding = holding.map(|world| with(world, true));
            let others = worlds.iter().map(|world| with(world, false));
            let next: Vec<World> = holding.chain(others).collect();
            if next.len() > most {
                break;
            }
            worlds = next;
        }
        worlds
    }

    /// Whether a condition may hold beside those that hold.
    pub fn allows(&self, condition: &Condition) -> bool {
        let mut holding = self.0.iter().filter(|(_, holds)| **holds);
        !holding.any(|(known, _)| known.excludes(condition))
    }
}

/// A step on a value's way from where it was written to where it is used.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Step {
    /// Where.
    pub span: Span,
    /// A short phrase in lower case: "used here", "in this call", "set in this module".
    pub what: String,
}

/// Where a value was written and how it got here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// The expression that made the value: the literal itself, also when it came through a `let`, a function
    /// or another file. `None` for what no source wrote.
    pub span: Option<Span>,
    /// The attribute name (or dotted path of names) under which it was defined.
    pub key: Option<Span>,
    /// The expression on the right side of the definition; equal to `span` for a literal.
    pub definition: Option<Span>,
    /// The way between: calls, the use of a `let`, the module. Nearest to the value first.
    pub via: Vec<Step>,
    /// Whether Nix has a text here, the JSON that it makes of the value (`builtins.toJSON`): for OpenClaw it is the value that
    /// counts, for an option its text.
    pub is_rendered: bool,
    /// Whether Nix has a file of the store here, of which the value is the content (`pkgs.writeText`, `builtins.toFile`).
    pub is_file: bool,
}

impl Place {
    /// The best place to show: the value, else its definition, else its name.
    pub fn primary(&self) -> Option<Span> {
        self.span.or(self.definition).or(self.key)
    }
}

/// A piece of a string.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TextPart {
    /// Known text, and where it stands in the source. The span has the same number of bytes as the text
    /// exactly when the source holds the text verbatim (no escapes), so that offsets carry over.
    Known {
        /// The text.
        text: String,
        /// Where it was written.
        span: Option<Span>,
    },
    /// A part that the sources do not determine.
    Unknown(Unknown),
}

/// A string whose parts may be unknown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Text {
    /// The parts in order; adjacent known parts come from different places.
    pub parts: Vec<TextPart>,
}

impl Text {
    /// A wholly known text.
    pub fn plain(text: impl Into<String>, span: Option<Span>) -> Self {
        Text {
            parts: vec![TextPart::Known {
                text: text.into(),
                span,
            }],
        }
    }

    /// The whole text, if every part is known.
    pub fn known(&self) -> Option<String> {
        self.whole().map(Cow::into_owned)
    }

    /// The same where it is only looked at: most texts have one part, which is there already.
    pub fn whole(&self) -> Option<Cow<'_, str>> {
        if let [TextPart::Known { text, .. }] = self.parts.as_slice() {
            return Some(Cow::Borrowed(text));
        }
        self.parts
            .iter()
            .map(|part| match part {
                TextPart::Known { text, .. } => Some(text.as_str()),
                TextPart::Unknown(_) => None,
            })
            .collect()
    }

    /// The known text before the first unknown part; the whole text where nothing is unknown.
    pub fn known_prefix(&self) -> String {
        self.parts
            .iter()
            .map_while(|part| match part {
                TextPart::Known { text, .. } => Some(text.as_str()),
                TextPart::Unknown(_) => None,
            })
            .collect()
    }

    /// The first unknown part.
    pub fn unknown(&self) -> Option<&Unknown> {
        self.parts.iter().find_map(|part| match part {
            TextPart::Unknown(unknown) => Some(unknown),
            TextPart::Known { .. } => None,
        })
    }

    /// The text with `…` for each unknown part, for messages. The caller sees to it that it holds no secret.
    pub fn display(&self) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                TextPart::Known { text, .. } => text.as_str(),
                TextPart::Unknown(_) => "…",
            })
            .collect()
    }

    /// Whether a known part holds this character.
    pub fn contains(&self, wanted: char) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, TextPart::Known { text, .. } if text.contains(wanted)))
    }

    /// The lines of the text, without what ends them. A part that is not known belongs to the line that it begins in.
    pub fn lines(&self) -> Vec<Text> {
        let mut lines = vec![Text { parts: Vec::new() }];
        for part in &self.parts {
            let TextPart::Known { text, .. } = part else {
                if let Some(line) = lines.last_mut() {
                    line.parts.push(part.clone());
                }
                continue;
            };
            let mut start = 0;
            for (index, piece) in text.split('\n').enumerate() {
                if index > 0 {
                    lines.push(Text { parts: Vec::new() });
                }
                let end = start + piece.len();
                if let Some(line) = lines.last_mut()
                    && !piece.is_empty()
                {
                    line.parts.push(part.piece(start..end));
                }
                start = end + 1;
            }
        }
        lines
    }

    /// The text without its first `count` bytes, which are known.
    pub fn without_start(&self, count: usize) -> Text {
        let mut left = count;
        let mut parts = Vec::new();
        for part in &self.parts {
            match part {
                TextPart::Known { text, .. } if left > 0 => {
                    let cut = left.min(text.len());
                    left -= cut;
                    parts.push(part.piece(cut..text.len()));
                }
                _ => parts.push(part.clone()),
            }
        }
        Text { parts }
    }

    /// The text without a quote at its end.
    pub fn without_quote_at_end(mut self) -> Text {
        if let Some(TextPart::Known { text, .. }) = self.parts.last()
            && text.ends_with(['"', '\''])
        {
            let shorter = self.parts[self.parts.len() - 1].piece(0..text.len() - 1);
            self.parts.pop();
            self.parts.push(shorter);
        }
        self
    }

    /// Where the bytes `range` of the whole text (all parts before it known) stand in the source, if one
    /// part holds them verbatim.
    pub fn locate(&self, range: std::ops::Range<usize>) -> Option<Span> {
        let mut start = 0;
        for part in &self.parts {
            let TextPart::Known { text, span } = part else {
                return None;
            };
            let end = start + text.len();
            if range.start >= start && range.end <= end {
                let span = (*span)?;
                if span.len() as usize != text.len() {
                    return None;
                }
                return Some(Span::new(
                    span.file,
                    span.start + (range.start - start) as u32,
                    span.start + (range.end - start) as u32,
                ));
            }
            start = end;
        }
        None
    }
}

impl TextPart {
    /// The bytes `range` of a known part, and where they stand, if the source holds them verbatim.
    pub(super) fn piece(&self, range: std::ops::Range<usize>) -> TextPart {
        match self {
            TextPart::Known { text, span } => TextPart::Known {
                text: text[range.clone()].to_string(),
                span: span
                    .filter(|span| span.len() as usize == text.len())
                    .map(|span| {
                        let at = |offset: usize| span.start + offset as u32;
                        Span::new(span.file, at(range.start), at(range.end))
                    }),
            },
            TextPart::Unknown(_) => self.clone(),
        }
    }
}

/// An attribute set or JSON object.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// The entries, sorted by key.
    pub entries: BTreeMap<String, Rc<Node>>,
    /// Set when there may be entries that are not known: then "has no such key" cannot be said.
    pub open: Option<Unknown>,
}

/// A list.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The known elements in order.
    pub items: Vec<Rc<Node>>,
    /// Set when there may be further elements that are not known, at any position.
    pub open: Option<Unknown>,
}

/// A value of the tree.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A number with a fraction or exponent.
    Float(f64),
    /// A string.
    Text(Text),
    /// A path literal: the absolute path as Nix would see it and where it was written. In the rendered file
    /// it is a store path.
    Path(PathLiteral),
    /// A list.
    List(List),
    /// An attribute set.
    Object(Object),
    /// Not determined by the sources.
    Unknown(Unknown),
    /// Depends on a condition: the node if it holds, the node if it does not; `None` where there is nothing.
    Choice(Condition, Option<Rc<Node>>, Option<Rc<Node>>),
    /// Nix fails to evaluate this value, and why.
    Failed(Rc<Problem>),
}

/// A path value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PathLiteral {
    /// Absolute, normalised.
    pub absolute: String,
    /// As it was written: `./documents`, `~/x`, `/etc/x`. Empty where it was computed.
    pub written: String,
    /// Whether Nix has a string here, into which the path was put: `"${./documents}"`.
    pub is_string: bool,
}

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it comes from.
    pub place: Place,
    /// Whether the node is there only under a condition of the present world. Filled by
    /// [`Node::in_world`].
    pub conditional: bool,
}

impl Node {
    /// A node that is there unconditionally.
    pub fn new(value: Value, place: Place) -> Rc<Self> {
        Rc::new(Node {
            value,
            place,
            conditional: false,
        })
    }

    /// A string with the same place for value and definition.
    pub fn text(text: impl Into<String>, span: Option<Span>) -> Rc<Self> {
        Node::new(
            Value::Text(Text::plain(text, span)),
            Place {
                span,
                definition: span,
                ..Place::default()
            },
        )
    }

    /// Whether another node holds the same, wherever it was written.
    pub fn is_same_as(&self, other: &Node) -> bool {
        let same_branch = |one: &Option<Rc<Node>>, other: &Option<Rc<Node>>| match (one, other) {
            (None, None) => true,
            (Some(one), Some(other)) => one.is_same_as(other),
            _ => false,
        };
        match (&self.value, &other.value) {
            (Value::Null, Value::Null) => true,
            (Value::Boolean(one), Value::Boolean(other)) => one == other,
            (Value::Integer(one), Value::Integer(other)) => one == other,
            (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
            (Value::Text(one), Value::Text(other)) => match (one.known(), other.known()) {
                (Some(one), Some(other)) => one == other,
                _ => one == other,
            },
            (Value::Path(one), Value::Path(other)) => one.absolute == other.absolute,
            (Value::List(one), Value::List(other)) => {
                one.open == other.open
                    && one.items.len() == other.items.len()
                    && one
                        .items
                        .iter()
                        .zip(&other.items)
                        .all(|(one, other)| one.is_same_as(other))
            }
            (Value::Object(one), Value::Object(other)) => {
                one.open == other.open
                    && one.entries.len() == other.entries.len()
                    && one.entries.iter().zip(&other.entries).all(
                        |((name, one), (other_name, other))| {
                            name == other_name && one.is_same_as(other)
                        },
                    )
            }
            (Value::Unknown(one), Value::Unknown(other)) => one == other,
            (Value::Choice(one, then, unless), Value::Choice(other, other_then, other_unless)) => {
                one.id == other.id
                    && same_branch(then, other_then)
                    && same_branch(unless, other_unless)
            }
            (Value::Failed(one), Value::Failed(other)) => one == other,
            _ => false,
        }
    }

    /// The wholly known string.
    pub fn as_str(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => text.known(),
            _ => None,
        }
    }

    /// The text, known or partly known.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The object.
    pub fn as_object(&self) -> Option<&Object> {
        match &self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The entries of the object by name; none of what is no object.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Rc<Node>)> {
        self.as_object()
            .into_iter()
            .flat_map(|object| &object.entries)
            .map(|(name, node)| (name.as_str(), node))
    }

    /// The place of the name under which it is defined, where that is a definition of its own: whoever writes another name there
    /// changes nothing but the name. A name that `inherit` takes along is that of a variable too.
    pub fn editable_name(&self) -> Option<Span> {
        self.place
            .key
            .filter(|key| self.place.definition != Some(*key))
    }

    /// The place of the whole known text, without quotes, where the source holds it as it is and nothing else uses it.
    pub fn editable_text(&self) -> Option<Span> {
        let text = self.as_text()?;
        let length = text.known()?.len();
        text.locate(0..length).filter(|_| self.place.via.is_empty())
    }

    /// The list.
    pub fn as_list(&self) -> Option<&List> {
        match &self.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The integer.
    pub fn as_integer(&self) -> Option<i64> {
        match &self.value {
            Value::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    /// The number, integer or not.
    pub fn as_number(&self) -> Option<f64> {
        match &self.value {
            Value::Integer(integer) => Some(*integer as f64),
            Value::Float(float) => Some(*float),
            _ => None,
        }
    }

    /// The truth value.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Value::Boolean(boolean) => Some(*boolean),
            _ => None,
        }
    }

    /// Why it is not known, if it is not.
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.value {
            Value::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The entry of an object; `None` for an absent key and for anything that is no object.
    pub fn get(&self, key: &str) -> Option<&Rc<Node>> {
        self.as_object()?.entries.get(key)
    }

    /// The node at a path of plain keys: `node.at_keys("agents.defaults.model")`.
    pub fn at_keys(&self, dotted: &str) -> Option<&Rc<Node>> {
        let mut keys = dotted.split('.');
        let mut node = self.get(keys.next()?)?;
        for key in keys {
            node = node.get(key)?;
        }
        Some(node)
    }

    /// The node at a path.
    pub fn at(&self, path: &ConfigPath) -> Option<&Node> {
        path.0.iter().try_fold(self, |node, segment| match segment {
            Segment::Key(key) => node.get(key).map(Rc::as_ref),
            Segment::Index(index) => node.as_list()?.items.get(*index).map(Rc::as_ref),
        })
    }

    /// What is known of a key: there, absent, or not known.
    pub fn lookup(&self, key: &str) -> Lookup<'_> {
        match &self.value {
            Value::Object(object) => match (object.entries.get(key), &object.open) {
                (Some(node), _) => match &node.value {
                    Value::Unknown(unknown) => Lookup::Unknown(unknown),
                    _ => Lookup::Present(node),
                },
                (None, Some(unknown)) => Lookup::Unknown(unknown),
                (None, None) => Lookup::Absent,
            },
            Value::Unknown(unknown) => Lookup::Unknown(unknown),
            _ => Lookup::Absent,
        }
    }

    /// The same of a dotted path of keys, each below the one before.
    pub fn lookup_keys(&self, dotted: &str) -> Lookup<'_> {
        let (first, rest) = match dotted.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (dotted, None),
        };
        match (self.lookup(first), rest) {
            (Lookup::Present(below), Some(rest)) => below.lookup_keys(rest),
            (found, _) => found,
        }
    }

    /// Where to point for a path: the node itself, or, where something on the way is missing, the nearest
    /// enclosing node that is there (its name, where it has one).
    pub fn place_of(&self, path: &ConfigPath) -> Option<Span> {
        let mut node = self;
        let mut found = self.place.primary();
        for (depth, segment) in path.0.iter().enumerate() {
            let next = match segment {
                Segment::Key(key) => node.get(key),
                Segment::Index(index) => node.as_list().and_then(|list| list.items.get(*index)),
            };
            let Some(next) = next else {
                return node.place.key.or(node.place.primary()).or(found);
            };
            node = next;
            let last = depth + 1 == path.0.len();
            found = if last {
                node.place.primary()
            } else {
                node.place.key.or(node.place.primary())
            }
            .or(found);
        }
        found
    }

    /// Calls `visit` for this node and every node below, with its path. Choices are not entered.
    pub fn walk(&self, visit: &mut dyn FnMut(&ConfigPath, &Node)) {
        fn go(node: &Node, path: &mut ConfigPath, visit: &mut dyn FnMut(&ConfigPath, &Node)) {
            visit(path, node);
            match &node.value {
                Value::Object(object) => {
                    for (key, child) in &object.entries {
                        path.0.push(Segment::Key(key.clone()));
                        go(child, path, visit);
                        path.0.pop();
                    }
                }
                Value::List(list) => {
                    for (index, child) in list.items.iter().enumerate() {
                        path.0.push(Segment::Index(index));
                        go(child, path, visit);
                        path.0.pop();
                    }
                }
                _ => {}
            }
        }
        go(self, &mut ConfigPath::root(), visit);
    }

    /// Calls `visit` for the place of each value that is no set and no list, in all worlds.
    pub fn places(&self, visit: &mut dyn FnMut(&Place)) {
        match &self.value {
            Value::Choice(_, then, otherwise) => {
                for branch in [then, otherwise].into_iter().flatten() {
                    branch.places(visit);
                }
            }
            Value::Object(object) => {
                for child in object.entries.values() {
                    child.places(visit);
                }
            }
            Value::List(list) => {
                for child in &list.items {
                    child.places(visit);
                }
            }
            _ => visit(&self.place),
        }
    }

    /// Adds the conditions that this tree depends on.
    pub fn conditions(&self, found: &mut Vec<Condition>) {
        match &self.value {
            Value::Choice(condition, then, otherwise) => {
                if !found.iter().any(|known| known.id == condition.id) {
                    found.push(condition.clone());
                }
                for branch in [then, otherwise].into_iter().flatten() {
                    branch.conditions(found);
                }
            }
            Value::Object(object) => object
                .entries
                .values()
                .for_each(|child| child.conditions(found)),
            Value::List(list) => list.items.iter().for_each(|child| child.conditions(found)),
            _ => {}
        }
    }

    /// The tree in one world, without choices; `None` where the node is absent in it. A condition that the
    /// world does not decide makes the node unknown.
    pub fn in_world(self: &Rc<Self>, world: &World) -> Option<Rc<Node>> {
        if !self.has_choice() {
            return Some(Rc::clone(self));
        }
        self.project(world, false)
    }

    /// Whether anything in it depends on a condition.
    fn has_choice(&self) -> bool {
        match &self.value {
            Value::Choice(..) => true,
            Value::Object(object) => object.entries.values().any(|child| child.has_choice()),
            Value::List(list) => list.items.iter().any(|child| child.has_choice()),
            _ => false,
        }
    }

    fn project(self: &Rc<Self>, world: &World, conditional: bool) -> Option<Rc<Node>> {
        let value = match &self.value {
            Value::Choice(condition, then, otherwise) => {
                let Some(holds) = world.0.get(condition) else {
                    return Some(Rc::new(Node {
                        value: Value::Unknown(Unknown {
                            subject: None,
                            kind: None,
                            reason: format!("it depends on whether {}", condition.text),
                            span: condition.span,
                        }),
                        place: self.place.clone(),
                        conditional,
                    }));
                };
                let branch = if *holds { then } else { otherwise };
                let other = if *holds { otherwise } else { then };
                return branch
                    .as_ref()?
                    .project(world, conditional || other.is_none());
            }
            Value::Object(object) => Value::Object(Object {
                entries: object
                    .entries
                    .iter()
                    .filter_map(|(key, child)| {
                        Some((key.clone(), child.project(world, conditional)?))
                    })
                    .collect(),
                open: object.open.clone(),
            }),
            Value::List(list) => Value::List(List {
                items: list
                    .items
                    .iter()
                    .filter_map(|child| child.project(world, conditional))
                    .collect(),
                open: list.open.clone(),
            }),
            other => other.clone(),
        };
        Some(Rc::new(Node {
            value,
            place: self.place.clone(),
            conditional,
        }))
    }
}

/// What is known of a key of an object.
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'a> {
    /// The key is there.
    Present(&'a Rc<Node>),
    /// The key is certainly not there.
    Absent,
    /// It is not known whether it is there, or what it is.
    Unknown(&'a Unknown),
}

impl<'a> Lookup<'a> {
    /// The node, if it is there.
    pub fn present(self) -> Option<&'a Rc<Node>> {
        match self {
            Lookup::Present(node) => Some(node),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(id: u64, equality: Option<(u64, &str)>) -> Condition {
        Condition {
            id,
            text: format!("condition {id}"),
            span: None,
            equality: equality.map(|(unknown, value)| Equality {
                unknown,
                value: value.into(),
            }),
        }
    }

    fn holding(worlds: &[World]) -> Vec<Vec<u64>> {
        worlds
            .iter()
            .map(|World(world)| {
                let held = world.iter().filter(|(_, holds)| **holds);
                held.map(|(condition, _)| condition.id).collect()
            })
            .collect()
    }

    #[test]
    fn conditions_of_their_own_double_the_worlds() {
        let worlds = World::all(&[condition(1, None), condition(2, None)], 64);
        assert_eq!(holding(&worlds), [vec![1, 2], vec![2], vec![1], vec![]]);
        let many: Vec<Condition> = (1..10).map(|id| condition(id, None)).collect();
        assert_eq!(World::all(&many, 64).len(), 64);
    }

    #[test]
    fn comparisons_of_one_unknown_add_one_world_each() {
        let hosts = ["a", "b", "c"];
        let same: Vec<Condition> = (1..)
            .zip(hosts)
            .map(|(id, host)| condition(id, Some((7, host))))
            .collect();
        let worlds = World::all(&same, 64);
        assert_eq!(holding(&worlds), [vec![3], vec![2], vec![1], vec![]]);
        let other = condition(9, Some((8, "a")));
        assert_eq!(World::all(&[same, vec![other]].concat(), 64).len(), 8);
    }
}
