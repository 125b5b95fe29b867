# Expressions whose values real Nix gave together with the real `lib` of nixpkgs: cases.json, recorded by
#   nix-instantiate --eval --strict --json tests/nixpkgs-lib/cases.nix --arg lib 'import NIXPKGS/lib' > tests/nixpkgs-lib/cases.json
{ lib }:
let
  inherit (lib)
    mkAfter
    mkBefore
    mkDefault
    mkForce
    mkIf
    mkMerge
    mkOption
    mkOrder
    mkOverride
    types
    ;
  eval = modules: (lib.evalModules { inherit modules; }).config;
  fails = value: !(builtins.tryEval (builtins.deepSeq value true)).success;
  # The value that definitions of one option of this type merge to.
  merged =
    type: definitions:
    (eval ([ { options.it = mkOption { inherit type; }; } ] ++ map (it: { inherit it; }) definitions)).it;
  takes = type: value: !(fails (merged type [ value ]));
in
{
  attrsets = {
    byPath = lib.attrByPath [ "a" "b" ] 3 { a.b = 1; };
    byPathDefault = lib.attrByPath [ "a" "c" ] 3 { a.b = 1; };
    collect = lib.collect builtins.isInt { a = 1; b.c = 2; };
    concatMap = lib.concatMapAttrs (name: value: { "${name}1" = value; "${name}2" = value; }) { a = 1; };
    filterRecursive = lib.filterAttrsRecursive (name: value: value != null) { a = null; b.c = null; b.d = 1; };
    fold = lib.foldAttrs (one: all: [ one ] ++ all) [ ] [ { a = 1; } { a = 2; b = 3; } ];
    gen = lib.genAttrs [ "x" "y" ] (name: name + "!");
    mapRecursive = lib.mapAttrsRecursive (path: value: lib.concatStringsSep "-" (path ++ [ value ])) { a.b = "c"; };
    mapToListRecursive = lib.mapAttrsToListRecursive (path: value: [ path value ]) { a.b = 1; c = 2; };
    overrideExisting = lib.overrideExisting { a = 1; b = 2; } { b = 3; c = 4; };
    product = lib.cartesianProduct { a = [ 1 2 ]; b = [ 3 ]; };
    recursiveUpdate = lib.recursiveUpdate { a.b = 1; a.c = 2; } { a.b = { d = 3; }; };
    updateMany = lib.updateManyAttrsByPath [ { path = [ "a" "b" ]; update = old: old + 1; } { path = [ "x" ]; update = _: 0; } ] { a.b = 1; x = 5; };
    zip = lib.zipAttrsWithNames [ "a" ] (name: values: values) [ { a = 1; b = 2; } { a = 3; } ];
    showPath = lib.showAttrPath [ "a" "b.c" ];
  };
  lists = {
    foldr = lib.foldr (one: all: "${one}${all}") "z" [ "a" "b" ];
    hasPrefix = lib.lists.hasPrefix [ 1 ] [ 1 2 ];
    imap = lib.imap1 (index: value: "${value}${toString index}") [ "a" "b" ];
    removePrefix = lib.lists.removePrefix [ 1 ] [ 1 2 ];
    replaceElemAt = lib.lists.replaceElemAt [ 1 2 3 ] 1 9;
    toposort = lib.toposort (one: other: one < other) [ 3 2 1 ];
    toposortCycle = lib.toposort (one: other: true) [ 1 2 ];
    unique = lib.unique [ 1 2 1 ];
    zip = lib.zipListsWith (one: other: one + other) [ 1 2 ] [ 3 4 ];
  };
  strings = {
    camelKeyword = lib.strings.escapeNixIdentifier "if";
    cmake = lib.strings.cmakeBool "A" true;
    feature = lib.enableFeatureAs true "a" "b";
    fixedWidth = lib.fixedWidthNumber 4 12;
    infix = lib.hasInfix "a.b" "xa.by";
    option = lib.showOption [ "a" "b c" "<name>" "*" ];
    replicate = lib.strings.replicate 3 "ab";
    sentence = lib.strings.toSentenceCase "hELLO";
    shellVars = lib.strings.toShellVars { a = "b c"; };
    shellList = lib.strings.toShellVar "a" [ "b" "c d" ];
    split = lib.splitString "." "a.b.c";
    splitBy = lib.strings.splitStringBy (previous: current: current == "-") false "a-b-c";
    toInt = lib.toInt " 12 ";
    toIntPadded = fails (lib.toInt "012");
    versions = [ (lib.versions.majorMinor "1.2.3") (lib.versionOlder "1.9" "1.10") ];
  };
  others = {
    compare = lib.compare 1 2;
    command = lib.cli.toGNUCommandLineShell { } { a = 1; long = [ "x" "y" ]; flag = true; off = false; none = null; };
    ini = lib.generators.toINI { } { a = { b = 1; c = "d"; }; e.f = true; };
    keyValue = lib.generators.toKeyValue { } { a = 1; b = "x=y"; };
    subpath = lib.path.subpath.join [ "a/b" "./c" ];
    subpathBad = lib.path.subpath.isValid "../a";
    extends = (lib.fix (lib.extends (final: previous: { b = previous.a + 1; }) (final: { a = 1; }))).b;
    extensible = ((lib.makeExtensible (final: { a = 1; })).extend (final: previous: { a = previous.a + 1; })).a;
  };
  priorities = {
    default = merged types.int [ (mkDefault 1) 2 ];
    force = merged types.int [ (mkForce 1) 2 ];
    equal = merged types.int [ 2 2 ];
    conflict = fails (merged types.int [ 1 2 ]);
    ofSet = merged (types.attrsOf types.int) [ (mkForce { a = 1; }) { b = 2; } ];
    ofAttribute = merged (types.attrsOf types.int) [ { a = mkForce 1; } { a = 2; b = 3; } ];
    lists = merged (types.listOf types.int) [ (mkAfter [ 3 ]) [ 2 ] (mkBefore [ 1 ]) ];
    ordered = merged types.lines [ (mkOrder 2000 "b") "a" ];
  };
  conditions = {
    absent = merged (types.attrsOf types.int) [ { a = mkIf false 1; b = mkIf true 2; } ];
    element = merged (types.listOf types.int) [ [ 1 (mkIf false 2) (mkIf true 3) ] ];
    merge = merged (types.listOf types.int) [ (mkMerge [ [ 1 ] (mkIf false [ 2 ]) ]) ];
    readsItsOwnSet =
      (eval [
        {
          options.enable = mkOption { default = false; };
          options.port = mkOption { default = 1; };
          options.seen = mkOption { };
        }
        ({ config, ... }: { config = mkIf config.enable { port = 2; }; })
        { enable = true; }
        ({ config, ... }: { seen = config.port; })
      ]).seen;
    undeclaredUnderFalse = fails (eval [ { config = mkIf false { nothing = 1; }; } ]);
  };
  kinds = {
    anything = merged types.anything [ { a.b = 1; } { a.c = 2; } ];
    anythingLists = fails (merged types.anything [ [ 1 ] [ 2 ] ]);
    attrs = merged types.attrs [ { a = 1; b.c = 1; } { b.d = 2; } ];
    bool = takes types.bool 1;
    boolByOr = merged types.boolByOr [ false true ];
    between = [ (takes (types.ints.between 1 3) 3) (takes (types.ints.between 1 3) 4) ];
    checked = [ (takes (types.addCheck types.int (number: number > 3)) 4) (takes (types.addCheck types.int (number: number > 3)) 3) ];
    coerced = merged (types.coercedTo types.int toString types.str) [ 5 ];
    deferred = (merged types.deferredModule [ { a = 1; } ]) ? imports;
    either = merged (types.either types.int (types.listOf types.int)) [ [ 1 ] [ 2 ] ];
    enum = [ (takes (types.enum [ "a" 1 ]) 1) (takes (types.enum [ "a" ]) "b") ];
    function = merged (types.functionTo (types.listOf types.int)) [ (x: [ x ]) (x: [ (x + 1) ]) ] 1;
    lines = merged types.lines [ "a" "b" ];
    nonEmpty = [ (takes (types.nonEmptyListOf types.int) [ ]) (takes types.nonEmptyStr "  ") ];
    nullOr = [ (merged (types.nullOr types.int) [ null ]) (takes (types.nullOr types.int) "x") ];
    nullAndValue = fails (merged (types.nullOr types.int) [ null 1 ]);
    own = merged (lib.mkOptionType { name = "sum"; merge = location: definitions: builtins.foldl' (sum: one: sum + one.value) 0 definitions; }) [ 1 2 3 ];
    ownCheck = takes (types.int // { check = value: value == 7; }) 8;
    path = [ (takes types.path "/a") (takes types.path "a") ];
    raw = fails (merged types.raw [ 1 1 ]);
    singleLine = [ (merged types.singleLineStr [ "a\n" ]) (takes types.singleLineStr "a\nb") ];
    str = takes types.str ./cases.nix;
    strMatching = [ (takes (types.strMatching "[a-z]+") "abc") (takes (types.strMatching "[a-z]+") "ab1") ];
    tag = merged (types.attrTag { left = mkOption { type = types.int; }; right = mkOption { type = types.str; }; }) [ { left = 3; } ];
    tagTwice = fails (merged (types.attrTag { left = mkOption { type = types.int; }; }) [ { left = 1; right = 2; } ]);
    unique = fails (merged (types.unique { message = "x"; } types.int) [ 1 1 ]);
    untyped = (eval [ { options.it = mkOption { }; } { it = [ 1 ]; } { it = [ 2 ]; } ]).it;
    untypedSets = (eval [ { options.it = mkOption { }; } { it.a = 1; } { it.b = 2; } ]).it;
  };
  submodules = {
    defaults = merged (types.attrsOf (types.submodule { options.port = mkOption { default = 1; }; })) [ { a = { }; b.port = 2; } ];
    named = merged (types.attrsOf (types.submodule ({ name, ... }: { options.it = mkOption { default = name; }; }))) [ { a = { }; } ];
    undeclared = fails (merged (types.submodule { options.a = mkOption { default = 1; }; }) [ { b = 1; } ]);
    freeform = merged (types.submodule { freeformType = types.attrsOf types.int; options.a = mkOption { default = 1; }; }) [ { b = 2; } ];
    freeformChecks = fails (merged (types.submodule { freeformType = types.attrsOf types.int; }) [ { b = "x"; } ]);
    readsItself = merged (types.submodule ({ config, ... }: { options.a = mkOption { default = 1; }; options.b = mkOption { default = config.a + 1; }; })) [ { a = 5; } ];
    shorthandConfig = merged (types.submodule { options.config = mkOption { default = 0; }; }) [ { config = 3; } ];
    ofFunctions = merged (types.submodule { options.a = mkOption { }; }) [ ({ lib, ... }: { a = lib.id 4; }) ];
    inList = merged (types.listOf (types.submodule { options.a = mkOption { default = 1; }; })) [ [ { } { a = 2; } ] ];
    declaredTwice = (eval [
      { options.s = mkOption { type = types.submodule { options.a = mkOption { default = 1; }; }; default = { }; }; }
      { options.s = mkOption { type = types.submodule { options.b = mkOption { default = 2; }; }; }; }
    ]).s;
  };
  modules = {
    apply = (eval [ { options.it = mkOption { apply = value: value + 1; }; } { it = 1; } ]).it;
    arguments = (eval [ { options.it = mkOption { }; } ({ mine, ... }: { it = mine; }) { _module.args.mine = 4; } ]).it;
    special = (lib.evalModules { specialArgs.mine = 5; modules = [ { options.it = mkOption { }; } ({ mine, ... }: { it = mine; }) ]; }).config.it;
    undeclared = fails (eval [ { nothing = 1; } ]);
    unchecked = (eval [ { config._module.check = false; config.nothing = 1; options.it = mkOption { default = 2; }; } ]).it;
    undefined = fails (eval [ { options.it = mkOption { }; } ]).it;
    declaredTwice = fails (eval [ { options.it = mkOption { default = 1; }; } { options.it = mkOption { default = 2; }; } ]).it;
    differentTypes = fails (eval [ { options.it = mkOption { type = types.int; }; } { options.it = mkOption { type = types.str; }; } { it = 1; } ]).it;
    enumsMerge = (eval [ { options.it = mkOption { type = types.enum [ "a" ]; }; } { options.it = mkOption { type = types.enum [ "b" ]; }; } { it = "b"; } ]).it;
    readOnly = fails (eval [ { options.it = mkOption { readOnly = true; }; } { it = 1; } { it = 1; } ]).it;
    keyed = (eval [ { options.it = mkOption { type = types.listOf types.int; }; } { key = "k"; it = [ 1 ]; } { key = "k"; it = [ 1 ]; } ]).it;
    disabled = (eval [ { options.it = mkOption { default = 0; }; } { key = "k"; it = 1; } { disabledModules = [ { key = "k"; } ]; } ]).it;
    renamed = (eval [ { options.new = mkOption { }; options.warnings = mkOption { }; options.assertions = mkOption { }; } (lib.mkAliasOptionModule [ "old" ] [ "new" ]) { old = 3; } ]).new;
    changed = (eval [ { options.new = mkOption { }; options.warnings = mkOption { }; } (lib.mkChangedOptionModule [ "old" ] [ "new" ] (config: config.old + 1)) { old = 3; } ]).new;
    derived = (eval [ { options.a = mkOption { default = 1; }; options.b = mkOption { }; } ({ options, ... }: { b = lib.mkDerivedConfig options.a (value: value * 10); }) { a = 2; } ]).b;
    defined = (eval [ { options.a = mkOption { type = types.int; }; options.b = mkOption { }; } ({ options, ... }: { b = [ options.a.isDefined (options ? c) options.a.loc ]; }) ]).b;
    extended = ((lib.evalModules { modules = [ { options.it = mkOption { default = 1; }; } ]; }).extendModules { modules = [ { it = 2; } ]; }).config.it;
    asType = merged (lib.evalModules { modules = [ { options.it = mkOption { default = 1; }; } ]; }).type [ { it = 3; } ];
    importsOfImports = (eval [ { options.it = mkOption { }; imports = [ { imports = [ { it = 6; } ]; } ]; } ]).it;
    strayAttribute = fails (eval [ { options.it = mkOption { default = 1; }; it = 2; } ]);
    metaIsAnOption = (eval [ { options.meta.it = mkOption { }; } { meta.it = 7; } ]).meta.it;
    wholeConfig = eval [ { options.a.b = mkOption { default = 1; }; options.c = mkOption { type = types.attrsOf types.int; default = { }; }; } ];
  };
}
