//! `"${KIMI_API_KEY}"` in Nix, where `"\${KIMI_API_KEY}"` is meant.

use super::problems::report_if;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Problem, ProblemKind};
use crate::openclaw::placeholders::is_variable_name;
use crate::report::finding::{Consequence, Edit, Fix};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unescaped-placeholder",
    summary: "A placeholder of OpenClaw lacks the backslash that keeps Nix from reading it",
    consequence: Consequence::NixRejects,
    explanation: "\
`${...}` in a Nix string inserts the value of a Nix expression, so `\"${KIMI_API_KEY}\"` asks for a Nix variable of that \
name, which does not exist: \"undefined variable 'KIMI_API_KEY'\". What OpenClaw is to replace when it starts needs a \
backslash, `\"\\${KIMI_API_KEY}\"`, or in an indented string two quotes, `''...''${KIMI_API_KEY}...''`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/kimi-api-key";
    config.models.providers.kimi = {
      baseUrl = "https://api.kimi.com/coding/v1";
      api = "openai-completions";
      apiKey = "${KIMI_API_KEY}";
      models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
    };
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/kimi-api-key";
    config.models.providers.kimi = {
      baseUrl = "https://api.kimi.com/coding/v1";
      api = "openai-completions";
      apiKey = "\${KIMI_API_KEY}";
      headers.X-Team = ''''${KIMI_API_KEY}'';
      models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
    };
  };
}
"#],
};

/// Whether an undefined variable is rather one of the environment: in an interpolation, in capitals.
pub(super) fn is_meant_for_openclaw(problem: &Problem) -> bool {
    problem.interpolation.is_some()
        && problem
            .subject
            .as_deref()
            .is_some_and(|name| is_variable_name(name) && name.len() > 1)
}

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::UndefinedVariable,
        sink,
        &is_meant_for_openclaw,
        &|problem, mut finding| {
            let (Some(name), Some(interpolation)) = (&problem.subject, problem.interpolation)
            else {
                return finding;
            };
            let (escaped, kind) = if interpolation.indented {
                (format!("''${{{name}}}"), "an indented string")
            } else {
                (format!("\\${{{name}}}"), "a string")
            };
            finding.message =
                format!("`${{{name}}}` asks for a Nix variable `{name}`, which does not exist");
            let finding = finding.help(format!(
                "write `{escaped}`: in {kind} that keeps Nix from reading it, and OpenClaw replaces it when it starts"
            ));
            match interpolation.with_escape {
                Some(span) => finding.fix(Fix {
                    title: format!("Write `{escaped}`"),
                    safe: true,
                    edits: vec![Edit {
                        span,
                        text: escaped,
                    }],
                }),
                None => finding,
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::{Interpolation, Problem};
    use crate::workspace::source::{FileId, Span};

    fn undefined(text: &str, name: &str, indented: Option<bool>) -> crate::rules::testing::Case {
        let start = text.find(name).unwrap_or(0) as u32;
        let end = start + name.len() as u32;
        let mut problem = Problem::new(
            ProblemKind::UndefinedVariable,
            format!("undefined variable `{name}`"),
            Some(Span::new(FileId(0), start, end)),
        );
        problem.subject = Some(name.to_string());
        problem.path = Some(String::new());
        problem.interpolation = indented.map(|indented| Interpolation {
            span: Span::new(FileId(0), start - 2, end + 1),
            with_escape: Some(Span::new(FileId(0), start - 2, end + 1)),
            indented,
        });
        case(text)
            .home_manager(&[])
            .configuration(|configuration| configuration.problems = vec![problem])
    }

    #[test]
    fn both_kinds_of_strings_get_their_escape() {
        let outcome =
            undefined(r#"{a: "${KIMI_API_KEY}"}"#, "KIMI_API_KEY", Some(false)).run(&RULE);
        assert_eq!(outcome.fixed(), r#"{a: "\${KIMI_API_KEY}"}"#);
        assert!(outcome.only().fix.as_ref().is_some_and(|fix| fix.safe));
        let outcome = undefined(r#"{a: "x ${TOKEN}"}"#, "TOKEN", Some(true)).run(&RULE);
        assert_eq!(outcome.fixed(), r#"{a: "x ''${TOKEN}"}"#);
        assert!(
            outcome
                .only()
                .help
                .as_deref()
                .is_some_and(|help| help.contains("''${TOKEN}"))
        );
    }

    #[test]
    fn other_variables_are_told_by_the_other_rule() {
        for (name, interpolation) in [("kimiModel", Some(false)), ("KIMI", None)] {
            let text = format!("{{a: \"${{{name}}}\"}}");
            let found = undefined(&text, name, interpolation);
            assert_eq!(found.run(&RULE).lines(), [""; 0]);
            assert_eq!(
                found
                    .run(&super::super::undefined_variable::RULE)
                    .findings
                    .len(),
                1
            );
        }
    }
}
