//! What can be referenced and what is used, as rows for `models`: from a configuration and its release.

use crate::openclaw::configuration::{Configuration, Instance};
use crate::openclaw::model_reference::{Form, Owner, Reference, References, Role, collect};
use crate::openclaw::placeholders::{marker_reference, whole_reference};
use crate::openclaw::providers::{
    Availability, BareMeaning, Catalogue, DeclaredProvider, Standing, Target,
};
use crate::openclaw::tree::{Node, Value};
use crate::releases::{Discovery, Provider, Release};
use crate::report::redact::Redactor;
use crate::report::sanitize;
use crate::workspace::source::{Sources, Span};
use serde::Serialize;

/// A provider and the models that can be referenced with it.
#[derive(Serialize, Debug, PartialEq)]
pub struct ProviderRow {
    /// What stands before the slash of a reference.
    pub id: String,
    /// Where it comes from, in words.
    pub source: String,
    /// Its endpoint.
    pub base_url: Option<String>,
    /// What carries its key: `${KIMI_API_KEY}`, or in words.
    pub key: Option<String>,
    /// Its models.
    pub models: Vec<ModelRow>,
    /// Whether models that are not listed can be referenced too.
    pub takes_other_models: bool,
    /// `home.nix:12`, for a declared one.
    pub place: Option<String>,
}

/// A model.
#[derive(Serialize, Debug, PartialEq)]
pub struct ModelRow {
    /// `kimi/kimi-k2p5`.
    pub reference: String,
    /// What people call it.
    pub name: Option<String>,
    /// How many tokens fit.
    pub context_window: Option<u64>,
    /// How many tokens it writes at most.
    pub max_tokens: Option<u64>,
    /// Kinds of input.
    pub input: Vec<String>,
    /// Whether it thinks before it answers.
    pub reasoning: Option<bool>,
    /// `deprecated`, `preview`, or what replaces it.
    pub remark: Option<String>,
    /// `home.nix:12`, for a declared one.
    pub place: Option<String>,
}

/// What one agent uses.
#[derive(Serialize, Debug, PartialEq)]
pub struct AgentRoute {
    /// The agent's id; `null` for the defaults.
    pub agent: Option<String>,
    /// In the order in which they are tried.
    pub steps: Vec<RouteStep>,
    /// Set where the models are those of the defaults.
    pub inherits: bool,
}

/// One model on the way.
#[derive(Serialize, Debug, PartialEq)]
pub struct RouteStep {
    /// `primary`, `fallback 1`.
    pub role: String,
    /// As it is written; what is not known is `…`.
    pub written: String,
    /// What it stands for, where that differs: an alias, a model without provider.
    pub meaning: Option<String>,
    /// Where the provider comes from, in words.
    pub provider: Option<String>,
    /// The endpoint.
    pub endpoint: Option<String>,
    /// What carries the key.
    pub key: Option<String>,
    /// `home.nix:12`.
    pub place: Option<String>,
}

/// Makes the rows.
pub struct Rows<'r> {
    /// The files, for places.
    pub sources: &'r Sources,
    /// Takes secrets out of every text.
    pub redactor: &'r Redactor<'r>,
}

