//! Both kinds of string literals: escapes, line ends and indentation as Nix 2.34 reads them.
//!
//! `"..."` turns `\r\n` and a lone `\r` into `\n`; `''...''` keeps them. Only spaces are indentation. The
//! indentation of an indented string is the smallest of its lines, lines of nothing but spaces not counted; an
//! interpolation or an escape counts as text. The spaces of a last line that has nothing else are dropped.

use super::ast::StringPart;
use super::green::{Element, Node, Token};
use rnix::SyntaxKind;
use std::borrow::Cow;

/// A piece of a string literal before its interpolations are lowered.
pub(super) enum Piece<'t> {
    Text(TextPiece<'t>),
    Interpolation(Node<'t>),
}

/// Known text and the bytes of the file that gave it.
pub(super) struct TextPiece<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) span: (u32, u32),
    /// Whether the file holds the text as it is.
    verbatim: bool,
}

impl TextPiece<'_> {
    pub(super) fn into_part(self) -> StringPart {
        StringPart::Text {
            text: self.text.as_ref().into(),
            span: self.span,
        }
    }
}

/// Collects text and joins what stands side by side in the file and is the same there.
#[derive(Default)]
struct Pieces<'t> {
    pieces: Vec<Piece<'t>>,
}

impl<'t> Pieces<'t> {
    fn verbatim(&mut self, text: &'t str, start: u32) {
        if text.is_empty() {
            return;
        }
        let end = start + text.len() as u32;
        if let Some(Piece::Text(last)) = self.pieces.last_mut()
            && last.verbatim
            && last.span.1 == start
        {
            last.text.to_mut().push_str(text);
            last.span.1 = end;
            return;
        }
        self.pieces.push(Piece::Text(TextPiece {
            text: Cow::Borrowed(text),
            span: (start, end),
            verbatim: true,
        }));
    }

    /// Text that is written differently. A span as long as the text would claim that it is written so: such a
    /// span is given without its bytes.
    fn escaped(&mut self, text: &str, start: u32, end: u32) {
        let end = if (end - start) as usize == text.len() {
            start
        } else {
            end
        };
        self.pieces.push(Piece::Text(TextPiece {
            text: Cow::Owned(text.to_string()),
            span: (start, end),
            verbatim: false,
        }));
    }
}

/// Whether a string literal is written with `''`.
pub(super) fn is_indented(node: Node) -> bool {
    node.tokens().next().is_some_and(|token| token.text == "''")
}

/// The pieces of a string literal, in order; none for an empty string.
pub(super) fn pieces(node: Node) -> Vec<Piece> {
    if is_indented(node) {
        indented(node)
    } else {
        quoted(node)
    }
}

/// The whole text of a string literal without interpolations, `None` if it has some.
pub(super) fn plain_text(node: Node) -> Option<String> {
    let mut text = String::new();
    for piece in pieces(node) {
        match piece {
            Piece::Text(piece) => text.push_str(&piece.text),
            Piece::Interpolation(_) => return None,
        }
    }
    Some(text)
}

/// What follows a backslash (or `''\`): the character that it stands for.
fn unescape(character: char) -> char {
    match character {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}

fn quoted(node: Node) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    for element in node.elements() {
        match element {
            Element::Node(node) => {
                if node.kind() == SyntaxKind::NODE_INTERPOL {
                    pieces.pieces.push(Piece::Interpolation(node));
                }
            }
            Element::Token(token) if token.kind == SyntaxKind::TOKEN_STRING_CONTENT => {
                quoted_content(&mut pieces, token);
            }
            Element::Token(_) => {}
        }
    }
    pieces.pieces
}

