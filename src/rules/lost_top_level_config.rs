//! `lost-top-level-config`: until May 2026 an instance's `config` replaced the top-level one.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Source;
use crate::openclaw::replaced_config;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "lost-top-level-config",
    summary: "An instance's `config` replaces the top-level one, which reaches no openclaw.json",
    consequence: Consequence::Degrades,
    explanation: "Until 5 May 2026 (commit 216f835 of nix-openclaw) every option of an instance's `config` that was not \
set was `null`, and these nulls were laid over the top-level `config`: as soon as an instance is declared, nothing of the \
top-level `config` is left in its openclaw.json, `gateway.mode` included. Only entries with names of \
your own stay, such as a provider, where the instance has others beside them. Nix says nothing about it, and looks at the \
top-level `config` only where the instance sets something in the same set.\n\n\
Write everything in the instance's `config`, or update nix-openclaw: later releases merge the two.",
    // It takes a flake.lock of that time to have this finding; `fixtures/mistakes/lost-top-level-config` is one.
    refused: &[],
    accepted: &[],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let configuration = subject.configuration;
    if !configuration.instance_replaces || configuration.source != Source::HomeManager {
        return;
    }
    let Some(options) = &configuration.options else {
        return;
    };
    let (Some(instances), Some(config), Some(schema)) = (
        options.get("instances"),
        options.get("config"),
        subject.release.schema(),
    ) else {
        return;
    };
    let Some(kept) = configuration
        .instances
        .iter()
        .find_map(|instance| replaced_config::kept_entries(configuration, &instance.name, schema))
    else {
        return;
    };
    let reaches = match kept.as_slice() {
        [] => "the top-level `config` reaches no openclaw.json".to_string(),
        [first, rest @ ..] => {
            let rest = match rest.len() {
                0 => String::new(),
                1 => " and one other entry".to_string(),
                more => format!(" and {more} other entries"),
            };
            format!("of the top-level `config` only `{first}`{rest} reaches openclaw.json")
        }
    };
    let instances = instances.place.key.or(instances.place.primary());
    sink.findings.push(
        Finding::new(
            INFO.id,
            INFO.consequence,
            format!(
                "{reaches}: in the nix-openclaw that is locked here, an instance's `config` replaces it, even \
                 where that sets nothing"
            ),
        )
        .at(config.place.key.or(config.place.primary()))
        .path(format!("{}.config", configuration.option_root))
        .help("write everything in the instance's `config`, or update nix-openclaw to a commit of 5 May 2026 or later")
        .related(instances, "instances are declared here"),
    );
}
