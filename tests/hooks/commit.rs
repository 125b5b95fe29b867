//! Real pre-commit in a fresh repository: what is staged is what is checked.

use crate::skip::{is_required, skip};
use crate::support::{
    PROGRAM, Run, copy, copy_repository, folder, git, git_command, replace, repository, run, tool,
    write,
};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Repository {
    folder: TempDir,
    _hooks: TempDir,
    home: TempDir,
}

fn pre_commit() -> Option<PathBuf> {
    tool(
        "pre-commit",
        "OPENCLAW_CHECK_PRE_COMMIT",
        "target/python-tools/bin/pre-commit",
    )
}

impl Repository {
    /// A clean flake in a repository of its own, with the hook of that id installed by real pre-commit.
    fn with_hook(hook: &str) -> Option<Self> {
        Self::with_hook_of(&pre_commit()?, hook)
    }

    /// The same by another program that reads pre-commit's files.
    fn with_hook_of(installer: &Path, hook: &str) -> Option<Self> {
        // This repository as pre-commit would clone it.
        let hooks = folder();
        copy_repository(hooks.path());
        git(hooks.path(), &["init", "--quiet"]);
        git(hooks.path(), &["add", "--all"]);
        git(hooks.path(), &["commit", "--quiet", "--message", "All"]);
        let revision = git(hooks.path(), &["rev-parse", "HEAD"]).stdout;

        let folder_of_flake = folder();
        let this = Repository {
            folder: folder_of_flake,
            home: folder(),
            _hooks: hooks,
        };
        copy(&repository().join("fixtures/kimi"), this.path());
        write(
            &this.file(".pre-commit-config.yaml"),
            &format!(
                "repos:\n  - repo: {}\n    rev: {revision}    hooks:\n      - id: {hook}\n",
                this._hooks.path().display()
            ),
        );
        git(this.path(), &["init", "--quiet"]);
        git(this.path(), &["add", "--all"]);
        run(this
            .environment(&mut std::process::Command::new(installer))
            .current_dir(this.path())
            .arg("install"))
        .passes();
        Some(this)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// pre-commit keeps its clones below the home directory; the program under test is on PATH.
    fn environment<'a>(
        &self,
        command: &'a mut std::process::Command,
    ) -> &'a mut std::process::Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let programs = Path::new(PROGRAM)
            .parent()
            .expect("the folder of the program");
        command
            .env("PRE_COMMIT_HOME", self.home.path())
            .env("PREK_HOME", self.home.path())
            // Where the hook builds the program, optimizing it would only take longer.
            .env("CARGO_TARGET_DIR", repository().join("target/hook"))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("PATH", format!("{}:{path}", programs.display()))
    }

    fn commit(&self) -> Run {
        run(self
            .environment(&mut git_command(self.path()))
            .args(["commit", "--message", "Change"]))
    }

    fn stage(&self, name: &str) {
        git(self.path(), &["add", name]);
    }
}

#[test]
fn a_clean_commit_passes_and_a_mistake_stops_one() {
    let Some(home) = Repository::with_hook("openclaw-check-system") else {
        return;
    };
    home.commit().passes();
    replace(
        &home.file("flake.nix"),
        "primary = \"kimi/kimi-k2p5\";",
        "primary = \"kimi/kimi-k9\";",
    );
    home.stage("flake.nix");
    home.commit().fails_with(&["unknown-model", "kimi-k9"]);
}

#[test]
fn a_mistake_that_is_not_staged_stops_nothing_and_an_unstaged_mend_helps_nothing() {
    let Some(home) = Repository::with_hook("openclaw-check-system") else {
        return;
    };
    home.commit().passes();
    let good = "primary = \"kimi/kimi-k2p5\";";
    let bad = "primary = \"kimi/kimi-k9\";";
    replace(&home.file("flake.nix"), good, bad);
    write(&home.file("notes.md"), "Notes\n");
    home.stage("notes.md");
    home.commit().passes();

    home.stage("flake.nix");
    replace(&home.file("flake.nix"), bad, good);
    home.commit().fails_with(&["unknown-model"]);
}

