//! Files of results as benches write them.

use super::{pretty, sources};
use crate::lint::{TRUE, UNTRUE, chat};
use crate::shell::Shell;
use serde_json::{Value, json};

/// A run as tau2-bench writes it.
fn run_of(task: &str, said: &str) -> Value {
    let order = json!({"order_id": "#W2378156", "total": 44.9}).to_string();
    json!({
        "id": format!("run-{task}"), "task_id": task, "timestamp": "2025-10-31T07:16:27.854362",
        "duration": 3.5, "termination_reason": "user_stop", "agent_cost": 0.1,
        "reward_info": {"reward": 1.0, "db_check": null},
        "messages": [
            {"role": "assistant", "content": "Hi! How can I help you today?", "tool_calls": null,
                "turn_idx": 0, "cost": 0.0, "usage": null, "raw_data": null},
            {"role": "user", "content": "What did order #W2378156 cost?", "tool_calls": null,
                "turn_idx": 1},
            {"role": "assistant", "content": null, "turn_idx": 2, "tool_calls": [
                {"id": "t1", "name": "get_order_details", "requestor": "assistant",
                    "arguments": {"order_id": "#W2378156"}}]},
            {"id": "t1", "role": "tool", "content": order, "requestor": "assistant",
                "error": false, "turn_idx": 3},
            {"role": "assistant", "content": said, "tool_calls": null, "turn_idx": 4},
            {"role": "user", "content": null, "turn_idx": 5, "tool_calls": [
                {"id": "t2", "name": "check_balance", "requestor": "user", "arguments": {}}]},
            {"id": "t2", "role": "tool", "content": "Balance: $12.34", "requestor": "user",
                "error": false, "turn_idx": 6},
            {"role": "user", "content": "I see $12.34. ###STOP###", "tool_calls": null},
        ],
        "trial": 0, "seed": 300,
    })
}

#[test]
fn results_of_tau_benches_are_read_with_what_they_say_of_the_domain() {
    let shell = Shell::new();
    let tasks: Vec<Value> = (0..12)
        .map(|n| {
            json!({"id": n.to_string(), "description": {"purpose": null}, "ticket": null,
                "user_scenario": {"persona": null, "instructions": {"domain": "retail",
                    "known_info": "You are Yusuf Rossi. Your order is #W2378156."}},
                "evaluation_criteria": {"actions": [{"name": "get_order_details",
                    "arguments": {"order_id": "#W0000001"}}]}})
        })
        .collect();
    let results = |said: &str, policy: &str| {
        json!({
            "timestamp": "2025-10-31T07:16:27.854362",
            "info": {"git_commit": "8d005b0e", "num_trials": 1,
                "environment_info": {"domain_name": "retail", "policy": policy, "tool_defs": null}},
            "tasks": tasks,
            "simulations": (0..12).map(|n| run_of(&n.to_string(), said)).collect::<Vec<_>>(),
        })
    };
    let check = |value: &Value, code: i32, findings: usize| {
        for text in [value.to_string(), pretty(value)] {
            shell.write("results.json", &text);
            let told = shell.run(&["lint", "results.json", "--json"]).is(code);
            let lines = told.lines();
            assert_eq!(lines.len(), 13);
            for line in &lines[..12] {
                assert_eq!((&line["of"], &line["turns"]), (&json!("tau"), &json!(8)));
                let found = line["findings"].as_array().unwrap();
                assert_eq!(found.len(), findings, "{found:?}");
            }
            assert_eq!(lines[0]["id"], "run-0");
            assert!(sources(&told)[11].ends_with("#12"));
        }
    };
    check(&results("It cost $44.90.", ""), 0, 0);
    check(&results("It cost $44.90, and a fee of $7.35.", ""), 1, 1);
    // The policy of the file is what the agent was told.
    let policy = "# Retail agent policy\n\nThe fee of a return is $7.35.\n";
    check(
        &results("It cost $44.90, and a fee of $7.35.", policy),
        0,
        0,
    );
    // What a run ought to have done nobody was told.
    check(&results("It is order #W0000001.", policy), 1, 1);
    // A run by itself, and one in which no tool was called.
    let mut quiet = run_of("0", "It cost $87.31.");
    quiet["messages"] = json!([
        {"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]);
    shell.write("run.json", &pretty(&quiet));
    let told = shell.run(&["lint", "run.json", "--json"]).is(0).lines();
    assert_eq!(told[0]["of"], "tau");

    // tau-bench: a list of runs, with messages as a model is asked.
    let runs = |said: &str| {
        let mut messages = chat("x", said)["messages"].clone();
        messages[3]["name"] = json!("get_order");
        let task = json!({"user_id": "u1", "actions": [], "outputs": [],
            "instruction": "You are mia_li_3668. You want to know what RD-27917 was."});
        json!([
            {"task_id": 3, "reward": 0.0, "info": {"task": task, "source": "user"},
                "traj": messages, "trial": 1},
            {"task_id": 4, "reward": 0.0, "info": {"error": "EOF when reading a line"}, "traj": [],
                "trial": 0}])
    };
    for (said, code) in [(TRUE, 0), (UNTRUE, 1)] {
        shell.write("runs.json", &pretty(&runs(said)));
        let told = shell.run(&["lint", "runs.json", "--json"]).is(code).lines();
        assert_eq!(told[0]["of"], "tau");
        assert_eq!(told[0]["id"], "task-3-trial-1");
        assert_eq!(
            (&told[0]["turns"], &told[1]["turns"]),
            (&json!(4), &json!(0))
        );
        assert_eq!(told[0]["findings"].as_array().unwrap().len(), code as usize);
    }
}
