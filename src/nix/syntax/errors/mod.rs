//! Syntax errors in plain words.
//!
//! The parser says which tokens it would have taken. People need what is wrong: the semicolon that is missing
//! stands a line above the place where the parser noticed, a Markdown fence is no stray backtick.

mod brackets;
#[cfg(test)]
mod tests;

use crate::nix::syntax::ast::{StaticProblem, StaticProblemKind};
use crate::nix::syntax::tokens::{
    Token, Tokens, is_comparison, is_keyword, is_operator, opener_of,
};
use crate::workspace::source::{FileId, Span};
use rnix::SyntaxKind::*;
use rnix::{ParseError, SyntaxKind};

/// The first thing that the parser stumbled over; what follows is mostly its consequence.
pub(super) fn translate(file: FileId, text: &str, errors: &[ParseError]) -> Vec<StaticProblem> {
    let Some(first) = errors.first() else {
        return Vec::new();
    };
    let tokens = Tokens::new(text);
    let reader = Reader {
        file,
        tokens: &tokens,
    };
    let end = text.len();
    let (offset, expected) = match first {
        ParseError::UnexpectedWanted(_, range, wanted) => {
            (usize::from(range.start()), Expected::new(wanted))
        }
        ParseError::UnexpectedExtra(range) => (usize::from(range.start()), Expected::End),
        ParseError::Unexpected(range) | ParseError::DuplicatedArgs(range, _) => {
            (usize::from(range.start()), Expected::Something)
        }
        ParseError::UnexpectedDoubleBind(range) => {
            (usize::from(range.start()), Expected::NoSecondBind)
        }
        ParseError::UnexpectedEOFWanted(wanted) => (end, Expected::new(wanted)),
        ParseError::RecursionLimitExceeded => (end, Expected::LessNesting),
        _ => (end, Expected::Something),
    };
    vec![reader.explain(offset, expected)]
}

/// What the parser would have taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Semicolon,
    Assign,
    /// The name of an attribute.
    Name,
    /// The name of an argument.
    Argument,
    Expression,
    /// The rest of a string.
    StringRest,
    /// One certain token.
    Token(SyntaxKind),
    /// The end of the file.
    End,
    NoSecondBind,
    LessNesting,
    Something,
}

impl Expected {
    fn new(wanted: &[SyntaxKind]) -> Self {
        match wanted {
            [TOKEN_SEMICOLON] => Expected::Semicolon,
            [TOKEN_ASSIGN] => Expected::Assign,
            [single] => {
                if *single == TOKEN_IDENT {
                    Expected::Argument
                } else {
                    Expected::Token(*single)
                }
            }
            _ if wanted.contains(&TOKEN_STRING_END) => Expected::StringRest,
            _ if wanted.contains(&TOKEN_L_PAREN) => Expected::Expression,
            _ if wanted.contains(&TOKEN_ELLIPSIS) => Expected::Argument,
            _ if wanted.contains(&TOKEN_IDENT) => Expected::Name,
            _ => Expected::Something,
        }
    }

    /// In words, after "expected".
    fn words(self) -> Option<&'static str> {
        Some(match self {
            Expected::Semicolon => "`;`",
            Expected::Assign => "`=`",
            Expected::Name => "an attribute name",
            Expected::Argument => "the name of an argument",
            Expected::Expression => "an expression",
            Expected::StringRest => "the end of the string",
            Expected::End => "the end of the file",
            Expected::Token(kind) => match kind {
                TOKEN_R_PAREN => "`)`",
                TOKEN_R_BRACE => "`}`",
                TOKEN_R_BRACK => "`]`",
                TOKEN_L_BRACE => "`{`",
                TOKEN_INTERPOL_END => "`}`",
                TOKEN_COLON => "`:`",
                TOKEN_THEN => "`then`",
                TOKEN_ELSE => "`else`",
                TOKEN_IN => "`in`",
                TOKEN_AT => "`@`",
                TOKEN_STRING_START => "a string",
                TOKEN_STRING_END => "the end of the string",
                _ => return None,
            },
            Expected::NoSecondBind | Expected::LessNesting | Expected::Something => return None,
        })
    }
}

struct Reader<'t> {
    file: FileId,
    tokens: &'t Tokens<'t>,
}

