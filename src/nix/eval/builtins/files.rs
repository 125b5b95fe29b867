//! Files, the store and the world.

use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::{ErrorKind, Kind, Stop};
use crate::nix::eval::value::{
    Attr, Attrs, NixPath, NixString, Origin, Part, Rendered, Thunk, Val, Value,
};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use crate::workspace::source::Span;
use crate::workspace::{ReadProblem, Visibility, path};
use std::rc::Rc;

/// A builtin whose result depends on the world.
macro_rules! world {
    ($name:literal, $kind:expr, $reason:literal) => {
        Builtin {
            name: $name,
            arity: 1,
            run: |evaluator, _, origin| {
                let kind: Option<Kind> = $kind;
                Err(Stop::Unknown(evaluator.unknown($reason, kind, origin.span)))
            },
        }
    };
}

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    world!("fetchGit", Some(Kind::Attributes), "it is fetched"),
    world!("fetchMercurial", Some(Kind::Attributes), "it is fetched"),
    world!("fetchTarball", Some(Kind::StorePath), "it is fetched"),
    world!("fetchTree", Some(Kind::Attributes), "it is fetched"),
    world!("fetchurl", Some(Kind::StorePath), "it is fetched"),
    world!("fetchClosure", Some(Kind::StorePath), "it is fetched"),
    world!("getFlake", None, "it is fetched"),
    world!(
        "getEnv",
        Some(Kind::String),
        "it is a variable of the environment that Nix runs in"
    ),
    world!(
        "placeholder",
        Some(Kind::StorePath),
        "it stands for a path in the store"
    ),
    world!(
        "storePath",
        Some(Kind::StorePath),
        "it is a path in the store"
    ),
    Builtin {
        name: "isPath",
        arity: 1,
        run: |evaluator, arguments, origin| {
            super::core::is(evaluator, arguments, origin, |value| {
                matches!(value, Value::Path(_))
            })
        },
    },
    Builtin {
        name: "readFile",
        arity: 1,
        run: read_file,
    },
    Builtin {
        name: "pathExists",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let (absolute, _) = path_argument(evaluator, &arguments[0], origin)?;
            let exists = match evaluator.workspace.visibility(&absolute) {
                // A slash or a dot at the end asks for a directory.
                Visibility::File => {
                    let value = evaluator.force(&arguments[0])?;
                    match &value.value {
                        Value::String(text) => {
                            let text = text.path_text()?;
                            !(text.ends_with('/') || text.ends_with("/."))
                        }
                        _ => true,
                    }
                }
                Visibility::Directory => true,
                Visibility::Missing | Visibility::Untracked | Visibility::MissingOrUntracked => {
                    false
                }
                _ => {
                    return Err(Stop::Unknown(evaluator.unknown(
                        "it lies outside of the source tree",
                        Some(Kind::Boolean),
                        origin.span,
                    )));
                }
            };
            Ok(Val::new(Value::Bool(exists), origin.clone()))
        },
    },
    Builtin {
        name: "readDir",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let (absolute, written) = path_argument(evaluator, &arguments[0], origin)?;
            let entries = match evaluator.workspace.read_directory(&absolute) {
                Ok(entries) => entries,
                Err(problem) => {
                    return Err(refused(evaluator, &absolute, &written, &problem, origin));
                }
            };
            evaluator.step(entries.len() as u64)?;
            let attrs = Attrs::from_entries(
                entries
                    .into_iter()
                    .map(|(name, kind)| Attr {
                        name: Symbol::new(&name),
                        name_span: None,
                        definition: None,
                        value: Val::string(kind.name()).thunk(),
                    })
                    .collect(),
            );
            Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin.clone()))
        },
    },
    Builtin {
        name: "readFileType",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let (absolute, written) = path_argument(evaluator, &arguments[0], origin)?;
            let kind = match evaluator.workspace.visibility(&absolute) {
                Visibility::File => "regular",
                Visibility::Directory => "directory",
                _ => {
                    return Err(refused(
                        evaluator,
                        &absolute,
                        &written,
                        &ReadProblem::Missing,
                        origin,
                    ));
                }
            };
            Ok(Val::new(Val::string(kind).value, origin.clone()))
        },
    },
    Builtin {
        name: "toPath",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let string = evaluator.coerce(&arguments[0], Coercion::PATH, origin)?;
            if !string.path_text()?.starts_with('/') {
                return Err(evaluator.error(ErrorKind::Other, "this is no absolute path", origin));
            }
            Ok(Val::new(Value::String(string), origin.clone()))
        },
    },
    Builtin {
        name: "baseNameOf",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let value = evaluator.force(&arguments[0])?;
            let text: Rc<str> = match &value.value {
                Value::Path(path) => Rc::clone(&path.absolute),
                _ => {
                    let string =
                        evaluator.coerce(&arguments[0], Coercion::INTERPOLATION, origin)?;
                    match string.parts.last() {
                        // What follows an unknown beginning can be enough.
                        Some(Part::Text { text, .. }) if text.contains('/') => Rc::clone(text),
                        _ => string.known()?,
                    }
                }
            };
            let trimmed = text.strip_suffix('/').unwrap_or(&text);
            let name = trimmed.rsplit('/').next().unwrap_or("");
            Ok(Val::new(Val::string(name).value, origin.clone()))
        },
    },
    Builtin {
        name: "dirOf",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let value = evaluator.force(&arguments[0])?;
            if let Value::Path(given) = &value.value {
                let parent = NixPath {
                    absolute: path::parent(&given.absolute).into(),
                    written: None,
                };
                return Ok(Val::new(Value::Path(parent), origin.clone()));
            }
            let text = evaluator
                .coerce(&arguments[0], Coercion::PATH, origin)?
                .known()?;
            let parent = match text.rfind('/') {
                None => ".",
                Some(0) => "/",
                Some(slash) => &text[..slash],
            };
            Ok(Val::new(Val::string(parent).value, origin.clone()))
        },
    },
    Builtin {
        name: "path",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let given = evaluator.descend(&arguments[0], &["path"])?;
            in_store(evaluator, &given, origin)
        },
    },
    Builtin {
        name: "filterSource",
        arity: 2,
        run: |evaluator, arguments, origin| in_store(evaluator, &arguments[1], origin),
    },
    Builtin {
        name: "toFile",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let name: Rc<str> = evaluator.text(&arguments[0], origin)?;
            let rendered = Rendered::File(Rc::clone(&name), Rc::clone(&arguments[1]));
            evaluator.rendered.push(rendered);
            let unknown = evaluator.unknown(
                format!("the store path of `{name}` depends on its contents"),
                Some(Kind::StorePath),
                origin.span,
            );
            let string = NixString {
                parts: vec![Part::Unknown(unknown)],
                context: Vec::new(),
            };
            Ok(Val::new(Value::String(Rc::new(string)), origin.clone()))
        },
    },
    Builtin {
        name: "derivationStrict",
        arity: 1,
        run: derivation,
    },
    Builtin {
        name: "derivation",
        arity: 1,
        run: derivation,
    },
    Builtin {
        name: "trace",
        arity: 2,
        run: |evaluator, arguments, _| {
            evaluator.force(&arguments[0])?;
            evaluator.force(&arguments[1])
        },
    },
    Builtin {
        name: "traceVerbose",
        arity: 2,
        run: |evaluator, arguments, _| evaluator.force(&arguments[1]),
    },
    Builtin {
        name: "warn",
        arity: 2,
        run: |evaluator, arguments, origin| {
            evaluator.string(&arguments[0], origin)?;
            evaluator.force(&arguments[1])
        },
    },
    Builtin {
        name: "addErrorContext",
        arity: 2,
        run: |evaluator, arguments, _| evaluator.force(&arguments[1]),
    },
    Builtin {
        name: "break",
        arity: 1,
        run: |evaluator, arguments, _| evaluator.force(&arguments[0]),
    },
];

