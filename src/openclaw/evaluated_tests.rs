//! Evaluated values over sources: which value counts, and where it stands.

use super::*;
use crate::openclaw::tree::Condition;
use crate::workspace::source::{FileId, Span};

const ROOT: &str = "/home";

fn at(start: u32) -> Place {
    Place {
        span: Some(Span::new(FileId(0), start, start + 1)),
        ..Place::default()
    }
}

fn text(text: &str, start: u32) -> Rc<Node> {
    Node::new(Value::Text(Text::plain(text, None)), at(start))
}

fn unknown(start: u32) -> Rc<Node> {
    Node::new(
        Value::Unknown(Unknown {
            subject: None,
            kind: None,
            reason: "argument `model` is not known here".into(),
            span: None,
        }),
        at(start),
    )
}

fn object(entries: &[(&str, Rc<Node>)], start: u32) -> Rc<Node> {
    let entries = entries
        .iter()
        .map(|(name, node)| (name.to_string(), Rc::clone(node)))
        .collect();
    Node::new(
        Value::Object(Object {
            entries,
            open: None,
        }),
        at(start),
    )
}

fn blueprint(options: Rc<Node>) -> Blueprint {
    Blueprint {
        name: "homeConfigurations.alice".into(),
        source: Source::HomeManager,
        language: Language::Nix,
        reach: Reach::Whole,
        unseen: Vec::new(),
        option_root: "programs.openclaw".into(),
        options,
        surroundings: Vec::new(),
        unit: None,
        problems: Vec::new(),
        assumptions: Vec::new(),
    }
}

/// Lays these options over those sources.
fn laid_over(sources: Rc<Node>, options: Json) -> Blueprint {
    let document = serde_json::json!({ "version": 1, "entries": [ {
        "configuration": "homeConfigurations.alice", "module": "home-manager", "options": options } ] });
    let document = read(document.to_string().as_bytes()).expect("a document");
    let mut blueprints = vec![blueprint(sources)];
    apply(&document, &mut blueprints, &[], ROOT);
    assert_eq!(blueprints.len(), 1);
    blueprints.remove(0)
}

fn start(node: &Node) -> Option<u32> {
    node.place.primary().map(|span| span.start)
}

#[test]
fn a_known_value_stands_where_the_unknown_one_did() {
    let sources = object(&[("config", object(&[("model", unknown(30))], 20))], 10);
    let found = laid_over(
        sources,
        serde_json::json!({ "config": { "model": "kimi/kimi-k9" } }),
    );
    let model = found.options.at_keys("config.model").expect("the model");
    assert_eq!(model.as_str().as_deref(), Some("kimi/kimi-k9"));
    assert_eq!(start(model), Some(30));
    assert!(found.unseen.is_empty());
}

#[test]
fn below_an_unknown_everything_stands_at_the_unknown() {
    let sources = object(&[("config", unknown(20))], 10);
    let found = laid_over(
        sources,
        serde_json::json!({ "config": { "agents": { "list": [ { "id": "main" } ] } } }),
    );
    let list = found
        .options
        .at_keys("config.agents.list")
        .expect("the list");
    let id = list.as_list().expect("a list").items[0]
        .get("id")
        .expect("the id");
    assert_eq!(id.as_str().as_deref(), Some("main"));
    assert_eq!(start(id), Some(20));
}

#[test]
fn of_two_branches_the_one_that_nix_took_gives_the_place() {
    let condition = Condition {
        id: 1,
        text: "`x` is true".into(),
        span: None,
        equality: None,
    };
    let choice = Node::new(
        Value::Choice(condition, Some(text("a/b", 30)), Some(text("c/d", 40))),
        at(20),
    );
    let sources = object(&[("config", object(&[("model", choice)], 20))], 10);
    let found = laid_over(sources, serde_json::json!({ "config": { "model": "c/d" } }));
    let model = found.options.at_keys("config.model").expect("the model");
    assert_eq!(start(model), Some(40));
    assert!(found.conditions().is_empty());
}

#[test]
fn what_nix_does_not_have_is_gone_and_what_it_does_not_say_stays() {
    let sources = object(
        &[
            (
                "config",
                object(&[("a", text("x", 30)), ("b", text("y", 31))], 20),
            ),
            ("package", unknown(21)),
        ],
        10,
    );
    let found = laid_over(
        sources,
        serde_json::json!({ "config": { "a": "x", "b": null, "c": null }, "documents": null, "instances": {} }),
    );
    let config = found.options.get("config").expect("the configuration");
    let names: Vec<&String> = config
        .as_object()
        .expect("an object")
        .entries
        .keys()
        .collect();
    assert_eq!(names, ["a"]);
    assert!(found.options.get("package").is_some());
    assert!(found.options.get("documents").is_none());
    assert!(found.options.get("instances").is_none());
}

