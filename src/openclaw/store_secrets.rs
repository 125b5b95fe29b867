//! Secrets beside the configuration that end up in the store: in the commands of the services that run OpenClaw, in the scripts that
//! put its files in place, in the settings of its plugins.
//!
//! A unit is a file of the store, and a process shows its command line to every user of the machine besides. The module writes the
//! settings of plugins to files there (`plugins.nix` at 71b85a7).

use super::process_variables::{Around, plugins};
use super::programs::{is_configuration_file, names_program};
use super::tree::{Node, TextPart, Value};
use super::{problem::Problem, problem::ProblemKind};
use crate::openclaw::credentials::{is_secret_variable, names_a_secret, secret_parts};
use crate::openclaw::secret_patterns::{
    find, find_by_format, is_secret_option, looks_generated, option_with_secret,
};
use crate::workspace::source::Span;
use std::ops::Range;
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

/// What is written out in the options below `root`, and in commands of services that have the program's name or which run it.
pub(super) fn secrets(root: &str, options: &Node, around: &Around) -> Vec<Problem> {
    let mut found = Vec::new();
    for option in OPTIONS {
        if let Some(node) = options.get(option) {
            found.extend(in_command(node, &format!("{root}.{option}")));
        }
    }
    in_plugins(root, options, &mut found);
    in_skills(root, options, &mut found);
    for (name, instance) in options
        .get("instances")
        .into_iter()
        .flat_map(|node| node.entries())
    {
        let root = format!("{root}.instances.{name}");
        in_plugins(&root, instance, &mut found);
        in_skills(&root, instance, &mut found);
    }
    for (option, node) in around {
        in_activation(option, node, &mut found);
        in_files(option, node, &mut found);
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
        for (name, service) in node.entries() {
            let is_ours = names_program(name);
            for (path, command) in commands(service) {
                if is_ours || runs_program(command) {
                    found.extend(in_command(command, &format!("{option}.{name}.{path}")));
                }
            }
            if is_ours {
                in_credentials(service, &format!("{option}.{name}"), &mut found);
            }
        }
    }
    found
}

/// The credentials that a unit has in itself: `SetCredential = "ID:VALUE"`.
fn in_credentials(service: &Node, unit: &str, found: &mut Vec<Problem>) {
    for section in ["Service", "serviceConfig"] {
        let path = format!("{section}.SetCredential");
        let Some(credentials) = service.at_keys(&path) else {
            continue;
        };
        let one = std::slice::from_ref(credentials);
        for credential in credentials.as_list().map_or(one, |list| &list.items) {
            let text = credential.as_str();
            let value = text.as_deref().and_then(|text| text.split_once(':'));
            if value.is_some_and(|(_, value)| looks_like_secret(value)) {
                let path = format!("{unit}.{path}");
                found.push(problem(LIKELY, &UNIT, &path, credential.place.primary()));
            }
        }
    }
}

/// How a secret is called that only its name and its looks give away.
const LIKELY: &str = "what looks like a secret";

/// Whether a text that stands where a secret may stand is one, by its looks.
fn looks_like_secret(text: &str) -> bool {
    looks_generated(text) && !secret_parts(text).is_empty()
}

/// Something that the store holds: how it is called, and what to do instead of writing a secret into it.
struct Holder<'a> {
    name: &'a str,
    help: &'static str,
}

/// What holds credentials.
const UNIT: Holder<'static> = Holder {
    name: "the unit",
    help: CREDENTIAL_HELP,
};

/// What holds most of them.
const COMMAND: Holder<'static> = Holder {
    name: "a command of the service",
    help: HELP,
};

/// What holds the settings of plugins.
const SETTINGS: Holder<'static> = Holder {
    name: "the settings of a plugin",
    help: PLUGIN_HELP,
};

const FILE_HELP: &str = "keep it in a file outside of the store (sops-nix, agenix), and let what reads this file read that one; then replace the secret, for it is known by now";

const TEMPLATE_HELP: &str = "declare it in `sops.secrets` and write `${config.sops.placeholder.NAME}`; then replace the secret, for it is known by now";

const SKILL_HELP: &str = "name a variable or a file outside of the store that holds it; then replace the secret, for it is known by now, also to the model";

const CREDENTIAL_HELP: &str = "name the file that holds it, with `LoadCredential = \"ID:/run/secrets/...\"`; then replace the secret, for it is known by now";

const HELP: &str = "let OpenClaw read it from a file or from its environment: `gateway.auth.token` and the like take placeholders; then replace the secret, for it is known by now";

