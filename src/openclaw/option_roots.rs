//! Where the options of OpenClaw begin, and what people write instead: a misspelt `programs.opneclaw`, or the options of
//! NixOS in a configuration of Home Manager.

use super::programs::PROGRAM_NAMES;
use crate::nearest::is_one_step;
use crate::nix::modules::Class;
use crate::nix::symbol::Symbol;
use strsim::damerau_levenshtein;

/// An option beside the real ones that was surely meant to be one of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stray {
    /// The option that was meant or that it is elsewhere: `programs.openclaw`, `services.openclaw-gateway`.
    pub meant: String,
    /// Whether it is spelt right and only stands where its module does not belong.
    pub misplaced: bool,
    /// What is wrong, for people.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// Whether an option, by its first two names, is a root of OpenClaw's options.
pub fn is_root(namespace: Symbol, option: Symbol) -> bool {
    let option = option.as_str();
    match namespace.as_str() {
        "programs" => PROGRAM_NAMES.contains(&option),
        "services" => option
            .strip_suffix("-gateway")
            .is_some_and(|program| PROGRAM_NAMES.contains(&program)),
        _ => false,
    }
}

/// First names of options that modules of NixOS, nix-darwin, Home Manager and of widely used projects declare, so that a module that
/// is not seen may declare more below them. What only looks like one of them is taken for one.
const SHARED: &[&str] = &[
    "_module",
    "accounts",
    "age",
    "appstream",
    "assertions",
    "boot",
    "catppuccin",
    "clan",
    "console",
    "containers",
    "dconf",
    "debug",
    "den",
    "disko",
    "documentation",
    "editorconfig",
    "environment",
    "fileSystems",
    "flake",
    "fonts",
    "gtk",
    "hardware",
    "hm",
    "home",
    "home-manager",
    "homebrew",
    "i18n",
    "ids",
    "image",
    "jobs",
    "krb5",
    "launchd",
    "lib",
    "location",
    "manual",
    "meta",
    "microvm",
    "networking",
    "news",
    "nix",
    "nixpkgs",
    "oci",
    "openstack",
    "pam",
    "passthru",
    "perSystem",
    "power",
    "powerManagement",
    "programs",
    "proxmox",
    "qt",
    "security",
    "services",
    "snowfallorg",
    "sops",
    "sound",
    "specialisation",
    "stylix",
    "submoduleSupport",
    "swapDevices",
    "system",
    "systemd",
    "systems",
    "targets",
    "test",
    "testing",
    "time",
    "uninstall",
    "users",
    "virtualisation",
    "vuizvui",
    "warnings",
    "wayland",
    "wsl",
    "xdg",
    "xresources",
    "xsession",
    "zramSwap",
];

/// Whether modules that are not seen may declare options below this first name.
pub fn is_shared(name: &str) -> bool {
    SHARED.contains(&name)
}

/// The first name that was surely meant by one that nothing declares: one slip of the pen leads to it.
pub fn shared_name_meant_by(name: &str) -> Option<&'static str> {
    /// Of shorter names too many are one slip away from each other.
    const SHORT: usize = 4;
    if is_shared(name) || name.len() < SHORT {
        return None;
    }
    let mut shared = SHARED.iter().filter(|shared| shared.len() >= SHORT);
    shared.find(|shared| is_one_step(name, shared)).copied()
}

/// What an option named `name` in `programs` or `services`, or in a misspelling of these, is, if it is neither right nor something else.
///
/// A name counts as misspelt only where one slip of the pen leads to it (a letter added, left out, replaced or swapped, for
/// the long name of the service two; or another case): `programs.opencode` and `services.opencrow` are other programs.
pub fn judge(class: Class, namespace: &str, name: &str) -> Option<Stray> {
    for program in PROGRAM_NAMES {
        let service = format!("{program}-gateway");
        if class == Class::HomeManager
            && ((namespace == "services" && name == *program)
                || (namespace == "programs" && name == service))
        {
            let meant = format!("programs.{program}");
            return Some(Stray {
                message: format!("the option `{namespace}.{name}` does not exist"),
                help: format!("write `{meant}`"),
                meant,
                // A module of another project may declare it.
                misplaced: true,
            });
        }
        let (known, slips) = match namespace {
            "programs" => (*program, 1),
            "services" => (service.as_str(), 2),
            _ => return judge_namespace(namespace, name),
        };
        let meant = format!("{namespace}.{known}");
        if name == known {
            return misplaced(class, namespace, program, meant);
        }
        if damerau_levenshtein(&name.to_lowercase(), known) <= slips {
            return Some(Stray {
                message: format!("the option `{namespace}.{name}` does not exist"),
                help: format!("write `{meant}`"),
                meant,
                misplaced: false,
            });
        }
    }
    None
}

