//! Options of nix-openclaw that nobody sets and that the configuration reads back: their defaults are known.

use crate::harness::{openclaw_check, tree};

/// What an instance is named that reads `expression`, with these options beside it.
fn named(options: &str, expression: &str) -> String {
    let flake = format!(
        "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = {{ self, nixpkgs, home-manager, nix-openclaw }}: {{
    homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [ nix-openclaw.homeManagerModules.openclaw ({{ config, lib, ... }}: let oc = config.programs.openclaw; in {{
        home.homeDirectory = \"/home/zoe\";
        programs.openclaw = {{ enable = true; {options} config.ui.assistant.name = toString ({expression}); }};
      }}) ];
    }};
  }};
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
fn defaults_that_are_read_back_are_known() {
    let instances =
        "instances.default = { }; instances.two = { }; instances.moved.stateDir = \"/srv/moved\";";
    for (options, expression, wanted) in [
        ("", "oc.stateDir", "\"/home/zoe/.openclaw\""),
        ("", "oc.workspaceDir", "\"/home/zoe/.openclaw/workspace\""),
        (
            "workspaceDir = \"/srv/work\";",
            "oc.workspaceDir",
            "\"/srv/work\"",
        ),
        (
            "workspaceDir = \"/srv/work\";",
            "oc.stateDir",
            "\"/home/zoe/.openclaw\"",
        ),
        (
            instances,
            "oc.instances.default.stateDir",
            "\"/home/zoe/.openclaw\"",
        ),
        (
            instances,
            "oc.instances.two.workspaceDir",
            "\"/home/zoe/.openclaw-two/workspace\"",
        ),
        (
            instances,
            "oc.instances.two.configPath",
            "\"/home/zoe/.openclaw-two/openclaw.json\"",
        ),
        (
            instances,
            "oc.instances.two.logPath",
            "\"/tmp/openclaw/openclaw-gateway-two.log\"",
        ),
        (
            instances,
            "oc.instances.moved.workspaceDir",
            "\"/srv/moved/workspace\"",
        ),
        (instances, "oc.instances.two.gatewayPort", "\"18789\""),
        (
            instances,
            "[ oc.instances.default.launchd.label oc.instances.two.launchd.label oc.instances.two.systemd.unitName ]",
            "\"com.steipete.openclaw.gateway com.steipete.openclaw.gateway.two openclaw-gateway-two\"",
        ),
        (
            "instances.two.systemd.enable = false;",
            "oc.instances.two.systemd.unitName",
            "\"openclaw-gateway-two\"",
        ),
        (
            "instances.two.systemd.unitName = \"claw\";",
            "[ oc.instances.two.systemd.unitName oc.instances.two.systemd.enable ]",
            "\"claw 1\"",
        ),
        (
            instances,
            "[ oc.instances.default.appDefaults.enable oc.instances.two.appDefaults.enable oc.instances.two.enable oc.instances.two.gatewayPath ]",
            "\"1  1 \"",
        ),
        (
            "launchd.enable = true;",
            "[ oc.launchd.label oc.systemd.unitName ]",
            "\"com.steipete.openclaw.gateway openclaw-gateway\"",
        ),
        (
            "stateDir = \"/srv/state\";",
            "oc.systemd.unitName",
            "\"openclaw-gateway\"",
        ),
        (instances, "oc.instances.two.systemd.other", "/* unknown"),
        // In some months the workspace was not below the state directory.
        (
            "stateDir = \"/srv/state\";",
            "oc.workspaceDir",
            "/* unknown",
        ),
        ("", "oc.documents", "/* unknown"),
    ] {
        let shown = named(options, expression);
        assert!(shown.starts_with(wanted), "{options} {expression}: {shown}");
    }
}
