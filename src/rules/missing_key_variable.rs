//! A provider of the release in use, and nothing that brings its key.

use super::consequence::absence;
use super::secrets::{environment_file, has_environment_option};
use super::variable_names::{misspelt, similar};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Source, Variable};
use crate::openclaw::endpoints;
use crate::openclaw::environment::{Provided, provided_any};
use crate::openclaw::model_reference::{Reference, References, Role};
use crate::openclaw::providers::{Availability, Standing, by_provider, normalise_provider};
use crate::openclaw::tree::{Lookup, Node};
use crate::releases;
use crate::report::finding::{Consequence, Finding, Severity, Unresolved};
use std::collections::HashSet;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "missing-key-variable",
    summary: "A provider of the release is in use, and nothing provides the variable with its key",
    consequence: Consequence::FailsInUse,
    explanation: "A provider that OpenClaw brings takes its key from an environment variable (`openrouter` from \
`OPENROUTER_API_KEY`), from `models.providers.<id>.apiKey`, or from an auth profile. Without any of them the gateway \
starts, and the first request answers \"No API key found for provider\"; as a fallback the model is simply never there.\n\n\
What counts is the environment of the gateway's process: `environment` and `environmentFiles` of the module, \
`Environment` of the unit, and `env.vars` of the configuration. With an environment file among them nothing is reported. \
OpenClaw's own store of credentials and the `.env` in its state directory cannot be seen here, so this is a warning.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model.primary = "openrouter/auto";
  };
}"#],
    accepted: &[
        r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENROUTER_API_KEY = "/run/secrets/openrouter-api-key";
    config.agents.defaults.model.primary = "openrouter/auto";
  };
}"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config = {
      auth.profiles."openrouter:default" = { provider = "openrouter"; mode = "api_key"; };
      agents.defaults.model.primary = "openrouter/auto";
    };
  };
}"#,
    ],
};

/// A provider without its key.
pub(super) struct Missing<'a> {
    /// Its name, as it is told apart from others.
    pub provider: &'a str,
    /// The references that use it; there is one at least.
    pub uses: &'a [&'a Reference],
    /// The variables that the release takes the key from; there is one at least.
    pub names: &'a [&'static str],
    /// What the sources say about them; never that one is there.
    pub provided: Provided<'a>,
}

/// Calls `visit` for each provider of the release that is in use, and that takes its key from a variable which is not there for sure.
pub(super) fn each_missing(
    subject: Subject<'_>,
    instance: &Instance,
    visit: &mut dyn FnMut(&Missing<'_>),
) {
    if subject.configuration.source == Source::RenderedFile {
        // Of the process that will read the file nothing is known.
        return;
    }
    let catalogue = subject.catalogue(instance);
    let references = subject.references(instance);
    let run_elsewhere = keys_of_other_runtimes(&instance.config, &references);
    for (provider, uses) in by_provider(&catalogue, &references) {
        let declared = OtherRuntimes::declared(&instance.config, &provider);
        let uses: Vec<&Reference> = uses
            .into_iter()
            .filter(|reference| !matches!(reference.role, Role::Key | Role::Allowed))
            .filter(|reference| !runs_elsewhere(&declared, &run_elsewhere, &provider, reference))
            .collect();
        if uses.is_empty() {
            continue;
        }
        let standing = catalogue.provider(&provider);
        let Some(names) = needed_variables(subject, &standing, &provider) else {
            continue;
        };
        if has_profile(instance, subject, &provider) {
            continue;
        }
        let others = other_names(&provider);
        let all = names.iter().chain(&others).copied();
        match provided_any(subject.configuration, instance, all) {
            Provided::Yes => {}
            provided => visit(&Missing {
                provider: &provider,
                uses: &uses,
                names: &names,
                provided,
            }),
        }
    }
}

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    each_missing(subject, instance, &mut |missing| {
        report(subject, instance, missing, sink);
    });
}

fn report(subject: Subject<'_>, instance: &Instance, missing: &Missing<'_>, sink: &mut Sink) {
    let Missing {
        provider,
        uses,
        names,
        provided,
    } = missing;
    let first = uses[0];
    let shells = match provided {
        Provided::Perhaps(reason, span) => {
            sink.unresolved.push(Unresolved {
                path: first.path.to_string(),
                reason: format!(
                    "whether {}, the key of `{provider}`, is provided cannot be told: {reason}",
                    any_of(names)
                ),
                span: span.or(first.span()),
                configurations: Vec::new(),
            });
            return;
        }
        Provided::SessionOnly(variable) => Some(*variable),
        // Told where the wrong name is.
        Provided::No if missing.misspelt(subject, instance).is_some() => return,
        Provided::Empty(_) | Provided::Skipped(_) | Provided::No | Provided::Yes => None,
    };
    let message = match names {
        [only] => format!("`{provider}` takes its key from `{only}`, which nothing provides"),
        several => format!(
            "`{provider}` takes its key from {}, none of which anything provides",
            any_of(several)
        ),
    };
    let mut finding = Finding::new(INFO.id, Consequence::FailsInUse, message)
        .at(first.span())
        .path(&first.path)
        .help(help(subject, missing.usual_name()));
    // References that one expression makes stand in one place.
    let mut places = vec![first.span()];
    for span in uses.iter().skip(1).map(|other| other.span()) {
        if places.len() <= 3 && !places.contains(&span) {
            places.push(span);
            finding = finding.related(span, format!("uses `{provider}` too"));
        }
    }
    let similar = names.iter().find_map(|name| similar(instance, name));
    if let Some(variable) = shells
        && let Some(name) = &variable.name
    {
        finding = finding.related(
            variable.span,
            format!("`{name}` is set for shells only, the gateway does not see it"),
        );
    } else if let Some(variable) = similar
        && let Some(name) = &variable.name
    {
        finding = finding.related(variable.span, format!("`{name}`, which is nearly the name"));
    }
    sink.findings
        .push(absence(subject, finding).at_most(Severity::Warning));
}

