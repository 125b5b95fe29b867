//! Tells a person who waits how far the work is.

use crate::progress::Progress;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Nothing is shown of work that takes less.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is renewed.
const INTERVAL: Duration = Duration::from_millis(200);

/// Runs the work. If that is `wanted` and the work takes more than a second, its progress is shown on standard error meanwhile, and
/// cleared at the end.
pub fn shown<T>(wanted: bool, work: impl FnOnce(&Arc<Progress>) -> T) -> T {
    let progress = Arc::new(Progress::default());
    if !wanted {
        return work(&progress);
    }
    thread::scope(|scope| {
        let (running, done) = mpsc::channel::<()>();
        let shown = &progress;
        // Where no thread can be had, nothing is shown.
        let _ = thread::Builder::new().spawn_scoped(scope, move || show(&done, shown));
        let result = work(&progress);
        drop(running);
        result
    })
}

/// Shows the progress until the sender is gone.
fn show(done: &Receiver<()>, progress: &Progress) {
    if done.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    loop {
        let _ = write!(io::stderr(), "\r\u{1b}[K{} ...", progress.describe());
        let _ = io::stderr().flush();
        if done.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Timeout) {
            break;
        }
    }
    let _ = write!(io::stderr(), "\r\u{1b}[K");
    let _ = io::stderr().flush();
}
