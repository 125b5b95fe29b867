//! What is refused before the parser sees it.
//!
//! rnix recurses for every nesting (and for lists without a limit of its own), is quadratic on long chains without
//! white space, and its tokenizer looks ahead over whole runs of path characters from each token. So nesting,
//! chains and look-ahead are counted with the tokenizer first, in one pass that stops at the limits.

use super::ast::{StaticProblem, StaticProblemKind};
use super::quick;
use crate::workspace::source::{FileId, Span};
use rnix::SyntaxKind::{self, *};
use std::borrow::Cow;

/// Most expressions inside of each other, by brackets, `let`, `if`, `with`, `assert`, functions and interpolations.
/// nixpkgs peaks at about 250; rnix gives up at 512.
const MAX_NESTING: usize = 480;

/// Most expressions inside of each other when links of chains count too (`a + b + c`, `f a b c`, `a.b.c`, `!!a`).
const MAX_DEPTH: usize = 1_000;

/// For each node without white space the parser may look at all nodes inside of it again: most such steps in a file.
const MAX_WORK: u64 = 20_000_000;

/// Chains and nesting up to this cost nothing worth counting.
const SHALLOW: u64 = 64;

/// Largest text. Places are 32 bits wide, and a file of this size is data, not a configuration.
const MAX_BYTES: usize = 256 << 20;

/// Bytes that the tokenizer may look ahead for each byte of the file, and beyond that once.
const LOOK_AHEAD_FACTOR: u64 = 128;
const LOOK_AHEAD_FREE: u64 = 16 << 20;

/// Comments that may end with a carriage return alone.
const MAX_LONE_CARRIAGE_RETURNS: usize = 16;

/// Files up to this size are first looked at without the tokenizer.
const SMALL: usize = 16 << 10;

/// A construct that is open at some token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    File,
    Parenthesis,
    Brace,
    List,
    String,
    Interpolation,
    /// `let`, waiting for `in`.
    Let,
    /// `if`, waiting for `then`.
    If,
    /// `then`, waiting for `else`.
    Then,
    /// `with` or `assert`, waiting for its semicolon.
    With,
    /// An expression that reaches as far as its surroundings: after `in`, `else`, `with x;` and `x:`.
    Tail,
}

struct Level {
    open: Open,
    /// Links of the chain that is being read at this level.
    chain: usize,
    /// Whether the last token ended an operand, so that another operand makes an application.
    after_operand: bool,
}

/// Looks at bytes, line ends and comments, and gives the text that the parser should see: the same length, with
/// the line ends of comments where Nix sees them.
///
/// # Errors
/// A byte-order mark, a NUL, or too much text.
pub(super) fn normalise(file: FileId, text: &str) -> Result<Cow<'_, str>, StaticProblem> {
    if text.len() > MAX_BYTES {
        return Err(problem(
            StaticProblemKind::TooDeep,
            file,
            (0, 0),
            format!("the file has more than {} MiB", MAX_BYTES >> 20),
            None,
        ));
    }
    if text.starts_with('\u{feff}') {
        return Err(problem(
            StaticProblemKind::Encoding,
            file,
            (0, 3),
            "the file begins with a byte-order mark, which Nix refuses".to_string(),
            Some("save it as UTF-8 without a byte-order mark"),
        ));
    }
    if let Some(at) = text.find('\0') {
        return Err(problem(
            StaticProblemKind::Encoding,
            file,
            (at as u32, at as u32 + 1),
            "the file holds a NUL byte, which Nix refuses".to_string(),
            Some("a file in UTF-16 looks like this: save it as UTF-8"),
        ));
    }
    end_comments_at_carriage_returns(file, text)
}

