//! What an instance can refer to: the providers that it declares, those of the release, and aliases.

use super::configuration::{Configuration, Instance, Language};
use super::endpoints::{self, Address};
use super::model_reference::{Form, Piece, Reference, References, Role, parse};
use super::path::ConfigPath;
use super::tree::{Lookup, Node, Place, Text, Unknown, Value};
use crate::releases::{self, ModelIdRules, Provider, Release};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// A model that a configuration declares.
#[derive(Clone, Debug)]
pub struct DeclaredModel {
    /// Its id as written, without blanks around it.
    pub id: String,
    /// Its position in the list.
    pub index: usize,
    /// What is declared.
    pub node: Rc<Node>,
}

/// The `models` list of a declared provider.
#[derive(Clone, Debug)]
pub enum ModelList {
    /// There is none.
    Absent,
    /// It is not known.
    Unknown(Unknown),
    /// The models whose ids are known; `open` when there may be more of them.
    Known {
        /// In the order of the list.
        models: Vec<DeclaredModel>,
        /// Why there may be more.
        open: Option<Unknown>,
    },
}

/// A provider below `models.providers`.
#[derive(Clone, Debug)]
pub struct DeclaredProvider {
    /// Its key as written.
    pub key: String,
    /// Its id: the key in lower case without blanks around it.
    pub id: String,
    /// `models.providers.<key>`.
    pub path: ConfigPath,
    /// What is declared.
    pub node: Rc<Node>,
    /// Its models.
    pub models: ModelList,
    /// Whether it is local, once that was asked.
    local: OnceCell<bool>,
}

impl DeclaredProvider {
    /// Its models, as far as known.
    pub fn known_models(&self) -> &[DeclaredModel] {
        match &self.models {
            ModelList::Known { models, .. } => models,
            _ => &[],
        }
    }

    /// The text of a key of it, if wholly known.
    pub fn text(&self, key: &str) -> Option<String> {
        self.node.get(key)?.as_str()
    }

    /// Its address, if that is known and one.
    pub fn address(&self) -> Option<Address> {
        endpoints::parse(&self.text("baseUrl")?).ok()
    }

    /// Whether it runs in one's own network, so that its models and keys are one's own affair.
    pub fn is_local(&self) -> bool {
        *self.local.get_or_init(|| {
            endpoints::is_local_provider(&self.id)
                || self
                    .address()
                    .is_some_and(|it| endpoints::is_local_address(&it))
                || self.node.get("localService").is_some()
                || self.text("api").as_deref() == Some("ollama")
        })
    }

    /// Whether it declares, or may declare, an address and models, and so needs no plugin.
    pub fn stands_alone(&self) -> bool {
        let has_address = !matches!(self.node.lookup("baseUrl"), Lookup::Absent);
        has_address && !matches!(self.models, ModelList::Absent)
    }
}

/// An alias of `agents.defaults.models`.
#[derive(Clone, Debug)]
pub struct Alias {
    /// As written, without blanks around it.
    pub name: String,
    /// The key that it stands for.
    pub key: String,
    /// Where the alias is written.
    pub place: Place,
    /// The path of the alias.
    pub path: ConfigPath,
}

/// Which plugins an instance has besides those of the package.
#[derive(Clone, Debug)]
struct Plugins {
    /// Those that are listed.
    ids: Vec<String>,
    /// Whether the list is complete as far as official plugins go: only nix-openclaw has such a list,
    /// elsewhere they are installed by hand.
    complete: bool,
    /// Whether the configuration shows plugins of other makers, which may bring any provider.
    others: bool,
}

/// Where a provider comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Availability {
    /// The configuration declares it, complete in itself.
    Declared,
    /// The release brings it.
    BuiltIn,
    /// A plugin brings it, which is installed.
    Installed,
    /// A plugin of that id brings it, which is not installed.
    PluginMissing(&'static str),
    /// A plugin of that id brings it; whether it is installed is not known.
    PluginUnknown(&'static str),
    /// A command line program: `agents.defaults.cliBackends`.
    CommandLine,
    /// Declared nowhere, but there may be more providers than are known here.
    NotCertain,
    /// Declared nowhere, but a plugin of another maker may bring it, or the release's providers are not wholly
    /// known.
    PerhapsPlugin,
    /// There is no such provider.
    Nowhere,
}

/// What is known of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// What the configuration declares.
    pub declared: Option<&'a DeclaredProvider>,
    /// What the release knows.
    pub known: Option<Provider>,
    /// Where it comes from.
    pub availability: Availability,
}

