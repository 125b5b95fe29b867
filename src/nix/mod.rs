//! Nix without Nix: syntax, evaluation, modules.

pub mod eval;
pub mod flake;
pub mod known_names;
pub mod lib;
pub mod modules;
pub mod number;
pub mod symbol;
pub mod syntax;
