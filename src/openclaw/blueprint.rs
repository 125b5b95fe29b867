//! From modules to blueprints: what the sources say about OpenClaw in one configuration, all worlds at once.
//!
//! A [`Blueprint`] still has choices in its trees; [`Blueprint::in_world`](super::render) turns it into the
//! [`Configuration`](super::configuration::Configuration) of one world.

use super::configuration::{Language, Problem, ProblemKind, Reach, Source, UnseenModule};
use super::from_nix::{Converter, Merging, problem};
use super::json::{self, Dialect};
use super::known_options;
use super::needed_files;
use super::option_roots;
use super::programs::{self, CONFIGURATION_VARIABLES, PROGRAM_NAMES, is_configuration_file};
use super::rendered;
use super::scripts;
use super::tree::{Condition, Node, Value};
use super::written_json;
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{ErrorKind, EvalError, Stop};
use crate::nix::eval::value::{Origin, Thunk, Value as Evaluated};
use crate::nix::flake::package_set::failing_overlay;
use crate::nix::known_names::KnownNames;
use crate::nix::modules::definition::Definition;
use crate::nix::modules::merge::find_undeclared;
use crate::nix::modules::{
    Class, Declarations, ModuleProblemKind, ModuleSet, Unseen, definition, show_path,
};
use crate::nix::symbol::Symbol;
use crate::workspace::source::Span;
use crate::workspace::{Workspace, path};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// What surrounds the options and matters for them, by option path: `home.sessionVariables` and others. Beside the options stand
/// the texts of the scripts that they run ([`scripts::SCRIPTS`]).
pub type Surroundings = Vec<(&'static str, Rc<Node>)>;

/// One configuration of OpenClaw before a world is chosen.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// `homeConfigurations.alice`, or the path of a file.
    pub name: String,
    /// What configures OpenClaw.
    pub source: Source,
    /// In which language it is written.
    pub language: Language,
    /// How much of its surroundings was seen.
    pub reach: Reach,
    /// Modules that could not be read.
    pub unseen: Vec<UnseenModule>,
    /// `programs.openclaw`; empty for a rendered file.
    pub option_root: String,
    /// The options as written, or the rendered configuration itself. May hold choices.
    pub options: Rc<Node>,
    /// Other options that matter. May hold choices.
    pub surroundings: Surroundings,
    /// For a rendered file, the unit of systemd whose process reads it, if one is known to; its name is that of the option.
    pub unit: Option<String>,
    /// What evaluation found wrong.
    pub problems: Vec<Problem>,
    /// Assumptions in plain words.
    pub assumptions: Vec<String>,
}

impl Blueprint {
    /// The conditions that it depends on.
    pub fn conditions(&self) -> Vec<Condition> {
        let mut found = Vec::new();
        self.options.conditions(&mut found);
        for (_, node) in &self.surroundings {
            node.conditions(&mut found);
        }
        found
    }

    /// The other option at a path, if anything defines it.
    pub fn surrounding(&self, path: &str) -> Option<&Rc<Node>> {
        self.surroundings
            .iter()
            .find(|(known, _)| *known == path)
            .map(|(_, node)| node)
    }
}

/// Options of Home Manager that matter beside `programs.openclaw`.
pub(super) const HOME_SURROUNDINGS: &[&str] = &[
    "home.homeDirectory",
    "home.username",
    "home.file",
    "home.sessionVariables",
    "home.activation",
    "xdg.configFile",
    "systemd.user.services",
    "systemd.user.sessionVariables",
    "systemd.user.tmpfiles",
    "launchd.agents",
    "sops.templates",
    "sops.secrets",
    "sops.defaultSopsFile",
    "age.secrets",
];

/// Options of a system that give something to the services of its users too.
const FOR_USERS: &[&str] = &[
    "sops.templates",
    "sops.secrets",
    "age.secrets",
    "environment.etc",
    "systemd.user.services",
];

/// The same for NixOS and nix-darwin.
pub(super) const SYSTEM_SURROUNDINGS: &[&str] = &[
    "environment.etc",
    "environment.variables",
    "environment.sessionVariables",
    "systemd.services",
    "systemd.user.services",
    "systemd.globalEnvironment",
    "systemd.settings",
    "systemd.extraConfig",
    "systemd.user.extraConfig",
    "systemd.tmpfiles",
    "system.activationScripts",
    "launchd.agents",
    "launchd.user.agents",
    "sops.templates",
    "sops.secrets",
    "sops.defaultSopsFile",
    "age.secrets",
];

/// What tells how much of a module set was seen.
pub struct Sight<'a> {
    /// Whether a module of that input may add to OpenClaw's configuration.
    pub input_may_add: &'a dyn Fn(&str) -> bool,
    /// Whether an input of that name is nix-openclaw.
    pub is_openclaw: &'a dyn Fn(&str) -> bool,
    /// Whether an input of that name is Home Manager.
    pub is_home_manager: &'a dyn Fn(&str) -> bool,
    /// How much of the surroundings was seen.
    pub reach: Reach,
    /// Whether the module of nix-openclaw is among the inputs, or may be.
    pub has_openclaw: bool,
    /// Whether the system around it imports a module of nix-openclaw, which may hand the module for users on.
    pub handed_on: bool,
}

/// A set of modules that is looked through.
pub(super) struct Modules<'a> {
    /// What the configuration is called.
    pub name: &'a str,
    /// The modules.
    pub set: &'a Rc<ModuleSet>,
    /// How much of them was seen.
    pub sight: &'a Sight<'a>,
    /// What options around those of OpenClaw hold, as far as it was needed so far; `None` where nothing defines them.
    around: RefCell<HashMap<&'static str, Option<Rc<Node>>>>,
}

impl<'a> Modules<'a> {
    fn new(name: &'a str, set: &'a Rc<ModuleSet>, sight: &'a Sight<'a>) -> Self {
        Modules {
            name,
            set,
            sight,
            around: RefCell::default(),
        }
    }

