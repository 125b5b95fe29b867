//! JSON out and in.

use super::json_places::{self, Inside, Located};
use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{
    Attr, Attrs, JsonText, List, NixString, Origin, Part, Places, Rendered, Thunk, Val, Value,
};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use crate::workspace::source::Span;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "toJSON",
        arity: 1,
        run: |evaluator, arguments, origin| {
            // What is rendered is looked at outside of the world that renders it.
            let value = evaluator.apart(|evaluator| evaluator.force(&arguments[0]))?;
            if let Value::Attrs(_) = &value.value {
                let rendered = Rendered::Json(Rc::clone(&arguments[0]));
                evaluator.rendered.push(rendered);
            }
            let mut text = String::new();
            let mut context = NixString::default();
            let outcome = evaluator.apart(|evaluator| {
                write(evaluator, &arguments[0], &mut text, &mut context, origin)
            });
            let text = match outcome {
                Ok(()) => Ok(text.into()),
                // What it was made of is known in part: the value stays in sight.
                Err(stop @ (Stop::Unknown(_) | Stop::Split(_)))
                    if matches!(value.value, Value::Attrs(_) | Value::List(_)) =>
                {
                    Err(crate::nix::modules::unsplit(evaluator, stop))
                }
                Err(stop) => return Err(stop),
            };
            let json = JsonText { value, text };
            let string = NixString {
                parts: vec![Part::Json(Rc::new(json))],
                context: context.context,
            };
            Ok(Val::new(Value::String(Rc::new(string)), origin.clone()))
        },
    },
    Builtin {
        name: "fromJSON",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let string = evaluator
                .string(&arguments[0], origin)
                .map_err(|stop| stop.parsed("fromJSON"))?;
            evaluator.without_context(&string, origin)?;
            if let [Part::Json(json)] = string.parts.as_slice() {
                // There and back again is the value, except for what JSON cannot tell apart.
                if json.text.is_err() {
                    return Ok(json.value.clone());
                }
            }
            let text = string.known().map_err(|stop| stop.parsed("fromJSON"))?;
            let value = parse(evaluator, &text, origin)?;
            let place = match string.parts.as_slice() {
                [Part::Text { origin, .. }] => origin.clone(),
                _ => origin.clone(),
            };
            evaluator.step(text.len() as u64 / 16)?;
            // A text that stands in a source as it is: a file that is read, a literal without escapes.
            let located = place
                .span
                .filter(|span| {
                    evaluator
                        .workspace
                        .sources()
                        .get(span.file)
                        .text
                        .get(span.start as usize..span.end as usize)
                        == Some(&*text)
                })
                .and_then(|_| json_places::locate(&text));
            // What begins a file and is not its text was read and changed on the way: its values do not stand there.
            let is_changed = located.is_none() && place.span.is_some_and(|span| span.start == 0);
            let place = if is_changed { origin.clone() } else { place };
            from_json(evaluator, &value, &place, located.as_ref())
        },
    },
];

/// How deep JSON may nest: each level costs stack.
const DEEPEST: usize = 50_000;

/// Parses JSON as Nix does.
fn parse(evaluator: &Evaluator, text: &str, origin: &Origin) -> Result<serde_json::Value, Stop> {
    let (mut depth, mut deepest) = (0usize, 0usize);
    let mut quoted = false;
    let mut bytes = text.bytes().enumerate().peekable();
    // The crate takes `-0` for a float, Nix for an integer.
    let mut zeros = Vec::new();
    while let Some((index, byte)) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => {
                bytes.next();
            }
            _ if quoted => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'-' => {
                let after = text.as_bytes().get(index + 1..).unwrap_or_default();
                let goes_on = after
                    .get(1)
                    .is_some_and(|next| next.is_ascii_digit() || b".eE".contains(next));
                if after.first() == Some(&b'0') && !goes_on {
                    zeros.push(index);
                }
            }
            _ => {}
        }
    }
    if deepest > DEEPEST {
        return Err(evaluator.limit("this JSON nests too deeply"));
    }
    let mut text = std::borrow::Cow::Borrowed(text);
    for index in zeros {
        text.to_mut().replace_range(index..=index, " ");
    }
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    deserializer.disable_recursion_limit();
    serde::Deserialize::deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| {
            evaluator.error(
                ErrorKind::Other,
                format!("this is no JSON: {error}"),
                origin,
            )
        })
}

/// Writes a value as JSON, as Nix does: keys sorted, floats as its library writes them. What the strings in it depend on is
/// added to `context`.
pub fn write(
    evaluator: &mut Evaluator,
    thunk: &Rc<Thunk>,
    out: &mut String,
    context: &mut NixString,
    origin: &Origin,
) -> Result<(), Stop> {
    evaluator.step(1)?;
    if out.len() > evaluator.limits.string {
        return Err(evaluator.limit("the string is too long"));
    }
    evaluator.deeper(origin, |evaluator| {
        write_value(evaluator, thunk, out, context, origin)
    })
}

