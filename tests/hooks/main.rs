//! Where the program runs for its users: `nix flake check`, a commit hook, a workflow, each with the real tool.
//!
//! A tool that is not there is said by name and its tests pass; with `OPENCLAW_CHECK_REQUIRE_REAL=1` they fail.
//! `tests/support/install-*.sh` install the tools into `target/`.

mod action;
mod commit;
mod documentation;
mod flake;
mod modules;
mod outputs;
mod secrets;
#[path = "../support/skip.rs"]
mod skip;
mod support;
mod workflows;
