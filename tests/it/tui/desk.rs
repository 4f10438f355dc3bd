//! A small scenario and a whole conversation in it, word for word, so that the
//! stored frames change with the workbench alone.

use super::harness::{App, scenario};
use stategen::engine::role::{By, Finish, RawCall, Reply};
use stategen::engine::scenario::Files;
use std::sync::Arc;

const FILES: &[(&str, &str)] = &[
    (
        "scenario.yaml",
        "title: Tea shop
now: 2026-03-14T09:30:00Z
agents:
  main: {policy: policy.md, tools: [get_order, refund, ask_manager], agents: [stock]}
  stock: {policy: policy.md, tools: [count], description: Knows the shelves.}
",
    ),
    ("policy.md", "Be kind. Refund what is younger than 30 days.\n"),
    (
        "world.json",
        r#"{
  "orders": {
    "8841": {"status": "delivered", "total": 59.9, "age_days": 41, "item": "kettle", "buyer": "Maya", "payments": [{"type": "paid", "amount": 59.9}]},
    "8842": {"status": "open", "total": 12.0, "age_days": 1, "item": "cup", "buyer": "Tom", "payments": []}
  },
  "refunds": {},
  "shelf": {"kettle": 3, "cup": 0},
  "till": {"balance": 1204.1, "open": true}
}
"#,
    ),
    (
        "shop.rules",
        "## Look an order up.
tool get_order(order_id: string):
    let order = orders[order_id] else 404 \"Order {order_id} not found\"
    return order

## Refund an order.
tool refund(order_id: string, amount: number):
    let order = orders[order_id] else 404 \"Order {order_id} not found\"
    need amount <= order.total else 409 \"{amount} is more than was paid\"
    set order.status = \"refunded\"
    push order.payments = {type: \"refund\", amount: amount}
    set refunds[\"R-1\"] = {order: order_id, amount: amount}
    set till.balance = round(till.balance - amount, 2)
    return {refund_id: \"R-1\", state: \"issued\"}

## How many stand on the shelf.
tool count(item: string):
    let n = shelf[item] else 404 \"No {item} here\"
    return {item: item, left: n}

invariant till_is_not_empty:
    need till.balance >= 0 else \"the till is at {till.balance}\"

policy young_orders_only on refund:
    need orders[order_id].age_days <= 30 else \"order {order_id} is {orders[order_id].age_days} days old\"
",
    ),
    (
        "tools.yaml",
        "ask_manager:
  description: Ask the manager, who is a person.
  parameters: {question: string}
  executor: human
",
    ),
    (
        "tasks.yaml",
        "broken_kettle:
  goal: Get the money back for the kettle of order 8841, which arrived broken.
  known: {order_id: \"8841\"}
  hidden: {photo_taken: \"yes\"}
  context: complaint
  persona: maya
  path:
    - get_order: {order_id: \"8841\"}
    - refund: {order_id: \"8841\", amount: 59.9}
  assertions:
    - orders[\"8841\"].status == \"refunded\"
    - till.balance < 1200
",
    ),
    (
        "personas.yaml",
        "personas:
  maya:
    name: Maya
    profile: budget_conscious
    complexity: simple
    jurisdiction: UK
    age_bracket: 35-44
    channel: mobile_app
    device_type: tablet
    language_proficiency: fluent
    time_availability: rushed
    cost_sensitivity: 0.9
    patience: 0.2
    assertiveness: 0.7
    verbosity: 0.3
    politeness: 0.4
    domain_knowledge: 0.35
    risk_tolerance: 0.1
    compliance_tendency: 0.5
    platform_trust: 0.25
    digital_literacy: 0.6
    slang_usage: 0
    emoji_usage: 1
    frustration: 0.8
    anxiety: 0.3
    trust: 0.1
    confidence: 0.6
    stress: 0.7
",
    ),
];

/// The scenario's files.
pub fn files() -> Files {
    FILES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().into()))
        .collect()
}

/// Before the first step.
pub fn shop(width: u16, height: u16) -> App {
    let scenario = scenario("tea_shop", &files());
    let mut app = App::of(
        Arc::clone(&scenario),
        "broken_kettle",
        77,
        Vec::new(),
        width,
        height,
    );
    app.hold = true;
    app
}

fn says(text: &str) -> Reply {
    Reply {
        text: text.to_owned(),
        ..Reply::default()
    }
}

fn model(text: &str, reasoning: &str, calls: &[(&str, &str)]) -> Reply {
    Reply {
        text: text.to_owned(),
        reasoning: reasoning.to_owned(),
        calls: calls
            .iter()
            .map(|(name, arguments)| RawCall {
                id: String::new(),
                name: (*name).to_owned(),
                arguments: (*arguments).to_owned(),
            })
            .collect(),
        finish: if calls.is_empty() {
            Finish::Stop
        } else {
            Finish::ToolCalls
        },
        by: By::Model(String::from("test/large-1")),
        injected: Vec::new(),
    }
}

/// Every reply of the conversation, in order.
pub fn replies() -> Vec<Reply> {
    let verdict = r#"{"axes":[
        {"axis":"goal_achievement","score":10,"reason":"The refund was issued.","steps":[9]},
        {"axis":"tool_usage","score":8,"reason":"No call too many.","steps":[]},
        {"axis":"tool_hallucination","score":10,"reason":"Every argument has a source.","steps":[]},
        {"axis":"reasoning_quality","score":6,"reason":"The age of the order was not looked at before the refund.","steps":[8]},
        {"axis":"reasoning_hallucination","score":9,"reason":"Nothing was made up.","steps":[]},
        {"axis":"communication","score":7.5,"reason":"Short and clear.","steps":[10]},
        {"axis":"consistency","score":9,"reason":"One story.","steps":[]},
        {"axis":"error_handling","score":3,"reason":"The policy was broken without a word.","steps":[9]}],
        "findings":[{"kind":"policy","step":10,"quote":"I have refunded 59.90","what":"The refund breaks the shop's own rule.","blame":"agent"}]}"#;
    vec![
        says("My kettle came broken and I want my money back. Order 8841. 😡"),
        model(
            "I'm sorry about that. Let me look it up.",
            "The user names an order. I look at it before I promise anything.",
            &[
                ("get_order", r#"{"order_id":"8841"}"#),
                ("stock", r#"{"request":"How many kettles are left?"}"#),
            ],
        ),
        model("", "", &[("count", r#"{"item":"kettle"}"#)]),
        model("Three kettles are left.", "", &[]),
        model(
            "",
            "No new kettle is wanted, so I refund.",
            &[("refund", r#"{"order_id":"8841","amount":59.9}"#)],
        ),
        model(
            "I have refunded 59.90 to your card. Is there anything else?",
            "",
            &[],
        ),
        Reply {
            injected: vec![String::from("premature_goodbye")],
            ..says("You people always stall. Bye.\n<done>")
        },
        Reply {
            text: verdict.to_owned(),
            ..Reply::default()
        },
    ]
}

/// After so many replies and all that code does in between; the next call is in
/// flight.
pub fn after(n: usize, width: u16, height: u16) -> App {
    let mut app = shop(width, height);
    app.keys("space");
    for reply in replies().into_iter().take(n) {
        app.reply(reply);
    }
    app
}

/// The same, the call in flight stopped.
pub fn paused(n: usize, width: u16, height: u16) -> App {
    let mut app = after(n, width, height);
    app.keys("x");
    app
}
