//! Flakes: inputs, outputs, and the functions by which configurations are made.
//!
//! An input whose source is at hand is evaluated; of a well-known one its functions are modelled; of any other
//! only the name is known. What a flake's outputs hold is found by [`configurations`].

mod blueprint;
pub mod declaration;
mod flake_parts;
pub mod frameworks;
pub mod known;
pub mod package_set;
mod packages;

use crate::nearest::is_one_step;
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{ErrorKind, EvalError, Kind, Stop};
use crate::nix::eval::value::{
    Attr, Attrs, Marker, NixPath, NixString, Origin, Part, Thunk, TreePath, Val, Value,
};
use crate::nix::modules::ModuleSet;
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::Parameter;
use crate::workspace::flake_lock::FlakeLock;
use crate::workspace::source::Span;
use crate::workspace::{Visibility, path};
use known::KnownInput;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A flake that was loaded.
pub struct Flake {
    /// Its directory, absolute.
    pub directory: Rc<str>,
    /// Its outputs.
    pub outputs: Rc<Thunk>,
    /// The flake as a value: its outputs and what every flake has.
    value: Rc<Thunk>,
    /// What each of its inputs is, as far as it is known, by name.
    pub inputs: BTreeMap<String, Option<KnownInput>>,
    /// Its lock, if it has one that can be read.
    pub lock: Option<Rc<FlakeLock>>,
    /// Why its lock cannot be read, if it is there.
    pub lock_problem: Option<String>,
}

/// Flakes inside flakes (`path:` inputs) are followed at most so deep.
const DEEPEST: usize = 8;

/// What flake.lock says of an input that the input says of itself.
fn locked(lock: &FlakeLock, input: &str) -> Vec<(&'static str, Val)> {
    let mut found = Vec::new();
    let Some(locked) = lock
        .resolve(&[input])
        .and_then(|(_, node)| node.locked.as_ref())
    else {
        return found;
    };
    if let Some(rev) = &locked.rev {
        found.push(("rev", Val::string(rev)));
        // As many characters as `nix flake metadata` shows of it.
        if let Some(short) = rev.get(..7) {
            found.push(("shortRev", Val::string(short)));
        }
    }
    if let Some(seconds) = locked.last_modified {
        let value = Value::Int(seconds);
        found.push(("lastModified", Val::new(value, Origin::default())));
    }
    found
}

impl Evaluator {
    /// Whether `inputs.self.submodules` of a flake is `true`.
    fn asks_for_submodules(&mut self, inputs: Option<&Rc<Attrs>>) -> bool {
        let Some(this) = inputs.and_then(|inputs| inputs.get(Symbol::new("self"))) else {
            return false;
        };
        let this = Rc::clone(&this.value);
        let Ok(Value::Attrs(this)) = self.force(&this).map(|value| value.value) else {
            return false;
        };
        let Some(submodules) = this.get(Symbol::new("submodules")) else {
            return false;
        };
        let submodules = Rc::clone(&submodules.value);
        matches!(
            self.force(&submodules).map(|value| value.value),
            Ok(Value::Bool(true))
        )
    }

    /// Loads the flake in a directory. Its outputs stay lazy.
    ///
    /// # Errors
    /// When flake.nix cannot be read, does not parse, or is no flake.
    pub fn load_flake(&mut self, directory: &str) -> Result<Flake, Stop> {
        self.is_of_flake = true;
        self.flake_with_inputs(directory, &BTreeMap::new(), None, 0)
    }

