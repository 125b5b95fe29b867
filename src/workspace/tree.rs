//! One directory tree, and what of it can be seen.

use super::git::{self, ContentError, Index, Tracked};
use super::limits::Limits;
use super::path;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Which files of a tree exist for the reader.
#[derive(Debug)]
pub(super) enum View {
    /// All that are on disk.
    Whole,
    /// Those that git tracks, with the content that is on disk.
    Tracked(IndexView),
    /// Those that are staged, with the content that is staged.
    Staged(IndexView),
}

/// An index, and where the tree lies in its work tree.
#[derive(Debug)]
pub(super) struct IndexView {
    pub index: Index,
    /// Path of the tree's root relative to the top of the work tree; empty for the top.
    pub prefix: Vec<u8>,
}

impl IndexView {
    fn key(&self, relative: &[u8]) -> Vec<u8> {
        let mut key = self.prefix.clone();
        if !key.is_empty() && !relative.is_empty() {
            key.push(b'/');
        }
        key.extend_from_slice(relative);
        key
    }

    pub fn find(&self, relative: &[u8]) -> Tracked<'_> {
        self.index.find(&self.key(relative))
    }

    /// Whether something that lies on the disk is not there, because git does not track it. Where the index turns out to be
    /// broken, everything is there.
    pub fn hides(&self, relative: &[u8]) -> bool {
        self.find(relative) == Tracked::No && self.index.is_intact()
    }

    /// Whether something lies in a submodule.
    pub fn is_in_submodule(&self, relative: &[u8]) -> bool {
        self.index.is_in_submodule(&self.key(relative))
    }

    /// The staged content of an entry.
    pub fn load(&self, entry: &gix_index::Entry, limit: u64) -> Result<Vec<u8>, LoadError> {
        self.index
            .content(entry, limit)
            .map_err(|error| match error {
                ContentError::TooLarge(size) => LoadError::TooLarge(size),
                ContentError::Unreadable(message) => LoadError::Unreadable(message),
            })
    }

    /// Entries below a directory of the tree, with their paths relative to the tree's root.
    pub fn below<'a>(
        &'a self,
        relative: &[u8],
    ) -> impl Iterator<Item = (&'a [u8], &'a gix_index::Entry)> + use<'a> {
        let skip = match self.prefix.len() {
            0 => 0,
            length => length + 1,
        };
        self.index
            .below(&self.key(relative))
            .map(move |(path, entry)| (&path[skip..], entry))
    }
}

/// What is at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Node {
    File,
    Directory,
    Link,
}

/// Why nothing can be had at a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Obstacle {
    Missing,
    Untracked,
    /// In a git submodule, which nothing makes visible.
    InSubmodule,
    Outside,
    /// What it is instead: "a named pipe".
    Special(&'static str),
    LinkLoop,
    /// In plain words.
    Unreadable(String),
}

/// Why bytes could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum LoadError {
    TooLarge(u64),
    Changed,
    Unreadable(String),
}

/// A root directory with its view.
#[derive(Debug)]
pub(super) struct Tree {
    /// Canonical.
    pub root: PathBuf,
    /// Whether a missing file may just not be tracked: without git, what was copied here may be all that git
    /// tracked of it.
    pub may_be_incomplete: bool,
    /// Whether the root is what Nix will take as the source, so that a link out of it leads nowhere.
    pub is_border_certain: bool,
    /// The root as text; all paths of the tree start with it.
    pub text: String,
    pub view: View,
    /// Files named by the user (relative): they can be read wherever their links lead, tracked or not.
    pub named: BTreeSet<String>,
    /// Whether the files of git's submodules are there for Nix, `inputs.self.submodules`.
    pub sees_submodules: Cell<bool>,
    /// Directories that were seen to be real, so that a path costs one look at the disk and not one for each part.
    directories: RefCell<HashSet<String>>,
}

impl Tree {
    pub fn new(root: PathBuf, view: View) -> Self {
        Tree {
            text: path::to_text(&root),
            root,
            may_be_incomplete: false,
            is_border_certain: false,
            view,
            named: BTreeSet::new(),
            sees_submodules: Cell::new(false),
            directories: RefCell::new(HashSet::new()),
        }
    }

    /// Whether a file is seen here only because the user named it: git does not track it, so Nix does not see it.
    pub fn is_seen_by_its_name_only(&self, relative: &str) -> bool {
        self.named.contains(relative)
            && matches!(&self.view, View::Tracked(view) if view.hides(relative.as_bytes()))
    }

