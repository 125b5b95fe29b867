//! Calls of functions.

use super::place::{place, site};
use super::unknown::{ErrorKind, Kind, Stop, Unknown};
use super::value::{CallFrame, Closure, Env, Origin, PartialBuiltin, State, Thunk, Val, Value};
use super::{Builtin, Evaluator, stand_in};
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
                .or_else(|stop| match stop {
                    Stop::Unknown(unknown) => {
                        stand_in::run(self, partial.builtin, &arguments, origin).ok_or_else(|| {
                            let builtin = partial.builtin;
                            Stop::Unknown(another_unknown(self, builtin, &arguments, &unknown))
                        })
                    }
                    other => Err(other),
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
                slots.push(self.made(
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

/// What a builtin comes to where that is not known.
///
/// Most make something else of what they are given: that is not known either, but another value, and conditions on the two
/// have nothing to do with each other. The same builtin with the same operands is the same unknown.
fn another_unknown(
    evaluator: &mut Evaluator,
    builtin: &Builtin,
    arguments: &[Rc<Thunk>],
    unknown: &Rc<Unknown>,
) -> Rc<Unknown> {
    if unknown.is_of_bound() || !TRANSFORMING.contains(&builtin.name) {
        return Rc::clone(unknown);
    }
    match operation(builtin, arguments) {
        Some(what) => unknown.derived(&what, unknown.kind),
        None => evaluator.unknown(Rc::clone(&unknown.reason), unknown.kind, unknown.span),
    }
}

/// A builtin and its operands, of which one is not known and stands for itself; `None` where others cannot be told.
fn operation(builtin: &Builtin, arguments: &[Rc<Thunk>]) -> Option<String> {
    let mut what = builtin.name.to_string();
    let mut unsettled = 0;
    for argument in arguments {
        what.push(' ');
        match argument.settled() {
            // The definition of a function of `lib`.
            Some(value) if matches!(value.value, Value::Lambda(_)) => {}
            Some(value) => describe(&value, &mut what)?,
            None => unsettled += 1,
        }
    }
    (unsettled == 1).then_some(what)
}

/// Writes down a settled operand; `None` where it is not settled throughout.
fn describe(value: &Val, what: &mut String) -> Option<()> {
    match &value.value {
        Value::Int(number) => what.push_str(&number.to_string()),
        Value::Bool(boolean) => what.push_str(&boolean.to_string()),
        Value::String(text) => what.push_str(&format!("{:?}", text.known().ok()?)),
        Value::List(list) if list.gaps.is_empty() => {
            what.push('[');
            for item in &list.items {
                describe(&item.settled()?, what)?;
                what.push(' ');
            }
            what.push(']');
        }
        Value::Attrs(attrs) if attrs.open.is_none() => {
            what.push('{');
            for attr in attrs.sorted() {
                what.push_str(attr.name.as_str());
                what.push('=');
                describe(&attr.value.settled()?, what)?;
                what.push(' ');
            }
            what.push('}');
        }
        _ => return None,
    }
    Some(())
}

/// Builtins that do not hand on what they are given, nor call what they are given.
const TRANSFORMING: &[&str] = &[
    "add",
    "attrNames",
    "baseNameOf",
    "bitAnd",
    "bitOr",
    "bitXor",
    "ceil",
    "compareVersions",
    "concatStringsSep",
    "dirOf",
    "div",
    "floor",
    "getOutput",
    "hashString",
    "length",
    "lessThan",
    "makeSearchPath",
    "makeSearchPathOutput",
    "match",
    "mul",
    "parseDrvName",
    "removePrefix",
    "removeSuffix",
    "replaceStrings",
    "split",
    "splitVersion",
    "stringLength",
    "sub",
    "substring",
    "trim",
    "trimWith",
    "typeOf",
];
