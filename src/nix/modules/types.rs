//! Option types: what a value must be, and how definitions of it merge.

use super::Declarations;
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::Stop;
use crate::nix::eval::value::{Marker, Origin, Thunk, Value};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// The type of an option.
#[derive(Clone, Debug)]
pub enum OptionType {
    /// Not declared in sight, or of a type that is not known: merged as nearly every option would.
    Unseen,
    /// No type given: one definition, or sets and lists that merge.
    Unspecified,
    /// `types.anything`: sets merge by attribute, lists must be equal... anything else too.
    Anything,
    /// `types.raw`, `types.package` and others that take exactly one definition and check nothing here.
    Raw,
    /// `types.attrs`: one level of `//`.
    Attrs,
    /// `types.bool`.
    Bool,
    /// Integers between bounds, both inclusive.
    Int {
        /// Smallest.
        least: Option<i64>,
        /// Largest.
        most: Option<i64>,
    },
    /// `types.float`.
    Float,
    /// `types.number`.
    Number,
    /// `types.str`: equal definitions only.
    Str,
    /// `types.lines`, `types.commas`, ...: joined with the separator.
    Joined(Rc<str>),
    /// `types.path`.
    Path,
    /// `types.package`.
    Package,
    /// `types.enum`.
    Enum(Vec<Rc<Thunk>>),
    /// `types.listOf`.
    ListOf(Rc<OptionType>),
    /// `types.attrsOf`, `types.lazyAttrsOf`.
    AttrsOf(Rc<OptionType>),
    /// `types.nullOr`.
    NullOr(Rc<OptionType>),
    /// `types.either`, `types.oneOf`.
    Either(Rc<OptionType>, Rc<OptionType>),
    /// `types.uniq`, `types.unique`.
    Unique(Rc<OptionType>),
    /// `types.submodule` and its like.
    Submodule(Rc<Submodule>),
    /// `types.deferredModule`: definitions are kept as modules to be imported elsewhere.
    Deferred,
    /// `types.functionTo`.
    Function,
    /// `types.coercedTo from convert to`.
    Coerced {
        /// The type that is converted.
        from: Rc<OptionType>,
        /// The function.
        convert: Rc<Thunk>,
        /// The type of the result.
        to: Rc<OptionType>,
    },
}

/// A submodule type.
#[derive(Clone, Debug, Default)]
pub struct Submodule {
    /// Its modules.
    pub modules: Vec<Rc<Thunk>>,
    /// Options declared otherwise than by modules.
    pub declarations: Option<Declarations>,
    /// Whether a plain definition is a set of options (and not a module): `shorthandOnlyDefinesConfig`.
    pub shorthand: bool,
    /// `specialArgs`.
    pub special_arguments: Option<Rc<Thunk>>,
}

impl OptionType {
    /// The type of two declarations of one option: submodules take both's modules.
    pub fn with_further_modules(&self, other: &OptionType) -> OptionType {
        match (self, other) {
            (OptionType::Submodule(first), OptionType::Submodule(second)) => {
                let mut merged = (**first).clone();
                merged.modules.extend(second.modules.iter().cloned());
                OptionType::Submodule(Rc::new(merged))
            }
            (OptionType::AttrsOf(first), OptionType::AttrsOf(second)) => {
                OptionType::AttrsOf(Rc::new(first.with_further_modules(second)))
            }
            (OptionType::ListOf(first), OptionType::ListOf(second)) => {
                OptionType::ListOf(Rc::new(first.with_further_modules(second)))
            }
            (OptionType::NullOr(first), OptionType::NullOr(second)) => {
                OptionType::NullOr(Rc::new(first.with_further_modules(second)))
            }
            (OptionType::Unspecified, other) => other.clone(),
            (first, _) => first.clone(),
        }
    }

    /// The type that a Nix value stands for: one of ours, or one of the real `lib.types`, told by its name.
    pub fn from_nix(evaluator: &mut Evaluator, thunk: &Rc<Thunk>) -> OptionType {
        Self::try_from_nix(evaluator, thunk, 0).unwrap_or(OptionType::Unseen)
    }

