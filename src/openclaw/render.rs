//! From a blueprint to the configuration of one world: instances with the openclaw.json that each will get.
//!
//! As nix-openclaw's module does it (`nix/modules/home-manager/openclaw/config.nix` at 910c1ce): `gateway.mode =
//! "local"`, the top-level `config` and the instance's `config` over each other, nulls left out, then what the module
//! adds itself.

use super::blueprint::Blueprint;
use super::configuration::{
    Configuration, Delivery, Document, Instance, Presence, Problem, ProblemKind, Provision, Source,
    Variable,
};
use super::declared_secrets;
use super::deployment::{self, Deployment};
use super::documents::{BOOTSTRAP_OPTIONS, DOCUMENT_FILES, is_document};
use super::gateway_command;
use super::given_file;
use super::include::not_followed;
use super::misspelt_units;
use super::needed_files;
use super::process_variables::{self, Units, environment_files, named, of_module, unnamed};
use super::programs::{is_configuration_file, names_program};
use super::replaced_config;
use super::store_secrets;
use super::tree::{
    Kind, List, Lookup, Node, Object, PathLiteral, Place, Text, TextPart, Unknown, Value, World,
};
use super::updates::{opened, update, without_nulls};
use crate::releases::schema::Schema;
use crate::workspace::source::Span;
use crate::workspace::{Visibility, Workspace, path};
use std::rc::Rc;

/// What rendering needs to know besides the blueprint.
pub struct Context<'a> {
    /// The files.
    pub workspace: &'a Workspace,
    /// Names of variables that the command line says are there.
    pub variables: &'a [String],
    /// Set where an instance's `config` replaces the top-level one, as nix-openclaw did until 5 May 2026 (commit 216f835):
    /// every option of it that was not set was `null`, and the nulls won. The schema tells what an option is.
    pub instance_replaces: Option<Schema>,
    /// Whether skills are handed over as `skills.load.extraDirs`, as nix-openclaw does in its newest era (read at 910c1ce).
    pub skills_by_load_path: bool,
    /// Whether options of `config` that the user does not set are `null` and replace what the module sets itself, `gateway.mode`
    /// among it: from 30 January to May 2026.
    pub nulls_replace: bool,
}

/// What Nix fails on in what is rendered; a file that does not parse is reported as itself.
fn failures(config: &Node) -> Vec<Problem> {
    let mut found = Vec::new();
    config.walk(&mut |_, node| {
        if let Value::Failed(problem) = &node.value
            && problem.kind != ProblemKind::Syntax
        {
            found.push((**problem).clone());
        }
    });
    found
}

