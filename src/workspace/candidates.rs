//! The search for files that may configure OpenClaw.
//!
//! Every `.nix` file of the tree is read once and searched for the program's names. Files without them are
//! forgotten at once; those with them are kept for [`Workspace::read`], so that nothing is read twice.

use super::git;
use super::limits::{Limits, size};
use super::path;
use super::tree::{self, LoadError, Reader, Tree, View};
use super::{ReadProblem, Workspace};
use crate::progress::Progress;
use aho_corasick::packed;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::{BTreeSet, HashSet};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// What kind of file it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CandidateKind {
    /// Nix code that mentions OpenClaw, by whichever of its names.
    Nix,
    /// JSON whose file name is that of OpenClaw's configuration (`openclaw.json`, `clawdbot.json5`), or has the
    /// program's name at its beginning or end (`openclaw-work.json`) and may be something else.
    Json {
        /// Whether it is the very name.
        certain: bool,
    },
}

/// A file that may configure OpenClaw.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Candidate {
    /// Absolute path as text.
    pub path: String,
    /// What kind of file it is.
    pub kind: CandidateKind,
    /// The nearest directory above it, not above the searched one, that has a `flake.nix`.
    pub flake: Option<String>,
}

/// What a search found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Search {
    /// The files, sorted by path.
    pub candidates: Vec<Candidate>,
    /// How many `.nix` files there are.
    pub nix_files: usize,
    /// How many bytes were read.
    pub bytes: u64,
    /// What could not be looked at: path as shown, and why. Sorted.
    pub problems: Vec<(String, String)>,
}

/// A file that the listing found.
struct Listed {
    /// Relative to the root, as the host names it.
    relative: Vec<u8>,
    kind: CandidateKind,
    /// Its staged content differs from the disk, or may; it was read already.
    staged: Option<Result<Vec<u8>, LoadError>>,
    /// It needs not be searched.
    reached: bool,
}

impl Workspace {
    /// Searches the files below a directory of the tree: those that git tracks, or without git those that it
    /// would not ignore, hidden build results and `node_modules` left out.
    pub fn candidates(&self, directory: &str) -> Search {
        self.candidates_beside(directory, &HashSet::new())
    }

    /// The same without the Nix files in `reached` (absolute paths): they are counted, but neither read nor found.
    pub fn candidates_beside(&self, directory: &str, reached: &HashSet<String>) -> Search {
        let directory = path::normalize(directory);
        let Some(below) = path::below(&self.tree.text, &directory) else {
            return Search::default();
        };
        let mut problems = BTreeSet::new();
        let exclude = self.excluded(&mut problems);
        let mut listed = self.listed(below, reached, &exclude, &mut problems);
        let mut scanned = scan(&self.tree.root, &listed, &self.limits, &self.progress);
        if let View::Tracked(view) = &self.tree.view
            && scanned.iter().any(|scan| matches!(scan, Scan::Gone))
            && !view.index.is_intact()
        {
            // What is gone may have another name.
            listed = self.listed(below, reached, &exclude, &mut problems);
            scanned = scan(&self.tree.root, &listed, &self.limits, &self.progress);
        }
        let flakes: BTreeSet<&[u8]> = listed
            .iter()
            .filter_map(|file| match &*file.relative {
                b"flake.nix" => Some(&b""[..]),
                relative => relative.strip_suffix(b"/flake.nix"),
            })
            .collect();

        let mut search = Search::default();
        let mut kept_bytes = 0;
        for (file, scan) in listed.iter().zip(scanned) {
            let path = || path::join(&self.tree.text, &String::from_utf8_lossy(&file.relative));
            if file.kind == CandidateKind::Nix {
                search.nix_files += 1;
            }
            let mentions = match scan {
                Scan::Not { bytes } => {
                    search.bytes += bytes;
                    false
                }
                Scan::Named => true,
                Scan::MentionsAndDropped { bytes } => {
                    search.bytes += bytes;
                    true
                }
                Scan::Mentions(bytes) => {
                    search.bytes += bytes.len() as u64;
                    kept_bytes += bytes.len() as u64;
                    // What is staged is read again from git unless it was read from there.
                    let exact = !self.is_staged() || file.staged.is_some();
                    if kept_bytes <= self.limits.kept_bytes && exact {
                        self.kept.borrow_mut().entry(path()).or_insert(bytes);
                    }
                    true
                }
                Scan::Failed(problem) => {
                    problems.insert((self.relative(&path()), problem.to_string()));
                    false
                }
                Scan::Reached | Scan::Gone => false,
            };
            if search.bytes > self.limits.total_bytes {
                problems.insert((
                    self.relative(&directory),
                    format!(
                        "more than {} of Nix files to search; the rest was not looked at",
                        size(self.limits.total_bytes)
                    ),
                ));
                break;
            }
            if mentions {
                search.candidates.push(Candidate {
                    path: path(),
                    kind: file.kind,
                    flake: nearest_flake(&flakes, &file.relative, below.as_bytes())
                        .map(|flake| path::join(&self.tree.text, &String::from_utf8_lossy(flake))),
                });
            }
        }
        search.candidates.sort();
        search.problems = problems.into_iter().collect();
        search
    }

