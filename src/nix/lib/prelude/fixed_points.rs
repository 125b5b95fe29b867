//! `lib.fixedPoints`.

/// Name and source.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    (
        "extend",
        "overlay: let again = overlays: let final = builtins.foldl' (base: next: base // next final base) lib overlays // { extend = next: again (overlays ++ [ next ]); }; in final; in again [ overlay ]",
    ),
    ("fix", "function: let result = function result; in result"),
    (
        "fix'",
        "function: let result = function result // { __unfix__ = function; }; in result",
    ),
    (
        "converge",
        "function: value: let next = function value; in if next == value then value else lib.converge function next",
    ),
    (
        "extends",
        "overlay: base: final: let previous = base final; in previous // overlay final previous",
    ),
    (
        "composeExtensions",
        "first: second: final: previous: let applied = first final previous; after = previous // applied; in applied // second final after",
    ),
    (
        "composeManyExtensions",
        "lib.foldr lib.composeExtensions (final: previous: { })",
    ),
    (
        "makeExtensible",
        "lib.makeExtensibleWithCustomName \"extend\"",
    ),
    (
        "makeExtensibleWithCustomName",
        "name: function: lib.fix' (final: function final // { ${name} = overlay: lib.makeExtensibleWithCustomName name (lib.extends overlay function); })",
    ),
];
