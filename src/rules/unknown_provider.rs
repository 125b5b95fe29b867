//! A reference to a model of a provider that nobody has.

use super::consequence::{absence, by_release};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::model_reference::{Form, Reference, Role, is_media_model};
use crate::openclaw::providers::{Availability, Catalogue, normalise_provider, provider_piece};
use crate::releases;
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity, Unresolved};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-provider",
    summary: "A model reference names a provider that is neither declared nor part of the release",
    consequence: Consequence::FailsInUse,
    explanation: "The part before the first `/` of a model reference is the id of a provider: a key of \
`models.providers`, or a provider that the OpenClaw release brings. OpenClaw accepts any name when it reads its \
configuration, and answers \"Unknown model\" at the first turn of the agent.\n\n\
Write the name of a declared provider, or declare one with `baseUrl` and `models`.",
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
      agents.defaults.model.primary = "kimmi/kimi-k2p5";
    };
  };
}"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model = {
      primary = "openrouter/auto";
      fallbacks = [ "inception/default" ];
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
      agents.defaults.model = {
        primary = "kimi/kimi-k2p5";
        fallbacks = [ "openrouter/auto" ];
      };
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    let references = subject.references(instance);
    sink.model_references += references.all.len();
    // What is not known of references is told once, here.
    for (path, unknown) in &references.gaps {
        match path.0.is_empty() {
            true => sink.could_not_check("the configuration", unknown),
            false => sink.could_not_check(path, unknown),
        }
    }
    for reference in &references.all {
        if let Form::Unknown(unknown) | Form::PartlyKnown { unknown, .. } = &reference.form {
            sink.could_not_check(&reference.path, unknown);
        }
        // `provider/` alone is told as malformed; what an alias stands for is told at its key.
        let Some(provider) = provider_piece(reference) else {
            continue;
        };
        if matches!(reference.form, Form::WithoutModelName { .. }) {
            continue;
        }
        if let Form::Qualified { model, .. } = &reference.form
            && reference.role != Role::Key
            && catalogue
                .alias(&format!("{}/{}", provider.text, model.text))
                .is_some()
        {
            continue;
        }
        match catalogue.provider(&provider.text).availability {
            Availability::Nowhere => {}
            Availability::PerhapsPlugin => {}
            Availability::NotCertain => {
                if let Some(unknown) = &catalogue.open {
                    sink.unresolved.push(Unresolved {
                        path: reference.path.to_string(),
                        reason: format!(
                            "whether a provider `{}` is declared is not known: {}",
                            provider.text, unknown.reason
                        ),
                        span: unknown.span,
                        configurations: Vec::new(),
                    });
                }
                continue;
            }
            _ => continue,
        }
        if is_media_model(&reference.pattern) && subject.release.plugin(&provider.text).is_some() {
            // A plugin for images, videos or voices: no provider of language models, but one of these.
            continue;
        }
        if references.repeats(reference) {
            continue;
        }
        let finding = finding(subject, &catalogue, &references.all, reference);
        let availability = catalogue.provider(&provider.text).availability;
        let unsure = availability == Availability::PerhapsPlugin
            || is_media_model(&reference.pattern)
            || matches!(reference.role, Role::Key | Role::Allowed)
            || (!subject.release_is_certain && some_release_has(&provider.text));
        let finding = absence(subject, finding);
        sink.findings.push(if unsure {
            finding.at_most(Severity::Warning)
        } else if catalogue.declared.is_empty() {
            by_release(subject, finding)
        } else {
            finding
        });
    }
}

fn some_release_has(provider: &str) -> bool {
    releases::known().any(|release| release.provider(provider).is_some())
}

/// Providers that went into another one: models of the former are models of the latter since. `openclaw doctor --fix` rewrites
/// them so (OpenClaw 2026.9.6, docs/providers/openai.md); where Nix makes the file nobody does.
const MERGED: &[(&str, &str)] = &[("openai-codex", "openai"), ("codex", "openai")];

