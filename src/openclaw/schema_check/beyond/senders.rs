//! Who may write to a channel: until April 2026, and in one release of May, a policy had to come with a list of senders that fits it.
//!
//! What each release refuses is what `openclaw config validate` of it said (the cases `senders-*` in tests/conformance).

use super::{Beyond, place};
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Lookup, Node, Value};
use crate::releases::Version;

/// From here on a list may be missing, or name other senders.
const UNTIL: Version = Version::new(2026, 4, 15);
/// Once more this release asks for them, in some channels.
const AGAIN: (Version, &[&str]) = (
    Version::new(2026, 5, 2),
    &["slack", "signal", "imessage", "irc"],
);
/// From here on `allowlist` without any sender is refused, and accounts take the senders of their channel.
const ALLOWLIST_SINCE: Version = Version::new(2026, 2, 26);

/// Where a channel has its policy and its senders, each below the channel.
struct Place {
    channels: &'static [&'static str],
    policy: &'static str,
    senders: &'static [&'static str],
}

static PLACES: &[Place] = &[
    Place {
        channels: &[
            "telegram",
            "signal",
            "imessage",
            "whatsapp",
            "irc",
            "msteams",
            "bluebubbles",
        ],
        policy: "dmPolicy",
        senders: &["allowFrom"],
    },
    Place {
        channels: &["discord", "slack"],
        policy: "dmPolicy",
        senders: &["allowFrom", "dm.allowFrom"],
    },
    Place {
        channels: &["discord", "slack", "googlechat"],
        policy: "dm.policy",
        senders: &["dm.allowFrom", "allowFrom"],
    },
];

impl Beyond<'_> {
    pub(super) fn senders(&mut self) {
        let version = self.release.version();
        for known in PLACES {
            for channel in known.channels {
                let again = version == AGAIN.0 && AGAIN.1.contains(channel);
                if version >= UNTIL && !again {
                    continue;
                }
                // The plugin of IRC stayed behind.
                let early = version < ALLOWLIST_SINCE || (again && *channel == "irc");
                let pattern = format!("channels.{channel}");
                for (path, node) in self.each(&pattern) {
                    self.policy_of(known, early, &path, node, None);
                    for (path, account) in self.each(&format!("{pattern}.accounts.*")) {
                        self.policy_of(known, early, &path, account, (!early).then_some(node));
                    }
                }
            }
        }
    }

    /// `early` are the rules before [`ALLOWLIST_SINCE`]; `channel` is what an account takes its senders from when it has none of its own.
    fn policy_of(
        &mut self,
        known: &Place,
        early: bool,
        path: &ConfigPath,
        node: &Node,
        channel: Option<&Node>,
    ) {
        let (holder, key) = match known.policy.split_once('.') {
            Some((holder, key)) => (node.get(holder).map(|holder| holder.as_ref()), key),
            None => (Some(node), known.policy),
        };
        let Some(holder) = holder else {
            return;
        };
        let Some(policy) = self.certain(holder, key) else {
            return;
        };
        let (clause, help) = match policy.as_str() {
            "open" => (
                "`\"*\"` among them",
                "Add `\"*\"` to the senders, or take the policy `pairing`, which asks before it lets anybody in.",
            ),
            "allowlist" if !early => (
                "a sender in it",
                "Name who may write, or take another policy.",
            ),
            _ => return,
        };
        let mut all = Vec::new();
        for place in known.senders {
            for holder in [Some(node), channel].into_iter().flatten() {
                let Some(named) = senders(holder, place) else {
                    return;
                };
                all.extend(named);
            }
        }
        let fits = all.iter().any(|sender| {
            policy == "allowlist" || sender.as_deref().is_none_or(|sender| sender.trim() == "*")
        });
        if fits {
            return;
        }
        let release = self.release.version();
        let list = known.senders[0];
        let mut at = path.clone();
        for key in list.split('.') {
            at = at.key(key);
        }
        self.conflict(
            at,
            place(holder, key),
            format!(
                "OpenClaw {release} takes the policy `{policy}` of `{path}` only with `{list}` and {clause}"
            ),
            help,
        );
    }
}

/// The senders at a place, each as text; none where it is not set, `None` where they are not known.
fn senders(node: &Node, place: &str) -> Option<Vec<Option<String>>> {
    let node = match node.lookup_keys(place) {
        Lookup::Present(node) => node,
        Lookup::Absent => return Some(Vec::new()),
        Lookup::Unknown(_) => return None,
    };
    let list = node.as_list().filter(|list| list.open.is_none())?;
    Some(list.items.iter().map(|item| sender(item)).collect())
}

/// A sender as text; a variable that it is filled from may hold any.
fn sender(item: &Node) -> Option<String> {
    match &item.value {
        Value::Integer(number) => Some(number.to_string()),
        _ => item.as_str().filter(|text| !text.contains("${")),
    }
}
