//! Option types: what a value must be, and how definitions of it merge.

use super::Declarations;
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{Stop, Unknown, mix};
use crate::nix::eval::value::{Attrs, Marker, Origin, Thunk, Val, Value};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// The type of an option.
#[derive(Clone, Debug)]
pub enum OptionType {
    /// Not declared in sight, or of a type that is not known: merged as nearly every option would.
    Unseen,
    /// A type that is known and not modelled: what its definitions merge to is unknown.
    Unmodelled(Rc<Unknown>),
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
    /// `types.attrsOf`.
    AttrsOf(Rc<OptionType>),
    /// `types.lazyAttrsOf`: an attribute is there even where its definitions turn out not to hold.
    LazyAttrsOf(Rc<OptionType>),
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
    /// `types.functionTo`: the results are merged.
    Function(Rc<OptionType>),
    /// `types.boolByOr`: true where any definition is.
    AnyTrue,
    /// A type with a further check: `types.addCheck` and the many that are made with it.
    Checked {
        /// The type that merges.
        inner: Rc<OptionType>,
        /// The function that says whether it takes a value.
        check: Rc<Thunk>,
        /// Whether the value without definitions is that of the inner type (not so for `types.nonEmptyListOf`).
        keeps_empty: bool,
    },
    /// A type with its own `check` and `merge` (`mkOptionType`): the set that it is.
    Custom(Rc<Thunk>),
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
    /// Whether a plain definition is a set of options (and not a module): `shorthandOnlyDefinesConfig`. Not looked at before
    /// the option is read.
    pub shorthand: Option<Rc<Thunk>>,
    /// `specialArgs`.
    pub special_arguments: Option<Rc<Thunk>>,
    /// `class`.
    pub class: Option<Rc<Thunk>>,
}

impl OptionType {
    /// The type of two declarations of one option: submodules take both's modules, enumerations both's values. `None`
    /// where the types cannot be merged.
    pub fn merged_with(&self, other: &OptionType) -> Option<OptionType> {
        use OptionType as T;
        let both = |first: &Rc<T>, second: &Rc<T>| first.merged_with(second).map(Rc::new);
        Some(match (self, other) {
            (T::Unspecified | T::Unseen, other) => other.clone(),
            (first, T::Unspecified | T::Unseen) => first.clone(),
            (T::Submodule(first), T::Submodule(second)) => {
                let mut merged = (**first).clone();
                merged.modules.extend(second.modules.iter().cloned());
                T::Submodule(Rc::new(merged))
            }
            (T::AttrsOf(first), T::AttrsOf(second)) => T::AttrsOf(both(first, second)?),
            (T::LazyAttrsOf(first), T::LazyAttrsOf(second)) => T::LazyAttrsOf(both(first, second)?),
            (T::ListOf(first), T::ListOf(second)) => T::ListOf(both(first, second)?),
            (T::NullOr(first), T::NullOr(second)) => T::NullOr(both(first, second)?),
            (T::Unique(first), T::Unique(second)) => T::Unique(both(first, second)?),
            (T::Function(first), T::Function(second)) => T::Function(both(first, second)?),
            (T::Either(first, second), T::Either(third, fourth)) => {
                T::Either(both(first, third)?, both(second, fourth)?)
            }
            (T::Enum(first), T::Enum(second)) => {
                let mut values = first.clone();
                values.extend(second.iter().cloned());
                T::Enum(values)
            }
            (T::Joined(first), T::Joined(second)) if first == second => self.clone(),
            (
                T::Int { least, most },
                T::Int {
                    least: other_least,
                    most: other_most,
                },
            ) if least == other_least && most == other_most => self.clone(),
            // Whether two such are the same type is not looked into.
            (T::Coerced { .. }, _) | (_, T::Coerced { .. }) => return None,
            (T::Unmodelled(_), _) => self.clone(),
            (_, T::Unmodelled(_)) => other.clone(),
            (T::Checked { check: first, .. }, T::Checked { check: second, .. })
            | (T::Custom(first), T::Custom(second))
                if Rc::ptr_eq(first, second) =>
            {
                self.clone()
            }
            // It depends on their `functor`, which may stand for another type or carry a payload.
            (T::Checked { .. } | T::Custom(_), _) | (_, T::Checked { .. } | T::Custom(_)) => {
                let reason =
                    "an option is declared twice, and how its two types merge is not modelled";
                T::Unmodelled(Rc::new(Unknown {
                    id: mix(5, reason),
                    kind: None,
                    subject: None,
                    reason: reason.into(),
                    span: None,
                }))
            }
            (T::Joined(_) | T::Int { .. }, _) => return None,
            (first, second) if std::mem::discriminant(first) == std::mem::discriminant(second) => {
                self.clone()
            }
            _ => return None,
        })
    }

