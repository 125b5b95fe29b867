//! What is written where a secret belongs.

use crate::openclaw::placeholders;
use crate::openclaw::secret_names::{is_secret_variable, names_a_secret, words};
use crate::openclaw::secret_patterns::{
    find, is_dummy_key, is_template, looks_generated, option_with_secret,
};

/// What is written where a secret belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// Nothing, or blanks.
    Empty,
    /// A dummy key of a local server, or a marker of OpenClaw.
    Dummy,
    /// Text that somebody was to replace.
    Template,
    /// The name of a variable instead of `${NAME}`, bare or as other programs write it.
    VariableName,
    /// The path of a file.
    Path,
    /// `$(...)` or backquotes.
    Shell,
    /// Something with `${...}`, `$NAME` or an older marker of a reference.
    Placeholder,
    /// A secret of a known format.
    Known(&'static str),
    /// Any other literal.
    Literal,
}

/// What a wholly known text in a credential field is.
pub fn classify(text: &str) -> Written {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Written::Empty;
    }
    let bare = bare(trimmed);
    if bare.is_empty() {
        return Written::Empty;
    }
    if is_shell_substitution(bare) {
        return Written::Shell;
    }
    if let Some(found) = find(bare) {
        return Written::Known(found.what);
    }
    if !placeholders::scan(bare).is_empty()
        || is_dollar_name(bare)
        || placeholders::marker_reference(bare).is_some()
    {
        return Written::Placeholder;
    }
    if is_dummy_key(bare) || is_address_of_secret(bare) {
        return Written::Dummy;
    }
    if is_name_of_variable(bare) || variable_of_other_programs(bare).is_some() {
        return Written::VariableName;
    }
    if is_template(bare) {
        return Written::Template;
    }
    if is_file_path(bare) {
        return Written::Path;
    }
    Written::Literal
}

/// A text without blanks around it and without a scheme or an option before the secret: `abc` of `Bearer abc` and of `--token=abc`.
pub fn bare(text: &str) -> &str {
    let trimmed = text.trim();
    if let Some((_, value)) = option_with_secret(trimmed) {
        return value;
    }
    ["Bearer ", "bearer ", "Token ", "token ", "Bot ", "Basic "]
        .iter()
        .find_map(|scheme| trimmed.strip_prefix(scheme))
        .map_or(trimmed, str::trim_start)
}

/// `OPENAI_API_KEY`: the name of a variable where its value belongs. `YOUR_API_KEY` is none, it only stands for one.
fn is_name_of_variable(text: &str) -> bool {
    placeholders::is_reference_name(text)
        && text.contains('_')
        && (is_secret_variable(text) || text.ends_with("_KEY"))
        && !words(text).iter().any(|word| {
            matches!(
                word.as_str(),
                "your"
                    | "change"
                    | "changeme"
                    | "replace"
                    | "insert"
                    | "use"
                    | "put"
                    | "enter"
                    | "example"
                    | "placeholder"
                    | "todo"
                    | "the"
                    | "here"
                    | "my"
                    | "dummy"
                    | "fake"
            )
        })
}

/// How other programs write that a variable is to be read: what stands before its name, and behind it.
static OTHER_SYNTAXES: &[(&str, &str)] = &[
    ("env:", ""),
    ("env://", ""),
    ("{env:", "}"),
    ("$env:", ""),
    ("@env:", ""),
    ("!env ", ""),
    ("env.", ""),
    ("ENV.", ""),
    ("{env.", "}"),
    ("process.env.", ""),
    ("os.environ/", ""),
    ("ENV[", "]"),
    ("ENV['", "']"),
    ("ENV[\"", "\"]"),
    ("env(", ")"),
    ("secret:", ""),
    ("{secret:", "}"),
    ("secrets.", ""),
];

/// The variable of a text that another program than OpenClaw would read as one: `env:NAME`, `{env:NAME}`, `process.env.NAME`.
pub fn variable_of_other_programs(text: &str) -> Option<&str> {
    let text = text.trim();
    OTHER_SYNTAXES.iter().find_map(|(before, behind)| {
        let name = text.strip_prefix(before)?.strip_suffix(behind)?;
        // What stands behind `secret:` may be one.
        let is_evident = !before.contains("secret");
        let is_name = placeholders::is_reference_name(name)
            && (is_evident || name.contains('_') || is_secret_variable(name));
        is_name.then_some(name)
    })
}

