//! Exit codes, the highest that applies.
//!
//! | Code | Name | When |
//! | --- | --- | --- |
//! | 0 | [`CLEAN`] | nothing that counts |
//! | 1 | [`FINDINGS`] | findings of severity error; with `--deny-warnings` also warnings, with `--strict` also what could not be checked; for `eval`: Nix would fail; for `show` and `models`: there is nothing to show because the files are wrong |
//! | 2 | [`USAGE`] | wrong usage, or an `openclaw-check.toml` that was refused |
//! | 3 | [`UNREADABLE`] | something named or needed could not be read or checked at all; an internal error; for `eval --strict`: the answer is not known |

use crate::report::verdict::Verdict;

/// Nothing that counts.
pub const CLEAN: u8 = 0;
/// Findings that count.
pub const FINDINGS: u8 = 1;
/// Wrong usage, or a settings file that was refused.
pub const USAGE: u8 = 2;
/// Something could not be read or checked at all, or an internal error.
pub const UNREADABLE: u8 = 3;

/// The exit code of a verdict.
pub fn of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Clean => CLEAN,
        Verdict::Findings => FINDINGS,
        Verdict::Usage => USAGE,
        Verdict::Unreadable => UNREADABLE,
    }
}
