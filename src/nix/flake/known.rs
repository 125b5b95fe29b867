//! Inputs that are known by what they lock.

use crate::nix::known_names::{KnownNames, OtherNames};

/// An input whose library functions are modelled, or whose modules are known to add nothing to OpenClaw's configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KnownInput {
    /// `NixOS/nixpkgs` and its `lib`.
    Nixpkgs,
    /// `nix-community/home-manager`.
    HomeManager,
    /// `nix-darwin/nix-darwin`.
    NixDarwin,
    /// `numtide/flake-utils`.
    FlakeUtils,
    /// `hercules-ci/flake-parts`.
    FlakeParts,
    /// `vic/import-tree`.
    ImportTree,
    /// `numtide/blueprint`.
    Blueprint,
    /// `nix-systems/*`.
    Systems,
    /// `openclaw/nix-openclaw` under any of its names.
    NixOpenclaw,
    /// This program's own flake.
    OpenclawCheck,
    /// A widely used flake whose modules have nothing to do with OpenClaw.
    Foreign,
}

impl KnownInput {
    /// The names of its outputs, where they are known.
    pub fn outputs(self) -> Option<&'static KnownNames> {
        match self {
            KnownInput::Nixpkgs => Some(&NIXPKGS),
            KnownInput::HomeManager => Some(&HOME_MANAGER),
            KnownInput::NixDarwin => Some(&NIX_DARWIN),
            KnownInput::NixOpenclaw => Some(&NIX_OPENCLAW),
            _ => None,
        }
    }
}

static NIXPKGS: KnownNames = KnownNames::few(&[
    "checks",
    "devShells",
    "formatter",
    "htmlDocs",
    "legacyPackages",
    "nixosModules",
    "packages",
]);

/// The outputs of Home Manager (`flake.nix`), those that are gone among them.
static HOME_MANAGER: KnownNames = KnownNames {
    names: &[
        "checks",
        "darwinModule",
        "darwinModules",
        "defaultPackage",
        "defaultTemplate",
        "devShells",
        "flakeModules",
        "formatter",
        "legacyPackages",
        "nixosModule",
        "nixosModules",
        "overlays",
        "packages",
        "templates",
    ],
    below: &[
        ("darwinModules", &MODULES_OF_HOME_MANAGER),
        ("flakeModules", &MODULES_OF_HOME_MANAGER),
        ("nixosModules", &MODULES_OF_HOME_MANAGER),
    ],
    others: OtherNames::Few,
};

static MODULES_OF_HOME_MANAGER: KnownNames = KnownNames::few(&["default", "home-manager"]);

static NIX_DARWIN: KnownNames = KnownNames::few(&[
    "checks",
    "darwinModules",
    "devShells",
    "formatter",
    "legacyPackages",
    "overlays",
    "packages",
    "templates",
]);

/// The outputs of nix-openclaw (`flake.nix` over its whole history). Which modules it has is looked at by themselves.
static NIX_OPENCLAW: KnownNames = KnownNames {
    names: &[
        "checks",
        "darwinModules",
        "devShells",
        "formatter",
        "homeManagerModules",
        "nixosModules",
        "overlays",
        "packages",
        "templates",
    ],
    below: &[
        ("overlays", &KnownNames::few(&["default"])),
        ("packages", &KnownNames::made_up(&PACKAGES_OF_NIX_OPENCLAW)),
    ],
    others: OtherNames::Few,
};

static PACKAGES_OF_NIX_OPENCLAW: KnownNames = KnownNames::few(&[
    "clawdbot",
    "clawdbot-app",
    "clawdbot-gateway",
    "clawdbot-tools",
    "default",
    "moltbot",
    "moltbot-app",
    "moltbot-gateway",
    "moltbot-tools",
    "openclaw",
    "openclaw-app",
    "openclaw-gateway",
    "openclaw-tools",
]);

