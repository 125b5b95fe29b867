//! What an instance can refer to, and which way the requests of its agents take: for people to look at.

use super::configuration::{Configuration, Instance};
use super::environment::{Provided, provided};
use super::model_reference::{self, Form, Owner, Reference, References, Role, is_chat_model};
use super::placeholders;
use super::providers::{
    Availability, BareMeaning, Catalogue, DeclaredProvider, ModelList, Target, normalise_provider,
};
use super::tree::{Lookup, Node, Value};
use crate::releases::{Provider, Release};
use crate::workspace::source::Span;

/// Whether a variable reaches the gateway.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyState {
    /// Something provides it.
    Provided,
    /// Something may provide it.
    Perhaps,
    /// Nothing provides it, or only shells see it.
    Missing,
}

/// What carries the key of a provider. Never holds a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    /// One of these environment variables, the preferred one first.
    Variables(Vec<(String, KeyState)>),
    /// A reference to a secret: `file:provider:id`.
    SecretRef(String),
    /// Written out in the configuration.
    Written,
    /// An auth profile of this id.
    Profile(String),
    /// None is needed: a local server, or a provider that signs its requests otherwise.
    NotNeeded,
    /// None is given.
    None,
    /// Not known: why.
    Unknown(String),
}

/// How complete a list of models is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListKind {
    /// What is not listed does not exist.
    Closed,
    /// There are more than are listed.
    Open,
    /// The list is not wholly known.
    Unknown,
}

/// One model that can be referenced.
#[derive(Clone, PartialEq, Debug)]
pub struct ModelRow {
    /// `provider/model`.
    pub reference: String,
    /// What people call it.
    pub name: Option<String>,
    /// How many tokens fit.
    pub context_window: Option<f64>,
    /// How many tokens it writes at most.
    pub max_tokens: Option<f64>,
    /// `text`, `image`, `video`, `audio`.
    pub inputs: Vec<String>,
    /// Whether it thinks before it answers; `None` where it is not said.
    pub reasoning: Option<bool>,
    /// Its aliases.
    pub aliases: Vec<String>,
    /// Whether the configuration declares it; otherwise the release lists it.
    pub declared: bool,
    /// Where it is declared.
    pub span: Option<Span>,
}

/// One provider with its models.
#[derive(Clone, PartialEq, Debug)]
pub struct ProviderRow {
    /// Its id, as declared or as the release calls it.
    pub id: String,
    /// Where it comes from.
    pub availability: Availability,
    /// The address of its API.
    pub base_url: Option<String>,
    /// The protocol.
    pub api: Option<String>,
    /// What carries its key.
    pub key: Key,
    /// How complete `models` is.
    pub list: ListKind,
    /// Its models, declared ones first, each once.
    pub models: Vec<ModelRow>,
    /// Where it is declared.
    pub span: Option<Span>,
}

/// One step of an agent's way: the primary or a fallback.
#[derive(Clone, PartialEq, Debug)]
pub struct RouteStep {
    /// What it is.
    pub role: Role,
    /// As written, with `…` for what is not known.
    pub written: String,
    /// `provider/model` after aliases and defaults; `None` where it cannot be told.
    pub reference: Option<String>,
    /// The alias that it went through.
    pub alias: Option<String>,
    /// The address of the API.
    pub base_url: Option<String>,
    /// The protocol.
    pub api: Option<String>,
    /// What carries the key.
    pub key: Key,
    /// Where the provider comes from.
    pub availability: Option<Availability>,
    /// Path in the rendered configuration.
    pub path: String,
    /// Where it is written.
    pub span: Option<Span>,
    /// What is not known, or what the release makes of it, in plain words.
    pub note: Option<String>,
}

/// The way of one agent's requests.
#[derive(Clone, PartialEq, Debug)]
pub struct AgentRoute {
    /// Its id; `None` for the defaults, where no agent is declared.
    pub agent: Option<String>,
    /// Whether the model is its own; otherwise the defaults hold.
    pub own: bool,
    /// Primary first, then the fallbacks in order. Empty when no model is configured at all.
    pub steps: Vec<RouteStep>,
}

/// The providers that an instance can refer to, declared ones first, then those of the release by id; with `only`, those
/// of that name (id or alias).
pub fn models(
    configuration: &Configuration,
    instance: &Instance,
    release: &Release,
    only: Option<&str>,
) -> Vec<ProviderRow> {
    let catalogue = Catalogue::new(configuration, instance, release);
    let context = Context {
        configuration,
        instance,
        catalogue: &catalogue,
    };
    let mut rows: Vec<ProviderRow> = catalogue
        .declared
        .iter()
        .map(|declared| context.provider(&declared.key))
        .collect();
    for provider in release.providers() {
        if catalogue.declared(provider.id()).is_none() {
            rows.push(context.provider(provider.id()));
        }
    }
    if let Some(only) = only {
        let wanted = normalise_provider(only);
        let id = release.provider(&wanted).map(|provider| provider.id());
        rows.retain(|row| {
            let row_id = normalise_provider(&row.id);
            row_id == wanted || Some(row_id.as_str()) == id
        });
    }
    rows
}

