# Checks the OpenClaw configuration while a NixOS system is built, before anything is activated: that of
# `services.openclaw-gateway`, and those of its Home Manager users.
{ checksFor }:
{
  config,
  lib,
  ...
}:
let
  cfg = config.programs.openclaw-check;
in
{
  imports = [
    (import ./module-options.nix {
      inherit checksFor;
      kind = "nixos";
    })
  ];

  config = {
    programs.openclaw-check.configuration = lib.mkDefault (
      (import ./evaluate.nix).nameIn cfg.source "nixosConfigurations" config.networking.hostName
    );
    system.checks = lib.mkIf cfg.enable [ cfg.check ];
  };
}
