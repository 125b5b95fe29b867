//! What the sources read and that is not there, or is something else: misspelt options out of sight, inputs and their outputs, packages where
//! an option takes none. Nix stops at each of them.

use crate::harness::{changed_fixture, openclaw_check, tree};

/// What is said of fixtures/kimi with its module as a function of `config`, and a workspace below what that expression gives.
fn said_of_workspace(below: &str) -> (i32, String) {
    said(&[
        (
            "          {\n            home = {",
            "          ({ config, ... }: {\n            home = {",
        ),
        (
            "            };\n          }\n        ];",
            "            };\n          })\n        ];",
        ),
        (
            "defaults = {\n                    model",
            &format!("defaults = {{\n workspace = \"${{{below}}}/w\";\n                    model"),
        ),
    ])
}

fn said(changes: &[(&str, &str)]) -> (i32, String) {
    let folder = changed_fixture("kimi", changes);
    let run = openclaw_check()
        .args("--no-git --format concise")
        .inside(folder.path())
        .run();
    (run.code, run.out)
}

#[test]
fn misspelt_options_that_are_read() {
    for (read, meant) in [
        ("config.programs.openclaw.statDir", "stateDir"),
        ("config.programs.openclaw.systemd.unitname", "unitName"),
        (
            "config.programs.openclaw.instances.default.workspceDir",
            "workspaceDir",
        ),
        ("config.programs.opneclaw.stateDir", "openclaw"),
        ("config.home.homeDirectry", "homeDirectory"),
        ("config.hom.homeDirectory", "home"),
        ("config.xdg.stateHom", "stateHome"),
        ("config.age.secret.x.path", "secrets"),
        ("config.sops.secrets.x.sopsfile", "sopsFile"),
    ] {
        let (code, out) = said_of_workspace(read);
        assert_eq!(code, 1, "{read}: {out}");
        let said = format!("is missing (did you mean `{meant}`?)");
        assert!(
            out.contains("flake.nix:107:") && out.contains(&said),
            "{read}: {out}"
        );
    }
}

#[test]
fn options_that_may_be_there_are_left_alone() {
    for read in [
        "config.programs.openclaw.stateDir",
        "config.programs.openclaw.statDir or \"/w\"",
        "config.home.homeDirectory",
        "config.home.color",
        "config.hom.color",
        "config.xdg.stateHome",
        "config.age.secrets.x.path",
        "config.my.workspaces",
    ] {
        let (code, out) = said_of_workspace(read);
        assert_eq!(code, 0, "{read}: {out}");
    }
}

#[test]
fn misspelt_outputs_of_inputs() {
    const OVERLAY: &str = "nix-openclaw.overlays.default";
    const MODULE: &str = "nix-openclaw.homeManagerModules.openclaw";
    const ENABLE: &str = "              enable = true;";
    const CONFIGURATION: &str = "home-manager.lib.homeManagerConfiguration";
    for (old, new, meant) in [
        (OVERLAY, "nix-openclaw.overlays.defualt", "default"),
        (OVERLAY, "nix-openclaw.overlay", "overlays"),
        (
            MODULE,
            "nix-openclaw.homeManagerModule.openclaw",
            "homeManagerModules",
        ),
        (
            ENABLE,
            "enable = true; package = nix-openclaw.packages.x86_64-linux.opnclaw;",
            "openclaw",
        ),
        (
            CONFIGURATION,
            "home-manager.lib.homeManagerConfigurtion",
            "homeManagerConfiguration",
        ),
    ] {
        let (code, out) = said(&[(old, new)]);
        let said = format!("is missing (did you mean `{meant}`?)");
        assert!(code == 1 && out.contains(&said), "{new}: {out}");
        assert!(!out.contains("unknown-option"), "{new}: {out}");
    }
}

#[test]
fn a_misspelt_input_is_one_that_is_not_declared() {
    let (code, out) = said(&[
        ("      ...\n    }:", "      ...\n    }@inputs:"),
        (
            "nix-openclaw.homeManagerModules.openclaw",
            "inputs.nix-opneclaw.homeManagerModules.openclaw",
        ),
    ]);
    let found: Vec<&str> = out.lines().filter(|line| line.contains("error[")).collect();
    assert_eq!(code, 1, "{out}");
    assert_eq!(
        found,
        [
            "flake.nix:35:18: error[undeclared-input] the flake has no input `nix-opneclaw` (did you mean `nix-openclaw`?)"
        ]
    );
}

#[test]
fn a_misspelt_module_of_home_manager_in_a_system() {
    let (code, out) = said(&[(
        "    {\n      homeConfigurations.alice",
        "    {\n      nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = [\n        nix-openclaw.nixosModules.openclaw-gateway\n        home-manager.nixosModules.home-manger\n        { home-manager.users.bob = { imports = [ nix-openclaw.homeManagerModules.openclaw ]; programs.openclaw = { enable = true; config.gateway.mode = \"local\"; }; }; }\n      ]; };\n      homeConfigurations.alice",
    )]);
    let found: Vec<&str> = out.lines().filter(|line| line.contains("error[")).collect();
    assert_eq!(code, 1, "{out}");
    assert_eq!(
        found,
        [
            "flake.nix:34:35: error[evaluation-error] the attribute `home-manger` is missing (did you mean `home-manager`?)"
        ]
    );
}

