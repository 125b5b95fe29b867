{
  description = "Stand-in for Home Manager: its options as far as the tests use them, on their own and inside NixOS and nix-darwin";

  outputs =
    { self }:
    {
      lib.homeManagerConfiguration =
        {
          pkgs,
          modules,
          extraSpecialArgs ? { },
          lib ? pkgs.lib,
        }:
        let
          evaluated = lib.evalModules {
            specialArgs = extraSpecialArgs;
            modules = [
              ./home.nix
              { _module.args.pkgs = lib.mkDefault pkgs; }
            ]
            ++ modules;
          };
          failed = builtins.filter (assertion: !assertion.assertion) evaluated.config.assertions;
          # The real one looks at the assertions before it hands out anything at all.
          checked =
            if failed == [ ] then
              evaluated
            else
              throw "Failed assertions: ${lib.concatMapStringsSep "; " (assertion: assertion.message) failed}";
        in
        checked
        // {
          inherit (evaluated._module.args) pkgs;
          activationPackage = checked.config.home.activationPackage;
        };
      nixosModules.home-manager = ./system.nix;
      nixosModules.default = ./system.nix;
      darwinModules.home-manager = ./system.nix;
      darwinModules.default = ./system.nix;
    };
}