/// The ways of all agents of an instance, in the order in which they are declared; that of the defaults alone where none is.
pub fn routes(
    configuration: &Configuration,
    instance: &Instance,
    release: &Release,
) -> Vec<AgentRoute> {
    let catalogue = Catalogue::new(configuration, instance, release);
    let context = Context {
        configuration,
        instance,
        catalogue: &catalogue,
    };
    let references = model_reference::collect(&instance.config, release);
    let agents = agents(&instance.config);
    if agents.is_empty() {
        return vec![AgentRoute {
            agent: None,
            own: false,
            steps: context.steps(&references, &Owner::Defaults),
        }];
    }
    agents
        .into_iter()
        .map(|agent| {
            let own = context.steps(&references, &Owner::Agent(agent.clone()));
            let has_primary = own.iter().any(|step| step.role == Role::Primary);
            let defaults = context.steps(&references, &Owner::Defaults);
            // An agent with a primary of its own has only its own fallbacks; one with nothing but fallbacks keeps the
            // primary of the defaults.
            let steps = if has_primary {
                own
            } else if own.is_empty() {
                defaults
            } else {
                defaults
                    .into_iter()
                    .filter(|step| step.role == Role::Primary)
                    .chain(own)
                    .collect()
            };
            AgentRoute {
                own: steps
                    .iter()
                    .any(|step| !step.path.starts_with("agents.defaults")),
                agent: Some(agent),
                steps,
            }
        })
        .collect()
}

fn agents(config: &Node) -> Vec<String> {
    if let Some(entries) = config
        .at_keys("agents.entries")
        .and_then(|entries| entries.as_object())
    {
        return entries.entries.keys().cloned().collect();
    }
    let Some(list) = config
        .at_keys("agents.list")
        .and_then(|list| list.as_list())
    else {
        return Vec::new();
    };
    list.items
        .iter()
        .enumerate()
        .map(|(index, agent)| {
            agent
                .get("id")
                .and_then(|id| id.as_str())
                .unwrap_or_else(|| format!("#{}", index + 1))
        })
        .collect()
}

struct Context<'a> {
    configuration: &'a Configuration,
    instance: &'a Instance,
    catalogue: &'a Catalogue,
}