/// Whether a provider has a model.
#[derive(Clone, Debug)]
pub enum ModelStanding {
    /// It is listed.
    Listed,
    /// The declared list of the provider, which decides, does not have it.
    NotDeclared,
    /// The list is declared for a provider that the release knows too; neither has it.
    NotAmongEither,
    /// The release has a list for the provider, and the model is not in it.
    NotInRelease,
    /// Nothing decides it: a local server, an empty list, a provider whose list comes from outside.
    Undecided,
    /// It cannot be told because something is not known.
    NotKnown(Unknown),
}

/// What a reference means after aliases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A model of a provider, both as written but without blanks; `alias` where it went through one.
    Model {
        /// The provider as written.
        provider: String,
        /// The model as written.
        model: String,
        /// The alias.
        alias: Option<String>,
    },
    /// A model id without a provider, and no alias.
    Bare(String),
    /// Nothing that can be looked up.
    Other,
}

/// What a model id without provider becomes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BareMeaning {
    /// The one provider that has it, among the declared models and the keys of `agents.defaults.models`.
    Inferred(String),
    /// Several have it, so the default provider is taken.
    Ambiguous {
        /// Those that have it, sorted.
        providers: Vec<String>,
        /// The provider that is taken.
        default: String,
    },
    /// None has it, so the default provider is taken.
    Default(String),
    /// It cannot be told.
    NotKnown,
}

/// All that an instance can refer to.
#[derive(Debug)]
pub struct Catalogue {
    /// The release.
    pub release: Release,
    /// The declared providers, by key.
    pub declared: Vec<DeclaredProvider>,
    /// Set when there may be more declared providers.
    pub open: Option<Unknown>,
    /// The aliases, in the order in which OpenClaw reads them: the last of a name wins.
    pub aliases: Vec<Alias>,
    /// Set when there may be more aliases.
    pub aliases_open: Option<Unknown>,
    store_secrets: Vec<String>,
    store_secrets_open: bool,
    plugins: Plugins,
    replaces: bool,
    /// The release's providers by the names that were asked for.
    looked_up: RefCell<HashMap<String, Option<Provider>>>,
    /// Positions in `declared`, by id.
    declared_by_id: HashMap<String, usize>,
    /// Positions in `aliases`, by name in lower case.
    aliases_by_name: HashMap<String, usize>,
    /// The ids that declared providers and those of the release list, as they are compared, of those that were asked for.
    listed: RefCell<HashMap<(String, ListedBy), Ids>>,
    /// The ids of the models of providers that were asked for.
    models_by_provider: RefCell<HashMap<String, Rc<[String]>>>,
    /// The names of all providers, once they were asked for.
    names: OnceCell<Rc<[String]>>,
}

/// Ids of models as they are compared.
type Ids = Rc<HashSet<String>>;

/// Who lists models of a provider.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum ListedBy {
    Configuration,
    Release,
}

