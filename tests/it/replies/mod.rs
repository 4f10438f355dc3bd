//! What becomes of replies as real models write them: cut off, refused, in the
//! wrong form, one of several; and of replies that are only looked at.

mod aside;
mod judge;
mod sent_back;
mod tool;
mod untrue;

use crate::support::{Desk, SAMPLES};
use proptest::prelude::*;
use stategen::engine::event::Event;
use stategen::engine::id::CallId;
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::role::{By, Finish, RawCall, Reply, Request, Role, Speaker};
use stategen::engine::session::{Session, State};
use stategen::engine::step::Step;

pub fn text(text: &str) -> Reply {
    Reply {
        text: text.to_owned(),
        by: By::Model(String::from("local/small")),
        ..Reply::default()
    }
}

pub fn ended(finish: Finish, reply: Reply) -> Reply {
    Reply { finish, ..reply }
}

pub fn calling(name: &str, arguments: &str) -> Reply {
    Reply {
        calls: vec![RawCall {
            id: String::from("x"),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        }],
        finish: Finish::ToolCalls,
        ..text("")
    }
}

/// Answers the call that is waited for with `reply`; gives the request back.
pub fn answer(desk: &mut Desk, reply: Reply) -> Request {
    let request = desk.waiting.take().expect("a call is in flight");
    let body = Box::new(reply);
    desk.give(Input::Reply {
        call: request.call,
        body,
    });
    while desk.on {
        desk.give(Input::Continue);
    }
    request
}

/// What the scripted stand-in would say to what is waited for.
pub fn scripted(desk: &Desk) -> Reply {
    desk.seats.stand_in(desk.waiting.as_ref().expect("a call"))
}

pub fn steps(session: &Session) -> Vec<Step> {
    let path = session.path(session.head());
    path.iter().filter_map(|p| p.step.clone()).collect()
}

pub fn last(desk: &Desk) -> Step {
    steps(&desk.session).pop().expect("a step")
}

pub fn replays(desk: &Desk) {
    let again = Session::replay(&desk.log, &desk.blob()).expect("the log replays");
    assert_eq!(steps(&again), steps(&desk.session));
    assert_eq!(again.head(), desk.session.head());
    let lines: Vec<String> = desk
        .log
        .iter()
        .map(|e| serde_json::to_string(e).unwrap())
        .collect();
    for (line, event) in lines.iter().zip(&desk.log) {
        assert_eq!(&serde_json::from_str::<Event>(line).unwrap(), event);
    }
}

/// The parts of a request that tell of unusable replies.
pub fn sent_back(request: &Request) -> Vec<(Speaker, String)> {
    let own = |s: Speaker| matches!(s, Speaker::Own | Speaker::System);
    request
        .messages
        .iter()
        .filter(|m| own(m.from))
        .map(|m| (m.from, m.text.clone()))
        .collect()
}

/// A conversation of the bank that has come to the call of a `model` tool.
pub fn at_the_tool(faults: &[&str]) -> Desk {
    let mut desk = Desk::open("bank_desk", 0, 3, faults);
    desk.command(Command::Go(Go::End));
    while desk.waiting.as_ref().is_none_or(|r| r.role != Role::Tool) {
        assert!(desk.answer(), "no tool was simulated");
    }
    desk
}

#[test]
fn calls_are_numbered_on_from_the_highest_that_is_known() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.run(Command::Go(Go::Round));
    let known = steps(&desk.session)
        .iter()
        .filter_map(|s| s.call)
        .max()
        .unwrap();
    let mut again = Session::replay(&desk.log, &desk.blob()).unwrap();
    let number = |session: &mut Session| {
        session.handle(Input::Command(Command::Go(Go::Step)));
        match session.state() {
            State::Calling { call, .. } => *call,
            other => panic!("{other:?}"),
        }
    };
    assert!(number(&mut again.clone()) > known);
    again.calls_from(CallId(40));
    again.calls_from(CallId(7));
    assert_eq!(number(&mut again), CallId(41));
}

fn any_reply() -> impl Strategy<Value = Reply> {
    let words = prop_oneof![
        Just(String::new()),
        Just(String::from("Thanks. <DONE>")),
        Just(String::from("{\"result\": 1, \"patch\": []}")),
        Just(String::from("{\"error\": \"no\"}")),
        Just(String::from("{\"axes\": [], \"findings\": []}")),
        "\\PC{0,30}",
    ];
    let finish = prop::sample::select(vec![
        Finish::Stop,
        Finish::ToolCalls,
        Finish::Length,
        Finish::Refusal,
    ]);
    let call = ("[a-z_]{0,8}", "[{}\":a-z0-9 ]{0,20}");
    (words, finish, prop::collection::vec(call, 0..3)).prop_map(|(words, finish, calls)| Reply {
        finish,
        calls: calls
            .into_iter()
            .map(|(name, arguments)| RawCall {
                id: String::new(),
                name,
                arguments,
            })
            .collect(),
        ..text(&words)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever replies come in between, the log replays to the live session,
    /// requests can be asked again, and weighing changes nothing.
    #[test]
    fn replay_is_live_with_repairs_and_samples(
        sample in 0usize..3, seed in 0u64..100, samples in 1u32..4,
        script in prop::collection::vec(prop::option::weighted(0.3, any_reply()), 1..60)
    ) {
        let mut desk = Desk::open(SAMPLES[sample], 1, seed, &["ungrounded_result"]);
        desk.session.sample_judge(samples);
        desk.command(Command::Go(Go::End));
        for reply in script {
            match reply {
                Some(reply) if desk.waiting.is_some() => {
                    answer(&mut desk, reply.clone());
                    if let Some(id) = desk.session.head() {
                        let events = desk.log.len();
                        let weighed = desk.session.weigh(id, &reply);
                        prop_assert_eq!(weighed.is_some(), desk.session.asked_again(id, 2).is_some());
                        prop_assert_eq!(desk.log.len(), events);
                    }
                }
                _ => { desk.answer(); }
            }
            if desk.waiting.is_none() && !desk.on {
                desk.command(Command::Judge);
            }
        }
        replays(&desk);
        for step in steps(&desk.session) {
            let asked = desk.session.asked(step.id);
            prop_assert_eq!(asked.is_some(), step.call.is_some());
        }
    }
}
