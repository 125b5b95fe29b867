//! Numbers, texts and literal values.

use super::environment::Filled;
use super::issue::{Found, IssueKind};
use super::{Checker, pattern, suggest, union};
use crate::openclaw::secret_patterns;
use crate::openclaw::tree::{Node, Value};
use crate::releases::schema::{Kind, Literals, Node as SchemaNode, NumberRules, TextRules};
use std::borrow::Cow;

/// Longer values are not repeated in messages.
const MAX_SHOWN: usize = 60;

impl<'a> Checker<'a> {
    pub(super) fn wrong_type(&mut self, node: &Node, schema: SchemaNode) {
        let kind = if matches!(node.value, Value::Null) {
            IssueKind::Null {
                expected: union::expected(schema),
                optional: false,
            }
        } else {
            let Some(found) = found(node) else {
                return;
            };
            IssueKind::WrongType {
                expected: union::expected(schema),
                found,
                instead: instead(node, schema),
            }
        };
        self.report(node, kind);
    }

    /// Null and truth values.
    pub(super) fn plain(&mut self, node: &Node, schema: SchemaNode) {
        match (schema.kind(), &node.value) {
            (Kind::Null, Value::Null) | (Kind::Boolean, Value::Boolean(_)) => {}
            _ => self.wrong_type(node, schema),
        }
    }

    pub(super) fn number(
        &mut self,
        node: &Node,
        schema: SchemaNode,
        rules: &NumberRules,
        whole: bool,
    ) {
        let Some(number) = node.as_number().filter(|number| number.is_finite()) else {
            self.wrong_type(node, schema);
            return;
        };
        if whole && number.fract() != 0.0 {
            self.report(
                node,
                IssueKind::WrongType {
                    expected: union::expected(schema),
                    found: Found::Fraction,
                    instead: None,
                },
            );
            return;
        }
        if let Some(clause) = number_flaw(number, rules) {
            self.report(node, IssueKind::OutOfBounds(clause));
        }
    }

    pub(super) fn text(&mut self, node: &Node, schema: SchemaNode, rules: &TextRules) {
        let text = match &node.value {
            Value::Text(text) => text,
            // A path of the file system becomes a text in the rendered file.
            Value::Path(_) => return,
            _ => return self.wrong_type(node, schema),
        };
        let limited = rules.minimum_length().is_some()
            || rules.maximum_length().is_some()
            || rules.pattern().is_some()
            || rules.format().is_some();
        let Some(known) = text.whole().filter(|_| limited) else {
            return;
        };
        let (filled, unless) = match self.environment.fill(&known) {
            Filled::Known(filled) => (filled, Vec::new()),
            Filled::Unless(filled, variables) => (filled, variables),
            Filled::Unknown => return,
        };
        if let Some(clause) = text_flaw(&filled, rules) {
            let kind = if rules.pattern().is_none() && rules.format().is_none() {
                IssueKind::OutOfBounds(clause)
            } else {
                IssueKind::Malformed(clause)
            };
            self.report_unless(node, kind, unless);
        }
    }

    pub(super) fn literal(&mut self, node: &Node, literals: &Literals) {
        match self.is_literal(node, literals) {
            Literal::Yes | Literal::Unknown => {}
            Literal::No(unless) => {
                let allowed: Vec<String> =
                    literals.values().map(|value| value.to_string()).collect();
                self.not_allowed(node, allowed, unless);
            }
        }
    }

    /// Reports that a value is none of those that are `allowed`, given as they are written in JSON.
    pub(super) fn not_allowed(&mut self, node: &Node, allowed: Vec<String>, unless: Vec<String>) {
        // A secret that stands in the wrong place must not be repeated.
        let shown = shown(node).filter(|shown| {
            shown.len() <= MAX_SHOWN
                && secret_patterns::find(shown).is_none()
                && !secret_patterns::looks_generated(shown)
        });
        let found = match (&shown, found(node)) {
            (Some(shown), _) => Some(shown.clone()),
            (None, Some(found)) if found != Found::Text => Some(found.words().to_string()),
            _ => None,
        };
        let similar = shown.and_then(|shown| suggest::nearest_value(&shown, &allowed));
        self.report_unless(
            node,
            IssueKind::NotAllowed {
                allowed,
                found,
                similar,
            },
            unless,
        );
    }

