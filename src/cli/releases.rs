//! `releases`.

use super::arguments::ReleasesArguments;
use super::{exit_code, output};

pub fn run(_arguments: &ReleasesArguments) -> u8 {
    output::complain("`releases` is not wired up yet");
    exit_code::UNREADABLE
}
