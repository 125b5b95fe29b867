//! Keeps secrets out of everything that is printed.
//!
//! Five nets, each for what the one before cannot see: the places that the rules marked as secret
//! ([`Report::secrets`](super::finding::Report::secrets)), the text of those places wherever else it
//! turns up, the known formats of keys and tokens in any text that is about to be shown, literals that are
//! [written under the name of a secret](super::written_secrets) in any file, whether it could be evaluated or not, and in reports
//! [words that are random](secret_patterns::random_words): keys in a comment, in the message of a `throw`, in the name of an attribute.

use super::finding::Report;
use super::written_secrets;
use crate::openclaw::secret_patterns;
use crate::workspace::source::{FileId, Sources, Span};
use aho_corasick::{AhoCorasick, MatchKind};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

/// What stands in place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Finds what looks like a secret in a text: byte ranges, on character boundaries, in any order.
pub type Detector = fn(&str) -> Vec<Range<usize>>;

/// The detector of known key formats.
pub fn known_formats(text: &str) -> Vec<Range<usize>> {
    secret_patterns::find_all(text)
        .into_iter()
        .map(|found| found.range)
        .collect()
}

/// The same, and words that are random throughout.
fn known_formats_and_random_words(text: &str) -> Vec<Range<usize>> {
    let mut ranges = known_formats(text);
    ranges.extend(secret_patterns::random_words(text));
    ranges
}

/// The text of a secret place is looked for elsewhere only from this length on; a shorter one would take
/// ordinary words with it.
const SHORTEST_REPEATED: usize = 8;

/// Below that length, down to this one, it is looked for as a word of its own.
const SHORTEST_WORD: usize = 4;

/// What is written under the name of a secret is looked for elsewhere only from this length on: nobody but its name
/// says that it is one.
const SHORTEST_WRITTEN: usize = 12;

/// What is written under the name of a secret in the files that were read so far.
#[derive(Default)]
struct Written {
    /// Its bytes, for each file in their order.
    by_file: Vec<Vec<Range<usize>>>,
    /// What is long enough to be looked for elsewhere.
    values: BTreeSet<String>,
    searcher: Option<AhoCorasick>,
}

impl Written {
    /// Looks for all values from now on.
    fn search(&mut self) {
        let values: Vec<String> = self.values.iter().cloned().collect();
        self.searcher = searcher(&values);
    }
}

/// Takes secrets out of texts and tells which bytes of a file must not be shown.
pub struct Redactor<'a> {
    sources: &'a Sources,
    detector: Detector,
    marked: BTreeMap<FileId, Vec<Range<usize>>>,
    /// Values that go wherever they stand, and those that go as a word only.
    repeated: Option<AhoCorasick>,
    words: Option<AhoCorasick>,
    written: RefCell<Written>,
    hidden: RefCell<BTreeMap<FileId, Rc<Vec<Range<usize>>>>>,
}

impl<'a> Redactor<'a> {
    /// A redactor for the places in `secrets`, with the known formats as safety net.
    pub fn new(sources: &'a Sources, secrets: &[Span]) -> Self {
        Redactor::with_detector(sources, secrets, known_formats)
    }

    /// A redactor for all that a run found to be secret.
    pub fn of_report(sources: &'a Sources, report: &Report) -> Self {
        let redactor = Redactor::new(sources, &report.secrets);
        redactor.learn(&report.secret_texts, SHORTEST_REPEATED);
        redactor
    }

    /// The same, where nobody needs a random word to be shown.
    pub fn without_random_words(mut self) -> Self {
        self.detector = known_formats_and_random_words;
        self
    }

    /// The same with another detector.
    pub fn with_detector(sources: &'a Sources, secrets: &[Span], detector: Detector) -> Self {
        let mut marked: BTreeMap<FileId, Vec<Range<usize>>> = BTreeMap::new();
        let mut values = BTreeSet::new();
        for span in secrets {
            if span.file.0 as usize >= sources.len() {
                continue;
            }
            let file = sources.get(span.file);
            let start = floor_boundary(&file.text, span.start as usize);
            let end = ceil_boundary(&file.text, span.end as usize);
            if start >= end {
                continue;
            }
            marked.entry(span.file).or_default().push(start..end);
            for line in file.text[start..end].lines() {
                let value = line.trim_matches(|c: char| {
                    c.is_whitespace() || matches!(c, '"' | '\'' | ';' | ',')
                });
                if value.len() >= SHORTEST_WORD {
                    values.insert(value.to_string());
                }
            }
        }
        let (repeated, words): (Vec<String>, Vec<String>) = values
            .into_iter()
            .partition(|value| value.len() >= SHORTEST_REPEATED);
        Redactor {
            sources,
            detector,
            marked,
            repeated: searcher(&repeated),
            words: searcher(&words),
            written: RefCell::default(),
            hidden: RefCell::default(),
        }
    }

