//! Values of the evaluator as text: in Nix's own notation, or as JSON.

use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::{ErrorKind, EvalError, Stop};
use crate::nix::eval::value::{Attrs, List, NixString, Origin, Part, Thunk, TreePath, Value};
use crate::nix::eval::{Evaluator, Limits};
use crate::nix::number;
use crate::nix::symbol::Symbol;
use crate::openclaw::credentials::{
    is_likely_secret, is_secret_below, names_a_secret, nearly_names_a_secret, secret_parts,
};
use crate::openclaw::secret_patterns::{is_secret_option, option_with_secret};
use crate::report::redact::{REDACTED, Redactor};
use crate::report::sanitize;
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;
use std::io::IsTerminal;
use std::rc::Rc;

/// More values than this are not printed.
const MOST_VALUES: usize = 1_000_000;

/// Values nested deeper than this are not printed: Nix fails there.
const DEEPEST: usize = Limits::CALLS as usize;

/// Without `--strict`, what is nested deeper is left out.
const DEEPEST_RELAXED: usize = 30;

/// How printing ended.
pub enum Ending {
    /// With a value.
    Value,
    /// Nix fails: somewhere inside, or with the value as a whole.
    Failure {
        /// How.
        error: Rc<EvalError>,
        /// Whether there is no value at all.
        whole: bool,
    },
    /// Something is not known, and nothing fails: the first reason.
    Unknown(String),
}

/// Prints values.
pub struct Printer<'e> {
    evaluator: &'e mut Evaluator,
    redactor: &'e Redactor<'e>,
    strict: bool,
    /// Whether also a backspace and a form feed are printed as Nix prints them.
    exact: bool,
    seen: HashSet<usize>,
    /// Sets and lists that are being written as JSON, from the outside in.
    around: HashSet<usize>,
    values: usize,
    depth: usize,
    failure: Option<(Rc<EvalError>, bool)>,
    unknown: Option<String>,
    /// How many sets and lists around are the value of a name that is a secret's.
    below_secret: usize,
    /// The names of the attributes whose values are being printed, from the outside in; nothing for an element of a list.
    names: Vec<Option<String>>,
    /// What was not printed because it is a secret.
    secrets: Vec<String>,
}