    /// What an option of this type is without any definition, if that is allowed.
    pub fn empty_value(&self, evaluator: &mut Evaluator) -> Option<Val> {
        match self {
            OptionType::AttrsOf(_)
            | OptionType::LazyAttrsOf(_)
            | OptionType::Attrs
            | OptionType::Deferred => Some(Val::attrs(Attrs::new())),
            OptionType::ListOf(_) => Some(Val::list(Vec::new())),
            OptionType::NullOr(_) => Some(Val::bare(Value::Null)),
            OptionType::Unique(inner) | OptionType::Coerced { to: inner, .. } => {
                inner.empty_value(evaluator)
            }
            OptionType::Checked {
                inner,
                keeps_empty: true,
                ..
            } => inner.empty_value(evaluator),
            OptionType::Custom(given) => {
                let empty = evaluator.descend(given, &["emptyValue", "value"]).ok()?;
                evaluator.force(&empty).ok()
            }
            _ => None,
        }
    }

    /// The type that a Nix value stands for: one of ours, or one of the real `lib.types`, told by its name.
    pub fn from_nix(evaluator: &mut Evaluator, thunk: &Rc<Thunk>) -> OptionType {
        match Self::try_from_nix(evaluator, thunk, 0) {
            Ok(kind) => kind,
            Err(Stop::Unknown(unknown))
                if unknown
                    .subject
                    .as_deref()
                    .is_some_and(|subject| subject.starts_with("lib.types.")) =>
            {
                OptionType::Unmodelled(unknown)
            }
            Err(_) => OptionType::Unseen,
        }
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
            // `types.x // { check = ...; }` is another type, as is one with an `emptyValue` of its own.
            let is_ours = |name: &str| {
                attrs
                    .get(Symbol::new(name))
                    .is_some_and(|attr| is_type_method(&attr.value))
            };
            let own_empty = attrs.get(Symbol::new("emptyValue")).is_some();
            return Ok(if is_ours("check") && is_ours("merge") && !own_empty {
                (**kind).clone()
            } else {
                OptionType::Custom(Rc::clone(thunk))
            });
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
        let has_merge = get("merge").is_some();
        let kind = match &*name {
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
            "str" | "nonEmptyStr" | "passwdEntry" => OptionType::Str,
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
            "attrsOf" => OptionType::AttrsOf(nested(evaluator, "elemType")?),
            "lazyAttrsOf" => OptionType::LazyAttrsOf(nested(evaluator, "elemType")?),
            "boolByOr" => OptionType::AnyTrue,
            "nullOr" => OptionType::NullOr(nested(evaluator, "elemType")?),
            "uniq" | "unique" => OptionType::Unique(nested(evaluator, "elemType")?),
            "either" => OptionType::Either(nested(evaluator, "left")?, nested(evaluator, "right")?),
            "functionTo" => OptionType::Function(nested(evaluator, "elemType")?),
            "deferredModule" => OptionType::Deferred,
            "submodule" => {
                let Some(modules) = get("getSubModules") else {
                    return Ok(OptionType::Unseen);
                };
                let modules = evaluator.list(&modules, &origin)?;
                let shorthand = payload(evaluator, "shorthandOnlyDefinesConfig").ok();
                let special_arguments = payload(evaluator, "specialArgs").ok();
                OptionType::Submodule(Rc::new(Submodule {
                    modules: modules.all()?.to_vec(),
                    declarations: None,
                    shorthand,
                    special_arguments,
                    class: payload(evaluator, "class").ok(),
                }))
            }
            _ if has_merge => return Ok(OptionType::Custom(Rc::clone(thunk))),
            _ => return Ok(OptionType::Unseen),
        };
        // The real types carry their own check, which `addCheck` and the bounds of numbers narrow.
        Ok(match (kind, get("check")) {
            (
                kind @ (OptionType::Submodule(_)
                | OptionType::AttrsOf(_)
                | OptionType::LazyAttrsOf(_)
                | OptionType::NullOr(_)
                | OptionType::Either(..)
                | OptionType::Unique(_)
                | OptionType::Function(_)
                | OptionType::Deferred
                | OptionType::Raw
                | OptionType::Unspecified
                | OptionType::Anything),
                _,
            )
            | (kind, None) => kind,
            (kind, Some(check)) => OptionType::Checked {
                inner: Rc::new(kind),
                check,
                keeps_empty: true,
            },
        })
    }

