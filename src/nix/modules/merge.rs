//! Merging definitions into `config`, lazily: an option is merged when it is read.

use super::definition::{
    DEFAULT_PRIORITY, Definition, Discharged, OPTION_DEFAULT_PRIORITY, children,
};
use super::types::{OptionType, Submodule};
use super::{
    Class, Declarations, ModuleProblem, ModuleProblemKind, ModuleSet, OptionDeclaration, Request,
    show_path,
};
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{Attr, Attrs, List, NixString, Origin, Part, Thunk, Val, Value};
use crate::nix::symbol::Symbol;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The lazily merged `config` of a set.
pub(super) fn config(set: &Rc<ModuleSet>) -> Rc<Thunk> {
    let set = Rc::clone(set);
    Thunk::native(
        move |evaluator| {
            let Some(collected) = set.collected() else {
                return Err(evaluator.error(
                    ErrorKind::InfiniteRecursion,
                    "the modules to import depend on `config`, which depends on them (infinite recursion)",
                    &Origin::default(),
                ));
            };
            let Declarations::Set(declared) = &collected.declarations else {
                return Ok(Val::attrs(Attrs::new()));
            };
            let (declared, definitions) = (Rc::clone(declared), collected.definitions.clone());
            options(evaluator, &set, &[], &declared, &definitions)
        },
        Origin::default(),
    )
}

/// A definition that holds in the present world, with its value.
struct Active {
    definition: Definition,
    value: Value,
}

impl Active {
    /// The definition's value as it was written, with its origin.
    fn force(&self, evaluator: &mut Evaluator) -> Result<Val, Stop> {
        evaluator.force(&self.definition.value)
    }
}

/// A set of options: the declared ones and those that are defined without a declaration in sight.
fn options(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    declared: &Rc<BTreeMap<&'static str, Declarations>>,
    definitions: &[Definition],
) -> Result<Val, Stop> {
    let discharged = evaluator.discharge(definitions);
    note_failures(set, &discharged);
    let defined = children(&discharged, true);
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
    for (name, definitions) in &defined.by_name {
        if declared.contains_key(name.as_str()) || (path.is_empty() && name.as_str() == "_module") {
            continue;
        }
        let path = extended(path, *name);
        let kind = match &freeform {
            Some(OptionType::AttrsOf(inner)) if path.len() == 1 => (**inner).clone(),
            Some(_) => OptionType::Unseen,
            None => {
                if set.request.closed {
                    undeclared(set, &path, declared, definitions);
                }
                OptionType::Unseen
            }
        };
        entries.push(entry(
            *name,
            unseen_thunk(set, path, kind, definitions.clone()),
            definitions,
        ));
    }
    if path.is_empty() {
        let module = Symbol::new("_module");
        let definitions = defined.get(module).to_vec();
        let value = unseen_thunk(set, vec![module], OptionType::Unseen, definitions.clone());
        entries.push(entry(module, value, &definitions));
    }
    let mut attrs = Attrs::from_entries(entries);
    attrs.open = match defined.open {
        Some(unknown) => Some(unknown),
        None if set.request.closed => None,
        None => Some(set.undefined_option(evaluator, path)),
    };
    Ok(Val::attrs(attrs))
}

fn entry(name: Symbol, value: Rc<Thunk>, definitions: &[Definition]) -> Attr {
    let first = definitions.first();
    Attr {
        name,
        name_span: first.and_then(|definition| definition.name_span),
        definition: first.and_then(|definition| definition.expression),
        value,
    }
}

fn extended(path: &[Symbol], name: Symbol) -> Vec<Symbol> {
    let mut path = path.to_vec();
    path.push(name);
    path
}

fn note_failures(set: &Rc<ModuleSet>, discharged: &[Discharged]) {
    for Discharged { value, .. } in discharged {
        if let Err(Stop::Error(error)) = value {
            set.failures.borrow_mut().push(Rc::clone(error));
        }
    }
}

fn undeclared(
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    declared: &BTreeMap<&'static str, Declarations>,
    definitions: &[Definition],
) {
    let shown = show_path(&[set.request.prefix.as_slice(), path].concat());
    let mut message = format!("the option `{shown}` does not exist");
    let wanted = path.last().map_or("", |name| name.as_str());
    let near = declared
        .keys()
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
        message,
        definitions,
    );
}

