//! The prelude: functions of `lib` in Nix, each a piece of its own with `lib` in scope.

mod fixed_points;
mod generators;
mod lists;
mod modules;
mod namespaces;
mod options;
mod other;
mod sets;
mod strings;
mod trivial;

/// Functions that are only in a part of `lib`: the part, the name, the source.
pub(in crate::nix::lib) fn namespaced()
-> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    [namespaces::FUNCTIONS, generators::FUNCTIONS]
        .into_iter()
        .flatten()
        .copied()
}

/// Builtins that `lib` hands on under the same name.
pub(in crate::nix::lib) const REEXPORTED: &[&str] = &[
    "add",
    "addErrorContext",
    "all",
    "any",
    "attrNames",
    "attrValues",
    "bitAnd",
    "bitOr",
    "bitXor",
    "catAttrs",
    "ceil",
    "compareVersions",
    "concatLists",
    "concatMap",
    "concatStringsSep",
    "deepSeq",
    "elem",
    "elemAt",
    "filter",
    "floor",
    "foldl'",
    "fromJSON",
    "functionArgs",
    "genList",
    "genericClosure",
    "getAttr",
    "hasAttr",
    "hasContext",
    "head",
    "intersectAttrs",
    "isAttrs",
    "isBool",
    "isFloat",
    "isInt",
    "isList",
    "isPath",
    "isString",
    "length",
    "lessThan",
    "listToAttrs",
    "map",
    "mapAttrs",
    "match",
    "parseDrvName",
    "partition",
    "pathExists",
    "readFile",
    "replaceStrings",
    "seq",
    "sort",
    "split",
    "splitVersion",
    "stringLength",
    "sub",
    "substring",
    "tail",
    "trace",
    "tryEval",
    "typeOf",
    "unsafeDiscardStringContext",
    "unsafeGetAttrPos",
    "warn",
    "zipAttrsWith",
    "fromTOML",
    "mul",
    "div",
    "toJSON",
    "removeAttrs",
    "groupBy",
    "baseNameOf",
    "dirOf",
    "isFunction",
    "toFile",
    "readDir",
    "storeDir",
    "addDrvOutputDependencies",
    "appendContext",
    "convertHash",
    "flakeRefToString",
    "getContext",
    "hashFile",
    "hashString",
    "parseFlakeRef",
    "readFileType",
    "toString",
    "toXML",
    "unsafeDiscardOutputDependency",
];

/// Functions at the top level of `lib`.
pub(in crate::nix::lib) fn functions() -> impl Iterator<Item = (&'static str, &'static str)> {
    [
        trivial::FUNCTIONS,
        fixed_points::FUNCTIONS,
        sets::FUNCTIONS,
        lists::FUNCTIONS,
        strings::FUNCTIONS,
        options::FUNCTIONS,
        modules::FUNCTIONS,
        other::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
