//! A configuration that the NixOS service is given as a file, `services.openclaw-gateway.configFile`, instead of as options.

use super::configuration::Problem;
use super::json::{self, Dialect};
use super::needed_files;
use super::tree::{Node, Unknown, Value};
use crate::workspace::Workspace;
use std::rc::Rc;

/// What the file that an option names holds, with its places; unknown where the sources do not have the file. The problems are
/// those of a file that is not there, does not parse, or holds a key twice.
pub fn read(option: &Rc<Node>, workspace: &Workspace) -> (Rc<Node>, Vec<Problem>) {
    let span = option.place.primary();
    let unknown = |reason: String| {
        let value = Value::Unknown(Unknown {
            subject: None,
            kind: None,
            reason,
            span,
        });
        Node::new(value, option.place.clone())
    };
    let path = match &option.value {
        Value::Path(path) => path,
        // A file that Nix code writes: its text, or what was rendered into it, is the value.
        Value::Object(_) | Value::Unknown(_) | Value::Failed(_) | Value::Choice(..) => {
            return (Rc::clone(option), Vec::new());
        }
        Value::Text(text) => {
            let known = text.known();
            let parsed = known
                .as_deref()
                .filter(|text| !text.starts_with('/'))
                .and_then(|text| json::parse(text, None, Dialect::Json5).ok());
            let node = match parsed {
                Some(parsed) => parsed.root,
                None => unknown("the file is read where the gateway runs".into()),
            };
            return (node, Vec::new());
        }
        _ => return (unknown("this is no file".into()), Vec::new()),
    };
    let shown = workspace.relative(&path.absolute);
    if let Some(problem) = needed_files::missing(path, option, workspace) {
        return (unknown(format!("`{shown}` is not there")), vec![problem]);
    }
    let Ok(file) = workspace.read(&path.absolute) else {
        return (
            unknown(format!("`{shown}` cannot be read here")),
            Vec::new(),
        );
    };
    let text = workspace.sources().get(file).text.clone();
    match json::parse(&text, Some(file), Dialect::Json5) {
        Ok(parsed) => {
            let problems = parsed.problems(file);
            // What it includes lies where the gateway runs.
            match text.contains("$include") {
                true => (unknown(format!("`{shown}` includes other files")), problems),
                false => (parsed.root, problems),
            }
        }
        Err(error) => (
            unknown(format!("`{shown}` does not parse")),
            vec![error.problem(file)],
        ),
    }
}
