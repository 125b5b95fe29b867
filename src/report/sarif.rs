//! SARIF 2.1.0, for code scanning.
//!
//! Only what viewers use: rules with their documentation, results with places, related places,
//! fingerprints and fixes, and what could not be read as notifications of the run.

use super::finding::{Consequence, Severity};
use super::printable::{Place, Printable, PrintableFinding, PrintableFix};
use super::{Options, documentation_url, fingerprint, json, summary};
use crate::rules::RuleInfo;
use crate::rules::registry;
use serde_json::{Value, json};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name of our fingerprint; its version changes when what goes into it does.
const FINGERPRINT: &str = "openclawCheck/v1";

/// The rule that stands for values which could not be checked.
const UNRESOLVED: &str = "unresolved";

pub(super) fn render(printable: &Printable<'_>, options: &Options) -> String {
    let mut rules = Rules::all();
    let mut fingerprints = fingerprint::Fingerprints::default();
    let mut results: Vec<Value> = printable
        .findings
        .iter()
        .map(|finding| result(printable, finding, &mut rules, &mut fingerprints))
        .collect();
    let mut notifications: Vec<Value> = printable
        .errors
        .iter()
        .map(|failure| {
            json!({
                "level": "error",
                "message": { "text": format!("{}: {}", failure.path, failure.message) },
            })
        })
        .collect();
    // What could not be checked is a result where it counts as an error; else the run says so, and no alert is made.
    for value in &printable.unresolved {
        let text = format!("{} could not be checked: {}", value.path, value.reason);
        let file = value.place.as_ref().map_or("", |place| place.file.as_str());
        let location = match (&value.place, printable.fallback_file()) {
            (Some(place), _) => Some(physical(printable, place)),
            (None, Some(file)) => Some(json!({ "artifactLocation": artifact(&file) })),
            (None, None) => None,
        };
        let mut entry = json!({ "message": { "text": text } });
        if let Some(location) = location {
            entry["locations"] = json!([{ "physicalLocation": location }]);
        }
        if options.strict {
            entry["ruleId"] = json!(UNRESOLVED);
            entry["ruleIndex"] = json!(rules.index(UNRESOLVED));
            entry["level"] = json!(level(Severity::Error));
            entry["partialFingerprints"] = json!({ FINGERPRINT: fingerprints.of(&[UNRESOLVED, file, &value.path, &value.reason]) });
            results.push(entry);
        } else if options.min_severity == Severity::Note {
            entry["level"] = json!(level(Severity::Note));
            notifications.push(entry);
        }
    }
    json::to_text(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "openclaw-check",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.rules,
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the source tree." } } },
            "invocations": [{
                "executionSuccessful": printable.errors.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
            "properties": {
                "assumptions": summary::releases(printable),
                "summary": summary::verdict(printable, options),
            },
        }],
    }))
}

fn result(
    printable: &Printable<'_>,
    finding: &PrintableFinding,
    rules: &mut Rules,
    fingerprints: &mut fingerprint::Fingerprints,
) -> Value {
    let mut text = finding.message.clone();
    text.push('\n');
    text.push_str(summary::consequence_sentence(finding.consequence));
    if let Some(help) = &finding.help {
        text.push('\n');
        text.push_str(help);
    }
    let mut entry = json!({
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": level(finding.severity),
        "message": { "text": text },
        "partialFingerprints": { FINGERPRINT: fingerprints.of_finding(printable, finding) },
        "properties": {
            "consequence": summary::consequence_id(finding.consequence),
            "configurations": finding.configurations,
            "instances": finding.instances,
        },
    });
    let mut location = json!({});
    if let Some(place) = &finding.place {
        location["physicalLocation"] = physical(printable, place);
    } else if let Some(file) = printable.fallback_file() {
        // Code scanning refuses results without a file.
        location["physicalLocation"] = json!({ "artifactLocation": artifact(&file) });
    }
    if let Some(path) = &finding.path {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": path, "kind": "member" }]);
    }
    if location
        .as_object()
        .is_some_and(|object| !object.is_empty())
    {
        entry["locations"] = json!([location]);
    }
    if !finding.related.is_empty() {
        let related: Vec<Value> = finding
            .related
            .iter()
            .enumerate()
            .map(|(index, related)| {
                json!({
                    "id": index,
                    "physicalLocation": physical(printable, &related.place),
                    "message": { "text": related.message },
                })
            })
            .collect();
        entry["relatedLocations"] = json!(related);
    }
    if let Some(fix) = &finding.fix {
        entry["fixes"] = json!([sarif_fix(printable, fix)]);
    }
    entry
}

