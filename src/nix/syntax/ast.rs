//! The lowered tree: what the evaluator walks.
//!
//! Lowering resolves what Nix resolves before evaluation: variables to frames and slots, attribute paths to
//! nested sets, both kinds of strings to their parts. Expressions of a file lie in one vector and name each
//! other by [`ExprId`].

use crate::nix::symbol::Symbol;
use crate::workspace::source::{FileId, Span};
use std::rc::Rc;

/// An expression of one [`SourceTree`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExprId(pub u32);

/// A file after lowering.
#[derive(Debug)]
pub struct SourceTree {
    /// The file.
    pub file: FileId,
    /// The whole expression.
    pub root: ExprId,
    /// All expressions.
    pub expressions: Vec<Expr>,
    /// Their spans, by the same index; byte offsets into the file.
    pub spans: Vec<(u32, u32)>,
    /// What Nix refuses before it evaluates anything, in source order. A tree with a fatal problem
    /// ([`StaticProblem::is_fatal`]) must not be evaluated.
    pub problems: Vec<StaticProblem>,
}

impl SourceTree {
    /// The expression.
    pub fn expression(&self, id: ExprId) -> &Expr {
        &self.expressions[id.0 as usize]
    }

    /// Where it stands.
    pub fn span(&self, id: ExprId) -> Span {
        let (start, end) = self.spans[id.0 as usize];
        Span::new(self.file, start, end)
    }

    /// Whether Nix would refuse to parse the file so that nothing in it can be evaluated.
    pub fn is_unusable(&self) -> bool {
        self.problems.iter().any(StaticProblem::is_fatal)
    }
}

/// What Nix finds wrong with a file before evaluating it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaticProblem {
    /// What kind.
    pub kind: StaticProblemKind,
    /// In plain words.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
    /// Where.
    pub span: Span,
    /// Another place that explains it (the first definition of a duplicate), with a phrase.
    pub related: Option<(Span, String)>,
}

impl StaticProblem {
    /// Whether the file has no usable tree because of it. A duplicate attribute or an undefined variable makes Nix
    /// refuse the file too, but the rest of the tree still tells what was meant.
    pub fn is_fatal(&self) -> bool {
        matches!(
            self.kind,
            StaticProblemKind::Syntax | StaticProblemKind::TooDeep | StaticProblemKind::Encoding
        )
    }
}

/// Kinds of [`StaticProblem`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StaticProblemKind {
    /// A syntax error.
    Syntax,
    /// Nested too deeply, or too long a chain.
    TooDeep,
    /// A byte-order mark and the like.
    Encoding,
    /// An attribute defined twice.
    DuplicateAttribute,
    /// A formal argument named twice.
    DuplicateFormal,
    /// A variable that nothing binds.
    UndefinedVariable {
        /// The variable.
        name: Symbol,
        /// Whether it is the whole of an interpolation `${name}` in a string, and in which kind.
        interpolation: Option<StringKind>,
    },
    /// An integer literal that does not fit 64 bits.
    IntegerRange,
    /// `|>` or `<|`, which Nix refuses unless its experimental feature `pipe-operators` is on: the user may have
    /// turned it on, so the tree is as if it were. Recorded for the first one of a file.
    PipeOperator,
}

/// The two kinds of string literals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StringKind {
    /// `"..."`
    Quoted,
    /// `''...''`
    Indented,
}

/// An expression.
#[derive(Debug)]
pub enum Expr {
    /// An integer literal.
    Integer(i64),
    /// A float literal.
    Float(f64),
    /// A string of either kind (or a bare URI), escapes and indentation resolved.
    String(Box<[StringPart]>),
    /// A path literal without `${}` at its head: `./x`, `../x`, `/x`, `~/x`. The parts are as written.
    Path(Box<[StringPart]>),
    /// `<nixpkgs>`: the text between the brackets.
    SearchPath(Rc<str>),
    /// A variable (also `true`, `false`, `null`, which are globals). `__curPos`, which Nix replaces by its place, is a
    /// global of that name: the place is the span of the expression.
    Variable(Symbol, Resolution),
    /// `subject.path`, `subject.path or default`.
    Select {
        /// What is selected from.
        subject: ExprId,
        /// The names, at least one.
        path: Box<[AttributeName]>,
        /// After `or`.
        default: Option<ExprId>,
    },
    /// `subject ? path`.
    HasAttribute {
        /// What is asked.
        subject: ExprId,
        /// The names, at least one.
        path: Box<[AttributeName]>,
    },
    /// `{ ... }` and `rec { ... }`. `rec` opens a frame with one slot for each entry of `bindings`.
    Attributes(Box<Bindings>),
    /// `[ ... ]`
    List(Box<[ExprId]>),
    /// A function. Opens a frame: see [`Lambda`].
    Lambda(Rc<Lambda>),
    /// `function argument`.
    Apply {
        /// The function.
        function: ExprId,
        /// The argument.
        argument: ExprId,
    },
    /// `let ... in body`. Opens a frame with one slot for each entry of `bindings`.
    Let {
        /// The bindings, recursive.
        bindings: Box<Bindings>,
        /// The body, inside the frame.
        body: ExprId,
    },
    /// `with scope; body`. Opens a frame with one slot: the scope.
    With {
        /// The attribute set, outside the frame.
        scope: ExprId,
        /// The body, inside the frame.
        body: ExprId,
    },
    /// `assert condition; body`.
    Assert {
        /// The condition.
        condition: ExprId,
        /// The body.
        body: ExprId,
    },
    /// `if condition then consequent else alternative`.
    If {
        /// The condition.
        condition: ExprId,
        /// After `then`.
        consequent: ExprId,
        /// After `else`.
        alternative: ExprId,
    },
    /// A binary operator.
    Binary {
        /// Which.
        operator: BinaryOperator,
        /// Left operand.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// `!operand`
    Not(ExprId),
    /// `-operand`
    Negate(ExprId),
    /// Something that did not parse, in a tree that is not evaluated; or an integer out of range
    /// ([`StaticProblemKind::IntegerRange`]), whose value is not known.
    Missing,
}

/// Binary operators. `|>` and `<|` are lowered to [`Expr::Apply`] where they are accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `->`
    Implication,
    /// `//`
    Update,
    /// `++`
    Concat,
}

