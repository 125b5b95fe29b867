//! What nixpkgs' `lib` offers to configurations.

use super::eval::Evaluator;
use super::eval::value::{Attrs, Thunk, Val};
use std::rc::Rc;

/// The set `lib`.
pub fn lib(_evaluator: &mut Evaluator) -> Rc<Thunk> {
    Val::attrs(Attrs::new()).thunk()
}
