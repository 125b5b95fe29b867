//! `explain RULE`: what a rule is about, with examples.

use super::arguments::ExplainArguments;
use super::{exit_code, markdown, output, rule_ids};
use crate::report::{documentation_url, summary};
use crate::rules::{RuleInfo, registry};
use std::fmt::Write;

pub(super) fn run(arguments: &ExplainArguments) -> u8 {
    let Some(rule) = registry::find(&arguments.rule) else {
        output::complain(&rule_ids::unknown(&arguments.rule));
        return exit_code::USAGE;
    };
    let text = markdown::to_terminal(
        &page(rule.info),
        output::color(arguments.color),
        output::width(),
    );
    output::print(&text, exit_code::CLEAN)
}

/// The explanation of a rule in Markdown, the same for the terminal and for the documentation.
pub fn page(info: &RuleInfo) -> String {
    let mut text = format!(
        "# {}\n\n{}.\n\n**If you leave it**: {} ({}, {} by default)\n\n{}\n",
        info.id,
        info.summary,
        summary::consequence_sentence(info.consequence),
        summary::consequence_id(info.consequence),
        summary::severity(info.consequence.default_severity()),
        info.explanation.trim()
    );
    for (title, examples) in [("Reported", info.refused), ("Not reported", info.accepted)] {
        for example in examples {
            // Writing to a string does not fail.
            let _ = write!(
                text,
                "\n## {title}\n\n```nix\n{}\n```\n",
                example.trim_end()
            );
        }
    }
    let _ = write!(text, "\n{}\n", documentation_url(info.id));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::finding::Consequence;

    #[test]
    fn a_page_has_the_consequence_and_both_kinds_of_examples() {
        let info = RuleInfo {
            id: "some-rule",
            summary: "something is wrong",
            consequence: Consequence::FailsInUse,
            explanation: "Because.",
            refused: &["{ bad = 1; }\n"],
            accepted: &["{ good = 1; }\n"],
        };
        let page = page(&info);
        assert!(page.starts_with("# some-rule\n\nsomething is wrong.\n"));
        assert!(page.contains("(fails-in-use, error by default)"));
        assert!(page.contains("## Reported\n\n```nix\n{ bad = 1; }\n```\n"));
        assert!(page.contains("## Not reported\n\n```nix\n{ good = 1; }\n```\n"));
    }
}
