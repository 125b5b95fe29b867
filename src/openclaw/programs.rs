//! What the program and its configuration file are called.

/// Names under which the program has been known, newest first.
pub const PROGRAM_NAMES: &[&str] = &["openclaw", "moltbot", "clawdbot"];

/// Whether a text names the program: a unit of it, a file in one of its folders.
pub fn names_program(text: &str) -> bool {
    PROGRAM_NAMES.iter().any(|program| text.contains(program))
}

/// The variables that say where OpenClaw's configuration is, under each of the program's names.
pub(super) const CONFIGURATION_VARIABLES: &[&str] = &[
    "OPENCLAW_CONFIG_PATH",
    "MOLTBOT_CONFIG_PATH",
    "CLAWDBOT_CONFIG_PATH",
];

/// How texts name the file of OpenClaw's configuration: by its name under each of the program's names, or by the variable
/// that says where it is (OpenClaw 2026.9.6, docs/help/environment.md).
pub const CONFIGURATION_FILES: &[&str] = &[
    "openclaw.json",
    "clawdbot.json",
    "moltbot.json",
    "OPENCLAW_CONFIG_PATH",
];

/// Whether a file name is that of OpenClaw's configuration.
pub fn is_configuration_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    PROGRAM_NAMES.iter().any(|program| {
        name.strip_prefix(program)
            .is_some_and(|rest| matches!(rest, ".json" | ".json5"))
    })
}
