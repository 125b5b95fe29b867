//! What a flake.nix may hold, against two releases of real Nix.

use crate::real_nix::Nix;
use openclaw_check::nix::flake::declaration::{Refusal, refusals};
use openclaw_check::nix::syntax;
use openclaw_check::workspace::flake_lock::FlakeLock;
use openclaw_check::workspace::source::FileId;
use std::path::Path;

/// Flakes that Nix takes: `y` of each is 1. `DEP` is a flake beside it without inputs, `OTHER` one with the input `b`.
const TAKEN: &[&str] = &[
    r#"{ outputs = _: { y = 1; }; }"#,
    r#"{ description = "a"; outputs = { self }: { y = 1; }; }"#,
    r#"{ description = ''a b''; outputs = { self, ... }: { y = 1; }; }"#,
    r#"({ outputs = inputs: { y = 1; }; })"#,
    r#"rec { description = "a"; inputs = { }; outputs = { self }@inputs: { y = 1; }; }"#,
    r#"{ inputs.dep.url = "path:DEP"; outputs = { self, dep }: { y = 1; }; }"#,
    r#"{ inputs = rec { dep = { url = "path:DEP"; }; }; outputs = { dep, ... }: { y = 1; }; }"#,
    r#"{ inputs."dep" = ({ url = ''path:DEP''; flake = false; }); outputs = { self, dep }: { y = 1; }; }"#,
    r#"{ inputs.dep = { type = "path"; path = "DEP"; }; outputs = { self, dep }: { y = 1; }; }"#,
    r#"{ inputs.dep.url = "path:DEP"; inputs.other.follows = "dep"; outputs = { self, dep, other }: { y = 1; }; }"#,
    r#"{ inputs.dep.url = "path:DEP"; inputs.o.url = "path:OTHER"; inputs.o.inputs.b.follows = "dep"; outputs = { self, dep, o }: { y = 1; }; }"#,
    r#"{ inputs.o.url = "path:OTHER"; inputs.c.follows = "o/b"; outputs = { self, o, c }: { y = 1; }; }"#,
    r#"{ inputs.o.url = "path:OTHER"; inputs.o.inputs.b.follows = ""; outputs = { self, o }: { y = 1; }; }"#,
    r#"{ inputs.o.url = "path:OTHER"; inputs.o.inputs.b.url = "path:DEP"; outputs = { self, o }: { y = 1; }; }"#,
    r#"{ nixConfig = { bash-prompt = "a"; extra-substituters = [ "https://a.example" ]; show-trace = true; connect-timeout = 1; }; outputs = _: { y = 1; }; }"#,
    // Only a warning, or none: the input has no such input of its own.
    r#"{ inputs.dep.url = "path:DEP"; inputs.dep.inputs.nothing.follows = "dep"; outputs = { self, dep }: { y = 1; }; }"#,
];

