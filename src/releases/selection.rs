//! Which release and which era a check assumes, and why.
//!
//! In this order: what the user says, what flake.lock locks, which option names are used, a default. What is not sure is a guess:
//! [`Selection::plausible`] then lists the releases that may be meant, and only what holds for all of them may be an error.

use super::history::{self, Era};
use super::release::Release;
use super::version::{NotAVersion, Version};
use super::{known, nearest, newest};
use crate::workspace::flake_lock::{FlakeLock, FlakeReference, LockNode};
use std::str::FromStr;

/// What a check assumes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The release. There may be no data for exactly this one: [`Selection::release`] says whose data is used.
    pub version: Version,
    /// The options of nix-openclaw's module.
    pub era: Era,
    /// How it was found, in few words: `--openclaw-version`, `flake.lock rev`, `flake.lock date`, `option names`, `default`.
    pub source: String,
    /// The same as a sentence, with the facts that decided.
    pub explanation: String,
    /// False for a guess of the release: then only what holds for all of [`Selection::plausible`] is an error.
    pub certain: bool,
    /// False when the era is a guess.
    pub era_certain: bool,
    /// The known releases that may be meant, oldest first; never empty. Exactly one where the release is certain and known.
    pub plausible: Vec<Version>,
    /// True when flake.lock names a nix-openclaw newer than the data knows.
    pub data_older_than_lock: bool,
}

impl Selection {
    /// The release whose data stands for [`Selection::version`]; the second value is false where it is another one.
    pub fn release(&self) -> (Release, bool) {
        nearest(&self.version)
    }
}

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The newest release that is known: `latest`.
    Latest,
    /// This one.
    Exactly(Version),
}

impl FromStr for Wanted {
    type Err = NotAVersion;

    /// Reads a release, or `latest`.
    fn from_str(text: &str) -> Result<Wanted, NotAVersion> {
        match text {
            "latest" => Ok(Wanted::Latest),
            version => version.parse().map(Wanted::Exactly),
        }
    }
}

/// What is known about the release that is meant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clues<'a> {
    /// `--openclaw-version`.
    pub wanted: Option<Wanted>,
    /// The flake.lock beside the flake.
    pub lock: Option<&'a FlakeLock>,
    /// The name of the input whose module is used, if the sources tell.
    pub input: Option<&'a str>,
    /// The eras whose option names are used: the oldest and the newest that they allow.
    pub options: Option<(Era, Era)>,
    /// True for an openclaw.json without Nix around it.
    pub bare_configuration: bool,
}

/// Decides which release and era to assume. Always comes to an answer; how sure it is stands in it.
pub fn select(clues: &Clues) -> Selection {
    let found = clues.lock.and_then(|lock| from_lock(lock, clues.input));
    let guess = found.unwrap_or_else(|| match clues.options {
        Some(eras) => from_options(eras, clues.lock.is_some()),
        None => since_locked(default(clues.bare_configuration), clues.lock),
    });
    let guess = refine(guess, clues.options);
    match clues.wanted {
        None => guess,
        Some(wanted) => from_user(wanted, guess),
    }
}

/// A guessed era gives way to what the option names allow.
fn refine(guess: Selection, options: Option<(Era, Era)>) -> Selection {
    match options {
        Some((oldest, latest)) if !guess.era_certain && !(oldest..=latest).contains(&guess.era) => {
            Selection {
                era: guess.era.clamp(oldest, latest.max(oldest)),
                ..guess
            }
        }
        _ => guess,
    }
}

fn from_user(wanted: Wanted, otherwise: Selection) -> Selection {
    let version = match wanted {
        Wanted::Latest => newest().version(),
        Wanted::Exactly(version) => version,
    };
    let exact = nearest(&version).1;
    let (plausible, explanation) = if exact {
        (vec![version], format!("OpenClaw {version} was asked for"))
    } else {
        let around = around(&version);
        let names: Vec<String> = around.iter().map(Version::to_string).collect();
        (
            around,
            format!(
                "OpenClaw {version} was asked for; there is no data for it, what is known of {} is used",
                names.join(" and ")
            ),
        )
    };
    let era = if otherwise.era_certain {
        otherwise.era
    } else {
        history::pins()
            .rfind(|pin| pin.version == version)
            .map_or(otherwise.era, |pin| history::era_for_time(pin.time))
    };
    Selection {
        version,
        era,
        source: "--openclaw-version".to_owned(),
        explanation,
        certain: exact,
        plausible,
        data_older_than_lock: false,
        ..otherwise
    }
}

