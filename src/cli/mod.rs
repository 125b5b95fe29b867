//! The command line: one file per subcommand, and what they share.

mod arguments;
mod check;
mod completions;
mod eval;
pub mod exit_code;
pub mod explain;
mod man;
mod markdown;
mod models;
mod output;
mod printed_value;
mod progress;
mod releases;
mod rule_ids;
mod rules;
mod run;
mod show;

pub use run::main;