    fn flake_with_inputs(
        &mut self,
        directory: &str,
        given: &BTreeMap<String, Rc<Thunk>>,
        parent_lock: Option<&Rc<FlakeLock>>,
        depth: usize,
    ) -> Result<Flake, Stop> {
        let file = path::join(directory, "flake.nix");
        let origin = Origin::default();
        let (_, root) = self.load(&file, &origin)?;
        let flake = self.attrs(&root, &origin)?;
        let lock_path = path::join(directory, "flake.lock");
        let (lock, lock_problem) = match self.workspace.visibility(&lock_path) {
            Visibility::File => match self.workspace.read_bytes(&lock_path) {
                Ok(bytes) => match FlakeLock::read(&bytes) {
                    Ok(lock) => (Some(Rc::new(lock)), None),
                    Err(error) => (None, Some(error.to_string())),
                },
                Err(problem) => (None, Some(problem.to_string())),
            },
            _ => (None, None),
        };
        let lock = lock.or_else(|| parent_lock.cloned());
        let declared = match flake.get(Symbol::new("inputs")) {
            Some(attr) => {
                let value = Rc::clone(&attr.value);
                self.force(&value).ok().and_then(|value| match value.value {
                    Value::Attrs(attrs) => Some(attrs),
                    _ => None,
                })
            }
            None => None,
        };
        if self.asks_for_submodules(declared.as_ref()) {
            self.workspace.see_submodules(directory);
        }
        let Some(outputs) = flake.get(Symbol::new("outputs")) else {
            return Err(self.error(
                ErrorKind::Other,
                "flake.nix has no `outputs`",
                &Origin::at(root.origin.span),
            ));
        };
        let outputs_function = Rc::clone(&outputs.value);
        let outputs_origin = Origin::at(outputs.name_span.or(outputs.definition));
        let mut names: Vec<Symbol> = declared
            .iter()
            .flat_map(|attrs| attrs.sorted())
            .map(|attr| attr.name)
            .collect();
        let function = self.force(&outputs_function)?;
        if let Value::Lambda(closure) = &function.value
            && let Parameter::Formals { formals, .. } = &closure.lambda.parameter
        {
            // Nix looks an input that only `outputs` names up in the registry.
            for formal in formals {
                if formal.name.as_str() != "self" && !names.contains(&formal.name) {
                    names.push(formal.name);
                }
            }
        }
        // Of all inputs that `--input` gives, nixpkgs' own `lib` replaces our prelude, once.
        let mut known = BTreeMap::new();
        let mut entries = Vec::new();
        for name in names {
            let declaration = declared
                .as_ref()
                .and_then(|attrs| attrs.get(name))
                .map(|attr| Rc::clone(&attr.value));
            let what = self.identify(name.as_str(), declaration.as_ref(), lock.as_deref());
            known.insert(name.as_str().to_string(), what);
            let value = match given.get(name.as_str()) {
                Some(value) => Rc::clone(value),
                None => self.input(
                    name,
                    what,
                    declaration.as_ref(),
                    directory,
                    lock.as_ref(),
                    depth,
                ),
            };
            entries.push((name, value));
        }
        // `follows` of a `path:` input refers to the inputs of this flake.
        let by_name: Rc<BTreeMap<String, Rc<Thunk>>> = Rc::new(
            entries
                .iter()
                .map(|(name, value)| (name.as_str().to_string(), Rc::clone(value)))
                .collect(),
        );
        for (name, value) in &mut entries {
            if given.contains_key(name.as_str()) {
                continue;
            }
            let declaration = declared
                .as_ref()
                .and_then(|attrs| attrs.get(*name))
                .map(|attr| Rc::clone(&attr.value));
            if let Some(inside) =
                self.path_input(*name, declaration.as_ref(), directory, lock.as_deref())
            {
                *value = self.path_flake(
                    inside,
                    declaration,
                    Rc::clone(&by_name),
                    lock.clone(),
                    depth,
                );
            }
        }
        let cell: Rc<std::cell::OnceCell<Rc<Thunk>>> = Rc::default();
        let mut inputs = Attrs::from_entries(
            entries
                .into_iter()
                .map(|(name, value)| Attr::unwritten(name, value))
                .collect(),
        );
        let me = self.flake_value(directory, &inputs, Rc::clone(&cell));
        inputs.insert(Attr::unwritten(Symbol::new("self"), Rc::clone(&me)));
        inputs.marker = Some(Rc::new(Marker::Inputs));
        let inputs = Val::attrs(inputs).thunk();
        let outputs = Thunk::native(
            move |evaluator| {
                let function = evaluator.function(&outputs_function, &outputs_origin)?;
                // Nix makes this call, and no line of the sources: it is no step on the way of a value. Only its own failure
                // has a place.
                let call = evaluator.apply(&function, Rc::clone(&inputs), &Origin::default());
                call.map_err(|stop| match stop {
                    Stop::Error(error) if error.span.is_none() => Stop::from(EvalError {
                        span: outputs_origin.span,
                        ..(*error).clone()
                    }),
                    stop => stop,
                })
            },
            Origin::at(root.origin.span),
        );
        // Set once, here: before this nothing can ask for `self`.
        let _ = cell.set(Rc::clone(&outputs));
        Ok(Flake {
            directory: directory.into(),
            outputs,
            value: me,
            inputs: known,
            lock,
            lock_problem,
        })
    }

