//! A provider that comes with a plugin, and the plugin is not installed.

use super::consequence::by_release;
use super::shared::missing_plugin;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::model_reference::Role;
use crate::openclaw::providers::{Availability, by_provider};
use crate::report::finding::{Consequence, Finding, Severity, Unresolved};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "provider-needs-plugin",
    summary: "A provider comes only with a plugin that `runtimePlugins` does not list",
    consequence: Consequence::FailsInUse,
    explanation: "Many providers left OpenClaw's package and became plugins of their own. A reference to one of them is \
still valid, and answers \"Unknown model\" as long as the plugin is not installed. With nix-openclaw a plugin is \
installed by naming it in `runtimePlugins`.\n\n\
List the plugin, or declare the provider with its own `baseUrl` and `models`; then it needs none.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.GROQ_API_KEY = "/run/secrets/groq-api-key";
    config.agents.defaults.model.primary = "groq/llama-3.3-70b-versatile";
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    runtimePlugins = [ "groq" ];
    environment.GROQ_API_KEY = "/run/secrets/groq-api-key";
    config.agents.defaults.model.primary = "groq/llama-3.3-70b-versatile";
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    let references = subject.references(instance);
    for (provider, uses) in by_provider(&catalogue, &references) {
        let Some(first) = uses
            .iter()
            .find(|reference| !matches!(reference.role, Role::Key | Role::Allowed))
            .or(uses.first())
        else {
            continue;
        };
        let plugin = match catalogue.provider(&provider).availability {
            Availability::PluginMissing(plugin) => plugin,
            Availability::PluginUnknown(plugin) => {
                sink.unresolved.push(Unresolved {
                    path: first.path.to_string(),
                    reason: format!(
                        "`{provider}` comes with the plugin `{plugin}`; whether it is installed is not known here"
                    ),
                    span: first.span(),
                    configurations: Vec::new(),
                });
                continue;
            }
            _ => continue,
        };
        let openclaw = subject.openclaw();
        let (missing, install) = missing_plugin(subject, plugin);
        let mut finding = Finding::new(
            INFO.id,
            Consequence::FailsInUse,
            format!("in {openclaw} `{provider}` comes with the plugin `{plugin}`, {missing}"),
        )
        .at(first.span())
        .path(&first.path)
        .help(format!(
            "{install}, or declare `models.providers.{provider}` with `baseUrl` and `models`."
        ));
        for other in uses.iter().filter(|other| other.path != first.path).take(3) {
            finding = finding.related(other.span(), format!("names `{provider}` too"));
        }
        if let Some(plugins) = &instance.runtime_plugins
            && let Some((_, span)) = plugins.first()
        {
            finding = finding.related(*span, "the plugins that are installed");
        }
        let finding = by_release(subject, finding);
        sink.findings.push(match first.role {
            Role::Key | Role::Allowed => finding.at_most(Severity::Warning),
            _ if subject.configuration.is_complete() => finding,
            _ => finding.at_most(Severity::Warning),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{case, with_kimi};

    const GROQ: &str =
        r#"{agents: {defaults: {model: {primary: "groq/llama", fallbacks: ["groq/other"]}}}}"#;

    #[test]
    fn the_plugin_must_be_listed() {
        let outcome = case(GROQ).home_manager(&["matrix"]).run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error agents.defaults.model.primary: \"groq/llama\""]
        );
        assert!(
            outcome
                .only()
                .help
                .as_deref()
                .unwrap_or_default()
                .contains("[ \"groq\" ]")
        );
        assert!(
            case(GROQ)
                .home_manager(&["groq"])
                .run(&RULE)
                .findings
                .is_empty()
        );
        assert_eq!(
            case(GROQ)
                .home_manager(&[])
                .guessed()
                .run(&RULE)
                .only()
                .severity,
            Severity::Warning
        );
    }

    #[test]
    fn a_declared_provider_needs_none_and_other_plugins_are_not_known() {
        let kimi = with_kimi(r#"agents: {defaults: {model: "kimi/kimi-k2p5"}}"#);
        assert!(case(&kimi).home_manager(&[]).run(&RULE).findings.is_empty());
        let outcome = case(GROQ).run(&RULE);
        assert_eq!((outcome.findings.len(), outcome.unresolved.len()), (0, 1));
    }
}
