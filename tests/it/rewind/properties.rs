//! The properties of rewind over random scripts (the sixth, of patches alone, is
//! with the world's tests; the eighth with the judge's).

use super::{act, ids, shown};
use crate::support::{Desk, SAMPLES};
use proptest::prelude::*;
use stategen::engine::id::StepId;
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::role::{Reply, Role};
use stategen::engine::session::{Branch, Place, Session};
use stategen::engine::step::Act;
use std::collections::BTreeMap;

/// The letters do what they stand for, or the scripts would show nothing.
#[test]
fn every_letter_does_something() {
    for letter in "sSfForubjpewiItT[]".chars() {
        let made = (0..40).any(|at| {
            let mut desk = Desk::open("returns_desk", 0, 3, &[]);
            for before in ['S', 'r', 's', 's'] {
                act(&mut desk, before, 0);
            }
            if letter == ']' {
                act(&mut desk, '[', at);
            }
            let events = desk.log.len();
            act(&mut desk, letter, at);
            if letter == 't' {
                return !desk.session.taken().is_empty();
            }
            desk.log.len() > events
        });
        assert!(made, "{letter} does nothing");
    }
}

const MOVES: &str = "ssssssSSfFoOruUxbjpeewiiiIth[]B";

type Names = (Vec<Branch>, String);

fn names(session: &Session) -> Names {
    (session.branches().to_vec(), session.current().name.clone())
}

/// All that can be seen of a session: names, each place, and what trials came to.
type Seen = (Names, BTreeMap<StepId, String>, String);

pub fn seen(session: &Session) -> Seen {
    let mut places = BTreeMap::new();
    for branch in session.branches() {
        for place in session.path(branch.head) {
            let step = place.step.as_ref().unwrap();
            let looks = places.entry(step.id).or_insert_with(|| picture(&place));
            looks.push_str(&format!(" {:?}", session.tries(step.id)));
        }
        let holds: Vec<bool> = session
            .assertions(branch.head)
            .iter()
            .map(|a| a.holds)
            .collect();
        if let Some(head) = branch.head {
            let looks = places.entry(head).or_default();
            looks.push_str(&format!(" {holds:?}"));
        }
    }
    let trial = format!("{:?}", session.trial().map(|t| (&t.at, t.times, &t.runs)));
    (names(session), places, trial)
}

/// A place. The body is what its step's id is the hash of.
fn picture(place: &Place) -> String {
    format!(
        "{} {:?} {} {} {} {} {:?} {} {} {:?} {:?}",
        place.world.hash(),
        place.stack,
        place.turns,
        place.calls,
        place.goodbyes,
        place.malformed,
        place.ended,
        place.judged,
        place.setting.scenario.version,
        place.setting.persona,
        place.setting.task.goal,
    )
}

fn script(letters: &'static str, most: usize) -> impl Strategy<Value = Vec<(char, usize)>> {
    let letter = prop::sample::select(letters.chars().collect::<Vec<_>>());
    prop::collection::vec((letter, 0usize..40), 1..most)
}

