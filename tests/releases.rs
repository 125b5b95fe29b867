//! The data of the releases: what the program holds is what `releases/data/` makes.

#[path = "../releases/pack.rs"]
mod pack;

use std::fs;
use std::path::Path;

#[test]
fn the_packed_data_is_that_of_the_files() {
    let releases = Path::new(env!("CARGO_MANIFEST_DIR")).join("releases");
    let committed = pack::Packed {
        values: fs::read(releases.join("packed.bin")).expect("it is committed"),
        text: fs::read_to_string(releases.join("packed.txt")).expect("it is committed"),
    };
    assert!(
        committed == pack::packed(&releases.join("data")),
        "releases/data changed: run `cargo run --example pack-releases`"
    );
}

#[test]
fn a_change_of_the_data_changes_the_packed_form() {
    let data = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(data.path().join(name), text).expect("written");
    write("schema-nodes.jsonl", "#a {\"type\":\"string\"}\n");
    write("2026.1.1.json", r##"{"schema":"#a","models":["x"]}"##);
    let before = pack::packed(data.path());
    assert_eq!(before, pack::packed(data.path()), "the same again");
    write("2026.1.1.json", r##"{"schema":"#a","models":["y"]}"##);
    assert_ne!(before, pack::packed(data.path()));
    write("2026.1.1.json", r##"{"schema":"#a","models":["x"]}"##);
    write("schema-nodes.jsonl", "#a {\"type\":\"number\"}\n");
    assert_ne!(before, pack::packed(data.path()));
}
