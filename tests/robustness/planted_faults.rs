//! Each invariant's check, shown to fail: on a fault that is planted for it, beside the same without the fault.

use crate::inputs::{KEY, OTHER_KEY, files};
use crate::invariants;
use openclaw_check::Outcome;
use openclaw_check::report::finding::{
    Consequence, Edit, Failure, Finding, Fix, Related, Report, Severity, Unresolved,
};
use openclaw_check::workspace::source::{FileId, SourceFile, Sources, Span};
use serde_json::{Value, json};

const TEXT: &str = "a = 1;\né = 2;\n";

fn sources() -> Sources {
    let sources = Sources::new();
    sources.add(SourceFile::new("home.nix", TEXT));
    sources
}

fn span(start: u32, end: u32) -> Span {
    Span::new(FileId(0), start, end)
}

fn report(place: Span) -> Report {
    let finding =
        Finding::new("unknown-model", Consequence::FailsInUse, "no such model").at(Some(place));
    Report {
        findings: vec![finding],
        ..Report::default()
    }
}

/// The check holds for the sound one and tells of the fault, in words that name it.
fn fails(sound: Result<(), String>, faulty: Result<(), String>, says: &str) {
    assert_eq!(sound, Ok(()), "without a fault");
    let fault = faulty.expect_err("the fault goes unnoticed");
    assert!(fault.contains(says), "{fault}");
}

#[test]
fn a_place_that_is_none() {
    let check = |place: Span| invariants::spans(&report(place), &sources());
    fails(check(span(0, 7)), check(span(0, 99)), "behind its file");
    fails(check(span(7, 9)), check(span(8, 9)), "cuts a character");
    fails(check(span(7, 9)), check(span(7, 8)), "cuts a character");
    fails(check(span(2, 3)), check(span(3, 2)), "before it begins");
    let elsewhere = Span::new(FileId(1), 0, 0);
    fails(check(span(0, 0)), check(elsewhere), "no file");
    fails(
        check(span(0, 0)),
        check(Span::new(FileId::INTERNAL, 0, 0)),
        "no file",
    );
}

#[test]
fn a_further_place_an_edit_an_unresolved_value_and_a_secret_that_are_none() {
    let with = |change: &dyn Fn(&mut Report)| {
        let mut report = report(span(0, 1));
        change(&mut report);
        invariants::spans(&report, &sources())
    };
    let related = |place| {
        with(&|report| {
            report.findings[0].related.push(Related {
                span: place,
                message: "here".into(),
            });
        })
    };
    fails(related(span(0, 1)), related(span(0, 99)), "behind its file");
    let edits = |first, second| {
        with(&|report| {
            let edit = |span| Edit {
                span,
                text: "x".into(),
            };
            report.findings[0].fix = Some(Fix {
                title: "Write x".into(),
                safe: true,
                edits: vec![edit(first), edit(second)],
            });
        })
    };
    fails(
        edits(span(0, 1), span(1, 2)),
        edits(span(0, 1), span(1, 99)),
        "edit",
    );
    fails(
        edits(span(0, 1), span(1, 2)),
        edits(span(0, 2), span(1, 3)),
        "overlap",
    );
    let unresolved = |place| {
        with(&|report| {
            report.unresolved.push(Unresolved {
                path: "a".into(),
                reason: "b".into(),
                span: Some(place),
                configurations: Vec::new(),
            });
        })
    };
    fails(
        unresolved(span(0, 1)),
        unresolved(span(0, 99)),
        "unresolved",
    );
    let secret = |place| with(&|report| report.secrets.push(place));
    fails(secret(span(0, 1)), secret(span(0, 99)), "secret");
    let message = |text: &str| with(&|report| report.findings[0].message = text.into());
    fails(message("x"), message(" "), "no message");
}

#[test]
fn a_character_that_acts_on_a_terminal() {
    let check = |text: &str| invariants::harmless("human", text);
    for planted in [
        "\u{1b}[31m",
        "\u{202e}",
        "\u{9b}",
        "\u{7}",
        "\r",
        "\t",
        "\u{200b}",
        "\u{feff}",
    ] {
        fails(
            check("plain é 模型\n"),
            check(&format!("a{planted}b\n")),
            "U+",
        );
    }
    fails(check(""), check("no end"), "line feed");
}

