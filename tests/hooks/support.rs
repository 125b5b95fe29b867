//! Real tools, folders to work in, and copies of this repository.

use crate::skip::skip;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The binary that cargo built for these tests.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_openclaw-check");

/// The root of this repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A tool at the path that an environment variable names, or at a place below the root. When it is not there, this
/// says so and gives `None`; where real tools are required it fails instead.
pub fn tool(name: &str, variable: &str, fallback: &str) -> Option<PathBuf> {
    let path =
        std::env::var_os(variable).map_or_else(|| repository().join(fallback), PathBuf::from);
    if path.exists() {
        return Some(path);
    }
    skip(&format!("{name} is not at {}", path.display()));
    None
}

/// What a command did.
pub struct Run {
    /// Whether its exit code was 0.
    pub success: bool,
    /// Standard output.
    pub stdout: String,
    /// Both streams, the errors last.
    pub text: String,
}

impl Run {
    fn of(output: &Output) -> Self {
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let text = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
        Run {
            success: output.status.success(),
            stdout,
            text,
        }
    }

    /// Asserts success.
    #[track_caller]
    pub fn passes(self) -> Self {
        assert!(self.success, "this should have passed:\n{}", self.text);
        self
    }

    /// Asserts failure, and that every one of `parts` is in what was printed.
    #[track_caller]
    pub fn fails_with(self, parts: &[&str]) -> Self {
        assert!(!self.success, "this should have failed:\n{}", self.text);
        for part in parts {
            assert!(
                self.text.contains(part),
                "`{part}` is missing in:\n{}",
                self.text
            );
        }
        self
    }
}

/// Runs a command to its end.
#[track_caller]
pub fn run(command: &mut Command) -> Run {
    match command.output() {
        Ok(output) => Run::of(&output),
        Err(error) => panic!("{command:?}: {error}"),
    }
}

/// A folder with nothing in it.
pub fn folder() -> TempDir {
    tempfile::Builder::new()
        .prefix("openclaw-check-")
        .tempdir()
        .expect("a temporary folder")
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, text: &str) {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).expect("a folder for the file");
    }
    fs::write(path, text).expect("the file is written");
}

/// Replaces the only occurrence of `old` in a file.
#[track_caller]
pub fn replace(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).expect("the file is there");
    assert_eq!(
        text.matches(old).count(),
        1,
        "`{old}` should be once in {}",
        path.display()
    );
    fs::write(path, text.replacen(old, new, 1)).expect("the file is written");
}

/// The number of the line that holds `part`.
#[track_caller]
pub fn line_of(path: &Path, part: &str) -> usize {
    let text = fs::read_to_string(path).expect("the file is there");
    match text.lines().position(|line| line.contains(part)) {
        Some(index) => index + 1,
        None => panic!("`{part}` is not in {}", path.display()),
    }
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder is made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("its entries can be read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("the kind of the entry").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("the file is copied");
        }
    }
}

/// Copies what the flake of this repository evaluates, without anything that is only compiled.
fn copy_flake(to: &Path) {
    for file in [
        "Cargo.toml",
        "Cargo.lock",
        "flake.nix",
        "flake.lock",
        ".pre-commit-hooks.yaml",
    ] {
        fs::create_dir_all(to).expect("the folder is made");
        fs::copy(repository().join(file), to.join(file)).expect("the file is copied");
    }
    for name in ["nix", "fixtures/kimi"] {
        copy(&repository().join(name), &to.join(name));
    }
}

/// Copies this repository so that it can be built, without anything that a build left.
pub fn copy_repository(to: &Path) {
    copy_flake(to);
    for name in ["src", "releases", "benches"] {
        let from = repository().join(name);
        if from.exists() {
            copy(&from, &to.join(name));
        }
    }
    fs::copy(repository().join("README.md"), to.join("README.md")).expect("the file is copied");
}

/// Runs git in a folder and expects it to succeed; no configuration of the machine takes part.
#[track_caller]
pub fn git(folder: &Path, arguments: &[&str]) -> Run {
    run(git_command(folder).args(arguments)).passes()
}

/// Git in a folder, as nobody in particular.
pub fn git_command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .envs([
            ("GIT_AUTHOR_NAME", "Alice"),
            ("GIT_AUTHOR_EMAIL", "alice@example.org"),
            ("GIT_COMMITTER_NAME", "Alice"),
            ("GIT_COMMITTER_EMAIL", "alice@example.org"),
        ]);
    for variable in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(variable);
    }
    command
}

/// One version of real Nix.
pub struct Nix {
    binary: PathBuf,
}

