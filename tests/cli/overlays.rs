//! Packages of overlays in sight.

use crate::harness::{openclaw_check, tree};

#[test]
fn packages_of_overlays_are_known() {
    for (overlays, expression, wanted) in [
        (
            "[ (final: previous: { mine = final.writeText \"mine\" \"text\"; }) ]",
            "pkgs.mine.text",
            "\"text\"",
        ),
        (
            "[ (final: previous: { one = 1; }) (final: previous: { two = previous.one + 1; three = final.four; }) (_: _: { four = 4; }) ]",
            "[ pkgs.two pkgs.three ]",
            "[ 2 4 ]",
        ),
        (
            "[ other.overlays.default (final: previous: { mine = final.writeText \"mine\" \"text\"; }) ]",
            "pkgs.mine.text",
            "\"text\"",
        ),
        (
            "[ (nixpkgs.lib.composeManyExtensions [ other.overlays.default (final: previous: { mine = final.writeText \"mine\" \"text\"; }) ]) ]",
            "pkgs.mine.text",
            "\"text\"",
        ),
        ("[ (import ./overlay.nix) ]", "pkgs.count", "7"),
        (
            "[ (final: previous: { lib = previous.lib.extend (_: _: { count = 3; }); }) ]",
            "pkgs.lib.count",
            "3",
        ),
        // Neither hides the other.
        (
            "other.overlays",
            "pkgs.stdenv.hostPlatform.system",
            "\"x86_64-linux\"",
        ),
        (
            "[ other.overlays.default ]",
            "pkgs.stdenv.hostPlatform.system",
            "\"x86_64-linux\"",
        ),
        (
            "[ (final: previous: previous // { one = 1; }) ]",
            "[ pkgs.one pkgs.stdenv.hostPlatform.system ]",
            "[ 1 \"x86_64-linux\" ]",
        ),
        // What nixpkgs makes of it is not known, and said as of any other package.
        (
            "[ (final: previous: { mine = final.callPackage ./mine.nix { }; }) ]",
            "pkgs.mine",
            "«unknown: it belongs to nixpkgs",
        ),
        (
            "[ (final: previous: throw \"no\") ]",
            "pkgs.hello",
            "«unknown: it belongs to nixpkgs",
        ),
        (
            "[ (final: previous: { mine = throw \"no\"; }) ]",
            "pkgs.mine",
            "openclaw-check",
        ),
        (
            "[ (final: previous: if final.flag then { mine = 1; } else { }) ]",
            "pkgs.mine",
            "«unknown: it belongs to nixpkgs",
        ),
    ] {
        let flake = format!(
            "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.other.url = \"github:someone/packages\";
  outputs = {{ self, nixpkgs, other }}: let
    pkgs = import nixpkgs {{ system = \"x86_64-linux\"; overlays = {overlays}; }};
  in {{ it = {expression}; }};
}}
"
        );
        let folder = tree(&[
            ("flake.nix", &flake),
            ("overlay.nix", "final: previous: { count = 7; }"),
            (
                "mine.nix",
                "{ stdenv, fetchurl }: stdenv.mkDerivation { name = \"mine\"; }",
            ),
        ]);
        let printed = openclaw_check()
            .args("eval flake.nix outputs.it --no-git")
            .inside(folder.path())
            .run();
        let printed = format!("{}{}", printed.out, printed.err);
        assert!(
            printed.starts_with(wanted),
            "{overlays} {expression}: {printed}"
        );
    }
}

