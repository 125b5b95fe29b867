//! The page that holds the tables.

use std::path::Path;

const START: &str = "<!-- tables: written by `cargo bench --bench speed` -->";
const END: &str = "<!-- end of the tables -->";

/// Replaces what lies between the marks of the page.
pub fn write(page: &Path, sections: &[String]) {
    let text = std::fs::read_to_string(page).expect("the page");
    let (before, rest) = text.split_once(START).expect("the mark before the tables");
    let (_, after) = rest.split_once(END).expect("the mark behind the tables");
    let tables = sections.join("\n");
    std::fs::write(page, format!("{before}{START}\n\n{tables}\n{END}{after}"))
        .expect("the page is written");
}

/// A table in Markdown.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text
}
