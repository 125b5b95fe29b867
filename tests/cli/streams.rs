//! Pipes, terminals and the lack of them.

use crate::harness::openclaw_check;
use std::process::Stdio;

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = openclaw_check()
        .args("man")
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stderr, b"");
}

#[test]
fn a_missing_path_keeps_its_exit_code_when_the_reader_goes_away() {
    let mut child = openclaw_check()
        .args("no-such-file.nix")
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("the program ends").code(), Some(3));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    for arguments in ["rules", "--help", "man"] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("a device that is always full");
        let output = openclaw_check()
            .args(arguments)
            .command()
            .stdout(full)
            .output()
            .expect("the program starts");
        assert_eq!(output.status.code(), Some(3), "{arguments}");
    }
}

#[test]
fn colour_follows_the_option_then_the_variables() {
    let colored = |options: &str, variables: &[(&str, &str)]| {
        let mut run = openclaw_check()
            .args("explain unknown-provider")
            .args(options);
        for (name, value) in variables {
            run = run.env(name, value);
        }
        run.run().out.contains('\u{1b}')
    };
    assert!(!colored("", &[]), "no terminal, no colour");
    assert!(colored("", &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored("", &[("CLICOLOR_FORCE", "0")]));
    assert!(!colored("", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(colored("--color always", &[("NO_COLOR", "1")]));
    assert!(!colored("--color never", &[("CLICOLOR_FORCE", "1")]));
}