    /// The files below a directory (relative to the root) that may be searched, in order.
    fn listed(
        &self,
        below: &str,
        reached: &HashSet<String>,
        exclude: &Gitignore,
        problems: &mut BTreeSet<(String, String)>,
    ) -> Vec<Listed> {
        let mut listed = match &self.tree.view {
            View::Whole => walk(&self.tree, below, &self.limits, exclude, problems),
            View::Tracked(view) if view.index.damage().is_some() => {
                walk(&self.tree, below, &self.limits, exclude, problems)
            }
            View::Tracked(view) | View::Staged(view) => view
                .below(below.as_bytes())
                .filter(|(relative, _)| is_plain(relative))
                .filter_map(|(relative, entry)| {
                    let is_file = matches!(
                        entry.mode,
                        gix_index::entry::Mode::FILE | gix_index::entry::Mode::FILE_EXECUTABLE
                    );
                    let wanted = is_file
                        && (matches!(self.tree.view, View::Tracked(_)) || git::is_staged(entry));
                    let kind = kind_of(relative).filter(|_| wanted)?;
                    if excludes(exclude, relative) {
                        return None;
                    }
                    let staged = match &self.tree.view {
                        View::Staged(view)
                            if kind == CandidateKind::Nix
                                && !view.index.is_as_on_disk(
                                    entry,
                                    &path::host(&self.tree.root, relative),
                                ) =>
                        {
                            Some(view.load(entry, self.limits.file_bytes))
                        }
                        _ => None,
                    };
                    Some(Listed {
                        relative: relative.to_vec(),
                        kind,
                        staged,
                        reached: false,
                    })
                })
                .collect(),
        };
        // A merge conflict has a path several times.
        listed.sort_by(|left, right| left.relative.cmp(&right.relative));
        listed.dedup_by(|left, right| left.relative == right.relative);
        if listed.len() > self.limits.files {
            listed.truncate(self.limits.files);
            problems.insert((
                if below.is_empty() { "." } else { below }.to_string(),
                format!(
                    "more than {} files to search; the rest was not looked at",
                    self.limits.files
                ),
            ));
        }
        for file in &mut listed {
            file.reached = !reached.is_empty()
                && reached.contains(&path::join(
                    &self.tree.text,
                    &String::from_utf8_lossy(&file.relative),
                ));
        }
        listed
    }

    /// The matcher of what the request leaves out.
    fn excluded(&self, problems: &mut BTreeSet<(String, String)>) -> Gitignore {
        let mut builder = GitignoreBuilder::new("");
        for pattern in &self.exclude {
            if let Err(error) = builder.add_line(None, pattern) {
                problems.insert((pattern.clone(), error.to_string()));
            }
        }
        builder.build().unwrap_or_else(|_| Gitignore::empty())
    }
}

