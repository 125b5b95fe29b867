//! Merging definitions into `config`, lazily: an option is merged when it is read.

use super::by_type::merge;
use super::definition::{
    DEFAULT_PRIORITY, Definition, Discharged, OPTION_DEFAULT_PRIORITY, Wrapper, children,
};
use super::types::OptionType;
use super::{
    Collected, Declarations, Declared, ModuleProblem, ModuleProblemKind, ModuleSet,
    OptionDeclaration, show_path, unknown_below,
};
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{ErrorKind, Stop, Unknown};
use crate::nix::eval::value::{Attr, Attrs, Marker, Origin, Thunk, Val, Value};
use crate::nix::symbol::Symbol;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What is lazily made of a set once its modules are read: `config`, `options`.
pub(super) fn once_collected(
    set: &Rc<ModuleSet>,
    name: &'static str,
    make: fn(&mut Evaluator, &Rc<ModuleSet>, &Collected, &Declared) -> Result<Val, Stop>,
) -> Rc<Thunk> {
    let set = Rc::clone(set);
    Thunk::native(
        move |evaluator| {
            let Some(collected) = set.collected() else {
                return Err(evaluator.error(
                    ErrorKind::InfiniteRecursion,
                    format!("the modules to import depend on `{name}`, which depends on them (infinite recursion)"),
                    &Origin::default(),
                ));
            };
            if let (true, Some(error)) = (set.request.closed, collected.failures.first()) {
                return Err(Stop::Error(Rc::clone(error)));
            }
            match &collected.declarations {
                Declarations::Set(declared) => make(evaluator, &set, collected, declared),
                Declarations::Option(_) => Ok(Val::attrs(Attrs::new())),
            }
        },
        Origin::default(),
    )
}

/// The lazily merged `config` of a set.
pub(super) fn config(set: &Rc<ModuleSet>) -> Rc<Thunk> {
    once_collected(
        set,
        "config",
        |evaluator, set, collected, declared| match first_undeclared(
            evaluator, set, collected, declared,
        ) {
            Some(failure) => Err(failure),
            None => options(evaluator, set, &[], declared, &collected.definitions),
        },
    )
}

/// A definition that holds in the present world, with its value.
pub(super) struct Active {
    pub(super) definition: Definition,
    pub(super) value: Value,
}

impl Active {
    /// The definition's value as it was written, with its origin.
    pub(super) fn force(&self, evaluator: &mut Evaluator) -> Result<Val, Stop> {
        evaluator.force(&self.definition.value)
    }
}

/// `config` as it is handed out: without `_module`.
pub(super) fn public_config(set: &Rc<ModuleSet>) -> Rc<Thunk> {
    let config = set.config();
    let origin = config.origin.clone();
    Thunk::native(
        move |evaluator| {
            let mut value = evaluator.force(&config)?;
            if let Value::Attrs(attrs) = &mut value.value {
                Rc::make_mut(attrs).remove(Symbol::new("_module"));
            }
            Ok(value)
        },
        origin,
    )
}

/// The failure that a definition without a declaration is, where all modules are in sight and nothing allows it.
pub(super) fn first_undeclared(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    collected: &Collected,
    declared: &Declared,
) -> Option<Stop> {
    for target in &collected.alias_targets {
        // The option that hands on has the type of the other one, which Nix looks at first.
        if let Some(problem) = declared_option(declared, target).and_then(|one| one.problem.clone())
            && set.request.closed
        {
            return Some(problem);
        }
    }
    let is_closed =
        set.request.closed && collected.freeform.is_none() && collected.unseen.is_empty();
    if !is_closed || collected.unchecked {
        return None;
    }
    let (path, definitions) = find_undeclared(evaluator, &[], declared, &collected.definitions)?;
    let message = undeclared(set, &path, declared, &definitions);
    let span = definitions.first().and_then(Definition::span);
    Some(evaluator.error(ErrorKind::Module, message, &Origin::at(span)))
}

/// A declared option by its path.
fn declared_option<'a>(declared: &'a Declared, path: &[Symbol]) -> Option<&'a OptionDeclaration> {
    let (name, rest) = path.split_first()?;
    match declared.get(name.as_str())? {
        Declarations::Option(option) => rest.is_empty().then_some(option),
        Declarations::Set(inner) => declared_option(inner, rest),
    }
}

