//! From flake.lock and other clues to a release.

use super::*;

const NEWEST: &str = "910c1ce89e6a6c7574ab97d3935afbe5310b5db7";

fn version(text: &str) -> Version {
    text.parse().expect(text)
}

/// A lock with one input that locks the given attributes.
fn lock_of(input: &str, locked: &str) -> FlakeLock {
    FlakeLock::parse(&format!(
        r#"{{"nodes": {{"some-node": {{"locked": {locked}}}, "root": {{"inputs": {{"{input}": "some-node"}}}}}}, "root": "root", "version": 7}}"#
    ))
    .expect("valid")
}

fn github(owner: &str, repo: &str, rev: &str, time: i64) -> String {
    format!(
        r#"{{"type": "github", "owner": "{owner}", "repo": "{repo}", "rev": "{rev}", "lastModified": {time}}}"#
    )
}

fn from(lock: &FlakeLock) -> Selection {
    select(&Clues {
        lock: Some(lock),
        ..Clues::default()
    })
}

#[test]
fn a_known_revision_decides_whatever_the_input_is_called() {
    for name in ["nix-openclaw", "claw", "x"] {
        let selection = from(&lock_of(
            name,
            &github("openclaw", "nix-openclaw", NEWEST, 1782864339),
        ));
        assert_eq!(selection.version, version("2026.6.11"));
        assert_eq!(selection.era, Era::BootstrapFiles);
        assert_eq!(selection.source, "flake.lock rev");
        assert!(selection.certain && selection.era_certain && !selection.data_older_than_lock);
        assert_eq!(selection.plausible, [version("2026.6.11")]);
        assert!(
            selection.explanation.contains("910c1ce"),
            "{}",
            selection.explanation
        );
    }
}

#[test]
fn older_names_of_the_repository_and_other_address_forms_count() {
    let rev = "85ac5a06bc00a0bc48c8e9831979e5e8b13184ce";
    for locked in [
        github("clawdbot", "nix-clawdbot", rev, 1),
        github("MoltBot", "nix-moltbot", rev, 1),
        format!(
            r#"{{"type": "git", "url": "https://github.com/openclaw/nix-openclaw.git", "rev": "{rev}"}}"#
        ),
        format!(
            r#"{{"type": "git", "url": "ssh://git@github.com/openclaw/nix-openclaw?ref=main", "rev": "{rev}"}}"#
        ),
        format!(
            r#"{{"type": "tarball", "url": "https://github.com/openclaw/nix-openclaw/archive/{rev}.tar.gz", "rev": "{rev}"}}"#
        ),
    ] {
        let selection = from(&lock_of("claw", &locked));
        assert_eq!(
            (selection.version, selection.era),
            (version("2026.6.1"), Era::BootstrapFiles),
            "{locked}"
        );
        assert!(selection.certain, "{locked}");
    }
}

#[test]
fn an_unknown_revision_falls_back_to_its_date() {
    let unknown = "00000000000000000000aaaaaaaaaaaaaaaaaaaa";
    let selection = from(&lock_of(
        "claw",
        &github("openclaw", "nix-openclaw", unknown, 1780600000),
    ));
    assert_eq!(selection.source, "flake.lock date");
    assert_eq!(selection.version, version("2026.6.1"));
    assert_eq!(selection.era, Era::RuntimePlugins);
    assert!(selection.certain && selection.era_certain && !selection.data_older_than_lock);
}

#[test]
fn a_lock_newer_than_the_data_is_said_to_be_so() {
    let unknown = "00000000000000000000aaaaaaaaaaaaaaaaaaaa";
    let selection = from(&lock_of(
        "claw",
        &github("openclaw", "nix-openclaw", unknown, 1788000000),
    ));
    assert!(selection.data_older_than_lock && !selection.certain);
    assert_eq!(selection.version, version("2026.6.11"));
    assert!(selection.plausible.contains(&version("2026.6.11")));
    assert!(selection.plausible.len() > 1, "{:?}", selection.plausible);
}

