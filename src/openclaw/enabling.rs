//! Configurations that nothing enables.

use super::blueprint::Blueprint;
use super::configuration::{Problem, ProblemKind, Reach, Source};
use super::tree::{Lookup, Node};

/// Gives those configurations of a flake that nothing enables a problem that says so, unless another one of it is enabled: then
/// they share a module, and it is meant.
pub fn note(blueprints: &mut [Blueprint]) {
    if blueprints.iter().any(may_be_on) {
        return;
    }
    for blueprint in blueprints {
        if blueprint.reach != Reach::Whole {
            continue;
        }
        let root = &blueprint.option_root;
        let place = &blueprint.options.place;
        let mut problem = Problem::new(
            ProblemKind::NotEnabled,
            format!(
                "nothing sets `{root}.enable`, which is false by default: no openclaw.json and no service come of this"
            ),
            place.key.or(place.primary()),
        );
        problem.path = Some(format!("{root}.enable"));
        problem.help = Some(format!("write `{root}.enable = true;`"));
        blueprint.problems.push(problem);
    }
}

/// Whether something enables a configuration or says that it is off, or may. Home Manager's module takes a declared instance for
/// it, too (`cfg.enable || cfg.instances != { }`, in every release of it since January 2026).
fn may_be_on(blueprint: &Blueprint) -> bool {
    let options = &blueprint.options;
    if options.as_object().is_none() {
        return true;
    }
    match blueprint.source {
        Source::RenderedFile => true,
        Source::NixosService => is_set(options, "enable"),
        Source::HomeManager => {
            is_set(options, "enable")
                || match options.lookup("instances") {
                    Lookup::Absent => false,
                    Lookup::Unknown(_) => true,
                    Lookup::Present(instances) => instances
                        .as_object()
                        .is_none_or(|object| !object.entries.is_empty() || object.open.is_some()),
                }
        }
    }
}

fn is_set(options: &Node, name: &str) -> bool {
    !matches!(options.lookup(name), Lookup::Absent)
}
