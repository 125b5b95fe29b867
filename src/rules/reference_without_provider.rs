//! A model id without its provider.

use super::consequence::by_release;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::model_reference::{Form, Piece, Reference, Role};
use crate::openclaw::providers::{BareMeaning, Catalogue, ModelStanding};
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "reference-without-provider",
    summary: "A model reference names no provider",
    consequence: Consequence::FailsInUse,
    explanation: "A reference without `/` is an alias of `agents.defaults.models`, or else a model id whose provider \
OpenClaw has to guess: the only one that declares such a model, and otherwise the default provider of the release, \
which changed over time (`anthropic` in early 2026, `openai` later). In a fallback it is the provider of the primary. \
So the same text means different models in different releases, and mostly one that does not exist.\n\n\
Write `provider/model`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      models.providers.kimi = {
        baseUrl = "https://api.kimi.com/coding/v1";
        api = "openai-completions";
        apiKey = "\${KIMI_API_KEY}";
        models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
      };
      agents.defaults.model.primary = "kimi-k2p5";
    };
  };
}"#],
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
      agents.defaults = {
        model.primary = "kimi/kimi-k2p5";
        models."kimi/kimi-k2p5".alias = "kimi";
        heartbeat.model = "kimi";
      };
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    let references = subject.references(instance);
    for reference in &references.all {
        let Form::Bare { name } = &reference.form else {
            continue;
        };
        if reference.role != Role::Key && catalogue.alias(&name.text).is_some() {
            continue;
        }
        if let (Some(unknown), true) = (&catalogue.aliases_open, reference.role != Role::Key) {
            sink.could_not_check(&reference.path, unknown);
            continue;
        }
        let meaning = catalogue.bare(reference, &name.text, &references);
        sink.findings
            .push(finding(subject, &catalogue, reference, name, meaning));
    }
}

fn finding(
    subject: Subject<'_>,
    catalogue: &Catalogue,
    reference: &Reference,
    name: &Piece,
    meaning: BareMeaning,
) -> Finding {
    let openclaw = subject.openclaw();
    let bare = &name.text;
    let (consequence, says) = match &meaning {
        BareMeaning::Inferred(provider) => (
            Consequence::Degrades,
            format!(
                "{openclaw} takes it for `{provider}/{bare}`, because only `{provider}` has it"
            ),
        ),
        BareMeaning::Ambiguous { providers, default } => (
            Consequence::FailsInUse,
            format!(
                "{openclaw} takes it for `{default}/{bare}`, because {} have it",
                providers
                    .iter()
                    .map(|provider| format!("`{provider}`"))
                    .collect::<Vec<_>>()
                    .join(" and ")
            ),
        ),
        BareMeaning::Default(provider) => (
            if works(catalogue, provider, bare) {
                Consequence::Degrades
            } else {
                Consequence::FailsInUse
            },
            format!("{openclaw} takes it for `{provider}/{bare}`"),
        ),
        BareMeaning::NotKnown => (
            Consequence::Degrades,
            format!("which one {openclaw} takes depends on what is not known here"),
        ),
    };
    let mut finding = Finding::new(
        INFO.id,
        consequence,
        format!("`{bare}` names no provider; {says}"),
    )
    .at(reference.locate(name))
    .path(&reference.path);
    let profile = reference
        .profile
        .as_ref()
        .map(|profile| format!("@{}", profile.text))
        .unwrap_or_default();
    let owners: Vec<&str> = catalogue
        .declaring(bare)
        .iter()
        .map(|provider| provider.key.as_str())
        .collect();
    finding = match owners.as_slice() {
        [only] => {
            let whole = format!("{only}/{bare}{profile}");
            let declared = catalogue.declared(only).and_then(|provider| {
                let model = provider
                    .known_models()
                    .iter()
                    .find(|model| model.id.eq_ignore_ascii_case(bare))?;
                model.node.get("id")?.place.primary()
            });
            let mut finding = finding
                .help(format!("Write `{whole}`."))
                .related(declared, format!("declared for `{only}`"));
            if let Some(span) = reference.editable() {
                finding = finding.fix(Fix {
                    title: format!("Write `{whole}`"),
                    safe: catalogue.open.is_none(),
                    edits: vec![Edit { span, text: whole }],
                });
            }
            finding
        }
        [] => finding.help(guess(catalogue, bare, &meaning)),
        several => {
            let wholes: Vec<String> = several
                .iter()
                .map(|owner| format!("{owner}/{bare}"))
                .collect();
            finding.help(format!(
                "Write {}.",
                alternatives(wholes.iter().map(String::as_str))
            ))
        }
    };
    let finding = by_release(subject, finding);
    match reference.role {
        Role::Key | Role::Allowed => finding.at_most(Severity::Warning),
        _ => finding,
    }
}

