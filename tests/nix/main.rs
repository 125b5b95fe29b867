//! The language against real Nix.

mod flakes;
mod generate;
mod generate_values;
mod language;
mod print;
mod real_nix;
#[path = "../support/skip.rs"]
mod skip;
mod syntax;
mod tree;
mod values;
