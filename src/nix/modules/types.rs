//! Option types: what a value must be, and how definitions of it merge.

use super::{Declarations, OptionDeclaration};
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{ErrorKind, EvalError, Stop, Unknown, mix};
use crate::nix::eval::value::{Attrs, Marker, Origin, Thunk, Val, Value};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// The type of an option.
#[derive(Clone, Debug)]
pub enum OptionType {
    /// Not declared in sight, or of a type that is not known: merged as nearly every option would.
    Unseen,
    /// A part of a type that is made of itself: the value that it will be.
    Later(Rc<Thunk>),
    /// A type that is known and not modelled: what its definitions merge to is unknown.
    Unmodelled(Rc<Unknown>),
    /// A type that fails where Nix looks at it.
    Broken(Rc<EvalError>),
    /// No type given: one definition, or sets and lists that merge.
    Unspecified,
    /// `types.anything`: sets merge by attribute, lists must be equal... anything else too.
    Anything,
    /// What `pkgs.formats.json { }` calls its type: `null`, truth values, numbers, strings, paths, and lists and sets of such
    /// values, which merge as `listOf` and `attrsOf` do.
    Json,
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
    /// `types.path`, `types.pathWith`.
    Path {
        /// Whether it must lie in the store, or must not.
        in_store: Option<bool>,
        /// Whether it must be absolute, or must not.
        absolute: Option<bool>,
    },
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
    /// `types.attrTag`: one of these options, by its name.
    AttrTag(Rc<[(Symbol, Rc<OptionDeclaration>)]>),
    /// `types.optionType`.
    Type,
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
        /// Whether it is a type of its own (`types.nonEmptyStr`), and not the inner one with a check.
        is_own: bool,
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
    /// What further declarations say for `shorthand`: the same, or Nix fails.
    pub other_shorthands: Vec<Rc<Thunk>>,
}

impl OptionType {
    /// `types.path`.
    pub const ABSOLUTE_PATH: OptionType = OptionType::Path {
        in_store: None,
        absolute: Some(true),
    };

