//! A large tree, of which little has to do with OpenClaw.

use crate::measure::{check, find, medians, milliseconds, peak_memory, ratio, works};
use crate::{Extent, bare, page};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// One file in so many mentions OpenClaw.
const MENTIONING: usize = 50;
/// Files in one folder.
const FOLDER: usize = 100;
/// Bytes of a file, about.
const BYTES: usize = 10_000;

/// The check of a tree, against reading its bytes.
pub fn section(extent: &Extent, scratch: &Path) -> String {
    let mut rows = Vec::new();
    for files in [extent.files / 4, extent.files / 2, extent.files] {
        let tree = scratch.join(format!("tree-{files}"));
        write_tree(&tree, files);
        rows.push(row(extent, &tree, files, "without git", &["--no-git"]));
        if files == extent.files && staged(&tree) {
            rows.push(row(extent, &tree, files, "in git", &[]));
        }
    }
    let mut text = format!(
        "### A tree of {} Nix files\n\nEach has about {} kB; one in {MENTIONING} mentions OpenClaw.\n\n",
        extent.files,
        BYTES / 1000
    );
    text.push_str(&page::table(
        &[
            "files",
            "",
            "reading all bytes on all cores",
            "openclaw-check",
            "ratio",
            "per file",
            "memory at most",
        ],
        &rows,
    ));
    text
}

fn row(extent: &Extent, tree: &Path, files: usize, how: &str, arguments: &[&str]) -> Vec<String> {
    let [read, checked] = medians(
        [&mut bare::reading(tree), &mut check(tree, arguments)],
        extent.large_runs,
    );
    let memory = peak_memory(&mut check(tree, arguments));
    vec![
        files.to_string(),
        how.to_string(),
        milliseconds(read),
        milliseconds(checked),
        format!("{:.2}", ratio(checked, read)),
        format!("{:.1} µs", checked.as_secs_f64() * 1e6 / files as f64),
        memory.map_or("unknown".to_string(), |memory| format!("{memory:.0} MB")),
    ]
}

/// Makes the tree a git checkout with everything staged; `false` where there is no git.
fn staged(tree: &Path) -> bool {
    let Some(git) = find("git", &[]) else {
        return false;
    };
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&git);
        command
            .current_dir(tree)
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null");
        works(&mut command)
    };
    run(&["init", "--quiet"]) && run(&["add", "--all"])
}

/// Modules as people have them: packages, services, options; some switch OpenClaw on.
fn write_tree(root: &Path, files: usize) {
    for number in 0..files {
        let folder = root.join(format!("modules-{:03}", number / FOLDER));
        if number.is_multiple_of(FOLDER) {
            std::fs::create_dir_all(&folder).expect("a folder");
        }
        std::fs::write(folder.join(format!("module-{number}.nix")), module(number))
            .expect("a file");
    }
}

fn module(number: usize) -> String {
    let mut text = format!("# Module {number}\n{{ config, lib, pkgs, ... }}:\n{{\n");
    if number.is_multiple_of(MENTIONING) {
        text.push_str("  programs.openclaw.enable = true;\n  programs.openclaw.config.gateway.mode = \"local\";\n");
    }
    let mut service = 0;
    while text.len() < BYTES {
        let _ = write!(
            text,
            "  systemd.services.\"worker-{number}-{service}\" = {{\n    description = \"Worker {service} of module {number}\";\n    wantedBy = [ \"multi-user.target\" ];\n    after = [ \"network.target\" ];\n    serviceConfig = {{\n      ExecStart = \"${{pkgs.hello}}/bin/hello --greeting 'number {service}'\";\n      Restart = \"on-failure\";\n    }};\n  }};\n"
        );
        service += 1;
    }
    text.push_str("}\n");
    text
}