const PLUGIN_HELP: &str = "give the plugin a file outside of the store, if it reads one, or its variable in `config.env`, whose value may be the path of a file; then replace the secret, for it is known by now";

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
        let is_secret = item.as_str().is_some_and(|text| {
            (follows_option || option_with_secret(&text).is_some())
                && !secret_parts(&text).is_empty()
        });
        if is_secret {
            return Some(problem("a secret", &COMMAND, path, item.place.primary()));
        }
        if let Some(problem) = in_text(item, path) {
            return Some(problem);
        }
        before = Some(item);
    }
    None
}

/// The secrets in a script or another file of that name: those behind options and of known formats, and what it sets variables to
/// that have the names of secrets.
pub(super) fn in_script(script: &Node, name: &str) -> Vec<Problem> {
    let holder = match name.is_empty() {
        true => "a script".to_string(),
        false => format!("the file `{name}`"),
    };
    let holder = Holder {
        name: &holder,
        help: HELP,
    };
    in_lines(script, &holder, "", known_or_assigned)
}

/// The secrets in a text of several lines, which an option may hold: the first of each line.
fn in_lines(script: &Node, holder: &Holder<'_>, path: &str, search: Search) -> Vec<Problem> {
    let Some(text) = script.as_text() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    // Most texts hold none, and need not be taken apart.
    if secret_in(script, search).is_none() {
        return found;
    }
    for line in text.lines() {
        let line = Node::new(Value::Text(line), script.place.clone());
        if let Some((what, span)) = secret_in(&line, search) {
            found.push(problem(what, holder, path, span));
        }
    }
    found
}

/// The keys in the texts of files that Nix writes, and in templates of sops-nix. What is OpenClaw's configuration is looked at as
/// such. Whether other programs take an option or a variable for a secret is not known, so in files that have nothing to do with
/// OpenClaw only the form of a key counts.
fn in_files(option: &str, node: &Node, found: &mut Vec<Problem>) {
    let (content, target) = match option {
        "home.file" | "xdg.configFile" | "environment.etc" => ("text", "target"),
        "sops.templates" => ("content", "path"),
        _ => return,
    };
    for (name, entry) in node.entries() {
        let Some(text) = entry.get(content) else {
            continue;
        };
        let target = entry.get(target).and_then(|target| target.as_str());
        let target = target.as_deref().unwrap_or(name);
        if is_configuration_file(name) || is_configuration_file(target) {
            continue;
        }
        let is_ours = names_program(target)
            || text
                .as_text()
                .is_some_and(|text| names_program(&text.display()));
        let search = match is_ours {
            true => known_or_assigned,
            false => by_format,
        };
        let (holder, help) = match content {
            "text" => (format!("the file `{target}`"), FILE_HELP),
            _ => (format!("the template `{name}`"), TEMPLATE_HELP),
        };
        let holder = Holder {
            name: &holder,
            help,
        };
        let path = format!("{option}.\"{name}\".{content}");
        found.extend(in_lines(text, &holder, &path, search));
    }
}

/// The keys in the texts of skills.
fn in_skills(root: &str, options: &Node, found: &mut Vec<Problem>) {
    let skills = options.get("skills").and_then(|skills| skills.as_list());
    for (index, skill) in skills.iter().flat_map(|list| list.items.iter().enumerate()) {
        for key in ["body", "description"] {
            let Some(text) = skill.get(key) else {
                continue;
            };
            let holder = Holder {
                name: "a skill",
                help: SKILL_HELP,
            };
            let path = format!("{root}.skills[{index}].{key}");
            found.extend(in_lines(text, &holder, &path, known_or_assigned));
        }
    }
}

/// The secrets in the settings of the plugins that the module or an instance adds.
fn in_plugins(root: &str, options: &Node, found: &mut Vec<Problem>) {
    for (plugin_path, plugin) in plugins(root, options) {
        let Some(settings) = plugin.at_keys("config.settings") else {
            continue;
        };
        settings.walk(&mut |path, node| {
            let Some(text) = node.as_text().and_then(|text| text.known()) else {
                return;
            };
            let is_named = path.last_key().is_some_and(names_a_secret);
            let what = match find(&text) {
                Some(secret) => secret.what,
                None if is_named && looks_like_secret(&text) => LIKELY,
                None => return,
            };
            let path = format!("{plugin_path}.config.settings.{path}");
            found.push(problem(what, &SETTINGS, &path, node.place.primary()));
        });
    }
}

/// Options with scripts that put files in place, and the like of systemd. Those that name the program are for it.
const PUTTING_IN_PLACE: [(&str, &str); 4] = [
    ("home.activation", "an activation script"),
    ("system.activationScripts", "an activation script"),
    ("systemd.tmpfiles", "a rule for temporary files"),
    ("systemd.user.tmpfiles", "a rule for temporary files"),
];

