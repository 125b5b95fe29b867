//! Files, settings, comments and fixes, by running the real program.

use super::harness::{Printed, openclaw_check};
use std::fs;
use std::path::Path;
use std::process::Command;

const HOME: &str = r#"{
  programs.openclaw = {
    enable = true;
    config = {
      models.providers.kimi = {
        baseUrl = "https://api.kimi.com/coding/v1";
        api = "openai-completions";
        apiKey = "\${KIMI_API_KEY}";
        models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
      };
      agents.defaults.model.primary = "kimmi/kimi-k2p5";
    };
  };
}
"#;

fn write(directory: &Path, name: &str, text: &str) {
    fs::write(directory.join(name), text).unwrap();
}

fn run(directory: &Path, arguments: &str) -> Printed {
    openclaw_check()
        .inside(directory)
        .args("--format concise --select unknown-provider,unused-suppression,missing-file")
        .args(arguments)
        .run()
}

fn git(directory: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .output()
        .expect("git is needed for these tests");
    assert!(output.status.success(), "git {arguments:?}");
}

#[test]
fn a_comment_ignores_a_finding_and_is_reported_when_it_does_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    write(path, "home.nix", HOME);
    assert!(run(path, "home.nix").out.contains("unknown-provider"));
    let comment = "# openclaw-check: ignore[unknown-provider] ours\n      agents.defaults";
    let ignored = HOME.replace("agents.defaults", comment);
    write(path, "home.nix", &ignored);
    let printed = run(path, "home.nix").out;
    assert!(!printed.contains("[unknown-provider]"), "{printed}");
    write(path, "home.nix", &ignored.replace("kimmi/", "kimi/"));
    let printed = run(path, "home.nix");
    assert!(
        printed
            .out
            .contains("home.nix:11:32: warning[unused-suppression]"),
        "{}",
        printed.out
    );
    assert_eq!(run(path, "--deny-warnings home.nix").code, 1);
    assert_eq!(
        run(path, "--deny-warnings --ignore unused-suppression home.nix").code,
        0
    );
    write(
        path,
        "openclaw-check.toml",
        "[severity]\nunused-suppression = \"off\"\n",
    );
    assert_eq!(run(path, "--deny-warnings home.nix").code, 0);
}

#[test]
fn settings_that_are_not_understood_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    write(path, "home.nix", HOME);
    write(path, "openclaw-check.toml", "strickt = true\n");
    let printed = run(path, "home.nix");
    assert_eq!(printed.code, 2);
    assert!(
        printed
            .out
            .contains("openclaw-check.toml:1:1: error[invalid-settings]"),
        "{}",
        printed.out
    );
    assert_eq!(run(path, "--config none.toml home.nix").code, 3);
}

#[test]
fn what_is_staged_is_checked_when_git_commits() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    write(path, "home.nix", HOME);
    git(path, &["init", "-q"]);
    git(path, &["add", "-A"]);
    write(path, "home.nix", &HOME.replace("kimmi/", "kimi/"));
    assert!(!run(path, "home.nix").out.contains("kimmi"));
    assert!(run(path, "--staged home.nix").out.contains("kimmi"));
    let hook = openclaw_check()
        .inside(path)
        .args("--format concise home.nix")
        .env("GIT_INDEX_FILE", ".git/index")
        .run();
    assert!(hook.out.contains("kimmi"), "{}", hook.out);
}

#[test]
fn fixes_are_shown_and_made() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    write(path, "home.nix", HOME);
    let patch = run(path, "--diff home.nix").out;
    assert!(
        patch.contains("-      agents.defaults.model.primary = \"kimmi/kimi-k2p5\";\n+      agents.defaults.model.primary = \"kimi/kimi-k2p5\";\n"),
        "{patch}"
    );
    assert_eq!(fs::read_to_string(path.join("home.nix")).unwrap(), HOME);
    let printed = run(path, "--fix home.nix");
    assert!(
        !printed.out.contains("[unknown-provider]"),
        "{}",
        printed.out
    );
    assert!(
        printed.err.contains("made 1 fix in home.nix"),
        "{}",
        printed.err
    );
    assert_eq!(
        fs::read_to_string(path.join("home.nix")).unwrap(),
        HOME.replace("kimmi/", "kimi/")
    );
}

