//! Tokens for the guards, several times faster than the parser's tokenizer: only what nests or chains is told apart,
//! everything else counts as more links of one operand than it has. Where a text might be read in two ways (URLs,
//! quotes after a path, signs that Nix does not have) it gives up, and the real tokenizer decides.

use rnix::SyntaxKind::{self, *};

/// Tokens without white space or brackets between them that are told apart.
const LONGEST_RUN: usize = 64;

/// Kinds of bytes that stand in runs, one bit each.
const BLANK: u8 = 1;
/// Inside of a word behind its first letter.
const OF_WORDS: u8 = 2;
/// Inside of a string of either kind, where it ends nothing and begins nothing.
const PLAIN_IN_STRINGS: u8 = 4;

/// The kinds of each byte.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        if matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
            kinds[at] |= BLANK;
        }
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'\'') {
            kinds[at] |= OF_WORDS;
        }
        if !matches!(byte, b'\\' | b'$' | b'"' | b'\'') {
            kinds[at] |= PLAIN_IN_STRINGS;
        }
        at += 1;
    }
    kinds
};

/// How many bytes of a kind stand in front.
fn run_of(bytes: &[u8], kind: u8) -> usize {
    bytes
        .iter()
        .position(|byte| KINDS[usize::from(*byte)] & kind == 0)
        .unwrap_or(bytes.len())
}

/// Where the text at some point belongs.
#[derive(Clone, Copy)]
enum Context {
    /// Inside of `${ }`, with so many braces open in it.
    Interpolation(u32),
    Quoted,
    Indented,
}

