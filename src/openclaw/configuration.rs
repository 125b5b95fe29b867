//! Configurations as rules see them.

pub use super::problem::{Interpolation, Problem, ProblemKind};
use super::tree::{Condition, Node, Unknown};
use crate::workspace::source::Span;
use std::rc::Rc;

/// What kind of thing configures OpenClaw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// `programs.openclaw` (or its older names) of Home Manager: the module types its `config`.
    HomeManager,
    /// `services.openclaw-gateway` of NixOS: nothing in `config` is typed.
    NixosService,
    /// A rendered file: an openclaw.json, or what Nix code renders with `builtins.toJSON`.
    RenderedFile,
}

/// In which language the values of a configuration are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// Nix.
    Nix,
    /// JSON or JSON5 in a file of its own.
    Json,
    /// The same in an indented string of Nix, `'' { … } ''`.
    JsonInIndentedString,
    /// The same in a quoted string of Nix, `"{ \"gateway\": … }"`.
    JsonInString,
}

impl Language {
    /// Whether a text can take the place of another in the source as it is: in a string of Nix it must need no escapes.
    pub fn takes(self, text: &str) -> bool {
        match self {
            Language::Nix | Language::Json => true,
            Language::JsonInIndentedString => !text.contains("''") && !text.contains("${"),
            Language::JsonInString => !text.contains(['"', '\\']) && !text.contains("${"),
        }
    }
}

/// How much of the surroundings was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Reached from the flake's outputs, or a complete file: what is not there is absent.
    Whole,
    /// A file that no configuration reaches, or that was given by itself: another file may declare more, so
    /// a claim of absence is at most a warning.
    Alone,
}

/// A module that takes part in the configuration and could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnseenModule {
    /// How it is written, or what is known of it.
    pub name: String,
    /// Where it is imported.
    pub span: Option<Span>,
    /// Whether it may add providers and the like: a module of the user's own may, those of nix-openclaw,
    /// Home Manager and other well-known inputs do not.
    pub may_add: bool,
    /// For one that is taken from the input nix-openclaw: which of its outputs it is, `homeManagerModules.openclaw`.
    pub of_openclaw: Option<String>,
}

/// Where a variable of a process comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Provision {
    /// `programs.openclaw.environment`, `instances.<name>.environment`, `services.openclaw-gateway.environment`, or `config.env` of
    /// a plugin.
    ModuleEnvironment,
    /// `Environment=` of the systemd unit or the launchd agent that runs the gateway.
    ServiceEnvironment,
    /// A file whose variables are not known by name (`environmentFiles`, `EnvironmentFile=`).
    ServiceEnvironmentFile,
    /// `env.vars` or `env.<NAME>` of the configuration itself.
    ConfigurationEnvironment,
    /// `home.sessionVariables` or `environment.variables`: seen by shells, not by services.
    SessionVariables,
    /// Named by `--env-file`.
    CommandLine,
}

/// A variable that something provides.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name; `None` for a source whose names are not known (an environment file, an open attribute set).
    pub name: Option<String>,
    /// What provides it.
    pub provision: Provision,
    /// The option of the module whose attribute it is: `programs.openclaw.instances.work.environment`.
    pub option: Option<Rc<str>>,
    /// Its value as far as known; a path for a file that is read at start.
    pub value: Option<Rc<Node>>,
    /// Where it is provided.
    pub span: Option<Span>,
}

impl Variable {
    /// Its path as people write it: that of its option, or of the kind of set that it stands in.
    pub fn path(&self) -> String {
        let name = self.name.as_deref().unwrap_or("?");
        match (self.provision, &self.option) {
            (_, Some(option)) => format!("{option}.{name}"),
            (Provision::SessionVariables, None) => format!("sessionVariables.{name}"),
            _ => format!("environment.{name}"),
        }
    }
}

