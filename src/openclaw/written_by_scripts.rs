//! An openclaw.json that a script writes as it stands: `cat > …/openclaw.json << 'END'`.

use super::configuration::Language;
use super::configuration::Problem;
use super::programs::{is_configuration_file, names_program};
use super::rendered::is_like_configuration;
use super::scripts;
use super::shell::{self, HereDocument};
use super::tree::{Node, Text, Value};
use super::written_json;
use std::rc::Rc;

/// A configuration in a script.
pub(super) struct Written {
    /// Where the script stands: `systemd.services.openclaw`.
    pub(super) shown: String,
    /// The unit whose script it is.
    pub(super) unit: Option<String>,
    /// The configuration, with the places of its values in the script.
    pub(super) root: Rc<Node>,
    /// What is wrong with the text itself.
    pub(super) problems: Vec<Problem>,
    /// In which language it is written.
    pub(super) language: Language,
}

/// The configurations in the scripts that options run.
pub(super) fn find(around: &[(&'static str, Rc<Node>)]) -> Vec<Written> {
    let mut found: Vec<Written> = Vec::new();
    for (option, node) in around
        .iter()
        .filter(|(option, _)| scripts::RUNNING.contains(option))
    {
        let is_of_units = option.ends_with(".services");
        let Some(object) = node.as_object() else {
            continue;
        };
        for (name, entry) in &object.entries {
            let mut look = |text: &Text, node: &Node| {
                for document in documents(text) {
                    let Some(written) = read(&document, node) else {
                        continue;
                    };
                    found.push(Written {
                        shown: format!("{option}.{name}"),
                        unit: is_of_units.then(|| name.clone()),
                        root: written.root,
                        problems: written.problems,
                        language: written.language,
                    });
                }
            };
            texts(entry, &mut look);
            for script in scripts::below(around, entry) {
                texts(script, &mut look);
            }
        }
    }
    found
}

/// Visits the texts of a tree, in any world.
fn texts(node: &Node, visit: &mut dyn FnMut(&Text, &Node)) {
    match &node.value {
        Value::Text(text) => visit(text, node),
        Value::Object(object) => object
            .entries
            .values()
            .for_each(|child| texts(child, visit)),
        Value::List(list) => list.items.iter().for_each(|child| texts(child, visit)),
        Value::Choice(_, then, otherwise) => [then, otherwise]
            .into_iter()
            .flatten()
            .for_each(|branch| texts(branch, visit)),
        _ => {}
    }
}

/// The texts that a script writes, where it can have to do with OpenClaw at all.
fn documents(text: &Text) -> Vec<HereDocument> {
    if !text.contains('<') || !names_program(&text.display()) {
        return Vec::new();
    }
    shell::here_documents(text)
}

/// A text as a configuration, if it is one: by the name of the file that it is written to, or by what it holds.
fn read(document: &HereDocument, node: &Node) -> Option<written_json::Written> {
    if !written_json::is_likely(&document.body) {
        return None;
    }
    let command = document.command.display();
    let mut words =
        command.split(|c: char| c.is_whitespace() || matches!(c, '>' | '"' | '\'' | ';'));
    let is_named = words.any(is_configuration_file);
    let mut place = node.place.clone();
    place.key = None;
    let written = written_json::read(&document.body, &place)?;
    (is_named && written.root.as_object().is_some() || is_like_configuration(&written.root))
        .then_some(written)
}