/// The first option that is defined in every world and not declared, with its definitions.
pub fn find_undeclared(
    evaluator: &mut Evaluator,
    path: &[Symbol],
    declared: &Declared,
    definitions: &[Definition],
) -> Option<(Vec<Symbol>, Vec<Definition>)> {
    let discharged = evaluator.push_down(definitions);
    let defined = children(&discharged);
    for (name, definitions) in &defined.by_name {
        if path.is_empty() && name.as_str() == "_module" {
            continue;
        }
        let path = extended(path, *name);
        match declared.get(name.as_str()) {
            Some(Declarations::Option(_)) => {}
            Some(Declarations::Set(inner)) => {
                let found = find_undeclared(evaluator, &path, inner, definitions);
                if found.is_some() {
                    return found;
                }
            }
            None => {
                // A condition does not excuse it: Nix looks at the names first.
                let certain: Vec<Definition> = definitions
                    .iter()
                    .filter(|definition| definition.guards.is_empty())
                    .cloned()
                    .collect();
                if !certain.is_empty() {
                    return Some((path, certain));
                }
            }
        }
    }
    None
}

/// A set of options: the declared ones and those that are defined without a declaration in sight.
fn options(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    declared: &Declared,
    definitions: &[Definition],
) -> Result<Val, Stop> {
    let discharged = evaluator.push_down(definitions);
    if path.is_empty() {
        note_failures(set, &discharged);
    }
    if set.request.closed
        && let Some(stop) = discharged.iter().find_map(|one| {
            let always_there = one.definition.guards.is_empty();
            one.fails_at_once().filter(|_| always_there)
        })
    {
        return Err(stop);
    }
    if set.request.closed
        && let Some(other) = discharged.iter().find(|one| {
            one.definition.guards.is_empty()
                && matches!(&one.value, Ok(value) if !matches!(value, Value::Attrs(_)))
        })
    {
        let shown = show_path(&set.full_path(path));
        let given = other
            .value
            .as_ref()
            .map_or("a value", |value| value.type_phrase());
        return Err(evaluator.error(
            ErrorKind::Module,
            format!("{given} is given for `{shown}`, which is a set of options"),
            &Origin::at(other.definition.span()),
        ));
    }
    let defined = children(&discharged);
    let mut entries = Vec::new();
    for (name, declaration) in declared.iter() {
        let name = Symbol::new(name);
        let definitions = defined.get(name).to_vec();
        let path = extended(path, name);
        let value = match declaration {
            Declarations::Option(option) => {
                option_thunk(set, path, Rc::clone(option), definitions.clone())
            }
            Declarations::Set(inner) => {
                let (set, inner, definitions) =
                    (Rc::clone(set), Rc::clone(inner), definitions.clone());
                Thunk::native(
                    move |evaluator| options(evaluator, &set, &path, &inner, &definitions),
                    Origin::default(),
                )
            }
        };
        entries.push(entry(name, value, &definitions));
    }
    let freeform = set
        .collected()
        .and_then(|collected| collected.freeform.clone());
    // With `_module.check = false` what is not declared may be defined, and is not there.
    let leaves_out = set.collected().is_some_and(|collected| {
        set.request.closed && collected.unchecked && collected.unseen.is_empty()
    });
    for (name, definitions) in &defined.by_name {
        if declared.contains_key(name.as_str()) || (path.is_empty() && name.as_str() == "_module") {
            continue;
        }
        if freeform.is_none() && leaves_out {
            continue;
        }
        let path = extended(path, *name);
        let value = match &freeform {
            Some(kind) => match freeform_value(evaluator, set, &path, kind, definitions)? {
                Some(value) => value,
                None => continue,
            },
            None => {
                if set.request.closed {
                    undeclared(set, &path, declared, definitions);
                }
                unseen_thunk(set, path, OptionType::Unseen, definitions.clone())
            }
        };
        entries.push(entry(*name, value, definitions));
    }
    if path.is_empty() {
        let module = Symbol::new("_module");
        let definitions = defined.get(module).to_vec();
        let value = if set.request.closed {
            own_options(set, definitions.clone())
        } else {
            unseen_thunk(set, vec![module], OptionType::Unseen, definitions.clone())
        };
        entries.push(entry(module, value, &definitions));
    }
    let mut attrs = Attrs::from_entries(entries);
    attrs.open = match defined.open {
        Some(unknown) => Some(unknown),
        // A `freeformType` with a `merge` of its own may make other options of them.
        None if is_in_sight(set) && !matches!(freeform, Some(OptionType::Custom(_))) => None,
        None => {
            attrs.marker = Some(Rc::new(Marker::Options(Rc::clone(declared))));
            Some(set.undefined_option(evaluator, path))
        }
    };
    Ok(Val::attrs(attrs))
}

