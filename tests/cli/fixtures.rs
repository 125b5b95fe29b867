//! What the program says of each fixture, one snapshot for each.
//!
//! The fixtures are copied first: without git around them what lies there is what Nix sees, and places are
//! relative to the fixture.

use crate::harness::{Printed, copy, openclaw_check};
use crate::skip::skip;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn check(fixture: &Path, arguments: &str) -> Printed {
    let folder = tempfile::tempdir().expect("a folder");
    copy(fixture, folder.path());
    openclaw_check()
        .args("--no-git")
        .args(arguments)
        .inside(folder.path())
        .run()
}

/// The fixtures in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.file_type().expect("a type").is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn the_kimi_fixtures_have_no_finding() {
    for name in ["kimi", "kimi-2026-02"] {
        let printed = check(&fixtures().join(name), "--format json --strict");
        let document: serde_json::Value = printed.json();
        assert_eq!(document["findings"], serde_json::json!([]), "{name}");
        assert_eq!(document["errors"], serde_json::json!([]), "{name}");
        assert_eq!(document["checked"]["configurations"], 1, "{name}");
        assert_eq!(document["checked"]["model_references"], 8, "{name}");
        assert_eq!(document["checked"]["documents"], 5, "{name}");
    }
    // All of it is known, too.
    assert_eq!(
        check(&fixtures().join("kimi"), "--strict --deny-warnings").code,
        0
    );
}

#[test]
fn each_mistake_is_found_at_its_line() {
    for name in names(&fixtures().join("mistakes")) {
        // This one is a mistake only in a repository; it has a test of its own.
        if name == "untracked-document" {
            continue;
        }
        let fixture = fixtures().join("mistakes").join(&name);
        let printed = check(&fixture, "--format concise --quiet");
        let found = printed.out.contains("error[") || printed.out.contains("warning[");
        assert!(found, "{name}");
        insta::with_settings!({ snapshot_suffix => name.as_str(), omit_expression => true }, {
            insta::assert_snapshot!("mistake", printed.transcript());
        });
    }
}

/// `documents/USER.md` lies there, and git does not track it.
#[test]
fn an_untracked_document_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(
        &fixtures().join("mistakes/untracked-document"),
        folder.path(),
    );
    let git = |arguments: &[&str]| {
        std::process::Command::new("git")
            .args(arguments)
            .current_dir(folder.path())
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE")
            .status()
            .is_ok_and(|status| status.success())
    };
    if !git(&["init", "-q"]) {
        skip("there is no git here");
        return;
    }
    assert!(git(&["add", "."]));
    assert!(git(&["rm", "-q", "--cached", "documents/USER.md"]));
    let printed = openclaw_check()
        .args("--format concise --quiet")
        .inside(folder.path())
        .run();
    insta::assert_snapshot!(printed.transcript());
}

#[test]
fn larger_flakes_are_understood() {
    for name in names(&fixtures()) {
        if !name.starts_with("dotfiles-") && name != "openclaw-json" {
            continue;
        }
        let printed = check(&fixtures().join(&name), "--format concise");
        insta::with_settings!({ snapshot_suffix => name.as_str(), omit_expression => true }, {
            insta::assert_snapshot!("flake", printed.transcript());
        });
    }
}

#[test]
fn the_frames_of_a_few_findings() {
    for name in [
        "unknown-model",
        "unescaped-placeholder",
        "hardcoded-secret",
        "missing-document",
    ] {
        let fixture = fixtures().join("mistakes").join(name);
        let printed = check(&fixture, "");
        insta::with_settings!({ snapshot_suffix => name, omit_expression => true }, {
            insta::assert_snapshot!("frames", printed.out);
        });
    }
}
