//! What was found, and how it is printed.

pub mod finding;
