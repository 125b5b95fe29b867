//! The language against real Nix.

mod generate;
mod generate_values;
mod language;
mod print;
mod real_nix;
mod syntax;
mod values;
