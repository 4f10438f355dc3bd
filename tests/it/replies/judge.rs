//! The judge: several samples, repairs, and another judge later.

use super::{answer, last, replays, sent_back, steps, text};
use crate::support::Desk;
use serde_json::{Value, json};
use stategen::engine::event::{EndedBy, Event};
use stategen::engine::input::{Command, Go};
use stategen::engine::role::{By, Reply, Role, Speaker};
use stategen::engine::session::State;

/// A verdict that gives every axis `score`, with a finding at step 1.
fn verdict(desk: &Desk, score: f64, quote: &str) -> Reply {
    let axes: Vec<Value> = desk
        .session
        .scenario()
        .rubric
        .axes
        .iter()
        .map(|a| json!({"axis": a.id, "score": score, "reason": "so", "steps": [1]}))
        .collect();
    let finding =
        json!({"kind": "tone", "step": 1, "quote": quote, "what": "curt", "blame": "user"});
    text(&json!({"axes": axes, "findings": [finding]}).to_string())
}

/// A finished conversation that waits for its judge.
fn at_the_judge() -> Desk {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.command(Command::Go(Go::End));
    while desk.waiting.as_ref().is_none_or(|r| r.role != Role::Judge) {
        assert!(desk.answer(), "the judge was never asked");
    }
    desk
}

#[test]
fn several_samples_make_one_verdict_with_its_spread() {
    let mut desk = at_the_judge();
    desk.command(Command::Stop);
    desk.session.sample_judge(3);
    desk.command(Command::Judge);
    let first = steps(&desk.session)[0].body.text().to_owned();
    let quote: String = first
        .split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join("  ");
    let before = desk.log.len();
    let mut seeds = Vec::new();
    let good = verdict(&desk, 6.0, &quote);
    seeds.push(answer(&mut desk, good).seed);
    let good = verdict(&desk, 9.0, "never said");
    seeds.push(answer(&mut desk, good).seed);
    let bad = answer(&mut desk, text("8 out of 10"));
    assert_eq!(sent_back(&bad).len(), 1, "the facts alone");
    let repaired = desk.waiting.clone().unwrap();
    assert_eq!(repaired.seed, bad.seed);
    assert_eq!(
        sent_back(&repaired)[1],
        (Speaker::Own, String::from("8 out of 10"))
    );
    assert_eq!(desk.log.len(), before, "no step is made on the way");
    let good = verdict(&desk, 9.0, &quote);
    seeds.push(answer(&mut desk, good).seed);
    assert_eq!(desk.log.len(), before + 1);
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), 3, "each sample draws for itself");

    let step = last(&desk);
    let v = desk.session.verdict(desk.session.head()).unwrap();
    assert_eq!(v.samples.len(), 3);
    assert_eq!(v.samples[2].unusable[0].text, "8 out of 10");
    assert!(v.axes.iter().all(|a| (a.score - 8.0).abs() < 1e-9));
    let spread = v.axes[0].spread.unwrap();
    assert!((spread - 3.0_f64.sqrt()).abs() < 1e-9);
    assert!((v.spread.unwrap() - 3.0_f64.sqrt()).abs() < 1e-9);
    assert_eq!(
        (v.findings.len(), v.said.as_slice(), v.voided.len()),
        (1, &[2][..], 1)
    );
    assert!(!v.assertions.is_empty());
    assert_eq!(step.body.by, By::Model(String::from("local/small")));
    let asked = desk.session.asked(step.id).unwrap();
    assert_eq!(
        (asked.seed, &asked.messages),
        (repaired.seed, &repaired.messages)
    );
    replays(&desk);
}

#[test]
fn one_sample_asks_and_writes_what_it_always_did() {
    let mut desk = at_the_judge();
    let request = desk.waiting.clone().unwrap();
    desk.session.sample_judge(0);
    let good = verdict(&desk, 7.0, "x");
    answer(&mut desk, good);
    let body = serde_json::to_value(last(&desk).body).unwrap();
    for key in ["samples", "spread", "said"] {
        assert_eq!(body["act"].get(key), None, "{key}");
        assert_eq!(body["act"]["axes"][0].get(key), None, "{key}");
    }
    let mut other = at_the_judge();
    other.session.sample_judge(4);
    assert_eq!(other.waiting.clone().unwrap().seed, request.seed);
}

