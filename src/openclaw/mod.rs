//! The domain: configurations, instances and what OpenClaw will read.

pub mod configuration;
pub mod path;
pub mod tree;
