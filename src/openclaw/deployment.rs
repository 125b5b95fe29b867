//! Whether the openclaw.json that Home Manager's module renders for an instance is the one that OpenClaw finds.
//!
//! The module puts it into `home.file`, and an activation links it to its place as well (`home.activation.openclawConfigFiles` of
//! `config.nix`, since commit 9d8bafc of January 2026). Users replace the one, or switch off both.

use super::configuration::{Problem, ProblemKind};
use super::process_variables::{Around, surrounding};
use super::programs::names_program;
use super::tree::{Lookup, Node};
use std::rc::Rc;

/// Where the module puts the openclaw.json of the instance `default`, below the home directory.
const DEFAULT_PLACE: &str = ".openclaw/openclaw.json";

/// What becomes of the openclaw.json of an instance.
pub(super) enum Deployment {
    /// It gets to its place.
    Usual,
    /// An entry of `home.file` with contents of its own takes its place: the option.
    Replaced(String),
    /// It is written nowhere: what there is to say of that.
    Off(Problem),
}

/// What becomes of the openclaw.json of the instance `name`, whose own options are `instance`, if it has some. `root` is the path
/// of the module's options.
pub(super) fn of_instance(
    around: &Around,
    options: &Node,
    instance: Option<&Node>,
    name: &str,
    root: &str,
) -> Deployment {
    let has_own_place = [Some(options), instance].into_iter().flatten().any(|set| {
        ["stateDir", "configPath"]
            .iter()
            .any(|option| !matches!(set.lookup(option), Lookup::Absent))
    });
    if name != "default" || has_own_place {
        return Deployment::Usual;
    }
    let entry = surrounding(around, "home.file").and_then(|files| {
        files.entries().find(|(key, entry)| {
            let target = entry.get("target").and_then(|target| target.as_str());
            target.as_deref().unwrap_or(key) == DEFAULT_PLACE
        })
    });
    let Some((key, entry)) = entry else {
        return Deployment::Usual;
    };
    let file = format!("home.file.\"{key}\"");
    let enable = entry.get("enable");
    if enable.and_then(|enable| enable.as_bool()) != Some(false) {
        // The module writes the same entry, so Nix would refuse both if the user's were not stronger.
        let has_content = ["source", "text"]
            .iter()
            .any(|content| entry.get(content).is_some());
        return match has_content {
            true => Deployment::Replaced(file),
            false => Deployment::Usual,
        };
    }
    let Some(activation) = replaced_activation(around) else {
        return Deployment::Usual;
    };
    let place = enable.and_then(|enable| enable.place.primary());
    let message = format!(
        "the openclaw.json of the instance `{name}` is written nowhere: `{file}` is switched off, and so is `{activation}`, which links it"
    );
    let mut problem = Problem::new(ProblemKind::NotEnabled, message, place);
    problem.path = Some(format!("{root}.instances.{name}"));
    problem.help = Some(
        "what OpenClaw reads there is not in the sources, and what `config` sets here is not checked"
            .into(),
    );
    problem.may_be_harmless = true;
    Deployment::Off(problem)
}

/// The problem that the unit of the NixOS service reads another openclaw.json than the one that the service makes of its options, if
/// it does. `root` is the path of the options.
pub(super) fn of_service(
    around: &Around,
    options: &Node,
    unit: &str,
    root: &str,
) -> Option<Problem> {
    let own = match options.lookup("configPath") {
        Lookup::Present(path) => path.as_str()?,
        // The module's default since it exists (commit 2a9a3be, February 2026).
        Lookup::Absent => "/etc/openclaw/openclaw.json".to_string(),
        Lookup::Unknown(_) => return None,
    };
    let read = surrounding(around, "systemd.services")?
        .get(unit)?
        .at_keys("environment.OPENCLAW_CONFIG_PATH")?;
    let file = read.as_str()?;
    if file == own {
        return None;
    }
    let message = format!(
        "the unit reads `{file}`: nothing reads the openclaw.json that `{root}` makes of its options"
    );
    let mut problem = Problem::new(ProblemKind::NotEnabled, message, read.place.primary());
    problem.path = Some(root.to_string());
    problem.help = Some("what `config` sets is not checked".into());
    problem.may_be_harmless = true;
    Some(problem)
}

/// The option of the activation that links the rendered file, where the sources put a script of their own there that does not.
fn replaced_activation(around: &Around) -> Option<String> {
    let activation = surrounding(around, "home.activation")?;
    let (name, entry) = activation
        .entries()
        .find(|(name, _)| name.ends_with("ConfigFiles") && names_program(name))?;
    let script: &Rc<Node> = entry.get("data").unwrap_or(entry);
    let links = script
        .as_text()
        .is_none_or(|text| text.display().contains(".json"));
    (!links).then(|| format!("home.activation.{name}"))
}
