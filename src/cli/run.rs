//! From the process to a subcommand and back to an exit code.

use super::arguments::{Arguments, Command};
use super::{
    check, completions, eval, exit_code, explain, man, models, output, progress, releases, rules,
    show,
};
use crate::progress::Progress;
use clap::Parser;
use clap::error::ErrorKind;
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;

/// Stack of the thread that does the work. Only reserved: the pages that are never touched cost nothing.
/// The evaluator follows the nesting of the sources, which is bounded well inside of this.
const STACK: usize = 1 << 30;

/// What is tried where a limit on address space does not allow [`STACK`].
const SMALLER_STACKS: [usize; 2] = [256 << 20, 64 << 20];

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(usage(&error)),
    };
    panic::set_hook(Box::new(report_panic));
    ExitCode::from(with_large_stack(arguments))
}

/// Prints what clap has to say: help and version to standard output, complaints to standard error.
fn usage(error: &clap::Error) -> u8 {
    // A closed pipe is no reason to complain.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => exit_code::CLEAN,
        _ => exit_code::USAGE,
    }
}

fn with_large_stack(arguments: Arguments) -> u8 {
    let arguments = Arc::new(arguments);
    let shared = Arc::new(Progress::default());
    let wants_progress = !matches!(&arguments.command, None | Some(Command::Check(_)))
        || !check_arguments(&arguments).is_some_and(|check| check.quiet);
    for size in std::iter::once(STACK).chain(SMALLER_STACKS) {
        let (running, done) = mpsc::channel::<()>();
        let arguments = Arc::clone(&arguments);
        let for_work = Arc::clone(&shared);
        let worker = thread::Builder::new()
            .name("work".to_string())
            .stack_size(size)
            .spawn(move || {
                let _running = running;
                dispatch(&arguments, &for_work)
            });
        if let Ok(worker) = worker {
            progress::wait(&done, &shared, wants_progress);
            return worker.join().unwrap_or(exit_code::UNREADABLE);
        }
    }
    output::complain("cannot start: the system gives no memory for a stack of 64 MiB");
    exit_code::UNREADABLE
}

fn check_arguments(arguments: &Arguments) -> Option<&super::arguments::CheckArguments> {
    match &arguments.command {
        None => Some(&arguments.check),
        Some(Command::Check(check)) => Some(check),
        Some(_) => None,
    }
}

fn dispatch(arguments: &Arguments, progress: &Arc<Progress>) -> u8 {
    match &arguments.command {
        None => check::run(&arguments.check, progress),
        Some(Command::Check(check)) => check::run(check, progress),
        Some(Command::Show(show)) => show::run(show, progress),
        Some(Command::Eval(eval)) => eval::run(eval, progress),
        Some(Command::Models(models)) => models::run(models, progress),
        Some(Command::Explain(explain)) => explain::run(explain),
        Some(Command::Rules(rules)) => rules::run(rules),
        Some(Command::Releases(releases)) => releases::run(releases),
        Some(Command::Completions(completions)) => completions::run(completions),
        Some(Command::Man) => man::run(),
    }
}

/// Says that the program is at fault and how to report it. The panic's own text is not printed: it may hold
/// what the user wrote.
fn report_panic(information: &PanicHookInfo<'_>) {
    let place = information.location().map_or(String::new(), |place| {
        format!(" at {}:{}:{}", place.file(), place.line(), place.column())
    });
    output::complain(&format!(
        "internal error{place}, version {}\n\
         This is a mistake in openclaw-check, not in your configuration. Please report the line above at\n\
         {}/issues\n\
         Do not attach your configuration: it may hold secrets. The message of the error is left out here\n\
         for the same reason.",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_REPOSITORY")
    ));
}
