//! Files that Nix has to copy for a configuration, beside its modules and documents: what is put in place around OpenClaw, and the
//! encrypted files that secrets come from.

use super::configuration::{Problem, ProblemKind};
use super::documents::is_document;
use super::tree::{Node, PathLiteral, Value};
use crate::workspace::{ReadProblem, Workspace};
use std::rc::Rc;

/// Options whose entries are files, and the attribute of an entry that says where the file is. Home Manager, NixOS, agenix and
/// sops-nix copy each of them into the store whenever the configuration is built.
const FILES: &[(&str, &str)] = &[
    ("home.file", "source"),
    ("xdg.configFile", "source"),
    ("environment.etc", "source"),
    ("age.secrets", "file"),
    ("sops.secrets", "sopsFile"),
];

/// The option that is the file of all secrets that name none.
pub const DEFAULT_SECRETS: &str = "sops.defaultSopsFile";

/// Where NixOS puts files in place that need not be below `/etc`.
const TEMPORARY_FILES: &str = "systemd.tmpfiles";

/// Scripts that Home Manager runs.
const ACTIVATION: &str = "home.activation";

/// The problem that a path of the sources is not there for Nix, if it is not.
pub fn missing(path: &PathLiteral, option: &Node, workspace: &Workspace) -> Option<Problem> {
    let problem = workspace.visibility(&path.absolute).refusal()?;
    let shown = workspace.relative(&path.absolute);
    let mut found = Problem::new(
        ProblemKind::MissingFile,
        format!("`{shown}` {problem}"),
        option.place.primary(),
    );
    if problem == ReadProblem::Untracked {
        found.help = Some(super::from_nix::TRACK.into());
    }
    if problem == ReadProblem::InSubmodule {
        found.help = Some(super::from_nix::SEE_SUBMODULES.into());
        found.may_be_harmless = true;
    }
    Some(found)
}

/// What of the surroundings of a configuration in one world is not there for Nix.
pub fn in_surroundings(
    surroundings: &[(&'static str, Rc<Node>)],
    workspace: &Workspace,
) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut look = |option: &Node| {
        if let Value::Path(path) = &option.value {
            found.extend(missing(path, option, workspace));
        }
        // Texts that name files: "${./AGENTS.md}".
        option.walk(&mut |_, node| {
            if let Value::Failed(problem) = &node.value
                && problem.kind == ProblemKind::MissingFile
            {
                found.push((**problem).clone());
            }
        });
    };
    for (option, node) in surroundings {
        if matches!(*option, DEFAULT_SECRETS | TEMPORARY_FILES | ACTIVATION) {
            look(node);
        }
        if matches!(*option, "systemd.services" | "systemd.user.services") {
            for (_, unit) in node.entries() {
                for file in ["Service.EnvironmentFile", "serviceConfig.EnvironmentFile"] {
                    if let Some(file) = unit.at_keys(file) {
                        look(file);
                    }
                }
            }
        }
        let Some((_, attribute)) = FILES.iter().find(|(known, _)| known == option) else {
            continue;
        };
        let Some(object) = node.as_object() else {
            continue;
        };
        for (name, entry) in &object.entries {
            let is_off = entry.get("enable").and_then(|enable| enable.as_bool()) == Some(false);
            let target = entry.get("target").and_then(|target| target.as_str());
            let target = target.as_deref().unwrap_or(name);
            // Documents have rules of their own.
            if is_off || is_document(target.rsplit('/').next().unwrap_or(target)) {
                continue;
            }
            for file in [*attribute, "text"] {
                if let Some(file) = entry.get(file) {
                    look(file);
                }
            }
        }
    }
    found
}
