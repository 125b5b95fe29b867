//! Regular expressions of JavaScript, as far as schemas use them.
//!
//! A schema's patterns look ahead, which the usual crates cannot, and are short and anchored; a small
//! backtracking matcher with a budget serves them without a start-up cost. What it does not understand, and
//! what would take too long, counts as a match: a pattern is never the reason for a false alarm.

/// How many steps a match may take.
const BUDGET: usize = 200_000;
/// How many characters of a text are looked at.
const MAX_TEXT: usize = 20_000;

/// Whether `pattern` matches somewhere in `text`; true for a pattern or text that is too much.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut parser = Parser {
        pattern: &pattern,
        at: 0,
        depth: 0,
    };
    let Some(expression) = parser.alternatives() else {
        return true;
    };
    if parser.at != pattern.len() {
        return true;
    }
    let text: Vec<char> = text.chars().collect();
    if text.len() > MAX_TEXT {
        return true;
    }
    let mut matcher = Matcher {
        text: &text,
        budget: BUDGET,
    };
    for start in 0..=text.len() {
        match matcher.run(&expression, start, &mut |_, _| Some(true)) {
            Some(true) | None => return true,
            Some(false) => {}
        }
    }
    false
}

#[derive(Debug)]
enum Expression {
    /// One character of a class; `true` for the complement.
    Class(Vec<Item>, bool),
    Start,
    End,
    Sequence(Vec<Expression>),
    Alternatives(Vec<Expression>),
    /// Between `minimum` and `maximum` times, as many as possible.
    Repeat(Box<Expression>, usize, usize),
    /// What follows; `true` where it must not.
    Ahead(Box<Expression>, bool),
}

#[derive(Debug)]
enum Item {
    Range(char, char),
    Digit(bool),
    Space(bool),
    Word(bool),
    Control,
    Never,
}

impl Item {
    fn has(&self, character: char) -> bool {
        match self {
            Item::Range(from, to) => (*from..=*to).contains(&character),
            Item::Digit(is) => character.is_ascii_digit() == *is,
            Item::Space(is) => (character.is_whitespace() || character == '\u{feff}') == *is,
            Item::Word(is) => (character.is_ascii_alphanumeric() || character == '_') == *is,
            Item::Control => character.is_control(),
            Item::Never => false,
        }
    }
}

