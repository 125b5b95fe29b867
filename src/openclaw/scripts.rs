//! The texts of scripts that Nix writes and that units and activations run (`pkgs.writeShellScript`).
//!
//! What such a script is called in the store is not known, and so all that an option shows of it is an unknown part of a text. It has the
//! place of the call that makes the script, and by that the text is found again.

use super::from_nix::{Converter, Merging};
use super::process_variables::Around;
use super::tree::{Node, Object, Place, Text, TextPart, Unknown, Value};
use crate::nix::eval::Evaluator;
use crate::nix::eval::value::{Rendered, Thunk};
use crate::workspace::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The name under which the texts stand among the surroundings of a configuration. No option has it.
pub(super) const SCRIPTS: &str = "scripts";

/// Options that run scripts.
pub(super) const RUNNING: &[&str] = &[
    "systemd.services",
    "systemd.user.services",
    "home.activation",
    "system.activationScripts",
];

/// The texts of the scripts that these options name, and of those that they name in turn, by their places; `None` where there are
/// none. Of a call that makes several scripts it is not known which one is meant.
pub(super) fn texts(
    evaluator: &mut Evaluator,
    around: &[(&'static str, Rc<Node>)],
) -> Option<Rc<Node>> {
    let mut wanted = BTreeSet::new();
    for (option, node) in around {
        if RUNNING.contains(option) {
            unknown_places(node, &mut wanted);
        }
    }
    let mut made: BTreeMap<Span, Vec<Rc<Thunk>>> = BTreeMap::new();
    let mut noted = 0;
    let mut found = Object::default();
    let mut ambiguous = BTreeSet::new();
    let mut seen = BTreeSet::new();
    while let Some(place) = wanted.pop_first() {
        if !seen.insert(place) {
            continue;
        }
        // What is evaluated here makes more.
        for rendered in &evaluator.rendered[noted..] {
            if let Rendered::File(_, text, Some(place)) = rendered {
                made.entry(*place).or_default().push(Rc::clone(text));
            }
        }
        noted = evaluator.rendered.len();
        for text in made.get(&place).cloned().unwrap_or_default() {
            let node = Converter::new(evaluator, None).value(&text, Merging::Plain);
            let Some(new) = node.as_text() else {
                continue;
            };
            let known = found.entries.get(&key(place));
            let is_same = known
                .and_then(|known| known.as_text())
                .is_none_or(|known| known == new);
            if !is_same {
                ambiguous.insert(place);
            }
            unknown_places(&node, &mut wanted);
            found.entries.insert(key(place), node);
        }
    }
    for place in ambiguous {
        found.entries.remove(&key(place));
    }
    (!found.entries.is_empty()).then(|| Node::new(Value::Object(found), Place::default()))
}

fn key(place: Span) -> String {
    format!("{}:{}", place.file.0, place.start)
}

/// The script that the call at a place makes.
pub(super) fn at(around: &Around, place: Span) -> Option<&Rc<Node>> {
    let key = key(place);
    entries(around)
        .find(|(known, _)| **known == key)
        .map(|(_, script)| script)
}

/// The text of the script that a part of a text stands for, if it does.
pub(super) fn of_part<'a>(around: &'a Around, part: &Unknown) -> Option<&'a Text> {
    at(around, part.span?)?.as_text()
}

/// The texts of all scripts.
pub(super) fn all(around: &Around) -> impl Iterator<Item = &Text> {
    entries(around).filter_map(|(_, script)| script.as_text())
}

/// The scripts of a system and those of a user of it stand beside each other.
fn entries(around: &Around) -> impl Iterator<Item = (&String, &Rc<Node>)> {
    around
        .iter()
        .filter(|(option, _)| *option == SCRIPTS)
        .filter_map(|(_, scripts)| scripts.as_object())
        .flat_map(|scripts| &scripts.entries)
}

/// The scripts that a tree names, and those that they name in turn.
pub(super) fn below<'a>(around: &'a Around, node: &Node) -> Vec<&'a Rc<Node>> {
    let mut found = Vec::new();
    let mut places = BTreeSet::new();
    unknown_places(node, &mut places);
    let mut seen = BTreeSet::new();
    while let Some(place) = places.pop_first() {
        if seen.insert(place)
            && let Some(script) = at(around, place)
        {
            found.push(script);
            unknown_places(script, &mut places);
        }
    }
    found
}

/// The places of what is not known in a tree, in any world.
pub(super) fn unknown_places(node: &Node, found: &mut BTreeSet<Span>) {
    match &node.value {
        Value::Unknown(unknown) => found.extend(unknown.span),
        Value::Text(text) => {
            for part in &text.parts {
                if let TextPart::Unknown(unknown) = part {
                    found.extend(unknown.span);
                }
            }
        }
        Value::Object(object) => {
            for child in object.entries.values() {
                unknown_places(child, found);
            }
        }
        Value::List(list) => {
            for item in &list.items {
                unknown_places(item, found);
            }
        }
        Value::Choice(_, then, otherwise) => {
            for branch in [then, otherwise].into_iter().flatten() {
                unknown_places(branch, found);
            }
        }
        _ => {}
    }
}
