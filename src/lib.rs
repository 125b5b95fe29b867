//! Tells, before anything is deployed, whether the OpenClaw configuration in a Nix flake will work.
//!
//! Data flows one way: [`workspace`] reads the files as Nix would see them, [`nix`] evaluates what they
//! determine, [`openclaw`] turns that into configurations and instances, [`rules`] check those against a
//! release, and [`report`] prints what they found. Nothing below calls up. [`cli`] is what the binary runs.

#![forbid(unsafe_code)]

pub mod cli;
pub mod internal_error;
pub mod nearest;
pub mod nix;
pub mod openclaw;
pub mod pipeline;
pub mod progress;
pub mod releases;
pub mod report;
pub mod request;
pub mod rules;
pub mod settings;
pub mod workspace;

pub use pipeline::check;
pub use request::{Outcome, Request, Target};
