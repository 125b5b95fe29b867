//! What is not known, what fails, and what depends on a condition.
//!
//! The evaluator returns a value, or a [`Stop`]. A `Stop` travels up through `?` to the nearest thunk, which
//! remembers it: a failure as a failure, an unknown as an unknown, and a split as a choice between the
//! values that the thunk has if the condition holds and if it does not. So values themselves are always
//! known, and no operation has to ask.

use crate::nix::known_names::KnownNames;
use crate::nix::symbol::Symbol;
use crate::workspace::ReadProblem;
use crate::workspace::source::Span;
use std::rc::Rc;

/// What an unknown value is known to be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A string.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list.
    List,
    /// An attribute set.
    Attributes,
    /// A function.
    Function,
    /// A path in the file system, as a path or as a string.
    Path,
    /// The path of a file that holds a secret (`config.sops.secrets.x.path` and the like).
    SecretPath,
    /// What is in a file that Nix reads (`builtins.readFile config.sops.secrets.x.path`): a string.
    FileContent,
    /// A part of what is in such a file, when it is read as JSON or TOML: any value.
    FilePart,
    /// A path in the Nix store.
    StorePath,
    /// A package or another derivation.
    Derivation,
    /// A literal secret that was replaced when Nix handed the configuration over (`--evaluated`).
    Secret,
}

/// A value that the sources do not determine. Derived unknowns (`x.y` of an unknown `x`) keep the reason
/// and the place of the first.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// Identity within a run: two unknowns with the same id have the same value.
    pub id: u64,
    /// What it is known to be, if anything.
    pub kind: Option<Kind>,
    /// What it is, as Nix code where that can be said: `osConfig.networking.hostName`.
    pub subject: Option<Rc<str>>,
    /// Why it is not known: a clause in lower case.
    pub reason: Rc<str>,
    /// Where it became unknown.
    pub span: Option<Span>,
    /// Which names it has, where it is a set of which these are known.
    pub names: Option<&'static KnownNames>,
}

impl Unknown {
    /// The condition "this is true", for an unknown that is used as a truth value.
    pub fn as_condition(&self) -> Condition {
        let text = match &self.subject {
            Some(subject) => format!("`{subject}` is true").into(),
            None => format!("a condition holds that is not known here ({})", self.reason).into(),
        };
        Condition {
            id: self.id,
            text,
            span: self.span,
        }
    }

    /// The unknown that `self.name` is.
    pub fn attribute(&self, name: Symbol) -> Rc<Unknown> {
        let text = name.as_str();
        let secret = self.subject.as_deref().is_some_and(|subject| {
            [
                "sops.secrets",
                "age.secrets",
                "sops.templates",
                "vault.secrets",
            ]
            .iter()
            .any(|root| subject.contains(root))
        });
        let kind = match text {
            "path" if secret => Some(Kind::SecretPath),
            "outPath" | "drvPath" => Some(Kind::StorePath),
            "name" | "pname" | "version" | "system" if self.kind == Some(Kind::Derivation) => {
                Some(Kind::String)
            }
            _ if matches!(self.kind, Some(Kind::Derivation | Kind::FilePart)) => self.kind,
            "enable" => Some(Kind::Boolean),
            "homeDirectory" | "username" | "hostName" | "configHome" | "dataHome" | "stateHome"
            | "cacheHome" => Some(Kind::String),
            _ => None,
        };
        Rc::new(Unknown {
            id: mix(self.id, text),
            kind,
            subject: self
                .subject
                .as_ref()
                .map(|subject| format!("{subject}.{text}").into()),
            reason: Rc::clone(&self.reason),
            span: self.span,
            names: self.names.and_then(|names| names.below(text)),
        })
    }

    /// The name that is meant by one that it surely has not; `next` is what is asked of it.
    pub fn misspelt(&self, name: Symbol, next: Option<Symbol>) -> Option<&'static str> {
        self.names?
            .misspelt(name.as_str(), next.map(|next| next.as_str()))
    }

    /// The same with the names that it is known to have.
    pub fn with_names(self: Rc<Self>, names: Option<&'static KnownNames>) -> Rc<Unknown> {
        match names {
            None => self,
            names => Rc::new(Unknown {
                names,
                ..(*self).clone()
            }),
        }
    }

    /// Whether one of our own bounds gave it. It stands for no value, so nothing is made of it and no condition rests on it.
    pub fn is_of_bound(&self) -> bool {
        self.id == 0
    }

    /// What a parser makes of this text: a part of the file, where it is the content of one.
    pub fn parsed(self: &Rc<Self>, what: &str) -> Rc<Unknown> {
        match self.kind {
            Some(Kind::FileContent | Kind::FilePart) if !self.is_of_bound() => {
                self.derived(what, Some(Kind::FilePart))
            }
            _ => Rc::clone(self),
        }
    }

    /// An unknown that follows from this one by an operation: `what` names the operation and its other
    /// operands completely, so that the same operation on the same unknown is the same unknown.
    pub fn derived(&self, what: &str, kind: Option<Kind>) -> Rc<Unknown> {
        Rc::new(Unknown {
            id: mix(self.id, what),
            kind,
            subject: None,
            reason: Rc::clone(&self.reason),
            span: self.span,
            names: None,
        })
    }
}

