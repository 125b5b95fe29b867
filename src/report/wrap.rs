//! Breaks text into lines at blanks only, so that no name, address or code is ever torn.

/// Wraps each line of a text to `width` columns where it has blanks. The lines that a long one becomes are
/// indented as it is.
pub fn wrap(text: &str, width: usize) -> String {
    text.lines()
        .map(|line| wrap_line(line, width))
        .collect::<Vec<_>>()
        .join("\n")
}

fn wrap_line(line: &str, width: usize) -> String {
    if columns(line) <= width {
        return line.to_string();
    }
    let indent = &line[..line.len() - line.trim_start().len()];
    let mut result = indent.to_string();
    let mut used = columns(indent);
    let mut first = true;
    for word in line.split_whitespace() {
        let wide = columns(word);
        if first {
            first = false;
        } else if used + 1 + wide > width {
            result.push('\n');
            result.push_str(indent);
            used = columns(indent);
        } else {
            result.push(' ');
            used += 1;
        }
        result.push_str(word);
        used += wide;
    }
    result
}

/// Columns on a terminal, near enough for wrapping: East Asian characters and emoji take two.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|character| match character {
            '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}'
            | '\u{1f300}'..='\u{1faff}'
            | '\u{20000}'..='\u{3fffd}' => 2,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_at_blanks_and_keeps_the_indent() {
        assert_eq!(wrap("  one two three", 9), "  one two\n  three");
        assert_eq!(wrap("short\n\n  code;", 40), "short\n\n  code;");
    }

    #[test]
    fn a_word_is_never_torn() {
        assert_eq!(
            wrap("see kimi-k2-thinking-and-more now", 10),
            "see\nkimi-k2-thinking-and-more\nnow"
        );
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(wrap("模型 模型", 6), "模型\n模型");
    }
}
