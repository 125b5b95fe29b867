//! Addresses of model providers: which API they speak where, and which of them are one's own.
//!
//! The facts are those of the providers' public documentation: the host, the path that a `baseUrl` needs, and
//! the API behind it. Only what is certain stands here; an address that is not listed is never judged.

/// The parts of an absolute `http` or `https` address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// `http` or `https`, in lower case.
    pub scheme: String,
    /// The host in lower case, without port; an IPv6 address without its brackets.
    pub host: String,
    /// The port, if it is given.
    pub port: Option<u16>,
    /// The path without slashes at its end; empty for none.
    pub path: String,
}

/// Why a text is no address of a provider.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotAnAddress {
    /// It holds blanks or control characters.
    Blank,
    /// It does not start with a scheme: `api.example.org/v1`.
    NoScheme,
    /// Another scheme than `http` and `https`.
    OtherScheme,
    /// Nothing between the slashes and the path, or a host that cannot be one.
    NoHost,
    /// The port is no number up to 65535.
    Port,
}

/// Reads an absolute address; a query and a fragment are dropped.
pub fn parse(text: &str) -> Result<Address, NotAnAddress> {
    let text = text.trim();
    if text
        .chars()
        .any(|character| character.is_whitespace() || character.is_control())
    {
        return Err(NotAnAddress::Blank);
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(NotAnAddress::NoScheme);
    };
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "http" && scheme != "https" {
        return Err(NotAnAddress::OtherScheme);
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = if let Some(inner) = authority.strip_prefix('[') {
        let Some((host, after)) = inner.split_once(']') else {
            return Err(NotAnAddress::NoHost);
        };
        (host, after.strip_prefix(':'))
    } else {
        match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        }
    };
    let sensible = !host.is_empty()
        && host.chars().all(|character| {
            character.is_alphanumeric() || matches!(character, '.' | '-' | '_' | ':' | '%')
        });
    if !sensible {
        return Err(NotAnAddress::NoHost);
    }
    let port = match port {
        None | Some("") => None,
        Some(port) => Some(port.parse().map_err(|_| NotAnAddress::Port)?),
    };
    Ok(Address {
        scheme,
        host: host.to_lowercase(),
        port,
        path: path.trim_end_matches('/').to_string(),
    })
}

/// What kind of requests an `api` makes, as far as the address matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Family {
    /// `/chat/completions` or `/responses` below the base.
    OpenAi,
    /// `/v1/messages` below the base; a `/v1` at the end of the base is not doubled.
    Anthropic,
    /// Google's `models/...:generateContent`.
    Google,
    /// Ollama's own `/api/chat`.
    Ollama,
}

impl Family {
    /// The family of a value of `api`; `None` for those whose addresses follow no such rule.
    pub fn of(api: &str) -> Option<Family> {
        match api {
            "openai-completions" | "openai-responses" => Some(Family::OpenAi),
            "anthropic-messages" => Some(Family::Anthropic),
            "google-generative-ai" => Some(Family::Google),
            "ollama" => Some(Family::Ollama),
            _ => None,
        }
    }

    /// The value of `api` that people want for it.
    pub fn api(self) -> &'static str {
        match self {
            Family::OpenAi => "openai-completions",
            Family::Anthropic => "anthropic-messages",
            Family::Google => "google-generative-ai",
            Family::Ollama => "ollama",
        }
    }
}

/// A known endpoint: the API that is spoken at an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// The host.
    pub host: &'static str,
    /// The path that `baseUrl` needs for this family, without slash at its end.
    pub path: &'static str,
    /// What is spoken there.
    pub family: Family,
}

impl Endpoint {
    /// The `baseUrl` to write for it.
    pub fn base_url(&self) -> String {
        format!("https://{}{}", self.host, self.path)
    }
}

const fn endpoint(host: &'static str, path: &'static str, family: Family) -> Endpoint {
    Endpoint { host, path, family }
}

use Family::{Anthropic, Google, OpenAi};

