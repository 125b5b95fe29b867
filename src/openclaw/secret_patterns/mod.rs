//! The formats of keys and tokens that can be told by their look, wherever they stand.
//!
//! A table of prefixes and character classes instead of regular expressions: nothing has to be compiled, and a
//! text without a candidate costs one look at each of its bytes. The formats are those that the services
//! document and that OpenClaw itself redacts in its logs.

pub mod formats;
pub mod stand_ins;

pub use formats::PREFIXED;
pub use stand_ins::{is_dummy_key, is_template};

use crate::openclaw::secret_names::names_a_secret;
use formats::Class;
use std::ops::Range;

/// A secret that was found in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// What it is, with its article.
    pub what: &'static str,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// What is found in `https://user:password@host`.
pub const PASSWORD_IN_ADDRESS: &str = "a password in an address";

/// What is found in `https://host/?api_key=...`.
const KEY_IN_ADDRESS: &str = "a key in an address";

/// What is found in `--token ...`.
const GIVEN_TO_OPTION: &str = "a secret given to an option";

/// The first secret of a known format in a text. Text that only stands for a secret (`sk-your-key-here`) and the
/// dummy keys of local servers are none.
///
/// ```
/// use openclaw_check::openclaw::secret_patterns::find;
/// let found = find("Bearer sk-proj-a1b2c3d4e5f6g7h8i9j0").unwrap();
/// assert_eq!(found.range, 7..35);
/// assert!(find("kimi/kimi-k2p5").is_none());
/// ```
pub fn find(text: &str) -> Option<Found> {
    find_from(text, 0, Marks::of(text))
}

/// The first secret in a text that its own form tells, and not what stands around it: the address, the option of a command.
///
/// ```
/// use openclaw_check::openclaw::secret_patterns::find_by_format;
/// assert!(find_by_format("--token plum-Trestle-48, https://alice:hunter2@example.org").is_none());
/// assert!(find_by_format("--token sk-proj-a1b2c3d4e5f6g7h8i9j0").is_some());
/// ```
pub fn find_by_format(text: &str) -> Option<Found> {
    let mut from = 0;
    let marks = Marks::of(text);
    while let Some(found) = find_from(text, from, marks) {
        if !matches!(
            found.what,
            PASSWORD_IN_ADDRESS | KEY_IN_ADDRESS | GIVEN_TO_OPTION
        ) {
            return Some(found);
        }
        // The value may have a form of its own.
        let value = &text[found.range.clone()];
        if found.what != PASSWORD_IN_ADDRESS
            && let Some(inner) = find(value)
        {
            let start = found.range.start + inner.range.start;
            let end = found.range.start + inner.range.end;
            return Some(Found {
                range: start..end,
                ..inner
            });
        }
        from = found.range.end;
    }
    None
}

/// All secrets of known formats in a text, in order and without overlaps.
pub fn find_all(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    let marks = Marks::of(text);
    while let Some(secret) = find_from(text, from, marks) {
        from = secret.range.end;
        found.push(secret);
    }
    found
}

/// What has to stand anywhere in a text for some formats to be looked for at all.
#[derive(Clone, Copy)]
struct Marks {
    /// `://` and `@`.
    address: bool,
    /// `://` and `=`.
    query: bool,
}

impl Marks {
    fn of(text: &str) -> Marks {
        let has_scheme = text.contains("://");
        Marks {
            address: has_scheme && text.contains('@'),
            query: has_scheme && text.contains('='),
        }
    }
}

/// So many characters decide whether something is a secret; all that follow without a break belong to it.
const DECIDING: usize = 256;

/// The longest first part of a JSON web token: it names an algorithm and a key.
const LONGEST_WEB_TOKEN_HEAD: usize = 1024;

