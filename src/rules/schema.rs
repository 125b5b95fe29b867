//! What the rules share that compare a configuration with what the release accepts.
//!
//! [`crate::openclaw::schema_check`] finds everything at once; each rule reports its part of it.

use super::consequence::{by_release, is_typed, violates_schema, violates_validation};
use super::{Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::{ConfigPath, Segment};
use crate::openclaw::schema_check::{self, Issue, IssueKind};
use crate::openclaw::tree::{Kind, Node, Value};
use crate::releases::Version;
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity, Unresolved};
use crate::workspace::source::Span;
use std::collections::HashSet;

/// The rules that report what the comparison finds.
pub static RULE_IDS: &[&str] = &[
    "unknown-key",
    "missing-key",
    "wrong-type",
    "null-value",
    "invalid-value",
    "out-of-bounds",
    "malformed-value",
    "conflicting-settings",
    "unknown-name",
];

/// Those of them that report what the types of the Home Manager module hold as well.
static RULES_OF_TYPES: &[&str] = &["unknown-key", "missing-key", "wrong-type", "invalid-value"];

/// Reports the part of the comparison that belongs to a rule.
pub fn report(rule: &'static str, subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let refusals = subject.refusals(instance);
    if Some(&rule) == RULE_IDS.first() {
        tell_of_some(subject, &refusals.of_some, sink);
    }
    for issue in &refusals.certain {
        if issue.rule() == rule {
            let finding = finding(rule, subject, instance, issue);
            // What every plausible release refuses is certain.
            sink.findings.push(if subject.plausible.is_empty() {
                by_release(subject, finding)
            } else {
                finding
            });
        }
    }
    report_replaced(rule, subject, instance, sink);
}

/// What the guessed release refuses and another one that may be meant takes is neither right nor wrong.
fn tell_of_some(subject: Subject<'_>, issues: &[(Issue, Version)], sink: &mut Sink) {
    let mut told: HashSet<Vec<Segment>> = HashSet::new();
    for (issue, other) in issues {
        let path = issue.written_path();
        if !told.insert(path.0.clone()) {
            continue;
        }
        sink.unresolved.push(Unresolved {
            path: path.to_string(),
            reason: format!(
                "OpenClaw {} refuses it and {other}, which may be meant as well, does not; `--openclaw-version` tells which one it is",
                subject.release.version()
            ),
            span: issue.span,
            configurations: Vec::new(),
        });
    }
}

/// Reports what is wrong in a top-level `config` that the instance replaces. Where it is rendered all the same, the findings are
/// equal, and made one later.
fn report_replaced(rule: &'static str, subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    if !is_typed(subject.configuration) || !RULES_OF_TYPES.contains(&rule) {
        return;
    }
    let Some(replaced) = subject.replaced(instance) else {
        return;
    };
    for (issue, is_evaluated) in &replaced.issues {
        if issue.rule() != rule {
            continue;
        }
        let mut finding = finding(rule, subject, &replaced.instance, issue);
        match is_evaluated {
            Some(true) => {}
            None => finding = finding.at_most(Severity::Warning),
            Some(false) => {
                finding.consequence = Consequence::Degrades;
                finding = finding.at_most(Severity::Warning);
                let note =
                    "Nix does not look at it as long as the instance's `config` replaces it.";
                finding.help = Some(match finding.help.take() {
                    Some(help) => format!("{help}\n{note}"),
                    None => note.to_string(),
                });
            }
        }
        sink.findings.push(by_release(subject, finding));
    }
}

fn finding(
    rule: &'static str,
    subject: Subject<'_>,
    instance: &Instance,
    issue: &Issue,
) -> Finding {
    let consequence = match issue.kind {
        // What the types of the Home Manager module hold as well.
        IssueKind::UnknownKey { .. }
        | IssueKind::MissingKey { .. }
        | IssueKind::WrongType { .. }
        | IssueKind::NotAllowed { .. }
            if issue.unless_set.is_empty() =>
        {
            violates_schema(subject.configuration)
        }
        _ => violates_validation(subject.configuration),
    };
    let release = subject.release.version().to_string();
    let mut finding = Finding::new(rule, consequence, issue.message(&release))
        .at(issue.span)
        .path(&issue.path);
    finding.help = successor(subject, issue).or_else(|| issue.help());
    if let Some(function) = function_beside(&instance.config, &issue.path) {
        finding = finding
            .help("Put the call in parentheses: without them the list holds the function and its arguments, one by one.")
            .related(Some(function), "this is a function, not a call");
        return finding;
    }
    if !issue.unless_set.is_empty() || issue.doubt.is_some() {
        finding = finding.at_most(Severity::Warning);
    }
    if matches!(issue.kind, IssueKind::MissingKey { .. }) {
        finding = super::consequence::absence(subject, finding);
    }
    match fix(instance, issue) {
        Some(fix) => finding.fix(fix),
        None => finding,
    }
}

