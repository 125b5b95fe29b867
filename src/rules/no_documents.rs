//! No workspace documents at all.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Problem, ProblemKind, Source};
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "no-documents",
    summary: "No workspace document is provided",
    consequence: Consequence::Advice,
    explanation: "\
AGENTS.md, SOUL.md, TOOLS.md, IDENTITY.md and USER.md tell the agent who it is and what it may do. Without them OpenClaw \
works, with what it makes up in the workspace itself. Nothing is wrong with that; it is only easy to forget.",
    refused: &[r#"{
  programs.openclaw.enable = true;
}
"#],
    accepted: &[r#"{
  programs.openclaw.enable = true;
  home.file.".openclaw/workspace/AGENTS.md".text = "Ask before anything leaves this machine.";
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager
        || !configuration.documents.is_empty()
        || configuration.instances.is_empty()
        || !configuration.is_complete()
    {
        return;
    }
    // Options that do not exist where they are set are told as that.
    let is_misplaced = |problem: &Problem| {
        matches!(
            problem.kind,
            ProblemKind::UnknownRoot | ProblemKind::UnknownOption
        ) && problem.span.is_some()
            && problem.span == configuration.options.as_ref().and_then(|it| it.place.key)
    };
    if configuration.problems.iter().any(is_misplaced) {
        return;
    }
    if let Some(options) = &configuration.options
        && ["documents", "workspace"]
            .iter()
            .any(|key| !matches!(options.lookup(key), crate::openclaw::tree::Lookup::Absent))
    {
        return;
    }
    let option = if subject.era >= Era::BootstrapFiles {
        "`workspace.bootstrapFiles`"
    } else {
        "`documents`"
    };
    sink.findings.push(
        Finding::new(
            INFO.id,
            Consequence::Advice,
            "no workspace document is provided, so the agent starts without instructions",
        )
        .at(configuration.span)
        .path(&configuration.option_root)
        .help(format!(
            "provide AGENTS.md and its companions with {option}"
        )),
    );
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    #[test]
    fn a_note_where_nothing_is_provided() {
        let home = case("{}").home_manager(&[]).configuration(|configuration| {
            configuration.span = configuration.instances[0].config.place.primary();
        });
        assert_eq!(
            home.run(&RULE).only().severity,
            crate::report::finding::Severity::Note
        );
        assert_eq!(home.alone().run(&RULE).lines(), [""; 0]);
        assert_eq!(case("{}").run(&RULE).lines(), [""; 0]);
    }
}
