//! Text of a template that was left where a secret belongs.

use super::secrets::Site;
use super::secrets::{placeholder, visit_sites};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::credentials::{
    Role, Written, bare, classify, secret_spans, variable_of_other_programs,
};
use crate::openclaw::environment::{Provided, provided};
use crate::openclaw::secret_names::words;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "template-placeholder",
    summary: "Text of a template stands where a secret belongs",
    consequence: Consequence::FailsInUse,
    explanation: "\
`<gatewayToken>`, `your-bot-token-here`, `USE_ENV_VAR` or the bare name of a variable were meant to be replaced, and \
`env:NAME`, `{env:NAME}` or `process.env.NAME` are what other programs read as a variable. \
OpenClaw takes them for the secret itself: the service refuses the request, and a gateway token that everybody can \
guess protects nothing.

Provide the secret as an environment variable and write `\"\\${NAME}\"`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      gateway.auth.token = "<gatewayToken>";
      channels.telegram.botToken = "your-bot-token-here";
    };
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENCLAW_GATEWAY_TOKEN = "/run/secrets/openclaw-gateway-token";
    config = {
      gateway.auth.token = "\${OPENCLAW_GATEWAY_TOKEN}";
      channels.telegram.tokenFile = "/run/secrets/telegram-bot-token";
    };
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    visit_sites(subject, instance, &mut |site| {
        if !site.role.is_secret() {
            return;
        }
        let Some(text) = site.node.as_str() else {
            return;
        };
        if site.is_local_key() {
            return;
        }
        let certain = matches!(site.role, Role::Credential | Role::SecretHeader);
        let name = site.name();
        let finding = match classify(&text) {
            Written::Template => {
                if !certain && !is_plainly_a_template(&text) {
                    return;
                }
                let self_chosen = site.field.is_some_and(|field| field.is_self_chosen());
                let enclosed = text.trim().starts_with(['<', '{', '[', '@', '%', '_']);
                if self_chosen && !enclosed {
                    // It works as a secret, only that everybody knows it: it is not shown.
                    sink.secret_spans.extend(secret_spans(site.node));
                    Finding::new(
                        INFO.id,
                        Consequence::LeaksSecret,
                        format!("{name} is a text that anybody can guess"),
                    )
                    .help(site.how_to_provide(subject))
                } else {
                    Finding::new(
                        INFO.id,
                        Consequence::FailsInUse,
                        format!("{name} is still the text of a template, `{}`", shown(&text)),
                    )
                    .help(site.how_to_provide(subject))
                }
            }
            Written::VariableName if is_looked_up(subject, site, text.trim()) => {
                let variable = text.trim();
                if !matches!(
                    provided(subject.configuration, instance, variable),
                    Provided::No | Provided::Empty(_)
                ) {
                    return;
                }
                Finding::new(
                    INFO.id,
                    Consequence::FailsInUse,
                    format!("{name} stands for the variable `{variable}`, which nothing provides"),
                )
                .at_most(Severity::Warning)
                .help(site.how_to_provide(subject))
            }
            Written::VariableName => {
                let in_other_syntax = variable_of_other_programs(bare(&text));
                let variable = in_other_syntax.unwrap_or_else(|| bare(&text));
                let what = match in_other_syntax {
                    Some(_) => format!(
                        "names the variable `{variable}` as `{}`, which OpenClaw takes for the value itself",
                        shown(&text)
                    ),
                    None => format!("is the name of a variable, `{variable}`, not its value"),
                };
                let help = if site.variable.is_some() {
                    site.how_to_provide(subject)
                } else {
                    format!("write `{}`", placeholder(subject, variable))
                };
                Finding::new(INFO.id, Consequence::FailsInUse, format!("{name} {what}")).help(help)
            }
            _ => return,
        };
        sink.findings.push(
            finding
                .at_most(if certain && !may_be_replaced(&text) {
                    Severity::Error
                } else {
                    Severity::Warning
                })
                .at(site.span())
                .path(site.path()),
        );
    });
}

/// Whether OpenClaw itself takes the name of a variable in a provider's `apiKey` for its value: it does for the variables of the
/// providers that are part of it, not for those that come with a plugin (`KIMI_API_KEY`) and nowhere else. Established by asking
/// `isKnownEnvApiKeyMarker` of 2026.6.11 about all variables that its manifests name.
fn is_looked_up(subject: Subject<'_>, site: &Site<'_>, variable: &str) -> bool {
    // Those that it knows beside its own providers.
    const OTHERS: &[&str] = &[
        "AZURE_API_KEY",
        "AZURE_OPENAI_API_KEY",
        "CEREBRAS_API_KEY",
        "DASHSCOPE_API_KEY",
        "DEEPSEEK_API_KEY",
        "FIREWORKS_API_KEY",
        "GOOGLE_API_KEY",
        "MINIMAX_CODE_PLAN_KEY",
        "MODELSTUDIO_API_KEY",
        "NOVITA_API_KEY",
        "PERPLEXITY_API_KEY",
        "QWEN_API_KEY",
        "VOYAGE_API_KEY",
    ];
    let path = site.path();
    path.starts_with("models.providers.")
        && path.ends_with(".apiKey")
        && (OTHERS.contains(&variable)
            || subject.release.providers().any(|provider| {
                provider.external_plugin().is_none()
                    && provider.key_variables().any(|known| known == variable)
            }))
}

