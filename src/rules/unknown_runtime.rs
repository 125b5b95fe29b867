//! A runtime of agents whose name is misspelt.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{is_slip, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::Node;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-runtime",
    summary: "`agentRuntime.id` is nearly the name of a runtime",
    consequence: Consequence::FailsInUse,
    explanation: "\
`agentRuntime.id` of a model or a provider says what runs it: OpenClaw itself (`openclaw`), or a program such as `claude-cli` or `codex`. Plugins bring more of \
them, so OpenClaw takes any name; a request for one that is not there fails (\"Requested agent harness ... is not registered\").",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.models."anthropic/claude-opus-4-6".agentRuntime.id = "claude-clli";
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.models."anthropic/claude-opus-4-6".agentRuntime.id = "claude-cli";
  };
}
"#],
};

/// What the documentation of 2026.6.11 and 2026.9.6 names (docs/plugins, docs/gateway).
static KNOWN: &[&str] = &[
    "auto",
    "claude-cli",
    "codex",
    "codex-app-server",
    "codex-cli",
    "copilot",
    "gemini-cli",
    "google-gemini-cli",
    "openclaw",
    "pi",
];

fn check(_: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let config = &instance.config;
    let mut each = |holder: &Node, path: ConfigPath| {
        if let Some(id) = holder
            .get("agentRuntime")
            .and_then(|runtime| runtime.get("id"))
        {
            sink.findings
                .extend(slip(id, path.key("agentRuntime").key("id")));
        }
    };
    let models = config.at_keys("agents.defaults.models");
    let models = models.and_then(|models| models.as_object());
    for (key, model) in models.iter().flat_map(|models| &models.entries) {
        each(model, ConfigPath::keys("agents.defaults.models").key(key));
    }
    let providers = config.at_keys("models.providers");
    let providers = providers.and_then(|providers| providers.as_object());
    for (key, provider) in providers.iter().flat_map(|it| &it.entries) {
        let path = ConfigPath::keys("models.providers").key(key);
        each(provider, path.clone());
        let models = provider.get("models").and_then(|models| models.as_list());
        for (index, model) in models.iter().flat_map(|it| it.items.iter().enumerate()) {
            each(model, path.key("models").index(index));
        }
    }
}

fn slip(id: &Node, path: ConfigPath) -> Option<Finding> {
    let written = id.as_str()?;
    let name = written.trim().to_lowercase();
    if KNOWN.contains(&name.as_str()) {
        return None;
    }
    let near = nearest(&name, KNOWN.iter().copied()).filter(|near| is_slip(&name, near))?;
    Some(
        Finding::new(
            INFO.id,
            Consequence::FailsInUse,
            format!("no runtime is called `{written}`, unless a plugin brings it"),
        )
        .at_most(Severity::Warning)
        .at(id.place.primary())
        .path(path)
        .help(format!("Did you mean `{near}`?")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn only_what_is_nearly_a_known_name() {
        let outcome = case(
            r#"{agents: {defaults: {models: {"anthropic/a": {agentRuntime: {id: "claude-clli"}}, "anthropic/b": {agentRuntime: {id: "claude-cli"}},
                "x/y": {agentRuntime: {id: "my-harness"}}}}},
                models: {providers: {openai: {agentRuntime: {id: "codx"}, models: [{id: "m", agentRuntime: {id: "copilt"}}]}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning agents.defaults.models.\"anthropic/a\".agentRuntime.id: \"claude-clli\"",
                "warning models.providers.openai.agentRuntime.id: \"codx\"",
                "warning models.providers.openai.models[0].agentRuntime.id: \"copilt\"",
            ]
        );
    }
}
