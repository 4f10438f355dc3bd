//! An accepted answer of a model becomes a row or a rule, and the conversation
//! still happens.

use super::{desk, edit};
use crate::shell::Shell;
use serde_json::Value;

/// A bank's conversation in which models answered.
fn made(task: &str) -> Shell {
    let shell = desk("bank_desk");
    let run = ["run", "bank_desk", "--task", task, "--seed", "1", "--quiet"];
    shell.run(&run).is(0);
    shell
}

/// The conversation that was made first.
fn first(shell: &Shell) -> String {
    let all = shell.run(&["list", "--json", "--sort", "oldest"]).lines();
    all[0]["id"].as_str().unwrap().to_owned()
}

/// Makes the conversation anew: the steps that a tool answered by an executor.
fn steps(shell: &Shell, executor: &str) -> Vec<(String, String)> {
    let run = [
        "run",
        "bank_desk",
        "--task",
        "unknown_payment",
        "--seed",
        "1",
        "--json",
    ];
    let lines = shell.run(&run).is(0).lines();
    lines
        .iter()
        .map(|l| &l["body"])
        .filter(|body| body["act"]["executor"] == executor)
        .map(|body| {
            let tool = body["act"]["call"]["tool"].as_str().unwrap();
            (body["number"].to_string(), tool.to_owned())
        })
        .collect()
}

/// Whether the first conversation would still happen.
fn would(shell: &Shell) -> Value {
    shell.run(&["since", &first(shell), "--json"]).lines()[0].clone()
}

