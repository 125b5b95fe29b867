//! `${NAME}` in a configuration, as OpenClaw reads it.
//!
//! OpenClaw replaces `${NAME}` where the name consists of capital letters, digits and `_` and does not begin with
//! a digit; `$${NAME}` stands for the text `${NAME}`; everything else stays as it is, without a word. A credential
//! field takes two more forms as a whole: `$NAME`, and what an escaped placeholder became.

use std::ops::Range;

/// What stands at a `$` of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placeholder {
    /// What it is.
    pub form: Form,
    /// Between the braces, or after the `$` of the short form.
    pub name: String,
    /// From the first `$` to the closing brace.
    pub range: Range<usize>,
}

/// The forms of placeholders.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Form {
    /// `${NAME}`.
    Replaced,
    /// `$${NAME}`: stands for the text `${NAME}`.
    Escaped,
    /// Not recognised, so it stays as it is.
    Ignored(Flaw),
}

/// Why OpenClaw does not recognise a placeholder.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Flaw {
    /// Small letters in the name.
    SmallLetters,
    /// `${NAME:-default}` and other shell syntax.
    ShellSyntax,
    /// Blanks around the name.
    Blanks,
    /// Begins with a digit.
    Digit,
    /// `${}`.
    Empty,
    /// No closing brace.
    Unclosed,
    /// An expression of another language: `${config.home.homeDirectory}`.
    Expression,
    /// Other characters in the name.
    Characters,
}

/// Whether OpenClaw takes that for the name of a variable in `${...}`.
pub fn is_variable_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether OpenClaw takes that for the id of a reference to a variable: a capital first, at most 128 characters.
pub fn is_reference_name(name: &str) -> bool {
    is_variable_name(name) && !name.starts_with('_') && name.len() <= 128
}

/// The placeholders of a text and what looks like one, in order.
///
/// ```
/// use openclaw_check::openclaw::placeholders::{scan, Flaw, Form};
/// let found = scan("https://${HOST}/$${PATH}/${port:-80}");
/// assert_eq!(found[0].form, Form::Replaced);
/// assert_eq!((found[1].form, found[1].name.as_str()), (Form::Escaped, "PATH"));
/// assert_eq!(found[2].form, Form::Ignored(Flaw::ShellSyntax));
/// ```
pub fn scan(text: &str) -> Vec<Placeholder> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(offset) = text[from..].find('$') {
        let start = from + offset;
        let rest = &text[start..];
        let escaped = rest.starts_with("$${");
        let Some(inner) = rest.strip_prefix("$${").or_else(|| rest.strip_prefix("${")) else {
            from = start + 1;
            continue;
        };
        let opening = rest.len() - inner.len();
        let Some(length) = closing(inner) else {
            found.push(Placeholder {
                form: Form::Ignored(Flaw::Unclosed),
                name: inner
                    .chars()
                    .take_while(|next| next.is_alphanumeric() || *next == '_')
                    .collect(),
                range: start..text.len(),
            });
            break;
        };
        let name = &inner[..length];
        let end = start + opening + length + 1;
        let form = match (is_variable_name(name), escaped) {
            (true, false) => Form::Replaced,
            (true, true) => Form::Escaped,
            (false, _) => Form::Ignored(flaw(name)),
        };
        // `$${lower}` is no escape: both signs stay.
        found.push(Placeholder {
            form,
            name: name.to_string(),
            range: start..end,
        });
        from = end;
    }
    found
}

/// Where the closing brace is; braces of a nested `${...}` belong to it.
fn closing(inner: &str) -> Option<usize> {
    let mut depth = 0;
    for (position, byte) in inner.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(position),
            b'}' => depth -= 1,
            b'\n' => return None,
            _ => {}
        }
    }
    None
}

fn flaw(name: &str) -> Flaw {
    let trimmed = name.trim();
    if trimmed.is_empty() {
        return Flaw::Empty;
    }
    if trimmed != name {
        return Flaw::Blanks;
    }
    if is_nix_expression(name) {
        return Flaw::Expression;
    }
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if plain(name) {
        return if name.as_bytes()[0].is_ascii_digit() {
            Flaw::Digit
        } else {
            Flaw::SmallLetters
        };
    }
    let head = name
        .find(|next: char| !(next.is_ascii_alphanumeric() || next == '_'))
        .unwrap_or(name.len());
    if plain(&name[..head]) && name[head..].starts_with([':', '-', '=', '+', '?', '#', '%']) {
        return Flaw::ShellSyntax;
    }
    Flaw::Characters
}

