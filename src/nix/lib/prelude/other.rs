//! Versions, paths, licences and other small things.

/// Name and source.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    ("fullDepEntry", "text: deps: { inherit text deps; }"),
    ("noDepEntry", "text: { inherit text; deps = [ ]; }"),
    ("packEntry", "deps: { inherit deps; text = \"\"; }"),
    ("stringAfter", "deps: text: { inherit text deps; }"),
    (
        "fakeHash",
        "\"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"",
    ),
    (
        "fakeSha256",
        "\"0000000000000000000000000000000000000000000000000000000000000000\"",
    ),
    (
        "fakeSha512",
        "\"00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\"",
    ),
    (
        "makeOverridable",
        "function: lib.mirrorFunctionArgs function (given: let result = function given; again = change: lib.makeOverridable (lib.mirrorFunctionArgs function (arguments: change (function arguments))) given; override = lib.mirrorFunctionArgs function (new: lib.makeOverridable function (given // (if lib.isFunction new then new given else new))); in builtins.seq result (if builtins.isAttrs result then result // { inherit override; overrideDerivation = change: again (package: lib.overrideDerivation package change); ${if result ? overrideAttrs then \"overrideAttrs\" else null} = change: again (package: package.overrideAttrs change); } else if lib.isFunction result then lib.setFunctionArgs result (lib.functionArgs result) // { inherit override; } else result))",
    ),
    (
        "callPackageWith",
        "packages: package: given: let function = if lib.isFunction package then package else import package; in lib.makeOverridable function (builtins.intersectAttrs (lib.functionArgs function) packages // given)",
    ),
    (
        "callPackagesWith",
        "packages: package: given: let function = if lib.isFunction package then package else import package; arguments = builtins.intersectAttrs (lib.functionArgs function) packages // given; result = function arguments; in builtins.seq result (if lib.isDerivation result then throw \"callPackages: the function gives one package, which is what callPackage is for\" else builtins.mapAttrs (name: _: lib.makeOverridable (lib.mirrorFunctionArgs function (arguments: (function arguments).${name})) arguments) result)",
    ),
    (
        "mkLuaInline",
        "expr: { _type = \"lua-inline\"; inherit expr; }",
    ),
];
