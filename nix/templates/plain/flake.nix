{
  description = "OpenClaw with one model of OpenRouter";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    home-manager = {
      url = "github:nix-community/home-manager";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    nix-openclaw = {
      url = "github:openclaw/nix-openclaw";
      inputs.nixpkgs.follows = "nixpkgs";
      inputs.home-manager.follows = "home-manager";
    };
    openclaw-check = {
      url = "github:openclaw-check/openclaw-check";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    {
      self,
      nixpkgs,
      home-manager,
      nix-openclaw,
      openclaw-check,
      ...
    }:
    let
      # Fill in: what `whoami` prints.
      user = "<user>";
      system = "x86_64-linux";
    in
    {
      homeConfigurations.${user} = home-manager.lib.homeManagerConfiguration {
        pkgs = import nixpkgs {
          inherit system;
          overlays = [ nix-openclaw.overlays.default ];
        };
        modules = [
          nix-openclaw.homeManagerModules.openclaw
          ./openclaw.nix
          {
            home = {
              username = user;
              homeDirectory = "/home/${user}";
              stateVersion = "26.05";
            };
            programs.home-manager.enable = true;
          }
        ];
      };

      # `nix flake check` evaluates the home above and says whether its OpenClaw configuration will work.
      checks.${system}.openclaw = openclaw-check.lib.${system}.check { inherit self; };
    };
}
