//! The search for files that may configure OpenClaw.

use super::*;

/// The candidates relative to the scene, and the problems.
fn search(scene: &Scene, request: &Request) -> (Vec<String>, Vec<(String, String)>) {
    let workspace = open(request);
    let found = workspace.candidates(workspace.target().directory());
    let root = scene.at("");
    let candidates = found
        .candidates
        .iter()
        .map(|candidate| path::below(&root, &candidate.path).unwrap().to_string())
        .collect();
    (candidates, found.problems)
}

const MENTION: &str = "{ programs.OpenClaw.enable = true; }";

#[test]
fn files_that_mention_it_are_found_and_sorted() {
    let scene = Scene::new(&[
        ("z.nix", MENTION),
        ("a/b.nix", "{ services.moltbot = 1; }"),
        ("a/nothing.nix", "{ }"),
        ("a/openclaw.json", "{}"),
        ("clawdbot-work.json5", "{}"),
        ("notes-openclaw.txt", MENTION),
    ]);
    let (found, problems) = search(&scene, &scene.request("."));
    assert_eq!(
        found,
        ["a/b.nix", "a/openclaw.json", "clawdbot-work.json5", "z.nix"]
    );
    assert_eq!(problems, []);
}

#[test]
fn with_git_the_tracked_files_and_no_others() {
    let scene = Scene::new(&[
        (".gitignore", "ignored.nix\n"),
        ("ignored.nix", MENTION),
        ("tracked.nix", MENTION),
        ("gone.nix", MENTION),
    ]);
    scene.git(&["init", "-q"]);
    scene.git(&["add", "-A"]);
    scene.git(&["add", "-f", "ignored.nix"]);
    scene.write("untracked.nix", MENTION);
    scene.write("pipe.nix", MENTION);
    scene.write("link.nix", MENTION);
    scene.git(&["add", "pipe.nix", "link.nix"]);
    for name in ["gone.nix", "pipe.nix", "link.nix"] {
        fs::remove_file(scene.at(name)).unwrap();
    }
    scene.link("/etc/passwd", "link.nix");
    let made = Command::new("mkfifo").arg(scene.at("pipe.nix")).status();
    assert!(made.unwrap().success());
    let (found, problems) = search(&scene, &scene.request("."));
    assert_eq!(found, ["ignored.nix", "tracked.nix"]);
    assert_eq!(
        problems,
        [(
            "pipe.nix".to_string(),
            "cannot be read: it is a named pipe".to_string()
        )],
        "a deleted file and a link are nobody's problem"
    );
}

#[test]
fn staged_contents_are_searched_where_the_disk_differs() {
    let scene = Scene::staged(&[("a.nix", MENTION), ("b.nix", "{ }"), ("c.nix", MENTION)]);
    scene.write("a.nix", "{ }");
    scene.write("b.nix", MENTION);
    fs::remove_file(scene.at("c.nix")).unwrap();
    let mut request = scene.request(".");
    request.staged = true;
    let workspace = open(&request);
    let found = workspace.candidates(&scene.at(""));
    let names: Vec<&str> = found
        .candidates
        .iter()
        .map(|candidate| path::name(&candidate.path))
        .collect();
    assert_eq!(names, ["a.nix", "c.nix"]);
    assert_eq!(text(&workspace, &scene.at("a.nix")).unwrap(), MENTION);
}

#[test]
fn without_git_ignore_patterns_and_folders_of_others_are_honoured() {
    let scene = Scene::new(&[
        (".gitignore", "/build\n*.old.nix\n"),
        ("build/a.nix", MENTION),
        ("x.old.nix", MENTION),
        ("sub/.gitignore", "!keep.old.nix\nlocal.nix\n"),
        ("sub/keep.old.nix", MENTION),
        ("sub/local.nix", MENTION),
        ("sub/build/b.nix", MENTION),
        ("after/local.nix", MENTION),
        ("node_modules/p/a.nix", MENTION),
        (".git/a.nix", MENTION),
        (".hidden/a.nix", MENTION),
    ]);
    scene.link("../outside", "result");
    let (found, problems) = search(&scene, &scene.request("."));
    assert_eq!(
        found,
        [
            ".hidden/a.nix",
            "after/local.nix",
            "sub/build/b.nix",
            "sub/keep.old.nix",
        ]
    );
    assert_eq!(problems, []);
}

#[test]
fn patterns_above_the_searched_directory_hold_in_it() {
    let scene = Scene::new(&[
        (".gitignore", "generated.nix\n"),
        ("flake.nix", "{ }"),
        ("a/generated.nix", MENTION),
        ("a/b.nix", MENTION),
    ]);
    let workspace = scene.open(".");
    let found = workspace.candidates(&scene.at("a"));
    assert_eq!(found.candidates.len(), 1);
    assert_eq!(found.candidates[0].path, scene.at("a/b.nix"));
    assert_eq!(found.nix_files, 1);
}

