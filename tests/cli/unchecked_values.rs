//! What is not known of a configuration and could be refused is counted and listed, and is an error under `--strict`.

use crate::harness::{openclaw_check, tree};

fn said(setting: &str, options: &str) -> (i32, String) {
    let module = format!(
        "{{ config, lib, pkgs, ... }}: {{ programs.openclaw = {{ enable = true; config = {{ gateway.mode = \"local\"; {setting} }}; }}; }}\n"
    );
    let folder = tree(&[("home.nix", &module)]);
    let run = openclaw_check()
        .args(&format!("home.nix --format concise {options}"))
        .inside(folder.path())
        .run();
    (run.code, run.out)
}

#[test]
fn a_value_that_may_be_refused_is_counted() {
    for (setting, path) in [
        ("gateway.bind = pkgs.foo;", "gateway.bind"),
        ("logging.level = pkgs.foo.level;", "logging.level"),
        ("gateway.port = config.services.x.port;", "gateway.port"),
        ("models = lib.fromTheFuture { };", "models"),
    ] {
        let (code, out) = said(setting, "");
        assert_eq!(code, 0, "{out}");
        assert!(out.contains(&format!("note[unresolved] {path}: ")), "{out}");
        assert!(out.contains("1 value could not be checked"), "{out}");
        assert_eq!(said(setting, "--strict").0, 1, "{setting}");
    }
}

#[test]
fn a_text_where_any_text_is_taken_is_not() {
    for setting in [
        "agents.defaults.workspace = config.sops.secrets.x.path;",
        "agents.defaults.workspace = \"${pkgs.foo}/w\";",
        "logging.file = \"${config.home.homeDirectory}/x.log\";",
    ] {
        let (code, out) = said(setting, "--strict");
        assert_eq!(code, 0, "{setting}: {out}");
    }
}

#[test]
fn what_a_rule_spoke_of_is_counted_once() {
    let (_, out) = said("agents.defaults.model.primary = pkgs.foo;", "");
    assert!(out.contains("1 value could not be checked"), "{out}");
}
