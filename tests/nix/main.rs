//! The language against real Nix.

mod generate;
mod print;
mod real_nix;
mod syntax;
