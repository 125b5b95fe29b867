//! A skill that comes from a folder that nobody names.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Source;
use crate::openclaw::module_options::SKILL;
use crate::openclaw::tree::Value;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "incomplete-skill",
    summary: "A skill has no `name` or no `source`",
    consequence: Consequence::NixRejects,
    explanation: "Unless `mode = \"inline\"` says that the text of a skill is its `body`, nix-openclaw takes it from the folder `source`. \
Without one `home-manager switch` stops with \"cannot coerce null to a string\", until May 2026 while it makes a link to nothing; \
evaluating the options alone does not show it.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    skills = [ { name = "notes"; description = "Takes notes"; body = "Take notes."; } ];
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    skills = [
      { name = "notes"; description = "Takes notes"; mode = "inline"; body = "Take notes."; }
      { name = "house"; source = "${./skills/house}"; }
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
    for (index, skill) in skills.items.iter().enumerate() {
        let Some(object) = skill.as_object().filter(|object| object.open.is_none()) else {
            continue;
        };
        if !object.entries.contains_key("name") {
            sink.findings.push(
                Finding::new(INFO.id, Consequence::NixRejects, "this skill has no `name`")
                    .at(skill.place.primary())
                    .path(format!("{}.skills[{index}]", configuration.option_root))
                    .help("Add `name`: the folder of the skill is called so."),
            );
            continue;
        }
        let is_folder = match object.entries.get("mode") {
            None => true,
            Some(mode) => matches!(mode.as_str().as_deref(), Some("symlink" | "copy")),
        };
        let has_source = object
            .entries
            .get("source")
            .is_some_and(|source| !matches!(source.value, Value::Null));
        // Nix stops at a name that is no option, which is what the other one was meant to be.
        let is_misspelt = object
            .entries
            .keys()
            .any(|key| SKILL.iter().all(|option| option.name != key));
        if !is_folder || has_source || is_misspelt {
            continue;
        }
        let name = object.entries.get("name").and_then(|name| name.as_str());
        let body = object.entries.get("body");
        sink.findings.push(
            Finding::new(
                INFO.id,
                Consequence::NixRejects,
                match name {
                    Some(name) => format!("the skill `{name}` has no `source`"),
                    None => "this skill has no `source`".to_string(),
                },
            )
            .at(body
                .and_then(|body| body.place.key)
                .or(skill.place.primary()))
            .path(format!("{}.skills[{index}]", configuration.option_root))
            .help(if body.is_some() {
                "Add `mode = \"inline\";`: only then `body` is used."
            } else {
                "Set `source` to the folder with its SKILL.md, or `mode = \"inline\";` and `body`."
            }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::module;

    #[test]
    fn a_folder_is_needed_unless_the_text_is_inline() {
        let outcome = module(
            r#"{skills: [{name: "a"}, {name: "b", mode: "copy", source: null}, {name: "c", mode: "inline"},
                {name: "d", source: "/s"}, {name: "f", src: "/s"}, {source: "/s"}, {name: "e", mode: {$unknown: "?"}}, {$unknown: "?"}]}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error programs.openclaw.skills[0]: {name: \"a\"}",
                "error programs.openclaw.skills[1]: {name: \"b\", mode: \"copy\", source: null}",
                "error programs.openclaw.skills[5]: {source: \"/s\"}",
            ]
        );
    }
}
