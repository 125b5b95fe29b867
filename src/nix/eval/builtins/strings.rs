//! Strings.

use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{Attrs, NixString, Origin, Part, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use std::cmp::Ordering;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "isString",
        arity: 1,
        run: |evaluator, arguments, origin| {
            super::core::is(evaluator, arguments, origin, |value| {
                matches!(value, Value::String(_))
            })
        },
    },
    Builtin {
        name: "stringLength",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let string = evaluator.coerce(&arguments[0], Coercion::INTERPOLATION, origin)?;
            Ok(Val::new(
                Value::Int(string.known()?.len() as i64),
                origin.clone(),
            ))
        },
    },
    Builtin {
        name: "substring",
        arity: 3,
        run: substring,
    },
    Builtin {
        name: "concatStringsSep",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let separator = evaluator.string(&arguments[0], origin)?;
            let list = evaluator.list(&arguments[1], origin)?;
            let items = list.all()?.to_vec();
            let mut result = NixString::default();
            let between = Val::new(Value::String(separator.clone()), origin.clone());
            for (index, item) in items.iter().enumerate() {
                evaluator.step(1)?;
                if index > 0 {
                    evaluator.append(
                        &mut result,
                        Ok(between.clone()),
                        Coercion::INTERPOLATION,
                        origin,
                    )?;
                }
                let outcome = evaluator.force(item);
                evaluator.append(&mut result, outcome, Coercion::INTERPOLATION, origin)?;
            }
            result.add_context(&separator.context);
            Ok(Val::new(Value::String(Rc::new(result)), origin.clone()))
        },
    },
    Builtin {
        name: "replaceStrings",
        arity: 3,
        run: replace_strings,
    },
    Builtin {
        name: "compareVersions",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let left = evaluator.plain_text(&arguments[0], origin)?;
            let right = evaluator.plain_text(&arguments[1], origin)?;
            let order = match compare_versions(&left, &right) {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            };
            Ok(Val::new(Value::Int(order), origin.clone()))
        },
    },
    Builtin {
        name: "splitVersion",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let version = evaluator.plain_text(&arguments[0], origin)?;
            let mut rest: &str = &version;
            let mut parts = Vec::new();
            while let Some(part) = version_part(&mut rest) {
                parts.push(Val::string(part).thunk());
            }
            Ok(Val::new(Val::list(parts).value, origin.clone()))
        },
    },
    Builtin {
        name: "parseDrvName",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let name = evaluator.plain_text(&arguments[0], origin)?;
            // The version begins after the first dash that no letter follows.
            let dash = name
                .bytes()
                .zip(name.bytes().skip(1))
                .position(|(byte, next)| byte == b'-' && !next.is_ascii_alphabetic());
            let (name, version) = match dash {
                Some(dash) => (&name[..dash], &name[dash + 1..]),
                None => (&*name, ""),
            };
            let attrs = Attrs::of([
                ("name", Val::string(name).thunk()),
                ("version", Val::string(version).thunk()),
            ]);
            Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin.clone()))
        },
    },
];

/// The part of a string between two byte offsets; unknown parts are only in the way where they matter.
fn substring(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let start = evaluator.integer(&arguments[0], origin)?;
    let Ok(start) = usize::try_from(start) else {
        return Err(evaluator.error(
            ErrorKind::Other,
            "`substring` is called with a negative start",
            origin,
        ));
    };
    let length = evaluator.integer(&arguments[1], origin)?;
    let string = evaluator.coerce(&arguments[2], Coercion::INTERPOLATION, origin)?;
    let prefix = string.known_prefix();
    let whole;
    let end_wanted = usize::try_from(length)
        .ok()
        .map(|length| start.saturating_add(length));
    // A known beginning is enough for what lies wholly in it.
    let text: &str = match end_wanted {
        Some(end) if end <= prefix.len() => &prefix,
        _ => {
            whole = string.known()?;
            &whole
        }
    };
    let end = end_wanted.unwrap_or(text.len()).min(text.len());
    let start = start.min(end);
    // Nix counts bytes; half a character cannot be kept.
    let Some(part) = text.get(start..end) else {
        return Err(evaluator.limit("a character is cut in two"));
    };
    let origin = match string.parts.as_slice() {
        [
            Part::Text {
                origin: place,
                text,
            },
        ] => {
            let verbatim = place
                .span
                .filter(|span| span.len() as usize == text.len())
                .map(|span| {
                    crate::workspace::source::Span::new(
                        span.file,
                        span.start + start as u32,
                        span.start + end as u32,
                    )
                });
            Origin {
                span: verbatim.or(place.span),
                call: place.call.clone(),
            }
        }
        _ => origin.clone(),
    };
    let mut result = NixString {
        parts: vec![Part::Text {
            text: part.into(),
            origin: origin.clone(),
        }],
        context: Vec::new(),
    };
    result.add_context(&string.context);
    Ok(Val::new(Value::String(Rc::new(result)), origin))
}

