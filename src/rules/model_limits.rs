//! Limits and costs of a declared model that cannot be meant.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Node, Value};
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "model-limits",
    summary: "The limits or the cost of a declared model cannot be right",
    consequence: Consequence::FailsInUse,
    explanation: "`maxTokens` is how much a model writes at most, `contextWindow` how much it reads and writes together; an \
output larger than the window makes the provider refuse the request. `contextTokens`, what OpenClaw itself uses of the window, \
cannot be larger either. Tokens are counted in whole numbers, and a price below zero makes the cost in reports meaningless. \
OpenClaw accepts all of that.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "https://llm.acme.example/v1";
      models = [ { id = "acme-large"; name = "Acme Large"; contextWindow = 8192; maxTokens = 262144; } ];
    };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.models.providers.acme = {
      baseUrl = "https://llm.acme.example/v1";
      models = [ { id = "acme-large"; name = "Acme Large"; contextWindow = 262144; maxTokens = 8192; } ];
    };
  };
}"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let catalogue = subject.catalogue(instance);
    for provider in &catalogue.declared {
        limits(&provider.node, &provider.node, &provider.path, sink);
        let Some(models) = provider.node.get("models").and_then(|it| it.as_list()) else {
            continue;
        };
        for (index, model) in models.items.iter().enumerate() {
            let path = provider.path.key("models").index(index);
            limits(model, &provider.node, &path, sink);
            if let Some(cost) = model.get("cost") {
                costs(cost, &path.key("cost"), sink);
            }
        }
    }
}

/// The limits of a model, those of its provider where it has none of its own; or of a provider by itself.
fn limits(holder: &Node, provider: &Node, path: &ConfigPath, sink: &mut Sink) {
    let window = holder
        .get("contextWindow")
        .or_else(|| provider.get("contextWindow"));
    let size = window
        .and_then(|node| node.as_number())
        .filter(|size| *size > 0.0);
    for (key, what, consequence) in [
        (
            "maxTokens",
            "the provider refuses requests for so much output",
            Consequence::FailsInUse,
        ),
        (
            "contextTokens",
            "the window is all there is",
            Consequence::Degrades,
        ),
    ] {
        let Some(node) = holder.get(key) else {
            continue;
        };
        if let (Some(limit), Some(size)) = (node.as_number(), size)
            && limit > size
        {
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    consequence,
                    format!(
                        "`{key}` ({}) is larger than `contextWindow` ({}); {what}",
                        number(limit),
                        number(size)
                    ),
                )
                .at_most(Severity::Warning)
                .at(node.place.primary())
                .path(path.key(key))
                .related(
                    window.and_then(|window| window.place.primary()),
                    "the context window",
                )
                .help("Are the two numbers interchanged?"),
            );
        }
    }
    for key in ["contextWindow", "maxTokens", "contextTokens"] {
        let Some(node) = holder.get(key) else {
            continue;
        };
        if let Value::Float(size) = node.value
            && size.fract() != 0.0
            && size.is_finite()
            // The schema refuses a fraction here itself.
            && key != "contextTokens"
        {
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!("`{key}` is {size}; tokens are counted in whole numbers"),
                )
                .at(node.place.primary())
                .path(path.key(key))
                .help(format!("Write `{}`.", size.floor())),
            );
        }
    }
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        value.to_string()
    }
}

fn costs(cost: &Node, path: &ConfigPath, sink: &mut Sink) {
    for key in ["input", "output", "cacheRead", "cacheWrite"] {
        let Some(node) = cost.get(key) else { continue };
        if node.as_number().is_some_and(|price| price < 0.0) {
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!("the price `{key}` is negative"),
                )
                .at(node.place.primary())
                .path(path.key(key))
                .help("Write dollars per million tokens; `0` for none."),
            );
        }
    }
    if let Some(tiers) = cost.get("tieredPricing").and_then(|it| it.as_list()) {
        for (index, tier) in tiers.items.iter().enumerate() {
            costs(tier, &path.key("tieredPricing").index(index), sink);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn limits_and_costs_are_compared() {
        let outcome = case(
            r#"{models: {providers: {acme: {baseUrl: "https://x.example/v1", contextWindow: 5000, models: [
                {id: "a", name: "A", contextWindow: 8192, maxTokens: 262144, cost: {input: -0.6, output: 2}},
                {id: "b", name: "B", maxTokens: 6000},
                {id: "c", name: "C", contextWindow: 262144.5, maxTokens: 8192},
                {id: "d", name: "D", contextWindow: 8192, maxTokens: 8192}]}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "warning models.providers.acme.models[0].maxTokens: 262144",
                "warning models.providers.acme.models[0].cost.input: -0.6",
                "warning models.providers.acme.models[1].maxTokens: 6000",
                "warning models.providers.acme.models[2].contextWindow: 262144.5",
            ]
        );
    }
}
