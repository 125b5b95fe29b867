//! The prelude: functions of `lib` in Nix, each a piece of its own with `lib` in scope.

/// Builtins that `lib` hands on under the same name.
pub(super) const REEXPORTED: &[&str] = &[
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
];

/// Functions at the top level of `lib`.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    // Trivial.
    ("id", "value: value"),
    ("const", "value: _: value"),
    ("flip", "function: first: second: function second first"),
    ("pipe", "builtins.foldl' (value: function: function value)"),
    ("concat", "first: second: first ++ second"),
    ("or", "first: second: first || second"),
    ("and", "first: second: first && second"),
    ("xor", "first: second: first != second"),
    (
        "boolToString",
        "value: if value then \"true\" else \"false\"",
    ),
    ("boolToYesNo", "value: if value then \"yes\" else \"no\""),
    ("mergeAttrs", "first: second: first // second"),
    (
        "defaultTo",
        "default: value: if value == null then default else value",
    ),
    (
        "mapNullable",
        "function: value: if value == null then value else function value",
    ),
    (
        "min",
        "first: second: if first < second then first else second",
    ),
    (
        "max",
        "first: second: if first > second then first else second",
    ),
    (
        "mod",
        "base: number: base - number * (builtins.div base number)",
    ),
    (
        "importJSON",
        "path: builtins.fromJSON (builtins.readFile path)",
    ),
    (
        "importTOML",
        "path: builtins.fromTOML (builtins.readFile path)",
    ),
    (
        "warnIf",
        "condition: message: if condition then builtins.warn message else (value: value)",
    ),
    (
        "warnIfNot",
        "condition: message: if condition then (value: value) else builtins.warn message",
    ),
    (
        "throwIf",
        "condition: message: if condition then throw message else (value: value)",
    ),
    (
        "throwIfNot",
        "condition: message: if condition then (value: value) else throw message",
    ),
    (
        "assertMsg",
        "condition: message: condition || throw message",
    ),
    (
        "assertOneOf",
        "name: value: allowed: builtins.elem value allowed || throw \"${name} must be one of the allowed values\"",
    ),
    (
        "toFunction",
        "value: if lib.isFunction value then value else (_: value)",
    ),
    (
        "isFunction",
        "value: builtins.isFunction value || (value ? __functor && lib.isFunction (value.__functor value))",
    ),
    (
        "setFunctionArgs",
        "function: arguments: { __functor = _: function; __functionArgs = arguments; }",
    ),
    (
        "functionArgs",
        "function: if function ? __functor then function.__functionArgs or (lib.functionArgs (function.__functor function)) else builtins.functionArgs function",
    ),
    (
        "mirrorFunctionArgs",
        "from: function: lib.setFunctionArgs function (lib.functionArgs from)",
    ),
    (
        "toHexString",
        "number: let digits = [ \"0\" \"1\" \"2\" \"3\" \"4\" \"5\" \"6\" \"7\" \"8\" \"9\" \"A\" \"B\" \"C\" \"D\" \"E\" \"F\" ]; in builtins.concatStringsSep \"\" (map (builtins.elemAt digits) (lib.toBaseDigits 16 number))",
    ),
    (
        "toBaseDigits",
        "base: number: let go = rest: if rest < base then [ rest ] else go (rest / base) ++ [ (lib.mod rest base) ]; in go number",
    ),
    // Fixed points.
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
    // Attribute sets.
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
        "mapAttrsToListRecursive",
        "function: set: lib.collect (_: true) (lib.mapAttrsRecursive function set)",
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
        "updates: set: builtins.foldl' (result: update: lib.recursiveUpdate result (lib.setAttrByPath update.path (update.update (lib.getAttrFromPath update.path result)))) set updates",
    ),
    // Lists.
    ("singleton", "value: [ value ]"),
    (
        "foldr",
        "function: empty: list: let count = builtins.length list; go = index: if index == count then empty else function (builtins.elemAt list index) (go (index + 1)); in go 0",
    ),
    ("fold", "lib.foldr"),
    (
        "foldl",
        "function: empty: list: let go = index: if index == -1 then empty else function (go (index - 1)) (builtins.elemAt list index); in go (builtins.length list - 1)",
    ),
    (
        "imap0",
        "function: list: builtins.genList (index: function index (builtins.elemAt list index)) (builtins.length list)",
    ),
    (
        "imap1",
        "function: list: builtins.genList (index: function (index + 1) (builtins.elemAt list index)) (builtins.length list)",
    ),
    (
        "flatten",
        "value: if builtins.isList value then builtins.concatMap lib.flatten value else [ value ]",
    ),
    (
        "remove",
        "unwanted: builtins.filter (value: value != unwanted)",
    ),
    (
        "findSingle",
        "wanted: none: several: list: let found = builtins.filter wanted list; count = builtins.length found; in if count == 0 then none else if count > 1 then several else builtins.head found",
    ),
    (
        "findFirst",
        "wanted: default: list: let found = builtins.filter wanted list; in if found == [ ] then default else builtins.head found",
    ),
    (
        "findFirstIndex",
        "wanted: default: list: let count = builtins.length list; go = index: if index == count then default else if wanted (builtins.elemAt list index) then index else go (index + 1); in go 0",
    ),
    (
        "count",
        "wanted: builtins.foldl' (result: value: if wanted value then result + 1 else result) 0",
    ),
    (
        "optional",
        "condition: value: if condition then [ value ] else [ ]",
    ),
    (
        "optionals",
        "condition: values: if condition then values else [ ]",
    ),
    (
        "toList",
        "value: if builtins.isList value then value else [ value ]",
    ),
    (
        "range",
        "first: last: if first > last then [ ] else builtins.genList (index: first + index) (last - first + 1)",
    ),
    (
        "replicate",
        "count: value: builtins.genList (_: value) count",
    ),
    (
        "reverseList",
        "list: let count = builtins.length list; in builtins.genList (index: builtins.elemAt list (count - index - 1)) count",
    ),
    (
        "sortOn",
        "key: list: map (pair: pair.value) (builtins.sort (first: second: first.key < second.key) (map (value: { inherit value; key = key value; }) list))",
    ),
    (
        "naturalSort",
        "builtins.sort (first: second: builtins.compareVersions first second < 0)",
    ),
    ("take", "count: lib.sublist 0 count"),
    (
        "takeEnd",
        "count: list: lib.drop (lib.max 0 (builtins.length list - count)) list",
    ),
    (
        "drop",
        "count: list: lib.sublist count (builtins.length list) list",
    ),
    (
        "dropEnd",
        "count: list: lib.take (lib.max 0 (builtins.length list - count)) list",
    ),
    (
        "sublist",
        "start: count: list: let length = builtins.length list; in builtins.genList (index: builtins.elemAt list (index + start)) (if start >= length then 0 else if start + count > length then length - start else count)",
    ),
    (
        "last",
        "list: if list == [ ] then throw \"lists.last: list must not be empty!\" else builtins.elemAt list (builtins.length list - 1)",
    ),
    (
        "init",
        "list: if list == [ ] then throw \"lists.init: list must not be empty!\" else lib.take (builtins.length list - 1) list",
    ),
    (
        "crossLists",
        "function: lists: builtins.foldl' (functions: values: builtins.concatMap (inner: map inner values) functions) [ function ] lists",
    ),
    (
        "unique",
        "builtins.foldl' (known: value: if builtins.elem value known then known else known ++ [ value ]) [ ]",
    ),
    (
        "uniqueStrings",
        "list: builtins.attrNames (builtins.listToAttrs (map (name: { inherit name; value = null; }) list))",
    ),
    (
        "allUnique",
        "list: builtins.length (lib.unique list) == builtins.length list",
    ),
    (
        "intersectLists",
        "wanted: builtins.filter (value: builtins.elem value wanted)",
    ),
    (
        "subtractLists",
        "unwanted: builtins.filter (value: !(builtins.elem value unwanted))",
    ),
    (
        "mutuallyExclusive",
        "first: second: builtins.length first == 0 || !(builtins.any (value: builtins.elem value first) second)",
    ),
    (
        "zipListsWith",
        "function: first: second: builtins.genList (index: function (builtins.elemAt first index) (builtins.elemAt second index)) (lib.min (builtins.length first) (builtins.length second))",
    ),
    (
        "zipLists",
        "lib.zipListsWith (fst: snd: { inherit fst snd; })",
    ),
    (
        "groupBy'",
        "function: empty: key: list: builtins.mapAttrs (_: builtins.foldl' function empty) (builtins.groupBy key list)",
    ),
    (
        "compareLists",
        "compare: first: second: if first == [ ] then (if second == [ ] then 0 else -1) else if second == [ ] then 1 else let order = compare (builtins.head first) (builtins.head second); in if order == 0 then lib.compareLists compare (builtins.tail first) (builtins.tail second) else order",
    ),
    ("forEach", "list: function: map function list"),
    // Strings.
    ("concatStrings", "builtins.concatStringsSep \"\""),
    (
        "concatMapStrings",
        "function: list: builtins.concatStringsSep \"\" (map function list)",
    ),
    (
        "concatImapStrings",
        "function: list: builtins.concatStringsSep \"\" (lib.imap1 function list)",
    ),
    (
        "concatMapStringsSep",
        "separator: function: list: builtins.concatStringsSep separator (map function list)",
    ),
    (
        "concatImapStringsSep",
        "separator: function: list: builtins.concatStringsSep separator (lib.imap1 function list)",
    ),
    (
        "concatMapAttrsStringSep",
        "separator: function: set: builtins.concatStringsSep separator (lib.mapAttrsToList function set)",
    ),
    ("concatLines", "lib.concatMapStrings (line: line + \"\\n\")"),
    (
        "intersperse",
        "separator: list: if builtins.length list < 2 then list else builtins.tail (builtins.concatMap (value: [ separator value ]) list)",
    ),
    (
        "optionalString",
        "condition: text: if condition then text else \"\"",
    ),
    (
        "hasPrefix",
        "prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix",
    ),
    (
        "hasSuffix",
        "suffix: text: let length = builtins.stringLength text; size = builtins.stringLength suffix; in length >= size && builtins.substring (length - size) length text == suffix",
    ),
    (
        "hasInfix",
        "infix: text: builtins.replaceStrings [ infix ] [ \"\" ] text != text || infix == \"\"",
    ),
    (
        "removePrefix",
        "prefix: text: let size = builtins.stringLength prefix; in if builtins.substring 0 size text == prefix then builtins.substring size (-1) text else text",
    ),
    (
        "removeSuffix",
        "suffix: text: let size = builtins.stringLength suffix; length = builtins.stringLength text; in if size <= length && builtins.substring (length - size) size text == suffix then builtins.substring 0 (length - size) text else text",
    ),
    (
        "splitString",
        "separator: text: let escaped = lib.escapeRegex separator; in builtins.filter builtins.isString (builtins.split escaped text)",
    ),
    (
        "stringToCharacters",
        "text: builtins.genList (index: builtins.substring index 1 text) (builtins.stringLength text)",
    ),
    (
        "stringAsChars",
        "function: text: builtins.concatStringsSep \"\" (map function (lib.stringToCharacters text))",
    ),
    (
        "lowerChars",
        "lib.stringToCharacters \"abcdefghijklmnopqrstuvwxyz\"",
    ),
    (
        "upperChars",
        "lib.stringToCharacters \"ABCDEFGHIJKLMNOPQRSTUVWXYZ\"",
    ),
    (
        "toLower",
        "builtins.replaceStrings lib.upperChars lib.lowerChars",
    ),
    (
        "toUpper",
        "builtins.replaceStrings lib.lowerChars lib.upperChars",
    ),
    (
        "toSentenceCase",
        "text: lib.toUpper (builtins.substring 0 1 text) + lib.toLower (builtins.substring 1 (-1) text)",
    ),
    ("replaceChars", "builtins.replaceStrings"),
    (
        "replaceString",
        "from: to: builtins.replaceStrings [ from ] [ to ]",
    ),
    (
        "escape",
        "characters: builtins.replaceStrings characters (map (character: \"\\\\${character}\") characters)",
    ),
    (
        "escapeRegex",
        "lib.escape (lib.stringToCharacters \"\\\\[{()^$?*+|.\")",
    ),
    (
        "escapeShellArg",
        "value: let text = toString value; in if builtins.match \"[[:alnum:],._+:@%/-]+\" text == null then \"'${builtins.replaceStrings [ \"'\" ] [ \"'\\\\''\" ] text}'\" else text",
    ),
    (
        "escapeShellArgs",
        "lib.concatMapStringsSep \" \" lib.escapeShellArg",
    ),
    (
        "escapeNixString",
        "text: lib.escape [ \"$\" ] (builtins.toJSON text)",
    ),
    (
        "escapeNixIdentifier",
        "text: if builtins.match \"[a-zA-Z_][a-zA-Z0-9_'-]*\" text != null then text else lib.escapeNixString text",
    ),
    (
        "escapeXML",
        "builtins.replaceStrings [ \"\\\"\" \"'\" \"<\" \">\" \"&\" ] [ \"&quot;\" \"&apos;\" \"&lt;\" \"&gt;\" \"&amp;\" ]",
    ),
    (
        "toShellVar",
        "name: value: \"${name}=${lib.escapeShellArg value}\"",
    ),
    (
        "toShellVars",
        "set: lib.concatStringsSep \"\\n\" (lib.mapAttrsToList lib.toShellVar set)",
    ),
    (
        "trim",
        "text: lib.trimWith { start = true; end = true; } text",
    ),
    (
        "trimWith",
        "{ start ? false, end ? false }: text: let blank = \"[ \\t\\r\\n]*\"; inner = if start && end then builtins.match \"${blank}(.*[^ \\t\\r\\n])${blank}\" text else if start then builtins.match \"${blank}(.*)\" text else if end then builtins.match \"(.*[^ \\t\\r\\n])${blank}\" text else [ text ]; in if inner == null then \"\" else builtins.head inner",
    ),
    (
        "fixedWidthString",
        "width: filler: text: if builtins.stringLength text >= width then text else filler + lib.fixedWidthString (width - 1) filler text",
    ),
    (
        "fixedWidthNumber",
        "width: number: lib.fixedWidthString width \"0\" (toString number)",
    ),
    (
        "toInt",
        "text: let found = builtins.match \"[ \\t\\n]*(-?[0-9]+)[ \\t\\n]*\" text; in if found == null then throw \"toInt: ${text} is not an integer\" else builtins.fromJSON (builtins.head found)",
    ),
    (
        "toIntBase10",
        "text: let found = builtins.match \"[ \\t\\n]*0*(-?[0-9]+)[ \\t\\n]*\" text; in if found == null then throw \"toIntBase10: ${text} is not an integer\" else builtins.fromJSON (builtins.head found)",
    ),
    (
        "versionOlder",
        "first: second: builtins.compareVersions second first == 1",
    ),
    (
        "versionAtLeast",
        "first: second: !(lib.versionOlder first second)",
    ),
    (
        "getName",
        "value: if builtins.isString value then (builtins.parseDrvName value).name else value.pname or (builtins.parseDrvName value.name).name",
    ),
    (
        "getVersion",
        "value: if builtins.isString value then (builtins.parseDrvName value).version else value.version or (builtins.parseDrvName value.name).version",
    ),
    (
        "nameFromURL",
        "url: separator: let parts = lib.splitString \"/\" url; in builtins.head (lib.splitString separator (lib.last parts))",
    ),
    (
        "makeSearchPath",
        "folder: packages: lib.concatStringsSep \":\" (map (path: \"${path}/${folder}\") (builtins.filter (path: path != null) packages))",
    ),
    (
        "makeSearchPathOutput",
        "output: folder: packages: lib.makeSearchPath folder (map (lib.getOutput output) packages)",
    ),
    (
        "makeLibraryPath",
        "lib.makeSearchPathOutput \"lib\" \"lib\"",
    ),
    ("makeBinPath", "lib.makeSearchPathOutput \"bin\" \"bin\""),
    (
        "isStringLike",
        "value: builtins.isString value || builtins.isPath value || value ? outPath || value ? __toString",
    ),
    (
        "isConvertibleWithToString",
        "value: lib.isStringLike value || builtins.elem (builtins.typeOf value) [ \"null\" \"int\" \"float\" \"bool\" ]",
    ),
    (
        "commonPrefixLength",
        "first: second: let limit = lib.min (builtins.stringLength first) (builtins.stringLength second); go = index: if index >= limit then limit else if builtins.substring index 1 first == builtins.substring index 1 second then go (index + 1) else index; in go 0",
    ),
    (
        "addContextFrom",
        "source: target: builtins.substring 0 0 source + target",
    ),
    (
        "readPathsFromFile",
        "root: file: map (line: root + \"/${line}\") (builtins.filter (line: line != \"\") (lib.splitString \"\\n\" (builtins.readFile file)))",
    ),
    (
        "fileContents",
        "file: lib.removeSuffix \"\\n\" (builtins.readFile file)",
    ),
    ("cleanSource", "source: source"),
    ("cleanSourceWith", "{ src, ... }: src"),
    ("sourceByRegex", "source: _: source"),
    // Options.
    (
        "mkOption",
        "{ ... }@attributes: attributes // { _type = \"option\"; }",
    ),
    ("isOption", "value: value._type or null == \"option\""),
    ("isType", "name: value: value._type or null == name"),
    ("setType", "name: value: value // { _type = name; }"),
    (
        "mkEnableOption",
        "name: lib.mkOption { default = false; example = true; description = \"Whether to enable ${if builtins.isString name then name else \"it\"}.\"; type = lib.types.bool; }",
    ),
    (
        "mkPackageOption",
        "packages: name: { default ? name, nullable ? false, ... }: lib.mkOption { type = if nullable then lib.types.nullOr lib.types.package else lib.types.package; ${if default == null then null else \"default\"} = lib.attrByPath (lib.toList default) null packages; }",
    ),
    (
        "mkSinkUndeclaredOptions",
        "attributes: lib.mkOption ({ internal = true; visible = false; default = false; apply = _: throw \"this option is not readable\"; type = lib.types.unspecified; } // attributes)",
    ),
    (
        "literalExpression",
        "text: { _type = \"literalExpression\"; inherit text; }",
    ),
    ("literalExample", "lib.literalExpression"),
    (
        "literalMD",
        "text: { _type = \"literalMD\"; inherit text; }",
    ),
    ("mdDoc", "text: text"),
    ("showOption", "lib.concatStringsSep \".\""),
    ("getValues", "map (definition: definition.value)"),
    ("getFiles", "map (definition: definition.file)"),
    // Modules.
    (
        "mkIf",
        "condition: content: { _type = \"if\"; inherit condition content; }",
    ),
    (
        "mkMerge",
        "contents: { _type = \"merge\"; inherit contents; }",
    ),
    (
        "mkOverride",
        "priority: content: { _type = \"override\"; inherit priority content; }",
    ),
    ("mkOptionDefault", "lib.mkOverride 1500"),
    ("mkDefault", "lib.mkOverride 1000"),
    ("mkImageMediaOverride", "lib.mkOverride 60"),
    ("mkForce", "lib.mkOverride 50"),
    ("mkVMOverride", "lib.mkOverride 10"),
    (
        "mkOrder",
        "priority: content: { _type = \"order\"; inherit priority content; }",
    ),
    ("mkBefore", "lib.mkOrder 500"),
    ("mkAfter", "lib.mkOrder 1500"),
    ("mkFixStrictness", "value: value"),
    (
        "mkAssert",
        "assertion: message: content: lib.mkIf (if assertion then true else throw message) content",
    ),
    ("defaultOverridePriority", "100"),
    ("defaultOrderPriority", "1000"),
    (
        "importApply",
        "path: arguments: lib.setDefaultModuleLocation path (import path arguments)",
    ),
    (
        "setDefaultModuleLocation",
        "file: module: { _file = file; imports = [ module ]; }",
    ),
    (
        "mkRemovedOptionModule",
        "path: message: { options = lib.setAttrByPath path (lib.mkOption { visible = false; apply = _: throw \"The option `${lib.showOption path}' can no longer be used since it's been removed. ${message}\"; }); }",
    ),
    (
        "mkRenamedOptionModule",
        "from: to: lib.mkAliasOptionModule from to",
    ),
    (
        "mkRenamedOptionModuleWith",
        "{ from, to, ... }: lib.mkAliasOptionModule from to",
    ),
    (
        "mkAliasOptionModule",
        "from: to: { config, ... }: { _openclawCheckAlias = { inherit from to; }; options = lib.setAttrByPath from (lib.mkOption { visible = false; type = lib.types.raw; apply = _: lib.getAttrFromPath to config; }); }",
    ),
    ("mkAliasOptionModuleMD", "lib.mkAliasOptionModule"),
    // Versions, paths, licences and other small things.
    (
        "hm",
        "{ dag = { entryAnywhere = data: { inherit data; before = [ ]; after = [ ]; _type = \"dagEntry\"; }; entryBetween = before: after: data: { inherit data before after; _type = \"dagEntry\"; }; entryAfter = after: data: { inherit data after; before = [ ]; _type = \"dagEntry\"; }; entryBefore = before: data: { inherit data before; after = [ ]; _type = \"dagEntry\"; }; }; }",
    ),
    (
        "systems",
        "{ flakeExposed = [ \"x86_64-linux\" \"aarch64-linux\" \"x86_64-darwin\" \"armv6l-linux\" \"armv7l-linux\" \"i686-linux\" \"aarch64-darwin\" \"powerpc64le-linux\" \"riscv64-linux\" \"x86_64-freebsd\" ]; doubles.all = [ \"x86_64-linux\" \"aarch64-linux\" \"x86_64-darwin\" \"aarch64-darwin\" ]; }",
    ),
    (
        "platforms",
        "{ linux = [ \"x86_64-linux\" \"aarch64-linux\" ]; darwin = [ \"x86_64-darwin\" \"aarch64-darwin\" ]; unix = lib.platforms.linux ++ lib.platforms.darwin; all = lib.platforms.unix; }",
    ),
    (
        "fakeHash",
        "\"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"",
    ),
    (
        "fakeSha256",
        "\"0000000000000000000000000000000000000000000000000000000000000000\"",
    ),
];

/// Functions that are only in a part of `lib`: the part, the name, the source.
pub(super) const NAMESPACED: &[(&str, &str, &str)] = &[
    ("generators", "toJSON", "_: builtins.toJSON"),
    ("generators", "toYAML", "_: builtins.toJSON"),
    (
        "generators",
        "mkValueStringDefault",
        "_: value: if builtins.isBool value then lib.boolToString value else if value == null then \"null\" else toString value",
    ),
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
    ("path", "append", "path: folder: path + (\"/\" + folder)"),
    (
        "filesystem",
        "listFilesRecursive",
        "folder: let go = directory: builtins.concatLists (lib.mapAttrsToList (name: kind: if kind == \"directory\" then go (directory + \"/${name}\") else [ (directory + \"/${name}\") ]) (builtins.readDir directory)); in go folder",
    ),
];
