//! The outputs of this repository's own flake.

use crate::support::{
    Inputs, Nix, PROGRAM, Run, copy, folder, git, line_of, nix_versions, replace, repository, run,
    write,
};
use std::path::Path;
use std::process::Command;

fn nix_on_repository(nix: &Nix, inputs: &Inputs, words: &[&str], fragment: &str) -> Run {
    let repository = inputs.repository();
    run(nix
        .command(words)
        .arg(format!("path:{}{fragment}", repository.display()))
        .args(inputs.overrides(&repository)))
}

const SYSTEMS: [&str; 4] = [
    "aarch64-darwin",
    "aarch64-linux",
    "x86_64-darwin",
    "x86_64-linux",
];

#[test]
fn every_output_shows_and_evaluates() {
    for nix in nix_versions() {
        let inputs = Inputs::new();
        let shown = nix_on_repository(&nix, &inputs, &["flake", "show"], "")
            .passes()
            .text;
        let evaluate = |output: &str, apply: &str| -> serde_json::Value {
            let value = nix_on_repository(
                &nix,
                &inputs,
                &["eval", "--json", "--apply", apply],
                &format!("#{output}"),
            )
            .passes()
            .stdout;
            serde_json::from_str(&value).expect("the value is JSON")
        };
        let derivations = "builtins.mapAttrs (_: builtins.mapAttrs (_: package: package.drvPath))";
        for (output, apply, names) in [
            ("packages", derivations, "default openclaw-check"),
            ("checks", derivations, "kimi package"),
            ("devShells", derivations, "default"),
            (
                "apps",
                "builtins.mapAttrs (_: builtins.mapAttrs (_: app: app.program))",
                "default",
            ),
            (
                "formatter",
                "builtins.mapAttrs (_: formatter: { default = formatter.drvPath; })",
                "default",
            ),
            (
                "lib",
                "builtins.mapAttrs (_: lib: { check = builtins.isFunction lib.check; gitHook = lib.gitHook.entry; })",
                "check gitHook",
            ),
        ] {
            assert!(shown.contains(output), "`{output}` is missing in:\n{shown}");
            let value = evaluate(output, apply);
            let systems = value.as_object().expect("one for each system");
            let found: Vec<&str> = systems.keys().map(String::as_str).collect();
            assert_eq!(found, SYSTEMS, "{output}");
            for system in systems.values() {
                let system = system.as_object().expect("an attribute set");
                let found: Vec<&str> = system.keys().map(String::as_str).collect();
                assert_eq!(found.join(" "), names, "{output}");
            }
        }
        for output in [
            "overlays",
            "homeModules",
            "homeManagerModules",
            "nixosModules",
            "flakeModules",
        ] {
            assert_eq!(
                evaluate(output, "set: builtins.isFunction set.default"),
                true,
                "{output}"
            );
        }
        assert_eq!(
            evaluate(
                "templates",
                "builtins.mapAttrs (_: template: builtins.pathExists template.path)"
            ),
            serde_json::json!({ "default": true, "kimi": true, "plain": true })
        );
    }
}

/// nixpkgs throws for Intel Macs since 26.11; the other systems must not suffer from that.
#[test]
fn a_nixpkgs_without_intel_macs_is_no_hindrance() {
    for nix in nix_versions() {
        let inputs = Inputs::new();
        let nixpkgs = inputs.stub("nixpkgs");
        replace(
            &nixpkgs.join("flake.nix"),
            "(system: import ./. { inherit system; })",
            "(system: if system == \"x86_64-darwin\" then throw \"support was dropped\" else import ./. { inherit system; })",
        );
        replace(
            &nixpkgs.join("lib/default.nix"),
            "    fakeHash =",
            "    trivial.release = \"26.11\";\n    fakeHash =",
        );
        let systems = nix_on_repository(
            &nix,
            &inputs,
            &[
                "eval",
                "--json",
                "--apply",
                "builtins.mapAttrs (_: system: system.default.drvPath)",
            ],
            "#packages",
        )
        .passes()
        .stdout;
        assert!(systems.contains("aarch64-darwin"), "{systems}");
        assert!(!systems.contains("x86_64-darwin"), "{systems}");
    }
}

#[test]
fn our_own_checks_pass() {
    for nix in nix_versions() {
        let inputs = Inputs::new();
        nix_on_repository(&nix, &inputs, &["flake", "check"], "").passes();
    }
}