/// What a `freeformType` makes of the definitions of an option that is not declared; `None` where it leaves the option out.
fn freeform_value(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kind: &OptionType,
    definitions: &[Definition],
) -> Result<Option<Rc<Thunk>>, Stop> {
    if let (OptionType::Attrs, [_], Some(last)) = (kind, path, definitions.last())
        && definitions.iter().all(|one| one.guards.is_empty())
    {
        // The last set wins, whatever is around its values.
        return Ok(Some(last.with_wrappers()));
    }
    let is_strict = matches!(
        kind,
        OptionType::AttrsOf(_) | OptionType::Anything | OptionType::Json
    );
    if is_strict && path.len() == 1 {
        // Which options there are depends on the conditions.
        let discharged = evaluator.discharge(definitions);
        match active(evaluator, discharged) {
            Ok(active) if active.is_empty() => return Ok(None),
            Err(stop @ Stop::Error(_)) => return Err(stop),
            _ => {}
        }
    }
    let mut inner = kind.clone();
    for _ in path {
        match inner.below() {
            Some(below) => inner = below,
            None => {
                let unknown = evaluator.unknown(
                    format!(
                        "how the `freeformType` merges `{}` is not modelled",
                        show_path(path)
                    ),
                    None,
                    definitions.first().and_then(Definition::span),
                );
                // With other options beside it, it decides about all of them.
                return match path {
                    [_] => Ok(Some(Thunk::unknown(unknown, Origin::default()))),
                    _ => Err(Stop::Unknown(unknown)),
                };
            }
        }
    }
    Ok(Some(unseen_thunk(
        set,
        path.to_vec(),
        inner,
        definitions.to_vec(),
    )))
}

/// `_module`, of which `args` is an option like others.
fn own_options(set: &Rc<ModuleSet>, definitions: Vec<Definition>) -> Rc<Thunk> {
    let set = Rc::clone(set);
    Thunk::native(
        move |evaluator| {
            let discharged = evaluator.push_down(&definitions);
            let defined = children(&discharged);
            let arguments = Symbol::new("args");
            let mut entries = Vec::new();
            let mut add = |name: Symbol, definitions: &[Definition]| {
                let kind = if name == arguments {
                    OptionType::LazyAttrsOf(Rc::new(OptionType::Raw))
                } else {
                    OptionType::Unseen
                };
                let path = vec![Symbol::new("_module"), name];
                let value = unseen_thunk(&set, path, kind, definitions.to_vec());
                entries.push(entry(name, value, definitions));
            };
            if defined.get(arguments).is_empty() {
                add(arguments, &[]);
            }
            for (name, definitions) in &defined.by_name {
                add(*name, definitions);
            }
            let mut attrs = Attrs::from_entries(entries);
            attrs.open = defined.open;
            Ok(Val::attrs(attrs))
        },
        Origin::default(),
    )
}

pub(super) fn entry(name: Symbol, value: Rc<Thunk>, definitions: &[Definition]) -> Attr {
    let first = definitions.first();
    Attr {
        name,
        name_span: first.and_then(|definition| definition.name_span),
        definition: first.and_then(|definition| definition.expression),
        value,
    }
}

pub(super) fn extended(path: &[Symbol], name: Symbol) -> Vec<Symbol> {
    let mut path = path.to_vec();
    path.push(name);
    path
}

