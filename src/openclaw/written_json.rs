//! An openclaw.json that the sources hold as a text: `home.file."…".text = '' { … } ''`, `builtins.readFile ./openclaw.json`.
//!
//! The text is read as OpenClaw reads it, and each value gets the place where its bytes stand: in the string literal, with
//! its escapes and its indentation, or in the file that was read. What Nix puts into the text and the sources do not
//! determine becomes an unknown in its place.

use super::configuration::{Language, Problem};
use super::json::{self, Dialect};
use super::tree::{List, Node, Object, Place, Text, TextPart, Unknown, Value};
use crate::workspace::source::{FileId, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

/// What a text holds.
pub(super) struct Written {
    /// The value.
    pub(super) root: Rc<Node>,
    /// Keys that stand twice, or why it is no JSON.
    pub(super) problems: Vec<Problem>,
    /// In which language it is written.
    pub(super) language: Language,
}

/// Stands for an unknown part of the text until the text is read: a character that no configuration holds, the number of the
/// part, and the character again.
const MARK: char = '\u{f8fe}';

/// So many unknown parts outside of strings are looked at; each takes another reading of the text.
const MOST_BARE: usize = 100;

/// Whether a text is likely to be JSON5, and no path: it begins with an object or a comment.
pub(super) fn is_likely(text: &Text) -> bool {
    let prefix = text.known_prefix();
    let start = prefix.trim_start();
    ["{", "//", "/*"].iter().any(|head| start.starts_with(head))
}

/// Reads a text as JSON5. `None` where it holds what the sources do not determine and is no JSON5 around it: the sources then
/// do not say what OpenClaw reads.
pub(super) fn read(text: &Text, place: &Place) -> Option<Written> {
    // An unknown part outside of a string is a value of some kind. It is put between quotes, and known again by them.
    let mut bare: BTreeSet<usize> = BTreeSet::new();
    let (marked, outcome) = loop {
        let marked = Marked::of(text, &bare, place.definition.or(place.primary()))?;
        match json::parse(&marked.text, Some(FileId::INTERNAL), Dialect::Json5) {
            Ok(parsed) => break (marked, Ok(parsed)),
            Err(error) => match marked.unknown_at(error.range.start) {
                Some(number) if bare.len() < MOST_BARE && bare.insert(number) => {}
                _ => break (marked, Err(error)),
            },
        }
    };
    let is_known = marked.unknown.is_empty();
    let language = language(text);
    let (root, problems) = match outcome {
        Ok(parsed) => {
            let mut root = (*marked.node(&parsed.root, place)).clone();
            root.place.key = place.key;
            // Of two keys with unknown parts it is not known whether they are the same.
            let twice = match is_known {
                true => parsed.problems(FileId::INTERNAL),
                false => Vec::new(),
            };
            (Rc::new(root), twice)
        }
        Err(_) if !is_known => return None,
        Err(error) => (
            Node::new(Value::Object(Object::default()), place.clone()),
            vec![error.problem(FileId::INTERNAL)],
        ),
    };
    let problems = problems.into_iter().map(|problem| marked.problem(problem));
    Some(Written {
        root,
        problems: problems.collect(),
        language,
    })
}

/// In which language a text is written, as far as its pieces tell.
fn language(text: &Text) -> Language {
    let is_quote = |part: &TextPart| matches!(part, TextPart::Known { text, span } if text == "\"" && span.is_some_and(|span| span.len() == 2));
    match text.parts.as_slice() {
        // The very first byte of a file: a literal in a source has its quote there.
        [
            TextPart::Known {
                span: Some(span), ..
            },
        ] if span.start == 0 => Language::Json,
        parts if parts.iter().any(is_quote) => Language::JsonInString,
        _ => Language::JsonInIndentedString,
    }
}

/// A stretch of the text and where it stands.
struct Stretch {
    /// Its bytes in the text that is read.
    range: Range<usize>,
    /// Where it stands; as many bytes as the text has exactly if they are those.
    span: Option<Span>,
    /// The number of the unknown part that it stands for.
    unknown: Option<usize>,
    /// Whether that stands outside of a string, so that its quotes are ours.
    is_bare: bool,
}

impl Stretch {
    fn is_verbatim(&self) -> bool {
        self.unknown.is_none()
            && self
                .span
                .is_some_and(|span| span.len() as usize == self.range.len())
    }
}

/// A text with marks for what is not known, and where all of it stands.
struct Marked {
    text: String,
    stretches: Vec<Stretch>,
    /// The parts that are not known, by number.
    unknown: Vec<Unknown>,
    /// Where the text as a whole stands.
    whole: Option<Span>,
}

impl Marked {
    /// `bare` are the numbers of the unknown parts that stand outside of strings.
    fn of(text: &Text, bare: &BTreeSet<usize>, whole: Option<Span>) -> Option<Marked> {
        let mut marked = Marked {
            text: String::new(),
            stretches: Vec::new(),
            unknown: Vec::new(),
            whole,
        };
        for part in &text.parts {
            let start = marked.text.len();
            let mut is_bare = false;
            let (span, unknown) = match part {
                TextPart::Known { text, .. } if text.contains(MARK) => return None,
                TextPart::Known { text, span } => {
                    marked.text.push_str(text);
                    (*span, None)
                }
                TextPart::Unknown(part) => {
                    let number = marked.unknown.len();
                    is_bare = bare.contains(&number);
                    let quote = if is_bare { "\"" } else { "" };
                    marked
                        .text
                        .push_str(&format!("{quote}{MARK}{number}{MARK}{quote}"));
                    marked.unknown.push(part.clone());
                    (part.span, Some(number))
                }
            };
            marked.stretches.push(Stretch {
                range: start..marked.text.len(),
                span,
                unknown,
                is_bare,
            });
        }
        Some(marked)
    }

    /// The stretches from the one on that holds a byte.
    fn from(&self, at: usize) -> &[Stretch] {
        let first = self
            .stretches
            .partition_point(|stretch| stretch.range.end <= at);
        &self.stretches[first..]
    }

    /// The unknown part whose mark begins at a byte.
    fn unknown_at(&self, at: usize) -> Option<usize> {
        let stretch = self.from(at).first()?;
        stretch.unknown.filter(|_| stretch.range.start == at)
    }

    /// Where a range of the text stands; the whole text where that cannot be said.
    fn place(&self, range: Range<usize>) -> Option<Span> {
        let start = self.end(range.start, true);
        let ends = match range.is_empty() {
            true => {
                let at = start.or_else(|| self.end(range.start, false));
                at.zip(at)
            }
            false => start.zip(self.end(range.end, false)),
        };
        match ends {
            Some(((file, start), (other, end))) if file == other && start <= end => {
                let is_one = self
                    .from(range.start)
                    .first()
                    .is_some_and(|stretch| stretch.is_verbatim() && range.end <= stretch.range.end);
                // As many bytes by chance would claim that they are the same.
                match is_one || (end - start) as usize != range.len() {
                    true => Some(Span::new(file, start, end)),
                    false => Some(Span::new(file, start, start)),
                }
            }
            _ => self.whole,
        }
    }

    /// Where a range begins (its first byte is at `at`) or ends.
    fn end(&self, at: usize, is_start: bool) -> Option<(FileId, u32)> {
        // What ends at a byte is in the stretch of the byte before.
        let stretch = self.from(if is_start { at } else { at.checked_sub(1)? });
        let stretch = stretch.first()?;
        let span = stretch.span?;
        let offset = match (stretch.is_verbatim(), is_start) {
            (true, _) => span.start + (at - stretch.range.start) as u32,
            (false, true) if at == stretch.range.start => span.start,
            (false, false) if at == stretch.range.end => span.end,
            // Within what was changed on the way, places are not known.
            (false, _) => return None,
        };
        Some((span.file, offset))
    }

    fn translated(&self, span: Option<Span>) -> Option<Span> {
        let span = span?;
        self.place(span.start as usize..span.end as usize)
    }

    fn problem(&self, mut problem: Problem) -> Problem {
        problem.span = self.translated(problem.span);
        for (span, _) in &mut problem.related {
            *span = self.translated(Some(*span)).unwrap_or(*span);
        }
        problem
    }

    /// A node of what was read, with the places in the sources and what is not known; `around` is that of the whole text.
    fn node(&self, node: &Node, around: &Place) -> Rc<Node> {
        // Of JSON, each value is its own definition.
        let span = self.translated(node.place.span);
        let place = Place {
            span,
            key: self.translated(node.place.key),
            definition: span,
            via: around.via.clone(),
            is_rendered: false,
            is_file: false,
        };
        let value = match &node.value {
            Value::Object(object) => {
                let mut inside = Object {
                    entries: BTreeMap::new(),
                    open: object.open.clone(),
                };
                for (key, value) in &object.entries {
                    match self.unknown_in(key) {
                        Some(unknown) => inside.open = Some(unknown.clone()),
                        None => {
                            inside.entries.insert(key.clone(), self.node(value, around));
                        }
                    }
                }
                Value::Object(inside)
            }
            Value::List(list) => Value::List(List {
                items: list
                    .items
                    .iter()
                    .map(|item| self.node(item, around))
                    .collect(),
                open: list.open.clone(),
            }),
            Value::Text(text) => match text.parts.as_slice() {
                [
                    TextPart::Known {
                        text,
                        span: Some(span),
                    },
                ] => self.text(text, span.start as usize..span.end as usize),
                _ => node.value.clone(),
            },
            other => other.clone(),
        };
        Node::new(value, place)
    }

    /// The first unknown part whose mark a text holds.
    fn unknown_in(&self, text: &str) -> Option<&Unknown> {
        let (_, rest) = text.split_once(MARK)?;
        let number = rest.split(MARK).next()?.parse::<usize>().ok()?;
        self.unknown.get(number)
    }

    /// A string that stands between its quotes at a range: in parts where it is written in parts.
    fn text(&self, text: &str, range: Range<usize>) -> Value {
        let stretches = self.from(range.start);
        if let Some(unknown) = stretches.first().filter(|stretch| stretch.is_bare)
            && let Some(number) = unknown.unknown
        {
            return Value::Unknown(self.unknown[number].clone());
        }
        let parts = match self.text.get(range.clone()) == Some(text) {
            true if !range.is_empty() => stretches
                .iter()
                .take_while(|stretch| stretch.range.start < range.end)
                .map(|stretch| self.part(stretch, &range))
                .collect(),
            _ => self.rewritten(text, self.place(range)),
        };
        Value::Text(Text { parts })
    }

    /// The part of a string that a stretch gives to what stands at a range.
    fn part(&self, stretch: &Stretch, range: &Range<usize>) -> TextPart {
        if let Some(number) = stretch.unknown {
            return TextPart::Unknown(self.unknown[number].clone());
        }
        let start = range.start.max(stretch.range.start);
        let end = range.end.min(stretch.range.end);
        TextPart::Known {
            text: self.text[start..end].to_string(),
            // A part of what was changed on the way stands nowhere.
            span: match stretch.is_verbatim() {
                true => self.place(start..end),
                false => stretch.span.filter(|_| stretch.range == (start..end)),
            },
        }
    }

    /// The parts of a string that JSON writes with escapes; all of them have the place of the whole.
    fn rewritten(&self, text: &str, span: Option<Span>) -> Vec<TextPart> {
        let known = |piece: &str| TextPart::Known {
            text: piece.to_string(),
            span,
        };
        let mut parts = Vec::new();
        // Every second piece is the number of an unknown part.
        for (position, piece) in text.split(MARK).enumerate() {
            let number = piece.parse::<usize>().ok().filter(|_| position % 2 == 1);
            match number.and_then(|number| self.unknown.get(number)) {
                Some(unknown) => parts.push(TextPart::Unknown(unknown.clone())),
                None if piece.is_empty() && !text.is_empty() => {}
                None => parts.push(known(piece)),
            }
        }
        parts
    }
}
