//! Which binding a name means.

use super::ast::Resolution;
use crate::nix::symbol::{Symbol, SymbolMap, is_global};
use std::rc::Rc;

/// The frames around the expression that is being lowered.
#[derive(Default)]
pub(super) struct Scope {
    /// What each frame binds, outermost first; `None` for the frame of a `with`.
    frames: Vec<Option<Vec<Symbol>>>,
    /// Where each bound name is found: frame and slot, innermost last.
    bound: SymbolMap<Vec<(u32, u32)>>,
    /// Which frames are those of a `with`, outermost first.
    withs: Vec<u32>,
    /// The list that the last variable found in a `with` got, and the number of frames then: variables side by
    /// side share one list.
    last_withs: Option<(u32, Rc<[u32]>)>,
}

impl Scope {
    /// Opens a frame with one slot for each name, in order. A name that comes twice means its first slot.
    pub(super) fn push_names(&mut self, names: Vec<Symbol>) {
        let frame = self.frames.len() as u32;
        for (slot, name) in names.iter().enumerate() {
            let places = self.bound.entry(*name).or_default();
            if places.last().is_none_or(|(other, _)| *other != frame) {
                places.push((frame, slot as u32));
            }
        }
        self.last_withs = None;
        self.frames.push(Some(names));
    }

    /// Opens the frame of a `with`.
    pub(super) fn push_with(&mut self) {
        self.withs.push(self.frames.len() as u32);
        self.last_withs = None;
        self.frames.push(None);
    }

    /// Closes the innermost frame.
    pub(super) fn pop(&mut self) {
        self.last_withs = None;
        match self.frames.pop() {
            Some(Some(names)) => {
                let frame = self.frames.len() as u32;
                for name in names {
                    if let Some(places) = self.bound.get_mut(&name)
                        && places.last().is_some_and(|(other, _)| *other == frame)
                    {
                        places.pop();
                    }
                }
            }
            Some(None) => {
                self.withs.pop();
            }
            None => {}
        }
    }

    /// Whether nothing is bound yet.
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Whether a frame binds the name.
    pub(super) fn binds(&self, name: Symbol) -> bool {
        self.bound
            .get(&name)
            .is_some_and(|places| !places.is_empty())
    }

    /// What a variable means here.
    pub(super) fn resolve(&mut self, name: Symbol) -> Resolution {
        let count = self.frames.len() as u32;
        if let Some((frame, slot)) = self.bound.get(&name).and_then(|places| places.last()) {
            return Resolution::Local {
                up: count - 1 - frame,
                slot: *slot,
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
