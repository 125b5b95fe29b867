//! Interned names.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{LazyLock, Mutex};

/// An attribute or variable name. Equal names are equal symbols; the order of symbols is the order in which
/// they were first seen, not that of their texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(u32);

/// A hash map from symbols, which are small numbers already spread by their order. Its order is not that of
/// anything: never iterate over it for output.
pub type SymbolMap<V> = HashMap<Symbol, V, BuildHasherDefault<SymbolHasher>>;

/// Spreads the number of a symbol over the bits that a hash table looks at.
#[derive(Default, Clone, Copy, Debug)]
pub struct SymbolHasher(u64);

impl Hasher for SymbolHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = (self.0 ^ u64::from(value)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// Makes hashers of names. The standard one takes several times as long for the few bytes of a name. This one begins with
/// another number in each process as well, so that nobody can write names that all fall together.
struct TextHashing {
    seed: u64,
}

impl TextHashing {
    fn new() -> Self {
        TextHashing {
            seed: RandomState::new().hash_one(0),
        }
    }
}

impl BuildHasher for TextHashing {
    type Hasher = TextHasher;

    fn build_hasher(&self) -> TextHasher {
        TextHasher(self.seed)
    }
}

/// Takes eight bytes at a time.
struct TextHasher(u64);

impl TextHasher {
    /// Both halves of a product, so that each bit of the result depends on all bits so far.
    fn mix(&mut self, part: u64) {
        let product = u128::from(self.0 ^ part) * 0x9e37_79b9_7f4a_7c15;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
}

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (parts, rest) = bytes.as_chunks::<8>();
        for part in parts {
            self.mix(u64::from_le_bytes(*part));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }

    fn write_u8(&mut self, _end_of_text: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

struct Interner {
    by_text: HashMap<&'static str, Symbol, TextHashing>,
    texts: Vec<&'static str>,
}

/// The names that Nix binds without `builtins.`, in no order. From `nix-instantiate --eval` of each name of
/// `builtins` in Nix 2.34; `__x` forms exist for all builtins and are recognised by their prefix.
pub const GLOBALS: &[&str] = &[
    "abort",
    "baseNameOf",
    "break",
    "builtins",
    "derivation",
    "derivationStrict",
    "dirOf",
    "false",
    "fetchGit",
    "fetchMercurial",
    "fetchTarball",
    "fetchTree",
    "fromTOML",
    "import",
    "isNull",
    "map",
    "null",
    "placeholder",
    "removeAttrs",
    "scopedImport",
    "throw",
    "toString",
    "true",
];

/// The builtins that Nix binds with two underscores before their name, in no order. From `nix-instantiate --parse` of
/// each name of `builtins` in Nix 2.34, and those of its experimental features.
const UNDERSCORED_GLOBALS: &[&str] = &[
    "__add",
    "__addDrvOutputDependencies",
    "__addErrorContext",
    "__all",
    "__any",
    "__appendContext",
    "__attrNames",
    "__attrValues",
    "__bitAnd",
    "__bitOr",
    "__bitXor",
    "__catAttrs",
    "__ceil",
    "__compareVersions",
    "__concatLists",
    "__concatMap",
    "__concatStringsSep",
    "__convertHash",
    "__curPos",
    "__currentSystem",
    "__currentTime",
    "__deepSeq",
    "__div",
    "__elem",
    "__elemAt",
    "__exec",
    "__fetchClosure",
    "__fetchurl",
    "__filter",
    "__filterSource",
    "__findFile",
    "__flakeRefToString",
    "__floor",
    "__foldl'",
    "__fromJSON",
    "__functionArgs",
    "__genList",
    "__genericClosure",
    "__getAttr",
    "__getContext",
    "__getEnv",
    "__getFlake",
    "__groupBy",
    "__hasAttr",
    "__hasContext",
    "__hashFile",
    "__hashString",
    "__head",
    "__importNative",
    "__intersectAttrs",
    "__isAttrs",
    "__isBool",
    "__isFloat",
    "__isFunction",
    "__isInt",
    "__isList",
    "__isPath",
    "__isString",
    "__langVersion",
    "__length",
    "__lessThan",
    "__listToAttrs",
    "__mapAttrs",
    "__match",
    "__mul",
    "__nixPath",
    "__nixVersion",
    "__outputOf",
    "__parseDrvName",
    "__parseFlakeRef",
    "__partition",
    "__path",
    "__pathExists",
    "__readDir",
    "__readFile",
    "__readFileType",
    "__replaceStrings",
    "__seq",
    "__sort",
    "__split",
    "__splitVersion",
    "__storeDir",
    "__storePath",
    "__stringLength",
    "__sub",
    "__substring",
    "__tail",
    "__toFile",
    "__toJSON",
    "__toPath",
    "__toXML",
    "__trace",
    "__traceVerbose",
    "__tryEval",
    "__typeOf",
    "__unsafeDiscardOutputDependency",
    "__unsafeDiscardStringContext",
    "__unsafeGetAttrPos",
    "__warn",
    "__zipAttrsWith",
];

/// The globals come first, so that a symbol is a global when its number is small.
const GLOBAL_COUNT: u32 = (GLOBALS.len() + UNDERSCORED_GLOBALS.len()) as u32;

static INTERNER: LazyLock<Mutex<Interner>> = LazyLock::new(|| {
    let texts: Vec<&'static str> = GLOBALS.iter().chain(UNDERSCORED_GLOBALS).copied().collect();
    // A small flake has less than as many names again.
    let mut by_text = HashMap::with_capacity_and_hasher(2 * texts.len(), TextHashing::new());
    for (index, text) in texts.iter().enumerate() {
        by_text.insert(*text, Symbol(index as u32));
    }
    Mutex::new(Interner { by_text, texts })
});

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

/// Whether Nix binds the name without `builtins.` before it: [`GLOBALS`], and the other builtins with two
/// underscores before their name.
pub fn is_global(name: Symbol) -> bool {
    name.0 < GLOBAL_COUNT
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_equal_symbols() {
        assert_eq!(Symbol::new("kimi"), Symbol::new("kimi"));
        assert_ne!(Symbol::new("kimi"), Symbol::new("moonshot"));
        assert_eq!(Symbol::new("kimi").as_str(), "kimi");
    }

    #[test]
    fn globals_are_the_names_that_nix_binds() {
        for name in ["map", "true", "builtins", "__elem", "__foldl'"] {
            assert!(is_global(Symbol::new(name)), "{name}");
        }
        for name in ["elem", "__map", "__structuredAttrs", "pkgs", "foldl'"] {
            assert!(!is_global(Symbol::new(name)), "{name}");
        }
    }

    #[test]
    fn no_global_is_listed_twice() {
        let mut names: Vec<&str> = GLOBALS.iter().chain(UNDERSCORED_GLOBALS).copied().collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len() as u32, GLOBAL_COUNT);
    }
}