    fn try_from_nix(
        evaluator: &mut Evaluator,
        thunk: &Rc<Thunk>,
        depth: usize,
    ) -> Result<OptionType, Stop> {
        if depth > 40 {
            return Ok(OptionType::Unseen);
        }
        let origin = Origin::default();
        let attrs = evaluator.attrs(thunk, &origin)?;
        if let Some(marker) = &attrs.marker
            && let Marker::Type(kind) = &**marker
        {
            return Ok((**kind).clone());
        }
        let get = |name: &str| {
            attrs
                .get(Symbol::new(name))
                .map(|attr| Rc::clone(&attr.value))
        };
        let Some(name) = get("name") else {
            return Ok(OptionType::Unseen);
        };
        let name = evaluator.text(&name, &origin)?;
        let nested = |evaluator: &mut Evaluator, name: &str| -> Result<Rc<OptionType>, Stop> {
            let nested = evaluator.descend(thunk, &["nestedTypes", name])?;
            Ok(Rc::new(Self::try_from_nix(evaluator, &nested, depth + 1)?))
        };
        let payload = |evaluator: &mut Evaluator, name: &str| {
            evaluator.descend(thunk, &["functor", "payload", name])
        };
        Ok(match &*name {
            "bool" => OptionType::Bool,
            "int" => OptionType::Int {
                least: None,
                most: None,
            },
            "unsignedInt" => OptionType::Int {
                least: Some(0),
                most: None,
            },
            "positiveInt" => OptionType::Int {
                least: Some(1),
                most: None,
            },
            "unsignedInt16" => OptionType::Int {
                least: Some(0),
                most: Some(65535),
            },
            "unsignedInt8" => OptionType::Int {
                least: Some(0),
                most: Some(255),
            },
            "unsignedInt32" => OptionType::Int {
                least: Some(0),
                most: Some(u32::MAX.into()),
            },
            "float" => OptionType::Float,
            "str" | "singleLineStr" | "nonEmptyStr" | "passwdEntry" => OptionType::Str,
            "separatedString" | "string" => {
                match payload(evaluator, "sep").and_then(|sep| evaluator.text(&sep, &origin)) {
                    Ok(separator) => OptionType::Joined(separator),
                    Err(_) => OptionType::Joined("".into()),
                }
            }
            "path" | "pathInStore" => OptionType::Path,
            "package" | "shellPackage" => OptionType::Package,
            "raw" | "optionType" | "unspecified" if &*name != "unspecified" => OptionType::Raw,
            "unspecified" => OptionType::Unspecified,
            "anything" => OptionType::Anything,
            "attrs" => OptionType::Attrs,
            "enum" => {
                let values = payload(evaluator, "values")?;
                let list = evaluator.list(&values, &origin)?;
                OptionType::Enum(list.all()?.to_vec())
            }
            "listOf" => OptionType::ListOf(nested(evaluator, "elemType")?),
            "attrsOf" | "lazyAttrsOf" => OptionType::AttrsOf(nested(evaluator, "elemType")?),
            "nullOr" => OptionType::NullOr(nested(evaluator, "elemType")?),
            "uniq" | "unique" => OptionType::Unique(nested(evaluator, "elemType")?),
            "either" => OptionType::Either(nested(evaluator, "left")?, nested(evaluator, "right")?),
            "functionTo" => OptionType::Function,
            "deferredModule" => OptionType::Deferred,
            "submodule" => {
                let Some(modules) = get("getSubModules") else {
                    return Ok(OptionType::Unseen);
                };
                let modules = evaluator.list(&modules, &origin)?;
                OptionType::Submodule(Rc::new(Submodule {
                    modules: modules.all()?.to_vec(),
                    ..Submodule::default()
                }))
            }
            _ => OptionType::Unseen,
        })
    }

