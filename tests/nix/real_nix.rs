//! Runs a real Nix where there is one.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A Nix that can be run: the newer one counts.
pub struct Nix {
    binaries: PathBuf,
}

impl Nix {
    /// Nix 2.34 as `tests/support/install-nix.sh` installs it, or the one that `OPENCLAW_CHECK_NIX_NEW` names.
    /// Without one the test is skipped by name, or fails when `OPENCLAW_CHECK_REQUIRE_REAL` is set.
    pub fn find(test: &str) -> Option<Nix> {
        let named = std::env::var_os("OPENCLAW_CHECK_NIX_NEW").map(PathBuf::from);
        let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/nix/new/bin/nix");
        let found = named
            .into_iter()
            .chain([installed])
            .find(|binary| binary.is_file());
        if found.is_none() {
            let required =
                std::env::var("OPENCLAW_CHECK_REQUIRE_REAL").is_ok_and(|value| value == "1");
            assert!(!required, "{test}: no real Nix, and one is required");
            eprintln!("skipped: {test} (no real Nix; see tests/support/install-nix.sh)");
        }
        Some(Nix {
            binaries: found?.parent()?.to_path_buf(),
        })
    }

    /// Runs `nix-instantiate` with these arguments.
    pub fn instantiate(&self, arguments: &[&str], directory: &Path) -> Output {
        Command::new(self.binaries.join("nix-instantiate"))
            .args(arguments)
            .current_dir(directory)
            .env("HOME", "/home/test")
            .output()
            .expect("nix-instantiate runs")
    }

    /// What Nix's parser makes of each text: the expression as it prints it, or its message. As few processes are
    /// run as there are refusals, and one more.
    pub fn parse_all(&self, texts: &[String], directory: &Path) -> Vec<Result<String, String>> {
        let names: Vec<String> = (0..texts.len())
            .map(|index| format!("case-{index}.nix"))
            .collect();
        for (name, text) in names.iter().zip(texts) {
            std::fs::write(directory.join(name), text).expect("the test folder is writable");
        }
        let mut results = Vec::new();
        while results.len() < texts.len() {
            let mut arguments = vec!["--parse"];
            arguments.extend(names[results.len()..].iter().take(200).map(String::as_str));
            let asked = arguments.len() - 1;
            let output = self.instantiate(&arguments, directory);
            let printed = String::from_utf8_lossy(&output.stdout);
            let accepted: Vec<&str> = printed.lines().collect();
            results.extend(accepted.iter().map(|line| Ok(line.to_string())));
            if accepted.len() < asked {
                let message = String::from_utf8_lossy(&output.stderr);
                results.push(Err(message.trim().to_string()));
            }
        }
        results
    }
}