/// A piece of a string or path.
#[derive(Debug)]
pub enum StringPart {
    /// Known text. The span has as many bytes as the text exactly when the source holds it verbatim: an
    /// escape is a part of its own (`\$` gives `$` with a span of two bytes), and so is each line of an indented string.
    Text {
        /// The text.
        text: Rc<str>,
        /// Where it stands.
        span: (u32, u32),
    },
    /// `${expression}`.
    Interpolation(ExprId),
}

/// A name in an attribute path.
#[derive(Debug)]
pub enum AttributeName {
    /// A plain or quoted name without interpolation.
    Static(Symbol, (u32, u32)),
    /// `${expression}` or a string with interpolation: an expression that gives the name. In a binding, a name that
    /// evaluates to `null` drops the binding.
    Dynamic(ExprId, (u32, u32)),
}

impl AttributeName {
    /// Where it stands, as byte offsets.
    pub fn span(&self) -> (u32, u32) {
        match self {
            AttributeName::Static(_, span) | AttributeName::Dynamic(_, span) => *span,
        }
    }
}

/// The bindings of a set or `let`: attribute paths and partial definitions are already merged into nested sets
/// (`a.b = 1; a.c = 2;` and `a = { b = 1; }; a.c = 2;`), as Nix does it when parsing.
#[derive(Debug)]
pub struct Bindings {
    /// `rec` or `let`: values see the names.
    pub recursive: bool,
    /// Bindings with a static name, in source order (of the first definition), each name once. In a recursive set the position
    /// is the slot in the frame.
    pub entries: Vec<Binding>,
    /// Bindings whose name is computed; names and values of them are evaluated inside the frame of a recursive set.
    pub dynamic: Vec<DynamicBinding>,
    /// The sources of `inherit (source) ...`, evaluated inside the frame of a recursive set, once each.
    pub inherit_sources: Vec<ExprId>,
}

/// One static binding.
#[derive(Debug)]
pub struct Binding {
    /// The name.
    pub name: Symbol,
    /// Where the name stands (the first time, where it is defined in parts).
    pub name_span: (u32, u32),
    /// Its value.
    pub value: BindingValue,
}

/// The value of a binding.
#[derive(Clone, Copy, Debug)]
pub enum BindingValue {
    /// `name = expression;`
    Expression(ExprId),
    /// `inherit name;`: a variable, resolved and evaluated outside the frame of a recursive set.
    Inherit(ExprId),
    /// `inherit (source) name;`: selects `name` from `inherit_sources[index]`.
    InheritFrom(u32),
}

/// `${name} = value;`
#[derive(Debug)]
pub struct DynamicBinding {
    /// Gives the name.
    pub name: ExprId,
    /// Where the name stands.
    pub name_span: (u32, u32),
    /// Its value.
    pub value: ExprId,
}

/// A function.
#[derive(Debug)]
pub struct Lambda {
    /// What it takes. The frame has one slot for each formal in order, then one for the `@` name, if any; or one
    /// slot for a plain name.
    pub parameter: Parameter,
    /// Where the parameter stands.
    pub parameter_span: (u32, u32),
    /// The body, inside the frame.
    pub body: ExprId,
    /// The name that it is bound to, for messages.
    pub name: Option<Symbol>,
}

impl Lambda {
    /// Whether the function takes a set without `...`, so that any further argument is refused.
    pub fn takes_only_formals(&self) -> bool {
        matches!(
            self.parameter,
            Parameter::Formals {
                ellipsis: false,
                ..
            }
        )
    }
}

/// What a function takes.
#[derive(Debug)]
pub enum Parameter {
    /// `name: body`
    Name(Symbol),
    /// `{ a, b ? 1, ... } @ name: body`
    Formals {
        /// The formals, in source order.
        formals: Vec<Formal>,
        /// Whether there is `...`.
        ellipsis: bool,
        /// The name of the whole.
        whole: Option<Symbol>,
    },
}

/// One formal argument.
#[derive(Debug)]
pub struct Formal {
    /// Its name.
    pub name: Symbol,
    /// Where it stands.
    pub span: (u32, u32),
    /// After `?`; evaluated inside the frame.
    pub default: Option<ExprId>,
}

/// Where a variable is bound. As in Nix, any lexical binding comes before any `with`, and the globals count as
/// lexical.
#[derive(Clone, Debug)]
pub enum Resolution {
    /// A slot of the frame that is `up` frames above the innermost.
    Local {
        /// How many frames up.
        up: u32,
        /// Which slot.
        slot: u32,
    },
    /// One of the globals (`map`, `builtins`, `true`, ...).
    Global,
    /// The first of the enclosing `with`s that has it: how many frames up each is, innermost first.
    With(Rc<[u32]>),
    /// Nothing binds it: an [`StaticProblemKind::UndefinedVariable`] was recorded.
    Undefined,
}
