//! `match` and `split`.

mod matcher;
mod parse;
#[cfg(test)]
mod tests;

use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{NixString, Origin, Part, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::workspace::source::Span;
use matcher::{Budget, Found, Group};
pub use parse::Expression;
use parse::Refusal;
use std::rc::Rc;

/// How many steps of matching count as one of evaluating.
const STEPS_IN_ONE: u64 = 16;

/// How deep matching may nest. A level takes well under 2 KB, also without optimisation, and the evaluator leaves a quarter of its
/// stack of 1 GB free.
const DEEPEST: usize = 100_000;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "match",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let (expression, string, text) = arguments_of(evaluator, arguments, origin)?;
            let mut budget = budget(evaluator);
            let found = matcher::match_whole(&expression, text.as_bytes(), &mut budget);
            spent(evaluator, &budget)?;
            match found {
                Found::Match(groups) => {
                    let groups = pieces(evaluator, &string, &text, &groups, origin)?;
                    Ok(Val::new(groups.value, origin.clone()))
                }
                Found::Nothing => Ok(Val::new(Value::Null, origin.clone())),
                Found::TooMuch => Err(too_much(evaluator)),
            }
        },
    },
    Builtin {
        name: "split",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let (expression, string, text) = arguments_of(evaluator, arguments, origin)?;
            let mut budget = budget(evaluator);
            let found = matcher::find_all(&expression, text.as_bytes(), &mut budget);
            spent(evaluator, &budget)?;
            let Some(found) = found else {
                return Err(too_much(evaluator));
            };
            let mut parts: Vec<Rc<Thunk>> = Vec::with_capacity(found.len() * 2 + 1);
            let mut start = 0;
            for groups in &found {
                let Some((from, to)) = groups[0] else {
                    continue;
                };
                parts.push(piece(evaluator, &string, &text, (start, from), origin)?);
                parts.push(pieces(evaluator, &string, &text, groups, origin)?.thunk());
                start = to;
            }
            let rest = (start, text.len());
            parts.push(piece(evaluator, &string, &text, rest, origin)?);
            Ok(Val::new(Val::list(parts).value, origin.clone()))
        },
    },
];

/// An expression, the string that it is to match, and its text.
type Asked = (Rc<Expression>, Rc<NixString>, Rc<str>);

fn arguments_of(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Asked, Stop> {
    let pattern = evaluator.plain_text(&arguments[0], origin)?;
    let expression = compile(evaluator, &pattern, origin)?;
    let string = evaluator.string(&arguments[1], origin)?;
    let text = string.known()?;
    Ok((expression, string, text))
}

fn budget(evaluator: &Evaluator) -> Budget {
    let left = evaluator.limits.steps.saturating_sub(evaluator.steps());
    Budget {
        steps: left.saturating_mul(STEPS_IN_ONE),
        depth: DEEPEST,
    }
}

/// Counts what a search has cost.
fn spent(evaluator: &mut Evaluator, rest: &Budget) -> Result<(), Stop> {
    let before = budget(evaluator).steps;
    evaluator.step(before.saturating_sub(rest.steps) / STEPS_IN_ONE)
}

fn too_much(evaluator: &Evaluator) -> Stop {
    evaluator.limit("matching this regular expression takes too many steps")
}

/// The texts of the groups; `null` for one that matched nothing.
fn pieces(
    evaluator: &Evaluator,
    string: &NixString,
    text: &str,
    groups: &[Group],
    origin: &Origin,
) -> Result<Val, Stop> {
    let mut list = Vec::with_capacity(groups.len().saturating_sub(1));
    for group in groups.iter().skip(1) {
        list.push(match group {
            Some(range) => piece(evaluator, string, text, *range, origin)?,
            None => Val::new(Value::Null, origin.clone()).thunk(),
        });
    }
    Ok(Val::list(list))
}

/// A piece of a string, with its own place where the string stands verbatim in the source.
fn piece(
    evaluator: &Evaluator,
    string: &NixString,
    text: &str,
    (start, end): (usize, usize),
    origin: &Origin,
) -> Result<Rc<Thunk>, Stop> {
    let Some(piece) = text.get(start..end) else {
        // Nix counts bytes; half a character cannot be kept.
        return Err(evaluator.limit("a character is cut in two"));
    };
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
                    Span::new(span.file, start, start + piece.len() as u32)
                })
                .or(place.span),
            call: place.call.clone(),
        },
        _ => origin.clone(),
    };
    Ok(Val::new(Value::String(NixString::plain(piece, place.clone())), place).thunk())
}

fn compile(
    evaluator: &mut Evaluator,
    pattern: &Rc<str>,
    origin: &Origin,
) -> Result<Rc<Expression>, Stop> {
    if let Some(known) = evaluator.expressions.get(pattern) {
        return Ok(Rc::clone(known));
    }
    match parse::parse(pattern.as_bytes()) {
        Ok(expression) => {
            let expression = Rc::new(expression);
            evaluator
                .expressions
                .insert(Rc::clone(pattern), Rc::clone(&expression));
            Ok(expression)
        }
        Err(Refusal::Invalid) => {
            let message = format!("`{pattern}` is no regular expression");
            Err(evaluator.error(ErrorKind::Other, message, origin))
        }
        Err(Refusal::NotModelled) => {
            Err(evaluator.limit("this regular expression is not modelled"))
        }
    }
}
