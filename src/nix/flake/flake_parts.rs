//! flake-parts: a flake out of modules, and `perSystem`, which is evaluated for each system.

use super::frameworks::{DEFAULT_SYSTEMS, argument, special_arguments};
use super::package_set::PackageSet;
use super::packages::function;
use crate::nix::eval::unknown::{ErrorKind, Stop, Unknown};
use crate::nix::eval::value::{Attr, Attrs, Marker, Origin, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::modules::definition::{Definition, children};
use crate::nix::modules::types::OptionType;
use crate::nix::modules::{Class, Declarations, ModuleSet, OptionDeclaration, Request};
use crate::nix::symbol::Symbol;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// `mkFlake { inherit inputs; } module`.
pub(super) static MAKE_FLAKE: Builtin = Builtin {
    name: "mkFlake",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let attrs = evaluator.attrs(&arguments[0], origin)?;
        let mut request = Request::new(Class::FlakeParts, vec![Rc::clone(&arguments[1])]);
        special_arguments(evaluator, &attrs, "specialArgs", &mut request)?;
        let Some(inputs) = argument(evaluator, &attrs, "inputs")? else {
            return Err(evaluator.error(
                ErrorKind::Argument,
                "`mkFlake` is called without `inputs`",
                origin,
            ));
        };
        let me = match argument(evaluator, &attrs, "self")? {
            Some(me) => me,
            None => Thunk::select(Rc::clone(&inputs), Symbol::new("self"), origin.clone()),
        };
        let location = match argument(evaluator, &attrs, "moduleLocation")? {
            Some(location) => location,
            None => evaluator.snippet(
                "\"${self.outPath}/flake.nix\"",
                &[Symbol::new("self")],
                vec![Rc::clone(&me)],
            ),
        };
        let flake: FlakeSet = Rc::default();
        let config = config_of(Rc::clone(&flake));
        let captured = vec![config, Rc::clone(&inputs), Rc::clone(&me)];
        let known = DEFAULT_SYSTEMS.iter().map(|system| {
            let mut arguments = captured.clone();
            arguments.push(Val::string(system).thunk());
            (
                *system,
                Thunk::apply(
                    function(&OF_SYSTEM, Vec::new()),
                    arguments,
                    Origin::default(),
                ),
            )
        });
        let known = Val::attrs(Attrs::of(known.collect::<Vec<_>>())).thunk();
        let ask = function(&ASK_SYSTEM, [vec![known], captured].concat());
        let of_systems = |evaluator: &mut Evaluator, expression: &str| {
            evaluator.snippet(expression, &[Symbol::new("ask")], vec![Rc::clone(&ask)])
        };
        let get_system = of_systems(evaluator, "system: (ask system).config");
        let with_system = of_systems(
            evaluator,
            "system: function: function (ask system).arguments",
        );
        let module_with_system = of_systems(
            evaluator,
            "module: { pkgs, ... }: let given = (ask pkgs.stdenv.hostPlatform.system).arguments; in { imports = [ (module (builtins.mapAttrs (name: _: given.${name}) (builtins.functionArgs module))) ]; }",
        );
        // A module from a file that is a function of something else first.
        let import_apply = evaluator.snippet(
            "path: arguments: { imports = [ (import path arguments) ]; }",
            &[],
            Vec::new(),
        );
        let mut library = Attrs::of([("importApply", import_apply)]);
        library.open = Some(evaluator.unknown_named(
            "flake-parts-lib",
            "this part of flake-parts is not modelled",
            None,
            None,
        ));
        for (name, value) in [
            ("flake-parts-lib", Val::attrs(library).thunk()),
            ("inputs", Rc::clone(&inputs)),
            ("self", me),
            ("moduleLocation", location),
            ("getSystem", get_system),
            ("withSystem", with_system),
            ("moduleWithSystem", module_with_system),
        ] {
            request.special_arguments.push((Symbol::new(name), value));
        }
        request.declarations = flake_parts_options();
        request.definitions = own_definitions(evaluator, &flake, &ask);
        let set = evaluator.evaluate_modules(request);
        // Set once, here: before this nothing can ask for it.
        let _ = flake.set(Rc::clone(&set));
        let outputs = evaluator.descend(&set.config(), &["flake"])?;
        let mut outputs = (*evaluator.attrs(&outputs, origin)?).clone();
        outputs.open = made_by_unseen_modules(evaluator, &set).or_else(|| added(evaluator, &set));
        outputs.marker = Some(Rc::new(Marker::OfSystems(of_usual_systems(&flake, ask))));
        Ok(Val::new(Value::Attrs(Rc::new(outputs)), origin.clone()))
    },
};

