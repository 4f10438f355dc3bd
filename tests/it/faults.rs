//! The deck of faults: each one put in, seen, blamed rightly; recovered from and
//! not; in the log, replayed, undone and forked.

mod hand;
mod judge;

use super::support::Desk;
use stategen::engine::fault::{DECK, Fault, Means};
use stategen::engine::input::{Command, Go, Onto};
use stategen::engine::role::{By, Reply, Role};
use stategen::engine::score::Blame;
use stategen::engine::session::{How, Recovery, Session, State};
use stategen::engine::step::{Act, Body, ToolRun};
use stategen::engine::world::Node;

/// A conversation of a sample's task to its end.
fn played(name: &str, task: usize, seed: u64, faults: &[&str]) -> Desk {
    let mut desk = Desk::open(name, task, seed, faults);
    desk.finish();
    while let State::Human { .. } = desk.session.state() {
        desk.command(Command::Answer {
            result: Node::str("Done."),
            ok: true,
        });
        desk.finish();
    }
    desk
}

fn bodies(session: &Session) -> Vec<Body> {
    let path = session.path(session.head());
    let steps = path.iter().filter_map(|p| p.step.as_ref());
    steps.map(|s| s.body.clone()).collect()
}

/// The first step that a fault was put into.
fn hit(session: &Session, fault: Fault) -> Body {
    bodies(session)
        .into_iter()
        .find(|b| b.injected.iter().any(|w| w == fault.name()))
        .unwrap_or_else(|| {
            let opened = session.opened();
            let (task, seed) = (&opened.task, opened.seed);
            panic!("{fault} was not put in: {task} {seed} {:?}", opened.faults)
        })
}

fn ran(body: &Body) -> &ToolRun {
    match &body.act {
        Act::Ran(run) => run,
        other => panic!("{other:?}"),
    }
}

fn recovery(session: &Session, fault: Fault) -> Recovery {
    let all = session.recoveries(session.head());
    all.into_iter()
        .find(|r| r.fault == fault)
        .unwrap_or_else(|| panic!("{fault} is not judged"))
}

fn holds(session: &Session) -> bool {
    session.assertions(session.head()).iter().all(|a| a.holds)
}

fn blames(session: &Session, kind: &str) -> Vec<Blame> {
    let all = bodies(session);
    let findings = all.iter().flat_map(|b| &b.findings);
    findings
        .filter(|f| f.kind == kind)
        .map(|f| f.blame)
        .collect()
}

fn replays(desk: &Desk) {
    let blob = desk.blob();
    let again = Session::replay(&desk.log, &blob).expect("the log replays");
    assert_eq!(bodies(&again), bodies(&desk.session));
    let head = desk.session.head();
    assert_eq!(again.recoveries(head), desk.session.recoveries(head));
}

