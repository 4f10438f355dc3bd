//! Faults by hand: those of an agent at its turn, and what becomes of one when the
//! step is made again.

use super::{bodies, hit, ran, replays};
use crate::support::Desk;
use stategen::engine::fault::Fault;
use stategen::engine::input::{Command, Go, Input, Onto};
use stategen::engine::role::{By, RawCall, Reply, Role};
use stategen::engine::session::Turn;
use stategen::engine::step::{Act, Body};

fn inject(fault: Fault) -> Command {
    Command::Inject {
        onto: Onto::Head,
        fault,
    }
}

/// To the first place of a conversation that is like this.
fn until(desk: &mut Desk, here: impl Fn(&Desk) -> bool) {
    for _ in 0..200 {
        if here(desk) {
            return;
        }
        desk.run(Command::Go(Go::Step));
    }
    panic!("there is no such place");
}

fn is_agent(desk: &Desk) -> bool {
    matches!(desk.session.turn(desk.session.head()), Turn::Agent { agent } if agent.len() == 1)
}

fn fits(desk: &Desk, fault: Fault) -> Result<(), String> {
    let all = desk.session.faults_at(desk.session.head());
    all.into_iter().find(|(f, _)| *f == fault).unwrap().1
}

fn last(desk: &Desk) -> Body {
    bodies(&desk.session).pop().unwrap()
}

/// What the next step of the stand-in would be without a fault.
fn next(desk: &Desk) -> Body {
    let mut other = Desk::open("returns_desk", 0, 3, &[]);
    other.session = desk.session.clone();
    other.run(Command::Go(Go::Step));
    last(&other)
}

fn calls(body: &Body, tool: &str) -> bool {
    matches!(&body.act, Act::Answered { calls, .. } if calls.iter().any(|c| c.tool == tool))
}

#[test]
fn an_agent_mistypes_an_id_where_it_calls_with_one() {
    let mut desk = Desk::open("returns_desk", 0, 3, &[]);
    until(&mut desk, |d| {
        is_agent(d) && calls(&next(d), "verify_customer")
    });
    assert_eq!(fits(&desk, Fault::WrongId), Ok(()));
    desk.run(inject(Fault::WrongId));
    let body = last(&desk);
    assert_eq!(body.injected, ["wrong_id"]);
    let found: Vec<&str> = body.findings.iter().map(|f| f.kind.as_str()).collect();
    assert!(found.contains(&"wrong_id"), "{found:?}");
    // It puts it right by itself, and the task is done.
    desk.finish();
    assert!(
        desk.session
            .assertions(desk.session.head())
            .iter()
            .all(|a| a.holds)
    );
    replays(&desk);
}

#[test]
fn an_agent_claims_what_it_has_not_done() {
    let mut desk = Desk::open("returns_desk", 0, 3, &[]);
    until(&mut desk, |d| {
        is_agent(d) && calls(&next(d), "issue_refund")
    });
    desk.run(inject(Fault::ClaimNotDone));
    let body = last(&desk);
    assert_eq!(body.injected, ["claim_not_done"]);
    assert!(matches!(&body.act, Act::Answered { calls, .. } if calls.is_empty()));
    assert!(
        body.findings.iter().any(|f| f.kind == "claim_not_done"),
        "{:?}",
        body.findings
    );
    replays(&desk);
}

#[test]
fn an_agent_takes_a_failure_for_a_success_or_repeats_it_blindly() {
    for fault in [Fault::IgnoresErrors, Fault::BlindRetry] {
        let mut desk = Desk::open("returns_desk", 0, 3, &[]);
        until(&mut desk, is_agent);
        assert!(fits(&desk, fault).unwrap_err().contains("just failed"));
        until(
            &mut desk,
            |d| matches!(d.session.turn(d.session.head()), Turn::Tool { call, .. } if call.tool == "issue_refund"),
        );
        desk.run(inject(Fault::LostReply));
        assert_eq!(fits(&desk, fault), Ok(()));
        desk.run(inject(fault));
        let body = last(&desk);
        assert_eq!(body.injected, [fault.name()]);
        assert_eq!(
            calls(&body, "issue_refund"),
            fault == Fault::BlindRetry,
            "{body:?}"
        );
        replays(&desk);
    }
}

