//! The evaluator: lazy, bounded, and honest about what it does not know.
//!
//! [`Evaluator::force`] gives a value or a [`Stop`]. Thunks are always evaluated without assumptions, so
//! what they remember holds in every world; who needs a thunk inside a world resolves its choices there.

pub mod access;
pub mod builtins;
pub mod files;
pub mod fragments;
pub mod operators;
pub mod strings;
pub mod unknown;
pub mod value;

use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::{
    AttributeName, BinaryOperator, Binding, BindingValue, Bindings, Expr, ExprId, Parameter,
    Resolution, SourceTree, StringPart,
};
use crate::workspace::Workspace;
use crate::workspace::source::{FileId, Span};
use std::collections::HashMap;
use std::rc::Rc;
use unknown::{ErrorKind, EvalError, Kind, Stop, Unknown};
use value::{
    Attr, Attrs, CallFrame, Closure, Env, List, NixPath, NixString, Origin, Part, PartialBuiltin,
    Rendered, State, Thunk, Val, Value,
};

/// Bounds on what an evaluation may cost. Running out of one makes the value unknown, with that reason.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Expressions evaluated, values forced and elements made by builtins.
    pub steps: u64,
    /// Bytes of machine stack.
    pub stack: usize,
    /// Elements of a list, attributes of a set.
    pub elements: usize,
    /// Bytes of a string.
    pub string: usize,
    /// Conditions that one value may depend on; 6 give 64 alternatives.
    pub conditions: usize,
}

impl Limits {
    /// The stack that [`with_stack`] gives, in bytes. Only what is used is ever backed by memory.
    pub const STACK: usize = 1 << 30;
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            steps: 12_000_000,
            stack: Limits::STACK / 4 * 3,
            elements: 4_000_000,
            string: 64 << 20,
            conditions: 6,
        }
    }
}

/// Runs `work` on a thread with a stack of [`Limits::STACK`] bytes and returns what it returns. A panic in
/// it continues here.
pub fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("evaluation".into())
            .stack_size(Limits::STACK)
            .spawn_scoped(scope, work);
        match thread {
            Ok(thread) => match thread.join() {
                Ok(value) => value,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            // Without a thread there is nothing that could be done safely.
            Err(error) => panic!("no thread for the evaluation: {error}"),
        }
    })
}

/// What a builtin does with its arguments; the last parameter is the place of the call.
pub type Run = fn(&mut Evaluator, &[Rc<Thunk>], &Origin) -> Result<Val, Stop>;

/// A function that is written in Rust.
pub struct Builtin {
    /// Its name, without `builtins.`.
    pub name: &'static str,
    /// How many arguments it takes, at least one.
    pub arity: usize,
    /// What it does: gets as many thunks as its arity and the place of the call.
    pub run: Run,
}

impl std::fmt::Debug for Builtin {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Builtin({})", self.name)
    }
}

/// The state of one run: files, caches, limits, assumptions.
pub struct Evaluator {
    /// The files that it may see.
    pub workspace: Rc<Workspace>,
    /// Its bounds.
    pub limits: Limits,
    /// Whether the source tree is one that Nix copies to the store first (a flake), so that paths in it have a text that
    /// is not known here.
    pub store_paths: bool,
    /// What was rendered so far, in the order of evaluation: a configuration may be handed over in ways that are not
    /// followed.
    pub rendered: Vec<Rendered>,
    /// Conditions assumed at the moment, innermost last.
    assumptions: Vec<(u64, bool)>,
    steps: u64,
    stack_base: usize,
    unknown_count: u64,
    pub(crate) loaded: files::Loaded,
    globals: HashMap<Symbol, Rc<Thunk>>,
    lib: Option<Rc<Thunk>>,
    /// Regular expressions compiled so far; the flag tells whether the whole text must match.
    pub(crate) expressions: HashMap<(Rc<str>, bool), Rc<regex::Regex>>,
}

