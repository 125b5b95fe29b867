//! `options`: the declared options as values, for modules that look at them and for `lib.evalModules`.

use super::by_type::location;
use super::definition::{Definition, children};
use super::merge::{
    extended, final_definitions, once_collected, option_thunk, refuse_again, strongest_priority,
};
use super::{Class, Declarations, Declared, ModuleSet, OptionDeclaration, unknown_below};
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{Stop, Unknown, mix};
use crate::nix::eval::value::{Attr, Attrs, Origin, Thunk, Val, Value};
use crate::nix::flake::known::{self, KnownInput};
use crate::nix::symbol::Symbol;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The lazily made `options` of a set.
pub(super) fn options(set: &Rc<ModuleSet>) -> Rc<Thunk> {
    once_collected(set, "options", |evaluator, set, collected, declared| {
        let mut declared = Rc::clone(declared);
        if declares_openclaw(set) {
            // The options themselves stay out of sight; that they are there is known.
            let programs = BTreeMap::from([("openclaw", Declarations::default())]);
            Rc::make_mut(&mut declared)
                .entry("programs")
                .or_insert_with(|| Declarations::Set(Rc::new(programs)));
        }
        tree(evaluator, set, &[], &declared, &collected.definitions)
    })
}

/// `options` for those who are no module of the set: with what `lib.evalModules` refuses.
pub(super) fn public_options(set: &Rc<ModuleSet>) -> Rc<Thunk> {
    let set = Rc::clone(set);
    Thunk::native(
        move |evaluator| {
            // Nix asks `config` whether it checks at all.
            match evaluator.force(&set.config()) {
                Err(stop @ Stop::Error(_)) => Err(stop),
                _ => evaluator.force(&set.options()),
            }
        },
        Origin::default(),
    )
}

/// Whether a module that is not in sight is nix-openclaw's for Home Manager.
fn declares_openclaw(set: &ModuleSet) -> bool {
    set.request.class == Class::HomeManager
        && set.collected().is_some_and(|collected| {
            collected.unseen.iter().any(|unseen| {
                let subject = unseen.unknown.subject.as_deref().unwrap_or_default();
                let input = subject.strip_prefix("inputs.").unwrap_or_default();
                let input = input.split('.').next().unwrap_or_default();
                known::by_name(input) == Some(KnownInput::NixOpenclaw)
            })
        })
}

fn tree(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    declared: &Declared,
    definitions: &[Definition],
) -> Result<Val, Stop> {
    let mut entries = Vec::new();
    // Only what an option's own value needs looks at definitions: which options there are does not.
    let definitions: Rc<[Definition]> = definitions.into();
    for (name, declaration) in declared.iter() {
        let name = Symbol::new(name);
        let path = extended(path, name);
        let (set, declaration, definitions) =
            (Rc::clone(set), declaration.clone(), Rc::clone(&definitions));
        let value = Thunk::native(
            move |evaluator| {
                let discharged = evaluator.push_down(&definitions);
                let own = children(&discharged).get(name).to_vec();
                match &declaration {
                    Declarations::Option(option) => match &option.problem {
                        Some(problem) => Err(problem.clone()),
                        None => Ok(option_value(evaluator, &set, &path, option, own)),
                    },
                    Declarations::Set(inner) => tree(evaluator, &set, &path, inner, &own),
                }
            },
            Origin::default(),
        );
        entries.push(Attr::unwritten(name, value));
    }
    let mut attrs = Attrs::from_entries(entries);
    let unseen = set
        .collected()
        .is_some_and(|collected| !collected.unseen.is_empty());
    if path.is_empty() || !set.request.closed || unseen {
        // Further options may be declared by modules that are not in sight; `_module` always is.
        let reason = "the option is not declared by a module that is in sight";
        let open = unknown_below(evaluator, "options", path, reason, None);
        if set.request.closed && !unseen {
            attrs.insert(Attr::unwritten(
                Symbol::new("_module"),
                Thunk::unknown(open.attribute(Symbol::new("_module")), Origin::default()),
            ));
        } else {
            attrs.open = Some(open);
        }
    }
    Ok(Val::attrs(attrs))
}

/// One option: what `mkOption` was given, and what became of it.
fn option_value(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    option: &Rc<OptionDeclaration>,
    definitions: Vec<Definition>,
) -> Val {
    let mut attrs = option.written.as_deref().cloned().unwrap_or_default();
    let definitions: Rc<[Definition]> = definitions.into();
    let full = set.full_path(path);
    let in_force = |pick: fn(&ModuleSet, &Definition) -> Rc<Thunk>| {
        let (set, option, path) = (Rc::clone(set), Rc::clone(option), path.to_vec());
        let definitions = Rc::clone(&definitions);
        Thunk::native(
            move |evaluator| {
                let active = final_definitions(evaluator, &set, &path, &option, &definitions)?;
                let picked = active
                    .iter()
                    .map(|one| pick(&set, &one.definition))
                    .collect();
                Ok(Val::list(picked))
            },
            Origin::default(),
        )
    };
    let is_defined = {
        let (set, option, path) = (Rc::clone(set), Rc::clone(option), path.to_vec());
        let definitions = Rc::clone(&definitions);
        Thunk::native(
            move |evaluator| {
                let active = final_definitions(evaluator, &set, &path, &option, &definitions)?;
                Ok(Val::bool(!active.is_empty()))
            },
            Origin::default(),
        )
    };
    let highest = {
        let (set, option, path) = (Rc::clone(set), Rc::clone(option), path.to_vec());
        let definitions = Rc::clone(&definitions);
        Thunk::native(
            move |evaluator| {
                refuse_again(evaluator, &set, &path, &option, &definitions)?;
                let priority = strongest_priority(evaluator, &option, &definitions)?;
                Ok(Val::bare(Value::Int(priority.unwrap_or(9999))))
            },
            Origin::default(),
        )
    };
    let value = option_thunk(set, path.to_vec(), Rc::clone(option), definitions.to_vec());
    for (name, thunk) in [
        ("_type", Val::string("option").thunk()),
        ("loc", location(&full)),
        ("value", value),
        ("isDefined", is_defined),
        ("highestPrio", highest),
        ("definitions", in_force(|_, one| Rc::clone(&one.value))),
        ("files", in_force(file)),
        (
            "definitionsWithLocations",
            in_force(|set, one| {
                let attrs = Attrs::of([("file", file(set, one)), ("value", Rc::clone(&one.value))]);
                Val::attrs(attrs).thunk()
            }),
        ),
    ] {
        attrs.insert(Attr::unwritten(Symbol::new(name), thunk));
    }
    attrs.open =
        Some(evaluator.unknown("this part of an option is not modelled", None, option.span));
    Val::new(Value::Attrs(Rc::new(attrs)), Origin::at(option.span))
}

/// The file of a definition, where its module says it; as which path Nix names one that it reads itself is not known.
pub(super) fn file(set: &ModuleSet, definition: &Definition) -> Rc<Thunk> {
    let module = set
        .collected()
        .and_then(|collected| collected.modules.get(definition.module));
    match module.and_then(|module| module.file.clone()) {
        Some(file) => file,
        None => {
            let reason = "as which file Nix names the place of a definition is not known";
            let unknown = Unknown {
                id: mix(6, reason),
                kind: None,
                subject: None,
                reason: reason.into(),
                span: definition.span(),
                names: None,
            };
            Thunk::unknown(Rc::new(unknown), Origin::default())
        }
    }
}
