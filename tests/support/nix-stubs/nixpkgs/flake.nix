{
  description = "Stand-in for nixpkgs: a library with a module system, a few builders, NixOS without its services";

  outputs =
    { self }:
    let
      lib = import ./lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
    in
    {
      lib = lib // {
        nixosSystem =
          {
            modules,
            specialArgs ? { },
            system ? null,
          }:
          import ./nixos.nix {
            inherit
              lib
              modules
              specialArgs
              system
              ;
          };
      };
      legacyPackages = lib.genAttrs systems (system: import ./. { inherit system; });
    };
}