impl Evaluator {
    /// An evaluator that sees the files of a workspace. Make it on the thread that uses it: the stack is measured
    /// from here.
    pub fn new(workspace: Rc<Workspace>, limits: Limits) -> Self {
        let marker = 0u8;
        Evaluator {
            workspace,
            limits,
            store_paths: false,
            rendered: Vec::new(),
            assumptions: Vec::new(),
            steps: 0,
            stack_base: std::ptr::from_ref(&marker) as usize,
            unknown_count: 0,
            loaded: files::Loaded::default(),
            globals: HashMap::new(),
            lib: None,
            expressions: HashMap::new(),
        }
    }

    /// Counts `steps` of work; an unknown when the bound is reached.
    pub fn step(&mut self, steps: u64) -> Result<(), Stop> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.steps {
            return Err(self.limit("evaluating it takes too many steps"));
        }
        Ok(())
    }

    /// Steps counted so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    pub(crate) fn check_stack(&self) -> Result<(), Stop> {
        let marker = 0u8;
        let used = self
            .stack_base
            .abs_diff(std::ptr::from_ref(&marker) as usize);
        if used > self.limits.stack {
            return Err(self.limit("evaluating it nests too deeply"));
        }
        Ok(())
    }

    /// The unknown that a reached bound gives; it is never split on.
    pub fn limit(&self, reason: &str) -> Stop {
        Stop::Unknown(Rc::new(Unknown {
            id: 0,
            kind: None,
            subject: None,
            reason: reason.into(),
            span: None,
        }))
    }

    /// A new unknown that equals no other.
    pub fn unknown(
        &mut self,
        reason: impl Into<Rc<str>>,
        kind: Option<Kind>,
        span: Option<Span>,
    ) -> Rc<Unknown> {
        self.unknown_count += 1;
        Rc::new(Unknown {
            id: unknown::mix(self.unknown_count, "unknown"),
            kind,
            subject: None,
            reason: reason.into(),
            span,
        })
    }

    /// An unknown with an identity: each with this `subject` (Nix code that means one value throughout the run) is
    /// the same value.
    pub fn unknown_named(
        &self,
        subject: &str,
        reason: impl Into<Rc<str>>,
        kind: Option<Kind>,
        span: Option<Span>,
    ) -> Rc<Unknown> {
        Rc::new(Unknown {
            id: unknown::mix(1, subject),
            kind,
            subject: Some(subject.into()),
            reason: reason.into(),
            span,
        })
    }

    /// A failure at a place, with the calls around it.
    pub fn error(&self, kind: ErrorKind, message: impl Into<String>, origin: &Origin) -> Stop {
        let mut error = EvalError::new(kind, message, origin.span);
        let mut call = origin.call.as_ref();
        while let Some(frame) = call {
            let what = match frame.name {
                Some(name) => format!("in this call of `{name}`"),
                None => "in this call".to_string(),
            };
            error.trace.push((frame.span, what));
            call = frame.parent.as_ref();
        }
        error.into()
    }

    /// A type error in Nix's words: what was found, what was expected.
    pub fn type_error(&self, value: &Value, expected: &str, origin: &Origin) -> Stop {
        self.error(
            ErrorKind::Type,
            format!(
                "{} was found where {expected} is needed",
                value.type_phrase()
            ),
            origin,
        )
    }

    // Worlds

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
        if unknown.id == 0 {
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

    fn settle(
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
                Err(Stop::Error(error)) if error.kind == ErrorKind::InfiniteRecursion => {
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

    // Thunks

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
        let saved = std::mem::take(&mut self.assumptions);
        let outcome = self.run(&state, &thunk.origin);
        let next = match outcome {
            Ok(value) => State::Done(value),
            Err(Stop::Error(error)) => {
                if error.kind == ErrorKind::InfiniteRecursion {
                    // Only while the outer value is being evaluated: needed on its own it may well have a value.
                    *thunk.state.borrow_mut() = state;
                    self.assumptions = saved;
                    return Err(Stop::Error(error));
                }
                State::Failed(error)
            }
            Err(Stop::Unknown(unknown)) => {
                if unknown.id == 0 {
                    *thunk.state.borrow_mut() = state;
                    self.assumptions = saved;
                    return Err(Stop::Unknown(unknown));
                }
                State::Unknown(unknown)
            }
            Err(Stop::Split(condition)) => {
                let settled = self.settle(
                    Err(Stop::Split(condition)),
                    &thunk.origin,
                    &mut |evaluator| evaluator.run(&state, &thunk.origin),
                );
                settled.state.borrow().clone()
            }
        };
        self.assumptions = saved;
        *thunk.state.borrow_mut() = next;
        self.force(thunk)
    }

    fn run(&mut self, state: &State, origin: &Origin) -> Result<Val, Stop> {
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
            Expr::Variable(name, Resolution::Global) => return self.global(*name),
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
            None => Thunk::with_state(
                State::Suspended {
                    tree: Rc::clone(tree),
                    expression: id,
                    env: Rc::clone(env),
                },
                origin,
            ),
        }
    }

    fn literal_string(
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

    // Expressions

    /// The value of an expression.
    pub fn eval(&mut self, tree: &Rc<SourceTree>, id: ExprId, env: &Rc<Env>) -> Result<Val, Stop> {
        self.check_stack()?;
        let mut tree = Rc::clone(tree);
        let mut env = Rc::clone(env);
        let mut id = id;
        // The loop makes calls in tail position cost no stack.
        loop {
            self.step(1)?;
            let origin = place(&tree, id, &env);
            let value = match tree.expression(id) {
                Expr::Integer(integer) => Value::Int(*integer),
                Expr::Float(float) => Value::Float(*float),
                Expr::String(parts) => {
                    Value::String(self.eval_string(&tree, parts, &env, &origin)?)
                }
                Expr::Path(parts) => Value::Path(self.eval_path(&tree, parts, &env, &origin)?),
                Expr::SearchPath(text) => {
                    let subject = format!("<{text}>");
                    return Err(Stop::Unknown(self.unknown_named(
                        &subject,
                        format!("`{subject}` is looked up in Nix's search path"),
                        Some(Kind::Path),
                        origin.span,
                    )));
                }
                Expr::Variable(name, resolution) => {
                    let thunk = self.variable(*name, resolution, &env, &origin)?;
                    return self.force(&thunk);
                }
                Expr::Select {
                    subject,
                    path,
                    default,
                } => match self.eval_select(&tree, *subject, path, &env, default.is_some())? {
                    Some(value) => return Ok(value),
                    None => match default {
                        Some(default) => {
                            id = *default;
                            continue;
                        }
                        None => {
                            return Err(self.error(
                                ErrorKind::MissingAttribute,
                                "the attribute is missing",
                                &origin,
                            ));
                        }
                    },
                },
                Expr::HasAttribute { subject, path } => {
                    Value::Bool(self.eval_has_attribute(&tree, *subject, path, &env)?)
                }
                Expr::Attributes(bindings) => {
                    let (attrs, _) = self.eval_bindings(&tree, bindings, &env, &origin)?;
                    Value::Attrs(Rc::new(attrs))
                }
                Expr::List(items) => {
                    self.step(items.len() as u64)?;
                    let items = items
                        .iter()
                        .map(|item| self.thunk(&tree, *item, &env))
                        .collect();
                    Value::List(Rc::new(List::closed(items)))
                }
                Expr::Lambda(lambda) => Value::Lambda(Rc::new(Closure {
                    tree: Rc::clone(&tree),
                    lambda: Rc::clone(lambda),
                    env: Rc::clone(&env),
                })),
                Expr::Apply { function, argument } => {
                    let function = match self.eval(&tree, *function, &env) {
                        Ok(function) => function,
                        Err(Stop::Unknown(unknown)) => {
                            return Err(self.unknown_call(&unknown, &origin));
                        }
                        Err(stop) => return Err(stop),
                    };
                    let argument = self.thunk(&tree, *argument, &env);
                    match self.enter(&function, argument, &origin)? {
                        Entered::Value(value) => return Ok(value),
                        Entered::Body(closure, body_env) => {
                            id = closure.lambda.body;
                            tree = Rc::clone(&closure.tree);
                            env = body_env;
                            continue;
                        }
                    }
                }
                Expr::Let { bindings, body } => {
                    let (_, frame) = self.eval_bindings(&tree, bindings, &env, &origin)?;
                    id = *body;
                    env = frame;
                    continue;
                }
                Expr::With { scope, body } => {
                    let scope = self.thunk(&tree, *scope, &env);
                    id = *body;
                    let call = env.call.clone();
                    env = Env::filled(vec![scope], Some(env), call);
                    continue;
                }
                Expr::Assert { condition, body } => {
                    let outcome = self.eval(&tree, *condition, &env);
                    let place = place(&tree, *condition, &env);
                    if !self.truth(outcome, &place)? {
                        return Err(self.error(
                            ErrorKind::Assertion,
                            "this assertion does not hold",
                            &place,
                        ));
                    }
                    id = *body;
                    continue;
                }
                Expr::If {
                    condition,
                    consequent,
                    alternative,
                } => {
                    let outcome = self.eval(&tree, *condition, &env);
                    let place = place(&tree, *condition, &env);
                    id = if self.truth(outcome, &place)? {
                        *consequent
                    } else {
                        *alternative
                    };
                    continue;
                }
                Expr::Binary {
                    operator,
                    left,
                    right,
                } => {
                    return self.eval_binary(&tree, *operator, *left, *right, &env, &origin);
                }
                Expr::Not(operand) => {
                    let outcome = self.eval(&tree, *operand, &env);
                    Value::Bool(!self.truth(outcome, &origin)?)
                }
                Expr::Negate(operand) => {
                    let operand = self.eval(&tree, *operand, &env)?;
                    match operand.value {
                        Value::Int(integer) => {
                            Value::Int(integer.checked_neg().ok_or_else(|| {
                                self.error(
                                    ErrorKind::Arithmetic,
                                    "the result does not fit 64 bits",
                                    &origin,
                                )
                            })?)
                        }
                        Value::Float(float) => Value::Float(-float),
                        other => return Err(self.type_error(&other, "a number", &origin)),
                    }
                }
                Expr::Missing => {
                    return Err(self.error(
                        ErrorKind::Syntax,
                        "the file does not parse here",
                        &origin,
                    ));
                }
            };
            return Ok(Val { value, origin });
        }
    }

    fn variable(
        &mut self,
        name: Symbol,
        resolution: &Resolution,
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<Rc<Thunk>, Stop> {
        match resolution {
            Resolution::Local { up, slot } => match env.lookup(*up, *slot) {
                Some(thunk) => Ok(Rc::clone(thunk)),
                None => Err(self.error(
                    ErrorKind::Other,
                    format!("the variable `{name}` has no value"),
                    origin,
                )),
            },
            Resolution::Global => Ok(self.global(name)),
            Resolution::With(scopes) => {
                for up in scopes.iter() {
                    let Some(scope) = env.lookup(*up, 0).cloned() else {
                        continue;
                    };
                    let scope = match self.force(&scope) {
                        Ok(scope) => scope,
                        Err(Stop::Unknown(unknown)) => {
                            return Err(Stop::Unknown(unknown.attribute(name)));
                        }
                        Err(stop) => return Err(stop),
                    };
                    let Value::Attrs(attrs) = &scope.value else {
                        return Err(self.type_error(&scope.value, "a set", origin));
                    };
                    if let Some(attr) = attrs.get(name) {
                        return Ok(Rc::clone(&attr.value));
                    }
                    if let Some(open) = &attrs.open {
                        return Err(Stop::Unknown(open.attribute(name)));
                    }
                }
                Err(self.undefined(name, origin))
            }
            Resolution::Undefined => Err(self.undefined(name, origin)),
        }
    }

    fn undefined(&self, name: Symbol, origin: &Origin) -> Stop {
        self.error(
            ErrorKind::UndefinedVariable,
            format!("nothing defines the variable `{name}`"),
            origin,
        )
    }

    /// nixpkgs' `lib`: our prelude, or what [`Evaluator::set_lib`] gave.
    pub fn lib(&mut self) -> Rc<Thunk> {
        if let Some(lib) = &self.lib {
            return Rc::clone(lib);
        }
        let lib = crate::nix::lib::lib(self);
        self.lib = Some(Rc::clone(&lib));
        lib
    }

    /// Takes the real `lib` of an input that is at hand.
    pub fn set_lib(&mut self, lib: Rc<Thunk>) {
        self.lib = Some(lib);
    }

    /// The thunk of a global: one of the constants, or a builtin.
    pub fn global(&mut self, name: Symbol) -> Rc<Thunk> {
        if let Some(thunk) = self.globals.get(&name) {
            return Rc::clone(thunk);
        }
        let thunk = builtins::global(self, name);
        self.globals.insert(name, Rc::clone(&thunk));
        thunk
    }

    fn unknown_call(&mut self, function: &Rc<Unknown>, origin: &Origin) -> Stop {
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
            Entered::Body(closure, env) => self.eval(&closure.tree, closure.lambda.body, &env),
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

    fn enter(
        &mut self,
        function: &Val,
        argument: Rc<Thunk>,
        origin: &Origin,
    ) -> Result<Entered, Stop> {
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
                self.check_stack()?;
                (partial.builtin.run)(self, &arguments, origin).map(Entered::Value)
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
    fn bind(
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

    /// Evaluates the names of a set or `let`; the values stay lazy. Gives the set and, for a recursive one, the frame that
    /// its values see (otherwise `env` itself).
    fn eval_bindings(
        &mut self,
        tree: &Rc<SourceTree>,
        bindings: &Bindings,
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<(Attrs, Rc<Env>), Stop> {
        self.step(bindings.entries.len() as u64)?;
        if bindings.recursive
            && bindings
                .entries
                .iter()
                .any(|binding| binding.name.as_str() == "__overrides")
        {
            return Err(Stop::Unknown(self.unknown(
                "`__overrides` is not modelled",
                Some(Kind::Attributes),
                origin.span,
            )));
        }
        let inner = if bindings.recursive {
            Env::unfilled(Some(Rc::clone(env)), env.call.clone())
        } else {
            Rc::clone(env)
        };
        let at = |span: (u32, u32)| site(tree, span, env);
        let sources: Vec<Rc<Thunk>> = bindings
            .inherit_sources
            .iter()
            .map(|source| self.suspend(tree, *source, &inner, bindings.recursive))
            .collect();
        let mut slots = Vec::with_capacity(bindings.entries.len());
        for Binding {
            name,
            name_span,
            value,
        } in &bindings.entries
        {
            slots.push(match value {
                BindingValue::Expression(expression) => {
                    self.suspend(tree, *expression, &inner, bindings.recursive)
                }
                BindingValue::Inherit(variable) => self.thunk(tree, *variable, env),
                BindingValue::InheritFrom(index) => {
                    let origin = Origin {
                        span: at(*name_span),
                        call: env.call.clone(),
                    };
                    match sources.get(*index as usize) {
                        Some(source) => Thunk::select(Rc::clone(source), *name, origin),
                        None => {
                            return Err(self.error(
                                ErrorKind::Other,
                                "an inherited name has no source",
                                &origin,
                            ));
                        }
                    }
                }
            });
        }
        let mut entries = Vec::with_capacity(slots.len());
        for (binding, slot) in bindings.entries.iter().zip(&slots) {
            entries.push(Attr {
                name: binding.name,
                name_span: at(binding.name_span),
                definition: match binding.value {
                    BindingValue::Expression(expression) | BindingValue::Inherit(expression) => {
                        place(tree, expression, env).span
                    }
                    BindingValue::InheritFrom(_) => at(binding.name_span),
                },
                value: Rc::clone(slot),
            });
        }
        if bindings.recursive {
            inner.fill(slots);
        }
        let mut attrs = Attrs::from_entries(entries);
        for binding in &bindings.dynamic {
            let name = match self.eval(tree, binding.name, &inner) {
                Ok(name) => name,
                Err(Stop::Unknown(unknown)) => {
                    attrs.open = Some(unknown);
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            let name = match &name.value {
                Value::Null => continue,
                Value::String(name) => match name.known() {
                    Ok(name) => Symbol::new(&name),
                    Err(Stop::Unknown(unknown)) => {
                        attrs.open = Some(unknown);
                        continue;
                    }
                    Err(stop) => return Err(stop),
                },
                other => return Err(self.type_error(other, "a string (a name)", origin)),
            };
            if attrs.get(name).is_some() {
                return Err(self.error(
                    ErrorKind::Other,
                    format!("the attribute `{name}` is defined twice"),
                    &Origin::at(at(binding.name_span)),
                ));
            }
            let value = self.suspend(tree, binding.value, &inner, bindings.recursive);
            attrs.insert(Attr {
                name,
                name_span: at(binding.name_span),
                definition: place(tree, binding.value, env).span,
                value,
            });
        }
        Ok((attrs, inner))
    }

    /// Like [`Evaluator::thunk`]; in a frame that is not filled yet, variables must wait.
    fn suspend(
        &mut self,
        tree: &Rc<SourceTree>,
        id: ExprId,
        env: &Rc<Env>,
        unfilled: bool,
    ) -> Rc<Thunk> {
        if unfilled
            && matches!(
                tree.expression(id),
                Expr::Variable(_, Resolution::Local { .. })
            )
        {
            return Thunk::with_state(
                State::Suspended {
                    tree: Rc::clone(tree),
                    expression: id,
                    env: Rc::clone(env),
                },
                place(tree, id, env),
            );
        }
        self.thunk(tree, id, env)
    }

    /// The name that an attribute path's element stands for.
    fn attribute_name(
        &mut self,
        tree: &Rc<SourceTree>,
        name: &AttributeName,
        env: &Rc<Env>,
    ) -> Result<Symbol, Stop> {
        match name {
            AttributeName::Static(name, _) => Ok(*name),
            AttributeName::Dynamic(expression, _) => {
                let value = self.eval(tree, *expression, env)?;
                match &value.value {
                    Value::String(text) => Ok(Symbol::new(&text.known()?)),
                    other => Err(self.type_error(other, "a string (a name)", &value.origin)),
                }
            }
        }
    }

    /// `subject.path`: the value, or `None` where an attribute is missing and there is a default.
    fn eval_select(
        &mut self,
        tree: &Rc<SourceTree>,
        subject: ExprId,
        path: &[AttributeName],
        env: &Rc<Env>,
        has_default: bool,
    ) -> Result<Option<Val>, Stop> {
        let mut current = self.eval(tree, subject, env);
        for name in path {
            let origin = Origin {
                span: site(tree, name.span(), env),
                call: env.call.clone(),
            };
            let value = match current {
                Ok(value) => value,
                Err(Stop::Unknown(unknown)) => {
                    // Nix evaluates a computed name too, but it cannot make the result known.
                    current = Err(Stop::Unknown(match name {
                        AttributeName::Static(name, _) => unknown.attribute(*name),
                        AttributeName::Dynamic(..) => match self.attribute_name(tree, name, env) {
                            Ok(name) => unknown.attribute(name),
                            Err(Stop::Unknown(_)) => {
                                self.unknown(Rc::clone(&unknown.reason), None, unknown.span)
                            }
                            Err(stop) => return Err(stop),
                        },
                    }));
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            let name = self.attribute_name(tree, name, env)?;
            let Value::Attrs(attrs) = &value.value else {
                if has_default {
                    return Ok(None);
                }
                return Err(self.type_error(
                    &value.value,
                    &format!("a set with the attribute `{name}`"),
                    &origin,
                ));
            };
            match attrs.get(name) {
                Some(attr) => {
                    let thunk = Rc::clone(&attr.value);
                    current = self.force(&thunk);
                }
                None => {
                    if let Some(open) = &attrs.open {
                        current = Err(Stop::Unknown(open.attribute(name)));
                        continue;
                    }
                    if has_default {
                        return Ok(None);
                    }
                    return Err(self.missing_attribute(attrs, name, &origin));
                }
            }
        }
        current.map(Some)
    }

    fn eval_has_attribute(
        &mut self,
        tree: &Rc<SourceTree>,
        subject: ExprId,
        path: &[AttributeName],
        env: &Rc<Env>,
    ) -> Result<bool, Stop> {
        let mut current = self.eval(tree, subject, env);
        for (position, name) in path.iter().enumerate() {
            let value = match current {
                Ok(value) => value,
                Err(Stop::Unknown(unknown)) => {
                    let what = format!("? {position} {}", self.attribute_name(tree, name, env)?);
                    return Err(Stop::Unknown(unknown.derived(&what, Some(Kind::Boolean))));
                }
                Err(stop) => return Err(stop),
            };
            let Value::Attrs(attrs) = &value.value else {
                return Ok(false);
            };
            let name = self.attribute_name(tree, name, env)?;
            match attrs.get(name) {
                None => {
                    return match &attrs.open {
                        Some(open) => Err(Stop::Unknown(
                            open.derived(&format!("? {name}"), Some(Kind::Boolean)),
                        )),
                        None => Ok(false),
                    };
                }
                Some(_) if position + 1 == path.len() => return Ok(true),
                Some(attr) => {
                    let thunk = Rc::clone(&attr.value);
                    current = self.force(&thunk);
                }
            }
        }
        Ok(true)
    }

    /// `"...${...}..."`: unknown parts stay parts.
    fn eval_string(
        &mut self,
        tree: &Rc<SourceTree>,
        parts: &[StringPart],
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<Rc<NixString>, Stop> {
        let mut string = NixString::default();
        for part in parts {
            match part {
                StringPart::Text { text, span } => string.parts.push(Part::Text {
                    text: Rc::clone(text),
                    origin: Origin {
                        span: site(tree, *span, env),
                        call: origin.call.clone(),
                    },
                }),
                StringPart::Interpolation(expression) => {
                    let outcome = self.eval(tree, *expression, env);
                    let place = Origin {
                        span: place(tree, *expression, env).span,
                        call: origin.call.clone(),
                    };
                    self.append(
                        &mut string,
                        outcome,
                        strings::Coercion::INTERPOLATION,
                        &place,
                    )?;
                }
            }
        }
        Ok(Rc::new(string))
    }

    fn eval_path(
        &mut self,
        tree: &Rc<SourceTree>,
        parts: &[StringPart],
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<NixPath, Stop> {
        let mut written = String::new();
        for part in parts {
            match part {
                StringPart::Text { text, .. } => written.push_str(text),
                StringPart::Interpolation(expression) => {
                    let mut string = NixString::default();
                    let outcome = self.eval(tree, *expression, env);
                    self.append(&mut string, outcome, strings::Coercion::PATH, origin)?;
                    written.push_str(&string.known()?);
                }
            }
        }
        self.resolve_path(&written, tree.file, origin)
    }
}

/// Where an expression stands. What the prelude makes has the place of the call into it: its own text is nobody's
/// source.
fn place(tree: &SourceTree, id: ExprId, env: &Env) -> Origin {
    Origin {
        span: site(tree, tree.spans[id.0 as usize], env),
        call: env.call.clone(),
    }
}

fn site(tree: &SourceTree, range: (u32, u32), env: &Env) -> Option<Span> {
    if tree.file == FileId::INTERNAL {
        return env.call.as_ref().map(|call| call.span);
    }
    Some(Span::new(tree.file, range.0, range.1))
}

/// What a call comes to: a value, or a body still to be evaluated.
enum Entered {
    Value(Val),
    Body(Rc<Closure>, Rc<Env>),
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

/// Whether an operator decides on truth values.
pub(crate) fn is_logical(operator: BinaryOperator) -> bool {
    matches!(
        operator,
        BinaryOperator::And | BinaryOperator::Or | BinaryOperator::Implication
    )
}