    /// Follows the links of a path relative to the root.
    pub fn resolve(&self, relative: &str, limits: &Limits) -> Result<(String, Node), Obstacle> {
        if self.named.contains(relative) {
            return match fs::metadata(self.host(relative)) {
                Ok(metadata) if metadata.is_file() => Ok((relative.to_string(), Node::File)),
                Ok(metadata) => Err(Obstacle::Special(special(metadata.file_type()))),
                Err(error) => Err(obstacle(&error)),
            };
        }
        let mut done: Vec<String> = Vec::new();
        let mut pending: Vec<String> = parts(relative);
        let mut links = 0;
        // The path that was looked at last, for the end is looked at once only.
        let mut last: Option<(String, Node)> = None;
        while let Some(part) = pending.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    if done.pop().is_none() {
                        return Err(Obstacle::Outside);
                    }
                    continue;
                }
                _ => done.push(part),
            }
            let here = done.join("/");
            let node = match self.node(&here) {
                Ok(node) => node,
                Err(hidden @ (Obstacle::Untracked | Obstacle::InSubmodule)) => {
                    // An untracked directory: whether the rest of the path exists in it decides.
                    let rest = pending.iter().rev().cloned().collect::<Vec<_>>().join("/");
                    let exists = rest.is_empty()
                        || fs::symlink_metadata(self.host(&here).join(rest)).is_ok();
                    return Err(match exists {
                        true => hidden,
                        false => Obstacle::Missing,
                    });
                }
                Err(Obstacle::Missing) if path::is_lossy(&here) => {
                    return Err(Obstacle::Unreadable(
                        "its name is not UTF-8, or not there".to_string(),
                    ));
                }
                Err(obstacle) => return Err(obstacle),
            };
            match node {
                Node::Directory => {}
                Node::File if pending.is_empty() => last = Some((here, node)),
                Node::File => return Err(Obstacle::Missing),
                Node::Link => {
                    links += 1;
                    if links > limits.links {
                        return Err(Obstacle::LinkLoop);
                    }
                    let target = self.link_target(&here)?;
                    if target.starts_with('/') {
                        // In the store the tree lies elsewhere, so no absolute link leads into it.
                        return Err(Obstacle::Outside);
                    }
                    done.pop();
                    pending.extend(parts(&target));
                }
            }
        }
        let resolved = done.join("/");
        let node = match last {
            Some((path, node)) if path == resolved => node,
            _ => self.node(&resolved)?,
        };
        Ok((resolved, node))
    }

    /// What is at a path whose parents are real directories. A link is not followed.
    pub fn node(&self, relative: &str) -> Result<Node, Obstacle> {
        if relative.is_empty() || self.directories.borrow().contains(relative) {
            return Ok(Node::Directory);
        }
        let node = match &self.view {
            View::Whole => self.on_disk(relative),
            View::Tracked(view) => match (self.on_disk(relative), view.find(relative.as_bytes())) {
                (Err(Obstacle::Missing), Tracked::File(entry) | Tracked::Link(entry))
                    if git::is_left_out(entry) =>
                {
                    Err(Obstacle::Unreadable(
                        "git tracks it, but it is not checked out here".to_string(),
                    ))
                }
                (Ok(node), Tracked::No) if view.index.is_intact() => {
                    self.not_in_index(view, relative, node)
                }
                (on_disk, _) => on_disk,
            },
            View::Staged(view) => match view.find(relative.as_bytes()) {
                Tracked::File(entry) if git::is_staged(entry) => Ok(Node::File),
                Tracked::Link(entry) if git::is_staged(entry) => Ok(Node::Link),
                Tracked::Directory => Ok(Node::Directory),
                _ => match self.on_disk(relative) {
                    Ok(node) => self.not_in_index(view, relative, node),
                    Err(obstacle) => Err(obstacle),
                },
            },
        };
        if node == Ok(Node::Directory) {
            self.directories.borrow_mut().insert(relative.to_string());
        }
        node
    }

    /// What is on the disk and not in the index: of a submodule, if those are seen, or nothing.
    fn not_in_index(
        &self,
        view: &IndexView,
        relative: &str,
        on_disk: Node,
    ) -> Result<Node, Obstacle> {
        match view.is_in_submodule(relative.as_bytes()) {
            true if self.sees_submodules.get() => Ok(on_disk),
            true => Err(Obstacle::InSubmodule),
            false => Err(Obstacle::Untracked),
        }
    }

    /// Whether a directory is a submodule, or lies in one, and such are seen.
    fn is_seen_submodule(&self, view: &IndexView, relative: &str) -> bool {
        self.sees_submodules.get() && view.is_in_submodule(format!("{relative}/x").as_bytes())
    }

    fn on_disk(&self, relative: &str) -> Result<Node, Obstacle> {
        let metadata =
            fs::symlink_metadata(self.host(relative)).map_err(|error| obstacle(&error))?;
        let kind = metadata.file_type();
        if kind.is_file() {
            Ok(Node::File)
        } else if kind.is_dir() {
            Ok(Node::Directory)
        } else if kind.is_symlink() {
            Ok(Node::Link)
        } else {
            Err(Obstacle::Special(special(kind)))
        }
    }

    fn link_target(&self, relative: &str) -> Result<String, Obstacle> {
        let bytes = match &self.view {
            View::Staged(view) => match view.find(relative.as_bytes()) {
                Tracked::Link(entry) => {
                    view.index
                        .content(entry, 64 * 1024)
                        .map_err(|error| match error {
                            ContentError::TooLarge(_) => {
                                Obstacle::Unreadable("the link is too long".to_string())
                            }
                            ContentError::Unreadable(message) => Obstacle::Unreadable(message),
                        })?
                }
                _ => return Err(Obstacle::Missing),
            },
            _ => {
                use std::os::unix::ffi::OsStringExt;
                fs::read_link(self.host(relative))
                    .map_err(|error| obstacle(&error))?
                    .into_os_string()
                    .into_vec()
            }
        };
        String::from_utf8(bytes)
            .map_err(|_| Obstacle::Unreadable("the link leads to a name that is not UTF-8".into()))
    }

    /// The bytes of a resolved file.
    pub fn load(&self, relative: &str, limit: u64) -> Result<Vec<u8>, LoadError> {
        if let View::Staged(view) = &self.view
            && let Tracked::File(entry) = view.find(relative.as_bytes())
        {
            return view.load(entry, limit);
        }
        let mut bytes = Vec::new();
        load_from_disk(&self.host(relative), limit, &mut bytes)?;
        Ok(bytes)
    }

    /// What lies in a resolved directory, by name; links are not followed.
    pub fn list(
        &self,
        relative: &str,
        limits: &Limits,
    ) -> Result<BTreeMap<String, Option<Node>>, LoadError> {
        let mut found = BTreeMap::new();
        let too_many = || {
            LoadError::Unreadable(format!(
                "the directory has more than {} entries",
                limits.directory_entries
            ))
        };
        if let View::Staged(view) = &self.view
            && !self.is_seen_submodule(view, relative)
        {
            let skip = match relative.len() {
                0 => 0,
                length => length + 1,
            };
            for (path, entry) in view.below(relative.as_bytes()) {
                let rest = &path[skip..];
                let name = rest.split(|byte| *byte == b'/').next().unwrap_or(rest);
                let direct = name.len() == rest.len();
                if direct && !git::is_staged(entry) {
                    continue;
                }
                let node = match entry.mode {
                    _ if !direct => Node::Directory,
                    gix_index::entry::Mode::SYMLINK => Node::Link,
                    gix_index::entry::Mode::FILE | gix_index::entry::Mode::FILE_EXECUTABLE => {
                        Node::File
                    }
                    _ => Node::Directory,
                };
                found.insert(String::from_utf8_lossy(name).into_owned(), Some(node));
                if found.len() > limits.directory_entries {
                    return Err(too_many());
                }
            }
            return Ok(found);
        }
        let failed = |error: std::io::Error| LoadError::Unreadable(plain(&error));
        for entry in fs::read_dir(self.host(relative)).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = match relative {
                "" => name.clone(),
                relative => format!("{relative}/{name}"),
            };
            if let View::Tracked(view) | View::Staged(view) = &self.view
                && !self.named.contains(&below)
                && view.hides(below.as_bytes())
                && (name == ".git" || !self.is_seen_submodule(view, relative))
            {
                continue;
            }
            let kind = entry.file_type().map_err(failed)?;
            let node = if kind.is_file() {
                Some(Node::File)
            } else if kind.is_dir() {
                Some(Node::Directory)
            } else if kind.is_symlink() {
                Some(Node::Link)
            } else {
                None
            };
            found.insert(name, node);
            if found.len() > limits.directory_entries {
                return Err(too_many());
            }
        }
        Ok(found)
    }

    /// A relative path on the host.
    pub fn host(&self, relative: &str) -> PathBuf {
        path::host(&self.root, relative.as_bytes())
    }
}

