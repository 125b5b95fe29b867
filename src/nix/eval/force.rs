//! When values are computed: thunks, and what they remember.

use super::Evaluator;
use super::place::{place, site};
use super::unknown::{ErrorKind, EvalError, Stop};
use super::value::{Closure, Env, NixString, Origin, Part, State, Thunk, Val, Value};
use crate::nix::syntax::ast::{Expr, ExprId, Resolution, SourceTree, StringPart};
use std::rc::Rc;

impl Evaluator {
    /// The value of a thunk in the present world.
    pub fn force(&mut self, thunk: &Rc<Thunk>) -> Result<Val, Stop> {
        let state = {
            let state = thunk.state.borrow();
            match &*state {
                State::Done(value) => return Ok(value.clone()),
                State::Failed(error) => return Err(Stop::Error(Rc::clone(error))),
                State::Unknown(unknown) => return Err(Stop::Unknown(Rc::clone(unknown))),
                State::Evaluating => {
                    return Err(self.error(
                        ErrorKind::InfiniteRecursion,
                        "this value needs itself (infinite recursion)",
                        &thunk.origin,
                    ));
                }
                State::Choice(condition, then, otherwise) => {
                    let branch = match self.assumed(condition.id) {
                        Some(true) => Rc::clone(then),
                        Some(false) => Rc::clone(otherwise),
                        None => return Err(Stop::Split(condition.clone())),
                    };
                    drop(state);
                    return self.force(&branch);
                }
                suspended => suspended.clone(),
            }
        };
        self.check_stack()?;
        self.step(1)?;
        *thunk.state.borrow_mut() = State::Evaluating;
        if self.is_of_this_pass(thunk) {
            // Its value is that of the present world, and where that is split, the whole pass is.
            let mark = self.unknown_numbers.mark();
            let outcome = match self.run(&state, &thunk.origin) {
                Err(Stop::Split(condition)) => self
                    .same_in_both(condition.id, &state, &thunk.origin, mark)
                    .ok_or(Stop::Split(condition)),
                outcome => outcome,
            };
            return remember(thunk, outcome, state);
        }
        let around = self.enter_pass();
        let outcome = match self.run(&state, &thunk.origin) {
            split @ Err(Stop::Split(_)) => {
                let settled = self.settle(split, &thunk.origin, &mut |evaluator| {
                    evaluator.run(&state, &thunk.origin)
                });
                let settled = settled.state.borrow().clone();
                *thunk.state.borrow_mut() = settled;
                None
            }
            outcome => Some(remember(thunk, outcome, state)),
        };
        self.leave_pass(around);
        // A choice is resolved in the world of whoever needs it.
        outcome.unwrap_or_else(|| self.force(thunk))
    }

    /// A thunk that the pass under way makes.
    pub(super) fn made(&self, state: State, origin: Origin) -> Rc<Thunk> {
        Thunk::of_pass(state, origin, self.pass)
    }

    /// `function argument...`, called when needed.
    pub(super) fn application(
        &self,
        function: &Rc<Thunk>,
        arguments: Vec<Rc<Thunk>>,
        origin: &Origin,
    ) -> Rc<Thunk> {
        let function = Rc::clone(function);
        let state = State::Apply {
            function,
            arguments,
        };
        self.made(state, origin.clone())
    }

    pub(super) fn run(&mut self, state: &State, origin: &Origin) -> Result<Val, Stop> {
        match state {
            State::Suspended {
                tree,
                expression,
                env,
            } => self.eval(tree, *expression, env),
            State::Apply {
                function,
                arguments,
            } => {
                let mut result = self.force(function)?;
                for argument in arguments {
                    result = self.apply(&result, Rc::clone(argument), origin)?;
                }
                Ok(result)
            }
            State::Select { subject, name } => self.select_attribute(subject, *name, origin),
            State::Native(work) => work(self),
            // The other states are values already; `force` never runs them.
            _ => Err(self.error(ErrorKind::Other, "a value was evaluated twice", origin)),
        }
    }

