//! What nixpkgs' `lib` offers to configurations.
//!
//! Most functions are short pieces of Nix of our own ([`prelude`]), each parsed only when it is used. Types and the
//! module system are in Rust ([`types`]). The set is open: a function that is not modelled is unknown, never missing.

mod prelude;
mod types;

use super::eval::Evaluator;
use super::eval::unknown::Stop;
use super::eval::value::{Attr, Attrs, Origin, PartialBuiltin, Thunk, Val, Value};
use super::eval::{Builtin, builtins};
use super::modules::{Class, Request};
use super::symbol::Symbol;
use std::rc::Rc;

/// Parts of `lib` whose functions are also at its top level. Ours hold all functions alike.
const NAMESPACES: &[&str] = &[
    "attrsets",
    "lists",
    "strings",
    "trivial",
    "fixedPoints",
    "options",
    "modules",
    "customisation",
    "derivations",
    "meta",
    "asserts",
    "debug",
    "filesystem",
    "sources",
    "versions",
    "path",
    "cli",
    "generators",
    "gvariant",
];

/// The set `lib`.
pub fn lib(evaluator: &mut Evaluator) -> Rc<Thunk> {
    let cell: Rc<std::cell::OnceCell<Rc<Thunk>>> = Rc::default();
    let open = evaluator.unknown_named("lib", "this part of `lib` is not modelled", None, None);
    let inner = Rc::clone(&cell);
    let lib = Thunk::native(
        move |evaluator| {
            let me = match inner.get() {
                Some(me) => Rc::clone(me),
                None => return Err(evaluator.limit("`lib` was used before it was made")),
            };
            let mut entries: Vec<Attr> = Vec::new();
            let mut add = |name: &str, value: Rc<Thunk>| {
                entries.push(Attr {
                    name: Symbol::new(name),
                    name_span: None,
                    definition: None,
                    value,
                });
            };
            for name in prelude::REEXPORTED {
                if let Some(builtin) = builtins::find(name) {
                    add(name, builtins::function(builtin));
                }
            }
            for (name, source) in prelude::FUNCTIONS {
                let me = Rc::clone(&me);
                let source: &'static str = source;
                add(
                    name,
                    Thunk::native(
                        move |evaluator| {
                            let names = [Symbol::new("lib")];
                            let value = evaluator.snippet(source, &names, vec![Rc::clone(&me)]);
                            evaluator.force(&value)
                        },
                        Origin::default(),
                    ),
                );
            }
            add("types", types::types(evaluator));
            add("evalModules", native(&EVAL_MODULES));
            let mut attrs = Attrs::from_entries(entries);
            attrs.open = Some(Rc::clone(&open));
            let flat = attrs.clone();
            for namespace in NAMESPACES {
                let mut inside = flat.clone();
                inside.open = Some(open.attribute(Symbol::new(namespace)));
                for (owner, name, source) in prelude::NAMESPACED {
                    if owner == namespace {
                        let me = Rc::clone(&me);
                        let source: &'static str = source;
                        inside.insert(Attr {
                            name: Symbol::new(name),
                            name_span: None,
                            definition: None,
                            value: Thunk::native(
                                move |evaluator| {
                                    let names = [Symbol::new("lib")];
                                    let value =
                                        evaluator.snippet(source, &names, vec![Rc::clone(&me)]);
                                    evaluator.force(&value)
                                },
                                Origin::default(),
                            ),
                        });
                    }
                }
                attrs.insert(Attr {
                    name: Symbol::new(namespace),
                    name_span: None,
                    definition: None,
                    value: Val::attrs(inside).thunk(),
                });
            }
            Ok(Val::attrs(attrs))
        },
        Origin::default(),
    );
    // Set once, here.
    let _ = cell.set(Rc::clone(&lib));
    lib
}

fn native(builtin: &'static Builtin) -> Rc<Thunk> {
    Thunk::done(Val::bare(Value::Builtin(Rc::new(PartialBuiltin {
        builtin,
        arguments: Vec::new(),
    }))))
}

/// `lib.evalModules { modules; specialArgs; ... }`.
static EVAL_MODULES: Builtin = Builtin {
    name: "evalModules",
    arity: 1,
    run: |evaluator, arguments, origin| {
        let attrs = evaluator.attrs(&arguments[0], origin)?;
        let modules = evaluator.descend(&arguments[0], &["modules"])?;
        let modules = match evaluator.list(&modules, origin) {
            Ok(list) => {
                let mut modules = list.items.clone();
                modules.extend(
                    list.gaps
                        .iter()
                        .map(|(_, unknown)| Thunk::unknown(Rc::clone(unknown), origin.clone())),
                );
                modules
            }
            Err(Stop::Unknown(unknown)) => vec![Thunk::unknown(unknown, origin.clone())],
            Err(stop) => return Err(stop),
        };
        let mut request = Request::new(Class::Generic, modules);
        if let Ok(Some(special)) = evaluator.optional_attribute(&attrs, "specialArgs") {
            let special = evaluator.attrs(&special, origin)?;
            for attr in special.unordered() {
                request
                    .special_arguments
                    .push((attr.name, Rc::clone(&attr.value)));
            }
        }
        let set = evaluator.evaluate_modules(request);
        if let Some(error) = set
            .collected()
            .and_then(|collected| collected.failures.first())
        {
            return Err(Stop::Error(Rc::clone(error)));
        }
        let options = evaluator.unknown("`options` is not modelled", None, origin.span);
        let mut result = Attrs::of([
            ("config", set.config()),
            ("options", Thunk::unknown(options, origin.clone())),
            ("_type", Val::string("configuration").thunk()),
        ]);
        result.open = Some(evaluator.unknown(
            "this result of `evalModules` is not modelled",
            None,
            origin.span,
        ));
        Ok(Val::new(Value::Attrs(Rc::new(result)), origin.clone()))
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nix::syntax;
    use crate::workspace::source::FileId;

    #[test]
    fn every_piece_of_the_prelude_parses() {
        let names = [Symbol::new("lib")];
        let flat = prelude::FUNCTIONS
            .iter()
            .map(|(name, source)| (*name, *source));
        let inner = prelude::NAMESPACED
            .iter()
            .map(|(_, name, source)| (*name, *source));
        for (name, source) in flat.chain(inner) {
            let tree = syntax::parse(FileId::INTERNAL, source, Some(&names));
            assert!(tree.problems.is_empty(), "{name}: {:?}", tree.problems);
        }
    }
}
