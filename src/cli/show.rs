//! `show`: the openclaw.json that each instance will get.

use super::arguments::{ListFormat, ShowArguments};
use super::inspected::{Inspected, Inspection};
use super::rendered::Renderer;
use super::{check, exit_code, output};
use crate::nearest::alternatives;
use crate::openclaw::configuration::Configuration;
use crate::progress::Progress;
use crate::report::json;
use crate::report::redact::Redactor;
use crate::report::sanitize;
use serde_json::{Value as Json, json};
use std::sync::Arc;

pub fn run(arguments: &ShowArguments, progress: &Arc<Progress>) -> u8 {
    let request = match check::request(&arguments.source, progress) {
        Ok(request) => request,
        Err(refusal) => return refusal.complain(),
    };
    let inspection = Inspection::new(&request);
    let redactor = inspection.redactor();
    let (complaints, code) = inspection.complaints(&redactor);
    for complaint in &complaints {
        output::complain(complaint);
    }
    if let Some(wanted) = &arguments.instance {
        let names = instance_names(&inspection);
        if !names.is_empty() && !names.contains(wanted) {
            let known = alternatives(names.iter().map(String::as_str));
            output::complain(&sanitize::line(&format!(
                "there is no instance `{wanted}`; there is {known}"
            )));
            return exit_code::USAGE;
        }
    }
    let shown = Shown {
        inspection: &inspection,
        redactor: &redactor,
        instance: arguments.instance.as_deref(),
    };
    let text = match arguments.format {
        ListFormat::Human => shown.text(),
        // That nothing is configured is no error.
        ListFormat::Json if code == exit_code::CLEAN => json::to_text(&shown.json(&[])),
        ListFormat::Json => json::to_text(&shown.json(&complaints)),
    };
    output::print(&text, code)
}

fn instance_names(inspection: &Inspection) -> Vec<String> {
    let mut names: Vec<String> = inspection
        .configurations
        .iter()
        .flat_map(|one| &one.worlds)
        .flat_map(|(_, configuration)| &configuration.instances)
        .map(|instance| instance.name.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

struct Shown<'s> {
    inspection: &'s Inspection,
    redactor: &'s Redactor<'s>,
    instance: Option<&'s str>,
}

impl Shown<'_> {
    fn clean(&self, text: &str) -> String {
        sanitize::line(&self.redactor.text(text))
    }

    fn is_wanted(&self, name: &str) -> bool {
        self.instance.is_none_or(|wanted| wanted == name)
    }

    /// JSON with comments: one document for each instance, behind comments that say which it is.
    fn text(&self) -> String {
        let mut text = String::new();
        for one in &self.inspection.configurations {
            for (conditions, configuration) in &one.worlds {
                self.configuration(one, conditions, configuration, &mut text);
            }
            if one.worlds.is_empty() {
                text.push_str(&format!(
                    "// {}: OpenClaw is not enabled\n",
                    self.clean(&one.name)
                ));
            }
        }
        text
    }

    fn configuration(
        &self,
        one: &Inspected,
        conditions: &[String],
        configuration: &Configuration,
        text: &mut String,
    ) {
        for instance in &configuration.instances {
            if !self.is_wanted(&instance.name) {
                continue;
            }
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&format!(
                "// {}, instance {}\n// OpenClaw {}, {} options (from: {})\n",
                self.clean(&one.name),
                self.clean(&instance.name),
                one.selection.version,
                one.selection.era.name(),
                self.clean(&one.selection.source),
            ));
            for condition in conditions {
                text.push_str(&format!("// if {}\n", self.clean(condition)));
            }
            for assumption in &one.assumptions {
                text.push_str(&format!("// assumed: {}\n", self.clean(assumption)));
            }
            let renderer = Renderer::new(
                &instance.config,
                &self.inspection.outcome.sources,
                self.redactor,
            );
            text.push_str(&renderer.text(&instance.config));
            text.push('\n');
        }
    }

    fn json(&self, errors: &[String]) -> Json {
        let configurations: Vec<Json> = self
            .inspection
            .configurations
            .iter()
            .map(|one| {
                let instances: Vec<Json> = one
                    .worlds
                    .iter()
                    .flat_map(|(conditions, configuration)| {
                        configuration
                            .instances
                            .iter()
                            .map(move |instance| (conditions, instance))
                    })
                    .filter(|(_, instance)| self.is_wanted(&instance.name))
                    .map(|(conditions, instance)| {
                        let renderer = Renderer::new(
                            &instance.config,
                            &self.inspection.outcome.sources,
                            self.redactor,
                        );
                        let conditions: Vec<String> =
                            conditions.iter().map(|text| self.clean(text)).collect();
                        json!({
                            "name": self.clean(&instance.name),
                            "if": conditions,
                            "config": renderer.json(&instance.config),
                        })
                    })
                    .collect();
                let assumptions: Vec<String> = one
                    .assumptions
                    .iter()
                    .map(|text| self.clean(text))
                    .collect();
                json!({
                    "name": self.clean(&one.name),
                    "openclaw": one.selection.version.to_string(),
                    "era": one.selection.era.name(),
                    "source": self.clean(&one.selection.source),
                    "assumptions": assumptions,
                    "instances": instances,
                })
            })
            .collect();
        json!({ "version": 1, "configurations": configurations, "errors": errors })
    }
}
