//! Configurations that grow in other ways than by findings: references, conditions that are not known, calls inside of calls.

use crate::flakes::checked;
use crate::{Extent, measure, page};
use std::fmt::Write as _;
use std::path::Path;

/// A way to grow: what is counted, the largest count, and the module with so many.
type Growth = (&'static str, usize, fn(usize) -> String);

/// Times for a quarter, a half and all of each.
pub fn section(extent: &Extent, scratch: &Path) -> String {
    let growths: [Growth; 5] = [
        ("model references", extent.findings, |count| {
            references(count, "own/model")
        }),
        (
            "model references that are misspelt",
            extent.findings,
            |count| references(count, "own/mdoel"),
        ),
        ("values that one unknown is compared with", 16, comparisons),
        (
            "calls inside of calls, with 6 conditions that are not known",
            64,
            calls,
        ),
        ("lists under a condition of their own each", 128, conditions),
    ];
    let rows: Vec<Vec<String>> = growths
        .iter()
        .enumerate()
        .map(|(number, (name, most, module))| {
            let times = [most / 4, most / 2, *most].map(|count| {
                let file = scratch.join(format!("growth-{number}-{count}.nix"));
                std::fs::write(&file, module(count)).expect("a file");
                checked(&file, &["--no-git"], extent.large_runs.min(3))
            });
            let named = vec![(*name).to_string(), most.to_string()];
            [named, measure::growth(times)].concat()
        })
        .collect();
    let head = [
        "what there are many of",
        "how many",
        "a quarter of them",
        "half of them",
        "all of them",
        "four times as many take",
    ];
    format!(
        "### Configurations that grow\n\n{}",
        page::table(&head, &rows)
    )
}

/// A module with OpenClaw switched on, and more in its `config`.
fn module(arguments: &str, head: &str, config: &str) -> String {
    format!(
        "{{ {arguments}, ... }}:\n{head}{{\n  programs.openclaw.enable = true;\n  programs.openclaw.config = {config};\n}}\n"
    )
}

/// Agents with a model each, of a provider that declares all of them under `own/model`.
fn references(count: usize, written: &str) -> String {
    let mut config = String::from(
        "{\n    models.providers.own = {\n      baseUrl = \"https://models.example.org/v1\";\n      apiKey = \"\\${OWN_API_KEY}\";\n      models = [\n",
    );
    for number in 0..count {
        let _ = writeln!(
            config,
            "        {{ id = \"model-{number}\"; name = \"Model {number}\"; }}"
        );
    }
    config.push_str("      ];\n    };\n    agents.list = [\n");
    for number in 0..count {
        let _ = writeln!(
            config,
            "      {{ id = \"agent-{number}\"; model = \"{written}-{number}\"; }}"
        );
    }
    config.push_str("    ];\n  }");
    module("lib", "", &config)
}

/// The model of each host, in one chain of comparisons.
fn comparisons(count: usize) -> String {
    let mut model = String::new();
    for number in 0..count {
        let _ = write!(
            model,
            "if host == \"host-{number}\" then \"openrouter/model-{number}\" else "
        );
    }
    module(
        "host",
        "",
        &format!("{{ agents.defaults.model.primary = {model}\"openrouter/auto\"; }}"),
    )
}

/// A list that six unknown conditions are part of, handed through functions.
fn calls(count: usize) -> String {
    let value = (0..count).fold(format!("({})", optional(6)), |value, _| {
        format!("(pass {value})")
    });
    let head = "let pass = models: map (model: lib.concatStrings [ model ]) models; in\n";
    module(
        "config, lib",
        head,
        &format!("{{ agents.defaults.model.fallbacks = {value}; }}"),
    )
}

/// Lists of models, each with a condition that is not known.
fn conditions(count: usize) -> String {
    let lists = optional(count);
    module(
        "config, lib",
        "",
        &format!("{{ agents.defaults.model.fallbacks = {lists}; }}"),
    )
}

/// So many lists of one model each, each under a condition of its own.
fn optional(count: usize) -> String {
    let lists: Vec<String> = (0..count)
        .map(|number| {
            format!("lib.optional config.my.switch-{number} \"openrouter/model-{number}\"")
        })
        .collect();
    lists.join("\n    ++ ")
}