#[test]
fn a_switch_that_a_file_declares_itself() {
    for declared in [
        "enable = lib.mkEnableOption \"agent\";",
        "enable = lib.mkEnableOption \"agent\"; port = lib.mkOption { default = 1; };",
    ] {
        let module = format!(
            "{{ config, lib, ... }}: {{\n  options.my.agent = {{ {declared} }};\n  config = lib.mkIf config.my.agent.enabel {{\n    programs.openclaw = {{ enable = true; config.gateway.mode = \"local\"; }};\n  }};\n}}\n"
        );
        let folder = tree(&[("agent.nix", &module)]);
        let run = openclaw_check()
            .args("agent.nix --no-git --format concise")
            .inside(folder.path())
            .run();
        let said = "agent.nix:3:37: error[evaluation-error] the attribute `enabel` is missing (did you mean `enable`?)";
        assert!(
            run.code == 1 && run.out.contains(said),
            "{declared}: {}",
            run.out
        );
    }
}

#[test]
fn a_package_where_an_option_takes_something_else() {
    let about = |setting: &str| {
        let enabled = format!("enable = true; {setting}");
        said(&[
            (
                "          {\n            home = {",
                "          ({ pkgs, ... }: {\n            home = {",
            ),
            (
                "            };\n          }\n        ];",
                "            };\n          })\n        ];",
            ),
            ("              enable = true;", &enabled),
        ])
    };
    for (setting, said) in [
        (
            "runtimePackages = pkgs.git;",
            "takes a list of packages, not a package",
        ),
        (
            "runtimePackages = with pkgs; git;",
            "takes a list of packages, not a package",
        ),
        ("environment.X = pkgs.git;", "takes a string, not a package"),
        (
            "stateDir = nix-openclaw.packages.x86_64-linux.openclaw;",
            "takes a string, not a package",
        ),
        (
            "instances.default.gatewayPort = pkgs.jq;",
            "takes an integer, not a package",
        ),
    ] {
        let (code, out) = about(setting);
        assert!(
            code == 1 && out.contains("error[option-type]") && out.contains(said),
            "{setting}: {out}"
        );
    }
    for setting in [
        "runtimePackages = [ pkgs.git ];",
        "runtimePackages = pkgs.myTools;",
        "package = pkgs.openclaw;",
        "environment.X = \"${pkgs.git}/bin\";",
    ] {
        let (code, out) = about(setting);
        assert_eq!(code, 0, "{setting}: {out}");
    }
}

#[test]
fn an_option_that_a_module_of_ones_own_has_removed() {
    let with = |setting: &str| {
        said(&[(
            "          {\n            home = {",
            &format!(
                "          ({{ lib, ... }}: {{ imports = [ (lib.mkRemovedOptionModule [ \"my\" \"old\" ] \"Use another.\") ]; }})\n          {{\n            {setting}\n            home = {{"
            ),
        )])
    };
    let (code, out) = with("my.old = true;");
    let told = "error[removed-option] the option `my.old` was removed: Use another.";
    assert!(code == 1 && out.contains(told), "{out}");
    let (code, out) = with("");
    assert_eq!(code, 0, "{out}");
}

#[test]
fn misspelt_options_that_are_set() {
    let with = |setting: &str| {
        let home = "            home = {";
        said(&[(home, &format!("{setting}\n{home}"))])
    };
    for (setting, option) in [
        (
            "home.sessionVariable.A = \"b\";",
            "the option `home.sessionVariable` does not exist",
        ),
        (
            "systemd.user.service.x.Unit.Description = \"x\";",
            "the option `systemd.user.service` does not exist",
        ),
        (
            "sops.secrets.x.sopsfile = ./flake.nix;",
            "the option `sops.secrets.x.sopsfile` does not exist",
        ),
    ] {
        let (code, out) = with(setting);
        assert!(code == 1 && out.contains(option), "{setting}: {out}");
    }
    for setting in [
        "home.sessionVariables.A = \"b\";",
        "systemd.user.timers.x.Timer.OnCalendar = \"daily\";",
        "age.secrets.sopsfile.file = ./flake.nix;",
        "home.persistence.x.files = [ ];",
    ] {
        let (code, out) = with(setting);
        assert_eq!(code, 0, "{setting}: {out}");
    }
}

#[test]
fn an_environment_file_that_is_not_there() {
    let home = "            home = {";
    let unit = "systemd.user.services.openclaw-gateway.Service.EnvironmentFile = ./secrets.env;";
    let (code, out) = said(&[(home, &format!("{unit}\n{home}"))]);
    assert!(
        code == 1 && out.contains("error[missing-file] `secrets.env` is missing"),
        "{out}"
    );
}
