# `programs.openclaw`, as far as the tests use it, in the newest era or in that of February 2026.
{ newest }:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.programs.openclaw;
  configuration = mkOption {
    type = types.submodule { options = import ./schema.nix lib; };
    default = { };
  };
  string = default: mkOption {
    type = types.str;
    inherit default;
  };
  environment = mkOption {
    type = types.attrsOf types.str;
    default = { };
  };
  instance =
    { name, config, ... }:
    {
      options = {
        enable = mkOption {
          type = types.bool;
          default = true;
        };
        package = mkOption {
          type = types.package;
          default = cfg.package;
        };
        stateDir = string "${homeDirectory}/.openclaw${if name == "default" then "" else "-${name}"}";
        workspaceDir = string "${config.stateDir}/workspace";
        configPath = string "${config.stateDir}/openclaw.json";
        gatewayPort = mkOption {
          type = types.int;
          default = 18789;
        };
        config = configuration;
      }
      // lib.optionalAttrs newest {
        inherit environment;
        runtimePlugins = mkOption {
          type = types.listOf types.str;
          default = cfg.runtimePlugins;
        };
      };
    };
  homeDirectory = config.home.homeDirectory;
  implicit = {
    enable = cfg.enable;
    configPath = "${cfg.stateDir}/openclaw.json";
    workspaceDir = cfg.workspaceDir;
    config = { };
  };
  instances = lib.filterAttrs (_: instance: instance.enable) (
    if cfg.instances != { } then cfg.instances else lib.optionalAttrs cfg.enable { default = implicit; }
  );
  stripNulls =
    value:
    if builtins.isAttrs value then
      lib.mapAttrs (_: stripNulls) (lib.filterAttrs (_: inner: inner != null) value)
    else if builtins.isList value then
      map stripNulls value
    else
      value;
  rendered =
    instance:
    let
      base.gateway.mode = "local";
      merged =
        if newest then
          lib.recursiveUpdate base (lib.recursiveUpdate (stripNulls cfg.config) (stripNulls instance.config))
        else
          stripNulls (lib.recursiveUpdate (lib.recursiveUpdate base cfg.config) instance.config);
    in
    builtins.toJSON merged;
  bootstrapFiles = if newest then cfg.workspace.bootstrapFiles else null;
in
{
  options.programs.openclaw = {
    enable = lib.mkEnableOption "OpenClaw";
    package = mkOption {
      type = types.package;
      default = pkgs.openclaw or (pkgs.placeholder "openclaw");
    };
    stateDir = string "${homeDirectory}/.openclaw";
    workspaceDir = string "${cfg.stateDir}/workspace";
    config = configuration;
    instances = mkOption {
      type = types.attrsOf (types.submodule instance);
      default = { };
    };
    documents = mkOption {
      type = types.nullOr types.path;
      default = null;
    };
  }
  // lib.optionalAttrs newest {
    inherit environment;
    runtimePlugins = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
    workspace = {
      bootstrapFiles = mkOption {
        type = types.nullOr (
          types.submodule {
            options =
              lib.genAttrs [ "agents" "soul" "tools" "identity" "user" ] (_: mkOption { type = types.path; })
              // {
                heartbeat = mkOption {
                  type = types.nullOr types.path;
                  default = null;
                };
              };
          }
        );
        default = null;
      };
      files = mkOption {
        type = types.attrsOf types.path;
        default = { };
      };
    };
  };

  config = lib.mkIf (cfg.enable || cfg.instances != { }) {
    assertions = [
      {
        assertion = !newest || cfg.documents == null;
        message = "programs.openclaw.documents was removed.";
      }
    ]
    ++ map (name: {
      assertion = bootstrapFiles.${name} == null || builtins.pathExists bootstrapFiles.${name};
      message = "programs.openclaw.workspace.bootstrapFiles.${name} must point to an existing file.";
    }) (if bootstrapFiles == null then [ ] else builtins.attrNames bootstrapFiles);
    home.file = lib.mapAttrs' (
      _: instance:
      lib.nameValuePair (lib.removePrefix "${homeDirectory}/" instance.configPath) { text = rendered instance; }
    ) instances;
  };
}