impl Blueprint {
    /// The configuration in one world; `None` where OpenClaw is not enabled in it.
    pub fn in_world(&self, world: &World, context: &Context<'_>) -> Option<Configuration> {
        let options = self.options.in_world(world)?;
        let around: Vec<(&'static str, Rc<Node>)> = self
            .surroundings
            .iter()
            .filter_map(|(path, node)| Some((*path, node.in_world(world)?)))
            .collect();
        let around = Around(&around);
        let mut configuration = Configuration {
            name: self.name.clone(),
            source: self.source,
            language: self.language,
            reach: self.reach,
            unseen: self.unseen.clone(),
            option_root: self.option_root.clone(),
            options: None,
            instances: Vec::new(),
            documents: Vec::new(),
            span: options.place.key.or(options.place.primary()),
            problems: self.problems.clone(),
            assumptions: self.assumptions.clone(),
            instance_replaces: context.instance_replaces.is_some(),
            home_directory: around
                .get("home.homeDirectory")
                .and_then(|home| home.as_str()),
        };
        let needed = needed_files::in_surroundings(around.0, context.workspace);
        configuration.problems.extend(needed);
        configuration
            .problems
            .extend(gateway_command::problems(around.0));
        let misspelt = declared_secrets::misspelt(
            &options,
            around.0,
            &self.surroundings,
            configuration.is_complete(),
        );
        configuration.problems.extend(misspelt);
        let written = match self.source {
            // What would be an option stands for something else in there.
            Source::RenderedFile => store_secrets::secrets("", &object([]), around.0),
            _ => store_secrets::secrets(&self.option_root, &options, around.0),
        };
        configuration.problems.extend(written);
        match self.source {
            Source::RenderedFile => {
                for problem in failures(&options) {
                    if !configuration.problems.contains(&problem) {
                        configuration.problems.push(problem);
                    }
                }
                let mut variables = around.variables(match &self.unit {
                    Some(unit) => Units::Named(unit),
                    None => Units::All,
                });
                variables.extend(named(context.variables));
                configuration.instances.push(Instance {
                    name: "default".into(),
                    config: not_followed(&options),
                    variables,
                    runtime_plugins: None,
                });
                configuration.documents = around.documents(context);
                if self.surroundings.is_empty() {
                    // Nothing is known of the process that reads it.
                    configuration.instances[0]
                        .variables
                        .push(unnamed(Provision::ServiceEnvironment, None));
                }
                return Some(configuration);
            }
            Source::HomeManager => self.home(&options, &around, context, &mut configuration)?,
            Source::NixosService => {
                self.service(&options, &around, context, &mut configuration)?;
            }
        }
        configuration.options = Some(options);
        Some(configuration)
    }

    fn home(
        &self,
        options: &Rc<Node>,
        around: &Around<'_>,
        context: &Context<'_>,
        configuration: &mut Configuration,
    ) -> Option<()> {
        let instances = match options.lookup("instances") {
            Lookup::Present(node) => node.as_object().cloned(),
            _ => None,
        };
        let enabled = options.lookup("enable");
        let is_off = match enabled {
            Lookup::Present(node) => node.as_bool() == Some(false),
            // A module by itself, or one that another module enables, is checked as if it were enabled.
            Lookup::Absent => false,
            Lookup::Unknown(_) => false,
        };
        let given = instances
            .as_ref()
            .is_some_and(|object| !object.entries.is_empty());
        if is_off && !given {
            return None;
        }
        if let Lookup::Present(node) = enabled
            && let Some(span) = node.place.key
        {
            configuration.span = Some(span);
        }
        let mut names: Vec<(String, Option<Rc<Node>>)> = Vec::new();
        match &instances {
            Some(object) if given => {
                for (name, node) in &object.entries {
                    let off = node.get("enable").and_then(|node| node.as_bool()) == Some(false);
                    if !off {
                        names.push((name.clone(), Some(Rc::clone(node))));
                    }
                }
            }
            _ => names.push(("default".into(), None)),
        }
        if names.is_empty() {
            if matches!(enabled, Lookup::Present(node) if node.as_bool() == Some(true)) {
                configuration
                    .problems
                    .push(without_instance(options, &self.option_root));
                return Some(());
            }
            return None;
        }
        let services: Option<Vec<_>> = names
            .iter()
            .map(|(name, instance)| service_of(options, instance.as_deref(), name))
            .collect();
        if let Some(services) = services {
            let misspelt = misspelt_units::problems(around.0, &services);
            configuration.problems.extend(misspelt);
        }
        for (name, instance) in names {
            let root = &self.option_root;
            match deployment::of_instance(around.0, options, instance.as_deref(), &name, root) {
                Deployment::Usual => {}
                Deployment::Replaced(file) => {
                    configuration.assumptions.push(format!(
                        "the instance `{name}` is not checked: `{file}` is another file at the place of its openclaw.json"
                    ));
                    continue;
                }
                Deployment::Off(problem) => {
                    configuration.problems.push(problem);
                    continue;
                }
            }
            let config = render_home(options, instance.as_deref(), &name, around, context);
            let mut variables = Vec::new();
            let own = instance.as_deref();
            for (path, source) in [
                (root.clone(), Some(options.as_ref())),
                (format!("{root}.instances.{name}"), own),
            ] {
                let Some(source) = source else {
                    continue;
                };
                of_module(&path, source, &mut variables);
                if let Some(open) = source.as_object().and_then(|object| object.open.as_ref()) {
                    variables.push(unnamed(Provision::ModuleEnvironment, open.span));
                }
            }
            let service = service_of(options, instance.as_deref(), &name);
            let units = match &service {
                // Which names the module gives is known of the module itself, not of what others made of it.
                Some((unit, label))
                    if self.option_root == "programs.openclaw"
                        && self
                            .unseen
                            .iter()
                            .any(|module| module.of_openclaw.is_some()) =>
                {
                    Units::OfInstance { unit, label }
                }
                _ => Units::OfProgram,
            };
            variables.extend(around.variables(units));
            variables.extend(named(context.variables));
            if let Some(span) = without_service(options, instance.as_deref()) {
                // Something else starts the gateway, with variables of its own.
                variables.push(unnamed(Provision::ServiceEnvironment, span));
            }
            configuration.instances.push(Instance {
                runtime_plugins: runtime_plugins(options, instance.as_deref()),
                name,
                config: not_followed(&config),
                variables,
            });
        }
        configuration.documents = home_documents(options, &self.option_root, context);
        let other = around.documents(context);
        for document in other {
            let known = configuration
                .documents
                .iter()
                .any(|known| known.name == document.name);
            if !known {
                configuration.documents.push(document);
            }
        }
        Some(())
    }

    fn service(
        &self,
        options: &Rc<Node>,
        around: &Around<'_>,
        context: &Context<'_>,
        configuration: &mut Configuration,
    ) -> Option<()> {
        if let Lookup::Present(node) = options.lookup("enable") {
            if node.as_bool() == Some(false) {
                return None;
            }
            configuration.span = node.place.key.or(configuration.span);
        }
        // A file that is given as it is replaces the rendered one.
        let config = match options.get("configFile") {
            Some(file) if !matches!(file.value, Value::Null) => {
                let (config, problems) = given_file::read(file, context.workspace);
                configuration.problems.extend(problems);
                config
            }
            _ => match options.lookup("config") {
                Lookup::Present(config) => Rc::clone(config),
                Lookup::Absent => {
                    Node::new(Value::Object(Object::default()), options.place.clone())
                }
                Lookup::Unknown(unknown) => {
                    Node::new(Value::Unknown(unknown.clone()), options.place.clone())
                }
            },
        };
        // The module has asserted this as long as it exists (commit 2a9a3be, February 2026).
        if let Some(node) = options.get("configPath")
            && let Some(path) = node.as_str()
            && !path.starts_with("/etc/")
        {
            let mut problem = Problem::new(
                ProblemKind::Assertion,
                format!("`configPath` must lie below `/etc`, and `{path}` does not"),
                node.place.primary(),
            );
            problem.path = Some("configPath".into());
            problem.help = Some("leave it out: then it is `/etc/openclaw/openclaw.json`".into());
            configuration.problems.push(problem);
        }
        let mut variables = Vec::new();
        of_module(&self.option_root, options, &mut variables);
        environment_files(options.get("environmentFiles"), around.0, &mut variables);
        let unit = match options.lookup("unitName") {
            Lookup::Present(name) => name.as_str(),
            // The module's default since it exists (commit 2a9a3be, February 2026).
            Lookup::Absent => self.option_root.rsplit('.').next().map(str::to_string),
            Lookup::Unknown(_) => None,
        };
        if let Some(unit) = &unit {
            let of_service = [(unit.clone(), String::new())];
            let misspelt = misspelt_units::problems(around.0, &of_service);
            configuration.problems.extend(misspelt);
        }
        let units = match &unit {
            Some(unit) => Units::Named(unit),
            None => Units::OfProgram,
        };
        variables.extend(around.variables(units));
        variables.extend(named(context.variables));
        let unread = unit
            .as_deref()
            .and_then(|unit| deployment::of_service(around.0, options, unit, &self.option_root));
        if let Some(problem) = unread {
            configuration.problems.push(problem);
            configuration.documents = around.documents(context);
            return Some(());
        }
        configuration.instances.push(Instance {
            name: "default".into(),
            config: not_followed(&config),
            variables,
            runtime_plugins: runtime_plugins(options, None),
        });
        configuration.documents = around.documents(context);
        Some(())
    }
}

/// The names of the unit of systemd and of the agent of launchd that run an instance; `None` where they are not known. Without
/// `instances` the settings at the top count, else those of the instance (`options-instance.nix` since 9d8bafc).
fn service_of(options: &Node, instance: Option<&Node>, name: &str) -> Option<(String, String)> {
    let holder = instance.unwrap_or(options);
    let named = |manager: &str, option: &str, default: &str, separator: char| match holder
        .lookup_keys(&format!("{manager}.{option}"))
    {
        Lookup::Present(given) => given.as_str(),
        Lookup::Absent if name == "default" => Some(default.to_string()),
        Lookup::Absent => Some(format!("{default}{separator}{name}")),
        Lookup::Unknown(_) => None,
    };
    Some((
        named("systemd", "unitName", "openclaw-gateway", '-')?,
        named("launchd", "label", "com.steipete.openclaw.gateway", '.')?,
    ))
}

/// Where the module is told, or may be told, to make no service for an instance.
fn without_service(options: &Node, instance: Option<&Node>) -> Option<Option<Span>> {
    let holder = instance.unwrap_or(options);
    ["systemd", "launchd"].iter().find_map(|manager| {
        match holder.lookup_keys(&format!("{manager}.enable")) {
            Lookup::Present(enable) => {
                (enable.as_bool() != Some(true)).then(|| enable.place.primary())
            }
            Lookup::Absent => None,
            Lookup::Unknown(unknown) => Some(unknown.span),
        }
    })
}

/// The rendered configuration of an instance of Home Manager's module.
fn render_home(
    options: &Node,
    instance: Option<&Node>,
    name: &str,
    around: &Around<'_>,
    context: &Context<'_>,
) -> Rc<Node> {
    let replacing = context.instance_replaces.zip(instance);
    let mut config = match replacing {
        Some((schema, instance)) => staying_config(options, instance, schema),
        None if context.nulls_replace => object([]),
        // Without instances the one of the module has nothing that could replace.
        None => object([("gateway", object([("mode", Node::text("local", None))]))]),
    };
    let top = Some(options).filter(|_| replacing.is_none());
    for source in [top, instance].into_iter().flatten() {
        // `config`, and what it was called before.
        for option in ["configOverrides", "config"] {
            match source.lookup(option) {
                Lookup::Present(node) => {
                    if let Some(stripped) = without_nulls(node) {
                        config = update(&config, &stripped);
                    }
                }
                Lookup::Absent => {}
                Lookup::Unknown(unknown) => config = opened(&config, unknown),
            }
        }
    }
    config = with_runtime_plugins(config, options, instance);
    if context.skills_by_load_path {
        config = with_skills(config, options);
    }
    let bootstrap = options
        .at_keys("workspace.bootstrapFiles")
        .is_some_and(|node| !matches!(node.value, Value::Null));
    // What the module adds wins over what is written; a `false` there fails an assertion (`skip-bootstrap`).
    let skips = config
        .at_keys("agents.defaults.skipBootstrap")
        .is_some_and(|node| node.as_bool() == Some(true));
    if bootstrap && !skips {
        let added = object([(
            "agents",
            object([(
                "defaults",
                object([(
                    "skipBootstrap",
                    Node::new(Value::Boolean(true), Place::default()),
                )]),
            )]),
        )]);
        config = update(&config, &added);
    }
    let pinned = options
        .at_keys("workspace.pinAgentDefaults")
        .is_none_or(|node| node.as_bool() != Some(false));
    let has_workspace = config.at_keys("agents.defaults.workspace").is_some();
    if pinned && !has_workspace {
        let workspace = workspace_directory(options, instance, name, around);
        let added = object([(
            "agents",
            object([("defaults", object([("workspace", workspace)]))]),
        )]);
        config = update(&added, &config);
    }
    config
}

/// What stays of the top-level `config` where that of an instance replaces it.
fn staying_config(options: &Node, instance: &Node, schema: Schema) -> Rc<Node> {
    let nothing = || Node::new(Value::Object(Object::default()), Place::default());
    let of = |source: &Node| match source.lookup("config") {
        Lookup::Present(node) => without_nulls(node),
        Lookup::Unknown(unknown) => {
            Some(Node::new(Value::Unknown(unknown.clone()), Place::default()))
        }
        Lookup::Absent => None,
    };
    of(options)
        .zip(of(instance))
        .and_then(|(top, instance)| replaced_config::staying(&top, &instance, schema))
        .unwrap_or_else(nothing)
}

/// What the module adds for runtime plugins: each is enabled, allowed where there is an allow-list, and loaded from the
/// store.
fn with_runtime_plugins(config: Rc<Node>, options: &Node, instance: Option<&Node>) -> Rc<Node> {
    let ids: Vec<String> = match runtime_plugins(options, instance) {
        Some(plugins) => plugins.into_iter().map(|(id, _)| id).collect(),
        None => {
            let unknown = Unknown {
                subject: None,
                kind: None,
                reason: "the list of runtime plugins is not known here".into(),
                span: None,
            };
            let added = object([(
                "plugins",
                opened(
                    &object([("entries", opened(&object([]), &unknown))]),
                    &unknown,
                ),
            )]);
            return update(&added, &config);
        }
    };
    if ids.is_empty() {
        return config;
    }
    let bare = |value| Node::new(value, Place::default());
    let turned_off = |id: &str| {
        config
            .at_keys("plugins.entries")
            .and_then(|entries| entries.get(id))
            .and_then(|entry| entry.get("enabled"))
            .is_some_and(|enabled| enabled.as_bool() == Some(false))
    };
    // One that is turned off fails an assertion of the module: what was written stays in sight.
    let enabled = ids
        .iter()
        .filter(|id| !turned_off(id))
        .map(|id| {
            let entry = object([("enabled", bare(Value::Boolean(true)))]);
            (id.clone(), entry)
        })
        .collect();
    let mut plugins = Object {
        entries: std::iter::once((
            "entries".to_string(),
            bare(Value::Object(Object {
                entries: enabled,
                open: None,
            })),
        ))
        .collect(),
        open: None,
    };
    if let Some(allowed) = config.at_keys("plugins.allow")
        && let Some(list) = allowed.as_list()
    {
        let mut list = list.clone();
        for id in &ids {
            if list
                .items
                .iter()
                .all(|item| item.as_str().as_ref() != Some(id))
            {
                list.items.push(Node::text(id, None));
            }
        }
        let node = Node::new(Value::List(list), allowed.place.clone());
        plugins.entries.insert("allow".into(), node);
    }
    let existing = config.at_keys("plugins.load.paths");
    let paths = store_paths(ids.len(), "a runtime plugin", existing);
    plugins
        .entries
        .insert("load".into(), object([("paths", paths)]));
    update(
        &config,
        &object([("plugins", bare(Value::Object(plugins)))]),
    )
}

/// What the module adds for skills: the folder of each.
fn with_skills(config: Rc<Node>, options: &Node) -> Rc<Node> {
    let count = match options.lookup("skills") {
        Lookup::Present(node) => match node.as_list() {
            Some(list) if list.open.is_none() => list.items.len(),
            _ => return config,
        },
        _ => 0,
    };
    if count == 0 {
        return config;
    }
    let existing = config.at_keys("skills.load.extraDirs");
    let folders = store_paths(count, "a skill", existing);
    let added = object([(
        "skills",
        object([("load", object([("extraDirs", folders)]))]),
    )]);
    update(&config, &added)
}

/// A list of store paths that are made when the configuration is built, before what is there already.
fn store_paths(count: usize, what: &str, existing: Option<&Rc<Node>>) -> Rc<Node> {
    let made = |_| {
        Node::new(
            Value::Unknown(Unknown {
                subject: None,
                kind: Some(Kind::StorePath),
                reason: format!("the store path of {what} is made when it is built"),
                span: None,
            }),
            Place::default(),
        )
    };
    let mut list = List {
        items: (0..count).map(made).collect(),
        open: None,
    };
    if let Some(known) = existing.and_then(|node| node.as_list()) {
        list.items.extend(known.items.iter().cloned());
        list.open.clone_from(&known.open);
    }
    let place = existing.map(|node| node.place.clone()).unwrap_or_default();
    Node::new(Value::List(list), place)
}

/// `workspaceDir`, or the workspace below the state directory.
fn workspace_directory(
    options: &Node,
    instance: Option<&Node>,
    name: &str,
    around: &Around<'_>,
) -> Rc<Node> {
    let pick = |option: &str| {
        instance
            .and_then(|instance| instance.get(option))
            // A named instance takes nothing from the top level, not even the one called `default`.
            .or_else(|| options.get(option).filter(|_| instance.is_none()))
            .cloned()
    };
    // The option takes no null, which is told of the option.
    let given = pick("workspaceDir").filter(|given| !matches!(given.value, Value::Null));
    if let Some(given) = given {
        return given;
    }
    let below = |parent: &Node| match parent.as_text() {
        Some(text) => {
            let mut text = text.clone();
            text.parts.push(TextPart::Known {
                text: "/workspace".into(),
                span: None,
            });
            Node::new(Value::Text(text), Place::default())
        }
        None => Node::new(
            Value::Unknown(Unknown {
                subject: None,
                kind: Some(Kind::Path),
                reason: "the state directory is not known here".into(),
                span: parent.place.primary(),
            }),
            Place::default(),
        ),
    };
    if let Some(state) = pick("stateDir") {
        return below(&state);
    }
    let folder = if name == "default" {
        "/.openclaw".to_string()
    } else {
        format!("/.openclaw-{name}")
    };
    let mut text = match around.get("home.homeDirectory").map(|node| &node.value) {
        Some(Value::Text(home)) => home.clone(),
        _ => Text {
            parts: vec![TextPart::Unknown(Unknown {
                subject: None,
                kind: Some(Kind::Path),
                reason: "the home directory is not known here".into(),
                span: None,
            })],
        },
    };
    text.parts.push(TextPart::Known {
        text: format!("{folder}/workspace"),
        span: None,
    });
    Node::new(Value::Text(text), Place::default())
}

fn object<const N: usize>(entries: [(&str, Rc<Node>); N]) -> Rc<Node> {
    Node::new(
        Value::Object(Object {
            entries: entries
                .into_iter()
                .map(|(key, node)| (key.to_string(), node))
                .collect(),
            open: None,
        }),
        Place::default(),
    )
}

/// The runtime plugins of an instance: a list of its own replaces the one at the top level.
fn runtime_plugins(options: &Node, instance: Option<&Node>) -> Option<Vec<(String, Option<Span>)>> {
    let mut found = Vec::new();
    for option in ["runtimePlugins", "runtimePluginSources"] {
        let lookup = match instance.map(|instance| instance.lookup(option)) {
            None | Some(Lookup::Absent) => options.lookup(option),
            Some(own) => own,
        };
        let node = match lookup {
            Lookup::Absent => continue,
            Lookup::Unknown(_) => return None,
            Lookup::Present(node) => node,
        };
        let list = node.as_list()?;
        if list.open.is_some() {
            return None;
        }
        for item in &list.items {
            let id = match option {
                "runtimePlugins" => item,
                _ => item.get("id")?,
            };
            found.push((id.as_str()?, id.place.primary()));
        }
    }
    Some(found)
}

/// The surroundings in one world.
struct Around<'a>(&'a process_variables::Around);

