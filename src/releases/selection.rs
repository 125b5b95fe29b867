//! Which release and which era a check assumes, and why.

use super::history::Era;
use super::version::Version;

/// What a check assumes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The release.
    pub version: Version,
    /// The options of nix-openclaw's module.
    pub era: Era,
    /// How it was found, for people: `flake.lock rev`.
    pub source: String,
    /// False for a guess: then only what holds for all of [`Selection::plausible`] is an error.
    pub certain: bool,
    /// The releases that may be meant, `version` among them, oldest first.
    pub plausible: Vec<Version>,
    /// True when flake.lock names a nix-openclaw newer than the data knows.
    pub data_older_than_lock: bool,
}
