//! Panics: mistakes of this program. They are caught where something can still be said, and their own text, which may hold what
//! the user wrote, is repeated nowhere.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, Location};

/// Where to report one.
const ISSUES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");

thread_local! {
    /// Where the last panic of this thread was, if somebody noted it.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A panic that was caught.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InternalError {
    /// Where in the program it was: file, line and column; `None` where no panic hook noted it.
    place: Option<String>,
}

impl std::fmt::Display for InternalError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&summary(self.place.as_deref()))?;
        write!(
            out,
            "; this is a mistake in openclaw-check, not in your configuration, please report it at {ISSUES} without your configuration"
        )
    }
}

/// How the message of every panic begins.
pub const BEGINS: &str = "internal error";

fn summary(place: Option<&str>) -> String {
    let place = place.map_or(String::new(), |place| format!(" at {place}"));
    format!("{BEGINS}{place}, version {}", env!("CARGO_PKG_VERSION"))
}

/// Notes where a panic is: for the panic hook of the process.
pub fn note(location: Option<&Location<'_>>) {
    PLACE.set(location.map(Location::to_string));
}

/// What is said of a panic for people, in several lines.
pub fn message(location: Option<&Location<'_>>) -> String {
    let place = location.map(Location::to_string);
    format!(
        "{}\n\
         This is a mistake in openclaw-check, not in your configuration. Please report the line above at\n\
         {ISSUES}\n\
         Do not attach your configuration: it may hold secrets. The message of the error is left out here\n\
         for the same reason.",
        summary(place.as_deref())
    )
}

/// Does some work. What it was about to change may be left half done: the caller drops it.
///
/// # Errors
/// When it panics. The panic hook of the process runs before that.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, InternalError> {
    PLACE.set(None);
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| InternalError {
        place: PLACE.take(),
    })
}

/// Panics where the variable `OPENCLAW_CHECK_PANIC` asks for it, as `PLACE=MESSAGE`: how a panic is dealt with can be tried in
/// no other way. There is no such thing in a release build.
#[inline]
pub fn planted(place: &str) {
    if cfg!(debug_assertions)
        && let Ok(wish) = std::env::var("OPENCLAW_CHECK_PANIC")
        && let Some((wanted, message)) = wish.split_once('=')
        && wanted == place
    {
        panic!("{message}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_without_its_text() {
        assert_eq!(caught(|| 1), Ok(1));
        let error = caught(|| panic!("sk-secret")).expect_err("a panic");
        let text = error.to_string();
        assert!(text.starts_with(BEGINS), "{text}");
        assert!(text.contains("/issues"), "{text}");
        assert!(!text.contains("sk-secret"), "{text}");
    }

    #[test]
    fn the_place_is_the_one_of_the_panic_that_was_noted() {
        let error = caught(|| {
            note(Some(Location::caller()));
            panic!("sk-secret")
        });
        let text = error.expect_err("a panic").to_string();
        assert!(text.contains("src/internal_error.rs:"), "{text}");
        let text = message(Some(Location::caller()));
        assert!(text.contains("src/internal_error.rs:"), "{text}");
        assert!(text.contains("/issues"), "{text}");
        // A place from before does not stick.
        let error = caught(|| panic!("sk-secret")).expect_err("a panic");
        assert!(!error.to_string().contains(" at src"), "{error}");
    }
}
