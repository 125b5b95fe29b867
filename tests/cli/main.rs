//! The command line, by running the real program.

mod exit_codes;
mod harness;
mod information;
mod streams;
mod usage;
