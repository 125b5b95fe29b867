//! `check`: the default.

use super::arguments::{CheckArguments, SourceArguments};
use super::{exit_code, output, rule_ids};
use crate::progress::Progress;
use crate::report;
use crate::report::verdict::verdict;
use crate::request::{Request, Target};
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
        Err(complaint) => {
            output::complain(&complaint);
            return exit_code::USAGE;
        }
    };
    request.select.clone_from(&arguments.select);
    request.ignore.clone_from(&arguments.ignore);
    request.configurations.clone_from(&arguments.configuration);
    request.strict = arguments.strict;
    request.deny_warnings = arguments.deny_warnings;
    let outcome = crate::check(&request);
    let options = report::Options {
        format: arguments.format.into(),
        color: output::color(arguments.color),
        width: output::width(),
        min_severity: arguments.min_severity.into(),
        quiet: arguments.quiet,
        strict: outcome.strict,
    };
    let text = report::render(&outcome.report, &outcome.sources, &options);
    let code = exit_code::of(verdict(
        &outcome.report,
        outcome.strict,
        outcome.deny_warnings,
        outcome.settings_refused,
    ));
    output::print(&text, code)
}

/// The part of a request that `check`, `show` and `models` share.
pub fn request(source: &SourceArguments, progress: &Arc<Progress>) -> Result<Request, String> {
    let mut targets = Vec::new();
    for path in &source.paths {
        if path == Path::new("-") {
            if targets
                .iter()
                .any(|target| matches!(target, Target::StandardInput { .. }))
            {
                return Err("`-` can be given once only".to_string());
            }
            let mut text = Vec::new();
            std::io::stdin()
                .lock()
                .read_to_end(&mut text)
                .map_err(|error| format!("cannot read standard input: {error}"))?;
            targets.push(Target::StandardInput {
                text,
                name: source
                    .stdin_filename
                    .clone()
                    .unwrap_or_else(|| "<stdin>".to_string()),
            });
        } else {
            targets.push(Target::Path(path.clone()));
        }
    }
    if targets.is_empty() {
        targets.push(Target::Path(".".into()));
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
