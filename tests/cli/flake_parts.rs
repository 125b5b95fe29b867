//! flake-parts: what `perSystem` says reaches the outputs and the configurations.

use crate::harness::{openclaw_check, tree};

const SYSTEMS_LOCK: &str = r#"{
  "nodes": {
    "root": { "inputs": { "systems": "systems" } },
    "systems": {
      "locked": { "lastModified": 1681028828, "narHash": "sha256-0000000000000000000000000000000000000000000=", "owner": "nix-systems", "repo": "default", "rev": "da67096a3b9bf56a91d16901293e51ba5b49a27e", "type": "github" },
      "original": { "owner": "nix-systems", "repo": "default", "type": "github" }
    }
  },
  "root": "root",
  "version": 7
}
"#;

/// A flake of flake-parts with this module.
fn flake(module: &str) -> tempfile::TempDir {
    let flake = format!(
        "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  inputs.flake-parts.url = \"github:hercules-ci/flake-parts\";
  inputs.systems.url = \"github:nix-systems/default\";
  inputs.mine.url = \"github:someone/parts\";
  outputs = inputs@{{ self, ... }}: inputs.flake-parts.lib.mkFlake {{ inherit inputs; }} ({module});
}}
"
    );
    tree(&[("flake.nix", &flake), ("flake.lock", SYSTEMS_LOCK)])
}

#[test]
fn what_systems_have_is_an_output() {
    let each = "perSystem = { pkgs, self', inputs', config, system, ... }: {
        _module.args.count = 5;
        packages.one = pkgs.writeText \"one\" \"for ${system}\";
        packages.two = pkgs.writeText \"two\" \"${self'.packages.one.text}, again\";
        legacyPackages.nested.count = 3;
      };";
    for (expression, wanted) in [
        (
            "self.packages.x86_64-linux.one.text",
            "\"for x86_64-linux\"",
        ),
        (
            "self.packages.x86_64-linux.two.text",
            "\"for x86_64-linux, again\"",
        ),
        ("self.legacyPackages.aarch64-linux.nested", "{ count = 3; }"),
        (
            "builtins.attrNames self.checks",
            "[ \"aarch64-linux\" \"x86_64-linux\" ]",
        ),
        ("self.devShells.aarch64-linux ? own", "false"),
        ("self.packages ? aarch64-darwin", "false"),
        (
            "withSystem \"x86_64-linux\" ({ config, ... }: config.packages.one.text)",
            "\"for x86_64-linux\"",
        ),
        (
            "withSystem \"x86_64-linux\" ({ self', count, system, ... }: [ self'.packages.one.text count system ])",
            "[ \"for x86_64-linux\" 5 \"x86_64-linux\" ]",
        ),
        (
            "withSystem \"x86_64-linux\" ({ pkgs, ... }: pkgs.stdenv.hostPlatform.isLinux)",
            "true",
        ),
        (
            "withSystem \"x86_64-linux\" ({ inputs', ... }: inputs'.mine.packages.one)",
            "«unknown",
        ),
        (
            "withSystem \"x86_64-linux\" ({ somebodys, ... }: somebodys)",
            "«unknown",
        ),
        // One that the flake does not list.
        (
            "withSystem \"riscv64-linux\" ({ config, ... }: config.packages.one.text)",
            "\"for riscv64-linux\"",
        ),
        (
            "(getSystem \"aarch64-linux\").packages.one.text",
            "\"for aarch64-linux\"",
        ),
        ("self.packages.x86_64-linux.three", "«error"),
    ] {
        for imports in ["[ ]", "[ inputs.mine.flakeModule ]"] {
            let folder = flake(&format!(
                "{{ withSystem, getSystem, ... }}: {{ imports = {imports}; systems = [ \"x86_64-linux\" \"aarch64-linux\" ]; {each} flake.it = [ ({expression}) ]; }}"
            ));
            let printed = openclaw_check()
                .args("eval flake.nix outputs.it.0 --no-git")
                .inside(folder.path())
                .run();
            let printed = format!("{}{}", printed.out, printed.err);
            // A module that is not here may add to what systems have.
            let wanted = match (imports, wanted) {
                ("[ ]", "«error") => "openclaw-check",
                (_, "«error") => "«unknown",
                ("[ ]", wanted) => wanted,
                (_, "false") if expression.contains("? own") => "«unknown",
                (_, wanted) => wanted.trim_end_matches(" }"),
            };
            assert!(
                printed.starts_with(wanted),
                "{imports} {expression}: {printed}"
            );
        }
    }
}

