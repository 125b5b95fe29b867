//! `runtimePlugins` that the module refuses.

use super::consequence::by_release;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::nearest;
use crate::openclaw::configuration::{Instance, Source};
use crate::openclaw::tree::{Node, Value};
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "runtime-plugins",
    summary: "`runtimePlugins` names a plugin that does not exist, twice the same, or one that the configuration turns off",
    consequence: Consequence::NixRejects,
    explanation: "nix-openclaw packages a fixed set of OpenClaw's plugins for each release; `runtimePlugins` selects from \
them. An id outside of the set, an id twice, a plugin that `plugins.entries.<id>.enabled = false` or `plugins.deny` turns off, \
and a `plugins.load.paths` of one's own beside it all fail an assertion of the module, which stops `home-manager switch`.\n\n\
Plugins from elsewhere belong in `runtimePluginSources`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    runtimePlugins = [ "slak" "matrix" "matrix" ];
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    runtimePlugins = [ "slack" "matrix" ];
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager || subject.era < Era::RuntimePlugins {
        return;
    }
    let Some(plugins) = &instance.runtime_plugins else {
        return;
    };
    let path = format!("{}.runtimePlugins", configuration.option_root);
    let known: Option<Vec<&str>> = subject.release.runtime_plugins().map(Iterator::collect);
    let sourced = sourced(subject, instance);
    for (index, (id, span)) in plugins.iter().enumerate() {
        let finding = |message: String| {
            Finding::new(INFO.id, Consequence::NixRejects, message)
                .at(*span)
                .path(format!("{path}[{index}]"))
        };
        let first = plugins[..index].iter().find(|(other, _)| other == id);
        if let Some((_, first)) = first {
            sink.findings.push(
                finding(format!("the plugin `{id}` is listed twice"))
                    .related(*first, "the first time")
                    .help("Leave it out here."),
            );
            continue;
        }
        let known = known
            .as_ref()
            .filter(|known| !known.contains(&id.as_str()) && !sourced.contains(id));
        if let Some(known) = known {
            let mut help = match nearest(id, known.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Plugins from elsewhere belong in `runtimePluginSources`.".to_string(),
            };
            if subject
                .release
                .plugin(id)
                .is_some_and(|plugin| !plugin.is_external())
            {
                help = format!("`{id}` is part of {}; leave it out.", subject.openclaw());
            }
            sink.findings.push(by_release(
                subject,
                finding(format!(
                    "nix-openclaw has no plugin `{id}` for {}",
                    subject.openclaw()
                ))
                .help(help),
            ));
            continue;
        }
        if let Some(off) = turned_off(&instance.config, id) {
            sink.findings.push(
                finding(format!(
                    "the plugin `{id}` is installed here and turned off in the configuration"
                ))
                .related(off.place.primary(), "turned off here")
                .help("Leave out one of the two."),
            );
        }
    }
    if let (Some((_, first)), Some(paths)) = (
        plugins.first(),
        // What the user wrote; the module adds store paths of its own to the rendered file.
        written_load_paths(subject, instance),
    ) {
        sink.findings.push(
            Finding::new(
                INFO.id,
                Consequence::NixRejects,
                "`plugins.load.paths` cannot be set beside `runtimePlugins`",
            )
            .at(paths.place.primary())
            .path("plugins.load.paths")
            .related(*first, "the plugins that the module installs")
            .help("Put the plugin in `runtimePluginSources`, or install all of them by path."),
        );
    }
}

/// The ids that `runtimePluginSources` brings: those need not be in the set.
fn sourced(subject: Subject<'_>, instance: &Instance) -> Vec<String> {
    let Some(options) = subject.configuration.options.as_ref() else {
        return Vec::new();
    };
    let own = options
        .get("instances")
        .and_then(|instances| instances.get(&instance.name));
    [own, Some(options)]
        .into_iter()
        .flatten()
        .filter_map(|holder| holder.get("runtimePluginSources")?.as_list())
        .flat_map(|list| &list.items)
        .filter_map(|item| item.get("id")?.as_str())
        .collect()
}

fn turned_off<'a>(config: &'a Node, id: &str) -> Option<&'a Node> {
    let enabled = config
        .at_keys("plugins.entries")
        .and_then(|entries| entries.get(id))
        .and_then(|entry| entry.get("enabled"))
        .filter(|enabled| enabled.as_bool() == Some(false));
    if let Some(enabled) = enabled {
        return Some(enabled);
    }
    config
        .at_keys("plugins.deny")
        .and_then(|deny| deny.as_list())?
        .items
        .iter()
        .find(|item| item.as_str().as_deref() == Some(id))
        .map(|item| &**item)
}

fn written_load_paths<'a>(subject: Subject<'a>, instance: &Instance) -> Option<&'a Node> {
    let options = subject.configuration.options.as_ref()?;
    let own = options
        .get("instances")
        .and_then(|instances| instances.get(&instance.name));
    [own, Some(options)]
        .into_iter()
        .flatten()
        .find_map(|holder| {
            let paths = holder.at_keys("config.plugins.load.paths")?;
            match &paths.value {
                Value::List(list) if !list.items.is_empty() => Some(&**paths),
                _ => None,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::module;

    #[test]
    fn unknown_repeated_and_disabled_plugins_fail() {
        let outcome = module(
            r#"{runtimePlugins: ["slak", "matrix", "matrix", "discord"],
                config: {plugins: {entries: {discord: {enabled: false}}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error programs.openclaw.runtimePlugins[0]: \"slak\"",
                "error programs.openclaw.runtimePlugins[2]: \"matrix\"",
                "error programs.openclaw.runtimePlugins[3]: \"discord\"",
            ]
        );
        assert_eq!(
            outcome.findings[0].help.as_deref(),
            Some("Did you mean `slack`?")
        );
    }

    #[test]
    fn plugins_from_elsewhere_need_not_be_in_the_set() {
        let run = |options: &str| {
            module(options)
                .configuration(|configuration| {
                    let places = configuration.options.clone();
                    let span = places.and_then(|options| options.place.primary());
                    configuration.instances[0].runtime_plugins = Some(vec![("mine".into(), span)]);
                })
                .run(&RULE)
                .findings
                .len()
        };
        assert_eq!(
            run(r#"{runtimePluginSources: [{id: "mine", spec: "npm:mine@1.0.0"}]}"#),
            0
        );
        assert_eq!(
            run(r#"{runtimePluginSources: [{id: "other", spec: "npm:other@1.0.0"}]}"#),
            1
        );
    }

    #[test]
    fn load_paths_of_ones_own_exclude_them() {
        let outcome = module(
            r#"{runtimePlugins: ["matrix"], config: {plugins: {load: {paths: ["/home/alice/plugin"]}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error plugins.load.paths: [\"/home/alice/plugin\"]"]
        );
        assert!(
            module(r#"{runtimePlugins: ["matrix", "slack"]}"#)
                .run(&RULE)
                .findings
                .is_empty()
        );
    }
}
