//! The examples in the rules' documentation, checked the way a flake is: through the whole program.

use openclaw_check::rules::registry::RULES;
use openclaw_check::{Request, Target, check};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const FLAKE: &str = r#"{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    home-manager.url = "github:nix-community/home-manager";
    nix-openclaw.url = "github:openclaw/nix-openclaw";
  };
  outputs = { nixpkgs, home-manager, nix-openclaw, ... }: {
    homeConfigurations.alice = home-manager.lib.homeManagerConfiguration {
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [
        nix-openclaw.homeManagerModules.openclaw
        {
          home = {
            username = "alice";
            homeDirectory = "/home/alice";
            stateVersion = "26.05";
          };
        }
        ./home.nix
      ];
    };
  };
}
"#;

/// The option sets in which examples are written: the newest one, and that of February 2026.
const LOCKS: [&str; 2] = ["kimi", "kimi-2026-02"];

/// Rules whose examples need something that a module in a flake does not show: the bytes of a file, or a release or
/// an option set of their own.
const NEED_MORE: &[&str] = &["null-value"];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The ids of the rules that have a finding in a flake with that module.
fn findings(module: &str, lock: &str) -> BTreeSet<&'static str> {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("flake.nix", FLAKE);
    write("home.nix", module);
    let lock = fs::read_to_string(fixtures().join(lock).join("flake.lock")).expect("flake.lock");
    write("flake.lock", &lock);
    for name in [
        "AGENTS",
        "SOUL",
        "TOOLS",
        "IDENTITY",
        "USER",
        "HEARTBEAT",
        "LORE",
    ] {
        write(&format!("documents/{name}.md"), "Be kind.\n");
    }
    let outcome = check(&Request {
        targets: vec![Target::Path(folder.path().to_path_buf())],
        no_git: true,
        ..Request::default()
    });
    outcome
        .report
        .findings
        .iter()
        .map(|finding| finding.rule)
        .collect()
}

#[test]
fn examples_are_refused_and_accepted_as_they_say() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let info = rule.info;
        if NEED_MORE.contains(&info.id) {
            continue;
        }
        for (position, example) in info.refused.iter().enumerate() {
            let found: Vec<_> = LOCKS.iter().map(|lock| findings(example, lock)).collect();
            if !found.iter().any(|found| found.contains(info.id)) {
                wrong.push(format!(
                    "{}: refused example {position} has only {found:?}",
                    info.id
                ));
            }
        }
        for (position, example) in info.accepted.iter().enumerate() {
            // In one of the option sets at least it is as it should be.
            let found: Vec<_> = LOCKS.iter().map(|lock| findings(example, lock)).collect();
            if found.iter().all(|found| found.contains(info.id)) {
                wrong.push(format!("{}: accepted example {position} has it", info.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
