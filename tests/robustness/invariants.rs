//! What holds for every input, whatever its bytes: one check over one run, used by the fuzz targets and by the tests.
//!
//! Each part takes plain texts and reports, so that its own tests can hand it a planted fault.

use openclaw_check::internal_error;
use openclaw_check::report::finding::{Report, Severity};
use openclaw_check::report::sanitize::is_unsafe;
use openclaw_check::report::verdict::{Verdict, verdict};
use openclaw_check::report::{self, Format, Options};
use openclaw_check::workspace::source::{FileId, Sources, Span};
use openclaw_check::{Outcome, Request};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every format, with its name.
pub const FORMATS: [(Format, &str); 7] = [
    (Format::Human, "human"),
    (Format::Concise, "concise"),
    (Format::Json, "json"),
    (Format::Sarif, "sarif"),
    (Format::Github, "github"),
    (Format::Gitlab, "gitlab"),
    (Format::Markdown, "markdown"),
];

/// What a run printed, format by format, in the order of [`FORMATS`].
pub type Printed = Vec<String>;

/// Checks everything of a run and gives what it printed.
///
/// `secrets` are texts that stand in the input and may stand in no output.
///
/// # Errors
/// The first invariant that does not hold, in plain words.
pub fn run(request: &Request, secrets: &[&str]) -> Result<Printed, String> {
    let outcome = openclaw_check::check(request);
    let printed = outcome_holds(&outcome, secrets)?;
    let again = openclaw_check::check(request);
    same(&printed, &print(&again), "the same run again")?;
    Ok(printed)
}

/// Checks one outcome and gives what it prints.
pub fn outcome_holds(outcome: &Outcome, secrets: &[&str]) -> Result<Printed, String> {
    let printed = print(outcome);
    report_holds(&outcome.report, &outcome.sources, &printed, secrets)?;
    let document = parse("json", &printed[2])?;
    exit_code_agrees(outcome, &document)?;
    // The program outlives a panic; here it is a find.
    if let Some(failure) = outcome
        .report
        .errors
        .iter()
        .find(|failure| failure.message.starts_with(internal_error::BEGINS))
    {
        return Err(format!("a panic: {}", failure.message));
    }
    for complaint in &outcome.usage_errors {
        secret_free("a usage error", complaint, secrets)?;
    }
    Ok(printed)
}

/// Checks a report and what the formats make of it.
pub fn report_holds(
    report: &Report,
    sources: &Sources,
    printed: &Printed,
    secrets: &[&str],
) -> Result<(), String> {
    spans(report, sources)?;
    for ((_, name), text) in FORMATS.iter().zip(printed) {
        harmless(name, text)?;
        secret_free(name, text, secrets)?;
    }
    json(&parse("json", &printed[2])?, sources)?;
    sarif(&parse("sarif", &printed[3])?)?;
    gitlab(&parse("gitlab", &printed[5])?)?;
    github(&printed[4])?;
    for format in [0, 1, 6] {
        no_commands(FORMATS[format].1, &printed[format])?;
    }
    Ok(())
}

/// Prints an outcome in every format.
pub fn print(outcome: &Outcome) -> Printed {
    print_report(&outcome.report, &outcome.sources, outcome.strict)
}

/// Prints a report in every format.
pub fn print_report(report: &Report, sources: &Sources, strict: bool) -> Printed {
    FORMATS
        .iter()
        .map(|(format, _)| {
            let options = Options {
                format: *format,
                strict,
                ..Options::default()
            };
            report::render(report, sources, &options)
        })
        .collect()
}

/// Both runs printed the same.
pub fn same(left: &Printed, right: &Printed, what: &str) -> Result<(), String> {
    for (((_, name), left), right) in FORMATS.iter().zip(left).zip(right) {
        if left != right {
            let line = left
                .lines()
                .zip(right.lines())
                .find(|(left, right)| left != right);
            return Err(format!("{what} prints something else as {name}: {line:?}"));
        }
    }
    Ok(())
}