/// Known endpoints. All paths of one family at a host are listed, so that another path there is a mistake.
static ENDPOINTS: &[Endpoint] = &[
    endpoint("api.kimi.com", "/coding/v1", OpenAi),
    endpoint("api.kimi.com", "/coding", Anthropic),
    endpoint("api.moonshot.ai", "/v1", OpenAi),
    endpoint("api.moonshot.ai", "/anthropic", Anthropic),
    endpoint("api.moonshot.ai", "/anthropic/v1", Anthropic),
    endpoint("api.moonshot.cn", "/v1", OpenAi),
    endpoint("api.moonshot.cn", "/anthropic", Anthropic),
    endpoint("api.moonshot.cn", "/anthropic/v1", Anthropic),
    endpoint("api.openai.com", "/v1", OpenAi),
    endpoint("api.anthropic.com", "", Anthropic),
    endpoint("api.anthropic.com", "/v1", Anthropic),
    endpoint("api.anthropic.com", "/v1", OpenAi),
    endpoint("openrouter.ai", "/api/v1", OpenAi),
    endpoint("openrouter.ai", "/api", Anthropic),
    endpoint("openrouter.ai", "/api/v1", Anthropic),
    endpoint("generativelanguage.googleapis.com", "/v1beta", Google),
    endpoint("generativelanguage.googleapis.com", "/v1", Google),
    endpoint("generativelanguage.googleapis.com", "", Google),
    endpoint(
        "generativelanguage.googleapis.com",
        "/v1beta/openai",
        OpenAi,
    ),
    endpoint("api.groq.com", "/openai/v1", OpenAi),
    endpoint("api.deepseek.com", "", OpenAi),
    endpoint("api.deepseek.com", "/v1", OpenAi),
    endpoint("api.deepseek.com", "/beta", OpenAi),
    endpoint("api.deepseek.com", "/anthropic", Anthropic),
    endpoint("api.deepseek.com", "/anthropic/v1", Anthropic),
    endpoint("api.z.ai", "/api/paas/v4", OpenAi),
    endpoint("api.z.ai", "/api/coding/paas/v4", OpenAi),
    endpoint("api.z.ai", "/api/anthropic", Anthropic),
    endpoint("api.z.ai", "/api/anthropic/v1", Anthropic),
    endpoint("open.bigmodel.cn", "/api/paas/v4", OpenAi),
    endpoint("open.bigmodel.cn", "/api/coding/paas/v4", OpenAi),
    endpoint("open.bigmodel.cn", "/api/anthropic", Anthropic),
    endpoint("open.bigmodel.cn", "/api/anthropic/v1", Anthropic),
    endpoint("api.minimax.io", "/v1", OpenAi),
    endpoint("api.minimax.io", "/anthropic", Anthropic),
    endpoint("api.minimax.io", "/anthropic/v1", Anthropic),
    endpoint("api.minimaxi.com", "/v1", OpenAi),
    endpoint("api.minimaxi.com", "/anthropic", Anthropic),
    endpoint("api.minimaxi.com", "/anthropic/v1", Anthropic),
    endpoint("api.mistral.ai", "/v1", OpenAi),
    endpoint("api.x.ai", "/v1", OpenAi),
    endpoint("api.x.ai", "", Anthropic),
    endpoint("api.x.ai", "/v1", Anthropic),
    endpoint("api.cerebras.ai", "/v1", OpenAi),
    endpoint("integrate.api.nvidia.com", "/v1", OpenAi),
    endpoint("router.huggingface.co", "/v1", OpenAi),
    endpoint("api.venice.ai", "/api/v1", OpenAi),
];

/// The address at which a host speaks a family, if it is known to.
pub fn address_for(host: &str, family: Family) -> Option<Endpoint> {
    ENDPOINTS
        .iter()
        .find(|endpoint| endpoint.host == host && endpoint.family == family)
        .copied()
}

/// Whether a host is one whose addresses are known.
pub fn is_known_host(host: &str) -> bool {
    ENDPOINTS.iter().any(|endpoint| endpoint.host == host)
}

/// Whether an address with `/v1` at its end, where the family is not spoken, is the one without it to this
/// family: OpenClaw drops a `/v1` before it adds Anthropic's own.
pub fn drops_version(address: &Address, family: Family) -> Option<Endpoint> {
    let shorter = address.path.strip_suffix("/v1")?;
    ENDPOINTS
        .iter()
        .find(|endpoint| {
            family == Family::Anthropic
                && endpoint.host == address.host
                && endpoint.path == shorter
                && endpoint.family == family
        })
        .copied()
}

/// What is known of an address under an `api`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fit {
    /// Nothing is known against it.
    Fine,
    /// The address speaks another API.
    OtherApi(Endpoint),
    /// The host speaks this API, at another path.
    OtherPath(Endpoint),
    /// The host does not speak this API at all, at the path given nothing is known; what it speaks.
    NotSpoken(Endpoint),
}

/// Whether requests of `family` to `address` can work.
pub fn fit(address: &Address, family: Family) -> Fit {
    let here: Vec<&Endpoint> = ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.host == address.host)
        .collect();
    let path = address.path.as_str();
    if here
        .iter()
        .any(|endpoint| endpoint.family == family && endpoint.path == path)
    {
        return Fit::Fine;
    }
    if let Some(other) = here.iter().find(|endpoint| endpoint.path == path) {
        return Fit::OtherApi(**other);
    }
    if let Some(same) = here.iter().find(|endpoint| endpoint.family == family) {
        return Fit::OtherPath(**same);
    }
    match here.first() {
        Some(other) => Fit::NotSpoken(**other),
        None => Fit::Fine,
    }
}

