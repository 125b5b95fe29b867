//! Merging the definitions of one option by its type.

use super::definition::{Definition, Discharged, children};
use super::merge::{
    Active, active as in_force, entry, extended, option_thunk, problem, unseen_thunk,
    without_definitions,
};
use super::types::{OptionType, Submodule};
use super::{Class, ModuleProblemKind, ModuleSet, OptionDeclaration, Request, show_path};
use crate::nix::eval::Evaluator;
use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::{ErrorKind, Kind, Stop};
use crate::nix::eval::value::{Attrs, List, NixString, Origin, Part, Thunk, Val, Value};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// Merges definitions of the same priority by type.
pub(super) fn merge(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kind: &OptionType,
    active: Vec<Active>,
) -> Result<Val, Stop> {
    for one in &active {
        if kind.takes_definition(evaluator, &one.value)? == Some(false) {
            return Err(refused(evaluator, set, path, kind, one));
        }
    }
    merge_unasked(evaluator, set, path, kind, active)
}

/// Merges definitions by a type that is not asked whether it takes them: what its `merge` does by itself.
pub(super) fn merge_unasked(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kind: &OptionType,
    active: Vec<Active>,
) -> Result<Val, Stop> {
    let unfit = active.iter().find(|one| !kind.can_merge(&one.value));
    if let Some(one) = unfit {
        return Err(refused(evaluator, set, path, kind, one));
    }
    match kind {
        OptionType::Unmodelled(unknown) => Err(Stop::Unknown(Rc::clone(unknown))),
        OptionType::Broken(error) => Err(Stop::Error(Rc::clone(error))),
        OptionType::Unseen => merge_unseen(evaluator, set, path, kind, active),
        OptionType::Later(_) => merge(evaluator, set, path, &kind.made(), active),
        OptionType::Unspecified => merge_untyped(evaluator, set, path, active),
        OptionType::Anything => merge_anything(evaluator, set, path, active),
        OptionType::Json => merge_json(evaluator, set, path, active),
        OptionType::Raw if active.len() > 1 => Err(conflict(evaluator, set, path, &active)),
        OptionType::AnyTrue => {
            let any = active
                .iter()
                .find(|one| matches!(one.value, Value::Bool(true)))
                .or(active.first());
            match any {
                Some(one) => one.force(evaluator),
                None => Ok(Val::bool(false)),
            }
        }
        OptionType::Checked { inner, .. } => merge_unasked(evaluator, set, path, inner, active),
        OptionType::Package => merge_package(evaluator, set, path, &active),
        OptionType::Type if active.len() > 1 => Err(Stop::Unknown(evaluator.unknown(
            "how several types become one is not modelled",
            None,
            active.first().and_then(|one| one.definition.span()),
        ))),
        OptionType::AttrTag(tags) => merge_tagged(evaluator, set, path, tags, &active),
        OptionType::Custom(given) => merge_custom(evaluator, set, path, given, &active),
        OptionType::Deferred => Ok(merge_deferred(set, path, &active)),
        OptionType::Function(inner) => merge_functions(evaluator, path, inner, &active, true),
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
                let part = match &one.value {
                    Value::String(part) => Rc::clone(part),
                    _ => {
                        let value = &one.definition.value;
                        evaluator.coerce(value, Coercion::INTERPOLATION, &value.origin)?
                    }
                };
                string.parts.extend(part.parts.iter().cloned());
                string.add_context(&part.context);
            }
            let origin = active
                .first()
                .map(|one| one.definition.value.origin.clone())
                .unwrap_or_default();
            Ok(Val::new(Value::String(Rc::new(string)), origin))
        }
        OptionType::ListOf(inner) => {
            merge_lists(evaluator, set, path, &Rc::new(inner.made()), &active)
        }
        OptionType::LazyAttrsOf(inner) => merge_attrs(set, path, &Rc::new(inner.made()), &active),
        OptionType::AttrsOf(inner) => {
            let merged = merge_attrs(set, path, &Rc::new(inner.made()), &active)?;
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
                merge_unasked(evaluator, set, path, inner, active)
            }
        }
        OptionType::Number => {
            let whole = |one: &Active| matches!(one.value, Value::Int(_));
            match active.iter().filter(|one| whole(one)).count() {
                count if count == 0 || count == active.len() => {
                    merge_equal(evaluator, set, path, active)
                }
                _ => Err(conflict(evaluator, set, path, &active)),
            }
        }
        OptionType::Either(first, second) => {
            merge_either(evaluator, set, path, [first, second], active)
        }
        OptionType::Unique(_) if active.len() > 1 => Err(conflict(evaluator, set, path, &active)),
        OptionType::Unique(inner) => merge_unasked(evaluator, set, path, inner, active),
        OptionType::Submodule(submodule) => {
            if let Some(one) = active.iter().find(|one| one.definition.order.is_some()) {
                // The function that takes such definitions has no argument for their order.
                return Err(evaluator.error(
                    ErrorKind::Module,
                    "a definition of a submodule takes no order (`mkBefore`, `mkAfter`, `mkOrder`)",
                    &Origin::at(one.definition.span()),
                ));
            }
            merge_submodule(evaluator, set, path, submodule, active)
        }
        OptionType::Coerced { from, convert, to } => {
            let mut coerced = Vec::with_capacity(active.len());
            for mut one in active {
                match from.takes_definition(evaluator, &one.value)? {
                    Some(false) => {}
                    Some(true) => {
                        let function = evaluator.function(convert, &Origin::default())?;
                        let origin = one.definition.value.origin.clone();
                        let value = evaluator.apply(
                            &function,
                            Rc::clone(&one.definition.value),
                            &origin,
                        )?;
                        one.value = value.value.clone();
                        one.definition.value = Thunk::done(value);
                    }
                    None => return Err(undecided(evaluator, &one)),
                }
                coerced.push(one);
            }
            merge_unasked(evaluator, set, path, to, coerced)
        }
        _ => merge_equal(evaluator, set, path, active),
    }
}