struct Parser<'a> {
    pattern: &'a [char],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.pattern.get(self.at).copied()
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let found = wanted
            .chars()
            .enumerate()
            .all(|(offset, character)| self.pattern.get(self.at + offset) == Some(&character));
        if found {
            self.at += wanted.chars().count();
        }
        found
    }

    fn alternatives(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > 50 {
            return None;
        }
        let mut branches = vec![self.sequence()?];
        while self.eat("|") {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        Some(Expression::Alternatives(branches))
    }

    fn sequence(&mut self) -> Option<Expression> {
        let mut parts = Vec::new();
        while let Some(character) = self.peek() {
            if matches!(character, '|' | ')') {
                break;
            }
            let atom = self.atom()?;
            parts.push(self.quantified(atom)?);
        }
        Some(Expression::Sequence(parts))
    }

    fn quantified(&mut self, atom: Expression) -> Option<Expression> {
        let (minimum, maximum) = match self.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                let length = self.pattern[self.at..].iter().position(|c| *c == '}')?;
                let body: String = self.pattern[self.at + 1..self.at + length].iter().collect();
                self.at += length;
                match body.split_once(',') {
                    None => (body.parse().ok()?, body.parse().ok()?),
                    Some((low, "")) => (low.parse().ok()?, usize::MAX),
                    Some((low, high)) => (low.parse().ok()?, high.parse().ok()?),
                }
            }
            _ => return Some(atom),
        };
        self.at += 1;
        // A lazy quantifier matches the same texts.
        self.eat("?");
        Some(Expression::Repeat(Box::new(atom), minimum, maximum))
    }

    fn atom(&mut self) -> Option<Expression> {
        let character = self.peek()?;
        self.at += 1;
        Some(match character {
            '^' => Expression::Start,
            '$' => Expression::End,
            '.' => Expression::Class(
                ['\n', '\r', '\u{2028}', '\u{2029}']
                    .map(|end| Item::Range(end, end))
                    .into(),
                true,
            ),
            '(' => {
                let ahead = if self.eat("?=") {
                    Some(false)
                } else if self.eat("?!") {
                    Some(true)
                } else if self.eat("?:") || self.peek() != Some('?') {
                    None
                } else {
                    return None;
                };
                let inner = self.alternatives()?;
                if !self.eat(")") {
                    return None;
                }
                match ahead {
                    Some(negative) => Expression::Ahead(Box::new(inner), negative),
                    None => inner,
                }
            }
            '[' => self.class()?,
            '\\' => Expression::Class(vec![self.escape()?], false),
            '*' | '+' | '?' | '{' | ')' => return None,
            plain => Expression::Class(vec![Item::Range(plain, plain)], false),
        })
    }

    fn escape(&mut self) -> Option<Item> {
        let character = self.peek()?;
        self.at += 1;
        Some(match character {
            'd' => Item::Digit(true),
            'D' => Item::Digit(false),
            's' => Item::Space(true),
            'S' => Item::Space(false),
            'w' => Item::Word(true),
            'W' => Item::Word(false),
            'n' => Item::Range('\n', '\n'),
            'r' => Item::Range('\r', '\r'),
            't' => Item::Range('\t', '\t'),
            'f' => Item::Range('\u{c}', '\u{c}'),
            'v' => Item::Range('\u{b}', '\u{b}'),
            '0' => Item::Range('\0', '\0'),
            'p' if self.eat("{Cc}") => Item::Control,
            // Lone surrogates do not occur in our texts.
            'p' if self.eat("{Cs}") => Item::Never,
            'u' => {
                let digits: String = self.pattern.get(self.at..self.at + 4)?.iter().collect();
                self.at += 4;
                let code = char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?;
                Item::Range(code, code)
            }
            other if other.is_ascii_alphanumeric() => return None,
            other => Item::Range(other, other),
        })
    }

    fn class(&mut self) -> Option<Expression> {
        let negative = self.eat("^");
        let mut items = Vec::new();
        while !self.eat("]") {
            let first = self.class_item()?;
            let from = match first {
                Item::Range(from, to) if from == to => from,
                other => {
                    items.push(other);
                    continue;
                }
            };
            let range = self.peek() == Some('-') && self.pattern.get(self.at + 1) != Some(&']');
            if !range {
                items.push(Item::Range(from, from));
                continue;
            }
            self.at += 1;
            match self.class_item()? {
                Item::Range(to, _) => items.push(Item::Range(from, to)),
                other => items.extend([Item::Range(from, from), Item::Range('-', '-'), other]),
            }
        }
        Some(Expression::Class(items, negative))
    }

    fn class_item(&mut self) -> Option<Item> {
        let character = self.peek()?;
        self.at += 1;
        match character {
            '\\' => self.escape(),
            plain => Some(Item::Range(plain, plain)),
        }
    }
}

struct Matcher<'a> {
    text: &'a [char],
    budget: usize,
}

type Next<'n> = dyn FnMut(&mut Matcher<'_>, usize) -> Option<bool> + 'n;

