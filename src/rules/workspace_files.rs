//! Keys of `workspace.files` that the module refuses.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Source;
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "workspace-files",
    summary: "A key of `workspace.files` is no path below the workspace, or a file that OpenClaw keeps itself",
    consequence: Consequence::NixRejects,
    explanation: "The keys of `workspace.files` are paths below the workspace: relative, without `.`, `..` or empty parts, and \
without a slash at the end. The documents that OpenClaw reads at the start of a session belong in `workspace.bootstrapFiles`; \
`BOOTSTRAP.md`, `MEMORY.md` and `memory/` are OpenClaw's own. The module's assertions stop `home-manager switch` otherwise.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    workspace.files."MEMORY.md" = ./documents/MEMORY.md;
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    workspace.files."notes/LORE.md" = ./documents/LORE.md;
  };
}"#],
};

/// Documents that have an option of their own.
static BOOTSTRAP: &[(&str, &str)] = &[
    ("AGENTS.md", "agents"),
    ("SOUL.md", "soul"),
    ("TOOLS.md", "tools"),
    ("IDENTITY.md", "identity"),
    ("USER.md", "user"),
    ("HEARTBEAT.md", "heartbeat"),
];

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager || subject.era < Era::BootstrapFiles {
        return;
    }
    let Some(files) = configuration
        .options
        .as_ref()
        .and_then(|options| options.at_keys("workspace.files"))
        .and_then(|files| files.as_object())
    else {
        return;
    };
    for (key, node) in &files.entries {
        let Some((message, help)) = judge(key) else {
            continue;
        };
        sink.findings.push(
            Finding::new(INFO.id, Consequence::NixRejects, message)
                .at(node.place.key.or(node.place.primary()))
                .path(format!(
                    "{}.workspace.files.\"{key}\"",
                    configuration.option_root
                ))
                .help(help),
        );
    }
}

/// What is wrong with a key, and what to write.
fn judge(key: &str) -> Option<(String, String)> {
    let is_path = key
        .split('/')
        .all(|part| !part.is_empty() && part != "." && part != "..")
        && !key.contains(['\t', '\n']);
    if !is_path {
        return Some((
            format!("`{key}` is no path below the workspace"),
            "Write a relative path without `.`, `..` and empty parts.".to_string(),
        ));
    }
    let first = key.split('/').next().unwrap_or_default();
    if let Some((_, option)) = BOOTSTRAP.iter().find(|(name, _)| *name == first) {
        return Some((
            format!("`{first}` is a document that OpenClaw reads at the start of a session"),
            format!("Set `workspace.bootstrapFiles.{option}` instead."),
        ));
    }
    if matches!(first, "BOOTSTRAP.md" | "MEMORY.md" | "memory") {
        return Some((
            format!("`{first}` is written by OpenClaw itself"),
            "Leave it out, or give the file another name.".to_string(),
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::module;

    #[test]
    fn keys_are_paths_below_the_workspace_that_nobody_else_owns() {
        let outcome = module(
            r#"{workspace: {files: {"../x": "", "/etc/x": "", "AGENTS.md": "", "MEMORY.md": "", "a/./b": "",
                "memory/x.md": "", "notes/": "", "notes/LORE.md": "", "memory.md": ""}}}"#,
        )
        .run(&RULE);
        let keys: Vec<&str> = outcome
            .findings
            .iter()
            .filter_map(|finding| finding.path.as_deref())
            .collect();
        assert_eq!(
            keys,
            [
                "../x",
                "/etc/x",
                "AGENTS.md",
                "MEMORY.md",
                "a/./b",
                "memory/x.md",
                "notes/"
            ]
            .map(|key| format!("programs.openclaw.workspace.files.\"{key}\""))
        );
    }
}
