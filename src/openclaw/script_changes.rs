//! What scripts do to a rendered configuration before OpenClaw reads it: they put secrets in the place of markers, and merge it with
//! another file.

use super::tree::{Kind, List, Node, Object, TextPart, Unknown, Value};
use super::updates::opened_below;
use std::rc::Rc;

/// So many bytes before a marker may be of the command that replaces it: a line of nothing but markers would be read anew for each.
const LONGEST_COMMAND: usize = 1_000;

/// Stands for what is not known of a script.
const GAP: char = '\0';

/// Texts of scripts that replace or merge something, in what surrounds a configuration.
pub(super) fn scripts<'a>(nodes: impl Iterator<Item = &'a Rc<Node>>) -> Vec<String> {
    let mut found = Vec::new();
    for node in nodes {
        node.walk(&mut |_, node| {
            let Value::Text(text) = &node.value else {
                return;
            };
            let pieces = text.parts.iter().map(|part| match part {
                TextPart::Known { text, .. } => text.as_str(),
                TextPart::Unknown(_) => "\0",
            });
            let text: String = pieces.collect();
            let changes = ["sed", "jq", "replace", "gsub"];
            if changes.iter().any(|word| text.contains(word)) {
                found.push(text);
            }
        });
    }
    found
}

/// The configuration as far as it stays what it is: a marker that a script replaces becomes unknown, and where a script merges it
/// with another file, each of its sets may have further entries.
pub(super) fn applied(scripts: &[String], config: Rc<Node>) -> Rc<Node> {
    if scripts.is_empty() {
        return config;
    }
    let is_merged = compact(&config).is_some_and(|json| {
        scripts
            .iter()
            .any(|script| merges(script) && script.contains(&json))
    });
    let config = without_markers(scripts, &config);
    if !is_merged {
        return config;
    }
    let reason = "a script merges it with another file".into();
    let unknown = Unknown {
        subject: None,
        kind: None,
        reason,
        span: config.place.primary(),
    };
    opened_below(&config, &unknown)
}

fn without_markers(scripts: &[String], node: &Rc<Node>) -> Rc<Node> {
    let changed = |value| {
        Rc::new(Node {
            value,
            ..(**node).clone()
        })
    };
    match &node.value {
        Value::Object(Object { entries, open }) => changed(Value::Object(Object {
            entries: entries
                .iter()
                .map(|(key, child)| (key.clone(), without_markers(scripts, child)))
                .collect(),
            open: open.clone(),
        })),
        Value::List(List { items, open }) => changed(Value::List(List {
            items: items
                .iter()
                .map(|item| without_markers(scripts, item))
                .collect(),
            open: open.clone(),
        })),
        Value::Text(text) => match text.known() {
            Some(text)
                if is_marker(&text) && scripts.iter().any(|script| replaces(script, &text)) =>
            {
                changed(Value::Unknown(Unknown {
                    subject: None,
                    kind: Some(Kind::String),
                    reason: format!("a script puts something else in the place of `{text}`"),
                    span: node.place.primary(),
                }))
            }
            _ => Rc::clone(node),
        },
        _ => Rc::clone(node),
    }
}

/// Whether a text can be a marker at all: one word of some length.
fn is_marker(text: &str) -> bool {
    (4..=100).contains(&text.len()) && !text.contains(|c: char| c.is_whitespace() || c == GAP)
}

