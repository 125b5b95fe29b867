//! The builtins: one table for each subject.

mod attrs;
mod core;
mod files;
pub mod json;
mod lists;
mod numbers;
mod regex;
pub mod strings;

use super::unknown::{ErrorKind, Kind};
use super::value::{Attr, Attrs, Origin, PartialBuiltin, Thunk, Val, Value};
use super::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// All tables.
static TABLES: &[&[Builtin]] = &[
    core::TABLE,
    lists::TABLE,
    attrs::TABLE,
    numbers::TABLE,
    strings::TABLE,
    json::TABLE,
    files::TABLE,
    regex::TABLE,
];

/// The builtin of that name (without `builtins.` or `__`).
pub fn find(name: &str) -> Option<&'static Builtin> {
    TABLES
        .iter()
        .flat_map(|table| table.iter())
        .find(|builtin| builtin.name == name)
}

/// A builtin as a value that takes arguments.
pub fn function(builtin: &'static Builtin) -> Rc<Thunk> {
    Thunk::done(Val::bare(Value::Builtin(Rc::new(PartialBuiltin {
        builtin,
        arguments: Vec::new(),
    }))))
}

/// The value of a global name.
pub(super) fn global(evaluator: &mut Evaluator, name: Symbol) -> Rc<Thunk> {
    let text = name.as_str();
    let constant = |value| Thunk::done(Val::bare(value));
    match text {
        "true" => constant(Value::Bool(true)),
        "false" => constant(Value::Bool(false)),
        "null" => constant(Value::Null),
        "builtins" => Thunk::native(|evaluator| Ok(builtins(evaluator)), Origin::default()),
        _ => {
            let plain = text.strip_prefix("__").unwrap_or(text);
            if let Some(builtin) = find(plain) {
                return function(builtin);
            }
            if let Some(thunk) = impure(evaluator, plain) {
                return thunk;
            }
            let error = evaluator.error(
                ErrorKind::UndefinedVariable,
                format!("nothing defines the variable `{name}`"),
                &Origin::default(),
            );
            Thunk::from_outcome(Err(error), Origin::default())
        }
    }
}

/// Builtins of Nix 2.34 that are not worked out here: what they give is unknown, never missing.
const NOT_MODELLED: &[&str] = &[
    "addDrvOutputDependencies",
    "appendContext",
    "convertHash",
    "exec",
    "fetchFinalTree",
    "filterPath",
    "findFile",
    "flakeRefToString",
    "fromTOML",
    "getContext",
    "hashFile",
    "hashString",
    "importNative",
    "outputOf",
    "parseFlakeRef",
    "scopedImport",
    "toXML",
    "unsafeGetLambdaPos",
];

/// What depends on where and when Nix runs.
fn impure(evaluator: &Evaluator, name: &str) -> Option<Rc<Thunk>> {
    let (kind, reason) = match name {
        "currentSystem" => (Kind::String, "it is the system that Nix runs on"),
        "currentTime" => (Kind::Number, "it is the time at which Nix runs"),
        "nixPath" => (Kind::List, "it is Nix's search path"),
        "curPos" => (Kind::Attributes, "it is not modelled"),
        name if NOT_MODELLED.contains(&name) && find(name).is_none() => {
            (Kind::Function, "this builtin is not modelled")
        }
        "storeDir" => return Some(Thunk::done(Val::string("/nix/store"))),
        "langVersion" => return Some(Thunk::done(Val::bare(Value::Int(6)))),
        "nixVersion" => return Some(Thunk::done(Val::string("2.34.8"))),
        _ => return None,
    };
    let unknown = evaluator.unknown_named(&format!("builtins.{name}"), reason, Some(kind), None);
    Some(Thunk::unknown(unknown, Origin::default()))
}

/// The set `builtins`.
fn builtins(evaluator: &mut Evaluator) -> Val {
    let mut entries: Vec<Attr> = Vec::new();
    let mut add = |name: &str, value: Rc<Thunk>| {
        entries.push(Attr {
            name: Symbol::new(name),
            name_span: None,
            definition: None,
            value,
        });
    };
    for builtin in TABLES.iter().flat_map(|table| table.iter()) {
        add(builtin.name, function(builtin));
    }
    for name in ["true", "false", "null", "builtins"] {
        let value = evaluator.global(Symbol::new(name));
        add(name, value);
    }
    for name in [
        "currentSystem",
        "currentTime",
        "nixPath",
        "storeDir",
        "langVersion",
        "nixVersion",
    ]
    .iter()
    .chain(NOT_MODELLED)
    {
        if let Some(value) = impure(evaluator, name) {
            add(name, value);
        }
    }
    Val::attrs(Attrs::from_entries(entries))
}
