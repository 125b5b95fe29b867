//! Nix without Nix: syntax, evaluation, modules.
