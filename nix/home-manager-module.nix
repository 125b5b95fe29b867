# Checks the OpenClaw configuration while a Home Manager configuration is built, before anything is activated.
{ checksFor }:
{
  config,
  lib,
  options,
  ...
}:
let
  cfg = config.programs.openclaw-check;
in
{
  imports = [
    (import ./module-options.nix {
      inherit checksFor;
      kind = "home-manager";
    })
  ];

  config = {
    programs.openclaw-check.configuration = lib.mkDefault "homeConfigurations.${config.home.username}";
    # The build of the generation refers to the check, its result does not.
    home.extraBuilderCommands = lib.mkIf cfg.enable ''
      # checked: ${cfg.check}
    '';
  };
}
