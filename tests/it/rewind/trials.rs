//! Runs of the rest of a branch, breakpoints and tries.

use super::{ids, refused, until};
use crate::support::Desk;
use stategen::engine::effect::Notice;
use stategen::engine::event::EndedBy;
use stategen::engine::halt::Break;
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::session::{Session, State};
use stategen::engine::step::Act;
use std::collections::BTreeSet;

fn desk() -> Desk {
    Desk::open("returns_desk", 0, 7, &[])
}

#[test]
fn a_trial_runs_the_rest_anew_and_comes_back() {
    let mut desk = desk();
    desk.run(Command::Go(Go::Round));
    let (home, before) = (
        desk.session.current().clone(),
        desk.session.branches().to_vec(),
    );
    let at = desk.session.step(home.head.unwrap()).unwrap().parent;
    desk.run(Command::Trial { at, times: 3 });
    let trial = desk.session.trial().unwrap().clone();
    assert_eq!((trial.at, trial.times, trial.running), (at, 3, false));
    assert_eq!(desk.session.current(), &home);
    assert_eq!(desk.session.state(), &State::Paused);
    let names: Vec<&str> = trial.runs.iter().map(|r| r.branch.as_str()).collect();
    assert_eq!(names, ["try.1", "try.2", "try.3"]);
    let mut firsts = BTreeSet::new();
    for run in &trial.runs {
        assert_eq!(run.ended, Some(EndedBy::UserDone));
        assert!(run.of > 0);
        assert!(
            desk.session.verdict(run.head).is_some(),
            "the judge speaks at its end"
        );
        let path = desk.session.path(run.head);
        let new = path
            .iter()
            .filter_map(|p| p.step.as_ref())
            .skip(desk.session.path(at).len());
        let attempts: BTreeSet<u32> = new.clone().map(|s| s.body.attempt).collect();
        assert_eq!(
            attempts.len(),
            1,
            "one attempt for the whole run: {attempts:?}"
        );
        firsts.extend(attempts);
    }
    assert_eq!(firsts.len(), 3, "each run draws its own");
    assert!(!firsts.contains(&0), "nothing before drew them");
    let again = Session::replay(&desk.log, &desk.blob()).unwrap();
    assert_eq!(again.trial(), Some(&trial));
    desk.run(Command::Undo);
    assert_eq!(
        desk.session.branches(),
        before,
        "one undo takes all of it back"
    );
    desk.run(Command::Redo);
    assert_eq!(desk.session.branches().len(), before.len() + 3);
    assert_eq!(desk.session.current(), &home);
}

#[test]
fn a_trial_that_is_stopped_keeps_what_was_done() {
    let mut desk = desk();
    desk.command(Command::Trial { at: None, times: 5 });
    assert!(desk.session.trial().unwrap().running);
    for _ in 0..4 {
        assert!(desk.answer());
    }
    desk.command(Command::Stop);
    assert!(!desk.on && desk.waiting.is_none());
    let trial = desk.session.trial().unwrap();
    assert!(!trial.running);
    assert_eq!(trial.runs.len(), 1);
    assert!(trial.runs[0].ended.is_none());
    assert!(trial.runs[0].head.is_some(), "its steps are there");
    assert_eq!(desk.session.current().name, "main");
    // Paused, it makes the step that was asked for, and no other.
    desk.command(Command::Trial { at: None, times: 5 });
    desk.answer();
    desk.command(Command::Pause);
    while desk.answer() {}
    assert!(!desk.session.trial().unwrap().running);
    assert_eq!(desk.session.current().name, "main");
}

#[test]
fn a_call_that_fails_ends_its_run_alone() {
    let mut desk = desk();
    desk.command(Command::Trial { at: None, times: 2 });
    desk.answer();
    let call = desk.waiting.take().unwrap().call;
    desk.give(Input::Failed {
        call,
        error: String::from("no route"),
    });
    assert!(
        desk.notices
            .iter()
            .any(|n| matches!(n, Notice::CallFailed { .. }))
    );
    while desk.answer() {}
    let trial = desk.session.trial().unwrap();
    let ends: Vec<bool> = trial.runs.iter().map(|r| r.ended.is_some()).collect();
    assert_eq!(ends, [false, true]);
}

