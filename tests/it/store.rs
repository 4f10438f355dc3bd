//! The store: what goes in comes out, whatever else happens to the file.

mod marks;

use stategen::dataset::case::{Case, CaseError, Taken};
use stategen::engine::event::{EndedBy, Event, Opened};
use stategen::engine::id::{ConvId, Sha, StepId};
use stategen::engine::persona::{Complexity, Persona};
use stategen::engine::role::{By, Role, ToolCall};
use stategen::engine::scenario::Files;
use stategen::engine::score::{AssertionResult, AxisScore, Blame, Finding, Verdict};
use stategen::engine::step::{Act, Body, Step, ToolRun};
use stategen::engine::world::{Node, NodeHash, Op, Patch, Path as At};
use stategen::store::{Choice, Decision, Mark, Note, Says};
use stategen::store::{Envelope, FILE, FOLDER, Filter, Sort, Store, StoreError, new_id};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn persona() -> Persona {
    Persona {
        name: "Maya".into(),
        profile: "budget_conscious".into(),
        tier1: ["UK", "25-34", "web_chat", "laptop", "native", "rushed"].map(String::from),
        traits: [
            0.1,
            0.2,
            0.300_000_000_000_000_04,
            0.4,
            0.5,
            0.6,
            0.7,
            0.8,
            0.9,
            1.0,
            0.0,
            0.05,
        ],
        emotions: [0.2, 0.3, 0.4, 0.5, 0.6],
        context: None,
        complexity: Complexity::Medium,
    }
}

fn files() -> Files {
    let mut files = Files::new();
    files.insert("scenario.yaml".into(), Arc::from(&b"title: T\n"[..]));
    files.insert("world.json".into(), Arc::from(&b"{\"a\":1}"[..]));
    files.insert("copy.json".into(), Arc::from(&b"{\"a\":1}"[..]));
    files
}

fn opened(id: &str, files: &Files) -> Opened {
    Opened {
        conversation: ConvId(id.into()),
        scenario: "returns_desk".into(),
        version: Sha::of(b"version"),
        files: files.iter().map(|(n, b)| (n.clone(), Sha::of(b))).collect(),
        task: "kettle".into(),
        persona: persona(),
        seed: u64::MAX,
        faults: vec!["wrong_id".into()],
        program: "0.1.0".into(),
    }
}

fn body(number: u32, role: Role, act: Act) -> Body {
    Body {
        number,
        role,
        agent: vec!["main".into()],
        by: By::Scripted,
        version: Sha::of(b"version"),
        attempt: 0,
        act,
        reasoning: String::new(),
        findings: Vec::new(),
        injected: Vec::new(),
        instead: None,
        world: NodeHash(7),
    }
}

fn said(number: u32, text: &str) -> Body {
    let act = Act::Said {
        text: text.into(),
        done: false,
    };
    body(number, Role::User, act)
}

/// A tool step whose values are all that JSON makes hard.
fn ran(number: u32) -> Body {
    let hard = serde_json::json!({"f": 0.049_999_999_999_997_16, "zero": 0, "zero_f": 0.0,
        "b": 1, "a": 2, "text": "\u{2028}\u{1b}[31m\"\\ \u{1f469}\u{200d}\u{1f680}"});
    let hard = Node::from_json(&hard);
    let act = Act::Ran(Box::new(ToolRun {
        call: ToolCall {
            id: "c1".into(),
            tool: "refund".into(),
            raw: "{\"n\": 1".into(),
            args: Node::Null,
        },
        args: hard.clone(),
        executor: "rules".into(),
        ok: true,
        result: hard.clone(),
        text: "ok".into(),
        patch: Patch(vec![Op::Add {
            path: At::parse("/a~1b/-").unwrap(),
            value: hard,
        }]),
        lines: vec![3],
        explain: None,
        refused: Vec::new(),
        policy: Vec::new(),
        tries: Vec::new(),
    }));
    body(number, Role::Tool, act)
}

fn judged(number: u32, overall: f64) -> Body {
    let act = Act::Judged(Box::new(Verdict {
        axes: vec![AxisScore {
            axis: "tool_usage".into(),
            score: overall,
            reason: "fine".into(),
            steps: vec![1],
            spread: None,
        }],
        overall,
        assertions: [true, false]
            .map(|holds| AssertionResult {
                text: "x".into(),
                holds,
                saw: Vec::new(),
            })
            .to_vec(),
        ..Verdict::default()
    }));
    body(number, Role::Judge, act)
}

