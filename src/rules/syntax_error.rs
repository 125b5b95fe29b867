//! A file that Nix cannot parse.

use super::problems::report;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::ProblemKind;
use crate::report::finding::Consequence;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "syntax-error",
    summary: "A file does not parse",
    consequence: Consequence::NixRejects,
    explanation: "\
Nix refuses the whole file, and with it everything that imports it; OpenClaw refuses an openclaw.json that is no JSON5. The \
usual slips are a missing `;` or bracket, a list element that needs parentheses, and text around the code such as a \
Markdown fence.",
    refused: &[
        r#"{
  programs.openclaw = {
    enable = true
    config.gateway.mode = "local";
  };
}
"#,
        r#"```nix
{
  programs.openclaw.enable = true;
}
```
"#,
    ],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report(subject, &INFO, ProblemKind::Syntax, sink);
}
