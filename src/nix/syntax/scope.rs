//! Which binding a name means.

use super::ast::Resolution;
use crate::nix::symbol::{Symbol, SymbolMap, is_global};
use std::rc::Rc;

/// The frames around the expression that is being lowered.
#[derive(Default)]
pub(super) struct Scope {
    /// The open frames, outermost first: how many bindings there were before each.
    frames: Vec<u32>,
    /// The innermost binding of each name that has one, as an index into `bindings`.
    bound: SymbolMap<u32>,
    /// The bindings of all open frames.
    bindings: Vec<Bound>,
    /// Which frames are those of a `with`, outermost first.
    withs: Vec<u32>,
    /// The list that the last variable found in a `with` got, and the number of frames then: variables side by
    /// side share one list.
    last_withs: Option<(u32, Rc<[u32]>)>,
}

/// A name in a slot of a frame.
struct Bound {
    name: Symbol,
    frame: u32,
    slot: u32,
    /// What the name meant outside.
    outer: Option<u32>,
}

impl Scope {
    /// Opens a frame with one slot for each name, in order. A name that comes twice means its first slot.
    pub(super) fn push_names(&mut self, names: impl Iterator<Item = Symbol>) {
        let frame = self.frames.len() as u32;
        self.frames.push(self.bindings.len() as u32);
        self.last_withs = None;
        for (slot, name) in names.enumerate() {
            let index = self.bindings.len() as u32;
            let outer = self.bound.get(&name).copied();
            if outer.is_some_and(|outer| self.bindings[outer as usize].frame == frame) {
                continue;
            }
            self.bound.insert(name, index);
            self.bindings.push(Bound {
                name,
                frame,
                slot: slot as u32,
                outer,
            });
        }
    }

    /// Opens the frame of a `with`.
    pub(super) fn push_with(&mut self) {
        self.withs.push(self.frames.len() as u32);
        self.frames.push(self.bindings.len() as u32);
        self.last_withs = None;
    }

    /// How many frames of a `with` are open.
    pub(super) fn with_count(&self) -> usize {
        self.withs.len()
    }

    /// Closes the innermost frame.
    pub(super) fn pop(&mut self) {
        self.last_withs = None;
        let Some(start) = self.frames.pop() else {
            return;
        };
        if self.withs.last() == Some(&(self.frames.len() as u32)) {
            self.withs.pop();
        }
        for binding in self.bindings.drain(start as usize..) {
            match binding.outer {
                Some(outer) => self.bound.insert(binding.name, outer),
                None => self.bound.remove(&binding.name),
            };
        }
    }

    /// Whether nothing is bound yet.
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Whether a frame binds the name.
    pub(super) fn binds(&self, name: Symbol) -> bool {
        self.bound.contains_key(&name)
    }

    /// What a variable means here.
    pub(super) fn resolve(&mut self, name: Symbol) -> Resolution {
        let count = self.frames.len() as u32;
        if let Some(index) = self.bound.get(&name) {
            let binding = &self.bindings[*index as usize];
            return Resolution::Local {
                up: count - 1 - binding.frame,
                slot: binding.slot,
            };
        }
        if is_global(name) {
            return Resolution::Global;
        }
        if self.withs.is_empty() {
            return Resolution::Undefined;
        }
        if let Some((frames, list)) = &self.last_withs
            && *frames == count
        {
            return Resolution::With(Rc::clone(list));
        }
        let list: Rc<[u32]> = self
            .withs
            .iter()
            .rev()
            .map(|frame| count - 1 - frame)
            .collect();
        self.last_withs = Some((count, Rc::clone(&list)));
        Resolution::With(list)
    }
}
