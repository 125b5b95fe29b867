//! From the process to a subcommand and back to an exit code.

use super::arguments::{Arguments, Command};
use super::{
    check, completions, eval, exit_code, explain, man, models, output, progress, releases, rules,
    show,
};
use crate::internal_error;
use crate::nix::eval::set_stack_of_thread;
use crate::progress::Progress;
use std::io::{self, IsTerminal};
use std::panic::{self, PanicHookInfo};
use std::process::{self, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

/// Stack of the thread that does the work. Only reserved: the pages that are never touched cost nothing.
/// The evaluator follows the nesting of the sources, which is bounded well inside of this.
const STACK: usize = 1 << 30;

/// What is tried where a limit on address space does not allow [`STACK`].
const SMALLER_STACKS: [usize; 2] = [256 << 20, 64 << 20];

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::of_process() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(output::print_usage(&error)),
    };
    panic::set_hook(Box::new(report_panic));
    let quiet = check_arguments(&arguments).is_some_and(|check| check.quiet);
    let progress = Arc::new(Progress::default());
    let show_progress = !quiet && io::stderr().is_terminal();
    ExitCode::from(with_large_stack(
        &progress,
        show_progress,
        move |progress| {
            let code = dispatch(&arguments, progress);
            if !show_progress {
                // Everything is written and nothing has to be cleared from a terminal: taking the threads down one by one would only cost time.
                process::exit(i32::from(code));
            }
            code
        },
    ))
}

/// Runs the work in a thread with a large stack, and shows its progress meanwhile. A panic of the work is
/// [`exit_code::UNREADABLE`].
fn with_large_stack(
    progress: &Arc<Progress>,
    show_progress: bool,
    work: impl Fn(&Arc<Progress>) -> u8 + Send + Sync + 'static,
) -> u8 {
    let work = Arc::new(work);
    for size in std::iter::once(STACK).chain(SMALLER_STACKS) {
        let (running, done) = mpsc::channel::<()>();
        let work = Arc::clone(&work);
        let for_work = Arc::clone(progress);
        let worker = thread::Builder::new()
            .name("work".to_string())
            .stack_size(size)
            .spawn(move || {
                // Dropped when the work ends, however it ends.
                let _running = running;
                set_stack_of_thread(size);
                grow_heap();
                work(&for_work)
            });
        if let Ok(worker) = worker {
            progress::wait(&done, progress, show_progress);
            return worker.join().unwrap_or(exit_code::UNREADABLE);
        }
    }
    output::complain("cannot start: the system gives no memory for a stack of 64 MiB");
    exit_code::UNREADABLE
}

/// Makes the heap of this thread grow at once. The GNU C library grows the heap of a thread that is not the first one page by page, with a
/// system call for each; but it keeps what was once allocated and freed, up to twice the size of the largest block that it gave back to the
/// system. Pages that are never touched cost nothing.
fn grow_heap() {
    const LARGEST: usize = 4 << 20;
    const HEAP: usize = 2 << 20;
    for size in [LARGEST, HEAP] {
        drop(std::hint::black_box(Vec::<u8>::with_capacity(size)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_gets_a_stack_of_its_own_and_its_code_comes_back() {
        fn deep(levels: usize) -> usize {
            let here = std::hint::black_box([levels; 1024]);
            if levels == 0 {
                0
            } else {
                deep(levels - 1) + here[levels % 1024] / levels
            }
        }
        let progress = Arc::new(Progress::default());
        // 16 KiB for each level at the least: 300 MiB in all.
        let code = with_large_stack(&progress, false, |_| u8::from(deep(20_000) == 20_000));
        assert_eq!(code, 1);
    }

    #[test]
    fn a_panic_is_an_exit_code() {
        let progress = Arc::new(Progress::default());
        let code = with_large_stack(&progress, false, |_| panic!("sk-secret"));
        assert_eq!(code, exit_code::UNREADABLE);
    }
}
