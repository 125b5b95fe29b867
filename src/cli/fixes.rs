//! `--fix` and `--diff`.

use super::output;
use crate::pipeline::mending::{Mended, mend};
use crate::report::{diff, redact::Redactor, sanitize, summary::count};
use crate::request::{Outcome, Request};

/// Checks, and writes what the safe fixes make of the files; gives what is left.
pub fn check_and_fix(request: &Request) -> Outcome {
    let mended = mend(request);
    let mut fixed = 0;
    let mut files: Vec<String> = Vec::new();
    let mut failures = Vec::new();
    for (tree, changes) in mended.before.trees.iter().zip(&mended.changes) {
        let applied = tree.workspace.apply_fixes(changes);
        fixed += applied.fixes;
        files.extend(applied.files);
        failures.extend(applied.failures);
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
    say_what_is_left_out(&mended);
    if failures.is_empty() {
        return mended.after.unwrap_or(mended.before);
    }
    // Some files are as they were.
    let mut outcome = match fixed {
        0 => mended.before,
        _ => crate::check(request),
    };
    outcome.report.errors.extend(failures);
    outcome
}

/// Checks, and gives what is found with what the safe fixes would change, as a patch; what cannot be read is said on standard error.
pub fn diff(request: &Request) -> (Outcome, String) {
    let mended = mend(request);
    let outcome = &mended.before;
    let redactor = Redactor::of_report(&outcome.sources, &outcome.report);
    for failure in &outcome.report.errors {
        let text = format!("{}: {}", failure.path, failure.message);
        output::complain(&sanitize::line(&redactor.text(&text)));
    }
    let mut patch = String::new();
    let mut fixes = 0;
    for changes in &mended.changes {
        fixes += changes.iter().map(|change| change.fixes).sum::<usize>();
        patch.push_str(&diff::render(changes, &outcome.sources, &redactor));
    }
    output::complain(&match fixes {
        0 => "there is nothing that --fix would change".to_string(),
        number => format!("--fix would make {}", count(number, "fix", "fixes")),
    });
    say_what_is_left_out(&mended);
    (mended.before, patch)
}

/// A fix that is offered and not made needs a word.
fn say_what_is_left_out(mended: &Mended) {
    if mended.left_out > 0 {
        output::complain(&format!(
            "left {} out: what it changes is needed elsewhere, or it would not mend anything",
            count(mended.left_out, "fix", "fixes")
        ));
    }
}
