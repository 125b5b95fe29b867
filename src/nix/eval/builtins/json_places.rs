//! Where the values of a JSON text stand in it: findings about what was read with `fromJSON` point there.

use std::collections::HashMap;

/// Where a value stands, as byte offsets into the text, and what is in it. A string without escapes stands between its quotes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Located {
    /// Start and end.
    pub(super) span: (u32, u32),
    /// The values in it.
    pub(super) inside: Inside,
}

/// What a JSON value is made of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inside {
    Nothing,
    Items(Vec<Located>),
    /// By key: where the key stands, and its value. Of several the last one counts, as for Nix.
    Entries(HashMap<String, ((u32, u32), Located)>),
}

/// Deeper values have the place of what they are in.
const DEEPEST: usize = 100;

/// The places in a text that is valid JSON; `None` where it is not, or nests deeply.
pub(super) fn locate(text: &str) -> Option<Located> {
    u32::try_from(text.len()).ok()?;
    let mut reader = Reader { text, at: 0 };
    reader.value(0)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Whether the next sign is this one, which is passed over.
    fn takes(&mut self, sign: u8) -> bool {
        self.skip_blanks();
        let is_next = self.byte() == Some(sign);
        self.at += usize::from(is_next);
        is_next
    }

    fn value(&mut self, depth: usize) -> Option<Located> {
        if depth > DEEPEST {
            return None;
        }
        self.skip_blanks();
        let start = self.at;
        let (span, inside) = match self.byte()? {
            b'"' => (self.string()?.0, Inside::Nothing),
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                while !self.takes(b']') {
                    items.push(self.value(depth + 1)?);
                    self.takes(b',');
                }
                (self.since(start), Inside::Items(items))
            }
            b'{' => {
                self.at += 1;
                let mut entries = HashMap::new();
                while !self.takes(b'}') {
                    self.skip_blanks();
                    let (span, raw) = self.string()?;
                    let key = serde_json::from_str(raw).ok()?;
                    if !self.takes(b':') {
                        return None;
                    }
                    entries.insert(key, (span, self.value(depth + 1)?));
                    self.takes(b',');
                }
                (self.since(start), Inside::Entries(entries))
            }
            _ => {
                while self
                    .byte()
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
                {
                    self.at += 1;
                }
                if self.at == start {
                    return None;
                }
                (self.since(start), Inside::Nothing)
            }
        };
        Some(Located { span, inside })
    }

    /// A string: its place, and how it is written.
    fn string(&mut self) -> Option<((u32, u32), &str)> {
        let start = self.at;
        if self.byte()? != b'"' {
            return None;
        }
        self.at += 1;
        let mut is_verbatim = true;
        loop {
            match self.byte()? {
                b'"' => break,
                b'\\' => {
                    is_verbatim = false;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        self.at += 1;
        let (from, to) = self.since(start);
        let span = match is_verbatim {
            true => (from + 1, to - 1),
            false => (from, to),
        };
        Some((span, self.text.get(start..self.at)?))
    }

    fn since(&self, start: usize) -> (u32, u32) {
        // The length was looked at before anything was read.
        (start as u32, self.at as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, located: &Located, out: &mut Vec<String>) {
        let of = |(start, end): (u32, u32)| text[start as usize..end as usize].to_string();
        match &located.inside {
            Inside::Nothing => out.push(of(located.span)),
            Inside::Items(items) => items.iter().for_each(|item| shown(text, item, out)),
            Inside::Entries(entries) => {
                let mut entries: Vec<_> = entries.values().collect();
                entries.sort_by_key(|(span, _)| *span);
                for (span, value) in entries {
                    out.push(format!("{}:", of(*span)));
                    shown(text, value, out);
                }
            }
        }
    }

    #[test]
    fn each_value_has_its_place() {
        let text = r#" { "a" : [ 1, -2.5e+3 , "x" ], "b\n" : {"c":null, "d" :"\"q\""}, "é": true, "a": [] } "#;
        let mut found = Vec::new();
        shown(text, &locate(text).expect("JSON"), &mut found);
        // Of the two `a` the last one counts.
        let wanted = [
            r#""b\n":"#,
            "c:",
            "null",
            "d:",
            r#""\"q\"""#,
            "é:",
            "true",
            "a:",
        ];
        assert_eq!(found, wanted);
        let text = r#"[1, -2.5e+3 , "x", ""]"#;
        let mut found = Vec::new();
        shown(text, &locate(text).expect("JSON"), &mut found);
        assert_eq!(found, ["1", "-2.5e+3", "x", ""]);
    }

    #[test]
    fn what_is_no_json_has_no_places_and_ends() {
        for text in [
            "",
            "{",
            "[",
            "\"",
            "\"\\",
            "{\"a\" 1}",
            "[?]",
            "{1:2}",
            &"[".repeat(200),
        ] {
            assert_eq!(locate(text), None, "{text}");
        }
    }
}
