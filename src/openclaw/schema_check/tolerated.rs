//! What the schema of a release does not allow and its program reads all the same.
//!
//! Each fact is what `openclaw config validate` of the releases said that are named beside it (docs/conformance.md).

use super::issue::{Issue, IssueKind};
use crate::openclaw::path::Segment;
use crate::openclaw::tree::Node;
use crate::releases::{Release, Version};

/// Addresses that were written for a mode of `gateway.bind`: 2026.3.31 to 2026.4.29 take them, 2026.2.26 and 2026.5.2 do not.
const ADDRESSES: &[&str] = &["0.0.0.0", "127.0.0.1", "localhost", "::", "::1"];

/// The channels whose settings 2026.3.31 looked at; it took everything in those of its other plugins, and 2026.4.15 does not.
const CHANNELS: &[&str] = &[
    "bluebubbles",
    "discord",
    "googlechat",
    "imessage",
    "irc",
    "msteams",
    "signal",
    "slack",
    "telegram",
    "whatsapp",
];

/// The first release that refuses a binding to an agent that is not there; 2026.5.26 and all that were tried before it take it
/// (case `178-bindings-unknown-agent`).
pub const BINDINGS_REFUSED_SINCE: Version = Version::new(2026, 5, 27);

/// Whether `release` reads `config` although its schema has this issue with it. The types of the Home Manager module, which are
/// made of the schema, refuse it nevertheless.
pub fn is_tolerated(issue: &Issue, config: &Node, release: &Release) -> bool {
    let version = release.version();
    let keys: Vec<&str> = issue
        .path
        .0
        .iter()
        .map(|segment| match segment {
            Segment::Key(key) => key.as_str(),
            Segment::Index(_) => "",
        })
        .collect();
    match keys.as_slice() {
        ["gateway", "bind"] => {
            let written = config
                .at_keys("gateway.bind")
                .and_then(|node| node.as_str());
            (Version::new(2026, 3, 1)..Version::new(2026, 5, 2)).contains(&version)
                && written.is_some_and(|written| ADDRESSES.contains(&&*written))
        }
        ["channels", channel, _, ..] => {
            version < Version::new(2026, 4, 15) && !CHANNELS.contains(channel)
        }
        // Of `talk` 2026.4.15 and 2026.4.29 keep what they know.
        ["talk", ..] => {
            matches!(issue.kind, IssueKind::UnknownKey { .. })
                && (Version::new(2026, 4, 1)..Version::new(2026, 5, 2)).contains(&version)
        }
        _ => false,
    }
}
