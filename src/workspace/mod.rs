//! The files as Nix sees them.

pub mod source;
