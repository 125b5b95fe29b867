//! A gateway that does not start because of how it is to tell who may use it.

use super::consequence::{absence, by_release};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Source};
use crate::openclaw::environment::{Provided, provided_any};
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Lookup, Node, Value};
use crate::releases::Version;
use crate::report::finding::{Consequence, Finding, Unresolved};
use crate::workspace::source::Span;
use std::rc::Rc;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "gateway-auth",
    summary: "The gateway does not start without the token or password that its settings ask for",
    consequence: Consequence::GatewayRefuses,
    explanation: "\
A gateway that listens on more than this machine (`gateway.bind = \"lan\"`, or `custom` with another address) has to have a token \
or a password: \"Refusing to bind gateway to lan without auth\". With `gateway.auth.mode` set, it has to be the one that the mode \
names. `password` without a password, `trusted-proxy` without `gateway.auth.trustedProxy`, and Tailscale's `funnel` with anything \
but a password keep it from starting wherever it listens; so do `trusted-proxy` without an address in `gateway.trustedProxies`, \
`bind = \"custom\"` without `gateway.customBindHost`, hooks that are enabled without `hooks.token` or at the path `/`, and, since June 2026, a token \
and a password without a mode. `config validate` accepts all of it. (Seen with the gateways of 2026.2.17, \
2026.6.11 and 2026.9.6.)

A token is `gateway.auth.token` or the variable `OPENCLAW_GATEWAY_TOKEN`, a password `gateway.auth.password` or \
`OPENCLAW_GATEWAY_PASSWORD`. On this machine alone, later releases make a token of their own where there is none, another one at each \
start.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway = {
      mode = "local";
      bind = "lan";
    };
  };
}
"#],
    accepted: &[
        r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENCLAW_GATEWAY_TOKEN = "/run/secrets/openclaw-gateway-token";
    config.gateway = {
      mode = "local";
      bind = "lan";
    };
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config.gateway = {
      mode = "local";
      bind = "loopback";
    };
  };
}
"#,
    ],
};

/// What the gateway can be given for its clients to show.
struct Credential {
    /// What it is called.
    name: &'static str,
    /// The key below `gateway.auth`.
    key: &'static str,
    /// The variables that it is read from, the present one first.
    variables: [&'static str; 2],
}

static TOKEN: Credential = Credential {
    name: "token",
    key: "token",
    variables: ["OPENCLAW_GATEWAY_TOKEN", "CLAWDBOT_GATEWAY_TOKEN"],
};

static PASSWORD: Credential = Credential {
    name: "password",
    key: "password",
    variables: ["OPENCLAW_GATEWAY_PASSWORD", "CLAWDBOT_GATEWAY_PASSWORD"],
};

/// Whether something is given to the gateway.
enum Given {
    Yes,
    No,
    /// That cannot be told: why, and where that is.
    Perhaps(String, Option<Span>),
}

/// The text that a key has, `None` for no such key.
///
/// # Errors
/// When it is not known.
fn text(node: &Node, key: &str) -> Result<Option<(String, Rc<Node>)>, ()> {
    match node.lookup(key) {
        Lookup::Absent => Ok(None),
        Lookup::Unknown(_) => Err(()),
        Lookup::Present(value) => match value.as_str() {
            Some(text) => Ok(Some((text, Rc::clone(value)))),
            None => Err(()),
        },
    }
}

/// The first release at hand that wants a mode where there are a token and a password; 2026.2.26 takes the token.
const ONE_OF_BOTH_SINCE: Version = Version::new(2026, 6, 11);

/// Between these releases hooks have to have a token of their own: the gateways of 2026.2.26, 2026.4.15 and 2026.5.7 say so, that
/// of 2026.6.11 no longer does.
const OWN_TOKEN_OF_HOOKS: (Version, Version) =
    (Version::new(2026, 2, 26), Version::new(2026, 5, 7));

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let _ = hooks(subject, instance, sink);
    let Some(gateway) = instance.config.get("gateway") else {
        return;
    };
    // What cannot be told is no reason to say anything.
    let _ = checked(subject, instance, gateway, sink);
}