/// For Nix a comment ends at a carriage return, for the parser only at a line feed. A line feed takes the place of
/// a carriage return that ends a comment by itself.
fn end_comments_at_carriage_returns(
    file: FileId,
    text: &str,
) -> Result<Cow<'_, str>, StaticProblem> {
    let is_alone =
        |bytes: &[u8], at: usize| bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    if !text.contains('\r') || !(0..text.len()).any(|at| is_alone(text.as_bytes(), at)) {
        return Ok(Cow::Borrowed(text));
    }
    let mut text = text.to_string();
    // What follows has to be read again after each: a file that has many is one of an old Macintosh.
    for _ in 0..MAX_LONE_CARRIAGE_RETURNS {
        let mut offset = 0;
        let mut found = None;
        for (kind, token) in rnix::tokenize(&text) {
            if kind == TOKEN_COMMENT && token.starts_with('#') {
                found = (0..token.len())
                    .find(|at| is_alone(text.as_bytes(), offset + at))
                    .map(|at| offset + at);
                if found.is_some() {
                    break;
                }
            }
            offset += token.len();
        }
        match found {
            Some(at) => text.replace_range(at..=at, "\n"),
            None => return Ok(Cow::Owned(text)),
        }
    }
    let first_character = text.chars().next().map_or(0, char::len_utf8);
    Err(problem(
        StaticProblemKind::Encoding,
        file,
        (0, first_character as u32),
        "the lines of the file end with carriage returns alone".to_string(),
        Some("save it with line feeds at the ends of lines"),
    ))
}

/// Counts nesting, chains and look-ahead, and looks for white space that is none for Nix.
///
/// # Errors
/// The first thing that is too much, or that Nix refuses.
pub(super) fn check(file: FileId, text: &str) -> Result<(), StaticProblem> {
    if is_surely_shallow(text) {
        return Ok(());
    }
    // The quick tokens count too much, never too little: only what they refuse is looked at again.
    let mut guard = Guard::new(file);
    match quick::scan(text, |kind, at| {
        guard.token(kind, "", (at as u32, at as u32))
    }) {
        Some(Ok(())) => Ok(()),
        _ => long_look(file, text),
    }
}

fn long_look(file: FileId, text: &str) -> Result<(), StaticProblem> {
    let mut guard = Guard::new(file);
    let allowed = LOOK_AHEAD_FACTOR * text.len() as u64 + LOOK_AHEAD_FREE;
    let mut offset = 0;
    for (kind, token) in rnix::tokenize(text) {
        let span = (offset as u32, (offset + token.len()) as u32);
        guard.token(kind, token, span)?;
        if kind != TOKEN_STRING_CONTENT {
            guard.look_ahead(text, offset, token.len());
            if guard.looked_ahead > allowed {
                return Err(guard.too_deep(span, "a run of signs without white space is too long"));
            }
        }
        offset += token.len();
    }
    Ok(())
}

/// Whether a small file cannot reach any limit, told from its bytes alone: most files are small, and the tokenizer
/// takes a third of the parser's time. Counts more than there is (strings and comments count too), never less.
fn is_surely_shallow(text: &str) -> bool {
    if text.len() > SMALL || !text.is_ascii() {
        return false;
    }
    // Every link of a chain takes a token, and every nesting an opening bracket, a colon or a keyword; a string
    // inside of a string takes a bracket as well.
    let (mut tokens, mut brackets, mut others) = (0, 0, 0);
    let mut in_word = false;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => {
                if !in_word {
                    tokens += 1;
                    let next = bytes.get(at + 1);
                    others += usize::from(matches!(
                        (byte, next),
                        (b'l', Some(b'e'))
                            | (b'i', Some(b'f'))
                            | (b'w', Some(b'i'))
                            | (b'a', Some(b's'))
                    ));
                }
                in_word = true;
                continue;
            }
            b' ' | b'\n' | b'\t' | b'\r' => {}
            b'(' | b'[' | b'{' => {
                brackets += 1;
                tokens += 1;
            }
            b':' => {
                others += 1;
                tokens += 1;
            }
            // White space that is none for Nix.
            0x0b | 0x0c => return false,
            _ => tokens += 1,
        }
        in_word = false;
    }
    tokens + 2 < MAX_DEPTH && 2 * brackets + others + 2 < MAX_NESTING
}

struct Guard {
    file: FileId,
    levels: Vec<Level>,
    /// Sum of the chains of all levels.
    depth: usize,
    /// Largest sum of nesting and chains so far.
    deepest: usize,
    work: u64,
    /// End of the run of path characters that the last token stood in.
    run_end: usize,
    looked_ahead: u64,
}

impl Level {
    fn new(open: Open) -> Self {
        Level {
            open,
            chain: 0,
            after_operand: false,
        }
    }
}

impl Guard {
    fn new(file: FileId) -> Self {
        Guard {
            file,
            levels: vec![Level::new(Open::File)],
            depth: 0,
            deepest: 0,
            work: 0,
            run_end: 0,
            looked_ahead: 0,
        }
    }