/// The parts of a relative path, last one first.
fn parts(relative: &str) -> Vec<String> {
    relative.rsplit('/').map(str::to_string).collect()
}

fn obstacle(error: &std::io::Error) -> Obstacle {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Obstacle::Missing,
        ErrorKind::InvalidInput | ErrorKind::InvalidFilename => Obstacle::Missing,
        _ => Obstacle::Unreadable(plain(error)),
    }
}

/// An error of the host in plain words, without its number.
pub(super) fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file or directory".to_string(),
        ErrorKind::PermissionDenied => "permission denied".to_string(),
        ErrorKind::IsADirectory => "it is a directory".to_string(),
        ErrorKind::NotADirectory => "a part of the path is not a directory".to_string(),
        _ => {
            let text = error.to_string();
            match text.find(" (os error") {
                Some(end) => text[..end].to_string(),
                None => text,
            }
        }
    }
}

/// What a file that is neither file, directory nor link is.
pub(super) fn special(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_char_device() || kind.is_block_device() {
        "a device"
    } else if kind.is_dir() {
        "a directory"
    } else {
        "not a regular file"
    }
}

/// Reads many files one after the other into one buffer, which is neither allocated nor cleared for each: that is half
/// of what reading a small file costs.
#[derive(Default)]
pub(super) struct Reader {
    /// As long as the longest file so far; what is behind the current one is left over from others.
    buffer: Vec<u8>,
}