fn step(parent: Option<&Step>, body: Body) -> Step {
    Step::new(parent.map(|p| p.id), None, body)
}

fn stepped(step: &Step) -> Event {
    Event::Stepped {
        opens: false,
        step: Box::new(step.clone()),
    }
}

/// A conversation with a fork and a verdict; answers its events.
fn fill(store: &Store, id: &str) -> Vec<(Event, Envelope)> {
    let files = files();
    let opened = opened(id, &files);
    store
        .open_conversation(&opened, &files, &Envelope::at(1000))
        .unwrap();
    let one = step(None, said(1, "\n  My kettle is broken\nsecond line"));
    let two = step(Some(&one), ran(2));
    let three = step(Some(&two), said(3, "bye"));
    let four = step(Some(&three), judged(4, 7.25));
    let fork = step(Some(&one), said(2, "another way"));
    let events = vec![
        stepped(&one),
        stepped(&two),
        stepped(&three),
        Event::Ended {
            branch: "main".into(),
            why: EndedBy::UserDone,
        },
        stepped(&four),
        Event::Moved {
            from: None,
            why: "fork".into(),
            branch: "main.2".into(),
            head: Some(one.id),
        },
        stepped(&fork),
        Event::Moved {
            from: None,
            why: "switch".into(),
            branch: "main".into(),
            head: Some(four.id),
        },
    ];
    let conversation = ConvId(id.into());
    let mut all = vec![(Event::Opened(Box::new(opened)), Envelope::at(1000))];
    for (n, event) in events.into_iter().enumerate() {
        let envelope = Envelope {
            time_ms: 2000 + n as i64,
            duration_ms: 5,
            by: "a/b".into(),
            tokens_in: 10,
            ..Envelope::default()
        };
        store
            .append(&conversation, &[(event.clone(), envelope.clone())])
            .unwrap();
        all.push((event, envelope));
    }
    all
}

fn project() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    (dir, path)
}

fn file(project: &Path) -> PathBuf {
    project.join(FOLDER).join(FILE)
}

#[test]
fn a_log_comes_back_as_it_went_in() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let all = fill(&store, "01a");
    drop(store);
    let store = Store::open(&project).unwrap();
    assert_eq!(store.events(&ConvId("01a".into())).unwrap(), all);
    // Equal ids mean equal bytes: nothing was lost to number or key order.
    for (event, _) in store.events(&ConvId("01a".into())).unwrap() {
        if let Event::Stepped { step, .. } = event {
            assert_eq!(Step::new(step.parent, None, step.body.clone()).id, step.id);
        }
    }
}

#[test]
fn the_list_reads_the_current_branch() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    fill(&store, "01a");
    let rows = store.list(&Filter::default()).unwrap();
    let [row] = rows.as_slice() else {
        panic!("one row expected: {rows:?}")
    };
    assert_eq!(row.title, "My kettle is broken");
    assert_eq!((row.steps, row.turns, row.branches), (4, 2, 2));
    assert_eq!(row.ended.as_deref(), Some("user_done"));
    assert_eq!((row.overall, row.held, row.assertions), (Some(7.25), 1, 2));
    assert_eq!((row.seed, row.scripted), (u64::MAX, true));
    assert_eq!((row.started_ms, row.updated_ms), (1000, 2007));
    let text = |text: &str| Filter {
        text: Some(text.into()),
        ..Filter::default()
    };
    assert_eq!(store.list(&text("KETTLE is")).unwrap().len(), 1);
    assert_eq!(store.list(&text("toaster' OR 1=1")).unwrap().len(), 0);
}

#[test]
fn rebuilding_gives_the_same_rows() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    fill(&store, "01a");
    fill(&store, "01b");
    let before = store.list(&Filter::default()).unwrap();
    assert_eq!(before.len(), 2);
    let db = rusqlite(&project);
    db.execute_batch("UPDATE projection SET title = 'x'; DELETE FROM node; DELETE FROM branch")
        .unwrap();
    assert_ne!(store.list(&Filter::default()).unwrap(), before);
    assert_eq!(store.rebuild().unwrap(), []);
    assert_eq!(store.list(&Filter::default()).unwrap(), before);
}

