//! Markdown on a terminal: as much of it as rule explanations use.

use crate::report::wrap::wrap;

/// Headings, paragraphs, lists, code blocks, `code` and **bold**; anything else is printed as it is.
pub fn to_terminal(markdown: &str, color: bool, width: usize) -> String {
    let width = width.clamp(40, 100);
    let mut text = String::new();
    let mut paragraph = String::new();
    let mut in_code = false;
    for line in markdown.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            flush(&mut paragraph, &mut text, color, width);
            in_code = !in_code;
        } else if in_code {
            text.push_str(format!("    {line}").trim_end());
            text.push('\n');
        } else if trimmed.is_empty() {
            flush(&mut paragraph, &mut text, color, width);
            text.push('\n');
        } else if let Some(heading) = trimmed.strip_prefix('#') {
            flush(&mut paragraph, &mut text, color, width);
            let heading = heading.trim_start_matches('#').trim();
            text.push_str(&paint("1", heading, color));
            text.push('\n');
        } else {
            if trimmed.starts_with("- ") || trimmed.starts_with("* ") {
                flush(&mut paragraph, &mut text, color, width);
            }
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(trimmed);
        }
    }
    flush(&mut paragraph, &mut text, color, width);
    text
}

fn flush(paragraph: &mut String, text: &mut String, color: bool, width: usize) {
    if paragraph.is_empty() {
        return;
    }
    let is_item = paragraph.starts_with("- ") || paragraph.starts_with("* ");
    for (index, line) in wrap(paragraph, width - 2).lines().enumerate() {
        if is_item && index > 0 {
            text.push_str("  ");
        }
        text.push_str(&inline(line, color));
        text.push('\n');
    }
    paragraph.clear();
}

/// `code` and **bold** within a line. Without colour the backquotes stay, the asterisks go.
fn inline(line: &str, color: bool) -> String {
    let mut result = String::new();
    let mut rest = line;
    loop {
        let code = rest.find('`');
        let bold = rest.find("**");
        match (code, bold) {
            (Some(start), bold) if bold.is_none_or(|bold| start < bold) => {
                let Some(length) = rest[start + 1..].find('`') else {
                    break;
                };
                let inner = &rest[start + 1..start + 1 + length];
                result.push_str(&rest[..start]);
                if color {
                    result.push_str(&paint("36", inner, true));
                } else {
                    result.push_str(&format!("`{inner}`"));
                }
                rest = &rest[start + length + 2..];
            }
            (_, Some(start)) => {
                let Some(length) = rest[start + 2..].find("**") else {
                    break;
                };
                let inner = &rest[start + 2..start + 2 + length];
                result.push_str(&rest[..start]);
                result.push_str(&paint("1", inner, color));
                rest = &rest[start + length + 4..];
            }
            _ => break,
        }
    }
    result.push_str(rest);
    result
}

fn paint(code: &str, text: &str, color: bool) -> String {
    if color {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_joined_and_code_is_indented() {
        let text = to_terminal(
            "# Title\n\none\ntwo `x`\n\n```nix\n{ a = 1; }\n```\n",
            false,
            80,
        );
        assert_eq!(text, "Title\n\none two `x`\n\n    { a = 1; }\n");
    }

    #[test]
    fn list_items_stay_apart() {
        assert_eq!(to_terminal("- one\n- two\n", false, 80), "- one\n- two\n");
    }

    #[test]
    fn unfinished_marks_are_text() {
        assert_eq!(to_terminal("a ` b ** c", true, 80), "a ` b ** c\n");
    }
}
