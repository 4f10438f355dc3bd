//! A ticket desk whose one tool is simulated: what it may propose and what not.

use super::*;
use crate::engine::rules::Program;
use crate::engine::scenario::{ArgsMode, Executor, JudgeWhen, Limits, Stop};
use crate::engine::score::Rubric;
use crate::engine::world::canon::Render;
use crate::engine::world::reach::project;
use crate::engine::world::{Reach, Schema};
use proptest::prelude::*;
use serde_json::json;

fn schema(value: &serde_json::Value) -> Schema {
    Schema::compile(value).unwrap()
}

fn reaches(list: &[&str]) -> Vec<Reach> {
    list.iter().map(|p| Reach::parse(p).unwrap()).collect()
}

fn patterns(list: &[&str]) -> Vec<Pattern> {
    list.iter().map(|p| Pattern::parse(p).unwrap()).collect()
}

fn tool() -> Tool {
    Tool {
        name: "open_ticket".into(),
        description: "Opens a ticket.".into(),
        parameters: json!({"type": "object"}),
        parameters_schema: schema(&json!({"type": "object"})),
        output: Some(schema(&json!({
            "type": "object",
            "required": ["ticket_id"],
            "properties": {
                "ticket_id": {"type": "string"},
                "state": {"enum": ["opened", "queued"]},
                "note": {"type": "string"},
                "refund": {"type": "number"}
            }
        }))),
        reads: reaches(&["orders[*]"]),
        writes: reaches(&["tickets[*]", "orders[*].notes"]),
        free_text: patterns(&["tickets[*].summary", "result.note"]),
        args: ArgsMode::Strict,
        executor: Executor::Model,
        render: Render::Compact,
        repairs: None,
        answers: Vec::new(),
    }
}

fn scenario() -> Scenario {
    let ticket = json!({"type": "object", "properties": {
        "ticket_id": {"type": "string"}, "order_id": {"type": "string"},
        "summary": {"type": "string"}, "status": {"enum": ["open", "closed"]},
        "amount": {"type": "number"}, "opened": {"type": "string"}, "urgent": {"type": "boolean"}
    }});
    Scenario {
        id: "desk".into(),
        title: "Desk".into(),
        version: crate::engine::id::Sha::of(b"desk"),
        files: std::collections::BTreeMap::new(),
        now: "2026-03-14T09:30:00Z".into(),
        world: Node::from_json(&json!({
            "orders": {"8841": {"total": 40.5, "fee": 2.25, "user": "Noah Brown", "notes": []}},
            "tickets": {"T-000001": {"ticket_id": "T-000001", "status": "closed"}},
            "secret": {"pin": 771_234}
        })),
        schema: schema(&json!({"properties": {"tickets": {"additionalProperties": ticket}}})),
        program: Program::default(),
        tools: vec![tool()],
        agents: Vec::new(),
        personas: Vec::new(),
        profiles: Vec::new(),
        rubric: Rubric::standard(),
        tasks: Vec::new(),
        stop: Stop::default(),
        limits: Limits::default(),
        judge: JudgeWhen::End,
        faults: Vec::new(),
        replies: Vec::new(),
    }
}

fn decide(text: &str) -> Result<Accepted, Refusal> {
    decide_in(&scenario(), text)
}

fn decide_in(scenario: &Scenario, text: &str) -> Result<Accepted, Refusal> {
    decide_with(scenario, &tool(), "8841", text)
}

fn decide_with(
    scenario: &Scenario,
    tool: &Tool,
    order_id: &str,
    text: &str,
) -> Result<Accepted, Refusal> {
    let args =
        Node::from_json(&json!({"order_id": order_id, "problem": "The kettle arrived broken."}));
    let projection = project(&tool.reads, &args, &scenario.world);
    let at = At {
        now: &scenario.now,
        id_key: 7,
    };
    check_proposal(
        tool,
        scenario,
        &scenario.world,
        &projection,
        &args,
        text,
        at,
    )
}

fn good() -> serde_json::Value {
    json!({
        "result": {"ticket_id": "T-482913", "state": "opened", "note": "Ticket T-482913 for order 8841 is open.", "refund": 42.75},
        "patch": [{"op": "add", "path": "/tickets/T-482913", "value": {
            "ticket_id": "T-482913", "order_id": "8841", "status": "open", "amount": 38.25,
            "opened": "2026-03-14", "urgent": true,
            "summary": "Kettle of order 8841 broken on arrival"
        }}]
    })
}

