//! `auth.order` and the profiles that it names.

use super::consequence::absence;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::providers::normalise_provider;
use crate::openclaw::tree::{Lookup, Node};
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "auth-order",
    summary: "`auth.order` names a profile that is not declared, or one of another provider",
    consequence: Consequence::Degrades,
    explanation: "`auth.order.<provider>` lists the auth profiles in the order in which they are tried. OpenClaw looks each \
name up in its own store of credentials, which `openclaw models auth login` fills, and passes over one that the store does not have, \
without a word; `auth.profiles` adds no credentials, and an entry there that names another provider or mode makes OpenClaw pass over the \
profile as well. The store cannot be seen here: a name that `auth.profiles` does not have is a note, and a warning where it is nearly one \
that it has.\n\n\
Name a profile whose provider is the one of the order. An order is for one provider; no name stands for all of them.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true;
    config.auth = {
      profiles."kimi:default" = { provider = "kimi"; mode = "api_key"; };
      order.kimi = [ "kimi:defualt" ];
    };
  };
}"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config.auth = {
      profiles."openai:default" = { provider = "openai"; mode = "api_key"; };
      order.anthropic = [ "openai:default" ];
    };
  };
}"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.auth = {
      profiles."kimi:default" = { provider = "kimi"; mode = "api_key"; };
      order.kimi = [ "kimi:default" ];
    };
  };
}"#],
};

/// What people write for "every provider".
const ALL: &str = "*";

/// As `src/agents/auth-profiles/order.ts` of 2026.2.26, 2026.6.11 and 2026.9.6 has it.
fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let Some(auth) = instance.config.get("auth") else {
        return;
    };
    let Some(orders) = auth.get("order").and_then(|order| order.as_object()) else {
        return;
    };
    let profiles = auth.lookup("profiles");
    for (provider, order) in &orders.entries {
        let Some(list) = order.as_list() else {
            continue;
        };
        if provider.trim() == ALL {
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!(
                        "an order is for one provider, and none is called `{ALL}`: it is never used"
                    ),
                )
                .at(order.place.key.or(order.place.primary()))
                .path(ConfigPath::keys("auth.order").key(provider.clone()))
                .help("Write an order for each provider."),
            );
            continue;
        }
        for (index, item) in list.items.iter().enumerate() {
            let path = ConfigPath::keys("auth.order")
                .key(provider.clone())
                .index(index);
            let Some(name) = item.as_str() else {
                if let Some(unknown) = item.as_unknown() {
                    sink.could_not_check(&path, unknown);
                }
                continue;
            };
            let found = match profiles {
                Lookup::Present(profiles) => profiles.lookup(&name),
                other => other,
            };
            match found {
                Lookup::Present(profile) => {
                    let owner = profile.get("provider").and_then(|node| node.as_str());
                    let Some(owner) = owner else { continue };
                    if same_provider(subject, &owner, provider) {
                        continue;
                    }
                    sink.findings.push(
                        Finding::new(
                            INFO.id,
                            Consequence::Degrades,
                            format!(
                                "the profile `{name}` is one of `{owner}`; in the order of `{provider}` it is passed over"
                            ),
                        )
                        .at(item.place.primary())
                        .path(&path)
                        .related(
                            profile.get("provider").and_then(|it| it.place.primary()),
                            "its provider",
                        )
                        .help(format!("Name a profile whose provider is `{provider}`.")),
                    );
                }
                Lookup::Unknown(unknown) => sink.could_not_check(&path, unknown),
                Lookup::Absent => {
                    let finding = missing(&name, item, profiles).path(&path);
                    sink.findings.push(absence(subject, finding));
                }
            }
        }
    }
}

fn missing(name: &str, item: &Node, profiles: Lookup<'_>) -> Finding {
    let names: Vec<String> = profiles
        .present()
        .and_then(|profiles| profiles.as_object())
        .map(|profiles| profiles.entries.keys().cloned().collect())
        .unwrap_or_default();
    let near = nearest(name, names.iter().map(String::as_str));
    let help = match near {
        Some(near) => format!("Did you mean `{near}`?"),
        None if names.is_empty() => {
            "`openclaw models status` shows which profiles the store has.".to_string()
        }
        None => format!(
            "Declared: {}.",
            alternatives(names.iter().map(String::as_str))
        ),
    };
    let finding = Finding::new(
        INFO.id,
        Consequence::Degrades,
        format!(
            "`auth.profiles` does not have `{name}`: it is passed over unless OpenClaw's own store of credentials has it"
        ),
    )
    .at(item.place.primary())
    .help(help);
    match near {
        Some(_) => finding.at_most(Severity::Warning),
        None => finding.at_most(Severity::Note),
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
    use crate::rules::testing::case;

    #[test]
    fn a_missing_profile_and_one_of_another_provider_are_warnings() {
        let outcome = case(
            r#"{auth: {profiles: {"kimi:default": {provider: "kimi", mode: "api_key"}, "o": {provider: "openai", mode: "oauth"}},
                order: {kimi: ["kimi:defualt", "o", "kimi:default"]}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning auth.order.kimi[0]: \"kimi:defualt\"",
                "warning auth.order.kimi[1]: \"o\"",
            ]
        );
        assert_eq!(
            outcome.findings[0].help.as_deref(),
            Some("Did you mean `kimi:default`?")
        );
    }

    #[test]
    fn a_profile_that_only_the_store_may_have_is_a_note() {
        let outcome = case(r#"{auth: {order: {anthropic: ["anthropic:work"], "*": ["default"]}}}"#)
            .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning auth.order.\"*\": \"*\"",
                "note auth.order.anthropic[0]: \"anthropic:work\"",
            ]
        );
    }

    #[test]
    fn profiles_that_are_not_known_accuse_nobody() {
        let outcome =
            case(r#"{auth: {profiles: {$open: "an argument"}, order: {kimi: ["kimi:default"]}}}"#)
                .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        assert_eq!(outcome.unresolved.len(), 1);
    }
}
