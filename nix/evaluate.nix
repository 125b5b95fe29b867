# What Nix makes of the OpenClaw options in a flake's configurations, as plain data: the file that
# `openclaw-check --evaluated` reads (docs/integration.md describes it).
#
# Only builtins are used, so that no nixpkgs is forced. Nothing is built and nothing is fetched on account of this file:
# string contexts are discarded, derivations become their names, and of a configuration only the options of OpenClaw
# are read. (Home Manager itself looks at all assertions before it shows anything of a configuration.)
let
  inherit (builtins)
    attrNames
    concatMap
    elem
    filter
    foldl'
    genList
    isAttrs
    isString
    length
    listToAttrs
    map
    mapAttrs
    match
    stringLength
    substring
    tryEval
    typeOf
    ;

  # `{ success, value }`, where the value is only an attribute set, a list and so on at its head.
  attempt = value: tryEval value;
  orElse =
    fallback: value:
    let
      result = attempt value;
    in
    if result.success then result.value else fallback;

  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  plain = builtins.unsafeDiscardStringContext;

  # --- What is handed over ----------------------------------------------------------------------------------------

  homeOptions = [
    "enable"
    "config"
    "environment"
    "instances"
    "workspace"
    "documents"
    "runtimePlugins"
    "runtimePluginSources"
    "stateDir"
    "workspaceDir"
    "bundledPlugins"
    "customPlugins"
    "skills"
    "launchd"
    "systemd"
  ];
  instanceOptions = [
    "enable"
    "config"
    "environment"
    "stateDir"
    "workspaceDir"
    "configPath"
    "gatewayPort"
    "runtimePlugins"
    "runtimePluginSources"
    "appDefaults"
    "launchd"
    "systemd"
  ];
  gatewayOptions = [
    "enable"
    "unitName"
    "port"
    "config"
    "configFile"
    "configPath"
    "environment"
    "environmentFiles"
    "stateDir"
  ];
  # The names that `programs.openclaw` had.
  homeModules = [
    "openclaw"
    "moltbot"
    "clawdbot"
  ];

  pick = names: set: listToAttrs (concatMap (name: if set ? ${name} then [ { inherit name; value = set.${name}; } ] else [ ]) names);

  # --- Secrets ----------------------------------------------------------------------------------------------------

  # Whether what stands under `key`, itself under `parent`, is a credential: a field of OpenClaw's own list, a header or
  # a variable that carries one by its name. tests/hooks/secrets.rs holds this against the program's own lists.
  isCredential =
    parent: key:
    (
      match ".*([tT]oken|TOKEN|[sS]ecret|SECRET|[pP]assw(or)?d|PASSW(OR)?D|[pP]assphrase|PASSPHRASE|[cC]ookie|COOKIE|[aA]uthTag|[aA]uthorization|AUTHORIZATION|serviceAccount|SERVICE_ACCOUNT).*" key
        != null
      || match ".*([aA][pP][iI]|[aA]ccess|[aA]uth|[sS]igning|[pP]rivate|[eE]ncrypt|[eE]ncryption|[mM]aster|[lL]icense|[aA]pp)[-_]?[kK](ey|EY)" key
        != null
      || match ".*_(KEY|PAT|PASS|PW|CREDENTIALS?|key|pat|pass|pw|credentials?)" key != null
      || parent == "tls" && key == "key"
      || parent == "auth" && key == "value"
    )
    # Limits and the like are called tokens too; paths and names of files are none.
    && match ".*([tT]okens|[fF]ile|_FILE|[pP]ath|_PATH|[mM]ode|Env|[pP]rovider|Budget)|.*(PUBLIC|PRIMARY|SORT)_KEY" key == null;

  # What a person writes where a secret belongs without its being one: placeholders, references, paths, template text.
  isNoSecret =
    text:
    text == ""
    # Longer than anything that people write in the place of a secret (and matching long texts is slow).
    || stringLength text < 1000 && (
      match ".*[$][{][A-Za-z_][A-Za-z0-9_:-]*[}].*" text != null
      || match "[$]([A-Za-z_][A-Za-z0-9_]*|\\(.*\\))" text != null
      || match "[~]?/[][A-Za-z0-9_. /@%:,-]*" text != null
      || match "<.*>" text != null
      || match "secretref-(env:.*|managed)" text != null
      || (
        stringLength text < 40
        && prefixOf text == ""
        # Whoever makes up a password puts a digit or a sign into it.
        && match "[A-Za-z_. -]*" text != null
        && match ".*(your|YOUR|here|HERE|change|CHANGE|replace|REPLACE|example|EXAMPLE|placeholder|PLACEHOLDER|dummy|todo|TODO|local|ollama|none|noop|not-needed|not-required|not_needed|unused|test|USE_).*" text
          != null
      )
    );

  # Beginnings that say what a secret is; nothing of the rest is told.
  knownPrefixes = [
    "sk-ant-"
    "sk-or-"
    "sk-proj-"
    "sk-"
    "sk_live_"
    "sk_test_"
    "rk_live_"
    "sk_"
    "xoxb-"
    "xoxp-"
    "xoxa-"
    "xoxr-"
    "xoxs-"
    "xapp-"
    "ghp_"
    "gho_"
    "ghu_"
    "ghs_"
    "ghr_"
    "github_pat_"
    "glpat-"
    "glsa_"
    "AIza"
    "ya29."
    "gsk_"
    "csk-"
    "nvapi-"
    "xai-"
    "pplx-"
    "hf_"
    "r8_"
    "fc-"
    "SG."
    "AKIA"
    "ASIA"
    "npm_"
    "pypi-"
    "dop_v1_"
    "tvly-"
    "eyJ"
    "syt_"
    "AGE-SECRET-KEY-1"
    "https://discord.com/api/webhooks/"
    "https://hooks.slack.com/services/"
  ];
  prefixOf = text: foldl' (found: prefix: if found == "" && hasPrefix prefix text then prefix else found) "" knownPrefixes;
  # A secret by its form, alone or within a text such as an address or an argument.
  looksSecret =
    let
      beginnings = builtins.replaceStrings [ "." ] [ "[.]" ] (builtins.concatStringsSep "|" knownPrefixes);
      # What begins with little of its own has to go on as the service's keys do.
      forms = builtins.concatStringsSep "|" [
        "tskey-[a-z]+-[A-Za-z0-9]{8,}-[A-Za-z0-9]{16,}"
        "lin_api_[A-Za-z0-9]{32,}"
        "ntn_[A-Za-z0-9]{40,}"
        "vck_[A-Za-z0-9]{24,}"
        "fw_[A-Za-z0-9]{20,}"
        "hvs[.][A-Za-z0-9_-]{40,}"
        "BSA[A-Za-z0-9_-]{26,}"
        "SK[0-9a-f]{32}"
        "[0-9a-f]{32}[.][A-Za-z0-9]{16}"
      ];
      pattern = "(.*[^A-Za-z0-9_-])?((${beginnings})[A-Za-z0-9_.+/=-]{14,}|[0-9]{8,10}:[A-Za-z0-9_-]{35}|${forms}).*";
    in
    text:
    hasPrefix "-----BEGIN" text
    || stringLength text >= 20 && stringLength text < 1000 && match pattern text != null;
  secretOf = text: {
    "$secret" = {
      length = stringLength text;
      prefix = prefixOf text;
    };
  };

  # --- Values -----------------------------------------------------------------------------------------------------

  # `root` is the source tree as text; `credential` says whether what is here stands in a credential field.
  convert =
    root:
    let
      path =
        text:
        let
          inside = "${root}/";
        in
        if hasPrefix inside text then
          { "$path" = substring (stringLength inside) (-1) text; }
        else if text == root then
          { "$path" = "."; }
        else
          { "$path" = text; };

      string =
        credential: text:
        if (credential && !(isNoSecret text)) || looksSecret text then secretOf text else text;

      # `name` is the key that the set stands under.
      set =
        depth: name: value:
        if orElse false ((value.type or null) == "derivation") then
          { "$derivation" = plain (orElse "derivation" (value.name or "derivation")); }
        else if value ? __functor then
          { "$function" = true; }
        # This is how builtins.toJSON renders them.
        else if value ? __toString then
          any depth name false (value.__toString value)
        else if value ? outPath then
          any depth name false value.outPath
        else
          mapAttrs (key: inner: any (depth + 1) key (isCredential name key) inner) value;

      any =
        depth: name: credential: value:
        let
          result = attempt value;
          kind = typeOf result.value;
        in
        if !result.success || depth > 100 then
          { "$thrown" = true; }
        else if kind == "set" then
          set depth name result.value
        else if kind == "list" then
          map (any (depth + 1) name credential) result.value
        else if kind == "string" then
          string credential (plain result.value)
        else if kind == "path" then
          path (plain (toString result.value))
        else if kind == "lambda" then
          { "$function" = true; }
        else
          result.value;
    in
    {
      value = any 0 "" false;
      # An option of type path may hold a string.
      pathOption =
        value:
        let
          result = attempt value;
        in
        if result.success && isString result.value then path (plain result.value) else any 0 "" false value;
    };

  # --- Configurations ---------------------------------------------------------------------------------------------

  # The options of one module as data. `set` is the part of `config` that the module declares.
  handOver =
    root: names: set:
    let
      to = convert root;
      # Each option by itself, so that one that throws does not hide the others.
      options = mapAttrs (name: value: special.${name} or (to.value value)) (pick names set);
      special = {
        instances = instancesOf set.instances;
        workspace = workspaceOf set.workspace;
        documents = to.pathOption set.documents;
        configFile = to.pathOption set.configFile;
      };
      instancesOf =
        instances:
        let
          result = attempt instances;
        in
        if result.success then
          mapAttrs (
            _: instance:
            let
              head = attempt instance;
            in
            if head.success then mapAttrs (_: to.value) (pick instanceOptions head.value) else { "$thrown" = true; }
          ) result.value
        else
          { "$thrown" = true; };
      workspaceOf =
        workspace:
        let
          result = attempt workspace;
          paths =
            value:
            let
              inner = attempt value;
            in
            if inner.success && isAttrs inner.value then mapAttrs (_: to.pathOption) inner.value else to.value value;
        in
        if result.success then
          mapAttrs (
            name: value:
            if name == "bootstrapFiles" || name == "files" then paths value else to.value value
          ) result.value
        else
          { "$thrown" = true; };
    in
    options;

  failure = "Nix stops with an error while it evaluates this configuration";

  # One entry per module of OpenClaw that the configuration of a user imports.
  homeEntries =
    root: name: config:
    let
      programs = attempt (config.programs or { });
      present = filter (module: programs.value ? ${module}) homeModules;
      entry =
        module:
        {
          configuration = name;
          module = "home-manager";
          option_root = "programs.${module}";
          home_directory = plain (orElse "" (config.home.homeDirectory or ""));
        }
        // (
          let
            result = attempt programs.value.${module};
          in
          if result.success then { options = handOver root homeOptions result.value; } else { error = failure; }
        );
    in
    if programs.success then
      map entry present
    else
      [
        {
          configuration = name;
          module = "home-manager";
          error = failure;
        }
      ];

  systemEntries =
    root: name: config:
    let
      services = attempt (config.services or { });
      gateway = attempt (services.value.openclaw-gateway or null);
      users = attempt (config.home-manager.users or { });
      service =
        if services.success && gateway.success && gateway.value != null then
          [
            {
              configuration = name;
              module = "nixos";
              option_root = "services.openclaw-gateway";
              home_directory = plain (orElse "/var/lib/openclaw" (gateway.value.stateDir or "/var/lib/openclaw"));
              options = handOver root gatewayOptions gateway.value;
            }
          ]
        else if services.success && gateway.success then
          [ ]
        else
          [
            {
              configuration = name;
              module = "nixos";
              error = failure;
            }
          ];
    in
    service
    ++ (
      if users.success then
        concatMap (
          user:
          let
            config = attempt users.value.${user};
            full = "${name}: home-manager.users.${user}";
          in
          if config.success then
            homeEntries root full config.value
          else
            [
              {
                configuration = full;
                module = "home-manager";
                error = failure;
              }
            ]
        ) (attrNames users.value)
      else
        [ ]
    );

  entriesOf =
    root:
    {
      kind,
      name,
      value,
      ...
    }:
    let
      config = attempt value.config;
    in
    if !config.success then
      [
        {
          configuration = name;
          module = if kind == "homeConfigurations" then "home-manager" else "nixos";
          error = failure;
        }
      ]
    else if kind == "homeConfigurations" then
      homeEntries root name config.value
    else
      systemEntries root name config.value;

  # The system that a configuration is for; null where it cannot be told.
  systemOf =
    value:
    let
      platform = attempt (value.pkgs.stdenv.hostPlatform.system or null);
      declared = attempt (value.config.nixpkgs.hostPlatform.system or value.config.nixpkgs.hostPlatform or null);
    in
    if platform.success && platform.value != null then
      platform.value
    else if declared.success && isString declared.value then
      declared.value
    else
      null;

  kinds = [
    "homeConfigurations"
    "nixosConfigurations"
    "darwinConfigurations"
  ];

  # An attribute name as our program shows it.
  shown =
    name:
    if match "[a-zA-Z0-9_'-]+" name != null then
      name
    else
      "\"${builtins.replaceStrings [ "\\" "\"" ] [ "\\\\" "\\\"" ] name}\"";

  # All configurations of a flake: `{ kind, attribute, name, value }`, where `name` is how our program shows it.
  configurationsOf =
    self:
    concatMap (
      kind:
      let
        set = attempt (self.${kind} or { });
      in
      if set.success then
        map (name: {
          inherit kind;
          attribute = name;
          name = "${kind}.${shown name}";
          value = set.value.${name};
        }) (attrNames set.value)
      else
        [ ]
    ) kinds;
