//! The files as Nix sees them.
//!
//! A flake in a git checkout consists of the files that git tracks, wherever in the checkout the flake lies;
//! everything else does not exist for Nix. [`Workspace`] answers what exists and reads each file once. It never
//! follows a link out of the tree, never opens anything but regular files, and reads no more than its
//! [`Limits`](limits::Limits) allow.
//!
//! Paths are absolute host paths as text. Nix code that leaves the tree leaves it here too.

mod candidates;
pub mod fix;
pub mod flake_lock;
mod git;
pub mod limits;
pub mod measure;
mod open;
pub mod path;
pub mod problem;
pub mod request;
pub mod source;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use candidates::Names;
pub use candidates::{Candidate, CandidateKind, Search};
pub use git::GitEnvironment;
pub use problem::{ReadProblem, Visibility};
pub use request::{OpenError, Request, StandardInput, Target};

use crate::openclaw::configuration::Presence;
use crate::openclaw::tree::Unknown;
use crate::progress::Progress;
use limits::Limits;
use source::{FileId, SourceFile, Sources};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use tree::{LoadError, Node, Obstacle, Tree, View};

/// What kind of thing a directory entry is, in the words of `builtins.readDir`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FileType {
    /// A regular file.
    Regular,
    /// A directory.
    Directory,
    /// A symbolic link, not followed.
    Symlink,
    /// Anything else.
    Unknown,
}

impl FileType {
    /// As `builtins.readDir` names it.
    pub fn name(self) -> &'static str {
        match self {
            FileType::Regular => "regular",
            FileType::Directory => "directory",
            FileType::Symlink => "symlink",
            FileType::Unknown => "unknown",
        }
    }
}

/// The source of a flake input that was given with `--input`.
#[derive(Debug)]
struct Input {
    name: String,
    tree: Tree,
}

/// One source tree, and the inputs that were given beside it.
#[derive(Debug)]
pub struct Workspace {
    sources: Rc<Sources>,
    tree: Tree,
    inputs: Vec<Input>,
    targets: Vec<Target>,
    /// The nearest directory at or above the targets that holds settings.
    settings_directory: Option<String>,
    /// Files that stand for standard input: path and bytes.
    standard_input: Option<(String, Arc<[u8]>)>,
    /// Texts that stand for what files hold, by path.
    edited: Arc<HashMap<String, Arc<[u8]>>>,
    exclude: Vec<String>,
    /// Where it is told how many files were read.
    progress: Arc<Progress>,
    limits: Limits,
    warnings: Vec<String>,
    /// Whether what turned out later about git was told.
    told_late: Cell<bool>,
    read: RefCell<HashMap<String, Result<FileId, ReadProblem>>>,
    /// Bytes that the search kept, by path, until they are read.
    kept: RefCell<HashMap<String, Arc<[u8]>>>,
    files_read: Cell<usize>,
    /// Documents that were looked at, by path.
    measured: RefCell<HashMap<String, Presence>>,
    /// Where the sources of this workspace lie.
    places: RefCell<HashMap<FileId, String>>,
}

/// What is said where git cannot tell what is visible.
fn all_visible(reason: &str) -> String {
    format!("git's index cannot be read, all files are taken as visible: {reason}")
}

impl Workspace {
    /// The root of the source tree: git's top level, or the flake's directory without git.
    pub fn root(&self) -> &str {
        &self.tree.text
    }

    /// How many bytes of a path in the source tree lead to its root; what follows begins with `/`, or there is nothing.
    pub fn root_length(&self) -> usize {
        self.tree.text.trim_end_matches('/').len()
    }

    /// What the request's path turned out to be; the first, where several lie in this tree.
    pub fn target(&self) -> &Target {
        &self.targets[0]
    }

    /// What the paths in this tree turned out to be, in the order in which they were given; never empty.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The texts that were read.
    pub fn sources(&self) -> &Rc<Sources> {
        &self.sources
    }

    /// The absolute path of a file that this workspace read.
    pub fn path_of(&self, file: FileId) -> Option<String> {
        self.places.borrow().get(&file).cloned()
    }

