//! A reference to a secret that is not written as OpenClaw wants it.

use super::consequence::{by_release, violates_schema, violates_validation};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::credentials::{Field, is_secret_in_reference};
use crate::openclaw::path::{ConfigPath, Segment};
use crate::openclaw::placeholders::is_reference_name;
use crate::openclaw::secret_providers::{Provider, is_alias, is_exec_id, is_file_id, providers};
use crate::openclaw::tree::{Lookup, Node, Object, Value};
use crate::releases::Version;
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity};
use crate::workspace::source::Span;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "secret-ref",
    summary: "A reference to a secret has a wrong shape or an id that its source does not take",
    consequence: Consequence::OpenclawRejects,
    explanation: "\
A SecretRef is `{ source = \"env\" | \"file\" | \"exec\"; provider = \"default\"; id = \"...\"; }`; all three are required, and \
nothing else may stand in it. The `provider` is one of `secrets.providers` (`default` is there for `env` by itself): a \
small letter, then small letters, digits, `_` and `-`.

What `id` may be depends on the source. `env`: the name of a variable, a capital letter first. `file`: `value` where the file \
holds one secret, else a JSON pointer such as `/providers/openai/apiKey`. `exec`: letters, digits and `._:/#-`, no `.` or \
`..` between slashes.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      secrets.providers.vault = { source = "file"; path = "/run/secrets/openclaw.json"; mode = "json"; };
      gateway.auth.token = { source = "file"; provider = "vault"; id = "gateway-token"; };
    };
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      secrets.providers.vault = { source = "file"; path = "/run/secrets/openclaw.json"; mode = "json"; };
      gateway.auth.token = { source = "file"; provider = "vault"; id = "/gateway/token"; };
    };
  };
}
"#],
};

const SOURCES: [&str; 3] = ["env", "file", "exec"];

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let declared = providers(&instance.config);
    subject.visit_fields(instance, &mut |field| {
        if !field.resolved_at_start {
            return;
        }
        let node = field.node();
        let Some(object) = node.as_object() else {
            return;
        };
        for finding in findings(subject, field, node, object, &declared) {
            sink.findings.push(by_release(subject, finding));
        }
    });
    for provider in &declared {
        if !is_alias(&provider.alias) {
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::GatewayRefuses,
                    format!(
                        "`{}` cannot be the name of a secret provider",
                        provider.alias
                    ),
                )
                .at(provider.node.place.key.or(provider.node.place.primary()))
                .path(ConfigPath::keys("secrets.providers").key(&provider.alias))
                .help("a small letter first, then small letters, digits, `_` and `-`, at most 64"),
            );
        }
    }
}

