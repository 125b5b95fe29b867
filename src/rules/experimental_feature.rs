//! Code that Nix only takes with one of its experimental features.

use super::problems::report_if;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::ProblemKind;
use crate::report::finding::{Consequence, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "experimental-feature",
    summary: "A file needs an experimental feature of Nix",
    consequence: Consequence::Advice,
    explanation: "\
Nix refuses `|>` and `<|` unless `pipe-operators` is among its experimental features (Lix calls it `pipe-operator`). Whoever writes \
them surely has it on, and the file is checked as if it were; another machine, or a continuous integration, may not. Said once, and \
not where the sources name the feature.",
    refused: &[r#"{ lib, ... }:
{
  programs.openclaw.enable = true;
  programs.openclaw.config.agents.defaults.model.primary = [ "openrouter" "auto" ] |> lib.concatStringsSep "/";
}
"#],
    accepted: &[r#"{ lib, ... }:
{
  nix.settings.experimental-features = [ "nix-command" "flakes" "pipe-operators" ];
  programs.openclaw.enable = true;
  programs.openclaw.config.agents.defaults.model.primary = [ "openrouter" "auto" ] |> lib.concatStringsSep "/";
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::ExperimentalFeature,
        sink,
        &|_| true,
        &|_, mut finding| {
            finding.consequence = Consequence::Advice;
            finding.at_most(Severity::Note)
        },
    );
}