fn find_from(text: &str, from: usize, marks: Marks) -> Option<Found> {
    let bytes = text.as_bytes();
    // The shortest secret has 14 characters and some more; most texts of a configuration are shorter.
    if bytes.len() < from + 12 {
        return None;
    }
    let mut position = from;
    while position < bytes.len() {
        let boundary = position == 0 || !bytes[position - 1].is_ascii_alphanumeric();
        if boundary && let Some(found) = found_at(text, position, marks) {
            return Some(found);
        }
        if marks.query
            && matches!(bytes[position], b'?' | b'&' | b'#')
            && let Some(range) = secret_in_query(text, position + 1)
        {
            return Some(Found {
                what: KEY_IN_ADDRESS,
                range,
            });
        }
        position += 1;
    }
    None
}

/// A secret that begins exactly there.
fn found_at(text: &str, position: usize, marks: Marks) -> Option<Found> {
    let bytes = text.as_bytes();
    let rest = &bytes[position..];
    match rest.first()? {
        b'0'..=b'9' => {
            if let Some(length) = telegram_token(rest) {
                return Some(Found {
                    what: "a Telegram bot token",
                    range: position..position + length,
                });
            }
        }
        b'-' => return private_key(text, position).or_else(|| after_option(text, position)),
        b'e' if rest.starts_with(b"eyJ") => {
            if let Some(length) = web_token(rest) {
                return Some(Found {
                    what: "a JSON web token",
                    range: position..position + length,
                });
            }
        }
        _ => {}
    }
    if matches!(rest[0], b'M' | b'N' | b'O')
        && let Some(length) = discord_token(rest)
    {
        return Some(Found {
            what: "a Discord bot token",
            range: position..position + length,
        });
    }
    if matches!(rest[0], b'0'..=b'9' | b'a'..=b'f')
        && let Some(length) = zai_key(rest)
    {
        return Some(Found {
            what: "a Z.AI API key",
            range: position..position + length,
        });
    }
    if marks.address
        && rest[0].is_ascii_lowercase()
        && let Some(range) = password_in_address(text, position)
    {
        return Some(Found {
            what: PASSWORD_IN_ADDRESS,
            range,
        });
    }
    for pattern in formats::beginning_with(rest[0]) {
        if !rest.starts_with(pattern.prefix.as_bytes()) {
            continue;
        }
        let tail = &rest[pattern.prefix.len()..];
        let length = run(tail, DECIDING, pattern.class);
        if length < pattern.least || !pattern.class.is_complete(&tail[..length]) {
            continue;
        }
        let whole = &text[position..position + pattern.prefix.len() + length];
        if looks_random(&whole[pattern.prefix.len()..])
            && !is_template(whole)
            && !is_dummy_key(whole)
        {
            let length = run(tail, tail.len(), pattern.class);
            return Some(Found {
                what: pattern.what,
                range: position..position + pattern.prefix.len() + length,
            });
        }
    }
    None
}

/// How many bytes of a class stand at the front, as far as `most`.
fn run(bytes: &[u8], most: usize, class: Class) -> usize {
    bytes
        .iter()
        .take(most)
        .take_while(|byte| class.holds(**byte))
        .count()
}

/// `123456789:` and at least 30 characters.
fn telegram_token(bytes: &[u8]) -> Option<usize> {
    let digits = bytes
        .iter()
        .take(13)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if !(6..=12).contains(&digits) || bytes.get(digits) != Some(&b':') {
        return None;
    }
    let length = run(&bytes[digits + 1..], bytes.len(), Class::Word);
    let tail = std::str::from_utf8(&bytes[digits + 1..digits + 1 + length]).ok()?;
    (length >= 30 && !is_template(tail)).then_some(digits + 1 + length)
}

/// 32 digits of a hexadecimal number, a full stop, and 16 letters of both cases and digits: what begins as a hash goes on with an
/// extension in small letters.
fn zai_key(bytes: &[u8]) -> Option<usize> {
    const NUMBER: usize = 32;
    const SECRET: usize = 16;
    if run(bytes, NUMBER + 1, Class::Hexadecimal) != NUMBER || bytes.get(NUMBER) != Some(&b'.') {
        return None;
    }
    let secret = &bytes[NUMBER + 1..];
    let length = run(secret, SECRET + 1, Class::Word);
    let has = |is: fn(&u8) -> bool| secret[..length].iter().any(is);
    (length == SECRET && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase))
        .then_some(NUMBER + 1 + SECRET)
}