#[test]
fn a_time_at_which_it_cannot_be_says_nothing() {
    // What a store or an archive gives, and what no calendar has.
    for time in [i64::MIN, -1, 0, 1, 315_532_800, 1 << 40, i64::MAX] {
        let unknown = "0000000000000000000000000000000000000000";
        let selection = from(&lock_of(
            "nix-openclaw",
            &github("openclaw", "nix-openclaw", unknown, time),
        ));
        assert_eq!(selection.source, "default", "{time}");
        assert!(!selection.certain && !selection.era_certain, "{time}");
        assert!(selection.plausible.len() > 1, "{time}");
        // A revision that is known needs none.
        let selection = from(&lock_of(
            "nix-openclaw",
            &github("openclaw", "nix-openclaw", NEWEST, time),
        ));
        assert_eq!(selection.version, version("2026.6.11"), "{time}");
    }
}

#[test]
fn a_fork_or_a_folder_is_a_guess_unless_the_revision_is_known() {
    let unknown = "00000000000000000000aaaaaaaaaaaaaaaaaaaa";
    let fork = from(&lock_of(
        "claw",
        &github("someone", "nix-openclaw", unknown, 1780600000),
    ));
    assert!(!fork.certain && !fork.era_certain);
    assert_eq!(fork.source, "flake.lock date");
    assert!(fork.plausible.len() > 1, "{:?}", fork.plausible);
    let same = from(&lock_of(
        "claw",
        &github("someone", "nix-openclaw", NEWEST, 1782864339),
    ));
    assert!(same.certain);
    let folder = from(&lock_of(
        "nix-openclaw",
        r#"{"type": "path", "path": "../fork", "lastModified": 1780600000}"#,
    ));
    assert!(!folder.certain);
    assert_eq!(folder.source, "flake.lock date");
    let undated = from(&lock_of(
        "nix-openclaw",
        r#"{"type": "path", "path": "../fork"}"#,
    ));
    assert!(!undated.certain);
    assert_eq!(undated.source, "default");
}

#[test]
fn the_input_is_found_through_follows_and_below_other_inputs() {
    let locked = github("openclaw", "nix-openclaw", NEWEST, 1782864339);
    let follows = FlakeLock::parse(&format!(
        r#"{{"nodes": {{"claw_2": {{"locked": {locked}}}, "common": {{"inputs": {{"claw": "claw_2"}}, "locked": {{"type": "github", "owner": "me", "repo": "common"}}}},
            "root": {{"inputs": {{"claw": ["common", "claw"], "common": "common"}}}}}}, "root": "root", "version": 7}}"#
    ))
    .expect("valid");
    assert!(from(&follows).certain);
    let below = FlakeLock::parse(&format!(
        r#"{{"nodes": {{"claw_2": {{"locked": {locked}}}, "common": {{"inputs": {{"claw": "claw_2"}}, "locked": {{"type": "github", "owner": "me", "repo": "common"}}}},
            "root": {{"inputs": {{"common": "common"}}}}}}, "root": "root", "version": 7}}"#
    ))
    .expect("valid");
    assert_eq!(from(&below).version, version("2026.6.11"));
}

#[test]
fn of_two_inputs_the_one_in_use_decides_else_both_are_plausible() {
    let lock = FlakeLock::parse(&format!(
        r#"{{"nodes": {{"a": {{"locked": {}}}, "b": {{"locked": {}}}, "root": {{"inputs": {{"new": "a", "old": "b"}}}}}}, "root": "root", "version": 7}}"#,
        github("openclaw", "nix-openclaw", NEWEST, 1782864339),
        github("openclaw", "nix-openclaw", "7b32a9c71d4f7c1a5fab3338d17eb915061ac6cb", 1780009306),
    ))
    .expect("valid");
    let both = from(&lock);
    assert!(!both.certain && !both.era_certain);
    assert!(both.plausible.contains(&version("2026.6.11")));
    let old = select(&Clues {
        lock: Some(&lock),
        input: Some("old"),
        ..Clues::default()
    });
    assert_eq!(old.era, Era::RuntimePlugins);
    assert!(old.era_certain);
}

#[test]
fn early_revisions_tell_the_era_but_only_about_the_release() {
    let selection = from(&lock_of(
        "claw",
        &github(
            "openclaw",
            "nix-openclaw",
            "f578b82ace078c86669f3153f421d1a5076fdd10",
            1770229661,
        ),
    ));
    assert_eq!(selection.era, Era::BundledPlugins);
    assert!(selection.era_certain && !selection.certain);
    assert!(!selection.plausible.is_empty());
}

