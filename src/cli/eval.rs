//! `eval FILE [ATTRPATH]`: what the evaluator makes of an expression.

use super::arguments::EvalArguments;
use super::check::standard_input;
use super::printed_value::{Ending, Printer};
use super::{exit_code, output};
use crate::nix::eval::unknown::{ErrorKind, EvalError, Stop};
use crate::nix::eval::value::{Attrs, Origin, Thunk, Val, Value};
use crate::nix::eval::{Evaluator, Limits};
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::{Parameter, StaticProblem, StaticProblemKind};
use crate::progress::{Progress, Stage};
use crate::report::json;
use crate::report::redact::Redactor;
use crate::report::sanitize;
use crate::workspace::source::{Sources, Span};
use crate::workspace::{self, GitEnvironment, StandardInput, Workspace, path};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// Longer values are printed on several lines, except with `--strict`, which prints as Nix does.
const ONE_LINE: usize = 80;

pub fn run(arguments: &EvalArguments, progress: &Arc<Progress>) -> u8 {
    progress.enter(Stage::Evaluating);
    let sources = Rc::new(Sources::new());
    let workspace = match open(arguments, &sources) {
        Ok(workspace) => Rc::new(workspace),
        Err(error) => {
            output::complain(&sanitize::line(&error.to_string()));
            return if error.is_usage {
                exit_code::USAGE
            } else {
                exit_code::UNREADABLE
            };
        }
    };
    let mut evaluator = Evaluator::new(Rc::clone(&workspace), Limits::default());
    let redactor = Redactor::new(&sources, &[]);
    let path = match attribute_path(arguments.attribute.as_deref().unwrap_or("")) {
        Ok(path) => path,
        Err(complaint) => {
            output::complain(&complaint);
            return exit_code::USAGE;
        }
    };
    let file = match workspace.target() {
        workspace::Target::Flake { directory } => path::join(directory, "flake.nix"),
        workspace::Target::Directory { directory } => path::join(directory, "default.nix"),
        workspace::Target::Module { file } | workspace::Target::Document { file } => file.clone(),
    };
    if let Err(problem) = workspace.read(&file)
        && !problem.is_fault_of_the_source()
    {
        let text = format!("{}: {problem}", workspace.relative(&file));
        output::complain(&sanitize::line(&text));
        return exit_code::UNREADABLE;
    }
    let start = evaluator
        .load(&file, &Origin::default())
        .and_then(|(_, thunk)| with_outputs(&mut evaluator, thunk, &file))
        .and_then(|thunk| select(&mut evaluator, thunk, &path));
    let thunk = match start {
        Ok(thunk) => thunk,
        Err(stop) => {
            let origin = Origin::default();
            match stop {
                Stop::Unknown(unknown) => Thunk::unknown(unknown, origin),
                stop => Thunk::from_outcome(Err(stop), origin),
            }
        }
    };
    let mut print = || {
        let mut printer = Printer::new(&mut evaluator, &redactor, arguments.strict);
        let text = if arguments.json {
            json::to_text(&printer.json_at(&path, &thunk))
        } else {
            let pretty = (!arguments.strict).then_some(ONE_LINE);
            let mut text = printer.nix_at(&path, &thunk, pretty);
            text.push('\n');
            text
        };
        (text, printer.secrets(), printer.ending())
    };
    let (mut text, secrets, mut ending) = print();
    if redactor.learn_by_name(&secrets) {
        (text, _, ending) = print();
    }
    // Nix refuses a file before it evaluates any of it, even where the evaluator can go on.
    let refused: Vec<String> = evaluator
        .trees()
        .iter()
        .enumerate()
        .filter(|(index, _)| *index == 0 || !matches!(ending, Ending::Unknown(_)))
        .flat_map(|(_, tree)| &tree.problems)
        // Pipe operators may be turned on where this is deployed; with `--strict` Nix counts as it is set up by default.
        .filter(|problem| arguments.strict || problem.kind != StaticProblemKind::PipeOperator)
        // Nix has other limits on nesting than the parser here.
        .filter(|problem| problem.kind != StaticProblemKind::TooDeep)
        .map(|problem| describe_problem(problem, &sources, &redactor))
        .collect();
    if !refused.is_empty() {
        output::complain(&refused.join("\n"));
        return exit_code::FINDINGS;
    }
    finish(ending, &text, arguments, &sources, &redactor)
}

/// A flake with its outputs as Nix has them: called with the inputs, so that `outputs.lib.x` can be asked for.
fn with_outputs(
    evaluator: &mut Evaluator,
    thunk: Rc<Thunk>,
    file: &str,
) -> Result<Rc<Thunk>, Stop> {
    if !file.ends_with("/flake.nix") {
        return Ok(thunk);
    }
    let Ok(Value::Attrs(attrs)) = evaluator.force(&thunk).map(|value| value.value) else {
        return Ok(thunk);
    };
    if attrs.get(Symbol::new("outputs")).is_none() {
        return Ok(thunk);
    }
    evaluator.store_paths = true;
    let flake = evaluator.load_flake(path::parent(file))?;
    let outputs = Attrs::of([("outputs", flake.outputs)]);
    let origin = thunk.origin.clone();
    Ok(Val::new(Value::Attrs(Rc::new(attrs.update(&outputs))), origin).thunk())
}

/// What is printed and with which exit code: without `--strict` only a failure of the value as a whole counts.
fn finish(
    ending: Ending,
    text: &str,
    arguments: &EvalArguments,
    sources: &Sources,
    redactor: &Redactor<'_>,
) -> u8 {
    let code = match &ending {
        Ending::Value => exit_code::CLEAN,
        Ending::Failure { error, whole } if *whole || arguments.strict => {
            output::complain(&describe(error, sources, redactor));
            return exit_code::FINDINGS;
        }
        Ending::Unknown(reason) if arguments.strict => {
            output::complain(&sanitize::line(
                &redactor.text(&format!("not known: {reason}")),
            ));
            exit_code::UNREADABLE
        }
        Ending::Failure { .. } | Ending::Unknown(_) => exit_code::CLEAN,
    };
    output::print(text, code)
}

