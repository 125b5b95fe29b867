//! What this program does when it is started as a program to compare with.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does nothing.
const NOTHING: &str = "--bare-nothing";
/// Reads the files and parses those of Nix with rnix.
const PARSE: &str = "--bare-parse";
/// Reads all Nix files below a folder, on all cores.
const READ: &str = "--bare-read";

/// Runs the mode of that name; `false` if there is none.
pub fn run(mode: &str, rest: &[String]) -> bool {
    match mode {
        NOTHING => {}
        PARSE => parse(rest),
        READ => read(Path::new(&rest[0])),
        _ => return false,
    }
    true
}

/// A process that does nothing.
pub fn nothing() -> Command {
    command(NOTHING)
}

/// A process that reads the files and parses those of Nix with rnix.
pub fn parsing(files: &[PathBuf]) -> Command {
    let mut command = command(PARSE);
    command.args(files);
    command
}

/// A process that reads all Nix files below a folder.
pub fn reading(folder: &Path) -> Command {
    let mut command = command(READ);
    command.arg(folder);
    command
}

fn command(mode: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg(mode);
    command
}

fn parse(files: &[String]) {
    let mut clean = 0;
    for file in files {
        let text = std::fs::read_to_string(file).expect("a file");
        if is_nix(Path::new(file)) {
            clean += usize::from(rnix::Root::parse(&text).errors().is_empty());
        }
    }
    std::hint::black_box(clean);
}

/// The Nix files below a folder, in order.
pub fn nix_files(folder: &Path) -> Vec<PathBuf> {
    files(folder).filter(|path| is_nix(path)).collect()
}

/// The files below a folder that a check of it reads: Nix, the lock, the workspace documents, and a configuration itself.
pub fn files_of_a_check(folder: &Path) -> Vec<PathBuf> {
    let endings = ["nix", "lock", "md", "json"];
    files(folder)
        .filter(|path| path.file_name() != Some("README.md".as_ref()))
        .filter(|path| {
            endings
                .iter()
                .any(|ending| path.extension() == Some(ending.as_ref()))
        })
        .collect()
}

fn is_nix(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "nix")
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".git")
        .flatten()
        .map(walkdir::DirEntry::into_path)
}

fn read(folder: &Path) {
    let files = nix_files(folder);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut bytes = 0;
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            bytes += std::fs::read(file).expect("a file").len();
        }
        bytes
    };
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| std::hint::black_box(work()));
        }
    });
}
