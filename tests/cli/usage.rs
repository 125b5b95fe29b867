//! Help, and what is said of wrong usage.

use crate::harness::openclaw_check;

#[test]
fn help() {
    let printed = openclaw_check().args("--help").run();
    assert_eq!(printed.code, 0);
    insta::assert_snapshot!(printed.out);
}

#[test]
fn short_help() {
    let printed = openclaw_check().args("-h").run();
    assert_eq!(printed.code, 0);
    insta::assert_snapshot!(printed.out);
}

#[test]
fn every_line_of_help_fits_a_terminal() {
    for arguments in [
        "--help",
        "check --help",
        "show --help",
        "eval --help",
        "models --help",
        "explain --help",
        "rules --help",
        "releases --help",
        "completions --help",
        "man --help",
    ] {
        let printed = openclaw_check().args(arguments).run();
        assert_eq!(printed.code, 0, "{arguments}");
        let long = printed.out.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "{arguments}");
    }
}

#[test]
fn the_version_is_the_crates() {
    let printed = openclaw_check().args("--version").run();
    let expected = format!("openclaw-check {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((printed.code, printed.out), (0, expected));
}

#[test]
fn wrong_usage_is_exit_code_2_and_says_so_on_standard_error() {
    for (arguments, expected) in [
        ("--no-such-option", "unexpected argument '--no-such-option'"),
        ("--format xml", "[possible values: human, concise, json"),
        (
            "--min-severity fatal",
            "[possible values: error, warning, note]",
        ),
        (
            "--color sometimes",
            "[possible values: auto, always, never]",
        ),
        ("--input nixpkgs", "expected NAME=DIR"),
        ("--fix --diff", "cannot be used with '--diff'"),
        ("explain", "<RULE>"),
        ("completions tcsh-but-not-quite", "[possible values: bash"),
        ("--openclaw-version", "a value is required"),
        ("- -", "`-` can be given once only"),
    ] {
        let printed = openclaw_check().args(arguments).input("{ }").run();
        assert_eq!(printed.code, 2, "{arguments}: {}", printed.err);
        assert_eq!(printed.out, "", "{arguments}");
        assert!(
            printed.err.contains(expected),
            "{arguments}: {}",
            printed.err
        );
    }
}

#[test]
fn an_unknown_rule_is_wrong_usage_and_the_nearest_one_is_named() {
    for option in ["--select", "--ignore"] {
        let printed = openclaw_check().args(option).arg("unknown-providr").run();
        assert_eq!(printed.code, 2);
        assert_eq!(
            printed.err,
            "openclaw-check: there is no rule `unknown-providr`; did you mean `unknown-provider`?\n"
        );
    }
    let printed = openclaw_check().args("--select unknown-provider,zzz").run();
    assert_eq!(printed.code, 2);
    assert!(
        printed
            .err
            .contains("there is no rule `zzz`; `openclaw-check rules` lists them")
    );
}

#[test]
fn a_rule_id_cannot_smuggle_anything_into_a_terminal() {
    let printed = openclaw_check().args("explain").arg("a\u{1b}[2J\nb").run();
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("`a\\u{1b}[2J\\nb`"), "{}", printed.err);
}

#[test]
fn a_misspelled_subcommand_is_a_missing_path_with_a_hint() {
    let printed = openclaw_check().args("shwo").run();
    assert_eq!(printed.code, 3);
    assert!(
        printed.err.contains("did you mean the subcommand `show`?"),
        "{}",
        printed.err
    );
    let printed = openclaw_check().args("--color never rules").run();
    assert_eq!(printed.code, 3);
    assert!(
        printed
            .err
            .contains("a subcommand comes before all options"),
        "{}",
        printed.err
    );
}
