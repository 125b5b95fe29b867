//! The file system's and git's behaviour, on real trees and with the real git.

use super::*;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A directory with files in it, removed at the end.
struct Scene {
    directory: tempfile::TempDir,
}

impl Scene {
    fn new(files: &[(&str, &str)]) -> Self {
        let scene = Scene {
            directory: tempfile::tempdir().unwrap(),
        };
        for (name, text) in files {
            scene.write(name, text);
        }
        scene
    }

    /// The same in a git checkout with everything staged.
    fn staged(files: &[(&str, &str)]) -> Self {
        let scene = Scene::new(files);
        scene.git(&["init", "-q"]);
        scene.git(&["add", "-A"]);
        scene
    }

    fn path(&self) -> PathBuf {
        self.directory.path().canonicalize().unwrap()
    }

    fn at(&self, name: &str) -> String {
        path::join(&path::to_text(&self.path()), name)
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn link(&self, target: &str, name: &str) {
        std::os::unix::fs::symlink(target, self.path().join(name)).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        self.git_in("", arguments);
    }

    fn git_in(&self, directory: &str, arguments: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@localhost"])
            .args(["-c", "protocol.file.allow=always"])
            .args(arguments)
            .current_dir(self.path().join(directory))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_WORK_TREE")
            .output()
            .expect("git is needed for these tests");
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn request(&self, path: &str) -> Request {
        Request {
            current_directory: self.path(),
            ..Request::new(path)
        }
    }

    fn open(&self, path: &str) -> Workspace {
        open(&self.request(path))
    }
}

fn flake(directory: &str) -> Target {
    Target::Flake {
        directory: directory.to_string(),
    }
}

fn open(request: &Request) -> Workspace {
    Workspace::open(request, Rc::new(Sources::new())).unwrap()
}

fn text(workspace: &Workspace, path: &str) -> Result<String, ReadProblem> {
    workspace
        .read(path)
        .map(|file| workspace.sources().get(file).text.to_string())
}

mod applying_fixes;
mod git_view;
mod opening;
mod reading;
mod searching;
