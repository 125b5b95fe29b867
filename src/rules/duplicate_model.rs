//! Two models of one provider with the same id.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::providers::DeclaredModel;
use crate::report::finding::{Consequence, Finding};
use std::collections::HashMap;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "duplicate-model",
    summary: "A provider declares two models with the same id",
    consequence: Consequence::Degrades,
    explanation: "References name a model by its id, in which upper and lower case do not differ. Of two entries with the \
same id only the first can be reached; the limits and costs of the other are never used.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "https://llm.acme.example/v1";
      models = [
        { id = "acme-large"; name = "Acme Large"; maxTokens = 8192; }
        { id = "acme-large"; name = "Acme Large, long"; maxTokens = 32768; }
      ];
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "https://llm.acme.example/v1";
      models = [
        { id = "acme-large"; name = "Acme Large"; }
        { id = "acme-small"; name = "Acme Small"; }
      ];
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    for provider in &catalogue.declared {
        let mut first_by_id: HashMap<String, &DeclaredModel> = HashMap::new();
        for model in provider.known_models() {
            if model.id.is_empty() {
                continue;
            }
            let first = *first_by_id.entry(model.id.to_lowercase()).or_insert(model);
            if std::ptr::eq(first, model) {
                continue;
            }
            let span = |node: &crate::openclaw::tree::Node| {
                node.get("id").and_then(|id| id.place.primary())
            };
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!(
                        "`{}` declares the model `{}` twice; only the first one can be reached",
                        provider.key, model.id
                    ),
                )
                .at(span(&model.node))
                .path(provider.path.key("models").index(model.index).key("id"))
                .related(span(&first.node), "the first one")
                .help("Give it another id, or leave it out."),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn ids_differ_by_more_than_case() {
        let outcome = case(
            r#"{models: {providers: {acme: {baseUrl: "https://x.example/v1", models: [
                {id: "a", name: "A"}, {id: "b", name: "B"}, {id: "A", name: "C"}]}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["warning models.providers.acme.models[2].id: \"A\""]
        );
    }
}
