//! What OpenClaw makes of workspace documents.

use super::configuration::{Configuration, Delivery, Document, Instance, Presence};
use crate::releases::{Era, Release};

/// The documents that OpenClaw hands to the model, in its order.
pub static BOOTSTRAP_FILES: [&str; 8] = [
    "AGENTS.md",
    "SOUL.md",
    "TOOLS.md",
    "IDENTITY.md",
    "USER.md",
    "HEARTBEAT.md",
    "BOOTSTRAP.md",
    "MEMORY.md",
];

/// The names under `workspace.bootstrapFiles` and their documents.
pub static BOOTSTRAP_OPTIONS: [(&str, &str); 6] = [
    ("agents", "AGENTS.md"),
    ("soul", "SOUL.md"),
    ("tools", "TOOLS.md"),
    ("identity", "IDENTITY.md"),
    ("user", "USER.md"),
    ("heartbeat", "HEARTBEAT.md"),
];

/// The names under `workspace.bootstrapFiles` that have to be there once one is, and their documents.
pub static REQUIRED_BOOTSTRAP_FILES: &[(&str, &str)] = BOOTSTRAP_OPTIONS.split_at(5).0;

/// The files that a `documents` folder took along (until June 2026).
pub static DOCUMENT_FILES: [&str; 8] = [
    "AGENTS.md",
    "SOUL.md",
    "TOOLS.md",
    "IDENTITY.md",
    "USER.md",
    "LORE.md",
    "HEARTBEAT.md",
    "PROMPTING-EXAMPLES.md",
];

/// The documents that a `documents` folder has to hold (until June 2026).
pub static REQUIRED_DOCUMENTS: &[&str] = DOCUMENT_FILES.split_at(3).0;

/// A larger file OpenClaw treats as missing.
pub const READ_LIMIT: u64 = 2 * 1024 * 1024;

/// What happens to a document because of its size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cut {
    /// Larger than what OpenClaw reads at all: it counts as missing.
    NotRead {
        /// Its size in bytes.
        bytes: u64,
    },
    /// Longer than what of one document reaches the model: its middle is dropped.
    Middle {
        /// Its length in UTF-16 code units.
        length: usize,
        /// What is handed over at most.
        limit: usize,
    },
    /// The documents before it left less room than it needs.
    Budget {
        /// Its length in UTF-16 code units.
        length: usize,
        /// What is left for it.
        left: usize,
        /// The sum of what is handed over at most.
        total: usize,
    },
}

/// The limits of an instance: those of the release, unless the configuration sets its own. `None` where the
/// configuration's value is not known.
pub fn limits(
    release: &Release,
    instance: &Instance,
) -> (Option<usize>, Option<usize>, Option<usize>) {
    let defaults = release.bootstrap_limits();
    let own = |key: &str, default: Option<u64>| -> Option<usize> {
        let node = instance
            .config
            .at_keys("agents.defaults")
            .and_then(|defaults| defaults.get(key));
        match node {
            None => default.map(|limit| limit as usize),
            Some(node) => node
                .as_integer()
                .and_then(|limit| usize::try_from(limit).ok())
                .filter(|limit| *limit > 0),
        }
    };
    (
        own("bootstrapMaxChars", defaults.per_file),
        own("bootstrapTotalMaxChars", defaults.total),
        defaults.user_file.map(|limit| limit as usize),
    )
}