/// Places lie inside of their files, on character boundaries, and begin before they end.
pub fn spans(report: &Report, sources: &Sources) -> Result<(), String> {
    for finding in &report.findings {
        let rule = finding.rule;
        for span in finding
            .span
            .iter()
            .chain(finding.related.iter().map(|one| &one.span))
        {
            span_is_sound(*span, sources).map_err(|fault| format!("{rule}: {fault}"))?;
        }
        let edits: Vec<_> = finding.fix.iter().flat_map(|fix| &fix.edits).collect();
        for (position, edit) in edits.iter().enumerate() {
            span_is_sound(edit.span, sources).map_err(|fault| format!("{rule}, edit: {fault}"))?;
            for other in &edits[..position] {
                let apart = edit.span.file != other.span.file
                    || edit.span.end <= other.span.start
                    || other.span.end <= edit.span.start;
                if !apart {
                    return Err(format!("{rule}: edits overlap: {edit:?}, {other:?}"));
                }
            }
        }
        if finding.message.trim().is_empty() {
            return Err(format!("{rule}: no message"));
        }
    }
    for span in report.unresolved.iter().filter_map(|value| value.span) {
        span_is_sound(span, sources).map_err(|fault| format!("unresolved: {fault}"))?;
    }
    for span in &report.secrets {
        span_is_sound(*span, sources).map_err(|fault| format!("secret: {fault}"))?;
    }
    Ok(())
}

fn span_is_sound(span: Span, sources: &Sources) -> Result<(), String> {
    if span.file == FileId::INTERNAL || span.file.0 as usize >= sources.len() {
        return Err(format!("{span:?} lies in no file of the run"));
    }
    let file = sources.get(span.file);
    let (start, end) = (span.start as usize, span.end as usize);
    if start > end {
        return Err(format!("{span:?} ends before it begins"));
    }
    if end > file.text.len() {
        return Err(format!(
            "{span:?} ends behind its file of {} bytes",
            file.text.len()
        ));
    }
    if !file.text.is_char_boundary(start) || !file.text.is_char_boundary(end) {
        return Err(format!("{span:?} cuts a character"));
    }
    Ok(())
}

/// No control character but the line feed, and nothing that reorders or hides text, stands in an output as it is.
pub fn harmless(format: &str, text: &str) -> Result<(), String> {
    if let Some((at, character)) = text
        .char_indices()
        .find(|(_, character)| *character != '\n' && is_unsafe(*character))
    {
        return Err(format!(
            "{format} holds U+{:04X} at {at}",
            u32::from(character)
        ));
    }
    if !text.is_empty() && !text.ends_with('\n') {
        return Err(format!("{format} does not end with a line feed"));
    }
    Ok(())
}

/// No line of a log is a command for a continuous integration runner.
pub fn no_commands(format: &str, text: &str) -> Result<(), String> {
    for line in text.lines() {
        let line = line.trim_start();
        let is_command = line.strip_prefix("::").is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.contains("::")
        });
        if is_command || line.starts_with("##[") || line.contains("##vso[") {
            return Err(format!("{format} gives the runner a command: {line}"));
        }
    }
    Ok(())
}

/// How much of a secret may be shown: a prefix that tells its kind.
const SHOWN: usize = 8;

/// No secret stands in a text: not as it is, not as base64 or hexadecimal digits, not a longer piece of it.
pub fn secret_free(format: &str, text: &str, secrets: &[&str]) -> Result<(), String> {
    for secret in secrets {
        let hidden = secret.as_bytes().get(SHOWN..).unwrap_or_default();
        for piece in hidden.windows(SHOWN) {
            if let Ok(piece) = std::str::from_utf8(piece)
                && text.contains(piece)
            {
                return Err(format!("{format} holds `{piece}`, a piece of a secret"));
            }
        }
        let hexadecimal: String = hidden.iter().map(|byte| format!("{byte:02x}")).collect();
        if text.to_ascii_lowercase().contains(&hexadecimal) {
            return Err(format!("{format} holds a secret as hexadecimal digits"));
        }
        // Base64 depends on where its three bytes begin.
        for skip in 0..3 {
            let encoded = base64(&secret.as_bytes()[skip..]);
            let inner = encoded.get(..16).unwrap_or(&encoded);
            if text.contains(inner) {
                return Err(format!("{format} holds a secret as base64"));
            }
        }
    }
    Ok(())
}

/// Base64 of whole groups of three bytes.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes
        .chunks_exact(3)
        .flat_map(|group| {
            let number = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
            [18, 12, 6, 0].map(|shift| DIGITS[(number >> shift) as usize & 63] as char)
        })
        .collect()
}

