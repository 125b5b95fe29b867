//! `workspace.bootstrapFiles` without one of its five documents.

use super::consequence::absence;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::alternatives;
use crate::nearest::is_one_step;
use crate::openclaw::configuration::Source;
use crate::openclaw::documents::REQUIRED_BOOTSTRAP_FILES;
use crate::openclaw::tree::{Lookup, Value};
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "incomplete-bootstrap-files",
    summary: "`workspace.bootstrapFiles` lacks a document that it requires",
    consequence: Consequence::NixRejects,
    explanation: "\
Once `workspace.bootstrapFiles` is set, `agents`, `soul`, `tools`, `identity` and `user` are all required: \"The option \
... was accessed but has no value defined\". `heartbeat` is optional.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    workspace.bootstrapFiles = {
      agents = ./documents/AGENTS.md;
      soul = ./documents/SOUL.md;
    };
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    workspace.bootstrapFiles = {
      agents = ./documents/AGENTS.md;
      soul = ./documents/SOUL.md;
      tools = ./documents/TOOLS.md;
      identity = ./documents/IDENTITY.md;
      user = ./documents/USER.md;
    };
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    if subject.configuration.source != Source::HomeManager || subject.era < Era::BootstrapFiles {
        return;
    }
    let Some(files) = subject
        .configuration
        .options
        .as_ref()
        .and_then(|options| options.at_keys("workspace.bootstrapFiles"))
    else {
        return;
    };
    if files.as_object().is_none() {
        return;
    }
    let lacking: Vec<(&str, &str)> = REQUIRED_BOOTSTRAP_FILES
        .iter()
        .copied()
        .filter(|(key, _)| match files.lookup(key) {
            Lookup::Absent => true,
            Lookup::Present(node) => matches!(node.value, Value::Null),
            Lookup::Unknown(_) => false,
        })
        // Nix stops at the name that is no option.
        .filter(|(key, _)| !files.entries().any(|(name, _)| is_one_step(name, key)))
        .collect();
    if lacking.is_empty() {
        return;
    }
    let names = alternatives(lacking.iter().map(|(key, _)| *key)).replace(" or ", " and ");
    // The folder of a document that is there tells where the others would be.
    let folder = files
        .as_object()
        .into_iter()
        .flat_map(|files| files.entries.values())
        .find_map(|node| match &node.value {
            Value::Path(path) => path
                .written
                .rsplit_once('/')
                .map(|(folder, _)| folder.to_string()),
            _ => None,
        })
        .unwrap_or_else(|| "./documents".to_string());
    let add: Vec<String> = lacking
        .iter()
        .map(|(key, document)| format!("`{key} = {folder}/{document};`"))
        .collect();
    let finding = Finding::new(
        INFO.id,
        Consequence::NixRejects,
        format!("`workspace.bootstrapFiles` lacks {names}"),
    )
    .at(files.place.key.or(files.place.primary()))
    .path(format!(
        "{}.workspace.bootstrapFiles",
        subject.configuration.option_root
    ))
    .help(format!("add {}", add.join(" ")));
    sink.findings.push(absence(subject, finding));
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::json::{Dialect, parse};
    use crate::workspace::source::FileId;

    fn options(text: &'static str) -> crate::rules::testing::Case {
        case(text).home_manager(&[]).configuration(|configuration| {
            let root = parse(text, Some(FileId(0)), Dialect::Json5)
                .map(|parsed| parsed.root)
                .ok();
            configuration.options = root;
            configuration.instances[0].config =
                crate::openclaw::testing::node(&serde_json::json!({}));
        })
    }

    #[test]
    fn all_five_are_required() {
        let outcome = options(
            r#"{workspace: {bootstrapFiles: {agents: "a", soul: "b", tools: null, identity: "d"}}}"#,
        );
        let found = outcome.run(&RULE);
        assert_eq!(
            found.lines(),
            ["error programs.openclaw.workspace.bootstrapFiles: bootstrapFiles"]
        );
        assert!(found.only().message.ends_with("lacks `tools` and `user`"));
        assert_eq!(outcome.era(Era::RuntimePlugins).run(&RULE).lines(), [""; 0]);
    }

    #[test]
    fn complete_or_not_set() {
        for text in [
            r#"{workspace: {bootstrapFiles: {agents: "a", soul: "b", tools: "c", identity: "d", user: "e"}}}"#,
            r#"{workspace: {bootstrapFiles: null}}"#,
            r#"{workspace: {files: {}}}"#,
        ] {
            assert_eq!(options(text).run(&RULE).lines(), [""; 0], "{text}");
        }
    }
}
