//! A channel that is to run and has no credentials.

use super::consequence::absence;
use super::secrets::is_nix;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::alternatives;
use crate::openclaw::configuration::{Instance, Source};
use crate::openclaw::environment::{Provided, provided_any};
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Lookup, Node};
use crate::report::finding::{Consequence, Finding, Severity, Unresolved};
use crate::workspace::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unconfigured-channel",
    summary: "A channel is set up without the token that it needs",
    consequence: Consequence::FailsInUse,
    explanation: "\
Telegram, Discord and Slack need the token of a bot. Without one the gateway starts, logs nothing about it and leaves the channel \
out; only `openclaw channels status` says \"enabled, not configured\". (Seen with 2026.2.26 and 2026.6.11.)

| channel | keys | variable |
|---|---|---|
| `telegram` | `botToken` or `tokenFile` | `TELEGRAM_BOT_TOKEN` |
| `discord` | `token` | `DISCORD_BOT_TOKEN` |
| `slack` | `botToken`, and `appToken` unless `mode` is `http` | `SLACK_BOT_TOKEN`, `SLACK_APP_TOKEN` |

The variables count for the account `default` and for a channel without `accounts`; any other account needs keys of its own, or those \
of the channel where the release passes them on. The `.env` in OpenClaw's state directory cannot be seen here, so where a variable \
would do this is a warning.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true;
    config.channels.telegram = {
      enabled = true;
      allowFrom = [ 12345678 ];
    };
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config.channels.telegram.accounts = {
      work.tokenFile = "/run/secrets/telegram-work";
      home.allowFrom = [ 12345678 ];
    };
  };
}
"#,
    ],
    accepted: &[
        r#"{
  programs.openclaw = {
    enable = true;
    config.channels.telegram = {
      enabled = true;
      tokenFile = "/run/secrets/telegram-bot-token";
      allowFrom = [ 12345678 ];
    };
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    environment.TELEGRAM_BOT_TOKEN = "/run/secrets/telegram-bot-token";
    config.channels.telegram.enabled = true;
  };
}
"#,
    ],
};

/// One of the credentials that a channel has to have.
struct Credential {
    channel: &'static str,
    /// What it is called.
    name: &'static str,
    /// The keys that give it; one is enough.
    keys: &'static [&'static str],
    /// The variable that gives it to the default account.
    variable: &'static str,
    /// Whether it is needed only where `mode` is not `http`.
    is_for_sockets: bool,
}

/// As the channels read them (`src/telegram/token.ts`, `src/discord/token.ts`, `src/slack/accounts.ts` of release 2026.2.26).
static CREDENTIALS: [Credential; 4] = [
    Credential {
        channel: "telegram",
        name: "token",
        keys: &["tokenFile", "botToken"],
        variable: "TELEGRAM_BOT_TOKEN",
        is_for_sockets: false,
    },
    Credential {
        channel: "discord",
        name: "token",
        keys: &["token"],
        variable: "DISCORD_BOT_TOKEN",
        is_for_sockets: false,
    },
    Credential {
        channel: "slack",
        name: "bot token",
        keys: &["botToken"],
        variable: "SLACK_BOT_TOKEN",
        is_for_sockets: false,
    },
    Credential {
        channel: "slack",
        name: "app token",
        keys: &["appToken"],
        variable: "SLACK_APP_TOKEN",
        is_for_sockets: true,
    },
];

/// The account that the variables are for.
const DEFAULT_ACCOUNT: &str = "default";

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let Some(channels) = instance.config.get("channels") else {
        return;
    };
    for credential in &CREDENTIALS {
        let Some(channel) = channels.get(credential.channel) else {
            continue;
        };
        if channel.as_object().is_none() || is_off(instance, channel, credential.channel) {
            continue;
        }
        let path = ConfigPath::keys("channels").key(credential.channel);
        let accounts = match channel.lookup("accounts") {
            Lookup::Absent => None,
            Lookup::Present(accounts) => match accounts.as_object() {
                Some(object) if object.entries.is_empty() && object.open.is_none() => None,
                Some(object) => Some(object),
                None => continue,
            },
            Lookup::Unknown(_) => continue,
        };
        let Some(accounts) = accounts else {
            missing(subject, instance, credential, &[channel], true, &path, sink);
            continue;
        };
        for (name, account) in &accounts.entries {
            if account.as_object().is_none() || !may_be_on(account) {
                continue;
            }
            let path = path.key("accounts").key(name.clone());
            let takes_variable = name.trim().to_lowercase() == DEFAULT_ACCOUNT;
            let holders = [&**account, &**channel];
            missing(
                subject,
                instance,
                credential,
                &holders,
                takes_variable,
                &path,
                sink,
            );
        }
    }
}

