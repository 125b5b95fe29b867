//! `models [PROVIDER]`: what can be referenced; with `--route`, what each agent uses.

use super::arguments::{ListFormat, ModelsArguments};
use super::catalogue::{AgentRoute, ModelRow, ProviderRow, Rows};
use super::inspected::Inspection;
use super::{check, exit_code, output};
use crate::nearest::nearest;
use crate::progress::Progress;
use crate::releases::{self, Release, Version};
use crate::report::json;
use crate::report::redact::Redactor;
use crate::report::sanitize;
use crate::report::summary::count;
use crate::request::{Request, Target};
use crate::workspace::source::Sources;
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct Document {
    version: u32,
    configurations: Vec<Section>,
}

/// One instance of one configuration, or the release alone.
#[derive(Serialize)]
struct Section {
    configuration: Option<String>,
    instance: Option<String>,
    openclaw: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    providers: Option<Vec<ProviderRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    routes: Option<Vec<AgentRoute>>,
}

pub fn run(arguments: &ModelsArguments, progress: &Arc<Progress>) -> u8 {
    let (sections, code) = match sections(arguments, progress) {
        Ok(found) => found,
        Err(code) => return code,
    };
    let mut document = Document {
        version: 1,
        configurations: sections,
    };
    if let Some(wanted) = &arguments.provider
        && let Err(complaint) = narrow(&mut document, wanted)
    {
        output::complain(&complaint);
        return exit_code::USAGE;
    }
    let text = match arguments.format {
        ListFormat::Json => json::to_text(&document),
        ListFormat::Human => document
            .configurations
            .iter()
            .map(|section| section.text(arguments.provider.is_some()))
            .collect::<Vec<_>>()
            .join("\n"),
    };
    output::print(&text, code)
}

/// What there is to list. A directory without a configuration has what the release brings.
fn sections(
    arguments: &ModelsArguments,
    progress: &Arc<Progress>,
) -> Result<(Vec<Section>, u8), u8> {
    let request = Request {
        targets: arguments
            .flake
            .iter()
            .map(|path| Target::Path(path.clone()))
            .collect(),
        openclaw_version: arguments.openclaw_version.clone(),
        progress: Arc::clone(progress),
        ..Request::default()
    };
    if let Some(complaint) = check::about_version(arguments.openclaw_version.as_deref()) {
        output::complain(&complaint);
        return Err(exit_code::USAGE);
    }
    let inspection = Inspection::new(&request);
    let redactor = inspection.redactor();
    let rows = Rows {
        sources: &inspection.outcome.sources,
        redactor: &redactor,
    };
    let mut sections = Vec::new();
    for one in &inspection.configurations {
        // Worlds differ in what is declared; the first is the one in which all conditions hold.
        let Some((_, configuration)) = one.worlds.first() else {
            continue;
        };
        for instance in &configuration.instances {
            sections.push(Section {
                configuration: Some(sanitize::line(&redactor.text(&one.name))),
                instance: Some(sanitize::line(&redactor.text(&instance.name))),
                openclaw: one.selection.version.to_string(),
                source: one.selection.source.clone(),
                providers: (!arguments.route)
                    .then(|| rows.providers(configuration, instance, &one.release)),
                routes: arguments
                    .route
                    .then(|| rows.routes(configuration, instance, &one.release)),
            });
        }
    }
    // Without a path, the current directory need not hold anything.
    let is_named =
        arguments.flake.is_some() || arguments.route || inspection.outcome.settings_refused;
    if sections.is_empty() && !is_named {
        return Ok((vec![release_alone(arguments)], exit_code::CLEAN));
    }
    let (complaints, code) = inspection.complaints(&redactor);
    for complaint in complaints {
        output::complain(&complaint);
    }
    Ok((sections, code))
}

fn release_alone(arguments: &ModelsArguments) -> Section {
    let version = arguments.openclaw_version.as_deref();
    let (release, source) = match version.and_then(|text| text.parse::<Version>().ok()) {
        Some(version) => (releases::nearest(&version).0, "--openclaw-version"),
        None => (releases::newest(), "newest release"),
    };
    section_of(&release, source)
}

fn section_of(release: &Release, source: &str) -> Section {
    let sources = Sources::new();
    let redactor = Redactor::new(&sources, &[]);
    let rows = Rows {
        sources: &sources,
        redactor: &redactor,
    };
    Section {
        configuration: None,
        instance: None,
        openclaw: release.version().to_string(),
        source: source.to_string(),
        providers: Some(rows.built_in(release)),
        routes: None,
    }
}

