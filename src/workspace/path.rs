//! Paths as text.
//!
//! The evaluator knows paths only as text, as Nix does. The host knows them as bytes. A path that is not
//! UTF-8 is shown with replacement characters and cannot be named by Nix code.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Where Nix keeps what it built.
const STORE: &str = "/nix/store";

/// Removes `.`, `..` and repeated slashes from an absolute path without looking at the disk; `..` at the top
/// stays at the top, as in Nix. A path without a leading slash is taken as absolute.
pub fn normalize(path: &str) -> String {
    let is_normal = path.len() > 1
        && path.starts_with('/')
        && !path.ends_with('/')
        && !path.contains("//")
        && !path.contains("/.");
    if is_normal {
        return path.to_string();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// `directory/name`, without a doubled slash at the top.
pub fn join(directory: &str, name: &str) -> String {
    match (directory, name) {
        (_, "") => directory.to_string(),
        ("" | "/", name) => format!("/{name}"),
        (directory, name) => format!("{directory}/{name}"),
    }
}

/// The part of `path` below `root`, empty for the root itself; `None` when it lies elsewhere. Both must be
/// normalized.
pub fn below<'a>(root: &str, path: &'a str) -> Option<&'a str> {
    if root == "/" {
        return path.strip_prefix('/');
    }
    let rest = path.strip_prefix(root)?;
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix('/')
}

/// The directory that holds `path`; the top holds itself.
pub fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(slash) => &path[..slash],
    }
}

/// The last part of a path.
pub fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether the path lies in the Nix store.
pub fn is_store_like(path: &str) -> bool {
    below(STORE, path).is_some_and(|rest| !rest.is_empty())
}

/// A host path as text.
pub(super) fn to_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The bytes of a relative path appended to a host directory.
pub(super) fn host(directory: &Path, relative: &[u8]) -> PathBuf {
    if relative.is_empty() {
        directory.to_path_buf()
    } else {
        directory.join(OsStr::from_bytes(relative))
    }
}

/// Whether a text came from a name that is not UTF-8 (or might have).
pub(super) fn is_lossy(path: &str) -> bool {
    path.contains(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalizes_as_nix_does() {
        assert_eq!(normalize("/a/./b//../c/"), "/a/c");
        assert_eq!(normalize("/../.."), "/");
        assert_eq!(normalize("/a/..."), "/a/...");
    }

    #[test]
    fn a_sibling_with_the_same_beginning_is_not_below() {
        assert_eq!(below("/a/b", "/a/b/c"), Some("c"));
        assert_eq!(below("/a/b", "/a/b"), Some(""));
        assert_eq!(below("/a/b", "/a/bc"), None);
        assert_eq!(below("/", "/a"), Some("a"));
    }

    #[test]
    fn the_store_itself_is_no_store_path() {
        assert!(is_store_like("/nix/store/abc-source/flake.nix"));
        assert!(!is_store_like("/nix/store"));
        assert!(!is_store_like("/nix/storeroom/x"));
    }
}
