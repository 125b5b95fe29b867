//! Exit codes, one by one.

use crate::harness::{Printed, openclaw_check};
use std::path::Path;

/// A configuration that is valid and has nothing to say against it.
const CLEAN: &str = r#"{ "gateway": { "mode": "local" } }"#;

/// A model of a provider that nothing declares.
const WRONG: &str = r#"{ "agents": { "defaults": { "model": "nosuch/x" } } }"#;

/// A fallback that repeats the primary: a warning.
const DOUBTFUL: &str = r#"{ "agents": { "defaults": { "model":
    { "primary": "anthropic/claude-opus-4-6", "fallbacks": ["anthropic/claude-opus-4-6"] } } },
    "env": { "vars": { "ANTHROPIC_API_KEY": "${FROM_ELSEWHERE}" } } }"#;

/// A key whose variable may or may not be there.
const UNRESOLVED: &str = r#"{ "models": { "providers": { "mine": { "baseUrl": "https://example.org/v1",
    "api": "openai-completions", "apiKey": "${MINE_API_KEY}", "models": [{ "id": "m", "name": "M" }] } } } }"#;

fn check(files: &[(&str, &str)], arguments: &str) -> Printed {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    openclaw_check()
        .args("--openclaw-version 2026.6.11 --no-git")
        .args(arguments)
        .inside(folder.path())
        .run()
}

fn check_json(text: &str, arguments: &str) -> Printed {
    check(
        &[("openclaw.json", text)],
        &format!("openclaw.json {arguments}"),
    )
}

#[test]
fn nothing_found_is_0() {
    let printed = check_json(CLEAN, "");
    assert_eq!(printed.code, 0, "{}", printed.out);
    assert!(printed.out.contains("no findings"), "{}", printed.out);
}

#[test]
fn an_error_is_1() {
    let printed = check_json(WRONG, "--format concise");
    assert_eq!(printed.code, 1, "{}", printed.out);
    assert!(
        printed.out.contains("error[unknown-provider]"),
        "{}",
        printed.out
    );
}

#[test]
fn what_is_shown_does_not_change_the_code() {
    assert_eq!(check_json(WRONG, "--quiet").code, 1);
    let printed = check_json(
        DOUBTFUL,
        "--min-severity error --deny-warnings --format concise",
    );
    assert_eq!(printed.code, 1, "{}", printed.out);
    assert!(!printed.out.contains("warning["), "{}", printed.out);
    assert!(printed.out.contains("not shown"), "{}", printed.out);
}

#[test]
fn a_warning_is_0_and_1_where_warnings_are_denied() {
    let printed = check_json(DOUBTFUL, "--format concise");
    assert_eq!(printed.code, 0, "{}", printed.out);
    assert!(
        printed.out.contains("warning[duplicate-fallback]"),
        "{}",
        printed.out
    );
    assert_eq!(check_json(DOUBTFUL, "--deny-warnings").code, 1);
}

#[test]
fn what_could_not_be_checked_is_0_and_1_when_strict() {
    let printed = check_json(UNRESOLVED, "--format concise");
    assert_eq!(printed.code, 0, "{}", printed.out);
    assert!(printed.out.contains("note[unresolved]"), "{}", printed.out);
    let printed = check_json(UNRESOLVED, "--format concise --strict");
    assert_eq!(printed.code, 1, "{}", printed.out);
    assert!(printed.out.contains("error[unresolved]"), "{}", printed.out);
}

#[test]
fn ignoring_the_rule_is_0() {
    assert_eq!(check_json(WRONG, "--ignore unknown-provider").code, 0);
    assert_eq!(check_json(WRONG, "--select duplicate-fallback").code, 0);
    assert_eq!(check_json(WRONG, "--select unknown-provider").code, 1);
}

#[test]
fn a_mistake_of_the_source_file_is_1() {
    for (name, bytes) in [
        ("syntax.nix", b"{ a = ; }".as_slice()),
        (
            "mark.nix",
            b"\xef\xbb\xbf{ programs.openclaw.enable = true; }",
        ),
        ("bytes.nix", b"{ a = \"\xff\"; }"),
        ("syntax.json", b"{ \"agents\": "),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(name), bytes).expect("a file");
        let printed = openclaw_check()
            .args("--no-git --format concise")
            .arg(name)
            .inside(folder.path())
            .run();
        assert_eq!(printed.code, 1, "{name}: {}", printed.out);
        assert!(printed.out.contains(name), "{}", printed.out);
    }
}

