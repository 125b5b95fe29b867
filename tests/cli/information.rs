//! The subcommands that tell what the program knows.

use crate::harness::openclaw_check;

fn json(arguments: &str) -> serde_json::Value {
    let printed = openclaw_check().args(arguments).run();
    assert_eq!(printed.code, 0, "{}", printed.err);
    printed.json()
}

#[test]
fn rules_are_listed_for_people_and_programs() {
    let printed = openclaw_check().args("rules").run();
    assert_eq!(printed.code, 0);
    let rules = json("rules --format json");
    assert_eq!(rules["version"], 1);
    let rules = rules["rules"].as_array().expect("a list");
    assert_eq!(rules.len(), printed.out.lines().count());
    for (rule, line) in rules.iter().zip(printed.out.lines()) {
        let id = rule["id"].as_str().expect("an id");
        assert!(line.starts_with(id), "{line}");
        let documentation = rule["documentation"].as_str().expect("an address");
        assert!(
            documentation.ends_with(&format!("#{id}")),
            "{documentation}"
        );
    }
}

#[test]
fn every_rule_explains_itself() {
    for rule in json("rules --format json")["rules"]
        .as_array()
        .expect("a list")
    {
        let id = rule["id"].as_str().expect("an id");
        let printed = openclaw_check().args("explain").arg(id).run();
        assert_eq!(printed.code, 0, "{id}");
        assert!(printed.out.starts_with(id), "{}", printed.out);
        assert!(printed.out.contains("If you leave it"), "{id}");
        assert!(!printed.out.contains('\u{1b}'), "{id}");
    }
}

#[test]
fn an_explanation_has_colour_where_it_is_asked_for() {
    let printed = openclaw_check()
        .args("explain unknown-provider --color always")
        .run();
    assert!(printed.out.contains("\u{1b}[1munknown-provider\u{1b}[0m"));
}

#[test]
fn releases_are_listed_with_their_dates() {
    let printed = openclaw_check().args("releases").run();
    assert_eq!(printed.code, 0);
    assert!(printed.out.contains("bootstrap-files"), "{}", printed.out);
    let releases = json("releases --format json");
    for release in releases["releases"].as_array().expect("a list") {
        let version = release["openclaw"].as_str().expect("a version");
        assert!(printed.out.contains(version));
        assert_eq!(
            release["date"].as_str().map(str::len),
            Some("2026-01-01".len())
        );
    }
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let printed = openclaw_check().args("completions").arg(shell).run();
        assert_eq!(printed.code, 0, "{shell}");
        for option in ["deny-warnings", "openclaw-version", "releases"] {
            assert!(printed.out.contains(option), "{shell} lacks {option}");
        }
    }
}

#[test]
fn the_manual_page_has_all_subcommands_and_the_exit_codes() {
    let printed = openclaw_check().args("man").run();
    assert_eq!(printed.code, 0);
    for section in [
        ".TH openclaw-check 1",
        ".SH NAME",
        ".SH SHOW",
        ".SH EVAL",
        ".SH MODELS",
        "Exit codes:",
    ] {
        assert!(printed.out.contains(section), "no {section}");
    }
}
