//! Runs a real Nix where there is one.

use crate::skip::skip;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A Nix that can be run: the newer one counts.
pub struct Nix {
    binaries: PathBuf,
}

/// What Nix makes of an expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// A value, as `builtins.toXML` writes it.
    Value(String),
    /// A failure of whatever kind.
    Failure,
}

impl Nix {
    /// Nix 2.34 as `tests/support/install-nix.sh` installs it, or the one that `OPENCLAW_CHECK_NIX_NEW` names.
    /// Without one the test is skipped by name, or fails when `OPENCLAW_CHECK_REQUIRE_REAL` is set.
    pub fn find() -> Option<Nix> {
        Nix::find_version("new", "OPENCLAW_CHECK_NIX_NEW")
    }

    /// Nix 2.8, for what has changed since; otherwise like [`Nix::find`].
    pub fn find_old() -> Option<Nix> {
        Nix::find_version("old", "OPENCLAW_CHECK_NIX_OLD")
    }

    fn find_version(version: &str, variable: &str) -> Option<Nix> {
        let named = std::env::var_os(variable).map(PathBuf::from);
        let installed = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/nix")
            .join(version)
            .join("bin/nix");
        let found = named
            .into_iter()
            .chain([installed])
            .find(|binary| binary.is_file());
        if found.is_none() {
            skip(&format!(
                "the {version} Nix is not here (tests/support/install-nix.sh brings it)"
            ));
        }
        Some(Nix {
            binaries: found?.parent()?.to_path_buf(),
        })
    }

    /// Runs `nix-instantiate` with these arguments.
    pub fn instantiate(&self, arguments: &[&str], directory: &Path) -> Output {
        Command::new(self.binaries.join("nix-instantiate"))
            .args(arguments)
            .current_dir(directory)
            .env("HOME", "/home/test")
            .output()
            .expect("nix-instantiate runs")
    }

    /// What an output of the flake in a folder evaluates to, as JSON.
    pub fn evaluate_flake(&self, directory: &Path, output: &str) -> serde_json::Value {
        let answer = Command::new(self.binaries.join("nix"))
            .args([
                "--extra-experimental-features",
                "nix-command flakes",
                "eval",
                "--json",
            ])
            .arg(format!("path:{}#{output}", directory.display()))
            .output()
            .expect("nix runs");
        let message = String::from_utf8_lossy(&answer.stderr);
        serde_json::from_slice(&answer.stdout).unwrap_or_else(|_| panic!("{message}"))
    }

    /// Whether Nix evaluates an output of the flake in a folder, without a network and with an empty home; its message where
    /// it does not.
    pub fn takes_flake(&self, directory: &Path, output: &str, home: &Path) -> Result<(), String> {
        let answer = Command::new(self.binaries.join("nix"))
            .args([
                "--extra-experimental-features",
                "nix-command flakes",
                "--offline",
                "eval",
                "--no-write-lock-file",
            ])
            .arg(format!("path:{}#{output}", directory.display()))
            .env("HOME", home)
            .env_remove("XDG_CACHE_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .output()
            .expect("nix runs");
        match answer.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&answer.stderr).into_owned()),
        }
    }

    /// What Nix's parser makes of each text: the expression as it prints it, or its message. As few processes are
    /// run as there are refusals, and one more.
    pub fn parse_all(&self, texts: &[String], directory: &Path) -> Vec<Result<String, String>> {
        let names: Vec<String> = (0..texts.len())
            .map(|index| format!("case-{index}.nix"))
            .collect();
        for (name, text) in names.iter().zip(texts) {
            std::fs::write(directory.join(name), text).expect("the test folder is writable");
        }
        let mut results = Vec::new();
        while results.len() < texts.len() {
            let mut arguments = vec!["--parse"];
            arguments.extend(names[results.len()..].iter().take(200).map(String::as_str));
            let asked = arguments.len() - 1;
            let output = self.instantiate(&arguments, directory);
            let printed = String::from_utf8_lossy(&output.stdout);
            let accepted: Vec<&str> = printed.lines().collect();
            results.extend(accepted.iter().map(|line| Ok(line.to_string())));
            if accepted.len() < asked {
                let message = String::from_utf8_lossy(&output.stderr);
                results.push(Err(message.trim().to_string()));
            }
        }
        results
    }

    /// What each of the files in `directory` evaluates to, completely: one session of `nix repl` for all of them, and another
    /// for what follows a file that took Nix down with it.
    pub fn evaluate_all(&self, names: &[String], directory: &Path) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(names.len());
        while answers.len() < names.len() {
            // Not too many in one session: a stack that ran over may leave it in no good state.
            let last = names.len().min(answers.len() + 100);
            let asked = &names[answers.len()..last];
            let mut session = String::new();
            for name in asked {
                let file = directory.join(name);
                session.push_str(&format!(
                    "builtins.toXML (import {})\n\"{MARK}\"\n",
                    file.display()
                ));
            }
            let before = answers.len();
            let mut value = None;
            for line in self.session(&session, directory).lines() {
                let line = line.trim_start_matches("nix-repl> ");
                // What it reads as the continuation of a line it echoes with blanks before it.
                if line.trim_end() == format!("\"{MARK}\"") {
                    answers.push(value.take().map_or(Answer::Failure, Answer::Value));
                } else if line.starts_with("\"<?xml") {
                    value = Some(unquoted(line.trim_end()));
                }
            }
            if answers.len() < last {
                // No answer, not even to the mark: the stack ran over, or it waits for the rest of what cannot be parsed.
                answers.push(Answer::Failure);
            }
            assert!(answers.len() > before, "the session gives no answers");
        }
        answers
    }

    /// What `nix repl` prints when these lines are typed, without colours and without its echo of them.
    fn session(&self, lines: &str, directory: &Path) -> String {
        let typed = directory.join("typed");
        std::fs::write(&typed, lines).expect("the test folder is writable");
        let output = Command::new(self.binaries.join("nix"))
            .args(["--extra-experimental-features", "nix-command", "repl"])
            .current_dir(directory)
            .env("HOME", "/home/test")
            .env("TERM", "dumb")
            .env("NO_COLOR", "1")
            .stdin(std::fs::File::open(&typed).expect("what was just written"))
            .output()
            .expect("nix repl runs");
        let printed = String::from_utf8_lossy(&output.stdout);
        let mut plain = String::with_capacity(printed.len());
        let mut rest = &*printed;
        while let Some((before, after)) = rest.split_once("\u{1b}[") {
            plain.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        plain.push_str(rest);
        // Where it echoes what is typed, the echo begins with the prompt and the mark in it is no answer.
        let echoed = plain.contains("nix-repl> builtins.toXML");
        plain
            .lines()
            .filter(|line| !(echoed && line.starts_with("nix-repl> ")))
            .fold(String::new(), |all, line| all + line + "\n")
    }
}

/// Stands after each answer in a session.
const MARK: &str = "the next one";

/// The text of a string literal as Nix prints it.
fn unquoted(literal: &str) -> String {
    let inside = literal
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(literal);
    let mut text = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}
