//! Makes the safe fixes of a run, in memory, until none is left to be made.
//!
//! A rule promises that its fix keeps what the author meant, as far as the rule can see. What it cannot see is who else needs what
//! it changes: a name that is renamed may be read elsewhere. So every round is checked before it counts. A fix that leaves its
//! finding as it was, or after which Nix refuses what it took before, is left out.

use super::check;
use crate::report::finding::{Consequence, Edit, Finding};
use crate::request::{Outcome, Request};
use crate::workspace::Workspace;
use crate::workspace::fix::{Change, compose};
use crate::workspace::source::Span;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Fixes that overlap are made one after the other; more rounds than this mean that they undo each other.
const MOST_ROUNDS: usize = 8;

/// So often is a round checked at most while the fixes that do harm are looked for; what is not cleared by then is left out.
const MOST_TRIALS: usize = 64;

/// What the fixes come to.
pub struct Mended {
    /// What is found in the files as they are.
    pub before: Outcome,
    /// What is found with the fixes made; `None` where there are none.
    pub after: Option<Outcome>,
    /// What the fixes make of the files, for each of the trees of [`Mended::before`] in its order.
    pub changes: Vec<Vec<Change>>,
    /// How many fixes are left out because they would do harm, or do nothing.
    pub left_out: usize,
}

/// Texts that stand for what files hold, by absolute path.
type Texts = HashMap<String, Arc<[u8]>>;

