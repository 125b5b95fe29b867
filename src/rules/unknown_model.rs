//! A reference to a model that its provider does not have.

use super::consequence::{absence, by_release};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::model_reference::{Form, Reference, Role, is_media_model};
use crate::openclaw::providers::{Availability, Catalogue, ModelStanding};
use crate::releases;
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-model",
    summary: "A model reference names a model that its provider does not list",
    consequence: Consequence::FailsInUse,
    explanation: "The part after the first `/` of a model reference is the id of a model of that provider. For a \
provider that is declared with its own `models`, that list says what exists: OpenClaw sends another id upstream as \
it is, without the context window and the limits that the list declares, and the provider answers with an error. \
For a provider of the release with a fixed list, OpenClaw itself answers \"Unknown model\".\n\n\
Providers with an empty list, local servers, and providers whose list comes from outside are left alone.\n\n\
Write an id that is declared, or add the model to the provider's `models`.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true;
    config = {
      models.providers.kimi = {
        baseUrl = "https://api.kimi.com/coding/v1";
        api = "openai-completions";
        apiKey = "\${KIMI_API_KEY}";
        models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
      };
      agents.defaults.model.primary = "kimi/kimi-k2p6";
    };
  };
}"#,
        r#"{ lib, ... }:
let
  model = "kimi-k2-thinkin";
in
{
  programs.openclaw = {
    enable = true;
    config = {
      models.providers.kimi = {
        baseUrl = "https://api.kimi.com/coding/v1";
        api = "openai-completions";
        apiKey = "\${KIMI_API_KEY}";
        models = [ { id = "kimi-k2-thinking"; name = "Kimi K2 Thinking"; } ];
      };
      agents.defaults.heartbeat.model = "kimi/${model}";
    };
  };
}"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      models.providers.kimi = {
        baseUrl = "https://api.kimi.com/coding/v1";
        api = "openai-completions";
        apiKey = "\${KIMI_API_KEY}";
        models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
      };
      models.providers.gpu = {
        baseUrl = "http://gpu.lan:8000/v1";
        api = "openai-completions";
        models = [ { id = "qwen3"; name = "Qwen 3"; } ];
      };
      agents.defaults.model = {
        primary = "kimi/kimi-k2p5";
        fallbacks = [ "gpu/another-model" "openrouter/anthropic/claude-sonnet-4.6" ];
      };
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    let references = subject.references(instance);
    for reference in &references.all {
        let Form::Qualified { provider, model } = &reference.form else {
            continue;
        };
        // A wildcard is malformed where one model is needed, and means all of them elsewhere.
        if model.text == "*" {
            continue;
        }
        let written = format!("{}/{}", provider.text, model.text);
        if reference.role != Role::Key && catalogue.alias(&written).is_some() {
            continue;
        }
        let media = is_media_model(&reference.pattern);
        let (severity, list) = match catalogue.model(&provider.text, &model.text) {
            ModelStanding::NotDeclared => (Severity::Error, List::Declared),
            ModelStanding::NotAmongEither if !media => (Severity::Warning, List::Both),
            ModelStanding::NotInRelease if !media => {
                let elsewhere = releases::known().any(|release| {
                    release
                        .provider(&provider.text)
                        .is_some_and(|it| it.model(&model.text).is_some() || !it.list_is_closed())
                });
                if elsewhere && !subject.release_is_certain {
                    continue;
                }
                (Severity::Error, List::Release)
            }
            ModelStanding::NotKnown(unknown) => {
                sink.could_not_check(&reference.path, &unknown);
                continue;
            }
            _ => continue,
        };
        if subject
            .release
            .suppression(&provider.text, &model.text)
            .is_some()
        {
            // Told as a retired model.
            continue;
        }
        if references.repeats(reference) {
            continue;
        }
        let finding = finding(subject, &catalogue, reference, list).at_most(severity);
        let finding = match list {
            List::Declared => absence(subject, finding),
            List::Both | List::Release => by_release(subject, absence(subject, finding)),
        };
        sink.findings.push(match reference.role {
            Role::Key | Role::Allowed => finding.at_most(Severity::Warning),
            _ => finding,
        });
    }
}

/// Which list does not have the model.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Declared,
    Both,
    Release,
}

