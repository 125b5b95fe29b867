//! The rules as a whole: registry, files, documentation and the examples in it.

mod documentation;
mod examples;
mod house;
