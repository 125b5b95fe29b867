//! Finding what configures OpenClaw in a source tree.
//!
//! From the flake's outputs to its configurations; then the files that none of them reaches but that mention
//! OpenClaw, each by itself and with more caution.

use super::import_cycles;
use crate::internal_error::{InternalError, caught, planted};
use crate::nearest;
use crate::nix::eval::files::Outside;
use crate::nix::eval::fragments::{self, FragmentKind};
use crate::nix::eval::unknown::{ErrorKind, EvalError, Stop};
use crate::nix::eval::value::{Origin, Thunk, Value};
use crate::nix::eval::{Evaluator, Limits};
use crate::nix::flake;
use crate::nix::flake::declaration::{self, RefusalKind};
use crate::nix::flake::known::{self, KnownInput};
use crate::nix::flake::package_set::PackageSet;
use crate::nix::modules::{Class, ModuleSet, Request};
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::{StaticProblem, StaticProblemKind, StringKind};
use crate::openclaw::blueprint::{self, Blueprint, Found, Sight, Unchecked};
use crate::openclaw::configuration::{
    Interpolation, Language, Problem, ProblemKind, Reach, Source,
};
use crate::openclaw::enabling;
use crate::openclaw::from_nix;
use crate::openclaw::include;
use crate::openclaw::json::{self, Dialect};
use crate::openclaw::known_options;
use crate::openclaw::option_roots;
use crate::openclaw::programs;
use crate::openclaw::rendered;
use crate::openclaw::tree::Node;
use crate::report::finding::{Failure, Finding, Unresolved};
use crate::workspace::flake_lock::FlakeLock;
use crate::workspace::source::{FileId, Span};
use crate::workspace::{
    Candidate, CandidateKind, Names, ReadProblem, Search, Target, Visibility, Workspace, path,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

/// What was found in a source tree.
#[derive(Default)]
pub struct Discovery {
    /// What configures OpenClaw.
    pub blueprints: Vec<Blueprint>,
    /// What is wrong with the files themselves.
    pub problems: Vec<Problem>,
    /// The files that were read as sources.
    pub files: Vec<FileId>,
    /// What could not be read at all.
    pub failures: Vec<Failure>,
    /// Parts of the flake that could not be evaluated.
    pub unresolved: Vec<Unresolved>,
    /// Notes on the tree as a whole.
    pub notes: Vec<Finding>,
    /// The flakes that configurations belong to, each with the position of its first one.
    flakes: Vec<(usize, Rc<FlakeOf>)>,
}

/// A flake, as far as what is in it depends on it.
#[derive(Default)]
pub struct FlakeOf {
    /// Its directory; empty for what lies in none.
    directory: String,
    /// Its lock.
    pub lock: Option<Rc<FlakeLock>>,
    /// The name of the input that is nix-openclaw, if one is.
    pub openclaw_input: Option<String>,
    /// Its inputs, and which of them are well known.
    inputs: BTreeMap<String, Option<KnownInput>>,
}

impl Discovery {
    /// The flake that the configuration at this position of [`Discovery::blueprints`] belongs to, if it belongs to one.
    pub fn flake_of(&self, position: usize) -> Option<&FlakeOf> {
        let (_, flake) = self.flakes.iter().rfind(|(first, _)| *first <= position)?;
        Some(flake)
    }
}

/// After so many panics a tree is given up.
const MOST_PANICS: usize = 16;

/// Finds what configures OpenClaw in the targets of a workspace.
///
/// What panics on the way is a failure, and left out: everything else is found anew, for an evaluation that was broken off may
/// have left anything half done.
pub fn discover(workspace: &Rc<Workspace>) -> Discovery {
    let mut given_up: BTreeMap<String, InternalError> = BTreeMap::new();
    loop {
        let at_work = RefCell::new(String::new());
        let found = caught(|| {
            let mut evaluator = Evaluator::new(Rc::clone(workspace), Limits::default());
            evaluator.known_options = known_options::of_class;
            let finder = Finder {
                evaluator,
                workspace: Rc::clone(workspace),
                found: Discovery::default(),
                reached: HashSet::new(),
                is_partial: false,
                seem_empty: Vec::new(),
                is_unchecked: false,
                broken: Vec::new(),
                templates: Vec::new(),
                at_work: &at_work,
                given_up: &given_up,
            };
            finder.targets()
        });
        let (mut found, last) = match found {
            Ok(found) => (found, None),
            Err(error) => {
                let part = at_work.take();
                if !part.is_empty() && given_up.len() < MOST_PANICS && !given_up.contains_key(&part)
                {
                    given_up.insert(part, error);
                    continue;
                }
                (Discovery::default(), Some((part, error)))
            }
        };
        found
            .failures
            .extend(given_up.into_iter().chain(last).map(|(part, error)| {
                let part = match part.is_empty() {
                    true => workspace.root().to_string(),
                    false => workspace.relative(&part),
                };
                Failure {
                    path: part,
                    message: error.to_string(),
                }
            }));
        return found;
    }
}

/// What is done where a part of a flake cannot be evaluated.
const BY_THEMSELVES: &str = "files that mention OpenClaw are checked by themselves";

struct Finder<'d> {
    evaluator: Evaluator,
    workspace: Rc<Workspace>,
    found: Discovery,
    /// Absolute paths of files that a configuration reaches.
    reached: HashSet<String>,
    /// Whether some output of the flake could not be evaluated, so that files it reaches may not have been seen in use.
    is_partial: bool,
    /// Folders of templates that flakes offer, absolute.
    templates: Vec<String>,
    /// Configurations of the flake that nothing in sight makes one of OpenClaw, and why that may be so. It is told if there is anything
    /// of OpenClaw that they may be made of.
    seem_empty: Vec<(String, String)>,
    /// Whether something configures OpenClaw that cannot be checked.
    is_unchecked: bool,
    /// What keeps Nix from evaluating configurations in which nothing of OpenClaw was found, with their names.
    broken: Vec<(Problem, String)>,
    /// The absolute path of what is being evaluated; outlives a panic.
    at_work: &'d RefCell<String>,
    /// What panicked before.
    given_up: &'d BTreeMap<String, InternalError>,
}

