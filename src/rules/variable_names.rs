//! Variables of the process whose names are nearly those that OpenClaw looks for.

use super::Subject;
use crate::nearest::{is_one_step, is_slip};
use crate::openclaw::configuration::{Instance, Provision, Variable};
use crate::openclaw::references::Reference;
use crate::releases;
use std::collections::HashSet;

/// So many variables are compared with a name: nobody sets more by hand, and each missing name is compared with all.
const MOST: usize = 100;

/// What OpenClaw reads by name: `src/gateway/credentials.ts` and the channels (see `unconfigured-channel`) of 2026.2.26 and 2026.6.11.
pub(super) static READ: &[&str] = &[
    "OPENCLAW_GATEWAY_TOKEN",
    "OPENCLAW_GATEWAY_PASSWORD",
    "TELEGRAM_BOT_TOKEN",
    "DISCORD_BOT_TOKEN",
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
];

/// Which variables of the process nothing in the configuration reads by a placeholder, by their index. Those of a plugin are for its own programs.
pub(super) fn unread(instance: &Instance, references: &[Reference]) -> Vec<usize> {
    let read: HashSet<&str> = references
        .iter()
        .filter(|reference| !reference.escaped)
        .map(|reference| reference.name.as_str())
        .collect();
    let is_of_process = |variable: &Variable| {
        matches!(
            variable.provision,
            Provision::ModuleEnvironment | Provision::ServiceEnvironment
        ) && !variable
            .option
            .as_deref()
            .is_some_and(|option| option.ends_with(".config.env"))
    };
    let variables = instance.variables.iter().enumerate();
    variables
        .filter(|(_, variable)| is_of_process(variable))
        .filter(|(_, variable)| {
            variable
                .name
                .as_deref()
                .is_some_and(|name| !read.contains(name))
        })
        .map(|(index, _)| index)
        .take(MOST)
        .collect()
}

/// The variable of the process that was probably meant to be `wanted`, which nothing provides: no placeholder names it, and no release
/// knows it by its name.
pub(super) fn misspelt<'a>(
    subject: Subject<'_>,
    instance: &'a Instance,
    wanted: &str,
) -> Option<&'a Variable> {
    let unread = subject.unread_variables(instance);
    let mut variables = unread.iter().map(|index| &instance.variables[*index]);
    variables.find(|variable| {
        let name = variable.name.as_deref().unwrap_or_default();
        is_meant(name, wanted) && !is_known(name)
    })
}

/// A variable with nearly the name `wanted`, whatever provides it and whoever reads it.
pub(super) fn similar<'a>(instance: &'a Instance, wanted: &str) -> Option<&'a Variable> {
    let mut variables = instance.variables.iter().take(MOST);
    variables.find(|variable| {
        variable
            .name
            .as_deref()
            .is_some_and(|name| is_meant(name, wanted))
    })
}

/// Whether OpenClaw reads a variable of this name in any release, for whatever it is.
fn is_known(name: &str) -> bool {
    READ.contains(&name)
        || releases::known().any(|release| {
            let providers = release.providers().flat_map(|it| it.key_variables());
            let channels = release.channels().flat_map(|it| it.key_variables());
            providers.chain(channels).any(|known| known == name)
        })
}

/// Whether `written` is `wanted` with a slip of the pen, or without the word `API` in it, which some names have and others do not. The
/// shorter the name of its owner, the fewer slips: `XAI_API_KEY` and `ZAI_API_KEY` are both right. One of several has the name and
/// more (`DISCORD_BOT_TOKEN_2`), or another number.
pub(super) fn is_meant(written: &str, wanted: &str) -> bool {
    let digits = |name: &str| name.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    if written.starts_with(wanted)
        || written.ends_with(wanted)
        || written.len().abs_diff(wanted.len()) > "_API_".len() + 2
        || digits(written) != digits(wanted)
    {
        return false;
    }
    let (written, wanted) = (squeezed(written), squeezed(wanted));
    let owner = ["KEY", "TOKEN"]
        .iter()
        .find_map(|kind| wanted.strip_suffix(kind))
        .unwrap_or(&wanted);
    match owner.len() {
        0 => false,
        _ if written == wanted => true,
        1..=3 => false,
        4..=5 => is_one_step(&written, &wanted),
        _ => is_slip(&written, &wanted),
    }
}

/// A name in capitals without what does not tell it apart from others: the lines between its words, and the word `API`.
fn squeezed(name: &str) -> String {
    let name = name.to_ascii_uppercase();
    name.split('_')
        .filter(|word| *word != "API")
        .map(|word| if word == "APIKEY" { "KEY" } else { word })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant() {
        for (written, wanted) in [
            ("OPENROUTER_KEY", "OPENROUTER_API_KEY"),
            ("ANTHROPIC_KEY", "ANTHROPIC_API_KEY"),
            ("ANTRHOPIC_API_KEY", "ANTHROPIC_API_KEY"),
            ("GEMNI_API_KEY", "GEMINI_API_KEY"),
            ("OPEN_AI_API_KEY", "OPENAI_API_KEY"),
            ("MISTAL_API_KEY", "MISTRAL_API_KEY"),
            ("KIMI_KEY", "KIMI_API_KEY"),
            ("ZAI_KEY", "ZAI_API_KEY"),
            ("ELEVENLAB_API_KEY", "ELEVENLABS_API_KEY"),
            ("openai_api_key", "OPENAI_API_KEY"),
        ] {
            assert!(is_meant(written, wanted), "{written}");
        }
        for (written, wanted) in [
            ("XAI_API_KEY", "ZAI_API_KEY"),
            ("EXA_API_KEY", "XAI_API_KEY"),
            ("KILO_API_KEY", "KIMI_API_KEY"),
            ("API_KEY", "XAI_API_KEY"),
            ("OPENAI_API_KEY_2", "OPENAI_API_KEY"),
            ("WORK_OPENAI_API_KEY", "OPENAI_API_KEY"),
            ("OPENAI_API_KEY_1", "OPENAI_API_KEY_2"),
            ("OPENAI_BASE_URL", "OPENAI_API_KEY"),
        ] {
            assert!(!is_meant(written, wanted), "{written}");
        }
    }

    #[test]
    fn names_that_some_release_reads_are_no_slips() {
        assert!(is_known("GEMINI_API_KEY") && is_known("SLACK_APP_TOKEN"));
        assert!(!is_known("GEMNI_API_KEY"));
    }
}
