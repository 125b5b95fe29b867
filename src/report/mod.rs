//! What was found, and how it is printed.
//!
//! [`printable::Printable`] is made from a [`finding::Report`] once: every text in it is harmless and free of secrets.
//! The formats see only that, so none of them can forget.

mod concise;
pub mod diff;
pub mod finding;
mod fingerprint;
mod github;
mod gitlab;
mod human;
pub mod json;
mod markdown;
pub mod merge;
mod printable;
pub mod redact;
pub mod sanitize;
mod sarif;
mod snippet;
mod style;
pub(crate) mod summary;
pub mod suppression;
#[cfg(test)]
mod tests;
pub mod verdict;
pub mod wrap;
mod written_secrets;

use crate::workspace::source::Sources;
use finding::{Report, Severity};

/// Where the rules are explained; `#` and a rule's id follow.
pub const RULES_DOCUMENTATION: &str =
    concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rules.md");

/// The page that explains a rule.
pub fn documentation_url(rule: &str) -> String {
    format!("{RULES_DOCUMENTATION}#{rule}")
}

/// How a report is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// For people: code frames.
    #[default]
    Human,
    /// One line per finding.
    Concise,
    /// The JSON of version 1.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations in a GitHub workflow's log.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// A job summary in Markdown.
    Markdown,
}

/// Choices on how a report is printed; none changes what was found.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The format.
    pub format: Format,
    /// Whether to colour (`human` and `concise` only).
    pub color: bool,
    /// Columns of the terminal, for wrapping in `human`.
    pub width: usize,
    /// Findings below it are not shown.
    pub min_severity: Severity,
    /// Only findings and errors: no summary, no assumptions, no list of what could not be checked
    /// (`human`, `concise` and `markdown`).
    pub quiet: bool,
    /// What could not be checked is shown as an error.
    pub strict: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            format: Format::Human,
            color: false,
            width: 100,
            min_severity: Severity::Note,
            quiet: false,
            strict: false,
        }
    }
}

/// Prints a report as text that ends with a line break, or is empty where there is nothing to say.
pub fn render(report: &Report, sources: &Sources, options: &Options) -> String {
    let printable = printable::Printable::new(report, sources, options);
    match options.format {
        Format::Human => human::render(&printable, options),
        Format::Concise => concise::render(&printable, options),
        Format::Json => json::render(&printable),
        Format::Sarif => sarif::render(&printable, options),
        Format::Github => github::render(&printable, options),
        Format::Gitlab => gitlab::render(&printable, options),
        Format::Markdown => markdown::render(&printable, options),
    }
}