#[test]
fn settings_that_are_refused_are_2() {
    let files = [
        ("openclaw.json", CLEAN),
        ("openclaw-check.toml", "nosuch = 1\n"),
    ];
    let printed = check(&files, "openclaw.json --format concise");
    assert_eq!(printed.code, 2, "{}", printed.out);
    assert!(
        printed
            .out
            .contains("openclaw-check.toml:1:1: error[invalid-settings]"),
        "{}",
        printed.out
    );
}

#[test]
fn a_request_that_contradicts_itself_is_2() {
    for arguments in [
        "openclaw.json --openclaw-version newest",
        "openclaw.json --root other",
        "openclaw.json --select no-such-rule",
    ] {
        let files = [("openclaw.json", CLEAN), ("other/x.nix", "{ }")];
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        let printed = openclaw_check()
            .args(arguments)
            .args("--no-git")
            .inside(folder.path())
            .run();
        assert_eq!(
            printed.code, 2,
            "{arguments}: {}{}",
            printed.out, printed.err
        );
        assert_eq!(printed.out, "", "{arguments}");
        assert!(!printed.err.is_empty(), "{arguments}");
    }
}

#[test]
fn a_missing_path_is_3_and_stands_under_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = openclaw_check()
        .args("nope.nix")
        .inside(folder.path())
        .run();
    insta::assert_snapshot!(printed.transcript());
}

#[test]
fn a_missing_path_is_never_0_in_any_format() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in [
        "human", "concise", "json", "sarif", "github", "gitlab", "markdown",
    ] {
        let printed = openclaw_check()
            .args("nope.nix --quiet --format")
            .arg(format)
            .inside(folder.path())
            .run();
        assert_eq!(printed.code, 3, "{format}");
        assert!(
            printed.out.contains("nope.nix"),
            "{format}: {}",
            printed.out
        );
    }
}

#[test]
fn a_missing_path_hides_nothing_of_the_others() {
    let printed = check(
        &[("openclaw.json", WRONG)],
        "openclaw.json nope.json --format concise",
    );
    assert_eq!(printed.code, 3, "{}", printed.out);
    assert!(
        printed.out.contains("error[unknown-provider]"),
        "{}",
        printed.out
    );
    assert!(
        printed.out.contains("nope.json: error[unreadable]"),
        "{}",
        printed.out
    );
}

#[test]
fn other_files_that_are_named_and_missing_are_3() {
    for option in ["--env-file", "--config", "--input x=", "--root "] {
        let arguments = match option.ends_with(['=', ' ']) {
            true => format!("openclaw.json {option}nope"),
            false => format!("openclaw.json {option} nope"),
        };
        let printed = check(&[("openclaw.json", CLEAN)], &arguments);
        assert!(
            printed.code >= 2,
            "{option}: {}{}",
            printed.out,
            printed.err
        );
    }
}

#[test]
fn a_folder_with_nothing_to_check_is_3() {
    let printed = check(&[("notes.txt", "nothing")], ". --format concise");
    assert_eq!(printed.code, 3, "{}", printed.out);
    assert!(printed.out.contains("nothing to check"), "{}", printed.out);
}

#[test]
fn a_flake_without_openclaw_is_a_note_and_0() {
    let files = [("flake.nix", "{ outputs = { self }: { packages = { }; }; }")];
    let printed = check(&files, ". --format concise");
    assert_eq!(printed.code, 0, "{}", printed.out);
    assert!(
        printed.out.contains("note[no-configuration]"),
        "{}",
        printed.out
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_is_3_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = std::process::Command::new("mkfifo")
        .arg(folder.path().join("pipe.nix"))
        .status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let printed = openclaw_check()
        .args("pipe.nix --no-git")
        .inside(folder.path())
        .run();
    assert_eq!(printed.code, 3, "{}", printed.out);
}
