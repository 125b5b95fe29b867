//! `lib.fileset`: sets of files of the source tree.

use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{
    Attr, Attrs, Marker, NixPath, Origin, PartialBuiltin, Thunk, Val, Value,
};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use crate::workspace::{FileType, Visibility, path};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The files of a set: their kinds by absolute path. The paths have a zero byte for each slash, so that they come in the order in which
/// `toList` gives them: a folder with all that is in it before names that only begin as its own does.
pub(crate) type Files = BTreeMap<String, FileType>;

/// Files that one set holds at most.
const MOST_FILES: usize = 20_000;

/// The set `lib.fileset`.
pub(super) fn fileset(evaluator: &mut Evaluator) -> Rc<Thunk> {
    let mut attrs = Attrs::of(FUNCTIONS.iter().map(|builtin| {
        let function = PartialBuiltin {
            builtin,
            arguments: Vec::new(),
        };
        let function = Val::bare(Value::Builtin(Rc::new(function)));
        (builtin.name, Thunk::done(function))
    }));
    let empty = file_set(evaluator, Files::new(), &Origin::default());
    attrs.insert(Attr::unwritten(Symbol::new("empty"), empty.thunk()));
    attrs.open = Some(evaluator.unknown_named(
        "lib.fileset",
        "this part of `lib` is not modelled",
        None,
        None,
    ));
    Val::attrs(attrs).thunk()
}

fn file_set(evaluator: &mut Evaluator, files: Files, origin: &Origin) -> Val {
    let mut attrs = Attrs::of([("_type", Val::string("fileset").thunk())]);
    let reason = "what a set of files is made of is not modelled";
    attrs.open = Some(evaluator.unknown(reason, None, origin.span));
    attrs.marker = Some(Rc::new(Marker::Files(Rc::new(files))));
    Val::new(Value::Attrs(Rc::new(attrs)), origin.clone())
}

/// The files that a value stands for: those of a set, a file, or all below a folder. A path that is not there is empty where that is allowed.
fn files_of(
    evaluator: &mut Evaluator,
    argument: &Rc<Thunk>,
    may_be_missing: bool,
    origin: &Origin,
) -> Result<Rc<Files>, Stop> {
    let value = evaluator.force(argument)?;
    match &value.value {
        Value::Path(given) => {
            let mut files = Files::new();
            add_path(evaluator, given, may_be_missing, &mut files, origin)?;
            Ok(Rc::new(files))
        }
        Value::Attrs(attrs) => match attrs.marker.as_deref() {
            Some(Marker::Files(files)) if !may_be_missing => Ok(Rc::clone(files)),
            _ => Err(no_files(evaluator, origin)),
        },
        _ => Err(no_files(evaluator, origin)),
    }
}

fn no_files(evaluator: &Evaluator, origin: &Origin) -> Stop {
    let message = "`lib.fileset` is given a value that is no path and no set of files";
    evaluator.error(ErrorKind::Throw, message, origin)
}

fn add_path(
    evaluator: &mut Evaluator,
    given: &NixPath,
    may_be_missing: bool,
    files: &mut Files,
    origin: &Origin,
) -> Result<(), Stop> {
    let absolute = &given.absolute;
    // Only folders above it are followed where they are links.
    if evaluator.workspace.is_link(absolute) {
        files.insert(key(absolute), FileType::Symlink);
        return Ok(());
    }
    match evaluator.workspace.visibility(absolute) {
        Visibility::Directory => add_folder(evaluator, absolute, files, origin),
        Visibility::File => {
            files.insert(key(absolute), FileType::Regular);
            Ok(())
        }
        Visibility::Special(_) => {
            files.insert(key(absolute), FileType::Unknown);
            Ok(())
        }
        Visibility::OutsideTree | Visibility::Unreadable(_) => {
            Err(out_of_sight(evaluator, absolute, origin))
        }
        Visibility::Missing
        | Visibility::Untracked
        | Visibility::InSubmodule
        | Visibility::MissingOrUntracked => {
            if may_be_missing {
                return Ok(());
            }
            let shown = evaluator.workspace.relative(absolute);
            let message = format!(
                "`lib.fileset` is given `{shown}`, which is missing, or not tracked by git"
            );
            Err(evaluator.error(ErrorKind::Throw, message, origin))
        }
    }
}

fn out_of_sight(evaluator: &Evaluator, absolute: &str, origin: &Origin) -> Stop {
    let reason = "which files lie there is not known here";
    Stop::Unknown(evaluator.unknown_named(absolute, reason, None, origin.span))
}

fn add_folder(
    evaluator: &mut Evaluator,
    folder: &str,
    files: &mut Files,
    origin: &Origin,
) -> Result<(), Stop> {
    let Ok(entries) = evaluator.workspace.read_directory(folder) else {
        return Err(out_of_sight(evaluator, folder, origin));
    };
    evaluator.step(entries.len() as u64 + 1)?;
    for (name, kind) in entries {
        let absolute = path::join(folder, &name);
        if kind == FileType::Directory {
            add_folder(evaluator, &absolute, files, origin)?;
        } else {
            files.insert(key(&absolute), kind);
        }
        if files.len() > MOST_FILES {
            return Err(evaluator.limit("a set of files has too many files"));
        }
    }
    Ok(())
}

fn key(absolute: &str) -> String {
    absolute.replace('/', "\0")
}

fn path_value(key: &str, origin: &Origin) -> Val {
    let path = NixPath {
        absolute: key.replace('\0', "/").into(),
        written: None,
    };
    Val::new(Value::Path(path), origin.clone())
}