impl Around<'_> {
    fn get(&self, path: &str) -> Option<&Rc<Node>> {
        process_variables::surrounding(self.0, path)
    }

    /// The variables that these services have, and those of sessions.
    fn variables(&self, units: Units<'_>) -> Vec<Variable> {
        process_variables::around(self.0, units)
    }

    /// Documents that are handed over around the module.
    fn documents(&self, context: &Context<'_>) -> Vec<Document> {
        let mut found: Vec<Document> = Vec::new();
        for option in ["home.file", "xdg.configFile", "environment.etc"] {
            let Some(node) = self.get(option) else {
                continue;
            };
            for (name, entry) in node.entries() {
                let target = entry
                    .get("target")
                    .and_then(|target| target.as_str())
                    .unwrap_or_else(|| name.to_string());
                let file = target.rsplit('/').next().unwrap_or(&target);
                let Some(source) = entry.get("source").or_else(|| entry.get("text")) else {
                    continue;
                };
                if is_document(file) {
                    let file = file.to_string();
                    let option = format!("{option}.\"{name}\"");
                    found.push(document(file, Delivery::Other, source, option, context));
                } else if let Value::Path(directory) = &source.value
                    && names_program(&target)
                    && !is_configuration_file(&target)
                {
                    // A whole directory.
                    for (_, known) in BOOTSTRAP_OPTIONS {
                        let inside = path::join(&directory.absolute, known);
                        if context.workspace.visibility(&inside) == Visibility::File {
                            found.push(Document {
                                name: (*known).to_string(),
                                delivery: Delivery::Other,
                                presence: context.workspace.document(&inside),
                                written: context.workspace.relative(&inside),
                                source: Some(inside),
                                span: source.place.primary(),
                                option: format!("{option}.\"{name}\""),
                            });
                        }
                    }
                }
            }
        }
        if let Some(activation) = self.get("home.activation") {
            // A script that mentions a document may well put it in place.
            activation.walk(&mut |_, node| {
                let Some(text) = node.as_text() else {
                    return;
                };
                let shown = text.display();
                for (_, known) in BOOTSTRAP_OPTIONS {
                    if shown.contains(known) {
                        found.push(Document {
                            name: (*known).to_string(),
                            delivery: Delivery::Other,
                            source: None,
                            written: String::new(),
                            presence: Presence::Unknown(Unknown {
                                subject: None,
                                kind: None,
                                reason: "an activation script puts it in place".into(),
                                span: node.place.primary(),
                            }),
                            span: node.place.primary(),
                            option: "home.activation".into(),
                        });
                    }
                }
            });
        }
        found
    }
}

