{
  description = "Stand-in for flake-parts: flake-level options, and options of each system";

  inputs.nixpkgs-lib.url = "github:nix-community/nixpkgs.lib";

  outputs =
    { self, nixpkgs-lib }:
    let
      lib = import "${nixpkgs-lib}/lib";
      inherit (lib) mkOption types;

      # Modules of a system, declared by modules of the flake.
      flake-parts-lib.mkPerSystemOption =
        module:
        mkOption {
          type = perSystem;
          _perSystem = module;
        };
      perSystem = types.deferredModule;

      base =
        { config, lib, ... }:
        {
          options = {
            systems = mkOption { type = types.listOf types.str; };
            perSystem = mkOption {
              type = types.deferredModule;
              default = { };
            };
            flake = mkOption {
              type = types.lazyAttrsOf types.anything;
              default = { };
            };
          };
        };

      # This stand-in lets a module declare options of each system once, through the real name of the function.
      mkFlake =
        { inputs }:
        module:
        let
          specialArgs = {
            inherit inputs flake-parts-lib;
            inherit (inputs) self;
          };
          evaluated = lib.evalModules {
            inherit specialArgs;
            modules = [
              base
              module
            ];
          };
          declared = evaluated.options.perSystem._perSystem or { };
          forSystem =
            system:
            (lib.evalModules {
              modules = [
                {
                  options.checks = mkOption {
                    type = types.lazyAttrsOf types.package;
                    default = { };
                  };
                  config._module.args.pkgs = inputs.nixpkgs.legacyPackages.${system};
                }
                declared
                evaluated.config.perSystem
              ];
            }).config;
        in
        evaluated.config.flake
        // {
          checks = lib.genAttrs evaluated.config.systems (system: (forSystem system).checks);
        };
    in
    {
      lib = { inherit mkFlake; };
    };
}
