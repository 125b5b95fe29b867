//! A channel that drops every message, for nobody is among those who may write.

use super::consequence::{absence, by_release};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Lookup, Node, Value};
use crate::releases::Version;
use crate::report::finding::{Consequence, Finding};
use std::rc::Rc;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "dropped-messages",
    summary: "A channel drops direct messages: its policy lets in nobody, or not everybody",
    consequence: Consequence::Degrades,
    explanation: "\
`dmPolicy = \"open\"` lets in whom `allowFrom` names, and everybody only with `\"*\"` in it; `allowlist` with an empty `allowFrom` lets in \
nobody. The channel starts and answers no direct message. OpenClaw takes such a configuration and has one line for it in the output of \
`config validate`: \"all DMs will be dropped\". (Seen with 2026.6.11 and 2026.9.6; earlier releases refuse some of it, and that is \
`conflicting-settings`.)

An account without a policy or a list of its own has those of its channel. `pairing`, which is the default, asks before it lets \
anybody in.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.channels.telegram = {
      tokenFile = "/run/secrets/telegram-bot-token";
      dmPolicy = "open";
    };
  };
}
"#],
    accepted: &[
        r#"{
  programs.openclaw = {
    enable = true;
    config.channels.telegram = {
      tokenFile = "/run/secrets/telegram-bot-token";
      dmPolicy = "open";
      allowFrom = [ "*" ];
    };
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config.channels.telegram = {
      tokenFile = "/run/secrets/telegram-bot-token";
      dmPolicy = "allowlist";
      allowFrom = [ 12345678 ];
    };
  };
}
"#,
    ],
};

/// The first release that is known to drop them without a refusal.
const SINCE: Version = Version::new(2026, 6, 11);

/// Keys of `channels` that are no channels, and the channel that keeps its senders in a list of another name.
const OTHERS: [&str; 3] = ["defaults", "modelByChannel", "synology-chat"];

const OPEN_TO_ALL: &str = "Add `\"*\"` to `allowFrom`; or take the policy `pairing`, which asks before it lets anybody in.";

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    if subject.release.version() < SINCE {
        return;
    }
    let Some(channels) = instance
        .config
        .get("channels")
        .and_then(|channels| channels.as_object())
    else {
        return;
    };
    for (name, channel) in &channels.entries {
        if OTHERS.contains(&name.as_str()) || !is_on(channel) {
            continue;
        }
        let path = ConfigPath::keys("channels").key(name.clone());
        let accounts = match channel.lookup("accounts") {
            Lookup::Absent => None,
            Lookup::Present(accounts) => accounts.as_object(),
            Lookup::Unknown(_) => continue,
        };
        match accounts.filter(|accounts| !accounts.entries.is_empty()) {
            None => examine(subject, &[channel], &path, sink),
            Some(accounts) => {
                for (name, account) in &accounts.entries {
                    if is_on(account) {
                        let path = path.key("accounts").key(name.clone());
                        examine(subject, &[account, channel], &path, sink);
                    }
                }
            }
        }
    }
}

/// Whether a channel or an account is not switched off, as far as that is known.
fn is_on(node: &Node) -> bool {
    match node.lookup("enabled") {
        Lookup::Absent => node.as_object().is_some(),
        Lookup::Present(flag) => flag.as_bool() == Some(true),
        Lookup::Unknown(_) => false,
    }
}

