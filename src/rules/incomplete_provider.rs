//! A provider of one's own without `baseUrl` or `models`.

use super::consequence::{absence, by_release, is_typed};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::nearest;
use crate::openclaw::configuration::Instance;
use crate::openclaw::providers::DeclaredProvider;
use crate::openclaw::tree::{Lookup, Value};
use crate::releases::{Kind, Release, Version};
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "incomplete-provider",
    summary: "A declared provider has no `baseUrl` or no `models`",
    consequence: Consequence::OpenclawRejects,
    explanation: "A provider below `models.providers` that OpenClaw does not know needs `baseUrl` and `models`; the list may \
be empty. Only for a fixed set of names, which is not the same as the providers that the release brings, may both be left out. \
Nix does not notice, OpenClaw refuses the whole configuration.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "https://llm.acme.example/v1";
      api = "openai-completions";
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "https://llm.acme.example/v1";
      api = "openai-completions";
      models = [ { id = "acme-large"; name = "Acme Large"; } ];
    };
    config.models.providers.openai.apiKey = "\${OPENAI_API_KEY}";
    environment.OPENAI_API_KEY = "/run/secrets/openai-api-key";
  };
}"#],
};

/// Another name of the provider `zai`: with it `baseUrl` may be missing in 2026.5.20 to 2026.5.27, and not in 2026.5.28 and 2026.6.11
/// (`openclaw config validate`, case `203-provider-overlay-zai-alias`).
const SECOND_NAME: &str = "z.ai";
const FIRST_NAMES_ONLY: Version = Version::new(2026, 5, 28);

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    for provider in &catalogue.declared {
        if !matches!(provider.node.value, Value::Object(_)) {
            continue;
        }
        let may_lack = if subject.release.knows("overlayProviders") {
            subject.release.is_overlay_provider(&provider.key)
                || (provider.key == SECOND_NAME && subject.release.version() < FIRST_NAMES_ONLY)
        } else {
            !is_required_by_schema(subject.release)
        };
        if may_lack {
            // An empty text is refused even where the key may be left out.
            if is_empty_text(provider) {
                sink.findings.push(empty(subject, provider));
            }
            continue;
        }
        for key in ["baseUrl", "models"] {
            match provider.node.lookup(key) {
                // A misspelled key is told as an unknown one, with the right one beside it.
                Lookup::Absent
                    if subject.release.schema().is_some() && misspelled(provider, key) => {}
                Lookup::Absent => sink.findings.push(missing(subject, provider, key)),
                Lookup::Unknown(unknown) => {
                    sink.could_not_check(provider.path.key(key), unknown);
                }
                Lookup::Present(_) if key == "baseUrl" && is_empty_text(provider) => {
                    sink.findings.push(empty(subject, provider));
                }
                Lookup::Present(_) => {}
            }
        }
    }
}

fn misspelled(provider: &DeclaredProvider, key: &str) -> bool {
    provider.node.as_object().is_some_and(|object| {
        let keys = object.entries.keys().map(String::as_str);
        nearest(key, keys).is_some()
    })
}

fn is_empty_text(provider: &DeclaredProvider) -> bool {
    provider.text("baseUrl").is_some_and(|text| text.is_empty())
}

/// Whether the schema of the release demands `baseUrl` of every provider, as in early 2026.
fn is_required_by_schema(release: &Release) -> bool {
    release.schema().is_some_and(|schema| {
        schema
            .at(["models", "providers", "x"])
            .iter()
            .any(|node| match node.kind() {
                Kind::Object(rules) => rules.required().any(|key| key == "baseUrl"),
                _ => false,
            })
    })
}

/// The module's types demand both keys where the release's schema does.
fn consequence(subject: Subject<'_>) -> Consequence {
    if is_typed(subject.configuration) && is_required_by_schema(subject.release) {
        Consequence::NixRejects
    } else {
        Consequence::OpenclawRejects
    }
}

fn missing(subject: Subject<'_>, provider: &DeclaredProvider, key: &str) -> Finding {
    let mut help = match key {
        "baseUrl" => "Add `baseUrl`, the address of its API.".to_string(),
        _ => "Add `models = [ { id = \"...\"; name = \"...\"; } ];`; the list may be empty."
            .to_string(),
    };
    let overlays: Vec<&str> = subject.release.overlay_providers().collect();
    if let Some(name) = nearest(&provider.id, overlays.iter().copied()) {
        help = format!("{help} Did you mean the provider `{name}`, which needs none?");
    }
    let openclaw = subject.openclaw();
    let who = if is_required_by_schema(subject.release) {
        format!("{openclaw} demands of every provider")
    } else {
        format!("every provider needs that {openclaw} does not bring itself")
    };
    let finding = Finding::new(
        INFO.id,
        consequence(subject),
        format!(
            "the provider `{}` has no `{key}`, which {who}",
            provider.key
        ),
    )
    .at(provider.node.place.key.or(provider.node.place.primary()))
    .path(provider.path.key(key))
    .help(help);
    by_release(subject, absence(subject, finding))
}

fn empty(subject: Subject<'_>, provider: &DeclaredProvider) -> Finding {
    let node = provider.node.get("baseUrl");
    let finding = Finding::new(
        INFO.id,
        Consequence::OpenclawRejects,
        format!("the `baseUrl` of the provider `{}` is empty", provider.key),
    )
    .at(node.and_then(|node| node.place.primary()))
    .path(provider.path.key("baseUrl"))
    .help("Write the address of its API.");
    by_release(subject, finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::finding::Severity;
    use crate::rules::testing::case;

    #[test]
    fn both_keys_are_needed_for_a_provider_of_ones_own() {
        let outcome = case(
            r#"{models: {providers: {
                acme: {baseUrl: "https://x.example/v1"}, zenith: {models: []}, perplexity: {apiKey: "k"},
                openai: {apiKey: "k"}, blank: {baseUrl: "", models: []}, moonshot: {}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error models.providers.acme.models: acme",
                "error models.providers.blank.baseUrl: \"\"",
                "error models.providers.perplexity.baseUrl: perplexity",
                "error models.providers.perplexity.models: perplexity",
                "error models.providers.zenith.baseUrl: zenith",
            ]
        );
    }

    #[test]
    fn a_misspelled_key_is_told_elsewhere() {
        let outcome =
            case(r#"{models: {providers: {acme: {baseURL: "https://x.example/v1", models: []}}}}"#)
                .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn early_releases_demand_both_keys_of_every_provider() {
        let text = r#"{models: {providers: {openai: {apiKey: "k"}}}}"#;
        let outcome = case(text).release("2026.2.26").run(&RULE);
        assert_eq!(outcome.findings.len(), 2);
        assert!(case(text).run(&RULE).findings.is_empty());
    }

    #[test]
    fn what_may_be_added_elsewhere_is_a_warning() {
        let text = r#"{models: {providers: {acme: {baseUrl: "https://x.example/v1"}}}}"#;
        assert_eq!(
            case(text).alone().run(&RULE).only().severity,
            Severity::Warning
        );
        let text = r#"{models: {providers: {acme: {baseUrl: {$unknown: "u"}, $open: "o"}}}}"#;
        let outcome = case(text).run(&RULE);
        assert_eq!((outcome.findings.len(), outcome.unresolved.len()), (0, 2));
    }
}