    /// The folders of nix-openclaw, where its sources are given.
    pub(super) fn folders_of_openclaw(&self, evaluator: &Evaluator) -> Vec<String> {
        evaluator
            .workspace
            .inputs()
            .filter(|(input, _)| (self.sight.is_openclaw)(input))
            .map(|(_, folder)| folder.to_string())
            .collect()
    }

    /// What the options at these paths hold, of those that are defined. What fails there is not ours to report.
    pub(super) fn surroundings(
        &self,
        evaluator: &mut Evaluator,
        paths: &[&'static str],
    ) -> Surroundings {
        let mut found = Vec::new();
        for path in paths {
            let known = self.around.borrow().get(path).cloned();
            let node = known.unwrap_or_else(|| {
                let node = self.value_at(evaluator, path);
                self.around.borrow_mut().insert(path, node.clone());
                node
            });
            found.extend(node.map(|node| (*path, node)));
        }
        found
    }

    /// The same with the texts of the scripts that these options run.
    pub(super) fn described(
        &self,
        evaluator: &mut Evaluator,
        paths: &[&'static str],
    ) -> Surroundings {
        let mut found = self.surroundings(evaluator, paths);
        let texts = scripts::texts(evaluator, &found);
        found.extend(texts.map(|texts| (scripts::SCRIPTS, texts)));
        found
    }

    /// Evaluates what the options at these paths hold, for what that brings about.
    pub(super) fn evaluate(&self, evaluator: &mut Evaluator, paths: &[&'static str]) {
        for path in paths {
            if !self.around.borrow().contains_key(path) {
                let mut converter = Converter::new(evaluator, Some(self.set));
                let definitions = self.definitions_at(&mut converter, path);
                converter.evaluate(&definitions, Merging::Options);
            }
        }
    }

    fn value_at(&self, evaluator: &mut Evaluator, path: &str) -> Option<Rc<Node>> {
        let mut converter = Converter::new(evaluator, Some(self.set));
        let definitions = self.definitions_at(&mut converter, path);
        converter.definitions(&definitions, Merging::Options)
    }

    /// What defines the option at a path; nothing where no name of it does.
    fn definitions_at(&self, converter: &mut Converter<'_>, path: &str) -> Vec<Definition> {
        let names: Vec<&str> = path.split('.').collect();
        let of_openclaw = self.folders_of_openclaw(converter.evaluator());
        let mut definitions = converter.definitions_at(self.set, &names);
        if !of_openclaw.is_empty() {
            // What nix-openclaw itself defines is made here of its options, with the places of the user.
            let workspace = Rc::clone(&converter.evaluator().workspace);
            definitions.retain(|definition| {
                let module = self
                    .set
                    .collected()
                    .and_then(|collected| collected.modules.get(definition.module)?.span);
                !module.is_some_and(|span| is_below(&workspace, span, &of_openclaw))
            });
        }
        let is_named = definitions
            .iter()
            .any(|definition| definition.name_span.is_some());
        let is_of_framework = self.set.request.definitions.iter().any(|(given, _)| {
            given
                .iter()
                .map(|name| name.as_str())
                .eq(names.iter().copied())
        });
        match is_named || is_of_framework {
            true => definitions,
            false => Vec::new(),
        }
    }
}

/// Whether a place lies in a file below one of these folders.
pub(super) fn is_below(workspace: &Workspace, place: Span, folders: &[String]) -> bool {
    workspace.path_of(place.file).is_some_and(|path| {
        folders
            .iter()
            .any(|folder| path::below(folder, &path).is_some())
    })
}

/// What a set of modules comes to.
#[derive(Default)]
pub struct Found {
    /// Its configurations of OpenClaw.
    pub blueprints: Vec<Blueprint>,
    /// What keeps Nix from evaluating it, whether OpenClaw is configured in it or not: files that its modules or those of its users
    /// import and that are not there, and conditions that fail with OpenClaw's options below them.
    pub failures: Vec<Problem>,
    /// What configures OpenClaw and cannot be checked.
    pub unchecked: Vec<Unchecked>,
}

/// An option that configures OpenClaw and cannot be checked.
pub struct Unchecked {
    /// Its path.
    pub option: String,
    /// Why it cannot be checked: a clause in lower case.
    pub reason: String,
    /// Where it is set.
    pub span: Option<Span>,
}

impl Found {
    fn fails(&mut self, problem: Problem) {
        if !self.failures.contains(&problem) {
            self.failures.push(problem);
        }
    }
}

/// All configurations of OpenClaw in a set of modules.
pub fn blueprints(
    evaluator: &mut Evaluator,
    name: &str,
    set: &Rc<ModuleSet>,
    sight: &Sight<'_>,
) -> Found {
    let mut found = Found::default();
    let modules = Modules::new(name, set, sight);
    let before = evaluator.rendered.len();
    match set.request.class {
        Class::HomeManager => home(evaluator, &modules, &mut found),
        Class::Nixos | Class::Darwin => system(evaluator, &modules, &mut found),
        // A file by itself may be a module of either.
        Class::Generic | Class::FlakeParts => {
            home(evaluator, &modules, &mut found);
            system(evaluator, &modules, &mut found);
        }
    }
    strays(evaluator, &modules, &mut found);
    rendered::elsewhere(evaluator, &modules, before, &mut found.blueprints);
    failures(evaluator, set, &mut found);
    foreign(evaluator, set, &mut found);
    if sight.reach == Reach::Whole && unseen(set, sight).iter().all(|module| !module.may_add) {
        let undeclared = undeclared_own(evaluator, set);
        let misspelt = misspelt_names(evaluator, set).into_iter();
        let misspelt = misspelt.chain(misspelt_options(evaluator, set));
        for problem in undeclared.into_iter().chain(misspelt) {
            found.fails(problem);
        }
    }
    found
}

/// Notes the options of other modules for OpenClaw that are set and that nothing in sight declares.
fn foreign(evaluator: &mut Evaluator, set: &Rc<ModuleSet>, found: &mut Found) {
    let mut converter = Converter::new(evaluator, Some(set));
    for program in PROGRAM_NAMES {
        let path = ["services", program];
        let definitions = converter.definitions_at(set, &path);
        if let Some(place) = definitions.iter().find_map(|one| one.name_span)
            && declared_at(set, &path).is_none()
        {
            let option = path.join(".");
            let reason = format!(
                "the module that declares `{option}` is not here, so what OpenClaw gets of it is not checked"
            );
            found.unchecked.push(Unchecked {
                option,
                reason,
                span: Some(place),
            });
        }
    }
}

/// Definitions of options that do not exist, in the namespaces that only modules in sight declare something in: `my.agnet`.
fn undeclared_own(evaluator: &mut Evaluator, set: &Rc<ModuleSet>) -> Vec<Problem> {
    let Some(collected) = set.collected() else {
        return Vec::new();
    };
    let (Declarations::Set(declared), None) = (&collected.declarations, &collected.freeform) else {
        return Vec::new();
    };
    let own: Vec<&str> = declared
        .iter()
        .filter(|(name, declared)| {
            matches!(declared, Declarations::Set(_)) && !option_roots::is_shared(name)
        })
        .map(|(name, _)| *name)
        .collect();
    own.into_iter()
        .flat_map(|name| undeclared_options(evaluator, set, &[name]))
        .collect()
}

/// Definitions below a first name that nothing declares and that was meant to be another: `sytemd.user.services`. What was meant
/// to be `programs` or `services` is looked at by itself.
fn misspelt_names(evaluator: &mut Evaluator, set: &Rc<ModuleSet>) -> Vec<Problem> {
    let is_free = set
        .collected()
        .is_none_or(|collected| collected.freeform.is_some());
    if is_free {
        return Vec::new();
    }
    let below = evaluator.below(set, &[]);
    let named = below.children.by_name.iter();
    named
        .filter(|(name, _)| {
            declared_at(set, &[name.as_str()]).is_none()
                && !option_roots::is_nearly_namespace(name.as_str())
        })
        .filter_map(|(name, definitions)| {
            let meant = option_roots::shared_name_meant_by(name.as_str())?;
            let mut problem = Problem::new(
                ProblemKind::UnknownOption,
                format!("the option `{}` does not exist", name.as_str()),
                definitions.first()?.span(),
            );
            problem.help = Some(format!("write `{meant}`"));
            problem.path = Some(name.as_str().to_string());
            Some(problem)
        })
        .collect()
}

/// Definitions of options that do not exist beside those that are known out of sight: `home.sessionVariable`. What OpenClaw's own
/// options are depends on the release of nix-openclaw, and is looked at by rules.
fn misspelt_options(evaluator: &mut Evaluator, set: &Rc<ModuleSet>) -> Vec<Problem> {
    let mut found = Vec::new();
    let Some(root) = known_options::of_class(set.request.class) else {
        return found;
    };
    for (name, names) in root.below {
        if !matches!(*name, "programs" | "services" | "home-manager") {
            misspelt_below(evaluator, set, &[Symbol::new(name)], names, &mut found);
        }
    }
    found
}

fn misspelt_below(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    names: &KnownNames,
    found: &mut Vec<Problem>,
) {
    let below = evaluator.below(set, path);
    for (name, definitions) in &below.children.by_name {
        let path = [path, &[*name]].concat();
        let shown: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
        if declared_at(set, &shown).is_some() {
            continue;
        }
        let place = definitions.iter().find_map(|one| one.name_span);
        if let (Some(meant), Some(place)) = (names.misspelt(name.as_str(), None), place) {
            let option = show_path(&path);
            let mut problem = Problem::new(
                ProblemKind::UnknownOption,
                format!("the option `{option}` does not exist"),
                Some(place),
            );
            problem.help = Some(format!("write `{meant}`"));
            problem.path = Some(option);
            found.push(problem);
        } else if let Some(names) = names.below(name.as_str()) {
            misspelt_below(evaluator, set, &path, names, found);
        }
    }
}

/// Why conditions fail that stand above OpenClaw's options.
fn failing_conditions(evaluator: &mut Evaluator, set: &ModuleSet) -> Vec<Rc<EvalError>> {
    let named = |name: fn(&str) -> String| {
        let programs = PROGRAM_NAMES.iter();
        programs
            .map(|program| Symbol::new(&name(program)))
            .collect()
    };
    let roots = [
        ("programs", named(str::to_string)),
        ("services", named(|program| format!("{program}-gateway"))),
        ("home-manager", vec![Symbol::new("users")]),
    ];
    let definitions = set.collected().map(|collected| &collected.definitions);
    definitions.map_or_else(Vec::new, |definitions| {
        evaluator.failing_conditions(definitions, &roots)
    })
}

/// Conditions above OpenClaw's options that ask for something that is not there. What is below them is not seen.
pub fn conditions_without_attribute(evaluator: &mut Evaluator, set: &ModuleSet) -> Vec<Problem> {
    let failing = failing_conditions(evaluator, set).into_iter();
    failing
        .filter(|error| error.kind == ErrorKind::MissingAttribute)
        .map(|error| problem(&error))
        .collect()
}

/// Notes what keeps a set of modules from being evaluated.
fn failures(evaluator: &mut Evaluator, set: &Rc<ModuleSet>, found: &mut Found) {
    let Some(collected) = set.collected() else {
        return;
    };
    let mut errors: Vec<_> = collected
        .failures
        .iter()
        .filter(|error| {
            matches!(
                error.kind,
                ErrorKind::MissingFile
                    | ErrorKind::UntrackedFile
                    | ErrorKind::FileInSubmodule
                    | ErrorKind::MissingAttribute
                    | ErrorKind::MissingInput
                    | ErrorKind::Module
            )
        })
        .cloned()
        .collect();
    errors.extend(set.failures.borrow().iter().cloned());
    let packages = set.request.packages.as_ref();
    errors.extend(packages.and_then(|packages| failing_overlay(evaluator, packages)));
    errors.extend(failing_conditions(evaluator, set));
    for error in errors {
        let problem = problem(&error);
        // What does not parse is reported as the file that it is.
        if error.kind != ErrorKind::Syntax {
            found.fails(problem);
        }
    }
}

/// Options that were meant to be those of OpenClaw: a misspelt root, or one that belongs to another kind of
/// configuration. What is written there is checked as what was meant.
fn strays(evaluator: &mut Evaluator, modules: &Modules<'_>, found: &mut Found) {
    let Modules { set, sight, .. } = *modules;
    if !sight.has_openclaw {
        return;
    }
    let is_complete =
        sight.reach == Reach::Whole && unseen(set, sight).iter().all(|module| !module.may_add);
    let misspelt = set.collected().map_or_else(Vec::new, |collected| {
        let root = evaluator.push_down(&collected.definitions);
        let namespaces = definition::children(&root);
        let names = namespaces.by_name.iter();
        names
            .map(|(name, _)| name.as_str())
            .filter(|name| declared_at(set, &[name]).is_none())
            .filter(|name| option_roots::is_nearly_namespace(name))
            .collect()
    });
    for namespace in ["programs", "services"].into_iter().chain(misspelt) {
        let below = evaluator.below(set, &[Symbol::new(namespace)]);
        let defined = below.children.by_name.iter();
        let strays: Vec<_> = defined
            .filter_map(|(option, definitions)| {
                let stray = option_roots::judge(set.request.class, namespace, option.as_str())?;
                // A module of the user's own may declare an option of that very name.
                let wanted = (is_complete || !stray.misplaced)
                    && declared_at(set, &[namespace, option.as_str()]).is_none();
                let place = definitions.first()?.name_span?;
                wanted.then_some((option.as_str(), place, stray))
            })
            .collect();
        for (option, place, stray) in strays {
            let source = match stray.meant.starts_with("programs.") {
                true => Source::HomeManager,
                false => Source::NixosService,
            };
            let around = match set.request.class {
                Class::HomeManager => HOME_SURROUNDINGS,
                _ => SYSTEM_SURROUNDINGS,
            };
            let root = format!("{namespace}.{option}");
            let before = found.blueprints.len();
            options(
                evaluator,
                modules,
                &root,
                source,
                Merging::Options,
                around,
                found,
            );
            for blueprint in &mut found.blueprints[before..] {
                blueprint.option_root.clone_from(&stray.meant);
                let mut problem =
                    Problem::new(ProblemKind::UnknownRoot, stray.message.clone(), Some(place));
                problem.help = Some(stray.help.clone());
                problem.path = Some(root.clone());
                blueprint.problems.push(problem);
            }
        }
    }
}

/// The problem that no module of a configuration declares OpenClaw's options. Only what is seen whole can have it.
fn nothing_declares(
    set: &Rc<ModuleSet>,
    sight: &Sight<'_>,
    root: &str,
    definitions: &[definition::Definition],
) -> Option<Problem> {
    let output = match set.request.class {
        Class::HomeManager if root.starts_with("programs.") => "homeManagerModules.openclaw",
        Class::Nixos if root.starts_with("services.") => "nixosModules.openclaw-gateway",
        _ => return None,
    };
    let unseen = unseen(set, sight);
    let is_known = PROGRAM_NAMES.iter().any(|name| {
        root.split('.')
            .nth(1)
            .is_some_and(|option| option.starts_with(name))
    });
    let may_be_declared = sight.reach == Reach::Alone
        || sight.handed_on
        || !is_known
        || one_fails(set)
        || unseen
            .iter()
            .any(|module| module.may_add || declares(module, output))
        || declared_at(set, &root.split('.').collect::<Vec<_>>()).is_some();
    if may_be_declared {
        return None;
    }
    let other = unseen.iter().find(|module| module.of_openclaw.is_some());
    let mut problem = Problem::new(
        ProblemKind::UnknownRoot,
        format!("the option `{root}` does not exist: no module of this configuration declares it"),
        definitions
            .iter()
            .find_map(|definition| definition.name_span),
    );
    if let Some((module, span)) = other.and_then(|module| Some((module, module.span?))) {
        let declared = "this module declares other options".to_string();
        problem.related.push((span, declared));
        problem.help = Some(format!("write `{output}` in place of `{}`", module.name));
        problem.path = Some(root.to_string());
        return Some(problem);
    }
    problem.help = Some(if sight.has_openclaw {
        format!("add `{output}` of the input nix-openclaw to the modules")
    } else {
        format!("add the input `github:openclaw/nix-openclaw`, and its `{output}` to the modules")
    });
    problem.path = Some(root.to_string());
    Some(problem)
}

/// Whether a module of a set fails: which options there would be is not known, and Nix does not get that far.
fn one_fails(set: &ModuleSet) -> bool {
    set.collected()
        .is_some_and(|collected| !collected.failures.is_empty())
}

/// Whether a module that is not here may be the one that declares what `output` of nix-openclaw does: not one for another kind of
/// configuration.
fn declares(module: &UnseenModule, output: &str) -> bool {
    let kind = |output: &str| output.split('.').next().unwrap_or_default().to_string();
    module.of_openclaw.as_deref().is_some_and(|own| {
        kind(own) == kind(output)
            || !["homeManagerModules", "nixosModules", "darwinModules"]
                .contains(&kind(own).as_str())
    })
}

/// What modules in sight declare at a path: the options below it, or the option that it is or lies in.
fn declared_at<'a>(set: &'a ModuleSet, path: &[&str]) -> Option<&'a Declarations> {
    let mut declarations = &set.collected()?.declarations;
    for name in path {
        match declarations {
            Declarations::Option(_) => break,
            Declarations::Set(inner) => declarations = inner.get(*name)?,
        }
    }
    Some(declarations)
}

fn home(evaluator: &mut Evaluator, modules: &Modules<'_>, found: &mut Found) {
    for program in PROGRAM_NAMES {
        let root = format!("programs.{program}");
        options(
            evaluator,
            modules,
            &root,
            Source::HomeManager,
            Merging::Options,
            HOME_SURROUNDINGS,
            found,
        );
    }
    rendered_files(evaluator, modules, HOME_SURROUNDINGS, found);
}

fn system(evaluator: &mut Evaluator, modules: &Modules<'_>, found: &mut Found) {
    let Modules { set, .. } = *modules;
    for program in PROGRAM_NAMES {
        let root = format!("services.{program}-gateway");
        options(
            evaluator,
            modules,
            &root,
            Source::NixosService,
            Merging::Service,
            SYSTEM_SURROUNDINGS,
            found,
        );
    }
    // A host may use Home Manager's module only through its users; a system module set that sets `programs.openclaw` itself is a
    // mistake that Nix reports.
    if set.request.class != Class::Generic {
        rendered_files(evaluator, modules, SYSTEM_SURROUNDINGS, found);
    }
    users(evaluator, modules, found);
}

/// The problem that users of Home Manager are configured in a system without its module. Only what is seen whole can have it.
fn without_home_manager(
    set: &Rc<ModuleSet>,
    sight: &Sight<'_>,
    definitions: &[Definition],
) -> Option<Problem> {
    let output = match set.request.class {
        Class::Nixos => "nixosModules.home-manager",
        Class::Darwin => "darwinModules.home-manager",
        _ => return None,
    };
    let brings_it = |unseen: &Unseen| {
        let subject = unseen.unknown.subject.as_deref().unwrap_or_default();
        let input = subject
            .strip_prefix("inputs.")
            .and_then(|rest| rest.split('.').next());
        match input {
            Some(input) => (sight.is_home_manager)(input) || (sight.input_may_add)(input),
            // What nixpkgs brings does not have it.
            None => !subject.starts_with("modulesPath"),
        }
    };
    let may_be_there = sight.reach == Reach::Alone
        || one_fails(set)
        || declared_at(set, &["home-manager"]).is_some()
        || set.collected()?.unseen.iter().any(brings_it);
    let place = definitions.iter().find_map(|one| one.name_span)?;
    if may_be_there {
        return None;
    }
    let mut problem = Problem::new(
        ProblemKind::UnknownOption,
        "the option `home-manager` does not exist: no module of this configuration declares it",
        Some(place),
    );
    problem.help = Some(format!("add `home-manager.{output}` to the modules"));
    Some(problem)
}

/// The problem that a system has `home-manager.user` and no `home-manager.users`.
fn misspelt_users(evaluator: &mut Evaluator, set: &Rc<ModuleSet>) -> Option<Problem> {
    const WRITTEN: [&str; 2] = ["user", "usres"];
    let below = evaluator.below(set, &[Symbol::new("home-manager")]);
    let definitions = WRITTEN.iter().find_map(|name| {
        let definitions = below.children.get(Symbol::new(name));
        (!definitions.is_empty()).then(|| (*name, definitions.to_vec()))
    });
    let (name, definitions) = definitions?;
    if declared_at(set, &["home-manager", name]).is_some() {
        return None;
    }
    let mut problem = Problem::new(
        ProblemKind::UnknownOption,
        format!("the option `home-manager.{name}` does not exist"),
        definitions.iter().find_map(|one| one.name_span),
    );
    problem.help = Some("write `home-manager.users`".to_string());
    Some(problem)
}

/// Notes what keeps the names of users, with all that is configured for them, from being known.
fn users_not_known(evaluator: &mut Evaluator, definitions: &[Definition], found: &mut Found) {
    let discharged = evaluator.discharge_set(definitions);
    let open = definition::children(&discharged).open;
    let unknown = discharged.iter().filter_map(|one| match &one.value {
        Err(Stop::Unknown(unknown)) => Some(unknown),
        _ => None,
    });
    // Most users have nothing to do with OpenClaw.
    let may_be_ours = definitions.iter().filter_map(Definition::span).any(|span| {
        let file = evaluator.workspace.sources().get(span.file);
        programs::names_program(&file.text)
    });
    if let Some(unknown) = unknown.chain(open.as_ref()).next()
        && may_be_ours
    {
        found.unchecked.push(Unchecked {
            option: "home-manager.users".to_string(),
            reason: format!("which users there are is not known: {}", unknown.reason),
            span: unknown.span,
        });
    }
    for one in &discharged {
        if let Err(Stop::Error(error)) = &one.value {
            found.fails(problem(error));
        }
    }
}

/// The users of Home Manager inside a system.
fn users(evaluator: &mut Evaluator, modules: &Modules<'_>, found: &mut Found) {
    let Modules {
        name, set, sight, ..
    } = *modules;
    let mut converter = Converter::new(evaluator, Some(set));
    let definitions = converter.definitions_at(set, &["home-manager", "users"]);
    if definitions.is_empty() {
        drop(converter);
        found.failures.extend(misspelt_users(evaluator, set));
        return;
    }
    found
        .failures
        .extend(without_home_manager(set, sight, &definitions));
    let shared = converter.definitions_at(set, &["home-manager", "sharedModules"]);
    let arguments = converter.definitions_at(set, &["home-manager", "extraSpecialArgs"]);
    drop(converter);
    users_not_known(evaluator, &definitions, found);
    let for_users = modules.described(evaluator, FOR_USERS);
    for (user, modules) in crate::nix::modules::nested_users(evaluator, &definitions) {
        let inner = crate::nix::modules::home_of_system(
            evaluator, set, &user, modules, &shared, &arguments,
        );
        let user_name = format!("{name}: home-manager.users.{user}");
        let sight = Sight {
            handed_on: unseen(set, sight)
                .iter()
                .any(|module| module.of_openclaw.is_some()),
            ..*sight
        };
        let before = found.blueprints.len();
        let modules = Modules::new(&user_name, &inner, &sight);
        home(evaluator, &modules, found);
        strays(evaluator, &modules, found);
        failures(evaluator, &inner, found);
        let is_complete = sight.reach == Reach::Whole
            && unseen(&inner, &sight).iter().all(|module| !module.may_add);
        if is_complete {
            for problem in misspelt_options(evaluator, &inner) {
                found.fails(problem);
            }
        }
        for blueprint in &mut found.blueprints[before..] {
            if !blueprint.surroundings.is_empty() || blueprint.source != Source::RenderedFile {
                blueprint.surroundings.extend(for_users.iter().cloned());
            }
        }
    }
}

#[allow(clippy::too_many_arguments)] // Private; each is one fact about the option root.
fn options(
    evaluator: &mut Evaluator,
    modules: &Modules<'_>,
    root: &str,
    source: Source,
    merging: Merging,
    surroundings: &[&'static str],
    found: &mut Found,
) {
    let Modules {
        name, set, sight, ..
    } = *modules;
    let path: Vec<&str> = root.split('.').collect();
    let mut converter = Converter::new(evaluator, Some(set));
    converter.is_of_openclaw = true;
    let definitions = converter.definitions_at(set, &path);
    // A definition of unknown contents alone is no sign that OpenClaw is configured here.
    if definitions
        .iter()
        .all(|definition| definition.name_span.is_none())
    {
        return;
    }
    let Some(options) = converter.definitions(&definitions, merging) else {
        return;
    };
    if sight.reach == Reach::Alone && is_container(&options) {
        return;
    }
    let mut problems = converter.take_problems();
    let mut assumptions = assumptions(set);
    assumptions.extend(converter.assumption());
    drop(converter);
    let surroundings = modules.described(evaluator, surroundings);
    problems.extend(module_problems(set, &path));
    problems.extend(nothing_declares(set, sight, root, &definitions));
    problems.extend(undeclared_options(evaluator, set, &path));
    let unseen = unseen(set, sight);
    // A module that is not seen might give what an assertion asks for.
    if sight.reach == Reach::Whole && unseen.iter().all(|module| !module.may_add) {
        problems.extend(failed_assertions(evaluator, set));
    }
    found.blueprints.push(Blueprint {
        name: name.to_string(),
        source,
        language: Language::Nix,
        reach: sight.reach,
        unseen,
        option_root: root.to_string(),
        options,
        surroundings,
        unit: None,
        problems,
        assumptions,
    });
}

/// Whether `services.openclaw-gateway` of a file by itself is the container of a compose file that is written in Nix, and not the
/// option set of the NixOS service: it has what only a container has, and nothing that only the service has.
fn is_container(options: &Node) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| options.get(key).is_some());
    has(&["image", "build", "container_name", "volumes", "service"])
        && !has(&["enable", "config", "configFile", "package"])
}

