//! Text, names and arguments that want to do harm: shown as what they are, on every way out.

use crate::harness::openclaw_check;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Output;

/// An escape sequence, a bell, an override of the direction of text, a C1 control, and commands for runners.
const HOSTILE: &str = "x\u{1b}[31m\u{7}\u{202e}\u{9b}5m\r::error::y##[group]z";

const FORMATS: [&str; 7] = [
    "human", "concise", "json", "sarif", "github", "gitlab", "markdown",
];

/// Nothing that a terminal or a runner acts on is in what was printed, on either way out.
fn assert_harmless(what: &str, output: &Output) {
    for (stream, bytes) in [("out", &output.stdout), ("err", &output.stderr)] {
        let text = std::str::from_utf8(bytes)
            .unwrap_or_else(|_| panic!("{what}: standard {stream} is not UTF-8"));
        let raw = text.chars().find(|character| {
            *character != '\n' && character.is_control()
                || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
        });
        assert_eq!(raw, None, "{what}: standard {stream}:\n{text:?}");
        let own = [
            "::error ",
            "::warning ",
            "::notice ",
            "::error::",
            "::notice::",
            "::warning::",
        ];
        for line in text.lines() {
            let line = line.trim_start();
            let is_ours =
                what.contains("github") && own.iter().any(|command| line.starts_with(command));
            assert!(!line.starts_with("::") || is_ours, "{what}: {line}");
            assert!(!line.starts_with("##["), "{what}: {line}");
        }
    }
}

fn run_in(directory: &Path, arguments: &[&OsStr]) -> Output {
    let mut run = openclaw_check().inside(directory);
    for argument in arguments {
        run = run.arg(argument);
    }
    run.command().output().expect("the program starts")
}

#[test]
fn arguments_are_repeated_harmlessly() {
    let folder = tempfile::tempdir().expect("a folder");
    let hostile = format!("--{HOSTILE}");
    let pair = format!("{HOSTILE}={HOSTILE}");
    let not_text = OsStr::from_bytes(b"\xff\x1b[31m\xfe");
    for word in [
        OsStr::new(HOSTILE),
        OsStr::new(&hostile),
        OsStr::new(&pair),
        not_text,
    ] {
        for before in [
            vec![],
            vec!["--"],
            vec!["show"],
            vec!["show", "--"],
            vec!["show", "--instance"],
            vec!["show", "--format"],
            vec!["eval"],
            vec!["eval", "--"],
            vec!["eval", "flake.nix", "--"],
            vec!["models"],
            vec!["models", "--"],
            vec!["models", "--openclaw-version"],
            vec!["explain"],
            vec!["explain", "--"],
            vec!["rules", "--format"],
            vec!["releases"],
            vec!["completions"],
            vec!["man"],
            vec!["--format"],
            vec!["--openclaw-version"],
            vec!["--select"],
            vec!["--ignore"],
            vec!["--root"],
            vec!["--input"],
            vec!["--env-file"],
            vec!["--evaluated"],
            vec!["--config"],
            vec!["--configuration"],
            vec!["--color"],
            vec!["--min-severity"],
            vec!["--stdin-filename"],
        ] {
            let mut arguments: Vec<&OsStr> = before.iter().map(OsStr::new).collect();
            arguments.push(word);
            let output = run_in(folder.path(), &arguments);
            let what = format!("{before:?} {word:?}");
            assert_harmless(&what, &output);
            let code = output.status.code().unwrap_or(-1);
            assert!((1..=3).contains(&code), "{what}: exit code {code}");
        }
    }
}

#[test]
fn a_key_among_the_arguments_is_not_repeated() {
    const KEY: &str = "sk-proj-Zq3Xw5Rt7Yp9Ns1Md4Gf6Hj8";
    let folder = tempfile::tempdir().expect("a folder");
    for before in [
        vec!["--format"],
        vec!["--select"],
        vec!["explain"],
        vec!["--openclaw-version"],
        vec!["show"],
        vec![],
    ] {
        let mut arguments: Vec<&OsStr> = before.iter().map(OsStr::new).collect();
        arguments.push(OsStr::new(KEY));
        let output = run_in(folder.path(), &arguments);
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains("Xw5Rt7"), "{before:?}: {text}");
        }
    }
}

