//! The outputs of this repository's own flake.

use crate::support::{Inputs, Nix, Run, copy, folder, nix_versions, replace, run};

fn nix_on_repository(nix: &Nix, inputs: &Inputs, words: &[&str], fragment: &str) -> Run {
    let repository = inputs.repository();
    run(nix
        .command(words)
        .arg(format!("path:{}{fragment}", repository.display()))
        .args(inputs.overrides(&repository)))
}

#[test]
fn every_output_shows_and_evaluates() {
    for nix in nix_versions() {
        let inputs = Inputs::new();
        let shown = nix_on_repository(&nix, &inputs, &["flake", "show"], "")
            .passes()
            .text;
        for part in [
            "packages",
            "apps",
            "overlays",
            "checks",
            "devShells",
            "formatter",
            "templates",
        ] {
            assert!(shown.contains(part), "`{part}` is missing in:\n{shown}");
        }
        for system in [
            "x86_64-linux",
            "aarch64-linux",
            "aarch64-darwin",
            "x86_64-darwin",
        ] {
            for output in [
                format!("packages.{system}.default.drvPath"),
                format!("apps.{system}.default.program"),
                format!("checks.{system}.package.drvPath"),
                format!("checks.{system}.kimi.drvPath"),
                format!("devShells.{system}.default.drvPath"),
                format!("formatter.{system}.drvPath"),
                format!("lib.{system}.gitHook.entry"),
            ] {
                nix_on_repository(&nix, &inputs, &["eval", "--raw"], &format!("#{output}"))
                    .passes();
            }
        }
        for output in [
            "overlays",
            "homeModules",
            "nixosModules",
            "flakeModules",
            "templates",
        ] {
            let names = nix_on_repository(
                &nix,
                &inputs,
                &["eval", "--json", "--apply", "builtins.attrNames"],
                &format!("#{output}"),
            )
            .passes()
            .stdout;
            assert!(names.contains("\"default\""), "{output}: {names}");
        }
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

#[test]
fn a_template_starts_with_its_fields_to_fill_in_and_is_clean_then() {
    for nix in nix_versions() {
        for template in ["kimi", "plain"] {
            let inputs = Inputs::new();
            let home = folder();
            run(nix
                .command(&["flake", "init", "--template"])
                .arg(format!("path:{}#{template}", inputs.repository().display()))
                .current_dir(home.path()))
            .passes();
            let check = || {
                run(nix
                    .command(&["flake", "check"])
                    .arg(format!("path:{}", home.path().display()))
                    .args(inputs.overrides(home.path())))
            };
            check().fails_with(&["<user>", "flake.nix:"]);
            replace(&home.path().join("flake.nix"), "\"<user>\"", "\"alice\"");
            check().passes();
        }
    }
}

#[test]
fn the_templates_are_what_the_documentation_says_of_kimi() {
    // Without Nix: the sources alone, by the program itself.
    let home = folder();
    copy(
        &crate::support::repository().join("nix/templates/kimi"),
        home.path(),
    );
    replace(&home.path().join("flake.nix"), "\"<user>\"", "\"alice\"");
    let checked = run(std::process::Command::new(crate::support::PROGRAM)
        .arg(home.path())
        .args(["--format", "concise"]))
    .passes();
    assert!(!checked.text.contains("error"), "{}", checked.text);
}
