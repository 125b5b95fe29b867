# Types of options: what a value must be, and how several definitions of it become one.
# A type's `merge` gets the place of the option and a list of `{ file, value }` whose values passed `check`.
lib:
let
  inherit (builtins)
    all
    concatMap
    elem
    elemAt
    genList
    head
    isAttrs
    isBool
    isFloat
    isFunction
    isInt
    isList
    isPath
    isString
    length
    listToAttrs
    map
    toJSON
    ;

  mkOptionType =
    {
      name,
      check ? (_: true),
      merge ? mergeEqual,
    }@type:
    type
    // {
      _type = "option-type";
      inherit name check merge;
    };

  mergeEqual =
    loc: defs:
    let
      first = (head defs).value;
    in
    if all (def: def.value == first) defs then
      first
    else
      throw "The option `${lib.showOption loc}' has conflicting definition values.";

  mergeOne =
    loc: defs:
    if length defs == 1 then
      (head defs).value
    else
      throw "The option `${lib.showOption loc}' is defined multiple times while it's expected to be unique.";

  # Many definitions of one element each.
  elements =
    loc: type: defs:
    lib.mergeDefinitions loc type defs;

  isDerivation = value: isAttrs value && (value.type or null) == "derivation";
in
rec {
  inherit mkOptionType;

  unspecified = mkOptionType { name = "unspecified"; };
  raw = mkOptionType {
    name = "raw value";
    merge = mergeOne;
  };
  bool = mkOptionType {
    name = "boolean";
    check = isBool;
  };
  int = mkOptionType {
    name = "signed integer";
    check = isInt;
  };
  float = mkOptionType {
    name = "floating point number";
    check = isFloat;
  };
  number = either int float;
  port = addCheck int (value: value >= 0 && value <= 65535) "16 bit unsigned integer";
  str = mkOptionType {
    name = "string";
    check = isString;
  };
  lines = mkOptionType {
    name = "strings concatenated with \"\\n\"";
    check = isString;
    merge = _: defs: lib.concatStringsSep "\n" (map (def: def.value) defs);
  };
  path = mkOptionType {
    name = "absolute path";
    check = value: isPath value || (isString value && builtins.substring 0 1 value == "/");
  };
  package = mkOptionType {
    name = "package";
    check = isDerivation;
    merge = mergeOne;
  };
  attrs = mkOptionType {
    name = "attribute set";
    check = isAttrs;
    merge = _: defs: builtins.foldl' (all: def: all // def.value) { } defs;
  };
  # Anything that can be merged by its shape.
  anything = mkOptionType {
    name = "anything";
    merge =
      loc: defs:
      let
        values = map (def: def.value) defs;
      in
      if all (value: isAttrs value && !isDerivation value) values then
        (lazyAttrsOf anything).merge loc defs
      else if all isList values then
        builtins.concatLists values
      else if all isFunction values then
        mergeOne loc defs
      else
        mergeEqual loc defs;
  };
  deferredModule = mkOptionType {
    name = "module";
    merge = _: defs: { imports = map (def: def.value) defs; };
  };

  enum =
    values:
    mkOptionType {
      name = "one of ${lib.concatMapStringsSep ", " toJSON values}";
      check = value: elem value values;
    };
  nullOr =
    type:
    mkOptionType {
      name = "null or ${type.name}";
      check = value: value == null || type.check value;
      merge =
        loc: defs:
        if all (def: def.value == null) defs then
          null
        else if builtins.any (def: def.value == null) defs then
          throw "The option `${lib.showOption loc}' is defined both null and not null."
        else
          type.merge loc defs;
    };
  either =
    left: right:
    mkOptionType {
      name = "${left.name} or ${right.name}";
      check = value: left.check value || right.check value;
      merge =
        loc: defs:
        if all (def: left.check def.value) defs then
          left.merge loc defs
        else if all (def: right.check def.value) defs then
          right.merge loc defs
        else
          mergeOne loc defs;
    };
  oneOf = types: builtins.foldl' either (head types) (builtins.tail types);
  addCheck =
    type: extra: name:
    mkOptionType {
      inherit name;
      inherit (type) merge;
      check = value: type.check value && extra value;
    };

  listOf =
    type:
    mkOptionType {
      name = "list of ${type.name}";
      check = isList;
      merge =
        loc: defs:
        concatMap (
          def:
          genList (
            index:
            elements (loc ++ [ "[entry ${toString (index + 1)}]" ]) type [
              {
                inherit (def) file;
                value = elemAt def.value index;
              }
            ]
          ) (length def.value)
        ) defs;
    };
  attrsOf =
    type:
    mkOptionType {
      name = "attribute set of ${type.name}";
      check = isAttrs;
      merge =
        loc: defs:
        let
          # A definition under a false condition names nothing.
          pushed = concatMap lib.modules.definitionsOfSet defs;
          names = lib.unique (concatMap (def: builtins.attrNames def.value) pushed);
          merged = map (
            name:
            let
              discharged = concatMap (
                def:
                if def.value ? ${name} then
                  lib.modules.discharge {
                    inherit (def) file;
                    value = def.value.${name};
                  }
                else
                  [ ]
              ) pushed;
            in
            {
              inherit name discharged;
              value = lib.modules.mergeDischarged (loc ++ [ name ]) type discharged;
            }
          ) names;
        in
        listToAttrs (builtins.filter (entry: entry.discharged != [ ]) merged);
    };
  lazyAttrsOf = attrsOf;

  submodule = module: submoduleWith { modules = if isList module then module else [ module ]; };
  submoduleWith =
    {
      modules,
      specialArgs ? { },
      shorthandOnlyDefinesConfig ? false,
    }:
    mkOptionType {
      name = "submodule";
      check = value: isAttrs value || isFunction value || isPath value;
      merge =
        loc: defs:
        (lib.evalModules {
          inherit specialArgs;
          prefix = loc;
          modules =
            modules
            ++ [ { _module.args.name = lib.last loc; } ]
            ++ map (
              def:
              if isAttrs def.value then
                {
                  _file = def.file;
                  config = def.value;
                }
              else
                def.value
            ) defs;
        }).config;
    };
}