impl Finder<'_> {
    fn targets(mut self) -> Discovery {
        for target in self.workspace.targets().to_vec() {
            match target {
                Target::Flake { directory } => self.flake(&directory),
                Target::Directory { directory } => self.directory(&directory),
                Target::Module { file } => self.module(&file),
                Target::Document { file } => self.document(&file, Reach::Whole),
            }
        }
        self.finish()
    }

    /// Evaluates a part, unless that panicked before. `None` then.
    fn part<T>(&mut self, file: &str, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.given_up.contains_key(file) {
            return None;
        }
        let around = self.at_work.replace(file.to_string());
        planted(&format!("evaluation of {}", self.workspace.relative(file)));
        let result = work(self);
        self.at_work.replace(around);
        Some(result)
    }

    /// Tells which options for OpenClaw are set whose module is not here.
    fn not_checked(&mut self, name: &str, unchecked: Vec<Unchecked>) {
        for one in unchecked {
            self.is_unchecked = true;
            self.unresolved(format!("{name}: {}", one.option), one.reason, one.span);
        }
    }

    /// What follows belongs to this flake.
    fn enter(&mut self, flake: Rc<FlakeOf>) {
        self.found.flakes.push((self.found.blueprints.len(), flake));
    }

    /// The flake that is being looked at.
    fn around(&self) -> Rc<FlakeOf> {
        let last = self.found.flakes.last();
        last.map(|(_, flake)| Rc::clone(flake)).unwrap_or_default()
    }

    /// What follows stands in a file, whose nearest flake is in this directory.
    fn enter_flake_of(&mut self, file: &str, flake: Option<&str>) {
        let directory = match flake {
            Some(flake) => flake.to_string(),
            None => self.lock_above(file).unwrap_or_default(),
        };
        let flakes = &self.found.flakes;
        let known = flakes
            .iter()
            .rfind(|(_, known)| known.directory == directory);
        let flake = match known {
            Some((_, known)) => Rc::clone(known),
            None => Rc::new(FlakeOf {
                lock: self.lock_of(&directory),
                directory,
                ..FlakeOf::default()
            }),
        };
        let last = self.found.flakes.last();
        if last.is_none_or(|(_, last)| !Rc::ptr_eq(last, &flake)) {
            self.enter(flake);
        }
    }

    fn flake(&mut self, directory: &str) {
        self.flake_outputs(directory, "");
        // Where part of the flake could not be evaluated, what it reaches may not have been seen in use.
        let search = if self.is_partial {
            self.workspace.candidates(directory)
        } else {
            self.workspace.candidates_beside(directory, &self.reached)
        };
        let known = self.found.blueprints.len();
        self.search(search, Some(directory));
        let seem_empty = std::mem::take(&mut self.seem_empty);
        // A host that has nothing of OpenClaw in sight, where all that is in sight belongs to others, is none of ours.
        if !seem_empty.is_empty()
            && (self.found.blueprints.len() > known || self.sets_options_elsewhere())
        {
            for (path, reason) in seem_empty {
                self.unresolved(path, reason, None);
            }
        }
        self.tell_broken();
        if self.found.blueprints.is_empty() && self.found.problems.is_empty() {
            self.note_nothing(directory);
        }
    }

    /// Tells what keeps configurations from being evaluated that seem to have nothing of OpenClaw: what is missing, or stands
    /// under a condition that fails, may be what was to bring it.
    fn tell_broken(&mut self) {
        let mut by_problem: Vec<(Problem, Vec<String>)> = Vec::new();
        for (problem, name) in std::mem::take(&mut self.broken) {
            match by_problem.iter_mut().find(|(known, _)| *known == problem) {
                Some((_, names)) => names.push(name),
                None => by_problem.push((problem, vec![name])),
            }
        }
        let nothing_found = self.found.blueprints.is_empty();
        let mentioned = self
            .found
            .flakes
            .iter()
            .any(|(_, flake)| flake.openclaw_input.is_some())
            || !nothing_found
            || self.mentions_openclaw();
        for (mut problem, names) in by_problem {
            let is_named = programs::PROGRAM_NAMES
                .iter()
                .any(|program| problem.message.contains(program));
            if !mentioned && !is_named {
                continue;
            }
            problem.may_be_harmless |= !nothing_found && !is_named;
            let consequence = match problem.kind {
                ProblemKind::MissingFile => "without it",
                _ => "because of this",
            };
            let consequence = format!(
                "{consequence} Nix cannot evaluate {}",
                nearest::listed(&names)
            );
            problem.help = Some(match problem.help.take() {
                Some(help) => format!("{help}: {consequence}"),
                None => consequence,
            });
            if !self.found.problems.contains(&problem) {
                self.found.problems.push(problem);
            }
        }
    }

    /// The configurations in the outputs of a flake. Their names get a prefix that tells the flakes of a tree apart.
    fn flake_outputs(&mut self, directory: &str, prefix: &str) {
        let file = path::join(directory, "flake.nix");
        let done = self.part(&file, |finder| finder.outputs_of(directory, prefix));
        self.is_partial |= done.is_none();
    }

    /// The prefix for configurations of a flake that is not the only one: `hosts/a#`, as it is written for Nix.
    fn prefix(&self, directory: &str) -> String {
        format!("{}#", self.workspace.relative(directory))
    }

    /// What Nix refuses in a flake.nix before it evaluates its outputs.
    fn refused(&mut self, file: &str, lock: Option<&FlakeLock>) {
        let Ok((tree, _)) = self.evaluator.load(file, &Origin::default()) else {
            return;
        };
        for refusal in declaration::refusals(&tree, lock) {
            let kind = match refusal.kind {
                RefusalKind::Form => ProblemKind::FlakeForm,
                RefusalKind::UndeclaredInput => ProblemKind::UndeclaredInput,
            };
            let mut problem = Problem::new(kind, refusal.message, Some(refusal.span));
            problem.help = refusal.help;
            problem.may_be_harmless = !refusal.is_certain;
            self.found.problems.push(problem);
        }
    }

    /// Says so where git does not track a flake.nix that is read because it was named: Nix would not see it.
    fn untracked(&mut self, file: &str) {
        if !self.workspace.is_seen_by_its_name_only(file) {
            return;
        }
        let message = format!(
            "`{}` {}",
            self.workspace.relative(file),
            ReadProblem::Untracked
        );
        let start = self
            .workspace
            .read(file)
            .ok()
            .map(|file| Span::new(file, 0, 0));
        let mut problem = Problem::new(ProblemKind::MissingFile, message, start);
        problem.help = Some(from_nix::TRACK.into());
        self.found.problems.push(problem);
    }

    fn outputs_of(&mut self, directory: &str, prefix: &str) {
        self.evaluator.store_paths = true;
        if !prefix.is_empty() {
            self.evaluator.allow_steps_again();
        }
        let flake = self.evaluator.load_flake(directory);
        self.untracked(&path::join(directory, "flake.nix"));
        let lock = flake.as_ref().ok().and_then(|flake| flake.lock.clone());
        self.refused(&path::join(directory, "flake.nix"), lock.as_deref());
        let flake = match flake {
            Ok(flake) => flake,
            Err(stop) => {
                let shown = self.workspace.relative(&path::join(directory, "flake.nix"));
                self.stopped(&shown, stop);
                return;
            }
        };
        let openclaw_input = flake
            .inputs
            .iter()
            .find(|(_, known)| **known == Some(KnownInput::NixOpenclaw))
            .map(|(name, _)| name.clone());
        let around = Rc::new(FlakeOf {
            directory: directory.to_string(),
            lock: flake.lock.clone(),
            openclaw_input,
            inputs: flake.inputs.clone(),
        });
        self.enter(Rc::clone(&around));
        if let Some(problem) = &flake.lock_problem {
            self.found.failures.push(Failure {
                path: self
                    .workspace
                    .relative(&path::join(directory, "flake.lock")),
                message: problem.clone(),
            });
        }
        let outputs = flake::configurations(&mut self.evaluator, &flake);
        self.templates
            .extend(flake::templates(&mut self.evaluator, &flake));
        let inputs = &around.inputs;
        let input_may_add = |name: &str| !matches!(inputs.get(name), Some(Some(_)));
        let is = |name: &str, known: KnownInput| inputs.get(name) == Some(&Some(known));
        let is_openclaw = |name: &str| is(name, KnownInput::NixOpenclaw);
        let is_home_manager = |name: &str| is(name, KnownInput::HomeManager);
        for found in &outputs.found {
            let sight = Sight {
                input_may_add: &input_may_add,
                is_openclaw: &is_openclaw,
                is_home_manager: &is_home_manager,
                reach: Reach::Whole,
                has_openclaw: around.openclaw_input.is_some(),
                handed_on: false,
            };
            self.evaluator.allow_steps_again();
            let name = format!("{prefix}{}", found.name);
            let Found {
                blueprints,
                failures,
                unchecked,
            } = blueprint::blueprints(&mut self.evaluator, &name, &found.set, &sight);
            let outside = self.evaluator.take_outside();
            let failures: Vec<Problem> = failures
                .into_iter()
                .chain(outside.iter().filter_map(out_of_the_flake))
                .collect();
            self.cut_short(&name, &found.set);
            self.not_checked(&name, unchecked);
            let is_empty = blueprints.is_empty();
            if is_empty {
                let of_one = failures.into_iter();
                self.broken
                    .extend(of_one.map(|problem| (problem, name.clone())));
            } else {
                let mut blueprints = blueprints;
                add_failures(&mut blueprints, &failures);
                self.found.blueprints.extend(blueprints);
            }
            if self.evaluator.is_out_of_steps() {
                self.is_partial = true;
                let reason = format!("evaluating all of it takes too many steps; {BY_THEMSELVES}");
                match is_empty {
                    true => self.seem_empty.push((name, reason)),
                    false => self.unresolved(name, reason, None),
                }
            } else if is_empty {
                let modules = blueprint::modules_that_may_add(&found.set, &sight);
                if !modules.is_empty() {
                    let reason = format!(
                        "modules of it are not here ({}); files that they may import are checked by themselves",
                        modules.join(", ")
                    );
                    self.seem_empty.push((name, reason));
                }
            }
        }
        for (span, name, meant) in outputs.misspelt {
            let mut problem = Problem::new(
                ProblemKind::FlakeForm,
                format!("nothing reads the output `{name}`"),
                span,
            );
            problem.help = Some(format!("write `{meant}`"));
            problem.may_be_harmless = true;
            self.found.problems.push(problem);
        }
        self.is_partial |= !outputs.unknown.is_empty();
        for (name, stop) in outputs.unknown {
            let (reason, span) = match stop {
                Stop::Unknown(unknown) => (unknown.reason.to_string(), unknown.span),
                Stop::Split(condition) => (
                    format!("it depends on whether {}", condition.text),
                    condition.span,
                ),
                Stop::Error(error) => (error.message.clone(), error.span),
            };
            self.unresolved(
                format!("{prefix}{name}"),
                format!("{reason}; {BY_THEMSELVES}"),
                span,
            );
        }
        for (name, error) in outputs.failures {
            match prefix {
                "" => self.failed(&error),
                // It may well have nothing to do with the configurations of the other flakes.
                _ => self.unresolved(
                    format!("{prefix}{name}"),
                    format!("{}; {BY_THEMSELVES}", error.message),
                    error.span,
                ),
            }
        }
        for tree in self.evaluator.trees() {
            if let Some(path) = self.evaluator.path_of(tree.file) {
                self.reached.insert(path.to_string());
            }
        }
    }

    fn directory(&mut self, directory: &str) {
        // Flakes in folders of it are checked as what they are.
        let search = self.workspace.candidates(directory);
        let flakes: BTreeSet<String> = search
            .candidates
            .iter()
            .filter_map(|candidate| candidate.flake.clone())
            .collect();
        for flake in &flakes {
            let prefix = match flakes.len() {
                1 => String::new(),
                _ => self.prefix(flake),
            };
            self.flake_outputs(flake, &prefix);
        }
        let any = self.search(search, None);
        if !any {
            self.found.failures.push(Failure {
                path: self.workspace.relative(directory),
                message: "nothing to check: there is neither a Nix file nor an openclaw.json"
                    .into(),
            });
        }
        self.tell_broken();
        if any && self.found.blueprints.is_empty() && self.found.problems.is_empty() {
            self.note_nothing(directory);
        }
    }

    /// Where the files that were read so far set options of OpenClaw.
    fn option_roots(&self) -> Vec<Span> {
        let trees = self.evaluator.trees();
        trees
            .iter()
            .flat_map(|tree| fragments::named(tree, &option_roots::is_root))
            .collect()
    }

    /// Whether a file sets options of OpenClaw and no configuration that was found takes anything from it.
    fn sets_options_elsewhere(&self) -> bool {
        let mut files: HashSet<FileId> = HashSet::new();
        for blueprint in &self.found.blueprints {
            blueprint.options.places(&mut |place| {
                let spans = [place.span, place.key, place.definition];
                files.extend(spans.into_iter().flatten().map(|span| span.file));
            });
        }
        let is_here = |root: &Span| {
            let path = self.evaluator.path_of(root.file);
            path.is_some_and(|path| self.workspace.is_in_tree(&path))
        };
        self.option_roots()
            .iter()
            .any(|root| !files.contains(&root.file) && is_here(root))
    }

    /// Whether a file that was read so far has one of the program's names in it.
    fn mentions_openclaw(&self) -> bool {
        let trees = self.evaluator.trees();
        let sources = self.workspace.sources();
        let names = Names::new();
        trees
            .iter()
            .any(|tree| names.occur_in(sources.get(tree.file).text.as_bytes()))
    }

    /// Where the files that were read so far name the configuration file of OpenClaw: something writes or reads it, and it
    /// is not known what is in it.
    fn named_files(&self) -> Vec<Span> {
        let trees = self.evaluator.trees();
        trees
            .iter()
            .flat_map(|tree| fragments::texts_with(tree, programs::CONFIGURATION_FILES))
            .collect()
    }

    fn note_nothing(&mut self, directory: &str) {
        // What panicked may well have configured it, and what is not checked does.
        if self.is_unchecked || !self.given_up.is_empty() {
            return;
        }
        // So may what does not parse.
        let trees = self.evaluator.trees();
        let is_broken = |problem: &StaticProblem| problem.kind == StaticProblemKind::Syntax;
        if trees.iter().any(|tree| tree.problems.iter().any(is_broken)) {
            return;
        }
        use crate::report::finding::Consequence;
        let shown = self.workspace.relative(directory);
        let place = if shown == "." {
            "here".to_string()
        } else {
            format!("in `{shown}`")
        };
        let set = self.option_roots();
        let files = self.named_files();
        let (message, help, places, label) = if !set.is_empty() {
            (
                format!("no configuration {place} enables OpenClaw, so nothing was checked"),
                "what sets its options is switched off, or part of no configuration of this flake; name the file, or the flake that it belongs to, to check it by itself",
                set,
                "its options are set here",
            )
        } else if !files.is_empty() {
            (
                format!("nothing {place} that can be checked configures OpenClaw"),
                "what scripts write into the file when they run is not followed; to have it checked, let Nix render it (`builtins.toJSON`), or name the file that has it",
                files,
                "its configuration is named here",
            )
        } else {
            (
                format!("nothing {place} configures OpenClaw"),
                "set `programs.openclaw.enable = true;` in a Home Manager configuration, or name the file to check",
                Vec::new(),
                "",
            )
        };
        let mut note = Finding::new(
            crate::rules::no_configuration::ID,
            Consequence::Advice,
            message,
        )
        .help(help);
        for span in places.into_iter().take(3) {
            note = note.related(Some(span), label);
        }
        self.found.notes.push(note);
    }

    /// Checks the files of a search that mention OpenClaw and that nothing reached yet. Tells whether there
    /// is anything that could be checked at all.
    fn search(&mut self, search: Search, flake: Option<&str>) -> bool {
        for (path, message) in &search.problems {
            self.found.failures.push(Failure {
                path: path.clone(),
                message: message.clone(),
            });
        }
        if let Some(flake) = flake {
            self.nested_flakes(&search, flake);
        }
        let mut alone = Vec::new();
        let mut json = Vec::new();
        let mut in_parts = Vec::new();
        for candidate in &search.candidates {
            if self.is_of_template(candidate, flake) {
                continue;
            }
            if self.reached.contains(&candidate.path) {
                if candidate.kind == CandidateKind::Nix && self.is_partial {
                    in_parts.push(candidate);
                }
                continue;
            }
            match candidate.kind {
                CandidateKind::Nix => {
                    alone.push(candidate);
                    in_parts.push(candidate);
                }
                CandidateKind::Json { certain: true } => json.push(candidate),
                CandidateKind::Json { certain: false } => {}
            }
        }
        // A file that another one of them imports is checked as part of that one.
        let mut checked: Vec<(&Candidate, Vec<Blueprint>)> = Vec::new();
        let mut imported: HashSet<String> = HashSet::new();
        self.evaluator
            .read_ahead(alone.iter().map(|candidate| candidate.path.as_str()));
        for candidate in alone {
            self.enter_flake_of(&candidate.path, candidate.flake.as_deref());
            let (blueprints, others) = self.alone(&candidate.path);
            if !blueprints.is_empty() {
                imported.extend(others);
            }
            checked.push((candidate, blueprints));
        }
        for (candidate, blueprints) in checked {
            if !imported.contains(&candidate.path) {
                self.enter_flake_of(&candidate.path, candidate.flake.as_deref());
                self.found.blueprints.extend(blueprints);
            }
        }
        for candidate in in_parts {
            if !imported.contains(&candidate.path) {
                self.enter_flake_of(&candidate.path, candidate.flake.as_deref());
                self.in_parts(&candidate.path);
            }
        }
        for candidate in json {
            if !self.evaluator.has_read(&candidate.path) {
                self.enter_flake_of(&candidate.path, candidate.flake.as_deref());
                self.document(&candidate.path, Reach::Alone);
            }
        }
        search.nix_files > 0 || !search.candidates.is_empty()
    }

    /// The configurations of flakes below the one that is checked, which nothing of it reaches.
    fn nested_flakes(&mut self, search: &Search, flake: &str) {
        let nested: BTreeSet<&str> = search
            .candidates
            .iter()
            .filter(|candidate| {
                !self.reached.contains(&candidate.path)
                    && !self.is_of_template(candidate, Some(flake))
            })
            .filter_map(|candidate| candidate.flake.as_deref())
            .filter(|directory| *directory != flake)
            .collect();
        for directory in nested {
            let prefix = self.prefix(directory);
            self.flake_outputs(directory, &prefix);
        }
    }

    /// Whether a file is part of a template: flakes offer its folder as one, or it belongs to a flake in a folder of that name.
    fn is_of_template(&self, candidate: &Candidate, flake: Option<&str>) -> bool {
        let is_offered = self
            .templates
            .iter()
            .any(|folder| path::below(folder, &candidate.path).is_some());
        let own = candidate.flake.as_deref();
        is_offered
            || flake
                .and_then(|flake| path::below(flake, own?))
                .is_some_and(|below| below.split('/').any(|part| part == "templates"))
    }

    /// A Nix file that was named by itself.
    fn module(&mut self, file: &str) {
        self.enter_flake_of(file, None);
        let (blueprints, _) = self.alone(file);
        self.found.blueprints.extend(blueprints);
        self.in_parts(file);
        if self.found.blueprints.is_empty() && self.found.problems.is_empty() {
            self.note_nothing(file);
        }
    }

    /// What can be evaluated of a file whose whole gives no configuration: options inside the call of a framework that is not
    /// modelled, and values that are rendered.
    fn in_parts(&mut self, file: &str) {
        self.part(file, |finder| finder.fragments_of(file));
    }

    fn fragments_of(&mut self, file: &str) {
        let Ok((tree, _)) = self.evaluator.load(file, &Origin::default()) else {
            return;
        };
        self.evaluator.allow_steps_again();
        let is_seen = |finder: &Self, span: Span| {
            finder.found.blueprints.iter().any(|blueprint| {
                let mut seen = false;
                blueprint.options.places(&mut |place| {
                    seen |= [place.span, place.key, place.definition]
                        .into_iter()
                        .flatten()
                        .any(|place| span.contains(place));
                });
                seen
            })
        };
        let packages = self.packages();
        let lib = self.evaluator.lib();
        let arguments = [(Symbol::new("lib"), lib), (Symbol::new("pkgs"), packages)];
        let shown = self.workspace.relative(file);
        let fragments = self
            .evaluator
            .fragments(&tree, &arguments, &option_roots::is_root);
        // Parts of one file belong to one configuration.
        let options: Vec<Rc<Thunk>> = fragments
            .iter()
            .filter(|fragment| {
                fragment.kind == FragmentKind::Options && !is_seen(self, fragment.span)
            })
            .map(|fragment| Rc::clone(&fragment.value))
            .collect();
        if !options.is_empty() {
            let (blueprints, _) = self.modules_alone(file, options);
            self.found.blueprints.extend(blueprints);
        }
        for fragment in fragments {
            if fragment.kind != FragmentKind::Rendered || is_seen(self, fragment.span) {
                continue;
            }
            let blueprint = blueprint::rendered_value(
                &mut self.evaluator,
                &shown,
                &fragment.value,
                Reach::Alone,
            );
            if rendered::is_like_configuration(&blueprint.options) {
                self.found.blueprints.push(blueprint);
            }
        }
    }

    /// `pkgs` where nothing says for which system.
    fn packages(&mut self) -> Rc<Thunk> {
        let system = self.evaluator.unknown_named(
            "pkgs.stdenv.hostPlatform.system",
            "the system is not known here",
            None,
            None,
        );
        let system = Thunk::unknown(system, Origin::default());
        PackageSet::new(system).packages()
    }

    /// The nearest directory at or above a file's that has a lock.
    fn lock_above(&self, file: &str) -> Option<String> {
        let mut directory = path::parent(file);
        while self.workspace.is_in_tree(directory) {
            let lock = path::join(directory, "flake.lock");
            if self.workspace.visibility(&lock) == Visibility::File {
                return Some(directory.to_string());
            }
            let parent = path::parent(directory);
            if parent == directory {
                break;
            }
            directory = parent;
        }
        None
    }

    /// The lock in a directory.
    fn lock_of(&self, directory: &str) -> Option<Rc<FlakeLock>> {
        let lock = path::join(directory, "flake.lock");
        let bytes = self.workspace.read_bytes(&lock).ok()?;
        FlakeLock::read(&bytes).ok().map(Rc::new)
    }

    /// A Nix file by itself: its blueprints, and the other files that it imports.
    fn alone(&mut self, file: &str) -> (Vec<Blueprint>, Vec<String>) {
        self.part(file, |finder| finder.evaluated_alone(file))
            .unwrap_or_default()
    }

    fn evaluated_alone(&mut self, file: &str) -> (Vec<Blueprint>, Vec<String>) {
        self.evaluator.allow_steps_again();
        let shown = self.workspace.relative(file);
        let origin = Origin::default();
        let thunk = match self.evaluator.load(file, &origin) {
            Ok((_, thunk)) => thunk,
            Err(stop) => {
                self.stopped(&shown, stop);
                return (Vec::new(), Vec::new());
            }
        };
        let value = match self.evaluator.force(&thunk) {
            Ok(value) => value,
            Err(Stop::Error(error)) => {
                self.failed(&error);
                return (Vec::new(), Vec::new());
            }
            Err(Stop::Unknown(unknown)) if self.evaluator.is_out_of_steps() => {
                self.found.failures.push(Failure {
                    path: shown,
                    message: format!("it is not checked: {}", unknown.reason),
                });
                return (Vec::new(), Vec::new());
            }
            Err(_) => return (Vec::new(), Vec::new()),
        };
        if let Value::Attrs(attrs) = &value.value {
            let has = |name: &str| attrs.get(Symbol::new(name)).is_some();
            if has("outputs") && (has("inputs") || has("description")) {
                // A flake inside the tree: its configurations are its own.
                return (Vec::new(), Vec::new());
            }
            let is_module = [
                "imports", "config", "options", "programs", "services", "home",
            ]
            .iter()
            .any(|name| has(name));
            let like_configuration = ["agents", "models", "channels", "gateway"]
                .iter()
                .filter(|name| has(name))
                .count();
            if !is_module && like_configuration >= 2 {
                let blueprint =
                    blueprint::rendered_value(&mut self.evaluator, &shown, &thunk, Reach::Alone);
                return (vec![blueprint], Vec::new());
            }
        }
        let is_module_like = matches!(
            value.value,
            Value::Attrs(_) | Value::Lambda(_) | Value::Builtin(_)
        );
        if !is_module_like {
            return (Vec::new(), Vec::new());
        }
        self.modules_alone(file, vec![thunk])
    }

    /// Modules by themselves, which stand in that file: their blueprints, and the other files that they import.
    fn modules_alone(
        &mut self,
        file: &str,
        modules: Vec<Rc<Thunk>>,
    ) -> (Vec<Blueprint>, Vec<String>) {
        let shown = self.workspace.relative(file);
        let mut request = Request::new(Class::Generic, modules);
        request.closed = false;
        request.partial = true;
        request.defined_elsewhere = true;
        request.packages = Some(self.packages());
        let set = self.evaluator.evaluate_modules(request);
        let around = self.around();
        let inputs = &around.inputs;
        // Without a flake in sight an input is known by its name.
        let input = |name: &str| match inputs.get(name) {
            Some(known) => *known,
            None => known::by_name(name),
        };
        let input_may_add = |name: &str| input(name).is_none();
        let is_openclaw = |name: &str| input(name) == Some(KnownInput::NixOpenclaw);
        let is_home_manager = |name: &str| input(name) == Some(KnownInput::HomeManager);
        let sight = Sight {
            input_may_add: &input_may_add,
            is_openclaw: &is_openclaw,
            is_home_manager: &is_home_manager,
            reach: Reach::Alone,
            has_openclaw: true,
            handed_on: false,
        };
        let mut found = blueprint::blueprints(&mut self.evaluator, &shown, &set, &sight);
        self.not_checked(&shown, std::mem::take(&mut found.unchecked));
        add_failures(&mut found.blueprints, &found.failures);
        let blueprints = found.blueprints;
        if blueprints.is_empty() {
            // What is missing may be the very file that configures OpenClaw.
            let is_named = self.is_named(file);
            self.found
                .problems
                .extend(found.failures.into_iter().filter(|problem| {
                    problem.kind == ProblemKind::MissingFile
                        && (is_named || programs::names_program(&problem.message))
                }));
            let failing = blueprint::conditions_without_attribute(&mut self.evaluator, &set);
            for problem in failing {
                if !self.found.problems.contains(&problem) {
                    self.found.problems.push(problem);
                }
            }
        }
        self.cut_short(&shown, &set);
        if blueprints.is_empty() && self.evaluator.is_out_of_steps() {
            let reason = "evaluating it takes too many steps".to_string();
            self.unresolved(shown.clone(), reason, None);
        }
        let others = set
            .collected()
            .map(|collected| {
                collected
                    .modules
                    .iter()
                    .filter_map(|module| self.evaluator.path_of(module.span?.file))
                    .filter(|path| **path != *file)
                    .map(|path| path.to_string())
                    .collect()
            })
            .unwrap_or_default();
        (blueprints, others)
    }

    /// Whether somebody asked for this file itself.
    fn is_named(&self, file: &str) -> bool {
        self.workspace
            .targets()
            .iter()
            .any(|target| matches!(target, Target::Module { file: named } if named == file))
    }

    /// An openclaw.json.
    fn document(&mut self, file: &str, reach: Reach) {
        self.part(file, |finder| finder.read_document(file, reach));
    }

    fn read_document(&mut self, file: &str, reach: Reach) {
        let shown = self.workspace.relative(file);
        let id = match self.workspace.read(file) {
            Ok(id) => id,
            Err(problem) => return self.unreadable(&shown, &problem),
        };
        self.found.files.push(id);
        let text = self.workspace.sources().get(id).text.clone();
        let (root, twice): (Rc<Node>, Vec<Problem>) =
            match json::parse(&text, Some(id), Dialect::Json5) {
                Ok(parsed) => (Rc::clone(&parsed.root), parsed.problems(id)),
                Err(error) => return self.found.problems.push(error.problem(id)),
            };
        let (root, mut problems) = if text.contains("$include") {
            self.included(&root, file)
        } else {
            (root, Vec::new())
        };
        problems.extend(twice);
        self.found.blueprints.push(Blueprint {
            name: shown,
            source: Source::RenderedFile,
            language: Language::Json,
            reach,
            unseen: Vec::new(),
            option_root: String::new(),
            options: root,
            surroundings: Vec::new(),
            unit: None,
            problems,
            assumptions: Vec::new(),
        });
    }

    /// A configuration whose modules were not all read, because of our own bounds, was not checked.
    fn unresolved(&mut self, path: String, reason: String, span: Option<Span>) {
        self.found.unresolved.push(Unresolved {
            path,
            reason,
            span,
            configurations: Vec::new(),
        });
    }

    fn cut_short(&mut self, name: &str, set: &ModuleSet) {
        if let Some((reason, span)) = set.collected().and_then(|collected| collected.cut_short) {
            let place = span
                .filter(|span| span.file != FileId::INTERNAL)
                .map(|span| format!(" (at `{}`)", self.workspace.sources().get(span.file).path))
                .unwrap_or_default();
            self.found.failures.push(Failure {
                path: name.to_string(),
                message: format!("not all of it is checked: {reason}{place}"),
            });
        }
    }

    /// An openclaw.json with what it includes.
    fn included(&mut self, root: &Rc<Node>, file: &str) -> (Rc<Node>, Vec<Problem>) {
        let workspace = Rc::clone(&self.workspace);
        let mut files = Vec::new();
        let mut problems = Vec::new();
        let (root, refused) = include::follow(root, file, &mut |path| {
            let id = workspace
                .read(path)
                .map_err(|problem| problem.to_string())?;
            files.push(id);
            let text = workspace.sources().get(id).text.clone();
            match json::parse(&text, Some(id), Dialect::Json5) {
                Ok(parsed) => {
                    problems.extend(parsed.problems(id));
                    Ok(parsed.root)
                }
                Err(error) => {
                    problems.push(error.problem(id));
                    Err("cannot be read".to_string())
                }
            }
        });
        problems.extend(
            refused
                .into_iter()
                .map(|problem| Problem::new(problem.kind, problem.message, problem.span)),
        );
        self.found.files.extend(files);
        (root, problems)
    }

    fn unreadable(&mut self, shown: &str, problem: &ReadProblem) {
        if problem.is_fault_of_the_source() {
            let kind = match problem {
                ReadProblem::NotUtf8 { .. } | ReadProblem::ByteOrderMark { .. } => {
                    ProblemKind::Encoding
                }
                _ => ProblemKind::MissingFile,
            };
            let span = problem.file().map(|file| Span::new(file, 0, 0));
            self.found
                .problems
                .push(Problem::new(kind, format!("`{shown}` {problem}"), span));
        } else {
            self.found.failures.push(Failure {
                path: shown.to_string(),
                message: problem.to_string(),
            });
        }
    }

    fn stopped(&mut self, name: &str, stop: Stop) {
        match stop {
            Stop::Error(error) => self.failed(&error),
            Stop::Unknown(unknown) => self.found.failures.push(Failure {
                path: name.to_string(),
                message: unknown.reason.to_string(),
            }),
            Stop::Split(_) => {}
        }
    }

    /// A failure of evaluation. A syntax error is reported with its file.
    fn failed(&mut self, error: &EvalError) {
        if error.kind == ErrorKind::Syntax {
            return;
        }
        let problem = from_nix::problem(error);
        if !self.found.problems.contains(&problem) {
            self.found.problems.push(problem);
        }
    }

    /// Whether a file that no configuration reaches lies in a flake below the one that is checked: a template of it, for instance.
    fn is_of_another_flake(&self, file: FileId) -> bool {
        let Some(absolute) = self.evaluator.path_of(file) else {
            return false;
        };
        if self.reached.contains(&*absolute) {
            return false;
        }
        self.workspace.targets().iter().all(|target| {
            let Target::Flake { directory } = target else {
                return false;
            };
            let mut folder = path::parent(&absolute);
            while folder != directory && self.workspace.is_in_tree(folder) {
                if self.workspace.visibility(&path::join(folder, "flake.nix")) == Visibility::File {
                    return true;
                }
                let parent = path::parent(folder);
                if parent == folder {
                    break;
                }
                folder = parent;
            }
            false
        })
    }

    /// Whether a file that was read names the feature of Nix that pipe operators need.
    fn names_pipe_operators(&self) -> bool {
        let sources = self.workspace.sources();
        let mut trees = self.evaluator.trees().iter();
        trees.any(|tree| sources.get(tree.file).text.contains("pipe-operator"))
    }

    fn finish(mut self) -> Discovery {
        // Who uses them in one file does in others too: that is said once, and not to those who know.
        let is_pipe = |problem: &&StaticProblem| problem.kind == StaticProblemKind::PipeOperator;
        let trees = self.evaluator.trees().iter();
        let first_pipe = trees
            .flat_map(|tree| tree.problems.iter())
            .find(is_pipe)
            .filter(|_| !self.names_pipe_operators())
            .cloned();
        for tree in self.evaluator.trees() {
            if !self.found.files.contains(&tree.file) {
                self.found.files.push(tree.file);
            }
            let of_tree = tree.problems.iter().filter(|problem| !is_pipe(problem));
            let pipe = first_pipe.iter();
            let pipe = pipe.filter(|problem| problem.span.file == tree.file);
            for problem in of_tree.chain(pipe) {
                self.found
                    .problems
                    .push(static_problem(problem, &self.workspace));
            }
            if self.is_of_another_flake(tree.file) {
                continue;
            }
            let text = self.workspace.sources().get(tree.file).text.clone();
            for (range, marker) in crate::nix::syntax::template_markers(&text) {
                let mut problem = Problem::new(
                    ProblemKind::TemplateText,
                    format!("`{marker}` is still the text of a template"),
                    Some(Span::new(tree.file, range.start as u32, range.end as u32)),
                );
                problem.subject = Some(marker.to_string());
                self.found.problems.push(problem);
            }
        }
        if !self.found.blueprints.is_empty() {
            let files: Vec<_> = self
                .evaluator
                .trees()
                .iter()
                .map(|tree| tree.file)
                .filter(|file| !self.is_of_another_flake(*file))
                .collect();
            for file in files {
                let text = self.workspace.sources().get(file).text.clone();
                self.found
                    .problems
                    .extend(template_markers(&text).map(|(range, marker)| {
                        let span = Span::new(file, range.start as u32, range.end as u32);
                        let mut problem = Problem::new(
                            ProblemKind::TemplateText,
                            format!("`{marker}` is still the text of a template"),
                            Some(span),
                        );
                        problem.subject = Some(marker.to_string());
                        problem
                    }));
            }
        }
        for (file, problem) in self.evaluator.unreadable().to_vec() {
            let shown = self.workspace.sources().get(file).path.clone();
            let span = match &problem {
                ReadProblem::NotUtf8 { offset, .. } => Span::new(file, *offset, *offset),
                _ => Span::new(file, 0, 0),
            };
            if !self.found.files.contains(&file) {
                self.found.files.push(file);
            }
            self.found.problems.push(Problem::new(
                ProblemKind::Encoding,
                format!("`{shown}` {problem}"),
                Some(span),
            ));
        }
        let Discovery {
            problems,
            blueprints,
            ..
        } = &mut self.found;
        import_cycles::name(&self.evaluator, &self.workspace, problems, blueprints);
        // The same undefined variable is found before evaluation, and by it.
        let early: HashSet<Span> = self
            .found
            .problems
            .iter()
            .filter(|problem| problem.subject.is_some())
            .filter_map(|problem| problem.span)
            .collect();
        let is_late = |problem: &Problem| {
            problem.kind == ProblemKind::UndefinedVariable
                && problem.subject.is_none()
                && problem.span.is_some_and(|span| early.contains(&span))
        };
        self.found.problems.retain(|problem| !is_late(problem));
        for blueprint in &mut self.found.blueprints {
            blueprint.problems.retain(|problem| !is_late(problem));
        }
        enabling::note(&mut self.found.blueprints);
        self.found
    }
}

