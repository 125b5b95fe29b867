//! The agents, and what names them.

use super::super::tolerated::BINDINGS_REFUSED_SINCE;
use super::{Beyond, is_absent, place};
use crate::nearest::alternatives;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Node, Value};
use std::collections::BTreeSet;

impl Beyond<'_> {
    pub(super) fn roster(&mut self) {
        if self.is_september() {
            self.entries();
            self.group_options();
        }
        self.bindings_to_conversations();
        self.named_agents();
        self.avatars();
    }

    /// How a roster of named entries must look.
    fn entries(&mut self) {
        let Some(agents) = self.config.get("agents") else {
            return;
        };
        if agents
            .as_object()
            .is_none_or(|object| object.open.is_some())
        {
            return;
        }
        let explicit = self.certain(agents, "ownership").as_deref() == Some("explicit");
        let Some(entries) = agents.get("entries") else {
            if explicit {
                self.conflict(
                    ConfigPath::keys("agents.entries"),
                    place(agents, "ownership"),
                    "`agents.ownership` is `explicit`, and `agents.entries` has no agent",
                    "Declare at least one agent, or leave `ownership` out.",
                );
            }
            return;
        };
        let Some(object) = entries.as_object().filter(|object| object.open.is_none()) else {
            return;
        };
        if object.entries.is_empty() {
            if explicit {
                self.conflict(
                    ConfigPath::keys("agents.entries"),
                    place(agents, "entries"),
                    "`agents.entries` has no agent, and `agents.ownership` is `explicit`",
                    "Declare at least one agent.",
                );
            }
            return;
        }
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for (key, node) in &object.entries {
            if !seen.insert(key.to_lowercase()) {
                self.conflict(
                    ConfigPath::keys("agents.entries").key(key),
                    node.place.key.or(node.place.primary()),
                    format!(
                        "two agents have the id `{}`: case does not count",
                        key.to_lowercase()
                    ),
                    "Rename one of them.",
                );
            }
        }
        let marks: Vec<&Node> = object
            .entries
            .values()
            .filter_map(|entry| entry.get("default").map(|mark| mark.as_ref()))
            .collect();
        if marks.iter().any(|mark| mark.as_bool().is_none()) {
            return;
        }
        let marked = marks
            .iter()
            .filter(|mark| mark.as_bool() == Some(true))
            .count();
        if marked > 1 {
            self.conflict(
                ConfigPath::keys("agents.entries"),
                place(agents, "entries"),
                format!("{marked} agents are marked as `default`"),
                "Mark one of them at most.",
            );
        }
        if explicit && marked > 0 {
            self.conflict(
                ConfigPath::keys("agents.ownership"),
                place(agents, "ownership"),
                "`agents.ownership` is `explicit`, and an agent is marked as `default`",
                "Leave one of the two out.",
            );
        }
        if object.entries.len() > 1 && marked == 0 && is_absent(agents, "ownership") {
            self.conflict(
                ConfigPath::keys("agents.ownership"),
                agents.get("entries").and_then(|entries| entries.place.key).or(place(agents, "entries")),
                "there is more than one agent, and nothing says which of them owns what no other owns",
                "Set `agents.ownership` to `explicit`, or mark one agent with `default = true`.",
            );
        }
    }

    fn group_options(&mut self) {
        for (path, entry) in self.each("broadcast.*") {
            let peer = path.last_key().unwrap_or_default();
            let qualified = peer.split_once(':').is_some_and(|(channel, rest)| {
                let mut letters = channel.chars();
                !rest.is_empty()
                    && letters
                        .next()
                        .is_some_and(|first| first.is_ascii_alphabetic())
                    && letters.all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-'))
            });
            match &entry.value {
                Value::Object(_) if !qualified => self.malformed(
                    path.clone(),
                    entry,
                    "has options, so its name must be `<channel>:<peer>`",
                    Vec::new(),
                ),
                Value::List(list) if qualified && list.items.len() > 16 => self.malformed(
                    path.clone(),
                    entry,
                    "must have at most 16 agents",
                    Vec::new(),
                ),
                _ => {}
            }
        }
    }

    fn bindings_to_conversations(&mut self) {
        for (path, binding) in self.each("bindings[]") {
            if self.certain(binding, "type").as_deref() != Some("acp") {
                continue;
            }
            let Some(matched) = binding.get("match") else {
                continue;
            };
            let missing = match matched.get("peer") {
                None => is_absent(matched, "peer"),
                Some(peer) => {
                    is_absent(peer, "id")
                        || self
                            .certain(peer, "id")
                            .is_some_and(|id| id.trim().is_empty())
                }
            };
            if missing {
                self.conflict(
                    path.key("match").key("peer"),
                    matched.place.key.or(matched.place.primary()),
                    format!("`{path}` is of the type `acp` and names no conversation"),
                    "Set `match.peer.id`.",
                );
            }
        }
    }

    /// The ids of the agents; `None` where they are not all known, or where none is declared and none is there by itself.
    fn agents(&self) -> Option<BTreeSet<String>> {
        let implied = || {
            self.is_september()
                .then(|| BTreeSet::from(["main".to_string()]))
        };
        let Some(agents) = self.config.get("agents") else {
            return implied();
        };
        let object = agents.as_object()?;
        if object.open.is_some() {
            return None;
        }
        if self.is_september() {
            let Some(entries) = object.entries.get("entries") else {
                return implied();
            };
            let entries = entries.as_object()?;
            if entries.open.is_some() {
                return None;
            }
            if entries.entries.is_empty() {
                return implied();
            }
            return Some(entries.entries.keys().cloned().collect());
        }
        let list = object.entries.get("list")?.as_list()?;
        if list.open.is_some() || list.items.is_empty() {
            return None;
        }
        list.items
            .iter()
            .map(|item| self.certain(item, "id"))
            .collect()
    }

    fn named_agents(&mut self) {
        let Some(known) = self.agents() else {
            return;
        };
        // Ids are compared as they are in groups, and without regard to case and the like elsewhere.
        let mut exact = Vec::new();
        for (path, entry) in self.each("broadcast.*") {
            if path.last_key() == Some("strategy") {
                continue;
            }
            let (path, list) = match entry.get("agents") {
                Some(agents) if self.is_september() => (path.key("agents"), agents.as_list()),
                _ => (path, entry.as_list()),
            };
            for (index, item) in list.iter().flat_map(|list| &list.items).enumerate() {
                exact.push((path.index(index), item.as_ref()));
            }
        }
        let mut loose = match self.release.version() < BINDINGS_REFUSED_SINCE {
            true => Vec::new(),
            false => self.each("bindings[].agentId"),
        };
        if self.is_september() {
            for pattern in [
                "agents.defaults.heartbeat.agentId",
                "agents.defaults.systemAgent.agentId",
                "talk.agentId",
            ] {
                loose.extend(self.each(pattern));
            }
        }
        let normal: BTreeSet<String> = known.iter().map(|id| normal_id(id)).collect();
        let names = alternatives(known.iter().map(String::as_str));
        for (path, node, is_loose) in exact
            .into_iter()
            .map(|(path, node)| (path, node, false))
            .chain(loose.into_iter().map(|(path, node)| (path, node, true)))
        {
            let Some((id, unless)) = self.text(node) else {
                continue;
            };
            let main = self.is_september() && id == "main" && path.matches("bindings[].agentId");
            let declared = if is_loose {
                normal.contains(&normal_id(&id))
            } else {
                known.contains(&id)
            };
            if declared || main || !unless.is_empty() {
                continue;
            }
            self.rule(
                "unknown-name",
                path.clone(),
                node.place.primary(),
                format!("`{path}` names the agent `{id}`, which is not declared"),
                Some(format!("Declared: {names}.")),
            );
        }
    }

    /// A picture is a URL or a file inside the agent's workspace.
    fn avatars(&mut self) {
        for base in ["agents.list[]", "agents.entries.*"] {
            for (path, node) in self.each(&format!("{base}.identity.avatar")) {
                let Some((text, unless)) = self.text(node) else {
                    continue;
                };
                let text = text.trim();
                let lower = text.to_lowercase();
                if text.is_empty()
                    || lower.starts_with("data:")
                    || lower.starts_with("http://")
                    || lower.starts_with("https://")
                {
                    continue;
                }
                let scheme = text.split_once(':').is_some_and(|(scheme, _)| {
                    scheme.len() > 1
                        && scheme.chars().all(|next| {
                            next.is_ascii_alphanumeric() || matches!(next, '+' | '-' | '.')
                        })
                        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                });
                let mut depth = 0_i32;
                let leaves = text.split('/').any(|part| {
                    depth += match part {
                        ".." => -1,
                        "" | "." => 0,
                        _ => 1,
                    };
                    depth < 0
                });
                if text.starts_with('~') || scheme {
                    self.malformed(
                        path,
                        node,
                        "must be a path inside the agent's workspace, an `http(s)://` URL or a `data:` URL",
                        unless,
                    );
                } else if leaves {
                    self.malformed(path, node, "must stay inside the agent's workspace", unless);
                }
            }
        }
    }
}

/// An agent's id as OpenClaw compares it: small letters, and `-` for what no id may have.
fn normal_id(id: &str) -> String {
    let mut normal = String::new();
    for character in id.trim().to_lowercase().chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '_' | '-') {
            normal.push(character);
        } else if !normal.ends_with('-') {
            normal.push('-');
        }
    }
    let normal = normal.trim_matches('-');
    let normal: String = normal.chars().take(64).collect();
    if normal.is_empty() {
        "main".to_string()
    } else {
        normal
    }
}
