//! The variables that the process of an instance will have: those of options, of services and agents, and of sessions.

use super::configuration::{Provision, Variable};
use super::delivered_variables;
use super::programs::names_program;
use super::scripts;
use super::shell;
use super::start_command;
use super::tree::{Node, Place, Text, TextPart, Value};
use crate::workspace::source::Span;
use std::rc::Rc;

/// What surrounds a configuration in one world, by option.
pub(super) type Around = [(&'static str, Rc<Node>)];

/// Which services run the gateway.
#[derive(Clone, Copy, Debug)]
pub(super) enum Units<'a> {
    /// Any may.
    All,
    /// Those that have the program's name in theirs.
    OfProgram,
    /// The one of exactly that name.
    Named(&'a str),
    /// That of an instance: the unit of systemd or the agent of launchd with exactly these names.
    OfInstance {
        /// The unit, without `.service`.
        unit: &'a str,
        /// The agent.
        label: &'a str,
    },
}

impl Units<'_> {
    /// Whether a service of that name is one of them.
    pub(super) fn holds(self, name: &str) -> bool {
        let name = name.strip_suffix(".service").unwrap_or(name);
        match self {
            Units::All => true,
            Units::OfProgram => names_program(name),
            Units::Named(unit) => name == unit,
            Units::OfInstance { unit, label } => name == unit || name == label,
        }
    }
}

/// What surrounds it at an option.
pub(super) fn surrounding<'a>(around: &'a Around, path: &str) -> Option<&'a Rc<Node>> {
    around
        .iter()
        .find(|(known, _)| *known == path)
        .map(|(_, node)| node)
}

/// Variables that the command line names.
pub(super) fn named(names: &[String]) -> impl Iterator<Item = Variable> + '_ {
    names.iter().map(|name| Variable {
        name: Some(name.clone()),
        provision: Provision::CommandLine,
        option: None,
        value: None,
        span: None,
    })
}

/// A source of variables whose names are not known.
pub(super) fn unnamed(provision: Provision, span: Option<Span>) -> Variable {
    Variable {
        name: None,
        provision,
        option: None,
        value: None,
        span,
    }
}

/// The plugins below `options`, which are the module's or an instance's at `path`: the path of each, and its options.
pub(super) fn plugins<'a>(path: &str, options: &'a Node) -> Vec<(String, &'a Rc<Node>)> {
    let mut plugins = Vec::new();
    for option in ["customPlugins", "plugins"] {
        let list = options.get(option).and_then(|list| list.as_list());
        for (index, plugin) in list.iter().flat_map(|list| &list.items).enumerate() {
            plugins.push((format!("{path}.{option}[{index}]"), plugin));
        }
    }
    if let Some(bundled) = options.get("bundledPlugins") {
        for (name, plugin) in bundled.entries() {
            plugins.push((format!("{path}.bundledPlugins.{name}"), plugin));
        }
    }
    plugins
}

/// The variables that the module's options, or those of an instance, at `path` give the process: `environment`, and what the
/// settings of plugins export (`plugins.nix` at 71b85a7, `pluginEnvAllFor`).
pub(super) fn of_module(path: &str, options: &Node, found: &mut Vec<Variable>) {
    attributes(
        &format!("{path}.environment"),
        options.get("environment"),
        found,
    );
    for (path, plugin) in plugins(path, options) {
        let is_off = plugin.get("enable").and_then(|enable| enable.as_bool()) == Some(false);
        if let Some(variables) = plugin.at_keys("config.env").filter(|_| !is_off) {
            attributes(&format!("{path}.config.env"), Some(variables), found);
        }
    }
}

/// The variables of an option of the module.
fn attributes(option: &str, node: Option<&Rc<Node>>, found: &mut Vec<Variable>) {
    let first = found.len();
    environment(node, Provision::ModuleEnvironment, found);
    let option: Rc<str> = option.into();
    for variable in &mut found[first..] {
        variable.option = Some(Rc::clone(&option));
    }
}

/// The variables of an `environment`-like option: a set, or a list of `NAME=value`, or one such string.
pub(super) fn environment(
    node: Option<&Rc<Node>>,
    provision: Provision,
    found: &mut Vec<Variable>,
) {
    let Some(node) = node else {
        return;
    };
    match &node.value {
        Value::Object(object) => {
            for (name, value) in &object.entries {
                found.push(Variable {
                    name: Some(name.clone()),
                    provision,
                    option: None,
                    value: Some(Rc::clone(value)),
                    span: value.place.key.or(value.place.primary()),
                });
            }
            if let Some(open) = &object.open {
                found.push(unnamed(provision, open.span));
            }
        }
        Value::List(list) => {
            for item in &list.items {
                assignment(item, provision, found);
            }
            if let Some(open) = &list.open {
                found.push(unnamed(provision, open.span));
            }
        }
        Value::Text(_) => assignment(node, provision, found),
        Value::Unknown(unknown) => {
            found.push(unnamed(provision, unknown.span.or(node.place.primary())));
        }
        // That it fails is told; what it was to provide is nobody's mistake.
        Value::Failed(_) => found.push(unnamed(provision, node.place.primary())),
        _ => {}
    }
}

