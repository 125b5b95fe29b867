//! The line that says how a run went, for every format that is read by people.

use super::Options;
use super::finding::{Consequence, Severity};
use super::printable::{Place, Printable};

/// The word for a severity.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The id of a consequence, as JSON has it.
pub(crate) fn consequence_id(consequence: Consequence) -> &'static str {
    match consequence {
        Consequence::NixRejects => "nix-rejects",
        Consequence::OpenclawRejects => "openclaw-rejects",
        Consequence::GatewayRefuses => "gateway-refuses",
        Consequence::FailsInUse => "fails-in-use",
        Consequence::LeaksSecret => "leaks-secret",
        Consequence::Degrades => "degrades",
        Consequence::Advice => "advice",
    }
}

/// What happens when a finding is left as it is, as a sentence.
pub(crate) fn consequence_sentence(consequence: Consequence) -> &'static str {
    match consequence {
        Consequence::NixRejects => "Nix refuses to evaluate or build this configuration.",
        Consequence::OpenclawRejects => "OpenClaw rejects the whole configuration file as invalid.",
        Consequence::GatewayRefuses => {
            "The configuration file is valid, but the gateway refuses to start with it."
        }
        Consequence::FailsInUse => "Everything starts, and what uses this fails.",
        Consequence::LeaksSecret => "A secret becomes readable by those who should not read it.",
        Consequence::Degrades => "It works, but not as written.",
        Consequence::Advice => "It works as it is.",
    }
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `home.nix:12:17`, harmless.
pub(crate) fn location(place: &Place) -> String {
    format!(
        "{}:{}:{}",
        place.shown_file(),
        place.start.line,
        place.start.column
    )
}

/// `2 errors, 1 warning; 3 values could not be checked`.
pub(crate) fn verdict(printable: &Printable<'_>, options: &Options) -> String {
    let counts = printable.counts;
    let mut parts = Vec::new();
    for (number, one, many) in [
        (counts.errors, "error", "errors"),
        (counts.warnings, "warning", "warnings"),
        (counts.notes, "note", "notes"),
    ] {
        if number > 0 {
            parts.push(count(number, one, many));
        }
    }
    let nothing_checked = printable.checked.files == 0 && !printable.errors.is_empty();
    let mut text = if parts.is_empty() && nothing_checked {
        "nothing was checked".to_string()
    } else if parts.is_empty() {
        "no findings".to_string()
    } else {
        parts.join(", ")
    };
    let hidden = counts.errors + counts.warnings + counts.notes - printable.findings.len();
    if hidden > 0 {
        text.push_str(&format!(" ({hidden} not shown)"));
    }
    let unresolved = printable.unresolved.len().max(printable.checked.unresolved);
    if unresolved > 0 {
        text.push_str(&format!(
            "; {} could not be checked",
            count(unresolved, "value", "values")
        ));
        if options.strict {
            text.push_str(" (an error with --strict)");
        }
    }
    if !printable.errors.is_empty() {
        text.push_str(&format!(
            "; {} could not be read",
            count(printable.errors.len(), "path", "paths")
        ));
    }
    text
}

/// `checked 3 files, 1 configuration, 2 model references, 1 secret, 3 documents`.
pub(crate) fn checked(printable: &Printable<'_>) -> String {
    let checked = printable.checked;
    let mut parts = vec![count(checked.files, "file", "files")];
    for (number, one, many) in [
        (checked.configurations, "configuration", "configurations"),
        (checked.instances, "instance", "instances"),
        (
            checked.model_references,
            "model reference",
            "model references",
        ),
        (checked.secrets, "secret", "secrets"),
        (checked.documents, "document", "documents"),
    ] {
        if number > 0 {
            parts.push(count(number, one, many));
        }
    }
    format!("checked {}", parts.join(", "))
}

/// Which release was assumed for which configurations, and why: one line for each distinct answer.
pub(crate) fn releases(printable: &Printable<'_>) -> Vec<String> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for configuration in &printable.configurations {
        let mut text = format!("OpenClaw {}", configuration.openclaw);
        if !configuration.era.is_empty() {
            text.push_str(&format!(", {} options", configuration.era));
        }
        text.push_str(&format!(" (from: {})", configuration.source));
        match groups.iter_mut().find(|(known, _)| *known == text) {
            // One that sets the options under two names is there twice.
            Some((_, names)) if names.contains(&&*configuration.name) => {}
            Some((_, names)) => names.push(&configuration.name),
            None => groups.push((text, vec![&configuration.name])),
        }
    }
    groups
        .into_iter()
        .map(|(text, names)| {
            let shown = names.len().min(5);
            let mut list = names[..shown].join(", ");
            if names.len() > shown {
                list.push_str(&format!(" and {} more", names.len() - shown));
            }
            format!("{list}: {text}")
        })
        .collect()
}

/// Further assumptions of all configurations, each once.
pub(crate) fn assumptions<'p>(printable: &'p Printable<'_>) -> Vec<&'p str> {
    let mut all: Vec<&str> = Vec::new();
    for assumption in printable
        .configurations
        .iter()
        .flat_map(|configuration| &configuration.assumptions)
    {
        if !all.contains(&assumption.as_str()) {
            all.push(assumption);
        }
    }
    all
}
