//! What git tracks and what is staged, with the real git.

use super::*;
use crate::workspace::git::GitEnvironment;

/// The environment in which git runs a hook of the scene, with another index.
fn hook(scene: &Scene, index: &str) -> GitEnvironment {
    GitEnvironment {
        directory: Some(scene.path().join(".git")),
        work_tree: None,
        index_file: Some(index.into()),
    }
}

#[test]
fn only_what_git_tracks_is_there() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("documents/AGENTS.md", "# A")]);
    scene.write("documents/SOUL.md", "# S");
    scene.write("new/x.nix", "1");
    let workspace = scene.open(".");
    assert!(workspace.uses_git());
    assert_eq!(
        workspace.document(&scene.at("documents/AGENTS.md")),
        Presence::Present {
            characters: 3,
            bytes: 3,
            blank: false
        }
    );
    assert_eq!(
        workspace.document(&scene.at("documents/SOUL.md")),
        Presence::Untracked
    );
    assert_eq!(
        workspace.document(&scene.at("documents/USER.md")),
        Presence::Missing
    );
    assert_eq!(
        workspace.visibility(&scene.at("new")),
        Visibility::Untracked
    );
    assert_eq!(
        workspace.visibility(&scene.at("new/x.nix")),
        Visibility::Untracked
    );
    assert_eq!(
        workspace.visibility(&scene.at("new/y.nix")),
        Visibility::Missing
    );
    assert_eq!(
        workspace.read(&scene.at("new/x.nix")),
        Err(ReadProblem::Untracked)
    );
    assert_eq!(
        workspace.read_directory(&scene.at("")).unwrap(),
        [
            ("documents".to_string(), FileType::Directory),
            ("flake.nix".to_string(), FileType::Regular),
        ]
    );
    assert_eq!(
        workspace.visibility(&scene.at(".git/config")),
        Visibility::Untracked
    );
}

#[test]
fn announcing_a_file_is_enough_for_nix() {
    let scene = Scene::staged(&[("flake.nix", "{ }")]);
    scene.write("new.nix", "1");
    scene.git(&["add", "--intent-to-add", "new.nix"]);
    assert_eq!(text(&scene.open("."), &scene.at("new.nix")).unwrap(), "1");
    let mut request = scene.request(".");
    request.staged = true;
    assert_eq!(
        open(&request).read(&scene.at("new.nix")),
        Err(ReadProblem::Untracked),
        "but a commit would not contain it"
    );
}

#[test]
fn what_is_on_disk_counts_unless_the_index_is_asked_for() {
    let scene = Scene::staged(&[("flake.nix", "staged"), ("gone.nix", "staged")]);
    scene.write("flake.nix", "on disk");
    fs::remove_file(scene.at("gone.nix")).unwrap();
    let workspace = scene.open(".");
    assert_eq!(text(&workspace, &scene.at("flake.nix")).unwrap(), "on disk");
    assert_eq!(
        workspace.visibility(&scene.at("gone.nix")),
        Visibility::Missing
    );

    let mut request = scene.request(".");
    request.staged = true;
    let workspace = open(&request);
    assert_eq!(text(&workspace, &scene.at("flake.nix")).unwrap(), "staged");
    assert_eq!(text(&workspace, &scene.at("gone.nix")).unwrap(), "staged");
}

#[test]
fn staged_links_and_directories_come_from_the_index() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("a/b/c.nix", "1")]);
    scene.link("a/b", "link");
    scene.link("../x", "out");
    scene.git(&["add", "-A"]);
    for name in ["link", "out", "a/b/c.nix"] {
        fs::remove_file(scene.at(name)).unwrap();
    }
    scene.write("untracked.nix", "2");
    let mut request = scene.request(".");
    request.staged = true;
    let workspace = open(&request);
    assert_eq!(text(&workspace, &scene.at("link/c.nix")).unwrap(), "1");
    assert_eq!(
        workspace.read(&scene.at("out")),
        Err(ReadProblem::LinkOutside)
    );
    assert_eq!(
        workspace.read_directory(&scene.at("")).unwrap(),
        [
            ("a".to_string(), FileType::Directory),
            ("flake.nix".to_string(), FileType::Regular),
            ("link".to_string(), FileType::Symlink),
            ("out".to_string(), FileType::Symlink),
        ]
    );
    assert_eq!(
        workspace.read(&scene.at("untracked.nix")),
        Err(ReadProblem::Untracked)
    );
}