/// What the modules of a configuration read of `pkgs`.
fn read_in_modules(configuration: &str) -> String {
    let flake = format!(
        "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-darwin.url = \"github:nix-darwin/nix-darwin\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = {{ self, nixpkgs, home-manager, nix-darwin, nix-openclaw }}: let
    packages = nixpkgs.legacyPackages.x86_64-linux;
    adds = name: final: previous: {{ mine = name + final.ending; ending = \".\"; }};
    more = name: final: previous: {{ mine = previous.mine + name + final.ending; }};
    openclaw = {{ pkgs, ... }}: {{
      imports = [ nix-openclaw.homeManagerModules.openclaw ];
      home.homeDirectory = \"/home/zoe\";
      programs.openclaw = {{ enable = true; config.ui.assistant.name = pkgs.mine + pkgs.stdenv.hostPlatform.system; }};
    }};
    home = pkgs: module: {{ homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration {{ inherit pkgs; modules = [ openclaw module ]; }}; }};
    users = module: {{ home-manager.users.zoe.imports = [ openclaw module ]; }};
    nixos = arguments: home: module: {{ nixosConfigurations.box = nixpkgs.lib.nixosSystem (arguments // {{ modules = [ home-manager.nixosModules.home-manager (users home) module ]; }}); }};
    darwin = home: module: {{ darwinConfigurations.mac = nix-darwin.lib.darwinSystem {{ modules = [ home-manager.darwinModules.home-manager (users home) module ]; }}; }};
  in {configuration};
}}
"
    );
    let folder = tree(&[("flake.nix", &flake)]);
    let printed = openclaw_check()
        .args("show --no-git")
        .inside(folder.path())
        .run();
    printed.shown("name")
}

#[test]
fn packages_of_overlays_in_modules_are_known() {
    for (configuration, wanted) in [
        (
            "home packages { nixpkgs.overlays = [ (adds \"home\") ]; }",
            "\"home.x86_64-linux\"",
        ),
        (
            "home packages { nixpkgs.overlays = nixpkgs.lib.mkMerge [ [ (adds \"one\") ] (nixpkgs.lib.mkAfter [ (more \"two\") ]) ]; }",
            "\"one.two.x86_64-linux\"",
        ),
        // Those of the packages that Home Manager is given come last.
        (
            "home (packages.extend (more \"given\")) { nixpkgs.overlays = [ (adds \"home\") ]; }",
            "\"home.given.x86_64-linux\"",
        ),
        (
            "home (packages.appendOverlays [ (adds \"one\") (more \"two\") ]) { }",
            "\"one.two.x86_64-linux\"",
        ),
        (
            "home (import nixpkgs { system = \"aarch64-linux\"; config.packageOverrides = previous: { mine = \"overridden \"; }; overlays = [ (final: previous: { ending = \".\"; }) (more \"given\") ]; }) { }",
            "\"overridden given.aarch64-linux\"",
        ),
        (
            "home packages { nixpkgs.config.packageOverrides = previous: { mine = previous.lib.toUpper \"home\"; }; }",
            "\"HOMEx86_64-linux\"",
        ),
        (
            "nixos { system = \"x86_64-linux\"; } { } { home-manager.useGlobalPkgs = true; nixpkgs.overlays = [ (adds \"system\") ]; }",
            "\"system.x86_64-linux\"",
        ),
        (
            "nixos { } { } { home-manager.useGlobalPkgs = true; nixpkgs.pkgs = packages.extend (adds \"given\"); nixpkgs.overlays = [ (more \"system\") ]; }",
            "\"given.system.x86_64-linux\"",
        ),
        (
            "nixos { } { nixpkgs.overlays = [ (adds \"home\") ]; } { nixpkgs.hostPlatform = \"aarch64-linux\"; nixpkgs.overlays = [ (adds \"system\") ]; }",
            "\"home.aarch64-linux\"",
        ),
        (
            "darwin { } { home-manager.useGlobalPkgs = true; nixpkgs.hostPlatform = \"aarch64-darwin\"; nixpkgs.overlays = [ (adds \"system\") ]; }",
            "\"system.aarch64-darwin\"",
        ),
        // Without `useGlobalPkgs` the packages of the system are not those of its homes.
        (
            "nixos { } { } { nixpkgs.hostPlatform = \"aarch64-linux\"; nixpkgs.overlays = [ (adds \"system\") ]; }",
            "\"…",
        ),
        // Packages that are given to a system are left alone.
        (
            "nixos { pkgs = packages; } { } { home-manager.useGlobalPkgs = true; nixpkgs.overlays = [ (adds \"system\") ]; }",
            "\"…",
        ),
        (
            "home packages ({ config, lib, ... }: { nixpkgs.overlays = lib.mkIf config.services.other.enable [ (adds \"home\") ]; })",
            "\"…",
        ),
    ] {
        let name = read_in_modules(configuration);
        assert!(name.starts_with(wanted), "{configuration}: {name}");
    }
}

#[test]
fn what_call_package_gives_is_known() {
    for (called, wanted) in [
        (
            "({ writeText, lib }: writeText \"x\" (lib.toUpper \"text\")) { }",
            "\"TEXTx86_64-linux\"",
        ),
        (
            "({ system, mark ? \"none\" }: { text = system + mark; }) { mark = \"!\"; }",
            "\"x86_64-linux!x86_64-linux\"",
        ),
        (
            "({ one, two }: { text = one + two; }) { one = \"1\"; two = \"2\"; }",
            "\"12x86_64-linux\"",
        ),
        ("./mine.nix { }", "\"x86_64-linux filex86_64-linux\""),
        // Whether nixpkgs has it decides.
        (
            "({ something ? \"else\" }: { text = something; }) { }",
            "\"«unknown: it belongs to nixpkgs",
        ),
    ] {
        let flake = format!(
            "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  outputs = {{ self, nixpkgs }}: let pkgs = nixpkgs.legacyPackages.x86_64-linux; in {{
    it = (pkgs.callPackage {called}).text + pkgs.system;
  }};
}}
"
        );
        let folder = tree(&[
            ("flake.nix", &flake),
            (
                "mine.nix",
                "{ stdenv }: { text = \"${stdenv.hostPlatform.system} file\"; }",
            ),
        ]);
        let printed = openclaw_check()
            .args("eval flake.nix outputs.it --no-git")
            .inside(folder.path())
            .run();
        let printed = format!("{}{}", printed.out, printed.err);
        assert!(printed.starts_with(wanted), "{called}: {printed}");
    }
}
