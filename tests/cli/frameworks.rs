//! Flakes whose configurations a framework makes that is not modelled: the files are checked by themselves, and it is said why.

use crate::harness::openclaw_check;
use serde_json::Value;
use std::fs;

const HOME: &str = "{ ... }: {
  programs.openclaw.enable = true;
  programs.openclaw.config.agents.defaults.model.primary = \"nosuch/one\";
}
";

/// The report on a flake with these inputs and outputs and with a module in `homes/zoe.nix`, in which a provider is misspelt.
fn checked(inputs: &str, outputs: &str) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let flake = format!(
        "{{
  inputs = {{ nixpkgs.url = \"github:NixOS/nixpkgs\"; nix-openclaw.url = \"github:openclaw/nix-openclaw\"; {inputs} }};
  outputs = {outputs};
}}
"
    );
    fs::write(folder.path().join("flake.nix"), flake).expect("a file");
    fs::create_dir(folder.path().join("homes")).expect("a folder");
    fs::write(folder.path().join("homes/zoe.nix"), HOME).expect("a file");
    let printed = openclaw_check()
        .args("--no-git --format json")
        .inside(folder.path())
        .run();
    printed.json()
}

/// Where the misspelt provider is found: file and line.
fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings");
    findings
        .iter()
        .filter(|finding| finding["rule"] == "unknown-provider")
        .map(|finding| {
            let file = finding["file"].as_str().unwrap_or("-");
            format!("{file}:{}", finding["start"]["line"])
        })
        .collect()
}

fn reasons(report: &Value) -> Vec<String> {
    let unresolved = report["unresolved"].as_array().expect("a list");
    let reason = |value: &Value| value["reason"].as_str().expect("a reason").to_string();
    unresolved.iter().map(reason).collect()
}

const FLAKE_PARTS: &str = "flake-parts.url = \"github:hercules-ci/flake-parts\";";

#[test]
fn what_makes_the_outputs_is_named() {
    for (input, url, outputs) in [
        (
            "snowfall-lib",
            "github:snowfallorg/lib",
            "inputs: inputs.snowfall-lib.mkFlake { inherit inputs; src = ./.; }",
        ),
        (
            "denix",
            "github:yunfachi/denix",
            "inputs: { homeConfigurations = inputs.denix.lib.configurations { moduleSystem = \"home\"; paths = [ ./homes ]; }; }",
        ),
        (
            "std",
            "github:divnix/std",
            "inputs: inputs.std.growOn { inherit inputs; cellsFrom = ./nix; }",
        ),
        (
            "haumea",
            "github:nix-community/haumea",
            "inputs: { nixosConfigurations.desk = inputs.nixpkgs.lib.nixosSystem {
               modules = [ (inputs.haumea.lib.load { src = ./homes; }).zoe ]; }; }",
        ),
    ] {
        let report = checked(&format!("{input}.url = \"{url}\";"), outputs);
        assert_eq!(places(&report), ["homes/zoe.nix:3"], "{input}");
        let reasons = reasons(&report);
        assert_eq!(reasons.len(), 1, "{input}: {reasons:?}");
        assert!(reasons[0].contains(input), "{input}: {reasons:?}");
        assert!(reasons[0].contains("checked by themselves"), "{reasons:?}");
    }
}

#[test]
fn options_of_flake_parts_modules_that_are_not_here_are_named() {
    for (input, module, option) in [
        (
            "easy-hosts",
            "flakeModule",
            "easy-hosts.hosts.desk.modules = [ ./homes/zoe.nix ];",
        ),
        ("ez-configs", "flakeModule", "ezConfigs.root = ./.;"),
        (
            "mine",
            "flakeModules.hosts",
            "mine.desk.modules = [ ./homes/zoe.nix ];",
        ),
    ] {
        let report = checked(
            &format!("{FLAKE_PARTS} {input}.url = \"github:someone/{input}\";"),
            &format!(
                "inputs: inputs.flake-parts.lib.mkFlake {{ inherit inputs; }} {{
                   imports = [ inputs.{input}.{module} ]; systems = [ \"x86_64-linux\" ]; {option} }}"
            ),
        );
        assert_eq!(places(&report), ["homes/zoe.nix:3"], "{input}");
        let reasons = reasons(&report);
        assert_eq!(reasons.len(), 1, "{input}: {reasons:?}");
        let named = format!("`inputs.{input}.{module}`");
        assert!(reasons[0].contains(&named), "{input}: {reasons:?}");
    }
}

#[test]
fn what_is_handed_to_such_an_option_is_checked_too() {
    let report = checked(
        &format!("{FLAKE_PARTS} den.url = \"github:vic/den\";"),
        "inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
    imports = [ inputs.den.flakeModule ];
    den.aspects.zoe.homeManager.programs.openclaw = {
      enable = true;
      config.agents.defaults.model.primary = \"nosuch/two\";
    };
  }",
    );
    assert_eq!(places(&report), ["flake.nix:7", "homes/zoe.nix:3"]);
}

/// A module that only adds to `perSystem` makes no configurations.
#[test]
fn other_modules_of_flake_parts_are_no_reason() {
    let report = checked(
        &format!("{FLAKE_PARTS} treefmt-nix.url = \"github:numtide/treefmt-nix\"; home-manager.url = \"github:nix-community/home-manager\";"),
        "inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
           imports = [ inputs.treefmt-nix.flakeModule ]; systems = [ \"x86_64-linux\" ];
           perSystem.treefmt.programs.nixfmt.enable = true;
           flake.homeConfigurations.zoe = inputs.home-manager.lib.homeManagerConfiguration {
             pkgs = null; modules = [ inputs.nix-openclaw.homeManagerModules.openclaw ./homes/zoe.nix ]; };
         }",
    );
    assert_eq!(places(&report), ["homes/zoe.nix:3"]);
    assert_eq!(
        report["configurations"][0]["name"],
        "homeConfigurations.zoe"
    );
    assert_eq!(reasons(&report), [""; 0]);
}
