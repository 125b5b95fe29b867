//! Assumptions about conditions, and values that depend on them.
//!
//! A thunk remembers its value for all worlds, so it is evaluated without the assumptions of whoever needs it; where that
//! splits on a condition, it is evaluated once in each world, and becomes a choice. Each of these evaluations is a
//! [`Pass`]. What a pass makes, only its result can reach: such a thunk is evaluated in the world of its pass, and where it
//! splits, so does the pass. If it were made a choice of its own, each pass of a thunk with calls inside of calls would
//! make all the choices of all of them anew, and their number would grow with a power of the depth.

use super::unknown::{self, Condition, Equality, ErrorKind, Stop, Unknown};
use super::value::{Origin, State, Thunk, Val, Value};
use super::{Evaluator, is_logical};
use crate::nix::syntax::ast::Expr;
use std::rc::Rc;

/// One evaluation of a thunk, in one world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Pass {
    /// Its number, from 1; 0 outside of any.
    number: u32,
    /// Whether it is only to see if a condition matters.
    is_trial: bool,
}

impl Pass {
    /// No pass: what is made outside of one, or kept for longer, belongs to all worlds.
    pub(super) const NONE: Pass = Pass {
        number: 0,
        is_trial: false,
    };
}

/// A condition that is assumed, one way or the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assumption {
    condition: u64,
    holds: bool,
    /// The pass that was under way, which goes on when the assumption is taken back.
    around: Pass,
}

/// What was under way when a thunk began to be evaluated.
pub(super) struct Around {
    assumptions: Vec<Assumption>,
    pass: Pass,
    numbers: UnknownNumbers,
}

/// What tells unknowns apart that have no name. A thunk that splits is evaluated once more in each world, and what it made before it
/// split it makes again: that has to be the same unknown, or the thunk would split on it for ever. So each thunk numbers its
/// unknowns anew, in a series of its own, and each of its passes begins at the same number.
///
/// After a split the numbers of two worlds stand for different things. No value is of both worlds, so that does no harm.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct UnknownNumbers {
    series: u64,
    next: u64,
}

impl UnknownNumbers {
    /// The identity of the next unknown.
    pub(super) fn next(&mut self) -> u64 {
        self.next += 1;
        unknown::mix(self.series.rotate_left(32) ^ self.next, "unknown")
    }

    /// Where a pass that begins now begins to count.
    pub(super) fn mark(self) -> u64 {
        self.next
    }
}

impl Evaluator {
    /// Whether a condition is assumed at the moment, or follows from what is, and how.
    pub fn assumed(&self, id: u64) -> Option<bool> {
        let mut assumed = self.assumptions.iter().rev();
        if let Some(known) = assumed.find(|known| known.condition == id) {
            return Some(known.holds);
        }
        // What is one value is no other.
        let asked = self.equality(id)?;
        self.assumptions
            .iter()
            .filter(|known| known.holds)
            .filter_map(|known| self.equality(known.condition))
            .any(|known| known.excludes(asked))
            .then_some(false)
    }

    /// The comparison that a condition is, if it is one of an unknown with a known value.
    pub fn equality(&self, condition: u64) -> Option<&Equality> {
        self.equalities.get(&condition)
    }

    /// Whether as many conditions are assumed as one value may depend on. Another comparison of the same unknown adds one
    /// alternative, where a condition of its own doubles them, so it counts for less.
    fn assumes_enough(&self) -> bool {
        const WHOLE: usize = 4;
        let mut compared: Vec<u64> = Vec::new();
        let mut weight = 0;
        for assumption in &self.assumptions {
            match self.equality(assumption.condition) {
                Some(equality) if compared.contains(&equality.unknown) => weight += 1,
                equality => {
                    compared.extend(equality.map(|equality| equality.unknown));
                    weight += WHOLE;
                }
            }
        }
        weight >= self.limits.conditions * WHOLE
    }

