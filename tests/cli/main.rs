//! The command line, by running the real program.

mod conditional_failures;
mod configurations;
mod documentation;
mod eval;
mod exit_code_table;
mod exit_codes;
mod file_system;
mod files;
mod filesets;
mod fixes;
mod fixtures;
mod flake_parts;
mod formats;
mod frameworks;
mod harness;
mod homes_of_systems;
mod hostile;
mod information;
mod libraries;
mod limits;
mod locks;
mod modules_alone;
mod nix_openclaw;
mod nixpkgs_lib;
mod overlays;
mod panics;
mod planted_mistakes;
mod read_back;
mod secrets;
mod services;
#[path = "../support/skip.rs"]
mod skip;
mod streams;
mod unchecked_values;
mod usage;
mod written_files;
