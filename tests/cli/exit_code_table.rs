//! The exit code of every subcommand for everything that may happen, in tables.

use crate::harness::openclaw_check;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

const FILES: &[(&str, &str)] = &[
    ("clean.json", "{ gateway: { mode: 'local' } }"),
    (
        "wrong.json",
        "{ agents: { defaults: { model: 'nosuch/x' } } }",
    ),
    (
        "doubtful.json",
        "{ agents: { defaults: { model: { primary: 'anthropic/claude-opus-4-6', \
         fallbacks: ['anthropic/claude-opus-4-6'] } } }, env: { vars: { ANTHROPIC_API_KEY: '${FROM_ELSEWHERE}' } } }",
    ),
    (
        "unresolved.json",
        "{ models: { providers: { mine: { baseUrl: 'https://example.org/v1', api: 'openai-completions', \
         apiKey: '${MINE_API_KEY}', models: [{ id: 'm', name: 'M' }] } } } }",
    ),
    ("cut.json", "{ agents: "),
    (
        "home.nix",
        "{ programs.openclaw = { enable = true; config.gateway.mode = \"local\"; }; }",
    ),
    ("syntax.nix", "{ programs.openclaw.enable = ; }"),
    ("throw.nix", "throw \"no\""),
    ("function.nix", "x: x"),
    ("unknown.nix", "(import <nixpkgs> { }).hello.name"),
    ("number.nix", "1 + 1"),
    ("broken.nix", "{ a = throw \"no\"; b = 1; }"),
    ("flake/flake.nix", "{ outputs = { self }: { }; }"),
    ("refused/openclaw-check.toml", "nosuch = 1\n"),
    (
        "refused/wrong.json",
        "{ agents: { defaults: { model: 'nosuch/x' } } }",
    ),
    ("refused/home.nix", "{ programs.openclaw.enable = true; }"),
    ("elsewhere/x.nix", "{ }"),
    ("notes/notes.txt", "nothing"),
    ("evaluated.json", "{ \"version\": 99 }"),
    ("bad.toml", "strict = \"perhaps\"\n"),
];