/// Three parts of 23 to 28, 6 to 7 and 27 or more characters.
fn discord_token(bytes: &[u8]) -> Option<usize> {
    let part =
        |from: usize, most: usize| run(bytes.get(from..).unwrap_or_default(), most, Class::Word);
    let first = part(0, 31);
    if !(23..=30).contains(&first) || bytes.get(first) != Some(&b'.') {
        return None;
    }
    let second = part(first + 1, 8);
    if !(6..=7).contains(&second) || bytes.get(first + 1 + second) != Some(&b'.') {
        return None;
    }
    let third = part(first + second + 2, bytes.len());
    (third >= 27).then_some(first + second + third + 2)
}

/// `eyJ....eyJ....signature`.
fn web_token(bytes: &[u8]) -> Option<usize> {
    let mut length = 0;
    for part in 0..3 {
        let most = match part {
            0 => LONGEST_WEB_TOKEN_HEAD,
            _ => bytes.len(),
        };
        let count = run(&bytes[length..], most, Class::Word);
        if count < 10 {
            return None;
        }
        length += count;
        if part < 2 {
            if bytes.get(length) != Some(&b'.') {
                return None;
            }
            length += 1;
        }
    }
    Some(length)
}

/// From `-----BEGIN ... PRIVATE KEY-----` to its end.
fn private_key(text: &str, position: usize) -> Option<Found> {
    let rest = text[position..].strip_prefix("-----BEGIN ")?;
    let label = &rest[..rest.find("-----")?];
    if !label.ends_with("PRIVATE KEY") {
        return None;
    }
    let end = match text[position..].find("-----END ") {
        Some(end) => {
            let end = position + end + "-----END ".len();
            text[end..]
                .find("-----")
                .map_or(text.len(), |tail| end + tail + 5)
        }
        None => text.len(),
    };
    Some(Found {
        what: "a private key",
        range: position..end,
    })
}

/// The password of `scheme://user:password@host`, unless it is a placeholder or only stands for one. One with a `/`, `?` or `#` in it
/// makes no address, and is a password all the same: what stands behind the colon is no port.
fn password_in_address(text: &str, position: usize) -> Option<Range<usize>> {
    let rest = &text[position..];
    let scheme = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_lowercase() || matches!(byte, b'+' | b'0'..=b'9'))
        .count();
    let rest = rest[scheme..].strip_prefix("://")?;
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'`');
    let authority = &rest[..rest
        .bytes()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#') || ends(&byte))
        .unwrap_or(rest.len())];
    let (user, host) = match authority.rsplit_once('@') {
        Some(parts) => parts,
        None => {
            let (name, port) = authority.split_once(':')?;
            let is_port =
                port.bytes().all(|byte| byte.is_ascii_digit()) || port.eq_ignore_ascii_case("port");
            if is_port || name.starts_with('[') {
                return None;
            }
            let deciding = rest.bytes().take(DECIDING);
            let word = deciding.take_while(|byte| !ends(byte)).count();
            let at = rest.as_bytes()[..word]
                .iter()
                .rposition(|byte| *byte == b'@')?;
            (&rest[..at], &rest[at + 1..])
        }
    };
    let (name, password) = user.split_once(':')?;
    let is_inserted = password.contains(['$', '{', '<']) || password.starts_with('%');
    // `docker://name:tag@sha256:...` names an image.
    let is_digest = host.starts_with("sha256:");
    if password.is_empty() || is_inserted || is_digest || is_template(password) {
        return None;
    }
    let start = position + scheme + "://".len() + name.len() + 1;
    Some(start..start + password.len())
}

