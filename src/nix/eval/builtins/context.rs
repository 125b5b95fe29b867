//! What strings depend on in the store.
//!
//! An element of a context is written as Nix keeps it: the store path; `!output!path` for an output of a derivation; `=path`
//! for a derivation with everything below it.

use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{Attr, Attrs, NixString, Origin, Part, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "hasContext",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let string = evaluator.string(&arguments[0], origin)?;
            let in_store = string.parts.iter().any(|part| match part {
                Part::Store(..) | Part::File(..) => true,
                Part::Tree(tree) => tree.has_context,
                _ => false,
            });
            let has = !string.context.is_empty() || in_store;
            let is_unknown = |part: &Part| match part {
                Part::Unknown(_) => true,
                Part::Json(json) => json.text.is_err(),
                _ => false,
            };
            if !has && string.parts.iter().any(is_unknown) {
                string.known()?;
            }
            Ok(Val::new(Value::Bool(has), origin.clone()))
        },
    },
    Builtin {
        name: "getContext",
        arity: 1,
        run: get_context,
    },
    Builtin {
        name: "appendContext",
        arity: 2,
        run: append_context,
    },
    Builtin {
        name: "unsafeDiscardStringContext",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let string = evaluator.coerce(&arguments[0], Coercion::INTERPOLATION, origin)?;
            let plain = NixString {
                parts: string.parts.clone(),
                context: Vec::new(),
            };
            Ok(Val::new(Value::String(Rc::new(plain)), origin.clone()))
        },
    },
    Builtin {
        name: "unsafeDiscardOutputDependency",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let string = evaluator.coerce(&arguments[0], Coercion::INTERPOLATION, origin)?;
            let mut result = NixString {
                parts: string.parts.clone(),
                context: Vec::new(),
            };
            let plain: Vec<Rc<str>> = string
                .context
                .iter()
                .map(|item| item.strip_prefix('=').map_or(Rc::clone(item), Rc::from))
                .collect();
            result.add_context(&plain);
            Ok(Val::new(Value::String(Rc::new(result)), origin.clone()))
        },
    },
    Builtin {
        name: "addDrvOutputDependencies",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let string = evaluator.coerce(&arguments[0], Coercion::INTERPOLATION, origin)?;
            // Its context is known only where its text is.
            string.known()?;
            let refused = |evaluator: &Evaluator, why: &str| {
                Err(evaluator.error(ErrorKind::Other, why, origin))
            };
            let [item] = string.context.as_slice() else {
                return refused(
                    evaluator,
                    "this string has to depend on exactly one derivation",
                );
            };
            if item.starts_with('!') || !item.ends_with(".drv") {
                return refused(evaluator, "what this string depends on is no derivation");
            }
            let deep = match item.starts_with('=') {
                true => Rc::clone(item),
                false => format!("={item}").into(),
            };
            let result = NixString {
                parts: string.parts.clone(),
                context: vec![deep],
            };
            Ok(Val::new(Value::String(Rc::new(result)), origin.clone()))
        },
    },
];

/// What is known of one path in a context.
#[derive(Default)]
struct Dependency {
    path: bool,
    all_outputs: bool,
    outputs: Vec<Rc<str>>,
}

fn get_context(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let string = evaluator.string(&arguments[0], origin)?;
    string.known()?;
    let mut paths: BTreeMap<&str, Dependency> = BTreeMap::new();
    for item in &string.context {
        if let Some((output, path)) = item.strip_prefix('!').and_then(|rest| rest.split_once('!')) {
            paths.entry(path).or_default().outputs.push(output.into());
        } else if let Some(path) = item.strip_prefix('=') {
            paths.entry(path).or_default().all_outputs = true;
        } else {
            paths.entry(item).or_default().path = true;
        }
    }
    let entries = paths.into_iter().map(|(path, dependency)| {
        let mut attrs = Attrs::new();
        let mut add = |name: &str, value: Val| {
            attrs.insert(Attr::unwritten(Symbol::new(name), value.thunk()));
        };
        if dependency.path {
            add("path", Val::bool(true));
        }
        if dependency.all_outputs {
            add("allOutputs", Val::bool(true));
        }
        if !dependency.outputs.is_empty() {
            let outputs = dependency.outputs.iter();
            add(
                "outputs",
                Val::list(outputs.map(|output| Val::string(output).thunk()).collect()),
            );
        }
        (path, Val::attrs(attrs).thunk())
    });
    Ok(Val::new(
        Value::Attrs(Rc::new(Attrs::of(entries))),
        origin.clone(),
    ))
}

fn append_context(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let string = evaluator.string(&arguments[0], origin)?;
    let given = evaluator.attrs(&arguments[1], origin)?;
    let mut result = NixString {
        parts: string.parts.clone(),
        context: string.context.clone(),
    };
    for attr in given.closed()?.sorted() {
        let path = attr.name.as_str();
        if !is_store_path(path) {
            let message = format!("`{path}` is no path in the store");
            return Err(evaluator.error(ErrorKind::Other, message, origin));
        }
        let what = evaluator.attrs(&attr.value, origin)?;
        let no_derivation = |evaluator: &Evaluator| {
            let message = format!("`{path}` has no outputs: it is no derivation");
            Err(evaluator.error(ErrorKind::Other, message, origin))
        };
        if let Some(is_path) = evaluator.optional_attribute(&what, "path")?
            && evaluator.boolean(&is_path, origin)?
        {
            result.add_context(&[path.into()]);
        }
        if let Some(all) = evaluator.optional_attribute(&what, "allOutputs")?
            && evaluator.boolean(&all, origin)?
        {
            if !path.ends_with(".drv") {
                return no_derivation(evaluator);
            }
            result.add_context(&[format!("={path}").into()]);
        }
        if let Some(outputs) = evaluator.optional_attribute(&what, "outputs")? {
            let outputs = evaluator.list(&outputs, origin)?;
            let outputs = outputs.all()?;
            if !outputs.is_empty() && !path.ends_with(".drv") {
                return no_derivation(evaluator);
            }
            for output in outputs {
                let output = evaluator.plain_text(output, origin)?;
                result.add_context(&[format!("!{output}!{path}").into()]);
            }
        }
    }
    Ok(Val::new(Value::String(Rc::new(result)), origin.clone()))
}

/// Whether a text is the path of something directly in the store.
fn is_store_path(text: &str) -> bool {
    text.strip_prefix("/nix/store/").is_some_and(|rest| {
        rest.len() > 33
            && !rest.contains('/')
            && rest.as_bytes()[32] == b'-'
            && rest.as_bytes()[..32]
                .iter()
                .all(|byte| super::hashes::BASE32.contains(byte))
    })
}
