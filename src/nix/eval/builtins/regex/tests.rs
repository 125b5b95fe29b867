//! The matcher by itself; `tests/nix` compares it with Nix.

use super::matcher::{Budget, Found, find_all, match_whole};
use super::parse::parse;

fn budget() -> Budget {
    Budget {
        steps: 100_000,
        depth: 10_000,
    }
}

fn groups(pattern: &str, text: &str) -> Option<Vec<Option<String>>> {
    let expression = parse(pattern.as_bytes()).expect(pattern);
    match match_whole(&expression, text.as_bytes(), &mut budget()) {
        Found::Match(groups) => Some(
            groups
                .into_iter()
                .map(|group| group.map(|(from, to)| text[from..to].to_string()))
                .collect(),
        ),
        Found::Nothing => None,
        Found::TooMuch => panic!("{pattern} takes too much"),
    }
}

#[test]
fn the_longest_alternative_counts() {
    let expression = parse(b"a|ab|abc").unwrap();
    let found = find_all(&expression, b"abcab", &mut budget()).unwrap();
    assert_eq!(found, [[Some((0, 3))], [Some((3, 5))]]);
}

#[test]
fn a_group_keeps_what_it_matched_in_an_earlier_round() {
    let found = groups("((a)|b)*", "ab").unwrap();
    assert_eq!(found[1..], [Some("b".to_string()), Some("a".to_string())]);
}

#[test]
fn empty_matches_are_found_between_characters() {
    let expression = parse(b"x*").unwrap();
    let found = find_all(&expression, b"axb", &mut budget()).unwrap();
    let places: Vec<_> = found.iter().map(|groups| groups[0].unwrap()).collect();
    assert_eq!(places, [(0, 0), (1, 2), (2, 2), (3, 3)]);
}

#[test]
fn what_takes_too_many_steps_is_given_up() {
    let expression = parse(b"(a|a)*b").unwrap();
    let text = "a".repeat(60);
    assert_eq!(
        match_whole(&expression, text.as_bytes(), &mut budget()),
        Found::TooMuch
    );
}

#[test]
fn what_is_no_expression_is_refused() {
    for pattern in ["(", ")", "a{2,1}", "[b-a]", "*", "[[:no:]]", "a\\", "[a"] {
        assert!(parse(pattern.as_bytes()).is_err(), "{pattern}");
    }
}
