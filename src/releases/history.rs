//! What nix-openclaw pinned when, and the eras of its module's options.
//!
//! The facts come from the history of the public repository: for each revision of its main branch the release that it pins and the era
//! of its options, and by time for revisions that were not seen.

use super::store::{Value, key};
use super::version::Version;
use std::fmt;

/// A period in which nix-openclaw's module had the same set of options, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Era {
    /// From January 2026: `programs.clawdbot` with `providers`, `configOverrides`, `firstParty`, `plugins`, `documents`.
    Clawdbot,
    /// From 28 January 2026: the same options under `programs.moltbot`.
    Moltbot,
    /// From 30 January 2026: `programs.openclaw`, with everything that OpenClaw reads under `config`.
    SchemaConfig,
    /// From 4 February 2026: `bundledPlugins` and `customPlugins`.
    BundledPlugins,
    /// From 8 February 2026: `workspace.pinAgentDefaults` and `appDefaults.nixMode`.
    PinnedWorkspace,
    /// From 17 February 2026: the old plugin options are removed.
    PluginsRemoved,
    /// From 10 April 2026: `config.channels` takes channels that come with plugins.
    OpenChannels,
    /// From 5 May 2026: `environment`, `runtimePackages` and `qmd`, and the plugins that are bundled today.
    RuntimePackages,
    /// From 28 May 2026: `runtimePlugins`.
    RuntimePlugins,
    /// From 5 June 2026: `workspace.bootstrapFiles`; `documents` is removed.
    BootstrapFiles,
}

impl Era {
    /// All eras, oldest first.
    pub const ALL: [Era; 10] = [
        Era::Clawdbot,
        Era::Moltbot,
        Era::SchemaConfig,
        Era::BundledPlugins,
        Era::PinnedWorkspace,
        Era::PluginsRemoved,
        Era::OpenChannels,
        Era::RuntimePackages,
        Era::RuntimePlugins,
        Era::BootstrapFiles,
    ];

    /// The newest era that is known.
    pub const NEWEST: Era = Era::BootstrapFiles;

    /// Its name in output: `bootstrap-files`.
    pub fn name(self) -> &'static str {
        match self {
            Era::Clawdbot => "clawdbot",
            Era::Moltbot => "moltbot",
            Era::SchemaConfig => "schema-config",
            Era::BundledPlugins => "bundled-plugins",
            Era::PinnedWorkspace => "pinned-workspace",
            Era::PluginsRemoved => "plugins-removed",
            Era::OpenChannels => "open-channels",
            Era::RuntimePackages => "runtime-packages",
            Era::RuntimePlugins => "runtime-plugins",
            Era::BootstrapFiles => "bootstrap-files",
        }
    }

    /// The day on which it began, for people: `4 February 2026`.
    pub fn day(self) -> &'static str {
        match self {
            Era::Clawdbot => "4 January 2026",
            Era::Moltbot => "28 January 2026",
            Era::SchemaConfig => "30 January 2026",
            Era::BundledPlugins => "4 February 2026",
            Era::PinnedWorkspace => "8 February 2026",
            Era::PluginsRemoved => "17 February 2026",
            Era::OpenChannels => "10 April 2026",
            Era::RuntimePackages => "5 May 2026",
            Era::RuntimePlugins => "28 May 2026",
            Era::BootstrapFiles => "5 June 2026",
        }
    }

    /// The era with that name.
    pub fn from_name(name: &str) -> Option<Era> {
        Era::ALL.into_iter().find(|era| era.name() == name)
    }

    /// Where the module's options are: `programs.clawdbot`, `programs.moltbot` or `programs.openclaw`.
    pub fn program(self) -> &'static str {
        match self {
            Era::Clawdbot => "clawdbot",
            Era::Moltbot => "moltbot",
            _ => "openclaw",
        }
    }

    /// When it began on nix-openclaw's main branch, in Unix seconds.
    pub fn began(self) -> i64 {
        history()
            .get_by(key!("eras"))
            .elements()
            .find(|era| era.text(key!("era")) == Some(self.name()))
            .and_then(|era| era.get_by(key!("time")).as_integer())
            .unwrap_or(i64::MIN)
    }
}

impl fmt::Display for Era {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A release that nix-openclaw pinned from one commit of its main branch until the next pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// The commit that pinned it, 40 hexadecimal digits.
    pub commit: &'static str,
    /// The time of that commit, Unix seconds.
    pub time: i64,
    /// The release.
    pub version: Version,
}

/// What is known of a revision of nix-openclaw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// The release that it pins; `None` for the early revisions, which followed unreleased states of OpenClaw.
    pub version: Option<Version>,
    /// The options of its module.
    pub era: Era,
}

fn history() -> Value {
    Value::root().get_by(key!("nix-openclaw"))
}

/// How many characters of each revision the data keeps.
const REVISION_LENGTH: usize = 16;

/// What this revision (40 hexadecimal digits, at least 16 of them) pins, if it is one of nix-openclaw's main branch.
pub fn revision(rev: &str) -> Option<Revision> {
    let prefix = rev.get(..REVISION_LENGTH)?;
    if prefix.contains(' ') {
        return None;
    }
    for group in history().get_by(key!("revisions")).elements() {
        // Each has the same length, and a blank behind it: what is in the text and has none is one of them.
        if group.text(key!("revisions"))?.contains(prefix) {
            return Some(Revision {
                version: group
                    .text(key!("openclaw"))
                    .and_then(|version| version.parse().ok()),
                era: Era::from_name(group.text(key!("era"))?)?,
            });
        }
    }
    None
}

