//! Small flakes, and one large configuration: what people wait for.

use crate::measure::{check, find, median, medians, milliseconds, ratio, works};
use crate::{Extent, bare, page, repository};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Checks against bare processes, and against other programs where they are installed.
pub fn section(extent: &Extent, scratch: &Path) -> String {
    let large = scratch.join("large");
    write_large_configuration(&large);
    let inputs = [
        (
            "the template with Kimi",
            repository().join("nix/templates/kimi"),
        ),
        ("fixtures/kimi", repository().join("fixtures/kimi")),
        (
            "fixtures/kimi-2026-02",
            repository().join("fixtures/kimi-2026-02"),
        ),
        (
            "fixtures/dotfiles-computed",
            repository().join("fixtures/dotfiles-computed"),
        ),
        (
            "fixtures/dotfiles-nixos",
            repository().join("fixtures/dotfiles-nixos"),
        ),
        (
            "an openclaw.json",
            repository().join("fixtures/openclaw-json/openclaw.json"),
        ),
        ("a configuration of 3 000 lines", large),
    ];
    let rows: Vec<Vec<String>> = inputs
        .iter()
        .map(|(name, path)| {
            let files = bare::files_of_a_check(path);
            let [nothing, parse, checked] = medians(
                [
                    &mut bare::nothing(),
                    &mut bare::parsing(&files),
                    &mut check(path, &[]),
                ],
                extent.runs,
            );
            vec![
                (*name).to_string(),
                files.len().to_string(),
                bare::nix_files(path).len().to_string(),
                milliseconds(nothing),
                milliseconds(parse),
                milliseconds(checked),
                format!("{:.2}", ratio(checked, parse)),
            ]
        })
        .collect();
    let mut text = String::from("### Small flakes\n\n");
    text.push_str(&page::table(
        &[
            "input",
            "files read",
            "of them Nix",
            "bare process",
            "process that reads them and parses those of Nix with rnix",
            "openclaw-check",
            "ratio to the parsing one",
        ],
        &rows,
    ));
    text.push_str("\n### Other programs on fixtures/kimi\n\n");
    text.push_str(&others(extent));
    text
}

/// The same flake with other programs.
fn others(extent: &Extent) -> String {
    let flake = repository().join("fixtures/kimi");
    let mut programs: Vec<(&str, Command)> = Vec::new();
    if let Some(deadnix) = find("deadnix", &[]) {
        let mut command = Command::new(deadnix);
        command.arg(&flake);
        programs.push(("deadnix", command));
    }
    if let Some(nix) = find("nix-instantiate", &["target/nix/new/bin/nix-instantiate"]) {
        let mut command = Command::new(nix);
        command.arg("--parse").arg(flake.join("flake.nix"));
        programs.push(("`nix-instantiate --parse`", command));
    }
    if let Some(nix) = find("nix", &["target/nix/new/bin/nix"]) {
        programs.push((
            "`nix eval` of the configuration, with small stand-ins for its inputs",
            nix_eval(&nix, &flake),
        ));
    }
    let mut rows = Vec::new();
    for (name, mut command) in programs {
        if !works(&mut command) && name != "deadnix" {
            continue;
        }
        let [checked, other] = medians(
            [&mut check(&flake, &[]), &mut command],
            extent.large_runs * 3,
        );
        rows.push(vec![
            name.to_string(),
            milliseconds(other),
            milliseconds(checked),
            format!("{:.1}", ratio(other, checked)),
        ]);
    }
    let mut text = page::table(
        &["program", "its time", "openclaw-check", "times as long"],
        &rows,
    );
    if rows.is_empty() {
        let _ = writeln!(text, "\nNone of them is installed.");
    }
    text
}