#[test]
fn patterns_of_our_own_leave_files_out() {
    let files = [
        ("a.nix", MENTION),
        ("vendor/x/b.nix", MENTION),
        ("c.test.nix", MENTION),
        ("openclaw.json", "{}"),
    ];
    for scene in [Scene::new(&files), Scene::staged(&files)] {
        let mut request = scene.request(".");
        request.exclude = vec![
            "vendor/".into(),
            "*.test.nix".into(),
            "/openclaw.json".into(),
        ];
        assert_eq!(search(&scene, &request).0, ["a.nix"]);

        let mut workspace = scene.open(".");
        workspace.exclude(["*.nix".to_string()]);
        let found = workspace.candidates(&scene.at("")).candidates;
        assert_eq!(found.len(), 1, "openclaw.json, excluded above only");
    }
}

#[test]
fn the_flake_that_a_file_belongs_to_is_told() {
    let scene = Scene::new(&[
        ("flake.nix", "{ }"),
        ("a.nix", MENTION),
        ("fixtures/one/flake.nix", "{ }"),
        ("fixtures/one/modules/b.nix", MENTION),
    ]);
    let workspace = scene.open(".");
    let found = workspace.candidates(&scene.at("")).candidates;
    assert_eq!(found[0].flake, Some(scene.at("")));
    assert_eq!(found[1].flake, Some(scene.at("fixtures/one")));
}

#[test]
fn what_was_searched_is_not_read_again() {
    let scene = Scene::new(&[("flake.nix", "{ }"), ("a.nix", MENTION)]);
    let workspace = scene.open(".");
    assert_eq!(workspace.candidates(&scene.at("")).candidates.len(), 1);
    scene.write("a.nix", "changed");
    assert_eq!(text(&workspace, &scene.at("a.nix")).unwrap(), MENTION);
}

#[test]
fn every_limit_has_its_message() {
    let scene = Scene::new(&[
        ("a.nix", "0123456789"),
        ("b.nix", "0123456789"),
        ("c.nix", MENTION),
        ("d/e/f.nix", MENTION),
    ]);
    let mut request = scene.request(".");
    request.limits.files = 2;
    let (found, problems) = search(&scene, &request);
    assert!(found.is_empty());
    assert_eq!(
        problems,
        [(
            ".".to_string(),
            "more than 2 files to search; the rest was not looked at".to_string()
        )]
    );

    let mut request = scene.request(".");
    request.limits.total_bytes = 15;
    let (_, problems) = search(&scene, &request);
    assert_eq!(
        problems[0].1,
        "more than 15 bytes of Nix files to search; the rest was not looked at"
    );

    let mut request = scene.request(".");
    request.limits.depth = 1;
    let (found, problems) = search(&scene, &request);
    assert_eq!(found, ["c.nix"]);
    assert_eq!(
        problems,
        [(
            "d/e".to_string(),
            "nested deeper than 1 directories".to_string()
        )]
    );

    let mut request = scene.request(".");
    request.limits.kept_bytes = 0;
    let (found, problems) = search(&scene, &request);
    assert_eq!(found.len(), 2, "what is not kept is found all the same");
    assert_eq!(problems, []);
}

#[test]
fn a_large_file_is_a_problem_only_if_it_mentions_it() {
    let filler = "x".repeat(3 << 20);
    let scene = Scene::new(&[
        ("plain.nix", &filler),
        ("mention.nix", &format!("{filler} openclaw {filler}")),
    ]);
    // The name across the border of two pieces.
    let start = (1 << 20) - 3;
    scene.write(
        "border.nix",
        &format!("{}openclaw{}", &filler[..start], filler),
    );
    let mut request = scene.request(".");
    request.limits.file_bytes = 1 << 20;
    let (found, problems) = search(&scene, &request);
    assert!(found.is_empty());
    let names: Vec<&str> = problems.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["border.nix", "mention.nix"]);
    assert!(problems[0].1.contains("the limit is 1 MiB"), "{problems:?}");
}

#[test]
fn many_files_are_searched_in_a_stable_order() {
    let scene = Scene::new(&[]);
    for number in 0..600 {
        let text = if number % 7 == 0 { MENTION } else { "{ }" };
        fs::write(scene.at(&format!("{number:03}.nix")), text).unwrap();
    }
    let first = search(&scene, &scene.request("."));
    assert_eq!(first.0.len(), 86);
    assert!(first.0.is_sorted());
    assert_eq!(search(&scene, &scene.request(".")), first);
}