/// A provider id as OpenClaw compares it.
pub fn normalise_provider(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A model id as it is compared: without blanks and without the name of its provider (normalised) before it.
fn normalise(provider: &str, rules: Option<ModelIdRules>, model: &str) -> String {
    let mut model = model.trim();
    if let Some(head) = model.get(..provider.len())
        && head.eq_ignore_ascii_case(provider)
        && let Some(rest) = model[provider.len()..].strip_prefix('/')
    {
        model = rest;
    }
    match rules {
        Some(rules) => rules.normalise(model).to_lowercase(),
        None => model.to_lowercase(),
    }
}

impl Catalogue {
    /// What `instance` of `configuration` can refer to under `release`.
    pub fn new(configuration: &Configuration, instance: &Instance, release: &Release) -> Catalogue {
        let config = &instance.config;
        let (declared, open) = declared_providers(config);
        let (mut aliases, aliases_open) = aliases(config);
        if configuration.language != Language::Nix {
            // A JSON file keeps the order in which it is written; what Nix renders is sorted by name.
            aliases.sort_by_key(|alias| alias.place.primary());
        }
        let backends = config.at_keys("agents.defaults.cliBackends");
        let store_secrets = backends
            .and_then(|node| node.as_object())
            .map(|object| {
                object
                    .entries
                    .keys()
                    .map(|key| normalise_provider(key))
                    .collect()
            })
            .unwrap_or_default();
        let store_secrets_open = match backends.map(|node| &node.value) {
            Some(Value::Object(object)) => object.open.is_some(),
            Some(Value::Unknown(_)) => true,
            _ => false,
        };
        let replaces = config.at_keys("models.mode").and_then(|node| node.as_str())
            == Some("replace".to_string());
        // The first of an id counts, and the last of an alias.
        let declared_by_id = declared
            .iter()
            .enumerate()
            .rev()
            .map(|(position, provider)| (provider.id.clone(), position))
            .collect();
        let aliases_by_name = aliases
            .iter()
            .enumerate()
            .map(|(position, alias)| (alias.name.to_lowercase(), position))
            .collect();
        Catalogue {
            release: *release,
            declared,
            open,
            aliases,
            aliases_open,
            store_secrets,
            store_secrets_open,
            plugins: plugins(configuration, instance, release),
            replaces,
            looked_up: RefCell::default(),
            declared_by_id,
            aliases_by_name,
            listed: RefCell::default(),
            models_by_provider: RefCell::default(),
            names: OnceCell::new(),
        }
    }

    /// The declared provider of that name.
    pub fn declared(&self, name: &str) -> Option<&DeclaredProvider> {
        let position = self.declared_by_id.get(&normalise_provider(name))?;
        self.declared.get(*position)
    }

    /// What is known of the provider of that name.
    pub fn provider(&self, name: &str) -> Standing<'_> {
        let id = normalise_provider(name);
        let declared = self.declared(&id);
        let known = *self
            .looked_up
            .borrow_mut()
            .entry(id.clone())
            .or_insert_with(|| self.release.provider(&id));
        let availability = self.availability(&id, declared, known);
        Standing {
            declared,
            known,
            availability,
        }
    }

    fn availability(
        &self,
        id: &str,
        declared: Option<&DeclaredProvider>,
        known: Option<Provider>,
    ) -> Availability {
        if declared.is_some_and(|declared| declared.stands_alone()) {
            return Availability::Declared;
        }
        if self.store_secrets.iter().any(|known| known == id) {
            return Availability::CommandLine;
        }
        if let Some(known) = known {
            let Some(plugin) = known.external_plugin() else {
                return Availability::BuiltIn;
            };
            let plugins = &self.plugins;
            return if plugins.ids.iter().any(|id| id == plugin) {
                Availability::Installed
            } else if plugins.complete && !plugins.others && self.open.is_none() {
                Availability::PluginMissing(plugin)
            } else {
                Availability::PluginUnknown(plugin)
            };
        }
        if declared.is_some() {
            return Availability::Declared;
        }
        if self.knows_too_little_of(id) {
            return Availability::BuiltIn;
        }
        if self.open.is_some() || self.store_secrets_open {
            Availability::NotCertain
        } else if self.plugins.others || !self.release.knows("providers") {
            Availability::PerhapsPlugin
        } else {
            Availability::Nowhere
        }
    }

    /// Whether a plugin that is not part of the package is installed; `None` where that is not known.
    pub fn has_plugin(&self, id: &str) -> Option<bool> {
        if self.plugins.ids.iter().any(|known| known == id) {
            Some(true)
        } else if self.plugins.complete && !self.plugins.others {
            Some(false)
        } else {
            None
        }
    }

    /// Releases of early 2026 took most providers from a library of their own, which their packages do not show:
    /// there a provider that any release knows is taken for one of them.
    fn knows_too_little_of(&self, id: &str) -> bool {
        const OF_THE_LIBRARY: &[&str] = &[
            "azure-openai-responses",
            "google-antigravity",
            "google-vertex",
            "kimi-code",
            "opencode-zen",
        ];
        !self.release.knows("providers")
            && (OF_THE_LIBRARY.contains(&id)
                || releases::known().any(|release| release.provider(id).is_some()))
    }

    /// A model id as it is compared: without a repeated provider before it, by the release's rules for the
    /// provider, in lower case.
    pub fn normalise_model(&self, provider: &str, model: &str) -> String {
        let provider = normalise_provider(provider);
        normalise(&provider, self.release.model_id_rules(&provider), model)
    }

    /// Whether the provider has the model.
    pub fn model(&self, provider: &str, model: &str) -> ModelStanding {
        let standing = self.provider(provider);
        let provider = normalise_provider(provider);
        let rules = self.release.model_id_rules(&provider);
        let wanted = normalise(&provider, rules, model);
        let lists = |by: ListedBy, ids: &mut dyn Iterator<Item = &str>| {
            let mut known = self.listed.borrow_mut();
            let ids = known.entry((provider.clone(), by)).or_insert_with(|| {
                Rc::new(ids.map(|id| normalise(&provider, rules, id)).collect())
            });
            ids.contains(&wanted)
        };
        let built_in = standing.known.filter(|known| {
            !self.replaces
                && match known.external_plugin() {
                    None => true,
                    Some(plugin) => self.plugins.ids.iter().any(|id| id == plugin),
                }
        });
        let in_release = |known: &Provider| {
            let mut ids = known.models().map(|model| model.id());
            lists(ListedBy::Release, &mut ids)
        };
        if let Some(declared) = standing.declared {
            if declared.is_local() {
                return ModelStanding::Undecided;
            }
            match &declared.models {
                ModelList::Unknown(unknown) => return ModelStanding::NotKnown(unknown.clone()),
                ModelList::Known { models, open } => {
                    let mut ids = models.iter().map(|model| model.id.as_str());
                    if lists(ListedBy::Configuration, &mut ids) {
                        return ModelStanding::Listed;
                    }
                    if let Some(unknown) = open {
                        return ModelStanding::NotKnown(unknown.clone());
                    }
                    if !models.is_empty() {
                        return match built_in {
                            None => ModelStanding::NotDeclared,
                            Some(known) if in_release(&known) => ModelStanding::Listed,
                            Some(known) if self.is_elsewhere(declared, &known) => {
                                ModelStanding::NotDeclared
                            }
                            Some(known) if takes_any_model(known.id()) => ModelStanding::Undecided,
                            Some(_) => ModelStanding::NotAmongEither,
                        };
                    }
                }
                ModelList::Absent => {}
            }
        }
        match built_in {
            Some(known) if in_release(&known) => ModelStanding::Listed,
            Some(known)
                if known.list_is_closed()
                    && known.external_plugin().is_none()
                    && !resolves_newer_models(known.id(), &wanted) =>
            {
                ModelStanding::NotInRelease
            }
            _ => ModelStanding::Undecided,
        }
    }

    /// Whether a declared provider sends its requests to another host than the release would.
    fn is_elsewhere(&self, declared: &DeclaredProvider, known: &Provider) -> bool {
        let own = known.base_url().and_then(|url| endpoints::parse(url).ok());
        match (declared.address(), own) {
            (Some(declared), Some(own)) => declared.host != own.host,
            _ => false,
        }
    }

    /// The ids of the models of a provider that are known, declared ones first, each once.
    pub fn models_of(&self, provider: &str) -> Rc<[String]> {
        let id = normalise_provider(provider);
        if let Some(known) = self.models_by_provider.borrow().get(&id) {
            return Rc::clone(known);
        }
        let ids: Rc<[String]> = self.all_models_of(provider).into();
        let mut known = self.models_by_provider.borrow_mut();
        known.insert(id, Rc::clone(&ids));
        ids
    }

    fn all_models_of(&self, provider: &str) -> Vec<String> {
        let standing = self.provider(provider);
        let mut ids: Vec<String> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        let mut add = |id: &str| {
            if seen.insert(id.to_ascii_lowercase()) {
                ids.push(id.to_string());
            }
        };
        if let Some(declared) = standing.declared {
            for model in declared.known_models() {
                add(&model.id);
            }
        }
        if standing
            .declared
            .is_none_or(|declared| !declared.stands_alone())
            && let Some(known) = standing.known
        {
            for model in known.models().chain(known.documented_models()) {
                add(model.id());
            }
        }
        ids
    }

    /// The keys of the declared providers that declare a model of that id.
    pub fn declaring(&self, model: &str) -> Vec<&DeclaredProvider> {
        let wanted = model.trim().to_lowercase();
        self.declared
            .iter()
            .filter(|provider| {
                provider
                    .known_models()
                    .iter()
                    .any(|model| model.id.to_lowercase() == wanted)
            })
            .collect()
    }

    /// The names of providers for a suggestion: the declared ones as written, then those of the release.
    pub fn provider_names(&self) -> Rc<[String]> {
        let names = self.names.get_or_init(|| {
            let declared = self.declared.iter().map(|provider| provider.key.clone());
            let of_release = self.release.providers();
            let of_release = of_release.map(|provider| provider.id().to_string());
            let mut seen = HashSet::new();
            declared
                .chain(of_release)
                .filter(|name| seen.insert(name.clone()))
                .collect()
        });
        Rc::clone(names)
    }

    /// The alias of that name; the last of several wins.
    pub fn alias(&self, name: &str) -> Option<&Alias> {
        let position = self.aliases_by_name.get(&name.trim().to_lowercase())?;
        self.aliases.get(*position)
    }

    /// What a reference means.
    pub fn target(&self, reference: &Reference) -> Target {
        let written = match &reference.form {
            Form::Bare { name } => name.text.clone(),
            Form::Qualified { provider, model } => format!("{}/{}", provider.text, model.text),
            _ => return Target::Other,
        };
        if reference.role != Role::Key
            && let Some(alias) = self.alias(&written)
            && let (Form::Qualified { provider, model }, _) =
                parse(&Text::plain(alias.key.clone(), None), Role::Primary)
        {
            return Target::Model {
                provider: provider.text,
                model: model.text,
                alias: Some(alias.name.clone()),
            };
        }
        match &reference.form {
            Form::Bare { name } => Target::Bare(name.text.clone()),
            Form::Qualified { provider, model } => Target::Model {
                provider: provider.text.clone(),
                model: model.text.clone(),
                alias: None,
            },
            _ => Target::Other,
        }
    }

    /// A reference as OpenClaw compares it: provider in lower case, a slash, the normalised model id.
    pub fn key_of(&self, provider: &str, model: &str) -> String {
        format!(
            "{}/{}",
            normalise_provider(provider),
            self.normalise_model(provider, model)
        )
    }

    /// What a model id without provider becomes at that place.
    pub fn bare(&self, reference: &Reference, name: &str, references: &References) -> BareMeaning {
        if self.open.is_some() || self.aliases_open.is_some() {
            return BareMeaning::NotKnown;
        }
        if self.declared.iter().any(|provider| {
            matches!(
                provider.models,
                ModelList::Unknown(_) | ModelList::Known { open: Some(_), .. }
            )
        }) {
            return BareMeaning::NotKnown;
        }
        let is_fallback = matches!(reference.role, Role::Fallback(_));
        let default = if is_fallback {
            self.primary_provider(reference, references)
                .or_else(|| self.release.default_provider().map(str::to_string))
        } else {
            self.release.default_provider().map(str::to_string)
        };
        let Some(default) = default else {
            return BareMeaning::NotKnown;
        };
        if is_fallback {
            return BareMeaning::Default(default);
        }
        let mut providers: Vec<String> = self
            .declaring(name)
            .iter()
            .map(|provider| provider.id.clone())
            .collect();
        let wanted = name.to_lowercase();
        for key in &references.all {
            if let (Role::Key, Form::Qualified { provider, model }) = (key.role, &key.form)
                && model.text.to_lowercase() == wanted
            {
                providers.push(normalise_provider(&provider.text));
            }
        }
        providers.sort();
        providers.dedup();
        match providers.len() {
            0 => BareMeaning::Default(default),
            1 => BareMeaning::Inferred(providers.remove(0)),
            _ => BareMeaning::Ambiguous { providers, default },
        }
    }

    /// The provider of the primary beside which a fallback stands.
    fn primary_provider(&self, fallback: &Reference, references: &References) -> Option<String> {
        let primary = references
            .all
            .iter()
            .find(|other| {
                other.role == Role::Primary
                    && other.owner == fallback.owner
                    && other.pattern == fallback.pattern
            })
            .or_else(|| {
                references.all.iter().find(|other| {
                    other.role == Role::Primary && other.pattern == "agents.defaults.model"
                })
            })?;
        match self.target(primary) {
            Target::Model { provider, .. } => Some(normalise_provider(&provider)),
            _ => None,
        }
    }
}

