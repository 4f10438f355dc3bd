//! The queue shows what the log and the decisions say, at once and for good.

use super::Room;
use crate::support::Desk;
use stategen::dataset::filter::Filter;
use stategen::dataset::queue::{self, Note, Sort, Status};
use stategen::engine::event::Event;
use stategen::engine::id::{ConvId, Sha};
use stategen::engine::input::{Command, Go};
use stategen::store::{Choice, Envelope, Store, StoreError};

#[test]
fn a_decision_stands_until_it_is_taken_back_or_the_branch_goes_on() {
    let room = Room::new();
    let id = room.made("01a", "returns_desk", 0, 1, &[]);
    assert_eq!(room.item(&id).status, Status::Open);
    let one = room.decide(&id, Choice::Approve);
    assert_eq!(room.item(&id).status, Status::Approved);
    let two = room.decide(&id, Choice::Discard);
    assert_eq!(room.item(&id).status, Status::Discarded);
    assert_eq!(room.item(&id).decision.unwrap().number, two.number);
    // What stood before stands again, and both can be had back.
    room.store.undecide(&[two.number], "me", 6_000).unwrap();
    assert_eq!(room.item(&id).status, Status::Approved);
    room.store.undecide(&[one.number], "me", 6_000).unwrap();
    assert_eq!(room.item(&id).status, Status::Open);
    room.store.redecide(&[two.number], "me", 6_000).unwrap();
    assert_eq!(room.item(&id).status, Status::Discarded);
    let all = room.store.decisions(&id).unwrap();
    assert_eq!(
        all.iter().map(|d| (d.choice, d.undone)).collect::<Vec<_>>(),
        [(Choice::Approve, true), (Choice::Discard, false)]
    );
    for (wrong, back) in [(two.number, false), (one.number, true), (99, true)] {
        let done = if back {
            room.store.undecide(&[wrong], "me", 0)
        } else {
            room.store.redecide(&[wrong], "me", 0)
        };
        assert!(matches!(done, Err(StoreError::Decision { .. })), "{wrong}");
    }
    // Another verdict is another head.
    let mut desk = Desk::open("returns_desk", 0, 1, &[]);
    desk.finish();
    let before = desk.log.len();
    desk.run(Command::Judge);
    let more: Vec<(Event, Envelope)> = desk.log[before..]
        .iter()
        .map(|e| (e.clone(), Envelope::at(9_000)))
        .collect();
    assert!(!more.is_empty());
    room.store.append(&id, &more).unwrap();
    assert_eq!(room.item(&id).status, Status::Stale);
}

#[test]
fn nothing_is_decided_about_what_is_not_there() {
    let room = Room::new();
    let id = room.made("01a", "returns_desk", 0, 1, &[]);
    let good = queue::decision(&room.item(&id), Choice::Approve, "", "me", 0).unwrap();
    let mut wrong = vec![good.clone(), good.clone(), good.clone()];
    wrong[0].branch = String::from("other");
    wrong[1].head = Sha::of(b"no step");
    wrong[2].conversation = ConvId(String::from("nobody"));
    for decision in wrong {
        // All or none: the good one before it is not kept either.
        let done = room.store.decide(&[good.clone(), decision]);
        assert!(matches!(done, Err(StoreError::Decision { .. })));
        assert_eq!(room.store.decisions(&id).unwrap(), []);
    }
}

#[test]
fn a_branch_that_was_decided_about_stays_in_the_queue() {
    let room = Room::new();
    let mut desk = Desk::open("returns_desk", 0, 3, &[]);
    desk.finish();
    let at = desk.session.path(desk.session.head())[1]
        .step
        .as_ref()
        .map(|s| s.id);
    desk.run(Command::Fork { at });
    desk.run(Command::Go(Go::Step));
    let id = room.keep("01a", &desk);
    assert_eq!(room.ids("", Sort::Newest), ["01a"]);
    assert_eq!(room.item(&id).row.branch, "main.2");
    let main = queue::item(&room.store, &id, Some("main"))
        .unwrap()
        .unwrap();
    let decision = queue::decision(&main, Choice::Approve, "", "me", 0).unwrap();
    room.store.decide(&[decision]).unwrap();
    assert_eq!(room.ids("", Sort::Newest), ["01a", "01a"]);
    assert_eq!(
        room.ids("status:approved branch:main", Sort::Newest),
        ["01a"]
    );
    assert_eq!(room.ids("status:open branch:main.2", Sort::Newest), ["01a"]);
}

