//! The options out of sight that configurations of OpenClaw read: those of Home Manager, of nix-openclaw, and of what keeps secrets.
//!
//! Read off Home Manager (`modules/home-environment.nix`, `modules/xdg.nix`, `nixos/common.nix`), sops-nix (`modules/sops` and
//! `modules/home-manager`), agenix (`modules/age.nix`) and agenix-rekey. What was there once is among them.

use super::module_options::{
    APP_DEFAULTS, BOOTSTRAP_FILES, BUNDLED_PLUGIN, BUNDLED_PLUGINS, INSTANCE, LAUNCHD,
    ModuleOption, SERVICE, SYSTEMD, TOP, WORKSPACE,
};
use crate::nix::known_names::{KnownNames, OtherNames};
use crate::nix::modules::Class;

/// The options that modules of a class have; of no certain class, those of modules that are checked by themselves.
pub fn of_class(class: Class) -> Option<&'static KnownNames> {
    match class {
        Class::HomeManager => Some(&HOME_MANAGER),
        Class::Nixos | Class::Darwin => Some(&SYSTEM),
        Class::Generic => Some(&EITHER),
        Class::FlakeParts => None,
    }
}

static HOME_MANAGER: KnownNames = KnownNames {
    names: &["age", "home", "programs", "sops", "systemd", "xdg"],
    below: &[
        ("age", &AGE),
        ("home", &HOME),
        ("programs", &PROGRAMS),
        ("sops", &SOPS),
        ("systemd", &SYSTEMD_OF_USERS),
        ("xdg", &XDG),
    ],
    others: OtherNames::OfEverybody,
};

static SYSTEM: KnownNames = KnownNames {
    names: &["age", "home-manager", "networking", "services", "sops"],
    below: &[
        ("age", &AGE),
        ("home-manager", &HOMES),
        ("networking", &NETWORKING),
        ("services", &SERVICES),
        ("sops", &SOPS),
    ],
    others: OtherNames::OfEverybody,
};

static EITHER: KnownNames = KnownNames {
    names: &[
        "age",
        "home",
        "home-manager",
        "networking",
        "programs",
        "services",
        "sops",
        "xdg",
    ],
    below: &[
        ("age", &AGE),
        ("home", &HOME),
        ("home-manager", &HOMES),
        ("networking", &NETWORKING),
        ("programs", &PROGRAMS),
        ("services", &SERVICES),
        ("sops", &SOPS),
        ("xdg", &XDG),
    ],
    others: OtherNames::OfEverybody,
};

static HOMES: KnownNames = KnownNames {
    names: &[
        "backupCommand",
        "backupFileExtension",
        "enableLegacyProfileManagement",
        "extraSpecialArgs",
        "minimal",
        "overwriteBackup",
        "sharedModules",
        "startAsUserService",
        "useGlobalPkgs",
        "useUserPackages",
        "users",
        "verbose",
    ],
    below: &[("users", &KnownNames::made_up(&HOME_MANAGER))],
    others: OtherNames::Few,
};

static NETWORKING: KnownNames = KnownNames::few(&["hostName"]);

static HOME: KnownNames = KnownNames::few(&[
    "activation",
    "activationGenerateGcRoot",
    "activationPackage",
    "checks",
    "emptyActivationPath",
    "enableDebugInfo",
    "enableNixpkgsReleaseCheck",
    "extraActivationPath",
    "extraBuilderCommands",
    "extraDependencies",
    "extraOutputsToInstall",
    "extraProfileCommands",
    "file",
    "homeDirectory",
    "keyboard",
    "language",
    "packages",
    "path",
    "persistence",
    "pointerCursor",
    "preferXdgDirectories",
    "profileDirectory",
    "sessionPath",
    "sessionSearchVariables",
    "sessionVariables",
    "sessionVariablesExtra",
    "sessionVariablesPackage",
    "shell",
    "shellAliases",
    "stateVersion",
    "uid",
    "username",
    "version",
]);

static SYSTEMD_OF_USERS: KnownNames = KnownNames {
    names: &["user"],
    below: &[("user", &UNITS)],
    others: OtherNames::Few,
};

/// `modules/systemd.nix`, `modules/misc/tmpfiles.nix`.
static UNITS: KnownNames = KnownNames::few(&[
    "automounts",
    "enable",
    "generators",
    "mounts",
    "packages",
    "paths",
    "scopes",
    "services",
    "servicesStartTimeoutMs",
    "sessionVariables",
    "settings",
    "slices",
    "sockets",
    "startServices",
    "swaps",
    "systemctlPath",
    "targets",
    "timers",
    "tmpfiles",
    "units",
]);

static XDG: KnownNames = KnownNames::few(&[
    "autostart",
    "binHome",
    "cacheFile",
    "cacheHome",
    "configFile",
    "configHome",
    "dataFile",
    "dataHome",
    "desktopEntries",
    "enable",
    "localBinInPath",
    "mime",
    "mimeApps",
    "portal",
    "stateFile",
    "stateHome",
    "systemDirs",
    "terminal-exec",
    "userDirs",
]);

