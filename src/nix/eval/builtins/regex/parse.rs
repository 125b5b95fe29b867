//! From the text of a POSIX extended expression to states.
//!
//! The grammar, also where POSIX leaves it open, is the one of the C++ library that Nix is built with (GNU's, in its
//! strict mode), found out by asking `builtins.match` of Nix 2.34: a backslash stands only before a character that has a
//! meaning, and in brackets for itself; `[]a]` holds a bracket; `^` and `$` cannot be repeated; an empty alternative is
//! fine; `.` is any character but NUL. It works on bytes.

/// The most states of an expression, as in that library; what needs more is refused.
const MOST_STATES: usize = 100_000;

/// Why a text is no expression that can be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The library refuses it.
    Invalid,
    /// Collating symbols and equivalence classes are not modelled.
    NotModelled,
}

/// A set of bytes.
pub type Bytes = Box<[bool; 256]>;

/// One state; the successor of each but the last is in [`Expression::next`].
#[derive(Debug)]
pub enum State {
    /// The end of a match.
    Accept,
    /// Nothing.
    Pass,
    /// One byte.
    Byte(u8),
    /// Any byte but NUL.
    Any,
    /// A byte of a set.
    OneOf(Bytes),
    /// The beginning of a group.
    Begin(usize),
    /// The end of a group.
    End(usize),
    /// `^`
    LineBegin,
    /// `$`
    LineEnd,
    /// `|`: this state before the successor, and both.
    Alternative(usize),
    /// `*`, `+`, `?`: this state once more, or else the successor.
    Repeat(usize),
}

/// An expression ready to be matched.
#[derive(Debug)]
pub struct Expression {
    /// Where matching starts.
    pub start: usize,
    /// The states.
    pub states: Vec<State>,
    /// The successor of each state.
    pub next: Vec<usize>,
    /// How many groups it has.
    pub groups: usize,
}

/// Parses an expression.
///
/// # Errors
/// When it is none.
pub fn parse(text: &[u8]) -> Result<Expression, Refusal> {
    let mut parser = Parser {
        text,
        position: 0,
        groups: 0,
        depth: 0,
    };
    let tree = parser.disjunction()?;
    if parser.position < text.len() {
        return Err(Refusal::Invalid);
    }
    let mut states = States::default();
    let accept = states.add(State::Accept, 0)?;
    let start = states.build(&tree, accept)?;
    Ok(Expression {
        start,
        states: states.states,
        next: states.next,
        groups: parser.groups,
    })
}

/// A parsed expression.
enum Tree {
    Empty,
    Byte(u8),
    Any,
    OneOf(Bytes),
    LineBegin,
    LineEnd,
    Group(usize, Box<Tree>),
    Sequence(Vec<Tree>),
    Alternative(Box<Tree>, Box<Tree>),
    /// `*`
    Any0(Box<Tree>),
    /// `+`
    Any1(Box<Tree>),
    /// `?`
    Optional(Box<Tree>),
    /// `{least,most}`
    Interval(Box<Tree>, usize, Option<usize>),
}

