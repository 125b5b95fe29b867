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

/// Most expressions inside of each other when operators and links of operands count too (`a + b + c`, `f a b c`,
/// `a.b.c`, `!!a`): the height of the tree.
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

/// Which bytes words consist of, as a table: each byte of a file is asked.
static OF_WORDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    table
};

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

/// What is read between two brackets, keywords or separators: operands with operators between them. An operand may
/// lie below all of the operators, but never below the links of another operand.
struct Level {
    open: Open,
    /// Operators so far.
    operators: usize,
    /// Greatest height of the operands before the one that is being read.
    highest_operand: usize,
    /// Links of the operand that is being read (arguments, `.`, `?` and `or`).
    links: usize,
    /// Greatest height of what is nested in the operand that is being read.
    nested: usize,
    /// Greatest height of the expressions before this one (elements of a list, bindings of a set).
    finished: usize,
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
    let scanned = quick::scan(text, |kind, at| {
        guard.token(kind, "", (at as u32, at as u32))
    });
    match scanned {
        Some(Ok(())) if guard.end(text.len() as u32).is_ok() => Ok(()),
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
    guard.end(offset as u32)
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
    let is_of_word = |byte: &u8| OF_WORDS[usize::from(*byte)];
    let mut rest = text.as_bytes();
    while let [byte, behind @ ..] = rest {
        rest = behind;
        match byte {
            byte if is_of_word(byte) => {
                tokens += 1;
                others += usize::from(matches!(
                    (byte, behind.first()),
                    (b'l', Some(b'e'))
                        | (b'i', Some(b'f'))
                        | (b'w', Some(b'i'))
                        | (b'a', Some(b's'))
                ));
                let length = behind.iter().take_while(|byte| is_of_word(byte)).count();
                rest = &behind[length..];
                if tokens >= MAX_DEPTH {
                    return false;
                }
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
    }
    tokens + 2 < MAX_DEPTH && 2 * brackets + others + 2 < MAX_NESTING
}

struct Guard {
    file: FileId,
    levels: Vec<Level>,
    /// Greatest height of what has been read and closed, or stands in the open level so far.
    highest: usize,
    work: u64,
    /// End of the run of path characters that the last token stood in.
    run_end: usize,
    looked_ahead: u64,
}

impl Level {
    fn new(open: Open) -> Self {
        Level {
            open,
            operators: 0,
            highest_operand: 0,
            links: 0,
            nested: 0,
            finished: 0,
            after_operand: false,
        }
    }

    /// At least the height of the tree that the parser makes of what has been read.
    fn height(&self) -> usize {
        let height = self.operators + self.highest_operand.max(self.links + self.nested);
        height.max(self.finished)
    }
}

impl Guard {
    fn new(file: FileId) -> Self {
        Guard {
            file,
            levels: vec![Level::new(Open::File)],
            highest: 0,
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
            TOKEN_ASSIGN => self.end_expression(),
            TOKEN_IDENT | TOKEN_INTEGER | TOKEN_FLOAT | TOKEN_URI | TOKEN_PATH_ABS
            | TOKEN_PATH_REL | TOKEN_PATH_HOME | TOKEN_PATH_SEARCH | TOKEN_REC => {
                self.operand();
                self.top().after_operand = kind != TOKEN_REC;
            }
            TOKEN_INHERIT | TOKEN_AT | TOKEN_ELLIPSIS => {}
            TOKEN_DOT | TOKEN_QUESTION | TOKEN_OR => {
                self.link();
                self.top().after_operand = false;
            }
            // What is left are operators. Those before an operand count like those between two: `a ++ !b ++ c` is
            // `a ++ (!(b ++ c))`.
            _ => self.operator(),
        }
        if self.levels.len() > MAX_NESTING {
            return Err(self.too_deep(
                span,
                &format!("more than {MAX_NESTING} expressions inside of each other"),
            ));
        }
        self.check_height(span)?;
        if self.work > MAX_WORK {
            return Err(self.too_deep(span, "too many long chains and deeply nested expressions"));
        }
        Ok(())
    }

    /// Closes what the text leaves open.
    fn end(&mut self, at: u32) -> Result<(), StaticProblem> {
        self.pop_to(1);
        self.end_expression();
        self.check_height((at, at))
    }

    #[inline]
    fn check_height(&self, span: (u32, u32)) -> Result<(), StaticProblem> {
        if self.highest <= MAX_DEPTH {
            return Ok(());
        }
        Err(self.too_high(span))
    }

    #[cold]
    fn too_high(&self, span: (u32, u32)) -> StaticProblem {
        self.too_deep(
            span,
            &format!(
                "more than {MAX_DEPTH} operators, arguments and expressions inside of each other"
            ),
        )
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
        self.end_expression();
        if self.levels.len() > 1 {
            let height = self.levels.pop().map_or(0, |level| level.finished) + 1;
            let outer = self.top();
            outer.nested = outer.nested.max(height);
            self.note_height();
        }
    }

    /// Ends what is being read at this level.
    fn end_expression(&mut self) {
        let level = self.top();
        let height = level.height();
        *level = Level {
            finished: height,
            ..Level::new(level.open)
        };
        self.highest = self.highest.max(height);
    }

    fn link(&mut self) {
        self.top().links += 1;
        self.note_height();
        self.work_at_link();
    }

    /// An operator ends the operand before it.
    fn operator(&mut self) {
        let level = self.top();
        level.highest_operand = level.highest_operand.max(level.links + level.nested);
        level.links = 0;
        level.nested = 0;
        level.operators += 1;
        level.after_operand = false;
        self.note_height();
        self.work_at_link();
    }

    fn note_height(&mut self) {
        self.highest = self.highest.max(self.top().height());
    }

    fn work_at_link(&mut self) {
        let height = self.top().height() as u64;
        if height > SHALLOW {
            self.work += height;
        }
    }

    /// An operand begins: after another one it is an argument, or the next element of a list.
    fn operand(&mut self) {
        if !self.top().after_operand {
            return;
        }
        if self.top().open == Open::List {
            self.end_expression();
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
        self.end_expression();
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
                    self.end_expression();
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
                refusals(&link.repeat(1_002)),
                [Some(StaticProblemKind::TooDeep); 2],
                "{link}"
            );
        }
    }

    /// The links of one operand do not lie below those of another.
    #[test]
    fn long_chains_of_long_operands_pass() {
        for link in ["lib.optional a.b.c d ++ ", "f a b c d // ", "!a.b ? c && "] {
            assert_eq!(
                refusals(&format!("{}x", link.repeat(480))),
                [None; 2],
                "{link}"
            );
        }
    }

    /// Brackets at the left ends of chains put each chain below the next.
    #[test]
    fn chains_add_up_through_brackets() {
        for link in ["+1", " + 1", " ++ !a", " a", ".a"] {
            let nested = |links: usize| {
                format!(
                    "{}1{}",
                    "(".repeat(100),
                    (link.repeat(links) + ")").repeat(100)
                )
            };
            assert_eq!(refusals(&nested(4)), [None; 2], "{link}");
            assert_eq!(
                refusals(&nested(11)),
                [Some(StaticProblemKind::TooDeep); 2],
                "{link}"
            );
        }
    }

    /// The height that is counted is never below that of the parser's tree.
    #[test]
    fn the_tree_is_no_higher_than_counted() {
        let pieces = [
            "a",
            "1",
            "(a)",
            "[ b c ]",
            "{ a = b; }",
            "f x",
            "a.b",
            "a.b or c",
            "a ? b",
            "!a",
            "-a",
            "(!(a ++ b))",
            "(x: y)",
            "\"${a + b}\"",
            "(if a then b else c)",
        ];
        let operators = [
            "+", "++", "//", "-", "*", "/", "==", "!=", "<", "&&", "||", "->", "++ !", "&& !!",
        ];
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = |count: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 33) as usize % count
        };
        for _ in 0..3_000 {
            let mut text = pieces[next(pieces.len())].to_string();
            for _ in 0..next(12) {
                let operator = operators[next(operators.len())];
                text = match next(6) {
                    0 => format!("({text}) {operator} {}", pieces[next(pieces.len())]),
                    1 => format!("f ({text})"),
                    _ => format!("{text} {operator} {}", pieces[next(pieces.len())]),
                };
            }
            let mut guard = Guard::new(FileId(0));
            for (kind, token) in rnix::tokenize(&text) {
                assert_eq!(guard.token(kind, token, (0, 0)), Ok(()), "{text}");
            }
            assert_eq!(guard.end(0), Ok(()), "{text}");
            // Each counted step is at most two nodes of the parser's (a name and its identifier, a select and its
            // path, an interpolation and its string), and a few more stand at the root and at the leaf.
            let height = height_of(&rnix::Root::parse(&text).syntax());
            assert!(
                height <= 2 * guard.highest + 4,
                "{text}: {height} nodes, {} counted",
                guard.highest
            );
        }
    }

    fn height_of(node: &rnix::SyntaxNode) -> usize {
        1 + node
            .children()
            .map(|child| height_of(&child))
            .max()
            .unwrap_or(0)
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
            assert_eq!((quick.end(0), exact.end(0)), (Ok(()), Ok(())), "{text:?}");
            told += 1;
            assert!(
                quick.highest >= exact.highest,
                "{text:?}: {} < {}",
                quick.highest,
                exact.highest
            );
        }
        assert!(told > 1_000, "{told}");
    }
}