#[test]
fn a_document_that_is_not_staged_is_not_there() {
    let Some(home) = Repository::with_hook("openclaw-check-system") else {
        return;
    };
    git(
        home.path(),
        &["rm", "--quiet", "--cached", "documents/SOUL.md"],
    );
    // It is on the disk still.
    home.commit()
        .fails_with(&["untracked-document", "documents/SOUL.md"]);
    home.stage("documents/SOUL.md");
    home.commit().passes();
}

#[test]
fn a_deleted_document_stops_a_commit_although_it_names_no_file() {
    let Some(home) = Repository::with_hook("openclaw-check-system") else {
        return;
    };
    home.commit().passes();
    git(home.path(), &["rm", "--quiet", "documents/USER.md"]);
    home.commit().fails_with(&["documents/USER.md"]);
}

/// Builds the program from its sources as pre-commit does for everybody who has no binary: minutes, so only where
/// real tools are required.
#[test]
fn the_hook_that_builds_from_source_stops_a_mistake() {
    if !is_required() {
        skip("it takes minutes, and OPENCLAW_CHECK_REQUIRE_REAL is not 1");
        return;
    }
    let Some(home) = Repository::with_hook("openclaw-check") else {
        return;
    };
    home.commit().passes();
    replace(
        &home.file("flake.nix"),
        "primary = \"kimi/kimi-k2p5\";",
        "primary = \"kimi/kimi-k9\";",
    );
    home.stage("flake.nix");
    home.commit().fails_with(&["unknown-model"]);
}

#[test]
fn the_manifest_is_valid() {
    let Some(pre_commit) = pre_commit() else {
        return;
    };
    let validate = |manifest: &Path| {
        run(std::process::Command::new(&pre_commit)
            .arg("validate-manifest")
            .arg(manifest))
    };
    validate(&repository().join(".pre-commit-hooks.yaml")).passes();
    // And the validator refuses one that is not.
    let other = folder();
    write(
        &other.path().join("bad.yaml"),
        "- id: openclaw-check\n  language: rust\n",
    );
    validate(&other.path().join("bad.yaml")).fails_with(&["Missing required key"]);
}

/// A clean flake in a repository of its own with the plain hook of the documentation: two lines of shell.
struct Plain {
    folder: TempDir,
}

const GOOD: &str = "primary = \"kimi/kimi-k2p5\";";
const BAD: &str = "primary = \"kimi/kimi-k9\";";

impl Plain {
    /// Everything is staged, nothing is committed.
    fn new() -> Self {
        let folder = folder();
        copy(&repository().join("fixtures/kimi"), folder.path());
        git(folder.path(), &["init", "--quiet"]);
        hook(&folder.path().join(".git/hooks"));
        git(folder.path(), &["add", "--all"]);
        Plain { folder }
    }

    fn committed() -> Self {
        let this = Self::new();
        commit(this.path(), &[]).passes();
        this
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn spoil(&self) {
        replace(&self.path().join("flake.nix"), GOOD, BAD);
    }
}

/// Puts the hook into a folder of hooks.
fn hook(hooks: &Path) {
    let file = hooks.join("pre-commit");
    write(&file, &format!("#!/bin/sh\nexec {PROGRAM} --staged\n"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755))
            .expect("the hook may be run");
    }
}

fn commit(folder: &Path, arguments: &[&str]) -> Run {
    run(git_command(folder)
        .args(["commit", "--message", "Change"])
        .args(arguments))
}

#[test]
fn the_first_commit_of_a_repository_is_checked() {
    let home = Plain::new();
    git(
        home.path(),
        &["rm", "--quiet", "--cached", "documents/TOOLS.md"],
    );
    commit(home.path(), &[]).fails_with(&["documents/TOOLS.md"]);
    git(home.path(), &["add", "--all"]);
    commit(home.path(), &[]).passes();
}

