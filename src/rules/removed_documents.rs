//! `documents` in the era that removed it.

use super::consequence::by_era;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Delivery, Presence, Source};
use crate::openclaw::documents::{REQUIRED_BOOTSTRAP_FILES, bootstrap_key};
use crate::openclaw::tree::Value;
use crate::releases::Era;
use crate::report::finding::{Consequence, Edit, Finding, Fix};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "removed-documents",
    summary: "`documents` was removed; the documents are named one by one now",
    consequence: Consequence::NixRejects,
    explanation: "\
Until June 2026 `programs.openclaw.documents` took a folder. Since then any value of it fails, and the documents are \
named: `workspace.bootstrapFiles.{agents,soul,tools,identity,user}` (all five are required), `heartbeat` where there is \
one, and `workspace.files.\"path\"` for others.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    documents = ./documents;
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
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager || subject.era < Era::BootstrapFiles {
        return;
    }
    let Some(documents) = configuration
        .options
        .as_ref()
        .and_then(|options| options.get("documents"))
        // The option is still there, and nothing is its default.
        .filter(|documents| !matches!(documents.value, Value::Null))
    else {
        return;
    };
    let folder = match &documents.value {
        Value::Path(path) if !path.written.is_empty() => {
            path.written.trim_end_matches('/').to_string()
        }
        _ => "./documents".to_string(),
    };
    let mut lines: Vec<String> = REQUIRED_BOOTSTRAP_FILES
        .iter()
        .map(|(key, document)| format!("  {key} = {folder}/{document};"))
        .collect();
    let has_heartbeat = configuration.documents.iter().any(|document| {
        document.delivery == Delivery::Documents
            && bootstrap_key(&document.name) == Some("heartbeat")
            && matches!(document.presence, Presence::Present { .. })
    });
    if has_heartbeat {
        lines.push(format!("  heartbeat = {folder}/HEARTBEAT.md;"));
    }
    let text = format!("workspace.bootstrapFiles = {{\n{}\n}}", lines.join("\n"));
    let mut finding = Finding::new(
        INFO.id,
        Consequence::NixRejects,
        "`documents` was removed in June 2026: any value of it fails",
    )
    .at(documents.place.key.or(documents.place.primary()))
    .path(format!("{}.documents", configuration.option_root))
    .help(format!("write instead (all five are required):\n{text};"));
    if let (Some(key), Some(definition)) = (documents.place.key, documents.place.definition)
        && key.len() as usize == "documents".len()
        && key.file == definition.file
    {
        finding = finding.fix(Fix {
            title: "Name the documents one by one".to_string(),
            // Files that the folder did not need may be missing.
            safe: false,
            edits: vec![Edit {
                span: key.cover(definition),
                text,
            }],
        });
    }
    sink.findings.push(by_era(subject, finding));
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
    fn nothing_is_its_default() {
        let outcome = crate::rules::testing::module("{documents: null}").run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        let outcome = crate::rules::testing::module("{documents: \"/etc/documents\"}").run(&RULE);
        assert_eq!(outcome.findings.len(), 1);
    }

    #[test]
    fn the_text_to_write_instead() {
        let outcome = options(r#"{documents: "./docs"}"#);
        let found = outcome.run(&RULE);
        assert_eq!(
            found.lines(),
            ["error programs.openclaw.documents: documents"]
        );
        let help = found.only().help.clone().unwrap_or_default();
        assert!(
            help.contains("identity = ./documents/IDENTITY.md;"),
            "{help}"
        );
        assert_eq!(outcome.era(Era::RuntimePlugins).run(&RULE).lines(), [""; 0]);
    }
}
