//! A model that the release refuses because its provider shut it down.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::endpoints;
use crate::openclaw::model_reference::{self, Form, Role};
use crate::openclaw::providers::{Catalogue, normalise_provider};
use crate::releases::{self, Suppression};
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "retired-model",
    summary: "A model reference names a model that the release refuses as retired",
    consequence: Consequence::OpenclawRejects,
    explanation: "Each release has a list of models that their providers shut down. A reference to one of them makes the \
whole configuration invalid (\"Unknown model\"), wherever it stands, also as a fallback or as a key of \
`agents.defaults.models`. Some are refused only at certain endpoints; then the configuration is valid and the model fails \
when it is used.\n\n\
Write the model that replaced it.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.GEMINI_API_KEY = "/run/secrets/gemini-api-key";
    config.agents.defaults.model.primary = "google/gemini-1.5-pro";
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.GEMINI_API_KEY = "/run/secrets/gemini-api-key";
    config.agents.defaults.model.primary = "google/gemini-3.1-pro-preview";
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    let references = subject.references(instance);
    for reference in &references.all {
        // OpenClaw compares the text as it is: with a profile behind it, it finds nothing.
        let (Form::Qualified { provider, model }, None) = (&reference.form, &reference.profile)
        else {
            continue;
        };
        let Some(suppression) = subject
            .release
            .suppression(&normalise_provider(&provider.text), &model.text)
        else {
            continue;
        };
        // Where an agent's own model stands, and in the list of models, other names of a model are replaced first.
        if is_rewritten(&reference.pattern)
            && catalogue.normalise_model(&provider.text, &model.text) != model.text.to_lowercase()
        {
            continue;
        }
        let conditional = suppression.is_conditional();
        if conditional && !applies(&catalogue, &provider.text, &suppression) {
            continue;
        }
        let rejects = reference.checked && !conditional;
        let consequence = if rejects {
            Consequence::OpenclawRejects
        } else {
            Consequence::FailsInUse
        };
        let mut finding = Finding::new(
            INFO.id,
            consequence,
            format!(
                "{} refuses `{}/{}`: its provider retired it",
                subject.openclaw(),
                provider.text,
                model.text
            ),
        )
        .at(reference.locate(model))
        .path(&reference.path);
        finding = match suppression.replacement() {
            Some(replacement) => {
                let whole = if replacement.contains('/') {
                    replacement.to_string()
                } else {
                    format!("{}/{replacement}", provider.text)
                };
                let finding = finding.help(format!("Write `{whole}`, which replaces it."));
                match reference.editable() {
                    Some(span) => finding.fix(Fix {
                        title: format!("Write `{whole}`"),
                        safe: false,
                        edits: vec![Edit { span, text: whole }],
                    }),
                    None => finding,
                }
            }
            None => finding.help("Name a model that the provider still has."),
        };
        let elsewhere_too = || {
            releases::known().all(|release| {
                release
                    .suppression(&normalise_provider(&provider.text), &model.text)
                    .is_some_and(|it| !it.is_conditional())
            })
        };
        if !subject.release_is_certain && !elsewhere_too() {
            finding = finding.at_most(Severity::Warning);
        }
        if !rejects && matches!(reference.role, Role::Key | Role::Allowed) {
            finding = finding.at_most(Severity::Warning);
        }
        sink.findings.push(finding);
    }
}

/// Whether OpenClaw rewrites the references at a place before it validates them.
fn is_rewritten(pattern: &str) -> bool {
    model_reference::is_chat_model(pattern) || pattern.ends_with(".models")
}

/// Whether the condition of a suppression is certainly met: the provider's address or `api`.
fn applies(catalogue: &Catalogue, provider: &str, suppression: &Suppression) -> bool {
    let standing = catalogue.provider(provider);
    let address = match standing.declared {
        Some(declared) if declared.node.get("baseUrl").is_some() => declared.address(),
        _ => standing
            .known
            .and_then(|known| endpoints::parse(known.base_url()?).ok()),
    };
    let api = standing.declared.and_then(|declared| declared.text("api"));
    let hosts: Vec<&str> = suppression.base_url_hosts().collect();
    let apis: Vec<&str> = suppression.provider_apis().collect();
    let host_fits = hosts.is_empty()
        || address.is_some_and(|address| hosts.iter().any(|host| *host == address.host));
    let api_fits = apis.is_empty() || api.is_some_and(|api| apis.iter().any(|it| *it == api));
    (!hosts.is_empty() || !apis.is_empty()) && host_fits && api_fits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn a_retired_model_makes_the_configuration_invalid_wherever_it_stands() {
        let outcome = case(
            r#"{agents: {defaults: {
                model: {primary: "openai/gpt-5.5", fallbacks: ["Google/Gemini-1.5-Pro"]},
                models: {"google/gemini-1.5-pro": {}}}},
              hooks: {gmail: {model: "google/gemini-1.5-pro"}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error agents.defaults.model.fallbacks[0]: Gemini-1.5-Pro",
                "error agents.defaults.models.\"google/gemini-1.5-pro\": gemini-1.5-pro",
                "error hooks.gmail.model: gemini-1.5-pro",
            ]
        );
        assert!(
            outcome
                .findings
                .iter()
                .all(|finding| finding.consequence == Consequence::OpenclawRejects)
        );
    }

    #[test]
    fn other_names_of_a_model_are_replaced_in_some_places_only() {
        let outcome = case(
            r#"{agents: {defaults: {
                model: {primary: "google/gemini-3-pro-preview"}, models: {"google/gemini-3-pro-preview": {}},
                imageModel: "google/gemini-3-pro-preview", heartbeat: {model: "google/gemini-3-pro-preview"}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error agents.defaults.imageModel: gemini-3-pro-preview",
                "error agents.defaults.heartbeat.model: gemini-3-pro-preview",
            ]
        );
    }

    #[test]
    fn with_a_profile_behind_it_openclaw_does_not_notice() {
        let outcome =
            case(r#"{agents: {defaults: {model: "google/gemini-1.5-pro@work"}}}"#).run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }
}