fn replace_strings(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let from_list = evaluator.list(&arguments[0], origin)?;
    let to_list = evaluator.list(&arguments[1], origin)?;
    let (from_items, to_items) = (from_list.all()?, to_list.all()?);
    if from_items.len() != to_items.len() {
        return Err(evaluator.error(
            ErrorKind::Other,
            "`replaceStrings` is called with lists of different lengths",
            origin,
        ));
    }
    let mut from = Vec::with_capacity(from_items.len());
    for item in from_items {
        from.push(evaluator.text(item, origin)?);
    }
    let string = evaluator.string(&arguments[2], origin)?;
    let text = string.known()?;
    let mut to: Vec<Option<Rc<NixString>>> = vec![None; to_items.len()];
    let mut result = NixString::default();
    result.add_context(&string.context);
    let mut plain = String::new();
    let mut position = 0;
    loop {
        evaluator.step(1)?;
        let found = from
            .iter()
            .position(|from| text[position..].starts_with(&**from));
        match found {
            Some(index) => {
                let replacement = match &to[index] {
                    Some(known) => Rc::clone(known),
                    None => {
                        let string = evaluator.string(&to_items[index], origin)?;
                        to[index] = Some(Rc::clone(&string));
                        string
                    }
                };
                result.add_context(&replacement.context);
                match replacement.known() {
                    Ok(text) => plain.push_str(&text),
                    Err(_) => {
                        result.parts.push(Part::Text {
                            text: std::mem::take(&mut plain).into(),
                            origin: string_origin(&string, origin),
                        });
                        result.parts.extend(replacement.parts.iter().cloned());
                    }
                }
                if from[index].is_empty() {
                    // An empty text matches before each character and at the end.
                    match text[position..].chars().next() {
                        Some(character) if !character.is_ascii() => {
                            // Nix goes by bytes: it would be torn apart.
                            return Err(evaluator.limit("a character is cut in two"));
                        }
                        Some(character) => {
                            plain.push(character);
                            position += character.len_utf8();
                        }
                        None => break,
                    }
                } else {
                    position += from[index].len();
                    if position == text.len() && !from.iter().any(|from| from.is_empty()) {
                        break;
                    }
                }
            }
            None => match text[position..].chars().next() {
                Some(character) => {
                    plain.push(character);
                    position += character.len_utf8();
                }
                None => break,
            },
        }
        if plain.len() > evaluator.limits.string {
            return Err(evaluator.limit("the string is too long"));
        }
    }
    let place = string_origin(&string, origin);
    result.parts.push(Part::Text {
        text: plain.into(),
        origin: place.clone(),
    });
    Ok(Val::new(Value::String(Rc::new(result)), place))
}

/// Where a string was written, for what is made of it.
fn string_origin(string: &NixString, origin: &Origin) -> Origin {
    string
        .parts
        .iter()
        .find_map(|part| match part {
            Part::Text { origin, .. } if origin.span.is_some() => Some(origin.clone()),
            _ => None,
        })
        .unwrap_or_else(|| origin.clone())
}

/// The next component of a version: digits, or anything else up to a digit, dot or dash.
fn version_part<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let text = rest.trim_start_matches(['.', '-']);
    let first = text.chars().next()?;
    let is_number = first.is_ascii_digit();
    let end = text
        .char_indices()
        .find(|(_, character)| {
            character.is_ascii_digit() != is_number || matches!(character, '.' | '-')
        })
        .map_or(text.len(), |(end, _)| end);
    let (part, after) = text.split_at(end);
    *rest = after;
    Some(part)
}

/// The order of two versions as `builtins.compareVersions` has it.
pub fn compare_versions(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left, right);
    loop {
        let first = version_part(&mut left);
        let second = version_part(&mut right);
        if first.is_none() && second.is_none() {
            return Ordering::Equal;
        }
        let (first, second) = (first.unwrap_or(""), second.unwrap_or(""));
        if component_is_less(first, second) {
            return Ordering::Less;
        }
        if component_is_less(second, first) {
            return Ordering::Greater;
        }
    }
}

fn component_is_less(left: &str, right: &str) -> bool {
    // Longer numbers are compared as texts.
    let number = |text: &str| text.parse::<i32>().ok();
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left < right,
        (_, right_number) => {
            if left.is_empty() && right_number.is_some() {
                return true;
            }
            if left == "pre" && right != "pre" {
                return true;
            }
            if right == "pre" {
                return false;
            }
            if right_number.is_some() {
                return true;
            }
            if number(left).is_some() {
                return false;
            }
            left < right
        }
    }
}
