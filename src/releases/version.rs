//! OpenClaw's version numbers and their order.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The number of an OpenClaw release: `YEAR.MONTH.PATCH`, with `-alpha.N`, `-beta.N` or `-rc.N` for what comes
/// before it and `-N` for a corrected publication that comes after it.
///
/// Unlike in semantic versioning `2026.7.1-2` is newer than `2026.7.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u16,
    /// Up to June 2026 mostly the day of the month, later a counter.
    pub patch: u32,
    /// What follows the three numbers.
    pub stage: Stage,
}

/// What follows the three numbers of a [`Version`], in the order in which they are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// `-alpha.N`
    Alpha(u32),
    /// `-beta.N`
    Beta(u32),
    /// `-rc.N`
    Candidate(u32),
    /// Nothing: the release itself.
    Final,
    /// `-N`: the release published again with a correction.
    Correction(u32),
}

impl Version {
    /// The release `year.month.patch` itself, without a stage.
    pub const fn new(year: u16, month: u16, patch: u32) -> Version {
        Version {
            year,
            month,
            patch,
            stage: Stage::Final,
        }
    }

    /// True for `-alpha`, `-beta` and `-rc`.
    pub fn is_prerelease(&self) -> bool {
        self.stage.cmp(&Stage::Final) == Ordering::Less
    }
}

/// The text is not a version number of OpenClaw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAVersion;

impl fmt::Display for NotAVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "not an OpenClaw version (they look like 2026.6.11, 2026.7.1-2 or 2026.8.1-beta.2)",
        )
    }
}

impl std::error::Error for NotAVersion {}

impl FromStr for Version {
    type Err = NotAVersion;

    /// Reads `2026.6.11`, `2026.7.1-2`, `2026.8.1-beta.2`; a leading `v` as in a tag is allowed, and surrounding blanks.
    fn from_str(text: &str) -> Result<Version, NotAVersion> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let (numbers, stage) = match text.split_once('-') {
            None => (text, Stage::Final),
            Some((numbers, stage)) => (numbers, parse_stage(stage)?),
        };
        let mut parts = numbers.split('.');
        let mut next = || parts.next().and_then(number).ok_or(NotAVersion);
        let (year, month, patch) = (next()?, next()?, next()?);
        if parts.next().is_some() || !(1..=12).contains(&month) {
            return Err(NotAVersion);
        }
        Ok(Version {
            year: u16::try_from(year).map_err(|_| NotAVersion)?,
            month: month as u16,
            patch,
            stage,
        })
    }
}

fn parse_stage(text: &str) -> Result<Stage, NotAVersion> {
    if let Some(correction) = number(text) {
        return Ok(Stage::Correction(correction));
    }
    let (name, count) = text.split_once('.').ok_or(NotAVersion)?;
    let count = number(count).ok_or(NotAVersion)?;
    match name {
        "alpha" => Ok(Stage::Alpha(count)),
        "beta" => Ok(Stage::Beta(count)),
        "rc" => Ok(Stage::Candidate(count)),
        _ => Err(NotAVersion),
    }
}

fn number(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.year, self.month, self.patch)?;
        match self.stage {
            Stage::Alpha(count) => write!(formatter, "-alpha.{count}"),
            Stage::Beta(count) => write!(formatter, "-beta.{count}"),
            Stage::Candidate(count) => write!(formatter, "-rc.{count}"),
            Stage::Final => Ok(()),
            Stage::Correction(count) => write!(formatter, "-{count}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect(text)
    }

    #[test]
    fn a_correction_comes_after_its_release_and_a_beta_before_it() {
        let ordered = [
            "2026.2.26",
            "2026.5.28",
            "2026.6.1-alpha.3",
            "2026.6.1-beta.2",
            "2026.6.1-beta.10",
            "2026.6.1-rc.1",
            "2026.6.1",
            "2026.6.11",
            "2026.7.1",
            "2026.7.1-1",
            "2026.7.1-2",
            "2026.7.33",
            "2026.10.1",
            "2027.1.1",
        ];
        for pair in ordered.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn versions_are_printed_as_they_are_written() {
        for text in [
            "2026.6.11",
            "2026.7.1-2",
            "2026.8.1-beta.3",
            "2026.5.1-rc.1",
        ] {
            assert_eq!(version(text).to_string(), text);
        }
        assert_eq!(version(" v2026.6.11 ").to_string(), "2026.6.11");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "latest",
            "2026",
            "2026.6",
            "2026.13.1",
            "2026.0.1",
            "2026.6.11.1",
            "2026.6.x",
            "2026.6.11-",
            "2026.6.11-beta",
            "2026.6.11-nightly.1",
            "2026.6.+1",
            "99999999999.1.1",
        ] {
            assert_eq!(text.parse::<Version>(), Err(NotAVersion), "{text}");
        }
    }
}