fn checked(
    subject: Subject<'_>,
    instance: &Instance,
    gateway: &Node,
    sink: &mut Sink,
) -> Result<(), ()> {
    if text(gateway, "mode")?.is_some_and(|(mode, _)| mode != "local") {
        return Ok(());
    }
    if let Some((_, bind)) = text(gateway, "bind")?.filter(|(bind, _)| bind == "custom")
        && text(gateway, "customBindHost")?.is_none_or(|(host, _)| host.trim().is_empty())
    {
        let message = "`gateway.bind` is `custom`, and nothing says which address that is: the gateway does not start";
        let finding = Finding::new(INFO.id, Consequence::GatewayRefuses, message.to_string())
            .at(bind.place.primary())
            .path(ConfigPath::keys("gateway.bind"))
            .help("Set `gateway.customBindHost`.");
        sink.findings.push(absence(subject, finding));
    }
    let auth = match gateway.lookup("auth") {
        Lookup::Present(auth) if auth.as_object().is_some() => Rc::clone(auth),
        Lookup::Absent => Node::new(Value::Object(Default::default()), Default::default()),
        _ => return Err(()),
    };
    let mode = text(&auth, "mode")?;
    let at_mode = |message: String, help: &str| {
        let span = mode.as_ref().and_then(|(_, node)| node.place.primary());
        Finding::new(INFO.id, Consequence::GatewayRefuses, message)
            .at(span)
            .path(ConfigPath::keys("gateway.auth.mode"))
            .help(help)
    };
    let listens = network(gateway)?;
    let is_mode = |wanted: &str| mode.as_ref().is_some_and(|(mode, _)| mode == wanted);
    if is_mode("trusted-proxy") {
        if matches!(auth.lookup("trustedProxy"), Lookup::Absent) {
            let message = "`gateway.auth.mode` is `trusted-proxy`, and nothing says which header names the user: the gateway does not start";
            let help = "Set `gateway.auth.trustedProxy.userHeader`.";
            sink.findings
                .push(absence(subject, at_mode(message.to_string(), help)));
        } else if is_nothing(gateway, "trustedProxies")? {
            let message = "`gateway.auth.mode` is `trusted-proxy`, and no proxy is trusted: the gateway does not start";
            let help = "List the addresses of the proxies in `gateway.trustedProxies`.";
            sink.findings
                .push(absence(subject, at_mode(message.to_string(), help)));
        }
        return Ok(());
    }
    if mode.is_none()
        && subject.release.version() >= ONE_OF_BOTH_SINCE
        && let (Some(_), Some(password)) = (filled(&auth, "token")?, filled(&auth, "password")?)
    {
        let message = "there are a token and a password, and no `gateway.auth.mode` says which one counts: the gateway does not start";
        let finding = Finding::new(INFO.id, Consequence::GatewayRefuses, message.to_string())
            .at(password)
            .path(ConfigPath::keys("gateway.auth.password"))
            .help("Set `gateway.auth.mode` to `token` or `password`.");
        sink.findings
            .push(absence(subject, by_release(subject, finding)));
    }
    if is_mode("none") {
        if let Some((bind, _)) = &listens {
            let message = format!(
                "`gateway.auth.mode` is `none`, and the gateway listens on more than this machine (`{bind}`): it does not start"
            );
            let help = "Write `token` or `password`, or let it listen on `loopback`.";
            sink.findings.push(at_mode(message, help));
        }
        return Ok(());
    }
    // Of the process that reads a rendered file nothing is known.
    if subject.configuration.source == Source::RenderedFile {
        return Ok(());
    }
    let mut require = |wanted: &[&Credential], why: &str, place: Option<Span>, path: &str| {
        let mut perhaps = None;
        for credential in wanted {
            match given(subject, instance, &auth, credential) {
                Given::Yes => return,
                Given::No => {}
                Given::Perhaps(reason, span) => perhaps = Some((reason, span)),
            }
        }
        let names: Vec<&str> = wanted.iter().map(|credential| credential.name).collect();
        let names = names.join(" or a ");
        if let Some((reason, span)) = perhaps {
            sink.unresolved.push(Unresolved {
                path: path.to_string(),
                reason: format!("whether the gateway has a {names} cannot be told: {reason}"),
                span: span.or(place),
                configurations: Vec::new(),
            });
            return;
        }
        let key = wanted[0].key;
        let variable = wanted[0].variables[0];
        let finding = Finding::new(
            INFO.id,
            Consequence::GatewayRefuses,
            format!("{why}, and nothing gives it a {names}, so it does not start"),
        )
        .at(place)
        .path(ConfigPath::keys(path))
        .help(format!(
            "Provide `{variable}`, and write `gateway.auth.{key} = \"\\${{{variable}}}\"`."
        ));
        sink.findings.push(absence(subject, finding));
    };
    if let Some(tailscale) = gateway.get("tailscale")
        && let Some((funnel, node)) = text(tailscale, "mode")?
        && funnel == "funnel"
    {
        if is_mode("token") {
            let message = "Tailscale's `funnel` needs a password, and `gateway.auth.mode` is `token`: the gateway does not start";
            let help = "Write `password`, and provide one; or use `serve`, which opens it to the tailnet only.";
            sink.findings.push(at_mode(message.to_string(), help));
            return Ok(());
        }
        let why = "Tailscale's `funnel` opens the gateway to the world";
        let place = node.place.primary();
        require(&[&PASSWORD], why, place, "gateway.tailscale.mode");
        return Ok(());
    }
    if let Some((_, node)) = mode.as_ref().filter(|(mode, _)| mode == "password") {
        let why = "the gateway is to ask for a password";
        let place = node.place.primary();
        require(&[&PASSWORD], why, place, "gateway.auth.mode");
        return Ok(());
    }
    let Some((bind, node)) = listens else {
        return Ok(());
    };
    let wanted: &[&Credential] = match is_mode("token") {
        true => &[&TOKEN],
        false => &[&TOKEN, &PASSWORD],
    };
    let why = format!("the gateway listens on more than this machine (`{bind}`)");
    require(wanted, &why, node.place.primary(), "gateway.bind");
    Ok(())
}

