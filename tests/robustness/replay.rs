//! The corpus of the fuzzer and what it found, run again.

use crate::inputs::TARGETS;
use std::path::{Path, PathBuf};

fn stored(folder: &str, target: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(folder)
        .join(target);
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files
}

/// Runs all stored inputs of some targets, and names the one that broke an invariant.
fn replay(folder: &str, wanted: impl Fn(&str) -> bool) -> usize {
    let mut count = 0;
    for (target, check) in TARGETS.iter().filter(|(name, _)| wanted(name)) {
        for file in stored(folder, target) {
            let bytes = std::fs::read(&file).expect("a stored input");
            let held = std::panic::catch_unwind(|| check(&bytes));
            assert!(held.is_ok(), "broken by {}", file.display());
            count += 1;
        }
    }
    count
}

#[test]
fn what_the_fuzzer_found_is_mended() {
    replay("finds", |_| true);
}

#[test]
fn the_corpus_of_the_syntax_holds() {
    assert!(replay("corpus", |name| name == "syntax") > 0);
}

#[test]
fn the_corpus_of_modules_and_trees_holds() {
    assert!(replay("corpus", |name| matches!(name, "module" | "tree")) > 0);
}

#[test]
fn the_corpus_of_everything_else_holds() {
    assert!(
        replay("corpus", |name| !matches!(
            name,
            "syntax" | "module" | "tree"
        )) > 0
    );
}