impl Reader {
    /// The bytes of a regular file; `None` for a link, which is not followed.
    ///
    /// The path is looked up once only, which is most of what a small file costs; so the file is opened first, in a
    /// way that waits for no pipe, and looked at then.
    pub fn read(&mut self, host: &Path, limit: u64) -> Result<Option<&[u8]>, LoadError> {
        let unreadable = |error: std::io::Error| LoadError::Unreadable(plain(&error));
        let mut file = match open_without_waiting(host, libc::O_NOFOLLOW) {
            Err(error) if error.raw_os_error() == Some(libc::ELOOP) => return Ok(None),
            opened => opened.map_err(unreadable)?,
        };
        let metadata = file.metadata().map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(LoadError::Unreadable(format!(
                "it is {}",
                special(metadata.file_type())
            )));
        }
        if metadata.len() > limit {
            return Err(LoadError::TooLarge(metadata.len()));
        }
        let length = metadata.len() as usize;
        if self.buffer.len() <= length {
            self.buffer.resize((length + 1).next_power_of_two(), 0);
        }
        // One byte more than the file has, to notice one that grew.
        match file.read(&mut self.buffer[..length + 1]) {
            Ok(read) if read == length => Ok(Some(&self.buffer[..length])),
            // In pieces, or changed: the slow way tells which.
            _ => {
                let mut bytes = Vec::new();
                load_from_disk(host, limit, &mut bytes)?;
                let length = bytes.len();
                if self.buffer.len() < length {
                    self.buffer.resize(length, 0);
                }
                self.buffer[..length].copy_from_slice(&bytes);
                Ok(Some(&self.buffer[..length]))
            }
        }
    }
}

/// Opens for reading, without waiting for the other end of a pipe and without getting a terminal.
pub(super) fn open_without_waiting(host: &Path, flags: i32) -> std::io::Result<File> {
    fs::OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | flags)
        .open(host)
}

/// Reads a regular file into `bytes` (emptied first), and notices when it changes meanwhile. Anything else is
/// never opened, for opening a pipe may wait forever.
pub(super) fn load_from_disk(
    host: &Path,
    limit: u64,
    bytes: &mut Vec<u8>,
) -> Result<(), LoadError> {
    bytes.clear();
    let unreadable = |error: std::io::Error| LoadError::Unreadable(plain(&error));
    let before = fs::metadata(host).map_err(unreadable)?;
    if !before.is_file() {
        return Err(LoadError::Unreadable(format!(
            "it is {}",
            special(before.file_type())
        )));
    }
    if before.len() > limit {
        return Err(LoadError::TooLarge(before.len()));
    }
    // What was a file a moment ago may be a pipe by now.
    let file = open_without_waiting(host, 0).map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(LoadError::Changed);
    }
    bytes.reserve(before.len() as usize + 1);
    (&file)
        .take(limit + 1)
        .read_to_end(bytes)
        .map_err(unreadable)?;
    let after = file.metadata().map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(LoadError::TooLarge(after.len().max(bytes.len() as u64)));
    }
    if after.len() != bytes.len() as u64 || after.modified().ok() != before.modified().ok() {
        return Err(LoadError::Changed);
    }
    Ok(())
}
