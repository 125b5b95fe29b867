//! `lib.attrsets`, and what is said of packages: `lib.meta`.

/// Name and source.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    (
        "attrByPath",
        "path: default: set: if path == [ ] then set else let name = builtins.head path; in if builtins.isAttrs set && set ? ${name} then lib.attrByPath (builtins.tail path) default set.${name} else default",
    ),
    (
        "hasAttrByPath",
        "path: set: path == [ ] || (let name = builtins.head path; in builtins.isAttrs set && set ? ${name} && lib.hasAttrByPath (builtins.tail path) set.${name})",
    ),
    (
        "getAttrFromPath",
        "path: set: if path == [ ] then set else lib.getAttrFromPath (builtins.tail path) set.${builtins.head path}",
    ),
    (
        "setAttrByPath",
        "path: value: if path == [ ] then value else { ${builtins.head path} = lib.setAttrByPath (builtins.tail path) value; }",
    ),
    (
        "getAttrs",
        "names: set: lib.genAttrs names (name: set.${name})",
    ),
    ("attrVals", "names: set: map (name: set.${name}) names"),
    (
        "filterAttrs",
        "keep: set: builtins.removeAttrs set (builtins.filter (name: !(keep name set.${name})) (builtins.attrNames set))",
    ),
    (
        "filterAttrsRecursive",
        "keep: set: builtins.listToAttrs (builtins.concatMap (name: let value = set.${name}; in if keep name value then [ { inherit name; value = if builtins.isAttrs value then lib.filterAttrsRecursive keep value else value; } ] else [ ]) (builtins.attrNames set))",
    ),
    (
        "foldlAttrs",
        "function: initial: set: builtins.foldl' (result: name: function result name set.${name}) initial (builtins.attrNames set)",
    ),
    (
        "foldAttrs",
        "function: empty: sets: lib.foldr (set: result: lib.foldr (name: inner: inner // { ${name} = function set.${name} (result.${name} or empty); }) result (builtins.attrNames set)) { } sets",
    ),
    (
        "collect",
        "wanted: set: if wanted set then [ set ] else if builtins.isAttrs set then builtins.concatMap (lib.collect wanted) (builtins.attrValues set) else [ ]",
    ),
    ("nameValuePair", "name: value: { inherit name value; }"),
    (
        "mapAttrs'",
        "function: set: builtins.listToAttrs (map (name: function name set.${name}) (builtins.attrNames set))",
    ),
    (
        "mapAttrsToList",
        "function: set: map (name: function name set.${name}) (builtins.attrNames set)",
    ),
    ("attrsToList", "lib.mapAttrsToList lib.nameValuePair"),
    (
        "concatMapAttrs",
        "function: set: builtins.foldl' (result: name: result // function name set.${name}) { } (builtins.attrNames set)",
    ),
    (
        "mapAttrsRecursive",
        "function: set: lib.mapAttrsRecursiveCond (_: true) function set",
    ),
    (
        "mapAttrsRecursiveCond",
        "enter: function: set: let go = path: builtins.mapAttrs (name: value: if builtins.isAttrs value && enter value then go (path ++ [ name ]) value else function (path ++ [ name ]) value); in go [ ] set",
    ),
    (
        "genAttrs",
        "names: function: builtins.listToAttrs (map (name: { inherit name; value = function name; }) names)",
    ),
    (
        "genAttrs'",
        "values: function: builtins.listToAttrs (map function values)",
    ),
    (
        "isDerivation",
        "value: value.type or null == \"derivation\"",
    ),
    (
        "toDerivation",
        "path: { type = \"derivation\"; outPath = path; name = builtins.baseNameOf path; }",
    ),
    (
        "optionalAttrs",
        "condition: set: if condition then set else { }",
    ),
    ("zipAttrs", "builtins.zipAttrsWith (_: values: values)"),
    ("zip", "lib.zipAttrs"),
    (
        "mergeAttrsList",
        "builtins.foldl' (first: second: first // second) { }",
    ),
    (
        "recursiveUpdate",
        "left: right: lib.recursiveUpdateUntil (_: first: second: !(builtins.isAttrs first && builtins.isAttrs second)) left right",
    ),
    (
        "recursiveUpdateUntil",
        "stop: left: right: let go = path: first: second: first // builtins.mapAttrs (name: value: if first ? ${name} && !(stop (path ++ [ name ]) first.${name} value) then go (path ++ [ name ]) first.${name} value else value) second; in go [ ] left right",
    ),
    (
        "matchAttrs",
        "pattern: set: builtins.all (name: set ? ${name} && (if builtins.isAttrs pattern.${name} then builtins.isAttrs set.${name} && lib.matchAttrs pattern.${name} set.${name} else pattern.${name} == set.${name})) (builtins.attrNames pattern)",
    ),
    (
        "recurseIntoAttrs",
        "set: set // { recurseForDerivations = true; }",
    ),
    (
        "dontRecurseIntoAttrs",
        "set: set // { recurseForDerivations = false; }",
    ),
    (
        "cartesianProduct",
        "sets: builtins.foldl' (found: name: builtins.concatMap (known: map (value: known // { ${name} = value; }) sets.${name}) found) [ { } ] (builtins.attrNames sets)",
    ),
    ("cartesianProductOfSets", "lib.cartesianProduct"),
    (
        "mapCartesianProduct",
        "function: sets: map function (lib.cartesianProduct sets)",
    ),
    (
        "getOutput",
        "output: package: if package ? outputSpecified && package.outputSpecified then package else package.${output} or package.out or package",
    ),
    ("getBin", "lib.getOutput \"bin\""),
    ("getLib", "lib.getOutput \"lib\""),
    ("getDev", "lib.getOutput \"dev\""),
    ("getMan", "lib.getOutput \"man\""),
    (
        "getExe",
        "package: lib.getExe' package (package.meta.mainProgram or package.pname or package.name)",
    ),
    (
        "getExe'",
        "package: name: \"${lib.getBin package}/bin/${name}\"",
    ),
    (
        "updateManyAttrsByPath",
        "updates: value: let go = depth: isThere: value: updates: let parted = builtins.partition (update: builtins.length update.path == depth) updates; nested = builtins.groupBy (update: builtins.elemAt update.path depth) parted.wrong; base = if isThere then value else { }; inner = if parted.wrong == [ ] then (if isThere then value else throw \"updateManyAttrsByPath: the path does not exist\") else base // builtins.mapAttrs (name: go (depth + 1) (isThere && value ? ${name}) (value.${name} or null)) nested; in lib.foldr (update: result: update.update result) inner (lib.reverseList parted.right); in go 0 true value updates",
    ),
    (
        "mapAttrsToListRecursive",
        "lib.mapAttrsToListRecursiveCond (_: _: true)",
    ),
    (
        "mapAttrsToListRecursiveCond",
        "enter: function: set: let go = path: value: if builtins.isAttrs value && enter path value then builtins.concatMap (name: go (path ++ [ name ]) value.${name}) (builtins.attrNames value) else [ (function path value) ]; in go [ ] set",
    ),
    (
        "overrideExisting",
        "old: new: builtins.mapAttrs (name: value: new.${name} or value) old",
    ),
    (
        "zipAttrsWithNames",
        "names: function: sets: builtins.listToAttrs (map (name: { inherit name; value = function name (builtins.catAttrs name sets); }) names)",
    ),
    (
        "showAttrPath",
        "path: if path == [ ] then \"<root attribute path>\" else lib.concatMapStringsSep \".\" lib.strings.escapeNixIdentifier path",
    ),
    (
        "getFirstOutput",
        "names: package: let found = builtins.filter (name: package ? ${name}) names; in if (package ? outputSpecified && package.outputSpecified) || found == [ ] then package else package.${builtins.head found}",
    ),
    ("getInclude", "lib.getOutput \"include\""),
    ("getStatic", "lib.getOutput \"static\""),
    ("setName", "name: package: package // { inherit name; }"),
    (
        "addMetaAttrs",
        "new: package: package // { meta = (package.meta or { }) // new; }",
    ),
    ("hiPrio", "lib.setPrio (-10)"),
    ("lowPrio", "lib.setPrio 10"),
    (
        "setPrio",
        "priority: lib.addMetaAttrs { inherit priority; }",
    ),
    (
        "dontDistribute",
        "package: lib.addMetaAttrs { hydraPlatforms = [ ]; } package",
    ),
    (
        "optionalDrvAttr",
        "condition: value: if condition then value else null",
    ),
    (
        "concatAttrValues",
        r#"set: builtins.concatLists (builtins.attrValues set)"#,
    ),
    ("chooseDevOutputs", r#"map lib.getDev"#),
];