#[test]
fn what_cannot_be_made_is_told_and_the_step_is_made_without() {
    // It asks, and calls nothing.
    let mut desk = Desk::open("returns_desk", 0, 3, &[]);
    until(&mut desk, |d| {
        is_agent(d) && matches!(&next(d).act, Act::Answered { calls, .. } if calls.is_empty())
    });
    desk.notices.clear();
    desk.run(inject(Fault::WrongId));
    assert!(last(&desk).injected.is_empty());
    let told = format!("{:?}", desk.notices);
    assert!(told.contains("`wrong_id` was not put in"), "{told}");

    // A model is not told to fail.
    let mut desk = Desk::open("returns_desk", 0, 3, &[]);
    until(&mut desk, is_agent);
    desk.command(inject(Fault::InventedAmount));
    let request = desk.waiting.take().unwrap();
    let reply = Reply {
        text: String::from("Hello, how can I help?"),
        by: By::Model(String::from("local/small")),
        ..Reply::default()
    };
    desk.give(Input::Reply {
        call: request.call,
        body: Box::new(reply),
    });
    let body = last(&desk);
    assert_eq!(
        (body.text(), body.injected.len()),
        ("Hello, how can I help?", 0)
    );
    let told = format!("{:?}", desk.notices);
    assert!(told.contains("none is told to fail"), "{told}");
    replays(&desk);
}

#[test]
fn a_fault_stays_in_when_the_step_is_tried_again_until_it_is_dropped() {
    for (fault, tool) in [
        (Fault::Timeout, "get_order"),
        (Fault::Malformed, "get_order"),
        (Fault::LostReply, "issue_refund"),
    ] {
        let mut desk = Desk::open("returns_desk", 0, 3, &[]);
        until(
            &mut desk,
            |d| matches!(d.session.turn(d.session.head()), Turn::Tool { call, .. } if call.tool == tool),
        );
        let before = desk.session.head();
        desk.run(inject(fault));
        for attempt in 1..4 {
            desk.run(Command::Retry { clean: false });
            let body = last(&desk);
            assert_eq!(
                (body.attempt, body.injected.as_slice()),
                (attempt, &[fault.name().to_owned()][..])
            );
            assert_eq!(
                desk.session.put_in_by_hand(desk.session.head().unwrap()),
                Some(fault)
            );
        }
        // Each run of the rest begins with it.
        desk.run(Command::Trial {
            at: before,
            times: 2,
        });
        let runs = desk.session.trial().unwrap().runs.clone();
        assert_eq!(runs.len(), 2);
        for run in runs {
            let path = desk.session.path(run.head);
            let steps = path.iter().filter_map(|p| p.step.as_ref());
            let put_in = steps.filter(|s| s.body.injected == [fault.name()]);
            assert_eq!(put_in.count(), 1);
        }
        // Dropped, it is gone; and what is gone cannot be dropped.
        desk.run(Command::Retry { clean: true });
        let body = last(&desk);
        assert!(body.injected.is_empty() && ran(&body).ok);
        let head = desk.session.head();
        desk.run(Command::Retry { clean: true });
        assert_eq!(desk.session.head(), head);
        assert!(format!("{:?}", desk.notices.last()).contains("by hand"));
        desk.run(Command::Retry { clean: false });
        assert!(last(&desk).injected.is_empty());
        desk.run(Command::Undo);
        desk.run(Command::Undo);
        assert_eq!(last(&desk).injected, [fault.name()], "undo gives it back");
        replays(&desk);
    }
}

