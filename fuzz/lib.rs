//! The fuzz targets are the functions that `cargo test` runs on the corpus; see `docs/robustness.md`.

#[path = "../tests/robustness/inputs.rs"]
pub mod inputs;
#[path = "../tests/robustness/invariants.rs"]
pub mod invariants;
#[path = "../tests/robustness/reports.rs"]
pub mod reports;

/// Larger inputs tell nothing new.
const LONGEST: usize = 64 * 1024;

/// Runs the target of that name on these bytes; a panic is a find.
pub fn run(target: &str, bytes: &[u8]) {
    if bytes.len() > LONGEST {
        return;
    }
    let found = inputs::TARGETS.iter().find(|(name, _)| *name == target);
    let (_, check) = found.expect("a target of that name");
    check(bytes);
}
