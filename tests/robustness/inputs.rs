//! From any bytes to a run: what a fuzzer or a test hands over becomes a small tree of files, and is checked.
//!
//! One function for each kind of input; all are total, and panic only where an invariant does not hold.

use crate::invariants;
use openclaw_check::nix::eval::with_stack;
use openclaw_check::nix::syntax;
use openclaw_check::openclaw::evaluated;
use openclaw_check::workspace::source::FileId;
use openclaw_check::{Request, Target};
use std::path::{Path, PathBuf};

/// A key of a known format that stands in the seeds: whatever is made of them, it is printed nowhere.
pub const KEY: &str = "sk-ant-api03-Qz7Lk2Vb9Xw4Rt6Yp1Ns8Md3Gf5Hj0Ka";

/// Another one, alike in every way that may be told. A run that holds it instead has to print the same.
pub const OTHER_KEY: &str = "sk-ant-api03-Hc8Tn3Wd1Jm6Qy5Bv9Fx2Kg7Zs4Pl1Re";

/// A secret that no format gives away; only its field tells.
pub const PASSWORD: &str = "plum-Trestle-48-Marigold-Anvil";

/// Most files of a tree.
const MOST_FILES: usize = 16;

/// What stands before the name of a file in a tree that is written as one text.
const HEADER: &str = "=== ";

/// A directory that goes away with the process.
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    /// An empty one; in memory where that can be had.
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let made = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        Scratch(made.expect("a temporary directory"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a tree, instead of what was there.
    pub fn fill(&self, files: &[(String, Vec<u8>)]) {
        for entry in std::fs::read_dir(self.path())
            .expect("the directory")
            .flatten()
        {
            let path = entry.path();
            let _ = match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => std::fs::remove_dir_all(path),
                false => std::fs::remove_file(path),
            };
        }
        for (name, bytes) in files {
            let path = self.path().join(name);
            // A name may be a file for one and a directory for another: the first has it.
            if let Some(parent) = path.parent()
                && std::fs::create_dir_all(parent).is_ok()
                && !path.is_dir()
            {
                std::fs::write(path, bytes).expect("a file");
            }
        }
    }
}

/// Splits a text with lines `=== name` into files; what stands before the first is `first`. Names that are not plain
/// belong to no file.
pub fn files(bytes: &[u8], first: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = vec![(first.to_string(), Vec::new())];
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let name = std::str::from_utf8(line)
            .ok()
            .and_then(|line| line.strip_prefix(HEADER))
            .map(str::trim_end)
            .filter(|name| is_plain(name));
        match name {
            Some(name) if files.len() < MOST_FILES => files.push((name.to_string(), Vec::new())),
            _ => {
                if let Some((_, text)) = files.last_mut() {
                    text.extend_from_slice(line);
                }
            }
        }
    }
    files.retain(|(_, text)| !text.is_empty());
    let mut seen = std::collections::BTreeSet::new();
    files.retain(|(name, _)| seen.insert(name.clone()));
    files
}

fn is_plain(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    name.len() <= 60
        && parts.len() <= 4
        && parts.iter().all(|part| {
            !matches!(*part, "" | "." | "..")
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        })
}

/// Bytes with one text in place of another of the same length.
fn with(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let (from, to) = (from.as_bytes(), to.as_bytes());
    let mut bytes = bytes.to_vec();
    let mut at = 0;
    while at + from.len() <= bytes.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + from.len()].copy_from_slice(to);
            at += from.len();
        } else {
            at += 1;
        }
    }
    bytes
}

fn holds(files: &[(String, Vec<u8>)], text: &str) -> bool {
    files.iter().any(|(_, bytes)| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}

/// Whether each place of the key stands by itself: glued to other letters it is no key any more.
fn stands_alone(files: &[(String, Vec<u8>)], text: &str) -> bool {
    let is_part = |byte: Option<&u8>| {
        byte.is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || b"_-%\\=+/.".contains(byte) || !byte.is_ascii()
        })
    };
    files.iter().all(|(_, bytes)| {
        (0..bytes.len().saturating_sub(text.len() - 1))
            .filter(|at| bytes[*at..].starts_with(text.as_bytes()))
            .all(|at| {
                !is_part(at.checked_sub(1).map(|before| &bytes[before]))
                    && !is_part(bytes.get(at + text.len()))
            })
    })
}

