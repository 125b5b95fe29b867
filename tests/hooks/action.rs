//! The steps of the GitHub action, run as a runner would run them.

use crate::support::{PROGRAM, Run, folder, repository, run};
use std::path::Path;
use std::process::Command;

struct Outcome {
    log: Run,
    output: String,
    summary: String,
    sarif: String,
}

fn check(path: &Path, arguments: &str) -> Outcome {
    let temporary = folder();
    let (output, summary) = (
        temporary.path().join("output"),
        temporary.path().join("summary"),
    );
    let log = run(Command::new("bash")
        .arg(repository().join(".github/action/check.sh"))
        .env(
            "PATH",
            format!(
                "{}:{}",
                Path::new(PROGRAM)
                    .parent()
                    .expect("the folder of the program")
                    .display(),
                std::env::var("PATH").unwrap_or_default()
            ),
        )
        .env("RUNNER_TEMP", temporary.path())
        .env("GITHUB_OUTPUT", &output)
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("GITHUB_REPOSITORY", "alice/home")
        .env("CHECKED_PATH", path)
        .env("ARGUMENTS", arguments)
        .env("SUMMARY", "true")
        .env("UPLOAD_SARIF", "true"))
    .passes();
    let read =
        |name: &str| std::fs::read_to_string(temporary.path().join(name)).unwrap_or_default();
    Outcome {
        log,
        output: read("output"),
        summary: read("summary"),
        sarif: read("openclaw-check.sarif"),
    }
}

#[test]
fn a_clean_flake_annotates_nothing() {
    let outcome = check(&repository().join("fixtures/kimi"), "");
    assert!(
        outcome.output.contains("exit-code=0\n"),
        "{}",
        outcome.output
    );
    assert!(
        !outcome.log.text.contains("::error"),
        "{}",
        outcome.log.text
    );
    let sarif: serde_json::Value = serde_json::from_str(&outcome.sarif).expect("SARIF is JSON");
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn a_mistake_is_annotated_summarised_and_uploaded() {
    let outcome = check(&repository().join("fixtures/mistakes/unknown-model"), "");
    assert!(
        outcome.output.contains("exit-code=1\n"),
        "{}",
        outcome.output
    );
    assert!(
        outcome.output.contains("upload=true\n"),
        "{}",
        outcome.output
    );
    assert!(
        outcome.log.text.contains("::error "),
        "{}",
        outcome.log.text
    );
    assert!(
        outcome.summary.contains("unknown-model"),
        "{}",
        outcome.summary
    );
    let sarif: serde_json::Value = serde_json::from_str(&outcome.sarif).expect("SARIF is JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "unknown-model");
}

#[test]
fn arguments_reach_the_program() {
    let outcome = check(
        &repository().join("fixtures/mistakes/unknown-model"),
        "--ignore unknown-model",
    );
    assert!(
        outcome.output.contains("exit-code=0\n"),
        "{}",
        outcome.output
    );
    let wrong = check(&repository().join("fixtures/kimi"), "--no-such-flag");
    assert!(wrong.output.contains("exit-code=2\n"), "{}", wrong.output);
    assert!(wrong.output.contains("upload=false\n"), "{}", wrong.output);
}
