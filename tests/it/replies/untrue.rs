//! A tool simulator that answers with what is in the state but not so: another
//! row, an error that is not true, a value that its tool may not read.

use super::{answer, calling, last, sent_back, text};
use crate::support::Desk;
use serde_json::json;
use stategen::engine::input::{Command, Go};
use stategen::engine::role::Role;
use stategen::engine::scenario::{Files, load};
use stategen::engine::score::Blame;
use stategen::engine::step::Act;

const FILES: [(&str, &str); 5] = [
    (
        "scenario.yaml",
        "title: Cups\nnow: 2026-03-14T09:30:00Z\nagents:\n  main: {policy: policy.md}\n",
    ),
    ("policy.md", "Be kind.\n"),
    (
        "world.json",
        r#"{"orders": {
            "8841": {"status": "delivered", "total": 59.9, "item": "kettle", "buyer": "Maya"},
            "8842": {"status": "open", "total": 12.0, "item": "cup", "buyer": "Tom"}}}"#,
    ),
    (
        "tools.yaml",
        "look_up:
  description: Look an order up.
  executor: model
  parameters: {order_id: string}
  reads: [\"orders[*]\"]
  output: {status: string, total: number}
buyer_of:
  description: Who bought an order.
  executor: model
  parameters: {order_id: string}
  reads: [\"orders[{order_id}].status\", \"orders[{order_id}].item\"]
  output: {item: string, buyer: string}
",
    ),
    (
        "tasks.yaml",
        "ask:\n  goal: Learn how order 8841 stands.\n  known: {order_id: \"8841\"}\n",
    ),
];

/// A conversation that has come to the call of a tool about order 8841.
fn asked(tool: &str) -> Desk {
    let files: Files = FILES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().into()))
        .collect();
    let loaded = load("cups", &files);
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    let scenario = loaded.scenario.unwrap_or_else(|| panic!("{problems:#?}"));
    let mut desk = Desk::of(scenario, 0, 1, &[]);
    desk.command(Command::Go(Go::End));
    answer(&mut desk, text("How does order 8841 stand?"));
    answer(&mut desk, calling(tool, r#"{"order_id": "8841"}"#));
    assert_eq!(desk.waiting.as_ref().expect("a call").role, Role::Tool);
    desk
}

fn proposal(result: &serde_json::Value) -> String {
    json!({"result": result, "patch": []}).to_string()
}

#[test]
fn another_row_of_the_state_is_sent_back_and_the_right_one_is_taken() {
    let mut desk = asked("look_up");
    let other = json!({"status": "open", "total": 12.0});
    answer(&mut desk, text(&proposal(&other)));
    let why = sent_back(desk.waiting.as_ref().expect("asked again"));
    let why = why.last().map_or("", |(_, text)| text);
    assert!(
        why.contains("that of 8842, not of 8841") && why.contains("/orders/8841/status"),
        "{why}"
    );
    let right = json!({"status": "delivered", "total": 59.9});
    answer(&mut desk, text(&proposal(&right)));
    let step = last(&desk);
    let Act::Ran(run) = &step.body.act else {
        panic!("{:?}", step.body.act)
    };
    assert!(run.ok, "{}", run.text);
    assert_eq!(
        step.body
            .findings
            .iter()
            .map(|f| &*f.kind)
            .collect::<Vec<_>>(),
        ["refused_proposal"],
        "what was refused stays on the step"
    );
}

#[test]
fn an_error_that_is_not_true_is_sent_back() {
    let mut desk = asked("look_up");
    let error = json!({"error": "Order 8841 not found"}).to_string();
    answer(&mut desk, text(&error));
    let why = sent_back(desk.waiting.as_ref().expect("asked again"));
    let why = why.last().map_or("", |(_, text)| text);
    assert!(why.contains("/orders/8841"), "{why}");
}

#[test]
fn a_value_outside_what_the_tool_reads_is_the_scenarios_fault() {
    let mut desk = asked("buyer_of");
    let result = json!({"item": "kettle", "buyer": "Maya"});
    answer(&mut desk, text(&proposal(&result)));
    let step = last(&desk);
    let found: Vec<_> = step
        .body
        .findings
        .iter()
        .map(|f| (&*f.kind, f.blame, &*f.place, &*f.quote, &*f.source))
        .collect();
    assert_eq!(
        found,
        [(
            "outside_reads",
            Blame::Scenario,
            "result.buyer",
            "Maya",
            "world /orders/8841/buyer"
        )]
    );
}
