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
  # Definitions that `_module.check = false` lets through are not there.
  unchecked = let declared = { options.a.b = mkOption { default = 1; }; config._module.check = false; }; in {
    names = builtins.attrNames (eval [ declared { a.c = 2; d = 3; } ]);
    below = (eval [ declared { a.c = 2; d = 3; } ]).a;
    withFreeform = (eval [ declared { freeformType = types.lazyAttrsOf types.anything; d = 3; } ]).d;
  };
  # What a module function is called with.
  arguments = {
    others = (eval [ ({ config, ... }@args: { options.a = mkOption { default = map (name: args ? ${name}) [ "lib" "config" "options" "nope" "made" ]; }; config._module.args.made = 1; }) ]).a;
    named = (eval [ ({ made, ... }@args: { options.a = mkOption { default = args ? made; }; config._module.args.made = 1; }) ]).a;
    withoutFormals = (eval [ (args: { options.a = mkOption { default = args.made or "none"; }; config._module.args.made = 1; }) ]).a;
    special = (lib.evalModules { specialArgs.made = 2; modules = [ (args: { options.a = mkOption { default = [ args.made (args.nope or 0) ]; }; }) ]; }).config.a;
  };
  # Declarations of which a part depends on the options there are.
  declared = {
    byOptions = eval [
      ({ options, ... }: { options.a = mkOption { default = 1; } // lib.optionalAttrs (options ? b) { type = types.int; }; })
      { options.b = mkOption { default = 2; }; config.a = 3; }
    ];
    renamed = (eval [
      (lib.mkAliasOptionModule [ "old" "name" ] [ "new" "name" ])
      { options.new.name = mkOption { type = types.int; }; config.old.name = mkForce 5; config.new.name = 4; }
    ]).new;
  };
  other = {
    dependencies = [ (lib.stringAfter [ "etc" ] "x") (lib.noDepEntry "t") (lib.fullDepEntry "t" [ "a" ]) (lib.packEntry [ "z" ]) ];
    extended =
      let
        one = lib.extend (final: previous: { own.double = x: x * 2; own.four = final.own.double 2; join = previous.concatStringsSep "-"; });
        two = one.extend (final: previous: { own = previous.own // { eight = final.own.double previous.own.four; }; joined = final.join [ "a" "b" ]; });
      in
      [ one.own.four (one.join [ "x" "y" ]) (one.optional true 1) two.own.eight two.joined (two.own.double 4) (two ? join) (two.strings.toUpper "x") ];
  };
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
    float = map lib.strings.floatToString [ 1.5 0.1 3.0 1.0e-7 ];
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
  # How `mkIf`, `mkMerge`, `mkOverride` and `mkOrder` come off: in this order, each kind once.
  wrappers = {
    conditionInsideOverride = fails (merged types.int [ (mkForce (mkIf true 1)) ]);
    conditionInsideOverrideOfSet = fails (eval [ { options.s.it = mkOption { type = types.int; }; } { config = mkForce { s = mkIf true { it = 1; }; }; } ]).s.it;
    overrideInsideOverride = fails (merged types.int [ (mkForce (mkDefault 1)) ]);
    overrideOfSet = (eval [ { options.s.it = mkOption { type = types.int; }; options.s.other = mkOption { type = types.int; }; } { s = mkForce { it = 1; }; } { s = { it = 2; other = 3; }; } ]).s;
    overrideInsideOrder = fails (merged types.int [ (mkBefore (mkForce 1)) ]);
    orderInsideOverride = merged (types.listOf types.int) [ [ 1 ] (mkOverride 100 (mkBefore [ 2 ])) ];
    orderOfSet = fails (eval [ { options.it = mkOption { type = types.int; }; } { config = mkBefore { it = 1; }; } ]);
    wrappedAsAnything = merged types.anything [ (mkForce (mkIf true 1)) ];
    conditionInDefault = fails (eval [ { options.it = mkOption { type = types.int; default = mkIf true 1; }; } ]).it;
    orderInDefault = (eval [ { options.it = mkOption { type = types.int; default = mkBefore 1; }; } ]).it;
    overrideInDefault = fails (eval [ { options.it = mkOption { type = types.int; default = mkForce 1; }; } { it = 2; } ]).it;
    weakerThanDefault = (eval [ { options.it = mkOption { type = types.int; default = 1; }; } { it = mkOverride 2000 (throw "unused"); } ]).it;
    failsBeforePriority = fails (merged types.int [ (mkForce 1) (throw "looked at") ]);
    failsBehindPriority = merged types.int [ (mkForce 1) (mkDefault (throw "unused")) ];
    moduleIsCondition = (eval [ { options.it = mkOption { default = 1; }; } (mkIf true { it = 2; }) ]).it;
    moduleIsMerge = fails (eval [ { options.it = mkOption { default = 1; }; } (mkMerge [ { it = 2; } ]) ]).it;
  };
  searches = {
    stopsAtTheFirst = lib.findFirst (value: value == 3) null [ 1 3 (throw "not looked at") ];
    indexStopsAtTheFirst = lib.lists.findFirstIndex (value: value == 3) null [ 1 3 (throw "not looked at") ];
    nothing = [ (lib.findFirst (_: false) "no" [ 1 2 ]) (lib.lists.findFirstIndex (_: false) "no" [ 1 2 ]) (lib.findFirst (_: true) "no" [ ]) ];
    far = lib.lists.findFirstIndex (value: value == 20000) null (lib.range 0 20000);
    splitsWhatIsText = map (lib.splitString "/") [ "a/b" { outPath = "/a/b"; } ];
  };
  strictness = {
    attrsOf = fails (builtins.attrNames (merged (types.attrsOf types.int) [ { a = throw "looked at"; b = 1; } ]));
    attrsOfInside = fails (builtins.attrNames (merged (types.attrsOf types.int) [ { a = mkForce (throw "looked at"); b = 1; } { a = 2; } ]));
    lazyAttrsOf = builtins.attrNames (merged (types.lazyAttrsOf types.int) [ { a = throw "not looked at"; b = 1; } ]);
    lazyAttrsOfEmpty = merged (types.lazyAttrsOf (types.nullOr types.int)) [ { a = mkIf false 1; } ];
    attrsOfEmpty = merged (types.attrsOf (types.nullOr types.int)) [ { a = mkIf false 1; } ];
    listOf = fails (builtins.length (merged (types.listOf types.raw) [ [ (throw "looked at") ] ]));
    listUntyped = builtins.length (eval [ { options.it = mkOption { }; } { it = [ (throw "not looked at") ]; } { it = [ 1 ]; } ]).it;
    listOfWrapped = merged (types.listOf types.int) [ [ (mkIf false 1) (mkMerge [ 2 ]) (mkDefault 3) ] ];
    listOfSeveral = fails (merged (types.listOf types.int) [ [ (mkMerge [ 1 2 ]) ] ]);
    apply = (eval [ { options.it = mkOption { type = types.int; apply = _: 3; }; } ]).it;
    applyOfWrongType = (eval [ { options.it = mkOption { type = types.int; apply = _: 3; }; } { it = "x"; } ]).it;
    applyReadsLazily = (eval [ ({ config, ... }: { options.a = mkOption { default = 1; apply = value: value + config.b; }; options.b = mkOption { default = 10; }; }) ]).a;
    typeOfAnOption = (eval [ { options.kind = mkOption { default = types.int; }; } ({ config, ... }: { options.it = mkOption { type = types.listOf types.int; default = [ ]; }; }) ]).it;
    readOnly = map (module: fails (eval [ module ]).it) [
      { imports = [ { options.it = mkOption { readOnly = true; }; it = 1; } ]; }
      { options.it = mkOption { readOnly = true; }; config.it = mkMerge [ 1 ]; imports = [ { it = mkIf false 2; } ]; }
      { options.it = mkOption { readOnly = true; default = 1; }; config.it = mkForce 2; }
      { options.it = mkOption { readOnly = true; default = 1; }; }
    ];
  };
  either = {
    conversionComesFirst = merged (types.coercedTo types.str (text: text + "!") types.str) [ "a" ];
    conversionIsRefused = fails (merged (types.coercedTo types.int (number: number) types.str) [ 1 ]);
    numbersMixed = fails (merged types.number [ 1 1.0 ]);
    numbers = merged types.number [ 1.5 1.5 ];
    packageOrSet = merged (types.either types.package (types.submodule { options.a = mkOption { default = 1; }; })) [ { } ];
    pathOrSet = merged (types.either types.path (types.submodule { options.a = mkOption { default = 1; }; })) [ { } ];
    firstThatTakesAll = merged (types.either (types.listOf types.int) (types.attrsOf types.int)) [ { a = 1; } { b = 2; } ];
    neither = fails (merged (types.either types.int types.bool) [ 1 true ]);
    checkFails = fails (merged (types.addCheck types.int (value: throw "looked at")) [ 1 ]);
    coercedInAttrs = merged (types.attrsOf (types.coercedTo types.str (path: { inherit path; }) (types.submodule { options.path = mkOption { type = types.str; }; options.more = mkOption { default = 1; }; }))) [ { a = "x"; b.path = "y"; } ];
  };
  tags = let kindOf = types.attrTag { left = mkOption { type = types.int; apply = value: value + 1; }; right = mkOption { type = types.str; default = "d"; }; }; in {
    apply = merged kindOf [ { left = 3; } ];
    default = merged kindOf [ { right = mkIf false "x"; } ];
    checks = fails (merged kindOf [ { left = "x"; } ]);
    differ = builtins.attrNames (merged kindOf [ { left = 1; } { right = "x"; } ]);
    differValue = fails (merged kindOf [ { left = 1; } { right = "x"; } ]);
    unknown = fails (merged kindOf [ { middle = 1; } ]);
  };
  paths.all = map (kind: map (takes kind) [ "/a" "a" /a "${builtins.storeDir}/0lz9p8xhf89kb1c1kk6jxrzskaiygnlh-bash-5.2-p15.drv" builtins.storeDir 1 ]) [
    types.path
    types.externalPath
    types.pathInStore
    (types.pathWith { absolute = false; })
    (types.pathWith { })
  ];
  declarations = {
    boundsGetLost = (eval [ { options.it = mkOption { type = types.ints.positive; }; } { options.it = mkOption { type = types.port; }; } { it = -1; } ]).it;
    checksGetLost = (eval [ { options.it = mkOption { type = types.addCheck types.int (value: false); }; } { options.it = mkOption { type = types.int; }; } { it = 1; } ]).it;
    checkOfSubmoduleGetsLost = (eval [ { options.it = mkOption { type = types.addCheck (types.submodule { options.a = mkOption { default = 1; }; }) (value: false); }; } { it = { }; } ]).it;
    submodulesInOrder = (eval [
      { options.s = mkOption { default = { }; type = types.submodule { options.a = mkOption { type = types.listOf types.int; }; config.a = [ 1 ]; }; }; }
      { options.s = mkOption { type = types.submodule { config.a = [ 2 ]; }; }; }
    ]).s.a;
    untypedAndTyped = fails (eval [ { options.it = mkOption { type = types.unspecified; }; } { options.it = mkOption { type = types.int; }; } { it = 1; } ]).it;
    withoutType = (eval [ { options.it = mkOption { }; } { options.it = mkOption { type = types.int; }; } { it = 1; } ]).it;
    paths = (eval [ { options.it = mkOption { type = types.path; }; } { options.it = mkOption { type = types.path; }; } { it = "/a"; } ]).it;
    twoPaths = fails (eval [ { options.it = mkOption { type = types.path; }; } { options.it = mkOption { type = types.externalPath; }; } { it = "/a"; } ]).it;
    coercedFromSubmodule = fails (eval [ { options.it = mkOption { type = types.coercedTo (types.submodule { }) (value: 1) types.int; }; } { it = 1; } ]).it;
  };
  empty = {
    submodule = (eval [ { options.it = mkOption { type = types.submodule ({ name, ... }: { options.a = mkOption { default = name; }; }); }; } ]).it;
    uniqueSubmodule = (eval [ { options.it = mkOption { type = types.uniq (types.submodule { options.a = mkOption { default = 1; }; }); }; } ]).it;
    deferred = fails (eval [ { options.it = mkOption { type = types.deferredModule; }; } ]).it;
    list = (eval [ { options.it = mkOption { type = types.listOf types.int; }; } ]).it;
    nonEmptyList = fails (eval [ { options.it = mkOption { type = types.nonEmptyListOf types.int; }; } ]).it;
    either = fails (eval [ { options.it = mkOption { type = types.either types.attrs types.int; }; } ]).it;
  };
  freeform = {
    attrs = (eval [ { freeformType = types.attrs; options.a = mkOption { default = 1; }; } { it.x = 1; } { it.y = 2; } ]).it;
    attrsKeepsWrappers = (eval [ { freeformType = types.attrs; } { it = mkDefault 1; } ]).it;
    strictLeavesOut = builtins.attrNames (eval [ { freeformType = types.attrsOf types.int; options.a = mkOption { default = 1; }; } { it = mkIf false 1; } ]);
    lazyKeeps = builtins.attrNames (eval [ { freeformType = types.lazyAttrsOf types.int; options.a = mkOption { default = 1; }; } { it = mkIf false 1; } ]);
    nested = (eval [ { freeformType = types.attrsOf (types.attrsOf types.anything); options.s.a = mkOption { default = 1; }; } { s.b.c = 1; } { s.b.d = 2; } ]).s;
    failsAtOnce = fails (eval [ { freeformType = types.attrsOf types.int; options.a = mkOption { default = 1; }; } { it = throw "looked at"; } ]).a;
    own = (eval [ { freeformType = types.lazyAttrsOf (lib.mkOptionType { name = "count"; merge = location: builtins.length; }); } { it = 1; } { it = 2; } ]).it;
  };
  handedOn = let declared = [ { options.new = mkOption { type = types.listOf types.int; }; options.warnings = mkOption { default = [ ]; }; options.assertions = mkOption { default = [ ]; }; } ]; in {
    alias = (eval (declared ++ [ { new = [ 1 ]; } (lib.mkAliasOptionModule [ "old" ] [ "new" ]) { old = [ 2 ]; } { new = [ 3 ]; } ])).new;
    losesOrder = (eval (declared ++ [ { new = [ 1 ]; } (lib.mkAliasOptionModule [ "old" ] [ "new" ]) { old = mkBefore [ 2 ]; } ])).new;
    keepsPriority = (eval (declared ++ [ { new = [ 1 ]; } (lib.mkRenamedOptionModule [ "old" ] [ "new" ]) { old = mkForce [ 2 ]; } ])).new;
    readsNew = (eval (declared ++ [ { new = [ 1 ]; } (lib.mkRenamedOptionModule [ "old" ] [ "new" ]) ])).old;
    chain = let old = from: to: lib.mkRenamedOptionModule [ from ] [ to ]; in map (aliases: (eval (declared ++ aliases ++ [ { a = [ 1 ]; b = [ 2 ]; } { c = [ 3 ]; new = [ 4 ]; } ])).new) [
      [ (old "a" "b") (old "b" "c") (lib.mkAliasOptionModule [ "c" ] [ "new" ]) ]
      [ (lib.mkAliasOptionModule [ "c" ] [ "new" ]) (old "b" "c") (old "a" "b") ]
      [ (old "b" "c") (lib.mkAliasOptionModule [ "c" ] [ "new" ]) (old "a" "b") ]
      [ (old "c" "new") (old "b" "new") (old "a" "c") ]
    ];
    chainKeepsPriority = (eval (declared ++ [ (lib.mkAliasOptionModule [ "b" ] [ "new" ]) (lib.mkRenamedOptionModule [ "a" ] [ "b" ]) { a = mkForce [ 1 ]; b = [ 2 ]; new = [ 3 ]; } ])).new;
    chainReachesBelow = (eval [ { options.deep = mkOption { type = types.attrsOf types.anything; }; options.warnings = mkOption { default = [ ]; }; } (lib.mkAliasOptionModule [ "short" ] [ "deep" ]) (lib.mkRenamedOptionModule [ "old" "model" ] [ "short" "model" "primary" ]) { old.model = "one"; short.model.fallbacks = [ "two" ]; } ]).deep;
    chainThroughASet = (eval [ { options.top.sub.one = mkOption { type = types.int; }; options.warnings = mkOption { default = [ ]; }; } (lib.mkAliasOptionModule [ "top" "short" ] [ "top" "sub" "one" ]) (lib.mkRenamedOptionModule [ "old" ] [ "top" "short" ]) { old = 3; } ]).top;
    dependsOnOthers = map (flag: (eval (declared ++ [ { options.flag = mkOption { type = types.bool; }; config.flag = flag; } (lib.mkAliasOptionModule [ "old" "name" ] [ "new" ]) ({ config, ... }: { config.old = mkMerge [ (lib.optionalAttrs config.flag { name = [ 1 ]; }) { name = [ 2 ]; } ]; }) ({ config, ... }: { config.old = if config.flag then { name = [ 3 ]; } else { }; }) { old.name = [ 4 ]; } ])).new) [ true false ];
    dependsOnAFailure = fails (eval (declared ++ [ { old = throw "looked at"; } (lib.mkAliasOptionModule [ "old" "name" ] [ "new" ]) ])).new;
    removed = fails (eval (declared ++ [ (lib.mkRemovedOptionModule [ "old" ] "It is gone.") { old = 1; new = [ ]; } ])).old;
    warns = map (set: builtins.length (eval (declared ++ [ (lib.mkRenamedOptionModule [ "old" ] [ "new" ]) set ])).warnings) [ { old = [ 1 ]; } { new = [ 1 ]; } ];
    warnsInOneOrder = builtins.length (eval (declared ++ [ { warnings = [ "own" ]; } (lib.mkRenamedOptionModule [ "old" ] [ "new" ]) (lib.mkRenamedOptionModule [ "older" ] [ "old" ]) { older = [ 1 ]; } ])).warnings;
    setOnce = let once = { options.once = mkOption { type = types.int; readOnly = true; }; }; in map (set: fails (eval (declared ++ [ once (lib.mkRenamedOptionModule [ "old" ] [ "once" ]) set ])).once) [ { once = 1; } { old = 1; } { imports = [ { old = 1; } { old = 1; } ]; } ];
    aliasWarnsNot = (eval (declared ++ [ (lib.mkAliasOptionModule [ "old" ] [ "new" ]) { old = [ 1 ]; } ])).warnings;
    changedWarns = (eval (declared ++ [ (lib.mkChangedOptionModule [ "old" ] [ "new" ] (config: [ config.old ])) { _file = "f"; old = 4; } ])).warnings;
    removedAsserts = map (set: map (one: one.assertion) (eval (declared ++ [ (lib.mkRemovedOptionModule [ "old" ] "It is gone.") set ])).assertions) [ { old = 1; } { } ];
    removedSays = (builtins.head (eval (declared ++ [ (lib.mkRemovedOptionModule [ "old" ] "It is gone.") { _file = "f"; old = 1; } ])).assertions).message;
    removedNeedsAssertions = fails (eval [ (lib.mkRemovedOptionModule [ "old" ] "It is gone.") { options.new = mkOption { default = 1; }; } ]).new;
    removedUnused = (eval (declared ++ [ (lib.mkRemovedOptionModule [ "old" ] "It is gone.") { new = [ 4 ]; } ])).new;
    changedUnused = builtins.attrNames (eval (declared ++ [ (lib.mkChangedOptionModule [ "old" ] [ "new" ] (config: [ config.old ])) { new = [ 4 ]; } ]));
  };
  asked = let options = modules: (lib.evalModules { inherit modules; }).options; in {
    default = (options [ { options.it = mkOption { default = 1; }; } ]).it.definitions;
    priorities = map (definition: (options [ { options.it = mkOption { default = 1; }; } definition ]).it.highestPrio) [ { } { it = 1; } { it = mkForce 1; } { it = mkDefault (throw "unused"); } { it = mkOverride 2000 1; } ];
    defined = map (definition: (options [ { options.it = mkOption { type = types.int; }; } definition ]).it.isDefined) [ { } { it = 1; } { it = mkIf false 1; } { it = mkMerge [ ]; } { it = "x"; } ];
    definitions = (options [ { options.it = mkOption { type = types.listOf types.int; }; } { it = mkAfter [ 1 ]; } { it = [ 2 ]; } { it = mkDefault [ 3 ]; } ]).it.definitions;
    undeclared = fails (options [ { options.it = mkOption { default = 1; }; } { other = 1; } ]).it.definitions;
    ownArguments = (eval [ { options.it = mkOption { }; } ({ mine, ... }: { it = mine; }) { _module.args.mine = mkForce 1; } { _module.args.mine = 2; } ]).it;
    ownArgumentsTwice = fails (eval [ { options.it = mkOption { }; } ({ mine, ... }: { it = mine; }) { _module.args.mine.a = 1; } { _module.args.mine.b = 2; } ]).it;
    prefix = (lib.evalModules { prefix = [ "a" "b" ]; modules = [ ({ _prefix, ... }: { options.it = mkOption { default = _prefix; }; }) ]; }).config.it;
    lazyClass = (lib.evalModules { class = "nixos"; modules = [ { _class = "darwin"; } ]; })._type;
    extendedTwice = (((lib.evalModules { modules = [ { options.it = mkOption { type = types.listOf types.int; default = [ ]; }; } ]; }).extendModules { modules = [ { it = [ 1 ]; } ]; }).extendModules { modules = [ { it = [ 2 ]; } ]; }).config.it;
    disabledByPath = (eval [ { options.it = mkOption { default = 0; }; } { key = "one"; it = 1; imports = [ { key = "two"; imports = [ ]; } ]; } { disabledModules = [ "/one" { key = "one"; } ]; } ]).it;
    disabledWithoutKey = fails (eval [ { options.it = mkOption { default = 0; }; } { disabledModules = [ { } ]; } ]).it;
    functionResultsAsDefinitions = ((eval [ { options.it = mkOption { }; } { it = x: { value = x; }; } { it = x: { value = x; }; } ]).it 1);
    functionTo = ((eval [ { options.it = mkOption { type = types.functionTo types.lines; }; } { it = { x, ... }: mkAfter x; } { it = { x, ... }: "b"; } ]).it { x = "a"; });
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
    mergeFromFunction = (eval [ { options.it = mkOption { type = types.listOf types.int; }; } ({ lib, ... }: lib.mkMerge [ { it = [ 1 ]; } { it = [ 2 ]; } ]) ]).it;
    mergeFromFunctor = (eval [ { options.it = mkOption { }; } { __functor = self: { lib, ... }: lib.mkMerge [ { it = 1; } ]; } ]).it;
    mergeItself = fails (eval [ { options.it = mkOption { default = 1; }; } (mkMerge [ { it = 1; } ]) ]);
    overrideFromFunction = (eval [ { options.it = mkOption { }; } ({ lib, ... }: lib.mkForce { it = 1; }) { it = 2; } ]).it;
    ifItself = (eval [ { options.it = mkOption { default = 1; }; } (mkIf false { it = 2; }) ]).it;
    strayAttribute = fails (eval [ { options.it = mkOption { default = 1; }; it = 2; } ]);
    metaIsAnOption = (eval [ { options.meta.it = mkOption { }; } { meta.it = 7; } ]).meta.it;
    wholeConfig = eval [ { options.a.b = mkOption { default = 1; }; options.c = mkOption { type = types.attrsOf types.int; default = { }; }; } ];
  };
  # Types that are made of themselves.
  recursive =
    let
      value = types.nullOr (types.oneOf [ types.bool types.int types.str (types.attrsOf value) (types.listOf value) ]) // { description = "a value"; };
      tree = types.attrsOf (types.either types.int tree) // { description = "a tree"; };
      lazy = types.lazyAttrsOf (types.nullOr (types.either types.str (types.listOf lazy))) // { description = "more"; };
    in
    {
      deep = merged value [ { a.b.c = 1; l = [ [ 1 ] { x = null; } ]; } { a.b.d = mkForce "x"; a.e = true; } ];
      overridden = merged value [ { a.b.c = mkDefault 1; } { a.b.c = 2; } ];
      condition = merged value [ { a.b.c = mkIf false 1; a.b.d = mkIf true 1; } ];
      refused = map fails [ (merged value [ { a.b = x: x; } ]) (merged value [ { a.b = 1.5; } ]) (merged value [ { a.b = 1; } { a.b = 2; } ]) (merged value [ [ [ 1.5 ] ] ]) ];
      tree = merged tree [ { a.b = 1; } { a.c.d = 2; } ];
      treeRefused = map fails [ (merged tree [ { a.b = "x"; } ]) (merged tree [ { a.b.c = [ ]; } ]) ];
      mutual =
        let
          one = types.either types.int (types.listOf two) // { description = "one"; };
          two = types.either types.str (types.attrsOf one) // { description = "two"; };
        in
        [ (merged one [ [ "a" { b = [ { c = 1; } ]; } ] ]) (fails (merged one [ [ 1 ] ])) (fails (merged one [ [ { b = "x"; } ] ])) ];
      lazy = merged lazy [ { a = [ { b = "c"; } ]; } { a = [ { b = null; } ]; } ];
      jsonRefused = map fails [ (merged types.json [ (x: x) ]) (merged types.json [ { a = x: x; } ]) (merged types.json [ { a = [ (x: x) ]; } ]) (merged types.json [ { a = [ ]; } { a = { }; } ]) ];
      json = merged types.json [ { a.b = [ 1 ]; } { a.b = [ { c = null; } ]; a.d = mkForce 1.5; } ];
    };
  # Functions of many parts of `lib`, by name.
  functions = {
    fixedWidthString = [
      (lib.fixedWidthString 3 "ab" "x")
      (lib.fixedWidthString 3 "-" "x")
      (lib.fixedWidthString 1 "-" "x")
      (fails (lib.fixedWidthString 1 "-" "xy"))
      (fails (lib.fixedWidthString 4 "ab" "x"))
      (lib.fixedWidthNumber 3 7)
    ];
    isConvertibleWithToString = map lib.strings.isConvertibleWithToString [ [ 1 "a" ] [ [ null ] ] [ { } ] { } 1.5 ];
    # These are in a part of `lib` only.
    onlyInParts = [
      (lib ? importApply)
      (map lib.strings.escapeNixIdentifier [ "a" "1" "let" "or" "a.b" "inherit" "_" "a'" "throw" ])
      (lib.strings.escapeNixString "a\${b}$c\n")
      (lib.strings.commonPrefixLength "abc" "abd")
    ];
    mkPackageOption = [
      (builtins.removeAttrs (lib.mkPackageOption { hello = { type = "derivation"; }; } "hello" { }) [ "type" ])
      (builtins.removeAttrs (lib.mkPackageOption { a.hello = 1; } "hello" { default = [ "a" "hello" ]; }) [ "type" ])
      (builtins.removeAttrs (lib.mkPackageOption { a.hello = 1; } [ "a" "hello" ] { example = "pkgs.x"; extraDescription = "More."; pkgsText = "my"; }) [ "type" ])
      (builtins.removeAttrs (lib.mkPackageOption { a.hello = 1; } "hello" { default = null; nullable = true; example = [ "b" "1c" ]; }) [ "type" ])
      (fails (lib.mkPackageOption { } "hello" { }).default)
      (builtins.removeAttrs (lib.mkPackageOption { a.hello = 1; } "hello" { default = null; nullable = false; }) [ "type" ])
      (builtins.removeAttrs (lib.mkPackageOption { a.hello = 1; } "hello" { nullable = true; default = [ "a" "hello" ]; }) [ "type" ])
    ];
    toCamelCase = [
      (map lib.toCamelCase ["hello-world" "hello_world" "HelloWorld" "hello world" "HELLO-WORLD" "fooBar-baz" "a1-b2" "foo--bar" "XMLHttp" "aBC" "" "-x" "hello-World_two Three" "a1B2c" "foo.bar" "foo/bar" "fooBAR" "a B" "a\nb" "aB cD-eF" "A" "1A" "a_1b" "_" "--" "Ab-" "foo bar  baz"])
      (fails (lib.toCamelCase 1))
    ];
    normalizePath = map lib.strings.normalizePath ["" "/" "//" "a" "/a//" "a//b" "///a"];
    charToInt = map lib.strings.charToInt ["a" "\t" "~" " " "\\" "\""];
    escapeC = lib.strings.escapeC ["\n" "a" "\t"] "banana\n\t";
    escapeURL = lib.escapeURL "é \t\n~-_.a/b?c=d&e%[]|'";
    updateName = lib.meta.updateName (n: n + "x") {name="a";};
    appendToName = [
      (lib.meta.appendToName "s" { name = "foo-1.0"; })
      (lib.meta.appendToName "s" { name = "foo"; })
    ];
    availableOn = [
      (lib.meta.availableOn { system = "x86_64-linux"; } { meta.platforms = ["x86_64-linux"]; })
      (lib.meta.availableOn { system = "x86_64-linux"; } { meta.platforms = ["x86_64-darwin"]; })
      (lib.meta.availableOn { system = "x86_64-linux"; } { meta.badPlatforms = ["x86_64-linux"]; })
      (lib.meta.availableOn { system = "x86_64-linux"; } { })
    ];
    platformMatch = lib.meta.platformMatch { parsed.kernel = 1; } { kernel = 1; };
    lazyDerivation = [
      (builtins.attrNames (lib.lazyDerivation { derivation = throw "x"; }))
      (builtins.attrNames (lib.lazyDerivation { derivation = throw "x"; meta = {}; passthru.z = 1; outputs = [ "dev" "out" ]; }))
    ];
    filterOverrides = [
      (lib.filterOverrides [ { value = lib.mkForce 1; } { value = 2; } { value = lib.mkDefault 3; } ])
      (lib.modules.filterOverrides' [ { value = lib.mkForce 1; } { value = 2; } { value = lib.mkForce 3; } ])
      (lib.modules.filterOverrides' [ ])
    ];
    sortProperties = [
      (lib.sortProperties [ { value = lib.mkAfter 1; } { value = 2; } { value = lib.mkBefore 3; } ])
      (lib.sortProperties [ { value = 1; } { value = 2; } ])
    ];
    textClosureList = lib.stringsWithDeps.textClosureList { a = lib.noDepEntry "A"; b = lib.fullDepEntry "B" ["a"]; c = lib.fullDepEntry "C" ["b" "a"]; } [ "c" "a" ];
    textClosureMap = lib.textClosureMap (x: x + "!") { a = lib.noDepEntry "A"; b = lib.fullDepEntry "B" ["a"]; c = lib.fullDepEntry "C" ["b" "a"]; } [ "c" "a" (lib.stringAfter [ "b" ] "x") ];
    pushDownProperties = [
      (lib.pushDownProperties (lib.mkIf true (lib.mkMerge [ { a = 1; } (lib.mkForce { b = 2; }) ])))
      (lib.pushDownProperties (lib.mkOrder 3 { a = 1; }))
    ];
    dischargeProperties = [
      (lib.dischargeProperties (lib.mkMerge [ 1 (lib.mkIf false 2) (lib.mkIf true (lib.mkMerge [3])) ]))
      (fails (lib.dischargeProperties (lib.mkIf 1 2)))
      (lib.dischargeProperties (lib.mkForce (lib.mkIf true 1)))
    ];
    unionOfDisjoint = [
      (lib.attrsets.unionOfDisjoint {a=1;} {b=2;})
      ((lib.attrsets.unionOfDisjoint {a=1;} {a=2;b=2;}).b)
      (fails ((lib.attrsets.unionOfDisjoint {a=1;} {a=2;b=2;}).a))
    ];
    toPretty = [
      (lib.generators.toPretty { indent = "    "; } { a = [ 1 ]; })
      (lib.generators.toPretty { } "a\n")
      (lib.generators.toPretty { } "\n")
      (lib.generators.toPretty { allowPrettyValues = true; } { __pretty = v: "<${toString v}>"; val = 3; })
      (lib.generators.toPretty { } { type = "derivation"; name = "x"; })
      (lib.generators.toPretty { } { type = "derivation"; drvPath = "/x.drv"; })
      (lib.generators.toPretty { } { __functor = self: { a, b ? 1 }: a; })
      (lib.generators.toPretty { } (-1))
      (lib.generators.toPretty { } { "1a" = 1; "let" = 2; "a'" = 3; "a-b" = 4; "a\"b" = 5; })
      (lib.generators.toPretty { multiline = false; } "a$b \\ \t \${x} $\${y} é")
      (lib.generators.toPretty { } "a$b \\ \t \${x} $\${y} é")
      (lib.generators.toPretty { } "a$b \\ \t \${x} $\${y} \n")
      (lib.generators.toPretty { } { a = { b = [ { c = "x"; } [ ] ]; }; })
      (lib.generators.toPretty { } "a\r\tb")
      (lib.generators.toPretty { multiline = false; } "a\r\tb\n\${\\\${")
    ];
    toLua = [
      (lib.generators.toLua { } { a = [ 1 { b = "x\n"; } ]; c = null; d = lib.generators.mkLuaInline "f()"; "x-y" = 1.5; p = { }; e = true; })
      (lib.generators.toLua { asBindings = true; indent="  "; } { a = [ 1 { b = "x\n"; } ]; c = null; })
      (lib.generators.toLua { asBindings = true; } { a.b.c = 1; "d.e" = [ ]; })
      (fails (lib.generators.toLua { asBindings = true; } { "a b" = 1; }))
      (lib.generators.toLua { asBindings = true; multiline = false; } { a.b.c = 1; "d.e" = [ 1 2 ]; })
      (lib.generators.toLua { multiline = false; } { a = [ 1 { b = "x\n"; } ]; c = null; })
    ];
    toPlist = [
      (lib.generators.toPlist { escape = true; } [ ])
      (lib.generators.toPlist { escape = true; } { a = [ 1 "x<y" true null [ ] { } ]; b.c = { d = false; }; n = null; "<k>" = 1; })
      (lib.generators.toPlist { } { a = "x<y"; "<k>" = -1; })
    ];
    toPrettySet = lib.generators.toPretty { } { a = [ 1 "x\ny" "a''b\${c" null true ]; f = x: x; g = { a, b ? 1 }: a; "x y" = { }; l = [ ]; t = "multi\n  line ''' x\n\nend\n"; };
    toGitINI = [
      (lib.generators.toGitINI { user.name = "a\"b"; url."git@x:".insteadOf = [ "a" "b" ]; x.y.z = "tab\t\n\\"; a.b = 1; })
      (lib.generators.toGitINI { a.b.c.d = true; a.x = "1"; })
    ];
    withRecursion = [
      (lib.generators.withRecursion { depthLimit = 1; throwOnDepthLimit = false; } { a.b.c.d = 1; l = [ [ [ 1 ] ] ]; })
      (fails (lib.generators.withRecursion { depthLimit = 1; throwOnDepthLimit = true; } { a.b.c.d = 1; l = [ [ [ 1 ] ] ]; }))
      (fails (lib.generators.withRecursion { depthLimit = 3; throwOnDepthLimit = true; } { a.b.c.d = 1; }))
      (fails (lib.generators.withRecursion { depthLimit = 4; throwOnDepthLimit = true; } { a.b.c.d = 1; }))
      (lib.generators.withRecursion { depthLimit = 2; throwOnDepthLimit = false; } { a.b.c.d = 1; x = 1; y = [ 1 [ 2 [ 3 ] ] ]; })
      (lib.generators.withRecursion { depthLimit = 0; throwOnDepthLimit = false; } 1)
    ];
    concatAttrValues = lib.concatAttrValues { a = [ 1 ]; b = [ 2 3 ]; };
    longestValidPathPrefix = [
      (lib.attrsets.longestValidPathPrefix [ "a" "b" "c" ] { a.b = 1; })
      (lib.attrsets.longestValidPathPrefix [ "x" ] { a.b = 1; })
      (lib.attrsets.longestValidPathPrefix [ ] 1)
    ];
    commonPrefix = [
      (lib.lists.commonPrefix [ 1 2 3 ] [ 1 2 4 ])
      (lib.lists.commonPrefix [ ] [ 1 2 4 ])
    ];
    commonSuffixLength = map (x: lib.strings.commonSuffixLength "abcd" x) [ "" "d" "bcd" "xabcd" "abc" ];
    levenshtein = map (x: lib.strings.levenshtein "abcd" x) [ "" "d" "bcd" "xabcd" "abc" "dcba" "abxd" ];
    levenshteinAtMost = map (x: lib.strings.levenshteinAtMost 2 "abcd" x) [ "" "d" "bcd" "xabcd" "abc" "dcba" "abxd" ];
    sanitizeDerivationName = map lib.strings.sanitizeDerivationName [ "..foo" "a b c" "" "..." "foo" "_x" "?x" "-x" "ä" "a//b" ".a." ];
    toCommandLine = [
      (lib.cli.toCommandLine (n: { option = "-${n}"; sep = "="; explicitBool = false; }) { a = true; b = false; c = null; d = [ 1 true "x" null ]; e = 1.5; })
      (lib.cli.toCommandLine (n: { option = "-${n}"; sep = null; explicitBool = true; }) { a = true; b = false; c = null; d = [ 1 true "x" ]; })
      (lib.cli.toCommandLine (n: { option = "-${n}"; explicitBool = true; formatArg = x: "<${toString x}>"; sep = ""; }) { a = true; d = [ 1 "x" ]; })
    ];
    toCommandLineGNU = [
      (lib.cli.toCommandLineGNU { } { a = true; bc = "x y"; d = [ "1" 2 ]; long = [ "1" ]; n = null; f = false; })
      (lib.cli.toCommandLineGNU { isLong = n: true; explicitBool = true; } { a = true; bc = "x y"; })
      (lib.cli.toCommandLineGNU { formatArg = x: "q"; } { bc = "x y"; })
    ];
    toCommandLineShellGNU = lib.cli.toCommandLineShellGNU { } { a = true; bc = "x y"; };
    toCommandLineShell = lib.cli.toCommandLineShell (n: { option = "-${n}"; sep = null; explicitBool = false; }) { bc = "x y"; };
    checkAssertWarn = [
      (lib.asserts.checkAssertWarn [ { assertion = true; message = "x"; } ] [ ] 3)
      (fails (lib.asserts.checkAssertWarn [ { assertion = false; message = "x"; } ] [ ] 3))
    ];
    makeScope = [
      ((lib.makeScope (scope: f: args: let fn = if builtins.isFunction f then f else import f; in fn (builtins.intersectAttrs (builtins.functionArgs fn) scope // args)) (self: { a = 1; b = self.callPackage ({ a }: a + 1) { }; })).b)
      (((lib.makeScope (scope: f: args: f (builtins.intersectAttrs (builtins.functionArgs f) scope // args)) (self: { a = 1; b = self.callPackage ({ a }: a + 1) { }; })).overrideScope (final: prev: { a = prev.a + 10; })).b)
      (builtins.attrNames (lib.makeScope (scope: f: args: 1) (self: { a = 1; })))
    ];
    mapCrossIndex = lib.mapCrossIndex (x: x + 1) { buildBuild = 1; buildHost = 2; buildTarget = 3; hostHost = 4; hostTarget = 5; targetTarget = 6; };
    renameCrossIndexTo = lib.renameCrossIndexTo "pkgs" { buildBuild = 1; buildHost = 2; buildTarget = 3; hostHost = 4; hostTarget = 5; targetTarget = 6; };
    renameCrossIndexFrom = lib.renameCrossIndexFrom "pkgs" { pkgsBuildBuild = 1; pkgsBuildHost = 2; pkgsBuildTarget = 3; pkgsHostHost = 4; pkgsHostTarget = 5; pkgsTargetTarget = 6; };
    makeOverridable = [
      (let f = lib.makeOverridable ({ a, b ? 2 }: { r = a + b; }); in [ (f { a = 1; }).r ((f { a = 1; }).override { a = 5; }).r ((f { a = 1; }).override (old: { b = old.a * 10; })).r (builtins.attrNames (f { a = 1; })) ])
      ((lib.makeOverridable ({ a }: x: a + x) { a = 1; }) 2)
      (((lib.makeOverridable ({ a }: x: a + x) { a = 1; }).override { a = 5; }) 2)
      (lib.functionArgs (lib.makeOverridable ({ a, b ? 2 }: { })))
      (lib.makeOverridable ({ a }: a) { a = 3; })
    ];
    callPackageWith = [
      ((lib.callPackageWith { a = 1; c = 3; } ({ a, b ? 7 }: { r = a + b; }) { }).r)
      ((lib.callPackageWith { a = 1; } ({ a, b }: { r = a + b; }) { b = 9; }).r)
    ];
    callPackagesWith = [
      ((lib.callPackagesWith { a = 1; } ({ a, b }: { r.x = a + b; s = 2; }) { b = 9; }).r.x)
      (((lib.callPackagesWith { a = 1; } ({ a, b }: { r.x = a + b; }) { b = 9; }).r.override { a = 7; }).x)
    ];
    mapDefinitionValue = lib.modules.mapDefinitionValue (x: x + 1) (lib.mkMerge [ 1 (lib.mkIf true 2) (lib.mkForce 3) (lib.mkBefore 4) ]);
    traceSeqN = lib.debug.traceSeqN 1 1 2;
    mapDerivationAttrset = lib.meta.mapDerivationAttrset (x: x // { q = 1; }) { a = 1; b = { type = "derivation"; }; };
    hiPrioSet = lib.meta.hiPrioSet { a = { type = "derivation"; }; b = 1; };
  };
}
