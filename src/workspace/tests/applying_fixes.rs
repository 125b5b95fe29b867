//! Fixes on disk.

use super::*;
use crate::report::finding::{Consequence, Edit, Finding, Fix};
use crate::workspace::source::Span;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

/// A finding whose safe fix replaces the first `old` of each file with `new`.
fn fixing(workspace: &Workspace, files: &[&str], old: &str, new: &str) -> Finding {
    let edits = files
        .iter()
        .map(|path| {
            let file = workspace.read(path).unwrap();
            let start = workspace.sources().get(file).text.find(old).unwrap() as u32;
            Edit {
                span: Span::new(file, start, start + old.len() as u32),
                text: new.to_string(),
            }
        })
        .collect();
    Finding::new("unknown-provider", Consequence::FailsInUse, "x").fix(Fix {
        title: "Write it".into(),
        safe: true,
        edits,
    })
}

fn planned(workspace: &Workspace, findings: &[Finding]) -> Vec<fix::Change> {
    let findings: Vec<&Finding> = findings.iter().collect();
    workspace.plan_fixes(&findings).changes
}

fn on_disk(scene: &Scene, name: &str) -> String {
    fs::read_to_string(scene.at(name)).unwrap()
}

#[test]
fn safe_fixes_are_written_and_permissions_stay() {
    let scene = Scene::new(&[("flake.nix", "a b c")]);
    fs::set_permissions(scene.at("flake.nix"), fs::Permissions::from_mode(0o751)).unwrap();
    let workspace = scene.open(".");
    let file = scene.at("flake.nix");
    let mut unsafe_one = fixing(&workspace, &[&file], "b", "no");
    unsafe_one.fix.as_mut().unwrap().safe = false;
    let findings = [
        fixing(&workspace, &[&file], "c", "see"),
        fixing(&workspace, &[&file], "a", ""),
        unsafe_one,
    ];
    let changes = planned(&workspace, &findings);
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].after(workspace.sources()), " b see");
    let applied = workspace.apply_fixes(&changes);
    assert_eq!(applied.failures, []);
    assert_eq!(
        (applied.files, applied.fixes),
        (vec!["flake.nix".into()], 2)
    );
    assert_eq!(on_disk(&scene, "flake.nix"), " b see");
    let mode = fs::metadata(&file).unwrap().mode();
    assert_eq!(mode & 0o777, 0o751);
    assert_eq!(
        fs::read_dir(scene.path()).unwrap().count(),
        1,
        "nothing is left over"
    );
}

#[test]
fn of_fixes_that_overlap_the_first_is_taken_and_each_is_taken_whole() {
    let scene = Scene::new(&[("a.nix", "one two"), ("b.nix", "one two")]);
    let workspace = scene.open(".");
    let (a, b) = (scene.at("a.nix"), scene.at("b.nix"));
    let findings = [
        fixing(&workspace, &[&a], "one", "1"),
        fixing(&workspace, &[&b, &a], "one two", "both"),
        fixing(&workspace, &[&a], "one", "1"),
        fixing(&workspace, &[&b], "two", "2"),
    ];
    let applied = workspace.apply_fixes(&planned(&workspace, &findings));
    assert_eq!(on_disk(&scene, "a.nix"), "1 two");
    assert_eq!(on_disk(&scene, "b.nix"), "one 2");
    assert_eq!(applied.fixes, 3, "the same fix twice mends two findings");
}

#[test]
fn a_file_that_changed_is_left_alone() {
    let scene = Scene::new(&[("a.nix", "one"), ("b.nix", "one")]);
    let workspace = scene.open(".");
    let (a, b) = (scene.at("a.nix"), scene.at("b.nix"));
    let findings = [
        fixing(&workspace, &[&a], "one", "1"),
        fixing(&workspace, &[&b], "one", "1"),
    ];
    let changes = planned(&workspace, &findings);
    scene.write("a.nix", "one and more");
    let applied = workspace.apply_fixes(&changes);
    assert_eq!(on_disk(&scene, "a.nix"), "one and more");
    assert_eq!(on_disk(&scene, "b.nix"), "1");
    assert_eq!(applied.failures.len(), 1);
    assert_eq!(applied.failures[0].path, "a.nix");
    assert_eq!(
        applied.failures[0].message,
        "not changed: it changed since it was read"
    );
}

