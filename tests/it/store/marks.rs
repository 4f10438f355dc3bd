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

/// A conversation in which a judge gives scores, and the check may have something.
fn weighed(store: &Store, id: &str, scores: [f64; 2], found: Option<Finding>) {
    let answered = Act::Answered {
        text: "It was refunded.".into(),
        calls: vec![],
    };
    let mut two = body(2, Role::Agent, answered);
    two.findings.extend(found);
    let axes = ["tool_hallucination", "reasoning_hallucination"];
    let axes = axes.into_iter().zip(scores).map(|(axis, score)| AxisScore {
        axis: axis.into(),
        score,
        reason: String::new(),
        steps: vec![],
        spread: None,
    });
    let verdict = Verdict {
        axes: axes.collect(),
        overall: 8.0,
        ..Verdict::default()
    };
    let first = step(None, said(1, "hello"));
    let second = step(Some(&first), two);
    let third = body(3, Role::Judge, Act::Judged(Box::new(verdict)));
    let third = step(Some(&second), third);
    let events = [
        Event::Opened(Box::new(opened(id, &files()))),
        stepped(&first),
        stepped(&second),
        stepped(&third),
    ];
    let events: Vec<(Event, Envelope)> = events
        .into_iter()
        .map(|event| (event, Envelope::at(1)))
        .collect();
    store.import(&files(), &events).unwrap();
    let saw = |step: &Step, findings: Vec<Finding>| Checked {
        step: step.id,
        number: step.body.number,
        role: step.body.role,
        findings,
        coverage: Coverage {
            literals: 4,
            traced: 4,
            untraced: 0,
            unchecked: 0,
        },
    };
    let checks = [
        saw(&first, vec![]),
        saw(&second, second.body.findings.clone()),
    ];
    store.keep_checks(&ConvId(id.into()), &checks).unwrap();
}

#[test]
fn where_judge_and_check_disagree_comes_first() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let claim =
        || Finding::of("claim_not_done", 2, Blame::Agent, "it was not").said("refunded", None);
    weighed(&store, "01a", [9.0, 9.0], Some(claim()));
    weighed(&store, "01b", [9.0, 9.0], None);
    weighed(&store, "01c", [9.0, 2.0], None);
    weighed(&store, "01d", [9.0, 3.0], Some(claim()));
    let ids = |filter: &str, sort: Sort| -> Vec<String> {
        let filter = stategen::dataset::filter::Filter::parse(filter).unwrap();
        let items = store.queue(filter.conditions(), sort, 0, 10).unwrap();
        items.into_iter().map(|i| i.row.id.0).collect()
    };
    assert_eq!(ids("", Sort::Check)[..2], ["01a", "01c"]);
    assert_eq!(ids("disagree", Sort::Check), ["01a", "01c"]);
    assert_eq!(ids("disagree:judge_low", Sort::Newest), ["01c"]);
    assert_eq!(ids("disagree:no", Sort::Oldest), ["01b", "01d"]);
    assert_eq!(ids("-disagree", Sort::Oldest), ["01b", "01d"]);
    assert_eq!(
        ids("\"disagree\"", Sort::Newest),
        [""; 0],
        "in quotes it is a text"
    );
    assert_eq!(
        ids("kind:claim_not_done blame:agent", Sort::Oldest),
        ["01a", "01d"]
    );
    assert_eq!(ids("rate>0.4", Sort::Oldest), ["01a", "01d"]);
    assert_eq!(ids("", Sort::Rate)[..2], ["01d", "01a"]);
    let corpus = store.corpus(&[]).unwrap();
    assert_eq!(
        (corpus.conversations, corpus.with_findings, corpus.disagree),
        (4, 2, 2)
    );
    assert_eq!((corpus.counted.turns, corpus.counted.untrue), (8, 2));
    // Marked as wrong, the finding is no reason to disagree any more.
    let id = ConvId("01a".into());
    let events = store.events(&id).unwrap();
    let second = events.iter().find_map(|(event, _)| match event {
        Event::Stepped { step, .. } if step.body.number == 2 => Some(step.id),
        _ => None,
    });
    let mark = Mark {
        finding: claim(),
        ..wrong(&id, second.unwrap())
    };
    store.mark(&[mark]).unwrap();
    assert_eq!(ids("disagree", Sort::Check), ["01c"]);
    assert_eq!(ids("wrong>0", Sort::Newest), ["01a"]);
    // An order with an index is not sorted by hand.
    let db = rusqlite(&project);
    for order in [
        "disagree DESC, rate DESC, place DESC",
        "rate DESC, place DESC",
    ] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT place FROM queue WHERE shown = 1 ORDER BY {order} LIMIT 50"
        );
        let mut get = db.prepare(&sql).unwrap();
        let plan: Vec<String> = get
            .query_map([], |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(
            plan.iter()
                .any(|p| p.contains("USING COVERING INDEX queue_")),
            "{plan:?}"
        );
        assert!(!plan.iter().any(|p| p.contains("TEMP B-TREE")), "{plan:?}");
    }
}