    /// Whether any condition is assumed at the moment.
    pub fn assumes_anything(&self) -> bool {
        !self.assumptions.is_empty()
    }

    /// Runs `work` in the world in which `condition` holds, or does not.
    pub fn assume<T>(
        &mut self,
        condition: u64,
        holds: bool,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.push_assumption(condition, holds);
        let result = work(self);
        self.pop_assumption();
        result
    }

    /// Assumes a condition until [`Evaluator::pop_assumption`], for callers that cannot hand a closure over.
    pub fn push_assumption(&mut self, condition: u64, holds: bool) {
        // Thunks that were made before are not of this world.
        let around = std::mem::replace(&mut self.pass, Pass::NONE);
        self.assumptions.push(Assumption {
            condition,
            holds,
            around,
        });
    }

    /// Takes the last assumption back.
    pub fn pop_assumption(&mut self) {
        if let Some(last) = self.assumptions.pop() {
            self.pass = last.around;
        }
    }

    /// Runs `work` so that every thunk it forces gets a value for all worlds: for what is kept outside of values.
    pub(super) fn apart<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let around = std::mem::replace(&mut self.pass, Pass::NONE);
        let result = work(self);
        self.pass = around;
        result
    }

    /// Whether nothing outside of the pass that is under way can reach a thunk.
    pub(super) fn is_of_this_pass(&self, thunk: &Thunk) -> bool {
        thunk.pass == self.pass && self.pass != Pass::NONE
    }

    /// Begins to evaluate a thunk for all worlds.
    pub(super) fn enter_pass(&mut self) -> Around {
        let around = Around {
            assumptions: std::mem::take(&mut self.assumptions),
            pass: self.pass,
            numbers: self.unknown_numbers,
        };
        self.unknown_numbers = self.new_series();
        self.begin_pass(false);
        around
    }

    /// Goes on with what was under way before.
    pub(super) fn leave_pass(&mut self, around: Around) {
        self.assumptions = around.assumptions;
        self.pass = around.pass;
        self.unknown_numbers = around.numbers;
    }

    fn new_series(&mut self) -> UnknownNumbers {
        self.series += 1;
        UnknownNumbers {
            series: self.series,
            next: 0,
        }
    }

    /// Runs `work`, whose result is kept, so that it uses up no numbers of those who come after it.
    pub(crate) fn numbered_apart<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let around = self.unknown_numbers;
        self.unknown_numbers = self.new_series();
        let result = work(self);
        self.unknown_numbers = around;
        result
    }

    fn begin_pass(&mut self, is_trial: bool) {
        self.passes = self.passes.saturating_add(1);
        self.pass = match self.passes {
            // Numbers are used once.
            u32::MAX => Pass::NONE,
            number => Pass { number, is_trial },
        };
    }

    /// The value that an expression has whether a condition holds or not, if it is the same simple one: `a && false`. Only
    /// what joins conditions is tried, with one of them, and inside of such a trial nothing is, or trials of trials would take
    /// their turn at every level. `mark` is where its evaluation began to count unknowns.
    pub(super) fn same_in_both(
        &mut self,
        condition: u64,
        state: &State,
        origin: &Origin,
        mark: u64,
    ) -> Option<Val> {
        let joins = match state {
            State::Suspended {
                tree, expression, ..
            } => matches!(
                tree.expression(*expression),
                Expr::Binary { operator, .. } if is_logical(*operator)
            ),
            _ => false,
        };
        if self.pass.is_trial || !joins {
            return None;
        }
        let [then, otherwise] = [true, false].map(|holds| {
            let work = |evaluator: &mut Self| evaluator.run(state, origin);
            self.in_pass(condition, holds, Some(mark), work).ok()
        });
        let (then, otherwise) = (then?, otherwise?);
        is_same_scalar(&then.value, &otherwise.value).then_some(then)
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

    /// The thunk for an outcome of `work`: where that is a split, a choice between what `work` comes to in each world.
    pub(super) fn settle(
        &mut self,
        outcome: Result<Val, Stop>,
        origin: &Origin,
        work: &mut dyn FnMut(&mut Self) -> Result<Val, Stop>,
    ) -> Rc<Thunk> {
        let Err(Stop::Split(condition)) = outcome else {
            return Thunk::from_outcome(outcome, origin.clone());
        };
        if self.assumes_enough() || self.check_stack().is_err() {
            return self.given_up(&condition, origin);
        }
        let outcome = self.in_world(&condition, true, work);
        let then = self.assume(condition.id, true, |evaluator| {
            evaluator.settle(outcome, origin, work)
        });
        let outcome = self.in_world(&condition, false, work);
        // What needs more conditions than are told apart in the one world, and further ones in the other, is known in few: all of
        // them would be looked at for little.
        if is_given_up(&then) && matches!(outcome, Err(Stop::Split(_))) {
            return self.given_up(&condition, origin);
        }
        let otherwise = self.assume(condition.id, false, |evaluator| {
            evaluator.settle(outcome, origin, work)
        });
        if let Some(same) = same_value(&then, &otherwise) {
            return same;
        }
        Thunk::with_state(State::Choice(condition, then, otherwise), origin.clone())
    }

    /// What `work` comes to in a pass of its own where a condition holds, or does not.
    fn in_world(
        &mut self,
        condition: &Condition,
        holds: bool,
        work: &mut dyn FnMut(&mut Self) -> Result<Val, Stop>,
    ) -> Result<Val, Stop> {
        match self.in_pass(condition.id, holds, None, work) {
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
        }
    }

    /// Runs `work` in a pass of its own, in the world in which a condition holds, or does not. A trial is given where the evaluation
    /// that it repeats began to count unknowns.
    fn in_pass<T>(
        &mut self,
        condition: u64,
        holds: bool,
        trial: Option<u64>,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let numbers = self.unknown_numbers;
        self.unknown_numbers.next = trial.unwrap_or(0);
        let result = self.assume(condition, holds, |evaluator| {
            evaluator.begin_pass(trial.is_some());
            work(evaluator)
        });
        self.unknown_numbers = numbers;
        result
    }

    fn given_up(&mut self, condition: &Condition, origin: &Origin) -> Rc<Thunk> {
        let unknown = self.unknown(TOO_MANY_CONDITIONS, None, condition.span);
        Thunk::unknown(unknown, origin.clone())
    }
}

