//! The command line: one file per subcommand, and what they share.

mod arguments;
mod catalogue;
mod check;
mod completions;
mod eval;
pub mod exit_code;
pub mod explain;
mod fixes;
mod inspected;
mod man;
mod markdown;
mod models;
mod output;
mod printed_value;
mod progress;
mod releases;
mod rendered;
mod rule_ids;
mod rules;
mod run;
mod show;

pub use run::main;
