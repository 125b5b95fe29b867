//! One finding per fact, in an order that does not change.
//!
//! A module that three configurations share is checked three times; what is found in it is one finding
//! that names all three.

use super::finding::{Failure, Finding, Report, Unresolved};
use crate::workspace::source::{FileId, Sources, Span};
use std::collections::HashMap;

/// What makes two findings the same one.
type FindingKey = (&'static str, Option<Span>, Option<String>, String);

/// What makes two unresolved values the same one.
type UnresolvedKey = (String, String, Option<Span>);

/// Merges findings of the same rule, place, path and message, and sorts them by file, offset, rule, path
/// and message; those without a place come last.
///
/// The merged one names all configurations and instances, has the highest severity with its consequence,
/// and every related place. A fix stays only if no other of the same finding contradicts it.
pub fn findings(findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut known: HashMap<FindingKey, usize> = HashMap::with_capacity(findings.len());
    let mut contradicted: Vec<bool> = Vec::with_capacity(findings.len());
    for finding in findings {
        // A value that is used in several places is wrong in one: a path only tells what has no place.
        let path = finding.path.clone().filter(|_| finding.span.is_none());
        let key = (finding.rule, finding.span, path, finding.message.clone());
        match known.get(&key) {
            Some(&index) => {
                if merge_into(&mut merged[index], finding) {
                    contradicted[index] = true;
                }
            }
            None => {
                known.insert(key, merged.len());
                contradicted.push(false);
                merged.push(finding);
            }
        }
    }
    for (finding, contradicted) in merged.iter_mut().zip(contradicted) {
        if contradicted {
            finding.fix = None;
        }
        finding.configurations.sort();
        finding.configurations.dedup();
        finding.instances.sort();
        finding.instances.dedup();
    }
    let ranks = file_ranks(sources);
    merged.sort_by(|a, b| {
        place_key(a.span, &ranks)
            .cmp(&place_key(b.span, &ranks))
            .then_with(|| (a.rule, &a.path, &a.message).cmp(&(b.rule, &b.path, &b.message)))
    });
    merged
}

/// Most findings, and most values that could not be checked, that are reported; and most failures.
pub const MOST_REPORTED: usize = 20_000;

/// Cuts a report down to [`MOST_REPORTED`] of each kind, the lighter findings first, and says so as a failure: what
/// was left out is not known to the reader, so the run did not do its work.
pub fn bound(report: &mut Report) {
    bound_to(report, MOST_REPORTED);
}

fn bound_to(report: &mut Report, most: usize) {
    let mut cut = Vec::new();
    let count = report.findings.len();
    if count > most {
        let mut severities: Vec<_> = report.findings.iter().map(|one| one.severity).collect();
        severities.sort_by(|left, right| right.cmp(left));
        let lightest = severities[most - 1];
        let heavier = severities.iter().filter(|one| **one > lightest).count();
        let mut of_lightest = most - heavier;
        report.findings.retain(|finding| {
            let stays =
                finding.severity > lightest || finding.severity == lightest && of_lightest > 0;
            if stays && finding.severity == lightest {
                of_lightest -= 1;
            }
            stays
        });
        cut.push(format!(
            "there are {count} findings; {most} of them are reported"
        ));
    }
    let count = report.unresolved.len();
    if count > most {
        report.unresolved.truncate(most);
        cut.push(format!(
            "there are {count} values that could not be checked; {most} of them are reported"
        ));
    }
    let count = report.errors.len();
    if count > most {
        report.errors.truncate(most);
        cut.push(format!(
            "there are {count} failures; {most} of them are reported"
        ));
    }
    report.errors.extend(cut.into_iter().map(|message| Failure {
        path: ".".to_string(),
        message,
    }));
}

/// Merges what is the same value for the same reason, and sorts it as [`findings`] does.
pub fn unresolved(unresolved: Vec<Unresolved>, sources: &Sources) -> Vec<Unresolved> {
    let mut merged: Vec<Unresolved> = Vec::with_capacity(unresolved.len());
    let mut known: HashMap<UnresolvedKey, usize> = HashMap::with_capacity(unresolved.len());
    for value in unresolved {
        let key = (value.path.clone(), value.reason.clone(), value.span);
        match known.get(&key) {
            Some(&index) => merged[index].configurations.extend(value.configurations),
            None => {
                known.insert(key, merged.len());
                merged.push(value);
            }
        }
    }
    for value in &mut merged {
        value.configurations.sort();
        value.configurations.dedup();
    }
    let ranks = file_ranks(sources);
    merged.sort_by(|a, b| {
        place_key(a.span, &ranks)
            .cmp(&place_key(b.span, &ranks))
            .then_with(|| (&a.path, &a.reason).cmp(&(&b.path, &b.reason)))
    });
    merged
}

/// Takes the second into the first; tells whether their fixes contradict each other.
fn merge_into(first: &mut Finding, second: Finding) -> bool {
    if second.severity > first.severity {
        first.severity = second.severity;
        first.consequence = second.consequence;
    }
    first.configurations.extend(second.configurations);
    first.instances.extend(second.instances);
    for related in second.related {
        if !first.related.contains(&related) {
            first.related.push(related);
        }
    }
    if first.help.is_none() {
        first.help = second.help;
    }
    match (&first.fix, second.fix) {
        (Some(one), Some(other)) => *one != other,
        (None, Some(other)) => {
            first.fix = Some(other);
            false
        }
        (_, None) => false,
    }
}

/// The place of each file in the order of their paths.
fn file_ranks(sources: &Sources) -> Vec<usize> {
    let paths: Vec<String> = (0..sources.len())
        .map(|index| sources.get(FileId(index as u32)).path.clone())
        .collect();
    let mut order: Vec<usize> = (0..paths.len()).collect();
    order.sort_by(|a, b| paths[*a].cmp(&paths[*b]).then(a.cmp(b)));
    let mut ranks = vec![0; paths.len()];
    for (rank, index) in order.into_iter().enumerate() {
        ranks[index] = rank;
    }
    ranks
}

fn place_key(span: Option<Span>, ranks: &[usize]) -> (bool, usize, u32, u32) {
    match span {
        Some(span) => {
            let rank = ranks.get(span.file.0 as usize).copied();
            (false, rank.unwrap_or(usize::MAX), span.start, span.end)
        }
        None => (true, 0, 0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_that_is_too_long_keeps_the_heaviest_in_order_and_says_so() {
        use crate::report::finding::{Consequence, Severity};
        let mut report = Report::default();
        for number in 0..10 {
            let consequence = match number % 3 {
                0 => Consequence::FailsInUse,
                1 => Consequence::Degrades,
                _ => Consequence::Advice,
            };
            report
                .findings
                .push(Finding::new("rule", consequence, format!("{number}")));
        }
        let mut short = report.clone();
        bound_to(&mut short, 10);
        assert!(short.errors.is_empty());
        bound_to(&mut report, 6);
        let left: Vec<&str> = report
            .findings
            .iter()
            .map(|one| one.message.as_str())
            .collect();
        assert_eq!(left, ["0", "1", "3", "4", "6", "9"]);
        assert!(
            report
                .findings
                .iter()
                .all(|one| one.severity > Severity::Note)
        );
        assert_eq!(report.errors.len(), 1);
        assert!(report.errors[0].message.contains("10 findings; 6"));
    }
    use crate::report::finding::{Consequence, Edit, Fix};
    use crate::workspace::source::SourceFile;

    fn two_files() -> (Sources, FileId, FileId) {
        let sources = Sources::new();
        let second = sources.add(SourceFile::new("b.nix", "0123456789"));
        let first = sources.add(SourceFile::new("a.nix", "0123456789"));
        (sources, first, second)
    }

    fn finding(rule: &'static str, span: Option<Span>, configuration: &str) -> Finding {
        let mut finding = Finding::new(rule, Consequence::Degrades, "message").at(span);
        finding.configurations.push(configuration.to_string());
        finding
    }

    #[test]
    fn the_same_finding_of_two_configurations_is_one() {
        let (sources, file, _) = two_files();
        let span = Some(Span::new(file, 1, 2));
        let mut certain = finding("rule", span, "bob");
        certain.severity = super::super::finding::Severity::Error;
        certain.consequence = Consequence::FailsInUse;
        let merged = findings(vec![finding("rule", span, "carol"), certain], &sources);
        assert_eq!(merged.len(), 1);
        assert_eq!(merged[0].configurations, ["bob", "carol"]);
        assert_eq!(merged[0].consequence, Consequence::FailsInUse);
    }

    #[test]
    fn order_is_by_file_name_then_offset_and_without_a_place_last() {
        let (sources, a, b) = two_files();
        let merged = findings(
            vec![
                finding("none", None, "x"),
                finding("in-b", Some(Span::new(b, 0, 1)), "x"),
                finding("late", Some(Span::new(a, 5, 6)), "x"),
                finding("early", Some(Span::new(a, 1, 2)), "x"),
            ],
            &sources,
        );
        let rules: Vec<_> = merged.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, ["early", "late", "in-b", "none"]);
    }

    #[test]
    fn fixes_that_contradict_each_other_go() {
        let (sources, a, _) = two_files();
        let span = Span::new(a, 1, 2);
        let fix = |text: &str| Fix {
            title: "Write it".into(),
            safe: true,
            edits: vec![Edit {
                span,
                text: text.into(),
            }],
        };
        let one = finding("rule", Some(span), "x").fix(fix("1"));
        let same = finding("rule", Some(span), "y").fix(fix("1"));
        let other = finding("rule", Some(span), "z").fix(fix("2"));
        let kept = findings(vec![one.clone(), same.clone()], &sources);
        assert!(kept[0].fix.is_some());
        let gone = findings(vec![one, other, same], &sources);
        assert!(gone[0].fix.is_none());
    }

    #[test]
    fn unresolved_values_merge_too() {
        let (sources, a, _) = two_files();
        let value = |configuration: &str| Unresolved {
            path: "gateway.port".into(),
            reason: "not known".into(),
            span: Some(Span::new(a, 0, 1)),
            configurations: vec![configuration.into()],
        };
        let merged = unresolved(vec![value("b"), value("a"), value("b")], &sources);
        assert_eq!(merged.len(), 1);
        assert_eq!(merged[0].configurations, ["a", "b"]);
    }
}