    /// The bounds that hold.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What went wrong with git, in plain words; then everything below the root is taken as visible.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The same of what turned out later; `None` where it was told before.
    pub fn late_warning(&self) -> Option<String> {
        let (View::Tracked(view) | View::Staged(view)) = &self.tree.view else {
            return None;
        };
        let damage = view.index.damage()?;
        (!self.told_late.replace(true)).then(|| all_visible(&damage))
    }

    /// How many different files were read, data files included.
    pub fn files_read(&self) -> usize {
        self.files_read.get()
    }

    /// Leaves more out of the search: patterns in the syntax of `.gitignore`, relative to the root. Settings are read
    /// through the workspace, so they come after it.
    pub fn exclude(&mut self, patterns: impl IntoIterator<Item = String>) {
        self.exclude.extend(patterns);
    }

    /// Tells there how many files it reads.
    pub fn report_to(&mut self, progress: &Arc<Progress>) {
        self.progress = Arc::clone(progress);
    }

    /// The directory of the input of that name, if it was given.
    pub fn input(&self, name: &str) -> Option<&str> {
        self.inputs
            .iter()
            .find(|input| input.name == name)
            .map(|input| input.tree.text.as_str())
    }

    /// The inputs that were given: names and directories, sorted by name.
    pub fn inputs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.inputs
            .iter()
            .map(|input| (input.name.as_str(), input.tree.text.as_str()))
    }

    /// Whether git says what is visible (and not just the disk).
    pub fn uses_git(&self) -> bool {
        !matches!(self.tree.view, View::Whole)
    }

    /// Whether contents come from git's index.
    pub fn is_staged(&self) -> bool {
        matches!(self.tree.view, View::Staged(_))
    }

    /// The path as it is shown: relative to the root, with `/`, `.` for the root itself; absolute outside of it.
    pub fn relative(&self, path: &str) -> String {
        let path = path::normalize(path);
        match path::below(&self.tree.text, &path) {
            Some("") => ".".to_string(),
            Some(relative) => relative.to_string(),
            None => path,
        }
    }

    /// Whether the path lies in the Nix store.
    pub fn is_store_like(&self, path: &str) -> bool {
        path::is_store_like(&path::normalize(path))
    }

    /// Whether the path lies in the source tree itself (not in an input), whether there is anything or not.
    pub fn is_in_tree(&self, path: &str) -> bool {
        path::below(&self.tree.text, &path::normalize(path)).is_some()
    }

    /// What is at a path; links are followed inside the tree.
    pub fn visibility(&self, path: &str) -> Visibility {
        let path = path::normalize(path);
        if self.is_standard_input(&path) {
            return Visibility::File;
        }
        let Some((tree, relative)) = self.locate(&path) else {
            return Visibility::OutsideTree;
        };
        match tree.resolve(relative, &self.limits) {
            Ok((_, Node::Directory)) => Visibility::Directory,
            Ok(_) => Visibility::File,
            Err(obstacle) => match problem(tree, obstacle) {
                ReadProblem::Missing if self.kept.borrow().contains_key(&path) => Visibility::File,
                ReadProblem::Missing => Visibility::Missing,
                ReadProblem::Untracked => Visibility::Untracked,
                ReadProblem::InSubmodule => Visibility::InSubmodule,
                ReadProblem::MissingOrUntracked => Visibility::MissingOrUntracked,
                ReadProblem::OutsideTree | ReadProblem::LinkOutside => Visibility::OutsideTree,
                ReadProblem::Special(what) => Visibility::Special(what),
                ReadProblem::Unreadable(reason) => Visibility::Unreadable(reason),
                other => Visibility::Unreadable(other.to_string()),
            },
        }
    }

    /// From now on the files of git's submodules are seen in the tree that holds `directory`: its flake says so.
    pub fn see_submodules(&self, directory: &str) {
        if let Some((tree, _)) = self.locate(directory) {
            tree.sees_submodules.set(true);
        }
    }

    /// Whether a file is read only because the user named it, while git does not track it, so that Nix would not see it.
    pub fn is_seen_by_its_name_only(&self, path: &str) -> bool {
        let path = path::normalize(path);
        !self.is_standard_input(&path)
            && self
                .locate(&path)
                .is_some_and(|(tree, relative)| tree.is_seen_by_its_name_only(relative))
    }

    /// Whether there is a link at a path of the tree, leading wherever it may.
    pub fn is_link(&self, path: &str) -> bool {
        let path = path::normalize(path);
        let Some((tree, relative)) = self.locate(&path) else {
            return false;
        };
        let (parent, name) = relative.rsplit_once('/').unwrap_or(("", relative));
        match tree.resolve(parent, &self.limits) {
            Ok((folder, Node::Directory)) => {
                let here = path::join(&folder, name);
                matches!(tree.node(here.trim_start_matches('/')), Ok(Node::Link))
            }
            _ => false,
        }
    }

    /// Whether git tracks what is at a path. A file that the user named can be read although git does not
    /// track it, and then only this tells that Nix would not see it. `true` without git.
    pub fn is_tracked(&self, path: &str) -> bool {
        let path = path::normalize(path);
        match (
            &self.tree.view,
            path::below(&self.tree.text, &path).map(str::as_bytes),
        ) {
            (View::Tracked(view) | View::Staged(view), Some(relative)) => !view.hides(relative),
            _ => true,
        }
    }

    /// The path that a path leads to when its links are followed, as text.
    ///
    /// # Errors
    /// When there is nothing to be seen at the path.
    pub fn resolve(&self, path: &str) -> Result<String, ReadProblem> {
        let path = path::normalize(path);
        let (tree, relative) = self.locate(&path).ok_or(ReadProblem::OutsideTree)?;
        match tree.resolve(relative, &self.limits) {
            Ok((resolved, _)) => Ok(path::join(&tree.text, &resolved)),
            Err(obstacle) => Err(problem(tree, obstacle)),
        }
    }

    /// Reads a text file, once, and adds it to the sources. A `.nix` file with a byte-order mark is refused, as
    /// Nix refuses it.
    ///
    /// # Errors
    /// See [`ReadProblem`]; the same one each time for the same file.
    pub fn read(&self, path: &str) -> Result<FileId, ReadProblem> {
        let path = path::normalize(path);
        if let Some(known) = self.read.borrow().get(&path) {
            return known.clone();
        }
        let real = match self.resolve(&path) {
            Ok(real) => real,
            Err(_) if self.is_given(&path) => path.clone(),
            Err(problem) => {
                self.read.borrow_mut().insert(path, Err(problem.clone()));
                return Err(problem);
            }
        };
        let known = self.read.borrow().get(&real).cloned();
        let result = match known {
            Some(known) => known,
            None => self
                .load(&real, self.limits.file_bytes)
                .and_then(|bytes| self.add(&real, &bytes)),
        };
        let mut read = self.read.borrow_mut();
        if real != path {
            read.insert(real, result.clone());
        }
        read.insert(path, result.clone());
        result
    }

    /// Reads a file that is ours and not Nix's, tracked or not: `None` when it is not there.
    pub(crate) fn read_own(&self, path: &str) -> Option<Result<FileId, ReadProblem>> {
        match self.read(path) {
            Err(ReadProblem::Missing | ReadProblem::MissingOrUntracked) => None,
            Err(ReadProblem::Untracked) => {
                let path = path::normalize(path);
                let relative = path::below(&self.tree.text, &path)?;
                let host = self.tree.host(relative);
                if !host.symlink_metadata().is_ok_and(|file| file.is_file()) {
                    return None;
                }
                let mut bytes = Vec::new();
                let result = tree::load_from_disk(&host, self.limits.file_bytes, &mut bytes)
                    .map_err(|error| load_problem(error, self.limits.file_bytes))
                    .and_then(|()| self.add(&path, &bytes));
                self.read.borrow_mut().insert(path, result.clone());
                Some(result)
            }
            result => Some(result),
        }
    }

    /// Reads any file as bytes. Nothing is remembered: data files are read where they are used.
    ///
    /// # Errors
    /// See [`ReadProblem`].
    pub fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadProblem> {
        let path = path::normalize(path);
        if let Some(Ok(file)) = self.read.borrow().get(&path) {
            return Ok(self.sources.get(*file).text.as_bytes().to_vec());
        }
        match self.resolve(&path) {
            Err(_) if self.is_given(&path) => self.load(&path, self.limits.file_bytes),
            Err(problem) => Err(problem),
            Ok(real) => self.load(&real, self.limits.file_bytes),
        }
    }

    /// What lies in a directory, sorted by name, and of that only what Nix sees. Links are followed on the way
    /// to the directory, not in it.
    ///
    /// # Errors
    /// See [`ReadProblem`].
    pub fn read_directory(&self, path: &str) -> Result<Vec<(String, FileType)>, ReadProblem> {
        let path = path::normalize(path);
        let (tree, relative) = self.locate(&path).ok_or(ReadProblem::OutsideTree)?;
        let (real, node) = tree
            .resolve(relative, &self.limits)
            .map_err(|obstacle| problem(tree, obstacle))?;
        if node != Node::Directory {
            return Err(ReadProblem::NotDirectory);
        }
        let entries = tree
            .list(&real, &self.limits)
            .map_err(|error| load_problem(error, 0))?;
        Ok(entries
            .into_iter()
            .map(|(name, node)| {
                let kind = match node {
                    Some(Node::File) => FileType::Regular,
                    Some(Node::Directory) => FileType::Directory,
                    Some(Node::Link) => FileType::Symlink,
                    None => FileType::Unknown,
                };
                (name, kind)
            })
            .collect())
    }

    /// Whether a workspace document is there, and how long it is as OpenClaw counts. It is read once, however many
    /// configurations have it.
    pub fn document(&self, path: &str) -> Presence {
        let path = path::normalize(path);
        if let Some(known) = self.measured.borrow().get(&path) {
            return known.clone();
        }
        let presence = self.measure(&path);
        self.measured.borrow_mut().insert(path, presence.clone());
        presence
    }

    fn measure(&self, path: &str) -> Presence {
        let unknown = |reason: String| {
            Presence::Unknown(Unknown {
                subject: None,
                kind: None,
                reason,
                span: None,
            })
        };
        // The usual case, with one look at the disk: a file that is there.
        if !self.is_given(path)
            && let Some((tree, relative)) = self.locate(path)
            && let Ok((resolved, Node::File)) = tree.resolve(relative, &self.limits)
            && let Ok(bytes) = tree.load(&resolved, self.limits.document_bytes)
        {
            self.count_file();
            return measure::measure(&bytes);
        }
        match self.visibility(path) {
            Visibility::Directory => Presence::WrongKind,
            Visibility::Special(what) => Presence::Special(what),
            Visibility::Missing => Presence::Missing,
            Visibility::Untracked => Presence::Untracked,
            Visibility::InSubmodule => Presence::InSubmodule,
            Visibility::MissingOrUntracked => Presence::MissingOrUntracked,
            Visibility::OutsideTree => Presence::OutsideTree,
            Visibility::Unreadable(reason) => unknown(format!(
                "`{}` cannot be read: {reason}",
                self.relative(path)
            )),
            Visibility::File => {
                let real = self.resolve(path).unwrap_or_else(|_| path.to_string());
                match self.load(&real, self.limits.document_bytes) {
                    Ok(bytes) => measure::measure(&bytes),
                    Err(problem) => unknown(format!("`{}` {problem}", self.relative(path))),
                }
            }
        }
    }

    /// The tree that holds a normalized path, the innermost one where they lie inside each other, and the path
    /// relative to it.
    fn locate<'a>(&'a self, path: &'a str) -> Option<(&'a Tree, &'a str)> {
        std::iter::once(&self.tree)
            .chain(self.inputs.iter().map(|input| &input.tree))
            .filter_map(|tree| path::below(&tree.text, path).map(|relative| (tree, relative)))
            .min_by_key(|(_, relative)| relative.len())
    }

    fn is_standard_input(&self, path: &str) -> bool {
        self.standard_input
            .as_ref()
            .is_some_and(|(name, _)| name == path)
    }

    /// Whether the bytes of a path are at hand without the disk.
    fn is_given(&self, path: &str) -> bool {
        self.is_standard_input(path) || self.kept.borrow().contains_key(path)
    }

    /// The bytes of a resolved path.
    fn load(&self, real: &str, limit: u64) -> Result<Vec<u8>, ReadProblem> {
        if let Some(bytes) = self.edited.get(real) {
            self.count_file();
            return Ok(bytes.to_vec());
        }
        if let Some((name, bytes)) = &self.standard_input
            && name == real
        {
            return match bytes.len() as u64 {
                size if size > limit => Err(ReadProblem::TooLarge {
                    size: u64::MAX,
                    limit,
                }),
                _ => Ok(bytes.to_vec()),
            };
        }
        if let Some(bytes) = self.kept.borrow_mut().remove(real) {
            // The progress has it since the search.
            self.files_read.set(self.files_read.get() + 1);
            return Ok(bytes.to_vec());
        }
        let (tree, relative) = self.locate(real).ok_or(ReadProblem::OutsideTree)?;
        if tree.node(relative) == Ok(Node::Directory) {
            return Err(ReadProblem::IsDirectory);
        }
        let bytes = tree
            .load(relative, limit)
            .map_err(|error| load_problem(error, limit))?;
        self.count_file();
        Ok(bytes)
    }

    /// One more file was read.
    fn count_file(&self) {
        self.files_read.set(self.files_read.get() + 1);
        self.progress.file_read();
    }

    /// Adds the bytes of a file to the sources.
    fn add(&self, real: &str, bytes: &[u8]) -> Result<FileId, ReadProblem> {
        let shown = self.relative(real);
        let add = |file: SourceFile| {
            let file = self.sources.add(file);
            self.places.borrow_mut().insert(file, real.to_string());
            file
        };
        match std::str::from_utf8(bytes) {
            Err(error) => {
                let file = add(SourceFile::new(shown, String::from_utf8_lossy(bytes)));
                Err(ReadProblem::NotUtf8 {
                    file,
                    offset: error.valid_up_to() as u32,
                })
            }
            Ok(text) => {
                let file = add(SourceFile::new(shown, text));
                if real.ends_with(".nix") && text.starts_with('\u{feff}') {
                    return Err(ReadProblem::ByteOrderMark { file });
                }
                Ok(file)
            }
        }
    }
}

