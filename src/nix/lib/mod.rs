//! What nixpkgs' `lib` offers to configurations.
//!
//! Most functions are short pieces of Nix of our own ([`prelude`]), each parsed only when it is used. Types and the
//! module system are in Rust ([`types`]). The set is open: a function that is not modelled is unknown, never missing.

pub(crate) mod fileset;
pub(crate) mod names;
mod prelude;
pub(crate) mod types;

use super::eval::Evaluator;
use super::eval::unknown::{Stop, Unknown};
use super::eval::value::{Attr, Attrs, List, Marker, Origin, PartialBuiltin, Thunk, Val, Value};
use super::eval::{Builtin, builtins};
use super::modules::{Class, Request};
use super::symbol::Symbol;
use std::rc::Rc;

/// Parts of `lib` whose functions are also at its top level. Ours hold all functions alike.
const NAMESPACES: &[&str] = &[
    "attrsets",
    "lists",
    "strings",
    "stringsWithDeps",
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
    "hm",
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
                entries.push(Attr::unwritten(Symbol::new(name), value));
            };
            for name in prelude::REEXPORTED {
                if let Some(builtin) = builtins::find(name) {
                    add(name, builtins::function(builtin));
                }
            }
            for (name, source) in prelude::functions() {
                let me = Rc::clone(&me);
                add(
                    name,
                    Thunk::native(
                        move |evaluator| {
                            let names = [Symbol::new("lib")];
                            let value = evaluator.snippet(source, &names, vec![Rc::clone(&me)]);
                            match OF_WHOLE_VALUES.iter().find(|builtin| builtin.name == name) {
                                Some(builtin) => Ok(of_whole_value(builtin, value)),
                                None => evaluator.force(&value),
                            }
                        },
                        Origin::default(),
                    ),
                );
            }
            add("platforms", platforms(evaluator));
            add("systems", systems(evaluator));
            add("fileset", fileset::fileset(evaluator));
            add("types", types::types(evaluator));
            add("evalModules", native(&EVAL_MODULES));
            let mut attrs = Attrs::from_entries(entries);
            attrs.open = Some(Rc::clone(&open));
            let flat = Rc::new(attrs.clone());
            for namespace in NAMESPACES {
                let (flat, me) = (Rc::clone(&flat), Rc::clone(&me));
                let open = open.attribute(Symbol::new(namespace));
                // Few of them are used, and each has as many functions as `lib` itself.
                let inside = Thunk::native(
                    move |_| Ok(Val::attrs(inside(namespace, &flat, &open, &me))),
                    Origin::default(),
                );
                attrs.insert(Attr::unwritten(Symbol::new(namespace), inside));
            }
            attrs.marker = Some(Rc::new(Marker::Library));
            Ok(Val::attrs(attrs))
        },
        Origin::default(),
    );
    // Set once, here.
    let _ = cell.set(Rc::clone(&lib));
    lib
}

/// The part of `lib` of that name: all functions, and what is in that part only.
fn inside(namespace: &str, flat: &Attrs, open: &Rc<Unknown>, lib: &Rc<Thunk>) -> Attrs {
    let mut inside = flat.clone();
    inside.open = Some(Rc::clone(open));
    for (owner, name, source) in prelude::namespaced() {
        if owner != namespace {
            continue;
        }
        let lib = Rc::clone(lib);
        let open = open.attribute(Symbol::new(name));
        let value = Thunk::native(
            move |evaluator| {
                let names = [Symbol::new("lib")];
                let value = evaluator.snippet(source, &names, vec![Rc::clone(&lib)]);
                let mut value = evaluator.force(&value)?;
                if let Value::Attrs(attrs) = &mut value.value {
                    Rc::make_mut(attrs).open = Some(Rc::clone(&open));
                }
                Ok(value)
            },
            Origin::default(),
        );
        inside.insert(Attr::unwritten(Symbol::new(name), value));
    }
    inside
}

/// The first systems that nixpkgs lists; which others there are differs from one nixpkgs to the next.
const SYSTEMS: &[&str] = &[
    "x86_64-linux",
    "aarch64-linux",
    "x86_64-darwin",
    "armv6l-linux",
    "armv7l-linux",
    "i686-linux",
    "aarch64-darwin",
    "powerpc64le-linux",
    "riscv64-linux",
    "x86_64-freebsd",
];

/// `lib.systems`.
fn systems(evaluator: &mut Evaluator) -> Rc<Thunk> {
    let exposed = SYSTEMS
        .iter()
        .map(|system| Val::string(system).thunk())
        .collect();
    let mut attrs = Attrs::of([("flakeExposed", Val::list(exposed).thunk())]);
    attrs.open = Some(evaluator.unknown_named(
        "lib.systems",
        "this part of `lib` is not modelled",
        None,
        None,
    ));
    Val::attrs(attrs).thunk()
}

