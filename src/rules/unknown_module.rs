//! A module that nix-openclaw does not have.

use super::consequence::by_era;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::{alternatives, nearest};
use crate::openclaw::configuration::Source;
use crate::openclaw::module_options::{MODULES, has_module};
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-module",
    summary: "A module is imported that nix-openclaw does not have",
    consequence: Consequence::NixRejects,
    explanation: "\
\"attribute 'openclow' missing.\" nix-openclaw has `homeManagerModules.openclaw`, `darwinModules.openclaw` (which gives it to the \
users of Home Manager) and, since February 2026, `nixosModules.openclaw-gateway`; there is no `default` among them. Only \
evaluating the configuration shows it: `nix flake check` does not look at `homeConfigurations`.",
    refused: &[r#"{ inputs, ... }:
{
  imports = [ inputs.nix-openclaw.homeManagerModules.openclow ];
  programs.openclaw.enable = true;
}
"#],
    accepted: &[r#"{ inputs, ... }:
{
  imports = [ inputs.nix-openclaw.homeManagerModules.openclaw ];
  programs.openclaw.enable = true;
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    for module in &subject.configuration.unseen {
        let Some(output) = module.of_openclaw.as_deref() else {
            continue;
        };
        // Only what is plainly `<kind>Modules.<name>`: an output may be reached in other ways.
        let Some((kind, _)) = output
            .split_once('.')
            .filter(|(kind, name)| kind.ends_with("Modules") && !name.contains('.'))
        else {
            continue;
        };
        if has_module(output, subject.era) {
            continue;
        }
        let there = || {
            MODULES
                .iter()
                .copied()
                .filter(|output| has_module(output, subject.era))
        };
        let wanted = match subject.configuration.source {
            Source::NixosService => "nixosModules.",
            _ => "homeManagerModules.",
        };
        let help = match nearest(output, there()) {
            Some(near) if near.starts_with(kind) => format!("write `{near}`"),
            _ => match there().find(|known| known.starts_with(wanted)) {
                Some(known) => format!("write `{known}`"),
                None => format!("there are {}", alternatives(there())),
            },
        };
        let finding = Finding::new(
            INFO.id,
            Consequence::NixRejects,
            match MODULES.contains(&output) {
                true => format!("the nix-openclaw that is locked here has no `{output}`"),
                false => format!("nix-openclaw has no `{output}`"),
            },
        )
        .at(module.span)
        .path("imports")
        .help(help);
        sink.findings.push(by_era(subject, finding));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;
    use crate::openclaw::configuration::UnseenModule;

    fn found(output: &str) -> Vec<String> {
        case("{}")
            .home_manager(&[])
            .configuration(|configuration| {
                configuration.unseen.push(UnseenModule {
                    name: format!("inputs.nix-openclaw.{output}"),
                    span: Some(crate::workspace::source::Span::new(
                        crate::workspace::source::FileId(0),
                        0,
                        1,
                    )),
                    may_add: false,
                    of_openclaw: Some(output.to_string()),
                });
            })
            .run(&RULE)
            .findings
            .iter()
            .map(|finding| finding.help.clone().unwrap_or_default())
            .collect()
    }

    #[test]
    fn what_is_there_is_fine() {
        for output in MODULES.iter().take(3) {
            assert_eq!(found(output), [""; 0]);
        }
        assert_eq!(
            found("homeManagerModules.clawdbot"),
            ["write `homeManagerModules.openclaw`"]
        );
        // Its own business: another way to a module.
        assert_eq!(found("lib.modules.x"), [""; 0]);
    }

    #[test]
    fn the_nearest_one_is_named() {
        assert_eq!(
            found("homeManagerModules.openclow"),
            ["write `homeManagerModules.openclaw`"]
        );
        for output in ["homeManagerModules.default", "nixosModules.openclaw"] {
            let help = found(output);
            assert!(
                help[0].contains("`homeManagerModules.openclaw`"),
                "{help:?}"
            );
        }
    }
}