impl<'e> Printer<'e> {
    /// A printer; a strict one evaluates everything and keeps no limit on depth of its own. Where standard output is no terminal,
    /// it leaves a backspace and a form feed as they are, as Nix does.
    pub fn new(evaluator: &'e mut Evaluator, redactor: &'e Redactor<'e>, strict: bool) -> Self {
        Printer {
            evaluator,
            redactor,
            strict,
            exact: strict && !std::io::stdout().is_terminal(),
            seen: HashSet::new(),
            around: HashSet::new(),
            values: 0,
            depth: 0,
            failure: None,
            unknown: None,
            below_secret: 0,
            names: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// How it ended; ask after printing. A failure outweighs what is not known: Nix fails either way.
    pub fn ending(self) -> Ending {
        match (self.failure, self.unknown) {
            (Some((error, whole)), _) => Ending::Failure { error, whole },
            (None, Some(reason)) => Ending::Unknown(reason),
            (None, None) => Ending::Value,
        }
    }

    /// Why a value cannot be printed, noted for the ending.
    fn stopped(&mut self, stop: &Stop) -> String {
        match stop {
            Stop::Error(error) => {
                let whole = self.depth == 0;
                if self.failure.is_none() {
                    self.failure = Some((Rc::clone(error), whole));
                }
                self.clean(&error.message)
            }
            Stop::Unknown(unknown) => {
                let reason = self.clean(&unknown.reason);
                self.unknown.get_or_insert_with(|| reason.clone());
                reason
            }
            Stop::Split(condition) => {
                let reason = self.clean(&format!("it depends on whether {}", condition.text));
                self.unknown.get_or_insert_with(|| reason.clone());
                reason
            }
        }
    }

    fn not_printed(&mut self, reason: &str) -> String {
        self.unknown.get_or_insert_with(|| reason.to_string());
        reason.to_string()
    }

    fn clean(&self, text: &str) -> String {
        sanitize::line(&self.redactor.text(text))
    }

    /// The secrets that were not printed. What is printed may hold them elsewhere: then it is to be printed again by
    /// somebody who knows them.
    pub fn secrets(&mut self) -> Vec<String> {
        std::mem::take(&mut self.secrets)
    }

    /// Whether a value is a secret by the name of its attribute: what is literally written in `apiKey` and
    /// the like, or in a set or list there. Placeholders, paths and names of variables are none.
    pub fn is_secret(&mut self, name: Option<&str>, thunk: &Rc<Thunk>) -> bool {
        let named = name.is_some_and(names_a_secret);
        let parent = self.names.last().and_then(|name| name.as_deref());
        let may_be = name.is_some_and(|name| {
            name == "auth"
                || matches!(parent, Some("auth" | "headers"))
                || nearly_names_a_secret(name)
        });
        if !named && self.below_secret == 0 && !may_be {
            return false;
        }
        let parent = parent.map(str::to_string);
        let Ok(value) = self.evaluator.force(thunk) else {
            return false;
        };
        let texts: Vec<String> = match &value.value {
            Value::String(string) => match string.known() {
                Ok(text) => vec![text.to_string()],
                Err(_) => string
                    .parts
                    .iter()
                    .filter_map(|part| match part {
                        Part::Text { text, .. } => Some(text.to_string()),
                        _ => None,
                    })
                    .collect(),
            },
            Value::Int(integer) if named => vec![integer.to_string()],
            _ => return false,
        };
        let is_hidden = |text: &String| {
            if named {
                !secret_parts(text).is_empty()
            } else {
                self.below_secret > 0 && is_secret_below(name, text)
                    || name.is_some_and(|name| is_likely_secret(parent.as_deref(), name, text))
            }
        };
        let secret = texts.iter().any(is_hidden);
        if secret {
            for text in &texts {
                let parts = secret_parts(text).into_iter();
                self.secrets
                    .extend(parts.map(|range| text[range].to_string()));
            }
        }
        secret
    }

    /// Whether an element of a list is or holds a secret because of the option of a command before it or in it: `"--token" "..."`,
    /// `"--token=..."`.
    fn is_option_value(&mut self, list: &List, index: usize) -> bool {
        let Some(text) = self.known_text(&list.items[index]) else {
            return false;
        };
        let before = index.checked_sub(1).and_then(|at| list.items.get(at));
        let has_option = option_with_secret(&text).is_some()
            || before
                .and_then(|before| self.known_text(before))
                .is_some_and(|word| is_secret_option(&word));
        if !has_option {
            return false;
        }
        let parts = secret_parts(&text);
        self.secrets
            .extend(parts.iter().map(|range| text[range.clone()].to_string()));
        !parts.is_empty()
    }

    /// The text of a value that is a string without unknown parts.
    fn known_text(&mut self, thunk: &Rc<Thunk>) -> Option<String> {
        match &self.evaluator.force(thunk).ok()?.value {
            Value::String(string) => Some(string.known().ok()?.to_string()),
            _ => None,
        }
    }

    /// Goes into a value; [`Printer::leave`] comes back.
    fn go_into(&mut self, name: Option<&str>) -> bool {
        let named = self.below_secret > 0 || name.is_some_and(names_a_secret);
        self.below_secret += usize::from(named);
        self.names.push(name.map(str::to_string));
        named
    }

    fn leave(&mut self, named: bool) {
        self.below_secret -= usize::from(named);
        self.names.pop();
    }

    /// Why no further value is printed, if that is so.
    fn exhausted(&mut self) -> Option<String> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Some(self.not_printed("the value is too large to be printed"));
        }
        if self.strict && self.depth > DEEPEST {
            let message = "it is nested deeper than Nix goes";
            let stop = self
                .evaluator
                .error(ErrorKind::CallDepth, message, &Origin::default());
            return Some(self.stopped(&stop));
        }
        if !self.strict && self.depth > DEEPEST_RELAXED {
            return Some(self.not_printed("it is nested too deeply to be printed"));
        }
        None
    }

    /// The value at the end of an attribute path as JSON.
    pub fn json_at(&mut self, path: &[String], thunk: &Rc<Thunk>) -> Json {
        let name = self.come_to(path);
        self.json_member(name, thunk)
    }

    /// The value at the end of an attribute path in Nix's notation.
    pub fn nix_at(&mut self, path: &[String], thunk: &Rc<Thunk>, width: Option<usize>) -> String {
        let name = self.come_to(path);
        self.nix_member(name, thunk, width)
    }