impl Matcher<'_> {
    /// Whether `expression` and then `next` match from `at`; `None` when the budget is used up.
    fn run(&mut self, expression: &Expression, at: usize, next: &mut Next<'_>) -> Option<bool> {
        self.budget = self.budget.checked_sub(1)?;
        match expression {
            Expression::Class(items, negative) => match self.text.get(at) {
                Some(character) if items.iter().any(|item| item.has(*character)) != *negative => {
                    next(self, at + 1)
                }
                _ => Some(false),
            },
            Expression::Start => {
                if at == 0 {
                    next(self, at)
                } else {
                    Some(false)
                }
            }
            Expression::End => {
                if at == self.text.len() {
                    next(self, at)
                } else {
                    Some(false)
                }
            }
            Expression::Sequence(parts) => self.sequence(parts, at, next),
            Expression::Alternatives(branches) => {
                for branch in branches {
                    if self.run(branch, at, next)? {
                        return Some(true);
                    }
                }
                Some(false)
            }
            Expression::Repeat(inner, minimum, maximum) => {
                if let Expression::Class(items, negative) = inner.as_ref() {
                    return self.repeat_class(items, *negative, (*minimum, *maximum), at, next);
                }
                self.repeat(inner, *minimum, *maximum, at, next)
            }
            Expression::Ahead(inner, negative) => {
                if self.run(inner, at, &mut |_, _| Some(true))? == *negative {
                    Some(false)
                } else {
                    next(self, at)
                }
            }
        }
    }

    fn sequence(&mut self, parts: &[Expression], at: usize, next: &mut Next<'_>) -> Option<bool> {
        match parts.split_first() {
            None => next(self, at),
            Some((first, rest)) => self.run(first, at, &mut |matcher, after| {
                matcher.sequence(rest, after, next)
            }),
        }
    }

    /// The common case without recursion: as many characters as fit, then fewer.
    fn repeat_class(
        &mut self,
        items: &[Item],
        negative: bool,
        (minimum, maximum): (usize, usize),
        at: usize,
        next: &mut Next<'_>,
    ) -> Option<bool> {
        let fits = self.text[at..]
            .iter()
            .take(maximum)
            .take_while(|character| items.iter().any(|item| item.has(**character)) != negative)
            .count();
        self.budget = self.budget.checked_sub(fits)?;
        for count in (minimum..=fits).rev() {
            if next(self, at + count)? {
                return Some(true);
            }
        }
        Some(false)
    }

    fn repeat(
        &mut self,
        inner: &Expression,
        minimum: usize,
        maximum: usize,
        at: usize,
        next: &mut Next<'_>,
    ) -> Option<bool> {
        // A group that is repeated this often would need as deep a stack.
        if at > 500 {
            return None;
        }
        if maximum > 0
            && self.run(inner, at, &mut |matcher, after| {
                if after == at {
                    return Some(false);
                }
                matcher.repeat(inner, minimum.saturating_sub(1), maximum - 1, after, next)
            })?
        {
            return Some(true);
        }
        if minimum == 0 {
            next(self, at)
        } else {
            Some(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn matches_what_javascript_matches() {
        for (pattern, yes, no) in [
            ("^[a-z][a-z0-9_-]{0,63}$", "my-file_1", "My"),
            ("^#?[0-9a-fA-F]{6}$", "#00ffAA", "#00ffA"),
            (r"^\d+$", "0123", "12a"),
            (r"^https:\/\/.*", "https://x", "http://x"),
            (
                "^svc:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$",
                "svc:a-b",
                "svc:a-",
            ),
            (r"^(?!\*$)(?![Gg][Rr][Oo][Uu][Pp]:).+", "read", "Group:fs"),
            (r"^(?!\*$)(?![Gg][Rr][Oo][Uu][Pp]:).+", "**", "*"),
            (r"^\/(?!\/)[^\0]*[^/\0]$", "/run/x.sock", "//run"),
            (r"^\d+(?:ms|s|m|h)$", "10ms", "10d"),
            (r"\S", " x ", "  "),
            (
                r"^(?:[1-9][0-9]*[hd]|(?:[6-9][0-9])m)(?![\s\S])",
                "60m",
                "60mm",
            ),
            (r"^(?!\s)(?![\s\S]*\s$)[^\p{Cs}]{1,4}$", "ab c", "abc "),
            (
                r"^\s*[^a-z0-9]*[a-z0-9]+(?:[^a-z0-9]+[a-z0-9]+)?[^a-z0-9]*\s*$",
                "hey claw!",
                "one two three",
            ),
            (r"^[^.[\]]+$", "items", "a[b"),
            (
                r"^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$",
                "a.b@c.de",
                "a@b",
            ),
        ] {
            assert!(matches(pattern, yes), "{pattern} should match {yes}");
            assert!(!matches(pattern, no), "{pattern} should not match {no}");
        }
    }

    #[test]
    fn what_is_not_understood_or_too_expensive_counts_as_a_match() {
        assert!(matches(r"^(?<name>a)$", "b"));
        assert!(matches("^(", "b"));
        assert!(matches("^(a*)*$", &format!("{}b", "a".repeat(5_000))));
        assert!(matches("^(?:aa|a)*$", &format!("{}b", "a".repeat(5_000))));
    }
}
