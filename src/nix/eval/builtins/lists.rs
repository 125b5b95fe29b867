//! Lists.

use super::sort::sort;
use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{Attr, Attrs, List, Origin, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "length",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let list = evaluator.list(&arguments[0], origin)?;
            Ok(Val::new(
                Value::Int(list.all()?.len() as i64),
                origin.clone(),
            ))
        },
    },
    Builtin {
        name: "head",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let list = evaluator.list(&arguments[0], origin)?;
            element(evaluator, &list, 0, origin)
        },
    },
    Builtin {
        name: "elemAt",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let index = evaluator.integer(&arguments[1], origin)?;
            let list = evaluator.list(&arguments[0], origin)?;
            element(evaluator, &list, index, origin)
        },
    },
    Builtin {
        name: "tail",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let list = evaluator.list(&arguments[0], origin)?;
            if let Some((0, unknown)) = list.gaps.first() {
                return Err(Stop::Unknown(Rc::clone(unknown)));
            }
            let Some((_, rest)) = list.items.split_first() else {
                return Err(evaluator.error(
                    ErrorKind::Other,
                    "`tail` is called on an empty list",
                    origin,
                ));
            };
            let gaps = list
                .gaps
                .iter()
                .map(|(index, unknown)| (index - 1, Rc::clone(unknown)))
                .collect();
            Ok(made(rest.to_vec(), gaps, origin))
        },
    },
    Builtin {
        name: "map",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let list = evaluator.list(&arguments[1], origin)?;
            if !list.items.is_empty() {
                evaluator.check_function(&arguments[0], origin)?;
            }
            evaluator.step(list.items.len() as u64)?;
            let items = list
                .items
                .iter()
                .map(|item| evaluator.application(&arguments[0], vec![Rc::clone(item)], origin))
                .collect();
            Ok(made(items, list.gaps.clone(), origin))
        },
    },
    Builtin {
        name: "filter",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let list = evaluator.list(&arguments[1], origin)?;
            if list.items.is_empty() && list.gaps.is_empty() {
                return Ok(made(Vec::new(), Vec::new(), origin));
            }
            let test = evaluator.function(&arguments[0], origin)?;
            let mut kept = Vec::new();
            let mut gaps = Vec::new();
            let mut next_gap = list.gaps.iter().peekable();
            for (index, item) in list.items.iter().enumerate() {
                while let Some((_, unknown)) = next_gap.next_if(|(at, _)| *at <= index) {
                    gaps.push((kept.len(), Rc::clone(unknown)));
                }
                evaluator.step(1)?;
                let outcome = evaluator.apply(&test, Rc::clone(item), origin);
                if evaluator.truth(outcome, origin)? {
                    kept.push(Rc::clone(item));
                }
            }
            gaps.extend(next_gap.map(|(_, unknown)| (kept.len(), Rc::clone(unknown))));
            Ok(made(kept, gaps, origin))
        },
    },
    Builtin {
        name: "elem",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let list = evaluator.list(&arguments[1], origin)?;
            let mut unknown = list.gaps.first().map(|(_, unknown)| Rc::clone(unknown));
            if list.items.is_empty() && unknown.is_none() {
                return Ok(Val::new(Value::Bool(false), origin.clone()));
            }
            let wanted = evaluator.force(&arguments[0])?;
            for item in &list.items {
                evaluator.step(1)?;
                let outcome = match evaluator.force(item) {
                    Ok(item) => evaluator.equal(&wanted, &item, origin),
                    Err(stop) => Err(stop),
                };
                match outcome {
                    Ok(true) => return Ok(Val::new(Value::Bool(true), origin.clone())),
                    Ok(false) => {}
                    Err(Stop::Unknown(reason)) => {
                        unknown.get_or_insert(reason);
                    }
                    Err(stop) => return Err(stop),
                }
            }
            match unknown {
                Some(unknown) => Err(Stop::Unknown(unknown)),
                None => Ok(Val::new(Value::Bool(false), origin.clone())),
            }
        },
    },
    Builtin {
        name: "foldl'",
        arity: 3,
        run: |evaluator, arguments, origin| {
            let operator = evaluator.function(&arguments[0], origin)?;
            let list = evaluator.list(&arguments[2], origin)?;
            let mut result = Rc::clone(&arguments[1]);
            for item in list.all()? {
                evaluator.step(1)?;
                let first = evaluator.apply(&operator, result, origin)?;
                result = evaluator.apply(&first, Rc::clone(item), origin)?.thunk();
            }
            evaluator.force(&result)
        },
    },
    Builtin {
        name: "all",
        arity: 2,
        run: |evaluator, arguments, origin| quantified(evaluator, arguments, origin, false),
    },
    Builtin {
        name: "any",
        arity: 2,
        run: |evaluator, arguments, origin| quantified(evaluator, arguments, origin, true),
    },
    Builtin {
        name: "concatLists",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let lists = evaluator.list(&arguments[0], origin)?;
            concatenated(evaluator, &lists, origin)
        },
    },
    Builtin {
        name: "concatMap",
        arity: 2,
        run: |evaluator, arguments, origin| {
            evaluator.check_function(&arguments[0], origin)?;
            let list = evaluator.list(&arguments[1], origin)?;
            let items = list
                .items
                .iter()
                .map(|item| evaluator.application(&arguments[0], vec![Rc::clone(item)], origin))
                .collect();
            let lists = List {
                items,
                gaps: list.gaps.clone(),
            };
            concatenated(evaluator, &lists, origin)
        },
    },
    Builtin {
        name: "genList",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let count = evaluator.integer(&arguments[1], origin)?;
            let Ok(length) = usize::try_from(count) else {
                return Err(evaluator.error(
                    ErrorKind::Other,
                    "`genList` is asked for a list of negative length",
                    origin,
                ));
            };
            evaluator.check_function(&arguments[0], origin)?;
            if length > evaluator.limits.elements {
                return Err(evaluator.limit("the list is too long"));
            }
            evaluator.step(length as u64)?;
            let items = (0..count)
                .map(|index| {
                    let index = Val::new(Value::Int(index), origin.clone()).thunk();
                    evaluator.application(&arguments[0], vec![index], origin)
                })
                .collect();
            Ok(made(items, Vec::new(), origin))
        },
    },
    Builtin {
        name: "sort",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let list = evaluator.list(&arguments[1], origin)?;
            let items = list.all()?.to_vec();
            if items.is_empty() {
                return Ok(made(items, Vec::new(), origin));
            }
            let less = evaluator.function(&arguments[0], origin)?;
            for item in &items {
                evaluator.force_for_failure(item)?;
            }
            let sorted = sort(evaluator, &less, items, origin)?;
            Ok(made(sorted, Vec::new(), origin))
        },
    },
    Builtin {
        name: "partition",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let test = evaluator.function(&arguments[0], origin)?;
            let list = evaluator.list(&arguments[1], origin)?;
            let (mut right, mut wrong) = (Vec::new(), Vec::new());
            for item in list.all()? {
                evaluator.step(1)?;
                evaluator.force_for_failure(item)?;
                let outcome = evaluator.apply(&test, Rc::clone(item), origin);
                if evaluator.truth(outcome, origin)? {
                    right.push(Rc::clone(item));
                } else {
                    wrong.push(Rc::clone(item));
                }
            }
            let attrs = Attrs::of([
                ("right", made(right, Vec::new(), origin).thunk()),
                ("wrong", made(wrong, Vec::new(), origin).thunk()),
            ]);
            Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin.clone()))
        },
    },
    Builtin {
        name: "groupBy",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let name_of = evaluator.function(&arguments[0], origin)?;
            let list = evaluator.list(&arguments[1], origin)?;
            let mut groups: BTreeMap<Rc<str>, Vec<Rc<Thunk>>> = BTreeMap::new();
            for item in list.all()? {
                evaluator.step(1)?;
                let name = evaluator.apply(&name_of, Rc::clone(item), origin)?.thunk();
                let name = evaluator.plain_text(&name, origin)?;
                groups.entry(name).or_default().push(Rc::clone(item));
            }
            let entries = groups
                .into_iter()
                .map(|(name, items)| {
                    Attr::unwritten(Symbol::new(&name), made(items, Vec::new(), origin).thunk())
                })
                .collect();
            Ok(Val::new(
                Value::Attrs(Rc::new(Attrs::from_entries(entries))),
                origin.clone(),
            ))
        },
    },
    Builtin {
        name: "genericClosure",
        arity: 1,
        run: generic_closure,
    },
    Builtin {
        name: "isList",
        arity: 1,
        run: |evaluator, arguments, origin| {
            super::core::is(evaluator, arguments, origin, |value| {
                matches!(value, Value::List(_))
            })
        },
    },
];

