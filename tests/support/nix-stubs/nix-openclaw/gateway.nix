# `services.openclaw-gateway`, whose `config` nothing types.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.openclaw-gateway;
in
{
  options.services.openclaw-gateway = {
    enable = lib.mkEnableOption "the OpenClaw gateway";
    package = mkOption {
      type = types.package;
      default = pkgs.openclaw;
    };
    port = mkOption {
      type = types.port;
      default = 18789;
    };
    stateDir = mkOption {
      type = types.str;
      default = "/var/lib/openclaw";
    };
    configPath = mkOption {
      type = types.str;
      default = "/etc/openclaw/openclaw.json";
    };
    configFile = mkOption {
      type = types.nullOr types.path;
      default = null;
    };
    environment = mkOption {
      type = types.attrsOf types.str;
      default = { };
    };
    environmentFiles = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
    # As in the real module: definitions are merged as they are, so that a mkIf within them stays what it is.
    config = mkOption {
      type = types.mkOptionType {
        name = "attribute set that is merged deeply";
        check = builtins.isAttrs;
        merge = _: defs: builtins.foldl' lib.recursiveUpdate { } (map (def: def.value) defs);
      };
      default = { };
    };
  };

  config = lib.mkIf cfg.enable {
    environment.etc."openclaw/openclaw.json".source = pkgs.writeText "openclaw.json" (builtins.toJSON cfg.config);
  };
}
