//! The configurations themselves, for the subcommands that show them instead of checking them.

use super::exit_code;
use crate::openclaw::blueprint::Blueprint;
use crate::openclaw::configuration::Configuration;
use crate::openclaw::render::Context;
use crate::openclaw::tree::{Condition, World};
use crate::pipeline;
use crate::releases::Release;
use crate::releases::selection::Selection;
use crate::report::finding::{Failure, Finding, Report, Severity};
use crate::report::redact::Redactor;
use crate::report::{self, Format, Options, sanitize};
use crate::request::{Outcome, Request};
use crate::settings;

/// No more worlds than these are shown; conditions that would make more are shown as if they held.
const MOST_WORLDS: usize = 4;

/// One configuration with the release that it is taken for.
pub struct Inspected {
    /// Its name.
    pub name: String,
    /// The release and why.
    pub selection: Selection,
    /// The data of the release, or of the one that comes closest.
    pub release: Release,
    /// Assumptions in plain words.
    pub assumptions: Vec<String>,
    /// It in every world in which OpenClaw is enabled, with what is assumed there in words.
    pub worlds: Vec<(Vec<String>, Configuration)>,
}

/// What was found for a request.
pub struct Inspection {
    /// What a check of the same request says: its secrets are those that must not be shown.
    pub outcome: Outcome,
    /// The configurations.
    pub configurations: Vec<Inspected>,
}

impl Inspection {
    /// Evaluates what a request names. It is checked as well, because only the rules know all secrets.
    pub fn new(request: &Request) -> Self {
        let outcome = crate::check(request);
        let mut configurations = Vec::new();
        for one in &outcome.trees {
            let Ok(wanted) = pipeline::release::wanted(request, &one.settings) else {
                continue;
            };
            let context = Context {
                workspace: &one.workspace,
                variables: &[],
                instance_replaces: None,
                skills_by_load_path: true,
                nulls_replace: false,
            };
            for (position, blueprint) in one.discovery.blueprints.iter().enumerate() {
                let flake = one.discovery.flake_of(position);
                let selection = pipeline::release::select(wanted, flake, blueprint);
                let (release, _) = selection.release();
                let context = pipeline::worlds::in_time(&context, &selection);
                let mut assumptions = vec![selection.explanation.clone()];
                assumptions.extend(blueprint.assumptions.iter().cloned());
                let worlds = worlds(blueprint)
                    .into_iter()
                    .map(|(world, texts)| (texts, blueprint.in_world(&world, &context)))
                    .collect();
                let worlds = without_idle_conditions(worlds)
                    .into_iter()
                    .filter_map(|(texts, configuration)| Some((texts, configuration?)))
                    .collect();
                configurations.push(Inspected {
                    name: blueprint.name.clone(),
                    selection,
                    release,
                    assumptions,
                    worlds,
                });
            }
        }
        Inspection {
            outcome,
            configurations,
        }
    }

    /// A redactor for what the check found to be secret.
    pub fn redactor(&self) -> Redactor<'_> {
        Redactor::of_report(&self.outcome.sources, &self.outcome.report)
    }

    /// What keeps the configurations, or some of them, from being shown, as lines for standard error; and the exit code.
    pub fn complaints(&self, redactor: &Redactor<'_>) -> (Vec<String>, u8) {
        let outcome = &self.outcome;
        let clean = |text: &str| sanitize::line(&redactor.text(text));
        if !outcome.usage_errors.is_empty() {
            let lines = outcome.usage_errors.iter().map(|text| clean(text));
            return (lines.collect(), exit_code::USAGE);
        }
        let mut lines: Vec<String> = outcome
            .report
            .errors
            .iter()
            .map(|Failure { path, message }| clean(&format!("{path}: {message}")))
            .collect();
        let mut code = match lines.is_empty() {
            true => exit_code::CLEAN,
            false => exit_code::UNREADABLE,
        };
        if self.configurations.is_empty() {
            let mistakes = self.mistakes();
            if !mistakes.is_empty() {
                code = code.max(match outcome.settings_refused {
                    true => exit_code::USAGE,
                    false => exit_code::FINDINGS,
                });
                lines.extend(mistakes);
            } else if lines.is_empty() {
                lines.push("nothing here configures OpenClaw".to_string());
            }
        } else if outcome.settings_refused {
            code = code.max(exit_code::USAGE);
            lines.extend(self.mistakes_of(|finding| finding.rule == settings::RULE));
        }
        (lines, code)
    }

    /// What is wrong with the files, one line for each finding of severity error.
    fn mistakes(&self) -> Vec<String> {
        self.mistakes_of(|finding| finding.severity == Severity::Error)
    }

    fn mistakes_of(&self, is_meant: impl Fn(&Finding) -> bool) -> Vec<String> {
        let whole = &self.outcome.report;
        let report = Report {
            findings: whole
                .findings
                .iter()
                .filter(|finding| is_meant(finding))
                .cloned()
                .collect(),
            secrets: whole.secrets.clone(),
            secret_texts: whole.secret_texts.clone(),
            ..Report::default()
        };
        let options = Options {
            format: Format::Concise,
            quiet: true,
            ..Options::default()
        };
        let text = report::render(&report, &self.outcome.sources, &options);
        text.lines().map(str::to_string).collect()
    }
}

/// Leaves out the conditions that make no difference to any openclaw.json. `worlds` are those of [`worlds`], in its order.
fn without_idle_conditions(
    mut worlds: Vec<(Vec<String>, Option<Configuration>)>,
) -> Vec<(Vec<String>, Option<Configuration>)> {
    let mut position = worlds.len().ilog2();
    while position > 0 {
        position -= 1;
        let distance = 1 << position;
        let is_idle = (0..worlds.len())
            .filter(|index| index & distance == 0)
            .all(|index| same_rendering(&worlds[index].1, &worlds[index + distance].1));
        if is_idle {
            let mut index = 0;
            worlds.retain_mut(|(texts, _)| {
                texts.remove(position as usize);
                index += 1;
                (index - 1) & distance == 0
            });
        }
    }
    worlds
}

fn same_rendering(one: &Option<Configuration>, other: &Option<Configuration>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            one.instances.len() == other.instances.len()
                && one
                    .instances
                    .iter()
                    .zip(&other.instances)
                    .all(|(one, other)| {
                        one.name == other.name && one.config.is_same_as(&other.config)
                    })
        }
        _ => false,
    }
}

/// The worlds to show, each with its conditions in words. Only conditions that the options depend on are told apart: what
/// surrounds them changes no openclaw.json but by the home directory.
fn worlds(blueprint: &Blueprint) -> Vec<(World, Vec<String>)> {
    let mut shown = Vec::new();
    blueprint.options.conditions(&mut shown);
    if let Some(home) = blueprint.surrounding("home.homeDirectory") {
        home.conditions(&mut shown);
    }
    World::all(&shown, MOST_WORLDS)
        .into_iter()
        .map(|mut world| {
            for condition in &shown {
                let holds = world.allows(condition);
                world.0.entry(condition.clone()).or_insert(holds);
            }
            // What is one value is no other: that need not be said.
            let is_said = |condition: &&Condition| {
                world.0.get(*condition) == Some(&true) || world.allows(condition)
            };
            let texts = shown.iter().filter(is_said);
            let texts = texts
                .map(|condition| match world.0.get(condition) {
                    Some(true) => condition.text.clone(),
                    _ => format!("not: {}", condition.text),
                })
                .collect();
            for condition in blueprint.conditions() {
                let holds = world.allows(&condition);
                world.0.entry(condition).or_insert(holds);
            }
            (world, texts)
        })
        .collect()
}
