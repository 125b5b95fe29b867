//! An option that was removed or renamed.

use super::consequence::by_release;
use super::problems::report_if;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::ProblemKind;
use crate::releases::Era;
use crate::report::finding::Consequence;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "removed-option",
    summary: "An option is defined that was removed or renamed",
    consequence: Consequence::NixRejects,
    explanation: "\
nix-openclaw changed its options several times in 2026: what OpenClaw reads moved below `config` at the end of January, \
`firstParty` and `plugins` became `bundledPlugins` and `customPlugins` in February, `documents` became \
`workspace.bootstrapFiles` in June. Which of them hold is decided by the commit that flake.lock pins.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    firstParty.summarize.enable = true;
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    bundledPlugins.summarize.enable = true;
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::RemovedOption,
        sink,
        // That one has a rule of its own, with the text to write instead.
        &|problem| {
            subject.era < Era::BootstrapFiles
                || !problem
                    .path
                    .as_deref()
                    .is_some_and(|path| path == "documents" || path.ends_with(".documents"))
        },
        &|_, finding| by_release(subject, finding),
    );
}