/// What two sets of files come to.
fn combined(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
    keeps: fn(bool, bool) -> bool,
) -> Result<Val, Stop> {
    let first = files_of(evaluator, &arguments[0], false, origin)?;
    let second = files_of(evaluator, &arguments[1], false, origin)?;
    evaluator.step((first.len() + second.len()) as u64)?;
    let files = first
        .iter()
        .chain(second.iter())
        .filter(|(name, _)| keeps(first.contains_key(*name), second.contains_key(*name)))
        .map(|(name, kind)| (name.clone(), *kind))
        .collect();
    Ok(file_set(evaluator, files, origin))
}

/// What the function of `fileFilter` is called with.
fn described(name: &str, kind: FileType, origin: &Origin) -> Rc<Thunk> {
    let has_extension = PartialBuiltin {
        builtin: &HAS_EXTENSION,
        arguments: vec![Val::string(name).thunk()],
    };
    let has_extension = Val::bare(Value::Builtin(Rc::new(has_extension)));
    let attrs = Attrs::of([
        ("name", Val::string(name).thunk()),
        ("type", Val::string(kind.name()).thunk()),
        ("hasExt", has_extension.thunk()),
        // A function that takes no further attributes is refused.
        ("…", Val::bare(Value::Null).thunk()),
    ]);
    Val::new(Value::Attrs(Rc::new(attrs)), origin.clone()).thunk()
}

static HAS_EXTENSION: Builtin = Builtin {
    name: "hasExt",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let name = evaluator.text(&arguments[0], origin)?;
        let extension = evaluator.text(&arguments[1], origin)?;
        let rest = name.strip_suffix(&*extension);
        let has_extension = rest.is_some_and(|rest| rest.ends_with('.'));
        Ok(Val::new(Value::Bool(has_extension), origin.clone()))
    },
};

static FUNCTIONS: [Builtin; 10] = [
    Builtin {
        name: "toList",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let files = files_of(evaluator, &arguments[0], false, origin)?;
            evaluator.step(files.len() as u64)?;
            let items = files.keys().map(|key| path_value(key, origin).thunk());
            let list = Val::list(items.collect());
            Ok(Val::new(list.value, origin.clone()))
        },
    },
    Builtin {
        name: "union",
        arity: 2,
        run: |evaluator, arguments, origin| {
            combined(evaluator, arguments, origin, |first, second| {
                first || second
            })
        },
    },
    Builtin {
        name: "intersection",
        arity: 2,
        run: |evaluator, arguments, origin| {
            combined(evaluator, arguments, origin, |first, second| {
                first && second
            })
        },
    },
    Builtin {
        name: "difference",
        arity: 2,
        run: |evaluator, arguments, origin| {
            combined(evaluator, arguments, origin, |first, second| {
                first && !second
            })
        },
    },
    Builtin {
        name: "unions",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let value = evaluator.force(&arguments[0])?;
            let Value::List(list) = &value.value else {
                let message = "`lib.fileset.unions` is given no list";
                return Err(evaluator.error(ErrorKind::Throw, message, origin));
            };
            let mut all = Files::new();
            for item in list.all()? {
                let files = files_of(evaluator, item, false, origin)?;
                evaluator.step(files.len() as u64)?;
                all.extend(files.iter().map(|(name, kind)| (name.clone(), *kind)));
            }
            Ok(file_set(evaluator, all, origin))
        },
    },
    Builtin {
        name: "fileFilter",
        arity: 2,
        run: |evaluator, arguments, origin| {
            let value = evaluator.force(&arguments[1])?;
            let Value::Path(given) = &value.value else {
                let message = "`lib.fileset.fileFilter` filters what lies at a path, and is given something else";
                return Err(evaluator.error(ErrorKind::Throw, message, origin));
            };
            let mut files = Files::new();
            add_path(evaluator, given, false, &mut files, origin)?;
            let keeps = evaluator.function(&arguments[0], origin)?;
            let mut kept = Files::new();
            for (key, kind) in files {
                let name = key.rsplit('\0').next().unwrap_or(&key);
                let given = described(name, kind, origin);
                let keeps = evaluator.apply(&keeps, given, origin)?;
                if evaluator.boolean(&keeps.thunk(), origin)? {
                    kept.insert(key, kind);
                }
            }
            Ok(file_set(evaluator, kept, origin))
        },
    },
    Builtin {
        name: "maybeMissing",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let files = files_of(evaluator, &arguments[0], true, origin)?;
            Ok(file_set(evaluator, (*files).clone(), origin))
        },
    },
    Builtin {
        name: "isFileset",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let value = evaluator.force(&arguments[0])?;
            let is_one = match &value.value {
                Value::Attrs(attrs) => matches!(attrs.marker.as_deref(), Some(Marker::Files(_))),
                Value::Path(given) => match evaluator.workspace.visibility(&given.absolute) {
                    Visibility::OutsideTree => {
                        return Err(out_of_sight(evaluator, &given.absolute, origin));
                    }
                    Visibility::File | Visibility::Directory | Visibility::Special(_) => true,
                    _ => evaluator.workspace.is_link(&given.absolute),
                },
                _ => false,
            };
            Ok(Val::new(Value::Bool(is_one), origin.clone()))
        },
    },
    Builtin {
        name: "trace",
        arity: 2,
        run: |evaluator, arguments, origin| {
            files_of(evaluator, &arguments[0], false, origin)?;
            evaluator.force(&arguments[1])
        },
    },
    Builtin {
        name: "traceVal",
        arity: 1,
        run: |evaluator, arguments, origin| {
            files_of(evaluator, &arguments[0], false, origin)?;
            evaluator.force(&arguments[0])
        },
    },
];
