//! What a report means for the exit code.

use super::finding::{Report, Severity};

/// How a run ends. The order is that of the exit codes: the highest that applies counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// Nothing that counts.
    Clean,
    /// Findings that count.
    Findings,
    /// Wrong usage, or a settings file that was refused.
    Usage,
    /// Something named or needed could not be read or checked at all.
    Unreadable,
}

/// The verdict of a report. What is shown (`--min-severity`, `--quiet`) does not matter.
pub fn verdict(
    report: &Report,
    strict: bool,
    deny_warnings: bool,
    settings_refused: bool,
) -> Verdict {
    if !report.errors.is_empty() {
        return Verdict::Unreadable;
    }
    if settings_refused {
        return Verdict::Usage;
    }
    let limit = if deny_warnings {
        Severity::Warning
    } else {
        Severity::Error
    };
    let counts = report
        .findings
        .iter()
        .any(|finding| finding.severity >= limit);
    if counts || strict && !report.unresolved.is_empty() {
        return Verdict::Findings;
    }
    Verdict::Clean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::finding::{Consequence, Failure, Finding, Unresolved};

    fn with(consequence: Consequence) -> Report {
        Report {
            findings: vec![Finding::new("rule", consequence, "message")],
            ..Report::default()
        }
    }

    #[test]
    fn only_errors_count_unless_warnings_are_denied() {
        let note = with(Consequence::Advice);
        let warning = with(Consequence::Degrades);
        let error = with(Consequence::FailsInUse);
        assert_eq!(verdict(&note, false, true, false), Verdict::Clean);
        assert_eq!(verdict(&warning, false, false, false), Verdict::Clean);
        assert_eq!(verdict(&warning, false, true, false), Verdict::Findings);
        assert_eq!(verdict(&error, false, false, false), Verdict::Findings);
    }

    #[test]
    fn what_is_unresolved_counts_when_strict() {
        let report = Report {
            unresolved: vec![Unresolved {
                path: "gateway.port".into(),
                reason: "not known".into(),
                span: None,
                configurations: Vec::new(),
            }],
            ..Report::default()
        };
        assert_eq!(verdict(&report, false, true, false), Verdict::Clean);
        assert_eq!(verdict(&report, true, false, false), Verdict::Findings);
    }

    #[test]
    fn the_highest_counts() {
        let mut report = with(Consequence::FailsInUse);
        assert_eq!(verdict(&report, false, false, true), Verdict::Usage);
        report.errors.push(Failure {
            path: "nope.nix".into(),
            message: "no such file".into(),
        });
        assert_eq!(verdict(&report, false, false, true), Verdict::Unreadable);
    }
}
