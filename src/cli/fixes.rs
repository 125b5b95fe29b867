//! `--fix` and `--diff`.

use super::output;
use crate::report::{diff, redact::Redactor, sanitize, summary::count};
use crate::request::{Outcome, Request};

/// Fixes that overlap are made one after the other; more rounds than this mean that they undo each other.
const MOST_ROUNDS: usize = 8;

/// Checks, applies the safe fixes, and checks again until there are none left; gives what is left.
pub fn check_and_fix(request: &Request) -> Outcome {
    let mut fixed = 0;
    let mut files: Vec<String> = Vec::new();
    let mut outcome = crate::check(request);
    for _ in 0..MOST_ROUNDS {
        let mut failures = Vec::new();
        let mut written = false;
        for tree in &outcome.trees {
            let workspace = &tree.workspace;
            let changes = workspace.plan_fixes(&outcome.report.findings);
            if changes.is_empty() {
                continue;
            }
            let applied = workspace.apply_fixes(&changes);
            written |= !applied.files.is_empty();
            fixed += applied.fixes;
            files.extend(applied.files);
            failures.extend(applied.failures);
        }
        let before = fixable(&outcome);
        if written {
            outcome = crate::check(request);
        }
        if !failures.is_empty() {
            outcome.report.errors.extend(failures);
            break;
        }
        // A fix that does not mend, or whose file git has staged otherwise, must not be made again.
        if !written || fixable(&outcome) >= before {
            break;
        }
    }
    if fixed > 0 {
        files.sort();
        files.dedup();
        output::complain(&sanitize::line(&format!(
            "made {} in {}",
            count(fixed, "fix", "fixes"),
            files.join(", ")
        )));
    }
    outcome
}

/// How many findings have a fix that could be made.
fn fixable(outcome: &Outcome) -> usize {
    let findings = outcome.report.findings.iter();
    findings
        .filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safe))
        .count()
}

/// The safe fixes as a patch; what cannot be read is said on standard error.
pub fn diff(outcome: &Outcome) -> String {
    let redactor = Redactor::of_report(&outcome.sources, &outcome.report);
    for failure in &outcome.report.errors {
        let text = format!("{}: {}", failure.path, failure.message);
        output::complain(&sanitize::line(&redactor.text(&text)));
    }
    let mut patch = String::new();
    let mut fixes = 0;
    for tree in &outcome.trees {
        let changes = tree.workspace.plan_fixes(&outcome.report.findings);
        fixes += changes.iter().map(|change| change.fixes).sum::<usize>();
        patch.push_str(&diff::render(&changes, &outcome.sources, &redactor));
    }
    output::complain(&match fixes {
        0 => "there is nothing that --fix would change".to_string(),
        number => format!("--fix would make {}", count(number, "fix", "fixes")),
    });
    patch
}
