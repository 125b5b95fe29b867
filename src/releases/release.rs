//! One release: what it accepts and what it knows, beside the structure of its configuration.

use super::providers::{Channel, Plugin, Provider, SearchProvider, Suppression};
use super::schema::Schema;
use super::store::{Key, Value, key};
use super::version::Version;

/// What one OpenClaw release accepts. A handle into the data of the program: getting one costs nothing, copying it neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    version: Version,
    facts: Value,
}

/// How much is known of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// The release printed its schema, and its package gave the other facts.
    Full,
    /// Only what the package's files show; the structure of the configuration is unchecked.
    FactsOnly,
}

/// Which `env` blocks a release accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvironmentForm {
    /// `env.vars.NAME` and, directly, `env.NAME`.
    FlatAndVars,
    /// Only `env.vars.NAME`.
    VarsOnly,
    /// Not known for this release.
    Unchecked,
}

/// How much of the workspace's documents reaches the model, in UTF-16 code units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BootstrapLimits {
    /// Largest part of one document: the default of `agents.defaults.bootstrapMaxChars`.
    pub per_file: Option<u64>,
    /// Largest sum: the default of `agents.defaults.bootstrapTotalMaxChars`.
    pub total: Option<u64>,
    /// A limit of USER.md's own, where the release has one.
    pub user_file: Option<u64>,
}

/// What stands at a place of the configuration that holds a model reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceForm {
    /// A text `provider/model`.
    Text,
    /// A text, or an object with `primary` and `fallbacks`.
    TextOrFallbacks,
    /// The keys of a map are references (`provider/*` is allowed); a map that is not empty restricts which models may be used.
    Keys,
    /// A list of references, in which `*` allows all.
    List,
}

/// A place of the configuration that holds a reference to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferencePlace {
    /// Path pattern: `*` for a map's names, `[]` for a list's elements, e.g. `agents.list[].model`.
    pub pattern: &'static str,
    /// What stands there.
    pub form: ReferenceForm,
    /// True where OpenClaw itself collects the references of the configuration: there a retired model makes it invalid.
    pub checked: bool,
}

/// How a model id written by the user becomes the provider's id.
#[derive(Debug, Clone, Copy)]
pub struct ModelIdRules {
    rules: Value,
}

impl ModelIdRules {
    /// The prefix (without slash) that is put before an id that has no slash.
    pub fn prefix_when_bare(self) -> Option<&'static str> {
        self.rules.text(key!("prefixWhenBare"))
    }

    /// Prefixes that are dropped from an id.
    pub fn strip_prefixes(self) -> impl Iterator<Item = &'static str> {
        self.rules.get_by(key!("stripPrefixes")).texts()
    }

    /// Other names of models: what is written, what it stands for.
    pub fn aliases(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.rules
            .get_by(key!("aliases"))
            .entries()
            .filter_map(|(name, target)| Some((name, target.as_text()?)))
    }

    /// What `id` stands for: aliases, prefixes dropped and put before, in this order. Names are compared without regard to case.
    pub fn normalise(self, id: &str) -> String {
        let mut id = id;
        for prefix in self.strip_prefixes() {
            if let Some(head) = id.get(..prefix.len())
                && head.eq_ignore_ascii_case(prefix)
            {
                id = &id[prefix.len()..];
            }
        }
        if let Some((_, target)) = self
            .aliases()
            .find(|(name, _)| name.eq_ignore_ascii_case(id))
        {
            id = target;
        }
        match self.prefix_when_bare() {
            Some(prefix) if !id.contains('/') => format!("{prefix}/{id}"),
            _ => id.to_owned(),
        }
    }
}

impl Release {
    pub(super) fn new(version: Version, facts: Value) -> Release {
        Release { version, facts }
    }

    /// Its number.
    pub fn version(self) -> Version {
        self.version
    }