fn problem(
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
    let path = [set.request.prefix.as_slice(), path].concat();
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

fn option_thunk(
    set: &Rc<ModuleSet>,
    path: Vec<Symbol>,
    option: Rc<OptionDeclaration>,
    definitions: Vec<Definition>,
) -> Rc<Thunk> {
    let set = Rc::clone(set);
    Thunk::native(
        move |evaluator| {
            let value = option_value(evaluator, &set, &path, &option, &definitions)?;
            match &option.apply {
                None => Ok(value),
                Some(apply) => {
                    let apply = evaluator.function(apply, &Origin::default())?;
                    evaluator.apply(&apply, Thunk::done(value), &Origin::at(option.span))
                }
            }
        },
        Origin::default(),
    )
}

fn unseen_thunk(
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
            let discharged = evaluator.discharge(&definitions);
            let active = active(evaluator, discharged)?;
            if active.is_empty() {
                return Err(Stop::Unknown(set.undefined_option(evaluator, &path)));
            }
            merge(evaluator, &set, &path, &kind, active)
        },
        origin,
    )
}

fn option_value(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    option: &Rc<OptionDeclaration>,
    definitions: &[Definition],
) -> Result<Val, Stop> {
    let mut discharged = evaluator.discharge(definitions);
    if set.request.partial && discharged.is_empty() && matches!(option.kind, OptionType::Bool) {
        let root = evaluator.unknown_named(
            "config",
            "the option is not set here, and another file may set it",
            None,
            option.span,
        );
        let unknown = path
            .iter()
            .fold(root, |unknown, name| unknown.attribute(*name));
        return Err(Stop::Unknown(unknown));
    }
    if let Some(default) = &option.default {
        let mut default = Definition::new(Rc::clone(default), usize::MAX);
        default.priority = Some(OPTION_DEFAULT_PRIORITY);
        discharged.extend(evaluator.discharge(&[default]));
    }
    let active = active(evaluator, discharged)?;
    if active.is_empty() {
        match &option.kind {
            OptionType::AttrsOf(_) | OptionType::Attrs => return Ok(Val::attrs(Attrs::new())),
            OptionType::ListOf(_) => return Ok(Val::list(Vec::new())),
            OptionType::Submodule(_) => {}
            OptionType::NullOr(_) => return Ok(Val::bare(Value::Null)),
            _ => {
                let shown = show_path(&[set.request.prefix.as_slice(), path].concat());
                return Err(evaluator.error(
                    ErrorKind::Module,
                    format!("the option `{shown}` is used but not defined"),
                    &Origin::at(option.span),
                ));
            }
        }
    }
    merge(evaluator, set, path, &option.kind, active)
}

/// The definitions that hold in the present world and have the strongest priority, in their order.
fn active(evaluator: &mut Evaluator, discharged: Vec<Discharged>) -> Result<Vec<Active>, Stop> {
    let mut active = Vec::with_capacity(discharged.len());
    'definitions: for Discharged { definition, value } in discharged {
        for guard in &definition.guards {
            match evaluator.assumed(guard.condition.id) {
                Some(holds) if holds == guard.holds => {}
                Some(_) => continue 'definitions,
                None => return Err(Stop::Split(guard.condition.clone())),
            }
        }
        active.push((definition, value));
    }
    let strongest = active
        .iter()
        .map(|(definition, _)| definition.effective_priority())
        .min()
        .unwrap_or(DEFAULT_PRIORITY);
    active.retain(|(definition, _)| definition.effective_priority() == strongest);
    active.sort_by_key(|(definition, _)| definition.effective_order());
    active
        .into_iter()
        .map(|(definition, value)| {
            Ok(Active {
                definition,
                value: value?,
            })
        })
        .collect()
}