/// Whether an exclude pattern holds for a relative path or a directory above it.
fn excludes(exclude: &Gitignore, relative: &[u8]) -> bool {
    !exclude.is_empty()
        && exclude
            .matched_path_or_any_parents(path::host(Path::new(""), relative), false)
            .is_ignore()
}

/// Whether a path of an index stays in the work tree: git writes no others, but a file can say anything.
fn is_plain(relative: &[u8]) -> bool {
    relative
        .split(|byte| *byte == b'/')
        .all(|part| !matches!(part, b"" | b"." | b".." | b".git"))
}

/// Whether the name makes a file a candidate, or one to be searched.
fn kind_of(relative: &[u8]) -> Option<CandidateKind> {
    const NAMES: [&str; 3] = ["openclaw", "clawdbot", "moltbot"];
    let name = relative.rsplit(|byte| *byte == b'/').next()?;
    if name.ends_with(b".nix") {
        return Some(CandidateKind::Nix);
    }
    let name = std::str::from_utf8(name).ok()?.to_ascii_lowercase();
    let stem = [".json", ".json5", ".jsonc"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))?;
    if NAMES.contains(&stem) {
        return Some(CandidateKind::Json { certain: true });
    }
    let has_name = NAMES
        .iter()
        .any(|name| stem.starts_with(name) || stem.ends_with(name));
    // The manifest of a plugin, and a schema, are other things.
    let is_other = stem.ends_with(".plugin") || stem.contains("schema");
    (has_name && !is_other).then_some(CandidateKind::Json { certain: false })
}

/// The nearest directory at or above the file, not above `top`, that is a flake.
fn nearest_flake<'a>(flakes: &BTreeSet<&'a [u8]>, file: &[u8], top: &[u8]) -> Option<&'a [u8]> {
    let mut directory = file;
    loop {
        directory = match directory.iter().rposition(|byte| *byte == b'/') {
            Some(slash) => &directory[..slash],
            None => b"",
        };
        if let Some(flake) = flakes.get(directory) {
            return Some(flake);
        }
        if directory.is_empty() || directory == top {
            return None;
        }
    }
}

/// Lists the files below a directory on disk, as git would see them.
fn walk(
    tree: &Tree,
    below: &str,
    limits: &Limits,
    exclude: &Gitignore,
    problems: &mut BTreeSet<(String, String)>,
) -> Vec<Listed> {
    // In the store lies only what was chosen already, also what is tracked and matches an ignore pattern.
    let honours_ignore = !path::is_store_like(&tree.text);
    let mut ignores: Vec<(usize, Gitignore)> = Vec::new();
    if honours_ignore {
        // Patterns of the directories above the one that is searched hold in it too.
        let mut above: PathBuf = tree.root.clone();
        for part in Path::new(below).components() {
            ignores.extend(patterns_of(&above).map(|patterns| (0, patterns)));
            above.push(part);
        }
    }
    let start = tree.host(below);
    let mut listed = Vec::new();
    let mut walker = walkdir::WalkDir::new(&start)
        .follow_links(false)
        // Beside each other they differ in their names only, and to cut those off takes longer than to compare.
        .sort_by(|one, other| one.path().as_os_str().cmp(other.path().as_os_str()))
        .into_iter();
    while let Some(entry) = walker.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let place = error.path().unwrap_or(&start);
                let shown = place.strip_prefix(&tree.root).unwrap_or(place);
                let reason = match error.io_error() {
                    Some(error) => tree::plain(error),
                    None => "cannot be listed".to_string(),
                };
                problems.insert((path::to_text(shown), format!("cannot be read: {reason}")));
                continue;
            }
        };
        let kind = entry.file_type();
        let is_directory = kind.is_dir();
        if !is_directory && !kind.is_file() {
            continue;
        }
        let relative = below_root(tree, entry.path());
        while entry.depth() > 0
            && ignores
                .last()
                .is_some_and(|(depth, _)| *depth >= entry.depth())
        {
            ignores.pop();
        }
        if is_directory {
            let name = entry.file_name().as_bytes();
            let skip = entry.depth() > 0
                && (matches!(name, b".git" | b"node_modules")
                    || is_ignored(&ignores, entry.path(), true)
                    || excludes(exclude, relative));
            if skip {
                walker.skip_current_dir();
                continue;
            }
            if entry.depth() > limits.depth {
                problems.insert((
                    String::from_utf8_lossy(relative).into_owned(),
                    format!("nested deeper than {} directories", limits.depth),
                ));
                walker.skip_current_dir();
                continue;
            }
            if honours_ignore && let Some(patterns) = patterns_of(entry.path()) {
                ignores.push((entry.depth(), patterns));
            }
            continue;
        }
        if let Some(kind) = kind_of(relative)
            && !excludes(exclude, relative)
            && !is_ignored(&ignores, entry.path(), false)
        {
            listed.push(Listed {
                relative: relative.to_vec(),
                kind,
                staged: None,
                reached: false,
            });
            if listed.len() > limits.files {
                break;
            }
        }
    }
    listed
}