#[test]
fn a_judge_that_never_answers_in_form_is_given_up_in_bounds() {
    for samples in [1, 5] {
        let mut desk = at_the_judge();
        desk.session.sample_judge(samples);
        let mut asked = 0;
        while desk.waiting.is_some() {
            answer(&mut desk, text("fine, I suppose"));
            asked += 1;
            assert!(asked < 20);
        }
        assert_eq!(asked, if samples == 1 { 3 } else { 9 });
        assert_eq!(desk.session.verdict(desk.session.head()), None);
        assert_eq!(desk.session.state(), &State::Ended(EndedBy::UserDone));
        replays(&desk);
        // It can be asked again all the same.
        desk.session.sample_judge(1);
        desk.command(Command::Judge);
        assert_eq!(sent_back(desk.waiting.as_ref().unwrap()).len(), 1 + 2 * 3);
        let good = verdict(&desk, 7.0, "x");
        answer(&mut desk, good);
        assert!(desk.session.verdict(desk.session.head()).is_some());
    }
}

#[test]
fn another_judge_speaks_beside_the_first() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.finish();
    let end = desk.session.head();
    let first = desk.session.asked(end.unwrap()).unwrap();
    let why = desk.session.state().clone();
    desk.command(Command::Judge);
    let second = desk
        .waiting
        .clone()
        .expect("an ended conversation is judged again");
    assert_eq!(
        second.messages, first.messages,
        "what a judge said is no evidence"
    );
    assert_ne!(second.seed, first.seed);
    answer(&mut desk, text("no"));
    let good = verdict(&desk, 4.0, "x");
    answer(&mut desk, good);
    assert_eq!(desk.session.state(), &why);
    let all = desk.session.verdicts(desk.session.head());
    let who: Vec<&By> = all.iter().map(|j| &j.by).collect();
    assert_eq!(
        who,
        [&By::Scripted, &By::Model(String::from("local/small"))]
    );
    assert_eq!(Some(all[0].step), end);
    assert_eq!(
        desk.session.verdict(desk.session.head()),
        Some(all[1].verdict.clone())
    );
    let ends = desk
        .log
        .iter()
        .filter(|e| matches!(e, Event::Ended { .. }))
        .count();
    assert_eq!(ends, 1, "it ended once");
    replays(&desk);
    // A retry asks the judge, not whoever would be next.
    desk.command(Command::Retry { clean: false });
    assert_eq!(desk.waiting.as_ref().unwrap().role, Role::Judge);
    let good = verdict(&desk, 5.0, "x");
    answer(&mut desk, good);
    assert_eq!(desk.session.verdicts(desk.session.head()).len(), 2);
    desk.run(Command::Undo);
    desk.run(Command::Undo);
    assert_eq!(desk.session.head(), end);
    desk.run(Command::Go(Go::Step));
    assert_eq!(desk.session.head(), end, "nothing follows an end");
    replays(&desk);
}

#[test]
fn a_judge_in_the_middle_is_repaired_and_the_talk_goes_on() {
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.run(Command::Go(Go::Round));
    for _ in 0..2 {
        desk.command(Command::Judge);
        answer(&mut desk, text("eight"));
        assert_eq!(desk.waiting.as_ref().unwrap().role, Role::Judge);
        answer(&mut desk, text("nine"));
        answer(&mut desk, text("ten"));
        assert!(desk.waiting.is_none());
    }
    // Its failures are not laid at another's door.
    desk.command(Command::Go(Go::Step));
    assert_eq!(desk.waiting.as_ref().unwrap().role, Role::User);
    assert_eq!(sent_back(desk.waiting.as_ref().unwrap()), []);
    answer(&mut desk, text(""));
    assert!(desk.session.ended(desk.session.head()).is_none());
    desk.answer();
    desk.finish();
    assert_eq!(desk.session.state(), &State::Ended(EndedBy::UserDone));
    replays(&desk);
}