#[test]
fn the_package_has_completions_and_a_manual_page() {
    for nix in nix_versions() {
        let inputs = Inputs::new();
        let link = folder();
        let result = link.path().join("result");
        nix_on_repository(
            &nix,
            &inputs,
            &["build", "--out-link", &result.to_string_lossy()],
            "#default",
        )
        .passes();
        for file in [
            "bin/openclaw-check",
            "share/bash-completion/completions/openclaw-check.bash",
            "share/zsh/site-functions/_openclaw-check",
            "share/fish/vendor_completions.d/openclaw-check.fish",
            "share/man/man1/openclaw-check.1",
        ] {
            let length = std::fs::metadata(result.join(file)).map_or(0, |file| file.len());
            assert!(length > 100, "{file} has {length} bytes");
        }
    }
}

#[test]
fn the_package_builds_without_the_flake() {
    for nix in nix_versions() {
        let inputs = Inputs::new();
        let expression = format!(
            "((import {} {{ system = \"x86_64-linux\"; overlays = [ (import {}/nix/overlay.nix) ]; \
             }}).openclaw-check).name",
            inputs.stub("nixpkgs").display(),
            inputs.repository().display(),
        );
        let name =
            run(&mut nix.command(&["eval", "--impure", "--raw", "--expr", &expression])).passes();
        assert_eq!(
            name.stdout,
            format!("openclaw-check-{}", env!("CARGO_PKG_VERSION"))
        );
    }
}

/// What the program itself finds in the sources, without what it could not check: `rule file:line`.
fn findings(flake: &Path) -> Vec<String> {
    let report = run(Command::new(PROGRAM).arg(flake).args(["--format", "json"])).stdout;
    let report: serde_json::Value = serde_json::from_str(&report).expect("the report is JSON");
    report["findings"]
        .as_array()
        .expect("a list of findings")
        .iter()
        .map(|finding| {
            format!(
                "{} {}:{}",
                finding["rule"].as_str().unwrap_or("?"),
                finding["file"].as_str().unwrap_or("?"),
                finding["start"]["line"]
            )
        })
        .collect()
}

/// Both templates, in a folder of their own and in a fresh repository, where nothing is committed yet.
#[test]
fn a_template_starts_with_its_fields_to_fill_in_and_is_clean_then() {
    for nix in nix_versions() {
        let inputs = Inputs::new();
        for (template, in_git) in [("kimi", false), ("kimi", true), ("plain", true)] {
            let home = folder();
            if in_git {
                git(home.path(), &["init", "--quiet"]);
            }
            run(nix
                .command(&["flake", "init", "--template"])
                .arg(format!("path:{}#{template}", inputs.repository().display()))
                .current_dir(home.path()))
            .passes();
            let reference = if in_git { "git+file://" } else { "path:" };
            let check = || {
                run(nix
                    .command(&["flake", "check"])
                    .arg(format!("{reference}{}", home.path().display()))
                    .args(inputs.overrides(home.path())))
            };
            let flake = home.path().join("flake.nix");
            let field = format!("flake.nix:{}", line_of(&flake, "\"<user>\""));
            check().fails_with(&["<user>", &field]);
            assert_eq!(findings(home.path()), [format!("template-text {field}")]);
            replace(&flake, "\"<user>\"", "\"alice\"");
            check().passes();
            assert_eq!(findings(home.path()), [""; 0]);
        }
    }
}

/// With the variables that the README asks for nothing is left that could not be checked.
#[test]
fn a_template_with_its_environment_file_leaves_nothing_open() {
    for template in ["kimi", "plain"] {
        let home = folder();
        let source = repository().join("nix/templates").join(template);
        copy(&source, home.path());
        replace(&home.path().join("flake.nix"), "\"<user>\"", "\"alice\"");
        let readme = std::fs::read_to_string(source.join("README.md")).expect("the README");
        let names: String = readme
            .lines()
            .filter_map(|line| line.trim().split_once("=<"))
            .map(|(name, _)| format!("{name}=\n"))
            .collect();
        let file = home.path().join("names.env");
        write(&file, &names);
        run(Command::new(PROGRAM)
            .arg(home.path())
            .args(["--strict", "--deny-warnings", "--env-file"])
            .arg(&file))
        .passes();
        // Without one of them that is an error.
        write(&file, names.split_once('\n').expect("several names").1);
        run(Command::new(PROGRAM)
            .arg(home.path())
            .args(["--strict", "--env-file"])
            .arg(&file))
        .fails_with(&["_KEY"]);
    }
}
