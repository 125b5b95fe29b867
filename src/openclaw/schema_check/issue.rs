//! What is wrong with a configuration, in the terms of the configuration.

use crate::openclaw::path::ConfigPath;
use crate::workspace::source::Span;
use std::rc::Rc;

/// One thing that a release refuses.
#[derive(Clone, PartialEq, Debug)]
pub struct Issue {
    /// Where: for an unknown or missing key the path of that key, else of the value.
    pub path: ConfigPath,
    /// What.
    pub kind: IssueKind,
    /// The best place to show.
    pub span: Option<Span>,
    /// The variables on whose absence the issue rests: a placeholder that nothing is known to fill stays in
    /// the text, and then the text is not allowed. Empty for an issue that is certain.
    pub unless_set: Vec<String>,
    /// Another reason why it may be fine after all: the clause "unless ...".
    pub doubt: Option<String>,
}

/// What is wrong.
#[derive(Clone, PartialEq, Debug)]
pub enum IssueKind {
    /// A key that is not allowed there.
    UnknownKey {
        /// The key as it is written. The path ends in it, or in the missing key that was probably meant.
        written: String,
        /// The allowed key that was probably meant.
        similar: Option<String>,
        /// Whether that key must be there and is not.
        similar_is_missing: bool,
        /// Places of the schema that have a key of this name, once they were looked for.
        elsewhere: Vec<String>,
        /// The keys that are allowed.
        allowed: Rc<[&'static str]>,
        /// Where the key alone is written.
        key_span: Option<Span>,
    },
    /// A key that must be there and is not.
    MissingKey {
        /// What its value should be.
        expected: Expected,
    },
    /// A value of another type.
    WrongType {
        /// What is allowed.
        expected: Expected,
        /// What is there.
        found: Found,
        /// The value to write instead, where it is clear what was meant: `18789` for `"18789"`.
        instead: Option<String>,
    },
    /// `null` where no null is allowed.
    Null {
        /// What is allowed.
        expected: Expected,
        /// Whether the key may be left out instead.
        optional: bool,
    },
    /// None of the values that are allowed.
    NotAllowed {
        /// The allowed values as they are written in JSON.
        allowed: Vec<String>,
        /// What is there, as it is written in JSON; `None` where it must not be shown.
        found: Option<String>,
        /// The allowed value that was probably meant, as it is written in JSON.
        similar: Option<String>,
    },
    /// A number, length or count that is too small or too large: the clause "must be at least 1".
    OutOfBounds(String),
    /// A text that does not have the form that is asked for: the clause "must be ...".
    Malformed(String),
    /// A rule beside the schema: the whole message and what to do.
    Rule {
        /// Id of the rule that reports it.
        rule: &'static str,
        /// A sentence without full stop.
        message: String,
        /// What to write instead.
        help: Option<String>,
    },
}

/// What kind of value is allowed, in words: "a string or a list".
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Expected(pub Vec<&'static str>);

impl Expected {
    /// "a string", "a string or a list", "a string, a number or a list".
    pub fn words(&self) -> String {
        or_list(&self.0)
    }
}

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A number with a fraction, where a whole one is asked for.
    Fraction,
    /// A string.
    Text,
    /// A string that is a placeholder for a variable: its value is a string too.
    Placeholder,
    /// A list.
    List,
    /// An object.
    Object,
}

impl Found {
    /// "a string", "a list", ...
    pub fn words(self) -> &'static str {
        match self {
            Found::Null => "null",
            Found::Boolean => "true or false",
            Found::Number => "a number",
            Found::Fraction => "a fraction",
            Found::Text => "a string",
            Found::Placeholder => "a placeholder, whose value is always a string",
            Found::List => "a list",
            Found::Object => OBJECT,
        }
    }
}

/// What an object is called.
pub const OBJECT: &str = "an attribute set";

/// "a", "a or b", "a, b or c".
pub fn or_list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => "something else".to_string(),
        [only] => only.as_ref().to_string(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", first.join(", "), last.as_ref())
        }
    }
}

