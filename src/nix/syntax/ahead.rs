//! Files that another thread reads while the ones before them are evaluated.

use super::{Parsed, read};
use crate::workspace::source::FileId;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

/// How many files the other thread is in front at most: what it made waits in memory, many times as large as the text.
const AT_MOST: usize = 16;

/// Stack of the other thread, in bytes; what it nests is bounded before it parses. Pages that are never touched cost nothing.
const STACK: usize = 64 << 20;

/// Files that are being read in their order by another thread.
pub struct Ahead {
    /// Positions of the files in that order.
    order: HashMap<FileId, usize>,
    /// The position of the next one to come.
    next: usize,
    /// Came before they were asked for.
    early: HashMap<FileId, Parsed>,
    coming: Option<Receiver<(FileId, Parsed)>>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Begins to read files, in the order in which they will be asked for. `None` where there is no other thread to do it.
    pub fn begin(files: Vec<(FileId, Arc<str>)>) -> Option<Self> {
        match thread::available_parallelism().map_or(1, usize::from) {
            0..2 => None,
            _ => Ahead::start(files),
        }
    }

    fn start(files: Vec<(FileId, Arc<str>)>) -> Option<Self> {
        let order = files
            .iter()
            .enumerate()
            .map(|(position, (file, _))| (*file, position))
            .collect();
        let (sender, coming) = sync_channel(AT_MOST);
        let work = move || {
            for (file, text) in files {
                if sender.send((file, read(file, &text))).is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().stack_size(STACK).spawn(work).ok()?;
        Some(Ahead {
            order,
            next: 0,
            early: HashMap::new(),
            coming: Some(coming),
            thread: Some(thread),
        })
    }

    /// What was read of a file, once; `None` where it is not among the files, or would take longer than to read it here.
    pub fn take(&mut self, file: FileId) -> Option<Parsed> {
        let position = *self.order.get(&file)?;
        if let Some(parsed) = self.early.remove(&file) {
            return Some(parsed);
        }
        if position < self.next || position - self.next > AT_MOST {
            return None;
        }
        // It ends early only where reading a file panicked: then that file is read again by whoever needs it.
        while let Ok((known, parsed)) = self.coming.as_ref()?.recv() {
            self.next += 1;
            if known == file {
                return Some(parsed);
            }
            self.early.insert(known, parsed);
        }
        self.coming = None;
        None
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        // Nobody listens: the other thread ends after the file that it is at.
        self.coming = None;
        if let Some(thread) = self.thread.take() {
            // A panic was told by the hook of the process.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nix::syntax::{finish, parse};

    fn texts(count: u32) -> Vec<(FileId, Arc<str>)> {
        (0..count)
            .map(|number| (FileId(number), format!("{{ a = {number}; }}").into()))
            .collect()
    }

    /// The tree as it is read ahead, or here where it is not.
    fn tree(ahead: &mut Ahead, (file, text): &(FileId, Arc<str>)) -> String {
        let tree = match ahead.take(*file) {
            Some(parsed) => finish(parsed, *file, text.len(), None),
            None => parse(*file, text, None),
        };
        format!("{tree:?}")
    }

    #[test]
    fn in_whichever_order_they_are_asked_for_the_trees_are_the_same() {
        let files = texts(3 * AT_MOST as u32);
        let forwards: Vec<usize> = (0..files.len()).collect();
        let backwards: Vec<usize> = forwards.iter().rev().copied().collect();
        let jumping: Vec<usize> = forwards.iter().map(|at| at * 7 % files.len()).collect();
        for order in [forwards, backwards, jumping] {
            let mut ahead = Ahead::start(files.clone()).expect("a thread");
            for at in order {
                let here = parse(files[at].0, &files[at].1, None);
                assert_eq!(tree(&mut ahead, &files[at]), format!("{here:?}"));
            }
        }
    }

    #[test]
    fn a_file_that_is_not_among_them_or_was_taken_is_not_waited_for() {
        let mut ahead = Ahead::start(texts(2)).expect("a thread");
        assert!(ahead.take(FileId(9)).is_none());
        assert!(ahead.take(FileId(0)).is_some());
        assert!(ahead.take(FileId(0)).is_none());
    }

    #[test]
    fn what_nobody_asks_for_is_not_waited_for_at_the_end() {
        drop(Ahead::start(texts(1_000)));
    }
}