/// The modules of a flake, once they are read.
type FlakeSet = Rc<OnceCell<Rc<ModuleSet>>>;

/// `config` of the modules of a flake.
fn config_of(flake: FlakeSet) -> Rc<Thunk> {
    Thunk::native(
        move |evaluator| {
            match flake.get() {
            Some(set) => evaluator.force(&set.config()),
            None => Err(evaluator.error(
                ErrorKind::InfiniteRecursion,
                "the modules to import depend on `perSystem`, which depends on them (infinite recursion)",
                &Origin::default(),
            )),
        }
        },
        Origin::default(),
    )
}

/// What `perSystem` says of each system, and the outputs of all systems (`transposition`).
const TRANSPOSED: [&str; 5] = ["apps", "checks", "devShells", "legacyPackages", "packages"];

/// What the unknown is called that the outputs of a flake are open with because a module of flake-parts that is not here may add to them
/// unasked. No configuration of the user's is among what it adds.
pub(super) const ADDED_UNASKED: &str = "self";

/// Why there may be further outputs: some modules are not here.
fn added(evaluator: &Evaluator, set: &Rc<ModuleSet>) -> Option<Rc<Unknown>> {
    let first = set.collected()?.unseen.first()?;
    let reason = format!(
        "a module of flake-parts that is not here (`{}`) may add it",
        first.name()
    );
    Some(evaluator.unknown_named(ADDED_UNASKED, reason, None, first.span))
}

/// What flake-parts itself defines.
fn own_definitions(
    evaluator: &mut Evaluator,
    flake: &FlakeSet,
    ask: &Rc<Thunk>,
) -> Vec<(Vec<Symbol>, Rc<Thunk>)> {
    let path = |names: &[&str]| {
        names
            .iter()
            .map(|name| Symbol::new(name))
            .collect::<Vec<_>>()
    };
    let each = evaluator.snippet(
        "builtins.listToAttrs (map (name: { inherit name; value = (ask name).config; }) config.systems)",
        &["ask", "config"].map(Symbol::new),
        vec![Rc::clone(ask), config_of(Rc::clone(flake))],
    );
    let formatter = evaluator.unknown_named(
        "self.formatter",
        "it is there for the systems that have one",
        None,
        None,
    );
    let mut definitions = vec![
        (path(&["perSystem"]), Val::attrs(Attrs::new()).thunk()),
        (
            path(&["flake", "formatter"]),
            Thunk::unknown(formatter, Origin::default()),
        ),
    ];
    for name in TRANSPOSED {
        let (flake, each) = (Rc::clone(flake), Rc::clone(&each));
        let value = Thunk::native(
            move |evaluator| transposed(evaluator, &flake, &each, Symbol::new(name)),
            Origin::default(),
        );
        definitions.push((path(&["flake", name]), value));
    }
    definitions
}

/// The outputs of all systems, if those are the usual ones.
fn of_usual_systems(flake: &FlakeSet, ask: Rc<Thunk>) -> Rc<Thunk> {
    let flake = Rc::clone(flake);
    Thunk::native(
        move |evaluator| {
            let each = Attrs::of(DEFAULT_SYSTEMS.map(|system| {
                let asked = Thunk::apply(
                    Rc::clone(&ask),
                    vec![Val::string(system).thunk()],
                    Origin::default(),
                );
                let config = Thunk::select(asked, Symbol::new("config"), Origin::default());
                (system, config)
            }));
            let each = Val::attrs(each).thunk();
            let mut outputs = Attrs::new();
            for name in TRANSPOSED.map(Symbol::new) {
                let value = transposed(evaluator, &flake, &each, name);
                let value = Thunk::from_outcome(value, Origin::default());
                outputs.insert(Attr::unwritten(name, value));
            }
            Ok(Val::attrs(outputs))
        },
        Origin::default(),
    )
}

/// The type of what a system has under such a name.
fn transposed_type(name: &str) -> OptionType {
    let inner = match name {
        // A submodule, or what can be made one.
        "apps" => OptionType::Unseen,
        _ => OptionType::Raw,
    };
    OptionType::LazyAttrsOf(Rc::new(inner))
}

