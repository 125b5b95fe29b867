//! The length of a workspace document, counted as OpenClaw counts.

use crate::openclaw::configuration::Presence;

/// Measures the bytes of a document: UTF-16 code units of the text as JavaScript decodes it, without the
/// blanks at its end (`String.prototype.trimEnd`).
pub fn measure(bytes: &[u8]) -> Presence {
    let text = String::from_utf8_lossy(bytes);
    let trimmed = text.trim_end_matches(is_javascript_blank);
    Presence::Present {
        characters: trimmed.encode_utf16().count(),
        bytes: bytes.len() as u64,
        blank: trimmed.is_empty(),
    }
}

/// White space and line ends of ECMAScript: unlike Unicode's White_Space, U+FEFF counts and U+0085 doesn't.
fn is_javascript_blank(character: char) -> bool {
    matches!(
        character,
        '\u{9}'..='\u{d}'
            | ' '
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn present(bytes: &[u8]) -> (usize, u64, bool) {
        match measure(bytes) {
            Presence::Present {
                characters,
                bytes,
                blank,
            } => (characters, bytes, blank),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn counts_utf16_units_without_the_blanks_at_the_end() {
        assert_eq!(
            present("# A\n\n \u{feff}\u{a0}\n".as_bytes()),
            (3, 12, false)
        );
        assert_eq!(present("🦞".as_bytes()), (2, 4, false));
        assert_eq!(
            present("  a".as_bytes()),
            (3, 3, false),
            "blanks in front stay"
        );
        assert_eq!(
            present("a\u{85}".as_bytes()),
            (2, 3, false),
            "no blank in JavaScript"
        );
    }

    #[test]
    fn nothing_but_blanks_is_blank() {
        assert_eq!(present(b""), (0, 0, true));
        assert_eq!(present(b" \r\n\t"), (0, 4, true));
    }

    #[test]
    fn bytes_that_are_no_text_count_as_javascript_decodes_them() {
        // One replacement character for each maximal ill-formed part: F0 9F 92, FF.
        assert_eq!(present(b"a\xf0\x9f\x92b\xff"), (4, 6, false));
    }
}