/// Whether a script puts something in the place of a marker: `s|MARKER|...|` of sed, `${text//MARKER/...}` of bash, or a word behind
/// the name of a program or an option that replaces.
fn replaces(script: &str, marker: &str) -> bool {
    const COMMANDS: [&str; 4] = ["replace-secret", "--replace", "--subst-var-by", "gsub("];
    const QUOTES: [char; 3] = ['"', '\'', '\\'];
    const SIGNS: [char; 8] = ['|', '/', '#', ',', '@', '!', ':', '~'];
    // The `s` of sed, and not the end of a word.
    let is_sed = |command: &str| {
        command
            .strip_suffix('s')
            .is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    script.match_indices(marker).any(|(at, _)| {
        let before = script[..at].trim_end_matches(QUOTES);
        let after = script[at + marker.len()..].trim_start_matches(QUOTES);
        let is_enclosed = SIGNS.iter().any(|sign| {
            after.starts_with(*sign)
                && before.strip_suffix(*sign).is_some_and(|command| {
                    is_sed(command) || *sign == '/' && command.ends_with('/')
                })
        });
        let mut start = before.len().saturating_sub(LONGEST_COMMAND);
        while !before.is_char_boundary(start) {
            start += 1;
        }
        let line = before[start..].rsplit('\n').next().unwrap_or_default();
        let follows_command = COMMANDS.iter().any(|command| {
            line.rfind(command)
                .is_some_and(|start| line[start..].split_whitespace().count() <= 2)
        });
        is_enclosed || follows_command
    })
}

/// Whether a script merges JSON files: `jq -s '.[0] * .[1]'`.
fn merges(script: &str) -> bool {
    const READING_ALL: [&str; 5] = [" -s", "--slurp", " -n", "--slurpfile", "--argfile"];
    script.split('\n').any(|line| {
        line.split_once("jq").is_some_and(|(_, command)| {
            command.contains(" * ") && READING_ALL.iter().any(|option| command.contains(option))
        })
    })
}

/// The text that `toJSON` makes of a node, if all of it is known.
fn compact(node: &Node) -> Option<String> {
    let mut text = String::new();
    write(node, &mut text)?;
    Some(text)
}

fn write(node: &Node, text: &mut String) -> Option<()> {
    let quoted = |word: &str| serde_json::to_string(word).ok();
    match &node.value {
        Value::Null => text.push_str("null"),
        Value::Boolean(value) => text.push_str(&value.to_string()),
        Value::Integer(value) => text.push_str(&value.to_string()),
        Value::Text(value) => text.push_str(&quoted(&value.known()?)?),
        Value::List(list) if list.open.is_none() => {
            text.push('[');
            for (index, item) in list.items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Object(object) if object.open.is_none() => {
            text.push('{');
            for (index, (key, child)) in object.entries.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&quoted(key)?);
                text.push(':');
                write(child, text)?;
            }
            text.push('}');
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing;

    #[test]
    fn what_replaces_a_marker() {
        for script in [
            "sed \"s|__TOKEN__|$token|g\"",
            "sed -i 's/__TOKEN__/x/' f",
            "sed 's#\"__TOKEN__\"#x#'",
            "text=${text//__TOKEN__/$token}",
            "replace-secret '__TOKEN__' /run/secrets/x f",
            "substituteInPlace f --replace-fail __TOKEN__ x",
        ] {
            assert!(replaces(script, "__TOKEN__"), "{script}");
        }
        for script in [
            "printf '{\"token\":\"__TOKEN__\"}'",
            "sed 's|__OTHER__|x|' # __TOKEN__",
            "echo __TOKEN__",
            "jq '.accounts.__TOKEN__.token = $t'",
            "users:__TOKEN__:x",
        ] {
            assert!(!replaces(script, "__TOKEN__"), "{script}");
        }
    }

    #[test]
    fn a_merged_part_is_open_and_its_markers_are_unknown() {
        let config = testing::node(&serde_json::json!({
            "channels": {"telegram": {"botToken": "__TOKEN__", "name": "__NAME__"}},
            "gateway": {"port": 1}
        }));
        let json = compact(&config).expect("all of it is known");
        let script = format!(
            "patch=$(printf '%s' '{json}' | sed \"s|__TOKEN__|$t|\")\n\0/bin/jq -s '.[0] * .[1]' f - <<< \"$patch\""
        );
        let changed = applied(&[script], Rc::clone(&config));
        let telegram = changed.at_keys("channels.telegram").expect("it is there");
        assert!(matches!(
            telegram.get("botToken").map(|node| &node.value),
            Some(Value::Unknown(_))
        ));
        assert!(
            telegram
                .get("name")
                .is_some_and(|node| node.as_str().is_some())
        );
        assert!(
            changed
                .get("gateway")
                .and_then(|node| node.as_object())
                .is_some_and(|object| object.open.is_some())
        );
        let unrelated = applied(&["jq -s '.[0] * .[1]' a b".to_string()], config);
        assert!(
            unrelated
                .as_object()
                .is_some_and(|object| object.open.is_none())
        );
    }
}