/// Files that Nix code renders: `home.file`, `xdg.configFile`, `environment.etc`, `sops.templates`, and what a service is pointed at.
fn rendered_files(
    evaluator: &mut Evaluator,
    modules: &Modules<'_>,
    paths: &[&'static str],
    found: &mut Found,
) {
    let Modules {
        name, set, sight, ..
    } = *modules;
    let around = modules.surroundings(evaluator, paths);
    for (path, node) in &around {
        for (below, kind, content) in rendered_in(path, node) {
            let mut problems = Vec::new();
            let (content, language) = read_json(evaluator, content, kind, &mut problems);
            if let Value::Path(path) = &content.value {
                let workspace = Rc::clone(&evaluator.workspace);
                let missing = needed_files::missing(path, &content, &workspace);
                found.failures.extend(missing);
            }
            let shown = format!("{path}.{below}");
            if !may_be_object(&content) {
                // What a file holds that is named otherwise may be anything.
                if kind == Handed::Text {
                    found.unchecked.extend(not_known(shown, &content));
                }
                continue;
            }
            found.blueprints.push(Blueprint {
                name: format!("{name}: {shown}"),
                source: Source::RenderedFile,
                language,
                reach: sight.reach,
                unseen: unseen(set, sight),
                option_root: String::new(),
                options: content,
                surroundings: modules.described(evaluator, paths),
                unit: None,
                problems,
                assumptions: assumptions(set),
            });
        }
    }
}

/// How a configuration is handed over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handed {
    /// As the text of the file.
    Text,
    /// As a file: the path of one, or one that Nix writes.
    File,
}

