//! What names of fields, headers, variables and hosts tell.

use crate::openclaw::secret_patterns::words;
use std::sync::OnceLock;

/// Whether the name of a field says that it holds a secret: `apiKey`, `bot_token`, `clientSecret`, but neither
/// `tokenFile` nor `maxTokens`.
pub fn is_secret_name(name: &str) -> bool {
    // Most keys end otherwise; look before words are made.
    let Some(last) = name.as_bytes().last() else {
        return false;
    };
    if !matches!(
        last,
        b'n' | b't' | b'd' | b'y' | b'e' | b'N' | b'T' | b'D' | b'Y' | b'E'
    ) {
        return false;
    }
    if !mentions_a_secret(name) {
        return false;
    }
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [
            ..,
            "max" | "min" | "next" | "page" | "stop" | "end" | "eos" | "per" | "silent" | "push",
            "token",
        ] => name == "pushToken",
        [
            ..,
            "token" | "secret" | "password" | "passwd" | "passphrase" | "apikey" | "authtoken"
            | "accesstoken" | "bottoken",
        ] => true,
        [
            ..,
            "api" | "access" | "secret" | "private" | "auth" | "signing" | "encrypt" | "encryption"
            | "master" | "license" | "app",
            "key",
        ] => true,
        // `PGPASSWORD`: no case tells the words apart.
        [.., last] => ["password", "passwd", "passphrase"]
            .iter()
            .any(|word| last.ends_with(word)),
        [] => false,
    }
}

/// The letters and digits of a name in lower case, for comparison with others. No longer names are looked at.
pub struct Spelling {
    letters: [u8; Spelling::LONGEST],
    length: usize,
    /// The last letter; 0 where there is none, like all letters behind it.
    last: u8,
    /// Which letters there are, one bit each.
    kinds: u32,
}

impl Spelling {
    const LONGEST: usize = 24;

    /// The spelling of a name; of one that is too long nothing.
    pub fn of(name: &str) -> Spelling {
        let mut spelling = Spelling {
            letters: [0; Spelling::LONGEST],
            length: 0,
            last: 0,
            kinds: 0,
        };
        for byte in name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')) {
            if spelling.length == Spelling::LONGEST {
                return Spelling {
                    letters: [0; Spelling::LONGEST],
                    length: 0,
                    last: 0,
                    kinds: 0,
                };
            }
            let letter = byte.to_ascii_lowercase();
            spelling.letters[spelling.length] = letter;
            spelling.length += 1;
            spelling.last = letter;
            spelling.kinds |= 1 << (letter & 31);
        }
        spelling
    }

    fn letters(&self) -> &[u8] {
        &self.letters[..self.length]
    }

    /// Whether this was meant to be `known`: other case, other separators, or at most one step of a slip of the pen (two in a long
    /// name). The plural of a name is another name, and so is that of its id.
    pub fn is_nearly(&self, known: &Spelling) -> bool {
        let most = if known.length < 8 { 1 } else { 2 };
        if self.length.abs_diff(known.length) > most
            // Slips at both ends are rare.
            || self.letters[0] != known.letters[0] && self.last != known.last
            // Each step changes two kinds of letters at most.
            || (self.kinds ^ known.kinds).count_ones() > 2 * most as u32
        {
            return false;
        }
        let (own, others) = (self.letters(), known.letters());
        // The plural, and what such a thing is called by, are other names.
        if [&b"s"[..], b"id"]
            .iter()
            .any(|end| own.strip_suffix(*end) == Some(others))
        {
            return false;
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        own == others || strsim::damerau_levenshtein(&text(own), &text(others)) <= most
    }
}

/// Whether a field that takes references to secrets holds what is public: certificates.
pub fn is_public_part(name: &str) -> bool {
    matches!(name, "ca" | "cert")
}

/// Whether a name is nearly one of those that say that they hold a secret: `tokn`, `bot_tokn`, `pasword`, `apiKye`. What stands
/// under it may be one.
pub fn nearly_names_a_secret(name: &str) -> bool {
    const TELLING: [&str; 10] = [
        "token",
        "secret",
        "password",
        "passphrase",
        "apikey",
        "accesstoken",
        "apptoken",
        "authtoken",
        "bottoken",
        "clientsecret",
    ];
    static SPELLINGS: OnceLock<[Spelling; 10]> = OnceLock::new();
    if name.len() < 4 || name.len() > 40 {
        return false;
    }
    let telling = SPELLINGS.get_or_init(|| TELLING.map(Spelling::of));
    let (one, two) = last_words(name);
    [one, two].into_iter().flatten().any(|words| {
        let spelling = Spelling::of(words);
        let is_one = |telling: &Spelling| telling.letters() == spelling.letters();
        // Few names are near one: whether they are the very one is asked of those alone.
        telling.iter().any(|known| spelling.is_nearly(known)) && !telling.iter().any(is_one)
    })
}

