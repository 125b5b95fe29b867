# NixOS as far as the tests need it: options that hold anything, and a system that depends on its checks.
{
  lib,
  modules,
  specialArgs,
  system,
}:
let
  evaluated = lib.evalModules {
    inherit specialArgs;
    modules = [ base ] ++ modules;
  };
  base =
    { config, lib, ... }:
    let
      anything = lib.mkOption {
        type = lib.types.lazyAttrsOf lib.types.anything;
        default = { };
      };
      listOf =
        type:
        lib.mkOption {
          type = lib.types.listOf type;
          default = [ ];
        };
      pkgs = import ./. {
        system = config.nixpkgs.hostPlatform;
        inherit (config.nixpkgs) overlays;
      };
    in
    {
      options = {
        assertions = listOf lib.types.raw;
        warnings = listOf lib.types.str;
        nixpkgs.overlays = listOf lib.types.raw;
        nixpkgs.hostPlatform = lib.mkOption {
          type = lib.types.str;
          default = if system == null then "x86_64-linux" else system;
        };
        boot = anything;
        environment = anything;
        fileSystems = anything;
        networking = anything;
        security = anything;
        services.openssh = anything;
        systemd = anything;
        users.users = anything;
        users.groups = anything;
        system.stateVersion = lib.mkOption {
          type = lib.types.raw;
          default = null;
        };
        system.checks = listOf lib.types.package;
        system.build = anything;
      };
      config = {
        _module.args.pkgs = lib.mkDefault pkgs;
        system.build.toplevel =
          let
            failed = builtins.filter (assertion: !assertion.assertion) config.assertions;
          in
          if failed != [ ] then
            throw "Failed assertions: ${lib.concatMapStringsSep "; " (assertion: assertion.message) failed}"
          else
            pkgs.runCommand "nixos-system" { inherit (config.system) checks; } "touch $out";
      };
    };
in
evaluated // { inherit (evaluated._module.args) pkgs; }
