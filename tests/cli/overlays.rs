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