#[test]
fn a_command_for_a_runner() {
    let check = |text: &str| invariants::no_commands("human", text);
    for planted in [
        "::error::x",
        "  ::add-mask::x",
        "##[group]x",
        "a ##vso[task.x]",
    ] {
        fails(check("a::b\n"), check(planted), "command");
    }
    let check = invariants::github;
    let sound = check("::error file=a.nix,line=1::no\nplain\n");
    for (planted, says) in [
        ("::stop-commands::x\n", "`stop-commands`"),
        ("::error file=a,evil=1::x\n", "evil"),
        ("::error file=a\n", "half"),
        ("::error file=a::\n", "nothing"),
        (" ::error::x\n", "command"),
    ] {
        fails(sound.clone(), check(planted), says);
    }
}

#[test]
fn a_secret_as_it_is_in_pieces_or_encoded() {
    let check = |text: &str| invariants::secret_free("json", text, &[KEY]);
    let sound = check("the key `sk-ant-` of 48 characters");
    fails(sound.clone(), check(KEY), "piece");
    fails(sound.clone(), check(&KEY[20..30]), "piece");
    let hexadecimal: String = KEY.bytes().map(|byte| format!("{byte:02X}")).collect();
    fails(sound.clone(), check(&hexadecimal), "hexadecimal");
    // Made elsewhere, with `base64`.
    fails(
        sound.clone(),
        check("c2stYW50LWFwaTAzLVF6N0xrMlZiOVh3NFJ0NllwMU5zOE1kM0dmNUhqMEth"),
        "base64",
    );
    fails(
        sound,
        check("eHNrLWFudC1hcGkwMy1RejdMazJWYjlYdzRSdDZZcDFOczhNZDNHZjVIajBLYQ=="),
        "base64",
    );
}

#[test]
fn an_output_that_a_secret_decides() {
    let printed = |text: &str| vec![text.to_string(); invariants::FORMATS.len()];
    let same =
        |text: &str| invariants::same(&printed("fingerprint 1\n"), &printed(text), "another key");
    fails(
        same("fingerprint 1\n"),
        same("fingerprint 2\n"),
        "another key",
    );
    // The two keys differ in every place that could be told, and in nothing else.
    assert_eq!(KEY.len(), OTHER_KEY.len());
    let class = |text: &str| -> Vec<(bool, bool)> {
        text.chars()
            .map(|c| (c.is_ascii_digit(), c.is_uppercase()))
            .collect()
    };
    assert_eq!(class(&KEY[..13]), class(&OTHER_KEY[..13]));
    assert_eq!(KEY[..13], OTHER_KEY[..13]);
    assert!(
        KEY[13..]
            .chars()
            .zip(OTHER_KEY[13..].chars())
            .all(|(a, b)| a != b)
    );
}

/// A change that plants a fault, and a word of what is said of it.
type Fault<'f> = (&'f dyn Fn(&mut Value), &'f str);

fn document() -> Value {
    let sources = sources();
    let printed = invariants::print_report(&report(span(7, 9)), &sources, false);
    serde_json::from_str(&printed[2]).expect("JSON")
}

#[test]
fn json_that_is_not_what_it_should_be() {
    fails(
        invariants::parse("json", "{}").map(drop),
        invariants::parse("json", "{").map(drop),
        "no JSON",
    );
    let check = |change: &dyn Fn(&mut Value)| {
        let mut document = document();
        change(&mut document);
        invariants::json(&document, &sources())
    };
    let sound = check(&|_| {});
    let faults: &[Fault<'_>] = &[
        (&|all| all["version"] = json!(2), "version"),
        (
            &|all| all["findings"][0]["severity"] = json!("fatal"),
            "severity",
        ),
        (
            &|all| all["findings"][0]["start"]["line"] = json!(1),
            "one place",
        ),
        (
            &|all| all["findings"][0]["start"]["column"] = json!(2),
            "one place",
        ),
        (
            &|all| all["findings"][0]["end"]["offset"] = json!(10),
            "one place",
        ),
        (
            &|all| all["findings"][0]["end"]["offset"] = json!(1),
            "before it begins",
        ),
        (
            &|all| all["findings"][0]["file"] = json!("other.nix"),
            "not among",
        ),
        (
            &|all| all["findings"][0]["file"] = Value::Null,
            "without a file",
        ),
        (
            &|all| all["findings"][0]["related"] = Value::Null,
            "related",
        ),
        (&|all| all["checked"]["unresolved"] = json!(1), "counts"),
        (&|all| all["errors"] = Value::Null, "errors"),
    ];
    for (fault, says) in faults {
        fails(sound.clone(), check(fault), says);
    }
}

