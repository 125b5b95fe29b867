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
          } > report && status=0 || status=$?
        # Nix shows only the end of a log: the errors stand last there, and after them the summary.
        errors=
        summary=
        while IFS= read -r line; do
          case $summary in
            "") ;;
            *': error['*) errors="$errors$summary
        " ;;
            *) printf '%s\n' "$summary" ;;
          esac
          summary=$line
        done < report
        printf '%s%s\n' "$errors" "$summary"
        [ $status = 0 ] || exit $status
        mkdir -p $out
        cp report $out/report
      '';

  # The arguments of the program among those of the functions below; a misspelt one is refused by Nix there.
  common =
    arguments:
    argumentsOf {
      select = arguments.select or [ ];
      ignore = arguments.ignore or [ ];
      denyWarnings = arguments.denyWarnings or false;
      strict = arguments.strict or false;
      openclawVersion = arguments.openclawVersion or null;
      settings = arguments.settings or null;
      extraArguments = arguments.extraArguments or [ ];
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
      select ? [ ],
      ignore ? [ ],
      denyWarnings ? false,
      strict ? false,
      openclawVersion ? null,
      settings ? null,
      extraArguments ? [ ],
    }@arguments:
    let
      all = evaluation.configurationsOf self;
      isAsked =
        configuration:
        configurations == null || builtins.any (asked: evaluation.isNamed asked configuration) configurations;
      missing = builtins.filter (asked: !(builtins.any (evaluation.isNamed asked) all)) (
        if configurations == null then [ ] else configurations
      );
      # Configurations of other systems are the business of the checks for those.
      own = builtins.filter (
        configuration:
        evaluation.belongsTo {
          inherit system configuration;
          systems = if systems == [ ] then [ system ] else systems;
        }
      ) (builtins.filter isAsked all);
    in
    if missing != [ ] then
      throw "openclaw-check: the flake has no ${builtins.concatStringsSep ", " missing}; it has ${
        builtins.concatStringsSep ", " (map (configuration: configuration.name) all)
      }"
    else if evaluate && own == [ ] && all != [ ] then
      pkgs.runCommand name { } "mkdir -p $out; echo 'no configuration for ${system}' > $out/report"
    else
      derivationFor {
        inherit name;
        root = self.sourceInfo.outPath or self.outPath;
        source = self.outPath;
        document =
          if evaluate then
            evaluation.documentOf {
              configurations = own;
              root = evaluation.rootOf self;
            }
          else
            null;
        configurations = map (configuration: configuration.name) (
          if evaluate then
            own
          else if configurations == null then
            [ ]
          else
            builtins.filter isAsked all
        );
        arguments = common arguments;
      };

  # For the modules: `document` is that of one configuration, `source` the flake or a directory.
  checkModule =
    {
      source,
      document,
      name,
      select,
      ignore,
      denyWarnings,
      strict,
      openclawVersion,
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