/// Hooks that are on and have no token.
fn hooks(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) -> Result<(), ()> {
    let Some(hooks) = instance.config.get("hooks") else {
        return Ok(());
    };
    let Some(enabled) = hooks.get("enabled").filter(|on| on.as_bool() == Some(true)) else {
        return Ok(());
    };
    if filled(hooks, "token")?.is_none() {
        let message =
            "`hooks.enabled` needs `hooks.token`, which is not set: the gateway does not start";
        let finding = Finding::new(INFO.id, Consequence::GatewayRefuses, message.to_string())
            .at(enabled.place.primary())
            .path(ConfigPath::keys("hooks.enabled"))
            .help("Write `hooks.token = \"\\${OPENCLAW_HOOKS_TOKEN}\"`, and provide the variable.");
        sink.findings.push(absence(subject, finding));
    }
    if let Some((path, node)) = text(hooks, "path")?.filter(|(path, _)| path.trim() == "/") {
        let message = format!("`hooks.path` may not be `{path}`: the gateway does not start");
        let finding = Finding::new(INFO.id, Consequence::GatewayRefuses, message)
            .at(node.place.primary())
            .path(ConfigPath::keys("hooks.path"))
            .help("Write a path of its own, such as `/hooks`.");
        sink.findings.push(finding);
    }
    let version = subject.release.version();
    let (first, last) = OWN_TOKEN_OF_HOOKS;
    let auth = instance.config.at_keys("gateway.auth");
    if (first..=last).contains(&version)
        && let Some(auth) = auth
        && let (Some((own, node)), Some((other, place))) =
            (text(hooks, "token")?, text(auth, "token")?)
        && own == other
        && !own.trim().is_empty()
    {
        let message =
            "`hooks.token` is the token of the gateway: this release does not start with it";
        let finding = Finding::new(INFO.id, Consequence::GatewayRefuses, message)
            .at(node.place.primary())
            .path(ConfigPath::keys("hooks.token"))
            .related(place.place.primary(), "the token of the gateway")
            .help("Provide a secret of its own, and write a placeholder for it.");
        sink.findings.push(by_release(subject, finding));
    }
    Ok(())
}

