//! One alias for two models.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "alias-clash",
    summary: "Two models have the same alias",
    consequence: Consequence::Degrades,
    explanation: "An alias in `agents.defaults.models` stands for one model; upper and lower case do not differ. Of two \
entries with the same alias the last one wins: in an openclaw.json the one that is written last, but Nix sorts the entries by their \
names. An alias that is spelled like the reference of another model hides that model.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.models = {
      "openrouter/auto".alias = "fast";
      "google/gemini-3-flash-preview".alias = "Fast";
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.models = {
      "openrouter/auto".alias = "auto";
      "google/gemini-3-flash-preview".alias = "fast";
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    for (index, alias) in catalogue.aliases.iter().enumerate() {
        let name = alias.name.to_lowercase();
        let first = catalogue.aliases[..index]
            .iter()
            .find(|other| other.name.to_lowercase() == name);
        if let Some(first) = first {
            let winner = catalogue
                .alias(&alias.name)
                .map_or(alias.key.as_str(), |winner| winner.key.as_str());
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!(
                        "the alias `{}` of `{}` is also that of `{}`; OpenClaw takes `{winner}`",
                        alias.name, alias.key, first.key
                    ),
                )
                .at(alias.place.primary())
                .path(&alias.path)
                .related(first.place.primary(), "the same alias")
                .help("Give each model an alias of its own."),
            );
        }
        let hidden = catalogue
            .aliases
            .iter()
            .find(|other| other.key != alias.key && other.key.eq_ignore_ascii_case(&alias.name));
        if let Some(hidden) = hidden {
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!(
                        "the alias `{}` of `{}` hides the model of that name",
                        alias.name, alias.key
                    ),
                )
                .at(alias.place.primary())
                .path(&alias.path)
                .related(hidden.place.primary(), "the model that it hides")
                .help("Choose an alias that is no reference."),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn the_same_alias_in_other_letters_clashes() {
        let outcome = case(
            r#"{agents: {defaults: {models: {"openai/gpt-5.5": {alias: "a"}, "openai/gpt-5": {alias: "A"}, "x/y": {alias: "b"}}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["warning agents.defaults.models.\"openai/gpt-5\".alias: \"A\""]
        );
    }

    #[test]
    fn of_a_file_the_last_as_written_wins_and_of_what_nix_renders_the_last_by_name() {
        const TEXT: &str = r#"{agents: {defaults: {models: {"anthropic/claude-sonnet-4-6": {alias: "a"}, "anthropic/claude-opus-4-6": {alias: "a"}}}}}"#;
        let file = case(TEXT).run(&RULE);
        let winner = |message: &str| message.rsplit_once("takes ").unwrap().1.to_string();
        assert_eq!(winner(&file.only().message), "`anthropic/claude-opus-4-6`");
        let rendered = case(TEXT).home_manager(&[]).run(&RULE);
        assert_eq!(
            winner(&rendered.only().message),
            "`anthropic/claude-sonnet-4-6`"
        );
    }
}
