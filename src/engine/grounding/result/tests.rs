//! A small library: what its tools may answer, and what not.

use super::*;
use crate::engine::grounding::{Check, Told, Turn};
use crate::engine::world::{Patch, Pattern};
use serde_json::{Value, json};
use std::sync::Arc;

fn world() -> Value {
    json!({
        "members": {
            "ada_101": {"member_id": "ada_101", "name": "Ada North", "mail": "ada@example.com",
                        "home": {"street": "1 Hill Road", "town": "Upton"}, "loans": ["LN-7001"], "dues": 4.5},
            "bob_102": {"member_id": "bob_102", "name": "Bob South", "mail": "bob@example.com",
                        "home": {"street": "9 Dale Lane", "town": "Lowton"}, "loans": ["LN-7002"], "dues": 0.0}
        },
        "loans": {
            "LN-7001": {"loan_id": "LN-7001", "member_id": "ada_101", "status": "open", "title": "Tides", "fine": 1.25},
            "LN-7002": {"loan_id": "LN-7002", "member_id": "bob_102", "status": "overdue", "title": "Winds", "fine": 3.5}
        },
        "desk": {"open": true}
    })
}

/// What is found in a call, as kinds and places.
fn found(tool: &str, args: &Value, ok: bool, result: &Value, patch: &Value) -> Vec<String> {
    let tools = [
        "get_loan",
        "renew_loan",
        "find_member",
        "get_member",
        "reckon",
    ];
    let told = Told {
        tools: Arc::new(
            tools
                .iter()
                .map(|name| ToolFacts {
                    name: (*name).to_owned(),
                    description: String::from("Of the library."),
                    mutates: Some(*name == "renew_loan"),
                    ..ToolFacts::default()
                })
                .collect(),
        ),
        ..Told::default()
    };
    let before = Node::from_json(&world());
    let patch: Patch = serde_json::from_value(patch.clone()).unwrap();
    let after = patch.apply(&before).unwrap().world;
    let main = [String::from("main")];
    let (args, result) = (Node::from_json(args), Node::from_json(result));
    let text = result
        .as_str()
        .map_or_else(|| result.to_string(), ToOwned::to_owned);
    let ran = Ran {
        agent: &main,
        tool,
        args: &args,
        ok,
        result: &result,
        text: &text,
        patch: Some(&patch),
        before: Some(&before),
        after: Some(&after),
        reads: None,
        writes: None,
        computed: false,
    };
    let report = Check::new(Arc::new(told)).judge(&Turn::Ran(&ran), 1);
    let c = report.coverage;
    assert_eq!(c.literals, c.traced + c.untraced + c.unchecked);
    let line = |f: &Finding| format!("{} {}", f.kind, f.place);
    report.findings.iter().map(line).collect()
}

fn loan(change: &Value) -> Value {
    let mut loan = world()["loans"]["LN-7001"].clone();
    for (key, value) in change.as_object().unwrap() {
        loan[key] = value.clone();
    }
    loan
}

fn read(result: &Value) -> Vec<String> {
    found(
        "get_loan",
        &json!({"loan_id": "LN-7001"}),
        true,
        result,
        &json!([]),
    )
}

#[test]
fn a_result_that_breaks_off_is_one_thing_wrong() {
    let whole = loan(&json!({})).to_string();
    let find = |text: &str| {
        let args = json!({"mail": "ada@example.com"});
        found("find_member", &args, true, &json!(text), &json!([]))
    };
    for at in [12, whole.len() / 2, whole.len() - 1] {
        let cut = whole.get(..at).unwrap();
        assert_eq!(read(&json!(cut)), ["wrong_type result"], "{cut}");
        assert_eq!(find(cut), ["wrong_type result"], "{cut}");
    }
    assert_eq!(find("{'member_id': 'ada_1"), ["wrong_type result"]);
    // Whole in another language's way, or no value at all.
    for text in ["{'member_id': 'ada_101'}", "[1] of 2 members"] {
        assert!(
            !find(text).contains(&String::from("wrong_type result")),
            "{text}"
        );
    }
}

#[test]
fn views_of_rows() {
    assert!(read(&loan(&json!({}))).is_empty());
    assert!(read(&json!({"message": "Here it is.", "loan": loan(&json!({}))})).is_empty());
    assert!(read(&json!({"title": "Tides", "status": "Open"})).is_empty());
    assert_eq!(
        read(&loan(&json!({"fine": 2.25}))),
        ["wrong_amount result.fine"]
    );
    assert_eq!(
        read(&loan(&json!({"fine": "$1.25"}))),
        ["wrong_type result.fine"]
    );
    assert_eq!(
        read(&loan(&json!({"status": "lost"}))),
        ["wrong_status result.status"]
    );
    assert_eq!(
        read(&loan(&json!({"stars": 5}))),
        ["invented_field result.stars"]
    );
    assert_eq!(
        read(&loan(&json!({"member_id": "eve_999"}))),
        ["unknown_id result.member_id"]
    );
    let mut short = loan(&json!({}));
    short.as_object_mut().unwrap().remove("title");
    assert_eq!(read(&short), ["missing_field result.title"]);
    assert_eq!(
        read(&world()["loans"]["LN-7002"]),
        ["wrong_entity result.loan_id"]
    );
    let mut none = loan(&json!({"loan_id": "LN-9999"}));
    assert_eq!(
        found(
            "get_loan",
            &json!({"loan_id": "LN-9999"}),
            true,
            &none,
            &json!([])
        ),
        ["invented_entity result.loan_id"]
    );
    none["loan_id"] = json!("LN-7001");
    assert_eq!(
        read(&json!({"title": "Winds", "status": "overdue", "fine": 3.5})),
        ["wrong_entity result.title"]
    );
}