impl Rows<'_> {
    /// All providers of an instance: the declared ones first, then those of the release.
    pub fn providers(
        &self,
        configuration: &Configuration,
        instance: &Instance,
        release: &Release,
    ) -> Vec<ProviderRow> {
        let catalogue = Catalogue::new(configuration, instance, release);
        catalogue
            .provider_names()
            .iter()
            .map(|name| self.provider(&catalogue, name))
            .collect()
    }

    /// The providers of a release, without any configuration.
    pub fn built_in(&self, release: &Release) -> Vec<ProviderRow> {
        release
            .providers()
            .map(|provider| ProviderRow {
                id: provider.id().to_string(),
                source: match provider.external_plugin() {
                    Some(plugin) => format!("needs the plugin `{plugin}`"),
                    None => "built in".to_string(),
                },
                base_url: provider.base_url().map(str::to_string),
                key: known_key(provider),
                models: known_models(provider.id(), provider),
                takes_other_models: provider.discovery() != Discovery::Static,
                place: None,
            })
            .collect()
    }

    fn provider(&self, catalogue: &Catalogue, name: &str) -> ProviderRow {
        let standing = catalogue.provider(name);
        let mut models = Vec::new();
        if let Some(declared) = standing.declared {
            models.extend(self.declared_models(declared));
        }
        let whole = standing.declared.is_some_and(|it| it.stands_alone());
        if let (Some(known), false) = (standing.known, whole) {
            let id = standing.declared.map_or(known.id(), |it| it.key.as_str());
            for model in known_models(id, known) {
                if !models
                    .iter()
                    .any(|other| other.reference.eq_ignore_ascii_case(&model.reference))
                {
                    models.push(model);
                }
            }
        }
        ProviderRow {
            id: self.clean(name),
            source: source(&standing),
            base_url: self.endpoint(&standing),
            key: self.key(&standing),
            takes_other_models: match (standing.declared, standing.known) {
                (Some(declared), _) if declared.stands_alone() => {
                    declared.is_local() || models.is_empty()
                }
                (_, Some(known)) => known.discovery() != Discovery::Static,
                _ => true,
            },
            models,
            place: standing.declared.and_then(|declared| {
                self.place(declared.node.place.key.or(declared.node.place.primary()))
            }),
        }
    }

    fn declared_models(&self, provider: &DeclaredProvider) -> Vec<ModelRow> {
        let number = |node: &Node, key: &str| node.get(key)?.as_number().map(|it| it as u64);
        provider
            .known_models()
            .iter()
            .map(|model| ModelRow {
                reference: self.clean(&format!("{}/{}", provider.key, model.id)),
                name: model
                    .node
                    .get("name")
                    .and_then(|name| name.as_str())
                    .map(|name| self.clean(&name)),
                context_window: number(&model.node, "contextWindow"),
                max_tokens: number(&model.node, "maxTokens"),
                input: model
                    .node
                    .get("input")
                    .and_then(|input| input.as_list())
                    .map(|list| {
                        list.items
                            .iter()
                            .filter_map(|kind| Some(self.clean(&kind.as_str()?)))
                            .collect()
                    })
                    .unwrap_or_default(),
                reasoning: model.node.get("reasoning").and_then(|it| it.as_bool()),
                remark: None,
                place: self.place(model.node.place.primary()),
            })
            .collect()
    }

    /// For the defaults and each agent: what is tried in which order.
    pub fn routes(
        &self,
        configuration: &Configuration,
        instance: &Instance,
        release: &Release,
    ) -> Vec<AgentRoute> {
        let catalogue = Catalogue::new(configuration, instance, release);
        let references = collect(&instance.config, release);
        let mut routes = vec![AgentRoute {
            agent: None,
            steps: self.steps(&catalogue, &references, &Owner::Defaults),
            inherits: false,
        }];
        for id in agents(&instance.config) {
            let steps = self.steps(&catalogue, &references, &Owner::Agent(id.clone()));
            routes.push(AgentRoute {
                agent: Some(self.clean(&id)),
                inherits: steps.is_empty(),
                steps,
            });
        }
        if routes[0].steps.is_empty()
            && let (Some(provider), Some(model)) =
                (release.default_provider(), release.default_model())
        {
            let reference = match model.contains('/') {
                true => model.to_string(),
                false => format!("{provider}/{model}"),
            };
            let standing = catalogue.provider(provider);
            routes[0].steps.push(RouteStep {
                role: "primary".to_string(),
                written: "(nothing)".to_string(),
                meaning: Some(format!("{reference}, the release's default")),
                provider: Some(source(&standing)),
                endpoint: self.endpoint(&standing),
                key: self.key(&standing),
                place: None,
            });
        }
        routes
    }

    fn steps(
        &self,
        catalogue: &Catalogue,
        references: &References,
        owner: &Owner,
    ) -> Vec<RouteStep> {
        let mut chosen: Vec<&Reference> = references
            .chat()
            .filter(|reference| reference.owner == *owner)
            .collect();
        chosen.sort_by_key(|reference| reference.role);
        chosen
            .into_iter()
            .map(|reference| self.step(catalogue, references, reference))
            .collect()
    }

    fn step(
        &self,
        catalogue: &Catalogue,
        references: &References,
        reference: &Reference,
    ) -> RouteStep {
        let (provider, meaning) = match (catalogue.target(reference), &reference.form) {
            (
                Target::Model {
                    provider,
                    model,
                    alias,
                },
                _,
            ) => {
                let meaning = alias.map(|_| format!("{provider}/{model}"));
                (Some(provider), meaning)
            }
            (Target::Bare(name), _) => match catalogue.bare(reference, &name, references) {
                BareMeaning::Inferred(provider)
                | BareMeaning::Default(provider)
                | BareMeaning::Ambiguous {
                    default: provider, ..
                } => {
                    let meaning = format!("{provider}/{name}");
                    (Some(provider), Some(meaning))
                }
                BareMeaning::NotKnown => (None, None),
            },
            (Target::Other, Form::PartlyKnown { provider, .. }) => {
                (Some(provider.text.clone()), None)
            }
            (Target::Other, _) => (None, None),
        };
        let standing = provider.as_deref().map(|name| catalogue.provider(name));
        RouteStep {
            role: match reference.role {
                Role::Fallback(index) => format!("fallback {}", index + 1),
                _ => "primary".to_string(),
            },
            written: self.clean(&reference.text.display()),
            meaning: meaning.map(|meaning| self.clean(&meaning)),
            provider: standing.as_ref().map(source),
            endpoint: standing.as_ref().and_then(|it| self.endpoint(it)),
            key: standing.as_ref().and_then(|it| self.key(it)),
            place: self.place(reference.span()),
        }
    }

    fn endpoint(&self, standing: &Standing<'_>) -> Option<String> {
        if let Some(node) = standing.declared.and_then(|it| it.node.get("baseUrl")) {
            return Some(match node.as_text() {
                Some(text) => self.clean(&text.display()),
                None => "not known".to_string(),
            });
        }
        standing.known?.base_url().map(str::to_string)
    }

    /// What carries the key. A literal is never repeated.
    fn key(&self, standing: &Standing<'_>) -> Option<String> {
        let Some(node) = standing.declared.and_then(|it| it.node.get("apiKey")) else {
            return known_key(standing.known?);
        };
        Some(match &node.value {
            Value::Text(text) => match text.known() {
                Some(known) => match whole_reference(&known).or_else(|| marker_reference(&known)) {
                    Some(name) => format!("${{{name}}}"),
                    None => "written out".to_string(),
                },
                None => "not known".to_string(),
            },
            Value::Object(_) => {
                let part = |key: &str| node.get(key).and_then(|it| it.as_str());
                match (part("source").as_deref(), part("id")) {
                    (Some("env"), Some(id)) => format!("${{{}}}", self.clean(&id)),
                    (Some(source), Some(id)) => self.clean(&format!("{source} {id}")),
                    _ => "not known".to_string(),
                }
            }
            _ => "not known".to_string(),
        })
    }

    /// `home.nix:12`.
    fn place(&self, span: Option<Span>) -> Option<String> {
        let span = span.filter(|span| (span.file.0 as usize) < self.sources.len())?;
        let file = self.sources.get(span.file);
        let line = file.position(span.start).line;
        Some(format!("{}:{line}", self.clean(&file.path)))
    }

    fn clean(&self, text: &str) -> String {
        sanitize::line(&self.redactor.text(text))
    }
}

