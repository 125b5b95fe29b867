//! An MCP server that OpenClaw cannot start or reach.

use super::consequence::absence;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::nearest;
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Lookup, Node};
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "incomplete-mcp-server",
    summary: "An MCP server has neither a command nor an address",
    consequence: Consequence::FailsInUse,
    explanation: "\
A server below `mcp.servers` is a program that OpenClaw starts (`command`, with `args`), or one that it reaches at an address (`url`). \
The set takes other keys as well, so a misspelt one is valid; OpenClaw then logs that it skips the server, and its tools are missing.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.mcp.servers.files = {
      comand = "npx";
      args = [ "-y" "@modelcontextprotocol/server-filesystem" "/srv" ];
    };
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.mcp.servers.files = {
      command = "npx";
      args = [ "-y" "@modelcontextprotocol/server-filesystem" "/srv" ];
    };
  };
}
"#],
};

/// What says where the server is (`src/agents/mcp-transport-config.ts` of 2026.6.11 and 2026.9.6).
const KEYS: [&str; 2] = ["command", "url"];

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let Some(servers) = instance
        .config
        .at_keys("mcp.servers")
        .and_then(|servers| servers.as_object())
    else {
        return;
    };
    for (name, server) in &servers.entries {
        let Some(object) = server.as_object() else {
            continue;
        };
        let is_off = !matches!(server.lookup("enabled"), Lookup::Absent)
            && server.get("enabled").and_then(|on| on.as_bool()) != Some(true);
        if is_off || !KEYS.iter().all(|key| is_nothing(server, key)) {
            continue;
        }
        let slip = object
            .entries
            .iter()
            .find_map(|(key, value)| Some((key, value, nearest(key, KEYS)?)));
        let finding = Finding::new(
            INFO.id,
            Consequence::FailsInUse,
            format!("the MCP server `{name}` has neither `command` nor `url`: it is skipped"),
        );
        let finding = match slip {
            Some((key, value, meant)) => finding
                .at(value.place.key.or(value.place.primary()))
                .help(format!("Write `{meant}` for `{key}`.")),
            None => finding
                .at(server.place.key.or(server.place.primary()))
                .help("Write the program in `command`, or the address in `url`."),
        };
        let path = ConfigPath::keys("mcp.servers").key(name.clone());
        sink.findings.push(absence(subject, finding.path(path)));
    }
}

/// Whether a key is certainly not there, or blank.
fn is_nothing(server: &Node, key: &str) -> bool {
    match server.lookup(key) {
        Lookup::Absent => true,
        Lookup::Present(value) => value.as_str().is_some_and(|text| text.trim().is_empty()),
        Lookup::Unknown(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn a_server_needs_a_command_or_an_address() {
        let outcome = case(
            r#"{mcp: {servers: {a: {comand: "npx"}, b: {command: "npx"}, c: {url: "https://x.example"}, d: {args: []},
                e: {$open: "an argument"}, f: {command: {$unknown: "a package"}}, g: {enabled: false}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error mcp.servers.a: comand", "error mcp.servers.d: d"]
        );
        assert_eq!(
            outcome.findings[0].help.as_deref(),
            Some("Write `command` for `comand`.")
        );
    }
}
