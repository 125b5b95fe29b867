//! Secrets that are told by the name they are written under, from the text alone.
//!
//! The rules mark what evaluation shows to be a secret. A file that cannot be parsed is never evaluated, and a frame
//! around its syntax error would show the token in the next line. So the text itself is looked at: a literal behind
//! `token =`, `"apiKey":` or `KIMI_API_KEY=` is never shown, whatever the file is.

use crate::openclaw::credentials::{
    is_secret_below, names_a_secret, nearly_names_a_secret, secret_parts,
};
use crate::openclaw::secret_patterns::looks_generated;
use std::ops::Range;

/// How far behind a name its literal is looked for, in bytes: `lib.mkIf (cfg.enable && x) "..."` is below that.
const REACH: usize = 400;

/// The longest literal that is taken as one; an unterminated string has no end.
const LONGEST: usize = 16 * 1024;

/// So many bytes of a word without quotes decide whether it is one.
const DECIDING: usize = 256;

/// The longest name.
const LONGEST_NAME: usize = 80;

/// The literals in a text that stand under the name of a secret: their bytes, without quotes, in order. What only
/// stands for a secret (a placeholder, a path, the name of a variable, template text, a dummy) is none.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut harmless = Harmless::default();
    let mut from = 0;
    while let Some(distance) = bytes
        .get(from..)
        .and_then(|rest| rest.iter().position(|byte| matches!(byte, b'=' | b':')))
    {
        let at = from + distance;
        from = at + 1;
        let Some(name) = name_before(text, at) else {
            continue;
        };
        // The keys of a mapping are no secrets; in a comment the word has no other sense.
        if name == "key" && is_in_comment(text, at) {
            let value = at + 1;
            match bare_word(text, value, name, &mut found) {
                Some(end) => from = end,
                None => literal_under_misspelt_name(text, value, &mut found),
            }
            continue;
        }
        let harmless = harmless.place_of(name);
        if *harmless == name {
            continue;
        }
        // systemd takes credentials with their values there.
        if !names_a_secret(name) && name != "SetCredential" {
            match nearly_names_a_secret(name) {
                true => literal_under_misspelt_name(text, at + 1, &mut found),
                false => *harmless = name,
            }
            continue;
        }
        if bytes[at] == b'=' && bytes.get(at + 1) == Some(&b'=') {
            continue;
        }
        from = match bare_word(text, at + 1, name, &mut found) {
            Some(end) => end,
            None if bytes[at] == b':' => literals_of_member(text, at + 1, &mut found),
            None => literals_of_binding(text, at + 1, &mut found),
        };
    }
    found
}

/// Names that are not those of secrets, as far as they are remembered: a file has few names, and each of them often.
struct Harmless<'t>([&'t str; 64]);

impl Default for Harmless<'_> {
    fn default() -> Self {
        Harmless([""; 64])
    }
}

impl<'t> Harmless<'t> {
    /// Where a name is remembered, or the last one that belongs there as well.
    fn place_of(&mut self, name: &str) -> &mut &'t str {
        let letter = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(*byte));
        let bytes = name.as_bytes();
        let place = 5 * bytes.len() + 3 * letter(bytes.first()) + letter(bytes.last());
        &mut self.0[place % self.0.len()]
    }
}

/// Whether a comment begins before a place on its line. A text that holds such a sign counts as one.
fn is_in_comment(text: &str, at: usize) -> bool {
    let bytes = &text.as_bytes()[at.saturating_sub(REACH)..at];
    let line = bytes.rsplit(|byte| *byte == b'\n').next().unwrap_or(bytes);
    let first = line.trim_ascii_start().first();
    matches!(first, Some(b'#' | b'*'))
        || line
            .windows(2)
            .any(|pair| matches!(pair, b" #" | b"\t#" | b"/*" | b"//"))
}