#[test]
fn imports_that_nix_cannot_see_are_findings() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    write(
        path,
        "home.nix",
        "{ imports = [ ./link.nix ./new.nix ./none.nix ];\n  programs.openclaw.enable = true; }\n",
    );
    write(path, "new.nix", "{ }");
    std::os::unix::fs::symlink("/etc/hostname", path.join("link.nix")).unwrap();
    git(path, &["init", "-q"]);
    git(path, &["add", "home.nix", "link.nix"]);
    let printed = run(path, "home.nix");
    assert_eq!(printed.code, 1, "{}", printed.out);
    for (name, reason) in [
        (
            "link.nix",
            "is a symbolic link that leads out of the source tree",
        ),
        ("new.nix", "is not tracked by git"),
        ("none.nix", "does not exist"),
    ] {
        let message = format!("error[missing-file] `{name}` {reason}");
        assert!(printed.out.contains(&message), "{name}: {}", printed.out);
    }
}

/// A flake of one user of Home Manager with these modules.
fn flake(modules: &str) -> String {
    format!(
        r#"{{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  inputs.home-manager.url = "github:nix-community/home-manager";
  inputs.nix-openclaw.url = "github:openclaw/nix-openclaw";
  outputs = {{ nixpkgs, home-manager, nix-openclaw, ... }}: {{
    homeConfigurations.alice = home-manager.lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [ {modules} ];
    }};
    homeConfigurations.bob = home-manager.lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [ ./bob.nix ];
    }};
  }};
}}
"#
    )
}

/// The module that was to configure OpenClaw is the very one that was not added to git.
#[test]
fn a_module_that_git_does_not_track_is_an_error_where_nothing_else_is_of_openclaw() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    write(path, "flake.nix", &flake("./openclaw.nix"));
    write(path, "openclaw.nix", HOME);
    write(path, "bob.nix", "{ home.username = \"bob\"; }");
    git(path, &["init", "-q"]);
    git(path, &["add", "flake.nix", "bob.nix"]);
    let printed = run(path, ".");
    assert_eq!(printed.code, 1, "{}", printed.out);
    assert!(
        printed.out.contains(
            "flake.nix:8:19: error[missing-file] `openclaw.nix` is not tracked by git, so Nix does not see it"
        ),
        "{}",
        printed.out
    );
    // Tracked, it is checked.
    git(path, &["add", "openclaw.nix"]);
    let printed = run(path, ".");
    assert!(!printed.out.contains("missing-file"), "{}", printed.out);
    assert!(printed.out.contains("unknown-provider"), "{}", printed.out);
}

/// Another configuration cannot be evaluated; whether it was to have OpenClaw is not known.
#[test]
fn a_module_that_is_missing_elsewhere_is_a_warning() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    write(path, "flake.nix", &flake("./openclaw.nix"));
    write(path, "openclaw.nix", HOME);
    git(path, &["init", "-q"]);
    git(path, &["add", "."]);
    let printed = run(path, ".");
    let expected = "flake.nix:12:19: warning[missing-file] `bob.nix` does not exist";
    assert!(printed.out.contains(expected), "{}", printed.out);
}

