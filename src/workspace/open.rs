//! From what the command line names to a source tree.

use super::git::{Index, Repository};
use super::path;
use super::request::{OpenError, Request, Target};
use super::source::Sources;
use super::tree::{IndexView, Tree, View, plain, special};
use super::{Input, Workspace};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// The file that makes a directory a flake.
const FLAKE: &str = "flake.nix";

/// What one path of a request turned out to be.
struct Found {
    root: PathBuf,
    repository: Option<Repository>,
    target: Target,
    /// The file that was named, or the flake's own: it is read whether git tracks it or not.
    named: Option<String>,
    /// The nearest directory at or above the target that holds settings.
    settings: Option<String>,
}

impl Workspace {
    /// Opens the source tree of the request's path.
    ///
    /// # Errors
    /// When the path is not there, is no file or directory, or contradicts the rest of the request.
    pub fn open(request: &Request, sources: Rc<Sources>) -> Result<Workspace, OpenError> {
        let found = find(request, request.path.as_deref())?;
        build(request, found, sources)
    }

    /// Opens the source trees of several paths, one workspace for each tree and each file of settings in it, in the
    /// order in which they are first named; [`Workspace::targets`] tells what was named in each. The request's own
    /// path is not used. All share the sources, so that file ids are unique.
    pub fn open_all(
        request: &Request,
        paths: &[PathBuf],
        sources: &Rc<Sources>,
    ) -> (Vec<Workspace>, Vec<OpenError>) {
        let mut workspaces: Vec<Workspace> = Vec::new();
        let mut errors = Vec::new();
        for path in paths {
            let found = match find(request, Some(path)) {
                Ok(found) => found,
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            };
            let is_document = matches!(found.target, Target::Document { .. });
            let same = workspaces.iter_mut().find(|workspace| {
                workspace.tree.root == found.root
                    && workspace.settings_directory == found.settings
                    && matches!(workspace.target(), Target::Document { .. }) == is_document
            });
            match same {
                Some(workspace) => {
                    workspace.tree.named.extend(
                        found
                            .named
                            .filter(|_| !matches!(workspace.tree.view, View::Staged(_))),
                    );
                    if !workspace.targets.contains(&found.target) {
                        workspace.targets.push(found.target);
                    }
                }
                None => match build(request, found, Rc::clone(sources)) {
                    Ok(workspace) => workspaces.push(workspace),
                    Err(error) => errors.push(error),
                },
            }
        }
        (workspaces, errors)
    }
}

/// Finds the tree and the target of one path.
fn find(request: &Request, given: Option<&Path>) -> Result<Found, OpenError> {
    let current = &request.current_directory;
    let standard_input = request.standard_input.as_ref();
    let given = match standard_input {
        Some(input) => Some(match &input.name {
            Some(name) => name.as_path(),
            None if looks_like_json(&input.bytes) => Path::new("stdin.json"),
            None => Path::new("stdin.nix"),
        }),
        None => given,
    };
    let shown = path::to_text(given.unwrap_or(Path::new(".")));
    let failed = |message: String| OpenError {
        is_usage: false,
        path: shown.clone(),
        message,
    };
    let absolute = current.join(given.unwrap_or(Path::new(".")));

    // The directory to start from, and the file in it, if one is named.
    let (directory, file) = if standard_input.is_some() {
        file_of(&absolute).map_err(failed)?
    } else {
        let metadata = std::fs::metadata(&absolute).map_err(|error| failed(plain(&error)))?;
        if metadata.is_dir() {
            (canonical(&absolute).map_err(failed)?, None)
        } else if metadata.is_file() {
            file_of(&absolute).map_err(failed)?
        } else {
            return Err(failed(format!(
                "is {}, neither a file nor a directory; use `-` for standard input",
                special(metadata.file_type())
            )));
        }
    };

    let repository = match request.no_git {
        true => None,
        // A `.git` that cannot be understood is told when the tree is built.
        false => {
            Repository::discover(&directory, &request.git_environment, current).unwrap_or(None)
        }
    };
    let directory = match &file {
        // Like Nix: without a path, the flake may lie above, in the same checkout.
        None if given.is_none() => flake_above(&directory, repository.as_ref()),
        _ => directory,
    };
    let root = match (&request.root, &repository) {
        (Some(root), _) => {
            let root_shown = path::to_text(root);
            let root = canonical(&current.join(root)).map_err(|message| OpenError {
                is_usage: false,
                path: root_shown.clone(),
                message,
            })?;
            if !root.is_dir() || !directory.starts_with(&root) {
                return Err(OpenError {
                    is_usage: true,
                    path: shown,
                    message: format!("does not lie below the root `{root_shown}`"),
                });
            }
            root
        }
        (None, Some(repository)) => repository.work_tree.clone(),
        (None, None) => directory
            .ancestors()
            .find(|ancestor| ancestor.join(FLAKE).symlink_metadata().is_ok())
            .unwrap_or(&directory)
            .to_path_buf(),
    };

    let text = path::to_text(&directory);
    let is_flake = match &file {
        None => directory.join(FLAKE).symlink_metadata().is_ok(),
        Some(name) => name == FLAKE,
    };
    let (target, named) = match file {
        _ if is_flake => {
            // A flake is what Nix makes of it: one that is a link out of the tree is none.
            let is_link = directory
                .join(FLAKE)
                .symlink_metadata()
                .is_ok_and(|flake| flake.is_symlink());
            let named = (!is_link).then(|| path::join(&text, FLAKE));
            (Target::Flake { directory: text }, named)
        }
        None => (Target::Directory { directory: text }, None),
        Some(name) => {
            let file = path::join(&text, &name);
            let target = match is_json_name(&name) {
                true => Target::Document { file: file.clone() },
                false => Target::Module { file: file.clone() },
            };
            (target, Some(file))
        }
    };
    let root_text = path::to_text(&root);
    let settings = directory
        .ancestors()
        .take_while(|ancestor| ancestor.starts_with(&root))
        .find(|ancestor| {
            ancestor
                .join(crate::settings::FILE_NAME)
                .symlink_metadata()
                .is_ok()
        })
        .map(path::to_text);
    Ok(Found {
        settings,
        named: named
            .as_deref()
            .and_then(|file| path::below(&root_text, file))
            .map(str::to_string),
        root,
        repository,
        target,
    })
}

