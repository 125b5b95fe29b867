//! The module system: modules, imports, definitions, options, the fixed point.
//!
//! It is always ours, also where the real `lib.evalModules` is called, so that origins and conditions
//! survive. Definitions of options whose declaration is in sight merge by their type; of others they merge
//! as nearly every option would: sets by attribute, lists by concatenation, anything else only when there is one.

mod accepts;
mod aliases;
mod below;
pub mod by_type;
pub mod collect;
pub mod definition;
mod known_defaults;
pub mod merge;
pub mod option_values;
pub mod types;
mod users;

use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{EvalError, Stop, Unknown};
use crate::nix::eval::value::{Attr, Attrs, Origin, Thunk, Val};
use crate::nix::known_names::KnownNames;
use crate::nix::symbol::Symbol;
use crate::workspace::source::Span;
use definition::Definition;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use types::OptionType;
pub use users::{home_of_system, nested_users};

/// What a set of modules configures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Home Manager.
    HomeManager,
    /// NixOS.
    Nixos,
    /// nix-darwin.
    Darwin,
    /// flake-parts.
    FlakeParts,
    /// `lib.evalModules` and submodules: all declarations are in sight.
    Generic,
}

/// A module that takes part.
#[derive(Clone, Debug)]
pub struct Module {
    /// The file it stands in, as shown; or what it is, for an inline module.
    pub name: Rc<str>,
    /// Where it stands, or where it is imported.
    pub span: Option<Span>,
    /// The file that it says it stands in (`_file`).
    pub file: Option<Rc<Thunk>>,
}

/// What the module is called of which the definitions are that come with a request.
pub const FRAMEWORK: &str = "the framework";

/// A module that could not be read.
#[derive(Clone, Debug)]
pub struct Unseen {
    /// Why, and what it is: the subject tells the input it comes from.
    pub unknown: Rc<Unknown>,
    /// Where it is imported.
    pub span: Option<Span>,
}

impl Unseen {
    /// How it is named: by the Nix code that it is, or else by why it is not known.
    pub fn name(&self) -> &str {
        let unknown = &self.unknown;
        unknown.subject.as_deref().unwrap_or(&unknown.reason)
    }
}

/// A declared option.
#[derive(Clone, Debug)]
pub struct OptionDeclaration {
    /// Its type.
    pub kind: OptionType,
    /// Its default, if it has one.
    pub default: Option<Rc<Thunk>>,
    /// `apply`, if given.
    pub apply: Option<Rc<Thunk>>,
    /// Where it is declared.
    pub span: Option<Span>,
    /// Whether only one definition is allowed.
    pub read_only: bool,
    /// What `mkOption` was given, for `options`.
    pub written: Option<Rc<Attrs>>,
    /// Why it cannot be read: declarations that contradict each other, or that are not put together here.
    pub problem: Option<Stop>,
}

/// Declared options: an option, or options by name.
#[derive(Clone, Debug)]
pub enum Declarations {
    /// An option.
    Option(Rc<OptionDeclaration>),
    /// A set of options.
    Set(Declared),
}

/// Declared options by name, sorted by the text of their names.
pub type Declared = Rc<BTreeMap<&'static str, Declarations>>;

impl Default for Declarations {
    fn default() -> Self {
        Declarations::Set(Rc::default())
    }
}

/// Something that Nix would refuse while merging.
#[derive(Clone, Debug)]
pub struct ModuleProblem {
    /// The option.
    pub path: Vec<Symbol>,
    /// What kind.
    pub kind: ModuleProblemKind,
    /// In plain words.
    pub message: String,
    /// The places, the first being the primary one.
    pub places: Vec<(Span, String)>,
}

/// Kinds of [`ModuleProblem`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ModuleProblemKind {
    /// Definitions that contradict each other.
    Conflict,
    /// A definition of an option that is not declared.
    Undeclared,
    /// A value that the option's type does not take.
    Type,
    /// An option that was removed.
    Removed,
}

