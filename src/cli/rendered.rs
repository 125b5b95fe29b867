//! A configuration tree as text: JSON with comments for people, JSON with markers for programs. Secrets are
//! left out of both.

use crate::openclaw::credentials;
use crate::openclaw::tree::{List, Node, Object, PathLiteral, Text, Unknown, Value};
use crate::report::redact::{REDACTED, Redactor};
use crate::report::sanitize;
use crate::workspace::source::{Sources, Span};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

/// Writes trees.
pub struct Renderer<'r> {
    sources: &'r Sources,
    redactor: &'r Redactor<'r>,
    /// Nodes that hold a secret, by address.
    secrets: HashSet<*const Node>,
}

impl<'r> Renderer<'r> {
    /// A renderer for `config`; what is literally written in its credential fields is not shown.
    pub fn new(config: &Node, sources: &'r Sources, redactor: &'r Redactor<'r>) -> Self {
        let mut secrets = HashSet::new();
        credentials::visit(config, &mut |field| {
            let is_partly_known = field
                .node()
                .as_text()
                .is_some_and(|text| text.known().is_none() && !text.known_prefix().is_empty());
            if field.role.is_secret() && is_partly_known
                || !credentials::hidden_texts(field.role, field.steps, field.node()).is_empty()
            {
                secrets.insert(std::ptr::from_ref(field.node()));
            }
        });
        Renderer {
            sources,
            redactor,
            secrets,
        }
    }

    // JSON

    /// The tree as JSON. `{"$unknown": reason}` stands for what is not known; a string that is partly known
    /// has its known parts beside it, and a set or list that may hold more the reason in place of the rest.
    pub fn json(&self, node: &Node) -> Json {
        if self.secrets.contains(&std::ptr::from_ref(node)) {
            return json!({ "$secret": true });
        }
        match &node.value {
            Value::Null => Json::Null,
            Value::Boolean(boolean) => json!(boolean),
            Value::Integer(integer) => json!(integer),
            Value::Float(float) => json!(float),
            Value::Text(text) => match (text.known(), text.unknown()) {
                (None, Some(unknown)) => {
                    let mut marker = self.json_unknown(unknown);
                    let known = self.redactor.text(&text.display());
                    if known != "…" {
                        marker["$text"] = Json::String(known);
                    }
                    marker
                }
                (known, _) => Json::String(self.redactor.text(&known.unwrap_or_default())),
            },
            Value::Path(path) => json!({ "$path": self.redactor.text(shown_path(path)) }),
            Value::List(list) => {
                let mut items: Vec<Json> = list.items.iter().map(|item| self.json(item)).collect();
                items.extend(list.open.iter().map(|open| self.json_unknown(open)));
                Json::Array(items)
            }
            Value::Object(object) => {
                let mut map = Map::new();
                for (key, value) in &object.entries {
                    map.insert(self.redactor.text(key), self.json(value));
                }
                if let Some(open) = &object.open {
                    map.insert(
                        "$unknown".to_string(),
                        Json::String(self.clean(&open.reason)),
                    );
                }
                Json::Object(map)
            }
            Value::Unknown(unknown) => self.json_unknown(unknown),
            Value::Choice(condition, then, otherwise) => {
                let branch = |node: &Option<std::rc::Rc<Node>>| {
                    node.as_ref().map_or(Json::Null, |node| self.json(node))
                };
                json!({
                    "$if": self.clean(&condition.text),
                    "then": branch(then),
                    "else": branch(otherwise),
                })
            }
            Value::Failed(problem) => json!({ "$error": self.clean(&problem.message) }),
        }
    }

    fn json_unknown(&self, unknown: &Unknown) -> Json {
        json!({ "$unknown": self.clean(&unknown.reason) })
    }

    // For people

    /// The tree as JSON with comments.
    pub fn text(&self, node: &Node) -> String {
        let mut text = String::new();
        self.write(node, 0, &mut text);
        text
    }

    fn write(&self, node: &Node, indent: usize, text: &mut String) {
        if self.secrets.contains(&std::ptr::from_ref(node)) {
            text.push_str(&format!("\"{REDACTED}\""));
            return;
        }
        match &node.value {
            Value::Null => text.push_str("null"),
            Value::Boolean(boolean) => text.push_str(&boolean.to_string()),
            Value::Integer(integer) => text.push_str(&integer.to_string()),
            Value::Float(float) => text.push_str(&json!(float).to_string()),
            Value::Text(value) => self.write_text(value, text),
            Value::Path(path) => {
                let shown = self.redactor.text(shown_path(path));
                text.push_str(&format!("{} /* as a store path */", quoted(&shown)));
            }
            Value::List(list) => self.write_list(list, indent, text),
            Value::Object(object) => self.write_object(object, indent, text),
            Value::Unknown(unknown) => text.push_str(&self.comment(unknown)),
            Value::Choice(condition, then, otherwise) => {
                let condition = self.clean(&condition.text);
                text.push_str(&format!("/* if {condition}: */ "));
                self.write_branch(then.as_deref(), indent, text);
                text.push_str(" /* otherwise: */ ");
                self.write_branch(otherwise.as_deref(), indent, text);
            }
            Value::Failed(problem) => {
                text.push_str(&format!(
                    "/* Nix fails: {} */",
                    self.clean(&problem.message)
                ));
            }
        }
    }

    fn write_branch(&self, node: Option<&Node>, indent: usize, text: &mut String) {
        match node {
            Some(node) => self.write(node, indent, text),
            None => text.push_str("/* nothing */"),
        }
    }