    /// Whether a value is one of the literals.
    pub(super) fn is_literal(&self, node: &Node, literals: &Literals) -> Literal {
        let found = match &node.value {
            Value::Text(text) => {
                let Some(known) = text.whole() else {
                    let prefix = text.known_prefix();
                    return if literals.texts().any(|value| value.starts_with(&prefix)) {
                        Literal::Unknown
                    } else {
                        Literal::No(Vec::new())
                    };
                };
                let (filled, unless): (Cow<'_, str>, _) = match self.environment.fill(&known) {
                    Filled::Known(filled) => (filled, Vec::new()),
                    Filled::Unless(filled, variables) => (filled, variables),
                    Filled::Unknown => return Literal::Unknown,
                };
                return if literals.has_text(&filled) {
                    Literal::Yes
                } else {
                    Literal::No(unless)
                };
            }
            Value::Unknown(_) | Value::Choice(..) | Value::Failed(_) => return Literal::Unknown,
            Value::Boolean(boolean) => serde_json::Value::Bool(*boolean),
            Value::Integer(_) | Value::Float(_) => {
                let same = literals
                    .values()
                    .any(|value| value.is_number() && value.as_f64() == node.as_number());
                return if same {
                    Literal::Yes
                } else {
                    Literal::No(Vec::new())
                };
            }
            Value::Null => serde_json::Value::Null,
            Value::Path(_) | Value::List(_) | Value::Object(_) => {
                return Literal::No(Vec::new());
            }
        };
        if literals.values().any(|value| value == found) {
            Literal::Yes
        } else {
            Literal::No(Vec::new())
        }
    }
}

/// Whether a value is one of some literals.
pub(super) enum Literal {
    Yes,
    /// No, given that none of these variables is set.
    No(Vec<String>),
    Unknown,
}

/// What a value is; `None` for what is not known.
pub(super) fn found(node: &Node) -> Option<Found> {
    Some(match &node.value {
        Value::Null => Found::Null,
        Value::Boolean(_) => Found::Boolean,
        Value::Integer(_) | Value::Float(_) => Found::Number,
        Value::Text(text) => match text.known() {
            Some(text) if is_placeholder(&text) => Found::Placeholder,
            _ => Found::Text,
        },
        Value::Path(_) => Found::Text,
        Value::List(_) => Found::List,
        Value::Object(_) => Found::Object,
        Value::Unknown(_) | Value::Choice(..) | Value::Failed(_) => return None,
    })
}

fn is_placeholder(text: &str) -> bool {
    use crate::openclaw::placeholders::{Form, scan};
    matches!(scan(text).as_slice(), [only] if only.form == Form::Replaced && only.range == (0..text.len()))
}

/// A scalar as it is written in JSON.
fn shown(node: &Node) -> Option<String> {
    Some(match &node.value {
        Value::Text(text) => serde_json::Value::String(text.known()?).to_string(),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Integer(integer) => integer.to_string(),
        Value::Float(float) => float.to_string(),
        _ => return None,
    })
}

/// The value to write instead of one of the wrong type, where it is clear what was meant.
fn instead(node: &Node, schema: SchemaNode) -> Option<String> {
    let text = node.as_str()?;
    match schema.kind() {
        Kind::Integer(rules) => {
            let number: i64 = text.parse().ok()?;
            number_flaw(number as f64, &rules)
                .is_none()
                .then(|| number.to_string())
        }
        Kind::Number(rules) => {
            let number: f64 = text.parse().ok()?;
            (number.is_finite()
                && number.to_string() == text
                && number_flaw(number, &rules).is_none())
            .then_some(text)
        }
        Kind::Boolean => matches!(text.as_str(), "true" | "false").then_some(text),
        _ => None,
    }
}

fn number_flaw(number: f64, rules: &NumberRules) -> Option<String> {
    /// The largest whole number that JavaScript holds exactly: a bound of the type, not of the meaning.
    const SAFE: f64 = 9_007_199_254_740_991.0;
    let flawed = rules.minimum().is_some_and(|least| number < least)
        || rules.maximum().is_some_and(|most| number > most)
        || rules
            .exclusive_minimum()
            .is_some_and(|least| number <= least)
        || rules.exclusive_maximum().is_some_and(|most| number >= most);
    if !flawed {
        let divisor = rules.multiple_of()?;
        return (number % divisor != 0.0)
            .then(|| format!("must be a multiple of {divisor}, not {number}"));
    }
    let low = match (rules.exclusive_minimum(), rules.minimum()) {
        (Some(bound), _) => Some(format!("greater than {bound}")),
        (None, Some(bound)) if bound > -SAFE => Some(format!("at least {bound}")),
        _ => None,
    };
    let high = match (rules.exclusive_maximum(), rules.maximum()) {
        (Some(bound), _) => Some(format!("less than {bound}")),
        (None, Some(bound)) if bound < SAFE => Some(format!("at most {bound}")),
        _ => None,
    };
    let bounds: Vec<String> = low.into_iter().chain(high).collect();
    Some(if bounds.is_empty() {
        "is a number larger than OpenClaw can hold".to_string()
    } else {
        format!("must be {}, not {number}", bounds.join(" and "))
    })
}

