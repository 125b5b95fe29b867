//! One set of awkward findings, printed in every format.

use super::finding::*;
use super::{Format, Options, render};
use crate::workspace::source::{SourceFile, Sources, Span};

/// What must never be printed, in no format.
const SECRET: &str = "hunter2-correct-horse";
const SECRET_LINE: &str = "MIIEvQIBADANBgkqhkiG9w0BAQ";

/// Two files, no place, several lines, wide characters, tabs, control and bidi characters, CRLF, Markdown
/// and workflow commands, a secret of one line and one of several, a hostile file name.
fn awkward() -> (Report, Sources) {
    let sources = Sources::new();
    let home = format!(
        "{{ config, ... }}:\r\n{{\r\n\tprograms.openclaw.config = {{\r\n\
         \t\tagents.defaults.model = \"kimi/kimi-k2p6\"; # 模型 \u{202e}lru\u{202c} \u{1b}[31mred\r\n\
         \t\tproviders.kimi.apiKey = \"{SECRET}\"; models = [\r\n\
         \t\t\t\"a\"\r\n\t\t];\r\n\t}};\r\n}}\r\n"
    );
    let pem =
        format!("{{\n  key = ''\n    -----BEGIN\n    {SECRET_LINE}\n  '';\n  after = 1;\n}}\n");
    let home_id = sources.add(SourceFile::new("home.nix", home.clone()));
    let pem_id = sources.add(SourceFile::new(
        "mod|ules/::error::ü \u{1b}[2J,x.nix",
        pem.clone(),
    ));
    let at = |file, text: &str, part: &str| {
        let start = text.find(part).expect("the part is in the text") as u32;
        Span::new(file, start, start + part.len() as u32)
    };
    let reference = at(home_id, &home, "\"kimi/kimi-k2p6\"");
    let key = at(home_id, &home, &format!("\"{SECRET}\""));
    let list = at(home_id, &home, "[\r\n\t\t\t\"a\"\r\n\t\t]");
    let pem_key = at(
        pem_id,
        &pem,
        &pem[pem.find("''").unwrap_or(0)..pem.find(";\n  after").unwrap_or(0)],
    );
    let after = at(pem_id, &pem, "after = 1;");

    let mut unknown_model = Finding::new(
        "sample-unknown-model",
        Consequence::FailsInUse,
        "provider `kimi` has no model `kimi-k2p6`",
    )
    .at(Some(reference))
    .path("agents.defaults.model.primary")
    .help("Write one of the declared models:\n  kimi/kimi-k2p5\n  kimi/kimi-k2-thinking\n::error::smuggled")
    .related(Some(after), "the provider's models are declared here | <b>")
    .fix(Fix {
        title: "Write `kimi/kimi-k2p5`".into(),
        safe: true,
        edits: vec![Edit { span: reference, text: "\"kimi/kimi-k2p5\"".into() }],
    });
    unknown_model.configurations = vec![
        "homeConfigurations.alice".into(),
        "homeConfigurations.bob".into(),
    ];
    unknown_model.instances = vec!["default".into()];

    let literal = Finding::new(
        "sample-literal-secret",
        Consequence::LeaksSecret,
        format!("the key {SECRET} is written out"),
    )
    .at(Some(key))
    .path("models.providers.kimi.apiKey")
    .help(format!("Write \"\\${{KIMI_API_KEY}}\" instead of {SECRET}"))
    .fix(Fix {
        title: format!("Move {SECRET} away"),
        safe: false,
        edits: vec![Edit {
            span: key,
            text: format!("builtins.getEnv \"{SECRET}\""),
        }],
    });
    let long = Finding::new(
        "sample-long-place",
        Consequence::Degrades,
        "a list\nof several \u{1b}[31mlines",
    )
    .at(Some(list))
    .related(Some(key), "near the key");
    let pem_finding = Finding::new(
        "sample-literal-secret",
        Consequence::LeaksSecret,
        "a key is written out",
    )
    .at(Some(pem_key))
    .related(Some(pem_key), "here");
    let nowhere = Finding::new(
        "sample-no-documents",
        Consequence::Advice,
        "100% of nothing: @everyone",
    );

    let report = Report {
        configurations: vec![CheckedConfiguration {
            name: "homeConfigurations.alice".into(),
            instances: vec!["default".into()],
            openclaw: "2026.6.11".into(),
            era: "bootstrap-files".into(),
            source: "flake.lock rev".into(),
            assumptions: vec!["`home-manager` adds nothing to programs.openclaw.config".into()],
        }],
        findings: super::merge::findings(
            vec![unknown_model, literal, long, pem_finding, nowhere],
            &sources,
        ),
        unresolved: vec![
            Unresolved {
                path: "gateway.port".into(),
                reason: "argument `port` of the module is not known here".into(),
                span: Some(after),
                configurations: vec!["homeConfigurations.alice".into()],
            },
            Unresolved {
                path: "gateway.bind".into(),
                reason: "nowhere \u{7}".into(),
                span: None,
                configurations: Vec::new(),
            },
        ],
        errors: vec![Failure {
            path: "no\u{1b}pe.nix".into(),
            message: "no such file or directory".into(),
        }],
        checked: Checked {
            files: 2,
            configurations: 1,
            instances: 1,
            model_references: 1,
            secrets: 2,
            documents: 0,
            unresolved: 2,
        },
        secrets: vec![key, pem_key],
        secret_texts: std::collections::BTreeSet::new(),
    };
    (report, sources)
}

