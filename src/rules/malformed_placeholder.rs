//! What looks like a placeholder and is none for OpenClaw.

use super::secrets::{Site, placeholder, visit_sites};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Language};
use crate::openclaw::credentials::Role;
use crate::openclaw::credentials::written::{is_dollar_name, is_shell_substitution};
use crate::openclaw::placeholders::{
    Flaw, Form, Placeholder, is_variable_name, scan, whole_reference,
};
use crate::openclaw::secret_names::words;
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "malformed-placeholder",
    summary: "A placeholder is written in a way that OpenClaw does not recognise",
    consequence: Consequence::FailsInUse,
    explanation: "\
OpenClaw replaces `${NAME}` only where the name consists of capital letters, digits and `_` and does not begin with a \
digit. Small letters, blanks, a default value as in a shell (`${NAME:-value}`) or a missing brace leave the text as it \
is, without a warning: the characters themselves become the key or the address.

Variables with small letters cannot be used. For a default value set the variable in `env.vars`, which only applies \
where the environment has none.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      gateway.auth.token = "\${gateway_token}";
      models.providers.kimi = {
        baseUrl = "\${KIMI_URL:-https://api.kimi.com/coding/v1}";
        api = "openai-completions";
        apiKey = "\${KIMI_API_KEY";
        models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
      };
    };
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.GATEWAY_TOKEN = "/run/secrets/gateway-token";
    config = {
      gateway.auth.token = "\${GATEWAY_TOKEN}";
      agents.defaults.models."openrouter/auto".alias = "auto";
    };
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    visit_sites(subject, instance, &mut |site| {
        // The start script of the Home Manager module expands shell syntax in its variables.
        if site.is_read_from_file(subject) {
            return;
        }
        let Some(text) = site.node.as_text() else {
            return;
        };
        if !text.contains('$') {
            return;
        }
        let shown = text.display();
        let prose = site.field.is_some_and(|field| field.is_prose());
        if (prose && !site.role.is_secret()) || is_shell_substitution(&shown) {
            return;
        }
        let found = scan(&shown);
        if let Some(flawed) = found
            .iter()
            .find(|found| matches!(found.form, Form::Ignored(flaw) if flaw != Flaw::Expression))
        {
            if !is_expected(site, &shown, flawed) {
                return;
            }
            let Form::Ignored(flaw) = flawed.form else {
                return;
            };
            let certain = site.role.is_secret() || is_address(site);
            let written = &shown[flawed.range.clone()];
            let written = if written.len() > 60 {
                "${…}"
            } else {
                written
            };
            let finding = Finding::new(
                INFO.id,
                Consequence::FailsInUse,
                format!(
                    "OpenClaw does not recognise `{written}`{}, so {} keeps the text as it is",
                    why(flaw),
                    site.name()
                ),
            )
            .at_most(if certain {
                Severity::Error
            } else {
                Severity::Warning
            })
            .at(text.locate(flawed.range.clone()).or(site.span()))
            .path(site.path())
            .help(help(subject, site, flawed, flaw));
            sink.findings.push(finding);
        } else if let Some(escaped) = found.iter().find(|found| {
            site.role.is_secret()
                && found.form == Form::Replaced
                && shown[..found.range.start].ends_with('\\')
        }) {
            let range = escaped.range.start - 1..escaped.range.end;
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::FailsInUse,
                    format!(
                        "OpenClaw replaces `${{{0}}}` and keeps the backslash before it, which becomes part of {1}",
                        escaped.name,
                        site.name()
                    ),
                )
                .at(text.locate(range).or(site.span()))
                .path(site.path())
                .help(format!("write `{}`", placeholder(subject, &escaped.name))),
            );
        } else if matches!(site.role, Role::Credential | Role::SecretHeader)
            && found.is_empty()
            && is_dollar_name(&shown)
            && (whole_reference(&shown).is_none()
                || !site.field.is_some_and(|field| field.resolved_at_start))
        {
            let name = shown.trim().trim_start_matches('$');
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::FailsInUse,
                    format!(
                        "OpenClaw does not recognise `{}`, so {} keeps the text as it is",
                        shown.trim(),
                        site.name()
                    ),
                )
                .at(site.span())
                .path(site.path())
                .help(format!(
                    "write `{}`",
                    placeholder(subject, &name.to_ascii_uppercase())
                )),
            );
        }
    });
}