#[test]
fn a_trial_asks_for_what_can_be() {
    let mut desk = desk();
    for times in [0, 1001, u32::MAX] {
        desk.run(Command::Trial { at: None, times });
        assert!(refused(&desk).contains("from 1 to"));
    }
    desk.finish();
    desk.run(Command::Trial {
        at: desk.session.head(),
        times: 2,
    });
    assert!(refused(&desk).contains("nothing follows"));
    assert!(desk.session.trial().is_none());
}

#[test]
fn breakpoints_stop_going_on_and_say_where() {
    let broke = |desk: &Desk| {
        desk.notices.iter().find_map(|n| match n {
            Notice::Broke(why) => Some(why.clone()),
            _ => None,
        })
    };
    let mut desk = desk();
    desk.run(Command::Break {
        on: vec![Break::Step(3)],
    });
    desk.finish();
    assert_eq!(ids(&desk.session).len(), 3);
    assert_eq!(broke(&desk).unwrap(), "step 3");
    assert_eq!(desk.session.state(), &State::Paused);
    desk.finish();
    assert!(
        desk.session.ended(desk.session.head()).is_some(),
        "it goes on from there"
    );

    // The first tool that anybody calls.
    let tool = desk.log.iter().find_map(|e| match e {
        stategen::engine::event::Event::Stepped { step, .. } => match &step.body.act {
            Act::Answered { calls, .. } => calls.first().map(|c| c.tool.clone()),
            _ => None,
        },
        _ => None,
    });
    let mut desk = self::desk();
    desk.run(Command::Break {
        on: vec![Break::Tool(tool.unwrap())],
    });
    desk.finish();
    assert!(broke(&desk).unwrap().contains("called it"));
    let last = desk.session.step(desk.session.head().unwrap()).unwrap();
    assert!(matches!(&last.body.act, Act::Answered { calls, .. } if !calls.is_empty()));

    let mut desk = Desk::open("returns_desk", 0, 7, &["wrong_id"]);
    desk.run(Command::Break {
        on: vec![Break::Finding],
    });
    desk.finish();
    let last = desk.session.step(desk.session.head().unwrap()).unwrap();
    assert!(!last.body.findings.is_empty());

    let mut desk = self::desk();
    let on = vec![Break::Score {
        axis: String::from("overall"),
        below: 11.0,
    }];
    desk.run(Command::Break { on });
    desk.finish();
    assert!(broke(&desk).unwrap().contains("score overall<11 (it is "));
}

#[test]
fn tries_are_the_steps_of_one_parent_in_order() {
    let mut desk = desk();
    desk.run(Command::Go(Go::Round));
    let first = ids(&desk.session);
    desk.run(Command::Overwrite { at: Some(first[0]) });
    desk.run(Command::Go(Go::Step));
    desk.run(Command::Retry { clean: false });
    desk.run(Command::Go(Go::Step));
    let second = ids(&desk.session);
    let tries = desk.session.tries(first[1]);
    assert_eq!(tries, [first[1], second[1]]);
    assert_eq!(desk.session.tries(second[1]), tries);
    // A try brings back what was made newest after it.
    desk.run(Command::Try { step: first[1] });
    assert_eq!(ids(&desk.session), first);
    desk.run(Command::Try { step: second[1] });
    assert_eq!(ids(&desk.session), second);
    desk.run(Command::Undo);
    assert_eq!(ids(&desk.session), first);
    desk.run(Command::Try { step: first[1] });
    assert!(refused(&desk).contains("is at that try"));
    desk.run(Command::Fork { at: None });
    desk.run(Command::Try { step: first[1] });
    assert!(refused(&desk).contains("no try"));
    until(&mut desk, |s| s.ended(s.head()).is_some());
}