#[test]
fn staged_contents_are_found_in_packs() {
    let scene = Scene::staged(&[("flake.nix", "{ }")]);
    // Two versions of a large text, so that one is packed as a difference to the other.
    let long = (0..5000)
        .map(|line| format!("line {line}\n"))
        .collect::<String>();
    scene.write("long.nix", &long);
    scene.git(&["add", "-A"]);
    scene.git(&["commit", "-qm", "one"]);
    let longer = format!("{long}openclaw\n");
    scene.write("long.nix", &longer);
    scene.git(&["commit", "-qam", "two"]);
    scene.git(&["gc", "-q"]);
    assert!(fs::read_dir(scene.at(".git/objects/pack")).unwrap().count() > 0);
    fs::remove_file(scene.at("long.nix")).unwrap();
    let mut request = scene.request(".");
    request.staged = true;
    let workspace = open(&request);
    assert_eq!(text(&workspace, &scene.at("long.nix")).unwrap(), longer);

    scene.git(&["checkout", "-q", "HEAD~1", "--", "long.nix"]);
    fs::remove_file(scene.at("long.nix")).unwrap();
    assert_eq!(text(&open(&request), &scene.at("long.nix")).unwrap(), long);
    request.limits.file_bytes = 100;
    assert!(matches!(
        open(&request).read(&scene.at("long.nix")),
        Err(ReadProblem::TooLarge { limit: 100, .. })
    ));
}

#[test]
fn a_flake_in_a_folder_sees_the_whole_checkout() {
    let scene = Scene::staged(&[
        ("hosts/laptop/flake.nix", "{ }"),
        ("documents/AGENTS.md", "# A"),
    ]);
    let workspace = scene.open("hosts/laptop");
    assert_eq!(workspace.root(), scene.at(""));
    assert_eq!(workspace.target(), &flake(&scene.at("hosts/laptop")));
    assert_eq!(
        workspace.visibility(&scene.at("hosts/laptop/../../documents/AGENTS.md")),
        Visibility::File
    );
    assert_eq!(
        workspace.relative(&scene.at("hosts/laptop/flake.nix")),
        "hosts/laptop/flake.nix"
    );
}

#[test]
fn a_linked_work_tree_has_its_own_index() {
    let scene = Scene::staged(&[("main/flake.nix", "{ }")]);
    fs::remove_dir_all(scene.at(".git")).unwrap();
    scene.git_in("main", &["init", "-q"]);
    scene.git_in("main", &["add", "-A"]);
    scene.git_in("main", &["commit", "-qm", "one"]);
    scene.git_in("main", &["worktree", "add", "-q", "../linked"]);
    scene.write("linked/only-here.nix", "1");
    scene.git_in("linked", &["add", "only-here.nix"]);
    fs::remove_file(scene.at("linked/only-here.nix")).unwrap();

    let mut request = scene.request("linked");
    request.staged = true;
    let workspace = open(&request);
    assert_eq!(workspace.root(), scene.at("linked"));
    assert_eq!(
        text(&workspace, &scene.at("linked/only-here.nix")).unwrap(),
        "1",
        "its objects are in the main repository"
    );
    assert_eq!(
        text(&workspace, &scene.at("linked/flake.nix")).unwrap(),
        "{ }"
    );
    assert!(
        !scene
            .open("main")
            .is_tracked(&scene.at("main/only-here.nix"))
    );
}

#[test]
fn a_hook_is_told_which_index_will_be_committed() {
    let scene = Scene::staged(&[("flake.nix", "first")]);
    fs::copy(scene.at(".git/index"), scene.at(".git/next-index")).unwrap();
    scene.write("flake.nix", "second");
    scene.write("new.nix", "new");
    scene.git(&["add", "-A"]);

    let mut request = scene.request(".");
    request.git_environment = hook(&scene, ".git/next-index");
    let workspace = open(&request);
    assert!(workspace.is_staged());
    assert_eq!(text(&workspace, &scene.at("flake.nix")).unwrap(), "first");
    assert_eq!(
        workspace.visibility(&scene.at("new.nix")),
        Visibility::Untracked
    );

    request.git_environment = hook(&scene, ".git/index");
    let workspace = open(&request);
    assert_eq!(text(&workspace, &scene.at("new.nix")).unwrap(), "new");
}

