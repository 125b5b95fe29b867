//! Values, thunks and environments.

use super::unknown::{Condition, EvalError, Kind, Stop, Unknown};
use super::worlds::Pass;
use super::{Builtin, Evaluator};
use crate::nearest::is_one_step;
use crate::nix::flake::known::KnownInput;
use crate::nix::flake::package_set::PackageSet;
use crate::nix::lib::fileset::Files;
use crate::nix::lib::names;
use crate::nix::modules::types::OptionType;
use crate::nix::modules::{Declarations, Declared, ModuleSet};
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::{ExprId, Lambda, SourceTree};
use crate::workspace::source::Span;
use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;

/// A call that led to a value.
#[derive(Debug)]
pub struct CallFrame {
    /// The call expression.
    pub span: Span,
    /// The name of the called function, if it has one.
    pub name: Option<Symbol>,
    /// The call around it.
    pub parent: Option<Rc<CallFrame>>,
    /// How many calls are around it; deeper than [`CallFrame::DEEPEST`] the chain is not continued.
    pub depth: u16,
}

impl CallFrame {
    /// Calls that are remembered at most: enough to explain, bounded in a long recursion.
    pub const DEEPEST: u16 = 24;

    /// The frame of a call at `span` inside `parent`.
    pub fn enter(
        span: Span,
        name: Option<Symbol>,
        parent: Option<&Rc<CallFrame>>,
    ) -> Rc<CallFrame> {
        match parent {
            Some(parent) if parent.depth >= CallFrame::DEEPEST => Rc::clone(parent),
            _ => Rc::new(CallFrame {
                span,
                name,
                parent: parent.cloned(),
                depth: parent.map_or(0, |parent| parent.depth + 1),
            }),
        }
    }
}

/// Where a value was made.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The expression that made it.
    pub span: Option<Span>,
    /// The call in whose body that expression stands, if any.
    pub call: Option<Rc<CallFrame>>,
}

impl Origin {
    /// An origin outside any call.
    pub fn at(span: Option<Span>) -> Self {
        Origin { span, call: None }
    }
}

/// A value in weak head normal form and where it was made.
#[derive(Clone, Debug)]
pub struct Val {
    /// The value.
    pub value: Value,
    /// Where it was made.
    pub origin: Origin,
}

impl Val {
    /// A value made at `origin`.
    pub fn new(value: Value, origin: Origin) -> Self {
        Val { value, origin }
    }

    /// A value that no source wrote.
    pub fn bare(value: Value) -> Self {
        Val {
            value,
            origin: Origin::default(),
        }
    }

    /// A string that no source wrote.
    pub fn string(text: &str) -> Self {
        Val::bare(Value::String(NixString::plain(text, Origin::default())))
    }

    /// A boolean that no source wrote.
    pub fn bool(boolean: bool) -> Self {
        Val::bare(Value::Bool(boolean))
    }

    /// A list that no source wrote.
    pub fn list(items: Vec<Rc<Thunk>>) -> Self {
        Val::bare(Value::List(Rc::new(List::closed(items))))
    }

    /// An attribute set that no source wrote.
    pub fn attrs(attrs: Attrs) -> Self {
        Val::bare(Value::Attrs(Rc::new(attrs)))
    }

    /// A thunk that is this value already.
    pub fn thunk(self) -> Rc<Thunk> {
        Thunk::done(self)
    }
}

/// A known value.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string; parts of it may be unknown.
    String(Rc<NixString>),
    /// A path.
    Path(NixPath),
    /// A list; parts of it may be unknown.
    List(Rc<List>),
    /// An attribute set; there may be further attributes that are not known.
    Attrs(Rc<Attrs>),
    /// A function written in Nix.
    Lambda(Rc<Closure>),
    /// A builtin with the arguments it has so far.
    Builtin(Rc<PartialBuiltin>),
}

impl Value {
    /// The type's name as `builtins.typeOf` says it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::String(_) => "string",
            Value::Path(_) => "path",
            Value::List(_) => "list",
            Value::Attrs(_) => "set",
            Value::Lambda(_) | Value::Builtin(_) => "lambda",
        }
    }

    /// The type with an article, as Nix says it in messages: "a string".
    pub fn type_phrase(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a Boolean",
            Value::Int(_) => "an integer",
            Value::Float(_) => "a float",
            Value::String(_) => "a string",
            Value::Path(_) => "a path",
            Value::List(_) => "a list",
            Value::Attrs(_) => "a set",
            Value::Lambda(_) => "a function",
            Value::Builtin(_) => "a built-in function",
        }
    }
}