/// Mixes a text into an id (FNV-1a), so that ids are the same in each run.
pub fn mix(id: u64, text: &str) -> u64 {
    text.bytes()
        .chain(std::iter::once(0xff))
        .fold(id ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}

/// A condition that the sources do not determine. Equal ids are the same condition.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Identity within a run.
    pub id: u64,
    /// As people would say it: "`osConfig.services.x.enable` is true".
    pub text: Rc<str>,
    /// Where it is read.
    pub span: Option<Span>,
}

/// The condition that an unknown value is a certain known one. Two of them on one unknown exclude each other.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Equality {
    /// The id of the unknown.
    pub unknown: u64,
    /// The known value as Nix code, so that different values have different texts.
    pub value: Rc<str>,
}

impl Equality {
    /// Whether both cannot hold.
    pub fn excludes(&self, other: &Equality) -> bool {
        self.unknown == other.unknown && self.value != other.value
    }
}

/// Why an evaluation gives no value.
#[derive(Clone, Debug)]
pub enum Stop {
    /// Nix fails here.
    Error(Rc<EvalError>),
    /// Not determined by the sources.
    Unknown(Rc<Unknown>),
    /// Depends on a condition that is neither known nor assumed at the moment.
    Split(Condition),
}

impl Stop {
    /// What a parser makes of a text that this stands for.
    pub fn parsed(self, what: &str) -> Stop {
        match self {
            Stop::Unknown(unknown) => Stop::Unknown(unknown.parsed(what)),
            other => other,
        }
    }
}

impl From<EvalError> for Stop {
    fn from(error: EvalError) -> Self {
        Stop::Error(Rc::new(error))
    }
}

/// Kinds of failures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ErrorKind {
    /// `throw`.
    Throw,
    /// `assert`.
    Assertion,
    /// `abort`.
    Abort,
    /// A value of another type than needed.
    Type,
    /// No such attribute.
    MissingAttribute,
    /// No such input of the flake.
    MissingInput,
    /// A function called without a required argument, or with an unexpected one.
    Argument,
    /// A variable that nothing binds.
    UndefinedVariable,
    /// Division by zero, integer overflow.
    Arithmetic,
    /// A value that needs itself.
    InfiniteRecursion,
    /// More calls inside of each other than Nix allows.
    CallDepth,
    /// A file that is not there, not visible or not readable.
    MissingFile,
    /// A file that is there, but that Nix does not see, for git does not track it.
    UntrackedFile,
    /// A file in a git submodule, which Nix sees only where it is told to.
    FileInSubmodule,
    /// A file that does not parse; reported with the file.
    Syntax,
    /// Contradicting definitions and other failures of the module system.
    Module,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// The failure when a file that Nix is to read is not there for it.
    pub fn of_file(problem: &ReadProblem) -> ErrorKind {
        match problem {
            ReadProblem::Untracked => ErrorKind::UntrackedFile,
            ReadProblem::InSubmodule => ErrorKind::FileInSubmodule,
            _ => ErrorKind::MissingFile,
        }
    }
}

/// A failure of evaluation.
#[derive(Clone, Debug)]
pub struct EvalError {
    /// What kind.
    pub kind: ErrorKind,
    /// In plain words.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// The way there, innermost first: calls, definitions.
    pub trace: Vec<(Span, String)>,
}

impl EvalError {
    /// A failure at a place.
    pub fn new(kind: ErrorKind, message: impl Into<String>, span: Option<Span>) -> Self {
        EvalError {
            kind,
            message: message.into(),
            span,
            trace: Vec::new(),
        }
    }

    /// Whether `builtins.tryEval` catches it.
    pub fn is_catchable(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Throw | ErrorKind::Assertion | ErrorKind::Module
        )
    }
}