/// A path of the walk relative to the root of the tree, which it begins with. To compare paths part by part takes a quarter of
/// the time of the walk.
fn below_root<'p>(tree: &Tree, path: &'p Path) -> &'p [u8] {
    let bytes = path.as_os_str().as_bytes();
    let below = bytes.strip_prefix(tree.root.as_os_str().as_bytes());
    below.map_or(bytes, |below| below.strip_prefix(b"/").unwrap_or(below))
}

/// Largest `.gitignore` that is heeded; each of its patterns is tried on each path.
const LARGEST_IGNORE: u64 = 256 << 10;

/// The patterns of a directory's `.gitignore`. Git does not follow one that is a link either.
fn patterns_of(directory: &Path) -> Option<Gitignore> {
    let file = directory.join(".gitignore");
    let metadata = file.symlink_metadata().ok()?;
    (metadata.is_file() && metadata.len() <= LARGEST_IGNORE).then(|| Gitignore::new(file).0)
}

/// Whether git would ignore a path: the innermost file of patterns that speaks of it decides.
fn is_ignored(ignores: &[(usize, Gitignore)], path: &Path, is_directory: bool) -> bool {
    ignores
        .iter()
        .rev()
        .map(|(_, patterns)| patterns.matched(path, is_directory))
        .find(|matched| !matched.is_none())
        .is_some_and(|matched| matched.is_ignore())
}

/// What searching one file gave.
enum Scan {
    /// Its name is enough.
    Named,
    /// Read, and nothing in it.
    Not {
        bytes: u64,
    },
    /// OpenClaw is mentioned.
    Mentions(Arc<[u8]>),
    /// Not to be searched.
    Reached,
    /// The same, in a tree that has more of it than is kept.
    MentionsAndDropped {
        bytes: u64,
    },
    /// Tracked, but deleted on disk, or a link there.
    Gone,
    Failed(ReadProblem),
}

/// How many files a thread takes at a time.
const SHARE: usize = 32;

/// Searches the files, on all cores when there are many.
fn scan(root: &Path, listed: &[Listed], limits: &Limits, progress: &Progress) -> Vec<Scan> {
    // Made when a file is searched: that costs more than searching a few of them.
    let names = OnceLock::new();
    let next = AtomicUsize::new(0);
    let total = AtomicU64::new(0);
    let kept = AtomicU64::new(0);
    let work = || {
        let mut done: Vec<(usize, Vec<Scan>)> = Vec::new();
        let mut reader = Reader::default();
        loop {
            let start = next.fetch_add(SHARE, Ordering::Relaxed);
            // Shares are taken in order, so what lies before the limit has always been read.
            if start >= listed.len() || total.load(Ordering::Relaxed) > limits.total_bytes {
                return done;
            }
            let share = &listed[start..listed.len().min(start + SHARE)];
            let scans: Vec<Scan> = share
                .iter()
                .map(|file| {
                    progress.file_read();
                    match scan_file(root, file, limits, &names, &mut reader) {
                        Scan::Mentions(text) => {
                            let bytes = text.len() as u64;
                            match kept.fetch_add(bytes, Ordering::Relaxed) + bytes
                                > limits.kept_bytes
                            {
                                true => Scan::MentionsAndDropped { bytes },
                                false => Scan::Mentions(text),
                            }
                        }
                        scan => scan,
                    }
                })
                .collect();
            let bytes: u64 = scans
                .iter()
                .map(|scan| match scan {
                    Scan::Not { bytes } | Scan::MentionsAndDropped { bytes } => *bytes,
                    Scan::Mentions(bytes) => bytes.len() as u64,
                    _ => 0,
                })
                .sum();
            total.fetch_add(bytes, Ordering::Relaxed);
            done.push((start, scans));
        }
    };
    // Starting a thread costs as much as reading a few files.
    let threads = match listed.len() {
        0..=128 => 1,
        _ => std::thread::available_parallelism().map_or(1, |count| count.get().min(8)),
    };
    let mut shares = if threads == 1 {
        work()
    } else {
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut shares = work();
            for other in others {
                match other.join() {
                    Ok(more) => shares.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            shares
        })
    };
    shares.sort_by_key(|(start, _)| *start);
    shares.into_iter().flat_map(|(_, scans)| scans).collect()
}