/// The known releases next to one that is not known.
fn around(version: &Version) -> Vec<Version> {
    let finals = || {
        known()
            .map(|release| release.version())
            .filter(|known| !known.is_prerelease())
    };
    let before = finals().rfind(|known| known < version);
    let after = finals().find(|known| known > version);
    before.into_iter().chain(after).collect()
}

/// Owners of nix-openclaw in the course of its names.
const OWNERS: [&str; 3] = ["openclaw", "moltbot", "clawdbot"];
/// Its names.
const REPOSITORIES: [&str; 3] = ["nix-openclaw", "nix-moltbot", "nix-clawdbot"];

/// What an input locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// nix-openclaw itself, under one of its names.
    Upstream,
    /// A repository of that name with another owner.
    Fork,
    /// A folder or an address that is called so.
    Elsewhere,
}

fn origin(input_name: &str, reference: &FlakeReference) -> Option<Origin> {
    let is_one_of =
        |names: &[&str], text: &str| names.iter().any(|name| name.eq_ignore_ascii_case(text));
    if let (Some(owner), Some(repo)) = (&reference.owner, &reference.repo) {
        if !is_one_of(&REPOSITORIES, repo) {
            return None;
        }
        return Some(if is_one_of(&OWNERS, owner) {
            Origin::Upstream
        } else {
            Origin::Fork
        });
    }
    let address = reference.url.as_deref().or(reference.path.as_deref())?;
    let address = address.split(['?', '#']).next().unwrap_or(address);
    let mut parts = address
        .trim_end_matches('/')
        .trim_end_matches(".git")
        .rsplit(['/', ':']);
    let (repo, owner) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    if reference.url.is_some() && is_one_of(&REPOSITORIES, repo) {
        let upstream = address.contains("github.com") && is_one_of(&OWNERS, owner);
        return Some(if upstream {
            Origin::Upstream
        } else {
            Origin::Fork
        });
    }
    // A tarball of the repository keeps its name in the middle of the address.
    if reference.url.is_some()
        && OWNERS.iter().any(|owner| {
            REPOSITORIES
                .iter()
                .any(|repo| address.contains(&format!("github.com/{owner}/{repo}/")))
        })
    {
        return Some(Origin::Upstream);
    }
    (is_one_of(&REPOSITORIES, repo) || is_one_of(&REPOSITORIES, input_name))
        .then_some(Origin::Elsewhere)
}

/// The nodes that lock nix-openclaw: inputs of the flake itself if there are any, else those of its inputs.
fn candidates<'a>(
    lock: &'a FlakeLock,
    input: Option<&str>,
) -> Vec<(Origin, &'a str, &'a FlakeReference)> {
    let of = |name: &'a str, node: &'a LockNode| {
        let reference = node.locked.as_ref().or(node.original.as_ref())?;
        Some((origin(name, reference)?, name, reference))
    };
    let mut found: Vec<_> = lock
        .inputs()
        .filter_map(|(name, _, node)| of(name, node))
        .collect();
    if let Some(input) = input {
        let named: Vec<_> = lock
            .inputs()
            .filter(|(name, _, _)| *name == input)
            .filter_map(|(name, _, node)| {
                let reference = node.locked.as_ref().or(node.original.as_ref())?;
                Some((
                    origin(name, reference).unwrap_or(Origin::Elsewhere),
                    name,
                    reference,
                ))
            })
            .collect();
        if !named.is_empty() {
            found = named;
        }
    }
    if found.is_empty() {
        found = lock
            .nodes
            .iter()
            .filter(|(name, _)| **name != lock.root)
            .filter_map(|(name, node)| of(name, node))
            .collect();
    }
    found.sort_by_key(|(origin, name, _)| (*origin, !REPOSITORIES.contains(name), *name));
    found.dedup_by_key(|(_, _, reference)| (*reference).clone());
    found
}