/// The unknown that a value is where one of several types takes it and it is not known which.
fn undecided(evaluator: &mut Evaluator, one: &Active) -> Stop {
    Stop::Unknown(evaluator.unknown(
        "which of the option's types takes the value is not known",
        None,
        one.definition.span(),
    ))
}

/// `types.either`: by the first type that takes all definitions.
fn merge_either(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kinds: [&Rc<OptionType>; 2],
    active: Vec<Active>,
) -> Result<Val, Stop> {
    let mut takes = [Some(true); 2];
    for (kind, takes) in kinds.iter().zip(&mut takes) {
        for one in &active {
            match kind.takes_definition(evaluator, &one.value)? {
                Some(true) => {}
                Some(false) => {
                    *takes = Some(false);
                    break;
                }
                None => *takes = None,
            }
        }
        if *takes == Some(true) {
            break;
        }
    }
    let [first, second] = kinds;
    match (takes, active.as_slice()) {
        ([Some(true), _] | [None, Some(false)], _) => {
            merge_unasked(evaluator, set, path, first, active)
        }
        ([Some(false), Some(true) | None], _) => {
            merge_unasked(evaluator, set, path, second, active)
        }
        ([Some(false), Some(false)], [one]) => one.force(evaluator),
        ([Some(false), Some(false)], _) => Err(conflict(evaluator, set, path, &active)),
        // Both give a single definition as it is.
        ([None, _], [one]) if first.keeps_single() && second.keeps_single() => one.force(evaluator),
        ([None, _], all) => match all.first() {
            Some(one) => Err(undecided(evaluator, one)),
            None => Err(Stop::Unknown(set.undefined_option(evaluator, path))),
        },
    }
}

