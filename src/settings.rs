//! `openclaw-check.toml`, our own configuration.
//!
//! ```toml
//! select = ["unknown-model"]           # only these rules
//! ignore = ["unused-suppression"]      # all but these
//! deny-warnings = true
//! strict = true
//! openclaw-version = "2026.6.11"
//! env-files = ["secrets/names.env"]    # relative to this file
//! exclude = ["vendor/", "*.old.nix"]   # as in .gitignore: not searched for configurations
//!
//! [severity]
//! secret-in-store = "error"            # or "warning", "note", "off"
//! ```
//!
//! It lies beside the flake. What it does not know it refuses, so that a misspelled key is not a setting that
//! silently does nothing. The command line overrides it.

use crate::nearest::nearest;
use crate::releases::selection::Wanted;
use crate::report::finding::{Consequence, Failure, Finding, Severity};
use crate::rules::registry;
use crate::workspace::limits::Limits;
use crate::workspace::source::{FileId, SourceFile, Sources, Span};
use crate::workspace::{Workspace, path, read_named};
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of the file.
pub const FILE_NAME: &str = "openclaw-check.toml";

/// The rule that reports what is wrong in it.
pub const RULE: &str = "invalid-settings";

/// What is set. What is not set is as if there were no file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Where they were read, as an absolute path; `None` for the defaults.
    pub path: Option<String>,
    /// Only these rules run; empty means all.
    pub select: Vec<String>,
    /// These rules do not run.
    pub ignore: Vec<String>,
    /// Warnings count for the exit code; `None` when not set.
    pub deny_warnings: Option<bool>,
    /// What could not be checked is an error; `None` when not set.
    pub strict: Option<bool>,
    /// The OpenClaw release to check against, and where it is set. Whether there is such a release is not
    /// known here.
    pub openclaw_version: Option<(String, Span)>,
    /// The severity of a rule's findings; `None` for a rule that is off.
    pub severity: BTreeMap<String, Option<Severity>>,
    /// Files whose variables are known to exist: absolute paths, and where they are named.
    pub env_files: Vec<(String, Span)>,
    /// Patterns in the syntax of `.gitignore`, relative to the root of the source tree.
    pub exclude: Vec<String>,
}

/// Every key, for the message about one that does not exist.
const KEYS: [&str; 8] = [
    "deny-warnings",
    "env-files",
    "exclude",
    "ignore",
    "openclaw-version",
    "select",
    "severity",
    "strict",
];

/// The values of `[severity]`.
const SEVERITIES: [(&str, Option<Severity>); 4] = [
    ("error", Some(Severity::Error)),
    ("warning", Some(Severity::Warning)),
    ("note", Some(Severity::Note)),
    ("off", None),
];

impl Settings {
    /// Reads the file beside the target, or the nearest one above it in the source tree. Git need not track it.
    /// Without one there are the defaults.
    ///
    /// # Errors
    /// What is wrong in it, as findings of the rule `invalid-settings`; the exit code is 2.
    pub fn load(workspace: &Workspace) -> Result<Settings, Vec<Finding>> {
        let mut directory = workspace.target().directory().to_string();
        loop {
            let file = path::join(&directory, FILE_NAME);
            match workspace.read_own(&file) {
                None => {}
                Some(Ok(id)) => {
                    let text = workspace.sources().get(id).text.clone();
                    return Settings::parse(id, &text, &file);
                }
                Some(Err(problem)) => {
                    let message = format!("`{}` {problem}", workspace.relative(&file));
                    let span = problem.file().map(|file| Span::new(file, 0, 0));
                    return Err(vec![refusal(message, span)]);
                }
            }
            if directory == workspace.root() || directory == "/" {
                return Ok(Settings::default());
            }
            directory = path::parent(&directory).to_string();
        }
    }