/// Providers whose models are too many, or too much one's own, to be listed anywhere.
fn takes_any_model(id: &str) -> bool {
    endpoints::is_local_provider(id)
        || matches!(
            id,
            "openrouter"
                | "vercel-ai-gateway"
                | "cloudflare-ai-gateway"
                | "huggingface"
                | "opencode"
                | "opencode-go"
                | "github-copilot"
                | "together"
                | "fireworks"
                | "nvidia"
                | "deepinfra"
                | "amazon-bedrock"
                | "google-vertex"
                | "microsoft-foundry"
                | "venice"
                | "kilocode"
                | "chutes"
                | "novita"
                | "synthetic"
        )
}

/// Whether a provider with a static list takes further ids of a family that it lists: `anthropic` resolves
/// newer snapshots and spellings of the Claude models it knows, `openai` whatever begins with `gpt-` or `o`.
fn resolves_newer_models(provider: &str, model: &str) -> bool {
    match provider {
        "anthropic" | "claude-cli" => {
            let model = model.replace('.', "-");
            [
                "claude-opus-4-6",
                "claude-opus-4-7",
                "claude-opus-4-8",
                "claude-sonnet-4-6",
                "claude-fable-5",
                "claude-mythos-preview",
            ]
            .iter()
            .any(|family| model.starts_with(family))
                || is_newer_claude(&model)
        }
        "openai" => true,
        _ => takes_any_model(provider),
    }
}

