//! Files in evaluation: path literals, `import`.

use super::Evaluator;
use super::strings::Coercion;
use super::unknown::{ErrorKind, Kind, Stop};
use super::value::{Attrs, Env, NixPath, Origin, State, Thunk, Value};
use crate::nix::symbol::Symbol;
use crate::nix::syntax;
use crate::nix::syntax::ahead::Ahead;
use crate::nix::syntax::ast::{SourceTree, StaticProblemKind};
use crate::workspace::problem::ReadProblem;
use crate::workspace::source::{FileId, Span};
use crate::workspace::{Visibility, path};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// What was loaded in this run.
#[derive(Default)]
pub(crate) struct Loaded {
    /// By absolute path: the tree and the value of its expression.
    files: HashMap<Rc<str>, (Rc<SourceTree>, Rc<Thunk>)>,
    /// The absolute path of each parsed file.
    paths: HashMap<FileId, Rc<str>>,
    /// All trees in the order in which they were loaded.
    trees: Vec<Rc<SourceTree>>,
    /// Data files that were read.
    data: HashSet<Rc<str>>,
    /// Files that are not what Nix can read.
    unreadable: Vec<(FileId, ReadProblem)>,
    /// Files that are wanted and lie out of the source tree.
    outside: Vec<Outside>,
    /// Files that another thread reads.
    ahead: Option<Ahead>,
}

/// A file that is imported and lies out of the source tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outside {
    /// The path as it is written: `../x.nix`, `/etc/nixos/x.nix`.
    pub written: Rc<str>,
    /// Where.
    pub span: Option<Span>,
    /// Whether it is a module, whatever conditions hold.
    pub is_module: bool,
}

impl Evaluator {
    /// All Nix files parsed so far, in the order in which they were loaded.
    pub fn trees(&self) -> &[Rc<SourceTree>] {
        &self.loaded.trees
    }

    /// Remembers that a path that is imported leads out of the source tree, if it does and is written out.
    pub(crate) fn note_outside(&mut self, path: &NixPath, origin: &Origin, is_module: bool) {
        let Some(written) = &path.written else {
            return;
        };
        if self.workspace.visibility(&path.absolute) != Visibility::OutsideTree {
            return;
        }
        let outside = Outside {
            written: Rc::clone(written),
            span: origin.span,
            is_module,
        };
        if !self.loaded.outside.contains(&outside) {
            self.loaded.outside.push(outside);
        }
    }

    /// The imported files out of the source tree since this was asked last.
    pub fn take_outside(&mut self) -> Vec<Outside> {
        std::mem::take(&mut self.loaded.outside)
    }

    /// Whether a file was loaded or read in this run.
    pub fn has_read(&self, absolute: &str) -> bool {
        self.loaded.files.contains_key(absolute) || self.loaded.data.contains(absolute)
    }

    /// Remembers that a data file was read by `readFile` and the like.
    pub fn note_data(&mut self, absolute: &str) {
        self.loaded.data.insert(absolute.into());
    }

    /// Files that Nix could not read because of what they hold (a byte-order mark, not UTF-8): the place and why.
    pub fn unreadable(&self) -> &[(FileId, ReadProblem)] {
        &self.loaded.unreadable
    }

    /// The absolute path of a parsed file.
    pub fn path_of(&self, file: FileId) -> Option<Rc<str>> {
        self.loaded.paths.get(&file).cloned()
    }

    /// Parses a text that is not a file of its own under the name and directory of `absolute`, and gives its value: for
    /// `eval` of an expression, the prelude, and tests.
    pub fn load_text(&mut self, file: FileId, absolute: &str, text: &str) -> Rc<Thunk> {
        let absolute: Rc<str> = absolute.into();
        let tree = Rc::new(syntax::parse(file, text, None));
        self.loaded.paths.insert(file, absolute);
        self.loaded.trees.push(Rc::clone(&tree));
        root_thunk(&tree)
    }