/// The value of `key=value` in the query of an address, by its name a secret.
fn secret_in_query(text: &str, position: usize) -> Option<Range<usize>> {
    const LONGEST_NAME: usize = 40;
    let rest = &text[position..];
    let length = rest
        .bytes()
        .take(LONGEST_NAME)
        .take_while(|byte| Class::Word.holds(*byte))
        .count();
    let (name, rest) = rest.split_at(length);
    let value = rest.strip_prefix('=')?;
    let is_secret = names_a_secret(name)
        || matches!(
            name.to_ascii_lowercase().as_str(),
            "key" | "sig" | "signature"
        );
    if !is_secret {
        return None;
    }
    let value = &value[..value
        .find(|c: char| c.is_whitespace() || "&#\"'<>`\\()[]{};,|$".contains(c))
        .unwrap_or(value.len())];
    if !looks_generated(value) || is_template(value) {
        return None;
    }
    let start = position + length + 1;
    Some(start..start + value.len())
}

/// Whether a word of a command is an option whose value is a secret: `--token`, `--api-key`, but not `--token-file`.
pub fn is_secret_option(word: &str) -> bool {
    word.strip_prefix("--")
        .is_some_and(|name| !name.contains('=') && names_a_secret(name))
}

/// The parts of a word of a command that is such an option together with its value: `--api-key=VALUE`.
pub fn option_with_secret(word: &str) -> Option<(&str, &str)> {
    // Asked of many texts that are no options.
    if !word.starts_with("--") {
        return None;
    }
    word.split_once('=')
        .filter(|(option, _)| is_secret_option(option))
}

/// The value of an option for a secret on a command line, in one text or in a list of words.
fn after_option(text: &str, position: usize) -> Option<Found> {
    const LONGEST_NAME: usize = 40;
    const LONGEST_GAP: usize = 40;
    let rest = text[position..].strip_prefix("--")?;
    let length = rest
        .bytes()
        .take(LONGEST_NAME)
        .take_while(|byte| Class::Word.holds(*byte))
        .count();
    let (name, rest) = rest.split_at(length);
    if !is_secret_option(&text[position..position + 2 + length]) || name.is_empty() {
        return None;
    }
    let gap = rest
        .bytes()
        .take(LONGEST_GAP)
        .take_while(|byte| {
            matches!(
                byte,
                b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b',' | b'='
            )
        })
        .count();
    let value = &rest[gap..];
    let value = &value[..value
        .find(|c: char| c.is_whitespace() || "\"'<>`\\()[]{};,|$".contains(c))
        .unwrap_or(value.len())];
    let is_other = value.starts_with('-') || value.contains('/') || is_template(value);
    if gap == 0 || is_other || !looks_generated(value) {
        return None;
    }
    let start = position + 2 + length + gap;
    Some(Found {
        what: GIVEN_TO_OPTION,
        range: start..start + value.len(),
    })
}

/// Whether letters and digits are mixed as in a generated secret: at least one digit, or both cases in one word
/// of some length.
fn looks_random(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let changes = text
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
        .count();
    digits > 0 || changes >= 3 || text.len() >= 32
}

/// Whether a literal of no known format looks generated: no blanks, of some length, letters and digits mixed.
pub fn looks_generated(text: &str) -> bool {
    text.len() >= 12
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The words of a text that are random throughout, as keys that services give out are: letters of both cases and digits that change
/// at every other character or more. Names that people make, of models or of functions, change at word boundaries only; hashes in
/// hexadecimal have no capitals, and what `sha256-` begins is a hash too.
pub fn random_words(text: &str) -> Vec<Range<usize>> {
    const SHORTEST: usize = 20;
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let length = bytes[start..]
            .iter()
            .take_while(|byte| is_inside(**byte))
            .count();
        if length >= SHORTEST && is_random(&bytes[start..start + length]) {
            found.push(start..start + length);
        }
        start += length + 1;
    }
    found
}