fn open(
    arguments: &EvalArguments,
    sources: &Rc<Sources>,
) -> Result<Workspace, workspace::OpenError> {
    let failed = |message: String| workspace::OpenError {
        is_usage: false,
        path: arguments.file.to_string_lossy().into_owned(),
        message,
    };
    let mut request = workspace::Request::new(&arguments.file);
    if arguments.file == Path::new("-") {
        let bytes = standard_input().map_err(&failed)?;
        request.path = None;
        request.standard_input = Some(StandardInput {
            name: Some("stdin.nix".into()),
            bytes,
        });
    }
    request.root.clone_from(&arguments.root);
    request.no_git = arguments.no_git;
    request.inputs.clone_from(&arguments.input);
    request.git_environment = GitEnvironment::from_process();
    request.current_directory =
        std::env::current_dir().map_err(|error| failed(error.to_string()))?;
    Workspace::open(&request, Rc::clone(sources))
}

/// The names of `a."b.c".d`.
fn attribute_path(text: &str) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted
                .split_once('"')
                .ok_or_else(|| format!("`{}` has a quote without an end", sanitize::line(text)))?,
            None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
        };
        names.push(name.to_string());
        rest = match after.strip_prefix('.') {
            Some("") => return Err(format!("`{}` ends in a dot", sanitize::line(text))),
            Some(more) => more,
            None if after.is_empty() => "",
            None => return Err(format!("`{}` is no attribute path", sanitize::line(text))),
        };
        if name.is_empty() {
            return Err(format!("`{}` has an empty name", sanitize::line(text)));
        }
    }
    Ok(names)
}

/// Follows names, and numbers into lists, as Nix does with `-A`: functions on the way that need no argument
/// are called.
fn select(evaluator: &mut Evaluator, thunk: Rc<Thunk>, path: &[String]) -> Result<Rc<Thunk>, Stop> {
    let mut current = thunk;
    for name in path {
        let value = match evaluator.force(&current) {
            Ok(value) => call_without_arguments(evaluator, value)?,
            Err(Stop::Unknown(unknown)) => {
                let unknown = unknown.attribute(Symbol::new(name));
                current = Thunk::unknown(unknown, current.origin.clone());
                continue;
            }
            Err(stop) => return Err(stop),
        };
        current = match (&value.value, name.parse::<usize>()) {
            (Value::List(list), Ok(index)) => match list.all()?.get(index) {
                Some(item) => Rc::clone(item),
                None => {
                    let message = format!("the list has no element {index}");
                    return Err(evaluator.error(ErrorKind::Other, message, &value.origin));
                }
            },
            _ => evaluator.descend(&Thunk::done(value.clone()), &[name])?,
        };
    }
    Ok(current)
}

fn call_without_arguments(evaluator: &mut Evaluator, value: Val) -> Result<Val, Stop> {
    let Value::Lambda(closure) = &value.value else {
        return Ok(value);
    };
    match &closure.lambda.parameter {
        Parameter::Formals { formals, .. }
            if formals.iter().all(|formal| formal.default.is_some()) =>
        {
            let origin = value.origin.clone();
            evaluator.apply(&value, Val::attrs(Attrs::new()).thunk(), &origin)
        }
        _ => Ok(value),
    }
}

/// A failure with its places: the message first, the way there below it.
fn describe(error: &EvalError, sources: &Sources, redactor: &Redactor<'_>) -> String {
    let mut lines = vec![format!("{}{}", place(error.span, sources), error.message)];
    for (span, what) in error.trace.iter().take(10) {
        lines.push(format!("{}{what}", place(Some(*span), sources)));
    }
    clean_lines(&lines, redactor)
}

/// What Nix refuses in a file, with what to write instead.
fn describe_problem(problem: &StaticProblem, sources: &Sources, redactor: &Redactor<'_>) -> String {
    let place_of = |span| place(Some(span), sources);
    let mut lines = vec![format!("{}{}", place_of(problem.span), problem.message)];
    if let Some((span, what)) = &problem.related {
        lines.push(format!("{}{what}", place_of(*span)));
    }
    if let Some(help) = &problem.help {
        lines.push(format!("help: {help}"));
    }
    clean_lines(&lines, redactor)
}

/// `home.nix:12:17: `, or nothing where there is no place.
fn place(span: Option<Span>, sources: &Sources) -> String {
    let Some(span) = span.filter(|span| (span.file.0 as usize) < sources.len()) else {
        return String::new();
    };
    let file = sources.get(span.file);
    let position = file.position(span.start);
    format!("{}:{}:{}: ", file.path, position.line, position.column)
}

fn clean_lines(lines: &[String], redactor: &Redactor<'_>) -> String {
    lines
        .iter()
        .map(|line| sanitize::line(&redactor.text(line)))
        .collect::<Vec<_>>()
        .join("\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attribute_paths_are_split_at_dots_outside_quotes() {
        assert_eq!(attribute_path("").unwrap(), Vec::<String>::new());
        assert_eq!(attribute_path("a.b").unwrap(), ["a", "b"]);
        assert_eq!(attribute_path("a.\"b.c\".d").unwrap(), ["a", "b.c", "d"]);
        for wrong in ["a.", ".a", "a..b", "\"a", "\"a\"b"] {
            assert!(attribute_path(wrong).is_err(), "{wrong}");
        }
    }
}