#[test]
fn a_user_and_an_agent_keep_theirs_too_and_a_decks_is_not_by_hand() {
    let mut desk = Desk::open("returns_desk", 0, 3, &[]);
    desk.run(Command::Go(Go::Round));
    desk.run(inject(Fault::ChangesMind));
    desk.run(Command::Retry { clean: false });
    assert_eq!(last(&desk).injected, ["changes_mind"]);
    desk.run(Command::Retry { clean: true });
    assert!(last(&desk).injected.is_empty());

    until(&mut desk, is_agent);
    desk.run(inject(Fault::InventedAmount));
    desk.run(Command::Retry { clean: false });
    assert_eq!(last(&desk).injected, ["invented_amount"]);
    replays(&desk);

    // The deck puts its own in again, and nobody can drop what nobody put in.
    let mut desk = Desk::open("returns_desk", 0, 3, &["timeout@get_order"]);
    until(&mut desk, |d| {
        let all = bodies(&d.session);
        all.last().is_some_and(|b| !b.injected.is_empty())
    });
    let head = desk.session.head().unwrap();
    assert_eq!(desk.session.put_in_by_hand(head), None);
    desk.run(Command::Retry { clean: true });
    assert_eq!(desk.session.head(), Some(head));
    desk.run(Command::Retry { clean: false });
    assert_eq!(last(&desk).injected, ["timeout"]);
}

#[test]
fn a_models_first_proposal_is_spoilt_refused_and_mended() {
    let mut desk = Desk::open("bank_desk", 0, 3, &[]);
    until(
        &mut desk,
        |d| matches!(d.session.turn(d.session.head()), Turn::Tool { call, .. } if call.tool == "open_dispute"),
    );
    assert_eq!(fits(&desk, Fault::UngroundedResult), Ok(()));
    desk.command(inject(Fault::UngroundedResult));
    let by = By::Model(String::from("local/small"));
    let mut texts = Vec::new();
    for _ in 0..2 {
        let request = desk.waiting.take().expect("the tool simulator is asked");
        let at = stategen::driver::seats::At::after(&desk.session, desk.session.head());
        let mut reply = desk.seats.stand_in_at(&request, &at);
        reply.by = by.clone();
        texts.push(reply.text.clone());
        desk.give(Input::Reply {
            call: request.call,
            body: Box::new(reply),
        });
    }
    let body = hit(&desk.session, Fault::UngroundedResult);
    let run = ran(&body);
    assert!(run.ok && body.by == by && body.role == Role::Tool);
    assert_eq!(run.tries.len(), 2);
    assert_ne!(run.tries[0].text, texts[0]);
    assert_eq!(run.tries[1].text, texts[1]);
    assert!(!run.tries[0].refused.is_empty() && run.tries[1].refused.is_empty());
    assert!(
        body.findings
            .iter()
            .any(|f| f.kind == "refused_proposal" && f.fault.starts_with("ungrounded_result"))
    );
    replays(&desk);

    // An answer that holds nothing to spoil is taken as it is.
    let mut desk = Desk::open("bank_desk", 0, 3, &[]);
    until(
        &mut desk,
        |d| matches!(d.session.turn(d.session.head()), Turn::Tool { call, .. } if call.tool == "open_dispute"),
    );
    desk.command(inject(Fault::UngroundedResult));
    let request = desk.waiting.take().unwrap();
    desk.give(Input::Reply {
        call: request.call,
        body: Box::new(Reply {
            text: String::from("{\"error\": \"It is closed today.\"}"),
            by,
            ..Reply::default()
        }),
    });
    let body = last(&desk);
    assert!(body.injected.is_empty() && ran(&body).tries.len() == 1);
    let told = format!("{:?}", desk.notices);
    assert!(
        told.contains("`ungrounded_result` was not put in"),
        "{told}"
    );
    replays(&desk);
}

#[test]
fn a_model_agent_is_left_alone() {
    // A fault of the stand-in is asked for again as it was asked.
    let mut desk = Desk::open("returns_desk", 0, 3, &[]);
    until(&mut desk, is_agent);
    desk.run(inject(Fault::InventedAmount));
    let asked = desk.session.asked(desk.session.head().unwrap()).unwrap();
    assert_eq!(asked.fault.as_deref(), Some("invented_amount"));
    assert!(!asked.system.contains("amount that is nowhere"));
    let reply = Reply {
        calls: vec![RawCall {
            id: String::new(),
            name: String::from("get_order"),
            arguments: String::from("{\"order_id\":\"RD-1\"}"),
        }],
        by: By::Model(String::from("local/small")),
        ..Reply::default()
    };
    let weighed = desk
        .session
        .weigh(desk.session.head().unwrap(), &reply)
        .unwrap();
    assert!(weighed.refused.is_empty());
}
