//! `flake.lock`: which input is locked to what, also through `follows`.

use super::source::SourceFile;
use serde::Deserialize;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::fmt;
use std::ops::RangeInclusive;

/// A parsed `flake.lock`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FlakeLock {
    /// The nodes by their names in the file.
    #[serde(default)]
    pub nodes: BTreeMap<String, LockNode>,
    /// The name of the node that stands for the flake itself.
    #[serde(default = "root_name")]
    pub root: String,
    /// The version of the format; 7 is the one that Nix has written since 2020.
    #[serde(default)]
    pub version: u32,
}

fn root_name() -> String {
    "root".to_owned()
}

/// One node: an input of the flake or of one of its inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LockNode {
    /// Its own inputs.
    pub inputs: BTreeMap<String, InputTarget>,
    /// What it is locked to; absent for the flake itself.
    pub locked: Option<FlakeReference>,
    /// What the flake asked for.
    pub original: Option<FlakeReference>,
}

/// Where an input leads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum InputTarget {
    /// To the node of that name.
    Node(String),
    /// `follows`: the path of inputs from the flake itself. An empty path is the flake itself.
    Follows(Vec<String>),
}

/// Attributes of a flake reference. Only those that are of use here; all may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FlakeReference {
    /// `github`, `git`, `path`, `tarball`, `indirect`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// The owner of the repository on a forge.
    pub owner: Option<String>,
    /// The repository on a forge.
    pub repo: Option<String>,
    /// The address, for `git` and `tarball`.
    pub url: Option<String>,
    /// The folder, for `path`.
    pub path: Option<String>,
    /// The revision, 40 hexadecimal digits.
    pub rev: Option<String>,
    /// A branch or tag.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The time of the newest change, in Unix seconds.
    pub last_modified: Option<i64>,
}

/// The file is no `flake.lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlakeLockError {
    /// What is wrong.
    pub message: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl fmt::Display for FlakeLockError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not a flake.lock: {}", self.message)
    }
}

impl std::error::Error for FlakeLockError {}

/// The versions of the format that Nix reads.
const VERSIONS: RangeInclusive<u32> = 5..=7;

/// More steps than any real chain of `follows` has; ends a circle.
const MAXIMUM_STEPS: usize = 200;

/// More steps than all inputs of a real lock need together.
const MAXIMUM_STEPS_OF_ALL: usize = 1_000_000;

/// The line and the column, from 1, where a name stands in quotes first behind a colon; the start where it does not.
fn place_of(text: &str, name: &str) -> (usize, usize) {
    let quoted = format!("\"{name}\"");
    let found = text
        .match_indices(&quoted)
        .find(|(at, _)| text[..*at].trim_end().ends_with(':'));
    let Some((at, _)) = found else {
        return (1, 1);
    };
    let position = SourceFile::new("flake.lock", text).position(at as u32);
    (position.line as usize, position.column as usize)
}

impl FlakeLock {
    /// Reads a `flake.lock`. What is no UTF-8 in it counts as replacement characters.
    pub fn read(bytes: &[u8]) -> Result<FlakeLock, FlakeLockError> {
        // To look for what has to be replaced takes many times as long as to see that nothing has to be.
        match std::str::from_utf8(bytes) {
            Ok(text) => FlakeLock::parse(text),
            Err(_) => FlakeLock::parse(&String::from_utf8_lossy(bytes)),
        }
    }

    /// Reads the text of a `flake.lock`.
    pub fn parse(text: &str) -> Result<FlakeLock, FlakeLockError> {
        let lock: FlakeLock = serde_json::from_str(text).map_err(|error| FlakeLockError {
            message: error.to_string(),
            line: error.line(),
            column: error.column(),
        })?;
        if !VERSIONS.contains(&lock.version) {
            return Err(FlakeLockError {
                message: format!(
                    "its version is {}, and Nix reads {} to {}",
                    lock.version,
                    VERSIONS.start(),
                    VERSIONS.end()
                ),
                line: 1,
                column: 1,
            });
        }
        if let Some(missing) = lock.missing_node() {
            let (line, column) = place_of(text, &missing);
            return Err(FlakeLockError {
                message: format!(
                    "an input is locked to the node `{missing}`, which it does not have"
                ),
                line,
                column,
            });
        }
        Ok(lock)
    }

