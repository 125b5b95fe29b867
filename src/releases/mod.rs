//! What each OpenClaw release accepts, and which release a flake pins.
//!
//! The data is generated (`releases/generate/`, see `docs/releases.md`), packed (`releases/pack.rs`) and read in place: a run pays
//! only for what it looks at.
//!
//! - [`known`], [`load`], [`newest`]: the releases;
//! - [`Release`]: providers, models, suppressions, credential fields, channels, plugins, limits;
//! - [`Schema`]: the structure of `openclaw.json`;
//! - [`history`]: what nix-openclaw pinned when, and the eras of its options;
//! - [`selection`]: from flake.lock, flags and guesses to one release.

pub mod history;
pub mod providers;
pub mod release;
pub mod schema;
pub mod selection;
mod store;
pub mod version;

pub use history::Era;
pub use providers::{Channel, Discovery, Model, Plugin, Provider, SearchProvider, Suppression};
pub use release::{
    BootstrapLimits, Completeness, EnvironmentForm, ModelIdRules, ReferenceForm, ReferencePlace,
    Release,
};
pub use schema::{Kind, Node, Schema};
pub use selection::Selection;
pub use store::size as data_size;
pub use version::Version;

use store::{Value, key};

/// The releases that are known, oldest first.
pub fn known() -> impl DoubleEndedIterator<Item = Release> {
    let mut releases: Vec<Release> = Value::root()
        .get_by(key!("releases"))
        .entries()
        .filter_map(|(version, facts)| Some(Release::new(version.parse().ok()?, facts)))
        .collect();
    releases.sort_by_key(|release| release.version());
    releases.into_iter()
}

/// The data of exactly this release, if there is any.
pub fn load(version: &Version) -> Option<Release> {
    let facts = Value::root()
        .get_by(key!("releases"))
        .get(&version.to_string());
    (!facts.is_null()).then(|| Release::new(*version, facts))
}

/// The newest release that is known. There always is one: the generated data is part of the program, and a test demands it.
pub fn newest() -> Release {
    known()
        .rfind(|release| !release.version().is_prerelease())
        .unwrap_or(Release::new(Version::new(2026, 1, 1), Value::NULL))
}

/// The known release that comes closest: this one, else the newest one before it, else the oldest one. The second value is true
/// when it is exactly this one.
pub fn nearest(version: &Version) -> (Release, bool) {
    if let Some(release) = load(version) {
        return (release, true);
    }
    let nearest = known()
        .filter(|release| !release.version().is_prerelease())
        .rfind(|release| release.version() <= *version)
        .or_else(|| known().next())
        .unwrap_or_else(newest);
    (nearest, false)
}

#[cfg(test)]
mod tests;