/// A second connection that knows none of the store's manners.
fn rusqlite(project: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(file(project)).unwrap()
}

#[test]
fn the_log_can_only_grow() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    fill(&store, "01a");
    let id = ConvId("01a".into());
    let head = store.list(&Filter::default()).unwrap()[0].head.unwrap();
    let decision = Decision {
        number: 0,
        conversation: id.clone(),
        branch: "main".into(),
        head,
        choice: Choice::Discard,
        reason: String::new(),
        by: String::new(),
        time_ms: 0,
        undone: false,
    };
    store.decide(&[decision]).unwrap();
    store
        .note(std::slice::from_ref(&id), &Note::Mark(true), "", 0)
        .unwrap();
    store.mark(&[wrong(&id, head)]).unwrap();
    let db = rusqlite(&project);
    for sql in [
        "DELETE FROM mark",
        "UPDATE mark SET says = 'missed'",
        "DELETE FROM event",
        "UPDATE event SET body = '{}' WHERE seq = 1",
        "DELETE FROM decision",
        "UPDATE decision SET choice = 'approve'",
        "DELETE FROM note",
        "UPDATE note SET value = ''",
        "DELETE FROM blob",
        "UPDATE blob SET bytes = x'00'",
        "DELETE FROM conversation",
        "UPDATE conversation SET opened = ''",
        "INSERT INTO event SELECT * FROM event WHERE seq = 1",
    ] {
        assert!(db.execute_batch(sql).is_err(), "{sql} went through");
    }
    assert_eq!(store.events(&ConvId("01a".into())).unwrap().len(), 9);
}

#[test]
fn blobs_are_kept_once_and_held_against_their_names() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    fill(&store, "01a");
    let db = rusqlite(&project);
    let blobs = |db: &rusqlite::Connection| -> i64 {
        db.query_row("SELECT count(*) FROM blob", [], |r| r.get(0))
            .unwrap()
    };
    assert_eq!(blobs(&db), 2, "three files, two contents");
    let sha = store.put_blob(b"{\"a\":1}").unwrap();
    assert_eq!(blobs(&db), 2);
    assert_eq!(store.blob(sha).unwrap().as_deref(), Some(&b"{\"a\":1}"[..]));
    assert_eq!(store.blob(Sha::of(b"nothing")).unwrap(), None);
    db.execute_batch("DROP TRIGGER blob_fixed; UPDATE blob SET bytes = x'00'")
        .unwrap();
    let error = store.blob(sha).unwrap_err();
    assert!(matches!(error, StoreError::Blob { .. }), "{error}");
}

#[test]
fn files_that_are_not_what_the_log_says_are_refused() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let mut files = files();
    let opened = opened("01a", &files);
    files.insert("world.json".into(), Arc::from(&b"{}"[..]));
    let error = store
        .open_conversation(&opened, &files, &Envelope::default())
        .unwrap_err();
    assert!(error.to_string().contains("world.json"), "{error}");
    assert_eq!(store.list(&Filter::default()).unwrap(), []);
}

#[test]
fn a_conversation_is_found_by_part_of_its_name() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let error = store.find("01").unwrap_err();
    assert!(error.to_string().contains("stategen run"), "{error}");
    for id in ["01abc0000", "01abd1111"] {
        fill(&store, id);
    }
    assert_eq!(store.find("01abc").unwrap().0, "01abc0000");
    assert_eq!(store.find("01ABD1111").unwrap().0, "01abd1111");
    assert_eq!(store.find("1111").unwrap().0, "01abd1111");
    assert_eq!(store.find("last").unwrap().0, "01abd1111");
    let error = store.find("01ab").unwrap_err();
    assert_eq!(
        error,
        StoreError::Ambiguous {
            wanted: "01ab".into(),
            candidates: vec!["01abd1111".into(), "01abc0000".into()],
        }
    );
    for wanted in ["", "%", "01abcx", "111"] {
        let error = store.find(wanted).unwrap_err();
        assert!(
            matches!(error, StoreError::Unknown { .. }),
            "{wanted}: {error}"
        );
    }
}

