//! Variables that reach the gateway by files beside its unit: drop-ins of systemd, `environment.d`, the `.env` file that OpenClaw
//! reads in its state directory, templates and secrets that are put in its place.

use super::configuration::{Provision, Variable};
use super::process_variables::{Around, Units, assignment, in_text};
use super::programs::names_program;
use super::tree::{Kind, Node, Text, TextPart, Value};
use std::rc::Rc;

/// What files beside these units provide.
pub(super) fn variables(around: &Around, units: Units<'_>) -> Vec<Variable> {
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

fn file(target: &str, entry: &Rc<Node>, units: Units<'_>, found: &mut Vec<Variable>) {
    let mut parts = target.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let folder = parts.next().unwrap_or_default();
    let for_unit = folder
        .strip_suffix(".service.d")
        .is_some_and(|unit| units.holds(unit));
    let text = ["text", "content"]
        .iter()
        .find_map(|attribute| entry.get(attribute))
        .or_else(|| entry.get("source").filter(|source| source.place.is_file));
    if name.ends_with(".conf") && for_unit {
        match text.and_then(|text| Some((text, text.as_text()?.lines()))) {
            Some((text, lines)) => {
                for line in lines {
                    drop_in(&line, text, entry, found);
                }
            }
            None => found.push(source(None, Provision::ServiceEnvironmentFile, entry)),
        }
    } else if name.ends_with(".conf") && folder == "environment.d"
        || name == ".env" && names_program(target)
    {
        match text {
            Some(text) => in_text(text, Provision::ServiceEnvironment, found),
            None => found.push(source(None, Provision::ServiceEnvironmentFile, entry)),
        }
    }
}

/// A line of a drop-in.
fn drop_in(line: &Text, text: &Node, entry: &Rc<Node>, found: &mut Vec<Variable>) {
    let start = line.known_prefix();
    let Some((key, _)) = start.split_once('=') else {
        return;
    };
    match key.trim() {
        "Environment" => {
            let assignments = Node::new(
                Value::Text(line.without_start(key.len() + 1)),
                text.place.clone(),
            );
            assignment(&assignments, Provision::ServiceEnvironment, found);
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
        option: None,
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
    in_text(content, Provision::ServiceEnvironment, &mut found);
    found
        .iter()
        .all(|variable| variable.name.is_some())
        .then_some(found)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::json::{Dialect, parse};

    fn names(option: &'static str, text: &str) -> Vec<String> {
        let node = parse(text, None, Dialect::Json5).expect("JSON5").root;
        variables(&[(option, node)], Units::OfProgram)
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
        assert_eq!(names("home.file", text), ["A", "B", "C"]);
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
            Some(["A_KEY", "B_KEY", "C_KEY"].map(str::to_string).to_vec())
        );
        let open = vec![known("A_KEY=x\n"), unknown(None, None)];
        assert_eq!(names("sops.templates.openclaw.env", open), None);
    }
}