/// Whether an id looks like a Claude of a later generation than any that this program was taught.
fn is_newer_claude(model: &str) -> bool {
    let Some(rest) = model.strip_prefix("claude-") else {
        return false;
    };
    let numbers: Vec<u32> = rest
        .split('-')
        .filter_map(|part| part.parse().ok())
        .collect();
    match numbers.as_slice() {
        [major, ..] if *major >= 5 && *major < 100 => true,
        [4, minor, ..] if *minor >= 7 && *minor < 100 => true,
        _ => false,
    }
}

fn declared_providers(config: &Rc<Node>) -> (Vec<DeclaredProvider>, Option<Unknown>) {
    let models = match config.lookup("models") {
        Lookup::Present(models) => models,
        Lookup::Absent => return (Vec::new(), None),
        Lookup::Unknown(unknown) => return (Vec::new(), Some(unknown.clone())),
    };
    let providers = match models.lookup("providers") {
        Lookup::Present(providers) => providers,
        Lookup::Absent => return (Vec::new(), None),
        Lookup::Unknown(unknown) => return (Vec::new(), Some(unknown.clone())),
    };
    let Some(object) = providers.as_object() else {
        return (Vec::new(), None);
    };
    let declared = object
        .entries
        .iter()
        .filter(|(_, node)| !matches!(node.value, Value::Null))
        .map(|(key, node)| DeclaredProvider {
            key: key.clone(),
            id: normalise_provider(key),
            path: ConfigPath::keys("models.providers").key(key.clone()),
            node: Rc::clone(node),
            models: model_list(node),
            local: OnceCell::new(),
        })
        .collect();
    (declared, object.open.clone())
}