/// Reads a regular file that the user named, wherever it lies; or what a shell hands over as an open descriptor
/// (`<(command)`, `/dev/stdin`). A pipe with a name of its own may wait for ever and is not opened.
///
/// # Errors
/// In plain words, when there is none, or it is larger than `limit` bytes.
pub(crate) fn read_named(host: &std::path::Path, limit: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let is_descriptor = ["/dev/fd", "/proc/self/fd"]
        .iter()
        .any(|directory| host.parent() == Some(std::path::Path::new(directory)))
        || host == std::path::Path::new("/dev/stdin");
    if is_descriptor {
        return std::fs::File::open(host)
            .map_err(|error| tree::plain(&error))
            .and_then(|file| read_stream(file, limit));
    }
    match tree::load_from_disk(host, limit, &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(LoadError::Unreadable(reason)) => Err(reason),
        Err(error) => Err(load_problem(error, limit).to_string()),
    }
}

/// Reads a stream to its end.
///
/// # Errors
/// In plain words, when it cannot be read, or has more than `limit` bytes; no more than that is taken.
fn read_stream(stream: impl std::io::Read, limit: u64) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    stream
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot be read: {}", tree::plain(&error)))?;
    if bytes.len() as u64 > limit {
        return Err(format!("is larger than {}", limits::size(limit)));
    }
    Ok(bytes)
}

fn problem(tree: &Tree, obstacle: Obstacle) -> ReadProblem {
    match obstacle {
        Obstacle::Missing if tree.may_be_incomplete => ReadProblem::MissingOrUntracked,
        Obstacle::Missing => ReadProblem::Missing,
        Obstacle::Untracked => ReadProblem::Untracked,
        Obstacle::InSubmodule => ReadProblem::InSubmodule,
        Obstacle::Outside if tree.is_border_certain => ReadProblem::LinkOutside,
        Obstacle::Outside => ReadProblem::OutsideTree,
        Obstacle::Special(what) => ReadProblem::Special(what),
        Obstacle::LinkLoop => ReadProblem::LinkLoop,
        Obstacle::Unreadable(reason) => ReadProblem::Unreadable(reason),
    }
}

fn load_problem(error: LoadError, limit: u64) -> ReadProblem {
    match error {
        LoadError::TooLarge(size) => ReadProblem::TooLarge { size, limit },
        LoadError::Changed => ReadProblem::Changed,
        LoadError::Unreadable(reason) => ReadProblem::Unreadable(reason),
    }
}
