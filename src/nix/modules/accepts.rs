//! Whether an option type takes a value.

use super::types::OptionType;
use crate::nix::eval::Evaluator;
use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::Stop;
use crate::nix::eval::value::{Attrs, NixString, Origin, Part, Thunk, Val, Value};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// Whether a value is taken; `None` where that is not known.
type Answer = Result<Option<bool>, Stop>;

impl OptionType {
    /// Whether a value is of this type, as far as its head tells: what the type's `check` says. `None` where that is not known.
    ///
    /// # Errors
    /// Where a `check` fails, or depends on a condition that is not known.
    pub fn accepts(&self, evaluator: &mut Evaluator, value: &Value) -> Answer {
        Ok(Some(match self {
            OptionType::Unseen | OptionType::Unmodelled(_) => return Ok(None),
            OptionType::Later(_) => return self.made().accepts(evaluator, value),
            OptionType::Broken(error) => return Err(Stop::Error(Rc::clone(error))),
            OptionType::Unspecified | OptionType::Anything | OptionType::Raw => true,
            OptionType::Json => !matches!(value, Value::Lambda(_) | Value::Builtin(_)),
            OptionType::Type => return is_tagged(evaluator, value, "_type", "option-type"),
            OptionType::Deferred | OptionType::Submodule(_) => match value {
                Value::Attrs(_) | Value::Lambda(_) | Value::Builtin(_) => true,
                value => return absolute(evaluator, value),
            },
            OptionType::Attrs => matches!(value, Value::Attrs(_)),
            OptionType::Bool | OptionType::AnyTrue => matches!(value, Value::Bool(_)),
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
            OptionType::Path { in_store, absolute } => {
                return path(evaluator, value, *in_store, *absolute);
            }
            OptionType::Package => match value {
                Value::Attrs(attrs) => {
                    match is_tagged(evaluator, value, "type", "derivation")? {
                        // Anything that is text may be a path in the store.
                        Some(false) if is_string_like(attrs) => return Ok(None),
                        answer => return Ok(answer),
                    }
                }
                Value::Path(_) => return Ok(None),
                Value::String(text) => return Ok(is_store_path(text)),
                _ => false,
            },
            OptionType::Enum(values) => {
                let mut unknown = false;
                let given = Val::bare(value.clone());
                for allowed in values {
                    let outcome = evaluator
                        .force(allowed)
                        .and_then(|allowed| evaluator.equal(&allowed, &given, &Origin::default()));
                    match outcome {
                        Ok(true) => return Ok(Some(true)),
                        Ok(false) => {}
                        Err(Stop::Unknown(_)) => unknown = true,
                        Err(stop) => return Err(stop),
                    }
                }
                if unknown {
                    return Ok(None);
                }
                false
            }
            OptionType::ListOf(_) => matches!(value, Value::List(_)),
            OptionType::AttrsOf(_) | OptionType::LazyAttrsOf(_) => {
                matches!(value, Value::Attrs(_))
            }
            OptionType::AttrTag(tags) => match value {
                Value::Attrs(attrs) => match (&attrs.open, attrs.unordered()) {
                    (None, [one]) => tags.iter().any(|(tag, _)| *tag == one.name),
                    (None, _) => false,
                    (Some(_), given) if given.len() > 1 => false,
                    (Some(_), _) => return Ok(None),
                },
                _ => false,
            },
            OptionType::Checked { inner, check, .. } => {
                return match inner.accepts(evaluator, value)? {
                    Some(true) => accepted_by(evaluator, check, value),
                    answer => Ok(answer),
                };
            }
            OptionType::Custom(given) => {
                let check = match evaluator.attrs(given, &Origin::default()) {
                    Ok(attrs) => attrs
                        .get(Symbol::new("check"))
                        .map(|attr| Rc::clone(&attr.value)),
                    Err(_) => return Ok(None),
                };
                return match check {
                    Some(check) => accepted_by(evaluator, &check, value),
                    None => Ok(Some(true)),
                };
            }
            OptionType::NullOr(inner) => match value {
                Value::Null => true,
                value => return inner.accepts(evaluator, value),
            },
            OptionType::Either(first, second) => {
                return Ok(match first.accepts(evaluator, value)? {
                    Some(true) => Some(true),
                    Some(false) => second.accepts(evaluator, value)?,
                    None => match second.accepts(evaluator, value)? {
                        Some(true) => Some(true),
                        _ => None,
                    },
                });
            }
            OptionType::Unique(inner) => return inner.accepts(evaluator, value),
            OptionType::Function(_) => match value {
                Value::Lambda(_) | Value::Builtin(_) => true,
                Value::Attrs(attrs) if attrs.get(Symbol::new("__functor")).is_some() => {
                    return Ok(None);
                }
                Value::Attrs(attrs) if attrs.open.is_some() => return Ok(None),
                _ => false,
            },
            OptionType::Coerced { from, convert, to } => {
                let converted = match from.accepts(evaluator, value)? {
                    Some(true) => match converted(evaluator, convert, value) {
                        Ok(converted) => to.accepts(evaluator, &converted.value)?,
                        Err(Stop::Unknown(_)) => None,
                        Err(stop) => return Err(stop),
                    },
                    answer => answer,
                };
                return Ok(match converted {
                    Some(true) => Some(true),
                    Some(false) => to.accepts(evaluator, value)?,
                    None => match to.accepts(evaluator, value)? {
                        Some(true) => Some(true),
                        _ => None,
                    },
                });
            }
        }))
    }