/// What is delivered around OpenClaw, and what its secrets come from.
#[test]
fn files_that_nix_has_to_copy_are_looked_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    write(
        path,
        "flake.nix",
        &flake(
            r#"{
        home.file.".openclaw/openclaw.json".source = ./openclaw.json;
        home.file."notes".source = ./notes.md;
        home.file."off" = { enable = false; source = ./off.md; };
        home.file."there".source = ./bob.nix;
        age.secrets.key.file = ./key.age;
        sops.defaultSopsFile = ./secrets.yaml;
        sops.secrets.token.sopsFile = ./token.yaml;
      }"#,
        ),
    );
    write(path, "bob.nix", "{ home.username = \"bob\"; }");
    write(path, "key.age", "");
    git(path, &["init", "-q"]);
    git(path, &["add", "flake.nix", "bob.nix"]);
    let printed = run(path, ".");
    assert_eq!(printed.code, 1, "{}", printed.out);
    // Without a configuration of OpenClaw the rest is not ours to look at.
    assert_eq!(printed.out.matches("missing-file").count(), 1);
    assert!(
        printed
            .out
            .contains("flake.nix:9:54: error[missing-file] `openclaw.json` does not exist"),
        "{}",
        printed.out
    );
    write(
        path,
        "openclaw.json",
        r#"{ "gateway": { "mode": "local" } }"#,
    );
    git(path, &["add", "openclaw.json"]);
    let printed = run(path, ".");
    for expected in [
        "`notes.md` does not exist",
        "`key.age` is not tracked by git, so Nix does not see it",
        "`secrets.yaml` does not exist",
        "`token.yaml` does not exist",
    ] {
        let message = format!("error[missing-file] {expected}");
        assert!(
            printed.out.contains(&message),
            "{expected}: {}",
            printed.out
        );
    }
    assert_eq!(
        printed.out.matches("missing-file").count(),
        4,
        "{}",
        printed.out
    );
}

/// The NixOS service can be given a file as it is instead of options.
#[test]
fn a_configuration_that_is_given_as_a_file_is_checked_in_that_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    let check = |file: &str| {
        write(
            "host.nix",
            &format!(
                "{{ services.openclaw-gateway = {{ enable = true; configFile = {file}; }}; }}\n"
            ),
        );
        openclaw_check()
            .args("host.nix --no-git --format concise --openclaw-version 2026.6.11")
            .inside(folder.path())
            .run()
    };
    write("good.json", "{ \"gateway\": { \"mode\": \"local\" } }\n");
    write(
        "bad.json",
        "{\n  \"gateway\": { \"mode\": \"locall\" }\n}\n",
    );
    write("torn.json", "{ \"gateway\": \n");
    assert_eq!(check("./good.json").code, 0);
    let bad = check("./bad.json");
    assert_eq!(bad.code, 1, "{}", bad.out);
    assert!(bad.out.contains("bad.json:2:"), "{}", bad.out);
    let torn = check("./torn.json");
    assert!(
        torn.out.contains("torn.json:") && torn.code == 1,
        "{}",
        torn.out
    );
    let missing = check("./nope.json");
    assert!(
        missing.out.contains("missing-file") && missing.code == 1,
        "{}",
        missing.out
    );
    // A file of the machine is read there; nothing is claimed of it.
    let elsewhere = check("\"/run/secrets/openclaw.json\"");
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.out);
    assert!(!elsewhere.out.contains("error["), "{}", elsewhere.out);
}

#[test]
fn the_service_writes_its_configuration_below_etc() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |path: &str| {
        let text = format!(
            "{{ services.openclaw-gateway = {{ enable = true; configPath = {path}; config.gateway.mode = \"local\"; }}; }}\n"
        );
        fs::write(folder.path().join("host.nix"), text).expect("a file");
        openclaw_check()
            .args("host.nix --no-git --format concise --openclaw-version 2026.6.11")
            .inside(folder.path())
            .run()
    };
    let refused = check("\"/var/lib/openclaw/openclaw.json\"");
    assert_eq!(refused.code, 1, "{}", refused.out);
    assert!(refused.out.contains("failed-assertion"), "{}", refused.out);
    let accepted = check("\"/etc/claw.json\"");
    assert_eq!(accepted.code, 0, "{}", accepted.out);
}

#[test]
fn a_flake_that_git_does_not_track_is_no_flake_for_nix() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    write(path, "flake.nix", &flake("./openclaw.nix"));
    write(path, "openclaw.nix", "{ programs.openclaw.enable = true; }");
    write(path, "bob.nix", "{ home.username = \"bob\"; }");
    git(path, &["init", "-q"]);
    git(path, &["add", "openclaw.nix", "bob.nix"]);
    let printed = run(path, ".");
    assert!(
        printed
            .out
            .contains("flake.nix:1:1: error[missing-file] `flake.nix` is not tracked by git"),
        "{}",
        printed.out
    );
    git(path, &["add", "flake.nix"]);
    let printed = run(path, ".");
    assert!(!printed.out.contains("missing-file"), "{}", printed.out);
}