fn made(
    items: Vec<Rc<Thunk>>,
    gaps: Vec<(usize, Rc<crate::nix::eval::unknown::Unknown>)>,
    origin: &Origin,
) -> Val {
    Val::new(Value::List(Rc::new(List { items, gaps })), origin.clone())
}

fn element(
    evaluator: &mut Evaluator,
    list: &List,
    index: i64,
    origin: &Origin,
) -> Result<Val, Stop> {
    let position = usize::try_from(index).ok();
    if let (Some((gap, unknown)), Some(position)) = (list.gaps.first(), position)
        && *gap <= position
    {
        return Err(Stop::Unknown(Rc::clone(unknown)));
    }
    match position.and_then(|position| list.items.get(position)) {
        Some(item) => evaluator.force(&Rc::clone(item)),
        None => Err(evaluator.error(
            ErrorKind::Other,
            format!(
                "there is no element {index} in a list of {}",
                list.items.len()
            ),
            origin,
        )),
    }
}

/// `all` and `any`: `decides` is the truth value of one element that decides the whole.
fn quantified(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
    decides: bool,
) -> Result<Val, Stop> {
    let test = evaluator.function(&arguments[0], origin)?;
    let list = evaluator.list(&arguments[1], origin)?;
    for item in &list.items {
        evaluator.step(1)?;
        let outcome = evaluator.apply(&test, Rc::clone(item), origin);
        if evaluator.truth(outcome, origin)? == decides {
            return Ok(Val::new(Value::Bool(decides), origin.clone()));
        }
    }
    list.all()?;
    Ok(Val::new(Value::Bool(!decides), origin.clone()))
}

