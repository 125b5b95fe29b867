//! Brackets, quotes and keywords that are not closed, or closed by something else.

use super::{Expected, Explained, Reader};
use crate::nix::syntax::ast::StaticProblem;
use crate::nix::syntax::tokens::{Token, opener_of};
use rnix::SyntaxKind::{self, *};

impl Reader<'_> {
    /// The first `;` or `,` up to the error that stands in parentheses or in a list, which are not closed or hold
    /// what they cannot hold: the parser takes any token for a closing parenthesis, and notices later.
    pub(super) fn separator_in_brackets(&self, index: usize) -> Option<Explained> {
        // For each open bracket how many `;` may still come: of `with`, `assert` and `let`.
        let mut open: Vec<(Token, usize, usize)> = Vec::new();
        for (position, token) in self.tokens.tokens.iter().enumerate().take(index + 1) {
            match token.kind {
                TOKEN_L_PAREN | TOKEN_L_BRACE | TOKEN_L_BRACK | TOKEN_STRING_START
                | TOKEN_INTERPOL_START => open.push((*token, 0, 0)),
                TOKEN_WITH | TOKEN_ASSERT => {
                    if let Some((_, due, _)) = open.last_mut() {
                        *due += 1;
                    }
                }
                TOKEN_LET => {
                    if let Some((_, _, lets)) = open.last_mut() {
                        *lets += 1;
                    }
                }
                TOKEN_IN => {
                    if let Some((_, _, lets)) = open.last_mut() {
                        *lets = lets.saturating_sub(1);
                    }
                }
                TOKEN_COMMA | TOKEN_SEMICOLON => {
                    let Some((opening, due, lets)) = open.last_mut() else {
                        continue;
                    };
                    if !matches!(opening.kind, TOKEN_L_PAREN | TOKEN_L_BRACK) || *lets > 0 {
                        continue;
                    }
                    if token.kind == TOKEN_COMMA {
                        return self.comma(position, *token);
                    }
                    if *due > 0 {
                        *due -= 1;
                        continue;
                    }
                    let expected = closing_text(opening.kind);
                    return Some(
                        self.on(*token, format!("`;` where `{expected}` is expected"))
                            .related(
                                self.token_span(*opening),
                                format!("this `{}` is not closed", self.tokens.text_of(*opening)),
                            ),
                    );
                }
                kind => {
                    if opener_of(kind).is_some_and(|opener| {
                        open.last().is_some_and(|(token, ..)| token.kind == opener)
                    }) {
                        open.pop();
                    }
                }
            }
        }
        None
    }

    /// A closing bracket where another one, or none, is due.
    pub(super) fn wrong_closing(&self, index: usize, token: Token) -> Option<Explained> {
        let opener = opener_of(token.kind)?;
        let open = self.tokens.open_before(index);
        let text = self.tokens.text_of(token);
        if matches!(token.kind, TOKEN_IN | TOKEN_ELSE) {
            let known = open.iter().any(|open| open.kind == opener);
            let before = if token.kind == TOKEN_IN { "let" } else { "if" };
            return (!known)
                .then(|| self.on(token, format!("`{text}` without `{before}` before it")));
        }
        let keyword = open.last().filter(|open| open.kind == TOKEN_LET).copied();
        if let Some(keyword) = keyword {
            return Some(
                self.on(token, format!("`{text}` where `in` is expected"))
                    .related(self.token_span(keyword), "this `let` has no `in`")
                    .help("`let` is written `let name = value; in expression`"),
            );
        }
        let innermost = open
            .iter()
            .rev()
            .find(|open| !matches!(open.kind, TOKEN_LET | TOKEN_IF));
        match innermost {
            None => Some(self.on(token, format!("this `{text}` closes nothing"))),
            Some(innermost) if innermost.kind != opener => {
                let expected = closing_text(innermost.kind);
                Some(
                    self.on(token, format!("`{text}` where `{expected}` is expected"))
                        .related(
                            self.token_span(*innermost),
                            format!("this `{}` is not closed", self.tokens.text_of(*innermost)),
                        ),
                )
            }
            Some(_) => None,
        }
    }

    /// A string that runs to the end of the file: either it is not closed, or one before it is not, so that since
    /// then inside and outside have changed places.
    pub(super) fn unclosed_string(&self, index: usize) -> Explained {
        let open = self.tokens.open_before(index);
        let innermost = open
            .iter()
            .rev()
            .find(|token| token.kind == TOKEN_STRING_START)
            .copied();
        let Some(last) = innermost else {
            let end = self.tokens.text.len();
            return self.problem("the string is never closed", end, end);
        };
        let (opening, closing) = match self.swallowing_string(index) {
            Some((opening, closing)) => (opening, Some(closing)),
            None => (last, None),
        };
        let quotes = self.tokens.text_of(opening);
        let explained = self.on(opening, "the string that begins here is never closed");
        match closing {
            Some(closing) => explained
                .related(
                    self.token_span(closing),
                    "it goes on to this quote, which was meant to begin another string",
                )
                .help(format!(
                    "close it with `{quotes}` where it was meant to end"
                )),
            None => explained.help(format!("close it with `{quotes}`")),
        }
    }

    /// The first quoted string over several lines after which something follows without white space: its closing
    /// quote most likely opens the next string.
    pub(super) fn swallowing_string(&self, index: usize) -> Option<(Token, Token)> {
        let tokens = &self.tokens.tokens;
        let mut open = Vec::new();
        for (position, token) in tokens[..index].iter().enumerate() {
            match token.kind {
                TOKEN_STRING_START => open.push(*token),
                TOKEN_STRING_END => {
                    let opening = open.pop()?;
                    let several_lines = self.tokens.text[opening.end..token.start].contains('\n');
                    let glued = tokens.get(position + 1).is_some_and(|next| {
                        next.start == token.end
                            && matches!(
                                next.kind,
                                TOKEN_IDENT
                                    | TOKEN_INTEGER
                                    | TOKEN_FLOAT
                                    | TOKEN_URI
                                    | TOKEN_PATH_ABS
                                    | TOKEN_PATH_REL
                                    | TOKEN_ERROR
                            )
                    });
                    if several_lines && glued && self.tokens.text_of(opening) == "\"" {
                        return Some((opening, *token));
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The file ends too early.
    pub(super) fn at_end(&self, expected: Expected) -> StaticProblem {
        let end = self.tokens.text.trim_end().len();
        let open = self.tokens.open_before(self.tokens.tokens.len());
        let brackets = open
            .iter()
            .rev()
            .find(|token| !matches!(token.kind, TOKEN_LET | TOKEN_IF));
        let last = self.tokens.before(self.tokens.tokens.len());
        let last_end = last.map_or(end, |token| token.end);
        if let Some(innermost) = brackets {
            let opening = self.misleading_pair().unwrap_or(*innermost);
            if opening.kind == TOKEN_STRING_START {
                return self.unclosed_string(self.tokens.tokens.len()).0;
            }
            let text = self.tokens.text_of(opening);
            return self
                .on(opening, format!("this `{text}` is never closed"))
                .related(self.span(last_end, last_end), "the file ends here")
                .help(format!("close it with `{}`", closing_text(opening.kind)))
                .0;
        }
        if let Some(keyword) = open.last() {
            let (text, rest) = match keyword.kind {
                TOKEN_LET => ("let", "in"),
                _ => ("if", "else"),
            };
            return self
                .on(*keyword, format!("this `{text}` has no `{rest}`"))
                .related(self.span(last_end, last_end), "the file ends here")
                .0;
        }
        let words = expected.words().unwrap_or("an expression");
        match last {
            Some(last) => {
                self.on(
                    last,
                    format!("the file ends after this, where {words} is expected"),
                )
                .0
            }
            None => self.problem("the file ends too early", end, end).0,
        }
    }

    /// The bracket that most likely lacks its closing one: its partner stands at the start of a line that is
    /// indented less, so the partner was meant for another one.
    pub(super) fn misleading_pair(&self) -> Option<Token> {
        self.tokens
            .pairs()
            .into_iter()
            .find(|(opening, closing)| {
                let (width, _) = self.tokens.indentation(opening.start);
                let (closing_width, first) = self.tokens.indentation(closing.start);
                first && closing_width < width && opening.kind != TOKEN_STRING_START
            })
            .map(|(opening, _)| opening)
    }
}

/// What closes a bracket.
fn closing_text(opener: SyntaxKind) -> &'static str {
    match opener {
        TOKEN_L_PAREN => ")",
        TOKEN_L_BRACK => "]",
        _ => "}",
    }
}
