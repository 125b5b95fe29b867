//! An attribute that is defined twice.

use super::problems::report;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::ProblemKind;
use crate::report::finding::Consequence;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "duplicate-attribute",
    summary: "An attribute is defined twice in one set",
    consequence: Consequence::NixRejects,
    explanation: "\
Within one attribute set each attribute may be defined once; several definitions of its parts are fine as long as none of \
them overlap (`a.b = 1; a.c = 2;`). Nix refuses the file: \"attribute already defined\". Merge the two, or drop one.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
    config.gateway.mode = "remote";
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report(subject, &INFO, ProblemKind::DuplicateAttribute, sink);
}