#[test]
fn nothing_is_written_through_a_link() {
    let scene = Scene::new(&[("flake/flake.nix", "{ }"), ("outside.nix", "one")]);
    scene.write("flake/a.nix", "one");
    let workspace = scene.open("flake");
    let a = scene.at("flake/a.nix");
    let changes = planned(&workspace, &[fixing(&workspace, &[&a], "one", "1")]);
    fs::remove_file(&a).unwrap();
    scene.link("../outside.nix", "flake/a.nix");
    let applied = workspace.apply_fixes(&changes);
    assert_eq!(applied.files, Vec::<String>::new());
    assert_eq!(
        applied.failures[0].message,
        "not changed: it is not a regular file"
    );
    assert_eq!(on_disk(&scene, "outside.nix"), "one");
}

#[test]
fn nothing_is_written_below_a_directory_that_became_a_link() {
    let scene = Scene::new(&[("flake/flake.nix", "{ }"), ("outside/a.nix", "one")]);
    scene.write("flake/d/a.nix", "one");
    let workspace = scene.open("flake");
    let a = scene.at("flake/d/a.nix");
    let changes = planned(&workspace, &[fixing(&workspace, &[&a], "one", "1")]);
    fs::remove_dir_all(scene.at("flake/d")).unwrap();
    scene.link("../outside", "flake/d");
    let applied = workspace.apply_fixes(&changes);
    assert_eq!(
        applied.failures[0].message,
        "not changed: it lies outside of the source tree"
    );
    assert_eq!(on_disk(&scene, "outside/a.nix"), "one");
}

#[test]
fn a_link_inside_the_tree_stays_a_link() {
    let scene = Scene::new(&[("flake.nix", "{ }"), ("real.nix", "one")]);
    scene.link("real.nix", "link.nix");
    let workspace = scene.open(".");
    let link = scene.at("link.nix");
    let changes = planned(&workspace, &[fixing(&workspace, &[&link], "one", "1")]);
    assert_eq!(workspace.apply_fixes(&changes).files, ["real.nix"]);
    assert_eq!(on_disk(&scene, "real.nix"), "1");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[test]
fn read_only_files_and_inputs_are_left_alone() {
    let scene = Scene::new(&[
        ("flake/flake.nix", "{ }"),
        ("flake/a.nix", "one"),
        ("input/b.nix", "one"),
    ]);
    let mut request = scene.request("flake");
    request.inputs = vec![("x".into(), "input".into())];
    let workspace = open(&request);
    let (a, b) = (scene.at("flake/a.nix"), scene.at("input/b.nix"));
    let findings = [
        fixing(&workspace, &[&a], "one", "1"),
        fixing(&workspace, &[&b], "one", "1"),
    ];
    let changes = planned(&workspace, &findings);
    assert_eq!(changes.len(), 1, "an input is not ours to change");
    fs::set_permissions(&a, fs::Permissions::from_mode(0o444)).unwrap();
    let applied = workspace.apply_fixes(&changes);
    assert_eq!(applied.failures[0].message, "not changed: it is read-only");
    assert_eq!(on_disk(&scene, "flake/a.nix"), "one");
}

#[test]
fn what_is_staged_is_mended_on_disk_only_where_both_are_the_same() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("a.nix", "one"), ("b.nix", "one")]);
    scene.write("b.nix", "one, unstaged");
    let mut request = scene.request(".");
    request.staged = true;
    let workspace = open(&request);
    let (a, b) = (scene.at("a.nix"), scene.at("b.nix"));
    let findings = [
        fixing(&workspace, &[&a], "one", "1"),
        fixing(&workspace, &[&b], "one", "1"),
    ];
    let applied = workspace.apply_fixes(&planned(&workspace, &findings));
    assert_eq!(on_disk(&scene, "a.nix"), "1");
    assert_eq!(on_disk(&scene, "b.nix"), "one, unstaged");
    assert_eq!(
        applied.failures[0].message,
        "not changed: what is staged is not what is on disk"
    );
}

#[test]
fn standard_input_has_no_file() {
    let scene = Scene::new(&[("x.nix", "one")]);
    let mut request = scene.request(".");
    request.standard_input = Some(StandardInput {
        name: Some("x.nix".into()),
        bytes: b"one".to_vec(),
    });
    let workspace = open(&request);
    let file = scene.at("x.nix");
    let changes = planned(&workspace, &[fixing(&workspace, &[&file], "one", "1")]);
    assert_eq!(changes.len(), 1);
    assert_eq!(workspace.apply_fixes(&changes).files, Vec::<String>::new());
    assert_eq!(on_disk(&scene, "x.nix"), "one");
}