    fn token(
        &mut self,
        kind: SyntaxKind,
        text: &str,
        span: (u32, u32),
    ) -> Result<(), StaticProblem> {
        match kind {
            TOKEN_WHITESPACE => return self.white_space(text, span),
            TOKEN_COMMENT | TOKEN_STRING_CONTENT | TOKEN_ERROR => return Ok(()),
            TOKEN_L_PAREN => self.operand_opens(Open::Parenthesis),
            TOKEN_L_BRACE => self.operand_opens(Open::Brace),
            TOKEN_L_BRACK => self.operand_opens(Open::List),
            TOKEN_STRING_START => self.operand_opens(Open::String),
            // In a path or string what follows belongs to the same operand.
            TOKEN_INTERPOL_START => self.push(Open::Interpolation),
            TOKEN_R_PAREN => self.close(Open::Parenthesis),
            TOKEN_R_BRACE => self.close(Open::Brace),
            TOKEN_R_BRACK => self.close(Open::List),
            TOKEN_STRING_END => self.close(Open::String),
            TOKEN_INTERPOL_END => self.close(Open::Interpolation),
            TOKEN_LET => self.push(Open::Let),
            TOKEN_IF => self.push(Open::If),
            TOKEN_WITH | TOKEN_ASSERT => self.push(Open::With),
            TOKEN_IN => self.advance(Open::Let, Open::Tail),
            TOKEN_THEN => self.advance(Open::If, Open::Then),
            TOKEN_ELSE => self.advance(Open::Then, Open::Tail),
            TOKEN_SEMICOLON => self.semicolon(),
            TOKEN_COMMA => self.pop_to_bracket(),
            TOKEN_COLON => self.push(Open::Tail),
            TOKEN_ASSIGN => self.end_chain(),
            TOKEN_IDENT | TOKEN_INTEGER | TOKEN_FLOAT | TOKEN_URI | TOKEN_PATH_ABS
            | TOKEN_PATH_REL | TOKEN_PATH_HOME | TOKEN_PATH_SEARCH | TOKEN_REC => {
                self.operand();
                self.top().after_operand = kind != TOKEN_REC;
            }
            TOKEN_INHERIT | TOKEN_AT | TOKEN_ELLIPSIS => {}
            // What is left are operators, `.`, `?` and `or`.
            _ => {
                self.link();
                self.top().after_operand = false;
            }
        }
        self.deepest = self.deepest.max(self.depth + self.levels.len());
        if self.levels.len() > MAX_NESTING {
            return Err(self.too_deep(
                span,
                &format!("more than {MAX_NESTING} expressions inside of each other"),
            ));
        }
        if self.deepest > MAX_DEPTH {
            return Err(self.too_deep(
                span,
                &format!("a chain of operators or arguments with more than {MAX_DEPTH} links"),
            ));
        }
        if self.work > MAX_WORK {
            return Err(self.too_deep(span, "too many long chains and deeply nested expressions"));
        }
        Ok(())
    }

    fn top(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::new(Open::File));
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn push(&mut self, open: Open) {
        self.levels.push(Level::new(open));
        let levels = self.levels.len() as u64;
        if levels > SHALLOW {
            self.work += levels;
        }
    }

    fn pop(&mut self) {
        self.end_chain();
        if self.levels.len() > 1 {
            self.levels.pop();
        }
    }

    fn end_chain(&mut self) {
        let level = self.top();
        let chain = level.chain;
        level.chain = 0;
        level.after_operand = false;
        self.depth -= chain;
    }

    fn link(&mut self) {
        let level = self.top();
        level.chain += 1;
        let chain = level.chain as u64;
        self.depth += 1;
        if chain > SHALLOW {
            self.work += chain;
        }
    }

    /// An operand begins: after another one it is an argument, or the next element of a list.
    fn operand(&mut self) {
        if !self.top().after_operand {
            return;
        }
        if self.top().open == Open::List {
            self.end_chain();
        } else {
            self.link();
        }
    }

    fn operand_opens(&mut self, open: Open) {
        self.operand();
        self.push(open);
    }

    /// Position of the innermost bracket.
    fn bracket(&self) -> usize {
        self.levels
            .iter()
            .rposition(|level| {
                matches!(
                    level.open,
                    Open::File
                        | Open::Parenthesis
                        | Open::Brace
                        | Open::List
                        | Open::String
                        | Open::Interpolation
                )
            })
            .unwrap_or(0)
    }