const FORMATS: [Format; 7] = [
    Format::Human,
    Format::Concise,
    Format::Json,
    Format::Sarif,
    Format::Github,
    Format::Gitlab,
    Format::Markdown,
];

fn awkward_as(format: Format) -> String {
    let (report, sources) = awkward();
    render(
        &report,
        &sources,
        &Options {
            format,
            ..Options::default()
        },
    )
}

#[test]
fn human() {
    insta::assert_snapshot!(awkward_as(Format::Human));
}

#[test]
fn concise() {
    insta::assert_snapshot!(awkward_as(Format::Concise));
}

#[test]
fn json() {
    insta::assert_snapshot!(awkward_as(Format::Json));
}

#[test]
fn sarif() {
    // The list of all rules, and the indices into it, grow with every rule: another test looks at them.
    let mut document: serde_json::Value =
        serde_json::from_str(&awkward_as(Format::Sarif)).expect("valid JSON");
    let run = &mut document["runs"][0];
    if let Some(rules) = run["tool"]["driver"]["rules"].as_array_mut() {
        rules.retain(|rule| {
            rule["id"]
                .as_str()
                .is_some_and(|id| id.starts_with("sample-"))
        });
    }
    for result in run["results"].as_array_mut().expect("results") {
        if let Some(result) = result.as_object_mut() {
            result.remove("ruleIndex");
        }
    }
    insta::assert_snapshot!(super::json::to_text(&document));
}

#[test]
fn github() {
    insta::assert_snapshot!(awkward_as(Format::Github));
}

#[test]
fn gitlab() {
    insta::assert_snapshot!(awkward_as(Format::Gitlab));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(awkward_as(Format::Markdown));
}

#[test]
fn no_format_prints_a_secret() {
    for format in FORMATS {
        let text = awkward_as(format);
        for secret in [SECRET, SECRET_LINE, "hunter2", "horse", "BEGIN"] {
            assert!(
                !text.contains(secret),
                "{format:?} prints {secret}:\n{text}"
            );
        }
    }
}

#[test]
fn no_format_prints_what_a_terminal_or_a_log_acts_on() {
    for format in FORMATS {
        let text = awkward_as(format);
        let bad = text
            .chars()
            .find(|c| *c != '\n' && *c != '\t' && super::sanitize::is_unsafe(*c));
        assert_eq!(bad, None, "{format:?}:\n{text}");
        if format != Format::Github {
            let command = text
                .lines()
                .find(|line| line.trim_start().starts_with("::"));
            assert_eq!(command, None, "{format:?}");
        }
    }
}

#[test]
fn github_prints_commands_of_our_own_only() {
    let text = awkward_as(Format::Github);
    for line in text.lines() {
        let ours = ["::error ", "::warning ", "::notice "]
            .iter()
            .any(|start| line.starts_with(start));
        assert!(ours || !line.contains("::"), "{line}");
    }
}

#[test]
fn json_formats_are_json() {
    for format in [Format::Json, Format::Sarif, Format::Gitlab] {
        let text = awkward_as(format);
        assert!(
            serde_json::from_str::<serde_json::Value>(&text).is_ok(),
            "{format:?}:\n{text}"
        );
    }
}

#[test]
fn less_is_shown_and_nothing_else_changes() {
    let (report, sources) = awkward();
    let options = Options {
        format: Format::Concise,
        min_severity: Severity::Error,
        ..Options::default()
    };
    let text = render(&report, &sources, &options);
    assert!(!text.contains("warning["), "{text}");
    assert!(
        text.contains("3 errors, 1 warning, 1 note (2 not shown)"),
        "{text}"
    );
}