fn scan_file(
    root: &Path,
    file: &Listed,
    limits: &Limits,
    names: &OnceLock<Names>,
    reader: &mut Reader,
) -> Scan {
    if file.kind != CandidateKind::Nix {
        return Scan::Named;
    }
    if file.reached {
        return Scan::Reached;
    }
    let names = names.get_or_init(Names::new);
    let failed = |error| match error {
        LoadError::TooLarge(size) => ReadProblem::TooLarge {
            size,
            limit: limits.file_bytes,
        },
        LoadError::Changed => ReadProblem::Changed,
        LoadError::Unreadable(reason) => ReadProblem::Unreadable(reason),
    };
    match &file.staged {
        Some(Ok(bytes)) if names.occur_in(bytes) => return Scan::Mentions(Arc::from(&bytes[..])),
        Some(Ok(bytes)) => {
            return Scan::Not {
                bytes: bytes.len() as u64,
            };
        }
        Some(Err(error)) => return Scan::Failed(failed(error.clone())),
        None => {}
    }
    let host = path::host(root, &file.relative);
    match reader.read(&host, limits.file_bytes) {
        // What it leads to is looked at where it is, if that is in the tree.
        Ok(None) => Scan::Gone,
        Ok(Some(bytes)) if names.occur_in(bytes) => Scan::Mentions(Arc::from(bytes)),
        Ok(Some(bytes)) => Scan::Not {
            bytes: bytes.len() as u64,
        },
        // A large generated file is no trouble as long as it has nothing to do with OpenClaw.
        Err(LoadError::TooLarge(size)) => match scan_large(&host, size, limits, names) {
            Ok(None) => Scan::Not { bytes: size },
            Ok(Some(problem)) => Scan::Failed(problem),
            Err(_) => Scan::Failed(failed(LoadError::TooLarge(size))),
        },
        Err(LoadError::Unreadable(_)) if host.symlink_metadata().is_err() => Scan::Gone,
        Err(error) => Scan::Failed(failed(error)),
    }
}

/// Searches a file above the size limit piece by piece; a problem when it mentions OpenClaw.
fn scan_large(
    host: &Path,
    size: u64,
    limits: &Limits,
    names: &Names,
) -> std::io::Result<Option<ReadProblem>> {
    const PIECE: usize = 1 << 20;
    /// Longer than the longest name, so that none is cut by the end of a piece.
    const OVERLAP: usize = 16;
    let mut file = tree::open_without_waiting(host, libc::O_NOFOLLOW)?.take(size);
    let mut buffer = Vec::new();
    loop {
        let kept = buffer.len().min(OVERLAP);
        buffer.drain(..buffer.len() - kept);
        let read = file.by_ref().take(PIECE as u64).read_to_end(&mut buffer)?;
        if names.occur_in(&buffer) {
            return Ok(Some(ReadProblem::TooLarge {
                size,
                limit: limits.file_bytes,
            }));
        }
        if read == 0 {
            return Ok(None);
        }
    }
}

