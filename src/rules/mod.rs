//! The rules: one file each, one line each in [`registry`].
//!
//! A rule sees the domain only: a [`Subject`] in one world, without choices, and the release. It reports
//! [`Finding`]s; which worlds they hold in, suppression and severity overrides are not its business.

use crate::openclaw::configuration::{Configuration, Instance};
use crate::openclaw::tree::Unknown;
use crate::releases::{Era, Release};
use crate::report::finding::{Consequence, Finding, Unresolved};
use crate::workspace::source::Span;
use shared::Shared;
use std::collections::BTreeSet;

pub mod alias_clash;
pub mod app_defaults;
pub mod auth_order;
pub mod channel_needs_plugin;
pub mod conflicting_definitions;
pub mod conflicting_settings;
pub mod consequence;
pub mod content_for_path;
pub mod document_outside_tree;
pub mod dropped_messages;
pub mod duplicate_agent;
pub mod duplicate_attribute;
pub mod duplicate_fallback;
pub mod duplicate_key;
pub mod duplicate_model;
pub mod duplicate_provider;
pub mod duplicate_skill;
pub mod empty_document;
pub mod empty_secret;
pub mod encoding;
pub mod endpoint_api_mismatch;
pub mod escaped_placeholder;
pub mod evaluation_error;
pub mod experimental_feature;
pub mod failed_assertion;
pub mod gateway_auth;
pub mod gateway_mode;
pub mod hardcoded_secret;
pub mod ignored_variable;
pub mod import_cycle;
pub mod impure_document_path;
pub mod incomplete_bootstrap_files;
pub mod incomplete_mcp_server;
pub mod incomplete_model;
pub mod incomplete_provider;
pub mod incomplete_skill;
pub mod infinite_recursion;
pub mod instance_clash;
pub mod invalid_base_url;
pub mod invalid_flake;
pub mod invalid_settings;
pub mod invalid_value;
mod json_syntax;
pub mod kimi_moonshot_confusion;
pub mod lost_top_level_config;
pub mod mac_without_instances;
pub mod malformed_placeholder;
pub mod malformed_reference;
pub mod malformed_suppression;
pub mod malformed_value;
pub mod missing_document;
pub mod missing_file;
pub mod missing_key;
pub mod missing_key_variable;
pub mod misspelt_unit;
pub mod misspelt_variable;
pub mod model_limits;
pub mod no_configuration;
pub mod no_documents;
pub mod not_enabled;
pub mod not_in_allow_list;
pub mod null_value;
pub mod option_type;
pub mod out_of_bounds;
pub mod over_escaped_expression;
pub mod oversized_document;
pub mod plugin_for_macos;
pub mod problems;
pub mod provider_needs_plugin;
pub mod reference_without_provider;
pub mod registry;
pub mod removed_documents;
pub mod removed_option;
pub mod retired_model;
pub mod run;
pub mod runtime_plugin_sources;
pub mod runtime_plugins;
pub mod schema;
pub mod secret_in_store;
pub mod secret_path_as_secret;
pub mod secret_ref;
pub mod secrets;
pub mod session_variable_not_seen;
pub mod shared;
pub mod shell_substitution;
pub mod skip_bootstrap;
pub mod start_script;
pub mod syntax_error;
pub mod template_placeholder;
pub mod template_text;
#[cfg(test)]
mod testing;
pub mod too_deeply_nested;
mod unchecked_values;
pub mod unconfigured_channel;
pub mod undeclared_input;
pub mod undeclared_secret_provider;
pub mod undefined_variable;
pub mod unescaped_placeholder;
pub mod unknown_agent;
pub mod unknown_flag;
pub mod unknown_key;
pub mod unknown_model;
pub mod unknown_module;
pub mod unknown_name;
pub mod unknown_option;
pub mod unknown_plugin;
pub mod unknown_profile;
pub mod unknown_provider;
pub mod unknown_runtime;
pub mod unknown_secret;
pub mod unknown_tool_group;
pub mod unprovided_variable;
pub mod untracked_document;
pub mod unused_binding;
pub mod unused_suppression;
mod variable_names;
pub mod whole_environment_file;
pub mod workspace_files;
pub mod wrong_type;

/// What a rule says about itself. `explain`, the documentation and the SARIF rule list come from here.
#[derive(Debug)]
pub struct RuleInfo {
    /// Kebab-case; also the file's name, the anchor in the documentation and the name of its test.
    pub id: &'static str,
    /// One line, no full stop.
    pub summary: &'static str,
    /// What happens when a finding of it is left, for the usual case.
    pub consequence: Consequence,
    /// Markdown: why it matters and what to do. A few paragraphs.
    pub explanation: &'static str,
    /// Nix modules that have a finding of this rule, each complete enough to be run by the tests.
    pub refused: &'static [&'static str],
    /// The same, mended: no finding of this rule.
    pub accepted: &'static [&'static str],
}

/// One configuration in one world.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The configuration, all of its trees without choices.
    pub configuration: &'a Configuration,
    /// The release whose rules apply.
    pub release: &'a Release,
    /// Whether the release is known, by a flag or by flake.lock; a guessed one yields no error that another
    /// plausible release would not.
    pub release_is_certain: bool,
    /// The releases that may be meant where it is not certain, `release` among them or not; empty where it is.
    pub plausible: &'a [Release],
    /// The option set of nix-openclaw's module.
    pub era: Era,
    /// Whether that is known, by the commit or the time of nix-openclaw in flake.lock. It may be where the release is not, of which
    /// there is not always data.
    pub era_is_certain: bool,
    /// What several rules look at, worked out once.
    pub shared: &'a Shared,
}

impl Subject<'_> {
    /// `OpenClaw 2026.6.11`, as messages call it.
    pub fn openclaw(&self) -> String {
        format!("OpenClaw {}", self.release.version())
    }
}

/// Collects what rules report.
#[derive(Debug, Default)]
pub struct Sink {
    /// The findings, in the order in which they came.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub unresolved: Vec<Unresolved>,
    /// Model references that were looked at.
    pub model_references: usize,
    /// Credential fields and placeholders that were looked at.
    pub secrets: usize,
    /// Documents that were looked at.
    pub documents: usize,
    /// Places that hold a secret, found to be printed nowhere.
    pub secret_spans: Vec<Span>,
    /// Texts that are secrets, as they are evaluated, wherever they may turn up.
    pub secret_texts: BTreeSet<String>,
}

impl Sink {
    /// Notes that what stands at a path could not be checked because it is not known.
    pub fn could_not_check(&mut self, path: impl ToString, unknown: &Unknown) {
        self.unresolved.push(Unresolved {
            path: path.to_string(),
            reason: unknown.reason.clone(),
            span: unknown.span,
            configurations: Vec::new(),
        });
    }
}

/// A rule: what it says of itself, and its check.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its description.
    pub info: &'static RuleInfo,
    /// Its check.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Each instance's rendered configuration.
    Instance(fn(Subject<'_>, &Instance, &mut Sink)),
    /// The configuration as a whole: options, documents, problems of evaluation.
    Configuration(fn(Subject<'_>, &mut Sink)),
}
