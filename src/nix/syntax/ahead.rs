//! Files that are read by another thread too while the ones before them are evaluated.

use super::{Parsed, read};
use crate::workspace::source::FileId;
use std::collections::HashMap;
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread::{self, JoinHandle};

/// How many files are read in front at most by each thread: what is made waits in memory, many times as large as the text.
const AT_MOST: usize = 16;

/// Stack of the other thread, in bytes; what it nests is bounded before it parses. Pages that are never touched cost nothing.
const STACK: usize = 64 << 20;

/// Files that two threads read in their order: another one all of them, and the first one those that it would have to wait for.
pub struct Ahead {
    shared: Arc<Shared>,
    /// Positions of the files in that order.
    order: HashMap<FileId, usize>,
    /// Of each file whether the other thread is not waited for: the first one has read it, or has got it.
    is_here: Vec<bool>,
    /// Read before they were asked for.
    early: HashMap<FileId, Parsed>,
    coming: Option<Receiver<(usize, Parsed)>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    files: Vec<(FileId, Arc<str>)>,
    /// How many files are taken by one of the threads.
    taken: AtomicUsize,
}

impl Shared {
    /// The next file that nobody reads yet, now for the caller to read.
    fn next(&self) -> Option<(usize, FileId, &str)> {
        let position = self.taken.fetch_add(1, Ordering::Relaxed);
        let (file, text) = self.files.get(position)?;
        Some((position, *file, text))
    }
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
        let is_here = vec![false; files.len()];
        let shared = Arc::new(Shared {
            files,
            taken: AtomicUsize::new(0),
        });
        let (sender, coming) = sync_channel(AT_MOST);
        let others = Arc::clone(&shared);
        let work = move || {
            while let Some((position, file, text)) = others.next() {
                if sender.send((position, read(file, text))).is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().stack_size(STACK).spawn(work).ok()?;
        Some(Ahead {
            shared,
            order,
            is_here,
            early: HashMap::new(),
            coming: Some(coming),
            thread: Some(thread),
        })
    }

    /// What was read of a file, once; `None` where the caller has to read it: it is not among the files, nobody has begun with it, or
    /// it was asked for before.
    pub fn take(&mut self, file: FileId) -> Option<Parsed> {
        let position = *self.order.get(&file)?;
        if let Some(parsed) = self.early.remove(&file) {
            return Some(parsed);
        }
        if self.is_here[position] || position > self.shared.taken.load(Ordering::Relaxed) + AT_MOST
        {
            return None;
        }
        let shared = Arc::clone(&self.shared);
        loop {
            match self.coming.as_ref()?.try_recv() {
                Ok((known, parsed)) => {
                    if let Some(parsed) = self.came(known, parsed, position) {
                        return Some(parsed);
                    }
                    continue;
                }
                // It ends early only where reading a file panicked: then that file is read again by whoever needs it.
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            if self.early.len() < AT_MOST
                && let Some((known, other, text)) = shared.next()
            {
                self.is_here[known] = true;
                if known == position {
                    return None;
                }
                // One that panics is read again by whoever needs it.
                if let Ok(parsed) = panic::catch_unwind(|| read(other, text)) {
                    self.early.insert(other, parsed);
                }
                continue;
            }
            let (known, parsed) = self.coming.as_ref()?.recv().ok()?;
            if let Some(parsed) = self.came(known, parsed, position) {
                return Some(parsed);
            }
        }
    }

    /// Keeps what the other thread has read, unless it is what is wanted.
    fn came(&mut self, known: usize, parsed: Parsed, wanted: usize) -> Option<Parsed> {
        self.is_here[known] = true;
        if known == wanted {
            return Some(parsed);
        }
        self.early.insert(self.shared.files[known].0, parsed);
        None
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        // Nobody listens: the other thread ends after the file that it is at.
        self.shared
            .taken
            .store(self.shared.files.len(), Ordering::Relaxed);
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
        drop(ahead.take(FileId(0)));
        assert!(ahead.take(FileId(0)).is_none());
    }

    #[test]
    fn what_nobody_asks_for_is_not_waited_for_at_the_end() {
        drop(Ahead::start(texts(1_000)));
    }
}
