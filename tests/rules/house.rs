//! A rule is one file and one line in the registry, and sees the domain only.

use openclaw_check::rules::registry::RULES;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Files in `src/rules` that are no rules: what rules share.
const SHARED: &[&str] = &[
    "consequence.rs",
    "json_syntax.rs",
    "mod.rs",
    "problems.rs",
    "registry.rs",
    "run.rs",
    "schema.rs",
    "secrets.rs",
    "shared.rs",
    "testing.rs",
    "unchecked_values.rs",
    "variable_names.rs",
];

/// What no single module can show: the bytes of a file, other files, git, our own settings.
const NOT_IN_ONE_MODULE: &[&str] = &[
    "document-outside-tree",
    "duplicate-key",
    "empty-document",
    "failed-assertion",
    "import-cycle",
    "invalid-flake",
    "invalid-settings",
    "lost-top-level-config",
    "no-configuration",
    "oversized-document",
    "too-deeply-nested",
    "undeclared-input",
    "untracked-document",
];

fn sources() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut sources: Vec<(String, String)> = fs::read_dir(&folder)
        .expect("the folder of the rules")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let text = fs::read_to_string(&path).expect("a source file");
            (name, text)
        })
        .collect();
    sources.sort();
    sources
}

#[test]
fn each_rule_is_one_file_of_its_name() {
    let files: BTreeSet<String> = sources()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !SHARED.contains(&name.as_str()))
        .collect();
    let rules: BTreeSet<String> = RULES
        .iter()
        .map(|rule| format!("{}.rs", rule.info.id.replace('-', "_")))
        .collect();
    assert_eq!(files, rules);
    assert_eq!(rules.len(), RULES.len(), "an id is registered twice");
}

#[test]
fn rules_see_the_domain_and_no_syntax() {
    for (name, text) in sources() {
        for forbidden in ["nix::syntax", "nix::eval", "rnix", "rowan"] {
            assert!(!text.contains(forbidden), "{name} uses {forbidden}");
        }
    }
}

#[test]
fn each_rule_explains_itself_with_both_kinds_of_examples() {
    for rule in RULES {
        let info = rule.info;
        let id = info.id;
        assert!(
            id.chars().all(|it| it.is_ascii_lowercase() || it == '-'),
            "{id}"
        );
        assert!(!info.summary.ends_with('.'), "{id}: a full stop");
        assert!(info.explanation.len() > 80, "{id}: no explanation");
        if NOT_IN_ONE_MODULE.contains(&id) {
            continue;
        }
        assert!(!info.refused.is_empty(), "{id}: no example that is refused");
        assert!(
            !info.accepted.is_empty(),
            "{id}: no example that is accepted"
        );
    }
}
