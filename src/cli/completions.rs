//! `completions SHELL`: a completion script.

use super::arguments::{Arguments, CompletionsArguments};
use super::{exit_code, output};
use clap::CommandFactory;

pub fn run(arguments: &CompletionsArguments) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "openclaw-check",
        &mut script,
    );
    output::print(&String::from_utf8_lossy(&script), exit_code::CLEAN)
}
