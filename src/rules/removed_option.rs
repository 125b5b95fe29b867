//! An option that was removed or renamed.

use super::consequence::by_era;
use super::problems::{report_if, visit_misplaced};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::ProblemKind;
use crate::openclaw::module_options::Standing;
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "removed-option",
    summary: "An option is defined that was removed or renamed",
    consequence: Consequence::NixRejects,
    explanation: "\
nix-openclaw changed its options several times in 2026: what OpenClaw reads moved below `config` at the end of January, \
`firstParty` and `plugins` became `bundledPlugins` and `customPlugins` in February, `documents` became \
`workspace.bootstrapFiles` in June. Which of them hold is decided by the commit that flake.lock pins.

A module in sight may have removed others (`mkRemovedOptionModule`): \"no longer has any effect; please remove it\".",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    firstParty.summarize.enable = true;
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    bundledPlugins.summarize.enable = true;
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::RemovedOption,
        sink,
        // That one has a rule of its own, with the text to write instead.
        &|problem| {
            subject.era < Era::BootstrapFiles
                || !problem
                    .path
                    .as_deref()
                    .is_some_and(|path| path == "documents" || path.ends_with(".documents"))
        },
        &|_, finding| by_era(subject, finding),
    );
    let configuration = subject.configuration;
    // The names that the program had before.
    let renamed = match configuration.option_root.as_str() {
        "programs.clawdbot" => subject.era > Era::Clawdbot,
        "programs.moltbot" => subject.era > Era::Moltbot,
        _ => false,
    };
    if renamed {
        let root = &configuration.option_root;
        let finding = Finding::new(
            INFO.id,
            Consequence::NixRejects,
            format!("`{root}` is called `programs.openclaw` now"),
        )
        .at(configuration
            .options
            .as_ref()
            .and_then(|options| options.place.key)
            .or(configuration.span))
        .path(root)
        .help("write `programs.openclaw`; what OpenClaw reads goes below its `config`");
        sink.findings.push(by_era(subject, finding));
        return;
    }
    visit_misplaced(subject, &mut |option| {
        let Standing::Gone(instead) = option.standing else {
            return;
        };
        let finding = Finding::new(
            INFO.id,
            Consequence::NixRejects,
            format!("the option `{}` is gone", option.path),
        )
        .at(option.node.place.key.or(option.node.place.primary()))
        .path(&option.path)
        .help(match instead.starts_with('`') {
            true => format!("write {instead}"),
            false => instead.to_string(),
        });
        sink.findings.push(by_era(subject, finding));
    });
}