    /// Notes the names on a path, and gives the last one unless it is an index into a list.
    fn come_to<'p>(&mut self, path: &'p [String]) -> Option<&'p str> {
        let (last, above) = path.split_last()?;
        for name in above {
            self.go_into(Some(name));
        }
        Some(last.as_str()).filter(|name| name.parse::<usize>().is_err())
    }

    // JSON

    /// The value as JSON, as `builtins.toJSON` makes it, with `{"$unknown": reason}` for what is not known.
    /// Where it would fail there is `{"$error": message}`.
    pub fn json(&mut self, thunk: &Rc<Thunk>) -> Json {
        if let Some(reason) = self.exhausted() {
            return json!({ "$unknown": reason });
        }
        let outcome = self.evaluator.force(thunk);
        let value = match outcome {
            Ok(value) => value,
            Err(stop) => return self.json_stop(&stop),
        };
        match &value.value {
            Value::Null => Json::Null,
            Value::Bool(boolean) => json!(boolean),
            Value::Int(integer) => json!(integer),
            Value::Float(float) => json!(float),
            Value::String(string) => self.json_string(string),
            Value::Path(_) => {
                // JSON holds the path's place in the store, as an interpolation does.
                let origin = value.origin.clone();
                match self
                    .evaluator
                    .coerce(thunk, Coercion::INTERPOLATION, &origin)
                {
                    Ok(string) => self.json_string(&string),
                    Err(stop) => self.json_stop(&stop),
                }
            }
            Value::List(list) => {
                let identity = Rc::as_ptr(list) as usize;
                if let Err(json) = self.enter(identity, &value.origin) {
                    return json;
                }
                let json = self.json_list(list);
                self.around.remove(&identity);
                json
            }
            Value::Attrs(attrs) => {
                if attrs.get(Symbol::new("__toString")).is_some() {
                    let origin = value.origin.clone();
                    return match self
                        .evaluator
                        .coerce(thunk, Coercion::INTERPOLATION, &origin)
                    {
                        Ok(string) => self.json_string(&string),
                        Err(stop) => self.json_stop(&stop),
                    };
                }
                if let Some(path) = attrs.get(Symbol::new("outPath")) {
                    let path = Rc::clone(&path.value);
                    self.depth += 1;
                    let json = self.json(&path);
                    self.depth -= 1;
                    return json;
                }
                let identity = Rc::as_ptr(attrs) as usize;
                if let Err(json) = self.enter(identity, &value.origin) {
                    return json;
                }
                let json = self.json_object(attrs);
                self.around.remove(&identity);
                json
            }
            Value::Lambda(_) | Value::Builtin(_) if !self.strict => json!({ "$function": true }),
            Value::Lambda(_) | Value::Builtin(_) => {
                let message = "a function cannot be written as JSON";
                let stop = self
                    .evaluator
                    .error(ErrorKind::Type, message, &value.origin);
                self.json_stop(&stop)
            }
        }
    }

    /// Notes that a set or list is being written; one that holds itself has no end, in Nix neither.
    fn enter(&mut self, identity: usize, origin: &Origin) -> Result<(), Json> {
        if self.around.insert(identity) {
            return Ok(());
        }
        let message = "a value that holds itself cannot be written as JSON";
        let stop = self
            .evaluator
            .error(ErrorKind::InfiniteRecursion, message, origin);
        Err(self.json_stop(&stop))
    }

    fn json_stop(&mut self, stop: &Stop) -> Json {
        let reason = self.stopped(stop);
        match stop {
            Stop::Error(_) => json!({ "$error": reason }),
            Stop::Unknown(_) | Stop::Split(_) => json!({ "$unknown": reason }),
        }
    }

    fn json_string(&mut self, string: &NixString) -> Json {
        match string.known() {
            Ok(text) => Json::String(self.redactor.text(&text)),
            Err(stop) => self.json_stop(&stop),
        }
    }

    fn json_list(&mut self, list: &List) -> Json {
        let mut items = Vec::with_capacity(list.items.len());
        let mut gaps = list.gaps.iter().peekable();
        self.depth += 1;
        for (index, item) in list.items.iter().enumerate() {
            while let Some((_, unknown)) = gaps.next_if(|(at, _)| *at <= index) {
                items.push(self.json_stop(&Stop::Unknown(Rc::clone(unknown))));
            }
            items.push(if self.is_option_value(list, index) {
                Json::String(REDACTED.to_string())
            } else {
                self.json_member(None, item)
            });
        }
        for (_, unknown) in gaps {
            items.push(self.json_stop(&Stop::Unknown(Rc::clone(unknown))));
        }
        self.depth -= 1;
        Json::Array(items)
    }

    /// An element of a list, or the value of an attribute.
    fn json_member(&mut self, name: Option<&str>, thunk: &Rc<Thunk>) -> Json {
        if self.is_secret(name, thunk) {
            return Json::String(REDACTED.to_string());
        }
        let named = self.go_into(name);
        let json = self.json(thunk);
        self.leave(named);
        json
    }

    fn json_object(&mut self, attrs: &Attrs) -> Json {
        let mut object = Map::new();
        self.depth += 1;
        for attr in attrs.sorted() {
            let value = self.json_member(Some(attr.name.as_str()), &attr.value);
            object.insert(self.redactor.text(attr.name.as_str()), value);
        }
        if let Some(open) = &attrs.open {
            let reason = self.stopped(&Stop::Unknown(Rc::clone(open)));
            object.insert("$unknown".to_string(), Json::String(reason));
        }
        self.depth -= 1;
        Json::Object(object)
    }

    // Nix

    /// The value in Nix's notation. With `width`, sets and lists that are longer stand on several lines.
    pub fn nix(&mut self, thunk: &Rc<Thunk>, width: Option<usize>) -> String {
        if let Some(reason) = self.exhausted() {
            return format!("«unknown: {reason}»");
        }
        let outcome = self.evaluator.force(thunk);
        let value = match outcome {
            Ok(value) => value,
            Err(stop) => return self.nix_stop(&stop),
        };
        match &value.value {
            Value::Null => "null".to_string(),
            Value::Bool(boolean) => boolean.to_string(),
            Value::Int(integer) => integer.to_string(),
            Value::Float(float) => number::general(*float),
            Value::String(string) => self.nix_string(string),
            Value::Path(path) => self.clean(&path.absolute),
            Value::List(list) => {
                let empty = list.items.is_empty() && list.gaps.is_empty();
                // Nix tells lists apart by where they are kept, sets by what is kept there.
                if !empty && !self.seen.insert(Rc::as_ptr(thunk) as usize) {
                    return "«repeated»".to_string();
                }
                self.nix_list(list, width)
            }
            Value::Attrs(attrs) => {
                let empty = attrs.unordered().is_empty() && attrs.open.is_none();
                if !empty && !self.seen.insert(Rc::as_ptr(attrs) as usize) {
                    return "«repeated»".to_string();
                }
                self.nix_set(attrs, width)
            }
            Value::Lambda(_) => "<LAMBDA>".to_string(),
            Value::Builtin(partial) if partial.arguments.is_empty() => "<PRIMOP>".to_string(),
            Value::Builtin(_) => "<PRIMOP-APP>".to_string(),
        }
    }

    fn nix_stop(&mut self, stop: &Stop) -> String {
        let reason = self.stopped(stop);
        match stop {
            Stop::Error(_) => format!("«error: {reason}»"),
            Stop::Unknown(_) | Stop::Split(_) => format!("«unknown: {reason}»"),
        }
    }

    /// A string; parts that are not known stand as `«unknown: reason»` in it.
    fn nix_string(&mut self, string: &NixString) -> String {
        if let Ok(text) = string.known() {
            return format!("\"{}\"", self.escape(&text));
        }
        let mut result = String::from("\"");
        for part in &string.parts {
            match part {
                Part::Text { text, .. } => result.push_str(&self.escape(text)),
                Part::Unknown(unknown)
                | Part::Store(_, unknown)
                | Part::File(_, unknown)
                | Part::Tree(TreePath { unknown, .. }) => {
                    result.push_str(&self.nix_stop(&Stop::Unknown(Rc::clone(unknown))));
                }
                Part::Json(json) => match &json.text {
                    Ok(text) => result.push_str(&self.escape(text)),
                    Err(stop) => result.push_str(&self.nix_stop(stop)),
                },
            }
        }
        result.push('"');
        result
    }

    /// The inside of a string literal.
    fn escape(&self, text: &str) -> String {
        escaped(&self.redactor.text(text), self.exact)
    }

    /// A name: in quotes, where it would not be read as one otherwise.
    fn name(&self, name: &str) -> String {
        let plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_'-".contains(&byte))
            && !KEYWORDS.contains(&name);
        if plain {
            self.clean(name)
        } else {
            format!("\"{}\"", self.escape(name))
        }
    }

    fn nix_list(&mut self, list: &List, width: Option<usize>) -> String {
        let inner = width.map(|width| width.saturating_sub(2));
        let mut parts = Vec::with_capacity(list.items.len());
        let mut gaps = list.gaps.iter().peekable();
        self.depth += 1;
        for (index, item) in list.items.iter().enumerate() {
            while let Some((_, unknown)) = gaps.next_if(|(at, _)| *at <= index) {
                parts.push(self.nix_stop(&Stop::Unknown(Rc::clone(unknown))));
            }
            parts.push(if self.is_option_value(list, index) {
                quoted(REDACTED)
            } else {
                self.nix_member(None, item, inner)
            });
        }
        for (_, unknown) in gaps {
            parts.push(self.nix_stop(&Stop::Unknown(Rc::clone(unknown))));
        }
        self.depth -= 1;
        enclosed('[', &parts, ']', width)
    }

    /// An element of a list, or the value of an attribute.
    fn nix_member(
        &mut self,
        name: Option<&str>,
        thunk: &Rc<Thunk>,
        width: Option<usize>,
    ) -> String {
        if self.is_secret(name, thunk) {
            return quoted(REDACTED);
        }
        let named = self.go_into(name);
        let text = self.nix(thunk, width);
        self.leave(named);
        text
    }

    fn nix_set(&mut self, attrs: &Attrs, width: Option<usize>) -> String {
        let inner = width.map(|width| width.saturating_sub(2));
        let mut parts = Vec::new();
        self.depth += 1;
        for attr in attrs.sorted() {
            let value = self.nix_member(Some(attr.name.as_str()), &attr.value, inner);
            parts.push(format!("{} = {value};", self.name(attr.name.as_str())));
        }
        if let Some(open) = &attrs.open {
            parts.push(self.nix_stop(&Stop::Unknown(Rc::clone(open))));
        }
        self.depth -= 1;
        enclosed('{', &parts, '}', width)
    }
}

