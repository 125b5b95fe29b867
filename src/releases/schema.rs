//! The structure that a release demands of `openclaw.json`: the facts of the JSON schema that the release prints, without its prose.
//!
//! A [`Node`] is a position in the packed data: copying, comparing and hashing it is free, and within a release equal nodes are
//! one. [`Node::kind`] decodes one level.
//! Structure only: the rules that the real program applies beside its schema (a custom provider needs `baseUrl`, ...) are facts of
//! [`super::Release`].

use super::store::{Key, Value, key};

/// The schema of the whole configuration of one release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    root: Value,
    definitions: Value,
}

impl Schema {
    pub(super) fn new(root: Value, definitions: Value) -> Schema {
        Schema { root, definitions }
    }

    /// The node that the whole configuration must satisfy.
    pub fn root(self) -> Node {
        self.node(self.root)
    }

    fn node(self, value: Value) -> Node {
        Node {
            value,
            definitions: self.definitions,
        }
    }

    /// Every branch that the schema allows at a configuration path, unions opened, in the schema's order; empty when the path is not allowed.
    /// Numbers step into arrays, other names into properties or map entries.
    pub fn at<'a>(self, path: impl IntoIterator<Item = &'a str>) -> Vec<Node> {
        let mut current = vec![self.root()];
        for step in path {
            let mut next = Vec::new();
            for node in current {
                node.step(step, &mut next);
            }
            current = next;
        }
        current
    }
}

/// What is demanded of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node {
    value: Value,
    definitions: Value,
}

/// The forms of a [`Node`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Every value is allowed.
    Any,
    /// No value is allowed.
    Never,
    /// Only null.
    Null,
    /// true or false.
    Boolean,
    /// A whole number within bounds.
    Integer(NumberRules),
    /// A number within bounds.
    Number(NumberRules),
    /// A text with limits.
    Text(TextRules),
    /// One of some literal values.
    Enum(Literals),
    /// A list.
    Array(ArrayRules),
    /// An object: properties, or a map from names to values, or both.
    Object(ObjectRules),
    /// Satisfied by at least one branch.
    Union(Branches),
    /// Satisfied by all branches at once.
    All(Branches),
    /// Satisfied when the given node is not.
    Not(Node),
    /// When the first node is satisfied the second must be too.
    When {
        /// The condition.
        condition: Node,
        /// What must then hold.
        then: Node,
    },
}

/// The names of the forms in the data.
mod names {
    use crate::releases::store::Key;

    pub(super) const NEVER: Key = Key::of("never");
    pub(super) const NULL: Key = Key::of("null");
    pub(super) const BOOLEAN: Key = Key::of("boolean");
    pub(super) const INTEGER: Key = Key::of("integer");
    pub(super) const NUMBER: Key = Key::of("number");
    pub(super) const STRING: Key = Key::of("string");
    pub(super) const ENUM: Key = Key::of("enum");
    pub(super) const ARRAY: Key = Key::of("array");
    pub(super) const OBJECT: Key = Key::of("object");
    pub(super) const UNION: Key = Key::of("union");
    pub(super) const ALL: Key = Key::of("all");
    pub(super) const NOT: Key = Key::of("not");
    pub(super) const WHEN: Key = Key::of("when");
    pub(super) const DEFINITION: Key = Key::of("definition");
}

impl Node {
    fn child(self, key: Key) -> Option<Node> {
        let value = self.value.get_by(key);
        (!value.is_null()).then_some(Node { value, ..self })
    }

    /// What this node demands.
    pub fn kind(self) -> Kind {
        let value = self.value;
        match value.get_by(key!("type")).as_key() {
            Some(names::NEVER) => Kind::Never,
            Some(names::NULL) => Kind::Null,
            Some(names::BOOLEAN) => Kind::Boolean,
            Some(names::INTEGER) => Kind::Integer(NumberRules { value }),
            Some(names::NUMBER) => Kind::Number(NumberRules { value }),
            Some(names::STRING) => Kind::Text(TextRules { value }),
            Some(names::ENUM) => Kind::Enum(Literals {
                values: value.get_by(key!("values")),
            }),
            Some(names::ARRAY) => Kind::Array(ArrayRules { node: self }),
            Some(names::OBJECT) => Kind::Object(ObjectRules { node: self }),
            Some(names::UNION) => Kind::Union(Branches { node: self }),
            Some(names::ALL) => Kind::All(Branches { node: self }),
            Some(names::NOT) => self.child(key!("node")).map_or(Kind::Any, Kind::Not),
            Some(names::WHEN) => match (self.child(key!("if")), self.child(key!("then"))) {
                (Some(condition), Some(then)) => Kind::When { condition, then },
                _ => Kind::Any,
            },
            Some(names::DEFINITION) => {
                let name = value.get_by(key!("name")).as_key();
                let target = name.map_or(Value::NULL, |name| self.definitions.get_by(name));
                // A definition never stands for another one directly (the generator sees to it), so this ends.
                Node {
                    value: target,
                    ..self
                }
                .kind()
            }
            _ => Kind::Any,
        }
    }

