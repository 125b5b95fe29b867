//! An option that the module does not have.

use super::consequence::by_era;
use super::problems::{report_if, visit_misplaced};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::{ProblemKind, Reach};
use crate::openclaw::module_options::{CONFIGURATION_KEYS, Standing, names};
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-option",
    summary: "An option is defined that does not exist",
    consequence: Consequence::NixRejects,
    explanation: "\
\"The option `programs.openclaw.settings` does not exist.\" Which options there are depends on the commit of nix-openclaw \
that flake.lock pins; what OpenClaw itself reads goes below `config`. `nix flake check` never notices, for it does not \
evaluate `homeConfigurations`. The same is said of options of your own (`my.agnet.enable`), where all modules that may declare \
one are in sight.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true;
    settings.gateway.mode = "local";
  };
}
"#,
        r#"{
  programs.opneclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
}
"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::UnknownOption,
        sink,
        &|_| true,
        // Modules in sight declare what there is, so the release does not matter.
        &|_, finding| match subject.configuration.reach {
            Reach::Alone => finding.at_most(Severity::Warning),
            Reach::Whole => finding,
        },
    );
    report_if(
        subject,
        &INFO,
        ProblemKind::UnknownRoot,
        sink,
        &|_| true,
        &|problem, mut finding| {
            // No release of nix-openclaw has it, so the release does not matter.
            if !subject.configuration.is_complete() {
                finding = finding.at_most(Severity::Warning);
            }
            let (Some(wrong), Some(span)) = (problem.path.as_deref(), problem.span) else {
                return finding;
            };
            let root = &subject.configuration.option_root;
            let (wrong, right) = (last_name(wrong), last_name(root));
            if span.len() as usize == wrong.len() && wrong != right {
                finding = finding.fix(Fix {
                    title: format!("Write `{right}`"),
                    safe: false,
                    edits: vec![Edit {
                        span,
                        text: right.to_string(),
                    }],
                });
            }
            finding
        },
    );
    visit_misplaced(subject, &mut |option| {
        let known: Vec<&str> = names(option.table, subject.era).collect();
        let help = match option.standing {
            Standing::There | Standing::Gone(_) => return,
            Standing::Later(_) if option.name == "bootstrapFiles" => {
                "this option set takes a folder: `documents = ./documents;` with AGENTS.md, SOUL.md and TOOLS.md, directly below `programs.openclaw`; or update nix-openclaw".to_string()
            }
            Standing::Later(era) => format!(
                "nix-openclaw has it since {} (options `{}`): update nix-openclaw, or leave it out",
                era.day(),
                era.name()
            ),
            Standing::Never => match nearest(option.name, known.iter().copied()) {
                Some(near) => format!("write `{near}`"),
                None if option.name == "settings" || option.name == "configOverrides" => {
                    "what OpenClaw reads goes below `config`: write `config`".to_string()
                }
                None if CONFIGURATION_KEYS.contains(&option.name) => format!(
                    "what OpenClaw reads goes below `config`: write `config.{}`",
                    option.name
                ),
                None => format!("there are {}", alternatives(known.iter().copied())),
            },
        };
        let mut finding = Finding::new(
            INFO.id,
            Consequence::NixRejects,
            format!("the option `{}` does not exist", option.path),
        )
        .at(option.node.place.key.or(option.node.place.primary()))
        .path(&option.path)
        .help(help);
        if matches!(option.standing, Standing::Never)
            && let Some(near) = nearest(option.name, known.iter().copied())
            && let Some(key) = option.node.editable_name()
            && key.len() as usize == option.name.len()
        {
            finding = finding.fix(Fix {
                title: format!("Write `{near}`"),
                safe: false,
                edits: vec![Edit {
                    span: key,
                    text: near.to_string(),
                }],
            });
        }
        sink.findings.push(lowered(subject, finding));
    });
}