#[test]
fn a_hook_may_go_down_into_a_folder() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("sub/a.nix", "1")]);
    let mut request = scene.request(".");
    request.git_environment = hook(&scene, &scene.at(".git/index"));
    request.current_directory = scene.path().join("sub");
    let workspace = open(&request);
    assert_eq!(workspace.root(), scene.at(""));
    assert!(workspace.is_staged());
    assert_eq!(text(&workspace, &scene.at("sub/a.nix")).unwrap(), "1");
}

#[test]
fn a_sparse_index_is_told() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("a/x.nix", "1"), ("b/y.nix", "1")]);
    scene.git(&["commit", "-qm", "one"]);
    scene.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "a"]);
    let workspace = scene.open(".");
    assert!(!workspace.uses_git());
    assert!(workspace.warnings()[0].contains("sparse"));
    assert_eq!(
        workspace.visibility(&scene.at("b/y.nix")),
        Visibility::MissingOrUntracked
    );
}

#[test]
fn the_index_of_a_hook_says_nothing_of_other_repositories() {
    let scene = Scene::staged(&[("flake.nix", "{ }")]);
    let other = Scene::staged(&[("flake.nix", "other"), ("x.nix", "1")]);
    let mut request = scene.request(&other.at(""));
    request.git_environment = hook(&scene, ".git/index");
    let workspace = open(&request);
    assert!(!workspace.is_staged());
    assert_eq!(workspace.root(), other.at(""));
    assert_eq!(workspace.visibility(&other.at("x.nix")), Visibility::File);
}

#[test]
fn a_git_directory_elsewhere() {
    let scene = Scene::new(&[("tree/flake.nix", "{ }"), ("tree/new.nix", "1")]);
    scene.git(&["init", "-q", "--separate-git-dir=elsewhere", "tree"]);
    scene.git_in("tree", &["add", "flake.nix"]);
    assert_eq!(
        scene.open("tree").visibility(&scene.at("tree/new.nix")),
        Visibility::Untracked
    );
    // Without the file `.git`, only the environment tells.
    fs::remove_file(scene.at("tree/.git")).unwrap();
    let mut request = scene.request("tree");
    request.current_directory = scene.path().join("tree");
    request.path = Some(".".into());
    assert!(!open(&request).uses_git());
    request.git_environment.directory = Some(scene.path().join("elsewhere"));
    assert_eq!(
        open(&request).visibility(&scene.at("tree/new.nix")),
        Visibility::Untracked
    );
    request.git_environment.work_tree = Some(scene.path().join("tree"));
    request.current_directory = scene.path();
    request.path = Some("tree".into());
    assert!(open(&request).uses_git());
}

#[test]
fn a_split_index_is_read_whole() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("a.nix", "1")]);
    scene.git(&["update-index", "--split-index"]);
    scene.write("b.nix", "2");
    scene.git(&["add", "b.nix"]);
    let workspace = scene.open(".");
    for name in ["flake.nix", "a.nix", "b.nix"] {
        assert_eq!(
            workspace.visibility(&scene.at(name)),
            Visibility::File,
            "{name}"
        );
    }
}

#[test]
fn submodules_are_not_seen() {
    let library = Scene::staged(&[("lib.nix", "1")]);
    library.git(&["commit", "-qm", "one"]);
    let scene = Scene::staged(&[("flake.nix", "{ }")]);
    scene.git(&["submodule", "--quiet", "add", &library.at(""), "vendor"]);
    let workspace = scene.open(".");
    assert_eq!(
        workspace.visibility(&scene.at("vendor")),
        Visibility::Directory
    );
    assert_eq!(
        workspace.visibility(&scene.at("vendor/lib.nix")),
        Visibility::InSubmodule
    );
    assert_eq!(
        workspace.visibility(&scene.at("vendor/other.nix")),
        Visibility::Missing
    );
    assert_eq!(workspace.read_directory(&scene.at("vendor")), Ok(vec![]));
    workspace.see_submodules(&scene.at(""));
    assert_eq!(
        workspace.visibility(&scene.at("vendor/lib.nix")),
        Visibility::File
    );
    let listed = workspace.read_directory(&scene.at("vendor"));
    let names: Vec<String> = listed
        .expect("a directory")
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["lib.nix"]);
}

#[test]
fn a_file_that_git_left_out_is_not_missing() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("a.nix", "1")]);
    scene.git(&["update-index", "--skip-worktree", "a.nix"]);
    fs::remove_file(scene.at("a.nix")).unwrap();
    assert_eq!(
        scene.open(".").visibility(&scene.at("a.nix")),
        Visibility::Unreadable("git tracks it, but it is not checked out here".into())
    );
}

