//! What a test does when something real that it needs is not here.

use std::io::Write;

/// Whether everything real has to be here: `OPENCLAW_CHECK_REQUIRE_REAL=1`.
pub fn is_required() -> bool {
    std::env::var("OPENCLAW_CHECK_REQUIRE_REAL").is_ok_and(|value| value == "1")
}

/// Says which test is skipped and what is missing, or fails where everything real is required. The test harness keeps back what
/// `eprintln!` writes in a test that passes, so this writes past it.
#[track_caller]
pub fn skip(missing: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    assert!(!is_required(), "{test}: {missing}, and it is required");
    // Nothing to be done where nobody can read it.
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {missing}");
}
