//! `new`, `check` and `schema` as a shell sees them.

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs the program in a folder; its code and what it wrote.
fn run(dir: &Path, args: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stategen"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STATEGEN_")) {
        command.env_remove(name);
    }
    let done = command
        .args(args)
        .current_dir(dir)
        .env("STATEGEN_CONFIG_DIR", dir.join("config"))
        .env("STATEGEN_DATA_DIR", dir.join("data"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let all = [done.stdout, done.stderr].concat();
    (
        done.status.code().unwrap_or(-1),
        String::from_utf8(all).unwrap(),
    )
}

#[track_caller]
fn says(dir: &Path, args: &[&str], code: i32, words: &[&str]) {
    let (was, said) = run(dir, args);
    assert_eq!(was, code, "{args:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{args:?}: no `{word}` in: {said}");
    }
}

#[test]
fn a_scenario_is_begun_checked_spelled_out_and_run() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    std::fs::write(
        dir.join("parts.csv"),
        "part,bin,status\na1,x,new\nb2,x,used\nc3,y,used\n",
    )
    .unwrap();
    let made = "3 tools, 1 agent, 1 task, 0 invariants, 0 policy checks, world of 1 table and 3 rows; 0 errors, 0 warnings";
    says(
        dir,
        &["new", "stock", "--data", "parts.csv"],
        0,
        &["made stock", "tasks.yaml", made],
    );
    says(dir, &["new", "stock"], 2, &["stock is there already"]);
    says(
        dir,
        &["check", "stock"],
        0,
        &["scenario.yaml: tables.parts.key = part", made],
    );
    says(
        dir,
        &["check", "stock", "--expand", "whole"],
        0,
        &["files to whole"],
    );
    says(
        dir,
        &["check", "stock", "--expand", "whole"],
        3,
        &["Nothing is overwritten"],
    );
    let (code, said) = run(dir, &["check", "whole"]);
    assert_eq!(
        (code, said.trim_end()),
        (0, format!("whole: {made}").as_str())
    );
    says(dir, &["run", "stock"], 0, &["1 of 1 assertions hold"]);

    std::fs::write(dir.join("stock/tasks.yaml"), "a: {gaol: x}\n").unwrap();
    let wrong = [
        "tasks.yaml:1:5: error: unknown key `gaol` in `a`\n    did you mean `goal`?",
        "stock: 2 errors, 0 warnings",
    ];
    says(dir, &["check", "stock"], 1, &wrong);
    says(
        dir,
        &["check", "--json", "stock"],
        1,
        &["{\"scenario\":\"stock\",\"errors\":2,\"warnings\":0}"],
    );
    says(
        dir,
        &["new", "other", "--data", "none.csv"],
        2,
        &["none.csv cannot be read"],
    );
    assert!(!dir.join("other").exists());
}

#[test]
fn schemas_are_printed_by_name() {
    let dir = tempfile::tempdir().unwrap();
    says(
        dir.path(),
        &["schema"],
        0,
        &["scenario.yaml", "rubric.yaml"],
    );
    says(
        dir.path(),
        &["schema", "tasks"],
        0,
        &["\"title\": \"StateGen: tasks.yaml\""],
    );
    says(
        dir.path(),
        &["schema", "task"],
        2,
        &["did you mean `tasks`?"],
    );
}
