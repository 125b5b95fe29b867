//! Texts that begin with where the source tree lies in the store.
//!
//! Of `toString ./modules/x.nix` in a flake all is known but the hash: `/nix/store/<hash>-source/modules/x.nix`. What is asked of such
//! a text (does it end in `.nix`? what follows the last slash? are these two the same?) rarely depends on the hash. So it is asked
//! with several hashes, which differ in every character, and what comes to the same each time is the answer. One of them is made
//! of the characters of what is looked for, so that what may stand in a hash by chance is found there.

use super::unknown::{Kind, Unknown};
use super::value::{NixPath, NixString, Origin, Part, Thunk, TreePath, Val, Value};
use super::{Builtin, Evaluator};
use std::rc::Rc;

/// Two hashes, of the characters that hashes in store paths have.
const HASHES: [&str; 2] = [
    "0123456789abcdfghijklmnpqrsvwxyz",
    "zyxwvsrqpnmlkjihgfdcba9876543210",
];

/// The builtins that look at the text of their arguments and at nothing else.
const OF_TEXT: &[&str] = &[
    "baseNameOf",
    "compareVersions",
    "dirOf",
    "match",
    "replaceStrings",
    "split",
    "splitVersion",
    "stringLength",
    "substring",
];

/// What stands for the root of the tree.
fn root(hash: &str) -> String {
    format!("/nix/store/{hash}-source")
}

/// The text with a hash in place of the one that is not known; `None` where more of it is not known.
fn text_with(string: &NixString, hash: &str) -> Option<String> {
    let mut text = String::new();
    for part in &string.parts {
        match part {
            Part::Text { text: known, .. } => text.push_str(known),
            Part::Tree(tree) => {
                text.push_str(&root(hash));
                text.push_str(tree.below());
            }
            Part::Json(json) => text.push_str(json.text.as_ref().ok()?),
            Part::Unknown(_) | Part::Store(..) | Part::File(..) => return None,
        }
    }
    Some(text)
}

fn tree_in(string: &NixString) -> Option<&TreePath> {
    string.parts.iter().find_map(|part| match part {
        Part::Tree(tree) => Some(tree),
        _ => None,
    })
}

/// Compares two texts of which at least one has a place in the tree; `None` where the answer is not known.
pub(super) fn compare(
    left: &NixString,
    right: &NixString,
    answer: impl Fn(&str, &str) -> bool,
) -> Option<bool> {
    tree_in(left).or_else(|| tree_in(right))?;
    let [first, second] = HASHES.map(|hash| {
        let (left, right) = (text_with(left, hash)?, text_with(right, hash)?);
        Some(answer(&left, &right))
    });
    first.filter(|_| first == second)
}

/// What a builtin gives for arguments with places in the tree; `None` where that is not known, or it is no builtin for it.
pub(super) fn run(
    evaluator: &mut Evaluator,
    builtin: &'static Builtin,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Option<Val> {
    if !OF_TEXT.contains(&builtin.name) {
        return None;
    }
    let mut tree = None;
    let mut sought = String::new();
    let mut answer: Option<Val> = None;
    for round in 0..=HASHES.len() {
        let hash = match HASHES.get(round) {
            Some(hash) => (*hash).to_string(),
            None => match hash_of(&sought) {
                Some(hash) => hash,
                None => break,
            },
        };
        let mut given = Vec::with_capacity(arguments.len());
        for argument in arguments {
            given.push(filled(evaluator, argument, &hash, &mut tree, &mut sought)?);
        }
        let tree = tree.as_ref()?;
        let result = (builtin.run)(evaluator, &given, origin).ok()?;
        let result = emptied(evaluator, &result, &hash, tree)?;
        answer = Some(match answer {
            Some(known) => {
                let what = format!("{} {sought}", builtin.name);
                let unknown = tree.unknown.derived(&what, Some(Kind::String));
                common(evaluator, &known, &result, &unknown)?
            }
            None => result,
        });
    }
    answer
}

/// A hash of the characters of a text, in their order, as far as hashes have them; `None` where it has none of them.
fn hash_of(text: &str) -> Option<String> {
    let [characters, _] = HASHES;
    let found: String = text
        .chars()
        .filter(|character| characters.contains(*character))
        .collect();
    (!found.is_empty()).then(|| found.chars().cycle().take(characters.len()).collect())
}

