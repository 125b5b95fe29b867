//! A model reference that cannot be read as one.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::model_reference::{Form, Piece, Reference, Role};
use crate::openclaw::providers::{Catalogue, ModelStanding};
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "malformed-reference",
    summary: "A model reference has an empty side, blanks, or a wildcard where one model is needed",
    consequence: Consequence::FailsInUse,
    explanation: "A model reference is `provider/model`. With an empty side OpenClaw cannot resolve it: instead of an \
error it logs a warning and uses its default model, or skips the fallback. A text of nothing but blanks counts as \
absent. Blanks around the two sides are dropped when the reference is used, but the text does not equal the same \
reference without them. `provider/*` means all models of a provider, which only a list of allowed models can use.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model.primary = "openai/";
  };
}"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model = "openai / gpt-5.5 ";
  };
}"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.agents.defaults.model.primary = "openai/gpt-5.5";
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    let references = subject.references(instance);
    for reference in &references.all {
        let Some(finding) = examine(subject, &catalogue, reference) else {
            continue;
        };
        let finding = finding.path(&reference.path);
        sink.findings.push(match reference.role {
            Role::Key | Role::Allowed => finding.at_most(Severity::Warning),
            _ => finding,
        });
    }
}

fn examine(subject: Subject<'_>, catalogue: &Catalogue, reference: &Reference) -> Option<Finding> {
    let finding = |consequence, message: String| Finding::new(INFO.id, consequence, message);
    let instead = match (reference.role, subject.release.default_model()) {
        (Role::Fallback(_), _) => "OpenClaw skips it".to_string(),
        (Role::Primary, Some(model)) => format!(
            "OpenClaw cannot resolve it and falls back to another model, such as `{}/{model}`",
            subject.release.default_provider().unwrap_or_default()
        ),
        _ => "OpenClaw cannot resolve it".to_string(),
    };
    match &reference.form {
        Form::Blank => Some(
            finding(
                Consequence::Degrades,
                "this model reference is empty; it counts as if it were not there".to_string(),
            )
            .at(reference.span())
            .help("Write `provider/model`, or leave it out."),
        ),
        Form::WithoutProviderName => Some(
            finding(
                Consequence::FailsInUse,
                format!("no provider stands before the `/`; {instead}"),
            )
            .at(reference.span())
            .help(owner_help(catalogue, reference)),
        ),
        Form::WithoutModelName { provider } => {
            let ids = catalogue.models_of(&provider.text);
            let help = match ids.first() {
                Some(id) => format!("Write a model of it, such as `{}/{id}`.", provider.text),
                None => format!("Write `{}/` and the id of a model.", provider.text),
            };
            Some(
                finding(
                    Consequence::FailsInUse,
                    format!("no model stands behind `{}/`; {instead}", provider.text),
                )
                .at(reference.span())
                .help(help),
            )
        }
        Form::Qualified { provider, model } if model.text == "*" => Some(
            finding(
                Consequence::FailsInUse,
                format!(
                    "`{}/*` stands for all models of the provider; one model is needed here",
                    provider.text
                ),
            )
            .at(reference.locate(model))
            .help("Only the keys of `agents.defaults.models` can be wildcards."),
        ),
        Form::Qualified { provider, model } => blanks(catalogue, reference, provider, model),
        _ => None,
    }
}

fn owner_help(catalogue: &Catalogue, reference: &Reference) -> String {
    let written = reference.written().unwrap_or_default();
    let model = written.trim_start_matches('/').trim();
    match catalogue.declaring(model).as_slice() {
        [only] => format!("Write `{}/{model}`.", only.key),
        _ => "Write `provider/model`.".to_string(),
    }
}

fn blanks(
    catalogue: &Catalogue,
    reference: &Reference,
    provider: &Piece,
    model: &Piece,
) -> Option<Finding> {
    let all = reference.text.known()?;
    let inner = |piece: &Piece| piece.text.chars().any(char::is_whitespace);
    if inner(provider) || inner(model) {
        // A declared list, or an unknown provider, tells it better.
        let undecided = matches!(
            catalogue.model(&provider.text, &model.text),
            ModelStanding::Undecided
        );
        let local = catalogue
            .declared(&provider.text)
            .is_some_and(|declared| declared.is_local());
        return (undecided && !local && inner(model) && !inner(provider)).then(|| {
            Finding::new(
                INFO.id,
                Consequence::FailsInUse,
                format!(
                    "the model id `{}` holds a blank; ids hold none, names do",
                    model.text
                ),
            )
            .at(reference.locate(model))
            .at_most(Severity::Warning)
            .help("Write the id of the model, not the name that people read.")
        });
    }
    // The profile behind `@` counts as part of the model side here.
    let end = reference
        .profile
        .as_ref()
        .map_or(model.range.end, |profile| profile.range.end);
    let tight = provider.range.start == 0
        && model.range.start == provider.range.end + 1
        && end == all.len();
    if tight {
        return None;
    }
    let profile = reference
        .profile
        .as_ref()
        .map(|profile| format!("@{}", profile.text))
        .unwrap_or_default();
    let mended = format!("{}/{}{profile}", provider.text, model.text);
    let mut finding = Finding::new(
        INFO.id,
        Consequence::Degrades,
        format!("this reference holds blanks; OpenClaw reads it as `{mended}`"),
    )
    .at(reference.span())
    .help(format!("Write `{mended}`."));
    if let Some(span) = reference.editable() {
        // The indentation of an indented string over several lines is no part of its text and would become one.
        let edit = match reference.place.span {
            Some(literal)
                if reference
                    .text
                    .known()
                    .is_some_and(|text| text.contains('\n')) =>
            {
                Edit {
                    span: literal,
                    text: format!("\"{mended}\""),
                }
            }
            _ => Edit {
                span,
                text: mended.clone(),
            },
        };
        finding = finding.fix(Fix {
            title: format!("Write `{mended}`"),
            safe: true,
            edits: vec![edit],
        });
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{case, with_kimi};

    #[test]
    fn an_empty_side_is_an_error() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {model: {primary: "/kimi-k2p5", fallbacks: ["openai/", " ", "kimi/*"]}}}"#,
        ))
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error agents.defaults.model.primary: \"/kimi-k2p5\"",
                "error agents.defaults.model.fallbacks[0]: \"openai/\"",
                "warning agents.defaults.model.fallbacks[1]: \" \"",
                "error agents.defaults.model.fallbacks[2]: *",
            ]
        );
        let help = outcome.findings[0].help.clone().unwrap_or_default();
        assert_eq!(help, "Write `kimi/kimi-k2p5`.");
    }

    #[test]
    fn blanks_around_the_sides_are_mended() {
        let outcome = case(r#"{agents: {defaults: {model: "openai / gpt-5.5 "}}}"#).run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["warning agents.defaults.model: \"openai / gpt-5.5 \""]
        );
        assert!(outcome.fixed().contains(r#""openai/gpt-5.5""#));
    }

    #[test]
    fn a_name_instead_of_an_id_is_told() {
        let outcome = case(r#"{agents: {defaults: {model: "openrouter/Kimi K2.5"}}}"#).run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["warning agents.defaults.model: Kimi K2.5"]
        );
    }

    #[test]
    fn well_formed_references_are_left_alone() {
        let outcome = case(&with_kimi(
            r#"agents: {defaults: {model: {primary: "kimi/kimi-k2p5@kimi:work", fallbacks: ["openrouter/a/b", "gpt-5.5"]}, models: {"kimi/*": {}}}}"#,
        ))
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }
}
