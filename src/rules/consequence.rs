//! Which stage stops a configuration that OpenClaw does not accept, for the way it is written.

use crate::openclaw::configuration::{Configuration, Source};
use crate::report::finding::Consequence;

/// Whether Nix itself knows OpenClaw's schema here: `programs.openclaw` types its `config` since it goes by that
/// name; the older names took untyped overrides, and neither the NixOS service nor a rendered file is typed.
pub fn is_typed(configuration: &Configuration) -> bool {
    configuration.source == Source::HomeManager && configuration.option_root == "programs.openclaw"
}

/// What happens to a violation of the schema that the types of the Home Manager module hold as well: a missing
/// required key, an unknown key, a wrong type or enum value.
pub fn violates_schema(configuration: &Configuration) -> Consequence {
    if is_typed(configuration) {
        Consequence::NixRejects
    } else {
        Consequence::OpenclawRejects
    }
}

/// What happens to a violation of the rules that OpenClaw has beyond its schema's types, and that Nix never
/// notices: a custom provider without `baseUrl`, an empty text, a retired model, an unknown agent.
pub fn violates_validation(_configuration: &Configuration) -> Consequence {
    Consequence::OpenclawRejects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing;

    #[test]
    fn only_the_typed_options_are_stopped_by_nix() {
        let mut configuration = testing::configuration(&serde_json::json!({}));
        assert_eq!(
            violates_schema(&configuration),
            Consequence::OpenclawRejects
        );
        configuration.source = Source::HomeManager;
        configuration.option_root = "programs.openclaw".to_string();
        assert_eq!(violates_schema(&configuration), Consequence::NixRejects);
        assert_eq!(
            violates_validation(&configuration),
            Consequence::OpenclawRejects
        );
        configuration.option_root = "programs.clawdbot".to_string();
        assert_eq!(
            violates_schema(&configuration),
            Consequence::OpenclawRejects
        );
    }
}
