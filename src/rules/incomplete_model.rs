//! A declared model without `id` or `name`.

use super::consequence::{absence, violates_schema, violates_validation};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::tree::{Lookup, Value};
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "incomplete-model",
    summary: "A declared model has no `id` or no `name`",
    consequence: Consequence::NixRejects,
    explanation: "Each entry of `models.providers.<id>.models` needs an `id`, which references use and which is sent to the \
provider, and a `name` for people. Neither may be empty. The typed options of Home Manager refuse a missing one when they are \
evaluated; elsewhere OpenClaw refuses the configuration.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "https://llm.acme.example/v1";
      models = [ { id = "acme-large"; } ];
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "https://llm.acme.example/v1";
      models = [ { id = "acme-large"; name = "Acme Large"; } ];
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    for provider in &catalogue.declared {
        let Some(models) = provider.node.get("models").and_then(|it| it.as_list()) else {
            continue;
        };
        for (index, model) in models.items.iter().enumerate() {
            if !matches!(model.value, Value::Object(_)) {
                continue;
            }
            let path = provider.path.key("models").index(index);
            for key in ["id", "name"] {
                let called = ["name", "id"]
                    .iter()
                    .filter(|other| **other != key)
                    .find_map(|other| model.get(other)?.as_str())
                    .map(|text| format!("the model `{text}`"))
                    .unwrap_or_else(|| format!("model {}", index + 1));
                match model.lookup(key) {
                    Lookup::Absent => {
                        let finding = Finding::new(
                            INFO.id,
                            violates_schema(subject.configuration),
                            format!("{called} of `{}` has no `{key}`", provider.key),
                        )
                        .at(model.place.primary().or(provider.node.place.key))
                        .path(path.key(key))
                        .help(match key {
                            "id" => "Add `id`, as the provider calls the model.".to_string(),
                            _ => "Add `name`, as people call the model.".to_string(),
                        });
                        sink.findings.push(absence(subject, finding));
                    }
                    Lookup::Present(node) if node.as_str().is_some_and(|it| it.is_empty()) => {
                        sink.findings.push(
                            Finding::new(
                                INFO.id,
                                violates_validation(subject.configuration),
                                format!("the `{key}` of {called} of `{}` is empty", provider.key),
                            )
                            .at(node.place.primary())
                            .path(path.key(key))
                            .help(format!("Write a `{key}`.")),
                        );
                    }
                    Lookup::Present(_) => {}
                    Lookup::Unknown(unknown) => sink.could_not_check(path.key(key), unknown),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    const TEXT: &str = r#"{models: {providers: {acme: {baseUrl: "https://x.example/v1", models: [
        {id: "a"}, {name: "B"}, {id: "", name: "C"}, {id: "d", name: "D"}]}}}}"#;

    #[test]
    fn id_and_name_are_needed_and_not_empty() {
        assert_eq!(
            case(TEXT).run(&RULE).lines(),
            [
                "error models.providers.acme.models[0].name: {id: \"a\"}",
                "error models.providers.acme.models[1].id: {name: \"B\"}",
                "error models.providers.acme.models[2].id: \"\"",
            ]
        );
    }

    #[test]
    fn nix_refuses_what_is_missing_in_typed_options() {
        let outcome = case(TEXT).home_manager(&[]).run(&RULE);
        let consequences: Vec<Consequence> = outcome
            .findings
            .iter()
            .map(|finding| finding.consequence)
            .collect();
        assert_eq!(
            consequences,
            [
                Consequence::NixRejects,
                Consequence::NixRejects,
                Consequence::OpenclawRejects
            ]
        );
    }
}
