//! The order in which `builtins.sort` leaves a list.
//!
//! Any stable sort gives the same where the comparison is an order. Where it is none (`a: b: a <= b` is the usual mistake),
//! the result depends on which elements are compared, and Nix 2.34 goes by "peeksort" (Munro and Wild 2018): lists of
//! up to 16 by insertion, longer ones by merging the runs that are found from the middle outwards.

use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::Stop;
use crate::nix::eval::value::{Origin, Thunk, Val};
use std::rc::Rc;

/// Up to this length, insertion is used.
const SHORT: usize = 16;

/// Sorts by a function that says whether its first argument belongs before its second.
pub(super) fn sort(
    evaluator: &mut Evaluator,
    less: &Val,
    items: Vec<Rc<Thunk>>,
    origin: &Origin,
) -> Result<Vec<Rc<Thunk>>, Stop> {
    let mut sorter = Sorter {
        evaluator,
        less,
        origin,
        items,
    };
    let length = sorter.items.len();
    match length {
        0 | 1 => {}
        2 => {
            if sorter.is_less(1, 0)? {
                sorter.items.swap(0, 1);
            }
        }
        _ => sorter.sort(0, length, 0, length)?,
    }
    Ok(sorter.items)
}

struct Sorter<'e> {
    evaluator: &'e mut Evaluator,
    less: &'e Val,
    origin: &'e Origin,
    items: Vec<Rc<Thunk>>,
}

impl Sorter<'_> {
    fn compare(&mut self, left: &Rc<Thunk>, right: &Rc<Thunk>) -> Result<bool, Stop> {
        self.evaluator.step(1)?;
        let partial = self
            .evaluator
            .apply(self.less, Rc::clone(left), self.origin)?;
        let outcome = self
            .evaluator
            .apply(&partial, Rc::clone(right), self.origin);
        self.evaluator.truth(outcome, self.origin)
    }

    /// Whether the item at `left` belongs before the one at `right`.
    fn is_less(&mut self, left: usize, right: usize) -> Result<bool, Stop> {
        let (left, right) = (Rc::clone(&self.items[left]), Rc::clone(&self.items[right]));
        self.compare(&left, &right)
    }

    /// Sorts `begin..end`, of which `begin..left` and `right..end` are sorted already.
    fn sort(&mut self, begin: usize, end: usize, left: usize, right: usize) -> Result<(), Stop> {
        if left == end || right == begin {
            return Ok(());
        }
        if end - begin <= SHORT {
            return self.insertion(begin, end);
        }
        let middle = begin + (end - begin) / 2;
        if middle <= left {
            self.sort(left, end, left + 1, right)?;
            return self.merge(begin, left, end);
        }
        if middle >= right {
            self.sort(begin, right, left, right - 1)?;
            return self.merge(begin, right, end);
        }
        // The run that the middle lies in, whichever way it goes.
        let falling = self.is_less(middle, middle - 1)?;
        let mut first = middle;
        if first > left {
            first -= 1;
            while first > left && self.is_less(first, first - 1)? == falling {
                first -= 1;
            }
        }
        let mut after = middle;
        while after < right && self.is_less(after, after - 1)? == falling {
            after += 1;
        }
        if falling {
            self.items[first..after].reverse();
        }
        if first == begin && after == end {
            return Ok(());
        }
        if middle - first < after - middle {
            self.sort(begin, first, left, first.saturating_sub(1))?;
            self.sort(first, end, after, right)?;
            self.merge(begin, first, end)
        } else {
            self.sort(begin, after, left, first)?;
            self.sort(after, end, after + 1, right)?;
            self.merge(begin, after, end)
        }
    }

    fn insertion(&mut self, begin: usize, end: usize) -> Result<(), Stop> {
        for next in begin + 1..end {
            let mut place = next;
            while place > begin && self.is_less(place, place - 1)? {
                self.items.swap(place, place - 1);
                place -= 1;
            }
        }
        Ok(())
    }

    /// Merges two sorted neighbours; of equal items the left one comes first.
    fn merge(&mut self, begin: usize, middle: usize, end: usize) -> Result<(), Stop> {
        let left = self.items[begin..middle].to_vec();
        let right = self.items[middle..end].to_vec();
        let (mut first, mut second) = (0, 0);
        for place in begin..end {
            let takes_right = first == left.len()
                || (second < right.len() && self.compare(&right[second], &left[first])?);
            self.items[place] = if takes_right {
                second += 1;
                Rc::clone(&right[second - 1])
            } else {
                first += 1;
                Rc::clone(&left[first - 1])
            };
        }
        Ok(())
    }
}