/// All pins, oldest first.
pub fn pins() -> impl DoubleEndedIterator<Item = Pin> {
    history().get_by(key!("pins")).elements().filter_map(|pin| {
        Some(Pin {
            commit: pin.text(key!("commit"))?,
            time: pin.get_by(key!("time")).as_integer()?,
            version: pin.text(key!("openclaw"))?.parse().ok()?,
        })
    })
}

/// The newest pin that is known.
pub fn newest_pin() -> Option<Pin> {
    pins().next_back()
}

/// The release that this revision pins.
pub fn pin_for_rev(rev: &str) -> Option<Version> {
    revision(rev)?.version
}

/// The era of this revision's options.
pub fn era_for_rev(rev: &str) -> Option<Era> {
    Some(revision(rev)?.era)
}

/// The pin that held at a time (Unix seconds); `None` before the first one.
pub fn pin_for_time(time: i64) -> Option<Pin> {
    pins().take_while(|pin| pin.time <= time).last()
}

/// The era that held at a time (Unix seconds); times before the first era count as it.
pub fn era_for_time(time: i64) -> Era {
    Era::ALL
        .into_iter()
        .rfind(|era| era.began() <= time)
        .unwrap_or(Era::Clawdbot)
}

/// The time of the newest commit of nix-openclaw in the data, Unix seconds: what is locked later may pin anything newer.
pub fn seen_until() -> i64 {
    history()
        .get_by(key!("seenUntil"))
        .as_integer()
        .unwrap_or(0)
}

/// The releases that nix-openclaw pinned in an era, oldest first; before May 2026 it pinned no releases.
pub fn pins_of_era(era: Era) -> Vec<Version> {
    let mut versions: Vec<Version> = history()
        .get_by(key!("revisions"))
        .elements()
        .filter(|group| group.text(key!("era")) == Some(era.name()))
        .filter_map(|group| group.text(key!("openclaw"))?.parse().ok())
        .collect();
    versions.sort();
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: &str = "910c1ce89e6a6c7574ab97d3935afbe5310b5db7";

    fn version(text: &str) -> Version {
        text.parse().expect(text)
    }

    #[test]
    fn a_revision_tells_its_release_and_era() {
        let newest = revision(NEWEST).expect("known");
        assert_eq!(newest.version, Some(version("2026.6.11")));
        assert_eq!(newest.era, Era::BootstrapFiles);
        // A pin holds for the commits that follow it.
        let between = revision("7b32a9c71d4f7c1a5fab3338d17eb915061ac6cb").expect("known");
        assert_eq!(between.version, Some(version("2026.5.26")));
        assert_eq!(between.era, Era::RuntimePlugins);
        // Early revisions followed unreleased states.
        let early = revision("f578b82ace078c86669f3153f421d1a5076fdd10").expect("known");
        assert_eq!(early.version, None);
        assert_eq!(early.era, Era::BundledPlugins);
        // Options that came with the same release of OpenClaw may differ.
        assert_eq!(
            era_for_rev("ecfb1dc936a5592f0000000000000000000000000"),
            Some(Era::OpenChannels)
        );
        assert_eq!(
            era_for_rev("e16f9743fdc62231c27cd3b347f08d3839c58a2f"),
            Some(Era::RuntimePackages)
        );
        assert_eq!(revision("0000000000000000000000000000000000000000"), None);
        assert_eq!(revision("910c"), None);
        assert_eq!(revision("ünknown revision"), None);
    }

    #[test]
    fn a_time_tells_the_pin_and_the_era_that_held() {
        assert_eq!(pin_for_time(1777960812), None);
        assert_eq!(
            pin_for_time(1777960813).map(|pin| pin.version),
            Some(version("2026.5.2"))
        );
        assert_eq!(
            pin_for_time(1780600000).map(|pin| pin.version),
            Some(version("2026.6.1"))
        );
        assert_eq!(
            pin_for_time(i64::MAX).map(|pin| pin.version),
            Some(version("2026.6.11"))
        );
        assert_eq!(era_for_time(0), Era::Clawdbot);
        assert_eq!(era_for_time(1769700000), Era::Moltbot);
        assert_eq!(era_for_time(1775000000), Era::PluginsRemoved);
        assert_eq!(era_for_time(1790000000), Era::BootstrapFiles);
    }

    #[test]
    fn eras_follow_each_other_and_keep_their_names() {
        for pair in Era::ALL.windows(2) {
            assert!(
                pair[0] < pair[1] && pair[0].began() < pair[1].began(),
                "{pair:?}"
            );
        }
        for era in Era::ALL {
            assert_eq!(Era::from_name(era.name()), Some(era));
        }
        assert_eq!(Era::from_name("future"), None);
        assert_eq!(
            pins_of_era(Era::RuntimePlugins),
            ["2026.5.26", "2026.5.27", "2026.5.28", "2026.6.1"].map(version)
        );
    }

    #[test]
    fn every_pinned_release_that_is_known_is_found() {
        assert_eq!(pins().count(), 18);
        assert_eq!(newest_pin().map(|pin| pin.commit), Some(NEWEST));
        assert_eq!(seen_until(), 1782864339);
    }
}