#[test]
fn quiet_leaves_findings_and_errors() {
    let (report, sources) = awkward();
    let options = Options {
        format: Format::Concise,
        quiet: true,
        ..Options::default()
    };
    let text = render(&report, &sources, &options);
    assert_eq!(text.lines().count(), 6, "{text}");
}

#[test]
fn nothing_found_is_one_line() {
    let options = Options {
        format: Format::Concise,
        ..Options::default()
    };
    let text = render(&Report::default(), &Sources::new(), &options);
    assert_eq!(text, "no findings (checked 0 files)\n");
}

/// Thousands of findings in one large file cost what their own lines cost.
#[test]
fn cost_does_not_grow_with_the_file() {
    let sources = Sources::new();
    let line = "  some = \"value\"; # and a comment\n";
    let text = line.repeat(30_000);
    let file = sources.add(SourceFile::new("big.nix", text));
    let report = Report {
        findings: (0..4_000u32)
            .map(|index| {
                let start = index * 3 * line.len() as u32 + 9;
                Finding::new("rule", Consequence::Degrades, "message").at(Some(Span::new(
                    file,
                    start,
                    start + 7,
                )))
            })
            .collect(),
        ..Report::default()
    };
    for format in FORMATS {
        let begin = std::time::Instant::now();
        let text = render(
            &report,
            &sources,
            &Options {
                format,
                ..Options::default()
            },
        );
        assert!(!text.is_empty());
        // Far above what it takes, far below what work per file and finding would take.
        assert!(
            begin.elapsed().as_secs() < 20,
            "{format:?} took {:?}",
            begin.elapsed()
        );
    }
}

/// The same where the file is a single line.
#[test]
fn cost_does_not_grow_with_the_line() {
    let sources = Sources::new();
    let part = "{\"some\": \"value\"},";
    let file = sources.add(SourceFile::new("openclaw.json", part.repeat(50_000)));
    let report = Report {
        findings: (0..2_000u32)
            .map(|index| {
                let start = index * 10 * part.len() as u32 + 1;
                Finding::new("rule", Consequence::Degrades, "message").at(Some(Span::new(
                    file,
                    start,
                    start + 6,
                )))
            })
            .collect(),
        ..Report::default()
    };
    for format in FORMATS {
        let begin = std::time::Instant::now();
        let text = render(
            &report,
            &sources,
            &Options {
                format,
                ..Options::default()
            },
        );
        assert!(
            begin.elapsed().as_secs() < 20,
            "{format:?} took {:?}",
            begin.elapsed()
        );
        // About 300 bytes of a line are shown with a finding, not all of it.
        assert!(text.len() < 20_000_000, "{format:?}");
    }
}

/// Many secrets, many findings: each text is searched once for all of them.
#[test]
fn cost_does_not_grow_with_the_number_of_secrets() {
    let sources = Sources::new();
    let text: String = (0..2_000)
        .map(|index| format!("key = \"password-{index:06}\";\n"))
        .collect();
    let length = text.lines().next().map_or(0, str::len) as u32 + 1;
    let file = sources.add(SourceFile::new("home.nix", text));
    let spans: Vec<Span> = (0..2_000u32)
        .map(|index| Span::new(file, index * length + 6, index * length + length - 2))
        .collect();
    let report = Report {
        findings: spans
            .iter()
            .map(|span| {
                Finding::new(
                    "rule",
                    Consequence::LeaksSecret,
                    "password-001711 is written out",
                )
                .at(Some(*span))
            })
            .collect(),
        secrets: spans,
        ..Report::default()
    };
    for format in FORMATS {
        let begin = std::time::Instant::now();
        let text = render(
            &report,
            &sources,
            &Options {
                format,
                ..Options::default()
            },
        );
        assert!(!text.contains("password-0"), "{format:?}");
        assert!(
            begin.elapsed().as_secs() < 20,
            "{format:?} took {:?}",
            begin.elapsed()
        );
    }
}

/// One finding with thousands of further places shows a dozen of them and says so.
#[test]
fn further_places_are_limited_for_people_and_complete_for_programs() {
    let sources = Sources::new();
    let file = sources.add(SourceFile::new("home.nix", "line\n".repeat(20_000)));
    let mut finding =
        Finding::new("rule", Consequence::Degrades, "message").at(Some(Span::new(file, 0, 4)));
    for index in 1..3_001u32 {
        finding = finding.related(Some(Span::new(file, index * 30, index * 30 + 4)), "again");
    }
    let report = Report {
        findings: vec![finding],
        ..Report::default()
    };
    let human = render(&report, &sources, &Options::default());
    assert!(
        human.contains("2988 further places are not shown"),
        "{human}"
    );
    assert!(human.lines().count() < 100);
    let json = render(
        &report,
        &sources,
        &Options {
            format: Format::Json,
            ..Options::default()
        },
    );
    assert_eq!(json.matches("\"again\"").count(), 3_000);
}