/// A path: absolute and normalised, as on this machine.
#[derive(Clone, Debug)]
pub struct NixPath {
    /// `/home/alice/flake/documents`.
    pub absolute: Rc<str>,
    /// As it was written, if it is a literal: `./documents`.
    pub written: Option<Rc<str>>,
}

/// A string as a sequence of parts.
#[derive(Clone, Debug, Default)]
pub struct NixString {
    /// The parts in order.
    pub parts: Vec<Part>,
    /// What it depends on in the store, as `builtins.getContext` would list it; sorted, without duplicates. Only as far as
    /// it is known.
    pub context: Vec<Rc<str>>,
}

/// A part of a string.
#[derive(Clone, Debug)]
pub enum Part {
    /// Known text and where it was written.
    Text {
        /// The text.
        text: Rc<str>,
        /// Where.
        origin: Origin,
    },
    /// Not determined by the sources.
    Unknown(Rc<Unknown>),
    /// The store path that a path gets when it is copied, as in `"${./x}"`: its text is not known, the path is.
    Store(NixPath, Rc<Unknown>),
    /// The store path of a file whose contents are in sight (`builtins.toFile`): what the path is depends on them.
    File(Rc<Thunk>, Rc<Unknown>),
    /// A path of the source tree where that lies in the store, as in `toString ./x`. Of its text all is known but the hash.
    Tree(TreePath),
    /// What `builtins.toJSON` and the like made of a value: the value stays in sight.
    Json(Rc<JsonText>),
}

/// A path of the source tree, as a text that begins with where the tree lies in the store.
#[derive(Clone, Debug)]
pub struct TreePath {
    /// The path on this machine.
    pub path: NixPath,
    /// How many bytes of it are the root of the tree.
    pub root: usize,
    /// Why its text is not known.
    pub unknown: Rc<Unknown>,
    /// Whether the text depends on the store, as that of `self.outPath` does and that of `toString ./x` does not.
    pub has_context: bool,
}

impl TreePath {
    /// What follows the root of the tree: empty, or with a `/` at its beginning.
    pub fn below(&self) -> &str {
        &self.path.absolute[self.root..]
    }
}

/// JSON text and the value it was made of.
#[derive(Debug)]
pub struct JsonText {
    /// The value.
    pub value: Val,
    /// The text, or why it is not known.
    pub text: Result<Rc<str>, Stop>,
}

impl NixString {
    /// A wholly known string.
    pub fn plain(text: impl Into<Rc<str>>, origin: Origin) -> Rc<Self> {
        Rc::new(NixString {
            parts: vec![Part::Text {
                text: text.into(),
                origin,
            }],
            context: Vec::new(),
        })
    }

    /// The whole text, or the first reason why it is not known.
    pub fn known(&self) -> Result<Rc<str>, Stop> {
        if let [Part::Text { text, .. }] = self.parts.as_slice() {
            return Ok(Rc::clone(text));
        }
        let mut whole = String::new();
        for part in &self.parts {
            match part {
                Part::Text { text, .. } => whole.push_str(text),
                Part::Unknown(unknown)
                | Part::Store(_, unknown)
                | Part::File(_, unknown)
                | Part::Tree(TreePath { unknown, .. }) => {
                    return Err(Stop::Unknown(Rc::clone(unknown)));
                }
                Part::Json(json) => whole.push_str(json.text.as_ref().map_err(Stop::clone)?),
            }
        }
        Ok(whole.into())
    }

    /// The known text before the first part that is not known.
    pub fn known_prefix(&self) -> String {
        let mut prefix = String::new();
        for part in &self.parts {
            match part {
                Part::Text { text, .. } => prefix.push_str(text),
                Part::Json(json) => match &json.text {
                    Ok(text) => prefix.push_str(text),
                    Err(_) => break,
                },
                Part::Unknown(_) | Part::Store(..) | Part::File(..) | Part::Tree(_) => break,
            }
        }
        prefix
    }

