//! JSON, JSON with comments and JSON5: text to tree, with the place of every value and key.
//!
//! OpenClaw reads its configuration as JSON5, which includes the other two; [`Dialect::Json5`] accepts what
//! its parser accepts and nothing else. [`Dialect::Json`] is for `builtins.fromJSON`.

use super::configuration::{Problem, ProblemKind};
use super::tree::{List, Node, Object, Place, Text, TextPart, Value};
use crate::workspace::source::{FileId, Span};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// How deeply arrays and objects may be nested. OpenClaw's parser has no limit of its own; no configuration
/// comes near this one.
pub const MAX_DEPTH: usize = 200;

/// Which texts are accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// JSON as `builtins.fromJSON` reads it: no comments, no trailing commas.
    Json,
    /// JSON5, as OpenClaw reads its configuration and the files that it includes.
    Json5,
}

/// Why a text is not accepted, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonError {
    /// In plain words, a clause in lower case; holds nothing of the text but the character at fault.
    pub message: String,
    /// The bytes at fault; empty at the end of the text.
    pub range: Range<usize>,
}

impl JsonError {
    /// The failure as a problem of the file.
    pub fn problem(self, file: FileId) -> Problem {
        let span = Span::new(file, self.range.start as u32, self.range.end as u32);
        let mut problem = Problem::new(ProblemKind::Syntax, self.message, Some(span));
        problem.in_json = true;
        problem
    }
}

/// A key that an object holds twice; the later one wins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Duplicate {
    /// The key.
    pub key: String,
    /// The bytes of the key that has no effect.
    pub first: Range<usize>,
    /// The bytes of the key that wins.
    pub second: Range<usize>,
}

/// A text that was accepted.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The value.
    pub root: Rc<Node>,
    /// Keys that an object holds twice, in order of the text.
    pub duplicates: Vec<Duplicate>,
}

impl Parsed {
    /// The keys that stand twice, as problems of the file.
    pub fn problems(&self, file: FileId) -> Vec<Problem> {
        let span = |range: &Range<usize>| Span::new(file, range.start as u32, range.end as u32);
        self.duplicates
            .iter()
            .map(|duplicate| {
                let mut problem = Problem::new(
                    ProblemKind::DuplicateKey,
                    format!(
                        "the key `{}` stands twice in one object, and what is here is dropped",
                        duplicate.key
                    ),
                    Some(span(&duplicate.first)),
                );
                problem.in_json = true;
                problem.related = vec![(span(&duplicate.second), "this one counts".to_string())];
                problem
            })
            .collect()
    }
}