/// Merges definitions of the same priority by type.
fn merge(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kind: &OptionType,
    active: Vec<Active>,
) -> Result<Val, Stop> {
    for one in &active {
        if let OptionType::Coerced { .. } = kind {
            break;
        }
        if kind.accepts(evaluator, &one.value) == Some(false) {
            return Err(refused(evaluator, set, path, kind, one));
        }
    }
    match kind {
        OptionType::Unseen | OptionType::Unspecified | OptionType::Anything => {
            merge_unseen(evaluator, set, path, kind, active)
        }
        OptionType::Attrs => {
            let mut result = Attrs::new();
            for one in &active {
                if let Value::Attrs(attrs) = &one.value {
                    result = result.update(attrs);
                }
            }
            Ok(Val::new(
                Value::Attrs(Rc::new(result)),
                Origin::at(active.first().and_then(|one| one.definition.span())),
            ))
        }
        OptionType::Joined(separator) => {
            let mut string = NixString::default();
            for (index, one) in active.iter().enumerate() {
                if index > 0 {
                    string.parts.push(Part::Text {
                        text: Rc::clone(separator),
                        origin: Origin::default(),
                    });
                }
                if let Value::String(part) = &one.value {
                    string.parts.extend(part.parts.iter().cloned());
                    string.add_context(&part.context);
                }
            }
            let origin = active
                .first()
                .map(|one| one.definition.value.origin.clone())
                .unwrap_or_default();
            Ok(Val::new(Value::String(Rc::new(string)), origin))
        }
        OptionType::ListOf(inner) => merge_lists(set, path, inner, &active),
        OptionType::AttrsOf(inner) => {
            let merged = merge_attrs(set, path, inner, &active)?;
            present_only(evaluator, merged, &active)
        }
        OptionType::NullOr(inner) => {
            let nulls = active
                .iter()
                .filter(|one| matches!(one.value, Value::Null))
                .count();
            if nulls == active.len() {
                match active.first() {
                    Some(one) => one.force(evaluator),
                    None => Ok(Val::bare(Value::Null)),
                }
            } else if nulls > 0 {
                Err(conflict(evaluator, set, path, &active))
            } else {
                merge(evaluator, set, path, inner, active)
            }
        }
        OptionType::Either(first, second) => {
            for kind in [first, second] {
                let mut all = Some(true);
                for one in &active {
                    match kind.accepts(evaluator, &one.value) {
                        Some(true) => {}
                        Some(false) => {
                            all = Some(false);
                            break;
                        }
                        None => all = None,
                    }
                }
                if all != Some(false) {
                    return merge(evaluator, set, path, kind, active);
                }
            }
            Err(conflict(evaluator, set, path, &active))
        }
        OptionType::Unique(inner) if active.len() > 1 => {
            let _ = inner;
            Err(conflict(evaluator, set, path, &active))
        }
        OptionType::Unique(inner) => merge(evaluator, set, path, inner, active),
        OptionType::Submodule(submodule) => {
            merge_submodule(evaluator, set, path, submodule, active)
        }
        OptionType::Coerced { from, convert, to } => {
            let mut coerced = Vec::with_capacity(active.len());
            for mut one in active {
                let direct = to.accepts(evaluator, &one.value);
                if direct != Some(true) && from.accepts(evaluator, &one.value) == Some(true) {
                    let function = evaluator.function(convert, &Origin::default())?;
                    let origin = one.definition.value.origin.clone();
                    let value =
                        evaluator.apply(&function, Rc::clone(&one.definition.value), &origin)?;
                    one.value = value.value.clone();
                    one.definition.value = Thunk::done(value);
                }
                coerced.push(one);
            }
            merge(evaluator, set, path, to, coerced)
        }
        _ => merge_equal(evaluator, set, path, active),
    }
}

fn refused(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kind: &OptionType,
    one: &Active,
) -> Stop {
    let shown = show_path(&[set.request.prefix.as_slice(), path].concat());
    let message = format!(
        "the option `{shown}` takes {}, and {} is given",
        kind.phrase(),
        one.value.type_phrase()
    );
    problem(
        set,
        path,
        ModuleProblemKind::Type,
        message.clone(),
        std::slice::from_ref(&one.definition),
    );
    evaluator.error(
        ErrorKind::Module,
        message,
        &Origin::at(one.definition.span()),
    )
}