#[test]
fn notes_hold_from_the_newest_word() {
    let room = Room::new();
    let a = room.made("01a", "returns_desk", 0, 1, &[]);
    let b = room.made("01b", "returns_desk", 0, 2, &[]);
    let note = |ids: &[&ConvId], note: Note| {
        let ids: Vec<ConvId> = ids.iter().map(|i| (*i).clone()).collect();
        room.store.note(&ids, &note, "me", 1).unwrap();
    };
    note(&[&a, &b], Note::Tag("seed".into()));
    note(&[&a], Note::Tag(" two  words ".into()));
    note(&[&b], Note::Untag("seed".into()));
    note(&[&a], Note::Mark(true));
    note(&[&a], Note::Comment("  look at Step 3 ".into()));
    let notes = room.item(&a).notes;
    assert_eq!(notes.tags, ["seed", "two-words"]);
    assert_eq!((notes.marked, &*notes.comment), (true, "look at Step 3"));
    assert_eq!(notes, room.store.notes(&a).unwrap());
    assert_eq!(room.store.tags().unwrap().len(), 2);
    for (filter, want) in [
        ("tag:seed", &["01a"][..]),
        ("tag!=seed", &["01b"]),
        ("tag:see", &[]),
        ("tag:\"two words\"", &["01a"]),
        ("marked:yes", &["01a"]),
        ("comment:no", &["01b"]),
        ("\"at step\"", &["01a"]),
        ("-\"at step\"", &["01b"]),
    ] {
        assert_eq!(room.ids(filter, Sort::Newest), want, "{filter}");
    }
    note(&[&a], Note::Comment(String::new()));
    note(&[&a], Note::Mark(false));
    assert_eq!(room.ids("comment:yes", Sort::Newest).len(), 0);
    assert_eq!(room.ids("marked:yes", Sort::Newest).len(), 0);
}

#[test]
fn filters_and_orders_agree_with_the_items_themselves() {
    let room = Room::new();
    for seed in 0..12u64 {
        let sample = crate::support::SAMPLES[seed as usize % 3];
        let faults: &[&str] = if seed % 2 == 0 { &["wrong_id"] } else { &[] };
        room.made(&format!("01{seed:02}"), sample, seed as usize, seed, faults);
    }
    let all = queue::page(&room.store, &Filter::default(), Sort::Newest, 0, 100).unwrap();
    assert_eq!(all.items.len(), 12);
    let want = |keep: &dyn Fn(&queue::Item) -> bool| -> Vec<String> {
        let kept = all.items.iter().filter(|i| keep(i));
        kept.map(|i| i.row.id.0.clone()).collect()
    };
    let axis =
        |item: &queue::Item, name: &str| item.axes.iter().find(|a| a.axis == name).map(|a| a.score);
    let overall = all.items[3].row.overall.unwrap();
    let checks: [(&str, Vec<String>); 9] = [
        (
            "scenario:bank_desk",
            want(&|i| i.row.scenario == "bank_desk"),
        ),
        (
            "scenario!=bank_desk",
            want(&|i| i.row.scenario != "bank_desk"),
        ),
        ("findings>0", want(&|i| i.row.findings > 0)),
        ("findings=0", want(&|i| i.row.findings == 0)),
        (
            "failed>0 turns>=2",
            want(&|i| i.row.held < i.row.assertions && i.row.turns >= 2),
        ),
        (
            "tool_usage<8",
            want(&|i| axis(i, "tool_usage").is_some_and(|s| s < 8.0)),
        ),
        (
            "ended:user_done",
            want(&|i| i.row.ended.as_deref() == Some("user_done")),
        ),
        (
            "gate:met",
            want(&|i| i.gates.is_empty() && i.row.overall.is_some()),
        ),
        ("ended:no", Vec::new()),
    ];
    for (filter, want) in checks {
        assert_eq!(room.ids(filter, Sort::Newest), want, "{filter}");
    }
    let below = want(&|i| i.row.overall.is_some_and(|o| o < overall));
    assert_eq!(room.ids(&format!("overall<{overall}"), Sort::Newest), below);
    // The lowest axis of the verdict, worst first.
    let lowest = queue::page(&room.store, &Filter::default(), Sort::Lowest, 0, 100).unwrap();
    let scores: Vec<f64> = lowest.items.iter().filter_map(|i| i.lowest).collect();
    assert_eq!(scores.len(), 12);
    assert!(scores.is_sorted(), "{scores:?}");
    for item in &lowest.items {
        let least = item.axes.iter().map(|a| a.score).reduce(f64::min);
        assert_eq!(item.lowest, least);
    }
    let mut oldest = room.ids("", Sort::Oldest);
    oldest.reverse();
    assert_eq!(oldest, room.ids("", Sort::Newest));
    // A random order is one order a seed, and holds all of them.
    let random = room.ids("", Sort::Random(7));
    assert_eq!(random, room.ids("", Sort::Random(7)));
    assert_ne!(random, room.ids("", Sort::Random(8)));
    let mut sorted = random.clone();
    sorted.sort();
    assert_eq!(sorted, room.ids("", Sort::Oldest));
    // Pages are parts of the whole.
    let mut paged = Vec::new();
    for from in [0, 5, 10] {
        let page = queue::page(&room.store, &Filter::default(), Sort::Random(7), from, 5).unwrap();
        paged.extend(page.items.into_iter().map(|i| i.row.id.0));
    }
    assert_eq!(paged, random);
}