#[test]
fn a_merge_conflict_is_tracked_and_cannot_be_committed() {
    let scene = Scene::staged(&[("flake.nix", "base\n")]);
    scene.git(&["commit", "-qm", "base"]);
    scene.git(&["checkout", "-qb", "other"]);
    scene.write("flake.nix", "theirs\n");
    scene.git(&["commit", "-qam", "theirs"]);
    scene.git(&["checkout", "-q", "-"]);
    scene.write("flake.nix", "ours\n");
    scene.git(&["commit", "-qam", "ours"]);
    let merge = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@localhost"])
        .args(["merge", "-q", "other"])
        .current_dir(scene.path())
        .output()
        .unwrap();
    assert!(!merge.status.success(), "this must conflict");
    assert!(
        text(&scene.open("."), &scene.at("flake.nix"))
            .unwrap()
            .contains("<<<<<<<")
    );
    let mut request = scene.request(".");
    request.staged = true;
    assert_eq!(
        open(&request).read(&scene.at("flake.nix")),
        Err(ReadProblem::Unreadable("it has a merge conflict".into()))
    );
}

#[test]
fn a_new_repository_tracks_nothing() {
    let scene = Scene::new(&[("flake.nix", "{ }"), ("a.nix", "1")]);
    scene.git(&["init", "-q"]);
    let workspace = scene.open(".");
    assert_eq!(
        workspace.visibility(&scene.at("a.nix")),
        Visibility::Untracked
    );
    // The flake that was named is read all the same, so that the rest of it is checked too.
    assert_eq!(text(&workspace, &scene.at("flake.nix")).unwrap(), "{ }");
    assert!(!workspace.is_tracked(&scene.at("flake.nix")));
}

#[test]
fn git_can_be_left_alone() {
    let scene = Scene::staged(&[("sub/flake.nix", "{ }")]);
    scene.write("sub/a.nix", "1");
    let mut request = scene.request("sub");
    request.no_git = true;
    let workspace = open(&request);
    assert_eq!(workspace.root(), scene.at("sub"));
    assert_eq!(
        workspace.visibility(&scene.at("sub/a.nix")),
        Visibility::File
    );
    request.staged = true;
    assert!(
        Workspace::open(&request, Rc::new(Sources::new()))
            .unwrap_err()
            .is_usage
    );
}

/// Whatever the index is: a file that it tracks is never taken for one that git does not know.
fn assert_told(scene: &Scene, what: &str) {
    let workspace = scene.open(".");
    assert!(!workspace.uses_git(), "{what}");
    assert_eq!(workspace.warnings().len(), 1, "{what}");
    assert_eq!(
        workspace.visibility(&scene.at("a.nix")),
        Visibility::File,
        "{what}"
    );
    assert_eq!(
        workspace.visibility(&scene.at("b.nix")),
        Visibility::MissingOrUntracked,
        "{what}"
    );
}

#[test]
fn a_broken_index_is_told_and_the_rest_goes_on() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("a.nix", "1")]);
    let whole = fs::read(scene.at(".git/index")).unwrap();
    let mut broken = vec![b"DIRC".to_vec(), b"nonsense".to_vec(), Vec::new()];
    broken.extend((1..whole.len()).map(|end| whole[..end].to_vec()));
    // A broken disk.
    broken.extend((0..whole.len()).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        bytes
    }));
    for (number, bytes) in broken.into_iter().enumerate() {
        fs::write(scene.at(".git/index"), bytes).unwrap();
        assert_told(&scene, &format!("{number}"));
    }
    fs::write(scene.at(".git/index"), b"nonsense").unwrap();
    let mut request = scene.request(".");
    request.staged = true;
    let error = Workspace::open(&request, Rc::new(Sources::new())).unwrap_err();
    assert!(error.message.starts_with("git's index cannot be read"));
}