/// Whether no piece of the key stands anywhere but in the whole key: a piece is no key, and may be printed.
fn holds_no_other_piece(files: &[(String, Vec<u8>)]) -> bool {
    let gone = "#".repeat(KEY.len());
    files.iter().all(|(_, bytes)| {
        let rest = with(bytes, KEY, &gone);
        invariants::secret_free("", &String::from_utf8_lossy(&rest), &[KEY]).is_ok()
    })
}

/// What of a tree is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The directory.
    Directory,
    /// One file of it.
    File(&'static str),
    /// One file of it, through standard input.
    StandardInput(&'static str),
}

fn request(root: &Path, files: &[(String, Vec<u8>)], look: Look, use_git: bool) -> Request {
    let evaluated = files
        .iter()
        .any(|(name, _)| name == "evaluated.json")
        .then(|| root.join("evaluated.json"));
    let target = match look {
        Look::Directory => Target::Path(root.to_path_buf()),
        Look::File(name) => Target::Path(root.join(name)),
        Look::StandardInput(name) => Target::StandardInput {
            text: files
                .iter()
                .find(|(other, _)| other == name)
                .map(|(_, text)| text.clone())
                .unwrap_or_default(),
            name: root.join(name).to_string_lossy().into_owned(),
        },
    };
    Request {
        targets: vec![target],
        evaluated,
        root: (!use_git).then(|| PathBuf::from(root)),
        no_git: !use_git,
        ..Request::default()
    }
}

/// Checks a tree: all invariants, and that a secret decides nothing that is printed.
///
/// # Panics
/// Where an invariant does not hold.
pub fn check_tree(files: &[(String, Vec<u8>)], look: Look, use_git: bool) {
    let scratch = Scratch::new();
    check_tree_in(&scratch, files, look, use_git);
}

fn check_tree_in(scratch: &Scratch, files: &[(String, Vec<u8>)], look: Look, use_git: bool) {
    scratch.fill(files);
    let root = scratch.path().canonicalize().expect("the directory");
    let has_key = holds(files, KEY) && stands_alone(files, KEY) && holds_no_other_piece(files);
    let secrets: &[&str] = match has_key {
        true => &[KEY],
        false => &[],
    };
    let request = request(&root, files, look, use_git);
    let printed = with_stack(move || invariants::run(&request, secrets))
        .expect("a large stack")
        .unwrap_or_else(|fault| panic!("{fault}"));
    if has_key {
        let files: Vec<_> = files
            .iter()
            .map(|(name, bytes)| (name.clone(), with(bytes, KEY, OTHER_KEY)))
            .collect();
        scratch.fill(&files);
        let request = self::request(&root, &files, look, use_git);
        let other = with_stack(move || invariants::run(&request, &[OTHER_KEY]))
            .expect("a large stack")
            .unwrap_or_else(|fault| panic!("{fault}"));
        invariants::same(&printed, &other, "another key").unwrap_or_else(|fault| panic!("{fault}"));
    }
}

/// What a kind of input does with its bytes; it panics where an invariant does not hold.
pub type Check = fn(&[u8]);

/// The kinds of input that are fuzzed, by name. The corpus of each lies in `fuzz/corpus/<name>`.
pub const TARGETS: &[(&str, Check)] = &[
    ("syntax", syntax_only),
    ("module", module),
    ("tree", tree),
    ("openclaw_json", openclaw_json),
    ("flake_lock", flake_lock),
    ("settings", settings),
    ("suppressions", suppressions),
    ("evaluated", evaluated_document),
    ("formats", crate::reports::formats),
    ("git_index", git_index),
];

/// Guards, parser and lowering alone.
pub fn syntax_only(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let text: &str = &text;
    with_stack(|| {
        let tree = syntax::parse(FileId(0), text, None);
        for problem in &tree.problems {
            let places = [
                Some(problem.span),
                problem.related.as_ref().map(|one| one.0),
            ];
            for span in places.into_iter().flatten() {
                let slice = text.get(span.start as usize..span.end as usize);
                assert!(slice.is_some(), "{problem:?} in {} bytes", text.len());
            }
        }
        for (start, end) in &tree.spans {
            assert!(
                text.get(*start as usize..*end as usize).is_some(),
                "{start}..{end}"
            );
        }
        assert_eq!(tree.spans.len(), tree.expressions.len());
        let _ = syntax::template_markers(text);
    });
}

/// A Nix file by itself, through standard input.
pub fn module(bytes: &[u8]) {
    let files = vec![("home.nix".to_string(), bytes.to_vec())];
    check_tree(&files, Look::StandardInput("home.nix"), false);
}

/// Several files, the first of them `flake.nix`.
pub fn tree(bytes: &[u8]) {
    check_tree(&files(bytes, "flake.nix"), Look::Directory, false);
}

/// A rendered configuration, and what it includes.
pub fn openclaw_json(bytes: &[u8]) {
    let mut files = files(bytes, "openclaw.json");
    if !files.iter().any(|(name, _)| name == "openclaw.json") {
        files.push(("openclaw.json".to_string(), Vec::new()));
    }
    check_tree(&files, Look::File("openclaw.json"), false);
}

/// A flake with a password in it and something wrong.
const FLAKE: &str = include_str!("base/flake.nix");
/// Its module.
const HOME: &str = include_str!("base/home.nix");

fn base(extra: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        ("flake.nix".to_string(), FLAKE.into()),
        ("home.nix".to_string(), HOME.into()),
    ];
    files.retain(|(name, _)| name != extra);
    files.push((extra.to_string(), bytes.to_vec()));
    files
}

