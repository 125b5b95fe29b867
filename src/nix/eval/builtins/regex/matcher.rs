//! Matching as the C++ library does it, whose answers are Nix's.
//!
//! POSIX wants the longest match, and in it the longest of each part. GNU's library gives the longest match, and in it what
//! a search in depth finds first: a repetition takes as much as it can, of two alternatives both are tried and the first
//! longest counts, and a group keeps what it matched in an earlier round. Nix shows just that.

use super::parse::{Expression, State};

/// The bytes that a group matched: from and to.
pub type Group = Option<(usize, usize)>;

/// What a search came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// A match: the whole first, then the groups.
    Match(Vec<Group>),
    /// None.
    Nothing,
    /// It takes more steps, or nests deeper, than allowed.
    TooMuch,
}

/// How much a search may cost.
pub struct Budget {
    /// Steps left.
    pub steps: u64,
    /// How deep it may nest: each level is a frame on the machine stack.
    pub depth: usize,
}

/// Matches the whole text.
pub fn match_whole(expression: &Expression, text: &[u8], budget: &mut Budget) -> Found {
    Search::new(expression, text, budget).from(
        0,
        Asked {
            whole: true,
            ..Asked::default()
        },
    )
}

/// All matches from left to right, as the library's iterator finds them; `None` when there is not enough of the budget.
pub fn find_all(
    expression: &Expression,
    text: &[u8],
    budget: &mut Budget,
) -> Option<Vec<Vec<Group>>> {
    let mut all: Vec<Vec<Group>> = Vec::new();
    let mut start = 0;
    let mut search = Search::new(expression, text, budget);
    let mut inside = false;
    loop {
        // After an empty match it looks for one that is not empty at the same place, and then further on.
        if let Some(Some((from, to))) = all.last().map(|last| last[0])
            && from == to
        {
            if to == text.len() {
                return Some(all);
            }
            let asked = Asked {
                not_empty: true,
                inside,
                ..Asked::default()
            };
            match search.from(to, asked) {
                Found::Match(found) => {
                    start = found[0].map_or(to, |(_, end)| end);
                    all.push(found);
                    continue;
                }
                Found::Nothing => start = to + 1,
                Found::TooMuch => return None,
            }
        }
        loop {
            let asked = Asked {
                inside: inside || start > 0,
                ..Asked::default()
            };
            match search.from(start, asked) {
                Found::Match(found) => {
                    // The first search does not leave a note that it went on into the text.
                    inside = !all.is_empty();
                    start = found[0].map_or(start, |(_, end)| end);
                    all.push(found);
                    break;
                }
                Found::Nothing if start >= text.len() => return Some(all),
                Found::Nothing => start += 1,
                Found::TooMuch => return None,
            }
        }
    }
}

/// What is asked of a match.
#[derive(Clone, Copy, Default)]
struct Asked {
    /// It reaches the end of the text.
    whole: bool,
    /// It is not empty.
    not_empty: bool,
    /// It begins where `^` does not hold.
    inside: bool,
}

struct Search<'s> {
    expression: &'s Expression,
    text: &'s [u8],
    budget: &'s mut Budget,
    /// Where the match begins.
    begin: usize,
    asked: Asked,
    position: usize,
    depth: usize,
    exhausted: bool,
    groups: Vec<Group>,
    /// The beginning of each group that is open.
    begins: Vec<usize>,
    /// For each repetition where its last round began, and how many began there.
    rounds: Vec<(usize, u8)>,
    best: Option<(usize, Vec<Group>)>,
}

impl<'s> Search<'s> {
    fn new(expression: &'s Expression, text: &'s [u8], budget: &'s mut Budget) -> Self {
        Search {
            expression,
            text,
            budget,
            begin: 0,
            asked: Asked::default(),
            position: 0,
            depth: 0,
            exhausted: false,
            groups: vec![None; expression.groups + 1],
            begins: vec![0; expression.groups + 1],
            rounds: vec![(0, 0); expression.states.len()],
            best: None,
        }
    }

    /// A match that begins at `begin`.
    fn from(&mut self, begin: usize, asked: Asked) -> Found {
        self.begin = begin;
        self.asked = asked;
        self.position = begin;
        self.best = None;
        self.run(self.expression.start);
        if self.exhausted {
            return Found::TooMuch;
        }
        match self.best.take() {
            Some((end, mut groups)) => {
                groups[0] = Some((begin, end));
                Found::Match(groups)
            }
            None => Found::Nothing,
        }
    }

    /// Goes on from a state at the present position and comes back to it. Whether there was a match.
    fn run(&mut self, state: usize) -> bool {
        if self.depth >= self.budget.depth {
            self.exhausted = true;
        }
        self.depth += 1;
        let position = self.position;
        let matched = self.walk(state);
        self.position = position;
        self.depth -= 1;
        matched
    }

    fn walk(&mut self, mut state: usize) -> bool {
        let expression = self.expression;
        loop {
            if self.budget.steps == 0 {
                self.exhausted = true;
            }
            if self.exhausted {
                return false;
            }
            self.budget.steps -= 1;
            let next = expression.next[state];
            let byte = self.text.get(self.position).copied();
            let fits = match &expression.states[state] {
                State::Accept => return self.accept(),
                State::Pass => true,
                State::LineBegin => self.position == self.begin && !self.asked.inside,
                State::LineEnd => self.position == self.text.len(),
                State::Byte(wanted) => self.advance(byte == Some(*wanted)),
                State::Any => self.advance(byte.is_some_and(|byte| byte != 0)),
                State::OneOf(set) => self.advance(byte.is_some_and(|byte| set[usize::from(byte)])),
                State::Begin(group) => {
                    let before = std::mem::replace(&mut self.begins[*group], self.position);
                    let matched = self.run(next);
                    self.begins[*group] = before;
                    return matched;
                }
                State::End(group) => {
                    let found = Some((self.begins[*group], self.position));
                    let before = std::mem::replace(&mut self.groups[*group], found);
                    let matched = self.run(next);
                    self.groups[*group] = before;
                    return matched;
                }
                State::Alternative(first) => {
                    let matched = self.run(*first);
                    return self.run(next) || matched;
                }
                State::Repeat(again) => {
                    if self.once_more(state, *again) {
                        return true;
                    }
                    true
                }
            };
            if !fits {
                return false;
            }
            state = next;
        }
    }

    fn advance(&mut self, fits: bool) -> bool {
        self.position += usize::from(fits);
        fits
    }

    /// Another round of a repetition; of rounds that match nothing there are at most two.
    fn once_more(&mut self, state: usize, again: usize) -> bool {
        let before = self.rounds[state];
        self.rounds[state] = match before {
            (place, count @ 1..) if place == self.position => {
                if count >= 2 {
                    return false;
                }
                (place, count + 1)
            }
            _ => (self.position, 1),
        };
        let matched = self.run(again);
        self.rounds[state] = before;
        matched
    }

    fn accept(&mut self) -> bool {
        let end = self.position;
        if (self.asked.whole && end != self.text.len())
            || (self.asked.not_empty && end == self.begin)
        {
            return false;
        }
        if self.best.as_ref().is_none_or(|(longest, _)| *longest < end) {
            self.best = Some((end, self.groups.clone()));
        }
        true
    }
}
