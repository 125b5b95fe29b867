//! What git knows: which files it tracks, and what is staged. Read from its files, without starting it.

use gix_index::entry::{Flags, Mode};
use gix_object::{Find as _, FindHeader as _};
use sha1::{Digest as _, Sha1};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

/// The variables by which git tells its hooks about the repository. Handed in, so that nothing in here
/// depends on the state of the process.
#[derive(Clone, Debug, Default)]
pub struct GitEnvironment {
    /// `GIT_DIR`.
    pub directory: Option<PathBuf>,
    /// `GIT_WORK_TREE`.
    pub work_tree: Option<PathBuf>,
    /// `GIT_INDEX_FILE`.
    pub index_file: Option<PathBuf>,
}

impl GitEnvironment {
    /// As the process has it; empty variables count as not set.
    pub fn from_process() -> Self {
        let variable = |name| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        GitEnvironment {
            directory: variable("GIT_DIR"),
            work_tree: variable("GIT_WORK_TREE"),
            index_file: variable("GIT_INDEX_FILE"),
        }
    }
}

/// A checkout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Repository {
    /// Top level of the work tree, canonical.
    pub work_tree: PathBuf,
    /// Where this work tree's own state is (`.git`, or `.git/worktrees/<name>`).
    pub directory: PathBuf,
}

impl Repository {
    /// The checkout that holds the directory `start` (canonical): the nearest one above, or the one that the
    /// environment names, if that lies nearer.
    ///
    /// # Errors
    /// In plain words, when there is a `.git` that cannot be understood.
    pub fn discover(
        start: &Path,
        environment: &GitEnvironment,
        current_directory: &Path,
    ) -> Result<Option<Repository>, String> {
        let named = Self::from_environment(environment, current_directory);
        for directory in start.ancestors() {
            if let Some(named) = &named
                && named.work_tree == directory
            {
                return Ok(Some(named.clone()));
            }
            if let Some(found) = Self::at(directory)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// `GIT_DIR` with `GIT_WORK_TREE`. Without the latter git takes the current directory as the top level, and has
    /// made it so in hooks; one that went down from there still means its own checkout.
    fn from_environment(environment: &GitEnvironment, current: &Path) -> Option<Repository> {
        let directory = current.join(environment.directory.as_ref()?);
        directory.join("HEAD").symlink_metadata().ok()?;
        let directory = directory.canonicalize().ok()?;
        let work_tree = match &environment.work_tree {
            Some(path) => current.join(path).canonicalize().ok()?,
            None => {
                let current = current.canonicalize().ok()?;
                let around = current
                    .ancestors()
                    .find_map(|ancestor| Self::at(ancestor).ok().flatten());
                match around {
                    Some(around) if around.directory == directory => around.work_tree,
                    _ => current,
                }
            }
        };
        Some(Repository {
            work_tree,
            directory,
        })
    }

    /// The checkout whose top level is this directory.
    fn at(directory: &Path) -> Result<Option<Repository>, String> {
        let dot_git = directory.join(".git");
        let Ok(metadata) = std::fs::metadata(&dot_git) else {
            return Ok(None);
        };
        let found = if metadata.is_dir() {
            // An empty `.git` folder, or a piece of one, is no repository, neither for git.
            if !is_git_directory(&dot_git) {
                return Ok(None);
            }
            dot_git.clone()
        } else if metadata.is_file() {
            let text = read_small(&dot_git)?;
            let Some(target) = text.strip_prefix("gitdir:") else {
                return Err(format!("{} names no git directory", dot_git.display()));
            };
            directory.join(target.trim())
        } else {
            return Ok(None);
        };
        let found = found
            .canonicalize()
            .map_err(|error| format!("{}: {error}", found.display()))?;
        if !is_git_directory(&found) {
            return Err(format!("{} is no git directory", found.display()));
        }
        Ok(Some(Repository {
            work_tree: directory.to_path_buf(),
            directory: found,
        }))
    }

    /// What all work trees of the repository share (objects, configuration).
    fn common_directory(&self) -> PathBuf {
        match read_small(&self.directory.join("commondir")) {
            Ok(text) => self.directory.join(text.trim_end_matches(['\n', '\r'])),
            Err(_) => self.directory.clone(),
        }
    }

    /// Reads the index at `file`, or the work tree's own. A repository without an index tracks nothing yet. With `verify` a
    /// large one is verified too, and not only when it matters.
    ///
    /// # Errors
    /// In plain words, when the index cannot be read.
    pub fn index(&self, file: Option<&Path>, verify: bool) -> Result<Index, String> {
        let file = match file {
            Some(file) => file.to_path_buf(),
            None => self.directory.join("index"),
        };
        let common_directory = self.common_directory();
        if uses_sha256(&common_directory) {
            return Err("its objects are named by SHA-256, which is not supported".to_string());
        }
        let intact = OnceCell::new();
        let state = match std::fs::metadata(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let _ = intact.set(true);
                gix_index::State::new(KIND)
            }
            Err(error) => return Err(error.to_string()),
            Ok(metadata) if !metadata.is_file() => {
                return Err(format!("{} is not a file", file.display()));
            }
            Ok(metadata) => {
                if (verify || metadata.len() <= LARGEST_VERIFIED_AT_ONCE)
                    && !*intact.get_or_init(|| is_intact(&file))
                {
                    return Err(format!("{}: {DAMAGED}", file.display()));
                }
                open(&file, false)?.into_parts().0
            }
        };
        if state.is_sparse() {
            return Err(
                "it is sparse (`git sparse-checkout reapply --no-sparse-index` mends that)"
                    .to_string(),
            );
        }
        Ok(Index {
            state,
            file,
            intact,
            objects: common_directory.join("objects"),
            database: OnceCell::new(),
        })
    }
}

/// Whether git would take a directory for one of its own: without an index it tracks nothing, which must not be said of any other.
fn is_git_directory(directory: &Path) -> bool {
    let has = |name: &str| directory.join(name).symlink_metadata().is_ok();
    has("HEAD") && (has("objects") || has("commondir"))
}

/// The kind of names that objects have.
const KIND: gix_index::hash::Kind = gix_index::hash::Kind::Sha1;

/// An index up to this many bytes, enough for some hundreds of files, is verified before anything is taken from it; a larger
/// one when a file that lies there would not be tracked. Git itself verifies none.
const LARGEST_VERIFIED_AT_ONCE: u64 = 64 << 10;

/// What is said of an index that is not as git wrote it.
const DAMAGED: &str = "its checksum is another one";

fn open(file: &Path, verify: bool) -> Result<gix_index::File, String> {
    let options = gix_index::decode::Options {
        thread_limit: Some(1),
        ..Default::default()
    };
    gix_index::File::at(file, KIND, !verify, options)
        .map_err(|error| format!("{}: {error}", file.display()))
}

/// Whether an index has the checksum that it should have. What is broken would look like files that git does not track.
///
/// The library can tell as well, but it also looks for collisions that were made on purpose, which takes longer than all the
/// rest of a run. It is asked where the index has a second half.
fn is_intact(file: &Path) -> bool {
    let Ok(bytes) = std::fs::read(file) else {
        return false;
    };
    let Some((content, checksum)) = bytes.split_last_chunk::<20>() else {
        return false;
    };
    // Git writes none where `index.skipHash` is set.
    let is_right = *checksum == [0; 20] || Sha1::digest(content)[..] == checksum[..];
    // The name of the extension that leads to the other half. A file may be called so too.
    let is_split = content.windows(4).any(|window| window == b"link");
    is_right && (!is_split || open(file, true).is_ok())
}

/// Reads a file of git's own that holds one line.
fn read_small(path: &Path) -> Result<String, String> {
    use std::io::Read;
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(format!("{} is not a file", path.display()));
    }
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(64 * 1024).read_to_string(&mut text))
        .map_err(failed)?;
    Ok(text)
}