/// Notes definitions of the root that fail in every world, which keeps Nix from knowing any option.
fn note_failures(set: &Rc<ModuleSet>, discharged: &[Discharged]) {
    for one in discharged {
        if let Err(Stop::Error(error)) = &one.value
            && one.definition.guards.is_empty()
        {
            set.failures.borrow_mut().push(Rc::clone(error));
        }
    }
}

pub(super) fn undeclared(
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    declared: &BTreeMap<&'static str, Declarations>,
    definitions: &[Definition],
) -> String {
    let shown = show_path(&set.full_path(path));
    let mut message = format!("the option `{shown}` does not exist");
    let wanted = path.last().map_or("", |name| name.as_str());
    let near = declared
        .keys()
        // The distance of two names takes memory by the product of their lengths.
        .filter(|known| known.len().abs_diff(wanted.len()) <= 2)
        .map(|known| (strsim::damerau_levenshtein(known, wanted), *known))
        .filter(|(distance, _)| *distance <= 2)
        .min();
    if let Some((_, near)) = near {
        message.push_str(&format!(" (did you mean `{near}`?)"));
    }
    problem(
        set,
        path,
        ModuleProblemKind::Undeclared,
        message.clone(),
        definitions,
    );
    message
}

pub(super) fn problem(
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kind: ModuleProblemKind,
    message: String,
    definitions: &[Definition],
) {
    let mut problems = set.problems.borrow_mut();
    let places: Vec<_> = definitions
        .iter()
        .filter_map(|definition| Some((definition.span()?, "defined here".to_string())))
        .collect();
    let path = set.full_path(path);
    if problems
        .iter()
        .any(|known| known.path == path && known.kind == kind && known.places == places)
    {
        return;
    }
    problems.push(ModuleProblem {
        path,
        kind,
        message,
        places,
    });
}

pub(super) fn option_thunk(
    set: &Rc<ModuleSet>,
    path: Vec<Symbol>,
    option: Rc<OptionDeclaration>,
    definitions: Vec<Definition>,
) -> Rc<Thunk> {
    let set = Rc::clone(set);
    Thunk::native(
        move |evaluator| {
            if let Some(problem) = &option.problem {
                return Err(problem.clone());
            }
            let Some(apply) = &option.apply else {
                return option_value(evaluator, &set, &path, &option, &definitions);
            };
            let apply = evaluator.function(apply, &Origin::default())?;
            let (set, path) = (Rc::clone(&set), path.clone());
            let (option, definitions) = (Rc::clone(&option), definitions.clone());
            let origin = Origin::at(option.span);
            // A function that does not look at it also takes what is not defined.
            let value = Thunk::native(
                move |evaluator| option_value(evaluator, &set, &path, &option, &definitions),
                origin.clone(),
            );
            evaluator.apply(&apply, value, &origin)
        },
        Origin::default(),
    )
}

pub(super) fn unseen_thunk(
    set: &Rc<ModuleSet>,
    path: Vec<Symbol>,
    kind: OptionType,
    definitions: Vec<Definition>,
) -> Rc<Thunk> {
    let set = Rc::clone(set);
    let origin = Origin::at(
        definitions
            .first()
            .and_then(|definition| definition.expression),
    );
    Thunk::native(
        move |evaluator| {
            if matches!(kind, OptionType::Unseen)
                && !set.request.closed
                && let Some(options) = options_out_of_sight(evaluator, &set, &path, &definitions)
            {
                return Ok(options);
            }
            let discharged = evaluator.discharge(&definitions);
            let active = active(evaluator, discharged)?;
            if active.is_empty() {
                return match without_definitions(evaluator, &set, &path, &kind)? {
                    Some(empty) => Ok(empty),
                    None if is_in_sight(&set) => {
                        let shown = show_path(&set.full_path(&path));
                        Err(evaluator.error(
                            ErrorKind::Module,
                            format!("the option `{shown}` is used but not defined"),
                            &Origin::default(),
                        ))
                    }
                    None => Err(Stop::Unknown(set.undefined_option(evaluator, &path))),
                };
            }
            merge(evaluator, &set, &path, &kind, active)
        },
        origin,
    )
}

