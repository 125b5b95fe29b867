//! One tree over another, as the module lays an instance's `config` over the one at the top level.

use super::tree::{List, Node, Object, Unknown, Value};
use std::rc::Rc;

/// `lib.recursiveUpdate left right`.
pub fn update(left: &Rc<Node>, right: &Rc<Node>) -> Rc<Node> {
    match (&left.value, &right.value) {
        (Value::Object(first), Value::Object(second)) => {
            let mut merged = first.clone();
            for (key, node) in &second.entries {
                let node = match (merged.entries.get(key), &first.open) {
                    (Some(known), _) => update(known, node),
                    (None, Some(unknown)) => opened_below(node, unknown),
                    (None, None) => Rc::clone(node),
                };
                merged.entries.insert(key.clone(), node);
            }
            merged.open = merged.open.or_else(|| second.open.clone());
            let place = if second.entries.is_empty() || right.place.primary().is_none() {
                left.place.clone()
            } else {
                right.place.clone()
            };
            Rc::new(Node {
                value: Value::Object(merged),
                place,
                conditional: left.conditional && right.conditional,
            })
        }
        (_, Value::Unknown(unknown)) => opened(left, unknown),
        (Value::Unknown(unknown), Value::Object(_)) => opened_below(right, unknown),
        _ => Rc::clone(right),
    }
}

/// A node to which something unknown on the left of an update may add entries, at every depth.
pub fn opened_below(node: &Rc<Node>, unknown: &Unknown) -> Rc<Node> {
    let Value::Object(object) = &node.value else {
        return Rc::clone(node);
    };
    let entries = object
        .entries
        .iter()
        .map(|(key, child)| (key.clone(), opened_below(child, unknown)))
        .collect();
    let open = object.open.clone().or_else(|| Some(unknown.clone()));
    Rc::new(Node {
        value: Value::Object(Object { entries, open }),
        ..(**node).clone()
    })
}

/// A node of which something unknown may override or add to parts.
pub fn opened(node: &Rc<Node>, unknown: &Unknown) -> Rc<Node> {
    match &node.value {
        Value::Object(object) => {
            let mut object = object.clone();
            object.open.get_or_insert_with(|| unknown.clone());
            Rc::new(Node {
                value: Value::Object(object),
                ..(**node).clone()
            })
        }
        _ => Node::new(Value::Unknown(unknown.clone()), node.place.clone()),
    }
}

/// The tree without attributes that are `null`, as the module strips them. `None` for `null` itself.
pub fn without_nulls(node: &Rc<Node>) -> Option<Rc<Node>> {
    if !has_null(node) {
        return Some(Rc::clone(node));
    }
    let value = match &node.value {
        Value::Null => return None,
        Value::Object(object) => Value::Object(Object {
            entries: object
                .entries
                .iter()
                .filter_map(|(key, child)| Some((key.clone(), without_nulls(child)?)))
                .collect(),
            open: object.open.clone(),
        }),
        Value::List(list) => Value::List(List {
            items: list.items.iter().filter_map(without_nulls).collect(),
            open: list.open.clone(),
        }),
        _ => return Some(Rc::clone(node)),
    };
    Some(Rc::new(Node {
        value,
        place: node.place.clone(),
        conditional: node.conditional,
    }))
}

fn has_null(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Object(object) => object.entries.values().any(|child| has_null(child)),
        Value::List(list) => list.items.iter().any(|child| has_null(child)),
        _ => false,
    }
}