/// Whether a text says where a keeper of passwords has the secret: `op://vault/item/field`. Something beside OpenClaw puts it there.
fn is_address_of_secret(text: &str) -> bool {
    ["op://", "bw://", "vault://", "keychain://", "doppler://"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}

/// `$NAME`, `$name` or `$kimiApiKey` as a whole. A secret may begin with a dollar as well: what mixes letters as no name of a
/// variable does is none.
pub fn is_dollar_name(text: &str) -> bool {
    text.trim().strip_prefix('$').is_some_and(|name| {
        let has_capitals = name.bytes().any(|byte| byte.is_ascii_uppercase());
        let has_small = name.bytes().any(|byte| byte.is_ascii_lowercase());
        let is_plain = if has_small {
            names_a_secret(name) || !has_capitals && (name.contains('_') || !looks_generated(name))
        } else {
            true
        };
        name.len() > 1
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.as_bytes()[0].is_ascii_digit()
            && is_plain
    })
}

/// Whether a text is a command that a shell would have to run: `$(cat x)`, `` `cat x` ``, `!cat x`.
pub fn is_shell_substitution(text: &str) -> bool {
    let text = text.trim();
    if text.contains('\n') {
        return false;
    }
    let enclosed = |open: &str, close: char| {
        text.find(open)
            .is_some_and(|start| text[start + open.len()..].contains(close))
    };
    enclosed("$(", ')')
        || (text.len() > 2 && text.starts_with('`') && text.ends_with('`'))
        || ["!cat ", "!op ", "!pass ", "!sh "]
            .iter()
            .any(|command| text.starts_with(command))
}

/// Directories in which files stand, not secrets.
static DIRECTORIES: &[&str] = &[
    "/dev/",
    "/etc/",
    "/home/",
    "/media/",
    "/mnt/",
    "/nix/",
    "/opt/",
    "/persist/",
    "/private/",
    "/root/",
    "/run/",
    "/secrets/",
    "/srv/",
    "/tmp/",
    "/usr/",
    "/Users/",
    "/var/",
    "~/",
    "./",
    "../",
    "file:",
    "@/",
    "$HOME/",
    "%h/",
    "%d/",
    "${HOME}/",
];

/// Whether a text is the path of a file.
pub fn is_file_path(text: &str) -> bool {
    let text = text.trim();
    if text.contains(['\n', ' ']) {
        return false;
    }
    if DIRECTORIES
        .iter()
        .any(|directory| text.len() > directory.len() && text.starts_with(directory))
    {
        return true;
    }
    text.starts_with('/')
        && text.matches('/').count() >= 2
        && text[1..].split('/').all(|part| {
            !part.is_empty()
                && part.bytes().all(|byte| {
                    byte.is_ascii_lowercase()
                        || byte.is_ascii_digit()
                        || matches!(byte, b'-' | b'_' | b'.')
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written() {
        for (text, written) in [
            ("", Written::Empty),
            ("  ", Written::Empty),
            ("ollama-local", Written::Dummy),
            ("<gatewayToken>", Written::Template),
            ("your-token-here", Written::Template),
            ("OPENAI_API_KEY", Written::VariableName),
            ("WORK_PROXY_KEY", Written::VariableName),
            ("env:NVIDIA_API_KEY", Written::VariableName),
            ("{env:NVIDIA_API_KEY}", Written::VariableName),
            ("process.env.BRAVE_API_KEY", Written::VariableName),
            ("ENV['BRAVE_API_KEY']", Written::VariableName),
            ("process.env.FOO", Written::VariableName),
            ("Bearer secret:MCP_TOKEN", Written::VariableName),
            ("env:plum48trestle", Written::Literal),
            ("secret:PLUM48TRESTLE", Written::Literal),
            ("any", Written::Dummy),
            ("/run/secrets/telegram", Written::Path),
            ("~/.secrets/key", Written::Path),
            ("/keys/kimi", Written::Path),
            ("$(cat /run/secrets/x)", Written::Shell),
            ("`pass show kimi`", Written::Shell),
            ("${KIMI_API_KEY}", Written::Placeholder),
            ("$KIMI_API_KEY", Written::Placeholder),
            ("op://vault/kimi/key", Written::Dummy),
            ("$kimi_api_key", Written::Placeholder),
            ("$kimiApiKey", Written::Placeholder),
            ("$discord", Written::Placeholder),
            ("$discord_token_2025", Written::Placeholder),
            ("$plumTrestle", Written::Literal),
            ("$plum48trestle", Written::Literal),
            ("Bearer ${KIMI_API_KEY}", Written::Placeholder),
            ("secretref-env:KIMI_API_KEY", Written::Placeholder),
            (
                "Bearer xoxb-1234567890-abcdefGHIJ",
                Written::Known("a Slack token"),
            ),
            ("b7e1c9d04f6a4a2f9c3e5d8812ab60f4", Written::Literal),
            ("/Xk3+9fQ/zz==", Written::Literal),
            ("hunter2", Written::Literal),
            ("--api-key=hunter2", Written::Literal),
            ("--api-key=/run/secrets/kimi", Written::Path),
            ("--api-key=${KIMI_API_KEY}", Written::Placeholder),
            ("--api-key=", Written::Empty),
        ] {
            assert_eq!(classify(text), written, "{text}");
        }
    }
}