    /// What an input is: by its lock, else by its URL, else by its name.
    fn identify(
        &mut self,
        name: &str,
        declaration: Option<&Rc<Thunk>>,
        lock: Option<&FlakeLock>,
    ) -> Option<KnownInput> {
        if let Some((_, node)) = lock.and_then(|lock| lock.resolve(&[name])) {
            let reference = node.locked.as_ref().or(node.original.as_ref())?;
            return match (&reference.owner, &reference.repo, &reference.url) {
                (Some(owner), Some(repository), _) => known::by_repository(owner, repository),
                (_, _, Some(url)) => known::repository_of(url)
                    .and_then(|(owner, repository)| known::by_repository(&owner, &repository)),
                _ => None,
            };
        }
        match declaration.and_then(|declaration| self.input_url(declaration)) {
            Some(url) => match known::repository_of(&url) {
                Some((owner, repository)) => known::by_repository(&owner, &repository),
                // A name that the registry resolves, such as `nixpkgs/nixos-unstable`.
                None if !url.contains(':') && !url.starts_with(['.', '/']) => {
                    known::by_name(url.split('/').next().unwrap_or(&url))
                }
                None => None,
            },
            None => known::by_name(name),
        }
    }

    fn input_url(&mut self, declaration: &Rc<Thunk>) -> Option<Rc<str>> {
        let attrs = self.attrs(declaration, &Origin::default()).ok()?;
        let url = Rc::clone(&attrs.get(Symbol::new("url"))?.value);
        self.text(&url, &Origin::default()).ok()
    }

    /// The directory of an input inside this source tree.
    fn path_input(
        &mut self,
        name: Symbol,
        declaration: Option<&Rc<Thunk>>,
        directory: &str,
        lock: Option<&FlakeLock>,
    ) -> Option<String> {
        let written = declaration
            .and_then(|declaration| self.input_url(declaration))
            .or_else(|| {
                let (_, node) = lock?.resolve(&[name.as_str()])?;
                let reference = node.original.as_ref().or(node.locked.as_ref())?;
                (reference.kind == "path")
                    .then(|| Rc::from(reference.path.as_deref().unwrap_or("")))
            })?;
        let relative = written.strip_prefix("path:").unwrap_or(&written);
        if !relative.starts_with('.') {
            return None;
        }
        let inside = path::normalize(&format!("{directory}/{relative}"));
        self.workspace.is_in_tree(&inside).then_some(inside)
    }

    fn path_flake(
        &mut self,
        inside: String,
        declaration: Option<Rc<Thunk>>,
        ours: Rc<BTreeMap<String, Rc<Thunk>>>,
        lock: Option<Rc<FlakeLock>>,
        depth: usize,
    ) -> Rc<Thunk> {
        Thunk::native(
            move |evaluator| {
                if depth >= DEEPEST {
                    return Err(evaluator.limit("flakes refer to flakes too deeply"));
                }
                // What `inputs.x.inputs.y.follows = "z"` hands over.
                let mut given = BTreeMap::new();
                if let Some(declaration) = &declaration
                    && let Ok(attrs) = evaluator.attrs(declaration, &Origin::default())
                    && let Some(inner) = attrs.get(Symbol::new("inputs"))
                {
                    let inner = evaluator.attrs(&inner.value.clone(), &Origin::default())?;
                    for attr in inner.sorted() {
                        let Ok(follows) = evaluator.descend(&attr.value, &["follows"]) else {
                            continue;
                        };
                        let target = evaluator.text(&follows, &Origin::default())?;
                        if let Some(value) = ours.get(&*target) {
                            given.insert(attr.name.as_str().to_string(), Rc::clone(value));
                        }
                    }
                }
                if evaluator
                    .workspace
                    .visibility(&path::join(&inside, "flake.nix"))
                    != Visibility::File
                {
                    // `flake = false`, or a mere folder.
                    return Ok(Val::attrs(Attrs::of([(
                        "outPath",
                        evaluator.tree_path(&inside).thunk(),
                    )])));
                }
                let flake =
                    evaluator.flake_with_inputs(&inside, &given, lock.as_ref(), depth + 1)?;
                evaluator.force(&flake.value)
            },
            Origin::default(),
        )
    }