/// What one account does with direct messages; `holders` are the account and its channel, or the channel alone.
fn examine(subject: Subject<'_>, holders: &[&Rc<Node>], path: &ConfigPath, sink: &mut Sink) {
    let Ok(Some(policy)) = first(holders, &["dmPolicy", "dm.policy"]) else {
        return;
    };
    let Ok(senders) = first(holders, &["allowFrom", "dm.allowFrom"]) else {
        return;
    };
    let known = match senders.as_ref().map(|senders| known_senders(senders)) {
        None => Vec::new(),
        Some(Some(known)) => known,
        Some(None) => return,
    };
    let (message, help) = match policy.as_str().as_deref() {
        Some("open") if known.is_empty() => (
            "`open` lets in whom `allowFrom` names, and it names nobody: every direct message is dropped",
            OPEN_TO_ALL,
        ),
        Some("open") if !known.iter().any(|sender| sender == "*") => (
            "`open` lets in whom `allowFrom` names, and `\"*\"` is not among them: what others write is dropped",
            OPEN_TO_ALL,
        ),
        Some("allowlist") if known.is_empty() => (
            "`allowlist` lets in whom `allowFrom` names, and it names nobody: every direct message is dropped",
            "Name in `allowFrom` who may write, or take the policy `pairing`, which asks before it lets anybody in.",
        ),
        _ => return,
    };
    let mut finding = Finding::new(INFO.id, Consequence::Degrades, message)
        .at(policy.place.primary())
        .path(path.key("dmPolicy"))
        .help(help);
    if let Some(senders) = &senders {
        finding = finding.related(senders.place.primary(), "who may write");
    }
    sink.findings
        .push(by_release(subject, absence(subject, finding)));
}

/// The first of the values at these places, looked for in one holder after the other; `None` where there is none.
///
/// # Errors
/// When it is not known whether there is one.
fn first(holders: &[&Rc<Node>], places: &[&str]) -> Result<Option<Rc<Node>>, ()> {
    for holder in holders {
        for place in places {
            match holder.lookup_keys(place) {
                Lookup::Present(node) => return Ok(Some(Rc::clone(node))),
                Lookup::Absent => {}
                Lookup::Unknown(_) => return Err(()),
            }
        }
    }
    Ok(None)
}

/// The senders of a list; `None` where not all of them are known.
fn known_senders(list: &Node) -> Option<Vec<String>> {
    let list = list.as_list().filter(|list| list.open.is_none())?;
    list.items
        .iter()
        .map(|item| match &item.value {
            Value::Integer(number) => Some(number.to_string()),
            // A variable may hold any.
            _ => item
                .as_str()
                .filter(|text| !text.contains("${"))
                .map(|text| text.trim().to_string()),
        })
        .filter(|sender| sender.as_deref() != Some(""))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    /// What `openclaw config validate` of 2026.6.11 says to the same.
    #[test]
    fn the_cases_that_openclaw_warns_of() {
        for (channels, is_told) in [
            ("telegram: {dmPolicy: 'open'}", true),
            ("telegram: {dmPolicy: 'open', allowFrom: ['123', 5]}", true),
            ("telegram: {dmPolicy: 'open', allowFrom: [' * ']}", false),
            ("telegram: {dmPolicy: 'open', allowFrom: ['${WHO}']}", false),
            ("telegram: {enabled: false, dmPolicy: 'open'}", false),
            ("telegram: {accounts: {a: {dmPolicy: 'open'}}}", true),
            (
                "telegram: {allowFrom: ['*'], accounts: {a: {dmPolicy: 'open'}}}",
                false,
            ),
            (
                "telegram: {dmPolicy: 'open', allowFrom: ['*'], accounts: {a: {allowFrom: ['1']}}}",
                true,
            ),
            (
                "telegram: {dmPolicy: 'open', accounts: {a: {enabled: false}}}",
                false,
            ),
            ("discord: {dm: {policy: 'open'}}", true),
            ("discord: {dmPolicy: 'open', dm: {allowFrom: ['*']}}", false),
            ("nostr: {dmPolicy: 'open'}", true),
            ("telegram: {dmPolicy: 'allowlist'}", true),
            ("telegram: {dmPolicy: 'allowlist', allowFrom: [1]}", false),
            ("telegram: {dmPolicy: 'pairing'}", false),
            ("telegram: {groupPolicy: 'allowlist'}", false),
            (
                "telegram: {dmPolicy: 'open', allowFrom: {$unknown: 'u'}}",
                false,
            ),
        ] {
            let text = format!("{{channels: {{{channels}}}}}");
            let outcome = case(Box::leak(text.into_boxed_str())).run(&RULE);
            assert_eq!(!outcome.findings.is_empty(), is_told, "{channels}");
        }
    }
}