    fn pop_to(&mut self, length: usize) {
        while self.levels.len() > length.max(1) {
            self.pop();
        }
    }

    fn close(&mut self, open: Open) {
        let bracket = self.bracket();
        // A bracket that closes nothing is the parser's to report.
        if bracket > 0 && self.levels[bracket].open == open {
            self.pop_to(bracket);
            self.top().after_operand = true;
        }
    }

    fn pop_to_bracket(&mut self) {
        let bracket = self.bracket();
        self.pop_to(bracket + 1);
        self.end_chain();
    }

    /// Goes on from one part of a construct to the next.
    fn advance(&mut self, from: Open, to: Open) {
        let bracket = self.bracket();
        let position = self.levels[bracket..]
            .iter()
            .rposition(|level| level.open == from);
        if let Some(position) = position {
            self.pop_to(bracket + position);
            self.push(to);
        }
    }

    /// A semicolon ends a `with` or `assert`, else a binding.
    fn semicolon(&mut self) {
        let bracket = self.bracket();
        let position = self.levels[bracket + 1..]
            .iter()
            .rposition(|level| matches!(level.open, Open::With | Open::Let));
        match position {
            Some(position) => {
                let position = bracket + 1 + position;
                if self.levels[position].open == Open::With {
                    self.pop_to(position);
                    self.push(Open::Tail);
                } else {
                    self.pop_to(position + 1);
                    self.end_chain();
                }
            }
            None => self.pop_to_bracket(),
        }
    }

    /// From each token the tokenizer looks ahead to the end of the path characters there.
    fn look_ahead(&mut self, text: &str, offset: usize, length: usize) {
        let bytes = text.as_bytes();
        if offset >= self.run_end {
            let run = bytes[offset..]
                .iter()
                .take_while(|byte| {
                    byte.is_ascii_alphanumeric()
                        || matches!(byte, b'/' | b'_' | b'.' | b'+' | b'-' | b'<')
                })
                .count();
            self.run_end = offset + run;
        }
        let ahead = self.run_end.saturating_sub(offset + length);
        self.looked_ahead += ahead as u64;
    }

    fn white_space(&mut self, text: &str, span: (u32, u32)) -> Result<(), StaticProblem> {
        let strange = text
            .char_indices()
            .find(|(_, character)| !matches!(character, ' ' | '\t' | '\r' | '\n'));
        let Some((at, character)) = strange else {
            return Ok(());
        };
        let start = span.0 + at as u32;
        let name = match character {
            '\u{a0}' => "a no-break space".to_string(),
            '\u{c}' => "a form feed".to_string(),
            other => format!("the space character U+{:04X}", u32::from(other)),
        };
        Err(problem(
            StaticProblemKind::Syntax,
            self.file,
            (start, start + character.len_utf8() as u32),
            format!("{name}, which is no white space for Nix"),
            Some("replace it with an ordinary space"),
        ))
    }

    fn too_deep(&self, span: (u32, u32), message: &str) -> StaticProblem {
        problem(
            StaticProblemKind::TooDeep,
            self.file,
            span,
            message.to_string(),
            Some("split the expression into smaller ones with `let`"),
        )
    }
}

