//! Small functions on any value: `lib.trivial`, `lib.filesystem`, `lib.debug`.

/// Name and source.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
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
    ("bitNot", "number: -1 - number"),
    (
        "compare",
        "first: second: if first < second then -1 else if first > second then 1 else 0",
    ),
    (
        "splitByAndCompare",
        "belongs: inside: outside: first: second: if belongs first then (if belongs second then inside first second else -1) else if belongs second then 1 else outside first second",
    ),
    (
        "fromHexString",
        "text: let found = builtins.match \"(0x)?([0-7]?[0-9A-Fa-f]{1,15})\" text; in if found == null then throw \"fromHexString: ${text} is no hexadecimal number\" else (builtins.fromTOML \"value = 0x${builtins.elemAt found 1}\").value",
    ),
    (
        "info",
        "message: value: builtins.trace \"info: ${message}\" value",
    ),
    (
        "showWarnings",
        "messages: value: lib.foldr (message: rest: lib.warn message rest) value messages",
    ),
    (
        "checkListOfEnum",
        "message: valid: given: let unexpected = lib.subtractLists valid given; in lib.throwIfNot (unexpected == [ ]) \"${message}: ${builtins.concatStringsSep \", \" (map toString unexpected)} unexpected\"",
    ),
    (
        "pathType",
        "path: if builtins.pathExists path then builtins.readFileType path else throw \"lib.filesystem.pathType: the path ${toString path} does not exist\"",
    ),
    (
        "pathIsDirectory",
        "path: builtins.pathExists path && builtins.readFileType path == \"directory\"",
    ),
    (
        "pathIsRegularFile",
        "path: builtins.pathExists path && builtins.readFileType path == \"regular\"",
    ),
    (
        "toExtension",
        "given: if lib.isFunction given then (final: previous: let applied = given previous; in if lib.isFunction applied then given final previous else applied) else (final: previous: given)",
    ),
    (
        "traceIf",
        "condition: message: value: if condition then builtins.trace message value else value",
    ),
    ("traceVal", "value: builtins.trace value value"),
    (
        "traceValFn",
        "function: value: builtins.trace (function value) value",
    ),
    (
        "traceSeq",
        "first: second: builtins.trace (builtins.deepSeq first first) second",
    ),
    ("traceValSeq", "value: lib.traceSeq value value"),
    (
        "traceValSeqFn",
        "function: value: lib.traceValFn function (builtins.deepSeq value value)",
    ),
    (
        "testAllTrue",
        "expressions: { expr = builtins.all (value: value) expressions; expected = true; }",
    ),
    (
        "runTests",
        "tests: builtins.concatMap (name: let test = tests.${name}; wanted = !(tests ? tests) || builtins.elem name tests.tests; in if name != \"tests\" && wanted && (builtins.substring 0 4 name == \"test\" || tests ? tests) && test.expr != test.expected then [ { inherit name; inherit (test) expected; result = test.expr; } ] else [ ]) (builtins.attrNames tests)",
    ),
    (
        "traceSeqN",
        r#"depth: shown: value: builtins.seq shown value"#,
    ),
    ("traceValSeqN", r#"depth: value: value"#),
    ("traceValSeqNFn", r#"function: depth: value: value"#),
    (
        "traceFnSeqN",
        r#"depth: name: function: value: function value"#,
    ),
];
