//! What lies in a tree beside files: links, pipes, devices, folders without end, and files that cannot be read.

use crate::harness::openclaw_check;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const CLEAN: &str = "{ programs.openclaw.enable = true; }\n";

/// Longer than this is taken as waiting for something.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a command that must end by itself.
fn ends(command: &mut Command) -> Output {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let start = Instant::now();
    while child.try_wait().expect("the program's state").is_none() {
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("{command:?} waits for something");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().expect("the program's output")
}

fn run(directory: &Path, arguments: &str) -> (i32, String) {
    outcome(&mut openclaw_check().inside(directory).args(arguments).command())
}

fn outcome(command: &mut Command) -> (i32, String) {
    let output = ends(command);
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap_or(-1), text)
}

fn pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
}

#[test]
fn a_pipe_in_the_place_of_any_file_is_not_waited_for() {
    for name in [
        "flake.nix",
        "flake.lock",
        "home.nix",
        "imported.nix",
        "openclaw.json",
        "openclaw-check.toml",
        ".gitignore",
        ".git",
        "sub/.gitignore",
        "AGENTS.md",
        "token",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let directory = folder.path();
        fs::create_dir(directory.join("sub")).expect("a folder");
        fs::write(directory.join("sub/other.nix"), CLEAN).expect("a file");
        fs::write(
            directory.join("home.nix"),
            "{ imports = [ ./imported.nix ]; programs.openclaw = { enable = true; documents = ./.; \
             config.gateway.auth.token = builtins.readFile ./token; }; }",
        )
        .expect("a file");
        let _ = fs::remove_file(directory.join(name));
        pipe(&directory.join(name));
        for arguments in [
            ".",
            "home.nix",
            "show .",
            "sub",
            "--no-git .",
            "eval home.nix",
            "models --route",
        ] {
            let (code, text) = run(directory, arguments);
            assert!(
                (0..=3).contains(&code),
                "{name}, {arguments}: {code}\n{text}"
            );
            assert!(
                !text.contains("internal error"),
                "{name}, {arguments}: {text}"
            );
        }
    }
}

#[test]
fn pipes_and_devices_that_are_named_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path();
    fs::write(directory.join("home.nix"), CLEAN).expect("a file");
    pipe(&directory.join("pipe"));
    for arguments in [
        "home.nix --env-file pipe",
        "home.nix --evaluated pipe",
        "home.nix --config pipe",
        "home.nix --env-file /dev/zero",
        "home.nix --evaluated /dev/zero",
        "home.nix --config /dev/zero",
        "pipe",
        "/dev/zero",
        "/dev/null",
        "eval pipe",
        "eval /dev/zero",
        "show pipe",
    ] {
        let (code, text) = run(directory, arguments);
        assert_eq!(code, 3, "{arguments}: {text}");
    }
}

#[test]
fn what_a_shell_hands_over_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join("openclaw.json"),
        "{ channels: { telegram: { botToken: '${BOT_TOKEN}' } } }",
    )
    .expect("a file");
    let check = format!(
        "{} openclaw.json --format concise",
        env!("CARGO_BIN_EXE_openclaw-check")
    );
    let output = ends(
        Command::new("bash")
            .current_dir(folder.path())
            .args(["-c", &format!("{check} --env-file <(echo BOT_TOKEN=x)")]),
    );
    let text = String::from_utf8_lossy(&output.stdout);
    assert_ne!(output.status.code(), Some(3), "{text}");
    assert!(!text.contains("BOT_TOKEN"), "{text}");
}

#[test]
fn standard_input_without_an_end_is_read_to_the_limit() {
    for arguments in ["-", "- --stdin-filename home.nix", "eval -", "show -"] {
        let zero = fs::File::open("/dev/zero").expect("a device without an end");
        let output = openclaw_check()
            .args(arguments)
            .args("--no-git")
            .command()
            .stdin(zero)
            .output()
            .expect("the program starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{arguments}: {text}");
        assert!(text.contains("too large"), "{arguments}: {text}");
    }
}