    /// The type of two declarations of one option: submodules take both's modules, enumerations both's values. `None`
    /// where the types cannot be merged.
    pub fn merged_with(&self, other: &OptionType) -> Option<OptionType> {
        use OptionType as T;
        let both = |first: &Rc<T>, second: &Rc<T>| first.merged_with(second).map(Rc::new);
        Some(match (self, other) {
            (T::Unseen, other) => other.clone(),
            (first, T::Unseen) => first.clone(),
            (T::Broken(_), _) => self.clone(),
            (_, T::Broken(_)) => other.clone(),
            (T::Later(_), _) | (_, T::Later(_)) => T::undecided_merge(),
            (T::Submodule(first), T::Submodule(second)) => {
                let mut merged = (**first).clone();
                merged.modules = [first.modules.as_slice(), &second.modules].concat();
                if let (Some(first), Some(second)) = (&first.shorthand, &second.shorthand)
                    && !Rc::ptr_eq(first, second)
                {
                    merged.other_shorthands.push(Rc::clone(second));
                }
                merged
                    .other_shorthands
                    .extend(second.other_shorthands.iter().cloned());
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
            // The bounds are a check, and checks get lost.
            (T::Int { .. }, T::Int { .. }) => T::Int {
                least: None,
                most: None,
            },
            (
                T::Path { in_store, absolute },
                T::Path {
                    in_store: other_in_store,
                    absolute: other_absolute,
                },
            ) => {
                if (in_store, absolute) != (other_in_store, other_absolute) {
                    return None;
                }
                self.clone()
            }
            (T::AttrTag(_), T::AttrTag(_)) => T::undecided_merge(),
            // Whether two such are the same type is not looked into.
            (T::Coerced { .. }, _) | (_, T::Coerced { .. }) => return None,
            (T::Unmodelled(_), _) => self.clone(),
            (_, T::Unmodelled(_)) => other.clone(),
            // It depends on their `functor`, which may stand for another type or carry a payload.
            (T::Custom(_) | T::Checked { is_own: true, .. }, _)
            | (_, T::Custom(_) | T::Checked { is_own: true, .. }) => T::undecided_merge(),
            // What `addCheck` makes still says that it is the type without the check.
            (T::Checked { inner, .. }, other) => return inner.merged_with(other),
            (first, T::Checked { inner, .. }) => return first.merged_with(inner),
            (T::Joined(_) | T::Int { .. }, _) => return None,
            (first, second) if std::mem::discriminant(first) == std::mem::discriminant(second) => {
                self.clone()
            }
            _ => return None,
        })
    }

    /// The type of an option whose two declarations are not put together here.
    fn undecided_merge() -> OptionType {
        OptionType::unmodelled(
            "an option is declared twice, and how its two types merge is not modelled",
        )
    }

    /// A type of which nothing can be told, for this reason.
    pub fn unmodelled(reason: &str) -> OptionType {
        OptionType::Unmodelled(Rc::new(Unknown {
            id: mix(5, reason),
            kind: None,
            subject: None,
            reason: reason.into(),
            span: None,
            names: None,
        }))
    }

    /// What an option of this type is without any definition, if that is allowed.
    pub fn empty_value(&self, evaluator: &mut Evaluator) -> Option<Val> {
        match self {
            OptionType::AttrsOf(_) | OptionType::LazyAttrsOf(_) | OptionType::Attrs => {
                Some(Val::attrs(Attrs::new()))
            }
            OptionType::ListOf(_) => Some(Val::list(Vec::new())),
            OptionType::NullOr(_) | OptionType::Json => Some(Val::bare(Value::Null)),
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
            // What needs the configuration cannot be read while the modules are.
            Err(Stop::Error(error)) if error.kind != ErrorKind::InfiniteRecursion => {
                OptionType::Broken(error)
            }
            Err(_) => OptionType::Unseen,
        }
    }

    /// The type that a value says which may be part of that value.
    pub fn of_part(evaluator: &mut Evaluator, thunk: &Rc<Thunk>) -> OptionType {
        match evaluator.force(thunk) {
            Err(Stop::Error(error)) if error.kind == ErrorKind::InfiniteRecursion => {
                OptionType::Later(Rc::clone(thunk))
            }
            _ => Self::from_nix(evaluator, thunk),
        }
    }

    /// The type itself, where it had to be made first.
    pub fn made(&self) -> OptionType {
        match self {
            OptionType::Later(thunk) if self.ends(&mut Vec::new()) => {
                Self::of_later(thunk).unwrap_or(OptionType::Unseen)
            }
            OptionType::Later(_) => OptionType::Unseen,
            kind => kind.clone(),
        }
    }

    fn of_later(thunk: &Rc<Thunk>) -> Option<OptionType> {
        match thunk.settled()?.value {
            Value::Attrs(attrs) => Self::of_own(&attrs),
            _ => None,
        }
    }

    /// Whether a value is of this type can be told without asking again whether it is.
    fn ends(&self, asked: &mut Vec<Rc<Thunk>>) -> bool {
        match self {
            OptionType::Later(thunk) => {
                if asked.iter().any(|known| Rc::ptr_eq(known, thunk)) {
                    return false;
                }
                asked.push(Rc::clone(thunk));
                let ends = Self::of_later(thunk).is_none_or(|kind| kind.ends(asked));
                asked.pop();
                ends
            }
            OptionType::Either(first, second) => first.ends(asked) && second.ends(asked),
            OptionType::Coerced { from, to, .. } => from.ends(asked) && to.ends(asked),
            OptionType::NullOr(inner)
            | OptionType::Unique(inner)
            | OptionType::Checked { inner, .. } => inner.ends(asked),
            _ => true,
        }
    }

    /// The type that a set is which our own types make, unless something of it was replaced.
    fn of_own(attrs: &Attrs) -> Option<OptionType> {
        let Some(Marker::Type(kind)) = attrs.marker.as_deref() else {
            return None;
        };
        let is_ours = |name: &str| {
            attrs
                .get(Symbol::new(name))
                .is_some_and(|attr| is_type_method(&attr.value))
        };
        let is_as_made = is_ours("check") && is_ours("merge");
        let has = |name: &str| attrs.get(Symbol::new(name)).is_some();
        (is_as_made && !has("emptyValue") && !has("functor")).then(|| (**kind).clone())
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
            let has_functor = attrs.get(Symbol::new("functor")).is_some();
            return Ok(if is_ours("check") && is_ours("merge") && !own_empty {
                match (**kind).clone() {
                    OptionType::Checked {
                        inner,
                        check,
                        keeps_empty,
                        ..
                    } => OptionType::Checked {
                        inner,
                        check,
                        keeps_empty,
                        is_own: has_functor,
                    },
                    kind => kind,
                }
            } else if !is_ours("check") && kind.is_asked_while_merging() {
                OptionType::unmodelled(
                    "whether a `check` of its own is heeded in such a type depends on the release of nixpkgs",
                )
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
            "path" => {
                let wanted = |evaluator: &mut Evaluator, name: &str| {
                    let given = payload(evaluator, name).ok();
                    given.and_then(|given| evaluator.boolean(&given, &origin).ok())
                };
                match payload(evaluator, "absolute") {
                    Ok(_) => OptionType::Path {
                        in_store: wanted(evaluator, "inStore"),
                        absolute: wanted(evaluator, "absolute"),
                    },
                    // Before there was `pathWith`.
                    Err(_) => OptionType::ABSOLUTE_PATH,
                }
            }
            "pathInStore" => OptionType::ABSOLUTE_PATH,
            "package" | "shellPackage" => OptionType::Package,
            "raw" => OptionType::Raw,
            "optionType" => OptionType::Type,
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
                    other_shorthands: Vec::new(),
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
                is_own: !matches!(
                    &*name,
                    "bool" | "int" | "float" | "str" | "enum" | "listOf" | "separatedString"
                ) && !name.contains("Int")
                    && !name.contains("int"),
            },
        })
    }