fn replayed(desk: &Desk) -> Session {
    let scenario = std::sync::Arc::clone(desk.session.scenario_at(None));
    Session::rebuilt(&desk.log, scenario, &desk.blob()).expect("the log replays")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// 1, 2, 4, 10: replay equals live after every input; a step looks as it did
    /// when it was live; a fork moves no other branch; worlds rebuilt from patches
    /// alone are the worlds kept.
    #[test]
    fn replay_is_live_and_the_past_stays(
        sample in 0usize..3, task in 0usize..6, seed in 0u64..1000, script in script(MOVES, 20)
    ) {
        let mut desk = Desk::open(SAMPLES[sample], task, seed, &[]);
        let mut when_live: BTreeMap<StepId, String> = BTreeMap::new();
        for (at, (letter, spot)) in script.iter().enumerate() {
            let before = names(&desk.session).0;
            act(&mut desk, *letter, *spot);
            let so_far = &script[..=at];
            for branch in desk.session.branches() {
                for place in desk.session.path(branch.head) {
                    let id = place.step.as_ref().unwrap().id;
                    let looks = picture(&place);
                    let first = when_live.entry(id).or_insert_with(|| looks.clone());
                    prop_assert_eq!(&*first, &looks, "a past step changed: {}", shown(so_far));
                }
            }
            if matches!(letter, 'f' | 'F' | 'I') {
                for branch in &before {
                    let there = desk.session.branches().contains(branch);
                    prop_assert!(there, "{branch:?} moved: {}", shown(so_far));
                }
            }
            let again = seen(&replayed(&desk));
            prop_assert_eq!(again, seen(&desk.session), "replay differs: {}", shown(so_far));
        }
        for branch in desk.session.branches() {
            let mut world = desk.session.place(None).world.clone();
            for place in desk.session.path(branch.head) {
                if let Some(patch) = place.step.as_ref().and_then(|s| s.body.patch()) {
                    world = patch.apply(&world).expect("a logged patch applies").world;
                }
                prop_assert_eq!(world.hash(), place.world.hash());
            }
        }
    }

    /// 1 with trials: they replay to what they came to.
    #[test]
    fn trials_replay(sample in 0usize..3, seed in 0u64..1000, script in script("sSTTufib", 5)) {
        let mut desk = Desk::open(SAMPLES[sample], 0, seed, &[]);
        for (letter, spot) in &script {
            act(&mut desk, *letter, *spot);
        }
        act(&mut desk, 'T', 1);
        prop_assert_eq!(seen(&replayed(&desk)), seen(&desk.session), "{}", shown(&script));
    }

    /// 3: rewound to any step, the same replies make the same bodies; by whatever
    /// edits the conversation came there.
    #[test]
    fn the_same_replies_make_the_same_steps(
        sample in 0usize..3, task in 0usize..6, seed in 0u64..1000, back in 0usize..30,
        script in script("SSspew", 5)
    ) {
        let mut desk = Desk::open(SAMPLES[sample], task, seed, &[]);
        for (letter, spot) in &script {
            act(&mut desk, *letter, spot - spot % 3);
        }
        desk.finish();
        let first = ids(&desk.session);
        // An edit is no reply: it is gone back to behind the last.
        let edits = first.iter().rposition(|id| {
            matches!(desk.session.step(*id).unwrap().body.act, Act::Edited(_))
        });
        let least = edits.map_or(0, |at| at + 1);
        let at = (least + back % (first.len() - least).max(1)).checked_sub(1);
        desk.run(Command::Fork { at: at.map(|i| first[i]) });
        desk.finish();
        prop_assert_eq!(ids(&desk.session), first);
    }

    /// 5: undo after any command restores what was visible, redo what came after.
    #[test]
    fn undo_and_redo_restore(
        sample in 0usize..3, seed in 0u64..1000, script in script(MOVES, 14), last in 0usize..40,
        letter in prop::sample::select("sSfFoOrbpewiI[]T".chars().collect::<Vec<_>>())
    ) {
        let mut desk = Desk::open(SAMPLES[sample], 0, seed, &[]);
        for (letter, spot) in &script {
            act(&mut desk, *letter, *spot);
        }
        // What waits for a person would go on with the command before.
        desk.run(Command::Stop);
        let before = names(&desk.session);
        let events = desk.log.len();
        act(&mut desk, letter, last);
        let after = names(&desk.session);
        let what = format!("{}then {letter}{last}", shown(&script));
        if desk.log.len() > events {
            desk.run(Command::Undo);
            prop_assert_eq!(names(&desk.session), before, "undo: {}", &what);
            desk.run(Command::Redo);
            prop_assert_eq!(names(&desk.session), after, "redo: {}", &what);
        } else {
            prop_assert_eq!(after, before, "nothing was logged: {}", &what);
        }
    }

    /// 7: a stale answer, anywhere, changes nothing but notices.
    #[test]
    fn a_late_answer_changes_nothing(
        sample in 0usize..3, seed in 0u64..1000, script in script(MOVES, 12), fails in any::<bool>()
    ) {
        let mut desk = Desk::open(SAMPLES[sample], 1, seed, &[]);
        for (letter, spot) in &script {
            act(&mut desk, *letter, *spot);
            let (before, events, state) =
                (seen(&desk.session), desk.log.len(), desk.session.state().clone());
            let late: Vec<_> = desk.stale.iter().rev().take(3).cloned().collect();
            for request in late {
                let call = request.call;
                let body = Box::new(Reply { text: String::from("late"), ..Reply::default() });
                desk.give(if fails {
                    Input::Failed { call, error: String::from("late") }
                } else {
                    Input::Reply { call, body }
                });
            }
            desk.give(Input::Continue);
            prop_assert_eq!(seen(&desk.session), before, "{}", shown(&script));
            prop_assert_eq!(desk.log.len(), events);
            prop_assert_eq!(desk.session.state(), &state);
        }
    }
}

/// 11: the first step can be rewound like any other.
#[test]
fn the_first_step_can_be_rewound() {
    let mut desk = Desk::open("returns_desk", 0, 7, &[]);
    desk.run(Command::Go(Go::Step));
    let first = ids(&desk.session);
    desk.run(Command::Overwrite { at: None });
    assert_eq!(ids(&desk.session), []);
    desk.run(Command::Retry { clean: false });
    assert_eq!(
        ids(&desk.session),
        [],
        "there is nothing to retry before the first step"
    );
    desk.run(Command::Go(Go::Step));
    assert_eq!(ids(&desk.session), first);
    desk.run(Command::Retry { clean: false });
    assert_eq!(ids(&desk.session).len(), 1);
}

/// 8: the judge's axes may come in any order.
#[test]
fn axes_come_in_any_order() {
    let mut desk = Desk::open("returns_desk", 0, 7, &[]);
    desk.command(Command::Go(Go::End));
    while desk.waiting.as_ref().is_none_or(|r| r.role != Role::Judge) {
        assert!(desk.answer());
    }
    let request = desk.waiting.clone().unwrap();
    let reply = desk.seats.stand_in(&request);
    let whole: serde_json::Value = serde_json::from_str(&reply.text).unwrap();
    let named = whole["axes"].as_object().unwrap();
    let mut axes: Vec<serde_json::Value> = named
        .iter()
        .map(|(name, axis)| {
            let mut axis = axis.clone();
            axis["axis"] = name.as_str().into();
            axis
        })
        .collect();
    let mut made = Vec::new();
    for turn in 0..axes.len() {
        axes.rotate_left(1);
        if turn % 2 == 1 {
            axes.reverse();
        }
        let text = serde_json::json!({"axes": axes, "findings": whole["findings"]}).to_string();
        let mut session = desk.session.clone();
        let body = Box::new(Reply {
            text,
            ..reply.clone()
        });
        session.handle(Input::Reply {
            call: request.call,
            body,
        });
        assert!(session.verdict(session.head()).is_some());
        made.push(session.head());
    }
    made.dedup();
    assert_eq!(made.len(), 1, "one verdict, whatever the order");
}