/// Whether a provider of that id is one that runs at home: its models are what is installed there, its key is
/// of no matter.
pub fn is_local_provider(id: &str) -> bool {
    matches!(
        id,
        "ollama"
            | "lmstudio"
            | "lm-studio"
            | "vllm"
            | "sglang"
            | "llama-cpp"
            | "llamacpp"
            | "llama.cpp"
            | "llama-swap"
            | "localai"
            | "local"
            | "litellm"
            | "mlx"
            | "exo"
            | "koboldcpp"
            | "tabbyapi"
            | "text-generation-webui"
            | "ds4"
            | "inferrs"
            | "copilot-proxy"
    )
}

/// Whether an address is in one's own network: the loopback, a private or a link-local range, that of
/// Tailscale, a name without a dot or one that no public zone holds.
pub fn is_local_address(address: &Address) -> bool {
    is_local_host(&address.host)
}

/// The same of an address of which only the beginning may be known; not of one without a scheme or a host.
pub fn begins_with_local_address(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    !host.is_empty() && is_local_host(&host.to_ascii_lowercase())
}

fn is_local_host(host: &str) -> bool {
    let private_name = !host.contains(['.', ':'])
        || [
            ".local",
            ".lan",
            ".home",
            ".internal",
            ".localhost",
            ".localdomain",
            ".home.arpa",
            ".ts.net",
            ".test",
        ]
        .iter()
        .any(|zone| host.ends_with(zone));
    if private_name {
        return true;
    }
    if let Ok(address) = host.parse::<std::net::Ipv4Addr>() {
        let [first, second, ..] = address.octets();
        return address.is_loopback()
            || address.is_private()
            || address.is_link_local()
            || address.is_unspecified()
            || (first == 100 && (64..128).contains(&second));
    }
    if let Ok(address) = host.parse::<std::net::Ipv6Addr>() {
        let first = address.segments()[0];
        return address.is_loopback()
            || address.is_unspecified()
            || (first & 0xfe00) == 0xfc00
            || (first & 0xffc0) == 0xfe80;
    }
    false
}

/// The two services of Moonshot AI, which are mixed up often: their keys and model ids are not
/// interchangeable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MoonshotService {
    /// The Moonshot open platform, `api.moonshot.ai` and `api.moonshot.cn`; provider id `moonshot`.
    Platform,
    /// Kimi for coding, `api.kimi.com/coding`; provider ids `kimi` and `kimi-coding`.
    KimiCoding,
}

impl MoonshotService {
    /// The service behind an address.
    pub fn of_address(address: &Address) -> Option<Self> {
        match address.host.as_str() {
            "api.moonshot.ai" | "api.moonshot.cn" => Some(MoonshotService::Platform),
            "api.kimi.com" => Some(MoonshotService::KimiCoding),
            _ => None,
        }
    }

    /// The service that a provider id stands for.
    pub fn of_provider(id: &str) -> Option<Self> {
        match id {
            "moonshot" | "moonshotai" | "moonshot-ai" | "moonshot-cn" | "moonshotai-cn" => {
                Some(MoonshotService::Platform)
            }
            "kimi" | "kimi-coding" | "kimi-code" | "kimi-for-coding" => {
                Some(MoonshotService::KimiCoding)
            }
            _ => None,
        }
    }

    /// The service for whose key a variable is meant; `None` for those of both, such as `KIMI_API_KEY`.
    pub fn of_variable(name: &str) -> Option<Self> {
        match name {
            "MOONSHOT_API_KEY" => Some(MoonshotService::Platform),
            "KIMICODE_API_KEY" | "KIMI_CODING_API_KEY" | "KIMI_CODE_API_KEY" => {
                Some(MoonshotService::KimiCoding)
            }
            _ => None,
        }
    }

    /// The service that alone has a model of that id.
    pub fn of_model(id: &str) -> Option<Self> {
        match id.to_ascii_lowercase().as_str() {
            "kimi-for-coding"
            | "kimi-for-coding-highspeed"
            | "kimi-code"
            | "k2p5"
            | "k3"
            | "k3-256k"
            | "kimi-k2p5" => Some(MoonshotService::KimiCoding),
            "kimi-k2.5"
            | "kimi-k2.6"
            | "kimi-k2.7-code"
            | "kimi-k2.7-code-highspeed"
            | "kimi-k3"
            | "kimi-k2-turbo"
            | "kimi-k2-turbo-preview"
            | "kimi-k2-0905-preview"
            | "moonshot-v1-8k"
            | "moonshot-v1-32k"
            | "moonshot-v1-128k" => Some(MoonshotService::Platform),
            _ => None,
        }
    }