    /// A flake as it sees itself (`self`), and as others get it: its outputs and what every flake has.
    fn flake_value(
        &mut self,
        directory: &str,
        inputs: &Attrs,
        outputs: Rc<std::cell::OnceCell<Rc<Thunk>>>,
    ) -> Rc<Thunk> {
        let out_path = self.tree_path(directory).thunk();
        let inputs = Val::attrs(inputs.clone()).thunk();
        let open = self.unknown_named("self", "it depends on the commit that is built", None, None);
        Thunk::native(
            move |evaluator| {
                let mut attrs = match outputs.get() {
                    Some(outputs) => (*evaluator.attrs(outputs, &Origin::default())?).clone(),
                    None => Attrs::new(),
                };
                let mut source_info = Attrs::of([("outPath", Rc::clone(&out_path))]);
                for name in [
                    "rev",
                    "shortRev",
                    "dirtyRev",
                    "dirtyShortRev",
                    "lastModified",
                    "lastModifiedDate",
                    "narHash",
                    "revCount",
                ] {
                    source_info.insert(Attr::unwritten(
                        Symbol::new(name),
                        Thunk::unknown(open.attribute(Symbol::new(name)), Origin::default()),
                    ));
                }
                for attr in source_info.sorted() {
                    attrs.insert(attr.clone());
                }
                source_info.marker = Some(Rc::new(Marker::OwnFlake));
                for (name, value) in [
                    ("inputs", Rc::clone(&inputs)),
                    ("_type", Val::string("flake").thunk()),
                    ("sourceInfo", Val::attrs(source_info).thunk()),
                ] {
                    attrs.insert(Attr::unwritten(Symbol::new(name), value));
                }
                // What the outputs are called by is there beside them (`call-flake.nix` of Nix).
                if let Some(outputs) = outputs.get() {
                    let name = Symbol::new("outputs");
                    attrs.insert(Attr::unwritten(name, Rc::clone(outputs)));
                }
                attrs.marker = Some(Rc::new(Marker::OwnFlake));
                Ok(Val::attrs(attrs))
            },
            Origin::default(),
        )
    }

    /// The value of an input that is no `path:` inside the tree.
    fn input(
        &mut self,
        name: Symbol,
        what: Option<KnownInput>,
        declaration: Option<&Rc<Thunk>>,
        _directory: &str,
        lock: Option<&Rc<FlakeLock>>,
        depth: usize,
    ) -> Rc<Thunk> {
        if let Some(at_hand) = self.workspace.input(name.as_str()).map(str::to_string) {
            return self.input_at_hand(name, what, at_hand, declaration, lock.cloned(), depth);
        }
        let open = self.unknown_named(
            &format!("inputs.{name}"),
            format!("it comes from the input `{name}`, whose source is not here"),
            None,
            None,
        );
        let mut attrs = match what {
            Some(what) => frameworks::input(self, what, name),
            None => Attrs::new(),
        };
        let out_path = Thunk::unknown(open.attribute(Symbol::new("outPath")), Origin::default());
        if attrs.get(Symbol::new("outPath")).is_none() {
            attrs.insert(Attr::unwritten(Symbol::new("outPath"), out_path));
        }
        for (attribute, value) in lock.map_or_else(Vec::new, |lock| locked(lock, name.as_str())) {
            attrs.insert(Attr::unwritten(Symbol::new(attribute), value.thunk()));
        }
        attrs.open = Some(open.with_names(what.and_then(KnownInput::outputs)));
        if let Some(what) = what {
            attrs.marker = Some(Rc::new(Marker::Input(what)));
        }
        Val::attrs(attrs).thunk()
    }

    /// An input whose source was given with `--input`.
    fn input_at_hand(
        &mut self,
        name: Symbol,
        what: Option<KnownInput>,
        directory: String,
        _declaration: Option<&Rc<Thunk>>,
        lock: Option<Rc<FlakeLock>>,
        depth: usize,
    ) -> Rc<Thunk> {
        if what == Some(KnownInput::Nixpkgs) {
            // Only its `lib` is evaluated: packages are modelled all the same.
            let library = path::join(&directory, "lib");
            let lib = Thunk::native(
                move |evaluator| {
                    let lib = evaluator.import(&library, &Origin::default())?;
                    evaluator.force(&lib)
                },
                Origin::default(),
            );
            self.set_lib(lib);
            let mut attrs = frameworks::input(self, KnownInput::Nixpkgs, name);
            attrs.insert(Attr::unwritten(
                Symbol::new("outPath"),
                Thunk::done(self.tree_path(&directory)),
            ));
            attrs.marker = Some(Rc::new(Marker::Input(KnownInput::Nixpkgs)));
            return Val::attrs(attrs).thunk();
        }
        let file = path::join(&directory, "flake.nix");
        let modelled = what
            // Its source needs nothing of what is ours.
            .filter(|what| *what != KnownInput::Blueprint)
            .map(|what| frameworks::input(self, what, name));
        Thunk::native(
            move |evaluator| {
                if evaluator.workspace.visibility(&file) != Visibility::File {
                    return Ok(Val::attrs(Attrs::of([(
                        "outPath",
                        evaluator.tree_path(&directory).thunk(),
                    )])));
                }
                let flake = evaluator.flake_with_inputs(
                    &directory,
                    &BTreeMap::new(),
                    lock.as_ref(),
                    depth + 1,
                )?;
                let value = evaluator.force(&flake.value)?;
                // Functions that evaluate modules stay ours.
                match (&value.value, &modelled) {
                    (Value::Attrs(real), Some(modelled)) => Ok(Val::attrs(real.update(modelled))),
                    _ => Ok(value),
                }
            },
            Origin::default(),
        )
    }

