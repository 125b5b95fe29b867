//! From a request to a report: the whole way in one page.
//!
//! For each source tree: find what configures OpenClaw ([`discover`]), decide which release it is for, run
//! the rules in every world ([`worlds`]), and put together what they say.

pub mod discover;
mod hosts;
mod import_cycles;
pub mod mending;
pub mod release;
pub mod worlds;

use crate::internal_error::{caught, planted};
use crate::openclaw::blueprint::Blueprint;
use crate::openclaw::configuration::{Language, Problem};
use crate::openclaw::evaluated;
use crate::openclaw::render::Context;
use crate::progress::Stage;
use crate::report::finding::{Checked, CheckedConfiguration, Failure, Finding, Report};
use crate::report::{merge, suppression};
use crate::request::{Outcome, Request, Target};
use crate::rules::{Sink, registry};
use crate::settings::Settings;
use crate::workspace::source::{FileId, Sources};
use crate::workspace::{self, GitEnvironment, StandardInput, Workspace};
use discover::Discovery;
use hosts::Hosts;
use std::rc::Rc;
use std::sync::Arc;

/// Everything of one source tree: what configures OpenClaw in it and with which settings it is checked.
pub struct Examined {
    /// The tree.
    pub workspace: Rc<Workspace>,
    /// What configures OpenClaw.
    pub discovery: Discovery,
    /// The settings of the tree.
    pub settings: Settings,
}

/// Opens what a request names and evaluates it. What could not be opened goes into the outcome.
pub fn examine(request: &Request, outcome: &mut Outcome) -> Vec<Examined> {
    let sources = Rc::clone(&outcome.sources);
    let current_directory = match std::env::current_dir() {
        Ok(directory) => directory,
        Err(error) => {
            outcome.report.errors.push(Failure {
                path: ".".to_string(),
                message: format!("the current directory cannot be told: {error}"),
            });
            return Vec::new();
        }
    };
    let base = workspace::Request {
        path: None,
        standard_input: None,
        root: request.root.clone(),
        no_git: request.no_git,
        staged: request.staged,
        inputs: request.inputs.clone(),
        exclude: Vec::new(),
        limits: workspace::limits::Limits::default(),
        git_environment: GitEnvironment::from_process(),
        edited: Arc::clone(&request.edited),
        current_directory,
    };
    request.progress.enter(Stage::Reading);
    let named_settings = request
        .settings
        .as_ref()
        .map(|file| Settings::load_file(&sources, file, &base.current_directory));
    let named_settings = match named_settings.transpose() {
        Ok(settings) => settings,
        Err(failure) => {
            outcome.report.errors.push(failure);
            return Vec::new();
        }
    };
    let mut opened = Vec::new();
    let mut failed = Vec::new();
    let mut paths = Vec::new();
    for target in &request.targets {
        match target {
            Target::Path(path) => paths.push(path.clone()),
            Target::StandardInput { text, name } => {
                let mut one = base.clone();
                one.standard_input = Some(StandardInput {
                    name: (!name.is_empty() && name != "-").then(|| name.into()),
                    bytes: text.clone(),
                });
                match Workspace::open(&one, Rc::clone(&sources)) {
                    Ok(workspace) => opened.push(workspace),
                    Err(error) => failed.push(error),
                }
            }
        }
    }
    let evaluated = request.evaluated.as_deref().and_then(|file| {
        let limit = base.limits.document_bytes;
        let document = workspace::read_named(file, limit).and_then(|bytes| evaluated::read(&bytes));
        document
            .map_err(|message| {
                outcome.report.errors.push(Failure {
                    path: file.to_string_lossy().into_owned(),
                    message,
                });
            })
            .ok()
    });
    if request.targets.is_empty() {
        match Workspace::open(&base, Rc::clone(&sources)) {
            Ok(workspace) => opened.push(workspace),
            Err(error) => failed.push(error),
        }
    }
    // Paths in one tree share its workspace, so that a file that several of them need is read once.
    let (workspaces, errors) = Workspace::open_all(&base, &paths, &sources);
    opened.extend(workspaces);
    failed.extend(errors);
    for error in failed {
        if error.is_usage {
            outcome.usage_errors.push(error.to_string());
        } else {
            outcome.report.errors.push(Failure {
                path: error.path,
                message: error.message,
            });
        }
    }
    let mut examined = Vec::new();
    for mut workspace in opened {
        let settings = match &named_settings {
            Some(settings) => settings.clone(),
            None => Settings::load(&workspace),
        };
        let settings = match settings {
            Ok(settings) => settings,
            Err(findings) => {
                outcome.settings_refused = true;
                outcome.report.findings.extend(findings);
                continue;
            }
        };
        outcome.strict |= settings.strict.unwrap_or(false);
        outcome.deny_warnings |= settings.deny_warnings.unwrap_or(false);
        outcome
            .report
            .errors
            .extend(workspace.warnings().iter().map(|message| Failure {
                path: workspace.root().to_string(),
                message: message.clone(),
            }));
        workspace.exclude(settings.exclude.iter().cloned());
        workspace.report_to(&request.progress);
        request.progress.enter(Stage::Evaluating);
        let workspace = Rc::new(workspace);
        let mut discovery = discover::discover(&workspace);
        outcome.report.errors.extend(late_warning(&workspace));
        if let Some(document) = &evaluated {
            evaluated::apply(
                document,
                &mut discovery.blueprints,
                &discovery.problems,
                workspace.root(),
            );
        }
        examined.push(Examined {
            workspace,
            discovery,
            settings,
        });
    }
    examined
}

