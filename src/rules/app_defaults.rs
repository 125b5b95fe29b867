//! More than one instance that configures the macOS app.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Source;
use crate::report::finding::{Consequence, Finding};
use crate::workspace::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "app-defaults",
    summary: "More than one instance has `appDefaults` enabled",
    consequence: Consequence::NixRejects,
    explanation: "The macOS app has one set of defaults, which one instance at most may write. `appDefaults.enable` is on for \
the instance named `default` unless it is turned off. Two of them fail an assertion of the module, which stops `home-manager switch`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    instances.home.appDefaults.enable = true;
    instances.work.appDefaults.enable = true;
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    instances.home.appDefaults.enable = true;
    instances.work = { };
  };
}"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager {
        return;
    }
    let Some(instances) = configuration
        .options
        .as_ref()
        .and_then(|options| options.get("instances"))
        .and_then(|instances| instances.as_object())
    else {
        return;
    };
    let mut enabled: Vec<(&String, Option<Span>)> = Vec::new();
    for (name, instance) in &instances.entries {
        let off = instance
            .get("enable")
            .is_some_and(|flag| flag.as_bool() != Some(true));
        if off {
            continue;
        }
        match instance.at_keys("appDefaults.enable") {
            Some(flag) if flag.as_bool() == Some(true) => {
                enabled.push((name, flag.place.primary()));
            }
            Some(_) => {}
            None if name == "default" => {
                enabled.push((name, instance.place.key.or(instance.place.primary())));
            }
            None => {}
        }
    }
    let [(first, first_span), rest @ ..] = enabled.as_slice() else {
        return;
    };
    for (name, span) in rest {
        sink.findings.push(
            Finding::new(
                INFO.id,
                Consequence::NixRejects,
                format!("`appDefaults` is enabled for `{name}` and for `{first}`"),
            )
            .at(*span)
            .path(format!(
                "{}.instances.{name}.appDefaults.enable",
                configuration.option_root
            ))
            .related(*first_span, format!("enabled for `{first}`"))
            .help("Set `appDefaults.enable = false;` for one of them."),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::module;

    #[test]
    fn one_instance_at_most_configures_the_app() {
        let outcome =
            module(r#"{instances: {default: {}, work: {appDefaults: {enable: true}}, other: {}}}"#)
                .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error programs.openclaw.instances.work.appDefaults.enable: true"]
        );
        let outcome = module(
            r#"{instances: {default: {enable: false}, work: {appDefaults: {enable: true}}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }
}
