//! How long a whole run takes, against a bare process that reads the same files and parses them with rnix.
//!
//! `cargo bench --bench speed` runs the two in turn, many times, and prints the medians and their ratio. Only the ratio travels from one
//! machine to another.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs of each program that count.
const RUNS: usize = 60;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(position) = arguments.iter().position(|argument| argument == "--bare") {
        parse_only(arguments[position + 1..].iter().map(Path::new));
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let me = std::env::current_exe().expect("this program");
    println!("| flake | bare rnix process | openclaw-check | ratio |");
    println!("|---|---|---|---|");
    for name in [
        "kimi",
        "kimi-2026-02",
        "dotfiles-computed",
        "dotfiles-nixos",
    ] {
        let flake = root.join("fixtures").join(name);
        let files = nix_files(&flake);
        let mut bare = Command::new(&me);
        bare.arg("--bare").args(&files);
        let mut check = Command::new(env!("CARGO_BIN_EXE_openclaw-check"));
        check.arg(&flake);
        let (bare, check) = in_turn(&mut bare, &mut check);
        println!(
            "| {name} ({} files) | {:.2} ms | {:.2} ms | {:.2} |",
            files.len(),
            milliseconds(bare),
            milliseconds(check),
            check.as_secs_f64() / bare.as_secs_f64()
        );
    }
}

/// What the bare process does: reads and parses, nothing else.
fn parse_only<'a>(files: impl Iterator<Item = &'a Path>) {
    let mut nodes = 0;
    for file in files {
        let text = std::fs::read_to_string(file).expect("a file");
        nodes += usize::from(rnix::Root::parse(&text).errors().is_empty());
    }
    std::hint::black_box(nodes);
}

fn nix_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "nix"))
        .collect();
    files.sort();
    files
}

/// The medians of two commands, run in turn so that a change of the machine's speed meets both.
fn in_turn(first: &mut Command, second: &mut Command) -> (Duration, Duration) {
    let mut times = [Vec::new(), Vec::new()];
    for run in 0..RUNS + 5 {
        for (command, times) in [&mut *first, &mut *second].into_iter().zip(&mut times) {
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let start = Instant::now();
            command.status().expect("it starts");
            // The first runs warm the caches.
            if run >= 5 {
                times.push(start.elapsed());
            }
        }
    }
    let [first, second] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    });
    (first, second)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
