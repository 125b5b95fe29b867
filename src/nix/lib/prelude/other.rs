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
        "function: (if builtins.isAttrs function then (result: lib.makeOverridableOfSet // result) else (result: result)) (lib.mirrorFunctionArgs function (given: let result = function given; again = change: lib.makeOverridable (lib.mirrorFunctionArgs function (arguments: change (function arguments))) given; override = lib.mirrorFunctionArgs function (new: lib.makeOverridable function (given // (if lib.isFunction new then new given else new))); in builtins.seq result (if builtins.isAttrs result then result // { inherit override; overrideDerivation = change: again (package: lib.overrideDerivation package change); ${if result ? overrideAttrs then \"overrideAttrs\" else null} = change: again (package: package.overrideAttrs change); } else if lib.isFunction result then lib.setFunctionArgs result (lib.functionArgs result) // { inherit override; } else result)))",
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
    (
        "makeScope",
        r#"newScope: function: let given = function self; self = given // { newScope = more: newScope (self // more); callPackage = if given ? callPackage then lib.makeScopeWithOwnCallPackage else self.newScope { }; overrideScope = overlay: lib.makeScope newScope (lib.extends overlay function); packages = function; }; in self"#,
    ),
    (
        "mapCrossIndex",
        r#"function: { buildBuild, buildHost, buildTarget, hostHost, hostTarget, targetTarget }: builtins.mapAttrs (_: function) { inherit buildBuild buildHost buildTarget hostHost hostTarget targetTarget; }"#,
    ),
    (
        "renameCrossIndexFrom",
        r#"prefix: set: builtins.listToAttrs (map (name: { name = name; value = set.${prefix + lib.toUpper (builtins.substring 0 1 name) + builtins.substring 1 (-1) name}; }) [ "buildBuild" "buildHost" "buildTarget" "hostHost" "hostTarget" "targetTarget" ])"#,
    ),
    (
        "renameCrossIndexTo",
        r#"prefix: set: builtins.listToAttrs (map (name: { name = prefix + lib.toUpper (builtins.substring 0 1 name) + builtins.substring 1 (-1) name; value = set.${name}; }) [ "buildBuild" "buildHost" "buildTarget" "hostHost" "hostTarget" "targetTarget" ])"#,
    ),
    (
        "lazyDerivation",
        r#"{ derivation, meta ? null, passthru ? { }, outputs ? [ "out" ] }: let checked = assert derivation.type or null == "derivation"; assert derivation.outputs == outputs; derivation; in { type = "derivation"; inherit outputs; inherit (checked) name system drvPath outPath outputName; } // lib.genAttrs outputs (name: checked.${name}) // { meta = if meta == null then checked.meta else meta; } // passthru"#,
    ),
    (
        "textClosureMap",
        r#"function: predefined: names: lib.concatStringsSep "\n" (map function (lib.textClosureList predefined names))"#,
    ),
    (
        "textClosureList",
        r#"predefined: arguments: let go = done: names: if names == [ ] then { inherit done; result = [ ]; } else let entry = builtins.head names; rest = builtins.tail names; in if builtins.isAttrs entry then let before = go done entry.deps; after = go before.done rest; in { inherit (after) done; result = before.result ++ [ entry.text ] ++ after.result; } else if done ? ${entry} then go done rest else go (done // { ${entry} = true; }) ([ predefined.${entry} ] ++ rest); in (go { } arguments).result"#,
    ),
    (
        "updateName",
        r#"change: package: package // { name = change package.name; }"#,
    ),
    (
        "mapDerivationAttrset",
        r#"function: set: builtins.mapAttrs (_: package: if lib.isDerivation package then function package else package) set"#,
    ),
    ("hiPrioSet", r#"lib.mapDerivationAttrset lib.hiPrio"#),
    ("lowPrioSet", r#"lib.mapDerivationAttrset lib.lowPrio"#),
    (
        "packagesFromDirectoryRecursive",
        r#"{ callPackage, newScope ? throw "packagesFromDirectoryRecursive: newScope is needed", directory, recurseIntoDirectory ? null }@given:
        let
          go = given: folder:
            let
              file = lib.path.append folder "package.nix";
              one = name: kind:
                let inside = folder + "/${name}"; in
                if kind == "directory" then [ { inherit name; value = recurse (given // { directory = inside; }) inside; } ]
                else if kind == "regular" && lib.hasSuffix ".nix" name then [ { name = lib.removeSuffix ".nix" name; value = given.callPackage inside { }; } ]
                else [ ];
              below = lib.listToAttrs (builtins.concatLists (lib.mapAttrsToList one (builtins.readDir folder)));
            in
            if builtins.pathExists (folder + "/package.nix") then given.callPackage (folder + "/package.nix") { } else below;
          recurse = given: folder:
            if given ? newScope && !(builtins.pathExists (folder + "/package.nix"))
            then lib.recurseIntoAttrs (lib.makeScope given.newScope (self: go (given // { inherit (self) callPackage newScope; }) folder))
            else go given folder;
        in
        if recurseIntoDirectory != null then throw "packagesFromDirectoryRecursive: recurseIntoDirectory" else recurse given directory"#,
    ),
];