impl Missing<'_> {
    /// The gateway takes the last of the variables too; the plain key is the one that people have.
    fn usual_name(&self) -> &'static str {
        self.names
            .iter()
            .rev()
            .find(|name| name.ends_with("API_KEY"))
            .unwrap_or(&self.names[0])
    }

    /// The variable that was probably meant to be one of them, and which one.
    pub(super) fn misspelt<'i>(
        &self,
        subject: Subject<'_>,
        instance: &'i Instance,
    ) -> Option<(&'i Variable, &'static str)> {
        self.names
            .iter()
            .find_map(|name| Some((misspelt(subject, instance, name)?, *name)))
    }
}

/// The variables from which the provider takes its key; `None` where it needs none, where the configuration gives
/// the key itself, or where it is not known to need one.
fn needed_variables(
    subject: Subject<'_>,
    standing: &Standing<'_>,
    provider: &str,
) -> Option<Vec<&'static str>> {
    if endpoints::is_local_provider(provider)
        || !matches!(
            standing.availability,
            Availability::BuiltIn | Availability::Installed
        )
    {
        return None;
    }
    if let Some(declared) = standing.declared {
        let gives = ["apiKey", "auth", "headers", "authHeader", "request"]
            .iter()
            .any(|key| !matches!(declared.node.lookup(key), Lookup::Absent));
        if gives || declared.is_local() {
            return None;
        }
    }
    let known = standing.known?;
    let mut names: Vec<&'static str> = known.key_variables().collect();
    if let Some(other) = known
        .key_from_provider()
        .and_then(|other| subject.release.provider(other))
    {
        for name in other.key_variables() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    (!names.is_empty()).then_some(names)
}

/// The variables that other releases take: older ones took some that their packages do not show.
fn other_names(provider: &str) -> Vec<&'static str> {
    releases::known()
        .filter_map(|release| release.provider(provider))
        .flat_map(|known| known.key_variables().collect::<Vec<_>>())
        .collect()
}

/// Runtimes that ask the provider themselves, with OpenClaw's keys.
const OWN_RUNTIMES: &[&str] = &["auto", "openclaw", "pi"];

/// Whether a model, a provider or an entry for one names a runtime, or may, that has a login of its own, as `claude-cli` does (`agentRuntime.id`;
/// docs/gateway/config-agents/runtime-and-cli-backends.md of the package openclaw@2026.9.6).
fn names_other_runtime(holder: &Node) -> bool {
    match holder.get("agentRuntime") {
        None => false,
        Some(runtime) => match runtime.get("id").and_then(|id| id.as_str()) {
            Some(id) => !OWN_RUNTIMES.contains(&id.as_str()),
            None => runtime.get("id").is_some(),
        },
    }
}

/// The keys `provider/model` and `provider/*` of the agents' `models` whose entry hands them to another runtime.
fn keys_of_other_runtimes(config: &Node, references: &References) -> HashSet<String> {
    let keys = references
        .all
        .iter()
        .filter(|reference| matches!(reference.role, Role::Key | Role::Allowed));
    keys.filter(|key| config.at(&key.path).is_some_and(names_other_runtime))
        .filter_map(|key| key.text.known())
        .collect()
}

/// What of a declared provider another runtime runs, or may.
#[derive(Default)]
struct OtherRuntimes {
    /// Whether it is all of it.
    all: bool,
    /// The ids of the models that name one themselves.
    models: HashSet<String>,
}

impl OtherRuntimes {
    fn declared(config: &Node, provider: &str) -> Self {
        let declared = config
            .at_keys("models.providers")
            .and_then(|providers| providers.get(provider));
        let Some(declared) = declared else {
            return OtherRuntimes::default();
        };
        let models = declared.get("models").and_then(|models| models.as_list());
        OtherRuntimes {
            all: names_other_runtime(declared),
            models: models
                .iter()
                .flat_map(|models| &models.items)
                .filter(|entry| names_other_runtime(entry))
                .filter_map(|entry| entry.get("id")?.as_str())
                .collect(),
        }
    }
}