/// Why the text of a configuration cannot be checked, if it is not known.
fn not_known(option: String, text: &Node) -> Option<Unchecked> {
    let unknown = match &text.value {
        Value::Unknown(unknown) => unknown,
        Value::Text(text) => text.unknown()?,
        _ => return None,
    };
    Some(Unchecked {
        option,
        reason: format!("what OpenClaw gets of it is not known: {}", unknown.reason),
        span: unknown.span.or(text.place.primary()),
    })
}

/// The rendered configurations in an option such as `home.file`: what they are called there, how they are handed over, and
/// their content.
fn rendered_in(path: &str, node: &Rc<Node>) -> Vec<(String, Handed, Rc<Node>)> {
    let mut found = Vec::new();
    let Some(object) = node.as_object() else {
        return found;
    };
    for (name, entry) in &object.entries {
        match path {
            "home.file" | "xdg.configFile" | "environment.etc" => {
                let target = entry
                    .get("target")
                    .and_then(|target| target.as_str())
                    .unwrap_or_else(|| name.clone());
                if !is_configuration_file(&target) {
                    continue;
                }
                for (content, kind) in [("text", Handed::Text), ("source", Handed::File)] {
                    if let Some(content) = entry.get(content) {
                        found.push((format!("\"{name}\""), kind, Rc::clone(content)));
                    }
                }
            }
            // A text in which secrets are filled in where it is used, under its own name or another path.
            "sops.templates" => {
                let path = entry.get("path").and_then(|path| path.as_str());
                let is_ours = [Some(name.as_str()), path.as_deref()]
                    .into_iter()
                    .flatten()
                    .any(is_configuration_file);
                if let (true, Some(content)) = (is_ours, entry.get("content")) {
                    found.push((format!("\"{name}\""), Handed::Text, Rc::clone(content)));
                }
            }
            "systemd.services" | "systemd.user.services" => {
                let environment = entry.get("environment").or_else(|| {
                    entry
                        .get("Service")
                        .and_then(|service| service.get("Environment"))
                });
                let Some(environment) = environment else {
                    continue;
                };
                for variable in CONFIGURATION_VARIABLES {
                    if let Some(content) = environment.get(variable) {
                        let shown = format!("{name}.environment.{variable}");
                        found.push((shown, Handed::File, Rc::clone(content)));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The contents of the JSON file that a node names, or of the text that it is, with the places in it; the node itself where
/// it is neither. Beside it the language.
fn read_json(
    evaluator: &mut Evaluator,
    node: Rc<Node>,
    kind: Handed,
    problems: &mut Vec<Problem>,
) -> (Rc<Node>, Language) {
    let path = match &node.value {
        Value::Path(path) => path,
        // As a file, a text may be the path of one.
        Value::Text(text) if kind == Handed::Text || written_json::is_likely(text) => {
            return match written_json::read(text, &node.place) {
                Some(written) => {
                    problems.extend(written.problems);
                    (written.root, written.language)
                }
                None => (node, Language::Nix),
            };
        }
        Value::Choice(condition, then, otherwise) => {
            let mut language = Language::Nix;
            let mut branch = |branch: &Option<Rc<Node>>| {
                let node = Rc::clone(branch.as_ref()?);
                let (node, its) = read_json(evaluator, node, kind, problems);
                language = its;
                Some(node)
            };
            let (then, otherwise) = (branch(then), branch(otherwise));
            let choice = Value::Choice(condition.clone(), then, otherwise);
            return (Node::new(choice, node.place.clone()), language);
        }
        _ => return (node, Language::Nix),
    };
    let is_json = [".json", ".json5", ".jsonc"]
        .iter()
        .any(|ending| path.absolute.ends_with(ending));
    if !is_json {
        return (node, Language::Nix);
    }
    let workspace = Rc::clone(&evaluator.workspace);
    let Ok(file) = workspace.read(&path.absolute) else {
        return (node, Language::Nix);
    };
    let text = workspace.sources().get(file).text.clone();
    match json::parse(&text, Some(file), Dialect::Json5) {
        Ok(parsed) => {
            evaluator.note_data(&path.absolute);
            problems.extend(parsed.problems(file));
            let mut root = (*parsed.root).clone();
            root.place.key = node.place.key;
            (Rc::new(root), Language::Json)
        }
        // Found again as the file that it is, where its name is that of a configuration.
        Err(_) => (node, Language::Nix),
    }
}

fn may_be_object(node: &Node) -> bool {
    match &node.value {
        Value::Object(_) => true,
        Value::Choice(_, then, otherwise) => [then, otherwise]
            .into_iter()
            .flatten()
            .any(|branch| may_be_object(branch)),
        _ => false,
    }
}

pub(super) fn unseen(set: &Rc<ModuleSet>, sight: &Sight<'_>) -> Vec<UnseenModule> {
    let Some(collected) = set.collected() else {
        return Vec::new();
    };
    collected
        .unseen
        .iter()
        .map(|unseen| {
            let subject = unseen.unknown.subject.as_deref();
            let may_add = match subject {
                Some(subject) => match subject.strip_prefix("inputs.") {
                    Some(rest) => (sight.input_may_add)(rest.split('.').next().unwrap_or(rest)),
                    None => !subject.starts_with("modulesPath"),
                },
                None => true,
            };
            let of_openclaw = subject
                .and_then(|subject| subject.strip_prefix("inputs."))
                .and_then(|rest| rest.split_once('.'))
                .filter(|(input, _)| (sight.is_openclaw)(input))
                .map(|(_, output)| output.to_string());
            UnseenModule {
                of_openclaw,
                name: unseen.name().to_string(),
                span: unseen.span,
                may_add,
            }
        })
        .collect()
}

/// The modules of a configuration that are not here and may configure OpenClaw, as they are named, in order.
pub fn modules_that_may_add(set: &Rc<ModuleSet>, sight: &Sight<'_>) -> Vec<String> {
    let mut modules: Vec<String> = Vec::new();
    for module in unseen(set, sight) {
        let name = format!("`{}`", module.name);
        if module.may_add && !modules.contains(&name) {
            modules.push(name);
        }
    }
    modules
}

pub(super) fn assumptions(set: &Rc<ModuleSet>) -> Vec<String> {
    let Some(collected) = set.collected() else {
        return Vec::new();
    };
    let mut assumed: Vec<String> = collected
        .unseen
        .iter()
        .map(|unseen| {
            let name = unseen.name();
            format!("`{name}` is not seen and is taken not to override what the sources define")
        })
        .collect();
    assumed.sort();
    assumed.dedup();
    assumed
}

/// Options below `root` that are defined and that nothing declares, where a module in sight declares what stands there.
fn undeclared_options(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    root: &[&str],
) -> Vec<Problem> {
    let (Some(collected), Some(Declarations::Set(declared))) =
        (set.collected(), declared_at(set, root))
    else {
        return Vec::new();
    };
    let path: Vec<Symbol> = root.iter().map(|name| Symbol::new(name)).collect();
    let definitions = match path.split_last() {
        Some((name, around)) => evaluator.below(set, around).children.get(*name).to_vec(),
        None => collected.definitions.clone(),
    };
    let Some((path, definitions)) = find_undeclared(evaluator, &path, declared, &definitions)
    else {
        return Vec::new();
    };
    let places: Vec<Span> = definitions.iter().filter_map(Definition::span).collect();
    let mut problem = Problem::new(
        ProblemKind::UnknownOption,
        format!("the option `{}` does not exist", show_path(&path)),
        places.first().copied(),
    );
    problem.path = Some(show_path(&path));
    vec![problem]
}

/// The path of the option that an assertion says is removed, and what to do instead: one that our `mkRemovedOptionModule` makes.
fn removed_option(
    evaluator: &mut Evaluator,
    assertion: &Rc<Thunk>,
) -> Option<(Vec<Rc<str>>, Rc<str>)> {
    const REMOVED: &str = "_openclawCheckRemoved";
    let origin = Origin::default();
    let assertion = evaluator.attrs(assertion, &origin).ok()?;
    let removed = Rc::clone(&assertion.get(Symbol::new(REMOVED))?.value);
    let instead = evaluator.descend(&removed, &["message"]).ok()?;
    let instead = evaluator.text(&instead, &origin).ok()?;
    let path = evaluator.descend(&removed, &["path"]).ok()?;
    let path = evaluator.list(&path, &origin).ok()?;
    let names = path.all().ok()?.iter();
    let names: Option<Vec<Rc<str>>> = names
        .map(|name| evaluator.text(name, &origin).ok())
        .collect();
    Some((names?, instead))
}

/// The assertions of modules in sight that do not hold, in any world. Each stops the switch to the configuration.
fn failed_assertions(evaluator: &mut Evaluator, set: &Rc<ModuleSet>) -> Vec<Problem> {
    let mut converter = Converter::new(evaluator, Some(set));
    let definitions = converter.definitions_at(set, &["assertions"]);
    drop(converter);
    let mut problems = Vec::new();
    for one in evaluator.discharge(&definitions) {
        let (Ok(Evaluated::List(list)), true) = (one.value, one.definition.guards.is_empty())
        else {
            continue;
        };
        for item in &list.items {
            let holds = evaluator
                .descend(item, &["assertion"])
                .and_then(|assertion| evaluator.force(&assertion));
            if !matches!(holds.map(|value| value.value), Ok(Evaluated::Bool(false))) {
                continue;
            }
            if let Some((path, instead)) = removed_option(evaluator, item) {
                let path: Vec<&str> = path.iter().map(|name| &**name).collect();
                let mut converter = Converter::new(evaluator, Some(set));
                let definitions = converter.definitions_at(set, &path);
                let span = definitions
                    .iter()
                    .find_map(|definition| definition.name_span.or(definition.span()));
                let option = path.join(".");
                let mut problem = Problem::new(
                    ProblemKind::RemovedOption,
                    match instead.trim() {
                        "" => format!("the option `{option}` was removed"),
                        instead => format!("the option `{option}` was removed: {instead}"),
                    },
                    span,
                );
                problem.path = Some(option);
                let removed = one.definition.span();
                problem.related = removed
                    .map(|span| (span, "removed here".to_string()))
                    .into_iter()
                    .collect();
                problem.help = Some("remove the definition".to_string());
                problems.push(problem);
                continue;
            }
            let message = evaluator
                .descend(item, &["message"])
                .and_then(|message| evaluator.string(&message, &Origin::default()));
            let text = match &message {
                Ok(message) => message.parts.iter().map(known_text).collect(),
                Err(_) => "its message is not known here".to_string(),
            };
            // What `lib` asserts stands where its function is called.
            let module = set
                .collected()
                .and_then(|collected| collected.modules.get(one.definition.module)?.span);
            problems.push(Problem::new(
                ProblemKind::Assertion,
                format!("an assertion does not hold: {}", text.trim()),
                item.origin.span.or(one.definition.span()).or(module),
            ));
        }
    }
    problems
}

/// A part of a string for a message; what is not known of it is left out.
fn known_text(part: &crate::nix::eval::value::Part) -> &str {
    match part {
        crate::nix::eval::value::Part::Text { text, .. } => text,
        _ => "…",
    }
}

/// What went wrong while reading and merging the modules, as far as it concerns the options below `root`.
fn module_problems(set: &Rc<ModuleSet>, root: &[&str]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(collected) = set.collected() {
        for error in &collected.failures {
            if error.kind != ErrorKind::Syntax {
                problems.push(problem(error));
            }
        }
    }
    for found in set.problems.borrow().iter() {
        let ours = found
            .path
            .iter()
            .zip(root)
            .all(|(name, root)| name.as_str() == *root);
        if !ours {
            continue;
        }
        let kind = match found.kind {
            ModuleProblemKind::Conflict => ProblemKind::ConflictingDefinitions,
            ModuleProblemKind::Undeclared => ProblemKind::UnknownOption,
            ModuleProblemKind::Type => ProblemKind::OptionType,
            ModuleProblemKind::Removed => ProblemKind::RemovedOption,
        };
        let mut problem = Problem::new(
            kind,
            found.message.clone(),
            found.places.first().map(|(span, _)| *span),
        );
        problem.related = found.places.iter().skip(1).cloned().collect();
        problem.path = Some(show_path(&found.path));
        problems.push(problem);
    }
    problems
}

/// The blueprint of a value that is a rendered configuration: an attribute set file, a JSON file that Nix reads.
pub fn rendered_value(
    evaluator: &mut Evaluator,
    name: &str,
    thunk: &Rc<Thunk>,
    reach: Reach,
) -> Blueprint {
    let mut converter = Converter::new(evaluator, None);
    let options = converter.json_value(thunk);
    let problems = converter.take_problems();
    let assumptions = converter.assumption().into_iter().collect();
    Blueprint {
        name: name.to_string(),
        source: Source::RenderedFile,
        language: Language::Nix,
        reach,
        unseen: Vec::new(),
        option_root: String::new(),
        options,
        surroundings: Vec::new(),
        unit: None,
        problems,
        assumptions,
    }
}
