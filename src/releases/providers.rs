//! Providers, their models, channels and plugins of one release.

use super::store::{Value, key};

/// A model provider that a release knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    id: &'static str,
    facts: Value,
}

/// How a provider's model list comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discovery {
    /// The list in the release is all there is: another id is an unknown model.
    Static,
    /// The list in the release may be refreshed from the provider.
    Refreshable,
    /// The list comes from the provider while OpenClaw runs; what the release lists are examples.
    Runtime,
    /// The release lists no models, or does not say.
    Unlisted,
}

impl Provider {
    pub(super) fn new(id: &'static str, facts: Value) -> Provider {
        Provider { id, facts }
    }

    /// Its id, as in `models.providers.<id>` and before the slash of a reference.
    pub fn id(self) -> &'static str {
        self.id
    }

    /// Other names under which it is known.
    pub fn aliases(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts.get_by(key!("aliases")).texts()
    }

    /// The environment variables that carry its key, the preferred one first; empty when not known.
    pub fn key_variables(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts.get_by(key!("keyVariables")).texts()
    }

    /// The provider whose key it also uses.
    pub fn key_from_provider(self) -> Option<&'static str> {
        self.facts.text(key!("keyFrom"))
    }

    /// The endpoint that the release uses.
    pub fn base_url(self) -> Option<&'static str> {
        self.facts.text(key!("baseUrl"))
    }

    /// The API that the release speaks with it (see [`super::Release::model_apis`]).
    pub fn api(self) -> Option<&'static str> {
        self.facts.text(key!("api"))
    }

    /// The id of the plugin that brings it.
    pub fn plugin(self) -> Option<&'static str> {
        self.facts.text(key!("plugin"))
    }

    /// The id for `runtimePlugins` of the plugin that must be installed first, `None` when the package itself brings the provider.
    pub fn external_plugin(self) -> Option<&'static str> {
        if self.facts.flag(key!("external")) {
            self.plugin()
        } else {
            None
        }
    }

    /// How its model list comes about.
    pub fn discovery(self) -> Discovery {
        match self.facts.text(key!("discovery")) {
            Some("static") => Discovery::Static,
            Some("refreshable") => Discovery::Refreshable,
            Some("runtime") => Discovery::Runtime,
            _ => Discovery::Unlisted,
        }
    }

    /// True when a model that is not in [`Provider::models`] may be called unknown.
    pub fn list_is_closed(self) -> bool {
        self.discovery() == Discovery::Static && self.facts.get_by(key!("models")).len() > 0
    }

    /// The models that the release lists.
    pub fn models(self) -> impl DoubleEndedIterator<Item = Model> + ExactSizeIterator + Clone {
        self.facts
            .get_by(key!("models"))
            .elements()
            .map(|facts| Model { facts })
    }

    /// The models that the release's documentation names for a provider whose plugin is not in the package. The plugin may know others, so
    /// the list is never closed; it serves for suggestions and to show what there is.
    pub fn documented_models(
        self,
    ) -> impl DoubleEndedIterator<Item = Model> + ExactSizeIterator + Clone {
        self.facts
            .get_by(key!("documentedModels"))
            .elements()
            .map(|facts| Model { facts })
    }

    /// The listed model with this id; case does not matter.
    pub fn model(self, id: &str) -> Option<Model> {
        self.models()
            .find(|model| model.id().eq_ignore_ascii_case(id))
    }
}

/// A model that a release lists for a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    facts: Value,
}

impl Model {
    /// What stands behind the slash of a reference.
    pub fn id(self) -> &'static str {
        self.facts.text(key!("id")).unwrap_or_default()
    }

    /// What people call it.
    pub fn name(self) -> Option<&'static str> {
        self.facts.text(key!("name"))
    }

    /// How many tokens fit.
    pub fn context_window(self) -> Option<u64> {
        self.facts
            .get_by(key!("contextWindow"))
            .as_integer()?
            .try_into()
            .ok()
    }

    /// How many tokens it writes at most.
    pub fn maximum_output(self) -> Option<u64> {
        self.facts
            .get_by(key!("maxTokens"))
            .as_integer()?
            .try_into()
            .ok()
    }

    /// The kinds of input: `text`, `image`, `video`, `audio`.
    pub fn inputs(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts.get_by(key!("input")).texts()
    }

    /// True for a model that thinks before it answers.
    pub fn reasons(self) -> bool {
        self.facts.flag(key!("reasoning"))
    }

    /// `deprecated`, `preview`, ...: where the release says so.
    pub fn status(self) -> Option<&'static str> {
        self.facts.text(key!("status"))
    }

    /// The model to use instead.
    pub fn replaced_by(self) -> Option<&'static str> {
        self.facts.text(key!("replacedBy"))
    }
}