fn refused(value: &serde_json::Value, part: &str) {
    let why = decide(&value.to_string()).unwrap_err().why;
    assert_eq!(why.len(), 1, "{part}: {why:#?}");
    assert!(why[0].contains(part), "`{part}` not in {why:#?}");
}

#[test]
fn a_backed_proposal_is_accepted() {
    let yes = decide(&good().to_string()).unwrap();
    assert_eq!(yes.patch.0.len(), 1);
    assert_eq!(yes.touched[0].to_string(), "/tickets/T-482913");
    assert!(
        Path::parse("/tickets/T-482913/status")
            .unwrap()
            .find(&yes.world)
            .is_some()
    );
    assert!(yes.error.is_none());
    let fenced = format!("```json\n{}\n```", good());
    assert!(decide(&fenced).is_ok());
}

#[test]
fn every_written_value_needs_an_origin() {
    for (key, value) in [
        ("amount", json!(99.99)),
        ("order_id", json!("8842")),
        ("opened", json!("2026-03-15")),
        ("status", json!("resolved")),
        ("summary", json!("Kettle of order #99123 broken")),
        ("ticket_id", json!("482914")),
    ] {
        let mut p = good();
        p["patch"][0]["value"][key] = value;
        let why = decide(&p.to_string()).unwrap_err().why;
        assert!(
            why.iter()
                .any(|w| w.contains(&format!("/tickets/T-482913/{key}"))),
            "{key} {why:#?}"
        );
    }
    let mut p = good();
    p["patch"][0]["value"]["mood"] = json!("8841");
    refused(&p, "The key `\"mood\"`");
}

#[test]
fn a_new_id_must_be_new_and_of_its_form() {
    let text = good().to_string().replace("T-482913", "T-000001");
    let why = decide(&text).unwrap_err().why;
    assert_eq!(why.len(), 1, "{why:?}");
    assert!(
        why[0].contains("/tickets/T-000001 exists already"),
        "{why:?}"
    );
    let mut p = good();
    p["patch"][0]["path"] = json!("/tickets/T-99");
    let why = decide(&p.to_string()).unwrap_err().why;
    assert!(why[0].contains("T-99"), "{why:?}");
}

#[test]
fn only_declared_places_are_written() {
    let mut p = good();
    p["patch"]
        .as_array_mut()
        .unwrap()
        .push(json!({"op": "replace", "path": "/orders/8841/total", "value": 2.25}));
    refused(&p, "writes /orders/8841/total");
    p["patch"][1] = json!({"op": "remove", "path": "/secret"});
    refused(&p, "writes /secret");
    p["patch"][1] =
        json!({"op": "move", "from": "/secret/pin", "path": "/tickets/T-482913/amount"});
    refused(&p, "writes /secret/pin");
    p["patch"][1] = json!({"op": "replace", "path": "/tickets/none/status", "value": "open"});
    refused(&p, "does not apply");
}

#[test]
fn a_call_writes_only_the_row_that_it_is_about() {
    let scenario = scenario();
    let mut tool = tool();
    tool.reads = reaches(&["orders[{order_id}]", "tickets[*]"]);
    tool.writes = reaches(&[
        "tickets[order_id={order_id}].status",
        "orders[{order_id}].notes",
    ]);
    let with = |id: &str, path: &str, value: &str| {
        let text = json!({
            "result": {"ticket_id": "T-000001"},
            "patch": [{"op": "add", "path": path, "value": value}],
        });
        decide_with(&scenario, &tool, id, &text.to_string())
    };
    let broken = "The kettle arrived broken.";
    assert!(with("8841", "/orders/8841/notes", broken).is_ok());
    let other = with("9002", "/orders/8841/notes", broken).unwrap_err().why;
    assert_eq!(
        other,
        ["The patch writes /orders/8841/notes, but this call may write orders.9002.notes."]
    );
    // The one ticket is not about this order, so there is none to close.
    let status = with("8841", "/tickets/T-000001/status", "closed");
    assert!(status.unwrap_err().why[0].contains("but this call may write orders.8841.notes."));
    for hostile in ["*", "8841]", "{order_id}", "8841/notes", "../8841", ""] {
        let why = with(hostile, "/orders/8841/notes", broken).unwrap_err().why;
        assert!(
            why[0].contains("but this call may write orders"),
            "{hostile}: {why:?}"
        );
    }
}