/// Whether a model of the default provider may well exist: it is listed, or looks like those of the provider.
fn works(catalogue: &Catalogue, provider: &str, model: &str) -> bool {
    match catalogue.model(provider, model) {
        ModelStanding::Listed | ModelStanding::NotKnown(_) => true,
        ModelStanding::Undecided if provider == "openai" => {
            let model = model.to_lowercase();
            ["gpt", "chatgpt", "codex", "o1", "o3", "o4"]
                .iter()
                .any(|family| model.starts_with(family))
        }
        ModelStanding::Undecided => true,
        _ => false,
    }
}

fn guess(catalogue: &Catalogue, bare: &str, meaning: &BareMeaning) -> String {
    if catalogue.declared(bare).is_some() || catalogue.release.provider(bare).is_some() {
        let provider = bare.trim().to_lowercase();
        let model = match (catalogue.models_of(bare).first(), &*provider) {
            (_, "openrouter") => "auto".to_string(),
            (Some(model), _) => model.clone(),
            (None, _) => "...".to_string(),
        };
        return format!("`{bare}` is a provider; write one of its models: `{provider}/{model}`.");
    }
    let declared: Vec<(String, String)> = catalogue
        .declared
        .iter()
        .flat_map(|provider| {
            provider
                .known_models()
                .iter()
                .map(|model| (model.id.clone(), format!("{}/{}", provider.key, model.id)))
        })
        .collect();
    if let Some(near) = nearest(bare, declared.iter().map(|(id, _)| id.as_str()))
        && let Some((_, whole)) = declared.iter().find(|(id, _)| id == near)
    {
        return format!("Did you mean `{whole}`?");
    }
    let lower = bare.to_lowercase();
    let listed = catalogue
        .release
        .providers()
        .find(|provider| provider.models().any(|model| model.id() == lower));
    if let Some(provider) = listed {
        return format!("Write `{}/{lower}`.", provider.id());
    }
    match meaning {
        BareMeaning::Inferred(provider) | BareMeaning::Default(provider)
            if works(catalogue, provider, bare) =>
        {
            format!("Write `{provider}/{bare}`.")
        }
        _ if declared.is_empty() => "Write `provider/model`.".to_string(),
        _ => format!(
            "Write `provider/model`. Declared: {}.",
            alternatives(declared.iter().map(|(_, whole)| whole.as_str()))
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{case, with_kimi};

    #[test]
    fn the_only_declared_model_of_that_id_is_a_safe_fix() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {model: {primary: "kimi-k2p5"}}}"#,
        ))
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["warning agents.defaults.model.primary: kimi-k2p5"]
        );
        let finding = outcome.only();
        assert!(
            finding.message.contains("takes it for `kimi/kimi-k2p5`"),
            "{}",
            finding.message
        );
        assert!(finding.fix.as_ref().is_some_and(|fix| fix.safe));
        assert!(outcome.fixed().contains(r#"primary: "kimi/kimi-k2p5""#));
    }

    #[test]
    fn a_fallback_is_taken_from_the_provider_of_the_primary() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {model: {primary: "openrouter/auto", fallbacks: ["kimi-k2p5"]}}}"#,
        ))
        .run(&RULE);
        let finding = outcome.only();
        assert!(
            finding.message.contains("`openrouter/kimi-k2p5`"),
            "{}",
            finding.message
        );
        assert!(outcome.fixed().contains(r#"["kimi/kimi-k2p5"]"#));
    }

    #[test]
    fn what_becomes_a_model_of_the_default_provider_fails_unless_it_may_exist() {
        let outcome = case(
            r#"{agents: {defaults: {model: {primary: "gpt-5.5"}}, list: [{id: "a", model: "glm-4.7"}]}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning agents.defaults.model.primary: gpt-5.5",
                "error agents.list[0].model: glm-4.7"
            ]
        );
        assert!(outcome.findings[1].message.contains("`openai/glm-4.7`"));
    }

    #[test]
    fn aliases_are_references_too() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {model: "Fast", models: {"kimi/kimi-k2p5": {alias: "fast"}}}}"#,
        ))
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        let outcome =
            case(r#"{agents: {defaults: {model: "fast", models: {$open: "an argument"}}}}"#)
                .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        assert_eq!(outcome.unresolved.len(), 1);
    }

    #[test]
    fn a_guessed_release_makes_no_error() {
        let outcome = case(r#"{agents: {defaults: {model: "claude-opus-4-6"}}}"#)
            .guessed()
            .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["warning agents.defaults.model: claude-opus-4-6"]
        );
        let help = outcome.only().help.clone().unwrap_or_default();
        assert_eq!(help, "Write `anthropic/claude-opus-4-6`.");
    }
}