/// Whether one slip of the pen leads to this first name from `programs` or `services`.
pub fn is_nearly_namespace(name: &str) -> bool {
    nearly(name).next().is_some()
}

fn nearly(name: &str) -> impl Iterator<Item = &'static str> + '_ {
    ["programs", "services"]
        .into_iter()
        .filter(move |known| !is_shared(name) && is_one_step(name, known))
}

/// What an option `namespace.name` is where `namespace` is not one that modules declare options in: a slip in `programs` or
/// `services` above the very name of OpenClaw's options.
fn judge_namespace(namespace: &str, name: &str) -> Option<Stray> {
    let meant = nearly(namespace).find(|meant| is_root(Symbol::new(meant), Symbol::new(name)))?;
    let meant = format!("{meant}.{name}");
    Some(Stray {
        message: format!("the option `{namespace}.{name}` does not exist"),
        help: format!("write `{meant}`"),
        meant,
        misplaced: false,
    })
}

fn misplaced(class: Class, namespace: &str, program: &str, meant: String) -> Option<Stray> {
    let (message, help) = match (class, namespace) {
        (Class::HomeManager, "services") => (
            format!("`{meant}` is an option of NixOS and does not exist in Home Manager"),
            format!(
                "write `programs.{program}`, or move it to the NixOS configuration, with the module `nixosModules.{program}-gateway` of nix-openclaw"
            ),
        ),
        (Class::Nixos | Class::Darwin, "programs") => (
            format!("`{meant}` is an option of Home Manager and does not exist here"),
            format!("write `home-manager.users.<user>.{meant}`"),
        ),
        _ => return None,
    };
    Some(Stray {
        meant,
        misplaced: true,
        message,
        help,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(class: Class, namespace: &str, name: &str) -> Option<String> {
        judge(class, namespace, name).map(|stray| stray.meant)
    }

    #[test]
    fn a_slip_of_the_pen_is_found() {
        for name in [
            "opneclaw",
            "openclw",
            "openclaww",
            "OpenClaw",
            "openclaW",
            "opemclaw",
        ] {
            assert_eq!(
                meant(Class::HomeManager, "programs", name).as_deref(),
                Some("programs.openclaw"),
                "{name}"
            );
        }
        assert_eq!(
            meant(Class::Nixos, "services", "openclaw-gatway").as_deref(),
            Some("services.openclaw-gateway")
        );
        assert_eq!(
            meant(Class::HomeManager, "programs", "clawbot").as_deref(),
            Some("programs.clawdbot")
        );
    }

    #[test]
    fn a_slip_in_the_namespace_is_found() {
        let meant =
            |namespace: &str, name: &str| judge_namespace(namespace, name).map(|stray| stray.meant);
        assert_eq!(
            meant("program", "openclaw").as_deref(),
            Some("programs.openclaw")
        );
        assert_eq!(
            meant("serivces", "openclaw-gateway").as_deref(),
            Some("services.openclaw-gateway")
        );
        assert_eq!(meant("programs", "openclaw"), None);
        assert_eq!(meant("mine", "openclaw"), None);
        assert_eq!(meant("service", "openclaw"), None);
        assert_eq!(meant("program", "opencode"), None);
    }

    #[test]
    fn other_programs_are_left_alone() {
        for name in ["opencode", "opencrow", "zeroclaw", "picoclaw", "git"] {
            assert_eq!(meant(Class::HomeManager, "programs", name), None, "{name}");
        }
        for name in ["openclaw", "openclaw-node", "clawdbot"] {
            assert_eq!(meant(Class::Nixos, "services", name), None, "{name}");
        }
        assert_eq!(meant(Class::HomeManager, "xdg", "opneclaw"), None);
    }

    #[test]
    fn the_right_name_in_the_wrong_place() {
        let stray = judge(Class::HomeManager, "services", "openclaw-gateway").expect("one");
        assert!(stray.misplaced);
        assert!(stray.message.contains("an option of NixOS"));
        let stray = judge(Class::Darwin, "programs", "openclaw").expect("one");
        assert_eq!(
            stray.help,
            "write `home-manager.users.<user>.programs.openclaw`"
        );
        assert_eq!(judge(Class::Generic, "services", "openclaw-gateway"), None);
        for (namespace, name) in [("services", "openclaw"), ("programs", "openclaw-gateway")] {
            let stray = judge(Class::HomeManager, namespace, name).expect("one");
            assert!(stray.misplaced && stray.meant == "programs.openclaw");
        }
    }
}
