//! Assumptions about conditions, and values that depend on them.

use super::Evaluator;
use super::unknown::{ErrorKind, Stop, Unknown};
use super::value::{Origin, State, Thunk, Val, Value};
use std::rc::Rc;

impl Evaluator {
    /// Whether a condition is assumed at the moment, and how.
    pub fn assumed(&self, id: u64) -> Option<bool> {
        self.assumptions
            .iter()
            .rev()
            .find(|(known, _)| *known == id)
            .map(|(_, holds)| *holds)
    }

    /// Runs `work` in the world in which `condition` holds, or does not.
    pub fn assume<T>(
        &mut self,
        condition: u64,
        holds: bool,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.assumptions.push((condition, holds));
        let result = work(self);
        self.assumptions.pop();
        result
    }

    /// The truth value of an unknown: as assumed, else a split on it.
    pub fn decide(&self, unknown: &Rc<Unknown>) -> Result<bool, Stop> {
        if unknown.is_of_bound() {
            return Err(Stop::Unknown(Rc::clone(unknown)));
        }
        match self.assumed(unknown.id) {
            Some(holds) => Ok(holds),
            None => Err(Stop::Split(unknown.as_condition())),
        }
    }

    /// Assumes a condition until [`Evaluator::pop_assumption`], for callers that cannot hand a closure over.
    pub fn push_assumption(&mut self, condition: u64, holds: bool) {
        self.assumptions.push((condition, holds));
    }

    /// Takes the last assumption back.
    pub fn pop_assumption(&mut self) {
        self.assumptions.pop();
    }

    /// Turns an outcome that is a truth value or unknown into a truth value or a split.
    pub fn truth(&self, outcome: Result<Val, Stop>, origin: &Origin) -> Result<bool, Stop> {
        match outcome {
            Ok(Val {
                value: Value::Bool(boolean),
                ..
            }) => Ok(boolean),
            Ok(other) => Err(self.type_error(&other.value, "a Boolean", origin)),
            Err(Stop::Unknown(unknown)) => self.decide(&unknown),
            Err(stop) => Err(stop),
        }
    }

    pub(super) fn settle(
        &mut self,
        outcome: Result<Val, Stop>,
        origin: &Origin,
        work: &mut dyn FnMut(&mut Self) -> Result<Val, Stop>,
    ) -> Rc<Thunk> {
        let Err(Stop::Split(condition)) = outcome else {
            return Thunk::from_outcome(outcome, origin.clone());
        };
        if self.assumptions.len() >= self.limits.conditions || self.check_stack().is_err() {
            let unknown = self.unknown(
                "it depends on too many conditions that are not known",
                None,
                condition.span,
            );
            return Thunk::unknown(unknown, origin.clone());
        }
        let mut branches = [true, false].map(|holds| {
            self.assumptions.push((condition.id, holds));
            let outcome = match work(self) {
                // In the real world only one branch runs; that this one needs itself says nothing.
                Err(Stop::Error(error))
                    if matches!(
                        error.kind,
                        ErrorKind::InfiniteRecursion | ErrorKind::CallDepth
                    ) =>
                {
                    let unknown = self.unknown(
                        "it needs itself if a condition holds that is not known",
                        None,
                        error.span,
                    );
                    Err(Stop::Unknown(unknown))
                }
                outcome => outcome,
            };
            let thunk = self.settle(outcome, origin, work);
            self.assumptions.pop();
            thunk
        });
        let [then, otherwise] = &mut branches;
        if let Some(same) = same_scalar(then, otherwise) {
            return same;
        }
        Thunk::with_state(
            State::Choice(condition, Rc::clone(then), Rc::clone(otherwise)),
            origin.clone(),
        )
    }
}

/// The thunk, if both are the same simple value: then the condition does not matter.
fn same_scalar(then: &Rc<Thunk>, otherwise: &Rc<Thunk>) -> Option<Rc<Thunk>> {
    let (left, right) = (then.state.borrow(), otherwise.state.borrow());
    let (State::Done(left), State::Done(right)) = (&*left, &*right) else {
        return None;
    };
    let same = match (&left.value, &right.value) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
        _ => false,
    };
    same.then(|| Rc::clone(then))
}
