//! `stategen step`, deciding and exporting, as a shell sees them.

use crate::shell::{Did, Shell, did};
use std::io::Write;
use std::process::Stdio;

/// Lines into `stategen step`.
fn step(shell: &Shell, args: &[&str], lines: &str) -> Did {
    let mut all = vec!["step"];
    all.extend(args);
    let mut child = shell
        .command(&all)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    did(child.wait_with_output().unwrap())
}

#[test]
fn a_conversation_is_stepped_through_line_by_line() {
    let shell = Shell::project();
    let lines = "\
# comments and empty lines are passed over

step
round
where
back 1
where
undo
fork 1
branches
switch main
run
scores
findings
world
persona
goal
show 1
change 1
tries 1
mark
tag seed
comment worth a look
approve looks right
quit
";
    let told = step(&shell, &["returns_desk", "--seed", "3", "--plain"], lines).is(0);
    for words in [
        "  1 U user",
        "> back 1",
        "main.2",
        "ended: ",
        "overall ",
        "\"orders\"",
        "patience",
        "step 1 changed nothing",
        "#seed",
        "main  approved",
    ] {
        assert!(told.out.contains(words), "no `{words}` in: {}", told.out);
    }
    assert!(!told.out.contains('\u{1b}'), "an escape came out");
    // All of it is stored, and what people wrote is shown.
    shell
        .run(&["show", "last", "--branch", "main"])
        .is(0)
        .says("main.2")
        .says("approved by")
        .says("looks right")
        .says("comment: worth a look");
    shell.run(&["replay", "--all"]).is(0).says("the same");
    let listed = shell
        .run(&["list", "--json", "status:approved", "tag:seed"])
        .is(0);
    assert_eq!(listed.lines().len(), 1);
    assert_eq!(listed.lines()[0]["decision"]["reason"], "looks right");
}

#[test]
fn a_script_ends_at_the_first_line_that_cannot_be_done() {
    let shell = Shell::project();
    step(&shell, &["returns_desk"], "setp\nstep\n")
        .is(2)
        .warns("step");
    let told = step(&shell, &["returns_desk"], "step\nredo\nround\n")
        .is(1)
        .warns("nothing to undo or redo");
    assert!(!told.out.contains("> round"), "{}", told.out);
    step(&shell, &["returns_desk"], "back 99\n")
        .is(2)
        .warns("no step 99");
    step(&shell, &["returns_desk"], "world nowhere.at.all\n")
        .is(1)
        .warns("nothing at");
    let told = step(&shell, &["returns_desk", "--keep-going"], "redo\nstep\n").is(0);
    assert!(told.out.contains("  1 U user"), "{}", told.out);
    step(&shell, &["no_such"], "step\n").is(2).warns("no_such");
}

#[test]
fn a_person_speaks_for_a_seat_at_the_prompt() {
    let shell = Shell::project();
    let lines = "\
take user once
step
say My kettle arrived broken.
step
done Thanks, bye.
where
";
    let told = step(
        &shell,
        &["returns_desk", "--seed", "3", "--keep-going"],
        lines,
    )
    .is(0);
    assert!(told.out.contains("it is your turn"), "{}", told.out);
    assert!(
        told.out.contains("My kettle arrived broken."),
        "{}",
        told.out
    );
    assert!(told.out.contains("by a person"), "{}", told.out);
}

#[test]
fn the_rest_of_a_branch_is_run_several_times() {
    let shell = Shell::project();
    let told = step(
        &shell,
        &["returns_desk", "--seed", "3"],
        "round\ntry 2 3\nbranches\nundo\nbranches\n",
    )
    .is(0);
    assert!(
        told.out.contains("every assertion holds in"),
        "{}",
        told.out
    );
    assert!(told.out.contains("of 3 runs"), "{}", told.out);
}

#[test]
fn what_is_approved_is_exported_and_nothing_else() {
    let shell = Shell::project();
    for seed in ["1", "2", "3"] {
        shell
            .run(&["run", "returns_desk", "--seed", seed, "--quiet"])
            .is(0);
    }
    shell
        .run(&["export", "out"])
        .is(1)
        .warns("nothing to export");
    let rows = shell.run(&["list", "--json"]).is(0).lines();
    let id = |n: usize| rows[n]["id"].as_str().unwrap().to_owned();
    shell
        .run(&["approve", &id(0), &id(1), "--reason", "good"])
        .is(0)
        .says("approved");
    shell.run(&["discard", &id(1)]).is(0).says("discarded");
    shell
        .run(&["undecide", &id(2)])
        .is(2)
        .warns("nobody has decided");
    shell
        .run(&["export", "--dry-run"])
        .is(0)
        .says("1 of 1 approved are written; 1 open, 1 discarded")
        .says("nothing was written");
    assert!(!shell.work().join("out").exists());
    shell.run(&["export", "out"]).is(0).says("written to out");
    shell
        .run(&["export", "out"])
        .is(2)
        .warns("is there already");
    let text = std::fs::read_to_string(shell.work().join("out/index.jsonl")).unwrap();
    assert!(text.lines().count() >= 2, "{text}");
    assert!(text.lines().all(|l| l.contains(&id(0))), "{text}");
    shell
        .run(&["export", "more", "--format", "opnai"])
        .is(2)
        .warns("there are own, openai");
    // A judge's second verdict is another head: the decision is stale.
    shell.run(&["judge", &id(0)]).is(0);
    shell
        .run(&["export", "again"])
        .is(1)
        .warns("0 approved, 1 stale");
    shell.run(&["list", "status:stale"]).is(0).says(&id(0));
    shell.run(&["undecide", &id(0)]).is(0).says("open again");
    shell
        .run(&["list", "status:stale"])
        .is(0)
        .says("let through");
}

#[test]
fn all_that_meet_their_gates_are_approved_after_saying_which() {
    let shell = Shell::project();
    for seed in ["1", "2"] {
        shell
            .run(&["run", "returns_desk", "--seed", seed, "--quiet"])
            .is(0);
    }
    let told = shell
        .run(&["approve", "--all", "gate:met"])
        .is(0)
        .says("say --yes");
    let rows = shell.run(&["list", "--json", "gate:met"]).is(0).lines();
    assert!(
        told.out.contains(&format!("{} conversation", rows.len())),
        "{}",
        told.out
    );
    shell
        .run(&["list", "status:approved"])
        .is(0)
        .says("let through");
    shell.run(&["approve", "--all", "gate:met", "--yes"]).is(0);
    let approved = shell
        .run(&["list", "--json", "status:approved"])
        .is(0)
        .lines();
    assert_eq!(approved.len(), rows.len());
    shell
        .run(&["approve", "--all", "overal<3"])
        .is(2)
        .warns("overall");
    shell
        .run(&["list", "--sort", "worst"])
        .is(2)
        .warns("newest, oldest");
    shell.run(&["list", "--filters"]).is(0).says("status:open");
    shell.run(&["help", "exports"]).is(0).says("openai.jsonl");
}