/// The argument with a hash filled in; notes the tree, and the text of others.
fn filled(
    evaluator: &mut Evaluator,
    argument: &Rc<Thunk>,
    hash: &str,
    tree: &mut Option<TreePath>,
    sought: &mut String,
) -> Option<Rc<Thunk>> {
    let value = evaluator.force(argument).ok()?;
    match &value.value {
        Value::String(string) => {
            let Some(found) = tree_in(string) else {
                sought.push_str(&string.known_prefix());
                return Some(Rc::clone(argument));
            };
            tree.get_or_insert_with(|| found.clone());
            let text = NixString {
                parts: vec![Part::Text {
                    text: text_with(string, hash)?.into(),
                    origin: value.origin.clone(),
                }],
                context: string.context.clone(),
            };
            Some(Val::new(Value::String(Rc::new(text)), value.origin.clone()).thunk())
        }
        Value::List(list) => {
            let items: Option<Vec<Rc<Thunk>>> = list
                .all()
                .ok()?
                .iter()
                .map(|item| filled(evaluator, item, hash, tree, sought))
                .collect();
            Some(Val::new(Val::list(items?).value, value.origin.clone()).thunk())
        }
        _ => Some(Rc::clone(argument)),
    }
}

/// The result with the place in the tree for the hash that was filled in.
fn emptied(evaluator: &mut Evaluator, value: &Val, hash: &str, tree: &TreePath) -> Option<Val> {
    let emptied = match &value.value {
        Value::String(string) => {
            let text = string.known().ok()?;
            let root_text = root(hash);
            if !text.contains(&root_text) {
                return Some(value.clone());
            }
            let mut parts = Vec::new();
            let known = |text: &str| Part::Text {
                text: text.into(),
                origin: value.origin.clone(),
            };
            for (index, piece) in text.split(&root_text).enumerate() {
                if index > 0 {
                    parts.push(Part::Tree(TreePath {
                        path: NixPath {
                            absolute: tree.path.absolute[..tree.root].into(),
                            written: None,
                        },
                        ..tree.clone()
                    }));
                }
                if !piece.is_empty() {
                    parts.push(known(piece));
                }
            }
            Value::String(Rc::new(NixString {
                parts,
                context: string.context.clone(),
            }))
        }
        Value::List(list) => {
            let mut items = Vec::new();
            for item in list.all().ok()? {
                let item = evaluator.force(item).ok()?;
                items.push(emptied(evaluator, &item, hash, tree)?.thunk());
            }
            Val::list(items).value
        }
        _ => return Some(value.clone()),
    };
    Some(Val::new(emptied, value.origin.clone()))
}

/// What two results have in common, for which the hash makes no difference; an element of a list that differs is `unknown`.
fn common(
    evaluator: &mut Evaluator,
    first: &Val,
    second: &Val,
    unknown: &Rc<Unknown>,
) -> Option<Val> {
    let same = match (&first.value, &second.value) {
        (Value::String(first), Value::String(second)) => {
            first.parts.len() == second.parts.len()
                && first
                    .parts
                    .iter()
                    .zip(&second.parts)
                    .all(|pair| match pair {
                        (Part::Text { text: first, .. }, Part::Text { text: second, .. }) => {
                            first == second
                        }
                        (Part::Tree(_), Part::Tree(_)) => true,
                        _ => false,
                    })
        }
        (Value::List(list), Value::List(other)) => {
            let (items, others) = (list.all().ok()?, other.all().ok()?);
            if items.len() != others.len() {
                return None;
            }
            let mut found = Vec::with_capacity(items.len());
            for (item, other) in items.iter().zip(others) {
                let (Ok(item), Ok(other)) = (evaluator.force(item), evaluator.force(other)) else {
                    found.push(Rc::clone(item));
                    continue;
                };
                let position = found.len();
                found.push(match common(evaluator, &item, &other, unknown) {
                    Some(item) => item.thunk(),
                    None if !matches!(item.value, Value::String(_)) => return None,
                    None => {
                        let kind = Some(Kind::String);
                        let unknown = unknown.derived(&format!("part {position}"), kind);
                        let text = NixString {
                            parts: vec![Part::Unknown(unknown)],
                            context: Vec::new(),
                        };
                        Val::new(Value::String(Rc::new(text)), item.origin.clone()).thunk()
                    }
                });
            }
            return Some(Val::new(Val::list(found).value, first.origin.clone()));
        }
        (Value::Int(first), Value::Int(second)) => first == second,
        (Value::Null, Value::Null) => true,
        _ => false,
    };
    same.then(|| first.clone())
}
