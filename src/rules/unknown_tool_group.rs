//! A group of tools that does not exist.

use super::shared::declared_agents;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::Node;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-tool-group",
    summary: "A list of tools names a group that does not exist",
    consequence: Consequence::Degrades,
    explanation: "\
Lists of tools (`tools.allow`, `tools.alsoAllow`, `tools.deny`, and those of agents) take names of tools and of groups: `group:fs`, `group:runtime`. \
OpenClaw takes a group that it does not know for a tool of that name, which is never there: such a `deny` forbids nothing, \
such an `allow` allows nothing.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.tools.deny = [ "group:runtme" ];
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.tools.deny = [ "group:runtime" ];
  };
}
"#],
};

/// The sections of `src/agents/tool-catalog.ts`, the same in 2026.2.26, 2026.6.11 and 2026.9.6, and the two groups beside them.
static GROUPS: &[&str] = &[
    "group:agents",
    "group:automation",
    "group:fs",
    "group:media",
    "group:memory",
    "group:messaging",
    "group:nodes",
    "group:openclaw",
    "group:plugins",
    "group:runtime",
    "group:sessions",
    "group:ui",
    "group:web",
];

fn check(_: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let config = &instance.config;
    if let Some(tools) = config.get("tools") {
        in_tools(tools, &ConfigPath::keys("tools"), sink);
    }
    for (path, agent) in declared_agents(config) {
        if let Some(tools) = agent.get("tools") {
            in_tools(tools, &path.key("tools"), sink);
        }
    }
}

/// The lists in a set of settings for tools, and in those for sandboxes and sub-agents.
fn in_tools(tools: &Node, path: &ConfigPath, sink: &mut Sink) {
    in_lists(tools, path, sink);
    for part in ["sandbox", "subagents"] {
        if let Some(inner) = tools.get(part).and_then(|part| part.get("tools")) {
            in_lists(inner, &path.key(part).key("tools"), sink);
        }
    }
}

fn in_lists(holder: &Node, path: &ConfigPath, sink: &mut Sink) {
    for key in ["allow", "alsoAllow", "deny"] {
        let Some(list) = holder.get(key).and_then(|list| list.as_list()) else {
            continue;
        };
        for (index, item) in list.items.iter().enumerate() {
            let Some(written) = item.as_str() else {
                continue;
            };
            let name = written.trim().to_lowercase();
            if !name.starts_with("group:") || name.contains('*') || GROUPS.contains(&name.as_str())
            {
                continue;
            }
            let effect = match key {
                "deny" => "it forbids nothing",
                _ => "it allows nothing",
            };
            let help = match nearest(&name, GROUPS.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Known: {}.", alternatives(GROUPS.iter().copied())),
            };
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!("no group of tools is called `{written}`: {effect}"),
                )
                .at(item.place.primary())
                .path(path.key(key).index(index))
                .help(help),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn groups_of_all_lists() {
        let outcome = case(
            r#"{tools: {allow: ["group:fs", "GROUP:web", "exec", "group:*"], deny: ["group:uii"], subagents: {tools: {deny: ["group:shell"]}}},
                agents: {list: [{id: "a", tools: {alsoAllow: ["group:memry"]}}]}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning tools.deny[0]: \"group:uii\"",
                "warning tools.subagents.tools.deny[0]: \"group:shell\"",
                "warning agents.list[0].tools.alsoAllow[0]: \"group:memry\"",
            ]
        );
    }
}
