//! Tells, before anything is deployed, whether the OpenClaw configuration in a Nix flake will work.
//!
//! Data flows one way: [`workspace`] reads the files as Nix would see them, [`nix`] evaluates what they
//! determine, [`openclaw`] turns that into configurations and instances, [`rules`] check those against a
//! release, and [`report`] prints what they found. Nothing below calls up. [`cli`] is what the binary runs.

pub mod cli;
pub mod nix;
pub mod openclaw;
pub mod progress;
pub mod releases;
pub mod report;
pub mod request;
pub mod rules;
pub mod settings;
pub mod workspace;

pub use request::{Outcome, Request, Target};

/// Checks what a request names. Never fails: what could not be read is in the report's `errors`, what is
/// wrong with the sources in its `findings`.
pub fn check(request: &Request) -> Outcome {
    let mut outcome = Outcome {
        strict: request.strict,
        deny_warnings: request.deny_warnings,
        ..Outcome::default()
    };
    for target in &request.targets {
        let (path, message) = match target {
            Target::Path(path) => {
                let message = match path.try_exists() {
                    Ok(true) => "checking is not wired up yet".to_string(),
                    Ok(false) => "no such file or directory".to_string(),
                    Err(error) => error.to_string(),
                };
                (path.to_string_lossy().into_owned(), message)
            }
            Target::StandardInput { name, .. } => {
                (name.clone(), "checking is not wired up yet".to_string())
            }
        };
        outcome
            .report
            .errors
            .push(report::finding::Failure { path, message });
    }
    outcome
}