impl Context<'_> {
    fn provider(&self, name: &str) -> ProviderRow {
        let standing = self.catalogue.provider(name);
        let declared = standing.declared;
        let id = declared.map_or_else(
            || standing.known.map_or(name, |known| known.id()).to_string(),
            |declared| declared.key.clone(),
        );
        let mut models = Vec::new();
        if let Some(declared) = declared {
            for model in declared.known_models() {
                models.push(self.declared_model(declared, &model.id, &model.node));
            }
        }
        let alone = declared.is_some_and(|declared| declared.stands_alone());
        if let Some(known) = standing.known.filter(|_| !alone) {
            for model in known.models().chain(known.documented_models()) {
                let reference = format!("{id}/{}", model.id());
                if models
                    .iter()
                    .any(|row: &ModelRow| row.reference.eq_ignore_ascii_case(&reference))
                {
                    continue;
                }
                models.push(ModelRow {
                    aliases: self.aliases(&id, model.id()),
                    reference,
                    name: model.name().map(str::to_string),
                    context_window: model.context_window().map(|size| size as f64),
                    max_tokens: model.maximum_output().map(|size| size as f64),
                    inputs: model.inputs().map(str::to_string).collect(),
                    reasoning: Some(model.reasons()),
                    declared: false,
                    span: None,
                });
            }
        }
        ProviderRow {
            availability: standing.availability,
            base_url: base_url(declared, standing.known),
            api: api(declared, standing.known),
            key: self.key(name),
            list: self.list_kind(declared, standing.known),
            models,
            span: declared
                .and_then(|declared| declared.node.place.key.or(declared.node.place.primary())),
            id,
        }
    }

    fn declared_model(&self, declared: &DeclaredProvider, id: &str, node: &Node) -> ModelRow {
        let inputs = node
            .get("input")
            .and_then(|input| input.as_list())
            .map(|list| list.items.iter().filter_map(|item| item.as_str()).collect())
            .unwrap_or_default();
        let size = |key: &str| {
            node.get(key)
                .or_else(|| declared.node.get(key))
                .and_then(|node| node.as_number())
        };
        ModelRow {
            reference: format!("{}/{id}", declared.key),
            name: node.get("name").and_then(|name| name.as_str()),
            context_window: size("contextWindow"),
            max_tokens: size("maxTokens"),
            inputs,
            reasoning: node.get("reasoning").and_then(|flag| flag.as_bool()),
            aliases: self.aliases(&declared.key, id),
            declared: true,
            span: node
                .get("id")
                .and_then(|id| id.place.primary())
                .or(node.place.primary()),
        }
    }

    fn aliases(&self, provider: &str, model: &str) -> Vec<String> {
        let key = self.catalogue.key_of(provider, model);
        self.catalogue
            .aliases
            .iter()
            .filter(|alias| {
                alias
                    .key
                    .split_once('/')
                    .is_some_and(|(provider, model)| self.catalogue.key_of(provider, model) == key)
            })
            .map(|alias| alias.name.clone())
            .collect()
    }

    fn list_kind(&self, declared: Option<&DeclaredProvider>, known: Option<Provider>) -> ListKind {
        match declared.map(|declared| &declared.models) {
            Some(ModelList::Unknown(_) | ModelList::Known { open: Some(_), .. }) => {
                ListKind::Unknown
            }
            Some(ModelList::Known { models, .. })
                if !models.is_empty()
                    && known.is_none_or(|known| known.external_plugin().is_some())
                    && declared.is_some_and(|declared| !declared.is_local()) =>
            {
                ListKind::Closed
            }
            None if known.is_some_and(|known| known.list_is_closed()) => ListKind::Closed,
            _ => ListKind::Open,
        }
    }

    /// What carries the key of a provider.
    fn key(&self, name: &str) -> Key {
        let standing = self.catalogue.provider(name);
        if let Some(declared) = standing.declared {
            match declared.node.lookup("apiKey") {
                Lookup::Present(node) => return self.written_key(node),
                Lookup::Unknown(unknown) => return Key::Unknown(unknown.reason.clone()),
                Lookup::Absent => {}
            }
            if declared.is_local() {
                return Key::NotNeeded;
            }
            if matches!(declared.text("auth").as_deref(), Some("aws-sdk" | "oauth")) {
                return Key::NotNeeded;
            }
        }
        if super::endpoints::is_local_provider(&normalise_provider(name)) {
            return Key::NotNeeded;
        }
        let variables: Vec<(String, KeyState)> = standing
            .known
            .map(|known| {
                known
                    .key_variables()
                    .map(|variable| (variable.to_string(), self.state(variable)))
                    .collect()
            })
            .unwrap_or_default();
        let reaches = variables
            .iter()
            .any(|(_, state)| *state == KeyState::Provided);
        match self.profile(name) {
            Some(profile) if !reaches => Key::Profile(profile),
            _ if variables.is_empty() => Key::None,
            _ => Key::Variables(variables),
        }
    }

    fn written_key(&self, node: &Node) -> Key {
        match &node.value {
            Value::Text(text) => {
                let Some(written) = text.known() else {
                    let reason = text.unknown().map(|unknown| unknown.reason.clone());
                    return Key::Unknown(reason.unwrap_or_default());
                };
                let names: Vec<(String, KeyState)> = placeholders::scan(&written)
                    .iter()
                    .filter(|found| found.form == placeholders::Form::Replaced)
                    .map(|found| (found.name.to_string(), self.state(&found.name)))
                    .collect();
                if !names.is_empty() {
                    return Key::Variables(names);
                }
                match written.strip_prefix('$') {
                    Some(name)
                        if name.starts_with(|first: char| first.is_ascii_uppercase())
                            && name.chars().all(|character| {
                                character.is_ascii_uppercase()
                                    || character.is_ascii_digit()
                                    || character == '_'
                            }) =>
                    {
                        Key::Variables(vec![(name.to_string(), self.state(name))])
                    }
                    _ if written.trim().is_empty() => Key::None,
                    _ => Key::Written,
                }
            }
            Value::Object(_) => {
                let part = |key: &str| node.get(key).and_then(|node| node.as_str());
                match (part("source"), part("provider"), part("id")) {
                    (Some(source), _, Some(id)) if source == "env" => {
                        let state = self.state(&id);
                        Key::Variables(vec![(id, state)])
                    }
                    (Some(source), Some(provider), Some(id)) => {
                        Key::SecretRef(format!("{source}:{provider}:{id}"))
                    }
                    _ => Key::Unknown("the reference to the secret is not complete".to_string()),
                }
            }
            Value::Unknown(unknown) => Key::Unknown(unknown.reason.clone()),
            _ => Key::None,
        }
    }

    fn state(&self, name: &str) -> KeyState {
        match provided(self.configuration, self.instance, name) {
            Provided::Yes => KeyState::Provided,
            Provided::Perhaps(..) => KeyState::Perhaps,
            _ => KeyState::Missing,
        }
    }

    fn profile(&self, provider: &str) -> Option<String> {
        let wanted = normalise_provider(provider);
        let profiles = self.instance.config.at_keys("auth.profiles")?.as_object()?;
        profiles.entries.iter().find_map(|(id, profile)| {
            let owner = profile.get("provider")?.as_str()?;
            (normalise_provider(&owner) == wanted).then(|| id.clone())
        })
    }

    fn steps(&self, references: &References, owner: &Owner) -> Vec<RouteStep> {
        let mut steps: Vec<RouteStep> = references
            .all
            .iter()
            .filter(|reference| {
                reference.owner == *owner
                    && is_chat_model(&reference.pattern)
                    && reference.form != Form::Blank
            })
            .map(|reference| self.step(references, reference))
            .collect();
        steps.sort_by_key(|step| step.role);
        steps
    }

    fn step(&self, references: &References, reference: &Reference) -> RouteStep {
        let mut note = None;
        let mut alias_used = None;
        let target = match self.catalogue.target(reference) {
            Target::Model {
                provider,
                model,
                alias,
            } => {
                alias_used = alias;
                Some((provider, model))
            }
            Target::Bare(name) => match self.catalogue.bare(reference, &name, references) {
                BareMeaning::Inferred(provider)
                | BareMeaning::Default(provider)
                | BareMeaning::Ambiguous {
                    default: provider, ..
                } => {
                    note = Some(format!("no provider is written; `{provider}` is taken"));
                    Some((provider, name))
                }
                BareMeaning::NotKnown => {
                    note = Some("no provider is written".to_string());
                    None
                }
            },
            Target::Other => None,
        };
        let provider = match (&target, &reference.form) {
            (Some((provider, _)), _) => Some(provider.clone()),
            (None, Form::PartlyKnown { provider, unknown }) => {
                note = Some(unknown.reason.clone());
                Some(provider.text.clone())
            }
            (None, Form::Unknown(unknown)) => {
                note = Some(unknown.reason.clone());
                None
            }
            (None, Form::WithoutModelName { .. } | Form::WithoutProviderName) => {
                note = Some("it cannot be resolved".to_string());
                None
            }
            _ => None,
        };
        let row = provider.as_deref().map(|name| {
            let standing = self.catalogue.provider(name);
            // A model may have its own address and protocol.
            let own = |key: &str| {
                let (_, model) = target.as_ref()?;
                let declared = standing.declared?;
                let wanted = self.catalogue.normalise_model(name, model);
                declared
                    .known_models()
                    .iter()
                    .find(|model| self.catalogue.normalise_model(name, &model.id) == wanted)?
                    .node
                    .get(key)?
                    .as_str()
            };
            (
                own("baseUrl").or_else(|| base_url(standing.declared, standing.known)),
                own("api").or_else(|| api(standing.declared, standing.known)),
                self.key(name),
                standing.availability,
            )
        });
        let (base_url, api, mut key, availability) = match row {
            Some((base_url, api, key, availability)) => (base_url, api, key, Some(availability)),
            None => (
                None,
                None,
                Key::Unknown("the provider is not known".to_string()),
                None,
            ),
        };
        if let Some(profile) = &reference.profile {
            key = Key::Profile(profile.text.clone());
        }
        if note.is_none() {
            note = match availability {
                Some(Availability::Nowhere) => Some("there is no such provider".to_string()),
                Some(Availability::PluginMissing(plugin)) => {
                    Some(format!("the plugin `{plugin}` is not installed"))
                }
                Some(Availability::PluginUnknown(plugin)) => {
                    Some(format!("needs the plugin `{plugin}`"))
                }
                _ => None,
            };
        }
        RouteStep {
            role: reference.role,
            written: reference.text.display(),
            reference: target.map(|(provider, model)| format!("{provider}/{model}")),
            alias: alias_used,
            base_url,
            api,
            key,
            availability,
            path: reference.path.to_string(),
            span: reference.span(),
            note,
        }
    }
}