/// `[ a b ]`, or one part on each line where that is longer than `width`.
fn enclosed(open: char, parts: &[String], close: char, width: Option<usize>) -> String {
    let length: usize = parts.iter().map(|part| part.chars().count() + 1).sum();
    let broken = width
        .is_some_and(|width| length + 3 > width || parts.iter().any(|part| part.contains('\n')));
    let mut result = String::with_capacity(length + 4);
    result.push(open);
    if broken && !parts.is_empty() {
        for part in parts {
            for line in part.lines() {
                result.push_str("\n  ");
                result.push_str(line);
            }
        }
        result.push('\n');
    } else {
        for part in parts {
            result.push(' ');
            result.push_str(part);
        }
        result.push(' ');
    }
    result.push(close);
    result
}

/// Words that are no names in Nix.
const KEYWORDS: &[&str] = &[
    "if", "then", "else", "assert", "with", "let", "in", "rec", "inherit",
];

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text, false))
}

/// The inside of a quoted string, as Nix escapes it; what a terminal may act on is made visible as well, but for a backspace and
/// a form feed where it is to be exact.
fn escaped(text: &str, exact: bool) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' | '\\' => {
                result.push('\\');
                result.push(character);
            }
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '$' if characters.peek() == Some(&'{') => result.push_str("\\$"),
            // Harmless in a file, and what Nix prints.
            '\u{8}' | '\u{c}' if exact => result.push(character),
            other if sanitize::is_unsafe(other) => result.push_str(&sanitize::visible(other)),
            other => result.push(other),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_nix_does_and_harmless() {
        assert_eq!(quoted("a\"b\\c\n${x} $y"), "\"a\\\"b\\\\c\\n\\${x} $y\"");
        assert_eq!(quoted("\u{1b}[31m"), "\"\\u{1b}[31m\"");
        assert_eq!(escaped("\u{8}\u{1b}", true), "\u{8}\\u{1b}");
    }

    #[test]
    fn long_sets_stand_on_several_lines_where_that_is_wanted() {
        let parts = ["a = 1;".to_string(), "b = 2;".to_string()];
        assert_eq!(enclosed('{', &parts, '}', None), "{ a = 1; b = 2; }");
        assert_eq!(
            enclosed('{', &parts, '}', Some(10)),
            "{\n  a = 1;\n  b = 2;\n}"
        );
        assert_eq!(enclosed('[', &[], ']', Some(1)), "[ ]");
    }
}