fn concatenated(evaluator: &mut Evaluator, lists: &List, origin: &Origin) -> Result<Val, Stop> {
    let mut items = Vec::new();
    let mut gaps = Vec::new();
    let mut next_gap = lists.gaps.iter().peekable();
    for (index, list) in lists.items.iter().enumerate() {
        while let Some((_, unknown)) = next_gap.next_if(|(at, _)| *at <= index) {
            gaps.push((items.len(), Rc::clone(unknown)));
        }
        let list = match evaluator.list(list, origin) {
            Ok(list) => list,
            Err(Stop::Unknown(unknown)) => {
                gaps.push((items.len(), unknown));
                continue;
            }
            Err(stop) => return Err(stop),
        };
        evaluator.step(list.items.len() as u64)?;
        if items.len() + list.items.len() > evaluator.limits.elements {
            return Err(evaluator.limit("the list is too long"));
        }
        gaps.extend(
            list.gaps
                .iter()
                .map(|(at, unknown)| (items.len() + at, Rc::clone(unknown))),
        );
        items.extend(list.items.iter().cloned());
    }
    gaps.extend(next_gap.map(|(_, unknown)| (items.len(), Rc::clone(unknown))));
    Ok(made(items, gaps, origin))
}

fn generic_closure(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let start = evaluator.descend(&arguments[0], &["startSet"])?;
    let start = evaluator.list(&start, origin)?;
    let mut queue: std::collections::VecDeque<Rc<Thunk>> = start.all()?.iter().cloned().collect();
    if queue.is_empty() {
        return Ok(made(Vec::new(), Vec::new(), origin));
    }
    let operator = evaluator.descend(&arguments[0], &["operator"])?;
    let operator = evaluator.function(&operator, origin)?;
    // Sorted; Nix asks only which of two keys is less, so those that cannot be ordered are refused.
    let mut keys: Vec<Val> = Vec::new();
    let mut found = Vec::new();
    while let Some(item) = queue.pop_front() {
        evaluator.step(1)?;
        let key = evaluator.descend(&item, &["key"])?;
        let key = evaluator.force(&key)?;
        let (mut from, mut to) = (0, keys.len());
        let mut known = false;
        while from < to && !known {
            let middle = from.midpoint(to);
            if evaluator.less(&keys[middle], &key, origin)? {
                from = middle + 1;
            } else if evaluator.less(&key, &keys[middle], origin)? {
                to = middle;
            } else {
                known = true;
            }
        }
        if known {
            continue;
        }
        keys.insert(from, key);
        found.push(Rc::clone(&item));
        let next = evaluator.apply(&operator, item, origin)?.thunk();
        let next = evaluator.list(&next, origin)?;
        for item in next.all()? {
            evaluator.force_for_failure(item)?;
            queue.push_back(Rc::clone(item));
        }
    }
    Ok(made(found, Vec::new(), origin))
}
