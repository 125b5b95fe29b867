//! `models`.

use super::arguments::ModelsArguments;
use super::{exit_code, output};
use crate::progress::Progress;
use std::sync::Arc;

pub fn run(_arguments: &ModelsArguments, _progress: &Arc<Progress>) -> u8 {
    output::complain("`models` is not wired up yet");
    exit_code::UNREADABLE
}
