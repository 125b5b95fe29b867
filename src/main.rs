//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    openclaw_check::cli::main()
}
