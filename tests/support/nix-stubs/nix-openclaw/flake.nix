{
  description = "Stand-in for nix-openclaw: its options of two eras, typed where a test makes a mistake";

  outputs =
    { self }:
    {
      overlays.default = final: _: { openclaw = final.placeholder "openclaw"; };
      homeManagerModules.openclaw = import ./home-manager.nix { newest = true; };
      # The option set of February 2026.
      homeManagerModules.openclaw-2026-02 = import ./home-manager.nix { newest = false; };
      nixosModules.openclaw-gateway = ./gateway.nix;
    };
}
