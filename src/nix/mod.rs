//! Nix without Nix: syntax, evaluation, modules.

pub mod eval;
pub mod flake;
pub mod lib;
pub mod modules;
pub mod symbol;
pub mod syntax;
