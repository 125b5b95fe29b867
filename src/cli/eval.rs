//! `eval`.

use super::arguments::EvalArguments;
use super::{exit_code, output};
use crate::progress::Progress;
use std::sync::Arc;

pub fn run(_arguments: &EvalArguments, _progress: &Arc<Progress>) -> u8 {
    output::complain("`eval` is not wired up yet");
    exit_code::UNREADABLE
}