/// Whether a placeholder can be meant there at all.
fn is_expected(site: &Site<'_>, text: &str, found: &Placeholder) -> bool {
    if site.role.is_secret() {
        return true;
    }
    if text.contains('\n') {
        return false;
    }
    // `${}` and odd characters are rather part of another language.
    if matches!(found.form, Form::Ignored(Flaw::Empty | Flaw::Characters)) {
        return false;
    }
    if is_address(site) || matches!(site.role, Role::Header | Role::Variable) {
        return true;
    }
    let whole = text.trim().len() == found.range.len();
    let loud = found.name.len() > 2
        && found
            .name
            .bytes()
            .any(|byte| byte == b'_' || byte.is_ascii_uppercase());
    whole && loud
}

/// Whether the field holds an address or a path.
fn is_address(site: &Site<'_>) -> bool {
    site.field.is_some_and(|field| {
        words(field.key()).last().is_some_and(|last| {
            matches!(
                last.as_str(),
                "url"
                    | "homeserver"
                    | "endpoint"
                    | "host"
                    | "path"
                    | "workspace"
                    | "dir"
                    | "directory"
                    | "file"
                    | "root"
            )
        })
    })
}

fn why(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::SmallLetters => " (small letters)",
        Flaw::ShellSyntax => " (no default values as in a shell)",
        Flaw::Blanks => " (blanks in the braces)",
        Flaw::Digit => " (begins with a digit)",
        Flaw::Empty => " (no name)",
        Flaw::Unclosed => " (no closing brace)",
        Flaw::Expression | Flaw::Characters => "",
    }
}

fn help(subject: Subject<'_>, site: &Site<'_>, found: &Placeholder, flaw: Flaw) -> String {
    let head: String = found
        .name
        .trim()
        .chars()
        .take_while(|next| next.is_ascii_alphanumeric() || *next == '_')
        .collect();
    let name = head.to_ascii_uppercase();
    if !is_variable_name(&name) {
        return site.how_to_provide(subject);
    }
    let write = format!("write `{}`", placeholder(subject, &name));
    match flaw {
        Flaw::ShellSyntax => format!(
            "{write} and give the default with `env.vars.{name}`, which applies where the environment has none"
        ),
        Flaw::SmallLetters if !site.role.is_secret() => match subject.configuration.language {
            Language::Nix | Language::JsonInString => {
                format!("{write}; if the Nix variable `{head}` is meant, drop the backslash")
            }
            Language::JsonInIndentedString => {
                format!(
                    "{write}; if the Nix variable `{head}` is meant, drop the two quotes before it"
                )
            }
            Language::Json => write,
        },
        _ => write,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::Provision;

    #[test]
    fn what_openclaw_leaves_as_it_is() {
        let outcome = case(
            r#"{models: {providers: {kimi: {baseUrl: "${KIMI_URL:-https://api.kimi.com}", apiKey: "${kimi_key}"}}},
                gateway: {auth: {token: "${TOKEN"}}, channels: {discord: {token: "$discord_token"}}, hooks: {token: "$HOOK"}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error channels.discord.token: \"$discord_token\"",
                "error gateway.auth.token: ${TOKEN",
                "error hooks.token: \"$HOOK\"",
                "error models.providers.kimi.apiKey: ${kimi_key}",
                "error models.providers.kimi.baseUrl: ${KIMI_URL:-https://api.kimi.com}",
            ]
        );
    }

    #[test]
    fn a_backslash_becomes_part_of_the_key() {
        let outcome = case(
            r#"{models: {providers: {kimi: {apiKey: "\\${KIMI_API_KEY}"}}}, agents: {defaults: {workspace: "\\${X}"}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error models.providers.kimi.apiKey: \"\\\\${KIMI_API_KEY}\""]
        );
    }

    #[test]
    fn other_languages_keep_their_braces() {
        let outcome = case(
            r#"{agents: {list: [{id: "a", systemPrompt: "Use ${name} and ${A:-b}"}]},
                mcp: {servers: {a: {command: "sh", args: ["-c", "echo ${x:-1}"]}}},
                messages: {responsePrefix: "[${model}]"}, gateway: {auth: {token: "${TOKEN}"}}}"#,
        )
        .home_manager(&[])
        .variable_with("A", Provision::ModuleEnvironment, "${B:-c}")
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }
}
