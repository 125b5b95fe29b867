//! The command line, by running the real program.

mod configurations;
mod documentation;
mod eval;
mod exit_codes;
mod files;
mod fixtures;
mod formats;
mod harness;
mod information;
mod nix_openclaw;
mod nixpkgs_lib;
mod streams;
mod usage;