#[test]
fn systems_may_be_those_of_an_input() {
    let folder = flake(
        "{ systems = import inputs.systems; perSystem = { system, pkgs, ... }: { packages.one = pkgs.writeText \"one\" system; };
           flake.it = [ (builtins.mapAttrs (_: packages: packages.one.text) self.packages) ]; }",
    );
    let run = || {
        openclaw_check()
            .args("eval flake.nix outputs.it.0 --json --no-git")
            .inside(folder.path())
            .run()
            .out
    };
    let printed: serde_json::Value = serde_json::from_str(&run()).expect("JSON");
    let names: Vec<_> = printed.as_object().expect("a set").keys().collect();
    let all = [
        "aarch64-darwin",
        "aarch64-linux",
        "x86_64-darwin",
        "x86_64-linux",
    ];
    assert_eq!(names, all, "{printed}");
    // Which systems it lists at another time is not known.
    let other = SYSTEMS_LOCK.replace("da67096", "0000000");
    std::fs::write(folder.path().join("flake.lock"), other).expect("written");
    assert!(run().contains("$unknown"));
}

/// `moduleWithSystem` hands arguments of `perSystem` to a module, and configurations that systems have are found.
#[test]
fn configurations_reach_what_systems_have() {
    let folder = flake(
        "{ self, lib, moduleWithSystem, ... }: {
    systems = [ \"x86_64-linux\" ];
    perSystem = { pkgs, ... }: {
      packages.prompt = pkgs.writeText \"AGENTS.md\" \"# Rules\";
      legacyPackages.homeConfigurations.ci = inputs.home-manager.lib.homeManagerConfiguration {
        inherit pkgs;
        modules = [ self.homeModules.openclaw { programs.openclaw.config.agents.defaults.model.primary = \"nosuch/one\"; } ];
      };
    };
    flake.homeModules.openclaw = moduleWithSystem ({ self', ... }: { config, lib, pkgs, ... }: {
      imports = [ inputs.nix-openclaw.homeManagerModules.openclaw ];
      programs.openclaw.enable = true;
      programs.openclaw.config.agents.defaults.userTimezone = self'.packages.prompt.text;
    });
  }",
    );
    let report = openclaw_check()
        .args("--no-git --format json")
        .inside(folder.path())
        .run();
    let report: serde_json::Value = report.json();
    let name = &report["configurations"][0]["name"];
    assert_eq!(
        name, "legacyPackages.x86_64-linux.homeConfigurations.ci",
        "{report:#}"
    );
    let found = report["findings"].as_array().expect("findings");
    assert!(
        found.iter().any(|one| one["rule"] == "unknown-provider"),
        "{report:#}"
    );
    assert_eq!(
        report["unresolved"].as_array().map(Vec::len),
        Some(0),
        "{report:#}"
    );
    let shown = openclaw_check()
        .args("show --no-git")
        .inside(folder.path())
        .run();
    assert!(
        shown.out.contains("\"userTimezone\": \"# Rules\""),
        "{}",
        shown.out
    );
}

/// Where it is not known which systems there are, the configurations of the usual ones are checked.
#[test]
fn configurations_of_unknown_systems_are_those_of_the_usual_ones() {
    let folder = flake(
        "{ systems = import inputs.unseen;
    perSystem = { pkgs, system, ... }: {
      legacyPackages.homeConfigurations.zoe = inputs.home-manager.lib.homeManagerConfiguration {
        inherit pkgs;
        modules = [ inputs.nix-openclaw.homeManagerModules.openclaw { programs.openclaw = { enable = true; config.ui.assistant.name = system; }; } ];
      };
    };
  }",
    );
    let shown = openclaw_check()
        .args("show --no-git")
        .inside(folder.path())
        .run()
        .out;
    for system in ["aarch64-darwin", "x86_64-linux"] {
        let name = format!("legacyPackages.{system}.homeConfigurations.zoe");
        assert!(shown.contains(&name), "{shown}");
        assert!(
            shown.contains(&format!("\"name\": \"{system}\"")),
            "{shown}"
        );
    }
}
