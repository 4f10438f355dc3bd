//! The program as a shell sees it: words, JSON lines, exit codes.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A person's machine: a home of its own, and a working folder.
struct Shell {
    dir: tempfile::TempDir,
}

/// What a command did.
#[derive(Debug)]
struct Did {
    code: i32,
    out: String,
    err: String,
}

impl Shell {
    /// Outside any project.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("work")).unwrap();
        Self { dir }
    }

    /// Inside a fresh project.
    fn project() -> Self {
        let shell = Self::new();
        shell.run(&["init"]).is(0);
        shell
    }

    fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.work().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stategen"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STATEGEN_")) {
            command.env_remove(name);
        }
        command
            .args(args)
            .current_dir(self.work())
            .env("STATEGEN_CONFIG_DIR", self.dir.path().join("config"))
            .env("STATEGEN_DATA_DIR", self.dir.path().join("data"))
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Did {
        did(self.command(args).output().unwrap())
    }
}

fn did(output: Output) -> Did {
    Did {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Did {
    #[track_caller]
    fn is(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }
    #[track_caller]
    fn says(self, words: &str) -> Self {
        assert!(self.out.contains(words), "no `{words}` in: {}", self.out);
        self
    }
    #[track_caller]
    fn warns(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no `{words}` in: {}", self.err);
        self
    }
}

#[test]
fn wrong_command_lines_end_with_2_and_say_what_was_meant() {
    let shell = Shell::new();
    shell.run(&["replya"]).is(2).warns("replay");
    shell.run(&["list", "--jsn"]).is(2).warns("--json");
    shell.run(&["run"]).is(2).warns("<SCENARIO>");
    shell
        .run(&["run", "no_such"])
        .is(2)
        .warns("no scenario `no_such`");
    shell.run(&["show", "01x"]).is(2).warns("nothing is stored");
    shell
        .run(&["replay", "01x"])
        .is(2)
        .warns("nothing is stored");
    shell
        .run(&["help", "rulse"])
        .is(2)
        .warns("There are: rules, open");
    shell
        .run(&["--project", "nowhere", "list"])
        .is(2)
        .warns("stategen init nowhere");
    assert!(
        !shell.dir.path().join("data").exists(),
        "asking made a store"
    );
}

#[test]
fn help_and_version_end_with_0() {
    let shell = Shell::new();
    shell.run(&["--help"]).is(0).says("Exit codes");
    shell.run(&["help"]).is(0).says("Exit codes");
    shell.run(&["help", "replay"]).is(0).says("--all");
    shell
        .run(&["--version"])
        .is(0)
        .says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_project_begins_once() {
    let shell = Shell::new();
    shell.run(&["init", "mine"]).is(0).says("stategen.toml");
    shell.run(&["init", "mine"]).is(2).warns("is there already");
    let ignore = shell.work().join("mine/.gitignore");
    assert_eq!(std::fs::read_to_string(ignore).unwrap(), ".stategen/\n");
}

#[test]
fn config_says_where_each_value_comes_from() {
    let shell = Shell::project();
    shell.write("stategen.toml", "seed = 5\nglyphs = \"ascii\"\n");
    let mut command = shell.command(&["config", "--theme", "mono"]);
    let told = did(command.env("STATEGEN_SEED", "8").output().unwrap()).is(0);
    let row = |name: &str| {
        let line = told.out.lines().find(|l| l.starts_with(name)).unwrap();
        line.split_whitespace()
            .map(String::from)
            .collect::<Vec<_>>()
    };
    assert_eq!(row("seed"), ["seed", "8", "$STATEGEN_SEED"]);
    assert_eq!(row("theme"), ["theme", "mono", "--theme"]);
    assert!(
        row("glyphs")[2].ends_with("stategen.toml:2"),
        "{}",
        told.out
    );
    assert_eq!(row("from_past"), ["from_past", "ask", "default"]);
    let json = shell.run(&["config", "--json"]).is(0);
    for line in json.out.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn a_wrong_setting_is_told_and_stops_nothing() {
    let shell = Shell::project();
    shell.write("stategen.toml", "sede = 5\n");
    shell
        .run(&["config"])
        .is(1)
        .says("stategen.toml:1:1: error: unknown setting `sede`");
    shell.run(&["list"]).is(0).warns("Did you mean `seed`?");
}

#[test]
fn an_empty_project_lists_nothing() {
    let shell = Shell::project();
    shell.run(&["list"]).is(0).says("no conversations in");
    assert_eq!(shell.run(&["list", "--json"]).is(0).out, "");
    shell
        .run(&["replay", "--all"])
        .is(0)
        .says("nothing is stored");
}

#[test]
fn a_store_that_cannot_be_read_ends_with_3() {
    let shell = Shell::project();
    shell.write(".stategen/store.sqlite", &"x".repeat(9000));
    for args in [&["list"][..], &["show", "last"], &["replay", "--all"]] {
        shell.run(args).is(3).warns("store.sqlite is damaged");
    }
}

#[test]
fn a_case_file_that_is_none_is_refused_with_its_line() {
    let shell = Shell::project();
    shell
        .run(&["case", "open", "no.case"])
        .is(3)
        .warns("cannot be read");
    let head = r#"{"stategen_case":1,"conversation":"01a","program":"0","blobs":1,"events":1}"#;
    let other = r#"{"stategen_case":9,"conversation":"01a","program":"0","blobs":0,"events":0}"#;
    let name = "0".repeat(64);
    for (text, words) in [
        (String::new(), "line 1 of the case file is missing"),
        ("{}\n".into(), "line 1 of the case file is no head"),
        (format!("{other}\n"), "format 9"),
        (head.into(), "line 1 of the case file was cut off"),
        (format!("{head}\n"), "line 2 of the case file is missing"),
        (
            format!("{head}\n{{\"blob\":\"{name}\",\"text\":\"x\"}}\n"),
            "line 2 of the case file holds other bytes",
        ),
    ] {
        shell.write("bad.case", &text);
        shell.run(&["case", "open", "bad.case"]).is(1).warns(words);
    }
    assert!(
        !shell.work().join(".stategen").exists(),
        "a bad case made a store"
    );
}

#[test]
fn without_a_terminal_the_workbench_says_so() {
    let shell = Shell::new();
    let told = shell.run(&[]);
    assert!(told.code == 2 && !told.err.is_empty(), "{told:?}");
}
