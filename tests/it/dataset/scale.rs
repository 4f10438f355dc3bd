//! The queue with 65,000 conversations, measured. It takes minutes, so it is
//! asked for: `cargo test --test it scale -- --ignored --nocapture`; with
//! `STATEGEN_SCALE` as the number of conversations, where it is set.

use super::Room;
use crate::support::Desk;
use stategen::dataset::filter::Filter;
use stategen::dataset::queue::{self, Note, Sort};
use stategen::engine::event::Event;
use stategen::engine::id::ConvId;
use stategen::engine::scenario::Files;
use stategen::engine::step::Step;
use stategen::store::{Choice, Envelope, new_id};
use std::time::Instant;

/// Logs to make copies of, short, for a log's length is nothing to the queue:
/// what was said first, and the verdict.
fn patterns() -> Vec<(Files, Vec<Event>)> {
    (0..24u64)
        .map(|seed| {
            let sample = crate::support::SAMPLES[seed as usize % 3];
            let faults: &[&str] = if seed % 3 == 0 { &["wrong_id"] } else { &[] };
            let mut desk = Desk::open(sample, seed as usize, seed, faults);
            desk.finish();
            let said = desk.log[1].clone();
            let Event::Stepped { step: first, .. } = &said else {
                panic!("the user begins")
            };
            let last = desk
                .session
                .head()
                .and_then(|id| desk.session.step(id))
                .unwrap();
            let step = Box::new(Step::new(Some(first.id), None, last.body.clone()));
            let judged = Event::Stepped { step, opens: true };
            let files = desk.session.scenario().files.clone();
            (files, vec![desk.log[0].clone(), said, judged])
        })
        .collect()
}

#[test]
#[ignore = "takes minutes"]
fn a_page_of_many() {
    let many: u64 = std::env::var("STATEGEN_SCALE")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(65_000);
    let room = Room::new();
    let patterns = patterns();
    let began = Instant::now();
    let mut ids: Vec<ConvId> = Vec::new();
    for n in 0..many {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&n.to_be_bytes());
        let id = new_id(1_700_000_000_000 + n as i64 * 1000, random);
        let (files, log) = &patterns[n as usize % patterns.len()];
        let events: Vec<(Event, Envelope)> = log
            .iter()
            .cloned()
            .map(|mut event| {
                if let Event::Opened(opened) = &mut event {
                    opened.conversation = id.clone();
                    opened.seed = n;
                }
                (event, Envelope::at(1_700_000_000_000 + n as i64 * 1000))
            })
            .collect();
        room.store.import(files, &events).unwrap();
        ids.push(id);
    }
    let size = std::fs::metadata(room.store.path()).unwrap().len();
    println!(
        "{many} conversations in {:.1?}, {} MB",
        began.elapsed(),
        size >> 20
    );
    let began = Instant::now();
    for some in ids.chunks(500).step_by(4) {
        let items: Vec<_> = some.iter().map(|id| room.item(id)).collect();
        let choice = |n: usize| {
            if n.is_multiple_of(3) {
                Choice::Discard
            } else {
                Choice::Approve
            }
        };
        let decisions: Vec<_> = items
            .iter()
            .enumerate()
            .filter_map(|(n, item)| queue::decision(item, choice(n), "", "me", 1))
            .collect();
        room.store.decide(&decisions).unwrap();
        room.store
            .note(some, &Note::Tag("seed".into()), "me", 1)
            .unwrap();
    }
    println!("decided about a quarter in {:.1?}", began.elapsed());
    for (what, filter, sort, from) in [
        ("first page, newest", "", Sort::Newest, 0),
        ("page 1000, newest", "", Sort::Newest, 40_000),
        ("lowest axis", "", Sort::Lowest, 0),
        ("disagreement", "", Sort::Disagreement, 0),
        ("rate", "", Sort::Rate, 0),
        ("check against judge", "", Sort::Check, 0),
        ("a kind", "kind:wrong_id", Sort::Newest, 0),
        ("random", "", Sort::Random(7), 0),
        ("open", "status:open", Sort::Newest, 0),
        ("scores and tag", "overall<9 tag!=seed", Sort::Lowest, 0),
        ("one axis", "tool_usage<7", Sort::Newest, 0),
        ("words", "kettle broken", Sort::Newest, 0),
        ("a tool", "tool:refund", Sort::Newest, 0),
        ("nothing", "\"no such words\"", Sort::Newest, 0),
    ] {
        let filter = Filter::parse(filter).unwrap();
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..5 {
            let began = Instant::now();
            let items = room
                .store
                .queue(filter.conditions(), sort, from, 50)
                .unwrap();
            let page = began.elapsed();
            let counts = room.store.queue_counts(filter.conditions()).unwrap();
            times.push((began.elapsed(), page));
            assert!(items.len() as u64 <= counts.all());
            found = counts.all();
        }
        times.sort();
        let (whole, page) = times[2];
        println!("{what:<20} {found:>6} match  page {page:>9.1?}  with counts {whole:>9.1?}");
    }
    let began = Instant::now();
    room.decide(&ids[ids.len() / 2], Choice::Approve);
    println!("one decision {:.1?}", began.elapsed());
}