/// The assignments of an `Environment=` of systemd: `NAME=value`, several of them with blanks between, each in quotes where it has
/// blanks in it. Of each the value may be unknown.
pub(super) fn assignment(node: &Rc<Node>, provision: Provision, found: &mut Vec<Variable>) {
    let Some(text) = node.as_text() else {
        found.push(unnamed(provision, node.place.primary()));
        return;
    };
    for word in words(text) {
        match assigned(&word, &node.place) {
            Some((name, value)) => found.push(Variable {
                name: Some(name),
                provision,
                option: None,
                value: Some(value),
                span: node.place.primary(),
            }),
            None => found.push(unnamed(provision, node.place.primary())),
        }
    }
}

/// The words of a text as systemd tells them apart: at blanks, unless they are in quotes.
pub(super) fn words(text: &Text) -> Vec<Text> {
    let mut words: Vec<Text> = Vec::new();
    let mut word = Text::default();
    let mut quote: Option<char> = None;
    for part in &text.parts {
        let TextPart::Known { text, .. } = part else {
            word.parts.push(part.clone());
            continue;
        };
        let mut start = 0;
        for (at, character) in text.char_indices() {
            match (quote, character) {
                (None, '"' | '\'') => quote = Some(character),
                (Some(open), _) if open == character => quote = None,
                (None, _) if character.is_whitespace() => {
                    if start < at {
                        word.parts.push(part.piece(start..at));
                    }
                    start = at + character.len_utf8();
                    if !word.parts.is_empty() {
                        words.push(std::mem::take(&mut word));
                    }
                }
                _ => {}
            }
        }
        if start < text.len() {
            word.parts.push(part.piece(start..text.len()));
        }
    }
    if !word.parts.is_empty() {
        words.push(word);
    }
    words
}

/// The name and the value of `NAME=value` or `"NAME=value"`; `None` where no name is known.
fn assigned(text: &Text, place: &Place) -> Option<(String, Rc<Node>)> {
    let prefix = text.known_prefix();
    let (name, _) = prefix.split_once('=')?;
    let is_quoted = |text: &str| text.starts_with(['"', '\'']);
    let value = text.without_start(name.len() + 1);
    let value = if is_quoted(name.trim_start()) {
        value.without_quote_at_end()
    } else if is_quoted(&value.known_prefix()) {
        value.without_start(1).without_quote_at_end()
    } else {
        value
    };
    let name = name.trim().trim_matches(['"', '\'']);
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.as_bytes()[0].is_ascii_digit();
    let mut place = place.clone();
    if let Some(span) = value.known().and_then(|known| value.locate(0..known.len())) {
        place.span = Some(span);
    }
    is_name.then(|| (name.to_string(), Node::new(Value::Text(value), place)))
}

/// The variables in the text of an environment file. A line of which nothing tells the name may name any.
pub(super) fn in_text(content: &Node, provision: Provision, found: &mut Vec<Variable>) {
    let Some(text) = content.as_text() else {
        found.push(unnamed(
            Provision::ServiceEnvironmentFile,
            content.place.primary(),
        ));
        return;
    };
    for line in text.lines() {
        let start = line.known_prefix();
        let is_blank = start.trim().is_empty() && line.unknown().is_none();
        if is_blank || start.trim_start().starts_with(['#', ';']) {
            continue;
        }
        match assigned(&line, &content.place) {
            Some((name, value)) => found.push(Variable {
                name: Some(name),
                provision,
                option: None,
                value: Some(value),
                span: content.place.key.or(content.place.primary()),
            }),
            None if line.unknown().is_some() => found.push(unnamed(
                Provision::ServiceEnvironmentFile,
                content.place.primary(),
            )),
            None => {}
        }
    }
}

/// The text of a file below `/etc` that Nix writes there, by its path.
fn written_below_etc<'a>(path: &Node, around: &'a Around) -> Option<&'a Rc<Node>> {
    let path = path.as_str()?;
    let name = path.trim_start_matches('-').strip_prefix("/etc/")?;
    let files = surrounding(around, "environment.etc")?;
    let entry = files
        .entries()
        .find(|(key, entry)| {
            let target = entry.get("target").and_then(|target| target.as_str());
            target.as_deref().unwrap_or(key) == name
        })?
        .1;
    entry
        .get("text")
        .or_else(|| entry.get("source").filter(|source| source.place.is_file))
}

