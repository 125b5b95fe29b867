//! Files that Nix code writes: their contents count where a file is read, and their path where it stands in the configuration.

use crate::harness::{openclaw_check, tree};

fn module(text: &str) -> tempfile::TempDir {
    let flake = format!(
        "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = {{ self, nixpkgs, home-manager, nix-openclaw }}: {{
    homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [ nix-openclaw.homeManagerModules.openclaw ({{ pkgs, lib, ... }}: {{
        programs.openclaw = {{ enable = true; {text} }};
      }}) ];
    }};
  }};
}}
"
    );
    tree(&[("flake.nix", &flake)])
}

#[test]
fn a_document_may_be_a_file_that_nix_writes() {
    for (soul, wanted) in [
        ("builtins.toFile \"SOUL.md\" \"# Soul\"", None),
        ("builtins.toFile \"SOUL.md\" \"\"", Some("empty-document")),
        ("pkgs.writeText \"SOUL.md\" \"# Soul\"", None),
        ("pkgs.writeText \"SOUL.md\" \"\"", Some("empty-document")),
    ] {
        let documents = ["agents", "tools", "identity", "user"]
            .map(|name| format!("{name} = builtins.toFile \"{name}\" \"# Text\";"));
        let folder = module(&format!(
            "workspace.bootstrapFiles = {{ soul = {soul}; {} }};",
            documents.join(" ")
        ));
        let printed = openclaw_check()
            .args("--no-git --format json")
            .inside(folder.path())
            .run();
        let report: serde_json::Value = printed.json();
        let found: Vec<_> = report["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .filter_map(|finding| finding["rule"].as_str())
            .collect();
        assert_eq!(found, Vec::from_iter(wanted), "{soul}: {report:#}");
        assert_eq!(
            report["unresolved"].as_array().map(Vec::len),
            Some(0),
            "{soul}: {report:#}"
        );
        assert_eq!(report["checked"]["documents"], 5, "{soul}: {report:#}");
    }
}

#[test]
fn in_the_configuration_such_a_file_is_its_path() {
    let folder = module(
        "config.agents.defaults = {
           repoRoot = builtins.toFile \"one\" \"contents\";
           userTimezone = pkgs.writeText \"two\" \"contents\";
         };
         instances.other.config = { ui.assistant.name = pkgs.writeText \"three\" \"contents\"; };",
    );
    let printed = openclaw_check()
        .args("show --no-git")
        .inside(folder.path())
        .run();
    assert!(!printed.out.contains("contents\""), "{}", printed.out);
    for name in ["one", "two", "three"] {
        let path = format!("the store path of `{name}`");
        assert!(printed.out.contains(&path), "{name}: {}", printed.out);
    }
}

#[test]
fn json_in_the_configuration_is_a_text_there() {
    for (name, wanted) in [
        ("builtins.toJSON { a = 1; }", r#""name": "{\"a\":1}""#),
        ("lib.generators.toJSON { } [ true ]", r#""name": "[true]""#),
        (
            "builtins.toJSON { b = builtins.toJSON [ ]; }",
            r#""name": "{\"b\":\"[]\"}""#,
        ),
    ] {
        let options = format!("config.ui.assistant.name = {name};");
        let rendered = format!(
            "}}; home.file.\".openclaw/openclaw.json\".text = builtins.toJSON {{ ui.assistant.name = {name}; }}; xdg = {{"
        );
        for options in [options, rendered] {
            let folder = module(&options);
            let printed = openclaw_check()
                .args("show --no-git")
                .inside(folder.path())
                .run();
            assert!(printed.out.contains(wanted), "{options}: {}", printed.out);
            let checked = openclaw_check()
                .args("--no-git")
                .inside(folder.path())
                .run();
            assert!(
                !checked.out.contains("wrong-type"),
                "{options}: {}",
                checked.out
            );
        }
    }
}

/// A template of sops-nix by its name or its path, written out or rendered.
#[test]
fn templates_of_sops_are_configurations() {
    let text = "''\n{\n  // The token is filled in.\n  gateway: { auth: { mode: \"tokn\", token: \"${config.sops.placeholder.token}\" } },\n}\n''";
    let rendered = "builtins.toJSON { gateway.auth = { mode = \"tokn\"; token = config.sops.placeholder.token; }; }";
    for (template, name) in [
        (
            format!("\"openclaw.json\".content = {text};"),
            "openclaw.json",
        ),
        (
            format!("\"openclaw.json\".content = {rendered};"),
            "openclaw.json",
        ),
        (
            format!(
                "claw = {{ path = \"/home/zoe/.openclaw/openclaw.json\"; content = {text}; }};"
            ),
            "claw",
        ),
    ] {
        let flake = format!(
            "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.sops-nix.url = \"github:Mic92/sops-nix\";
  outputs = {{ self, nixpkgs, home-manager, sops-nix }}: let
    module = {{ config, ... }}: {{ sops.secrets.token = {{ }}; sops.templates = {{ {template} }}; }};
  in {{
    homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [ sops-nix.homeManagerModules.sops module ];
    }};
    nixosConfigurations.box = nixpkgs.lib.nixosSystem {{ modules = [ sops-nix.nixosModules.sops module ]; }};
  }};
}}
"
        );
        let folder = tree(&[("flake.nix", &flake)]);
        let printed = openclaw_check()
            .args("--no-git --format json")
            .inside(folder.path())
            .run();
        let report: serde_json::Value = printed.json();
        let names: Vec<_> = report["configurations"]
            .as_array()
            .expect("configurations")
            .iter()
            .filter_map(|configuration| configuration["name"].as_str())
            .collect();
        assert_eq!(
            names,
            ["homeConfigurations.zoe", "nixosConfigurations.box"]
                .map(|configuration| format!("{configuration}: sops.templates.\"{name}\"")),
            "{template}: {report:#}"
        );
        let findings = report["findings"].as_array().expect("findings");
        let is_found = |rule: &str| findings.iter().any(|finding| finding["rule"] == rule);
        assert!(is_found("invalid-value"), "{template}: {report:#}");
        assert!(!is_found("plain-secret"), "{template}: {report:#}");
    }
}