/// A text as JSON.
pub fn parse(format: &str, text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{format} is no JSON: {error}"))
}

/// The JSON of version 1: its keys, and places whose line, column and offset are one place in the file.
pub fn json(document: &Value, sources: &Sources) -> Result<(), String> {
    if document["version"] != 1 {
        return Err(format!("json has version {}", document["version"]));
    }
    let list = |name: &str| -> Result<&Vec<Value>, String> {
        document[name]
            .as_array()
            .ok_or_else(|| format!("json has no list `{name}`"))
    };
    for finding in list("findings")? {
        let rule = finding["rule"].as_str().ok_or("a finding has no rule")?;
        let severity = finding["severity"].as_str().unwrap_or("");
        if !["error", "warning", "note"].contains(&severity) {
            return Err(format!("{rule} has severity `{severity}`"));
        }
        json_place(finding, sources).map_err(|fault| format!("{rule}: {fault}"))?;
        for related in finding["related"].as_array().ok_or("no list `related`")? {
            json_place(related, sources).map_err(|fault| format!("{rule}, related: {fault}"))?;
        }
        for edit in finding["fix"]["edits"].as_array().into_iter().flatten() {
            let (start, end) = (edit["start"].as_u64(), edit["end"].as_u64());
            if start > end || start.is_none() {
                return Err(format!("{rule}: an edit from {start:?} to {end:?}"));
            }
        }
    }
    for value in list("unresolved")? {
        json_place(value, sources).map_err(|fault| format!("unresolved: {fault}"))?;
    }
    let count = list("unresolved")?.len() as u64;
    if document["checked"]["unresolved"].as_u64() != Some(count) {
        return Err("json counts what is unresolved wrongly".to_string());
    }
    list("configurations")?;
    list("errors")?;
    Ok(())
}

fn json_place(value: &Value, sources: &Sources) -> Result<(), String> {
    if value["file"].is_null() {
        return match value["start"].is_null() && value["end"].is_null() {
            true => Ok(()),
            false => Err("a place without a file".to_string()),
        };
    }
    let name = value["file"].as_str().ok_or("a file's name is no text")?;
    let number = |side: &str, key: &str| {
        value[side][key]
            .as_u64()
            .ok_or_else(|| format!("no {key} of the {side}"))
    };
    if number("start", "offset")? > number("end", "offset")? {
        return Err("a place ends before it begins".to_string());
    }
    // Where several files have that name (a secret in it was taken out), one of them has to fit.
    let mut files = (0..sources.len() as u32)
        .map(|id| sources.get(FileId(id)))
        .filter(|file| file.path == name)
        .peekable();
    if files.peek().is_none() {
        return match name.contains("[redacted]") {
            true => Ok(()),
            false => Err(format!("`{name}` is not among the files of the run")),
        };
    }
    let fits = |text: &str| -> Result<bool, String> {
        for side in ["start", "end"] {
            let offset = number(side, "offset")? as usize;
            let Some(before) = text.as_bytes().get(..offset) else {
                return Ok(false);
            };
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let line_start = before
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            let column = offset - line_start + 1;
            if !text.is_char_boundary(offset)
                || number(side, "line")? != line as u64
                || number(side, "column")? != column as u64
            {
                return Ok(false);
            }
        }
        Ok(true)
    };
    for file in files {
        if fits(&file.text)? {
            return Ok(());
        }
    }
    Err(format!(
        "line, column and offset in `{name}` are not one place: {}",
        value["start"]
    ))
}