#[test]
fn two_writers_of_one_conversation_are_told_apart() {
    let (_dir, project) = project();
    let one = Store::open(&project).unwrap();
    fill(&one, "01a");
    let id = ConvId("01a".into());
    let two = Store::open(&project).unwrap();
    let events = two.events(&id).unwrap();
    let more = [(events[1].0.clone(), Envelope::default())];
    two.append(&id, &more).unwrap();
    let error = one.append(&id, &more).unwrap_err();
    assert_eq!(
        error,
        StoreError::Conflict {
            conversation: id.clone(),
            expected: 9,
            found: 10
        }
    );
    // Reading again is all that it takes.
    assert_eq!(one.events(&id).unwrap().len(), 10);
    one.append(&id, &more).unwrap();
    assert!(matches!(
        two.append(&id, &more),
        Err(StoreError::Conflict { .. })
    ));
    assert!(matches!(
        one.open_conversation(&opened("01a", &files()), &files(), &Envelope::default()),
        Err(StoreError::Exists(_))
    ));
}

#[test]
fn an_append_is_all_or_nothing() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let all = fill(&store, "01a");
    let id = ConvId("01a".into());
    rusqlite(&project)
        .execute_batch(
            "CREATE TRIGGER stop BEFORE INSERT ON event WHEN new.seq = 10
             BEGIN SELECT RAISE (ABORT, 'as if the disk were gone'); END",
        )
        .unwrap();
    let two = [all[6].clone(), all[7].clone()];
    let error = store.append(&id, &two).unwrap_err();
    assert!(
        error.to_string().contains("as if the disk were gone"),
        "{error}"
    );
    let before = store.list(&Filter::default()).unwrap();
    assert_eq!(store.events(&id).unwrap(), all);
    store.rebuild().unwrap();
    assert_eq!(store.list(&Filter::default()).unwrap(), before);
}

#[test]
fn an_older_store_is_brought_up_to_date() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let all = fill(&store, "01a");
    let rows = store.list(&Filter::default()).unwrap();
    drop(store);
    // As schema 1 had it: the log alone.
    rusqlite(&project)
        .execute_batch(
            "DROP TABLE projection; DROP TABLE branch; DROP TABLE node; DROP TABLE call;
             DROP TABLE decision; DROP TABLE note; DROP TABLE queue; DROP TABLE used;
             DROP TABLE exported; DROP TABLE export; DROP TABLE finding_row;
             DROP TABLE mark; DROP TABLE checked;
             PRAGMA user_version = 1",
        )
        .unwrap();
    let error = Store::open_read_only(&project).unwrap_err();
    assert!(
        matches!(error, StoreError::Older { found: 1, .. }),
        "{error}"
    );
    let store = Store::open(&project).unwrap();
    assert_eq!(store.list(&Filter::default()).unwrap(), rows);
    assert_eq!(store.events(&ConvId("01a".into())).unwrap(), all);
    let queued = store.queue(&[], Sort::Newest, 0, 10).unwrap();
    assert_eq!(queued.into_iter().map(|i| i.row).collect::<Vec<_>>(), rows);
}

/// A mark that says that a finding of a step is wrong.
fn wrong(id: &ConvId, step: StepId) -> Mark {
    Mark {
        number: 0,
        conversation: id.clone(),
        step,
        says: Says::Wrong,
        finding: Finding::of("wrong_id", 3, Blame::Agent, "odd").said("C-1", Some((4, 7))),
        note: "a person".into(),
        by: "me".into(),
        time_ms: 7,
        undone: false,
    }
}