#[test]
fn what_the_user_says_wins_and_the_lock_still_tells_the_era() {
    let lock = lock_of(
        "claw",
        &github(
            "openclaw",
            "nix-openclaw",
            "7b32a9c71d4f7c1a5fab3338d17eb915061ac6cb",
            1,
        ),
    );
    let wanted = |wanted| {
        select(&Clues {
            wanted: Some(wanted),
            lock: Some(&lock),
            ..Clues::default()
        })
    };
    let exact = wanted(Wanted::Exactly(version("2026.9.6")));
    assert_eq!(
        (exact.version, exact.era),
        (version("2026.9.6"), Era::RuntimePlugins)
    );
    assert_eq!(exact.source, "--openclaw-version");
    assert!(exact.certain);
    let latest = wanted(Wanted::Latest);
    assert_eq!(latest.version, newest().version());
    // No data: what is known around it, and it is said.
    let between = wanted(Wanted::Exactly(version("2026.9.1-beta.1")));
    assert!(
        !between.certain && between.plausible.len() == 2,
        "{between:?}"
    );
    assert!(between.explanation.contains("no data"));
    let future = wanted(Wanted::Exactly(version("2030.1.1")));
    assert_eq!(future.plausible, [newest().version()]);
    assert_eq!(future.release(), (newest(), false));
}

#[test]
fn without_a_lock_the_option_names_tell() {
    let of = |era| {
        select(&Clues {
            options: Some((era, era)),
            ..Clues::default()
        })
    };
    let runtime = of(Era::RuntimePlugins);
    assert_eq!(
        (runtime.era, runtime.source.as_str()),
        (Era::RuntimePlugins, "option names")
    );
    assert_eq!(runtime.version, version("2026.6.1"));
    assert!(!runtime.certain);
    let newest_options = of(Era::BootstrapFiles);
    assert_eq!(newest_options.version, version("2026.6.11"));
    for era in Era::ALL {
        let selection = of(era);
        assert_eq!(selection.era, era);
        assert!(
            selection.plausible.contains(&selection.version),
            "{selection:?}"
        );
    }
    // A lock that tells the era is not overruled by option names.
    let lock = lock_of("claw", &github("openclaw", "nix-openclaw", NEWEST, 1));
    let selection = select(&Clues {
        lock: Some(&lock),
        options: Some((Era::Moltbot, Era::Moltbot)),
        ..Clues::default()
    });
    assert_eq!(selection.era, Era::BootstrapFiles);
}

#[test]
fn without_any_clue_nix_means_the_newest_pin_and_a_file_the_newest_release() {
    let nix = select(&Clues::default());
    assert_eq!(
        (nix.version, nix.source.as_str()),
        (version("2026.6.11"), "default")
    );
    assert!(!nix.certain && nix.plausible.contains(&nix.version));
    let file = select(&Clues {
        bare_configuration: true,
        ..Clues::default()
    });
    assert_eq!(file.version, newest().version());
    assert!(file.plausible.contains(&file.version));
    // A lock without nix-openclaw is no clue.
    let other = lock_of("nixpkgs", &github("NixOS", "nixpkgs", NEWEST, 1));
    assert_eq!(from(&other).source, "default");
}

#[test]
fn days_are_counted_as_the_calendar_does() {
    assert_eq!(day(0), "1970-01-01");
    assert_eq!(day(951_782_400), "2000-02-29");
    assert_eq!(day(1_782_864_339), "2026-07-01");
    assert_eq!(day(-1), "1969-12-31");
}

/// OpenClaw from nixpkgs or npm: it may be as old as the rest of what the flake locks.
#[test]
fn without_nix_openclaw_releases_since_the_lock_are_plausible() {
    let time = 1_774_388_614; // 24 March 2026
    let selection = from(&lock_of("nixpkgs", &github("NixOS", "nixpkgs", "x", time)));
    assert_eq!(selection.source, "default");
    assert!(selection.plausible.contains(&version("2026.3.31")));
    assert!(selection.plausible.contains(&version("2026.9.6")));
    assert!(!selection.plausible.contains(&version("2026.1.30")));
    assert!(
        selection.explanation.ends_with("of 2026-03-24"),
        "{}",
        selection.explanation
    );
}