/// SARIF: the parts that viewers rely on.
pub fn sarif(document: &Value) -> Result<(), String> {
    if document["version"] != "2.1.0" {
        return Err("sarif has another version".to_string());
    }
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"]
        .as_array()
        .ok_or("sarif has no rules")?;
    let mut fingerprints = BTreeSet::new();
    for result in run["results"].as_array().ok_or("sarif has no results")? {
        let rule = &result["ruleId"];
        let index = result["ruleIndex"].as_u64().ok_or("no index of the rule")?;
        if rules.get(index as usize).map(|listed| &listed["id"]) != Some(rule) {
            return Err(format!("sarif lists {rule} elsewhere"));
        }
        if !["error", "warning", "note"].contains(&result["level"].as_str().unwrap_or("")) {
            return Err(format!("sarif gives {rule} the level {}", result["level"]));
        }
        if result["message"]["text"].as_str().is_none_or(str::is_empty) {
            return Err(format!("sarif says nothing of {rule}"));
        }
        if let Some(fingerprint) = result["partialFingerprints"]["openclawCheck/v1"].as_str()
            && !fingerprints.insert(fingerprint)
        {
            return Err(format!(
                "sarif gives two results the fingerprint {fingerprint}"
            ));
        }
        let places = result["locations"].as_array().into_iter().flatten();
        let related = result["relatedLocations"].as_array().into_iter().flatten();
        for place in places.chain(related) {
            sarif_region(&place["physicalLocation"]["region"])?;
        }
    }
    Ok(())
}

fn sarif_region(region: &Value) -> Result<(), String> {
    if region.is_null() {
        return Ok(());
    }
    let number = |name: &str| region[name].as_u64();
    let (start_line, start_column) = (number("startLine"), number("startColumn"));
    let end = (number("endLine").or(start_line), number("endColumn"));
    let is_sound = start_line >= Some(1)
        && start_column.is_none_or(|column| column >= 1)
        && (start_line, start_column) <= end;
    match is_sound {
        true => Ok(()),
        false => Err(format!("sarif has the region {region}")),
    }
}

/// GitLab's code quality report.
pub fn gitlab(document: &Value) -> Result<(), String> {
    let mut fingerprints = BTreeSet::new();
    for entry in document.as_array().ok_or("gitlab is no list")? {
        let fingerprint = entry["fingerprint"]
            .as_str()
            .ok_or("gitlab has no fingerprint")?;
        if !fingerprints.insert(fingerprint) {
            return Err(format!("gitlab has the fingerprint {fingerprint} twice"));
        }
        let severity = entry["severity"].as_str().unwrap_or("");
        let is_complete = ["info", "minor", "major", "critical", "blocker"].contains(&severity)
            && entry["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
            && entry["location"]["path"].is_string()
            && entry["location"]["lines"]["begin"].as_u64() >= Some(1);
        if !is_complete {
            return Err(format!("gitlab has the entry {entry}"));
        }
    }
    Ok(())
}

/// GitHub's annotations: every command is one of ours, and well formed.
pub fn github(text: &str) -> Result<(), String> {
    for line in text.lines() {
        let Some(command) = line.strip_prefix("::") else {
            no_commands("github", line)?;
            continue;
        };
        let Some((head, message)) = command.split_once("::") else {
            return Err(format!("github has half a command: {line}"));
        };
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        if !["error", "warning", "notice"].contains(&name) {
            return Err(format!("github has the command `{name}`"));
        }
        for property in properties
            .split(',')
            .filter(|property| !property.is_empty())
        {
            let known = ["file", "line", "col", "endLine", "endColumn", "title"];
            let name = property.split('=').next().unwrap_or("");
            if !known.contains(&name) {
                return Err(format!("github has the property `{property}`"));
            }
        }
        if message.is_empty() {
            return Err(format!("github says nothing: {line}"));
        }
    }
    Ok(())
}

/// The exit code is what the printed findings make it.
pub fn exit_code_agrees(outcome: &Outcome, document: &Value) -> Result<(), String> {
    let count = |name: &str| document[name].as_array().map_or(0, Vec::len);
    let worst = document["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|finding| {
            finding["severity"] == "error"
                || outcome.deny_warnings && finding["severity"] == "warning"
        });
    let expected = if count("errors") > 0 {
        Verdict::Unreadable
    } else if outcome.settings_refused {
        Verdict::Usage
    } else if worst || outcome.strict && count("unresolved") > 0 {
        Verdict::Findings
    } else {
        Verdict::Clean
    };
    let actual = verdict(
        &outcome.report,
        outcome.strict,
        outcome.deny_warnings,
        outcome.settings_refused,
    );
    if actual != expected {
        return Err(format!(
            "the verdict is {actual:?}, its findings say {expected:?}"
        ));
    }
    let has_error = outcome
        .report
        .findings
        .iter()
        .any(|one| one.severity == Severity::Error);
    if actual == Verdict::Clean && has_error {
        return Err("an error is taken as clean".to_string());
    }
    Ok(())
}
