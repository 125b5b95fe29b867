//! From what evaluation found wrong to findings: what the rules on the Nix around a configuration share.

use super::{RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Language, Problem, ProblemKind, Source};
use crate::openclaw::module_options::{
    APP_DEFAULTS, BOOTSTRAP_FILES, BUNDLED_PLUGIN, BUNDLED_PLUGINS, CHANNELS, CUSTOM_PLUGIN,
    INSTANCE, LAUNCHD, ModuleOption, RUNTIME_PLUGIN_SOURCE, SERVICE, SKILL, SYSTEMD, Standing, TOP,
    WORKSPACE, channels_are_closed, standing,
};
use crate::openclaw::tree::{Node, Value};
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding, Related, Severity};

/// A finding for each problem of that kind. What happens is that Nix refuses, or, where the problem is in a file that
/// OpenClaw reads itself, that OpenClaw does.
pub(super) fn report(
    subject: Subject<'_>,
    info: &'static RuleInfo,
    kind: ProblemKind,
    sink: &mut Sink,
) {
    report_if(subject, info, kind, sink, &|_| true, &|_, finding| finding);
}

/// The same for problems that `wanted` picks, each finished by `finish`.
pub(super) fn report_if(
    subject: Subject<'_>,
    info: &'static RuleInfo,
    kind: ProblemKind,
    sink: &mut Sink,
    wanted: &dyn Fn(&Problem) -> bool,
    finish: &dyn Fn(&Problem, Finding) -> Finding,
) {
    for problem in &subject.configuration.problems {
        if problem.kind == kind && wanted(problem) {
            let finding = finding(subject, info, problem);
            sink.findings.push(finish(problem, finding));
        }
    }
}

/// The finding for one problem, with everything that the problem itself says.
pub(super) fn finding(subject: Subject<'_>, info: &'static RuleInfo, problem: &Problem) -> Finding {
    let is_json = problem.in_json || subject.configuration.language == Language::Json;
    let consequence = match is_json {
        true => Consequence::OpenclawRejects,
        false => Consequence::NixRejects,
    };
    let mut finding = Finding::new(info.id, consequence, problem.message.clone()).at(problem.span);
    finding.help = problem.help.clone();
    finding.path = problem.path.clone();
    finding.related = problem
        .related
        .iter()
        .map(|(span, message)| Related {
            span: *span,
            message: message.clone(),
        })
        .collect();
    match problem.may_be_harmless {
        true => finding.at_most(Severity::Warning),
        false => finding,
    }
}

/// An option that is defined and that the era does not have.
pub(super) struct Misplaced<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its path.
    pub path: String,
    /// Its value.
    pub node: &'a Node,
    /// The options that stand beside it.
    pub table: &'static [ModuleOption],
    /// What the era makes of it.
    pub standing: Standing,
}

/// A set of options: its path, what is defined in it, and what there is.
type Table<'a> = (String, &'a Node, &'static [ModuleOption]);

/// The options of the services, which the module and its instances have.
fn service_options<'a>(path: &str, options: &'a Node, tables: &mut Vec<Table<'a>>) {
    for (name, table) in [
        ("launchd", LAUNCHD),
        ("systemd", SYSTEMD),
        ("appDefaults", APP_DEFAULTS),
    ] {
        if let Some(below) = options.get(name) {
            tables.push((format!("{path}.{name}"), below, table));
        }
    }
}

/// The elements of the options that are lists of sets, which the module and its instances have.
fn list_options<'a>(path: &str, options: &'a Node, tables: &mut Vec<Table<'a>>) {
    for (name, table) in [
        ("skills", SKILL),
        ("customPlugins", CUSTOM_PLUGIN),
        ("plugins", CUSTOM_PLUGIN),
        ("runtimePluginSources", RUNTIME_PLUGIN_SOURCE),
    ] {
        let list = options.get(name).and_then(|list| list.as_list());
        for (index, item) in list.iter().flat_map(|list| &list.items).enumerate() {
            tables.push((format!("{path}.{name}[{index}]"), item, table));
        }
    }
}

/// The channels, which the module and its instances have, in the eras that leave no room for other ones.
fn channel_options<'a>(path: &str, options: &'a Node, era: Era, tables: &mut Vec<Table<'a>>) {
    let channels = options
        .get("config")
        .and_then(|config| config.get("channels"))
        .filter(|_| channels_are_closed(era));
    if let Some(channels) = channels {
        tables.push((format!("{path}.config.channels"), channels, CHANNELS));
    }
}

/// Calls `visit` for each option that is defined below the module's root and that the era does not have. What a module of the
/// user's own may have declared there is not looked at: `config` and nearly everything in it is compared with the schema instead.
pub(super) fn visit_misplaced(subject: Subject<'_>, visit: &mut dyn FnMut(Misplaced<'_>)) {
    let configuration = subject.configuration;
    let Some(options) = &configuration.options else {
        return;
    };
    let root = &configuration.option_root;
    let mut tables: Vec<Table<'_>> = Vec::new();
    match configuration.source {
        Source::RenderedFile => return,
        Source::NixosService => tables.push((root.clone(), options, SERVICE)),
        Source::HomeManager => {
            tables.push((root.clone(), options, TOP));
            service_options(root, options, &mut tables);
            list_options(root, options, &mut tables);
            channel_options(root, options, subject.era, &mut tables);
            if let Some(instances) = options.get("instances").and_then(|node| node.as_object()) {
                for (name, instance) in &instances.entries {
                    let path = format!("{root}.instances.{name}");
                    service_options(&path, instance, &mut tables);
                    list_options(&path, instance, &mut tables);
                    channel_options(&path, instance, subject.era, &mut tables);
                    tables.push((path, instance, INSTANCE));
                }
            }
            if let Some(workspace) = options.get("workspace") {
                tables.push((format!("{root}.workspace"), workspace, WORKSPACE));
                if let Some(files) = workspace.get("bootstrapFiles") {
                    tables.push((
                        format!("{root}.workspace.bootstrapFiles"),
                        files,
                        BOOTSTRAP_FILES,
                    ));
                }
            }
            if let Some(plugins) = options.get("bundledPlugins") {
                let path = format!("{root}.bundledPlugins");
                for (name, plugin) in plugins.as_object().iter().flat_map(|set| &set.entries) {
                    tables.push((format!("{path}.{name}"), plugin, BUNDLED_PLUGIN));
                }
                tables.push((path, plugins, BUNDLED_PLUGINS));
            }
        }
    }
    let mut found = Vec::new();
    for (path, node, table) in tables {
        let Some(object) = node.as_object() else {
            continue;
        };
        for (name, value) in &object.entries {
            let standing = standing(table, name, subject.era);
            if matches!(standing, Standing::There)
                || name.starts_with('_')
                || matches!(value.value, Value::Failed(_))
            {
                continue;
            }
            found.push(Misplaced {
                name,
                path: format!("{path}.{name}"),
                node: value,
                table,
                standing,
            });
        }
    }
    // What stands below such an option goes with it.
    let paths: Vec<String> = found.iter().map(|option| option.path.clone()).collect();
    for option in found {
        let is_below = |path: &String| {
            option
                .path
                .strip_prefix(path.as_str())
                .is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        if !paths.iter().any(is_below) {
            visit(option);
        }
    }
}
