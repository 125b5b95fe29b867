//! The functions by which configurations are made, modelled.

use super::flake_parts::MAKE_FLAKE;
use super::known::KnownInput;
use super::package_set::{self, Given, ModulesRead, PackageSet};
use super::packages::function;
use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{Attr, Attrs, Marker, Origin, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::known_names::KnownNames;
use crate::nix::modules::{Class, ModuleSet, Request, library_of_modules};
use crate::nix::symbol::Symbol;
use crate::workspace::{FileType, path};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The systems of `flake-utils`' `eachDefaultSystem`, `nix-systems/default`.
pub(super) const DEFAULT_SYSTEMS: [&str; 4] = [
    "aarch64-darwin",
    "aarch64-linux",
    "x86_64-darwin",
    "x86_64-linux",
];

/// What a well-known input offers. The caller leaves the set open.
pub(super) fn input(evaluator: &mut Evaluator, what: KnownInput, name: Symbol) -> Attrs {
    match what {
        KnownInput::Nixpkgs => {
            let lib = Thunk::native(nixpkgs_lib, Origin::default());
            let package_sets = Thunk::native(
                |evaluator| {
                    let sets = systems(evaluator, |system| {
                        PackageSet::new(Val::string(system).thunk()).packages()
                    });
                    Ok(sets)
                },
                Origin::default(),
            );
            Attrs::of([("lib", lib), ("legacyPackages", package_sets)])
        }
        KnownInput::HomeManager => {
            let hm = evaluator.home_manager_functions();
            let lib = named(
                evaluator,
                &format!("inputs.{name}.lib"),
                Some(&LIB_OF_HOME_MANAGER),
                vec![
                    (
                        "homeManagerConfiguration",
                        function(&HOME_CONFIGURATION, Vec::new()),
                    ),
                    ("hm", hm),
                ],
            );
            Attrs::of([("lib", lib)])
        }
        KnownInput::NixDarwin => {
            let lib = named(
                evaluator,
                &format!("inputs.{name}.lib"),
                Some(&LIB_OF_NIX_DARWIN),
                vec![("darwinSystem", function(&DARWIN_SYSTEM, Vec::new()))],
            );
            Attrs::of([("lib", lib)])
        }
        KnownInput::FlakeUtils => {
            let listed = Val::list(
                DEFAULT_SYSTEMS
                    .iter()
                    .map(|system| Val::string(system).thunk())
                    .collect(),
            );
            let listed = listed.thunk();
            let lib = named(
                evaluator,
                &format!("inputs.{name}.lib"),
                None,
                vec![
                    ("defaultSystems", Rc::clone(&listed)),
                    ("eachSystem", function(&EACH_SYSTEM, Vec::new())),
                    (
                        "eachDefaultSystem",
                        function(&EACH_SYSTEM, vec![Rc::clone(&listed)]),
                    ),
                ],
            );
            Attrs::of([("lib", lib)])
        }
        KnownInput::FlakeParts => {
            let lib = named(
                evaluator,
                &format!("inputs.{name}.lib"),
                Some(&LIB_OF_FLAKE_PARTS),
                vec![("mkFlake", function(&MAKE_FLAKE, Vec::new()))],
            );
            Attrs::of([("lib", lib)])
        }
        KnownInput::ImportTree => Attrs::of([("__functor", function(&IMPORT_TREE, Vec::new()))]),
        KnownInput::Blueprint => Attrs::of([("__functor", super::blueprint::functor(evaluator))]),
        KnownInput::Systems | KnownInput::NixOpenclaw => Attrs::new(),
        KnownInput::OpenclawCheck | KnownInput::Foreign => Attrs::new(),
    }
}

static LIB_OF_HOME_MANAGER: KnownNames = KnownNames::few(&["hm", "homeManagerConfiguration"]);
static LIB_OF_NIX_DARWIN: KnownNames = KnownNames::few(&["darwinSystem", "evalConfig"]);
static LIB_OF_FLAKE_PARTS: KnownNames = KnownNames::few(&["evalFlakeModule", "mkFlake"]);
/// What nixpkgs' flake adds to its `lib`.
static LIB_OF_NIXPKGS: KnownNames = KnownNames::few(&["nixosSystem"]);

/// The functions of a flake of that name: an open set of which some names are known.
fn named(
    evaluator: &Evaluator,
    subject: &str,
    names: Option<&'static KnownNames>,
    entries: Vec<(&str, Rc<Thunk>)>,
) -> Rc<Thunk> {
    let mut attrs = Attrs::of(entries);
    let reason = format!("`{subject}` is not modelled");
    let open = evaluator.unknown_named(subject, reason, None, None);
    attrs.open = Some(open.with_names(names));
    attrs.marker = Some(Rc::new(Marker::Functions));
    Val::attrs(attrs).thunk()
}

/// A set with one attribute for each default system.
fn systems(evaluator: &mut Evaluator, value: impl Fn(&str) -> Rc<Thunk>) -> Val {
    let mut attrs = Attrs::of(
        DEFAULT_SYSTEMS
            .iter()
            .map(|system| (*system, value(system)))
            .collect::<Vec<_>>(),
    );
    attrs.open = Some(evaluator.unknown_named(
        "legacyPackages",
        "it belongs to nixpkgs, which is not evaluated here",
        None,
        None,
    ));
    Val::attrs(attrs)
}

/// `nixpkgs.lib`: `lib` and `nixosSystem`.
fn nixpkgs_lib(evaluator: &mut Evaluator) -> Result<Val, Stop> {
    let own = evaluator.lib();
    let mut attrs = (*evaluator.attrs(&own, &Origin::default())?).clone();
    attrs.open = attrs
        .open
        .map(|open| open.with_names(Some(&LIB_OF_NIXPKGS)));
    let nixos_system = function(&NIXOS_SYSTEM, Vec::new());
    attrs.insert(Attr::unwritten(
        Symbol::new("nixosSystem"),
        Rc::clone(&nixos_system),
    ));
    // As in nixpkgs' own flake.nix, a system gets the `lib` that its function comes from with all that extends it.
    let extend = evaluator.snippet(
        "(own.extend (final: _: { nixosSystem = arguments: nixosSystem ({ lib = final; } // arguments); })).extend",
        &["own", "nixosSystem"].map(Symbol::new),
        vec![Rc::clone(&own), nixos_system],
    );
    attrs.insert(Attr::unwritten(Symbol::new("extend"), extend));
    Ok(Val::attrs(attrs))
}

/// The systems that an input of `nix-systems` lists, by the revision that is locked: what others list is not known.
pub fn systems_of_input(evaluator: &mut Evaluator, input: &Attrs) -> Option<Val> {
    let rev = Rc::clone(&input.get(Symbol::new("rev"))?.value);
    let systems: &[&str] = match &*evaluator.text(&rev, &Origin::default()).ok()? {
        // `nix-systems/default`.
        "da67096a3b9bf56a91d16901293e51ba5b49a27e" => &DEFAULT_SYSTEMS,
        // `nix-systems/default-linux`.
        "31732fcf5e8fea42e59c2488ad31a0e651500f68" => &["aarch64-linux", "x86_64-linux"],
        _ => return None,
    };
    Some(Val::list(
        systems
            .iter()
            .map(|system| Val::string(system).thunk())
            .collect(),
    ))
}

/// What `import nixpkgs` is: a function from arguments to packages.
pub fn import_nixpkgs() -> Rc<Thunk> {
    function(&IMPORT_NIXPKGS, Vec::new())
}

static IMPORT_NIXPKGS: Builtin = Builtin {
    name: "nixpkgs",
    arity: 1,
    run: |evaluator, arguments, origin| {
        let attrs = evaluator.attrs(&arguments[0], origin)?;
        let mut system = None;
        for name in ["system", "localSystem", "hostPlatform"] {
            if let Ok(Some(value)) = evaluator.optional_attribute(&attrs, name) {
                system = Some(value);
                break;
            }
        }
        let system = system.unwrap_or_else(|| current_system(evaluator));
        // `localSystem` may be a set.
        let system = match evaluator.force(&system).map(|value| value.value) {
            Ok(Value::Attrs(_)) => Thunk::select(system, Symbol::new("system"), origin.clone()),
            _ => system,
        };
        let config = evaluator.optional_attribute(&attrs, "config");
        let mut set = PackageSet::new(system).with_config(config.ok().flatten());
        if let Ok(Some(overlays)) = evaluator.optional_attribute(&attrs, "overlays") {
            set = set.and(overlays);
        }
        evaluator.force(&set.packages())
    },
};

fn current_system(evaluator: &Evaluator) -> Rc<Thunk> {
    let unknown = evaluator.unknown_named(
        "builtins.currentSystem",
        "it is the system that Nix runs on",
        Some(crate::nix::eval::unknown::Kind::String),
        None,
    );
    Thunk::unknown(unknown, Origin::default())
}

/// The attribute of an argument set, if it is given.
pub(super) fn argument(
    evaluator: &mut Evaluator,
    attrs: &Attrs,
    name: &str,
) -> Result<Option<Rc<Thunk>>, Stop> {
    match evaluator.optional_attribute(attrs, name) {
        // An argument set that is not wholly known may hold it; the configuration is read without.
        Err(Stop::Unknown(_)) => Ok(None),
        other => other,
    }
}

/// The modules of a list argument; a list with gaps or an unknown one gives unseen modules.
fn modules(
    evaluator: &mut Evaluator,
    attrs: &Attrs,
    name: &str,
    origin: &Origin,
) -> Result<Vec<Rc<Thunk>>, Stop> {
    let Some(list) = argument(evaluator, attrs, name)? else {
        return Ok(Vec::new());
    };
    match evaluator.list(&list, origin) {
        Ok(list) => {
            let mut modules = list.items.clone();
            for (_, unknown) in &list.gaps {
                modules.push(Thunk::unknown(Rc::clone(unknown), origin.clone()));
            }
            Ok(modules)
        }
        Err(Stop::Unknown(unknown)) => Ok(vec![Thunk::unknown(unknown, origin.clone())]),
        Err(stop) => Err(stop),
    }
}

/// The `lib` that modules get: the one given, or else that of the packages given.
fn library(
    evaluator: &mut Evaluator,
    attrs: &Attrs,
    packages: Option<&Rc<Thunk>>,
) -> Result<Option<Rc<Thunk>>, Stop> {
    let given = match (argument(evaluator, attrs, "lib")?, packages) {
        (Some(given), _) => given,
        (None, Some(packages)) => {
            Thunk::select(Rc::clone(packages), Symbol::new("lib"), Origin::default())
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(library_of_modules(evaluator, given)))
}

/// Adds the arguments that every module gets to a request.
pub(super) fn special_arguments(
    evaluator: &mut Evaluator,
    attrs: &Attrs,
    name: &str,
    request: &mut Request,
) -> Result<(), Stop> {
    let Some(arguments) = argument(evaluator, attrs, name)? else {
        return Ok(());
    };
    match evaluator.attrs(&arguments, &Origin::default()) {
        Ok(arguments) => {
            for attr in arguments.unordered() {
                request
                    .special_arguments
                    .push((attr.name, Rc::clone(&attr.value)));
            }
            if let Some(open) = &arguments.open {
                request.unknown_arguments = Some(Rc::clone(open));
            }
            Ok(())
        }
        Err(Stop::Unknown(unknown)) => {
            request.unknown_arguments = Some(unknown);
            Ok(())
        }
        Err(stop) => Err(stop),
    }
}

/// Refuses an argument that a function does not have, as Nix does.
fn only_arguments(
    evaluator: &mut Evaluator,
    attrs: &Attrs,
    function: &str,
    known: &[&str],
    origin: &Origin,
) -> Result<(), Stop> {
    let unexpected = attrs
        .sorted()
        .into_iter()
        .find(|attr| !known.contains(&attr.name.as_str()));
    match unexpected {
        Some(attr) => Err(evaluator.error(
            ErrorKind::Argument,
            format!(
                "`{function}` is called with the unexpected argument `{}`",
                attr.name
            ),
            &Origin::at(attr.name_span.or(origin.span)),
        )),
        None => Ok(()),
    }
}

/// What `homeManagerConfiguration` has ever taken (Home Manager's `lib/default.nix` and `lib/eval-config.nix`).
const HOME_ARGUMENTS: &[&str] = &[
    "check",
    "configuration",
    "extraModules",
    "extraSpecialArgs",
    "homeDirectory",
    "lib",
    "minimal",
    "modules",
    "pkgs",
    "stateVersion",
    "system",
    "username",
];

/// What `nixosSystem` takes (nixpkgs' `flake.nix` and `nixos/lib/eval-config.nix`).
const NIXOS_ARGUMENTS: &[&str] = &[
    "baseModules",
    "check",
    "extraArgs",
    "extraModules",
    "lib",
    "modules",
    "modulesLocation",
    "pkgs",
    "prefix",
    "specialArgs",
    "system",
];

/// The value that such a function returns: `config` and what stands beside it.
fn configuration(evaluator: &mut Evaluator, set: &Rc<ModuleSet>, origin: &Origin) -> Val {
    let mut attrs = Attrs::of([("config", set.config())]);
    attrs.open = Some(evaluator.unknown("it is built from the configuration", None, origin.span));
    attrs.marker = Some(Rc::new(Marker::Modules(Rc::clone(set))));
    Val::new(Value::Attrs(Rc::new(attrs)), origin.clone())
}

static HOME_CONFIGURATION: Builtin = Builtin {
    name: "homeManagerConfiguration",
    arity: 1,
    run: |evaluator, arguments, origin| {
        let attrs = evaluator.attrs(&arguments[0], origin)?;
        only_arguments(
            evaluator,
            &attrs,
            "homeManagerConfiguration",
            HOME_ARGUMENTS,
            origin,
        )?;
        let mut list = modules(evaluator, &attrs, "modules", origin)?;
        // The form of before 2022.
        if let Some(module) = argument(evaluator, &attrs, "configuration")? {
            list.push(module);
        }
        list.extend(modules(evaluator, &attrs, "extraModules", origin)?);
        let mut request = Request::new(Class::HomeManager, list);
        let packages_given = argument(evaluator, &attrs, "pkgs")?;
        request.library = library(evaluator, &attrs, packages_given.as_ref())?;
        let modules_read = ModulesRead::default();
        request.packages = packages_given
            .map(|given| package_set::made_again(given, Rc::clone(&modules_read), Given::Last));
        special_arguments(evaluator, &attrs, "extraSpecialArgs", &mut request)?;
        for (name, path) in [
            ("username", ["home", "username"]),
            ("homeDirectory", ["home", "homeDirectory"]),
        ] {
            if let Some(value) = argument(evaluator, &attrs, name)? {
                let path = path.map(Symbol::new).to_vec();
                request.definitions.push((path, value));
            }
        }
        let set = evaluator.evaluate_modules(request);
        // Set once, here: before this nothing can ask for it.
        let _ = modules_read.set(Rc::clone(&set));
        Ok(configuration(evaluator, &set, origin))
    },
};

/// The system of a host whose modules say it: `nixpkgs.hostPlatform`, or `nixpkgs.system`.
fn host_system(evaluator: &Evaluator, modules_read: ModulesRead) -> Rc<Thunk> {
    let unknown = evaluator.unknown_named(
        "config.nixpkgs.hostPlatform.system",
        "the host's system is set in a module",
        None,
        None,
    );
    Thunk::native(
        move |evaluator| {
            let unknown = || Err(Stop::Unknown(Rc::clone(&unknown)));
            // While modules are read, their own `pkgs` cannot be asked for it.
            let Some(set) = modules_read.get() else {
                return unknown();
            };
            for names in [["nixpkgs", "hostPlatform"], ["nixpkgs", "system"]] {
                let set_there = evaluator
                    .descend(&set.config(), &names)
                    .and_then(|value| evaluator.force(&value));
                let value = match set_there {
                    Ok(value) => value,
                    Err(stop @ Stop::Split(_)) => return Err(stop),
                    Err(_) => continue,
                };
                match &value.value {
                    Value::String(_) => return Ok(value),
                    Value::Attrs(platform) => {
                        return match platform.get(Symbol::new("system")) {
                            Some(system) => evaluator.force(&system.value),
                            None => unknown(),
                        };
                    }
                    _ => {}
                }
            }
            unknown()
        },
        Origin::default(),
    )
}

fn system_configuration(
    evaluator: &mut Evaluator,
    class: Class,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let attrs = evaluator.attrs(&arguments[0], origin)?;
    if class == Class::Nixos {
        only_arguments(evaluator, &attrs, "nixosSystem", NIXOS_ARGUMENTS, origin)?;
    }
    let mut list = modules(evaluator, &attrs, "modules", origin)?;
    list.extend(modules(evaluator, &attrs, "extraModules", origin)?);
    let mut request = Request::new(class, list);
    special_arguments(evaluator, &attrs, "specialArgs", &mut request)?;
    let system = argument(evaluator, &attrs, "system")?;
    let packages_given = argument(evaluator, &attrs, "pkgs")?;
    let modules_read = ModulesRead::default();
    request.library = match class {
        Class::Darwin => library(evaluator, &attrs, packages_given.as_ref())?,
        _ => library(evaluator, &attrs, None)?,
    };
    request.packages = match packages_given {
        Some(given) => Some(given),
        None => {
            let system = system.unwrap_or_else(|| host_system(evaluator, Rc::clone(&modules_read)));
            Some(package_set::of_system(system, Rc::clone(&modules_read)))
        }
    };
    let set = evaluator.evaluate_modules(request);
    // Set once, here: before this nothing can ask for it.
    let _ = modules_read.set(Rc::clone(&set));
    Ok(configuration(evaluator, &set, origin))
}

static NIXOS_SYSTEM: Builtin = Builtin {
    name: "nixosSystem",
    arity: 1,
    run: |evaluator, arguments, origin| {
        system_configuration(evaluator, Class::Nixos, arguments, origin)
    },
};

static DARWIN_SYSTEM: Builtin = Builtin {
    name: "darwinSystem",
    arity: 1,
    run: |evaluator, arguments, origin| {
        system_configuration(evaluator, Class::Darwin, arguments, origin)
    },
};

/// The hosts of a colmena hive `{ meta = { specialArgs; nixpkgs; }; defaults = module; HOST = module; }`.
pub(super) fn hive(
    evaluator: &mut Evaluator,
    hive: &Rc<Thunk>,
) -> Result<Vec<(Symbol, Rc<ModuleSet>)>, Stop> {
    let origin = hive.origin.clone();
    let hive = evaluator.attrs(hive, &origin)?;
    let (meta, defaults) = (Symbol::new("meta"), Symbol::new("defaults"));
    let meta_attrs = match hive.get(meta) {
        Some(attr) => Some(evaluator.attrs(&attr.value.clone(), &origin)?),
        None => None,
    };
    let mut hosts = Vec::new();
    for attr in hive.sorted() {
        if attr.name == meta || attr.name == defaults || attr.name.as_str() == "network" {
            continue;
        }
        let mut modules = vec![Rc::clone(&attr.value)];
        modules.extend(hive.get(defaults).map(|attr| Rc::clone(&attr.value)));
        let mut request = Request::new(Class::Nixos, modules);
        request
            .special_arguments
            .push((Symbol::new("name"), Val::string(attr.name.as_str()).thunk()));
        let modules_read = ModulesRead::default();
        if let Some(meta) = &meta_attrs {
            special_arguments(evaluator, meta, "specialArgs", &mut request)?;
            request.packages = argument(evaluator, meta, "nixpkgs")?.map(|given| {
                package_set::made_again(given, Rc::clone(&modules_read), Given::First)
            });
        }
        let set = evaluator.evaluate_modules(request);
        // Set once, here: before this nothing can ask for it.
        let _ = modules_read.set(Rc::clone(&set));
        hosts.push((attr.name, set));
    }
    Ok(hosts)
}

/// `eachSystem systems (system: { a = ...; })` gives `{ a.<system> = ...; }`.
static EACH_SYSTEM: Builtin = Builtin {
    name: "eachSystem",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let names = evaluator.list(&arguments[0], origin)?;
        let each = evaluator.function(&arguments[1], origin)?;
        let mut result: BTreeMap<&'static str, Vec<Attr>> = BTreeMap::new();
        for system in names.all()? {
            let system_name = Symbol::new(&evaluator.text(system, origin)?);
            let outputs = evaluator.apply(&each, Rc::clone(system), origin)?;
            let Value::Attrs(outputs) = &outputs.value else {
                return Err(evaluator.type_error(&outputs.value, "a set", origin));
            };
            for attr in outputs.unordered() {
                result.entry(attr.name.as_str()).or_default().push(Attr {
                    name: system_name,
                    ..attr.clone()
                });
            }
        }
        let entries: Vec<_> = result
            .into_iter()
            .map(|(name, entries)| (name, Val::attrs(Attrs::from_entries(entries)).thunk()))
            .collect();
        Ok(Val::attrs(Attrs::of(entries)))
    },
};

/// Files that `import-tree` reads at most.
const MOST_FILES: usize = 5_000;

/// `import-tree ./modules`: a module that imports every `.nix` file below, except those under a path with `/_`.
static IMPORT_TREE: Builtin = Builtin {
    name: "import-tree",
    arity: 2,
    run: |evaluator, arguments, origin| {
        // The first argument is the input itself, as `__functor` gets it.
        let mut roots = Vec::new();
        let value = evaluator.force(&arguments[1])?;
        match &value.value {
            Value::List(list) => {
                for item in list.all()? {
                    roots.push(evaluator.force(item)?);
                }
            }
            _ => roots.push(value),
        }
        let mut imports = Vec::new();
        for root in roots {
            match &root.value {
                Value::Path(root_path) => {
                    tree_files(
                        evaluator,
                        &root_path.absolute,
                        "",
                        &root.origin,
                        &mut imports,
                    )?;
                }
                _ => imports.push(Thunk::done(root)),
            }
        }
        Ok(Val::new(
            Value::Attrs(Rc::new(Attrs::of([(
                "imports",
                Val::list(imports).thunk(),
            )]))),
            origin.clone(),
        ))
    },
};

fn tree_files(
    evaluator: &mut Evaluator,
    directory: &str,
    below: &str,
    origin: &Origin,
    found: &mut Vec<Rc<Thunk>>,
) -> Result<(), Stop> {
    evaluator.step(1)?;
    let entries = match evaluator.workspace.read_directory(directory) {
        Ok(entries) => entries,
        Err(problem) => {
            let shown = evaluator.workspace.relative(directory);
            return Err(evaluator.error(
                ErrorKind::of_file(&problem),
                format!("`{shown}` {problem}"),
                origin,
            ));
        }
    };
    for (name, kind) in entries {
        let relative = format!("{below}/{name}");
        if relative.contains("/_") {
            continue;
        }
        let absolute = path::join(directory, &name);
        match kind {
            FileType::Directory => tree_files(evaluator, &absolute, &relative, origin, found)?,
            FileType::Regular if name.ends_with(".nix") => {
                if found.len() >= MOST_FILES {
                    return Err(evaluator.limit("the tree has too many files"));
                }
                let file = Value::Path(crate::nix::eval::value::NixPath {
                    absolute: absolute.into(),
                    written: None,
                });
                found.push(Val::new(file, origin.clone()).thunk());
            }
            _ => {}
        }
    }
    Ok(())
}