/// The documents that the module's own options hand over.
fn home_documents(options: &Node, root: &str, context: &Context<'_>) -> Vec<Document> {
    let mut found = Vec::new();
    if let Some(node) = options.get("documents") {
        match &node.value {
            Value::Null => {}
            Value::Path(directory) => {
                directory_documents(directory, node, root, context, &mut found);
            }
            _ => found.push(document(
                "documents".into(),
                Delivery::Documents,
                node,
                format!("{root}.documents"),
                context,
            )),
        }
    }
    if let Some(node) = options.at_keys("workspace.bootstrapFiles") {
        for (attribute, file) in BOOTSTRAP_OPTIONS {
            if let Some(source) = node.get(attribute)
                && !matches!(source.value, Value::Null)
            {
                found.push(document(
                    (*file).to_string(),
                    Delivery::BootstrapFiles,
                    source,
                    format!("{root}.workspace.bootstrapFiles.{attribute}"),
                    context,
                ));
            }
        }
    }
    if let Some(node) = options.at_keys("workspace.files") {
        for (name, source) in node.entries() {
            found.push(document(
                name.to_string(),
                Delivery::WorkspaceFiles,
                source,
                format!("{root}.workspace.files.\"{name}\""),
                context,
            ));
        }
    }
    found
}

/// The files in the directory `documents`: those that are required, and of the others those that are there.
fn directory_documents(
    directory: &PathLiteral,
    node: &Node,
    root: &str,
    context: &Context<'_>,
    found: &mut Vec<Document>,
) {
    let option = format!("{root}.documents");
    let base = context.workspace.document(&directory.absolute);
    // A directory is of the wrong kind for a document, and just what is wanted here.
    if !matches!(base, Presence::WrongKind) {
        found.push(Document {
            name: "documents".into(),
            delivery: Delivery::Documents,
            source: Some(directory.absolute.clone()),
            written: shown(directory, context),
            presence: match base {
                Presence::Present { .. } => Presence::WrongKind,
                other => other,
            },
            span: node.place.primary(),
            option,
        });
        return;
    }
    for (index, file) in DOCUMENT_FILES.iter().enumerate() {
        let absolute = path::join(&directory.absolute, file);
        let presence = context.workspace.document(&absolute);
        let required = index < 3;
        if !required && !matches!(presence, Presence::Present { .. }) {
            continue;
        }
        found.push(Document {
            name: (*file).to_string(),
            delivery: Delivery::Documents,
            source: Some(absolute),
            written: format!("{}/{file}", shown(directory, context)),
            presence,
            span: node.place.primary(),
            option: option.clone(),
        });
    }
}

