//! The stack that evaluation runs on: it follows the nesting of the sources, which is bounded well inside of this.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

/// The stack that [`with_stack`] gives, in bytes. Only reserved: pages that are never touched cost nothing.
pub const STACK: usize = 1 << 30;

/// What is tried where a limit on address space does not allow [`STACK`].
const SMALLER_STACKS: [usize; 2] = [256 << 20, 64 << 20];

thread_local! {
    /// How large the stack is that this thread runs on, as far as it was said.
    static STACK_OF_THREAD: Cell<usize> = const { Cell::new(STACK) };
}

/// How much of its stack an evaluation that begins on this thread may use, in bytes.
pub(super) fn usable() -> usize {
    STACK_OF_THREAD.get() / 4 * 3
}

/// Runs `work` on a stack of [`STACK`] bytes, or of fewer where the system gives no more, and returns what it returns; `None`, with `work` not
/// begun, where it does not even give 64 MiB. A panic of the work continues here.
///
/// It is the same thread: starting another one and waiting for it takes longer than evaluating a small flake.
pub fn with_stack<T>(work: impl FnOnce() -> T) -> Option<T> {
    let mut work = Some(work);
    for size in std::iter::once(STACK).chain(SMALLER_STACKS) {
        let before = STACK_OF_THREAD.replace(size);
        let result = panic::catch_unwind(AssertUnwindSafe(|| {
            stacker::grow(size, || work.take().map(|work| work()))
        }));
        STACK_OF_THREAD.set(before);
        match result {
            Ok(value) => return value,
            Err(panic) if work.is_none() => panic::resume_unwind(panic),
            // There was no memory for the stack.
            Err(_) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_gets_a_large_stack_and_its_value_comes_back() {
        fn deep(levels: usize) -> usize {
            let here = std::hint::black_box([levels; 1024]);
            if levels == 0 {
                0
            } else {
                deep(levels - 1) + here[levels % 1024] / levels
            }
        }
        // More than 8 KiB for each level: 160 MiB in all.
        assert_eq!(with_stack(|| deep(20_000)), Some(20_000));
    }

    #[test]
    fn a_panic_of_the_work_goes_on() {
        let result = panic::catch_unwind(|| with_stack(|| panic!("work")));
        assert!(result.is_err());
    }
}