    fn write_text(&self, value: &Text, text: &mut String) {
        match (value.known(), value.unknown()) {
            (None, Some(unknown)) => {
                let shown = self.redactor.text(&value.display());
                if shown != "…" {
                    text.push_str(&quoted(&shown));
                    text.push(' ');
                }
                text.push_str(&self.comment(unknown));
            }
            (known, _) => {
                let known = known.unwrap_or_default();
                text.push_str(&quoted(&self.redactor.text(&known)));
            }
        }
    }

    fn write_list(&self, list: &List, indent: usize, text: &mut String) {
        if list.items.is_empty() && list.open.is_none() {
            text.push_str("[]");
            return;
        }
        text.push_str("[\n");
        let count = list.items.len();
        for (index, item) in list.items.iter().enumerate() {
            text.push_str(&"  ".repeat(indent + 1));
            self.write(item, indent + 1, text);
            text.push_str(if index + 1 < count { ",\n" } else { "\n" });
        }
        self.write_open(list.open.as_ref(), indent + 1, text);
        text.push_str(&"  ".repeat(indent));
        text.push(']');
    }

    fn write_object(&self, object: &Object, indent: usize, text: &mut String) {
        if object.entries.is_empty() && object.open.is_none() {
            text.push_str("{}");
            return;
        }
        text.push_str("{\n");
        let count = object.entries.len();
        for (index, (key, value)) in object.entries.iter().enumerate() {
            text.push_str(&"  ".repeat(indent + 1));
            text.push_str(&quoted(&self.redactor.text(key)));
            text.push_str(": ");
            self.write(value, indent + 1, text);
            text.push_str(if index + 1 < count { ",\n" } else { "\n" });
        }
        self.write_open(object.open.as_ref(), indent + 1, text);
        text.push_str(&"  ".repeat(indent));
        text.push('}');
    }

    fn write_open(&self, open: Option<&Unknown>, indent: usize, text: &mut String) {
        if let Some(open) = open {
            text.push_str(&"  ".repeat(indent));
            let reason = self.clean(&open.reason);
            let place = self.place(open.span);
            text.push_str(&format!("/* there may be more: {reason}{place} */\n"));
        }
    }

    fn comment(&self, unknown: &Unknown) -> String {
        let reason = self.clean(&unknown.reason);
        format!("/* unknown: {reason}{} */", self.place(unknown.span))
    }

    /// ` (home.nix:12:17)`.
    fn place(&self, span: Option<Span>) -> String {
        let Some(span) = span.filter(|span| (span.file.0 as usize) < self.sources.len()) else {
            return String::new();
        };
        let file = self.sources.get(span.file);
        let position = file.position(span.start);
        let path = self.clean(&file.path);
        format!(" ({path}:{}:{})", position.line, position.column)
    }

    /// A text that may stand in a comment.
    fn clean(&self, text: &str) -> String {
        sanitize::line(&self.redactor.text(text)).replace("*/", "*\\/")
    }
}

/// A path as its author wrote it, else where it lies.
fn shown_path(path: &PathLiteral) -> &str {
    if path.written.is_empty() {
        &path.absolute
    } else {
        &path.written
    }
}

/// A JSON string without anything that a terminal acts on.
fn quoted(text: &str) -> String {
    let json = Json::String(text.to_string()).to_string();
    json.chars()
        .map(|character| {
            if sanitize::is_unsafe(character) {
                let mut units = [0; 2];
                character
                    .encode_utf16(&mut units)
                    .iter()
                    .map(|unit| format!("\\u{unit:04x}"))
                    .collect()
            } else {
                character.to_string()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing::node;
    use crate::openclaw::tree::{Place, TextPart};

    fn text(config: &Node) -> String {
        let sources = Sources::new();
        let redactor = Redactor::new(&sources, &[]);
        Renderer::new(config, &sources, &redactor).text(config)
    }

    fn as_json(config: &Node) -> Json {
        let sources = Sources::new();
        let redactor = Redactor::new(&sources, &[]);
        Renderer::new(config, &sources, &redactor).json(config)
    }

    #[test]
    fn a_known_tree_is_json() {
        let value = json!({"a": [1, true, null, "x\n"], "b": {}, "c": [], "d": 1.5});
        let config = node(&value);
        let read: Json = serde_json::from_str(&text(&config)).expect("valid JSON");
        assert_eq!(read, value);
        assert_eq!(as_json(&config), value);
    }

    #[test]
    fn what_is_unknown_is_marked() {
        let config = node(&json!({"gateway": {"port": {"$unknown": "argument */ `port`"}}}));
        assert!(text(&config).contains("\"port\": /* unknown: argument *\\/ `port` */"));
        assert_eq!(
            as_json(&config),
            json!({"gateway": {"port": {"$unknown": "argument *\\/ `port`"}}})
        );
    }

    #[test]
    fn a_partly_known_text_keeps_what_is_known() {
        let unknown = Unknown {
            subject: None,
            kind: None,
            reason: "an argument".into(),
            span: None,
        };
        let value = Value::Text(Text {
            parts: vec![
                TextPart::Known {
                    text: "kimi/".into(),
                    span: None,
                },
                TextPart::Unknown(unknown),
            ],
        });
        let config = Node::new(value, Place::default());
        assert_eq!(text(&config), "\"kimi/…\" /* unknown: an argument */");
        assert_eq!(
            as_json(&config),
            json!({"$unknown": "an argument", "$text": "kimi/…"})
        );
    }

    #[test]
    fn a_literal_in_a_credential_field_is_not_shown_and_a_placeholder_is() {
        let config = node(&json!({"models": {"providers": {
            "kimi": {"apiKey": "${KIMI_API_KEY}"},
            "mine": {"apiKey": "correct-horse-battery"}
        }}}));
        for shown in [text(&config), as_json(&config).to_string()] {
            assert!(shown.contains("${KIMI_API_KEY}"), "{shown}");
            assert!(!shown.contains("horse"), "{shown}");
        }
    }
}
