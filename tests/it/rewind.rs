//! What a person does in the midst of a conversation: edits, turns taken for a
//! role, seats, tries, trials and breakpoints. All of it replays.

use crate::support::Desk;
use stategen::engine::effect::Notice;
use stategen::engine::halt::Break;
use stategen::engine::id::StepId;
use stategen::engine::input::{Acted, Command, Edit, Go, Onto};
use stategen::engine::role::{By, Role, ToolCall};
use stategen::engine::session::{Session, State, Turn};
use stategen::engine::step::Act;
use stategen::engine::world::{Node, Op, Origin, Patch, Path};
use std::collections::BTreeMap;
use std::sync::Arc;

fn desk() -> Desk {
    Desk::open("returns_desk", 0, 7, &[])
}

/// The log so far gives the session that is there.
fn replays(desk: &Desk) {
    let again = Session::replay(&desk.log, &desk.blob()).expect("the log replays");
    assert_eq!(again.branches(), desk.session.branches());
    assert_eq!(again.current(), desk.session.current());
    assert_eq!(again.can_undo(), desk.session.can_undo());
    for branch in desk.session.branches() {
        let (a, b) = (again.path(branch.head), desk.session.path(branch.head));
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(&b) {
            assert_eq!(a.step.as_ref().unwrap().body, b.step.as_ref().unwrap().body);
            assert_eq!(a.world.hash(), b.world.hash());
            assert_eq!(a.ledger, b.ledger);
            assert_eq!(a.setting.scenario.version, b.setting.scenario.version);
            assert_eq!(a.setting.persona, b.setting.persona);
            assert_eq!(a.setting.task, b.setting.task);
        }
        assert_eq!(
            again.assertions(branch.head),
            desk.session.assertions(branch.head)
        );
    }
    assert_eq!(
        again.trial().map(|t| &t.runs),
        desk.session.trial().map(|t| &t.runs)
    );
}

fn ids(session: &Session) -> Vec<StepId> {
    let path = session.path(session.head());
    path.iter().map(|p| p.step.as_ref().unwrap().id).collect()
}

fn refused(desk: &Desk) -> String {
    match desk.notices.last() {
        Some(Notice::Refused(why)) => why.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

fn file(name: &str, text: &str) -> Edit {
    Edit::Files(BTreeMap::from([(
        name.to_owned(),
        Some(Arc::from(text.as_bytes())),
    )]))
}

fn text_of(desk: &Desk, name: &str) -> String {
    String::from_utf8(desk.session.scenario().files[name].to_vec()).unwrap()
}

/// The steps of the branch up to the first that the predicate holds for.
fn run_until(desk: &mut Desk, is: impl Fn(&Session) -> bool) {
    for _ in 0..200 {
        if is(&desk.session) {
            return;
        }
        desk.run(Command::Go(Go::Step));
    }
    panic!("it never came to that");
}

fn tool_turn(session: &Session) -> bool {
    matches!(session.turn(session.head()), Turn::Tool { .. })
}

#[test]
fn a_policy_edited_holds_from_there_and_nowhere_before() {
    let mut desk = desk();
    desk.run(Command::Go(Go::Round));
    let before = ids(&desk.session);
    let old = desk.session.scenario().version;
    let policy = format!("{}\nBe brief.\n", text_of(&desk, "policy.md"));
    desk.run(Command::Edit {
        onto: Onto::Head,
        edit: file("policy.md", &policy),
    });
    let head = desk.session.head();
    let place = desk.session.place(head);
    let body = &place.step.as_ref().unwrap().body;
    assert_eq!((body.role, &body.by), (Role::Agent, &By::Person));
    assert_ne!(place.setting.scenario.version, old);
    assert_eq!(
        desk.session.scenario_at(before.last().copied()).version,
        old
    );
    desk.run(Command::Go(Go::Step));
    assert_eq!(tail(&desk).version, desk.session.scenario().version);
    // The agent is told the new one.
    desk.command(Command::Go(Go::Step));
    let request = desk.waiting.clone().expect("a call");
    if request.role == Role::Agent {
        assert!(request.system.contains("Be brief."));
    }
    while desk.answer() {}
    desk.finish();
    replays(&desk);
    for _ in 0..30 {
        desk.run(Command::Undo);
    }
    assert_eq!(desk.session.scenario().version, old);
    replays(&desk);
}

fn tail(desk: &Desk) -> stategen::engine::step::Body {
    let head = desk.session.head().unwrap();
    desk.session.step(head).unwrap().body.clone()
}

#[test]
fn an_edit_that_does_not_load_says_every_problem_and_changes_nothing() {
    let mut desk = desk();
    desk.run(Command::Go(Go::Round));
    let events = desk.log.len();
    desk.run(Command::Edit {
        onto: Onto::Fork(None),
        edit: file("tasks.yaml", "one: {goal: 3}\ntwo: {}\n"),
    });
    let why = refused(&desk);
    assert!(why.contains("tasks.yaml:"), "{why}");
    assert!(why.lines().count() >= 2, "{why}");
    for path in ["../x", "/etc/passwd", "a\\b", ""] {
        desk.run(Command::Edit {
            onto: Onto::Head,
            edit: file(path, "x"),
        });
        assert!(refused(&desk).contains("no path"), "{path}");
    }
    assert_eq!(desk.log.len(), events);
}
