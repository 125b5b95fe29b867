//! Getting at values: by type, by attribute, by path of attributes.

use super::unknown::{ErrorKind, Stop};
use super::value::{Attrs, List, Marker, NixString, Origin, Thunk, Val, Value};
use super::{Evaluator, Rc, Symbol};

impl Evaluator {
    /// The set that a thunk is.
    pub fn attrs(&mut self, thunk: &Rc<Thunk>, origin: &Origin) -> Result<Rc<Attrs>, Stop> {
        match self.force(thunk)?.value {
            Value::Attrs(attrs) => Ok(attrs),
            other => Err(self.type_error(&other, "a set", origin)),
        }
    }

    /// The list that a thunk is; it may have gaps ([`List::all`]).
    pub fn list(&mut self, thunk: &Rc<Thunk>, origin: &Origin) -> Result<Rc<List>, Stop> {
        match self.force(thunk)?.value {
            Value::List(list) => Ok(list),
            other => Err(self.type_error(&other, "a list", origin)),
        }
    }

    /// The string that a thunk is; parts may be unknown ([`NixString::known`]). Nothing is coerced.
    pub fn string(&mut self, thunk: &Rc<Thunk>, origin: &Origin) -> Result<Rc<NixString>, Stop> {
        match self.force(thunk)?.value {
            Value::String(string) => Ok(string),
            other => Err(self.type_error(&other, "a string", origin)),
        }
    }

    /// The wholly known text that a thunk is.
    pub fn text(&mut self, thunk: &Rc<Thunk>, origin: &Origin) -> Result<Rc<str>, Stop> {
        self.string(thunk, origin)?.known()
    }

    /// The wholly known text that a thunk is, where Nix takes no string that depends on the store.
    pub fn plain_text(&mut self, thunk: &Rc<Thunk>, origin: &Origin) -> Result<Rc<str>, Stop> {
        let string = self.string(thunk, origin)?;
        self.without_context(&string, origin)?;
        string.known()
    }

    /// Fails for a string that depends on the store.
    pub fn without_context(&self, string: &NixString, origin: &Origin) -> Result<(), Stop> {
        match string.context.first() {
            None => Ok(()),
            Some(item) => Err(self.error(
                ErrorKind::Other,
                format!("this string depends on `{item}` in the store, which is not allowed here"),
                origin,
            )),
        }
    }

    /// The integer that a thunk is.
    pub fn integer(&mut self, thunk: &Rc<Thunk>, origin: &Origin) -> Result<i64, Stop> {
        match self.force(thunk)?.value {
            Value::Int(integer) => Ok(integer),
            other => Err(self.type_error(&other, "an integer", origin)),
        }
    }

    /// The truth value that a thunk is; an unknown one is decided or split on.
    pub fn boolean(&mut self, thunk: &Rc<Thunk>, origin: &Origin) -> Result<bool, Stop> {
        let outcome = self.force(thunk);
        self.truth(outcome, origin)
    }

    /// The function that a thunk is (a lambda, a builtin, or a set that can be called).
    pub fn function(&mut self, thunk: &Rc<Thunk>, origin: &Origin) -> Result<Val, Stop> {
        let value = self.force(thunk)?;
        match &value.value {
            Value::Lambda(_) | Value::Builtin(_) => Ok(value),
            Value::Attrs(attrs) if attrs.get(Symbol::new("__functor")).is_some() => Ok(value),
            other => Err(self.type_error(other, "a function", origin)),
        }
    }

    /// Fails for what is certainly no function, where Nix looks before it calls.
    pub(crate) fn check_function(
        &mut self,
        thunk: &Rc<Thunk>,
        origin: &Origin,
    ) -> Result<(), Stop> {
        match self.function(thunk, origin) {
            Err(stop @ Stop::Error(_)) => Err(stop),
            Ok(_) | Err(Stop::Unknown(_) | Stop::Split(_)) => Ok(()),
        }
    }

    /// `subject.name`.
    pub fn select_attribute(
        &mut self,
        subject: &Rc<Thunk>,
        name: Symbol,
        origin: &Origin,
    ) -> Result<Val, Stop> {
        let value = match self.force(subject) {
            Ok(value) => value,
            Err(Stop::Unknown(unknown)) => {
                return Err(match unknown.misspelt(name, None) {
                    Some(meant) => self.no_attribute(name, &[meant], origin),
                    None => Stop::Unknown(unknown.attribute(name)),
                });
            }
            Err(stop) => return Err(stop),
        };
        let Value::Attrs(attrs) = &value.value else {
            return Err(self.type_error(
                &value.value,
                &format!("a set with the attribute `{name}`"),
                origin,
            ));
        };
        match attrs.get(name) {
            Some(attr) => {
                let thunk = Rc::clone(&attr.value);
                self.force(&thunk)
            }
            None => match &attrs.open {
                Some(open) => Err(match attrs.misspelt(name, None) {
                    Some(meant) => self.no_attribute(name, &[meant], origin),
                    None => Stop::Unknown(open.attribute(name)),
                }),
                None => Err(self.missing_attribute(attrs, name, origin)),
            },
        }
    }

