//! `apiKey = ""`.

use super::secrets::{Site, is_nix, visit_sites};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Source};
use crate::openclaw::credentials::{Role, Written, classify};
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "empty-secret",
    summary: "A credential field is an empty text",
    consequence: Consequence::FailsInUse,
    explanation: "\
OpenClaw takes an empty key for no key: requests fail with \"No API key found for provider\" unless a profile or an \
environment variable of that provider happens to provide one. Leave the field out where a profile or a variable \
provides the key, write `\"\\${NAME}\"` where it belongs, or any text (`not-needed`) for a local server.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.kimi = {
      baseUrl = "https://api.kimi.com/coding/v1";
      api = "openai-completions";
      apiKey = "";
      models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
    };
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/kimi-api-key";
    config.models.providers.kimi = {
      baseUrl = "https://api.kimi.com/coding/v1";
      api = "openai-completions";
      apiKey = "\${KIMI_API_KEY}";
      models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
    };
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    visit_sites(subject, instance, &mut |site| {
        if !matches!(site.role, Role::Credential | Role::SecretHeader) {
            return;
        }
        let Some(text) = site.node.as_str() else {
            return;
        };
        if classify(&text) != Written::Empty || site.field.is_some_and(|field| field.is_disabled())
        {
            return;
        }
        let finding = if site.is_local_key() {
            Finding::new(
                INFO.id,
                Consequence::Advice,
                format!("{} is empty, which counts as no key at all", site.name()),
            )
            .help("leave it out, or write any text, for instance `not-needed`")
        } else {
            Finding::new(
                INFO.id,
                Consequence::FailsInUse,
                format!("{} is empty", site.name()),
            )
            .at_most(if may_come_otherwise(subject, instance, site) {
                Severity::Warning
            } else {
                Severity::Error
            })
            .help(site.how_to_provide(subject))
        };
        sink.findings
            .push(finding.at(site.span()).path(site.path()));
    });
}

/// Whether a profile or a variable may provide the key in its place.
fn may_come_otherwise(subject: Subject<'_>, instance: &Instance, site: &Site<'_>) -> bool {
    // A script that takes the rendered file may fill it in.
    let in_script = subject.configuration.source == Source::RenderedFile && is_nix(subject);
    if in_script || !subject.configuration.is_complete() {
        return true;
    }
    let Some((provider, _)) = site.field.and_then(|field| field.model_provider()) else {
        return false;
    };
    let profile = instance
        .config
        .at_keys("auth.profiles")
        .and_then(|profiles| profiles.as_object())
        .is_some_and(|profiles| {
            profiles.open.is_some()
                || profiles.entries.values().any(|profile| {
                    profile
                        .get("provider")
                        .and_then(|name| name.as_str())
                        .is_none_or(|name| name.eq_ignore_ascii_case(provider))
                })
        });
    let prefix = provider.to_ascii_uppercase().replace('-', "_");
    profile
        || instance.variables.iter().any(|variable| {
            variable
                .name
                .as_deref()
                .is_none_or(|name| name.starts_with(&prefix))
        })
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::Provision;

    #[test]
    fn empty_is_not_set() {
        let outcome = case(
            r#"{models: {providers: {kimi: {baseUrl: "https://api.kimi.com/coding/v1", apiKey: ""},
                local: {baseUrl: "http://127.0.0.1:1", apiKey: ""}}}, channels: {telegram: {enabled: false, botToken: ""}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error models.providers.kimi.apiKey: \"\"",
                "note models.providers.local.apiKey: \"\"",
            ]
        );
    }

    #[test]
    fn a_profile_or_a_variable_may_provide_the_key() {
        let text = r#"{models: {providers: {kimi: {baseUrl: "https://x.example", apiKey: ""}}}}"#;
        let outcome = case(text)
            .variable("KIMI_API_KEY", Provision::ModuleEnvironment)
            .run(&RULE);
        assert_eq!(outcome.only().severity, Severity::Warning);
    }
}
