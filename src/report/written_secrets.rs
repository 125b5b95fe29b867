//! Secrets that are told by the name they are written under, from the text alone.
//!
//! The rules mark what evaluation shows to be a secret. A file that cannot be parsed is never evaluated, and a frame
//! around its syntax error would show the token in the next line. So the text itself is looked at: a literal behind
//! `token =`, `"apiKey":` or `KIMI_API_KEY=` is never shown, whatever the file is.

use crate::openclaw::credentials::{Written, classify, names_a_secret};
use std::ops::Range;

/// How far behind a name its literal is looked for, in bytes: `lib.mkIf (cfg.enable && x) "..."` is below that.
const REACH: usize = 400;

/// The longest literal that is taken as one; an unterminated string has no end.
const LONGEST: usize = 16 * 1024;

/// The longest name.
const LONGEST_NAME: usize = 80;

/// The literals in a text that stand under the name of a secret: their bytes, without quotes, in order. What only
/// stands for a secret (a placeholder, a path, the name of a variable, template text, a dummy) is none.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut end = 0;
    for at in 0..bytes.len() {
        if !matches!(bytes[at], b'=' | b':') || at < end {
            continue;
        }
        let Some(name) = name_before(text, at) else {
            continue;
        };
        if !names_a_secret(name) {
            continue;
        }
        end = at + 1;
        match bytes[at] {
            b':' => end = first_literal(text, at + 1, &mut found),
            _ if bytes.get(at + 1) == Some(&b'=') => {}
            _ => end = literals_of_binding(text, at + 1, name, &mut found),
        }
    }
    found
}

/// The name that ends before an equals sign or a colon: the last part of a dotted one, without its quotes.
fn name_before(text: &str, at: usize) -> Option<&str> {
    let before = &text[floor(text, at)..at];
    let before = before.trim_end_matches([' ', '\t', '\n', '\r']);
    let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
    let start = before
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
        .map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
    let name = &before[start..];
    (name.len() >= 2).then_some(name)
}

/// The first character boundary within reach of a name before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut start = at.saturating_sub(LONGEST_NAME);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    start
}

/// A string behind the colon of JSON; where the search goes on.
fn first_literal(text: &str, from: usize, found: &mut Vec<Range<usize>>) -> usize {
    let rest = &text[from..];
    let start = from + rest.len() - rest.trim_start().len();
    match literal_at(text, start) {
        Some((range, end)) => {
            keep(text, range, found);
            end
        }
        None => from,
    }
}

/// The strings between the equals sign of a binding and its end, as far as no set or list begins; or the bare word
/// behind a variable, as in an environment file. Where the search goes on.
fn literals_of_binding(
    text: &str,
    from: usize,
    name: &str,
    found: &mut Vec<Range<usize>>,
) -> usize {
    let bytes = text.as_bytes();
    let is_variable = name
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if is_variable
        && bytes
            .get(from)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"/+_-".contains(byte))
    {
        let length = bytes[from..]
            .iter()
            .take(LONGEST)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"/+_-=.~:".contains(byte))
            .count();
        // `KEY=cfg.key;` is Nix: a name, not a value.
        if bytes.get(from + length) != Some(&b';') {
            keep(text, from..from + length, found);
            return from + length;
        }
    }
    let mut at = from;
    while at < bytes.len().min(from + REACH) {
        match bytes[at] {
            b';' | b'{' | b'[' | b'=' | b'#' => return at,
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
    let is_secret = text
        .get(range.clone())
        .is_some_and(|literal| matches!(classify(literal), Written::Literal | Written::Known(_)));
    if is_secret {
        found.push(range);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
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
            "token = builtins.readFile ./token;",
            "token = config.sops.placeholder.\"telegram\";",
            "token == \"plum\"",
            "apiKey = \"OPENAI_API_KEY\";",
            "apiKey = \"your-key-here\";",
            "apiKey = { source = \"env\"; id = \"KIMI\"; };",
            "environment.KIMI_API_KEY=cfg.key;",
            "token: x: \"plum\"",
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
