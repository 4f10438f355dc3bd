//! The properties of rewind, over random scripts of one-letter commands on the
//! samples, and whole scripted conversations. A failing script can be typed
//! into the workbench as it is printed.

use crate::support::{Desk, SAMPLES};
use proptest::prelude::*;
use stategen::engine::event::{EndedBy, Event};
use stategen::engine::id::{CallId, StepId};
use stategen::engine::input::{Command, Go, Input};
use stategen::engine::role::{Finish, RawCall, Reply};
use stategen::engine::session::{Session, State};
use stategen::engine::step::{Act, Step};
use stategen::engine::world::Node;
use std::collections::BTreeMap;

/// One letter of a script.
fn act(desk: &mut Desk, letter: char, at: usize) {
    let path = desk.session.path(desk.session.head());
    let spot: Option<StepId> = if path.is_empty() {
        None
    } else {
        path[at % path.len()].step.as_ref().map(|s| s.id)
    };
    match letter {
        's' => desk.run(Command::Go(Go::Step)),
        'S' => desk.run(Command::Go(Go::Round)),
        'f' => desk.run(Command::Fork { at: spot }),
        'F' => desk.run(Command::Fork { at: None }),
        'o' => desk.run(Command::Overwrite { at: spot }),
        'O' => desk.run(Command::Overwrite { at: None }),
        'r' => desk.run(Command::Retry),
        'u' => desk.run(Command::Undo),
        'U' => desk.run(Command::Redo),
        'x' => {
            // Ask, then stop before the answer comes.
            desk.command(Command::Go(Go::Step));
            desk.command(Command::Stop);
        }
        'b' => {
            let names: Vec<String> = desk
                .session
                .branches()
                .iter()
                .map(|b| b.name.clone())
                .collect();
            let branch = names[at % names.len()].clone();
            desk.run(Command::Switch { branch });
        }
        _ => desk.run(Command::Judge),
    }
}

type Names = Vec<(String, Option<StepId>)>;

fn names(session: &Session) -> (Names, String) {
    let all = session
        .branches()
        .iter()
        .map(|b| (b.name.clone(), b.head))
        .collect();
    (all, session.current().name.clone())
}

/// All that can be seen of a session: names, and each place with its world.
fn seen(session: &Session) -> (Names, String, BTreeMap<StepId, String>) {
    let (all, current) = names(session);
    let mut places = BTreeMap::new();
    for (_, head) in &all {
        for place in session.path(*head) {
            let step = place.step.as_ref().unwrap();
            places.insert(step.id, picture(session, step));
        }
    }
    (all, current, places)
}

fn picture(session: &Session, step: &Step) -> String {
    let place = session.place(Some(step.id));
    let holds: Vec<bool> = session
        .assertions(Some(step.id))
        .iter()
        .map(|a| a.holds)
        .collect();
    format!(
        "{} {} {:?} {} {:?} {holds:?}",
        serde_json::to_string(&step.body).unwrap(),
        place.world.hash(),
        place.stack,
        place.turns,
        place.ended,
    )
}

fn script() -> impl Strategy<Value = Vec<(char, usize)>> {
    let letter = prop::sample::select("sssssSSfFoOruUxbj".chars().collect::<Vec<_>>());
    prop::collection::vec((letter, 0usize..40), 1..22)
}