/// The versions of Nix that are installed: the newest first, then the old one.
pub fn nix_versions() -> Vec<Nix> {
    [
        (
            "the newest Nix",
            "OPENCLAW_CHECK_NIX_NEW",
            "target/nix/new/bin/nix",
        ),
        (
            "Nix 2.8",
            "OPENCLAW_CHECK_NIX_OLD",
            "target/nix/old/bin/nix",
        ),
    ]
    .into_iter()
    .filter_map(|(name, variable, fallback)| tool(name, variable, fallback))
    .map(|binary| Nix { binary })
    .collect()
}

impl Nix {
    /// `nix` with these arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments);
        command
    }
}

/// The inputs of a flake under test: this repository, and the stand-ins for everything that would be fetched.
pub struct Inputs {
    folder: TempDir,
}

impl Inputs {
    /// Copies them into a folder of their own.
    pub fn new() -> Self {
        let folder = folder();
        copy(
            &repository().join("tests/support/nix-stubs"),
            &folder.path().join("stubs"),
        );
        // The stand-in for buildRustPackage takes this binary. What Nix built with another one does not count.
        let built = fs::metadata(PROGRAM).expect("the program is there");
        let age = built
            .modified()
            .expect("when it was built")
            .duration_since(std::time::UNIX_EPOCH)
            .expect("not before 1970");
        write(
            &folder.path().join("stubs/nixpkgs/host.nix"),
            &format!(
                "{{ openclawCheck = {PROGRAM:?}; identity = \"{} {}\"; }}\n",
                built.len(),
                age.as_nanos()
            ),
        );
        copy_flake(&folder.path().join("openclaw-check"));
        Inputs { folder }
    }

    /// The copy of this repository.
    pub fn repository(&self) -> PathBuf {
        self.folder.path().join("openclaw-check")
    }

    /// A stand-in by its name.
    pub fn stub(&self, name: &str) -> PathBuf {
        self.folder.path().join("stubs").join(name)
    }

    /// `--override-input` for each of the inputs that the flake at `flake` names.
    pub fn overrides(&self, flake: &Path) -> Vec<String> {
        let text = fs::read_to_string(flake.join("flake.nix")).expect("flake.nix");
        let mut arguments = vec!["--no-write-lock-file".to_string()];
        for name in [
            "nixpkgs",
            "home-manager",
            "nix-darwin",
            "nix-openclaw",
            "flake-parts",
            "models",
            "openclaw-check",
        ] {
            let declares = text.lines().any(|line| {
                let line = line.trim_start();
                let line = line.strip_prefix("inputs.").unwrap_or(line);
                line.strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with(" = {") || rest.starts_with(".url"))
            });
            if declares {
                let source = if name == "openclaw-check" {
                    self.repository()
                } else {
                    self.stub(name)
                };
                arguments.extend([
                    "--override-input".to_string(),
                    name.to_string(),
                    format!("path:{}", source.display()),
                ]);
            }
        }
        arguments
    }
}

/// A flake that uses the check, made from the template with Kimi: clean as it is.
pub struct Flake {
    folder: TempDir,
    /// What its inputs are.
    pub inputs: Inputs,
}

impl Flake {
    /// The template, filled in.
    pub fn new() -> Self {
        let folder = folder();
        copy(&repository().join("nix/templates/kimi"), folder.path());
        replace(&folder.path().join("flake.nix"), "\"<user>\"", "\"alice\"");
        // It says which nix-openclaw is pinned, and so which release of OpenClaw.
        fs::copy(
            repository().join("fixtures/kimi/flake.lock"),
            folder.path().join("flake.lock"),
        )
        .expect("the lock is copied");
        Flake {
            folder,
            inputs: Inputs::new(),
        }
    }

    /// A copy of another flake, which does not use the check yet.
    pub fn of(source: &Path) -> Self {
        let folder = folder();
        copy(source, folder.path());
        Flake {
            folder,
            inputs: Inputs::new(),
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Replaces the only occurrence of `old` in a file of it.
    #[track_caller]
    pub fn replace(&self, name: &str, old: &str, new: &str) -> &Self {
        replace(&self.file(name), old, new);
        self
    }

    /// `nix <words> path:<flake><fragment>` with the stand-ins.
    #[track_caller]
    pub fn nix(&self, nix: &Nix, words: &[&str], fragment: &str) -> Run {
        let reference = format!("path:{}{fragment}", self.path().display());
        run(nix
            .command(words)
            .arg(reference)
            .args(self.inputs.overrides(self.path())))
    }

    /// `nix flake check`.
    #[track_caller]
    pub fn check(&self, nix: &Nix) -> Run {
        self.nix(nix, &["flake", "check"], "")
    }

    /// The text that says where a finding is: the file and the line that holds `part`.
    #[track_caller]
    pub fn place(&self, name: &str, part: &str) -> String {
        format!("{name}:{}:", line_of(&self.file(name), part))
    }
}
