//! What of a value is never shown, although no rule may call it a secret.
//!
//! [`classify`] decides what is reported, and does so with care: a false alarm is worse than a miss. Here it is the
//! other way round: a text beside a placeholder, a default in `${NAME:-default}`, a key that somebody wrote between
//! `${` and `}` or `<` and `>`, a list where a string belongs: what may be a secret is not shown.

use super::fields::{REFERENCE_FIELDS, TEXT_CREDENTIALS};
use super::written::{Written, bare, classify, is_file_path};
use super::{Role, Step, matches, may_match};
use crate::openclaw::placeholders::{self, Flaw, Form};
use crate::openclaw::secret_names::{is_secret_name, names_a_secret, nearly_names_a_secret};
use crate::openclaw::secret_patterns::{find, is_template, looks_generated, option_with_secret};
use crate::openclaw::tree::{Node, TextPart, Value};
use std::ops::Range;

/// A piece beside a placeholder that is shorter is shown: it is punctuation, or a prefix that tells the kind.
const SHORTEST_PIECE: usize = 6;

/// Defaults inside of defaults are looked at to this depth.
const DEEPEST_DEFAULT: usize = 3;

/// The bytes of a text in a field for a secret that are not shown: sorted, without overlaps, on character boundaries.
///
/// ```
/// use openclaw_check::openclaw::credentials::secret_parts;
/// let parts = |text: &'static str| -> Vec<&str> {
///     secret_parts(text).into_iter().map(|range| &text[range]).collect()
/// };
/// assert_eq!(parts("hunter2"), ["hunter2"]);
/// assert_eq!(parts("${KIMI_API_KEY:-plum-Trestle}"), ["plum-Trestle"]);
/// assert!(parts("${KIMI_API_KEY}").is_empty() && parts("/run/secrets/kimi").is_empty());
/// ```
pub fn secret_parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    collect(text, 0, DEEPEST_DEFAULT, &mut parts);
    parts.sort_by_key(|range| (range.start, range.end));
    parts
}

fn collect(text: &str, offset: usize, depth: usize, parts: &mut Vec<Range<usize>>) {
    let inner = bare(text);
    // `bare` cuts off the ends only.
    let start = inner.as_ptr() as usize - text.as_ptr() as usize;
    let whole = offset + start..offset + start + inner.len();
    match classify(text) {
        // Where the value turns up elsewhere, it stands without the option.
        Written::Known(_) | Written::Literal if option_with_secret(text.trim()).is_some() => {
            parts.push(whole);
        }
        Written::Known(_) | Written::Literal => parts.push(offset..offset + text.len()),
        Written::Empty | Written::VariableName | Written::Path => {}
        Written::Dummy => {
            if inner.strip_prefix("oauth:").is_some_and(looks_generated) {
                parts.push(whole);
            }
        }
        Written::Template => {
            let between = inner.trim_matches(|c| matches!(c, '<' | '>' | '{' | '}' | '[' | ']'));
            if looks_generated(between) && !is_template(between) {
                parts.push(whole);
            }
        }
        Written::Shell => words_of_command(inner, whole.start, parts),
        Written::Placeholder => around_placeholders(inner, whole.start, depth, parts),
    }
}

/// A secret among the words of a command: `$(echo secret)`.
fn words_of_command(command: &str, offset: usize, parts: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for word in command.split(|c: char| c.is_whitespace() || "$()`\"'|;".contains(c)) {
        let is_option_or_path = word.starts_with('-') || word.contains('/');
        if looks_generated(word) && !is_option_or_path && !is_template(word) {
            parts.push(offset + start..offset + start + word.len());
        }
        // Every separator is one byte or a blank of its own length.
        start += word.len();
        start += command[start..].chars().next().map_or(0, char::len_utf8);
    }
}

/// The texts before, between and behind placeholders, and what hides in one.
fn around_placeholders(text: &str, offset: usize, depth: usize, parts: &mut Vec<Range<usize>>) {
    let mut from = 0;
    for placeholder in placeholders::scan(text) {
        piece(text, from..placeholder.range.start, offset, parts);
        from = placeholder.range.end;
        if depth == 0 || !matches!(placeholder.form, Form::Ignored(_)) {
            continue;
        }
        let end = placeholder.range.end - usize::from(text[..from].ends_with('}'));
        let Some(start) = end.checked_sub(placeholder.name.len()) else {
            continue;
        };
        if text.get(start..end) != Some(placeholder.name.as_str()) {
            continue;
        }
        inside(
            &placeholder.name,
            placeholder.form,
            offset + start,
            depth,
            parts,
        );
    }
    piece(text, from..text.len(), offset, parts);
}