/// Why a value is not known that would be one of too many.
const TOO_MANY_CONDITIONS: &str = "it depends on too many conditions that are not known";

fn is_given_up(thunk: &Thunk) -> bool {
    match &*thunk.state.borrow() {
        State::Unknown(unknown) => &*unknown.reason == TOO_MANY_CONDITIONS,
        _ => false,
    }
}

/// The thunk, if both are one value: then the condition does not matter.
fn same_value(then: &Rc<Thunk>, otherwise: &Rc<Thunk>) -> Option<Rc<Thunk>> {
    let (left, right) = (then.state.borrow(), otherwise.state.borrow());
    let (State::Done(left), State::Done(right)) = (&*left, &*right) else {
        return None;
    };
    let is_same = match (&left.value, &right.value) {
        // Both worlds got hold of the very same one, which was made outside of them.
        (Value::String(left), Value::String(right)) => Rc::ptr_eq(left, right),
        (Value::List(left), Value::List(right)) => Rc::ptr_eq(left, right),
        (Value::Attrs(left), Value::Attrs(right)) => Rc::ptr_eq(left, right),
        (Value::Lambda(left), Value::Lambda(right)) => Rc::ptr_eq(left, right),
        (Value::Builtin(left), Value::Builtin(right)) => Rc::ptr_eq(left, right),
        (left, right) => is_same_scalar(left, right),
    };
    is_same.then(|| Rc::clone(then))
}

fn is_same_scalar(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
        _ => false,
    }
}