    /// A directory of a source tree as the string that it is in Nix: a store path whose text is not known but whose place is.
    fn tree_path(&self, directory: &str) -> Val {
        let path = NixPath {
            absolute: directory.into(),
            written: None,
        };
        let unknown = Rc::new(crate::nix::eval::unknown::Unknown {
            id: crate::nix::eval::unknown::mix(2, directory),
            kind: Some(Kind::StorePath),
            subject: None,
            reason: "the store path of the flake is made when it is evaluated".into(),
            span: None,
            names: None,
        });
        let part = match self.workspace.is_in_tree(directory) {
            true => Part::Tree(TreePath {
                path,
                root: self.workspace.root_length(),
                unknown,
                has_context: true,
            }),
            // The source of another input.
            false => Part::Store(path, unknown),
        };
        Val::bare(Value::String(Rc::new(NixString {
            parts: vec![part],
            context: Vec::new(),
        })))
    }
}

/// A configuration that the outputs of a flake hold.
#[derive(Clone)]
pub struct Found {
    /// `homeConfigurations.alice`.
    pub name: String,
    /// Its modules.
    pub set: Rc<ModuleSet>,
}

/// What was found in the outputs of a flake.
#[derive(Default)]
pub struct Outputs {
    /// The configurations, in the order of their names.
    pub found: Vec<Found>,
    /// Configurations and parts of the outputs that could not be evaluated: their name and why not.
    pub unknown: Vec<(String, Stop)>,
    /// Failures.
    pub failures: Vec<(String, Rc<EvalError>)>,
    /// Outputs that were meant to hold configurations, and are of a name that nothing reads: where that is written, the name, and the
    /// one that was meant.
    pub misspelt: Vec<(Option<Span>, String, &'static str)>,
}

/// Output names that hold configurations.
const HOLDERS: &[&str] = &[
    "homeConfigurations",
    "nixosConfigurations",
    "darwinConfigurations",
];

/// The output for configurations that is meant by a name with one slip of the pen in it.
fn misspelt_holder(name: &str) -> Option<&'static str> {
    HOLDERS
        .iter()
        .copied()
        .find(|holder| is_one_step(name, holder))
}

/// The folders of the templates that a flake offers, as absolute paths. What is left to be filled in there is left on purpose.
pub fn templates(evaluator: &mut Evaluator, flake: &Flake) -> Vec<String> {
    let mut set = |thunk: &Rc<Thunk>| match evaluator.force(thunk).map(|value| value.value) {
        Ok(Value::Attrs(attrs)) => Some(attrs),
        _ => None,
    };
    let mut offered = Vec::new();
    if let Some(outputs) = set(&flake.outputs) {
        let named = outputs
            .get(Symbol::new("templates"))
            .map(|attr| &attr.value);
        if let Some(templates) = named.and_then(&mut set) {
            offered.extend(
                templates
                    .sorted()
                    .into_iter()
                    .map(|attr| Rc::clone(&attr.value)),
            );
        }
        let default = outputs.get(Symbol::new("defaultTemplate"));
        offered.extend(default.map(|attr| Rc::clone(&attr.value)));
    }
    let offered: Vec<_> = offered.iter().filter_map(&mut set).collect();
    offered
        .iter()
        .filter_map(|template| template.get(Symbol::new("path")))
        .filter_map(
            |attr| match evaluator.force(&attr.value).map(|value| value.value) {
                Ok(Value::Path(path)) => Some(path.absolute.to_string()),
                _ => None,
            },
        )
        .collect()
}

