//! One finding, as every format prints it.

use crate::workspace::source::Span;
use serde::Serialize;
use std::collections::BTreeSet;

/// How much a finding weighs. `Error` decides the exit code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Probably not what was meant, or an error that is not certain.
    Warning,
    /// Will not work.
    Error,
}

/// What happens when the finding is left as it is: the first stage that stops it, for the way it is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consequence {
    /// Nix refuses to evaluate or build the configuration.
    NixRejects,
    /// The rendered configuration is invalid for the OpenClaw release.
    OpenclawRejects,
    /// The configuration is valid, but the gateway does not start.
    GatewayRefuses,
    /// Everything starts, and a use of it fails.
    FailsInUse,
    /// A secret is readable by those who should not read it.
    LeaksSecret,
    /// It works, but not as written.
    Degrades,
    /// It works; there is a better way.
    Advice,
}

impl Consequence {
    /// The severity that a finding of this consequence has when the rule is sure of it.
    pub fn default_severity(self) -> Severity {
        match self {
            Consequence::NixRejects
            | Consequence::OpenclawRejects
            | Consequence::GatewayRefuses
            | Consequence::FailsInUse
            | Consequence::LeaksSecret => Severity::Error,
            Consequence::Degrades => Severity::Warning,
            Consequence::Advice => Severity::Note,
        }
    }
}

/// A further place that explains a finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What is there, a short phrase in lower case.
    pub message: String,
}

/// Replaces the bytes of a span with a text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// A change that mends a finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Fix {
    /// What it does, in the imperative: "Write `kimi/kimi-k2p5`".
    pub title: String,
    /// Whether it keeps the meaning that the author clearly had; only safe fixes are applied by `--fix`.
    pub safe: bool,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Id of the rule, kebab-case.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What happens when it is left.
    pub consequence: Consequence,
    /// One sentence: what is wrong. Never holds a secret.
    pub message: String,
    /// What to write instead. Never holds a secret.
    pub help: Option<String>,
    /// Where; `None` where there is no place in a source.
    pub span: Option<Span>,
    /// The path in the rendered configuration or in the module's options, as text.
    pub path: Option<String>,
    /// Names of the configurations that have it, sorted.
    pub configurations: Vec<String>,
    /// Names of the instances that have it, sorted.
    pub instances: Vec<String>,
    /// Further places, in the order in which they explain it.
    pub related: Vec<Related>,
    /// A change that mends it.
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding with the severity that its consequence has by default, and nothing else filled in.
    pub fn new(rule: &'static str, consequence: Consequence, message: impl Into<String>) -> Self {
        Finding {
            rule,
            severity: consequence.default_severity(),
            consequence,
            message: message.into(),
            help: None,
            span: None,
            path: None,
            configurations: Vec::new(),
            instances: Vec::new(),
            related: Vec::new(),
            fix: None,
        }
    }

    /// Lowers the severity to at most `severity`; the consequence stays.
    pub fn at_most(mut self, severity: Severity) -> Self {
        self.severity = self.severity.min(severity);
        self
    }

    /// Sets the place.
    pub fn at(mut self, span: Option<Span>) -> Self {
        self.span = span;
        self
    }

    /// Sets what to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the path in the configuration.
    pub fn path(mut self, path: impl ToString) -> Self {
        self.path = Some(path.to_string());
        self
    }

    /// Adds a further place; does nothing without one.
    pub fn related(mut self, span: Option<Span>, message: impl Into<String>) -> Self {
        if let Some(span) = span {
            self.related.push(Related {
                span,
                message: message.into(),
            });
        }
        self
    }

    /// Sets the change that mends it.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// Something that could not be checked because the sources do not determine it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Unresolved {
    /// The path in the configuration, as text.
    pub path: String,
    /// Why it is not known.
    pub reason: String,
    /// The place where it became unknown.
    pub span: Option<Span>,
    /// Names of the configurations, sorted.
    pub configurations: Vec<String>,
}

/// Something named or needed that could not be read or checked at all (exit code 3).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Failure {
    /// The path as it was given.
    pub path: String,
    /// What happened.
    pub message: String,
}

/// One configuration that was checked, for the list at the head of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckedConfiguration {
    /// `homeConfigurations.alice`, or the file's path for one that was checked by itself.
    pub name: String,
    /// Names of its instances.
    pub instances: Vec<String>,
    /// The OpenClaw release that was assumed.
    pub openclaw: String,
    /// The era of the module's options that was assumed.
    pub era: String,
    /// Why: `flag`, `flake.lock rev`, `flake.lock date`, `option names`, `default`.
    pub source: String,
    /// Further assumptions in plain words.
    pub assumptions: Vec<String>,
}

/// How much was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Checked {
    /// Files read as sources.
    pub files: usize,
    /// Configurations.
    pub configurations: usize,
    /// Instances.
    pub instances: usize,
    /// Model references.
    pub model_references: usize,
    /// Credential fields and placeholders.
    pub secrets: usize,
    /// Workspace documents.
    pub documents: usize,
    /// Values that could not be checked.
    pub unresolved: usize,
}

/// All that a run found; the formats print this and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What was checked.
    pub configurations: Vec<CheckedConfiguration>,
    /// What was found, in stable order (file, offset, rule).
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub unresolved: Vec<Unresolved>,
    /// What could not be read.
    pub errors: Vec<Failure>,
    /// Counts.
    pub checked: Checked,
    /// Places that hold a secret: no format prints the bytes in them.
    pub secrets: Vec<Span>,
    /// Texts that are secrets, as they are evaluated: no format prints them either.
    pub secret_texts: BTreeSet<String>,
}
