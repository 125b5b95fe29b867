//! What several rules look at, worked out once.

use super::Subject;
use super::consequence::is_typed;
use super::variable_names;
use crate::openclaw::configuration::{Configuration, Instance, Source};
use crate::openclaw::credentials::{self, Field, Role, Roles, is_secret_variable};
use crate::openclaw::model_reference::{self, References};
use crate::openclaw::path::{ConfigPath, Segment};
use crate::openclaw::providers::Catalogue;
use crate::openclaw::references;
use crate::openclaw::replaced_config::{self, Replaced};
use crate::openclaw::schema_check::{self, Issue, is_tolerated};
use crate::openclaw::tree::Node;
use crate::releases::{Release, Version};
use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

/// What rules worked out for the instances of one configuration in one world and for one release. It starts empty, and each part
/// is made when the first rule asks for it.
#[derive(Debug, Default)]
pub struct Shared {
    instances: RefCell<Vec<(*const Instance, Rc<OfInstance>)>>,
}

#[derive(Debug, Default)]
struct OfInstance {
    catalogue: OnceCell<Rc<Catalogue>>,
    model_references: OnceCell<Rc<References>>,
    secret_references: OnceCell<Rc<[references::Reference]>>,
    field_roles: OnceCell<Rc<Roles>>,
    variable_roles: OnceCell<Rc<[Role]>>,
    unread_variables: OnceCell<Rc<[usize]>>,
    refusals: OnceCell<Rc<Refusals>>,
    replaced: OnceCell<Option<Rc<Replaced>>>,
}

/// What a release refuses in an instance's configuration.
#[derive(Debug, Default)]
pub struct Refusals {
    /// Where it is certain.
    pub certain: Vec<Issue>,
    /// Where the release is a guess, and another one that may be meant takes it: that one.
    pub of_some: Vec<(Issue, Version)>,
}

impl Subject<'_> {
    /// What is known of an instance already; instances are told apart by where they are in memory, where they stay while rules run.
    fn of(&self, instance: &Instance) -> Rc<OfInstance> {
        let address = std::ptr::from_ref(instance);
        let mut instances = self.shared.instances.borrow_mut();
        if let Some((_, known)) = instances.iter().find(|(known, _)| *known == address) {
            return Rc::clone(known);
        }
        let new = Rc::new(OfInstance::default());
        instances.push((address, Rc::clone(&new)));
        new
    }

    /// What an instance can refer to.
    pub fn catalogue(&self, instance: &Instance) -> Rc<Catalogue> {
        let of = self.of(instance);
        Rc::clone(
            of.catalogue.get_or_init(|| {
                Rc::new(Catalogue::new(self.configuration, instance, self.release))
            }),
        )
    }

    /// All references to models in an instance's configuration, as far as the release has places for them.
    pub fn references(&self, instance: &Instance) -> Rc<References> {
        let of = self.of(instance);
        Rc::clone(
            of.model_references
                .get_or_init(|| Rc::new(model_reference::collect(&instance.config, self.release))),
        )
    }

    /// All references to secrets in an instance's configuration.
    pub fn secret_references(&self, instance: &Instance) -> Rc<[references::Reference]> {
        let of = self.of(instance);
        Rc::clone(
            of.secret_references.get_or_init(|| {
                references::collect(&instance.config, &self.roles(instance)).into()
            }),
        )
    }

    /// Which variables of an instance's process no placeholder names, by their index.
    pub(super) fn unread_variables(&self, instance: &Instance) -> Rc<[usize]> {
        let of = self.of(instance);
        Rc::clone(of.unread_variables.get_or_init(|| {
            variable_names::unread(instance, &self.secret_references(instance)).into()
        }))
    }

    /// Walks over the fields of an instance's configuration as [`credentials::visit`] does.
    pub fn visit_fields(&self, instance: &Instance, visit: &mut dyn FnMut(&Field<'_>)) {
        credentials::visit_with(&instance.config, &self.roles(instance), visit);
    }

    /// What the fields of an instance's configuration hold.
    fn roles(&self, instance: &Instance) -> Rc<Roles> {
        let of = self.of(instance);
        let roles = of
            .field_roles
            .get_or_init(|| Rc::new(Roles::of(&instance.config)));
        Rc::clone(roles)
    }

    /// Everything for which the release refuses an instance's configuration. Of a guessed release that is certain which every
    /// plausible release refuses too, whatever it says of it: one does not know the key, another wants a number there.
    pub fn refusals(&self, instance: &Instance) -> Rc<Refusals> {
        let of = self.of(instance);
        Rc::clone(of.refusals.get_or_init(|| {
            // The types of the Home Manager module refuse also what the program would read.
            let refused_by = |release: &Release| {
                let mut issues = schema_check::refusals(instance, release);
                if !is_typed(self.configuration) {
                    issues.retain(|issue| !is_tolerated(issue, &instance.config, release));
                }
                issues
            };
            let mut certain = refused_by(self.release);
            let mut of_some = Vec::new();
            let others: &[Release] = match self.release_is_certain {
                true => &[],
                false => self.plausible,
            };
            for other in others {
                // Of a release without a schema nothing can be said, so it does not speak for the configuration.
                if certain.is_empty() || other.schema().is_none() {
                    continue;
                }
                let theirs = refused_by(other);
                let theirs: HashSet<Vec<Segment>> =
                    theirs.iter().map(|issue| issue.written_path().0).collect();
                let is_refused = |issue: &Issue| {
                    let steps = issue.written_path().0;
                    (0..=steps.len()).any(|length| theirs.contains(&steps[..length]))
                };
                let (refused, taken): (Vec<Issue>, Vec<Issue>) =
                    certain.into_iter().partition(is_refused);
                certain = refused;
                of_some.extend(taken.into_iter().map(|issue| (issue, other.version())));
            }
            if let Some(schema) = self.release.schema() {
                schema_check::look_elsewhere(&mut certain, schema);
            }
            Rc::new(Refusals { certain, of_some })
        }))
    }

    /// What is wrong in a top-level `config` that an instance replaces, if it replaces one.
    pub fn replaced(&self, instance: &Instance) -> Option<Rc<Replaced>> {
        let of = self.of(instance);
        of.replaced
            .get_or_init(|| {
                replaced_config::replaced(self.configuration, instance, self.release).map(Rc::new)
            })
            .clone()
    }

    /// What each variable that is provided to an instance holds by its name, in their order.
    pub fn variable_roles(&self, instance: &Instance) -> Rc<[Role]> {
        let of = self.of(instance);
        Rc::clone(of.variable_roles.get_or_init(|| {
            instance
                .variables
                .iter()
                .map(|variable| match &variable.name {
                    Some(name) if is_secret_variable(name) => Role::SecretVariable,
                    _ => Role::Variable,
                })
                .collect()
        }))
    }
}