/// Reports a channel or an account to which nothing gives the credential. The first of `holders` is what it is reported of.
fn missing(
    subject: Subject<'_>,
    instance: &Instance,
    credential: &Credential,
    holders: &[&Node],
    takes_variable: bool,
    path: &ConfigPath,
    sink: &mut Sink,
) {
    let place = holders[0].place.key.or(holders[0].place.primary());
    let mut perhaps: Option<(String, Option<Span>)> = None;
    for holder in holders {
        if credential.is_for_sockets && !uses_sockets(holder) {
            return;
        }
        for key in credential.keys {
            // One whose value is empty or not known is told as that.
            if holder.get(key).is_some() {
                return;
            }
            // The file of a token where no such file is read is told as a key that is not known.
            if holder.get(&format!("{key}File")).is_some() || holder.get("tokenFile").is_some() {
                return;
            }
            if let Lookup::Unknown(unknown) = holder.lookup(key) {
                perhaps = Some((unknown.reason.clone(), unknown.span));
            }
        }
    }
    // Of the process that reads a rendered file nothing is known.
    if takes_variable && subject.configuration.source == Source::RenderedFile {
        return;
    }
    let mut shells = None;
    if takes_variable {
        match provided_any(subject.configuration, instance, [credential.variable]) {
            Provided::Yes => return,
            Provided::Perhaps(reason, span) => perhaps = Some((reason, span)),
            Provided::SessionOnly(variable) => shells = variable.span,
            Provided::Empty(_) | Provided::Skipped(_) | Provided::No => {}
        }
    }
    let Credential { name, variable, .. } = credential;
    let mut unseen = subject.configuration.unseen.iter();
    if let Some(module) = unseen.find(|module| module.may_add) {
        let reason = format!("{} could not be read and may add it", module.name);
        perhaps = Some((reason, module.span));
    }
    if let Some((reason, span)) = perhaps {
        sink.unresolved.push(Unresolved {
            path: path.to_string(),
            reason: format!("whether it has a {name} cannot be told: {reason}"),
            span: span.or(place),
            configurations: Vec::new(),
        });
        return;
    }
    let keys = alternatives(credential.keys.iter().copied());
    let (message, help) = match takes_variable {
        true => (
            format!("`{path}` has no {keys}, and nothing provides `{variable}`: it is left out"),
            format!("write {keys}, or provide `{variable}`"),
        ),
        false => (
            format!("`{path}` has no {keys}: it is left out"),
            format!("write {keys}; `{variable}` is for the account `{DEFAULT_ACCOUNT}` only"),
        ),
    };
    let mut finding = Finding::new(INFO.id, Consequence::FailsInUse, message)
        .at(place)
        .path(path)
        .help(help);
    if let Some(span) = shells {
        finding = finding.related(
            Some(span),
            format!("`{variable}` is set for shells only, the gateway does not see it"),
        );
    }
    let finding = absence(subject, finding);
    // A script that takes the rendered file may put the token in.
    let may_be_added = subject.configuration.source == Source::RenderedFile && is_nix(subject);
    sink.findings.push(match takes_variable || may_be_added {
        true => finding.at_most(Severity::Warning),
        false => finding,
    });
}

/// Whether the channel is switched off, or may be.
fn is_off(instance: &Instance, channel: &Node, id: &str) -> bool {
    let plugin = ConfigPath::keys("plugins.entries").key(id);
    let plugin = instance.config.at(&plugin);
    !may_be_on(channel) || plugin.is_some_and(|plugin| !may_be_on(plugin))
}

/// Whether something is not switched off by its `enabled`.
fn may_be_on(node: &Node) -> bool {
    match node.lookup("enabled") {
        Lookup::Absent => true,
        Lookup::Present(enabled) => enabled.as_bool() == Some(true),
        Lookup::Unknown(_) => false,
    }
}