#[test]
fn a_file_with_its_variables_replaced_is_known() {
    for (source, wanted) in [
        (
            "pkgs.replaceVars ./openclaw.json { name = \"Molty\"; port = 18790; kept = null; }",
            ["\"name\": \"Molty @kept@\"", "\"port\": 18790"],
        ),
        (
            "pkgs.replaceVars ./openclaw.json { name = config.a.name; port = 18790; }",
            ["\"name\": \"… @kept@\" /* unknown", "\"port\": 18790"],
        ),
        (
            "pkgs.writers.writeJSON \"openclaw.json\" { ui.assistant.name = \"Molty\"; gateway.port = 18791; }",
            ["\"name\": \"Molty\"", "\"port\": 18791"],
        ),
    ] {
        let flake = format!(
            "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  outputs = {{ self, nixpkgs, home-manager }}: {{
    homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [ ({{ config, pkgs, ... }}: {{ home.file.\".openclaw/openclaw.json\".source = {source}; }}) ];
    }};
  }};
}}
"
        );
        let text = "{ ui: { assistant: { name: \"@name@ @kept@\" } }, gateway: { port: @port@ } }";
        let folder = tree(&[("flake.nix", &flake), ("openclaw.json", text)]);
        let printed = openclaw_check()
            .args("show --no-git")
            .inside(folder.path())
            .run();
        for wanted in wanted {
            assert!(printed.out.contains(wanted), "{source}: {}", printed.out);
        }
    }
}

/// Places and what is unknown are kept where rendered JSON is a part of a larger text.
#[test]
fn json_within_a_text_has_its_places() {
    for (text, name, findings) in [
        (
            r#""// Generated.\n" + builtins.toJSON { gateway = { mode = "local"; bind = "nowhere"; }; ui.assistant.name = "Molty"; }"#,
            r#""name": "Molty""#,
            &[("invalid-value", "\"nowhere\"")][..],
        ),
        (
            r#"''{ "gateway": ${builtins.toJSON { mode = "local"; bind = "nowhere"; }}, "ui": { "assistant": { "name": "Molty" } } }''"#,
            r#""name": "Molty""#,
            &[("invalid-value", "\"nowhere\"")][..],
        ),
        (
            r#"builtins.toJSON { gateway = { mode = "local"; bind = "nowhere"; auth.token = config.sops.placeholder.token; }; ui.assistant.name = "M\"${config.other.name}\""; } + "\n""#,
            r#""name": "M\"…\"" /* unknown"#,
            &[("invalid-value", "\"nowhere\"")][..],
        ),
        (
            r#"builtins.toJSON { gateway = { mode = "local"; prot = 5; }; } + "\n""#,
            r#""prot": 5"#,
            &[("unknown-key", "prot")][..],
        ),
    ] {
        let flake = format!(
            "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  outputs = {{ self, nixpkgs, home-manager }}: {{
    homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [ ({{ config, pkgs, ... }}: {{ home.file.\".openclaw/openclaw.json\".text = {text}; }}) ];
    }};
  }};
}}
"
        );
        let folder = tree(&[("flake.nix", &flake)]);
        let run = |arguments: &str| {
            openclaw_check()
                .args(arguments)
                .inside(folder.path())
                .run()
                .out
        };
        let shown = run("show --no-git");
        assert!(shown.contains(name), "{text}: {shown}");
        let report: serde_json::Value =
            serde_json::from_str(&run("--no-git --format json")).expect("JSON");
        let found = report["findings"].as_array().expect("findings");
        for (rule, place) in findings {
            let finding = found
                .iter()
                .find(|finding| finding["rule"] == *rule)
                .unwrap_or_else(|| panic!("{text}: {report:#}"));
            let start = flake.find(place).expect("it is there");
            assert_eq!(finding["start"]["offset"], start, "{text}: {finding:#}");
        }
    }
}

