//! Units of systemd and agents of launchd that were meant to add something to those of an instance.
//!
//! One without a command of its own starts nothing: what it holds was for another unit, whose name it nearly has.

use super::problem::{Problem, ProblemKind};
use super::process_variables::{Around, surrounding};
use super::tree::Node;
use crate::nearest::is_one_step;

/// Options that hold units of systemd, or agents of launchd.
const UNITS: &[&str] = &["systemd.services", "systemd.user.services"];
const AGENTS: &[&str] = &["launchd.agents", "launchd.user.agents"];

/// What gives a unit or an agent a command: of Home Manager, NixOS and nix-darwin.
const COMMANDS: &[&str] = &[
    "Service.ExecStart",
    "serviceConfig.ExecStart",
    "script",
    "command",
    "config.Program",
    "config.ProgramArguments",
    "serviceConfig.Program",
    "serviceConfig.ProgramArguments",
];

/// Units and agents that have nearly the name of one of an instance, each with the unit and the agent of all instances, and no command.
pub(super) fn problems(around: &Around, instances: &[(String, String)]) -> Vec<Problem> {
    let units: Vec<&str> = instances.iter().map(|(unit, _)| unit.as_str()).collect();
    let agents = instances.iter().map(|(_, agent)| agent.as_str());
    let agents: Vec<&str> = agents.filter(|agent| !agent.is_empty()).collect();
    let mut found = Vec::new();
    for (options, names) in [(UNITS, units), (AGENTS, agents)] {
        for option in options {
            let Some(defined) = surrounding(around, option) else {
                continue;
            };
            for (name, unit) in defined.entries() {
                let is_one = names.contains(&name) || has_command(unit);
                let meant = names.iter().find(|known| is_misspelt(name, known));
                if let (false, Some(meant)) = (is_one, meant) {
                    found.push(problem(option, name, unit, meant));
                }
            }
        }
    }
    found
}

/// Home Manager and NixOS add the ending of a unit's file themselves.
fn is_misspelt(name: &str, known: &str) -> bool {
    is_one_step(name, known)
        || name.eq_ignore_ascii_case(known)
        || name.strip_suffix(".service") == Some(known)
}

/// Whether a unit has a command, or may have one.
fn has_command(unit: &Node) -> bool {
    let is_open = |node: &Node| node.as_object().is_none_or(|object| object.open.is_some());
    let parts = ["Service", "serviceConfig", "config"];
    is_open(unit)
        || parts
            .iter()
            .any(|part| unit.get(part).is_some_and(|part| is_open(part)))
        || COMMANDS
            .iter()
            .any(|command| unit.at_keys(command).is_some())
}

fn problem(option: &str, name: &str, unit: &Node, meant: &str) -> Problem {
    let mut problem = Problem::new(
        ProblemKind::MisspeltUnit,
        format!("nothing starts `{name}`: it has no command, and OpenClaw's is called `{meant}`"),
        unit.place.key.or(unit.place.primary()),
    );
    problem.help = Some(format!("write `{meant}`"));
    problem.path = Some(format!("{option}.{name}"));
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing::node;
    use serde_json::json;

    fn told(option: &'static str, units: serde_json::Value) -> Vec<String> {
        let instances = [("openclaw-gateway", "com.steipete.openclaw.gateway")]
            .map(|(unit, agent)| (unit.to_string(), agent.to_string()));
        let around = [(option, node(&units))];
        let problems = problems(&around, &instances).into_iter();
        problems.filter_map(|problem| problem.path).collect()
    }

    #[test]
    fn a_unit_with_nearly_the_name_and_no_command() {
        let units = json!({
            "openclaw-gatway": {"Service": {"EnvironmentFile": "/run/x"}},
            "openclaw_gateway": {"serviceConfig": {"EnvironmentFile": "/run/x"}},
            "openclaw-gateway.service": {"Service": {"EnvironmentFile": "/run/x"}},
            "openclaw-gateway": {"Service": {"EnvironmentFile": "/run/x"}}
        });
        assert_eq!(
            told("systemd.user.services", units),
            [
                "systemd.user.services.openclaw-gateway.service",
                "systemd.user.services.openclaw-gatway",
                "systemd.user.services.openclaw_gateway"
            ]
        );
        let agents = json!({"com.steipete.openclaw.gatway": {"config": {"EnvironmentVariables": {"A": "b"}}}});
        assert_eq!(told("launchd.agents", agents).len(), 1);
    }

    #[test]
    fn what_may_be_a_unit_of_its_own() {
        let units = json!({
            "openclaw-gateways": {"Service": {"ExecStart": "/bin/x"}},
            "openclaw-gatewai": {"script": "x"},
            "openclaw-gatewey": {"Service": {"$unknown": "u"}},
            "openclaw-backup": {"Service": {"Type": "oneshot"}}
        });
        assert!(told("systemd.services", units).is_empty());
    }
}
