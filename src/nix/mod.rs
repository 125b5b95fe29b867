//! Nix without Nix: syntax, evaluation, modules.

pub mod eval;
pub mod symbol;
pub mod syntax;
