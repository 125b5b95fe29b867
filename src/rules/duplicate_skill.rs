//! Two skills of the same name.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Source;
use crate::openclaw::tree::Node;
use crate::report::finding::{Consequence, Finding};
use crate::workspace::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "duplicate-skill",
    summary: "Two skills have the same name",
    consequence: Consequence::NixRejects,
    explanation: "Each skill becomes a folder of its name. Two skills of one name fail an assertion of the module, which \
stops `home-manager switch`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    skills = [
      { name = "notes"; description = "Takes notes"; mode = "inline"; body = "Take notes."; }
      { name = "notes"; description = "Reads notes"; mode = "inline"; body = "Read notes."; }
    ];
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    skills = [
      { name = "take-notes"; description = "Takes notes"; mode = "inline"; body = "Take notes."; }
      { name = "read-notes"; description = "Reads notes"; mode = "inline"; body = "Read notes."; }
    ];
  };
}"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager {
        return;
    }
    let Some(skills) = configuration
        .options
        .as_ref()
        .and_then(|options| options.get("skills"))
        .and_then(|skills| skills.as_list())
    else {
        return;
    };
    let mut seen: Vec<(String, Option<Span>)> = Vec::new();
    for (index, skill) in skills.items.iter().enumerate() {
        let Some(name) = skill.get("name") else {
            continue;
        };
        let Some(text) = name.as_str() else { continue };
        let span = span(name);
        if let Some((_, first)) = seen.iter().find(|(known, _)| *known == text) {
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::NixRejects,
                    format!("there are two skills named `{text}`"),
                )
                .at(span)
                .path(format!(
                    "{}.skills[{index}].name",
                    configuration.option_root
                ))
                .related(*first, "the first one")
                .help("Give it another name."),
            );
        } else {
            seen.push((text, span));
        }
    }
}

fn span(node: &Node) -> Option<Span> {
    node.place.primary()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::module;

    #[test]
    fn names_are_taken_once() {
        let outcome = module(r#"{skills: [{name: "a"}, {name: "b"}, {name: "a"}]}"#).run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error programs.openclaw.skills[2].name: \"a\""]
        );
    }
}