/// A string under what is nearly the name of a secret, if it looks like one.
fn literal_under_misspelt_name(text: &str, from: usize, found: &mut Vec<Range<usize>>) {
    let rest = &text[from..];
    let start = from + rest.len() - rest.trim_start().len();
    if let Some((range, _)) = literal_at(text, start)
        && text.get(range.clone()).is_some_and(looks_generated)
    {
        keep(text, range, found);
    }
}

/// The name that ends before an equals sign or a colon: the last part of a dotted one, without its quotes.
fn name_before(text: &str, at: usize) -> Option<&str> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let mut before = &text.as_bytes()[at.saturating_sub(LONGEST_NAME)..at];
    while let [rest @ .., b' ' | b'\t' | b'\n' | b'\r'] = before {
        before = rest;
    }
    if let [rest @ .., b'"' | b'\''] = before {
        before = rest;
    }
    let length = before.iter().rev().take_while(|byte| is_part(byte)).count();
    let name = &before[before.len() - length..];
    std::str::from_utf8(name)
        .ok()
        .filter(|name| name.len() >= 2)
}

/// A word without quotes: in an environment file, in a comment, or where somebody forgot the quotes. Where it ends;
/// `None` where there is none.
fn bare_word(text: &str, from: usize, name: &str, found: &mut Vec<Range<usize>>) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"/+_-=.~:@!%^&*".contains(byte);
    let is_variable = name
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let blanks = bytes[from..]
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let start = from + blanks;
    let first = bytes.get(start)?;
    if !(first.is_ascii_alphanumeric() || b"/+_-".contains(first)) {
        return None;
    }
    let rest = &bytes[start..];
    let run = |most: usize| {
        rest.iter()
            .take(most)
            .take_while(|byte| is_part(byte))
            .count()
    };
    let length = run(if is_variable { LONGEST } else { DECIDING });
    let word = &text[start..start + length];
    // `KEY=cfg.key;` is Nix: a name, not a value.
    let is_value = is_variable && blanks == 0 && bytes.get(start + length) != Some(&b';');
    // `token: x: ...` is a function of Nix, `token = inputs.x2.key` a selection.
    let is_generated = !word.contains('.')
        && !word.ends_with(':')
        && (looks_generated(word)
            || word.len() >= 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_value && !is_generated {
        return None;
    }
    let length = run(LONGEST);
    keep(text, start..start + length, found);
    Some(start + length)
}

/// What stands behind the colon of JSON: a string, or those in a list or an object. Where the search goes on.
fn literals_of_member(text: &str, from: usize, found: &mut Vec<Range<usize>>) -> usize {
    let rest = &text[from..];
    let start = from + rest.len() - rest.trim_start().len();
    if matches!(text.as_bytes().get(start), Some(b'[' | b'{')) {
        return literals_of_collection(text, start, found);
    }
    match literal_at(text, start) {
        Some((range, end)) => {
            keep(text, range, found);
            end
        }
        None => from,
    }
}

/// The strings between the equals sign of a binding and its end. Where the search goes on.
fn literals_of_binding(text: &str, from: usize, found: &mut Vec<Range<usize>>) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len().min(from + REACH) {
        match bytes[at] {
            b';' | b'=' | b'#' => return at,
            b'{' | b'[' => return literals_of_collection(text, at, found),
            b'"' | b'\'' => match literal_at(text, at) {
                Some((range, end)) => {
                    // `config.sops."name"` is a name.
                    if at == 0 || bytes[at - 1] != b'.' {
                        keep(text, range, found);
                    }
                    at = end;
                }
                None => at += 1,
            },
            _ => at += 1,
        }
    }
    at.min(bytes.len())
}

