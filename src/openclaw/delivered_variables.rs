//! Variables that reach the gateway by files beside its unit: drop-ins of systemd, `environment.d`, the `.env` file that OpenClaw
//! reads in its state directory, templates and secrets that are put in its place.

use super::blueprint::names_program;
use super::configuration::{Provision, Variable};
use super::tree::{Kind, Node, TextPart, Value};
use std::rc::Rc;

/// What files beside the unit provide, for units whose name holds one of `units` (all for none).
pub(super) fn variables(around: &[(&'static str, Rc<Node>)], units: &[&str]) -> Vec<Variable> {
    let mut found = Vec::new();
    for (option, node) in around {
        let Some(object) = node.as_object() else {
            continue;
        };
        for (name, entry) in &object.entries {
            let target =
                |attribute: &str| match entry.get(attribute).and_then(|node| node.as_text()) {
                    // The end of a path tells enough, and the home directory before it is often not known.
                    Some(text) => text.display(),
                    None => name.clone(),
                };
            match *option {
                "home.file" | "xdg.configFile" | "environment.etc" => {
                    file(&target("target"), entry, units, &mut found);
                }
                "sops.templates" | "sops.secrets" | "age.secrets" => {
                    file(&target("path"), entry, units, &mut found);
                }
                _ => {}
            }
        }
    }
    found
}

fn file(target: &str, entry: &Rc<Node>, units: &[&str], found: &mut Vec<Variable>) {
    let mut parts = target.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let folder = parts.next().unwrap_or_default();
    let for_unit = folder
        .strip_suffix(".service.d")
        .is_some_and(|unit| units.is_empty() || units.iter().any(|wanted| unit.contains(wanted)));
    let text = ["text", "content"]
        .iter()
        .find_map(|attribute| entry.get(attribute));
    if name.ends_with(".conf") && for_unit {
        match text.map(|text| lines(text)) {
            Some(lines) => lines.iter().for_each(|line| drop_in(line, entry, found)),
            None => found.push(source(None, Provision::ServiceEnvironmentFile, entry)),
        }
    } else if name.ends_with(".conf") && folder == "environment.d"
        || name == ".env" && names_program(target)
    {
        match text.map(|text| lines(text)) {
            Some(lines) => {
                for line in lines {
                    if let Some(variable) = assigned(&line) {
                        found.push(source(Some(variable), Provision::ServiceEnvironment, entry));
                    }
                }
            }
            None => found.push(source(None, Provision::ServiceEnvironmentFile, entry)),
        }
    }
}

/// A line of a drop-in.
fn drop_in(line: &str, entry: &Rc<Node>, found: &mut Vec<Variable>) {
    let Some((key, value)) = line.split_once('=') else {
        return;
    };
    match key.trim() {
        "Environment" => {
            let value = value.trim().trim_matches('"');
            let name = assigned(value);
            found.push(source(name, Provision::ServiceEnvironment, entry));
        }
        "EnvironmentFile" => found.push(source(None, Provision::ServiceEnvironmentFile, entry)),
        // A start command of the user's own may set anything.
        "ExecStart" | "ExecStartPre" | "PassEnvironment" => {
            found.push(source(None, Provision::ServiceEnvironment, entry));
        }
        _ => {}
    }
}

fn source(name: Option<String>, provision: Provision, entry: &Rc<Node>) -> Variable {
    Variable {
        name,
        provision,
        value: None,
        span: entry.place.key.or(entry.place.primary()),
    }
}

/// The variables in an environment file that is a template of sops-nix, whose text the sources show but for the secrets in it;
/// `None` for any other file, and where a name itself is not known.
pub(super) fn of_template(
    path: &Node,
    around: &[(&'static str, Rc<Node>)],
) -> Option<Vec<Variable>> {
    let content = around
        .iter()
        .filter(|(option, _)| *option == "sops.templates")
        .filter_map(|(_, templates)| templates.as_object())
        .flat_map(|templates| &templates.entries)
        .find(|(name, template)| is_path_of(path, name, template))
        .and_then(|(_, template)| template.get("content"))?;
    content.as_text()?;
    let mut found = Vec::new();
    for line in lines(content) {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        match line.split_once('=') {
            Some((name, _)) if !name.contains(UNKNOWN_PART) => {
                if let Some(name) = assigned(line) {
                    found.push(source(Some(name), Provision::ServiceEnvironment, content));
                }
            }
            _ if line.contains(UNKNOWN_PART) => return None,
            _ => {}
        }
    }
    Some(found)
}

/// Whether a value is the path of the template `name`: the one that is written for it, or the one that sops-nix gives it, which
/// the evaluation names although it does not know it.
fn is_path_of(path: &Node, name: &str, template: &Node) -> bool {
    let given = template.get("path");
    let unknown = match &path.value {
        Value::Unknown(unknown) => unknown,
        Value::Text(text) => match text.parts.as_slice() {
            [TextPart::Unknown(unknown)] => unknown,
            // systemd goes on without a file whose path has a dash before it.
            [TextPart::Known { text, .. }, TextPart::Unknown(unknown)] if text == "-" => unknown,
            _ => {
                let written = text.known();
                return written.is_some_and(|written| {
                    given.and_then(|given| given.as_str()).as_deref()
                        == Some(written.trim_start_matches('-'))
                });
            }
        },
        _ => return false,
    };
    unknown.kind == Some(Kind::SecretPath)
        && unknown
            .subject
            .as_ref()
            .is_some_and(|subject| subject.ends_with(&format!(".sops.templates.{name}.path")))
}

/// The name in `NAME=value` or `export NAME=value`.
pub(super) fn assigned(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches("export ");
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = name
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || character == '_')
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    // A variable that is set to nothing counts as not set.
    (is_name && !value.trim().is_empty()).then(|| name.to_string())
}

/// What stands for a part of a text that is not known.
const UNKNOWN_PART: &str = "...";

/// The lines of a text; what is not known of them is shown as three dots.
pub(super) fn lines(node: &Node) -> Vec<String> {
    let Some(text) = node.as_text() else {
        return Vec::new();
    };
    let mut whole = String::new();
    for part in &text.parts {
        match part {
            TextPart::Known { text, .. } => whole.push_str(text),
            _ => whole.push_str(UNKNOWN_PART),
        }
    }
    whole.lines().map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::json::{Dialect, parse};

    fn names(option: &'static str, text: &str) -> Vec<String> {
        let node = parse(text, None, Dialect::Json5).expect("JSON5").root;
        variables(&[(option, node)], &["openclaw"])
            .into_iter()
            .map(|variable| match variable.name {
                Some(name) => name,
                None => format!("{:?}", variable.provision),
            })
            .collect()
    }

    #[test]
    fn drop_ins_of_the_unit() {
        let text = r#"{"systemd/user/openclaw-gateway.service.d/env.conf":
            {text: "[Service]\nEnvironment=\"A_KEY=x\"\nEnvironmentFile=/run/secrets/env\n"}}"#;
        assert_eq!(
            names("xdg.configFile", text),
            ["A_KEY", "ServiceEnvironmentFile"]
        );
        let other = r#"{"systemd/user/other.service.d/env.conf": {text: "EnvironmentFile=/x"}}"#;
        assert_eq!(names("xdg.configFile", other), [""; 0]);
        let file = r#"{"systemd/user/openclaw-gateway.service.d/env.conf": {source: "/nix/x"}}"#;
        assert_eq!(names("xdg.configFile", file), ["ServiceEnvironmentFile"]);
    }

    #[test]
    fn the_env_file_of_the_state_directory() {
        let text = r#"{".openclaw/.env": {text: "A=1\nexport B=2\nC=\n# D=1\n"}}"#;
        assert_eq!(names("home.file", text), ["A", "B"]);
        let template = r#"{"env": {path: "/home/alice/.openclaw/.env", content: "A=x\n"}}"#;
        assert_eq!(names("sops.templates", template), ["A"]);
        let secret = r#"{"env": {path: "/home/alice/.openclaw/.env"}}"#;
        assert_eq!(names("age.secrets", secret), ["ServiceEnvironmentFile"]);
        assert_eq!(names("home.file", r#"{".env": {text: "A=1"}}"#), [""; 0]);
        assert_eq!(
            names(
                "xdg.configFile",
                r#"{"environment.d/x.conf": {text: "A=1"}}"#
            ),
            ["A"]
        );
    }

    #[test]
    fn a_template_shows_its_names() {
        let unknown = |subject: Option<String>, kind| {
            TextPart::Unknown(crate::openclaw::tree::Unknown {
                subject,
                kind,
                reason: "it is not known".into(),
                span: None,
            })
        };
        let known = |text: &str| TextPart::Known {
            text: text.into(),
            span: None,
        };
        let text = |parts: Vec<TextPart>| {
            Node::new(
                Value::Text(crate::openclaw::tree::Text { parts }),
                Default::default(),
            )
        };
        let names = |subject: &str, content: Vec<TextPart>| {
            let mut templates = crate::openclaw::tree::Object::default();
            let mut template = crate::openclaw::tree::Object::default();
            template.entries.insert("content".into(), text(content));
            let template = Node::new(Value::Object(template), Default::default());
            templates.entries.insert("openclaw.env".into(), template);
            let templates = Node::new(Value::Object(templates), Default::default());
            let subject = format!("config.{subject}.path");
            let path = text(vec![unknown(Some(subject), Some(Kind::SecretPath))]);
            of_template(&path, &[("sops.templates", templates)]).map(|found| {
                found
                    .into_iter()
                    .filter_map(|variable| variable.name)
                    .collect::<Vec<String>>()
            })
        };
        let content = vec![
            known("# The keys\nA_KEY="),
            unknown(None, None),
            known("\nB_KEY=x"),
            unknown(None, None),
            known("\nC_KEY=\n"),
        ];
        let of_another = names("sops.templates.other.env", content.clone());
        assert_eq!(of_another, None);
        assert_eq!(names("age.secrets.openclaw.env", content.clone()), None);
        assert_eq!(
            names("sops.templates.openclaw.env", content),
            Some(vec!["A_KEY".to_string(), "B_KEY".to_string()])
        );
        let open = vec![known("A_KEY=x\n"), unknown(None, None)];
        assert_eq!(names("sops.templates.openclaw.env", open), None);
    }
}
