//! From modules to blueprints: what the sources say about OpenClaw in one configuration, all worlds at once.
//!
//! A [`Blueprint`] still has choices in its trees; [`Blueprint::in_world`](super::render) turns it into the
//! [`Configuration`](super::configuration::Configuration) of one world.

use super::configuration::{Problem, ProblemKind, Reach, Source, UnseenModule};
use super::from_nix::{Converter, Merging, problem};
use super::tree::{Condition, Node, Value};
use crate::nix::eval::Evaluator;
use crate::nix::eval::value::Thunk;
use crate::nix::modules::{Class, ModuleProblemKind, ModuleSet, show_path};
use std::rc::Rc;

/// What surrounds the options and matters for them, by option path: `home.sessionVariables` and others.
pub type Surroundings = Vec<(&'static str, Rc<Node>)>;

/// One configuration of OpenClaw before a world is chosen.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// `homeConfigurations.alice`, or the path of a file.
    pub name: String,
    /// What configures OpenClaw.
    pub source: Source,
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
const HOME_SURROUNDINGS: &[&str] = &[
    "home.homeDirectory",
    "home.username",
    "home.file",
    "home.sessionVariables",
    "home.activation",
    "xdg.configFile",
    "systemd.user.services",
    "systemd.user.sessionVariables",
    "launchd.agents",
];

/// The same for NixOS and nix-darwin.
const SYSTEM_SURROUNDINGS: &[&str] = &[
    "environment.etc",
    "environment.variables",
    "environment.sessionVariables",
    "systemd.services",
    "systemd.user.services",
    "systemd.tmpfiles",
    "launchd.agents",
    "launchd.user.agents",
];

/// Names under which the program has been known, newest first.
pub const PROGRAM_NAMES: &[&str] = &["openclaw", "moltbot", "clawdbot"];

/// What tells how much of a module set was seen.
pub struct Sight<'a> {
    /// Whether a module of that input may add to OpenClaw's configuration.
    pub input_may_add: &'a dyn Fn(&str) -> bool,
    /// How much of the surroundings was seen.
    pub reach: Reach,
}

/// All configurations of OpenClaw in a set of modules.
pub fn blueprints(
    evaluator: &mut Evaluator,
    name: &str,
    set: &Rc<ModuleSet>,
    sight: &Sight<'_>,
) -> Vec<Blueprint> {
    let mut found = Vec::new();
    match set.request.class {
        Class::HomeManager => home(evaluator, name, set, sight, &mut found),
        Class::Nixos | Class::Darwin => system(evaluator, name, set, sight, &mut found),
        // A file by itself may be a module of either.
        Class::Generic | Class::FlakeParts => {
            home(evaluator, name, set, sight, &mut found);
            system(evaluator, name, set, sight, &mut found);
        }
    }
    found
}

fn home(
    evaluator: &mut Evaluator,
    name: &str,
    set: &Rc<ModuleSet>,
    sight: &Sight<'_>,
    found: &mut Vec<Blueprint>,
) {
    for program in PROGRAM_NAMES {
        let root = format!("programs.{program}");
        options(
            evaluator,
            name,
            set,
            sight,
            &root,
            Source::HomeManager,
            Merging::Options,
            HOME_SURROUNDINGS,
            found,
        );
    }
    rendered_files(evaluator, name, set, sight, HOME_SURROUNDINGS, found);
}

