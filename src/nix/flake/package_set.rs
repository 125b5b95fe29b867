//! nixpkgs for a system, with what its `config` and overlays add.

use super::packages::{attributes, function};
use crate::nix::eval::unknown::{EvalError, Stop};
use crate::nix::eval::value::{Attr, Attrs, List, Marker, Origin, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::modules::ModuleSet;
use crate::nix::symbol::Symbol;
use std::cell::OnceCell;
use std::rc::Rc;

/// What `pkgs` is made of, so that it can be made again with more.
#[derive(Clone)]
pub struct PackageSet {
    /// The system; it may not be known.
    system: Rc<Thunk>,
    /// The `config` that nixpkgs is given.
    config: Option<Rc<Thunk>>,
    /// The lists of overlays, in their order.
    overlays: Vec<Rc<Thunk>>,
}

/// What `pkgs` has besides packages, as an expression of the packages themselves (`final`), `lib`, and `again`, which gives the packages
/// with the overlays of a further list.
const METHODS: &[(&str, &str)] = &[
    ("pkgs", "final"),
    ("callPackage", "lib.callPackageWith final"),
    ("callPackages", "lib.callPackagesWith final"),
    ("appendOverlays", "again"),
    ("extend", "overlay: again [ overlay ]"),
];

impl PackageSet {
    /// nixpkgs for a system, with nothing added.
    pub fn new(system: Rc<Thunk>) -> Self {
        PackageSet {
            system,
            config: None,
            overlays: Vec::new(),
        }
    }

    /// With this `config` instead.
    pub(super) fn with_config(self, config: Option<Rc<Thunk>>) -> Self {
        PackageSet { config, ..self }
    }

    /// With the overlays of a list after those that are there.
    pub(super) fn and(mut self, overlays: Rc<Thunk>) -> Self {
        self.overlays.push(overlays);
        self
    }

    /// `pkgs`.
    pub fn packages(self) -> Rc<Thunk> {
        let whole: Rc<OnceCell<Rc<Thunk>>> = Rc::default();
        let inner = Rc::clone(&whole);
        let packages = Thunk::native(
            move |evaluator| {
                let mut attrs = attributes(evaluator, &self.system);
                if let Some(whole) = inner.get() {
                    self.add_methods(whole, &mut attrs);
                    self.add_packages(evaluator, whole, &mut attrs)?;
                }
                attrs.marker = Some(Rc::new(Marker::Packages(self.clone())));
                Ok(Val::attrs(attrs))
            },
            Origin::default(),
        );
        // Set once, here.
        let _ = whole.set(Rc::clone(&packages));
        packages
    }

    /// Adds what `pkgs` has besides packages.
    fn add_methods(&self, whole: &Rc<Thunk>, attrs: &mut Attrs) {
        let mut me = Attrs::new();
        me.marker = Some(Rc::new(Marker::Packages(self.clone())));
        let me = Val::attrs(me).thunk();
        for (name, source) in METHODS {
            let (whole, me) = (Rc::clone(whole), Rc::clone(&me));
            let method = Thunk::native(
                move |evaluator| {
                    let again = function(&APPEND_OVERLAYS, vec![Rc::clone(&me)]);
                    let values = vec![Rc::clone(&whole), evaluator.lib(), again];
                    let method = evaluator.snippet(
                        source,
                        &["final", "lib", "again"].map(Symbol::new),
                        values,
                    );
                    evaluator.force(&method)
                },
                Origin::default(),
            );
            attrs.insert(Attr::unwritten(Symbol::new(name), method));
        }
        attrs.insert(Attr::unwritten(
            Symbol::new("overlays"),
            self.all_overlays(),
        ));
        if let Some(config) = &self.config {
            attrs.insert(Attr::unwritten(Symbol::new("config"), settings(config)));
        }
    }

    /// `pkgs.overlays`.
    fn all_overlays(&self) -> Rc<Thunk> {
        let lists = self.overlays.clone();
        Thunk::native(
            move |evaluator| {
                let mut all = List::default();
                for list in &lists {
                    let list = evaluator.list(list, &list.origin.clone())?;
                    let known = all.items.len();
                    let gaps = list.gaps.iter();
                    all.gaps
                        .extend(gaps.map(|(at, unknown)| (known + at, Rc::clone(unknown))));
                    all.items.extend(list.items.iter().cloned());
                }
                Ok(Val::bare(Value::List(Rc::new(all))))
            },
            Origin::default(),
        )
    }

    /// Adds the packages of `config.packageOverrides` and of the overlays, as far as they are in sight. One that is not seen is taken not
    /// to override what is modelled.
    fn add_packages(
        &self,
        evaluator: &mut Evaluator,
        whole: &Rc<Thunk>,
        attrs: &mut Attrs,
    ) -> Result<(), Stop> {
        if let Some(config) = &self.config {
            let overrides = evaluator
                .descend(config, &["packageOverrides"])
                .and_then(|overrides| evaluator.function(&overrides, &overrides.origin.clone()));
            if let Ok(overrides) = overrides {
                let previous = Val::attrs(attrs.clone()).thunk();
                let origin = overrides.origin.clone();
                let added = Thunk::apply(overrides.thunk(), vec![previous], origin);
                add_all(evaluator, attrs, &added)?;
            }
        }
        for list in &self.overlays {
            let list = match evaluator.list(list, &list.origin.clone()) {
                Ok(list) => list,
                Err(Stop::Unknown(_)) => continue,
                Err(stop) => return Err(stop),
            };
            for overlay in &list.items {
                let previous = Val::attrs(attrs.clone()).thunk();
                let added = Thunk::apply(
                    Rc::clone(overlay),
                    vec![Rc::clone(whole), previous],
                    overlay.origin.clone(),
                );
                add_all(evaluator, attrs, &added)?;
            }
        }
        Ok(())
    }
}

/// Adds the packages of an overlay.
fn add_all(evaluator: &mut Evaluator, packages: &mut Attrs, added: &Rc<Thunk>) -> Result<(), Stop> {
    let added = match evaluator.attrs(added, &added.origin.clone()) {
        Ok(added) => added,
        Err(stop @ Stop::Split(_)) => return Err(stop),
        // What it would add stays unknown.
        Err(_) => return Ok(()),
    };
    for attr in added.unordered() {
        add_package(packages, attr);
    }
    Ok(())
}

/// Adds a package of an overlay. Where it is not known, it is as any other that is not modelled.
fn add_package(packages: &mut Attrs, attr: &Attr) {
    let before = match (packages.get(attr.name), &packages.open) {
        // Such as `callPackage`'s result in place of a function: the overlay decides.
        (Some(_), _) | (None, None) => None,
        (None, Some(open)) => Some(open.attribute(attr.name)),
    };
    let value = Rc::clone(&attr.value);
    let origin = value.origin.clone();
    let value = Thunk::native(
        move |evaluator| match (evaluator.force(&value), &before) {
            (Err(Stop::Unknown(_)), Some(before)) => Err(Stop::Unknown(Rc::clone(before))),
            (outcome, _) => outcome,
        },
        origin,
    );
    packages.insert(Attr {
        value,
        ..attr.clone()
    });
}

/// `pkgs.config`: what is given, and what nixpkgs adds.
fn settings(given: &Rc<Thunk>) -> Rc<Thunk> {
    let given = Rc::clone(given);
    Thunk::native(
        move |evaluator| {
            let reason = "what nixpkgs adds to its `config` is not known here";
            let open = evaluator.unknown_named("pkgs.config", reason, None, None);
            let mut attrs = match evaluator.force(&given)?.value {
                Value::Attrs(given) => (*given).clone(),
                // A function of the packages.
                _ => Attrs::new(),
            };
            attrs.open.get_or_insert(open);
            Ok(Val::attrs(attrs))
        },
        Origin::default(),
    )
}

/// What a value is made of that is the packages of nixpkgs, or more than those.
fn made_of(evaluator: &mut Evaluator, packages: &Rc<Thunk>) -> Result<Option<PackageSet>, Stop> {
    let Value::Attrs(attrs) = evaluator.force(packages)?.value else {
        return Ok(None);
    };
    Ok(match attrs.marker.as_deref() {
        Some(Marker::Packages(set)) => Some(set.clone()),
        _ => None,
    })
}

/// Why packages cannot be made, where one of the overlays that are written for them fails: Nix looks at each of them for any package.
pub fn failing_overlay(evaluator: &mut Evaluator, packages: &Rc<Thunk>) -> Option<Rc<EvalError>> {
    let made = match made_of(evaluator, packages) {
        Ok(made) => made?,
        Err(Stop::Error(error)) => return Some(error),
        Err(Stop::Unknown(_) | Stop::Split(_)) => return None,
    };
    for list in &made.overlays {
        let Ok(list) = evaluator.list(list, &list.origin.clone()) else {
            continue;
        };
        for overlay in &list.items {
            if let Err(Stop::Error(error)) = evaluator.force(overlay) {
                return Some(error);
            }
        }
    }
    None
}

static APPEND_OVERLAYS: Builtin = Builtin {
    name: "appendOverlays",
    arity: 2,
    run: |evaluator, arguments, _| {
        let [packages, overlays] = arguments else {
            return Err(evaluator.limit("`appendOverlays` is called without overlays"));
        };
        let Some(set) = made_of(evaluator, packages)? else {
            return Err(evaluator.limit("`appendOverlays` is called without packages"));
        };
        evaluator.force(&set.and(Rc::clone(overlays)).packages())
    },
};

/// The modules of a configuration, once they are read.
pub(in crate::nix) type ModulesRead = Rc<OnceCell<Rc<ModuleSet>>>;

/// What a configuration says of an option of `nixpkgs`; `None` where nothing in sight decides it.
fn option(evaluator: &mut Evaluator, set: &Rc<ModuleSet>, name: &str) -> Option<Rc<Thunk>> {
    let value = evaluator.descend(&set.config(), &["nixpkgs", name]).ok()?;
    match evaluator.force(&value).ok()?.value {
        Value::Null => None,
        _ => Some(value),
    }
}

/// `pkgs` of a system (NixOS, nix-darwin), of which its own modules say what is added to nixpkgs.
pub(super) fn of_system(system: Rc<Thunk>, modules_read: ModulesRead) -> Rc<Thunk> {
    Thunk::native(
        move |evaluator| {
            let mut set = PackageSet::new(Rc::clone(&system));
            // While modules are read, their own `pkgs` cannot be asked for.
            if let Some(modules) = modules_read.get() {
                let overlays = option(evaluator, modules, "overlays");
                if let Some(given) = option(evaluator, modules, "pkgs") {
                    let Some(overlays) = overlays else {
                        return evaluator.force(&given);
                    };
                    return match made_of(evaluator, &given)? {
                        Some(given) => evaluator.force(&given.and(overlays).packages()),
                        None => evaluator.force(&given),
                    };
                }
                set = set.with_config(option(evaluator, modules, "config"));
                set.overlays.extend(overlays);
            }
            evaluator.force(&set.packages())
        },
        Origin::default(),
    )
}

/// What becomes of the overlays of packages that are given to modules, which make packages of their own from them.
#[derive(Clone, Copy)]
pub(in crate::nix) enum Given {
    /// They come before those of the modules.
    First,
    /// They come after those of the modules.
    Last,
    /// They are not taken over.
    Dropped,
}

/// `pkgs` of modules that are given packages: nixpkgs for the same system, with what the modules add to it.
pub(in crate::nix) fn made_again(
    given: Rc<Thunk>,
    modules_read: ModulesRead,
    overlays_given: Given,
) -> Rc<Thunk> {
    Thunk::native(
        move |evaluator| {
            let (Some(set), Some(modules)) = (made_of(evaluator, &given)?, modules_read.get())
            else {
                return evaluator.force(&given);
            };
            let own = option(evaluator, modules, "overlays");
            let config = option(evaluator, modules, "config");
            let mut again = PackageSet::new(set.system).with_config(config);
            if !matches!(overlays_given, Given::Dropped) {
                again.config = again.config.or(set.config);
            }
            match overlays_given {
                Given::First => again.overlays = [set.overlays, Vec::from_iter(own)].concat(),
                Given::Last => again.overlays = [Vec::from_iter(own), set.overlays].concat(),
                Given::Dropped => again.overlays.extend(own),
            }
            evaluator.force(&again.packages())
        },
        Origin::default(),
    )
}

/// `pkgs` of a home in a system: that of the system where `home-manager.useGlobalPkgs` says so, or else one of its own.
pub(in crate::nix) fn of_home_in_system(
    system: &Rc<ModuleSet>,
    packages: Rc<Thunk>,
    modules_read: ModulesRead,
) -> Rc<Thunk> {
    let own = made_again(Rc::clone(&packages), modules_read, Given::Dropped);
    let system = Rc::clone(system);
    Thunk::native(
        move |evaluator| {
            let is_shared = evaluator
                .descend(&system.config(), &["home-manager", "useGlobalPkgs"])
                .and_then(|shared| evaluator.force(&shared));
            match is_shared {
                Ok(Val {
                    value: Value::Bool(true),
                    ..
                }) => evaluator.force(&packages),
                // What the packages have in both cases.
                Err(Stop::Split(_)) => match made_of(evaluator, &packages)? {
                    Some(set) => evaluator.force(&PackageSet::new(set.system).packages()),
                    None => evaluator.force(&packages),
                },
                _ => evaluator.force(&own),
            }
        },
        Origin::default(),
    )
}
