//! Modules that are checked by themselves: another file may define what they only declare.

use crate::harness::{openclaw_check, tree};

/// The report on a module that declares options in submodules and reads one of them.
fn report(read: &str) -> serde_json::Value {
    let module = format!(
        "{{ config, lib, ... }}:
let
  inherit (lib) mkOption types;
  part.options = {{
    model = mkOption {{ type = types.str; }};
    many = mkOption {{ type = types.listOf types.str; }};
    table = mkOption {{ type = types.attrsOf types.str; }};
    name = mkOption {{ type = types.str; default = \"anthropic/claude-opus-4-6\"; }};
    inner = mkOption {{ type = types.submodule {{ options.deep = mkOption {{ type = types.str; }}; }}; }};
  }};
in
{{
  options.mine = {{
    hosts = mkOption {{ type = types.attrsOf (types.submodule part); default = {{ }}; }};
    list = mkOption {{ type = types.listOf (types.submodule part); default = [ ]; }};
    one = mkOption {{ type = types.submodule part; }};
  }};
  config.mine.hosts.desk = {{ }};
  config.mine.list = [ {{ }} ];
  config.programs.openclaw.enable = true;
  config.programs.openclaw.config.agents.defaults.model.primary = {read};
}}
"
    );
    let folder = tree(&[("module.nix", &module)]);
    let printed = openclaw_check()
        .args("module.nix --no-git --format json")
        .inside(folder.path())
        .run();
    printed.json()
}

#[test]
fn what_submodules_only_declare_is_not_known() {
    for (read, option) in [
        (
            "config.mine.hosts.desk.model",
            "config.mine.hosts.desk.model",
        ),
        (
            "lib.head config.mine.hosts.desk.many",
            "config.mine.hosts.desk.many",
        ),
        (
            "config.mine.hosts.desk.table.it",
            "config.mine.hosts.desk.table.it",
        ),
        ("config.mine.hosts.desk.inner.deep", "config.deep"),
        ("config.mine.one.model", "config.model"),
    ] {
        let report = report(read);
        let failures = report["findings"].as_array().expect("findings");
        assert!(
            failures.iter().all(|one| one["rule"] != "evaluation-error"),
            "{read}: {report:#}"
        );
        let said = format!("`{option}`: the option is not set here, and another file may set it");
        let unresolved = report["unresolved"].as_array().expect("a list");
        assert!(
            unresolved.iter().any(|one| one["reason"] == said.as_str()),
            "{read}: {report:#}"
        );
    }
}

#[test]
fn defaults_of_submodules_are_known() {
    for read in ["config.mine.hosts.desk.name", "config.mine.one.name"] {
        let report = report(read);
        let unresolved = report["unresolved"].as_array().expect("a list");
        let is_named = |one: &serde_json::Value| {
            let reason = one["reason"].as_str().unwrap_or_default();
            reason.contains("another file may set it")
        };
        assert!(!unresolved.iter().any(is_named), "{read}: {report:#}");
        let found = report["findings"].as_array().expect("findings");
        assert!(
            found
                .iter()
                .any(|one| one["rule"] == "missing-key-variable"),
            "{read}: {report:#}"
        );
    }
}

/// No other file can reach into an element of a list.
#[test]
fn what_an_element_of_a_list_lacks_is_missing() {
    let report = report("(lib.head config.mine.list).model");
    let found = report["findings"].as_array().expect("findings");
    assert!(
        found.iter().any(|one| one["rule"] == "evaluation-error"),
        "{report:#}"
    );
}

/// The file that is missing may be the one that configures OpenClaw.
#[test]
fn a_module_that_only_imports_what_is_not_there() {
    let folder = tree(&[
        ("named.nix", "{ imports = [ ./nope.nix ]; }\n"),
        ("sub/other.nix", "{ imports = [ ./openclaw.nix ]; }\n"),
    ]);
    for arguments in ["named.nix", "."] {
        let printed = openclaw_check()
            .args("--no-git --format concise")
            .arg(arguments)
            .inside(folder.path())
            .run();
        assert_eq!(printed.code, 1, "{}{}", printed.out, printed.err);
        assert!(
            printed.out.contains("error[missing-file]"),
            "{}",
            printed.out
        );
    }
}
