//! Names of agents that no agent has.

use super::consequence::{absence, by_release, violates_validation};
use super::shared::declared_agents;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::schema_check::BINDINGS_REFUSED_SINCE;
use crate::openclaw::tree::{Lookup, Node, Unknown, Value};
use crate::releases::Version;
use crate::report::finding::{Consequence, Finding};
use std::collections::HashSet;
use std::rc::Rc;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-agent",
    summary: "A binding, a hook or a list of sub-agents names an agent that is not declared",
    consequence: Consequence::OpenclawRejects,
    explanation: "With `agents.list` in the configuration, each `bindings[].agentId` must be the `id` of one of its agents; \
OpenClaw refuses the configuration otherwise (\"Unknown agent id\"). A hook that names an unknown agent reaches the default \
agent instead, and an unknown name in `subagents.allowAgents` allows nothing.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      agents.list = [ { id = "main"; } ];
      bindings = [ { agentId = "mian"; match.channel = "telegram"; } ];
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      agents.list = [ { id = "main"; } ];
      bindings = [ { agentId = "main"; match.channel = "telegram"; } ];
    };
  };
}"#],
};

/// The agents that are declared.
struct Agents {
    ids: Vec<String>,
    /// The ids as they are compared.
    compared: HashSet<String>,
    open: Option<Unknown>,
}

impl Agents {
    fn new(ids: Vec<String>, open: Option<Unknown>) -> Self {
        Agents {
            compared: ids.iter().map(|id| compared(id)).collect(),
            ids,
            open,
        }
    }

    fn has(&self, name: &str) -> bool {
        self.compared.contains(&compared(name))
    }
}

fn compared(id: &str) -> String {
    id.trim().to_lowercase()
}

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let config = &instance.config;
    let Some(agents) = agents(config) else {
        if subject.release.version() >= MAIN_ONLY_SINCE && has_no_agents(config) {
            bindings_of_main(subject, config, sink);
        }
        return;
    };
    let consequence = match subject.release.version() < BINDINGS_REFUSED_SINCE {
        true => Consequence::Degrades,
        false => violates_validation(subject.configuration),
    };
    for (path, name) in named(config, "bindings", "agentId") {
        examine(subject, &agents, &path, &name, consequence, sink);
    }
    for (path, name) in named(config, "hooks.mappings", "agentId") {
        examine(subject, &agents, &path, &name, Consequence::Degrades, sink);
    }
    let mut lists = declared_agents(config);
    if let Some(defaults) = config.at_keys("agents.defaults") {
        lists.push((ConfigPath::keys("agents.defaults"), defaults));
    }
    for (path, node) in lists {
        let Some(allowed) = node
            .at_keys("subagents.allowAgents")
            .and_then(|list| list.as_list())
        else {
            continue;
        };
        for (index, item) in allowed.items.iter().enumerate() {
            if item.as_str().as_deref() == Some("*") {
                continue;
            }
            let path = path.key("subagents").key("allowAgents").index(index);
            examine(subject, &agents, &path, item, Consequence::Degrades, sink);
        }
    }
}

/// The first release that was seen to refuse a binding to another agent than `main` where none is declared; 2026.2.26 and 2026.6.11 make
/// an agent of any name for it (`openclaw config validate`, and `src/routing/resolve-route.ts` of the latter two).
const MAIN_ONLY_SINCE: Version = Version::new(2026, 9, 6);

/// Whether certainly no agent is declared.
fn has_no_agents(config: &Node) -> bool {
    let is_absent = |node: &Node, key| matches!(node.lookup(key), Lookup::Absent);
    match config.lookup("agents") {
        Lookup::Absent => true,
        Lookup::Present(agents) => is_absent(agents, "list") && is_absent(agents, "entries"),
        Lookup::Unknown(_) => false,
    }
}

fn bindings_of_main(subject: Subject<'_>, config: &Node, sink: &mut Sink) {
    let main = Agents::new(vec!["main".to_string()], None);
    let before = sink.findings.len();
    let consequence = violates_validation(subject.configuration);
    for (path, name) in named(config, "bindings", "agentId") {
        examine(subject, &main, &path, &name, consequence, sink);
    }
    for finding in sink.findings.split_off(before) {
        let help = "Declare it in `agents.entries`, or write `main`, the only agent where none is declared.";
        sink.findings.push(by_release(subject, finding.help(help)));
    }
}

