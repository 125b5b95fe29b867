//! The command line, by running the real program.

mod eval;
mod exit_codes;
mod harness;
mod information;
mod streams;
mod usage;