static SOPS: KnownNames = KnownNames {
    names: &[
        "age",
        "defaultSecretsMountPoint",
        "defaultSopsFile",
        "defaultSopsFormat",
        "defaultSopsKey",
        "defaultSymlinkPath",
        "environment",
        "gnupg",
        "keepGenerations",
        "log",
        "package",
        "placeholder",
        "secrets",
        "templates",
        "useSystemdActivation",
        "useTmpfs",
        "validateSopsFiles",
    ],
    below: &[
        ("secrets", &KnownNames::made_up(&SOPS_SECRET)),
        ("templates", &KnownNames::made_up(&SOPS_TEMPLATE)),
    ],
    others: OtherNames::Few,
};

static SOPS_SECRET: KnownNames = KnownNames::few(&[
    "format",
    "gid",
    "group",
    "key",
    "mode",
    "name",
    "neededForUsers",
    "owner",
    "path",
    "reloadUnits",
    "restartUnits",
    "sopsFile",
    "sopsFileHash",
    "uid",
]);

static SOPS_TEMPLATE: KnownNames = KnownNames::few(&[
    "content",
    "file",
    "gid",
    "group",
    "mode",
    "name",
    "owner",
    "path",
    "reloadUnits",
    "restartUnits",
    "uid",
]);

static AGE: KnownNames = KnownNames {
    names: &[
        "ageBin",
        "generators",
        "identityPaths",
        "package",
        "rekey",
        "secrets",
        "secretsDir",
        "secretsMountPoint",
        "templates",
    ],
    below: &[("secrets", &KnownNames::made_up(&AGE_SECRET))],
    others: OtherNames::Few,
};

static AGE_SECRET: KnownNames = KnownNames::few(&[
    "file",
    "generator",
    "group",
    "id",
    "intermediary",
    "mode",
    "name",
    "owner",
    "path",
    "rekeyFile",
    "settings",
    "symlink",
]);

static PROGRAMS: KnownNames = KnownNames {
    names: &["openclaw"],
    below: &[("openclaw", &OPENCLAW)],
    others: OtherNames::OfEverybody,
};

static SERVICES: KnownNames = KnownNames {
    names: &["openclaw-gateway"],
    below: &[("openclaw-gateway", &OPENCLAW_GATEWAY)],
    others: OtherNames::OfEverybody,
};

static OPENCLAW: KnownNames = KnownNames {
    names: &names::<{ TOP.len() }>(TOP),
    below: &[
        ("bundledPlugins", &PLUGINS),
        ("instances", &KnownNames::made_up(&OF_INSTANCE)),
        ("launchd", &OF_LAUNCHD),
        ("systemd", &OF_SYSTEMD),
        ("workspace", &OF_WORKSPACE),
    ],
    others: OtherNames::Few,
};

static OF_INSTANCE: KnownNames = KnownNames {
    names: &names::<{ INSTANCE.len() }>(INSTANCE),
    below: &[
        ("appDefaults", &OF_APP),
        ("launchd", &OF_LAUNCHD),
        ("systemd", &OF_SYSTEMD),
    ],
    others: OtherNames::Few,
};

static OF_WORKSPACE: KnownNames = KnownNames {
    names: &names::<{ WORKSPACE.len() }>(WORKSPACE),
    below: &[("bootstrapFiles", &OF_BOOTSTRAP)],
    others: OtherNames::Few,
};

static PLUGINS: KnownNames = KnownNames {
    names: &names::<{ BUNDLED_PLUGINS.len() }>(BUNDLED_PLUGINS),
    below: &[],
    others: OtherNames::MadeUp(&OF_PLUGIN),
};

static OF_PLUGIN: KnownNames = KnownNames::few(&names::<{ BUNDLED_PLUGIN.len() }>(BUNDLED_PLUGIN));
static OF_BOOTSTRAP: KnownNames =
    KnownNames::few(&names::<{ BOOTSTRAP_FILES.len() }>(BOOTSTRAP_FILES));
static OF_LAUNCHD: KnownNames = KnownNames::few(&names::<{ LAUNCHD.len() }>(LAUNCHD));
static OF_SYSTEMD: KnownNames = KnownNames::few(&names::<{ SYSTEMD.len() }>(SYSTEMD));
static OF_APP: KnownNames = KnownNames::few(&names::<{ APP_DEFAULTS.len() }>(APP_DEFAULTS));
static OPENCLAW_GATEWAY: KnownNames = KnownNames::few(&names::<{ SERVICE.len() }>(SERVICE));

/// The names of a table of all eras.
const fn names<const COUNT: usize>(table: &[ModuleOption]) -> [&'static str; COUNT] {
    let mut names = [""; COUNT];
    let mut index = 0;
    while index < COUNT {
        names[index] = table[index].name;
        index += 1;
    }
    names
}
