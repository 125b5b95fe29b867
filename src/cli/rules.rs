//! `rules`: all rules with one line each.

use super::arguments::{ListFormat, RulesArguments};
use super::{exit_code, output};
use crate::report::{documentation_url, json};
use crate::rules::registry;
use serde::Serialize;

#[derive(Serialize)]
struct Document {
    version: u32,
    rules: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: &'static str,
    summary: &'static str,
    consequence: crate::report::finding::Consequence,
    severity: crate::report::finding::Severity,
    documentation: String,
}

pub fn run(arguments: &RulesArguments) -> u8 {
    let text = match arguments.format {
        ListFormat::Human => list(),
        ListFormat::Json => json::to_text(&Document {
            version: 1,
            rules: registry::RULES
                .iter()
                .map(|rule| Entry {
                    id: rule.info.id,
                    summary: rule.info.summary,
                    consequence: rule.info.consequence,
                    severity: rule.info.consequence.default_severity(),
                    documentation: documentation_url(rule.info.id),
                })
                .collect(),
        }),
    };
    output::print(&text, exit_code::CLEAN)
}

fn list() -> String {
    let widest = registry::RULES
        .iter()
        .map(|rule| rule.info.id.len())
        .max()
        .unwrap_or(0);
    registry::RULES
        .iter()
        .map(|rule| format!("{:widest$}  {}\n", rule.info.id, rule.info.summary))
        .collect()
}