    /// Reads a file that was named instead of the one beside the flake.
    ///
    /// # Errors
    /// Outer: it cannot be read (exit code 3). Inner: what is wrong in it.
    pub fn load_file(
        sources: &Sources,
        file: &Path,
        current_directory: &Path,
    ) -> Result<Result<Settings, Vec<Finding>>, Failure> {
        let shown = file.to_string_lossy().into_owned();
        let place = current_directory.join(file);
        let bytes =
            read_named(&place, Limits::default().file_bytes).map_err(|message| Failure {
                path: shown.clone(),
                message,
            })?;
        let text = String::from_utf8_lossy(&bytes);
        let is_text = matches!(text, std::borrow::Cow::Borrowed(_));
        let id = sources.add(SourceFile::new(shown.clone(), text.as_ref()));
        if !is_text {
            let message = format!("`{shown}` is not UTF-8");
            return Ok(Err(vec![refusal(message, Some(Span::new(id, 0, 0)))]));
        }
        let place = path::normalize(&place.to_string_lossy());
        Ok(Settings::parse(id, &text, &place))
    }

    /// Parses the text of the file. `file` is for the spans, `place` its absolute path.
    ///
    /// # Errors
    /// What is wrong in it, all of it, in the order of the file.
    pub fn parse(file: FileId, text: &str, place: &str) -> Result<Settings, Vec<Finding>> {
        let mut reader = Reader {
            file,
            findings: Vec::new(),
        };
        // An editor's byte-order mark is harmless here.
        let (text, shift) = match text.strip_prefix('\u{feff}') {
            Some(rest) => (rest, 3),
            None => (text, 0),
        };
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => {
                let range = error.span().unwrap_or(0..0);
                let message = format!("`{FILE_NAME}` is not valid TOML: {}", error.message());
                reader.refuse(range.start + shift..range.end + shift, message, None);
                return Err(reader.findings);
            }
        };
        if shift != 0 {
            reader.refuse(
                0..shift,
                format!("`{FILE_NAME}` starts with a byte-order mark"),
                Some("Save it as UTF-8 without one.".to_string()),
            );
            return Err(reader.findings);
        }
        let mut settings = Settings {
            path: Some(place.to_string()),
            ..Settings::default()
        };
        let directory = path::parent(place);
        for (key, value) in table.get_ref() {
            match key.get_ref().as_ref() {
                "select" => settings.select = reader.rules(key, value),
                "ignore" => settings.ignore = reader.rules(key, value),
                "deny-warnings" => settings.deny_warnings = reader.boolean(key, value),
                "strict" => settings.strict = reader.boolean(key, value),
                "openclaw-version" => settings.openclaw_version = reader.version(key, value),
                "env-files" => {
                    settings.env_files = reader
                        .strings(key, value)
                        .into_iter()
                        .map(|(name, span)| (below(directory, &name), span))
                        .collect();
                }
                "exclude" => {
                    settings.exclude = reader
                        .strings(key, value)
                        .into_iter()
                        .map(|(pattern, _)| pattern)
                        .collect();
                }
                "severity" => settings.severity = reader.severities(key, value),
                unknown => {
                    let message = format!("`{FILE_NAME}` has no setting `{unknown}`");
                    let help = match nearest(unknown, KEYS) {
                        Some(key) => format!("Did you mean `{key}`?"),
                        None => format!("The settings are {}.", list(KEYS)),
                    };
                    reader.refuse(key.span(), message, Some(help));
                }
            }
        }
        match reader.findings.is_empty() {
            true => Ok(settings),
            false => {
                reader
                    .findings
                    .sort_by_key(|finding| finding.span.map(|span| span.start));
                Err(reader.findings)
            }
        }
    }

    /// The severity that a finding of a rule has: the one that is set, else its own; `None` when the rule is off.
    pub fn severity_of(&self, rule: &str, own: Severity) -> Option<Severity> {
        match self.severity.get(rule) {
            Some(set) => *set,
            None => Some(own),
        }
    }
}

/// Findings, collected while reading.
struct Reader {
    file: FileId,
    findings: Vec<Finding>,
}

