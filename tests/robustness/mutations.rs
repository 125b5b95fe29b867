//! Real flakes of this repository, cut up: tokens are taken out, doubled, exchanged and carried over from other files,
//! in an order that a fixed seed decides.

use crate::inputs::{KEY, Look, check_tree};
use std::path::Path;

/// Trees that are made for each fixture.
const ROUNDS: usize = 4;

/// A generator of numbers, the same on every machine (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }
}

/// The files of a fixture that decide anything, by name.
fn fixture(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut pending = vec![directory.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(&folder).expect("a fixture").flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if let Ok(relative) = path.strip_prefix(directory)
                && let Ok(bytes) = std::fs::read(&path)
                && bytes.len() < 64 * 1024
            {
                files.push((relative.to_string_lossy().into_owned(), bytes));
            }
        }
    }
    files.sort();
    files
}

fn fixtures() -> Vec<Vec<(String, Vec<u8>)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut folders = Vec::new();
    for parent in [root.clone(), root.join("mistakes")] {
        for entry in std::fs::read_dir(parent).expect("fixtures").flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("mistakes") {
                folders.push(path);
            }
        }
    }
    folders.sort();
    folders.iter().map(|folder| fixture(folder)).collect()
}

/// A text as tokens; together they are the text. Good enough for Nix, JSON and TOML alike.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '\'' | '/');
        let end = match first {
            c if is_word(c) => rest.find(|c| !is_word(c)),
            c if c.is_whitespace() => rest.find(|c: char| !c.is_whitespace()),
            c => Some(c.len_utf8()),
        };
        let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// Changes a text at some places.
fn mutate(text: &str, donor: &str, numbers: &mut Numbers) -> String {
    const STRANGE: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "''",
        "${",
        ";",
        "=",
        ":",
        "rec ",
        "with ",
        "let ",
        " in ",
        "\u{1b}[31m",
        "\u{202e}",
        "::error::x",
        "\r",
        "\0",
        "\u{feff}",
        "é",
        "null",
        "true",
        "1e309",
        "9223372036854775808",
        "// ",
        "++ ",
        "? ",
        "or ",
        "import ",
        "throw \"\" ",
        "builtins.",
        "lib.mkForce ",
        "lib.mkIf ",
        "./.",
        "<nixpkgs>",
        "~/x",
        "/*",
        "*/",
        "#",
        "\\",
    ];
    let mut tokens: Vec<String> = tokens(text).into_iter().map(str::to_string).collect();
    let donor = self::tokens(donor);
    for _ in 0..1 + numbers.below(4) {
        let count = tokens.len();
        if count == 0 {
            break;
        }
        let at = numbers.below(count);
        let until = (at + 1 + numbers.below(8)).min(count);
        match numbers.below(6) {
            0 => drop(tokens.drain(at..until)),
            1 => {
                let piece: Vec<String> = tokens[at..until].to_vec();
                tokens.splice(at..at, piece);
            }
            2 => tokens.swap(at, until - 1),
            3 => {
                let from = numbers.below(donor.len());
                let piece: Vec<String> = donor[from..(from + 8).min(donor.len())]
                    .iter()
                    .map(|token| token.to_string())
                    .collect();
                tokens.splice(at..until, piece);
            }
            4 => tokens.insert(at, STRANGE[numbers.below(STRANGE.len())].to_string()),
            _ => tokens.insert(at, format!(" \"{KEY}\" ")),
        }
    }
    tokens.concat()
}

fn run(share: usize, of: usize) {
    let fixtures = fixtures();
    assert!(fixtures.len() > 40, "{}", fixtures.len());
    let mut made = 0;
    for (number, files) in fixtures.iter().enumerate() {
        if number % of != share {
            continue;
        }
        for round in 0..ROUNDS {
            let seed = 0x9e37_79b9_7f4a_7c15 ^ (((number as u64) << 32) | (round as u64 + 1));
            let mut numbers = Numbers(seed);
            for _ in 0..8 {
                numbers.below(1);
            }
            let mut files = files.clone();
            let chosen = numbers.below(files.len());
            let other = &fixtures[numbers.below(fixtures.len())];
            let donor = String::from_utf8_lossy(&other[numbers.below(other.len())].1).into_owned();
            let text = String::from_utf8_lossy(&files[chosen].1).into_owned();
            files[chosen].1 = mutate(&text, &donor, &mut numbers).into_bytes();
            let shown = files[chosen].clone();
            let held = std::panic::catch_unwind(|| check_tree(&files, Look::Directory, false));
            assert!(
                held.is_ok(),
                "fixture {number}, round {round}, {}:\n{}",
                shown.0,
                String::from_utf8_lossy(&shown.1)
            );
            made += 1;
        }
    }
    assert!(made > 100, "{made}");
}

#[test]
fn cut_up_fixtures_hold_1_of_2() {
    run(0, 2);
}

#[test]
fn cut_up_fixtures_hold_2_of_2() {
    run(1, 2);
}