/// Whether a key has a value that is not blank, and where; a reference to a secret is one.
///
/// # Errors
/// When it is not known whether there is one.
fn filled(node: &Node, key: &str) -> Result<Option<Option<Span>>, ()> {
    match node.lookup(key) {
        Lookup::Absent => Ok(None),
        Lookup::Unknown(_) if node.get(key).is_none() => Err(()),
        Lookup::Unknown(_) => Ok(Some(None)),
        Lookup::Present(value) if value.as_str().is_some_and(|text| text.trim().is_empty()) => {
            Ok(None)
        }
        Lookup::Present(value) => Ok(Some(value.place.primary())),
    }
}

/// Whether a list has nothing in it, or is not there.
///
/// # Errors
/// When that is not known.
fn is_nothing(node: &Node, key: &str) -> Result<bool, ()> {
    match node.lookup(key) {
        Lookup::Absent => Ok(true),
        Lookup::Unknown(_) => Err(()),
        Lookup::Present(value) => match value.as_list() {
            Some(list) => Ok(list.items.is_empty() && list.open.is_none()),
            None => Err(()),
        },
    }
}

/// How a gateway listens on more than this machine for certain, if it does: the setting, and where it is. On `tailnet` it falls
/// back to this machine where there is no such network, and on `auto` it only leaves it inside of a container.
fn network(gateway: &Node) -> Result<Option<(String, Rc<Node>)>, ()> {
    let Some((bind, node)) = text(gateway, "bind")? else {
        return Ok(None);
    };
    let leaves = match bind.as_str() {
        "lan" => true,
        "custom" => text(gateway, "customBindHost")?.is_some_and(|(host, _)| {
            !host.starts_with("127.") && !matches!(host.as_str(), "" | "localhost" | "::1")
        }),
        _ => false,
    };
    Ok(leaves.then_some((bind, node)))
}