struct Parser<'t> {
    text: &'t [u8],
    position: usize,
    groups: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.position).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.position += usize::from(found);
        found
    }

    fn disjunction(&mut self) -> Result<Tree, Refusal> {
        let mut tree = self.alternative()?;
        while self.take(b'|') {
            tree = Tree::Alternative(Box::new(tree), Box::new(self.alternative()?));
        }
        Ok(tree)
    }

    fn alternative(&mut self) -> Result<Tree, Refusal> {
        let mut terms = Vec::new();
        while let Some(term) = self.term()? {
            terms.push(term);
        }
        Ok(match terms.len() {
            0 => Tree::Empty,
            1 => terms.remove(0),
            _ => Tree::Sequence(terms),
        })
    }

    fn term(&mut self) -> Result<Option<Tree>, Refusal> {
        if self.take(b'^') {
            return Ok(Some(Tree::LineBegin));
        }
        if self.take(b'$') {
            return Ok(Some(Tree::LineEnd));
        }
        let Some(mut tree) = self.atom()? else {
            return Ok(None);
        };
        loop {
            tree = match self.peek() {
                Some(b'*') => Tree::Any0(Box::new(tree)),
                Some(b'+') => Tree::Any1(Box::new(tree)),
                Some(b'?') => Tree::Optional(Box::new(tree)),
                Some(b'{') => {
                    self.position += 1;
                    let (least, most) = self.interval()?;
                    tree = Tree::Interval(Box::new(tree), least, most);
                    continue;
                }
                _ => return Ok(Some(tree)),
            };
            self.position += 1;
        }
    }

    fn atom(&mut self) -> Result<Option<Tree>, Refusal> {
        let Some(byte) = self.peek() else {
            return Ok(None);
        };
        Ok(Some(match byte {
            b'|' | b')' | b'*' | b'+' | b'?' | b'{' | b'^' | b'$' => return Ok(None),
            0 => return Err(Refusal::Invalid),
            b'.' => {
                self.position += 1;
                Tree::Any
            }
            b'\\' => {
                self.position += 1;
                match self.peek() {
                    Some(escaped) if b".[\\()*+?{|^$".contains(&escaped) => {
                        self.position += 1;
                        Tree::Byte(escaped)
                    }
                    _ => return Err(Refusal::Invalid),
                }
            }
            b'(' => {
                self.position += 1;
                self.groups += 1;
                self.depth += 1;
                // Each level is a call of this parser.
                if self.depth > 1000 {
                    return Err(Refusal::NotModelled);
                }
                let group = self.groups;
                let inner = self.disjunction()?;
                self.depth -= 1;
                if !self.take(b')') {
                    return Err(Refusal::Invalid);
                }
                Tree::Group(group, Box::new(inner))
            }
            b'[' => {
                self.position += 1;
                Tree::OneOf(self.brackets()?)
            }
            byte => {
                self.position += 1;
                Tree::Byte(byte)
            }
        }))
    }

    fn interval(&mut self) -> Result<(usize, Option<usize>), Refusal> {
        let least = self.number().ok_or(Refusal::Invalid)?;
        let most = if self.take(b',') {
            self.number()
        } else {
            Some(least)
        };
        if !self.take(b'}') || most.is_some_and(|most| most < least) {
            return Err(Refusal::Invalid);
        }
        Ok((least, most))
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.position;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.position += 1;
        }
        let digits = std::str::from_utf8(&self.text[start..self.position]).ok()?;
        match digits {
            "" => None,
            // Far over the limit on states in any case.
            digits => Some(digits.parse().unwrap_or(usize::MAX)),
        }
    }

    /// The inside of `[...]`, after the bracket.
    fn brackets(&mut self) -> Result<Bytes, Refusal> {
        let negative = self.take(b'^');
        let mut set: Bytes = Box::new([false; 256]);
        // What a dash may begin a range with: nothing, a byte that is not in the set yet, or a class.
        let mut last = Last::Nothing;
        let mut first = true;
        loop {
            let byte = self.peek().ok_or(Refusal::Invalid)?;
            self.position += 1;
            let was_first = std::mem::replace(&mut first, false);
            match byte {
                b']' if !was_first => break,
                b'-' if was_first => last = Last::Byte(b'-'),
                b'-' => {
                    if self.take(b']') {
                        set[usize::from(b'-')] = true;
                        break;
                    }
                    let Last::Byte(from) = last else {
                        return Err(Refusal::Invalid);
                    };
                    let to = match self.peek() {
                        Some(b'[') if self.opens_class() => return Err(Refusal::Invalid),
                        Some(to) => to,
                        None => return Err(Refusal::Invalid),
                    };
                    self.position += 1;
                    // Bytes are signed numbers there.
                    let (from, to) = (from as i8, to as i8);
                    if from > to {
                        return Err(Refusal::Invalid);
                    }
                    for byte in from..=to {
                        set[usize::from(byte as u8)] = true;
                    }
                    last = Last::Nothing;
                    continue;
                }
                b'[' if self.peek().is_none() => return Err(Refusal::Invalid),
                b'[' if self.peek() == Some(b':') => {
                    self.position += 1;
                    self.class(&mut set)?;
                    if let Last::Byte(byte) = last {
                        set[usize::from(byte)] = true;
                    }
                    last = Last::Class;
                    continue;
                }
                b'[' if matches!(self.peek(), Some(b'.' | b'=')) => {
                    return Err(Refusal::NotModelled);
                }
                byte => {
                    if let Last::Byte(byte) = last {
                        set[usize::from(byte)] = true;
                    }
                    last = Last::Byte(byte);
                }
            }
        }
        if let Last::Byte(byte) = last {
            set[usize::from(byte)] = true;
        }
        if negative {
            set.iter_mut().for_each(|byte| *byte = !*byte);
        }
        Ok(set)
    }

    /// Whether the bracket here begins a class or its like.
    fn opens_class(&self) -> bool {
        matches!(
            self.text.get(self.position + 1),
            Some(b':' | b'.' | b'=') | None
        )
    }

    /// `alpha:]`, after `[:`.
    fn class(&mut self, set: &mut Bytes) -> Result<(), Refusal> {
        let rest = &self.text[self.position..];
        let end = rest
            .iter()
            .position(|byte| *byte == b':')
            .filter(|end| rest.get(end + 1) == Some(&b']'))
            .ok_or(Refusal::Invalid)?;
        self.position += end + 2;
        let test: fn(u8) -> bool = match rest[..end].to_ascii_lowercase().as_slice() {
            b"alnum" => |byte| byte.is_ascii_alphanumeric(),
            b"w" => |byte| byte.is_ascii_alphanumeric() || byte == b'_',
            b"alpha" => |byte| byte.is_ascii_alphabetic(),
            b"blank" => |byte| matches!(byte, b' ' | b'\t'),
            b"cntrl" => |byte| byte.is_ascii_control(),
            b"digit" | b"d" => |byte| byte.is_ascii_digit(),
            b"graph" => |byte| byte.is_ascii_graphic(),
            b"lower" => |byte| byte.is_ascii_lowercase(),
            b"print" => |byte| byte.is_ascii_graphic() || byte == b' ',
            b"punct" => |byte| byte.is_ascii_punctuation(),
            b"space" | b"s" => |byte| matches!(byte, b' ' | b'\t'..=b'\r'),
            b"upper" => |byte| byte.is_ascii_uppercase(),
            b"xdigit" => |byte| byte.is_ascii_hexdigit(),
            _ => return Err(Refusal::Invalid),
        };
        for byte in 0..=255u8 {
            set[usize::from(byte)] |= test(byte);
        }
        Ok(())
    }
}

