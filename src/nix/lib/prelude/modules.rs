//! `lib.modules`.

/// Name and source.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
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
    (
        "setDefaultModuleLocation",
        "file: module: { _file = file; imports = [ module ]; }",
    ),
    (
        "mkRemovedOptionModule",
        "path: message: { options, ... }: let option = lib.getAttrFromPath path options; in { options = lib.setAttrByPath path (lib.mkOption { visible = false; apply = _: throw \"The option `${lib.showOption path}' can no longer be used since it's been removed. ${message}\"; }); config.assertions = [ { assertion = !option.isDefined; message = \"The option definition `${lib.showOption path}' in ${lib.showFiles option.files} no longer has any effect; please remove it.\\n${message}\\n\"; _openclawCheckRemoved = { inherit path message; }; } ]; }",
    ),
    (
        "mkRenamedOptionModule",
        "from: to: { config, options, ... }: let old = lib.getAttrFromPath from options; in { _openclawCheckAlias = { inherit from to; warnings = lib.optional old.isDefined \"The option `${lib.showOption from}' defined in ${lib.showFiles old.files} has been renamed to `${lib.showOption to}'.\"; }; options = lib.setAttrByPath from (lib.mkOption { visible = false; type = lib.types.raw; apply = _: lib.getAttrFromPath to config; }); }",
    ),
    (
        "mkRenamedOptionModuleWith",
        "{ from, to, ... }: lib.mkRenamedOptionModule from to",
    ),
    (
        "mkAliasOptionModule",
        "from: to: { config, ... }: { _openclawCheckAlias = { inherit from to; }; options = lib.setAttrByPath from (lib.mkOption { visible = false; type = lib.types.raw; apply = _: lib.getAttrFromPath to config; }); }",
    ),
    ("mkAliasOptionModuleMD", "lib.mkAliasOptionModule"),
    (
        "mkDerivedConfig",
        "option: function: lib.mkOverride (option.highestPrio or lib.modules.defaultOverridePriority) (function option.value)",
    ),
    (
        "mkAliasDefinitions",
        "lib.mkAliasAndWrapDefinitions (value: value)",
    ),
    (
        "mkAliasAndWrapDefinitions",
        "wrap: option: lib.modules.mkAliasIfDef option (wrap (lib.mkMerge option.definitions))",
    ),
    (
        "doRename",
        "{ from, to, visible, warn, use, withPriority ? true, condition ? true }: { config, options, ... }: let old = lib.getAttrFromPath from options; target = lib.attrByPath to (abort \"Renaming error: option `${lib.showOption to}' does not exist.\"); new = lib.attrByPath to { } options; in { options = lib.setAttrByPath from (lib.mkOption ({ inherit visible; description = \"Alias of ${lib.showOption to}.\"; apply = _: use (target config); } // lib.optionalAttrs (new ? type) { inherit (new) type; })); config = lib.mkIf condition (lib.mkMerge [ (lib.optionalAttrs (options ? warnings) { warnings = lib.optional (warn && old.isDefined) \"The option `${lib.showOption from}' defined in ${lib.showFiles old.files} has been renamed to `${lib.showOption to}'.\"; }) ((if withPriority then lib.modules.mkAliasAndWrapDefsWithPriority else lib.mkAliasAndWrapDefinitions) (lib.setAttrByPath to) old) ]); }",
    ),
    (
        "mkMergedOptionModule",
        "from: to: merge: { config, options, ... }: let unset = \"_mkMergedOptionModule\"; isSet = path: lib.getAttrFromPath path config != unset; in { options = builtins.foldl' lib.recursiveUpdate { } (map (path: lib.setAttrByPath path (lib.mkOption { visible = false; default = unset; })) from); config = { warnings = map (path: \"The option `${lib.showOption path}' defined in ${lib.showFiles (lib.getAttrFromPath path options).files} has been changed to `${lib.showOption to}' that has a different type. Please read `${lib.showOption to}' documentation and update your configuration accordingly.\") (builtins.filter isSet from); } // lib.setAttrByPath to (lib.mkMerge (lib.optional (builtins.any isSet from) (merge config))); }",
    ),
    (
        "mkChangedOptionModule",
        "from: to: change: lib.mkMergedOptionModule [ from ] to change",
    ),
    (
        "dischargeProperties",
        r#"definition: let kind = definition._type or null; in if kind == "merge" then builtins.concatMap lib.dischargeProperties definition.contents else if kind == "if" then (if builtins.isBool definition.condition then (if definition.condition then lib.dischargeProperties definition.content else [ ]) else throw "‘mkIf’ called with a non-Boolean condition") else [ definition ]"#,
    ),
    (
        "pushDownProperties",
        r#"config: let kind = config._type or null; wrapped = around: builtins.map (builtins.mapAttrs (_: value: around value)) (lib.pushDownProperties config.content); in if kind == "merge" then builtins.concatMap lib.pushDownProperties config.contents else if kind == "if" then wrapped (lib.mkIf config.condition) else if kind == "override" then wrapped (lib.mkOverride config.priority) else [ config ]"#,
    ),
    (
        "filterOverrides",
        r#"definitions: (lib.modules.filterOverrides' definitions).values"#,
    ),
    (
        "sortProperties",
        r#"definitions: let priority = definition: if definition.value._type or "" == "order" then definition.value.priority else lib.modules.defaultOrderPriority; plain = definition: if definition.value._type or "" == "order" then definition // { value = definition.value.content; inherit (definition.value) priority; } else definition; in map plain (if builtins.any (definition: definition.value._type or "" == "order") definitions then builtins.sort (first: second: priority first < priority second) definitions else definitions)"#,
    ),
];
