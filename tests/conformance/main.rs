//! Agreement with the verdicts of the real `openclaw config validate`.
//!
//! `cases.jsonl` holds configurations with what two releases said about them, `mutations.jsonl` others that were made from the
//! schemas, `earlier.jsonl` which earlier releases refuse each of both; docs/conformance.md says how they are recorded and made.

use openclaw_check::report::finding::Consequence;
use openclaw_check::{Request, Target};
use std::collections::BTreeMap;
use std::fmt::Write;

/// One configuration with the verdicts of the real program.
#[derive(serde::Deserialize)]
struct Case {
    case: String,
    area: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// A value, or the text of the file.
    config: serde_json::Value,
    verdicts: BTreeMap<String, Verdict>,
}

#[derive(serde::Deserialize)]
struct Verdict {
    valid: bool,
    #[serde(default)]
    paths: Vec<String>,
    /// What it says, one for each path; only in cases outside of the repository, to understand a disagreement.
    #[serde(default)]
    messages: Vec<String>,
}

impl Verdict {
    /// The paths that none of ours covers, with what the program says there.
    fn uncovered(&self, ours: &[String]) -> String {
        let lines: Vec<String> = self
            .paths
            .iter()
            .enumerate()
            .filter(|(_, path)| !covers(ours, path))
            .map(|(index, path)| match self.messages.get(index) {
                Some(message) => format!("{path} ({message})"),
                None => path.clone(),
            })
            .collect();
        lines.join(", ")
    }
}

fn read_cases(text: &str) -> Vec<Case> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}

