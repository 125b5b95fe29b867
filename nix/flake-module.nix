# For flake-parts: `imports = [ inputs.openclaw-check.flakeModules.default ];` adds `checks.<system>.openclaw`.
{ checksFor }:
{
  self,
  lib,
  flake-parts-lib,
  ...
}:
{
  options.perSystem = flake-parts-lib.mkPerSystemOption (
    {
      config,
      pkgs,
      ...
    }:
    let
      inherit (lib) mkOption types;
      cfg = config.openclaw-check;
    in
    {
      options.openclaw-check = {
        enable = mkOption {
          type = types.bool;
          default = true;
          description = "Whether `checks.<system>.openclaw` exists.";
        };
        arguments = mkOption {
          type = types.attrsOf types.raw;
          default = { };
          description = "Arguments of the check beside `self`, such as `denyWarnings = true`.";
        };
      };
      config.checks = lib.mkIf cfg.enable {
        openclaw = (checksFor pkgs).check ({ inherit self; } // cfg.arguments);
      };
    }
  );
}