/// Definitions under conditions as those of a set of options that modules out of sight declare: the conditions are handed down, because
/// they may depend on options of the same set, such as `networking.firewall` on `networking.hostName`. `None` where there are no
/// conditions, or where what is defined cannot be such a set.
fn options_out_of_sight(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    definitions: &[Definition],
) -> Option<Val> {
    let handed_down = evaluator.push_down(definitions);
    let has_condition = |one: &Discharged| {
        let wrappers = &one.definition.wrappers;
        wrappers
            .iter()
            .any(|wrapper| matches!(wrapper, Wrapper::If(_)))
    };
    let is_set = |one: &Discharged| match &one.value {
        Ok(value) => super::by_type::is_plain_set(value),
        Err(stop) => matches!(stop, Stop::Unknown(_)),
    };
    if !handed_down.iter().any(has_condition)
        || !handed_down.iter().all(is_set)
        || !handed_down.iter().any(|one| one.value.is_ok())
    {
        return None;
    }
    let defined = children(&handed_down);
    let entries = defined.by_name.into_iter().map(|(name, definitions)| {
        let path = extended(path, name);
        let value = unseen_thunk(set, path, OptionType::Unseen, definitions.clone());
        entry(name, value, &definitions)
    });
    let mut attrs = Attrs::from_entries(entries.collect());
    attrs.open = match defined.open {
        Some(unknown) => Some(unknown),
        None => {
            let unknown = set.undefined_option(evaluator, path);
            super::known_defaults::add(evaluator, set, path, &mut attrs);
            Some(unknown)
        }
    };
    Some(Val::attrs(attrs))
}

/// The definitions of a declared option that count in the present world, its own default among them.
pub(super) fn final_definitions(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    option: &OptionDeclaration,
    definitions: &[Definition],
) -> Result<Vec<Active>, Stop> {
    refuse_again(evaluator, set, path, option, definitions)?;
    let mut discharged = evaluator.discharge(definitions);
    if let Some(default) = &option.default {
        // The default stays untouched where anything is stronger.
        let mut is_weakest = true;
        for one in &discharged {
            let is_stronger = one.definition.effective_priority() < OPTION_DEFAULT_PRIORITY;
            is_weakest &= !(is_stronger && holds_here(evaluator, &one.definition)?);
        }
        if is_weakest {
            let mut all = evaluator.discharge_default(default);
            all.append(&mut discharged);
            discharged = all;
        }
    }
    active(evaluator, discharged)
}

/// The priority of the definitions that count; `None` where there are none.
pub(super) fn strongest_priority(
    evaluator: &mut Evaluator,
    option: &OptionDeclaration,
    definitions: &[Definition],
) -> Result<Option<i64>, Stop> {
    let mut strongest = option.default.as_ref().map(|_| OPTION_DEFAULT_PRIORITY);
    for one in evaluator.discharge(definitions) {
        if !holds_here(evaluator, &one.definition)? {
            continue;
        }
        if let Some(stop) = one.fails_at_once() {
            return Err(stop);
        }
        let priority = one.definition.effective_priority();
        strongest = Some(strongest.map_or(priority, |known| known.min(priority)));
    }
    Ok(strongest)
}

/// Refuses further definitions of an option that may be set once, whatever they hold: Nix counts them before it looks at them.
pub(super) fn refuse_again(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    option: &OptionDeclaration,
    definitions: &[Definition],
) -> Result<(), Stop> {
    if !option.read_only {
        return Ok(());
    }
    let mut count = usize::from(option.default.is_some());
    // An option that hands on its definitions counts once, also where it has none or several.
    let handing_on = set.collected().map_or(0, |collected| {
        let targets = collected.alias_targets.iter();
        targets.filter(|target| target.as_slice() == path).count()
    });
    count += handing_on;
    for definition in definitions {
        let is_counted = handing_on > 0 && definition.has_no_order;
        count += usize::from(!is_counted && holds_here(evaluator, definition)?);
    }
    if count > 1 {
        return Err(super::by_type::contradicting(
            evaluator,
            set,
            path,
            definitions,
        ));
    }
    Ok(())
}

/// Whether a definition is there in the present world.
fn holds_here(evaluator: &Evaluator, definition: &Definition) -> Result<bool, Stop> {
    for guard in &definition.guards {
        match evaluator.assumed(guard.condition.id) {
            Some(holds) if holds == guard.holds => {}
            Some(_) => return Ok(false),
            None => return Err(Stop::Split(guard.condition.clone())),
        }
    }
    Ok(true)
}

