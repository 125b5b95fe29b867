//! `check`: the default.

use super::arguments::{Arguments, CheckArguments, SourceArguments};
use super::{exit_code, fixes, output, rule_ids};
use crate::internal_error::caught;
use crate::nearest::nearest;
use crate::progress::Progress;
use crate::releases::selection::Wanted;
use crate::report;
use crate::report::finding::Failure;
use crate::report::verdict::verdict;
use crate::request::{Outcome, Request, Target};
use crate::workspace::limits::Limits;
use clap::CommandFactory;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

pub fn run(arguments: &CheckArguments, progress: &Arc<Progress>) -> u8 {
    if let Some(complaint) = rule_ids::complaint(arguments.select.iter().chain(&arguments.ignore)) {
        output::complain(&complaint);
        return exit_code::USAGE;
    }
    let mut request = match request(&arguments.source, progress) {
        Ok(request) => request,
        Err(refusal) => return refusal.complain(),
    };
    request.select.clone_from(&arguments.select);
    request.ignore.clone_from(&arguments.ignore);
    request.configurations.clone_from(&arguments.configuration);
    request.strict = arguments.strict;
    request.deny_warnings = arguments.deny_warnings;
    for path in &arguments.source.paths {
        if let Some(hint) = subcommand_hint(path) {
            output::complain(&hint);
        }
    }
    let checked = caught(|| {
        if arguments.diff {
            let (outcome, patch) = fixes::diff(&request);
            (outcome, Some(patch))
        } else if arguments.fix {
            (fixes::check_and_fix(&request), None)
        } else {
            (crate::check(&request), None)
        }
    });
    // Whoever reads the report is told as well.
    let (outcome, patch) = checked.unwrap_or_else(|error| {
        let mut outcome = Outcome::default();
        outcome.report.errors.push(Failure {
            path: ".".to_string(),
            message: error.to_string(),
        });
        (outcome, None)
    });
    if !outcome.usage_errors.is_empty() {
        for complaint in &outcome.usage_errors {
            output::complain(&report::sanitize::line(complaint));
        }
        return exit_code::USAGE;
    }
    let code = exit_code::of(verdict(
        &outcome.report,
        outcome.strict,
        outcome.deny_warnings,
        outcome.settings_refused,
    ));
    if let Some(patch) = patch {
        return output::print(&patch, code);
    }
    let options = report::Options {
        format: arguments.format.into(),
        color: output::color(arguments.color),
        width: output::width(),
        min_severity: arguments.min_severity.into(),
        quiet: arguments.quiet,
        strict: outcome.strict,
    };
    let text = report::render(&outcome.report, &outcome.sources, &options);
    let code = output::print(&text, code);
    // The process ends now, which frees all of it at once.
    std::mem::forget(outcome);
    code
}

/// Help for somebody whose subcommand was taken as a path that does not exist.
fn subcommand_hint(path: &Path) -> Option<String> {
    let word = path.to_str().filter(|word| !word.contains(['/', '.']))?;
    if path.exists() {
        return None;
    }
    if word == "help" {
        return Some("`help` is taken as a path; `--help` prints the help".to_string());
    }
    let command = Arguments::command();
    let names = || {
        command
            .get_subcommands()
            .map(|subcommand| subcommand.get_name())
    };
    if names().any(|name| name == word) {
        return Some(format!(
            "`{word}` is taken as a path here; a subcommand comes before all options"
        ));
    }
    let meant = nearest(word, names())?;
    Some(format!(
        "`{}` is taken as a path; did you mean the subcommand `{meant}`?",
        report::sanitize::line(word)
    ))
}

/// Why there is nothing to do, in plain words.
pub enum Refusal {
    /// The arguments contradict themselves, or say nothing.
    Usage(String),
    /// What they name cannot be read.
    Unreadable(String),
}

impl Refusal {
    /// Says so, and gives the exit code.
    pub fn complain(self) -> u8 {
        let (complaint, code) = match self {
            Refusal::Usage(complaint) => (complaint, exit_code::USAGE),
            Refusal::Unreadable(complaint) => (complaint, exit_code::UNREADABLE),
        };
        output::complain(&complaint);
        code
    }
}

/// Standard input, as far as a source file may be long, and one byte more where it is longer: then it is refused as
/// any other file of that size.
///
/// # Errors
/// In plain words, when it cannot be read.
pub fn standard_input() -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    std::io::stdin()
        .lock()
        .take(Limits::default().file_bytes + 1)
        .read_to_end(&mut text)
        .map_err(|error| format!("cannot read standard input: {error}"))?;
    Ok(text)
}

/// What is wrong with the value of `--openclaw-version`.
pub fn about_version(text: Option<&str>) -> Option<String> {
    let text = text?;
    let error = text.parse::<Wanted>().err()?;
    let text = report::sanitize::line(text);
    Some(format!("--openclaw-version: `{text}` is {error}"))
}

/// The part of a request that `check`, `show` and `models` share.
///
/// # Errors
/// When the arguments cannot be, or standard input cannot be read.
pub fn request(source: &SourceArguments, progress: &Arc<Progress>) -> Result<Request, Refusal> {
    if let Some(complaint) = about_version(source.openclaw_version.as_deref()) {
        return Err(Refusal::Usage(complaint));
    }
    let mut targets = Vec::new();
    for path in &source.paths {
        if path == Path::new("-") {
            if targets
                .iter()
                .any(|target| matches!(target, Target::StandardInput { .. }))
            {
                return Err(Refusal::Usage("`-` can be given once only".to_string()));
            }
            let text = standard_input().map_err(Refusal::Unreadable)?;
            targets.push(Target::StandardInput {
                text,
                name: source.stdin_filename.clone().unwrap_or_default(),
            });
        } else {
            targets.push(Target::Path(path.clone()));
        }
    }
    Ok(Request {
        targets,
        openclaw_version: source.openclaw_version.clone(),
        evaluated: source.evaluated.clone(),
        inputs: source.input.clone(),
        env_files: source.env_file.clone(),
        root: source.root.clone(),
        no_git: source.no_git,
        staged: source.staged,
        settings: source.config.clone(),
        progress: Arc::clone(progress),
        ..Request::default()
    })
}
