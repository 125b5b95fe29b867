//! What `docs/kimi.md` says, held against the program.

use crate::support::{PROGRAM, Run, copy, folder, repository, run, write};
use std::process::Command;

fn page() -> String {
    std::fs::read_to_string(repository().join("docs/kimi.md")).expect("the page")
}

fn modules(page: &str) -> Vec<&str> {
    page.split("```nix\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect()
}

/// A flake with this module in the place of its own, checked.
fn check(module: &str) -> Run {
    let flake = folder();
    copy(
        &repository().join("fixtures/mistakes/unknown-model"),
        flake.path(),
    );
    write(&flake.path().join("openclaw.nix"), module);
    run(Command::new(PROGRAM)
        .arg(flake.path())
        .args(["--deny-warnings", "--format", "concise"]))
}

#[test]
fn the_modules_of_the_kimi_page_have_no_errors() {
    let page = page();
    let modules = modules(&page);
    assert_eq!(modules.len(), 2);
    for module in modules {
        let checked = check(module).passes();
        assert!(checked.text.contains("1 configuration"), "{}", checked.text);
    }
}

/// The rows on models name the models that the data of those releases has.
#[test]
fn the_models_of_the_kimi_page_are_those_of_the_releases() {
    let page = page();
    let folder = folder();
    let nothing_declared = folder.path().join("openclaw.json");
    write(&nothing_declared, "{}\n");
    let mut looked_up = 0;
    for version in ["2026.6.11", "2026.9.6"] {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| model ids, {version} |")))
            .expect("a row for this release");
        let cells: Vec<&str> = row.split('|').collect();
        for (provider, cell) in [("kimi", cells[2]), ("moonshot", cells[3])] {
            let known = run(Command::new(PROGRAM)
                .args(["models", provider, "--openclaw-version", version, "--flake"])
                .arg(&nothing_declared));
            for model in cell.split('`').skip(1).step_by(2) {
                assert!(
                    known
                        .stdout
                        .split_whitespace()
                        .any(|word| word == format!("{provider}/{model}")),
                    "{provider}/{model} in {version}:\n{}",
                    known.text
                );
                looked_up += 1;
            }
        }
    }
    assert!(looked_up > 15, "{looked_up}");
}

/// What the table on keys calls wrong is reported, and what it calls right is not.
#[test]
fn the_ways_to_write_a_key_are_as_the_kimi_page_says() {
    let page = page();
    let module = modules(&page)[0];
    let with_key = |key: &str| {
        let module = module.replace("\"\\${KIMI_API_KEY}\"", key);
        assert!(module.contains(&format!("apiKey = {key};")), "{module}");
        check(&module)
    };
    with_key("\"\\${KIMI_API_KEY}\"").passes();
    with_key("''''${KIMI_API_KEY}''").passes();
    with_key("{ source = \"env\"; provider = \"default\"; id = \"KIMI_API_KEY\"; }").passes();
    with_key("\"${KIMI_API_KEY}\"").fails_with(&["unescaped-placeholder"]);
    for wrong in [
        "\"\\${kimi_api_key}\"",
        "\"\\${KIMI_API_KEY:-x}\"",
        "\"$(cat /run/secrets/kimi)\"",
    ] {
        let line = module
            .lines()
            .position(|line| line.contains("apiKey"))
            .expect("a line with the key");
        with_key(wrong).fails_with(&[&format!("openclaw.nix:{}:", line + 1)]);
    }
}

#[test]
fn the_rules_that_the_kimi_page_names_exist() {
    let page = page();
    let trouble = page.split("## Trouble").nth(1).expect("a section");
    let mut explained = 0;
    for line in trouble.lines().filter(|line| line.starts_with("| `")) {
        let cell = line.split('|').nth(1).expect("the first cell");
        let rules = cell.split([':', ';']).next().expect("what stands before");
        for rule in rules.split('`').skip(1).step_by(2) {
            run(Command::new(PROGRAM).args(["explain", rule])).passes();
            explained += 1;
        }
    }
    assert!(explained >= 10, "{explained}");
}