/// How modules are to be evaluated.
#[derive(Clone)]
pub struct Request {
    /// What they configure.
    pub class: Class,
    /// The modules, in order.
    pub modules: Vec<Rc<Thunk>>,
    /// `specialArgs` / `extraSpecialArgs`, and whatever the framework adds (`osConfig`, `name`).
    pub special_arguments: Vec<(Symbol, Rc<Thunk>)>,
    /// What `lib` is, where it is another one than nixpkgs' own.
    pub library: Option<Rc<Thunk>>,
    /// What `pkgs` is, if the framework gives one.
    pub packages: Option<Rc<Thunk>>,
    /// Set when modules may get further arguments that are not known; says why.
    pub unknown_arguments: Option<Rc<Unknown>>,
    /// Options that are declared outside of the modules in sight.
    pub declarations: Declarations,
    /// Definitions that the framework itself makes (the user's name, the home directory).
    pub definitions: Vec<(Vec<Symbol>, Rc<Thunk>)>,
    /// For messages: the path of the submodule.
    pub prefix: Vec<Symbol>,
    /// Whether options that nothing declares are refused, as `lib.evalModules` does without `freeformType`.
    pub closed: bool,
    /// Whether the modules are part of a configuration that is not here: a switch that nothing in sight sets may be on or off.
    pub partial: bool,
    /// Whether modules that are not here may define what is not defined: those of a configuration that is not here, also in its submodules.
    pub defined_elsewhere: bool,
}

impl Request {
    /// A request without anything but modules.
    pub fn new(class: Class, modules: Vec<Rc<Thunk>>) -> Self {
        Request {
            class,
            modules,
            special_arguments: Vec::new(),
            library: None,
            packages: None,
            unknown_arguments: None,
            declarations: Declarations::default(),
            definitions: Vec::new(),
            prefix: Vec::new(),
            closed: class == Class::Generic,
            partial: false,
            defined_elsewhere: false,
        }
    }
}

/// What the modules came to.
pub struct ModuleSet {
    /// What was asked.
    pub request: Request,
    /// What reading the modules gave; set once all are read.
    collected: OnceCell<Collected>,
    /// `config`.
    config: OnceCell<Rc<Thunk>>,
    /// `options`.
    options: OnceCell<Rc<Thunk>>,
    /// What merging found wrong so far.
    pub problems: RefCell<Vec<ModuleProblem>>,
    /// Definitions of the root that fail in every world when they are looked at, so far.
    pub failures: RefCell<Vec<Rc<EvalError>>>,
    /// What was looked at already, by the path of the set of options.
    below: RefCell<HashMap<Vec<Symbol>, Rc<below::Below>>>,
}

/// What the modules say, before merging.
#[derive(Default)]
pub struct Collected {
    /// The modules, in the order in which they were read.
    pub modules: Vec<Module>,
    /// Their definitions, each a set of options.
    pub definitions: Vec<Definition>,
    /// Options that they declare, and those given with the request.
    pub declarations: Declarations,
    /// `freeformType`.
    pub freeform: Option<OptionType>,
    /// Modules that could not be read.
    pub unseen: Vec<Unseen>,
    /// Which of our own bounds kept some modules from being read, and where.
    pub cut_short: Option<(&'static str, Option<Span>)>,
    /// Modules that fail.
    pub failures: Vec<Rc<EvalError>>,
    /// Options to which others hand on their definitions.
    pub alias_targets: Vec<Vec<Symbol>>,
    /// Whether `_module.check = false` allows definitions without a declaration.
    pub unchecked: bool,
}

impl Evaluator {
    /// Evaluates modules: reads them all; merging stays lazy.
    pub fn evaluate_modules(&mut self, request: Request) -> Rc<ModuleSet> {
        let set = Rc::new(ModuleSet {
            request,
            collected: OnceCell::new(),
            config: OnceCell::new(),
            options: OnceCell::new(),
            problems: RefCell::new(Vec::new()),
            failures: RefCell::new(Vec::new()),
            below: RefCell::default(),
        });
        let config = merge::config(&set);
        // Set once, here.
        let _ = set.config.set(config);
        let _ = set.options.set(option_values::options(&set));
        let collected = collect::collect(self, &set);
        let _ = set.collected.set(collected);
        set
    }
}

impl ModuleSet {
    /// What the modules say; `None` while they are still being read.
    pub fn collected(&self) -> Option<&Collected> {
        self.collected.get()
    }

    /// The path of an option of this set as it is from outside, where the set is that of a submodule.
    pub fn full_path(&self, path: &[Symbol]) -> Vec<Symbol> {
        [self.request.prefix.as_slice(), path].concat()
    }

