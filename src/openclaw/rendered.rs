//! Configurations that Nix code renders and hands over in ways that are not followed: in a script, an activation, a template
//! of sops-nix, an environment variable.
//!
//! The evaluator notes all JSON and all files that it renders; here the surroundings in which they may be used are evaluated, and
//! what looks like OpenClaw's configuration among them becomes a blueprint.

use super::blueprint::{
    Blueprint, HOME_SURROUNDINGS, Modules, SYSTEM_SURROUNDINGS, assumptions, is_below, unseen,
};
use super::configuration::{Language, Problem, Provision, Reach, Source};
use super::from_nix::{Converter, Merging};
use super::process_variables;
use super::programs::{
    CONFIGURATION_VARIABLES, PROGRAM_NAMES, is_configuration_file, names_program,
};
use super::script_changes;
use super::scripts;
use super::store_secrets;
use super::tree::{Node, Value};
use super::written_by_scripts;
use crate::nix::eval::Evaluator;
use crate::nix::eval::value::{self, Part, Rendered, Thunk};
use crate::nix::modules::{Class, FRAMEWORK};
use crate::releases;
use crate::workspace::source::{FileId, Span};
use aho_corasick::packed;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::OnceLock;

/// Where Home Manager's options may hold a rendered file or a script with one, beside those that are looked at anyway.
const HOME: &[&str] = &[
    "home.packages",
    "home.activation",
    "home.sessionVariables",
    "sops.templates",
    "systemd.user.services",
    "launchd.agents",
];

/// The same for NixOS and nix-darwin.
const SYSTEM: &[&str] = &[
    "environment.systemPackages",
    "environment.variables",
    "environment.sessionVariables",
    "sops.templates",
    "system.activationScripts",
    "systemd.services",
    "systemd.user.services",
    "launchd.daemons",
    "launchd.user.agents",
    "virtualisation.oci-containers.containers",
    "containers",
];

/// Options whose entries are files by name: one with another name is not OpenClaw's configuration, whatever it holds.
const NAMED_FILES: &[&str] = &["home.file", "xdg.configFile", "environment.etc"];

/// What is rendered at most in one evaluation before we stop to look.
const MOST: usize = 2_000;

