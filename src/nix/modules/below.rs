//! What is defined below a path of options, whatever declares it.

use super::ModuleSet;
use super::definition::{Children, Definition, Discharged, children};
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{EvalError, Stop};
use crate::nix::eval::value::{Origin, Thunk};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// What the definitions of a set of options define in it.
#[derive(Debug, Default)]
pub struct Below {
    /// The definitions by name, with the wrappers around the set taken off.
    pub children: Children,
    /// Why some of the definitions fail.
    pub errors: Vec<Rc<EvalError>>,
}

impl Evaluator {
    /// The definitions at a path of option names, as the modules give them. Wrappers on the way are taken off, those of the
    /// definitions themselves are not.
    pub fn definitions_at(&mut self, set: &Rc<ModuleSet>, path: &[Symbol]) -> Vec<Definition> {
        let Some((name, around)) = path.split_last() else {
            let collected = set.collected();
            return collected.map_or_else(Vec::new, |collected| collected.definitions.clone());
        };
        let Below { children, .. } = &*self.below(set, around);
        let mut definitions = children.get(*name).to_vec();
        if let Some(open) = &children.open {
            // A definition of unknown contents may define this too.
            let value = Thunk::unknown(open.attribute(*name), Origin::at(open.span));
            definitions.push(Definition::new(value, 0));
        }
        definitions
    }

    /// What is defined below a path of option names. Outside of assumed conditions each set of options is looked at once.
    pub fn below(&mut self, set: &Rc<ModuleSet>, path: &[Symbol]) -> Rc<Below> {
        if let Some(known) = set.below.borrow().get(path) {
            return Rc::clone(known);
        }
        if self.assumes_anything() || set.collected().is_none() {
            return self.looked_at_below(set, path);
        }
        let below = self.numbered_apart(|evaluator| evaluator.looked_at_below(set, path));
        let mut known = set.below.borrow_mut();
        known.insert(path.to_vec(), Rc::clone(&below));
        below
    }

    fn looked_at_below(&mut self, set: &Rc<ModuleSet>, path: &[Symbol]) -> Rc<Below> {
        let definitions = self.definitions_at(set, path);
        let discharged = self.discharge_set(&definitions);
        let errors = discharged
            .iter()
            .filter_map(|Discharged { value, .. }| match value {
                Err(Stop::Error(error)) => Some(Rc::clone(error)),
                _ => None,
            })
            .collect();
        Rc::new(Below {
            children: children(&discharged),
            errors,
        })
    }
}