#[test]
fn a_large_index_is_verified_when_it_matters() {
    let scene = Scene::new(&[
        ("flake.nix", "{ }"),
        ("a.nix", "1"),
        ("openclaw.nix", "{ programs.openclaw.enable = true; }"),
    ]);
    for number in 0..800 {
        scene.write(
            &format!("documents-of-many-kinds/about-{number}.md"),
            "text",
        );
    }
    scene.git(&["init", "-q"]);
    scene.git(&["add", "-A"]);
    scene.write("b.nix", "1");
    let index = scene.at(".git/index");
    let whole = fs::read(&index).unwrap();
    assert!(whole.len() > 64 << 10);
    let workspace = scene.open(".");
    assert_eq!(
        workspace.visibility(&scene.at("b.nix")),
        Visibility::Untracked
    );
    assert_eq!(workspace.late_warning(), None);

    // One byte of a name, of which the rest still fits.
    let rename = |name: &str, other: &str| {
        let mut bytes = whole.clone();
        let at = bytes
            .windows(name.len())
            .position(|window| window == name.as_bytes())
            .expect("the name");
        bytes[at..at + name.len()].copy_from_slice(other.as_bytes());
        fs::write(&index, bytes).unwrap();
        scene.open(".")
    };
    let workspace = rename("a.nix", "A.nix");
    assert_eq!(workspace.warnings(), [""; 0]);
    assert_eq!(workspace.visibility(&scene.at("a.nix")), Visibility::File);
    assert!(workspace.is_tracked(&scene.at("a.nix")));
    let warning = workspace.late_warning().expect("a warning");
    assert!(warning.contains("its checksum is another one"), "{warning}");
    assert_eq!(workspace.late_warning(), None);

    let workspace = rename("openclaw.nix", "openclan.nix");
    let found = workspace.candidates(&scene.at("")).candidates;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, scene.at("openclaw.nix"));
    assert!(workspace.late_warning().is_some());

    let workspace = rename("a.nix", "A.nix");
    let names = workspace.read_directory(&scene.at("")).unwrap();
    assert!(names.iter().any(|(name, _)| name == "a.nix"), "{names:?}");
    assert!(workspace.late_warning().is_some());

    // What will be committed is never in doubt.
    let mut request = scene.request(".");
    request.staged = true;
    let error = Workspace::open(&request, Rc::new(Sources::new())).unwrap_err();
    assert!(error.message.contains("its checksum is another one"));
}

#[test]
fn an_index_that_is_no_file_is_told_and_not_waited_for() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("a.nix", "1")]);
    let index = scene.at(".git/index");
    fs::remove_file(&index).unwrap();
    fs::create_dir(&index).unwrap();
    assert_told(&scene, "a directory");
    fs::remove_dir(&index).unwrap();
    let made = Command::new("mkfifo").arg(&index).status().unwrap();
    assert!(made.success());
    assert_told(&scene, "a pipe");
    fs::remove_file(&index).unwrap();
    scene.link("/dev/zero", ".git/index");
    assert_told(&scene, "a device");
    fs::remove_file(&index).unwrap();
    scene.link("index", ".git/index");
    assert_told(&scene, "a link in a circle");
}

#[test]
fn every_version_of_the_index_is_read() {
    for version in ["2", "3", "4"] {
        let scene = Scene::staged(&[
            ("flake.nix", "{ }"),
            ("a/very/long/path/that/is/shared/one.nix", "1"),
            ("a/very/long/path/that/is/shared/two.nix", "2"),
        ]);
        scene.write("new.nix", "1");
        // An announced file needs version 3 at least.
        scene.git(&["add", "--intent-to-add", "new.nix"]);
        scene.write("other.nix", "1");
        scene.git(&["update-index", "--index-version", version]);
        let workspace = scene.open(".");
        assert!(workspace.uses_git(), "{version}");
        for name in [
            "flake.nix",
            "a/very/long/path/that/is/shared/one.nix",
            "a/very/long/path/that/is/shared/two.nix",
            "new.nix",
        ] {
            assert_eq!(
                workspace.visibility(&scene.at(name)),
                Visibility::File,
                "{version}: {name}"
            );
        }
        assert_eq!(
            workspace.visibility(&scene.at("other.nix")),
            Visibility::Untracked
        );
    }
}

#[test]
fn an_index_without_a_checksum_is_read() {
    let scene = Scene::new(&[("flake.nix", "{ }"), ("a.nix", "1")]);
    scene.git(&["init", "-q"]);
    scene.git(&["config", "index.skipHash", "true"]);
    scene.git(&["add", "-A"]);
    let index = fs::read(scene.at(".git/index")).unwrap();
    assert!(
        index.ends_with(&[0; 20]),
        "this git writes a checksum all the same"
    );
    scene.write("b.nix", "1");
    let workspace = scene.open(".");
    assert_eq!(workspace.visibility(&scene.at("a.nix")), Visibility::File);
    assert_eq!(
        workspace.visibility(&scene.at("b.nix")),
        Visibility::Untracked
    );
}

