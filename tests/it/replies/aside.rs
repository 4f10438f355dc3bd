//! Replies that are looked at beside the conversation, under an edited scenario too.

use super::{answer, at_the_tool, calling, scripted, sent_back, steps, text};
use crate::support::{Desk, SAMPLES, sample};
use serde_json::Value;
use stategen::engine::id::StepId;
use stategen::engine::input::{Command, Go};
use stategen::engine::role::{Reply, Role};
use stategen::engine::scenario::{Scenario, load};
use stategen::engine::step::{Act, Step};
use std::sync::Arc;

/// The scenario with one file written anew.
fn edited(name: &str, file: &str, change: impl Fn(&str) -> String) -> Arc<Scenario> {
    let mut files = sample(name).files.clone();
    let old = String::from_utf8(files[file].to_vec()).unwrap();
    let new = change(&old);
    assert_ne!(old, new, "the edit changes something");
    files.insert(file.to_owned(), Arc::from(new.into_bytes()));
    let loaded = load(name, &files);
    loaded
        .scenario
        .unwrap_or_else(|| panic!("{:#?}", loaded.problems))
}

#[test]
fn a_reply_weighed_in_its_own_place_is_the_step_that_was_made() {
    let mut looked = 0;
    for (at, name) in SAMPLES.into_iter().enumerate() {
        let mut desk = Desk::open(name, at, 5, &[]);
        desk.finish();
        for step in steps(&desk.session) {
            let Some(request) = desk.session.asked_again(step.id, step.body.attempt) else {
                assert!(desk.session.asked(step.id).is_none());
                assert_eq!(
                    desk.session.weigh(step.id, &text("x")),
                    None,
                    "code made it"
                );
                continue;
            };
            assert_eq!(desk.session.asked(step.id), Some(request.clone()));
            let reply = desk.seats.stand_in(&request);
            let weighed = desk.session.weigh(step.id, &reply).unwrap();
            assert_eq!(weighed.body.as_deref(), Some(&step.body));
            assert!(weighed.refused.is_empty(), "{:?}", weighed.refused);
            assert!(!weighed.what.contains('\n') && weighed.what.chars().count() < 220);
            looked += 1;
        }
    }
    assert!(looked > 20);
}

#[test]
fn the_first_request_is_asked_again_without_what_followed() {
    // The first proposal of the tool is spoilt and was refused.
    let mut desk = at_the_tool(&["ungrounded_result"]);
    let first = desk.waiting.clone().unwrap();
    while !desk.on && desk.waiting.as_ref().is_some_and(|r| r.role == Role::Tool) {
        assert!(desk.answer());
    }
    let session = &desk.session;
    let all = steps(session);
    let (id, spoilt) = all
        .iter()
        .find_map(|s| match &s.body.act {
            Act::Ran(run) if run.tries.len() == 2 => Some((s.id, text(&run.tries[0].text))),
            _ => None,
        })
        .expect("a repaired step");
    assert_eq!(sent_back(&session.asked(id).unwrap()).len(), 2);
    let again = session.asked_again(id, 0).unwrap();
    assert_eq!((again.seed, &again.messages), (first.seed, &first.messages));
    let other = session.asked_again(id, 1).unwrap();
    assert_eq!(other.messages, first.messages);
    assert_ne!(other.seed, first.seed);
    let weighed = session.weigh(id, &spoilt).unwrap();
    assert_eq!(weighed.body, None, "the state manager would ask again");
    assert!(!weighed.refused.is_empty());

    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.command(Command::Go(Go::Step));
    let first = answer(&mut desk, text(""));
    answer(&mut desk, text("Hello."));
    let again = desk
        .session
        .asked_again(desk.session.head().unwrap(), 0)
        .unwrap();
    assert_eq!((again.seed, again.messages), (first.seed, first.messages));
    let weighed = desk
        .session
        .weigh(desk.session.head().unwrap(), &text(""))
        .unwrap();
    assert_eq!(weighed.refused.len(), 1);
    assert_eq!(desk.session.weigh(StepId::of(b"nowhere"), &text("")), None);
}

#[test]
fn answers_that_come_to_the_same_have_one_key() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.run(Command::Go(Go::Round));
    let id = |role: Role| {
        steps(&desk.session)
            .iter()
            .find(|s| s.body.role == role)
            .unwrap()
            .id
    };
    let agent = id(Role::Agent);
    let key = |reply: &Reply| desk.session.weigh(agent, reply).unwrap().key;
    let a = calling("refund", "{\"id\": \"8\", \"n\": 5}");
    let mut b = calling("refund", "{ \"n\":5.0,\"id\":\"8\"}");
    b.text = String::from("One moment.");
    assert_eq!(key(&a), key(&b));
    assert_ne!(
        key(&a),
        key(&calling("refund", "{\"id\": \"8\", \"n\": 6}"))
    );
    assert_ne!(
        key(&a),
        key(&calling("refunds", "{\"id\": \"8\", \"n\": 5}"))
    );
    assert_eq!(key(&text("Well,\n then")), key(&text(" Well, then ")));
    assert_ne!(key(&text("Well, then")), key(&text("")));
    let user = id(Role::User);
    let key = |words: &str| desk.session.weigh(user, &text(words)).unwrap().key;
    assert_ne!(key("Bye."), key("Bye.\n<done>"));

    let desk = at_the_tool(&[]);
    let good: Value = serde_json::from_str(&scripted(&desk).text).unwrap();
    let mut after = at_the_tool(&[]);
    after.answer();
    let is_model = |s: &Step| matches!(&s.body.act, Act::Ran(run) if run.executor == "model");
    let id = steps(&after.session).into_iter().find(is_model).unwrap().id;
    let weigh = |answer: &str| after.session.weigh(id, &text(answer)).unwrap();
    let plain = weigh(&good.to_string());
    assert!(plain.refused.is_empty(), "{:?}", plain.refused);
    let fenced = weigh(&format!(
        "```json\n{}\n```",
        serde_json::to_string_pretty(&good).unwrap()
    ));
    assert_eq!(plain.key, fenced.key);
    let error = weigh("{\"error\": \"not now\"}");
    assert_ne!(plain.key, error.key);
    assert_eq!(error.what, "error \"not now\"");
    assert_ne!(weigh("what?").key, error.key);
}

#[test]
fn the_same_steps_can_be_asked_under_an_edited_scenario() {
    let mut desk = Desk::open("bank_desk", 0, 3, &[]);
    desk.finish();
    let events = desk.log.len();
    let other = edited("bank_desk", "policy.md", |old| {
        format!("{old}\nAlways rhyme.\n")
    });
    let under = desk.session.under(&other).unwrap();
    for step in steps(&desk.session) {
        let (a, b) = (
            desk.session.asked_again(step.id, 1),
            under.asked_again(step.id, 1),
        );
        let Some((a, b)) = a.zip(b) else { continue };
        assert_eq!(a.seed, b.seed);
        let told = matches!(step.body.role, Role::Agent | Role::Judge);
        assert_eq!(
            b.system.contains("Always rhyme."),
            told,
            "{:?}",
            step.body.role
        );
        let weighed = under.weigh(step.id, &desk.seats.stand_in(&b)).unwrap();
        assert_eq!(weighed.body.unwrap().version, other.version);
    }
    assert_eq!(desk.log.len(), events);
    let gone = edited("bank_desk", "tasks.yaml", |old| {
        old.replace("unknown_payment:", "renamed:")
    });
    assert!(
        desk.session
            .under(&gone)
            .unwrap_err()
            .contains("unknown_payment")
    );
}
