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
    ("enable", "true"),
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
    ("gatewayPath", "null"),
];

/// Sets of options in both: of `programs.openclaw` itself as of an instance that is called `default`.
const SERVICES: &[(&str, &[Default])] = &[
    (
        "launchd",
        &[
            ("enable", "true"),
            (
                "label",
                "\"com.steipete.openclaw.gateway\" + (if name == \"default\" then \"\" else \".${name}\")",
            ),
        ],
    ),
    (
        "systemd",
        &[
            ("enable", "true"),
            (
                "unitName",
                "\"openclaw-gateway\" + (if name == \"default\" then \"\" else \"-${name}\")",
            ),
        ],
    ),
];

/// Sets of options of an instance.
const OF_INSTANCE: &[(&str, &[Default])] = &[(
    "appDefaults",
    &[
        ("enable", "name == \"default\""),
        ("attachExistingOnly", "true"),
    ],
)];

/// Options that hold further options, with the defaults of those.
type Nested = Vec<(&'static str, &'static [Default])>;

/// What is known below a path of options: the defaults there, those of the sets of options there, and the name of the instance.
fn known_at<'p>(names: &[&'p str]) -> Option<(&'static [Default], Nested, &'p str)> {
    let (of_program, rest) = names.split_at_checked(2)?;
    if of_program != ["programs", "openclaw"] {
        return None;
    }
    let (defaults, nested, name, rest): (&[Default], Nested, &str, &[&str]) = match rest {
        ["instances"] => return None,
        ["instances", name, rest @ ..] => (INSTANCE, [SERVICES, OF_INSTANCE].concat(), name, rest),
        rest => (TOP_LEVEL, SERVICES.to_vec(), "default", rest),
    };
    match rest {
        [] => Some((defaults, nested, name)),
        [set] => {
            let (_, defaults) = nested.into_iter().find(|(nested, _)| nested == set)?;
            Some((defaults, Vec::new(), name))
        }
        _ => None,
    }
}

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
    let Some((defaults, nested, instance)) = known_at(&names) else {
        return;
    };
    if !(names.len() == 2 && options.get(Symbol::new("stateDir")).is_some()) {
        add_defaults(evaluator, set, defaults, instance, options);
    }
    for (name, defaults) in nested {
        let option = Symbol::new(name);
        if options.get(option).is_some() {
            continue;
        }
        let mut inner = Attrs::new();
        add_defaults(evaluator, set, defaults, instance, &mut inner);
        inner.open = Some(set.undefined_option(evaluator, &[path, &[option]].concat()));
        options.insert(Attr::unwritten(option, Val::attrs(inner).thunk()));
    }
}

fn add_defaults(
    evaluator: &mut Evaluator,
    set: &Rc<ModuleSet>,
    defaults: &[Default],
    instance: &str,
    options: &mut Attrs,
) {
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