    /// The value of a piece of our own Nix code, in which `names` stand for `values`.
    pub fn snippet(&mut self, text: &str, names: &[Symbol], values: Vec<Rc<Thunk>>) -> Rc<Thunk> {
        let tree = Rc::new(syntax::parse(FileId::INTERNAL, text, Some(names)));
        debug_assert!(tree.problems.is_empty(), "{text}: {:?}", tree.problems);
        Thunk::with_state(
            State::Suspended {
                expression: tree.root,
                tree,
                env: Env::filled(values, None, None),
            },
            Origin::default(),
        )
    }

    /// Has files read by another thread, as far as that is sooner: these are loaded next, in this order.
    pub fn read_ahead<'p>(&mut self, files: impl ExactSizeIterator<Item = &'p str>) {
        /// Starting a thread takes as long as reading a few files.
        const FEW: usize = 8;
        if files.len() < FEW {
            return;
        }
        let texts = files
            .filter(|absolute| !self.loaded.files.contains_key(*absolute))
            .filter_map(|absolute| {
                let file = self.workspace.read(absolute).ok()?;
                Some((file, self.workspace.sources().get(file).text.clone()))
            })
            .collect();
        self.loaded.ahead = Ahead::begin(texts);
    }

    /// The value of the Nix file (or the `default.nix` of the directory) at an absolute path, and its tree.
    ///
    /// # Errors
    /// When it cannot be read or parsed; a file that is only out of sight is an unknown.
    pub fn load(
        &mut self,
        absolute: &str,
        origin: &Origin,
    ) -> Result<(Rc<SourceTree>, Rc<Thunk>), Stop> {
        let mut absolute: Rc<str> = path::normalize(absolute).into();
        if let Some(known) = self.loaded.files.get(&absolute) {
            return Ok(known.clone());
        }
        if self.workspace.visibility(&absolute) == Visibility::Directory {
            absolute = path::join(&absolute, "default.nix").into();
            if let Some(known) = self.loaded.files.get(&absolute) {
                return Ok(known.clone());
            }
        }
        let file = self.read_nix(&absolute, origin)?;
        let text = self.workspace.sources().get(file).text.clone();
        let ahead = self.loaded.ahead.as_mut();
        let tree = Rc::new(match ahead.and_then(|ahead| ahead.take(file)) {
            Some(parsed) => syntax::finish(parsed, file, text.len(), None),
            None => syntax::parse(file, &text, None),
        });
        self.loaded.paths.insert(file, Rc::clone(&absolute));
        self.loaded.trees.push(Rc::clone(&tree));
        let thunk = if tree.is_unusable() {
            let stop = self.unusable(&tree, &absolute);
            Thunk::from_outcome(Err(stop), Origin::at(Some(tree.span(tree.root))))
        } else {
            root_thunk(&tree)
        };
        self.loaded
            .files
            .insert(absolute, (Rc::clone(&tree), Rc::clone(&thunk)));
        Ok((tree, thunk))
    }

    /// What a file without a usable tree comes to. Nix has other limits on nesting: what is too deep here may have a value.
    fn unusable(&mut self, tree: &SourceTree, absolute: &str) -> Stop {
        let shown = self.workspace.relative(absolute);
        let span = Some(tree.span(tree.root));
        if tree
            .problems
            .iter()
            .any(|problem| problem.is_fatal() && problem.kind != StaticProblemKind::TooDeep)
        {
            let message = format!("`{shown}` does not parse");
            return self.error(ErrorKind::Syntax, message, &Origin::at(span));
        }
        let reason = format!("`{shown}` nests too deeply to be read");
        Stop::Unknown(self.unknown(reason, None, span))
    }

    /// Reads a Nix file.
    fn read_nix(&mut self, absolute: &str, origin: &Origin) -> Result<FileId, Stop> {
        match self.workspace.read(absolute) {
            Ok(file) => Ok(file),
            Err(ReadProblem::OutsideTree) => {
                let shown = self.workspace.relative(absolute);
                Err(Stop::Unknown(self.unknown_named(
                    &format!("import {shown}"),
                    format!("`{shown}` lies outside of the source tree"),
                    None,
                    origin.span,
                )))
            }
            Err(problem) => {
                let shown = self.workspace.relative(absolute);
                // A file that is not what Nix can read is a failure of Nix; what only we cannot read is unknown.
                if let Some(file) = problem.file()
                    && self
                        .loaded
                        .unreadable
                        .iter()
                        .all(|(known, _)| *known != file)
                {
                    self.loaded.unreadable.push((file, problem.clone()));
                }
                if problem.is_fault_of_the_source() {
                    let kind = match problem.file() {
                        Some(_) => ErrorKind::Syntax,
                        None => ErrorKind::of_file(&problem),
                    };
                    return Err(self.error(kind, format!("`{shown}` {problem}"), origin));
                }
                Err(Stop::Unknown(self.unknown_named(
                    &format!("import {shown}"),
                    format!("`{shown}` {problem}"),
                    None,
                    origin.span,
                )))
            }
        }
    }

    /// The absolute path of what `import` is to read.
    pub(super) fn path_to_import(
        &mut self,
        argument: &Rc<Thunk>,
        origin: &Origin,
    ) -> Result<Rc<str>, Stop> {
        if let Value::Path(path) = &self.force(argument)?.value {
            return Ok(Rc::clone(&path.absolute));
        }
        let text = self.coerce(argument, Coercion::PATH, origin)?.path_text()?;
        if !text.starts_with('/') {
            let message = format!("`{text}` is no absolute path");
            return Err(self.error(ErrorKind::Other, message, origin));
        }
        Ok(text)
    }

    /// `scopedImport`: the value of a file in which the attributes of a set stand for variables, before any builtin.
    pub(super) fn import_in_scope(
        &mut self,
        absolute: &str,
        scope: &Attrs,
        origin: &Origin,
    ) -> Result<Rc<Thunk>, Stop> {
        let mut absolute: Rc<str> = path::normalize(absolute).into();
        if self.workspace.visibility(&absolute) == Visibility::Directory {
            absolute = path::join(&absolute, "default.nix").into();
        }
        let file = self.read_nix(&absolute, origin)?;
        let text = self.workspace.sources().get(file).text.clone();
        let (names, values): (Vec<Symbol>, Vec<Rc<Thunk>>) = scope
            .unordered()
            .iter()
            .map(|attr| (attr.name, Rc::clone(&attr.value)))
            .unzip();
        let tree = Rc::new(syntax::parse(file, &text, Some(&names)));
        self.loaded.paths.insert(file, Rc::clone(&absolute));
        self.loaded.trees.push(Rc::clone(&tree));
        let place = Origin::at(Some(tree.span(tree.root)));
        if tree.is_unusable() {
            return Err(self.unusable(&tree, &absolute));
        }
        Ok(Thunk::with_state(
            State::Suspended {
                expression: tree.root,
                tree,
                env: Env::filled(values, None, None),
            },
            place,
        ))
    }

    /// `import` of an absolute path.
    pub fn import(&mut self, absolute: &str, origin: &Origin) -> Result<Rc<Thunk>, Stop> {
        Ok(self.load(absolute, origin)?.1)
    }

    /// What a path literal written in a file stands for.
    pub(super) fn resolve_path(
        &mut self,
        written: &str,
        file: FileId,
        origin: &Origin,
    ) -> Result<NixPath, Stop> {
        if let Some(rest) = written.strip_prefix("~/") {
            let subject = format!("~/{rest}");
            return Err(Stop::Unknown(self.unknown_named(
                &subject,
                format!("`{subject}` lies in the home directory of whoever evaluates it"),
                Some(Kind::Path),
                origin.span,
            )));
        }
        let absolute = if written.starts_with('/') {
            path::normalize(written)
        } else {
            let Some(base) = self.path_of(file) else {
                return Err(self.error(
                    ErrorKind::Other,
                    format!("`{written}` is relative to no file"),
                    origin,
                ));
            };
            path::normalize(&format!("{}/{written}", path::parent(&base)))
        };
        Ok(NixPath {
            absolute: absolute.into(),
            written: Some(written.into()),
        })
    }
}

/// The value of a whole file.
fn root_thunk(tree: &Rc<SourceTree>) -> Rc<Thunk> {
    Thunk::with_state(
        State::Suspended {
            tree: Rc::clone(tree),
            expression: tree.root,
            env: Env::filled(Vec::new(), None, None),
        },
        Origin::at(Some(tree.span(tree.root))),
    )
}