    /// The path of this machine that the string stands for, when it begins with a path of the source tree whose place in
    /// the store is not known (`"${self}/documents"`).
    pub fn place(&self) -> Option<String> {
        let (first, rest) = self.parts.split_first()?;
        let (Part::Store(path, _) | Part::Tree(TreePath { path, .. })) = first else {
            return None;
        };
        let mut place = path.absolute.to_string();
        for part in rest {
            match part {
                Part::Text { text, .. } => place.push_str(text),
                _ => return None,
            }
        }
        Some(place)
    }

    /// The text of a path: its place on this machine, or the known text.
    ///
    /// # Errors
    /// The reason why the text is not known.
    pub fn path_text(&self) -> Result<Rc<str>, Stop> {
        match self.place() {
            Some(place) => Ok(place.into()),
            None => self.known(),
        }
    }

    /// Adds what another string depends on.
    pub fn add_context(&mut self, other: &[Rc<str>]) {
        for item in other {
            if let Err(position) = self.context.binary_search(item) {
                self.context.insert(position, Rc::clone(item));
            }
        }
    }
}

/// A list.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The known elements in order.
    pub items: Vec<Rc<Thunk>>,
    /// Where further elements may be that are not known: before the item of that index, in order.
    pub gaps: Vec<(usize, Rc<Unknown>)>,
}

impl List {
    /// A list of which all elements are there.
    pub fn closed(items: Vec<Rc<Thunk>>) -> Self {
        List {
            items,
            gaps: Vec::new(),
        }
    }

    /// The elements, if all are there; otherwise why not.
    pub fn all(&self) -> Result<&[Rc<Thunk>], Stop> {
        match self.gaps.first() {
            None => Ok(&self.items),
            Some((_, unknown)) => Err(Stop::Unknown(Rc::clone(unknown))),
        }
    }
}

/// An attribute.
#[derive(Clone, Debug)]
pub struct Attr {
    /// Its name.
    pub name: Symbol,
    /// Where the name was written.
    pub name_span: Option<Span>,
    /// The expression on the right side of its definition.
    pub definition: Option<Span>,
    /// Its value.
    pub value: Rc<Thunk>,
}

impl Attr {
    /// An attribute that no source wrote.
    pub fn unwritten(name: Symbol, value: Rc<Thunk>) -> Attr {
        Attr {
            name,
            name_span: None,
            definition: None,
            value,
        }
    }
}

/// An attribute set.
#[derive(Clone, Debug, Default)]
pub struct Attrs {
    /// Sorted by symbol (not by name).
    entries: Vec<Attr>,
    /// Set when there may be attributes that are not known.
    pub open: Option<Rc<Unknown>>,
    /// What the set stands for besides its attributes.
    pub marker: Option<Rc<Marker>>,
    /// Whether Nix knows the places of the attributes too.
    pub places: Places,
}

/// Which attributes of a set have a place for Nix (`builtins.unsafeGetAttrPos`). Here they keep one through more operations, so
/// that findings can point at it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Places {
    /// Those that have one here.
    #[default]
    AsHere,
    /// None.
    None,
    /// Some of them.
    Some,
}

/// What a set stands for besides its attributes.
pub enum Marker {
    /// A derivation whose contents are a known text (`writeText`, `formats.json`'s `generate`).
    TextFile {
        /// The name of the store path.
        name: Rc<str>,
        /// The text.
        contents: Rc<Thunk>,
    },
    /// The packages of nixpkgs.
    Packages(PackageSet),
    /// The outputs of a flake out of modules: what it has for the usual systems, whether or not it is for those.
    OfSystems(Rc<Thunk>),
    /// A set of files (`lib.fileset`).
    Files(Rc<Files>),
    /// The result of a module evaluation.
    Modules(Rc<ModuleSet>),
    /// The inputs of a flake.
    Inputs,
    /// An input of a flake that is known by what it locks.
    Input(KnownInput),
    /// An option type.
    Type(Rc<OptionType>),
    /// `builtins` itself.
    Builtins,
    /// `self` of a flake: whether it has what is said of the commit depends on whether all is committed.
    OwnFlake,
    /// nixpkgs' `lib`, of which the names are known, and not all values.
    Library,
    /// The functions of a well-known flake. What is not known of them has no name that nixpkgs' `lib` has, so that
    /// `nixpkgs.lib // home-manager.lib` overrides nothing.
    Functions,
    /// nixpkgs' `lib.types`, of which the names are known, and not all types.
    Types,
    /// Options of which some are declared in sight, and others may be elsewhere.
    Options(Declared),
    /// Both in one: nixpkgs' `lib` and functions of well-known flakes.
    LibraryAndFunctions,
}