fn sarif_fix(printable: &Printable<'_>, fix: &PrintableFix) -> Value {
    let mut changes: Vec<(&str, Vec<Value>)> = Vec::new();
    for edit in &fix.edits {
        let replacement = json!({
            "deletedRegion": region(printable, &edit.place),
            "insertedContent": { "text": edit.text },
        });
        match changes
            .iter_mut()
            .find(|(file, _)| *file == edit.place.file)
        {
            Some((_, replacements)) => replacements.push(replacement),
            None => changes.push((&edit.place.file, vec![replacement])),
        }
    }
    let changes: Vec<Value> = changes
        .into_iter()
        .map(|(file, replacements)| json!({ "artifactLocation": artifact(file), "replacements": replacements }))
        .collect();
    json!({ "description": { "text": fix.title }, "artifactChanges": changes })
}

fn level(severity: Severity) -> &'static str {
    summary::severity(severity)
}

fn physical(printable: &Printable<'_>, place: &Place) -> Value {
    json!({ "artifactLocation": artifact(&place.file), "region": region(printable, place) })
}

/// Columns in characters, as `columnKind` says.
fn region(printable: &Printable<'_>, place: &Place) -> Value {
    let (start_column, end_column) = printable.character_columns(place);
    json!({
        "startLine": place.start.line,
        "startColumn": start_column,
        "endLine": place.end.line,
        "endColumn": end_column,
    })
}

fn artifact(file: &str) -> Value {
    if file.starts_with('/') {
        json!({ "uri": format!("file://{}", percent_encode(file)) })
    } else {
        json!({ "uri": percent_encode(file), "uriBaseId": "SRCROOT" })
    }
}

/// A path as part of a URI; `/` stays.
fn percent_encode(path: &str) -> String {
    let mut result = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                result.push(byte as char);
            }
            other => result.push_str(&format!("%{other:02X}")),
        }
    }
    result
}

/// The list of rules, which results refer to by index.
struct Rules {
    rules: Vec<Value>,
    ids: Vec<&'static str>,
}

impl Rules {
    fn all() -> Self {
        let mut rules = Rules {
            rules: Vec::new(),
            ids: Vec::new(),
        };
        for rule in registry::RULES {
            rules.add(rule.info.id, Some(rule.info));
        }
        if !rules.ids.contains(&UNRESOLVED) {
            rules.add(UNRESOLVED, None);
        }
        rules
    }

    fn add(&mut self, id: &'static str, info: Option<&RuleInfo>) {
        let (summary, explanation, default) = match info {
            Some(info) => (info.summary, info.explanation, info.consequence),
            None if id == UNRESOLVED => (
                "a value could not be checked",
                "The sources do not determine this value, so nothing can be said about it.",
                Consequence::Advice,
            ),
            None => (id, id, Consequence::Advice),
        };
        self.rules.push(json!({
            "id": id,
            "name": pascal_case(id),
            "shortDescription": { "text": summary },
            "fullDescription": { "text": explanation },
            "helpUri": documentation_url(id),
            "help": { "text": explanation, "markdown": explanation },
            "defaultConfiguration": { "level": level(default.default_severity()) },
        }));
        self.ids.push(id);
    }

    /// The index of a rule; one that is not in the registry is added.
    fn index(&mut self, id: &'static str) -> usize {
        match self.ids.iter().position(|known| *known == id) {
            Some(index) => index,
            None => {
                self.add(id, None);
                self.ids.len() - 1
            }
        }
    }
}

/// `unknown-model` as `UnknownModel`.
fn pascal_case(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let mut characters = word.chars();
            match characters.next() {
                Some(first) => first.to_ascii_uppercase().to_string() + characters.as_str(),
                None => String::new(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(percent_encode("a b/ü#?.nix"), "a%20b/%C3%BC%23%3F.nix");
        assert_eq!(artifact("/etc/x")["uri"], "file:///etc/x");
        assert_eq!(artifact("home.nix")["uriBaseId"], "SRCROOT");
    }

    #[test]
    fn rule_names_are_pascal_case() {
        assert_eq!(pascal_case("unknown-model"), "UnknownModel");
    }
}