#[test]
fn elements_are_found_by_index_or_by_id() {
    let model = |id: &str, start: u32| object(&[("id", text(id, start))], start);
    let models = Node::new(
        Value::List(List {
            items: vec![model("a", 30), model("b", 40)],
            open: Some(Unknown {
                subject: None,
                kind: None,
                reason: "more may follow".into(),
                span: None,
            }),
        }),
        at(20),
    );
    let sources = object(&[("config", object(&[("models", models)], 15))], 10);
    let found = laid_over(
        sources,
        serde_json::json!({ "config": { "models": [ { "id": "c" }, { "id": "b", "name": "B" } ] } }),
    );
    let models = found.options.at_keys("config.models").expect("the models");
    let items = &models.as_list().expect("a list").items;
    assert_eq!(items.len(), 2);
    assert_eq!(start(&items[0]), None);
    assert_eq!(start(&items[1]), Some(40));
    assert!(models.as_list().expect("a list").open.is_none());
}

#[test]
fn markers_become_what_they_stand_for() {
    let document = Node::new(
        Value::Path(PathLiteral {
            absolute: "/home/documents/SOUL.md".into(),
            written: "./documents/SOUL.md".into(),
            is_string: true,
        }),
        at(40),
    );
    let sources = object(
        &[
            (
                "config",
                object(
                    &[("key", unknown(30)), ("seen", text("sk-0123456789", 31))],
                    20,
                ),
            ),
            ("workspace", object(&[("soul", document)], 21)),
        ],
        10,
    );
    let found = laid_over(
        sources,
        serde_json::json!({
            "config": {
                "key": { "$secret": { "length": 29, "prefix": "sk-" } },
                "seen": { "$secret": { "length": 13, "prefix": "sk-" } },
                "f": { "$function": true },
                "p": { "$derivation": "openclaw" },
            },
            "workspace": { "soul": { "$path": "documents/SOUL.md" }, "user": { "$path": "documents/USER.md" } },
        }),
    );
    let kind = |path: &str| {
        let node = found.options.at_keys(path).expect("the value");
        node.as_unknown().and_then(|unknown| unknown.kind)
    };
    assert_eq!(kind("config.key"), Some(Kind::Secret));
    assert_eq!(kind("config.f"), Some(Kind::Function));
    assert_eq!(kind("config.p"), Some(Kind::Derivation));
    let seen = found.options.at_keys("config.seen").expect("the value");
    assert_eq!(seen.as_str().as_deref(), Some("sk-0123456789"));
    let path = |name: &str| match &found.options.at_keys(name).expect("the path").value {
        Value::Path(path) => path.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(path("workspace.soul").written, "./documents/SOUL.md");
    assert_eq!(path("workspace.user").absolute, "/home/documents/USER.md");
}

#[test]
fn a_value_that_throws_is_a_problem_at_its_place() {
    let sources = object(&[("config", object(&[("port", unknown(30))], 20))], 10);
    let found = laid_over(
        sources,
        serde_json::json!({ "config": { "port": { "$thrown": true } } }),
    );
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].path.as_deref(), Some("config.port"));
    assert_eq!(found.problems[0].span.map(|span| span.start), Some(30));
}

#[test]
fn a_value_that_nothing_defines_stays_missing() {
    let sources = object(&[("config", object(&[("id", text("a", 30))], 20))], 10);
    let found = laid_over(
        sources,
        serde_json::json!({ "config": { "id": "a", "name": { "$thrown": true } } }),
    );
    assert!(found.options.at_keys("config.name").is_none());
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].span.map(|span| span.start), Some(20));
}

#[test]
fn a_configuration_that_fails_is_a_problem_unless_the_sources_have_one() {
    let document = br#"{ "version": 1, "entries": [
        { "configuration": "homeConfigurations.alice", "module": "home-manager", "error": "Nix stops" } ] }"#;
    let document = read(document).expect("a document");
    let mut blueprints = vec![blueprint(object(&[], 10))];
    apply(&document, &mut blueprints, &[], ROOT);
    apply(&document, &mut blueprints, &[], ROOT);
    assert_eq!(blueprints.len(), 1);
    assert_eq!(blueprints[0].problems.len(), 1);
    assert_eq!(
        blueprints[0].problems[0].message,
        "Nix stops: `nix eval .#homeConfigurations.alice.activationPackage` says why"
    );
}

#[test]
fn a_configuration_without_sources_is_checked_all_the_same() {
    let document = br#"{ "version": 1, "entries": [
        { "configuration": "nixosConfigurations.server", "module": "nixos", "options": { "enable": true } } ] }"#;
    let mut blueprints = Vec::new();
    apply(
        &read(document).expect("a document"),
        &mut blueprints,
        &[],
        ROOT,
    );
    assert_eq!(blueprints[0].option_root, "services.openclaw-gateway");
    assert_eq!(
        blueprints[0]
            .options
            .get("enable")
            .and_then(|node| node.as_bool()),
        Some(true)
    );
}

#[test]
fn other_documents_are_refused_with_a_reason() {
    let reason = |text: &str| read(text.as_bytes()).expect_err("no document");
    assert!(reason("{}").contains("version"));
    assert!(reason("[").contains("not what Nix hands over"));
    assert!(reason(r#"{ "version": 2, "entries": [] }"#).contains("version 2"));
}
