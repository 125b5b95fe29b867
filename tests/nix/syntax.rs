//! Which files Nix accepts, and as what: compared with `nix-instantiate --parse`.

use crate::generate::{self, Numbers};
use crate::print;
use crate::real_nix::Nix;
use openclaw_check::nix::syntax::ast::{SourceTree, StaticProblemKind};
use openclaw_check::nix::syntax::parse;
use openclaw_check::workspace::source::FileId;

/// Texts that the parser refuses and Nix accepts: after an interpolation in a path Nix reads `//` as two slashes.
const KNOWN_DIFFERENCES: &[&str] = &["./a/${\"b\"}//c"];

/// Problems that make Nix refuse a file as it is set up by default.
fn refusal(tree: &SourceTree) -> Option<String> {
    tree.problems
        .first()
        .map(|problem| format!("{:?}: {}", problem.kind, problem.message))
}

/// Compares each text with what Nix makes of it and lists the differences.
fn differences(nix: &Nix, texts: &[String]) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a folder");
    let path = directory.path().canonicalize().expect("a path");
    let theirs = nix.parse_all(texts, &path);
    let mut differences = Vec::new();
    for (text, theirs) in texts.iter().zip(theirs) {
        let tree = parse(FileId(0), text, None);
        match (refusal(&tree), theirs) {
            (None, Ok(theirs)) => {
                let ours = print::print(&tree, &path.to_string_lossy());
                let theirs = print::normalise(&theirs);
                if ours != theirs {
                    differences.push(format!("{text:?}\n  ours:   {ours}\n  theirs: {theirs}"));
                }
            }
            (Some(_), Err(_)) => {}
            (Some(_), Ok(_)) if KNOWN_DIFFERENCES.contains(&text.as_str()) => {}
            (Some(ours), Ok(theirs)) => {
                differences.push(format!("{text:?}\n  refused: {ours}\n  theirs:  {theirs}"));
            }
            (None, Err(theirs)) => {
                differences.push(format!("{text:?}\n  accepted, but Nix says: {theirs}"));
            }
        }
    }
    differences
}

fn assert_same(nix: &Nix, texts: &[String]) {
    let differences = differences(nix, texts);
    assert!(
        differences.is_empty(),
        "{} of {} differ:\n{}",
        differences.len(),
        texts.len(),
        differences.join("\n")
    );
}

fn written_expressions() -> Vec<String> {
    include_str!("expressions.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
        .chain(["# only a comment", "# comment␍1", "# comment␍⏎1"])
        .map(|line| {
            line.replace('⏎', "\n")
                .replace('␍', "\r")
                .replace('␉', "\t")
                .replace('⍽', "\u{a0}")
        })
        .collect()
}

#[test]
fn written_expressions_parse_as_in_nix() {
    let Some(nix) = Nix::find() else {
        return;
    };
    assert_same(&nix, &written_expressions());
}

#[test]
fn generated_expressions_parse_as_in_nix() {
    let Some(nix) = Nix::find() else {
        return;
    };
    let mut numbers = Numbers::new(1);
    let texts: Vec<String> = (0..600)
        .map(|index| {
            if index % 3 == 0 {
                generate::mangled(&mut numbers)
            } else {
                generate::expression(&mut numbers)
            }
        })
        .collect();
    assert_same(&nix, &texts);
}

#[test]
fn every_problem_has_a_place_and_words_for_people() {
    let mut numbers = Numbers::new(7);
    let generated = (0..300).map(|_| generate::mangled(&mut numbers));
    for text in written_expressions().into_iter().chain(generated) {
        for problem in parse(FileId(0), &text, None).problems {
            let covered = text.get(problem.span.start as usize..problem.span.end as usize);
            assert!(covered.is_some(), "{text:?}: {problem:?}");
            let technical = ["TOKEN", "NODE", "error node"]
                .iter()
                .any(|word| problem.message.contains(word));
            assert!(!technical, "{text:?}: {}", problem.message);
        }
    }
}

#[test]
fn pipe_operators_are_read_and_reported() {
    let tree = parse(FileId(0), "a: a |> map", None);
    let kinds: Vec<StaticProblemKind> = tree.problems.iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [StaticProblemKind::PipeOperator]);
    assert!(!tree.is_unusable());
}