fn finding(
    subject: Subject<'_>,
    catalogue: &Catalogue,
    reference: &Reference,
    list: List,
) -> Finding {
    let Form::Qualified { provider, model } = &reference.form else {
        return Finding::new(INFO.id, Consequence::FailsInUse, "");
    };
    let openclaw = subject.openclaw();
    let message = match list {
        List::Declared => format!(
            "`models.providers.{}.models` declares no model `{}`",
            provider.text, model.text
        ),
        List::Both => format!(
            "neither `models.providers.{}.models` nor {openclaw} lists a model `{}`",
            provider.text, model.text
        ),
        List::Release => format!(
            "{openclaw} knows no model `{}` of provider `{}`",
            model.text, provider.text
        ),
    };
    let mut finding = Finding::new(INFO.id, Consequence::FailsInUse, message)
        .at(reference.locate(model))
        .path(&reference.path);
    let ids = catalogue.models_of(&provider.text);
    let near = nearest(&model.text, ids.iter().map(String::as_str));
    let mut help = Vec::new();
    if let Some(near) = near {
        help.push(format!("Did you mean `{}/{near}`?", provider.text));
        if reference.editable().is_some()
            && let Some(span) = reference.text.locate(model.range.clone())
        {
            finding = finding.fix(Fix {
                title: format!("Write `{}/{near}`", provider.text),
                safe: false,
                edits: vec![Edit {
                    span,
                    text: near.to_string(),
                }],
            });
        }
    } else if let [other] = catalogue.declaring(&model.text).as_slice() {
        help.push(format!(
            "`{}` declares that model: `{}/{}`.",
            other.key, other.key, model.text
        ));
    }
    let names = alternatives(ids.iter().map(String::as_str));
    let verb = match list {
        List::Declared => "Declared",
        List::Both | List::Release => "Listed",
    };
    help.push(format!("{verb}: {names}."));
    let declared = catalogue.declared(&provider.text);
    if let Some(declared) = declared {
        let place = declared.node.get("models").map(|models| &models.place);
        finding = finding.related(
            place.and_then(|place| place.key.or(place.primary())),
            "the models that are declared",
        );
        if catalogue.provider(&provider.text).availability == Availability::Declared
            && list == List::Declared
            && near.is_none()
        {
            help.push(format!(
                "Or add `{{ id = \"{}\"; name = \"...\"; }}` to them.",
                model.text
            ));
        }
    }
    finding.help(help.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{case, with_kimi};

    #[test]
    fn a_model_missing_from_the_declared_list_is_an_error() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {model: {primary: "kimi/kimi-k2p6", fallbacks: ["kimi/KIMI-K2P5", "kimi/kimi/kimi-k2p5"]}}}"#,
        ))
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error agents.defaults.model.primary: kimi-k2p6"]
        );
        let help = outcome.only().help.clone().unwrap_or_default();
        assert!(help.contains("`kimi/kimi-k2p5`"), "{help}");
        assert!(help.contains("`kimi-k2p5` or `kimi-k2-thinking`"), "{help}");
        assert!(outcome.fixed().contains("\"kimi/kimi-k2p5\", fallbacks"));
    }

    #[test]
    fn local_servers_empty_lists_and_gateways_are_left_alone() {
        let outcome = case(
            r#"{models: {providers: {
                ollama: {baseUrl: "https://ollama.example.org", api: "ollama", models: [{id: "a", name: "A"}]},
                box: {baseUrl: "http://192.168.1.2:8000/v1", models: [{id: "a", name: "A"}]},
                empty: {baseUrl: "https://x.example/v1", models: []},
                openrouter: {baseUrl: "https://openrouter.ai/api/v1", models: [{id: "a", name: "A"}]},
            }}, agents: {defaults: {model: {primary: "ollama/b", fallbacks: ["box/b", "empty/b", "openrouter/x/y", "openai/gpt-9", "google/gemini-9"]}}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn a_fixed_list_of_the_release_decides() {
        let outcome = case(
            r#"{agents: {defaults: {model: {primary: "anthropic/claude-haiku-4", fallbacks: [
                "anthropic/claude-opus-4-6", "anthropic/claude-opus-4.8", "anthropic/opus", "anthropic/claude-sonnet-5-1"]}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error agents.defaults.model.primary: claude-haiku-4"]
        );
    }

    #[test]
    fn a_list_that_is_not_wholly_known_accuses_nobody() {
        let outcome = case(
            r#"{models: {providers: {kimi: {baseUrl: "https://x.example/v1", models: [
                {id: "a", name: "A"}, {id: {$unknown: "an argument"}, name: "B"}]}}},
                agents: {defaults: {model: "kimi/b", imageModel: "kimi/a"}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        assert_eq!(outcome.unresolved.len(), 1);
        assert_eq!(outcome.unresolved[0].reason, "an argument");
    }

    #[test]
    fn a_provider_of_the_release_at_another_host_goes_by_its_own_list() {
        let outcome = case(
            r#"{models: {providers: {anthropic: {baseUrl: "https://proxy.example/v1", models: [{id: "a", name: "A"}]}}},
                agents: {defaults: {model: "anthropic/b"}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), ["error agents.defaults.model: b"]);
    }
}