/// `types.package`: one definition; a path becomes a derivation.
fn merge_package(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    active: &[Active],
) -> Result<Val, Stop> {
    let [one] = active else {
        return Err(conflict(evaluator, set, path, active));
    };
    match &one.value {
        Value::Path(_) => {}
        Value::String(text) if text.context.is_empty() && text.known().is_ok() => {}
        _ => return one.force(evaluator),
    }
    Err(Stop::Unknown(evaluator.unknown(
        "Nix makes a derivation of a path that is given as a package",
        Some(Kind::StorePath),
        one.definition.span(),
    )))
}

/// `types.attrTag`: the option that the tag of the first definition names.
fn merge_tagged(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    tags: &[(Symbol, Rc<OptionDeclaration>)],
    active: &[Active],
) -> Result<Val, Stop> {
    let mut definitions = Vec::new();
    let mut chosen: Option<Symbol> = None;
    let mut has_others = false;
    for one in active {
        let Value::Attrs(attrs) = &one.value else {
            return Err(conflict(evaluator, set, path, active));
        };
        let [given] = attrs.closed()?.unordered() else {
            return Err(conflict(evaluator, set, path, active));
        };
        has_others |= *chosen.get_or_insert(given.name) != given.name;
        let mut definition = Definition::new(Rc::clone(&given.value), one.definition.module);
        definition.name_span = given.name_span;
        definition.expression = given.definition;
        definitions.push(definition);
    }
    let declared = tags.iter().find(|(tag, _)| Some(*tag) == chosen);
    let Some((tag, option)) = declared else {
        return Err(conflict(evaluator, set, path, active));
    };
    let value = if has_others {
        // Nix finds it when the value is read.
        let (set, path, definitions) = (Rc::clone(set), path.to_vec(), definitions.clone());
        Thunk::native(
            move |evaluator| Err(contradicting(evaluator, &set, &path, &definitions)),
            Origin::default(),
        )
    } else {
        let path = extended(path, *tag);
        option_thunk(set, path, Rc::clone(option), definitions.clone())
    };
    let attrs = Attrs::from_entries(vec![entry(*tag, value, &definitions)]);
    Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin_of(active)))
}

fn refused(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kind: &OptionType,
    one: &Active,
) -> Stop {
    let shown = show_path(&set.full_path(path));
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
    let definitions: Vec<_> = active.iter().map(|one| one.definition.clone()).collect();
    contradicting(evaluator, set, path, &definitions)
}

