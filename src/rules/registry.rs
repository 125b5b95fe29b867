//! All rules, in the order of the documentation.

use super::Rule;

/// Every rule; one line each.
pub static RULES: &[Rule] = &[
    // Models.
    super::unknown_provider::RULE,
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.info.id == id)
}