    /// The attribute of a set: `Ok(None)` when it is certainly not there.
    pub fn optional_attribute(
        &mut self,
        attrs: &Attrs,
        name: &str,
    ) -> Result<Option<Rc<Thunk>>, Stop> {
        let name = Symbol::new(name);
        match (attrs.get(name), &attrs.open) {
            (Some(attr), _) => Ok(Some(Rc::clone(&attr.value))),
            (None, Some(open)) => Err(Stop::Unknown(open.attribute(name))),
            (None, None) => Ok(None),
        }
    }

    /// The failure for a missing attribute, with the nearest names that are there.
    pub fn missing_attribute(&self, attrs: &Attrs, name: Symbol, origin: &Origin) -> Stop {
        if let Some(Marker::Builtins) = attrs.marker.as_deref()
            && let Some(unknown) = super::builtins::not_there_by_default(self, name.as_str())
        {
            return Stop::Unknown(unknown);
        }
        let near: Vec<&str> = attrs
            .sorted()
            .into_iter()
            .map(|attr| attr.name.as_str())
            // The distance of two names takes time and memory by the product of their lengths.
            .filter(|known| {
                let wanted = name.as_str();
                known.len().max(wanted.len()) <= 100
                    && strsim::damerau_levenshtein(known, wanted) <= 2
            })
            .take(3)
            .collect();
        if let Some(Marker::Inputs) = attrs.marker.as_deref() {
            let message = did_you_mean(format!("the flake has no input `{name}`"), &near);
            return self.error(ErrorKind::MissingInput, message, origin);
        }
        self.no_attribute(name, &near, origin)
    }

    /// The failure for an attribute that is not there, with the names that may be meant.
    pub(super) fn no_attribute(&self, name: Symbol, near: &[&str], origin: &Origin) -> Stop {
        let message = did_you_mean(format!("the attribute `{name}` is missing"), near);
        self.error(ErrorKind::MissingAttribute, message, origin)
    }

    /// The thunk below `thunk` at a path of attribute names.
    pub fn descend(&mut self, thunk: &Rc<Thunk>, path: &[&str]) -> Result<Rc<Thunk>, Stop> {
        let mut current = Rc::clone(thunk);
        for name in path {
            let name = Symbol::new(name);
            let value = match self.force(&current) {
                Ok(value) => value,
                Err(Stop::Unknown(unknown)) => {
                    current = Thunk::unknown(unknown.attribute(name), current.origin.clone());
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            let Value::Attrs(attrs) = &value.value else {
                return Err(self.type_error(&value.value, "a set", &current.origin.clone()));
            };
            current = match (attrs.get(name), &attrs.open) {
                (Some(attr), _) => Rc::clone(&attr.value),
                (None, Some(open)) => Thunk::unknown(open.attribute(name), value.origin.clone()),
                (None, None) => return Err(self.missing_attribute(attrs, name, &value.origin)),
            };
        }
        Ok(current)
    }

    /// Forces a value where Nix does so before it looks at it, and only its failing matters.
    pub(crate) fn force_for_failure(&mut self, thunk: &Rc<Thunk>) -> Result<(), Stop> {
        match self.force(thunk) {
            Err(stop @ Stop::Error(_)) => Err(stop),
            Ok(_) | Err(Stop::Unknown(_) | Stop::Split(_)) => Ok(()),
        }
    }

    /// Evaluates a value completely, for `deepSeq` and `--strict`: the first failure, unknown or split in it.
    pub fn force_deep(&mut self, thunk: &Rc<Thunk>) -> Result<Val, Stop> {
        let mut visited = std::collections::HashSet::new();
        self.force_deep_unvisited(thunk, &mut visited)
    }

    fn force_deep_unvisited(
        &mut self,
        thunk: &Rc<Thunk>,
        visited: &mut std::collections::HashSet<usize>,
    ) -> Result<Val, Stop> {
        self.step(1)?;
        let origin = &thunk.origin;
        self.deeper(origin, |evaluator| {
            evaluator.force_deep_value(thunk, visited)
        })
    }

    fn force_deep_value(
        &mut self,
        thunk: &Rc<Thunk>,
        visited: &mut std::collections::HashSet<usize>,
    ) -> Result<Val, Stop> {
        let value = self.force(thunk)?;
        match &value.value {
            Value::List(list) if visited.insert(Rc::as_ptr(list) as usize) => {
                for item in list.all()? {
                    self.force_deep_unvisited(item, visited)?;
                }
            }
            Value::Attrs(attrs) if visited.insert(Rc::as_ptr(attrs) as usize) => {
                for attr in attrs.closed()?.sorted() {
                    self.force_deep_unvisited(&attr.value, visited)?;
                }
            }
            Value::String(string) => {
                string.known()?;
            }
            _ => {}
        }
        Ok(value)
    }
}

/// A message with the names that may be meant.
fn did_you_mean(message: String, near: &[&str]) -> String {
    match near {
        [] => message,
        near => format!("{message} (did you mean `{}`?)", near.join("`, `")),
    }
}