/// Repositories of widely used flakes whose modules do not touch OpenClaw's options.
const FOREIGN: &[&str] = &[
    "sops-nix",
    "agenix",
    "ragenix",
    "agenix-rekey",
    "disko",
    "impermanence",
    "preservation",
    "nixos-hardware",
    "stylix",
    "catppuccin",
    "nixvim",
    "nvf",
    "nur",
    "plasma-manager",
    "hyprland",
    "lanzaboote",
    "nix-index-database",
    "nix-flatpak",
    "nixos-wsl",
    "nix-homebrew",
    "niri-flake",
    "vscode-server",
    "nixos-vscode-server",
    "treefmt-nix",
    "git-hooks.nix",
    "devenv",
    "comin",
    "colmena",
    "deploy-rs",
    "nixos-generators",
    "microvm.nix",
    "simple-nixos-mailserver",
    "chaotic",
    "nyx",
    "spicetify-nix",
    "zen-browser-flake",
    "mac-app-util",
    "determinate",
    "lix-module",
    "noctalia-shell",
    "dankmaterialshell",
];

/// What an input is by the repository that it locks.
pub fn by_repository(owner: &str, repository: &str) -> Option<KnownInput> {
    let (owner, repository) = (owner.to_lowercase(), repository.to_lowercase());
    Some(match (owner.as_str(), repository.as_str()) {
        (_, "nixpkgs" | "nixpkgs.lib" | "nixpkgs-channels") => KnownInput::Nixpkgs,
        (_, "home-manager") => KnownInput::HomeManager,
        (_, "nix-darwin") => KnownInput::NixDarwin,
        (_, "flake-utils" | "flake-utils-plus") if repository == "flake-utils" => {
            KnownInput::FlakeUtils
        }
        (_, "flake-parts") => KnownInput::FlakeParts,
        (_, "import-tree") => KnownInput::ImportTree,
        ("numtide" | "", "blueprint") => KnownInput::Blueprint,
        ("nix-systems", _) => KnownInput::Systems,
        (_, "nix-openclaw" | "nix-moltbot" | "nix-clawdbot") => KnownInput::NixOpenclaw,
        (_, "openclaw-check") => KnownInput::OpenclawCheck,
        (_, repository) if FOREIGN.contains(&repository) => KnownInput::Foreign,
        _ => return None,
    })
}

/// What an input is by its name alone, for a flake without a lock.
pub fn by_name(name: &str) -> Option<KnownInput> {
    match name {
        "darwin" => Some(KnownInput::NixDarwin),
        "utils" => Some(KnownInput::FlakeUtils),
        "systems" => Some(KnownInput::Systems),
        "openclaw" | "clawdbot" | "moltbot" => Some(KnownInput::NixOpenclaw),
        "nixpkgs-lib" | "nixpkgs-unstable" | "nixpkgs-stable" => Some(KnownInput::Nixpkgs),
        name => by_repository("", name),
    }
}

/// Owner and repository of a reference such as `github:owner/repo/branch?dir=x` or `https://host/owner/repo.git`.
pub fn repository_of(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = url.split_once(':')?;
    let rest = rest.split(['?', '#']).next()?;
    let mut parts = match scheme {
        "github" | "gitlab" | "sourcehut" => rest.split('/').collect::<Vec<_>>(),
        "path" => return None,
        // Host first.
        _ => rest.trim_start_matches('/').split('/').skip(1).collect(),
    }
    .into_iter();
    let owner = parts.next()?.to_string();
    let repository = parts.next()?.trim_end_matches(".git").to_string();
    (!owner.is_empty() && !repository.is_empty()).then_some((owner, repository))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_their_repository() {
        let expect = |owner: &str, repository: &str| Some((owner.into(), repository.into()));
        assert_eq!(
            repository_of("github:NixOS/nixpkgs/nixos-unstable"),
            expect("NixOS", "nixpkgs")
        );
        assert_eq!(
            repository_of("git+https://codeberg.org/me/dots.git?ref=main"),
            expect("me", "dots")
        );
        assert_eq!(repository_of("path:./agents"), None);
    }

    #[test]
    fn well_known_inputs_are_told_by_repository_or_name() {
        assert_eq!(
            by_repository("Mic92", "sops-nix"),
            Some(KnownInput::Foreign)
        );
        assert_eq!(by_repository("me", "my-modules"), None);
        assert_eq!(by_name("home-manager"), Some(KnownInput::HomeManager));
    }
}
