//! The builtins: one table for each subject.

mod attrs;
mod context;
mod core;
mod derivation;
mod files;
mod flake_reference;
mod hashes;
pub mod json;
mod json_places;
mod lists;
mod numbers;
mod regex;
mod sort;
pub mod strings;
mod toml;
mod xml;

pub(super) use regex::Expression;

use super::unknown::{ErrorKind, Kind, Unknown};
use super::value::{Attr, Attrs, Marker, Origin, PartialBuiltin, Thunk, Val, Value};
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
    context::TABLE,
    hashes::TABLE,
    derivation::TABLE,
    toml::TABLE,
    xml::TABLE,
    flake_reference::TABLE,
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
    let known = |value| Thunk::done(Val::bare(value));
    match text {
        "true" => known(Value::Bool(true)),
        "false" => known(Value::Bool(false)),
        "null" => known(Value::Null),
        "builtins" => Thunk::native(|evaluator| Ok(builtins(evaluator)), Origin::default()),
        _ => {
            let plain = text.strip_prefix("__").unwrap_or(text);
            if let Some(builtin) = find(plain) {
                return function(builtin);
            }
            if let Some(thunk) = constant(evaluator, plain) {
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

/// Builtins that are there only where an experimental feature or a setting of Nix turns them on. They are not in `builtins`; who
/// uses one all the same has turned it on, so it is unknown rather than missing.
const NOT_THERE_BY_DEFAULT: &[&str] = &[
    "exec",
    "fetchClosure",
    "fetchFinalTree",
    "filterAttrs",
    "importNative",
    "outputOf",
    "parallel",
    "wasm",
];

/// The unknown that an attribute of `builtins` is which is there only in some set-ups.
pub(super) fn not_there_by_default(evaluator: &Evaluator, name: &str) -> Option<Rc<Unknown>> {
    NOT_THERE_BY_DEFAULT.contains(&name).then(|| {
        evaluator.unknown_named(
            &format!("builtins.{name}"),
            "Nix has this builtin only where it is turned on",
            Some(Kind::Function),
            None,
        )
    })
}

/// What depends on where and when Nix runs, and constants.
fn constant(evaluator: &mut Evaluator, name: &str) -> Option<Rc<Thunk>> {
    let (kind, reason) = match name {
        "currentSystem" => (Kind::String, "it is the system that Nix runs on"),
        "currentTime" => (Kind::Number, "it is the time at which Nix runs"),
        "nixPath" => (Kind::List, "it is Nix's search path"),
        "derivation" => return Some(derivation::derivation(evaluator)),
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
        entries.push(Attr::unwritten(Symbol::new(name), value));
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
        "derivation",
        "nixPath",
        "storeDir",
        "langVersion",
        "nixVersion",
    ] {
        if let Some(value) = constant(evaluator, name) {
            add(name, value);
        }
    }
    let mut attrs = Attrs::from_entries(entries);
    attrs.marker = Some(Rc::new(Marker::Builtins));
    Val::attrs(attrs)
}
