//! `releases`: which OpenClaw releases are known, since when nix-openclaw pins them, and the eras of its
//! options.

use super::arguments::{ListFormat, ReleasesArguments};
use super::{exit_code, output};
use crate::releases::{self, Completeness, Era, history};
use crate::report::json;
use serde::Serialize;

#[derive(Serialize)]
struct Document {
    version: u32,
    releases: Vec<Entry>,
    eras: Vec<EraEntry>,
    nix_openclaw_known_until: String,
}

#[derive(Serialize)]
struct Entry {
    openclaw: String,
    date: &'static str,
    schema: bool,
    pinned_since: Option<String>,
}

#[derive(Serialize)]
struct EraEntry {
    era: &'static str,
    began: String,
    options: String,
}

pub fn run(arguments: &ReleasesArguments) -> u8 {
    let document = document();
    let text = match arguments.format {
        ListFormat::Human => list(&document),
        ListFormat::Json => json::to_text(&document),
    };
    output::print(&text, exit_code::CLEAN)
}

fn document() -> Document {
    let pins: Vec<history::Pin> = history::pins().collect();
    Document {
        version: 1,
        releases: releases::known()
            .map(|release| Entry {
                openclaw: release.version().to_string(),
                date: release.date(),
                schema: release.completeness() == Completeness::Full,
                pinned_since: pins
                    .iter()
                    .find(|pin| pin.version == release.version())
                    .map(|pin| date(pin.time)),
            })
            .collect(),
        eras: Era::ALL
            .into_iter()
            .map(|era| EraEntry {
                era: era.name(),
                began: date(era.began()),
                options: format!("programs.{}", era.program()),
            })
            .collect(),
        nix_openclaw_known_until: date(history::seen_until()),
    }
}

fn list(document: &Document) -> String {
    let mut text = String::from("OpenClaw releases\n");
    for release in &document.releases {
        let pinned = release
            .pinned_since
            .as_ref()
            .map_or(String::new(), |since| {
                format!("  pinned by nix-openclaw from {since}")
            });
        let schema = if release.schema {
            ""
        } else {
            "  (without its schema: keys and types are not checked)"
        };
        let line = format!(
            "  {:<16} {}{pinned}{schema}",
            release.openclaw, release.date
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str("\nEras of nix-openclaw's options\n");
    for era in &document.eras {
        text.push_str(&format!(
            "  {:<16} {}  {}\n",
            era.era, era.began, era.options
        ));
    }
    text.push_str(&format!(
        "\nnix-openclaw is known until {}; what is locked later may pin a newer release.\n",
        document.nix_openclaw_known_until
    ));
    text
}

/// The day of a time in Unix seconds, as `2026-06-05` (UTC).
fn date(seconds: i64) -> String {
    // Days are counted from 1 March of year 0, so that the leap day is the last of a year; 400 years have
    // 146 097 days.
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(1_767_225_599), "2025-12-31");
        assert_eq!(date(1_780_617_600), "2026-06-05");
        assert_eq!(date(-1), "1969-12-31");
    }

    #[test]
    fn known_releases_are_listed_with_their_dates() {
        let document = document();
        assert!(document.releases.len() > 1);
        assert!(document.releases.iter().any(|release| release.schema));
        assert!(
            document
                .releases
                .iter()
                .any(|release| release.pinned_since.is_some())
        );
        assert_eq!(document.eras.len(), Era::ALL.len());
    }
}
