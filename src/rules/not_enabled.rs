//! OpenClaw is configured and nothing enables it.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::ProblemKind;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "not-enabled",
    summary: "OpenClaw is configured, and nothing enables it",
    consequence: Consequence::Degrades,
    explanation: "\
`programs.openclaw.enable` and `services.openclaw-gateway.enable` are false by default. Without them the rest of the options is \
looked at by nobody: no openclaw.json is written and no service is made. In Home Manager a declared instance \
(`instances.default = { };`) enables OpenClaw too.

An `enable = false` is meant and is not reported; nor is a configuration that nothing enables in a flake where another one is \
enabled, since hosts share modules; nor one of which a module is not here.

Where the openclaw.json of an instance is switched off (`home.file.\".openclaw/openclaw.json\".enable = false`, and \
`home.activation.openclawConfigFiles`, which links the file all the same, is one of your own), or the unit of the NixOS \
service is given another file in `OPENCLAW_CONFIG_PATH`, a note says so, and `config` is not checked.",
    refused: &[r#"{
  programs.openclaw.config = {
    gateway.mode = "local";
    agents.defaults.model.primary = "anthropic/claude-opus-4-6";
  };
}
"#],
    accepted: &[
        r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
}
"#,
        r#"{
  programs.openclaw = {
    config.gateway.mode = "local";
    instances.default = { };
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = false;
    config.gateway.mode = "local";
  };
}
"#,
    ],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    // A module that is not here may well be what enables it.
    let is_complete = subject.configuration.is_complete();
    for problem in &subject.configuration.problems {
        if problem.kind != ProblemKind::NotEnabled || !is_complete && !problem.may_be_harmless {
            continue;
        }
        let mut finding =
            Finding::new(INFO.id, Consequence::Degrades, problem.message.clone()).at(problem.span);
        finding.path.clone_from(&problem.path);
        finding.help.clone_from(&problem.help);
        sink.findings
            .push(finding.at_most(match problem.may_be_harmless {
                true => Severity::Note,
                false => Severity::Warning,
            }));
    }
}
