//! Attribute sets and functions.

use crate::nix::eval::unknown::{ErrorKind, Kind, Stop};
use crate::nix::eval::value::{Attr, Attrs, List, Marker, Origin, Places, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::Parameter;
use crate::workspace::source::Span;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "attrNames",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let attrs = evaluator.attrs(&arguments[0], origin)?;
            let names = attrs
                .closed()?
                .sorted()
                .into_iter()
                .map(|attr| name_value(attr).thunk())
                .collect();
            Ok(Val::new(
                Value::List(Rc::new(List::closed(names))),
                origin.clone(),
            ))
        },
    },
    Builtin {
        name: "attrValues",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let attrs = evaluator.attrs(&arguments[0], origin)?;
            let mut list = List::closed(
                attrs
                    .sorted()
                    .into_iter()
                    .map(|attr| Rc::clone(&attr.value))
                    .collect(),
            );
            if let Some(open) = &attrs.open {
                list.gaps = (0..=list.items.len())
                    .map(|index| (index, Rc::clone(open)))
                    .collect();
            }
            Ok(Val::new(Value::List(Rc::new(list)), origin.clone()))
        },
    },
    Builtin {
        name: "getAttr",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let name = Symbol::new(&evaluator.plain_text(&arguments[0], origin)?);
            evaluator.select_attribute(&arguments[1], name, origin)
        },
    },
    Builtin {
        name: "hasAttr",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let name = Symbol::new(&evaluator.plain_text(&arguments[0], origin)?);
            let attrs = evaluator.attrs(&arguments[1], origin)?;
            let found = attrs.has(name)?;
            Ok(Val::new(Value::Bool(found), origin.clone()))
        },
    },
    Builtin {
        name: "isAttrs",
        arity: 1,
        run: |evaluator, arguments, origin| {
            super::core::is(evaluator, arguments, origin, |value| {
                matches!(value, Value::Attrs(_))
            })
        },
    },
    Builtin {
        name: "isFunction",
        arity: 1,
        run: |evaluator, arguments, origin| {
            super::core::is(evaluator, arguments, origin, |value| {
                matches!(value, Value::Lambda(_) | Value::Builtin(_))
            })
        },
    },
    Builtin {
        name: "removeAttrs",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let attrs = evaluator.attrs(&arguments[0], origin)?;
            let names = evaluator.list(&arguments[1], origin)?;
            let mut rest = (*attrs).clone();
            for name in names.all()? {
                rest.remove(Symbol::new(&evaluator.plain_text(name, origin)?));
            }
            rest.marker = None;
            Ok(Val::new(Value::Attrs(Rc::new(rest)), origin.clone()))
        },
    },
    Builtin {
        name: "intersectAttrs",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let left = evaluator.attrs(&arguments[0], origin)?;
            let right = evaluator.attrs(&arguments[1], origin)?;
            let entries = right
                .unordered()
                .iter()
                .filter(|attr| left.get(attr.name).is_some())
                .cloned()
                .collect();
            let mut result = Attrs::from_entries(entries);
            result.places = right.places;
            if let Some(open) = left.open.clone().or_else(|| right.open.clone()) {
                result.open = Some(open);
            }
            Ok(Val::new(Value::Attrs(Rc::new(result)), origin.clone()))
        },
    },
    Builtin {
        name: "catAttrs",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let name = Symbol::new(&evaluator.plain_text(&arguments[0], origin)?);
            let list = evaluator.list(&arguments[1], origin)?;
            let mut found = Vec::new();
            for item in list.all()? {
                let attrs = evaluator.attrs(item, origin)?;
                match attrs.get(name) {
                    Some(attr) => found.push(Rc::clone(&attr.value)),
                    None => {
                        attrs.closed()?;
                    }
                }
            }
            Ok(Val::new(
                Value::List(Rc::new(List::closed(found))),
                origin.clone(),
            ))
        },
    },
    Builtin {
        name: "mapAttrs",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let attrs = evaluator.attrs(&arguments[1], origin)?;
            evaluator.step(attrs.unordered().len() as u64)?;
            let entries = attrs
                .unordered()
                .iter()
                .map(|attr| Attr {
                    value: evaluator.application(
                        &arguments[0],
                        vec![name_value(attr).thunk(), Rc::clone(&attr.value)],
                        origin,
                    ),
                    ..attr.clone()
                })
                .collect();
            let mut result = Attrs::from_entries(entries);
            result.open = attrs.open.clone();
            // The names are the same.
            result.marker = attrs.marker.clone().filter(|marker| {
                matches!(
                    **marker,
                    Marker::Library | Marker::Functions | Marker::LibraryAndFunctions
                )
            });
            result.places = Places::None;
            Ok(Val::new(Value::Attrs(Rc::new(result)), origin.clone()))
        },
    },
    Builtin {
        name: "listToAttrs",
        arity: 1,
        run: list_to_attrs,
    },
    Builtin {
        name: "zipAttrsWith",
        arity: 2,
        run: |evaluator, arguments, origin| {
            evaluator.check_function(&arguments[0], origin)?;
            let list = evaluator.list(&arguments[1], origin)?;
            let mut zipped: BTreeMap<Symbol, Vec<Rc<Thunk>>> = BTreeMap::new();
            for item in list.all()? {
                let attrs = evaluator.attrs(item, origin)?;
                evaluator.step(attrs.unordered().len() as u64)?;
                for attr in attrs.closed()?.unordered() {
                    zipped
                        .entry(attr.name)
                        .or_default()
                        .push(Rc::clone(&attr.value));
                }
            }
            let entries = zipped
                .into_iter()
                .map(|(name, values)| {
                    Attr::unwritten(
                        name,
                        evaluator.application(
                            &arguments[0],
                            vec![
                                Val::string(name.as_str()).thunk(),
                                Val::list(values).thunk(),
                            ],
                            origin,
                        ),
                    )
                })
                .collect();
            Ok(Val::new(
                Value::Attrs(Rc::new(Attrs::from_entries(entries))),
                origin.clone(),
            ))
        },
    },
    Builtin {
        name: "functionArgs",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let function = evaluator.force(&arguments[0])?;
            let attrs = match &function.value {
                Value::Lambda(closure) => match &closure.lambda.parameter {
                    Parameter::Name(_) => Attrs::new(),
                    Parameter::Formals { formals, .. } => {
                        let entries = formals.iter().map(|formal| Attr {
                            name: formal.name,
                            name_span: Some(Span::new(
                                closure.tree.file,
                                formal.span.0,
                                formal.span.1,
                            )),
                            definition: None,
                            value: Val::bool(formal.default.is_some()).thunk(),
                        });
                        Attrs::from_entries(entries.collect())
                    }
                },
                Value::Builtin(_) => Attrs::new(),
                other => return Err(evaluator.type_error(other, "a function", origin)),
            };
            Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin.clone()))
        },
    },
    Builtin {
        name: "unsafeGetAttrPos",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let name = Symbol::new(&evaluator.plain_text(&arguments[0], origin)?);
            let attrs = evaluator.attrs(&arguments[1], origin)?;
            let span = attrs.get(name).and_then(|attr| attr.name_span);
            let is_known = match (attrs.places, span) {
                (_, None) | (Places::None, _) => true,
                (Places::Some, Some(_)) => false,
                // Of `a.b = ...` Nix takes the beginning of the path for the place of `b`.
                (Places::AsHere, Some(span)) => {
                    let file = evaluator.workspace.sources().get(span.file);
                    let before = file.text.get(..span.start as usize).unwrap_or("");
                    !before.trim_end().ends_with('.')
                }
            };
            if !is_known {
                return Err(Stop::Unknown(evaluator.unknown(
                    "which place Nix has of this attribute is not known",
                    Some(Kind::Attributes),
                    origin.span,
                )));
            }
            let span = span.filter(|_| attrs.places == Places::AsHere);
            let position = evaluator.position(span, origin);
            Ok(Val::new(position, origin.clone()))
        },
    },
];

