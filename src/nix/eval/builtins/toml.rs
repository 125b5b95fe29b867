//! `fromTOML`.

use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{Attr, Attrs, List, NixString, Origin, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use std::rc::Rc;
use toml::de::{DeTable, DeValue};

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[Builtin {
    name: "fromTOML",
    arity: 1,
    run: |evaluator, arguments, origin| {
        let text = evaluator
            .plain_text(&arguments[0], origin)
            .map_err(|stop| stop.parsed("fromTOML"))?;
        evaluator.step(text.len() as u64 / 16)?;
        let table = DeTable::parse(&text).map_err(|error| {
            let message = format!("this is no TOML: {}", error.message());
            evaluator.error(ErrorKind::Other, message, origin)
        })?;
        if is_newer(&text) {
            // The crate reads TOML 1.1, Nix 1.0.
            return Err(evaluator.limit("it is not clear which version of TOML this is"));
        }
        let attrs = table_value(evaluator, table.get_ref(), origin)?;
        Ok(Val::new(attrs, origin.clone()))
    },
}];

/// Whether a text may hold what TOML 1.1 allows and 1.0 does not: an inline table over several lines or with a comma at its
/// end, the escapes `\e` and `\x`, times without seconds.
fn is_newer(text: &str) -> bool {
    let mut depth: Vec<char> = Vec::new();
    let mut comma = false;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let quote = ["\"\"\"", "'''", "\"", "'"]
            .into_iter()
            .find(|quote| rest.starts_with(quote));
        if let Some(quote) = quote {
            rest = &rest[quote.len()..];
            while !rest.starts_with(quote) {
                let Some(inner) = rest.chars().next() else {
                    return false;
                };
                let escaped = inner == '\\' && quote.starts_with('"');
                if escaped && rest[1..].starts_with(['e', 'x']) {
                    return true;
                }
                let skipped = rest.chars().take(1 + usize::from(escaped));
                rest = &rest[skipped.map(char::len_utf8).sum::<usize>()..];
            }
            rest = &rest[quote.len()..];
            // Up to two quotes more belong to the text.
            for _ in 0..quote.len() - 1 {
                rest = rest.strip_prefix(&quote[..1]).unwrap_or(rest);
            }
            comma = false;
            continue;
        }
        match character {
            '#' => {
                rest = rest.find('\n').map_or("", |end| &rest[end..]);
                continue;
            }
            '{' | '[' => depth.push(character),
            '}' if comma => return true,
            '}' | ']' => {
                depth.pop();
            }
            '\n' if depth.last() == Some(&'{') => return true,
            _ => {}
        }
        if !character.is_whitespace() {
            comma = character == ',';
        }
        rest = &rest[character.len_utf8()..];
    }
    false
}

fn table_value(
    evaluator: &mut Evaluator,
    table: &DeTable<'_>,
    origin: &Origin,
) -> Result<Value, Stop> {
    let mut entries = Vec::with_capacity(table.len());
    for (name, value) in table {
        entries.push(Attr {
            name: Symbol::new(&without_null(evaluator, name.get_ref(), origin)?),
            name_span: origin.span,
            definition: origin.span,
            value: Val::new(
                value_of(evaluator, value.get_ref(), origin)?,
                origin.clone(),
            )
            .thunk(),
        });
    }
    Ok(Value::Attrs(Rc::new(Attrs::from_entries(entries))))
}

fn value_of(
    evaluator: &mut Evaluator,
    value: &DeValue<'_>,
    origin: &Origin,
) -> Result<Value, Stop> {
    evaluator.check_stack()?;
    let refused =
        |evaluator: &Evaluator, why: &str| Err(evaluator.error(ErrorKind::Other, why, origin));
    Ok(match value {
        DeValue::String(text) => {
            let text = without_null(evaluator, text, origin)?;
            Value::String(NixString::plain(text, origin.clone()))
        }
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(integer) => Value::Int(integer),
            Err(_) => return refused(evaluator, "an integer of this TOML does not fit 64 bits"),
        },
        DeValue::Float(float) => match float.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() || float.as_str().contains(['i', 'n']) => {
                Value::Float(number)
            }
            _ => return refused(evaluator, "a number of this TOML is out of range"),
        },
        DeValue::Boolean(boolean) => Value::Bool(*boolean),
        DeValue::Datetime(_) => {
            return refused(
                evaluator,
                "Nix takes no dates and times in TOML (unless its experimental feature `parse-toml-timestamps` is on)",
            );
        }
        DeValue::Array(items) => {
            let mut list = Vec::with_capacity(items.len());
            for item in items.iter() {
                let item = value_of(evaluator, item.get_ref(), origin)?;
                list.push(Val::new(item, origin.clone()).thunk());
            }
            Value::List(Rc::new(List::closed(list)))
        }
        DeValue::Table(table) => table_value(evaluator, table, origin)?,
    })
}

/// Nix strings hold no null bytes.
fn without_null(evaluator: &Evaluator, text: &str, origin: &Origin) -> Result<Rc<str>, Stop> {
    match text.contains('\0') {
        true => Err(evaluator.error(
            ErrorKind::Other,
            "a text of this TOML holds a null byte",
            origin,
        )),
        false => Ok(text.into()),
    }
}
