{
  description = "Tells before deployment whether the OpenClaw configuration in a Nix flake will work";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ]
      # nixpkgs throws for Intel Macs since 26.11.
      ++ (if builtins.compareVersions (lib.trivial.release or "") "26.11" < 0 then [ "x86_64-darwin" ] else [ ]);
      eachSystem = function: lib.genAttrs systems (system: function nixpkgs.legacyPackages.${system});

      # The check functions over somebody's package set.
      checksFor =
        pkgs:
        let
          package = pkgs.callPackage ./nix/package.nix { };
          checks = package: import ./nix/check.nix { inherit pkgs package; };
        in
        {
          inherit package;
          inherit (checks package) check;
          checkModuleWith = package: (checks package).checkModule;
        };
    in
    {
      packages = eachSystem (pkgs: rec {
        openclaw-check = pkgs.callPackage ./nix/package.nix { };
        default = openclaw-check;
      });

      apps = eachSystem (pkgs: {
        default = {
          type = "app";
          program = "${self.packages.${pkgs.stdenv.hostPlatform.system}.default}/bin/openclaw-check";
          meta.description = "Check the OpenClaw configuration of a flake";
        };
      });

      overlays.default = import ./nix/overlay.nix;

      lib = eachSystem (pkgs: {
        inherit (checksFor pkgs) check;
        gitHook = import ./nix/git-hooks.nix { inherit (checksFor pkgs) package; };
      });

      flakeModules.default = import ./nix/flake-module.nix { inherit checksFor; };
      homeModules.default = import ./nix/home-manager-module.nix { inherit checksFor; };
      homeManagerModules = self.homeModules;
      nixosModules.default = import ./nix/nixos-module.nix { inherit checksFor; };

      checks = eachSystem (
        pkgs:
        let
          package = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
        in
        {
          inherit package;
          # The first thing that a newcomer runs.
          kimi = pkgs.runCommand "openclaw-check-kimi" { nativeBuildInputs = [ package ]; } ''
            openclaw-check ${./fixtures/kimi} --no-git --strict --format concise
            mkdir $out
          '';
        }
      );

      devShells = eachSystem (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.cargo
            pkgs.rustc
            pkgs.clippy
            pkgs.rustfmt
            pkgs.git
          ];
        };
      });

      formatter = eachSystem (pkgs: pkgs.nixfmt-tree);

      templates = {
        kimi = {
          path = ./nix/templates/kimi;
          description = "OpenClaw on Kimi, with OpenRouter as the fallback, checked before it is deployed";
          welcomeText = "Fill in what README.md names, then run `nix flake check`.";
        };
        plain = {
          path = ./nix/templates/plain;
          description = "OpenClaw with one model of OpenRouter, checked before it is deployed";
          welcomeText = "Fill in what README.md names, then run `nix flake check`.";
        };
        default = self.templates.plain;
      };
    };
}