/// The last word of a name, and its last two: words begin with a capital behind another letter, or behind what is no letter.
fn last_words(name: &str) -> (Option<&str>, Option<&str>) {
    let bytes = name.as_bytes();
    let begins = |at: usize| {
        let (before, here) = (bytes[at - 1], bytes[at]);
        here.is_ascii_uppercase() && before.is_ascii_lowercase()
            || here.is_ascii_alphanumeric() && !before.is_ascii_alphanumeric()
    };
    let mut starts = (1..bytes.len()).rev().filter(|at| begins(*at));
    let last = starts.next().unwrap_or(0);
    let two = match last {
        0 => None,
        _ => Some(starts.next().unwrap_or(0)),
    };
    (name.get(last..), two.and_then(|start| name.get(start..)))
}

/// A cheap look before words are made: whether one of the telling words may be in the name.
fn mentions_a_secret(name: &str) -> bool {
    name.as_bytes().windows(3).any(|window| {
        let window = [
            window[0].to_ascii_lowercase(),
            window[1].to_ascii_lowercase(),
            window[2].to_ascii_lowercase(),
        ];
        matches!(&window, b"key" | b"ken" | b"ret" | b"ord" | b"swd" | b"ase")
    })
}

/// Headers that carry a secret.
static SECRET_HEADERS: [&str; 9] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
    "apikey",
    "x-auth-token",
    "x-goog-api-key",
    "x-subscription-token",
];

/// Whether a header carries a secret by its name.
pub fn is_secret_header(name: &str) -> bool {
    is_known_secret_header(name) || is_secret_name_of_any_case(name)
}

fn is_known_secret_header(name: &str) -> bool {
    SECRET_HEADERS
        .iter()
        .any(|header| name.eq_ignore_ascii_case(header))
}

/// Whether a variable holds a secret by its name: `OPENAI_API_KEY`, `BOT_TOKEN`, but neither `TOKEN_FILE` nor
/// `PUBLIC_KEY`.
pub fn is_secret_variable(name: &str) -> bool {
    is_secret_name_of_any_case(name) || has_secret_ending_of_variable(name)
}

/// The last words by which a variable holds a secret, and a field or header may not.
fn has_secret_ending_of_variable(name: &str) -> bool {
    let Some((head, last)) = name.rsplit_once('_') else {
        return false;
    };
    match last.to_ascii_lowercase().as_str() {
        "key" => {
            let head = head.to_ascii_lowercase();
            !head.ends_with("public") && !head.ends_with("primary") && !head.ends_with("sort")
        }
        "pat" | "pass" | "passcode" | "credential" | "credentials" | "creds" | "pw" => true,
        "pwd" => !head.eq_ignore_ascii_case("old"),
        _ => false,
    }
}

fn is_secret_name_of_any_case(name: &str) -> bool {
    mentions_a_secret(name) && is_secret_name(&name.to_ascii_lowercase())
}

/// Whether a name says that it holds a secret where nothing tells what it is the name of: a field, a header or a variable.
pub fn names_a_secret(name: &str) -> bool {
    is_secret_name(name)
        || is_secret_name_of_any_case(name)
        || has_secret_ending_of_variable(name)
        || is_known_secret_header(name)
        // Of these fields the name alone is enough, and no word in it says so.
        || matches!(name, "authTag" | "serviceAccount")
}

/// Whether an address names this machine or its own network.
pub fn is_local_address(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    let host = host.to_ascii_lowercase();
    if matches!(
        host.as_str(),
        "localhost" | "::1" | "0.0.0.0" | "host.docker.internal"
    ) || [
        ".local",
        ".localhost",
        ".lan",
        ".internal",
        ".home.arpa",
        ".ts.net",
    ]
    .iter()
    .any(|ending| host.ends_with(ending))
        || (!host.is_empty() && !host.contains('.') && !host.contains(':'))
    {
        return true;
    }
    let numbers: Vec<u8> = host
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect();
    match numbers[..] {
        [127 | 10, _, _, _] | [192, 168, _, _] | [169, 254, _, _] => host.split('.').count() == 4,
        [172, second, _, _] => (16..32).contains(&second),
        [100, second, _, _] => (64..128).contains(&second),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_addresses() {
        for address in [
            "http://127.0.0.1:11434/v1",
            "http://localhost:1234",
            "http://192.168.1.20:8080/v1",
            "http://ollama:11434",
            "http://[::1]:8080",
            "http://nas.local/v1",
            "http://100.64.1.2:1",
        ] {
            assert!(is_local_address(address), "{address}");
        }
        for address in [
            "https://api.kimi.com/coding/v1",
            "https://10.example.org",
            "https://1.2.3.4/v1",
            "kimi",
            "https://",
        ] {
            assert!(!is_local_address(address), "{address}");
        }
    }
}