/// The strings in a list or a set, where a string belongs. Most sets under the name of a secret describe where it comes
/// from: only what looks like a secret, or stands under such a name again, is taken for one. Where the search goes on.
fn literals_of_collection(text: &str, from: usize, found: &mut Vec<Range<usize>>) -> usize {
    let bytes = text.as_bytes();
    let mut open: Vec<u8> = Vec::new();
    // What stands before the value, if it can be told: nothing in a list.
    let mut value_of: Option<&str> = None;
    let mut is_value = false;
    let mut at = from;
    while at < bytes.len().min(from + REACH) {
        match bytes[at] {
            bracket @ (b'{' | b'[') => {
                open.push(bracket);
                value_of = None;
                is_value = bracket == b'[';
                at += 1;
            }
            b'}' | b']' => {
                open.pop();
                is_value = open.last() == Some(&b'[');
                at += 1;
                if open.is_empty() {
                    return at;
                }
            }
            b'=' | b':' => {
                value_of = name_before(text, at);
                is_value = true;
                at += 1;
            }
            b';' | b',' => {
                value_of = None;
                is_value = open.last() == Some(&b'[');
                at += 1;
            }
            b'"' | b'\'' => match literal_at(text, at) {
                Some((range, end)) => {
                    if is_value
                        && text
                            .get(range.clone())
                            .is_some_and(|literal| is_secret_below(value_of, literal))
                    {
                        keep(text, range, found);
                    }
                    at = end;
                }
                None => at += 1,
            },
            _ => at += 1,
        }
    }
    // Without an end in sight it may hold other names of secrets.
    from + 1
}

/// The string that begins with a quote at `start`: its bytes without quotes, and where it ends. One without an end
/// goes to the end of its line.
fn literal_at(text: &str, start: usize) -> Option<(Range<usize>, usize)> {
    let bytes = text.as_bytes();
    let limit = bytes.len().min(start + LONGEST);
    match bytes.get(start)? {
        b'\'' if bytes.get(start + 1) == Some(&b'\'') => {
            let first = start + 2;
            let mut at = first;
            while at + 1 < limit {
                if bytes[at] == b'\'' && bytes[at + 1] == b'\'' {
                    match bytes.get(at + 2) {
                        Some(b'\'' | b'$' | b'\\') => at += 3,
                        _ => return Some((first..at, at + 2)),
                    }
                } else {
                    at += 1;
                }
            }
            let end = end_of_line(text, first, limit);
            Some((first..end, end))
        }
        quote @ (b'"' | b'\'') => {
            let first = start + 1;
            let mut at = first;
            while at < limit {
                match bytes[at] {
                    b'\\' => at += 2,
                    byte if byte == *quote => return Some((first..at, at + 1)),
                    _ => at += 1,
                }
            }
            let end = end_of_line(text, first, limit);
            Some((first..end, end))
        }
        _ => None,
    }
}

/// Where the line ends that holds `from`, at most at `limit`.
fn end_of_line(text: &str, from: usize, limit: usize) -> usize {
    let bytes = text.as_bytes();
    let from = from.min(bytes.len());
    let mut end = bytes[from..limit.max(from)]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(limit.max(from), |length| from + length);
    while !text.is_char_boundary(end) {
        end += 1;
    }
    end
}