/// Keeps one provider, and in routes the agents that use it.
fn narrow(document: &mut Document, wanted: &str) -> Result<(), String> {
    let mut names: Vec<String> = Vec::new();
    let mut found = false;
    for section in &mut document.configurations {
        if let Some(providers) = &mut section.providers {
            names.extend(providers.iter().map(|row| row.id.clone()));
            providers.retain(|row| row.id.eq_ignore_ascii_case(wanted));
            found |= !providers.is_empty();
        }
        if let Some(routes) = &mut section.routes {
            found = true;
            for route in routes.iter_mut() {
                let start = format!("{}/", wanted.to_lowercase());
                route.steps.retain(|step| {
                    let meaning = step.meaning.as_ref().unwrap_or(&step.written);
                    meaning.to_lowercase().starts_with(&start)
                });
            }
            routes.retain(|route| !route.steps.is_empty());
        }
    }
    if found {
        return Ok(());
    }
    let shown = sanitize::line(wanted);
    Err(match nearest(wanted, names.iter().map(String::as_str)) {
        Some(nearest) => format!("there is no provider `{shown}`; did you mean `{nearest}`?"),
        None => format!("there is no provider `{shown}`"),
    })
}

impl Section {
    fn text(&self, whole: bool) -> String {
        let mut text = match (&self.configuration, &self.instance) {
            (Some(name), Some(instance)) => format!("{name}, instance {instance}: "),
            _ => String::new(),
        };
        text.push_str(&format!(
            "OpenClaw {} (from: {})\n",
            self.openclaw, self.source
        ));
        let (full, brief): (Vec<&ProviderRow>, Vec<&ProviderRow>) = self
            .providers
            .iter()
            .flatten()
            .partition(|row| whole || row.place.is_some());
        for row in full {
            text.push_str(&provider_text(row));
        }
        let (external, built_in): (Vec<&ProviderRow>, Vec<&ProviderRow>) = brief
            .into_iter()
            .partition(|row| row.source.starts_with("needs the plugin"));
        for (title, rows) in [("built in", built_in), ("with a plugin", external)] {
            if rows.is_empty() {
                continue;
            }
            let widest = rows.iter().map(|row| row.id.chars().count()).max();
            text.push_str(&format!("\n{title} (`models PROVIDER` lists the models)\n"));
            for row in rows {
                text.push_str(&brief_text(row, widest.unwrap_or(0)));
            }
        }
        for route in self.routes.iter().flatten() {
            text.push_str(&route_text(route));
        }
        text
    }
}

/// One line of a provider: how many models, what carries the key.
fn brief_text(row: &ProviderRow, widest: usize) -> String {
    let mut parts = vec![match (row.models.len(), row.takes_other_models) {
        (0, _) => "models from the provider".to_string(),
        (number, true) => format!("{} and more", count(number, "model", "models")),
        (number, false) => count(number, "model", "models"),
    }];
    parts.extend(row.key.as_ref().map(|key| format!("key: {key}")));
    if row.source != "built in" {
        parts.push(row.source.clone());
    }
    format!("  {:widest$}  {}\n", row.id, parts.join(", "))
}

fn provider_text(row: &ProviderRow) -> String {
    let mut parts = vec![row.source.clone()];
    parts.extend(row.base_url.clone());
    parts.extend(row.key.as_ref().map(|key| format!("key: {key}")));
    parts.extend(row.place.clone());
    let mut text = format!("\n{}  ({})\n", row.id, parts.join(", "));
    let widest = row
        .models
        .iter()
        .map(|model| model.reference.chars().count())
        .max()
        .unwrap_or(0);
    for model in &row.models {
        text.push_str(&model_text(model, widest));
    }
    if row.takes_other_models {
        text.push_str("  further models can be referenced as well\n");
    }
    text
}

fn model_text(model: &ModelRow, widest: usize) -> String {
    let mut parts = Vec::new();
    parts.extend(model.name.clone());
    parts.extend(
        model
            .context_window
            .map(|tokens| format!("{tokens} tokens")),
    );
    if !model.input.is_empty() {
        parts.push(model.input.join(" and "));
    }
    if model.reasoning == Some(true) {
        parts.push("reasoning".to_string());
    }
    parts.extend(model.remark.clone());
    parts.extend(model.place.clone());
    format!("  {:widest$}  {}", model.reference, parts.join(", "))
        .trim_end()
        .to_string()
        + "\n"
}

fn route_text(route: &AgentRoute) -> String {
    let mut text = match &route.agent {
        Some(agent) => format!("\nagent {agent}\n"),
        None => "\nall agents that do not say otherwise\n".to_string(),
    };
    if route.inherits {
        text.push_str("  as above\n");
    }
    for step in &route.steps {
        let mut model = step.written.clone();
        if let Some(meaning) = &step.meaning {
            model.push_str(&format!(" = {meaning}"));
        }
        let mut parts = Vec::new();
        parts.extend(step.provider.clone());
        parts.extend(step.endpoint.clone());
        parts.extend(step.key.as_ref().map(|key| format!("key: {key}")));
        parts.extend(step.place.clone());
        text.push_str(&format!("  {:<11} {model}\n", step.role));
        text.push_str(&format!("{:14}{}\n", "", parts.join(", ")));
    }
    text
}
