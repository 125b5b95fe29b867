//! Control, types and files.

use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::{ErrorKind, EvalError, Stop};
use crate::nix::eval::value::{Attrs, Marker, Origin, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::flake::frameworks;
use crate::nix::flake::known::KnownInput;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "import",
        arity: 1,
        run: import,
    },
    Builtin {
        name: "scopedImport",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let scope = evaluator.attrs(&arguments[0], origin)?;
            let path = evaluator.path_to_import(&arguments[1], origin)?;
            let thunk = evaluator.import_in_scope(&path, scope.closed()?, origin)?;
            evaluator.force(&thunk)
        },
    },
    Builtin {
        name: "throw",
        arity: 1,
        run: |evaluator, arguments, origin| {
            Err(raised(evaluator, ErrorKind::Throw, &arguments[0], origin))
        },
    },
    Builtin {
        name: "abort",
        arity: 1,
        run: |evaluator, arguments, origin| {
            Err(raised(evaluator, ErrorKind::Abort, &arguments[0], origin))
        },
    },
    Builtin {
        name: "toString",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let string = evaluator.coerce(&arguments[0], Coercion::TO_STRING, origin)?;
            Ok(Val::new(Value::String(string), origin.clone()))
        },
    },
    Builtin {
        name: "typeOf",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let value = evaluator.force(&arguments[0])?;
            let name = Val::string(value.value.type_name());
            Ok(Val::new(name.value, origin.clone()))
        },
    },
    Builtin {
        name: "isNull",
        arity: 1,
        run: |evaluator, arguments, origin| {
            is(evaluator, arguments, origin, |value| {
                matches!(value, Value::Null)
            })
        },
    },
    Builtin {
        name: "seq",
        arity: 2,
        run: |evaluator, arguments, _| {
            evaluator.force(&arguments[0])?;
            evaluator.force(&arguments[1])
        },
    },
    Builtin {
        name: "deepSeq",
        arity: 2,
        run: |evaluator, arguments, _| {
            evaluator.force_deep(&arguments[0])?;
            evaluator.force(&arguments[1])
        },
    },
    Builtin {
        name: "tryEval",
        arity: 1,
        run: try_eval,
    },
];

/// A predicate on the type of a value.
pub(super) fn is(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
    test: fn(&Value) -> bool,
) -> Result<Val, Stop> {
    let value = evaluator.force(&arguments[0])?;
    Ok(Val::new(Value::Bool(test(&value.value)), origin.clone()))
}

fn raised(
    evaluator: &mut Evaluator,
    kind: ErrorKind,
    message: &Rc<Thunk>,
    origin: &Origin,
) -> Stop {
    let text = evaluator
        .coerce(message, Coercion::INTERPOLATION, origin)
        .map(|string| match string.known() {
            Ok(text) => text.to_string(),
            Err(_) => format!("{}…", string.known_prefix()),
        });
    match text {
        Ok(text) => evaluator.error(kind, text, origin),
        // That it fails is known, with which words is not.
        Err(Stop::Unknown(_)) => {
            EvalError::new(kind, "a message that is not known here", origin.span).into()
        }
        Err(stop) => stop,
    }
}

fn import(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let value = match evaluator.force(&arguments[0]) {
        // What the search path holds is not known, but `<nixpkgs>` is nixpkgs everywhere.
        Err(Stop::Unknown(unknown)) => {
            return match unknown.subject.as_deref() {
                Some("<nixpkgs>") => {
                    let packages = frameworks::import_nixpkgs();
                    evaluator.force(&packages)
                }
                Some("<nixpkgs/lib>") => {
                    let lib = evaluator.lib();
                    evaluator.force(&lib)
                }
                _ => Err(Stop::Unknown(unknown)),
            };
        }
        outcome => outcome?,
    };
    if let Value::Attrs(attrs) = &value.value
        && let Some(Marker::Input(KnownInput::Nixpkgs)) = attrs.marker.as_deref()
    {
        let packages = frameworks::import_nixpkgs();
        return evaluator.force(&packages);
    }
    if let Value::Attrs(attrs) = &value.value
        && let Some(Marker::Input(KnownInput::Systems)) = attrs.marker.as_deref()
        && let Some(systems) = frameworks::systems_of_input(evaluator, attrs)
    {
        return Ok(Val::new(systems.value, origin.clone()));
    }
    if let Value::Path(path) = &value.value {
        evaluator.note_outside(path, &value.origin, false);
    }
    let absolute = evaluator.path_to_import(&arguments[0], origin)?;
    let thunk = evaluator.import(&absolute, origin)?;
    evaluator.force(&thunk)
}

fn try_eval(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let (success, value) = match evaluator.force(&arguments[0]) {
        Ok(value) => (true, value),
        Err(Stop::Error(error)) if error.is_catchable() => (false, Val::bool(false)),
        Err(stop) => return Err(stop),
    };
    let attrs = Attrs::of([
        ("success", Val::bool(success).thunk()),
        ("value", value.thunk()),
    ]);
    Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin.clone()))
}
