//! Every format, on a real run with a secret, a wide character and an escape sequence in it.

use crate::harness::openclaw_check;
use serde_json::Value;

const MODULE: &str = "{
  programs.openclaw.enable = true;
  programs.openclaw.config.gateway.auth.token = \"correct-horse-battery-staple\"; # 模型 \u{1b}[31m \u{202e}
  programs.openclaw.config.agents.defaults.model = \"nosuch/模型\";
}
";

fn printed_as(format: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("home.nix"), MODULE).expect("a file");
    let printed = openclaw_check()
        .args("home.nix --no-git --openclaw-version 2026.6.11 --format")
        .arg(format)
        .inside(folder.path())
        .run();
    assert_eq!(printed.code, 1, "{format}: {}", printed.out);
    assert_eq!(printed.err, "", "{format}");
    printed.out
}

const FORMATS: [&str; 7] = [
    "human", "concise", "json", "sarif", "github", "gitlab", "markdown",
];

#[test]
fn each_names_the_findings_and_no_secret() {
    for format in FORMATS {
        let text = printed_as(format);
        assert!(text.contains("hardcoded-secret"), "{format}: {text}");
        assert!(text.contains("unknown-provider"), "{format}: {text}");
        for harmful in ["horse", "\u{1b}", "\u{202e}"] {
            assert!(!text.contains(harmful), "{format}: {text}");
        }
    }
}

#[test]
fn concise_has_one_line_for_each_finding_and_the_summary_last() {
    let text = printed_as("concise");
    let lines: Vec<&str> = text.lines().collect();
    let line = lines
        .iter()
        .find(|line| line.contains("[unknown-provider]"))
        .expect("the finding");
    assert!(
        line.starts_with("home.nix:4:53: warning[unknown-provider] "),
        "{line}"
    );
    let last = lines.last().expect("a summary");
    assert!(last.contains("(checked 1 file"), "{last}");
}

#[test]
fn json_is_version_1_with_the_keys_of_the_documentation() {
    let document: Value = serde_json::from_str(&printed_as("json")).expect("valid JSON");
    let keys = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .map(|object| object.keys().cloned().collect())
            .unwrap_or_default()
    };
    assert_eq!(document["version"], 1);
    assert_eq!(
        keys(&document),
        [
            "version",
            "configurations",
            "findings",
            "unresolved",
            "errors",
            "checked"
        ]
    );
    assert_eq!(
        keys(&document["configurations"][0]),
        ["name", "instances", "openclaw", "era", "source"]
    );
    let finding = document["findings"]
        .as_array()
        .and_then(|findings| findings.iter().find(|it| it["rule"] == "unknown-provider"))
        .expect("the finding");
    assert_eq!(
        keys(finding),
        [
            "rule",
            "severity",
            "consequence",
            "message",
            "help",
            "file",
            "start",
            "end",
            "path",
            "configurations",
            "instances",
            "related",
            "fix"
        ]
    );
    assert_eq!(finding["file"], "home.nix");
    assert_eq!(keys(&finding["start"]), ["line", "column", "offset"]);
    let offset = MODULE.find("nosuch").expect("the text");
    assert_eq!(finding["start"]["offset"], offset);
    assert_eq!(finding["start"]["line"], 4);
    assert_eq!(
        keys(&document["checked"]),
        [
            "files",
            "configurations",
            "instances",
            "model_references",
            "secrets",
            "documents",
            "unresolved"
        ]
    );
}

#[test]
fn the_same_run_prints_the_same_text() {
    for format in FORMATS {
        assert_eq!(printed_as(format), printed_as(format), "{format}");
    }
}