/// Makes the workspace.
fn build(request: &Request, found: Found, sources: Rc<Sources>) -> Result<Workspace, OpenError> {
    let Found {
        root,
        repository,
        target,
        named,
        settings,
    } = found;
    let shown = path::to_text(request.path.as_deref().unwrap_or(Path::new(".")));
    let mut warnings = Vec::new();
    if repository.is_none()
        && !request.no_git
        && let Err(message) =
            Repository::discover(&root, &request.git_environment, &request.current_directory)
    {
        warnings.push(format!(
            "git's directory cannot be read, all files are taken as visible: {message}"
        ));
    }
    let index_file = repository
        .as_ref()
        .and_then(|repository| index_file(request, repository));
    let staged = request.staged || index_file.is_some();
    if request.staged && repository.is_none() {
        return Err(OpenError {
            is_usage: true,
            path: shown,
            message: "`--staged` needs a git checkout".to_string(),
        });
    }
    let is_document = matches!(target, Target::Document { .. });
    let mut view = View::Whole;
    // OpenClaw reads an openclaw.json from the disk, whatever git knows of it.
    if let Some(repository) = &repository
        && (staged || !is_document)
    {
        match (repository.index(index_file.as_deref(), staged), staged) {
            (Ok(index), staged) => {
                let index = within(index, repository, &root);
                view = match staged {
                    true => View::Staged(index),
                    false => View::Tracked(index),
                };
            }
            (Err(message), true) => {
                return Err(OpenError {
                    is_usage: false,
                    path: shown,
                    message: format!("git's index cannot be read: {message}"),
                });
            }
            (Err(message), false) => warnings.push(super::all_visible(&message)),
        }
    }
    let is_border_certain = !is_document
        && (repository.is_some()
            || request.root.is_some()
            || root.join(FLAKE).symlink_metadata().is_ok());
    let mut tree = Tree::new(root, view);
    tree.is_border_certain = is_border_certain;
    tree.may_be_incomplete = matches!(tree.view, View::Whole) && !is_document;
    if !matches!(tree.view, View::Staged(_)) {
        tree.named.extend(named.clone());
    }
    let standard_input = match (&request.standard_input, &target) {
        (Some(input), Target::Module { file } | Target::Document { file }) => {
            Some((file.clone(), Arc::from(input.bytes.as_slice())))
        }
        (Some(input), Target::Flake { directory }) => Some((
            path::join(directory, FLAKE),
            Arc::from(input.bytes.as_slice()),
        )),
        _ => None,
    };
    Ok(Workspace {
        sources,
        tree,
        inputs: inputs(request)?,
        targets: vec![target],
        settings_directory: settings,
        standard_input,
        edited: Arc::clone(&request.edited),
        exclude: request.exclude.clone(),
        limits: request.limits,
        warnings,
        told_late: Cell::new(false),
        read: RefCell::new(HashMap::new()),
        kept: RefCell::new(HashMap::new()),
        files_read: Cell::new(0),
        measured: RefCell::new(HashMap::new()),
        progress: Arc::default(),
        places: RefCell::new(HashMap::new()),
    })
}