/// The variables that scripts of the sources print, where they name the environment file at a path. What else gets into the file is not
/// known.
fn printed_into(path: &Node, around: &Around) -> Vec<Variable> {
    let Some(path) = path.as_text().map(|path| path.display()) else {
        return Vec::new();
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    // A name of a few letters may be part of anything.
    if name.len() < 5 || name.contains('…') {
        return Vec::new();
    }
    let mut names = Vec::new();
    let mut look = |text: &Text| {
        if text.display().contains(name) {
            names.extend(shell::printed_names(text));
        }
    };
    for (_, node) in around
        .iter()
        .filter(|(option, _)| scripts::RUNNING.contains(option))
    {
        node.walk(&mut |_, node| {
            if let Value::Text(text) = &node.value {
                look(text);
            }
        });
    }
    scripts::all(around).for_each(look);
    names
        .into_iter()
        .map(|name| Variable {
            name: Some(name),
            ..unnamed(Provision::ServiceEnvironment, None)
        })
        .collect()
}

/// Whether a value is the text of an environment file that Nix writes, instead of the path of one.
fn is_content(node: &Node) -> bool {
    node.as_text().is_some_and(|text| {
        let start = text.known_prefix();
        let first = start.trim_start().chars().next();
        start.contains('=') && !matches!(first, Some('/' | '-' | '%' | '~' | '$'))
    })
}

pub(super) fn environment_files(
    node: Option<&Rc<Node>>,
    around: &Around,
    found: &mut Vec<Variable>,
) {
    let Some(node) = node else {
        return;
    };
    let file = |node: &Rc<Node>| {
        let written = written_below_etc(node, around);
        if let Some(content) = written.or(Some(node).filter(|node| is_content(node))) {
            let mut variables = Vec::new();
            in_text(content, Provision::ServiceEnvironment, &mut variables);
            return variables;
        }
        delivered_variables::of_template(node, around).unwrap_or_else(|| {
            let mut variables = printed_into(node, around);
            variables.push(Variable {
                value: Some(Rc::clone(node)),
                ..unnamed(Provision::ServiceEnvironmentFile, node.place.primary())
            });
            variables
        })
    };
    match &node.value {
        Value::Null => {}
        Value::List(list) => {
            found.extend(list.items.iter().flat_map(file));
            if list.open.is_some() {
                found.push(unnamed(
                    Provision::ServiceEnvironmentFile,
                    node.place.primary(),
                ));
            }
        }
        _ => found.extend(file(node)),
    }
}

/// The variables that systemd gives to all of its services: `DefaultEnvironment` of its own configuration.
fn of_manager(around: &Around, found: &mut Vec<Variable>) {
    const NAME: &str = "DefaultEnvironment";
    let provision = Provision::ServiceEnvironment;
    let settings = surrounding(around, "systemd.settings")
        .and_then(|settings| settings.at_keys("Manager.DefaultEnvironment"));
    environment(settings, provision, found);
    for option in ["systemd.extraConfig", "systemd.user.extraConfig"] {
        let Some((node, text)) =
            surrounding(around, option).and_then(|node| Some((node, node.as_text()?)))
        else {
            continue;
        };
        for line in text.lines() {
            let start = line.known_prefix();
            if let Some((key, _)) = start.split_once('=')
                && key.trim() == NAME
            {
                let assignments = line.without_start(key.len() + 1);
                let assignments = Node::new(Value::Text(assignments), node.place.clone());
                assignment(&assignments, provision, found);
            }
        }
    }
}

/// The variables that these services have, and those of sessions.
pub(super) fn around(around: &Around, units: Units<'_>) -> Vec<Variable> {
    let mut found = delivered_variables::variables(around, units);
    for (_, node) in around
        .iter()
        .filter(|(option, _)| matches!(*option, "systemd.user.services" | "systemd.services"))
    {
        for (name, service) in node.entries() {
            if !units.holds(name) {
                continue;
            }
            let provision = Provision::ServiceEnvironment;
            environment(service.get("environment"), provision, &mut found);
            for section in ["Service", "serviceConfig"] {
                let Some(section) = service.get(section) else {
                    continue;
                };
                environment(section.get("Environment"), provision, &mut found);
                environment_files(section.get("EnvironmentFile"), around, &mut found);
                start_command::of_section(section, around, &mut found);
            }
            if let Some(node) = service.get("script") {
                start_command::of_command(node, around, &mut found);
            }
            if let Some(open) = service.as_object().and_then(|object| object.open.as_ref()) {
                found.push(unnamed(provision, open.span));
            }
        }
        if let Some(open) = node.as_object().and_then(|object| object.open.as_ref()) {
            found.push(unnamed(Provision::ServiceEnvironment, open.span));
        }
    }
    for agents in ["launchd.agents", "launchd.user.agents"] {
        let Some(node) = surrounding(around, agents) else {
            continue;
        };
        for (name, agent) in node.entries() {
            if !units.holds(name) {
                continue;
            }
            for section in ["config", "serviceConfig"] {
                environment(
                    agent
                        .get(section)
                        .and_then(|section| section.get("EnvironmentVariables")),
                    Provision::ServiceEnvironment,
                    &mut found,
                );
            }
        }
    }
    environment(
        surrounding(around, "systemd.globalEnvironment"),
        Provision::ServiceEnvironment,
        &mut found,
    );
    of_manager(around, &mut found);
    for session in [
        "home.sessionVariables",
        "systemd.user.sessionVariables",
        "environment.variables",
        "environment.sessionVariables",
    ] {
        let provision = match session {
            // Home Manager's are read by the user's systemd, so its services have them.
            "systemd.user.sessionVariables" => Provision::ServiceEnvironment,
            _ => Provision::SessionVariables,
        };
        environment(surrounding(around, session), provision, &mut found);
    }
    found
}