fn source(standing: &Standing<'_>) -> String {
    match standing.availability {
        Availability::Declared => "declared".to_string(),
        Availability::BuiltIn if standing.declared.is_some() => {
            "built in, adjusted here".to_string()
        }
        Availability::BuiltIn => "built in".to_string(),
        Availability::Installed => "from an installed plugin".to_string(),
        Availability::PluginMissing(plugin) => {
            format!("needs the plugin `{plugin}`, which is not installed")
        }
        Availability::PluginUnknown(plugin) => format!("needs the plugin `{plugin}`"),
        Availability::CommandLine => "a command line program".to_string(),
        Availability::NotCertain => "not known here".to_string(),
        Availability::PerhapsPlugin => "perhaps from a plugin".to_string(),
        Availability::Nowhere => "declared nowhere".to_string(),
    }
}

fn known_key(provider: Provider) -> Option<String> {
    let names: Vec<String> = provider
        .key_variables()
        .map(|name| format!("${{{name}}}"))
        .collect();
    if names.is_empty() {
        return provider
            .key_from_provider()
            .map(|other| format!("that of `{other}`"));
    }
    Some(names.join(" or "))
}

/// The models that the release lists, then those that only its documentation names (there nothing is said about reasoning).
fn known_models(id: &str, provider: Provider) -> Vec<ModelRow> {
    let listed = provider.models().map(|model| (model, true));
    let documented = provider.documented_models().map(|model| (model, false));
    listed
        .chain(documented)
        .map(|(model, is_listed)| ModelRow {
            reference: format!("{id}/{}", model.id()),
            name: model.name().map(str::to_string),
            context_window: model.context_window(),
            max_tokens: model.maximum_output(),
            input: model.inputs().map(str::to_string).collect(),
            reasoning: is_listed.then(|| model.reasons()),
            remark: match (model.status(), model.replaced_by()) {
                (_, Some(other)) => Some(format!("replaced by {other}")),
                (Some(status), None) => Some(status.to_string()),
                (None, None) => None,
            },
            place: None,
        })
        .collect()
}

