# `home-manager.users.<name>` inside NixOS or nix-darwin.
{
  config,
  lib,
  pkgs,
  ...
}:
{
  options.home-manager = {
    users = lib.mkOption {
      default = { };
      type = lib.types.attrsOf (
        lib.types.submoduleWith {
          specialArgs = {
            osConfig = config;
          }
          // config.home-manager.extraSpecialArgs;
          modules = [
            ./home.nix
            (
              { name, ... }:
              {
                _module.args.pkgs = lib.mkDefault pkgs;
                home.username = lib.mkDefault name;
                home.homeDirectory = lib.mkDefault (config.users.users.${name}.home or "/home/${name}");
              }
            )
          ]
          ++ config.home-manager.sharedModules;
        }
      );
    };
    sharedModules = lib.mkOption {
      type = lib.types.listOf lib.types.raw;
      default = [ ];
    };
    extraSpecialArgs = lib.mkOption {
      type = lib.types.attrs;
      default = { };
    };
    useGlobalPkgs = lib.mkEnableOption "the packages of the system";
    useUserPackages = lib.mkEnableOption "the packages of the user";
  };
}
