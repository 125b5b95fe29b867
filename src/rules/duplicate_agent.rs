//! Agents that are one for OpenClaw.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::Node;
use crate::report::finding::{Consequence, Finding};
use crate::workspace::source::Span;
use std::collections::HashMap;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "duplicate-agent",
    summary: "Two agents have the same id, or both are the default",
    consequence: Consequence::Degrades,
    explanation: "\
OpenClaw takes the first entry of `agents.list` with an id, without regard to case and blanks around it, and never looks at a second \
one: neither its model nor its workspace is used. A blank id stands for `main`. Of several agents with `default = true` the first is \
the default. `config validate` accepts all of it, and lists come together from modules without a word. (Read in the packages of \
2026.2.26 and 2026.6.11, `resolveAgentEntry` and `resolveDefaultAgentId`.)",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.list = [
      { id = "research"; model = "anthropic/claude-opus-4-6"; }
      { id = "Research"; model = "openai/gpt-5.2"; }
    ];
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.list = [
      { id = "research"; model = "anthropic/claude-opus-4-6"; }
      { id = "writing"; model = "openai/gpt-5.2"; }
    ];
  };
}"#],
};

fn check(_subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let Some(list) = instance
        .config
        .at_keys("agents.list")
        .and_then(|list| list.as_list())
    else {
        return;
    };
    let mut by_id: HashMap<String, Option<Span>> = HashMap::new();
    let mut default: Option<Option<Span>> = None;
    for (index, agent) in list.items.iter().enumerate() {
        let path = ConfigPath::keys("agents.list").index(index);
        let place = |key: &str| agent.get(key).and_then(|node| node.place.primary());
        if let Some(written) = agent.get("id").and_then(|id| id.as_str()) {
            let id = compared(&written);
            let span = place("id");
            match by_id.get(&id) {
                Some(first) => {
                    let message = match written.trim() {
                        "" => format!(
                            "a blank id stands for `{MAIN}`, which another agent has: this one is never used"
                        ),
                        _ => format!("another agent has the id `{id}`: this one is never used"),
                    };
                    sink.findings.push(
                        Finding::new(INFO.id, Consequence::Degrades, message)
                            .at(span)
                            .path(path.key("id"))
                            .related(*first, "the one that is used")
                            .help("give it another id, or leave it out"),
                    );
                    continue;
                }
                None => {
                    by_id.insert(id, span);
                }
            }
        }
        if is_default(agent) {
            let span = place("default");
            match default {
                None => default = Some(span),
                Some(first) => sink.findings.push(
                    Finding::new(
                        INFO.id,
                        Consequence::Degrades,
                        "another agent before this one is the default, and stays it".to_string(),
                    )
                    .at(span)
                    .path(path.key("default"))
                    .related(first, "the default")
                    .help("leave `default` to one agent"),
                ),
            }
        }
    }
}

/// The agent that there is without any, and that a blank id stands for.
const MAIN: &str = "main";

fn compared(id: &str) -> String {
    match id.trim() {
        "" => MAIN.to_string(),
        id => id.to_lowercase(),
    }
}

fn is_default(agent: &Node) -> bool {
    agent.get("default").and_then(|flag| flag.as_bool()) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn the_first_of_an_id_is_the_one() {
        for (list, found) in [
            (r#"[{id: "main"}, {id: "a"}]"#, vec![]),
            (
                r#"[{id: "a"}, {id: " A "}]"#,
                vec!["warning agents.list[1].id: \" A \""],
            ),
            (
                r#"[{id: "main"}, {id: ""}]"#,
                vec!["warning agents.list[1].id: \"\""],
            ),
            (r#"[{id: ""}, {id: "a"}]"#, vec![]),
            (
                r#"[{id: "a", default: true}, {id: "b", default: true}]"#,
                vec!["warning agents.list[1].default: true"],
            ),
            (
                r#"[{id: "a", default: false}, {id: "b", default: true}]"#,
                vec![],
            ),
            (r#"[{id: "a"}, {id: {$unknown: "why"}}]"#, vec![]),
        ] {
            let text = format!("{{agents: {{list: {list}}}}}");
            assert_eq!(case(&text).run(&RULE).lines(), found, "{list}");
        }
    }
}