/// Whether Slack is reached through a socket, as far as that place says.
fn uses_sockets(node: &Node) -> bool {
    match node.lookup("mode") {
        Lookup::Absent => true,
        Lookup::Present(mode) => mode.as_str().is_some_and(|mode| mode == "socket"),
        Lookup::Unknown(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::configuration::{Language, Provision};
    use crate::rules::testing::case;

    fn lines(channels: &str) -> Vec<String> {
        let text = format!("{{channels: {channels}}}");
        let plugins = ["discord", "slack"];
        case(&text).home_manager(&plugins).run(&RULE).lines()
    }

    /// What `channels status` of 2026.2.26 and 2026.6.11 calls "enabled, not configured".
    #[test]
    fn what_real_releases_leave_out() {
        for (channels, found) in [
            (
                "{telegram: {enabled: true}}",
                "warning channels.telegram: telegram",
            ),
            (
                "{telegram: {allowFrom: [1]}}",
                "warning channels.telegram: telegram",
            ),
            (
                r#"{telegram: {accounts: {work: {botToken: "1:a"}, home: {}}}}"#,
                "error channels.telegram.accounts.home: home",
            ),
            (
                r#"{telegram: {accounts: {default: {}, off: {enabled: false}}}}"#,
                "warning channels.telegram.accounts.default: default",
            ),
            (
                "{discord: {enabled: true}}",
                "warning channels.discord: discord",
            ),
            (
                "{discord: {accounts: {a: {}}}}",
                "error channels.discord.accounts.a: a",
            ),
            (
                r#"{slack: {botToken: "xoxb-1"}}"#,
                "warning channels.slack: slack",
            ),
            (
                r#"{slack: {mode: "http", appToken: "xapp-1", signingSecret: "a"}}"#,
                "warning channels.slack: slack",
            ),
        ] {
            assert_eq!(lines(channels), [found], "{channels}");
        }
        assert_eq!(lines("{slack: {enabled: true}}").len(), 2);
    }

    #[test]
    fn what_they_take_or_may_take() {
        for channels in [
            "{}",
            "{telegram: {enabled: false}}",
            r#"{telegram: {tokenFile: "/nowhere"}}"#,
            r#"{telegram: {botToken: "${TELEGRAM_BOT_TOKEN}"}}"#,
            r#"{telegram: {botToken: {source: "env", provider: "default", id: "A"}}}"#,
            // 2026.6.11 passes the token of the channel on, 2026.2.26 does not.
            r#"{telegram: {botToken: "1:a", accounts: {work: {}}}}"#,
            r#"{discord: {token: "x", accounts: {}}}"#,
            r#"{slack: {botToken: "xoxb-1", appToken: "xapp-1"}}"#,
            r#"{slack: {mode: "http", botToken: "xoxb-1", signingSecret: "a"}}"#,
            r#"{slack: {botToken: "xoxb-1", appToken: "xapp-1", accounts: {a: {}}}}"#,
            "{whatsapp: {enabled: true}}",
            // Told as a key that is not known.
            r#"{discord: {tokenFile: "/nowhere"}}"#,
        ] {
            assert_eq!(lines(channels), Vec::<String>::new(), "{channels}");
        }
        let off =
            case("{channels: {telegram: {}}, plugins: {entries: {telegram: {enabled: false}}}}");
        assert!(off.home_manager(&[]).run(&RULE).lines().is_empty());
        let rendered = case("{channels: {telegram: {}}}").run(&RULE);
        assert!(rendered.lines().is_empty());
    }

    #[test]
    fn a_script_may_put_the_token_into_what_nix_renders() {
        let account = case("{channels: {discord: {accounts: {a: {}}}}}");
        assert_eq!(
            account.run(&RULE).lines(),
            ["error channels.discord.accounts.a: a"]
        );
        let rendered = account.configuration(|it| it.language = Language::Nix);
        assert_eq!(
            rendered.run(&RULE).lines(),
            ["warning channels.discord.accounts.a: a"]
        );
    }

    #[test]
    fn a_variable_of_the_service_counts_for_the_default_account() {
        for (channels, left_out) in [
            ("{telegram: {}}", 0),
            ("{telegram: {accounts: {default: {}}}}", 0),
            ("{telegram: {accounts: {default: {}, work: {}}}}", 1),
        ] {
            let case = case(&format!("{{channels: {channels}}}"))
                .home_manager(&[])
                .variable("TELEGRAM_BOT_TOKEN", Provision::ModuleEnvironment);
            assert_eq!(case.run(&RULE).findings.len(), left_out, "{channels}");
        }
    }

    #[test]
    fn what_is_not_known_is_said() {
        let outcome = case(r#"{channels: {telegram: {botToken: {$unknown: "a secret"}}}}"#)
            .home_manager(&[])
            .run(&RULE);
        assert!(outcome.findings.is_empty());
        let open =
            case(r#"{channels: {telegram: {enabled: true, accounts: {}, $open: "a file"}}}"#)
                .home_manager(&[])
                .run(&RULE);
        assert!(open.findings.is_empty());
        assert_eq!(open.unresolved.len(), 1);
    }
}