    /// The value that the program takes when the key is absent, if the schema names one.
    pub fn default(self) -> Option<serde_json::Value> {
        let default = self.value.get_by(key!("default"));
        (!default.is_null()).then(|| default.to_json())
    }

    fn step(self, step: &str, into: &mut Vec<Node>) {
        match self.kind() {
            Kind::Object(rules) => {
                if let Some(node) = rules.property(step) {
                    node.open(into);
                } else if let Rest::Each(node) = rules.rest() {
                    node.open(into);
                } else if rules.rest() == Rest::Any {
                    into.push(self.any());
                }
            }
            Kind::Array(rules) => {
                if let Ok(index) = step.parse::<usize>()
                    && let Some(node) = rules.item(index)
                {
                    node.open(into);
                }
            }
            Kind::Any => into.push(self),
            Kind::Union(branches) | Kind::All(branches) => {
                for branch in branches.iter() {
                    branch.step(step, into);
                }
            }
            _ => {}
        }
    }

    fn any(self) -> Node {
        Node {
            value: Value::NULL,
            ..self
        }
    }

    fn open(self, into: &mut Vec<Node>) {
        if let Kind::Union(branches) = self.kind() {
            for branch in branches.iter() {
                branch.open(into);
            }
        } else if !into.contains(&self) {
            into.push(self);
        }
    }
}

/// Bounds of a number. All are inclusive unless the name says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberRules {
    value: Value,
}

impl NumberRules {
    /// The smallest value allowed.
    pub fn minimum(self) -> Option<f64> {
        self.value.get_by(key!("minimum")).as_number()
    }

    /// The largest value allowed.
    pub fn maximum(self) -> Option<f64> {
        self.value.get_by(key!("maximum")).as_number()
    }

    /// The value must be greater than this.
    pub fn exclusive_minimum(self) -> Option<f64> {
        self.value.get_by(key!("exclusiveMinimum")).as_number()
    }

    /// The value must be less than this.
    pub fn exclusive_maximum(self) -> Option<f64> {
        self.value.get_by(key!("exclusiveMaximum")).as_number()
    }

    /// The value must be a whole multiple of this.
    pub fn multiple_of(self) -> Option<f64> {
        self.value.get_by(key!("multipleOf")).as_number()
    }
}

/// Limits of a text. Lengths count UTF-16 code units, as JavaScript does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRules {
    value: Value,
}

impl TextRules {
    /// The smallest length.
    pub fn minimum_length(self) -> Option<usize> {
        self.value
            .get_by(key!("minLength"))
            .as_integer()?
            .try_into()
            .ok()
    }

    /// The largest length.
    pub fn maximum_length(self) -> Option<usize> {
        self.value
            .get_by(key!("maxLength"))
            .as_integer()?
            .try_into()
            .ok()
    }

    /// A JavaScript regular expression that must match somewhere in the text (it brings its own anchors).
    pub fn pattern(self) -> Option<&'static str> {
        self.value.text(key!("pattern"))
    }

    /// `uri`, `date-time`, `email`, ...: JSON schema's name of a format.
    pub fn format(self) -> Option<&'static str> {
        self.value.text(key!("format"))
    }
}

/// The literal values of an enumeration; nearly always texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Literals {
    values: Value,
}

impl Literals {
    /// The values that are texts, in the schema's order.
    pub fn texts(self) -> impl DoubleEndedIterator<Item = &'static str> + Clone {
        self.values.texts()
    }

    /// All values, in the schema's order.
    pub fn values(self) -> impl Iterator<Item = serde_json::Value> + Clone {
        self.values.elements().map(Value::to_json)
    }

    /// True when `text` is one of the values.
    pub fn has_text(self, text: &str) -> bool {
        self.texts().any(|value| value == text)
    }

    /// How many values there are.
    pub fn len(self) -> usize {
        self.values.len()
    }

    /// True when there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// What a list must satisfy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrayRules {
    node: Node,
}