/// What becomes of the documents of an instance, in the order in which OpenClaw takes them. Only documents whose
/// length is known are looked at; after one that is not known the sum says nothing.
pub fn cuts<'a>(
    release: &Release,
    configuration: &'a Configuration,
    instance: &Instance,
) -> Vec<(&'a Document, Cut)> {
    let (per_file, total, user_file) = limits(release, instance);
    let mut cuts = Vec::new();
    let mut left = total;
    for name in BOOTSTRAP_FILES {
        for document in configuration
            .documents
            .iter()
            .filter(|document| document.name == name)
        {
            let Presence::Present {
                characters, bytes, ..
            } = document.presence
            else {
                if matches!(document.presence, Presence::Unknown(_)) {
                    left = None;
                }
                continue;
            };
            if bytes > READ_LIMIT {
                cuts.push((document, Cut::NotRead { bytes }));
                continue;
            }
            let limit = match (per_file, user_file) {
                (Some(limit), Some(own)) if name == "USER.md" => Some(limit.min(own)),
                (limit, _) => limit,
            };
            let taken = limit.map_or(characters, |limit| characters.min(limit));
            if let Some(limit) = limit
                && characters > limit
            {
                cuts.push((
                    document,
                    Cut::Middle {
                        length: characters,
                        limit,
                    },
                ));
            } else if let (Some(left), Some(total)) = (left, total)
                && taken > left
            {
                cuts.push((
                    document,
                    Cut::Budget {
                        length: characters,
                        left,
                        total,
                    },
                ));
            }
            left = left.map(|left| left.saturating_sub(taken));
        }
    }
    cuts
}

/// The documents that are handed over. Those of the `documents` folder are not where the option was removed: that is told
/// as a whole.
pub fn handed_over(configuration: &Configuration, era: Era) -> impl Iterator<Item = &Document> {
    configuration.documents.iter().filter(move |document| {
        document.delivery != Delivery::Documents || era < Era::BootstrapFiles
    })
}

/// Whether a file of that name is a workspace document.
pub fn is_document(file: &str) -> bool {
    bootstrap_key(file).is_some() || DOCUMENT_FILES.contains(&file)
}

/// The name under `workspace.bootstrapFiles` for a document.
pub fn bootstrap_key(name: &str) -> Option<&'static str> {
    BOOTSTRAP_OPTIONS
        .iter()
        .find(|(_, document)| *document == name)
        .map(|(key, _)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing;
    use serde_json::json;

    fn document(name: &str, characters: usize) -> Document {
        Document {
            name: name.to_string(),
            delivery: Delivery::BootstrapFiles,
            source: None,
            written: format!("./{name}"),
            presence: Presence::Present {
                characters,
                bytes: characters as u64,
                blank: false,
            },
            span: None,
            option: String::new(),
        }
    }

    fn cut(config: serde_json::Value, documents: &[(&str, usize)]) -> Vec<(String, Cut)> {
        let release = crate::releases::load(&"2026.6.11".parse().unwrap()).unwrap();
        let mut configuration = testing::configuration(&config);
        configuration.documents = documents
            .iter()
            .map(|(name, characters)| document(name, *characters))
            .collect();
        cuts(&release, &configuration, &configuration.instances[0])
            .into_iter()
            .map(|(document, cut)| (document.name.clone(), cut))
            .collect()
    }

    #[test]
    fn limits_of_the_release_and_of_the_configuration() {
        assert_eq!(
            cut(json!({}), &[("AGENTS.md", 20_000), ("SOUL.md", 20_000)]),
            []
        );
        assert_eq!(
            cut(json!({}), &[("AGENTS.md", 20_001)]),
            [(
                "AGENTS.md".into(),
                Cut::Middle {
                    length: 20_001,
                    limit: 20_000
                }
            )]
        );
        assert_eq!(
            cut(
                json!({"agents": {"defaults": {"bootstrapMaxChars": 100}}}),
                &[("AGENTS.md", 101)]
            ),
            [(
                "AGENTS.md".into(),
                Cut::Middle {
                    length: 101,
                    limit: 100
                }
            )]
        );
    }

    #[test]
    fn later_documents_get_what_earlier_ones_left() {
        let config = json!({"agents": {"defaults": {"bootstrapTotalMaxChars": 1000}}});
        assert_eq!(
            cut(config, &[("USER.md", 400), ("AGENTS.md", 700)]),
            [(
                "USER.md".into(),
                Cut::Budget {
                    length: 400,
                    left: 300,
                    total: 1000
                }
            )]
        );
    }

    #[test]
    fn what_is_not_known_says_nothing() {
        let config = json!({"agents": {"defaults": {"bootstrapMaxChars": {"$unknown": "x"}}}});
        assert_eq!(cut(config, &[("AGENTS.md", 30_000)]), []);
    }
}
