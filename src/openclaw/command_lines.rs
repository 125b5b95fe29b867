//! Secrets in the commands of the services that run OpenClaw.
//!
//! A unit is a file of the store, and a process shows its command line to every user of the machine besides.

use super::process_variables::Around;
use super::render::entries;
use super::tree::{Node, TextPart, Value};
use super::{blueprint::names_program, problem::Problem, problem::ProblemKind};
use crate::openclaw::credentials::{is_secret_variable, secret_parts};
use crate::openclaw::secret_patterns::{find, is_secret_option, looks_generated};
use crate::workspace::source::Span;
use std::rc::Rc;

/// Attributes of a unit's section, or of an agent's, that hold commands.
const COMMANDS: [&str; 7] = [
    "ExecStart",
    "ExecStartPre",
    "ExecStartPost",
    "ExecReload",
    "ExecStop",
    "Program",
    "ProgramArguments",
];

/// Attributes beside the sections that hold commands.
const SCRIPTS: [&str; 3] = ["script", "preStart", "postStart"];

/// Options of the NixOS service that hold commands.
const OPTIONS: [&str; 2] = ["execStart", "execStartPre"];

/// What is written out in commands: those that `options` below `root` name, and those of services that have the program's name, or
/// which run it.
pub(super) fn secrets(options: Option<(&str, &Node)>, around: &Around) -> Vec<Problem> {
    let mut found = Vec::new();
    if let Some((root, options)) = options {
        for option in OPTIONS {
            if let Some(node) = options.get(option) {
                found.extend(in_command(node, &format!("{root}.{option}")));
            }
        }
    }
    for (option, node) in around {
        if !matches!(
            *option,
            "systemd.services"
                | "systemd.user.services"
                | "launchd.agents"
                | "launchd.user.agents"
                | "launchd.daemons"
        ) {
            continue;
        }
        for (name, service) in entries(node) {
            let is_ours = names_program(name);
            for (path, command) in commands(service) {
                if is_ours || runs_program(command) {
                    found.extend(in_command(command, &format!("{option}.{name}.{path}")));
                }
            }
        }
    }
    found
}

/// What to do instead.
const HELP: &str = "let OpenClaw read it from a file or from its environment: `gateway.auth.token` and the like take placeholders; then replace the secret, for it is known by now";

fn commands(service: &Rc<Node>) -> Vec<(String, &Rc<Node>)> {
    let mut found = Vec::new();
    for section in ["Service", "serviceConfig", "config"] {
        let Some(node) = service.get(section) else {
            continue;
        };
        for name in COMMANDS {
            if let Some(command) = node.get(name) {
                found.push((format!("{section}.{name}"), command));
            }
        }
    }
    for name in SCRIPTS {
        if let Some(command) = service.get(name) {
            found.push((name.to_string(), command));
        }
    }
    found
}

fn runs_program(command: &Node) -> bool {
    let mut runs = false;
    command.walk(&mut |_, node| {
        runs |= node
            .as_text()
            .is_some_and(|text| names_program(&text.display()));
    });
    runs
}

/// The secret in a command: in one text, or in a list of texts or of words.
fn in_command(command: &Node, path: &str) -> Option<Problem> {
    let list = match &command.value {
        Value::List(list) => list.items.as_slice(),
        _ => return in_text(command, path),
    };
    let mut before: Option<&Rc<Node>> = None;
    for item in list {
        let follows_option = before
            .and_then(|word| word.as_str())
            .is_some_and(|word| is_secret_option(&word));
        let is_literal = || {
            item.as_str()
                .is_some_and(|text| !secret_parts(&text).is_empty())
        };
        if follows_option && is_literal() {
            return Some(problem("a secret", path, item.place.primary()));
        }
        if let Some(problem) = in_text(item, path) {
            return Some(problem);
        }
        before = Some(item);
    }
    None
}

/// The secrets in a script: those behind options and of known formats, and what it exports under the name of a secret.
pub(super) fn in_script(script: &Node, name: &str) -> Vec<Problem> {
    let Some(text) = script.as_text() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for line in text.lines() {
        let line = Node::new(Value::Text(line), script.place.clone());
        if let Some((what, span)) = secret_in(&line).or_else(|| exported(&line)) {
            let mut problem = Problem::new(
                ProblemKind::SecretInStore,
                match name.is_empty() {
                    true => format!("{what} is written out in a script, which the store holds"),
                    false => {
                        format!("{what} is written out in the file `{name}`, which the store holds")
                    }
                },
                span,
            );
            problem.help = Some(HELP.to_string());
            found.push(problem);
        }
    }
    found
}

/// A secret that a line sets a variable to: `export KIMI_API_KEY=...`.
fn exported(line: &Node) -> Option<(&'static str, Option<Span>)> {
    let text = line.as_text()?;
    let known = text.known()?;
    let (name, value) = known.split_once('=')?;
    let name = name.trim().trim_start_matches("export ").trim();
    let start = known.len() - value.len();
    let trimmed = value.trim().trim_end_matches(';').trim_matches(['"', '\'']);
    let is_word = !trimmed.contains(char::is_whitespace);
    if !is_secret_variable(name)
        || !is_word
        || !looks_generated(trimmed)
        || secret_parts(trimmed).is_empty()
    {
        return None;
    }
    let at = start + value.find(trimmed)?;
    let span = text.locate(at..at + trimmed.len());
    Some(("what looks like a secret", span.or(line.place.primary())))
}

fn in_text(node: &Node, path: &str) -> Option<Problem> {
    let (what, span) = secret_in(node)?;
    Some(problem(what, path, span))
}

/// The first secret in a text, and where it stands.
fn secret_in(node: &Node) -> Option<(&'static str, Option<Span>)> {
    let text = node.as_text()?;
    if let Some(known) = text.known() {
        let secret = find(&known)?;
        let span = text.locate(secret.range).or(node.place.primary());
        return Some((secret.what, span));
    }
    // Most commands begin with the path of a package, which is not known.
    text.parts.iter().find_map(|part| {
        let TextPart::Known { text, .. } = part else {
            return None;
        };
        let secret = find(text)?;
        let span = match part.piece(secret.range) {
            TextPart::Known { span, .. } => span,
            TextPart::Unknown(_) => None,
        };
        Some((secret.what, span.or(node.place.primary())))
    })
}

fn problem(what: &str, path: &str, span: Option<Span>) -> Problem {
    let mut problem = Problem::new(
        ProblemKind::SecretInStore,
        format!("{what} is written out in a command of the service, which the store holds"),
        span,
    );
    problem.path = Some(path.to_string());
    problem.help = Some(HELP.to_string());
    problem
}
