//! Which openclaw.json OpenClaw finds, and what is known of the process that reads it.

use crate::harness::{Printed, copy, openclaw_check, tree};
use std::fs;
use std::path::Path;

/// A home in a flake whose nix-openclaw has an instance's `config` replace the other one.
fn replacing(module: &str, format: &str) -> Printed {
    let folder = tempfile::tempdir().expect("a folder");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mistakes");
    copy(&fixture.join("lost-top-level-config"), folder.path());
    fs::write(folder.path().join("openclaw.nix"), module).expect("a file");
    openclaw_check()
        .args("--no-git --ignore no-documents --format")
        .args(format)
        .inside(folder.path())
        .run()
}

/// A NixOS host with this module, which knows no module of OpenClaw.
fn host(module: &str) -> Vec<String> {
    let folder = tree(&[
        (
            "flake.nix",
            r#"{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.claw = nixpkgs.lib.nixosSystem { system = "x86_64-linux"; modules = [ ./host.nix ]; };
  };
}
"#,
        ),
        ("host.nix", module),
    ]);
    let printed = openclaw_check()
        .args("--no-git --format concise --openclaw-version 2026.6.11")
        .inside(folder.path())
        .run();
    let lines = printed
        .out
        .lines()
        .filter(|line| line.contains("host.nix:"));
    lines.map(str::to_string).collect()
}

const FILE: &str = r#"file = pkgs.writeText "openclaw.json" (builtins.toJSON {
      gateway = { mode = "local"; auth = { mode = "token"; token = "\${GATEWAY_KEY}"; }; };
      channels.telegram = { dmPolicy = "pairing"; tokenFile = "\${CREDENTIALS_DIRECTORY}/telegram"; };
    });"#;

/// A host that hands over that file, with these settings of the unit and further definitions beside it.
fn unit(settings: &str, beside: &str) -> Vec<String> {
    host(&format!(
        r#"{{ config, lib, pkgs, ... }}:
let {FILE}
  start = pkgs.writeShellScript "start" ''
    set -euo pipefail
    export GATEWAY_KEY="$(cat /run/key)"
    exec ${{pkgs.openclaw}}/bin/openclaw gateway
  '';
  copy = pkgs.writeShellScript "copy" "install -m 600 ${{file}} /var/lib/claw/openclaw.json";
in {{
  systemd.services.claw = {{
    environment.OPENCLAW_CONFIG_PATH = "/var/lib/claw/openclaw.json";
    {settings}
  }};
  {beside}
}}
"#
    ))
}

#[test]
fn a_mode_that_is_lost_is_not_told_to_be_local() {
    let help = |mode: &str| {
        let module = format!(
            "{{ programs.openclaw = {{ enable = true; instances.default.config.agents.defaults.workspace = \"/w\"; config.gateway.mode = \"{mode}\"; }}; }}"
        );
        let printed = replacing(&module, "json --select gateway-mode");
        printed.json()["findings"][0]["help"].to_string()
    };
    let remote = help("remote");
    assert!(remote.contains("switch the service off"), "{remote}");
    assert!(!remote.contains("to `local`"), "{remote}");
    assert!(help("local").contains("to `local`"));
}

#[test]
fn a_file_that_is_switched_off_is_not_judged() {
    let module = |off: &str| {
        format!(
            "{{ lib, ... }}: {{ programs.openclaw = {{ enable = true; instances.default.config.gateway.mode = \"remote\"; }}; {off} }}"
        )
    };
    let file = "home.file.\".openclaw/openclaw.json\".enable = false;";
    let activation = "home.activation.openclawConfigFiles = lib.mkForce { before = [ ]; after = [ ]; data = \"\"; };";
    let both = replacing(&module(&format!("{file} {activation}")), "concise");
    assert!(!both.out.contains("gateway-mode"), "{}", both.out);
    assert!(both.out.contains("note[not-enabled]"), "{}", both.out);
    assert_eq!(both.code, 0);
    // The activation of the module links the file all the same.
    let one = replacing(&module(file), "concise");
    assert!(one.out.contains("error[gateway-mode]"), "{}", one.out);
}