/// How a plugin is told to be missing, and how it is installed: the end of a message, and a sentence without its full stop.
/// The NixOS service has no option for it (nix-openclaw 910c1ce, nix/modules/nixos/openclaw-gateway.nix).
pub(super) fn missing_plugin(subject: Subject<'_>, plugin: &str) -> (&'static str, String) {
    match subject.configuration.source {
        Source::HomeManager => (
            "which `runtimePlugins` does not list",
            format!(
                "Add `{}.runtimePlugins = [ \"{plugin}\" ];`",
                subject.configuration.option_root
            ),
        ),
        Source::NixosService | Source::RenderedFile => (
            "which nothing here installs",
            format!(
                "Only the Home Manager module installs it (`programs.openclaw.runtimePlugins = [ \"{plugin}\" ];`)"
            ),
        ),
    }
}

/// The agents that a configuration declares, in `agents.list` and in `agents.entries`, each with its path.
pub(super) fn declared_agents(config: &Node) -> Vec<(ConfigPath, &Rc<Node>)> {
    let list = config
        .at_keys("agents.list")
        .and_then(|list| list.as_list());
    let listed = list.iter().flat_map(|list| list.items.iter().enumerate());
    let entries = config
        .at_keys("agents.entries")
        .and_then(|entries| entries.as_object());
    let named = entries.iter().flat_map(|entries| &entries.entries);
    listed
        .map(|(index, agent)| (ConfigPath::keys("agents.list").index(index), agent))
        .chain(named.map(|(id, agent)| (ConfigPath::keys("agents.entries").key(id.clone()), agent)))
        .collect()
}

/// Whether a configuration is one for macOS, by its kind or by the folder in which its user lives.
pub(super) fn is_for_macos(configuration: &Configuration) -> bool {
    configuration.name.starts_with("darwinConfigurations.") || lives_below(configuration, "/Users/")
}

/// Whether a configuration is one for Linux, in the same way.
pub(super) fn is_for_linux(configuration: &Configuration) -> bool {
    configuration.name.starts_with("nixosConfigurations.") || lives_below(configuration, "/home/")
}

fn lives_below(configuration: &Configuration, folder: &str) -> bool {
    configuration.instances.iter().any(|instance| {
        instance
            .config
            .at_keys("agents.defaults.workspace")
            .and_then(|workspace| workspace.as_text().map(|text| text.known_prefix()))
            .is_some_and(|workspace| workspace.starts_with(folder))
    })
}
