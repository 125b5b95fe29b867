//! What can be read, and what is refused.

use super::*;

#[test]
fn without_git_a_missing_file_may_just_not_be_tracked() {
    let scene = Scene::new(&[("flake.nix", "{ }"), ("a/b.nix", "1")]);
    let workspace = scene.open(".");
    assert_eq!(workspace.target(), &flake(&scene.at("")));
    assert_eq!(workspace.visibility(&scene.at("a")), Visibility::Directory);
    assert_eq!(workspace.visibility(&scene.at("a/b.nix")), Visibility::File);
    for missing in ["c.nix", "a/b.nix/c", "x/y/z"] {
        assert_eq!(
            workspace.visibility(&scene.at(missing)),
            Visibility::MissingOrUntracked,
            "{missing}"
        );
    }
    assert_eq!(
        workspace.document(&scene.at("a/AGENTS.md")),
        Presence::MissingOrUntracked
    );
    assert_eq!(workspace.document(&scene.at("a")), Presence::WrongKind);
    assert_eq!(text(&workspace, &scene.at("a/../a/b.nix")).unwrap(), "1");
    assert_eq!(workspace.relative(&scene.at("a/b.nix")), "a/b.nix");
    assert_eq!(workspace.relative(&scene.at("")), ".");
}

#[test]
fn a_file_is_read_once() {
    let scene = Scene::new(&[("flake.nix", "{ }")]);
    scene.link("flake.nix", "same.nix");
    let workspace = scene.open(".");
    let first = workspace.read(&scene.at("flake.nix")).unwrap();
    scene.write("flake.nix", "changed");
    assert_eq!(workspace.read(&scene.at("./flake.nix")), Ok(first));
    assert_eq!(workspace.read(&scene.at("same.nix")), Ok(first));
    assert_eq!(workspace.sources().len(), 1);
    assert_eq!(workspace.files_read(), 1);
    assert_eq!(workspace.path_of(first), Some(scene.at("flake.nix")));
}

#[test]
fn the_tree_ends_at_its_root() {
    let scene = Scene::new(&[("flake/flake.nix", "{ }"), ("outside.nix", "1")]);
    let workspace = scene.open("flake");
    for outside in [
        scene.at("outside.nix"),
        scene.at("flake/../outside.nix"),
        scene.at("flake-other/x.nix"),
        "/etc/passwd".to_string(),
    ] {
        assert_eq!(workspace.visibility(&outside), Visibility::OutsideTree);
        assert_eq!(workspace.read(&outside), Err(ReadProblem::OutsideTree));
        assert_eq!(
            workspace.read_bytes(&outside),
            Err(ReadProblem::OutsideTree)
        );
        assert_eq!(workspace.document(&outside), Presence::OutsideTree);
    }
}

#[test]
fn links_are_followed_inside_the_tree_only() {
    let scene = Scene::new(&[("flake/flake.nix", "{ }"), ("outside.nix", "secret")]);
    scene.write("flake/a/file.nix", "1");
    scene.link("a/file.nix", "flake/file");
    scene.link("a", "flake/directory");
    scene.link("../flake.nix", "flake/a/up");
    scene.link("../outside.nix", "flake/out");
    scene.link("..", "flake/parent");
    scene.link(&scene.at("flake/flake.nix"), "flake/absolute");
    scene.link("nowhere", "flake/dangling");
    let workspace = scene.open("flake");
    let at = |name: &str| scene.at(&format!("flake/{name}"));

    assert_eq!(text(&workspace, &at("file")).unwrap(), "1");
    assert_eq!(text(&workspace, &at("directory/file.nix")).unwrap(), "1");
    assert_eq!(workspace.resolve(&at("directory/up")), Ok(at("flake.nix")));
    assert_eq!(
        workspace.visibility(&at("directory")),
        Visibility::Directory
    );
    for outside in ["out", "parent/outside.nix", "parent", "absolute"] {
        assert_eq!(
            workspace.read(&at(outside)),
            Err(ReadProblem::LinkOutside),
            "{outside}"
        );
        assert_eq!(workspace.visibility(&at(outside)), Visibility::OutsideTree);
    }
    assert_eq!(
        workspace.visibility(&at("dangling")),
        Visibility::MissingOrUntracked
    );
    for link in ["file", "directory/up", "out", "parent", "dangling"] {
        assert!(workspace.is_link(&at(link)), "{link}");
    }
    for other in [
        "",
        "flake.nix",
        "a",
        "directory/file.nix",
        "nothing",
        "a/nothing",
    ] {
        assert!(!workspace.is_link(&at(other)), "{other}");
    }
    assert_eq!(workspace.sources().len(), 1, "nothing else was read");
}

