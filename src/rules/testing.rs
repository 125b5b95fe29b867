//! Runs one rule on a configuration that is written as JSON5, for the tests beside the rules.

use super::shared::Shared;
use super::{Check, Rule, Sink, Subject};
use crate::openclaw::configuration::{Configuration, Language, Provision, Reach, Source, Variable};
use crate::openclaw::json::{self, Dialect};
use crate::openclaw::testing;
use crate::openclaw::tree::{Node, Object, Unknown, Value};
use crate::releases::{self, Era, Release};
use crate::report::finding::{Finding, Severity, Unresolved};
use crate::workspace::source::{FileId, Span};
use std::rc::Rc;

/// A configuration to run rules on.
pub struct Case {
    text: String,
    configuration: Configuration,
    release: Release,
    certain: bool,
    plausible: Vec<Release>,
    era: Era,
}

/// What a rule said.
pub struct Outcome {
    text: String,
    pub findings: Vec<Finding>,
    pub unresolved: Vec<Unresolved>,
    pub secret_spans: Vec<Span>,
}

/// An openclaw.json of release 2026.6.11, which is certain. `{$unknown: "why"}` stands for a value that is not
/// known, and the key `$open` for entries that are not known.
pub fn case(text: &str) -> Case {
    let root = json::parse(text, Some(FileId(0)), Dialect::Json5)
        .unwrap_or_else(|error| panic!("{}: {text}", error.message))
        .root;
    let mut configuration = testing::configuration(&serde_json::json!({}));
    configuration.instances[0].config = with_unknowns(&root);
    Case {
        text: text.to_string(),
        configuration,
        release: release("2026.6.11"),
        certain: true,
        plausible: Vec::new(),
        era: Era::NEWEST,
    }
}

fn release(version: &str) -> Release {
    releases::load(&version.parse().expect(version)).expect(version)
}

fn unknown(reason: &Node) -> Unknown {
    Unknown {
        subject: None,
        kind: None,
        reason: reason.as_str().unwrap_or_default(),
        span: reason.place.span,
    }
}

fn with_unknowns(node: &Rc<Node>) -> Rc<Node> {
    let value = match &node.value {
        Value::Object(object) => match object.entries.get("$unknown") {
            Some(reason) => Value::Unknown(unknown(reason)),
            None => Value::Object(Object {
                open: object.entries.get("$open").map(|reason| unknown(reason)),
                entries: object
                    .entries
                    .iter()
                    .filter(|(key, _)| *key != "$open")
                    .map(|(key, child)| (key.clone(), with_unknowns(child)))
                    .collect(),
            }),
        },
        Value::List(list) => {
            let mut list = list.clone();
            for item in &mut list.items {
                *item = with_unknowns(item);
            }
            Value::List(list)
        }
        other => other.clone(),
    };
    Rc::new(Node {
        value,
        place: node.place.clone(),
        conditional: false,
    })
}

impl Case {
    /// The same in `programs.openclaw.config`, with exactly these runtime plugins.
    pub fn home_manager(mut self, plugins: &[&str]) -> Case {
        self.configuration.source = Source::HomeManager;
        self.configuration.language = Language::Nix;
        self.configuration.option_root = "programs.openclaw".to_string();
        self.configuration.instances[0].runtime_plugins =
            Some(plugins.iter().map(|id| (id.to_string(), None)).collect());
        self
    }

    /// The option of the module that a variable stands in.
    fn option_of(&self, provision: Provision) -> Option<Rc<str>> {
        let root = &self.configuration.option_root;
        (provision == Provision::ModuleEnvironment && !root.is_empty())
            .then(|| format!("{root}.environment").into())
    }

    /// The process gets this variable.
    pub fn variable(mut self, name: &str, provision: Provision) -> Case {
        let option = self.option_of(provision);
        self.configuration.instances[0].variables.push(Variable {
            name: (!name.is_empty()).then(|| name.to_string()),
            option,
            provision,
            value: None,
            span: None,
        });
        self
    }

    /// The process gets this variable with this value.
    pub fn variable_with(mut self, name: &str, provision: Provision, value: &str) -> Case {
        let start = self.text.len() as u32;
        self.text.push_str(value);
        let span = Span::new(FileId(0), start, self.text.len() as u32);
        let option = self.option_of(provision);
        self.configuration.instances[0].variables.push(Variable {
            name: Some(name.to_string()),
            option,
            provision,
            value: Some(Node::text(value, Some(span))),
            span: Some(span),
        });
        self
    }

