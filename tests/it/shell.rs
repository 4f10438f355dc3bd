//! A person's shell: the program with a home of its own, and what it did.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A key that must not come out anywhere.
pub const KEY: &str = "sk-test-0123456789abcdef";

/// A person's machine: a home of its own, and a working folder.
pub struct Shell {
    pub dir: tempfile::TempDir,
}

/// What a command did.
#[derive(Debug)]
pub struct Did {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Shell {
    /// Outside any project.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("work")).unwrap();
        Self { dir }
    }

    /// Inside a fresh project.
    pub fn project() -> Self {
        let shell = Self::new();
        shell.run(&["init"]).is(0);
        shell
    }

    pub fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.work().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stategen"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STATEGEN_")) {
            command.env_remove(name);
        }
        command
            .args(args)
            .current_dir(self.work())
            .env("STATEGEN_CONFIG_DIR", self.dir.path().join("config"))
            .env("STATEGEN_DATA_DIR", self.dir.path().join("data"))
            .env_remove("LOCAL_KEY")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Did {
        self.run_with(&[], args)
    }

    /// With variables of the environment.
    pub fn run_with(&self, variables: &[(&str, &str)], args: &[&str]) -> Did {
        let mut command = self.command(args);
        command.envs(variables.iter().copied());
        did(command.output().unwrap())
    }
}

pub fn did(output: Output) -> Did {
    Did {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Did {
    #[track_caller]
    pub fn is(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        assert!(
            !self.out.contains(KEY) && !self.err.contains(KEY),
            "a key came out"
        );
        self
    }
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.out.contains(words), "no `{words}` in: {}", self.out);
        self
    }
    #[track_caller]
    pub fn warns(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no `{words}` in: {}", self.err);
        self
    }
    /// Each line as JSON.
    pub fn lines(&self) -> Vec<Value> {
        let line = |l| serde_json::from_str(l).unwrap_or_else(|_| panic!("no JSON: {l}"));
        self.out.lines().map(line).collect()
    }
}