fn findings(
    subject: Subject<'_>,
    field: &Field<'_>,
    node: &Node,
    object: &Object,
    declared: &[Provider<'_>],
) -> Vec<Finding> {
    let mut found = Vec::new();
    let path = field.path();
    let at = |key: &str| -> Option<Span> {
        object
            .entries
            .get(key)
            .and_then(|value| value.place.primary())
            .or(node.place.key)
            .or(node.place.primary())
    };
    let shape = |message: String, span: Option<Span>| {
        Finding::new(INFO.id, violates_schema(subject.configuration), message)
            .at(span)
            .path(&path)
    };
    for key in ["source", "provider", "id"] {
        match node.lookup(key) {
            Lookup::Absent => {
                let finding = shape(
                    format!("the reference to a secret lacks `{key}`"),
                    node.place.key.or(node.place.primary()),
                );
                found.push(if key == "provider" {
                    finding.help("add `provider`: `\"default\"` for environment variables, else one of `secrets.providers`")
                } else {
                    finding.help("write `source`, `provider` and `id`")
                });
            }
            Lookup::Present(value)
                if !matches!(
                    value.value,
                    Value::Text(_) | Value::Choice(..) | Value::Failed(_)
                ) =>
            {
                found.push(shape(
                    format!("`{key}` of a reference to a secret has to be a text"),
                    at(key),
                ));
            }
            _ => {}
        }
    }
    for (key, value) in &object.entries {
        if !matches!(key.as_str(), "source" | "provider" | "id") {
            found.push(
                shape(
                    format!("a reference to a secret has no `{key}`"),
                    value.place.key.or(value.place.primary()),
                )
                .help("it takes `source`, `provider` and `id`, nothing else"),
            );
        }
    }
    let text = |key: &str| object.entries.get(key).and_then(|value| value.as_str());
    let Some(source) = text("source") else {
        return found;
    };
    // A later release has its own store; its schema says what such a reference looks like.
    if source == "store" && subject.release.version() >= Version::new(2026, 9, 0) {
        return found;
    }
    if !SOURCES.contains(&source.as_str()) {
        let mut finding = shape(format!("`{source}` is no source of secrets"), at("source"))
            .path(path.key("source"))
            .help("write `env`, `file` or `exec`");
        if let (Some(near), Some(value)) = (nearest(&source, SOURCES), object.entries.get("source"))
            && let Some(span) = value.editable_text()
        {
            finding = finding.fix(Fix {
                title: format!("Write `{near}`"),
                safe: true,
                edits: vec![Edit {
                    span,
                    text: near.to_string(),
                }],
            });
        }
        found.push(finding);
        return found;
    }
    // For the ids of files and programs there is no schema, so channels, which have nothing else, take any.
    let unchecked =
        matches!(path.0.first(), Some(Segment::Key(key)) if key == "channels") && source != "env";
    let grammar = |message: String, key: &str| {
        let consequence = if unchecked && key == "id" {
            Consequence::GatewayRefuses
        } else {
            violates_validation(subject.configuration)
        };
        Finding::new(INFO.id, consequence, message)
            .at(at(key))
            .path(path.key(key))
    };
    if let Some(alias) = text("provider")
        && !is_alias(&alias)
        && !alias.contains("${")
    {
        found.push(
            match is_secret_in_reference(&alias) {
                true => grammar(
                    "what looks like a secret stands where the name of a secret provider belongs".to_string(),
                    "provider",
                )
                .help("write the name of one of `secrets.providers`; then replace the secret, for it is known by now"),
                false => grammar(
                    format!("`{alias}` cannot be the name of a secret provider"),
                    "provider",
                )
                .help("a small letter first, then small letters, digits, `_` and `-`, at most 64"),
            },
        );
    }
    let Some(id) = text("id") else {
        return found;
    };
    // A placeholder in the id is replaced before the id is looked at.
    if id.contains("${") {
        return found;
    }
    if let Some(help) = wrong_id(&source, &id) {
        found.push(match is_secret_in_reference(&id) {
            true => grammar(
                "what looks like the secret itself stands as `id` of a reference to it".to_string(),
                "id",
            )
            .help(format!(
                "{help}; then replace the secret, for it is known by now"
            )),
            false => grammar(
                format!("a secret of the source `{source}` cannot have the id `{id}`"),
                "id",
            )
            .help(help),
        });
        return found;
    }
    let provider =
        text("provider").and_then(|alias| declared.iter().find(|provider| provider.alias == alias));
    if let Some(provider) = provider {
        found.extend(of_provider(subject, field, &source, &id, provider, &at));
    }
    found
}

/// What does not fit between a reference and the declaration of its provider.
fn of_provider(
    subject: Subject<'_>,
    field: &Field<'_>,
    source: &str,
    id: &str,
    provider: &Provider<'_>,
    at: &dyn Fn(&str) -> Option<Span>,
) -> Option<Finding> {
    let declaration = provider.node.place.key.or(provider.node.place.primary());
    let start = |message: String, key: &str| {
        let finding = Finding::new(INFO.id, Consequence::GatewayRefuses, message)
            .at(at(key))
            .path(field.path())
            .related(declaration, "declared here");
        if field.is_disabled() {
            finding.at_most(Severity::Warning)
        } else {
            finding
        }
    };
    if let Some(own) = &provider.source
        && own != source
    {
        let mut finding = start(
            format!(
                "the secret provider `{}` has the source `{own}`, the reference asks for `{source}`",
                provider.alias
            ),
            "source",
        )
        .help(format!("write `source = \"{own}\"`, or name a provider of the source `{source}`"));
        if subject.release.version() >= Version::new(2026, 9, 0) {
            finding.consequence = Consequence::OpenclawRejects;
        }
        return Some(finding);
    }
    match source {
        "file" => {
            let mode = provider.node.get("mode").map(|mode| mode.as_str());
            let single = match mode {
                Some(Some(mode)) => mode == "singleValue",
                Some(None) => return None,
                // Without `mode` the file is JSON.
                None => false,
            };
            if single && id != "value" {
                return Some(
                    start(
                        format!("the file of the secret provider `{}` holds one secret, whose id is `value`", provider.alias),
                        "id",
                    )
                    .help("write `id = \"value\"`"),
                );
            }
            if !single && id == "value" {
                return Some(
                    start(
                        format!(
                            "the file of the secret provider `{}` is JSON, so the id has to be a pointer into it",
                            provider.alias
                        ),
                        "id",
                    )
                    .help("write a pointer such as `/gateway/token`, or set `mode = \"singleValue\"` where the provider is declared"),
                );
            }
            None
        }
        "env" => {
            let allowed = provider.node.get("allowlist")?.as_list()?;
            if allowed.open.is_some() {
                return None;
            }
            let names: Option<Vec<String>> =
                allowed.items.iter().map(|item| item.as_str()).collect();
            let names = names?;
            (!names.iter().any(|name| name == id)).then(|| {
                start(
                    format!(
                        "the allow-list of the secret provider `{}` lacks `{id}`",
                        provider.alias
                    ),
                    "id",
                )
                .help(format!(
                    "add it to `secrets.providers.{}.allowlist`{}",
                    provider.alias,
                    if names.is_empty() {
                        String::new()
                    } else {
                        format!(
                            ", which has {}",
                            alternatives(names.iter().map(String::as_str))
                        )
                    }
                ))
            })
        }
        _ => None,
    }
}

/// What is wrong with an id, as what to write instead.
fn wrong_id(source: &str, id: &str) -> Option<&'static str> {
    match source {
        "env" if !is_reference_name(id) => Some(
            "write the name of a variable: a capital letter first, then capital letters, digits and `_`, at most 128",
        ),
        "file" if !is_file_id(id) => Some(
            "write `value` for a file that holds one secret, else a JSON pointer such as `/providers/openai/apiKey` (`~0` for `~`, `~1` for `/`)",
        ),
        "exec" if !is_exec_id(id) => Some(
            "letters, digits and `._:/#-`, a letter or digit first, at most 256, without `.` or `..` between slashes",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    #[test]
    fn shape_and_grammar() {
        let outcome = case(
            r#"{secrets: {providers: {vault: {source: "file", path: "/run/x", mode: "json"}, one: {source: "file", path: "/y", mode: "singleValue"},
                    env: {source: "env", allowlist: ["OTHER"]}}},
                gateway: {auth: {token: {source: "file", provider: "vault", id: "gateway-token"}, password: {source: "file", provider: "one", id: "/x"}}},
                models: {providers: {a: {apiKey: {source: "env", id: "A"}}, b: {apiKey: {source: "enw", provider: "default", id: "B"}},
                    c: {apiKey: {source: "env", provider: "env", id: "C"}}, d: {apiKey: {source: "env", provider: "vault", id: "D"}},
                    e: {apiKey: {source: "env", provider: "default", id: "E", key: 1}},
                    f: {apiKey: {source: "file", provider: "vault", id: "value"}}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error gateway.auth.password: \"/x\"",
                "error gateway.auth.token.id: \"gateway-token\"",
                "error models.providers.a.apiKey: apiKey",
                "error models.providers.b.apiKey.source: \"enw\"",
                "error models.providers.c.apiKey: \"C\"",
                "error models.providers.d.apiKey: \"env\"",
                "error models.providers.e.apiKey: key",
                "error models.providers.f.apiKey: \"value\"",
            ]
        );
        assert!(
            outcome
                .fixed()
                .contains(r#"source: "env", provider: "default", id: "B""#)
        );
    }

    #[test]
    fn good_references_and_unknown_parts() {
        let outcome = case(
            r#"{secrets: {providers: {vault: {source: "file", path: "/run/x"}}},
                models: {providers: {a: {apiKey: {source: "file", provider: "vault", id: "/a/b"}},
                    b: {apiKey: {source: {$unknown: "x"}, provider: "default", id: "anything"}},
                    c: {apiKey: {source: "env", provider: "default", id: "${NAME}"}},
                    d: {apiKey: {source: "env", $open: "x"}}}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn ids_by_source() {
        for (source, id, good) in [
            ("env", "KIMI_API_KEY", true),
            ("env", "_KEY", false),
            ("env", "kimi", false),
            ("file", "value", true),
            ("file", "/a/b~0c~1", true),
            ("file", "/a~2", false),
            ("file", "a/b", false),
            ("exec", "vault/openai#key", true),
            ("exec", "vault/../x", false),
            ("exec", "a b", false),
        ] {
            assert_eq!(wrong_id(source, id).is_none(), good, "{source} {id}");
        }
        assert!(is_alias("my-vault_1") && !is_alias("Vault") && !is_alias("1vault"));
    }
}
