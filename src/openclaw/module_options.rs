//! The options of nix-openclaw's modules by era, and what became of those that are gone.
//!
//! Read off the modules of the commits at which eras begin. Where the exact day of an option is not known it counts as
//! there in the whole era in which it appeared, so that nothing is called unknown that a commit of that era has.

use crate::releases::Era;

/// An option directly below `programs.openclaw` or below one of its instances.
#[derive(Debug)]
pub struct ModuleOption {
    /// Its name.
    pub name: &'static str,
    /// The era in which it appeared.
    pub since: Era,
    /// The last era that has it; `None` where it is still there.
    pub until: Option<Era>,
    /// What to write instead, once it is gone.
    pub instead: Option<&'static str>,
}

const fn always(name: &'static str) -> ModuleOption {
    since(name, Era::Clawdbot)
}

const fn since(name: &'static str, since: Era) -> ModuleOption {
    ModuleOption {
        name,
        since,
        until: None,
        instead: None,
    }
}

const fn gone(name: &'static str, until: Era, instead: &'static str) -> ModuleOption {
    ModuleOption {
        name,
        since: Era::Clawdbot,
        until: Some(until),
        instead: Some(instead),
    }
}

/// Below `programs.openclaw`.
pub static TOP: &[ModuleOption] = &[
    always("appPackage"),
    always("config"),
    always("documents"),
    always("enable"),
    always("excludeTools"),
    always("exposePluginPackages"),
    always("installApp"),
    always("instances"),
    always("launchd"),
    always("package"),
    always("reloadScript"),
    always("skills"),
    always("stateDir"),
    always("systemd"),
    always("toolNames"),
    always("workspaceDir"),
    since("bundledPlugins", Era::BundledPlugins),
    since("customPlugins", Era::BundledPlugins),
    since("workspace", Era::PinnedWorkspace),
    since("environment", Era::RuntimePackages),
    since("qmd", Era::RuntimePackages),
    since("runtimePackages", Era::RuntimePackages),
    since("runtimePlugins", Era::RuntimePlugins),
    since("runtimePluginSources", Era::BootstrapFiles),
    gone(
        "providers",
        Era::Moltbot,
        "`config.channels.telegram` for `providers.telegram` (with `tokenFile` for `botTokenFile`); keys of model providers are environment variables or go below `config.models.providers`",
    ),
    gone("routing", Era::Moltbot, "`config.messages.queue`"),
    gone(
        "defaults",
        Era::Moltbot,
        "`config.agents.defaults`, the model as `config.agents.defaults.model.primary`",
    ),
    gone(
        "firstParty",
        Era::PinnedWorkspace,
        "`bundledPlugins.<name>.enable` and `.config`",
    ),
    gone("plugins", Era::PinnedWorkspace, "`customPlugins`"),
];

/// Below `programs.openclaw.instances.<name>`.
pub static INSTANCE: &[ModuleOption] = &[
    always("app"),
    always("appDefaults"),
    always("config"),
    always("configPath"),
    always("enable"),
    always("gatewayPath"),
    always("gatewayPnpmDepsHash"),
    always("gatewayPort"),
    always("launchd"),
    always("logPath"),
    always("package"),
    always("plugins"),
    always("stateDir"),
    always("systemd"),
    always("workspaceDir"),
    since("environment", Era::RuntimePackages),
    since("runtimePackages", Era::RuntimePackages),
    since("runtimePlugins", Era::RuntimePlugins),
    since("runtimePluginSources", Era::BootstrapFiles),
    gone(
        "agent",
        Era::Moltbot,
        "`config.agents.defaults`, the model as `config.agents.defaults.model.primary`",
    ),
    gone("configOverrides", Era::Moltbot, "`config`"),
    gone(
        "providers",
        Era::Moltbot,
        "`config.channels.telegram` for `providers.telegram` (with `tokenFile` for `botTokenFile`)",
    ),
    gone("routing", Era::Moltbot, "`config.messages.queue`"),
];

/// Below `programs.openclaw.workspace`.
pub static WORKSPACE: &[ModuleOption] = &[
    since("pinAgentDefaults", Era::PinnedWorkspace),
    since("bootstrapFiles", Era::BootstrapFiles),
    since("files", Era::BootstrapFiles),
];

/// Below `programs.openclaw.workspace.bootstrapFiles`.
pub static BOOTSTRAP_FILES: &[ModuleOption] = &[
    since("agents", Era::BootstrapFiles),
    since("heartbeat", Era::BootstrapFiles),
    since("identity", Era::BootstrapFiles),
    since("soul", Era::BootstrapFiles),
    since("tools", Era::BootstrapFiles),
    since("user", Era::BootstrapFiles),
];

