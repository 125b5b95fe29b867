//! Which service runs an instance, and which variables it has: by the names that the modules give.

use crate::harness::openclaw_check;
use std::fs;

/// What the home of a user says, in a flake with the module of nix-openclaw.
fn findings(module: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    fs::write(
        path.join("flake.nix"),
        r#"{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  inputs.home-manager.url = "github:nix-community/home-manager";
  inputs.nix-openclaw.url = "github:openclaw/nix-openclaw";
  outputs = { nixpkgs, home-manager, nix-openclaw, ... }: {
    homeConfigurations.alice = home-manager.lib.homeManagerConfiguration {
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [ nix-openclaw.homeManagerModules.openclaw ./home.nix ];
    };
  };
}
"#,
    )
    .expect("a file");
    for file in ["A.md", "x/SKILL.md"] {
        let file = path.join(file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, "Ask first.\n").expect("a file");
    }
    fs::write(path.join("home.nix"), module).expect("a file");
    let printed = openclaw_check()
        .args("--no-git --format concise --ignore no-documents")
        .inside(path)
        .run();
    printed
        .out
        .lines()
        .filter(|line| line.contains("error[") || line.contains("warning["))
        .map(str::to_string)
        .collect()
}

const PROVIDER: &str = "models.providers.x = { baseUrl = \"https://x.example/v1\"; api = \"openai-completions\"; apiKey = \"\\${X_KEY}\"; models = [ { id = \"m\"; name = \"M\"; } ]; };";

fn home(options: &str, around: &str) -> String {
    format!(
        "{{ lib, pkgs, ... }}: {{ programs.openclaw = {{ enable = true; config = {{ {PROVIDER} }}; {options} }}; {around} }}"
    )
}

#[test]
fn the_unit_of_an_instance_has_exactly_its_name() {
    let environment = |unit: &str| {
        format!("systemd.user.services.{unit}.Service.Environment = [ \"X_KEY=%d/x\" ];")
    };
    for (options, unit, provided) in [
        ("", "openclaw-gateway", true),
        ("", "openclaw", false),
        ("systemd.unitName = \"claw\";", "claw", true),
        ("systemd.unitName = \"claw\";", "openclaw-gateway", false),
        (
            "instances.work.enable = true;",
            "openclaw-gateway-work",
            true,
        ),
        ("instances.work.enable = true;", "openclaw-gateway", false),
        ("instances.work.systemd.unitName = \"work\";", "work", true),
        // With instances the settings at the top are those of none.
        (
            "systemd.unitName = \"claw\"; instances.default.enable = true;",
            "openclaw-gateway",
            true,
        ),
    ] {
        let told = findings(&home(options, &environment(unit)));
        let is_missing = told
            .iter()
            .any(|line| line.contains("[unprovided-variable]"));
        assert_eq!(!is_missing, provided, "{options} {unit}: {told:?}");
    }
}

/// A blank before a name is no quote, and the quote at the end of a value belongs to the one at its start.
#[test]
fn an_environment_file_with_indented_lines() {
    let around =
        |line: &str| format!("home.file.\".openclaw/.env\".text = \"A=b\\n  X_KEY={line}\\n\";");
    let secret = findings(&home("", &around("'plum-Trestle-48-marigold'")));
    assert!(
        secret
            .iter()
            .any(|line| line.contains("[hardcoded-secret]")),
        "{secret:?}"
    );
    let empty = findings(&home("", &around("''")));
    assert!(
        empty.iter().any(|line| line.contains("set to nothing")
            || line.contains("[unprovided-variable]")
            || line.contains("[empty-secret]")),
        "{empty:?}"
    );
}

#[test]
fn the_assignments_of_an_environment() {
    for (value, provided) in [
        ("\"A=b X_KEY=%d/x\"", true),
        ("\"\\\"A=b X_KEY=c\\\"\"", false),
        ("[ \"A=b\" \"'X_KEY=%d/x'\" ]", true),
        ("[ \"X_KEY=\" ]", false),
    ] {
        let around =
            format!("systemd.user.services.openclaw-gateway.Service.Environment = {value};");
        let told = findings(&home("", &around));
        let is_missing = told
            .iter()
            .any(|line| line.contains("[unprovided-variable]") || line.contains("[empty-secret]"));
        assert_eq!(!is_missing, provided, "{value}: {told:?}");
    }
}

/// What options of strings, paths and packages take, in the forms in which people write it.
#[test]
fn strings_paths_and_files_in_options() {
    for (options, told) in [
        ("skills = [ { name = \"x\"; source = \"${./x}\"; } ];", ""),
        ("skills = [ { name = \"x\"; source = toString ./x; } ];", ""),
        (
            "skills = [ { name = \"x\"; source = ./x; } ];",
            "[option-type]",
        ),
        ("environment.X_FILE = \"${./A.md}\";", ""),
        ("environment.X_FILE = ./A.md;", "[option-type]"),
        (
            "workspace.files.\"y.md\" = pkgs.writeText \"y\" \"hi\";",
            "",
        ),
        (
            "workspace.files.\"y.md\" = builtins.toFile \"y\" \"hi\";",
            "",
        ),
        (
            "workspace.files.\"y.json\" = (pkgs.formats.json { }).generate \"y\" { };",
            "",
        ),
        ("workspace.files.\"y.md\" = \"hi there\";", "[option-type]"),
        ("package = pkgs.openclaw;", ""),
        (
            "runtimePackages = with pkgs; [ git (writeShellScriptBin \"x\" \"true\") ];",
            "",
        ),
        ("runtimePackages = [ \"git\" ];", "[option-type]"),
        (
            "runtimePlugins = [ lib.optional true \"slack\" ];",
            "[option-type]",
        ),
        ("runtimePlugins = null;", "[option-type]"),
        ("toolNames = null;", ""),
        ("instances = [ { enable = true; } ];", "[option-type]"),
        ("environment.X_CONFIG = builtins.toJSON { a = 1; };", ""),
    ] {
        let found = findings(&home(
            options,
            "systemd.user.services.openclaw-gateway.Service.EnvironmentFile = \"/run/secrets/x.env\";",
        ));
        match told {
            "" => assert!(found.is_empty(), "{options}: {found:?}"),
            rule => assert!(
                found.iter().any(|line| line.contains(rule)),
                "{options}: {found:?}"
            ),
        }
    }
}

#[test]
fn the_environment_that_systemd_gives_to_all_services() {
    for (manager, provided) in [
        (
            "systemd.settings.Manager.DefaultEnvironment.GATEWAY_TOKEN = \"x\";",
            true,
        ),
        (
            "systemd.extraConfig = ''\n  DefaultEnvironment=\"A=b\" GATEWAY_TOKEN=x\n'';",
            true,
        ),
        (
            "systemd.settings.Manager.DefaultEnvironment.A = \"x\";",
            false,
        ),
        (
            "systemd.extraConfig = \"DefaultTimeoutStopSec=10s\";",
            false,
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let module = format!(
            "{{ services.openclaw-gateway = {{ enable = true; config.gateway.mode = \"local\"; config.gateway.auth.token = \"\\${{GATEWAY_TOKEN}}\"; }}; {manager} }}\n"
        );
        fs::write(folder.path().join("host.nix"), module).expect("a file");
        let printed = openclaw_check()
            .args("host.nix --no-git --format concise")
            .inside(folder.path())
            .run();
        assert_eq!(
            printed.out.contains("[unprovided-variable]"),
            !provided,
            "{manager}: {}",
            printed.out
        );
    }
}
