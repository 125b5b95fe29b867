//! Functions that are only in a part of `lib`.

/// The part, the name, the source.
pub(super) const FUNCTIONS: &[(&str, &str, &str)] = &[
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
        "_: value: if builtins.isInt value || builtins.isString value || lib.isDerivation value then toString value else if builtins.isBool value then lib.boolToString value else if value == null then \"null\" else if builtins.isFloat value then lib.strings.floatToString value else abort \"generators.mkValueStringDefault: values of this type are not supported\"",
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
    (
        "strings",
        "charToInt",
        r##"character: let position = lib.lists.findFirstIndex (known: known == character) null (lib.stringToCharacters " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"); blank = { "\t" = 9; "\n" = 10; "\r" = 13; }; in if position == null then blank.${character} else position + 32"##,
    ),
    (
        "strings",
        "escapeC",
        r#"characters: builtins.replaceStrings characters (map (character: "\\x${lib.fixedWidthString 2 "0" (lib.toLower (lib.toHexString (lib.strings.charToInt character)))}") characters)"#,
    ),
    (
        "strings",
        "commonSuffixLength",
        r#"first: second: let own = builtins.stringLength first; other = builtins.stringLength second; go = count: if count >= lib.min own other then count else if builtins.substring (own - count - 1) 1 first == builtins.substring (other - count - 1) 1 second then go (count + 1) else count; in go 0"#,
    ),
    (
        "strings",
        "normalizePath",
        r#"text: lib.concatStringsSep "/" (let parts = lib.splitString "/" text; last = builtins.length parts - 1; in lib.ifilter0 (index: part: part != "" || index == 0 || index == last) parts)"#,
    ),
    (
        "strings",
        "sanitizeDerivationName",
        r#"name: let plain = builtins.unsafeDiscardStringContext name; start = builtins.head (builtins.match "\\.*(.*)" plain); joined = lib.concatMapStrings (part: if builtins.isList part then "-" else part) (builtins.split "[^[:alnum:]+._?=-]+" start); length = builtins.stringLength joined; in if builtins.stringLength plain <= 207 && builtins.match "[[:alnum:]+_?=-][[:alnum:]+._?=-]*" plain != null then plain else if joined == "" then "unknown" else builtins.substring (lib.max 0 (length - 207)) 207 joined"#,
    ),
    ("strings", "storeDir", r#"builtins.storeDir"#),
    (
        "strings",
        "levenshtein",
        r#"first: second: let from = lib.stringToCharacters first; to = lib.stringToCharacters second; start = lib.range 0 (builtins.length to); row = above: character: let step = left: index: left ++ [ (lib.min (lib.min (lib.last left + 1) (builtins.elemAt above (index + 1) + 1)) (builtins.elemAt above index + (if builtins.elemAt to index == character then 0 else 1))) ]; in builtins.foldl' step [ (builtins.head above + 1) ] (lib.range 0 (builtins.length to - 1)); in lib.last (builtins.foldl' row start from)"#,
    ),
    (
        "strings",
        "levenshteinAtMost",
        r#"most: first: second: let difference = builtins.stringLength first - builtins.stringLength second; in (if difference < 0 then -difference else difference) <= most && lib.strings.levenshtein first second <= most"#,
    ),
    (
        "attrsets",
        "longestValidPathPrefix",
        r#"path: set: let go = count: value: if count == builtins.length path then path else let name = builtins.elemAt path count; in if builtins.isAttrs value && value ? ${name} then go (count + 1) value.${name} else lib.take count path; in go 0 set"#,
    ),
    (
        "attrsets",
        "unionOfDisjoint",
        r#"first: second: first // second // builtins.mapAttrs (name: _: throw "unionOfDisjoint: collision on ${name}; ${name} is in both sets") (builtins.intersectAttrs first second)"#,
    ),
    (
        "lists",
        "commonPrefix",
        r#"first: second: let limit = lib.min (builtins.length first) (builtins.length second); differs = index: builtins.elemAt first index != builtins.elemAt second index; in lib.take (lib.lists.findFirstIndex differs limit (builtins.genList (index: index) limit)) first"#,
    ),
    (
        "cli",
        "toCommandLine",
        r#"optionFormat: options: let one = name: value: let format = optionFormat name; option = format.option; separator = format.sep or null; formatArg = format.formatArg or (lib.generators.mkValueStringDefault { }); given = text: if separator == null then [ option text ] else [ "${option}${separator}${text}" ]; in if value == null then [ ] else if builtins.isBool value && !format.explicitBool then lib.optional value option else if builtins.isList value then builtins.concatMap (one name) value else given (formatArg value); in builtins.concatLists (lib.mapAttrsToList one options)"#,
    ),
    (
        "cli",
        "toCommandLineShell",
        r#"optionFormat: options: lib.escapeShellArgs (lib.cli.toCommandLine optionFormat options)"#,
    ),
    (
        "cli",
        "toCommandLineGNU",
        r#"{ isLong ? (name: builtins.stringLength name > 1), explicitBool ? false, formatArg ? lib.generators.mkValueStringDefault { } }: lib.cli.toCommandLine (name: { option = if isLong name then "--${name}" else "-${name}"; sep = if isLong name then "=" else ""; inherit explicitBool formatArg; })"#,
    ),
    (
        "cli",
        "toCommandLineShellGNU",
        r#"given: options: lib.escapeShellArgs (lib.cli.toCommandLineGNU given options)"#,
    ),
    (
        "asserts",
        "checkAssertWarn",
        r#"assertions: warnings: value: let failed = map (one: one.message) (builtins.filter (one: !one.assertion) assertions); in if failed != [ ] then throw "\nFailed assertions:\n${lib.concatMapStringsSep "\n" (message: "- ${message}") failed}" else lib.showWarnings warnings value"#,
    ),
    (
        "meta",
        "appendToName",
        r#"suffix: lib.meta.updateName (name: let parsed = builtins.parseDrvName name; in "${parsed.name}-${suffix}-${parsed.version}")"#,
    ),
    (
        "filesystem",
        "resolveDefaultNix",
        r#"given: if lib.pathIsDirectory given then given + "/default.nix" else if builtins.isString given && lib.hasSuffix "/" given then given + "default.nix" else given"#,
    ),
    (
        "filesystem",
        "locateDominatingFile",
        r#"pattern: file: let go = folder: let found = builtins.filter (match: match != null) (map (builtins.match pattern) (builtins.attrNames (builtins.readDir folder))); isThere = builtins.length found != 0; parent = builtins.dirOf folder; in if isThere then { path = folder; matches = found; } else if folder == /. then null else go parent; in go (if lib.pathIsDirectory file then file else builtins.dirOf file)"#,
    ),
    (
        "path",
        "hasStorePathPrefix",
        r#"path: let parts = lib.path.subpath.components (lib.path.splitRoot path).subpath; store = lib.path.subpath.components ("." + builtins.storeDir); count = builtins.length store; in lib.take count parts == store && builtins.length parts > count && builtins.match ".{32}-.+" (builtins.elemAt parts count) != null"#,
    ),
    (
        "modules",
        "mapDefinitionValue",
        r#"function: value: let inner = lib.modules.mapDefinitionValue function; kind = value._type or null; in if !(builtins.isAttrs value) then function value else if kind == "merge" then value // { contents = map inner value.contents; } else if kind == "if" || kind == "override" || kind == "order" then value // { content = inner value.content; } else if kind == "definition" then value // { value = inner value.value; } else function value"#,
    ),
    (
        "modules",
        "filterOverrides'",
        r#"definitions: let priority = definition: if definition.value._type or "" == "override" then definition.value.priority else lib.modules.defaultOverridePriority; highestPrio = builtins.foldl' (least: definition: lib.min least (priority definition)) 9999 definitions; plain = definition: if definition.value._type or "" == "override" then definition // { value = definition.value.content; } else definition; in { values = map plain (builtins.filter (definition: priority definition == highestPrio) definitions); inherit highestPrio; }"#,
    ),
    (
        "meta",
        "platformMatch",
        r#"platform: wanted: if builtins.isString wanted then platform ? system && platform.system == wanted else lib.matchAttrs (if wanted ? parsed then wanted else { parsed = wanted; }) platform"#,
    ),
    (
        "meta",
        "availableOn",
        r#"platform: package: (!(package ? meta.platforms) || builtins.any (lib.meta.platformMatch platform) package.meta.platforms) && builtins.all (wanted: !(lib.meta.platformMatch platform wanted)) (package.meta.badPlatforms or [ ])"#,
    ),
    ("strings", "floatToString", "toString"),
    (
        "strings",
        "escapeNixString",
        "text: lib.escape [ \"$\" ] (builtins.toJSON text)",
    ),
    (
        "strings",
        "escapeNixIdentifier",
        "text: if builtins.match \"[a-zA-Z_][a-zA-Z0-9_'-]*\" text != null && !(builtins.elem text [ \"assert\" \"else\" \"if\" \"in\" \"inherit\" \"let\" \"or\" \"rec\" \"then\" \"with\" ]) then text else lib.strings.escapeNixString text",
    ),
    (
        "strings",
        "isConvertibleWithToString",
        "value: lib.isStringLike value || builtins.elem (builtins.typeOf value) [ \"null\" \"int\" \"float\" \"bool\" ] || builtins.isList value && builtins.all lib.strings.isConvertibleWithToString value",
    ),
    (
        "strings",
        "commonPrefixLength",
        "first: second: let limit = lib.min (builtins.stringLength first) (builtins.stringLength second); go = index: if index >= limit then limit else if builtins.substring index 1 first == builtins.substring index 1 second then go (index + 1) else index; in go 0",
    ),
    (
        "lists",
        "findFirstIndex",
        "wanted: default: list: let seen = builtins.foldl' (seen: value: if seen < 0 then seen else if wanted value then -1 - seen else seen + 1) 0 list; in if seen < 0 then -1 - seen else default",
    ),
    ("modules", "defaultOverridePriority", "100"),
    ("modules", "defaultOrderPriority", "1000"),
    (
        "modules",
        "importApply",
        "path: arguments: lib.setDefaultModuleLocation path (import path arguments)",
    ),
    (
        "modules",
        "mkAliasIfDef",
        "option: lib.mkIf (lib.isOption option && option.isDefined)",
    ),
    (
        "modules",
        "mkAliasAndWrapDefsWithPriority",
        "wrap: option: let priority = option.highestPrio or lib.modules.defaultOverridePriority; in lib.modules.mkAliasIfDef option (wrap (lib.mkMerge (map (lib.mkOverride priority) option.definitions)))",
    ),
];