    /// A node that something reachable from the flake itself names and that is not there: Nix refuses the file. What nothing
    /// reaches it does not read.
    fn missing_node(&self) -> Option<String> {
        let mut reached: BTreeSet<&str> = BTreeSet::from([self.root.as_str()]);
        let mut open = vec![self.root.as_str()];
        while let Some(name) = open.pop() {
            let Some(node) = self.nodes.get(name) else {
                // Without any node there are no inputs.
                if name == self.root {
                    return None;
                }
                return Some(name.to_string());
            };
            for target in node.inputs.values() {
                if let InputTarget::Node(target) = target
                    && reached.insert(target)
                {
                    open.push(target);
                }
            }
        }
        None
    }

    /// The inputs of the flake itself: their names and the nodes that they lead to, `follows` resolved.
    pub fn inputs(&self) -> impl Iterator<Item = (&str, &str, &LockNode)> {
        let all = Cell::new(0);
        self.nodes
            .get(&self.root)
            .into_iter()
            .flat_map(move |root| {
                let all = all.clone();
                root.inputs.keys().filter_map(move |name| {
                    if all.get() > MAXIMUM_STEPS_OF_ALL {
                        return None;
                    }
                    let mut steps = 0;
                    let found = self.walk(&mut std::iter::once(name.as_str()), &mut steps);
                    all.set(all.get() + steps);
                    let (node_name, node) = found?;
                    Some((name.as_str(), node_name, node))
                })
            })
    }

    /// The node that a path of inputs from the flake itself leads to, and its name in the file; `None` where it leads nowhere or in a circle.
    pub fn resolve(&self, path: &[&str]) -> Option<(&str, &LockNode)> {
        let mut steps = 0;
        self.walk(&mut path.iter().copied(), &mut steps)
    }

    /// The inputs that lead to a node, from the flake itself on, as `follows` writes them: `infrastructure/nix-openclaw`. Of several ways
    /// a shortest one; `None` for what no input leads to, or only a way that nobody wants to read.
    pub fn way_to(&self, node: &str) -> Option<String> {
        const LONGEST: usize = 8;
        let mut ways: VecDeque<(&str, String, usize)> =
            VecDeque::from([(self.root.as_str(), String::new(), 0)]);
        let mut seen: HashSet<&str> = HashSet::from([self.root.as_str()]);
        while let Some((at, way, length)) = ways.pop_front() {
            if at == node {
                return Some(way);
            }
            if length == LONGEST {
                continue;
            }
            for (input, target) in self.nodes.get(at).iter().flat_map(|node| &node.inputs) {
                if let InputTarget::Node(target) = target
                    && seen.insert(target)
                {
                    let way = match way.as_str() {
                        "" => input.clone(),
                        way => format!("{way}/{input}"),
                    };
                    ways.push_back((target, way, length + 1));
                }
            }
        }
        None
    }

