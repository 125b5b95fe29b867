//! `lib.options`.

/// Name and source.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    (
        "mkOption",
        "{ default ? null, defaultText ? null, example ? null, description ? null, relatedPackages ? null, type ? null, apply ? null, internal ? null, visible ? null, readOnly ? null }@attributes: attributes // { _type = \"option\"; }",
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
        r#"packages: name: { nullable ? false, default ? name, example ? null, extraDescription ? "", pkgsText ? "pkgs" }: let shown = path: "${pkgsText}.${lib.concatMapStringsSep "." lib.strings.escapeNixIdentifier path}"; path = lib.toList default; in lib.mkOption ({ description = "The ${if builtins.isList name then lib.last name else name} package to use." + (if extraDescription == "" then "" else " ${extraDescription}"); type = if nullable then lib.types.nullOr lib.types.package else lib.types.package; } // (if default != null then { default = lib.attrByPath path (throw "${shown path} cannot be found in ${pkgsText}") packages; defaultText = lib.literalExpression (shown path); } else if nullable then { default = null; } else { }) // (if example == null then { } else { example = lib.literalExpression (if builtins.isList example then shown example else example); }))"#,
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
    (
        "showOption",
        "lib.concatMapStringsSep \".\" (part: if builtins.elem part [ \"*\" \"<function body>\" ] || builtins.match \"<.*>\" part != null then part else lib.strings.escapeNixIdentifier part)",
    ),
    ("getValues", "map (definition: definition.value)"),
    ("getFiles", "map (definition: definition.file)"),
    (
        "mkOptionType",
        "{ name, check ? (_: true), merge ? lib.mergeDefaultOption, ... }@given: { description = name; descriptionClass = null; emptyValue = { }; nestedTypes = { }; deprecationMessage = null; getSubOptions = _: { }; getSubModules = null; substSubModules = _: null; } // given // { _type = \"option-type\"; inherit check merge; }",
    ),
    ("isOptionType", "lib.isType \"option-type\""),
    ("getValue", "definition: definition.value"),
    (
        "showFiles",
        "files: lib.concatStringsSep \" and \" (map (file: \"`${file}'\") files)",
    ),
    ("unknownModule", "\"<unknown-file>\""),
    (
        "mergeDefaultOption",
        "location: definitions: let values = lib.getValues definitions; all = is: builtins.all is values; in if builtins.length values == 1 then builtins.head values else if all lib.isFunction then (argument: lib.mergeDefaultOption location (map (function: function argument) values)) else if all builtins.isList then builtins.concatLists values else if all builtins.isAttrs then builtins.foldl' (first: second: first // second) { } values else if all builtins.isBool then builtins.any (value: value) values else if all builtins.isString then builtins.concatStringsSep \"\" values else if all builtins.isInt && all (value: value == builtins.head values) then builtins.head values else throw \"Cannot merge definitions of `${lib.showOption location}'.\"",
    ),
    (
        "mergeUniqueOption",
        "{ message, merge ? null }: location: definitions: if builtins.length definitions == 1 then (if merge == null then (builtins.head definitions).value else merge location definitions) else throw \"The option `${lib.showOption location}' is defined multiple times while it's expected to be unique. ${message}\"",
    ),
    (
        "mergeOneOption",
        "lib.mergeUniqueOption { message = \"\"; }",
    ),
    (
        "mergeEqualOption",
        "location: definitions: let first = builtins.head definitions; in if definitions == [ ] then abort \"This case should never happen.\" else if builtins.length definitions == 1 then first.value else if builtins.all (definition: definition.value == first.value) definitions then first.value else throw \"The option `${lib.showOption location}' has conflicting definition values.\"",
    ),
    (
        "mkDefinition",
        "given: given // { _type = \"definition\"; }",
    ),
];