fn write_value(
    evaluator: &mut Evaluator,
    thunk: &Rc<Thunk>,
    out: &mut String,
    context: &mut NixString,
    origin: &Origin,
) -> Result<(), Stop> {
    let value = evaluator.force(thunk)?;
    match &value.value {
        Value::Null => out.push_str("null"),
        Value::Bool(boolean) => out.push_str(if *boolean { "true" } else { "false" }),
        Value::Int(integer) => out.push_str(&integer.to_string()),
        Value::Float(float) => out.push_str(&crate::nix::number::json(*float)),
        Value::String(string) => {
            quote(&string.known()?, out);
            context.add_context(&string.context);
        }
        Value::Path(path) => {
            let mut string = NixString::default();
            let path = Ok(Val::new(Value::Path(path.clone()), value.origin.clone()));
            evaluator.append(&mut string, path, Coercion::INTERPOLATION, origin)?;
            quote(&string.known()?, out);
        }
        Value::List(list) => {
            out.push('[');
            for (index, item) in list.all()?.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(evaluator, item, out, context, origin)?;
            }
            out.push(']');
        }
        Value::Attrs(attrs) => {
            if let Some(method) = attrs.get(Symbol::new("__toString")) {
                let method = evaluator.force(&Rc::clone(&method.value))?;
                let string = evaluator
                    .apply(&method, Thunk::done(value.clone()), origin)?
                    .thunk();
                let text = evaluator.coerce(&string, Coercion::PATH, origin)?;
                quote(&text.known()?, out);
                context.add_context(&text.context);
                return Ok(());
            }
            if let Some(path) = attrs.get(Symbol::new("outPath")) {
                return write(evaluator, &Rc::clone(&path.value), out, context, origin);
            }
            out.push('{');
            for (index, attr) in attrs.closed()?.sorted().into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                quote(attr.name.as_str(), out);
                out.push(':');
                write(evaluator, &attr.value, out, context, origin)?;
            }
            out.push('}');
        }
        Value::Lambda(_) | Value::Builtin(_) => {
            return Err(evaluator.error(
                ErrorKind::Type,
                "a function cannot be written as JSON",
                &value.origin,
            ));
        }
    }
    Ok(())
}

fn quote(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::String(text.to_string()).to_string());
}

/// A JSON value as a Nix value, all of it made at `origin`.
fn from_json(
    evaluator: &mut Evaluator,
    json: &serde_json::Value,
    text: &Origin,
    located: Option<&Located>,
) -> Result<Val, Stop> {
    evaluator.check_stack()?;
    let origin = &inside(text, located.map(|located| located.span));
    Ok(Val::new(
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(boolean) => Value::Bool(*boolean),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(integer) => Value::Int(integer),
                None if number.is_u64() => {
                    return Err(evaluator.error(
                        ErrorKind::Other,
                        "a number in this JSON does not fit 64 bits",
                        origin,
                    ));
                }
                None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            serde_json::Value::String(text) if text.contains('\0') => {
                return Err(evaluator.error(
                    ErrorKind::Other,
                    "a text in this JSON holds a null byte",
                    origin,
                ));
            }
            serde_json::Value::String(text) => {
                Value::String(NixString::plain(text.as_str(), origin.clone()))
            }
            serde_json::Value::Array(items) => {
                let mut list = Vec::with_capacity(items.len());
                let places = located.map(|located| &located.inside);
                for (index, item) in items.iter().enumerate() {
                    let located = match places {
                        Some(Inside::Items(places)) => places.get(index),
                        _ => None,
                    };
                    list.push(from_json(evaluator, item, text, located)?.thunk());
                }
                Value::List(Rc::new(List::closed(list)))
            }
            serde_json::Value::Object(entries) => {
                let mut attrs = Vec::with_capacity(entries.len());
                for (name, value) in entries {
                    if name.contains('\0') {
                        return Err(evaluator.error(
                            ErrorKind::Other,
                            "a name in this JSON holds a null byte",
                            origin,
                        ));
                    }
                    let place = match located.map(|located| &located.inside) {
                        Some(Inside::Entries(places)) => places.get(name),
                        _ => None,
                    };
                    let (key, located) = place.map(|(key, located)| (*key, located)).unzip();
                    attrs.push(Attr {
                        name: Symbol::new(name),
                        name_span: inside(text, key).span,
                        definition: inside(text, located.map(|located| located.span)).span,
                        value: from_json(evaluator, value, text, located)?.thunk(),
                    });
                }
                let mut attrs = Attrs::from_entries(attrs);
                attrs.places = Places::None;
                Value::Attrs(Rc::new(attrs))
            }
        },
        origin.clone(),
    ))
}

/// The place of a part of a text, the whole where it is not told apart.
fn inside(text: &Origin, part: Option<(u32, u32)>) -> Origin {
    let span = text.span.map(|whole| match part {
        Some((start, end)) => Span::new(whole.file, whole.start + start, whole.start + end),
        None => whole,
    });
    Origin {
        span,
        call: text.call.clone(),
    }
}
