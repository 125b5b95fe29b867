//! Markers of nix-openclaw's template in string literals: `"<user>"`, `"/home/<user>"`.

use super::guards;
use super::tokens::Tokens;
use crate::workspace::source::FileId;
use rnix::SyntaxKind::*;
use std::ops::Range;

/// What the template marks outside of OpenClaw's options.
const MARKERS: &[&str] = &["<user>", "<system>", "<homeDir>", "<hostname>"];

/// The string literals that are a marker, or a home directory with one, as byte ranges with the marker. Indented
/// strings are left alone: they hold scripts and texts for people.
pub fn template_markers(text: &str) -> Vec<(Range<usize>, &'static str)> {
    if !MARKERS.iter().any(|marker| text.contains(marker)) {
        return Vec::new();
    }
    // The tokenizer stalls on what the guards refuse.
    if guards::check(FileId(0), text).is_err() {
        return Vec::new();
    }
    let tokens = Tokens::new(text);
    tokens
        .tokens
        .windows(3)
        .filter_map(|window| {
            let [start, content, end] = window else {
                return None;
            };
            let is_literal = (start.kind, content.kind, end.kind)
                == (TOKEN_STRING_START, TOKEN_STRING_CONTENT, TOKEN_STRING_END)
                && tokens.text_of(*start) == "\"";
            let written = tokens.text_of(*content);
            let bare = written
                .strip_prefix("/home/")
                .or(written.strip_prefix("/Users/"))
                .unwrap_or(written);
            let marker = MARKERS.iter().find(|marker| **marker == bare)?;
            is_literal.then_some((start.start..end.end, *marker))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::template_markers;

    #[test]
    fn only_whole_literals_count() {
        let text = r#"{
  # "<user>" is to be replaced
  homeConfigurations."<user>" = 1;
  a = "/home/<user>";
  b = "usage: tool <user>";
  c = ''<user>'';
  d = "<token>";
}"#;
        let found: Vec<&str> = template_markers(text)
            .into_iter()
            .map(|(range, _)| &text[range])
            .collect();
        assert_eq!(found, [r#""<user>""#, r#""/home/<user>""#]);
    }
}