fn quoted_content<'t>(pieces: &mut Pieces<'t>, token: Token<'t>) {
    let (text, offset) = (token.text, token.start);
    let bytes = text.as_bytes();
    let mut done = 0;
    let mut at = 0;
    while at < bytes.len() {
        let next = match bytes[at] {
            b'\\' => match text[at + 1..].chars().next() {
                Some(character) => {
                    let end = at + 1 + character.len_utf8();
                    pieces.verbatim(&text[done..at], offset + done as u32);
                    let mut buffer = [0; 4];
                    pieces.escaped(
                        unescape(character).encode_utf8(&mut buffer),
                        offset + at as u32,
                        offset + end as u32,
                    );
                    end
                }
                None => break,
            },
            b'\r' => {
                let end = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'\n'));
                pieces.verbatim(&text[done..at], offset + done as u32);
                pieces.escaped("\n", offset + at as u32, offset + end as u32);
                end
            }
            _ => {
                at += 1;
                continue;
            }
        };
        done = next;
        at = next;
    }
    pieces.verbatim(&text[done..], offset + done as u32);
}

/// What Nix's lexer makes of the inside of an indented string, before indentation is taken off.
enum Raw<'t> {
    /// Text as written. Spaces at the start of its lines are indentation.
    Text(&'t str, u32),
    /// A `$` or `'` that Nix's lexer leaves by itself: it ends the indentation of a line, as any text does.
    Lone(&'t str, u32),
    /// Text that is written differently: its start ends the indentation of a line.
    Escaped(String, u32, u32),
    Interpolation(Node<'t>),
}

fn indented(node: Node) -> Vec<Piece> {
    let raw = indented_tokens(node);
    strip(raw)
}

fn indented_tokens(node: Node) -> Vec<Raw> {
    let mut raw = Vec::new();
    let mut opening = true;
    for element in node.elements() {
        match element {
            Element::Node(node) => {
                if node.kind() == SyntaxKind::NODE_INTERPOL {
                    raw.push(Raw::Interpolation(node));
                    opening = false;
                }
            }
            Element::Token(token) if token.kind == SyntaxKind::TOKEN_STRING_CONTENT => {
                let (mut text, mut offset) = (token.text, token.start);
                if opening {
                    // The rest of the first line belongs to the opening quotes when it is only spaces.
                    let rest = text.trim_start_matches(' ');
                    if let Some(rest) = rest.strip_prefix('\n') {
                        offset += (text.len() - rest.len()) as u32;
                        text = rest;
                    }
                }
                opening = false;
                indented_content(&mut raw, text, offset);
            }
            Element::Token(_) => {}
        }
    }
    raw
}

fn indented_content<'t>(raw: &mut Vec<Raw<'t>>, text: &'t str, offset: u32) {
    let bytes = text.as_bytes();
    let mut done = 0;
    let mut at = 0;
    let flush = |raw: &mut Vec<Raw<'t>>, from: usize, to: usize| {
        if from < to {
            raw.push(Raw::Text(&text[from..to], offset + from as u32));
        }
    };
    let escaped = |raw: &mut Vec<Raw<'t>>, content: &str, from: usize, to: usize| {
        raw.push(Raw::Escaped(
            content.to_string(),
            offset + from as u32,
            offset + to as u32,
        ));
    };
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'\'', Some(b'\'')) => {
                flush(raw, done, at);
                let end = match bytes.get(at + 2) {
                    Some(b'$') => {
                        escaped(raw, "$", at, at + 3);
                        at + 3
                    }
                    Some(b'\'') => {
                        escaped(raw, "''", at, at + 3);
                        at + 3
                    }
                    Some(b'\\') => match text[at + 3..].chars().next() {
                        Some(character) => {
                            let end = at + 3 + character.len_utf8();
                            escaped(raw, unescape(character).encode_utf8(&mut [0; 4]), at, end);
                            end
                        }
                        None => at + 3,
                    },
                    // Closing quotes do not come inside of a content token.
                    _ => at + 2,
                };
                done = end;
                at = end;
            }
            // `$` takes the next character along, unless that is a quote or a brace; so does a quote, unless that is
            // a dollar sign or a quote. What is left alone counts as an escape.
            (b'$', None | Some(b'\'' | b'{')) | (b'\'', None | Some(b'$')) => {
                flush(raw, done, at);
                raw.push(Raw::Lone(&text[at..=at], offset + at as u32));
                at += 1;
                done = at;
            }
            (b'$' | b'\'', Some(_)) => at += 2,
            _ => at += 1,
        }
    }
    flush(raw, done, bytes.len());
}

