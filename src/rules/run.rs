//! Runs the rules on one configuration in one world.

use super::registry::RULES;
use super::{Check, Sink, Subject, json_syntax, schema, unchecked_values};
use crate::openclaw::configuration::{Language, Problem, ProblemKind};
use crate::report::finding::{Consequence, Finding};
use crate::workspace::source::Span;
use std::collections::HashSet;

/// Runs every rule whose id is `wanted` and collects what they report in `sink`; findings name the configuration and the
/// instance that they are about. Where two rules tell of the same mistake, only the more specific one does.
pub fn run(subject: Subject<'_>, wanted: &dyn Fn(&str) -> bool, sink: &mut Sink) {
    let configuration = subject.configuration;
    for instance in &configuration.instances {
        let before = sink.findings.len();
        let unresolved_before = sink.unresolved.len();
        for rule in RULES {
            if let Check::Instance(check) = rule.check
                && wanted(rule.info.id)
            {
                check(subject, instance, sink);
            }
        }
        if wanted("wrong-type") {
            unchecked_values::note(subject, instance, (before, unresolved_before), sink);
        }
        let mut findings = sink.findings.split_off(before);
        settle(&mut findings, &configuration.problems);
        for mut finding in findings {
            if configuration.language == Language::Json {
                finding.help = finding.help.as_deref().map(json_syntax::in_json);
            }
            finding.configurations = vec![configuration.name.clone()];
            finding.instances = vec![instance.name.clone()];
            sink.findings.push(finding);
        }
        for unresolved in &mut sink.unresolved[unresolved_before..] {
            unresolved.configurations = vec![configuration.name.clone()];
        }
    }
    let before = sink.findings.len();
    let unresolved_before = sink.unresolved.len();
    for rule in RULES {
        if let Check::Configuration(check) = rule.check
            && wanted(rule.info.id)
        {
            check(subject, sink);
        }
    }
    for finding in &mut sink.findings[before..] {
        finding.configurations = vec![configuration.name.clone()];
    }
    for unresolved in &mut sink.unresolved[unresolved_before..] {
        unresolved.configurations = vec![configuration.name.clone()];
    }
}

/// Drops what the comparison with the schema says where a rule that knows more says the same, and the name of an `inherit` that is
/// undefined: it is told as that.
fn settle(findings: &mut Vec<Finding>, problems: &[Problem]) {
    let undefined: HashSet<Option<Span>> = problems
        .iter()
        .filter(|problem| problem.kind == ProblemKind::UndefinedVariable)
        .map(|problem| problem.span)
        .collect();
    if !undefined.is_empty() {
        findings
            .retain(|finding| finding.rule != "unknown-key" || !undefined.contains(&finding.span));
    }
    let specific: Vec<(&'static str, String)> = findings
        .iter()
        .filter(|finding| {
            matches!(
                finding.consequence,
                Consequence::NixRejects | Consequence::OpenclawRejects
            ) && !schema::RULE_IDS.contains(&finding.rule)
        })
        .filter_map(|finding| Some((finding.rule, finding.path.clone()?)))
        .collect();
    if specific.is_empty() {
        return;
    }
    findings.retain(|finding| {
        let Some(path) = &finding.path else {
            return true;
        };
        if !schema::RULE_IDS.contains(&finding.rule) {
            return true;
        }
        !specific.iter().any(|(rule, other)| {
            other == path
                // That rule speaks of the reference as a whole.
                || (*rule == "secret-ref"
                    && path
                        .strip_prefix(other.as_str())
                        .is_some_and(|rest| rest.starts_with('.')))
        })
    });
}
