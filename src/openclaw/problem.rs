//! What evaluation finds wrong.

use crate::workspace::source::Span;

/// What the evaluation itself found wrong; rules turn these into findings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What went wrong.
    pub kind: ProblemKind,
    /// In plain words; never holds a secret.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
    /// Where.
    pub span: Option<Span>,
    /// Further places.
    pub related: Vec<(Span, String)>,
    /// The option path it concerns, if any.
    pub path: Option<String>,
    /// The name it is about, where it is about one: the undefined variable, the attribute, the file, the
    /// looked up `<name>` without its brackets.
    pub subject: Option<String>,
    /// Whether it may do no harm to OpenClaw: it lies in a configuration of the flake in which nothing of OpenClaw was
    /// found, while others have it; or something that is not here decides.
    pub may_be_harmless: bool,
    /// Whether the sources mean to fail there: `throw`, `abort`, `assert`.
    pub is_deliberate: bool,
    /// Whether it is one of the JSON that OpenClaw reads, wherever that is written: OpenClaw refuses it, and not Nix.
    pub in_json: bool,
    /// The interpolation that `span` lies in directly, if it does: `"${here}"`.
    pub interpolation: Option<Interpolation>,
}

impl Problem {
    /// A problem with a message and a place, and nothing else filled in.
    pub fn new(kind: ProblemKind, message: impl Into<String>, span: Option<Span>) -> Self {
        Problem {
            kind,
            message: message.into(),
            help: None,
            span,
            related: Vec::new(),
            path: None,
            subject: None,
            may_be_harmless: false,
            is_deliberate: false,
            in_json: false,
            interpolation: None,
        }
    }
}

/// An interpolation in a string.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Interpolation {
    /// From the `$` to the closing brace.
    pub span: Span,
    /// The same with what was to keep Nix from reading it and does not: the escape of the other kind of string (`''\${X}''`,
    /// `"''${X}"`), or one that is escaped itself (`"\\${X}"`). `None` where an escape cannot stand, behind a single quote of an
    /// indented string.
    pub with_escape: Option<Span>,
    /// Whether the string is an indented one (`''...''`), in which `''${` stands for a literal `${`; in a
    /// quoted one it is `\${`.
    pub indented: bool,
}

/// The kinds of problems that evaluation reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ProblemKind {
    /// The file does not parse.
    Syntax,
    /// The file needs an experimental feature of Nix.
    ExperimentalFeature,
    /// Nested too deeply, or a chain too long, to be parsed.
    TooDeep,
    /// Not UTF-8, or with a byte-order mark.
    Encoding,
    /// An attribute or a formal argument is defined twice.
    DuplicateAttribute,
    /// A key that stands twice in an object of a JSON file; the later one counts.
    DuplicateKey,
    /// flake.nix does not have the form of a flake.
    FlakeForm,
    /// An input of the flake is named that it does not declare.
    UndeclaredInput,
    /// A variable that nothing binds; `subject` is its name.
    UndefinedVariable,
    /// `<name>`: a lookup in the search path, which a flake does not have; `subject` is the name.
    SearchPath,
    /// A string of an untouched template, `"<system>"`, outside of the options of OpenClaw; `subject` is the
    /// text.
    TemplateText,
    /// What `builtins.readFile` and the like would copy into the world-readable store although it is a
    /// secret: the file of a secret, or a secret in `home.sessionVariables`; `subject` is the file or name.
    SecretInStore,
    /// A secret of sops-nix or agenix that nothing declares; `subject` is its name.
    UnknownSecret,
    /// An import, or another path that the configuration needs, that is not there, not tracked or outside.
    MissingFile,
    /// Imports in a circle.
    ImportCycle,
    /// Evaluation fails: a type error, a missing attribute, a `throw`, an assertion.
    Evaluation,
    /// Evaluation does not end.
    InfiniteRecursion,
    /// Definitions of an option that contradict each other.
    ConflictingDefinitions,
    /// A definition of an option that is not declared.
    UnknownOption,
    /// The options of OpenClaw under a misspelt name, or where their module does not belong.
    UnknownRoot,
    /// An option that was removed or renamed.
    RemovedOption,
    /// A unit starts OpenClaw with a command or an option that it does not have.
    UnknownFlag,
    /// A unit of systemd or an agent of launchd was meant to be that of an instance.
    MisspeltUnit,
    /// A value of a type that the option does not take.
    OptionType,
    /// An assertion of the module that does not hold.
    Assertion,
    /// Nothing enables OpenClaw.
    NotEnabled,
}
