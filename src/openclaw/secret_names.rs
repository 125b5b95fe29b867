//! What names of fields, headers and variables tell.

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
    #[inline]
    pub fn is_nearly(&self, known: &Spelling) -> bool {
        let most = if known.length < 8 { 1 } else { 2 };
        // Nearly all names are told apart by this.
        self.length.abs_diff(known.length) <= most
            // Slips at both ends are rare.
            && (self.letters[0] == known.letters[0] || self.last == known.last)
            // Each step changes two kinds of letters at most.
            && (self.kinds ^ known.kinds).count_ones() <= 2 * most as u32
            && self.is_within(known, most)
    }

    fn is_within(&self, known: &Spelling, most: usize) -> bool {
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

/// The words of a text in lower case: split where something else than a letter or digit stands and where a capital
/// follows a small letter.
pub fn words(text: &str) -> Vec<String> {
    if text.is_ascii() {
        return words_of_ascii(text);
    }
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut small = false;
    for character in text.chars() {
        if !character.is_alphanumeric() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            small = false;
            continue;
        }
        if character.is_uppercase() && small && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        small = character.is_lowercase();
        word.extend(character.to_lowercase());
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The same where characters are bytes, as nearly always.
fn words_of_ascii(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let begins = |at: usize| bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase();
    let mut words = Vec::new();
    let mut start = 0;
    for at in 0..=bytes.len() {
        let is_part = bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
        if is_part && (at == start || !begins(at)) {
            continue;
        }
        if start < at {
            words.push(text[start..at].to_ascii_lowercase());
        }
        start = at + usize::from(!is_part);
    }
    words
}