/// Below `launchd`, also of an instance; two of them were there for a few commits in January.
pub static LAUNCHD: &[ModuleOption] = &[
    always("enable"),
    always("label"),
    always("appRunnerPath"),
    always("useAppRunner"),
];

/// Below `systemd`, also of an instance.
pub static SYSTEMD: &[ModuleOption] = &[always("enable"), always("unitName")];

/// Below `appDefaults` of an instance.
pub static APP_DEFAULTS: &[ModuleOption] = &[
    always("attachExistingOnly"),
    always("enable"),
    since("nixMode", Era::PinnedWorkspace),
];

/// Of an element of `skills` (`options.nix` at f578b82 and 71b85a7, `moltbot.nix` before).
pub static SKILL: &[ModuleOption] = &[
    always("body"),
    always("description"),
    always("homepage"),
    always("mode"),
    always("name"),
    always("openclaw"),
    always("source"),
];

/// Of an element of `customPlugins`, or of `plugins` of an instance (`options.nix` at f578b82, 11d69d8 and 7b32a9c).
pub static CUSTOM_PLUGIN: &[ModuleOption] = &[
    always("config"),
    always("source"),
    since("enabled", Era::RuntimePackages),
    since("hash", Era::RuntimePackages),
    since("id", Era::RuntimePackages),
];

/// Of an element of `runtimePluginSources` (`options.nix` at 71b85a7).
pub static RUNTIME_PLUGIN_SOURCE: &[ModuleOption] = &[
    since("hash", Era::BootstrapFiles),
    since("id", Era::BootstrapFiles),
    since("npmDepsHash", Era::BootstrapFiles),
    since("spec", Era::BootstrapFiles),
    since("url", Era::BootstrapFiles),
];

const NO_LONGER_BUNDLED: &str =
    "nix-openclaw no longer has that plugin: leave it out, or add its flake to `customPlugins`";

/// Below `programs.openclaw.bundledPlugins`: the plugins (`options.nix` at f578b82, `plugin-catalog.nix` at 38edf67, e16f974, d56fa8a).
pub static BUNDLED_PLUGINS: &[ModuleOption] = &[
    since("camsnap", Era::BundledPlugins),
    since("gogcli", Era::BundledPlugins),
    since("goplaces", Era::BundledPlugins),
    since("imsg", Era::BundledPlugins),
    since("peekaboo", Era::BundledPlugins),
    since("poltergeist", Era::BundledPlugins),
    since("sag", Era::BundledPlugins),
    since("sonoscli", Era::BundledPlugins),
    since("summarize", Era::BundledPlugins),
    since("discrawl", Era::RuntimePackages),
    since("qmd", Era::RuntimePackages),
    since("wacrawl", Era::RuntimePackages),
    gone("oracle", Era::PinnedWorkspace, NO_LONGER_BUNDLED),
    gone("bird", Era::PluginsRemoved, NO_LONGER_BUNDLED),
];

/// Below one of them.
pub static BUNDLED_PLUGIN: &[ModuleOption] = &[
    since("config", Era::BundledPlugins),
    since("enable", Era::BundledPlugins),
];

/// Below `config.channels`, whose options were typed without room for others until April 2026 (`openclaw-config-options.nix` at
/// 952a04f, 0825fde, 820d070 and 659c9f5). Those that come later are the ones that the releases of that time take from plugins.
pub static CHANNELS: &[ModuleOption] = &[
    since("bluebubbles", Era::SchemaConfig),
    since("defaults", Era::SchemaConfig),
    since("discord", Era::SchemaConfig),
    since("googlechat", Era::SchemaConfig),
    since("imessage", Era::SchemaConfig),
    since("msteams", Era::SchemaConfig),
    since("signal", Era::SchemaConfig),
    since("slack", Era::SchemaConfig),
    since("telegram", Era::SchemaConfig),
    since("whatsapp", Era::SchemaConfig),
    since("irc", Era::BundledPlugins),
    since("modelByChannel", Era::PluginsRemoved),
    since("feishu", Era::OpenChannels),
    since("line", Era::OpenChannels),
    since("matrix", Era::OpenChannels),
    since("mattermost", Era::OpenChannels),
    since("nextcloud-talk", Era::OpenChannels),
    since("nostr", Era::OpenChannels),
    since("qqbot", Era::OpenChannels),
    since("synology-chat", Era::OpenChannels),
    since("tlon", Era::OpenChannels),
    since("twitch", Era::OpenChannels),
    since("zalo", Era::OpenChannels),
    since("zalouser", Era::OpenChannels),
];

