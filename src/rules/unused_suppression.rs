//! A comment that ignores a finding which is not there. Found by [`crate::report::suppression`].

use super::{Check, Rule, RuleInfo};
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(|_, _| {}),
};

static INFO: RuleInfo = RuleInfo {
    id: crate::report::suppression::UNUSED,
    summary: "A comment ignores a finding that is not there",
    consequence: Consequence::Degrades,
    explanation: "The comment `# openclaw-check: ignore[rule-id]` matches no finding of that rule on its line or the \
next. The mistake was mended, or the comment is in the wrong place. Left there, it would hide the next mistake of that \
kind.\n\n\
Remove the comment, or move it to the line of the finding or to the line above it.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    # openclaw-check: ignore[unknown-provider] mended long ago
    config.agents.defaults.model.primary = "openrouter/auto";
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    # openclaw-check: ignore[unknown-provider] the provider comes with a plugin of our own
    config.agents.defaults.model.primary = "ours/model";
  };
}"#],
};