/// What Nix says of a file that is imported into a flake and lies out of its source tree. One that is imported by its absolute
/// path is there with `--impure`; whether an expression that imports it is ever evaluated is not known.
fn out_of_the_flake(outside: &Outside) -> Option<Problem> {
    let written = &outside.written;
    let is_absolute = written.starts_with('/');
    if is_absolute && !outside.is_module {
        return None;
    }
    let message = match is_absolute {
        true => format!("`{written}` is there only with `--impure`"),
        false => format!("`{written}` leads out of the source tree, and Nix sees nothing else"),
    };
    let mut problem = Problem::new(ProblemKind::MissingFile, message, outside.span);
    problem.help = Some("put the file into the repository and write its relative path".to_string());
    problem.may_be_harmless = is_absolute;
    Some(problem)
}

/// Gives all configurations that come of a set of modules what keeps Nix from evaluating it.
fn add_failures(blueprints: &mut [Blueprint], failures: &[Problem]) {
    for blueprint in blueprints {
        for problem in failures {
            if !blueprint.problems.contains(problem) {
                blueprint.problems.push(problem.clone());
            }
        }
    }
}

/// What lowering found wrong, as a problem.
fn static_problem(problem: &StaticProblem, workspace: &Workspace) -> Problem {
    let kind = match &problem.kind {
        StaticProblemKind::Syntax | StaticProblemKind::IntegerRange => ProblemKind::Syntax,
        StaticProblemKind::PipeOperator => ProblemKind::ExperimentalFeature,
        StaticProblemKind::TooDeep => ProblemKind::TooDeep,
        StaticProblemKind::Encoding => ProblemKind::Encoding,
        StaticProblemKind::DuplicateAttribute | StaticProblemKind::DuplicateFormal => {
            ProblemKind::DuplicateAttribute
        }
        StaticProblemKind::UndefinedVariable { .. } => ProblemKind::UndefinedVariable,
    };
    let mut found = Problem::new(kind, problem.message.clone(), Some(problem.span));
    found.help.clone_from(&problem.help);
    found.related = problem.related.clone().into_iter().collect();
    if let StaticProblemKind::UndefinedVariable {
        name,
        interpolation,
    } = &problem.kind
    {
        found.subject = Some(name.as_str().to_string());
        if let Some(string) = interpolation {
            let indented = *string == StringKind::Indented;
            found.interpolation = around(problem.span, workspace).map(|span| Interpolation {
                span,
                with_escape: with_escape(span, indented, workspace),
                indented,
            });
        }
    }
    found
}

