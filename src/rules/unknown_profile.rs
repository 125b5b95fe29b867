//! `provider/model@profile` with a profile that is not there, or is another provider's.

use super::consequence::absence;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::providers::{Target, normalise_provider};
use crate::openclaw::tree::Lookup;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-profile",
    summary: "A model reference asks for an auth profile that is not declared, or of another provider",
    consequence: Consequence::FailsInUse,
    explanation: "`provider/model@profile` uses the credentials of one auth profile. Where `auth.profiles` lists \
profiles and this one is not among them, or is the profile of another provider, there are no credentials for the \
request. (A profile may also be in OpenClaw's own store of credentials without being declared; that cannot be seen \
here, so a missing one is a warning.)",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      auth.profiles."anthropic:work" = { provider = "anthropic"; mode = "api_key"; };
      agents.defaults.model.primary = "anthropic/claude-opus-4-6@anthropic:wrok";
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      auth.profiles."anthropic:work" = { provider = "anthropic"; mode = "api_key"; };
      agents.defaults.model.primary = "anthropic/claude-opus-4-6@anthropic:work";
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    let references = subject.references(instance);
    let auth = instance.config.lookup("auth");
    let profiles = match auth {
        Lookup::Present(auth) => auth.lookup("profiles"),
        other => other,
    };
    for reference in &references.all {
        let Some(profile) = &reference.profile else {
            continue;
        };
        let profiles = match profiles {
            Lookup::Present(profiles) => profiles,
            Lookup::Absent => {
                let finding = Finding::new(
                    INFO.id,
                    Consequence::FailsInUse,
                    format!("no auth profile `{}` is declared", profile.text),
                )
                .at(reference.locate(profile))
                .path(&reference.path)
                .help(
                    "Declare it in `auth.profiles`, or leave `@` and what follows out. It works only \
                     if OpenClaw's own store of credentials has a profile of that name.",
                );
                sink.findings
                    .push(absence(subject, finding).at_most(Severity::Note));
                continue;
            }
            Lookup::Unknown(unknown) => {
                sink.could_not_check(&reference.path, unknown);
                continue;
            }
        };
        match profiles.lookup(&profile.text) {
            Lookup::Present(declared) => {
                let Target::Model { provider, .. } = catalogue.target(reference) else {
                    continue;
                };
                let Some(owner) = declared.get("provider").and_then(|node| node.as_str()) else {
                    continue;
                };
                if same_provider(subject, &owner, &provider) {
                    continue;
                }
                sink.findings.push(
                    Finding::new(
                        INFO.id,
                        Consequence::FailsInUse,
                        format!(
                            "the auth profile `{}` is one of `{owner}`, not of `{provider}`",
                            profile.text
                        ),
                    )
                    .at(reference.locate(profile))
                    .path(&reference.path)
                    .related(
                        declared.get("provider").and_then(|it| it.place.primary()),
                        "its provider",
                    )
                    .help(format!("Name a profile whose provider is `{provider}`.")),
                );
            }
            Lookup::Unknown(unknown) => sink.could_not_check(&reference.path, unknown),
            Lookup::Absent => {
                let names: Vec<&str> = profiles
                    .as_object()
                    .map(|object| object.entries.keys().map(String::as_str).collect())
                    .unwrap_or_default();
                let help = match nearest(&profile.text, names.iter().copied()) {
                    Some(near) => format!("Did you mean `@{near}`?"),
                    None if names.is_empty() => "No profile is declared.".to_string(),
                    None => format!("Declared: {}.", alternatives(names)),
                };
                let finding = Finding::new(
                    INFO.id,
                    Consequence::FailsInUse,
                    format!("`auth.profiles` has no profile `{}`", profile.text),
                )
                .at(reference.locate(profile))
                .path(&reference.path)
                .related(profiles.place.key, "the profiles that are declared")
                .help(help);
                sink.findings
                    .push(absence(subject, finding).at_most(Severity::Warning));
            }
        }
    }
}

/// Whether two names mean one provider: the same but for case, or two names of one provider of the release.
fn same_provider(subject: Subject<'_>, one: &str, other: &str) -> bool {
    let (one, other) = (normalise_provider(one), normalise_provider(other));
    let known = |name: &str| subject.release.provider(name).map(|it| it.id());
    one == other || known(&one).is_some_and(|id| Some(id) == known(&other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{case, with_kimi};

    const PROFILES: &str = r#"auth: {profiles: {"kimi:work": {provider: "kimi", mode: "api_key"}, "openai:me": {provider: "openai", mode: "oauth"}}}"#;

    #[test]
    fn a_profile_that_is_not_declared_is_a_warning() {
        let outcome = case(&with_kimi(&format!(
            r#"{PROFILES}, agents: {{defaults: {{model: "kimi/kimi-k2p5@kimi:wrok"}}}}"#
        )))
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["warning agents.defaults.model: kimi:wrok"]
        );
        assert_eq!(
            outcome.only().help.as_deref(),
            Some("Did you mean `@kimi:work`?")
        );
    }

    #[test]
    fn a_profile_of_another_provider_is_an_error() {
        let outcome = case(&with_kimi(&format!(
            r#"{PROFILES}, agents: {{defaults: {{model: "kimi/kimi-k2p5@openai:me"}}}}"#
        )))
        .run(&RULE);
        assert_eq!(outcome.lines(), ["error agents.defaults.model: openai:me"]);
    }

    #[test]
    fn declared_profiles_dates_and_quantisations_are_fine() {
        let outcome = case(&with_kimi(&format!(
            r#"{PROFILES}, agents: {{defaults: {{model: {{primary: "kimi/kimi-k2p5@kimi:work", fallbacks: ["lmstudio/qwen@q4_k_m", "anthropic/claude@20250101"]}}}}}}"#
        )))
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }
}
