//! A known address under an `api` that is not spoken there.

use super::invalid_base_url;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::endpoints::{self, Address, Endpoint, Family, Fit};
use crate::openclaw::path::ConfigPath;
use crate::openclaw::providers::{Availability, Catalogue, DeclaredProvider};
use crate::openclaw::tree::{Lookup, Node};
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "endpoint-api-mismatch",
    summary: "A known endpoint is used with an `api` that it does not speak",
    consequence: Consequence::FailsInUse,
    explanation: "`api` says which protocol OpenClaw speaks at `baseUrl`; without it, a provider of one's own speaks \
`openai-completions`. Several providers offer two protocols at two addresses: Kimi for coding speaks OpenAI's at \
`https://api.kimi.com/coding/v1` and Anthropic's at `https://api.kimi.com/coding/`. With the wrong pair every request ends in an \
error such as 404. For Anthropic's protocol OpenClaw drops a `/v1` at the end of the address, so there the pair may work \
although it is not the one that the provider documents.\n\n\
Only addresses of well-known providers are judged.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/kimi-api-key";
    config.models.providers.kimi = {
      baseUrl = "https://api.kimi.com/coding/";
      api = "openai-completions";
      apiKey = "\${KIMI_API_KEY}";
      models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/kimi-api-key";
    config.models.providers.kimi = {
      baseUrl = "https://api.kimi.com/coding/v1";
      api = "openai-completions";
      apiKey = "\${KIMI_API_KEY}";
      models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    for provider in &catalogue.declared {
        let provider_api = api_of(&catalogue, provider);
        if let Some(address) = address_of(&provider.node) {
            judge(
                &provider.node,
                &provider.node,
                &address,
                provider_api.as_deref(),
                &provider.path,
                sink,
            );
        }
        let Some(models) = provider.node.get("models").and_then(|it| it.as_list()) else {
            continue;
        };
        for (index, model) in models.items.iter().enumerate() {
            if model.get("api").is_none() && model.get("baseUrl").is_none() {
                continue;
            }
            let address = match model.lookup("baseUrl") {
                Lookup::Present(_) => address_of(model),
                Lookup::Absent => address_of(&provider.node),
                Lookup::Unknown(_) => None,
            };
            let api = match model.lookup("api") {
                Lookup::Present(api) => api.as_str(),
                Lookup::Absent => provider_api.clone(),
                Lookup::Unknown(_) => None,
            };
            if let Some(address) = address {
                let path = provider.path.key("models").index(index);
                judge(model, &provider.node, &address, api.as_deref(), &path, sink);
            }
        }
    }
}

/// The `api` in force for a provider; `None` where it is not known.
fn api_of(catalogue: &Catalogue, provider: &DeclaredProvider) -> Option<String> {
    match provider.node.lookup("api") {
        Lookup::Present(api) => api.as_str(),
        Lookup::Unknown(_) => None,
        Lookup::Absent => {
            let standing = catalogue.provider(&provider.id);
            match standing.known {
                Some(known)
                    if known.external_plugin().is_none()
                        || standing.availability == Availability::Installed =>
                {
                    known.api().map(str::to_string)
                }
                // A plugin that is not known to be missing may bring its own.
                Some(_) if standing.availability != Availability::Declared => None,
                _ => Some("openai-completions".to_string()),
            }
        }
    }
}

fn address_of(node: &Node) -> Option<Address> {
    endpoints::parse(&node.get("baseUrl")?.as_str()?).ok()
}

fn judge(
    holder: &Node,
    provider: &Node,
    address: &Address,
    api: Option<&str>,
    path: &ConfigPath,
    sink: &mut Sink,
) {
    let Some((api, family)) = api.and_then(|api| Some((api, Family::of(api)?))) else {
        return;
    };
    let find = |key: &str| holder.get(key).or_else(|| provider.get(key));
    let url = find("baseUrl");
    let written = url.and_then(|node| node.as_str()).unwrap_or_default();
    let (key, place) = match (holder.get("api"), holder.get("baseUrl")) {
        (Some(api), _) => ("api", api.place.primary()),
        (None, Some(url)) => ("baseUrl", url.place.primary()),
        (None, None) => return,
    };
    let implied = if find("api").is_none() {
        ", which is what `api` means when it is not given"
    } else {
        ""
    };
    let finding = if is_ollama(address) && family == Family::OpenAi && address.path.is_empty() {
        Finding::new(
            INFO.id,
            Consequence::FailsInUse,
            format!("Ollama speaks `{api}` at `{written}/v1` only"),
        )
        .at_most(Severity::Warning)
        .help(format!(
            "Write `api = \"ollama\"`, or `baseUrl = \"{}/v1\"`.",
            written.trim_end_matches('/')
        ))
    } else {
        match endpoints::fit(address, family) {
            Fit::Fine => return,
            Fit::OtherApi(endpoint) => {
                if let Some(shorter) = endpoints::drops_version(address, family) {
                    Finding::new(
                        INFO.id,
                        Consequence::Degrades,
                        format!(
                            "`{written}` is the address for `{}`; for `{api}` OpenClaw has to drop its `/v1`",
                            endpoint.family.api()
                        ),
                    )
                    .help(format!(
                        "Write `api = \"{}\"`, or `baseUrl = \"{}/\"`.",
                        endpoint.family.api(),
                        shorter.base_url()
                    ))
                } else {
                    mismatch(&written, api, implied).help(other_api(endpoint, address, family))
                }
            }
            // Told as what it is.
            Fit::OtherPath(_) if invalid_base_url::added_path(address).is_some() => return,
            Fit::OtherPath(endpoint) => Finding::new(
                INFO.id,
                Consequence::FailsInUse,
                format!(
                    "`{}` speaks `{api}` at another path than `{}`{implied}",
                    address.host,
                    if address.path.is_empty() {
                        "/"
                    } else {
                        &address.path
                    }
                ),
            )
            .help(format!("Write `baseUrl = \"{}\"`.", endpoint.base_url())),
            Fit::NotSpoken(endpoint) => {
                mismatch(&written, api, implied).help(other_api(endpoint, address, family))
            }
        }
    };
    let other = if key == "api" { url } else { find("api") };
    sink.findings
        .push(finding.at(place).path(path.key(key)).related(
            other.and_then(|node| node.place.primary()),
            if key == "api" {
                "the address"
            } else {
                "the protocol"
            },
        ));
}

fn mismatch(written: &str, api: &str, implied: &str) -> Finding {
    Finding::new(
        INFO.id,
        Consequence::FailsInUse,
        format!("`{api}` is not spoken at `{written}`{implied}"),
    )
}

fn other_api(endpoint: Endpoint, address: &Address, family: Family) -> String {
    let own = endpoints::address_for(&address.host, family);
    let api = endpoint.family.api();
    let there = if endpoint.path == address.path {
        format!("Write `api = \"{api}\"`")
    } else {
        format!(
            "Write `api = \"{api}\"` and `baseUrl = \"{}\"`",
            endpoint.base_url()
        )
    };
    match own {
        Some(own) => format!("{there}, or `baseUrl = \"{}\"`.", own.base_url()),
        None => format!("{there}."),
    }
}

fn is_ollama(address: &Address) -> bool {
    address.port == Some(11434) && endpoints::is_local_address(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    fn lines(provider: &str) -> Vec<String> {
        case(&format!(
            r#"{{models: {{providers: {{p: {{{provider}, models: []}}}}}}}}"#
        ))
        .run(&RULE)
        .lines()
    }

    #[test]
    fn the_wrong_protocol_is_an_error_at_api() {
        assert_eq!(
            lines(r#"baseUrl: "https://api.kimi.com/coding/", api: "openai-completions""#),
            ["error models.providers.p.api: \"openai-completions\""]
        );
        assert_eq!(
            lines(r#"baseUrl: "https://api.moonshot.ai/v1", api: "anthropic-messages""#),
            ["error models.providers.p.api: \"anthropic-messages\""]
        );
        assert_eq!(
            lines(r#"baseUrl: "https://api.z.ai/api/anthropic""#),
            ["error models.providers.p.baseUrl: \"https://api.z.ai/api/anthropic\""]
        );
        assert_eq!(
            lines(r#"baseUrl: "https://api.openai.com", api: "openai-responses""#),
            ["error models.providers.p.api: \"openai-responses\""]
        );
    }

    #[test]
    fn a_version_that_openclaw_drops_is_a_warning() {
        assert_eq!(
            lines(r#"baseUrl: "https://api.kimi.com/coding/v1", api: "anthropic-messages""#),
            ["warning models.providers.p.api: \"anthropic-messages\""]
        );
    }

    #[test]
    fn fitting_pairs_other_hosts_and_what_is_not_known_are_fine() {
        for provider in [
            r#"baseUrl: "https://api.kimi.com/coding/v1", api: "openai-completions""#,
            r#"baseUrl: "https://api.kimi.com/coding/v1""#,
            r#"baseUrl: "https://api.kimi.com/coding/", api: "anthropic-messages""#,
            r#"baseUrl: "https://api.anthropic.com/v1", api: "anthropic-messages""#,
            r#"baseUrl: "https://llm.example.org", api: "anthropic-messages""#,
            r#"baseUrl: "https://api.moonshot.ai/v1", api: {$unknown: "an argument"}"#,
            r#"baseUrl: "http://localhost:11434/v1", api: "openai-completions""#,
            r#"baseUrl: "http://localhost:11434", api: "ollama""#,
        ] {
            assert_eq!(lines(provider), [""; 0], "{provider}");
        }
        assert_eq!(
            lines(r#"baseUrl: "http://localhost:11434", api: "openai-completions""#).len(),
            1
        );
    }

    #[test]
    fn a_model_may_have_its_own_pair() {
        let outcome = case(
            r#"{models: {providers: {p: {baseUrl: "https://api.kimi.com/coding/v1", api: "openai-completions",
                models: [{id: "a", name: "A", baseUrl: "https://api.kimi.com/coding"}, {id: "b", name: "B"}]}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error models.providers.p.models[0].baseUrl: \"https://api.kimi.com/coding\""]
        );
    }
}
