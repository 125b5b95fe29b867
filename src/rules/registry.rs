//! All rules, in the order of the documentation.

use super::Rule;

/// Every rule; one line each.
pub static RULES: &[Rule] = &[
    // Models.
    super::unknown_provider::RULE,
    // Secrets.
    super::hardcoded_secret::RULE,
    super::template_placeholder::RULE,
    super::secret_path_as_secret::RULE,
    super::shell_substitution::RULE,
    super::empty_secret::RULE,
    super::over_escaped_expression::RULE,
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.info.id == id)
}
