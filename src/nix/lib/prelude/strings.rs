//! `lib.strings`.

/// Name and source.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
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
        "infix: text: let whole = \"${text}\"; in infix == \"\" || builtins.replaceStrings [ infix ] [ \"\" ] whole != whole",
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
        "separator: text: let escaped = lib.escapeRegex separator; in builtins.filter builtins.isString (builtins.split escaped (if builtins.isString text then text else builtins.substring 0 0 text + toString text))",
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
        "text: if !(builtins.isString text) then throw \"toSentenceCase: the argument is no string\" else lib.toUpper (builtins.substring 0 1 text) + lib.toLower (builtins.substring 1 (-1) text)",
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
        "escapeXML",
        "builtins.replaceStrings [ \"\\\"\" \"'\" \"<\" \">\" \"&\" ] [ \"&quot;\" \"&apos;\" \"&lt;\" \"&gt;\" \"&amp;\" ]",
    ),
    (
        "toShellVar",
        "name: value: if !(lib.isValidPosixName name) then throw \"toShellVar: ${name} is no valid shell variable name\" else if builtins.isAttrs value && !(lib.isStringLike value) then \"declare -A ${name}=(${builtins.concatStringsSep \" \" (lib.mapAttrsToList (key: element: \"[${lib.escapeShellArg key}]=${lib.escapeShellArg element}\") value)})\" else if builtins.isList value then \"declare -a ${name}=(${lib.escapeShellArgs value})\" else \"${name}=${lib.escapeShellArg value}\"",
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
        "width: filler: text: let length = builtins.stringLength text; in if length > width then throw \"fixedWidthString: the text is longer than ${toString width}\" else if length == width then text else filler + lib.fixedWidthString (width - builtins.stringLength filler) filler text",
    ),
    (
        "fixedWidthNumber",
        "width: number: lib.fixedWidthString width \"0\" (toString number)",
    ),
    (
        "toInt",
        "text: let found = builtins.match \"[ \\t\\n\\r]*(-?[0-9]+)[ \\t\\n\\r]*\" text; digits = builtins.head found; in if found == null then throw \"toInt: ${text} is not an integer\" else if builtins.match \"-?0[0-9]+\" digits != null then throw \"toInt: ${text} is ambiguous: octal or zero-padded\" else builtins.fromJSON digits",
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
    ("join", "builtins.concatStringsSep"),
    (
        "isStorePath",
        "value: lib.isStringLike value && (let text = toString value; in builtins.substring 0 1 text == \"/\" && (builtins.dirOf text == builtins.storeDir || builtins.match \"/[0-9a-z]{52}\" text != null))",
    ),
    (
        "isValidPosixName",
        "name: builtins.match \"[a-zA-Z_][a-zA-Z0-9_]*\" name != null",
    ),
    (
        "enableFeature",
        "condition: feature: \"--${if condition then \"enable\" else \"disable\"}-${feature}\"",
    ),
    (
        "enableFeatureAs",
        "condition: feature: value: lib.enableFeature condition feature + lib.optionalString condition \"=${value}\"",
    ),
    (
        "withFeature",
        "condition: feature: \"--${if condition then \"with\" else \"without\"}-${feature}\"",
    ),
    (
        "withFeatureAs",
        "condition: feature: value: lib.withFeature condition feature + lib.optionalString condition \"=${value}\"",
    ),
    (
        "cmakeOptionType",
        "kind: name: value: \"-D${name}:${lib.toUpper kind}=${value}\"",
    ),
    (
        "cmakeBool",
        "name: value: lib.cmakeOptionType \"bool\" name (lib.toUpper (lib.boolToString value))",
    ),
    (
        "cmakeFeature",
        "name: value: lib.cmakeOptionType \"string\" name value",
    ),
    ("mesonOption", "name: value: \"-D${name}=${value}\""),
    (
        "mesonBool",
        "name: value: lib.mesonOption name (lib.boolToString value)",
    ),
    (
        "mesonEnable",
        "name: value: lib.mesonOption name (if value then \"enabled\" else \"disabled\")",
    ),
    (
        "makeIncludePath",
        "lib.makeSearchPathOutput \"dev\" \"include\"",
    ),
    (
        "splitStringBy",
        "decides: keep: text: let length = builtins.stringLength text; at = index: builtins.substring index 1 text; go = index: start: parts: let here = at index; before = if index > 0 then at (index - 1) else \"\"; in if index == length then parts ++ [ (builtins.substring start (index - start) text) ] else if decides before here then go (index + 1) (if keep then index else index + 1) (parts ++ [ (builtins.substring start (index - start) text) ]) else go (index + 1) start parts; in go 0 0 [ ]",
    ),
    (
        "escapeURL",
        r##"text: let reserved = lib.stringToCharacters " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}\t\n\r"; in builtins.replaceStrings reserved (map (character: "%${lib.fixedWidthString 2 "0" (lib.toHexString (lib.strings.charToInt character))}") reserved) text"##,
    ),
    (
        "toCamelCase",
        r#"text: let isOne = characters: character: builtins.elem character characters; isSeparator = isOne [ "-" "_" " " ]; words = lib.splitStringBy (before: here: isSeparator here) false text; inner = lib.splitStringBy (before: here: isOne lib.lowerChars before && isOne lib.upperChars here) true; parts = builtins.concatMap inner words; in if builtins.isString text then lib.concatStrings (lib.imap0 (index: if index == 0 then lib.toLower else lib.toSentenceCase) parts) else throw "toCamelCase: the argument is no string""#,
    ),
];