fn piece(text: &str, range: Range<usize>, offset: usize, parts: &mut Vec<Range<usize>>) {
    let whole = &text[range.clone()];
    let trimmed = bare(whole).trim_matches(|c: char| c.is_whitespace() || "\\'\"".contains(c));
    let start = range.start + (trimmed.as_ptr() as usize - whole.as_ptr() as usize);
    if trimmed.len() >= SHORTEST_PIECE
        && matches!(classify(trimmed), Written::Known(_) | Written::Literal)
    {
        parts.push(offset + start..offset + start + trimmed.len());
    }
}

/// What stands between the braces of something that OpenClaw does not take for a placeholder.
fn inside(name: &str, form: Form, offset: usize, depth: usize, parts: &mut Vec<Range<usize>>) {
    match form {
        Form::Ignored(Flaw::Expression | Flaw::Empty | Flaw::Unclosed) => {}
        _ if looks_generated(name)
            && !name.contains([':', '.', '/'])
            && name.bytes().any(|byte| byte.is_ascii_lowercase()) =>
        {
            parts.push(offset..offset + name.len());
        }
        Form::Ignored(Flaw::ShellSyntax) => {
            let operator = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            let Some(operator) = operator else { return };
            let default = name[operator..].trim_start_matches([':', '-', '=', '+', '?']);
            let start = name.len() - default.len();
            if start > operator {
                collect(default, offset + start, depth - 1, parts);
            }
        }
        _ => {}
    }
}

/// Keys below the name of a secret that say where it comes from, and hold none themselves: those of a SecretRef, of
/// sops-nix and of agenix.
pub fn is_description_of_a_secret(key: &str) -> bool {
    matches!(
        key,
        "source"
            | "provider"
            | "id"
            | "file"
            | "sopsFile"
            | "path"
            | "owner"
            | "group"
            | "mode"
            | "format"
            | "name"
            | "type"
            | "key"
            | "description"
    )
}

/// Headers that are known to carry no secret.
fn is_harmless_header(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "accept"
            | "anthropic-beta"
            | "anthropic-version"
            | "content-type"
            | "http-referer"
            | "openai-beta"
            | "openai-organization"
            | "openai-project"
            | "origin"
            | "referer"
            | "user-agent"
            | "x-title"
    )
}

/// The texts in the value of a field that are not shown: none for what is no secret.
pub fn hidden_texts(role: Role, steps: &[Step<'_>], node: &Node) -> Vec<String> {
    let mut hidden = Vec::new();
    let is_for_a_secret = role.is_secret() || is_below_the_name_of_a_secret(steps);
    each_known_text(node, &mut |text| {
        if is_for_a_secret {
            hidden.extend(
                secret_parts(text)
                    .into_iter()
                    .map(|range| text[range].to_string()),
            );
        } else if matches!(steps.last(), Some(Step::Key("id" | "provider")))
            && is_secret_in_reference(text)
            && is_part_of_reference(steps)
        {
            hidden.push(text.to_string());
        } else if role == Role::Other && is_random_word(text) && is_beside_a_credential(steps) {
            // Whatever the field is called: a key that is random may be one.
            hidden.push(text.to_string());
        } else if looks_generated(text) && !is_file_path(text) && may_hold_a_secret(role, steps) {
            hidden.push(text.to_string());
        }
    });
    hidden
}

/// The text of a value, or each known part of it.
fn each_known_text(node: &Node, each: &mut dyn FnMut(&str)) {
    match &node.value {
        Value::Text(text) => match text.whole() {
            Some(known) => each(&known),
            None => text.parts.iter().for_each(|part| {
                if let TextPart::Known { text, .. } = part {
                    each(text);
                }
            }),
        },
        Value::Integer(integer) => each(&integer.to_string()),
        _ => {}
    }
}

/// Whether a field that is not for a secret may hold one all the same.
fn may_hold_a_secret(role: Role, steps: &[Step<'_>]) -> bool {
    let key = steps.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(*key),
        Step::Index(_) => None,
    });
    match role {
        Role::Header => !key.is_some_and(is_harmless_header),
        // What stands in the wrong field of this set is rather one of its secrets than anything else.
        Role::Other => {
            is_parent_of_credential(steps)
                || is_below_a_misspelt_name(steps)
                || matches!(steps, [Step::Key("gateway"), Step::Key("auth"), _])
        }
        _ => false,
    }
}

