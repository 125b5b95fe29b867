//! macOS, where nix-openclaw does not evaluate a configuration without `instances`.

use super::shared::is_for_macos;
use super::{Check, Rule, RuleInfo, Sink, Subject, consequence};
use crate::openclaw::configuration::Source;
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "mac-without-instances",
    summary: "On macOS nix-openclaw needs `instances.default`",
    consequence: Consequence::NixRejects,
    explanation: "Without `instances` the module makes an instance `default` of its own. Since 8 February 2026 that one lacks \
`appDefaults.nixMode`, which the activation on macOS reads: `home-manager switch` and `darwin-rebuild` stop with \"attribute \
'nixMode' missing\". Evaluating the options alone does not show it. Written out, even if it is empty, the instance has all its defaults. \
So it is in every revision of nix-openclaw up to 910c1ce (July 2026), with which it was tried; with a later one this is a warning.",
    refused: &[r#"{ lib, ... }:
{
  home.homeDirectory = lib.mkForce "/Users/alice";
  programs.openclaw.enable = true;
}"#],
    accepted: &[
        r#"{ lib, ... }:
{
  home.homeDirectory = lib.mkForce "/Users/alice";
  programs.openclaw = {
    enable = true;
    instances.default = { };
  };
}"#,
        r#"{
  programs.openclaw.enable = true;
}"#,
    ],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager
        || subject.era < Era::PinnedWorkspace
        || !is_for_macos(configuration)
    {
        return;
    }
    let Some(options) = &configuration.options else {
        return;
    };
    // Instances that are written out are none of the module's own; what they are may not be known.
    let written = options
        .get("instances")
        .is_some_and(|instances| match instances.as_object() {
            Some(object) => !object.entries.is_empty() || object.open.is_some(),
            None => true,
        });
    if written {
        return;
    }
    let enabled = options
        .get("enable")
        .and_then(|flag| flag.place.key.or(flag.place.primary()));
    let finding = Finding::new(
        INFO.id,
        Consequence::NixRejects,
        "without `instances` nix-openclaw does not evaluate on macOS: \"attribute 'nixMode' missing\"",
    )
    .at(enabled.or(configuration.span))
    .path(format!("{}.instances", configuration.option_root))
    .help("Add `instances.default = { };`.");
    sink.findings.push(consequence::absence(
        subject,
        consequence::by_era(subject, finding),
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::configuration::Configuration;
    use crate::openclaw::testing;
    use crate::rules::testing::module;
    use serde_json::json;

    fn lives_in(configuration: &mut Configuration, home: &str) {
        let config = json!({ "agents": { "defaults": { "workspace": format!("{home}/.openclaw/workspace") } } });
        configuration.instances = testing::configuration(&config).instances;
    }

    #[test]
    fn the_module_s_own_instance_is_none_for_macos() {
        let outcome = module("{enable: true}")
            .configuration(|configuration| lives_in(configuration, "/Users/alice"))
            .run(&RULE);
        assert_eq!(
            outcome.only().severity,
            crate::report::finding::Severity::Error
        );
        let outcome = module("{enable: true}")
            .configuration(|configuration| {
                configuration.name = "darwinConfigurations.mac: home-manager.users.alice".into();
            })
            .run(&RULE);
        assert_eq!(outcome.findings.len(), 1);
        let outcome = module("{enable: true, instances: {default: {}}}")
            .configuration(|configuration| lives_in(configuration, "/Users/alice"))
            .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn elsewhere_and_before_it_does() {
        let outcome = module("{enable: true}")
            .configuration(|configuration| lives_in(configuration, "/home/alice"))
            .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        let outcome = module("{enable: true}")
            .era(Era::BundledPlugins)
            .configuration(|configuration| lives_in(configuration, "/Users/alice"))
            .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn so_it_is_since_the_day_of_the_change() {
        let outcome = module("{enable: true}")
            .era(Era::PinnedWorkspace)
            .configuration(|configuration| lives_in(configuration, "/Users/alice"))
            .run(&RULE);
        assert_eq!(outcome.findings.len(), 1);
    }

    #[test]
    fn a_guessed_revision_makes_it_a_warning() {
        let outcome = module("{enable: true}")
            .guessed()
            .configuration(|configuration| lives_in(configuration, "/Users/alice"))
            .run(&RULE);
        assert_eq!(
            outcome.only().severity,
            crate::report::finding::Severity::Warning
        );
    }
}