/// What is wrong with a text, as a clause: "must not be empty".
pub(super) fn text_flaw(text: &str, rules: &TextRules) -> Option<String> {
    let length = || text.encode_utf16().count();
    if let Some(minimum) = rules.minimum_length()
        && length() < minimum
    {
        return Some(if minimum == 1 {
            "must not be empty".to_string()
        } else {
            format!("must have at least {minimum} characters")
        });
    }
    if let Some(maximum) = rules.maximum_length()
        && length() > maximum
    {
        return Some(format!("must have at most {maximum} characters"));
    }
    if let Some(expression) = rules.pattern()
        && !pattern::matches(expression, text)
    {
        return Some(pattern_clause(expression));
    }
    if rules.format() == Some("uri") && !is_url(text) {
        return Some("must be a URL, with its scheme: `https://...`".to_string());
    }
    None
}

/// A clause for the patterns that are met most often; the others are shown as they are.
fn pattern_clause(expression: &str) -> String {
    match expression {
        "^[a-z][a-z0-9_-]{0,63}$" => {
            "must begin with a small letter and have only small letters, digits, `_` and `-`, at most 64 characters".to_string()
        }
        "^[A-Z][A-Z0-9_]{0,127}$" => {
            "must be the name of a variable: a capital letter, then capitals, digits and `_`, at most 128 characters".to_string()
        }
        "^#?[0-9a-fA-F]{6}$" => "must be a colour such as `#00aaff`".to_string(),
        "^[a-z0-9-]+$" => "must have only small letters, digits and `-`".to_string(),
        _ => format!("must match the pattern `{expression}`"),
    }
}

/// The parts of a URL, as far as rules look at them.
pub(super) struct Url {
    /// In small letters.
    pub(super) scheme: String,
    /// The host in small letters, with its brackets; empty where there is none.
    pub(super) host: String,
    /// The path; empty where nothing follows the host.
    pub(super) path: String,
    /// Whether there is a query or a fragment.
    pub(super) has_query: bool,
    /// Whether there is a user or a password.
    pub(super) has_user: bool,
}

impl Url {
    /// Reads what JavaScript's `new URL(text)` accepts, as far as that can go wrong in a configuration.
    pub(super) fn parse(text: &str) -> Option<Url> {
        let text = text.trim();
        let (scheme, rest) = text.split_once(':')?;
        let mut letters = scheme.chars();
        if !letters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            || !letters.all(|next| next.is_ascii_alphanumeric() || matches!(next, '+' | '-' | '.'))
        {
            return None;
        }
        let scheme = scheme.to_lowercase();
        let special = matches!(scheme.as_str(), "http" | "https" | "ws" | "wss" | "ftp");
        if !special {
            return Some(Url {
                scheme,
                host: String::new(),
                path: rest.to_string(),
                has_query: rest.contains(['?', '#']),
                has_user: rest.contains('@'),
            });
        }
        let rest = rest.trim_start_matches(['/', '\\']);
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, after) = rest.split_at(end);
        let path_end = after.find(['?', '#']).unwrap_or(after.len());
        let (host_and_port, has_user) = match authority.rsplit_once('@') {
            Some((_, host)) => (host, true),
            None => (authority, false),
        };
        let (host, port) = if host_and_port.starts_with('[') {
            let close = host_and_port.find(']')?;
            let (host, rest) = host_and_port.split_at(close + 1);
            (host, rest.strip_prefix(':'))
        } else {
            match host_and_port.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (host_and_port, None),
            }
        };
        let port_fits = port.is_none_or(|port| port.is_empty() || port.parse::<u16>().is_ok());
        let forbidden = |character: char| {
            character.is_control()
                || matches!(
                    character,
                    ' ' | '<' | '>' | '^' | '|' | '"' | '`' | '{' | '}'
                )
        };
        (!host.is_empty() && port_fits && !host.contains(forbidden)).then(|| Url {
            scheme,
            host: host.to_lowercase(),
            path: after[..path_end].to_string(),
            has_query: path_end < after.len(),
            has_user,
        })
    }

    /// Whether the host is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]")
    }
}

/// Whether JavaScript's `new URL(text)` accepts it.
pub(super) fn is_url(text: &str) -> bool {
    Url::parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::is_url;

    #[test]
    fn urls_are_told_as_javascript_tells_them() {
        for text in [
            "https://example.com",
            "http://localhost:3000/x?y",
            "https:example.com",
            "mailto:x",
            "http://[::1]:80/",
            "ws://user:pass@host",
        ] {
            assert!(is_url(text), "{text}");
        }
        for text in [
            "",
            "example.com",
            "https://",
            "http://:80",
            "http://a b",
            "//x",
            "http://x:y",
        ] {
            assert!(!is_url(text), "{text}");
        }
    }
}
