//! The evaluator: lazy, bounded, and honest about what it does not know.
//!
//! [`Evaluator::force`] gives a value or a [`Stop`]. Thunks are evaluated without assumptions, so what they remember
//! holds in every world; who needs a thunk inside a world resolves its choices there. Those made on the way to a value
//! are the exception: nothing outside of that world can reach them (see [`worlds`]).

pub mod access;
mod bindings;
pub mod builtins;
mod call;
mod expression;
pub mod files;
mod force;
pub mod fragments;
pub mod operators;
mod place;
mod select;
mod stack;
mod stand_in;
pub mod strings;
pub mod unknown;
pub mod value;
mod worlds;

pub use stack::with_stack;

use crate::nix::known_names::KnownNames;
use crate::nix::modules::Class;
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::BinaryOperator;
use crate::workspace::Workspace;
use crate::workspace::source::Span;
use std::collections::HashMap;
use std::rc::Rc;
use unknown::{Equality, ErrorKind, EvalError, Kind, Stop, Unknown};
use value::{Origin, Rendered, Thunk, Val, Value};

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
    /// Calls inside of each other that Nix allows unless it is told otherwise (`max-call-depth`). Deeper is a failure there, and
    /// so it is here.
    pub const CALLS: u32 = 10_000;

    /// How often one evaluator may use up its steps, before what comes next is allowed a hundredth of them.
    pub const SHARES: u64 = 5;
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            steps: 12_000_000,
            stack: stack::usable(),
            elements: 4_000_000,
            string: 64 << 20,
            conditions: 6,
        }
    }
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
    /// Whether an option is being declared by a set of which a part depends on the options: what `//` adds to it is left open.
    pub(crate) leaves_updates_open: bool,
    /// Whether the source tree is that of a flake that was loaded.
    pub(crate) is_of_flake: bool,
    /// Which options modules of a class have that are not in sight, as far as they are known.
    pub known_options: fn(Class) -> Option<&'static KnownNames>,
    /// What was rendered so far, in the order of evaluation: a configuration may be handed over in ways that are not
    /// followed.
    pub rendered: Vec<Rendered>,
    /// Conditions assumed at the moment, innermost last.
    assumptions: Vec<worlds::Assumption>,
    /// The pass that is under way.
    pass: worlds::Pass,
    /// How many passes were begun.
    passes: u32,
    steps: u64,
    /// Steps counted before they were last allowed again.
    spent: u64,
    stack_base: usize,
    /// Calls that the evaluation is inside of, counted as Nix counts them.
    calls: u32,
    /// What the unknowns that are made next are told apart by.
    unknown_numbers: worlds::UnknownNumbers,
    /// How many series of such numbers were begun.
    series: u64,
    pub(crate) loaded: files::Loaded,
    globals: HashMap<Symbol, Rc<Thunk>>,
    /// `__curPos`, which is no variable: it stands for its own place.
    current_position: Symbol,
    lib: Option<Rc<Thunk>>,
    /// Our own, once it was needed.
    prelude: Option<Rc<Thunk>>,
    /// Which conditions are comparisons of an unknown with a known value, by their ids.
    equalities: HashMap<u64, Equality>,
    /// Regular expressions compiled so far.
    expressions: HashMap<Rc<str>, Rc<builtins::Expression>>,
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
            leaves_updates_open: false,
            is_of_flake: false,
            known_options: |_| None,
            rendered: Vec::new(),
            assumptions: Vec::new(),
            pass: worlds::Pass::NONE,
            passes: 0,
            steps: 0,
            spent: 0,
            stack_base: std::ptr::from_ref(&marker) as usize,
            calls: 0,
            unknown_numbers: worlds::UnknownNumbers::default(),
            series: 0,
            loaded: files::Loaded::default(),
            globals: HashMap::new(),
            current_position: Symbol::new("__curPos"),
            lib: None,
            prelude: None,
            equalities: HashMap::new(),
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

    /// Allows as many steps again for what comes next (another configuration, another file), so that one thing that takes too
    /// many takes no other with it. All together may take [`Limits::SHARES`] times as many; what comes then is allowed
    /// little.
    pub fn allow_steps_again(&mut self) {
        let most = self.limits.steps.saturating_mul(Limits::SHARES);
        self.spent = self.spent.saturating_add(self.steps).min(most);
        self.steps = match most - self.spent {
            0 => self.limits.steps - self.limits.steps / 100,
            _ => 0,
        };
    }

    /// Whether the steps that are allowed have been used up.
    pub fn is_out_of_steps(&self) -> bool {
        self.steps > self.limits.steps
    }

    /// Steps counted since they were last allowed.
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

    /// Fails where Nix would be inside of too many calls to begin another.
    pub(crate) fn check_calls(&self, origin: &Origin) -> Result<(), Stop> {
        if self.calls > Limits::CALLS {
            let message = format!(
                "calls nest more than {} deep, which is as deep as Nix goes",
                Limits::CALLS
            );
            return Err(self.error(ErrorKind::CallDepth, message, origin));
        }
        Ok(())
    }

    /// Runs `work` one level deeper: what counts as a call for Nix.
    pub(crate) fn deeper<T>(
        &mut self,
        origin: &Origin,
        work: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        self.check_calls(origin)?;
        self.check_stack()?;
        self.calls += 1;
        let outcome = work(self);
        self.calls -= 1;
        outcome
    }

    /// The unknown that a reached bound gives; it is never split on.
    pub fn limit(&self, reason: &str) -> Stop {
        Stop::Unknown(Rc::new(Unknown {
            id: 0,
            kind: None,
            subject: None,
            reason: reason.into(),
            span: None,
            names: None,
        }))
    }

    /// A new unknown that equals no other, but the one that the same evaluation makes at this point in other worlds.
    pub fn unknown(
        &mut self,
        reason: impl Into<Rc<str>>,
        kind: Option<Kind>,
        span: Option<Span>,
    ) -> Rc<Unknown> {
        let id = self.unknown_numbers.next();
        Rc::new(Unknown {
            id,
            kind,
            subject: None,
            reason: reason.into(),
            span,
            names: None,
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
            names: None,
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

    /// nixpkgs' `lib`: our prelude, or what [`Evaluator::set_lib`] gave.
    pub fn lib(&mut self) -> Rc<Thunk> {
        if let Some(lib) = &self.lib {
            return Rc::clone(lib);
        }
        let lib = self.prelude();
        self.lib = Some(Rc::clone(&lib));
        lib
    }

    /// Our own `lib`.
    fn prelude(&mut self) -> Rc<Thunk> {
        if let Some(prelude) = &self.prelude {
            return Rc::clone(prelude);
        }
        let prelude = crate::nix::lib::lib(self);
        self.prelude = Some(Rc::clone(&prelude));
        prelude
    }

    /// `lib.hm`, which Home Manager adds to whatever `lib` there is.
    pub fn home_manager_functions(&mut self) -> Rc<Thunk> {
        Thunk::select(self.prelude(), Symbol::new("hm"), Origin::default())
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
}

/// Whether an operator decides on truth values.
pub(crate) fn is_logical(operator: BinaryOperator) -> bool {
    matches!(
        operator,
        BinaryOperator::And | BinaryOperator::Or | BinaryOperator::Implication
    )
}