in
{
  inherit configurationsOf;

  # The root of the source tree that a flake lies in.
  rootOf = self: plain (toString (self.sourceInfo.outPath or self.outPath));

  # How the flake `source` (or a directory, which says nothing) most probably calls the configuration of a user or host:
  # by that name, as `alice@desk`, or as its only one. Only the names of its configurations are looked at.
  nameIn =
    source: kind: wanted:
    let
      set = if isAttrs source then attempt (source.${kind} or { }) else { success = false; };
      names = if set.success && isAttrs set.value then attrNames set.value else [ ];
      atHosts = filter (hasPrefix "${wanted}@") names;
      chosen =
        if elem wanted names then
          wanted
        else if length atHosts == 1 then
          builtins.head atHosts
        else if length names == 1 then
          builtins.head names
        else
          wanted;
    in
    "${kind}.${shown chosen}";

  # Whether a configuration is called so: `homeConfigurations."alice@desk"`, with or without the quotes.
  isNamed =
    asked: configuration:
    asked == configuration.name || asked == "${configuration.kind}.${configuration.attribute}";

  # Whether the check for `system` is about a configuration: those for that system, and under the first of `systems`
  # also those for none of them.
  belongsTo =
    {
      system,
      systems,
      configuration,
    }:
    let
      own = systemOf configuration.value;
    in
    own == system || (system == builtins.head systems && !(elem own systems));

  # The document for some of the configurations of a flake.
  documentOf =
    { root, configurations }:
    {
      version = 1;
      entries = concatMap (entriesOf root) configurations;
    };

  # The document for one configuration, from inside it: `config` is the module argument of that name.
  documentOfModule =
    {
      root,
      name,
      kind,
      config,
    }:
    {
      version = 1;
      entries = (if kind == "home-manager" then homeEntries else systemEntries) root name config;
    };
}
