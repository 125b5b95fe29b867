//! The two services of Moonshot AI, mixed up.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::endpoints::MoonshotService;
use crate::openclaw::model_reference::{Form, Role};
use crate::openclaw::providers::DeclaredProvider;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "kimi-moonshot-confusion",
    summary: "Endpoint, provider id, key or model ids of Kimi for coding and of the Moonshot platform are mixed",
    consequence: Consequence::FailsInUse,
    explanation: "Moonshot AI has two services whose keys and model ids are not interchangeable.\n\n\
- The Moonshot open platform: provider `moonshot`, address `https://api.moonshot.ai/v1` (in China `https://api.moonshot.cn/v1`), \
key in `MOONSHOT_API_KEY`, models such as `kimi-k2.6`.\n\
- Kimi for coding: provider `kimi` or `kimi-coding`, address `https://api.kimi.com/coding/v1` for OpenAI's protocol and \
`https://api.kimi.com/coding/` for Anthropic's, key in `KIMI_API_KEY`, model `kimi-for-coding`.\n\n\
A provider called `kimi` that sends its requests to the Moonshot platform, or the reverse, mostly has the key of the other \
service, and gets \"invalid authentication\". Decide for one of them and write its address, its id and its models.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/kimi-api-key";
    config.models.providers.kimi = {
      baseUrl = "https://api.moonshot.ai/v1";
      api = "openai-completions";
      apiKey = "\${KIMI_API_KEY}";
      models = [ { id = "kimi-for-coding"; name = "Kimi for Coding"; } ];
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/kimi-api-key";
    environment.MOONSHOT_API_KEY = "/run/secrets/moonshot-api-key";
    config.models.providers = {
      kimi = {
        baseUrl = "https://api.kimi.com/coding/v1";
        api = "openai-completions";
        apiKey = "\${KIMI_API_KEY}";
        models = [ { id = "kimi-for-coding"; name = "Kimi for Coding"; } ];
      };
      moonshot = {
        baseUrl = "https://api.moonshot.ai/v1";
        api = "openai-completions";
        apiKey = "\${MOONSHOT_API_KEY}";
        models = [ { id = "kimi-k2.6"; name = "Kimi K2.6"; } ];
      };
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    for provider in &catalogue.declared {
        declared(provider, sink);
    }
    // References to the providers of the release: here only the id tells which service is meant.
    let references = subject.references(instance);
    for reference in &references.all {
        let Form::Qualified { provider, model } = &reference.form else {
            continue;
        };
        if catalogue
            .declared(&provider.text)
            .is_some_and(|declared| declared.stands_alone())
        {
            continue;
        }
        let service = MoonshotService::of_provider(&provider.text.to_lowercase());
        let (Some(service), Some(other)) = (service, MoonshotService::of_model(&model.text)) else {
            continue;
        };
        if service == other {
            continue;
        }
        let finding = Finding::new(
            INFO.id,
            Consequence::FailsInUse,
            format!(
                "`{}` is a model of {}, and `{}` is {}",
                model.text,
                other.name(),
                provider.text,
                service.name()
            ),
        )
        .at(reference.locate(model))
        .path(&reference.path)
        .at_most(Severity::Warning)
        .help(format!("Write `{}/{}`.", other.provider(), model.text));
        sink.findings.push(match reference.role {
            Role::Key | Role::Allowed => finding.at_most(Severity::Warning),
            _ => finding,
        });
    }
}

/// One finding for a provider: the first of address against id, key against address, models against address.
fn declared(provider: &DeclaredProvider, sink: &mut Sink) {
    let Some(service) = provider
        .address()
        .as_ref()
        .and_then(MoonshotService::of_address)
    else {
        return;
    };
    let url = provider.node.get("baseUrl");
    let url_span = url.and_then(|node| node.place.primary());
    let finding = |message: String| Finding::new(INFO.id, Consequence::FailsInUse, message);
    let key = key_variable(provider);
    let key_service = key
        .as_ref()
        .and_then(|(name, _)| MoonshotService::of_variable(name));
    let foreign: Vec<_> = provider
        .known_models()
        .iter()
        .filter(|model| MoonshotService::of_model(&model.id).is_some_and(|it| it != service))
        .collect();
    let named = MoonshotService::of_provider(&provider.id);
    if let Some(named) = named.filter(|named| *named != service) {
        // Only the id speaks for the other service: an address of one's choice under a name of one's choice.
        let sure = !foreign.is_empty() || key_service.is_some_and(|it| it != service);
        let mut found = finding(format!(
            "the provider is called `{}`, which is {}, but its address is that of {}; their keys and models differ",
            provider.key,
            named.name(),
            service.name()
        ))
        .at(url_span)
        .path(provider.path.key("baseUrl"))
        .related(provider.node.place.key, "the provider's id")
        .help(format!(
            "Write `baseUrl = \"{}\"`, or call the provider `{}`.",
            named.base_url(),
            service.provider()
        ));
        if let Some(model) = foreign.first() {
            found = found.related(
                model.node.get("id").and_then(|id| id.place.primary()),
                format!("a model of {}", named.name()),
            );
        }
        sink.findings.push(if sure {
            found
        } else {
            found.at_most(Severity::Warning)
        });
        return;
    }
    if let (Some((name, span)), Some(other)) = (&key, key_service)
        && other != service
    {
        sink.findings.push(
            finding(format!(
                "`{name}` is the key of {}, and the address is that of {}",
                other.name(),
                service.name()
            ))
            .at_most(Severity::Warning)
            .at(*span)
            .path(provider.path.key("apiKey"))
            .related(url_span, "the address")
            .help(format!(
                "Take a key of {}, or write `baseUrl = \"{}\"`.",
                service.name(),
                other.base_url()
            )),
        );
        return;
    }
    // Kimi for coding takes the ids of its time and answers to many; the platform only to its own.
    if service == MoonshotService::Platform {
        for model in foreign {
            sink.findings.push(
                finding(format!(
                    "`{}` is a model of {}; {} has none of that id",
                    model.id,
                    MoonshotService::KimiCoding.name(),
                    service.name()
                ))
                .at_most(Severity::Warning)
                .at(model.node.get("id").and_then(|id| id.place.primary()))
                .path(provider.path.key("models").index(model.index).key("id"))
                .related(url_span, "the address")
                .help("Write an id of the platform, such as `kimi-k2.6`."),
            );
        }
    }
}

/// The variable in `apiKey`, and its place.
fn key_variable(
    provider: &DeclaredProvider,
) -> Option<(String, Option<crate::workspace::source::Span>)> {
    let node = provider.node.get("apiKey")?;
    let name = match node.as_str() {
        Some(text) => {
            let inner = text.trim().trim_start_matches('$');
            inner
                .trim_start_matches('{')
                .trim_end_matches('}')
                .to_string()
        }
        None => node.get("id")?.as_str()?,
    };
    Some((name, node.place.primary()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    fn lines(key: &str, url: &str, variable: &str, model: &str) -> Vec<String> {
        case(&format!(
            r#"{{models: {{providers: {{"{key}": {{baseUrl: "{url}", apiKey: "${{{variable}}}", models: [{{id: "{model}", name: "M"}}]}}}}}}}}"#
        ))
        .run(&RULE)
        .lines()
    }

    const KIMI: &str = "https://api.kimi.com/coding/v1";
    const PLATFORM: &str = "https://api.moonshot.ai/v1";

    #[test]
    fn the_address_of_the_other_service_is_told_once() {
        assert_eq!(
            lines("kimi", PLATFORM, "KIMI_API_KEY", "kimi-for-coding"),
            ["error models.providers.kimi.baseUrl: \"https://api.moonshot.ai/v1\""]
        );
        assert_eq!(
            lines("kimi", PLATFORM, "KIMI_API_KEY", "kimi-k2.5"),
            ["warning models.providers.kimi.baseUrl: \"https://api.moonshot.ai/v1\""]
        );
        assert_eq!(
            lines("moonshot", KIMI, "MOONSHOT_API_KEY", "kimi-k2.5").len(),
            1
        );
    }

    #[test]
    fn keys_and_models_of_the_other_service_are_told() {
        assert_eq!(
            lines("mine", KIMI, "MOONSHOT_API_KEY", "x"),
            ["warning models.providers.mine.apiKey: \"${MOONSHOT_API_KEY}\""]
        );
        assert_eq!(
            lines("mine", PLATFORM, "KIMI_API_KEY", "k2p5"),
            ["warning models.providers.mine.models[0].id: \"k2p5\""]
        );
    }

    #[test]
    fn each_service_by_itself_is_fine() {
        assert_eq!(lines("kimi", KIMI, "KIMI_API_KEY", "kimi-k2p5"), [""; 0]);
        assert_eq!(
            lines("kimi", KIMI, "KIMI_API_KEY", "kimi-k2-thinking"),
            [""; 0]
        );
        assert_eq!(
            lines("moonshot", PLATFORM, "KIMI_API_KEY", "kimi-k2.6"),
            [""; 0]
        );
    }

    #[test]
    fn a_reference_to_the_release_s_provider_must_fit_it() {
        let outcome = case(
            r#"{agents: {defaults: {model: {primary: "moonshot/kimi-for-coding", fallbacks: ["kimi/kimi-k2.5", "moonshot/kimi-k2.5"]}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning agents.defaults.model.primary: kimi-for-coding",
                "warning agents.defaults.model.fallbacks[0]: kimi-k2.5",
            ]
        );
    }
}
