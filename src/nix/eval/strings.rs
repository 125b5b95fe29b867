//! What becomes of values in strings.

use super::unknown::{ErrorKind, Kind, Stop, Unknown};
use super::value::{Attrs, NixPath, NixString, Origin, Part, TreePath, Val, Value};
use super::{Evaluator, Rc, Symbol, Thunk};

/// Which values may become strings, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Coercion {
    /// Numbers, truth values, `null` and lists too, as `toString` takes them.
    pub everything: bool,
    /// A path is copied to the store and becomes a store path, as in `"${./x}"`.
    pub copy_paths: bool,
}

impl Coercion {
    /// `"${...}"`, and `+` with a string on the left.
    pub const INTERPOLATION: Coercion = Coercion {
        everything: false,
        copy_paths: true,
    };
    /// `./x/${...}` and other places that take a string or a path as it is.
    pub const PATH: Coercion = Coercion {
        everything: false,
        copy_paths: false,
    };
    /// `toString`.
    pub const TO_STRING: Coercion = Coercion {
        everything: true,
        copy_paths: false,
    };
    /// The attributes of a derivation.
    pub const DERIVATION: Coercion = Coercion {
        everything: true,
        copy_paths: true,
    };
}

impl Evaluator {
    /// Appends what a value becomes in a string; an unknown value becomes an unknown part.
    pub fn append(
        &mut self,
        string: &mut NixString,
        outcome: Result<Val, Stop>,
        coercion: Coercion,
        origin: &Origin,
    ) -> Result<(), Stop> {
        let value = match outcome {
            Ok(value) => value,
            Err(Stop::Unknown(unknown)) => {
                let part = match unknown.kind {
                    // Coerced to a string, a derivation is its store path.
                    Some(Kind::Derivation) => Rc::new(Unknown {
                        kind: Some(Kind::StorePath),
                        ..(*unknown).clone()
                    }),
                    _ => unknown,
                };
                string.parts.push(Part::Unknown(part));
                return Ok(());
            }
            Err(stop) => return Err(stop),
        };
        let text = |string: &mut NixString, text: &str, origin: &Origin| {
            string.parts.push(Part::Text {
                text: text.into(),
                origin: origin.clone(),
            });
        };
        let before = string.parts.len();
        match &value.value {
            Value::String(other) => {
                self.step(other.parts.len() as u64 / 8)?;
                string.parts.extend(other.parts.iter().cloned());
                string.add_context(&other.context);
            }
            Value::Path(path) => {
                if coercion.copy_paths {
                    let part = self.store_path_of(path, &value.origin)?;
                    string.parts.push(part);
                } else {
                    string.parts.push(self.path_text(path, &value.origin));
                }
            }
            Value::Attrs(attrs) => {
                let outcome = self.coerce_attrs(&value, attrs, origin)?;
                return self.deeper(origin, |evaluator| {
                    evaluator.append(string, outcome, coercion, origin)
                });
            }
            Value::Int(integer) if coercion.everything => {
                text(string, &integer.to_string(), &value.origin);
            }
            Value::Float(float) if coercion.everything => {
                text(string, &crate::nix::number::fixed(*float), &value.origin);
            }
            Value::Bool(boolean) if coercion.everything => {
                text(string, if *boolean { "1" } else { "" }, &value.origin);
            }
            Value::Null if coercion.everything => text(string, "", &value.origin),
            Value::List(list) if coercion.everything => {
                let items = list.all()?.to_vec();
                for (index, item) in items.iter().enumerate() {
                    self.step(1)?;
                    let outcome = self.force(item);
                    // Nix puts no blank after an empty list among the elements.
                    let empty = matches!(&outcome, Ok(Val { value: Value::List(inner), .. })
                        if inner.items.is_empty() && inner.gaps.is_empty());
                    self.deeper(origin, |evaluator| {
                        evaluator.append(string, outcome, coercion, origin)
                    })?;
                    if index + 1 < items.len() && !empty {
                        text(string, " ", origin);
                    }
                }
            }
            other => {
                return Err(self.error(
                    ErrorKind::Type,
                    format!("{} cannot become part of a string", other.type_phrase()),
                    origin,
                ));
            }
        }
        self.keep_short(string, before)
    }