/// Whether a workspace document is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Presence {
    /// The file is there and Nix can see it: its length after trimming the end, in UTF-16 code units, its size in
    /// bytes, and whether it holds anything but blanks.
    Present {
        /// UTF-16 code units after trimming the end, as OpenClaw counts.
        characters: usize,
        /// Size in bytes.
        bytes: u64,
        /// Nothing but blanks.
        blank: bool,
    },
    /// No such file in the source tree.
    Missing,
    /// On disk, but not tracked by git: Nix does not see it.
    Untracked,
    /// On disk in a git submodule: Nix sees it only where it is told to.
    InSubmodule,
    /// Missing, or not tracked: which of them cannot be told without git.
    MissingOrUntracked,
    /// Leaves the source tree.
    OutsideTree,
    /// Absolute or `~/`: works only with `--impure`.
    Impure,
    /// A directory where a file is needed, or the reverse.
    WrongKind,
    /// It is no regular file: what it is, as "a named pipe".
    Special(&'static str),
    /// Not determined by the sources.
    Unknown(Unknown),
}

/// How a document is handed over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// `programs.openclaw.documents` (a directory; until June 2026).
    Documents,
    /// `programs.openclaw.workspace.bootstrapFiles.<name>`.
    BootstrapFiles,
    /// `programs.openclaw.workspace.files.<path>`.
    WorkspaceFiles,
    /// `home.file`, `environment.etc`, an activation script or another way around the module.
    Other,
}

/// One workspace document.
#[derive(Clone, Debug)]
pub struct Document {
    /// `AGENTS.md`, or the path in the workspace.
    pub name: String,
    /// How it is handed over.
    pub delivery: Delivery,
    /// Where the source is: absolute path as text, if known.
    pub source: Option<String>,
    /// The path as it was written, for messages: `./documents/AGENTS.md`.
    pub written: String,
    /// Whether it is there.
    pub presence: Presence,
    /// Where it is handed over.
    pub span: Option<Span>,
    /// The option path: `programs.openclaw.workspace.bootstrapFiles.agents`.
    pub option: String,
}

/// One instance: a gateway with its own openclaw.json.
#[derive(Clone, Debug)]
pub struct Instance {
    /// `default`, or the attribute name under `instances`.
    pub name: String,
    /// The rendered configuration.
    pub config: Rc<Node>,
    /// Variables that its process will have, as far as the sources tell.
    pub variables: Vec<Variable>,
    /// Runtime plugins that are installed with it; `None` when not known.
    pub runtime_plugins: Option<Vec<(String, Option<Span>)>>,
}

/// One configuration: a user of a host, or a file.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// `homeConfigurations.alice`, `nixosConfigurations.host: home-manager.users.alice`, or the path of a file.
    pub name: String,
    /// What configures OpenClaw.
    pub source: Source,
    /// In which language it is written.
    pub language: Language,
    /// How much of its surroundings was seen.
    pub reach: Reach,
    /// Modules that could not be read.
    pub unseen: Vec<UnseenModule>,
    /// The root of the module's options as text: `programs.openclaw`, `services.openclaw-gateway`; empty for a
    /// rendered file.
    pub option_root: String,
    /// The merged definitions below `option_root` as written (not rendered), for rules on the options.
    pub options: Option<Rc<Node>>,
    /// Its instances.
    pub instances: Vec<Instance>,
    /// Its workspace documents.
    pub documents: Vec<Document>,
    /// Where `enable` is set, or the head of the configuration otherwise.
    pub span: Option<Span>,
    /// What evaluation found wrong in it.
    pub problems: Vec<Problem>,
    /// Assumptions that were made, in plain words.
    pub assumptions: Vec<String>,
    /// Whether an instance's `config` replaces the top-level one as a whole (nix-openclaw until May 2026).
    pub instance_replaces: bool,
    /// The home directory of its user, where that is known.
    pub home_directory: Option<String>,
}

impl Configuration {
    /// The conditions that it depends on, in stable order.
    pub fn conditions(&self) -> Vec<Condition> {
        let mut found = Vec::new();
        for instance in &self.instances {
            instance.config.conditions(&mut found);
        }
        if let Some(options) = &self.options {
            options.conditions(&mut found);
        }
        found
    }

    /// Whether "there is no such thing" can be said with certainty: nothing unseen may add to it.
    pub fn is_complete(&self) -> bool {
        self.reach == Reach::Whole && self.unseen.iter().all(|module| !module.may_add)
    }
}
