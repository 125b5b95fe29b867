//! The GitHub action, its steps run in order by `tests/support/run-action.py` as a runner would run them. What a release has
//! is made up here, and so are `curl` and `gh`.

use crate::support::{PROGRAM, Run, folder, repository, run, tool, write};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// What stands before everything else on PATH.
struct Machine {
    programs: TempDir,
    python: PathBuf,
}

struct Outcome {
    log: Run,
    document: Value,
    sarif: String,
}

impl Outcome {
    fn output(&self, name: &str) -> &str {
        self.document["outputs"][name].as_str().unwrap_or_default()
    }

    fn summary(&self) -> &str {
        self.document["summary"].as_str().unwrap_or_default()
    }

    fn step(&self, name: &str) -> &Value {
        self.document["steps"]
            .as_array()
            .and_then(|steps| steps.iter().find(|step| step["name"] == name))
            .unwrap_or(&Value::Null)
    }
}

impl Machine {
    fn new() -> Option<Self> {
        Some(Machine {
            programs: folder(),
            python: tool(
                "Python with PyYAML",
                "OPENCLAW_CHECK_PYTHON",
                "target/python-tools/bin/python",
            )?,
        })
    }

    /// With the program of this build on PATH.
    fn with_the_program() -> Option<Self> {
        let this = Self::new()?;
        this.program("openclaw-check", &format!("exec {PROGRAM} \"$@\""));
        Some(this)
    }

    fn program(&self, name: &str, script: &str) {
        let file = self.programs.path().join(name);
        write(&file, &format!("#!/bin/sh\n{script}\n"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755))
                .expect("the program may be run");
        }
    }

    fn act(&self, inputs: &[&str]) -> Outcome {
        let runner = folder();
        let log = run(Command::new(&self.python)
            .arg(repository().join("tests/support/run-action.py"))
            .arg(repository())
            .arg(runner.path())
            .args(inputs)
            .env(
                "PATH",
                format!(
                    "{}:{}",
                    self.programs.path().display(),
                    std::env::var("PATH").unwrap_or_default()
                ),
            )
            .env("GITHUB_REPOSITORY", "alice/home"));
        let read =
            |name: &str| std::fs::read_to_string(runner.path().join(name)).unwrap_or_default();
        Outcome {
            document: serde_json::from_str(&read("outcome.json"))
                .unwrap_or_else(|error| panic!("no outcome ({error}):\n{}", log.text)),
            sarif: read("temp/openclaw-check.sarif"),
            log,
        }
    }

    /// Checks a flake of this repository with the program that is installed.
    fn check(&self, flake: &str, more: &[&str]) -> Outcome {
        let path = format!("path={}", repository().join(flake).display());
        let mut inputs = vec!["version=installed", &path];
        inputs.extend(more);
        self.act(&inputs)
    }
}

const CLEAN: &str = "fixtures/kimi";
const MISTAKE: &str = "fixtures/mistakes/unknown-model";

