//! The larger part of `lib.generators`.

/// The part, the name, the source.
pub(super) const FUNCTIONS: &[(&str, &str, &str)] = &[
    (
        "generators",
        "withRecursion",
        r#"{ depthLimit, throwOnDepthLimit ? true }:
        assert builtins.isInt depthLimit;
        let
          # What is deeper than the limit, and what makes a text of the set that it stands in.
          isKept = name: builtins.elem name [ "__functor" "__functionArgs" "__toString" "__pretty" ];
          cut = depth: value:
            if depth <= depthLimit then value
            else if throwOnDepthLimit then throw "Exceeded maximum eval-depth limit of ${toString depthLimit} while trying to evaluate with `generators.withRecursion'!"
            else "<unevaluated>";
          inside = depth: value:
            if builtins.isAttrs value then builtins.mapAttrs (name: inner: if isKept name then inner else go (depth + 1) inner) value
            else if builtins.isList value then map (go (depth + 1)) value
            else cut (depth + 1) value;
          go = depth: value: inside depth (cut depth value);
        in
        go 0"#,
    ),
    (
        "generators",
        "toPretty",
        r#"{ allowPrettyValues ? false, multiline ? true, indent ? "" }: value:
        let
          text = value: "\"" + builtins.replaceStrings [ "\\" "\"" "\${" "\n" ] [ "\\\\" "\\\"" "\\\${" "\\n" ] value + "\"";
          go = indent: value:
            let
              open = if multiline then "\n${indent}  " else " ";
              close = if multiline then "\n${indent}" else " ";
              inner = go "${indent}  ";
              lines = lib.splitString "\n" value;
              block = map (builtins.replaceStrings [ "\${" "''" ] [ "''\${" "'''" ]) lines;
              arguments = lib.functionArgs value;
              named = lib.concatStringsSep ", " (lib.mapAttrsToList (name: isOptional: if isOptional then "${name}?" else name) arguments);
              attribute = name: inside: "${lib.strings.escapeNixIdentifier name} = ${builtins.addErrorContext "while evaluating an attribute `${name}`" (inner inside)};";
            in
            if builtins.isInt value then toString value
            # How depends on the release of nixpkgs.
            else if builtins.isFloat value then lib.generators.toPrettyFloat value
            else if builtins.isString value then
              if multiline && builtins.length lines > 1
              then "''" + open + lib.concatStringsSep open (lib.init block) + (if lib.last block == "" then close else open + lib.last block) + "''"
              else text value
            else if value == true then "true"
            else if value == false then "false"
            else if value == null then "null"
            else if builtins.isPath value then toString value
            else if builtins.isList value then
              if value == [ ] then "[ ]" else "[" + open + lib.concatMapStringsSep open inner value + close + "]"
            else if lib.isFunction value then
              if arguments == { } then "<function>" else "<function, args: {${named}}>"
            else if allowPrettyValues && value ? __pretty && value ? val then value.__pretty value.val
            else if value == { } then "{ }"
            else if lib.isDerivation value then "<derivation ${value.name or "???"}>"
            else "{" + open + lib.concatStringsSep open (lib.mapAttrsToList attribute value) + close + "}";
        in
        go indent value"#,
    ),
    (
        "generators",
        "toLua",
        r#"{ multiline ? true, indent ? "", asBindings ? false }: value:
        let
          deeper = "${indent}  ";
          open = if multiline then "\n${deeper}" else " ";
          close = if multiline then "\n${indent}" else " ";
          inner = lib.generators.toLua { inherit multiline; indent = deeper; };
          listed = parts: "{" + open + lib.concatStringsSep ",${open}" parts + close + "}";
          isName = name: builtins.match "[[:alpha:]_][[:alnum:]_]*(\\.[[:alpha:]_][[:alnum:]_]*)*" name != null;
          binding = name: inside:
            if isName name then "${indent}${name} = ${lib.generators.toLua { inherit multiline indent; } inside}\n"
            else throw "attribute ${builtins.toJSON name} is no variable of Lua";
        in
        if asBindings then lib.concatStrings (lib.mapAttrsToList binding value)
        else if value == null then "nil"
        else if builtins.isInt value || builtins.isFloat value || builtins.isString value || builtins.isBool value then builtins.toJSON value
        else if builtins.isPath value || lib.isDerivation value then builtins.toJSON "${value}"
        else if builtins.isList value then
          if value == [ ] then "{}" else listed (map inner value)
        else if builtins.isAttrs value then
          if value._type or null == "lua-inline" then "(${value.expr})"
          else if value == { } then "{}"
          else listed (lib.mapAttrsToList (name: inside: "[${builtins.toJSON name}] = ${inner inside}") value)
        else abort "generators.toLua: type ${builtins.typeOf value} is unsupported""#,
    ),
    (
        "generators",
        "toPlist",
        r#"{ escape ? false }: value:
        let
          shown = if escape then lib.escapeXML else (text: text);
          element = tag: indent: text: "${indent}<${tag}>${text}</${tag}>";
          around = tag: indent: inside: lib.concatStringsSep "\n" ([ "${indent}<${tag}>" ] ++ inside ++ [ "${indent}</${tag}>" ]);
          go = indent: value:
            let
              deeper = "\t${indent}";
              entry = name: inside: lib.concatStringsSep "\n" [ (element "key" deeper (shown name)) (go deeper inside) ];
            in
            if value == null then ""
            else if builtins.isBool value then "${indent}<${lib.boolToString value}/>"
            else if builtins.isInt value then element "integer" indent (toString value)
            else if builtins.isString value || builtins.isPath value then element "string" indent (shown (toString value))
            else if builtins.isFloat value then element "real" indent (toString value)
            else if builtins.isList value then around "array" indent [ (lib.concatMapStringsSep "\n" (go deeper) value) ]
            else if lib.isDerivation value then element "string" indent (shown (toString value))
            else if builtins.isAttrs value then around "dict" indent [ (lib.concatStringsSep "\n" (lib.mapAttrsToList entry (lib.filterAttrs (_: inside: inside != null) value))) ]
            else abort "generators.toPlist: a value of this type cannot be written";
        in
        ''
          <?xml version="1.0" encoding="UTF-8"?>
          <!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
          <plist version="1.0">
          ${go "" value}
          </plist>''"#,
    ),
    (
        "generators",
        "toGitINI",
        r#"set:
        let
          section = name:
            let parts = lib.splitString "." name; subsection = lib.concatStringsSep "." (builtins.tail parts);
            in if builtins.length parts == 1 then name else "${builtins.head parts} \"${subsection}\"";
          written = value: builtins.replaceStrings [ "\\" "\"" "\n" "\t" ] [ "\\\\" "\\\"" "\\n" "\\t" ] value;
          line = name: value: "\t${lib.generators.mkKeyValueDefault { mkValueString = value: if builtins.isString value then "\"${written value}\"" else lib.generators.mkValueStringDefault { } value; } " = " name value}";
          isInner = value: builtins.isAttrs value && !(lib.isDerivation value);
          go = path: value:
            if isInner value then builtins.concatLists (lib.mapAttrsToList (name: go ([ name ] ++ path)) value)
            else if builtins.length path > 1 then [ { ${lib.concatStringsSep "." (lib.reverseList (builtins.tail path))}.${builtins.head path} = value; } ]
            else [ { ${builtins.head path} = value; } ];
          flat = builtins.foldl' lib.recursiveUpdate { } (go [ ] set);
        in
        lib.generators.toINI { mkSectionName = section; mkKeyValue = name: value: lib.concatMapStringsSep "\n" (line name) (lib.toList value); } flat"#,
    ),
];
