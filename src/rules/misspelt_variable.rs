//! A variable of the process whose name is nearly one that OpenClaw reads.

use super::consequence::{absence, by_release};
use super::missing_key_variable::each_missing;
use super::unprovided_variable::build;
use super::variable_names::{READ, misspelt};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::is_slip;
use crate::openclaw::configuration::Instance;
use crate::openclaw::environment::{Provided, provided};
use crate::openclaw::references::Reference;
use crate::report::finding::{Consequence, Finding, Severity};
use std::collections::{BTreeMap, HashSet};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "misspelt-variable",
    summary: "A variable has nearly the name of one that OpenClaw reads",
    consequence: Consequence::Degrades,
    explanation: "\
OpenClaw reads some variables by their names, without a placeholder: `OPENCLAW_GATEWAY_TOKEN` and `OPENCLAW_GATEWAY_PASSWORD`, and the tokens \
of channels; a provider of models takes its key from one, `openrouter` from `OPENROUTER_API_KEY`. One with a slip of the pen in its name \
is set and never read: the gateway makes up a token of its own, or does not start, a channel is left out, and requests fail for want of a \
key. The same goes for a placeholder that names the variable a little differently.

Told where nothing provides the variable that was probably meant, no placeholder names the one that is written, and no release reads it. \
It takes the place of `unprovided-variable` and `missing-key-variable`, which would tell the same of where the variable is used.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENCLAW_GATEWAY_TOKN = "/run/secrets/openclaw-gateway-token";
    config.gateway.mode = "local";
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENROUTER_KEY = "/run/secrets/openrouter-api-key";
    config.agents.defaults.model.primary = "openrouter/auto";
  };
}
"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENCLAW_GATEWAY_TOKEN = "/run/secrets/openclaw-gateway-token";
    config.gateway.mode = "local";
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    if subject.unread_variables(instance).is_empty() {
        return;
    }
    // The first who misses a variable tells of it.
    let mut told = HashSet::new();
    for_placeholders(subject, instance, &mut told, sink);
    for_keys(subject, instance, &mut told, sink);
    for meant in READ {
        let is_missing = matches!(
            provided(subject.configuration, instance, meant),
            Provided::No | Provided::Empty(_) | Provided::SessionOnly(_) | Provided::Perhaps(..)
        );
        if is_missing
            && let Some(variable) = misspelt(subject, instance, meant)
            && let Some(name) = &variable.name
            && told.insert(name)
        {
            sink.findings.push(
                Finding::new(
                    INFO.id,
                    Consequence::Degrades,
                    format!("OpenClaw reads `{meant}`, and nothing reads `{name}`"),
                )
                .at_most(Severity::Warning)
                .at(variable.span)
                .path(variable.path())
                .help(format!("Write `{meant}`.")),
            );
        }
    }
}

/// What placeholders name and nothing provides.
fn for_placeholders<'a>(
    subject: Subject<'_>,
    instance: &'a Instance,
    told: &mut HashSet<&'a String>,
    sink: &mut Sink,
) {
    let references = subject.secret_references(instance);
    let mut by_name: BTreeMap<&str, Vec<&Reference>> = BTreeMap::new();
    for reference in references.iter() {
        if !reference.escaped && !reference.is_inactive(subject.configuration, instance) {
            by_name.entry(&reference.name).or_default().push(reference);
        }
    }
    for (wanted, uses) in by_name {
        let Some(variable) = misspelt(subject, instance, wanted) else {
            continue;
        };
        let Some(name) = &variable.name else { continue };
        let certain = match provided(subject.configuration, instance, wanted) {
            Provided::No => true,
            Provided::Perhaps(..) if is_slip(name, wanted) => false,
            _ => continue,
        };
        if !told.insert(name) {
            continue;
        }
        // What happens at worst.
        let first = uses
            .iter()
            .find(|reference| reference.resolved_at_start && !reference.perhaps_inactive)
            .unwrap_or(&uses[0]);
        let message = format!("a placeholder names `{wanted}`, and nothing reads `{name}`");
        let mut finding = build(subject, first, INFO.id, message)
            .at(variable.span)
            .path(variable.path())
            .related(first.span, format!("names `{wanted}`"))
            .help(format!(
                "Write the same name in both places, `{wanted}` or `{name}`."
            ));
        if !certain {
            finding = finding.at_most(Severity::Warning);
        }
        sink.findings.push(absence(subject, finding));
    }
}