#[test]
fn a_clean_flake_passes_and_annotates_nothing() {
    let Some(machine) = Machine::with_the_program() else {
        return;
    };
    let outcome = machine.check(CLEAN, &["upload-sarif=true"]);
    assert!(outcome.log.success, "{}", outcome.log.text);
    assert_eq!(outcome.output("exit-code"), "0");
    assert!(
        !outcome.log.text.contains("::error"),
        "{}",
        outcome.log.text
    );
    let sarif: Value = serde_json::from_str(&outcome.sarif).expect("SARIF is JSON");
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn a_mistake_is_annotated_summarised_uploaded_and_fails_the_job() {
    let Some(machine) = Machine::with_the_program() else {
        return;
    };
    let outcome = machine.check(MISTAKE, &["upload-sarif=true"]);
    assert!(!outcome.log.success, "{}", outcome.log.text);
    assert_eq!(outcome.output("exit-code"), "1");
    assert!(
        outcome
            .log
            .text
            .lines()
            .any(|line| line.starts_with("::error file=") && line.contains("unknown-model")),
        "{}",
        outcome.log.text
    );
    assert!(
        outcome.summary().contains("unknown-model"),
        "{}",
        outcome.summary()
    );
    let sarif: Value = serde_json::from_str(&outcome.sarif).expect("SARIF is JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "unknown-model");
    // The file is uploaded before the verdict, and it is the one that was written.
    let upload = outcome.step("Upload the alerts");
    assert_eq!(
        upload["with"]["sarif_file"],
        outcome.document["outputs"]["sarif"]
    );
    assert_eq!(outcome.step("Verdict")["exit_code"], 1);
}

#[test]
fn arguments_reach_the_program_and_nothing_else_expands_them() {
    let Some(machine) = Machine::with_the_program() else {
        return;
    };
    let outcome = machine.check(MISTAKE, &["arguments=--ignore unknown-model"]);
    assert!(outcome.log.success, "{}", outcome.log.text);
    let wrong = machine.check(CLEAN, &["arguments=--no-such-flag", "upload-sarif=true"]);
    assert!(!wrong.log.success);
    assert_eq!(wrong.output("exit-code"), "2");
    assert_eq!(wrong.step("Upload the alerts")["skipped"], true);
    let marker = folder();
    let file = marker.path().join("made");
    machine.check(CLEAN, &[&format!("arguments=$(touch {})", file.display())]);
    machine.check(CLEAN, &[&format!("arguments=; touch {}", file.display())]);
    assert!(!file.exists());
}

#[test]
fn the_summary_can_be_left_out() {
    let Some(machine) = Machine::with_the_program() else {
        return;
    };
    let outcome = machine.check(MISTAKE, &["summary=false", "upload-sarif=false"]);
    assert_eq!(outcome.summary(), "");
    assert_eq!(outcome.step("Upload the alerts")["skipped"], true);
}

/// Asking for the alerts of a repository fails where code scanning is off.
#[test]
fn alerts_are_uploaded_where_code_scanning_is_on() {
    let Some(machine) = Machine::with_the_program() else {
        return;
    };
    let asks = "[ \"$1 $GH_TOKEN\" = \"api token-of-the-job\" ] && case $2 in repos/alice/home/code-scanning/*)";
    machine.program("gh", &format!("{asks} exit 0 ;; esac; exit 2"));
    assert_eq!(
        machine.check(MISTAKE, &[]).step("Upload the alerts")["with"]["category"],
        "openclaw-check"
    );
    machine.program("gh", &format!("{asks} exit 1 ;; esac; exit 2"));
    assert_eq!(
        machine.check(MISTAKE, &[]).step("Upload the alerts")["skipped"],
        true
    );
}

/// A release as `publish.yml` packs it, behind a `curl` that reads it from a folder.
fn release(machine: &Machine, version: &str) -> TempDir {
    let release = folder();
    let target = match std::env::consts::ARCH {
        "aarch64" => "aarch64-unknown-linux-gnu",
        _ => "x86_64-unknown-linux-gnu",
    };
    let name = format!("openclaw-check-{version}-{target}.tar.gz");
    let packed = folder();
    write(
        &packed.path().join("openclaw-check"),
        &format!("#!/bin/sh\nexec {PROGRAM} \"$@\"\n"),
    );
    run(Command::new("sh").arg("-c").arg(format!(
        "chmod +x {0}/openclaw-check && cd {1} && tar -czf {name} -C {0} . && sha256sum {name} > {name}.sha256",
        packed.path().display(),
        release.path().display()
    )))
    .passes();
    machine.program(
        "curl",
        &format!(
            "for address; do :; done\ncase $address in\n\
             https://github.com/openclaw-check/openclaw-check/releases/download/v{version}/*) ;;\n\
             *) echo \"curl: 404 $address\" >&2; exit 22 ;;\nesac\nexec cp {}/\"${{address##*/}}\" .",
            release.path().display()
        ),
    );
    release
}

#[test]
#[cfg(target_os = "linux")]
fn a_release_is_downloaded_and_its_checksum_looked_at() {
    let Some(machine) = Machine::new() else {
        return;
    };
    let path = format!("path={}", repository().join(CLEAN).display());
    // The default is the version of this crate: whoever pins the action by its tag gets that release.
    let version = env!("CARGO_PKG_VERSION");
    let release = release(&machine, version);
    let outcome = machine.act(&[&path]);
    assert!(outcome.log.success, "{}", outcome.log.text);
    assert!(
        outcome.log.text.contains("no findings"),
        "{}",
        outcome.log.text
    );
    // Another version is not there.
    let outcome = machine.act(&[&path, "version=9.9.9"]);
    assert!(!outcome.log.success, "{}", outcome.log.text);
    assert_eq!(outcome.step("Check")["skipped"], true);
    // An archive that was exchanged is refused.
    for entry in std::fs::read_dir(release.path()).expect("the release") {
        let file = entry.expect("its entries can be read").path();
        if file.extension().is_some_and(|extension| extension == "gz") {
            std::fs::write(&file, b"something else").expect("the archive is exchanged");
        }
    }
    let outcome = machine.act(&[&path]);
    assert!(!outcome.log.success, "{}", outcome.log.text);
    assert_eq!(outcome.step("Check")["skipped"], true);
}

#[test]
fn the_checkout_of_the_action_can_be_built() {
    let Some(machine) = Machine::new() else {
        return;
    };
    machine.program(
        "cargo",
        &format!(
            "[ \"$1 $2 $3 $4 $5\" = \"install --locked --path {} --root\" ] || exit 1\nmkdir -p \"$6/bin\"\nln -s {PROGRAM} \
             \"$6/bin/openclaw-check\"",
            repository().display()
        ),
    );
    let path = format!("path={}", repository().join(CLEAN).display());
    let outcome = machine.act(&["version=source", &path]);
    assert!(outcome.log.success, "{}", outcome.log.text);
}
