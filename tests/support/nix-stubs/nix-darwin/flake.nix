{
  description = "Stand-in for nix-darwin: the stand-in for NixOS on another system";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs";

  outputs =
    { self, nixpkgs }:
    {
      lib.darwinSystem =
        {
          modules,
          specialArgs ? { },
          system ? "aarch64-darwin",
        }:
        import "${nixpkgs}/nixos.nix" {
          lib = import "${nixpkgs}/lib";
          inherit modules specialArgs system;
        };
    };
}
