//! A reference to a secret whose provider nothing declares.

use super::consequence::absence;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::secret_providers::{is_alias, is_open, providers};
use crate::openclaw::tree::Node;
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity, Unresolved};
use crate::workspace::source::Span;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "undeclared-secret-provider",
    summary: "A reference names a secret provider that is not declared",
    consequence: Consequence::GatewayRefuses,
    explanation: "\
A SecretRef names one of `secrets.providers`. OpenClaw does not compare the two when it reads the configuration, so \
`config validate` accepts it; the gateway then does not start: \"Secret provider ... is not configured\". Only `default` \
for the source `env` is there without a declaration.

`secrets.defaults` names providers as well.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      secrets.providers.vault = { source = "file"; path = "/run/secrets/openclaw.json"; mode = "json"; };
      gateway.auth.token = { source = "file"; provider = "vaul"; id = "/gateway/token"; };
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

/// What a reference names.
struct Named<'a> {
    alias: String,
    source: String,
    path: ConfigPath,
    value: &'a Node,
    disabled: bool,
}

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let declared = providers(&instance.config);
    let open = is_open(&instance.config);
    let mut report = |named: Named<'_>| {
        if named.alias.contains("${")
            // `secret-ref` tells that it is no name at all.
            || !is_alias(&named.alias)
            || (named.source == "env" && named.alias == "default")
            || declared
                .iter()
                .any(|provider| provider.alias == named.alias)
        {
            return;
        }
        if open {
            sink.unresolved.push(Unresolved {
                path: named.path.to_string(),
                reason: format!(
                    "whether a secret provider `{}` is declared is not known",
                    named.alias
                ),
                span: named.value.place.primary(),
                configurations: Vec::new(),
            });
            return;
        }
        sink.findings
            .push(absence(subject, finding(&named, &declared)));
    };
    subject.visit_fields(instance, &mut |field| {
        let node = field.node();
        if !field.resolved_at_start || node.as_object().is_none() {
            return;
        }
        let text = |key: &str| node.get(key).and_then(|value| value.as_str());
        if let (Some(source), Some(alias), Some(value)) =
            (text("source"), text("provider"), node.get("provider"))
            && matches!(source.as_str(), "env" | "file" | "exec")
        {
            report(Named {
                alias,
                source,
                path: field.path().key("provider"),
                value,
                disabled: field.is_disabled(),
            });
        }
    });
    if let Some(defaults) = instance
        .config
        .at_keys("secrets.defaults")
        .and_then(|node| node.as_object())
    {
        for (source, value) in &defaults.entries {
            if let Some(alias) = value.as_str() {
                report(Named {
                    alias,
                    source: source.clone(),
                    path: ConfigPath::keys("secrets.defaults").key(source),
                    value,
                    // Only looked at when a reference leaves the provider out.
                    disabled: true,
                });
            }
        }
    }
}

fn finding(
    named: &Named<'_>,
    declared: &[crate::openclaw::secret_providers::Provider<'_>],
) -> Finding {
    let alias = &named.alias;
    let names = || {
        declared
            .iter()
            .filter(|provider| {
                provider
                    .source
                    .as_ref()
                    .is_none_or(|source| *source == named.source)
            })
            .map(|provider| provider.alias.as_str())
    };
    let span: Option<Span> = named.value.place.primary();
    let mut finding = Finding::new(
        INFO.id,
        Consequence::GatewayRefuses,
        format!("no secret provider `{alias}` is declared"),
    )
    .at(span)
    .path(&named.path);
    if named.disabled {
        finding = finding.at_most(Severity::Warning);
    }
    if let Some(near) = nearest(alias, names()) {
        finding = finding.help(format!("write `{near}`"));
        if let Some(span) = named.value.editable_text() {
            finding = finding.fix(Fix {
                title: format!("Write `{near}`"),
                safe: true,
                edits: vec![Edit {
                    span,
                    text: near.to_string(),
                }],
            });
        }
        return finding;
    }
    let declare = match named.source.as_str() {
        "file" => format!(
            "declare it: `secrets.providers.{alias} = {{ source = \"file\"; path = \"/run/secrets/...\"; mode = \"json\"; }}`"
        ),
        "exec" => format!(
            "declare it: `secrets.providers.{alias} = {{ source = \"exec\"; command = \"/...\"; }}`"
        ),
        _ => {
            format!("write `default`, or declare it: `secrets.providers.{alias}.source = \"env\"`")
        }
    };
    let known = alternatives(names());
    finding.help(if known.is_empty() {
        declare
    } else {
        format!("{declare}; declared are {known}")
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    #[test]
    fn only_declared_providers_and_the_default_environment() {
        let outcome = case(
            r#"{secrets: {providers: {vault: {source: "file", path: "/run/x"}}, defaults: {file: "vaults"}},
                models: {providers: {a: {apiKey: {source: "file", provider: "vaul", id: "/a"}},
                    b: {apiKey: {source: "env", provider: "default", id: "B"}},
                    c: {apiKey: {source: "exec", provider: "default", id: "c"}}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error models.providers.a.apiKey.provider: \"vaul\"",
                "error models.providers.c.apiKey.provider: \"default\"",
                "warning secrets.defaults.file: \"vaults\"",
            ]
        );
        assert!(outcome.fixed().contains(r#"provider: "vault", id: "/a""#));
    }

    #[test]
    fn an_open_set_of_providers_accuses_nobody() {
        let outcome = case(
            r#"{secrets: {providers: {$open: "an argument"}}, gateway: {auth: {token: {source: "file", provider: "x", id: "/a"}}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
        assert_eq!(outcome.unresolved.len(), 1);
    }
}