/// A flake whose every name is hostile.
fn hostile_tree(directory: &Path) {
    let name = OsStr::from_bytes(b"caf\xe9\x1b[31m\n::error::\xe2\x80\xae.nix");
    let nix = "{ programs.openclaw.enable = true; programs.openclaw.config.agents.defaults.model = \"nosuch/x\"; }";
    // Some file systems take no name that is not UTF-8.
    let _ = fs::write(directory.join(name), nix);
    fs::write(
        directory.join("a\u{1b}[2J\r\n::error::b\u{202e}.nix"),
        "{ openclaw = ; }",
    )
    .expect("a file");
    fs::create_dir(directory.join("d\u{1b}]0;title\u{7}")).expect("a folder");
    fs::write(
        directory.join("d\u{1b}]0;title\u{7}/openclaw.json"),
        "{ agents: { defaults: { model: 'nosuch/x' } } }",
    )
    .expect("a file");
    // For Nix a carriage return ends a comment.
    let comment = HOSTILE.replace('\r', "");
    let module = format!(
        "{{
  programs.openclaw.enable = true;
  programs.openclaw.config = {{
    \"{HOSTILE}\" = 1;
    agents.defaults.model = \"{HOSTILE}/{HOSTILE}\";
    agents.list = [ {{ id = \"{HOSTILE}\"; model = \"nosuch/\\n::error::y\"; }} ];
    models.providers.\"{HOSTILE}\" = {{
      baseUrl = \"ftp://{HOSTILE}\"; api = \"{HOSTILE}\"; apiKey = \"\\${{{HOSTILE}}}\";
      models = [ {{ id = \"{HOSTILE}\"; name = \"{HOSTILE}\"; contextWindow = 1; maxTokens = 2; }} ];
    }};
    channels.\"{HOSTILE}\".enabled = true;
  }};
  programs.openclaw.environment.\"{HOSTILE}\" = \"{HOSTILE}\";
  programs.openclaw.instances.\"{HOSTILE}\".config.gateway.mode = \"{HOSTILE}\"; # {comment}
  programs.openclaw.\"{HOSTILE}\" = throw \"{HOSTILE}\";
  # openclaw-check: ignore[{comment}] {comment}
  imports = [ (./. + \"/{HOSTILE}\") ];
}}
",
    );
    fs::write(directory.join("home.nix"), module).expect("a file");
}

#[test]
fn names_in_a_tree_are_harmless_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    hostile_tree(folder.path());
    for format in FORMATS {
        for target in [".", "home.nix"] {
            for color in ["never", "auto"] {
                let output = openclaw_check()
                    .inside(folder.path())
                    .args("--no-git --color")
                    .arg(color)
                    .arg("--format")
                    .arg(format)
                    .arg(target)
                    .command()
                    .output()
                    .expect("the program starts");
                assert_harmless(&format!("{format} of {target}"), &output);
                assert_eq!(output.status.code(), Some(1), "{format} of {target}");
            }
        }
    }
}

#[test]
fn names_in_a_tree_are_harmless_for_every_subcommand() {
    let folder = tempfile::tempdir().expect("a folder");
    hostile_tree(folder.path());
    for arguments in [
        "show home.nix --no-git",
        "show home.nix --no-git --format json",
        "show . --no-git",
        "eval home.nix --no-git",
        "eval home.nix --no-git --json",
        "eval home.nix programs.openclaw.config --no-git --strict",
        "models --flake home.nix",
        "models --flake home.nix --route",
        "models --flake home.nix --route --format json",
        "home.nix --no-git --diff",
    ] {
        let output = openclaw_check()
            .inside(folder.path())
            .args(arguments)
            .command()
            .output()
            .expect("the program starts");
        assert_harmless(arguments, &output);
    }
}

#[test]
fn json_gives_names_exactly() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = "a\u{1b}[2J\n\u{202e}.nix";
    fs::write(folder.path().join(name), "{ openclaw = ; }").expect("a file");
    let printed = openclaw_check()
        .inside(folder.path())
        .args("--no-git --format json")
        .arg(name)
        .run();
    let document: serde_json::Value = printed.json();
    assert_eq!(document["findings"][0]["file"], name);
}

#[test]
fn a_patch_of_a_file_with_a_hostile_name_is_harmless() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "{ programs.openclaw = { enable = true; config.models.providers.kimi = { baseUrl = \"https://api.kimi.com/coding/v1\"; api = \"openai-completions\"; apiKey = \"\\${KIMI_API_KEY}\"; models = [ { id = \"kimi-k2p5\"; name = \"K\"; } ]; }; config.agents.defaults.model = \"kimmi/kimi-k2p5\"; }; } # \u{1b}[31m\n";
    let name = "a\u{1b}[2J.nix";
    fs::write(folder.path().join(name), text).expect("a file");
    let output = run_in(folder.path(), &["--no-git", "--diff", name].map(OsStr::new));
    assert_harmless("a patch", &output);
    let patch = String::from_utf8_lossy(&output.stdout);
    assert!(patch.contains("kimi/kimi-k2p5"), "{patch}");
}

/// In a checkout names come from git's index, as bytes.
#[test]
fn names_that_git_tracks_are_harmless_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path();
    hostile_tree(directory);
    fs::write(
        directory.join("flake.nix"),
        format!(
            "{{ inputs.\"{0}\".url = \"x:{0}\"; outputs = {{ self, ... }}: {{
  homeConfigurations.\"{0}\" = {{ config = throw \"{0}\"; }};
  nixosConfigurations.\"{0}\" = nosuch.lib.nixosSystem {{ modules = [ ./home.nix ]; }};
}}; }}\n",
            HOSTILE.replace('\r', "")
        ),
    )
    .expect("a file");
    fs::write(
        directory.join("openclaw-check.toml"),
        "exclude = [\"a\\u001b[31m\\n::error::x\"]\nselect = [\"a\\u001b[31m\\n::error::x\"]\n",
    )
    .expect("a file");
    for arguments in [&["init", "-q"][..], &["add", "-A"]] {
        let done = std::process::Command::new("git")
            .args(arguments)
            .current_dir(directory)
            .status();
        assert!(done.is_ok_and(|status| status.success()), "git");
    }
    // Tracked, and gone; not tracked, and needed.
    fs::remove_file(directory.join("d\u{1b}]0;title\u{7}/openclaw.json")).expect("a file");
    for settings in [true, false] {
        if !settings {
            fs::remove_file(directory.join("openclaw-check.toml")).expect("a file");
        }
        for format in FORMATS {
            for option in ["--strict", "--quiet", "--staged"] {
                let output = openclaw_check()
                    .inside(directory)
                    .args(option)
                    .args("--format")
                    .arg(format)
                    .command()
                    .output()
                    .expect("the program starts");
                let what = format!("{format} {option}");
                assert_harmless(&what, &output);
                let code = output.status.code().unwrap_or(-1);
                assert!((1..=3).contains(&code), "{what}: exit code {code}");
                if matches!(format, "json" | "sarif" | "gitlab") {
                    serde_json::from_slice::<serde_json::Value>(&output.stdout).expect(&what);
                }
            }
        }
    }
}

#[test]
fn a_socket_is_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path();
    let _socket =
        std::os::unix::net::UnixListener::bind(directory.join("home.nix")).expect("a socket");
    fs::write(
        directory.join("flake.nix"),
        "{ outputs = _: { homeManagerModules.default = import ./home.nix; }; }",
    )
    .expect("a file");
    fs::write(
        directory.join("a.nix"),
        "{ imports = [ ./home.nix ]; programs.openclaw.enable = true; }",
    )
    .expect("a file");
    for (arguments, code) in [
        ("home.nix", 3),
        ("eval home.nix", 3),
        ("show home.nix", 3),
        ("a.nix --no-git", 1),
        (". --no-git", 1),
    ] {
        let printed = openclaw_check().inside(directory).args(arguments).run();
        assert_eq!(
            printed.code, code,
            "{arguments}: {}{}",
            printed.out, printed.err
        );
    }
}
