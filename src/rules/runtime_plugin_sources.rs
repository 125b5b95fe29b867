//! `runtimePluginSources` that the module refuses.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Source;
use crate::openclaw::tree::{Lookup, Node, Value};
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "runtime-plugin-sources",
    summary: "A plugin source has not exactly one of `spec` and `url`, or one of the wrong shape",
    consequence: Consequence::NixRejects,
    explanation: "Each entry of `runtimePluginSources` has an `id`, a `hash`, and exactly one of `spec` (`npm:name@1.2.3` or \
`clawhub:name@1.2.3`, with an exact version) and `url` (`https://...`). `customPlugins` takes flakes (`github:owner/name`, `path:...`) \
and no npm packages. The module's assertions stop `home-manager switch` otherwise.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    runtimePluginSources = [ { id = "acme"; url = "http://acme.example/plugin.tgz"; hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; } ];
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    runtimePluginSources = [ { id = "acme"; spec = "npm:@acme/openclaw@1.2.3"; hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; } ];
  };
}"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager
        || configuration.option_root != "programs.openclaw"
    {
        return;
    }
    let Some(options) = &configuration.options else {
        return;
    };
    let root = &configuration.option_root;
    let mut holders = vec![(root.clone(), options)];
    if let Some(instances) = options.get("instances").and_then(|it| it.as_object()) {
        for (name, instance) in &instances.entries {
            holders.push((format!("{root}.instances.{name}"), instance));
        }
    }
    for (path, holder) in holders {
        if subject.era >= Era::RuntimePlugins {
            for (index, source) in items(holder, "runtimePluginSources").iter().enumerate() {
                examine(
                    source,
                    &format!("{path}.runtimePluginSources[{index}]"),
                    sink,
                );
            }
        }
        // Those of an instance are called `plugins`, and take the same.
        let custom = match path == *root {
            true => "customPlugins",
            false => "plugins",
        };
        for (index, plugin) in items(holder, custom).iter().enumerate() {
            let path = format!("{path}.{custom}[{index}]");
            let Some(source) = plugin.get("source") else {
                lacks(plugin, "source", "github:owner/name", &path, sink);
                continue;
            };
            let written = source.as_str().unwrap_or_default();
            if written.starts_with("npm:") || written.starts_with("clawhub:") {
                sink.findings.push(
                    Finding::new(
                        INFO.id,
                        Consequence::NixRejects,
                        "`customPlugins` takes flakes, not packages of a registry",
                    )
                    .at(source.place.primary())
                    .path(format!("{path}.source"))
                    .help("Put it in `runtimePluginSources`, with `id`, `spec` and `hash`; official plugins in `runtimePlugins`."),
                );
            }
        }
    }
}

fn items(holder: &Node, key: &str) -> Vec<std::rc::Rc<Node>> {
    holder
        .get(key)
        .and_then(|node| node.as_list())
        .map(|list| list.items.clone())
        .unwrap_or_default()
}

/// Says so where an element lacks an attribute that the module needs.
fn lacks(element: &Node, key: &str, example: &str, path: &str, sink: &mut Sink) {
    if !matches!(element.value, Value::Object(_)) || !matches!(element.lookup(key), Lookup::Absent)
    {
        return;
    }
    sink.findings.push(
        Finding::new(
            INFO.id,
            Consequence::NixRejects,
            format!("this plugin has no `{key}`"),
        )
        .at(element.place.primary())
        .path(path)
        .help(format!("Add `{key} = \"{example}\";`.")),
    );
}

fn examine(source: &Node, path: &str, sink: &mut Sink) {
    if !matches!(source.value, Value::Object(_)) {
        return;
    }
    let finding = |message: String| Finding::new(INFO.id, Consequence::NixRejects, message);
    lacks(source, "id", "my-plugin", path, sink);
    let given = |key: &str| match source.lookup(key) {
        Lookup::Present(node) if matches!(node.value, Value::Null) => Some(false),
        Lookup::Present(_) => Some(true),
        Lookup::Absent => Some(false),
        Lookup::Unknown(_) => None,
    };
    match (given("spec"), given("url")) {
        (Some(true), Some(true)) => sink.findings.push(
            finding("this plugin source has both `spec` and `url`".to_string())
                .at(source.get("url").and_then(|url| url.place.primary()))
                .path(path)
                .help("Leave out one of them."),
        ),
        (Some(false), Some(false)) => sink.findings.push(
            finding("this plugin source has neither `spec` nor `url`".to_string())
                .at(source.place.primary())
                .path(path)
                .help("Add `spec = \"npm:name@1.2.3\";` or `url = \"https://...\";`."),
        ),
        _ => {}
    }
    if let Some(node) = source.get("spec")
        && let Some(spec) = node.as_str()
    {
        let package = ["npm:", "clawhub:"]
            .iter()
            .find_map(|prefix| spec.strip_prefix(prefix));
        match package {
            None => sink.findings.push(
                finding(format!(
                    "`{spec}` starts with neither `npm:` nor `clawhub:`"
                ))
                .at(node.place.primary())
                .path(format!("{path}.spec"))
                .help("Write `npm:name@1.2.3`."),
            ),
            Some(package) if !has_exact_version(package) => sink.findings.push(
                finding(format!("`{spec}` has no exact version"))
                    .at_most(Severity::Warning)
                    .at(node.place.primary())
                    .path(format!("{path}.spec"))
                    .help("Write the version behind the name: `npm:name@1.2.3`."),
            ),
            Some(_) => {}
        }
    }
    if let Some(node) = source.get("url")
        && let Some(url) = node.as_str()
        && !url.starts_with("https://")
    {
        sink.findings.push(
            finding("the `url` of a plugin source must start with `https://`".to_string())
                .at(node.place.primary())
                .path(format!("{path}.url"))
                .help("Write an `https` address."),
        );
    }
}

/// `name@1.2.3`; the `@` of a scope is none of a version.
fn has_exact_version(package: &str) -> bool {
    package
        .trim_start_matches('@')
        .rsplit_once('@')
        .is_some_and(|(_, version)| version.starts_with(|first: char| first.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::module;

    #[test]
    fn each_source_has_one_address_of_the_right_shape() {
        let outcome = module(
            r#"{runtimePluginSources: [
                {id: "a", spec: "npm:@acme/a@1.2.3"}, {id: "b"}, {id: "c", spec: "npm:c@1.0.0", url: "https://x.example/c.tgz"},
                {id: "d", spec: "github:acme/d"}, {id: "e", url: "http://x.example/e.tgz"}, {id: "f", spec: "npm:@acme/f"}],
                customPlugins: [{source: "npm:foo"}, {source: "github:acme/plugin"}, {config: {}}],
                instances: {work: {plugins: [{}]}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error programs.openclaw.runtimePluginSources[1]: {id: \"b\"}",
                "error programs.openclaw.runtimePluginSources[2]: \"https://x.example/c.tgz\"",
                "error programs.openclaw.runtimePluginSources[3].spec: \"github:acme/d\"",
                "error programs.openclaw.runtimePluginSources[4].url: \"http://x.example/e.tgz\"",
                "warning programs.openclaw.runtimePluginSources[5].spec: \"npm:@acme/f\"",
                "error programs.openclaw.customPlugins[0].source: \"npm:foo\"",
                "error programs.openclaw.customPlugins[2]: {config: {}}",
                "error programs.openclaw.instances.work.plugins[0]: {}",
            ]
        );
    }
}
