//! A model outside of the list of models that may be used.

use super::consequence::absence;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::model_reference::{self, Form, Owner, Reference, References, Role};
use crate::openclaw::providers::{
    Availability, BareMeaning, Catalogue, ModelStanding, Target, normalise_provider,
};
use crate::openclaw::tree::{Node, Text, Value};
use crate::report::finding::{Consequence, Finding, Severity};
use crate::workspace::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "not-in-allow-list",
    summary: "A model is used that the list of allowed models does not have",
    consequence: Consequence::Degrades,
    explanation: "As soon as `agents.defaults.models` has an entry it is not only a place for aliases: it lists the models \
that may be used, and others are refused (\"model not allowed\") when a session, a hook or a sub-agent asks for them. \
OpenClaw adds the default model and its fallbacks to a list of single models by itself, so there it is only a note; \
a list of nothing but wildcards (`provider/*`) shuts out the default model of another provider as well. Releases with \
`agents.defaults.modelPolicy.allow` take that list instead.\n\n\
Add the model to the list.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults = {
      model.primary = "openrouter/auto";
      models."openrouter/auto".alias = "auto";
      heartbeat.model = "google/gemini-3-flash-preview";
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults = {
      model.primary = "openrouter/auto";
      models."openrouter/auto".alias = "auto";
      models."google/gemini-3-flash-preview" = { };
      heartbeat.model = "google/gemini-3-flash-preview";
    };
  };
}"#],
};

/// What may be used.
struct Allowed {
    /// `agents.defaults.models` or `agents.defaults.modelPolicy.allow`.
    name: &'static str,
    span: Option<Span>,
    keys: Vec<String>,
    providers: Vec<String>,
}

impl Allowed {
    fn allows(&self, provider: &str, key: &str) -> bool {
        self.providers.iter().any(|it| it == provider) || self.keys.iter().any(|it| it == key)
    }
}

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    let references = subject.references(instance);
    let Some(allowed) = allowed(subject, instance, &catalogue, &references) else {
        return;
    };
    for reference in &references.all {
        if matches!(reference.role, Role::Key | Role::Allowed) || !is_limited(&reference.pattern) {
            continue;
        }
        let Target::Model {
            provider,
            model,
            alias,
        } = catalogue.target(reference)
        else {
            continue;
        };
        if alias.is_some() && allowed.name == "agents.defaults.models" {
            continue;
        }
        let key = catalogue.key_of(&provider, &model);
        if allowed.allows(&normalise_provider(&provider), &key) {
            continue;
        }
        // What does not exist is told as that.
        if !exists(&catalogue, &provider, &model) {
            continue;
        }
        let whole = format!("{provider}/{model}");
        let added = is_added_by_itself(reference) && !allowed.keys.is_empty();
        let (consequence, what) = if added {
            (
                Consequence::Advice,
                "OpenClaw adds it by itself, earlier releases refuse it",
            )
        } else {
            (Consequence::Degrades, "OpenClaw refuses it")
        };
        let help = if allowed.name == "agents.defaults.models" {
            format!("Add `agents.defaults.models.\"{whole}\" = {{ }};`.")
        } else {
            format!("Add `\"{whole}\"` to `{}`.", allowed.name)
        };
        let finding = Finding::new(
            INFO.id,
            consequence,
            format!("`{whole}` is not in `{}`; {what}", allowed.name),
        )
        .at(reference.span())
        .path(&reference.path)
        .related(allowed.span, "the models that are allowed")
        .help(help);
        sink.findings
            .push(absence(subject, finding).at_most(Severity::Warning));
    }
}

fn exists(catalogue: &Catalogue, provider: &str, model: &str) -> bool {
    let availability = catalogue.provider(provider).availability;
    !matches!(
        availability,
        Availability::Nowhere | Availability::PerhapsPlugin | Availability::PluginMissing(_)
    ) && !matches!(
        catalogue.model(provider, model),
        ModelStanding::NotDeclared | ModelStanding::NotAmongEither | ModelStanding::NotInRelease
    )
}

/// The default model and its fallbacks, which join a list of single models by themselves.
fn is_added_by_itself(reference: &Reference) -> bool {
    reference.owner == Owner::Defaults && model_reference::is_chat_model(&reference.pattern)
}

/// The places whose models talk like an agent; tools, pictures and voices do not ask the list.
fn is_limited(pattern: &str) -> bool {
    model_reference::is_chat_model(pattern)
        || pattern.ends_with("heartbeat.model")
        || pattern.ends_with("subagents.model")
        || pattern.starts_with("hooks.")
        || pattern.starts_with("channels.modelByChannel")
}