fn conflict(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    active: &[Active],
) -> Stop {
    let shown = show_path(&[set.request.prefix.as_slice(), path].concat());
    let message = format!("the option `{shown}` has definitions that contradict each other");
    let definitions: Vec<_> = active.iter().map(|one| one.definition.clone()).collect();
    problem(
        set,
        path,
        ModuleProblemKind::Conflict,
        message.clone(),
        &definitions,
    );
    let span = active.first().and_then(|one| one.definition.span());
    evaluator.error(ErrorKind::Module, message, &Origin::at(span))
}

/// One definition, or several that are equal.
fn merge_equal(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    active: Vec<Active>,
) -> Result<Val, Stop> {
    let Some((first, rest)) = active.split_first() else {
        return Err(Stop::Unknown(set.undefined_option(evaluator, path)));
    };
    let value = first.force(evaluator)?;
    for other in rest {
        let other = other.force(evaluator)?;
        if !evaluator.equal(&value, &other, &value.origin)? {
            return Err(conflict(evaluator, set, path, &active));
        }
    }
    Ok(value)
}

/// Definitions of an option whose type is not in sight.
fn merge_unseen(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kind: &OptionType,
    active: Vec<Active>,
) -> Result<Val, Stop> {
    let is_plain_set = |value: &Value| match value {
        Value::Attrs(attrs) => {
            attrs.marker.is_none()
                && attrs.get(Symbol::new("_type")).is_none()
                && attrs.get(Symbol::new("outPath")).is_none()
                && attrs.get(Symbol::new("__functor")).is_none()
        }
        _ => false,
    };
    if active.iter().all(|one| is_plain_set(&one.value)) {
        let merged = merge_attrs(set, path, &Rc::new(kind.clone()), &active)?;
        // Further options may be declared here, with defaults that are not in sight.
        if let (false, OptionType::Unseen, Value::Attrs(attrs)) =
            (set.request.closed, kind, &merged.value)
            && attrs.open.is_none()
        {
            let mut attrs = (**attrs).clone();
            attrs.open = Some(set.undefined_option(evaluator, path));
            return Ok(Val::new(Value::Attrs(Rc::new(attrs)), merged.origin));
        }
        return Ok(merged);
    }
    if let [one] = active.as_slice() {
        return one.force(evaluator);
    }
    let all_lists = active.iter().all(|one| matches!(one.value, Value::List(_)));
    if all_lists && !matches!(kind, OptionType::Anything) {
        return merge_lists(set, path, &Rc::new(kind.clone()), &active);
    }
    let mut first = None;
    for one in &active {
        let value = one.force(evaluator)?;
        match &first {
            None => first = Some(value),
            Some(known) => {
                let equal = match evaluator.equal(known, &value, &value.origin) {
                    Ok(equal) => equal,
                    Err(Stop::Split(condition)) => return Err(Stop::Split(condition)),
                    Err(_) => false,
                };
                if !equal {
                    if set.request.closed {
                        return Err(conflict(evaluator, set, path, &active));
                    }
                    let shown = show_path(path);
                    let unknown = evaluator.unknown(
                        format!(
                            "`{shown}` is defined several times, and how the definitions merge is declared elsewhere"
                        ),
                        None,
                        one.definition.span(),
                    );
                    return Err(Stop::Unknown(unknown));
                }
            }
        }
    }
    first.ok_or_else(|| Stop::Unknown(set.undefined_option(evaluator, path)))
}

fn merge_lists(
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    inner: &Rc<OptionType>,
    active: &[Active],
) -> Result<Val, Stop> {
    let mut result = List::default();
    for one in active {
        let Value::List(list) = &one.value else {
            continue;
        };
        let before = result.items.len();
        for item in &list.items {
            // A simple element needs no merge of its own, and keeps its place.
            let item = match &**inner {
                OptionType::Submodule(_)
                | OptionType::AttrsOf(_)
                | OptionType::Either(..)
                | OptionType::NullOr(_)
                | OptionType::Coerced { .. } => {
                    let mut definition = one.definition.clone();
                    definition.value = Rc::clone(item);
                    definition.expression = item.origin.span;
                    definition.name_span = None;
                    definition.priority = None;
                    let path = extended(path, Symbol::new("*"));
                    unseen_thunk(set, path, (**inner).clone(), vec![definition])
                }
                _ => Rc::clone(item),
            };
            result.items.push(item);
        }
        result.gaps.extend(
            list.gaps
                .iter()
                .map(|(index, unknown)| (before + index, Rc::clone(unknown))),
        );
    }
    let origin = match active {
        [one] => one.definition.value.origin.clone(),
        _ => Origin::at(active.first().and_then(|one| one.definition.span())),
    };
    Ok(Val::new(Value::List(Rc::new(result)), origin))
}