impl ArrayRules {
    /// What the element at `index` must satisfy; `None` when there must be no such element.
    pub fn item(self, index: usize) -> Option<Node> {
        if let Some(node) = self.tuple().nth(index) {
            return Some(node);
        }
        if self.node.value.flag(key!("closed")) {
            return None;
        }
        Some(self.items())
    }

    /// What each element (of a tuple: each beyond the tuple) must satisfy.
    pub fn items(self) -> Node {
        self.node
            .child(key!("items"))
            .unwrap_or_else(|| self.node.any())
    }

    /// The nodes of a list in which each place has its own, e.g. `[number, number]`; empty for a list of equals.
    pub fn tuple(self) -> impl ExactSizeIterator<Item = Node> + Clone {
        let node = self.node;
        node.value
            .get_by(key!("tuple"))
            .elements()
            .map(move |value| Node { value, ..node })
    }

    /// The smallest number of elements.
    pub fn minimum_items(self) -> Option<usize> {
        self.node
            .value
            .get_by(key!("minItems"))
            .as_integer()?
            .try_into()
            .ok()
    }

    /// The largest number of elements.
    pub fn maximum_items(self) -> Option<usize> {
        self.node
            .value
            .get_by(key!("maxItems"))
            .as_integer()?
            .try_into()
            .ok()
    }

    /// True when no element may occur twice.
    pub fn unique(self) -> bool {
        self.node.value.flag(key!("uniqueItems"))
    }
}

/// What an object may hold beside its named properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Nothing: another name is an unknown key.
    Forbidden,
    /// Anything.
    Any,
    /// Any name whose value satisfies this: the object is a map.
    Each(Node),
}

/// What an object must satisfy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectRules {
    node: Node,
}

impl ObjectRules {
    /// The named properties, in the order of their names.
    pub fn properties(
        &self,
    ) -> impl DoubleEndedIterator<Item = (&'static str, Node)> + ExactSizeIterator + Clone {
        let node = self.node;
        node.value
            .get_by(key!("properties"))
            .entries()
            .map(move |(name, value)| (name, Node { value, ..node }))
    }

    /// The property with that name.
    pub fn property(self, name: &str) -> Option<Node> {
        let value = self.node.value.get_by(key!("properties")).get(name);
        // A property that allows anything is packed as an empty object, so null means that there is none.
        (!value.is_null()).then_some(Node { value, ..self.node })
    }

    /// The names that must be there.
    pub fn required(self) -> impl DoubleEndedIterator<Item = &'static str> + Clone {
        self.node.value.get_by(key!("required")).texts()
    }

    /// What other names may hold.
    pub fn rest(self) -> Rest {
        let rest = self.node.value.get_by(key!("rest"));
        if rest.as_bool() == Some(false) {
            Rest::Forbidden
        } else if rest.is_null() {
            Rest::Any
        } else {
            Rest::Each(Node {
                value: rest,
                ..self.node
            })
        }
    }

    /// What every name must satisfy, if names are restricted.
    pub fn names(self) -> Option<Node> {
        self.node.child(key!("names"))
    }

    /// The smallest number of entries.
    pub fn minimum_entries(self) -> Option<usize> {
        self.node
            .value
            .get_by(key!("minProperties"))
            .as_integer()?
            .try_into()
            .ok()
    }

    /// The largest number of entries.
    pub fn maximum_entries(self) -> Option<usize> {
        self.node
            .value
            .get_by(key!("maxProperties"))
            .as_integer()?
            .try_into()
            .ok()
    }

    /// True when this is a map from arbitrary names to values without named properties.
    pub fn is_map(self) -> bool {
        self.properties().len() == 0 && matches!(self.rest(), Rest::Each(_))
    }
}

/// The branches of a union, or what must hold at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branches {
    node: Node,
}

impl Branches {
    /// The branches in the schema's order. A branch of a union is a union itself only where one of them demands exactly one branch.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Node> + ExactSizeIterator + Clone {
        let node = self.node;
        node.value
            .get_by(key!("nodes"))
            .elements()
            .map(move |value| Node { value, ..node })
    }

    /// True when exactly one branch must be satisfied, not merely one.
    pub fn exactly_one(self) -> bool {
        self.node.value.flag(key!("exactlyOne"))
    }

    /// The property whose literal value tells the branches of a union apart (`source`, `type`, ...), if every branch is an object
    /// that requires it as a literal.
    pub fn discriminator(self) -> Option<&'static str> {
        self.node.value.text(key!("discriminator"))
    }
}