/// A model that a release refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suppression {
    facts: Value,
}

impl Suppression {
    pub(super) fn new(facts: Value) -> Suppression {
        Suppression { facts }
    }

    /// The provider's id.
    pub fn provider(self) -> &'static str {
        self.facts.text(key!("provider")).unwrap_or_default()
    }

    /// The model's id.
    pub fn model(self) -> &'static str {
        self.facts.text(key!("model")).unwrap_or_default()
    }

    /// The reference or id to use instead.
    pub fn replacement(self) -> Option<&'static str> {
        self.facts.text(key!("replacement"))
    }

    /// True when it holds only under conditions ([`Suppression::base_url_hosts`], [`Suppression::provider_apis`]); the configuration is then valid,
    /// the model does not work.
    pub fn is_conditional(self) -> bool {
        !self.facts.get_by(key!("when")).is_null()
    }

    /// It holds when the provider's endpoint is one of these hosts.
    pub fn base_url_hosts(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts
            .get_by(key!("when"))
            .get_by(key!("baseUrlHosts"))
            .texts()
    }

    /// It holds when the provider's configured `api` is one of these.
    pub fn provider_apis(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts
            .get_by(key!("when"))
            .get_by(key!("providerConfigApiIn"))
            .texts()
    }
}

/// A channel (`channels.<id>`) that a release knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    id: &'static str,
    facts: Value,
}

impl Channel {
    pub(super) fn new(id: &'static str, facts: Value) -> Channel {
        Channel { id, facts }
    }

    /// Its key below `channels`.
    pub fn id(self) -> &'static str {
        self.id
    }

    /// Other names under which it is known.
    pub fn aliases(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts.get_by(key!("aliases")).texts()
    }

    /// The id of the plugin that brings it.
    pub fn plugin(self) -> Option<&'static str> {
        self.facts.text(key!("plugin"))
    }

    /// The id for `runtimePlugins` of the plugin that must be installed first, `None` when the package itself brings the channel.
    pub fn external_plugin(self) -> Option<&'static str> {
        if self.facts.flag(key!("external")) {
            self.plugin()
        } else {
            None
        }
    }

    /// The environment variables from which it takes credentials.
    pub fn key_variables(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts.get_by(key!("keyVariables")).texts()
    }
}

/// A provider of web search (`tools.web.search.provider`) that a release knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchProvider {
    id: &'static str,
    facts: Value,
}

impl SearchProvider {
    pub(super) fn new(id: &'static str, facts: Value) -> SearchProvider {
        SearchProvider { id, facts }
    }

    /// Its name.
    pub fn id(self) -> &'static str {
        self.id
    }

    /// The id of the plugin that brings it.
    pub fn plugin(self) -> Option<&'static str> {
        self.facts.text(key!("plugin"))
    }

    /// The id for `runtimePlugins` of the plugin that must be installed first, `None` when the package itself brings it.
    pub fn external_plugin(self) -> Option<&'static str> {
        if self.facts.flag(key!("external")) {
            self.plugin()
        } else {
            None
        }
    }
}

/// A plugin that a release knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plugin {
    id: &'static str,
    facts: Value,
}

impl Plugin {
    pub(super) fn new(id: &'static str, facts: Value) -> Plugin {
        Plugin { id, facts }
    }

    /// Its id, as in `plugins.entries.<id>`.
    pub fn id(self) -> &'static str {
        self.id
    }

    /// True when it is not in the package and must be installed (nix-openclaw: `runtimePlugins`).
    pub fn is_external(self) -> bool {
        self.facts.flag(key!("external"))
    }

    /// The npm package of an external plugin.
    pub fn package(self) -> Option<&'static str> {
        self.facts.text(key!("package"))
    }

    /// `memory`, `context-engine`: the slot for which plugins compete.
    pub fn kind(self) -> Option<&'static str> {
        self.facts.text(key!("kind"))
    }

    /// True when it runs without being enabled.
    pub fn is_enabled_by_default(self) -> bool {
        self.facts.flag(key!("enabledByDefault"))
    }

    /// Other ids under which it was known.
    pub fn former_ids(self) -> impl Iterator<Item = &'static str> + Clone {
        self.facts.get_by(key!("formerIds")).texts()
    }
}
