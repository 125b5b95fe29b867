//! What fails under a condition that is not known: what the sources mean to fail is no mistake, anything else is told with its
//! condition.

use crate::harness::{openclaw_check, tree};

/// What is said of a module whose model, or whose port, is that expression.
fn said(command: &str, setting: &str) -> (i32, String) {
    let module = format!(
        "{{ config, lib, pkgs, ... }}: {{ programs.openclaw = {{ enable = true; config.gateway.mode = \"local\"; {setting} }}; }}\n"
    );
    let folder = tree(&[("home.nix", &module)]);
    let run = openclaw_check().args(command).inside(folder.path()).run();
    (run.code, run.out)
}

#[test]
fn what_the_sources_mean_to_fail_is_no_mistake() {
    for setting in [
        "config.logging.file = if pkgs.stdenv.isLinux then \"/a\" else if pkgs.stdenv.isDarwin then \"/b\" else throw \"unsupported\";",
        "config.logging.file = assert pkgs.x; \"/a\";",
        "config.logging.file = lib.mkIf pkgs.x (throw \"no\");",
        "config.logging.file = \"${if pkgs.x then throw \"no\" else \"/a\"}/b\";",
        "config.logging.file = lib.throwIf pkgs.x \"no\" \"/a\";",
        "config.logging.file = lib.findFirst (host: host == config.networking.hostName) (throw \"which?\") [ \"a\" \"b\" ];",
        "config.gateway.port = lib.toInt (builtins.readFile config.sops.secrets.port.path);",
        "config.logging.file = lib.last pkgs.xs;",
    ] {
        let (code, out) = said("home.nix --format concise", setting);
        assert!(
            code == 0 && !out.contains("evaluation-error"),
            "{setting}: {out}"
        );
    }
}

#[test]
fn what_always_fails_is_an_error() {
    for setting in [
        "config.logging.file = throw \"no\";",
        "config.logging.file = if pkgs.x then throw \"one\" else throw \"other\";",
    ] {
        let (code, out) = said("home.nix --format concise", setting);
        assert!(
            code == 1 && out.contains("error[evaluation-error]"),
            "{setting}: {out}"
        );
    }
}

#[test]
fn any_other_failure_is_told_with_its_condition() {
    let setting = "config.logging.file = if pkgs.x then { }.file else \"/a\";";
    let (code, out) = said("home.nix --format concise", setting);
    assert_eq!(code, 0, "{out}");
    assert!(
        out.contains("warning[evaluation-error]")
            && out.contains("the attribute `file` is missing (if `pkgs.x` is true)"),
        "{out}"
    );
}

#[test]
fn the_other_branch_is_what_there_is() {
    let (_, out) = said(
        "show home.nix",
        "config.logging.file = assert pkgs.x; \"/a\";",
    );
    assert!(
        out.contains("\"file\": \"/a\"") && out.contains("Nix does not stop there"),
        "{out}"
    );
}

#[test]
fn definitions_that_contradict_each_other_only_where_two_conditions_hold_are_no_error() {
    let setting = "environment = lib.mkMerge [ (lib.mkIf pkgs.x { A = \"/run/x\"; }) (lib.mkIf pkgs.y { A = \"/run/y\"; }) ];";
    let (code, out) = said("home.nix --format concise", setting);
    assert_eq!(code, 0, "{out}");
    assert!(
        out.contains("warning[conflicting-definitions]")
            && out.contains("(if `pkgs.y` is true, if `pkgs.x` is true)"),
        "{out}"
    );
    // In one of the two worlds of a third definition as in the other.
    let setting = "environment = lib.mkMerge [ { A = \"/run/x\"; } { A = \"/run/y\"; } (lib.mkIf pkgs.z { A = \"/run/z\"; }) ];";
    let (code, out) = said("home.nix --format concise", setting);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("error[conflicting-definitions]"), "{out}");
}

#[test]
fn what_fails_beside_other_definitions_contradicts_none_of_them() {
    let setting = "environment = lib.mkMerge [ { GATEWAY = \"/run/x\"; } (lib.mkIf isLinux { TOKEN = \"/run/y\"; }) ]; config.gateway.auth.mode = \"token\"; config.gateway.auth.token = \"\\${TOKEN}\";";
    let (code, out) = said("home.nix --format concise", setting);
    assert_eq!(code, 1, "{out}");
    let errors: Vec<&str> = out.lines().filter(|line| line.contains("error[")).collect();
    assert!(
        matches!(errors.as_slice(), [only] if only.contains("undefined variable `isLinux`")),
        "{out}"
    );
}