#[test]
fn what_a_script_puts_into_a_rendered_part_is_not_judged() {
    let folder = module(
        "config.gateway.mode = \"local\"; };
        home.activation.patch = let
          part = builtins.toJSON {
            channels.discord.token = \"__DISCORD_TOKEN__\";
            channels.slack.botToken = \"__SLACK_TOKEN__\";
            models.providers.mine = { baseUrl = \"https://x.example/v1\"; models = [ ]; apiKey = \"__DISCORD_TOKEN__\"; };
          };
        in {
          after = [ \"writeBoundary\" ];
          before = [ ];
          data = ''
            patch=\"$(printf '%s' '${part}' | ${pkgs.gnused}/bin/sed \"s|__DISCORD_TOKEN__|$token|g\")\"
            ${pkgs.jq}/bin/jq -s '.[0] * .[1]' \"$HOME/.openclaw/openclaw.json\" - <<< \"$patch\" > x
          '';",
    );
    let printed = openclaw_check()
        .args("--no-git --format json")
        .inside(folder.path())
        .run();
    let report: serde_json::Value = printed.json();
    let of = |list: &str, key: &str| -> Vec<String> {
        let values = report[list].as_array().expect("a list").iter();
        values
            .filter_map(|value| Some(value[key].as_str()?.to_string()))
            .collect()
    };
    let findings = of("findings", "path");
    assert!(
        !findings.iter().any(|path| path == "gateway.mode"),
        "{report:#}"
    );
    // Nothing replaces the other marker.
    let markers: Vec<_> = findings
        .iter()
        .filter(|path| path.ends_with("oken") || path.ends_with("apiKey"))
        .collect();
    assert_eq!(markers, ["channels.slack.botToken"], "{report:#}");
    assert!(
        of("unresolved", "path").contains(&"models.providers.mine.apiKey".to_string()),
        "{report:#}"
    );
}

/// What a command is given is looked at, whatever it makes of it.
#[test]
fn a_file_that_a_command_copies_is_checked() {
    let flake = r#"{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
  outputs = { self, nixpkgs }: {
    nixosConfigurations.box = nixpkgs.lib.nixosSystem {
      modules = [ ({ pkgs, ... }: let
        raw = (pkgs.formats.json { }).generate "openclaw-unchecked.json" {
          gateway.mode = "local";
          agents.defaults.model = "nosuch/model";
        };
        file = pkgs.runCommandLocal "openclaw.json" { } "check ${raw}; cp ${raw} $out";
      in {
        systemd.services.claw.script = "cp ${file} /var/lib/claw/openclaw.json; exec openclaw gateway";
      }) ];
    };
  };
}
"#;
    let folder = tree(&[("flake.nix", flake)]);
    let run = openclaw_check()
        .args("--no-git --format concise")
        .inside(folder.path())
        .run();
    assert!(
        run.out.contains("[unknown-provider]") && run.out.contains("openclaw-unchecked.json"),
        "{}",
        run.out
    );
}

/// Where the file will lie is not known, nor what lies beside it: what it includes may declare whatever is not in it.
#[test]
fn what_a_text_includes_may_bring_what_it_lacks() {
    for text in [
        "''{ \"$include\": \"./base.json\", \"agents\": { \"defaults\": { \"model\": \"mine/big\" } }, \"gateway\": { \"auth\": { \"mode\": \"token\" } } }''",
        "builtins.toJSON { \"$include\" = [ \"./base.json\" ]; agents.defaults.model = \"mine/big\"; }",
        "builtins.toJSON { models.providers.\"$include\" = \"./p.json\"; gateway.mode = \"local\"; gateway.auth.mode = \"none\"; agents.defaults.model = \"mine/big\"; channels = { \"$include\" = \"./c.json\"; }; }",
    ] {
        let folder = tree(&[(
            "home.nix",
            &format!("{{ home.file.\".openclaw/openclaw.json\".text = {text}; }}\n"),
        )]);
        let printed = openclaw_check()
            .args("home.nix --no-git --format concise --openclaw-version 2026.6.11")
            .inside(folder.path())
            .run();
        assert_eq!(printed.code, 0, "{text}: {}", printed.out);
        assert!(
            !printed.out.contains("error[") && !printed.out.contains("warning["),
            "{text}: {}",
            printed.out
        );
    }
}