/// Spans at the edges: empty ones, the end of a file, an empty file, a file without a last line break, a
/// span that does not fit, a span inside a character.
#[test]
fn spans_at_the_edges_are_shown_without_harm() {
    let sources = Sources::new();
    let files = [
        sources.add(SourceFile::new("empty.nix", "")),
        sources.add(SourceFile::new("no-break.nix", "abc")),
        sources.add(SourceFile::new("break.nix", "abc\n")),
        sources.add(SourceFile::new("wide.nix", "模型 = 1;\n")),
        sources.add(SourceFile::new("only-breaks.nix", "\r\n\n\r\n")),
    ];
    let mut findings = Vec::new();
    for file in files {
        for start in 0..9 {
            for end in start..9 {
                findings.push(
                    Finding::new("rule", Consequence::Degrades, "message")
                        .at(Some(Span::new(file, start, end)))
                        .related(Some(Span::new(file, end, end)), "here"),
                );
            }
        }
        findings.push(
            Finding::new("rule", Consequence::Degrades, "message").at(Some(Span::new(
                file,
                u32::MAX - 1,
                u32::MAX,
            ))),
        );
    }
    let report = Report {
        findings,
        ..Report::default()
    };
    for format in FORMATS {
        let text = render(
            &report,
            &sources,
            &Options {
                format,
                ..Options::default()
            },
        );
        assert!(!text.contains("Failed to read"), "{text}");
        if format == Format::Concise {
            assert_eq!(text.lines().count(), report.findings.len() + 1);
        }
    }
}

