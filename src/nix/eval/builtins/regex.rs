//! `match` and `split`.
//!
//! Nix takes POSIX extended expressions, which prefer the longest match, through the C++ library. Where that cannot
//! differ from the first match (no alternation), the crate's engine gives the same; elsewhere the result is unknown unless it
//! is the same for the whole text.

use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{NixString, Origin, Part, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::workspace::source::Span;
use regex::Regex;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "match",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let pattern = evaluator.text(&arguments[0], origin)?;
            let string = evaluator.coerce(
                &arguments[1],
                crate::nix::eval::strings::Coercion::INTERPOLATION,
                origin,
            )?;
            let text = string.known()?;
            let regex = compile(evaluator, &pattern, true, origin)?;
            evaluator.step(text.len() as u64 / 16)?;
            let Some(found) = regex.captures(&text) else {
                return Ok(Val::new(Value::Null, origin.clone()));
            };
            if pattern.contains('|') && pattern.contains('(') && regex.captures_len() > 1 {
                ambiguous(evaluator, &pattern, origin)?;
            }
            let groups = (1..regex.captures_len())
                .map(|index| match found.get(index) {
                    Some(group) => part(&string, group.start(), group.as_str(), origin).thunk(),
                    None => Val::new(Value::Null, origin.clone()).thunk(),
                })
                .collect();
            Ok(Val::new(Val::list(groups).value, origin.clone()))
        },
    },
    Builtin {
        name: "split",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let pattern = evaluator.text(&arguments[0], origin)?;
            let string = evaluator.coerce(
                &arguments[1],
                crate::nix::eval::strings::Coercion::INTERPOLATION,
                origin,
            )?;
            let text = string.known()?;
            let regex = compile(evaluator, &pattern, false, origin)?;
            if pattern.contains('|') {
                ambiguous(evaluator, &pattern, origin)?;
            }
            let mut parts: Vec<Rc<Thunk>> = Vec::new();
            let mut start = 0;
            for found in regex.captures_iter(&text) {
                evaluator.step(1)?;
                let Some(whole) = found.get(0) else {
                    continue;
                };
                parts.push(part(&string, start, &text[start..whole.start()], origin).thunk());
                let groups = (1..regex.captures_len())
                    .map(|index| match found.get(index) {
                        Some(group) => part(&string, group.start(), group.as_str(), origin).thunk(),
                        None => Val::new(Value::Null, origin.clone()).thunk(),
                    })
                    .collect();
                parts.push(Val::list(groups).thunk());
                start = whole.end();
            }
            parts.push(part(&string, start, &text[start..], origin).thunk());
            Ok(Val::new(Val::list(parts).value, origin.clone()))
        },
    },
];

/// A piece of a string, with its own place where the string stands verbatim in the source.
fn part(string: &NixString, start: usize, text: &str, origin: &Origin) -> Val {
    let place = match string.parts.as_slice() {
        [
            Part::Text {
                text: whole,
                origin: place,
            },
        ] => Origin {
            span: place
                .span
                .filter(|span| span.len() as usize == whole.len())
                .map(|span| {
                    let start = span.start + start as u32;
                    Span::new(span.file, start, start + text.len() as u32)
                })
                .or(place.span),
            call: place.call.clone(),
        },
        _ => origin.clone(),
    };
    Val::new(Value::String(NixString::plain(text, place.clone())), place)
}

fn ambiguous(evaluator: &mut Evaluator, pattern: &str, origin: &Origin) -> Result<(), Stop> {
    // Alternatives of single characters cannot match at different lengths.
    let short = pattern
        .split(['|', '(', ')'])
        .all(|piece| piece.chars().count() <= 1);
    if short {
        return Ok(());
    }
    Err(Stop::Unknown(evaluator.unknown(
        "which of the alternatives of this expression matches is not worked out here",
        None,
        origin.span,
    )))
}

fn compile(
    evaluator: &mut Evaluator,
    pattern: &str,
    whole: bool,
    origin: &Origin,
) -> Result<Rc<Regex>, Stop> {
    let key = (pattern.into(), whole);
    if let Some(known) = evaluator.expressions.get(&key) {
        return Ok(Rc::clone(known));
    }
    let mut translated = translate(pattern);
    if whole {
        translated = format!("^(?:{translated})$");
    }
    let regex = regex::RegexBuilder::new(&translated)
        .dot_matches_new_line(true)
        .size_limit(1 << 20)
        .build()
        .map_err(|_| evaluator.error(ErrorKind::Other, "this is no regular expression", origin))?;
    let regex = Rc::new(regex);
    evaluator.expressions.insert(key, Rc::clone(&regex));
    Ok(regex)
}

/// A POSIX extended expression in the crate's syntax: in brackets a backslash stands for itself, and a few characters
/// that mean something to the crate do not in POSIX.
fn translate(pattern: &str) -> String {
    let mut out = String::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '[' => {
                out.push('[');
                if characters.peek() == Some(&'^') {
                    characters.next();
                    out.push('^');
                }
                let mut first = true;
                while let Some(inner) = characters.next() {
                    match inner {
                        ']' if !first => {
                            out.push(']');
                            break;
                        }
                        '[' if characters.peek() == Some(&':') => {
                            out.push('[');
                            for class in characters.by_ref() {
                                out.push(class);
                                if class == ']' {
                                    break;
                                }
                            }
                        }
                        '\\' | '[' | ']' | '&' | '~' => {
                            out.push('\\');
                            out.push(inner);
                        }
                        other => out.push(other),
                    }
                    first = false;
                }
            }
            '\\' => match characters.next() {
                Some(escaped) if escaped.is_ascii_alphanumeric() => out.push(escaped),
                Some(escaped) => {
                    out.push('\\');
                    out.push(escaped);
                }
                None => out.push_str("\\\\"),
            },
            other => out.push(other),
        }
    }
    out
}
