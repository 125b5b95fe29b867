//! Nix source to an owned, compact tree with spans. rowan stays in here.

pub mod ast;
