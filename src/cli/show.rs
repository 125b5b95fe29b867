//! `show`.

use super::arguments::ShowArguments;
use super::{exit_code, output};
use crate::progress::Progress;
use std::sync::Arc;

pub fn run(_arguments: &ShowArguments, _progress: &Arc<Progress>) -> u8 {
    output::complain("`show` is not wired up yet");
    exit_code::UNREADABLE
}
