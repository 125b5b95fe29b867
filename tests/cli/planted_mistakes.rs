//! Mistakes planted into fixtures that have none, one at a time, and whether each is found where it stands.
//!
//! The snapshots list what is found at its line, what is found elsewhere (a reference to what a misspelt name no longer declares),
//! and what is not found at all. The last part is to stay as short as it is: names that nothing refers to, descriptions, options
//! that are not OpenClaw's.

use crate::harness::{copy, openclaw_check};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A finding as it is compared: rule, file and line.
type Found = (String, String, u64);

/// The Nix files in a folder, relative to it.
fn sources(folder: &Path, below: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder.join(below))
        .expect("a folder")
        .map(|entry| entry.expect("an entry"))
        .collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = below.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            sources(folder, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "nix") {
            found.push(path);
        }
    }
}

/// Errors and warnings of a run.
fn findings(folder: &Path) -> BTreeSet<Found> {
    let printed = openclaw_check()
        .args("--no-git --format json")
        .inside(folder)
        .run();
    let report: Value = printed.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["severity"] != "note")
        .map(|finding| {
            let line = finding["start"]["line"].as_u64().unwrap_or_default();
            (text(&finding["rule"]), text(&finding["file"]), line)
        })
        .collect()
}

/// The mistakes that can be made in a line: what is done, and the line with it.
fn mistakes(line: &str) -> Vec<(&'static str, String)> {
    let mut made = Vec::new();
    let code = line.trim_start();
    if code.starts_with('#') {
        return made;
    }
    // `name = value;`
    if let Some((name, value)) = code.split_once(" = ")
        && !name.contains(['$', '(', ' '])
    {
        let plain = value.trim_end_matches(';');
        let indent = &line[..line.len() - code.len()];
        if !name.ends_with('"') {
            made.push(("a misspelt name", format!("{indent}{name}qq = {value}")));
        }
        if ["true", "false"].contains(&plain) {
            made.push((
                "a text for a truth value",
                format!("{indent}{name} = \"yes\";"),
            ));
        }
        if plain.parse::<i64>().is_ok() {
            made.push(("a text for a number", format!("{indent}{name} = \"many\";")));
        }
        let is_word = plain.len() > 2
            && plain.starts_with('"')
            && plain.ends_with('"')
            && plain[1..plain.len() - 1]
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || character == '-');
        if is_word {
            let word = plain.trim_matches('"');
            made.push(("another word", format!("{indent}{name} = \"{word}qq\";")));
        }
        if plain.starts_with("./") && !plain.contains(' ') {
            made.push(("another path", format!("{indent}{name} = {plain}qq;")));
        }
    }
    // `"provider/model"`
    let mut rest = 0;
    while let Some(start) = line[rest..].find('"').map(|start| rest + start) {
        let Some(end) = line[start + 1..].find('"').map(|end| start + 1 + end) else {
            break;
        };
        let text = &line[start + 1..end];
        let is_reference = text.split_once('/').is_some_and(|(provider, model)| {
            !model.is_empty()
                && !provider.is_empty()
                && provider
                    .chars()
                    .all(|character| character.is_ascii_lowercase() || character == '-')
                && !text.contains([' ', ':', '$'])
        });
        if is_reference {
            let slash = start + 1 + text.find('/').unwrap_or_default();
            made.push((
                "another provider",
                format!("{}q{}", &line[..slash], &line[slash..]),
            ));
        }
        rest = end + 1;
    }
    if let Some(start) = line.find("\\${") {
        made.push((
            "an interpolation for a placeholder",
            format!("{}{}", &line[..start], &line[start + 1..]),
        ));
        let end = line[start..]
            .find('}')
            .map_or(line.len(), |end| start + end);
        made.push((
            "a placeholder in lower case",
            format!(
                "{}{}{}",
                &line[..start],
                line[start..end].to_lowercase(),
                &line[end..]
            ),
        ));
    }
    made
}

#[test]
fn planted_mistakes_are_found_where_they_stand() {
    for name in [
        "kimi",
        "dotfiles-nixos",
        "dotfiles-gateway",
        "dotfiles-computed",
        "dotfiles-instances",
    ] {
        let original = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures")
            .join(name);
        let folder = tempfile::tempdir().expect("a folder");
        copy(&original, folder.path());
        let before = findings(folder.path());
        let mut at_its_line = String::new();
        let mut elsewhere = String::new();
        let mut nowhere = String::new();
        let mut files = Vec::new();
        sources(folder.path(), Path::new(""), &mut files);
        for file in files {
            let path = folder.path().join(&file);
            let text = fs::read_to_string(&path).expect("a source");
            let lines: Vec<&str> = text.lines().collect();
            for (index, line) in lines.iter().enumerate() {
                for (what, changed) in mistakes(line) {
                    let mut with_mistake = lines.clone();
                    with_mistake[index] = &changed;
                    fs::write(&path, with_mistake.join("\n")).expect("written");
                    let found: Vec<Found> = findings(folder.path())
                        .difference(&before)
                        .cloned()
                        .collect();
                    let number = index as u64 + 1;
                    let shown = file.display().to_string();
                    let here: Vec<&str> = found
                        .iter()
                        .filter(|(_, in_file, line)| *in_file == shown && *line == number)
                        .map(|(rule, _, _)| rule.as_str())
                        .collect();
                    let planted = format!("{shown}:{number}: {what}: {}", changed.trim());
                    if !here.is_empty() {
                        at_its_line.push_str(&format!("  {planted} -> {}\n", here.join(", ")));
                    } else if let Some((rule, file, line)) = found.first() {
                        elsewhere.push_str(&format!("  {planted} -> {rule} at {file}:{line}\n"));
                    } else {
                        nowhere.push_str(&format!("  {planted}\n"));
                    }
                }
            }
            fs::write(&path, &text).expect("written");
        }
        let listed = format!(
            "found at its line\n{at_its_line}\nfound elsewhere\n{elsewhere}\nnot found\n{nowhere}"
        );
        insta::with_settings!({ snapshot_suffix => name, omit_expression => true }, {
            insta::assert_snapshot!("planted", listed);
        });
    }
}
