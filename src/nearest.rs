//! The name that somebody probably meant.

/// Longer names are no slip of the pen; the distance of two takes time and memory by the product of their lengths.
const LONGEST: usize = 100;

/// So many candidates are looked at: where thousands are asked for among thousands, it is the time that counts.
const MOST: usize = 1_000;

/// Steps that a slip of the pen takes at most.
const STEPS: usize = 3;

/// The candidate that is closest to `wanted`, if one is close enough to be a slip of the pen: by
/// Damerau-Levenshtein distance without regard to case, at most a third of the longer name and at most three
/// steps. The first of equally close candidates wins; a candidate equal to `wanted` is not a match.
///
/// ```
/// use openclaw_check::nearest::nearest;
/// assert_eq!(nearest("kimmi", ["anthropic", "kimi"]), Some("kimi"));
/// assert_eq!(nearest("kimi", ["openai", "xai"]), None);
/// ```
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.len() > LONGEST {
        return None;
    }
    let lower = wanted.to_lowercase();
    let count = lower.chars().count();
    let letters = Letters::of(&lower);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.into_iter().take(MOST) {
        if candidate == wanted || candidate.len() > LONGEST {
            continue;
        }
        let length = candidate.chars().count();
        let longer = count.max(length);
        let most = STEPS.min(longer / 3);
        let most = best.map_or(most, |(least, _)| most.min(least - 1));
        // The difference of their lengths, and half of that of their letters, is the least that it can be.
        if count.abs_diff(length) > most || letters.difference(candidate) > 2 * most {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        if distance <= most {
            best = Some((distance, candidate));
            if distance == 0 {
                break;
            }
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Whether two names are equal but for one slip of the pen or two: letters that are changed, left out, added or swapped with the next
/// one. The capitals count for nothing. Unlike [`nearest`] it leaves room for names that are meant to be alike.
///
/// ```
/// use openclaw_check::nearest::is_slip;
/// assert!(is_slip("discrod", "discord"));
/// assert!(!is_slip("memory-pro", "memory-core"));
/// ```
pub fn is_slip(one: &str, other: &str) -> bool {
    const MOST: usize = 2;
    let lower = one.to_lowercase();
    let differs_too_much = |by: usize| lower.chars().count().abs_diff(other.chars().count()) > by;
    if one.len() > LONGEST || other.len() > LONGEST || differs_too_much(MOST) {
        return false;
    }
    // Half of the difference of their letters is the least that it can be.
    Letters::of(&lower).difference(other) <= 2 * MOST
        && strsim::damerau_levenshtein(&lower, &other.to_lowercase()) <= MOST
}

/// Whether one step leads from a name to the other: a letter that is changed, left out, added or swapped with the next one. Capitals
/// count.
///
/// ```
/// use openclaw_check::nearest::is_one_step;
/// assert!(is_one_step("opneclaw", "openclaw"));
/// assert!(!is_one_step("openclaw", "openclaw") && !is_one_step("opencrow", "openclaw"));
/// ```
pub fn is_one_step(one: &str, other: &str) -> bool {
    // A letter has four bytes at most.
    one.len().abs_diff(other.len()) <= 4
        && one.len() <= LONGEST
        && strsim::damerau_levenshtein(one, other) == 1
}

/// How often each letter is in a text, bytes beyond ASCII and letters of either case taken together.
struct Letters([u8; Letters::KINDS]);

impl Letters {
    const KINDS: usize = 64;

    /// Capitals and small letters are of one kind, and what is not ASCII is of none.
    fn kind(byte: u8) -> Option<usize> {
        byte.is_ascii()
            .then(|| usize::from(byte.to_ascii_lowercase()) % Letters::KINDS)
    }

    fn of(text: &str) -> Self {
        let mut counts = [0; Letters::KINDS];
        for kind in text.bytes().filter_map(Letters::kind) {
            counts[kind] += 1;
        }
        Letters(counts)
    }

    /// How many letters one of the texts has that the other has not. A step changes it by two at most.
    fn difference(&self, other: &str) -> usize {
        let Letters(other) = Letters::of(other);
        let pairs = self.0.iter().zip(other);
        pairs
            .map(|(one, other)| usize::from(one.abs_diff(other)))
            .sum()
    }
}

/// Names as a sentence holds them: "`a`", "`a` or `b`", "`a`, `b` or `c`"; of more than six the first six and
/// how many more there are. Empty for no names.
pub fn alternatives<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let first = names.by_ref().take(6);
    let shown: Vec<String> = first.map(|name| format!("`{name}`")).collect();
    let rest = names.count();
    match shown.split_last() {
        None => String::new(),
        Some(_) if rest > 0 => format!("{} and {rest} more", shown.join(", ")),
        Some((only, [])) => only.clone(),
        Some((last, init)) => format!("{} or {last}", init.join(", ")),
    }
}

/// Names as a sentence lists them, of many the first three: "`a`, `b`, `c` and 2 more".
pub fn listed(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    let shown = shown.join(", ");
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_close_is_a_match() {
        assert_eq!(
            nearest("openrouer", ["openai", "openrouter"]),
            Some("openrouter")
        );
        assert_eq!(nearest("Kimi", ["kimi"]), Some("kimi"));
        assert_eq!(nearest("zai", ["xai", "kimi"]), Some("xai"));
        assert_eq!(nearest("inception", ["anthropic", "openai"]), None);
        assert_eq!(nearest("a", ["b"]), None);
    }

    #[test]
    fn names_of_any_length_are_compared_in_time() {
        let long = "k".repeat(10_000_000);
        assert_eq!(nearest(&long, ["kimi", &long[1..]]), None);
        assert_eq!(nearest("kimmi", [long.as_str(), "kimi"]), Some("kimi"));
    }

    #[test]
    fn of_many_names_three_are_listed() {
        let names = ["a", "b", "c", "d", "e"].map(String::from);
        assert_eq!(listed(&names[..1]), "`a`");
        assert_eq!(listed(&names[..3]), "`a`, `b`, `c`");
        assert_eq!(listed(&names), "`a`, `b`, `c` and 2 more");
    }

    #[test]
    fn alternatives_read_like_a_sentence() {
        assert_eq!(alternatives([]), "");
        assert_eq!(alternatives(["a"]), "`a`");
        assert_eq!(alternatives(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(
            alternatives(["a", "b", "c", "d", "e", "f", "g", "h"]),
            "`a`, `b`, `c`, `d`, `e`, `f` and 2 more"
        );
    }
}
