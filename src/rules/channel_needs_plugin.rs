//! A channel that comes with a plugin, and the plugin is not installed.

use super::consequence::by_release;
use super::shared::missing_plugin;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::Value;
use crate::releases::{Kind, Release};
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "channel-needs-plugin",
    summary: "A channel comes only with a plugin that `runtimePlugins` does not list",
    consequence: Consequence::FailsInUse,
    explanation: "Many channels left OpenClaw's package and became plugins of their own. The configuration of such a channel \
is still accepted, and the gateway starts without it. With nix-openclaw a plugin is installed by naming it in `runtimePlugins`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.DISCORD_BOT_TOKEN = "/run/secrets/discord";
    config.channels.discord = {
      enabled = true;
      token = "\${DISCORD_BOT_TOKEN}";
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    runtimePlugins = [ "discord" ];
    environment.DISCORD_BOT_TOKEN = "/run/secrets/discord";
    config.channels.discord = {
      enabled = true;
      token = "\${DISCORD_BOT_TOKEN}";
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let Some(channels) = instance
        .config
        .get("channels")
        .and_then(|it| it.as_object())
    else {
        return;
    };
    let catalogue = subject.catalogue(instance);
    for (id, node) in &channels.entries {
        if !matches!(node.value, Value::Object(_))
            || node.get("enabled").and_then(|flag| flag.as_bool()) == Some(false)
        {
            continue;
        }
        let Some(plugin) = subject
            .release
            .channel(id)
            .and_then(|channel| channel.external_plugin())
        else {
            continue;
        };
        // A channel that the schema does not have is told as an unknown name.
        if catalogue.has_plugin(plugin) != Some(false) || !is_in_schema(subject.release, id) {
            continue;
        }
        let (missing, install) = missing_plugin(subject, plugin);
        let finding = Finding::new(
            INFO.id,
            Consequence::FailsInUse,
            format!(
                "in {} the channel `{id}` comes with the plugin `{plugin}`, {missing}",
                subject.openclaw()
            ),
        )
        .at(node.place.key.or(node.place.primary()))
        .path(ConfigPath::keys("channels").key(id.clone()))
        .help(format!("{install}."));
        let finding = by_release(subject, finding);
        sink.findings.push(if subject.configuration.is_complete() {
            finding
        } else {
            finding.at_most(Severity::Warning)
        });
    }
}

fn is_in_schema(release: &Release, channel: &str) -> bool {
    release.schema().is_some_and(|schema| {
        schema
            .at(["channels"])
            .iter()
            .any(|node| match node.kind() {
                Kind::Object(rules) => rules.property(channel).is_some(),
                _ => false,
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn an_enabled_channel_needs_its_plugin() {
        let text = r#"{channels: {discord: {token: "x"}, telegram: {}, slack: {enabled: false}}}"#;
        assert_eq!(
            case(text).home_manager(&[]).run(&RULE).lines(),
            ["error channels.discord: discord"]
        );
        assert!(
            case(text)
                .home_manager(&["discord"])
                .run(&RULE)
                .findings
                .is_empty()
        );
        assert!(case(text).run(&RULE).findings.is_empty());
    }
}
