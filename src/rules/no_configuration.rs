//! `no-configuration`: nothing configures OpenClaw.

use super::{Check, Rule, RuleInfo};
use crate::report::finding::Consequence;

/// Its id.
pub const ID: &str = "no-configuration";

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(|_, _| {}),
};

// Found before there is a configuration, so the rule itself checks nothing.
static INFO: RuleInfo = RuleInfo {
    id: ID,
    summary: "Nothing configures OpenClaw",
    consequence: Consequence::Advice,
    explanation: "\
The flake or folder was read, and nothing in it sets `programs.openclaw`, `services.openclaw-gateway` or one of
their older names, or renders an openclaw.json. That may be just right; if it is not, look for a misspelt option
name or a module that no configuration imports.",
    refused: &[],
    accepted: &[],
};