/// What each system has under a name.
fn transposed(
    evaluator: &mut Evaluator,
    flake: &FlakeSet,
    each: &Rc<Thunk>,
    name: Symbol,
) -> Result<Val, Stop> {
    let each = evaluator.attrs(each, &Origin::default())?;
    let added = flake.get().and_then(|set| added(evaluator, set));
    let entries = each.unordered().iter().map(|attr| {
        let (config, added) = (Rc::clone(&attr.value), added.clone());
        let value = Thunk::native(
            move |evaluator| {
                let mut value = evaluator.select_attribute(&config, name, &Origin::default())?;
                if let (Value::Attrs(attrs), Some(added)) = (&mut value.value, &added) {
                    Rc::make_mut(attrs).open.get_or_insert(Rc::clone(added));
                }
                Ok(value)
            },
            Origin::default(),
        );
        Attr {
            value,
            ..attr.clone()
        }
    });
    let mut attrs = Attrs::from_entries(entries.collect());
    attrs.open = each.open.clone();
    Ok(Val::attrs(attrs))
}

/// What there is of a system: of a usual one it is made once. Besides the system it takes the usual ones and what [`OF_SYSTEM`] takes.
static ASK_SYSTEM: Builtin = Builtin {
    name: "perSystem",
    arity: 5,
    run: |evaluator, arguments, origin| {
        let [known, captured @ .., system] = arguments else {
            return Err(evaluator.limit("`perSystem` is called without a system"));
        };
        let known = evaluator.attrs(known, origin)?;
        let name = match evaluator.text(system, origin) {
            Ok(name) => Some(name),
            // Much of it does not depend on the system.
            Err(Stop::Unknown(_)) => None,
            Err(stop) => return Err(stop),
        };
        if let Some(attr) = name.and_then(|name| known.get(Symbol::new(&name))) {
            return evaluator.force(&attr.value.clone());
        }
        (OF_SYSTEM.run)(
            evaluator,
            &[captured, &[Rc::clone(system)]].concat(),
            origin,
        )
    },
};

/// `perSystem` for a system: its `config` and the arguments that its modules get. Takes the flake's `config`, `inputs` and `self`.
static OF_SYSTEM: Builtin = Builtin {
    name: "perSystem",
    arity: 4,
    run: |evaluator, arguments, _| {
        let [config, inputs, me, system] = arguments else {
            return Err(evaluator.limit("`perSystem` is called without a system"));
        };
        let of_inputs = {
            let (inputs, system) = (Rc::clone(inputs), Rc::clone(system));
            Thunk::native(
                move |evaluator| {
                    let mut inputs = (*evaluator.attrs(&inputs, &Origin::default())?).clone();
                    for attr in inputs.unordered().to_vec() {
                        let subject = format!("inputs'.{}", attr.name);
                        let value = of_flake(evaluator, &subject, &attr.value, &system);
                        inputs.insert(Attr { value, ..attr });
                    }
                    inputs.marker = None;
                    Ok(Val::attrs(inputs))
                },
                Origin::default(),
            )
        };
        let names = ["pkgs", "self'", "inputs'"].map(Symbol::new);
        let values = vec![
            PackageSet::new(Rc::clone(system)).packages(),
            of_flake(evaluator, "self'", me, system),
            of_inputs,
        ];
        let base = evaluator.snippet(
            "{ _module.args = { pkgs = { _type = \"override\"; priority = 1500; content = pkgs; }; inherit self' inputs'; }; }",
            &names,
            values,
        );
        let modules = Thunk::select(
            Rc::clone(config),
            Symbol::new("perSystem"),
            Origin::default(),
        );
        let mut request = Request::new(Class::Generic, vec![base, modules]);
        request.closed = false;
        request.special_arguments = vec![
            (Symbol::new("system"), Rc::clone(system)),
            (Symbol::new("_class"), Val::string("perSystem").thunk()),
        ];
        let declared = TRANSPOSED.map(|name| (name, option(transposed_type(name))));
        request.declarations = Declarations::Set(Rc::new(BTreeMap::from(declared)));
        let set = evaluator.evaluate_modules(request);
        let config = set.config();
        let arguments = {
            let (config, system) = (Rc::clone(&config), Rc::clone(system));
            Thunk::native(
                move |evaluator| {
                    let given = evaluator.descend(&config, &["_module", "args"])?;
                    let mut given = (*evaluator.attrs(&given, &Origin::default())?).clone();
                    for (name, value) in [("system", &system), ("config", &config)] {
                        given.insert(Attr::unwritten(Symbol::new(name), Rc::clone(value)));
                    }
                    given.open = Some(evaluator.unknown_named(
                        "withSystem",
                        "it is an argument that `perSystem` makes",
                        None,
                        None,
                    ));
                    Ok(Val::attrs(given))
                },
                Origin::default(),
            )
        };
        let parts = [("config", config), ("arguments", arguments)];
        Ok(Val::attrs(Attrs::of(parts)))
    },
};

