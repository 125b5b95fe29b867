//! A file that is not plain UTF-8.

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
    id: "encoding",
    summary: "A file is not UTF-8, or begins with a byte-order mark",
    consequence: Consequence::NixRejects,
    explanation: "\
Nix and OpenClaw read UTF-8 without a byte-order mark. Editors on Windows like to add one: Nix then complains about an \
unexpected character at the very beginning of a file that looks right. Save it as \"UTF-8 without BOM\".",
    refused: &[r#"﻿{
  programs.openclaw.enable = true;
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report(subject, &INFO, ProblemKind::Encoding, sink);
}