/// Whether the configuration or the environment gives a credential.
fn given(subject: Subject<'_>, instance: &Instance, auth: &Node, credential: &Credential) -> Given {
    match auth.lookup(credential.key) {
        Lookup::Present(value) if value.as_str().is_none_or(|text| !text.trim().is_empty()) => {
            return Given::Yes;
        }
        Lookup::Unknown(unknown) => return Given::Perhaps(unknown.reason.clone(), unknown.span),
        Lookup::Present(_) | Lookup::Absent => {}
    }
    match provided_any(subject.configuration, instance, credential.variables) {
        Provided::Yes => Given::Yes,
        Provided::Perhaps(reason, span) => Given::Perhaps(reason, span),
        Provided::Empty(_) | Provided::Skipped(_) | Provided::SessionOnly(_) | Provided::No => {
            Given::No
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;
    use crate::openclaw::configuration::Provision;

    fn messages(gateway: &str) -> Vec<String> {
        let text = format!("{{gateway: {gateway}}}");
        let outcome = case(&text).home_manager(&[]).run(&RULE);
        let findings = outcome.findings.iter();
        findings.map(|finding| finding.message.clone()).collect()
    }

    /// Each of these was started with the gateways of 2026.2.17, 2026.6.11 and 2026.9.6, as far as they know the mode.
    #[test]
    fn what_real_gateways_refuse() {
        for gateway in [
            r#"{mode: "local", bind: "lan"}"#,
            r#"{bind: "lan", auth: {}}"#,
            r#"{bind: "lan", auth: {mode: "token"}}"#,
            r#"{bind: "lan", auth: {token: ""}}"#,
            r#"{bind: "lan", auth: {mode: "none"}}"#,
            r#"{bind: "lan", auth: {mode: "token", password: "abc"}}"#,
            r#"{bind: "lan", auth: {mode: "password", token: "abc"}}"#,
            r#"{bind: "custom", customBindHost: "192.168.7.7"}"#,
            r#"{bind: "loopback", auth: {mode: "password"}}"#,
            r#"{auth: {mode: "trusted-proxy"}}"#,
            r#"{auth: {mode: "trusted-proxy", trustedProxy: {userHeader: "x-user"}}}"#,
            r#"{auth: {mode: "trusted-proxy", trustedProxy: {userHeader: "x-user"}}, trustedProxies: []}"#,
            r#"{bind: "custom", auth: {token: "abc"}}"#,
            r#"{auth: {token: "abc", password: "def"}}"#,
            r#"{tailscale: {mode: "funnel"}}"#,
            r#"{tailscale: {mode: "funnel"}, auth: {token: "abc"}}"#,
            r#"{tailscale: {mode: "funnel"}, auth: {mode: "token", token: "abc"}}"#,
        ] {
            let found = messages(gateway);
            assert_eq!(found.len(), 1, "{gateway}: {found:?}");
            assert!(found[0].contains("does not start"), "{found:?}");
        }
    }

    #[test]
    fn what_real_gateways_start_with() {
        for gateway in [
            r#"{mode: "local"}"#,
            r#"{mode: "local", bind: "loopback"}"#,
            r#"{bind: "tailnet"}"#,
            r#"{bind: "lan", auth: {token: "abc"}}"#,
            r#"{bind: "lan", auth: {password: "abc"}}"#,
            r#"{bind: "lan", auth: {mode: "password", password: "abc"}}"#,
            r#"{bind: "lan", auth: {mode: "trusted-proxy", trustedProxy: {userHeader: "x-user"}}, trustedProxies: ["10.0.0.1"]}"#,
            r#"{auth: {mode: "token", token: "abc", password: "def"}}"#,
            r#"{auth: {token: "abc", password: ""}}"#,
            r#"{bind: "custom", customBindHost: "127.0.0.1"}"#,
            r#"{bind: "loopback", auth: {mode: "none"}}"#,
            r#"{bind: "loopback", tailscale: {mode: "serve"}}"#,
            r#"{tailscale: {mode: "funnel"}, auth: {password: "abc"}}"#,
            r#"{mode: "remote", bind: "lan"}"#,
        ] {
            assert_eq!(messages(gateway), Vec::<String>::new(), "{gateway}");
        }
    }

    #[test]
    fn a_variable_gives_a_token_and_an_environment_file_may() {
        let text = r#"{gateway: {bind: "lan"}}"#;
        let with = |name, provision| {
            case(text)
                .home_manager(&[])
                .variable(name, provision)
                .run(&RULE)
        };
        let given = with("OPENCLAW_GATEWAY_TOKEN", Provision::ServiceEnvironment);
        assert_eq!(given.lines(), Vec::<String>::new());
        assert!(given.unresolved.is_empty());
        let perhaps = with("", Provision::ServiceEnvironmentFile);
        assert_eq!(perhaps.lines(), Vec::<String>::new());
        assert_eq!(perhaps.unresolved.len(), 1);
        // Only shells see it.
        let shells = with("OPENCLAW_GATEWAY_TOKEN", Provision::SessionVariables);
        assert_eq!(shells.lines().len(), 1);
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for gateway in [
            r#"{bind: {$unknown: "why"}}"#,
            r#"{bind: "lan", auth: {$unknown: "why"}}"#,
            r#"{bind: "lan", auth: {mode: {$unknown: "why"}}}"#,
            r#"{bind: "lan", auth: {$open: "why"}}"#,
        ] {
            assert_eq!(messages(gateway), Vec::<String>::new(), "{gateway}");
        }
    }

    #[test]
    fn hooks_have_a_path_and_until_may_a_token_of_their_own() {
        let told = |text: &str, version: &str| {
            case(text)
                .release(version)
                .run(&RULE)
                .findings
                .iter()
                .map(|finding| finding.path.clone().unwrap_or_default())
                .collect::<Vec<String>>()
        };
        let same = "{gateway: {mode: 'local', auth: {token: '${A}'}}, hooks: {enabled: true, token: '${A}'}}";
        assert_eq!(told(same, "2026.5.7"), ["hooks.token"]);
        assert_eq!(told(same, "2026.6.11"), [""; 0]);
        let root = "{hooks: {enabled: true, token: '${B}', path: '/'}}";
        assert_eq!(told(root, "2026.6.11"), ["hooks.path"]);
    }
}
