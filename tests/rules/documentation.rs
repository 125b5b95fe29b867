//! `docs/rules.md` describes every rule under its id, made from what the rule says of itself.
//!
//! `UPDATE_DOCUMENTATION=1 cargo test --test rules documentation` writes it.

use openclaw_check::cli::explain;
use openclaw_check::report::documentation_url;
use openclaw_check::rules::registry::RULES;
use std::fs;
use std::path::Path;

fn document() -> String {
    let mut text = String::from(
        "# Rules\n\nMade from the rules themselves; `openclaw-check explain RULE` prints the same.\n\n",
    );
    for rule in RULES {
        let info = rule.info;
        text.push_str(&format!(
            "- [{}](#{}): {}\n",
            info.id, info.id, info.summary
        ));
    }
    for rule in RULES {
        let page = explain::page(rule.info);
        let page = page.trim_end();
        let page = page
            .strip_suffix(&documentation_url(rule.info.id))
            .unwrap_or(page);
        text.push('\n');
        let mut in_code = false;
        for line in page.trim_end().lines() {
            in_code ^= line.starts_with("```");
            if line.starts_with('#') && !in_code {
                text.push('#');
            }
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[test]
fn documentation_says_what_the_rules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let document = document();
    if std::env::var_os("UPDATE_DOCUMENTATION").is_some() {
        fs::write(&path, &document).expect("docs/rules.md");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let differs = written
        .lines()
        .zip(document.lines())
        .find(|(written, made)| written != made);
    assert!(
        written == document,
        "docs/rules.md is not what the rules say (first difference: {differs:?}): run with UPDATE_DOCUMENTATION=1"
    );
}