    /// The day of publication, `YEAR-MONTH-DAY`.
    pub fn date(self) -> &'static str {
        self.facts.text(key!("date")).unwrap_or_default()
    }

    /// How much is known of it.
    pub fn completeness(self) -> Completeness {
        if self.schema().is_some() {
            Completeness::Full
        } else {
            Completeness::FactsOnly
        }
    }

    /// The structure of its configuration; `None` when it could not be had from the release, then nothing may be said about it.
    pub fn schema(self) -> Option<Schema> {
        let root = self.facts.get_by(key!("schema"));
        (!root.is_null()).then(|| Schema::new(root, self.facts.get_by(key!("definitions"))))
    }

    /// True when the facts of this part (a key of the release's data file: `providers`, `overlayProviders`, ...) were found in the
    /// package, all of them. Where it is false nothing may be concluded from what is missing in it.
    pub fn knows(self, part: &str) -> bool {
        !self.facts.get(part).is_null()
            && !self
                .facts
                .get_by(key!("partial"))
                .texts()
                .any(|partial| partial == part)
    }

    /// The providers it knows, by id.
    pub fn providers(self) -> impl Iterator<Item = Provider> {
        self.facts
            .get_by(key!("providers"))
            .entries()
            .map(|(id, facts)| Provider::new(id, facts))
    }

    /// The provider that `name` means: its id or an alias, blanks around it dropped, case ignored.
    pub fn provider(self, name: &str) -> Option<Provider> {
        let name = name.trim().to_lowercase();
        if let Some((id, facts)) = self.facts.get_by(key!("providers")).entry(&name) {
            return Some(Provider::new(id, facts));
        }
        self.providers()
            .find(|provider| provider.aliases().any(|alias| alias == name))
    }

    /// The provider ids for which `models.providers.<id>` needs neither `baseUrl` nor `models`, in order. Not the same as
    /// the providers: some known providers are missing.
    pub fn overlay_providers(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts.get_by(key!("overlayProviders")).texts()
    }

    /// True when `models.providers.<id>` needs neither `baseUrl` nor `models` (blanks and case do not matter).
    pub fn is_overlay_provider(self, id: &str) -> bool {
        let id = id.trim().to_lowercase();
        self.overlay_providers().any(|known| known == id)
    }

    /// Models that this release refuses.
    pub fn suppressions(self) -> impl Iterator<Item = Suppression> + Clone {
        self.facts
            .get_by(key!("suppressions"))
            .elements()
            .map(Suppression::new)
    }

    /// Why `provider/model` is refused, if it is: names compared without regard to case.
    pub fn suppression(self, provider: &str, model: &str) -> Option<Suppression> {
        // The data has them in lower case (a test asserts it), so a name that it does not hold at all needs no search.
        let model = Key::new(&model.to_ascii_lowercase())?;
        let provider = Key::new(&provider.to_ascii_lowercase())?;
        self.facts
            .get_by(key!("suppressions"))
            .elements()
            .find(|facts| {
                facts.get_by(key!("model")).is_text(model)
                    && facts.get_by(key!("provider")).is_text(provider)
            })
            .map(Suppression::new)
    }

    /// The fields of openclaw.json that accept a SecretRef, as path patterns (`*` for a map's names, `[]` for a list's elements). These are also
    /// the fields in which a placeholder's variable must exist for the gateway to start.
    pub fn secret_fields(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts.get_by(key!("secretFields")).texts()
    }

    /// How model ids of this provider are normalised, if they are.
    pub fn model_id_rules(self, provider: &str) -> Option<ModelIdRules> {
        let rules = self
            .facts
            .get_by(key!("modelIdNormalization"))
            .get(provider);
        (!rules.is_null()).then_some(ModelIdRules { rules })
    }

    /// The provider that a reference without a slash means.
    pub fn default_provider(self) -> Option<&'static str> {
        self.facts.get_by(key!("defaults")).text(key!("provider"))
    }

    /// The model that is used when the configuration names none (an id of [`Release::default_provider`]).
    pub fn default_model(self) -> Option<&'static str> {
        self.facts.get_by(key!("defaults")).text(key!("model"))
    }

    /// The values of `api` of a model or a provider.
    pub fn model_apis(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts.get_by(key!("modelApis")).texts()
    }

    /// How much of the workspace's documents reaches the model.
    pub fn bootstrap_limits(self) -> BootstrapLimits {
        let limits = self.facts.get_by(key!("bootstrap"));
        let limit = |name| {
            limits
                .get_by(name)
                .as_integer()
                .and_then(|limit| u64::try_from(limit).ok())
        };
        BootstrapLimits {
            per_file: limit(key!("perFile")),
            total: limit(key!("total")),
            user_file: limit(key!("userFile")),
        }
    }

    /// The channels it knows, by id.
    pub fn channels(self) -> impl Iterator<Item = Channel> {
        self.facts
            .get_by(key!("channels"))
            .entries()
            .map(|(id, facts)| Channel::new(id, facts))
    }

    /// The channel with this id or alias.
    pub fn channel(self, name: &str) -> Option<Channel> {
        self.channels()
            .find(|channel| channel.id() == name || channel.aliases().any(|alias| alias == name))
    }

    /// The providers of web search it knows, by name.
    pub fn search_providers(self) -> impl Iterator<Item = SearchProvider> {
        self.facts
            .get_by(key!("searchProviders"))
            .entries()
            .map(|(id, facts)| SearchProvider::new(id, facts))
    }

    /// The plugins it knows, by id: those in the package and the official ones that are installed beside it.
    pub fn plugins(self) -> impl Iterator<Item = Plugin> {
        self.facts
            .get_by(key!("plugins"))
            .entries()
            .map(|(id, facts)| Plugin::new(id, facts))
    }

    /// The plugin with this id.
    pub fn plugin(self, id: &str) -> Option<Plugin> {
        let (id, facts) = self.facts.get_by(key!("plugins")).entry(id)?;
        Some(Plugin::new(id, facts))
    }

    /// The ids that nix-openclaw's `runtimePlugins` accepts when it pins this release; `None` when no nix-openclaw with that
    /// option pinned it.
    pub fn runtime_plugins(self) -> Option<impl Iterator<Item = &'static str> + Clone> {
        let ids = self.facts.get_by(key!("runtimePlugins"));
        (!ids.is_null()).then(|| ids.texts())
    }

    /// Which `env` blocks it accepts.
    pub fn environment_form(self) -> EnvironmentForm {
        match self.facts.text(key!("environmentForm")) {
            Some("flat-and-vars") => EnvironmentForm::FlatAndVars,
            Some("vars-only") => EnvironmentForm::VarsOnly,
            _ => EnvironmentForm::Unchecked,
        }
    }

    /// The places of the configuration that hold a model reference, as far as its schema has them.
    pub fn reference_places(self) -> impl Iterator<Item = ReferencePlace> {
        self.facts
            .get_by(key!("referencePlaces"))
            .elements()
            .filter_map(|place| {
                Some(ReferencePlace {
                    pattern: place.text(key!("path"))?,
                    form: match place.text(key!("form"))? {
                        "text" => ReferenceForm::Text,
                        "text-or-fallbacks" => ReferenceForm::TextOrFallbacks,
                        "keys" => ReferenceForm::Keys,
                        "list" => ReferenceForm::List,
                        _ => return None,
                    },
                    checked: place.flag(key!("checked")),
                })
            })
    }
}
