//! A key that is given twice in a JSON file.

use super::problems::report_if;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::ProblemKind;
use crate::report::finding::Consequence;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "duplicate-key",
    summary: "A JSON object has the same key twice",
    consequence: Consequence::Degrades,
    explanation: "\
Of two equal keys in one object of an openclaw.json, the later one counts and the earlier one is dropped with all that is in \
it; nobody says so. Two `\"agents\"` sections do not add up: the first one is as good as not there. Merge them, or drop one.

In Nix the same mistake is an error of its own (`duplicate-attribute`).",
    refused: &[],
    accepted: &[],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::DuplicateKey,
        sink,
        &|_| true,
        &|_, mut finding| {
            finding.consequence = Consequence::Degrades;
            finding.severity = Consequence::Degrades.default_severity();
            finding.help("merge the two, or drop one")
        },
    );
}