/// What takes the place of a key of a channel that the release does not have, where its name does not tell.
fn successor(subject: Subject<'_>, issue: &Issue) -> Option<String> {
    let IssueKind::UnknownKey { written, .. } = &issue.kind else {
        return None;
    };
    let holder = issue.path.parent()?;
    let channel = match holder.0.as_slice() {
        [Segment::Key(root), Segment::Key(channel), ..] if root == "channels" => channel,
        _ => return None,
    };
    let schema = subject.release.schema()?;
    let kinds = |key: &str| {
        schema
            .at(["channels", channel.as_str(), key])
            .into_iter()
            .map(|node| node.kind())
            .collect::<Vec<_>>()
    };
    if written == "streamMode" {
        let is_set = kinds("streaming").iter().any(may_be_object);
        return match is_set {
            true => Some("Write `streaming.mode`.".to_string()),
            false => None,
        };
    }
    // A file with a credential of a field that takes no path of one.
    let field = match written.strip_suffix("File")? {
        "token" if kinds("token").is_empty() => "botToken",
        field => field,
    };
    let takes_reference = kinds(field).iter().any(may_be_object);
    takes_reference.then(|| {
        format!(
            "The path of a file goes into a provider of secrets: `secrets.providers.{channel} = {{ source = \"file\"; path = \"...\"; mode = \"singleValue\"; }};`, and `{field} = {{ source = \"file\"; provider = \"{channel}\"; id = \"value\"; }};` names it."
        )
    })
}

/// Whether a set is allowed, among others.
fn may_be_object(kind: &crate::releases::schema::Kind) -> bool {
    use crate::releases::schema::Kind;
    match kind {
        Kind::Object(_) => true,
        Kind::Union(branches) | Kind::All(branches) => {
            branches.iter().any(|branch| may_be_object(&branch.kind()))
        }
        _ => false,
    }
}

/// A function in a list that the path leads through, where its elements are no functions: a call without parentheses.
fn function_beside(config: &Node, path: &ConfigPath) -> Option<Span> {
    path.0.iter().enumerate().find_map(|(at, step)| {
        let Segment::Index(index) = step else {
            return None;
        };
        let list = config.at(&ConfigPath(path.0[..at].to_vec()))?.as_list()?;
        list.items[..*index]
            .iter()
            .find_map(|item| match &item.value {
                Value::Unknown(unknown) if unknown.kind == Some(Kind::Function) => {
                    unknown.span.or(item.place.primary())
                }
                _ => None,
            })
    })
}

/// The change that mends an issue, where it is clear what was meant and the source holds the text as it is.
fn fix(instance: &Instance, issue: &Issue) -> Option<Fix> {
    match &issue.kind {
        IssueKind::UnknownKey {
            written,
            similar: Some(similar),
            key_span: Some(span),
            ..
        } if is_defined_there(instance, issue, *span) => {
            let bytes = span.len() as usize;
            let text = if bytes == written.len() {
                similar.clone()
            } else if bytes == written.len() + 2 {
                format!("\"{similar}\"")
            } else {
                return None;
            };
            Some(Fix {
                title: format!("Write `{similar}` for `{written}`"),
                safe: schema_check::same_but_for_spelling(written, similar),
                edits: vec![Edit { span: *span, text }],
            })
        }
        IssueKind::WrongType {
            instead: Some(instead),
            ..
        } if !instead.starts_with('[') => {
            let node = instance.config.at(&issue.path)?;
            Some(Fix {
                title: format!("Write `{instead}`"),
                safe: true,
                edits: vec![Edit {
                    span: literal_span(node)?,
                    text: instead.clone(),
                }],
            })
        }
        IssueKind::NotAllowed {
            similar: Some(similar),
            ..
        } => {
            let node = instance.config.at(&issue.path)?;
            let written = node.as_str()?;
            let meant = similar.strip_prefix('"')?.strip_suffix('"')?;
            let span = node.editable_text()?;
            Some(Fix {
                title: format!("Write `{meant}` for `{written}`"),
                safe: schema_check::same_but_for_spelling(&written, meant),
                edits: vec![Edit {
                    span,
                    text: meant.to_string(),
                }],
            })
        }
        _ => None,
    }
}

/// Whether the key of an issue is the name of a definition of its own.
fn is_defined_there(instance: &Instance, issue: &Issue, key: Span) -> bool {
    instance
        .config
        .at(&issue.written_path())
        .is_some_and(|node| node.editable_name() == Some(key))
}

