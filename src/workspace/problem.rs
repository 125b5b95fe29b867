//! What can stand in the way of reading a file.

use super::limits;
use super::source::FileId;

/// Why a file could not be read as a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadProblem {
    /// No such file.
    Missing,
    /// On disk, but git does not track it, so that Nix does not see it.
    Untracked,
    /// On disk in a git submodule: Nix sees those only where it is told to.
    InSubmodule,
    /// Missing, or not tracked: without git it cannot be told.
    MissingOrUntracked,
    /// Outside of the source tree and of all inputs, or a link that leads there where the root is only guessed.
    OutsideTree,
    /// A symbolic link in the source tree that leads out of it. In the store there is nothing behind it.
    LinkOutside,
    /// A directory where a file is needed.
    IsDirectory,
    /// A file where a directory is needed.
    NotDirectory,
    /// A pipe, socket or device; never opened. Holds what it is: "a named pipe".
    Special(&'static str),
    /// Symbolic links in a circle.
    LinkLoop,
    /// Above the size limit.
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// Not UTF-8. The text is among the sources with replacement characters, for showing the place only.
    NotUtf8 {
        /// The file.
        file: FileId,
        /// Offset of the first byte that is not UTF-8; the same in the original and in the stored text.
        offset: u32,
    },
    /// Starts with a byte-order mark, which Nix refuses.
    ByteOrderMark {
        /// The file, with the mark.
        file: FileId,
    },
    /// Changed while it was read.
    Changed,
    /// The host refuses; in plain words.
    Unreadable(String),
}

impl ReadProblem {
    /// The file whose text is among the sources all the same, for a place to point at.
    pub fn file(&self) -> Option<FileId> {
        match self {
            ReadProblem::NotUtf8 { file, .. } | ReadProblem::ByteOrderMark { file } => Some(*file),
            _ => None,
        }
    }

    /// Whether Nix could not read it either, so that it is the source's fault (a finding) and not one of this
    /// machine or of our limits (a failure, exit code 3).
    pub fn is_fault_of_the_source(&self) -> bool {
        !matches!(
            self,
            ReadProblem::TooLarge { .. } | ReadProblem::Changed | ReadProblem::Unreadable(_)
        )
    }
}

impl std::fmt::Display for ReadProblem {
    /// What is wrong with "it", without the file's name: "is not tracked by git, so Nix does not see it".
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadProblem::Missing => write!(out, "does not exist"),
            ReadProblem::Untracked => {
                write!(out, "is not tracked by git, so Nix does not see it")
            }
            ReadProblem::InSubmodule => write!(
                out,
                "lies in a git submodule, which Nix does not see unless it is told to"
            ),
            ReadProblem::MissingOrUntracked => write!(out, "is missing, or not tracked by git"),
            ReadProblem::OutsideTree => write!(out, "lies outside of the source tree"),
            ReadProblem::LinkOutside => {
                write!(out, "is a symbolic link that leads out of the source tree")
            }
            ReadProblem::IsDirectory => write!(out, "is a directory, not a file"),
            ReadProblem::NotDirectory => write!(out, "is a file, not a directory"),
            ReadProblem::Special(what) => write!(out, "is {what}, not a regular file"),
            ReadProblem::LinkLoop => write!(out, "is a symbolic link that leads in a circle"),
            // Of a stream no more is read.
            ReadProblem::TooLarge { size, limit } if *size == u64::MAX => {
                write!(out, "is too large: more than {}", limits::size(*limit))
            }
            ReadProblem::TooLarge { size, limit } => write!(
                out,
                "is too large: {} (the limit is {})",
                limits::size(*size),
                limits::size(*limit)
            ),
            ReadProblem::NotUtf8 { offset, .. } => {
                write!(out, "is not UTF-8 (first wrong byte at offset {offset})")
            }
            ReadProblem::ByteOrderMark { .. } => write!(
                out,
                "starts with a byte-order mark, which Nix does not accept"
            ),
            ReadProblem::Changed => write!(out, "changed while it was read"),
            ReadProblem::Unreadable(reason) => write!(out, "cannot be read: {reason}"),
        }
    }
}

impl Visibility {
    /// Why Nix fails on a path that the sources name, if there is nothing for it.
    pub fn refusal(&self) -> Option<ReadProblem> {
        match self {
            Visibility::Missing => Some(ReadProblem::Missing),
            Visibility::Untracked => Some(ReadProblem::Untracked),
            Visibility::InSubmodule => Some(ReadProblem::InSubmodule),
            Visibility::MissingOrUntracked => Some(ReadProblem::MissingOrUntracked),
            _ => None,
        }
    }
}

/// What a path is, as far as the sources can see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Visibility {
    /// A regular file; links were followed inside the tree.
    File,
    /// A directory; links were followed inside the tree.
    Directory,
    /// Not there.
    Missing,
    /// On disk, but git does not track it, so that Nix does not see it.
    Untracked,
    /// On disk in a git submodule, which Nix does not see here.
    InSubmodule,
    /// Missing, or not tracked: without git it cannot be told.
    MissingOrUntracked,
    /// Outside of the source tree and of all inputs, or a link that leads there.
    OutsideTree,
    /// A pipe, socket or device. Holds what it is.
    Special(&'static str),
    /// Cannot be looked at; in plain words.
    Unreadable(String),
}