impl Reader {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range.start as u32, range.end as u32)
    }

    fn refuse(&mut self, range: std::ops::Range<usize>, message: String, help: Option<String>) {
        let mut finding = refusal(message, Some(self.span(range)));
        finding.help = help;
        self.findings.push(finding);
    }

    fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.refuse(
            value.span(),
            format!("`{key}` takes {wanted}, not {found}"),
            None,
        );
    }

    fn boolean(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => {
                self.wrong_type(key.get_ref(), value, "`true` or `false`");
                None
            }
        }
    }

    fn string(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<(String, Span)> {
        match value.get_ref() {
            DeValue::String(text) => Some((text.to_string(), self.span(value.span()))),
            _ => {
                self.wrong_type(key.get_ref(), value, "a string");
                None
            }
        }
    }

    /// The text of a version, or `latest`.
    fn version(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<(String, Span)> {
        let (text, span) = self.string(key, value)?;
        if let Err(error) = text.parse::<Wanted>() {
            let message = format!("`{text}` is {error}");
            let help = "Write a release, or `latest` for the newest that is known.".to_string();
            self.refuse(value.span(), message, Some(help));
            return None;
        }
        Some((text, span))
    }

    fn strings(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Vec<(String, Span)> {
        let DeValue::Array(elements) = value.get_ref() else {
            self.wrong_type(key.get_ref(), value, "a list of strings");
            return Vec::new();
        };
        let mut strings = Vec::new();
        for element in elements.iter() {
            match element.get_ref() {
                DeValue::String(text) => {
                    strings.push((text.to_string(), self.span(element.span())));
                }
                _ => self.wrong_type(key.get_ref(), element, "a list of strings"),
            }
        }
        strings
    }

    /// A list of rule ids.
    fn rules(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Vec<String> {
        let strings = self.strings(key, value);
        strings
            .into_iter()
            .map(|(id, span)| {
                self.rule(&id, span.start as usize..span.end as usize);
                id
            })
            .collect()
    }

    /// Refuses a rule that does not exist.
    fn rule(&mut self, id: &str, range: std::ops::Range<usize>) {
        if registry::find(id).is_none() {
            let message = format!("there is no rule `{id}`");
            let help = unknown_rule_help(id);
            self.refuse(range, message, Some(help));
        }
    }

    fn severities(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> BTreeMap<String, Option<Severity>> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(key.get_ref(), value, "a table of rules");
            return BTreeMap::new();
        };
        let mut severities = BTreeMap::new();
        for (rule, value) in table {
            let id = rule.get_ref().to_string();
            self.rule(&id, rule.span());
            let DeValue::String(name) = value.get_ref() else {
                self.wrong_type(&id, value, "a severity as a string");
                continue;
            };
            match SEVERITIES.iter().find(|(known, _)| known == name) {
                Some((_, severity)) => {
                    severities.insert(id, *severity);
                }
                None => {
                    let names = SEVERITIES.map(|(name, _)| name);
                    let help = match nearest(name, names) {
                        Some(near) => format!("Did you mean `{near}`?"),
                        None => format!("The severities are {}.", list(names)),
                    };
                    self.refuse(
                        value.span(),
                        format!("there is no severity `{name}`"),
                        Some(help),
                    );
                }
            }
        }
        severities
    }
}

/// A finding about the file. It is an error whatever happens otherwise, because nothing is checked as it was meant.
fn refusal(message: String, span: Option<Span>) -> Finding {
    let mut finding = Finding::new(RULE, Consequence::Degrades, message).at(span);
    finding.severity = Severity::Error;
    finding
}

/// What to say to a rule id that does not exist.
pub(crate) fn unknown_rule_help(id: &str) -> String {
    match nearest(id, registry::RULES.iter().map(|rule| rule.info.id)) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => "`openclaw-check rules` lists them.".to_string(),
    }
}

/// All names, with `and` before the last.
fn list<const N: usize>(names: [&str; N]) -> String {
    let names = names.map(|name| format!("`{name}`"));
    match names.split_last() {
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A path relative to a directory, or absolute as it is.
fn below(directory: &str, name: &str) -> String {
    match name.starts_with('/') {
        true => path::normalize(name),
        false => path::normalize(&format!("{directory}/{name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings, Vec<Finding>> {
        Settings::parse(FileId(0), text, "/flake/openclaw-check.toml")
    }

    /// What is refused: the text at the place, the message and the help.
    fn refused(text: &str) -> Vec<(String, String, String)> {
        parse(text)
            .unwrap_err()
            .into_iter()
            .map(|finding| {
                assert_eq!(finding.severity, Severity::Error);
                let span = finding.span.unwrap();
                (
                    text[span.start as usize..span.end as usize].to_string(),
                    finding.message,
                    finding.help.unwrap_or_default(),
                )
            })
            .collect()
    }

    #[test]
    fn everything_that_can_be_set() {
        let settings = parse(
            "select = [\"unknown-provider\"]\nignore = []\ndeny-warnings = true\nstrict = false\n\
             openclaw-version = \"2026.6.11\"\nenv-files = [\"secrets/../names.env\", \"/etc/x.env\"]\n\
             exclude = [\"vendor/\"]\n[severity]\nunknown-provider = \"off\"\n",
        )
        .unwrap();
        assert_eq!(settings.select, ["unknown-provider"]);
        assert_eq!(settings.deny_warnings, Some(true));
        assert_eq!(settings.strict, Some(false));
        assert_eq!(
            settings.openclaw_version.as_ref().unwrap().0,
            "2026.6.11".to_string()
        );
        let files: Vec<&str> = settings
            .env_files
            .iter()
            .map(|(file, _)| file.as_str())
            .collect();
        assert_eq!(files, ["/flake/names.env", "/etc/x.env"]);
        assert_eq!(settings.exclude, ["vendor/"]);
        assert_eq!(
            settings.severity_of("unknown-provider", Severity::Error),
            None
        );
        assert_eq!(
            settings.severity_of("another", Severity::Note),
            Some(Severity::Note)
        );
    }

    #[test]
    fn an_empty_file_sets_nothing() {
        let settings = parse("# nothing\n").unwrap();
        assert_eq!(settings.strict, None);
        assert!(settings.select.is_empty());
    }

    #[test]
    fn a_misspelled_key_is_refused_with_the_nearest() {
        assert_eq!(
            refused("deny_warnings = true"),
            [(
                "deny_warnings".into(),
                "`openclaw-check.toml` has no setting `deny_warnings`".into(),
                "Did you mean `deny-warnings`?".into()
            )]
        );
    }

    #[test]
    fn an_unknown_rule_is_refused_wherever_it_is_named() {
        let found = refused(
            "select = [\"unknown-provder\"]\n[severity]\nsomething-else-entirely = \"error\"\n",
        );
        assert_eq!(found[0].0, "\"unknown-provder\"");
        assert_eq!(found[0].2, "Did you mean `unknown-provider`?");
        assert_eq!(found[1].0, "something-else-entirely");
        assert_eq!(found[1].2, "`openclaw-check rules` lists them.");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn wrong_types_are_refused_where_they_stand() {
        let found = refused("select = \"x\"\nstrict = 1\nignore = [true]\nseverity = []\n");
        let places: Vec<(&str, &str)> = found
            .iter()
            .map(|(place, message, _)| (place.as_str(), message.as_str()))
            .collect();
        assert_eq!(
            places,
            [
                ("\"x\"", "`select` takes a list of strings, not a string"),
                ("1", "`strict` takes `true` or `false`, not an integer"),
                ("true", "`ignore` takes a list of strings, not a boolean"),
                ("[]", "`severity` takes a table of rules, not a list"),
            ]
        );
    }

    #[test]
    fn an_unknown_severity_is_refused() {
        let found = refused("[severity]\nunknown-provider = \"warn\"\n");
        assert_eq!(found[0].0, "\"warn\"");
        assert_eq!(
            found[0].2,
            "The severities are `error`, `warning`, `note` and `off`."
        );
    }

    #[test]
    fn a_release_that_cannot_be_is_refused_at_its_place() {
        let found = refused("openclaw-version = \"2026.99\"\n");
        assert_eq!(found[0].0, "\"2026.99\"");
        assert!(
            found[0]
                .1
                .starts_with("`2026.99` is not an OpenClaw version")
        );
        assert!(parse("openclaw-version = \"latest\"\n").is_ok());
    }

    #[test]
    fn broken_toml_is_refused_at_its_place() {
        let found = refused("strict = \n");
        assert!(
            found[0]
                .1
                .starts_with("`openclaw-check.toml` is not valid TOML: ")
        );
        assert!(parse("a = 1\na = 2").is_err());
        assert!(parse("\u{feff}strict = true").is_err());
    }
}
