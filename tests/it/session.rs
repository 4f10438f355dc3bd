//! Whole scripted conversations: every task of every sample comes to its end, a
//! fault that was put in is found, and one seed gives the same bytes.

use crate::support::{Desk, SAMPLES};
use stategen::engine::event::{EndedBy, Event};
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::role::Reply;
use stategen::engine::session::{Session, State};
use stategen::engine::step::{Act, Step};

/// Every task of every sample comes to its end offline, with its goal reached.
#[test]
fn every_task_of_every_sample_reaches_its_goal() {
    let mut looked = 0;
    for name in SAMPLES {
        for task in 0..crate::support::sample(name).tasks.len() {
            for seed in 0..4 {
                let mut desk = Desk::open(name, task, seed, &[]);
                desk.finish();
                let session = &desk.session;
                let id = &session.task().task;
                let talk = transcript(session);
                assert_eq!(
                    session.state(),
                    &State::Ended(EndedBy::UserDone),
                    "{name}/{id} seed {seed}\n{talk}"
                );
                for check in session.assertions(session.head()) {
                    assert!(
                        check.holds,
                        "{name}/{id} seed {seed}: {}\n{talk}",
                        check.text
                    );
                }
                let verdict = session.verdict(session.head()).expect("the judge spoke");
                assert!(
                    verdict.overall > 6.0,
                    "{name}/{id} seed {seed}: {verdict:?}\n{talk}"
                );
                let ours: Vec<_> = session
                    .path(session.head())
                    .iter()
                    .filter_map(|p| p.step.as_ref())
                    .flat_map(|s| s.body.findings.clone())
                    .collect();
                assert_eq!(
                    ours,
                    [],
                    "{name}/{id} seed {seed}: a clean run has no finding\n{talk}"
                );
                looked += 1;
            }
        }
    }
    assert!(looked >= 3 * 5 * 4, "{looked} conversations");
}

/// A fault that was put in is found, and the right role is blamed.
#[test]
fn an_injected_fault_is_found() {
    for (fault, kind) in [
        ("wrong_id", "wrong_id"),
        ("premature_goodbye", "premature_goodbye"),
        ("invented_amount", "ungrounded_literal"),
        ("ungrounded_result", "refused_proposal"),
        ("claim_not_done", "claim_not_done"),
    ] {
        let (mut injected, mut found, mut missed) = (0, 0, Vec::new());
        for name in SAMPLES {
            for task in 0..crate::support::sample(name).tasks.len() {
                for seed in 0..3 {
                    let mut desk = Desk::open(name, task, seed, &[fault]);
                    desk.finish();
                    let path = desk.session.path(desk.session.head());
                    let steps: Vec<&Step> = path.iter().filter_map(|p| p.step.as_ref()).collect();
                    if !steps
                        .iter()
                        .any(|s| s.body.injected.iter().any(|i| i == fault))
                    {
                        continue;
                    }
                    injected += 1;
                    if steps
                        .iter()
                        .any(|s| s.body.findings.iter().any(|f| f.kind == kind))
                    {
                        found += 1;
                    } else {
                        missed.push(format!(
                            "{name}/{} seed {seed}\n{}",
                            desk.session.task().task,
                            transcript(&desk.session)
                        ));
                    }
                }
            }
        }
        println!("{fault}: injected {injected}, found {found}");
        assert!(injected > 0, "{fault} was never injected");
        assert!(
            missed.is_empty(),
            "{fault}: {} of {injected} missed\n{}",
            missed.len(),
            missed[0]
        );
    }
}

/// Twenty seeds, twenty conversations; one seed, the same bytes.
#[test]
fn seeds_differ_and_repeat() {
    for name in SAMPLES {
        let mut all = std::collections::BTreeSet::new();
        for seed in 0..20 {
            let bodies = |_: u32| {
                let mut desk = Desk::open(name, 0, seed, &[]);
                desk.finish();
                transcript(&desk.session)
            };
            let (once, again) = (bodies(0), bodies(1));
            assert_eq!(once, again);
            all.insert(once);
        }
        assert_eq!(all.len(), 20, "{name}");
    }
}

/// An unusable reply is kept, asked for again a bounded number of times, and
/// ends the branch in words.
#[test]
fn unusable_replies_are_kept_and_bounded() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.command(Command::Go(Go::End));
    let mut asked = 0;
    while let Some(request) = desk.waiting.take() {
        asked += 1;
        assert!(asked < 20);
        desk.give(Input::Reply {
            call: request.call,
            body: Box::new(Reply::default()),
        });
        while desk.on {
            desk.give(Input::Continue);
        }
    }
    let kept = desk
        .log
        .iter()
        .filter(|e| match e {
            Event::Stepped { step, .. } => matches!(step.body.act, Act::Malformed { .. }),
            Event::Opened(_) | Event::Moved { .. } | Event::Ended { .. } => false,
        })
        .count();
    assert_eq!(kept, asked, "every unusable reply is in the log");
    assert!(matches!(
        desk.session.state(),
        State::Ended(EndedBy::Unusable(_))
    ));
}

/// Lines of a conversation, for messages of failed tests.
pub fn transcript(session: &Session) -> String {
    let mut out = String::new();
    for place in session.path(session.head()) {
        let Some(step) = &place.step else { continue };
        let body = &step.body;
        out.push_str(&format!(
            "{} {:?} {} ",
            body.number,
            body.role,
            body.agent.join("/")
        ));
        match &body.act {
            Act::Answered { text, calls } => {
                out.push_str(text);
                for call in calls {
                    out.push_str(&format!(" [{} {}]", call.tool, call.raw));
                }
            }
            Act::Ran(run) => out.push_str(&format!("{}: {}", run.call.tool, run.text)),
            Act::Said { text, done } => out.push_str(&format!("{text} {done}")),
            Act::Judged(verdict) => out.push_str(&format!("{:.1}", verdict.overall)),
            Act::Malformed { text, why } => out.push_str(&format!("{why}: {text}")),
            Act::Edited(edited) => out.push_str(&format!("edited {}", edited.what)),
        }
        for finding in &body.findings {
            out.push_str(&format!("\n    !! {} {}", finding.kind, finding.what));
        }
        out.push('\n');
    }
    out
}
