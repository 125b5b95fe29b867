//! A flake.nix that Nix does not take for one.

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
    id: "invalid-flake",
    summary: "flake.nix does not have the form of a flake",
    consequence: Consequence::NixRejects,
    explanation: "\
A flake has `description`, `inputs`, `outputs` and `nixConfig`, and nothing else. Nix reads all of them but `outputs` without \
evaluating anything, so they have to be written out: a `let` before the set, `inputs = import ./inputs.nix`, `url = \"github:\" + \
owner` or an interpolation fail (\"expected a string but got a thunk\"). An input is a set, `nix-openclaw.url = \"...\"` and not \
`nix-openclaw = \"...\"`; it may have `url`, `flake`, `follows` and `inputs`, and more only beside `type`.",
    refused: &[],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report(subject, &INFO, ProblemKind::FlakeForm, sink);
}