fn shown(literal: &PathLiteral, context: &Context<'_>) -> String {
    if literal.written.is_empty() {
        context.workspace.relative(&literal.absolute)
    } else {
        literal.written.clone()
    }
}

fn document(
    name: String,
    delivery: Delivery,
    source: &Rc<Node>,
    option: String,
    context: &Context<'_>,
) -> Document {
    let (absolute, written, presence) = match &source.value {
        Value::Path(literal) => (
            Some(literal.absolute.clone()),
            shown(literal, context),
            if literal.written.starts_with('/') {
                Presence::Impure
            } else {
                context.workspace.document(&literal.absolute)
            },
        ),
        Value::Text(text) => match text.known() {
            Some(text) if delivery != Delivery::Other && text.starts_with('/') => {
                (Some(text.clone()), text, Presence::Impure)
            }
            Some(text) => (
                None,
                String::new(),
                Presence::Present {
                    characters: text.trim_end().encode_utf16().count(),
                    bytes: text.len() as u64,
                    blank: text.trim().is_empty(),
                },
            ),
            None => (
                None,
                String::new(),
                Presence::Unknown(text.unknown().cloned().unwrap_or(Unknown {
                    subject: None,
                    kind: None,
                    reason: "its path is not known here".into(),
                    span: source.place.primary(),
                })),
            ),
        },
        Value::Unknown(unknown) => {
            // A path below the home directory of whoever evaluates is known to be impure.
            let impure = unknown.kind == Some(Kind::Path) && unknown.reason.starts_with("`~/");
            let written = unknown
                .reason
                .split('`')
                .nth(1)
                .filter(|_| impure)
                .unwrap_or_default()
                .to_string();
            let presence = if impure {
                Presence::Impure
            } else {
                Presence::Unknown(unknown.clone())
            };
            (None, written, presence)
        }
        // JSON that Nix writes into a file.
        _ if source.place.is_file => (
            None,
            String::new(),
            Presence::Unknown(Unknown {
                subject: None,
                kind: None,
                reason: "Nix renders it".into(),
                span: source.place.primary(),
            }),
        ),
        _ => (None, String::new(), Presence::WrongKind),
    };
    Document {
        name,
        delivery,
        source: absolute,
        written,
        presence,
        span: source.place.primary(),
        option,
    }
}

/// OpenClaw is enabled, but none of its instances is.
fn without_instance(options: &Node, root: &str) -> Problem {
    let instances = options.get("instances");
    let message = format!(
        "`{root}` is enabled, but every one of its instances is disabled: nothing is configured"
    );
    let span = instances.and_then(|node| node.place.key.or(node.place.primary()));
    Problem {
        help: Some(
            "enable an instance, or leave `instances` out: then there is one, called `default`"
                .into(),
        ),
        path: Some("instances".into()),
        ..Problem::new(ProblemKind::Assertion, message, span)
    }
}