/// Flakes that Nix refuses, whatever `outputs` gives, with a piece of what is said about them here.
const REFUSED: &[(&str, &str)] = &[
    (
        "`inputsqq`",
        r#"{ inputsqq = { }; outputs = _: { y = 1; }; }"#,
    ),
    ("`output`", r#"{ output = _: { y = 1; }; }"#),
    (
        "written out",
        r#"let a = 1; in { outputs = _: { y = a; }; }"#,
    ),
    (
        "written out",
        r#"if true then { outputs = _: { y = 1; }; } else { }"#,
    ),
    (
        "not a number",
        r#"{ description = 1; outputs = _: { y = 1; }; }"#,
    ),
    (
        "computed",
        r#"{ description = "a" + "b"; outputs = _: { y = 1; }; }"#,
    ),
    ("not a set", r#"{ outputs = { y = 1; }; }"#),
    ("computed", r#"{ outputs = let a = 1; in _: { y = a; }; }"#),
    (
        "not a list",
        r#"{ inputs = [ ]; outputs = _: { y = 1; }; }"#,
    ),
    (
        "computed",
        r#"{ inputs = let a = 1; in { }; outputs = _: { y = 1; }; }"#,
    ),
    (
        "computed",
        r#"{ inputs = { } // { }; outputs = _: { y = 1; }; }"#,
    ),
    (
        "computed",
        r#"{ inputs.${"de" + "p"}.url = "path:DEP"; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "computed",
        r#"{ inherit (import ./inputs.nix) inputs; outputs = _: { y = 1; }; }"#,
    ),
    (
        "not a string",
        r#"{ inputs.dep = "path:DEP"; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "computed",
        r#"{ inputs.dep = import ./dep.nix; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "computed",
        r#"{ inputs.dep.url = "path:" + "DEP"; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "computed",
        r#"{ inputs.dep.url = "path:${"DEP"}"; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "not a number",
        r#"{ inputs.dep.url = 1; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "`urlqq`",
        r#"{ inputs.dep.urlqq = "path:DEP"; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "`branch`",
        r#"{ inputs.dep = { url = "path:DEP"; branch = "main"; }; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "a truth value",
        r#"{ inputs.dep = { url = "path:DEP"; flake = "no"; }; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "`followsqq`",
        r#"{ inputs.o.url = "path:OTHER"; inputs.o.inputs.b.followsqq = "o"; outputs = { self, o }: { y = 1; }; }"#,
    ),
    (
        "computed",
        r#"{ inputs.o.url = "path:OTHER"; inputs.o.inputs.b.follows = "o" + ""; outputs = { self, o }: { y = 1; }; }"#,
    ),
    (
        "not a string",
        r#"{ inputs.o.url = "path:OTHER"; inputs.o.inputs.b = "o"; outputs = { self, o }: { y = 1; }; }"#,
    ),
    (
        "no input `c`",
        r#"{ inputs.dep.url = "path:DEP"; inputs.b.follows = "c"; outputs = { self, dep, b }: { y = 1; }; }"#,
    ),
    (
        "no input `c`",
        r#"{ inputs.o.url = "path:OTHER"; inputs.o.inputs.b.follows = "c"; outputs = { self, o }: { y = 1; }; }"#,
    ),
    (
        "takes `nowhere`",
        r#"{ inputs.dep.url = "path:DEP"; outputs = { self, dep, nowhere }: { y = 1; }; }"#,
    ),
    (
        "computed",
        r#"{ nixConfig.bash-prompt = "a" + "b"; outputs = _: { y = 1; }; }"#,
    ),
    (
        "not null",
        r#"{ description = null; outputs = _: { y = 1; }; }"#,
    ),
    ("not null", r#"{ outputs = null; }"#),
    (
        "not a truth value",
        r#"{ inputs.dep.url = true; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "not null",
        r#"{ inputs.dep = { url = "path:DEP"; flake = null; }; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "has no `url`",
        r#"{ inputs.dep.flake = false; outputs = { self, dep }: { y = 1; }; }"#,
    ),
    (
        "has no `url`",
        r#"{ inputs.dep = { }; outputs = { self, ... }: { y = 1; }; }"#,
    ),
    (
        "not a string",
        r#"{ nixConfig = "a"; outputs = _: { y = 1; }; }"#,
    ),
];

/// What `nix flake lock` writes for the input `o` is this, but for the hashes.
const LOCK: &str = r#"{
  "nodes": {
    "b": { "original": { "type": "path", "path": "/dep" } },
    "o": { "inputs": { "b": "b" }, "original": { "type": "path", "path": "/other" } },
    "root": { "inputs": { "o": "o" } }
  },
  "root": "root",
  "version": 7
}"#;

fn found(text: &str) -> Vec<Refusal> {
    let tree = syntax::parse(FileId(0), text, None);
    assert_eq!(tree.problems, [], "{text}");
    refusals(&tree, Some(&FlakeLock::parse(LOCK).expect("a lock")))
}

#[test]
fn what_nix_takes_is_not_refused() {
    for text in TAKEN {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn what_nix_refuses_is_refused_once_and_for_certain() {
    for (piece, text) in REFUSED {
        let found = found(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].message.contains(piece), "{text}: {found:?}");
        assert!(found[0].is_certain, "{text}");
    }
}

/// What only a registry of the machine or an input that is not here can tell.
#[test]
fn without_a_lock_some_of_it_is_uncertain() {
    for text in [
        r#"{ outputs = { self, nowhere }: { }; }"#,
        r#"{ inputs.o.url = "path:/o"; inputs.o.inputs.b.follows = "c"; outputs = { self, o }: { }; }"#,
    ] {
        let tree = syntax::parse(FileId(0), text, None);
        let found = refusals(&tree, None);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(!found[0].is_certain, "{text}");
    }
}

#[test]
fn what_a_registry_gave_is_believed() {
    let lock = r#"{
      "nodes": {
        "here": { "original": { "type": "indirect", "id": "here" } },
        "root": { "inputs": { "here": "here" } }
      },
      "root": "root",
      "version": 7
    }"#;
    let lock = FlakeLock::parse(lock).expect("a lock");
    let text = r#"{ outputs = { self, nixpkgs, home-manager, here }: { }; }"#;
    let tree = syntax::parse(FileId(0), text, None);
    assert_eq!(refusals(&tree, Some(&lock)), []);
}

#[test]
fn nix_takes_and_refuses_the_same_flakes() {
    for nix in [Nix::find(), Nix::find_old()].into_iter().flatten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let write = |name: &str, text: &str| {
            std::fs::create_dir_all(folder.path().join(name)).expect("a folder");
            std::fs::write(folder.path().join(name).join("flake.nix"), text).expect("a file");
        };
        write("dep", "{ outputs = _: { }; }");
        write(
            "other",
            &format!(
                "{{ inputs.b.url = \"path:{}\"; outputs = {{ self, b }}: {{ }}; }}",
                path("dep")
            ),
        );
        let is_taken = |text: &str| {
            let text = text
                .replace("DEP", &path("dep"))
                .replace("OTHER", &path("other"));
            write("flake", &text);
            nix.takes_flake(Path::new(&path("flake")), "y", folder.path())
        };
        for text in TAKEN {
            assert_eq!(is_taken(text), Ok(()), "{text}");
        }
        for (_, text) in REFUSED {
            assert!(is_taken(text).is_err(), "{text}");
        }
    }
}