/// The absolute path that an argument names, and how it was written.
fn path_argument(
    evaluator: &mut Evaluator,
    argument: &Rc<Thunk>,
    origin: &Origin,
) -> Result<(Rc<str>, Rc<str>), Stop> {
    let value = evaluator.force(argument)?;
    if let Value::Path(given) = &value.value {
        let written = given
            .written
            .clone()
            .unwrap_or_else(|| Rc::clone(&given.absolute));
        return Ok((Rc::clone(&given.absolute), written));
    }
    let text = evaluator
        .coerce(argument, Coercion::PATH, origin)?
        .path_text()?;
    if !text.starts_with('/') {
        return Err(evaluator.error(
            ErrorKind::Other,
            format!("`{text}` is no absolute path"),
            origin,
        ));
    }
    let shown: Rc<str> = evaluator.workspace.relative(&text).into();
    Ok((path::normalize(&text).into(), shown))
}

/// What a file that cannot be read comes to.
fn refused(
    evaluator: &mut Evaluator,
    absolute: &str,
    written: &str,
    problem: &ReadProblem,
    origin: &Origin,
) -> Stop {
    let _ = absolute;
    let message = format!("`{written}` {problem}");
    if *problem == ReadProblem::OutsideTree || !problem.is_fault_of_the_source() {
        return Stop::Unknown(evaluator.unknown(message, None, origin.span));
    }
    evaluator.error(ErrorKind::MissingFile, message, origin)
}

