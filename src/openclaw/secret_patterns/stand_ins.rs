//! Texts that stand where a secret belongs and are none: dummy keys of local servers, and text that somebody was
//! to replace.

use crate::openclaw::secret_names::words;

/// Keys that people write because a local server wants any text, and markers that OpenClaw knows not to be
/// secrets (compared in lower case).
static DUMMY_KEYS: &[&str] = &[
    "-",
    "any",
    "anything",
    "apikey",
    "codex-app-server",
    "custom-local",
    "dummy",
    "dummy-key",
    "dummy_key",
    "empty",
    "fake",
    "fake-key",
    "foo",
    "gcp-vertex-credentials",
    "ignored",
    "key",
    "litellm",
    "llama",
    "llama-cpp",
    "llama.cpp",
    "llamacpp",
    "lm-studio",
    "lm_studio",
    "lmstudio",
    "local",
    "local-key",
    "local-only",
    "localai",
    "localhost",
    "minimax-oauth",
    "mlx",
    "n/a",
    "na",
    "no-auth",
    "no-key",
    "no-key-needed",
    "no-key-required",
    "no_key",
    "no-op",
    "none",
    "noop",
    "not-needed",
    "not-required",
    "not-used",
    "not_needed",
    "not_required",
    "not_used",
    "notneeded",
    "null",
    "ollama",
    "ollama-local",
    "sk-dummy",
    "sk-empty",
    "sk-local",
    "sk-no-key",
    "sk-no-key-needed",
    "sk-no-key-required",
    "sk-none",
    "sk-not-needed",
    "secretref-managed",
    "sglang",
    "unused",
    "vllm",
    "x",
    "xx",
    "xxx",
];

/// Whether a text is a dummy key of a local server, or a marker that OpenClaw itself takes for no secret.
///
/// ```
/// use openclaw_check::openclaw::secret_patterns::is_dummy_key;
/// assert!(is_dummy_key("ollama-local") && is_dummy_key("Not-Needed") && is_dummy_key("sk-no-key-required"));
/// assert!(!is_dummy_key("hunter2"));
/// ```
pub fn is_dummy_key(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    text.starts_with("oauth:") || DUMMY_KEYS.contains(&text.as_str())
}

/// Words of which texts consist that only stand for a secret.
static STAND_IN_WORDS: &[&str] = &[
    "a",
    "access",
    "actual",
    "add",
    "api",
    "app",
    "auth",
    "bearer",
    "bot",
    "botfather",
    "change",
    "changeme",
    "client",
    "code",
    "default",
    "demo",
    "dev",
    "discord",
    "dummy",
    "enter",
    "env",
    "environment",
    "example",
    "fake",
    "fill",
    "fixme",
    "for",
    "from",
    "gateway",
    "generate",
    "generated",
    "goes",
    "google",
    "gw",
    "here",
    "hook",
    "in",
    "insert",
    "it",
    "key",
    "kimi",
    "local",
    "long",
    "matrix",
    "me",
    "missing",
    "moonshot",
    "my",
    "new",
    "not",
    "now",
    "openai",
    "anthropic",
    "openclaw",
    "openrouter",
    "or",
    "password",
    "paste",
    "placeholder",
    "put",
    "random",
    "real",
    "replace",
    "sample",
    "secret",
    "secure",
    "set",
    "signing",
    "sk",
    "slack",
    "some",
    "string",
    "super",
    "tbd",
    "telegram",
    "temp",
    "test",
    "testing",
    "the",
    "this",
    "to",
    "todo",
    "token",
    "use",
    "user",
    "value",
    "var",
    "variable",
    "via",
    "webhook",
    "with",
    "xoxb",
    "xapp",
    "your",
    "youre",
    "yourself",
    "ant",
    "or",
    "v1",
    "proj",
    "clawdbot",
    "moltbot",
    "strong",
    "long",
    "hex",
    "file",
    "see",
    "sops",
    "agenix",
    "age",
    "vault",
    "example1",
];

/// Words of which one is enough when the text has words only.
static TELLING_WORDS: &[&str] = &[
    "your",
    "changeme",
    "change",
    "replace",
    "placeholder",
    "example",
    "insert",
    "todo",
    "fixme",
    "tbd",
    "here",
    "dummy",
    "fake",
    "sample",
    "paste",
    "enter",
    "use",
    "put",
    "fill",
    "not",
];

/// Whether a text only stands for a secret that somebody was to fill in: `<gatewayToken>`, `your-api-key-here`,
/// `changeme`, `USE_ENV_VAR`, `local-gateway-token`, `sk-...`, `xxxxxxxx`.
///
/// ```
/// use openclaw_check::openclaw::secret_patterns::is_template;
/// for text in ["<gatewayToken>", "your-telegram-token-here", "CHANGEME", "USE_ENV_VAR", "local-gateway-token",
///     "sk-...", "sk-xxxxxxxxxxxxxxxx", "REPLACE_WITH_REAL_TOKEN", "example-openai-key-not-real", "{{token}}"] {
///     assert!(is_template(text), "{text}");
/// }
/// for text in ["hunter2", "correct-horse-battery", "sk-proj-a1b2c3d4e5f6g7h8i9j0", "${KEY}", "kimi"] {
///     assert!(!is_template(text), "{text}");
/// }
/// ```
pub fn is_template(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.contains("${") {
        return false;
    }
    let enclosed = |open: &str, close: &str| {
        text.len() > open.len() + close.len() && text.starts_with(open) && text.ends_with(close)
    };
    if enclosed("<", ">") && !text[1..text.len() - 1].contains(['<', '>'])
        || enclosed("{{", "}}")
        || enclosed("[", "]")
        || enclosed("__", "__")
        || enclosed("@", "@")
        || enclosed("%", "%")
    {
        return true;
    }
    if text.ends_with("...") || text.ends_with('…') || text.contains("****") {
        return true;
    }
    // A run of one letter as in sk-xxxxxxxx.
    let bytes = text.as_bytes();
    if bytes.windows(5).any(|window| {
        matches!(window[0], b'x' | b'X' | b'.' | b'*')
            && window.iter().all(|byte| *byte == window[0])
    }) {
        return true;
    }
    if text == "TODO" || text == "FIXME" {
        return true;
    }
    let words: Vec<String> = words(text);
    if words.is_empty() {
        return false;
    }
    let has = |word: &str| words.iter().any(|known| known == word);
    if (has("not") && has("real"))
        || (has("replace") && (has("me") || has("with")))
        || has("changeme")
    {
        return true;
    }
    if has("your") && words.len() > 1 && words.iter().all(|word| !mixed(word)) {
        return true;
    }
    let all_known = words
        .iter()
        .all(|word| STAND_IN_WORDS.contains(&word.as_str()));
    all_known
        && (words.len() > 1
            || TELLING_WORDS.contains(&words[0].as_str())
            || matches!(words[0].as_str(), "token" | "secret" | "password" | "test"))
}

/// Whether a word mixes letters and digits, as words of a language do not.
fn mixed(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;

    #[test]
    fn dummy_keys_are_sorted_enough_to_be_read_and_known() {
        for key in DUMMY_KEYS {
            assert!(is_dummy_key(key));
            assert_eq!(find(key), None);
        }
    }
}