fn system(
    evaluator: &mut Evaluator,
    name: &str,
    set: &Rc<ModuleSet>,
    sight: &Sight<'_>,
    found: &mut Vec<Blueprint>,
) {
    for program in PROGRAM_NAMES {
        let root = format!("services.{program}-gateway");
        options(
            evaluator,
            name,
            set,
            sight,
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
        rendered_files(evaluator, name, set, sight, SYSTEM_SURROUNDINGS, found);
    }
    users(evaluator, name, set, sight, found);
}

/// The users of Home Manager inside a system.
fn users(
    evaluator: &mut Evaluator,
    name: &str,
    set: &Rc<ModuleSet>,
    sight: &Sight<'_>,
    found: &mut Vec<Blueprint>,
) {
    let mut converter = Converter::new(evaluator, Some(set));
    let definitions = converter.definitions_at(set, &["home-manager", "users"]);
    if definitions.is_empty() {
        return;
    }
    let shared = converter.definitions_at(set, &["home-manager", "sharedModules"]);
    let arguments = converter.definitions_at(set, &["home-manager", "extraSpecialArgs"]);
    drop(converter);
    for (user, modules) in crate::nix::modules::nested_users(evaluator, &definitions) {
        let inner = crate::nix::modules::home_of_system(
            evaluator, set, &user, modules, &shared, &arguments,
        );
        let user_name = format!("{name}: home-manager.users.{user}");
        home(evaluator, &user_name, &inner, sight, found);
    }
}

#[allow(clippy::too_many_arguments)] // Private; each is one fact about the option root.
fn options(
    evaluator: &mut Evaluator,
    name: &str,
    set: &Rc<ModuleSet>,
    sight: &Sight<'_>,
    root: &str,
    source: Source,
    merging: Merging,
    surroundings: &[&'static str],
    found: &mut Vec<Blueprint>,
) {
    let path: Vec<&str> = root.split('.').collect();
    let mut converter = Converter::new(evaluator, Some(set));
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
    let around = surroundings_of(&mut converter, set, surroundings);
    let mut problems = std::mem::take(&mut converter.problems);
    drop(converter);
    problems.extend(module_problems(set, &path));
    found.push(Blueprint {
        name: name.to_string(),
        source,
        reach: sight.reach,
        unseen: unseen(set, sight),
        option_root: root.to_string(),
        options,
        surroundings: around,
        problems,
        assumptions: assumptions(set),
    });
}

fn surroundings_of(
    converter: &mut Converter<'_>,
    set: &Rc<ModuleSet>,
    paths: &[&'static str],
) -> Surroundings {
    let mut found = Vec::new();
    // What fails outside of OpenClaw's options is not ours to report.
    let problems = std::mem::take(&mut converter.problems);
    for path in paths {
        let names: Vec<&str> = path.split('.').collect();
        let definitions = converter.definitions_at(set, &names);
        if definitions
            .iter()
            .all(|definition| definition.name_span.is_none())
        {
            continue;
        }
        if let Some(node) = converter.definitions(&definitions, Merging::Options) {
            found.push((*path, node));
        }
    }
    converter.problems = problems;
    found
}

/// Files that Nix code renders: `home.file`, `xdg.configFile`, `environment.etc`, and what a service is pointed at.
fn rendered_files(
    evaluator: &mut Evaluator,
    name: &str,
    set: &Rc<ModuleSet>,
    sight: &Sight<'_>,
    paths: &[&'static str],
    found: &mut Vec<Blueprint>,
) {
    let mut converter = Converter::new(evaluator, Some(set));
    let around = surroundings_of(&mut converter, set, paths);
    drop(converter);
    for (path, node) in &around {
        for (below, content) in rendered_in(path, node) {
            let shown = format!("{path}.{below}");
            found.push(Blueprint {
                name: format!("{name}: {shown}"),
                source: Source::RenderedFile,
                reach: sight.reach,
                unseen: unseen(set, sight),
                option_root: String::new(),
                options: content,
                surroundings: around.clone(),
                problems: Vec::new(),
                assumptions: assumptions(set),
            });
        }
    }
}

/// The rendered configurations in an option such as `home.file`: what they are called there, and their content.
fn rendered_in(path: &str, node: &Rc<Node>) -> Vec<(String, Rc<Node>)> {
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
                for content in ["text", "source"] {
                    if let Some(content) = entry.get(content)
                        && may_be_object(content)
                    {
                        found.push((format!("\"{name}\""), Rc::clone(content)));
                    }
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
                for variable in [
                    "OPENCLAW_CONFIG_PATH",
                    "MOLTBOT_CONFIG_PATH",
                    "CLAWDBOT_CONFIG_PATH",
                ] {
                    if let Some(content) = environment.get(variable)
                        && may_be_object(content)
                    {
                        found.push((format!("{name}.environment.{variable}"), Rc::clone(content)));
                    }
                }
            }
            _ => {}
        }
    }
    found
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

/// Whether a file name is that of OpenClaw's configuration.
pub fn is_configuration_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    PROGRAM_NAMES.iter().any(|program| {
        name.strip_prefix(program)
            .is_some_and(|rest| matches!(rest, ".json" | ".json5"))
    })
}

fn unseen(set: &Rc<ModuleSet>, sight: &Sight<'_>) -> Vec<UnseenModule> {
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
            UnseenModule {
                name: subject.map_or_else(|| unseen.unknown.reason.to_string(), str::to_string),
                span: unseen.span,
                may_add,
            }
        })
        .collect()
}

fn assumptions(set: &Rc<ModuleSet>) -> Vec<String> {
    let Some(collected) = set.collected() else {
        return Vec::new();
    };
    let mut assumed: Vec<String> = collected
        .unseen
        .iter()
        .map(|unseen| {
            let name = unseen
                .unknown
                .subject
                .as_deref()
                .unwrap_or(&unseen.unknown.reason);
            format!("`{name}` is not seen and is taken not to override what the sources define")
        })
        .collect();
    assumed.sort();
    assumed.dedup();
    assumed
}

/// What went wrong while reading and merging the modules, as far as it concerns the options below `root`.
fn module_problems(set: &Rc<ModuleSet>, root: &[&str]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(collected) = set.collected() {
        for error in &collected.failures {
            if error.kind != crate::nix::eval::unknown::ErrorKind::Syntax {
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
    let options = converter.value(thunk, Merging::Plain);
    let problems = std::mem::take(&mut converter.problems);
    Blueprint {
        name: name.to_string(),
        source: Source::RenderedFile,
        reach,
        unseen: Vec::new(),
        option_root: String::new(),
        options,
        surroundings: Vec::new(),
        problems,
        assumptions: Vec::new(),
    }
}
