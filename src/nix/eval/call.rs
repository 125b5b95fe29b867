//! Calls of functions.

use super::Evaluator;
use super::place::{place, site};
use super::unknown::{ErrorKind, Kind, Stop, Unknown};
use super::value::{CallFrame, Closure, Env, Origin, PartialBuiltin, State, Thunk, Val, Value};
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::Parameter;
use std::rc::Rc;

impl Evaluator {
    pub(super) fn unknown_call(&mut self, function: &Rc<Unknown>, origin: &Origin) -> Stop {
        // Two calls of one unknown function with different arguments differ: the result gets an identity of its own.
        let reason = Rc::clone(&function.reason);
        let kind = (function.kind == Some(Kind::Derivation)).then_some(Kind::Derivation);
        let mut unknown = (*self.unknown(reason, kind, function.span.or(origin.span))).clone();
        unknown.subject = function
            .subject
            .as_ref()
            .map(|subject| format!("{subject} …").into());
        Stop::Unknown(Rc::new(unknown))
    }

    /// Calls a function with one argument. `origin` is the place of the call.
    pub fn apply(
        &mut self,
        function: &Val,
        argument: Rc<Thunk>,
        origin: &Origin,
    ) -> Result<Val, Stop> {
        match self.enter(function, argument, origin)? {
            Entered::Value(value) => Ok(value),
            Entered::Body(closure, env) => {
                self.calls += 1;
                let outcome = self.eval(&closure.tree, closure.lambda.body, &env);
                self.calls -= 1;
                outcome
            }
        }
    }

    /// Calls a function with several arguments.
    pub fn apply_all(
        &mut self,
        function: &Val,
        arguments: &[Rc<Thunk>],
        origin: &Origin,
    ) -> Result<Val, Stop> {
        let mut result = function.clone();
        for argument in arguments {
            result = self.apply(&result, Rc::clone(argument), origin)?;
        }
        Ok(result)
    }

    pub(super) fn enter(
        &mut self,
        function: &Val,
        argument: Rc<Thunk>,
        origin: &Origin,
    ) -> Result<Entered, Stop> {
        self.check_calls(origin)?;
        match &function.value {
            Value::Lambda(closure) => {
                let env = self.bind(closure, argument, origin)?;
                Ok(Entered::Body(Rc::clone(closure), env))
            }
            Value::Builtin(partial) => {
                let mut arguments = Vec::with_capacity(partial.arguments.len() + 1);
                arguments.extend(partial.arguments.iter().cloned());
                arguments.push(argument);
                if arguments.len() < partial.builtin.arity {
                    return Ok(Entered::Value(Val::new(
                        Value::Builtin(Rc::new(PartialBuiltin {
                            builtin: partial.builtin,
                            arguments,
                        })),
                        origin.clone(),
                    )));
                }
                self.step(1)?;
                self.deeper(origin, |evaluator| {
                    (partial.builtin.run)(evaluator, &arguments, origin)
                })
                .map(Entered::Value)
            }
            Value::Attrs(attrs) => {
                let functor = attrs.get(Symbol::new("__functor")).map(|attr| &attr.value);
                let Some(functor) = functor.cloned() else {
                    if let Some(open) = &attrs.open {
                        return Err(Stop::Unknown(Rc::clone(open)));
                    }
                    return Err(self.error(
                        ErrorKind::Type,
                        "a set is called like a function, and it has no `__functor`",
                        origin,
                    ));
                };
                let functor = self.force(&functor)?;
                let method = self.apply(&functor, Thunk::done(function.clone()), origin)?;
                self.enter(&method, argument, origin)
            }
            other => Err(self.error(
                ErrorKind::Type,
                format!("{} is called like a function", other.type_phrase()),
                origin,
            )),
        }
    }

    /// The frame of a call: binds the argument to what the function takes.
    pub(super) fn bind(
        &mut self,
        closure: &Closure,
        argument: Rc<Thunk>,
        origin: &Origin,
    ) -> Result<Rc<Env>, Stop> {
        let lambda = &closure.lambda;
        let call = match origin.span {
            Some(span) => Some(CallFrame::enter(span, lambda.name, origin.call.as_ref())),
            None => origin.call.clone(),
        };
        let up = Some(Rc::clone(&closure.env));
        let (formals, ellipsis, whole) = match &lambda.parameter {
            Parameter::Name(_) => return Ok(Env::filled(vec![argument], up, call)),
            Parameter::Formals {
                formals,
                ellipsis,
                whole,
            } => (formals, *ellipsis, whole),
        };
        let given = match self.force(&argument) {
            Ok(given) => given,
            Err(Stop::Unknown(unknown)) => {
                // The function can still be entered: only what it takes from the argument is unknown.
                let mut slots: Vec<_> = formals
                    .iter()
                    .map(|formal| {
                        let span = site(&closure.tree, formal.span, &closure.env);
                        Thunk::unknown(unknown.attribute(formal.name), Origin::at(span))
                    })
                    .collect();
                if whole.is_some() {
                    slots.push(argument);
                }
                return Ok(Env::filled(slots, up, call));
            }
            Err(stop) => return Err(stop),
        };
        let Value::Attrs(attrs) = &given.value else {
            return Err(self.error(
                ErrorKind::Type,
                format!(
                    "the function takes a set, and {} is given",
                    given.value.type_phrase()
                ),
                origin,
            ));
        };
        let env = Env::unfilled(up, call);
        let mut slots = Vec::with_capacity(formals.len() + usize::from(whole.is_some()));
        let mut matched = 0;
        for formal in formals {
            if let Some(attr) = attrs.get(formal.name) {
                matched += 1;
                slots.push(Rc::clone(&attr.value));
            } else if let Some(open) = &attrs.open {
                let span = site(&closure.tree, formal.span, &closure.env);
                slots.push(Thunk::unknown(
                    open.attribute(formal.name),
                    Origin::at(span),
                ));
            } else if let Some(default) = formal.default {
                // Not `self.thunk`: a default that is another formal must not look at the frame yet.
                slots.push(Thunk::with_state(
                    State::Suspended {
                        tree: Rc::clone(&closure.tree),
                        expression: default,
                        env: Rc::clone(&env),
                    },
                    place(&closure.tree, default, &env),
                ));
            } else {
                return Err(self.error(
                    ErrorKind::Argument,
                    format!(
                        "the function is called without the required argument `{}`",
                        formal.name
                    ),
                    origin,
                ));
            }
        }
        if !ellipsis && matched < attrs.unordered().len() {
            let unexpected = attrs
                .sorted()
                .into_iter()
                .find(|attr| formals.iter().all(|formal| formal.name != attr.name));
            if let Some(unexpected) = unexpected {
                return Err(self.error(
                    ErrorKind::Argument,
                    format!(
                        "the function is called with the unexpected argument `{}`",
                        unexpected.name
                    ),
                    origin,
                ));
            }
        }
        if whole.is_some() {
            slots.push(Thunk::done(given));
        }
        env.fill(slots);
        Ok(env)
    }
}

/// What a call comes to: a value, or a body still to be evaluated.
pub(super) enum Entered {
    Value(Val),
    Body(Rc<Closure>, Rc<Env>),
}