/// Adds what is rendered for OpenClaw beside what was found already. `before` is how many things had been rendered when the
/// search began.
pub(super) fn elsewhere(
    evaluator: &mut Evaluator,
    modules: &Modules<'_>,
    before: usize,
    found: &mut Vec<Blueprint>,
) {
    let Modules {
        name, set, sight, ..
    } = *modules;
    let paths = match set.request.class {
        Class::HomeManager => HOME,
        Class::Nixos | Class::Darwin => SYSTEM,
        Class::Generic | Class::FlakeParts => &[HOME, SYSTEM].concat(),
    };
    if !may_render(evaluator, modules, before) {
        return;
    }
    modules.evaluate(evaluator, paths);
    let files = modules.surroundings(evaluator, NAMED_FILES);
    let contents = contents(evaluator, before);
    for problem in secrets(evaluator, &contents.texts) {
        for blueprint in found.iter_mut() {
            if !blueprint.problems.contains(&problem) {
                blueprint.problems.push(problem.clone());
            }
        }
    }
    let mut known: Vec<Span> = Vec::new();
    for blueprint in found.iter() {
        places(&blueprint.options, &mut known);
    }
    for (_, node) in &files {
        let Some(object) = node.as_object() else {
            continue;
        };
        for (file, entry) in &object.entries {
            if !file.contains("claw") && !file.contains("molt") {
                places(entry, &mut known);
            }
        }
    }
    // What nix-openclaw adds to what it renders itself.
    let of_openclaw = modules.folders_of_openclaw(evaluator);
    let mut candidates = Vec::new();
    for Json { file, call, value } in contents.json {
        let is_named = file.as_deref().is_some_and(is_configuration_name);
        // Kindred programs have names of their own.
        let is_foreign = file
            .as_deref()
            .is_some_and(|file| !names_program(file) && file.contains("claw"));
        if is_foreign {
            continue;
        }
        let mut converter = Converter::new(evaluator, Some(set));
        let options = converter.json_value(&value);
        drop(converter);
        if !(is_named && options.as_object().is_some() || is_like_configuration(&options)) {
            continue;
        }
        let mut own = Vec::new();
        places(&options, &mut own);
        own.retain(|place| !is_below(&evaluator.workspace, *place, &of_openclaw));
        if !own.is_empty() {
            candidates.push((is_named, file, call, options, own));
        }
    }
    let around = modules.described(
        evaluator,
        match set.request.class {
            Class::HomeManager => HOME_SURROUNDINGS,
            _ => SYSTEM_SURROUNDINGS,
        },
    );
    let written = written_by_scripts::find(&around);
    if candidates.is_empty() && written.is_empty() {
        return;
    }
    let running = modules.surroundings(evaluator, paths);
    let scripts = script_changes::scripts(running.iter().map(|(_, node)| node));
    // What holds nothing that a fuller one does not is a step on the way to that, or what a service is restarted for.
    candidates.sort_by_key(|(is_named, .., own)| (!is_named, std::cmp::Reverse(own.len())));
    for (_, file, call, options, own) in candidates {
        if own.iter().all(|span| known.contains(span)) {
            continue;
        }
        known.extend(own);
        let shown = match &file {
            Some(file) if !file.is_empty() => file.to_string(),
            _ => "rendered JSON".to_string(),
        };
        let unit = call.and_then(|call| reading_unit(&around, call));
        found.push(Blueprint {
            name: format!("{name}: {shown}"),
            source: Source::RenderedFile,
            language: Language::Nix,
            reach: sight.reach,
            unseen: unseen(set, sight),
            option_root: String::new(),
            options: script_changes::applied(&scripts, options),
            // Where it is not known which process reads it, nothing is known of its variables.
            surroundings: match &unit {
                Some(_) => around.clone(),
                None => Vec::new(),
            },
            unit,
            problems: Vec::new(),
            assumptions: assumptions(set),
        });
    }
    for one in written {
        let mut own = Vec::new();
        places(&one.root, &mut own);
        // A script may be run by several options.
        if own.iter().all(|span| known.contains(span)) {
            continue;
        }
        known.extend(own);
        let unit = one.unit.filter(|unit| {
            let units = around.iter().filter(|(option, _)| {
                matches!(*option, "systemd.services" | "systemd.user.services")
            });
            let mut units = units.filter_map(|(_, units)| units.get(unit));
            units.any(|unit| reads_configuration(any_branch(unit)))
        });
        found.push(Blueprint {
            name: format!("{name}: {}", one.shown),
            source: Source::RenderedFile,
            language: one.language,
            reach: sight.reach,
            unseen: unseen(set, sight),
            option_root: String::new(),
            options: script_changes::applied(&scripts, one.root),
            surroundings: match &unit {
                Some(_) => around.clone(),
                None => Vec::new(),
            },
            unit,
            problems: one.problems,
            assumptions: assumptions(set),
        });
    }
}