    /// A thunk for an expression: the value itself where that needs no work.
    pub fn thunk(&mut self, tree: &Rc<SourceTree>, id: ExprId, env: &Rc<Env>) -> Rc<Thunk> {
        let origin = place(tree, id, env);
        let value = match tree.expression(id) {
            Expr::Variable(_, Resolution::Local { up, slot }) => {
                if let Some(thunk) = env.lookup(*up, *slot) {
                    return Rc::clone(thunk);
                }
                None
            }
            Expr::Variable(name, Resolution::Global) if *name != self.current_position => {
                return self.global(*name);
            }
            Expr::Integer(integer) => Some(Value::Int(*integer)),
            Expr::Float(float) => Some(Value::Float(*float)),
            Expr::String(parts)
                if parts
                    .iter()
                    .all(|part| matches!(part, StringPart::Text { .. })) =>
            {
                Some(Value::String(self.literal_string(tree, parts, env)))
            }
            Expr::Lambda(lambda) => Some(Value::Lambda(Rc::new(Closure {
                tree: Rc::clone(tree),
                lambda: Rc::clone(lambda),
                env: Rc::clone(env),
            }))),
            _ => None,
        };
        match value {
            Some(value) => Thunk::with_state(
                State::Done(Val {
                    value,
                    origin: origin.clone(),
                }),
                origin,
            ),
            None => self.made(
                State::Suspended {
                    tree: Rc::clone(tree),
                    expression: id,
                    env: Rc::clone(env),
                },
                origin,
            ),
        }
    }

    pub(super) fn literal_string(
        &self,
        tree: &Rc<SourceTree>,
        parts: &[StringPart],
        env: &Rc<Env>,
    ) -> Rc<NixString> {
        Rc::new(NixString {
            parts: parts
                .iter()
                .filter_map(|part| match part {
                    StringPart::Text { text, span } => Some(Part::Text {
                        text: Rc::clone(text),
                        origin: Origin {
                            span: site(tree, *span, env),
                            call: env.call.clone(),
                        },
                    }),
                    StringPart::Interpolation(_) => None,
                })
                .collect(),
            context: Vec::new(),
        })
    }
}

/// Has a thunk remember what it came to, and gives that. What says nothing of its value on its own is forgotten: it has the state
/// again that it had.
fn remember(thunk: &Thunk, outcome: Result<Val, Stop>, state: State) -> Result<Val, Stop> {
    let (next, outcome) = match outcome {
        Ok(value) => (State::Done(value.clone()), Ok(value)),
        // Only while the outer value is being evaluated: needed on its own it may well have a value.
        Err(Stop::Error(error))
            if matches!(
                error.kind,
                ErrorKind::InfiniteRecursion | ErrorKind::CallDepth
            ) =>
        {
            (state, Err(Stop::Error(through(error, thunk))))
        }
        Err(Stop::Error(error)) => (State::Failed(Rc::clone(&error)), Err(Stop::Error(error))),
        Err(Stop::Unknown(unknown)) if !unknown.is_of_bound() => (
            State::Unknown(Rc::clone(&unknown)),
            Err(Stop::Unknown(unknown)),
        ),
        Err(stop) => (state, Err(stop)),
    };
    *thunk.state.borrow_mut() = next;
    outcome
}

/// Notes that an infinite recursion goes through a value.
fn through(mut error: Rc<EvalError>, thunk: &Thunk) -> Rc<EvalError> {
    /// So many places explain it.
    const ENOUGH: usize = 10;
    let Some(span) = thunk.origin.span else {
        return error;
    };
    if error.kind != ErrorKind::InfiniteRecursion {
        return error;
    }
    let is_new = error.span != Some(span) && error.trace.iter().all(|(known, _)| *known != span);
    if error.span.is_none() {
        // It began in something that no source wrote, such as a merged option.
        Rc::make_mut(&mut error).span = Some(span);
    } else if is_new && error.trace.len() < ENOUGH {
        let what = "which is needed for this value".to_string();
        Rc::make_mut(&mut error).trace.push((span, what));
    }
    error
}
