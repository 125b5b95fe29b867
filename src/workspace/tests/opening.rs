//! From a path to a tree and a target.

use super::*;

fn error(request: &Request) -> OpenError {
    Workspace::open(request, Rc::new(Sources::new())).unwrap_err()
}

#[test]
fn a_missing_path_is_an_error() {
    let scene = Scene::new(&[]);
    let error = error(&scene.request("nope.nix"));
    assert!(!error.is_usage);
    assert_eq!(error.to_string(), "nope.nix: no such file or directory");
}

#[test]
fn a_pipe_is_refused_without_being_opened() {
    let scene = Scene::new(&[]);
    assert!(
        Command::new("mkfifo")
            .arg(scene.at("p"))
            .status()
            .unwrap()
            .success()
    );
    assert!(error(&scene.request("p")).message.contains("a named pipe"));
}

#[test]
fn what_a_path_can_be() {
    let scene = Scene::new(&[
        ("flake/flake.nix", "{ }"),
        ("flake/modules/a.nix", "{ }"),
        ("plain/b.nix", "{ }"),
        ("plain/openclaw.json", "{ }"),
    ]);
    let flake_directory = scene.at("flake");
    for path in ["flake", "flake/flake.nix", "flake/modules/.."] {
        let workspace = scene.open(path);
        assert_eq!(workspace.target(), &flake(&flake_directory), "{path}");
        assert_eq!(workspace.root(), flake_directory);
    }
    let module = scene.open("flake/modules/a.nix");
    assert_eq!(
        module.target(),
        &Target::Module {
            file: scene.at("flake/modules/a.nix")
        }
    );
    assert_eq!(module.root(), flake_directory, "the flake above it");
    let plain = scene.open("plain");
    assert_eq!(
        plain.target(),
        &Target::Directory {
            directory: scene.at("plain")
        }
    );
    assert_eq!(
        scene.open("plain/openclaw.json").target(),
        &Target::Document {
            file: scene.at("plain/openclaw.json")
        }
    );
}

#[test]
fn without_a_path_the_flake_may_lie_above_in_the_same_checkout() {
    let scene = Scene::staged(&[("flake.nix", "{ }"), ("a/b/c.nix", "1")]);
    let mut request = scene.request(".");
    request.current_directory = scene.path().join("a/b");
    request.path = None;
    assert_eq!(open(&request).target(), &flake(&scene.at("")));
    request.path = Some(".".into());
    assert_eq!(
        open(&request).target(),
        &Target::Directory {
            directory: scene.at("a/b")
        },
        "a path that is named is meant"
    );
}

#[test]
fn a_root_can_be_given() {
    let scene = Scene::staged(&[("a/flake.nix", "{ }"), ("a/x.nix", "1"), ("b/y.nix", "2")]);
    scene.write("a/new.nix", "3");
    let mut request = scene.request("a");
    request.root = Some("a".into());
    let workspace = open(&request);
    assert_eq!(workspace.root(), scene.at("a"));
    assert_eq!(
        workspace.visibility(&scene.at("b/y.nix")),
        Visibility::OutsideTree
    );
    assert_eq!(workspace.visibility(&scene.at("a/x.nix")), Visibility::File);
    assert_eq!(
        workspace.visibility(&scene.at("a/new.nix")),
        Visibility::Untracked,
        "git still says what is tracked"
    );
    assert_eq!(
        workspace.read_directory(&scene.at("a")).unwrap().len(),
        2,
        "flake.nix and x.nix"
    );
    request.root = Some("b".into());
    let error = error(&request);
    assert!(error.is_usage);
    assert_eq!(error.message, "does not lie below the root `b`");
}

#[test]
fn standard_input_stands_for_a_file() {
    let scene = Scene::new(&[("flake.nix", "{ }"), ("x.nix", "on disk")]);
    let mut request = scene.request(".");
    request.standard_input = Some(StandardInput {
        name: Some("x.nix".into()),
        bytes: b"from standard input".to_vec(),
    });
    let workspace = open(&request);
    let file = scene.at("x.nix");
    assert_eq!(workspace.target(), &Target::Module { file: file.clone() });
    assert_eq!(text(&workspace, &file).unwrap(), "from standard input");
    assert_eq!(
        workspace.visibility(&scene.at("flake.nix")),
        Visibility::File
    );

    request.standard_input = Some(StandardInput {
        name: None,
        bytes: b"{\"agents\": {}}".to_vec(),
    });
    let workspace = open(&request);
    let file = scene.at("stdin.json");
    assert_eq!(workspace.target(), &Target::Document { file: file.clone() });
    assert_eq!(workspace.visibility(&file), Visibility::File);
    assert_eq!(workspace.read_bytes(&file).unwrap(), b"{\"agents\": {}}");
}

#[test]
fn a_named_file_may_be_a_link_out_of_the_tree() {
    let scene = Scene::new(&[("store/abc-openclaw.json", "{}"), ("home/x", "")]);
    scene.link("../store/abc-openclaw.json", "home/openclaw.json");
    let workspace = scene.open("home/openclaw.json");
    let file = scene.at("home/openclaw.json");
    assert_eq!(workspace.target(), &Target::Document { file: file.clone() });
    assert_eq!(text(&workspace, &file).unwrap(), "{}");
    assert_eq!(
        workspace.read(&scene.at("store/abc-openclaw.json")),
        Err(ReadProblem::OutsideTree)
    );
}

#[test]
fn a_flake_that_is_a_link_out_of_the_tree_is_not_read() {
    let scene = Scene::new(&[("outside.nix", "{ }"), ("flake/a.nix", "{ }")]);
    scene.link("../outside.nix", "flake/flake.nix");
    for path in ["flake", "flake/flake.nix"] {
        let workspace = scene.open(path);
        assert_eq!(workspace.target(), &flake(&scene.at("flake")));
        assert_eq!(
            workspace.read(&scene.at("flake/flake.nix")),
            Err(ReadProblem::LinkOutside)
        );
    }
}

#[test]
fn several_paths_in_one_tree_share_a_workspace() {
    let scene = Scene::staged(&[
        ("a/flake.nix", "{ }"),
        ("b/flake.nix", "{ }"),
        ("openclaw.json", "{}"),
    ]);
    let sources = Rc::new(Sources::new());
    let paths: Vec<PathBuf> = ["a", "b", "none", "openclaw.json", "a"]
        .iter()
        .map(PathBuf::from)
        .collect();
    let (workspaces, errors) = Workspace::open_all(&scene.request("."), &paths, &sources);
    assert_eq!(workspaces.len(), 2, "git does not matter for the JSON file");
    assert_eq!(
        workspaces[0].targets(),
        [flake(&scene.at("a")), flake(&scene.at("b"))]
    );
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].path, "none");
}

#[test]
fn settings_lie_beside_the_flake_or_above_and_need_not_be_tracked() {
    use crate::settings::Settings;
    let scene = Scene::staged(&[("hosts/a/flake.nix", "{ }")]);
    assert_eq!(
        Settings::load(&scene.open("hosts/a")),
        Ok(Settings::default())
    );
    scene.write("openclaw-check.toml", "strict = true\n");
    let settings = Settings::load(&scene.open("hosts/a")).unwrap();
    assert_eq!(settings.strict, Some(true));
    assert_eq!(settings.path, Some(scene.at("openclaw-check.toml")));
    scene.write("hosts/a/openclaw-check.toml", "strict = 1\n");
    let findings = Settings::load(&scene.open("hosts/a")).unwrap_err();
    assert_eq!(
        findings[0].message,
        "`strict` takes `true` or `false`, not an integer"
    );
}