/// The unit that runs OpenClaw with a file, which a call makes: the only one that starts the program, names its configuration, and
/// has the file, in a setting or in a script that it runs.
fn reading_unit(around: &[(&'static str, Rc<Node>)], call: Span) -> Option<String> {
    let mut found = None;
    for (_, units) in around
        .iter()
        .filter(|(option, _)| matches!(*option, "systemd.services" | "systemd.user.services"))
    {
        for (name, unit) in any_branch(units).entries() {
            let unit = any_branch(unit);
            if !has_file(around, unit, call) || !reads_configuration(unit) {
                continue;
            }
            if found.is_some() {
                return None;
            }
            found = Some(name.to_string());
        }
    }
    found
}

/// What a value is where a condition holds, or where it does not: of what may be there it counts that it may.
fn any_branch(node: &Rc<Node>) -> &Rc<Node> {
    match &node.value {
        Value::Choice(_, Some(branch), _) | Value::Choice(_, None, Some(branch)) => {
            any_branch(branch)
        }
        _ => node,
    }
}

fn has_file(around: &[(&'static str, Rc<Node>)], unit: &Node, call: Span) -> bool {
    let mut places = BTreeSet::new();
    scripts::unknown_places(unit, &mut places);
    for script in scripts::below(around, unit) {
        scripts::unknown_places(script, &mut places);
    }
    places.contains(&call)
}

/// Whether the environment of a unit says where OpenClaw's configuration is.
fn reads_configuration(unit: &Node) -> bool {
    let mut variables = Vec::new();
    let provision = Provision::ServiceEnvironment;
    let sections = ["Service", "serviceConfig"].iter();
    let environments =
        sections.filter_map(|section| any_branch(unit.get(section)?).get("Environment"));
    for environment in unit.get("environment").into_iter().chain(environments) {
        let environment = any_branch(environment);
        process_variables::environment(Some(environment), provision, &mut variables);
    }
    variables.iter().any(|variable| {
        let name = variable.name.as_deref().unwrap_or_default();
        CONFIGURATION_VARIABLES.contains(&name)
    })
}

/// JSON that was rendered.
struct Json {
    /// The name of the file that it became, if it did.
    file: Option<Rc<str>>,
    /// The call that makes the file.
    call: Option<Span>,
    /// The value.
    value: Rc<Thunk>,
}

/// Whether a set of modules has rendered something, or may when more of it is evaluated. In a file by itself and those that it
/// imports as modules, something has to say so; into a whole configuration values come from elsewhere.
fn may_render(evaluator: &Evaluator, modules: &Modules<'_>, before: usize) -> bool {
    if evaluator.rendered.len() > before || modules.sight.reach != Reach::Alone {
        return true;
    }
    let Some(collected) = modules.set.collected() else {
        return true;
    };
    let sources = evaluator.workspace.sources();
    if !modules.set.request.definitions.is_empty() {
        return true;
    }
    let mut files: Vec<FileId> = Vec::new();
    for module in &collected.modules {
        match module.span {
            Some(span) if (span.file.0 as usize) < sources.len() => files.push(span.file),
            // What the request itself defines is a module too.
            None if module.name.as_ref() == FRAMEWORK => {}
            _ => return true,
        }
    }
    files.sort_unstable();
    files.dedup();
    files
        .into_iter()
        .any(|file| mentions_rendering(&sources.get(file).text))
}

/// What all names contain by which a text becomes a file, a value becomes JSON, or code and data of other files are read.
const RENDERING: &[&str] = &[
    "toJSON",
    "toYAML",
    "toFile",
    "write",
    "replaceVars",
    "runCommand",
    "generat",
    "formats",
    "read",
    "mport",
    "callPackage",
    "getFlake",
    "<<",
];

/// Whether one of them is in a text. The option `imports` is none.
fn mentions_rendering(text: &str) -> bool {
    static SEARCHER: OnceLock<Option<packed::Searcher>> = OnceLock::new();
    let searcher =
        SEARCHER.get_or_init(|| packed::Config::new().builder().extend(RENDERING).build());
    match searcher {
        Some(searcher) => searcher.find_iter(text).any(|found| {
            !text[..found.end()].ends_with("import") || !text[found.end()..].starts_with('s')
        }),
        // A processor without vector instructions.
        None => true,
    }
}

/// What was rendered in an evaluation.
#[derive(Default)]
struct Contents {
    /// The values of JSON.
    json: Vec<Json>,
    /// Files with other texts: their names and texts.
    texts: Vec<(Rc<str>, Rc<Thunk>)>,
}

/// What was rendered since.
fn contents(evaluator: &mut Evaluator, before: usize) -> Contents {
    let mut found = Contents::default();
    let mut next = before;
    // Files first evaluate their text here, which renders more.
    while let Some(rendered) = evaluator.rendered.get(next).cloned() {
        next += 1;
        if next - before > MOST {
            break;
        }
        match rendered {
            Rendered::Json(value) => found.json.push(Json {
                file: None,
                call: None,
                value,
            }),
            Rendered::File(name, text, call) => {
                let Ok(value) = evaluator.force(&text) else {
                    continue;
                };
                let value::Value::String(string) = &value.value else {
                    continue;
                };
                match string.parts.as_slice() {
                    // The same was noted as JSON; here it has its name.
                    [Part::Json(json)] => {
                        let value = json.value.clone().thunk();
                        let file = Some(name);
                        found.json.insert(0, Json { file, call, value });
                    }
                    _ => found.texts.push((name, text)),
                }
            }
        }
    }
    found
}

/// Secrets that are written out in scripts and other files that have to do with OpenClaw.
fn secrets(evaluator: &mut Evaluator, texts: &[(Rc<str>, Rc<Thunk>)]) -> Vec<Problem> {
    let mut found = Vec::new();
    for (name, text) in texts {
        let mut converter = Converter::new(evaluator, None);
        let text = converter.value(text, Merging::Plain);
        let is_ours = text
            .as_text()
            .is_some_and(|text| names_program(&text.display()));
        if is_ours {
            found.extend(store_secrets::in_script(&text, name));
        }
    }
    found
}

/// Where the literals of a tree stand.
fn places(node: &Node, found: &mut Vec<Span>) {
    node.places(&mut |place| found.extend(place.span));
}

/// `openclaw.json`, or a name with the program's in it that ends so: `openclaw-seed.json`.
fn is_configuration_name(name: &str) -> bool {
    is_configuration_file(name)
        || name.ends_with(".json")
            && PROGRAM_NAMES
                .iter()
                .any(|program| name.starts_with(program))
}

/// Whether a value can only be OpenClaw's configuration: at least two of its main parts, and nothing at the top that other
/// programs of this kind have.
pub fn is_like_configuration(node: &Node) -> bool {
    let Some(object) = node.as_object() else {
        return false;
    };
    let main = ["agents", "models", "channels", "gateway"]
        .iter()
        .filter(|name| object.entries.contains_key(**name))
        .count();
    let others = object
        .entries
        .keys()
        .filter(|name| !name.starts_with('_') && !is_at_top(name))
        .count();
    main >= 2 && others == 0
}

/// Whether a name stands at the top of OpenClaw's configuration in any release.
fn is_at_top(name: &str) -> bool {
    name == "$include"
        || releases::known().any(|release| {
            release
                .schema()
                .is_some_and(|schema| !schema.at([name]).is_empty())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::json::{Dialect, parse};

    #[test]
    fn what_can_only_be_a_configuration() {
        let like = |text: &str| {
            let parsed = parse(text, None, Dialect::Json5).expect("JSON5");
            is_like_configuration(&parsed.root)
        };
        assert!(like("{agents: {}, gateway: {}}"));
        assert!(like("{agents: {}, channels: {}, _note: 1}"));
        // Parts of which only later releases know.
        assert!(like("{agents: {}, channels: {}, transcripts: {}, tui: {}}"));
        assert!(!like("{agents: {}, channels: {}, default_temperature: 1}"));
        assert!(!like("{agents: {}}"));
        assert!(!like("{agents: {}, channels: {}, providers: {}}"));
        assert!(!like("{agents: {}, models: {}, keymap: {}, theme: 1}"));
    }

    #[test]
    fn what_may_render() {
        for text in [
            "builtins.toJSON x",
            "with pkgs; writeText \"a\" b",
            "(pkgs.formats.json { }).generate",
            "import ./services.nix",
            "(import\n./x.nix)",
            "lib.importJSON ./x.json",
            "builtins.readFile ./x",
            "scopedImport { } ./x.nix",
        ] {
            assert!(mentions_rendering(text), "{text}");
        }
        assert!(!mentions_rendering(
            "{ imports = [ ./x.nix ]; services.a.script = \"b\"; }"
        ));
        assert!(mentions_rendering("{ imports = [ (import ./x.nix) ]; }"));
    }

    #[test]
    fn files_are_known_by_their_names() {
        assert!(is_configuration_name("openclaw.json"));
        assert!(is_configuration_name("openclaw-seed.json"));
        assert!(!is_configuration_name("settings.json"));
        assert!(!is_configuration_name("openclaw.service"));
    }
}