#[test]
fn the_unit_that_copies_a_file_is_the_one_that_reads_it() {
    let told = unit(
        "preStart = \"install ${file} /var/lib/claw/openclaw.json\"; serviceConfig.ExecStart = \"${pkgs.openclaw}/bin/openclaw gateway\";",
        "",
    );
    let missing = |told: &[String], name: &str| {
        told.iter()
            .filter(|line| line.contains("[unprovided-variable]"))
            .any(|line| line.contains(name))
    };
    assert!(missing(&told, "GATEWAY_KEY"), "{told:?}");
    assert!(missing(&told, "CREDENTIALS_DIRECTORY"), "{told:?}");
    let told = unit(
        "serviceConfig = { ExecStartPre = \"+${copy}\"; ExecStart = \"${start}\"; LoadCredential = [ \"telegram:/run/telegram\" ]; };",
        "",
    );
    assert_eq!(told, [""; 0]);
    // Under a condition that is not known, too.
    let told = unit(
        "enable = config.services.other.enable; serviceConfig = lib.mkIf config.services.other.enable { ExecStartPre = copy; ExecStart = start; LoadCredential = [ \"telegram:/run/telegram\" ]; };",
        "",
    );
    assert!(
        !told.iter().any(|line| line.contains("not described")),
        "{told:?}"
    );
}

#[test]
fn what_is_not_known_of_a_process_is_said() {
    let reason = |settings: &str| {
        let settings = format!("preStart = \"cp ${{file}} /x\"; {settings}");
        let told = unit(&settings, "");
        let line = told.iter().find(|line| line.contains("`GATEWAY_KEY`"));
        line.map(|line| line.split(": ").last().unwrap_or_default().to_string())
            .unwrap_or_default()
    };
    let program = "serviceConfig.ExecStart = \"${pkgs.openclaw}/bin/openclaw gateway\";";
    assert_eq!(
        reason(&format!(
            "{program} serviceConfig.EnvironmentFile = \"/run/env\";"
        )),
        "the names of the variables in the environment file are not known here"
    );
    for command in [
        "${config.services.other.start}",
        "${pkgs.podman}/bin/podman run openclaw",
        "${pkgs.symlinkJoin { name = \"openclaw\"; paths = [ ]; }}/bin/openclaw gateway",
    ] {
        let settings = format!("serviceConfig.ExecStart = \"{command}\";");
        assert_eq!(
            reason(&settings),
            "not all variables of the environment are known here",
            "{command}"
        );
    }
    // Another unit copies the file: which one reads it is not known.
    let told = unit(
        "serviceConfig.ExecStart = \"${pkgs.openclaw}/bin/openclaw gateway\";",
        "systemd.services.setup.script = \"cp ${file} /var/lib/claw/openclaw.json\";",
    );
    assert!(
        told.iter().any(|line| line.contains("not described here")),
        "{told:?}"
    );
}

#[test]
fn what_scripts_print_into_an_environment_file_is_provided() {
    let settings = "preStart = \"cp ${file} /x\"; serviceConfig = { ExecStart = \"${pkgs.openclaw}/bin/openclaw gateway\"; EnvironmentFile = \"-/run/claw/claw.env\"; LoadCredential = \"telegram:/x\"; };";
    let with = |script: &str| {
        let beside = format!(
            "system.activationScripts.env = ''\n    file=/run/claw/claw.env\n    {script}\n  '';"
        );
        unit(settings, &beside)
    };
    for script in [
        "printf 'OTHER=%s\\nGATEWAY_KEY=%s\\n' x \"$(cat /run/key)\" > \"$file\"",
        "echo \"GATEWAY_KEY=$(cat /run/key)\" > \"$file\"",
    ] {
        assert_eq!(with(script), [""; 0], "{script}");
    }
    let told = with("echo \"GATEWAY_KY=$(cat /run/key)\" > \"$file\"");
    assert!(
        told.iter().any(|line| line.contains("[unresolved]")),
        "{told:?}"
    );
}