fn model_list(provider: &Node) -> ModelList {
    let models = match provider.lookup("models") {
        Lookup::Present(models) => models,
        Lookup::Absent => return ModelList::Absent,
        Lookup::Unknown(unknown) => return ModelList::Unknown(unknown.clone()),
    };
    let Some(list) = models.as_list() else {
        return ModelList::Absent;
    };
    let mut open = list.open.clone();
    let mut known = Vec::new();
    for (index, node) in list.items.iter().enumerate() {
        match node.lookup("id") {
            Lookup::Present(id) => match (id.as_str(), id.as_text()) {
                (Some(id), _) => known.push(DeclaredModel {
                    id: id.trim().to_string(),
                    index,
                    node: Rc::clone(node),
                }),
                (None, Some(text)) => open = open.or_else(|| text.unknown().cloned()),
                (None, None) => {}
            },
            Lookup::Unknown(unknown) => open = open.or_else(|| Some(unknown.clone())),
            Lookup::Absent => {}
        }
    }
    ModelList::Known {
        models: known,
        open,
    }
}

fn aliases(config: &Node) -> (Vec<Alias>, Option<Unknown>) {
    let mut node = config;
    for key in ["agents", "defaults", "models"] {
        node = match node.lookup(key) {
            Lookup::Present(node) => node,
            Lookup::Absent => return (Vec::new(), None),
            Lookup::Unknown(unknown) => return (Vec::new(), Some(unknown.clone())),
        };
    }
    let Some(object) = node.as_object() else {
        return (Vec::new(), None);
    };
    let mut open = object.open.clone();
    let mut found = Vec::new();
    for (key, entry) in &object.entries {
        match entry.lookup("alias") {
            Lookup::Present(alias) => match alias.as_str() {
                Some(name) if !name.trim().is_empty() => found.push(Alias {
                    name: name.trim().to_string(),
                    key: key.clone(),
                    place: alias.place.clone(),
                    path: ConfigPath::keys("agents.defaults.models")
                        .key(key.clone())
                        .key("alias"),
                }),
                Some(_) => {}
                None => {
                    if let Some(unknown) = alias.as_text().and_then(Text::unknown) {
                        open = open.or_else(|| Some(unknown.clone()));
                    }
                }
            },
            Lookup::Unknown(unknown) => open = open.or_else(|| Some(unknown.clone())),
            Lookup::Absent => {}
        }
    }
    (found, open)
}

