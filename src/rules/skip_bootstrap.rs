//! `skipBootstrap = false` beside documents that the module hands over.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Source;
use crate::openclaw::tree::{Node, Value};
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding};
use std::rc::Rc;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "skip-bootstrap",
    summary: "`agents.defaults.skipBootstrap = false` contradicts `workspace.bootstrapFiles`",
    consequence: Consequence::NixRejects,
    explanation: "With `workspace.bootstrapFiles` the module hands the documents over and sets \
`agents.defaults.skipBootstrap = true`, so that OpenClaw does not write its own over them. Setting it to `false` fails an \
assertion of the module, which stops `home-manager switch`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    workspace.bootstrapFiles = {
      agents = ./documents/AGENTS.md;
      soul = ./documents/SOUL.md;
      tools = ./documents/TOOLS.md;
      identity = ./documents/IDENTITY.md;
      user = ./documents/USER.md;
    };
    config.agents.defaults.skipBootstrap = false;
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.skipBootstrap = false;
  };
}"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager || subject.era < Era::BootstrapFiles {
        return;
    }
    let Some(options) = &configuration.options else {
        return;
    };
    let Some(files) = options
        .at_keys("workspace.bootstrapFiles")
        .filter(|files| matches!(files.value, Value::Object(_)))
    else {
        return;
    };
    let mut holders: Vec<&Rc<Node>> = vec![options];
    if let Some(instances) = options.get("instances").and_then(|it| it.as_object()) {
        holders.extend(instances.entries.values());
    }
    for holder in holders {
        let Some(flag) = holder.at_keys("config.agents.defaults.skipBootstrap") else {
            continue;
        };
        if flag.as_bool() == Some(false) {
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::NixRejects,
                    "`skipBootstrap` cannot be `false` while the module hands the documents over",
                )
                .at(flag.place.primary())
                .path("agents.defaults.skipBootstrap")
                .related(files.place.key.or(files.place.primary()), "the documents")
                .help("Leave it out; the module sets it."),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::module;

    #[test]
    fn the_flag_contradicts_the_documents() {
        let flag = r#"config: {agents: {defaults: {skipBootstrap: false}}}"#;
        let outcome = module(&format!(
            r#"{{workspace: {{bootstrapFiles: {{agents: "x"}}}}, {flag}}}"#
        ))
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error agents.defaults.skipBootstrap: false"]
        );
        assert!(
            module(&format!("{{{flag}}}"))
                .run(&RULE)
                .findings
                .is_empty()
        );
    }
}
