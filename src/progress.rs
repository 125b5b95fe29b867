//! How far a run is, for a person who waits.
//!
//! The work only counts; whether anything is shown, and when, is decided by the command line.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// What a run is busy with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Stage {
    /// Looking for files and reading them.
    Reading = 0,
    /// Evaluating configurations.
    Evaluating = 1,
    /// Running the rules.
    Checking = 2,
}

impl Stage {
    /// The word that is shown.
    pub fn label(self) -> &'static str {
        match self {
            Stage::Reading => "reading",
            Stage::Evaluating => "evaluating",
            Stage::Checking => "checking",
        }
    }
}

/// Counters that one thread moves and another may read.
#[derive(Debug, Default)]
pub struct Progress {
    stage: AtomicU8,
    files: AtomicUsize,
    configurations: AtomicUsize,
}

impl Progress {
    /// Says which stage has begun.
    pub fn enter(&self, stage: Stage) {
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    /// One more file was read.
    pub fn file_read(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    /// One more configuration was evaluated.
    pub fn configuration_done(&self) {
        self.configurations.fetch_add(1, Ordering::Relaxed);
    }

    /// One line of plain words: `reading, 120 files`.
    pub fn describe(&self) -> String {
        let stage = match self.stage.load(Ordering::Relaxed) {
            0 => Stage::Reading,
            1 => Stage::Evaluating,
            _ => Stage::Checking,
        };
        let files = self.files.load(Ordering::Relaxed);
        let configurations = self.configurations.load(Ordering::Relaxed);
        let mut text = stage.label().to_string();
        for (count, one, many) in [
            (files, "file", "files"),
            (configurations, "configuration", "configurations"),
        ] {
            match count {
                0 => {}
                1 => text.push_str(&format!(", 1 {one}")),
                _ => text.push_str(&format!(", {count} {many}")),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_it_is() {
        let progress = Progress::default();
        assert_eq!(progress.describe(), "reading");
        progress.file_read();
        assert_eq!(progress.describe(), "reading, 1 file");
        progress.enter(Stage::Checking);
        progress.configuration_done();
        assert_eq!(progress.describe(), "checking, 1 file, 1 configuration");
    }
}
