//! Packs `releases/data/` into the form that `src/releases/store.rs` reads in place, so that a run decodes only what it looks at.
//!
//! ```text
//! cargo run --example pack-releases
//! ```
//!
//! writes `releases/packed.bin` and `releases/packed.txt`, which the program holds. Run it after each change of `releases/data/`; `tests/releases.rs` asserts that
//! nobody forgot.
//!
//! The form, all numbers little-endian:
//! - 8 bytes magic, u32 position of the root value, u32 position of the string table;
//! - the values: a tag byte (0 null, 1 false, 2 true, 3 integer, 4 float, 5 string, 6 array, 7 object) and then: integer and float
//!   8 bytes; string u16 number; array u16 length and a u24 position for each element; object u16 length and for each entry, in
//!   the order of the names' bytes, u16 string number and u24 position;
//! - the string table: u32 offset into the text for each string and one for the end. Strings are numbered in the order of their bytes.
//!
//! The text is all strings behind one another, in a file of its own so that the compiler and not each run sees that it is UTF-8.
//!
//! Equal values are stored once, across all releases: they differ little.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

/// The first bytes; the last digit is the version of the form.
const MAGIC: &[u8; 8] = b"OCREL\0\0\x02";

#[allow(dead_code, reason = "the test takes only what packs")]
fn main() {
    let releases = Path::new(env!("CARGO_MANIFEST_DIR")).join("releases");
    let packed = packed(&releases.join("data"));
    for (name, bytes) in [
        ("packed.bin", packed.values.as_slice()),
        ("packed.txt", packed.text.as_bytes()),
    ] {
        let target = releases.join(name);
        fs::write(&target, bytes).unwrap_or_else(|error| panic!("{}: {error}", target.display()));
        println!("{}: {} bytes", target.display(), bytes.len());
    }
}

/// What the program holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Packed {
    /// The values and the table of the strings.
    pub values: Vec<u8>,
    /// The strings.
    pub text: String,
}

/// The packed form of a folder of data. The same data gives the same bytes.
pub fn packed(data: &Path) -> Packed {
    let nodes = read_nodes(&data.join("schema-nodes.jsonl"));
    let mut releases = BTreeMap::new();
    let mut root = serde_json::Map::new();
    for path in sorted_files(data) {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        let Some(stem) = name.strip_suffix(".json") else {
            continue;
        };
        let value = read_json(&path);
        if stem.starts_with(|first: char| first.is_ascii_digit()) {
            releases.insert(stem.to_owned(), value);
        } else {
            root.insert(stem.to_owned(), value);
        }
    }
    root.insert(
        "releases".to_owned(),
        Value::Object(releases.into_iter().collect()),
    );
    pack(&Value::Object(root), &nodes)
}

fn sorted_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("readable entry").path())
        .collect();
    files.sort();
    files
}

fn read_json(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The shared schema nodes: one line each, its name (`#` and a hash of the content), a blank, and the node as JSON.
fn read_nodes(path: &Path) -> HashMap<String, Value> {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .map(|line| {
            let (name, json) = line
                .split_once(' ')
                .unwrap_or_else(|| panic!("no name: {line}"));
            let node = serde_json::from_str(json).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name.to_owned(), node)
        })
        .collect()
}

fn pack(root: &Value, nodes: &HashMap<String, Value>) -> Packed {
    let mut strings = BTreeSet::new();
    collect_strings(root, &mut strings);
    nodes
        .values()
        .for_each(|node| collect_strings(node, &mut strings));
    assert!(
        strings.len() < usize::from(u16::MAX),
        "more strings than a u16 counts"
    );
    let numbers: HashMap<&str, u16> = strings
        .iter()
        .enumerate()
        .map(|(number, text)| (*text, number as u16))
        .collect();

    let mut packer = Packer {
        bytes: vec![0; 16],
        seen: HashMap::new(),
        numbers,
        nodes,
        placed: HashMap::new(),
    };
    let root = packer.value(root);
    let mut bytes = packer.bytes;
    let table = u32::try_from(bytes.len()).expect("less than 4 GB");
    let mut offset = 0u32;
    for text in &strings {
        bytes.extend(offset.to_le_bytes());
        offset += text.len() as u32;
    }
    bytes.extend(offset.to_le_bytes());
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..12].copy_from_slice(&root.to_le_bytes());
    bytes[12..16].copy_from_slice(&table.to_le_bytes());
    Packed {
        values: bytes,
        text: strings.into_iter().collect(),
    }
}

