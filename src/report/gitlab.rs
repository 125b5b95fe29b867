//! GitLab's code quality report.

use super::finding::Severity;
use super::printable::{Place, Printable};
use super::{Options, fingerprint, json};
use serde::Serialize;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn render(printable: &Printable<'_>, options: &Options) -> String {
    let mut fingerprints = fingerprint::Fingerprints::default();
    let fallback = printable
        .fallback_file()
        .unwrap_or_else(|| "flake.nix".to_string());
    let mut issues = Vec::new();
    for finding in &printable.findings {
        let mut description = finding.message.clone();
        if let Some(help) = &finding.help {
            description.push_str(&format!("\n{help}"));
        }
        issues.push(Issue {
            description,
            check_name: finding.rule.to_string(),
            fingerprint: fingerprints.of_finding(printable, finding),
            severity: severity(finding.severity),
            location: location(finding.place.as_ref(), &fallback),
        });
    }
    let unresolved = if options.strict {
        Severity::Error
    } else {
        Severity::Note
    };
    if unresolved >= options.min_severity {
        for value in &printable.unresolved {
            let file = value.place.as_ref().map_or("", |place| place.file.as_str());
            issues.push(Issue {
                description: format!("{} could not be checked: {}", value.path, value.reason),
                check_name: "unresolved".to_string(),
                fingerprint: fingerprints.of(&["unresolved", file, &value.path, &value.reason]),
                severity: severity(unresolved),
                location: location(value.place.as_ref(), &fallback),
            });
        }
    }
    for failure in &printable.errors {
        issues.push(Issue {
            description: failure.message.clone(),
            check_name: "unreadable".to_string(),
            fingerprint: fingerprints.of(&["unreadable", &failure.path, &failure.message]),
            severity: "blocker",
            location: location(None, &failure.path),
        });
    }
    json::to_text(&issues)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Note => "info",
    }
}

/// GitLab shows nothing without a place; what has none stands at the first line of `fallback`.
fn location(place: Option<&Place>, fallback: &str) -> Location {
    match place {
        Some(place) => Location {
            path: place.file.clone(),
            lines: Lines {
                begin: place.start.line,
                end: place.end.line,
            },
        },
        None => Location {
            path: fallback.to_string(),
            lines: Lines { begin: 1, end: 1 },
        },
    }
}