/// The unknown that an option is which a file by itself declares and leaves to others.
fn set_elsewhere(
    evaluator: &Evaluator,
    path: &[Symbol],
    option: &OptionDeclaration,
) -> Rc<Unknown> {
    let reason = "the option is not set here, and another file may set it";
    unknown_below(evaluator, "config", path, reason, option.span)
}

fn option_value(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    option: &Rc<OptionDeclaration>,
    definitions: &[Definition],
) -> Result<Val, Stop> {
    if set.request.partial
        && matches!(option.kind, OptionType::Bool)
        && evaluator.discharge(definitions).is_empty()
    {
        return Err(Stop::Unknown(set_elsewhere(evaluator, path, option)));
    }
    let active = final_definitions(evaluator, set, path, option, definitions)?;
    if active.is_empty() {
        if set.request.defined_elsewhere && !matches!(option.kind, OptionType::Submodule(_)) {
            let path = set.full_path(path);
            return Err(Stop::Unknown(set_elsewhere(evaluator, &path, option)));
        }
        return match without_definitions(evaluator, set, path, &option.kind)? {
            Some(empty) => Ok(empty),
            None if set.request.closed && !is_in_sight(set) => {
                Err(Stop::Unknown(set.undefined_option(evaluator, path)))
            }
            None => {
                let shown = show_path(&set.full_path(path));
                Err(evaluator.error(
                    ErrorKind::Module,
                    format!("the option `{shown}` is used but not defined"),
                    &Origin::at(option.span),
                ))
            }
        };
    }
    let mut value = merge(evaluator, set, path, &option.kind, active)?;
    // A type that is not in sight may add to what is defined.
    if let (OptionType::Unseen, Value::Attrs(attrs)) = (&option.kind, &mut value.value)
        && attrs.open.is_none()
        && set.request.closed
        && attrs.marker.is_none()
        && attrs.get(Symbol::new("_type")).is_none()
    {
        Rc::make_mut(attrs).open = Some(set.undefined_option(evaluator, path));
    }
    Ok(value)
}

/// Whether all modules of a set that takes no options from elsewhere could be read.
fn is_in_sight(set: &ModuleSet) -> bool {
    set.request.closed
        && set
            .collected()
            .is_some_and(|collected| collected.unseen.is_empty())
}

/// What an option without definitions is, where its type allows that: a submodule is made of its defaults.
pub(super) fn without_definitions(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kind: &OptionType,
) -> Result<Option<Val>, Stop> {
    match kind {
        OptionType::Submodule(submodule) => {
            super::by_type::merge_submodule(evaluator, set, path, submodule, Vec::new()).map(Some)
        }
        OptionType::Unmodelled(unknown) => Err(Stop::Unknown(Rc::clone(unknown))),
        OptionType::Broken(error) => Err(Stop::Error(Rc::clone(error))),
        OptionType::Unique(inner)
        | OptionType::Coerced { to: inner, .. }
        | OptionType::Checked {
            inner,
            keeps_empty: true,
            ..
        } => without_definitions(evaluator, set, path, inner),
        kind => Ok(kind.empty_value(evaluator)),
    }
}

/// The definitions that hold in the present world and have the strongest priority, in their order.
pub(super) fn active(
    evaluator: &mut Evaluator,
    discharged: Vec<Discharged>,
) -> Result<Vec<Active>, Stop> {
    let mut active = Vec::with_capacity(discharged.len());
    for one in discharged {
        if !holds_here(evaluator, &one.definition)? {
            continue;
        }
        if let Some(stop) = one.fails_at_once() {
            return Err(stop);
        }
        active.push(one);
    }
    let strongest = active
        .iter()
        .map(|one| one.definition.effective_priority())
        .min()
        .unwrap_or(DEFAULT_PRIORITY);
    active.retain(|one| one.definition.effective_priority() == strongest);
    active.sort_by_key(|one| one.definition.effective_order());
    active
        .into_iter()
        .map(|Discharged { definition, value }| {
            Ok(Active {
                definition,
                value: value?,
            })
        })
        .collect()
}
