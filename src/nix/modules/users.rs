//! The users of Home Manager inside a system.

use super::definition::{Definition, children};
use super::{Class, ModuleSet, Request, library_of_modules, show_path};
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::Stop;
use crate::nix::eval::value::{Attrs, Origin, Thunk, Val, Value};
use crate::nix::flake::package_set::{self, ModulesRead};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// The systems around a home. Where nothing gives them, they are null in Home Manager since May 2024
/// (`modules/misc/submodule-support.nix`).
pub(super) const SYSTEMS_AROUND: [&str; 3] = ["osConfig", "nixosConfig", "darwinConfig"];

/// The users that definitions of `home-manager.users` name, each with its modules.
pub fn nested_users(
    evaluator: &mut Evaluator,
    definitions: &[Definition],
) -> Vec<(String, Vec<Rc<Thunk>>)> {
    let discharged = evaluator.discharge_set(definitions);
    children(&discharged)
        .by_name
        .into_iter()
        .map(|(name, definitions)| {
            let modules = definitions
                .into_iter()
                .map(|definition| {
                    if definition.guards.is_empty() {
                        return definition.value;
                    }
                    // A user who is there under a condition: the module is conditional.
                    let unless = Val::attrs(Attrs::new()).thunk();
                    definition
                        .guards
                        .iter()
                        .fold(definition.value, |value, guard| {
                            let (then, otherwise) = if guard.holds {
                                (value, Rc::clone(&unless))
                            } else {
                                (Rc::clone(&unless), value)
                            };
                            Thunk::choice(guard.condition.clone(), then, otherwise)
                        })
                })
                .collect();
            (show_path(&[name]), modules)
        })
        .collect()
}

/// The Home Manager configuration of a user of a system.
pub fn home_of_system(
    evaluator: &mut Evaluator,
    system: &Rc<ModuleSet>,
    user: &str,
    modules: Vec<Rc<Thunk>>,
    shared: &[Definition],
    arguments: &[Definition],
) -> Rc<ModuleSet> {
    let mut all = modules;
    for discharged in evaluator.discharge(shared) {
        match discharged.value {
            Ok(Value::List(list)) => {
                all.extend(list.items.iter().cloned());
                for (_, unknown) in &list.gaps {
                    all.push(Thunk::unknown(Rc::clone(unknown), Origin::default()));
                }
            }
            Err(Stop::Unknown(unknown)) => {
                all.push(Thunk::unknown(unknown, Origin::default()));
            }
            _ => {}
        }
    }
    let mut request = Request::new(Class::HomeManager, all);
    let modules_read = ModulesRead::default();
    request.packages =
        system.request.packages.clone().map(|packages| {
            package_set::of_home_in_system(system, packages, Rc::clone(&modules_read))
        });
    // Home Manager takes the `lib` of the module that it is in the system, and extends it.
    let special = &system.request.special_arguments;
    request.library = special
        .iter()
        .rfind(|(name, _)| name.as_str() == "lib")
        .map(|(_, library)| library_of_modules(evaluator, Rc::clone(library)))
        .or_else(|| system.request.library.clone());
    request
        .special_arguments
        .push((Symbol::new("osConfig"), system.config()));
    if system.request.class == Class::Darwin {
        request
            .special_arguments
            .push((Symbol::new("darwinConfig"), system.config()));
    } else {
        request
            .special_arguments
            .push((Symbol::new("nixosConfig"), system.config()));
    }
    for discharged in evaluator.discharge(arguments) {
        match discharged.value {
            Ok(Value::Attrs(attrs)) => {
                for attr in attrs.unordered() {
                    request
                        .special_arguments
                        .push((attr.name, Rc::clone(&attr.value)));
                }
                if let Some(open) = &attrs.open {
                    request.unknown_arguments = Some(Rc::clone(open));
                }
            }
            Err(Stop::Unknown(unknown)) => request.unknown_arguments = Some(unknown),
            _ => {}
        }
    }
    for (option, part) in [("username", "name"), ("homeDirectory", "home")] {
        let path = ["home", option].map(Symbol::new).to_vec();
        let value = of_user(Rc::clone(system), user, part);
        request.definitions.push((path, value));
    }
    let set = evaluator.evaluate_modules(request);
    // Set once, here: before this nothing can ask for it.
    let _ = modules_read.set(Rc::clone(&set));
    set
}

/// What Home Manager takes from `users.users` of the system, if that is known: the `name` or the `home` of a user.
fn of_user(system: Rc<ModuleSet>, user: &str, part: &'static str) -> Rc<Thunk> {
    let user = Symbol::new(user);
    Thunk::native(
        move |evaluator| {
            let known = match part_of_user(evaluator, &system, user, part) {
                Ok(known) => known,
                Err(stop @ Stop::Split(_)) => return Err(stop),
                // Where it fails, it does so in the system.
                Err(_) => None,
            };
            Ok(known.unwrap_or_else(nothing_defined))
        },
        Origin::default(),
    )
}

/// A definition that defines nothing: an empty `mkMerge`.
fn nothing_defined() -> Val {
    Val::attrs(Attrs::of([
        ("_type", Val::string("merge").thunk()),
        ("contents", Val::list(Vec::new()).thunk()),
    ]))
}

fn part_of_user(
    evaluator: &mut Evaluator,
    system: &Rc<ModuleSet>,
    user: Symbol,
    part: &str,
) -> Result<Option<Val>, Stop> {
    let defined = user_of_system(evaluator, system, user)?;
    let mut get = |name: &str| match defined.get(Symbol::new(name)) {
        Some(attr) => evaluator.force(&attr.value).map(Some),
        None => Ok(None),
    };
    if let Some(given) = get(part)? {
        // nix-darwin's `home` is null where nobody sets it.
        return Ok((!matches!(given.value, Value::Null)).then_some(given));
    }
    let name = match get("name")? {
        Some(name) => name,
        None => Val::string(user.as_str()),
    };
    if part == "name" {
        return Ok(Some(name));
    }
    // What follows is NixOS' `config/users-groups.nix`.
    if system.request.class != Class::Nixos {
        return Ok(None);
    }
    if user.as_str() == "root" {
        return Ok(Some(Val::string("/root")));
    }
    let is_normal = get("isNormalUser")?.is_some_and(|is| matches!(is.value, Value::Bool(true)));
    match (is_normal, name.value) {
        (true, Value::String(name)) => Ok(name
            .known()
            .ok()
            .map(|name| Val::string(&format!("/home/{name}")))),
        _ => Ok(None),
    }
}

/// What is defined of a user of a system.
fn user_of_system(
    evaluator: &mut Evaluator,
    system: &Rc<ModuleSet>,
    user: Symbol,
) -> Result<Rc<Attrs>, Stop> {
    let users = evaluator.descend(&system.config(), &["users", "users"])?;
    let users = match evaluator.attrs(&users, &Origin::default()) {
        Ok(users) => users,
        Err(Stop::Unknown(_)) => return Ok(Rc::default()),
        Err(stop) => return Err(stop),
    };
    match users.get(user) {
        Some(attr) => evaluator.attrs(&attr.value.clone(), &Origin::default()),
        None => Ok(Rc::default()),
    }
}