    /// Takes these texts as secrets from now on, wherever they stand; gives whether any of them is new. Below
    /// `shortest` bytes they are not looked for.
    fn learn<'t>(&self, texts: impl IntoIterator<Item = &'t String>, shortest: usize) -> bool {
        self.look_at_new_files();
        let mut written = self.written.borrow_mut();
        let known = written.values.len();
        for text in texts {
            let lines = text.lines().map(str::trim);
            let lines = lines.filter(|line| line.len() >= shortest);
            written.values.extend(lines.map(str::to_string));
        }
        let is_new = written.values.len() != known;
        if is_new {
            written.search();
            // A file may hold them too.
            self.hidden.borrow_mut().clear();
        }
        is_new
    }

    /// Takes texts as secrets of which only the name that they stand under says so; gives whether any of them is new.
    pub fn learn_by_name<'t>(&self, texts: impl IntoIterator<Item = &'t String>) -> bool {
        self.learn(texts, SHORTEST_WRITTEN)
    }

    /// The text without secrets.
    pub fn text(&self, text: &str) -> String {
        let ranges = merge_ranges(self.ranges_in(text));
        if ranges.is_empty() {
            return text.to_string();
        }
        let mut result = String::with_capacity(text.len());
        let mut position = 0;
        for range in ranges {
            result.push_str(&text[position..range.start]);
            result.push_str(REDACTED);
            position = range.end;
        }
        result.push_str(&text[position..]);
        result
    }

    /// Whether a text holds a secret.
    pub fn is_secret(&self, text: &str) -> bool {
        !self.ranges_in(text).is_empty()
    }

    /// The bytes of a file that must not be shown: sorted ranges that do not overlap. Worked out once per
    /// file.
    pub fn hidden(&self, file: FileId) -> Rc<Vec<Range<usize>>> {
        if let Some(known) = self.hidden.borrow().get(&file) {
            return Rc::clone(known);
        }
        let source = self.sources.get(file);
        let mut ranges = self.ranges_in(&source.text);
        ranges.extend(self.marked.get(&file).into_iter().flatten().cloned());
        let written = self.written.borrow();
        ranges.extend(
            written
                .by_file
                .get(file.0 as usize)
                .into_iter()
                .flatten()
                .cloned(),
        );
        let ranges = Rc::new(merge_ranges(ranges));
        self.hidden.borrow_mut().insert(file, Rc::clone(&ranges));
        ranges
    }

    fn ranges_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = (self.detector)(text)
            .into_iter()
            .map(|range| floor_boundary(text, range.start)..ceil_boundary(text, range.end))
            .filter(|range| range.start < range.end)
            .collect();
        for found in self.repeated.iter().flat_map(|all| all.find_iter(text)) {
            ranges.push(found.range());
        }
        self.look_at_new_files();
        for found in self
            .written
            .borrow()
            .searcher
            .iter()
            .flat_map(|all| all.find_iter(text))
        {
            ranges.push(found.range());
        }
        for found in self.words.iter().flat_map(|all| all.find_iter(text)) {
            if is_word(text, found.start(), found.end()) {
                ranges.push(found.range());
            }
        }
        ranges
    }
}

impl Redactor<'_> {
    /// Files may be read while texts are already shown (`eval` is lazy).
    fn look_at_new_files(&self) {
        let mut written = self.written.borrow_mut();
        let known = written.values.len();
        while written.by_file.len() < self.sources.len() {
            let file = self.sources.get(FileId(written.by_file.len() as u32));
            let ranges = written_secrets::find(&file.text);
            for range in &ranges {
                let value = file.text[range.clone()].trim();
                if value.len() >= SHORTEST_WRITTEN && !value.contains('\n') {
                    written.values.insert(value.to_string());
                }
            }
            written.by_file.push(ranges);
        }
        if written.values.len() != known {
            written.search();
        }
    }
}