fn is_random(word: &[u8]) -> bool {
    const FEWEST_OF_A_KIND: usize = 2;
    let kind = |byte: &u8| match byte {
        b'A'..=b'Z' => 0,
        b'a'..=b'z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let mut counts = [0; 4];
    for byte in word {
        counts[kind(byte)] += 1;
    }
    let changes = word
        .windows(2)
        .map(|pair| (kind(&pair[0]), kind(&pair[1])))
        .filter(|(one, other)| one != other && *one < 3 && *other < 3)
        .count();
    let is_hash = [&b"sha1-"[..], b"sha256-", b"sha512-"]
        .iter()
        .any(|prefix| word.starts_with(prefix));
    counts[..3].iter().all(|count| *count >= FEWEST_OF_A_KIND)
        && changes * 2 >= word.len()
        && !is_hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_random_throughout() {
        for word in [
            "Zq8Rt5Yw2Lp9Xc4Vb7Nm1Kj6Hg3Fd0Sa",
            "b3JkZXJzL2xpc3Q0NzI5MTg",
            "kP2_x9Lm-Q4vT7zWc1Rb8Yn",
        ] {
            let text = format!("the token {word} is bad");
            let found = random_words(&text);
            assert_eq!(
                found,
                std::slice::from_ref(&(10..10 + word.len())),
                "{word}"
            );
        }
        for other in [
            "Qwen3-Coder-30B-A3B-Instruct",
            "convertUtf8ToBase64String",
            "DeepSeek-R1-Distill-Qwen-32B",
            "homeConfigurations2026OfAlice99",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
            "sha256-47DEQpj8HBSaJ5TImW5JCeuQeRkm5NMpJWZG3hSuFU",
            "OPENROUTER_API_KEY_2026_FOR_ALICE",
        ] {
            assert!(random_words(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn every_pattern_knows_its_examples_and_not_its_counterexamples() {
        for pattern in PREFIXED {
            for example in pattern.examples {
                let found =
                    find(example).unwrap_or_else(|| panic!("{example} is {}", pattern.what));
                assert_eq!(found.what, pattern.what, "{example}");
                assert_eq!(found.range, 0..example.len(), "{example}");
                let text = format!("Bearer {example}, and more");
                assert_eq!(
                    find(&text).map(|found| found.range),
                    Some(7..7 + example.len())
                );
                let inside = format!("a{example}");
                assert!(
                    find(&inside).is_none_or(|found| found.range.start != 1),
                    "{inside} does not begin at a word"
                );
            }
            for counterexample in pattern.counterexamples {
                assert_eq!(find(counterexample), None, "{counterexample}");
            }
        }
    }

    #[test]
    fn formats_without_a_prefix() {
        for (text, what) in [
            (
                "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9",
                "a Telegram bot token",
            ),
            (
                "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789",
                "a Discord bot token",
            ),
            (
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
                "a JSON web token",
            ),
            (
                "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----",
                "a private key",
            ),
            (
                "https://alice:hunter2@proxy.example.org/v1",
                "a password in an address",
            ),
            (
                "key 0123456789abcdef0123456789abcdef.a1B2c3D4e5F6g7H8",
                "a Z.AI API key",
            ),
            ("redis://:s3cr3t@localhost:6379", "a password in an address"),
            (
                "https://bot:plum/Trestle@a.example/v1",
                "a password in an address",
            ),
            (
                "https://bot:plum#?Trestle@a.example",
                "a password in an address",
            ),
            (
                "run --token plum-Trestle-48 --port 1",
                "a secret given to an option",
            ),
            ("--api-key=plum-Trestle-48", "a secret given to an option"),
            (
                "[ \"--token\" \"plum-Trestle-48\" ]",
                "a secret given to an option",
            ),
            (
                "https://api.example.org/v1?alt=sse&api_key=plum-Trestle-48",
                "a key in an address",
            ),
        ] {
            assert_eq!(find(text).map(|found| found.what), Some(what), "{text}");
        }
    }

    #[test]
    fn what_only_looks_similar_is_left_alone() {
        for text in [
            "moonshot/kimi-k2-thinking-turbo-2026-01-01",
            "https://api.kimi.com/coding/v1",
            "http://127.0.0.1:11434/v1",
            "https://user@example.org/path:with@signs",
            "https://alice:${PASSWORD}@proxy.example.org",
            "https://user:password@example.org",
            "https://%s:%s@example.org",
            "0123456789abcdef0123456789abcdef.tar.gz",
            "0123456789abcdef0123456789abcdef.safetensorsindex",
            "0123456789abcdef0123456789abcdef0123456789.a1B2c3D4e5F6g7H8",
            "0123456789abcdef0123456789abcdef.a1B2c3D4e5F6g7H8i9",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "http://127.0.0.1:8080/packages/openclaw@2026",
            "http://[::1]:8080/packages/openclaw@2026",
            "http://host:PORT/packages/openclaw@2026",
            "https://bot:${PASSWORD}/x@proxy.example.org",
            "see http://localhost:x/, or ask alice@example.org",
            "[\"http://localhost:80\",\"alice@example.org\"]",
            "docker://alpine:3.18@sha256:0123456789abcdef0123456789abcdef",
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-source/documents/AGENTS.md",
            "@alice:matrix.example.org",
            "!abcdefghijklmnopqr:matrix.example.org",
            "sk-your-api-key-goes-here-1234",
            "https://example.org/?key=",
            "https://example.org/?api_key=${API_KEY}&page_token=plum-2025-page",
            "https://example.org/?token=your-token-here",
            "https://example.org/?monkey=plum-Trestle-48",
            "--token-file plum-Trestle-48",
            "--max-tokens plum-Trestle-48",
            "--token /run/secrets/plum-48",
            "--token $PLUM_TRESTLE_48",
            "--token your-token-2025-here",
            "use --token with plum-Trestle-48",
            "12:30:00 is a time, 18789:18789 a mapping of ports",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn the_cost_is_linear_in_any_text() {
        let start = std::time::Instant::now();
        for piece in [
            "-sk-your",
            "-eyJ",
            "-M",
            "-sk-ant-api03-Zm9vYmFyYmF6cXV4MTIz!",
            "a://",
            "a://b:c/",
            "123456:your-",
            "?key=",
            "--token ",
            "-----BEGIN ",
            "-AIza",
            "-0123456789abcdef0123456789abcdef.a",
            "xoxb-a://=@",
        ] {
            let text = piece.repeat(1_000_000 / piece.len());
            find_all(&text);
        }
        // A square of it would be hours.
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    }

    #[test]
    fn a_password_goes_to_the_last_at_sign_before_a_blank_or_a_quote() {
        for (text, password) in [
            ("https://bot:pa/ss@wo:rd@a.example/v1 b@c", "pa/ss@wo:rd"),
            ("\"https://bot:pa/ss@a.example\",\"b@c\"", "pa/ss"),
            ("https://bot:pa@ss@a.example/b@c", "pa@ss"),
        ] {
            let found = find(text).map(|found| &text[found.range]);
            assert_eq!(found, Some(password), "{text}");
        }
    }

    #[test]
    fn options_with_their_values() {
        assert_eq!(
            option_with_secret("--api-key=plum=Trestle"),
            Some(("--api-key", "plum=Trestle"))
        );
        for other in [
            "--api-key",
            "--token-file=x",
            "-k=x",
            "api-key=x",
            "--port=1",
        ] {
            assert_eq!(option_with_secret(other), None, "{other}");
        }
    }

    #[test]
    fn a_long_secret_goes_to_its_end() {
        let text = format!("sk-ant-{} x", "a1".repeat(5000));
        assert_eq!(
            find(&text).map(|found| found.range),
            Some(0..text.len() - 2)
        );
    }

    #[test]
    fn several_in_one_text() {
        let text = "a xoxb-1234567890-abcdefGHIJ b ghp_0123456789abcdefGHIJKLMNOPqrstuvwxyz c";
        let found = find_all(text);
        assert_eq!(found.len(), 2);
        assert_eq!(
            &text[found[1].range.clone()],
            "ghp_0123456789abcdefGHIJKLMNOPqrstuvwxyz"
        );
    }

    #[test]
    fn wide_characters_do_no_harm() {
        assert_eq!(find("schlüssel: ключ, 鍵, ключ-ключ-ключ-ключ"), None);
        let text = "ключ sk-proj-a1b2c3d4e5f6g7h8i9j0";
        let found = find(text).unwrap();
        assert_eq!(&text[found.range], "sk-proj-a1b2c3d4e5f6g7h8i9j0");
    }
}
