# The part of nixpkgs' library that modules and flakes in the tests use. Written for these tests.
let
  inherit (builtins)
    attrNames
    attrValues
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    head
    isAttrs
    length
    listToAttrs
    map
    mapAttrs
    stringLength
    substring
    tail
    ;

  lib = rec {
    types = import ./types.nix lib;
    modules = import ./modules.nix lib;
    inherit (modules) evalModules mergeDefinitions;

    mkOption = attributes: attributes // { _type = "option"; };
    mkEnableOption =
      what:
      mkOption {
        type = types.bool;
        default = false;
        description = "Whether to enable ${what}.";
      };
    mkIf = condition: content: {
      _type = "if";
      inherit condition content;
    };
    mkMerge = contents: {
      _type = "merge";
      inherit contents;
    };
    mkOverride = priority: content: {
      _type = "override";
      inherit priority content;
    };
    mkOrder = priority: content: {
      _type = "order";
      inherit priority content;
    };
    defaultOverridePriority = 100;
    mkForce = mkOverride 50;
    mkDefault = mkOverride 1000;
    mkOptionDefault = mkOverride 1500;
    mkBefore = mkOrder 500;
    mkAfter = mkOrder 1500;

    id = value: value;
    const = value: _: value;
    flip =
      function: a: b:
      function b a;
    pipe = foldl' (value: function: function value);

    optional = condition: value: if condition then [ value ] else [ ];
    optionals = condition: values: if condition then values else [ ];
    optionalAttrs = condition: set: if condition then set else { };
    optionalString = condition: text: if condition then text else "";

    inherit concatMap head tail;
    last = list: elemAt list (length list - 1);
    singleton = value: [ value ];
    flatten = value: if builtins.isList value then concatMap flatten value else [ value ];
    unique = foldl' (seen: value: if elem value seen then seen else seen ++ [ value ]) [ ];
    range = first: end: if first > end then [ ] else genList (index: first + index) (end - first + 1);

    inherit attrNames attrValues mapAttrs;
    nameValuePair = name: value: { inherit name value; };
    mapAttrs' = function: set: listToAttrs (map (name: function name set.${name}) (attrNames set));
    mapAttrsToList = function: set: map (name: function name set.${name}) (attrNames set);
    filterAttrs =
      keep: set: listToAttrs (map (name: nameValuePair name set.${name}) (filter (name: keep name set.${name}) (attrNames set)));
    genAttrs = names: function: listToAttrs (map (name: nameValuePair name (function name)) names);
    attrByPath =
      path: default: set:
      if path == [ ] then
        set
      else if isAttrs set && set ? ${head path} then
        attrByPath (tail path) default set.${head path}
      else
        default;
    recursiveUpdate =
      left: right:
      if isAttrs left && isAttrs right && (left.type or null) != "derivation" then
        left
        // mapAttrs (name: value: if left ? ${name} then recursiveUpdate left.${name} value else value) right
      else
        right;
    isDerivation = value: isAttrs value && (value.type or null) == "derivation";
    getName = package: package.pname or package.name;
    getExe = package: "${package}/bin/${package.meta.mainProgram or (getName package)}";

    concatStringsSep = builtins.concatStringsSep;
    concatMapStringsSep =
      separator: function: list:
      concatStringsSep separator (map function list);
    concatStrings = concatStringsSep "";
    hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
    hasSuffix =
      suffix: text:
      let
        at = stringLength text - stringLength suffix;
      in
      at >= 0 && substring at (-1) text == suffix;
    removePrefix = prefix: text: if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
    removeSuffix =
      suffix: text: if hasSuffix suffix text then substring 0 (stringLength text - stringLength suffix) text else text;
    splitString =
      separator: text:
      filter builtins.isString (builtins.split (builtins.replaceStrings [ "." "+" "/" ] [ "\\." "\\+" "/" ] separator) text);
    toUpper = builtins.replaceStrings (stringToCharacters "abcdefghijklmnopqrstuvwxyz") (
      stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    );
    stringToCharacters = text: genList (index: substring index 1 text) (stringLength text);
    escapeShellArg = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] (toString text)}'";
    escapeShellArgs = concatMapStringsSep " " escapeShellArg;
    boolToString = value: if value then "true" else "false";
    showOption = concatStringsSep ".";
    generators.toJSON = _: builtins.toJSON;
    importTOML = file: builtins.fromTOML (builtins.readFile file);

    fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    licenses.mit.spdxId = "MIT";
    platforms = {
      linux = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      darwin = [
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      unix = platforms.linux ++ platforms.darwin;
    };
    # Enough of nixpkgs' file sets for a package's source: the whole tree, or some files of it.
    fileset = {
      unions = list: list;
      maybeMissing = id;
      toSource = { root, fileset }: root;
    };
  };
in
lib