    /// Sees to the bounds of a string, in bytes and in parts (one that is not known takes memory too), and joins small parts
    /// where there are many. `before` is how many parts it had when this was last seen to: of a string with many, all are
    /// looked at now and then only.
    fn keep_short(&self, string: &mut NixString, before: usize) -> Result<(), Stop> {
        /// How many parts are looked at again and again.
        const FEW: usize = 64;
        /// How many small parts in a row are worth joining.
        const MANY: usize = 512;
        /// Bytes of a part that is worth joining.
        const SMALL: usize = 4096;
        const MOST_PARTS: usize = 1_000_000;
        let count = string.parts.len();
        if count > FEW && count / FEW == before / FEW {
            return Ok(());
        }
        let length = |part: &Part| match part {
            Part::Text { text, .. } => text.len(),
            _ => 0,
        };
        if count > MOST_PARTS || string.parts.iter().map(length).sum::<usize>() > self.limits.string
        {
            return Err(self.limit("the string is too long"));
        }
        let small = |part: &&Part| matches!(part, Part::Text { text, .. } if text.len() < SMALL);
        let run = string.parts.iter().rev().take_while(small).count();
        if run < MANY {
            return Ok(());
        }
        let joined: Vec<Part> = string.parts.drain(count - run..).collect();
        let mut text = String::new();
        let mut place = None;
        for part in &joined {
            if let Part::Text {
                text: piece,
                origin,
            } = part
            {
                text.push_str(piece);
                place.get_or_insert_with(|| origin.clone());
            }
        }
        string.parts.push(Part::Text {
            text: text.into(),
            origin: place.unwrap_or_default(),
        });
        Ok(())
    }

    fn coerce_attrs(
        &mut self,
        value: &Val,
        attrs: &Attrs,
        origin: &Origin,
    ) -> Result<Result<Val, Stop>, Stop> {
        if let Some(attr) = attrs.get(Symbol::new("__toString")) {
            let method = Rc::clone(&attr.value);
            let method = self.force(&method)?;
            return Ok(self.apply(&method, Thunk::done(value.clone()), origin));
        }
        if let Some(attr) = attrs.get(Symbol::new("outPath")) {
            let path = Rc::clone(&attr.value);
            return Ok(self.force(&path));
        }
        if let Some(open) = &attrs.open {
            return Ok(Err(Stop::Unknown(open.attribute(Symbol::new("outPath")))));
        }
        Err(self.error(
            ErrorKind::Type,
            "a set cannot become part of a string: it has neither `outPath` nor `__toString`",
            origin,
        ))
    }

    /// The string that a value becomes; parts of it may be unknown.
    pub fn coerce(
        &mut self,
        thunk: &Rc<Thunk>,
        coercion: Coercion,
        origin: &Origin,
    ) -> Result<Rc<NixString>, Stop> {
        let outcome = self.force(thunk);
        if let Ok(Val {
            value: Value::String(string),
            ..
        }) = &outcome
        {
            return Ok(Rc::clone(string));
        }
        let mut string = NixString::default();
        self.append(&mut string, outcome, coercion, origin)?;
        Ok(Rc::new(string))
    }

    /// A path in a string as it is: its text, or, where the tree will lie in the store, an unknown that knows the path.
    pub fn path_text(&mut self, path: &NixPath, origin: &Origin) -> Part {
        if self.store_paths && self.workspace.is_in_tree(&path.absolute) {
            let shown = path
                .written
                .as_deref()
                .map_or_else(|| self.workspace.relative(&path.absolute), str::to_string);
            let unknown = self.unknown_named(
                &format!("toString {}", path.absolute),
                format!("the store path of `{shown}` is made when the flake is evaluated"),
                Some(Kind::StorePath),
                origin.span,
            );
            return Part::Tree(TreePath {
                path: path.clone(),
                root: self.workspace.root_length(),
                unknown,
                has_context: false,
            });
        }
        Part::Text {
            text: Rc::clone(&path.absolute),
            origin: origin.clone(),
        }
    }

    fn store_unknown(&self, path: &NixPath, origin: &Origin) -> Rc<Unknown> {
        let shown = path
            .written
            .as_deref()
            .map_or_else(|| self.workspace.relative(&path.absolute), str::to_string);
        self.unknown_named(
            &format!("\"${{{shown}}}\" in {}", path.absolute),
            format!("the store path of `{shown}` is made when it is built"),
            Some(Kind::StorePath),
            origin.span,
        )
    }

    /// The part that an interpolated path becomes. A path that Nix cannot see is a failure, as in Nix.
    fn store_path_of(&mut self, path: &NixPath, origin: &Origin) -> Result<Part, Stop> {
        let Some(problem) = self.workspace.visibility(&path.absolute).refusal() else {
            return Ok(Part::Store(path.clone(), self.store_unknown(path, origin)));
        };
        let shown = path
            .written
            .as_deref()
            .map_or_else(|| self.workspace.relative(&path.absolute), str::to_string);
        let kind = ErrorKind::of_file(&problem);
        Err(self.error(kind, format!("`{shown}` {problem}"), origin))
    }
}
