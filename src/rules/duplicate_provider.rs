//! Two providers whose ids are one to OpenClaw.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "duplicate-provider",
    summary: "Two declared providers differ only in case or blanks",
    consequence: Consequence::Degrades,
    explanation: "OpenClaw compares provider ids in lower case and without blanks around them. `Acme` and `acme` are two \
attributes for Nix and one provider for OpenClaw: only one of the two declarations is used.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers = {
      acme = { baseUrl = "https://a.acme.example/v1"; models = [ ]; };
      Acme = { baseUrl = "https://b.acme.example/v1"; models = [ ]; };
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers = {
      acme-a = { baseUrl = "https://a.acme.example/v1"; models = [ ]; };
      acme-b = { baseUrl = "https://b.acme.example/v1"; models = [ ]; };
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    for (position, provider) in catalogue.declared.iter().enumerate() {
        let Some(first) = catalogue.declared[..position]
            .iter()
            .find(|other| other.id == provider.id)
        else {
            continue;
        };
        sink.findings.push(
            Finding::new(
                INFO.id,
                Consequence::Degrades,
                format!(
                    "`{}` and `{}` are one provider to OpenClaw; only one of them is used",
                    first.key, provider.key
                ),
            )
            .at(provider.node.place.key.or(provider.node.place.primary()))
            .path(&provider.path)
            .related(
                first.node.place.key.or(first.node.place.primary()),
                "the other one",
            )
            .help("Give one of them another id."),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn case_makes_no_second_provider() {
        let outcome = case(
            r#"{models: {providers: {acme: {baseUrl: "https://x.example/v1", models: []}, Acme: {baseUrl: "https://y.example/v1", models: []}}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), ["warning models.providers.acme: acme"]);
    }
}