/// The list in force; `None` where there is none, where it allows everything, or where it is not wholly known.
fn allowed(
    subject: Subject<'_>,
    instance: &Instance,
    catalogue: &Catalogue,
    references: &References,
) -> Option<Allowed> {
    let has_policy = subject
        .release
        .schema()
        .is_some_and(|schema| !schema.at(["agents", "defaults", "modelPolicy"]).is_empty());
    if has_policy {
        let node = instance
            .config
            .at_keys("agents.defaults.modelPolicy.allow")?;
        return policy(node, catalogue);
    }
    let node = instance.config.at_keys("agents.defaults.models")?;
    let object = node.as_object()?;
    if object.open.is_some() || object.entries.is_empty() {
        return None;
    }
    let mut allowed = Allowed {
        name: "agents.defaults.models",
        span: node.place.key.or(node.place.primary()),
        keys: Vec::new(),
        providers: Vec::new(),
    };
    for reference in &references.all {
        if reference.role != Role::Key || reference.owner != Owner::Defaults {
            continue;
        }
        match &reference.form {
            Form::Wildcard { provider } => {
                allowed.providers.push(normalise_provider(&provider.text));
            }
            Form::Qualified { provider, model } => {
                allowed
                    .keys
                    .push(catalogue.key_of(&provider.text, &model.text));
            }
            Form::Bare { name } => match catalogue.bare(reference, &name.text, references) {
                BareMeaning::Inferred(provider) | BareMeaning::Default(provider) => {
                    allowed.keys.push(catalogue.key_of(&provider, &name.text));
                }
                _ => return None,
            },
            Form::Any => return None,
            _ => {}
        }
    }
    (!allowed.keys.is_empty() || !allowed.providers.is_empty()).then_some(allowed)
}

fn policy(node: &Node, catalogue: &Catalogue) -> Option<Allowed> {
    let list = node.as_list()?;
    if list.open.is_some() || list.items.is_empty() {
        return None;
    }
    let mut allowed = Allowed {
        name: "agents.defaults.modelPolicy.allow",
        span: node.place.key.or(node.place.primary()),
        keys: Vec::new(),
        providers: Vec::new(),
    };
    for item in &list.items {
        let Value::Text(text) = &item.value else {
            return None;
        };
        let written = text.known()?;
        let text = match catalogue.alias(&written) {
            Some(alias) => Text::plain(alias.key.clone(), None),
            None => text.clone(),
        };
        match model_reference::parse(&text, Role::Allowed).0 {
            Form::Wildcard { provider } => {
                allowed.providers.push(normalise_provider(&provider.text));
            }
            Form::Qualified { provider, model } => {
                allowed
                    .keys
                    .push(catalogue.key_of(&provider.text, &model.text));
            }
            _ => return None,
        }
    }
    Some(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{case, with_kimi};

    #[test]
    fn other_models_are_refused_and_the_default_is_added() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {
                models: {"kimi/kimi-k2p5": {alias: "k"}},
                model: {primary: "k", fallbacks: ["openrouter/auto"]},
                subagents: {model: "kimi/kimi-k2-thinking"}, imageModel: "google/x"}}"#,
        ))
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "note agents.defaults.model.fallbacks[0]: \"openrouter/auto\"",
                "warning agents.defaults.subagents.model: \"kimi/kimi-k2-thinking\"",
            ]
        );
    }

    #[test]
    fn what_does_not_exist_is_told_once() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {models: {"kimi/kimi-k2p5": {}}, heartbeat: {model: "kimmi/kimi-k2p5"}, subagents: {model: "kimi/k9"}}}"#,
        ))
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn a_wildcard_allows_its_provider_and_shuts_out_others() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {models: {"kimi/*": {}}, model: {primary: "kimi/kimi-k2p5", fallbacks: ["openrouter/auto"]}}}"#,
        ))
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["warning agents.defaults.model.fallbacks[0]: \"openrouter/auto\""]
        );
    }

    #[test]
    fn without_a_list_or_with_an_open_one_nothing_is_said() {
        for models in ["{}", r#"{$open: "an argument"}"#] {
            let outcome = case(&with_kimi(&format!(
                r#"agents: {{defaults: {{models: {models}, heartbeat: {{model: "openrouter/auto"}}}}}}"#
            )))
            .run(&RULE);
            assert_eq!(outcome.lines(), [""; 0]);
        }
    }

    #[test]
    fn later_releases_take_the_policy_instead() {
        let text = with_kimi(
            r#"agents: {defaults: {models: {"kimi/kimi-k2p5": {alias: "k"}}, heartbeat: {model: "openrouter/auto"},
                modelPolicy: {allow: ["k", "kimi/*"]}, subagents: {model: "kimi/kimi-k2-thinking"}}}"#,
        );
        assert_eq!(
            case(&text).release("2026.9.6").run(&RULE).lines(),
            ["warning agents.defaults.heartbeat.model: \"openrouter/auto\""]
        );
        let text = with_kimi(
            r#"agents: {defaults: {models: {"kimi/kimi-k2p5": {}}, heartbeat: {model: "openrouter/auto"}}}"#,
        );
        assert!(
            case(&text)
                .release("2026.9.6")
                .run(&RULE)
                .findings
                .is_empty()
        );
    }
}