    /// Whether the `merge` of the type can do anything with a value, which its `check` need not have seen.
    pub fn can_merge(&self, value: &Value) -> bool {
        match self {
            OptionType::ListOf(_) => matches!(value, Value::List(_)),
            OptionType::AttrsOf(_) | OptionType::LazyAttrsOf(_) | OptionType::Attrs => {
                matches!(value, Value::Attrs(_))
            }
            OptionType::AnyTrue => matches!(value, Value::Bool(_)),
            _ => true,
        }
    }

    /// The one type that this one is made of: that of the elements or attributes, of the result, or that which it narrows down.
    fn inner(&self) -> Option<&Rc<OptionType>> {
        match self {
            OptionType::ListOf(inner)
            | OptionType::AttrsOf(inner)
            | OptionType::LazyAttrsOf(inner)
            | OptionType::NullOr(inner)
            | OptionType::Unique(inner)
            | OptionType::Function(inner)
            | OptionType::Coerced { to: inner, .. }
            | OptionType::Checked { inner, .. } => Some(inner),
            _ => None,
        }
    }

    /// Why an option of this type fails as soon as Nix looks at it: whether the type is made of modules is asked first.
    pub fn failure(&self) -> Option<Rc<EvalError>> {
        match self {
            OptionType::Broken(error) => Some(Rc::clone(error)),
            other => other.inner()?.failure(),
        }
    }

    /// A part of the type of which nothing can be told.
    pub fn undecided(&self) -> Option<Rc<Unknown>> {
        match self {
            OptionType::Unmodelled(unknown) => Some(Rc::clone(unknown)),
            OptionType::Either(first, second) => first.undecided().or_else(|| second.undecided()),
            other => other.inner()?.undecided(),
        }
    }

    /// Whether the type is made of modules, which Nix then puts in anew where an option is declared.
    pub fn has_modules(&self) -> bool {
        match self {
            OptionType::Submodule(_) | OptionType::Deferred => true,
            other => other.inner().is_some_and(|inner| inner.has_modules()),
        }
    }

    /// The type as an option has it. What `addCheck` adds to a type that is made of modules gets lost, and so does whatever
    /// else was changed of the set that such a type is.
    pub fn of_option(evaluator: &mut Evaluator, thunk: &Rc<Thunk>) -> OptionType {
        if let Ok(attrs) = evaluator.attrs(thunk, &Origin::default())
            && let Some(Marker::Type(kind)) = attrs.marker.as_deref()
            && kind.has_modules()
            && attrs.get(Symbol::new("functor")).is_none()
        {
            return kind.without_lost_checks();
        }
        Self::from_nix(evaluator, thunk).without_lost_checks()
    }

