//! Real pre-commit in a fresh repository: what is staged is what is checked.

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

impl Repository {
    /// A clean flake in a repository of its own, with the hook of that id installed by real pre-commit.
    fn with_hook(hook: &str) -> Option<Self> {
        let pre_commit = tool(
            "pre-commit",
            "OPENCLAW_CHECK_PRE_COMMIT",
            "target/pre-commit/bin/pre-commit",
        )?;
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
            .environment(&mut std::process::Command::new(&pre_commit))
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
    if std::env::var_os("OPENCLAW_CHECK_REQUIRE_REAL").is_none() {
        eprintln!("skipped: the hook that builds from source, without OPENCLAW_CHECK_REQUIRE_REAL");
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
    let Some(pre_commit) = tool(
        "pre-commit",
        "OPENCLAW_CHECK_PRE_COMMIT",
        "target/pre-commit/bin/pre-commit",
    ) else {
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

/// The plain hook of the documentation: two lines of shell.
#[test]
fn a_plain_git_hook_checks_what_is_staged() {
    let home = folder();
    copy(&repository().join("fixtures/kimi"), home.path());
    git(home.path(), &["init", "--quiet"]);
    git(home.path(), &["add", "--all"]);
    let hook = home.path().join(".git/hooks/pre-commit");
    write(&hook, &format!("#!/bin/sh\nexec {PROGRAM} --staged\n"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755))
            .expect("the hook may be run");
    }
    let commit = || run(git_command(home.path()).args(["commit", "--message", "Change"]));
    commit().passes();
    git(
        home.path(),
        &["rm", "--quiet", "--cached", "documents/TOOLS.md"],
    );
    commit().fails_with(&["documents/TOOLS.md"]);
    // `git commit <file>` hands the hook an index of its own.
    git(home.path(), &["add", "--all"]);
    replace(
        &home.path().join("flake.nix"),
        "primary = \"kimi/kimi-k2p5\";",
        "primary = \"kimi/kimi-k9\";",
    );
    run(git_command(home.path()).args(["commit", "--message", "Change", "flake.nix"]))
        .fails_with(&["unknown-model"]);
}
