//! The modules for Home Manager, NixOS and flake-parts: the check runs while the configuration is built.

use crate::support::{Flake, nix_versions, write};

fn home_with_module() -> Flake {
    let flake = Flake::new();
    flake.replace(
        "flake.nix",
        "          ./openclaw.nix\n",
        "          ./openclaw.nix\n          openclaw-check.homeModules.default\n          { \
         programs.openclaw-check.source = self; }\n",
    );
    flake
}

#[test]
fn a_home_is_built_only_when_its_configuration_is_right() {
    for nix in nix_versions() {
        let flake = home_with_module();
        let build = |flake: &Flake| {
            flake.nix(
                &nix,
                &["build", "--no-link"],
                "#homeConfigurations.alice.activationPackage",
            )
        };
        build(&flake).passes();
        flake.replace(
            "openclaw.nix",
            "primary = \"kimi/kimi-k2p5\";",
            "primary = \"kimi/kimi-k9\";",
        );
        let place = flake.place("openclaw.nix", "kimi/kimi-k9");
        build(&flake).fails_with(&["unknown-model", &place]);
        flake.replace(
            "flake.nix",
            "programs.openclaw-check.source = self;",
            "programs.openclaw-check = { source = self; enable = false; };",
        );
        build(&flake).passes();
    }
}

/// The module knows its user, not how the flake calls the configuration: `alice@desk` is a common name.
#[test]
fn a_home_of_another_name_is_found_in_the_sources() {
    for nix in nix_versions() {
        let flake = home_with_module();
        flake
            .replace(
                "flake.nix",
                "homeConfigurations.${user} =",
                "homeConfigurations.\"${user}@desk\" =",
            )
            .replace(
                "openclaw.nix",
                "primary = \"kimi/kimi-k2p5\";",
                "primary = \"kimi/kimi-k9\";",
            );
        let place = flake.place("openclaw.nix", "kimi/kimi-k9");
        flake
            .nix(
                &nix,
                &["build", "--no-link", "--print-build-logs"],
                "#homeConfigurations.\"alice@desk\".activationPackage",
            )
            .fails_with(&["unknown-model", &place, "homeConfigurations.\"alice@desk\""]);
    }
}

#[test]
fn a_system_is_built_only_when_its_configuration_is_right() {
    for nix in nix_versions() {
        let flake = Flake::new();
        flake.replace(
            "flake.nix",
            "      # `nix flake check` evaluates",
            "      nixosConfigurations.server = nixpkgs.lib.nixosSystem {\n        modules = [\n          \
             nix-openclaw.nixosModules.openclaw-gateway\n          openclaw-check.nixosModules.default\n          { \
             nixpkgs.overlays = [ nix-openclaw.overlays.default ]; networking.hostName = \"server\"; \
             programs.openclaw-check.source = self; }\n          ./server.nix\n        ];\n      };\n      # `nix \
             flake check` evaluates",
        );
        let server = |bind: &str| {
            write(
                &flake.file("server.nix"),
                &format!(
                    "{{\n  services.openclaw-gateway = {{\n    enable = true;\n    config.gateway = {{\n      mode = \
                     \"local\";\n      bind = \"{bind}\";\n    }};\n  }};\n}}\n"
                ),
            );
        };
        let build = || {
            flake.nix(
                &nix,
                &["build", "--no-link"],
                "#nixosConfigurations.server.config.system.build.toplevel",
            )
        };
        server("loopback");
        build().passes();
        server("0.0.0.0");
        build().fails_with(&["gateway.bind", &flake.place("server.nix", "0.0.0.0")]);
    }
}

#[test]
fn flake_parts_gets_the_check_with_one_import() {
    for nix in nix_versions() {
        let flake = Flake::new();
        write(
            &flake.file("flake.nix"),
            r#"{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    home-manager.url = "github:nix-community/home-manager";
    nix-openclaw.url = "github:openclaw/nix-openclaw";
    flake-parts = {
      url = "github:hercules-ci/flake-parts";
      inputs.nixpkgs-lib.follows = "nixpkgs";
    };
    openclaw-check = {
      url = "github:openclaw-check/openclaw-check";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    inputs:
    inputs.flake-parts.lib.mkFlake { inherit inputs; } {
      imports = [ inputs.openclaw-check.flakeModules.default ];
      systems = [ "x86_64-linux" ];
      flake.homeConfigurations.alice = inputs.home-manager.lib.homeManagerConfiguration {
        pkgs = import inputs.nixpkgs { system = "x86_64-linux"; };
        modules = [
          inputs.nix-openclaw.homeManagerModules.openclaw
          ./openclaw.nix
          {
            home.username = "alice";
            home.homeDirectory = "/home/alice";
            home.stateVersion = "26.05";
          }
        ];
      };
      perSystem.openclaw-check.arguments.ignore = [ "duplicate-fallback" ];
    };
}
"#,
        );
        flake.check(&nix).passes();
        flake.replace(
            "openclaw.nix",
            "primary = \"kimi/kimi-k2p5\";",
            "primary = \"kimi/kimi-k9\";",
        );
        let place = flake.place("openclaw.nix", "kimi/kimi-k9");
        flake.check(&nix).fails_with(&["unknown-model", &place]);
    }
}