    /// Whether a value is of this type, as far as its head tells: `None` where that is not known.
    pub fn accepts(&self, evaluator: &mut Evaluator, value: &Value) -> Option<bool> {
        Some(match self {
            OptionType::Unseen => return None,
            OptionType::Unspecified | OptionType::Anything | OptionType::Raw => true,
            OptionType::Deferred => matches!(
                value,
                Value::Attrs(_) | Value::Lambda(_) | Value::Builtin(_) | Value::Path(_)
            ),
            OptionType::Attrs => matches!(value, Value::Attrs(_)),
            OptionType::Bool => matches!(value, Value::Bool(_)),
            OptionType::Int { least, most } => match value {
                Value::Int(integer) => {
                    least.is_none_or(|least| *integer >= least)
                        && most.is_none_or(|most| *integer <= most)
                }
                _ => false,
            },
            OptionType::Float => matches!(value, Value::Float(_)),
            OptionType::Number => matches!(value, Value::Int(_) | Value::Float(_)),
            OptionType::Str | OptionType::Joined(_) => matches!(value, Value::String(_)),
            OptionType::Path => match value {
                Value::Path(_) => true,
                Value::String(text) => match text.known() {
                    Ok(text) => text.starts_with('/'),
                    Err(_) => return None,
                },
                Value::Attrs(_) => return None,
                _ => false,
            },
            OptionType::Package => match value {
                Value::Attrs(_) | Value::Path(_) => return None,
                Value::String(text) => match text.known() {
                    Ok(text) => text.starts_with("/nix/store/"),
                    Err(_) => return None,
                },
                _ => false,
            },
            OptionType::Enum(values) => {
                let mut unknown = false;
                let given = crate::nix::eval::value::Val::bare(value.clone());
                for allowed in values {
                    let outcome = evaluator
                        .force(allowed)
                        .and_then(|allowed| evaluator.equal(&allowed, &given, &Origin::default()));
                    match outcome {
                        Ok(true) => return Some(true),
                        Ok(false) => {}
                        Err(_) => unknown = true,
                    }
                }
                if unknown {
                    return None;
                }
                false
            }
            OptionType::ListOf(_) => matches!(value, Value::List(_)),
            OptionType::AttrsOf(_) => matches!(value, Value::Attrs(_)),
            OptionType::NullOr(inner) => match value {
                Value::Null => true,
                value => return inner.accepts(evaluator, value),
            },
            OptionType::Either(first, second) => {
                match (
                    first.accepts(evaluator, value),
                    second.accepts(evaluator, value),
                ) {
                    (Some(true), _) | (_, Some(true)) => true,
                    (Some(false), Some(false)) => false,
                    _ => return None,
                }
            }
            OptionType::Unique(inner) => return inner.accepts(evaluator, value),
            OptionType::Submodule(_) => {
                matches!(value, Value::Attrs(_) | Value::Lambda(_) | Value::Path(_))
            }
            OptionType::Function => match value {
                Value::Lambda(_) | Value::Builtin(_) => true,
                Value::Attrs(_) => return None,
                _ => false,
            },
            OptionType::Coerced { from, to, .. } => {
                match (from.accepts(evaluator, value), to.accepts(evaluator, value)) {
                    (Some(true), _) | (_, Some(true)) => true,
                    (Some(false), Some(false)) => false,
                    _ => return None,
                }
            }
        })
    }

    /// The type in words, with an article: "a list of strings".
    pub fn phrase(&self) -> String {
        match self {
            OptionType::Unseen | OptionType::Unspecified | OptionType::Anything => {
                "any value".into()
            }
            OptionType::Raw => "one value".into(),
            OptionType::Attrs => "a set".into(),
            OptionType::Bool => "`true` or `false`".into(),
            OptionType::Int { least, most } => match (least, most) {
                (Some(least), Some(most)) => format!("an integer from {least} to {most}"),
                (Some(least), None) => format!("an integer of at least {least}"),
                _ => "an integer".into(),
            },
            OptionType::Float => "a float".into(),
            OptionType::Number => "a number".into(),
            OptionType::Str | OptionType::Joined(_) => "a string".into(),
            OptionType::Path => "an absolute path".into(),
            OptionType::Package => "a package".into(),
            OptionType::Enum(_) => "one of the allowed values".into(),
            OptionType::ListOf(_) => "a list".into(),
            OptionType::AttrsOf(_) | OptionType::Submodule(_) => "a set".into(),
            OptionType::NullOr(inner) => format!("{} or `null`", inner.phrase()),
            OptionType::Either(first, second) => {
                format!("{} or {}", first.phrase(), second.phrase())
            }
            OptionType::Unique(inner) => inner.phrase(),
            OptionType::Deferred => "a module".into(),
            OptionType::Function => "a function".into(),
            OptionType::Coerced { from, to, .. } => {
                format!("{} or {}", to.phrase(), from.phrase())
            }
        }
    }
}