/// Names with which expressions in modules begin.
static MODULE_NAMES: &[&str] = &[
    "builtins",
    "cfg",
    "config",
    "inputs",
    "lib",
    "osConfig",
    "pkgs",
    "self",
    "specialArgs",
    "super",
    "toString",
];

/// Whether the text between the braces is a Nix expression of a module: a path of names that begins with one that
/// modules have (`config.home.homeDirectory`, `pkgs.git`), or a call of a function of `lib` or `builtins`.
pub fn is_nix_expression(text: &str) -> bool {
    let head: String = text
        .trim()
        .chars()
        .take_while(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-' | '\''))
        .collect();
    let rest = &text.trim()[head.len()..];
    MODULE_NAMES.contains(&head.as_str())
        && (rest.starts_with('.') || (head == "toString" && rest.starts_with(' ')))
}

/// The variable that a credential field names as a whole: `${NAME}` or `$NAME`, blanks around it ignored. The third
/// form is what `$${NAME}` becomes; OpenClaw takes it for a reference too.
pub fn whole_reference(text: &str) -> Option<&str> {
    let text = text.trim();
    let name = match text
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(name) => name,
        None => text.strip_prefix('$')?,
    };
    is_reference_name(name).then_some(name)
}

/// The variable of an older way to write a reference: `secretref-env:NAME`, `__env__:NAME`.
pub fn marker_reference(text: &str) -> Option<&str> {
    let text = text.trim();
    let name = text
        .strip_prefix("secretref-env:")
        .or_else(|| text.strip_prefix("__env__:"))?;
    is_reference_name(name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<(Form, String)> {
        scan(text)
            .into_iter()
            .map(|found| (found.form, found.name))
            .collect()
    }

    #[test]
    fn what_openclaw_replaces() {
        assert_eq!(
            forms("${A}-${_B1}"),
            [(Form::Replaced, "A".into()), (Form::Replaced, "_B1".into())]
        );
        assert_eq!(forms("$${A}"), [(Form::Escaped, "A".into())]);
        assert_eq!(forms("$A and $(cat x) and 5$"), []);
    }

    #[test]
    fn what_it_ignores() {
        for (text, flaw) in [
            ("${kimi_key}", Flaw::SmallLetters),
            ("${KimiKey}", Flaw::SmallLetters),
            ("${A:-x}", Flaw::ShellSyntax),
            ("${A-x}", Flaw::ShellSyntax),
            ("${ A }", Flaw::Blanks),
            ("${1A}", Flaw::Digit),
            ("${}", Flaw::Empty),
            ("${A", Flaw::Unclosed),
            ("${A.B}", Flaw::Characters),
            ("$${lower}", Flaw::SmallLetters),
            ("${config.home.homeDirectory}/x", Flaw::Expression),
            ("${lib.getExe pkgs.git}", Flaw::Expression),
            ("${pkgs.writeText \"x\" \"${y}\"}", Flaw::Expression),
        ] {
            assert_eq!(scan(text)[0].form, Form::Ignored(flaw), "{text}");
        }
    }

    #[test]
    fn where_they_stand() {
        let text = "é${A} $${B}";
        let found = scan(text);
        assert_eq!(&text[found[0].range.clone()], "${A}");
        assert_eq!(&text[found[1].range.clone()], "$${B}");
    }

    #[test]
    fn references_as_a_whole() {
        assert_eq!(whole_reference(" ${KEY} "), Some("KEY"));
        assert_eq!(whole_reference("$KEY"), Some("KEY"));
        assert_eq!(whole_reference("${_KEY}"), None);
        assert_eq!(whole_reference("$key"), None);
        assert_eq!(whole_reference("Bearer ${KEY}"), None);
        assert_eq!(marker_reference("secretref-env:KEY"), Some("KEY"));
    }
}