#[test]
fn other_names_of_objects_are_told() {
    let scene = Scene::new(&[("flake.nix", "{ }"), ("a.nix", "1")]);
    scene.git(&["init", "-q", "--object-format=sha256"]);
    scene.git(&["add", "-A"]);
    assert_told(&scene, "SHA-256");
    assert!(scene.open(".").warnings()[0].contains("SHA-256"));
}

#[test]
fn half_of_a_split_index_is_told() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("a.nix", "1")]);
    scene.git(&["update-index", "--split-index"]);
    let shared = fs::read_dir(scene.at(".git"))
        .unwrap()
        .flatten()
        .find(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .starts_with("sharedindex")
        })
        .expect("the shared half")
        .path();
    let whole = fs::read(&shared).unwrap();
    fs::write(&shared, &whole[..whole.len() / 2]).unwrap();
    assert_told(&scene, "cut");
    fs::remove_file(&shared).unwrap();
    assert_told(&scene, "gone");
}

#[test]
fn git_directories_that_cannot_be() {
    for text in [
        "gitdir: .git\n",
        "gitdir: .\n",
        "gitdir:\n",
        "gitdir: a\0b\n",
        "gitdir: /dev/zero\n",
        "\u{fffd}",
        "",
    ] {
        let scene = Scene::new(&[("flake.nix", "{ }"), ("a.nix", "1"), (".git", text)]);
        assert_told(&scene, text);
    }
    // A piece of a git directory is none: git looks further up.
    let scene = Scene::new(&[
        ("flake.nix", "{ }"),
        ("a.nix", "1"),
        (".git/HEAD", "ref: x"),
    ]);
    let workspace = scene.open(".");
    assert!(!workspace.uses_git());
    assert_eq!(workspace.warnings().len(), 0);
    // Bytes without an end.
    let scene = Scene::new(&[("flake.nix", "{ }"), ("a.nix", "1")]);
    fs::write(
        scene.at(".git"),
        format!("gitdir: {}", "x".repeat(10 << 20)),
    )
    .unwrap();
    assert_told(&scene, "a long file");
    fs::remove_file(scene.at(".git")).unwrap();
    scene.link(".git", ".git");
    assert_eq!(
        scene.open(".").visibility(&scene.at("a.nix")),
        Visibility::File
    );
}

#[test]
fn a_linked_work_tree_whose_repository_is_gone_is_told() {
    let scene = Scene::new(&[("main/flake.nix", "{ }"), ("main/a.nix", "1")]);
    scene.git_in("main", &["init", "-q"]);
    scene.git_in("main", &["add", "-A"]);
    scene.git_in("main", &["commit", "-qm", "one"]);
    scene.git_in("main", &["worktree", "add", "-q", "../linked"]);
    fs::write(
        scene.at("main/.git/worktrees/linked/commondir"),
        "/nonexistent\n",
    )
    .unwrap();
    // Its own index is still there, and says what is tracked.
    let workspace = scene.open("linked");
    assert_eq!(
        workspace.visibility(&scene.at("linked/a.nix")),
        Visibility::File
    );
    fs::remove_dir_all(scene.at("main/.git")).unwrap();
    let workspace = scene.open("linked");
    assert!(!workspace.uses_git());
    assert_eq!(workspace.warnings().len(), 1);
    assert_eq!(
        workspace.visibility(&scene.at("linked/a.nix")),
        Visibility::File
    );
}

#[test]
fn a_bare_repository_is_a_directory_like_any_other() {
    let scene = Scene::new(&[("bare/flake.nix", "{ }"), ("bare/a.nix", "1")]);
    scene.git(&["init", "-q", "--bare", "bare"]);
    let workspace = scene.open("bare");
    assert!(!workspace.uses_git());
    assert_eq!(
        workspace.visibility(&scene.at("bare/a.nix")),
        Visibility::File
    );
}

#[test]
fn a_git_file_that_leads_nowhere_is_told() {
    let scene = Scene::new(&[("flake.nix", "{ }"), (".git", "gitdir: nowhere\n")]);
    let workspace = scene.open(".");
    assert!(!workspace.uses_git());
    assert_eq!(workspace.warnings().len(), 1);
    scene.write(".git", "nonsense");
    assert_eq!(scene.open(".").warnings().len(), 1);
    assert_eq!(
        Scene::new(&[("flake.nix", "")]).open(".").warnings().len(),
        0
    );
}