/// Whether another runtime runs the model, or may, by the agents' entries for it or by what its provider declares.
fn runs_elsewhere(
    declared: &OtherRuntimes,
    run_elsewhere: &HashSet<String>,
    provider: &str,
    reference: &Reference,
) -> bool {
    let text = reference.text.known().unwrap_or_default();
    let model = text.split_once('/').map_or("", |(_, model)| model);
    declared.all
        || declared.models.contains(model)
        || run_elsewhere.contains(&text)
        || !run_elsewhere.is_empty() && run_elsewhere.contains(&format!("{provider}/*"))
}

/// Whether an auth profile of the provider is, or may be, declared: then the key is in OpenClaw's own store.
fn has_profile(instance: &Instance, subject: Subject<'_>, provider: &str) -> bool {
    let auth = match instance.config.lookup("auth") {
        Lookup::Present(auth) => auth,
        Lookup::Absent => return false,
        Lookup::Unknown(_) => return true,
    };
    let profiles = match auth.lookup("profiles") {
        Lookup::Present(profiles) => profiles,
        Lookup::Absent => return false,
        Lookup::Unknown(_) => return true,
    };
    let Some(object) = profiles.as_object() else {
        return false;
    };
    object.open.is_some()
        || object.entries.values().any(|profile| {
            profile
                .get("provider")
                .and_then(|node| node.as_str())
                .is_none_or(|owner| {
                    let owner = normalise_provider(&owner);
                    owner == provider
                        || subject.release.provider(&owner).map(|it| it.id()) == Some(provider)
                })
        })
}

fn help(subject: Subject<'_>, name: &str) -> String {
    match subject.configuration.source {
        Source::HomeManager if has_environment_option(subject) => format!(
            "Add `{}.environment.{name} = \"/run/secrets/...\"`; the gateway reads the file when it starts.",
            subject.configuration.option_root
        ),
        _ => format!("Write `{name}=...` into {}.", environment_file(subject)),
    }
}

/// The names of variables, as alternatives.
fn any_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::configuration::Provision;
    use crate::rules::testing::{case, with_kimi};

    const TEXT: &str = r#"agents: {defaults: {model: {primary: "kimi/kimi-k2p5", fallbacks: ["openrouter/auto", "ollama/x"]}, models: {"google/x": {}}}}"#;

    #[test]
    fn a_provider_of_the_release_needs_its_key() {
        let outcome = case(&with_kimi(TEXT)).home_manager(&[]).run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["warning agents.defaults.model.fallbacks[0]: \"openrouter/auto\""]
        );
        assert!(outcome.only().message.contains("OPENROUTER_API_KEY"));
    }

    #[test]
    fn a_runtime_with_a_login_of_its_own_needs_no_key() {
        let found = |models: &str| {
            let text = format!(
                r#"agents: {{defaults: {{model: "anthropic/claude-opus-4-8", models: {{{models}}}}}}}"#
            );
            case(&with_kimi(&text))
                .home_manager(&[])
                .run(&RULE)
                .findings
                .len()
        };
        let entry = |key: &str, runtime: &str| {
            found(&format!(
                r#""{key}": {{agentRuntime: {{id: "{runtime}"}}}}"#
            ))
        };
        assert_eq!(entry("anthropic/claude-opus-4-8", "claude-cli"), 0);
        assert_eq!(entry("anthropic/*", "claude-cli"), 0);
        assert_eq!(entry("anthropic/claude-opus-4-8", "openclaw"), 1);
        assert_eq!(entry("anthropic/claude-haiku-4-5", "claude-cli"), 1);
        assert_eq!(found(""), 1);
    }

    #[test]
    fn the_module_the_configuration_a_file_or_a_profile_may_bring_it() {
        let base = || case(&with_kimi(TEXT)).home_manager(&[]);
        let found = |case: crate::rules::testing::Case| case.run(&RULE).findings.len();
        assert_eq!(
            found(base().variable("OPENROUTER_API_KEY", Provision::ModuleEnvironment)),
            0
        );
        assert_eq!(
            found(base().variable("OPENROUTER_API_KEY", Provision::SessionVariables)),
            1
        );
        let open = base()
            .variable("", Provision::ServiceEnvironmentFile)
            .run(&RULE);
        assert_eq!((open.findings.len(), open.unresolved.len()), (0, 1));
        let profile = with_kimi(&format!(
            r#"{TEXT}, auth: {{profiles: {{"o:d": {{provider: "openrouter", mode: "api_key"}}}}}}"#
        ));
        assert_eq!(found(case(&profile).home_manager(&[])), 0);
        let vars = with_kimi(&format!(
            r#"{TEXT}, env: {{vars: {{OPENROUTER_API_KEY: "x"}}}}"#
        ));
        assert_eq!(found(case(&vars).home_manager(&[])), 0);
        assert_eq!(found(case(&with_kimi(TEXT))), 0);
    }
}
