# Checks the OpenClaw configuration while a Home Manager configuration is built, before anything is activated.
{ checksFor }:
{
  config,
  lib,
  pkgs,
  ...
}@arguments:
let
  cfg = config.programs.openclaw-check;
  # Inside NixOS or nix-darwin, Home Manager hands on the configuration of the system.
  system = arguments.osConfig or null;
  systems = if pkgs.stdenv.hostPlatform.isDarwin then "darwinConfigurations" else "nixosConfigurations";
  user = config.home.username;
in
{
  imports = [
    (import ./module-options.nix {
      inherit checksFor;
      kind = "home-manager";
    })
  ];

  config = {
    programs.openclaw-check.configuration = lib.mkDefault (
      if system == null then
        "homeConfigurations.${user}"
      else
        "${systems}.${system.networking.hostName}: home-manager.users.${user}"
    );
    # The build of the generation refers to the check, its result does not.
    home.extraBuilderCommands = lib.mkIf cfg.enable ''
      # checked: ${cfg.check}
    '';
  };
}