    /// How the service is called.
    pub fn name(self) -> &'static str {
        match self {
            MoonshotService::Platform => "the Moonshot open platform",
            MoonshotService::KimiCoding => "Kimi for coding",
        }
    }

    /// Its provider id in OpenClaw.
    pub fn provider(self) -> &'static str {
        match self {
            MoonshotService::Platform => "moonshot",
            MoonshotService::KimiCoding => "kimi",
        }
    }

    /// Its address for `openai-completions`.
    pub fn base_url(self) -> &'static str {
        match self {
            MoonshotService::Platform => "https://api.moonshot.ai/v1",
            MoonshotService::KimiCoding => "https://api.kimi.com/coding/v1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        parse(text).expect(text)
    }

    #[test]
    fn addresses_have_a_scheme_and_a_host() {
        let found = address("HTTPS://API.Kimi.com:8443/coding/v1/?x=1");
        assert_eq!(found.host, "api.kimi.com");
        assert_eq!(found.port, Some(8443));
        assert_eq!(found.path, "/coding/v1");
        assert_eq!(address("http://[::1]:8080/v1").host, "::1");
        assert_eq!(parse("api.kimi.com/v1"), Err(NotAnAddress::NoScheme));
        assert_eq!(parse("ftp://x/v1"), Err(NotAnAddress::OtherScheme));
        assert_eq!(parse("https:///v1"), Err(NotAnAddress::NoHost));
        assert_eq!(parse("https://a b/v1"), Err(NotAnAddress::Blank));
        assert_eq!(parse("https://a:port/v1"), Err(NotAnAddress::Port));
        assert_eq!(parse("https://<host>/v1"), Err(NotAnAddress::NoHost));
    }

    #[test]
    fn a_known_host_speaks_its_apis_at_its_paths_only() {
        let fits = |url: &str, family| fit(&address(url), family);
        assert_eq!(fits("https://api.kimi.com/coding/v1", OpenAi), Fit::Fine);
        assert_eq!(fits("https://api.kimi.com/coding/", Anthropic), Fit::Fine);
        let versioned = address("https://api.kimi.com/coding/v1");
        assert!(matches!(fit(&versioned, Anthropic), Fit::OtherApi(_)));
        assert!(drops_version(&versioned, Anthropic).is_some());
        assert!(drops_version(&versioned, OpenAi).is_none());
        assert!(matches!(
            fits("https://api.kimi.com/coding/", OpenAi),
            Fit::OtherApi(endpoint) if endpoint.family == Anthropic
        ));
        assert!(matches!(
            fits("https://api.moonshot.ai", OpenAi),
            Fit::OtherPath(endpoint) if endpoint.path == "/v1"
        ));
        assert!(matches!(
            fits("https://api.groq.com/openai/v1", Anthropic),
            Fit::OtherApi(endpoint) if endpoint.family == OpenAi
        ));
        assert!(matches!(
            fits("https://api.mistral.ai", Google),
            Fit::NotSpoken(endpoint) if endpoint.family == OpenAi
        ));
        assert_eq!(fits("https://llm.example.org", Anthropic), Fit::Fine);
    }

    #[test]
    fn the_beginning_of_an_address_tells_its_network() {
        for text in [
            "http://127.0.0.1:",
            "http://me@ollama:11434/v1",
            "http://[::1]:8080",
            "http://NAS.local/",
        ] {
            assert!(begins_with_local_address(text), "{text}");
        }
        for text in [
            "https://api.kimi.com/coding/v1",
            "https://10.example.org",
            "kimi",
            "https://",
        ] {
            assert!(!begins_with_local_address(text), "{text}");
        }
    }

    #[test]
    fn ones_own_network_is_local() {
        for url in [
            "http://localhost:11434",
            "http://127.0.0.1:1234/v1",
            "http://192.168.1.5/v1",
            "http://100.80.1.2:8000/v1",
            "http://gpu-box:8000/v1",
            "http://gpu.lan/v1",
            "http://[fd00::5]/v1",
            "http://0.0.0.0:8080",
        ] {
            assert!(is_local_address(&address(url)), "{url}");
        }
        for url in [
            "https://api.kimi.com/v1",
            "https://8.8.8.8/v1",
            "https://100.1.1.1",
        ] {
            assert!(!is_local_address(&address(url)), "{url}");
        }
    }
}