fn plugins(configuration: &Configuration, instance: &Instance, release: &Release) -> Plugins {
    let listed: Option<Vec<String>> = instance
        .runtime_plugins
        .as_ref()
        .map(|plugins| plugins.iter().map(|(id, _)| id.clone()).collect());
    let holds = |node: Option<&Rc<Node>>| {
        node.is_some_and(|node| match &node.value {
            Value::Null => false,
            Value::List(list) => !list.items.is_empty() || list.open.is_some(),
            Value::Object(object) => !object.entries.is_empty() || object.open.is_some(),
            _ => true,
        })
    };
    let options = configuration.options.as_ref();
    let of_instance = options
        .and_then(|options| options.get("instances"))
        .and_then(|instances| instances.get(&instance.name));
    let by_options = ["customPlugins", "plugins", "runtimePluginSources"]
        .iter()
        .any(|option| {
            holds(options.and_then(|options| options.get(option)))
                || holds(of_instance.and_then(|instance| instance.get(option)))
        });
    // The module itself adds store paths for `runtimePlugins`; a path that somebody wrote is another matter.
    let by_path = instance
        .config
        .at_keys("plugins.load.paths")
        .is_some_and(|paths| match &paths.value {
            Value::List(list) => {
                list.open.is_some()
                    // What nix-openclaw's module adds itself stands nowhere in the sources.
                    || list.items.iter().any(|path| {
                        path.place.primary().is_some()
                            && path
                                .as_str()
                                .is_none_or(|it| !it.starts_with("/nix/store/"))
                    })
            }
            Value::Unknown(_) => true,
            _ => false,
        });
    let by_entry = instance
        .config
        .at_keys("plugins.entries")
        .and_then(|entries| entries.as_object())
        .is_some_and(|entries| {
            entries.entries.iter().any(|(id, entry)| {
                let is_written = entry.place.key.or(entry.place.primary()).is_some();
                is_written && release.plugin(id).is_none()
            })
        });
    Plugins {
        complete: listed.is_some(),
        ids: listed.unwrap_or_default(),
        others: by_options
            || by_path
            || by_entry
            || holds(instance.config.at_keys("plugins.installs")),
    }
}

/// The references of an instance by the provider that they use, in lower case; those through aliases too.
pub fn by_provider<'r>(
    catalogue: &Catalogue,
    references: &'r References,
) -> BTreeMap<String, Vec<&'r Reference>> {
    let mut found: BTreeMap<String, Vec<&Reference>> = BTreeMap::new();
    for reference in &references.all {
        let provider = match (&reference.form, catalogue.target(reference)) {
            (_, Target::Model { provider, .. }) => provider,
            (Form::PartlyKnown { provider, .. } | Form::Wildcard { provider }, _) => {
                provider.text.clone()
            }
            _ => continue,
        };
        found
            .entry(normalise_provider(&provider))
            .or_default()
            .push(reference);
    }
    found
}

/// The part of a reference that names the provider, where it names one itself.
pub fn provider_piece(reference: &Reference) -> Option<&Piece> {
    match &reference.form {
        Form::Qualified { provider, .. }
        | Form::PartlyKnown { provider, .. }
        | Form::Wildcard { provider }
        | Form::WithoutModelName { provider } => Some(provider),
        _ => None,
    }
}
