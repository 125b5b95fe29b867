//! Runs the program in surroundings that do not depend on the machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Variables that may change what the program does or prints; tests set them themselves.
const SCRUBBED: &[&str] = &[
    "CI",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "FORCE_COLOR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_WORK_TREE",
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_WORKSPACE",
    "GITLAB_CI",
    "LINES",
    "NO_COLOR",
    "OPENCLAW_CONFIG_PATH",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "TERM",
];

/// One run of the program.
pub struct Run {
    command: Command,
    directory: PathBuf,
    input: Option<Vec<u8>>,
}

/// What a run printed.
pub struct Printed {
    /// Exit code; a signal is -1.
    pub code: i32,
    /// Standard output, paths of the machine replaced.
    pub out: String,
    /// Standard error, paths of the machine replaced.
    pub err: String,
}

impl Printed {
    /// The report of a run that was asked for JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    /// What `show` printed as the value of the first key of that name.
    pub fn shown(&self, key: &str) -> String {
        let wanted = format!("\"{key}\": ");
        let line = self.out.lines().find(|line| line.contains(&wanted));
        let line = line.unwrap_or_else(|| panic!("{key}: {}{}", self.out, self.err));
        let (_, value) = line.split_once(": ").expect("a value");
        value.trim().to_string()
    }
}

/// A run in an empty environment, in the root of the repository.
pub fn openclaw_check() -> Run {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf();
    let mut command = Command::new(env!("CARGO_BIN_EXE_openclaw-check"));
    for name in SCRUBBED {
        command.env_remove(name);
    }
    command.current_dir(&directory);
    Run {
        command,
        directory,
        input: None,
    }
}

/// A folder with these files.
pub fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, text).expect("a file");
    }
    folder
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the fixture") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// A copy of a fixture with changes in its flake.nix, each at the first place of that text.
pub fn changed_fixture(name: &str, changes: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    copy(&fixtures.join(name), folder.path());
    let flake = folder.path().join("flake.nix");
    let mut text = std::fs::read_to_string(&flake).expect("a flake");
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    std::fs::write(&flake, text).expect("a flake");
    folder
}

impl Run {
    /// Adds arguments, separated by blanks.
    pub fn args(mut self, arguments: &str) -> Self {
        self.command.args(arguments.split_whitespace());
        self
    }

    /// Adds one argument as it is.
    pub fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Runs in this directory.
    pub fn inside(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self.directory = directory.to_path_buf();
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives this text as standard input.
    pub fn input(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.input = Some(text.into());
        self
    }

    /// The command itself, for what this harness does not offer.
    pub fn command(self) -> Command {
        self.command
    }

    /// Runs it.
    pub fn run(mut self) -> Printed {
        let output = match self.input.take() {
            None => self
                .command
                .stdin(Stdio::null())
                .output()
                .expect("the program starts"),
            Some(input) => with_input(&mut self.command, &input),
        };
        let text = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).expect("the program prints UTF-8");
            let directory = self.directory.to_string_lossy();
            text.replace(&*directory, "[dir]")
        };
        Printed {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

fn with_input(command: &mut Command, input: &[u8]) -> Output {
    use std::io::Write;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    // A program that does not read its input is a test's business, not the harness's.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

impl Printed {
    /// All three as one text, for snapshots.
    pub fn transcript(&self) -> String {
        format!(
            "exit code: {}\n--- standard output\n{}--- standard error\n{}",
            self.code, self.out, self.err
        )
    }
}