/// Takes the indentation off.
fn strip(raw: Vec<Raw>) -> Vec<Piece> {
    let indentation = smallest_indentation(&raw);
    let mut pieces = Pieces::default();
    let mut line_start = true;
    let mut dropped = 0;
    let last = raw.len().saturating_sub(1);
    for (index, piece) in raw.into_iter().enumerate() {
        let is_last = index == last;
        match piece {
            Raw::Interpolation(node) => {
                line_start = false;
                dropped = 0;
                pieces.pieces.push(Piece::Interpolation(node));
            }
            Raw::Escaped(text, start, end) => {
                if strip_escape(&text, indentation, &mut line_start, &mut dropped) {
                    pieces.escaped(&text, start, end);
                }
            }
            Raw::Lone(text, start) => {
                line_start = false;
                dropped = 0;
                pieces.verbatim(text, start);
            }
            Raw::Text(text, offset) => {
                let end = if is_last {
                    without_last_line_of_spaces(text)
                } else {
                    text.len()
                };
                strip_text(
                    &text[..end],
                    offset,
                    indentation,
                    &mut line_start,
                    &mut dropped,
                    &mut pieces,
                );
            }
        }
    }
    pieces.pieces
}

/// The smallest number of spaces that a line with something on it begins with.
fn smallest_indentation(raw: &[Raw]) -> usize {
    // Nix begins with this number; a string without a line that counts loses all its leading spaces.
    let mut smallest = 1_000_000;
    let mut line_start = true;
    let mut current = 0;
    for piece in raw {
        match piece {
            Raw::Interpolation(_) | Raw::Lone(..) | Raw::Escaped(..) => {
                if line_start {
                    line_start = false;
                    smallest = smallest.min(current);
                }
            }
            Raw::Text(text, _) => {
                for byte in text.bytes() {
                    if byte == b'\n' {
                        line_start = true;
                        current = 0;
                    } else if line_start {
                        if byte == b' ' {
                            current += 1;
                        } else {
                            line_start = false;
                            smallest = smallest.min(current);
                        }
                    }
                }
            }
        }
    }
    smallest
}

/// Nix strips the text of an escape like any other, though it did not count it as indentation. Whether anything of
/// it is left: an escape gives one character, or the two quotes.
fn strip_escape(
    text: &str,
    indentation: usize,
    line_start: &mut bool,
    dropped: &mut usize,
) -> bool {
    match text {
        "\n" => {
            if *line_start {
                *dropped = 0;
            }
            *line_start = true;
            true
        }
        " " if *line_start => {
            *dropped += 1;
            *dropped > indentation
        }
        _ => {
            if *line_start {
                *line_start = false;
                *dropped = 0;
            }
            true
        }
    }
}

fn strip_text<'t>(
    text: &'t str,
    offset: u32,
    indentation: usize,
    line_start: &mut bool,
    dropped: &mut usize,
    pieces: &mut Pieces<'t>,
) {
    let mut at = 0;
    while at < text.len() {
        if *line_start {
            let spaces = text[at..].bytes().take_while(|byte| *byte == b' ').count();
            let drop = indentation.saturating_sub(*dropped).min(spaces);
            *dropped += spaces;
            pieces.verbatim(&text[at + drop..at + spaces], offset + (at + drop) as u32);
            at += spaces;
            if at == text.len() {
                break;
            }
            *dropped = 0;
            if text.as_bytes()[at] != b'\n' {
                *line_start = false;
            }
        }
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
        pieces.verbatim(&text[at..end], offset + at as u32);
        if text.as_bytes()[end - 1] == b'\n' {
            *line_start = true;
        }
        at = end;
    }
}

/// Where the last piece ends without the spaces of a last line that has nothing else. The line has to begin in
/// this piece.
fn without_last_line_of_spaces(text: &str) -> usize {
    match text.rfind('\n') {
        Some(newline) if text[newline + 1..].bytes().all(|byte| byte == b' ') => newline + 1,
        _ => text.len(),
    }
}
