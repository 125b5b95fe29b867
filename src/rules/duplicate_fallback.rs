//! A fallback that repeats the primary or an earlier fallback.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::model_reference::{Reference, Role};
use crate::openclaw::providers::{BareMeaning, Target};
use crate::report::finding::{Consequence, Finding};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "duplicate-fallback",
    summary: "A fallback repeats the primary model or an earlier fallback",
    consequence: Consequence::Degrades,
    explanation: "Fallbacks are tried in order when the model before them fails. One that names the primary again, or \
an earlier fallback, by itself, by an alias or in other letters, adds nothing: OpenClaw drops it. Mostly another model was meant.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model = {
      primary = "openrouter/auto";
      fallbacks = [ "openrouter/auto" "google/gemini-3.1-pro-preview" ];
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model = {
      primary = "openrouter/auto";
      fallbacks = [ "google/gemini-3.1-pro-preview" ];
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    let references = subject.references(instance);
    // The place of the whole selector -> the models seen there and where.
    let mut seen: BTreeMap<String, Vec<(String, &Reference)>> = BTreeMap::new();
    for reference in &references.all {
        let selector = match (reference.role, reference.path.last_key()) {
            (Role::Fallback(_), _) => reference.path.parent().and_then(|list| list.parent()),
            (Role::Primary, Some("primary")) => reference.path.parent(),
            _ => None,
        };
        let Some(selector) = selector else { continue };
        let key = match catalogue.target(reference) {
            Target::Model {
                provider, model, ..
            } => catalogue.key_of(&provider, &model),
            Target::Bare(name) => match catalogue.bare(reference, &name, &references) {
                BareMeaning::Inferred(provider) | BareMeaning::Default(provider) => {
                    catalogue.key_of(&provider, &name)
                }
                _ => continue,
            },
            Target::Other => continue,
        };
        // Different profiles are different credentials for one model: a sensible fallback.
        let key = match &reference.profile {
            Some(profile) => format!("{key}@{}", profile.text),
            None => key,
        };
        let earlier = seen.entry(selector.to_string()).or_default();
        if let Some((_, first)) = earlier.iter().find(|(known, _)| *known == key) {
            let what = match first.role {
                Role::Primary => "the primary model".to_string(),
                Role::Fallback(index) => format!("fallback {}", index + 1),
                _ => "an earlier model".to_string(),
            };
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!(
                        "this fallback repeats {what}, `{}`; it adds nothing",
                        first.written().unwrap_or_default()
                    ),
                )
                .at(reference.span())
                .path(&reference.path)
                .related(first.span(), what)
                .help("Name another model, or leave it out."),
            );
        } else {
            earlier.push((key, reference));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{case, with_kimi};

    #[test]
    fn the_primary_and_earlier_fallbacks_are_repeated() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {models: {"kimi/kimi-k2-thinking": {alias: "think"}}, model: {
                primary: "kimi/kimi-k2p5",
                fallbacks: ["KIMI/kimi-k2p5", "think", "kimi/kimi-k2-thinking", "kimi-k2p5"]}}}"#,
        ))
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning agents.defaults.model.fallbacks[0]: \"KIMI/kimi-k2p5\"",
                "warning agents.defaults.model.fallbacks[2]: \"kimi/kimi-k2-thinking\"",
                "warning agents.defaults.model.fallbacks[3]: \"kimi-k2p5\"",
            ]
        );
    }

    #[test]
    fn other_models_other_profiles_and_other_agents_are_fine() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {model: {primary: "kimi/kimi-k2p5@a", fallbacks: ["kimi/kimi-k2p5@b", "openrouter/auto"]}},
                list: [{id: "x", model: {primary: "openrouter/auto", fallbacks: ["kimi/kimi-k2p5"]}}]}"#,
        ))
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }
}
