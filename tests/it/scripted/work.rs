//! What the stand-in's agents, tools and faults do.

use super::{CANCEL, all_tasks, message, persona, play, sample_scenario, shop, user_turn};
use stategen::engine::persona::Complexity;
use stategen::engine::role::{About, By, Message, Request, Role, Speaker, ToolCall};
use stategen::providers::scripted::{Fault, Scripted, chunks};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a small model's context holds with room to spare.
const SMALL: usize = 16_000;

#[test]
fn a_simulated_tool_is_sent_what_its_call_is_about() {
    let scenario = sample_scenario("bank_desk");
    let mut asked = 0;
    for (task, seed) in scenario.tasks.iter().flat_map(|t| [(t, 0), (t, 1)]) {
        for (request, _) in play(&scenario, &task.id, seed, &[]).replies {
            if request.role == Role::Tool {
                let said = request.messages.iter().map(|m| m.text.chars().count());
                let long = request.system.chars().count() + said.sum::<usize>();
                assert!(long < SMALL, "{}/{seed}: {long}", task.id);
                asked += 1;
            }
        }
    }
    assert!(asked > 0);
}

#[test]
fn every_task_of_every_sample_reaches_its_end() {
    let mut wrong = Vec::new();
    all_tasks(0..2, |scenario, task, seed| {
        let played = play(scenario, task, seed, &[]);
        let found: Vec<String> = played
            .findings()
            .iter()
            .map(|f| format!("{} {}", f.kind, f.what))
            .collect();
        let ended = played.session.ended(played.session.head()).is_some();
        if !played.holds()
            || !ended
            || !found.is_empty()
            || played.session.verdict(played.session.head()).is_none()
        {
            wrong.push(format!(
                "{}/{task}/{seed}: holds {} {found:?}",
                scenario.id,
                played.holds()
            ));
        }
        assert!(
            played
                .replies
                .iter()
                .all(|(_, r)| r.by == By::Scripted && r.injected.is_empty())
        );
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_request_has_the_same_reply_and_another_try_another() {
    let scenario = sample_scenario("returns_desk");
    let task = &scenario.tasks[0].id;
    let (one, two) = (play(&scenario, task, 3, &[]), play(&scenario, task, 3, &[]));
    assert_eq!(one.replies, two.replies);
    let scripted = Scripted::new(
        Arc::clone(&scenario),
        one.session.task().clone(),
        one.session.persona().clone(),
        3,
        vec![],
    );
    let (first, reply) = &one.replies[0];
    let others: BTreeSet<String> = (0..12)
        .map(|attempt| {
            scripted
                .reply(&Request {
                    attempt,
                    ..first.clone()
                })
                .text
        })
        .collect();
    assert!(
        others.contains(&reply.text) && others.len() > 4,
        "{others:?}"
    );
}

#[test]
fn each_fault_is_made_once_and_named() {
    let scenario = sample_scenario("returns_desk");
    for fault in [
        Fault::WrongId,
        Fault::PrematureGoodbye,
        Fault::InventedAmount,
        Fault::ClaimNotDone,
    ] {
        for seed in 0..4 {
            let task = &scenario.tasks[0].id;
            let played = play(&scenario, task, seed, &[fault]);
            assert_eq!(
                played.injected(),
                [fault.name()],
                "{fault} seed {seed}\n{}",
                played.show()
            );
            let kinds: Vec<String> = played.findings().into_iter().map(|f| f.kind).collect();
            let (seen, holds) = match fault {
                Fault::WrongId => ("wrong_id", true),
                Fault::PrematureGoodbye => ("premature_goodbye", false),
                Fault::InventedAmount => ("ungrounded_literal", true),
                // Where another call wrote, the claim can pass for told.
                _ => ("", false),
            };
            assert!(
                seen.is_empty() || kinds.iter().any(|k| k == seen),
                "{fault} {kinds:?}\n{}",
                played.show()
            );
            assert_eq!(
                played.holds(),
                holds,
                "{fault} seed {seed}\n{}",
                played.show()
            );
        }
    }
}

#[test]
fn a_refusal_is_told_and_not_tried_for_ever() {
    let scenario = shop(CANCEL, &[]);
    let persona = persona(&[], Complexity::Medium, 1);
    let bound = scenario.bind("cancel_it", 1).unwrap();
    let scripted = Scripted::new(Arc::clone(&scenario), bound, persona, 1, vec![]);
    let call = |id: &str, tool: &str, raw: &str| ToolCall {
        id: id.to_owned(),
        tool: tool.to_owned(),
        raw: raw.to_owned(),
        args: serde_json::from_str(raw).unwrap(),
    };
    let result = |id: &str, text: &str| Message {
        call_id: Some(id.to_owned()),
        ..message(Speaker::Tool, text)
    };
    let mut messages = vec![
        message(
            Speaker::User,
            "Please cancel order W-8841, I no longer need it.",
        ),
        Message {
            calls: vec![call("c1", "get_order", r#"{"order_id": "W-8841"}"#)],
            ..message(Speaker::Agent, "")
        },
        result(
            "c1",
            r#"{"order_id": "W-8841", "status": "pending", "total": 59.9}"#,
        ),
        message(Speaker::Agent, "Shall I go ahead?"),
        message(Speaker::User, "Yes."),
        Message {
            calls: vec![call(
                "c2",
                "cancel_order",
                r#"{"order_id": "W-8841", "reason": "no_longer_needed"}"#,
            )],
            ..message(Speaker::Agent, "")
        },
        result("c2", "Error: Order W-8841 is shipped"),
    ];
    let ask = |messages: &[Message]| {
        let role = Role::Agent;
        let agent = vec![String::from("main")];
        scripted.reply(&Request {
            role,
            agent,
            about: About::AgentTurn,
            fault: None,
            ..user_turn(1, messages.to_vec())
        })
    };
    let told = ask(&messages);
    assert!(
        told.text.contains("Order W-8841 is shipped") && told.calls.is_empty(),
        "{told:?}"
    );
    messages.push(message(Speaker::Agent, &told.text));
    messages.push(message(Speaker::User, "Try again."));
    let again = ask(&messages);
    assert!(
        again.calls.is_empty() && again.text != told.text,
        "{again:?}"
    );
}

#[test]
fn a_task_without_a_path_is_looked_into_and_changes_nothing() {
    let tasks =
        "ask:\n  goal: Find out whether your order has left.\n  known: {order_id: W-7003}\n";
    let scenario = shop(tasks, &[]);
    let played = play(&scenario, "ask", 1, &[]);
    let said = played.texts(Role::Agent).join("\n");
    assert!(said.contains("delivered"), "{}", played.show());
    assert!(
        played.user().last().unwrap().ends_with("<done>"),
        "{}",
        played.show()
    );
    let calls: Vec<&str> = played
        .replies
        .iter()
        .flat_map(|(_, r)| &r.calls)
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(calls, ["get_order"], "{}", played.show());
}

#[test]
fn a_reply_comes_in_pieces_that_make_it_up() {
    for text in ["", " ", "one", "two words", "  a\nb  c ", "grüße 🙂 ok"] {
        assert_eq!(chunks(text).concat(), text);
    }
    assert_eq!(chunks("two short words"), ["two", " short", " words"]);
}
