//! Small helpers with which tests of rules make trees and configurations.

use super::configuration::{Configuration, Instance, Language, Reach, Source};
use super::tree::{List, Node, Object, Place, Unknown, Value};
use std::rc::Rc;

/// The tree of a JSON value, without places. An object with the single key `$unknown` and a text becomes a
/// value that is not known, with that text as the reason.
///
/// ```
/// use openclaw_check::openclaw::testing::node;
/// let tree = node(&serde_json::json!({"gateway": {"port": 18789, "mode": {"$unknown": "an argument"}}}));
/// assert_eq!(tree.at_keys("gateway.port").unwrap().as_integer(), Some(18789));
/// assert!(tree.at_keys("gateway.mode").unwrap().as_unknown().is_some());
/// ```
pub fn node(json: &serde_json::Value) -> Rc<Node> {
    use serde_json::Value as Json;
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(boolean) => Value::Boolean(*boolean),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => return Node::text(text.clone(), None),
        Json::Array(items) => Value::List(List {
            items: items.iter().map(node).collect(),
            open: None,
        }),
        Json::Object(entries) => match entries.get("$unknown") {
            Some(Json::String(reason)) if entries.len() == 1 => Value::Unknown(Unknown {
                subject: None,
                kind: None,
                reason: reason.clone(),
                span: None,
            }),
            _ => Value::Object(Object {
                entries: entries
                    .iter()
                    .map(|(key, value)| (key.clone(), node(value)))
                    .collect(),
                open: None,
            }),
        },
    };
    Node::new(value, Place::default())
}

/// One instance named `default` with that configuration, no variables and no known runtime plugins.
pub fn instance(json: &serde_json::Value) -> Instance {
    Instance {
        name: "default".to_string(),
        config: node(json),
        variables: Vec::new(),
        runtime_plugins: None,
    }
}

/// A wholly seen configuration with one instance of that content, as if it came from an openclaw.json.
pub fn configuration(json: &serde_json::Value) -> Configuration {
    Configuration {
        name: "openclaw.json".to_string(),
        source: Source::RenderedFile,
        language: Language::Json,
        reach: Reach::Whole,
        unseen: Vec::new(),
        option_root: String::new(),
        options: None,
        instances: vec![instance(json)],
        documents: Vec::new(),
        span: None,
        problems: Vec::new(),
        assumptions: Vec::new(),
        instance_replaces: false,
        home_directory: None,
    }
}
