//! Writing to standard output and standard error.

use super::arguments::ColorArgument;
use super::exit_code;
use crate::report::redact::Redactor;
use crate::report::sanitize;
use crate::workspace::source::Sources;
use clap::error::ErrorKind;
use std::io::{self, IsTerminal, Write};

/// Writes a text to standard output. A reader that went away (`| head`) is no error and changes no exit
/// code; any other failure is [`exit_code::UNREADABLE`].
pub fn print(text: &str, code: u8) -> u8 {
    let mut output = io::stdout().lock();
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Ok(()) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => code,
        Err(error) => {
            complain(&format!("cannot write the output: {error}"));
            exit_code::UNREADABLE
        }
    }
}

/// Writes a line to standard error, harmless and without known secrets; nothing is done about one that cannot be
/// written.
pub fn complain(message: &str) {
    let message = harmless(message);
    let _ = writeln!(io::stderr().lock(), "openclaw-check: {message}");
}

/// A text of several lines without secrets of a known format, and with nothing that a terminal or a log acts on.
fn harmless(text: &str) -> String {
    let sources = Sources::new();
    let text = Redactor::new(&sources, &[]).text(text);
    sanitize::defuse_commands(&sanitize::block(&text))
}

/// Prints what clap has to say: help and version to standard output, complaints to standard error.
pub fn print_usage(error: &clap::Error) -> u8 {
    let code = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => exit_code::CLEAN,
        _ => exit_code::USAGE,
    };
    // What clap says of an argument holds it as it was typed.
    let text = error.render().to_string();
    if code == exit_code::USAGE && harmless(&text) != text.trim_end() {
        let _ = writeln!(io::stderr().lock(), "{}", harmless(&text));
        return code;
    }
    match error.print() {
        Err(failure) if failure.kind() != io::ErrorKind::BrokenPipe => exit_code::UNREADABLE,
        _ => code,
    }
}

/// Whether to colour what goes to standard output.
pub fn color(wish: ColorArgument) -> bool {
    match wish {
        ColorArgument::Always => true,
        ColorArgument::Never => false,
        ColorArgument::Auto => {
            let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            if set("NO_COLOR") {
                return false;
            }
            if std::env::var_os("CLICOLOR_FORCE")
                .is_some_and(|value| !value.is_empty() && value != "0")
            {
                return true;
            }
            io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// Columns to wrap at: the terminal's, or 100 where there is none.
pub fn width() -> usize {
    const WITHOUT_TERMINAL: usize = 100;
    if !io::stdout().is_terminal() {
        return WITHOUT_TERMINAL;
    }
    terminal_size::terminal_size().map_or(WITHOUT_TERMINAL, |(width, _)| width.0 as usize)
}