#[test]
fn links_in_circles_and_out_of_the_tree_are_not_followed() {
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(
        outside.path().join("outside.nix"),
        "{ programs.openclaw.config.agents.defaults.model = \"outside/x\"; }",
    )
    .expect("a file");
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path();
    fs::write(directory.join("flake.nix"), "{ outputs = _: { }; }").expect("a file");
    fs::write(
        directory.join("home.nix"),
        "{ imports = [ ./circle.nix ./out.nix ./folder/outside.nix ./up.nix ]; programs.openclaw.enable = true; }",
    )
    .expect("a file");
    symlink("circle.nix", directory.join("circle.nix")).expect("a link");
    symlink(
        outside.path().join("outside.nix"),
        directory.join("out.nix"),
    )
    .expect("a link");
    symlink(outside.path(), directory.join("folder")).expect("a link");
    let name = outside
        .path()
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    symlink(format!("../{name}/outside.nix"), directory.join("up.nix")).expect("a link");
    symlink(".", directory.join("self")).expect("a link");
    symlink("..", directory.join("parent")).expect("a link");
    for arguments in [". --no-git", "home.nix --no-git", "show home.nix"] {
        let (code, text) = run(directory, arguments);
        assert!(code <= 3, "{arguments}: {text}");
        assert!(!text.contains("outside/x"), "{arguments}: {text}");
    }
    let (code, text) = run(directory, "home.nix --no-git --format concise");
    assert_eq!(code, 1, "{text}");
    for link in ["circle.nix", "out.nix", "folder/outside.nix", "up.nix"] {
        assert!(text.contains(link), "{link}: {text}");
    }
}

#[test]
fn a_fix_is_written_to_no_link_and_keeps_the_mode() {
    const WRONG: &str = "{ programs.openclaw = { enable = true; config = { models.providers.kimi = { baseUrl = \"https://api.kimi.com/coding/v1\"; api = \"openai-completions\"; apiKey = \"\\${KIMI_API_KEY}\"; models = [ { id = \"kimi-k2p5\"; name = \"K\"; } ]; }; agents.defaults.model = \"kimmi/kimi-k2p5\"; }; }; }\n";
    let outside = tempfile::tempdir().expect("a folder");
    let target = outside.path().join("target.nix");
    fs::write(&target, WRONG).expect("a file");
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path();
    fs::write(directory.join("home.nix"), WRONG).expect("a file");
    fs::set_permissions(
        directory.join("home.nix"),
        fs::Permissions::from_mode(0o640),
    )
    .expect("a mode");
    symlink(&target, directory.join("link.nix")).expect("a link");
    run(directory, "link.nix home.nix --no-git --fix");
    assert_eq!(
        fs::read_to_string(&target).expect("the file"),
        WRONG,
        "written through a link"
    );
    assert!(
        fs::symlink_metadata(directory.join("link.nix"))
            .expect("the link")
            .is_symlink()
    );
    let mended = fs::read_to_string(directory.join("home.nix")).expect("the file");
    assert!(mended.contains("\"kimi/kimi-k2p5\""), "{mended}");
    let mode = fs::metadata(directory.join("home.nix"))
        .expect("the file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    let left: Vec<_> = fs::read_dir(directory)
        .expect("the folder")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn nothing_is_written_unless_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("home.nix"), CLEAN).expect("a file");
    let before = fs::metadata(folder.path())
        .expect("the folder")
        .modified()
        .expect("a time");
    for arguments in [
        "home.nix",
        "home.nix --diff",
        "show home.nix",
        "eval home.nix",
        "models",
        "rules",
        "releases",
        "man",
    ] {
        let mut command = openclaw_check()
            .inside(folder.path())
            .args(arguments)
            .command();
        command
            .env("HOME", home.path())
            .env("XDG_CACHE_HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path());
        ends(&mut command);
    }
    let after = fs::metadata(folder.path())
        .expect("the folder")
        .modified()
        .expect("a time");
    assert_eq!(before, after);
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
    assert_eq!(fs::read_dir(home.path()).expect("the folder").count(), 0);
}

#[test]
fn neither_a_home_nor_any_variable_is_needed() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("home.nix"), CLEAN).expect("a file");
    for home in [None, Some("/nonexistent"), Some("/proc"), Some("")] {
        let mut command = openclaw_check()
            .inside(folder.path())
            .args("home.nix")
            .command();
        command.env_clear();
        if let Some(home) = home {
            command.env("HOME", home);
        }
        let output = ends(&mut command);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{home:?}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}