/// Checks what a request names. Never fails: what could not be read is in the report's `errors`, what is
/// wrong with the sources in its `findings`.
///
/// Evaluation follows the nesting of the sources: call it on a large stack
/// ([`with_stack`](crate::nix::eval::with_stack)).
pub fn check(request: &Request) -> Outcome {
    let mut outcome = Outcome {
        strict: request.strict,
        deny_warnings: request.deny_warnings,
        ..Outcome::default()
    };
    let examined = examine(request, &mut outcome);
    let mut variables = Vec::new();
    for file in &request.env_files {
        match variable_names(file) {
            Ok(names) => variables.extend(names),
            Err(failure) => outcome.report.errors.push(failure),
        }
    }
    request.progress.enter(Stage::Checking);
    planted("check");
    let mut files: Vec<FileId> = Vec::new();
    for examined in &examined {
        check_tree(request, examined, &variables, &mut outcome);
        outcome
            .report
            .errors
            .extend(late_warning(&examined.workspace));
        files.extend(&examined.discovery.files);
    }
    // Nix hands over the names of all configurations, also of those without OpenClaw.
    if request.evaluated.is_none() {
        outcome
            .report
            .errors
            .extend(not_there(&request.configurations, &examined));
    }
    let sources = Rc::clone(&outcome.sources);
    finish(request, &examined, &files, &sources, &mut outcome);
    outcome.trees = examined;
    outcome
}