/// The configurations in the outputs of a flake.
pub fn configurations(evaluator: &mut Evaluator, flake: &Flake) -> Outputs {
    let mut outputs = Outputs::default();
    let value = match evaluator.force(&flake.outputs) {
        Ok(value) => value,
        Err(stop) => {
            outputs.stopped("outputs", stop);
            return outputs;
        }
    };
    let Value::Attrs(attrs) = &value.value else {
        return outputs;
    };
    for holder in HOLDERS {
        if let Some(attr) = attrs.get(Symbol::new(holder)) {
            outputs.hold(evaluator, holder, &attr.value);
        }
    }
    for attr in attrs.sorted() {
        let name = attr.name.as_str();
        if let Some(meant) = misspelt_holder(name) {
            outputs.hold(evaluator, name, &attr.value);
            outputs
                .misspelt
                .push((attr.name_span, name.to_string(), meant));
        }
    }
    if let Some(attr) = attrs.get(Symbol::new("colmena")) {
        outputs.hive(evaluator, &attr.value);
    }
    for per_system in ["legacyPackages", "packages"] {
        let Some(attr) = attrs.get(Symbol::new(per_system)) else {
            continue;
        };
        let mut set = |thunk: &Rc<Thunk>| match evaluator.force(thunk).map(|value| value.value) {
            Ok(Value::Attrs(attrs)) => Some(attrs),
            _ => None,
        };
        // Which systems there are may not be known: then the usual ones are looked at.
        let systems = match (set(&attr.value), attrs.marker.as_deref()) {
            (None, Some(Marker::OfSystems(usual))) => set(usual)
                .and_then(|usual| usual.get(Symbol::new(per_system)).cloned())
                .and_then(|attr| set(&attr.value)),
            (systems, _) => systems,
        };
        let Some(systems) = systems else {
            continue;
        };
        for system in systems.sorted() {
            let Ok(Value::Attrs(packages)) =
                evaluator.force(&system.value).map(|value| value.value)
            else {
                continue;
            };
            for holder in HOLDERS {
                if let Some(attr) = packages.get(Symbol::new(holder)) {
                    let name = format!("{per_system}.{}.{holder}", system.name);
                    outputs.hold(evaluator, &name, &attr.value);
                }
            }
        }
    }
    if let Some(open) = &attrs.open
        && open.subject.as_deref() != Some(flake_parts::ADDED_UNASKED)
    {
        outputs.stopped("outputs", Stop::Unknown(Rc::clone(open)));
    }
    outputs
}

impl Outputs {
    fn stopped(&mut self, name: &str, stop: Stop) {
        match stop {
            Stop::Error(error) => self.failures.push((name.to_string(), error)),
            stop => self.unknown.push((name.to_string(), stop)),
        }
    }

    /// The hosts of a colmena hive, which are NixOS modules and no configurations yet.
    fn hive(&mut self, evaluator: &mut Evaluator, thunk: &Rc<Thunk>) {
        match frameworks::hive(evaluator, thunk) {
            Ok(hosts) => self
                .found
                .extend(hosts.into_iter().map(|(name, set)| Found {
                    name: format!("colmena.{}", crate::nix::modules::show_path(&[name])),
                    set,
                })),
            Err(stop) => self.stopped("colmena", stop),
        }
    }

    fn hold(&mut self, evaluator: &mut Evaluator, holder: &str, thunk: &Rc<Thunk>) {
        let value = match evaluator.force(thunk) {
            Ok(value) => value,
            Err(stop) => return self.stopped(holder, stop),
        };
        let Value::Attrs(attrs) = &value.value else {
            return;
        };
        if let Some(open) = &attrs.open {
            self.stopped(holder, Stop::Unknown(Rc::clone(open)));
        }
        for attr in attrs.sorted() {
            let name = format!("{holder}.{}", crate::nix::modules::show_path(&[attr.name]));
            match evaluator.force(&attr.value).map(|value| value.value) {
                Ok(Value::Attrs(attrs)) => match attrs.marker.as_deref() {
                    Some(Marker::Modules(set)) => self.found.push(Found {
                        name,
                        set: Rc::clone(set),
                    }),
                    _ => {
                        let unknown = evaluator.unknown(
                            "it is not made by a function that is known here",
                            None,
                            attr.name_span,
                        );
                        self.unknown.push((name, Stop::Unknown(unknown)));
                    }
                },
                Ok(_) => {}
                Err(stop) => self.stopped(&name, stop),
            }
        }
    }
}
