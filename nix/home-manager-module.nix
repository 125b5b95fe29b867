# Checks the OpenClaw configuration while a Home Manager configuration is built, before anything is activated.
{ checksFor }:
{
  config,
  lib,
  pkgs,
  ...
}@arguments:
let
  inherit (import ./evaluate.nix) nameIn;
  cfg = config.programs.openclaw-check;
  user = config.home.username;
  # Inside NixOS or nix-darwin, Home Manager hands on the configuration of the system. On macOS it may have no name.
  system = arguments.osConfig or null;
  host = system.networking.hostName or null;
  systems = if pkgs.stdenv.hostPlatform.isDarwin then "darwinConfigurations" else "nixosConfigurations";
in
{
  imports = [
    (import ./module-options.nix {
      inherit checksFor;
      kind = "home-manager";
    })
  ];

  config = {
    programs.openclaw-check.configuration = lib.mkIf (system == null || host != null) (
      lib.mkDefault (
        if system == null then
          nameIn cfg.source "homeConfigurations" user
        else
          "${nameIn cfg.source systems host}: home-manager.users.${user}"
      )
    );
    # The build of the generation refers to the check, its result does not.
    home.extraBuilderCommands = lib.mkIf cfg.enable ''
      # checked: ${cfg.check}
    '';
  };
}