#[test]
fn a_row_answers_the_same_call_without_asking() {
    let shell = made("unknown_payment");
    let id = first(&shell);
    let models = steps(&shell, "model");
    assert!(models.len() >= 2, "{models:?}");
    for (number, tool) in &models {
        let frozen = ["freeze", &*id, number, "--as", "row"];
        shell
            .run(&frozen)
            .is(0)
            .says(&format!("a row for this call of {tool} does the same"))
            .says("nothing was written; --write does.");
        let mut write = frozen.to_vec();
        write.push("--write");
        shell.run(&write).is(0).says("written.");
        shell
            .run(&frozen)
            .is(1)
            .warns("has an answer to this call already");
    }
    // Comments of the file stay, and nothing else is touched.
    let path = shell.work().join("scenarios/bank_desk/tools.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("# A person sits behind this one"), "{text}");
    assert!(text.contains("  answers:\n    - args:"), "{text}");
    shell.run(&["check", "bank_desk", "--quiet"]).is(0);
    let told = would(&shell);
    assert_eq!(told["would"], "happen", "{told}");
    assert_eq!(told["held"], 0, "no proposal is needed any more");
    // Made again, the same calls are answered by a table.
    let before = models;
    let after = steps(&shell, "table");
    assert_eq!(after, before);
    assert_eq!(steps(&shell, "model"), []);
}

#[test]
fn a_row_that_does_not_fit_the_world_is_not_given() {
    let shell = made("unknown_payment");
    let id = first(&shell);
    let models = steps(&shell, "model");
    let (number, tool) = &models[0];
    assert_eq!(tool, "classify_dispute");
    shell
        .run(&["freeze", &id, number, "--as", "row", "--write"])
        .is(0);
    // Its id is taken in the world by now: the model is asked as ever.
    let text =
        std::fs::read_to_string(shell.work().join("scenarios/bank_desk/tools.yaml")).unwrap();
    let id = text
        .split("/claims/CLAIM-")
        .nth(1)
        .map(|t| t.get(..6).unwrap().to_owned())
        .unwrap();
    let row = format!(
        "\"claims\": {{\"CLAIM-{id}\": {{\"claim_id\": \"CLAIM-{id}\", \"txn_id\": \"TX-1\", \
         \"claim\": \"duplicate\", \"client_words\": \"\", \"noted\": \"2026-09-21T10:15:00Z\"}}}}"
    );
    edit(&shell, "bank_desk/world.json", "\"claims\": {}", &row);
    let after = steps(&shell, "model");
    assert!(after.iter().any(|(_, t)| t == tool), "{after:?}");
    assert_eq!(steps(&shell, "table"), []);
}

#[test]
fn a_draft_that_is_there_becomes_the_rule() {
    let shell = made("unknown_payment");
    let id = first(&shell);
    let models = steps(&shell, "model");
    let (number, tool) = models.iter().find(|(_, t)| t == "open_dispute").unwrap();
    shell
        .run(&["freeze", &id, number, "--as", "rule", "--write"])
        .is(0)
        .says(&format!("the rule of {tool} that is there does the same"))
        .says("executor: rules");
    shell.run(&["check", "bank_desk", "--quiet"]).is(0);
    let told = would(&shell);
    assert_eq!(told["first"], Value::Null, "{told}");
    assert!(steps(&shell, "rules").iter().any(|(_, t)| t == tool));
    assert!(steps(&shell, "model").iter().all(|(_, t)| t != tool));
}

#[test]
fn a_new_rule_is_drafted_and_proved() {
    let shell = made("unknown_payment");
    let id = first(&shell);
    let models = steps(&shell, "model");
    assert!(models.len() >= 3, "{models:?}");
    for (number, tool) in &models {
        if tool == "classify_dispute" {
            // One answer does not tell what others would be: the reference paths
            // of the other tasks do not hold by such a rule.
            shell
                .run(&["freeze", &id, number, "--as", "rule", "--anew"])
                .is(1)
                .warns("after the reference path the assertion");
            continue;
        }
        let told = shell
            .run(&["freeze", &id, number, "--as", "rule", "--anew", "--write"])
            .is(0)
            .says(&format!("a new rule of {tool} does the same"))
            .says("# A draft from one accepted answer");
        if tool == "open_dispute" {
            told.says("let claim = claims[claim_id] else 404 \"Claim {claim_id} not found\"")
                .says("let transaction = transactions[claim.txn_id]")
                .says("merchant: transaction.text")
                .says("set transaction.status = \"disputed\"");
        }
    }
    // What the draft stood for keeps its header and its words for models.
    let rules =
        std::fs::read_to_string(shell.work().join("scenarios/bank_desk/drafts.rules")).unwrap();
    assert!(
        rules.contains("## Open a dispute with the card scheme"),
        "{rules}"
    );
    assert!(
        rules.contains("tool open_dispute(claim_id: string):"),
        "{rules}"
    );
    shell.run(&["check", "bank_desk", "--quiet"]).is(0);
    let told = would(&shell);
    assert_eq!(told["first"], Value::Null, "{told}");
    let left = steps(&shell, "model");
    assert!(
        left.iter().all(|(_, t)| t == "classify_dispute"),
        "{left:?}"
    );
}

#[test]
fn what_cannot_be_frozen_says_why() {
    let shell = made("unknown_payment");
    let id = first(&shell);
    shell
        .run(&["freeze", &id, "1"])
        .is(1)
        .warns("step 1 is not frozen: this step is no answer of a tool.");
    let (number, tool) = &steps(&shell, "rules")[0];
    shell.run(&["freeze", &id, number]).is(1).warns(&format!(
        "a rule answered {tool}: there is nothing to freeze"
    ));
    shell
        .run(&["freeze", &id, "999"])
        .is(2)
        .warns("there is no step 999");
    // A tool that nothing answers by a model any more.
    let (number, _) = steps(&shell, "model")
        .into_iter()
        .find(|(_, t)| t == "open_dispute")
        .unwrap();
    shell
        .run(&["freeze", &id, &number, "--as", "rule", "--write"])
        .is(0);
    shell
        .run(&["freeze", &id, &number, "--as", "row"])
        .is(1)
        .warns("open_dispute is not answered by a model any more");
}
