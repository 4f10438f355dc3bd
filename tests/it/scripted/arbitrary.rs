//! The stand-in asked arbitrary things: it answers, the same each time, and never panics.

use super::*;
use proptest::prelude::*;
use stategen::engine::fault::DECK;
use stategen::engine::role::{ToolCall, ToolSpec};

fn a_message() -> impl Strategy<Value = Message> {
    let from = prop_oneof![
        Just(Speaker::User),
        Just(Speaker::Agent),
        Just(Speaker::Tool),
        Just(Speaker::System),
        Just(Speaker::Own)
    ];
    let text = prop_oneof![
        "\\PC{0,40}",
        Just(String::from(
            "{\"order_id\": \"W-8841\", \"status\": \"pending\"}"
        )),
        Just(String::from("Error: no")),
        Just(String::from("Shall I go ahead? [order_id: W-8841; x")),
        Just(String::from(
            "{\"finding\": {\"kind\": \"policy\", \"step\": 3}}"
        )),
        Just(String::from("İstanbul ẞ 🙂 What is your order number?")),
    ];
    let call = (
        "[a-z_]{0,12}|get_order|cancel_order",
        "\\PC{0,20}|\\{\"order_id\": \"W-8841\"\\}",
    );
    (
        from,
        text,
        proptest::collection::vec(call, 0..3),
        proptest::option::of("c[0-3]"),
    )
        .prop_map(|(from, text, calls, call_id)| Message {
            from,
            text,
            calls: calls
                .into_iter()
                .enumerate()
                .map(|(n, (tool, raw))| ToolCall {
                    id: format!("c{n}"),
                    tool,
                    args: serde_json::from_str(&raw).unwrap_or_default(),
                    raw,
                })
                .collect(),
            call_id,
            step: 3,
        })
}

std::thread_local! {
    static SHOP: Arc<Scenario> = shop(CANCEL, &[]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn any_request_has_a_reply(
        messages in proptest::collection::vec(a_message(), 0..9),
        which in 0u8..4,
        seed in any::<u64>(),
        agent in proptest::collection::vec("main|other", 0..4),
        fault in 0usize..=DECK.len(),
    ) {
        let scenario = SHOP.with(Arc::clone);
        let faults: Vec<Fault> = DECK.iter().skip(fault).take(1).map(|row| row.fault).collect();
        let bound = scenario.bind("cancel_it", 1).unwrap();
        let persona = scenario.persona_for("cancel_it", None, seed).unwrap();
        let scripted = Scripted::new(Arc::clone(&scenario), bound, persona, seed, faults);
        let about = match which {
            0 => About::UserTurn,
            1 => About::AgentTurn,
            2 => About::Verdict,
            _ => About::ToolAnswer {
                tool: String::from("get_order"),
                args: Node::default(),
                projection: Node::default(),
                refused: Vec::new(),
            },
        };
        let role = [Role::User, Role::Agent, Role::Judge, Role::Tool][which as usize];
        let tools = vec![ToolSpec { name: String::from("get_order"), description: String::new(), parameters: serde_json::Value::Null }];
        let request = Request { role, agent, seed, about, tools, ..user_turn(seed, messages) };
        let reply = scripted.reply(&request);
        prop_assert!(!reply.text.trim().is_empty() || !reply.calls.is_empty());
        prop_assert_eq!(&reply, &scripted.reply(&request));
    }
}
