//! Values of a configuration that are not known and that no rule has spoken of: what the release would say of them is open, and so
//! they are counted.

use super::{Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::{ConfigPath, Segment};
use crate::openclaw::tree::{Kind, Unknown, Value};
use crate::releases::{Kind as Demand, Node as Accepted, Schema};
use crate::report::finding::Unresolved;
use std::collections::HashSet;

/// Notes the values of an instance that are not known, apart from those of which the rules told something, as a finding from the entry
/// `finding` on or as unresolved from the entry `unresolved` on, and from texts in places that take any text.
pub fn note(
    subject: Subject<'_>,
    instance: &Instance,
    (finding, unresolved): (usize, usize),
    sink: &mut Sink,
) {
    let Some(schema) = subject.release.schema() else {
        return;
    };
    let told = sink.findings[finding..]
        .iter()
        .filter_map(|finding| finding.path.clone());
    let noted: HashSet<String> = sink.unresolved[unresolved..]
        .iter()
        .map(|unresolved| unresolved.path.clone())
        .chain(told)
        .collect();
    instance.config.walk(&mut |path, node| {
        let unknown = match &node.value {
            Value::Unknown(unknown) => unknown,
            _ => return,
        };
        if is_noted(path, &noted) || takes_it(schema, path, unknown) {
            return;
        }
        sink.unresolved.push(Unresolved {
            path: path.to_string(),
            reason: unknown.reason.clone(),
            span: unknown.span.or(node.place.primary()),
            configurations: Vec::new(),
        });
    });
}

/// Whether something is noted of a place, or of one above it.
fn is_noted(path: &ConfigPath, noted: &HashSet<String>) -> bool {
    if noted.is_empty() {
        return false;
    }
    let mut above = Some(path.clone());
    while let Some(path) = above {
        if noted.contains(&path.to_string()) {
            return true;
        }
        above = path.parent();
    }
    false
}

/// Whether the release takes a value whatever it is, as far as it is known.
fn takes_it(schema: Schema, path: &ConfigPath, unknown: &Unknown) -> bool {
    let names: Vec<String> = path
        .0
        .iter()
        .map(|segment| match segment {
            Segment::Key(key) => key.clone(),
            Segment::Index(index) => index.to_string(),
        })
        .collect();
    let is_text = matches!(
        unknown.kind,
        Some(
            Kind::String
                | Kind::Path
                | Kind::SecretPath
                | Kind::FileContent
                | Kind::StorePath
                | Kind::Secret
        )
    );
    schema
        .at(names.iter().map(String::as_str))
        .into_iter()
        .any(|accepted| takes(accepted, is_text))
}

fn takes(accepted: Accepted, is_text: bool) -> bool {
    match accepted.kind() {
        Demand::Any => true,
        Demand::Text(rules) => {
            is_text
                && rules.pattern().is_none()
                && rules.format().is_none()
                && rules.maximum_length().is_none()
        }
        _ => false,
    }
}