/// Whether a value stands in a set or list where the string of a secret belongs.
fn is_below_the_name_of_a_secret(steps: &[Step<'_>]) -> bool {
    let Some((last, above)) = steps.split_last() else {
        return false;
    };
    if matches!(last, Step::Key(key) if is_description_of_a_secret(key)) {
        return false;
    }
    !matches!(steps, [Step::Key("secrets" | "auth" | "bindings"), ..])
        && above
            .iter()
            .any(|step| matches!(step, Step::Key(key) if is_secret_name(key)))
}

/// The same below what is nearly the name of a secret.
fn is_below_a_misspelt_name(steps: &[Step<'_>]) -> bool {
    steps.split_last().is_some_and(|(_, above)| {
        above
            .iter()
            .any(|step| matches!(step, Step::Key(key) if nearly_names_a_secret(key)))
    })
}

/// Whether a value stands in a set that has credentials among its fields.
fn is_beside_a_credential(steps: &[Step<'_>]) -> bool {
    let Some((last, above)) = steps.split_last() else {
        return false;
    };
    if matches!(last, Step::Key(key) if *key != "key" && is_description_of_a_secret(key)) {
        return false;
    }
    REFERENCE_FIELDS
        .iter()
        .filter(|pattern| may_match(pattern, above))
        .filter_map(|pattern| pattern.rsplit_once('.'))
        .any(|(parent, _)| matches(parent, above))
}

/// Whether a text is one word in which capitals, small letters and digits are mixed as in a key that a service gave out.
fn is_random_word(text: &str) -> bool {
    let count = |is: fn(&u8) -> bool| text.as_bytes().iter().filter(|byte| is(byte)).count();
    text.len() >= 16
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && count(u8::is_ascii_uppercase) >= 2
        && count(u8::is_ascii_lowercase) >= 2
        && count(u8::is_ascii_digit) >= 2
}

/// Whether a value is the `id` or the `provider` of a reference to a secret.
fn is_part_of_reference(steps: &[Step<'_>]) -> bool {
    let Some((Step::Key("id" | "provider"), above)) = steps.split_last() else {
        return false;
    };
    REFERENCE_FIELDS
        .iter()
        .any(|pattern| may_match(pattern, above) && matches(pattern, above))
}

/// Whether what stands as `id` or `provider` of a reference to a secret looks like the secret itself, instead of the name of a
/// variable, a pointer into a file or the name of a provider.
pub fn is_secret_in_reference(text: &str) -> bool {
    if find(text).is_some() || is_uuid(text) {
        return true;
    }
    let any = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    let is_mixed = any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase);
    let is_one_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    looks_generated(text)
        && !text.contains(['/', ':', '.', '#', '$', ' '])
        && (is_mixed || is_one_word && text.len() >= 20 && any(u8::is_ascii_lowercase))
}

/// Whether a text is a UUID, which some services give out as keys.
fn is_uuid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Whether the credential would be a field of this value, if it were a set: `gateway.auth = "secret"`.
fn is_parent_of_credential(steps: &[Step<'_>]) -> bool {
    REFERENCE_FIELDS
        .iter()
        .chain(TEXT_CREDENTIALS)
        .filter(|pattern| may_match(pattern, steps))
        .filter_map(|pattern| pattern.rsplit_once('.'))
        .any(|(parent, _)| !parent.ends_with('*') && matches(parent, steps))
}

/// Whether a text that looks generated is not shown where nothing but the names around it are known: any header that is
/// not known to be harmless, and what stands in place of a set with the secret in it.
pub fn is_likely_secret(parent: Option<&str>, key: &str, text: &str) -> bool {
    let may_hold_one = key == "auth"
        || parent == Some("auth")
        || parent == Some("headers") && !is_harmless_header(key)
        || nearly_names_a_secret(key);
    may_hold_one && looks_generated(text) && !secret_parts(text).is_empty()
}

/// Whether a text in a set or list under the name of a secret is one, of which only the key that it stands under is
/// known, if there is one.
pub fn is_secret_below(key: Option<&str>, text: &str) -> bool {
    match key {
        Some("id" | "provider") => is_secret_in_reference(text),
        Some(key) if is_description_of_a_secret(key) => false,
        Some(key) if key == "value" || names_a_secret(key) => !secret_parts(text).is_empty(),
        _ => looks_generated(text) && !secret_parts(text).is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::credentials::visit;
    use crate::openclaw::testing;
    use serde_json::json;

    const SECRET: &str = "plum-Trestle-48-Marigold";

    fn parts(text: &str) -> Vec<&str> {
        secret_parts(text)
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn what_stands_beside_and_inside_of_placeholders() {
        for text in [
            "${X_Y}plum-Trestle-48-Marigold",
            "plum-Trestle-48-Marigold-${X_Y}",
            "Bearer plum-Trestle-48-Marigold${X_Y}",
            "${X_Y:-plum-Trestle-48-Marigold}",
            "${X_Y:-${Z:-plum-Trestle-48-Marigold}}",
            "${plum-Trestle-48-Marigold}",
            "<plum-Trestle-48-Marigold>",
            "$(echo plum-Trestle-48-Marigold)",
            "oauth:plum-Trestle-48-Marigold",
            "\\${X_Y}plum-Trestle-48-Marigold",
        ] {
            let hidden = parts(text);
            assert!(
                hidden.len() == 1 && hidden[0].contains(SECRET),
                "{text}: {hidden:?}"
            );
        }
        assert_eq!(parts("$plumTrestle48"), ["$plumTrestle48"]);
        assert_eq!(parts("--api-key=plum/Trestle"), ["plum/Trestle"]);
        assert_eq!(
            parts("plum-Trestle${A}Marigold-Anvil"),
            ["plum-Trestle", "Marigold-Anvil"]
        );
    }

    #[test]
    fn what_only_stands_for_a_secret() {
        for text in [
            "",
            "${KIMI_API_KEY}",
            "Bearer ${KIMI_API_KEY}",
            "${USER_NAME}:${PASS_WORD}",
            "${kimi_api_key}",
            "$KIMI_API_KEY_2",
            "${KIMI_API_KEY:-}",
            "${config.sops.placeholder.telegram2}",
            "${env:KIMI_API_KEY}",
            "<gatewayToken>",
            "<your-token-2025-here>",
            "$(cat /run/secrets/telegram-2025)",
            "$(pass show kimi)",
            "/run/secrets/token",
            "ollama-local",
            "${",
            "secretref-env:KIMI_API_KEY",
        ] {
            assert_eq!(parts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn any_text_is_cut_on_character_boundaries() {
        for piece in ["${é:-", "$(é ", "<é", "é${A}", "${A:-é}", "Bearer ", "$$"] {
            let text = piece.repeat(3000);
            for range in secret_parts(&text) {
                assert!(text.get(range).is_some(), "{piece}");
            }
        }
    }

    #[test]
    fn what_stands_as_the_id_of_a_reference_may_be_the_secret_itself() {
        for secret in [
            "plum48Trestle48Marigold",
            "c621de49-f145-4fda-a998-8c79fc35526f",
            "0123456789abcdef0123456789abcdef.a1B2c3D4e5F6g7H8",
        ] {
            assert!(is_secret_in_reference(secret), "{secret}");
        }
        for name in [
            "KIMI_API_KEY_2026",
            "/kimi/key-2026",
            "kimi-key-2026",
            "value",
        ] {
            assert!(!is_secret_in_reference(name), "{name}");
        }
    }

    #[test]
    fn fields_whose_values_are_not_shown() {
        let config = testing::node(&json!({
            "gateway": {"auth": SECRET, "port": 18789, "remote": {"token": [SECRET]}},
            "channels": {"telegram": {"botToken": {"a": SECRET, "source": SECRET}, "name": SECRET}},
            "models": {"providers": {"mine": {"apiKey": 123456,
                "headers": {"X-Other": SECRET, "anthropic-beta": "context-1m-2025-08-07"}}}},
        }));
        let mut hidden = Vec::new();
        visit(&config, &mut |field| {
            if !hidden_texts(field.role, field.steps, field.node()).is_empty() {
                hidden.push(field.path().to_string());
            }
        });
        assert_eq!(
            hidden,
            [
                "channels.telegram.botToken.a",
                "gateway.auth",
                "gateway.remote.token[0]",
                "models.providers.mine.apiKey",
                "models.providers.mine.headers.X-Other",
            ]
        );
    }
}