    fn walk(
        &self,
        path: &mut dyn Iterator<Item = &str>,
        steps: &mut usize,
    ) -> Option<(&str, &LockNode)> {
        let mut current = self.nodes.get_key_value(&self.root)?;
        for step in path {
            *steps += 1;
            if *steps > MAXIMUM_STEPS {
                return None;
            }
            current = match current.1.inputs.get(step)? {
                InputTarget::Node(name) => self.nodes.get_key_value(name)?,
                InputTarget::Follows(target) => {
                    let (name, _) = self.walk(&mut target.iter().map(String::as_str), steps)?;
                    self.nodes.get_key_value(name)?
                }
            };
        }
        Some((current.0.as_str(), current.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"{
        "nodes": {
            "claw": { "inputs": { "nixpkgs": ["nixpkgs"], "flake-utils": "flake-utils" },
                "locked": { "type": "github", "owner": "openclaw", "repo": "nix-openclaw", "lastModified": 5, "narHash": "sha256-", "rev": "910c" } },
            "flake-utils": { "locked": { "type": "github", "owner": "numtide", "repo": "flake-utils" } },
            "nixpkgs_2": { "locked": { "type": "github", "owner": "NixOS", "repo": "nixpkgs" }, "original": { "type": "indirect", "id": "nixpkgs" } },
            "root": { "inputs": { "claw": "claw", "nixpkgs": "nixpkgs_2", "utils": ["claw", "flake-utils"], "again": ["utils"] } }
        }, "root": "root", "version": 7 }"#;

    #[test]
    fn a_node_is_named_by_the_inputs_that_lead_to_it() {
        let lock = FlakeLock::parse(LOCK).expect("a lock");
        let way = |node| lock.way_to(node);
        assert_eq!(way("nixpkgs_2").as_deref(), Some("nixpkgs"));
        assert_eq!(way("flake-utils").as_deref(), Some("claw/flake-utils"));
        assert_eq!(way("nowhere"), None);
    }

    #[test]
    fn follows_lead_to_the_node_that_is_meant() {
        let lock = FlakeLock::parse(LOCK).expect("valid");
        assert_eq!(
            lock.resolve(&["claw", "nixpkgs"]).map(|(name, _)| name),
            Some("nixpkgs_2")
        );
        assert_eq!(
            lock.resolve(&["again"]).map(|(name, _)| name),
            Some("flake-utils")
        );
        assert_eq!(lock.resolve(&["claw", "nothing"]), None);
        let inputs: Vec<_> = lock.inputs().map(|(name, node, _)| (name, node)).collect();
        assert_eq!(
            inputs,
            [
                ("again", "flake-utils"),
                ("claw", "claw"),
                ("nixpkgs", "nixpkgs_2"),
                ("utils", "flake-utils")
            ]
        );
        let claw = lock
            .resolve(&["claw"])
            .and_then(|(_, node)| node.locked.as_ref())
            .expect("locked");
        assert_eq!(
            (claw.rev.as_deref(), claw.last_modified),
            (Some("910c"), Some(5))
        );
    }

    #[test]
    fn a_circle_of_follows_leads_nowhere() {
        let lock = FlakeLock::parse(
            r#"{"nodes": {"root": {"inputs": {"a": ["b"], "b": ["a"], "self": []}}}, "root": "root", "version": 7}"#,
        )
        .expect("valid");
        assert_eq!(lock.resolve(&["a"]), None);
        assert_eq!(lock.resolve(&["self"]).map(|(name, _)| name), Some("root"));
    }

    #[test]
    fn a_node_that_is_named_has_to_be_there() {
        let error = FlakeLock::parse(
            "{\"nodes\": {\"root\": {\"inputs\": {\n \"nope\": \"nope\"}}}, \"root\": \"root\", \"version\": 7}",
        )
        .expect_err("no such node");
        assert_eq!((error.line, error.column), (2, 10));
        assert!(error.message.contains("`nope`"), "{error}");
        // What nothing reaches is not read.
        let text = r#"{"nodes": {"root": {}, "a": {"inputs": {"b": "nope"}}}, "root": "root", "version": 7}"#;
        assert!(FlakeLock::parse(text).is_ok());
    }

    #[test]
    fn other_files_are_refused_with_a_place() {
        let error = FlakeLock::parse("{\n  \"nodes\": 5 }").expect_err("no lock");
        assert_eq!(error.line, 2);
        assert!(FlakeLock::parse("").is_err());
        assert!(FlakeLock::parse("{").is_err());
        let deep = format!("{{\"nodes\": {}", "[".repeat(100_000));
        assert!(FlakeLock::parse(&deep).is_err());
        for (version, is_read) in [(4, false), (5, true), (7, true), (8, false)] {
            let text = format!("{{\"version\": {version}}}");
            let lock = FlakeLock::parse(&text);
            assert_eq!(lock.is_ok(), is_read, "{version}");
            assert!(lock.is_err() || lock.is_ok_and(|lock| lock.inputs().count() == 0));
        }
        let error = FlakeLock::parse("{}").expect_err("no version");
        assert!(error.message.contains("its version is 0"), "{error}");
    }

    #[test]
    fn many_follows_and_long_ones_end_soon() {
        let mut root: BTreeMap<String, InputTarget> = (0..50_000)
            .map(|number| {
                let next = format!("a{}", number + 1);
                (format!("a{number}"), InputTarget::Follows(vec![next]))
            })
            .collect();
        let long = vec!["x".to_string(); 500_000];
        root.insert("x".into(), InputTarget::Follows(long));
        root.extend((0..1000).map(|number| {
            let to_long = InputTarget::Follows(vec!["x".to_string()]);
            (format!("b{number}"), to_long)
        }));
        let lock = FlakeLock {
            nodes: BTreeMap::from([(
                "root".to_string(),
                LockNode {
                    inputs: root,
                    ..LockNode::default()
                },
            )]),
            root: root_name(),
            version: 7,
        };
        let start = std::time::Instant::now();
        assert_eq!(lock.inputs().count(), 0);
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
