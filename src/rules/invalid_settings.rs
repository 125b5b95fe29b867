//! Something in `openclaw-check.toml` that is not understood. Found by [`crate::settings`].

use super::{Check, Rule, RuleInfo};
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(|_, _| {}),
};

static INFO: RuleInfo = RuleInfo {
    id: crate::settings::RULE,
    summary: "`openclaw-check.toml` holds something that is not understood",
    consequence: Consequence::Degrades,
    explanation: "A key or a rule that does not exist, or a value of the wrong type. The run ends with exit code 2, \
because a setting that silently does nothing is worse than none.\n\n\
The settings are `select`, `ignore` and `env-files` (lists), `exclude` (patterns as in `.gitignore`), `deny-warnings` \
and `strict` (booleans), `openclaw-version`, and a table `[severity]` that gives a rule the severity `error`, \
`warning`, `note` or `off`.",
    refused: &[],
    accepted: &[],
};