    /// Whether a definition of this type is taken where an option is merged. Nix asks types that are made of others while it
    /// merges them, which differs from `check` where a conversion gives what the other type does not take.
    ///
    /// # Errors
    /// Where a `check` fails, or depends on a condition that is not known.
    pub fn takes_definition(&self, evaluator: &mut Evaluator, value: &Value) -> Answer {
        match self {
            OptionType::Later(_) => self.made().takes_definition(evaluator, value),
            OptionType::Either(first, second) => {
                Ok(match first.takes_definition(evaluator, value)? {
                    Some(true) => Some(true),
                    Some(false) => second.takes_definition(evaluator, value)?,
                    None => match second.takes_definition(evaluator, value)? {
                        Some(true) => Some(true),
                        _ => None,
                    },
                })
            }
            OptionType::Coerced { from, convert, to } if to.is_asked_while_merging() => {
                match from.takes_definition(evaluator, value)? {
                    Some(true) => match converted(evaluator, convert, value) {
                        Ok(converted) => to.takes_definition(evaluator, &converted.value),
                        Err(Stop::Unknown(_)) => Ok(None),
                        Err(stop) => Err(stop),
                    },
                    Some(false) => to.takes_definition(evaluator, value),
                    None => Ok(None),
                }
            }
            OptionType::Checked { inner, check, .. } if inner.is_asked_while_merging() => {
                match inner.takes_definition(evaluator, value)? {
                    Some(true) => accepted_by(evaluator, check, value),
                    answer => Ok(answer),
                }
            }
            kind => kind.accepts(evaluator, value),
        }
    }

    /// Whether Nix asks this type while it merges definitions, and not its `check` before.
    pub fn is_asked_while_merging(&self) -> bool {
        match self {
            OptionType::ListOf(_)
            | OptionType::AttrsOf(_)
            | OptionType::LazyAttrsOf(_)
            | OptionType::Submodule(_)
            | OptionType::Either(..)
            | OptionType::Number
            | OptionType::Coerced { .. } => true,
            OptionType::Checked { inner, .. } => inner.is_asked_while_merging(),
            _ => false,
        }
    }
}

/// What a conversion makes of a value.
fn converted(evaluator: &mut Evaluator, convert: &Rc<Thunk>, value: &Value) -> Result<Val, Stop> {
    let origin = Origin::default();
    let function = evaluator.function(convert, &origin)?;
    evaluator.apply(&function, Val::bare(value.clone()).thunk(), &origin)
}

