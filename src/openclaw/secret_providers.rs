//! The secret providers that a configuration declares.

use super::tree::{Lookup, Node};

/// One entry of `secrets.providers`.
#[derive(Clone, Debug)]
pub struct Provider<'a> {
    /// Its name.
    pub alias: String,
    /// Its declaration.
    pub node: &'a Node,
    /// `env`, `file` or `exec`, if known.
    pub source: Option<String>,
}

/// The declared providers in the order of their names.
pub fn providers(config: &Node) -> Vec<Provider<'_>> {
    config
        .at_keys("secrets.providers")
        .and_then(|providers| providers.as_object())
        .map(|providers| {
            providers
                .entries
                .iter()
                .map(|(alias, node)| Provider {
                    alias: alias.clone(),
                    node,
                    source: node.get("source").and_then(|source| source.as_str()),
                })
                .collect()
        })
        .unwrap_or_default()
}

/// Whether there may be providers that the sources do not show.
pub fn is_open(config: &Node) -> bool {
    match config.lookup("secrets") {
        Lookup::Unknown(_) => true,
        Lookup::Absent => false,
        Lookup::Present(secrets) => match secrets.lookup("providers") {
            Lookup::Unknown(_) => true,
            Lookup::Absent => false,
            Lookup::Present(providers) => providers
                .as_object()
                .is_none_or(|providers| providers.open.is_some()),
        },
    }
}

/// Whether a reference to a file may have that id: `value`, or a JSON pointer.
pub fn is_file_id(id: &str) -> bool {
    if id == "value" {
        return true;
    }
    let Some(rest) = id.strip_prefix('/') else {
        return false;
    };
    rest.split('~')
        .skip(1)
        .all(|after| after.starts_with(['0', '1']))
}

/// Whether a reference to a program's output may have that id.
pub fn is_exec_id(id: &str) -> bool {
    id.len() <= 256
        && id.starts_with(|first: char| first.is_ascii_alphanumeric())
        && id.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'/' | b'#' | b'-')
        })
        && !id.split('/').any(|segment| matches!(segment, "." | ".."))
}
/// Whether OpenClaw takes that for the name of a secret provider.
pub fn is_alias(alias: &str) -> bool {
    alias.len() <= 64
        && alias.starts_with(|first: char| first.is_ascii_lowercase())
        && alias.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
        })
}