impl fmt::Debug for Marker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Marker::TextFile { .. } => "TextFile",
            Marker::Packages(_) => "Packages",
            Marker::OfSystems(_) => "OfSystems",
            Marker::Files(_) => "Files",
            Marker::Modules(_) => "Modules",
            Marker::Inputs => "Inputs",
            Marker::Input(_) => "Input",
            Marker::Type(_) => "Type",
            Marker::Builtins => "Builtins",
            Marker::OwnFlake => "OwnFlake",
            Marker::Library => "Library",
            Marker::Functions => "Functions",
            Marker::Types => "Types",
            Marker::Options(_) => "Options",
            Marker::LibraryAndFunctions => "LibraryAndFunctions",
        })
    }
}

impl Attrs {
    /// An empty, closed set.
    pub fn new() -> Self {
        Attrs::default()
    }

    /// A set of these attributes; of two with one name the later counts.
    pub fn from_entries(mut entries: Vec<Attr>) -> Self {
        entries.sort_by_key(|attr| attr.name);
        // `dedup_by` keeps the first of equals: reverse the roles so that the last written stays.
        entries.dedup_by(|later, earlier| {
            let same = later.name == earlier.name;
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        Attrs {
            entries,
            open: None,
            marker: None,
            places: Places::AsHere,
        }
    }

    /// A closed set of names and values that no source wrote.
    pub fn of<'a>(entries: impl IntoIterator<Item = (&'a str, Rc<Thunk>)>) -> Self {
        Attrs::from_entries(
            entries
                .into_iter()
                .map(|(name, value)| Attr::unwritten(Symbol::new(name), value))
                .collect(),
        )
    }

    /// The attribute, if it is among the known.
    pub fn get(&self, name: Symbol) -> Option<&Attr> {
        self.entries
            .binary_search_by_key(&name, |attr| attr.name)
            .ok()
            .map(|index| &self.entries[index])
    }

    /// Adds or replaces an attribute.
    pub fn insert(&mut self, attr: Attr) {
        match self
            .entries
            .binary_search_by_key(&attr.name, |known| known.name)
        {
            Ok(index) => self.entries[index] = attr,
            Err(index) => self.entries.insert(index, attr),
        }
    }

    /// Removes an attribute.
    pub fn remove(&mut self, name: Symbol) {
        if let Ok(index) = self.entries.binary_search_by_key(&name, |attr| attr.name) {
            self.entries.remove(index);
        }
    }

    /// The known attributes, sorted by symbol: for work in which the order does not show.
    pub fn unordered(&self) -> &[Attr] {
        &self.entries
    }

    /// The known attributes sorted by name, as Nix lists them.
    pub fn sorted(&self) -> Vec<&Attr> {
        let mut sorted: Vec<(&str, &Attr)> = self
            .entries
            .iter()
            .map(|attr| (attr.name.as_str(), attr))
            .collect();
        sorted.sort_by(|left, right| left.0.cmp(right.0));
        sorted.into_iter().map(|(_, attr)| attr).collect()
    }

    /// Whether all attributes are known; otherwise why not.
    pub fn closed(&self) -> Result<&Self, Stop> {
        match &self.open {
            None => Ok(self),
            Some(unknown) => Err(Stop::Unknown(Rc::clone(unknown))),
        }
    }

    /// Whether there is an attribute of that name.
    ///
    /// # Errors
    /// The unknown that the set is open with, where that cannot be told.
    pub fn has(&self, name: Symbol) -> Result<bool, Stop> {
        if let Some(attr) = self.get(name) {
            return match (self.marker.as_deref(), &*attr.value.state.borrow()) {
                (Some(Marker::OwnFlake), State::Unknown(unknown))
                    if OF_A_COMMIT.contains(&name.as_str()) =>
                {
                    let mut asked = (*unknown.derived("?", Some(Kind::Boolean))).clone();
                    asked.subject = Some(format!("self ? {name}").into());
                    Err(Stop::Unknown(Rc::new(asked)))
                }
                _ => Ok(true),
            };
        }
        match (&self.open, self.marker.as_deref()) {
            (None, _) => Ok(false),
            (Some(_), Some(Marker::Library)) if !names::has(name.as_str()) => Ok(false),
            (Some(_), Some(Marker::Types)) if !names::types_have(name.as_str()) => Ok(false),
            (Some(unknown), _) => Err(Stop::Unknown(Rc::clone(unknown))),
        }
    }

