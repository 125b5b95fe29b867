//! Mistakes of the program itself: caught, said without a word of what the user wrote, and kept from everything else.
//! Only a debug build has places where a panic can be asked for.
#![cfg(debug_assertions)]

use crate::harness::{Printed, openclaw_check, tree};
use serde_json::Value;
use std::fs;
use std::path::Path;

const SECRET: &str = "plum-Trestle-48-marigold-Anvil";

/// A model of a provider that nothing declares, and a secret.
const WRONG: &str = "{ programs.openclaw = { enable = true; config.agents.defaults.model = \"nosuch/x\"; \
     config.gateway.auth.token = \"plum-Trestle-48-marigold-Anvil\"; }; }\n";

const DOCUMENT: &str = "{ agents: { defaults: { model: 'nosuch/x' } } }";

/// A run that panics at a place, with a secret in the panic's own text.
fn run(directory: &Path, place: &str, arguments: &str) -> Printed {
    let printed = openclaw_check()
        .inside(directory)
        .args(arguments)
        .env(
            "OPENCLAW_CHECK_PANIC",
            &format!("{place}={SECRET} \u{1b}[31m"),
        )
        .run();
    for text in [&printed.out, &printed.err] {
        assert!(!text.contains("Trestle"), "{place}, {arguments}: {text}");
        assert!(!text.contains('\u{1b}'), "{place}, {arguments}: {text}");
        assert!(
            !text.contains("RUST_BACKTRACE"),
            "{place}, {arguments}: {text}"
        );
    }
    printed
}

/// Says that it is the program's mistake, where to report it, and not to send the configuration along; once.
fn assert_said(printed: &Printed, what: &str) {
    assert_eq!(printed.code, 3, "{what}: {}{}", printed.out, printed.err);
    let err = &printed.err;
    assert!(err.contains("internal error at src/"), "{what}: {err}");
    assert_eq!(
        err.matches("Please report the line above").count(),
        1,
        "{what}: {err}"
    );
    assert!(err.contains("it may hold secrets"), "{what}: {err}");
}

#[test]
fn anywhere_is_3_for_every_subcommand() {
    let folder = tree(&[("home.nix", WRONG)]);
    for arguments in [
        "home.nix --no-git",
        "check home.nix --no-git --format json",
        "show home.nix",
        "show home.nix --format json",
        "eval home.nix --no-git",
        "models",
        "explain unknown-model",
        "rules",
        "releases",
        "completions bash",
        "man",
    ] {
        let printed = run(folder.path(), "start", arguments);
        assert_said(&printed, arguments);
        assert_eq!(printed.out, "", "{arguments}");
    }
}

#[test]
fn in_a_check_stands_in_the_report_of_every_format() {
    let folder = tree(&[("home.nix", WRONG)]);
    for format in [
        "human", "concise", "json", "sarif", "github", "gitlab", "markdown",
    ] {
        let arguments = format!("home.nix --no-git --format {format}");
        let printed = run(folder.path(), "check", &arguments);
        assert_said(&printed, format);
        assert!(
            printed.out.contains("internal error at src"),
            "{format}: {}",
            printed.out
        );
        if matches!(format, "json" | "sarif" | "gitlab") {
            serde_json::from_str::<Value>(&printed.out).expect(format);
        }
    }
}

fn json(printed: &Printed) -> Value {
    printed.json()
}

/// The places of findings of a rule, and the paths of what failed.
fn found(document: &Value) -> (Vec<&str>, Vec<&str>) {
    let texts = |list: &'static str, key: &'static str| {
        let entries = document[list].as_array().into_iter().flatten();
        let entries =
            entries.filter(move |entry| list == "errors" || entry["rule"] == "unknown-provider");
        entries
            .filter_map(move |entry| entry[key].as_str())
            .collect()
    };
    (texts("findings", "file"), texts("errors", "path"))
}

#[test]
fn in_one_file_loses_nothing_of_the_others() {
    let folder = tree(&[
        ("a.nix", WRONG),
        ("bad.nix", WRONG),
        ("c.nix", WRONG),
        ("openclaw.json", DOCUMENT),
    ]);
    for place in ["evaluation of bad.nix", "rules of bad.nix"] {
        for arguments in [
            ". --no-git --format json",
            "a.nix bad.nix c.nix openclaw.json --no-git --format json",
        ] {
            let printed = run(folder.path(), place, arguments);
            assert_said(&printed, place);
            let document = json(&printed);
            let (files, failed) = found(&document);
            assert_eq!(failed, ["bad.nix"], "{place}, {arguments}: {document:#}");
            assert_eq!(
                files,
                ["a.nix", "c.nix", "openclaw.json"],
                "{place}, {arguments}: {document:#}"
            );
        }
    }
    let printed = run(
        folder.path(),
        "evaluation of openclaw.json",
        ". --no-git --format json",
    );
    let document = json(&printed);
    let (files, failed) = found(&document);
    assert_eq!(failed, ["openclaw.json"]);
    assert_eq!(files, ["a.nix", "bad.nix", "c.nix"]);
}

#[test]
fn in_the_flake_leaves_its_files_to_be_checked_by_themselves() {
    let folder = tree(&[
        (
            "flake.nix",
            "{ inputs.home-manager.url = \"x\"; outputs = { self, home-manager, ... }: { homeConfigurations.a = \
             home-manager.lib.homeManagerConfiguration { modules = [ ./home.nix ]; }; }; }",
        ),
        ("home.nix", WRONG),
    ]);
    let printed = run(
        folder.path(),
        "evaluation of flake.nix",
        ". --no-git --format json",
    );
    assert_said(&printed, "a flake");
    let document = json(&printed);
    let (files, failed) = found(&document);
    assert_eq!(failed, ["flake.nix"], "{document:#}");
    assert_eq!(files, ["home.nix"], "{document:#}");
}

#[test]
fn alone_it_is_not_said_that_nothing_is_configured() {
    let folder = tree(&[("home.nix", WRONG)]);
    for arguments in ["home.nix --no-git", "show home.nix"] {
        let printed = run(folder.path(), "evaluation of home.nix", arguments);
        assert_said(&printed, arguments);
        assert!(
            !printed.out.contains("configures OpenClaw"),
            "{}",
            printed.out
        );
    }
}

#[test]
fn nothing_is_fixed_where_something_panicked() {
    let folder = tree(&[("home.nix", WRONG)]);
    let printed = run(
        folder.path(),
        "evaluation of home.nix",
        "home.nix --no-git --fix",
    );
    assert_said(&printed, "--fix");
    let after = fs::read_to_string(folder.path().join("home.nix")).expect("the file");
    assert_eq!(after, WRONG);
}
