//! Files, the store and the world.

use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::{ErrorKind, Kind, Stop};
use crate::nix::eval::value::{
    Attr, Attrs, NixPath, NixString, Origin, Part, Rendered, Thunk, Val, Value,
};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use crate::workspace::source::{FileId, Span};
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
    Builtin {
        name: "fetchTree",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let value = evaluator.force(&arguments[0])?;
            if let Value::Attrs(attrs) = &value.value {
                for attr in attrs.unordered() {
                    if let Some(Value::Int(..0)) =
                        unless_unknown(evaluator.force(&attr.value))?.map(|value| value.value)
                    {
                        let message = format!("`{}` is negative", attr.name);
                        return Err(evaluator.error(ErrorKind::Other, message, origin));
                    }
                }
            }
            let kind = Some(Kind::Attributes);
            let reason = "it is fetched";
            Err(Stop::Unknown(evaluator.unknown(reason, kind, origin.span)))
        },
    },
    Builtin {
        name: "fetchurl",
        arity: 1,
        run: fetch_url,
    },
    world!("getFlake", None, "it is fetched"),
    Builtin {
        name: "getEnv",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let name = evaluator.plain_text(&arguments[0], origin)?;
            let reason = "it is a variable of the environment that Nix runs in";
            let subject = format!("builtins.getEnv \"{name}\"");
            Err(Stop::Unknown(evaluator.unknown_named(
                &subject,
                reason,
                Some(Kind::String),
                origin.span,
            )))
        },
    },
    Builtin {
        name: "storePath",
        arity: 1,
        run: |evaluator, arguments, origin| {
            path_argument(evaluator, &arguments[0], origin)?;
            let reason = "it is a path in the store";
            let kind = Some(Kind::StorePath);
            Err(Stop::Unknown(evaluator.unknown(reason, kind, origin.span)))
        },
    },
    Builtin {
        name: "findFile",
        arity: 2,
        run: |evaluator, arguments, origin| {
            evaluator.list(&arguments[0], origin)?;
            evaluator.plain_text(&arguments[1], origin)?;
            let reason = "it is looked up in a search path";
            let kind = Some(Kind::Path);
            Err(Stop::Unknown(evaluator.unknown(reason, kind, origin.span)))
        },
    },
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
            let (absolute, written) = path_argument(evaluator, &arguments[0], origin)?;
            // A slash or a dot at the end asks for a directory.
            let wants_directory = match &evaluator.force(&arguments[0])?.value {
                Value::String(text) => {
                    let text = text.path_text()?;
                    text.ends_with('/') || text.ends_with("/.")
                }
                _ => false,
            };
            let exists = match evaluator.workspace.visibility(&absolute) {
                Visibility::File => !wants_directory,
                Visibility::Directory => true,
                // A link is there, wherever it leads.
                _ if evaluator.workspace.is_link(&absolute) => !wants_directory,
                Visibility::Missing | Visibility::Untracked | Visibility::MissingOrUntracked => {
                    false
                }
                // Nix copies the tree, and beside the copy there is nothing of it.
                Visibility::OutsideTree if evaluator.is_of_flake && written.starts_with('.') => {
                    false
                }
                _ => {
                    return Err(Stop::Unknown(evaluator.unknown_named(
                        &format!("builtins.pathExists {absolute}"),
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
                    .map(|(name, kind)| {
                        Attr::unwritten(Symbol::new(&name), Val::string(kind.name()).thunk())
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
                // A link is one, whatever it leads to.
                Visibility::File | Visibility::Directory => entry_type(evaluator, &absolute),
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
            let string = match string.known() {
                Ok(text) => NixString::plain(path::normalize(&text), origin.clone()),
                Err(_) => string,
            };
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
            let attrs = evaluator.attrs(&arguments[0], origin)?;
            let given = evaluator.descend(&arguments[0], &["path"])?;
            let known = ["path", "name", "filter", "recursive", "sha256"];
            for attr in attrs.sorted() {
                match attr.name.as_str() {
                    "name" => {
                        let name = evaluator.plain_text(&attr.value, origin);
                        if let Some(name) = unless_unknown(name)? {
                            super::derivation::check_name(evaluator, &name, origin)?;
                        }
                    }
                    "filter" => filter_entries(evaluator, &attr.value, &given, origin)?,
                    name if known.contains(&name) => {}
                    name => {
                        let message = format!("`builtins.path` takes no `{name}`");
                        return Err(evaluator.error(ErrorKind::Argument, message, origin));
                    }
                }
            }
            in_store(evaluator, &given, origin)
        },
    },
    Builtin {
        name: "filterSource",
        arity: 2,
        run: |evaluator, arguments, origin| {
            unless_unknown(path_argument(evaluator, &arguments[1], origin))?;
            filter_entries(evaluator, &arguments[0], &arguments[1], origin)?;
            in_store(evaluator, &arguments[1], origin)
        },
    },
    Builtin {
        name: "toFile",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let name: Rc<str> = evaluator.text(&arguments[0], origin)?;
            let rendered = Rendered::File(Rc::clone(&name), Rc::clone(&arguments[1]), origin.span);
            evaluator.rendered.push(rendered);
            let unknown = evaluator.unknown(
                format!("the store path of `{name}` depends on its contents"),
                Some(Kind::StorePath),
                origin.span,
            );
            let string = NixString {
                parts: vec![Part::File(Rc::clone(&arguments[1]), unknown)],
                context: Vec::new(),
            };
            Ok(Val::new(Value::String(Rc::new(string)), origin.clone()))
        },
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

/// What kind of entry a visible path is.
fn entry_type(evaluator: &Evaluator, absolute: &str) -> &'static str {
    let name = absolute.rsplit('/').next().unwrap_or("");
    let listed = evaluator
        .workspace
        .read_directory(path::parent(absolute))
        .ok()
        .and_then(|entries| entries.into_iter().find(|(entry, _)| entry == name));
    match (listed, evaluator.workspace.visibility(absolute)) {
        (Some((_, kind)), _) => kind.name(),
        (None, Visibility::Directory) => "directory",
        (None, _) => "regular",
    }
}

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
    let message = format!("`{written}` {problem}");
    if *problem == ReadProblem::OutsideTree || !problem.is_fault_of_the_source() {
        // What lies there is the same wherever it is used.
        let there = evaluator.unknown_named(absolute, message, None, origin.span);
        return Stop::Unknown(there.derived("", None));
    }
    evaluator.error(ErrorKind::of_file(problem), message, origin)
}

fn read_file(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let (file, text) = match read(evaluator, &arguments[0], origin) {
        // What is in a file is no path, even where the path is all that is known.
        Err(Stop::Unknown(unknown)) => {
            let content = unknown.derived("readFile", Some(Kind::FileContent));
            return Err(Stop::Unknown(content));
        }
        outcome => outcome?,
    };
    let place = Origin {
        span: Some(Span::new(file, 0, text.len() as u32)),
        call: origin.call.clone(),
    };
    Ok(Val::new(
        Value::String(NixString::plain(&*text, place.clone())),
        place,
    ))
}

/// The text of the file that an argument names.
pub(super) fn contents(
    evaluator: &mut Evaluator,
    argument: &Rc<Thunk>,
    origin: &Origin,
) -> Result<Rc<str>, Stop> {
    Ok(read(evaluator, argument, origin)?.1)
}

fn read(
    evaluator: &mut Evaluator,
    argument: &Rc<Thunk>,
    origin: &Origin,
) -> Result<(FileId, Rc<str>), Stop> {
    let (absolute, written) = path_argument(evaluator, argument, origin)?;
    match evaluator.workspace.read(&absolute) {
        Ok(file) => {
            evaluator.note_data(&absolute);
            let text = evaluator.workspace.sources().get(file).text.clone();
            Ok((file, Rc::from(&*text)))
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

/// A result, or nothing where it is not known; failures stay.
fn unless_unknown<T>(outcome: Result<T, Stop>) -> Result<Option<T>, Stop> {
    match outcome {
        Ok(result) => Ok(Some(result)),
        Err(Stop::Unknown(_) | Stop::Split(_)) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// Calls the filter of a source for the entries of its folder, because it may fail. What it says is of no use: which files get
/// there does not change what is known of the result.
fn filter_entries(
    evaluator: &mut Evaluator,
    filter: &Rc<Thunk>,
    given: &Rc<Thunk>,
    origin: &Origin,
) -> Result<(), Stop> {
    let Some(function) = unless_unknown(evaluator.function(filter, origin))? else {
        return Ok(());
    };
    let Some((absolute, _)) = unless_unknown(path_argument(evaluator, given, origin))? else {
        return Ok(());
    };
    let Ok(entries) = evaluator.workspace.read_directory(&absolute) else {
        return Ok(());
    };
    for (name, kind) in entries {
        evaluator.step(1)?;
        let path = NixPath {
            absolute: path::join(&absolute, &name).into(),
            written: None,
        };
        let text = NixString {
            parts: vec![evaluator.path_text(&path, origin)],
            context: Vec::new(),
        };
        let text = Val::bare(Value::String(Rc::new(text))).thunk();
        let arguments = [text, Val::string(kind.name()).thunk()];
        let outcome = evaluator.apply_all(&function, &arguments, origin);
        unless_unknown(evaluator.truth(outcome, origin))?;
    }
    Ok(())
}

/// `fetchurl`: what it is called in the store is checked, the rest is the world's.
fn fetch_url(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let value = evaluator.force(&arguments[0])?;
    let (url, name) = match &value.value {
        Value::Attrs(attrs) => (
            evaluator.optional_attribute(attrs, "url")?,
            evaluator.optional_attribute(attrs, "name")?,
        ),
        _ => (Some(Rc::clone(&arguments[0])), None),
    };
    let name = match (name, url) {
        (Some(name), _) => unless_unknown(evaluator.plain_text(&name, origin))?,
        (None, Some(url)) => {
            let url = unless_unknown(evaluator.plain_text(&url, origin))?;
            url.map(|url| Rc::from(url.rsplit('/').next().unwrap_or("")))
        }
        (None, None) => None,
    };
    if let Some(name) = name {
        super::derivation::check_name(evaluator, &name, origin)?;
    }
    let kind = Some(Kind::StorePath);
    let reason = "it is fetched";
    Err(Stop::Unknown(evaluator.unknown(reason, kind, origin.span)))
}