fn check_tree(request: &Request, examined: &Examined, variables: &[String], outcome: &mut Outcome) {
    let report = &mut outcome.report;
    let discovery = &examined.discovery;
    report.errors.extend(discovery.failures.iter().cloned());
    report
        .unresolved
        .extend(discovery.unresolved.iter().cloned());
    report.findings.extend(discovery.notes.iter().cloned());
    report.checked.files += discovery.files.len();
    let mut context_variables = variables.to_vec();
    let settings_directory = examined
        .settings
        .path
        .as_deref()
        .map(|path| workspace::path::parent(path).to_string());
    for (file, _) in &examined.settings.env_files {
        let path = match &settings_directory {
            Some(directory) => std::path::Path::new(directory).join(file),
            None => file.into(),
        };
        match variable_names(&path) {
            Ok(names) => context_variables.extend(names),
            Err(failure) => report.errors.push(failure),
        }
    }
    let context = Context {
        workspace: &examined.workspace,
        variables: &context_variables,
        instance_replaces: None,
        skills_by_load_path: true,
        nulls_replace: false,
    };
    let wanted = match release::wanted(request, &examined.settings) {
        Ok(wanted) => wanted,
        Err(message) => {
            report.errors.push(Failure {
                path: "--openclaw-version".into(),
                message,
            });
            return;
        }
    };
    if discovery.blueprints.is_empty() && !discovery.problems.is_empty() {
        let blueprint = nothing_but(discovery.problems.clone());
        let selection = release::select(wanted, discovery.flake_of(0), &blueprint);
        let mut sink = Sink::default();
        worlds::run_configuration_rules(&blueprint, &selection, &context, &mut sink);
        take(sink, report);
    }
    let mut hosts = Hosts::default();
    for (position, blueprint) in discovery.blueprints.iter().enumerate() {
        if !is_wanted(&request.configurations, &blueprint.name) {
            continue;
        }
        let mut blueprint = blueprint.clone();
        blueprint
            .problems
            .extend(discovery.problems.iter().cloned());
        // A mistake of ours in one configuration is none in the others.
        let checked = caught(|| {
            planted(&format!("rules of {}", blueprint.name));
            let selection = release::select(wanted, discovery.flake_of(position), &blueprint);
            let mut sink = Sink::default();
            let checked = worlds::run(&blueprint, &selection, &context, &mut sink);
            (selection, checked, sink)
        });
        let (selection, checked, mut sink) = match checked {
            Ok(checked) => checked,
            Err(error) => {
                report.errors.push(Failure {
                    path: blueprint.name,
                    message: error.to_string(),
                });
                continue;
            }
        };
        if request.evaluated.is_some() {
            evaluated::drop_explained(&mut sink.findings);
        }
        take(sink, report);
        report.findings.extend(hosts.add(&blueprint, selection.era));
        request.progress.configuration_done();
        if let Some(instances) = checked {
            report.checked.configurations += 1;
            report.checked.instances += instances.len();
            let mut assumptions = blueprint.assumptions.clone();
            assumptions.insert(0, selection.explanation.clone());
            report.configurations.push(CheckedConfiguration {
                name: blueprint.name.clone(),
                instances,
                openclaw: selection.version.to_string(),
                era: selection.era.name().to_string(),
                source: selection.source.clone(),
                assumptions,
            });
        }
    }
}

/// What turned out about the tree while it was read.
fn late_warning(workspace: &Workspace) -> Option<Failure> {
    workspace.late_warning().map(|message| Failure {
        path: workspace.root().to_string(),
        message,
    })
}

/// A configuration that consists of problems alone, where evaluation came to none.
fn nothing_but(problems: Vec<Problem>) -> Blueprint {
    use crate::openclaw::configuration::{Reach, Source};
    use crate::openclaw::tree::{Node, Object, Place, Value};
    Blueprint {
        name: String::new(),
        source: Source::RenderedFile,
        language: Language::Nix,
        reach: Reach::Whole,
        unseen: Vec::new(),
        option_root: String::new(),
        options: Node::new(Value::Object(Object::default()), Place::default()),
        surroundings: Vec::new(),
        unit: None,
        problems,
        assumptions: Vec::new(),
    }
}

/// Whether a configuration is among those asked for; a host stands for its users too.
fn is_wanted(wanted: &[String], name: &str) -> bool {
    wanted.is_empty()
        || wanted.iter().any(|wanted| {
            name.strip_prefix(wanted.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(": "))
        })
}