fn uses_sha256(common_directory: &Path) -> bool {
    read_small(&common_directory.join("config")).is_ok_and(|text| {
        text.lines().any(|line| {
            let line = line.to_ascii_lowercase();
            let mut sides = line.split('=').map(str::trim);
            sides.next() == Some("objectformat") && sides.next() == Some("sha256")
        })
    })
}

/// What is at a path of the index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tracked<'a> {
    /// A file.
    File(&'a gix_index::Entry),
    /// A symbolic link.
    Link(&'a gix_index::Entry),
    /// A directory with tracked files in it, or a submodule (whose files Nix does not see).
    Directory,
    /// Not there.
    No,
}

/// The index of a work tree.
pub(super) struct Index {
    state: gix_index::State,
    file: PathBuf,
    /// Whether the file has its checksum, once that was asked.
    intact: OnceCell<bool>,
    objects: PathBuf,
    database: OnceCell<Result<gix_odb::Handle, String>>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Index of {} entries", self.state.entries().len())
    }
}

impl Index {
    /// Whether nothing in it is broken.
    pub fn is_intact(&self) -> bool {
        *self.intact.get_or_init(|| is_intact(&self.file))
    }

    /// In plain words, where it was asked for and is broken.
    pub fn damage(&self) -> Option<String> {
        (self.intact.get() == Some(&false)).then(|| format!("{}: {DAMAGED}", self.file.display()))
    }

