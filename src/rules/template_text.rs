//! Text of an untouched template.

use super::problems::{finding, report_if};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Problem, ProblemKind};
use crate::openclaw::credentials::Field;
use crate::openclaw::tree::Value;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "template-text",
    summary: "Text of a template was left in place",
    consequence: Consequence::FailsInUse,
    explanation: "\
The template of nix-openclaw marks what has to be replaced: `\"<system>\"`, `\"<user>\"`, `\"<tokenPath>\"`. Without quotes, \
as in `allowFrom = [ <allowFrom> ]`, Nix takes the marker for a file to look up in its search path, which a flake does \
not have: \"cannot look up '<allowFrom>' in pure evaluation mode\".",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true;
    config.channels.telegram = {
      tokenFile = "<tokenPath>";
      allowFrom = [ 12345678 ];
    };
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config.channels.telegram = {
      tokenFile = "/run/secrets/telegram-bot-token";
      allowFrom = [ <allowFrom> ];
    };
  };
}
"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.channels.telegram = {
      tokenFile = "/run/secrets/telegram-bot-token";
      allowFrom = [ 12345678 ];
    };
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report_if(
        subject,
        &INFO,
        ProblemKind::TemplateText,
        sink,
        &|_| true,
        &|problem, mut finding| {
            if problem.subject.as_deref() != Some("<system>") {
                finding.consequence = Consequence::FailsInUse;
            }
            finding.help("replace it with your own value")
        },
    );
    report_if(
        subject,
        &INFO,
        ProblemKind::SearchPath,
        sink,
        &|problem| problem.subject.as_deref().is_some_and(is_marker),
        &|problem, mut finding| {
            let name = problem.subject.as_deref().unwrap_or_default();
            finding.message = lookup_message(name);
            finding.help("replace it, and put texts in quotes")
        },
    );
    for instance in &subject.configuration.instances {
        subject.visit_fields(instance, &mut |field| {
            if let Some(found) = in_field(subject, field)
                && !sink
                    .findings
                    .iter()
                    .any(|known| known.span == found.span && known.rule == found.rule)
            {
                sink.findings.push(found);
            }
        });
    }
}

/// Whether `<name>` is a marker instead of a lookup that people do mean.
fn is_marker(name: &str) -> bool {
    !matches!(
        name.split('/').next().unwrap_or(name),
        "nixpkgs"
            | "home-manager"
            | "nixos"
            | "nixos-config"
            | "nixos-hardware"
            | "darwin"
            | "nix"
            | "agenix"
            | "sops-nix"
    )
}

fn lookup_message(name: &str) -> String {
    format!(
        "`<{name}>` is the text of a template; Nix looks it up in a search path that a flake does not have"
    )
}

fn in_field(subject: Subject<'_>, field: &Field<'_>) -> Option<Finding> {
    let node = field.node();
    match &node.value {
        Value::Unknown(unknown) => {
            // `<name>`, as the evaluator describes it.
            let name = unknown
                .reason
                .strip_prefix("`<")
                .filter(|rest| rest.contains("search path"))?
                .split('>')
                .next()?;
            if !is_marker(name) {
                return None;
            }
            let problem = Problem::new(
                ProblemKind::SearchPath,
                lookup_message(name),
                node.place.primary().or(unknown.span),
            );
            Some(
                finding(subject, &INFO, &problem)
                    .path(field.path())
                    .help("replace it, and put texts in quotes"),
            )
        }
        // What stands where a secret belongs is told by the rules on secrets.
        Value::Text(text) if !field.role.is_secret() => {
            let text = text.whole()?;
            if !is_template_text(&text) || field.is_prose() {
                return None;
            }
            let certain = is_value_to_fill_in(field);
            Some(
                Finding::new(
                    INFO.id,
                    Consequence::FailsInUse,
                    format!("`{text}` is still the text of a template"),
                )
                .at_most(if certain {
                    Severity::Error
                } else {
                    Severity::Warning
                })
                .at(node.place.primary())
                .path(field.path())
                .help("replace it with your own value"),
            )
        }
        _ => None,
    }
}

/// `<tokenPath>`: one word, or some, in angle brackets.
pub fn is_template_text(text: &str) -> bool {
    text.strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'))
        .is_some_and(|name| {
            name.starts_with(|first: char| first.is_ascii_alphabetic())
                && name
                    .chars()
                    .all(|next| next.is_ascii_alphanumeric() || matches!(next, '-' | '_' | ' '))
        })
}

/// Fields in which such a text cannot be meant: files, addresses, people.
fn is_value_to_fill_in(field: &Field<'_>) -> bool {
    let key = field.key();
    key.ends_with("File")
        || key.ends_with("Path")
        || key.ends_with("Url")
        || matches!(
            key,
            "allowFrom"
                | "groupAllowFrom"
                | "homeserver"
                | "path"
                | "url"
                | "userId"
                | "workspace"
                | "primary"
                | "id"
                | "model"
        )
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    #[test]
    fn one_word_in_angle_brackets() {
        for text in ["<tokenPath>", "<your user>", "<user-name>"] {
            assert!(is_template_text(text), "{text}");
        }
        for text in ["<>", "<@123>", "a <b>", "</final>", "<1>", "<a><b>"] {
            assert!(!is_template_text(text), "{text}");
        }
    }

    #[test]
    fn markers_in_the_configuration() {
        let outcome = case(
            r#"{channels: {telegram: {tokenFile: "<tokenPath>", allowFrom: [{$unknown: "`<allowFrom>` is looked up in Nix's search path"}]}},
                gateway: {auth: {token: "<gatewayToken>"}}, messages: {responsePrefix: "<bot>"}}"#,
        )
        .home_manager(&[])
        .run(&RULE);
        assert_eq!(outcome.findings.len(), 3);
        assert_eq!(outcome.findings[0].consequence, Consequence::NixRejects);
        assert_eq!(outcome.findings[1].severity, Severity::Error);
        assert_eq!(outcome.findings[2].severity, Severity::Warning);
    }
}
