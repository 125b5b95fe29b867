//! All rules, in the order of the documentation.

use super::*;

/// Every rule; one line each.
pub static RULES: &[Rule] = &[
    // Models.
    super::unknown_provider::RULE,
    // Secrets.
    hardcoded_secret::RULE,
    template_placeholder::RULE,
    secret_path_as_secret::RULE,
    shell_substitution::RULE,
    empty_secret::RULE,
    over_escaped_expression::RULE,
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.info.id == id)
}