fn merge_attrs(
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    inner: &Rc<OptionType>,
    active: &[Active],
) -> Result<Val, Stop> {
    let discharged: Vec<Discharged> = active
        .iter()
        .map(|one| Discharged {
            definition: Definition {
                guards: Vec::new(),
                ..one.definition.clone()
            },
            value: Ok(one.value.clone()),
        })
        .collect();
    let defined = children(&discharged, false);
    let entries = defined
        .by_name
        .into_iter()
        .map(|(name, definitions)| {
            let value = unseen_thunk(
                set,
                extended(path, name),
                (**inner).clone(),
                definitions.clone(),
            );
            entry(name, value, &definitions)
        })
        .collect();
    let mut attrs = Attrs::from_entries(entries);
    attrs.open = defined.open;
    let origin = match active {
        [one] => one.definition.value.origin.clone(),
        _ => Origin::at(active.first().and_then(|one| one.definition.span())),
    };
    Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin))
}

/// Drops the attributes that have no definition in the present world, as `attrsOf` does. (A set of options keeps them: it
/// must not look at its definitions before one is read.)
fn present_only(evaluator: &mut Evaluator, merged: Val, defined: &[Active]) -> Result<Val, Stop> {
    let Value::Attrs(attrs) = &merged.value else {
        return Ok(merged);
    };
    let mut absent = Vec::new();
    for attr in attrs.sorted() {
        let mut present = false;
        for one in defined {
            let Value::Attrs(given) = &one.value else {
                continue;
            };
            let Some(given) = given.get(attr.name) else {
                continue;
            };
            let definition = Definition::new(Rc::clone(&given.value), one.definition.module);
            let discharged = evaluator.discharge(&[definition]);
            match active(evaluator, discharged) {
                Err(Stop::Split(condition)) => return Err(Stop::Split(condition)),
                Ok(active) => present = !active.is_empty(),
                Err(_) => present = true,
            }
            if present {
                break;
            }
        }
        if !present {
            absent.push(attr.name);
        }
    }
    if absent.is_empty() {
        return Ok(merged);
    }
    let mut attrs = (**attrs).clone();
    for name in absent {
        attrs.remove(name);
    }
    Ok(Val::new(Value::Attrs(Rc::new(attrs)), merged.origin))
}

fn merge_submodule(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    submodule: &Rc<Submodule>,
    active: Vec<Active>,
) -> Result<Val, Stop> {
    let mut modules = submodule.modules.clone();
    for one in &active {
        let module = match &one.value {
            Value::Attrs(_) if submodule.shorthand => {
                Val::attrs(Attrs::of([("config", Rc::clone(&one.definition.value))])).thunk()
            }
            _ => Rc::clone(&one.definition.value),
        };
        modules.push(module);
    }
    let mut request = Request::new(Class::Generic, modules);
    request.prefix = [set.request.prefix.as_slice(), path].concat();
    request.declarations = submodule.declarations.clone().unwrap_or_default();
    request.packages = set.request.packages.clone();
    if let Some(name) = path.last() {
        request
            .special_arguments
            .push((Symbol::new("name"), Val::string(name.as_str()).thunk()));
    }
    if let Some(arguments) = &submodule.special_arguments {
        let attrs = evaluator.attrs(arguments, &Origin::default())?;
        for attr in attrs.unordered() {
            request
                .special_arguments
                .push((attr.name, Rc::clone(&attr.value)));
        }
    }
    let inner = evaluator.evaluate_modules(request);
    evaluator.force(&inner.config())
}