/// An attribute's name as a string that knows where it was written.
fn name_value(attr: &Attr) -> Val {
    let origin = Origin::at(attr.name_span);
    Val::new(
        Value::String(crate::nix::eval::value::NixString::plain(
            attr.name.as_str(),
            origin.clone(),
        )),
        origin,
    )
}

fn list_to_attrs(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let list = evaluator.list(&arguments[0], origin)?;
    let mut entries: Vec<Attr> = Vec::with_capacity(list.items.len());
    let mut open = list.gaps.first().map(|(_, unknown)| Rc::clone(unknown));
    let mut seen = std::collections::HashSet::new();
    // Nix looks at the values once it has all names.
    let mut missing = None;
    for item in &list.items {
        evaluator.step(1)?;
        let attrs = match evaluator.attrs(item, origin) {
            Ok(attrs) => attrs,
            Err(Stop::Unknown(unknown)) => {
                open.get_or_insert(unknown);
                continue;
            }
            Err(stop) => return Err(stop),
        };
        let Some(name) = evaluator.optional_attribute(&attrs, "name")? else {
            return Err(evaluator.error(
                ErrorKind::MissingAttribute,
                "an element of the list for `listToAttrs` has no `name`",
                origin,
            ));
        };
        let (name, name_span) = match evaluator.string(&name, origin) {
            Ok(string) => {
                let span = match string.parts.as_slice() {
                    [crate::nix::eval::value::Part::Text { origin, .. }] => origin.span,
                    _ => None,
                };
                match string.known() {
                    Ok(name) => (Symbol::new(&name), span),
                    Err(Stop::Unknown(unknown)) => {
                        open.get_or_insert(unknown);
                        continue;
                    }
                    Err(stop) => return Err(stop),
                }
            }
            Err(Stop::Unknown(unknown)) => {
                open.get_or_insert(unknown);
                continue;
            }
            Err(stop) => return Err(stop),
        };
        // Of two with one name the first counts.
        if !seen.insert(name) {
            continue;
        }
        let value_name = Symbol::new("value");
        let Some(value) = attrs.get(value_name) else {
            missing.get_or_insert_with(|| evaluator.missing_attribute(&attrs, value_name, origin));
            continue;
        };
        entries.push(Attr {
            name,
            name_span,
            definition: value.definition,
            value: Rc::clone(&value.value),
        });
    }
    if let Some(stop) = missing {
        return Err(stop);
    }
    let mut attrs = Attrs::from_entries(entries);
    attrs.open = open;
    Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin.clone()))
}
