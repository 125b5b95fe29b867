//! Functions that are only in a part of `lib`.

/// The part, the name, the source.
pub(in crate::nix::lib) const NAMESPACED: &[(&str, &str, &str)] = &[
    ("generators", "toJSON", "_: builtins.toJSON"),
    ("generators", "toYAML", "_: builtins.toJSON"),
    (
        "generators",
        "mkKeyValueDefault",
        "{ mkValueString ? lib.generators.mkValueStringDefault { } }: separator: name: value: \"${lib.escape [ separator ] name}${separator}${mkValueString value}\"",
    ),
    (
        "generators",
        "toKeyValue",
        "{ mkKeyValue ? lib.generators.mkKeyValueDefault { } \"=\", listsAsDuplicateKeys ? false, indent ? \"\" }: set: lib.concatStrings (builtins.concatMap (name: map (value: indent + mkKeyValue name value + \"\\n\") (if listsAsDuplicateKeys && builtins.isList set.${name} then set.${name} else [ set.${name} ])) (builtins.attrNames set))",
    ),
    (
        "generators",
        "toINI",
        "{ mkSectionName ? (name: lib.escape [ \"[\" \"]\" ] name), mkKeyValue ? lib.generators.mkKeyValueDefault { } \"=\", listsAsDuplicateKeys ? false }: sections: lib.concatStringsSep \"\\n\" (lib.mapAttrsToList (name: values: \"[${mkSectionName name}]\\n\" + lib.generators.toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } values) sections)",
    ),
    ("strings", "toJSON", "builtins.toJSON"),
    ("versions", "splitVersion", "builtins.splitVersion"),
    (
        "versions",
        "major",
        "version: builtins.elemAt (builtins.splitVersion version) 0",
    ),
    (
        "versions",
        "minor",
        "version: builtins.elemAt (builtins.splitVersion version) 1",
    ),
    (
        "versions",
        "patch",
        "version: builtins.elemAt (builtins.splitVersion version) 2",
    ),
    (
        "versions",
        "majorMinor",
        "version: lib.concatStringsSep \".\" (lib.take 2 (builtins.splitVersion version))",
    ),
    (
        "filesystem",
        "listFilesRecursive",
        "folder: let go = directory: builtins.concatLists (lib.mapAttrsToList (name: kind: if kind == \"directory\" then go (directory + \"/${name}\") else [ (directory + \"/${name}\") ]) (builtins.readDir directory)); in go folder",
    ),
    (
        "generators",
        "mkValueStringDefault",
        "_: value: if builtins.isInt value || builtins.isString value || lib.isDerivation value then toString value else if builtins.isBool value then lib.boolToString value else if value == null then \"null\" else if builtins.isFloat value then lib.floatToString value else abort \"generators.mkValueStringDefault: values of this type are not supported\"",
    ),
    (
        "generators",
        "toINIWithGlobalSection",
        "{ mkSectionName ? (name: lib.escape [ \"[\" \"]\" ] name), mkKeyValue ? lib.generators.mkKeyValueDefault { } \"=\", listsAsDuplicateKeys ? false }: { globalSection, sections ? { } }: (if globalSection == { } then \"\" else lib.generators.toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } globalSection + \"\n\") + lib.generators.toINI { inherit mkSectionName mkKeyValue listsAsDuplicateKeys; } sections",
    ),
    ("generators", "mkLuaInline", "lib.mkLuaInline"),
    (
        "versions",
        "pad",
        "length: version: let parts = lib.splitVersion (builtins.head (lib.splitString \"-\" version)); rest = builtins.length parts; suffix = lib.removePrefix (builtins.head (lib.splitString \"-\" version)) version; in lib.concatStringsSep \".\" (lib.take length (parts ++ builtins.genList (_: \"0\") (lib.max 0 (length - rest)))) + suffix",
    ),
    (
        "asserts",
        "assertEachOneOf",
        "name: values: allowed: builtins.all (value: lib.assertOneOf name value allowed) values",
    ),
    (
        "path",
        "subpath",
        "let parts = text: builtins.filter (part: part != \"\" && part != \".\") (lib.splitString \"/\" text); isValid = value: builtins.isString value && value != \"\" && builtins.substring 0 1 value != \"/\" && !(builtins.elem \"..\" (lib.splitString \"/\" value)); components = value: if isValid value then parts value else throw \"lib.path.subpath: the value is no valid subpath\"; shown = list: if list == [ ] then \"./.\" else \"./\" + builtins.concatStringsSep \"/\" list; in { inherit isValid components; normalise = value: shown (components value); join = values: shown (builtins.concatMap components values); }",
    ),
    (
        "path",
        "append",
        "path: folder: if !(builtins.isPath path) then throw \"lib.path.append: the first argument is no path\" else if !(lib.path.subpath.isValid folder) then throw \"lib.path.append: the second argument is no valid subpath\" else path + (\"/\" + folder)",
    ),
    (
        "path",
        "splitRoot",
        "path: let go = rest: parts: if builtins.dirOf rest == rest then { root = rest; subpath = if parts == [ ] then \"./.\" else \"./\" + builtins.concatStringsSep \"/\" parts; } else go (builtins.dirOf rest) ([ (builtins.baseNameOf rest) ] ++ parts); in if builtins.isPath path then go path [ ] else throw \"lib.path.splitRoot: the argument is no path\"",
    ),
    (
        "path",
        "hasPrefix",
        "first: second: let parts = path: lib.path.subpath.components (lib.path.splitRoot path).subpath; in lib.take (builtins.length (parts first)) (parts second) == parts first",
    ),
    (
        "path",
        "removePrefix",
        "first: second: let parts = path: lib.path.subpath.components (lib.path.splitRoot path).subpath; in if lib.path.hasPrefix first second then lib.path.subpath.join ([ \"./.\" ] ++ lib.drop (builtins.length (parts first)) (parts second)) else throw \"lib.path.removePrefix: the first path is no prefix of the second\"",
    ),
    (
        "cli",
        "toGNUCommandLine",
        "{ mkOptionName ? (name: if builtins.stringLength name == 1 then \"-${name}\" else \"--${name}\"), mkBool ? (name: value: lib.optional value (mkOptionName name)), mkList ? (name: value: builtins.concatMap (mkOption name) value), mkOption ? (name: value: if value == null then [ ] else if optionValueSeparator == null then [ (mkOptionName name) (lib.generators.mkValueStringDefault { } value) ] else [ \"${mkOptionName name}${optionValueSeparator}${lib.generators.mkValueStringDefault { } value}\" ]), optionValueSeparator ? null }: options: builtins.concatLists (lib.mapAttrsToList (name: value: if builtins.isBool value then mkBool name value else if builtins.isList value then mkList name value else mkOption name value) options)",
    ),
    (
        "cli",
        "toGNUCommandLineShell",
        "options: set: lib.escapeShellArgs (lib.cli.toGNUCommandLine options set)",
    ),
    (
        "hm",
        "dag",
        "let entry = before: after: data: { inherit data before after; _type = \"dagEntry\"; }; in rec { empty = { }; isEntry = value: value ? _type && value._type == \"dagEntry\"; isDag = value: builtins.isAttrs value && builtins.all isEntry (builtins.attrValues value); entryBetween = entry; entryAnywhere = entry [ ] [ ]; entryAfter = entry [ ]; entryBefore = before: entry before [ ]; map = function: builtins.mapAttrs (name: value: value // { data = function name value.data; }); }",
    ),
    (
        "strings",
        "replicate",
        "count: text: builtins.concatStringsSep \"\" (builtins.genList (_: text) count)",
    ),
    (
        "lists",
        "hasPrefix",
        "first: second: lib.take (builtins.length first) second == first",
    ),
    (
        "lists",
        "removePrefix",
        "first: second: if lib.lists.hasPrefix first second then lib.drop (builtins.length first) second else throw \"lib.lists.removePrefix: the first list is no prefix of the second\"",
    ),
];