/// `git commit FILE` and `git commit --all` hand the hook an index of their own in `GIT_INDEX_FILE`.
#[test]
fn what_a_commit_stages_itself_is_checked() {
    let home = Plain::committed();
    home.spoil();
    commit(home.path(), &["flake.nix"]).fails_with(&["unknown-model"]);
    commit(home.path(), &["--all"]).fails_with(&["unknown-model"]);
    replace(&home.path().join("flake.nix"), BAD, GOOD);
    std::fs::remove_file(home.path().join("documents/SOUL.md")).expect("the document was there");
    commit(home.path(), &["--all"]).fails_with(&["documents/SOUL.md"]);
    commit(home.path(), &["--amend", "--all"]).fails_with(&["documents/SOUL.md"]);
}

/// `git add --patch`: of two changes in one file, one is staged.
#[test]
fn of_a_file_that_is_staged_in_part_that_part_is_checked() {
    let home = Plain::committed();
    home.spoil();
    replace(
        &home.path().join("flake.nix"),
        "{\n  description",
        "# Harmless.\n{\n  description",
    );
    let stage = |answers: &str| {
        git(home.path(), &["reset", "--quiet"]);
        let file = home.path().join(".git/answers");
        write(&file, answers);
        run(git_command(home.path())
            .args(["add", "--patch"])
            .stdin(std::fs::File::open(&file).expect("the answers")))
        .passes();
        git(home.path(), &["diff", "--cached"]).stdout
    };
    assert!(stage("n\ny\n").contains("kimi-k9"));
    commit(home.path(), &[]).fails_with(&["unknown-model"]);
    let harmless = stage("y\nn\n");
    assert!(harmless.contains("Harmless") && !harmless.contains("kimi-k9"));
    commit(home.path(), &[]).passes();
}

#[test]
fn a_renamed_document_stops_a_commit_until_the_flake_follows() {
    let home = Plain::committed();
    git(
        home.path(),
        &["mv", "documents/SOUL.md", "documents/CHARACTER.md"],
    );
    commit(home.path(), &[]).fails_with(&["documents/SOUL.md"]);
    replace(
        &home.path().join("flake.nix"),
        "documents/SOUL.md",
        "documents/CHARACTER.md",
    );
    git(home.path(), &["add", "--all"]);
    commit(home.path(), &[]).passes();
}

#[test]
fn linked_worktrees_and_submodules_have_indexes_of_their_own() {
    let home = Plain::committed();
    let elsewhere = folder();
    let worktree = elsewhere.path().join("worktree");
    git(
        home.path(),
        &["worktree", "add", "--quiet", &worktree.to_string_lossy()],
    );
    replace(&worktree.join("flake.nix"), GOOD, BAD);
    git(&worktree, &["add", "--all"]);
    commit(&worktree, &[]).fails_with(&["unknown-model"]);
    // That is nothing to the first.
    commit(home.path(), &["--allow-empty"]).passes();

    let above = elsewhere.path().join("above");
    std::fs::create_dir(&above).expect("a folder");
    git(&above, &["init", "--quiet"]);
    git(
        &above,
        &[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            &home.path().to_string_lossy(),
            "home",
        ],
    );
    let submodule = above.join("home");
    hook(&above.join(".git/modules/home/hooks"));
    write(&submodule.join("notes.md"), "Notes\n");
    git(&submodule, &["add", "--all"]);
    commit(&submodule, &[]).passes();
    replace(&submodule.join("flake.nix"), GOOD, BAD);
    git(&submodule, &["add", "--all"]);
    commit(&submodule, &[]).fails_with(&["unknown-model"]);
}

/// prek reads the same configuration and the same manifest.
#[test]
fn prek_runs_the_hook_as_pre_commit_does() {
    let Some(prek) = tool(
        "prek",
        "OPENCLAW_CHECK_PREK",
        "target/python-tools/bin/prek",
    ) else {
        return;
    };
    let Some(home) = Repository::with_hook_of(&prek, "openclaw-check-system") else {
        return;
    };
    home.commit().passes();
    replace(&home.file("flake.nix"), GOOD, BAD);
    write(&home.file("notes.md"), "Notes\n");
    home.stage("notes.md");
    home.commit().passes();
    home.stage("flake.nix");
    home.commit().fails_with(&["unknown-model"]);
}