/// Finds `openclaw`, `clawdbot` and `moltbot` in any case.
///
/// The vector search of the `aho-corasick` crate knows no case, so it looks for the two rarest three letters in
/// all their cases, and the few places are then looked at closely.
pub(crate) struct Names {
    packed: Option<packed::Searcher>,
}

impl Names {
    /// A search for them.
    pub(crate) fn new() -> Self {
        let mut builder = packed::Config::new().builder();
        for letters in [*b"law", *b"ltb"] {
            for cases in 0..8u8 {
                let mut pattern = letters;
                for (position, letter) in pattern.iter_mut().enumerate() {
                    if cases & (1 << position) != 0 {
                        letter.make_ascii_uppercase();
                    }
                }
                builder.add(pattern);
            }
        }
        Names {
            packed: builder.build(),
        }
    }

    /// Whether one of them is in these bytes.
    pub(crate) fn occur_in(&self, bytes: &[u8]) -> bool {
        match &self.packed {
            Some(packed) => packed
                .find_iter(bytes)
                .any(|found| is_name(bytes, found.start())),
            // A processor without vector instructions.
            None => (0..bytes.len()).any(|position| is_name(bytes, position)),
        }
    }
}

/// Whether `law` of openclaw or clawdbot, or `ltb` of moltbot, is at this position.
fn is_name(bytes: &[u8], position: usize) -> bool {
    let matches = |start: Option<usize>, name: &[u8]| {
        start
            .and_then(|start| bytes.get(start..start + name.len()))
            .is_some_and(|part| part.eq_ignore_ascii_case(name))
    };
    matches(position.checked_sub(5), b"openclaw")
        || matches(position.checked_sub(1), b"clawdbot")
        || matches(position.checked_sub(2), b"moltbot")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_names_in_any_case_and_nothing_else() {
        let names = Names::new();
        for text in [
            "programs.openclaw",
            "OPENCLAW",
            "xOpenClawx",
            "clawdbot",
            "a ClawdBot",
            "moltbot",
            "MOLTbot",
        ] {
            assert!(names.occur_in(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "law",
            "open claw",
            "clawd",
            "ltb",
            "lawn of molt bot",
            "openclo",
        ] {
            assert!(!names.occur_in(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn both_ways_of_searching_agree() {
        let slow = Names { packed: None };
        let fast = Names::new();
        for text in [
            "a openclaw",
            "molt",
            "CLAWDBOT",
            "penclaw",
            "moltbo",
            "moltbot",
        ] {
            assert_eq!(
                slow.occur_in(text.as_bytes()),
                fast.occur_in(text.as_bytes()),
                "{text}"
            );
        }
    }

    #[test]
    fn names_of_configuration_files() {
        let certain = Some(CandidateKind::Json { certain: true });
        let perhaps = Some(CandidateKind::Json { certain: false });
        assert_eq!(kind_of(b"a/openclaw.json"), certain);
        assert_eq!(kind_of(b"Moltbot.json5"), certain);
        assert_eq!(kind_of(b"x/openclaw-work.json"), perhaps);
        assert_eq!(kind_of(b"openclaw.plugin.json"), None);
        assert_eq!(kind_of(b"openclaw-schema.json"), None);
        assert_eq!(kind_of(b"package.json"), None);
        assert_eq!(kind_of(b"a/b.nix"), Some(CandidateKind::Nix));
    }

    #[test]
    fn the_nearest_flake_is_not_above_the_searched_directory() {
        let flakes = BTreeSet::from([&b""[..], &b"hosts/a"[..]]);
        assert_eq!(
            nearest_flake(&flakes, b"hosts/a/x/y.nix", b""),
            Some(&b"hosts/a"[..])
        );
        assert_eq!(
            nearest_flake(&flakes, b"hosts/b/y.nix", b""),
            Some(&b""[..])
        );
        assert_eq!(nearest_flake(&flakes, b"hosts/b/y.nix", b"hosts"), None);
    }
}
