//! What to look at, as the command line says it, and what that turns out to be.

use super::git::GitEnvironment;
use super::limits::Limits;
use super::path;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What is to be read.
#[derive(Clone, Debug)]
pub struct Request {
    /// A flake's directory, a `flake.nix`, a module or an `openclaw.json`. `None` is the current directory, or
    /// the flake above it in the same checkout.
    pub path: Option<PathBuf>,
    /// Text from standard input; then `path` is not read.
    pub standard_input: Option<StandardInput>,
    /// The root of the source tree, where it is not to be found out.
    pub root: Option<PathBuf>,
    /// Leave git alone: everything below the root is visible.
    pub no_git: bool,
    /// Names and contents come from git's index. Without this flag that is so where `GIT_INDEX_FILE` is set and
    /// belongs to the repository, because then git is about to commit just that.
    pub staged: bool,
    /// The real sources of flake inputs: name and directory.
    pub inputs: Vec<(String, PathBuf)>,
    /// Patterns in the syntax of `.gitignore`, relative to the root, that the search leaves out.
    pub exclude: Vec<String>,
    /// How much is read at most.
    pub limits: Limits,
    /// What git told the process.
    pub git_environment: GitEnvironment,
    /// Texts that stand for what files hold, by absolute path.
    pub edited: Arc<HashMap<String, Arc<[u8]>>>,
    /// Absolute; relative paths start here.
    pub current_directory: PathBuf,
}

impl Request {
    /// A request for one path, with nothing else asked for and nothing taken from the process.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Request {
            path: Some(path.into()),
            standard_input: None,
            root: None,
            no_git: false,
            staged: false,
            inputs: Vec::new(),
            exclude: Vec::new(),
            limits: Limits::default(),
            git_environment: GitEnvironment::default(),
            edited: Arc::default(),
            current_directory: PathBuf::from("/"),
        }
    }
}

/// Text from standard input.
#[derive(Clone, Debug)]
pub struct StandardInput {
    /// The file that it stands for (`--stdin-filename`); it need not exist.
    pub name: Option<PathBuf>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What the path of a request turned out to be. Paths are absolute, as text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A directory with a `flake.nix`.
    Flake {
        /// The directory.
        directory: String,
    },
    /// A directory without one.
    Directory {
        /// The directory.
        directory: String,
    },
    /// A Nix file that was named by itself.
    Module {
        /// The file.
        file: String,
    },
    /// A JSON file that was named by itself.
    Document {
        /// The file.
        file: String,
    },
}

impl Target {
    /// The directory of the target, or the one that holds it.
    pub fn directory(&self) -> &str {
        match self {
            Target::Flake { directory } | Target::Directory { directory } => directory,
            Target::Module { file } | Target::Document { file } => path::parent(file),
        }
    }
}

/// Why nothing can be looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenError {
    /// Wrong usage (exit code 2) and not something that could not be read (exit code 3).
    pub is_usage: bool,
    /// The path as it was given.
    pub path: String,
    /// What happened.
    pub message: String,
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.path, self.message)
    }
}

impl std::error::Error for OpenError {}
