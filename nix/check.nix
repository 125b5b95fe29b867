# The derivation that fails with the findings.
{
  pkgs,
  package,
}:
let
  inherit (pkgs) lib;
  evaluation = import ./evaluate.nix;
  # In this order "the first listed system" is the one that most machines can build.
  order = [
    "x86_64-linux"
    "aarch64-linux"
    "aarch64-darwin"
    "x86_64-darwin"
  ];
  system = pkgs.stdenv.hostPlatform.system;

  argumentsOf =
    {
      select,
      ignore,
      denyWarnings,
      strict,
      openclawVersion,
      settings,
      extraArguments,
    }:
    lib.concatMap (rule: [
      "--select"
      rule
    ]) select
    ++ lib.concatMap (rule: [
      "--ignore"
      rule
    ]) ignore
    ++ lib.optional denyWarnings "--deny-warnings"
    ++ lib.optional strict "--strict"
    ++ lib.optionals (openclawVersion != null) [
      "--openclaw-version"
      openclawVersion
    ]
    ++ lib.optionals (settings != null) [
      "--config"
      "${(pkgs.formats.toml { }).generate "openclaw-check.toml" settings}"
    ]
    ++ extraArguments;

  # Runs the program on the sources at `source` (below `root`), with what Nix evaluated beside it.
  derivationFor =
    {
      name,
      root,
      source,
      document,
      configurations,
      arguments,
    }:
    pkgs.runCommand name
      {
        nativeBuildInputs = [ package ];
        evaluated = builtins.toJSON document;
        passAsFile = [ "evaluated" ];
      }
      ''
        openclaw-check ${lib.escapeShellArg "${source}"} --root ${lib.escapeShellArg "${root}"} --no-git \
          --format concise --color never \
          ${lib.optionalString (document != null) "--evaluated \"$evaluatedPath\""} \
          ${
            lib.escapeShellArgs (
              lib.concatMap (configuration: [
                "--configuration"
                configuration
              ]) configurations
              ++ arguments
            )
          } > report || { status=$?; cat report; exit $status; }
        cat report
        mkdir -p $out
        cp report $out/report
      '';

  common = {
    select ? [ ],
    ignore ? [ ],
    denyWarnings ? false,
    strict ? false,
    openclawVersion ? null,
    settings ? null,
    extraArguments ? [ ],
    ...
  }: argumentsOf {
    inherit select ignore denyWarnings strict openclawVersion settings extraArguments;
  };
in
{
  # See docs/integration.md for the arguments.
  check =
    {
      self,
      configurations ? null,
      evaluate ? true,
      systems ? builtins.filter (name: builtins.elem name (builtins.attrNames (self.checks or { }))) order,
      name ? "openclaw-check",
      ...
    }@arguments:
    let
      listed = if systems == [ ] then [ system ] else systems;
      own = evaluation.namesFor {
        inherit self system;
        systems = listed;
      };
      names = if configurations == null then own else builtins.filter (asked: builtins.elem asked own) configurations;
    in
    # Configurations of other systems are the business of the checks for those.
    if evaluate && names == [ ] && evaluation.configurationsOf self != [ ] then
      pkgs.runCommand name { } "mkdir -p $out; echo 'no configuration for ${system}' > $out/report"
    else
    derivationFor {
      inherit name;
      root = self.sourceInfo.outPath or self.outPath;
      source = self.outPath;
      document =
        if evaluate then
          evaluation.documentOf {
            inherit self names;
            root = evaluation.rootOf self;
          }
        else
          null;
      configurations = if evaluate then names else lib.optionals (configurations != null) configurations;
      arguments = common arguments;
    };

  # For the modules: `document` is that of one configuration, `source` the flake or a directory.
  checkModule =
    {
      source,
      document,
      name,
      ...
    }@arguments:
    derivationFor {
      name = "openclaw-check";
      root = source.sourceInfo.outPath or source.outPath or source;
      source = source.outPath or source;
      inherit document;
      configurations = [ name ];
      arguments = common arguments;
    };
}
