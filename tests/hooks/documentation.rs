//! The modules in `docs/kimi.md`, as they stand there.

use crate::support::{PROGRAM, copy, folder, repository, run, write};
use std::process::Command;

#[test]
fn the_modules_of_the_kimi_page_have_no_errors() {
    let page = std::fs::read_to_string(repository().join("docs/kimi.md")).expect("the page");
    let modules: Vec<&str> = page
        .split("```nix\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(modules.len(), 2);
    for module in modules {
        let flake = folder();
        copy(
            &repository().join("fixtures/mistakes/unknown-model"),
            flake.path(),
        );
        write(&flake.path().join("openclaw.nix"), module);
        let checked = run(Command::new(PROGRAM).arg(flake.path()).args([
            "--deny-warnings",
            "--format",
            "concise",
        ]))
        .passes();
        assert!(
            checked.text.contains("model reference") || checked.text.contains("1 configuration"),
            "{}",
            checked.text
        );
    }
}
