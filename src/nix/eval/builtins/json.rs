//! JSON out and in.

use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{
    Attr, Attrs, JsonText, List, NixString, Origin, Part, Rendered, Thunk, Val, Value,
};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "toJSON",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let value = evaluator.force(&arguments[0])?;
            if let Value::Attrs(_) = &value.value {
                let rendered = Rendered::Json(Rc::clone(&arguments[0]));
                evaluator.rendered.push(rendered);
            }
            let mut text = String::new();
            let outcome = write(evaluator, &arguments[0], &mut text, origin);
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
                context: Vec::new(),
            };
            Ok(Val::new(Value::String(Rc::new(string)), origin.clone()))
        },
    },
    Builtin {
        name: "fromJSON",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let string = evaluator.coerce(&arguments[0], Coercion::INTERPOLATION, origin)?;
            if let [Part::Json(json)] = string.parts.as_slice() {
                // There and back again is the value, except for what JSON cannot tell apart.
                if json.text.is_err() {
                    return Ok(json.value.clone());
                }
            }
            let text = string.known()?;
            let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
                evaluator.error(
                    ErrorKind::Other,
                    format!("this is no JSON: {error}"),
                    origin,
                )
            })?;
            let place = match string.parts.as_slice() {
                [Part::Text { origin, .. }] => origin.clone(),
                _ => origin.clone(),
            };
            evaluator.step(text.len() as u64 / 16)?;
            from_json(evaluator, &value, &place)
        },
    },
];

/// Writes a value as JSON, as Nix does: keys sorted, floats in their shortest form.
pub fn write(
    evaluator: &mut Evaluator,
    thunk: &Rc<Thunk>,
    out: &mut String,
    origin: &Origin,
) -> Result<(), Stop> {
    evaluator.step(1)?;
    evaluator.check_stack()?;
    if out.len() > evaluator.limits.string {
        return Err(evaluator.limit("the string is too long"));
    }
    let value = evaluator.force(thunk)?;
    match &value.value {
        Value::Null => out.push_str("null"),
        Value::Bool(boolean) => out.push_str(if *boolean { "true" } else { "false" }),
        Value::Int(integer) => out.push_str(&integer.to_string()),
        Value::Float(float) => match serde_json::Number::from_f64(*float) {
            Some(number) => out.push_str(&number.to_string()),
            None => out.push_str("null"),
        },
        Value::String(string) => quote(&string.known()?, out),
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
                write(evaluator, item, out, origin)?;
            }
            out.push(']');
        }
        Value::Attrs(attrs) => {
            if let Some(method) = attrs.get(Symbol::new("__toString")) {
                let method = evaluator.force(&Rc::clone(&method.value))?;
                let string = evaluator
                    .apply(&method, Thunk::done(value.clone()), origin)?
                    .thunk();
                let text = evaluator.coerce(&string, Coercion::INTERPOLATION, origin)?;
                quote(&text.known()?, out);
                return Ok(());
            }
            if let Some(path) = attrs.get(Symbol::new("outPath")) {
                return write(evaluator, &Rc::clone(&path.value), out, origin);
            }
            out.push('{');
            for (index, attr) in attrs.closed()?.sorted().into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                quote(attr.name.as_str(), out);
                out.push(':');
                write(evaluator, &attr.value, out, origin)?;
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
    origin: &Origin,
) -> Result<Val, Stop> {
    evaluator.check_stack()?;
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
                for item in items {
                    list.push(from_json(evaluator, item, origin)?.thunk());
                }
                Value::List(Rc::new(List::closed(list)))
            }
            serde_json::Value::Object(entries) => {
                let mut attrs = Vec::with_capacity(entries.len());
                for (name, value) in entries {
                    attrs.push(Attr {
                        name: Symbol::new(name),
                        name_span: origin.span,
                        definition: origin.span,
                        value: from_json(evaluator, value, origin)?.thunk(),
                    });
                }
                Value::Attrs(Rc::new(Attrs::from_entries(attrs)))
            }
        },
        origin.clone(),
    ))
}