/// Nix sees the files of a submodule only where the flake, or whoever calls it, says so.
#[test]
fn a_git_submodule() {
    let library = tempfile::tempdir().expect("a folder");
    git(library.path(), &["init", "-q"]);
    write(
        library.path(),
        "openclaw.nix",
        "{ programs.openclaw = { enable = true; config.agents.defaults.model.primary = \"nosuch/x\"; }; }",
    );
    git(library.path(), &["add", "-A"]);
    let author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    git(
        library.path(),
        &[&author[..], &["commit", "-qm", "one"]].concat(),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    git(path, &["init", "-q"]);
    let source = library.path().to_str().expect("UTF-8");
    git(
        path,
        &[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            source,
            "shared",
        ],
    );
    let text = flake("./shared/openclaw.nix");
    write(path, "bob.nix", "{ home.username = \"bob\"; }");
    write(path, "flake.nix", &text);
    git(path, &["add", "-A"]);
    let printed = run(path, ".");
    assert!(
        printed.out.contains("warning[missing-file]") && printed.out.contains("git submodule"),
        "{}",
        printed.out
    );
    assert!(!printed.out.contains("unknown-provider"), "{}", printed.out);
    let told = text.replacen('{', "{ inputs.self.submodules = true;", 1);
    write(path, "flake.nix", &told);
    let printed = run(path, ".");
    assert!(
        printed
            .out
            .contains("shared/openclaw.nix:1:80: warning[unknown-provider]")
            && !printed.out.contains("submodule"),
        "{}",
        printed.out
    );
}

#[test]
fn help_is_in_the_language_of_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let text = r#"{ "agents": { "defaults": { "model": "nobody/any-model" } } }"#;
    write(directory.path(), "openclaw.json", text);
    let printed = openclaw_check()
        .inside(directory.path())
        .args("--no-git --format json --select unknown-provider openclaw.json")
        .run();
    let report: serde_json::Value = printed.json();
    let help = report["findings"][0]["help"].as_str().expect("help");
    let wanted =
        r#"`"models": { "providers": { "nobody": { "baseUrl": "...", "models": [ ... ] } } }`"#;
    assert!(help.contains(wanted), "{help}");
}

#[test]
fn an_undefined_name_in_an_inherit_is_one_finding() {
    let directory = tempfile::tempdir().unwrap();
    let text = "{\n  programs.openclaw = {\n    enable = true;\n    config.agents.defaults = { inherit workspce; };\n  };\n}\n";
    write(directory.path(), "home.nix", text);
    let printed = openclaw_check()
        .inside(directory.path())
        .args("--no-git --format concise --select undefined-variable,unknown-key home.nix")
        .run();
    let found: Vec<&str> = printed
        .out
        .lines()
        .filter(|line| line.contains("4:"))
        .collect();
    assert_eq!(found.len(), 1, "{}", printed.out);
    assert!(found[0].contains("undefined-variable"), "{}", printed.out);
}

#[test]
fn a_misspelt_model_is_told_where_it_is_written_and_not_at_a_key_made_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let text = "let
  model = \"kimmi/kimi-k2p5\";
in
{
  programs.openclaw = {
    enable = true;
    config.agents.defaults = {
      model.primary = model;
      models.${model}.alias = \"k\";
      models.\"kimmi/kimi-k2\" = { };
    };
  };
}
";
    write(directory.path(), "home.nix", text);
    let printed = openclaw_check()
        .inside(directory.path())
        .args("--no-git --format concise --select unknown-provider home.nix")
        .run();
    let places: Vec<&str> = printed
        .out
        .lines()
        .filter(|line| line.contains("[unknown-provider]"))
        .filter_map(|line| line.strip_prefix("home.nix:")?.split(':').next())
        .collect();
    assert_eq!(places, ["2", "10"], "{}", printed.out);
}