/// The keys of the providers in use.
fn for_keys<'a>(
    subject: Subject<'_>,
    instance: &'a Instance,
    told: &mut HashSet<&'a String>,
    sink: &mut Sink,
) {
    each_missing(subject, instance, &mut |missing| {
        let Some((variable, meant)) = missing.misspelt(subject, instance) else {
            return;
        };
        let Some(name) = &variable.name else { return };
        let certain = match missing.provided {
            Provided::No => true,
            Provided::Perhaps(..) if is_slip(name, meant) => false,
            _ => return,
        };
        if !told.insert(name) {
            return;
        }
        let provider = missing.provider;
        let mut finding = Finding::new(
            INFO.id,
            Consequence::FailsInUse,
            format!("`{provider}` takes its key from `{meant}`, and nothing reads `{name}`"),
        )
        .at(variable.span)
        .path(variable.path())
        .related(missing.uses[0].span(), format!("uses `{provider}`"))
        .help(format!("Write `{meant}`."));
        if !certain {
            finding = finding.at_most(Severity::Warning);
        }
        sink.findings
            .push(by_release(subject, absence(subject, finding)));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::configuration::Provision;
    use crate::rules::testing::{Case, case, with_kimi};
    use crate::rules::{missing_key_variable, unprovided_variable};

    #[test]
    fn a_slip_of_the_pen_and_what_is_none() {
        let run = |config: &str, names: &[&str]| {
            let case = case(config).home_manager(&[]);
            let case = names.iter().fold(case, |case, name| {
                case.variable_with(name, Provision::ModuleEnvironment, "/run/x")
            });
            case.run(&RULE).findings.len()
        };
        assert_eq!(run("{}", &["OPENCLAW_GATEWAY_TOKN"]), 1);
        assert_eq!(run("{}", &["TELEGRAM_BOTTOKEN"]), 1);
        assert_eq!(run("{}", &["OPENCLAW_GATEWAY_TOKEN"]), 0);
        assert_eq!(run("{}", &["DISCORD_BOT_TOKEN_2", "MY_TOKEN"]), 0);
        let both = ["OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_TOKN"];
        assert_eq!(run("{}", &both), 0);
        let named = r#"{gateway: {auth: {token: "${OPENCLAW_GATEWAY_TOKN}"}}}"#;
        assert_eq!(run(named, &["OPENCLAW_GATEWAY_TOKN"]), 0);
    }

    fn with(config: &str, name: &str) -> Case {
        case(config)
            .home_manager(&[])
            .variable_with(name, Provision::ModuleEnvironment, "/run/x")
    }

    #[test]
    fn the_key_of_a_provider_in_use() {
        let using = |model: &str| format!(r#"{{agents: {{defaults: {{model: "{model}"}}}}}}"#);
        for (model, name) in [
            ("openrouter/auto", "OPENROUTER_KEY"),
            ("anthropic/claude-opus-4-8", "ANTHROPIC_KEY"),
            ("google/gemini-3-flash-preview", "GEMNI_API_KEY"),
            ("openai/gpt-5.5", "OPEN_AI_API_KEY"),
            ("mistral/mistral-large-latest", "MISTAL_API_KEY"),
        ] {
            let case = with(&using(model), name);
            let outcome = case.run(&RULE);
            assert_eq!(
                outcome.lines(),
                [format!(
                    "error programs.openclaw.environment.{name}: /run/x"
                )]
            );
            assert_eq!(outcome.only().related.len(), 1);
            // One mistake, one finding.
            assert_eq!(case.run(&missing_key_variable::RULE).lines(), [""; 0]);
            // Another file may bring the right one.
            let alone = with(&using(model), name).alone().run(&RULE);
            assert_eq!(alone.only().severity, Severity::Warning);
        }
        let unused = with(&using("openrouter/auto"), "ANTHROPIC_KEY");
        assert_eq!(unused.run(&RULE).lines(), [""; 0]);
        let both = with(&using("openrouter/auto"), "OPENROUTER_KEY")
            .variable("OPENROUTER_API_KEY", Provision::ModuleEnvironment);
        assert_eq!(both.run(&RULE).lines(), [""; 0]);
        let file = |name: &str| {
            with(&using("openrouter/auto"), name)
                .variable("", Provision::ServiceEnvironmentFile)
                .run(&RULE)
        };
        assert_eq!(file("OPENROUTER_KEY").lines(), [""; 0]);
        let slip = file("OPENROUTR_API_KEY");
        assert_eq!(slip.only().severity, Severity::Warning);
    }

    #[test]
    fn the_variable_of_a_placeholder() {
        let config = with_kimi("");
        let case = with(&config, "KIMI_KEY");
        let outcome = case.run(&RULE);
        assert_eq!(
            outcome.lines(),
            ["error programs.openclaw.environment.KIMI_KEY: /run/x"]
        );
        assert_eq!(outcome.only().consequence, Consequence::GatewayRefuses);
        assert_eq!(case.run(&unprovided_variable::RULE).lines(), [""; 0]);
        // What a release reads is spelled right, and so the placeholder is wrong.
        let config = r#"{models: {providers: {x: {apiKey: "${GEMNI_API_KEY}"}}}}"#;
        let case = with(config, "GEMINI_API_KEY");
        assert_eq!(case.run(&RULE).lines(), [""; 0]);
        let outcome = case.run(&unprovided_variable::RULE);
        let related = &outcome.only().related[0];
        assert_eq!(
            related.message,
            "`GEMINI_API_KEY`, which is nearly the name"
        );
    }
}