/// A finding as it is known again after the text has changed: rule, message, place in the configuration and file.
type Identity = (&'static str, String, Option<String>, String);

/// Checks, and finds out what the safe fixes make of the files. Nothing is written.
pub fn mend(request: &Request) -> Mended {
    let before = check(request);
    let mut changes: Vec<Vec<Change>> = before.trees.iter().map(|_| Vec::new()).collect();
    let mut left_out = HashSet::new();
    let mut after: Option<Outcome> = None;
    let mut texts = Texts::new();
    for _ in 0..MOST_ROUNDS {
        let current = after.as_ref().unwrap_or(&before);
        let Some(round) = round(request, current, &texts, &mut left_out) else {
            break;
        };
        for ((known, new), tree) in changes.iter_mut().zip(round.changes).zip(&before.trees) {
            add(known, new, &tree.workspace, &round.texts);
        }
        texts = round.texts;
        after = Some(round.outcome);
    }
    Mended {
        before,
        after,
        changes,
        left_out: left_out.len(),
    }
}

/// Fixes that are made together, and what is found then.
struct Round {
    outcome: Outcome,
    /// By tree; the places are those of the texts before.
    changes: Vec<Vec<Change>>,
    texts: Texts,
}

/// The largest part of the fixes of `current` that does no harm; `None` where there is none.
fn round(
    request: &Request,
    current: &Outcome,
    texts: &Texts,
    left_out: &mut HashSet<Identity>,
) -> Option<Round> {
    let open: Vec<&Finding> = current
        .report
        .findings
        .iter()
        .filter(|finding| !left_out.contains(&identity(finding, current)))
        .collect();
    // Those that overlap with others come in the next round.
    let mut fitting: Vec<usize> = current
        .trees
        .iter()
        .flat_map(|tree| tree.workspace.plan_fixes(&open).made)
        .collect();
    fitting.sort_unstable();
    let fitting: Vec<&Finding> = fitting.into_iter().map(|position| open[position]).collect();
    let mut taken: Vec<&Finding> = Vec::new();
    let mut best = None;
    let mut groups = vec![fitting.as_slice()];
    let mut trials = 0;
    while let Some(group) = groups.pop() {
        if group.is_empty() {
            continue;
        }
        trials += 1;
        if trials <= MOST_TRIALS {
            let together = [taken.as_slice(), group].concat();
            let tried = attempt(request, current, texts, &together);
            if is_better(&tried.outcome, current, group) {
                taken = together;
                best = Some(tried);
                continue;
            }
        }
        match group {
            [only] => {
                left_out.insert(identity(only, current));
            }
            _ => {
                let (first, second) = group.split_at(group.len() / 2);
                groups.extend([second, first]);
            }
        }
    }
    best
}

/// Makes the fixes of these findings and checks again.
fn attempt(request: &Request, current: &Outcome, texts: &Texts, findings: &[&Finding]) -> Round {
    let mut texts = texts.clone();
    let changes: Vec<Vec<Change>> = current
        .trees
        .iter()
        .map(|tree| tree.workspace.plan_fixes(findings).changes)
        .collect();
    for change in changes.iter().flatten() {
        let text = change.after(&current.sources);
        texts.insert(change.path.clone(), Arc::from(text.into_bytes()));
    }
    let outcome = check(&Request {
        edited: Arc::new(texts.clone()),
        ..request.clone()
    });
    Round {
        outcome,
        changes,
        texts,
    }
}

/// Whether what was found is gone, and Nix refuses no more than before.
fn is_better(new: &Outcome, current: &Outcome, mended: &[&Finding]) -> bool {
    let left = counted(new);
    let before = counted(current);
    let count = |counts: &HashMap<Identity, usize>, identity: &Identity| {
        counts.get(identity).copied().unwrap_or_default()
    };
    let are_gone = mended.iter().all(|finding| {
        let identity = identity(finding, current);
        count(&left, &identity) < count(&before, &identity)
    });
    // Behind a mistake that Nix names there may be others; but not one that the name is missing that was changed.
    let may_uncover = mended.iter().all(|finding| is_refused(finding));
    let replaced = replaced(mended, current);
    let is_harm = |finding: &Finding| {
        is_refused(finding)
            && !before.contains_key(&identity(finding, new))
            && (!may_uncover || replaced.iter().any(|name| finding.message.contains(name)))
    };
    are_gone
        && !new.report.findings.iter().any(is_harm)
        && new.report.errors.len() <= current.report.errors.len()
}

/// What the fixes of these findings take away, as messages write names.
fn replaced(mended: &[&Finding], outcome: &Outcome) -> Vec<String> {
    let fixes = mended.iter().filter_map(|finding| finding.fix.as_ref());
    fixes
        .flat_map(|fix| &fix.edits)
        .filter_map(|edit| {
            let text = &outcome.sources.get(edit.span.file).text;
            let old = text.get(edit.span.start as usize..edit.span.end as usize)?;
            Some(format!("`{}`", old.trim_matches('"')))
        })
        .filter(|name| name.len() > 2)
        .collect()
}

fn is_refused(finding: &Finding) -> bool {
    finding.consequence == Consequence::NixRejects
}

/// How often each finding is there.
fn counted(outcome: &Outcome) -> HashMap<Identity, usize> {
    let mut counts = HashMap::new();
    for finding in &outcome.report.findings {
        *counts.entry(identity(finding, outcome)).or_default() += 1;
    }
    counts
}

fn identity(finding: &Finding, outcome: &Outcome) -> Identity {
    let file = finding
        .span
        .map(|span| outcome.sources.get(span.file).path.clone());
    (
        finding.rule,
        finding.message.clone(),
        finding.path.clone(),
        file.unwrap_or_default(),
    )
}

/// Adds the changes of a round to those before it.
fn add(known: &mut Vec<Change>, new: Vec<Change>, workspace: &Workspace, texts: &Texts) {
    for change in new {
        let Some(after) = texts.get(&change.path) else {
            continue;
        };
        match known.iter_mut().find(|one| one.path == change.path) {
            Some(one) => {
                one.edits = compose(&one.edits, &change.edits, &String::from_utf8_lossy(after));
                one.fixes += change.fixes;
            }
            None => {
                // What a fix brought into sight was not read before.
                let Ok(file) = workspace.read(&change.path) else {
                    continue;
                };
                let edits = change.edits.into_iter().map(|edit| Edit {
                    span: Span::new(file, edit.span.start, edit.span.end),
                    ..edit
                });
                known.push(Change {
                    file,
                    edits: edits.collect(),
                    ..change
                });
            }
        }
    }
    known.sort_by(|left, right| left.path.cmp(&right.path));
}
