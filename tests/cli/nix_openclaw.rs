//! What is rendered and refused without nix-openclaw's sources, against what real Nix made of the same modules with them
//! (`tests/nix-openclaw`, which says how the verdicts were recorded).

use crate::harness::{openclaw_check, tree};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A module and the verdict of real Nix.
struct Case {
    name: String,
    module: String,
    /// Nix refuses the configuration.
    refused: bool,
    /// The openclaw.json of each instance; absent for what cannot be evaluated offline.
    instances: Option<Value>,
    /// Real Nix renders nothing, because nothing enables OpenClaw; it is checked as if it were enabled.
    as_if_enabled: bool,
    /// Only the module's own source tells.
    conditional: bool,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nix-openclaw/cases.jsonl");
    let text = fs::read_to_string(path).expect("the cases are there");
    text.lines()
        .map(|line| {
            let case: Value = serde_json::from_str(line).expect("each line is JSON");
            Case {
                name: case["case"].as_str().expect("a name").to_string(),
                module: case["module"].as_str().expect("a module").to_string(),
                refused: case["refused"].as_bool().expect("a verdict"),
                instances: case.get("instances").cloned(),
                as_if_enabled: case.get("as_if_enabled").is_some(),
                conditional: case.get("conditional").is_some(),
            }
        })
        .collect()
}

/// A flake with a configuration for each case, locked to the nix-openclaw that the verdicts are of.
fn flake(directory: &Path, cases: &[Case]) {
    let names: Vec<String> = cases
        .iter()
        .map(|case| format!("\"{}\"", case.name))
        .collect();
    let flake = format!(
        r#"{{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
  inputs.home-manager.url = "github:nix-community/home-manager";
  inputs.nix-openclaw.url = "github:openclaw/nix-openclaw";
  outputs = {{ nixpkgs, home-manager, nix-openclaw, ... }}: {{
    homeConfigurations = nixpkgs.lib.genAttrs [ {} ] (name:
      home-manager.lib.homeManagerConfiguration {{
        pkgs = import nixpkgs {{ system = "x86_64-linux"; }};
        modules = [
          nix-openclaw.homeManagerModules.openclaw
          (./. + "/${{name}}.nix")
          {{ home.username = "test"; home.homeDirectory = "/home/test"; }}
        ];
      }});
  }};
}}
"#,
        names.join(" ")
    );
    let lock = json!({
        "nodes": {
            "nix-openclaw": {
                "locked": {
                    "lastModified": 1_782_864_000,
                    "owner": "openclaw",
                    "repo": "nix-openclaw",
                    "rev": "910c1ce89e6a6c7574ab97d3935afbe5310b5db7",
                    "type": "github",
                },
            },
            "root": { "inputs": { "nix-openclaw": "nix-openclaw" } },
        },
        "root": "root",
        "version": 7,
    });
    let write = |name: &str, text: &str| fs::write(directory.join(name), text).expect("written");
    write("flake.nix", &flake);
    write("flake.lock", &lock.to_string());
    write("doc.md", "# Notes\nBe kind.\n");
    write(
        "extra.nix",
        "{ programs.openclaw.config.gateway.port = 77; }\n",
    );
    for case in cases {
        write(&format!("{}.nix", case.name), &case.module);
    }
}

/// Whether a shown value is the recorded one. What is hidden as a secret, and store paths, count as equal.
fn agrees(wanted: &Value, shown: &Value) -> bool {
    if shown.get("$secret").is_some() {
        return wanted.is_string();
    }
    if shown.get("$unknown").is_some() {
        return wanted
            .as_str()
            .is_some_and(|text| text.starts_with("/nix/store/"));
    }
    match (wanted, shown) {
        (Value::Object(wanted), Value::Object(shown)) => {
            wanted.len() == shown.len()
                && wanted
                    .iter()
                    .all(|(key, wanted)| shown.get(key).is_some_and(|shown| agrees(wanted, shown)))
        }
        (Value::Array(wanted), Value::Array(shown)) => {
            wanted.len() == shown.len()
                && wanted
                    .iter()
                    .zip(shown)
                    .all(|(wanted, shown)| agrees(wanted, shown))
        }
        (wanted, shown) => wanted == shown,
    }
}

