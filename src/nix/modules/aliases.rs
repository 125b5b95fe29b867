//! Options that hand their definitions on to another one: `mkAliasOptionModule`, `mkRenamedOptionModule`.

use super::definition::{Definition, children};
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::Stop;
use crate::nix::eval::value::{Attr, Attrs, Thunk, Val, Value};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// An option whose definitions go to another one.
pub(super) struct Alias {
    /// The option that hands on.
    pub(super) from: Vec<Symbol>,
    /// The option that is given them.
    pub(super) to: Vec<Symbol>,
    /// Index of the module that says so.
    pub(super) module: usize,
    /// What it says in `warnings`, a list, where there is such an option.
    pub(super) warnings: Option<Rc<Thunk>>,
}

impl Alias {
    /// Whether something that is handed to `to` is defined at `from`, above it or below it, so that it goes on from there.
    fn goes_on_from(&self, earlier: &Alias) -> bool {
        self.from
            .iter()
            .zip(&earlier.to)
            .all(|(own, theirs)| own == theirs)
    }
}

/// Definitions together with those that aliases make of them, in the order of Nix: what is handed on stands where the module of
/// the alias stands. `warns` is whether there is an option `warnings`, to which an alias then adds its own.
pub(super) fn handed_on(
    evaluator: &mut Evaluator,
    definitions: Vec<Definition>,
    aliases: Vec<Alias>,
    warns: bool,
) -> Vec<Definition> {
    if aliases.is_empty() {
        return definitions;
    }
    // The module that stands behind a definition, which is not the one that wrote it where it is handed on.
    let mut behind: Vec<usize> = definitions.iter().map(|one| one.module).collect();
    let mut definitions = definitions;
    for alias in in_order(&aliases) {
        let mut moved = Vec::new();
        for definition in &definitions {
            moved_from(evaluator, definition, &alias.from, true, &mut moved);
        }
        let warning = alias.warnings.as_ref().filter(|_| warns).map(|warnings| {
            let warnings = Attr::unwritten(Symbol::new("warnings"), Rc::clone(warnings));
            let set = Val::attrs(Attrs::from_entries(vec![warnings]));
            Definition::new(set.thunk(), alias.module)
        });
        let handed_on = moved.into_iter().map(|definition| Definition {
            value: nested(&alias.to, Rc::clone(&definition.value), &definition),
            has_no_order: true,
            ..definition
        });
        let moved: Vec<Definition> = warning.into_iter().chain(handed_on).collect();
        let place = behind
            .iter()
            .position(|module| *module < alias.module)
            .unwrap_or(definitions.len());
        behind.splice(place..place, moved.iter().map(|_| alias.module));
        definitions.splice(place..place, moved);
    }
    definitions
}

/// Aliases, each after those whose definitions it hands on.
fn in_order(aliases: &[Alias]) -> Vec<&Alias> {
    let mut ordered = Vec::with_capacity(aliases.len());
    let mut is_taken = vec![false; aliases.len()];
    for first in 0..aliases.len() {
        // Each with how many of the others were asked already whether they come before it.
        let mut waiting = match std::mem::replace(&mut is_taken[first], true) {
            true => continue,
            false => vec![(first, 0)],
        };
        while let Some((index, asked)) = waiting.last_mut() {
            let (own, other) = (*index, *asked);
            if other == aliases.len() {
                ordered.push(&aliases[own]);
                waiting.pop();
                continue;
            }
            *asked += 1;
            // Aliases in a circle, which Nix cannot evaluate, come in any order.
            if !is_taken[other] && aliases[own].goes_on_from(&aliases[other]) {
                is_taken[other] = true;
                waiting.push((other, 0));
            }
        }
    }
    ordered
}

/// What a definition of a set of options says of the option at a path. A set that is not known yet, because it depends on other
/// options, is asked when the option is read.
fn moved_from(
    evaluator: &mut Evaluator,
    definition: &Definition,
    path: &[Symbol],
    is_root: bool,
    found: &mut Vec<Definition>,
) {
    let Some((name, rest)) = path.split_first() else {
        found.push(definition.clone());
        return;
    };
    for one in evaluator.push_down(std::slice::from_ref(definition)) {
        let is_open = match &one.value {
            Ok(Value::Attrs(attrs)) => attrs.get(*name).is_none() && attrs.open.is_some(),
            Ok(_) => false,
            Err(_) => true,
        };
        // A module of which nothing is known adds nothing, and one that fails is told elsewhere.
        if is_open && !is_root {
            let (definition, path) = (one.definition.clone(), path.to_vec());
            found.push(Definition {
                value: asked_later(one.definition.clone(), path),
                wrappers: Vec::new(),
                ..definition
            });
            continue;
        }
        for inner in children(&[one]).get(*name) {
            moved_from(evaluator, inner, rest, false, found);
        }
    }
}

/// The definitions of the option at a path below a definition, as one `mkMerge`.
fn asked_later(definition: Definition, path: Vec<Symbol>) -> Rc<Thunk> {
    let origin = definition.value.origin.clone();
    Thunk::native(
        move |evaluator| {
            let mut contents = Vec::new();
            let mut waiting = vec![(definition.clone(), path.as_slice())];
            while let Some((definition, path)) = waiting.pop() {
                let Some((name, rest)) = path.split_first() else {
                    contents.push(definition.with_wrappers());
                    continue;
                };
                let known = definition.guards.len();
                for one in evaluator.push_down(&[definition]).into_iter().rev() {
                    // Where the set is another one in another world, so is what is asked of it.
                    if let Some(guard) = one.definition.guards.get(known) {
                        return Err(Stop::Split(guard.condition.clone()));
                    }
                    match &one.value {
                        Ok(Value::Attrs(attrs)) => {
                            if let (None, Some(unknown)) = (attrs.get(*name), &attrs.open) {
                                return Err(Stop::Unknown(Rc::clone(unknown)));
                            }
                        }
                        Ok(_) => {}
                        Err(stop) => return Err(stop.clone()),
                    }
                    let inner = children(&[one]);
                    waiting.extend(inner.get(*name).iter().map(|inner| (inner.clone(), rest)));
                }
            }
            let merged = [
                ("_type", Val::string("merge").thunk()),
                ("contents", Val::list(contents).thunk()),
            ];
            Ok(Val::attrs(Attrs::of(merged)))
        },
        origin,
    )
}

/// The definitions of an option among those of the root.
pub(super) fn definitions_at(
    evaluator: &mut Evaluator,
    definitions: &[Definition],
    path: &[Symbol],
) -> Vec<Definition> {
    let mut definitions = definitions.to_vec();
    for name in path {
        if definitions.is_empty() {
            break;
        }
        let discharged = evaluator.push_down(&definitions);
        definitions = children(&discharged).get(*name).to_vec();
    }
    definitions
}

/// A value below a path of names, which stand where the definition stands.
fn nested(path: &[Symbol], value: Rc<Thunk>, definition: &Definition) -> Rc<Thunk> {
    path.iter().rev().fold(value, |value, name| {
        let attrs = Attrs::from_entries(vec![Attr {
            name: *name,
            name_span: definition.name_span,
            definition: definition.expression,
            value,
        }]);
        Val::attrs(attrs).thunk()
    })
}
