//! The Nix project's own language tests, measured by hand:
//!
//! ```sh
//! OPENCLAW_CHECK_NIX_LANGUAGE_TESTS=nix/tests/functional/lang cargo test --test nix -- --ignored --nocapture language
//! ```
//!
//! They are not part of this repository: the variable names the folder in a checkout of Nix.

use crate::print;
use crate::skip::skip;
use openclaw_check::nix::eval::value::Origin;
use openclaw_check::nix::eval::{Evaluator, Limits, with_stack};
use openclaw_check::nix::symbol::Symbol;
use openclaw_check::nix::syntax::parse;
use openclaw_check::workspace::source::{FileId, Sources};
use openclaw_check::workspace::{Request, Workspace};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

/// Tests that ask for a setting, an argument or a search path that there is no counterpart of, and why.
const NOT_ASKED: &[(&str, &str)] = &[
    ("eval-okay-autoargs", "arguments from the command line"),
    (
        "eval-okay-search-path",
        "a search path from the command line",
    ),
    (
        "eval-okay-fromTOML-timestamps",
        "an experimental feature that is off",
    ),
    (
        "eval-fail-abs-path-fatal",
        "a setting that makes warnings fatal",
    ),
    (
        "eval-fail-home-path-fatal",
        "a setting that makes warnings fatal",
    ),
    (
        "eval-fail-short-path-literal",
        "a setting that makes warnings fatal",
    ),
    (
        "eval-fail-url-literal",
        "a setting that makes warnings fatal",
    ),
    (
        "eval-okay-tail-call-1",
        "Nix has taken its expectation away",
    ),
];

/// The most that may stay unknown, of a hundred.
const UNKNOWN_PER_HUNDRED: usize = 5;

#[test]
#[ignore = "needs a checkout of Nix: OPENCLAW_CHECK_NIX_LANGUAGE_TESTS=.../tests/functional/lang"]
fn language_tests_of_the_nix_project() {
    let Some(folder) = std::env::var_os("OPENCLAW_CHECK_NIX_LANGUAGE_TESTS").map(PathBuf::from)
    else {
        skip("OPENCLAW_CHECK_NIX_LANGUAGE_TESTS names no folder");
        return;
    };
    let folder = folder.canonicalize().expect("the folder of the tests");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("a folder that can be read")
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            Some(name.strip_suffix(".nix")?.to_string())
        })
        .filter(|name| NOT_ASKED.iter().all(|(asked, _)| asked != name))
        .collect();
    names.sort();
    let mut verdicts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut total = 0;
    for name in names {
        let verdict = if name.starts_with("parse-") {
            parsed(&folder, &name)
        } else if name.starts_with("eval-") {
            evaluated(&folder, &name)
        } else {
            continue;
        };
        total += 1;
        let (kind, detail) = verdict;
        verdicts.entry(kind).or_default().push(match detail {
            Some(detail) => format!("{name}: {detail}"),
            None => name,
        });
    }
    for (kind, names) in &verdicts {
        println!("{kind}: {} of {total}", names.len());
        if *kind != SAME {
            names.iter().for_each(|name| println!("  {name}"));
        }
    }
    let count = |kind| verdicts.get(kind).map_or(0, Vec::len);
    assert!(total > 0, "{} holds no tests", folder.display());
    assert_eq!(count(WRONG), 0, "wrong values");
    assert!(
        count(UNKNOWN) * 100 <= total * UNKNOWN_PER_HUNDRED,
        "too much is unknown"
    );
}

const SAME: &str = "as expected";
const WRONG: &str = "different";
const UNKNOWN: &str = "unknown";