    /// The attribute that is meant where one is asked for whose name is nearly that of another: one that `lib` never had, or one
    /// that is no option beside those that are declared in sight. Any other name may be one that is not in sight.
    /// `next` is what is asked of it.
    pub fn misspelt(&self, name: Symbol, next: Option<Symbol>) -> Option<&'static str> {
        let open = self.open.as_ref()?;
        let symbol = name;
        let name = name.as_str();
        let meant = match self.marker.as_deref() {
            Some(Marker::Library) => names::misspelt(name),
            Some(Marker::Types) => names::misspelt_type(name),
            Some(Marker::Options(declared)) => misspelt_option(declared, name),
            _ => None,
        };
        meant.or_else(|| open.misspelt(symbol, next))
    }

    /// `self // other`: attributes of `other` win.
    pub fn update(&self, other: &Attrs) -> Attrs {
        let mut entries = Vec::with_capacity(self.entries.len() + other.entries.len());
        let (mut left, mut right) = (
            self.entries.iter().peekable(),
            other.entries.iter().peekable(),
        );
        loop {
            match (left.peek(), right.peek()) {
                (Some(first), Some(second)) => match first.name.cmp(&second.name) {
                    std::cmp::Ordering::Less => entries.extend(left.next().cloned()),
                    std::cmp::Ordering::Greater => entries.extend(right.next().cloned()),
                    std::cmp::Ordering::Equal => {
                        left.next();
                        entries.extend(right.next().cloned());
                    }
                },
                (Some(_), None) => entries.extend(left.next().cloned()),
                (None, Some(_)) => entries.extend(right.next().cloned()),
                (None, None) => break,
            }
        }
        if let Some(unknown) = &other.open {
            // The right side may override any attribute of the left.
            let may_have = |name: Symbol| match other.marker.as_deref() {
                Some(Marker::Functions) => false,
                Some(Marker::Library | Marker::LibraryAndFunctions) => names::has(name.as_str()),
                _ => true,
            };
            for attr in &mut entries {
                if other.get(attr.name).is_none() && may_have(attr.name) {
                    attr.value = Thunk::unknown(Rc::clone(unknown), attr.value.origin.clone());
                }
            }
        }
        Attrs {
            entries,
            open: other.open.clone().or_else(|| self.open.clone()),
            marker: self.marker_with(other),
            places: match self.places == other.places {
                true => self.places,
                false => Places::Some,
            },
        }
    }
}

impl Attrs {
    /// What `self // other` stands for: it tells which names what is not known of it may have.
    fn marker_with(&self, other: &Attrs) -> Option<Rc<Marker>> {
        use Marker::{Functions, Library, LibraryAndFunctions};
        let own = self.marker.as_ref().filter(|_| self.open.is_some());
        match (own.map(Rc::as_ref), other.marker.as_deref()) {
            _ if other.open.is_none() => self.marker.clone(),
            (Some(Library), Some(Library)) | (Some(Functions), Some(Functions)) => {
                self.marker.clone()
            }
            (
                Some(Library | Functions | LibraryAndFunctions),
                Some(Library | Functions | LibraryAndFunctions),
            ) => Some(Rc::new(LibraryAndFunctions)),
            (Some(Library | Functions | LibraryAndFunctions), _) => None,
            (None, Some(Library | Functions | LibraryAndFunctions))
                if self.open.is_none() && self.marker.is_none() =>
            {
                other.marker.clone()
            }
            _ => self.marker.clone(),
        }
    }
}

/// The option that is meant by a name that is one step away. Where several options are declared in sight, they are a set of the user's
/// own, and others would hardly add one of nearly the same name.
fn misspelt_option(declared: &Declared, name: &str) -> Option<&'static str> {
    const FEWEST: usize = 2;
    const SHORTEST: usize = 5;
    let options = || {
        declared
            .iter()
            .filter(|(_, one)| matches!(one, Declarations::Option(_)))
            .map(|(known, _)| *known)
    };
    // What can be enabled needs no other option.
    let is_few = options().count() < FEWEST && !options().any(|known| known == "enable");
    if name.len() < SHORTEST || is_few {
        return None;
    }
    options().find(|known| known.len() >= SHORTEST && is_one_step(name, known))
}