/// The failure that definitions which cannot be merged are.
pub(super) fn contradicting(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    definitions: &[Definition],
) -> Stop {
    let shown = show_path(&set.full_path(path));
    let message = format!("the option `{shown}` has definitions that contradict each other");
    problem(
        set,
        path,
        ModuleProblemKind::Conflict,
        message.clone(),
        definitions,
    );
    let span = definitions.first().and_then(Definition::span);
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

/// Whether a value is a set and nothing more: no derivation, function, or value of the module system.
pub(super) fn is_plain_set(value: &Value) -> bool {
    match value {
        Value::Attrs(attrs) => {
            attrs.marker.is_none()
                && attrs.get(Symbol::new("_type")).is_none()
                && attrs.get(Symbol::new("outPath")).is_none()
                && attrs.get(Symbol::new("__functor")).is_none()
        }
        _ => false,
    }
}

/// Definitions of an option whose type is not in sight.
fn merge_unseen(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    kind: &OptionType,
    active: Vec<Active>,
) -> Result<Val, Stop> {
    if active.iter().all(|one| is_plain_set(&one.value)) {
        let merged = merge_attrs(set, path, &Rc::new(kind.clone()), &active)?;
        // Further options may be declared here, with defaults that are not in sight.
        if let (false, OptionType::Unseen, Value::Attrs(attrs)) =
            (set.request.closed, kind, &merged.value)
            && attrs.open.is_none()
        {
            let mut attrs = (**attrs).clone();
            attrs.open = Some(set.undefined_option(evaluator, path));
            super::known_defaults::add(evaluator, set, path, &mut attrs);
            return Ok(Val::new(Value::Attrs(Rc::new(attrs)), merged.origin));
        }
        return Ok(merged);
    }
    if let [one] = active.as_slice() {
        return one.force(evaluator);
    }
    let all_lists = active.iter().all(|one| matches!(one.value, Value::List(_)));
    if all_lists {
        return merge_lists(evaluator, set, path, &Rc::new(kind.clone()), &active);
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

/// Lists, one after the other; an element is merged like an option of its own.
fn merge_lists(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    inner: &Rc<OptionType>,
    active: &[Active],
) -> Result<Val, Stop> {
    let mut result = List::default();
    for (position, one) in active.iter().enumerate() {
        let Value::List(list) = &one.value else {
            continue;
        };
        let mut gaps = list.gaps.iter().peekable();
        for (index, item) in list.items.iter().enumerate() {
            while let Some((_, unknown)) = gaps.next_if(|(before, _)| *before <= index) {
                result.gaps.push((result.items.len(), Rc::clone(unknown)));
            }
            let mut definition = one.definition.clone();
            definition.value = Rc::clone(item);
            definition.expression = item.origin.span;
            definition.name_span = None;
            definition.priority = None;
            definition.order = None;
            definition.guards.clear();
            // Nix looks for `mkIf` and the like in each element before there is a list.
            let forced = evaluator.force(item);
            let is_wrapped = match &forced {
                Ok(Val {
                    value: Value::Attrs(attrs),
                    ..
                }) => evaluator.is_wrapper(attrs),
                Err(stop @ Stop::Error(_)) if !matches!(**inner, OptionType::Unseen) => {
                    return Err(stop.clone());
                }
                Err(stop @ Stop::Split(_)) => return Err(stop.clone()),
                _ => false,
            };
            if is_wrapped {
                // `mkIf false` leaves the element out.
                let discharged = evaluator.discharge(std::slice::from_ref(&definition));
                if in_force(evaluator, discharged)?.is_empty() {
                    continue;
                }
            } else if matches!(**inner, OptionType::Unseen | OptionType::Raw) {
                // It needs no merge of its own, and keeps its place.
                result.items.push(Rc::clone(item));
                continue;
            }
            let name = format!("[definition {}-entry {}]", position + 1, index + 1);
            let path = extended(path, Symbol::new(&name));
            result
                .items
                .push(unseen_thunk(set, path, (**inner).clone(), vec![definition]));
        }
        for (_, unknown) in gaps {
            result.gaps.push((result.items.len(), Rc::clone(unknown)));
        }
    }
    Ok(Val::new(Value::List(Rc::new(result)), origin_of(active)))
}

/// Where what is merged of definitions stands: its own place where there is one, else that of the first.
fn origin_of(active: &[Active]) -> Origin {
    match active {
        [one] => one.definition.value.origin.clone(),
        _ => Origin::at(active.first().and_then(|one| one.definition.span())),
    }
}

/// Definitions of an option without a type: what `lib.mergeDefaultOption` makes of them.
fn merge_untyped(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    active: Vec<Active>,
) -> Result<Val, Stop> {
    if let [one] = active.as_slice() {
        return one.force(evaluator);
    }
    let all = |wanted: fn(&Value) -> bool| active.iter().all(|one| wanted(&one.value));
    if all(|value| matches!(value, Value::Attrs(_))) {
        return merge(evaluator, set, path, &OptionType::Attrs, active);
    }
    if all(|value| matches!(value, Value::List(_))) {
        let mut result = List::default();
        for one in &active {
            if let Value::List(list) = &one.value {
                let before = result.items.len();
                let gaps = list.gaps.iter();
                result
                    .gaps
                    .extend(gaps.map(|(index, gap)| (before + index, Rc::clone(gap))));
                result.items.extend(list.items.iter().cloned());
            }
        }
        return Ok(Val::new(Value::List(Rc::new(result)), origin_of(&active)));
    }
    if all(|value| matches!(value, Value::Bool(_))) {
        return merge(evaluator, set, path, &OptionType::AnyTrue, active);
    }
    if all(|value| matches!(value, Value::String(_))) {
        return merge(evaluator, set, path, &OptionType::Joined("".into()), active);
    }
    if all(|value| matches!(value, Value::Int(_))) {
        return merge_equal(evaluator, set, path, active);
    }
    if all(|value| matches!(value, Value::Lambda(_) | Value::Builtin(_))) {
        let names = ["lib", "location", "functions"].map(Symbol::new);
        let functions = active
            .iter()
            .map(|one| Rc::clone(&one.definition.value))
            .collect();
        let values = vec![
            evaluator.lib(),
            location(&set.full_path(path)),
            Val::list(functions).thunk(),
        ];
        // The results are taken for definitions, as nixpkgs does it.
        let merged = evaluator.snippet(
            "argument: lib.mergeDefaultOption location (map (function: function argument) functions)",
            &names,
            values,
        );
        return evaluator.force(&merged);
    }
    Err(conflict(evaluator, set, path, &active))
}

/// Whether a value is a set that becomes a text, as packages do.
fn becomes_text(value: &Value) -> bool {
    match value {
        Value::Attrs(attrs) => ["outPath", "__toString"]
            .iter()
            .any(|name| attrs.get(Symbol::new(name)).is_some()),
        _ => false,
    }
}

/// `types.anything`: sets by attribute, functions by result, everything else only when equal.
fn merge_anything(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    active: Vec<Active>,
) -> Result<Val, Stop> {
    let same_type = active
        .windows(2)
        .all(|pair| pair[0].value.type_name() == pair[1].value.type_name());
    let packages = active.iter().filter(|one| becomes_text(&one.value)).count();
    if !same_type || (packages > 0 && active.len() > 1) {
        return Err(conflict(evaluator, set, path, &active));
    }
    match active.first().map(|one| &one.value) {
        Some(Value::Attrs(_)) if packages == 0 => {
            let merged = merge_attrs(set, path, &Rc::new(OptionType::Anything), &active)?;
            present_only(evaluator, merged, &active)
        }
        Some(Value::Lambda(_) | Value::Builtin(_)) => {
            let inner = Rc::new(OptionType::Anything);
            merge_functions(evaluator, path, &inner, &active, false)
        }
        _ => merge_equal(evaluator, set, path, active),
    }
}

/// As `nullOr (oneOf [ … (attrsOf json) (listOf json) ])` does.
fn merge_json(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    active: Vec<Active>,
) -> Result<Val, Stop> {
    let inner = Rc::new(OptionType::Json);
    // A package is a path.
    let all = |is: fn(&Value) -> bool| {
        let mut values = active.iter().map(|one| &one.value);
        values.all(|value| is(value) && !becomes_text(value))
    };
    let kind = if all(|value| matches!(value, Value::Attrs(_))) {
        OptionType::AttrsOf(inner)
    } else if all(|value| matches!(value, Value::List(_))) {
        OptionType::ListOf(inner)
    } else {
        return merge_equal(evaluator, set, path, active);
    };
    merge_unasked(evaluator, set, path, &kind, active)
}

/// The definitions as the list that a type's own `merge` takes: `[ { file; value; } ]`.
fn as_nix(set: &Rc<ModuleSet>, active: &[Active]) -> Rc<Thunk> {
    let collected = set.collected();
    let definitions = active
        .iter()
        .map(|one| {
            let file = collected
                .and_then(|collected| collected.modules.get(one.definition.module))
                .map_or("<unknown-file>", |module| &module.name);
            let attrs = Attrs::of([
                ("file", Val::string(file).thunk()),
                ("value", Rc::clone(&one.definition.value)),
            ]);
            Val::attrs(attrs).thunk()
        })
        .collect();
    Val::list(definitions).thunk()
}

/// A path of option names as a list of strings.
pub(super) fn location(path: &[Symbol]) -> Rc<Thunk> {
    Val::list(
        path.iter()
            .map(|name| Val::string(name.as_str()).thunk())
            .collect(),
    )
    .thunk()
}

/// A type with a `merge` of its own: that is called.
fn merge_custom(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    given: &Rc<Thunk>,
    active: &[Active],
) -> Result<Val, Stop> {
    let origin = Origin::at(active.first().and_then(|one| one.definition.span()));
    let merge = evaluator.descend(given, &["merge"])?;
    let merge = evaluator.function(&merge, &origin)?;
    let full = set.full_path(path);
    let arguments = [location(&full), as_nix(set, active)];
    evaluator.apply_all(&merge, &arguments, &origin)
}

/// `types.deferredModule`: the definitions stay modules, to be imported elsewhere. Each tells where it stands.
fn merge_deferred(set: &Rc<ModuleSet>, path: &[Symbol], active: &[Active]) -> Val {
    let shown = show_path(&set.full_path(path));
    let imports = active
        .iter()
        .map(|one| {
            let file = super::option_values::file(set, &one.definition);
            let place = {
                let shown = shown.clone();
                Thunk::native(
                    move |evaluator| {
                        let file = evaluator.text(&file, &Origin::default())?;
                        Ok(Val::string(&format!("{file}, via option {shown}")))
                    },
                    Origin::default(),
                )
            };
            let imports = Val::list(vec![Rc::clone(&one.definition.value)]).thunk();
            let module = Attrs::of([("_file", place), ("imports", imports)]);
            Val::new(
                Value::Attrs(Rc::new(module)),
                one.definition.value.origin.clone(),
            )
            .thunk()
        })
        .collect();
    let attrs = Attrs::of([("imports", Val::list(imports).thunk())]);
    Val::new(Value::Attrs(Rc::new(attrs)), origin_of(active))
}

/// `types.functionTo`: a function whose results are merged.
fn merge_functions(
    evaluator: &mut Evaluator,
    path: &[Symbol],
    inner: &Rc<OptionType>,
    active: &[Active],
    names_arguments: bool,
) -> Result<Val, Stop> {
    if let ([one], OptionType::Unseen) = (active, &**inner)
        && let Ok(function) = one.force(evaluator)
    {
        return Ok(function);
    }
    let names = ["merge", "location", "functions"].map(Symbol::new);
    let functions = Val::list(
        active
            .iter()
            .map(|one| Rc::clone(&one.definition.value))
            .collect(),
    );
    let body = extended(path, Symbol::new("<function body>"));
    let values = vec![
        crate::nix::lib::types::merge_function(inner, names_arguments),
        location(&body),
        functions.thunk(),
    ];
    let merged = evaluator.snippet(
        if names_arguments {
            "{ __functor = _: argument: merge location (map (function: { file = \"<function body>\"; value = function argument; }) functions); __functionArgs = builtins.foldl' (all: function: all // (if builtins.isFunction function then builtins.functionArgs function else function.__functionArgs or { })) { } functions; }"
        } else {
            "argument: merge location (map (function: { file = \"<function body>\"; value = function argument; }) functions)"
        },
        &names,
        values,
    );
    evaluator.force(&merged)
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
    let defined = children(&discharged);
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
    Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin_of(active)))
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
            // Whether a definition holds cannot be told of one that fails: the whole set does.
            for one in &discharged {
                if let (true, Err(stop @ Stop::Error(_))) =
                    (one.definition.guards.is_empty(), &one.value)
                {
                    return Err(stop.clone());
                }
            }
            if present {
                continue;
            }
            match in_force(evaluator, discharged) {
                Err(Stop::Split(condition)) => return Err(Stop::Split(condition)),
                Ok(active) => present = !active.is_empty(),
                Err(_) => present = true,
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

pub(super) fn merge_submodule(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    submodule: &Rc<Submodule>,
    active: Vec<Active>,
) -> Result<Val, Stop> {
    let shorthand = match &submodule.shorthand {
        Some(shorthand) => evaluator.boolean(shorthand, &Origin::default())?,
        None => false,
    };
    for other in &submodule.other_shorthands {
        if evaluator.boolean(other, &Origin::default())? != shorthand {
            return Err(evaluator.error(
                ErrorKind::Module,
                format!(
                    "the submodule `{}` is declared twice with different values of `shorthandOnlyDefinesConfig`",
                    show_path(&set.full_path(path))
                ),
                &other.origin,
            ));
        }
    }
    let is_defined = !active.is_empty();
    let mut modules = submodule.modules.clone();
    for one in &active {
        let module = match &one.value {
            Value::Attrs(_) if shorthand => {
                Val::attrs(Attrs::of([("config", Rc::clone(&one.definition.value))])).thunk()
            }
            _ => Rc::clone(&one.definition.value),
        };
        let file = set
            .collected()
            .and_then(|collected| collected.modules.get(one.definition.module))
            .and_then(|module| module.file.clone());
        let module = match file {
            // A definition stays one of the module that says where it stands.
            Some(file) => {
                let imports = Val::list(vec![module]).thunk();
                Val::attrs(Attrs::of([("_file", file), ("imports", imports)])).thunk()
            }
            None => module,
        };
        modules.push(module);
    }
    let mut request = Request::new(Class::Generic, modules);
    if is_defined {
        request.prefix = set.full_path(path);
    }
    request.declarations = submodule.declarations.clone().unwrap_or_default();
    request.packages = set.request.packages.clone();
    // Nobody else can reach the elements of a list.
    let is_element = path
        .last()
        .is_some_and(|name| name.as_str().starts_with("[definition "));
    request.defined_elsewhere = set.request.defined_elsewhere && !is_element;
    let name = match path.last() {
        Some(name) if is_defined => name.as_str(),
        // What Nix makes without definitions is made once, for wherever the type is used.
        _ => "‹name›",
    };
    request
        .special_arguments
        .push((Symbol::new("name"), Val::string(name).thunk()));
    let class = match &submodule.class {
        Some(class) => Rc::clone(class),
        None => Val::bare(Value::Null).thunk(),
    };
    request
        .special_arguments
        .push((Symbol::new("_class"), class));
    if let Some(arguments) = &submodule.special_arguments {
        let attrs = evaluator.attrs(arguments, &Origin::default())?;
        for attr in attrs.unordered() {
            request
                .special_arguments
                .push((attr.name, Rc::clone(&attr.value)));
        }
    }
    let inner = evaluator.evaluate_modules(request);
    if let Some(error) = inner
        .collected()
        .and_then(|collected| collected.failures.first())
    {
        return Err(Stop::Error(Rc::clone(error)));
    }
    evaluator.force(&inner.public_config())
}

impl Evaluator {
    /// What a type makes of values, outside of a module evaluation: as of definitions of an option, or as its `merge` by itself
    /// does.
    ///
    /// # Errors
    /// Where Nix fails; where it is not known.
    pub fn merge_values(
        &mut self,
        kind: &OptionType,
        path: &[Symbol],
        values: Vec<Rc<Thunk>>,
        as_option: bool,
    ) -> Result<Val, Stop> {
        let set = self.evaluate_modules(Request::new(Class::Generic, Vec::new()));
        let definitions = values
            .into_iter()
            .map(|value| Definition::new(value, usize::MAX));
        if !as_option {
            let active = definitions
                .map(|definition| {
                    let value = self.force(&definition.value)?.value;
                    Ok(Active { definition, value })
                })
                .collect::<Result<Vec<_>, Stop>>()?;
            return merge_unasked(self, &set, path, kind, active);
        }
        let definitions: Vec<Definition> = definitions.collect();
        let discharged = self.discharge(&definitions);
        let active = in_force(self, discharged)?;
        if active.is_empty() {
            return match without_definitions(self, &set, path, kind)? {
                Some(empty) => Ok(empty),
                None => Err(Stop::Unknown(set.undefined_option(self, path))),
            };
        }
        merge(self, &set, path, kind, active)
    }
}