/// The secrets in what puts files in place for the program.
fn in_activation(option: &str, node: &Node, found: &mut Vec<Problem>) {
    let Some((_, holder)) = PUTTING_IN_PLACE.iter().find(|(known, _)| *known == option) else {
        return;
    };
    node.walk(&mut |path, text| {
        let is_ours = text
            .as_text()
            .is_some_and(|text| names_program(&text.display()));
        if is_ours {
            let holder = Holder {
                name: holder,
                help: HELP,
            };
            let path = format!("{option}.{path}");
            found.extend(in_lines(text, &holder, &path, known_or_assigned));
        }
    });
}

/// Longer names are none of a variable.
const LONGEST_NAME: usize = 200;

/// So much of a value is looked at: a text of nothing but assignments would be read to its end for each.
const ENOUGH_OF_A_VALUE: usize = 512;

/// The first secret that a text sets a variable to: `export KIMI_API_KEY=...`, `env KIMI_API_KEY=... openclaw`.
fn assigned(text: &str) -> Option<Range<usize>> {
    text.match_indices('=').find_map(|(at, _)| {
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = text.as_bytes()[..at]
            .iter()
            .rev()
            .take(LONGEST_NAME + 1)
            .take_while(|byte| is_of_name(byte))
            .count();
        if length > LONGEST_NAME || !is_secret_variable(&text[at - length..at]) {
            return None;
        }
        let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'');
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"';|&<>)`".contains(byte);
        let behind = &text.as_bytes()[at + 1..];
        let quotes = behind.iter().take_while(|byte| is_quote(byte)).count();
        let start = at + 1 + quotes;
        let length = |most: usize| {
            let value = behind[quotes..].iter().take(most);
            value.take_while(|byte| !ends(byte)).count()
        };
        let beginning = text.get(start..start + length(ENOUGH_OF_A_VALUE))?;
        looks_like_secret(beginning).then(|| start..start + length(text.len()))
    })
}

fn in_text(node: &Node, path: &str) -> Option<Problem> {
    let (what, span) = secret_in(node, known_or_assigned)?;
    Some(problem(what, &COMMAND, path, span))
}

/// How a text is searched: for the first secret in it, what it is and its bytes.
type Search = fn(&str) -> Option<(&'static str, Range<usize>)>;

/// Any secret that is known by its form or by what it is given to.
fn known_or_assigned(text: &str) -> Option<(&'static str, Range<usize>)> {
    match find(text) {
        Some(secret) => Some((secret.what, secret.range)),
        None => assigned(text).map(|range| (LIKELY, range)),
    }
}

/// What is a secret by its form alone.
fn by_format(text: &str) -> Option<(&'static str, Range<usize>)> {
    find_by_format(text).map(|secret| (secret.what, secret.range))
}

/// The first secret in a text, and where it stands.
fn secret_in(node: &Node, search: Search) -> Option<(&'static str, Option<Span>)> {
    let text = node.as_text()?;
    if let Some(known) = text.whole() {
        let (what, range) = search(&known)?;
        let span = text.locate(range).or(node.place.primary());
        return Some((what, span));
    }
    // Most commands begin with the path of a package, which is not known.
    text.parts.iter().find_map(|part| {
        let TextPart::Known { text, .. } = part else {
            return None;
        };
        let (what, range) = search(text)?;
        let span = match part.piece(range) {
            TextPart::Known { span, .. } => span,
            TextPart::Unknown(_) => None,
        };
        Some((what, span.or(node.place.primary())))
    })
}

/// The problem that a secret stands in something that the store holds; `path` is that of its option, if one holds it.
fn problem(what: &str, holder: &Holder<'_>, path: &str, span: Option<Span>) -> Problem {
    let mut problem = Problem::new(
        ProblemKind::SecretInStore,
        format!(
            "{what} is written out in {}, which the store holds",
            holder.name
        ),
        span,
    );
    problem.path = Some(path.to_string()).filter(|path| !path.is_empty());
    problem.help = Some(holder.help.to_string());
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_sets_variables_to() {
        let of = |text: &'static str| assigned(text).map(|range| &text[range]);
        assert_eq!(
            of("env KIMI_API_KEY=Zq8Rt5Yw2Lp9Xc4V x"),
            Some("Zq8Rt5Yw2Lp9Xc4V")
        );
        assert_eq!(
            of("export A=b; BOT_TOKEN='Zq8Rt5Yw2Lp9Xc4V'"),
            Some("Zq8Rt5Yw2Lp9Xc4V")
        );
        for other in [
            "KIMI_API_KEY=$KEY",
            "TZ=Europe/Berlin2026",
            "KIMI_API_KEY=/run/secrets/kimi-2026",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn a_text_of_nothing_but_assignments_is_not_read_to_its_end_for_each() {
        assert_eq!(assigned(&"X_KEY=".repeat(20_000)), None);
        assert_eq!(assigned(&format!("{}=a", "X".repeat(1_000_000))), None);
    }
}
