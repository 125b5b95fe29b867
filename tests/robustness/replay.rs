//! The corpus of the fuzzer and what it found, run again.

use crate::inputs::TARGETS;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(name)
}

/// Inputs with their names, in the order of these.
type Inputs = Vec<(String, Vec<u8>)>;

/// What the fuzzer found of a target: a file each.
fn finds(target: &str) -> Inputs {
    let entries = fs::read_dir(folder("finds").join(target));
    let mut found: Inputs = entries
        .into_iter()
        .flatten()
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("a find");
            (path.display().to_string(), bytes)
        })
        .collect();
    found.sort();
    found
}

/// The corpus of a target: an archive, in which the order is that of the names.
fn corpus(target: &str) -> Inputs {
    let path = folder("corpus").join(format!("{target}.tar"));
    let file = fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut archive = tar::Archive::new(file);
    let entries = archive.entries().expect("an archive");
    entries
        .map(|entry| {
            let mut entry = entry.expect("an entry");
            let name = entry.path().expect("a name").display().to_string();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("an input");
            (format!("{name} in {}", path.display()), bytes)
        })
        .collect()
}

/// Of each target so many inputs of the corpus are run each time, evenly spread: all of them take minutes without optimisation, and
/// `fuzz/run --short` runs them all.
const SAMPLE: usize = 40;

/// Runs at most so many inputs, evenly spread, and names the one that breaks an invariant.
fn replay(inputs: &Inputs, most: usize, check: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let step = inputs.len().div_ceil(most).max(1);
    for (name, bytes) in inputs.iter().step_by(step) {
        let held = std::panic::catch_unwind(|| check(bytes));
        assert!(held.is_ok(), "broken by {name}");
    }
}

fn replay_corpus(most: usize, wanted: impl Fn(&str) -> bool) {
    for (target, check) in TARGETS.iter().filter(|(name, _)| wanted(name)) {
        let inputs = corpus(target);
        assert!(!inputs.is_empty(), "no corpus of {target}");
        replay(&inputs, most, check);
    }
}

fn has_trees(target: &str) -> bool {
    matches!(target, "module" | "tree")
}

#[test]
fn what_the_fuzzer_found_is_mended() {
    let mut count = 0;
    for (target, check) in TARGETS {
        let inputs = finds(target);
        count += inputs.len();
        replay(&inputs, usize::MAX, check);
    }
    assert!(count > 0, "no find is kept");
}

#[test]
fn the_corpus_of_modules_and_trees_holds() {
    replay_corpus(SAMPLE, has_trees);
}

#[test]
fn the_corpus_of_everything_else_holds() {
    replay_corpus(SAMPLE, |name| !has_trees(name));
}

#[test]
#[ignore = "takes minutes without optimisation"]
fn the_whole_corpus_of_modules_and_trees_holds() {
    replay_corpus(usize::MAX, has_trees);
}

#[test]
#[ignore = "takes minutes without optimisation"]
fn the_whole_corpus_of_everything_else_holds() {
    replay_corpus(usize::MAX, |name| !has_trees(name));
}