fn read_file(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let (absolute, written) = path_argument(evaluator, &arguments[0], origin)?;
    match evaluator.workspace.read(&absolute) {
        Ok(file) => {
            evaluator.note_data(&absolute);
            let text = evaluator.workspace.sources().get(file).text.clone();
            let place = Origin {
                span: Some(Span::new(file, 0, text.len() as u32)),
                call: origin.call.clone(),
            };
            Ok(Val::new(
                Value::String(NixString::plain(&*text, place.clone())),
                place,
            ))
        }
        Err(problem @ (ReadProblem::NotUtf8 { .. } | ReadProblem::ByteOrderMark { .. })) => {
            // Nix reads bytes.
            let unknown = evaluator.unknown(
                format!("`{written}` {problem}"),
                Some(Kind::String),
                origin.span,
            );
            Err(Stop::Unknown(unknown))
        }
        Err(problem) => Err(refused(evaluator, &absolute, &written, &problem, origin)),
    }
}

/// A path that is copied to the store: its text is not known, its place is.
fn in_store(evaluator: &mut Evaluator, given: &Rc<Thunk>, origin: &Origin) -> Result<Val, Stop> {
    let value = evaluator.force(given)?;
    let mut string = NixString::default();
    evaluator.append(&mut string, Ok(value), Coercion::INTERPOLATION, origin)?;
    if string.place().is_none() {
        let unknown = evaluator.unknown(
            "it is a path in the store",
            Some(Kind::StorePath),
            origin.span,
        );
        string.parts = vec![Part::Unknown(unknown)];
    }
    Ok(Val::new(Value::String(Rc::new(string)), origin.clone()))
}

/// A derivation: its attributes can be used, its paths are not known.
fn derivation(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let given = evaluator.attrs(&arguments[0], origin)?;
    let mut attrs = (*given).clone();
    let name = evaluator.descend(&arguments[0], &["name"])?;
    let name = evaluator.text(&name, origin)?;
    for attribute in ["outPath", "drvPath"] {
        let unknown = evaluator.unknown(
            format!("the store path of `{name}` is made when it is built"),
            Some(Kind::StorePath),
            origin.span,
        );
        attrs.insert(Attr {
            name: Symbol::new(attribute),
            name_span: None,
            definition: None,
            value: Thunk::unknown(unknown, origin.clone()),
        });
    }
    for (attribute, text) in [("type", "derivation"), ("outputName", "out")] {
        attrs.insert(Attr {
            name: Symbol::new(attribute),
            name_span: None,
            definition: None,
            value: Val::string(text).thunk(),
        });
    }
    let me = attrs.clone();
    attrs.insert(Attr {
        name: Symbol::new("out"),
        name_span: None,
        definition: None,
        value: Val::attrs(me).thunk(),
    });
    attrs.insert(Attr {
        name: Symbol::new("drvAttrs"),
        name_span: None,
        definition: None,
        value: Rc::clone(&arguments[0]),
    });
    Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin.clone()))
}
