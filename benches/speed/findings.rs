//! Many findings in one file: every format has to stay linear.

use crate::flakes::checked;
use crate::{Extent, measure, page};
use std::fmt::Write as _;
use std::path::Path;

const FORMATS: [&str; 7] = [
    "human", "concise", "json", "sarif", "github", "gitlab", "markdown",
];

/// Times by format for a quarter, a half and all of the findings, and for files that grow without any.
pub fn section(extent: &Extent, scratch: &Path) -> String {
    let sizes = [extent.findings / 4, extent.findings / 2, extent.findings];
    let file = |kind: &str, count: usize| scratch.join(format!("{kind}-{count}.nix"));
    for count in sizes {
        std::fs::write(file("wrong", count), module(count, true)).expect("a file");
        std::fs::write(file("right", count), module(count, false)).expect("a file");
    }
    let runs = extent.large_runs.min(5);
    let row = |name: &str, kind: &str, arguments: &[&str]| {
        let times = sizes.map(|count| checked(&file(kind, count), arguments, runs));
        [vec![name.to_string()], measure::growth(times)].concat()
    };
    let mut rows: Vec<Vec<String>> = FORMATS
        .iter()
        .map(|format| row(format, "wrong", &["--no-git", "--format", format]))
        .collect();
    rows.push(row("no findings, human", "right", &["--no-git"]));
    let mut text = format!("### {} findings in one file\n\n", extent.findings);
    let head = [
        "format".to_string(),
        format!("{} findings", sizes[0]),
        format!("{} findings", sizes[1]),
        format!("{} findings", sizes[2]),
        "four times as many take".to_string(),
    ];
    text.push_str(&page::table(&head.each_ref().map(String::as_str), &rows));
    text
}

/// A module whose agents each have a key that OpenClaw does not know, or none of that.
fn module(count: usize, wrong: bool) -> String {
    let mut text = String::from(
        "{\n  programs.openclaw.enable = true;\n  programs.openclaw.config.agents.list = [\n",
    );
    let key = if wrong { "nmae" } else { "name" };
    for number in 0..count {
        let _ = writeln!(
            text,
            "    {{\n      id = \"agent-{number}\";\n      {key} = \"Agent {number}\";\n    }}"
        );
    }
    text.push_str("  ];\n}\n");
    text
}