/// Whether a text can mean nothing else: in angle brackets and the like, of several words, or one of the words that people
/// write for it.
fn is_plainly_a_template(text: &str) -> bool {
    let words = words(text);
    words.len() > 1
        || text.trim().starts_with(['<', '{', '['])
        || matches!(
            words.first().map(String::as_str),
            Some("changeme" | "placeholder" | "todo" | "fixme" | "tbd")
        )
}

/// Markers that scripts fill in when a system is activated: `@TOKEN@`, `__TOKEN__`, `%TOKEN%`, `{{TOKEN}}`.
fn may_be_replaced(text: &str) -> bool {
    let text = text.trim();
    ["@", "__", "%"]
        .iter()
        .any(|mark| text.len() > 2 * mark.len() && text.starts_with(mark) && text.ends_with(mark))
        || (text.starts_with("{{") && text.ends_with("}}"))
}

/// The text, shortened where it is long.
fn shown(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;
    use crate::openclaw::configuration::Provision;

    #[test]
    fn text_to_replace_and_names_of_variables() {
        let outcome = case(
            r#"{gateway: {auth: {token: "<gatewayToken>"}}, channels: {telegram: {botToken: "your-bot-token-here"},
                discord: {token: "DISCORD_BOT_TOKEN"}, slack: {botToken: "xoxb-your-token"}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error channels.discord.token: \"DISCORD_BOT_TOKEN\"",
                "error channels.slack.botToken: \"xoxb-your-token\"",
                "error channels.telegram.botToken: \"your-bot-token-here\"",
                "error gateway.auth.token: \"<gatewayToken>\"",
            ]
        );
        assert!(
            outcome.findings[0]
                .help
                .as_deref()
                .is_some_and(|help| help.contains("${DISCORD_BOT_TOKEN}"))
        );
    }

    #[test]
    fn a_variable_in_the_syntax_of_another_program_is_named_as_it_is_written() {
        let outcome = case(
            r#"{models: {providers: {google: {baseUrl: "https://x.example", apiKey: "env:GEMINI_API_KEY"}}},
                channels: {discord: {token: "{env:MY_TOKEN}"}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error channels.discord.token: \"{env:MY_TOKEN}\"",
                "error models.providers.google.apiKey: \"env:GEMINI_API_KEY\"",
            ]
        );
        for (finding, name) in outcome.findings.iter().zip(["MY_TOKEN", "GEMINI_API_KEY"]) {
            assert_eq!(finding.consequence, Consequence::FailsInUse);
            let help = finding.help.as_deref().unwrap_or_default();
            assert_eq!(help, format!("write `\"${{{name}}}\"`"));
        }
    }

    #[test]
    fn openclaw_looks_up_the_variables_of_its_own_providers() {
        let text = |key: &str| {
            format!(
                r#"{{models: {{providers: {{mine: {{baseUrl: "https://x.example", apiKey: "{key}"}}}}}}}}"#
            )
        };
        let run = |key: &str, given: &str| {
            case(&text(key))
                .home_manager(&[])
                .variable(given, Provision::ModuleEnvironment)
                .run(&RULE)
                .lines()
        };
        assert_eq!(run("OPENROUTER_API_KEY", "OPENROUTER_API_KEY"), [""; 0]);
        assert_eq!(
            run("OPENROUTER_API_KEY", "OTHER"),
            ["warning models.providers.mine.apiKey: \"OPENROUTER_API_KEY\""]
        );
        // Its provider comes with a plugin.
        assert_eq!(
            run("KIMI_API_KEY", "KIMI_API_KEY"),
            ["error models.providers.mine.apiKey: \"KIMI_API_KEY\""]
        );
    }

    #[test]
    fn what_a_script_may_fill_in_is_a_warning() {
        let outcome =
            case(r#"{channels: {telegram: {botToken: "@TELEGRAM_TOKEN@"}}, env: {vars: {A_TOKEN: "changeme", B_TOKEN: "test"}}}"#)
                .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning channels.telegram.botToken: \"@TELEGRAM_TOKEN@\"",
                "warning env.vars.A_TOKEN: \"changeme\"",
            ]
        );
    }

    #[test]
    fn a_token_that_everybody_can_guess_is_hidden() {
        let outcome = case(r#"{gateway: {auth: {token: "local-gateway-token"}}}"#).run(&RULE);
        assert_eq!(outcome.only().consequence, Consequence::LeaksSecret);
        assert!(!outcome.only().message.contains("local-gateway-token"));
        assert!(!outcome.secret_spans.is_empty());
    }

    #[test]
    fn dummy_keys_and_placeholders_are_none() {
        let outcome = case(
            r#"{models: {providers: {a: {baseUrl: "https://x.example", apiKey: "not-needed"}, b: {apiKey: "${TOKEN}"}}},
                gateway: {auth: {mode: "token"}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }
}