#[test]
fn rebuilding_gives_the_same_queue() {
    let room = Room::new();
    let a = room.made("01a", "returns_desk", 0, 1, &["wrong_id"]);
    let b = room.made("01b", "travel_desk", 1, 2, &[]);
    room.decide(&a, Choice::Approve);
    let taken = room.decide(&b, Choice::Discard);
    room.store.undecide(&[taken.number], "me", 1).unwrap();
    room.store
        .note(&[b], &Note::Tag("x".into()), "me", 1)
        .unwrap();
    let look = |store: &Store| {
        let page = queue::page(store, &Filter::default(), Sort::Newest, 0, 100).unwrap();
        let used = store.used("returns_desk", "user").unwrap();
        (page, used)
    };
    let before = look(&room.store);
    assert_eq!(room.store.rebuild().unwrap(), Vec::new());
    assert_eq!(look(&room.store), before);
}

#[test]
fn a_copy_goes_its_own_way() {
    let room = Room::new();
    let mut desk = Desk::open("travel_desk", 0, 1, &[]);
    desk.finish();
    let id = room.keep("01a", &desk);
    room.decide(&id, Choice::Approve);
    let path = desk.session.path(desk.session.head());
    let at = path[2].step.as_ref().map(|s| s.id);
    let (whole, part) = (ConvId("01b".into()), ConvId("01c".into()));
    room.store.duplicate(&id, &whole, None, 7_000).unwrap();
    room.store.duplicate(&id, &part, at, 7_000).unwrap();
    let copy = room.store.look(&whole).unwrap();
    assert_eq!(copy.session.head(), desk.session.head());
    assert_eq!(copy.session.opened().conversation, whole);
    let item = room.item(&whole);
    assert_eq!((item.status, item.row.started_ms), (Status::Open, 7_000));
    assert_eq!(item.row.ended, room.item(&id).row.ended);
    let short = room.store.look(&part).unwrap();
    assert_eq!(short.session.path(short.session.head()).len(), 3);
    assert_eq!(room.item(&part).row.ended, None);
    for (to, at) in [("01b", None), ("01d", Some(Sha::of(b"no step")))] {
        let to = ConvId(to.into());
        assert!(room.store.duplicate(&id, &to, at, 0).is_err());
    }
    assert_eq!(room.ids("", Sort::Newest).len(), 3);
}

#[test]
fn all_that_pass_are_those_that_meet_their_gates() {
    let room = Room::new();
    let good = room.made("01a", "returns_desk", 0, 1, &[]);
    room.made("01b", "returns_desk", 0, 2, &["claim_not_done", "wrong_id"]);
    let fresh = Desk::open("returns_desk", 0, 3, &[]);
    room.keep("01c", &fresh);
    let passing = queue::passing(&room.store, &Filter::default(), Sort::Newest).unwrap();
    for item in &passing {
        assert!(item.gates.is_empty() && item.row.overall.is_some());
    }
    assert!(passing.iter().any(|i| i.row.id == good));
    assert!(passing.iter().all(|i| i.row.id.0 != "01c"));
    room.decide(&good, Choice::Discard);
    let passing = queue::passing(&room.store, &Filter::default(), Sort::Newest).unwrap();
    assert!(passing.iter().all(|i| i.row.id != good));
}
