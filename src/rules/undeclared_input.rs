//! An input of a flake that is named and not declared.

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
    id: "undeclared-input",
    summary: "An input of the flake is named and not declared",
    consequence: Consequence::NixRejects,
    explanation: "\
What `outputs` takes and `inputs` does not declare, Nix looks up in the flake registry. The global one has `nixpkgs`, \
`home-manager` and some forty others, but not `nix-openclaw`: \"cannot find flake 'flake:nix-openclaw' in the flake \
registries\". A registry of the machine may have more; what flake.lock holds from one is believed, and without a flake.lock \
this is a warning. What is read as `inputs.name` has to be declared too, or Nix says that the attribute is missing.

`follows` names an input of this flake, as `nixpkgs` or `home-manager/nixpkgs`. Where there is no such input Nix fails (\"follows \
a non-existent input\"), unless the one that is to follow does not exist either; so it is an error where flake.lock has that one, \
and a warning otherwise.",
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
    report(subject, &INFO, ProblemKind::UndeclaredInput, sink);
}
