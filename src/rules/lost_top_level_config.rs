//! `lost-top-level-config`: until May 2026 an instance's `config` replaced the top-level one.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Source;
use crate::openclaw::tree::Value;
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
    let has_instances = options
        .get("instances")
        .and_then(|instances| instances.as_object())
        .is_some_and(|object| !object.entries.is_empty());
    let Some(config) = options.get("config").filter(|_| has_instances) else {
        return;
    };
    let Value::Object(object) = &config.value else {
        return;
    };
    if object.entries.is_empty() {
        return;
    }
    let instances = options
        .get("instances")
        .and_then(|instances| instances.place.key.or(instances.place.primary()));
    sink.findings.push(
        Finding::new(
            INFO.id,
            INFO.consequence,
            "the top-level `config` reaches no openclaw.json: in the nix-openclaw that is locked here, an instance's \
             `config` replaces it as a whole",
        )
        .at(config.place.key.or(config.place.primary()))
        .path(format!("{}.config", configuration.option_root))
        .help("write everything in the instance's `config`, or update nix-openclaw to a commit of 5 May 2026 or later")
        .related(instances, "instances are declared here"),
    );
}