fn from_lock(lock: &FlakeLock, input: Option<&str>) -> Option<Selection> {
    let candidates = candidates(lock, input);
    let is_input = |name: &str| lock.inputs().any(|(input, _, _)| input == name);
    let mut selections =
        candidates
            .iter()
            .enumerate()
            .map(|(position, (origin, name, reference))| {
                // Those of its inputs are nodes of the file. Only the first is named.
                let way = match position > 0 || is_input(name) {
                    true => None,
                    false => lock.way_to(name),
                };
                from_reference(*origin, way.as_deref().unwrap_or(name), reference)
            });
    let mut first = selections.next()?;
    for other in selections {
        // Two inputs that lock different states: either may be the one whose module is used.
        if other.version != first.version {
            first.certain = false;
            first.plausible.extend(other.plausible);
        }
        if other.era != first.era {
            first.era_certain = false;
        }
    }
    first.plausible.sort();
    first.plausible.dedup();
    Some(first)
}

fn from_reference(origin: Origin, name: &str, locked: &FlakeReference) -> Selection {
    let last_modified = locked.last_modified.filter(|time| is_a_day_of_it(*time));
    let short = locked.rev.as_deref().map(|rev| rev.get(..7).unwrap_or(rev));
    if let Some(rev) = &locked.rev
        && let Some(revision) = history::revision(rev)
    {
        let short = short.unwrap_or_default();
        if let Some(version) = revision.version {
            let exact = nearest(&version).1;
            return Selection {
                version,
                era: revision.era,
                source: "flake.lock rev".to_owned(),
                explanation: format!(
                    "the input {name} is locked at {short}, which pins OpenClaw {version}"
                ),
                certain: exact,
                era_certain: true,
                plausible: if exact {
                    vec![version]
                } else {
                    around(&version)
                },
                data_older_than_lock: false,
            };
        }
        let time = last_modified.unwrap_or_else(|| revision.era.began());
        let guess = by_date(time);
        return Selection {
            version: guess.version,
            era: revision.era,
            source: "flake.lock rev".to_owned(),
            explanation: format!(
                "the input {name} is locked at {short}, which follows an unreleased OpenClaw; {} is the newest release before it",
                guess.version
            ),
            certain: false,
            era_certain: true,
            plausible: guess.plausible,
            data_older_than_lock: false,
        };
    }
    let Some(time) = last_modified else {
        let guess = default(false);
        return Selection {
            source: "default".to_owned(),
            explanation: format!(
                "the input {name} is not locked to a state of nix-openclaw that is known; OpenClaw {} is assumed",
                guess.version
            ),
            ..guess
        };
    };
    let guess = by_date(time);
    let newer = time > history::seen_until();
    let upstream = origin == Origin::Upstream;
    let what = match (upstream, newer) {
        (true, false) => format!(
            "nix-openclaw pinned OpenClaw {} at that time",
            guess.version
        ),
        (true, true) => format!(
            "newer than the nix-openclaw that is known here; OpenClaw {} is the newest that it is known to pin",
            guess.version
        ),
        (false, _) => format!(
            "not nix-openclaw itself; OpenClaw {} is what nix-openclaw pinned at that time",
            guess.version
        ),
    };
    Selection {
        version: guess.version,
        era: history::era_for_time(time),
        source: "flake.lock date".to_owned(),
        explanation: format!(
            "the input {name} is locked at a state of {}: {what}",
            day(time)
        ),
        certain: upstream && !newer && guess.certain,
        era_certain: upstream && !newer,
        plausible: if upstream && !newer {
            guess.plausible
        } else {
            widen(guess.plausible, time)
        },
        data_older_than_lock: newer,
    }
}