/// The part of an index that a root sees: the root is the top of the work tree, or lies in it. One that lies
/// above the work tree cannot be, because then the root's own directory is searched.
fn within(index: Index, repository: &Repository, root: &Path) -> IndexView {
    let prefix = root
        .strip_prefix(&repository.work_tree)
        .map(|prefix| prefix.as_os_str().as_bytes().to_vec())
        .unwrap_or_default();
    IndexView { index, prefix }
}

/// The directories of `--input`, sorted by name.
fn inputs(request: &Request) -> Result<Vec<Input>, OpenError> {
    let mut inputs: Vec<Input> = Vec::new();
    for (name, directory) in &request.inputs {
        let error = |is_usage: bool, message: String| OpenError {
            is_usage,
            path: path::to_text(directory),
            message,
        };
        if inputs.iter().any(|input| input.name == *name) {
            return Err(error(true, format!("the input `{name}` is given twice")));
        }
        let root = canonical(&request.current_directory.join(directory))
            .map_err(|message| error(false, message))?;
        if !root.is_dir() {
            return Err(error(
                false,
                format!("the input `{name}` is not a directory"),
            ));
        }
        inputs.push(Input {
            name: name.clone(),
            tree: Tree::new(root, View::Whole),
        });
    }
    inputs.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(inputs)
}

/// `GIT_INDEX_FILE`, if it speaks of this repository: git sets it for its hooks, and a repository elsewhere that
/// is checked from a hook has its own index.
fn index_file(request: &Request, repository: &Repository) -> Option<PathBuf> {
    let environment = &request.git_environment;
    let file = environment.index_file.as_ref()?;
    let current = request.current_directory.canonicalize().ok()?;
    let own = Repository::discover(&current, environment, &current).ok()??;
    if own != *repository {
        return None;
    }
    let from_here = current.join(file);
    if from_here.symlink_metadata().is_ok() {
        return Some(from_here);
    }
    Some(repository.work_tree.join(file))
}

/// The nearest flake at or above a directory, not above the checkout; the directory itself without one.
fn flake_above(directory: &Path, repository: Option<&Repository>) -> PathBuf {
    let Some(repository) = repository else {
        return directory.to_path_buf();
    };
    directory
        .ancestors()
        .take_while(|ancestor| ancestor.starts_with(&repository.work_tree))
        .find(|ancestor| ancestor.join(FLAKE).symlink_metadata().is_ok())
        .unwrap_or(directory)
        .to_path_buf()
}

/// The canonical directory of a file and its name. The file itself may be a link and need not exist.
fn file_of(file: &Path) -> Result<(PathBuf, Option<String>), String> {
    let name = file
        .file_name()
        .ok_or_else(|| "names no file".to_string())?;
    let directory = canonical(file.parent().unwrap_or(Path::new("/")))?;
    let name = name
        .to_str()
        .ok_or_else(|| "its name is not UTF-8".to_string())?;
    Ok((directory, Some(name.to_string())))
}

fn canonical(directory: &Path) -> Result<PathBuf, String> {
    directory.canonicalize().map_err(|error| plain(&error))
}

/// Whether a file of that name holds JSON of one kind or another.
fn is_json_name(name: &str) -> bool {
    [".json", ".json5", ".jsonc"]
        .iter()
        .any(|ending| name.to_ascii_lowercase().ends_with(ending))
}

/// Whether text without a name is JSON. `{ }` is Nix and JSON alike, and taken as JSON.
fn looks_like_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_input_without_a_name_is_json_if_it_parses_as_json() {
        assert!(looks_like_json(b"{\"agents\": {}}"));
        assert!(looks_like_json(b"{ }"));
        assert!(!looks_like_json(b"{ agents = { }; }"));
        assert!(!looks_like_json(b"{ pkgs, ... }: { }"));
    }

    #[test]
    fn json_goes_by_its_ending() {
        assert!(is_json_name("openclaw.JSON5"));
        assert!(!is_json_name("flake.nix"));
    }
}