/// Checks a tree made of the base and one more file: its password, too, is printed nowhere.
fn check_base(files: &[(String, Vec<u8>)], use_git: bool) {
    check_tree(files, Look::Directory, use_git);
    let scratch = Scratch::new();
    scratch.fill(files);
    let root = scratch.path().canonicalize().expect("the directory");
    let request = request(&root, files, Look::Directory, use_git);
    with_stack(move || invariants::run(&request, &[PASSWORD]))
        .expect("a large stack")
        .unwrap_or_else(|fault| panic!("{fault}"));
}

/// The flake with these bytes as its `flake.lock`.
pub fn flake_lock(bytes: &[u8]) {
    check_base(&base("flake.lock", bytes), false);
}

/// The flake with these bytes as its settings.
pub fn settings(bytes: &[u8]) {
    check_base(&base("openclaw-check.toml", bytes), false);
}

/// The flake with each line of the input as a comment of its module, line by line.
pub fn suppressions(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let mut text = Vec::new();
    for line in HOME.lines() {
        if let Some(comment) = lines.next()
            && !comment.is_empty()
        {
            text.extend_from_slice(b"    # ");
            text.extend_from_slice(comment);
            text.push(b'\n');
        }
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    check_base(&base("home.nix", &text), false);
}

/// The flake with these bytes as what Nix evaluated.
pub fn evaluated_document(bytes: &[u8]) {
    let _ = evaluated::read(bytes);
    check_base(&base("evaluated.json", bytes), false);
}

/// The flake in a git checkout with these bytes as the index; its checksum is left out, as git can be told to do, so that there is
/// more to read than to refuse.
pub fn git_index(bytes: &[u8]) {
    const CHECKSUM: usize = 20;
    let mut index = bytes.to_vec();
    let end = index.len().saturating_sub(CHECKSUM);
    index[end..].fill(0);
    let mut files = base(".git/index", &index);
    for (name, text) in [
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".git/config", "[core]\n\trepositoryformatversion = 0\n"),
        (".git/objects/info/packs", "\n"),
    ] {
        files.push((name.to_string(), text.into()));
    }
    check_base(&files, true);
}