    /// `config`, lazily merged.
    pub fn config(&self) -> Rc<Thunk> {
        match self.config.get() {
            Some(config) => Rc::clone(config),
            None => Thunk::done(Val::attrs(Attrs::new())),
        }
    }

    /// `config` for those who are no module of the set: without `_module`.
    pub fn public_config(self: &Rc<Self>) -> Rc<Thunk> {
        merge::public_config(self)
    }

    /// `options`, as modules and `lib.evalModules` give it.
    pub fn options(&self) -> Rc<Thunk> {
        match self.options.get() {
            Some(options) => Rc::clone(options),
            None => Thunk::done(Val::attrs(Attrs::new())),
        }
    }

    /// `options` for those who are no module of the set.
    pub fn public_options(self: &Rc<Self>) -> Rc<Thunk> {
        option_values::public_options(self)
    }

    /// The names that options out of sight are known to have at a path.
    fn names_at(&self, evaluator: &Evaluator, path: &[Symbol]) -> Option<&'static KnownNames> {
        let request = &self.request;
        // What `lib.evalModules` evaluates has its own options only; a file by itself is a module of one of the others.
        let is_of_framework = request.class != Class::Generic || request.partial;
        if !is_of_framework || !request.prefix.is_empty() {
            return None;
        }
        let root = (evaluator.known_options)(request.class);
        path.iter()
            .fold(root, |names, name| names?.below(name.as_str()))
    }

    /// The unknown that an option without definition and declaration in sight is.
    pub fn undefined_option(&self, evaluator: &Evaluator, path: &[Symbol]) -> Rc<Unknown> {
        let reason = "the option is not set here, and its default is not known";
        unknown_below(evaluator, "config", path, reason, None)
            .with_names(self.names_at(evaluator, path))
    }
}

/// The unknown that stands at a path below `config` or `options`.
fn unknown_below(
    evaluator: &Evaluator,
    root: &str,
    path: &[Symbol],
    reason: &str,
    span: Option<Span>,
) -> Rc<Unknown> {
    let root = evaluator.unknown_named(root, reason, None, span);
    path.iter()
        .fold(root, |unknown, name| unknown.attribute(*name))
}

/// An option path as people write it.
pub fn show_path(path: &[Symbol]) -> String {
    let mut shown = String::new();
    for name in path {
        let text = name.as_str();
        if !shown.is_empty() {
            shown.push('.');
        }
        let plain = text
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '_' | '-' | '\''));
        if plain && !text.is_empty() {
            shown.push_str(text);
        } else {
            shown.push_str(&format!("\"{}\"", text.escape_debug()));
        }
    }
    shown
}

/// The outcome of evaluating something that must not split, as an unknown where it does.
pub fn unsplit(evaluator: &mut Evaluator, stop: Stop) -> Stop {
    match stop {
        Stop::Split(condition) => Stop::Unknown(evaluator.unknown(
            format!("it depends on whether {}", condition.text),
            None,
            condition.span,
        )),
        stop => stop,
    }
}

/// The `lib` of modules where somebody gives one of their own. What cannot be seen of it is taken to be what it is in nixpkgs' own:
/// without that no module could be read.
pub fn library_of_modules(evaluator: &mut Evaluator, given: Rc<Thunk>) -> Rc<Thunk> {
    let own = evaluator.lib();
    let origin = given.origin.clone();
    Thunk::native(
        move |evaluator| {
            let own = evaluator.attrs(&own, &Origin::default())?;
            let given = match evaluator.attrs(&given, &given.origin.clone()) {
                Ok(given) => given,
                Err(Stop::Unknown(_)) => own.clone(),
                Err(stop) => return Err(stop),
            };
            let mut library = (*given).clone();
            let name = Symbol::new("hm");
            if given.get(name).is_none() {
                library.insert(Attr::unwritten(name, evaluator.home_manager_functions()));
            }
            for attr in own.unordered() {
                let is_seen = match given.get(attr.name) {
                    Some(known) => !known.value.is_unknown(),
                    None => given.open.is_none(),
                };
                if !is_seen {
                    library.insert(attr.clone());
                }
            }
            Ok(Val::attrs(library))
        },
        origin,
    )
}
