//! A variable that nothing defines.

use super::problems::report_if;
use super::unescaped_placeholder::is_meant_for_openclaw;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Problem, ProblemKind};
use crate::report::finding::Consequence;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "undefined-variable",
    summary: "A variable is used that nothing defines",
    consequence: Consequence::NixRejects,
    explanation: "\
Nix looks at all variables of a file before it evaluates any of it: \"undefined variable\". What a module uses has to be \
bound by a `let`, by `with`, or by the argument list at the top (`{ config, lib, pkgs, ... }:`).",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model.primary = defaultModel;
  };
}
"#],
    accepted: &[r#"let
  defaultModel = "openrouter/auto";
in
{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model.primary = defaultModel;
  };
}
"#],
};

/// Whether it is told as a placeholder that Nix reads. Evaluation may meet one in several ways, of which not all know the text around it.
fn is_told_as_placeholder(subject: Subject<'_>, problem: &Problem) -> bool {
    let problems = &subject.configuration.problems;
    problems.iter().any(|other| {
        other.kind == ProblemKind::UndefinedVariable
            && other.span == problem.span
            && is_meant_for_openclaw(other)
    })
}

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::UndefinedVariable,
        sink,
        &|problem| !is_told_as_placeholder(subject, problem),
        &|problem, finding| {
            let Some(name) = &problem.subject else {
                return finding;
            };
            if finding.help.is_some() {
                return finding;
            }
            match name.as_str() {
                "config" | "lib" | "pkgs" | "osConfig" | "inputs" | "self" | "modulesPath"
                | "options" => finding.help(format!(
                    "name it in the argument list at the top of the module: `{{ {name}, ... }}:`"
                )),
                _ => finding.help("define it in a `let`, or correct the name"),
            }
        },
    );
}