#[test]
fn rows_inside_and_lists() {
    let args = json!({"member_id": "ada_101"});
    let ada = world()["members"]["ada_101"].clone();
    let of = |result: &Value| found("get_member", &args, true, result, &json!([]));
    assert!(of(&ada).is_empty());
    let mut other = ada.clone();
    other["home"] = world()["members"]["bob_102"]["home"].clone();
    assert_eq!(of(&other), ["wrong_entity result.home"]);
    let mut more = ada.clone();
    more["loans"] = json!(["LN-7001", "LN-8888"]);
    assert_eq!(of(&more), ["unknown_id result.loans.1"]);
}

#[test]
fn single_answers_errors_and_arithmetic() {
    let mail = json!({"mail": "ada@example.com"});
    let find = |ok, result: Value| found("find_member", &mail, ok, &result, &json!([]));
    assert!(find(true, json!("ada_101")).is_empty());
    assert_eq!(find(true, json!("bob_102")), ["wrong_entity result"]);
    assert_eq!(find(true, json!("ada_555")), ["invented_entity result"]);
    assert_eq!(
        find(false, json!("Error: member not found")),
        ["false_error result"]
    );
    let id = |id: &str, text: &str| {
        found(
            "get_loan",
            &json!({"loan_id": id}),
            false,
            &json!(text),
            &json!([]),
        )
    };
    assert!(id("LN-9999", "Error: loan not found").is_empty());
    assert_eq!(
        id("LN-7001", "Error: LN-7001 does not exist"),
        ["false_error result"]
    );
    assert_eq!(
        id("LN-7001", "Non-open loan cannot be renewed"),
        ["false_error result"]
    );
    assert!(id("LN-7002", "Non-open loan cannot be renewed").is_empty());
    let sum = json!({"expression": "4.5 + 1.25"});
    assert!(found("reckon", &sum, true, &json!("5.75"), &json!([])).is_empty());
    assert_eq!(
        found("reckon", &sum, true, &json!("5.85"), &json!([])),
        ["wrong_arithmetic result"]
    );
}

#[test]
fn writes() {
    let args = json!({"loan_id": "LN-7001"});
    let set = |path: &str, value: &str| json!({"op": "replace", "path": path, "value": value});
    let renew = |result: &Value, patch: &Value| found("renew_loan", &args, true, result, patch);
    let renewed = loan(&json!({"status": "renewed"}));
    let done = set("/loans/LN-7001/status", "renewed");
    assert!(renew(&renewed, &json!([done])).is_empty());
    assert_eq!(
        renew(&loan(&json!({})), &json!([done])),
        ["stale_read result.status"]
    );
    assert_eq!(
        renew(&renewed, &json!([])),
        ["write_not_done result.status"]
    );
    assert_eq!(renew(&json!("Renewed."), &json!([])), ["write_not_done "]);
    let elsewhere = json!([set("/loans/LN-7002/status", "renewed")]);
    assert_eq!(renew(&json!("Renewed."), &elsewhere), ["write_elsewhere "]);
    let beside = json!([done, set("/members/ada_101/mail", "new@example.com")]);
    assert_eq!(renew(&renewed, &beside), ["undeclared_write "]);
}

#[test]
fn what_a_tool_may_not_read() {
    let world = Node::from_json(&world());
    let args = Node::from_json(&json!({"loan_id": "LN-7001"}));
    let result = Node::from_json(&json!({"title": "Tides", "fine": 1.25}));
    let reads = [Pattern::parse("loans[*].title").unwrap()];
    let main = [String::from("main")];
    let ran = Ran {
        agent: &main,
        tool: "get_loan",
        args: &args,
        ok: true,
        result: &result,
        text: "",
        patch: Some(&Patch::default()),
        before: Some(&world),
        after: Some(&world),
        reads: Some(&reads),
        writes: None,
        computed: false,
    };
    let report = hold(&ran, 1, None, false, None, &Seen::default());
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|f| (&*f.kind, f.blame, &*f.source))
        .collect();
    assert_eq!(
        found,
        [(
            "outside_reads",
            Blame::Scenario,
            "world /loans/LN-7001/fine"
        )]
    );
    let computed = Ran {
        computed: true,
        ..ran
    };
    let report = hold(&computed, 1, None, false, None, &Seen::default());
    assert!(report.findings.is_empty() && report.coverage.traced == 2);
}