fn base_url(declared: Option<&DeclaredProvider>, known: Option<Provider>) -> Option<String> {
    match declared.map(|declared| declared.node.lookup("baseUrl")) {
        Some(Lookup::Present(node)) => node.as_text().map(|text| text.display()),
        Some(Lookup::Unknown(_)) => None,
        _ => known.and_then(|known| known.base_url().map(str::to_string)),
    }
}

fn api(declared: Option<&DeclaredProvider>, known: Option<Provider>) -> Option<String> {
    match declared.map(|declared| declared.node.lookup("api")) {
        Some(Lookup::Present(node)) => node.as_str(),
        Some(Lookup::Unknown(_)) => None,
        _ => known
            .and_then(|known| known.api().map(str::to_string))
            .or_else(|| {
                let alone = declared.is_some_and(|declared| declared.stands_alone());
                alone.then(|| "openai-completions".to_string())
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing;
    use crate::releases;
    use serde_json::json;

    fn configuration() -> Configuration {
        testing::configuration(&json!({
            "models": {"providers": {
                "kimi": {
                    "baseUrl": "https://api.kimi.com/coding/v1",
                    "api": "openai-completions",
                    "apiKey": "${KIMI_API_KEY}",
                    "models": [{
                        "id": "kimi-k2p5", "name": "Kimi K2.5", "contextWindow": 262144,
                        "input": ["text", "image"], "reasoning": true
                    }]
                },
                "gpu": {"baseUrl": "http://gpu.lan/v1", "models": []},
                "vault": {
                    "baseUrl": "https://x.example/v1", "models": [],
                    "apiKey": {"source": "file", "provider": "keys", "id": "/x"}
                }
            }},
            "env": {"vars": {"KIMI_API_KEY": "x"}},
            "agents": {
                "defaults": {
                    "model": {"primary": "k", "fallbacks": ["openrouter/auto", "vault/x"]},
                    "models": {"kimi/kimi-k2p5": {"alias": "k"}}
                },
                "list": [
                    {"id": "main"},
                    {"id": "research", "model": "kimi/kimi-k2p5"},
                    {"id": "cheap", "model": {"fallbacks": ["gpu/x"]}}
                ]
            }
        }))
    }

    fn release() -> Release {
        releases::load(&"2026.6.11".parse().expect("a version")).expect("a known release")
    }

    #[test]
    fn each_agent_has_its_way() {
        let configuration = configuration();
        let routes = routes(&configuration, &configuration.instances[0], &release());
        let ways: Vec<(String, Vec<String>)> = routes
            .iter()
            .map(|route| {
                (
                    route.agent.clone().unwrap_or_default(),
                    route
                        .steps
                        .iter()
                        .filter_map(|step| step.reference.clone())
                        .collect(),
                )
            })
            .collect();
        let way = |agent: &str, steps: &[&str]| {
            (
                agent.to_string(),
                steps.iter().map(|step| step.to_string()).collect(),
            )
        };
        assert_eq!(
            ways,
            [
                way("main", &["kimi/kimi-k2p5", "openrouter/auto", "vault/x"]),
                way("research", &["kimi/kimi-k2p5"]),
                way("cheap", &["kimi/kimi-k2p5", "gpu/x"]),
            ]
        );
        let first = &routes[0].steps[0];
        assert_eq!(first.alias.as_deref(), Some("k"));
        assert_eq!(
            first.base_url.as_deref(),
            Some("https://api.kimi.com/coding/v1")
        );
        assert_eq!(
            first.key,
            Key::Variables(vec![("KIMI_API_KEY".to_string(), KeyState::Provided)])
        );
        assert_eq!(
            routes[0].steps[2].key,
            Key::SecretRef("file:keys:/x".to_string())
        );
        assert_eq!(routes[2].steps[1].key, Key::NotNeeded);
        assert!(routes[2].own && !routes[0].own);
    }

    #[test]
    fn declared_providers_come_before_those_of_the_release() {
        let configuration = configuration();
        let rows = models(
            &configuration,
            &configuration.instances[0],
            &release(),
            None,
        );
        assert_eq!(rows[1].id, "kimi");
        assert_eq!(rows[1].list, ListKind::Closed);
        let model = &rows[1].models[0];
        assert_eq!(model.context_window, Some(262144.0));
        assert_eq!(model.inputs, ["text", "image"]);
        assert_eq!(model.aliases, ["k"]);
        let only = models(
            &configuration,
            &configuration.instances[0],
            &release(),
            Some("Anthropic"),
        );
        assert_eq!(only.len(), 1);
        assert_eq!(only[0].availability, Availability::BuiltIn);
        assert!(!only[0].models.is_empty());
        assert!(matches!(&only[0].key, Key::Variables(names)
            if names.iter().any(|(name, _)| name == "ANTHROPIC_API_KEY")));
    }
}
