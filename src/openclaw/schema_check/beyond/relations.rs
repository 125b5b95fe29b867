//! Settings that exclude each other, and settings that need others.

use super::{Beyond, is_absent, is_set, place};
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Node, Value};
use crate::releases::Version;

impl Beyond<'_> {
    pub(super) fn relations(&mut self) {
        self.tool_policies();
        self.tool_execution();
        self.loop_detection();
        self.sandboxes();
        self.retries();
        self.browser_profiles();
        self.gateway();
        self.tailscale();
        self.talk();
        self.servers();
        self.old_search_settings();
        if self.is_september() {
            self.hooks();
            self.roles();
            self.model_entries();
            self.special_names();
            self.model_policies();
        }
    }

    fn tool_policies(&mut self) {
        let mut places = Vec::new();
        for base in ["tools", "agents.list[].tools", "agents.entries.*.tools"] {
            for rest in [
                "",
                ".byProvider.*",
                ".toolsBySender.*",
                ".sandbox.tools",
                ".subagents.tools",
            ] {
                places.push(format!("{base}{rest}"));
            }
        }
        let filled = |policy: &Node, key: &str| {
            policy
                .get(key)
                .and_then(|list| list.as_list())
                .is_some_and(|list| !list.items.is_empty())
        };
        for pattern in places {
            for (path, policy) in self.each(&pattern) {
                if filled(policy, "allow") && filled(policy, "alsoAllow") {
                    self.conflict(
                        path.key("alsoAllow"),
                        place(policy, "alsoAllow"),
                        format!("`{path}` has both `allow` and `alsoAllow`"),
                        "`allow` replaces the tools of the profile, `alsoAllow` adds to them: merge the two into one.",
                    );
                }
            }
        }
    }

    fn tool_execution(&mut self) {
        for pattern in [
            "tools.exec",
            "agents.list[].tools.exec",
            "agents.entries.*.tools.exec",
        ] {
            for (path, policy) in self.each(pattern) {
                if is_set(policy, "mode") && (is_set(policy, "security") || is_set(policy, "ask")) {
                    self.conflict(
                        path.key("mode"),
                        place(policy, "mode"),
                        format!("`{path}.mode` cannot stand beside `security` or `ask`"),
                        "`mode` says what the other two say: keep `mode` or keep them.",
                    );
                }
            }
        }
    }

    fn loop_detection(&mut self) {
        for base in ["tools", "agents.list[].tools", "agents.entries.*.tools"] {
            for (path, limits) in self.each(&format!("{base}.loopDetection")) {
                self.rises(&path, limits, "warningThreshold", "criticalThreshold", true);
                self.rises(
                    &path,
                    limits,
                    "criticalThreshold",
                    "globalCircuitBreakerThreshold",
                    true,
                );
            }
        }
    }

    fn retries(&mut self) {
        for base in ["agents.defaults", "agents.list[]", "agents.entries.*"] {
            for (path, retries) in self.each(&format!("{base}.runRetries")) {
                self.rises(&path, retries, "min", "max", false);
            }
        }
    }

    /// `higher` must be greater than `lower`, or at least as great.
    fn rises(&mut self, path: &ConfigPath, node: &Node, lower: &str, higher: &str, strictly: bool) {
        let number = |key: &str| node.get(key).and_then(|value| value.as_number());
        let (Some(low), Some(high)) = (number(lower), number(higher)) else {
            return;
        };
        if high < low || (strictly && high == low) {
            let more = if strictly { "greater than" } else { "at least" };
            self.conflict(
                path.key(higher),
                place(node, higher),
                format!("`{path}.{higher}` must be {more} `{lower}`, which is {low}"),
                format!("Raise `{higher}` or lower `{lower}`."),
            );
        }
    }

    fn sandboxes(&mut self) {
        for base in ["agents.defaults", "agents.list[]", "agents.entries.*"] {
            for (path, sandbox) in self.each(&format!("{base}.sandbox")) {
                let docker = sandbox.get("docker");
                let joins_allowed = docker.is_none_or(|docker| {
                    !is_absent(docker, "dangerouslyAllowContainerNamespaceJoin")
                        && docker
                            .get("dangerouslyAllowContainerNamespaceJoin")
                            .and_then(|flag| flag.as_bool())
                            != Some(false)
                }) && docker.is_some();
                if let Some(docker) = docker {
                    let path = path.key("docker");
                    self.binds(&path, docker);
                    self.network(&path, docker, joins_allowed, "`bridge` or `none`");
                    for key in ["seccompProfile", "apparmorProfile"] {
                        if self.certain(docker, key).is_some_and(|profile| {
                            profile.trim().eq_ignore_ascii_case("unconfined")
                        }) {
                            self.conflict(
                                path.key(key),
                                place(docker, key),
                                format!("`{path}.{key}` must not be `unconfined`: a sandbox without it is none"),
                                "Name a profile, or leave the key out.",
                            );
                        }
                    }
                }
                if let Some(browser) = sandbox.get("browser") {
                    let path = path.key("browser");
                    self.binds(&path, browser);
                    self.network(&path, browser, joins_allowed, "`bridge`");
                }
            }
        }
    }

    fn network(&mut self, path: &ConfigPath, node: &Node, joins_allowed: bool, instead: &str) {
        let Some(network) = self.certain(node, "network") else {
            return;
        };
        let network = network.trim().to_lowercase();
        if network == "host" {
            self.conflict(
                path.key("network"),
                place(node, "network"),
                format!("`{path}.network` must not be `host`: a sandbox in the network of the host is none"),
                format!("Write {instead}."),
            );
        } else if network.starts_with("container:") && !joins_allowed {
            self.conflict(
                path.key("network"),
                place(node, "network"),
                format!("`{path}.network` joins the network of another container, which is not allowed by default"),
                "Write `bridge`, or set `dangerouslyAllowContainerNamespaceJoin` of `sandbox.docker` if that container is trusted.",
            );
        }
    }

    fn binds(&mut self, path: &ConfigPath, node: &Node) {
        let Some(binds) = node.get("binds").and_then(|binds| binds.as_list()) else {
            return;
        };
        for (index, bind) in binds.items.iter().enumerate() {
            let Some((text, unless)) = self.text(bind) else {
                continue;
            };
            let text = text.trim();
            let drive = text.len() > 2
                && text.as_bytes()[0].is_ascii_alphabetic()
                && text.as_bytes()[1] == b':'
                && matches!(text.as_bytes()[2], b'/' | b'\\');
            let windows = drive || text.starts_with("\\\\?\\");
            if !text.starts_with('/') && !windows {
                self.malformed(
                    path.key("binds").index(index),
                    bind,
                    "must begin with the absolute path on the host: `/srv/data:/data:ro`",
                    unless,
                );
            }
        }
    }

    fn browser_profiles(&mut self) {
        for (path, profile) in self.each("browser.profiles.*") {
            if profile
                .as_object()
                .is_none_or(|object| object.open.is_some())
            {
                continue;
            }
            let driver = profile.get("driver");
            let text = driver.and_then(|driver| driver.as_str());
            if driver.is_some() && text.is_none() {
                continue;
            }
            let existing = text.as_deref() == Some("existing-session");
            let extension = self.is_september() && text.as_deref() == Some("extension");
            let missing = |key: &str| match profile.get(key) {
                None => true,
                Some(node) => match &node.value {
                    Value::Text(text) => text.known().is_some_and(|text| text.is_empty()),
                    _ => false,
                },
            };
            if !existing && !extension && missing("cdpPort") && missing("cdpUrl") {
                self.conflict(
                    path.clone(),
                    profile.place.key.or(profile.place.primary()),
                    format!("`{path}` needs `cdpPort` or `cdpUrl`"),
                    "Set one of them, or `driver` to `existing-session`.",
                );
            }
            if !existing && !missing("userDataDir") && is_set(profile, "userDataDir") {
                self.conflict(
                    path.clone(),
                    place(profile, "userDataDir"),
                    format!("`{path}.userDataDir` needs `driver` to be `existing-session`"),
                    "Set `driver`, or leave `userDataDir` out.",
                );
            }
        }
    }

    fn gateway(&mut self) {
        if self.is_september() {
            return;
        }
        let Some(gateway) = self.config.get("gateway") else {
            return;
        };
        let number = |key: &str| gateway.get(key).and_then(|value| value.as_number());
        let check = match gateway.get("channelHealthCheckMinutes") {
            None if is_absent(gateway, "channelHealthCheckMinutes") => Some(5.0),
            _ => number("channelHealthCheckMinutes"),
        };
        if let (Some(stale), Some(check)) = (number("channelStaleEventThresholdMinutes"), check)
            && check != 0.0
            && stale < check
        {
            self.conflict(
                ConfigPath::keys("gateway.channelStaleEventThresholdMinutes"),
                place(gateway, "channelStaleEventThresholdMinutes"),
                format!("`gateway.channelStaleEventThresholdMinutes` must be at least `channelHealthCheckMinutes`, which is {check}"),
                "Raise it, or check more often.",
            );
        }
    }

    fn tailscale(&mut self) {
        let Some(gateway) = self.config.get("gateway") else {
            return;
        };
        let Some(mode) = gateway
            .get("tailscale")
            .and_then(|tailscale| self.certain(tailscale, "mode"))
            .filter(|mode| matches!(mode.as_str(), "serve" | "funnel"))
        else {
            return;
        };
        if let Some(bind) = self.certain(gateway, "bind")
            && bind != "loopback"
        {
            let host = self.certain(gateway, "customBindHost");
            let loopback = bind == "custom"
                && match (&host, gateway.get("customBindHost")) {
                    (Some(host), _) => host.starts_with("127."),
                    // Not known.
                    (None, Some(_)) => true,
                    (None, None) => false,
                };
            if !loopback {
                self.conflict(
                    ConfigPath::keys("gateway.bind"),
                    place(gateway, "bind"),
                    format!("`gateway.bind` must be `loopback` when `gateway.tailscale.mode` is `{mode}`, not `{bind}`"),
                    "Tailscale hands requests on to this machine: write `loopback`, or leave the key out.",
                );
            }
        }
        if let Some(auth) = gateway.get("auth")
            && self.certain(auth, "mode").as_deref() == Some("none")
        {
            self.conflict(
                ConfigPath::keys("gateway.auth.mode"),
                place(auth, "mode"),
                format!("`gateway.auth.mode` must not be `none` when `gateway.tailscale.mode` is `{mode}`"),
                "Anybody in the tailnet, or in the world, could use the gateway: write `token` or `password`.",
            );
        }
    }

    fn talk(&mut self) {
        for place_of in ["talk", "talk.realtime"] {
            for (path, talk) in self.each(place_of) {
                let Some(providers) = talk.get("providers").and_then(|node| node.as_object())
                else {
                    continue;
                };
                if providers.open.is_some() || providers.entries.is_empty() {
                    continue;
                }
                let provider = match talk.get("provider") {
                    None if is_absent(talk, "provider") => None,
                    None => continue,
                    Some(_) => match self.certain(talk, "provider") {
                        Some(name) => {
                            Some(name.trim().to_lowercase()).filter(|name| !name.is_empty())
                        }
                        None => continue,
                    },
                };
                match provider {
                    Some(name) if !providers.entries.contains_key(&name) => {
                        let names: Vec<String> = providers
                            .entries
                            .keys()
                            .map(|name| format!("`{name}`"))
                            .collect();
                        self.conflict(
                            path.key("provider"),
                            place(talk, "provider"),
                            format!("`{path}.provider` names `{name}`, which `{path}.providers` does not have"),
                            format!("It has {}.", names.join(", ")),
                        );
                    }
                    None if providers.entries.len() > 1 => self.conflict(
                        path.key("provider"),
                        talk.place.key.or(talk.place.primary()),
                        format!(
                            "`{path}.provider` is missing, and `{path}.providers` has more than one"
                        ),
                        "Name the one to use.",
                    ),
                    _ => {}
                }
            }
        }
    }

    fn servers(&mut self) {
        for pattern in ["mcp.servers.*", "nodeHost.mcp.servers.*"] {
            if pattern.starts_with("node") && !self.is_september() {
                continue;
            }
            // 2026.3.31 takes a server without a command, 2026.4.29 does not.
            if self.release.version() < Version::new(2026, 4, 29) {
                continue;
            }
            for (path, server) in self.each(pattern) {
                let blank = match server.get("command") {
                    None => is_absent(server, "command"),
                    Some(command) => match &command.value {
                        Value::Text(text) => {
                            text.known().is_some_and(|text| text.trim().is_empty())
                        }
                        _ => false,
                    },
                };
                if self.certain(server, "transport").as_deref() == Some("stdio") && blank {
                    self.conflict(
                        path.key("transport"),
                        place(server, "transport"),
                        format!("`{path}` has the transport `stdio` and no `command` to run"),
                        "Set `command`, or the transport of its `url`.",
                    );
                }
                if self.is_september() {
                    self.old_server_keys(&path, server);
                    self.identity_of_requester(&path, server);
                }
            }
        }
    }

    /// A server that asks each requester to sign in needs what that takes.
    fn identity_of_requester(&mut self, path: &ConfigPath, server: &Node) {
        let Some(oauth) = server.get("oauth") else {
            return;
        };
        if self.certain(oauth, "identity").as_deref() != Some("per-requester") {
            return;
        }
        let path = path.key("oauth");
        let span = place(oauth, "identity");
        if is_absent(server, "auth")
            || self
                .certain(server, "auth")
                .is_some_and(|auth| auth != "oauth")
        {
            self.conflict(
                path.key("identity"),
                span,
                format!("`{path}.identity` is `per-requester`, and `auth` is not `oauth`"),
                "Set `auth` to `oauth`.",
            );
        }
        if is_set(oauth, "authProfileId") {
            self.conflict(
                path.key("authProfileId"),
                place(oauth, "authProfileId"),
                format!("`{path}.identity` is `per-requester`, so there is no profile for all"),
                "Leave `authProfileId` out.",
            );
        }
        let stdio = is_set(server, "command")
            || self.certain(server, "transport").as_deref() == Some("stdio");
        if is_absent(server, "url") || stdio {
            self.conflict(
                path.key("identity"),
                span,
                format!(
                    "`{path}.identity` is `per-requester`, which only a server with a `url` can do"
                ),
                "Set `url`, and leave `command` out.",
            );
        }
    }

    /// Keys of a server that a later release refuses by name; other keys that it does not know are fine there.
    fn old_server_keys(&mut self, path: &ConfigPath, server: &Node) {
        for (key, instead) in [
            ("connect_timeout", "connectionTimeoutMs"),
            ("timeout", "requestTimeoutMs"),
            ("workingDirectory", "cwd"),
            ("supports_parallel_tool_calls", "supportsParallelToolCalls"),
            ("ssl_verify", "sslVerify"),
            ("client_cert", "clientCert"),
            ("client_key", "clientKey"),
            ("disabled", "enabled"),
        ] {
            if let Some(value) = server.get(key) {
                let release = self.release.version();
                self.rule(
                    "unknown-key",
                    path.key(key),
                    value.place.key.or(value.place.primary()),
                    format!("OpenClaw {release} refuses the old key `{key}` in `{path}`"),
                    Some(format!("Write `{instead}` in its place.")),
                );
            }
        }
    }

    fn old_search_settings(&mut self) {
        const OLD: &[&str] = &[
            "brave",
            "duckduckgo",
            "exa",
            "firecrawl",
            "gemini",
            "grok",
            "kimi",
            "minimax",
            "ollama",
            "perplexity",
            "searxng",
            "tavily",
        ];
        for (path, search) in self.each("tools.web.search") {
            for key in OLD {
                if let Some(settings) = search.get(key)
                    && settings.as_object().is_some()
                {
                    self.conflict(
                        path.key(*key),
                        settings.place.key.or(settings.place.primary()),
                        format!("the settings of `{key}` no longer stand in `{path}`"),
                        format!("Write them as `plugins.entries.<plugin>.config.webSearch`, mostly `plugins.entries.{key}.config.webSearch`."),
                    );
                }
            }
        }
    }

    fn hooks(&mut self) {
        let Some(hooks) = self.config.get("hooks") else {
            return;
        };
        if !is_absent(hooks, "defaultSessionKey")
            && self
                .certain(hooks, "defaultSessionKey")
                .is_none_or(|key| !key.trim().is_empty())
        {
            return;
        }
        for (path, mapping) in self.each("hooks.mappings[]") {
            let agent = is_absent(mapping, "action")
                || self.certain(mapping, "action").as_deref() == Some("agent");
            let persistent = self.certain(mapping, "sessionMode").as_deref() == Some("persistent");
            let without_key = is_absent(mapping, "sessionKey")
                || self
                    .certain(mapping, "sessionKey")
                    .is_some_and(|key| key.trim().is_empty());
            if agent && persistent && without_key && is_absent(mapping, "transform") {
                self.conflict(
                    path.key("sessionKey"),
                    place(mapping, "sessionMode"),
                    format!("`{path}` keeps its session and has no `sessionKey`"),
                    "Set `sessionKey` there or `hooks.defaultSessionKey`.",
                );
            }
        }
    }

    fn roles(&mut self) {
        for (path, roles) in self.each("gateway.roles") {
            let Some(definitions) = roles.get("definitions") else {
                continue;
            };
            let Some(object) = definitions
                .as_object()
                .filter(|object| object.open.is_none())
            else {
                continue;
            };
            if object.entries.is_empty() {
                self.conflict(
                    path.key("definitions"),
                    place(roles, "definitions"),
                    format!("`{path}.definitions` is empty"),
                    "Define at least one role.",
                );
            }
            if let Some(default) = self.certain(roles, "default")
                && !object.entries.contains_key(&default)
            {
                self.conflict(
                    path.key("default"),
                    place(roles, "default"),
                    format!("`{path}.default` names `{default}`, which `{path}.definitions` does not have"),
                    "Name one of the roles that are defined.",
                );
            }
        }
    }

    /// Names that a later release takes for the keys of maps, beyond what its schema says.
    fn special_names(&mut self) {
        for (path, node) in self.each("cloudWorkers.projectProfiles.*") {
            let name = path.last_key().unwrap_or_default();
            let parts: Vec<&str> = name.split('/').collect();
            let fits = parts.len() >= 3
                && parts.iter().all(|part| !part.is_empty())
                && !name.ends_with(".git")
                && name == name.to_lowercase();
            if !fits {
                self.malformed(
                    path.clone(),
                    node,
                    "must be named `host/owner/repository`, in small letters and without `.git`",
                    Vec::new(),
                );
            }
        }
        for (path, node) in self.each("gateway.remote.edgeAuth") {
            if node
                .as_object()
                .is_some_and(|object| object.entries.is_empty() && object.open.is_none())
            {
                self.malformed(path, node, "must have at least one header", Vec::new());
            }
        }
        for (path, node) in self.each("gateway.roles.definitions.*.agents[]") {
            if let Some((text, unless)) = self.text(node) {
                let id = text.trim();
                let fits = id.len() <= 64
                    && id.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
                    && id
                        .chars()
                        .all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-'));
                if !fits {
                    self.malformed(path, node, "must be the id of an agent", unless);
                }
            }
        }
    }

    /// What the list of allowed models may name: aliases, whole names, and names that end in `/*`.
    fn model_policies(&mut self) {
        let aliases = |beyond: &Self, pattern: &str| -> Vec<String> {
            beyond
                .each(&format!("{pattern}.models.*.alias"))
                .iter()
                .filter_map(|(_, node)| node.as_str())
                .map(|alias| alias.trim().to_lowercase())
                .collect()
        };
        let defaults = aliases(self, "agents.defaults");
        for base in ["agents.defaults", "agents.entries.*"] {
            for (path, owner) in self.each(base) {
                let mut known = defaults.clone();
                if let Some(models) = owner.get("models").and_then(|models| models.as_object()) {
                    if models.open.is_some() {
                        continue;
                    }
                    known.extend(
                        models
                            .entries
                            .values()
                            .filter_map(|entry| entry.get("alias")?.as_str())
                            .map(|alias| alias.trim().to_lowercase()),
                    );
                }
                let Some(list) = owner
                    .get("modelPolicy")
                    .and_then(|policy| policy.get("allow"))
                    .and_then(|allow| allow.as_list())
                else {
                    continue;
                };
                for (index, item) in list.items.iter().enumerate() {
                    let Some((text, unless)) = self.text(item) else {
                        continue;
                    };
                    let name = text.trim();
                    let plain = |part: &str| {
                        !part.trim().is_empty() && !part.contains('*') && !part.trim().contains(' ')
                    };
                    let parts: Vec<&str> = name.split('/').collect();
                    let fits = known.contains(&name.to_lowercase())
                        || matches!(
                            name.to_lowercase().as_str(),
                            "openrouter:auto" | "openrouter:free"
                        )
                        || (parts.len() >= 2
                            && parts.last().is_some_and(|last| *last == "*" || plain(last))
                            && parts[..parts.len() - 1].iter().all(|part| plain(part)));
                    if !fits {
                        self.malformed(
                            path.key("modelPolicy").key("allow").index(index),
                            item,
                            "must be an alias, `provider/model`, or end in `/*`",
                            unless,
                        );
                    }
                }
            }
        }
    }

    fn model_entries(&mut self) {
        for pattern in ["agents.defaults.models.*", "agents.entries.*.models.*"] {
            for (path, entry) in self.each(pattern) {
                let reference = path.last_key().unwrap_or_default().to_string();
                if !reference.contains('*') && super::forms::is_model_reference(&reference) {
                    continue;
                }
                for key in ["pickerRuntimes", "codeMode"] {
                    if is_set(entry, key) {
                        self.conflict(
                            path.key(key),
                            place(entry, key),
                            format!(
                                "`{key}` needs the whole name of a model, and `{reference}` is none"
                            ),
                            "Write the entry's name as `provider/model`.",
                        );
                    }
                }
            }
        }
    }
}
