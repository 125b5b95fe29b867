//! How long runs take, against programs that do less on the same inputs.
//!
//! `cargo bench --bench speed` measures everything and writes the tables of `docs/performance.md`. `-- --short` takes a smaller tree and fewer runs,
//! prints the tables and writes nothing. Only ratios travel from one machine to another: what is compared runs in turn, so that a change of
//! the machine's speed meets all of it, and medians count. Nothing here fails on the clock.

mod bare;
mod findings;
mod flakes;
mod growth;
mod measure;
mod page;
mod trees;

use std::path::{Path, PathBuf};

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Extent {
    /// Runs of each program that count, on small inputs.
    pub runs: usize,
    /// The same on large inputs.
    pub large_runs: usize,
    /// Files of the large tree; each has about 10 kB.
    pub files: usize,
    /// Findings of the largest file.
    pub findings: usize,
}

const FULL: Extent = Extent {
    runs: 100,
    large_runs: 9,
    files: 10_000,
    findings: 10_000,
};

const SHORT: Extent = Extent {
    runs: 25,
    large_runs: 3,
    files: 1_000,
    findings: 2_000,
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, rest @ ..] = arguments.as_slice()
        && bare::run(mode, rest)
    {
        return;
    }
    let short = arguments.iter().any(|argument| argument == "--short");
    let extent = if short { SHORT } else { FULL };
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let sections = [
        flakes::section(&extent, scratch.path()),
        trees::section(&extent, scratch.path()),
        findings::section(&extent, scratch.path()),
        growth::section(&extent, scratch.path()),
    ];
    for section in &sections {
        println!("{section}");
    }
    if !short {
        page::write(&repository().join("docs/performance.md"), &sections);
    }
}

/// The root of this repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program that is measured.
pub fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_openclaw-check").into()
}
