//! Interned names.

use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, Mutex};

/// An attribute or variable name. Equal names are equal symbols; the order of symbols is the order in which
/// they were first seen, not that of their texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(u32);

#[derive(Default)]
struct Interner {
    by_text: HashMap<&'static str, Symbol>,
    texts: Vec<&'static str>,
}

static INTERNER: LazyLock<Mutex<Interner>> = LazyLock::new(Mutex::default);

fn with_interner<T>(work: impl FnOnce(&mut Interner) -> T) -> T {
    // A poisoned lock only means that another thread panicked between two pushes of plain data.
    let mut interner = INTERNER
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    work(&mut interner)
}

impl Symbol {
    /// The symbol of a name. Its text lives as long as the process: the names of a run are bounded by its
    /// input.
    pub fn new(text: &str) -> Symbol {
        with_interner(|interner| {
            if let Some(symbol) = interner.by_text.get(text) {
                return *symbol;
            }
            let text: &'static str = Box::leak(text.to_string().into_boxed_str());
            let symbol = Symbol(interner.texts.len() as u32);
            interner.texts.push(text);
            interner.by_text.insert(text, symbol);
            symbol
        })
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        with_interner(|interner| interner.texts[self.0 as usize])
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
