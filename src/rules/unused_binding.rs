//! A binding that no message can match.

use super::consequence::absence;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, is_slip, nearest};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Lookup, Node};
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unused-binding",
    summary: "A binding is for a channel or an account that is not there",
    consequence: Consequence::Degrades,
    explanation: "\
A message goes to the agent of the first binding that matches its channel and its account, and to the default agent where none does. \
OpenClaw compares the names and asks nothing more: a binding for a channel that does not exist, or for an account that the channel does not have, is valid and never used.

Write the channel as below `channels`, and the account as below its `accounts`; without `accountId` a binding is for the account `default`, with \
`\"*\"` for all of them.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.bindings = [ { agentId = "main"; match.channel = "telegrm"; } ];
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.bindings = [ { agentId = "main"; match.channel = "telegram"; } ];
  };
}
"#],
};

/// The account that a channel has without being told so.
const DEFAULT_ACCOUNT: &str = "default";

/// As `src/routing/resolve-route.ts` of 2026.2.26 and 2026.6.11 matches them.
fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let Some(bindings) = instance
        .config
        .get("bindings")
        .and_then(|node| node.as_list())
    else {
        return;
    };
    for (index, binding) in bindings.items.iter().enumerate() {
        let path = ConfigPath::keys("bindings").index(index).key("match");
        let Some(matched) = binding.get("match") else {
            continue;
        };
        let Some(node) = matched.get("channel") else {
            continue;
        };
        let Some(written) = node.as_str() else {
            continue;
        };
        let channel = written.trim().to_lowercase();
        let finding = match slip(subject, &instance.config, &channel) {
            Some(meant) => Finding::new(
                INFO.id,
                Consequence::Degrades,
                format!("no channel is called `{written}`: the binding is never used"),
            )
            .at(node.place.primary())
            .path(path.key("channel"))
            .help(format!("Did you mean `{meant}`?")),
            None => {
                let Some(account) = matched.get("accountId") else {
                    continue;
                };
                let Some((name, accounts)) = other_accounts(&instance.config, &channel, account)
                else {
                    continue;
                };
                let names = accounts.iter().map(String::as_str);
                let help = match nearest(&name, names.clone()) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => format!("Declared: {}.", alternatives(names)),
                };
                Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!(
                        "`channels.{channel}` has no account `{name}`: the binding is never used"
                    ),
                )
                .at(account.place.primary())
                .path(path.key("accountId"))
                .help(help)
            }
        };
        sink.findings.push(absence(subject, finding));
    }
}

/// The channel that was meant, where the name is none and nearly one. Any other may be one that a plugin brings.
fn slip(subject: Subject<'_>, config: &Node, channel: &str) -> Option<String> {
    let configured = config
        .get("channels")
        .and_then(|channels| channels.as_object())
        .map(|channels| {
            channels
                .entries
                .keys()
                .map(String::as_str)
                .collect::<Vec<_>>()
        })
        .unwrap_or_default();
    if subject.release.channel(channel).is_some()
        || configured
            .iter()
            .any(|known| known.eq_ignore_ascii_case(channel))
    {
        return None;
    }
    let known = subject.release.channels().map(|channel| channel.id());
    let near = nearest(channel, known.chain(configured))?;
    is_slip(channel, near).then(|| near.to_string())
}

/// The account that a binding asks for and the ones that the channel has, where it is not among them.
fn other_accounts(config: &Node, channel: &str, account: &Node) -> Option<(String, Vec<String>)> {
    let name = account.as_str()?;
    let compared = name.trim().to_lowercase();
    if matches!(compared.as_str(), "" | "*" | DEFAULT_ACCOUNT) {
        return None;
    }
    let Lookup::Present(accounts) = config.get("channels")?.get(channel)?.lookup("accounts") else {
        return None;
    };
    let accounts = accounts.as_object()?;
    let names: Vec<String> = accounts.entries.keys().cloned().collect();
    let has = names
        .iter()
        .any(|known| known.trim().to_lowercase() == compared);
    (!has && !names.is_empty() && accounts.open.is_none()).then_some((name, names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn channels_and_accounts_that_are_not_there() {
        let outcome = case(
            r#"{channels: {telegram: {accounts: {work: {}, home: {}}}, "my-own": {}}, bindings: [
                {agentId: "a", match: {channel: "discrod"}},
                {agentId: "a", match: {channel: "telegram", accountId: "wrok"}},
                {agentId: "a", match: {channel: "Telegram", accountId: "Work"}},
                {agentId: "a", match: {channel: "telegram", accountId: "*"}},
                {agentId: "a", match: {channel: "telegram"}},
                {agentId: "a", match: {channel: "my-own", accountId: "x"}},
                {agentId: "a", match: {channel: "some-plugin"}}]}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning bindings[0].match.channel: \"discrod\"",
                "warning bindings[1].match.accountId: \"wrok\"",
            ]
        );
        assert_eq!(
            outcome.findings[1].help.as_deref(),
            Some("Did you mean `work`?")
        );
    }
}