/// Calls `sink` for each token with its offset. `Some` with what the sink stopped with, or with `Ok`, when the text
/// could be told apart; `None` where it could not.
pub(super) fn scan<E>(
    text: &str,
    mut sink: impl FnMut(SyntaxKind, usize) -> Result<(), E>,
) -> Option<Result<(), E>> {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
    let mut contexts: Vec<Context> = Vec::new();
    // Tokens since the last byte that ends a run of path characters: the tokenizer looks ahead over the run from each.
    let mut run = 0;
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match contexts.last() {
            Some(Context::Quoted) => match bytes[at] {
                b'\\' => {
                    at += 2;
                    continue;
                }
                b'$' if byte(at + 1) == b'$' => {
                    at += 2;
                    continue;
                }
                b'"' => {
                    contexts.pop();
                    at += 1;
                    if let Err(stop) = sink(TOKEN_STRING_END, start) {
                        return Some(Err(stop));
                    }
                    continue;
                }
                b'$' if byte(at + 1) == b'{' => {}
                _ => {
                    at += 1 + run_of(&bytes[at + 1..], PLAIN_IN_STRINGS);
                    continue;
                }
            },
            Some(Context::Indented) => match bytes[at] {
                b'\'' if byte(at + 1) == b'\'' => match byte(at + 2) {
                    b'\'' | b'$' => {
                        at += 3;
                        continue;
                    }
                    b'\\' => {
                        at += 4;
                        continue;
                    }
                    _ => {
                        contexts.pop();
                        at += 2;
                        if let Err(stop) = sink(TOKEN_STRING_END, start) {
                            return Some(Err(stop));
                        }
                        continue;
                    }
                },
                b'$' if byte(at + 1) == b'$' => {
                    at += 2;
                    continue;
                }
                b'$' if byte(at + 1) == b'{' => {}
                _ => {
                    at += 1 + run_of(&bytes[at + 1..], PLAIN_IN_STRINGS);
                    continue;
                }
            },
            _ => {}
        }
        at += 1;
        let kind = match bytes[start] {
            b' ' | b'\n' | b'\t' | b'\r' => {
                at += run_of(&bytes[at..], BLANK);
                run = 0;
                continue;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                at += run_of(&bytes[at..], OF_WORDS);
                // A path ends at a quote, a name does not.
                if bytes[start..at].contains(&b'\'') && follows_slash(&bytes[..start]) {
                    return None;
                }
                let kind = word(&bytes[start..at]);
                let glued =
                    start > 0 && matches!(bytes[start - 1], b'/' | b'.' | b'-' | b'+' | b'<');
                if kind != TOKEN_IDENT && (glued || matches!(byte(at), b'.' | b'/' | b'+')) {
                    return None;
                }
                kind
            }
            b'0'..=b'9' => {
                while byte(at).is_ascii_digit() {
                    at += 1;
                }
                if byte(at).is_ascii_alphabetic() || byte(at) == b'_' {
                    return None;
                }
                TOKEN_IDENT
            }
            b'#' => {
                at += bytes[at..]
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .unwrap_or(bytes.len() - at);
                continue;
            }
            b'/' if byte(at) == b'*' => {
                if start > 0 && is_path_byte(bytes[start - 1]) {
                    return None;
                }
                at += 1 + text.get(at + 1..)?.find("*/")? + 2;
                continue;
            }
            b'"' => {
                contexts.push(Context::Quoted);
                TOKEN_STRING_START
            }
            b'\'' if byte(at) == b'\'' => {
                at += 1;
                contexts.push(Context::Indented);
                TOKEN_STRING_START
            }
            b'$' if byte(at) == b'{' => {
                at += 1;
                contexts.push(Context::Interpolation(0));
                TOKEN_INTERPOL_START
            }
            b'{' => {
                if let Some(Context::Interpolation(braces)) = contexts.last_mut() {
                    *braces += 1;
                }
                TOKEN_L_BRACE
            }
            b'}' => match contexts.last_mut() {
                Some(Context::Interpolation(0)) => {
                    contexts.pop();
                    TOKEN_INTERPOL_END
                }
                Some(Context::Interpolation(braces)) => {
                    *braces -= 1;
                    TOKEN_R_BRACE
                }
                _ => TOKEN_R_BRACE,
            },
            b'(' => TOKEN_L_PAREN,
            b')' => TOKEN_R_PAREN,
            b'[' => TOKEN_L_BRACK,
            b']' => TOKEN_R_BRACK,
            b';' => TOKEN_SEMICOLON,
            b',' => TOKEN_COMMA,
            b':' => {
                // A URL: its end is not told here.
                if !matches!(byte(at), b' ' | b'\n' | b'\t' | b'\r')
                    && start > 0
                    && is_path_byte(bytes[start - 1])
                {
                    return None;
                }
                TOKEN_COLON
            }
            b'=' if byte(at) != b'='
                && !(start > 0 && matches!(bytes[start - 1], b'=' | b'!' | b'<' | b'>')) =>
            {
                TOKEN_ASSIGN
            }
            b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=' | b'!' | b'&' | b'|' | b'?' | b'.'
            | b'@' => TOKEN_DOT,
            _ => return None,
        };
        run = if is_path_byte(bytes[start]) || bytes[start] == b'<' {
            run + 1
        } else {
            0
        };
        if run > LONGEST_RUN {
            return None;
        }
        if let Err(stop) = sink(kind, start) {
            return Some(Err(stop));
        }
    }
    Some(Ok(()))
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-' | b'/' | b'\'')
}

/// Whether there is a slash in the run of path characters that ends here, or the run is too long to look.
fn follows_slash(before: &[u8]) -> bool {
    let run = before.iter().rev().take(64);
    let run = run.take_while(|byte| is_path_byte(**byte));
    let (length, slashes) = run.fold((0, 0), |(length, slashes), byte| {
        (length + 1, slashes + usize::from(*byte == b'/'))
    });
    length == 64 || slashes > 0
}

fn word(word: &[u8]) -> SyntaxKind {
    match word {
        b"let" => TOKEN_LET,
        b"in" => TOKEN_IN,
        b"if" => TOKEN_IF,
        b"then" => TOKEN_THEN,
        b"else" => TOKEN_ELSE,
        b"with" => TOKEN_WITH,
        b"assert" => TOKEN_ASSERT,
        b"or" => TOKEN_OR,
        b"rec" => TOKEN_REC,
        b"inherit" => TOKEN_INHERIT,
        _ => TOKEN_IDENT,
    }
}
