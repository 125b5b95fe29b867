//! All rules, in the order of the documentation.

use super::Rule;

/// Every rule; one line each.
pub static RULES: &[Rule] = &[
    // What a release accepts.
    super::unknown_key::RULE,
    super::missing_key::RULE,
    super::wrong_type::RULE,
    super::null_value::RULE,
    super::invalid_value::RULE,
    super::out_of_bounds::RULE,
    super::malformed_value::RULE,
    super::conflicting_settings::RULE,
    super::unknown_name::RULE,
    // Models.
    super::unknown_provider::RULE,
    super::unknown_model::RULE,
    super::reference_without_provider::RULE,
    super::malformed_reference::RULE,
    super::unknown_profile::RULE,
    super::duplicate_fallback::RULE,
    super::not_in_allow_list::RULE,
    super::alias_clash::RULE,
    super::auth_order::RULE,
    super::missing_key_variable::RULE,
    super::provider_needs_plugin::RULE,
    super::channel_needs_plugin::RULE,
    super::retired_model::RULE,
    super::incomplete_provider::RULE,
    super::incomplete_model::RULE,
    super::duplicate_provider::RULE,
    super::duplicate_model::RULE,
    super::model_limits::RULE,
    super::invalid_base_url::RULE,
    super::endpoint_api_mismatch::RULE,
    super::kimi_moonshot_confusion::RULE,
    super::unknown_agent::RULE,
    // Secrets.
    super::hardcoded_secret::RULE,
    super::template_placeholder::RULE,
    super::secret_path_as_secret::RULE,
    super::shell_substitution::RULE,
    super::empty_secret::RULE,
    super::over_escaped_expression::RULE,
    super::malformed_placeholder::RULE,
    super::escaped_placeholder::RULE,
    super::unprovided_variable::RULE,
    super::session_variable_not_seen::RULE,
    super::secret_ref::RULE,
    super::undeclared_secret_provider::RULE,
    super::secret_in_store::RULE,
    super::whole_environment_file::RULE,
    // Documents.
    super::missing_document::RULE,
    super::untracked_document::RULE,
    super::document_outside_tree::RULE,
    super::impure_document_path::RULE,
    super::empty_document::RULE,
    super::oversized_document::RULE,
    super::incomplete_bootstrap_files::RULE,
    super::removed_documents::RULE,
    super::no_documents::RULE,
    // Nix.
    super::syntax_error::RULE,
    super::too_deeply_nested::RULE,
    super::encoding::RULE,
    super::duplicate_attribute::RULE,
    super::undefined_variable::RULE,
    super::unescaped_placeholder::RULE,
    super::template_text::RULE,
    super::missing_file::RULE,
    super::import_cycle::RULE,
    super::evaluation_error::RULE,
    super::infinite_recursion::RULE,
    super::conflicting_definitions::RULE,
    super::unknown_option::RULE,
    super::removed_option::RULE,
    super::option_type::RULE,
    // What the module asserts.
    super::failed_assertion::RULE,
    super::runtime_plugins::RULE,
    super::runtime_plugin_sources::RULE,
    super::workspace_files::RULE,
    super::skip_bootstrap::RULE,
    super::duplicate_skill::RULE,
    super::app_defaults::RULE,
    // Our own settings and comments.
    super::no_configuration::RULE,
    super::invalid_settings::RULE,
    super::malformed_suppression::RULE,
    super::unused_suppression::RULE,
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.info.id == id)
}
