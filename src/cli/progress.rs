//! Tells a person who waits how far the work is.

use crate::progress::Progress;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// Nothing is shown of work that takes less.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is renewed.
const INTERVAL: Duration = Duration::from_millis(200);

/// Waits until the sender is gone. After a second it shows the progress on standard error, if that is
/// `wanted`, and clears it at the end.
pub fn wait(done: &Receiver<()>, progress: &Progress, wanted: bool) {
    if !wanted {
        let _ = done.recv();
        return;
    }
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