/// `lib.platforms`: lists of which only some elements are known.
fn platforms(evaluator: &mut Evaluator) -> Rc<Thunk> {
    let open = evaluator.unknown_named(
        "lib.platforms",
        "which systems it lists depends on nixpkgs",
        None,
        None,
    );
    let listed = |wanted: &[&str]| {
        let items: Vec<_> = [
            "x86_64-linux",
            "aarch64-linux",
            "x86_64-darwin",
            "aarch64-darwin",
        ]
        .iter()
        .filter(|system| wanted.iter().any(|end| system.ends_with(end)))
        .map(|system| Val::string(system).thunk())
        .collect();
        let gaps = vec![(items.len(), Rc::clone(&open))];
        Val::bare(Value::List(Rc::new(List { items, gaps }))).thunk()
    };
    let mut attrs = Attrs::of([
        ("linux", listed(&["-linux"])),
        ("darwin", listed(&["-darwin"])),
        ("unix", listed(&["-linux", "-darwin"])),
        ("all", listed(&["-linux", "-darwin"])),
    ]);
    attrs.open = Some(open);
    Val::attrs(attrs).thunk()
}

fn native(builtin: &'static Builtin) -> Rc<Thunk> {
    Thunk::done(Val::bare(Value::Builtin(Rc::new(PartialBuiltin {
        builtin,
        arguments: Vec::new(),
    }))))
}

/// Functions of texts and packages that look closely at what they are given. Of something of which nothing is known they make
/// something of which nothing is known, instead of a choice between all that it may come to. Each takes its definition first.
static OF_WHOLE_VALUES: [Builtin; 7] = [
    whole("removePrefix", 3),
    whole("removeSuffix", 3),
    whole("trim", 2),
    whole("trimWith", 3),
    whole("getOutput", 3),
    whole("makeSearchPath", 3),
    whole("makeSearchPathOutput", 4),
];

const fn whole(name: &'static str, arity: usize) -> Builtin {
    Builtin {
        name,
        arity,
        run: to_whole_value,
    }
}

fn of_whole_value(builtin: &'static Builtin, definition: Rc<Thunk>) -> Val {
    Val::bare(Value::Builtin(Rc::new(PartialBuiltin {
        builtin,
        arguments: vec![definition],
    })))
}

fn to_whole_value(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let [definition, operands @ ..] = arguments else {
        return Err(evaluator.limit("a function of `lib` is called without its definition"));
    };
    let definition = evaluator.force(definition)?;
    for operand in operands {
        let items = match evaluator.force(operand)?.value {
            Value::List(list) => list.items.clone(),
            _ => Vec::new(),
        };
        for item in items {
            evaluator.force(&item)?;
        }
    }
    evaluator.apply_all(&definition, operands, origin)
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
        let mut request = Request::new(Class::Generic, modules.clone());
        let special = evaluator.optional_attribute(&attrs, "specialArgs");
        if let Ok(Some(special)) = &special {
            let special = evaluator.attrs(special, origin)?;
            for attr in special.unordered() {
                request
                    .special_arguments
                    .push((attr.name, Rc::clone(&attr.value)));
            }
        }
        if let Ok(Some(prefix)) = evaluator.optional_attribute(&attrs, "prefix") {
            for name in evaluator.list(&prefix, origin)?.all()? {
                request
                    .prefix
                    .push(Symbol::new(&evaluator.text(name, origin)?));
            }
        }
        let class = match evaluator.optional_attribute(&attrs, "class") {
            Ok(Some(class)) => class,
            _ => Val::bare(Value::Null).thunk(),
        };
        request
            .special_arguments
            .push((Symbol::new("_class"), Rc::clone(&class)));
        let set = evaluator.evaluate_modules(request);
        let extend = Val::bare(Value::Builtin(Rc::new(PartialBuiltin {
            builtin: &EXTEND_MODULES,
            arguments: vec![Rc::clone(&arguments[0])],
        })));
        let kind = types::submodule_of(modules, special.ok().flatten());
        let mut result = Attrs::of([
            ("config", set.public_config()),
            ("options", set.public_options()),
            ("_type", Val::string("configuration").thunk()),
            ("class", class),
            ("extendModules", extend.thunk()),
            ("type", kind.thunk()),
        ]);
        result.open = Some(evaluator.unknown(
            "this result of `evalModules` is not modelled",
            None,
            origin.span,
        ));
        result.marker = Some(Rc::new(Marker::Modules(set)));
        Ok(Val::new(Value::Attrs(Rc::new(result)), origin.clone()))
    },
};

/// `(lib.evalModules given).extendModules { modules; specialArgs; prefix; }`: the same with more.
static EXTEND_MODULES: Builtin = Builtin {
    name: "extendModules",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let names = ["evalModules", "given", "more"].map(Symbol::new);
        let values = vec![
            native(&EVAL_MODULES),
            Rc::clone(&arguments[0]),
            Rc::clone(&arguments[1]),
        ];
        let evaluated = evaluator.snippet(
            "evalModules (given // { modules = given.modules ++ (more.modules or [ ]); specialArgs = (given.specialArgs or { }) // (more.specialArgs or { }); prefix = more.prefix or given.prefix or [ ]; })",
            &names,
            values,
        );
        let _ = origin;
        evaluator.force(&evaluated)
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
        let flat = prelude::functions();
        let inner = prelude::namespaced().map(|(_, name, source)| (name, source));
        let kinds = types::IN_NIX.iter().map(|(name, source)| (*name, *source));
        for (name, source) in flat.chain(inner).chain(kinds) {
            let tree = syntax::parse(FileId::INTERNAL, source, Some(&names));
            assert!(tree.problems.is_empty(), "{name}: {:?}", tree.problems);
        }
    }
}