/// What stands before a dash in brackets.
#[derive(Clone, Copy)]
enum Last {
    Nothing,
    Byte(u8),
    Class,
}

#[derive(Default)]
struct States {
    states: Vec<State>,
    next: Vec<usize>,
}

impl States {
    fn add(&mut self, state: State, next: usize) -> Result<usize, Refusal> {
        if self.states.len() >= MOST_STATES {
            return Err(Refusal::Invalid);
        }
        self.states.push(state);
        self.next.push(next);
        Ok(self.states.len() - 1)
    }

    /// Adds the states of a tree before `next` and gives the first of them.
    fn build(&mut self, tree: &Tree, next: usize) -> Result<usize, Refusal> {
        match tree {
            Tree::Empty => self.add(State::Pass, next),
            Tree::Byte(byte) => self.add(State::Byte(*byte), next),
            Tree::Any => self.add(State::Any, next),
            Tree::OneOf(set) => self.add(State::OneOf(set.clone()), next),
            Tree::LineBegin => self.add(State::LineBegin, next),
            Tree::LineEnd => self.add(State::LineEnd, next),
            Tree::Group(group, inner) => {
                let end = self.add(State::End(*group), next)?;
                let inner = self.build(inner, end)?;
                self.add(State::Begin(*group), inner)
            }
            Tree::Sequence(terms) => {
                let mut next = next;
                for term in terms.iter().rev() {
                    next = self.build(term, next)?;
                }
                Ok(next)
            }
            Tree::Alternative(left, right) => {
                let left = self.build(left, next)?;
                let right = self.build(right, next)?;
                self.add(State::Alternative(left), right)
            }
            Tree::Any0(inner) => {
                let repeat = self.add(State::Repeat(0), next)?;
                let inner = self.build(inner, repeat)?;
                self.states[repeat] = State::Repeat(inner);
                Ok(repeat)
            }
            Tree::Any1(inner) => {
                let repeat = self.add(State::Repeat(0), next)?;
                let inner = self.build(inner, repeat)?;
                self.states[repeat] = State::Repeat(inner);
                Ok(inner)
            }
            Tree::Optional(inner) => {
                let inner = self.build(inner, next)?;
                self.add(State::Repeat(inner), next)
            }
            Tree::Interval(inner, least, most) => {
                let mut after = next;
                match most {
                    None => {
                        after = self.add(State::Repeat(0), next)?;
                        let once = self.build(inner, after)?;
                        self.states[after] = State::Repeat(once);
                    }
                    Some(most) => {
                        for _ in *least..*most {
                            let once = self.build(inner, after)?;
                            after = self.add(State::Repeat(once), next)?;
                        }
                    }
                }
                for _ in 0..*least {
                    after = self.build(inner, after)?;
                }
                self.add(State::Pass, after)
            }
        }
    }
}