fn last_name(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// Less certain where the commit of nix-openclaw is a guess, or where another file may declare the option.
fn lowered(subject: Subject<'_>, finding: Finding) -> Finding {
    let finding = by_era(subject, finding);
    if subject.configuration.reach == Reach::Alone {
        finding.at_most(Severity::Warning)
    } else {
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;
    use crate::openclaw::json::{Dialect, parse};
    use crate::releases::Era;
    use crate::workspace::source::FileId;

    fn options(text: &'static str) -> crate::rules::testing::Case {
        case(text).home_manager(&[]).configuration(|configuration| {
            configuration.options = parse(text, Some(FileId(0)), Dialect::Json5)
                .map(|parsed| parsed.root)
                .ok();
        })
    }

    #[test]
    fn what_the_module_does_not_have() {
        let text = "{enabel: true, settings: {}, gateway: {}, instances: {default: {confg: {}, plugins: []}}, workspace: {bootstrapFiles: {agent: 1}},
            skills: [{name: 'a', path: '/x'}], customPlugins: [{src: 'x', config: {}}], runtimePluginSources: [{id: 'a', sha256: 'x'}]}";
        assert_eq!(
            options(text).run(&RULE).lines(),
            [
                "error programs.openclaw.enabel: enabel",
                "error programs.openclaw.gateway: gateway",
                "error programs.openclaw.settings: settings",
                "error programs.openclaw.skills[0].path: path",
                "error programs.openclaw.customPlugins[0].src: src",
                "error programs.openclaw.runtimePluginSources[0].sha256: sha256",
                "error programs.openclaw.instances.default.confg: confg",
                "error programs.openclaw.workspace.bootstrapFiles.agent: agent",
            ]
        );
    }

    #[test]
    fn options_that_came_later_in_the_year() {
        let text =
            "{environment: {}, qmd: {}, runtimePackages: [], bundledPlugins: {discrawl: {}}}";
        let names = |era| options(text).era(era).run(&RULE).lines().len();
        assert_eq!(names(Era::PluginsRemoved), 4);
        assert_eq!(names(Era::RuntimePackages), 0);
    }

    #[test]
    fn channels_of_plugins_while_channels_were_typed() {
        let text = "{config: {channels: {telegram: {}, irc: {}, matrix: {}, telgram: {}}},
            instances: {a: {config: {channels: {nostr: {}}}}}}";
        assert_eq!(
            options(text).era(Era::BundledPlugins).run(&RULE).lines(),
            [
                "error programs.openclaw.config.channels.matrix: matrix",
                "error programs.openclaw.config.channels.telgram: telgram",
                "error programs.openclaw.instances.a.config.channels.nostr: nostr",
            ]
        );
        assert_eq!(
            options(text)
                .era(Era::SchemaConfig)
                .run(&RULE)
                .lines()
                .len(),
            4
        );
        assert!(
            options(text)
                .era(Era::OpenChannels)
                .run(&RULE)
                .findings
                .is_empty()
        );
    }

    #[test]
    fn plugins_that_are_not_bundled() {
        let text = "{enable: true, bundledPlugins: {sumarize: {enable: true}, peekaboo: {enabled: true}, oracle: {}, qmd: {config: {}}}}";
        assert_eq!(
            options(text).run(&RULE).lines(),
            [
                "error programs.openclaw.bundledPlugins.peekaboo.enabled: enabled",
                "error programs.openclaw.bundledPlugins.sumarize: sumarize",
            ]
        );
        assert_eq!(
            options(text)
                .run(&super::super::removed_option::RULE)
                .lines(),
            ["error programs.openclaw.bundledPlugins.oracle: oracle"]
        );
    }

    #[test]
    fn what_is_gone_or_comes_later() {
        let text = "{enable: true, providers: {}, runtimePlugins: [], customPlugins: []}";
        assert_eq!(options(text).run(&RULE).lines(), [""; 0]);
        assert_eq!(
            options(text)
                .run(&super::super::removed_option::RULE)
                .lines(),
            ["error programs.openclaw.providers: providers"]
        );
        assert_eq!(
            options(text).era(Era::PluginsRemoved).run(&RULE).lines(),
            ["error programs.openclaw.runtimePlugins: runtimePlugins"]
        );
        assert_eq!(
            options(text)
                .alone()
                .era(Era::PluginsRemoved)
                .run(&RULE)
                .only()
                .severity,
            Severity::Warning
        );
    }
}