/// What became of a test, and what there is to say about it.
type Verdict = (&'static str, Option<String>);

/// Whether a file parses, and as what, where the test says that.
fn parsed(folder: &Path, name: &str) -> Verdict {
    let bytes = std::fs::read(folder.join(format!("{name}.nix"))).expect("a file");
    let Ok(text) = String::from_utf8(bytes) else {
        // Such a file is refused before it is parsed.
        return match name.starts_with("parse-fail") {
            true => (SAME, None),
            false => (UNKNOWN, Some("it is not UTF-8".to_string())),
        };
    };
    let tree = parse(FileId(0), &text, None);
    let refusal = tree.problems.first().map(|problem| &problem.message);
    match (name.starts_with("parse-fail"), refusal) {
        (true, Some(_)) => (SAME, None),
        (true, None) => (WRONG, Some("it is accepted".to_string())),
        (false, Some(message)) => (WRONG, Some(format!("it is refused: {message}"))),
        (false, None) => {
            let Ok(expected) = std::fs::read_to_string(folder.join(format!("{name}.exp"))) else {
                return (SAME, None);
            };
            let expected = print::normalise(expected.trim_end());
            let printed = print::print(&tree, "/pwd");
            match printed == expected {
                true => (SAME, None),
                false => (WRONG, Some(format!("\n    {printed}\n    {expected}"))),
            }
        }
    }
}

/// What `builtins.toXML` makes of a file, where the test says that.
fn as_xml(folder: &Path, name: &str, expected: &str) -> Verdict {
    let root = folder.parent().expect("a folder around the tests");
    let mut request = Request::new(root);
    request.no_git = true;
    request.root = Some(root.to_path_buf());
    let file = folder.join(format!("{name}.nix"));
    let written = with_stack(move || {
        let workspace = Workspace::open(&request, Rc::new(Sources::new())).expect("a folder");
        let mut evaluator = Evaluator::new(Rc::new(workspace), Limits::default());
        let (_, value) = evaluator
            .load(&file.to_string_lossy(), &Origin::default())
            .map_err(|stop| format!("{stop:?}"))?;
        let xml = evaluator.snippet("builtins.toXML value", &[Symbol::new("value")], vec![value]);
        evaluator
            .text(&xml, &Origin::default())
            .map(|text| text.to_string())
            .map_err(|stop| format!("{stop:?}"))
    })
    .expect("a large stack");
    match written {
        Ok(written) if written == expected => (SAME, None),
        Ok(written) => (WRONG, Some(format!("\n{written}\n{expected}"))),
        Err(stop) => (UNKNOWN, Some(stop)),
    }
}

/// What `eval --strict` makes of a file, by its exit code and what it prints.
fn evaluated(folder: &Path, name: &str) -> Verdict {
    if let Ok(expected) = std::fs::read_to_string(folder.join(format!("{name}.exp.xml"))) {
        return as_xml(folder, name, &expected);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_openclaw-check"))
        .args(["eval", "--strict", "--no-git", "--root", "."])
        .arg(format!("lang/{name}.nix"))
        .current_dir(folder.parent().expect("a folder around the tests"))
        .env("HOME", "/home/test")
        .env("TEST_VAR", "foo")
        .output()
        .expect("the program runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_string();
    match (name.starts_with("eval-fail"), output.status.code()) {
        (_, Some(3)) => (UNKNOWN, Some(complaint)),
        (true, Some(1)) => (SAME, None),
        (true, Some(0)) => (WRONG, Some(format!("it has a value: {printed}"))),
        (false, Some(1)) => (WRONG, Some(format!("it fails: {complaint}"))),
        (false, Some(0)) => {
            let Ok(expected) = std::fs::read_to_string(folder.join(format!("{name}.exp"))) else {
                return (SAME, None);
            };
            let around = folder.parent().map(|around| around.to_string_lossy());
            let printed = printed.replace(&*around.unwrap_or_default(), "/pwd");
            match is_same(printed.trim_end(), expected.trim_end()) {
                true => (SAME, None),
                false => (
                    WRONG,
                    Some(format!(
                        "\n    {}\n    {}",
                        printed.trim_end(),
                        expected.trim_end()
                    )),
                ),
            }
        }
        (_, code) => (WRONG, Some(format!("exit code {code:?}: {complaint}"))),
    }
}

/// Whether two texts are the same but for what is never printed: a string that stands where a credential would.
fn is_same(printed: &str, expected: &str) -> bool {
    let mut rest = expected;
    let mut pieces = printed.split("\"[redacted]\"");
    let mut is_first = true;
    pieces.all(|piece| {
        if !is_first {
            let literal = rest
                .strip_prefix('"')
                .and_then(|inside| inside.split_once('"'));
            match literal {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        is_first = false;
        match rest.strip_prefix(piece) {
            Some(after) => rest = after,
            None => return false,
        }
        true
    }) && rest.is_empty()
}