#[test]
fn an_empty_file_becomes_a_store() {
    let (_dir, project) = project();
    std::fs::create_dir(project.join(FOLDER)).unwrap();
    std::fs::write(file(&project), b"").unwrap();
    let store = Store::open(&project).unwrap();
    fill(&store, "01a");
    let db = rusqlite(&project);
    let pragma = |name: &str| -> i64 { db.pragma_query_value(None, name, |r| r.get(0)).unwrap() };
    assert_eq!(pragma("user_version"), 6);
    assert_eq!(pragma("application_id"), 0x5374_4765);
    let mode: String = db
        .pragma_query_value(None, "journal_mode", |r| r.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn a_newer_store_is_left_alone() {
    let (_dir, project) = project();
    drop(Store::open(&project).unwrap());
    rusqlite(&project)
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    for result in [Store::open(&project), Store::open_read_only(&project)] {
        let error = result.unwrap_err();
        assert!(
            matches!(
                error,
                StoreError::Newer {
                    found: 99,
                    known: 6,
                    ..
                }
            ),
            "{error}"
        );
        assert!(error.to_string().contains("newer StateGen"), "{error}");
    }
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let (_dir, project) = project();
    std::fs::create_dir(project.join(FOLDER)).unwrap();
    rusqlite(&project)
        .execute_batch("CREATE TABLE theirs (x)")
        .unwrap();
    let bytes = std::fs::read(file(&project)).unwrap();
    let error = Store::open(&project).unwrap_err();
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    assert_eq!(std::fs::read(file(&project)).unwrap(), bytes);
}

#[test]
fn a_damaged_file_is_named_and_kept() {
    let (_dir, project) = project();
    std::fs::create_dir(project.join(FOLDER)).unwrap();
    let junk = vec![b'x'; 10_000];
    std::fs::write(file(&project), &junk).unwrap();
    for result in [Store::open(&project), Store::open_read_only(&project)] {
        let error = result.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        assert!(
            error.to_string().contains("store.sqlite is damaged"),
            "{error}"
        );
        assert!(error.to_string().contains("Move it aside"), "{error}");
    }
    assert_eq!(std::fs::read(file(&project)).unwrap(), junk);
}

#[test]
fn a_page_torn_out_of_the_middle_is_an_error_and_no_panic() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    for n in 0..30 {
        fill(&store, &format!("01a{n:02}"));
    }
    drop(store);
    let mut bytes = std::fs::read(file(&project)).unwrap();
    let third = bytes.len() / 3;
    bytes[third..].fill(0xa5);
    std::fs::write(file(&project), &bytes).unwrap();
    let outcome = Store::open(&project).and_then(|store| {
        store.list(&Filter::default())?;
        (0..30).try_for_each(|n| store.events(&ConvId(format!("01a{n:02}"))).map(drop))
    });
    let error = outcome.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[test]
fn an_event_that_cannot_be_read_spoils_only_its_conversation() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    fill(&store, "01a");
    let good = fill(&store, "01b");
    rusqlite(&project)
        .execute_batch(
            "DROP TRIGGER event_fixed;
             UPDATE event SET body = '{\"event\":\"unheard_of\"}'
             WHERE conversation = '01a' AND seq = 2",
        )
        .unwrap();
    let error = store.events(&ConvId("01a".into())).unwrap_err();
    assert!(matches!(error, StoreError::Event { seq: 2, .. }), "{error}");
    assert_eq!(store.events(&ConvId("01b".into())).unwrap(), good);
    assert_eq!(store.rebuild().unwrap().len(), 1);
    assert_eq!(store.list(&Filter::default()).unwrap().len(), 1);
}

#[test]
fn reading_alone_makes_nothing() {
    let (_dir, project) = project();
    let error = Store::open_read_only(&project).unwrap_err();
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    assert!(!project.join(FOLDER).exists());
    let store = Store::open(&project).unwrap();
    let all = fill(&store, "01a");
    let reader = Store::open_read_only(&project).unwrap();
    assert_eq!(reader.events(&ConvId("01a".into())).unwrap(), all);
    let error = reader.put_blob(b"x").unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert!(error.to_string().contains("cannot be written"), "{error}");
}

#[test]
fn a_full_disk_is_said_so_and_what_was_stored_stays() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let all = fill(&store, "01a");
    drop(store);
    // SQLite's own bound on pages gives the very error of a full disk.
    let db = rusqlite(&project);
    let pages: i64 = db
        .pragma_query_value(None, "page_count", |r| r.get(0))
        .unwrap();
    drop(db);
    let store = Store::open(&project).unwrap();
    store.limit_pages(pages as u32).unwrap();
    let error = store.put_blob(&vec![7; 1 << 20]).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(error.to_string().contains("Free some space"), "{error}");
    assert_eq!(store.events(&ConvId("01a".into())).unwrap(), all);
    store.limit_pages(1 << 20).unwrap();
    store.put_blob(&vec![7; 1 << 20]).unwrap();
}

