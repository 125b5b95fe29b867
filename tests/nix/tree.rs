//! Texts that begin with where a flake's tree lies in the store: what real Nix says of them, recorded, and asked again where it is.

use crate::real_nix::Nix;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nix/tree")
}

fn recorded() -> Value {
    let text = std::fs::read_to_string(folder().join("values.json")).expect("recorded values");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn places_in_the_tree_are_what_nix_says_whatever_the_hash() {
    let output = Command::new(env!("CARGO_BIN_EXE_openclaw-check"))
        .args([
            "eval",
            "flake.nix",
            "outputs.values",
            "--json",
            "--no-git",
            "--root",
            ".",
        ])
        .current_dir(folder())
        .output()
        .expect("the program starts");
    let ours: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(ours, recorded());
}

#[test]
fn the_recorded_values_are_those_of_nix() {
    let Some(nix) = Nix::find() else {
        return;
    };
    assert_eq!(nix.evaluate_flake(&folder(), "values"), recorded());
}

/// What would be seen of the hash itself is not known.
#[test]
fn the_hash_is_not_made_up() {
    let flake = tempfile::tempdir().expect("a folder");
    let expressions = [
        "toString ./.",
        "baseNameOf ./. + baseNameOf (toString ./.)",
        "builtins.substring 11 32 (toString ./x)",
        "builtins.match \".*([0-9]).*\" (toString ./x)",
        "builtins.hashString \"sha256\" (toString ./x)",
        "builtins.replaceStrings [ \"nix\" ] [ \"\" ] (toString ./x)",
        "toString ./x < \"/nix/store/5\"",
        "toString ./flake.nix == \"${./flake.nix}\"",
    ];
    for expression in expressions {
        let text = format!("{{ outputs = {{ self }}: {{ value = {expression}; }}; }}");
        std::fs::write(flake.path().join("flake.nix"), text).expect("a file");
        let output = Command::new(env!("CARGO_BIN_EXE_openclaw-check"))
            .args([
                "eval",
                "flake.nix",
                "outputs.value",
                "--json",
                "--strict",
                "--no-git",
            ])
            .current_dir(flake.path())
            .output()
            .expect("the program starts");
        assert_eq!(
            output.status.code(),
            Some(3),
            "{expression}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}