#[test]
fn a_current_directory_that_is_gone_is_3() {
    let folder = tempfile::tempdir().expect("a folder");
    let gone = folder.path().join("gone");
    fs::create_dir(&gone).expect("a folder");
    let program = env!("CARGO_BIN_EXE_openclaw-check");
    let output = ends(
        Command::new("sh")
            .current_dir(&gone)
            .args(["-c", &format!("rmdir ../gone && {program} . && {program}")]),
    );
    assert_eq!(
        output.status.code(),
        Some(3),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_file_that_cannot_be_read_loses_nothing_of_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path();
    fs::write(directory.join("secret.nix"), CLEAN).expect("a file");
    fs::write(
        directory.join("home.nix"),
        "{ programs.openclaw.enable = true; x = ; }",
    )
    .expect("a file");
    fs::set_permissions(
        directory.join("secret.nix"),
        fs::Permissions::from_mode(0o0),
    )
    .expect("a mode");
    let arguments = ". --no-git --format concise";
    let (code, text) = if fs::read(directory.join("secret.nix")).is_ok() {
        // Root may read everything, and may be somebody else: with a copy of the program where everybody gets at it.
        const NOBODY: u32 = 65534;
        let program = tempfile::tempdir().expect("a folder");
        let copy = program.path().join("openclaw-check");
        // By another process: while this one has it open to write, whatever else a test starts has it too, and then it cannot be
        // started.
        let copied = Command::new("cp")
            .args([Path::new(env!("CARGO_BIN_EXE_openclaw-check")), &copy])
            .status();
        assert!(copied.is_ok_and(|status| status.success()), "a copy");
        for open in [directory, program.path(), &copy] {
            fs::set_permissions(open, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        outcome(
            Command::new(&copy)
                .args(arguments.split(' '))
                .current_dir(directory)
                .uid(NOBODY)
                .gid(NOBODY),
        )
    } else {
        run(directory, arguments)
    };
    assert_eq!(code, 3, "{text}");
    assert!(
        text.contains("permission denied") && text.contains("syntax-error"),
        "{text}"
    );
}

#[test]
fn folders_deeper_than_the_limit_are_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path();
    fs::write(directory.join("flake.nix"), "{ outputs = _: { }; }").expect("a file");
    let deep = directory.join(vec!["d"; 140].join("/"));
    fs::create_dir_all(&deep).expect("folders");
    fs::write(deep.join("home.nix"), CLEAN).expect("a file");
    let (code, text) = run(directory, ". --no-git --format concise");
    assert_eq!(code, 3, "{text}");
    assert!(
        text.contains("nested deeper than 128 directories"),
        "{text}"
    );
}

#[test]
fn a_file_that_changes_all_the_time_ends_the_run_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path().to_path_buf();
    let file = directory.join("home.nix");
    fs::write(&file, CLEAN).expect("a file");
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writer = {
        let (stop, file) = (stop.clone(), file.clone());
        std::thread::spawn(move || {
            let mut length = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                length = (length * 7 + 1) % 5000;
                let _ = match length % 5 {
                    0 => fs::remove_file(&file),
                    _ => fs::write(&file, format!("{CLEAN}#{}", "x".repeat(length))),
                };
            }
        })
    };
    for _ in 0..10 {
        let (code, text) = run(&directory, "home.nix --no-git");
        // Whole, empty for a moment, gone for a moment, or changed while it was read.
        assert!([0, 1, 3].contains(&code), "{code}: {text}");
        assert!(!text.contains("internal error"), "{text}");
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    writer.join().expect("the writer ends");
}
