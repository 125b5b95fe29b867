//! Which stage stops a configuration that OpenClaw does not accept, for the way it is written, and how sure a
//! finding can be.

use super::Subject;
use crate::openclaw::configuration::{Configuration, Reach, Source};
use crate::report::finding::{Consequence, Finding, Severity};

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

/// A finding that claims that something is *not* there: a warning at most where another file, or a module that
/// could not be read, may add it; such modules are named.
pub fn absence(subject: Subject<'_>, finding: Finding) -> Finding {
    let configuration = subject.configuration;
    if configuration.is_complete() {
        return finding;
    }
    let mut finding = finding.at_most(Severity::Warning);
    for module in configuration.unseen.iter().filter(|module| module.may_add) {
        finding = finding.related(
            module.span,
            format!("{} could not be read and may add it", module.name),
        );
    }
    if configuration.reach == Reach::Alone {
        let note = "Checked by itself: another file of the configuration may declare it.";
        finding.help = Some(match finding.help.take() {
            Some(help) => format!("{help}\n{note}"),
            None => note.to_string(),
        });
    }
    finding
}

/// A finding that rests on what the release knows: a warning at most where the release was guessed.
pub fn by_release(subject: Subject<'_>, finding: Finding) -> Finding {
    if subject.release_is_certain {
        finding
    } else {
        finding.at_most(Severity::Warning)
    }
}

/// A finding that rests on the options of nix-openclaw's module: a warning at most where their era was guessed.
pub fn by_era(subject: Subject<'_>, finding: Finding) -> Finding {
    if subject.era_is_certain {
        finding
    } else {
        finding.at_most(Severity::Warning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::configuration::Language;
    use crate::openclaw::testing;

    #[test]
    fn only_the_typed_options_are_stopped_by_nix() {
        let mut configuration = testing::configuration(&serde_json::json!({}));
        assert_eq!(
            violates_schema(&configuration),
            Consequence::OpenclawRejects
        );
        configuration.source = Source::HomeManager;
        configuration.language = Language::Nix;
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
