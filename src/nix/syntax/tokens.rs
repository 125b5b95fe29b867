//! The tokens around a syntax error: what is open there, what stands before it.

use rnix::SyntaxKind::{self, *};

/// A token that is neither white space nor a comment.
#[derive(Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: SyntaxKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// All of them, with the text.
pub(super) struct Tokens<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut offset = 0;
        let mut tokens = Vec::new();
        for (kind, token) in rnix::tokenize(text) {
            let start = offset;
            offset += token.len();
            if !kind.is_trivia() {
                tokens.push(Token {
                    kind,
                    start,
                    end: offset,
                });
            }
        }
        Tokens { text, tokens }
    }

    pub(super) fn text_of(&self, token: Token) -> &'t str {
        self.text.get(token.start..token.end).unwrap_or("")
    }

    /// Index of the first token that ends after an offset.
    pub(super) fn at(&self, offset: usize) -> usize {
        self.tokens.partition_point(|token| token.end <= offset)
    }

    pub(super) fn get(&self, index: usize) -> Option<Token> {
        self.tokens.get(index).copied()
    }

    pub(super) fn before(&self, index: usize) -> Option<Token> {
        self.tokens.get(index.checked_sub(1)?).copied()
    }

    /// The constructs that are open before the token of that index, outermost first: the tokens that opened them.
    pub(super) fn open_before(&self, index: usize) -> Vec<Token> {
        let mut open: Vec<Token> = Vec::new();
        for token in &self.tokens[..index.min(self.tokens.len())] {
            match token.kind {
                TOKEN_L_PAREN | TOKEN_L_BRACE | TOKEN_L_BRACK | TOKEN_STRING_START
                | TOKEN_INTERPOL_START | TOKEN_LET | TOKEN_IF => open.push(*token),
                kind => {
                    if let Some(opener) = opener_of(kind) {
                        let closed = open.iter().rposition(|token| token.kind == opener);
                        let bracket = open
                            .iter()
                            .rposition(|token| !matches!(token.kind, TOKEN_LET | TOKEN_IF));
                        // Only keywords are left open by a bracket that closes around them.
                        if let Some(closed) = closed
                            && bracket.is_none_or(|bracket| bracket <= closed)
                        {
                            open.truncate(closed);
                        }
                    }
                }
            }
        }
        open
    }

    /// Pairs of brackets, in the order of their closing.
    pub(super) fn pairs(&self) -> Vec<(Token, Token)> {
        let mut open: Vec<Token> = Vec::new();
        let mut pairs = Vec::new();
        for token in &self.tokens {
            match token.kind {
                TOKEN_L_PAREN | TOKEN_L_BRACE | TOKEN_L_BRACK | TOKEN_STRING_START
                | TOKEN_INTERPOL_START => open.push(*token),
                kind => {
                    if open
                        .last()
                        .is_some_and(|opener| opener_of(kind) == Some(opener.kind))
                        && let Some(opener) = open.pop()
                    {
                        pairs.push((opener, *token));
                    }
                }
            }
        }
        pairs
    }

    /// Start and text of the line that an offset stands on, without its line break.
    pub(super) fn line_at(&self, offset: usize) -> (usize, &'t str) {
        let bytes = self.text.as_bytes();
        let offset = offset.min(bytes.len());
        let start = bytes[..offset]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let end = bytes[offset..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(bytes.len(), |at| offset + at);
        (
            start,
            self.text
                .get(start..end)
                .unwrap_or("")
                .trim_end_matches('\r'),
        )
    }

    /// How far the line of an offset is indented, and whether the offset is the first thing on it.
    pub(super) fn indentation(&self, offset: usize) -> (usize, bool) {
        let (start, line) = self.line_at(offset);
        let width = line.len() - line.trim_start().len();
        (width, start + width == offset)
    }

    /// Index of the first token of the attribute path that ends with the token before `index`.
    pub(super) fn path_start(&self, index: usize) -> Option<usize> {
        let mut at = index;
        loop {
            at = self.name_start(at)?;
            match self.before(at) {
                Some(token) if token.kind == TOKEN_DOT => at -= 1,
                _ => return Some(at),
            }
        }
    }

    /// Index of the first token of the name that ends before `index`.
    fn name_start(&self, index: usize) -> Option<usize> {
        let last = index.checked_sub(1)?;
        match self.get(last)?.kind {
            TOKEN_IDENT | TOKEN_OR => Some(last),
            TOKEN_STRING_END => self.opening(last, TOKEN_STRING_START, TOKEN_STRING_END),
            TOKEN_INTERPOL_END => self.opening(last, TOKEN_INTERPOL_START, TOKEN_INTERPOL_END),
            _ => None,
        }
    }

    fn opening(&self, last: usize, opener: SyntaxKind, closer: SyntaxKind) -> Option<usize> {
        let mut depth = 0;
        for index in (0..=last).rev() {
            let kind = self.tokens[index].kind;
            if kind == closer {
                depth += 1;
            } else if kind == opener {
                depth -= 1;
                if depth == 0 {
                    return Some(index);
                }
            }
        }
        None
    }
}

/// What a token closes.
pub(super) fn opener_of(kind: SyntaxKind) -> Option<SyntaxKind> {
    Some(match kind {
        TOKEN_R_PAREN => TOKEN_L_PAREN,
        TOKEN_R_BRACE => TOKEN_L_BRACE,
        TOKEN_R_BRACK => TOKEN_L_BRACK,
        TOKEN_STRING_END => TOKEN_STRING_START,
        TOKEN_INTERPOL_END => TOKEN_INTERPOL_START,
        TOKEN_IN => TOKEN_LET,
        TOKEN_ELSE => TOKEN_IF,
        _ => return None,
    })
}

/// Whether a token is a word that Nix keeps for itself.
pub(super) fn is_keyword(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        TOKEN_ASSERT
            | TOKEN_ELSE
            | TOKEN_IF
            | TOKEN_IN
            | TOKEN_INHERIT
            | TOKEN_LET
            | TOKEN_REC
            | TOKEN_THEN
            | TOKEN_WITH
    )
}

/// Whether a token is a binary operator.
pub(super) fn is_operator(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        TOKEN_ADD
            | TOKEN_SUB
            | TOKEN_MUL
            | TOKEN_DIV
            | TOKEN_CONCAT
            | TOKEN_UPDATE
            | TOKEN_EQUAL
            | TOKEN_NOT_EQUAL
            | TOKEN_LESS
            | TOKEN_LESS_OR_EQ
            | TOKEN_MORE
            | TOKEN_MORE_OR_EQ
            | TOKEN_AND_AND
            | TOKEN_OR_OR
            | TOKEN_IMPLICATION
            | TOKEN_PIPE_LEFT
            | TOKEN_PIPE_RIGHT
    )
}

/// Whether a token compares.
pub(super) fn is_comparison(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        TOKEN_EQUAL
            | TOKEN_NOT_EQUAL
            | TOKEN_LESS
            | TOKEN_LESS_OR_EQ
            | TOKEN_MORE
            | TOKEN_MORE_OR_EQ
    )
}
