//! Our `lib` and module system against what real Nix made of the same expressions with nixpkgs' own `lib`
//! (`tests/nixpkgs-lib/cases.nix`, which says how the values were recorded).

use crate::harness::openclaw_check;
use serde_json::Value;
use std::fs;
use std::path::Path;

#[test]
fn values_are_those_of_the_real_lib() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nixpkgs-lib");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("the file is there");
    let wanted: Value = serde_json::from_str(&read("cases.json")).expect("it is JSON");
    let directory = tempfile::tempdir().expect("a directory");
    fs::copy(folder.join("cases.nix"), directory.path().join("cases.nix")).expect("copied");
    fs::write(
        directory.path().join("default.nix"),
        "import ./cases.nix { lib = import <nixpkgs/lib>; }",
    )
    .expect("written");
    let printed = openclaw_check()
        .inside(directory.path())
        .args("eval default.nix --json --no-git")
        .run();
    let given: Value = serde_json::from_str(&printed.out).expect("it prints JSON");
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (subject, cases) in wanted.as_object().expect("subjects") {
        for (name, wanted) in cases.as_object().expect("cases") {
            compared += 1;
            if given[subject][name] != *wanted {
                let given = &given[subject][name];
                wrong.push(format!("{subject}.{name}: {given} instead of {wanted}"));
            }
        }
    }
    assert!(compared > 100);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