fn collect_strings<'a>(value: &'a Value, strings: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => match text_of(text) {
            Text::Literal(text) => {
                strings.insert(text);
            }
            Text::Node(_) => {}
        },
        Value::Array(elements) => elements
            .iter()
            .for_each(|element| collect_strings(element, strings)),
        Value::Object(entries) => {
            for (name, entry) in entries {
                strings.insert(name);
                collect_strings(entry, strings);
            }
        }
        _ => {}
    }
}

/// What a string in the data stands for.
enum Text<'a> {
    Literal(&'a str),
    /// The name of a shared schema node, to be put in here.
    Node(&'a str),
}

/// A string that starts with `#` names a shared node; a literal `#` at the start is written `##`.
fn text_of(text: &str) -> Text<'_> {
    match text.strip_prefix('#') {
        None => Text::Literal(text),
        Some(rest) if rest.starts_with('#') => Text::Literal(rest),
        Some(_) => Text::Node(text),
    }
}

struct Packer<'a> {
    bytes: Vec<u8>,
    /// Encoded values and where they are.
    seen: HashMap<Vec<u8>, u32>,
    numbers: HashMap<&'a str, u16>,
    nodes: &'a HashMap<String, Value>,
    /// The shared nodes that are stored already.
    placed: HashMap<&'a str, u32>,
}

impl<'a> Packer<'a> {
    /// Stores the value unless an equal one is there, and returns its position.
    fn value(&mut self, value: &'a Value) -> u32 {
        let mut encoded = Vec::new();
        match value {
            Value::Null => encoded.push(0),
            Value::Bool(value) => encoded.push(1 + u8::from(*value)),
            Value::Number(number) => match number.as_i64() {
                Some(integer) => {
                    encoded.push(3);
                    encoded.extend(integer.to_le_bytes());
                }
                None => {
                    encoded.push(4);
                    encoded.extend(
                        number
                            .as_f64()
                            .expect("a JSON number")
                            .to_bits()
                            .to_le_bytes(),
                    );
                }
            },
            Value::String(text) => match text_of(text) {
                Text::Literal(text) => {
                    encoded.push(5);
                    encoded.extend(self.numbers[text].to_le_bytes());
                }
                Text::Node(name) => {
                    if let Some(position) = self.placed.get(name) {
                        return *position;
                    }
                    let nodes = self.nodes;
                    let node = nodes
                        .get(name)
                        .unwrap_or_else(|| panic!("no shared node {name}"));
                    let position = self.value(node);
                    self.placed.insert(name, position);
                    return position;
                }
            },
            Value::Array(elements) => {
                encoded.push(6);
                encoded.extend(length(elements.len()));
                for element in elements {
                    let position = self.value(element);
                    encoded.extend(u24(position));
                }
            }
            Value::Object(entries) => {
                encoded.push(7);
                encoded.extend(length(entries.len()));
                let sorted: BTreeMap<&String, &Value> = entries.iter().collect();
                for (name, entry) in sorted {
                    let position = self.value(entry);
                    encoded.extend(self.numbers[name.as_str()].to_le_bytes());
                    encoded.extend(u24(position));
                }
            }
        }
        if let Some(position) = self.seen.get(&encoded) {
            return *position;
        }
        let position = u32::try_from(self.bytes.len()).expect("less than 4 GB");
        self.bytes.extend(&encoded);
        self.seen.insert(encoded, position);
        position
    }
}

fn length(length: usize) -> [u8; 2] {
    u16::try_from(length)
        .expect("fewer than 65536 entries")
        .to_le_bytes()
}

fn u24(position: u32) -> [u8; 3] {
    let [low, middle, high, top] = position.to_le_bytes();
    assert_eq!(top, 0, "more than 16 MB of data");
    [low, middle, high]
}