    /// The same in `services.openclaw-gateway.config`.
    pub fn nixos(mut self) -> Case {
        self.configuration.source = Source::NixosService;
        self.configuration.language = Language::Nix;
        self.configuration.option_root = "services.openclaw-gateway".to_string();
        self
    }

    /// The configuration itself, for what the other methods do not set.
    pub fn configuration(mut self, change: impl FnOnce(&mut Configuration)) -> Case {
        change(&mut self.configuration);
        self
    }

    /// Another option set.
    pub fn era(mut self, era: Era) -> Case {
        self.era = era;
        self
    }

    /// A file that was checked by itself.
    pub fn alone(mut self) -> Case {
        self.configuration.reach = Reach::Alone;
        self
    }

    /// Another release.
    pub fn release(mut self, version: &str) -> Case {
        self.release = release(version);
        self
    }

    /// The release is only guessed.
    pub fn guessed(mut self) -> Case {
        self.certain = false;
        self.plausible = releases::known().collect();
        self
    }

    /// What the rule says.
    pub fn run(&self, rule: &Rule) -> Outcome {
        let subject = Subject {
            configuration: &self.configuration,
            release: &self.release,
            release_is_certain: self.certain,
            era_is_certain: self.certain,
            plausible: &self.plausible,
            era: self.era,
            shared: &Shared::default(),
        };
        let mut sink = Sink::default();
        match rule.check {
            Check::Instance(check) => {
                check(subject, &self.configuration.instances[0], &mut sink);
            }
            Check::Configuration(check) => check(subject, &mut sink),
        }
        for finding in &sink.findings {
            assert_eq!(finding.rule, rule.info.id);
            assert!(finding.span.is_some(), "no place: {}", finding.message);
            assert!(finding.path.is_some(), "no path: {}", finding.message);
        }
        Outcome {
            text: self.text.clone(),
            findings: sink.findings,
            unresolved: sink.unresolved,
            secret_spans: sink.secret_spans,
        }
    }
}

impl Outcome {
    fn slice(&self, span: Option<Span>) -> &str {
        span.map_or("", |span| {
            &self.text[span.start as usize..span.end as usize]
        })
    }

    /// Each finding as `severity path: source text`.
    pub fn lines(&self) -> Vec<String> {
        self.findings
            .iter()
            .map(|finding| {
                let severity = match finding.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Note => "note",
                };
                format!(
                    "{severity} {}: {}",
                    finding.path.as_deref().unwrap_or_default(),
                    self.slice(finding.span)
                )
            })
            .collect()
    }

    /// The only finding.
    pub fn only(&self) -> &Finding {
        assert_eq!(self.findings.len(), 1, "{:#?}", self.findings);
        &self.findings[0]
    }

    /// The text after the fixes of all findings.
    pub fn fixed(&self) -> String {
        let mut edits: Vec<_> = self
            .findings
            .iter()
            .filter_map(|finding| finding.fix.as_ref())
            .flat_map(|fix| &fix.edits)
            .collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
        let mut text = self.text.clone();
        for edit in edits {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        text
    }
}

/// A provider `kimi` with two models, in one line, and what follows it.
pub fn with_kimi(rest: &str) -> String {
    format!(
        r#"{{models: {{providers: {{kimi: {{baseUrl: "https://api.kimi.com/coding/v1", api: "openai-completions", apiKey: "${{KIMI_API_KEY}}", models: [{{id: "kimi-k2p5", name: "Kimi K2.5"}}, {{id: "kimi-k2-thinking", name: "Kimi K2 Thinking"}}]}}}}}}, {rest}}}"#
    )
}

/// `programs.openclaw` of a Home Manager module, written as JSON5: the options, `config` among them.
pub fn module(options: &str) -> Case {
    let mut case = case(options);
    let root = Rc::clone(&case.configuration.instances[0].config);
    let instance = &mut case.configuration.instances[0];
    instance.config = root
        .get("config")
        .cloned()
        .unwrap_or_else(|| testing::node(&serde_json::json!({})));
    instance.runtime_plugins = Some(
        root.get("runtimePlugins")
            .and_then(|plugins| plugins.as_list())
            .map(|plugins| {
                plugins
                    .items
                    .iter()
                    .map(|item| (item.as_str().unwrap_or_default(), item.place.primary()))
                    .collect()
            })
            .unwrap_or_default(),
    );
    case.configuration.source = Source::HomeManager;
    case.configuration.language = Language::Nix;
    case.configuration.option_root = "programs.openclaw".to_string();
    case.configuration.options = Some(root);
    case
}
