//! What the documentation says of the command line is what the program does.

use crate::harness::openclaw_check;
use std::path::Path;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).expect("the file")
}

#[test]
fn the_readme_shows_a_real_output() {
    let readme = read("README.md");
    let (_, rest) = readme
        .split_once("```console\n$ openclaw-check\n")
        .expect("the example");
    let (shown, _) = rest.split_once("```").expect("its end");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mistakes/unknown-provider");
    let printed = openclaw_check().args("--no-git .").inside(&fixture).run();
    assert_eq!(shown, printed.out);
}

#[test]
fn every_option_of_a_check_is_documented() {
    let help = openclaw_check().args("check --help").run().out;
    let page = read("docs/command-line.md");
    let options: Vec<&str> = help
        .lines()
        .filter_map(|line| line.split_whitespace().find(|it| it.starts_with("--")))
        .map(|option| option.trim_end_matches(','))
        .filter(|option| *option != "--help")
        .collect();
    assert!(options.len() > 15, "{options:?}");
    for option in options {
        assert!(
            page.contains(&format!("`{option}")),
            "{option} is not documented"
        );
    }
}

#[test]
fn every_subcommand_and_format_is_documented() {
    let page = read("docs/command-line.md");
    for name in [
        "check",
        "show",
        "eval",
        "models",
        "explain",
        "rules",
        "releases",
        "completions",
        "man",
        "human",
        "concise",
        "json",
        "sarif",
        "github",
        "gitlab",
        "markdown",
    ] {
        assert!(
            page.contains(&format!("`{name}")),
            "{name} is not documented"
        );
    }
}

#[test]
fn the_settings_of_the_page_are_accepted() {
    let page = read("docs/command-line.md");
    let (_, rest) = page.split_once("```toml\n").expect("the example");
    let (settings, _) = rest.split_once("```").expect("its end");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("secrets")).expect("a folder");
    for (name, text) in [
        ("openclaw-check.toml", settings),
        ("openclaw.json", "{}"),
        ("secrets/names.env", "A=1\n"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let printed = openclaw_check()
        .args("--no-git openclaw.json")
        .inside(folder.path())
        .run();
    assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
}
