//! From what evaluation found wrong to findings: what the rules on the Nix around a configuration share.

use super::{RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Problem, ProblemKind};
use crate::report::finding::{Consequence, Finding, Related};

/// A finding for each problem of that kind. What happens is that Nix refuses, or, where the problem is in a file that
/// OpenClaw reads itself, that OpenClaw does.
pub(super) fn report(
    subject: Subject<'_>,
    info: &'static RuleInfo,
    kind: ProblemKind,
    sink: &mut Sink,
) {
    report_if(subject, info, kind, sink, &|_| true, &|_, finding| finding);
}

/// The same for problems that `wanted` picks, each finished by `finish`.
pub(super) fn report_if(
    subject: Subject<'_>,
    info: &'static RuleInfo,
    kind: ProblemKind,
    sink: &mut Sink,
    wanted: &dyn Fn(&Problem) -> bool,
    finish: &dyn Fn(&Problem, Finding) -> Finding,
) {
    for problem in &subject.configuration.problems {
        if problem.kind == kind && wanted(problem) {
            let finding = finding(subject, info, problem);
            sink.findings.push(finish(problem, finding));
        }
    }
}

/// The finding for one problem, with everything that the problem itself says.
pub(super) fn finding(subject: Subject<'_>, info: &'static RuleInfo, problem: &Problem) -> Finding {
    let consequence = if super::secrets::is_nix(subject) {
        Consequence::NixRejects
    } else {
        Consequence::OpenclawRejects
    };
    let mut finding = Finding::new(info.id, consequence, problem.message.clone()).at(problem.span);
    finding.help = problem.help.clone();
    finding.path = problem.path.clone();
    finding.related = problem
        .related
        .iter()
        .map(|(span, message)| Related {
            span: *span,
            message: message.clone(),
        })
        .collect();
    finding
}
