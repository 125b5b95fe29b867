//! Names of things that must exist: channels, the target of heartbeats, the provider of web search, the memory plugin.

use super::Beyond;
use crate::nearest;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::Node;
use crate::releases::Version;
use crate::releases::schema::Kind;
use std::collections::BTreeSet;

/// Keys of `channels` that are no channels.
const NO_CHANNELS: &[&str] = &["defaults", "modelByChannel"];
/// In the schema, and yet refused: a channel for OpenClaw's own tests.
const TEST_CHANNELS: &[&str] = &["qa-channel"];

impl Beyond<'_> {
    pub(super) fn names(&mut self) {
        self.channels();
        self.heartbeat_targets();
        self.search_provider();
        self.memory_plugin();
    }

    /// Whether plugins are loaded from places that the configuration names.
    fn loads_plugins(&self) -> bool {
        let paths = self.config.at_keys("plugins.load.paths");
        paths.is_some_and(|paths| {
            paths
                .as_list()
                .is_none_or(|list| !list.items.is_empty() || list.open.is_some())
        })
    }

    fn is_installed(&self, plugin: &str) -> bool {
        self.instance
            .runtime_plugins
            .as_ref()
            .is_some_and(|plugins| plugins.iter().any(|(id, _)| id == plugin))
    }

    /// Whether the configuration itself speaks of a plugin: then OpenClaw takes what is missing for a leftover.
    fn is_mentioned(&self, ids: &[&str]) -> bool {
        let Some(plugins) = self.config.get("plugins") else {
            return false;
        };
        let listed = plugins
            .get("allow")
            .and_then(|allow| allow.as_list())
            .is_some_and(|list| {
                list.open.is_some()
                    || list.items.iter().any(|item| {
                        item.as_str()
                            .is_none_or(|id| ids.contains(&id.trim().to_lowercase().as_str()))
                    })
            });
        let entered = ["entries", "installs"].iter().any(|key| {
            plugins.get(key).is_some_and(|node| match node.as_object() {
                Some(object) => {
                    object.open.is_some()
                        || object
                            .entries
                            .keys()
                            .any(|id| ids.contains(&id.trim().to_lowercase().as_str()))
                }
                None => node.as_unknown().is_some(),
            })
        });
        listed || entered
    }

    /// The channels that the release accepts below `channels`, with those of installed plugins.
    fn known_channels(&self) -> BTreeSet<&'static str> {
        let mut known = BTreeSet::new();
        if let Some(schema) = self.release.schema()
            && let Kind::Object(root) = schema.root().kind()
            && let Some(Kind::Object(channels)) = root.property("channels").map(|node| node.kind())
        {
            known.extend(
                channels
                    .properties()
                    .map(|(name, _)| name)
                    .filter(|name| !TEST_CHANNELS.contains(name) && !NO_CHANNELS.contains(name)),
            );
        }
        // 2026.2.9 to 2026.2.26 bring the plugins of all their channels, and have no schemas of these.
        let brings_all = self.release.version() < Version::new(2026, 3, 1);
        for channel in self.release.channels() {
            let is_installed = channel
                .plugin()
                .is_some_and(|plugin| self.is_installed(plugin));
            if brings_all || is_installed {
                known.insert(channel.id());
            }
        }
        known
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one place for all kinds of names; each argument differs from call to call"
    )]
    fn unknown(
        &mut self,
        path: ConfigPath,
        node: &Node,
        key: bool,
        what: &str,
        name: &str,
        known: &BTreeSet<&'static str>,
        unless: Vec<String>,
    ) {
        let loads = self.loads_plugins();
        // Where plugins are loaded from elsewhere, later releases put the question off.
        if loads && self.is_september() {
            return;
        }
        let span = if key {
            node.place.key.or(node.place.primary())
        } else {
            node.place.primary()
        };
        let near = nearest::nearest(name, known.iter().copied());
        let is_mentioned = self.is_mentioned(&[name.to_lowercase().as_str()]);
        // 2026.2.26, 2026.6.11 and 2026.9.6 take every name that a plugin in `extensions` of the state directory brings, mentioned
        // or not, and refuse it where neither that nor a loaded path has it (`config validate` with and without such files). What
        // lies there is not in the sources, so only a slip of the pen is certain.
        let doubt = if loads {
            Some("unless a plugin of `plugins.load.paths` brings it")
        } else if is_mentioned || !near.is_some_and(|near| nearest::is_slip(name, near)) {
            Some("unless a plugin that is installed by hand brings it")
        } else {
            None
        };
        let help = match near {
            Some(near) if !is_mentioned => format!("Write `{near}`."),
            _ => format!(
                "Known: {}. Plugins of your own are read from `extensions` in OpenClaw's state directory and from `plugins.load.paths`.",
                nearest::alternatives(known.iter().copied())
            ),
        };
        let release = self.release.version();
        self.rule(
            "unknown-name",
            path,
            span,
            format!("OpenClaw {release} knows no {what} `{name}`"),
            Some(help),
        );
        if let Some(issue) = self.issues.last_mut() {
            issue.doubt = doubt.map(str::to_string);
            issue.unless_set = unless;
        }
    }

    fn channels(&mut self) {
        let Some(channels) = self
            .config
            .get("channels")
            .and_then(|node| node.as_object())
        else {
            return;
        };
        let known = self.known_channels();
        for (key, node) in &channels.entries {
            let id = key.trim();
            if id.is_empty()
                || known.contains(id)
                || NO_CHANNELS.contains(&id)
                || self.is_mentioned(&[id.to_lowercase().as_str()])
            {
                continue;
            }
            let path = ConfigPath::keys("channels").key(key);
            let plugin = self
                .release
                .channel(id)
                .filter(|channel| channel.id() == id)
                .and_then(|channel| channel.external_plugin());
            match plugin {
                Some(plugin) => {
                    let release = self.release.version();
                    self.rule(
                        "unknown-name",
                        path,
                        node.place.key.or(node.place.primary()),
                        format!("OpenClaw {release} has the channel `{id}` only with the plugin `{plugin}`"),
                        Some(format!("Install it: `runtimePlugins = [ \"{plugin}\" ]`.")),
                    );
                    if self.instance.runtime_plugins.is_none()
                        && let Some(issue) = self.issues.last_mut()
                    {
                        issue.doubt = Some("unless it is installed otherwise".to_string());
                    }
                }
                None => self.unknown(path, node, true, "channel", id, &known, Vec::new()),
            }
        }
    }

    fn heartbeat_targets(&mut self) {
        let mut known = self.known_channels();
        let ids: Vec<&'static str> = known.iter().copied().collect();
        for channel in self.release.channels() {
            if ids.contains(&channel.id()) {
                known.extend(channel.aliases());
            }
        }
        let mut named: BTreeSet<&'static str> = known.clone();
        named.extend(["last", "none"]);
        if self.is_september() {
            named.insert("owner");
        }
        for base in ["agents.defaults", "agents.list[]", "agents.entries.*"] {
            for (path, heartbeat) in self.each(&format!("{base}.heartbeat")) {
                let Some(node) = heartbeat.get("target") else {
                    continue;
                };
                let Some((text, unless)) = self.text(node) else {
                    continue;
                };
                let target = text.trim().to_lowercase();
                let path = path.key("target");
                if target.is_empty() {
                    self.malformed(path, node, "must not be empty", unless);
                } else if !named.contains(target.as_str()) {
                    self.unknown(
                        path,
                        node,
                        false,
                        "target of heartbeats",
                        text.trim(),
                        &named,
                        unless,
                    );
                }
            }
        }
    }

    fn search_provider(&mut self) {
        for (path, node) in self.each("tools.web.search.provider") {
            let Some((text, unless)) = self.text(node) else {
                continue;
            };
            let name = text.trim();
            if name.is_empty() {
                self.malformed(path, node, "must not be empty", unless);
                continue;
            }
            let known = self
                .release
                .search_providers()
                .find(|known| known.id() == name);
            match known {
                Some(known) => {
                    let Some(plugin) = known.external_plugin() else {
                        continue;
                    };
                    if self.is_installed(plugin)
                        || self.is_installed(known.id())
                        || self.is_mentioned(&[known.id(), plugin])
                    {
                        continue;
                    }
                    let release = self.release.version();
                    self.rule(
                        "unknown-name",
                        path,
                        node.place.primary(),
                        format!("OpenClaw {release} searches the web with `{name}` only with the plugin `{plugin}`"),
                        Some(format!("Install it: `runtimePlugins = [ \"{plugin}\" ]`.")),
                    );
                    if self.instance.runtime_plugins.is_none()
                        && self.loads_plugins()
                        && let Some(issue) = self.issues.last_mut()
                    {
                        issue.doubt = Some("unless it is installed otherwise".to_string());
                    }
                }
                // A release whose package does not tell them.
                None if !self.release.knows("searchProviders") => {}
                None if self.is_mentioned(&[name.to_lowercase().as_str()]) => {}
                None => {
                    let known: BTreeSet<&'static str> = self
                        .release
                        .search_providers()
                        .map(|known| known.id())
                        .collect();
                    self.unknown(
                        path,
                        node,
                        false,
                        "provider of web search",
                        name,
                        &known,
                        unless,
                    );
                }
            }
        }
    }

    fn memory_plugin(&mut self) {
        for (path, node) in self.each("plugins.slots.memory") {
            let Some((text, unless)) = self.text(node) else {
                continue;
            };
            let id = text.trim().to_lowercase();
            // A missing `memory-lancedb` is only warned about.
            if matches!(id.as_str(), "" | "none" | "memory-lancedb") {
                continue;
            }
            let known: BTreeSet<&'static str> = self
                .release
                .plugins()
                .filter(|plugin| !plugin.is_external() || self.is_installed(plugin.id()))
                .map(|plugin| plugin.id())
                .collect();
            if known.contains(id.as_str()) || self.is_installed(&id) {
                continue;
            }
            let memory: BTreeSet<&'static str> = self
                .release
                .plugins()
                .filter(|plugin| plugin.kind() == Some("memory"))
                .map(|plugin| plugin.id())
                .collect();
            let shown = if memory.is_empty() { &known } else { &memory };
            self.unknown(path, node, false, "plugin", text.trim(), shown, unless);
        }
    }
}