/// Reads a whole text. With a `file`, every value has its place: the span of the value and, in an object, of
/// its key; without one, nothing has a place.
///
/// # Errors
/// The first thing that the dialect does not accept, or nesting deeper than [`MAX_DEPTH`].
pub fn parse(text: &str, file: Option<FileId>, dialect: Dialect) -> Result<Parsed, JsonError> {
    if u32::try_from(text.len()).is_err() {
        return Err(JsonError {
            message: "the text is larger than 4 GB".to_string(),
            range: 0..0,
        });
    }
    let mut reader = Reader {
        text,
        at: 0,
        file,
        dialect,
        depth: 0,
        duplicates: Vec::new(),
    };
    if dialect == Dialect::Json && text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    reader.skip_blank()?;
    let root = reader.value(None)?;
    reader.skip_blank()?;
    if reader.peek().is_some() {
        return Err(reader.unexpected("the end of the text"));
    }
    Ok(Parsed {
        root,
        duplicates: reader.duplicates,
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    file: Option<FileId>,
    dialect: Dialect,
    depth: usize,
    duplicates: Vec<Duplicate>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<char> {
        // Nearly every character is ASCII, and looking at a byte is much cheaper than decoding.
        match self.text.as_bytes().get(self.at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.text[self.at..].chars().next(),
        }
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn span(&self, range: Range<usize>) -> Option<Span> {
        Some(Span::new(self.file?, range.start as u32, range.end as u32))
    }

    fn error(&self, message: impl Into<String>, range: Range<usize>) -> JsonError {
        JsonError {
            message: message.into(),
            range,
        }
    }

    /// "expected X, found the character here".
    fn unexpected(&self, expected: &str) -> JsonError {
        match self.peek() {
            None => self.error(
                format!("expected {expected}, but the text ends here"),
                self.at..self.at,
            ),
            Some(found) => self.error(
                format!("expected {expected}, found `{}`", found.escape_debug()),
                self.at..self.at + found.len_utf8(),
            ),
        }
    }

    fn skip_blank(&mut self) -> Result<(), JsonError> {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\n' | '\r') => self.at += 1,
                Some('/') if self.dialect == Dialect::Json5 => self.comment()?,
                Some(character) if self.dialect == Dialect::Json5 && is_json5_blank(character) => {
                    self.at += character.len_utf8();
                }
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some('/') => {
                let rest = &self.text[self.at..];
                self.at += rest
                    .find(['\n', '\r', '\u{2028}', '\u{2029}'])
                    .unwrap_or(rest.len());
                Ok(())
            }
            Some('*') => {
                let body = self.at + 1;
                match self.text[body..].find("*/") {
                    Some(length) => {
                        self.at = body + length + 2;
                        Ok(())
                    }
                    None => Err(self.error("this comment has no end", start..start + 2)),
                }
            }
            _ => Err(self.error(
                "a lone `/` starts neither a `//` nor a `/*` comment",
                start..start + 1,
            )),
        }
    }

    fn value(&mut self, key: Option<Range<usize>>) -> Result<Rc<Node>, JsonError> {
        let start = self.at;
        let mut text_range = None;
        let value = match self.peek() {
            Some('{') => Value::Object(self.object()?),
            Some('[') => Value::List(self.list()?),
            Some('"') => {
                let text = self.string()?;
                text_range = Some(start + 1..self.at - 1);
                Value::Text(Text::plain(text, None))
            }
            Some('\'') if self.dialect == Dialect::Json5 => {
                let text = self.string()?;
                text_range = Some(start + 1..self.at - 1);
                Value::Text(Text::plain(text, None))
            }
            Some('n') => self.word("null", Value::Null)?,
            Some('t') => self.word("true", Value::Boolean(true))?,
            Some('f') => self.word("false", Value::Boolean(false))?,
            Some('-' | '0'..='9') => self.number()?,
            Some('+' | '.' | 'I' | 'N') if self.dialect == Dialect::Json5 => self.number()?,
            _ => return Err(self.unexpected("a value")),
        };
        let value = match (value, text_range) {
            (Value::Text(mut text), Some(range)) => {
                if let Some(TextPart::Known { span, .. }) = text.parts.first_mut() {
                    *span = self.span(range);
                }
                Value::Text(text)
            }
            (value, _) => value,
        };
        let span = self.span(start..self.at);
        Ok(Node::new(
            value,
            Place {
                span,
                key: key.and_then(|key| self.span(key)),
                definition: span,
                via: Vec::new(),
                is_rendered: false,
                is_file: false,
            },
        ))
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        for wanted in word.chars() {
            if !self.eat(wanted) {
                return Err(self.unexpected(&format!("`{word}`")));
            }
        }
        Ok(value)
    }

    fn enter(&mut self) -> Result<(), JsonError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(
                format!("nested deeper than {MAX_DEPTH} levels"),
                self.at..self.at + 1,
            ));
        }
        self.at += 1;
        self.skip_blank()
    }

    fn object(&mut self) -> Result<Object, JsonError> {
        self.enter()?;
        let mut entries: BTreeMap<String, Rc<Node>> = BTreeMap::new();
        // Where each key stands, needed only to tell of duplicates.
        let mut first_keys: BTreeMap<String, Range<usize>> = BTreeMap::new();
        if !self.eat('}') {
            loop {
                let start = self.at;
                let key = self.key()?;
                let key_range = start..self.at;
                self.skip_blank()?;
                if !self.eat(':') {
                    return Err(self.unexpected("`:` after the key"));
                }
                self.skip_blank()?;
                let value = self.value(Some(key_range.clone()))?;
                match first_keys.get_mut(&key) {
                    Some(first) => {
                        self.duplicates.push(Duplicate {
                            key: key.clone(),
                            first: std::mem::replace(first, key_range.clone()),
                            second: key_range,
                        });
                    }
                    None => {
                        first_keys.insert(key.clone(), key_range);
                    }
                }
                entries.insert(key, value);
                self.skip_blank()?;
                if self.eat('}') {
                    break;
                }
                if !self.eat(',') {
                    return Err(self.unexpected("`,` or `}`"));
                }
                self.skip_blank()?;
                if self.dialect == Dialect::Json5 && self.eat('}') {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(Object {
            entries,
            open: None,
        })
    }

    fn list(&mut self) -> Result<List, JsonError> {
        self.enter()?;
        let mut items = Vec::new();
        if !self.eat(']') {
            loop {
                items.push(self.value(None)?);
                self.skip_blank()?;
                if self.eat(']') {
                    break;
                }
                if !self.eat(',') {
                    return Err(self.unexpected("`,` or `]`"));
                }
                self.skip_blank()?;
                if self.dialect == Dialect::Json5 && self.eat(']') {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(List { items, open: None })
    }

    fn key(&mut self) -> Result<String, JsonError> {
        match self.peek() {
            Some('"') => self.string(),
            Some('\'') if self.dialect == Dialect::Json5 => self.string(),
            _ if self.dialect == Dialect::Json => Err(self.unexpected("a key in double quotes")),
            _ => self.identifier(),
        }
    }

    fn identifier(&mut self) -> Result<String, JsonError> {
        let mut name = String::new();
        loop {
            let start = self.at;
            let character = match self.peek() {
                Some('\\') => {
                    self.at += 1;
                    if !self.eat('u') {
                        return Err(self.unexpected("`u` and four hexadecimal digits"));
                    }
                    char::from_u32(self.hexadecimal(4)?)
                }
                other => {
                    self.at += other.map_or(0, char::len_utf8);
                    other
                }
            };
            let allowed = |character: char| match character {
                '$' | '_' => true,
                '\u{200c}' | '\u{200d}' => !name.is_empty(),
                other if name.is_empty() => unicode_ident::is_xid_start(other),
                other => unicode_ident::is_xid_continue(other),
            };
            match character {
                Some(character) if allowed(character) => name.push(character),
                _ => {
                    let escape = self.at > start && self.text[start..].starts_with('\\');
                    let end = self.at;
                    self.at = start;
                    if escape {
                        return Err(
                            self.error("this escape is no character of a plain key", start..end)
                        );
                    }
                    if name.is_empty() {
                        return Err(self.unexpected("a key"));
                    }
                    return Ok(name);
                }
            }
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        let quote = self.text.as_bytes()[start];
        self.at += 1;
        let mut content = String::new();
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let plain = rest
                .iter()
                .position(|byte| *byte == quote || *byte == b'\\' || *byte < b' ')
                .unwrap_or(rest.len());
            content.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.next() {
                None => return Err(self.error("this string has no end", start..start + 1)),
                Some('\\') => self.escape(&mut content)?,
                Some('\n' | '\r') => {
                    return Err(self.error(
                        "a string ends on the line where it starts; write `\\n` for a line break",
                        self.at - 1..self.at,
                    ));
                }
                Some(character) if character == char::from(quote) => return Ok(content),
                Some(control) => {
                    if self.dialect == Dialect::Json {
                        return Err(self.error(
                            "a control character in a string must be written as an escape",
                            self.at - 1..self.at,
                        ));
                    }
                    content.push(control);
                }
            }
        }
    }

    /// The rest of an escape, after its backslash.
    fn escape(&mut self, content: &mut String) -> Result<(), JsonError> {
        let start = self.at - 1;
        let Some(character) = self.next() else {
            return Err(self.error("this string has no end", start..start + 1));
        };
        let json5 = self.dialect == Dialect::Json5;
        match character {
            'b' => content.push('\u{8}'),
            'f' => content.push('\u{c}'),
            'n' => content.push('\n'),
            'r' => content.push('\r'),
            't' => content.push('\t'),
            '"' | '\\' | '/' => content.push(character),
            'u' => {
                let mut code = self.hexadecimal(4)?;
                // A pair of surrogates is one character; a lone one has no place in a Rust string.
                if (0xd800..0xdc00).contains(&code) && self.text[self.at..].starts_with("\\u") {
                    let second = self.at;
                    self.at += 2;
                    let low = self.hexadecimal(4)?;
                    if (0xdc00..0xe000).contains(&low) {
                        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                    } else {
                        self.at = second;
                    }
                }
                if !json5 && (0xd800..0xe000).contains(&code) {
                    return Err(self.error("half of a surrogate pair", start..self.at));
                }
                content.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            'v' if json5 => content.push('\u{b}'),
            'x' if json5 => {
                let code = self.hexadecimal(2)?;
                content.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            '0' if json5 && !matches!(self.peek(), Some('0'..='9')) => content.push('\0'),
            '\r' if json5 => {
                self.eat('\n');
            }
            '\n' | '\u{2028}' | '\u{2029}' if json5 => {}
            '0'..='9' => {
                return Err(self.error("no escape starts with a digit here", start..self.at));
            }
            other if json5 => content.push(other),
            other => {
                return Err(self.error(
                    format!("`\\{}` is no escape of JSON", other.escape_debug()),
                    start..self.at,
                ));
            }
        }
        Ok(())
    }

    fn hexadecimal(&mut self, digits: usize) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..digits {
            match self.peek().and_then(|character| character.to_digit(16)) {
                Some(digit) => {
                    code = code * 16 + digit;
                    self.at += 1;
                }
                None => return Err(self.unexpected("a hexadecimal digit")),
            }
        }
        Ok(code)
    }

    fn digits(&mut self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(rest.len());
        self.at += count;
        count
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let json5 = self.dialect == Dialect::Json5;
        let start = self.at;
        let negative = self.peek() == Some('-');
        if negative || self.peek() == Some('+') {
            self.at += 1;
        }
        let unsigned = self.at;
        let signed = |magnitude: f64| if negative { -magnitude } else { magnitude };
        match self.peek() {
            Some('I') if json5 => {
                self.word("Infinity", Value::Null)?;
                return Ok(Value::Float(signed(f64::INFINITY)));
            }
            Some('N') if json5 => {
                self.word("NaN", Value::Null)?;
                return Ok(Value::Float(f64::NAN));
            }
            _ => {}
        }
        let rest = &self.text[self.at..];
        if json5 && (rest.starts_with("0x") || rest.starts_with("0X")) {
            self.at += 2;
            let mut magnitude = 0.0_f64;
            let first = self.at;
            while let Some(digit) = self.peek().and_then(|character| character.to_digit(16)) {
                magnitude = magnitude * 16.0 + f64::from(digit);
                self.at += 1;
            }
            if self.at == first {
                return Err(self.unexpected("a hexadecimal digit"));
            }
            // Within 2^53 a float holds every integer.
            return Ok(if magnitude < 9_007_199_254_740_992.0 {
                Value::Integer(signed(magnitude) as i64)
            } else {
                Value::Float(signed(magnitude))
            });
        }
        let whole = if self.peek() == Some('0') {
            // No digit may follow; what follows is then found where a `,` should be.
            self.at += 1;
            1
        } else {
            self.digits()
        };
        if whole == 0 && !(json5 && self.peek() == Some('.')) {
            return Err(self.unexpected("a digit"));
        }
        let mut integer = true;
        if self.eat('.') {
            integer = false;
            let fraction = self.digits();
            if fraction == 0 && (whole == 0 || !json5) {
                return Err(self.unexpected("a digit"));
            }
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            integer = false;
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.unexpected("a digit of the exponent"));
            }
        }
        let written = &self.text[unsigned..self.at];
        if integer {
            let with_sign = self.text[start..self.at].trim_start_matches('+');
            if let Ok(integer) = with_sign.parse::<i64>() {
                return Ok(Value::Integer(integer));
            }
        }
        written
            .parse::<f64>()
            .map(|magnitude| Value::Float(signed(magnitude)))
            .map_err(|_| self.error("this is no number", start..self.at))
    }
}

/// Blanks of JSON5 beyond those of JSON: white space and line ends of ECMAScript 5.1.
fn is_json5_blank(character: char) -> bool {
    matches!(
        character,
        '\u{b}'
            | '\u{c}'
            | '\u{a0}'
            | '\u{feff}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &str, dialect: Dialect) -> bool {
        parse(text, None, dialect).is_ok()
    }

    #[test]
    fn reads_what_json5_allows() {
        for text in [
            "{a: 1, 'b': 2, \"c\": [1, 2,], }",
            "// head\n{/* in */ a /**/ : /**/ 1 // tail\n}",
            "\u{feff}{$x_1: +.5, y: 5., z: 5.e3, h: -0xFf, i: -Infinity, n: NaN}",
            "{s: 'it\\'s', t: \"a\\\nb\", u: '\\x41\\u0041\\0\\v\\q'}",
            "{a\\u0062c: null, é: true, \u{2003}b: false}",
            "[]",
            "'text'",
            "{s: 'tab\there, \u{2028}too'}",
        ] {
            assert!(accepts(text, Dialect::Json5), "{text}");
        }
    }

    #[test]
    fn refuses_what_json5_refuses() {
        for text in [
            "",
            "  ",
            "{",
            "{a}",
            "{a:}",
            "{,}",
            "[,]",
            "[1,,2]",
            "{a:1,,}",
            "{a:01}",
            "{a:.}",
            "{a:1e}",
            "{a:0x}",
            "{a:- 1}",
            "{1a:1}",
            "{a-b:1}",
            "{a:'x\ny'}",
            "{a:'\\1'}",
            "{a:'\\00'}",
            "{a:1}}",
            "{a:1} x",
            "/* open",
            "{a:1a}",
            "{a:undefined}",
            "{a:nul}",
            "{a:1 b:2}",
            "/",
            "{a:'x}",
        ] {
            assert!(!accepts(text, Dialect::Json5), "{text}");
        }
    }

    #[test]
    fn json_refuses_what_only_json5_allows() {
        assert!(accepts(
            " {\"a\": [1, -2.5e3, null, true, \"\\u00e9\\n\"]} ",
            Dialect::Json
        ));
        for text in [
            "{a: 1}",
            "{\"a\": 1,}",
            "[1,]",
            "// x\n1",
            "'x'",
            "+1",
            ".5",
            "5.",
            "0x1",
            "NaN",
            "\"\\x41\"",
            "\"\t\"",
            "\"\\'\"",
            "{\"a\": 1}\u{a0}",
            "\"\\ud800\"",
        ] {
            assert!(!accepts(text, Dialect::Json), "{text}");
        }
    }

    #[test]
    fn every_value_and_key_has_its_place() {
        let text = "{ models: {providers: {\"kimi\": {api: 'x\\ny', port: 12}}} }";
        let file = FileId(0);
        let root = parse(text, Some(file), Dialect::Json5).unwrap().root;
        let slice = |span: Option<Span>| {
            let span = span.unwrap();
            &text[span.start as usize..span.end as usize]
        };
        let kimi = root.at_keys("models.providers.kimi").unwrap();
        assert_eq!(slice(kimi.place.key), "\"kimi\"");
        assert_eq!(slice(kimi.place.span), "{api: 'x\\ny', port: 12}");
        let port = kimi.get("port").unwrap();
        assert_eq!(
            (slice(port.place.key), slice(port.place.span)),
            ("port", "12")
        );
        let api = kimi.get("api").unwrap();
        assert_eq!(api.as_str().unwrap(), "x\ny");
        // An escape shifts offsets, so no part of this text can be located.
        assert_eq!(api.as_text().unwrap().locate(0..1), None);
    }

    #[test]
    fn a_verbatim_string_can_be_located_within() {
        let root = parse("['kimi/k2']", Some(FileId(0)), Dialect::Json5)
            .unwrap()
            .root;
        let text = root.as_list().unwrap().items[0].as_text().unwrap();
        assert_eq!(text.locate(5..7), Some(Span::new(FileId(0), 7, 9)));
    }

    #[test]
    fn the_later_of_two_equal_keys_wins_and_is_told() {
        let parsed = parse("{a: 1, 'a': 2, a: 3}", None, Dialect::Json5).unwrap();
        assert_eq!(parsed.root.get("a").unwrap().as_integer(), Some(3));
        let told: Vec<_> = parsed
            .duplicates
            .iter()
            .map(|duplicate| (duplicate.first.clone(), duplicate.second.clone()))
            .collect();
        assert_eq!(told, [(1..2, 7..10), (7..10, 15..16)]);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        let error = parse(&deep, None, Dialect::Json5).unwrap_err();
        assert_eq!(error.range, MAX_DEPTH..MAX_DEPTH + 1);
        let fine = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(accepts(&fine, Dialect::Json5));
    }

    #[test]
    fn surrogate_pairs_are_one_character() {
        let root = parse("\"\\ud83e\\udd9e\"", None, Dialect::Json)
            .unwrap()
            .root;
        assert_eq!(root.as_str().unwrap(), "\u{1f99e}");
    }

    #[test]
    fn numbers_keep_their_kind() {
        let root = parse(
            "[1, 1.0, 1e2, 9223372036854775808, -0x10]",
            None,
            Dialect::Json5,
        )
        .unwrap()
        .root;
        let items = &root.as_list().unwrap().items;
        assert!(matches!(items[0].value, Value::Integer(1)));
        assert!(matches!(items[1].value, Value::Float(_)));
        assert!(matches!(items[2].value, Value::Float(number) if number == 100.0));
        assert!(matches!(items[3].value, Value::Float(_)));
        assert!(matches!(items[4].value, Value::Integer(-16)));
    }
}
