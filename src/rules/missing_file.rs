//! A file that the configuration needs and that is not there.

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
    id: "missing-file",
    summary: "A file that the configuration needs is not there for Nix",
    consequence: Consequence::NixRejects,
    explanation: "\
An import, or another path that the configuration needs (a file that is put in place beside OpenClaw, the encrypted file of a \
secret), does not exist, is not tracked by git (so that a flake does not see it; `git add` is enough), or leads out of the \
source tree. A flake is copied into the store before it is evaluated, so `../` out of it leads nowhere, and a module at \
`/etc/nixos/...` is there only with `--impure`, which is a warning. Paths are relative to the file in which they are \
written. In a configuration that has nothing of OpenClaw, while others have it, it is a warning: what is missing may have \
been what was to bring it.",
    refused: &[r#"{
  imports = [ ./no-such-file.nix ];
  programs.openclaw.enable = true;
}
"#],
    accepted: &[r#"{
  imports = [ { programs.openclaw.config.gateway.mode = "local"; } ];
  programs.openclaw.enable = true;
}
"#],
};

fn check(subject: Subject<'_>, sink: &mut Sink) {
    report(subject, &INFO, ProblemKind::MissingFile, sink);
}
