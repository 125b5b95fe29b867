//! The commands by which units of systemd start the gateway, and what OpenClaw refuses of them before it reads its configuration.

use super::problem::{Problem, ProblemKind};
use super::process_variables::{Around, surrounding, words};
use super::programs::PROGRAM_NAMES;
use super::tree::{Node, Text, TextPart, Value};
use crate::nearest::{is_one_step, nearest};
use std::rc::Rc;

/// The options of `openclaw gateway` and `openclaw gateway run`, and those of every command: what `--help` says of 2026.2.26, 2026.6.11
/// and 2026.9.6 together.
const FLAGS: &[&str] = &[
    "--allow-unconfigured",
    "--ambient-channels",
    "--auth",
    "--bind",
    "--claude-cli-logs",
    "--cli-backend-logs",
    "--compact",
    "--container",
    "--dev",
    "--dev-ambient-channels",
    "--force",
    "--help",
    "--log-level",
    "--no-color",
    "--password",
    "--password-file",
    "--port",
    "--profile",
    "--raw-stream",
    "--raw-stream-path",
    "--reset",
    "--tailscale",
    "--tailscale-reset-on-exit",
    "--token",
    "--verbose",
    "--version",
    "--ws-log",
    "-V",
    "-h",
];

/// What OpenClaw refuses of the commands of units.
pub(super) fn problems(around: &Around) -> Vec<Problem> {
    let mut found = Vec::new();
    for option in ["systemd.services", "systemd.user.services"] {
        let units = surrounding(around, option).into_iter();
        for (_, unit) in units.flat_map(|units| units.entries()) {
            for command in ["Service.ExecStart", "serviceConfig.ExecStart"] {
                if let Some(command) = unit.at_keys(command) {
                    commands(command, &mut found);
                }
            }
        }
    }
    found
}

fn commands(node: &Rc<Node>, found: &mut Vec<Problem>) {
    match &node.value {
        Value::Text(text) => command(text, node, found),
        Value::List(list) => {
            for item in &list.items {
                commands(item, found);
            }
        }
        _ => {}
    }
}

/// Whether a word names OpenClaw's program: `${pkgs.openclaw}/bin/openclaw`.
fn is_program(word: &Text) -> bool {
    let Some(TextPart::Known { text, .. }) = word.parts.last() else {
        return false;
    };
    let name = text.rsplit('/').next().unwrap_or(text);
    let is_whole = text.contains('/') || word.parts.len() == 1;
    is_whole && PROGRAM_NAMES.contains(&name)
}

fn command(text: &Text, node: &Node, found: &mut Vec<Problem>) {
    let words = words(text);
    let [program, subcommand, arguments @ ..] = words.as_slice() else {
        return;
    };
    let (true, Some(subcommand)) = (is_program(program), subcommand.known()) else {
        return;
    };
    let place = node.place.primary();
    let mut refuse = |message: String, meant: Option<&str>| {
        let mut problem = Problem::new(ProblemKind::UnknownFlag, message, place);
        problem.help = meant.map(|meant| format!("write `{meant}`"));
        if !found.contains(&problem) {
            found.push(problem);
        }
    };
    if is_one_step(&subcommand, "gateway") {
        refuse(
            format!("OpenClaw has no command `{subcommand}`"),
            Some("gateway"),
        );
    }
    if subcommand != "gateway" {
        return;
    }
    for argument in arguments {
        let known = argument.known_prefix();
        let flag = match known.split_once('=') {
            Some((flag, _)) => flag,
            None if argument.known().is_some() => &known,
            None => continue,
        };
        if flag == "--" {
            return;
        }
        // A number below zero is the value of an option.
        let is_flag = flag.starts_with('-')
            && flag
                .trim_start_matches('-')
                .starts_with(|first: char| first.is_ascii_alphabetic());
        if is_flag && !FLAGS.contains(&flag) {
            // Of those that begin with one letter the shortest is the one that people use.
            let short = FLAGS
                .iter()
                .filter(|known| flag.len() == 2 && known.get(1..3) == Some(flag))
                .min_by_key(|known| known.len());
            let meant = short
                .copied()
                .or_else(|| nearest(flag, FLAGS.iter().copied()));
            refuse(format!("`openclaw gateway` has no option `{flag}`"), meant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::testing::node;
    use serde_json::json;

    fn told(command: serde_json::Value) -> Vec<String> {
        let units = json!({"openclaw-gateway": {"Service": {"ExecStart": command}}});
        let around = [("systemd.user.services", node(&units))];
        let problems = problems(&around).into_iter();
        problems
            .map(|problem| {
                let help = problem.help.unwrap_or_default();
                format!("{}; {help}", problem.message)
            })
            .collect()
    }

    #[test]
    fn what_openclaw_refuses() {
        for (command, said) in [
            (
                "/bin/openclaw gateway -t x --port 1",
                "`openclaw gateway` has no option `-t`; write `--token`",
            ),
            (
                "openclaw gateway run --prot=1",
                "`openclaw gateway` has no option `--prot`; write `--port`",
            ),
            (
                "/bin/openclaw gatway --port 1",
                "OpenClaw has no command `gatway`; write `gateway`",
            ),
        ] {
            assert_eq!(told(json!(command)), [said], "{command}");
            assert_eq!(told(json!([command])), [said], "{command}");
        }
    }

    #[test]
    fn what_it_takes_and_what_is_another_program() {
        for command in [
            "/bin/openclaw gateway --port 18789 --bind lan --allow-unconfigured",
            "/bin/openclaw gateway run --token=abc --log-level debug --verbose",
            "/bin/openclaw --profile work gateway --port 1",
            "/bin/openclaw gateway --port -1",
            "/bin/other gateway -t x",
            "/bin/start-openclaw gateway -t x",
            "/bin/openclaw status --prot",
        ] {
            assert!(told(json!(command)).is_empty(), "{command}");
        }
    }
}
