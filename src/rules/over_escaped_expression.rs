//! A Nix expression that a backslash turned into text.

use super::secrets::visit_sites;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::placeholders::{Flaw, Form, scan};
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "over-escaped-expression",
    summary: "A Nix expression is escaped and reaches the file as text",
    consequence: Consequence::FailsInUse,
    explanation: "\
In a Nix string `${...}` inserts the value of an expression, and `\\${...}` (in an indented string `''${...}`) stands for \
the characters themselves. Placeholders of OpenClaw (`\\${KIMI_API_KEY}`) need the backslash; Nix expressions such as \
`${config.home.homeDirectory}` must not have it, or OpenClaw gets the characters `${config.home.homeDirectory}`, which \
it does not understand.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.workspace = "\${config.home.homeDirectory}/notes";
  };
}
"#],
    accepted: &[r#"{ config, ... }:
{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.workspace = "${config.home.homeDirectory}/notes";
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    visit_sites(subject, instance, &mut |site| {
        let Some(text) = site.node.as_text() else {
            return;
        };
        if !text.contains('$') {
            return;
        }
        let shown = text.display();
        let prose = site
            .field
            .is_some_and(|field| field.is_prose() && !field.role.is_secret());
        if prose || !shown.contains("${") {
            return;
        }
        let Some(found) = scan(&shown)
            .into_iter()
            .find(|found| found.form == Form::Ignored(Flaw::Expression))
        else {
            return;
        };
        let span = text.locate(found.range.clone()).or(site.span());
        sink.findings.push(
            Finding::new(
                INFO.id,
                Consequence::FailsInUse,
                format!(
                    "the Nix expression `{}` is escaped, so {} gets its text instead of its value",
                    found.name,
                    site.name()
                ),
            )
            .at(span)
            .path(site.path())
            .help(format!(
                "write `${{{}}}` without the backslash (in an indented string without the two quotes)",
                found.name
            )),
        );
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    #[test]
    fn an_expression_that_reached_the_file() {
        let outcome = case(
            r#"{agents: {defaults: {workspace: "${config.home.homeDirectory}/notes"}, list: [{id: "a", systemPrompt: "say ${config.x}"}]}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error agents.defaults.workspace: ${config.home.homeDirectory}"]
        );
    }

    #[test]
    fn variables_are_no_expressions() {
        let outcome =
            case(r#"{agents: {defaults: {workspace: "${HOME}/notes"}}, x: "${process.env.X}"}"#)
                .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }
}
