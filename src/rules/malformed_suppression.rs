//! A comment that means to ignore a finding and does not say which. Found by [`crate::report::suppression`].

use super::{Check, Rule, RuleInfo};
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(|_, _| {}),
};

static INFO: RuleInfo = RuleInfo {
    id: crate::report::suppression::MALFORMED,
    summary: "A comment for openclaw-check that is not understood",
    consequence: Consequence::Degrades,
    explanation: "A comment that ignores findings names the rules: `# openclaw-check: ignore[rule-id] reason`, or \
several ids with commas. One without an id, with `*`, or with an id that does not exist ignores nothing: it would \
hide findings that nobody has seen yet.",
    refused: &[
        r#"{
  # openclaw-check: ignore
  programs.openclaw.enable = true;
}"#,
        r#"{
  # openclaw-check: ignore[*] all is well
  programs.openclaw.enable = true;
}"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    # openclaw-check: ignore[unknown-provider] the provider comes with a plugin of our own
    config.agents.defaults.model.primary = "ours/model";
  };
}"#],
};