#[test]
fn where_the_root_is_a_guess_a_link_out_of_it_may_work() {
    let scene = Scene::new(&[("modules/a.nix", "1"), ("shared.nix", "2")]);
    scene.link("../shared.nix", "modules/b.nix");
    let workspace = scene.open("modules/a.nix");
    let link = workspace.read(&scene.at("modules/b.nix"));
    assert_eq!(link, Err(ReadProblem::OutsideTree));
}

#[test]
fn links_in_a_circle_end() {
    let scene = Scene::new(&[("flake.nix", "{ }")]);
    scene.link("b", "a");
    scene.link("a", "b");
    scene.link(".", "self");
    scene.link("self/self/x", "x");
    let workspace = scene.open(".");
    assert_eq!(workspace.read(&scene.at("a")), Err(ReadProblem::LinkLoop));
    assert_eq!(workspace.read(&scene.at("x")), Err(ReadProblem::LinkLoop));
    assert!(matches!(
        workspace.document(&scene.at("a")),
        Presence::Unknown(_)
    ));
    assert_eq!(
        workspace.visibility(&scene.at("self/self/self/flake.nix")),
        Visibility::File
    );
}

#[test]
fn pipes_and_sockets_are_never_opened() {
    let scene = Scene::new(&[("flake.nix", "{ }")]);
    let made = Command::new("mkfifo").arg(scene.at("pipe.nix")).status();
    assert!(made.unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(scene.at("socket")).unwrap();
    let workspace = scene.open(".");
    assert_eq!(
        workspace.read(&scene.at("pipe.nix")),
        Err(ReadProblem::Special("a named pipe"))
    );
    assert_eq!(
        workspace.visibility(&scene.at("socket")),
        Visibility::Special("a socket")
    );
    assert_eq!(
        workspace.document(&scene.at("socket")),
        Presence::Special("a socket")
    );
    assert_eq!(
        workspace.read_directory(&scene.at("")).unwrap(),
        [
            ("flake.nix".to_string(), FileType::Regular),
            ("pipe.nix".to_string(), FileType::Unknown),
            ("socket".to_string(), FileType::Unknown),
        ]
    );
    // The search must not wait for a writer either.
    assert_eq!(workspace.candidates(&scene.at("")).problems, []);
}

#[test]
fn unreadable_files_and_directories_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new(&[
        ("flake.nix", "{ }"),
        ("a.nix", "openclaw"),
        ("d/b.nix", "1"),
    ]);
    for name in ["a.nix", "d"] {
        fs::set_permissions(scene.at(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    if fs::read(scene.at("a.nix")).is_ok() {
        return; // The superuser can read everything.
    }
    let workspace = scene.open(".");
    assert_eq!(
        workspace.read(&scene.at("a.nix")),
        Err(ReadProblem::Unreadable("permission denied".into()))
    );
    assert_eq!(
        workspace.visibility(&scene.at("d/b.nix")),
        Visibility::Unreadable("permission denied".into())
    );
    assert_eq!(workspace.candidates(&scene.at("")).problems.len(), 2);
    fs::set_permissions(scene.at("d"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_file_above_the_limit_is_not_read() {
    let scene = Scene::new(&[("flake.nix", "{ }"), ("big.nix", "12345678901")]);
    let mut request = scene.request(".");
    request.limits.file_bytes = 10;
    let workspace = open(&request);
    let problem = workspace.read(&scene.at("big.nix")).unwrap_err();
    assert_eq!(
        problem,
        ReadProblem::TooLarge {
            size: 11,
            limit: 10
        }
    );
    assert_eq!(
        problem.to_string(),
        "is too large: 11 bytes (the limit is 10 bytes)"
    );
    assert!(!problem.is_fault_of_the_source());
    assert!(
        matches!(
            workspace.document(&scene.at("big.nix")),
            Presence::Present { characters: 11, .. }
        ),
        "documents have a limit of their own"
    );
}

#[test]
fn a_file_that_grows_while_it_is_read_is_told() {
    // The size of such a file is 0 whatever it holds, as if it had grown after the first look.
    let mut bytes = Vec::new();
    let status = std::path::Path::new("/proc/self/status");
    if status.exists() {
        assert_eq!(
            tree::load_from_disk(status, 1 << 20, &mut bytes),
            Err(LoadError::Changed)
        );
    }
}

#[test]
fn text_must_be_utf8_without_a_mark() {
    let scene = Scene::new(&[
        ("flake.nix", "{ }"),
        ("mark.nix", "\u{feff}{ }"),
        ("mark.md", "\u{feff}# A"),
    ]);
    fs::write(scene.at("latin.nix"), b"{ a = \"caf\xe9\"; }").unwrap();
    let workspace = scene.open(".");
    let latin = workspace.read(&scene.at("latin.nix")).unwrap_err();
    assert!(matches!(latin, ReadProblem::NotUtf8 { offset: 10, .. }));
    assert!(latin.is_fault_of_the_source());
    let shown = workspace.sources().get(latin.file().unwrap());
    assert_eq!(shown.path, "latin.nix");
    assert_eq!(&*shown.text, "{ a = \"caf\u{fffd}\"; }");
    assert!(matches!(
        workspace.read(&scene.at("mark.nix")),
        Err(ReadProblem::ByteOrderMark { .. })
    ));
    assert!(workspace.read(&scene.at("mark.md")).is_ok());
    assert_eq!(
        workspace.read_bytes(&scene.at("latin.nix")).unwrap()[10],
        0xe9
    );
}

#[test]
fn names_that_are_not_utf8_are_shown_and_do_no_harm() {
    use std::os::unix::ffi::OsStrExt;
    let scene = Scene::new(&[("flake.nix", "{ }")]);
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.nix");
    if fs::write(scene.path().join(name), "programs.openclaw").is_err() {
        return; // A file system that takes UTF-8 only.
    }
    for git in [false, true] {
        if git {
            scene.git(&["init", "-q"]);
            scene.git(&["add", "-A"]);
        }
        let workspace = scene.open(".");
        let shown = scene.at("caf\u{fffd}.nix");
        assert!(matches!(
            workspace.visibility(&shown),
            Visibility::Unreadable(_)
        ));
        let search = workspace.candidates(&scene.at(""));
        assert_eq!(search.problems, []);
        assert_eq!(search.candidates.len(), 1);
        assert_eq!(search.candidates[0].path, shown);
        assert_eq!(text(&workspace, &shown).unwrap(), "programs.openclaw");
    }
}

#[test]
fn odd_paths_are_just_missing() {
    let scene = Scene::new(&[("flake.nix", "{ }")]);
    let workspace = scene.open(".");
    for odd in ["a\0b".to_string(), "x/".repeat(5000), "y".repeat(5000)] {
        assert_eq!(
            workspace.visibility(&scene.at(&odd)),
            Visibility::MissingOrUntracked
        );
    }
}

#[test]
fn inputs_are_whole_and_have_borders_too() {
    let scene = Scene::new(&[
        ("flake/flake.nix", "{ }"),
        ("nixpkgs/lib/default.nix", "lib"),
        ("secret", "x"),
    ]);
    scene.link("../secret", "nixpkgs/out");
    let mut request = scene.request("flake");
    request.inputs = vec![("nixpkgs".into(), "nixpkgs".into())];
    let workspace = open(&request);
    let lib = scene.at("nixpkgs/lib/default.nix");
    assert_eq!(workspace.input("nixpkgs"), Some(&*scene.at("nixpkgs")));
    assert_eq!(text(&workspace, &lib).unwrap(), "lib");
    assert_eq!(workspace.relative(&lib), lib);
    assert!(!workspace.is_in_tree(&lib));
    assert_eq!(
        workspace.visibility(&scene.at("nixpkgs/none")),
        Visibility::Missing
    );
    assert_eq!(
        workspace.read(&scene.at("nixpkgs/out")),
        Err(ReadProblem::OutsideTree)
    );

    request.inputs.push(("nixpkgs".into(), "flake".into()));
    let error = Workspace::open(&request, Rc::new(Sources::new())).unwrap_err();
    assert!(error.is_usage);
    request.inputs = vec![("a".into(), "none".into())];
    let error = Workspace::open(&request, Rc::new(Sources::new())).unwrap_err();
    assert_eq!(error.to_string(), "none: no such file or directory");
}
