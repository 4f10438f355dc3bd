//! What has changed since a conversation was made, and whether it would still
//! happen.

use super::{desk, edit};

/// The task's first conversation, which ends well.
fn made(sample: &str, task: &str) -> crate::shell::Shell {
    let shell = desk(sample);
    let run = ["run", sample, "--task", task, "--seed", "1", "--quiet"];
    shell.run(&run).is(0);
    shell
}

#[test]
fn what_nobody_touched_would_happen_again() {
    for (sample, task) in [
        ("returns_desk", "broken_kettle"),
        ("bank_desk", "charged_twice"),
        ("travel_desk", "missed_connection"),
    ] {
        let shell = made(sample, task);
        let told = shell.run(&["since", "last", "--strict"]).is(0);
        assert!(
            told.out.contains("nothing has changed since"),
            "{sample}: {}",
            told.out
        );
    }
}

#[test]
fn an_edited_rule_shows_at_the_first_step_that_it_changes() {
    let shell = made("returns_desk", "broken_kettle");
    // What is paid back changes, not what was looked up before.
    edit(
        &shell,
        "returns_desk/desk.rules",
        "let value = round(item.price * item.quantity, 2)",
        "let value = round(item.price * item.quantity - 1, 2)",
    );
    let told = shell
        .run(&["since", "last"])
        .is(1)
        .says("it would not happen again: step ")
        .says("tool check_return: its rule")
        .says("check_return answers otherwise")
        .says("result.refund_if_faulty: ")
        .says("-     let value = round(item.price * item.quantity, 2)")
        .says("+     let value = round(item.price * item.quantity - 1, 2)");
    assert!(!told.out.contains("tool verify_customer"), "{}", told.out);
    let json = shell.run(&["since", "last", "--json"]).is(1).lines();
    assert_eq!(json[0]["would"], "differ");
    let first = json[0]["first"].as_u64().unwrap();
    let step = &json[0]["steps"][0];
    assert_eq!(step["step"].as_u64(), Some(first));
    assert_eq!(step["who"], "check_return");
    // As the log has it: the number is that of the first call of the tool.
    let shown = shell
        .run(&["show", "last", "--at", &first.to_string()])
        .is(0);
    let before = shell
        .run(&["show", "last", "--at", &(first - 1).to_string()])
        .is(0);
    assert!(shown.out.matches("check_return").count() > before.out.matches("check_return").count());
}

#[test]
fn what_the_conversation_does_not_use_does_not_matter_to_it() {
    let shell = made("returns_desk", "broken_kettle");
    edit(
        &shell,
        "returns_desk/desk.rules",
        "404 \"No customer {name} at {postcode}\"",
        "404 \"Nobody of the name {name} at {postcode}\"",
    );
    shell
        .run(&["since", "last", "--strict"])
        .is(0)
        .says("it would still happen: what has changed since does not touch it")
        .says("tool find_customer: its rule");
}

#[test]
fn a_policy_asks_the_agent_something_else() {
    let shell = made("returns_desk", "broken_kettle");
    let policy = shell.work().join("scenarios/returns_desk/policy.md");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, format!("{text}\nBe brief.\n")).unwrap();
    shell
        .run(&["since", "last"])
        .is(0)
        .says("what code decides would happen again; asked something else: agent main from step 2")
        .says("agent main: policy -0 +2 lines");
    shell.run(&["since", "last", "--strict"]).is(1);
}

#[test]
fn a_schema_that_takes_the_arguments_no_more_is_told() {
    let shell = made("returns_desk", "broken_kettle");
    edit(&shell, "returns_desk/desk.rules", "detail", "answer");
    edit(&shell, "returns_desk/tasks.yaml", "detail:", "answer:");
    shell
        .run(&["since", "last", "--quiet"])
        .is(1)
        .says("tool verify_customer: new parameter answer; parameter gone detail")
        .says("verify_customer fails now: ")
        .says("unknown argument `detail`; missing argument `answer`");
}

#[test]
fn a_task_that_is_gone_cannot_happen() {
    let shell = made("returns_desk", "broken_kettle");
    edit(
        &shell,
        "returns_desk/tasks.yaml",
        "broken_kettle:",
        "cracked_kettle:",
    );
    shell
        .run(&["since", "last"])
        .is(1)
        .warns("it would not happen again: no task `broken_kettle`");
    shell
        .run(&["since", "last", "--scenario", "nowhere"])
        .is(2)
        .warns("nowhere");
    shell
        .run(&["since", "last", "--branch", "other"])
        .is(2)
        .warns("There are: main");
}

#[test]
fn a_proposal_is_held_against_the_contract_as_it_is_now() {
    let shell = desk("bank_desk");
    let run = |task: &str| {
        let run = ["run", "bank_desk", "--task", task, "--seed", "1", "--quiet"];
        shell.run(&run)
    };
    run("unknown_payment").is(0);
    shell
        .run(&["since", "last", "--json"])
        .is(0)
        .lines()
        .iter()
        .for_each(|told| assert!(told["held"].as_u64() > Some(0), "{told}"));
    // It may no longer mark the payment as disputed.
    edit(
        &shell,
        "bank_desk/tools.yaml",
        "writes: [\"disputes[*]\", \"transactions[{claims[{claim_id}].txn_id}].status\"]",
        "writes: [\"disputes[*]\"]",
    );
    shell
        .run(&["since", "last", "--quiet"])
        .is(1)
        .says("tool open_dispute: what it may write")
        .says("open_dispute would be refused by the state manager: The patch writes");
}