/// The attributes of a flake that are there for a commit, or for what is not yet committed, only.
const OF_A_COMMIT: [&str; 5] = ["rev", "shortRev", "dirtyRev", "dirtyShortRev", "revCount"];

/// A function with its environment.
#[derive(Debug)]
pub struct Closure {
    /// The tree that the function stands in.
    pub tree: Rc<SourceTree>,
    /// The function.
    pub lambda: Rc<Lambda>,
    /// Where it was made.
    pub env: Rc<Env>,
}

/// A builtin and the arguments given so far.
#[derive(Clone, Debug)]
pub struct PartialBuiltin {
    /// The builtin.
    pub builtin: &'static Builtin,
    /// Fewer than its arity.
    pub arguments: Vec<Rc<Thunk>>,
}

/// Something that an evaluation rendered for a program to read.
#[derive(Clone)]
pub enum Rendered {
    /// What `builtins.toJSON` made text of: the value.
    Json(Rc<Thunk>),
    /// A file with a known text (`writeText`, `formats.json`'s `generate`): its name, its contents, and the call that makes it.
    File(Rc<str>, Rc<Thunk>, Option<Span>),
}

/// A frame of variables.
pub struct Env {
    /// The values of this frame; set once, right after the frame is made, so that they can refer to it.
    slots: OnceCell<Vec<Rc<Thunk>>>,
    /// The frame around it.
    pub up: Option<Rc<Env>>,
    /// The call whose body this frame belongs to.
    pub call: Option<Rc<CallFrame>>,
}

impl Env {
    /// A frame whose slots are set later by [`Env::fill`].
    pub fn unfilled(up: Option<Rc<Env>>, call: Option<Rc<CallFrame>>) -> Rc<Self> {
        Rc::new(Env {
            slots: OnceCell::new(),
            up,
            call,
        })
    }

    /// A frame with its slots.
    pub fn filled(
        slots: Vec<Rc<Thunk>>,
        up: Option<Rc<Env>>,
        call: Option<Rc<CallFrame>>,
    ) -> Rc<Self> {
        let env = Env::unfilled(up, call);
        env.fill(slots);
        env
    }

    /// Sets the slots of a frame that has none.
    pub fn fill(&self, slots: Vec<Rc<Thunk>>) {
        let filled = self.slots.set(slots);
        debug_assert!(filled.is_ok(), "a frame is filled once");
    }

    /// A variable: `up` frames above this one, slot `slot`. `None` for what lowering never makes.
    pub fn lookup(&self, up: u32, slot: u32) -> Option<&Rc<Thunk>> {
        let mut env = self;
        for _ in 0..up {
            env = env.up.as_deref()?;
        }
        env.slots.get()?.get(slot as usize)
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Frames refer to themselves: printing their slots would not end.
        out.write_str("Env")
    }
}

/// A computation in Rust that gives a value; run again for each world.
pub type NativeThunk = dyn Fn(&mut Evaluator) -> Result<Val, Stop>;

/// What a thunk is at the moment.
#[derive(Clone)]
pub(super) enum State {
    /// Not yet evaluated.
    Suspended {
        tree: Rc<SourceTree>,
        expression: ExprId,
        env: Rc<Env>,
    },
    /// `function argument...`, not yet called.
    Apply {
        function: Rc<Thunk>,
        arguments: Vec<Rc<Thunk>>,
    },
    /// `subject.name`, not yet selected.
    Select { subject: Rc<Thunk>, name: Symbol },
    /// Computed in Rust.
    Native(Rc<NativeThunk>),
    /// Being evaluated: needing it now is an infinite recursion.
    Evaluating,
    /// A value.
    Done(Val),
    /// Fails.
    Failed(Rc<EvalError>),
    /// Not determined.
    Unknown(Rc<Unknown>),
    /// Depends on a condition.
    Choice(Condition, Rc<Thunk>, Rc<Thunk>),
}

/// A value that is computed when it is needed, once.
pub struct Thunk {
    pub(super) state: RefCell<State>,
    /// Where its expression stands.
    pub origin: Origin,
    /// The pass that made it.
    pub(super) pass: Pass,
}

/// How many thunks are dropped inside of each other before the rest has to wait. Each takes less than 2 KiB of stack.
const DEEPEST_DROP: usize = 512;

thread_local! {
    /// How many thunks are being dropped inside of each other, and what waits for them to be done.
    static DROPPING: (Cell<usize>, RefCell<Vec<State>>) =
        const { (Cell::new(0), RefCell::new(Vec::new())) };
}