/// The paths that we refuse, as the real program writes them.
fn refused(case: &Case, release: &str) -> Vec<String> {
    let text = match &case.config {
        serde_json::Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    // A file that is asked for by name is enough to say which variables there are.
    let variables = (!case.env.is_empty()).then(|| {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let lines: Vec<String> = case
            .env
            .iter()
            .map(|(name, value)| format!("{name}={value}\n"))
            .collect();
        std::fs::write(file.path(), lines.concat()).expect("written");
        file
    });
    // A tree of its own: nothing else in it is looked at.
    let tree = tempfile::tempdir().expect("a temporary directory");
    let file = tree.path().join("openclaw.json");
    std::fs::write(&file, text).expect("written");
    let request = Request {
        targets: vec![Target::Path(file)],
        openclaw_version: Some(release.to_string()),
        env_files: variables
            .iter()
            .map(|file| file.path().to_path_buf())
            .collect(),
        no_git: true,
        ..Request::default()
    };
    let outcome = openclaw_check::check(&request);
    assert!(
        outcome.report.errors.is_empty(),
        "{}: {:?}",
        case.case,
        outcome.report.errors
    );
    outcome
        .report
        .findings
        .into_iter()
        .filter(|finding| finding.consequence == Consequence::OpenclawRejects)
        .map(|finding| written(finding.path.as_deref().unwrap_or_default()))
        .collect()
}

/// A path as the real program writes it.
fn written(path: &str) -> String {
    if path.is_empty() {
        return "<root>".to_string();
    }
    path.replace('[', ".").replace([']', '"'], "")
}

/// Whether one of our paths is that path or lies below it.
fn covers(ours: &[String], theirs: &str) -> bool {
    theirs == "<root>"
        || ours
            .iter()
            .any(|path| path == theirs || path.starts_with(&format!("{theirs}.")))
}

#[derive(Default)]
struct Tally {
    cases: usize,
    agreed: usize,
    refused_by_us_alone: Vec<String>,
    refused_by_it_alone: Vec<String>,
    elsewhere: Vec<String>,
}

fn tally(cases: &[Case], release: &str) -> BTreeMap<String, Tally> {
    let mut areas: BTreeMap<String, Tally> = BTreeMap::new();
    for case in cases {
        let Some(verdict) = case.verdicts.get(release) else {
            continue;
        };
        let area = areas.entry(case.area.clone()).or_default();
        area.cases += 1;
        let ours = refused(case, release);
        match (verdict.valid, ours.is_empty()) {
            (true, true) => area.agreed += 1,
            (true, false) => {
                area.refused_by_us_alone
                    .push(format!("{}: {}", case.case, ours.join(" ")))
            }
            (false, true) => area.refused_by_it_alone.push(format!(
                "{}: {}",
                case.case,
                verdict.uncovered(&ours)
            )),
            (false, false) => {
                if verdict.paths.iter().all(|path| covers(&ours, path)) {
                    area.agreed += 1;
                } else {
                    area.elsewhere.push(format!(
                        "{}: it says {}, we say {}",
                        case.case,
                        verdict.uncovered(&ours),
                        ours.join(" ")
                    ));
                }
            }
        }
    }
    areas
}

/// The table of docs/conformance.md, with every disagreement below it.
fn table(areas: &BTreeMap<String, Tally>, release: &str) -> String {
    let mut text = format!(
        "OpenClaw {release}\n\n| area | cases | agree | we refuse, it accepts | it refuses, we accept | another place |\n|---|---:|---:|---:|---:|---:|\n"
    );
    let mut sum = [0; 5];
    for (name, area) in areas {
        let row = [
            area.cases,
            area.agreed,
            area.refused_by_us_alone.len(),
            area.refused_by_it_alone.len(),
            area.elsewhere.len(),
        ];
        for (total, count) in sum.iter_mut().zip(row) {
            *total += count;
        }
        let row = row.map(|count| count.to_string()).join(" | ");
        writeln!(text, "| {name} | {row} |").unwrap();
    }
    writeln!(
        text,
        "| all | {} |",
        sum.map(|count| count.to_string()).join(" | ")
    )
    .unwrap();
    for area in areas.values() {
        for line in &area.refused_by_us_alone {
            writeln!(text, "  we alone refuse {line}").unwrap();
        }
        for line in &area.refused_by_it_alone {
            writeln!(text, "  it alone refuses {line}").unwrap();
        }
        for line in &area.elsewhere {
            writeln!(text, "  elsewhere {line}").unwrap();
        }
    }
    text
}

fn assert_agreement(release: &str) {
    let cases = read_cases(include_str!("cases.jsonl"));
    let areas = tally(&cases, release);
    let agreed: usize = areas.values().map(|area| area.agreed).sum();
    let count: usize = areas.values().map(|area| area.cases).sum();
    assert!(count > 100, "the cases are there");
    assert_eq!(agreed, count, "{}", table(&areas, release));
}

#[test]
fn agrees_with_2026_6_11() {
    assert_agreement("2026.6.11");
}

#[test]
fn agrees_with_2026_9_6() {
    assert_agreement("2026.9.6");
}

/// What releases before the two said about the same configurations, as far as they could be installed.
const EARLIER: [&str; 16] = [
    "2026.2.9",
    "2026.2.17",
    "2026.2.26",
    "2026.3.31",
    "2026.4.15",
    "2026.4.29",
    "2026.5.2",
    "2026.5.4",
    "2026.5.7",
    "2026.5.12",
    "2026.5.20",
    "2026.5.22",
    "2026.5.26",
    "2026.5.27",
    "2026.5.28",
    "2026.6.1",
];

/// Whether an earlier release refuses a case, by the case's name.
fn earlier(release: &str) -> BTreeMap<String, bool> {
    #[derive(serde::Deserialize)]
    struct Line {
        case: String,
        refused: Vec<String>,
    }
    let lines = include_str!("earlier.jsonl").lines();
    lines
        .map(|line| serde_json::from_str::<Line>(line).expect(line))
        .map(|line| (line.case, line.refused.iter().any(|by| by == release)))
        .collect()
}

/// Every verdict that differs is listed, those of earlier releases too: what is mended is to be taken off the list.
#[test]
fn disagrees_with_earlier_releases_only_where_it_is_known() {
    let mut cases = read_cases(include_str!("cases.jsonl"));
    cases.extend(read_cases(include_str!("mutations.jsonl")));
    let differing_from = |release: &str| {
        let verdicts = earlier(release);
        let mut differing: Vec<String> = Vec::new();
        let mut judged = 0;
        for case in &cases {
            let Some(by_it) = verdicts.get(&case.case) else {
                continue;
            };
            judged += 1;
            let by_us = !refused(case, release).is_empty();
            match (by_it, by_us) {
                (false, true) => differing.push(format!("{release} accepts {}", case.case)),
                (true, false) => differing.push(format!("{release} refuses {}", case.case)),
                _ => {}
            }
        }
        assert!(judged > 600, "the cases are there");
        differing
    };
    let (first, second) = EARLIER.split_at(EARLIER.len() / 2);
    let of_all = |releases: &[&str]| -> Vec<String> {
        let each = releases.iter().copied();
        each.flat_map(differing_from).collect()
    };
    let mut differing = Vec::new();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| of_all(second));
        differing.extend(of_all(first));
        differing.extend(other.join().expect("no panic"));
    });
    insta::assert_snapshot!(differing.join("\n"));
}