#[test]
fn a_configuration_in_a_script_is_checked_where_it_stands() {
    let script = |text: &str| {
        host(&format!(
            r#"{{ pkgs, ... }}:
let
  write = pkgs.writeShellScript "write" ''
    cat > /var/lib/claw/openclaw.json << 'END'
{{ "gateway": {{ "mode": "local", "bindd": "lan" }} }}
END
  '';
in {{
  systemd.services.claw = {{
    environment.OPENCLAW_CONFIG_PATH = "/var/lib/claw/openclaw.json";
    {text}
    serviceConfig.ExecStart = "${{pkgs.openclaw}}/bin/openclaw gateway";
  }};
}}
"#
        ))
    };
    let told = script("serviceConfig.ExecStartPre = \"+${write}\";");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("host.nix:5:33: error[unknown-key]"),
        "{told:?}"
    );
    for (head, body) in [
        (
            "cat > /var/lib/claw/openclaw.json <<END",
            "\"bind\": \"$BIND\", \"bindd\": 1",
        ),
        ("cat <<-'END' > \"$dir/openclaw.json\"", "\"bindd\": 1"),
        (
            "tee $dir/openclaw.json << \"END\" > /dev/null",
            "\"bindd\": 1",
        ),
    ] {
        let told = script(&format!(
            "preStart = ''\n      {head}\n      {{ \"gateway\": {{ \"mode\": \"local\", {body} }} }}\n      END\n    '';"
        ));
        assert_eq!(told.len(), 1, "{head}: {told:?}");
        assert!(told[0].contains("error[unknown-key]"), "{told:?}");
    }
    // What is written somewhere else, or not as it stands.
    for text in [
        "preStart = ''\n      cat > /x/other.json <<END\n      { \"bindd\": 1 }\n      END\n    '';",
        "preStart = ''\n      cat > /x/openclaw.json <<END\n      $CONTENT\n      END\n    '';",
        "preStart = ''\n      echo END > /x/openclaw.json\n    '';",
    ] {
        assert_eq!(script(text), [""; 0], "{text}");
    }
}

#[test]
fn what_the_shell_fills_in_is_not_known() {
    let told = host(
        r#"{ pkgs, ... }: {
  systemd.services.claw = {
    environment.OPENCLAW_CONFIG_PATH = "/var/lib/claw/openclaw.json";
    preStart = ''
      cat > /var/lib/claw/openclaw.json <<END
      { "gateway": { "mode": "$MODE", "port": ''${PORT}, "bind": "$(cat /run/bind)" },
        "channels": { "telegram": { "botToken": "\''${BOT_TOKEN}", "dmPolicy": "opne" } } }
      END
    '';
    serviceConfig.ExecStart = "${pkgs.openclaw}/bin/openclaw gateway";
  };
}
"#,
    );
    let has = |rule: &str| told.iter().any(|line| line.contains(rule));
    assert!(has("error[invalid-value]"), "{told:?}");
    assert!(has("[unprovided-variable]"), "{told:?}");
    assert!(has("note[unresolved] gateway.port"), "{told:?}");
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn the_options_of_a_service_that_reads_another_file_are_not_judged() {
    let module = |path: &str| {
        host(&format!(
            "{{ lib, ... }}: {{ services.openclaw-gateway = {{ enable = true; config.gateway.bind = \"lan\"; }}; systemd.services.openclaw-gateway.environment.OPENCLAW_CONFIG_PATH = lib.mkForce \"{path}\"; }}\n"
        ))
    };
    let other = module("/var/lib/openclaw/openclaw.json");
    assert!(
        other.iter().any(|line| line.contains("note[not-enabled]")),
        "{other:?}"
    );
    assert!(
        !other.iter().any(|line| line.contains("[gateway-mode]")),
        "{other:?}"
    );
    let same = module("/etc/openclaw/openclaw.json");
    assert!(
        same.iter().any(|line| line.contains("[gateway-mode]")),
        "{same:?}"
    );
}
