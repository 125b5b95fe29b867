//! A name of a channel, a plugin or the like that the release does not know.

use super::{Check, Rule, RuleInfo, Sink, Subject, schema};
use crate::openclaw::configuration::Instance;
use crate::report::finding::Consequence;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-name",
    summary: "A channel, a plugin or another thing is named that the release does not know",
    consequence: Consequence::OpenclawRejects,
    explanation: "Channels, the target of heartbeats, the provider of web search and the plugin that keeps the memory are named by their ids. OpenClaw knows which \
exist, those of installed plugins among them, and refuses a configuration that names another.\n\n\
A plugin may also be installed by hand, below `extensions` of OpenClaw's state directory or in `plugins.load.paths`; that cannot be seen \
here, so a name that is no slip of the pen is a warning.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      agents.defaults.heartbeat.target = "telegramm";
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      agents.defaults.heartbeat.target = "telegram";
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    schema::report(INFO.id, subject, instance, sink);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    /// `config validate` of 2026.6.11 and 2026.9.6 takes each of these names where the state directory has a plugin that brings it.
    #[test]
    fn what_a_plugin_may_bring_is_a_warning_and_a_slip_of_the_pen_an_error() {
        for (text, line) in [
            (
                "{channels: {discrod: {}}}",
                "error channels.discrod: discrod",
            ),
            (
                "{channels: {'dingtalk-connector': {}}}",
                "warning channels.dingtalk-connector: 'dingtalk-connector'",
            ),
            (
                "{plugins: {slots: {memory: 'memory-cor'}}}",
                "error plugins.slots.memory: 'memory-cor'",
            ),
            (
                "{plugins: {slots: {memory: 'memory-pro'}}}",
                "warning plugins.slots.memory: 'memory-pro'",
            ),
            (
                "{plugins: {slots: {memory: 'memory-cor'}, installs: {'memory-cor': {source: 'path'}}}}",
                "warning plugins.slots.memory: 'memory-cor'",
            ),
            (
                "{plugins: {slots: {memory: 'memory-cor'}, load: {paths: ['/x']}}}",
                "warning plugins.slots.memory: 'memory-cor'",
            ),
        ] {
            for run in [case(text), case(text).home_manager(&[])] {
                assert_eq!(run.run(&RULE).lines(), [line], "{text}");
            }
        }
    }
}