/// Made configurations: the verdict is the same for every one. Where a union of a channel's schema refuses a value the real
/// program names every branch, and we the one that was meant, so a few paths differ.
fn assert_same_verdicts(release: &str) {
    let cases = read_cases(include_str!("mutations.jsonl"));
    let areas = tally(&cases, release);
    let count: usize = areas.values().map(|area| area.cases).sum();
    let elsewhere: usize = areas.values().map(|area| area.elsewhere.len()).sum();
    let apart: usize = areas
        .values()
        .map(|area| area.refused_by_us_alone.len() + area.refused_by_it_alone.len())
        .sum();
    assert!(count > 400, "the cases are there");
    assert_eq!(apart, 0, "{}", table(&areas, release));
    assert!(elsewhere * 100 <= count, "{}", table(&areas, release));
}

#[test]
fn has_the_verdict_of_2026_6_11_on_made_configurations() {
    assert_same_verdicts("2026.6.11");
}

#[test]
fn has_the_verdict_of_2026_9_6_on_made_configurations() {
    assert_same_verdicts("2026.9.6");
}

/// For cases outside of the repository: `CONFORMANCE_CASES=file.jsonl cargo test --test conformance more -- --ignored --nocapture`
/// prints the table.
#[test]
#[ignore = "needs CONFORMANCE_CASES"]
fn more_cases() {
    let file = std::env::var("CONFORMANCE_CASES").expect("CONFORMANCE_CASES names a file");
    let cases = read_cases(&std::fs::read_to_string(&file).expect(&file));
    let mut releases: Vec<&String> = cases.iter().flat_map(|case| case.verdicts.keys()).collect();
    releases.sort();
    releases.dedup();
    for release in releases {
        println!("{}", table(&tally(&cases, release), release));
    }
}

/// `cargo test --release --test conformance speed -- --ignored --nocapture` prints what reading a full configuration costs, and
/// what comparing it with the schema costs.
#[test]
#[ignore = "a measurement"]
fn speed() {
    use openclaw_check::openclaw::json::{self, Dialect};
    use openclaw_check::openclaw::{schema_check, testing};
    use openclaw_check::releases;
    use std::time::Instant;
    let release = releases::load(&"2026.6.11".parse().expect("a version")).expect("known");
    let mut providers = String::new();
    for provider in 0..20 {
        let models: Vec<String> = (0..10)
            .map(|model| {
                format!(
                    "{{id: 'model-{model}', name: 'Model {model}', contextWindow: 262144, maxTokens: 8192, input: ['text', 'image'], cost: {{input: 1, output: 2, cacheRead: 0.5, cacheWrite: 0}}}}"
                )
            })
            .collect();
        providers.push_str(&format!(
            "p{provider}: {{baseUrl: 'https://p{provider}.example/v1', api: 'openai-completions', apiKey: {{source: 'env', provider: 'default', id: 'P{provider}_KEY'}}, models: [{}]}},",
            models.join(", ")
        ));
    }
    let text = format!("{{models: {{providers: {{{providers}}}}}, gateway: {{port: 18789}}}}");
    let mut instance = testing::instance(&serde_json::json!({}));
    let rounds = 50;
    let start = Instant::now();
    for _ in 0..rounds {
        instance.config = json::parse(&text, None, Dialect::Json5)
            .expect("valid")
            .root;
    }
    let parse = start.elapsed() / rounds;
    let start = Instant::now();
    for _ in 0..rounds {
        assert!(schema_check::refusals(&instance, &release).is_empty());
    }
    let check = start.elapsed() / rounds;
    println!(
        "{} bytes: reading {parse:?}, comparing {check:?}",
        text.len()
    );
}
