//! Makes text from the input visible and harmless.
//!
//! Control characters, terminal escapes and characters that reorder or hide text are written out as
//! `\u{1b}`, so that what a person reads is what the file holds and no terminal or log acts on it.

/// Whether a character must not reach a terminal as it is: C0, DEL, C1, line separators, characters that
/// reorder text, and invisible ones that can hide it.
pub fn is_unsafe(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// How an unsafe character is written out.
pub fn visible(character: char) -> String {
    match character {
        '\n' => "\\n".to_string(),
        '\r' => "\\r".to_string(),
        '\t' => "\\t".to_string(),
        other => format!("\\u{{{:x}}}", other as u32),
    }
}

/// One line: line breaks and tabs are written out as well.
pub fn line(text: &str) -> String {
    clean(text, false)
}

/// A text of several lines: line breaks stay, everything else is as in [`line`]. Blank lines at the end
/// go.
pub fn block(text: &str) -> String {
    let mut result = clean(text, true);
    result.truncate(result.trim_end().len());
    result
}

fn clean(text: &str, keep_lines: bool) -> String {
    if !text.chars().any(is_unsafe) {
        return text.to_string();
    }
    let mut result = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' if keep_lines => result.push('\n'),
            '\r' if keep_lines && characters.peek() == Some(&'\n') => {}
            unsafe_one if is_unsafe(unsafe_one) => result.push_str(&visible(unsafe_one)),
            other => result.push(other),
        }
    }
    result
}

/// Writes out letters of other alphabets that stand in a word with Latin ones: many look like those, so that a message such as
/// "write `kimi` for `kimi`" says nothing.
pub fn spell_out_lookalikes(text: &str) -> String {
    let is_other = |character: char| matches!(character, '\u{370}'..='\u{52f}');
    if !text.chars().any(is_other) {
        return text.to_string();
    }
    let mut result = String::with_capacity(text.len() + 16);
    for word in text.split_inclusive(|character: char| !character.is_alphanumeric()) {
        let is_mixed = word.chars().any(|letter| letter.is_ascii_alphabetic());
        for character in word.chars() {
            match is_mixed && is_other(character) {
                true => result.push_str(&visible(character)),
                false => result.push(character),
            }
        }
    }
    result
}

/// Breaks up what a continuous integration runner would take for a command in a log: `::name ...::` at
/// the start of a line (GitHub) and `##[name]` or `##vso[` anywhere (GitHub's old form, Azure). A terminal's
/// wrapping may put any word at the start of a line, so the place does not matter.
pub fn defuse_commands(text: &str) -> String {
    if !text.contains("::") && !text.contains("##") {
        return text.to_string();
    }
    let mut result = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(next) = rest.find([':', '#']) {
        result.push_str(&rest[..next]);
        rest = &rest[next..];
        let (mark, is_command) = if let Some(after) = rest.strip_prefix("::") {
            let named = after.starts_with(|c: char| c.is_ascii_alphabetic());
            (":", named && after.contains("::"))
        } else {
            ("#", rest.starts_with("##[") || rest.starts_with("##vso["))
        };
        let first = rest.chars().next().map_or(0, char::len_utf8);
        if is_command {
            result.push_str(mark);
            result.push('\\');
        } else {
            result.push_str(&rest[..first]);
        }
        rest = &rest[first..];
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_another_alphabet_among_latin_ones_are_told_apart() {
        assert_eq!(
            spell_out_lookalikes("write `kimi` for `k\u{456}mi`"),
            "write `kimi` for `k\\u{456}mi`"
        );
        assert_eq!(spell_out_lookalikes("ключ, key"), "ключ, key");
    }

    #[test]
    fn an_escape_sequence_becomes_readable() {
        assert_eq!(line("a\u{1b}[31mred"), "a\\u{1b}[31mred");
        assert_eq!(
            line("bell\u{7} del\u{7f} c1\u{9b}"),
            "bell\\u{7} del\\u{7f} c1\\u{9b}"
        );
    }

    #[test]
    fn text_that_reorders_or_hides_becomes_readable() {
        assert_eq!(
            line("a\u{202e}b\u{2066}c\u{200b}d"),
            "a\\u{202e}b\\u{2066}c\\u{200b}d"
        );
    }

    #[test]
    fn a_line_has_no_line_break_and_a_block_keeps_them() {
        assert_eq!(line("a\r\nb\tc"), "a\\r\\nb\\tc");
        assert_eq!(block("a\r\nb\n\n"), "a\nb");
    }

    #[test]
    fn letters_of_other_scripts_and_emoji_stay() {
        let text = "模型 é 👩\u{200d}🔬 עברית";
        assert_eq!(line(text), text);
    }

    #[test]
    fn workflow_commands_lose_their_meaning() {
        assert_eq!(defuse_commands("::error::no"), ":\\:error::no");
        assert_eq!(defuse_commands("x ::add-mask::y"), "x :\\:add-mask::y");
        assert_eq!(defuse_commands("##[error]no"), "#\\#[error]no");
        assert_eq!(defuse_commands("##vso[task]"), "#\\#vso[task]");
    }

    #[test]
    fn colons_that_are_no_command_stay() {
        for text in ["::1", "a::b", "host: ::", "## heading", "https://x/y"] {
            assert_eq!(defuse_commands(text), text);
        }
    }
}