#[test]
fn readers_see_whole_appends_while_one_writes() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let all = fill(&store, "01a");
    let id = ConvId("01a".into());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let reader = Store::open_read_only(&project).unwrap();
                    let mut last = 0;
                    loop {
                        let finished = done.load(Ordering::SeqCst);
                        let n = reader.events(&id).unwrap().len();
                        assert!(n >= last, "the log shrank from {last} to {n}");
                        assert_eq!((n - 9) % 2, 0, "half an append was seen");
                        assert_eq!(reader.list(&Filter::default()).unwrap().len(), 1);
                        last = n;
                        if finished {
                            return last;
                        }
                    }
                })
            })
            .collect();
        let pair = [all[6].clone(), all[7].clone()];
        for _ in 0..150 {
            store.append(&id, &pair).unwrap();
        }
        done.store(true, Ordering::SeqCst);
        for reader in readers {
            assert_eq!(reader.join().unwrap(), 9 + 300);
        }
    });
}

#[test]
fn writers_of_different_conversations_take_turns() {
    let (_dir, project) = project();
    drop(Store::open(&project).unwrap());
    std::thread::scope(|scope| {
        for n in 0..4 {
            let project = &project;
            scope.spawn(move || {
                let store = Store::open(project).unwrap();
                for m in 0..5 {
                    fill(&store, &format!("01{n}{m}"));
                }
            });
        }
    });
    let store = Store::open(&project).unwrap();
    assert_eq!(store.list(&Filter::default()).unwrap().len(), 20);
}

#[test]
fn many_can_be_the_first_to_open_a_store() {
    for _ in 0..20 {
        let (_dir, project) = project();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|_| scope.spawn(|| Store::open(&project).map(drop)))
                .collect();
            for thread in threads {
                thread.join().unwrap().unwrap();
            }
        });
    }
}

#[test]
fn names_of_conversations_do_not_reach_the_file_system() {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let id = "../../evil'; DROP TABLE event; --";
    let all = fill(&store, id);
    assert_eq!(store.events(&ConvId(id.into())).unwrap(), all);
    let names: Vec<_> = std::fs::read_dir(project.join(FOLDER))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.iter().all(|n| n.starts_with(FILE)), "{names:?}");
}

#[test]
fn new_names_are_told_apart() {
    let one = new_id(5, stategen::store::os_random());
    let two = new_id(5, stategen::store::os_random());
    assert_ne!(one, two);
}

/// A case file with a blob that is no text.
fn case() -> (Case, Vec<u8>) {
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    let mut files = files();
    files.insert("photo.bin".into(), Arc::from(&[0u8, 255, 128, 1][..]));
    let opened = opened("01a", &files);
    store
        .open_conversation(&opened, &files, &Envelope::at(1000))
        .unwrap();
    let event = stepped(&step(None, ran(1)));
    let id = ConvId("01a".into());
    store.append(&id, &[(event, Envelope::at(2000))]).unwrap();
    let case = Case::from_store(&store, &id).unwrap();
    let mut bytes = Vec::new();
    case.write(&mut bytes).unwrap();
    (case, bytes)
}

#[test]
fn a_case_travels_from_store_to_store() {
    let (case, bytes) = case();
    let read = Case::read(&mut bytes.as_slice()).unwrap();
    assert_eq!(read, case);
    let (_dir, project) = project();
    let store = Store::open(&project).unwrap();
    assert_eq!(read.take_in(&store).unwrap(), Taken::New);
    assert_eq!(read.take_in(&store).unwrap(), Taken::Same);
    assert_eq!(Case::from_store(&store, case.conversation()).unwrap(), case);
    let more = [(case.events[1].0.clone(), Envelope::default())];
    store.append(case.conversation(), &more).unwrap();
    let error = read.take_in(&store).unwrap_err();
    assert!(
        matches!(error, CaseError::Store(StoreError::Exists(_))),
        "{error}"
    );
}

#[test]
fn a_case_that_was_cut_or_changed_is_refused() {
    let (_, bytes) = case();
    for end in 0..bytes.len() {
        let error = Case::read(&mut &bytes[..end]);
        assert!(matches!(error, Err(CaseError::Bad { .. })), "cut at {end}");
    }
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(
            Case::read(&mut changed.as_slice()).is_err(),
            "changed at {at}"
        );
    }
}

#[test]
fn a_case_cannot_name_files_outside_its_folder() {
    let (case, bytes) = case();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("\"world.json\""));
    let error = Case::read(&mut text.replace("world.json", "../../x.js").as_bytes()).unwrap_err();
    assert!(error.to_string().contains("outside its folder"), "{error}");
    assert!(!case.events.is_empty());
}
