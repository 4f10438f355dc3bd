//! Marks of findings, and what a branch's findings add up to.

use super::*;
use stategen::engine::grounding::Coverage;
use stategen::engine::session::Checked;
use stategen::store::Sums;

#[test]
fn a_store_from_before_marks_gets_its_counts() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let id = ConvId("01a".into());
    let mut two = body(
        2,
        Role::Agent,
        Act::Answered {
            text: "C-1".into(),
            calls: vec![],
        },
    );
    two.findings = vec![Finding::of("wrong_id", 2, Blame::Agent, "odd").said("C-1", Some((0, 3)))];
    let first = step(None, said(1, "hello"));
    let second = step(Some(&first), two);
    let events: Vec<(Event, Envelope)> = [
        Event::Opened(Box::new(opened("01a", &files()))),
        stepped(&first),
        stepped(&second),
    ]
    .into_iter()
    .map(|event| (event, Envelope::at(1)))
    .collect();
    store.import(&files(), &events).unwrap();
    let items = store.queue(&[], Sort::Newest, 0, 10).unwrap();
    let sums = &items[0].sums;
    assert_eq!(
        (sums.findings, sums.counted.turns, sums.counted.untrue),
        (1, 2, 1)
    );
    assert_eq!(sums.kinds.get("wrong_id"), Some(&1));
    assert_eq!(
        sums.coverage, None,
        "nobody has looked how much was checked"
    );
    drop(store);
    // As schema 5 had it.
    rusqlite(&project)
        .execute_batch(
            "DROP INDEX queue_rate; DROP INDEX queue_disagree; DROP TABLE mark; DROP TABLE checked;
             ALTER TABLE node DROP COLUMN parent; ALTER TABLE node DROP COLUMN turn;
             ALTER TABLE node DROP COLUMN own; ALTER TABLE queue DROP COLUMN kinds;
             ALTER TABLE queue DROP COLUMN blames; ALTER TABLE queue DROP COLUMN spoken;
             ALTER TABLE queue DROP COLUMN untrue; ALTER TABLE queue DROP COLUMN rate;
             ALTER TABLE queue DROP COLUMN literals; ALTER TABLE queue DROP COLUMN traced;
             ALTER TABLE queue DROP COLUMN untraced; ALTER TABLE queue DROP COLUMN unchecked;
             ALTER TABLE queue DROP COLUMN found; ALTER TABLE queue DROP COLUMN wrong;
             ALTER TABLE queue DROP COLUMN missed; ALTER TABLE queue DROP COLUMN disagree;
             PRAGMA user_version = 5",
        )
        .unwrap();
    let store = Store::open(&project).unwrap();
    assert_eq!(store.queue(&[], Sort::Newest, 0, 10).unwrap(), items);
    // A mark counts at once, and so does what takes it back and gives it again.
    let mark = Mark {
        finding: Finding::of("wrong_id", 2, Blame::Agent, "in other words")
            .said("C-1", Some((0, 3))),
        ..wrong(&id, second.id)
    };
    let number = store.mark(&[mark]).unwrap()[0].number;
    let sums = || store.queue(&[], Sort::Rate, 0, 10).unwrap()[0].sums.clone();
    let counts = |sums: &Sums| (sums.findings, sums.counted.untrue, sums.looks.wrong);
    assert_eq!(counts(&sums()), (0, 0, 1));
    store.unmark(&[number], "me", 8).unwrap();
    assert_eq!(counts(&sums()), (1, 1, 0));
    assert!(matches!(
        store.unmark(&[number], "me", 8),
        Err(StoreError::Mark { .. })
    ));
    store.remark(&[number], "me", 9).unwrap();
    assert!(matches!(
        store.remark(&[number], "me", 9),
        Err(StoreError::Mark { .. })
    ));
    assert_eq!(counts(&sums()), (0, 0, 1));
    assert_eq!(store.marks(&id).unwrap().all.len(), 1);
    let nowhere = wrong(&id, StepId::of(b"nowhere"));
    assert!(matches!(
        store.mark(&[nowhere]),
        Err(StoreError::Mark { .. })
    ));
    // What the check says now takes the place of what it said then.
    let checked = |found: Vec<Finding>| Checked {
        step: second.id,
        number: 2,
        role: Role::Agent,
        findings: found,
        coverage: Coverage {
            literals: 3,
            traced: 2,
            untraced: 0,
            unchecked: 1,
        },
    };
    store.keep_checks(&id, &[checked(Vec::new())]).unwrap();
    assert_eq!(counts(&sums()), (0, 0, 0));
    assert_eq!(sums().coverage, None, "one of two turns");
    let other = Checked {
        step: first.id,
        number: 1,
        role: Role::User,
        ..checked(Vec::new())
    };
    store.keep_checks(&id, &[other]).unwrap();
    assert_eq!(
        sums().coverage.map(|c| (c.literals, c.traced)),
        Some((6, 4))
    );
    let before = store.queue(&[], Sort::Newest, 0, 10).unwrap();
    store.rebuild().unwrap();
    assert_eq!(store.queue(&[], Sort::Newest, 0, 10).unwrap(), before);
}