/// What the template of nix-openclaw leaves to be replaced outside of the module's own options, as whole strings.
const TEMPLATE_MARKERS: [&str; 5] = [
    "<system>",
    "<user>",
    "<homeDir>",
    "<username>",
    "<hostname>",
];

/// The markers of the template in a source, with their quotes; those in comments are left out.
fn template_markers(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, &'static str)> {
    text.match_indices("\"<").filter_map(|(start, _)| {
        let inner = &text[start + 1..];
        let marker = TEMPLATE_MARKERS.into_iter().find(|marker| {
            inner
                .strip_prefix(marker)
                .is_some_and(|rest| rest.starts_with('"'))
        })?;
        let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
        let in_comment = text[line..start].contains('#');
        (!in_comment).then_some((start..start + marker.len() + 2, marker))
    })
}

/// The span from `${` to `}` around a variable.
fn around(variable: Span, workspace: &Workspace) -> Option<Span> {
    let file = workspace.sources().get(variable.file);
    let before = file.text.get(..variable.start as usize)?.rfind("${")?;
    let after = file.text.get(variable.end as usize..)?.find('}')?;
    Some(Span::new(
        variable.file,
        before as u32,
        variable.end + after as u32 + 1,
    ))
}

/// The span of an interpolation with the escape before it that is none in this kind of string.
fn with_escape(interpolation: Span, indented: bool, workspace: &Workspace) -> Option<Span> {
    let file = workspace.sources().get(interpolation.file);
    let before = file.text.get(..interpolation.start as usize)?;
    let without_backslashes = before.trim_end_matches('\\');
    let escape = if before.len() > without_backslashes.len() {
        before.len() - without_backslashes.len()
    } else if !indented {
        let quotes = before.len() - before.trim_end_matches('\'').len();
        if quotes == 2 { 2 } else { 0 }
    } else if before.ends_with("\'\'") && !before.ends_with("\'\'\'") {
        // The string begins there.
        0
    } else if before.ends_with('\'') {
        return None;
    } else {
        0
    };
    let start = interpolation.start - escape as u32;
    Some(Span::new(interpolation.file, start, interpolation.end))
}
