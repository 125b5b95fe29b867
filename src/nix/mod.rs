//! Nix without Nix: syntax, evaluation, modules.

pub mod symbol;
pub mod syntax;