/// The ids of the agents that are listed, or their positions where they have none.
fn agents(config: &Node) -> Vec<String> {
    if let Some(entries) = config
        .at_keys("agents.entries")
        .and_then(|node| node.as_object())
    {
        return entries.entries.keys().cloned().collect();
    }
    let Some(list) = config
        .at_keys("agents.list")
        .and_then(|node| node.as_list())
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
                .unwrap_or_else(|| index.to_string())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing::configuration;
    use crate::releases;
    use serde_json::json;

    fn with_rows<T>(work: impl FnOnce(&Rows<'_>) -> T) -> T {
        let sources = Sources::new();
        let redactor = Redactor::new(&sources, &[]);
        work(&Rows {
            sources: &sources,
            redactor: &redactor,
        })
    }

    fn kimi() -> Configuration {
        configuration(&json!({
            "models": {"providers": {"kimi": {
                "baseUrl": "https://api.kimi.com/coding/v1",
                "apiKey": "${KIMI_API_KEY}",
                "models": [{"id": "kimi-k2p5", "name": "Kimi K2.5", "contextWindow": 262144,
                    "maxTokens": 8192, "input": ["text", "image"], "reasoning": true}]
            }}},
            "agents": {
                "defaults": {
                    "model": {"primary": "fast", "fallbacks": ["openrouter/auto", {"$unknown": "why"}]},
                    "models": {"kimi/kimi-k2p5": {"alias": "fast"}}
                },
                "list": [{"id": "main"}, {"id": "other", "model": "nosuch/x"}]
            }
        }))
    }

    #[test]
    fn declared_providers_come_first_with_their_models() {
        let configuration = kimi();
        let rows = with_rows(|rows| {
            rows.providers(
                &configuration,
                &configuration.instances[0],
                &releases::newest(),
            )
        });
        assert_eq!(rows[0].id, "kimi");
        assert_eq!(rows[0].source, "declared");
        assert_eq!(rows[0].key.as_deref(), Some("${KIMI_API_KEY}"));
        assert_eq!(rows[0].models.len(), 1);
        assert_eq!(rows[0].models[0].reference, "kimi/kimi-k2p5");
        assert_eq!(rows[0].models[0].context_window, Some(262_144));
        assert!(!rows[0].takes_other_models);
        let openrouter = rows.iter().find(|row| row.id == "openrouter");
        assert!(openrouter.is_some_and(|row| row.takes_other_models));
    }

    #[test]
    fn a_route_names_what_is_tried_with_endpoint_and_key() {
        let configuration = kimi();
        let routes = with_rows(|rows| {
            rows.routes(
                &configuration,
                &configuration.instances[0],
                &releases::newest(),
            )
        });
        let agents: Vec<_> = routes.iter().map(|route| route.agent.as_deref()).collect();
        assert_eq!(agents, [None, Some("main"), Some("other")]);
        let steps = &routes[0].steps;
        assert_eq!(steps.len(), 3);
        assert_eq!(steps[0].written, "fast");
        assert_eq!(steps[0].meaning.as_deref(), Some("kimi/kimi-k2p5"));
        assert_eq!(
            steps[0].endpoint.as_deref(),
            Some("https://api.kimi.com/coding/v1")
        );
        assert_eq!(steps[0].key.as_deref(), Some("${KIMI_API_KEY}"));
        assert_eq!(steps[1].role, "fallback 1");
        assert_eq!(steps[1].key.as_deref(), Some("${OPENROUTER_API_KEY}"));
        assert_eq!(steps[2].written, "…");
        assert!(routes[1].inherits);
        assert_eq!(
            routes[2].steps[0].provider.as_deref(),
            Some("declared nowhere")
        );
    }

    #[test]
    fn a_key_that_is_written_out_is_not_repeated() {
        let configuration = configuration(&json!({"models": {"providers": {"mine": {
            "baseUrl": "https://example.org/v1", "apiKey": "correct-horse-battery", "models": [{"id": "m", "name": "M"}]
        }}}}));
        let rows = with_rows(|rows| {
            rows.providers(
                &configuration,
                &configuration.instances[0],
                &releases::newest(),
            )
        });
        assert_eq!(rows[0].key.as_deref(), Some("written out"));
    }
}