#[test]
fn sarif_that_is_not_what_it_should_be() {
    let printed = invariants::print_report(&report(span(7, 9)), &sources(), false);
    let check = |change: &dyn Fn(&mut Value)| {
        let mut document: Value = serde_json::from_str(&printed[3]).expect("JSON");
        change(&mut document);
        invariants::sarif(&document)
    };
    let sound = check(&|_| {});
    let faults: &[Fault<'_>] = &[
        (&|all| all["version"] = json!("1"), "version"),
        (
            &|all| all["runs"][0]["results"][0]["ruleIndex"] = json!(0),
            "elsewhere",
        ),
        (
            &|all| all["runs"][0]["results"][0]["level"] = json!("x"),
            "level",
        ),
        (
            &|all| all["runs"][0]["results"][0]["message"]["text"] = json!(""),
            "nothing",
        ),
        (
            &|all| {
                let first = all["runs"][0]["results"][0].clone();
                all["runs"][0]["results"]
                    .as_array_mut()
                    .expect("results")
                    .push(first);
            },
            "two results",
        ),
        (
            &|all| {
                let place = &mut all["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
                place["region"]["startLine"] = json!(0);
            },
            "region",
        ),
        (
            &|all| {
                let place = &mut all["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
                place["region"]["endColumn"] = json!(0);
            },
            "region",
        ),
    ];
    for (fault, says) in faults {
        fails(sound.clone(), check(fault), says);
    }
}

#[test]
fn gitlab_that_is_not_what_it_should_be() {
    let printed = invariants::print_report(&report(span(7, 9)), &sources(), false);
    let check = |change: &dyn Fn(&mut Value)| {
        let mut document: Value = serde_json::from_str(&printed[5]).expect("JSON");
        change(&mut document);
        invariants::gitlab(&document)
    };
    let sound = check(&|_| {});
    let faults: &[Fault<'_>] = &[
        (&|all| *all = json!({}), "no list"),
        (&|all| all[0]["severity"] = json!("bad"), "entry"),
        (
            &|all| all[0]["location"]["lines"]["begin"] = json!(0),
            "entry",
        ),
        (&|all| all[0]["description"] = json!(""), "entry"),
        (
            &|all| {
                let first = all[0].clone();
                all.as_array_mut().expect("a list").push(first);
            },
            "twice",
        ),
    ];
    for (fault, says) in faults {
        fails(sound.clone(), check(fault), says);
    }
}

#[test]
fn an_exit_code_that_the_findings_do_not_make() {
    let outcome = |report: Report| Outcome {
        report,
        ..Outcome::default()
    };
    let check =
        |outcome: &Outcome, document: &Value| invariants::exit_code_agrees(outcome, document);
    let error = outcome(report(span(0, 1)));
    let printed = |outcome: &Outcome| -> Value {
        let sources = sources();
        let text = invariants::print_report(&outcome.report, &sources, false);
        serde_json::from_str(&text[2]).expect("JSON")
    };
    let document = printed(&error);
    let mut silent = document.clone();
    silent["findings"] = json!([]);
    fails(check(&error, &document), check(&error, &silent), "verdict");
    let mut failed = outcome(Report::default());
    failed.report.errors.push(Failure {
        path: "x".into(),
        message: "missing".into(),
    });
    let document = printed(&failed);
    let mut silent = document.clone();
    silent["errors"] = json!([]);
    fails(
        check(&failed, &document),
        check(&failed, &silent),
        "verdict",
    );
    let mut warned = outcome(report(span(0, 1)));
    warned.report.findings[0].severity = Severity::Warning;
    let document = printed(&warned);
    assert_eq!(check(&warned, &document), Ok(()));
    warned.deny_warnings = true;
    assert_eq!(check(&warned, &document), Ok(()));
}

#[test]
fn a_tree_in_one_text_becomes_its_files() {
    let files = files(
        b"a\n=== home.nix\nb\n=== ../x\nc\n=== sub/d.nix\nd",
        "flake.nix",
    );
    let as_text: Vec<(String, String)> = files
        .into_iter()
        .map(|(name, text)| (name, String::from_utf8_lossy(&text).into_owned()))
        .collect();
    let expected = [
        ("flake.nix", "a\n"),
        ("home.nix", "b\n=== ../x\nc\n"),
        ("sub/d.nix", "d"),
    ];
    assert_eq!(
        as_text,
        expected.map(|(name, text)| (name.to_string(), text.to_string()))
    );
}