    /// What is at `path`, relative to the top of the work tree, the empty path being the top itself.
    pub fn find(&self, path: &[u8]) -> Tracked<'_> {
        if path.is_empty() {
            return Tracked::Directory;
        }
        if let Some(entry) = self.entry(path) {
            return match entry.mode {
                Mode::FILE | Mode::FILE_EXECUTABLE => Tracked::File(entry),
                Mode::SYMLINK => Tracked::Link(entry),
                _ => Tracked::Directory,
            };
        }
        if self.below(path).next().is_some() {
            Tracked::Directory
        } else {
            Tracked::No
        }
    }

    /// Whether `path`, relative to the top of the work tree, lies in a submodule. The index has of those only the commit.
    pub fn is_in_submodule(&self, path: &[u8]) -> bool {
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        ends.map(|(end, _)| &path[..end])
            .filter_map(|above| self.entry(above))
            .any(|entry| entry.mode == Mode::COMMIT)
    }

    /// The entry of exactly this path; of several in a merge conflict, ours.
    fn entry(&self, path: &[u8]) -> Option<&gix_index::Entry> {
        let entries = self.state.entries();
        let start = entries.partition_point(|entry| &**entry.path(&self.state) < path);
        let same = entries[start..]
            .iter()
            .take_while(|entry| **entry.path(&self.state) == *path);
        same.min_by_key(|entry| match entry.stage_raw() {
            0 => 0,
            2 => 1,
            _ => 2,
        })
    }

    /// All entries below the directory `path`, in git's order, with their paths relative to the top.
    pub fn below<'a>(
        &'a self,
        path: &[u8],
    ) -> impl Iterator<Item = (&'a [u8], &'a gix_index::Entry)> + use<'a> {
        let mut prefix = path.to_vec();
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        let entries = self.state.entries();
        let start = entries.partition_point(|entry| **entry.path(&self.state) < *prefix);
        entries[start..]
            .iter()
            .map(|entry| (&**entry.path(&self.state), entry))
            .take_while(move |(path, _)| path.starts_with(&prefix))
    }

    /// Whether the file on disk is what is staged, as far as size and time tell, and as git itself decides it:
    /// a file that changed in the very moment in which the index was written does not count.
    pub fn is_as_on_disk(&self, entry: &gix_index::Entry, host: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        let Ok(metadata) = std::fs::symlink_metadata(host) else {
            return false;
        };
        let time = entry.stat.mtime;
        let written = self.state.timestamp();
        metadata.is_file()
            && entry.stage_raw() == 0
            && u64::from(entry.stat.size) == metadata.len()
            && i64::from(time.secs) == metadata.mtime()
            && i64::from(time.nsecs) == metadata.mtime_nsec()
            && (i64::from(time.secs), time.nsecs) < (written.unix_seconds(), written.nanoseconds())
    }

    /// The staged content of an entry.
    ///
    /// # Errors
    /// When the object is larger than `limit`, missing or broken.
    pub fn content(&self, entry: &gix_index::Entry, limit: u64) -> Result<Vec<u8>, ContentError> {
        if entry.stage_raw() != 0 {
            return Err(ContentError::Unreadable(
                "it has a merge conflict".to_string(),
            ));
        }
        let database = self
            .database
            .get_or_init(|| {
                gix_odb::at(&self.objects, gix_index::hash::Kind::Sha1)
                    .map_err(|error| format!("git's objects cannot be read: {error}"))
            })
            .as_ref()
            .map_err(|message| ContentError::Unreadable(message.clone()))?;
        let missing = || ContentError::Unreadable(format!("git has no object {}", entry.id));
        let header = database
            .try_header(&entry.id)
            .map_err(|error| ContentError::Unreadable(error.to_string()))?
            .ok_or_else(missing)?;
        if header.size > limit {
            return Err(ContentError::TooLarge(header.size));
        }
        let mut bytes = Vec::new();
        database
            .try_find(&entry.id, &mut bytes)
            .map_err(|error| ContentError::Unreadable(error.to_string()))?
            .ok_or_else(missing)?;
        Ok(bytes)
    }
}

/// Why staged content cannot be had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ContentError {
    /// Larger than the limit: its size in bytes.
    TooLarge(u64),
    /// In plain words.
    Unreadable(String),
}

/// Whether a commit would contain the entry: `git add --intent-to-add` only announces a file.
pub(super) fn is_staged(entry: &gix_index::Entry) -> bool {
    !entry.flags.contains(Flags::INTENT_TO_ADD)
}

/// Whether git left the file out of the work tree on purpose (sparse checkout).
pub(super) fn is_left_out(entry: &gix_index::Entry) -> bool {
    entry.flags.contains(Flags::SKIP_WORKTREE)
}