/// The provider of this release into which `provider` went.
fn merged_into(subject: Subject<'_>, provider: &str) -> Option<&'static str> {
    let (_, into) = MERGED.iter().find(|(former, _)| *former == provider)?;
    subject.release.provider(into).map(|_| *into)
}

/// A provider through which the models of others are reached, by their own ids (`openrouter/x-ai/grok-4`): the one that declares the
/// model under this id, or OpenRouter, where other references go through it.
fn router(
    catalogue: &Catalogue,
    others: &[Reference],
    provider: &str,
    model: &str,
) -> Option<String> {
    const OPENROUTER: &str = "openrouter";
    if let [only] = catalogue
        .declaring(&format!("{provider}/{model}"))
        .as_slice()
    {
        return Some(only.key.clone());
    }
    let is_used = others.iter().any(|other| {
        provider_piece(other).is_some_and(|it| normalise_provider(&it.text) == OPENROUTER)
    });
    is_used.then(|| OPENROUTER.to_string())
}

fn finding(
    subject: Subject<'_>,
    catalogue: &Catalogue,
    references: &[Reference],
    reference: &Reference,
) -> Finding {
    let rule = INFO.id;
    let Some(provider) = provider_piece(reference) else {
        return Finding::new(rule, Consequence::FailsInUse, "");
    };
    let mut finding = Finding::new(
        rule,
        Consequence::FailsInUse,
        format!(
            "no provider `{}` is declared, and {} has none of that name",
            provider.text,
            subject.openclaw()
        ),
    )
    .at(reference.locate(provider))
    .path(&reference.path);
    let model = match &reference.form {
        Form::Qualified { model, .. } => Some(model.text.as_str()),
        _ => None,
    };
    // The provider that has the very model, else the one with the nearest name.
    let owners: Vec<String> = model
        .map(|model| catalogue.declaring(model))
        .unwrap_or_default()
        .iter()
        .map(|provider| provider.key.clone())
        .collect();
    let names = catalogue.provider_names();
    let normalised = normalise_provider(&provider.text);
    let near = nearest(&normalised, names.iter().map(String::as_str));
    let merged = merged_into(subject, &normalised);
    // A name that is nearly that of a declared provider is a slip of the pen; that of one that OpenClaw has is none where a router is used.
    let router = match model {
        Some(model)
            if owners.is_empty()
                && merged.is_none()
                && near.is_none_or(|near| catalogue.declared(near).is_none()) =>
        {
            router(catalogue, references, &provider.text, model)
        }
        _ => None,
    };
    let meant = match owners.as_slice() {
        _ if router.is_some() => None,
        [only] => Some(only.as_str()),
        _ => merged.or(near),
    };
    let mut help = String::new();
    if let (Some(router), Some(model)) = (&router, model) {
        let whole = format!("{router}/{}", provider.text);
        help = format!("Did you mean `{whole}/{model}`?");
        if let Some(edit) = edit(reference, &whole) {
            finding = finding.fix(Fix {
                title: format!("Write `{whole}` for `{}`", provider.text),
                safe: false,
                edits: vec![edit],
            });
        }
    }
    if let Some(meant) = meant {
        help = match model {
            _ if merged == Some(meant) => {
                format!("Its models are models of `{meant}` in this release.")
            }
            Some(model) => format!("Did you mean `{meant}/{model}`?"),
            None => format!("Did you mean `{meant}`?"),
        };
        if let Some(declared) = catalogue.declared(meant) {
            finding = finding.related(declared.node.place.key, "a provider that is declared");
        }
        if let Some(edit) = edit(reference, meant) {
            finding = finding.fix(Fix {
                title: format!("Write `{meant}` for `{}`", provider.text),
                safe: owners.len() == 1 && near == Some(meant),
                edits: vec![edit],
            });
        }
    }
    if let Some(last) = releases::known()
        .filter(|release| release.version() < subject.release.version())
        .rfind(|release| release.provider(&provider.text).is_some())
    {
        help = format!("{help} OpenClaw {} still had it.", last.version());
    }
    if !catalogue.declared.is_empty() {
        let keys = catalogue.declared.iter().map(|it| it.key.as_str());
        help = format!("{help} Declared: {}.", alternatives(keys));
    } else if help.is_empty() {
        help = format!(
            "Declare it: `models.providers.{} = {{ baseUrl = \"...\"; models = [ ... ]; }}`.",
            provider.text
        );
    }
    finding.help(help.trim())
}

fn edit(reference: &Reference, meant: &str) -> Option<Edit> {
    reference.editable()?;
    let span = reference
        .text
        .locate(provider_piece(reference)?.range.clone())?;
    Some(Edit {
        span,
        text: meant.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{case, with_kimi};

    #[test]
    fn beside_references_through_openrouter_a_name_of_its_own_is_one_too() {
        let outcome = case(
            r#"{agents: {defaults: {model: {primary: "openrouter/auto", fallbacks: ["x-ai/grok-4"]}}}}"#,
        )
        .run(&RULE);
        let help = outcome.only().help.clone().unwrap_or_default();
        assert_eq!(help, "Did you mean `openrouter/x-ai/grok-4`?");
        assert!(outcome.fixed().contains(r#""openrouter/x-ai/grok-4""#));
    }

    #[test]
    fn a_misspelled_provider_is_an_error_at_its_name() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {model: {primary: "kimmi/kimi-k2p5"}}}"#,
        ))
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error agents.defaults.model.primary: kimmi"]
        );
        let finding = outcome.only();
        assert!(
            finding
                .help
                .as_deref()
                .unwrap_or_default()
                .contains("`kimi/kimi-k2p5`")
        );
        assert!(finding.fix.as_ref().is_some_and(|fix| fix.safe));
        assert!(outcome.fixed().contains(r#"primary: "kimi/kimi-k2p5""#));
    }

    #[test]
    fn a_provider_that_went_into_another_one_is_named_with_it() {
        let written = r#"{agents: {defaults: {model: {primary: "openai-codex/gpt-5.4"}}}}"#;
        let outcome = case(written).release("2026.9.6").run(&RULE);
        let finding = outcome.only();
        let help = finding.help.as_deref().unwrap_or_default();
        assert!(
            help.starts_with("Its models are models of `openai`"),
            "{help}"
        );
        assert!(outcome.fixed().contains(r#"primary: "openai/gpt-5.4""#));
        let before = case(written).release("2026.5.28").run(&RULE);
        assert_eq!(before.lines(), [""; 0]);
    }

    #[test]
    fn every_place_counts() {
        let outcome = case(
            r#"{agents: {
                defaults: {
                    model: {primary: "openrouter/auto", fallbacks: ["zen/a"]},
                    imageModel: "zen/b",
                    heartbeat: {model: "zen/c"},
                    subagents: {model: {primary: "zen/d"}},
                    models: {"zen/e": {}, "zen/*": {}},
                },
                list: [{id: "main", model: "zen/f"}],
            }, hooks: {mappings: [{model: "zen/g"}], gmail: {model: "zen/h"}},
            channels: {modelByChannel: {telegram: {"1": "zen/i"}}}}"#,
        )
        .run(&RULE);
        let mut paths: Vec<&str> = outcome
            .findings
            .iter()
            .filter_map(|finding| finding.path.as_deref())
            .collect();
        paths.sort_unstable();
        assert_eq!(
            paths,
            [
                "agents.defaults.heartbeat.model",
                "agents.defaults.imageModel",
                "agents.defaults.model.fallbacks[0]",
                "agents.defaults.models.\"zen/*\"",
                "agents.defaults.models.\"zen/e\"",
                "agents.defaults.subagents.model.primary",
                "agents.list[0].model",
                "channels.modelByChannel.telegram.1",
                "hooks.gmail.model",
                "hooks.mappings[0].model",
            ]
        );
    }

    #[test]
    fn known_providers_aliases_and_store_secrets_are_left_alone() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {
                model: {primary: "fast", fallbacks: ["openrouter/anthropic/claude-x", "my-cli/any", "Kimi/kimi-k2p5", "openrouter:auto"]},
                models: {"kimi/kimi-k2p5": {alias: "fast"}},
                cliBackends: {"my-cli": {command: "x"}},
                imageGenerationModel: "runway/gen4",
            }}"#,
        ))
        .home_manager(&["matrix"])
        .variable("OPENROUTER_API_KEY", crate::openclaw::configuration::Provision::ModuleEnvironment)
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn what_is_not_known_is_told_and_never_accused() {
        let outcome = case(
            r#"{models: {providers: {$open: "an argument"}},
                agents: {defaults: {model: {primary: "mine/x", fallbacks: [{$unknown: "another"}]}}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        let paths: Vec<&str> = outcome
            .unresolved
            .iter()
            .map(|it| it.path.as_str())
            .collect();
        assert_eq!(
            paths,
            [
                "agents.defaults.model.primary",
                "agents.defaults.model.fallbacks[0]"
            ]
        );
    }

    #[test]
    fn early_releases_have_more_providers_than_their_packages_show() {
        let outcome = case(
            r#"{agents: {defaults: {model: {primary: "groq/llama", fallbacks: ["zen/a", "ollama/b"]}}}}"#,
        )
        .release("2026.2.26")
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["warning agents.defaults.model.fallbacks[0]: zen"]
        );
    }

    #[test]
    fn a_file_by_itself_or_a_guessed_release_lowers_the_claim() {
        let text = r#"{agents: {defaults: {model: "zen/a"}}}"#;
        assert_eq!(
            case(text).alone().run(&RULE).only().severity,
            Severity::Warning
        );
        let text = r#"{agents: {defaults: {model: "meta/a"}}}"#;
        assert_eq!(case(text).run(&RULE).only().severity, Severity::Error);
        assert_eq!(
            case(text).guessed().run(&RULE).only().severity,
            Severity::Warning
        );
        assert!(
            case(text)
                .release("2026.9.6")
                .run(&RULE)
                .findings
                .is_empty()
        );
    }
}
