//! A `baseUrl` that is no address, or more than one.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::endpoints::{self, Address, NotAnAddress};
use crate::openclaw::path::ConfigPath;
use crate::openclaw::secret_patterns::{PASSWORD_IN_ADDRESS, find};
use crate::openclaw::tree::{Node, Value};
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "invalid-base-url",
    summary: "A `baseUrl` is no URL, or already holds the path that OpenClaw adds",
    consequence: Consequence::FailsInUse,
    explanation: "`baseUrl` is an absolute `http` or `https` address, to which OpenClaw adds the path of the API: \
`/chat/completions`, `/responses` or `/v1/messages`. It is not looked at before the first request, which then fails.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "llm.acme.example/v1";
      models = [ { id = "acme-large"; name = "Acme Large"; } ];
    };
  };
}"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "https://llm.acme.example/v1/chat/completions";
      models = [ { id = "acme-large"; name = "Acme Large"; } ];
    };
  };
}"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "https://llm.acme.example/v1";
      models = [ { id = "acme-large"; name = "Acme Large"; } ];
    };
  };
}"#],
};

/// What OpenClaw adds to a base.
static ADDED: &[&str] = &[
    "/chat/completions",
    "/completions",
    "/responses",
    "/v1/messages",
    "/messages",
];

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    for provider in &catalogue.declared {
        examine(&provider.node, &provider.path, sink);
        let Some(models) = provider.node.get("models").and_then(|it| it.as_list()) else {
            continue;
        };
        for (index, model) in models.items.iter().enumerate() {
            examine(model, &provider.path.key("models").index(index), sink);
        }
    }
}

/// What an address ends in that OpenClaw adds itself.
pub(super) fn added_path(address: &Address) -> Option<&'static str> {
    ADDED
        .iter()
        .copied()
        .find(|added| address.path.ends_with(added))
}

fn examine(holder: &Node, path: &ConfigPath, sink: &mut Sink) {
    let Some(node) = holder.get("baseUrl") else {
        return;
    };
    let path = path.key("baseUrl");
    let text = match &node.value {
        Value::Text(text) => text,
        Value::Unknown(unknown) => return sink.could_not_check(&path, unknown),
        _ => return,
    };
    let Some(url) = text.known() else {
        if let Some(unknown) = text.unknown() {
            sink.could_not_check(&path, unknown);
        }
        return;
    };
    // An empty one is told as an incomplete provider; a placeholder is filled in at start.
    if url.is_empty() || url.contains("${") {
        return;
    }
    let finding = |message: String| {
        Finding::new(INFO.id, Consequence::FailsInUse, message)
            .at(node.place.primary())
            .path(&path)
    };
    let address = match endpoints::parse(&url) {
        Ok(address) => address,
        Err(reason) => {
            let (why, help) = match reason {
                NotAnAddress::Blank => ("it holds blanks", "Write it without blanks.".to_string()),
                NotAnAddress::NoScheme if url.starts_with('/') => {
                    ("it has no host", "Write `https://host/...`.".to_string())
                }
                NotAnAddress::NoScheme => (
                    "it has no scheme",
                    format!("Write `{}`.", with_scheme(&url)),
                ),
                NotAnAddress::OtherScheme => (
                    "its scheme is neither `http` nor `https`",
                    "Write `https://...`.".to_string(),
                ),
                NotAnAddress::NoHost => ("it has no host", "Write `https://host/...`.".to_string()),
                NotAnAddress::Port if find(&url).is_some_and(|found| found.what == PASSWORD_IN_ADDRESS) => (
                    "its password holds a `/`, `?` or `#`",
                    "Write `%2F` for `/`, `%3F` for `?`, `%23` for `#`; better, leave the password out: the store holds what stands here."
                        .to_string(),
                ),
                NotAnAddress::Port => (
                    "its port is no number up to 65535",
                    "Write `https://host:port/...`.".to_string(),
                ),
            };
            let mut finding = finding(format!("this `baseUrl` is no URL: {why}")).help(help);
            if reason == NotAnAddress::NoScheme
                && !url.starts_with('/')
                && let Some(span) = node.editable_text()
            {
                finding = finding.fix(Fix {
                    title: format!("Write `{}`", with_scheme(&url)),
                    safe: false,
                    edits: vec![Edit {
                        span,
                        text: with_scheme(&url),
                    }],
                });
            }
            sink.findings.push(finding);
            return;
        }
    };
    if let Some(added) = added_path(&address) {
        // Of a host that is known the right address is known as well.
        let severity = match endpoints::is_known_host(&address.host) {
            true => Severity::Error,
            false => Severity::Warning,
        };
        let trimmed = url.trim_end_matches('/');
        let mended = trimmed.strip_suffix(added).unwrap_or(trimmed);
        sink.findings.push(
            finding(format!(
                "this `baseUrl` ends in `{added}`, which OpenClaw adds itself"
            ))
            .at_most(severity)
            .help(format!("Write `{mended}`.")),
        );
    }
}

fn with_scheme(url: &str) -> String {
    let local = endpoints::parse(&format!("http://{url}"))
        .is_ok_and(|address| endpoints::is_local_address(&address));
    let scheme = if local { "http" } else { "https" };
    format!("{scheme}://{}", url.trim_start_matches("//"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn a_base_is_an_address_without_the_path_of_the_api() {
        let outcome = case(
            r#"{models: {providers: {
                a: {baseUrl: "api.kimi.com/coding/v1", models: [{id: "m", name: "M", baseUrl: "ftp://x/v1"}]},
                b: {baseUrl: "https://x.example/v1/chat/completions", models: []},
                c: {baseUrl: "https://x.example/v1", models: []},
                d: {baseUrl: "${ACME_URL}", models: []},
                e: {baseUrl: "localhost:8080", models: []},
                f: {baseUrl: "https://x.example /v1", models: []}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error models.providers.a.baseUrl: \"api.kimi.com/coding/v1\"",
                "error models.providers.a.models[0].baseUrl: \"ftp://x/v1\"",
                "warning models.providers.b.baseUrl: \"https://x.example/v1/chat/completions\"",
                "error models.providers.e.baseUrl: \"localhost:8080\"",
                "error models.providers.f.baseUrl: \"https://x.example /v1\"",
            ]
        );
        assert_eq!(
            outcome.findings[3].help.as_deref(),
            Some("Write `http://localhost:8080`.")
        );
        assert_eq!(
            outcome.findings[2].help.as_deref(),
            Some("Write `https://x.example/v1`.")
        );
    }

    #[test]
    fn a_password_that_makes_an_address_none() {
        let outcome = case(
            r#"{models: {providers: {a: {baseUrl: "https://bot:plum/Trestle@x.example/v1", models: []},
                b: {baseUrl: "https://x.example:port/a@b", models: []}}}}"#,
        )
        .run(&RULE);
        let told: Vec<bool> = outcome
            .findings
            .iter()
            .map(|finding| {
                finding
                    .help
                    .as_deref()
                    .is_some_and(|help| help.contains("%2F"))
            })
            .collect();
        assert_eq!(told, [true, false]);
    }
}
