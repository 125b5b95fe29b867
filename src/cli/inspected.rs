//! The configurations themselves, for the subcommands that show them instead of checking them.

use crate::openclaw::configuration::Configuration;
use crate::openclaw::render::Context;
use crate::openclaw::tree::World;
use crate::pipeline;
use crate::releases::Release;
use crate::releases::selection::Selection;
use crate::report::finding::Failure;
use crate::report::redact::Redactor;
use crate::report::sanitize;
use crate::request::{Outcome, Request};

/// Of more conditions than this, the others are shown as if they held.
const MOST_CONDITIONS: usize = 2;

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
                instance_replaces: false,
            };
            for blueprint in &one.discovery.blueprints {
                let selection = pipeline::release::select(wanted, &one.discovery, blueprint);
                let (release, _) = selection.release();
                let context = pipeline::worlds::in_time(&context, &selection);
                let mut assumptions = vec![selection.explanation.clone()];
                assumptions.extend(blueprint.assumptions.iter().cloned());
                let worlds = worlds(&blueprint.conditions())
                    .into_iter()
                    .filter_map(|(world, texts)| {
                        Some((texts, blueprint.in_world(&world, &context)?))
                    })
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
        Redactor::new(&self.outcome.sources, &self.outcome.report.secrets)
    }

    /// What could not be read, as lines for standard error.
    pub fn complaints(&self, redactor: &Redactor<'_>) -> Vec<String> {
        let mut lines: Vec<String> = self
            .outcome
            .report
            .errors
            .iter()
            .map(|Failure { path, message }| {
                sanitize::line(&redactor.text(&format!("{path}: {message}")))
            })
            .collect();
        if lines.is_empty() && self.configurations.is_empty() {
            lines.push("nothing here configures OpenClaw".to_string());
        }
        lines
    }
}

/// The worlds to show, each with its conditions in words.
fn worlds(conditions: &[crate::openclaw::tree::Condition]) -> Vec<(World, Vec<String>)> {
    let told_apart = conditions.len().min(MOST_CONDITIONS);
    (0..1usize << told_apart)
        .map(|bits| {
            let mut texts = Vec::new();
            let world = conditions
                .iter()
                .enumerate()
                .map(|(position, condition)| {
                    let holds = position >= told_apart || bits >> position & 1 == 0;
                    texts.push(if holds {
                        condition.text.clone()
                    } else {
                        format!("not: {}", condition.text)
                    });
                    (condition.clone(), holds)
                })
                .collect();
            (World(world), texts)
        })
        .collect()
}
