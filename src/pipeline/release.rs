//! Which release and era a configuration is checked against.

use super::discover::FlakeOf;
use crate::openclaw::blueprint::Blueprint;
use crate::openclaw::configuration::Source;
use crate::openclaw::tree::Node;
use crate::releases::Era;
use crate::releases::selection::{self, Clues, Selection, Wanted};
use crate::releases::version::NotAVersion;
use crate::request::Request;
use crate::settings::Settings;

/// What the command line or the settings ask for.
///
/// # Errors
/// A text that is no version.
pub fn wanted(request: &Request, settings: &Settings) -> Result<Option<Wanted>, String> {
    let text = match (&request.openclaw_version, &settings.openclaw_version) {
        (Some(text), _) => text,
        (None, Some((text, _))) => text,
        (None, None) => return Ok(None),
    };
    text.parse()
        .map(Some)
        .map_err(|error: NotAVersion| error.to_string())
}

/// The release and era of a blueprint, which belongs to this flake if it belongs to one.
pub fn select(wanted: Option<Wanted>, flake: Option<&FlakeOf>, blueprint: &Blueprint) -> Selection {
    selection::select(&Clues {
        wanted,
        lock: flake.and_then(|flake| flake.lock.as_deref()),
        input: flake.and_then(|flake| flake.openclaw_input.as_deref()),
        options: eras(blueprint),
        bare_configuration: blueprint.source == Source::RenderedFile
            && (blueprint.surroundings.is_empty() || blueprint.unit.is_some()),
    })
}

/// The eras whose option names are used: the oldest and the newest that they allow.
fn eras(blueprint: &Blueprint) -> Option<(Era, Era)> {
    match blueprint.option_root.as_str() {
        "programs.clawdbot" | "services.clawdbot-gateway" => {
            return Some((Era::Clawdbot, Era::Clawdbot));
        }
        "programs.moltbot" | "services.moltbot-gateway" => {
            return Some((Era::Moltbot, Era::Moltbot));
        }
        "programs.openclaw" => {}
        _ => return None,
    }
    let options: &Node = &blueprint.options;
    let has = |path: &str| options.at_keys(path).is_some();
    let mut oldest = Era::SchemaConfig;
    let mut newest = Era::NEWEST;
    for (path, era) in [
        ("bundledPlugins", Era::BundledPlugins),
        ("customPlugins", Era::BundledPlugins),
        ("runtimePlugins", Era::RuntimePlugins),
        ("workspace", Era::BootstrapFiles),
        ("runtimePluginSources", Era::BootstrapFiles),
    ] {
        if has(path) {
            oldest = oldest.max(era);
        }
    }
    if has("documents") {
        newest = newest.min(Era::RuntimePlugins);
    }
    if has("firstParty") || has("plugins") {
        newest = newest.min(Era::PinnedWorkspace);
    }
    // Options of different eras beside each other: the newest names are what was last written.
    Some((oldest, newest.max(oldest)))
}