/// Finds any of the values, the longest where several begin; `None` for no values.
fn searcher(values: &[String]) -> Option<AhoCorasick> {
    if values.is_empty() {
        return None;
    }
    // Building fails only beyond limits of size that a run's sources cannot reach.
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(values)
        .ok()
}

fn is_word(text: &str, start: usize, end: usize) -> bool {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    !text[..start].chars().next_back().is_some_and(inside)
        && !text[end..].chars().next().is_some_and(inside)
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn ceil_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset += 1;
    }
    offset
}

fn merge_ranges(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::source::SourceFile;

    fn sources(text: &str) -> (Sources, FileId) {
        let sources = Sources::new();
        let file = sources.add(SourceFile::new("home.nix", text));
        (sources, file)
    }

    #[test]
    fn a_marked_place_is_hidden_and_its_text_goes_from_messages() {
        let (sources, file) = sources("apiKey = \"hunter2-hunter2\";");
        let redactor = Redactor::new(&sources, &[Span::new(file, 9, 26)]);
        assert_eq!(
            redactor.hidden(file).as_slice(),
            std::slice::from_ref(&(9..26))
        );
        assert_eq!(redactor.text("got hunter2-hunter2!"), "got [redacted]!");
        assert_eq!(redactor.text("nothing here"), "nothing here");
    }

    #[test]
    fn every_line_of_a_secret_of_several_lines_goes() {
        let text = "key = ''\n  -----BEGIN-----\n  abcdefghij\n'';";
        let (sources, file) = sources(text);
        let redactor = Redactor::new(&sources, &[Span::new(file, 6, text.len() as u32 - 1)]);
        assert_eq!(
            redactor.text("has abcdefghij in it"),
            "has [redacted] in it"
        );
    }

    #[test]
    fn a_short_secret_goes_as_a_word_only() {
        let (sources, file) = sources("\"kimi\"");
        let redactor = Redactor::new(&sources, &[Span::new(file, 0, 6)]);
        assert_eq!(
            redactor.text("the key kimi is short"),
            "the key [redacted] is short"
        );
        assert_eq!(redactor.text("kimi-k2p5"), "kimi-k2p5");
    }

    #[test]
    fn the_detector_is_a_net_under_all_of_it() {
        fn finds_sk(text: &str) -> Vec<Range<usize>> {
            text.match_indices("sk-")
                .map(|(at, _)| at..text.len())
                .collect()
        }
        let (sources, file) = sources("# sk-0123");
        let redactor = Redactor::with_detector(&sources, &[], finds_sk);
        assert_eq!(
            redactor.hidden(file).as_slice(),
            std::slice::from_ref(&(2..9))
        );
        assert_eq!(redactor.text("a sk-1"), "a [redacted]");
    }

    #[test]
    fn what_is_written_under_the_name_of_a_secret_goes_without_evaluation() {
        let (sources, file) = sources("token = \"plum-Trestle-48\";\nx = ;");
        let redactor = Redactor::new(&sources, &[]);
        assert_eq!(
            redactor.hidden(file).as_slice(),
            std::slice::from_ref(&(9..24))
        );
        assert_eq!(redactor.text("got plum-Trestle-48"), "got [redacted]");
        sources.add(SourceFile::new("late.nix", "apiKey = \"Marigold-Anvil\";"));
        assert_eq!(redactor.text("got Marigold-Anvil"), "got [redacted]");
    }

    #[test]
    fn what_is_learned_goes_from_texts_and_files() {
        let (sources, file) = sources("# plum-Trestle-48");
        let redactor = Redactor::new(&sources, &[]);
        assert!(redactor.hidden(file).is_empty());
        assert!(redactor.learn_by_name(&["plum-Trestle-48\n".to_string()]));
        assert!(!redactor.learn_by_name(&["plum-Trestle-48".to_string()]));
        assert!(!redactor.learn_by_name(&["plum".to_string()]), "too short");
        assert_eq!(redactor.text("a plum-Trestle-48 b"), "a [redacted] b");
        assert_eq!(
            redactor.hidden(file).as_slice(),
            std::slice::from_ref(&(2..17))
        );
    }

    #[test]
    fn spans_that_do_not_fit_are_taken_as_far_as_they_do() {
        let (sources, file) = sources("é");
        let redactor = Redactor::new(
            &sources,
            &[Span::new(file, 1, 900), Span::new(FileId(7), 0, 1)],
        );
        assert_eq!(
            redactor.hidden(file).as_slice(),
            std::slice::from_ref(&(0..2))
        );
    }
}