/// Whether a `check` function takes a value.
fn accepted_by(evaluator: &mut Evaluator, check: &Rc<Thunk>, value: &Value) -> Answer {
    let origin = Origin::default();
    let given = Val::bare(value.clone()).thunk();
    let outcome = evaluator
        .function(check, &origin)
        .and_then(|check| evaluator.apply(&check, given, &origin));
    match outcome.map(|answer| answer.value) {
        Ok(Value::Bool(accepted)) => Ok(Some(accepted)),
        Ok(_) | Err(Stop::Unknown(_)) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// Whether a set says in an attribute what it is.
pub(super) fn is_tagged(
    evaluator: &mut Evaluator,
    value: &Value,
    attribute: &str,
    wanted: &str,
) -> Answer {
    let Value::Attrs(attrs) = value else {
        return Ok(Some(false));
    };
    let Some(tag) = attrs.get(Symbol::new(attribute)) else {
        return Ok(attrs.open.is_none().then_some(false));
    };
    match evaluator.force(&Rc::clone(&tag.value)).map(|tag| tag.value) {
        Ok(Value::String(text)) => Ok(text.known().ok().map(|text| &*text == wanted)),
        Ok(_) => Ok(Some(false)),
        Err(Stop::Unknown(_)) => Ok(None),
        Err(stop) => Err(stop),
    }
}

fn is_string_like(attrs: &Attrs) -> bool {
    attrs.open.is_some()
        || ["outPath", "__toString"]
            .iter()
            .any(|name| attrs.get(Symbol::new(name)).is_some())
}

/// Whether a text is that of a path in the store itself.
fn is_store_path(text: &NixString) -> Option<bool> {
    match text.known() {
        Ok(text) => {
            let entry = text.strip_prefix("/nix/store/");
            Some(entry.is_some_and(|entry| !entry.contains('/')))
        }
        Err(_) => match starts_with_slash(text) {
            Some(false) => Some(false),
            _ => None,
        },
    }
}

/// Whether a text begins as an absolute path does.
fn starts_with_slash(text: &NixString) -> Option<bool> {
    if let Ok(known) = text.known() {
        return Some(known.starts_with('/'));
    }
    let prefix = text.known_prefix();
    if !prefix.is_empty() {
        return Some(prefix.starts_with('/'));
    }
    matches!(
        text.parts.first(),
        Some(Part::Store(..) | Part::File(..) | Part::Tree(_))
    )
    .then_some(true)
}

fn absolute(evaluator: &mut Evaluator, value: &Value) -> Answer {
    path(evaluator, value, None, Some(true))
}

/// `types.pathWith`.
fn path(
    evaluator: &mut Evaluator,
    value: &Value,
    in_store: Option<bool>,
    absolute: Option<bool>,
) -> Answer {
    let text = match value {
        Value::String(text) => Rc::clone(text),
        // A path may be copied to the store later on.
        Value::Path(_) | Value::Attrs(_) if in_store == Some(false) => return Ok(Some(false)),
        Value::Path(path) => NixString::plain(Rc::clone(&path.absolute), Origin::default()),
        Value::Attrs(attrs) if is_string_like(attrs) => {
            let thunk = Val::bare(value.clone()).thunk();
            match evaluator.coerce(&thunk, Coercion::TO_STRING, &Origin::default()) {
                Ok(text) => text,
                Err(Stop::Unknown(_)) => return Ok(None),
                Err(stop) => return Err(stop),
            }
        }
        _ => return Ok(Some(false)),
    };
    let is_absolute = match absolute {
        None => Some(true),
        Some(wanted) => starts_with_slash(&text).map(|is| is == wanted),
    };
    let Some(wanted) = in_store else {
        return Ok(is_absolute);
    };
    let is_in_store = match text.known() {
        Ok(text) => Some(lies_in_store(&text) == wanted),
        Err(_) => None,
    };
    Ok(match (is_in_store, is_absolute) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    })
}

/// `lib.path.hasStorePathPrefix` of `/. + text`.
fn lies_in_store(text: &str) -> bool {
    let normal = crate::workspace::path::normalize(&format!("/{text}"));
    let mut components = normal.split('/').filter(|part| !part.is_empty());
    let first = components.next().unwrap_or_default();
    let is_hash = |text: &str, length: usize| {
        text.len() == length
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if is_hash(first, 52) {
        return true;
    }
    let entry = match (first, components.next()) {
        ("nix", Some("store")) => components.next().unwrap_or_default(),
        _ => return false,
    };
    entry.len() > 33 && entry.as_bytes().get(32) == Some(&b'-')
}