/// The fault, the sample, its task, whether the task is done, what is found.
type Wanted = (
    &'static str,
    &'static str,
    usize,
    bool,
    Option<(&'static str, Blame)>,
);

/// What each fault of the deck must come to where the stand-in plays as it can: the
/// fault as it is asked for, the sample and its task, whether the task is done all
/// the same, what is found and whose it is.
const WANTED: &[Wanted] = &[
    ("timeout", "returns_desk", 0, true, None),
    ("timeout@issue_refund", "returns_desk", 0, true, None),
    ("rate_limit@cancel_order", "returns_desk", 2, true, None),
    ("server_error:3", "bank_desk", 4, true, None),
    ("permission", "returns_desk", 0, true, None),
    (
        "not_found@get_order",
        "returns_desk",
        0,
        true,
        Some(("false_error", Blame::Tool)),
    ),
    (
        "malformed@get_order",
        "returns_desk",
        0,
        true,
        Some(("wrong_type", Blame::Tool)),
    ),
    (
        "malformed@issue_refund",
        "returns_desk",
        0,
        true,
        Some(("wrong_type", Blame::Tool)),
    ),
    (
        "stale_read@get_account",
        "bank_desk",
        4,
        true,
        Some(("stale_read", Blame::Tool)),
    ),
    (
        "lost_reply@issue_refund",
        "returns_desk",
        0,
        true,
        Some(("false_error", Blame::Tool)),
    ),
    (
        "lost_reply@reverse_fee",
        "bank_desk",
        3,
        true,
        Some(("false_error", Blame::Tool)),
    ),
    (
        "stale_read",
        "returns_desk",
        0,
        true,
        Some(("stale_read", Blame::Tool)),
    ),
    (
        "stale_read",
        "travel_desk",
        4,
        true,
        Some(("stale_read", Blame::Tool)),
    ),
    (
        "stale_read",
        "bank_desk",
        1,
        true,
        Some(("stale_read", Blame::Tool)),
    ),
    ("slow@issue_refund", "returns_desk", 0, true, None),
    (
        "ungrounded_result",
        "bank_desk",
        0,
        true,
        Some(("refused_proposal", Blame::Tool)),
    ),
    (
        "ungrounded_result@draft_letter",
        "bank_desk",
        2,
        true,
        Some(("refused_proposal", Blame::Tool)),
    ),
    (
        "false_claim",
        "bank_desk",
        3,
        true,
        Some(("contradicts_facts", Blame::User)),
    ),
    (
        "false_claim",
        "returns_desk",
        1,
        true,
        Some(("contradicts_facts", Blame::User)),
    ),
    (
        "false_claim:2",
        "travel_desk",
        2,
        true,
        Some(("contradicts_facts", Blame::User)),
    ),
    (
        "misgives_id:2",
        "returns_desk",
        0,
        true,
        Some(("contradicts_facts", Blame::User)),
    ),
    (
        "changes_mind:3",
        "returns_desk",
        0,
        false,
        Some(("premature_goodbye", Blame::User)),
    ),
    (
        "walks_away",
        "returns_desk",
        0,
        false,
        Some(("premature_goodbye", Blame::User)),
    ),
    (
        "premature_goodbye",
        "returns_desk",
        0,
        false,
        Some(("premature_goodbye", Blame::User)),
    ),
    (
        "wrong_id",
        "returns_desk",
        0,
        true,
        Some(("wrong_id", Blame::Agent)),
    ),
    (
        "invented_amount",
        "returns_desk",
        0,
        true,
        Some(("ungrounded_literal", Blame::Agent)),
    ),
    (
        "claim_not_done",
        "returns_desk",
        3,
        false,
        Some(("claim_not_done", Blame::Agent)),
    ),
    (
        "harsh_judge",
        "returns_desk",
        0,
        true,
        Some(("judge_harsh", Blame::Judge)),
    ),
    (
        "malformed_verdict",
        "bank_desk",
        3,
        true,
        Some(("bad_verdict", Blame::Judge)),
    ),
];

#[test]
fn each_fault_is_put_in_seen_and_blamed_rightly() {
    let told = std::fs::read_to_string("docs/scenario.md").unwrap();
    for row in DECK {
        assert!(
            told.contains(&format!("| `{}` |", row.word)),
            "{}",
            row.word
        );
        // These need another one beside them.
        let alone = matches!(
            row.fault,
            Fault::BlindRetry | Fault::IgnoresErrors | Fault::LenientJudge
        );
        let asked = |(text, ..): &&Wanted| text.split(['@', ':']).next() == Some(row.word);
        assert!(
            alone || WANTED.iter().any(|w| asked(&w)),
            "{} is in no test",
            row.word
        );
    }
    for (text, name, task, done, finding) in WANTED {
        let fault = Fault::parse(text.split(['@', ':']).next().unwrap()).unwrap();
        for seed in [3, 5] {
            let desk = played(name, *task, seed, &[text]);
            let session = &desk.session;
            let told = || {
                format!(
                    "{text} {name} {seed}\n{:#?}",
                    session.recoveries(session.head())
                )
            };
            let body = hit(session, fault);
            assert_eq!(body.role, fault.seat(), "{}", told());
            assert_eq!(holds(session), *done, "{}", told());
            if let Some((kind, blame)) = finding {
                let found = blames(session, kind);
                assert!(!found.is_empty(), "{}", told());
                assert!(found.iter().all(|b| b == blame), "{}", told());
                // It says of itself what it comes of.
                let all = bodies(session);
                let mut all = all.iter().flat_map(|b| &b.findings);
                let of = |f: &&stategen::engine::score::Finding| f.kind == *kind;
                let one = all.find(of).unwrap();
                assert!(one.fault.starts_with(fault.name()), "{one:?}");
            }
            // What was put in is nobody's mistake: nothing is laid on the agent.
            if fault.seat() != Role::Agent {
                assert!(blames(session, "not_recovered").is_empty(), "{}", told());
            }
            if fault.means() != Means::StandIn && fault.seat() != Role::Judge {
                let how = recovery(session, fault).how;
                assert!(
                    matches!(how, How::Recovered(..) | How::Harmless),
                    "{}",
                    told()
                );
            }
            replays(&desk);
        }
    }
}

#[test]
fn a_call_that_fails_on_its_way_changes_nothing() {
    for word in [
        "timeout",
        "rate_limit",
        "server_error",
        "permission",
        "not_found",
    ] {
        let spec = format!("{word}@issue_refund");
        let desk = played("returns_desk", 0, 3, &[&spec]);
        let body = hit(&desk.session, Fault::parse(word).unwrap());
        let run = ran(&body);
        assert!(!run.ok && run.patch.is_empty(), "{word}: {}", run.text);
        assert_eq!(body.by, By::Code);
        let before = bodies(&desk.session)[body.number as usize - 2].world;
        assert_eq!(body.world, before, "{word}");
    }
}

#[test]
fn a_lost_reply_has_written_and_reads_like_a_time_out() {
    let lost = played("returns_desk", 0, 3, &["lost_reply@issue_refund"]);
    let out = played("returns_desk", 0, 3, &["timeout@issue_refund"]);
    let (lost, out) = (
        hit(&lost.session, Fault::LostReply),
        hit(&out.session, Fault::Timeout),
    );
    assert_eq!(ran(&lost).text, ran(&out).text);
    assert!(!ran(&lost).patch.is_empty());
    assert!(ran(&out).patch.is_empty());
    assert!(!ran(&lost).ok);
}

#[test]
fn a_stale_read_shows_the_world_before_the_write() {
    let desk = played("bank_desk", 4, 3, &["stale_read@get_account"]);
    let body = hit(&desk.session, Fault::StaleRead);
    let clean = played("bank_desk", 4, 3, &[]);
    let all = bodies(&clean.session);
    let honest = ran(&all[body.number as usize - 1]);
    let stale = ran(&body);
    assert_eq!(stale.args, honest.args);
    assert_ne!(stale.text, honest.text);
    // It only reads: the world is what it was.
    assert_eq!(
        body.world,
        bodies(&desk.session)[body.number as usize - 2].world
    );
}

#[test]
fn a_read_is_stale_after_an_edit_by_a_person() {
    use stategen::engine::input::Edit;
    use stategen::engine::world::{Op, Patch, Path};
    let mut desk = Desk::open("returns_desk", 2, 3, &["stale_read@get_order"]);
    while !matches!(
        desk.session.turn(desk.session.head()),
        stategen::engine::session::Turn::Tool { .. }
    ) {
        desk.run(Command::Go(Go::Step));
    }
    // Nothing was written yet; a person changes what the order says.
    let session = &desk.session;
    let task = session.task_at(session.head());
    let order = task.known["order number"].as_str().unwrap().to_owned();
    let path = Path::parse(&format!("/orders/{order}/promised")).unwrap();
    let value = Node::str("2026-03-30");
    desk.run(Command::Edit {
        onto: Onto::Head,
        edit: Edit::World(Patch(vec![Op::Replace { path, value }])),
    });
    desk.finish();
    let body = hit(&desk.session, Fault::StaleRead);
    assert!(
        !ran(&body).text.contains("2026-03-30"),
        "{}",
        ran(&body).text
    );
    assert!(body.findings.iter().any(|f| f.kind == "stale_read"));
    replays(&desk);
}

#[test]
fn who_writes_again_for_a_stale_read_has_not_recovered() {
    // The letter is written twice.
    let desk = played("bank_desk", 0, 3, &["stale_read", "blind_retry"]);
    let how = recovery(&desk.session, Fault::StaleRead).how;
    let careful = played("bank_desk", 0, 3, &["stale_read"]);
    let how_careful = recovery(&careful.session, Fault::StaleRead).how;
    assert!(
        matches!(&how_careful, How::Recovered(_, what) if what == "looked once more"),
        "{how_careful:?}"
    );
    let How::Failed(_, why) = &how else {
        panic!("{how:?}")
    };
    assert!(
        why.contains("stale read") && why.contains("second time"),
        "{why}"
    );
    assert_eq!(blames(&desk.session, "not_recovered"), [Blame::Agent]);
    replays(&desk);
}

#[test]
fn what_follows_from_a_fault_says_so() {
    let faults = |desk: &Desk, kind: &str| -> Vec<String> {
        let all = bodies(&desk.session);
        let found = all.iter().flat_map(|b| &b.findings);
        found
            .filter(|f| f.kind == kind)
            .map(|f| f.fault.clone())
            .collect()
    };
    // The sub-agent denies what was done, because the reply to it was lost.
    let desk = played("travel_desk", 2, 0, &["lost_reply", "blind_retry"]);
    let denied = faults(&desk, "done_but_denied");
    assert!(!denied.is_empty());
    assert!(
        denied.iter().all(|f| f.starts_with("lost_reply at step ")),
        "{denied:?}"
    );
    // The id stood in the result that never came.
    let desk = played("travel_desk", 2, 0, &["timeout", "ignores_errors"]);
    let ids = faults(&desk, "wrong_id");
    assert!(
        !ids.is_empty() && ids.iter().all(|f| !f.is_empty()),
        "{ids:?}"
    );
    // What the check says now says it too.
    let checked = desk.session.checked(desk.session.head());
    let now = checked.iter().flat_map(|c| &c.findings);
    let now: Vec<&String> = now
        .filter(|f| f.kind == "wrong_id")
        .map(|f| &f.fault)
        .collect();
    assert_eq!(now, ids.iter().collect::<Vec<_>>());
    // Nothing is laid to a fault where none was put in.
    let desk = played("travel_desk", 2, 0, &[]);
    let all = bodies(&desk.session);
    assert!(
        all.iter()
            .flat_map(|b| &b.findings)
            .all(|f| f.fault.is_empty())
    );
}

#[test]
fn a_user_who_knows_no_id_cannot_misgive_one() {
    let mut desk = Desk::open("bank_desk", 4, 3, &[]);
    desk.run(Command::Go(Go::Round));
    let fits = desk.session.faults_at(desk.session.head());
    let (_, fits) = fits.iter().find(|(f, _)| *f == Fault::MisgivesId).unwrap();
    assert_eq!(fits.as_ref().unwrap_err(), "the user knows no id");
}

#[test]
fn an_agent_that_repeats_blindly_writes_twice_and_is_blamed() {
    let desk = played("bank_desk", 4, 2, &["lost_reply", "blind_retry"]);
    let how = recovery(&desk.session, Fault::LostReply).how;
    let How::Failed(step, why) = &how else {
        panic!("{how:?}")
    };
    assert!(why.contains("second time"), "{why}");
    assert_eq!(blames(&desk.session, "not_recovered"), [Blame::Agent]);
    let body = bodies(&desk.session)[*step as usize - 1].clone();
    assert!(body.findings.iter().any(|f| f.kind == "not_recovered"));
    assert!(!holds(&desk.session));
    replays(&desk);
}

#[test]
fn an_agent_that_passes_over_a_failure_is_blamed() {
    let faults = ["timeout@issue_refund", "ignores_errors"];
    let desk = played("returns_desk", 0, 3, &faults);
    let how = recovery(&desk.session, Fault::Timeout).how;
    assert!(matches!(how, How::Failed(..)), "{how:?}");
    assert_eq!(blames(&desk.session, "not_recovered"), [Blame::Agent]);
    assert!(!holds(&desk.session));
    let all = bodies(&desk.session);
    assert!(all.iter().any(|b| b.injected == ["ignores_errors"]));
}

#[test]
fn the_judge_is_told_what_was_put_in() {
    let mut desk = Desk::open("returns_desk", 0, 3, &["lost_reply@issue_refund"]);
    desk.command(Command::Go(Go::End));
    let mut seen = String::new();
    loop {
        if let Some(request) = desk.waiting.as_ref().filter(|r| r.role == Role::Judge) {
            seen = request.messages.last().unwrap().text.clone();
        }
        if !desk.answer() {
            break;
        }
    }
    assert!(seen.contains("error handling"), "{seen}");
    assert!(seen.contains(r#""fault":"lost_reply""#), "{seen}");
    assert!(seen.contains("recovered at step"), "{seen}");
}

#[test]
fn a_fault_by_hand_is_one_step_that_undo_takes_back_and_a_fork_does_without() {
    let mut desk = Desk::open("returns_desk", 0, 3, &[]);
    // To the first call.
    while !matches!(
        desk.session.turn(desk.session.head()),
        stategen::engine::session::Turn::Tool { .. }
    ) {
        desk.run(Command::Go(Go::Step));
    }
    let before = desk.session.head();
    let fits = desk.session.faults_at(before);
    let can = |fault: Fault| fits.iter().any(|(f, fits)| *f == fault && fits.is_ok());
    assert!(can(Fault::Timeout) && can(Fault::NotFound) && can(Fault::Slow));
    assert!(!can(Fault::LostReply) && !can(Fault::StaleRead) && !can(Fault::FalseClaim));
    for (_, fits) in &fits {
        if let Err(why) = fits {
            assert!(!why.is_empty() && !why.ends_with('.'), "{why}");
        }
    }

    let inject = |onto, fault| Command::Inject { onto, fault };
    desk.run(inject(Onto::Head, Fault::Timeout));
    let faulty = hit(&desk.session, Fault::Timeout);
    assert_eq!(bodies(&desk.session).last(), Some(&faulty));
    replays(&desk);

    // What does not fit is refused, and nothing is made.
    let head = desk.session.head();
    desk.run(inject(Onto::Head, Fault::ChangesMind));
    assert_eq!(desk.session.head(), head);
    let refused = format!("{:?}", desk.notices.last());
    assert!(refused.contains("does not fit"), "{refused}");

    desk.run(Command::Undo);
    assert_eq!(desk.session.head(), before);
    desk.run(Command::Redo);
    assert_eq!(desk.session.head(), head);

    // The same step in another branch, without it and with another.
    desk.run(Command::Fork { at: before });
    desk.run(Command::Go(Go::Step));
    assert!(bodies(&desk.session).iter().all(|b| b.injected.is_empty()));
    desk.run(inject(Onto::Fork(before), Fault::Slow));
    assert!(
        ran(&hit(&desk.session, Fault::Slow))
            .text
            .starts_with("(answered after")
    );
    assert_eq!(desk.session.branches().len(), 3);
    replays(&desk);
}

#[test]
fn a_user_is_told_to_make_the_fault_and_a_model_is_taken_at_its_word() {
    let mut desk = Desk::open("returns_desk", 0, 3, &[]);
    desk.run(Command::Go(Go::Round));
    desk.command(Command::Inject {
        onto: Onto::Head,
        fault: Fault::ChangesMind,
    });
    let request = desk.waiting.take().expect("the user is asked");
    assert!(request.system.contains("changed your mind"));
    assert_eq!(request.fault.as_deref(), Some("changes_mind"));
    let reply = Reply {
        text: String::from("Never mind, leave it."),
        by: By::Model(String::from("local/small")),
        ..Reply::default()
    };
    desk.give(stategen::engine::input::Input::Reply {
        call: request.call,
        body: Box::new(reply),
    });
    let body = hit(&desk.session, Fault::ChangesMind);
    assert_eq!(body.text(), "Never mind, leave it.");
    // What was asked can be asked again as it was.
    let again = desk.session.asked(desk.session.head().unwrap()).unwrap();
    assert_eq!(again.system, request.system);
    // The turn after it is asked as ever.
    desk.run(Command::Go(Go::Round));
    desk.command(Command::Go(Go::Step));
    let next = desk.waiting.as_ref().expect("the user is asked");
    assert!(!next.system.contains("changed your mind"));
    replays(&desk);
}

#[test]
fn chance_is_drawn_by_the_seed_and_bounded() {
    let words = |seed| {
        let desk = played("returns_desk", 0, seed, &["slow:chance 0.5"]);
        let all = bodies(&desk.session);
        all.iter().map(|b| b.injected.len()).collect::<Vec<_>>()
    };
    assert_eq!(words(3), words(3));
    let made: Vec<usize> = (0..6).map(|seed| words(seed).iter().sum()).collect();
    assert!(made.iter().any(|n| *n > 0), "{made:?}");
    let every = played("returns_desk", 0, 3, &["slow:every 2"]);
    let all = bodies(&every.session);
    let calls: Vec<bool> = all
        .iter()
        .filter(|b| b.role == Role::Tool)
        .map(|b| !b.injected.is_empty())
        .collect();
    for (at, slow) in calls.iter().enumerate() {
        assert_eq!(*slow, (at + 1) % 2 == 0, "{calls:?}");
    }
}