#[test]
fn the_result_must_fit_and_follow() {
    let mut p = good();
    p["result"] = json!({"state": "opened"});
    refused(&p, "does not fit its schema");
    let mut p = good();
    p["result"]["refund"] = json!(77.7);
    refused(&p, "The number 77.7 in the result at result.refund");
    let mut p = good();
    p["result"]["ticket_id"] = json!("T-111111");
    refused(&p, "T-111111");
    let mut p = good();
    p["result"]["note"] = json!("Refunded $66.60 to card 1234567.");
    refused(&p, "`$66.60`");
    let mut p = good();
    p["result"]["by"] = json!("Brown, Noah");
    assert!(
        decide(&p.to_string()).is_ok(),
        "put together from known words"
    );
    p["result"]["by"] = json!("Mia Chen");
    refused(&p, "Mia Chen");
}

#[test]
fn rules_and_invariants_hold_for_a_simulated_tool_too() {
    let rules = "invariant urgent_is_small:\n    each t in tickets:\n        \
        need not (t.urgent ?? false) or t.amount < 30 else \"ticket {t.ticket_id} is urgent at {t.amount}\"\n\n\
        after:\n    set stats.tickets = len(tickets)\n";
    let mut scenario = scenario();
    let mut world = scenario.world.to_json();
    world["stats"] = json!({"tickets": 1});
    scenario.world = Node::from_json(&world);
    let (program, problems) = Program::parse(&[("desk.rules", rules)]);
    assert!(problems.is_empty(), "{problems:?}");
    scenario.program = program;
    let why = decide_in(&scenario, &good().to_string()).unwrap_err().why;
    assert_eq!(why.len(), 1, "{why:?}");
    assert!(
        why[0].contains("urgent_is_small") && why[0].contains("urgent at 38.25"),
        "{why:?}"
    );
    let mut calm = good();
    calm["patch"][0]["value"]["urgent"] = json!(false);
    calm["result"]["open_tickets"] = json!(2);
    let yes = decide_in(&scenario, &calm.to_string()).unwrap();
    let count = Path::parse("/stats/tickets").unwrap();
    assert_eq!(
        count.find(&yes.world),
        Some(&Node::Int(2)),
        "derived by `after`"
    );
    assert!(yes.touched.contains(&count));
    assert_eq!(yes.patch.0.len(), 1, "the patch is the model's own");
}

#[test]
fn an_error_is_an_answer_that_writes_nothing() {
    let yes = decide(r#"{"error": "Order 8841 is closed for tickets"}"#).unwrap();
    assert_eq!(
        yes.error.as_deref(),
        Some("Order 8841 is closed for tickets")
    );
    assert!(yes.patch.is_empty());
    let no = decide(r#"{"error": "Order #77777 not found"}"#).unwrap_err();
    assert!(no.why[0].contains("77777"), "{no:?}");
    assert!(decide(r#"{"error": "no", "patch": []}"#).is_err());
    assert!(decide(r#"{"error": 5}"#).is_err());
}

#[test]
fn what_is_no_answer_is_told_so() {
    for (text, part) in [
        ("Sure! I opened it.", "cannot be read"),
        ("[]", "must be a JSON object"),
        ("{\"patch\": []}", "`result` is missing"),
        ("{\"result\": {}}", "`patch` is missing"),
        ("{\"result\": {}, \"patch\": {}}", "must be a list"),
        (
            "{\"result\": {}, \"patch\": [{\"op\": \"fly\"}]}",
            "RFC 6902",
        ),
        (
            "{\"result\": {}, \"patch\": [], \"mood\": 1}",
            "Unknown key",
        ),
    ] {
        let why = decide(text).unwrap_err().why;
        assert!(why.iter().any(|w| w.contains(part)), "{text}: {why:?}");
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(|f| json!(f)),
        "\\PC{0,12}".prop_map(Into::into),
        Just(json!("8841")),
        Just(json!("T-123456")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::vec(("[a-z_]{1,6}|8841|-|0", inner), 0..4)
                .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_can_stop_it(text in "\\PC{0,200}") {
        let _ = decide(&text);
    }

    #[test]
    fn no_proposal_writes_outside_or_without_origin(
        result in any_json(),
        path in "(/(orders|tickets|secret|8841|T-000001|status|notes|-|0|pin|total|x)){0,3}",
        op in "add|replace|remove|test",
        value in any_json(),
    ) {
        let mut one = json!({"op": op, "path": path});
        if op != "remove" {
            one["value"] = value;
        }
        if let Ok(yes) = decide(&json!({"result": result, "patch": [one]}).to_string()) {
            let before = scenario().world;
            prop_assert_eq!(yes.world.child("secret"), before.child("secret"));
            let total = Path::parse("/orders/8841/total").unwrap();
            prop_assert_eq!(total.find(&yes.world), total.find(&before));
        }
    }
}