    fn without_lost_checks(&self) -> OptionType {
        use OptionType as T;
        if !self.has_modules() {
            return self.clone();
        }
        let inside = |inner: &Rc<T>| Rc::new(inner.without_lost_checks());
        match self {
            T::Checked {
                inner,
                keeps_empty: true,
                is_own: false,
                ..
            } => inner.without_lost_checks(),
            T::Checked {
                inner,
                check,
                keeps_empty,
                is_own,
            } => T::Checked {
                inner: inside(inner),
                check: Rc::clone(check),
                keeps_empty: *keeps_empty,
                is_own: *is_own,
            },
            T::ListOf(inner) => T::ListOf(inside(inner)),
            T::AttrsOf(inner) => T::AttrsOf(inside(inner)),
            T::LazyAttrsOf(inner) => T::LazyAttrsOf(inside(inner)),
            T::NullOr(inner) => T::NullOr(inside(inner)),
            T::Unique(inner) => T::Unique(inside(inner)),
            T::Function(inner) => T::Function(inside(inner)),
            T::Coerced { from, convert, to } => T::Coerced {
                from: Rc::clone(from),
                convert: Rc::clone(convert),
                to: inside(to),
            },
            kind => kind.clone(),
        }
    }

    /// What a set of values of this type holds, where the type says that alike for all names.
    pub fn below(&self) -> Option<OptionType> {
        match self {
            OptionType::AttrsOf(inner) | OptionType::LazyAttrsOf(inner) => Some(inner.made()),
            OptionType::Anything => Some(OptionType::Anything),
            OptionType::Json => Some(OptionType::Json),
            OptionType::Unseen => Some(OptionType::Unseen),
            OptionType::Later(_) => self.made().below(),
            OptionType::NullOr(inner) => inner.below(),
            OptionType::Either(first, second) => match &**first {
                OptionType::Bool
                | OptionType::Int { .. }
                | OptionType::Float
                | OptionType::Number
                | OptionType::Str
                | OptionType::Path { .. }
                | OptionType::ListOf(_) => second.below(),
                OptionType::Either(..) => first.below().or_else(|| second.below()),
                first => first.below(),
            },
            _ => None,
        }
    }

    /// Whether a single definition comes out of the merge as it is.
    pub fn keeps_single(&self) -> bool {
        match self {
            OptionType::Raw
            | OptionType::Type
            | OptionType::Bool
            | OptionType::AnyTrue
            | OptionType::Int { .. }
            | OptionType::Float
            | OptionType::Number
            | OptionType::Str
            | OptionType::Joined(_)
            | OptionType::Path { .. }
            | OptionType::Enum(_)
            | OptionType::Attrs
            | OptionType::Unspecified => true,
            OptionType::NullOr(inner) | OptionType::Unique(inner) => inner.keeps_single(),
            OptionType::Checked { inner, .. } => inner.keeps_single(),
            OptionType::Either(first, second) => first.keeps_single() && second.keeps_single(),
            _ => false,
        }
    }

    /// The type in words, with an article: "a list of strings".
    pub fn phrase(&self) -> String {
        match self {
            OptionType::Unseen
            | OptionType::Later(_)
            | OptionType::Unmodelled(_)
            | OptionType::Broken(_)
            | OptionType::Unspecified
            | OptionType::Anything => "any value".into(),
            OptionType::Json => "a JSON value".into(),
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
            OptionType::Path { absolute, .. } => match absolute {
                Some(true) => "an absolute path".into(),
                Some(false) => "a relative path".into(),
                None => "a path".into(),
            },
            OptionType::AttrTag(_) => "a set of one attribute".into(),
            OptionType::Type => "an option type".into(),
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

/// Whether a `check` or `merge` is the one that our own types have.
fn is_type_method(thunk: &Rc<Thunk>) -> bool {
    match thunk.settled().map(|value| value.value) {
        Some(Value::Builtin(partial)) => crate::nix::lib::types::is_method(partial.builtin),
        _ => false,
    }
}
