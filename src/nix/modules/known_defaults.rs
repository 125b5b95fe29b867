//! Defaults of options whose declaration is not in sight, but known: those of nix-openclaw that others read back.

use super::{Class, ModuleSet};
use crate::nix::eval::Evaluator;
use crate::nix::eval::value::{Attr, Attrs, Val};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// Name, and the default as an expression of `config` and the `name` of the instance.
type Default = (&'static str, &'static str);

/// `programs.openclaw`, where nobody sets the state directory: with one, the workspace was elsewhere in some months.
const TOP_LEVEL: &[Default] = &[
    ("stateDir", "\"${config.home.homeDirectory}/.openclaw\""),
    (
        "workspaceDir",
        "\"${config.home.homeDirectory}/.openclaw/workspace\"",
    ),
];

/// `programs.openclaw.instances.<name>`.
const INSTANCE: &[Default] = &[
    (
        "stateDir",
        "\"${config.home.homeDirectory}/.openclaw\" + (if name == \"default\" then \"\" else \"-${name}\")",
    ),
    (
        "workspaceDir",
        "\"${config.programs.openclaw.instances.${name}.stateDir}/workspace\"",
    ),
    (
        "configPath",
        "\"${config.programs.openclaw.instances.${name}.stateDir}/openclaw.json\"",
    ),
    (
        "logPath",
        "\"/tmp/openclaw/openclaw-gateway\" + (if name == \"default\" then \"\" else \"-${name}\") + \".log\"",
    ),
    ("gatewayPort", "18789"),
];

/// Adds the options at a path that nothing defines and whose default is known.
pub(super) fn add(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    path: &[Symbol],
    options: &mut Attrs,
) {
    if set.request.class != Class::HomeManager {
        return;
    }
    let names: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
    let (defaults, instance) = match names.as_slice() {
        ["programs", "openclaw"] if options.get(Symbol::new("stateDir")).is_none() => {
            (TOP_LEVEL, "")
        }
        ["programs", "openclaw", "instances", name] => (INSTANCE, *name),
        _ => return,
    };
    for (name, default) in defaults {
        let option = Symbol::new(name);
        if options.get(option).is_some() {
            continue;
        }
        let value = evaluator.snippet(
            default,
            &["config", "name"].map(Symbol::new),
            vec![set.config(), Val::string(instance).thunk()],
        );
        options.insert(Attr::unwritten(option, value));
    }
}