fn problem(
    kind: StaticProblemKind,
    file: FileId,
    span: (u32, u32),
    message: String,
    help: Option<&str>,
) -> StaticProblem {
    StaticProblem {
        kind,
        message,
        help: help.map(str::to_string),
        span: Span::new(file, span.0, span.1),
        related: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<StaticProblemKind> {
        check(FileId(0), text).err().map(|problem| problem.kind)
    }

    /// The limits of a text without and with filling that makes it too large for the short look.
    fn refusals(text: &str) -> [Option<StaticProblemKind>; 2] {
        let padded = format!("/*{}*/{text}", "x".repeat(SMALL));
        [refusal(text), refusal(&padded)]
    }

    #[test]
    fn nesting_up_to_the_limit_passes() {
        for (open, close) in [
            ("[", "]"),
            ("(", ")"),
            ("{a=", ";}"),
            ("\"${", "}\""),
            ("x: ", ""),
        ] {
            let nested = |count: usize| format!("{}1{}", open.repeat(count), close.repeat(count));
            assert_eq!(refusals(&nested(200)), [None; 2], "{open}");
            assert_eq!(
                refusals(&nested(500)),
                [Some(StaticProblemKind::TooDeep); 2],
                "{open}"
            );
        }
    }

    #[test]
    fn keywords_nest_too() {
        for construct in [
            "let a = 1; in ",
            "with a; ",
            "assert a; ",
            "if a then b else ",
        ] {
            assert_eq!(refusals(&construct.repeat(450)), [None; 2], "{construct}");
            assert_eq!(
                refusals(&construct.repeat(481)),
                [Some(StaticProblemKind::TooDeep); 2],
                "{construct}"
            );
        }
    }

    #[test]
    fn long_chains_are_refused() {
        for link in ["a+", "a ++ ", "!", "-", "a ", "a.", "a->"] {
            assert_eq!(refusals(&link.repeat(500)), [None; 2], "{link}");
            assert_eq!(
                refusals(&link.repeat(1_001)),
                [Some(StaticProblemKind::TooDeep); 2],
                "{link}"
            );
        }
    }

    #[test]
    fn what_is_long_and_flat_passes() {
        for text in [
            format!("[{}]", "1 ".repeat(100_000)),
            format!("[{}]", "a.b or c ".repeat(100_000)),
            format!("[{}]", "(f x y) ".repeat(100_000)),
            format!(
                "{{{}}}",
                "a.b = with x; let y = 1; in if y then a: 1 else 2;".repeat(20_000)
            ),
            format!("''{}''", "a $b ''${c} ${d} \n".repeat(50_000)),
            format!("{{{}}}: 1", "a ? if b then c else d,".repeat(20_000)),
            format!("\"{}\"", "${a + b}".repeat(50_000)),
        ] {
            assert_eq!(refusal(&text), None, "{}", &text[..40]);
        }
    }

    /// The place of a finding is whole characters, also where the first one has several bytes.
    #[test]
    fn an_old_macintosh_file_is_pointed_at_by_its_first_character() {
        let text = format!("é {}", "# a\r1 ".repeat(MAX_LONE_CARRIAGE_RETURNS + 1));
        let problem = normalise(FileId(0), &text).expect_err("too many lines");
        assert_eq!((problem.span.start, problem.span.end), (0, 2));
    }

    #[test]
    fn runs_that_stall_the_tokenizer_are_refused() {
        for sign in ["-", "1.1", "<", "a."] {
            let text = sign.repeat(20_000);
            assert_eq!(refusal(&text), Some(StaticProblemKind::TooDeep), "{sign}");
        }
    }

    /// The short look at small files never lets through what the long one refuses.
    #[test]
    fn the_short_look_is_the_stricter_one() {
        for count in (0..480).step_by(7) {
            for piece in [
                "(",
                "[ ",
                "{a=",
                "\"${",
                "x: ",
                "if a then ",
                "with a; ",
                "let a = ",
                "a.b or ",
                "!",
            ] {
                let text = piece.repeat(count);
                if is_surely_shallow(&text) {
                    assert_eq!(long_look(FileId(0), &text), Ok(()), "{count} {piece}");
                }
            }
        }
    }

    /// What the quick tokens count is at least what the tokenizer's tokens count.
    #[test]
    fn quick_tokens_count_no_less() {
        let pieces = [
            "{ ", "}", "(", ")", "[ ", "]", "\"", "''", "${", "let ", "in ", "rec ", "= ", ";",
            ": ", ",", "a ", "b", "inherit ", "with ", "if ", "then ", "else ", "assert ", "or ",
            ".", "? ", "@", "...", "/", "//", "./a", "<", ">", "<a>", "\\", "$", "\n", "# ", "/*",
            "*/", " ", "1", "1.5", "e3", "!", "-", "+", "->", "''\\", "'''", "''$", "'", "a:b",
            "==", "!=", "é", "a'", "in", "a/b",
        ];
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut told = 0;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..(state >> 59) + 2 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            }
            let mut quick = Guard::new(FileId(0));
            let scanned = quick::scan(&text, |kind, at| {
                quick.token(kind, "", (at as u32, at as u32))
            });
            if scanned != Some(Ok(())) {
                continue;
            }
            let mut exact = Guard::new(FileId(0));
            for (kind, token) in rnix::tokenize(&text) {
                assert_eq!(exact.token(kind, token, (0, 0)), Ok(()), "{text:?}");
            }
            told += 1;
            assert!(
                quick.deepest >= exact.deepest,
                "{text:?}: {} < {}",
                quick.deepest,
                exact.deepest
            );
        }
        assert!(told > 1_000, "{told}");
    }
}