impl Reader<'_> {
    fn explain(&self, offset: usize, expected: Expected) -> StaticProblem {
        if expected == Expected::LessNesting {
            let mut explained = self.problem("too many expressions inside of each other", 0, 0);
            explained.0.kind = StaticProblemKind::TooDeep;
            return explained.0;
        }
        if self.tokens.tokens.is_empty() {
            return self
                .problem("the file is empty", 0, self.tokens.text.len())
                .help("a Nix file holds one expression; an empty module is `{ }`")
                .0;
        }
        if let Some(problem) = self.conflict_marker() {
            return problem.0;
        }
        let index = self.tokens.at(offset);
        let Some(token) = self.tokens.get(index) else {
            return self.at_end(expected);
        };
        self.fence(token)
            .or_else(|| self.strange_token(index, token, expected))
            .or_else(|| self.separator_in_brackets(index))
            .or_else(|| self.wrong_closing(index, token))
            .or_else(|| self.template_text(token))
            .or_else(|| self.by_token(index, token, expected))
            .or_else(|| self.by_expectation(index, token, expected))
            .unwrap_or_else(|| self.generic(token, expected))
            .0
    }

    fn problem(&self, message: impl Into<String>, start: usize, end: usize) -> Explained {
        Explained(StaticProblem {
            kind: StaticProblemKind::Syntax,
            message: message.into(),
            help: None,
            span: self.span(start, end),
            related: None,
        })
    }

    fn on(&self, token: Token, message: impl Into<String>) -> Explained {
        self.problem(message, token.start, token.end)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    fn token_span(&self, token: Token) -> Span {
        self.span(token.start, token.end)
    }

    /// `<<<<<<<`, `=======`, `>>>>>>>` of git at the start of a line, outside of strings.
    fn conflict_marker(&self) -> Option<Explained> {
        for (start, marker) in self.tokens.text.match_indices("<<<<<<<") {
            let (line_start, line) = self.tokens.line_at(start);
            let in_code = self
                .tokens
                .get(self.tokens.at(start))
                .is_some_and(|token| token.start == start);
            let closed = self.tokens.text[start..].contains("\n>>>>>>>")
                || self.tokens.text[start..].contains("\n=======");
            if line_start == start && in_code && closed {
                let end = start + line.len().max(marker.len());
                return Some(
                    self.problem("a merge conflict was left in the file", start, end)
                        .help("choose one side and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`"),
                );
            }
        }
        None
    }

    /// "```nix" around the file, as copied out of a chat or a README.
    fn fence(&self, token: Token) -> Option<Explained> {
        let (start, line) = self.tokens.line_at(token.start);
        let marker = line.trim_start();
        let start = start + line.len() - marker.len();
        (marker.starts_with("```") || marker.starts_with("~~~")).then(|| {
            self.problem(
                "a Markdown code fence, which is no Nix",
                start,
                start + marker.trim_end().len(),
            )
            .help("remove the lines that begin with the fence")
        })
    }

    /// Characters and literals that are no token.
    fn strange_token(&self, index: usize, token: Token, expected: Expected) -> Option<Explained> {
        if token.kind != TOKEN_ERROR {
            return None;
        }
        let text = self.tokens.text_of(token);
        if expected == Expected::StringRest {
            return Some(self.unclosed_string(index));
        }
        let first = text.chars().next()?;
        Some(match first {
            '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚' | '′' | '″' => {
                self.on(token, format!("`{first}` is a typographic quote"))
                    .help("strings are written with the plain quote `\"`")
            }
            '\'' => self
                .on(token, "Nix has no strings in single quotes")
                .help("write \"...\", or ''...'' over several lines"),
            '/' if text.starts_with("/*") => self
                .problem("the comment is never closed", token.start, token.start + 2)
                .help("close it with `*/`"),
            '$' => self
                .on(token, "`$` only stands before `{` inside of a string")
                .help("a variable is written by its name alone"),
            '&' => self.on(token, "`&` is no operator").help("write `&&`"),
            '|' => self.on(token, "`|` is no operator").help("write `||`"),
            '0'..='9' | '.' if !text.contains('/') => {
                self.on(token, format!("`{text}` is no number"))
            }
            _ if text.contains('/') && text.ends_with('/') => self
                .on(token, format!("the path `{text}` ends with a slash"))
                .help("leave the last `/` out; a folder needs none"),
            _ if text.contains("//") => self
                .on(token, format!("the path `{text}` has two slashes in a row"))
                .help("for the operator `//` put spaces around it"),
            _ => self.on(
                token,
                format!("`{}` has no meaning in Nix here", first.escape_debug()),
            ),
        })
    }

    /// `<your name>` and the like.
    fn template_text(&self, token: Token) -> Option<Explained> {
        let (line_start, line) = self.tokens.line_at(token.start);
        let column = token.start - line_start;
        let open = line.get(..column + 1)?.rfind('<')?;
        let close = open + line[open..].find('>')?;
        let inside = &line[open + 1..close];
        let is_words = inside.len() > 1
            && inside.contains(' ')
            && inside.starts_with(|first: char| first.is_alphabetic())
            && inside.chars().all(|character| {
                character.is_alphanumeric() || matches!(character, ' ' | '-' | '_' | '\'' | '.')
            });
        (is_words && column <= close).then(|| {
            self.problem(
                format!("`{}` looks like text to be filled in", &line[open..=close]),
                line_start + open,
                line_start + close + 1,
            )
            .help("put your own value in its place, a string in quotes")
        })
    }

    /// Mistakes that the token itself gives away.
    fn by_token(&self, index: usize, token: Token, expected: Expected) -> Option<Explained> {
        let text = self.tokens.text_of(token);
        let before = self.tokens.before(index);
        match token.kind {
            TOKEN_OR => {
                let path = self.tokens.path_start(index)?;
                let question = self
                    .tokens
                    .before(path)
                    .filter(|token| token.kind == TOKEN_QUESTION)?;
                Some(
                    self.on(token, "`?` takes no `or`")
                        .related(
                            self.token_span(question),
                            "this only asks whether it is there",
                        )
                        .help("for a value with a default write `set.name or default`"),
                )
            }
            TOKEN_COMMA => self.comma(index, token),
            TOKEN_INTERPOL_START => Some(
                self.on(
                    token,
                    "`${...}` only stands inside of a string, a path or an attribute name",
                )
                .help("write the expression without `${` and `}`"),
            ),
            TOKEN_SEMICOLON if expected == Expected::End => Some(
                self.on(token, "nothing is left that a `;` could end here")
                    .help("a file holds one expression, without a `;` after it"),
            ),
            TOKEN_LET | TOKEN_IF | TOKEN_WITH | TOKEN_ASSERT
                if matches!(
                    expected,
                    Expected::Expression | Expected::End | Expected::Semicolon
                ) =>
            {
                Some(
                    self.on(token, format!("`{text}` needs parentheses around it here"))
                        .help(format!("write `({text} ...)`")),
                )
            }
            TOKEN_COLON
                if matches!(
                    expected,
                    Expected::Assign | Expected::End | Expected::Semicolon
                ) =>
            {
                let path = self.tokens.path_start(index)?;
                let name = self.tokens.get(path)?;
                let open = self.tokens.open_before(index);
                let in_set = open
                    .last()
                    .is_some_and(|open| matches!(open.kind, TOKEN_L_BRACE | TOKEN_LET));
                in_set.then(|| {
                    self.on(token, "`:` where `=` is expected")
                        .related(self.token_span(name), "this is an attribute")
                        .help("attributes are written `name = value;`")
                })
            }
            TOKEN_URI if expected == Expected::Name => {
                let (name, value) = text.split_once(':')?;
                Some(
                    self.on(token, "`:` where `=` is expected")
                        .help(format!("write `{name} = {value};`")),
                )
            }
            TOKEN_EQUAL if expected == Expected::Assign => {
                Some(self.on(token, "`==` where `=` is expected"))
            }
            kind if is_comparison(kind)
                && matches!(expected, Expected::End | Expected::Semicolon)
                && before.is_some() =>
            {
                Some(
                    self.on(
                        token,
                        format!("`{text}` does not follow another comparison"),
                    )
                    .help("put parentheses around one of them, or join them with `&&`"),
                )
            }
            TOKEN_MORE
                if before.is_some_and(|before| {
                    before.kind == TOKEN_ASSIGN && before.end == token.start
                }) =>
            {
                Some(self.on(token, "`=>` where `=` is expected"))
            }
            kind if is_operator(kind) && expected == Expected::Expression => Some(match before {
                Some(before) if is_operator(before.kind) => self.on(
                    token,
                    format!(
                        "an operand is missing between `{}` and `{text}`",
                        self.tokens.text_of(before)
                    ),
                ),
                _ => self.on(token, format!("an operand is missing before `{text}`")),
            }),
            _ => None,
        }
    }

    fn comma(&self, index: usize, token: Token) -> Option<Explained> {
        let open = self.tokens.open_before(index).pop()?;
        match open.kind {
            TOKEN_L_BRACK => Some(
                self.on(token, "list elements are separated by spaces, not by `,`")
                    .related(self.token_span(open), "the list begins here"),
            ),
            TOKEN_L_BRACE | TOKEN_LET => Some(
                self.on(token, "attributes end with `;`, not with `,`")
                    .related(self.token_span(open), "the set begins here"),
            ),
            TOKEN_L_PAREN => Some(
                self.on(token, "arguments are separated by spaces, not by `,`")
                    .help("a call is written `function first second`"),
            ),
            _ => None,
        }
    }

    /// Mistakes that what was expected gives away.
    fn by_expectation(&self, index: usize, token: Token, expected: Expected) -> Option<Explained> {
        let text = self.tokens.text_of(token);
        let before = self.tokens.before(index);
        match expected {
            Expected::Semicolon => self.missing_semicolon(index, token),
            Expected::Assign => Some(match token.kind {
                TOKEN_SEMICOLON | TOKEN_R_BRACE | TOKEN_IN => {
                    let name = before?;
                    self.on(name, "the attribute has no value")
                        .help("write `name = value;`, or `inherit name;` to take a variable over")
                }
                _ => self
                    .on(
                        token,
                        format!("{} where `=` is expected", self.describe(token)),
                    )
                    .help("attributes are written `name = value;`"),
            }),
            Expected::Name => Some(self.name_expected(token, before)),
            Expected::Expression
                if matches!(
                    token.kind,
                    TOKEN_SEMICOLON
                        | TOKEN_R_PAREN
                        | TOKEN_R_BRACE
                        | TOKEN_R_BRACK
                        | TOKEN_INTERPOL_END
                        | TOKEN_THEN
                        | TOKEN_ELSE
                        | TOKEN_IN
                ) =>
            {
                let before = before?;
                if let Some(explained) = self.with_without_semicolon(index, before) {
                    return Some(explained);
                }
                Some(self.problem(
                    format!(
                        "an expression is missing between `{}` and `{text}`",
                        self.tokens.text_of(before)
                    ),
                    before.start,
                    token.end,
                ))
            }
            Expected::End => self.extra(index, token),
            Expected::NoSecondBind => Some(
                self.on(token, "the arguments have two names for the whole")
                    .help("keep one `@`"),
            ),
            Expected::Token(TOKEN_COLON) => Some(
                self.on(
                    token,
                    format!("{} where `:` is expected", self.describe(token)),
                )
                .help("a function is written `{ a, b, ... }: body`"),
            ),
            _ => None,
        }
    }

    /// `with set value;`: the semicolon after the set is missing, so that the one after the value took its place.
    fn with_without_semicolon(&self, index: usize, before: Token) -> Option<Explained> {
        if before.kind != TOKEN_SEMICOLON {
            return None;
        }
        let keyword = self.tokens.tokens[..index.saturating_sub(1)]
            .iter()
            .rev()
            .take_while(|token| token.kind != TOKEN_SEMICOLON)
            .find(|token| matches!(token.kind, TOKEN_WITH | TOKEN_ASSERT))?;
        let text = self.tokens.text_of(*keyword);
        Some(
            self.on(*keyword, format!("this `{text}` takes two expressions"))
                .help(format!("write `{text} first; second`")),
        )
    }

    fn name_expected(&self, token: Token, before: Option<Token>) -> Explained {
        let text = self.tokens.text_of(token);
        match token.kind {
            kind if is_keyword(kind) => self
                .on(token, format!("`{text}` is a keyword of Nix"))
                .help(format!("as an attribute name write `\"{text}\"`")),
            TOKEN_SEMICOLON => self.on(token, "a `;` too many"),
            TOKEN_INTEGER | TOKEN_FLOAT => self
                .on(token, "an attribute name cannot begin with a digit")
                .help(format!("write `\"{text}\"`")),
            TOKEN_ASSIGN => match before {
                Some(before) if before.kind == TOKEN_INHERIT => self
                    .on(before, "`inherit` is a keyword of Nix")
                    .help("as an attribute name write `\"inherit\"`"),
                _ => self.on(token, "the name before `=` is missing"),
            },
            TOKEN_ELLIPSIS => self
                .on(token, "`...` only stands among the arguments of a function")
                .help("a function is written `{ a, b, ... }: body`"),
            _ if before.is_some_and(|before| before.kind == TOKEN_DOT) => self.on(
                token,
                format!(
                    "{} where a name is expected after `.`",
                    self.describe(token)
                ),
            ),
            _ => self
                .on(
                    token,
                    format!(
                        "{} where an attribute name is expected",
                        self.describe(token)
                    ),
                )
                .help("attributes are written `name = value;`"),
        }
    }

    /// The parser notices a missing semicolon late: at the `=` of the next attribute, whose name it took for an
    /// argument.
    fn missing_semicolon(&self, index: usize, token: Token) -> Option<Explained> {
        let mut next = index;
        if token.kind == TOKEN_ASSIGN {
            next = self.tokens.path_start(index)?;
        }
        // `a = 1 inherit b;` and `a = 1 }` are noticed in time.
        let last = self.tokens.before(next)?;
        if last.kind == TOKEN_ASSIGN {
            // `a = b = 1;`: nothing stands between the two.
            return Some(
                self.on(token, "a second `=` in one attribute")
                    .help("write `==` to compare, or end the attribute with `;`"),
            );
        }
        let following = self.tokens.get(next)?;
        Some(
            self.on(last, "a `;` is missing after this")
                .related(
                    self.token_span(following),
                    "this comes next, and does not belong to the value",
                )
                .help("every attribute ends with `;`, the last one too"),
        )
    }

    /// Something after a whole expression.
    fn extra(&self, index: usize, token: Token) -> Option<Explained> {
        let text = self.tokens.text_of(token);
        Some(match token.kind {
            TOKEN_ASSIGN => {
                let first = self.tokens.get(self.tokens.path_start(index)?)?;
                self.problem("an attribute outside of `{ }`", first.start, token.end)
                    .help("put `{` before the attributes and `}` after them")
            }
            TOKEN_THEN => self.on(token, format!("`{text}` without `if` before it")),
            TOKEN_COLON => self
                .on(
                    token,
                    "`:` after something that is no argument of a function",
                )
                .help("a function is written `name: body` or `{ a, b }: body`"),
            _ => self
                .on(
                    token,
                    format!("{} after the end of the expression", self.describe(token)),
                )
                .help("a file holds one expression"),
        })
    }

    fn generic(&self, token: Token, expected: Expected) -> Explained {
        let found = self.describe(token);
        let Some(words) = expected.words() else {
            return self.on(token, format!("{found} is not expected here"));
        };
        let explained = self.on(token, format!("{found} where {words} is expected"));
        let opener = match expected {
            Expected::Token(TOKEN_THEN | TOKEN_ELSE) => Some(TOKEN_IF),
            Expected::Token(kind) => opener_of(kind),
            _ => None,
        };
        let opening = opener.and_then(|opener| {
            self.tokens
                .open_before(self.tokens.at(token.start))
                .into_iter()
                .rev()
                .find(|open| open.kind == opener)
        });
        match opening {
            Some(opening) => explained.related(
                self.token_span(opening),
                format!("this `{}` is open", self.tokens.text_of(opening)),
            ),
            None => explained,
        }
    }

    /// A token as people call it.
    fn describe(&self, token: Token) -> String {
        let text = self.tokens.text_of(token);
        match token.kind {
            TOKEN_STRING_START | TOKEN_STRING_CONTENT => "a string".to_string(),
            TOKEN_STRING_END => "the end of a string".to_string(),
            TOKEN_INTEGER | TOKEN_FLOAT => format!("the number `{text}`"),
            TOKEN_URI => format!("the URL `{text}`"),
            TOKEN_PATH_ABS | TOKEN_PATH_REL | TOKEN_PATH_HOME => format!("the path `{text}`"),
            _ => format!("`{text}`"),
        }
    }
}

/// A problem that is being put into words.
struct Explained(StaticProblem);

impl Explained {
    fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.0.related = Some((span, message.into()));
        self
    }
}