fn scene() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    for (name, text) in FILES {
        let path = at(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let large = format!(
        "{{ programs.openclaw.enable = true; }} #{}",
        " ".repeat(9 << 20)
    );
    fs::write(at("large.nix"), &large).expect("a file");
    fs::write(at("large.json"), &large).expect("a file");
    symlink("circle.nix", at("circle.nix")).expect("a link");
    let made = std::process::Command::new("mkfifo")
        .arg(at("pipe.nix"))
        .status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    folder
}

/// Runs each line of a table, and says of all that are wrong what they printed.
fn assert_codes(subcommand: &str, table: &[(&str, i32, &str)]) {
    let folder = scene();
    let mut wrong = Vec::new();
    for (arguments, code, says) in table {
        let printed = openclaw_check()
            .args(subcommand)
            .args(arguments)
            .inside(folder.path())
            .input("{ \"agents\": { \"defaults\": { \"model\": \"nosuch/x\" } } }")
            .run();
        let all = format!("{}{}", printed.out, printed.err);
        if printed.code != *code || !all.contains(says) {
            wrong.push(format!(
                "{subcommand} {arguments}: {} instead of {code}, `{says}`: {all}",
                printed.code
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn of_check() {
    let table = [
        // 0: nothing that counts.
        ("clean.json", 0, "no findings"),
        ("doubtful.json", 0, "duplicate-fallback"),
        ("unresolved.json", 0, "could not be checked"),
        ("flake", 0, "nothing here configures OpenClaw"),
        ("wrong.json --ignore unknown-provider", 0, ""),
        ("--help", 0, "Usage"),
        ("home.nix --diff", 0, "nothing that --fix would change"),
        ("home.nix --fix", 0, ""),
        // 1: findings.
        ("wrong.json", 1, "unknown-provider"),
        ("- --stdin-filename openclaw.json", 1, "unknown-provider"),
        ("wrong.json --quiet --min-severity error", 1, ""),
        ("wrong.json --diff", 1, ""),
        ("doubtful.json --deny-warnings", 1, "duplicate-fallback"),
        ("doubtful.json --deny-warnings --min-severity error", 1, ""),
        ("unresolved.json --strict", 1, "MINE_API_KEY"),
        ("cut.json", 1, "cut.json"),
        ("syntax.nix", 1, "syntax-error"),
        ("throw.nix", 1, "evaluation-error"),
        ("flake --deny-warnings --strict", 0, ""),
        // 2: usage and settings.
        ("--no-such-option", 2, "unexpected argument"),
        ("clean.json --format xml", 2, "possible values"),
        ("clean.json --openclaw-version newest", 2, "newest"),
        ("clean.json --select nosuch", 2, "there is no rule"),
        ("clean.json --ignore nosuch", 2, "there is no rule"),
        ("clean.json --root elsewhere", 2, "does not lie below"),
        ("clean.json --staged", 2, "needs a git checkout"),
        ("clean.json --staged --no-git", 2, "cannot be used with"),
        ("clean.json --fix --diff", 2, "cannot be used with"),
        ("clean.json --input x", 2, "NAME=DIR"),
        ("- -", 2, "once only"),
        ("refused/wrong.json", 2, "invalid-settings"),
        ("refused", 2, "invalid-settings"),
        ("wrong.json --config bad.toml", 2, "invalid-settings"),
        // 3: not readable. It outweighs all others.
        ("nope.nix", 3, "no such file"),
        ("wrong.json nope.nix", 3, "unknown-provider"),
        ("refused/wrong.json nope.nix", 3, "invalid-settings"),
        ("large.nix", 3, "too large"),
        ("large.json", 3, "too large"),
        ("circle.nix", 3, "circle.nix"),
        ("pipe.nix", 3, "pipe.nix"),
        ("/dev/null", 3, "device"),
        ("notes", 3, "nothing to check"),
        ("clean.json --env-file nope", 3, "no such file"),
        ("clean.json --evaluated nope", 3, "no such file"),
        ("clean.json --evaluated evaluated.json", 3, "version"),
        ("clean.json --evaluated throw.nix", 3, "throw.nix"),
        ("clean.json --config nope", 3, "no such file"),
        ("home.nix --input x=nope", 3, "no such file"),
        ("home.nix --root nope", 3, "no such file"),
        ("home.nix --configuration nosuch", 3, "no configuration"),
        ("help", 3, "--help"),
    ];
    // An openclaw.json names no release: the one that is meant decides what is an error.
    let table: Vec<(String, i32, &str)> = table
        .iter()
        .map(|(arguments, code, says)| {
            let arguments = match arguments.contains("--openclaw-version") {
                true => arguments.to_string(),
                false => format!("{arguments} --openclaw-version 2026.6.11"),
            };
            (arguments, *code, *says)
        })
        .collect();
    let table: Vec<(&str, i32, &str)> = table
        .iter()
        .map(|(arguments, code, says)| (arguments.as_str(), *code, *says))
        .collect();
    assert_codes("check", &table);
    assert_codes("", &table);
}

#[test]
fn of_show() {
    assert_codes(
        "show",
        &[
            ("clean.json", 0, "\"mode\": \"local\""),
            // What is wrong with it is for `check` to say.
            ("wrong.json", 0, "nosuch/x"),
            ("home.nix --format json", 0, "\"version\": 1"),
            ("- --stdin-filename openclaw.json", 0, "nosuch/x"),
            ("flake", 0, "nothing here configures OpenClaw"),
            ("home.nix --instance default", 0, "local"),
            // Where there is nothing to show because the file is wrong.
            ("syntax.nix", 1, "syntax-error"),
            ("syntax.nix --format json", 1, "syntax-error"),
            ("throw.nix", 1, "evaluation-error"),
            ("cut.json", 1, "cut.json"),
            ("--no-such-option", 2, "unexpected argument"),
            ("home.nix --format xml", 2, "possible values"),
            ("home.nix --instance nosuch", 2, "there is no instance"),
            ("home.nix --openclaw-version newest", 2, "newest"),
            ("home.nix --root elsewhere", 2, "does not lie below"),
            ("home.nix --staged", 2, "needs a git checkout"),
            ("refused/home.nix", 2, "invalid-settings"),
            ("refused/home.nix --format json", 2, "invalid-settings"),
            ("nope.nix", 3, "no such file"),
            ("nope.nix --format json", 3, "no such file"),
            ("large.nix", 3, "too large"),
            ("circle.nix", 3, "circle.nix"),
            ("pipe.nix", 3, "pipe.nix"),
            ("notes", 3, "nothing to check"),
            ("home.nix --evaluated nope", 3, "no such file"),
            ("home.nix --env-file nope", 3, "no such file"),
            ("home.nix --config nope", 3, "no such file"),
            ("home.nix --input x=nope", 3, "no such file"),
        ],
    );
}

#[test]
fn of_eval() {
    assert_codes(
        "eval",
        &[
            ("number.nix", 0, "2"),
            ("number.nix --strict", 0, "2"),
            ("- --json", 1, ""),
            ("function.nix", 0, "LAMBDA"),
            ("unknown.nix", 0, "unknown"),
            ("unknown.nix --json", 0, "$unknown"),
            ("broken.nix", 0, "error: no"),
            ("broken.nix b --strict", 0, "1"),
            ("throw.nix", 1, "no"),
            ("broken.nix --strict", 1, "no"),
            ("broken.nix a", 1, "no"),
            ("broken.nix nosuch", 1, "missing"),
            ("syntax.nix", 1, "syntax.nix:1:"),
            ("function.nix --json --strict", 1, "function"),
            ("", 2, "<FILE>"),
            ("number.nix --no-such-option", 2, "unexpected argument"),
            ("number.nix a.", 2, "ends in a dot"),
            ("number.nix --root elsewhere", 2, "does not lie below"),
            ("unknown.nix --strict", 3, "not known"),
            ("nope.nix", 3, "no such file"),
            ("large.nix", 3, "too large"),
            ("circle.nix", 3, "circle.nix"),
            ("pipe.nix", 3, "pipe.nix"),
            ("/dev/null", 3, "device"),
            ("number.nix --root nope", 3, "no such file"),
            ("number.nix --input x=nope", 3, "no such file"),
        ],
    );
}

#[test]
fn of_models() {
    assert_codes(
        "models",
        &[
            ("--flake home.nix anthropic", 0, "claude"),
            ("--flake home.nix", 0, "home.nix"),
            ("--flake home.nix --route", 0, "home.nix"),
            ("--flake flake", 0, "nothing here configures OpenClaw"),
            (
                "--flake home.nix --openclaw-version latest --format json",
                0,
                "\"version\": 1",
            ),
            ("--flake syntax.nix", 1, "syntax-error"),
            ("--flake throw.nix", 1, "evaluation-error"),
            ("--flake cut.json --route", 1, "cut.json"),
            ("--flake home.nix nosuch", 2, "there is no provider"),
            ("--openclaw-version newest", 2, "newest"),
            // What lies here is looked at, and some of it cannot be read.
            ("", 3, "too large"),
            ("--flake home.nix --openclaw-version newest", 2, "newest"),
            ("--no-such-option", 2, "unexpected argument"),
            ("--flake refused/home.nix", 2, "invalid-settings"),
            ("--flake nope.nix", 3, "no such file"),
            ("--flake large.nix", 3, "too large"),
            ("--flake circle.nix", 3, "circle.nix"),
            ("--flake pipe.nix", 3, "pipe.nix"),
            ("--flake notes", 3, "nothing to check"),
        ],
    );
}

#[test]
fn of_those_that_read_nothing() {
    for (subcommand, right, wrong) in [
        ("explain", "unknown-model", "nosuch"),
        ("rules", "", "nosuch"),
        ("rules", "--format json", "--format xml"),
        ("releases", "", "nosuch"),
        ("releases", "--format json", "--no-such-option"),
        ("completions", "bash", ""),
        ("completions", "fish", "nosuch"),
        ("man", "", "nosuch"),
    ] {
        assert_codes(subcommand, &[(right, 0, ""), (wrong, 2, "")]);
    }
}

/// With each subcommand: something to print, and the code of printing it.
const PRINTING: &[(&str, i32)] = &[
    ("wrong.json --openclaw-version 2026.6.11", 1),
    ("wrong.json --openclaw-version 2026.6.11 --format json", 1),
    ("clean.json --format sarif", 0),
    ("show home.nix", 0),
    ("show home.nix --format json", 0),
    ("eval number.nix", 0),
    ("eval number.nix --json", 0),
    ("models --flake home.nix", 0),
    ("models --flake home.nix --route", 0),
    ("explain unknown-model", 0),
    ("rules", 0),
    ("releases", 0),
    ("completions bash", 0),
    ("man", 0),
    ("--help", 0),
    ("--version", 0),
    ("nope.nix", 3),
    ("refused/wrong.json", 2),
];

#[test]
fn of_a_reader_that_goes_away_is_the_same() {
    let folder = scene();
    for (arguments, code) in PRINTING {
        let mut child = openclaw_check()
            .args(arguments)
            .inside(folder.path())
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(*code), "{arguments}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn of_output_that_cannot_be_written_is_3() {
    let folder = scene();
    for (arguments, _) in PRINTING {
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("a device that is always full");
        let output = openclaw_check()
            .args(arguments)
            .inside(folder.path())
            .command()
            .stdin(Stdio::null())
            .stdout(full)
            .output()
            .expect("the program starts");
        assert_eq!(output.status.code(), Some(3), "{arguments}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("internal error"), "{arguments}: {said}");
    }
}

/// Where neither way out can be written nor read, nothing hangs and nothing panics.
#[cfg(target_os = "linux")]
#[test]
fn of_no_streams_at_all_is_the_same() {
    let folder = scene();
    for (arguments, code) in PRINTING {
        let program = env!("CARGO_BIN_EXE_openclaw-check");
        let status = std::process::Command::new("sh")
            .current_dir(folder.path())
            .args(["-c", &format!("exec {program} {arguments} <&- >&- 2>&-")])
            .status()
            .expect("a shell");
        assert_eq!(status.code(), Some(*code), "{arguments}");
    }
}
