//! What a run is asked to do, and what it gives back.

use crate::pipeline::Examined;
use crate::progress::Progress;
use crate::report::finding::Report;
use crate::workspace::source::Sources;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

/// One thing to check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A flake directory, a `flake.nix`, a module or an `openclaw.json`, as it was named.
    Path(PathBuf),
    /// Text that came through standard input.
    StandardInput {
        /// The bytes.
        text: Vec<u8>,
        /// The name that it is reported under; its ending also tells Nix from JSON. Empty: told by the text.
        name: String,
    },
}

/// Everything that decides what a run finds. How it is printed is not part of it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What to check, in the order given; empty means the current directory.
    pub targets: Vec<Target>,
    /// The OpenClaw release to check against: a version, or `latest`. `None`: work it out.
    pub openclaw_version: Option<String>,
    /// A file of option values that Nix evaluated.
    pub evaluated: Option<PathBuf>,
    /// Real sources of flake inputs: the input's name and a directory.
    pub inputs: Vec<(String, PathBuf)>,
    /// Files whose variable names are known to exist at run time; values are never looked at.
    pub env_files: Vec<PathBuf>,
    /// Only these rules run; empty means all.
    pub select: Vec<String>,
    /// These rules do not run.
    pub ignore: Vec<String>,
    /// The root of the source tree; `None`: work it out.
    pub root: Option<PathBuf>,
    /// Do not ask git what is tracked: every file of the tree is seen.
    pub no_git: bool,
    /// Names and contents come from git's index: what is about to be committed is what is checked.
    pub staged: bool,
    /// The settings file to read instead of the one at the root of the flake.
    pub settings: Option<PathBuf>,
    /// Only these configurations are checked and reported; empty means all. The name of a host stands for its
    /// users too (`nixosConfigurations.desk` for `nixosConfigurations.desk: home-manager.users.alice`), and what is
    /// wrong with a file that such a configuration needs is reported whoever else needs it.
    pub configurations: Vec<String>,
    /// What could not be checked counts as an error.
    pub strict: bool,
    /// Warnings count for the exit code.
    pub deny_warnings: bool,
    /// Texts that stand for what files hold, by absolute path: what fixes would make of them.
    pub edited: Arc<HashMap<String, Arc<[u8]>>>,
    /// Where the work says how far it is; anybody may watch.
    pub progress: Arc<Progress>,
}

/// What a run gives back.
#[derive(Default)]
pub struct Outcome {
    /// What was found; merged and sorted.
    pub report: Report,
    /// The files that the report's places lie in.
    pub sources: Rc<Sources>,
    /// The source trees that were opened, with what configures OpenClaw in them: for applying fixes, and for showing.
    pub trees: Vec<Examined>,
    /// Whether what could not be checked counts as an error: the request's wish, or the settings file's.
    pub strict: bool,
    /// Whether warnings count for the exit code: the request's wish, or the settings file's.
    pub deny_warnings: bool,
    /// What the request itself demands and cannot be: wrong usage, in plain words.
    pub usage_errors: Vec<String>,
    /// The settings file (`openclaw-check.toml`) was refused; the report says where and why.
    pub settings_refused: bool,
}
