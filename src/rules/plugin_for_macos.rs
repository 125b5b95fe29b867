//! A bundled plugin that exists only for macOS, on Linux.

use super::consequence::by_era;
use super::shared::is_for_linux;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Source;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "plugin-for-macos",
    summary: "A bundled plugin that exists only for macOS is enabled on Linux",
    consequence: Consequence::NixRejects,
    explanation: "The programs behind `bundledPlugins.peekaboo`, `poltergeist` and `imsg` are built for macOS only. For another system \
their flake offers no plugin, and nix-openclaw stops: \"openclawPlugin is null in ... for x86_64-linux\".\n\n\
Leave them out, or enable them where the system is one: `bundledPlugins.peekaboo.enable = pkgs.stdenv.hostPlatform.isDarwin;`.",
    refused: &[r#"{ lib, ... }:
{
  home.homeDirectory = lib.mkForce "/home/alice";
  programs.openclaw = {
    enable = true;
    bundledPlugins.peekaboo.enable = true;
  };
}"#],
    accepted: &[r#"{ lib, ... }:
{
  home.homeDirectory = lib.mkForce "/home/alice";
  programs.openclaw = {
    enable = true;
    bundledPlugins.summarize.enable = true;
  };
}"#],
};

/// Those that `plugin-catalog.nix` of nix-openclaw 910c1ce calls unfit for Linux; the flakes of the tools give null there
/// (nix-openclaw-tools 0895505, `tools/peekaboo/flake.nix`), for which `plugins.nix` has its message since 30 January 2026 (952a04f).
static ONLY_FOR_MACOS: [&str; 3] = ["imsg", "peekaboo", "poltergeist"];

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager || !is_for_linux(configuration) {
        return;
    }
    let Some(plugins) = configuration
        .options
        .as_ref()
        .and_then(|options| options.get("bundledPlugins"))
    else {
        return;
    };
    for name in ONLY_FOR_MACOS {
        let Some(enable) = plugins.get(name).and_then(|plugin| plugin.get("enable")) else {
            continue;
        };
        if enable.as_bool() != Some(true) {
            continue;
        }
        let finding = Finding::new(
            INFO.id,
            Consequence::NixRejects,
            format!("the plugin `{name}` exists only for macOS, and this is a configuration for Linux"),
        )
        .at(enable.place.primary())
        .path(format!("{}.bundledPlugins.{name}.enable", configuration.option_root))
        .help(format!(
            "Leave it out, or write `bundledPlugins.{name}.enable = pkgs.stdenv.hostPlatform.isDarwin;`."
        ));
        sink.findings.push(by_era(subject, finding));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing;
    use crate::rules::testing::module;
    use serde_json::json;

    #[test]
    fn on_linux_only() {
        let run = |home: &str| {
            let text = "{bundledPlugins: {peekaboo: {enable: true}, imsg: {enable: false}, summarize: {enable: true}}}";
            let workspace = format!("{home}/.openclaw/workspace");
            module(text)
                .configuration(|configuration| {
                    let config = json!({"agents": {"defaults": {"workspace": workspace}}});
                    configuration.instances = testing::configuration(&config).instances;
                })
                .run(&RULE)
                .lines()
        };
        assert_eq!(
            run("/home/alice"),
            ["error programs.openclaw.bundledPlugins.peekaboo.enable: true"]
        );
        assert_eq!(run("/Users/alice"), [""; 0]);
        assert_eq!(run("~"), [""; 0]);
    }
}
