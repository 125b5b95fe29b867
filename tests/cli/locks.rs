//! A flake.lock that is not what it should be: told, never waited for, and never taken for more than it says.

use crate::harness::openclaw_check;
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

const FLAKE: &str = "{
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = { self, nix-openclaw }: { homeManagerModules.default = ./home.nix; };
}
";

const HOME: &str =
    "{ programs.openclaw = { enable = true; config.agents.defaults.model = \"nosuch/x\"; }; }\n";

/// A revision of nix-openclaw that pins 2026.6.11.
const KNOWN: &str = "910c1ce89e6a6c7574ab97d3935afbe5310b5db7";

/// Checks the flake with these bytes as its lock: the exit code, the release and why, and what could not be read.
fn check(what: &str, lock: &[u8]) -> (i32, String, String, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("flake.nix"), FLAKE).expect("a file");
    fs::write(folder.path().join("home.nix"), HOME).expect("a file");
    fs::write(folder.path().join("flake.lock"), lock).expect("a file");
    let start = Instant::now();
    let printed = openclaw_check()
        .inside(folder.path())
        .args(". --no-git --format json")
        .run();
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{what}: {:?}",
        start.elapsed()
    );
    // Whatever a name or a revision is: the output stays small.
    assert!(printed.out.len() < 40_000, "{what}: {}", printed.out.len());
    let document: Value = serde_json::from_str(&printed.out).expect(what);
    let configuration = &document["configurations"][0];
    assert_eq!(configuration["name"], "home.nix", "{what}: {document:#}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let errors = document["errors"].as_array().expect("a list");
    (
        printed.code,
        text(&configuration["openclaw"]),
        text(&configuration["source"]),
        errors.iter().map(|error| text(&error["message"])).collect(),
    )
}

fn lock(nodes: Value, version: u32) -> Vec<u8> {
    json!({ "nodes": nodes, "root": "root", "version": version })
        .to_string()
        .into_bytes()
}

fn locked(attributes: Value) -> Value {
    let mut all = json!({ "type": "github", "owner": "openclaw", "repo": "nix-openclaw", "rev": KNOWN,
        "lastModified": 1782864339, "narHash": "sha256-AAAA" });
    for (name, value) in attributes.as_object().expect("attributes") {
        all[name] = value.clone();
    }
    json!({ "root": { "inputs": { "nix-openclaw": "n" } }, "n": { "locked": all } })
}

#[test]
fn that_cannot_be_read_is_3_and_the_rest_is_checked() {
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("no JSON", b"nonsense".to_vec()),
        ("a list", b"[]".to_vec()),
        ("no version", b"{}".to_vec()),
        ("an old version", lock(locked(json!({})), 4)),
        ("a new version", lock(locked(json!({})), 8)),
        ("NUL bytes", vec![0; 100_000]),
        (
            "a byte-order mark",
            [b"\xef\xbb\xbf".to_vec(), lock(locked(json!({})), 7)].concat(),
        ),
        (
            "objects without end",
            "{\"nodes\":".repeat(100_000).into_bytes(),
        ),
        (
            "lists without end",
            format!(
                "{{\"nodes\":{{\"root\":{{\"inputs\":{{\"a\":{}",
                "[".repeat(1_000_000)
            )
            .into_bytes(),
        ),
        (
            "too much",
            format!("{{{}}}", " ".repeat(9 << 20)).into_bytes(),
        ),
        (
            "a node that is not there",
            lock(
                json!({ "root": { "inputs": { "nix-openclaw": "gone" } } }),
                7,
            ),
        ),
        (
            "a broken number",
            lock(locked(json!({ "lastModified": 1.5 })), 7),
        ),
    ] {
        let (code, release, source, errors) = check(what, &bytes);
        assert_eq!(code, 3, "{what}");
        assert_eq!(errors.len(), 1, "{what}: {errors:?}");
        assert_eq!(source, "default", "{what}: {release}");
    }
}

#[test]
fn that_leads_nowhere_says_nothing_about_the_release() {
    let circle = json!({ "root": { "inputs": { "nix-openclaw": ["a"], "a": ["nix-openclaw"] } } });
    let through_itself =
        json!({ "root": { "inputs": { "nix-openclaw": ["nix-openclaw", "nix-openclaw"] } } });
    let root = json!({ "root": { "inputs": { "nix-openclaw": "root" } } });
    let no_root = json!({ "other": {} });
    for (what, nodes) in [
        ("a circle", circle),
        ("through itself", through_itself),
        ("the root itself", root),
        ("no root", no_root),
    ] {
        let (code, _, source, errors) = check(what, &lock(nodes, 7));
        assert_eq!(code, 0, "{what}: {errors:?}");
        assert_eq!(source, "default", "{what}");
    }
}

#[test]
fn with_times_and_revisions_that_cannot_be() {
    for (what, attributes) in [
        (
            "the beginning",
            json!({ "lastModified": i64::MIN, "rev": "x" }),
        ),
        ("1970", json!({ "lastModified": 1, "rev": "x" })),
        ("the end", json!({ "lastModified": i64::MAX, "rev": "x" })),
        (
            "letters",
            json!({ "lastModified": 0, "rev": "é".repeat(1_000_000) }),
        ),
        (
            "escapes",
            json!({ "lastModified": 0, "rev": "\u{1b}[31m\n::error::x" }),
        ),
    ] {
        let (code, _, source, errors) = check(what, &lock(locked(attributes), 7));
        assert_eq!(
            (code, source.as_str()),
            (0, "default"),
            "{what}: {errors:?}"
        );
    }
    let (code, release, source, _) = check("a known one", &lock(locked(json!({})), 7));
    assert_eq!(
        (code, release.as_str(), source.as_str()),
        (0, "2026.6.11", "flake.lock rev")
    );
}

#[test]
fn with_more_than_any_flake_has_ends_soon() {
    let chain: Value = (0..100_000)
        .map(|number| (format!("a{number}"), json!([format!("a{}", number + 1)])))
        .collect::<serde_json::Map<_, _>>()
        .into();
    check("a chain", &lock(json!({ "root": { "inputs": chain } }), 7));
    let mut nodes = serde_json::Map::new();
    let mut inputs = serde_json::Map::new();
    for number in 0..10_000 {
        let name = format!("n{number}");
        inputs.insert(name.clone(), json!(name));
        let rev = format!("{number:040}");
        nodes.insert(
            name,
            json!({ "locked": { "type": "github", "owner": "openclaw", "repo": "nix-openclaw", "rev": rev, "lastModified": 1780000000 } }),
        );
    }
    nodes.insert("root".into(), json!({ "inputs": inputs }));
    check("nodes", &lock(nodes.into(), 7));
}