/// The place of a whole literal text with its quotes, when it stands in the source as it is.
fn literal_span(node: &Node) -> Option<Span> {
    let Value::Text(text) = &node.value else {
        return None;
    };
    let known = text.known()?;
    let inner = node.editable_text()?;
    let whole = node.place.span?;
    (whole.len() as usize == known.len() + 2 && whole.contains(inner)).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{case, module};
    use super::super::{
        invalid_value, malformed_value, missing_key, null_value, out_of_bounds, unknown_key,
        wrong_type,
    };
    use super::*;

    #[test]
    fn an_unknown_key_is_mended_where_only_its_spelling_differs() {
        let text = "{models: {providers: {kimi: {baseURL: 'https://x.example/v1', models: []}}}}";
        let outcome = case(text).run(&unknown_key::RULE);
        assert_eq!(
            outcome.lines(),
            ["error models.providers.kimi.baseURL: baseURL"]
        );
        assert_eq!(outcome.only().help.as_deref(), Some("Write `baseUrl`."));
        assert!(outcome.only().fix.as_ref().is_some_and(|fix| fix.safe));
        assert_eq!(outcome.fixed(), text.replace("baseURL", "baseUrl"));
    }

    #[test]
    fn an_unknown_key_is_named_where_it_exists() {
        let outcome = case("{gateway: {auth: {tokenFile: '/run/x'}}}").run(&unknown_key::RULE);
        let help = outcome.only().help.clone().unwrap_or_default();
        assert!(help.contains("`channels.telegram.tokenFile`"), "{help}");
        assert!(help.contains("Allowed here: `"), "{help}");
    }

    #[test]
    fn what_takes_the_place_of_a_key_of_a_channel() {
        let help = |text: &str| {
            let outcome = case(text).run(&unknown_key::RULE);
            outcome.only().help.clone().unwrap_or_default()
        };
        assert_eq!(
            help("{channels: {telegram: {streamMode: 'partial'}}}"),
            "Write `streaming.mode`."
        );
        let token = help("{channels: {discord: {tokenFile: '/run/x'}}}");
        assert!(token.contains("`token = { source = \"file\";"), "{token}");
        let bot_token = help("{channels: {slack: {accounts: {a: {tokenFile: '/run/x'}}}}}");
        assert!(bot_token.contains("`botToken = {"), "{bot_token}");
    }

    #[test]
    fn a_misspelled_key_that_is_required_is_one_finding() {
        let text = "{auth: {profiles: {work: {providr: 'anthropic', mode: 'api_key'}}}}";
        let outcome = case(text).run(&unknown_key::RULE);
        assert_eq!(
            outcome.lines(),
            ["error auth.profiles.work.provider: providr"]
        );
        assert!(case(text).run(&missing_key::RULE).findings.is_empty());
    }

    #[test]
    fn a_missing_key_is_shown_at_the_name_of_what_holds_it() {
        let outcome =
            case("{auth: {profiles: {work: {provider: 'anthropic'}}}}").run(&missing_key::RULE);
        assert_eq!(outcome.lines(), ["error auth.profiles.work.mode: work"]);
    }

    #[test]
    fn a_number_in_quotes_loses_them() {
        let outcome = case("{gateway: {port: \"18789\"}}").run(&wrong_type::RULE);
        assert_eq!(outcome.lines(), ["error gateway.port: \"18789\""]);
        assert_eq!(outcome.fixed(), "{gateway: {port: 18789}}");
    }

    #[test]
    fn a_placeholder_never_becomes_a_number() {
        let outcome = case("{gateway: {port: \"${PORT}\"}}").run(&wrong_type::RULE);
        assert!(outcome.only().message.contains("placeholder"));
    }

    #[test]
    fn a_value_that_is_not_allowed_names_those_that_are() {
        let outcome = case("{gateway: {bind: 'LAN'}}").run(&invalid_value::RULE);
        let finding = outcome.only();
        assert!(
            finding.message.contains("\"loopback\""),
            "{}",
            finding.message
        );
        assert_eq!(outcome.fixed(), "{gateway: {bind: 'lan'}}");
    }

    #[test]
    fn what_is_unknown_is_never_refused_also_inside_unions() {
        for text in [
            "{gateway: {bind: {$unknown: 'an argument'}}}",
            "{agents: {defaults: {model: {primary: {$unknown: 'x'}, fallbacks: {$unknown: 'y'}}}}}",
            "{models: {providers: {kimi: {apiKey: {source: {$unknown: 'z'}, provider: 'default', id: 'X'}, baseUrl: 'https://x', models: []}}}}",
            "{auth: {profiles: {work: {$open: 'more'}}}}",
        ] {
            for rule in [
                &invalid_value::RULE,
                &wrong_type::RULE,
                &missing_key::RULE,
                &malformed_value::RULE,
                &unknown_key::RULE,
            ] {
                assert!(case(text).run(rule).findings.is_empty(), "{text}");
            }
        }
    }

    #[test]
    fn null_bounds_and_forms_have_their_own_rules() {
        let outcome = case("{agents: {defaults: {model: null}}}").run(&null_value::RULE);
        assert_eq!(outcome.lines(), ["error agents.defaults.model: null"]);
        let outcome =
            case("{agents: {defaults: {bootstrapMaxChars: 0}}}").run(&out_of_bounds::RULE);
        assert_eq!(
            outcome.only().message,
            "`agents.defaults.bootstrapMaxChars` must be greater than 0, not 0"
        );
        let outcome = case("{secrets: {defaults: {env: 'A b'}}}").run(&malformed_value::RULE);
        assert_eq!(outcome.lines(), ["error secrets.defaults.env: 'A b'"]);
    }

    #[test]
    fn nix_stops_what_its_types_hold_and_openclaw_the_rest() {
        let typed = |text: &str| case(text).home_manager(&[]);
        let bind = typed("{gateway: {bind: 'x'}}").run(&invalid_value::RULE);
        assert_eq!(bind.only().consequence, Consequence::NixRejects);
        let bounds =
            typed("{agents: {defaults: {bootstrapMaxChars: 0}}}").run(&out_of_bounds::RULE);
        assert_eq!(bounds.only().consequence, Consequence::OpenclawRejects);
    }

    #[test]
    fn of_a_guessed_release_only_what_all_refuse_is_said() {
        // 2026.9.6 knows `agents.entries`, 2026.6.11 does not.
        let text = "{agents: {entries: {main: {}}}}";
        assert_eq!(case(text).run(&unknown_key::RULE).findings.len(), 1);
        assert!(
            case(text)
                .guessed()
                .run(&unknown_key::RULE)
                .findings
                .is_empty()
        );
        let text = "{gatewy: {}}";
        assert_eq!(
            case(text).guessed().run(&unknown_key::RULE).lines(),
            ["error gatewy: gatewy"]
        );
    }

    #[test]
    fn what_all_refuse_is_said_also_where_its_path_differs() {
        // Up to 2026.5.12 `baseUrl` is required, and the issue is at the key that is missing; later it is at the one that is written.
        let text = "{models: {providers: {xai: {baseURL: 'https://x.example/v1', models: []}}}}";
        let early = case(text).release("2026.4.15").run(&unknown_key::RULE);
        assert_eq!(
            early.only().path.as_deref(),
            Some("models.providers.xai.baseUrl")
        );
        let outcome = case(text).guessed().run(&unknown_key::RULE);
        assert_eq!(
            outcome.lines(),
            ["error models.providers.xai.baseURL: baseURL"]
        );
        assert!(outcome.unresolved.is_empty());
    }

    #[test]
    fn each_path_that_not_all_refuse_is_told() {
        let text = "{agents: {entries: {main: {}}, defaults: {utilityModel: 'a/b', decisionModel: 'a/b', modelPolicy: {}}}}";
        let outcome = case(text).guessed().run(&unknown_key::RULE);
        assert!(outcome.findings.is_empty());
        let paths: Vec<&str> = outcome
            .unresolved
            .iter()
            .map(|it| it.path.as_str())
            .collect();
        assert_eq!(paths.len(), 4, "{paths:?}");
    }

    #[test]
    fn what_an_instance_replaces_is_compared_as_well() {
        let case = |instance: &str| {
            let text = format!(
                "{{config: {{gateway: {{auth: {{tokenFile: '/x'}}}}}}, instances: {{default: {{config: {instance}}}}}}}"
            );
            module(&text)
                .release("2026.4.15")
                .configuration(|configuration| {
                    configuration.instance_replaces = true;
                    let options = configuration.options.as_ref().expect("options");
                    let written = options.at_keys("instances.default.config").cloned();
                    configuration.instances[0].config = written.expect("a config");
                })
                .run(&unknown_key::RULE)
        };
        let beside = case("{gateway: {mode: 'local'}}");
        assert_eq!(beside.lines(), ["error gateway.auth.tokenFile: tokenFile"]);
        assert_eq!(beside.only().consequence, Consequence::NixRejects);
        let away = case("{agents: {defaults: {}}}");
        assert_eq!(away.lines(), ["warning gateway.auth.tokenFile: tokenFile"]);
        assert_eq!(away.only().consequence, Consequence::Degrades);
    }
}