/// Whether a state of nix-openclaw can be of that time. What comes from a store or an archive without times is of 1970 or 1980.
fn is_a_day_of_it(time: i64) -> bool {
    const YEAR_2100: i64 = 4_102_444_800;
    (Era::Clawdbot.began()..YEAR_2100).contains(&time)
}

/// The release that nix-openclaw had at a time.
struct Dated {
    version: Version,
    certain: bool,
    plausible: Vec<Version>,
}

fn by_date(time: i64) -> Dated {
    if let Some(pin) = history::pin_for_time(time) {
        let exact = nearest(&pin.version).1;
        return Dated {
            version: pin.version,
            certain: exact,
            plausible: if exact {
                vec![pin.version]
            } else {
                around(&pin.version)
            },
        };
    }
    // Before the first pin: somewhere between the release before that day and the one after it.
    let today = day(time);
    let finals: Vec<Release> = known()
        .filter(|release| !release.version().is_prerelease())
        .collect();
    let before = finals
        .iter()
        .rfind(|release| release.date() <= today.as_str());
    let after = finals
        .iter()
        .find(|release| release.date() > today.as_str());
    let plausible: Vec<Version> = before
        .into_iter()
        .chain(after)
        .map(|release| release.version())
        .collect();
    Dated {
        version: plausible
            .first()
            .copied()
            .unwrap_or_else(|| newest().version()),
        certain: false,
        plausible,
    }
}

/// A guess for a flake without nix-openclaw: OpenClaw comes from somewhere else, and may be as old as what the flake locks.
fn since_locked(mut guess: Selection, lock: Option<&FlakeLock>) -> Selection {
    let newest = lock.and_then(|lock| {
        lock.inputs()
            .filter_map(|(_, _, node)| node.locked.as_ref()?.last_modified)
            .filter(|time| is_a_day_of_it(*time))
            .max()
    });
    if let Some(time) = newest {
        let from = day(time - SLACK);
        guess.plausible.extend(
            one_per_month()
                .filter(|release| release.date() >= from.as_str())
                .map(|release| release.version()),
        );
        guess.plausible.sort();
        guess.plausible.dedup();
        guess.explanation = format!(
            "{}; what the flake locks is of {}",
            guess.explanation,
            day(time)
        );
    }
    guess
}

/// Days within which a fork may lag behind or be ahead.
const SLACK: i64 = 45 * 86_400;

/// The releases around a time that a fork, or a nix-openclaw newer than the data, may have.
fn widen(mut plausible: Vec<Version>, time: i64) -> Vec<Version> {
    let (from, until) = (day(time - SLACK), day(time + SLACK));
    let last_pin = history::newest_pin().map(|pin| pin.version);
    plausible.extend(
        one_per_month()
            .filter(|release| {
                let date = release.date();
                (date >= from.as_str() && date <= until.as_str())
                    // All that came after the last pin up to then may be pinned by now.
                    || (date <= until.as_str() && last_pin.is_some_and(|pin| release.version() > pin) && time > history::seen_until())
            })
            .map(|release| release.version()),
    );
    plausible.sort();
    plausible.dedup();
    plausible
}

/// The newest known release of each month, and those with a schema first: enough to tell what differs between months.
fn one_per_month() -> impl Iterator<Item = Release> {
    let releases: Vec<Release> = known()
        .filter(|release| !release.version().is_prerelease())
        .collect();
    let month = |release: &Release| (release.version().year, release.version().month);
    let last: Vec<Release> = releases
        .iter()
        .enumerate()
        .filter(|(index, release)| {
            releases
                .get(index + 1)
                .is_none_or(|next| month(next) != month(release))
        })
        .map(|(_, release)| *release)
        .collect();
    last.into_iter()
}