/// A value may hang on a chain of millions of others (`f = x: f (x + 1)`), and dropping one inside of the other takes
/// stack that nobody counts: so a long chain is taken apart piece by piece.
impl Drop for Thunk {
    fn drop(&mut self) {
        let state = std::mem::replace(self.state.get_mut(), State::Evaluating);
        if matches!(state, State::Evaluating) {
            return;
        }
        // Without the thread's own storage (at its very end) there is nothing to wait in.
        let _ = DROPPING.try_with(|(depth, waiting)| {
            if depth.get() >= DEEPEST_DROP {
                waiting.borrow_mut().push(state);
                return;
            }
            depth.set(depth.get() + 1);
            drop(state);
            if depth.get() == 1 {
                loop {
                    let next = waiting.borrow_mut().pop();
                    match next {
                        Some(state) => drop(state),
                        None => break,
                    }
                }
            }
            depth.set(depth.get() - 1);
        });
    }
}

impl Thunk {
    /// The value, if it is known without any work.
    pub fn settled(&self) -> Option<Val> {
        match &*self.state.borrow() {
            State::Done(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// Whether it is known without any work that it is not known.
    pub fn is_unknown(&self) -> bool {
        matches!(&*self.state.borrow(), State::Unknown(_))
    }

    pub(super) fn with_state(state: State, origin: Origin) -> Rc<Self> {
        Thunk::of_pass(state, origin, Pass::NONE)
    }

    /// A thunk that only what this pass makes can reach.
    pub(super) fn of_pass(state: State, origin: Origin, pass: Pass) -> Rc<Self> {
        Rc::new(Thunk {
            state: RefCell::new(state),
            origin,
            pass,
        })
    }

    /// A thunk that is a value already.
    pub fn done(value: Val) -> Rc<Self> {
        let origin = value.origin.clone();
        Thunk::with_state(State::Done(value), origin)
    }

    /// A thunk that is unknown.
    pub fn unknown(unknown: Rc<Unknown>, origin: Origin) -> Rc<Self> {
        Thunk::with_state(State::Unknown(unknown), origin)
    }

    /// A thunk that fails.
    pub fn failed(error: Rc<EvalError>, origin: Origin) -> Rc<Self> {
        Thunk::with_state(State::Failed(error), origin)
    }

    /// `function argument...`, called when needed.
    pub fn apply(function: Rc<Thunk>, arguments: Vec<Rc<Thunk>>, origin: Origin) -> Rc<Self> {
        Thunk::with_state(
            State::Apply {
                function,
                arguments,
            },
            origin,
        )
    }

    /// `subject.name`, selected when needed.
    pub fn select(subject: Rc<Thunk>, name: Symbol, origin: Origin) -> Rc<Self> {
        Thunk::with_state(State::Select { subject, name }, origin)
    }

    /// A computation in Rust. It may be run several times, once for each world.
    pub fn native(
        work: impl Fn(&mut Evaluator) -> Result<Val, Stop> + 'static,
        origin: Origin,
    ) -> Rc<Self> {
        Thunk::with_state(State::Native(Rc::new(work)), origin)
    }

    /// A choice between two thunks.
    pub fn choice(condition: Condition, then: Rc<Thunk>, otherwise: Rc<Thunk>) -> Rc<Self> {
        let origin = then.origin.clone();
        Thunk::with_state(State::Choice(condition, then, otherwise), origin)
    }

    /// A thunk for an outcome that is there already. A split becomes unknown: the caller resolves splits first.
    pub fn from_outcome(outcome: Result<Val, Stop>, origin: Origin) -> Rc<Self> {
        match outcome {
            Ok(value) => Thunk::with_state(State::Done(value), origin),
            Err(Stop::Error(error)) => Thunk::failed(error, origin),
            Err(Stop::Unknown(unknown)) => Thunk::unknown(unknown, origin),
            Err(Stop::Split(condition)) => Thunk::unknown(
                Rc::new(Unknown {
                    id: condition.id,
                    kind: None,
                    subject: None,
                    reason: format!("it depends on whether {}", condition.text).into(),
                    span: condition.span,
                    names: None,
                }),
                origin,
            ),
        }
    }
}

impl fmt::Debug for Thunk {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may refer to themselves, and secrets must not reach a log.
        write!(out, "Thunk at {:?}", self.origin.span)
    }
}