/// Evaluation of the configuration without a cache, offline.
fn nix_eval(nix: &Path, flake: &Path) -> Command {
    let mut command = Command::new(nix);
    command.args([
        "eval",
        "--json",
        "--offline",
        "--no-write-lock-file",
        "--option",
        "eval-cache",
        "false",
        "--extra-experimental-features",
        "nix-command flakes",
    ]);
    for input in ["nixpkgs", "home-manager", "nix-openclaw"] {
        let stub = repository().join("tests/support/nix-stubs").join(input);
        command.args(["--override-input", input]);
        command.arg(format!("path:{}", stub.display()));
    }
    command.arg(format!(
        "path:{}#homeConfigurations.alice.config.programs.openclaw.config",
        flake.display()
    ));
    command
}

/// The flake of fixtures/kimi with many more agents, models and modules: 3 000 lines in six files.
fn write_large_configuration(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let source = repository().join("fixtures/kimi");
    for file in ["flake.nix", "flake.lock"] {
        std::fs::copy(source.join(file), folder.join(file)).expect("a copy");
    }
    std::fs::create_dir_all(folder.join("documents")).expect("a folder");
    for entry in std::fs::read_dir(source.join("documents")).expect("documents") {
        let entry = entry.expect("a document");
        std::fs::copy(
            entry.path(),
            folder.join("documents").join(entry.file_name()),
        )
        .expect("a copy");
    }
    let names: Vec<PathBuf> = (0..5)
        .map(|part| format!("part{part}.nix").into())
        .collect();
    for (part, name) in names.iter().enumerate() {
        std::fs::write(folder.join(name), module(part)).expect("a module");
    }
    let flake = folder.join("flake.nix");
    let text = std::fs::read_to_string(&flake).expect("the flake");
    let imports: String = names
        .iter()
        .map(|name| format!(" ./{}", name.display()))
        .collect();
    let anchor = "nix-openclaw.homeManagerModules.openclaw";
    assert!(text.contains(anchor), "the fixture names the module");
    std::fs::write(
        &flake,
        text.replacen(anchor, &format!("{anchor}{imports}"), 1),
    )
    .expect("the flake");
}

/// A module of about 570 lines: a provider with models, agents that use them, their aliases.
fn module(part: usize) -> String {
    let mut text = String::from("{ lib, config, ... }:\nlet\n");
    let _ = writeln!(text, "  base = \"https://gateway{part}.example.org/v1\";");
    text.push_str("  model = id: {\n    inherit id;\n    name = \"Model ${id}\";\n    contextWindow = 131072;\n    maxTokens = 8192;\n  };\nin\n{\n");
    let _ = writeln!(
        text,
        "  programs.openclaw.config.models.providers.gateway{part} = {{"
    );
    text.push_str("    baseUrl = base;\n    api = \"openai-completions\";\n");
    let _ = writeln!(
        text,
        "    apiKey = \"\\${{KIMI_API_KEY}}\";\n    models = ["
    );
    for number in 0..60 {
        let _ = writeln!(text, "      (model \"large-{number}\")");
    }
    text.push_str("    ];\n  };\n\n  programs.openclaw.config.agents.defaults.models = {\n");
    for number in 0..60 {
        let _ = writeln!(text, "    \"gateway{part}/large-{number}\" = {{ }};");
    }
    text.push_str("  };\n\n  programs.openclaw.config.agents.list = [\n");
    for number in 0..40 {
        let _ = writeln!(
            text,
            "    {{\n      id = \"agent-{part}-{number}\";\n      name = \"Agent {number} of part {part}\";\n      model = {{\n        primary = \"gateway{part}/large-{number}\";\n        fallbacks = [\n          \"openrouter/auto\"\n          \"gateway{part}/large-{}\"\n        ];\n      }};\n    }}",
            number + 10
        );
    }
    text.push_str("  ];\n}\n");
    text
}

/// The median of a check alone, for other sections.
pub fn checked(path: &Path, arguments: &[&str], runs: usize) -> std::time::Duration {
    median(&mut check(path, arguments), runs)
}
