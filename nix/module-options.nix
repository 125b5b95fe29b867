# What the Home Manager and the NixOS module have in common: the options, and the check of the configuration that they
# are part of. `kind` is "home-manager" or "nixos".
{ checksFor, kind }:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.programs.openclaw-check;
  evaluation = import ./evaluate.nix;
  tools = checksFor pkgs;
in
{
  options.programs.openclaw-check = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether the OpenClaw configuration is checked while this configuration is built.";
    };
    source = mkOption {
      type = types.raw;
      description = "The flake that this configuration is part of (`self`), or a directory; findings point into it.";
    };
    configuration = mkOption {
      type = types.str;
      description = "The name of this configuration in the flake, such as `homeConfigurations.alice`.";
    };
    package = mkOption {
      type = types.package;
      default = tools.package;
      defaultText = "openclaw-check's own package";
      description = "The program that checks.";
    };
    strict = mkOption {
      type = types.bool;
      default = false;
      description = "Whether what could not be checked counts as an error.";
    };
    denyWarnings = mkOption {
      type = types.bool;
      default = false;
      description = "Whether a warning stops the build.";
    };
    select = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Rules to run; all of them if the list is empty.";
    };
    ignore = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Rules to leave out.";
    };
    openclawVersion = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The OpenClaw release to check against, if flake.lock does not tell it.";
    };
    check = mkOption {
      type = types.package;
      readOnly = true;
      description = "The derivation that fails with the findings.";
    };
  };

  config.programs.openclaw-check.check = tools.checkModuleWith cfg.package {
    inherit (cfg)
      source
      strict
      denyWarnings
      select
      ignore
      openclawVersion
      ;
    name = cfg.configuration;
    document = evaluation.documentOfModule {
      root = evaluation.rootOf (if builtins.isAttrs cfg.source then cfg.source else { outPath = cfg.source; });
      name = cfg.configuration;
      inherit kind config;
    };
  };
}