/// Whether the options below `config.channels` have room for no other channel than those of [`CHANNELS`].
pub fn channels_are_closed(era: Era) -> bool {
    (Era::SchemaConfig..Era::OpenChannels).contains(&era)
}

/// Below `services.openclaw-gateway`.
pub static SERVICE: &[ModuleOption] = &[
    always("config"),
    always("configFile"),
    always("configPath"),
    always("createUser"),
    always("enable"),
    always("environment"),
    always("environmentFiles"),
    always("execStart"),
    always("execStartPre"),
    always("group"),
    always("logPath"),
    always("package"),
    always("port"),
    always("restart"),
    always("restartSec"),
    always("servicePath"),
    always("stateDir"),
    always("unitName"),
    always("user"),
    always("workingDirectory"),
];

/// What an era makes of an option.
#[derive(Clone, Copy, Debug)]
pub enum Standing {
    /// It is there.
    There,
    /// It was there, and is gone: what to write instead.
    Gone(&'static str),
    /// It comes later.
    Later(Era),
    /// It never was.
    Never,
}

/// What `era` makes of the option `name` of a table.
pub fn standing(table: &'static [ModuleOption], name: &str, era: Era) -> Standing {
    let Some(option) = table.iter().find(|option| option.name == name) else {
        return Standing::Never;
    };
    if era < option.since {
        return Standing::Later(option.since);
    }
    match (option.until, option.instead) {
        (Some(until), Some(instead)) if era > until => Standing::Gone(instead),
        _ => Standing::There,
    }
}

/// The names of a table that an era has.
pub fn names(table: &'static [ModuleOption], era: Era) -> impl Iterator<Item = &'static str> {
    table
        .iter()
        .map(|option| option.name)
        .filter(move |name| matches!(standing(table, name, era), Standing::There))
}

/// Keys of openclaw.json that people write beside `config` instead of below it.
pub static CONFIGURATION_KEYS: &[&str] = &[
    "agents", "auth", "bindings", "browser", "channels", "commands", "cron", "env", "gateway",
    "hooks", "logging", "mcp", "memory", "messages", "models", "secrets", "session", "talk",
    "tools", "tts",
];

/// Whether a commit of an era has a module among its outputs.
pub fn has_module(output: &str, era: Era) -> bool {
    let Some((_, name)) = output.split_once('.').filter(|_| MODULES.contains(&output)) else {
        return false;
    };
    match name {
        "openclaw" => era >= Era::SchemaConfig,
        "moltbot" => era == Era::Moltbot,
        // From 15 February 2026.
        "openclaw-gateway" => era >= Era::PinnedWorkspace,
        _ => era == Era::Clawdbot,
    }
}

/// The modules among the outputs of nix-openclaw, of all eras (`flake.nix`, read over its whole history). Of `homeManagerModules` and
/// `darwinModules` a commit has the one of the program's name at that time; the newest name comes first.
pub static MODULES: &[&str] = &[
    "homeManagerModules.openclaw",
    "darwinModules.openclaw",
    "nixosModules.openclaw-gateway",
    "homeManagerModules.moltbot",
    "homeManagerModules.clawdbot",
    "homeManagerModules.clawdis",
    "darwinModules.moltbot",
    "darwinModules.clawdbot",
    "darwinModules.clawdis",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_come_and_go() {
        assert!(matches!(
            standing(TOP, "providers", Era::Moltbot),
            Standing::There
        ));
        assert!(matches!(
            standing(TOP, "providers", Era::SchemaConfig),
            Standing::Gone(_)
        ));
        assert!(matches!(
            standing(TOP, "plugins", Era::PluginsRemoved),
            Standing::Gone(_)
        ));
        assert!(matches!(
            standing(INSTANCE, "plugins", Era::BootstrapFiles),
            Standing::There
        ));
        assert!(matches!(
            standing(TOP, "runtimePlugins", Era::PluginsRemoved),
            Standing::Later(_)
        ));
        assert!(matches!(
            standing(TOP, "settings", Era::BootstrapFiles),
            Standing::Never
        ));
        assert!(names(WORKSPACE, Era::RuntimePlugins).eq(["pinAgentDefaults"]));
    }
}
