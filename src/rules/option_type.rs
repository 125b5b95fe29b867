//! A value that its option does not take.

use super::problems::report;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{ProblemKind, Reach, Source};
use crate::openclaw::option_types::{self, Module};
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "option-type",
    summary: "A value has a type that its option does not take",
    consequence: Consequence::NixRejects,
    explanation: "\
The options of the module are typed: \"A definition for option ... is not of type ...\". What stands in an untyped \
`config` is compared with OpenClaw's schema instead, by other rules.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = "yes";
  };
}
"#,
        r#"{ pkgs, ... }:
{
  programs.openclaw = {
    enable = true;
    runtimePackages = pkgs.git;
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
    report(subject, &INFO, ProblemKind::OptionType, sink);
    let configuration = subject.configuration;
    let (Some(options), Some(module)) = (
        &configuration.options,
        match configuration.source {
            Source::HomeManager => Some(Module::HomeManager),
            Source::NixosService => Some(Module::Nixos),
            Source::RenderedFile => None,
        },
    ) else {
        return;
    };
    for issue in option_types::check(options, module) {
        let is_told = configuration
            .problems
            .iter()
            .any(|problem| problem.span.is_some() && problem.span == issue.span);
        if is_told {
            continue;
        }
        let mut finding = Finding::new(INFO.id, Consequence::NixRejects, issue.message)
            .at(issue.span)
            .path(format!("{}.{}", configuration.option_root, issue.path));
        finding.help = issue.help;
        // A file by itself may belong to another module of the same name.
        if configuration.reach == Reach::Alone {
            finding = finding.at_most(Severity::Warning);
        }
        sink.findings.push(finding);
    }
}