fn shown(script: &[(char, usize)]) -> String {
    script.iter().map(|(c, at)| format!("{c}{at} ")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// 1, 2, 4, 10: replay equals live after every input; a step looks as it did
    /// when it was live; other branches keep their hashes; worlds rebuilt from
    /// patches alone are the worlds kept.
    #[test]
    fn replay_is_live_and_the_past_stays(
        sample in 0usize..3, task in 0usize..6, seed in 0u64..1000, script in script()
    ) {
        let mut desk = Desk::open(SAMPLES[sample], task, seed, &[]);
        let mut when_live: BTreeMap<StepId, String> = BTreeMap::new();
        for (at, (letter, spot)) in script.iter().enumerate() {
            let before = names(&desk.session).0;
            act(&mut desk, *letter, *spot);
            let now = seen(&desk.session);
            for (id, looks) in &now.2 {
                let first = when_live.entry(*id).or_insert_with(|| looks.clone());
                prop_assert_eq!(&*first, looks, "a past step changed: {}", shown(&script[..=at]));
            }
            if matches!(letter, 'f' | 'F') {
                for branch in &before {
                    prop_assert!(now.0.contains(branch), "fork moved {:?}", branch);
                }
            }
            let scenario = std::sync::Arc::clone(desk.session.scenario_at(None));
            let again = Session::rebuilt(&desk.log, scenario, &desk.blob()).expect("the log replays");
            prop_assert_eq!(&seen(&again), &now, "replay differs: {}", shown(&script[..=at]));
        }
        for (_, head) in names(&desk.session).0 {
            let mut world = desk.session.place(None).world.clone();
            for place in desk.session.path(head) {
                if let Some(patch) = place.step.as_ref().and_then(|s| s.body.patch()) {
                    world = patch.apply(&world).expect("a logged patch applies").world;
                }
                prop_assert_eq!(world.hash(), place.world.hash());
            }
        }
    }

    /// 3: rewound to any step, the same replies make the same bodies.
    #[test]
    fn the_same_replies_make_the_same_steps(
        sample in 0usize..3, task in 0usize..6, seed in 0u64..1000, back in 0usize..30
    ) {
        let mut desk = Desk::open(SAMPLES[sample], task, seed, &[]);
        desk.finish();
        let first: Vec<StepId> = ids(&desk.session);
        let at = first.len().checked_sub(1 + back % first.len()).map(|i| first[i]);
        desk.run(Command::Fork { at });
        desk.finish();
        prop_assert_eq!(ids(&desk.session), first);
    }

    /// 5: undo after any command restores what was visible, redo what came after.
    #[test]
    fn undo_and_redo_restore(
        sample in 0usize..3, seed in 0u64..1000, script in script(), last in 0usize..40,
        letter in prop::sample::select("sSfFoOrb".chars().collect::<Vec<_>>())
    ) {
        let mut desk = Desk::open(SAMPLES[sample], 0, seed, &[]);
        for (letter, spot) in &script {
            act(&mut desk, *letter, *spot);
        }
        let before = names(&desk.session);
        let events = desk.log.len();
        act(&mut desk, letter, last);
        let after = names(&desk.session);
        if desk.log.len() > events {
            desk.run(Command::Undo);
            prop_assert_eq!(names(&desk.session), before, "undo of {}", letter);
            desk.run(Command::Redo);
            prop_assert_eq!(names(&desk.session), after, "redo of {}", letter);
        }
    }

    /// 7: a stale answer, anywhere, changes nothing but notices.
    #[test]
    fn a_late_answer_changes_nothing(
        sample in 0usize..3, seed in 0u64..1000, script in script(), fails in any::<bool>()
    ) {
        let mut desk = Desk::open(SAMPLES[sample], 1, seed, &[]);
        for (letter, spot) in &script {
            act(&mut desk, *letter, *spot);
            let (before, events, state) =
                (seen(&desk.session), desk.log.len(), desk.session.state().clone());
            let late: Vec<_> = desk.stale.iter().rev().take(3).cloned().collect();
            for request in late {
                let call = request.call;
                let body = Box::new(desk.seats.stand_in(&request));
                desk.give(if fails {
                    Input::Failed { call, error: String::from("late") }
                } else {
                    Input::Reply { call, body }
                });
            }
            desk.give(Input::Continue);
            prop_assert_eq!(seen(&desk.session), before);
            prop_assert_eq!(desk.log.len(), events);
            prop_assert_eq!(desk.session.state(), &state);
        }
    }

    /// 9: whatever comes in, `handle` answers; and what it logs still replays.
    #[test]
    fn handle_never_panics(
        sample in 0usize..3, seed in any::<u64>(), inputs in prop::collection::vec(hostile(), 1..60)
    ) {
        let mut desk = Desk::open(SAMPLES[sample], 2, seed, &["wrong_id", "ungrounded_result"]);
        desk.session.sample_judge((seed % 3) as u32);
        for (input, follow) in inputs {
            let input = match (input, desk.waiting.as_ref().map(|r| r.call)) {
                // Half of the hostile replies hit the call that is waited for.
                (Input::Reply { call, body }, Some(due)) if call.0 % 2 == 0 => {
                    desk.waiting = None;
                    Input::Reply { call: due, body }
                }
                (input, _) => input,
            };
            desk.give(input);
            if follow {
                desk.answer();
            }
        }
        let again = Session::replay(&desk.log, &desk.blob()).expect("the log replays");
        prop_assert_eq!(seen(&again), seen(&desk.session));
    }
}

fn ids(session: &Session) -> Vec<StepId> {
    session
        .path(session.head())
        .iter()
        .filter_map(|p| p.step.as_ref())
        .map(|s| s.id)
        .collect()
}

fn hostile() -> impl Strategy<Value = (Input, bool)> {
    let text = prop_oneof![
        Just(String::new()),
        Just(String::from("<done>")),
        Just(String::from("bye")),
        Just(String::from(
            "{\"result\": 1, \"patch\": [{\"op\": \"remove\", \"path\": \"\"}]}"
        )),
        Just(String::from("{\"axes\": []}")),
        ".{0,40}",
    ];
    let call = ("[a-z_]{0,12}", "\\PC{0,30}").prop_map(|(name, arguments)| RawCall {
        id: String::new(),
        name,
        arguments,
    });
    let finish = prop::sample::select(vec![
        Finish::Stop,
        Finish::ToolCalls,
        Finish::Length,
        Finish::Refusal,
    ]);
    let calls = prop::collection::vec(call, 0..3);
    let reply = (text, calls, finish).prop_map(|(text, calls, finish)| Reply {
        text,
        calls,
        finish,
        ..Reply::default()
    });
    let command = prop_oneof![
        4 => Just(Command::Go(Go::Step)),
        4 => Just(Command::Go(Go::Round)),
        2 => Just(Command::Go(Go::End)),
        1 => Just(Command::Pause),
        1 => Just(Command::Stop),
        1 => Just(Command::Retry),
        1 => Just(Command::Undo),
        1 => Just(Command::Redo),
        1 => Just(Command::Judge),
        1 => Just(Command::Fork { at: None }),
        1 => Just(Command::Overwrite { at: None }),
        1 => Just(Command::Switch { branch: String::from("nowhere") }),
        1 => Just(Command::Answer { result: Node::Null, ok: true }),
    ];
    let input = prop_oneof![
        5 => command.prop_map(Input::Command),
        4 => (0u64..40, reply)
            .prop_map(|(n, body)| Input::Reply { call: CallId(n), body: Box::new(body) }),
        1 => (0u64..40)
            .prop_map(|n| Input::Failed { call: CallId(n), error: String::from("no route") }),
        1 => Just(Input::Continue),
    ];
    (input, any::<bool>())
}

/// 11: the first step can be rewound like any other.
#[test]
fn the_first_step_can_be_rewound() {
    let mut desk = Desk::open("returns_desk", 0, 7, &[]);
    desk.run(Command::Go(Go::Step));
    let first = ids(&desk.session);
    desk.run(Command::Overwrite { at: None });
    assert_eq!(ids(&desk.session), []);
    desk.run(Command::Retry);
    assert_eq!(
        ids(&desk.session),
        [],
        "there is nothing to retry before the first step"
    );
    desk.run(Command::Go(Go::Step));
    assert_eq!(ids(&desk.session), first);
    desk.run(Command::Retry);
    assert_eq!(ids(&desk.session).len(), 1);
}

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