fn examine(
    subject: Subject<'_>,
    agents: &Agents,
    path: &ConfigPath,
    name: &Node,
    consequence: Consequence,
    sink: &mut Sink,
) {
    let text = match &name.value {
        Value::Text(text) => text,
        Value::Unknown(unknown) => return sink.could_not_check(path, unknown),
        _ => return,
    };
    let Some(written) = text.known() else {
        if let Some(unknown) = text.unknown() {
            sink.could_not_check(path, unknown);
        }
        return;
    };
    if agents.has(&written) {
        return;
    }
    if let Some(unknown) = &agents.open {
        return sink.could_not_check(path, unknown);
    }
    let ids = agents.ids.iter().map(String::as_str);
    let help = match nearest(&written, ids.clone()) {
        Some(near) => format!("Did you mean `{near}`? Declared: {}.", alternatives(ids)),
        None => format!("Declared: {}.", alternatives(ids)),
    };
    let finding = Finding::new(
        INFO.id,
        consequence,
        format!("no agent has the id `{written}`"),
    )
    .at(name.place.primary())
    .path(path)
    .help(help);
    sink.findings.push(absence(subject, finding));
}

/// The agents of `agents.entries` or `agents.list`; `None` where neither is there.
fn agents(config: &Node) -> Option<Agents> {
    let node = config.get("agents")?;
    if let Lookup::Present(entries) = node.lookup("entries") {
        let object = entries.as_object()?;
        let ids = object.entries.keys().cloned().collect();
        return Some(Agents::new(ids, object.open.clone()));
    }
    let Lookup::Present(list) = node.lookup("list") else {
        return None;
    };
    let list = list.as_list()?;
    if list.items.is_empty() && list.open.is_none() {
        return None;
    }
    let mut ids = Vec::new();
    let mut open = list.open.clone();
    for item in &list.items {
        match item.lookup("id") {
            Lookup::Present(id) => match (id.as_str(), id.as_text()) {
                (Some(id), _) => ids.push(id),
                (None, Some(text)) => open = text.unknown().cloned(),
                (None, None) => {}
            },
            Lookup::Unknown(unknown) => open = Some(unknown.clone()),
            Lookup::Absent => {}
        }
    }
    Some(Agents::new(ids, open))
}

/// The values of a key in each object of a list.
fn named(config: &Node, list: &str, key: &str) -> Vec<(ConfigPath, Rc<Node>)> {
    config
        .at_keys(list)
        .and_then(|node| node.as_list())
        .map(|items| {
            items
                .items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| {
                    let path = ConfigPath::keys(list).index(index).key(key);
                    Some((path, Rc::clone(item.get(key)?)))
                })
                .collect()
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn bindings_hooks_and_sub_agents_must_name_agents() {
        let outcome = case(
            r#"{agents: {list: [{id: "main", subagents: {allowAgents: ["*", "Main", "gohst"]}}, {id: "ghost"}]},
                bindings: [{agentId: "mian", match: {channel: "telegram"}}, {agentId: "MAIN"}],
                hooks: {mappings: [{agentId: "nobody"}]}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error bindings[0].agentId: \"mian\"",
                "warning hooks.mappings[0].agentId: \"nobody\"",
                "warning agents.list[0].subagents.allowAgents[2]: \"gohst\"",
            ]
        );
    }

    #[test]
    fn without_a_list_openclaw_does_not_ask() {
        let outcome = case(r#"{bindings: [{agentId: "x"}]}"#).run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        let outcome = case(r#"{bindings: [{agentId: "x"}, {agentId: "main"}]}"#)
            .release("2026.9.6")
            .run(&RULE);
        assert_eq!(outcome.lines(), ["error bindings[0].agentId: \"x\""]);
        let outcome = case(
            r#"{agents: {list: [{id: {$unknown: "an argument"}}]}, bindings: [{agentId: "x"}]}"#,
        )
        .run(&RULE);
        assert_eq!((outcome.findings.len(), outcome.unresolved.len()), (0, 1));
    }
}