/// What a flake has for a system: `self'`, and each of `inputs'`.
fn of_flake(
    evaluator: &Evaluator,
    subject: &str,
    flake: &Rc<Thunk>,
    system: &Rc<Thunk>,
) -> Rc<Thunk> {
    let parts = TRANSPOSED.map(|name| {
        let (flake, system) = (Rc::clone(flake), Rc::clone(system));
        let part = Thunk::native(
            move |evaluator| {
                let outputs = evaluator.descend(&flake, &[name])?;
                match evaluator.text(&system, &Origin::default()) {
                    Ok(system) => {
                        let system = Symbol::new(&system);
                        evaluator.select_attribute(&outputs, system, &Origin::default())
                    }
                    Err(stop) => Err(stop),
                }
            },
            Origin::default(),
        );
        (name, part)
    });
    let mut attrs = Attrs::of(parts);
    let reason = "what else a flake has for a system is not known here";
    attrs.open = Some(evaluator.unknown_named(subject, reason, None, None));
    Val::attrs(attrs).thunk()
}

/// The options of flake-parts itself.
const FLAKE_PARTS_OPTIONS: &[&str] = &[
    "_module",
    "debug",
    "flake",
    "partitionedAttrs",
    "partitions",
    "perInput",
    "perSystem",
    "systems",
    "transposition",
];

/// Why there may be more outputs than are seen: somebody sets an option that only a module that is not here can declare, and that
/// module may make configurations of it. What such a module adds unasked is no configuration of the user's.
fn made_by_unseen_modules(evaluator: &mut Evaluator, set: &Rc<ModuleSet>) -> Option<Rc<Unknown>> {
    let collected = set.collected()?;
    let first = collected.unseen.first()?;
    let Declarations::Set(declared) = &collected.declarations else {
        return None;
    };
    let discharged = evaluator.push_down(&collected.definitions);
    let defined = children(&discharged);
    let (name, definitions) = defined.by_name.iter().find(|(name, _)| {
        !FLAKE_PARTS_OPTIONS.contains(&name.as_str()) && !declared.contains_key(name.as_str())
    })?;
    let mut modules: Vec<String> = collected
        .unseen
        .iter()
        .map(|module| format!("`{}`", module.name()))
        .collect();
    modules.dedup();
    let reason = format!(
        "`{name}` is an option of a module that is not here ({}), which may make configurations of it",
        modules.join(", ")
    );
    let span = definitions
        .first()
        .and_then(Definition::span)
        .or(first.span);
    Some(evaluator.unknown_named("outputs", reason, None, span))
}

fn option(kind: OptionType) -> Declarations {
    Declarations::Option(Rc::new(OptionDeclaration {
        kind,
        default: None,
        apply: None,
        span: None,
        read_only: false,
        written: None,
        problem: None,
    }))
}

/// The options of flake-parts whose merge matters: modules as values, and those of `perSystem`, which are left alone.
fn flake_parts_options() -> Declarations {
    let deferred = || OptionType::LazyAttrsOf(Rc::new(OptionType::Deferred));
    let raw = || OptionType::LazyAttrsOf(Rc::new(OptionType::Unseen));
    let mut flake = BTreeMap::new();
    flake.insert(
        "modules",
        option(OptionType::LazyAttrsOf(Rc::new(deferred()))),
    );
    for name in [
        "homeModules",
        "homeManagerModules",
        "nixosModules",
        "darwinModules",
    ] {
        flake.insert(name, option(deferred()));
    }
    for name in TRANSPOSED {
        let kind = OptionType::LazyAttrsOf(Rc::new(transposed_type(name)));
        flake.insert(name, option(kind));
    }
    for name in [
        "homeConfigurations",
        "nixosConfigurations",
        "darwinConfigurations",
    ] {
        flake.insert(name, option(raw()));
    }
    let mut root = BTreeMap::new();
    root.insert("flake", Declarations::Set(Rc::new(flake)));
    root.insert("perSystem", option(OptionType::Deferred));
    Declarations::Set(Rc::new(root))
}
