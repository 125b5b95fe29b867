//! From the process to a subcommand and back to an exit code.

use super::arguments::{Arguments, Command};
use super::{
    check, completions, eval, exit_code, explain, man, models, output, progress, releases, rules,
    show,
};
use crate::internal_error;
use crate::nix::eval::with_stack;
use crate::progress::Progress;
use std::io::{self, IsTerminal};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::of_process() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(output::print_usage(&error)),
    };
    let quiet = check_arguments(&arguments).is_some_and(|check| check.quiet);
    let show_progress = !quiet && io::stderr().is_terminal();
    ExitCode::from(guarded(|| {
        progress::shown(show_progress, |progress| dispatch(&arguments, progress))
    }))
}

/// Runs the work on a large stack. A panic of it is said, and is [`exit_code::UNREADABLE`].
fn guarded(work: impl FnOnce() -> u8) -> u8 {
    // Until the work begins, a panic only says that there is no memory for a stack of that size.
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        with_stack(|| {
            panic::set_hook(Box::new(report_panic));
            work()
        })
    }));
    match result {
        Ok(Some(code)) => code,
        Ok(None) => {
            output::complain("cannot start: the system gives no memory for a stack of 64 MiB");
            exit_code::UNREADABLE
        }
        Err(_) => exit_code::UNREADABLE,
    }
}

fn check_arguments(arguments: &Arguments) -> Option<&super::arguments::CheckArguments> {
    match &arguments.command {
        None => Some(&arguments.check),
        Some(Command::Check(check)) => Some(check),
        Some(_) => None,
    }
}

fn dispatch(arguments: &Arguments, progress: &Arc<Progress>) -> u8 {
    internal_error::planted("start");
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

/// Says that the program is at fault and how to report it: once, however often it happens.
fn report_panic(information: &PanicHookInfo<'_>) {
    static IS_SAID: AtomicBool = AtomicBool::new(false);
    internal_error::note(information.location());
    if !IS_SAID.swap(true, Ordering::Relaxed) {
        output::complain(&internal_error::message(information.location()));
    }
}