fn keep(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    if let Some(literal) = text.get(range.clone()) {
        let parts = secret_parts(literal).into_iter();
        found.extend(parts.map(|part| range.start + part.start..range.start + part.end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_key_in_a_comment() {
        for text in [
            "# old key: plum48Trestle",
            "x = 1; # key = \"plum48Trestle\"",
            "/* the key: plum48Trestle */",
            " * key: plum48Trestle",
            "// key: plum48Trestle",
        ] {
            assert_eq!(texts(text), ["plum48Trestle"], "{text}");
        }
        for text in [
            "{ key = \"plum48Trestle\"; }",
            "f = key: plum48Trestle",
            "# a key: see the documentation",
            "# key: config.sops.secrets.kimi2026.path",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn literals_under_the_name_of_a_secret() {
        for (text, secrets) in [
            (
                "gateway.auth.token = \"plum-Trestle\";",
                vec!["plum-Trestle"],
            ),
            ("token=\"plum-Trestle\"", vec!["plum-Trestle"]),
            (
                "\"bot_token\" = ''plum ''' Trestle'';",
                vec!["plum ''' Trestle"],
            ),
            ("apiKey = lib.mkForce \"plum\";", vec!["plum"]),
            (
                "apiKey = if a then \"plum\" else \"Trestle\";",
                vec!["plum", "Trestle"],
            ),
            (
                "password = \"plum-\" + \"Trestle\";",
                vec!["plum-", "Trestle"],
            ),
            ("{ \"apiKey\": \"plum\\\"x\" }", vec!["plum\\\"x"]),
            ("{ apiKey: 'plum' }", vec!["plum"]),
            ("clientSecret =\n    \"plum\";", vec!["plum"]),
            ("KIMI_API_KEY=plum-Trestle\n", vec!["plum-Trestle"]),
            (
                "\"Authorization\" = \"Bearer plumTrestle48\";",
                vec!["Bearer plumTrestle48"],
            ),
            ("token = \"plum and no end\nx = 1;", vec!["plum and no end"]),
            ("token = \"é\\", vec!["é\\"]),
            ("token = [ \"plum-Trestle-48\" ];", vec!["plum-Trestle-48"]),
            (
                "\"token\": { \"a\": \"plum-Trestle-48\" }",
                vec!["plum-Trestle-48"],
            ),
            ("apiKey = { value = \"plum\"; };", vec!["plum"]),
            ("# old token: plum-Trestle-48\n", vec!["plum-Trestle-48"]),
            ("apiKey = plum-Trestle-48;", vec!["plum-Trestle-48"]),
            ("{ token: plum-Trestle-48 }", vec!["plum-Trestle-48"]),
            ("password: 12345678", vec!["12345678"]),
            ("token = \"\\${X_Y:-plum-Trestle}\";", vec!["plum-Trestle"]),
            ("token = \"plum-Trestle-${x}\";", vec!["plum-Trestle-"]),
            ("auth.tokn = \"plum-Trestle-48\";", vec!["plum-Trestle-48"]),
            (
                "{ \"apiKye\": \"plum-Trestle-48\" }",
                vec!["plum-Trestle-48"],
            ),
        ] {
            assert_eq!(texts(text), secrets, "{text}");
        }
    }

    #[test]
    fn what_only_stands_for_a_secret_and_other_names() {
        for text in [
            "apiKey = \"\\${KIMI_API_KEY}\";",
            "token = \"/run/secrets/token\";",
            "tokenFile = \"plum\";",
            "maxTokens = \"plum\";",
            "maxTokens = \"plum-Trestle-48\";",
            "tokn = \"plum\";",
            "token = builtins.readFile ./token;",
            "token = config.sops.placeholder.\"telegram\";",
            "token == \"plum\"",
            "apiKey = \"OPENAI_API_KEY\";",
            "apiKey = \"your-key-here\";",
            "apiKey = { source = \"env\"; id = \"KIMI\"; };",
            "environment.KIMI_API_KEY=cfg.key;",
            "token: x: \"plum\"",
            "token: input2025x: \"plum\"",
            "# the token: see the wiki for it",
            "token = inputs.telegram-token2.value;",
            "age.secrets.token = { file = ./a2.age; owner = \"openclaw-2025-x\"; mode = \"0400\"; };",
            "token = { source = \"env\"; provider = \"default\"; id = \"TELEGRAM_TOKEN_2025\"; };",
            "password = mkPassword { length = \"short\"; };",
            "= \"plum\"",
            "",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn any_text_is_looked_at_in_time_and_on_character_boundaries() {
        for piece in [
            "token=\"",
            "token = é",
            "KEY_KEY=",
            "a:é\"",
            "apiKey:'",
            "token=''",
            "é=",
        ] {
            let text = piece.repeat(20_000);
            for range in find(&text) {
                assert!(text.get(range).is_some());
            }
        }
    }
}