/// The release of options alone; `has_lock` is whether there is a flake.lock, which then locks no nix-openclaw.
fn from_options((oldest, latest): (Era, Era), has_lock: bool) -> Selection {
    let lock = match has_lock {
        true => "flake.lock locks no nix-openclaw",
        false => "there is no flake.lock",
    };
    let latest = latest.max(oldest);
    if latest == Era::NEWEST {
        let guess = default(false);
        if history::pins_of_era(latest).contains(&guess.version) && oldest == latest {
            return Selection {
                source: "option names".to_owned(),
                explanation: format!(
                    "{lock}; the options used are those of the era {latest}, OpenClaw {} is the newest release that nix-openclaw is known to pin",
                    guess.version
                ),
                ..guess
            };
        }
        if oldest <= latest {
            return Selection {
                era: latest,
                ..guess
            };
        }
    }
    let mut plausible: Vec<Version> = Era::ALL
        .into_iter()
        .filter(|era| (oldest..=latest).contains(era))
        .flat_map(|era| {
            let pinned: Vec<Version> = history::pins_of_era(era)
                .into_iter()
                .filter(|version| nearest(version).1)
                .collect();
            if pinned.is_empty() {
                released_in(era)
            } else {
                pinned
            }
        })
        .collect();
    plausible.sort();
    plausible.dedup();
    let version = plausible
        .last()
        .copied()
        .unwrap_or_else(|| newest().version());
    Selection {
        version,
        era: latest,
        source: "option names".to_owned(),
        explanation: format!(
            "{lock}; the options used are those of the era {latest}, in which OpenClaw {version} was the newest release that is known"
        ),
        certain: false,
        era_certain: false,
        plausible: if plausible.is_empty() {
            vec![version]
        } else {
            plausible
        },
        data_older_than_lock: false,
    }
}

/// The known releases that were the newest at some time of an era in which nix-openclaw pinned none.
fn released_in(era: Era) -> Vec<Version> {
    let next = Era::ALL.into_iter().find(|other| *other > era);
    let (from, until) = (
        day(era.began()),
        next.map_or("9999".to_owned(), |next| day(next.began())),
    );
    let finals: Vec<Release> = known()
        .filter(|release| !release.version().is_prerelease())
        .collect();
    let before = finals
        .iter()
        .rfind(|release| release.date() <= from.as_str());
    let during = finals
        .iter()
        .filter(|release| release.date() > from.as_str() && release.date() <= until.as_str());
    let mut versions: Vec<Version> = before
        .into_iter()
        .chain(during)
        .map(|release| release.version())
        .collect();
    if versions.is_empty() {
        versions.extend(finals.first().map(|release| release.version()));
    }
    versions
}

/// How many months back a bare configuration may be.
const RECENT: usize = 3;

fn default(bare_configuration: bool) -> Selection {
    let pin = history::newest_pin()
        .map(|pin| pin.version)
        .filter(|version| nearest(version).1);
    let (version, plausible, explanation) = match pin {
        Some(pin) if !bare_configuration => {
            let later = one_per_month()
                .map(|release| release.version())
                .filter(|version| *version > pin);
            (
                pin,
                std::iter::once(pin).chain(later).collect(),
                format!(
                    "nothing tells the release; OpenClaw {pin} is the newest that nix-openclaw is known to pin"
                ),
            )
        }
        _ => {
            let version = newest().version();
            let months: Vec<Version> = one_per_month().map(|release| release.version()).collect();
            let recent = months.len().saturating_sub(RECENT);
            (
                version,
                months.into_iter().skip(recent).collect::<Vec<_>>(),
                format!(
                    "nothing tells the release; OpenClaw {version} is the newest that is known"
                ),
            )
        }
    };
    Selection {
        version,
        era: Era::NEWEST,
        source: "default".to_owned(),
        explanation,
        certain: false,
        era_certain: false,
        plausible,
        data_older_than_lock: false,
    }
}

/// The day of a time as `YEAR-MONTH-DAY`, in UTC.
fn day(time: i64) -> String {
    // Civil date from days since 1970-01-01, by counting 400-year cycles that begin in March.
    let days = time.div_euclid(86_400) + 719_468;
    let cycle = days.div_euclid(146_097);
    let day_of_cycle = days.rem_euclid(146_097);
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524
        - day_of_cycle / 146_096)
        / 365;
    let day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_cycle + cycle * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
#[path = "selection_tests.rs"]
mod tests;
