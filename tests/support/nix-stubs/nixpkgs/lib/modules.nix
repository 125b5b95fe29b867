# A small module system, written for these tests: modules with imports, options with types and defaults, definitions
# with conditions, priorities and order, `_module.args`, free-form modules. The texts of its errors follow those that
# people know.
lib:
let
  inherit (builtins)
    attrNames
    concatLists
    concatMap
    filter
    foldl'
    functionArgs
    head
    intersectAttrs
    isAttrs
    isFunction
    isList
    isString
    listToAttrs
    map
    mapAttrs
    ;

  typeOfProperty = value: if isAttrs value then value._type or null else null;

  # `{ file, value }` -> the same without mkMerge and mkIf, definitions under a false condition left out.
  discharge =
    def:
    let
      kind = typeOfProperty def.value;
    in
    if kind == "merge" then
      concatMap (value: discharge (def // { inherit value; })) def.value.contents
    else if kind == "if" then
      if def.value.condition then discharge (def // { value = def.value.content; }) else [ ]
    else
      [ def ];

  priorityOf =
    def: if typeOfProperty def.value == "override" then def.value.priority else lib.defaultOverridePriority;
  orderOf = def: if typeOfProperty def.value == "order" then def.value.priority else 1000;
  contentOf = def: def // { value = def.value.content; };

  # Only the definitions of the strongest priority, in their order.
  strongest =
    defs:
    let
      # A condition may stand inside a priority.
      opened = concatMap (
        def:
        if typeOfProperty def.value == "override" then
          map (inner: inner // { priority = def.value.priority; }) (discharge (contentOf def))
        else
          [ (def // { priority = priorityOf def; }) ]
      ) defs;
      best = foldl' (low: def: if def.priority < low then def.priority else low) 100000 opened;
      chosen = filter (def: def.priority == best) opened;
      ordered = builtins.sort (a: b: orderOf a < orderOf b) chosen;
    in
    map (def: if typeOfProperty def.value == "order" then contentOf def else def) ordered;

  mergeDischarged =
    loc: type: defs:
    let
      chosen = strongest defs;
      wrong = filter (def: !(type.check def.value)) chosen;
    in
    if wrong != [ ] then
      throw "A definition for option `${lib.showOption loc}' is not of type `${type.name}'. It is in `${(head wrong).file}'."
    else
      type.merge loc chosen;

  mergeDefinitions =
    loc: type: defs:
    mergeDischarged loc type (concatMap discharge defs);

  # One definition of an attribute set -> plain attribute sets whose values carry the conditions and priorities that
  # stood around the whole; nothing is forced.
  definitionsOfSet =
    def:
    let
      kind = typeOfProperty def.value;
      around = wrap: map (inner: inner // { value = mapAttrs (_: wrap) inner.value; }) (definitionsOfSet (contentOf def));
    in
    if kind == "merge" then
      concatMap (value: definitionsOfSet (def // { inherit value; })) def.value.contents
    else if kind == "if" then
      around (lib.mkIf def.value.condition)
    else if kind == "override" then
      around (lib.mkOverride def.value.priority)
    else if kind == "order" then
      around (lib.mkOrder def.value.priority)
    else if isAttrs def.value then
      [ def ]
    else
      throw "`${def.file}' does not define an attribute set where one is needed.";

  isOption = value: isAttrs value && (value._type or null) == "option";

  # Everything that a list of modules holds, imports included, each file once.
  collect =
    arguments: modules:
    let
      load =
        fallback: module:
        if builtins.isPath module || isString module then
          load (toString module) (import module) // { key = toString module; }
        else if isFunction module then
          load fallback (applyFunction module)
        else if isAttrs module && module ? __functor && !(module ? config || module ? options || module ? imports) then
          load fallback (module module)
        else if isAttrs module then
          normal (module._file or fallback) module
        else
          throw "A module is neither a function, nor an attribute set, nor a path: it is in `${fallback}'.";
      # Named arguments come from specialArgs or `_module.args`, each only when it is used.
      applyFunction =
        module:
        module (
          arguments.special
          // {
            inherit (arguments) config options lib;
          }
          // mapAttrs (name: _: arguments.special.${name} or arguments.named.${name}) (
            removeAttrs (functionArgs module) (attrNames arguments.special ++ [ "config" "options" "lib" ])
          )
        );
      normal =
        file: module:
        {
          inherit file;
          key = module.key or null;
          imports = module.imports or [ ];
          freeform = module.freeformType or null;
        }
        // (
          if module ? config || module ? options then
            let
              unknown = removeAttrs module [
                "_file"
                "_class"
                "key"
                "imports"
                "config"
                "options"
                "freeformType"
                "meta"
              ];
            in
            if unknown != { } then
              throw "Module `${file}' has an unsupported attribute `${head (attrNames unknown)}'."
            else
              {
                options = module.options or { };
                config = module.config or { };
              }
          else
            {
              options = { };
              config = removeAttrs module [
                "_file"
                "_class"
                "key"
                "imports"
                "freeformType"
              ];
            }
        );
      go =
        seen: pending:
        if pending == [ ] then
          [ ]
        else
          let
            item = head pending;
            module = load item.file item.module;
            rest = builtins.tail pending;
            isNew = module.key == null || !(builtins.elem module.key seen);
          in
          if !isNew then
            go seen rest
          else
            [ module ]
            ++ go (if module.key == null then seen else seen ++ [ module.key ]) (
              map (inner: {
                inherit (module) file;
                module = inner;
              }) module.imports
              ++ rest
            );
    in
    go [ ] (
      map (module: {
        file = "<unknown-file>";
        inherit module;
      }) modules
    );

  # Options and definitions of one level -> the values of that level.
  mergeLevel =
    prefix: freeform: optionSets: defs:
    let
      optionNames = lib.unique (concatMap (set: attrNames set.value) optionSets);
      sets = concatMap definitionsOfSet defs;
      defined = lib.unique (concatMap (def: attrNames def.value) sets);
      declared = listToAttrs (
        map (name: {
          inherit name;
          value = true;
        }) optionNames
      );
      undeclared = filter (name: !(declared ? ${name})) defined;
      definitionsOf =
        name:
        concatMap (def: if def.value ? ${name} then [ (def // { value = def.value.${name}; }) ] else [ ]) sets;
      level = name: mergeName name;
      mergeName =
        name:
        let
          loc = prefix ++ [ name ];
          declarations = concatMap (
            set: if set.value ? ${name} then [ (set // { value = set.value.${name}; }) ] else [ ]
          ) optionSets;
          leaf = filter (declaration: isOption declaration.value) declarations;
        in
        if leaf != [ ] then
          mergeOption loc (head leaf).value (definitionsOf name)
        else
          mergeLevel loc null declarations (definitionsOf name);
      values = listToAttrs (
        map (name: {
          inherit name;
          value = (level name).value;
        }) optionNames
      );
      free =
        if freeform == null then
          { }
        else
          freeform.merge prefix (
            map (def: def // { value = removeAttrs def.value optionNames; }) (filter (def: def.value != { }) sets)
          );
      strays = concatMap (name: map (_: prefix ++ [ name ]) (definitionsOf name)) undeclared;
      # Strays of the levels below count as well, as far as those are no options themselves.
      below = concatMap (name: (level name).strays) optionNames;
    in
    {
      value = (if freeform == null then { } else free) // values;
      strays = (if freeform == null then strays else [ ]) ++ below;
    };

  mergeOption =
    loc: option: defs:
    let
      discharged =
        concatMap discharge defs
        ++ (
          if option ? default then
            [
              {
                file = "<default>";
                value = lib.mkOverride 1500 option.default;
              }
            ]
          else
            [ ]
        );
      type = option.type or lib.types.unspecified;
      merged =
        if discharged == [ ] then
          throw "The option `${lib.showOption loc}' was accessed but has no value defined. Try setting the option."
        else
          mergeDischarged loc type discharged;
    in
    {
      value = if option ? apply then option.apply merged else merged;
      strays = [ ];
    };

  evalModules =
    {
      modules,
      specialArgs ? { },
      prefix ? [ ],
      class ? null,
    }:
    let
      arguments = {
        special = specialArgs;
        inherit lib options;
        inherit config;
        named = config._module.args;
      };
      internal = {
        options._module.args = lib.mkOption {
          type = lib.types.lazyAttrsOf lib.types.raw;
          default = { };
        };
      };
      collected = collect arguments ([ internal ] ++ modules);
      freeform = foldl' (found: module: if found != null then found else module.freeform) null collected;
      options = foldl' lib.recursiveUpdate { } (map (module: module.options) collected);
      merged = mergeLevel prefix freeform (map (module: {
        inherit (module) file;
        value = module.options;
      }) collected) (map (module: {
        inherit (module) file;
        value = module.config;
      }) collected);
      config = merged.value;
      checked =
        if merged.strays == [ ] then
          config
        else
          throw "The option `${lib.showOption (head merged.strays)}' does not exist.";
    in
    {
      inherit options;
      config = removeAttrs checked [ "_module" ];
      _module = { inherit (config._module) args; };
      extendModules =
        { modules, ... }@more:
        evalModules {
          inherit specialArgs prefix class;
          modules = modules ++ more.modules;
        };
    };
in
{
  inherit
    evalModules
    mergeDefinitions
    mergeDischarged
    discharge
    definitionsOfSet
    ;
}