/// What the schema cannot say: indices that fit, every rule documented, relative addresses, no line 0.
#[test]
fn sarif_hangs_together() {
    let document: serde_json::Value =
        serde_json::from_str(&awkward_as(Format::Sarif)).expect("valid JSON");
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for rule in rules {
        let id = rule["id"].as_str().expect("an id");
        assert!(
            rule["helpUri"]
                .as_str()
                .is_some_and(|uri| uri.ends_with(id))
        );
        assert!(
            rule["fullDescription"]["text"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }
    for rule in crate::rules::registry::RULES {
        assert!(
            rules.iter().any(|listed| listed["id"] == rule.info.id),
            "{}",
            rule.info.id
        );
    }
    let mut fingerprints = std::collections::BTreeSet::new();
    for result in run["results"].as_array().expect("results") {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(fingerprints.insert(result["partialFingerprints"].to_string()));
        let location = &result["locations"][0]["physicalLocation"];
        let uri = location["artifactLocation"]["uri"]
            .as_str()
            .expect("an address");
        assert!(
            !uri.starts_with('/') && !uri.contains(['\\', ' ', '|', ':']),
            "{uri}"
        );
        if let Some(region) = location.get("region") {
            assert!(
                region["startLine"].as_u64() >= Some(1)
                    && region["startColumn"].as_u64() >= Some(1)
            );
        }
    }
}

/// A fingerprint holds nothing of a secret: another secret at the same place gives the same one.
#[test]
fn fingerprints_do_not_depend_on_secrets() {
    let fingerprint = |secret: &str, format: Format| {
        let sources = Sources::new();
        let text = format!("{{ apiKey = \"{secret}\"; }}");
        let file = sources.add(SourceFile::new("home.nix", text.as_str()));
        let span = Span::new(file, 11, text.len() as u32 - 3);
        let report = Report {
            findings: vec![
                Finding::new(
                    "sample-literal-secret",
                    Consequence::LeaksSecret,
                    format!("the key {secret} is written out"),
                )
                .at(Some(span)),
            ],
            secrets: vec![span],
            ..Report::default()
        };
        let text = render(
            &report,
            &sources,
            &Options {
                format,
                ..Options::default()
            },
        );
        let document: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
        match format {
            Format::Gitlab => document[0]["fingerprint"].to_string(),
            _ => document["runs"][0]["results"][0]["partialFingerprints"].to_string(),
        }
    };
    for format in [Format::Sarif, Format::Gitlab] {
        assert_eq!(
            fingerprint("first-secret", format),
            fingerprint("other-one-entirely", format)
        );
    }
}

/// A key that no rule marked is still taken out of the frame and of the texts.
#[test]
fn keys_of_known_formats_are_redacted_without_a_rule() {
    let key = "sk-proj-a1b2c3d4e5f6g7h8i9j0";
    let sources = Sources::new();
    let text = format!("{{\n  # {key}\n  a = 1;\n}}\n");
    let file = sources.add(SourceFile::new("home.nix", text));
    let start = 2 + 4 + key.len() as u32 + 3;
    let report = Report {
        findings: vec![
            Finding::new("some-rule", Consequence::Degrades, format!("not {key}"))
                .at(Some(Span::new(file, start, start + 1)))
                .path(format!("env.{key}")),
        ],
        ..Report::default()
    };
    for format in FORMATS {
        let text = render(
            &report,
            &sources,
            &Options {
                format,
                ..Options::default()
            },
        );
        assert!(
            !text.contains(key) && !text.contains("a1b2c3"),
            "{format:?}:\n{text}"
        );
    }
}

/// A small generator of numbers: the same ones in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    /// A text of pieces that have made trouble somewhere.
    fn text(&mut self, pieces: usize) -> String {
        const PIECES: [&str; 24] = [
            "a",
            " ",
            "\n",
            "\r\n",
            "\r",
            "\t",
            "\u{1b}[31m",
            "\u{1b}]8;;x\u{7}",
            "\u{202e}",
            "\u{2066}",
            "\u{9b}2J",
            "\u{0}",
            "模",
            "é",
            "e\u{301}",
            "👩\u{200d}🔬",
            "\u{200b}",
            "::error::",
            "##[error]",
            "|",
            "`",
            "<b>",
            "%0A",
            "''${x}",
        ];
        (0..self.below(pieces + 1))
            .map(|_| PIECES[self.below(PIECES.len())])
            .collect()
    }
}

/// Any report at all: nothing panics, nothing a terminal acts on comes out, no secret comes out, JSON is JSON.
#[test]
fn any_report_is_printed_without_harm() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for round in 0..40 {
        let secret = format!("s3cr3t-{round:03}-v4lu3");
        let sources = Sources::new();
        let mut secrets = Vec::new();
        let mut spans = Vec::new();
        for name in 0..2 {
            let before = numbers.text(20);
            let text = format!("{before}{secret}{}", numbers.text(20));
            let file = sources.add(SourceFile::new(
                format!("{name}{}", numbers.text(2)),
                text.as_str(),
            ));
            secrets.push(Span::new(
                file,
                before.len() as u32,
                (before.len() + secret.len()) as u32,
            ));
            for _ in 0..4 {
                let start = numbers.below(text.len() + 2) as u32;
                spans.push(Span::new(file, start, start + numbers.below(20) as u32));
            }
        }
        let findings: Vec<Finding> = spans
            .iter()
            .map(|span| {
                let with_secret = format!("{}{secret}{}", numbers.text(4), numbers.text(4));
                let mut finding = Finding::new("rule", Consequence::Degrades, with_secret.clone())
                    .at(Some(*span))
                    .path(numbers.text(3))
                    .help(with_secret.clone())
                    .related(Some(spans[numbers.below(spans.len())]), with_secret.clone())
                    .fix(Fix {
                        title: with_secret.clone(),
                        safe: true,
                        edits: vec![Edit {
                            span: *span,
                            text: if numbers.below(2) == 0 {
                                with_secret
                            } else {
                                numbers.text(5)
                            },
                        }],
                    });
                finding.configurations = vec![numbers.text(3)];
                finding
            })
            .collect();
        let report = Report {
            unresolved: spans
                .iter()
                .map(|span| Unresolved {
                    path: numbers.text(3),
                    reason: format!("{} {secret}", numbers.text(3)),
                    span: Some(*span),
                    configurations: Vec::new(),
                })
                .collect(),
            findings: super::merge::findings(findings, &sources),
            errors: vec![Failure {
                path: numbers.text(3),
                message: numbers.text(5),
            }],
            secrets,
            ..Report::default()
        };
        for format in FORMATS {
            let text = render(
                &report,
                &sources,
                &Options {
                    format,
                    ..Options::default()
                },
            );
            assert!(
                !text.contains(&secret),
                "round {round}, {format:?}:\n{text}"
            );
            let bad = text
                .chars()
                .find(|c| *c != '\n' && *c != '\t' && super::sanitize::is_unsafe(*c));
            assert_eq!(bad, None, "round {round}, {format:?}:\n{text}");
            if matches!(format, Format::Json | Format::Sarif | Format::Gitlab) {
                assert!(
                    serde_json::from_str::<serde_json::Value>(&text).is_ok(),
                    "{text}"
                );
            }
        }
    }
}