impl Issue {
    /// The rule that reports it.
    pub fn rule(&self) -> &'static str {
        match &self.kind {
            IssueKind::UnknownKey { .. } => "unknown-key",
            IssueKind::MissingKey { .. } => "missing-key",
            IssueKind::WrongType { .. } => "wrong-type",
            IssueKind::Null { .. } => "null-value",
            IssueKind::NotAllowed { .. } => "invalid-value",
            IssueKind::OutOfBounds(_) => "out-of-bounds",
            IssueKind::Malformed(_) => "malformed-value",
            IssueKind::Rule { rule, .. } => rule,
        }
    }

    /// Where it is as the configuration has it: for an unknown key always the path of that key, also where the key that was
    /// probably meant is missing, which depends on the release.
    pub fn written_path(&self) -> ConfigPath {
        match (&self.kind, self.path.parent()) {
            (IssueKind::UnknownKey { written, .. }, Some(parent)) => parent.key(written),
            _ => self.path.clone(),
        }
    }

    /// The message, a sentence without full stop; `release` is the OpenClaw release that was asked.
    pub fn message(&self, release: &str) -> String {
        let path = &self.path;
        let message = match &self.kind {
            IssueKind::UnknownKey {
                written,
                similar_is_missing,
                similar,
                ..
            } => {
                let place = match path.parent() {
                    Some(parent) if !parent.0.is_empty() => format!("`{parent}`"),
                    _ => "the configuration".to_string(),
                };
                match (similar, similar_is_missing) {
                    (Some(similar), true) => format!(
                        "OpenClaw {release} knows no key `{written}` in {place}, and `{similar}` is missing"
                    ),
                    _ => format!("OpenClaw {release} knows no key `{written}` in {place}"),
                }
            }
            IssueKind::MissingKey { .. } => match path.parent() {
                Some(parent) if !parent.0.is_empty() => format!(
                    "`{}` is missing in `{parent}`",
                    path.last_key().unwrap_or_default()
                ),
                _ => format!("`{path}` is missing"),
            },
            IssueKind::WrongType {
                expected, found, ..
            } => format!(
                "{} must be {}, not {}",
                subject(path),
                expected.words(),
                found.words()
            ),
            IssueKind::Null { expected, optional } => {
                if *optional {
                    format!(
                        "{} is null, which OpenClaw {release} refuses; an absent key is what means \"not set\"",
                        subject(path)
                    )
                } else {
                    format!("{} must be {}, not null", subject(path), expected.words())
                }
            }
            IssueKind::NotAllowed { allowed, found, .. } => {
                let not = found
                    .as_ref()
                    .map_or(String::new(), |found| format!(", not {found}"));
                match allowed.as_slice() {
                    [] => format!("{} must not be set", subject(path)),
                    [only] => format!("{} must be {only}{not}", subject(path)),
                    many if many.len() > 12 => {
                        format!(
                            "{} is none of the values that OpenClaw {release} knows{}",
                            subject(path),
                            not.replacen(", not", ":", 1)
                        )
                    }
                    many => format!("{} must be one of {}{not}", subject(path), or_list(many)),
                }
            }
            IssueKind::OutOfBounds(clause) | IssueKind::Malformed(clause) => {
                format!("{} {clause}", subject(path))
            }
            IssueKind::Rule { message, .. } => message.clone(),
        };
        let message = match &self.doubt {
            Some(doubt) => format!("{message}, {doubt}"),
            None => message,
        };
        match self.unless_set.as_slice() {
            [] => message,
            variables => {
                let names: Vec<String> = variables.iter().map(|name| format!("`{name}`")).collect();
                format!(
                    "{message}, unless {} is set when OpenClaw reads it",
                    or_list(&names)
                )
            }
        }
    }

    /// What to write instead, if that can be said.
    pub fn help(&self) -> Option<String> {
        match &self.kind {
            IssueKind::UnknownKey {
                similar: Some(similar),
                ..
            } => Some(format!("Write `{similar}`.")),
            IssueKind::UnknownKey {
                elsewhere, allowed, ..
            } => {
                let mut help = Vec::new();
                if !elsewhere.is_empty() {
                    let places: Vec<String> =
                        elsewhere.iter().map(|place| format!("`{place}`")).collect();
                    help.push(format!("A key of that name exists at {}.", or_list(&places)));
                }
                if !allowed.is_empty() && allowed.len() <= 16 {
                    let keys: Vec<String> = allowed.iter().map(|key| format!("`{key}`")).collect();
                    help.push(format!("Allowed here: {}.", keys.join(", ")));
                }
                if help.is_empty() {
                    help.push("Remove it.".to_string());
                }
                Some(help.join(" "))
            }
            IssueKind::MissingKey { expected } => Some(format!(
                "Set `{}` to {}.",
                self.path.last_key().unwrap_or_default(),
                expected.words()
            )),
            IssueKind::WrongType {
                instead: Some(instead),
                ..
            } => Some(format!("Write `{instead}`.")),
            IssueKind::WrongType {
                found: Found::Placeholder,
                ..
            } => Some(
                "OpenClaw fills placeholders in after reading the file, and what it fills in stays a string: write the value itself."
                    .to_string(),
            ),
            IssueKind::WrongType { .. } => None,
            IssueKind::Null { optional: true, .. } => Some("Leave the key out.".to_string()),
            IssueKind::Null { expected, .. } => Some(format!("Write {}.", expected.words())),
            IssueKind::NotAllowed {
                similar: Some(similar),
                ..
            } => Some(format!("Write {similar}.")),
            IssueKind::NotAllowed { allowed, .. } if allowed.len() > 12 => {
                Some(format!("Allowed: {}.", allowed.join(", ")))
            }
            IssueKind::NotAllowed { .. } | IssueKind::OutOfBounds(_) | IssueKind::Malformed(_) => {
                None
            }
            IssueKind::Rule { help, .. } => help.clone(),
        }
    }
}

fn subject(path: &ConfigPath) -> String {
    if path.0.is_empty() {
        "the configuration".to_string()
    } else {
        format!("`{path}`")
    }
}
