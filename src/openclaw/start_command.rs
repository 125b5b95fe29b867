//! Which variables the command that starts a unit adds to those that the unit is given.
//!
//! A command that starts OpenClaw itself adds none; a script of the sources adds what it exports. Of any other command it is not
//! known.

use super::configuration::{Provision, Variable};
use super::process_variables::{Around, unnamed};
use super::programs::names_program;
use super::scripts;
use super::shell;
use super::tree::{Node, Text, TextPart, Unknown, Value};
use crate::nix::eval::unknown::Kind;
use crate::workspace::source::Span;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Scripts that run scripts are followed so far.
const DEEPEST: usize = 4;

/// Settings of a unit by which systemd gives its process a folder with credentials (systemd.exec(5)).
const CREDENTIALS: &[&str] = &[
    "LoadCredential",
    "LoadCredentialEncrypted",
    "SetCredential",
    "SetCredentialEncrypted",
    "ImportCredential",
];

/// Programs that start another one with variables of their own choice.
const OTHER_SURROUNDINGS: &[&str] = &[
    "podman",
    "docker",
    "bwrap",
    "sudo",
    "su ",
    "runuser",
    "doas",
    "nspawn",
    "chroot",
    "nix develop",
    "direnv",
    "ssh ",
];

/// Adds the variables that come with the settings of a unit's section `[Service]`, beside those of its environment.
pub(super) fn of_section(section: &Node, around: &Around, found: &mut Vec<Variable>) {
    if let Some(node) = CREDENTIALS.iter().find_map(|option| section.get(option)) {
        found.push(named(
            "CREDENTIALS_DIRECTORY".to_string(),
            node.place.primary(),
        ));
    }
    if let Some(node) = section.get("PassEnvironment") {
        found.push(unnamed(Provision::ServiceEnvironment, node.place.primary()));
    }
    if let Some(node) = section.get("ExecStart") {
        of_command(node, around, found);
    }
}

/// Adds the variables that a start command, or a script in its place, exports.
pub(super) fn of_command(node: &Rc<Node>, around: &Around, found: &mut Vec<Variable>) {
    let mut exported = Exported::default();
    match &node.value {
        Value::List(list) if list.open.is_none() => {
            for item in &list.items {
                exported.add_value(item, around);
            }
        }
        _ => exported.add_value(node, around),
    }
    let place = node.place.primary();
    let names = exported.names.into_iter();
    found.extend(names.map(|name| named(name, place)));
    if exported.is_open || !exported.starts_program {
        found.push(unnamed(Provision::ServiceEnvironment, place));
    }
}

fn named(name: String, span: Option<Span>) -> Variable {
    Variable {
        name: Some(name),
        ..unnamed(Provision::ServiceEnvironment, span)
    }
}

/// What a command and the scripts that it runs export.
#[derive(Default)]
struct Exported {
    names: BTreeSet<String>,
    /// Whether something may export more.
    is_open: bool,
    /// Whether OpenClaw is seen to be started.
    starts_program: bool,
    depth: usize,
}

impl Exported {
    fn add_value(&mut self, node: &Node, around: &Around) {
        match &node.value {
            Value::Text(text) => self.add(text, around),
            // A script by itself, without a text around it.
            Value::Unknown(unknown) => self.add_part(unknown, around),
            _ => self.is_open = true,
        }
    }

    fn add_part(&mut self, part: &Unknown, around: &Around) {
        match scripts::of_part(around, part).filter(|_| self.depth < DEEPEST) {
            Some(script) => {
                self.depth += 1;
                self.add(script, around);
                self.depth -= 1;
            }
            None => self.is_open = true,
        }
    }

    fn add(&mut self, text: &Text, around: &Around) {
        for line in shell::commands(text) {
            let shown = line.display();
            if OTHER_SURROUNDINGS
                .iter()
                .any(|program| shown.contains(program))
            {
                self.is_open = true;
            }
            let exports = shell::exports(&shown);
            self.names.extend(exports.names);
            self.is_open |= exports.is_open;
            self.starts_program |= names_program(&shown);
            let has_words = shown.chars().any(|c| c.is_ascii_alphanumeric());
            for (index, part) in line.parts.iter().enumerate() {
                let TextPart::Unknown(unknown) = part else {
                    continue;
                };
                if scripts::of_part(around, unknown).is_some() {
                    self.add_part(unknown, around);
                    continue;
                }
                let is_program = unknown.subject.as_deref().is_some_and(names_program);
                // Text of a script that is not known may be anything; so may a program of the user's own that has OpenClaw's name.
                let starts = is_program && unknown.kind != Some(Kind::String);
                let follows = match line.parts.get(index + 1) {
                    Some(TextPart::Known { text, .. }) => text.as_str(),
                    _ => "",
                };
                let is_named = follows.strip_prefix("/bin/").is_some_and(|program| {
                    names_program(program.split(' ').next().unwrap_or_default())
                });
                self.starts_program |= starts;
                self.is_open |= !has_words && !starts;
                self.is_open |= (starts || is_named) && !is_plain_package(unknown);
            }
        }
    }
}

/// Whether a package is one that is named, and not one that the sources make around another.
fn is_plain_package(unknown: &Unknown) -> bool {
    unknown
        .subject
        .as_deref()
        .is_some_and(|subject| !subject.contains([' ', '(']))
}