    /// Whether a value is of this type, as far as its head tells: `None` where that is not known.
    pub fn accepts(&self, evaluator: &mut Evaluator, value: &Value) -> Option<bool> {
        Some(match self {
            OptionType::Unseen | OptionType::Unmodelled(_) => return None,
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
            OptionType::AttrsOf(_) | OptionType::LazyAttrsOf(_) => {
                matches!(value, Value::Attrs(_))
            }
            OptionType::AnyTrue => matches!(value, Value::Bool(_)),
            OptionType::Checked { inner, check, .. } => {
                return match inner.accepts(evaluator, value) {
                    Some(true) => accepted_by(evaluator, check, value),
                    other => other,
                };
            }
            OptionType::Custom(given) => {
                let check = match evaluator.attrs(given, &Origin::default()) {
                    Ok(attrs) => attrs
                        .get(Symbol::new("check"))
                        .map(|attr| Rc::clone(&attr.value)),
                    Err(_) => return None,
                };
                return match check {
                    Some(check) => accepted_by(evaluator, &check, value),
                    None => Some(true),
                };
            }
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
            OptionType::Function(_) => match value {
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
            OptionType::Unseen
            | OptionType::Unmodelled(_)
            | OptionType::Unspecified
            | OptionType::Anything => "any value".into(),
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
            OptionType::AttrsOf(_) | OptionType::LazyAttrsOf(_) | OptionType::Submodule(_) => {
                "a set".into()
            }
            OptionType::AnyTrue => "`true` or `false`".into(),
            OptionType::Checked { inner, .. } => format!("{} that passes a check", inner.phrase()),
            OptionType::Custom(_) => "a value that its type takes".into(),
            OptionType::NullOr(inner) => format!("{} or `null`", inner.phrase()),
            OptionType::Either(first, second) => {
                format!("{} or {}", first.phrase(), second.phrase())
            }
            OptionType::Unique(inner) => inner.phrase(),
            OptionType::Deferred => "a module".into(),
            OptionType::Function(_) => "a function".into(),
            OptionType::Coerced { from, to, .. } => {
                format!("{} or {}", to.phrase(), from.phrase())
            }
        }
    }
}

/// Whether a `check` function takes a value; `None` where that is not known.
fn accepted_by(evaluator: &mut Evaluator, check: &Rc<Thunk>, value: &Value) -> Option<bool> {
    let origin = Origin::default();
    let check = evaluator.function(check, &origin).ok()?;
    let given = Val::bare(value.clone()).thunk();
    match evaluator.apply(&check, given, &origin).ok()?.value {
        Value::Bool(accepted) => Some(accepted),
        _ => None,
    }
}

/// Whether a `check` or `merge` is the one that our own types have.
fn is_type_method(thunk: &Rc<Thunk>) -> bool {
    match thunk.settled().map(|value| value.value) {
        Some(Value::Builtin(partial)) => crate::nix::lib::types::is_method(partial.builtin),
        _ => false,
    }
}