/// The configurations that were asked for and that nothing here is.
fn not_there(wanted: &[String], examined: &[Examined]) -> Vec<Failure> {
    let names: Vec<&str> = examined
        .iter()
        .flat_map(|one| &one.discovery.blueprints)
        .map(|blueprint| blueprint.name.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    wanted
        .iter()
        .filter(|wanted| {
            !names
                .iter()
                .any(|name| is_wanted(std::slice::from_ref(wanted), name))
        })
        .map(|wanted| Failure {
            path: wanted.clone(),
            message: if names.is_empty() {
                "nothing here configures OpenClaw".into()
            } else {
                format!(
                    "no configuration of this name configures OpenClaw; there is {}",
                    names.join(", ")
                )
            },
        })
        .collect()
}

fn take(sink: Sink, report: &mut Report) {
    report.findings.extend(sink.findings);
    report.unresolved.extend(sink.unresolved);
    report.secrets.extend(sink.secret_spans);
    report.secret_texts.extend(sink.secret_texts);
    let Checked {
        model_references,
        secrets,
        documents,
        ..
    } = &mut report.checked;
    *model_references += sink.model_references;
    *secrets += sink.secrets;
    *documents += sink.documents;
}

/// Names of the variables in an environment file. Values are not even kept.
fn variable_names(file: &std::path::Path) -> Result<Vec<String>, Failure> {
    let failure = |message: String| Failure {
        path: file.to_string_lossy().into_owned(),
        message,
    };
    let limit = workspace::limits::Limits::default().file_bytes;
    let bytes = workspace::read_named(file, limit).map_err(failure)?;
    Ok(String::from_utf8_lossy(&bytes)
        .lines()
        .filter_map(|line| {
            let line = line.trim().trim_start_matches("export ");
            let (name, _) = line.split_once('=')?;
            let name = name.trim();
            let is_name = !name.is_empty()
                && name
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || character == '_');
            is_name.then(|| name.to_string())
        })
        .collect())
}

/// Whether a rule is wanted. What the command line selects replaces what the settings select; what either ignores is
/// ignored.
fn is_chosen(rule: &str, request: &Request, settings: Option<&Settings>) -> bool {
    let holds = |ids: &[String]| ids.iter().any(|id| id == rule);
    let from_settings = settings.map_or(&[][..], |settings| &settings.select);
    let select = match request.select.is_empty() {
        true => from_settings,
        false => &request.select,
    };
    (select.is_empty() || holds(select))
        && !holds(&request.ignore)
        && !settings.is_some_and(|settings| holds(&settings.ignore))
}

/// Merges, suppresses, selects, and sorts.
fn finish(
    request: &Request,
    examined: &[Examined],
    files: &[FileId],
    sources: &Sources,
    outcome: &mut Outcome,
) {
    let report = &mut outcome.report;
    // The settings that hold for a finding are those of the tree that it lies in.
    let settings_of = |finding: &Finding| match (examined, finding.span) {
        ([one], _) => Some(&one.settings),
        (_, Some(span)) => examined
            .iter()
            .find(|one| one.workspace.path_of(span.file).is_some())
            .map(|one| &one.settings),
        (_, None) => None,
    };
    let findings: Vec<Finding> = std::mem::take(&mut report.findings);
    report.findings = merge::findings(findings, sources);
    suppression::apply(sources, files, report, |_| true);
    report.findings.retain_mut(|finding| {
        let settings = settings_of(finding);
        let severity = match settings {
            Some(settings) => settings.severity_of(finding.rule, finding.severity),
            None => Some(finding.severity),
        };
        let stays = finding.rule == crate::settings::RULE
            || is_chosen(finding.rule, request, settings) && severity.is_some();
        finding.severity = severity.unwrap_or(finding.severity);
        stays
    });
    report.findings = merge::findings(std::mem::take(&mut report.findings), sources);
    report.unresolved = merge::unresolved(std::mem::take(&mut report.unresolved), sources);
    report.checked.unresolved = report.unresolved.len();
    report.secrets.sort();
    report.secrets.dedup();
    report.errors.sort();
    report.errors.dedup();
    merge::bound(report);
    report.checked.unresolved = report.unresolved.len();
    debug_assert!(
        report
            .findings
            .iter()
            .all(|finding| registry::find(finding.rule).is_some()),
        "every finding's rule is in the registry"
    );
}