#[test]
fn the_modelled_module_renders_and_refuses_as_the_real_one() {
    let cases = cases();
    assert!(cases.len() > 100);
    let directory = tempfile::tempdir().expect("a directory");
    flake(directory.path(), &cases);
    let run = |arguments: &str| -> Value {
        let printed = openclaw_check()
            .inside(directory.path())
            .args(arguments)
            .run();
        serde_json::from_str(&printed.out).expect("it prints JSON")
    };
    let report = run(". --no-git --format json");
    let shown = run("show . --no-git --format json");
    let mut refusals: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("findings") {
        let message = finding["message"].as_str().expect("a message");
        let counts = finding["consequence"] == "nix-rejects"
            && finding["severity"] == "error"
            // Our own demand: Nix is content with a module that configures nothing.
            && !message.contains("every one of its instances is disabled");
        if let (true, Some(file)) = (counts, finding["file"].as_str()) {
            refusals
                .entry(file.trim_end_matches(".nix"))
                .or_default()
                .push(message);
        }
    }
    let mut wrong = Vec::new();
    for case in &cases {
        let found = refusals.get(case.name.as_str());
        if case.refused {
            if found.is_none() {
                wrong.push(format!(
                    "{}: Nix refuses it, nothing is reported",
                    case.name
                ));
            }
            continue;
        }
        if let Some(found) = found {
            wrong.push(format!("{}: Nix takes it, reported: {found:?}", case.name));
        }
        let (Some(wanted), false) = (&case.instances, case.as_if_enabled || case.conditional)
        else {
            continue;
        };
        let name = format!("homeConfigurations.{}", case.name);
        let instances: serde_json::Map<String, Value> = shown["configurations"]
            .as_array()
            .expect("configurations")
            .iter()
            .filter(|one| one["name"] == name.as_str())
            .flat_map(|one| one["instances"].as_array().expect("instances"))
            .map(|one| {
                assert_eq!(one["if"], json!([]), "{}", case.name);
                let instance = one["name"].as_str().expect("a name").to_string();
                (instance, one["config"].clone())
            })
            .collect();
        let instances = Value::Object(instances);
        if !agrees(wanted, &instances) {
            wrong.push(format!("{}: {instances}\n  instead of {wanted}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_the_real_module_renders_itself_is_no_file_of_the_user() {
    let module = r#"{ config, lib, ... }:
let
  rendered = builtins.toJSON ({ gateway.mode = "local"; } // config.programs.openclaw.config);
in
{
  options.programs.openclaw.enable = lib.mkOption { type = lib.types.bool; default = false; };
  options.programs.openclaw.config = lib.mkOption { type = lib.types.attrs; default = { }; };
  config.home.file.".openclaw/openclaw.json".text = rendered;
  config.systemd.user.services.openclaw-gateway.Service.ExecStart = "/bin/gateway";
}
"#;
    let input = tree(&[
        (
            "flake.nix",
            "{ outputs = { self }: { homeManagerModules.openclaw = ./module.nix; }; }\n",
        ),
        ("module.nix", module),
    ]);
    let flake = r#"{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
  inputs.home-manager.url = "github:nix-community/home-manager";
  inputs.nix-openclaw.url = "github:openclaw/nix-openclaw";
  outputs = { nixpkgs, home-manager, nix-openclaw, ... }: {
    homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration {
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [ nix-openclaw.homeManagerModules.openclaw {
        programs.openclaw = {
          enable = true;
          config.gateway.auth.token = "\${GATEWAY_TOKEN}";
          config.agents.defaults.model = "nosuch/model";
        };
      } ];
    };
  };
}
"#;
    let folder = tree(&[("flake.nix", flake)]);
    let said = |arguments: &str| {
        let run = openclaw_check().args(arguments).inside(folder.path()).run();
        run.out
            .lines()
            .filter(|line| line.contains("error[") || line.contains("warning["))
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    let without = said("--no-git --format concise");
    assert_eq!(without.len(), 2, "{without:?}");
    let with_sources = format!(
        "--no-git --format concise --input nix-openclaw={}",
        input.path().display()
    );
    assert_eq!(said(&with_sources), without);
}
